"""Two-point estimates of gradients: how far their mean is off, and how large they are, derived by the kernel.

Notation: g = grad F(x; X), D = (F(x + delta u; X) - F(x; X))/delta, r = D - <g, u>, m(X) = E D u over u, b any vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sympy as sp

from zotheory.kernel.algebra import by_form, combine, congruence, squares
from zotheory.kernel.definitions import at as of_sample
from zotheory.kernel.definitions import expectation, grad, norm, vector
from zotheory.kernel.expectation import average, dominated, inside, linear
from zotheory.kernel.facts import Fact, assume, generalise, part
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import SAMPLE, Inner, Le, Variable
from zotheory.proving.lemmas import above, across, at, bounded_product, size, without_length
from zotheory.proving.solver import follows_linearly
from zotheory.statements.two_point import L1, F, Lip, M, P, Z, d, delta, estimate, s, third, x

X, u, b = Variable("X", SAMPLE), vector("direction", d), vector("b", d)
g = grad(of_sample(F, X), x)
D = (F(x + delta * u, X) - F(x, X)) / delta
r = D - Inner(g, u)
LENGTH, CUBE = norm(u), norm(u) ** 3
BEND = delta * Lip(X) * Inner(u, u) / 2


class Bends(NamedTuple):
    """What smoothness says of a sample between x and x + delta u, and facts at hand."""

    low: Fact
    high: Fact
    sides: list[Fact]


def bends(smooth: Fact, *sides: Fact) -> Bends:
    """-BEND <= r <= BEND."""
    ends, sides = at(smooth, X, x, x + delta * u), (*sides, at(smooth, X, x, x))
    low, high = (
        follows_linearly(goal, [part(ends, i)], times=(1 / delta,), sides=sides)
        for i, goal in enumerate((Le(-BEND, r), Le(r, BEND)))
    )
    return Bends(low, high, list(sides))


def size_of_estimate(made: Bends) -> Fact:
    """|D u| <= |g| (1 + 2 |u|^3)/3 + delta Lip |u|^3/2."""
    low, high, sides = made
    slow, fast = across(g, u, *sides)
    most = norm(g) * LENGTH + BEND
    upper = follows_linearly(Le(D, most), [high, fast], sides=sides)
    lower = follows_linearly(Le(-most, D), [low, slow], sides=sides)
    sides.append(follows_linearly(Le(0, most), [low, high], [norm(g) * LENGTH], sides=sides))
    square = combine(
        Le(Inner(D * u, D * u), (LENGTH * most) ** 2), [((most + D) * Inner(u, u), upper)], 0, [lower, *sides]
    )
    whole = squares(Le(norm(D * u), LENGTH * most), square, *sides)
    rest = norm(g) * (LENGTH - 1) ** 2 * (2 * LENGTH + 1) / 3  # |u|^2 <= (1 + 2 |u|^3)/3
    goal = Le(norm(D * u), norm(g) * (1 + 2 * CUBE) / 3 + delta * Lip(X) * CUBE / 2)
    return combine(goal, [(1, whole)], rest, sides)


def bias(statement: Statement) -> Fact:
    """Lemma 1: only the bend of F(.; X) between x and x + delta u makes a bias."""
    _, smooth, lip, some, unbiased, isotropic, cube, long = map(assume, statement.given)
    made = bends(smooth, long, some)
    length = size_of_estimate(made)
    sides = [dominated(length, u, Z, D * u, [cube, *made.sides]), cube, isotropic, *made.sides]
    sides.append(combine(Le(0, third), [(1, cube)], cube.holds.args[0], sides))
    over = inside(expectation(Z, lambda v: Inner(b, estimate(X, v))), *sides)
    mean, sides = over.holds.args[1], [over, *sides]
    long_sides = _existing(length, over, [lip, unbiased], sides)
    product = bounded_product(Inner(b, u), r, norm(b) * LENGTH, BEND, [*across(b, u, *sides), *made[:2]], sides)
    first = Le(Inner(b, D * u), Inner(b, u) * Inner(g, u) + norm(b) * delta * Lip(X) * CUBE / 2)
    average_of_u = average(
        follows_linearly(first, [product], sides=sides), u, Z, [at(isotropic, b, g, sides=sides), *sides]
    )
    facts = [over, average_of_u, linear(average_of_u.holds.args[1], at(isotropic, b, g, sides=sides), *sides)]
    facts += [at(isotropic, b, g, sides=sides), cube]
    bend = norm(b) * delta * Lip(X)
    of_sample_X = follows_linearly(Le(mean, Inner(b, g) + bend * third / 2), facts, times=(1, bend), sides=sides)
    off = statement.holds.args[0].args[0].args[0]
    return _over_samples(statement, generalise(of_sample_X, b), off, [lip, unbiased], long_sides)


def _existing(wide: Fact, over: Fact, given: Sequence[Fact], sides: Sequence[Fact]) -> list[Fact]:
    """E m(X) and E Lip exist: |m(X)| <= |g| (1 + 2 E |u|^3)/3 + delta |Lip| E |u|^3/2, and |Lip| <= (1 + Lip^2)/2."""
    m = over.holds.args[1].args[0] if over.holds.args[1].args[1] == b else over.holds.args[1].args[1]
    _, fast = across(b, D * u, *sides)
    far = combine(Le(fast.holds.args[0], norm(b) * wide.holds.args[1]), [(1, fast), (norm(b), wide)], 0, sides)
    mean = average(far, u, Z, sides)
    most = norm(g) * (1 + 2 * third) / 3 + delta * Lip(X) * third / 2
    cube = sides[2]
    times = (1, norm(b) * norm(g), norm(b) * delta * Lip(X))
    facts = [over, mean, linear(mean.holds.args[1], *sides), cube]
    along = generalise(follows_linearly(Le(over.holds.args[1], norm(b) * most), facts, times=times, sides=sides), b)
    length, most = norm(m), most.xreplace({Lip(X): sp.Abs(Lip(X))})
    facts, times = [at(along, m, sides=sides), above(Lip(X))], (1, length * delta * third)
    short = without_length(
        length, most, follows_linearly(Le(length**2, length * most), facts, times=times, sides=sides), *sides
    )
    slow = combine(Le(sp.Abs(Lip(X)), (1 + Lip(X) ** 2) / 2), [], (sp.Abs(Lip(X)) - 1) ** 2 / 2)
    most = norm(g) * (1 + 2 * third) / 3 + delta * third * (1 + Lip(X) ** 2) / 4
    found = follows_linearly(Le(length, most), [short, slow], times=(1, delta * third), sides=sides)
    exist = [dominated(found, X, P, m, [*given, *sides]), dominated(slow, X, P, Lip(X), given)]
    return [*exist, generalise(sides[1], X), *given, *sides]


def _over_samples(statement: Statement, along: Fact, off: Any, given: Sequence[Fact], sides: Sequence[Fact]) -> Fact:
    """|E m(X) - grad f|^2 <= |E m(X) - grad f| delta E Lip E |u|^3/2, and E Lip <= L1."""
    lip, unbiased = given
    whole = average(at(along, off, sides=sides), X, P, sides)
    parts = [inside(t, *sides) for t in (whole.holds.args[0], expectation(P, lambda Y: Inner(off, g.xreplace({X: Y}))))]
    facts = [whole, linear(whole.holds.args[1], *sides), *parts, linear(parts[1].holds.args[0], *sides)]
    facts.append(congruence(parts[1].holds.args[1], unbiased, *sides))
    low = combine(Le(Lip(X), (Lip(X) ** 2 + L1**2) / (2 * L1)), [], (Lip(X) - L1) ** 2 / (2 * L1), sides)
    mean = average(low, X, P, sides)
    steps = [mean, linear(mean.holds.args[1], *sides), lip]
    facts.append(follows_linearly(Le(mean.holds.args[0], L1), steps, times=(1, 1 / L1), sides=sides))
    length, most = norm(off), L1 * delta * third / 2
    square = follows_linearly(Le(length**2, length * most), facts, times=(1, length * delta * third), sides=sides)
    return follows_linearly(statement.holds, [without_length(length, most, square, *sides)], sides=sides)


def second_moment(statement: Statement) -> Fact:
    """|D u|^2 <= 2 <g, u>^2 |u|^2 + delta^2 Lip^2 |u|^6/2."""
    smooth, lip, _, small, _, fourth, sixth, *positive, long, _ = map(assume, statement.given)
    low, high, sides = bends(smooth, long, *positive)
    short = combine(Le(r**2, BEND**2), [(BEND + r, high)], 0, [low, *sides])
    square, slope = Inner(D * u, D * u), Inner(g, u)
    most = 2 * slope**2 * Inner(u, u) + delta**2 * Lip(X) ** 2 * norm(u) ** 6 / 2
    whole = combine(Le(square, most), [(2 * Inner(u, u), short)], Inner(u, u) * (slope - r) ** 2, sides)
    known = [at(fourth, g, sides=sides), sixth]
    small_enough = dominated(_itself(square, whole, sides), u, Z, square, [*known, *sides])
    mean = average(whole, u, Z, [small_enough, *known, *sides])
    facts = [mean, linear(mean.holds.args[1], *known, *sides), *known]
    bound = 2 * s * Inner(g, g) + delta**2 * Lip(X) ** 2 * M**2 / 2
    of_X = follows_linearly(
        Le(mean.holds.args[0], bound), facts, times=(1, delta**2 * Lip(X) ** 2), sides=[small_enough, *sides]
    )
    sides = [generalise(small_enough, X), small_enough, lip, small, *sides]
    exists = dominated(_itself(mean.holds.args[0], of_X, sides), X, P, mean.holds.args[0], sides)
    over = average(of_X, X, P, [exists, *sides])
    facts = [over, linear(over.holds.args[1], *sides), lip, small]
    return follows_linearly(statement.holds, facts, times=(1, s, delta**2 * M**2), sides=[exists, *sides])


def _itself(t: Any, below: Fact, sides: Sequence[Fact]) -> Fact:
    """|t| is at most what t >= 0 is at most."""
    return follows_linearly(
        Le(sp.Abs(t), below.holds.args[1]), [size(t, by_form(Le(0, t), *sides), *sides), below], sides=sides
    )

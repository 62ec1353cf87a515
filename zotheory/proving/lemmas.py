"""What many derivations need: absolute values, and how fast a smooth function grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from zotheory.kernel.algebra import by_form, cauchy_schwarz, chosen, combine, contrary, unfolded
from zotheory.kernel.definitions import grad, norm
from zotheory.kernel.facts import Fact, assume, cut, either, generalise, instantiate, part, replace
from zotheory.kernel.terms import REAL, Eq, Inner, Le, Lt, Variable, sort_of
from zotheory.proving.solver import follows_linearly


def at(fact: Fact, *values: Any, sides: Sequence[Fact] = ()) -> Fact:
    """Instantiate one variable after the other."""
    for value in values:
        fact = instantiate(fact, value, sides)
    return fact


def by_cases(formula: Any, yes: Any, *sides: Fact) -> Fact:
    """What `yes` makes of a <= b (or a < b) and of its contrary, without either."""
    return either(yes(assume(formula)), yes(contrary(formula, *sides)), formula)


def size(t: Any, sign: Fact, *sides: Fact) -> Fact:
    """|t| = a where 0 <= a, and -a where a < 0; a is what SymPy takes |t| of, t or -t."""
    whole = unfolded(sp.Abs(t), *sides)
    choice = chosen(whole.holds.args[1], sign, *sides)
    return combine(Eq(sp.Abs(t), choice.holds.args[1]), [(1, whole), (1, choice)], sides=sides)


def above(t: Any, *sides: Fact) -> Fact:
    """t <= |t|."""
    most = sp.Abs(t)
    sign = Le(0, most.args[0])
    return by_cases(sign, lambda fact: follows_linearly(Le(t, most), [size(t, fact, *sides), fact], [most]), *sides)


def within(t: Any, most: Any, upper: Fact, lower: Fact, *sides: Fact) -> Fact:
    """|t| <= most, from t <= most and -most <= t."""
    return by_cases(
        Le(0, sp.Abs(t).args[0]),
        lambda fact: follows_linearly(Le(sp.Abs(t), most), [size(t, fact, *sides), upper, lower], sides=sides),
        upper, *sides,
    )  # fmt: skip


def growth(smooth: Fact, flat: Fact, x: Any) -> tuple[Fact, Fact]:
    """|f(y)| and |grad f(y)| are at most polynomials in |y|, for all y: what E needs to exist.

    `smooth` says that f is L-smooth, `flat` that 0 <= L, and x is any point.
    """
    y, L = Variable("growth_y", sort_of(x)), flat.holds.args[1]
    own = at(smooth, x, y)
    low, high = part(own, 0), part(own, 1)
    f = low.holds.args[1].args[0]
    slope, far, half = norm(grad(f, x)), y - x, sp.Rational(1, 2)
    square = Inner(far, far)
    base, rate = sp.Abs(f(x)) + slope, slope + L / 2
    near = combine(Le(norm(far), 1 + square), [], (norm(far) - half) ** 2 + sp.Rational(3, 4), [own])
    ways = [cauchy_schwarz(grad(f, x), v, own) for v in (far, -far)]
    upper = combine(Le(f(y), base + rate * square), [(1, high), (1, ways[0]), (slope, near), (1, above(f(x), own))])
    lower = combine(Le(-base - rate * square, f(y)), [(1, low), (1, ways[1]), (slope, near), (1, above(-f(x), own))])
    values = generalise(within(f(y), base + rate * square, upper, lower, own), y)
    return values, _slopes(smooth, flat, values, y, y - x, base, rate)


def _slopes(smooth: Fact, flat: Fact, values: Fact, y: Any, far: Any, base: Any, rate: Any) -> Fact:
    """With s = 1/(1 + |g|): |g| - 1 <= s |g|^2 <= f(y + s g) - f(y) + L s^2 |g|^2/2, and s^2 |g|^2 <= 1."""
    s, L, own = Variable("growth_s", REAL), flat.holds.args[1], at(smooth, y, y)
    f = part(own, 0).holds.args[1].args[0]
    g = grad(f, y)
    length, whole, square = norm(g), Inner(g, g), Inner(far, far)
    inverse = cut(assume(Eq(s * (1 + length), 1)), own)
    goal = Le(length, 1 + 2 * base + rate * (3 * square + 2) + L / 2)
    short = combine(Le(s**2 * whole, 1), [(1 + s * (1 + length), inverse)], s**2 * (1 + 2 * length), [own])
    long = combine(Le(length - 1, s * whole), [(1 - length + s, inverse)], s**2 * (1 + length), [own])
    low = part(at(smooth, y, y + s * g, sides=[own]), 0)
    there, here = at(values, y + s * g, sides=[own]), at(values, y)
    away = far - s * g
    parts = [(1, low), (1, there), (1, here), (1, above(f(y + s * g), own)), (1, above(-f(y), own)), (1, long)]
    found = combine(goal, [*parts, (2 * rate + L / 2, short)], rate * Inner(away, away), [own, flat])
    solved = replace(found, {s: 1 / (1 + length)}, [own])
    return generalise(cut(solved, by_form(Eq((1 + length) / (1 + length), 1), own)), y)


def across(v: Any, w: Any, *sides: Fact) -> list[Fact]:
    """-|v| |w| <= <v, w>, and <v, w> <= |v| |w|."""
    low, high = cauchy_schwarz(-v, w, *sides), cauchy_schwarz(v, w, *sides)
    return [follows_linearly(Le(-norm(v) * norm(w), Inner(v, w)), [low], sides=sides), high]


def bounded_product(p: Any, q: Any, size: Any, most: Any, facts: Sequence[Fact], sides: Sequence[Fact]) -> Fact:
    """p q <= size most, from -size <= p, p <= size, -most <= q and q <= most."""
    low, high, below, above = facts
    parts = [((size - p) / 2, below), ((size + p) / 2, above)]
    return combine(Le(p * q, size * most), parts, 0, [low, high, *sides])


def without_length(length: Any, most: Any, square: Fact, *sides: Fact) -> Fact:
    """length <= most, from length^2 <= length most, where 0 <= length and 0 <= most by form."""

    def divided(fact: Fact) -> Fact:
        if type(fact.holds) is Le:  # length <= 0
            return follows_linearly(Le(length, most), [fact], [most], sides=sides)
        whole = follows_linearly(Lt(0, length**2), [fact], times=(length,), sides=sides)
        return follows_linearly(Le(length, most), [square], times=(1 / length,), sides=[fact, whole, *sides])

    return by_cases(Lt(0, length), divided, *sides)

"""Relative-loss descent with radii drawn from a grid: its claim on gradient-dominated functions, derived by the kernel.

Notation as in ``descent``; D = f(x) - f*; a_j = 2^-j largest, the radius of draw j; phi(D) = D where eps < D, else 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from proofs.descent import LAW, after_a_step, fall, m, no_higher, power_below, slope, t, u, values_along
from zotheory.kernel.algebra import by_form, chosen, combine, squares, summed
from zotheory.kernel.definitions import expectation, grad, interval, mapping, natural, real, total, where_above
from zotheory.kernel.expectation import average, indicator, linear
from zotheory.kernel.facts import (
    Fact,
    absurd,
    all_hold,
    assume,
    cut,
    discharge,
    follows,
    generalise,
    induction,
    part,
    replace,
)
from zotheory.kernel.laws import binned, exchanged, uniform
from zotheory.kernel.running import unrolled
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import REAL, And, If, Implies, Inner, Le, Lt, substitute
from zotheory.proving.lemmas import at, by_cases, growth
from zotheory.proving.runs import Along
from zotheory.proving.solver import follows_linearly
from zotheory.statements.relative_loss import J, L, Q, T, eps, f, f_star, largest, mu, on_grid, p, x, x0

j, n = natural("j n")
gap, D = f(x0) - f_star, f(x) - f_star
g2 = Inner(grad(f, x), grad(f, x))
high = sp.Rational(4, 3) * m * slope(x) / L  # of the radii that fall by at least `part_of_fall`
part_of_fall = sp.Rational(2, 9) * m**2 * g2 / L
share = 4 * m**2 / (9 * Q * J)


def radius(j: Any) -> Any:
    """a_j."""
    return largest / 2**j


def gap_after(u: Any, j: Any) -> Any:
    """What D is after a step of radius a_j."""
    return after_a_step(u, radius(j)) - f_star


def mean_after(j: Any) -> Any:
    """E of it."""
    return expectation(LAW, lambda u: gap_after(u, j))


def kept(long: Fact, sides: Sequence[Fact]) -> Fact:
    """For all j: E of D after a step of radius a_j is no larger than D."""
    low, _ = no_higher(u, radius(j), long)
    once = follows_linearly(Le(gap_after(u, j), D), [low], sides=[long])
    mean = average(once, u, LAW, [*sides, long])
    constant = linear(mean.holds.args[1], *sides)
    return follows_linearly(Le(mean_after(j), D), [mean, constant], sides=[*sides, long])


def fitting(smooth: Fact, long: Fact, curved: Fact, sides: Sequence[Fact]) -> Fact:
    """Where high/2 <= a_j <= high, D falls by 2/9 m_d^2 |g|^2/L or more."""
    sides = [*sides, long]
    fallen = at(fall(smooth, long, sides, radius(j)), x)
    shifted = linear(mean_after(j), *sides)
    ends = [assume(Le(high / 2, radius(j))), assume(Le(radius(j), high))]
    goal = Le(mean_after(j), D - part_of_fall)
    steps = [(1, fallen), (1, shifted), (L / 4 * (radius(j) - high / 2), ends[1])]
    return combine(goal, steps, 0, [*sides, *ends, curved])


def reaches(smooth: Fact, dominated: Fact, below: Fact, first: Fact, last: Fact, sides: Sequence[Fact]) -> list[Fact]:
    """high/2 <= a_0 and a_{J-1} <= high, where eps < D and f(x) <= f(x0): 2 mu eps <= |g|^2 <= 2 L D <= 2 L gap."""
    above, low = assume(Lt(eps, D)), assume(Le(f(x), f(x0)))
    g, here = grad(f, x), at(smooth, x, x)
    sides = [*sides, here, above]
    down = part(at(smooth, x, x - g / L, sides=sides), 1)
    under = at(below, x - g / L, sides=sides)
    steep = follows_linearly(Le(g2, 2 * L * gap), [down, under, low], times=(L,), sides=sides)
    flat = follows_linearly(Le(2 * mu * eps, g2), [at(dominated, x, sides=sides), above], times=(1, mu), sides=sides)
    most, least = sp.sqrt(2) * sp.sqrt(L * gap), sp.sqrt(2) * sp.sqrt(eps * mu)
    short = squares(Le(slope(x), most), steep, *sides, first)
    long = squares(Le(least, slope(x)), flat, *sides, last)
    times = (1, m / L)
    return [
        follows_linearly(Le(high / 2, radius(0)), [first, short], times=times, sides=sides),
        follows_linearly(Le(2 * radius(J), high), [last, long], times=times, sides=sides),
    ]


def over_the_grid(keeps: Fact, fits: Fact, wide: Fact, sides: Sequence[Fact]) -> Fact:
    """The sum over j < J of E D after a step of radius a_j is at most J D - 2/9 m_d^2 |g|^2/L.

    By induction: one radius at least is between high/2 and high if the last is not above high.
    """

    def sums(n: Any) -> Any:
        return total(n, mean_after)

    def fallen(n: Any) -> Any:
        return Le(sums(n), n * D - part_of_fall)

    def upto(n: Any) -> Any:
        return And(Le(sums(n + 1), (n + 1) * D), Implies(Le(radius(n), high), fallen(n + 1)))

    keeps, fits = generalise(keeps, j), generalise(fits_when(fits), j)
    first = [summed(sums(0), *sides), summed(sums(1), *sides)]
    last = assume(Le(radius(0), high))
    good = follows(at(fits, 0), all_hold(wide, last))
    start = all_hold(
        follows_linearly(Le(sums(1), D), [*first, at(keeps, 0)], sides=sides),
        discharge(follows_linearly(fallen(1), [*first, good], sides=sides), last.holds),
    )
    known, more = assume(upto(n)), summed(sums(n + 2), *sides)
    low = assume(Le(radius(n + 1), high))
    kept_here = at(keeps, n + 1)

    def next_one(fact: Fact) -> Fact:
        if type(fact.holds) is Le:  # high/2 <= a_{n+1}
            found = follows(at(fits, n + 1), all_hold(fact, low))
            return follows_linearly(fallen(n + 2), [more, part(known, 0), found], sides=sides)
        before = follows_linearly(Le(radius(n), high), [fact], times=(2,), sides=sides)
        return follows_linearly(fallen(n + 2), [more, follows(part(known, 1), before), kept_here], sides=sides)

    later = all_hold(
        follows_linearly(Le(sums(n + 2), (n + 2) * D), [more, part(known, 0), kept_here], sides=sides),
        discharge(by_cases(Le(high / 2, radius(n + 1)), next_one, *sides), low.holds),
    )
    return induction(upto(n), n, start, later, *sides)


def fits_when(fits: Fact) -> Fact:
    """`fitting` as an implication."""
    return discharge(fits, And(Le(high / 2, radius(j)), Le(radius(j), high)))


def all_radii(grid: Fact, smallest: Fact, some: Fact, sides: Sequence[Fact]) -> Fact:
    """The same for J > 0 radii, the last of them not above high."""

    def goal(n: Any) -> Any:
        premise = And(Lt(0, n), Le(2 * radius(n), high))
        return Implies(premise, Le(total(n, mean_after), n * D - part_of_fall))

    nothing, given = (assume(goal(count).args[0]) for count in (sp.S.Zero, n + 1))
    start = discharge(absurd(part(nothing, 0), goal(sp.S.Zero).args[1]), nothing.holds)
    low = follows_linearly(Le(radius(n), high), [part(given, 1)], sides=sides)
    later = discharge(follows(part(grid, 1), low), given.holds)
    return follows(replace(induction(goal(n), n, start, later, *sides), {n: J}, sides), all_hold(some, smallest))


# --- a step ----------------------------------------------------------------------------------------------------------

xi = real("xi")
DRAWN = interval(0, 1)


def gap_drawn(u: Any, xi: Any) -> Any:
    """What D is after a step, as the shipped code draws its radius."""
    return gap_after(u, sp.floor(J * xi))


def counted(of: Any) -> Any:
    """phi."""
    return where_above(of, eps)


def drawn(of: Any) -> Any:
    """E over direction and radius."""
    return expectation(LAW, lambda u: expectation(DRAWN, lambda xi: of(gap_drawn(u, xi))))


def averaged(fact: Fact, sides: Sequence[Fact]) -> Fact:
    """The mean over radius and direction."""
    return average(average(fact, xi, DRAWN, sides), u, LAW, sides)


def a_step(mean: Fact, dominated: Fact, ratio: Fact, below: Fact, long: Fact, sides: Sequence[Fact]) -> Fact:
    """E phi(D) after a step is at most (1 - share) phi(D), where f(x) <= f(x0).

    `mean` is `all_radii` where eps < D; nothing is counted afterwards where nothing was before.
    """
    after, sides = gap_drawn(u, xi), [*sides, long]
    length = by_form(Lt(0, radius(sp.floor(J * xi))), long)
    low, _ = no_higher(u, radius(sp.floor(J * xi)), length)
    least = at(below, (after + f_star).args[1], sides=[*sides, length])
    value = counted(after)

    def counts(fact: Fact) -> Fact:
        return all_hold(
            *(
                follows_linearly(goal, [chosen(value, fact, *sides), fact, least], sides=sides)
                for goal in (Le(value, after), Le(0, value))
            )
        )

    both = by_cases(Lt(eps, after), counts, *sides)
    counted_after = averaged(part(both, 0), sides)
    turned = exchanged(drawn(lambda gap: gap), *sides)
    on_index = binned(turned.holds.args[1], mapping(REAL, mean_after), J, *sides)
    as_sum = uniform(on_index.holds.args[1], *sides)
    steep = at(dominated, x)

    goal = Le(drawn(counted), (1 - share) * counted(D))

    def high_up(fact: Fact) -> Fact:
        facts = [counted_after, turned, on_index, as_sum, cut(mean, fact), steep, chosen(counted(D), fact), ratio]
        times = (1, 1 / J, m**2 / (L * J), m**2 * D * mu / (J * L * Q), 1 - share)
        return follows_linearly(goal, facts, times=times, sides=[fact, *sides])

    def low_down(fact: Fact) -> Fact:
        none = chosen(value, follows_linearly(Le(after, eps), [low, fact]), *sides)
        facts = [averaged(none, sides), chosen(counted(D), fact)]
        facts += [linear(facts[0].holds.args[1], *sides), linear(expectation(DRAWN, lambda xi: sp.S.Zero))]
        return follows_linearly(goal, facts, times=(1, 1 - share), sides=sides)

    less = by_cases(Lt(eps, D), lambda fact: (high_up if type(fact.holds) is Lt else low_down)(fact), *sides)
    return all_hold(less, averaged(part(both, 1), sides))


def strongly_convex(statement: Statement) -> Fact:
    """The gap after T steps with radii of a grid, where it is above eps, and the number of steps."""
    smooth, dominated, below, curved, convex, small, some, ratio, above, first, last = map(assume, statement.given)
    flat = follows_linearly(Le(0, L), [curved])
    run = Along(on_grid, f, x0, *growth(smooth, flat, x0), at(smooth, x0, x0))
    positive = follows_linearly(Lt(0, gap), [above, small])
    square = follows_linearly(Lt(0, L * gap), [positive], times=(L,), sides=[curved])
    long = combine(Lt(0, largest), [(1, first)], first.holds.args[0], [square, curved, positive])
    sides = [*run.sides, at(smooth, x, x), curved, convex, small, some, square, positive]
    ends = reaches(smooth, dominated, below, first, last, sides)
    each = by_form(Lt(0, radius(j)), long)
    grid = over_the_grid(kept(each, sides), fitting(smooth, each, curved, sides), ends[0], [*sides, long])
    mean = all_radii(grid, ends[1], some, [*sides, long])
    sides.append(combine(Lt(0, Q), [(-1, ratio)], L / mu, sides))
    step = a_step(mean, dominated, ratio, below, long, sides)
    return _along(Along(on_grid, f, x0, *sides, long), statement, step, [*sides, long], above, small)


def _along(run: Along, statement: Statement, step: Fact, sides: Sequence[Fact], above: Fact, small: Fact) -> Fact:
    """What T steps leave, by induction, and Markov's inequality."""
    known, here = values_along(run, largest), run.at(t)

    def counts(x: Any) -> Any:
        return where_above(f(x) - f_star, eps)

    low = Le(f(x), f(x0))
    each = follows(at(generalise(discharge(part(step, 0), low), x), here, sides=sides), part(known, 1))
    mean = run.averaged(each)
    facts = [run.one_more(t, counts, [part(known, 0), part(known, 2)]), mean]
    facts += [linear(mean.holds.args[1], *run.sides), run.opened(t, counts)]
    less = Le(run.mean(t + 1, counts), (1 - share) * run.mean(t, counts))
    once = follows_linearly(less, facts, times=(1, 1 - share), sides=sides)
    at_x0 = [cut(replace(part(step, i), {x: x0}, sides), by_form(Le(f(x0), f(x0)))) for i in range(2)]
    value = chosen(counts(x0), above)
    zeros = [linear(at_x0[1].holds.args[0], *sides), linear(expectation(DRAWN, lambda xi: sp.S.Zero))]
    left = follows_linearly(
        Le(0, 1 - share), [*at_x0, value, *zeros], times=(1, 1 / gap, (1 - share) / gap), sides=sides
    )
    bound, in_time = statement.holds.args
    after = substitute(bound, {T: t})
    start = follows_linearly(substitute(after, {t: 0}), [run.at_first(counts), value], sides=sides)
    later = combine(substitute(after, {t: t + 1}), [(1, once), (1 - share, assume(after))], sides=[left, *sides])
    counted_left = replace(induction(after, t, start, later, *sides), {t: T}, sides)
    return all_hold(counted_left, _rarely(run, in_time, counted_left, counts, left, [*sides, above, small]))


def _rarely(run: Along, in_time: Any, counted_left: Fact, counts: Any, left: Fact, sides: Sequence[Fact]) -> Fact:
    """P(eps < D_T) <= E phi(D_T)/eps."""
    premise, conclusion = in_time.args
    _, _, many = facts = [part(assume(premise), i) for i in range(3)]
    sides = [*facts, *sides]
    sides.append(by_form(Lt(0, gap / (eps * p)), *sides))
    late, end = indicator(conclusion.args[0], *sides), run.at(T)
    one = If(Lt(eps, f(end) - f_star), 1, 0)

    def bounded(fact: Fact) -> Fact:
        facts = [chosen(one, fact, *sides), chosen(counts(end), fact, *sides), fact]
        return follows_linearly(Le(one, counts(end) / eps), facts, times=(1, 1 / eps), sides=sides)

    markov = run.averaged(by_cases(Lt(eps, f(end) - f_star), bounded, *sides))
    opened = unrolled(late.holds.args[1], *sides)
    rounds = sp.log(gap / (eps * p))
    enough = follows_linearly(Le(rounds, share * T), [many], times=(share,), sides=sides)
    low = power_below(share, rounds, enough, left, sides)
    facts = [late, opened, markov, linear(markov.holds.args[1], *sides), run.opened(T, counts), counted_left, low]
    return discharge(follows_linearly(conclusion, facts, times=(1, 1 / eps, gap / eps), sides=sides), premise)

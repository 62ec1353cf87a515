"""Relative-loss descent without momentum on smooth functions: its claims, derived by the kernel.

Notation: phi(x, u) is f at the point that a step from x with direction u leads to; y = x + alpha u/sqrt(d) its
candidate; g the gradient of f at x; m_d = E |s_1| for s uniform on the unit sphere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from zotheory.kernel.algebra import by_form, cauchy_schwarz, chosen, combine, congruence, exponential, summed
from zotheory.kernel.definitions import expectation, grad, natural, norm, sphere, total, vector
from zotheory.kernel.expectation import average, linear
from zotheory.kernel.facts import (
    Fact,
    all_hold,
    assume,
    discharge,
    follows,
    generalise,
    induction,
    part,
    replace,
)
from zotheory.kernel.laws import mean_length, mirrored
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import And, Eq, If, Inner, Le, Lt, substitute
from zotheory.proving.lemmas import at, by_cases, growth, size
from zotheory.proving.runs import Along
from zotheory.proving.solver import follows_linearly
from zotheory.sphere import mean_abs
from zotheory.statements.relative_loss import L, R, T, alpha, d, eps, f, f_star, fixed, x, x0

LAW, ROOT, HALF = sphere(d), sp.sqrt(d), sp.Rational(1, 2)
u = vector("u", d)
t = natural("t")
m = mean_abs(d)


# --- one step --------------------------------------------------------------------------------------------------------


def after_a_step(u: Any, alpha: Any = alpha) -> Any:
    """phi(x, u), as the shipped step returns it."""
    y = x + alpha * u / ROOT
    return f(If(Lt(f(y), f(x)), y, x))


def no_higher(u: Any, alpha: Any = alpha, *sides: Fact) -> list[Fact]:
    """phi(x, u) <= f(x) and phi(x, u) <= f(y)."""
    y, value = x + alpha * u / ROOT, after_a_step(u, alpha)

    def lower(than: Any) -> Fact:
        def given(fact: Fact) -> Fact:
            moved = congruence(value, chosen(value.args[1], fact, *sides), *sides)
            return follows_linearly(Le(value, than), [moved, fact], sides=sides)

        return by_cases(Lt(f(y), f(x)), given, *sides)

    return [lower(f(x)), lower(f(y))]


def fall(smooth: Fact, long: Fact, sides: Sequence[Fact], alpha: Any = alpha) -> Fact:
    """For all x: E phi(x, u) <= f(x) - alpha m_d |g|/2 + L alpha^2/4.

    Of u and -u one leads downhill: phi(x, u) + phi(x, -u) <= 2 f(x) - alpha |<g, u>|/sqrt(d) + L alpha^2/2.
    """
    g, here = grad(f, x), at(smooth, x, x)
    slope = sp.Abs(Inner(g, u))
    length = assume(Eq(Inner(u, u), d))
    bends = [part(at(smooth, x, x + sign * alpha * u / ROOT, sides=[long]), 1) for sign in (1, -1)]
    steps = [*no_higher(u, alpha, long), *no_higher(-u, alpha, long), *bends, length]
    both = Le(after_a_step(u, alpha) + after_a_step(-u, alpha), 2 * f(x) - alpha * slope / ROOT + L * alpha**2 / 2)

    def downhill(fact: Fact) -> Fact:
        facts = [*steps, size(Inner(g, u), fact, here)]
        return follows_linearly(both, facts, times=(1, alpha / ROOT, L * alpha**2 / d), sides=[long])

    sides = [*sides, here, long]
    pair = average(by_cases(Le(0, Inner(g, u)), downhill, here), u, LAW, sides)
    mean = expectation(LAW, lambda u: after_a_step(u, alpha))
    facts = [pair, *(linear(each, *sides) for each in pair.holds.args)]
    facts += [mirrored(mean, *sides), mean_length(LAW, g, here)]
    bound = Le(mean, f(x) - alpha * m * norm(g) / 2 + L * alpha**2 / 4)
    return generalise(follows_linearly(bound, facts, times=(1, alpha / ROOT), sides=sides), x)


def decrease(statement: Statement) -> Fact:
    """What one step takes, on average, from a smooth function."""
    smooth, flat, long, _ = map(assume, statement.given)
    sides = [*growth(smooth, flat, x), at(smooth, x, x)]
    step = Along(fixed, f, x, *sides).one_more(0, f)
    facts = [step, at(fall(smooth, long, sides[:2]), x)]
    return follows_linearly(statement.holds, facts, sides=[long, *sides])


# --- along a run -----------------------------------------------------------------------------------------------------


def run_from_start(smooth: Fact, flat: Fact) -> Along:
    """A run from x0 on a smooth function."""
    return Along(fixed, f, x0, *growth(smooth, flat, x0), at(smooth, x0, x0))


def values_along(run: Along, radius: Any = alpha) -> Fact:
    """The remembered value is f(x_t) <= f(x0), and the remembered radius is the first one."""
    state, after = run.state, run.stepped
    formula = And(Eq(state["fx"], f(state["x"])), Le(f(state["x"]), f(x0)), Eq(state["alpha"], radius))
    start = by_form(And(Eq(f(x0), f(x0)), Le(f(x0), f(x0)), Eq(radius, radius)))
    value, low, same = (part(assume(formula), i) for i in range(3))

    def kept(fact: Fact) -> Fact:
        moved = congruence(f(after["x"]), chosen(after["x"], fact))
        facts = [moved, chosen(after["fx"], fact), value, low, fact]
        goals = Eq(after["fx"], f(after["x"])), Le(f(after["x"]), f(x0))
        return all_hold(*(follows_linearly(goal, facts[: len(facts) - (type(goal) is Eq)]) for goal in goals))

    step = by_cases(after["fx"].args[0], kept)
    return run.always(formula, start, all_hold(part(step, 0), part(step, 1), same), t)


def falls(run: Along, smooth: Fact, long: Fact) -> tuple[Fact, Fact]:
    """E f(x_{t+1}) <= E f(x_t) - alpha m_d E |g_t|/2 + L alpha^2/4; and what is known of the state after t steps."""
    known = values_along(run)
    step = run.one_more(t, f, [part(known, 0), part(known, 2)])
    here = run.at(t)
    mean = run.averaged(at(fall(smooth, long, run.sides), here, sides=run.sides))
    facts = [step, mean, linear(mean.holds.args[1], *run.sides), run.opened(t, f), run.opened(t, slope)]
    goal = Le(run.mean(t + 1, f), run.mean(t, f) - alpha * m * run.mean(t, slope) / 2 + L * alpha**2 / 4)
    return follows_linearly(goal, facts, times=(1, alpha * m), sides=[long, *run.sides]), known


def slope(y: Any) -> Any:
    """|grad f(y)|."""
    return norm(grad(f, y))


def stationary(statement: Statement) -> Fact:
    """The mean length of the gradient over T steps, and at the best radius: what the falls add up to."""
    smooth, flat, below, long, some = map(assume, statement.given)
    run = run_from_start(smooth, flat)
    step, _ = falls(run, smooth, long)

    def slopes(n: Any) -> Any:
        return total(n, lambda s: run.mean(s, slope))

    summed_up = Le(alpha * m / 2 * slopes(t), f(x0) - run.mean(t, f) + t * L * alpha**2 / 4)
    times, sides = (1, alpha * m, L * alpha**2), [long, *run.sides]
    facts = [run.at_first(f), summed(slopes(0), *run.sides)]
    start = follows_linearly(substitute(summed_up, {t: 0}), facts, times=times, sides=sides)
    facts = [step, summed(slopes(t + 1), *run.sides), assume(summed_up)]
    later = follows_linearly(substitute(summed_up, {t: t + 1}), facts, times=times, sides=sides)
    falls_of_all = replace(induction(summed_up, t, start, later, *run.sides), {t: T}, run.sides)
    least = run.averaged(at(below, run.at(T)))
    facts = [falls_of_all, least, linear(least.holds.args[0], *run.sides), run.opened(T, f)]
    bound, best = statement.holds.args
    mean = follows_linearly(bound, facts, times=(1, 1 / (alpha * m * T)), sides=[some, *sides])
    return all_hold(mean, _at_best_radius(mean, best, [some, *sides]))


def _at_best_radius(mean: Fact, best: Any, sides: Sequence[Fact]) -> Fact:
    """The bound for alpha = 2 sqrt(gap/(L T)), where it is least: that radius put in."""
    premise = best.args[0]
    equation, curved = (part(assume(premise), i) for i in range(2))
    root = equation.holds.args[1] / 2
    positive = follows_linearly(Lt(0, root), [equation, *sides[1:2]])
    square = follows_linearly(Lt(0, root**2), [positive], times=(root,), sides=[equation, *sides])
    put_in = congruence(mean.holds.args[1], equation, square, curved, *sides)
    return discharge(follows_linearly(best.args[1], [mean, put_in], sides=[square, curved, *sides]), premise)


# --- convex ----------------------------------------------------------------------------------------------------------


def convex(statement: Statement) -> Fact:
    """The gap after T steps on a convex function, and the number of steps to eps."""
    smooth, flat, tangent, _, level, long, wide, short = map(assume, statement.given)
    run = run_from_start(smooth, flat)
    step, known = falls(run, smooth, long)
    steep = run.averaged(_steep(run, tangent, level, part(known, 1), wide))
    bound, in_time = statement.holds.args
    after = substitute(bound, {T: t})
    share, sides = alpha * m / (2 * R), [long, wide, *run.sides]
    facts = [
        step,
        steep,
        *(linear(each, *run.sides) for each in steep.holds.args),
        run.opened(t, f),
        run.opened(t, slope),
    ]
    times = (1, alpha * m, alpha * m / R)
    gap = run.mean(t, f) - f_star
    recurrence = Le(run.mean(t + 1, f) - f_star, (1 - share) * gap + L * alpha**2 / 4)
    once = follows_linearly(recurrence, facts, times=times, sides=sides)
    left = follows_linearly(Le(0, 1 - share), [short], times=(1, 1 / R), sides=sides)
    start = follows_linearly(substitute(after, {t: 0}), [run.at_first(f)], sides=sides)
    later = combine(substitute(after, {t: t + 1}), [(1, once), (1 - share, assume(after))], sides=[left, *sides])
    gap_left = replace(induction(after, t, start, later, *sides), {t: T}, sides)
    return all_hold(gap_left, _in_time(gap_left, in_time, share, left, sides))


def _steep(run: Along, tangent: Fact, level: Fact, low: Fact, wide: Fact) -> Fact:
    """f(x_t) - f* <= R |g_t|: the tangent at x_t, seen from the nearest minimiser."""
    here = run.at(t)
    near = follows(at(level, here), low)
    lowest = near.holds.args[0].args[0].args[1]
    under = at(tangent, here, lowest)
    across = cauchy_schwarz(grad(f, here), here - lowest, under)
    facts = [under, part(near, 0), part(near, 1), across]
    return follows_linearly(Le(f(here) - f_star, R * slope(here)), facts, times=(1, slope(here)), sides=[under])


def _in_time(gap_left: Fact, in_time: Any, share: Any, left: Fact, sides: Sequence[Fact]) -> Fact:
    """(1 - share)^T <= eps/(2 gap), and the floor is eps/2."""
    premise, conclusion = in_time.args
    _, small, above, radius, many = facts = [part(assume(premise), i) for i in range(5)]
    gap, rounds, ratio = f(x0) - f_star, sp.log(2 * (f(x0) - f_star) / eps), L * R / m
    sides = [*facts, *sides, left, follows_linearly(Lt(0, gap), [small, above])]
    sides.append(by_form(Lt(0, 2 * gap / eps), *sides))
    enough = follows_linearly(Le(rounds, share * T), [many, radius], times=(share, rounds * ratio / eps), sides=sides)
    low = power_below(share, rounds, enough, left, sides)
    times = (1, gap - eps / 2, ratio, ratio * (1 - share) ** T)
    return discharge(follows_linearly(conclusion, [gap_left, low, radius], [eps**2 / gap], times, sides), premise)


def power_below(share: Any, rounds: Any, enough: Fact, left: Fact, sides: Sequence[Fact]) -> Fact:
    """(1 - share)^T <= exp(-share T) <= exp(-rounds), if rounds <= share T and share <= 1."""
    sides, power = [*sides, left], Le((1 - share) ** t, sp.exp(-share * t))
    start = by_form(substitute(power, {t: 0}), *sides)
    shrink = exponential(-share, *sides)
    later = [(1 - share, assume(power)), (sp.exp(-share * t), shrink)]
    decay = induction(power, t, start, combine(substitute(power, {t: t + 1}), later, sides=sides), *sides)
    rest = sp.exp(-share * T)
    passed = [(rest, exponential(share * T - rounds, *sides)), (rest, enough), (1, replace(decay, {t: T}, sides))]
    return combine(Le((1 - share) ** T, sp.exp(-rounds)), passed, sides=sides)

"""Facts evaluated in 30 digits: against closed forms, on a whole derivation, and against rules that are spoiled."""

from __future__ import annotations

import sympy as sp

from zotheory.claims import find
from zotheory.kernel import algebra, expectation, facts
from zotheory.kernel.algebra import chosen, congruence, larger
from zotheory.kernel.definitions import grad, norm, vector
from zotheory.kernel.definitions import sphere as on_sphere
from zotheory.kernel.expectation import average, linear, mean_length, mirrored
from zotheory.kernel.facts import Fact, assume, part
from zotheory.kernel.running import stepped, unrolled
from zotheory.kernel.terms import Eq, Inner, Le, Lt
from zotheory.proving.lemmas import at, by_cases, growth
from zotheory.proving.numbers import Search, check, reached
from zotheory.proving.solver import linear as by
from zotheory.statements.relative_loss import L, alpha, d, f, x


def decrease() -> Fact:
    """One step of relative-loss descent lowers f on average: the pair of steps along u and -u, averaged."""
    statement = find("relative_loss.decrease").statement
    smooth, flat, positive, *_ = map(assume, statement.given)
    u, g, radius = vector("u", d), grad(f, x), alpha / sp.sqrt(d)
    own, growths = at(smooth, x, x), growth(smooth, flat, x)
    sides = [*growths, own]
    run = unrolled(statement.holds.args[0], *sides)
    step = stepped(run.holds.args[1], *sides)
    mean = step.holds.args[1]

    def kept(v: object) -> list[Fact]:
        y, value = x + radius * v, mean.instantiate(v)

        def below(target: object) -> Fact:
            moved = Lt(f(y), f(x))
            return by_cases(moved, lambda c: by(Le(value, target), [congruence(value, chosen(value.args[1], c)), c]))

        return [below(f(x)), below(f(y))]

    def pair(sign: Fact) -> Fact:
        size, ends = sp.Abs(Inner(g, u)), [part(at(smooth, x, x + s * radius * u), 1) for s in (1, -1)]
        goal = Le(mean.instantiate(u) + mean.instantiate(-u), 2 * f(x) - radius * size + L * alpha**2 / 2)
        used = [*kept(u), *kept(-u), *ends, larger(size, sign, own), assume(Eq(Inner(u, u), d))]
        return by(goal, used, times=(1, radius, L * alpha**2 / d), sides=[positive])

    both = average(by_cases(Le(0, Inner(g, u)), pair, own), u, on_sphere(d), sides)
    split = [linear(each, *sides) for each in both.holds.args]
    used = [run, step, both, *split, mirrored(mean, *sides), mean_length(on_sphere(d), g, own)]
    return by(statement.holds, used, times=(1, radius), sides=[positive, *sides])

"""Lemmas that Coq checks, as formulas: sums over steps, numbers of radii, the potential of the 1/5 rule, a tail.

A function here returns a `Statement` that contains the shipped bounds, or whatever is put in their place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from proofs.coq.one_step import Bound, has_mean
from zotheory.elementary import normal_tail
from zotheory.kernel.definitions import (
    between,
    dimension,
    exists,
    expectation,
    for_all,
    law_of_samples,
    map_of,
    natural,
    positive,
    probability,
    real,
    total,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import (
    NATURAL,
    REAL,
    SAMPLE,
    And,
    Eq,
    If,
    Inner,
    Le,
    Lt,
    space,
)
from zotheory.theorems import gld_search, one_fifth, two_point
from zotheory.theorems import relative_loss as exact

d = dimension("d")
P = law_of_samples("P")
x_star = vector("x_star", d)
X = map_of("X", NATURAL, space(d))
alpha, L, mu, gap, eps, growth, fold = real("alpha L mu gap eps growth fold")
R, G, s, M, L1, w = real("R G s M L1 w")
J, k = natural("J k")


# --- sums over steps -------------------------------------------------------------------------------------------------


def telescoping(
    bound: Bound = two_point.mean_gap_sharp,
    step_size: Bound = two_point.step_size,
    smoothing_radius: Bound = two_point.smoothing_radius,
    second_moment: Bound = two_point.second_moment,
    bias: Bound = two_point.bias,
) -> Statement:
    """Projected steps along g_t, with the slopes, lengths and errors that the theorem allows: the mean of the gaps."""
    g, left = map_of("g", NATURAL, space(d)), map_of("gap", NATURAL, REAL)

    def h(t: Any) -> Any:
        return step_size(t + 1, R=R, G=G, s=s, alpha=alpha)

    def delta(t: Any) -> Any:
        return smoothing_radius(t + 1, G=G, L1=L1, s=s, M=M, u=w)

    def square(v: Any) -> Any:
        return Inner(v, v)

    off = Le(left(k), Inner(g(k), X(k) - x_star) + R * bias(delta=delta(k), L1=L1, third=M))
    every = [
        Le(square(X(k + 1) - x_star), square(X(k) - h(k) * g(k) - x_star)),
        Le(square(X(k) - x_star), R**2),
        Le(square(g(k)), second_moment(G=G, delta=delta(k), L1=L1, s=s, M=M)),
        off,
    ]
    series = for_all(
        NATURAL, lambda n: Le(total(n, lambda t: (t + 1) ** sp.Rational(-5, 2)), sp.zeta(sp.Rational(5, 2)))
    )
    return Statement(
        given=[
            *positive(R, G, s, M, L1, alpha, w, k),
            series,
            for_all(NATURAL, lambda t: And(*(each.xreplace({k: t}) for each in every))),
        ],
        holds=Le(total(k, lambda t: left(t)) / k, bound(k, R=R, G=G, s=s, alpha=alpha, u=w)),
    )


# --- numbers of radii ------------------------------------------------------------------------------------------------


def grid(best_radius: Bound = exact.best_radius) -> Statement:
    """J = log2(Q gap/eps)/2, rounded up, radii from 2/3 of the best at the start: one is within 2/3 and 4/3 of it."""
    slope = real("slope")
    best = best_radius(g=slope, L=L, d=d)
    largest = 2 * best_radius(g=sp.sqrt(2 * L * gap), L=L, d=d) / 3
    count = sp.Max(1, sp.ceiling(sp.log(L * gap / (mu * eps)) / (2 * sp.log(2))))
    return Statement(
        given=[
            *positive(L, mu, gap, eps, slope),
            Eq(J, count),
            Le(slope**2, 2 * L * gap),
            Le(2 * mu * eps, slope**2),
        ],
        any=[d],
        holds=exists(NATURAL, lambda j: And(Lt(j, J), between(2 * best / 3, largest / 2**j, 4 * best / 3))),
    )


# --- the 1/5 rule ----------------------------------------------------------------------------------------------------


def drift(
    far: Callable[[Any, Any], Any],
    potential: Bound = one_fifth.potential,
    radius_after: Bound = exact.radius_after,
) -> Statement:
    """The potential falls by 1 on average where `far`(length of the step, chance of acceptance) holds."""
    left = map_of("left", SAMPLE, REAL)  # the gap at the candidate
    accepted, rejected, still = ({"accepted": a, "rejected": r} for a, r in ((1, 0), (0, 1), (0, 0)))

    def height(gap: Any, outcome: dict[str, int]) -> Any:
        radius = radius_after(alpha=alpha, growth=growth, **outcome)
        return potential(fold=fold, d=d, L=L, mu=mu, alpha=radius, gap=gap, eps=eps, growth=growth)

    def after(X: Any) -> Any:
        return If(Lt(left(X), gap), height(left(X), accepted), height(gap, rejected))

    length = sp.sqrt(d) * alpha * L / sp.sqrt(2 * mu * gap)
    return Statement(
        given=[
            *positive(L, mu, alpha, gap, eps),
            Lt(1, growth),
            Le(growth, 2),
            for_all(SAMPLE, lambda X: Lt(0, left(X))),
            Le(2 / (sp.log(growth) * (1 - 5 * one_fifth.rare(d))), fold),
            far(length, probability(P, lambda X: Lt(left(X), gap))),
            has_mean(P, after),
        ],
        holds=Le(expectation(P, after), height(gap, still) - 1),
    )


def too_long(rare: Bound = one_fifth.rare, **changes: Bound) -> Statement:
    """A step so long that it is accepted with probability RARE at most, and longer than 12/5."""
    return drift(lambda length, chance: And(Lt(sp.Rational(12, 5), length), Le(chance, rare(d))), **changes)


def too_short(often: Bound = one_fifth.often, **changes: Bound) -> Statement:
    """A step so short that it is accepted with probability OFTEN at least, and shorter than 1."""
    return drift(lambda length, chance: And(Lt(length, 1), Le(often(d), chance)), **changes)


def fold_of_the_drift(shipped: Bound = one_fifth.drift, rare: Bound = one_fifth.rare) -> Statement:
    """1/B of the shipped drift B is as large as the two lemmas above ask."""
    room = sp.log(growth) * (1 - 5 * rare(d))
    return Statement(
        given=[*positive(mu), Le(mu, L), Le(3, d), Lt(1, growth), Le(growth, 2)],
        holds=Le(2 / room, 1 / shipped(d=d, Q=L / mu, growth=growth)),
    )


# --- numbers ---------------------------------------------------------------------------------------------------------


def tails(tail: Bound = normal_tail, shipped: float = gld_search.OVERLAP) -> Statement:
    """Phi(-3/4) to twelve digits, and below the share of the smaller ball in three dimensions, whatever its radius."""
    phi = tail(sp.Rational(3, 4))
    shipped, digits = sp.Rational(shipped), sp.Rational(1, 10**12)
    return Statement(given=[], holds=between(shipped - digits, phi, shipped + digits))

"""The lemmas that Coq checks, as formulas: each contains the bound that ships, by construction.

A function here returns a `Statement`; its parameters are the shipped functions that enter it, so that another function
makes another statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from zotheory import sphere
from zotheory.elementary import normal_tail
from zotheory.kernel.definitions import (
    all_of,
    at,
    averages_to,
    between,
    code,
    dimension,
    exists,
    expectation,
    for_all,
    for_samples,
    function,
    grad,
    law_of_directions,
    law_of_samples,
    map_of,
    natural,
    norm,
    norm_moment,
    positive,
    probability,
    real,
    smooth,
    stochastic,
    total,
    vector,
)
from zotheory.kernel.definitions import sphere as sphere_law
from zotheory.kernel.running import trace
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, SAMPLE, And, Eq, If, Implies, Inner, Integrable, Le, Lt, maps, of_kind, space
from zotheory.methods import relative_loss
from zotheory.theorems import gld_search, one_fifth, two_point
from zotheory.theorems import relative_loss as exact
from zotheory.theorems import relative_loss_minibatch as minibatch

Bound = Callable[..., Any]

d = dimension("d")
f, F = function("f", d), stochastic("F", d)
P, U = law_of_samples("P"), law_of_directions("U", d)
x, u, x_star = vector("x u x_star", d)
X = map_of("X", NATURAL, space(d))
alpha, L, mu, gap, eps, growth, fold = real("alpha L mu gap eps growth fold")
R, G, s, M, L1, w = real("R G s M L1 w")
J, k = natural("J k")


def kept(f: Any, u: Any, **parameters: Any) -> Any:
    """The point that the shipped step keeps, drawn u: a term that the code returns."""
    run = trace(code(relative_loss, radius=alpha, law=sphere_law(d), **parameters), f, x)
    values = {run.before[part]: run.first[part] for part in run.before} | {run.drawn[0][0]: u}
    return run.after["x"].xreplace(values)


# --- one step --------------------------------------------------------------------------------------------------------


def decrease(bound: Bound = exact.decrease) -> Statement:
    """One step lowers f by the bound: u and -u have one law, E|u|^2 = d, E|<a, u>| = m_d sqrt(d) |a|."""
    fall = bound(alpha=alpha, g=norm(grad(f, x)), L=L, d=d)
    return Statement(
        given=[
            smooth(f, L),
            *positive(alpha),
            symmetric(U),
            *lengths(U),
            has_mean(U, lambda u: f(kept(f, u))),
        ],
        holds=Le(expectation(U, lambda u: f(kept(f, u))), f(x) - fall),
    )


def has_mean(law: Any, body: Callable[[Any], Any]) -> Any:
    """E over a draw exists."""
    return Integrable.over(of_kind(law, "law").of[0], law, body=body)


def symmetric(U: Any) -> Any:
    """U and -U have one law."""

    def alike(phi: Any) -> Any:
        return Implies(has_mean(U, phi), Eq(expectation(U, phi), expectation(U, lambda u: phi(-u))))

    return for_all(maps(space(d), REAL), alike)


def lengths(U: Any) -> list[Any]:
    """E|u|^2 = d and E|<a, u>| = m_d sqrt(d) |a|."""
    mean = for_all(
        space(d),
        lambda a: Eq(expectation(U, lambda u: sp.Abs(Inner(a, u))), sphere.mean_abs(d) * sp.sqrt(d) * norm(a)),
    )
    return [Eq(norm_moment(U, 2), d), mean]


SAMPLES = [
    for_samples(F, P, lambda sample, X: smooth(sample, L)),
    averages_to(F, P, f),
    Eq(expectation(P, lambda X: grad(at(F, X), x)), grad(f, x)),
    *positive(alpha),
]


def error(X: Any) -> Any:
    """The noise G - g of a sample."""
    return grad(at(F, X), x) - grad(f, x)


def left(u: Any, X: Any) -> Any:
    """f at the point that a step on one sample keeps."""
    return f(kept(at(F, X), u, cached=0))


def measurable(u: Any) -> list[Any]:
    """What is left after a step, and how often a sample accepts the candidate, have a mean."""

    def accepted(X: Any) -> Any:
        return If(Lt(F(x + alpha * u / sp.sqrt(d), X), F(x, X)), 1, 0)

    return [has_mean(P, lambda X: left(u, X)), has_mean(P, accepted)]


def minibatch_pair(bound: Bound = minibatch.decrease) -> Statement:
    """Along one line, for u and -u of length sqrt(d): the bound in one dimension, of the slopes along u."""
    along = u / sp.sqrt(d)

    def noise(X: Any) -> Any:
        return sp.Abs(Inner(error(X), along))

    slope = sp.Abs(Inner(grad(f, x), along))
    fall = bound(alpha=alpha, g=slope, noise=expectation(P, noise), L=L, d=sp.Integer(1))
    mean = sum(expectation(P, lambda X, v=v: left(v, X)) for v in (u, -u)) / 2
    return Statement(
        given=[*SAMPLES, Eq(Inner(u, u), d), *measurable(u), *measurable(-u), has_mean(P, noise)],
        holds=Le(mean, f(x) - fall),
    )


def minibatch_decrease(bound: Bound = minibatch.decrease) -> Statement:
    """One step on one sample lowers f by the bound; in E|<G - g, u>| the sample and u may be drawn in either order."""
    noise = expectation(P, lambda X: norm(error(X)))
    fall = bound(alpha=alpha, g=norm(grad(f, x)), noise=noise, L=L, d=d)

    def along(X: Any, u: Any) -> Any:
        return sp.Abs(Inner(error(X), u))

    return Statement(
        given=[
            *SAMPLES,
            symmetric(U),
            *lengths(U),
            for_all(space(d), lambda u: And(*measurable(u))),
            has_mean(U, lambda u: expectation(P, lambda X: left(u, X))),
            Eq(
                expectation(U, lambda u: expectation(P, lambda X: along(X, u))),
                expectation(P, lambda X: expectation(U, lambda u: along(X, u))),
            ),
            has_mean(P, lambda X: norm(error(X))),
        ],
        holds=Le(expectation(U, lambda u: expectation(P, lambda X: left(u, X))), f(x) - fall),
    )


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
    series = for_all(NATURAL, lambda n: Le(total(n, lambda t: (t + 1) ** sp.Rational(-5, 2)), sp.zeta(sp.Rational(5, 2))))
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


# --- numbers ---------------------------------------------------------------------------------------------------------


def tails(tail: Bound = normal_tail, shipped: float = gld_search.OVERLAP) -> Statement:
    """Phi(-3/4) to twelve digits, and below the share of the smaller ball in three dimensions, whatever its radius."""
    phi = tail(sp.Rational(3, 4))
    shipped, digits = sp.Rational(shipped), sp.Rational(1, 10**12)
    return Statement(given=[], holds=between(shipped - digits, phi, shipped + digits))

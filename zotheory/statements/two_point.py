"""Two-point mirror descent: the claims as formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zotheory.evidence.claim import Bound
from zotheory.geometry import euclidean_ball
from zotheory.kernel.definitions import (
    after,
    at,
    averages_to,
    code,
    convex,
    dimension,
    expectation,
    for_all,
    for_samples,
    fourth_constant,
    function,
    grad,
    gradient_moment,
    isotropic,
    law_of_directions,
    law_of_samples,
    map_of,
    mapping,
    natural,
    norm,
    norm_moment,
    positive,
    real,
    samples,
    second_moment_within,
    smooth,
    stochastic,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, SAMPLE, Eq, Implies, Inner, Le, space
from zotheory.methods import two_point
from zotheory.theorems.two_point import smoothing_radius, step_size

d = dimension("d")
f, F = function("f", d), stochastic("F", d)
P, Z = law_of_samples("P"), law_of_directions("Z", d)
x, x0, x_star = vector("x x0 x_star", d)
delta, L1, third, G, s, M, R, alpha, u, domain = real("delta L1 third G s M R alpha u domain")
Lip = map_of("Lip", SAMPLE, REAL)  # Lipschitz constant of the gradient of F(.; X)
k = natural("k")

SMOOTH = [
    for_samples(F, P, lambda sample, X: smooth(sample, Lip(X))),
    Eq(expectation(P, lambda X: Lip(X) ** 2), L1**2),
    *positive(L1),
]


def estimate(X: Any, u: Any) -> Any:
    """[F(x + delta u; X) - F(x; X)]/delta u."""
    return (F(x + delta * u, X) - F(x, X)) / delta * u


def bias(bound: Bound) -> Statement:
    """Lemma 1: how far the mean of an estimate is off the gradient."""
    mean = expectation(P, lambda X: expectation(Z, lambda u: estimate(X, u)))
    return Statement(
        given=[
            averages_to(F, P, f),
            *SMOOTH,
            Eq(expectation(P, lambda X: grad(at(F, X), x)), grad(f, x)),
            isotropic(Z),
            Eq(norm_moment(Z, 3), third),
            *positive(delta),
        ],
        holds=Le(norm(mean - grad(f, x)), bound(delta=delta, L1=L1, third=third)),
    )


SQUARE = Le(gradient_moment(F, P, x), G**2)  # at x
LAW = [isotropic(Z), fourth_constant(Z, s), Eq(norm_moment(Z, 6), M**2), *positive(s, M)]


def second_moment(bound: Bound) -> Statement:
    """Lemma 1: the mean square of an estimate."""
    square = expectation(P, lambda X: expectation(Z, lambda u: Inner(estimate(X, u), estimate(X, u))))
    return Statement(
        given=[*SMOOTH, SQUARE, *LAW, *positive(delta, G)],
        holds=Le(square, bound(G=G, delta=delta, L1=L1, s=s, M=M)),
    )


def mean_gap(bound: Bound) -> Statement:
    """Theorem 1: the expected gap of the average of k points, under the theorem's schedule; tightened, the same."""
    return under_schedule(bound(k, R=R, G=G, s=s, alpha=alpha, u=u), s=s, M=M, given=LAW, law=Z)


def under_schedule(allowed: Any, *, s: Any, M: Any, given: Sequence[Any], **more: Any) -> Statement:
    """The gap is at most `allowed` with the step sizes of s and the radii of M; `more`: parameters of the method."""
    method = code(
        two_point,
        h=mapping(NATURAL, lambda t: step_size(t, R=R, G=G, s=s, alpha=alpha)),
        delta=mapping(NATURAL, lambda t: smoothing_radius(t, G=G, L1=L1, s=s, M=M, u=u)),
        mirror=code(euclidean_ball, radius=domain),
        **more,
    )
    mean = expectation(after(k, method, samples(F, P), x0, "output"), lambda x: f(x))
    return Statement(
        given=[
            averages_to(F, P, f),
            for_samples(F, P, lambda sample, X: convex(sample)),
            *SMOOTH,
            second_moment_within(F, P, G, lambda x: Le(norm(x), domain)),
            *(Le(norm(point), domain) for point in (x0, x_star)),
            for_all(space(d), lambda x: Implies(Le(norm(x), domain), Le(f(x_star), f(x)))),
            for_all(space(d), lambda x: Implies(Le(norm(x), domain), Le(norm(x_star - x), R))),
            *given,
            *positive(domain, R, G, alpha, u, k),
        ],
        holds=Le(mean - f(x_star), allowed),
    )

"""Double smoothing: the claims as formulas."""

from __future__ import annotations

from typing import Any

from zotheory.evidence.claim import Bound
from zotheory.geometry import euclidean_ball
from zotheory.kernel.definitions import (
    after,
    averages_to,
    ball,
    chord_convex,
    code,
    dimension,
    expectation,
    for_all,
    for_samples,
    function,
    gaussian,
    isotropic,
    law_of_directions,
    law_of_samples,
    lipschitz,
    map_of,
    mapping,
    natural,
    norm,
    norm_moment,
    positive,
    real,
    rotation_invariant,
    samples,
    sphere,
    stochastic,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, SAMPLE, And, Eq, Implies, Inner, Le, space
from zotheory.methods import double_smoothing
from zotheory.theorems.double_smoothing import paper_difference, paper_step_size, smoothing_radius, step_size

d = dimension("d")
f, F = function("f", d), stochastic("F", d)
P = law_of_samples("P")
W, Z = law_of_directions("W Z", d)  # of the first perturbation and of the second
x, x0, x_star, c, a = vector("x x0 x_star c a", d)
G, R, B, r, s, M, alpha, u, eta, delta, fourth, domain = real("G R B r s M alpha u eta delta fourth domain")
Lip = map_of("Lip", SAMPLE, REAL)  # Lipschitz constant of F(.; X)
k = natural("k")

LIPSCHITZ = [
    for_samples(F, P, lambda sample, X: lipschitz(sample, Lip(X))),
    Le(expectation(P, lambda X: Lip(X) ** 2), G**2),
    *positive(G),
]
PAIRS = (gaussian(d), gaussian(d)), (ball(d), ball(d)), (ball(d), sphere(d))


# --- the estimate ----------------------------------------------------------------------------------------------------


def mean_square(first: Any, law: Any, x: Any, eta: Any) -> Any:
    """E |g|^2 at x, with the radii eta of the smoothing and r eta of the difference."""

    def square(X: Any, w: Any, u: Any) -> Any:
        g = (F(x + eta * w + r * eta * u, X) - F(x + eta * w, X)) / (r * eta) * u
        return Inner(g, g)

    return expectation(P, lambda X: expectation(first, lambda w: expectation(law, lambda u: square(X, w, u))))


def second_moment(bound: Bound) -> Statement:
    """Both perturbations are normal. That the bound grows with r, and that linear F attain its limit, is left out."""
    return Statement(
        given=[*LIPSCHITZ, *positive(r, eta)],
        holds=Le(mean_square(gaussian(d), gaussian(d), x, eta), bound(G=G, d=d, r=r)),
        any=[x],
    )


def second_moment_ball(bound: Bound) -> Statement:
    """The first perturbation is uniform on a ball, the second rotation-invariant."""
    law = [rotation_invariant(Z), Eq(norm_moment(Z, 4), s * d), Eq(norm_moment(Z, 6), M**2)]
    return Statement(
        given=[*LIPSCHITZ, *law, Le(4, d), *positive(r, eta, s, M)],
        holds=Le(mean_square(ball(d), Z, x, eta), bound(G=G, d=d, r=r, s=s, M=M)),
        any=[x],
    )


def lemma2(bound: Bound) -> Statement:
    """The paper's three pairs of laws. That no smaller constant serves is left out."""
    allowed = bound(G=G, d=d, r=r)
    return Statement(
        given=[*LIPSCHITZ, *positive(r, eta)],
        holds=And(*(Le(mean_square(first, law, x, eta), allowed) for first, law in PAIRS)),
        any=[x],
    )


def single_fails(bound: Bound) -> Statement:
    """One smoothing, at the kink of G |y - c|; for rotation-invariant Z, beside a linear function of the same slope."""

    def square(slope: Any, u: Any) -> Any:
        return Inner(slope * u, slope * u)

    found = expectation(Z, lambda u: square((f(c + delta * u) - f(c)) / delta, u))
    linear = expectation(Z, lambda u: square((Inner(a, c + delta * u) - Inner(a, c)) / delta, u))
    allowed = bound(G=G, fourth=fourth)
    return Statement(
        given=[
            for_all(space(d), lambda y: Eq(f(y), G * norm(y - c))),
            Eq(norm_moment(Z, 4), fourth),
            Eq(norm(a), G),
            *positive(G, delta, fourth),
        ],
        holds=And(Eq(found, allowed), Implies(rotation_invariant(Z), Eq(found, d * linear))),
    )


# --- the method ------------------------------------------------------------------------------------------------------


def inside(x: Any) -> Any:
    """The point x is in the domain."""
    return Le(norm(x), domain)


CONVEX = [
    averages_to(F, P, f),
    for_samples(F, P, lambda sample, X: chord_convex(sample)),
    *LIPSCHITZ,
    *map(inside, (x0, x_star)),
    for_all(space(d), lambda x: Implies(inside(x), Le(f(x_star), f(x)))),
    for_all(space(d), lambda x: Implies(inside(x), Le(norm(x_star - x), R))),
    *positive(domain, R, alpha, u, k),
]


def gap(*, h: Any, delta: Any, first: Any, law: Any) -> Any:
    """E f - f(x*) at the average of k points; h and delta are functions of the step t = 1, 2, ..."""
    method = code(
        double_smoothing,
        h=mapping(NATURAL, h),
        delta=mapping(NATURAL, delta),
        eta=mapping(NATURAL, lambda t: smoothing_radius(t, R=R, u=u)),
        mirror=code(euclidean_ball, radius=domain),
        law=law,
        first=first,
    )
    return expectation(after(k, method, samples(F, P), x0, "output"), lambda x: f(x)) - f(x_star)


def mean_gap_sharp(bound: Bound) -> Statement:
    """The gap from any bound of the estimate's mean square along the schedule, for rotation-invariant directions."""

    def estimates_within(x: Any, t: Any) -> Any:
        return Le(mean_square(W, Z, x, smoothing_radius(t, R=R, u=u)), B**2)

    def at_every_step(x: Any) -> Any:
        return for_all(NATURAL, lambda t: Implies(Le(1, t), estimates_within(x, t)))

    found = gap(
        h=lambda t: step_size(t, R=R, B=B, alpha=alpha),
        delta=lambda t: r * smoothing_radius(t, R=R, u=u),
        first=W,
        law=Z,
    )
    return Statement(
        given=[
            *CONVEX,
            *(formula(law) for law in (W, Z) for formula in (isotropic, rotation_invariant)),
            Le(norm_moment(Z, 4), d * (d + 2)),
            for_all(space(d), lambda x: Implies(inside(x), at_every_step(x))),
            *positive(r, B),
        ],
        holds=Le(found, bound(k, R=R, G=G, B=B, d=d, r=r, alpha=alpha, u=u)),
    )


def mean_gap(bound: Bound) -> Statement:
    """Theorem 2, for the paper's three pairs of laws and its schedule."""
    allowed = bound(k, R=R, G=G, d=d, alpha=alpha, u=u)
    schedule = {
        "h": lambda t: paper_step_size(t, R=R, G=G, d=d, alpha=alpha),
        "delta": lambda t: paper_difference(t, R=R, d=d, u=u),
    }
    gaps = [gap(**schedule, first=first, law=law) for first, law in PAIRS]
    return Statement(given=CONVEX, holds=And(*(Le(found, allowed) for found in gaps)))

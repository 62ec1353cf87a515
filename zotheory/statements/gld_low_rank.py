"""GLD-Search on functions of few directions, and near them: the claims as formulas."""

from __future__ import annotations

from typing import Any

import sympy as sp

from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    adjoint,
    after,
    between,
    bounded_below,
    code,
    dimension,
    exists,
    for_all,
    function,
    gaussian,
    grad,
    gradient_dominated,
    linear_map,
    map_of,
    minimiser,
    natural,
    norm,
    orthonormal_columns,
    positive,
    probability,
    real,
    smooth,
    strongly_convex,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, And, Eq, Implies, Le, Lt, Or, space
from zotheory.methods import gld_search
from zotheory.theorems.gld_low_rank import contraction, least_gap, perturbed_contraction
from zotheory.theorems.gld_search import failure, floor

k, n = dimension("k n")
f, h = function("f h", n)
g = function("g", k)
A, B = map_of("A", space(k), space(n)), map_of("B", space(n), space(k))  # B is the transpose of A
x, x0 = vector("x x0", n)
u_star = vector("u_star", k)
mu, L, Q, R, r, rho, delta, f_star, g_star = real("mu L Q R r rho delta f_star g_star")
K, T = natural("K T")
QUARTER = sp.Rational(1, 4)

DIRECTIONS = [linear_map(A), adjoint(A, B), orthonormal_columns(A)]
FEW = [*DIRECTIONS, for_all(space(n), lambda x: Eq(f(x), g(B(x))))]
CONVEX = [strongly_convex(g, mu), smooth(g, L), minimiser(g, u_star), *positive(mu), Eq(Q, L / mu)]
GRID = [*positive(r), Lt(r, R), Le(sp.log(R / r) / sp.log(2), K)]
scaled = code(gld_search, R=R, r=r, law=gaussian(n), scale=1 / k)


def needed(x: Any) -> Any:
    """Radius that a step from x needs."""
    return 3 * norm(B(x) - u_star) / (5 * Q)


def often(law: Any, event: Any) -> Any:
    """The event has a probability above 1/4."""
    return Lt(QUARTER, probability(law, event))


def one_candidate(contracts: Any) -> Any:
    """Some radius of the grid contracts often enough."""
    return exists(NATURAL, lambda j: And(Le(j, K), often(gaussian(n), lambda z: contracts(x + R / 2**j * z / k))))


def a_step(contracts: Any) -> Any:
    """Some candidate, and so a step, contracts often enough."""
    return And(one_candidate(contracts), often(after(1, scaled, f, x), contracts))


def one_step(bound: Bound) -> Statement:
    """A candidate, and so a step, contracts by the bound with probability above 1/4."""

    def contracts(y: Any) -> Any:
        return Le(f(y) - g(u_star), bound(k=k, Q=Q) * (f(x) - g(u_star)))

    return Statement(given=[*FEW, *CONVEX, *GRID, between(r, needed(x), R)], holds=a_step(contracts))


def smooth_step(bound: Bound) -> Statement:
    """The same by smoothness alone, with other radii."""
    length = norm(grad(g, B(x))) / L

    def contracts(y: Any) -> Any:
        return Le(f(y) - g_star, bound(k=k, Q=Q) * (f(x) - g_star))

    return Statement(
        given=[
            *FEW,
            smooth(g, L),
            gradient_dominated(g, mu, g_star),
            bounded_below(g, g_star),
            *positive(mu, L),
            Eq(Q, L / mu),
            *GRID,
            Le(r, sp.Rational(9, 10) * length),
            Le(sp.Rational(9, 20) * length, R),
        ],
        holds=a_step(contracts),
    )


def unknown_dimension(bound: Bound) -> Statement:
    """One grid serves every k; t is the number of steps that the evaluations pay for, K + 1 of them each."""
    method = code(gld_search, R=R, r=r / n, law=gaussian(n), scale=1)
    octaves, log_ratio = sp.log(n * R / r) / sp.log(2), sp.log(1 / rho)

    def contracts(y: Any) -> Any:
        return Le(f(y) - g(u_star), contraction(k=k, Q=Q) * (f(x) - g(u_star)))

    def reached(y: Any) -> Any:
        fallen = Le(f(y) - g(u_star), rho * (f(x0) - g(u_star)))
        return Or(fallen, Le(norm(B(y) - u_star), floor(Q=Q, r=r)))

    paid = Lt(bound(n=n, k=k, Q=Q, log_ratio=log_ratio, R=R, r=r), 1 + (T + 1) * (K + 1))
    enough = Le(1 - failure(n=k, Q=Q, log_ratio=log_ratio), probability(after(T, method, f, x0), reached))
    return Statement(
        given=[*FEW, *CONVEX, *positive(r, rho), Lt(r, R), Lt(rho, 1), Le(norm(B(x0) - u_star), R)],
        holds=And(
            Implies(between(r, needed(x), R), often(after(1, method, f, x), contracts)),
            Implies(And(Le(octaves, K), Lt(K, octaves + 1), paid), enough),
        ),
        any=[x, T, K],
    )


def perturbed(bound: Bound) -> Statement:
    """What |h| <= delta adds to the gap after a step."""

    def within(most: Any) -> Any:
        return often(after(1, scaled, f, x), lambda y: Le(f(y) - f_star, most))

    gap = f(x) - f_star
    return Statement(
        given=[
            *DIRECTIONS,
            for_all(space(n), lambda x: Eq(f(x), g(B(x)) + h(x))),
            for_all(space(n), lambda x: between(-delta, h(x), delta)),
            bounded_below(f, f_star),
            for_all(REAL, lambda low: Implies(bounded_below(f, low), Le(low, f_star))),
            *CONVEX,
            *positive(r),
            Lt(r, R),
            between(r, needed(x), R),
        ],
        holds=And(
            within(bound(gap=gap, delta=delta, k=k, Q=Q)),
            Implies(
                Le(least_gap(delta=delta, k=k, Q=Q), gap),
                within(perturbed_contraction(k=k, Q=Q) * gap),
            ),
        ),
    )

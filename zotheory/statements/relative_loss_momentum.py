"""Relative-loss descent with momentum: the claims as formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from zotheory import radii
from zotheory.elementary import normal_density, normal_tail
from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    adjoint,
    after,
    all_of,
    bounded_below,
    code,
    dimension,
    exists,
    expectation,
    for_all,
    function,
    gaussian,
    grad,
    gradient_dominated,
    linear_map,
    map_of,
    mapping,
    natural,
    nonnegative,
    norm,
    positive,
    probability,
    real,
    smooth,
    total,
    trace,
    vector,
    where_above,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, And, Eq, Inner, Le, Lt, Not, Or, space
from zotheory.methods import relative_loss
from zotheory.theorems.relative_loss_momentum import best_radius, curvature_spread, part

d = dimension("d")
f = function("f", d)
x, x0, b = vector("x x0 b", d)
alpha, L, c, gamma = real("alpha L c gamma")
g = norm(grad(f, x))


# --- one step --------------------------------------------------------------------------------------------------------


def _step_from(fall: Any, *more: Any) -> Statement:
    """The lower of f(x) and f(y), y = x + alpha (u + b)/sqrt(d), is on average at most f(x) - fall."""
    lower = expectation(gaussian(d), lambda u: sp.Min(f(x), f(x + alpha * (u + b) / sp.sqrt(d))))
    return Statement(
        given=[smooth(f, L), *nonnegative(L), *positive(alpha, g), Le(norm(b), c), *more],
        holds=Le(lower, f(x) - fall),
    )


def adversarial(bound: Bound) -> Statement:
    """Whatever the momentum."""
    return _step_from(bound(alpha=alpha, g=g, L=L, d=d, c=c))


def adversarial_sharp(bound: Bound) -> Statement:
    """Whatever the momentum, sharper; that the bound is attained in the limit is left to words."""
    return _step_from(bound(alpha=alpha, g=g, L=L, d=d, c=c))


def aligned(bound: Bound) -> Statement:
    """Momentum that points downhill."""
    downhill = Le(Inner(grad(f, x), b), -gamma * g)
    return _step_from(bound(alpha=alpha, g=g, L=L, d=d, gamma=gamma, c=c), *nonnegative(gamma), Le(gamma, c), downhill)


# --- whole runs ------------------------------------------------------------------------------------------------------


def rate(bound: Bound) -> Statement:
    """The expected gap, where above eps, with a radius within 2/3 and 4/3 of the best in every grid."""
    mu, Q, eps, f_star, largest, beta, gain = real("mu Q eps f_star largest beta gain")
    T, J = natural("T J")
    gap = f(x0) - f_star
    rule = code(radii.log_uniform, largest=largest, count=J)
    method = code(relative_loss, radius=rule, beta=beta, gain=gain, clip=c, law=gaussian(d))
    above = expectation(after(T, method, f, x0), lambda x: where_above(f(x) - f_star, eps))
    first, last = (best_radius(g=sp.sqrt(square), L=L, d=d, c=c) for square in (2 * L * gap, 2 * mu * eps))
    return Statement(
        given=[
            smooth(f, L),
            gradient_dominated(f, mu, f_star),
            bounded_below(f, f_star),
            *positive(L, mu, eps, J, c, gain),
            *nonnegative(beta),
            Lt(beta, 1),
            Eq(Q, L / mu),
            Lt(eps, gap),
            Le(2 * first / 3, largest),
            Le(largest / 2 ** (J - 1), 4 * last / 3),
        ],
        holds=Le(above, bound(T=T, gap=gap, Q=Q, d=d, J=J, c=c)),
        any=[T],
    )


# --- quadratics ------------------------------------------------------------------------------------------------------


def drift(bound: Bound) -> Statement:
    """A candidate is lower exactly where z > t, but for the probability of the bound."""
    H, (k, spread, sigma) = map_of("H", space(d), space(d)), real("k spread sigma")
    squared = mapping(space(d), lambda y: H(H(y)))
    size = curvature_spread(trace=trace(H), square=trace(squared), bend=Inner(b, H(b)), turn=Inner(H(b), H(b)))

    def wrong(u: Any) -> Any:
        lower = Lt(f(x + sigma * (u + b)), f(x))
        beyond = Lt(k / 2 - gamma, -Inner(grad(f, x), u) / g)
        return Or(And(lower, Not(beyond)), And(beyond, Not(lower)))

    return Statement(
        given=[
            linear_map(H),
            adjoint(H, H),
            for_all(space(d), lambda y: Le(0, Inner(y, H(y)))),
            for_all(space(d), lambda y: Eq(f(y), f(x) + Inner(grad(f, x), y - x) + Inner(y - x, H(y - x)) / 2)),
            *positive(g, trace(H), sigma),
            Eq(k, sigma * trace(H) / g),
            Eq(gamma, -Inner(grad(f, x), b) / g),
            Eq(spread, size),
        ],
        holds=Le(probability(gaussian(d), wrong), bound(k=k, spread=spread)),
    )


def limit_ceiling(bound: Bound) -> Statement:
    """No solution of the first equation has a rate above the bound: of eigenvalues in units of their mean."""
    ell, N = map_of("l", NATURAL, REAL), natural("N")
    r, k, kappa, gain, t, least, V = real("r k kappa gain t least V")
    P, phi = normal_tail(t), normal_density(t)

    def mean(of: Callable[[Any], Any]) -> Any:
        return total(N, lambda i: of(ell(i))) / N

    rest = 1 - gain * P
    return Statement(
        given=[
            *positive(N, least, r, k, kappa, gain, rest),
            *nonnegative(t),
            all_of(N, lambda i: Le(least, ell(i))),
            exists(NATURAL, lambda i: And(Lt(i, N), Eq(ell(i), least))),
            Eq(mean(lambda e: e), 1),
            Eq(mean(lambda e: e**2), V),
            all_of(N, lambda i: Lt(r, k * phi * ell(i) + kappa * rest)),
            all_of(N, lambda i: Lt(rest * r, k * phi * ell(i))),
            Eq(mean(lambda e: part(e, r, k=k, kappa=kappa, gain=gain, P=P, phi=phi)), 1),
        ],
        holds=Le(2 * r, bound(least=least, V=V, t=t)),
    )

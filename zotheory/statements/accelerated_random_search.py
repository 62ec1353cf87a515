"""Accelerated random search: the claims as formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    after,
    code,
    convex,
    dimension,
    expectation,
    function,
    gaussian,
    grad,
    minimiser,
    natural,
    nonnegative,
    norm,
    positive,
    real,
    smooth,
    smoothed,
    strongly_convex,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import Inner, Le
from zotheory.methods import accelerated_random_search

n = dimension("n")
f = function("f", n)
x, x0, x_star = vector("x x0 x_star", n)
L1, tau, gamma0, delta, a = real("L1 tau gamma0 delta a")
k = natural("k")


def second_moment(bound: Bound) -> Statement:
    """The mean square of the estimate, by the gradient of the smoothing."""

    def estimate(u: Any) -> Any:
        return (f(x + delta * u) - f(x)) / delta * u

    gradient = norm(grad(smoothed(f, gaussian(n), delta), x))
    return Statement(
        given=[convex(f), smooth(f, L1), *nonnegative(L1), *positive(delta, a)],
        holds=Le(
            expectation(gaussian(n), lambda u: Inner(estimate(u), estimate(u))),
            bound(n=n, gradient=gradient, L1=L1, delta=delta, a=a),
        ),
        any=[x],
    )


def mean_gap(bound: Bound, steps: Callable[..., Any]) -> Statement:
    """Theorem 9 with these steps."""
    h, theta = steps(n=n, L1=L1)
    method = code(accelerated_random_search, h=h, theta=theta, tau=tau, delta=delta, gamma0=gamma0)
    constants = {"tau": tau, "gamma0": gamma0, "delta": delta}
    allowed = bound(k, n=n, L1=L1, R=norm(x0 - x_star), gap=f(x0) - f(x_star), **constants)
    return Statement(
        given=[
            strongly_convex(f, tau),
            smooth(f, L1),
            minimiser(f, x_star),
            *nonnegative(tau),
            Le(tau, gamma0),
            *positive(L1, gamma0, delta, k),
        ],
        holds=Le(expectation(after(k, method, f, x0), lambda y: f(y)) - f(x_star), allowed),
        any=[x0],
    )

"""Two-point mirror descent with several pairs a step: the claims as formulas."""

from __future__ import annotations

from typing import Any

import sympy as sp

from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import copies, expectation, natural, positive, total
from zotheory.kernel.definitions import sphere as uniform_on_sphere
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import Inner, Le
from zotheory.statements.two_point import (
    L1,
    LAW,
    SMOOTH,
    SQUARE,
    G,
    M,
    P,
    R,
    Z,
    alpha,
    d,
    delta,
    estimate,
    k,
    s,
    u,
    under_schedule,
)
from zotheory.theorems.two_point_corollaries import averaged

m = natural("m")


def pairs_second_moment(bound: Bound) -> Statement:
    """Lemma 1 for the mean of m estimates that share point and sample."""

    def square(X: Any, directions: Any) -> Any:
        g = total(m, lambda i: estimate(X, directions(i))) / m
        return Inner(g, g)

    mean = expectation(P, lambda X: expectation(copies(Z), lambda directions: square(X, directions)))
    return Statement(
        given=[*SMOOTH, SQUARE, *LAW, *positive(delta, G, m)],
        holds=Le(mean, bound(G=G, delta=delta, L1=L1, s=s, M=M, m=m)),
    )


def pairs(bound: Bound) -> Statement:
    """Theorem 1 for the mean of m pairs a step."""
    allowed = bound(k, R=R, G=G, s=s, m=m, alpha=alpha, u=u)
    return under_schedule(allowed, s=averaged(s=s, m=m), M=M, given=[*LAW, *positive(m)], law=Z, pairs=m)


def on_sphere(bound: Bound) -> Statement:
    """Theorem 1 for the sphere, where s = d and M = d^(3/2)."""
    allowed = bound(k, R=R, G=G, d=d, alpha=alpha, u=u)
    return under_schedule(allowed, s=d, M=sp.sqrt(d) ** 3, given=[], law=uniform_on_sphere(d))

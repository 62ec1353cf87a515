"""Common random numbers: the claims as formulas."""

from __future__ import annotations

from typing import Any

import sympy as sp

from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    averages_to,
    copies,
    dimension,
    expectation,
    for_all,
    function,
    interval,
    law_of_samples,
    natural,
    nonnegative,
    norm,
    positive,
    probability,
    real,
    stochastic,
    total,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import SAMPLE, And, If, Implies, Le, Lt
from zotheory.theorems import common_random_numbers as theorems

d = dimension("d")
f, F, P = function("f", d), stochastic("F", d), law_of_samples("P")
x, y = vector("x y", d)
ell, kappa, B, square_, tail, gain, s, t = real("ell kappa B square tail gain s t")
m = natural("m")
change = f(y) - f(x)


def difference(X: Any) -> Any:
    """F(y; X) - F(x; X)."""
    return F(y, X) - F(x, X)


def square(bound: Bound) -> Statement:
    """E D^2 of a function that is Lipschitz but for jumps."""
    alpha = norm(y - x)
    jumps = probability(P, lambda X: Lt(ell * alpha, abs(difference(X))))
    return Statement(
        given=[
            *positive(alpha),
            *nonnegative(ell, kappa, B),
            for_all(SAMPLE, lambda X: Le(abs(difference(X)), ell * alpha + B)),
            Le(jumps, kappa * alpha),
        ],
        holds=Le(expectation(P, lambda X: difference(X) ** 2), bound(alpha=alpha, ell=ell, kappa=kappa, B=B)),
    )


def mean_of_draws(event: Any) -> Any:
    """P of an event of the sum of m differences."""
    return probability(copies(P), lambda X: event(total(m, lambda i: difference(X(i)))))


def wrong(bound: Bound) -> Statement:
    """A step goes to y if the mean of m draws is lower there; and how many draws make that right often enough."""
    allowed = bound(change=abs(change), square=square_, m=m)
    enough = Le(theorems.draws(change=abs(change), square=square_, tail=tail), m)
    stays, moves = mean_of_draws(lambda D: Le(0, D)), mean_of_draws(lambda D: Lt(D, 0))
    return Statement(
        given=[
            averages_to(F, P, f),
            Le(expectation(P, lambda X: difference(X) ** 2), square_),
            *positive(m, tail),
            Lt(tail, 1),
        ],
        holds=And(
            Implies(Lt(f(y), f(x)), Le(stays, allowed)),
            Implies(Lt(f(x), f(y)), Le(moves, allowed)),
            Implies(And(Lt(f(y), f(x)), enough), Le(stays, tail)),
            Implies(And(Lt(f(x), f(y)), enough), Le(moves, tail)),
        ),
        any=[x, y],
    )


def loss(bound: Bound) -> Statement:
    """Mean loss after a comparison of F(y; X) with F(x; X)."""
    left = expectation(P, lambda X: If(Lt(F(y, X), F(x, X)), f(y), f(x)))
    error = expectation(P, lambda X: abs(difference(X) - change))
    return Statement(given=[averages_to(F, P, f)], holds=Le(left, sp.Min(f(x), f(y)) + bound(error=error)), any=[x, y])


def right(bound: Bound) -> Statement:
    """One latent, which is 1 where u < q, told better by the gain there; s < t are two logits short of the best."""

    def q(x: Any) -> Any:
        return 1 / (1 + sp.exp(-x))

    def divergence(x: Any) -> Any:
        return x * q(x) - sp.log(1 + sp.exp(x)) + sp.log(2)

    def seen(x: Any, u: Any) -> Any:
        return divergence(x) - gain * If(Lt(u, q(x)), 1, 0)

    def mean(x: Any) -> Any:
        return expectation(interval(0, 1), lambda u: seen(x, u))

    rises = probability(
        copies(interval(0, 1)), lambda u: Le(total(m, lambda i: seen(t, u(i))), total(m, lambda i: seen(s, u(i))))
    )
    return Statement(
        given=[Le(0, s), Lt(s, t), Le(t, gain), *positive(m)],
        holds=And(
            Lt(mean(t), mean(s)),
            Lt(divergence(s), divergence(t)),
            Le(rises, bound(m=m, kappa=sp.Rational(1, 4), alpha=t - s)),
        ),
    )

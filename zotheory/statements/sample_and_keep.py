"""Sample a symmetric step, keep it if it is lower: the claims as formulas."""

from __future__ import annotations

from typing import Any

import sympy as sp

from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    after,
    at_least,
    bounded_below,
    code,
    copies,
    dimension,
    exists,
    expectation,
    for_all,
    function,
    grad,
    gradient_dominated,
    natural,
    norm,
    positive,
    probability,
    real,
    returned,
    smooth,
    sphere,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, And, Eq, Implies, Inner, Le, Lt, Variable, law_on, maps, space
from zotheory.methods import gld_search
from zotheory.theorems.sample_and_keep import (
    FALL,
    KAPPA,
    MERIT,
    PROGRESS,
    RATIO,
    cone,
    factor,
    level,
    lowest_factor,
    success,
    window,
)

n = dimension("n")
f = function("f", n)
x, x_star, e = vector("x x_star e", n)
f_star, alpha, beta, Q, c, kappa, q, delta, R, r = real("f_star alpha beta Q c kappa q delta R r")
K, m = natural("K m")
lengths = Variable("lengths", law_on(maps(NATURAL, REAL)))  # of a sequence, however one depends on another
DOMINATED = [
    smooth(f, beta),
    gradient_dominated(f, alpha, f_star),
    bounded_below(f, f_star),
    *positive(alpha),
    Eq(Q, beta / alpha),
]
slope = norm(grad(f, x))
unit = slope / (beta * sp.sqrt(n))  # of lengths of steps


def _exact(value: float) -> Any:
    """A decimal constant, as the fraction it stands for."""
    return sp.Rational(str(value))


def _contracts(y: Any, share: Any) -> Any:
    """The gap at y is at most so large a share of that at x."""
    return Le(f(y) - f_star, share * (f(x) - f_star))


def lower_bound(bound: Bound) -> Statement:
    """Near the shallow axis the best of m steps beats `lowest_factor` no more often than the bound says."""
    along = Inner(e, x - x_star)
    across = sp.sqrt(Inner(x - x_star, x - x_star) - along**2)
    flat = for_all(
        space(n),
        lambda v: Eq(f(x_star + v), f_star + (alpha * Inner(e, v) ** 2 + beta * (Inner(v, v) - Inner(e, v) ** 2)) / 2),
    )

    def beats(y: Any) -> Any:
        return Lt(f(y) - f_star, lowest_factor(n=n, Q=Q, c=c) * (f(x) - f_star))

    def one_of(length: Any) -> Any:
        """How often one of the steps length(k) u(k)/sqrt(n), k < m, beats it."""

        def event(u: Any) -> Any:
            return exists(NATURAL, lambda k: And(Lt(k, m), beats(x + length(k) * u(k) / sp.sqrt(n))))

        return probability(copies(sphere(n)), event)

    shipped = after(1, code(gld_search, R=R, r=r), f, x)
    many = And(*positive(r), Lt(r, R), Le(sp.log(R / r) / sp.log(2) + 1, m))  # no fewer than its radii
    large = And(Eq(c, 5), Le(2, n), Le(10 * sp.log(n * Q) ** 2, n))
    return Statement(
        given=[
            flat,
            Eq(norm(e), 1),
            *positive(alpha, c),
            Le(alpha, beta),
            Eq(Q, beta / alpha),
            Le(across, cone(n=n, Q=Q, c=c) * sp.Abs(along)),
            *at_least(1, m),
        ],
        holds=And(
            Le(expectation(lengths, one_of), bound(n=n, Q=Q, c=c, m=m)),
            Implies(many, Le(probability(shipped, beats), bound(n=n, Q=Q, c=c, m=m))),
            Implies(large, Le(bound(n=n, Q=Q, c=c, m=1), (n * Q) ** sp.Rational(-5, 2))),
        ),
        any=[lengths, R, r],
    )


def expected_contraction(bound: Bound) -> Statement:
    """A step of the length kappa leaves on average no more of the gap than the bound says, and on |x|^2 as much."""
    left = returned(bound, n=n, Q=Q, kappa=kappa)
    taken = 2 * kappa * expectation(sphere(n), lambda u: sp.Max(Inner(e, u) - kappa / 2, 0))
    mean = expectation(sphere(n), lambda u: sp.Min(f(x), f(x + kappa * unit * u / sp.sqrt(n))))
    half_square = for_all(space(n), lambda y: Eq(f(y), f_star + beta * Inner(y, y) / 2))
    best = And(Eq(kappa, _exact(KAPPA)), Eq(Q, 1))
    return Statement(
        given=[*DOMINATED, *positive(kappa), *at_least(1, Q), Eq(norm(e), 1)],
        holds=And(
            Le(mean - f_star, left * (f(x) - f_star)),
            Implies(And(half_square, Eq(Q, 1)), Eq(mean - f_star, left * (f(x) - f_star))),
            Implies(best, Le(_exact(PROGRESS), n * (1 - left))),
        ),
        where=[Eq(left, 1 - taken / (n * Q))],
        any=[x],
    )


def best_grid(bound: Bound) -> Statement:
    """Some length of the grid contracts the gap as often as the merit says; no grid has more merit than the best."""

    def one_length(k: Any) -> Any:
        length = R / q**k / sp.sqrt(n)
        contraction = probability(sphere(n), lambda u: _contracts(x + length * u, factor(n=n, Q=Q, c=delta)))
        return And(Le(k, K), Le(bound(q=q, delta=delta), delta * sp.log(q) * contraction))

    needed = level(q=q, delta=delta)
    best = bound(q=_exact(RATIO), delta=_exact(FALL))
    twice = Implies(Eq(q, 2), Le(bound(q=q, delta=delta), sp.Rational(69, 100) * best))
    two, fifth = sp.Integer(2), sp.Rational(1, 5)
    return Statement(
        given=[
            *DOMINATED,
            Le(2, n),
            *positive(delta, R),
            *at_least(1, q),
            Le(needed, sp.Rational(6, 5)),
            Le(window(q=q, delta=delta) * unit, R),
            Le(R / q**K, q * window(q=q, delta=delta) * unit),
        ],
        holds=And(
            exists(NATURAL, one_length),
            for_all(REAL, lambda a: Implies(Lt(0, a), Le(needed, sp.Max(_passed(a), _passed(q * a))))),
            Le(bound(q=q, delta=delta), _exact(MERIT)),
            Le(_exact(MERIT) - sp.Rational(1, 10**4), best),
            twice,
            Le(bound(q=two, delta=fifth), sp.Rational(30, 100) * best),
            Le(sp.Rational(1, 4), success(q=two, delta=sp.Rational(2, 5))),
        ),
    )


def _passed(a: Any) -> Any:
    """What z has to pass for a step of length a to contract the gap."""
    return a / 2 + delta / (2 * a)

"""Random gradient-free search: the claims as formulas."""

from __future__ import annotations

from typing import Any

import sympy as sp

from zotheory.evidence.claim import Bound
from zotheory.geometry import euclidean_ball
from zotheory.kernel.definitions import (
    adjoint,
    after,
    all_of,
    chord_convex,
    code,
    convex,
    dimension,
    expectation,
    for_all,
    function,
    gaussian,
    grad,
    linear_map,
    lipschitz,
    map_of,
    mapping,
    minimiser,
    natural,
    nonnegative,
    norm,
    positive,
    real,
    smooth,
    smoothed,
    strongly_convex,
    total,
    trace,
    vector,
)
from zotheory.kernel.definitions import norm_moment as moment
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, And, Eq, Implies, Inner, Le, Lt, space
from zotheory.methods import random_gradient_free
from zotheory.theorems.random_gradient_free import smooth_step, trace_step

d = dimension("d")
f = function("f", d)
x, x0, x_star, slope = vector("x x0 x_star g", d)
p, delta, L0, L1, mu, R, domain, T, S, S2 = real("p delta L0 L1 mu R domain T S S2")
N = natural("N")
H = map_of("H", space(d), space(d))
h = map_of("h", NATURAL, REAL)
U = gaussian(d)
f_delta = smoothed(f, U, delta)


def norm_moment(bound: Bound) -> Statement:
    """The moments of the length of a direction."""
    return Statement(given=nonnegative(p), holds=Le(moment(U, p), bound(p, d)), any=[d])


def power_mean(bound: Bound) -> Statement:
    """Those moments against powers of the second."""
    low, high = Le(moment(U, p), bound(p, d)), Le(bound(p, d), moment(U, p))
    return Statement(given=nonnegative(p), holds=And(Implies(Le(p, 2), low), Implies(Le(2, p), high)), any=[d])


def _smoothing(kind: Any, L: Any, allowed: Any) -> Statement:
    above = Implies(chord_convex(f), Le(f(x), f_delta(x)))
    holds = And(Le(sp.Abs(f_delta(x) - f(x)), allowed), above)
    return Statement(given=[kind(f, L), *positive(delta, L)], holds=holds, any=[x])


def smoothing_lipschitz(bound: Bound) -> Statement:
    """Theorem 1 of Lipschitz functions."""
    return _smoothing(lipschitz, L0, bound(delta=delta, L0=L0, d=d))


def smoothing_smooth(bound: Bound) -> Statement:
    """Theorem 1 of smooth functions."""
    return _smoothing(smooth, L1, bound(delta=delta, L1=L1, d=d))


def origin_moment(bound: Bound) -> Statement:
    """The mean square of the estimate for a vanishing radius."""
    square = expectation(U, lambda u: Inner(slope, u) ** 2 * Inner(u, u))
    exactly = Eq(square, (d + 2) * Inner(slope, slope))
    return Statement(given=[Eq(slope, grad(f, x))], holds=And(Le(square, bound(G=norm(slope), d=d)), exactly))


def _square() -> Any:
    """Mean square of the estimate at x."""

    def estimate(u: Any) -> Any:
        return (f(x + delta * u) - f(x)) / delta * u

    return expectation(U, lambda u: Inner(estimate(u), estimate(u)))


def lipschitz_moment(bound: Bound) -> Statement:
    """The mean square of an estimate of a Lipschitz function."""
    given = [lipschitz(f, L0), *positive(delta, L0)]
    return Statement(given=given, holds=Le(_square(), bound(L0=L0, d=d)), any=[x])


def lipschitz_moment_sharp(bound: Bound) -> Statement:
    """The same, and that the kink of a norm attains it."""
    kink = for_all(space(d), lambda y: Eq(f(y), L0 * norm(y - x)))
    attained = Implies(kink, Eq(_square(), bound(L0=L0, d=d)))
    given = [lipschitz(f, L0), *positive(delta, L0)]
    return Statement(given=given, holds=And(Le(_square(), bound(L0=L0, d=d)), attained), any=[x])


def _smooth_moment(slope: Any, bound: Bound) -> Statement:
    allowed = bound(G=norm(slope), delta=delta, L1=L1, d=d)
    return Statement(given=[smooth(f, L1), *positive(delta, L1)], holds=Le(_square(), allowed), any=[x])


def smooth_moment(bound: Bound) -> Statement:
    """The mean square of an estimate of a smooth function, by its gradient."""
    return _smooth_moment(grad(f, x), bound)


def smoothed_moment(bound: Bound) -> Statement:
    """The same, by the gradient of its smoothing."""
    return _smooth_moment(grad(f_delta, x), bound)


def nonsmooth(bound: Bound) -> Statement:
    """Theorem 6, on R^d and on a ball."""
    allowed = bound(S, S2, R=R, L0=L0, delta=delta, d=d)

    def converges(**domain: Any) -> Any:
        method = code(random_gradient_free, h=mapping(NATURAL, lambda k: h(k)), delta=delta, **domain)
        gaps = total(N, lambda k: h(k) * (_mean(k, method) - f(x_star)))
        return And(Le(gaps / S, allowed), Le(_mean(N, method, "output") - f(x_star), allowed))

    best = for_all(space(d), lambda y: Implies(Le(norm(y), domain), Le(f(x_star), f(y))))
    inside = And(Lt(0, domain), Le(norm(x0), domain), Le(norm(x_star), domain), best)
    return Statement(
        given=[
            chord_convex(f),
            lipschitz(f, L0),
            all_of(N, lambda k: Lt(0, h(k))),
            Eq(S, total(N, lambda k: h(k))),
            Eq(S2, total(N, lambda k: h(k) ** 2)),
            Eq(R, norm(x0 - x_star)),
            *positive(L0, delta, N),
        ],
        holds=And(
            Implies(minimiser(f, x_star), converges()),
            Implies(inside, converges(mirror=code(euclidean_ball, radius=domain))),
        ),
        any=[domain],
    )


def _mean(k: Any, method: Any, part: str = "x") -> Any:
    """E f(x_k), or of what is returned after k steps."""
    return expectation(after(k, method, f, x0, part), lambda y: f(y))


def _fixed(step: Any) -> Any:
    """The method with a fixed step size. Whether it returns their mean makes no difference to its points."""
    return code(random_gradient_free, h=mapping(NATURAL, lambda k: step), delta=delta)


def convex_gap(bound: Bound) -> Statement:
    """Theorem 8, f convex."""
    method = _fixed(smooth_step(L1=L1, d=d))
    gaps = total(N, lambda k: _mean(k, method) - f(x_star)) / N
    return Statement(
        given=[convex(f), smooth(f, L1), minimiser(f, x_star), *positive(L1, delta, N)],
        holds=Le(gaps, bound(N, R=norm(x0 - x_star), L1=L1, delta=delta, d=d)),
        any=[x0],
    )


def strongly_convex_gap(bound: Bound) -> Statement:
    """Theorem 8, f strongly convex."""
    method = _fixed(smooth_step(L1=L1, d=d))
    allowed = bound(N, R=norm(x0 - x_star), L1=L1, mu=mu, delta=delta, d=d)
    return Statement(
        given=[strongly_convex(f, mu), smooth(f, L1), minimiser(f, x_star), *positive(mu, L1, delta, N)],
        holds=Le(_mean(N, method) - f(x_star), allowed),
        any=[x0],
    )


def effective_dimension(bound: Bound) -> Statement:
    """The rate in the trace. The eigenvalues of H are 0 or between mu and L1."""
    allowed = bound(N, gap=f(x0) - f(x_star), L1=L1, mu=mu, trace=T, delta=delta)
    quadratic = for_all(space(d), lambda y: Eq(f(y), f(x_star) + Inner(y - x_star, H(y - x_star)) / 2))
    spectrum = for_all(
        space(d),
        lambda y: And(
            Le(mu * Inner(y, H(y)), Inner(H(y), H(y))),
            Le(Inner(H(y), H(y)), L1 * Inner(y, H(y))),
        ),
    )
    return Statement(
        given=[
            linear_map(H),
            adjoint(H, H),
            quadratic,
            spectrum,
            Eq(T, trace(H)),
            *positive(mu, L1, delta, N),
        ],
        holds=Le(_mean(N, _fixed(trace_step(L1=L1, trace=T))) - f(x_star), allowed),
        any=[x0],
    )

"""GLD-Search: the claims as formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from zotheory.elementary import normal_tail
from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    after,
    ball,
    between,
    code,
    composed,
    dimension,
    draws,
    exists,
    for_all,
    function,
    grad,
    increasing,
    map_of,
    minimiser,
    natural,
    norm,
    point,
    positive,
    probability,
    real,
    returned,
    run_of,
    smooth,
    strongly_convex,
    transform_of,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, And, Eq, Implies, Le, Lt, Or, space
from zotheory.methods import gld_search
from zotheory.theorems.gld_search import evaluations, failure, floor, log_ratio_to_radius, steps_to_floor

n = dimension("n")
f, g = function("f g", n)
h = map_of("h", REAL, REAL)
x, x0, x_star, c = vector("x x0 x_star c", n)
mu, L, Q, R, r, r2, apart, a, rho, eps = real("mu L Q R r r2 l a rho eps")
K, T = natural("K T")
QUARTER = sp.Rational(1, 4)

TRANSFORMED = [  # f is a strictly increasing transform of a smooth, strongly convex function of condition number Q
    increasing(h),
    transform_of(f, h, g),
    strongly_convex(g, mu),
    smooth(g, L),
    minimiser(g, x_star),
    *positive(mu),
    Eq(Q, L / mu),
]
CONVEX = [strongly_convex(f, mu), smooth(f, L), minimiser(f, x_star), *positive(mu), Eq(Q, L / mu)]
method = code(gld_search, R=R, r=r)


def tangent_ball(bound: Bound) -> Statement:
    """A ball of the bound's radius that touches x lies in the sublevel set."""
    radius = bound(distance=norm(x - x_star), Q=Q)
    centre = x - radius * grad(g, x) / norm(grad(g, x))
    inside = for_all(space(n), lambda y: Implies(Le(norm(y - centre), radius), Le(f(y), f(x))))
    return Statement(given=[*TRANSFORMED, *positive(norm(x - x_star))], holds=inside)


def ball_overlap(bound: Bound) -> Statement:
    """The bound is the share of two balls, at least Phi(-3/4). That this is the infimum over n is left out."""
    exact = returned(bound, n=n, a=a, delta=QUARTER)

    def share(radius: Any) -> Any:
        """Share of the ball of radius a l/sqrt(n) about 0 that lies in the ball of this radius about c."""
        return probability(ball(n), lambda v: Le(norm(a * apart * v / sp.sqrt(n * (n + 2)) - c), radius))

    return Statement(
        given=[Eq(norm(c), apart), *positive(apart), between(sp.Rational(1, 2), a, 1), Le(apart - apart / (4 * n), r2)],
        holds=And(Le(normal_tail(sp.Rational(3, 4)), exact), Le(exact, share(r2))),
        where=[Eq(exact, share(apart - apart / (4 * n)))],
    )


def one_step(bound: Bound) -> Statement:
    """A candidate, and so a step, contracts by the bound with probability above 1/4."""

    def contracts(y: Any) -> Any:
        return Le(g(y) - g(x_star), bound(n=n, Q=Q) * (g(x) - g(x_star)))

    def one_radius(k: Any) -> Any:
        """The candidate at radius 2^-k R contracts often enough."""
        contraction = probability(ball(n), lambda v: contracts(x + R / 2**k * v / sp.sqrt(n * (n + 2))))
        return And(Le(k, K), Lt(QUARTER, contraction))

    needed = 3 * norm(x - x_star) / (5 * Q)
    return Statement(
        given=[*TRANSFORMED, *positive(r), Lt(r, R), between(r, needed, R), Le(sp.log(R / r) / sp.log(2), K)],
        holds=And(
            exists(NATURAL, one_radius),
            Lt(QUARTER, probability(after(1, method, f, x), contracts)),
        ),
    )


def iterations(bound: Bound) -> Statement:
    """As many steps as the bound says bring down the gap, or the distance."""
    run = after(T, method, f, x0)

    def reached(target: Callable[[Any], Any]) -> Any:
        return probability(run, lambda x: Or(target(x), Le(norm(x - x_star), floor(Q=Q, r=r))))

    def in_time(log_ratio: Any, target: Callable[[Any], Any]) -> Any:
        """After as many steps as the bound says for this ratio the target is reached, but for `failure`."""
        enough = Le(bound(n=n, Q=Q, log_ratio=log_ratio, p=QUARTER), T)
        return Implies(enough, Le(1 - failure(n=n, Q=Q, log_ratio=log_ratio), reached(target)))

    closer = Implies(
        And(*positive(eps), Lt(eps**2, Q * R**2)),
        in_time(log_ratio_to_radius(Q=Q, R=R, eps=eps), lambda x: Le(norm(x - x_star), eps)),
    )
    return Statement(
        given=[*CONVEX, *positive(r, rho), Lt(r, R), Lt(rho, 1), Le(norm(x0 - x_star), R)],
        holds=And(
            in_time(sp.log(1 / rho), lambda x: Le(f(x) - f(x_star), rho * (f(x0) - f(x_star)))),
            closer,
        ),
        any=[T, eps],
    )


def final_distance(bound: Bound) -> Statement:
    """The distance is below the bound for good."""
    method = code(gld_search, R=R, r=eps)
    reach = floor(Q=Q, r=eps)

    spent = evaluations(n=n, Q=Q, R=R, r=eps, p=QUARTER)
    radii = 1 + sp.ceiling(sp.log(R / eps) / sp.log(2))

    def stays(drawn: Any) -> Any:
        """From step T on, and once so many evaluations are spent, the distance never exceeds `reach`."""

        def near(t: Any) -> Any:
            return Le(norm(point(t, method, f, x0, drawn) - x_star), reach)

        return for_all(NATURAL, lambda t: Implies(Or(Le(T, t), Le(spent, 1 + t * radii)), near(t)))

    sure = 1 - failure(n=n, Q=Q, log_ratio=log_ratio_to_radius(Q=Q, R=R, eps=reach))
    return Statement(
        given=[
            *CONVEX,
            *positive(eps),
            Le(norm(x0 - x_star), R),
            Lt(5 * Q * eps / 3, R),
            Le(steps_to_floor(n=n, Q=Q, R=R, r=eps, p=QUARTER), T),
        ],
        holds=And(Le(sure, probability(run_of(method, f), stays)), Lt(reach, bound(Q=Q, eps=eps))),
    )


def invariance(bound: Bound) -> Statement:
    """The same points on h(f) and f whatever is drawn, and no step longer than the bound."""
    omega = draws("omega")
    transformed, now, then = (
        point(t, method, function, x0, omega) for t, function in ((T, composed(h, f)), (T, f), (T + 1, f))
    )
    return Statement(
        given=[increasing(h), *positive(r), Lt(r, R)],
        holds=And(Eq(transformed, now), Le(norm(then - now), bound(n=n, R=R))),
        any=[f, x0, T, omega],
    )

"""The 1/5 rule on relative-loss descent: the claims as formulas.

Left to the sentences: limits of constants as d grows, and that `gain` fails for steps of fixed length.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from zotheory import radii
from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    after,
    between,
    code,
    convex,
    dimension,
    exists,
    expectation,
    for_all,
    function,
    gaussian,
    grad,
    gradient_dominated,
    map_of,
    minimiser,
    natural,
    norm,
    normal,
    point,
    positive,
    probability,
    real,
    returned,
    run_of,
    smooth,
    sphere,
    strongly_convex,
    total,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, And, Eq, If, Implies, Inner, Le, Lt, space
from zotheory.methods import relative_loss
from zotheory.theorems.one_fifth import drift, often, potential, rare, tail_fold

d = dimension("d")
f = function("f", d)
x, x0, x_star = vector("x x0 x_star", d)
nearest = map_of("P", space(d), space(d))
alpha, sigma, kappa, L, mu, Q, f_star, eps, p, share = real("alpha sigma kappa L mu Q f_star eps p share")
growth, failure, B, seldom, frequent, y, decay = real("growth failure B rare often y rate")
T = natural("T")


def _step(law: Any, alpha: Any = alpha) -> Any:
    """Law of the point after one step of this radius from x."""
    return after(1, code(relative_loss, radius=alpha, law=law(d)), f, x)


def _beyond(t: Any) -> Any:
    """P(sqrt(d) s_1 >= t)."""
    return probability(sphere(d), lambda u: Le(t * norm(grad(f, x)), Inner(grad(f, x), u)))


def success(bound: Bound) -> Statement:
    """How often a step is accepted: of fixed length, and Gaussian."""
    g = norm(grad(f, x))

    def accepted(law: Any) -> Any:
        return probability(_step(law), lambda y: Lt(f(y), f(x)))

    def claimed(beta: Any) -> Any:
        return returned(bound, d=d, kappa=sp.sqrt(d) * alpha * beta / g)

    curved = And(strongly_convex(f, mu), *positive(mu))
    return Statement(
        given=[smooth(f, L), *positive(L, alpha, g), Le(2, d)],
        holds=And(
            Le(claimed(L), accepted(sphere)),
            Implies(curved, Le(accepted(sphere), claimed(mu))),
            Implies(Le(3, d), Le(claimed(L), accepted(gaussian))),
        ),
        where=[Eq(claimed(beta), _beyond(sp.sqrt(d) * alpha * beta / (2 * g))) for beta in (L, mu)],
        any=[mu],
    )


def gain(bound: Bound) -> Statement:
    """How often a Gaussian step takes a share of the gap: x_star may be any point that f is star-convex about."""
    drawn = probability(gaussian(d), lambda u: Lt(f(x + sigma * u), f(x)))

    def towards(y: Any, w: Any) -> Any:
        return Implies(between(0, w, 1), Le(f((1 - w) * y + w * x_star), (1 - w) * f(y) + w * f(x_star)))

    def gained(y: Any) -> Any:
        return Le(f(y) - f(x_star), (1 - share) * (f(x) - f(x_star)))

    return Statement(
        given=[
            for_all(space(d), lambda y: for_all(REAL, lambda w: towards(y, w))),
            *positive(sigma, share),
            Lt(share, 1),
        ],
        holds=Le(
            bound(p=drawn, share=share, R=norm(x - x_star), sigma=sigma, d=d),
            probability(_step(gaussian, sp.sqrt(d) * sigma), gained),
        ),
        any=[x],
    )


def progress(bound: Bound) -> Statement:
    """The expected gap after a step of the length that on |x|^2 is accepted with probability p; on |x|^2, equality."""
    g, left = norm(grad(f, x)), returned(bound, d=d, Q=Q, p=p)
    mean = expectation(_step(sphere), lambda y: f(y)) - f_star
    beyond = expectation(sphere(d), lambda u: sp.Max(Inner(grad(f, x), u) / g - kappa / 2, 0))
    round_ = for_all(space(d), lambda y: Eq(f(y), f_star + L * Inner(y - x_star, y - x_star) / 2))
    return Statement(
        given=[
            smooth(f, L),
            gradient_dominated(f, mu, f_star),
            *positive(L, mu, g, kappa, p),
            Eq(Q, L / mu),
            Le(1, Q),
            Le(2, d),
            Eq(p, _beyond(kappa / 2)),
            Eq(alpha, kappa * g / (L * sp.sqrt(d))),
        ],
        holds=And(
            Le(mean, left * (f(x) - f_star)),
            Implies(And(round_, Eq(Q, 1)), Eq(mean, left * (f(x) - f_star))),
        ),
        where=[Eq(left, 1 - 2 * kappa * beyond / (d * Q))],
        any=[x_star],
    )


# --- runs with the 1/5 rule ------------------------------------------------------------------------------------------


def _run(law: Any) -> Any:
    return code(relative_loss, radius=code(radii.one_fifth, alpha=alpha, growth=growth), law=law(d))


RULE = [*positive(alpha, eps), Lt(1, growth), Le(growth, 2), Le(3, d), Le(eps, f(x0) - f_star)]
CONVEX = [  # what mu-strong convexity implies, P being constant then
    smooth(f, L),
    convex(f),
    gradient_dominated(f, mu, f_star),
    for_all(space(d), lambda x: Eq(f(nearest(x)), f_star)),
    for_all(space(d), lambda x: Le(mu * Inner(x - nearest(x), x - nearest(x)) / 2, f(x) - f_star)),
    *positive(L, mu),
    *RULE,
]


DRIFT = drift(d=d, Q=L / mu, growth=growth)
SHORT = {2 * rare(d): 2 * seldom, 2 * often(d): 2 * frequent}
NAMES = {1 / DRIFT: 1 / B} | SHORT  # what is named, for short, in bounds
TAILS = [
    Eq(seldom, probability(normal(), lambda z: Lt(sp.Rational(6, 5), z))),
    Eq(frequent, probability(normal(), lambda z: Lt(sp.Rational(1, 2), z))),
]
WHERE = [Eq(B, DRIFT.xreplace(SHORT)), *TAILS]


def _named(bound: Bound) -> Callable[..., Any]:
    """The bound of a radius and a gap."""

    def of(alpha: Any, gap: Any, **more: Any) -> Any:
        return bound(d=d, L=L, mu=mu, alpha=alpha, gap=gap, eps=eps, growth=growth, **more).xreplace(NAMES)

    return of


def _one_step(method: Any, of: Callable[[Any, Any], Any]) -> Any:
    """E of a number of the radius and the gap after a step; 0 where the gap is at most eps."""

    def after_it(drawn: Any) -> Any:
        left = f(point(1, method, f, x0, drawn)) - f_star
        return If(Lt(eps, left), of(point(1, method, f, x0, drawn, "alpha"), left), 0)

    return expectation(run_of(method, f), after_it)


def _in_time(method: Any, steps: Callable[[Any, Any], Any]) -> Any:
    """E T <= steps, T the first step with a gap of at most eps; and a step takes one away from `steps`, on average."""
    now = steps(alpha, f(x0) - f_star)

    def still(t: Any) -> Any:
        return probability(after(t, method, f, x0), lambda x: Lt(eps, f(x) - f_star))

    one_less = Le(_one_step(method, steps), now - 1)
    return And(
        for_all(NATURAL, lambda n: Le(total(n, still), now)),
        Implies(Lt(eps, f(x0) - f_star), one_less),
    )


def hitting_time(bound: Bound) -> Statement:
    """The (1+1)-ES: expected steps until the gap is at most eps."""
    return Statement(given=CONVEX, holds=_in_time(_run(gaussian), _named(bound)), where=WHERE)


def fixed_length(bound: Bound) -> Statement:
    """The same with steps of fixed length: half of them pass y, with probability `rare`, where kappa = 2 y."""
    g = grad(f, x0)
    normalised = {"d": d, "L": L, "mu": mu, "eps": eps, "growth": growth}

    def steps(alpha: Any, gap: Any) -> Any:
        return returned(bound, alpha=alpha, gap=gap, **normalised)

    def defined(alpha: Any, gap: Any) -> Any:
        value = potential(fold=1 / B, alpha=alpha, gap=gap, **normalised) + 1 / B
        return Implies(And(*positive(alpha), Le(eps, gap)), Eq(steps(alpha, gap), value.xreplace(NAMES)))

    fall = 2 * expectation(sphere(d), lambda u: sp.Max(Inner(g, u) / norm(g) - L / mu * y, 0)) * mu / (d * L)
    room = 1 - 5 * seldom
    sides = 1 + 2 / room + 1 / (2 * (5 * frequent - 1))
    return Statement(
        given=[
            smooth(f, L),
            strongly_convex(f, mu),
            minimiser(f, x_star),
            Eq(f_star, f(x_star)),
            *positive(L, mu, y),
            *RULE,
            Eq(seldom, probability(sphere(d), lambda u: Le(y * norm(g), Inner(g, u)))),
            Lt(L * y, mu * sp.sqrt(d)),
        ],
        holds=_in_time(_run(sphere), steps),
        where=[
            for_all(REAL, defined),
            Eq(B, 1 / (sides / fall + 2 / (sp.log(growth) * room))),
            *TAILS,
        ],
    )


def tail(bound: Bound) -> Statement:
    """The (1+1)-ES: steps after which the gap exceeds eps with probability `failure` at most; it tends to 0."""
    method, steps = _run(gaussian), _named(bound)
    now = steps(alpha, f(x0) - f_star, failure=failure)
    late = probability(after(T, method, f, x0), lambda x: Lt(eps, f(x) - f_star))

    def falls(alpha: Any, gap: Any) -> Any:
        return sp.exp(decay * (steps(alpha, gap, failure=failure) - now))

    def reached(drawn: Any, target: Any) -> Any:
        return exists(NATURAL, lambda t: Le(f(point(t, method, f, x0, drawn)) - f_star, target))

    def tends(drawn: Any) -> Any:
        """The gap, which never rises, comes below every positive number."""
        return for_all(REAL, lambda target: Implies(Lt(0, target), reached(drawn, target)))

    return Statement(
        given=[*CONVEX, *positive(failure), Lt(failure, 1)],
        holds=And(
            Implies(Le(now, T), Le(late, failure)),
            Implies(Lt(eps, f(x0) - f_star), Le(_one_step(method, falls), sp.exp(-decay))),
            Eq(probability(run_of(method, f), tends), 1),
        ),
        where=[*WHERE, Eq(decay, 1 / tail_fold(d=d, Q=L / mu, growth=growth).xreplace(NAMES))],
        any=[T],
    )

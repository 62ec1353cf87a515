"""GLD-Fast: the claims as formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from zotheory.evidence.claim import Bound
from zotheory.kernel.definitions import (
    after,
    at_least,
    between,
    code,
    dimension,
    for_all,
    function,
    increasing,
    map_of,
    minimiser,
    natural,
    norm,
    point,
    positive,
    probability,
    real,
    run_of,
    smooth,
    strongly_convex,
    transform_of,
    vector,
)
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import NATURAL, REAL, Implies, Le, Lt
from zotheory.methods import gld_fast
from zotheory.theorems import gld_fast as theorems

n = dimension("n")
f, g = function("f g", n)
h = map_of("h", REAL, REAL)
x, x0, x_star = vector("x x0 x_star", n)
mu, Q, guess, R, diameter, eps = real("mu Q guess R diameter eps")
i, H = natural("i H")
QUARTER = sp.Rational(1, 4)

TRANSFORMED = [  # f is a strictly increasing transform of a strongly convex function of condition number Q or less
    increasing(h),
    transform_of(f, h, g),
    strongly_convex(g, mu),
    smooth(g, Q * mu),
    minimiser(g, x_star),
    *positive(mu),
    *at_least(1, Q),
]
START = [Le(norm(x0 - x_star), diameter), *positive(diameter)]
NOT_TOO_LOW = [Le(25 * Q**3, 36 * guess**3), *at_least(1, guess)]  # guess >= (5/6)^(2/3) Q


def coverage(bound: Bound) -> Statement:
    """A step with the middle radius R/guess contracts by the bound with probability above 1/4."""
    method = code(gld_fast, R=R / guess, Q=guess, H=H)

    def contracts(y: Any) -> Any:
        return Le(g(y) - g(x_star), bound(n=n, Q=Q, guess=guess) * (g(x) - g(x_star)))

    window = between(R / (2 * sp.sqrt(Q)), norm(x - x_star), sp.sqrt(Q) * R)
    return Statement(
        given=[*TRANSFORMED, *NOT_TOO_LOW, *positive(R), window, Le(2, H)],
        holds=Lt(QUARTER, probability(after(1, method, f, x), contracts)),
    )


def _kept(method: Any, failure: Any, over: Callable[[Any], Any], distance: Any) -> Any:
    """But for the failure, x_t is within the distance of x* for all t that are `over`."""

    def near(drawn: Any) -> Any:
        return for_all(NATURAL, lambda t: Implies(over(t), Le(norm(point(t, method, f, x0, drawn) - x_star), distance)))

    return Le(1 - failure, probability(run_of(method, f), near))


def _after_epochs(bound: Bound, told: Any, failure: Callable[..., Any], *given: Any) -> Statement:
    """After i epochs, told a condition number, the distance is at most the bound for good, but for the failure."""
    method = code(gld_fast, R=diameter / told, Q=told, H=H)
    return Statement(
        given=[*TRANSFORMED, *START, *given, Le(theorems.epoch(n=n, Q=told, p=QUARTER), H), *at_least(1, i)],
        holds=_kept(method, failure(i=i, n=n, Q=Q), lambda t: Le(i * H, t + 1), bound(i=i, diameter=diameter)),
    )


def epochs(bound: Bound) -> Statement:
    """After i epochs of `epoch` steps or more, told Q."""
    return _after_epochs(bound, Q, theorems.epochs_failure)


def underestimate(bound: Bound) -> Statement:
    """After i such epochs, told a guess that is a little less than Q."""
    return _after_epochs(bound, guess, theorems.epochs_failure_underestimated, *NOT_TOO_LOW, Le(guess, Q))


def _in_time(bound: Bound, R: Any, length: Callable[..., Any], failure: Any) -> Statement:
    """Once so many evaluations are spent the distance is at most eps for good, but for the failure."""
    method = code(gld_fast, R=R, Q=Q, H=sp.ceiling(length(n=n, Q=Q, p=QUARTER)))
    each = 2 * sp.ceiling(sp.log(4 * sp.sqrt(Q)) / sp.log(2)) + 1  # radii, and so evaluations of a step
    enough = bound(n=n, Q=Q, diameter=diameter, eps=eps, p=QUARTER)
    return Statement(
        given=[*TRANSFORMED, *START, *positive(eps), Lt(eps, diameter)],
        holds=_kept(method, failure, lambda t: Le(enough, 1 + each * t), eps),
    )


def evaluations(bound: Bound) -> Statement:
    """With epochs of `epoch` steps, from R = diameter/Q."""
    failure = theorems.epochs_failure(i=theorems.epochs(diameter=diameter, eps=eps), n=n, Q=Q)
    return _in_time(bound, diameter / Q, theorems.epoch, failure)


def evaluations_sharp(bound: Bound) -> Statement:
    """With epochs of `epoch_sharp` steps, from R = diameter/sqrt(Q)."""
    failure = theorems.epochs_failure_sharp(i=theorems.epochs_sharp(Q=Q, diameter=diameter, eps=eps), n=n, Q=Q)
    return _in_time(bound, diameter / sp.sqrt(Q), theorems.epoch_sharp, failure)

"""Two-point mirror descent: the gradient method with the gradient replaced by a difference of two values.

Source: Duchi, Jordan, Wainwright, Wibisono, "Optimal rates for zero-order convex optimization: the power of two
function evaluations", IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), the smooth case:

    g^t       = [F(x^t + u_t Z; X) - F(x^t; X)]/u_t Z
    x^{t+1}   = argmin over y of <g^t, y> + D(y, x^t)/alpha(t)
    returned:   (x^1 + ... + x^k)/k

With m directions a step, g^t is the mean of m such differences, which share the value at x^t.

Notation: the paper's theta is our x, alpha(t) our step size h, u_t our smoothing radius delta, Z our direction u.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

from zotheory import estimators
from zotheory.arguments import Schedule, at_step, checked
from zotheory.directions import Law, sphere
from zotheory.elementary import Array
from zotheory.geometry import Mirror, euclidean, starting_in
from zotheory.methods import Method
from zotheory.protocols import Source
from zotheory.quantities import Size


class State(NamedTuple):
    """Iterate x = x^t (..., d), mean of x^1..x^{t-1} (..., d), and t, from 1."""

    x: Array
    mean: Array
    t: int


def init(f: Callable[[Array], Array], x0: Array) -> State:
    """Start at x^1 = x0. Cost: 0 evaluations."""
    return State(x0, x0, 1)


def draw(rng: Source, state: State, d: int, *, law: Law, pairs: int = 1) -> Array:
    """u, one direction a replica: array (..., d); m > 1 of them: (..., m, d)."""
    batch = tuple(state.x.shape[:-1])
    return law.draw(rng, batch if pairs == 1 else (*batch, pairs), d)


def step(
    f: Callable[[Array], Array],
    state: State,
    u: Array,
    *,
    h: Array,
    delta: Array,
    mirror: Mirror = euclidean,
    estimate: estimators.Estimator = estimators.two_point,
) -> State:
    """One step of mirror descent. Cost: 2 evaluations of the same f = F(.; X); m + 1 with `estimators.pairs`."""
    x, mean, t = state
    g = estimate(f, x, u, delta)
    return State(mirror.prox(x, g, h), mean + (x - mean) / t, t + 1)


def _step(f: Callable[[Array], Array], state: State, u: Array, *, h: Schedule, delta: Schedule, **rest: Any) -> State:
    return step(f, state, u, h=at_step("h", h, state.t), delta=at_step("delta", delta, state.t), **rest)


@checked
def two_point(
    *,
    h: Schedule,
    delta: Schedule,
    mirror: Mirror = euclidean,
    law: Law = sphere,
    pairs: Size = 1,
) -> Method:
    """Two-point mirror descent, averaged.

    Parameters
    ----------
    h, delta : callable ``t -> float``
        Step size and smoothing radius at step t = 1, 2, ..., both > 0; `zotheory.theorems.two_point.prescribed` gives
        those of Theorem 1.
    mirror : Mirror
        Geometry and domain. The objective is evaluated at x + delta u, possibly outside the domain.
    law : Law
        Isotropic law of directions.
    pairs : int
        Directions m that a step averages over.

    Returns
    -------
    Method
        Cost: m + 1 evaluations a step.

    Raises
    ------
    TypeError, ValueError
        In a step, unless h(t) and delta(t) are positive; `init` raises for a start outside the domain.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 5)
    >>> method = zo.two_point(h=lambda t: 0.05, delta=lambda t: 1e-3 / t)
    >>> result = zo.run(method, f, steps=2000, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-2)
    True
    """
    estimate = estimators.two_point if pairs == 1 else estimators.pairs
    return Method(
        name="two_point",
        init=starting_in(mirror, init),
        draw=partial(draw, law=law, pairs=pairs),
        step=partial(_step, h=h, delta=delta, mirror=mirror, estimate=estimate),
        output=attrgetter("mean"),
        calls=(0, pairs + 1),
        vectors=("x", "mean"),
        draws=pairs,
        domain=mirror.domain,
    )

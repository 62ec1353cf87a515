"""Double smoothing: two-point mirror descent for non-smooth functions.

Source: Duchi, Jordan, Wainwright, Wibisono, "Optimal rates for zero-order convex optimization: the power of two
function evaluations", IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), the non-smooth case:

    g^t       = [F(x^t + u_{1,t} Z_1 + u_{2,t} Z_2; X) - F(x^t + u_{1,t} Z_1; X)]/u_{2,t} Z_2
    x^{t+1}   = argmin over y of <g^t, y> + D(y, x^t)/alpha(t)
    returned:   (x^1 + ... + x^k)/k

The first perturbation moves off the kinks, where a single difference sees a slope of order sqrt(d); the second, much
smaller one measures the slope.

Notation: the paper's theta is our x, alpha(t) our step size h; u_1 and Z_1 are our eta and w, u_2 and Z_2 our delta
and u.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter

from zotheory import estimators
from zotheory.arguments import Schedule, at_step, checked
from zotheory.directions import Law, gaussian
from zotheory.elementary import Array
from zotheory.geometry import Mirror, euclidean, starting_in
from zotheory.methods import Method
from zotheory.methods.two_point import State, init
from zotheory.protocols import Source
from zotheory.quantities import Length, nonnegative
from zotheory.values import together

EXTENT = nonnegative(Length)  # of the smoothing: without it a step is that of two-point descent


def draw(rng: Source, state: State, d: int, *, law: Law, first: Law) -> Array:
    """Z_1 and Z_2, independent: array (..., 2, d)."""
    batch = tuple(state.x.shape[:-1])
    if law is first:
        return law.draw(rng, (*batch, 2), d)
    w = first.draw(rng, batch, d)
    return together(w, law.draw(rng, batch, d))


def step(
    f: Callable[[Array], Array],
    state: State,
    z: Array,
    *,
    h: Array,
    delta: Array,
    eta: Array,
    mirror: Mirror = euclidean,
) -> State:
    """One step of mirror descent. Cost: 2 evaluations of the same f = F(.; X)."""
    x, mean, t = state
    w, u = z[..., 0, :], z[..., 1, :]
    g = estimators.double_smoothed(f, x, u, w, delta, eta)
    return State(mirror.prox(x, g, h), mean + (x - mean) / t, t + 1)


def _step(
    f: Callable[[Array], Array],
    state: State,
    z: Array,
    *,
    h: Schedule,
    delta: Schedule,
    eta: Schedule,
    mirror: Mirror,
) -> State:
    t = state.t
    sizes = {"h": at_step("h", h, t), "delta": at_step("delta", delta, t), "eta": at_step("eta", eta, t, EXTENT)}
    return step(f, state, z, **sizes, mirror=mirror)


@checked
def double_smoothing(
    *,
    h: Schedule,
    delta: Schedule,
    eta: Schedule,
    mirror: Mirror = euclidean,
    law: Law = gaussian,
    first: Law | None = None,
) -> Method:
    """Two-point mirror descent with double smoothing, averaged.

    Parameters
    ----------
    h, delta, eta : callable ``t -> float``
        Step size (> 0), radius of the difference (u_2 > 0) and radius of the smoothing (u_1 >= 0) at step
        t = 1, 2, ...; `zotheory.theorems.double_smoothing` prescribes them.
    mirror : Mirror
        Geometry and domain. The objective is evaluated at x + eta w + delta u, possibly outside the domain.
    law, first : Law
        Isotropic laws of u = Z_2 and of w = Z_1 (default: the same).

    Returns
    -------
    Method
        Cost: 2 evaluations a step.

    Raises
    ------
    TypeError, ValueError
        In a step, unless h(t) and delta(t) are positive and eta(t) non-negative.

    Examples
    --------
    >>> import numpy as np
    >>> import zotheory as zo
    >>> method = zo.double_smoothing(h=lambda t: 0.1 / t**0.5, delta=lambda t: 1e-3 / t, eta=lambda t: 1e-2 / t)
    >>> result = zo.run(method, lambda x: np.linalg.norm(x - 0.2, axis=-1), x0=np.zeros(5), steps=2000, seed=1)
    >>> bool(result.values[-1] < 0.05)
    True
    """
    return Method(
        name="double_smoothing",
        init=starting_in(mirror, init),
        draw=partial(draw, law=law, first=law if first is None else first),
        step=partial(_step, h=h, delta=delta, eta=eta, mirror=mirror),
        output=attrgetter("mean"),
        calls=(0, 2),
        vectors=("x", "mean"),
        draws=2,
        domain=mirror.domain,
    )

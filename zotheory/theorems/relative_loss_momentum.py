"""Relative-loss descent with momentum: what is claimed.

Main theorems
-------------
One step lowers f by at least `adversarial` in expectation, whatever the momentum, and by `adversarial_sharp`; if the
momentum points downhill, by `aligned`.
Whole runs with momentum no longer than c have an expected gap above eps of at most `gap_left`: momentum costs at most a
constant.
On a quadratic the candidate is lower exactly where a normal variable passes a threshold, but for a probability of at
most `disagreement`; given that, `drift` is what a step changes on average. As d grows the rate is, by conjecture,
`limit_rate`, which is at most `rate_ceiling`.

Source: this project. One step with any momentum, whole runs with bounded momentum, and the limit of many dimensions on
quadratics, where what a step changes on average is known in closed form.

Notation
--------
d dimension; g gradient at x, in the bounds its length; u standard normal; b momentum, |b| <= c; sigma = alpha/sqrt(d);
the candidate is x + sigma (u + b). z = -<g,u>/|g| is N(0, 1) and gamma = -<g,b>/|g| says how well the momentum points
downhill; phi, Phi normal density and distribution. f L-smooth; Q = L/mu with |g|^2 >= 2 mu (f - f*). J radii.

In the limit: f = x'Hx/2 with eigenvalues lambda, l = lambda/(mean lambda); beta = 1 - kappa/d; k = sigma tr(H)/|g|; the
candidate is lower where z > t = k/2 - gamma; P = P(z > t) is the share of accepted steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np

from zotheory import radii, require
from zotheory.annotations import shape
from zotheory.arguments import checked
from zotheory.border import bound
from zotheory.elementary import (
    Array,
    half,
    minimum,
    normal_density,
    normal_excess,
    normal_tail,
    power_of_one_minus,
    sqrt,
)
from zotheory.kinds import is_precise, is_symbolic
from zotheory.quantities import (
    Condition,
    Count,
    Curvature,
    Dimension,
    Factor,
    Flatness,
    Gap,
    Length,
    Number,
    Positive,
    Radius,
    Slope,
    Steps,
    Value,
    at_least,
    at_most,
    between,
    nonnegative,
    positive,
    real_number,
    whole,
    within,
)
from zotheory.radii import Radius as Rule
from zotheory.theorems.relative_loss import octaves

Size = Annotated[Array, nonnegative()]  # of the momentum, in units of sigma

# --- one step --------------------------------------------------------------------------------------------------------


def _decrease(alpha: Array, g: Array, L: Array, d: Array, gamma: Array, c: Array) -> Array:
    return alpha * normal_excess(-gamma) * g / sqrt(d) - L * alpha**2 * (1 + c**2 / d) / 2


@bound
def adversarial(*, alpha: Radius, g: Slope, L: Flatness, d: Dimension, c: Size) -> Annotated[Array, Value]:
    """alpha e(c) g/sqrt(d) - (L/2) alpha^2 (1 + c^2/d): f(x) - E f(x+) is at least this, whatever the momentum."""
    return _decrease(alpha, g, L, d, -c, c)


@bound
def aligned(
    *, alpha: Radius, g: Slope, L: Flatness, d: Dimension, gamma: Annotated[Size, at_most("c")], c: Size
) -> Annotated[Array, Value]:
    """Return alpha (phi(gamma) + gamma Phi(gamma)) g/sqrt(d) - (L/2) alpha^2 (1 + c^2/d), if <g,b> <= -gamma |g|."""
    return _decrease(alpha, g, L, d, gamma, c)


@bound
def second_moment(*, d: Dimension, c: Size, t: Annotated[Array, real_number()]) -> Annotated[Array, Number]:
    """(d + c^2) Phi(-t) + (t + 2c) phi(t): E |u + b|^2 over z > t is at most this."""
    return (d + c**2) * normal_tail(t) + (t + 2 * c) * normal_density(t)


@bound
def level(*, alpha: Radius, g: Slope, L: Flatness, d: Dimension, c: Size) -> Annotated[Array, Number]:
    """Where z has to pass, if b points straight uphill: c + L alpha (d + c^2)/(2 g sqrt(d))."""
    return c + L * alpha * (d + c**2) / (2 * g * sqrt(d))


@bound
def adversarial_sharp(*, alpha: Radius, g: Slope, L: Flatness, d: Dimension, c: Size) -> Annotated[Array, Value]:
    """Return alpha e(t) g/sqrt(d) - (L alpha^2/(2 d)) (t + 2 c) phi(t), t = `level`: f(x) - E f(x+) is at least this.

    As d grows equality holds, for the momentum c g/|g| on L|x|^2/2.
    """
    t = level(alpha=alpha, g=g, L=L, d=d, c=c)
    gain = normal_density(t) - c * normal_tail(t)
    return alpha * gain * g / sqrt(d) - L * alpha**2 * second_moment(d=d, c=c, t=t) / (2 * d)


# --- whole runs ------------------------------------------------------------------------------------------------------


@bound
def best_radius(*, g: Slope, L: Curvature, d: Dimension, c: Size) -> Annotated[Array, Length]:
    """sqrt(d) e(c) g/(L M), M = `second_moment` at t = c."""
    return sqrt(d) * normal_excess(c) * g / (L * second_moment(d=d, c=c, t=c))


@bound
def share(*, Q: Condition, d: Dimension, J: Count, c: Size) -> Annotated[Array, Number]:
    """(8/9) e(c)^2/(M Q J): a step takes this share of the gap, if a radius is within 2/3 and 4/3 of `best_radius`."""
    return 8 * normal_excess(c) ** 2 / (9 * second_moment(d=d, c=c, t=c) * Q * J)


@bound
def gap_left(*, T: Steps, gap: Gap, Q: Condition, d: Dimension, J: Count, c: Size) -> Annotated[Array, Value]:
    """(1 - share)^T gap: E of the gap after T steps, where that is above eps, is at most this; gap = f(x_0) - f*."""
    return power_of_one_minus(share(Q=Q, d=d, J=J, c=c), T) * gap


@checked
def grid(
    *,
    eps: Positive,
    gap: Positive,
    Q: Annotated[float, at_least(1)],
    L: Positive,
    d: Annotated[float, whole(1)],
    c: Annotated[float, nonnegative()],
) -> Rule:
    """Radii of `gap_left`: J = `octaves` of them, the largest 2/3 of `best_radius` for the largest gradient."""
    largest = best_radius(g=np.sqrt(2 * L * gap), L=L, d=d, c=c)
    return radii.log_uniform(float(2 * largest / 3), octaves(eps=eps, gap=gap, Q=Q))


# --- quadratics in many dimensions: one step -------------------------------------------------------------------------


@bound
def disagreement(*, k: Factor, spread: Size) -> Annotated[Array, Number]:
    """3 (phi(0)^2 k^2 spread/4)^(1/3), or 1: the candidate is lower exactly where z > t, but for this probability."""
    return minimum(3 * (normal_density(k * 0) ** 2 * k**2 * spread / 4) ** (1 / (half(k) * 6)), 1)


@bound
def curvature_spread(
    *,
    trace: Curvature,
    square: Annotated[Array, nonnegative((Value / Length**2) ** 2)],
    bend: Flatness,
    turn: Annotated[Array, nonnegative((Value / Length**2) ** 2)],
) -> Annotated[Array, Number]:
    """(2 tr(H^2) + 4 b'H^2 b + (b'Hb)^2)/tr(H)^2 = E ((u + b)'H(u + b)/tr(H) - 1)^2."""
    return (2 * square + 4 * turn + bend**2) / trace**2


class Drift(NamedTuple):
    """E of the changes of x_i^2, x_i b_i and b_i^2 in one step, given the state."""

    xx: Array
    xb: Array
    bb: Array


def drift(x: Array, b: Array, e: Array, *, sigma: Array, beta: Array, gain: Array, t: Array) -> Drift:
    """Exact changes in one coordinate of a step that is taken where z > t, e = g_i/|g|; no clip.

    With w = u_i + b_i: E[w; z > t] = b P - e phi and E[w^2; z > t] = (1 + b^2) P + e (e t - 2 b) phi.
    """
    P, phi = normal_tail(t), normal_density(t)
    once = b * P - e * phi
    twice = (1 + b**2) * P + e * (e * t - 2 * b) * phi
    weight = (1 - beta) * gain
    return Drift(
        2 * sigma * x * once + sigma**2 * twice,
        (beta - 1) * x * b + (weight * x + sigma * beta * b) * once + sigma * weight * twice,
        (beta**2 - 1) * b**2 + 2 * beta * weight * b * once + weight**2 * twice,
    )


# --- quadratics in the limit of many dimensions: whole runs ----------------------------------------------------------


def part(ell: Array, r: Array, *, k: Array, kappa: Array, gain: Array, P: Array, phi: Array) -> Array:
    """Share of |g|^2, times d, that a coordinate of curvature l holds where x ~ exp(-r steps/d) |g| keeps its shape.

    (k^2 P/2) l^2 (kappa + a l - n r)/((a l - r + kappa n) (a l - n r)), a = k phi, n = 1 - gain P.
    """
    a, n = k * phi, 1 - gain * P
    return k**2 * P / 2 * ell**2 * (kappa + a * ell - n * r) / ((a * ell - r + kappa * n) * (a * ell - n * r))


class Limit(NamedTuple):
    """A run that keeps its shape: fall of log f per d evaluations, k, gamma and |b|."""

    rate: float
    k: float
    gamma: float
    length: float


@checked
def limit(
    spectrum: Array,
    *,
    kappa: Annotated[Array, nonnegative()],
    gain: Annotated[Array, positive()] = 1.0,
    accepted: Annotated[float, between(1e-12, 0.5)] = 0.2,
) -> Limit:
    """Relative-loss descent on a quadratic as d grows: beta = 1 - kappa/d, no clip, radius led to P = `accepted`.

    The mean over the spectrum of `part` is 1, and r times the mean of part/l is k e(t); `rate` is 2 r. kappa = 0 is the
    method without momentum.

    Raises
    ------
    ValueError
        Unless spectrum > 0, and gain accepted < 1 or kappa = 0.
    """
    eigenvalues = np.asarray(spectrum, dtype=object)
    require.positive(spectrum=eigenvalues)
    shape("d").check("spectrum", eigenvalues, {})
    numbers = (*eigenvalues, kappa, gain)
    if is_symbolic(*numbers) or np.ndim(kappa) or np.ndim(gain):
        raise TypeError("spectrum, kappa and gain must be numbers, got symbols or arrays of them")
    if is_precise(*numbers):
        import mpmath

        spectrum, kappa, gain = [mpmath.mpf(x) for x in eigenvalues], mpmath.mpf(kappa), mpmath.mpf(gain)
    if kappa > 0 and not gain * accepted < 1:
        raise ValueError(f"gain must be smaller than 1/accepted, got gain = {gain} and accepted = {accepted}")
    ell = np.asarray(spectrum) / np.mean(spectrum)
    t = _threshold(accepted, ell[0])
    law = {"kappa": kappa, "gain": gain, "P": normal_tail(t), "phi": normal_density(t)}
    n = 1 - gain * law["P"] if kappa > 0 else 1.0

    def excess_part(r: Any, k: Any) -> Any:
        return np.mean(part(ell, r, k=k, **law)) - 1

    def slowest(k: Any) -> Any:
        a = k * law["phi"] * ell.min()
        edge = min(a + kappa * n, a / n)
        return _root(lambda r: excess_part(r, k), 0 * edge, edge * (1 - 1e-13))

    def balance(k: Any) -> Any:
        r = slowest(k)
        return k * normal_excess(t) - r * np.mean(part(ell, r, k=k, **law) / ell)

    most = 2 * law["phi"] / law["P"]
    most = _root(lambda k: excess_part(0.0, k), most * 1e-12, most * 2) * (1 - 1e-9)
    k = _root(balance, most * 1e-6, most) if kappa > 0 else 2 * t
    r = slowest(k)
    return Limit(2 * r, k, k / 2 - t, _length(ell, r, k, n, **law))


def _threshold(accepted: float, like: Any) -> Any:
    """The t with P(z > t) = accepted, in the precision of `like`."""
    if is_precise(like):
        import mpmath

        return mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * mpmath.mpf(accepted))
    from scipy.special import ndtri

    return -ndtri(accepted)


def _root(f: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """Where f changes its sign, in the precision of the ends."""
    if is_precise(high):
        import mpmath

        return mpmath.findroot(f, (low, high), solver="anderson", maxsteps=400, verify=False)
    from scipy.optimize import brentq

    try:
        return float(brentq(f, low, high, xtol=1e-300, rtol=1e-13))
    except ValueError as error:
        raise ValueError(f"kappa, gain and accepted must lie where floats find the limit: {error}") from error


def _length(ell: Array, r: Any, k: Any, n: Any, *, kappa: Any, gain: Any, P: Any, phi: Any) -> Any:
    """|b| of the run that keeps its shape."""
    if kappa == 0:
        return 0.0
    a, xx = k * phi * ell, part(ell, r, k=k, kappa=kappa, gain=gain, P=P, phi=phi) / ell**2
    xb = ((a - r) * xx - k**2 * P / 2) / (k * P)
    bb = (kappa * gain**2 * P / 2 - gain * phi * ell * xb) / n
    return sqrt(np.mean(bb))


@checked
def tuned(least: Annotated[float, between(0, 1 / 3)]) -> tuple[float, float]:
    """Return kappa = 0.42 and gain = 5 (1 - 1.4 sqrt(least)): near `best_momentum` where 1/5 is accepted.

    least: the smallest eigenvalue in units of the mean.
    """
    return 0.42, 5 * (1 - 1.4 * float(np.sqrt(least)))


@checked
def best_momentum(
    spectrum: Annotated[np.ndarray, positive(), shape("d")], *, accepted: Annotated[float, between(1e-12, 0.5)] = 0.2
) -> tuple[float, float, Limit]:
    """(kappa, gain, limit) of the largest rate."""
    from scipy.optimize import minimize

    def loss(at: np.ndarray) -> float:
        try:
            return -np.log(
                limit(spectrum, kappa=np.exp(at[0]), gain=-np.expm1(at[1]) / accepted, accepted=accepted).rate
            )
        except ValueError:
            return np.inf

    least = np.min(spectrum) / np.mean(spectrum)
    found = minimize(
        loss, [np.log(0.4), np.log(0.7 * np.sqrt(least))], method="Nelder-Mead", options={"xatol": 1e-2, "fatol": 1e-4}
    )
    kappa, gain = float(np.exp(found.x[0])), float(-np.expm1(found.x[1]) / accepted)
    return kappa, gain, limit(spectrum, kappa=kappa, gain=gain, accepted=accepted)


def two_valued(Q: Array) -> tuple[float, float]:
    """Half of the curvatures 1, half Q."""
    return (1.0, Q)


@bound(numeric=True)
def limit_rate(
    *,
    Q: Annotated[Array, within(1, 1000)],
    kappa: Annotated[Array, within(0.01, 10)],
    gain: Annotated[Array, within(0.01, 4.99)],
) -> Annotated[Array, Number]:
    """`limit(...).rate` for `two_valued` curvatures, a fifth of the steps accepted."""
    rate = np.vectorize(
        lambda Q, kappa, gain: limit(two_valued(Q), kappa=kappa, gain=gain).rate,
        otypes=[object if is_precise(Q, kappa, gain) else float],
    )
    return rate(Q, kappa, gain)[()]


@bound
def rate_ceiling(
    *, least: Annotated[Array, positive(), at_most(lambda: 1, "1")], V: Annotated[Array, at_least(1)], t: Size
) -> Annotated[Array, Number]:
    """2 s (3 least + sqrt(least^2 + V least)), s = phi(t)^2/P: no kappa and gain give a higher rate.

    least and V: smallest and mean square eigenvalue in units of the mean and its square.
    """
    return 2 * normal_density(t) ** 2 / normal_tail(t) * (3 * least + sqrt(least**2 + V * least))

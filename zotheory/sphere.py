"""The uniform law on the sphere, along one axis: z = sqrt(d) s_1 for s uniform on the unit sphere of R^d.

A step sqrt(d) s goes uphill or downhill by z times the slope, so whatever is known of a method that compares two values
is made of the functions below. z has the density h(z) = c (1 - z^2/d)^((d-3)/2) between -sqrt(d) and sqrt(d), and tends
to N(0, 1) as d grows.

Accuracy
--------
For real d from 1 to 10^18 (`density`: above 1; `quantile`: from 2 on) floats and arrays give each result to 1e-12 of
itself, arguments being taken as the exact numbers that they are: far in the tail as well, and next to its end sqrt(d).
Only what is below 1e-307 becomes 0, with an underflow that NumPy notices. `mpmath.mpf` arguments give all digits that
mpmath is set to. Symbols have `mean_abs`, `mean_beyond` and `density`; the rest has no closed form and refuses them.
A float costs about 0.3 ms, a thousand of them 2 ms, an mpmath number of 50 digits 5 to 20 ms.

Method
------
Let b = (d - 1)/2, w = 1 - t^2/d and m = E max(z, 0). The substitution 1 - z^2/d = w exp(-u/b) makes of the tail, and of
the excess over t > 0, means over an exponential variable u in which nothing cancels:

    P(z >= t) = m w^b (1 - K)/t,  E max(z - t, 0) = m w^b K,  K = E (z(u) - t)/z(u),
    z(u)^2 = t^2 + d w (1 - exp(-u/b)).

Where w < 1/2, K is a series in w. Where w >= 1/2 and t > 1, it is integrated by the trapezoidal rule after
u = exp(y - exp(-y)) (Takahasi and Mori 1974). Where w >= 1/2 and t <= 1, P(0 <= z <= t) is a series in t^2/d.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import numpy as np

from zotheory.elementary import (
    Array,
    exp,
    exp_minus_one,
    half,
    is_symbolic,
    log,
    log_plus_one,
    minimum,
    pi,
    rising,
    sqrt,
)
from zotheory.precision import bits, counts, exponential_rule, numeric, pieces

NEWTON = 100  # steps at most; 5 to 8 are usual


# --- the law ---------------------------------------------------------------------------------------------------------


def mean_abs(d: Array) -> Array:
    """m_d = E |s_1| = Gamma(d/2)/(sqrt(pi) Gamma((d+1)/2))."""
    return 1 / (sqrt(pi(d)) * rising(d / 2, half(d)))


def mean_beyond(d: Array, t: Array) -> Array:
    """E[z; z >= t] = (sqrt(d) m_d/2) (1 - t^2/d)^((d-1)/2); 0 where |t| >= sqrt(d)."""
    if is_symbolic(d, t):
        return sqrt(d) * mean_abs(d) / 2 * (1 - t**2 / d) ** ((d - 1) / 2)
    return _mean_beyond(d, t)


def density(d: Array, t: Array) -> Array:
    """h(t) = Gamma(d/2)/(sqrt(pi d) Gamma((d-1)/2)) (1 - t^2/d)^((d-3)/2); 0 where |t| >= sqrt(d)."""
    if is_symbolic(d, t):
        return rising((d - 1) / 2, half(d)) / sqrt(pi(d) * d) * (1 - t**2 / d) ** ((d - 3) / 2)
    return _density(d, t)


def tail(d: Array, t: Array) -> Array:
    """P(z >= t)."""
    beyond = _tail(d, abs(t))
    return _either(t, 1 - beyond, beyond)


def excess(d: Array, t: Array) -> Array:
    """E max(z - t, 0)."""
    beyond = _excess(d, abs(t))
    return _either(t, beyond - t, beyond)


def progress(d: Array, kappa: Array) -> Array:
    """c_d(kappa) = 2 kappa E max(z - kappa/2, 0), kappa > 0: d Q times the fall of the gap, relative to the gap.

    That is of a step of length kappa |g|/(L sqrt(d)), kept if it is lower.
    """
    return 2 * kappa * excess(d, kappa / 2)


def quantile(d: Array, p: Array) -> Array:
    """The t at which P(z >= t) = p, for d >= 2 and 0 < p < 1."""
    found = _quantile(d, minimum(p, 1 - p))
    return _either(half(p) - p, -found, found)


def _either(sign: Array, below: Array, above: Array) -> Array:
    """`below` where the sign is negative, `above` elsewhere."""
    return np.asarray(np.where(np.less(sign, 0), below, above))[()]


# --- its computation -------------------------------------------------------------------------------------------------


def _room(d: np.ndarray, t: np.ndarray) -> np.ndarray:
    """w = 1 - t^2/d, to full precision next to t = sqrt(d): d - t^2 with the rounding of t^2 taken back."""
    if t.dtype.hasobject:
        mp = sys.modules["mpmath"].mp
        return np.vectorize(lambda d, t: mp.fsub(d, mp.fmul(t, t, exact=True), exact=True) / d, otypes=[object])(d, t)
    t = np.minimum(t, 2 * np.sqrt(d))
    high = 134217729.0 * t  # 2^27 + 1: the upper half of the bits of t (Dekker 1971)
    high = high - (high - t)
    low = t - high
    square = t * t
    return ((d - square) - (((high * high - square) + 2 * high * low) + low * low)) / d


def _log_room(d: np.ndarray, t: np.ndarray, w: np.ndarray) -> np.ndarray:
    """log(w); 0 outside, where w <= 0."""
    far, near = (w < 0.5) & (w > 0), w >= 0.5
    return pieces((w, t * t / d), (far, lambda w, x: log(w)), (near, lambda w, x: log_plus_one(-x)))


def _mean(d: np.ndarray) -> np.ndarray:
    """m = E max(z, 0)."""
    return sqrt(d) * mean_abs(d) / 2


def _K(d: np.ndarray, t: np.ndarray, w: np.ndarray) -> np.ndarray:
    """K of the module's docstring, where w < 1/2 or t > 1."""
    return pieces((d, t, w), (w < 0.5, _K_series), (w >= 0.5, _K_integral))


@cache
def _binomials(bits: int) -> np.ndarray:
    """Coefficients of the series of (1 - w)^(-1/2), from w^1 on."""
    k = counts(bits)
    return np.cumprod((2 * k - 1) / (2 * k))


def _K_series(d: np.ndarray, t: np.ndarray, w: np.ndarray) -> np.ndarray:
    """K = (1 - w)^(1/2) (a_1 w/(b + 1) + 2 a_2 w^2/(b + 2) + ...), a_k the coefficients of (1 - w)^(-1/2)."""
    k = counts(bits(d))
    terms = _binomials(bits(d)) * w[:, None] ** k * (k / ((d[:, None] - 1) / 2 + k))
    return t / sqrt(d) * np.sum(terms, axis=-1)


def _K_integral(d: np.ndarray, t: np.ndarray, w: np.ndarray) -> np.ndarray:
    u, weights = exponential_rule(bits(d))
    d, t, w = (a[:, None] for a in (d, t, w))
    more = -d * w * exp_minus_one(-2 * u / (d - 1))  # z^2 - t^2
    z = sqrt(t * t + more)
    return np.sum(weights * (more / (z * (z + t))), axis=-1)


def _center(d: np.ndarray, t: np.ndarray, lead: np.ndarray) -> np.ndarray:
    """P(0 <= z <= t) = t h(0) w^b (1 + (d/2) x/(3/2) + (d/2) (d/2 + 1) x^2/((3/2) (5/2)) + ...), x = t^2/d.

    lead = m w^b, and h(0) = m (d - 1)/d. The terms fall like 2^-k where w >= 1/2 and t <= 1.
    """
    k = counts(bits(d)) - 1
    ratios = (d[:, None] / 2 + k) / (1.5 + k) * (t * t / d)[:, None]
    return t * (d - 1) / d * lead * (1 + np.sum(np.cumprod(ratios, axis=-1), axis=-1))


def _by_place(d: np.ndarray, t: np.ndarray, w: np.ndarray, near: Any, beyond: Any) -> tuple[np.ndarray, np.ndarray]:
    """Factor and exponent of a quantity that is 0 where w < 0.

    It is `near` of d, t and m w^b where w >= 1/2 and t <= 1, and m w^b times `beyond` of d, t and w elsewhere.
    """
    here = (w >= 0.5) & (t <= 1)
    there = ~here & (w > 0)
    m, exponent = _mean(d), (d - 1) / 2 * _log_room(d, t, w)
    factor = pieces((d, t, m * exp(exponent)), (here, near)) + m * pieces((d, t, w), (there, beyond))
    return factor, np.where(here, 0 * exponent, exponent)


def _tail_at(d: np.ndarray, t: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return _by_place(d, t, w, lambda *at: 0.5 - _center(*at), lambda d, t, w: (1 - _K(d, t, w)) / t)


@numeric
def _tail(d: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, ...]:
    factor, exponent = _tail_at(d, t, _room(d, t))
    return np.where((d == 1) & (t == 1), 0.5 + 0 * d, factor), exponent  # d = 1: half of the mass sits there


@numeric
def _excess(d: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, ...]:
    return _by_place(d, t, _room(d, t), lambda d, t, lead: lead - t * (0.5 - _center(d, t, lead)), _K)


@numeric
def _mean_beyond(d: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, ...]:
    w = _room(d, abs(t))
    return np.where(w > 0, _mean(d), 0 * d), (d - 1) / 2 * _log_room(d, t, w)


@numeric
def _density(d: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, ...]:
    w = _room(d, abs(t))
    c = rising((d - 1) / 2, half(d)) / sqrt(pi(d) * d)
    return np.where(w > 0, c, 0 * d), (d - 3) / 2 * _log_room(d, t, w)


@numeric
def _quantile(d: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, ...]:
    """For p <= 1/2. Newton's method: for p > 1/4 in t, on P(0 <= z <= t); else in v = -b log(w), on log P(z >= t).

    The slope of the latter is -1/(1 - K). It starts from P <= w^b/2, goes at most once past the root, and then climbs.
    """
    close = 2.0 ** (-0.6 * bits(d))  # the error after a move is of the order of its square

    def middle(d: np.ndarray, p: np.ndarray) -> np.ndarray:
        t = 0 * d
        for _ in range(NEWTON):
            w = _room(d, t)
            lead = _mean(d) * exp((d - 1) / 2 * _log_room(d, t, w))
            move = (0.5 - p - _center(d, t, lead)) / (lead * (d - 1) / d) * w  # the density is h(0) w^b/w
            t = t + move
            if np.all(abs(move) <= close * t):
                break
        return t

    def far(d: np.ndarray, p: np.ndarray) -> np.ndarray:
        m, target, v = _mean(d), log(p), -log(2 * p)
        for _ in range(NEWTON):
            w, t = exp(-2 * v / (d - 1)), sqrt(-d * exp_minus_one(-2 * v / (d - 1)))
            near = (w >= 0.5) & (t <= 1)
            J = pieces((d, t, w), (near, lambda *at: _tail_at(*at)[0]), (~near, lambda d, t, w: (1 - _K(d, t, w)) / t))
            J = np.where(near, J / m * exp(v), J)  # P(z >= t)/(m w^b)
            move = (log(m * J) - v - target) * t * J
            v = v + move
            if np.all(abs(move) <= close * v):
                break
        return sqrt(-d * exp_minus_one(-2 * v / (d - 1)))

    return pieces((d, p), (p > 0.25, middle), (p <= 0.25, far)), 0 * d


# --- two balls -------------------------------------------------------------------------------------------------------


@numeric
def ball_overlap(n: np.ndarray, a: np.ndarray, delta: np.ndarray) -> tuple[np.ndarray, ...]:
    """vol(B1 and B2)/vol(B1) in R^n: B1 of radius a/sqrt(n), B2 of radius 1 - delta/n, their centres 1 apart.

    For n >= 1, 0 < a <= 1 and 0 <= delta < n. The common part is two caps. One coordinate of a point of a ball in R^n
    is one of a sphere in R^(n+2) (Archimedes), so a cap is a `tail`; both caps end in the same disc, so that powers of
    the radii drop out of the second.
    """
    root = sqrt(n)
    r, s = a / root, 1 - delta / n  # radii
    h = (r * r + delta / n * (1 + s)) / 2  # from the centre of B1 to the plane where the spheres meet
    w = (a * root - delta) / n * (1 + s - r) / 2 * (r + h) / (r * r)  # 1 - (h/r)^2, by the depth of the overlap
    inside = a * root > delta
    d, t, t2, w2 = n + 2, sqrt(n + 2) * h / r, sqrt(n + 2) * (1 - h) / s, w * (r / s) ** 2
    first, exponent = _tail_at(d, t, np.where(inside, w, 0 * w))
    near = inside & (w2 >= 0.5) & (t2 <= 1)
    second = pieces(
        (d, t2, w2, r / s),
        (near, lambda d, t, w, ratio: _tail_at(d, t, w)[0] / ratio ** (d - 2)),
        (inside & ~near, lambda d, t, w, ratio: _mean(d) * ratio * (1 - _K(d, t, w)) / t),
    )
    return first, exponent, second, np.where(inside & ~near, (d - 1) / 2 * _log_room(d, t, w), 0 * n)

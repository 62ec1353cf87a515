"""Elementary functions of floats, arrays, SymPy expressions and mpmath numbers alike: no formula is written twice.

Everything else a formula needs (+, *, **, integers) Python dispatches by itself. SciPy is imported only by what needs
it. A formula that is called with `mpmath.mpf` arguments is computed in the precision that mpmath is set to; that is how
a bound is evaluated again where doubles leave their range.

Floats are right to 1e-12 of the result, arguments being taken as the exact numbers that they are. An overflow or
underflow of the result is one that NumPy notices (`numpy.errstate`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from zotheory.kinds import PLAIN, Array, alike, constant, kind, namespace, unwrapping
from zotheory.kinds import is_precise as is_precise
from zotheory.kinds import is_symbolic as is_symbolic

# --- powers, exponentials, logarithms --------------------------------------------------------------------------------


@alike(symbols=lambda sp, x: sp.sqrt(x), precise=lambda mp, x: mp.sqrt(x))
def sqrt(x: Array) -> Array:
    """Square root."""
    return namespace(x).sqrt(x)


def root(n: Array) -> Array:
    """Square root of one number: of a Python number a Python number, which arrays of any library take."""
    return math.sqrt(n) if isinstance(n, int | float | np.number) else sqrt(n)


@alike(symbols=lambda sp, x: sp.log(x), precise=lambda mp, x: mp.log(x))
def log(x: Array) -> Array:
    """Natural logarithm."""
    return namespace(x).log(x)


@alike(symbols=lambda sp, x: sp.exp(x), precise=lambda mp, x: mp.exp(x))
def exp(x: Array) -> Array:
    """Exponential."""
    return namespace(x).exp(x)


@alike(symbols=lambda sp, x: sp.log(1 + x), precise=lambda mp, x: mp.log1p(x))
def log_plus_one(x: Array) -> Array:
    """log(1 + x), to full precision for a tiny x."""
    return namespace(x).log1p(x)


def _precise_log_less(mp: Any, x: Any) -> Any:
    with mp.workprec(mp.prec + max(0, -mp.mag(x)) + 20):  # the difference is x/2 of its terms
        return mp.log1p(x) - x


@alike(symbols=lambda sp, x: sp.log(1 + x) - x, precise=_precise_log_less)
def log_plus_one_less(x: Array) -> Array:
    """log(1 + x) - x, never positive, to full precision for a tiny x.

    log(1 + x) = 2 (s + s^3/3 + s^5/5 + ...), s = x/(2 + x): its terms fall like 9^-k where |x| <= 1/2.
    """
    s = x / (2 + x)
    square = s * s
    rest = 0 * square
    for k in range(18, 0, -1):
        rest = rest * square + 1 / (2 * k + 1)
    return np.where(np.abs(x) <= 0.5, s * (2 * square * rest - x), np.log1p(x) - x)[()]


@alike(symbols=lambda sp, x, y: sp.log(x / y), precise=lambda mp, x, y: mp.log(x / y))
def log_ratio(x: Array, y: Array) -> Array:
    """log(x/y) for positive x, y, to full precision where they are nearly equal."""
    over = (x - y) / y
    return np.where(np.abs(over) < 0.5, np.log1p(np.maximum(over, -0.5)), np.log(x / y))[()]


@alike(symbols=lambda sp, x: sp.exp(x) - 1, precise=lambda mp, x: 2 * mp.exp(x / 2) * mp.sinh(x / 2))
def exp_minus_one(x: Array) -> Array:
    """exp(x) - 1, to full precision for a tiny x."""
    return namespace(x).expm1(x)


@alike(symbols=lambda sp, share, T: (1 - share) ** T, precise=lambda mp, share, T: mp.exp(T * mp.log1p(-share)))
def power_of_one_minus(share: Array, T: Array) -> Array:
    """(1 - share)^T for 0 <= share <= 1 and T > 0, to full precision for a tiny share and a large T."""
    with np.errstate(divide="ignore"):  # share = 1: exp(-inf) = 0 is right
        rate = T * np.log1p(-share)
    return np.exp(rate)


@alike(
    symbols=lambda sp, share, T: 1 - (1 - share) ** T,
    precise=lambda mp, share, T: -mp.expm1(T * mp.log1p(-share)),
)
def rest_of_power(share: Array, T: Array) -> Array:
    """1 - (1 - share)^T for 0 <= share <= 1 and T > 0, to full precision for a tiny share."""
    with np.errstate(divide="ignore"):  # share = 1: 1 - exp(-inf) = 1 is right
        rate = T * np.log1p(-share)
    return -np.expm1(rate)


@alike(symbols=lambda sp, x: sp.atan(x), precise=lambda mp, x: mp.atan(x))
def arctan(x: Array) -> Array:
    """Arc tangent."""
    return namespace(x).atan(x)


def _precise_arctan_deficit(mp: Any, r: Any) -> Any:
    with mp.workprec(mp.prec + 2 * max(0, -mp.mag(r)) + 20):  # the difference is r^2/3 of its terms
        return 1 - mp.atan(r) / r


@alike(symbols=lambda sp, r: 1 - sp.atan(r) / r, precise=_precise_arctan_deficit)
def arctan_deficit(r: Array) -> Array:
    """1 - arctan(r)/r for r > 0, to full precision for a tiny r, as r^2/3 2F1(1, 3/2; 5/2; -r^2)."""
    from scipy import special

    square = np.minimum(r, 1) ** 2
    return np.where(np.less(r, 1), square / 3 * special.hyp2f1(1, 1.5, 2.5, -square), 1 - np.arctan(r) / r)[()]


# --- lengths ---------------------------------------------------------------------------------------------------------


def norm(x: Array) -> Array:
    """Euclidean norm over the last axis, also where squares of floats would leave their range."""
    xp = namespace(x)
    if type(x) is not np.ndarray or x.dtype != np.float64:
        if kind(x) != "floats":
            return sqrt(xp.vecdot(x, x))
        x = unwrapping(x)
    with np.errstate(over="ignore"):
        square = xp.vecdot(x, x)
    small = 1e-290 if x.dtype == xp.float64 else 1e-30  # below, squares of entries that matter may have underflown
    inside = (square > small) & (square < xp.inf)
    if type(x) is not np.ndarray:
        return xp.where(inside, xp.sqrt(square), _norm_out_of_range(x))
    if inside is np.True_ or np.all(inside):
        return np.sqrt(square)
    if x.ndim == 1:
        return _norm_out_of_range(x)
    length, far = np.sqrt(square), ~inside
    far[far] = x[far].any(axis=-1)  # the others are 0, and so are their squares
    length[far] = _norm_out_of_range(x[far])
    return length


def _norm_out_of_range(x: Array) -> Array:
    xp = namespace(x)
    largest = xp.maximum(xp.max(x, axis=-1), -xp.min(x, axis=-1))
    unit = xp.where((largest == 0) | (largest == xp.inf), xp.ones_like(largest), largest)  # NaN stays
    scaled = x / xp.expand_dims(unit, axis=-1)
    return unit * xp.sqrt(xp.vecdot(scaled, scaled))


# --- order -----------------------------------------------------------------------------------------------------------


@alike(symbols=lambda sp, x, y: sp.Max(x, y), precise=lambda mp, x, y: max(x, y))
def maximum(x: Array, y: Array) -> Array:
    """Larger of two values."""
    return namespace(y if type(x) in PLAIN else x).maximum(x, y)


@alike(symbols=lambda sp, x, y: sp.Min(x, y), precise=lambda mp, x, y: min(x, y))
def minimum(x: Array, y: Array) -> Array:
    """Smaller of two values."""
    return namespace(y if type(x) in PLAIN else x).minimum(x, y)


@alike(symbols=lambda sp, x: sp.ceiling(x), precise=lambda mp, x: mp.ceil(x))
def ceil(x: Array) -> Array:
    """Smallest whole number that is at least x."""
    return namespace(x).ceil(x)


@alike(symbols=lambda sp, x: sp.floor(x), precise=lambda mp, x: mp.floor(x))
def floor(x: Array) -> Array:
    """Largest whole number that is at most x."""
    return namespace(x).floor(x)


# --- constants -------------------------------------------------------------------------------------------------------


def pi(like: Array) -> Array:
    """pi, exact beside symbols, in mpmath's precision beside its numbers."""
    return constant(like, np.pi, symbols=lambda sp: sp.pi, precise=lambda mp: +mp.pi)


def half(like: Array) -> Array:
    """1/2, exact beside symbols."""
    return constant(like, 0.5, symbols=lambda sp: sp.Rational(1, 2), precise=lambda mp: mp.mpf(0.5))


# --- Gamma and zeta --------------------------------------------------------------------------------------------------


@alike(
    symbols=lambda sp, a, b: sp.gamma(a) / sp.gamma(b),
    precise=lambda mp, a, b: _precise_ratio(mp, a, b),
)
def gamma_ratio(a: Array, b: Array) -> Array:
    """Gamma(a)/Gamma(b) for positive arguments up to 10^18; see `rising` for arguments whose difference is known.

    At 10^18 floats lie 128 apart: a difference of 1/2 has vanished before it arrives here.
    """
    return _float_ratio(a, b, np.subtract(a, b))


@alike(
    symbols=lambda sp, x, s: sp.gamma(x + s) / sp.gamma(x),
    precise=lambda mp, x, s: _precise_ratio(mp, mp.fadd(x, s, exact=True), x),
)
def rising(x: Array, s: Array) -> Array:
    """Gamma(x + s)/Gamma(x) for x, x + s > 0, x up to 10^18: the rising factorial x (x + 1) ... (x + s - 1)."""
    return _float_ratio(np.add(x, s), x, s)


def _precise_ratio(mp: Any, a: Any, b: Any) -> Any:
    """log Gamma(a) changes by log(a) da: as many more bits as a has before its point, and as many for log(a)."""
    with mp.workprec(mp.prec + 2 * max(0, mp.mag(a), mp.mag(b)) + 20):
        return mp.gammaprod([a], [b])


def _float_ratio(a: Array, b: Array, s: Array) -> Array:
    """Gamma(a)/Gamma(b), s = a - b: directly up to 20, beyond by Stirling's formula, which takes s as it is.

    With m < X the smaller and larger of a and b, t = X - m, and mu the remainder of Stirling's formula,

        Gamma(m)/Gamma(X) = X^-t exp((m - 1/2) log(m/X) + t + mu(m) - mu(X)):

    the exponent is of order t^2/X, and the power is taken in two halves, which overflow only where the result does.
    """
    from scipy import special

    a, b, s = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (a, b, s)))
    X, m, t = np.maximum(a, b), np.minimum(a, b), np.abs(s)
    small = X <= 20
    with np.errstate(all="ignore"):
        if np.all(small):
            root, factor = np.ones_like(X), special.gamma(a) / special.gamma(b)
        else:
            sign = np.where(s > 0, -1.0, 1.0)
            ratio = np.where(2 * t < X, np.log1p(-t / X), np.log(m / X))
            root = X ** (-sign * t / 2)
            factor = np.exp(sign * ((m - 0.5) * ratio + t + _stirling(m) - _stirling(X)))
            lost = (root < 1e-200) | (root > 1e200)  # so is the result: let that be noticed below
            root, factor = np.clip(root, 1e-200, 1e200), np.where(lost, 1.0, factor)
            if np.any(small):
                root = np.where(small, 1.0, root)
                factor = np.where(small, special.gamma(a) / special.gamma(b), factor)
    return (root * factor * root)[()]


def _stirling(x: np.ndarray) -> np.ndarray:
    """mu(x) = log Gamma(x) - (x - 1/2) log(x) + x - log(2 pi)/2, to 1e-14.

    The series alternates and lies below its next term, 1/(1188 x^9) < 2e-15, from 20 on.
    """
    from scipy import special

    y = x**-2.0
    series = (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y / 1680))) / x
    if np.all(x >= 20):
        return series
    return np.where(x >= 20, series, special.gammaln(x) - (x - 0.5) * np.log(x) + x - np.log(2 * np.pi) / 2)


@alike(symbols=lambda sp, x: sp.zeta(x), precise=lambda mp, x: mp.zeta(x))
def zeta(x: Array) -> Array:
    """Riemann zeta function."""
    from scipy import special

    return special.zeta(x)


# --- N(0, 1) ---------------------------------------------------------------------------------------------------------


@alike(
    symbols=lambda sp, x: sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi),
    precise=lambda mp, x: mp.exp(-(x**2) / 2) / mp.sqrt(2 * mp.pi),
)
def normal_density(x: Array) -> Array:
    """phi(x) = exp(-x^2/2)/sqrt(2 pi)."""
    return np.exp(-(np.minimum(np.abs(x), 1e3) ** 2) / 2) / np.sqrt(2 * np.pi)


def _precise_normal_tail(mp: Any, x: Any) -> Any:
    if mp.mag(x) < mp.prec or x < 0:
        return mp.erfc(x / mp.sqrt(2)) / 2
    return mp.exp(-(x**2) / 2) / (x * mp.sqrt(2 * mp.pi))  # mpmath raises here; the next term is 1/x^2 of this one


@alike(symbols=lambda sp, x: sp.erfc(x / sp.sqrt(2)) / 2, precise=_precise_normal_tail)
def normal_tail(x: Array) -> Array:
    """P(N(0, 1) > x) = erfc(x/sqrt(2))/2."""
    from scipy import special

    y = np.maximum(x, 0)
    return np.where(np.less(x, 0), special.ndtr(np.negative(x)), normal_density(y) * _mills(y))[()]


def _mills(x: Array) -> np.ndarray:
    """(1 - Phi(x))/phi(x) for x >= 0."""
    from scipy import special

    return np.sqrt(np.pi / 2) * special.erfcx(x / np.sqrt(2))


def _precise_normal_excess(mp: Any, x: Any) -> Any:
    if mp.mag(x) >= mp.prec and x > 0:
        return mp.exp(-(x**2) / 2) / (x**2 * mp.sqrt(2 * mp.pi))
    with mp.workprec(mp.prec + 4 * max(0, mp.mag(x)) + 20):  # the difference is 1/x^2 of its terms
        return mp.exp(-(x**2) / 2) / mp.sqrt(2 * mp.pi) - x * mp.erfc(x / mp.sqrt(2)) / 2


@alike(
    symbols=lambda sp, x: sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi) - x * sp.erfc(x / sp.sqrt(2)) / 2,
    precise=_precise_normal_excess,
)
def normal_excess(x: Array) -> Array:
    """E max(z - x, 0) = phi(x) - x P(z > x), z ~ N(0, 1)."""
    y = np.abs(x)
    return (normal_density(y) * (1 - y * _mills(y)) + np.maximum(np.negative(x), 0))[()]

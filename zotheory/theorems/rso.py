"""RSO, one coordinate at a time: what is claimed.

Main theorems
-------------
A step on a coordinate lowers f in expectation by at least `decrease`, and by `decrease_sharp` exactly where f is
quadratic along that axis. A cycle through all coordinates lowers it by at least `sweep`. Over K cycles, the deviations
falling as in the released code, the sum of all |g_i| is on average at most `stationary`, least with `deviation`.
Mini-batches leave at least `minibatch`, weight decay at least `decay`, which may be negative: neither step needs to
lower f.

Source: this project; the method is that of Tripathi and Singh (arXiv:2005.05955), who state no theorem.

Notation
--------
e_i axis of coordinate i; g_i = <grad f, e_i>, in the bounds of a step its absolute value g; Delta ~ N(0, s^2) its
change; m = E|z| = sqrt(2/pi) for z ~ N(0, 1). L_ij: |g_i(x + t e_j) - g_i(x)| <= L_ij |t|; L = L_ii; own = sum of L_ii,
mixed = sum of L_ij over j < i, coordinates counted in the order of the steps. a and K: `zotheory.methods.rso.annealed`.
"""

from __future__ import annotations

from typing import Annotated

from zotheory.border import bound
from zotheory.elementary import Array, normal_density, normal_tail, sqrt
from zotheory.quantities import (
    Curvature,
    Flatness,
    Gap,
    Length,
    Radius,
    Steps,
    Value,
    nonnegative,
    real_number,
    within,
)

Slopes = Annotated[Array, nonnegative(Value / Length)]
Fraction = Annotated[Array, within(0, 1)]


def _m(s: Array) -> Array:
    """E|N(0, 1)|."""
    return 2 * normal_density(0 * s)


# --- one step --------------------------------------------------------------------------------------------------------


@bound
def decrease(*, s: Radius, g: Slopes, L: Flatness) -> Annotated[Array, Value]:
    """Return m s g - L s^2/2: f(x) - E f(x+) is at least this, without decay."""
    return _m(s) * s * g - L * s**2 / 2


@bound
def decrease_sharp(*, s: Radius, g: Slopes, L: Curvature) -> Annotated[Array, Value]:
    """Return m s g - L s^2 (1/2 - P(z > 2 g/(L s))): at least this, and exactly this on a quadratic."""
    return decrease(s=s, g=g, L=L) + L * s**2 * normal_tail(2 * g / (L * s))


@bound
def minibatch(*, s: Radius, g: Slopes, noise: Slopes, L: Flatness) -> Annotated[Array, Value]:
    """Return m s (g - noise) - 3 L s^2/4, noise = E|G_i - g_i|: at least this if F(.; X) is what is compared."""
    return decrease(s=s, g=g, L=3 * L / 2) - _m(s) * s * noise


@bound
def decay(*, s: Radius, g: Slopes, y: Annotated[Array, real_number(Length)], L: Flatness) -> Annotated[Array, Value]:
    """Return (m s + y) g - L (s^2 + 2 m s y + y^2)/2: at least this with weight decay, which goes y downhill.

    y is decay times x_i, times the sign of g_i: negative where decay goes uphill.
    """
    return decrease(s=s, g=g, L=L) + y * g - L * y * (2 * _m(s) * s + y) / 2


# --- many steps ------------------------------------------------------------------------------------------------------


@bound
def sweep(*, s: Radius, slopes: Slopes, mixed: Flatness, own: Flatness) -> Annotated[Array, Value]:
    """Return m s slopes - s^2 (m^2 mixed + own/2): f(x_0) - E f(x_d) is at least this, slopes = sum of |g_i(x_0)|."""
    return _m(s) * s * slopes - s**2 * _bend(s, mixed, own)


def _bend(s: Array, mixed: Array, own: Array) -> Array:
    """What the curvature takes away from a cycle, in units of s^2."""
    return _m(s) ** 2 * mixed + own / 2


def _mean(K: Array, a: Array) -> Array:
    """Mean of a + (1 - a) (K - e)/K over e = 0..K-1."""
    return a + (1 - a) * (K + 1) / (2 * K)


def _mean_square(K: Array, a: Array) -> Array:
    """Mean of its square."""
    return a**2 + a * (1 - a) * (K + 1) / K + (1 - a) ** 2 * (K + 1) * (2 * K + 1) / (6 * K**2)


@bound
def stationary(
    *, K: Steps, gap: Gap, s: Radius, a: Fraction, mixed: Flatness, own: Flatness
) -> Annotated[Array, Value / Length]:
    """Return (gap/(s K) + s w_2 (m^2 mixed + own/2))/(m w_1): E of the mean of sum |g_i| over K cycles is at most this.

    A cycle counts by its deviation, a + (1 - a) (K - e)/K of the first; w_1 is the mean of these weights, w_2 that of
    their squares. gap = f(x_0) - inf f.
    """
    curved = s * _mean_square(K, a) * _bend(s, mixed, own)
    return (gap / (s * K) + curved) / (_m(s) * _mean(K, a))


@bound
def deviation(*, K: Steps, gap: Gap, a: Fraction, mixed: Flatness, own: Curvature) -> Annotated[Array, Length]:
    """sqrt(gap/(K w_2 (m^2 mixed + own/2))), at which `stationary` is least."""
    return sqrt(gap / (K * _mean_square(K, a) * _bend(gap, mixed, own)))

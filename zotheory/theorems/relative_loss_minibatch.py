"""Relative-loss descent on mini-batches, and its value-weighted form: what is claimed.

Main theorems
-------------
A step on one sample, or on a batch of them, lowers f = E F(.; X) by at least `decrease` in expectation: noise E|G - g|
is subtracted from |g|, in full.
Along a run on batches of B samples the mean length of the gradient is at most `mean_gradient`, `radius` being the best
length of a step; with batches that grow like the step it is at most `growing`, and tends to 0.
That noise is a real limit: on one problem on the line the expected gradient stays above `floor` for ever.
The value-weighted form is two-point descent: a step lowers f by at least `weighted_decrease`.
On L|x|^2/2 an evaluation of accept/reject lowers f by at most `per_evaluation`, one of the value-weighted form by that.

Source: this project. Both losses of a step are of the same sample X, one row or a batch, so a step compares F(y; X)
with F(x; X) and has no part in their noise. Accepting the lower follows the direction of grad F(x; X), not its length:
normalised stochastic gradient descent, whose noise does not average out by small steps but by larger batches.

Notation
--------
d dimension; G = grad F(x; X), g = E G = grad f(x), in the bounds the length of g; noise = E|G - g|; spread^2 bounds
E|G - g|^2 everywhere; B samples in a batch; s uniform on the unit sphere, m_d = E|s_1|; alpha radius of a step; every
F(.; X) L-smooth; gap f(x) - inf f; T steps. Of the value-weighted form: h step size, delta the shipped sigma, rms =
sqrt(E|G|^2).
"""

from __future__ import annotations

from typing import Annotated

from zotheory import sphere
from zotheory.border import bound
from zotheory.elementary import Array, sqrt
from zotheory.quantities import (
    Count,
    Curvature,
    Dimension,
    Factor,
    Flatness,
    Gap,
    Length,
    Number,
    Radius,
    Slope,
    Steps,
    Value,
    between,
    nonnegative,
    positive,
)
from zotheory.theorems import relative_loss as exact

Noise = Annotated[Array, nonnegative(Value / Length)]


def _apart(L: Array) -> Array:
    """(3/2) L, which samples of different curvature put in the place of the L of one function."""
    return 3 * L / 2


# --- one step --------------------------------------------------------------------------------------------------------


@bound
def decrease(*, alpha: Radius, g: Slope, noise: Noise, L: Flatness, d: Dimension) -> Annotated[Array, Value]:
    """Return alpha m_d (g - noise)/2 - 3 L alpha^2/8: f(x) - E f(x+) is at least this, also where it is negative."""
    return exact.decrease(alpha=alpha, g=g, L=_apart(L), d=d) - alpha * sphere.mean_abs(d) * noise / 2


# --- many steps ------------------------------------------------------------------------------------------------------


@bound
def batch_noise(*, spread: Noise, B: Count) -> Annotated[Array, Value / Length]:
    """spread/sqrt(B): E|G - g| of a batch is at most this."""
    return spread / sqrt(B)


@bound
def mean_gradient(
    *, T: Steps, gap: Gap, alpha: Radius, L: Flatness, d: Dimension, spread: Noise, B: Count
) -> Annotated[Array, Value / Length]:
    """Return 2 gap/(alpha m_d T) + 3 L alpha/(4 m_d) + spread/sqrt(B): E of the mean of |grad f| over T steps is below.

    gap = f(x_0) - inf f.
    """
    return exact.mean_gradient(T=T, gap=gap, alpha=alpha, L=_apart(L), d=d) + batch_noise(spread=spread, B=B)


@bound
def radius(*, T: Steps, gap: Gap, L: Curvature) -> Annotated[Array, Length]:
    """sqrt(8 gap/(3 L T)), at which `mean_gradient` is least."""
    return exact.stationary_radius(T=T, gap=gap, L=_apart(L))


@bound
def growing_noise(*, T: Steps, spread: Noise, slope: Factor) -> Annotated[Array, Value / Length]:
    """2 spread/sqrt(slope T): the mean of `batch_noise` over batches of slope t samples or more is at most this."""
    return 2 * spread / sqrt(slope * T)


@bound
def growing(
    *, T: Steps, gap: Gap, L: Curvature, d: Dimension, spread: Noise, slope: Factor
) -> Annotated[Array, Value / Length]:
    """Return (sqrt(6 L gap)/m_d + 2 spread/sqrt(slope))/sqrt(T): the same with `radius` and B_t >= slope t samples."""
    return sqrt(6 * L * gap / T) / sphere.mean_abs(d) + growing_noise(T=T, spread=spread, slope=slope)


@bound
def balanced_slope(*, gap: Gap, L: Curvature, d: Dimension, spread: Slope) -> Annotated[Array, Number]:
    """2 spread^2 m_d^2/(3 L gap), at which both parts of `growing` are equal."""
    return 2 * (spread * sphere.mean_abs(d)) ** 2 / (3 * L * gap)


@bound
def samples(*, T: Steps, slope: Factor) -> Annotated[Array, Number]:
    """2 T + slope T (T + 1): T steps with batches of slope t samples, rounded up, evaluate samples at most so often."""
    return 2 * T + slope * T * (T + 1)


@bound
def floor(
    *, p: Annotated[Array, between(0, 0.5)], a: Radius, alpha: Radius, L: Curvature
) -> Annotated[Array, Value / Length]:
    """Return L p (a - alpha/(1 - 2p)): on `Targets` on the line, run from 0, E|grad f| never falls below this."""
    return L * p * (a - alpha / (1 - 2 * p))


# --- the value-weighted form -----------------------------------------------------------------------------------------


@bound
def weighted_decrease(
    *,
    h: Annotated[Array, positive(Length**2 / Value)],
    delta: Radius,
    g: Slope,
    rms: Slope,
    L: Flatness,
    d: Dimension,
) -> Annotated[Array, Value]:
    """Return h g (g - e) - L h^2 d (rms + e)^2/2, e = delta L d/2: the weighted form lowers f by at least this."""
    e = delta * L * d / 2
    return h * g * (g - e) - L * h**2 * d * (rms + e) ** 2 / 2


@bound
def per_evaluation(*, g: Slope, L: Curvature, d: Dimension) -> Annotated[Array, Value]:
    """g^2/(4 L d): accept/reject takes at most this of L|x|^2/2 in an evaluation, the weighted form twice it in two."""
    return g**2 / (4 * L * d)

"""Relative-loss descent without momentum: what is claimed.

Main theorems
-------------
One step of radius alpha lowers f by at least `decrease` in expectation, and by `decrease_sharp`, which is met.
On a smooth function the mean length of the gradient along a run is at most `mean_gradient`; the best radius is
`stationary_radius`.
On a smooth convex function the expected gap after T steps is at most `convex_gap`, and `convex_steps` bring it to eps.
Where the gradient dominates the gap, with a radius drawn from a grid, the expected gap above eps is at most `gap_left`,
and `gap_left_sharp` on a wider grid: no step size, no L and no mu is known to the method.
Strictly increasing transforms of f change nothing; the radius of the 1/5 rule is `radius_after`.

Source: this project. One evaluation a step, and nothing of f is used but which of two values is lower.

Notation
--------
d dimension; g gradient at x, in the bounds its length; s uniform on the unit sphere, m_d = E|s_1|, z = sqrt(d) s_1;
alpha radius of a step; f L-smooth; gap f(x) - f*; T steps; J radii on a grid of ratio 2; Q = L/mu with
|g|^2 >= 2 mu (f - f*), for which mu-strong convexity suffices.
"""

from __future__ import annotations

from math import ceil, inf, log2
from typing import Annotated

import numpy as np

from zotheory import radii, sphere
from zotheory.arguments import checked
from zotheory.border import bound
from zotheory.elementary import Array, log, power_of_one_minus, sqrt
from zotheory.quantities import (
    Chance,
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
    below,
    larger_than,
    whole,
)
from zotheory.radii import Radius as Rule

LOWEST, OCTAVES = 0.118, 5  # window of radii that counts, [LOWEST, 2^OCTAVES LOWEST] in units of |g|/(L sqrt(d))
CONSTANT = 1.24  # what the radii in that window contribute together: at least this, for every d >= 2 and offset

# --- one step --------------------------------------------------------------------------------------------------------


@bound
def decrease(*, alpha: Radius, g: Slope, L: Flatness, d: Dimension) -> Annotated[Array, Value]:
    """Return alpha m_d g/2 - L alpha^2/4: f(x) - E f(x+) is at least this."""
    return alpha * sphere.mean_abs(d) * g / 2 - L * alpha**2 / 4


@bound(numeric=True)
def decrease_sharp(*, alpha: Radius, g: Slope, L: Flatness, d: Dimension) -> Annotated[Array, Value]:
    """Return alpha g E max(s_1 - tau, 0), tau = L alpha/(2 g): f(x) - E f(x+) is at least this; equal on L|x|^2/2."""
    return alpha * g / sqrt(d) * sphere.excess(d, sqrt(d) * L * alpha / (2 * g))


@bound
def best_radius(*, g: Slope, L: Curvature, d: Dimension) -> Annotated[Array, Length]:
    """m_d g/L, at which `decrease` is largest: m_d^2 g^2/(4 L)."""
    return sphere.mean_abs(d) * g / L


# --- smooth ----------------------------------------------------------------------------------------------------------


@bound
def mean_gradient(*, T: Steps, gap: Gap, alpha: Radius, L: Flatness, d: Dimension) -> Annotated[Array, Value / Length]:
    """2 gap/(alpha m_d T) + L alpha/(2 m_d): E of the mean of |grad f| at x_0..x_{T-1} is below.

    gap = f(x_0) - inf f.
    """
    m = sphere.mean_abs(d)
    return 2 * gap / (alpha * m * T) + L * alpha / (2 * m)


@bound
def stationary_radius(*, T: Steps, gap: Gap, L: Curvature) -> Annotated[Array, Length]:
    """2 sqrt(gap/(L T)), at which `mean_gradient` is least: (2/m_d) sqrt(L gap/T)."""
    return 2 * sqrt(gap / (L * T))


@bound
def best_mean_gradient(*, T: Steps, gap: Gap, L: Curvature, d: Dimension) -> Annotated[Array, Value / Length]:
    """(2/m_d) sqrt(L gap/T): `mean_gradient` at `stationary_radius`."""
    return mean_gradient(T=T, gap=gap, alpha=stationary_radius(T=T, gap=gap, L=L), L=L, d=d)


# --- convex ----------------------------------------------------------------------------------------------------------


@bound
def convex_floor(*, alpha: Radius, R: Radius, L: Flatness, d: Dimension) -> Annotated[Array, Value]:
    """L alpha R/(2 m_d), where a fixed radius stops."""
    return L * alpha * R / (2 * sphere.mean_abs(d))


def _longest(R: Array, d: Array) -> Array:
    """2 R/m_d, the longest radius of `convex_gap`."""
    return 2 * R / sphere.mean_abs(d)


@bound
def convex_gap(
    *,
    T: Steps,
    gap: Gap,
    alpha: Annotated[Radius, at_most(_longest, "2 R/m_d")],
    R: Radius,
    L: Flatness,
    d: Dimension,
) -> Annotated[Array, Value]:
    """Return floor + (1 - alpha m_d/(2 R))^T (gap - floor), floor = `convex_floor`: E f(x_T) - f* is at most this.

    No point of the level set {f <= f(x_0)} is farther than R from a minimiser; gap = f(x_0) - f*.
    """
    floor = convex_floor(alpha=alpha, R=R, L=L, d=d)
    return floor + power_of_one_minus(alpha / _longest(R, d), T) * (gap - floor)


@bound
def convex_radius(*, eps: Gap, R: Radius, L: Curvature, d: Dimension) -> Annotated[Array, Length]:
    """m_d eps/(L R), whose floor is eps/2."""
    return sphere.mean_abs(d) * eps / (L * R)


@bound
def convex_steps(
    *, eps: Annotated[Gap, below("gap")], gap: Gap, R: Radius, L: Curvature, d: Dimension
) -> Annotated[Array, Number]:
    """(2 L R^2/(m_d^2 eps)) log(2 gap/eps) steps of `convex_radius` bring the expected gap down to eps."""
    return log(2 * gap / eps) * _longest(R, d) / convex_radius(eps=eps, R=R, L=L, d=d)


# --- gradient dominated, a grid of radii -----------------------------------------------------------------------------

Dimension2 = Annotated[Array, whole(2)]
Wide = Annotated[Array, whole(OCTAVES)]  # radii of a grid that holds the whole window


@bound
def share(*, Q: Condition, d: Dimension, J: Count) -> Annotated[Array, Number]:
    """(4/9) m_d^2/(Q J): a step takes this share of the gap, if one of its radii is within 2/3 and 4/3 of m_d g/L."""
    return 4 * sphere.mean_abs(d) ** 2 / (9 * Q * J)


@bound
def share_sharp(*, Q: Condition, d: Dimension2, J: Wide) -> Annotated[Array, Number]:
    """1.24/(d Q J): a step takes this share of the gap, if the OCTAVES radii from LOWEST g/(L sqrt(d)) on are there."""
    return 31 / (25 * d * Q * J)


@bound
def gap_left(*, T: Steps, gap: Gap, Q: Condition, d: Dimension, J: Count) -> Annotated[Array, Value]:
    """(1 - share)^T gap: E of the gap after T steps, where that is above eps, is at most this; gap = f(x_0) - f*."""
    return power_of_one_minus(share(Q=Q, d=d, J=J), T) * gap


@bound
def gap_left_sharp(*, T: Steps, gap: Gap, Q: Condition, d: Dimension2, J: Wide) -> Annotated[Array, Value]:
    """(1 - share_sharp)^T gap: the same, of `wide_grid`."""
    return power_of_one_minus(share_sharp(Q=Q, d=d, J=J), T) * gap


@bound
def grid_steps(
    *, eps: Annotated[Gap, below("gap")], p: Chance, gap: Gap, Q: Condition, d: Dimension, J: Count
) -> Annotated[Array, Number]:
    """log(gap/(eps p))/share steps: then P(f(x_T) - f* > eps) <= p, by Markov's inequality."""
    return log(gap / (eps * p)) / share(Q=Q, d=d, J=J)


@bound
def grid_steps_sharp(
    *, eps: Annotated[Gap, below("gap")], p: Chance, gap: Gap, Q: Condition, d: Dimension2, J: Wide
) -> Annotated[Array, Number]:
    """log(gap/(eps p))/share_sharp steps: the same, of `wide_grid`."""
    return log(gap / (eps * p)) / share_sharp(Q=Q, d=d, J=J)


@checked
def octaves(*, eps: Positive, gap: Positive, Q: Annotated[float, at_least(1)]) -> int:
    """log2(Q gap/eps)/2, rounded up, at least 1: so often the best radius may halve until the gap is eps."""
    ratio = Q * gap / eps
    return max(1, ceil((log2(ratio) if ratio < inf else log2(Q) + log2(gap) - log2(eps)) / 2))


@checked
def grid(
    *, eps: Positive, gap: Positive, Q: Annotated[float, at_least(1)], L: Positive, d: Annotated[float, whole(1)]
) -> Rule:
    """Radii of `gap_left`: J = `octaves` of them, the largest (2/3) m_d sqrt(2 gap/L)."""
    J = octaves(eps=eps, gap=gap, Q=Q)
    return radii.log_uniform(float(2 * best_radius(g=np.sqrt(2 * L * gap), L=L, d=d) / 3), J)


@checked
def wide_grid(
    *, eps: Positive, gap: Positive, Q: Annotated[float, at_least(1)], L: Positive, d: Annotated[float, whole(2)]
) -> Rule:
    """Radii of `gap_left_sharp`: OCTAVES - 1 more than `octaves`, the largest LOWEST 2^(OCTAVES-1) sqrt(2 gap/(L d)).

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 10)
    >>> gap = f(f.x0) - f.f_star
    >>> where = {"eps": 1e-3 * gap, "gap": gap, "Q": f.Q, "d": f.d}
    >>> J = octaves(eps=where["eps"], gap=gap, Q=f.Q) + OCTAVES - 1
    >>> steps = int(grid_steps_sharp(p=0.1, J=J, **where)) + 1
    >>> method = zo.relative_loss(radius=wide_grid(L=f.L1, **where))
    >>> result = zo.run(method, f, steps=steps, seed=1)
    >>> J, steps, bool(result.values[-1] <= where["eps"])
    (11, 6537, True)
    """
    J = octaves(eps=eps, gap=gap, Q=Q) + OCTAVES - 1
    return radii.log_uniform(float(LOWEST * 2 ** (OCTAVES - 1) * np.sqrt(2 * gap / (L * d))), J)


@bound(numeric=True)
def grid_progress(*, d: Dimension, kappa: Factor, J: Count = OCTAVES) -> Annotated[Array, Number]:
    """Sum of c_d(2^j kappa), j < J: what steps of these lengths take, in units of g/(L sqrt(d)) and of gap/(d Q).

    c_d is `zotheory.sphere.progress`. For kappa in [LOWEST, 2 LOWEST] and d >= 2 at least CONSTANT; summed over all
    integers j, its mean over log(kappa) is 1/log(2), for every d.
    """
    moving = int(np.max(log(2 * sqrt(d) / kappa) / log(2))) + 1  # a longer step never falls
    lengths = (kappa * 2.0**j for j in range(min(int(np.max(J)), max(moving, 1))))
    parts = [np.where(j < np.asarray(J), sphere.progress(d, length), 0.0) for j, length in enumerate(lengths)]
    return np.sum(np.broadcast_arrays(*parts), axis=0)


# --- invariance ------------------------------------------------------------------------------------------------------

Several = Annotated[Array, whole(0)]


@bound
def radius_after(
    *, alpha: Radius, growth: Annotated[Array, larger_than(1)], accepted: Several, rejected: Several
) -> Annotated[Array, Length]:
    """alpha growth^(accepted - rejected/4): the radius of the 1/5 rule, which knows values by comparisons alone."""
    return alpha * growth ** (accepted - rejected / 4)

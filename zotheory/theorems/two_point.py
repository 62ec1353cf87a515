"""Two-point mirror descent: what is claimed.

Main theorems
-------------
Lemma 1. The mean of the two-point estimate is off the gradient by at most `bias`, and its mean square is at most
`second_moment`.
Theorem 1. With the step sizes `step_size` and the smoothing radii `smoothing_radius`, the average of the first k points
has an expected gap of at most `mean_gap`, of the order R G sqrt(d/k). Tightened by us: at most `mean_gap_sharp`.

Source: Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Lemma 1 and
Theorem 1, as recalled (the printed text was not at hand; the constants are re-derived in ``proofs/two_point.py``),
and a tightening of our own.

Notation
--------
R with D(x*, x) <= R^2/2 on the domain; G with E |grad F(x; X)|_*^2 <= G^2 there; L1 = sqrt(E L(X)^2); s = s(d) and
M = M(mu) of the law of directions (`zotheory.directions`); k steps; alpha, u multiples of step size and radius (> 0).
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from zotheory.arguments import checked
from zotheory.border import bound
from zotheory.directions import Law, sphere
from zotheory.elementary import Array, half, log, maximum, sqrt, zeta
from zotheory.geometry import euclidean_ball
from zotheory.methods import Method, two_point
from zotheory.protocols import Stating
from zotheory.quantities import Curvature, Factor, Flatness, Length, Positive, Radius, Slope, Steps, Value


@bound
def bias(*, delta: Radius, L1: Flatness, third: Factor) -> Annotated[Array, Value / Length]:
    """Lemma 1: |E g - grad f|_* <= delta L1 E|Z|^3/2, `third` = E|Z|^3 (``law.norm_moment(3, d)``)."""
    return delta * L1 * third / 2


@bound
def second_moment(
    *, G: Slope, delta: Radius, L1: Flatness, s: Factor, M: Factor
) -> Annotated[Array, (Value / Length) ** 2]:
    """Lemma 1: E |g|_*^2 <= 2 s G^2 + delta^2 L1^2 M^2/2."""
    return 2 * s * G**2 + delta**2 * L1**2 * M**2 / 2


@bound
def step_size(t: Steps, *, R: Radius, G: Slope, s: Factor, alpha: Factor = 1) -> Annotated[Array, Length**2 / Value]:
    """Theorem 1's step size at step t: alpha R/(2 G sqrt(s t))."""
    return alpha * R / (2 * G * sqrt(s) * sqrt(t))


@bound
def smoothing_radius(
    t: Steps, *, G: Slope, L1: Curvature, s: Factor, M: Factor, u: Factor = 1
) -> Annotated[Array, Length]:
    """Theorem 1's smoothing radius at step t: u G sqrt(s)/(L1 M t).

    For linear F, whose L1 is 0, pass any positive L1: it is then an upper bound.
    """
    return u * G * sqrt(s) / (L1 * M * t)


@bound
def mean_gap(k: Steps, *, R: Radius, G: Slope, s: Factor, alpha: Factor = 1, u: Factor = 1) -> Annotated[Array, Value]:
    """Theorem 1: with the schedule above, E f(mean of x^1..x^k) - f* is at most

    2 R G sqrt(s/k) max(alpha, 1/alpha) + alpha u^2 R G sqrt(s)/k + u R G sqrt(s) log(2k)/k.
    """
    scale = R * G * sqrt(s)
    return 2 * scale / sqrt(k) * maximum(alpha, 1 / alpha) + alpha * u**2 * scale / k + u * scale * log(2 * k) / k


@bound
def mean_gap_sharp(
    k: Steps, *, R: Radius, G: Slope, s: Factor, alpha: Factor = 1, u: Factor = 1
) -> Annotated[Array, Value]:
    """Theorem 1, tightened: under the same schedule, E f(mean of x^1..x^k) - f* is at most

    (alpha + 1/alpha) R G sqrt(s/k) + alpha u^2 R G sqrt(s) zeta(5/2)/(8k) + u R G sqrt(s) (1 + log k)/(2k).
    """
    scale = R * G * sqrt(s)
    return (
        (alpha + 1 / alpha) * scale / sqrt(k)
        + alpha * u**2 * scale * zeta(5 * half(k)) / (8 * k)
        + u * scale * (1 + log(k)) / (2 * k)
    )


@checked
def prescribed(
    problem: Stating, *, law: Law = sphere, alpha: Positive = 1.0, u: Positive = 1.0
) -> tuple[Method, dict[str, float]]:
    """Two-point mirror descent with Theorem 1's schedule on a problem, and the arguments of the bound.

    Parameters
    ----------
    problem : with a domain (radius), L0, L1 and minimiser
    law : Law
    alpha, u : float

    Returns
    -------
    method : Method
        On the ball about the origin that is the problem's domain.
    constants : dict
        R, G, s, alpha, u: pass them to `mean_gap` or `mean_gap_sharp` with k.

    Raises
    ------
    ValueError
        If the problem has no bounded domain, no L0, or no L1: the theorem's assumptions A to C.
    """
    for name in ("radius", "L0", "L1"):
        if getattr(problem, name, None) is None:
            raise ValueError(f"problem must state {name} (Theorem 1, assumptions A to C), got None")
    mirror = euclidean_ball(problem.radius)
    R, G = mirror.reach(problem.minimiser), problem.L0
    L1 = problem.L1 or G / R  # a linear F has L1 = 0, and any positive number bounds it
    s, M = float(law.second_moment(problem.d)), float(law.third_norm_moment(problem.d))
    method = two_point(
        h=partial(step_size, R=R, G=G, s=s, alpha=alpha),
        delta=partial(smoothing_radius, G=G, L1=L1, s=s, M=M, u=u),
        mirror=mirror,
        law=law,
    )
    return method, {"R": R, "G": G, "s": s, "alpha": alpha, "u": u}

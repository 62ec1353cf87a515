"""GLD-Search: what is claimed.

Main theorems
-------------
Lemma 15. The sublevel set at x contains a ball of radius `tangent_ball_radius` tangent at x.
Lemma 8. Two balls share at least Phi(-3/4) of the smaller one; the share is `overlap`, and `overlap_below` bounds it.
Theorem 7. With probability above 1/4 a step multiplies the gap by `contraction` at most.
After `iterations` steps, but for the probability `failure`, the gap has fallen as was asked, or the smallest radius has
stopped the method at a distance of `floor`. With `steps_to_floor` steps, at a cost of `evaluations`, the distance is
below `final_distance` for good.
Strictly increasing transforms of f change nothing; no step is longer than `longest_step`.

Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Lemma 15, Lemma 8, Theorem 7, as recalled
(the printed text was not at hand; the constants are re-derived in ``proofs/gld_search.py``), and results of our own.

Notation
--------
n dimension; Q condition number; l = |x - x*|; the ball B1 about x has radius a l/sqrt(n), the ball B2, whose centre
lies at distance l, has radius l (1 - delta/n); R, r largest and smallest radius of the grid; gap f(x) - f*.
"""

from __future__ import annotations

from fractions import Fraction
from math import erfc
from typing import Annotated

from zotheory import sphere
from zotheory.border import bound
from zotheory.elementary import Array, exp, log, log_ratio, sqrt
from zotheory.quantities import (
    Chance,
    Condition,
    Dimension,
    Distance,
    Factor,
    Length,
    Number,
    Radius,
    above,
    below,
    nonnegative,
    positive,
    whole,
    within,
)

OVERLAP = erfc(0.75 / 2**0.5) / 2  # Phi(-3/4) = 0.22662..., infimum over n of the ball-overlap constant
SUCCESS = Fraction(1, 4)  # of the probability that one step contracts


@bound
def tangent_ball_radius(*, distance: Distance, Q: Condition) -> Annotated[Array, Length]:
    """Lemma 15, |x - x*|/Q: the sublevel set at x contains a ball of this radius tangent at x."""
    return distance / Q


# --- two balls -------------------------------------------------------------------------------------------------------

Share = Annotated[Array, within(0.5, 1)]
Lack = Annotated[Array, nonnegative(), below("n")]
Dimension2 = Annotated[Array, whole(2)]
Dimension3 = Annotated[Array, whole(3)]


@bound(numeric=True)
def overlap(n: Dimension, *, a: Share, delta: Lack = 0.25) -> Annotated[Array, Number]:
    """vol(B1 and B2)/vol(B1), exactly: two caps, each a regularised incomplete beta function."""
    return sphere.ball_overlap(n, a, delta)


@bound(numeric=True)
def overlap_below(
    n: Dimension3, *, a: Share, delta: Annotated[Array, within(0, 0.5)] = 0.25
) -> Annotated[Array, Number]:
    """P(sqrt(n) s_1 >= `threshold`), s uniform on the unit sphere of R^n: a lower bound of `overlap`.

    The threshold that s_1 has to pass is averaged over the radial part of a uniform point of B1; the tail is convex
    there, so Jensen's inequality applies. For a larger delta, where it comes close to 0, rounding would count.
    """
    return sphere.tail(n, threshold(n, a=a, delta=delta))


@bound
def threshold(n: Dimension2, *, a: Annotated[Array, positive()], delta: Lack) -> Annotated[Array, Number]:
    """(a/2) n/(n+1) + (delta - delta^2/(2n))/a n/(n-1), the m of `overlap_below`."""
    return a * n / (2 * (n + 1)) + delta * (1 - delta / (2 * n)) * n / (a * (n - 1))


# --- steps -----------------------------------------------------------------------------------------------------------


@bound
def contraction(*, n: Dimension, Q: Condition) -> Annotated[Array, Number]:
    """Theorem 7: some radius of the grid gives f(y) - f* <= (1 - 1/(5 n Q)) (f(x) - f*) with probability > SUCCESS."""
    return 1 - 1 / (5 * n * Q)


@bound
def longest_step(*, n: Dimension, R: Radius) -> Annotated[Array, Length]:
    """R/sqrt(n): no displacement is longer."""
    return R / sqrt(n)


@bound
def iterations(*, n: Dimension, Q: Condition, log_ratio: Factor, p: Chance = SUCCESS) -> Annotated[Array, Number]:
    """(10 n Q/p) log_ratio: so many steps bring the gap down by exp(-log_ratio), but for `failure` probability.

    Each contracts with probability p at least, whatever came before.
    """
    return 10 * n * Q * log_ratio / p


@bound
def failure(*, n: Dimension, Q: Condition, log_ratio: Factor) -> Annotated[Array, Number]:
    """exp(-(5 n Q/4) log_ratio): the probability that `iterations` do not suffice."""
    return exp(-5 * n * Q * log_ratio / 4)


@bound
def log_ratio_to_radius(
    *, Q: Condition, R: Radius, eps: Annotated[Radius, below(lambda Q, R: sqrt(Q) * R, "sqrt(Q) R")]
) -> Annotated[Array, Number]:
    """log(Q R^2/eps^2): the fall of the gap that takes the distance from R to eps."""
    return log(Q) + 2 * log_ratio(R, eps)


# --- down to the smallest radius -------------------------------------------------------------------------------------

Start = Annotated[Radius, above(lambda Q, r: 5 * Q * r / 3, "5 Q r/3")]  # nearer, the smallest radius stops at once


@bound
def floor(*, Q: Condition, r: Radius) -> Annotated[Array, Length]:
    """(5/3) Q^(3/2) r: the distance that GLD-Search keeps once its smallest radius r stops it."""
    return 5 * Q * sqrt(Q) * r / 3


@bound
def final_distance(*, Q: Condition, eps: Radius) -> Annotated[Array, Length]:
    """2 Q^(3/2) eps: the distance that GLD-Search reaches with smallest radius r = eps; `floor` is 5/6 of it."""
    return 2 * Q * sqrt(Q) * eps


@bound
def steps_to_floor(*, n: Dimension, Q: Condition, R: Start, r: Radius, p: Chance = SUCCESS) -> Annotated[Array, Number]:
    """(20 n Q/p) log(3 R/(5 Q r)): `iterations` that take the distance from R to `floor`."""
    return iterations(n=n, Q=Q, log_ratio=2 * log(3 * R / (5 * Q * r)), p=p)


@bound
def evaluations(*, n: Dimension, Q: Condition, R: Start, r: Radius, p: Chance = SUCCESS) -> Annotated[Array, Number]:
    """1 + (steps_to_floor + 1) (log2(R/r) + 2); where R >= 2 r and p = 1/4, at most 171 n Q log2(R/r)^2."""
    steps = steps_to_floor(n=n, Q=Q, R=R, r=r, p=p) + 1
    return 1 + steps * (log(R / r) / log(2 + 0 * r) + 2)

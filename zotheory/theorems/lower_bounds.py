"""No method with m values a round does better: what is claimed.

Main theorems
-------------
However a method uses k rounds of m values each, its expected gap is at least `linear_family` on some linear problem.
For pairs of values the sharp Theorem 1 is at most `factor` times that, from k = d rounds on (`upper_over_lower`): the
rate sqrt(d/k) of two-point mirror descent is the best.

Source: Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Section on lower
bounds, whose rate sqrt(d/(km)) is recalled (the printed text was not at hand); the constants are ours, derived in
``proofs/lower_bounds.py`` by the Bayes risk itself: Assouad's lemma and Pinsker's inequality would cost a factor of 4.

Notation
--------
F(x; X) = <x, X>, X ~ N(signal sigma v, sigma^2 I), v in {-1, 1}^d, on the ball of radius R; G^2 = E |X|^2; k rounds,
each with a fresh X and m values F(x_1; X), ..., F(x_m; X) at points anywhere, chosen one after the other. A pair of
values is m = 2; a step of `two_point` with p pairs is m = p + 1.
"""

from __future__ import annotations

from typing import Annotated

from zotheory import directions
from zotheory.border import bound
from zotheory.elementary import Array, sqrt
from zotheory.quantities import Count, Dimension, Number, Radius, Slope, Steps, Value, no_less
from zotheory.theorems.two_point import mean_gap_sharp


@bound
def signal(k: Steps, m: Count, d: Dimension) -> Annotated[Array, Number]:
    """sqrt(d/(4km)), the |E X_i|/sigma of the family that is hardest for k rounds of m values."""
    return sqrt(d / (4 * k * m))


@bound
def linear_family(k: Steps, m: Count, d: Dimension, R: Radius, G: Slope) -> Annotated[Array, Value]:
    """(R G/2) sqrt(d/(4km + d)): what no method gets below on average over v.

    Half the gap at the centre of the ball, for the family of `signal`; at least R G sqrt(d/(20km)) where km >= d.
    """
    return R * G * sqrt(d / (4 * k * m + d)) / 2


@bound
def upper_over_lower(k: Annotated[Steps, no_less("d")], d: Dimension) -> Annotated[Array, Number]:
    """Sharp Theorem 1 (sphere, alpha = u = 1) on the ball of radius 1, over `linear_family` at m = 2.

    The distance of Theorem 1, from any point of the ball to the minimiser, is the ball's diameter.
    """
    return mean_gap_sharp(k, R=2, G=1, s=directions.sphere.second_moment(d)) / linear_family(k, 2, d, R=1, G=1)


@bound
def factor() -> Annotated[Array, Number]:
    """34: `upper_over_lower` is at most this."""
    return 34

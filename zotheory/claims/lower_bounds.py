"""No method with m values a round does better: the claims."""

from __future__ import annotations

import numpy as np

from zotheory.claims.two_point import PAPER
from zotheory.evidence.claim import Claim
from zotheory.measurements.falsehoods import scaled
from zotheory.measurements.lower_bounds import (
    best_answer,
    evenly,
    gaussian_over_sphere,
    mean_gap,
    upper_over_lower_bound,
)
from zotheory.reduced import DECADES
from zotheory.statements import lower_bounds as statements
from zotheory.theorems.lower_bounds import factor, linear_family

FAMILY = (
    "F(x; X) = <x, X>, X ~ N(sqrt(d/(4km)) sigma v, sigma^2 I), on the ball of radius R; G^2 = E |X|^2",
    "v uniform on {-1, 1}^d: the mean of the gap is taken over v too",
    "k rounds, each with a fresh X independent of the past, and at most m values F(x; X) in it",
    "points anywhere, chosen by values seen so far, also in the same round, and by independent randomness",
    "the answer lies in the ball",
)
DRAWN = ("two_point sphere", "two_point gaussian", "two_point rademacher", "double_smoothing", "random_gradient_free")
QUARTER = scaled(linear_family, 1.25)

CLAIMS = (
    Claim(
        "lower_bounds.linear_family",
        bound=linear_family,
        informal="quantification over all algorithms",
        says="However a method uses k rounds of m values each, on some linear function with noise in its slope, on a "
        "ball of radius R, its expected gap is at least (R G/2) sqrt(d/(4km + d)): half the gap at the centre of the "
        "ball, and at least R G sqrt(d/(20km)) where km >= d; G is the size of the gradients.",
        source=f"ours, after the lower bounds of {PAPER}: their rate sqrt(d/(km)) as recalled, our constant",
        assumptions=FAMILY,
        on=[
            *(best_answer(d, 5) for d in (1, 2, 3)),
            *(mean_gap(name, 10, 200) for name in DRAWN),
            mean_gap("pairs 4", 10, 200),
            mean_gap("two_point sphere", 50, 200),
            mean_gap("axes 2", 10, 200),
            *(mean_gap("two_point sphere", d, 100) for d in DECADES),
            *(mean_gap("pairs 4", d, 100) for d in DECADES),
            *(evenly(d, m) for d in DECADES for m in (2, d)),
        ],
        but={
            "constant": (
                "the gap is at least R G sqrt(d/(km)): the factor 1/sqrt(20) is not needed",
                lambda k, m, d, R, G: R * G * np.sqrt(d / (k * m)),
                mean_gap("two_point sphere", 10, 200),
            ),
            "quarter_more": (
                "every method leaves a gap a quarter above the bound",
                QUARTER,
                mean_gap("axes 2", 10, 200),
            ),
            "bayes": (
                "even the best answer that there is leaves a gap a quarter above the bound",
                QUARTER,
                best_answer(3, 5),
            ),
            "dimension": (
                "the gap grows like d, not like sqrt(d): a wrong power of the dimension",
                lambda d, **rest: linear_family(d=d, **rest) * np.sqrt(d),
                mean_gap("two_point gaussian", 10, 200),
            ),
            "rounds": (
                "the gap falls like k^(-1/4), not like k^(-1/2): a wrong power of the number of rounds",
                lambda k, **rest: linear_family(k=k, **rest) * k**0.25,
                mean_gap("two_point sphere", 10, 200),
            ),
            "few_rounds": (
                "the gap grows without end as rounds get fewer: d is dropped from 4km + d",
                lambda k, m, d, R, G: R * G * np.sqrt(d / (4 * k * m)) / 2,
                mean_gap("two_point sphere", 10**6, 100),
            ),
            "values": (
                "the gap falls like m^(-1/4), not like m^(-1/2): a wrong power of the values a round",
                lambda m, **rest: linear_family(m=m, **rest) * m**0.25,
                [evenly(d, d) for d in DECADES],
            ),
            "known": ("a method that is told v leaves as large a gap", None, mean_gap("known", 10, 200)),
            "all_of_x": (
                "a method that sees all of X leaves as large a gap as one that sees two values a round",
                None,
                [evenly(d, 2, d) for d in DECADES],
            ),
        },
    ),
    Claim(
        "lower_bounds.factor",
        bound=factor,
        states=statements.factor,
        kind="constant",
        says="With pairs of values and from k = d rounds on, the sharp Theorem 1 is at most 34 times the lower bound: "
        "on a ball two-point mirror descent has the best rate that there is, sqrt(d/k).",
        source="ours, from lower_bounds.linear_family; that the rate is optimal: " + PAPER + ", as recalled",
        assumptions=(
            "directions on the sphere, alpha = u = 1, m = 2",
            "the ball of radius R; Theorem 1's distance is its diameter 2R, from any start",
        ),
        on=[upper_over_lower_bound(d) for d in (1, 2, 3, 10, 100, *DECADES)],
        but={
            "constant": ("the factor may be 20 in the place of 34", lambda: 20, upper_over_lower_bound(10)),
            "few_rounds": (
                "the factor 34 is enough from k = d/100 rounds on",
                None,
                upper_over_lower_bound(10**6, first=0.01),
            ),
            "gaussian": (
                "the factor 34 is enough for Gaussian directions, too, where s = d + 2",
                None,
                upper_over_lower_bound(1, more=gaussian_over_sphere(1)),
            ),
        },
    ),
)

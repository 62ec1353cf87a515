"""Two-point mirror descent: the claims."""

from __future__ import annotations

from functools import partial

import numpy as np

from zotheory.directions import gaussian, rademacher, sphere
from zotheory.evidence.claim import Bound, Claim, Experiment
from zotheory.measurements.experiments import over_decades
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.spoiled import ascending
from zotheory.measurements.two_point import bias_exactly, bias_measured, mean_gap, second_moment
from zotheory.oracles import Fresh
from zotheory.reduced import DECADES
from zotheory.statements import two_point as statements
from zotheory.theorems import two_point as theorems

PAPER = "Duchi et al., IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139)"
FRESH = "the bound holds as well where each of the two evaluations of a step draws its own sample"
UPHILL = "a step along the estimate, uphill, keeps the bound as well (a sign error)"


def gaps() -> list[Experiment]:
    """The runs that both forms of Theorem 1 are measured on."""
    return [
        *(mean_gap("quadratic", 10, 1000, law) for law in (sphere, gaussian, rademacher)),
        mean_gap("logistic", 30, 1000),
        mean_gap("linear", 10, 1000),
        mean_gap("linear", 10, 1000, gaussian),
        mean_gap("signal", 10, 1000),
        *(mean_gap("quadratic", d, 100) for d in DECADES),
        *(mean_gap("linear", d, 100, gaussian) for d in DECADES),
    ]


def false_gaps(bound: Bound) -> dict[str, tuple[str, Bound | None, Experiment | list[Experiment]]]:
    """What Theorem 1 must be told apart from."""
    return {
        "dimension_free": (
            "the factor sqrt(s(d)) is not needed: the rate of the gradient method in every dimension",
            changed(bound, s=lambda s: 1.0),
            [mean_gap("linear", d, 400, gaussian) for d in DECADES],
        ),
        "fast_rate": (
            "the gap falls like 1/k, not like 1/sqrt(k)",
            lambda k, **rest: bound(k, **rest) / np.sqrt(k),
            mean_gap("linear", 10, 1000),
        ),
        "constant": ("the gap is at most a tenth of the bound", scaled(bound, 0.1), mean_gap("linear", 10, 1000)),
        "sign": (UPHILL, None, mean_gap("quadratic", 10, 2000, spoil=ascending)),
        "fresh_samples": (FRESH, None, mean_gap("signal", 10, 1000, oracle=Fresh)),
    }


CLAIMS = (
    Claim(
        "two_point.bias",
        bound=theorems.bias,
        states=statements.bias,
        says="The mean of the two-point estimate of a gradient, a difference of two values along a random direction of "
        "smoothing radius delta, is off the gradient by at most delta L1 E|Z|^3/2, where L1 is the Lipschitz constant "
        "of the gradient and Z the direction.",
        source=f"{PAPER}, Lemma 1, as recalled",
        provenance="recalled",
        on=[bias_exactly("half-square", 10), bias_exactly("quadratic", 10), *map(bias_measured, (3, *DECADES))],
        but={
            "second_order": (
                "the bias of a one-sided difference is of second order: delta^2 in the place of delta",
                changed(theorems.bias, delta=lambda delta: delta**2),
                bias_exactly("half-square", 10),
            ),
            "dimension_free": (
                "the factor E|Z|^3 is not needed: a wrong power of the dimension",
                changed(theorems.bias, third=lambda third: 1.0),
                bias_exactly("half-square", 10),
            ),
        },
    ),
    Claim(
        "two_point.second_moment",
        bound=theorems.second_moment,
        states=statements.second_moment,
        says="The mean square of the two-point estimate is at most 2 s G^2 + delta^2 L1^2 M^2/2, where G^2 bounds the "
        "mean square of the gradient and s, of the order of the dimension, and M belong to the law of the direction.",
        source=f"{PAPER}, Lemma 1, as recalled",
        provenance="recalled",
        on=[
            *(second_moment("quadratic", 10, law) for law in (sphere, gaussian, rademacher)),
            second_moment("logistic", 30),
            second_moment("linear", 10, gaussian),
            *(second_moment("linear", d, gaussian) for d in DECADES),
        ],
        but={
            "sqrt_d": (
                "the mean square grows like the root of s(d): a wrong power of the dimension",
                changed(theorems.second_moment, s=np.sqrt),
                over_decades(partial(second_moment, "linear", law=gaussian)),
            ),
            "fresh_samples": (FRESH, None, second_moment("linear", 10, gaussian, oracle=Fresh)),
            "constant": (
                "the mean square is at most a quarter of the bound",
                scaled(theorems.second_moment, 0.25),
                second_moment("linear", 10, gaussian),
            ),
        },
    ),
    Claim(
        "two_point.mean_gap",
        bound=theorems.mean_gap,
        states=statements.mean_gap,
        says="Two-point mirror descent on a ball, with step sizes alpha R/(2 G sqrt(s t)) and smoothing radii "
        "u G sqrt(s)/(L1 M t), has after k steps an expected gap of at most 2 max(alpha, 1/alpha) R G sqrt(s/k) + "
        "alpha u^2 R G sqrt(s)/k + u R G sqrt(s) log(2k)/k at the average of its points: of the order R G sqrt(s/k), "
        "where no point of the ball is farther than R from the solution, G bounds the size of the gradients and L1 "
        "their Lipschitz constant, and s, of the order of the dimension, and M belong to the law of the direction.",
        source=f"{PAPER}, Theorem 1, as recalled",
        provenance="recalled",
        on=gaps(),
        but=false_gaps(theorems.mean_gap),
    ),
    Claim(
        "two_point.mean_gap_sharp",
        bound=theorems.mean_gap_sharp,
        states=statements.mean_gap,
        says="Under the schedule of Theorem 1 (two_point.mean_gap) the constants of its three terms may be smaller: "
        "alpha + 1/alpha in the place of 2 max(alpha, 1/alpha), zeta(5/2)/8 in that of 1 before alpha u^2, and "
        "(1 + log k)/2 in that of log(2k).",
        source="ours, tightening " + PAPER + ", Theorem 1",
        on=gaps(),
        but=false_gaps(theorems.mean_gap_sharp),
    ),
)

"""Two-point mirror descent with several pairs a step, and in other geometries: the claims."""

from __future__ import annotations

from typing import Any

import numpy as np

from zotheory.claims.two_point import FRESH, PAPER, UPHILL
from zotheory.directions import gaussian, rademacher, sphere
from zotheory.evidence.claim import Bound, Claim
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.spoiled import ascending, same_direction
from zotheory.measurements.two_point_corollaries import (
    l1_second_moment,
    on_l1_ball,
    on_simplex,
    pairs_gap,
    pairs_second_moment,
    sphere_gap,
)
from zotheory.oracles import Fresh
from zotheory.reduced import DECADES
from zotheory.statements import two_point_corollaries as statements
from zotheory.theorems import two_point as theorem
from zotheory.theorems import two_point_corollaries as theorems

GRADIENT_METHOD = "the gap does not grow with the dimension: it falls at the rate of the gradient method"
OTHER_NORMS = "norms and mirror maps other than the Euclidean"
SIGNS = (
    "B: E |grad F(x; X)|_inf^2 <= G^2 on the domain",
    "C: F(.; X) is convex, its gradient L(X)-Lipschitz from the norm to its dual, L1 = sqrt(E L(X)^2) is finite",
    "D: the direction has uniform signs",
    "both evaluations of a step share the sample X",
)
L1_BALL = ("A: the domain is the ball |x|_1 <= radius, the mirror map |x|_p^2/(2(p - 1))", *SIGNS)
SIMPLEX = (
    "the domain is the simplex, the mirror map the entropy; D(y, x) is unbounded near the boundary, so A fails as "
    "stated: the step is constant instead, k is known, and x^1 = (1/d, ..., 1/d), from where D(x*, x^1) <= log d",
    *SIGNS,
)


def _without_floor(bound: Bound) -> Bound:
    """The bound with s/m in place of 1 + (s - 1)/m, as if there were no end to what further directions gain."""
    return lambda *args, s, m, **rest: bound.formula(*args, s=s / m, **rest)  # type: ignore[attr-defined]


def _dimension_free(k: Any, *, s: Any, m: Any, **rest: Any) -> Any:
    return theorem.mean_gap_sharp(k, s=1.0, **rest)


def _l1_dimension_free(k: Any, *, radius: Any, d: Any, **rest: Any) -> Any:
    return theorem.mean_gap_sharp(k, R=theorems.l1_reach(radius=radius, d=d), s=1.0, **rest)


def _l1_constant_moment(*, d: Any, **rest: Any) -> Any:
    return theorem.second_moment(s=np.e**2, M=theorems.l1_moments(d)[1], **rest)


CLAIMS = (
    Claim(
        "two_point_corollaries.pairs_second_moment",
        bound=theorems.pairs_second_moment,
        states=statements.pairs_second_moment,
        says="The mean of m two-point estimates that share their point and their sample has a mean square of at most "
        "2 G^2 (1 + (s - 1)/m) + delta^2 L1^2 M^2/2: averaging removes the dimension, which s is of the order of, but "
        "not the gradient's own length.",
        source="ours, after " + PAPER + ", Lemma 1",
        on=[
            *(pairs_second_moment("linear", 10, m, gaussian) for m in (1, 2, 8)),
            *(pairs_second_moment("quadratic", 10, 2, law) for law in (sphere, gaussian, rademacher)),
            pairs_second_moment("logistic", 30, 8),
            *(pairs_second_moment("linear", d, 8, gaussian) for d in DECADES),
        ],
        but={
            "sqrt_d": (
                "the mean square grows like the root of s(d): a wrong power of the dimension",
                changed(theorems.pairs_second_moment, s=np.sqrt),
                [pairs_second_moment("linear", d, 8, gaussian) for d in DECADES],
            ),
            "full_gain": (
                "m pairs divide the mean square by m without end: no floor at the gradient's own length",
                _without_floor(theorem.second_moment),
                pairs_second_moment("linear", 10, 64, gaussian),
            ),
            "same_direction": (
                "the bound holds as well where all m pairs take the same direction",
                None,
                pairs_second_moment("linear", 10, 8, gaussian, estimate=same_direction),
            ),
            "fresh_samples": (FRESH, None, pairs_second_moment("linear", 10, 8, gaussian, oracle=Fresh)),
            "constant": (
                "the mean square is at most a quarter of the bound",
                scaled(theorems.pairs_second_moment, 0.25),
                pairs_second_moment("linear", 10, 8, gaussian),
            ),
        },
    ),
    Claim(
        "two_point_corollaries.pairs",
        bound=theorems.pairs_mean_gap,
        states=statements.pairs,
        says="With m pairs a step, which share the point and the sample, Theorem 1 holds in its sharp form with "
        "1 + (s(d) - 1)/m in the place of s(d): from some number of pairs on two-point descent is as fast as the "
        "gradient method.",
        source=f"{PAPER}, the corollary for several evaluations, as recalled; the constant is ours",
        provenance="corrected",
        on=[
            *(pairs_gap("linear", 10, 400, m) for m in (1, 2, 8, 16)),
            pairs_gap("signal", 10, 200, 8),
            pairs_gap("quadratic", 10, 200, 8),
            pairs_gap("quadratic", 10, 200, 2, rademacher),
            pairs_gap("logistic", 30, 200, 8),
            *(pairs_gap("quadratic", d, 50, 8) for d in DECADES),
            *(pairs_gap("linear", d, 100, 8, gaussian) for d in DECADES),
        ],
        but={
            "dimension_free": (
                GRADIENT_METHOD,
                _dimension_free,
                [pairs_gap("linear", d, 200, 8, gaussian, replicas=40) for d in (10**3, 10**12)],
            ),
            "full_gain": (
                "m pairs divide s(d) by m without end: no floor at the rate of the gradient method",
                _without_floor(theorem.mean_gap_sharp),
                pairs_gap("linear", 3, 400, 100, replicas=40),
            ),
            "sign": (UPHILL, None, pairs_gap("quadratic", 10, 400, 8, spoil=ascending, replicas=40)),
            "fresh_samples": (FRESH, None, pairs_gap("signal", 10, 400, 8, oracle=Fresh, replicas=40)),
            "constant": (
                "the gap is at most a tenth of the bound",
                scaled(theorems.pairs_mean_gap, 0.1),
                pairs_gap("linear", 10, 400, 8),
            ),
        },
    ),
    Claim(
        "two_point_corollaries.sphere",
        bound=theorems.sphere_mean_gap,
        states=statements.on_sphere,
        says="For directions uniform on the sphere of radius sqrt(d) and smoothing radii u G/(L1 d t), Theorem 1 says "
        "that the expected gap of the average of k points is of the order R G sqrt(d/k).",
        source=f"{PAPER}, the Euclidean corollary of Theorem 1, as recalled",
        provenance="recalled",
        on=[
            sphere_gap("quadratic", 10, 400),
            sphere_gap("linear", 10, 400),
            sphere_gap("logistic", 30, 200),
            *(sphere_gap("linear", d, 100) for d in DECADES),
        ],
        but={
            "dimension_free": (
                GRADIENT_METHOD,
                changed(theorems.sphere_mean_gap, d=lambda d: 1),
                [sphere_gap("linear", d, 400) for d in (10**3, 10**12)],
            ),
            "constant": (
                "the gap is at most a tenth of the bound",
                scaled(theorems.sphere_mean_gap, 0.1),
                sphere_gap("linear", 10, 400),
            ),
        },
    ),
    Claim(
        "two_point_corollaries.l1_second_moment",
        bound=theorems.l1_second_moment,
        informal=OTHER_NORMS,
        says="With random signs as direction, on the l1 ball, the two-point estimate has E |g|_q^2 <= 2 d^(1 + 2/q) "
        "G^2 + delta^2 L1^2 d^(4 - 2/q)/2, where q = 1 + max(1, log(2d)); d^(1 + 2/q) is below e^2 d.",
        source="ours, after " + PAPER + ", Lemma 1",
        assumptions=L1_BALL[1:],
        on=[l1_second_moment(name, d) for name in ("linear", "quadratic") for d in (3, 6, 12)],
        but={
            "dimension_free": (
                "the mean square does not grow with the dimension: e^2 in the place of e^2 d",
                _l1_constant_moment,
                l1_second_moment("linear", 12),
            ),
            "euclidean": (
                "the Euclidean norm of g keeps the bound as well",
                None,
                l1_second_moment("linear", 12, exponent=2.0),
            ),
            "constant": (
                "the mean square is at most a quarter of the bound",
                scaled(theorems.l1_second_moment, 0.25),
                l1_second_moment("linear", 12),
            ),
        },
    ),
    Claim(
        "two_point_corollaries.l1",
        bound=theorems.l1_mean_gap,
        informal=OTHER_NORMS,
        says="With random signs and the p-norm on the ball |x|_1 <= radius, Theorem 1 holds in its sharp form with "
        "R = 2 radius sqrt(log(2d)), s = d^(1 + 2/q) < e^2 d and q = 1 + log(2d): for alpha = 1 and d >= 2 the "
        "expected gap is at most 4 e radius G sqrt(d log(2d)/k) to leading order.",
        source=f"{PAPER}, the corollary for the l1 ball, as recalled; the constant is ours",
        provenance="corrected",
        assumptions=L1_BALL,
        on=[
            on_l1_ball("linear", 3, 400, replicas=60),
            on_l1_ball("linear", 10, 400, replicas=20),
            on_l1_ball("linear", 100, 200, replicas=4),
            on_l1_ball("signal", 3, 400, replicas=60),
            on_l1_ball("quadratic", 10, 200, replicas=20),
        ],
        but={
            "dimension_free": (
                GRADIENT_METHOD,
                _l1_dimension_free,
                on_l1_ball("linear", 60, 400, replicas=24, alpha=1.0),
            ),
            "sign": (UPHILL, None, on_l1_ball("linear", 3, 400, ascending, replicas=40)),
            "fresh_samples": (FRESH, None, on_l1_ball("linear", 3, 400, oracle=Fresh, replicas=60, alpha=1.0)),
            "constant": (
                "the gap is at most a tenth of the bound",
                scaled(theorems.l1_mean_gap, 0.1),
                on_l1_ball("linear", 3, 400, replicas=40),
            ),
        },
    ),
    Claim(
        "two_point_corollaries.simplex",
        bound=theorems.simplex_mean_gap,
        informal=OTHER_NORMS,
        says="With random signs and the entropy on the simplex, from its centre and with a constant step size, the "
        "expected gap of the average of k points is of the order G sqrt(d log(d)/k), where G bounds the largest "
        "component of the gradients.",
        source=f"{PAPER}, the entropy in place of the p-norm; the statement and its constants are ours",
        assumptions=SIMPLEX,
        on=[
            on_simplex("linear", 3, 400, replicas=500),
            *(on_simplex("linear", d, 400) for d in (10, 30)),
            on_simplex("signal", 10, 400),
            on_simplex("quadratic", 10, 400),
        ],
        but={
            "dimension_free": (
                "the factor sqrt(d) is not needed: a wrong power of the dimension",
                lambda k, d, **rest: theorems.simplex_mean_gap(k, d=d, **rest) / np.sqrt(d),
                on_simplex("linear", 30, 400),
            ),
            "constant": (
                "the gap is at most half of the bound",
                scaled(theorems.simplex_mean_gap, 0.5),
                on_simplex("linear", 10, 400),
            ),
            "vertex": (
                "the run may start at a vertex, from where the distance in entropy is infinite",
                None,
                on_simplex("vertex", 10, 400),
            ),
            "sign": (UPHILL, None, on_simplex("linear", 10, 400, ascending)),
            "fresh_samples": (FRESH, None, on_simplex("signal", 3, 400, oracle=Fresh, alpha=1.0)),
        },
    ),
)

"""Table of the derivations of `zotheory.claims.two_point_corollaries`."""

from dataclasses import replace

import numpy as np
import sympy

from proofs import derive
from zotheory import estimators, geometry
from zotheory.measurements.falsehoods import scaled
from zotheory.methods.two_point import step as shipped_step
from zotheory.theorems import two_point, two_point_corollaries

PREFIX = "two_point_corollaries."
HALF = sympy.Rational(1, 2)


def _no_floor(*, s, m):
    return s / m


def _ascend(f, state, u, *, h, **rest):
    return shipped_step(f, state, u, h=-h, **rest)


def _lighter_moments(d):
    s, M = two_point_corollaries.l1_moments(d)
    return s / d, M


def _squared(x, g, h):
    y = geometry.entropy().prox(x, g, h) ** 2
    return y / sum(y)


def _hard_threshold(w, mu):
    """Entries below lambda vanish, the others stay."""
    largest = np.max(abs(w), axis=-1, keepdims=True)
    return np.where(abs(w) > largest - mu, w, 0 * w)


FALSEHOODS = {
    "half the second moment of m pairs": (
        lambda: derive(PREFIX + "pairs_second_moment", bound=scaled(two_point_corollaries.pairs_second_moment, HALF)),
        "conclusion",
    ),
    "second moment s/m": (
        lambda: derive(PREFIX + "pairs_second_moment",
            bound=lambda s, m, **rest: two_point.second_moment(s=_no_floor(s=s, m=m), **rest)
        ),
        "conclusion",
    ),
    "m pairs summed": (
        lambda: derive(PREFIX + "pairs_second_moment",
            estimate=lambda f, x, u, delta: len(u) * estimators.pairs(f, x, u, delta)
        ),
        "the shipped estimate with",
    ),
    "half the gap of m pairs": (
        lambda: derive(PREFIX + "pairs", bound=scaled(two_point_corollaries.pairs_mean_gap, HALF)), "the shipped bound",
    ),
    "gap of m pairs with s/m": (lambda: derive(PREFIX + "pairs", averaged=_no_floor), "the second moment"),
    "ascent with m pairs": (lambda: derive(PREFIX + "pairs", step=_ascend), "the shipped step"),
    "sphere with s(d) = d - 1": (
        lambda: derive(PREFIX + "sphere", bound=lambda k, d, **rest: two_point.mean_gap(k, s=d - 1, **rest)),
        "the shipped bound",
    ),
    "half the second moment of signs": (
        lambda: derive(PREFIX + "l1_second_moment", bound=scaled(two_point_corollaries.l1_second_moment, HALF)),
        "conclusion",
    ),
    "signs without the factor d": (
        lambda: derive(PREFIX + "l1_second_moment", moments=_lighter_moments), "the shipped second moment",
    ),
    "half the gap on the l1 ball": (
        lambda: derive(PREFIX + "l1", bound=scaled(two_point_corollaries.l1_mean_gap, HALF)), "the shipped bound",
    ),
    "half the reach of the l1 ball": (
        lambda: derive(PREFIX + "l1", reach=scaled(two_point_corollaries.l1_reach, HALF)), "the shipped distance",
    ),
    "p-norm without 1/(p - 1)": (
        lambda: derive(PREFIX + "l1", gradient=lambda x, p: geometry.p_gradient(x, p) * (p - 1)),
        "the shipped gradient",
    ),
    "hard thresholds": (lambda: derive(PREFIX + "l1", shrink=_hard_threshold), "the shipped entry"),
    "half the gap on the simplex": (
        lambda: derive(PREFIX + "simplex", bound=scaled(two_point_corollaries.simplex_mean_gap, HALF)), "conclusion",
    ),
    "half the step on the simplex": (
        lambda: derive(PREFIX + "simplex", step_size=scaled(two_point_corollaries.simplex_step, HALF)), "conclusion",
    ),
    "weights squared": (
        lambda: derive(PREFIX + "simplex", mirror=replace(geometry.entropy(), prox=_squared)), "the shipped step",
    ),
}  # fmt: skip
TRUTHS: dict = {}
NOT_REDUCED = {
    PREFIX + "l1_second_moment": "signs and the p-norm are tied to the axes: no rotation keeps them",
    PREFIX + "l1": "signs, the p-norm and the l1 ball are tied to the axes: no rotation keeps them",
    PREFIX + "simplex": "signs, the entropy and the simplex are tied to the axes: no rotation keeps them",
}

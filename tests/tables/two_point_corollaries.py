"""Table of `zotheory.theorems.two_point_corollaries`."""

from dataclasses import replace

import numpy as np

import proofs.two_point_corollaries as proof
from tests.tables import counts, numbers, reals
from zotheory import estimators, geometry
from zotheory.theorems import two_point, two_point_corollaries

PREFIX = "two_point_corollaries."
schedule = {"alpha": reals, "u": reals}
ARGUMENTS = {
    PREFIX + "pairs_second_moment": {
        "G": reals, "delta": reals, "L1": reals, "s": numbers, "M": reals, "m": counts,
    },
    PREFIX + "pairs": {"k": counts, "R": reals, "G": reals, "s": numbers, "m": counts, **schedule},
    PREFIX + "sphere": {"k": counts, "R": reals, "G": reals, "d": counts, **schedule},
    PREFIX + "l1_second_moment": {"G": reals, "delta": reals, "L1": reals, "d": counts},
    PREFIX + "l1": {"k": counts, "radius": reals, "G": reals, "d": counts, **schedule},
    PREFIX + "simplex": {"k": counts, "G": reals, "d": counts, **schedule},
}  # fmt: skip
multiples = {"alpha": 0.6, "u": 1.9}
EXAMPLES = {
    PREFIX + "pairs_second_moment": {"G": 1.2, "delta": 0.3, "L1": 1.7, "s": 3.1, "M": 2.1, "m": 4},
    PREFIX + "pairs": {"k": 3, "R": 1.3, "G": 0.8, "s": 3.1, "m": 4, **multiples},
    PREFIX + "sphere": {"k": 3, "R": 1.3, "G": 0.8, "d": 5, **multiples},
    PREFIX + "l1_second_moment": {"G": 1.2, "delta": 0.3, "L1": 1.7, "d": 5},
    PREFIX + "l1": {"k": 3, "radius": 1.3, "G": 0.8, "d": 5, **multiples},
    PREFIX + "simplex": {"k": 3, "G": 0.8, "d": 5, **multiples},
}
one_more = {"s": "at least 1", "m": "at least 1"}
gap = {"k": "at least 1", "G": "positive", "alpha": "positive", "u": "positive"}
size = {"d": "at least 1"}
CONDITIONS = {
    two_point_corollaries.averaged: one_more,
    two_point_corollaries.pairs_second_moment: {
        "G": "positive", "delta": "positive", "L1": "nonnegative", "M": "positive", **one_more,
    },
    two_point_corollaries.pairs_mean_gap: {**gap, "R": "positive", **one_more},
    two_point_corollaries.sphere_mean_gap: {**gap, "R": "positive", **size},
    two_point_corollaries.l1_reach: {"radius": "positive", **size},
    two_point_corollaries.l1_second_moment: {"G": "positive", "delta": "positive", "L1": "nonnegative", **size},
    two_point_corollaries.l1_mean_gap: {**gap, "radius": "positive", **size},
    two_point_corollaries.simplex_step: {"k": "at least 1", "G": "positive", "alpha": "positive", **size},
    two_point_corollaries.simplex_mean_gap: {**gap, **size},
}  # fmt: skip
VALUES = {"k": 3, "R": 1.4, "radius": 1.3, "G": 0.8, "s": 3.1, "m": 4, "d": 5, "M": 2.1, "L1": 1.7, "delta": 0.3}
VALUES |= multiples
NUMERIC_ONLY: set = set()


def _no_floor(*, s, m):
    return s / m


def _half_of(bound):
    return lambda *args, **rest: bound(*args, **rest) / 2


def _ascend(f, state, u, *, h, **rest):
    return proof.shipped_step(f, state, u, h=-h, **rest)


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
        lambda: proof.pairs_second_moment_derivation(bound=_half_of(two_point_corollaries.pairs_second_moment)),
        "conclusion",
    ),
    "second moment s/m": (
        lambda: proof.pairs_second_moment_derivation(
            bound=lambda s, m, **rest: two_point.second_moment(s=_no_floor(s=s, m=m), **rest)
        ),
        "conclusion",
    ),
    "m pairs summed": (
        lambda: proof.pairs_second_moment_derivation(
            estimate=lambda f, x, u, delta: len(u) * estimators.pairs(f, x, u, delta)
        ),
        "the shipped estimate is the mean",
    ),
    "half the gap of m pairs": (
        lambda: proof.pairs_derivation(bound=_half_of(two_point_corollaries.pairs_mean_gap)), "the shipped bound",
    ),
    "gap of m pairs with s/m": (lambda: proof.pairs_derivation(averaged=_no_floor), "the second moment"),
    "ascent with m pairs": (lambda: proof.pairs_derivation(step=_ascend), "the shipped step"),
    "sphere with s(d) = d - 1": (
        lambda: proof.sphere_derivation(bound=lambda k, d, **rest: two_point.mean_gap(k, s=d - 1, **rest)),
        "the shipped bound",
    ),
    "half the second moment of signs": (
        lambda: proof.l1_second_moment_derivation(bound=_half_of(two_point_corollaries.l1_second_moment)),
        "conclusion",
    ),
    "signs without the factor d": (
        lambda: proof.l1_second_moment_derivation(moments=_lighter_moments), "the shipped s",
    ),
    "half the gap on the l1 ball": (
        lambda: proof.l1_derivation(bound=_half_of(two_point_corollaries.l1_mean_gap)), "the shipped bound",
    ),
    "half the reach of the l1 ball": (
        lambda: proof.l1_derivation(reach=_half_of(two_point_corollaries.l1_reach)), "the shipped R",
    ),
    "p-norm without 1/(p - 1)": (
        lambda: proof.l1_derivation(gradient=lambda x, p: geometry.p_gradient(x, p) * (p - 1)),
        "the shipped gradient",
    ),
    "hard thresholds": (lambda: proof.l1_derivation(shrink=_hard_threshold), "the shipped b"),
    "half the gap on the simplex": (
        lambda: proof.simplex_derivation(bound=_half_of(two_point_corollaries.simplex_mean_gap)), "conclusion",
    ),
    "half the step on the simplex": (
        lambda: proof.simplex_derivation(step_size=_half_of(two_point_corollaries.simplex_step)), "conclusion",
    ),
    "weights squared": (
        lambda: proof.simplex_derivation(mirror=replace(geometry.entropy(), prox=_squared)), "the shipped step",
    ),
}  # fmt: skip
TRUTHS: dict = {}
NOT_REDUCED = {
    PREFIX + "l1_second_moment": "signs and the p-norm are tied to the axes: no rotation keeps them",
    PREFIX + "l1": "signs, the p-norm and the l1 ball are tied to the axes: no rotation keeps them",
    PREFIX + "simplex": "signs, the entropy and the simplex are tied to the axes: no rotation keeps them",
}

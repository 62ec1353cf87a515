"""Table of `zotheory.theorems.double_smoothing`."""

import sympy

import proofs.double_smoothing as proof
from tests.tables import counts, numbers, reals
from zotheory import estimators
from zotheory.theorems import double_smoothing

moment_arguments = {"G": reals, "d": numbers, "r": reals}
gap_arguments = {"k": counts, "R": reals, "G": reals, "d": numbers, "alpha": reals, "u": reals}
ARGUMENTS = {
    "double_smoothing.second_moment": moment_arguments,
    "double_smoothing.second_moment_ball": moment_arguments
    | {"d": numbers.map(lambda x: x + 3), "s": reals, "M": reals},
    "double_smoothing.lemma2": moment_arguments,
    "double_smoothing.mean_gap_sharp": gap_arguments | {"B": reals, "r": reals},
    "double_smoothing.mean_gap": gap_arguments,
    "double_smoothing.single_fails": {"G": reals, "fourth": reals},
}
moment_example = {"G": 1.2, "d": 5.5, "r": 0.7}
gap_example = {"k": 3, "R": 1.3, "G": 0.8, "d": 5.5, "alpha": 0.6, "u": 1.9}
EXAMPLES = {
    "double_smoothing.second_moment": moment_example,
    "double_smoothing.second_moment_ball": moment_example | {"s": 3.1, "M": 2.1},
    "double_smoothing.lemma2": moment_example,
    "double_smoothing.mean_gap_sharp": gap_example | {"B": 2.3, "r": 0.7},
    "double_smoothing.mean_gap": gap_example,
    "double_smoothing.single_fails": {"G": 1.2, "fourth": 7.1},
}
moment_conditions = {"G": "positive", "d": "at least 1", "r": "positive"}
gap_conditions = {
    "k": "at least 1", "R": "positive", "G": "positive", "d": "at least 1", "alpha": "positive", "u": "positive",
}  # fmt: skip
CONDITIONS = {
    double_smoothing.turned: {"r": "positive"},
    double_smoothing.second_moment: moment_conditions,
    double_smoothing.second_moment_ball: moment_conditions | {"d": "at least 4", "s": "positive", "M": "positive"},
    double_smoothing.lemma2: moment_conditions,
    double_smoothing.single_second_moment: {"G": "positive", "fourth": "positive"},
    double_smoothing.step_size: {"R": "positive", "B": "positive", "alpha": "positive"},
    double_smoothing.smoothing_radius: {"R": "positive", "u": "positive"},
    double_smoothing.mean_gap_sharp: gap_conditions | {"B": "positive", "r": "positive"},
    double_smoothing.paper_step_size: {"R": "positive", "G": "positive", "d": "at least 1", "alpha": "positive"},
    double_smoothing.paper_difference: {"R": "positive", "d": "at least 1", "u": "positive"},
    double_smoothing.mean_gap: gap_conditions,
}
VALUES = {"k": 3, "t": 2, "d": 5.5, "R": 1.4, "G": 0.8, "B": 2.3, "r": 0.7, "s": 3.1, "M": 2.1, "fourth": 7.1}
VALUES |= {"alpha": 0.6, "u": 1.9}
NUMERIC_ONLY: set = set()
TRUTHS: dict = {}
NOT_REDUCED: dict[str, str] = {}


def _ascend(f, state, z, *, h, **rest):
    return proof.shipped_step(f, state, z, h=-h, **rest)


def _single(f, x, u, w, delta, eta):
    return estimators.two_point(f, x, u, delta)


def _no_cross_term(*, G, d, r):
    """Without the last term of the second moment, r^2/(1 + r^2)."""
    return double_smoothing.second_moment(G=G, d=d, r=r) - G**2 * (d - 1) * r**2 / (1 + r**2)


def _half_leading(k, *, R, B, alpha, **rest):
    leading = (alpha + 1 / alpha) * R * B / sympy.sqrt(2 * k)
    return double_smoothing.mean_gap_sharp(k, R=R, B=B, alpha=alpha, **rest) - leading / 2


FALSEHOODS = {
    "double smoothing: half the second moment": (
        lambda: proof.second_moment_derivation(bound=lambda **a: double_smoothing.second_moment(**a) / 2), "conclusion",
    ),
    "double smoothing: a term less": (
        lambda: proof.second_moment_derivation(bound=_no_cross_term), "conclusion",
    ),
    "double smoothing: one smoothing": (
        lambda: proof.second_moment_derivation(estimator=_single), "the shipped estimate",
    ),
    "double smoothing: half the second moment, ball": (
        lambda: proof.second_moment_ball_derivation(bound=lambda **a: double_smoothing.second_moment_ball(**a) / 2),
        "conclusion",
    ),
    "double smoothing: Lemma 2 with 2": (
        lambda: proof.lemma2_derivation(bound=lambda **a: double_smoothing.lemma2(**a) * sympy.Rational(2, 3)),
        "gaussian",
    ),
    "double smoothing: Lemma 2 without d": (
        lambda: proof.lemma2_derivation(bound=lambda d, **a: double_smoothing.lemma2(d=1, **a)), "gaussian",
    ),
    "double smoothing: half the sharp gap": (
        lambda: proof.mean_gap_sharp_derivation(bound=_half_leading), "conclusion",
    ),
    "double smoothing: ascent": (
        lambda: proof.mean_gap_sharp_derivation(step=_ascend), "the shipped step",
    ),
    "double smoothing: Theorem 2 with 4": (
        lambda: proof.mean_gap_derivation(bound=lambda *a, **b: double_smoothing.mean_gap(*a, **b) * 4 / 5),
        "conclusion",
    ),
    "double smoothing: u_2 = u_1": (
        lambda: proof.mean_gap_derivation(difference=lambda t, *, R, d, u: u * R / t), "the shipped u_2/u_1",
    ),
    "double smoothing: half the single second moment": (
        lambda: proof.single_fails_derivation(bound=lambda **a: double_smoothing.single_second_moment(**a) / 2),
        "conclusion",
    ),
}  # fmt: skip

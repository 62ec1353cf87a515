"""Table of the derivations of `zotheory.claims.double_smoothing`."""

from functools import partial

import sympy

from proofs import derive
from zotheory import estimators
from zotheory.measurements.falsehoods import scaled
from zotheory.methods.double_smoothing import step as shipped_step
from zotheory.theorems import double_smoothing as theorems

PREFIX = "double_smoothing."
HALF, TIGHTER = sympy.Rational(1, 2), sympy.Rational(99, 100)


def _ascend(f, state, z, *, h, **rest):
    return shipped_step(f, state, z, h=-h, **rest)


def _single(f, x, u, w, delta, eta):
    return estimators.two_point(f, x, u, delta)


def _no_cross_term(*, G, d, r):
    """Without the last term of the second moment, r^2/(1 + r^2)."""
    return theorems.second_moment(G=G, d=d, r=r) - G**2 * (d - 1) * r**2 / (1 + r**2)


def _half_leading(k, *, R, B, alpha, **rest):
    leading = (alpha + 1 / alpha) * R * B / sympy.sqrt(2 * k)
    return theorems.mean_gap_sharp(k, R=R, B=B, alpha=alpha, **rest) - leading / 2


def _scaled(claim, bound, factor):
    return partial(derive, PREFIX + claim, bound=scaled(bound, factor))


FALSEHOODS = {
    "double smoothing: half the second moment": (
        _scaled("second_moment", theorems.second_moment, HALF), "conclusion",
    ),
    "double smoothing: the second moment, one in a hundred less": (
        _scaled("second_moment", theorems.second_moment, TIGHTER), "conclusion",
    ),
    "double smoothing: a term less": (
        partial(derive, PREFIX + "second_moment", bound=_no_cross_term), "conclusion",
    ),
    "double smoothing: one smoothing": (
        partial(derive, PREFIX + "second_moment", estimator=_single), "the shipped estimate",
    ),
    "double smoothing: half the second moment, ball": (
        _scaled("second_moment_ball", theorems.second_moment_ball, HALF), "conclusion",
    ),
    "double smoothing: Lemma 2 with 2": (_scaled("lemma2", theorems.lemma2, sympy.Rational(2, 3)), "two Gaussian laws"),
    "double smoothing: Lemma 2 without d": (
        partial(derive, PREFIX + "lemma2", bound=lambda d, **rest: theorems.lemma2(d=1, **rest)), "two Gaussian laws",
    ),
    "double smoothing: half the sharp gap": (
        partial(derive, PREFIX + "mean_gap_sharp", bound=_half_leading), "conclusion",
    ),
    "double smoothing: ascent": (
        partial(derive, PREFIX + "mean_gap_sharp", step=_ascend), "the shipped step",
    ),
    "double smoothing: Theorem 2 with 4": (
        _scaled("mean_gap", theorems.mean_gap, sympy.Rational(4, 5)), "conclusion",
    ),
    "double smoothing: u_2 = u_1": (
        partial(derive, PREFIX + "mean_gap", difference=lambda t, *, R, d, u: u * R / t),
        "the shipped ratio of the radii",
    ),
    "double smoothing: half the single second moment": (
        _scaled("single_fails", theorems.single_second_moment, HALF), "conclusion",
    ),
}  # fmt: skip
TRUTHS: dict = {}
NOT_REDUCED: dict[str, str] = {}

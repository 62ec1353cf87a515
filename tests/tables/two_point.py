"""Table of `zotheory.theorems.two_point`, and of the moments and the reduced law that its proofs use."""

from dataclasses import replace

import sympy

from proofs import derive
from zotheory.directions import LAWS
from zotheory.methods.two_point import step as shipped_step
from zotheory.theorems import two_point

NOT_REDUCED: dict[str, str] = {}


def _ascend(f, state, u, *, h, **rest):
    return shipped_step(f, state, u, h=-h, **rest)


def _with_law(name, **changes):
    return {**LAWS, name: replace(LAWS[name], **changes)}


def _half_leading(k, *, R, G, s, alpha, **rest):
    return two_point.mean_gap(k, R=R, G=G, s=s, alpha=alpha, **rest) - R * G * sympy.sqrt(s / k) * sympy.Max(
        alpha, 1 / alpha
    )


def _half_leading_sharp(k, *, R, G, s, alpha, **rest):
    leading = (alpha + 1 / alpha) * R * G * sympy.sqrt(s / k)
    return two_point.mean_gap_sharp(k, R=R, G=G, s=s, alpha=alpha, **rest) - leading / 2


GAUSSIAN_SHORT = _with_law("gaussian", second_moment=lambda d: d + 1)
FALSEHOODS = {
    "half the bias": (lambda: derive("two_point.bias", bound=lambda **a: two_point.bias(**a) / 2), "conclusion"),
    "bias of second order": (
        lambda: derive("two_point.bias", bound=lambda delta, **a: two_point.bias(delta=delta**2, **a)), "conclusion",
    ),
    "half the second moment": (
        lambda: derive("two_point.second_moment", bound=lambda **a: two_point.second_moment(**a) / 2), "conclusion",
    ),
    "gaussian s(d) = d + 1": (
        lambda: derive("two_point.second_moment", laws=GAUSSIAN_SHORT),
        "the Gaussian second moment",
    ),
    "half the gap": (lambda: derive("two_point.mean_gap", bound=_half_leading), "conclusion"),
    "half the sharp gap": (lambda: derive("two_point.mean_gap_sharp", bound=_half_leading_sharp), "conclusion"),
    "the sharp gap by the other way": (
        lambda: derive("two_point.mean_gap", bound=two_point.mean_gap_sharp), "conclusion",
    ),
    "the gap by the sharp way": (
        lambda: derive("two_point.mean_gap_sharp", bound=two_point.mean_gap), "conclusion",
    ),
    "ascent": (lambda: derive("two_point.mean_gap", step=_ascend), "the shipped step"),
    "moments, gaussian s(d) = d + 1": (
        lambda: derive("directions.moments", laws=GAUSSIAN_SHORT), "the second moment under the gaussian law",
    ),
    "moments, sphere of radius d": (
        lambda: derive("directions.moments", laws=_with_law("sphere", norm_moment=lambda p, d: d**p)),
        "the moment of the length under the sphere law",
    ),
    "a degree of freedom too many": (lambda: derive("reduced.law", shift=1), "full-dimensional moments"),
}  # fmt: skip
TRUTHS: dict = {}

"""Table of the derivations of `zotheory.claims.lower_bounds`."""

import sympy

from proofs import derive
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.theorems import lower_bounds

NOT_REDUCED = {"lower_bounds.factor": "a comparison of two formulas: no method runs"}
linear_family = lower_bounds.linear_family


def _linear(**changes):
    return derive("lower_bounds.linear_family", **changes)


FALSEHOODS = {
    "a lower bound a hundredth higher": (
        lambda: _linear(bound=scaled(linear_family, sympy.Rational(101, 100))), "conclusion",
    ),
    "a lower bound of order d": (
        lambda: _linear(bound=lambda d, **rest: linear_family(d=d, **rest) * sympy.sqrt(d)), "conclusion",
    ),
    "a lower bound for m = 1 whatever m": (
        lambda: _linear(bound=changed(linear_family, m=lambda m: sympy.Integer(1))), "conclusion",
    ),
    "an eighth of the divergence": (
        lambda: _linear(quarter=sympy.Rational(1, 8)),
        "the mean square of the posterior mean",
    ),
    "a stronger signal": (lambda: _linear(signal=scaled(lower_bounds.signal, 2)), "conclusion"),
    "upper within 32 times lower": (lambda: derive("lower_bounds.factor", bound=lambda: 32), "conclusion"),
    "Gaussian directions within 34 times lower": (
        lambda: derive(
            "lower_bounds.factor",
            ratio=lambda k, d: lower_bounds.upper_over_lower(k, d) * sympy.sqrt((d + 2) / d),
        ),
        "the shipped ratio",
    ),
}  # fmt: skip
TRUTHS: dict = {}

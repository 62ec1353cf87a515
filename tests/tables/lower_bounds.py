"""Table of `zotheory.theorems.lower_bounds`."""

import sympy

import proofs.lower_bounds as proof
from tests.tables import counts, reals
from zotheory.theorems import lower_bounds

ARGUMENTS = {
    "lower_bounds.linear_family": {"k": counts, "m": counts, "d": counts, "R": reals, "G": reals},
    "lower_bounds.factor": {"k": counts, "d": counts},
}
EXAMPLES = {
    "lower_bounds.linear_family": {"k": 3, "m": 2, "d": 5, "R": 1.3, "G": 0.8},
    "lower_bounds.factor": {"k": 3, "d": 2},
}
rounds = {"k": "at least 1", "m": "at least 1", "d": "at least 1"}
CONDITIONS = {
    lower_bounds.signal: rounds,
    lower_bounds.linear_family: {**rounds, "R": "positive", "G": "positive"},
    lower_bounds.upper_over_lower: {"k": "at least 1", "d": "at least 1"},
}
VALUES = {"k": 3, "m": 2, "d": 5, "R": 1.4, "G": 0.8}
NUMERIC_ONLY: set = set()
NOT_REDUCED = {"lower_bounds.factor": "a comparison of two formulas: no method runs"}


def _times(factor):
    return lambda **arguments: factor * lower_bounds.linear_family(**arguments)


FALSEHOODS = {
    "a lower bound a quarter higher": (
        lambda: proof.linear_family_derivation(bound=_times(sympy.Rational(5, 4))), "conclusion",
    ),
    "a lower bound of order d": (
        lambda: proof.linear_family_derivation(
            bound=lambda d, **rest: lower_bounds.linear_family(d=d, **rest) * sympy.sqrt(d)
        ),
        "conclusion",
    ),
    "a lower bound for m = 1 whatever m": (
        lambda: proof.linear_family_derivation(bound=lambda m, **rest: lower_bounds.linear_family(m=1, **rest)),
        "conclusion",
    ),
    "an eighth of the divergence": (
        lambda: proof.linear_family_derivation(quarter=sympy.Rational(1, 8)), "E w_i",
    ),
    "a stronger signal": (
        lambda: proof.linear_family_derivation(signal=lambda **rest: 2 * lower_bounds.signal(**rest)), "conclusion",
    ),
    "upper within 32 times lower": (lambda: proof.factor_derivation(factor=32), "conclusion"),
    "Gaussian directions within 34 times lower": (
        lambda: proof.factor_derivation(
            ratio=lambda k, d: lower_bounds.upper_over_lower(k, d) * sympy.sqrt((d + 2) / d)
        ),
        "the shipped ratio",
    ),
}  # fmt: skip
TRUTHS: dict = {}

"""Table of `zotheory.theorems.sample_and_keep`."""

import sympy
from hypothesis import strategies as st

import proofs.sample_and_keep as proof
from tests.tables import counts, numbers, reals
from zotheory.measurements.spoiled import worst_candidate
from zotheory.theorems import sample_and_keep

ARGUMENTS = {
    "sample_and_keep.lower_bound": {"n": counts, "Q": numbers, "c": reals},
    "sample_and_keep.expected_contraction": {"n": counts, "Q": numbers, "kappa": reals},
    "sample_and_keep.best_grid": {"q": st.floats(1, 5), "delta": st.floats(0.01, 0.5)},
}
EXAMPLES = {
    "sample_and_keep.lower_bound": {"n": 3, "Q": 1.5, "c": 0.7},
    "sample_and_keep.expected_contraction": {"n": 3, "Q": 1.5, "kappa": 0.9},
    "sample_and_keep.best_grid": {"q": 1.5, "delta": 0.2},
}
size = {"n": "at least 1", "Q": "at least 1"}
grid = {"q": "at least 1", "delta": "positive"}
CONDITIONS = {
    sample_and_keep.factor: {**size, "c": "nonnegative"},
    sample_and_keep.lowest_factor: {**size, "c": "positive"},
    sample_and_keep.chance: {**size, "c": "positive", "m": "at least 1"},
    sample_and_keep.cone: {**size, "c": "positive"},
    sample_and_keep.progress: {"n": "at least 1", "kappa": "positive"},
    sample_and_keep.expected_contraction: {**size, "kappa": "positive"},
    sample_and_keep.level: grid,
    sample_and_keep.window: grid,
    sample_and_keep.success: grid,
    sample_and_keep.merit: grid,
}
VALUES = {"n": 3, "Q": 1.5, "c": 0.7, "m": 4, "kappa": 0.9, "q": 1.5, "delta": 0.2}
NUMERIC_ONLY = {sample_and_keep.progress, sample_and_keep.expected_contraction}  # incomplete beta functions


def _rational(x):
    return sympy.Rational(str(x))


FALSEHOODS = {
    "half the chance": (
        lambda: proof.lower_bound_derivation(chance=lambda **a: sample_and_keep.chance(**a) / 2), "chance",
    ),
    "a squared chance": (
        lambda: proof.lower_bound_derivation(chance=lambda **a: 2 * sample_and_keep.chance(**a) ** 2), "chance",
    ),
    "no logarithm": (
        lambda: proof.lower_bound_derivation(lowest_factor=lambda n, Q, c: sample_and_keep.factor(n=n, Q=Q, c=c)),
        "eps",
    ),
    "a wider cone": (
        lambda: proof.lower_bound_derivation(cone=lambda n, Q, c: Q * sample_and_keep.cone(n=n, Q=Q, c=c)), "tau",
    ),
    "lower bound, worst candidate": (lambda: proof.lower_bound_derivation(step=worst_candidate), "keep the lowest"),
    "twice the expected fall": (lambda: proof.expected_derivation(scale=2), "expected gap"),
    "expected fall over sqrt n": (lambda: proof.expected_derivation(power=_rational(0.5)), "expected gap"),
    "expected fall, 0.405 for every n": (
        lambda: proof.expected_derivation(constant=_rational(0.405)), "constant, limit",
    ),
    "expected fall, worst candidate": (lambda: proof.expected_derivation(step=worst_candidate), "keep the lowest"),
    "half the level": (
        lambda: proof.grid_derivation(level=lambda **a: sample_and_keep.level(**a) / 2), "within the window",
    ),
    "merit below 0.1483": (lambda: proof.grid_derivation(most=_rational(0.1483)), "largest merit"),
    "levels up to 1.4": (lambda: proof.grid_derivation(highest=_rational(1.4)), "2 <= n <= 60"),
    "grid, worst candidate": (lambda: proof.grid_derivation(step=worst_candidate), "keep the lowest"),
}  # fmt: skip
TRUTHS = {
    "expected fall, 0.404 for every n": lambda: proof.expected_derivation(constant=_rational(0.404)),
    "levels up to 1": lambda: proof.grid_derivation(highest=sympy.Integer(1)),
}
NOT_REDUCED: dict[str, str] = {}

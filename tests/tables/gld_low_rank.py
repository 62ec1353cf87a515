"""Table of `zotheory.theorems.gld_low_rank`."""

import sympy
from hypothesis import strategies as st

import proofs.gld_low_rank as proof
from tests.tables import counts, numbers, reals
from zotheory.theorems import gld_low_rank

ARGUMENTS = {
    "gld_low_rank.one_step": {"k": counts, "Q": numbers},
    "gld_low_rank.smooth_step": {"k": counts, "Q": numbers},
    "gld_low_rank.unknown_dimension": {
        "n": st.integers(100, 10**6), "k": st.integers(1, 100), "Q": numbers, "log_ratio": reals,
        "R": st.floats(0, 3).map(lambda x: 10.0**x), "r": st.floats(-3, -0.1).map(lambda x: 10.0**x),
    },
    "gld_low_rank.perturbed": {"gap": reals, "delta": reals, "k": counts, "Q": numbers},
}  # fmt: skip
EXAMPLES = {
    "gld_low_rank.one_step": {"k": 3, "Q": 1.5},
    "gld_low_rank.smooth_step": {"k": 3, "Q": 1.5},
    "gld_low_rank.unknown_dimension": {"n": 9, "k": 3, "Q": 1.5, "log_ratio": 0.7, "R": 1.4, "r": 0.03},
    "gld_low_rank.perturbed": {"gap": 2.3, "delta": 0.3, "k": 3, "Q": 1.5},
}
size = {"k": "at least 1", "Q": "at least 1"}
CONDITIONS = {
    gld_low_rank.contraction: size,
    gld_low_rank.smooth_contraction: size,
    gld_low_rank.success_below: {"k": "at least 3", "a": "positive", "delta": "nonnegative"},
    gld_low_rank.evaluations: {
        "n": "at least 1", **size, "log_ratio": "positive", "R": "positive", "r": "positive",
    },
    gld_low_rank.perturbed_gap: {"gap": "nonnegative", "delta": "nonnegative", **size},
    gld_low_rank.perturbed_contraction: size,
    gld_low_rank.least_gap: {"delta": "nonnegative", **size},
}  # fmt: skip
VALUES = {"n": 9, "k": 3, "Q": 1.5, "a": 0.6, "delta": 0.3, "log_ratio": 0.7, "R": 1.4, "r": 0.03, "gap": 2.3}
NUMERIC_ONLY = {gld_low_rank.success_below}  # an incomplete beta function
NOT_REDUCED: dict[str, str] = {}


def _level(x):
    return sympy.Rational(x, 10_000)


FALSEHOODS = {
    "low rank, one step above Phi(-0.672)": (lambda: proof.one_step_derivation(_level(6720)), "limit"),
    "low rank, 1/4 in [L/2, L]": (
        lambda: proof.one_step_derivation(_level(6744), low=sympy.Rational(1, 2)), "3 <= k <= 120",
    ),
    "low rank, radii too small": (
        lambda: proof.one_step_derivation(_level(6744), low=sympy.Rational(1, 3)), "last radius reaches",
    ),
    "low rank, 1 - 1/(2 k Q)": (
        lambda: proof.smooth_step_derivation(lambda k, Q: 1 - 1 / (2 * k * Q)), "progress",
    ),
    "low rank, one dimension too few": (
        lambda: proof.smooth_step_derivation(lambda k, Q: gld_low_rank.smooth_contraction(k=k - 1, Q=Q)), "progress",
    ),
    "low rank, deviations down to r": (
        lambda: proof.unknown_dimension_derivation(gld_low_rank.evaluations, last=lambda r, n: r), "last",
    ),
    "low rank, evaluations without log2 n": (
        lambda: proof.unknown_dimension_derivation(
            lambda n, R, **rest: gld_low_rank.evaluations(n=n, R=R / n, **rest)
        ),
        "evaluations",
    ),
    "low rank, a perturbation adds delta": (
        lambda: proof.perturbed_derivation(
            lambda delta, **rest: gld_low_rank.perturbed_gap(delta=delta / 2, **rest), gld_low_rank.least_gap
        ),
        "one step",
    ),
    "low rank, least gap 19 delta k Q": (
        lambda: proof.perturbed_derivation(
            gld_low_rank.perturbed_gap, lambda **a: gld_low_rank.least_gap(**a) * sympy.Rational(19, 20)
        ),
        "half the progress",
    ),
}  # fmt: skip
TRUTHS = {"low rank, one step above Phi(-0.6744)": lambda: proof.one_step_derivation(_level(6744))}

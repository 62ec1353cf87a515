"""Table of `zotheory.theorems.gld_fast`."""

import sympy
from hypothesis import strategies as st

import proofs.gld_fast as proof
from tests.tables import counts, reals
from zotheory.theorems import gld_fast

several = st.floats(0, 2).map(lambda x: 10.0**x)
count_arguments = {
    "n": counts,
    "Q": several,
    "diameter": several,
    "eps": st.floats(1e-6, 0.9),
    "p": st.floats(0.01, 0.99),
}
ARGUMENTS = {
    "gld_fast.coverage": {"n": counts, "Q": st.floats(1, 10), "guess": st.floats(10, 1e4)},
    "gld_fast.epochs": {"i": st.integers(0, 100), "diameter": reals},
    "gld_fast.underestimate": {"i": st.integers(0, 100), "diameter": reals},
    "gld_fast.evaluations": count_arguments,
    "gld_fast.evaluations_sharp": count_arguments,
}
count_example = {"n": 3, "Q": 1.5, "diameter": 1.4, "eps": 0.1, "p": 0.25}
EXAMPLES = {
    "gld_fast.coverage": {"n": 3, "Q": 2.0, "guess": 3.8},
    "gld_fast.epochs": {"i": 3, "diameter": 1.4},
    "gld_fast.underestimate": {"i": 3, "diameter": 1.4},
    "gld_fast.evaluations": count_example,
    "gld_fast.evaluations_sharp": count_example,
}
size = {"n": "at least 1", "Q": "at least 1"}
count_conditions = {**size, "diameter": "positive", "eps": "positive", "p": "in (0, 1)"}
CONDITIONS = {
    gld_fast.epoch: {**size, "p": "in (0, 1)"},
    gld_fast.epoch_sharp: {**size, "p": "in (0, 1)"},
    gld_fast.covered: {**size, "guess": "at least 1"},
    gld_fast.distance: {"i": "nonnegative", "diameter": "positive"},
    gld_fast.epochs_failure: {"i": "nonnegative", **size},
    gld_fast.epochs_failure_underestimated: {"i": "nonnegative", **size},
    gld_fast.epochs_failure_sharp: {"i": "nonnegative", **size},
    gld_fast.evaluations: count_conditions,
    gld_fast.evaluations_sharp: count_conditions,
}
VALUES = {"n": 3, "Q": 1.5, "guess": 2.2, "i": 2, "diameter": 1.4, "eps": 0.1, "p": 0.25}
NUMERIC_ONLY: set = set()


def _without_radii(bound):
    """The abstract's rate: a factor log2(Q) + 7 dropped."""
    return lambda *, Q, **rest: (bound(Q=Q, **rest) - 1) / (sympy.log(Q) / sympy.log(2) + 7) + 1


FALSEHOODS = {
    "radii about the diameter": (lambda: proof.coverage_derivation(start=lambda R, guess: R), "from below"),
    "radii about the diameter/Q^2": (
        lambda: proof.coverage_derivation(start=lambda R, guess: R / guess**2), "from above",
    ),
    "half of Q will do": (
        lambda: proof.coverage_derivation(lowest=sympy.Rational(1, 2)), "underestimate, from below",
    ),
    "epochs of quartered gaps from a distance": (
        lambda: proof.epochs_derivation(length=gld_fast.epoch_sharp), "steps of an epoch",
    ),
    "the gap has to fall by 4 only": (lambda: proof.epochs_derivation(fall=lambda Q: 4), "fall"),
    "the epochs as printed": (
        lambda: proof.epochs_derivation(length=lambda *, n, Q, p: n * Q * sympy.log(Q) / sympy.log(2)),
        "steps of an epoch",
    ),
    "an epoch without its last step": (
        lambda: proof.epochs_derivation(length=lambda **sizes: gld_fast.epoch(**sizes) - 1), "steps of an epoch",
    ),
    "epochs told 0.8 Q": (
        lambda: proof.underestimate_derivation(lowest=sympy.Rational(4, 5)), "underestimate, from below",
    ),
    "GLD-Fast at the rate of the abstract": (
        lambda: proof.evaluations_derivation(bound=_without_radii(gld_fast.evaluations)), "the shipped bound",
    ),
    "GLD-Fast, half the evaluations": (
        lambda: proof.evaluations_derivation(bound=lambda **a: gld_fast.evaluations(**a) / 2), "the shipped bound",
    ),
    "shorter epochs, none to start with": (
        lambda: proof.evaluations_sharp_derivation(extra=lambda Q: sympy.Integer(0)), "epochs to start with",
    ),
    "shorter epochs, half as long": (
        lambda: proof.evaluations_sharp_derivation(length=lambda **sizes: gld_fast.epoch_sharp(**sizes) / 2),
        "steps of an epoch",
    ),
    "shorter epochs, half the evaluations": (
        lambda: proof.evaluations_sharp_derivation(bound=lambda **a: gld_fast.evaluations_sharp(**a) / 2),
        "the shipped bound",
    ),
}  # fmt: skip
TRUTHS = {
    "radii about 0.9 diameter/Q": lambda: proof.coverage_derivation(
        start=lambda R, guess: sympy.Rational(9, 10) * R / guess
    ),
}
A_STEP = "an epoch takes more than 40 n Q steps; a step is measured there, gld_fast.coverage"
NOT_REDUCED = dict.fromkeys(
    ("gld_fast.epochs", "gld_fast.underestimate", "gld_fast.evaluations", "gld_fast.evaluations_sharp"), A_STEP
)

"""Table of `zotheory.theorems.gld_fast`."""

from functools import partial

import sympy
from sympy import Rational

from proofs import derive
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.theorems import gld_fast

coverage = partial(derive, "gld_fast.coverage")
epochs = partial(derive, "gld_fast.epochs")
underestimate = partial(derive, "gld_fast.underestimate")
evaluations = partial(derive, "gld_fast.evaluations")
sharp = partial(derive, "gld_fast.evaluations_sharp")
half, less = Rational(1, 2), Rational(99, 100)


def _without_radii(*, Q, **rest):
    """The abstract's rate: a factor log2(Q) + 7 dropped."""
    return (gld_fast.evaluations(Q=Q, **rest) - 1) / (sympy.log(Q) / sympy.log(2) + 7) + 1


def _printed(*, n, Q, p):
    return n * Q * sympy.log(Q) / sympy.log(2)


FALSEHOODS = {
    "radii about the diameter": (lambda: coverage(start=lambda R, guess: R), "the reach of the smallest radius"),
    "radii about the diameter/Q^2": (
        lambda: coverage(start=lambda R, guess: R / guess**2),
        "the reach of the largest radius",
    ),
    "half of Q will do": (lambda: coverage(lowest=half), "the reach from below for a guess too small"),
    "a smaller contraction": (lambda: coverage(bound=changed(gld_fast.covered, n=lambda n: less * n)), "contraction"),
    "epochs of quartered gaps from a distance": (lambda: epochs(length=gld_fast.epoch_sharp), "steps of an epoch"),
    "the gap has to fall by 4 only": (lambda: epochs(fall=lambda Q: 4), "fall"),
    "the epochs as printed": (lambda: epochs(length=_printed), "steps of an epoch"),
    "an epoch without its last step": (
        lambda: epochs(length=lambda **sizes: gld_fast.epoch(**sizes) - 1), "steps of an epoch",
    ),
    "a hundredth less of the distance": (
        lambda: epochs(bound=scaled(gld_fast.distance, less)), "after the first epoch",
    ),
    "epochs told 0.8 Q": (lambda: underestimate(lowest=Rational(4, 5)), "the reach from below for a guess too small"),
    "a third of the distance": (
        lambda: underestimate(bound=lambda i, diameter: diameter / 3**i), "after the first epoch",
    ),
    "GLD-Fast at the rate of the abstract": (lambda: evaluations(bound=_without_radii), "the count"),
    "GLD-Fast, half the evaluations": (lambda: evaluations(bound=scaled(gld_fast.evaluations, half)), "the count"),
    "shorter epochs, none to start with": (
        lambda: sharp(extra=lambda Q: sympy.Integer(0)), "epochs to start with",
    ),
    "shorter epochs, half as long": (
        lambda: sharp(length=scaled(gld_fast.epoch_sharp, half)), "steps of an epoch",
    ),
    "shorter epochs, half the evaluations": (
        lambda: sharp(bound=scaled(gld_fast.evaluations_sharp, half)), "the count",
    ),
}  # fmt: skip
TRUTHS = {
    "radii about 0.9 diameter/Q": lambda: coverage(start=lambda R, guess: Rational(9, 10) * R / guess),
}
A_STEP = "an epoch takes more than 40 n Q steps; a step is measured there, gld_fast.coverage"
NOT_REDUCED = dict.fromkeys(
    ("gld_fast.epochs", "gld_fast.underestimate", "gld_fast.evaluations", "gld_fast.evaluations_sharp"), A_STEP
)

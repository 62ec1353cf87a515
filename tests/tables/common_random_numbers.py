"""Table of the claims `common_random_numbers`."""

import sympy

from proofs import derive
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.theorems import common_random_numbers as bounds

NEARLY = sympy.Rational(99, 100)


def _derives(claim, **changes):
    return lambda: derive(f"common_random_numbers.{claim}", **changes)


def _times(factor):
    return lambda x: sympy.Rational(factor) * x


FALSEHOODS = {
    "common noise: without the product": (
        _derives("square", bound=lambda alpha, ell, kappa, B: (ell * alpha) ** 2 + kappa * alpha * B**2), "the bound",
    ),
    "common noise: half the jumps": (
        _derives("square", bound=changed(bounds.square, kappa=_times("1/2"))), "the bound",
    ),
    "common noise: wrong a hundredth less often": (_derives("wrong", bound=scaled(bounds.wrong, NEARLY)), "the bound"),
    "common noise: one draw less": (_derives("wrong", bound=changed(bounds.wrong, m=lambda m: m + 1)), "the bound"),
    "common noise: a hundredth of the draws less": (
        _derives("wrong", enough=scaled(bounds.draws, NEARLY)), "enough draws",
    ),
    "common noise: half of the loss": (_derives("loss", bound=scaled(bounds.lost, sympy.Rational(1, 2))), "the bound"),
    "common noise: right a hundredth less often": (_derives("right", bound=scaled(bounds.right, NEARLY)), "the bound"),
    "common noise: right as one draw is": (
        _derives("right", bound=changed(bounds.right, m=lambda m: sympy.Integer(1))), "the bound",
    ),
}  # fmt: skip
TRUTHS = {"common noise: the draws named": _derives("wrong", enough=bounds.draws)}
NOT_REDUCED = dict.fromkeys(
    (f"common_random_numbers.{name}" for name in ("square", "wrong", "loss", "right")),
    "it speaks of two fixed points, and of nothing between or beside them",
)

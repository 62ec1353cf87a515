"""Table of the claims `relative_loss_minibatch`."""

from functools import partial

import sympy

from proofs import derive
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.spoiled import keep_the_higher
from zotheory.methods.relative_loss import step, weighted_step
from zotheory.theorems import relative_loss_minibatch as bounds

HALF = sympy.Rational(1, 2)
NEARLY = sympy.Rational(99, 100)


def _derives(claim, **changes):
    return lambda: derive(f"relative_loss_minibatch.{claim}", **changes)


def _times(factor):
    return lambda x: sympy.Rational(factor) * x


def _backwards(f, state, move, *, h):
    """The sign error of the value-weighted form."""
    return weighted_step(f, state, move, h=-h)


FALSEHOODS = {
    "mini-batch: L alpha^2/4": (_derives("decrease", bound=changed(bounds.decrease, L=_times("2/3"))), "fall"),
    "mini-batch: half the noise": (_derives("decrease", bound=changed(bounds.decrease, noise=_times("1/2"))), "fall"),
    "mini-batch: both half-spaces": (
        _derives("decrease", bound=changed(bounds.decrease, g=_times(2), noise=_times(2))), "fall",
    ),
    "mini-batch: keep the higher": (_derives("decrease", step=keep_the_higher), "the lower of two values"),
    "mini-batch: no floor": (
        _derives("stationary", bound=changed(bounds.mean_gradient, spread=_times(0))), "mean gradient",
    ),
    "mini-batch: noise of 1/B": (
        _derives("stationary", bound=changed(bounds.mean_gradient, B=lambda B: B**2)), "mean gradient",
    ),
    "mini-batch: half the gap": (
        _derives("stationary", bound=changed(bounds.mean_gradient, gap=_times("1/2"))), "mean gradient",
    ),
    "mini-batch: a hundredth less": (
        _derives("stationary", bound=scaled(bounds.mean_gradient, NEARLY)), "mean gradient",
    ),
    "mini-batch: another best radius": (
        _derives("stationary", best=scaled(bounds.radius, 2)), "the loss at another radius",
    ),
    "mini-batch: growing, half the noise": (
        _derives("growing", noise=scaled(bounds.growing_noise, HALF)), "mean noise",
    ),
    "mini-batch: growing, a hundredth less": (
        _derives("growing", bound=scaled(bounds.growing, NEARLY)), "mean gradient",
    ),
    "mini-batch: growing, 1/T": (
        _derives("growing", bound=changed(bounds.growing, T=lambda T: T**2)), "mean gradient",
    ),
    "mini-batch: growing, one batch a step": (_derives("growing", count=scaled(bounds.samples, HALF)), "samples"),
    "mini-batch: floor, half the fluctuation": (
        _derives("floor", bound=changed(bounds.floor, alpha=_times("1/2"))), "floor",
    ),
    "mini-batch: floor, keep the higher": (_derives("floor", step=keep_the_higher), "the lower of two values"),
    "mini-batch: weighted, no bias": (
        _derives("weighted", bound=changed(bounds.weighted_decrease, delta=_times("1/2"))), "fall",
    ),
    "mini-batch: weighted, no dimension": (
        _derives("weighted", bound=changed(bounds.weighted_decrease, d=lambda d: sympy.Integer(1))), "fall",
    ),
    "mini-batch: weighted, sign": (_derives("weighted", step=_backwards), "the two-point step"),
    "mini-batch: per evaluation, a hundredth less": (
        _derives("per_evaluation", bound=scaled(bounds.per_evaluation, NEARLY)), "the most that accept or reject takes",
    ),
    "mini-batch: per evaluation, dimension-free": (
        _derives("per_evaluation", bound=changed(bounds.per_evaluation, d=lambda d: sympy.Integer(1))),
        "the most that accept or reject takes",
    ),
}  # fmt: skip
TRUTHS = {"mini-batch: momentum 0": _derives("decrease", step=partial(step, beta=0.0))}
NOT_REDUCED = {"relative_loss_minibatch.floor": "the statement is about the line"}

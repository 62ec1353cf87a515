"""Table of `zotheory.theorems.relative_loss_minibatch`."""

from functools import partial

import sympy
from hypothesis import strategies as st

import proofs.relative_loss_minibatch as proof
from tests.tables import counts, numbers, reals
from zotheory.methods.relative_loss import step, weighted_step
from zotheory.theorems import relative_loss_minibatch as bounds

run = {"T": counts, "gap": reals, "L": reals, "d": counts, "spread": reals}
near = st.floats(-1, 1).map(lambda x: 10.0**x)
ARGUMENTS = {
    "relative_loss_minibatch.decrease": {
        "alpha": st.floats(0.1, 0.2), "g": st.floats(20, 40), "noise": st.floats(0.1, 10), "L": st.floats(0.1, 1),
        "d": st.integers(1, 100),
    },
    "relative_loss_minibatch.stationary": run | {"alpha": reals, "B": counts},
    "relative_loss_minibatch.growing": run | {"slope": reals},
    "relative_loss_minibatch.floor": {
        "p": st.floats(0.1, 0.4), "a": st.floats(10, 20), "alpha": st.floats(0.01, 1), "L": reals,
    },
    "relative_loss_minibatch.weighted": {
        "h": st.floats(0.001, 0.002), "delta": st.floats(0.001, 0.01), "g": st.floats(1, 2), "rms": st.floats(1, 2),
        "L": near, "d": st.integers(1, 10),
    },
    "relative_loss_minibatch.per_evaluation": {"g": reals, "L": reals, "d": numbers},
}  # fmt: skip
left = {"T": 3, "gap": 0.7, "L": 1.6, "d": 4, "spread": 0.9}
EXAMPLES = {
    "relative_loss_minibatch.decrease": {"alpha": 0.2, "g": 2.2, "noise": 0.6, "L": 1.6, "d": 3},
    "relative_loss_minibatch.stationary": left | {"alpha": 0.2, "B": 5},
    "relative_loss_minibatch.growing": left | {"slope": 0.3},
    "relative_loss_minibatch.floor": {"p": 0.2, "a": 1.4, "alpha": 0.3, "L": 1.6},
    "relative_loss_minibatch.weighted": {"h": 0.1, "delta": 0.2, "g": 2.2, "rms": 2.6, "L": 1.6, "d": 3},
    "relative_loss_minibatch.per_evaluation": {"g": 2.2, "L": 1.6, "d": 3},
}
smooth = {"T": "at least 1", "gap": "positive", "L": "positive"}
CONDITIONS = {
    bounds.decrease: {
        "alpha": "positive", "g": "positive", "noise": "nonnegative", "L": "nonnegative", "d": "at least 1",
    },
    bounds.mean_gradient: smooth | {
        "alpha": "positive", "L": "nonnegative", "d": "at least 1", "spread": "nonnegative", "B": "at least 1",
    },
    bounds.batch_noise: {"spread": "nonnegative", "B": "at least 1"},
    bounds.radius: smooth,
    bounds.growing: smooth | {"d": "at least 1", "spread": "nonnegative", "slope": "positive"},
    bounds.growing_noise: {"T": "at least 1", "spread": "nonnegative", "slope": "positive"},
    bounds.balanced_slope: {"gap": "positive", "L": "positive", "d": "at least 1", "spread": "positive"},
    bounds.samples: {"T": "at least 1", "slope": "positive"},
    bounds.floor: {"p": "in (0, 1)", "a": "positive", "alpha": "positive", "L": "positive"},
    bounds.weighted_decrease: {
        "h": "positive", "delta": "positive", "g": "positive", "rms": "positive", "L": "nonnegative", "d": "at least 1",
    },
    bounds.per_evaluation: {"g": "positive", "L": "positive", "d": "at least 1"},
}  # fmt: skip
VALUES = left | {"alpha": 0.2, "g": 2.2, "noise": 0.6, "B": 5, "slope": 0.3, "p": 0.2, "a": 1.4, "h": 0.1}
VALUES |= {"delta": 0.2, "rms": 2.6}
NUMERIC_ONLY: set[object] = set()


def _with(bound, **changes):
    """The bound with arguments changed by functions."""
    return lambda **a: bound(**a | {name: change(a[name]) for name, change in changes.items()})


def _scaled(bound, factor):
    return lambda **arguments: sympy.Rational(factor) * bound(**arguments)


def _times(factor):
    return lambda x: sympy.Rational(factor) * x


def _backwards(f, state, move, *, h):
    """The sign bug of the value-weighted form."""
    return weighted_step(f, state, move, h=-h)


FALSEHOODS = {
    "mini-batch: L alpha^2/4": (
        lambda: proof.decrease_derivation(_with(bounds.decrease, L=_times("2/3"))), "fall",
    ),
    "mini-batch: half the noise": (
        lambda: proof.decrease_derivation(_with(bounds.decrease, noise=_times("1/2"))), "fall",
    ),
    "mini-batch: both half-spaces": (
        lambda: proof.decrease_derivation(_with(bounds.decrease, g=_times(2), noise=_times(2))), "fall",
    ),
    "mini-batch: keep the higher": (
        lambda: proof.decrease_derivation(step=bounds.keep_the_higher), "keep the lower",
    ),
    "mini-batch: no floor": (
        lambda: proof.stationary_derivation(_with(bounds.mean_gradient, spread=_times(0))), "mean gradient",
    ),
    "mini-batch: noise of 1/B": (
        lambda: proof.stationary_derivation(_with(bounds.mean_gradient, B=lambda B: B**2)), "mean gradient",
    ),
    "mini-batch: half the gap": (
        lambda: proof.stationary_derivation(_with(bounds.mean_gradient, gap=_times("1/2"))), "mean gradient",
    ),
    "mini-batch: another best radius": (
        lambda: proof.stationary_derivation(best=_scaled(bounds.radius, 2)), "no radius is better",
    ),
    "mini-batch: growing, half the noise": (
        lambda: proof.growing_derivation(noise=_scaled(bounds.growing_noise, "1/2")), "mean noise",
    ),
    "mini-batch: growing, half the bound": (
        lambda: proof.growing_derivation(_scaled(bounds.growing, "1/2")), "mean gradient",
    ),
    "mini-batch: growing, 1/T": (
        lambda: proof.growing_derivation(_with(bounds.growing, T=lambda T: T**2)), "mean gradient",
    ),
    "mini-batch: growing, one batch a step": (
        lambda: proof.growing_derivation(count=_scaled(bounds.samples, "1/2")), "samples",
    ),
    "mini-batch: floor, half the fluctuation": (
        lambda: proof.floor_derivation(_with(bounds.floor, alpha=_times("1/2"))), "floor: difference",
    ),
    "mini-batch: floor, keep the higher": (
        lambda: proof.floor_derivation(step=bounds.keep_the_higher), "keep the lower",
    ),
    "mini-batch: weighted, no bias": (
        lambda: proof.weighted_derivation(_with(bounds.weighted_decrease, delta=_times("1/2"))), "fall",
    ),
    "mini-batch: weighted, no dimension": (
        lambda: proof.weighted_derivation(_with(bounds.weighted_decrease, d=lambda d: sympy.Integer(1))), "fall",
    ),
    "mini-batch: weighted, sign": (
        lambda: proof.weighted_derivation(step=_backwards), "two-point descent",
    ),
    "mini-batch: per evaluation, half of it": (
        lambda: proof.per_evaluation_derivation(_scaled(bounds.per_evaluation, "1/2")), "accept/reject",
    ),
    "mini-batch: per evaluation, dimension-free": (
        lambda: proof.per_evaluation_derivation(_with(bounds.per_evaluation, d=lambda d: sympy.Integer(1))),
        "accept/reject",
    ),
}  # fmt: skip
TRUTHS = {"mini-batch: momentum 0": lambda: proof.decrease_derivation(step=partial(step, beta=0.0))}
NOT_REDUCED = {"relative_loss_minibatch.floor": "the statement is about the line"}

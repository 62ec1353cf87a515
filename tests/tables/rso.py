"""Table of the claims `rso`."""

from functools import partial

import sympy

from proofs import derive
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.spoiled import keep_the_highest
from zotheory.methods.rso import draw, step
from zotheory.theorems import rso as bounds

HALF = sympy.Rational(1, 2)
NEARLY = sympy.Rational(99, 100)


def _derives(claim, **changes):
    return lambda: derive(f"rso.{claim}", **changes)


def _times(factor):
    return lambda x: sympy.Rational(factor) * x


def _other_coordinate(*args, **hyper):
    """One coordinate too far."""
    move = draw(*args, **hyper)
    return move._replace(i=(move.i + 1) % 3)


def _always_decaying(f, state, move, *, decay):
    return step(f, state, move, decay=HALF)


FALSEHOODS = {
    "rso: a hundredth more": (_derives("decrease", bound=scaled(bounds.decrease, 1 / NEARLY)), "fall"),
    "rso: half the curvature": (_derives("decrease", bound=changed(bounds.decrease, L=_times("1/2"))), "fall"),
    "rso: keep the highest": (_derives("decrease", step=keep_the_highest), "the lowest of three values"),
    "rso: decay where none is": (_derives("decrease", step=_always_decaying), "candidate 1"),
    "rso: another coordinate": (_derives("draw", draw=_other_coordinate), "the shipped draw"),
    "rso: the plain fall is exact": (_derives("decrease_sharp", bound=bounds.decrease), "the fall"),
    "rso: the threshold at half": (
        _derives("decrease_sharp", bound=lambda s, g, L: bounds.decrease_sharp.formula(s=s, g=g / 2, L=L)
                 + bounds.decrease(s=s, g=g / 2, L=0)), "the fall",
    ),
    "rso: mini-batch, half the noise": (
        _derives("minibatch", bound=changed(bounds.minibatch, noise=_times("1/2"))), "the fall",
    ),
    "rso: mini-batch, L s^2/2": (_derives("minibatch", bound=changed(bounds.minibatch, L=_times("2/3"))), "the fall"),
    "rso: mini-batch, keep the highest": (_derives("minibatch", step=keep_the_highest), "the lowest of three values"),
    "rso: decay without a price": (_derives("decay", bound=changed(bounds.decay, y=_times(0))), "the fall"),
    "rso: decay the other way": (_derives("decay", bound=changed(bounds.decay, y=_times(-1))), "the fall"),
    "rso: a cycle without coupling": (_derives("sweep", bound=changed(bounds.sweep, mixed=_times(0))), "the fall"),
    "rso: a cycle of half the coupling": (
        _derives("sweep", bound=changed(bounds.sweep, mixed=_times("1/2"))), "the fall",
    ),
    "rso: all cycles, half the gap": (
        _derives("stationary", bound=changed(bounds.stationary, gap=_times("1/2"))), "the mean gradient",
    ),
    "rso: all cycles, 1/K": (
        _derives("stationary", bound=changed(bounds.stationary, K=lambda K: K**2)), "the mean gradient",
    ),
    "rso: all cycles, as if none were shorter": (
        _derives("stationary", bound=changed(bounds.stationary, a=lambda a: sympy.Integer(1))), "the mean gradient",
    ),
    "rso: another best deviation": (
        _derives("stationary", best=scaled(bounds.deviation, 2)), "the shipped deviation",
    ),
}  # fmt: skip
TRUTHS = {"rso: the step named": _derives("decrease", step=partial(step))}
NOT_REDUCED = dict.fromkeys(
    (f"rso.{name}" for name in ("decrease", "decrease_sharp", "minibatch", "decay", "sweep", "stationary")),
    "its steps are along the axes, which reduced coordinates do not have",
)

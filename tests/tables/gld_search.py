"""Table of `zotheory.theorems.gld_search`."""

from functools import partial

import numpy as np
from sympy import Rational

from proofs import derive
from zotheory.measurements.falsehoods import scaled
from zotheory.measurements.spoiled import clearly_lower_candidate, worst_candidate
from zotheory.methods.gld_search import State
from zotheory.theorems import gld_search
from zotheory.values import argmin

NOT_REDUCED: dict[str, str] = {}


def _level(x):
    return Rational(x, 10_000)


def _ties_move(f, state, v, move=True):
    """The shipped step, but that it leaves x when the best candidate is as good."""
    y = state.x[..., None, :] + v
    best, value = argmin(y, f(y))
    moves = np.logical_not(state.fx < value) if move else np.asarray(value < state.fx)
    return State(np.where(moves[..., None], best, state.x), np.where(moves, value, state.fx))


def _ties_move_if(batch, f, state, v):
    """The same in a batch only, or in a single run only."""
    return _ties_move(f, state, v, move=(state.x.ndim > 1) == batch)


less = Rational(99, 100)
more = 1 / less
overlap = partial(derive, "gld_search.ball_overlap", upto=50)
one_step = partial(derive, "gld_search.one_step", upto=50)
iterations = partial(derive, "gld_search.iterations")
final_distance = partial(derive, "gld_search.final_distance")
invariance = partial(derive, "gld_search.invariance")

FALSEHOODS = {
    "a larger tangent ball": (
        lambda: derive("gld_search.tangent_ball", bound=scaled(gld_search.tangent_ball_radius, more)),
        "the radius of the ball",
    ),
    "overlap above Phi(-0.7497)": (
        lambda: overlap(level=_level(7497)),
        "the limit of the threshold at the smallest radius",
    ),
    "overlap above 1/4": (lambda: overlap(level=_level(6744)), "the shared fraction in one dimension"),
    "another share": (
        lambda: derive("gld_search.ball_overlap", bound=scaled(gld_search.overlap, 0.99)), "the shipped share",
    ),
    "one step above Phi(-0.672)": (lambda: one_step(level=_level(6720)), "limit"),
    "1/4 in [L/2, L]": (lambda: one_step(low=Rational(1, 2)), "the dimensions from 3 to 50"),
    "radii too small": (lambda: one_step(low=Rational(1, 3)), "the reach of the last radius"),
    "radii too large": (lambda: one_step(low=Rational(3, 5)), "the reach of the first radius"),
    "a smaller contraction": (
        lambda: one_step(bound=scaled(gld_search.contraction, less)), "the gap at the contracted point",
    ),
    "failure exp(-S/3)": (lambda: iterations(exponent=Rational(1, 3)), "the constant in the exponent"),
    "fewer steps": (lambda: iterations(bound=scaled(gld_search.iterations, less)), "the number of steps"),
    "four fifths of the final distance": (
        lambda: final_distance(bound=scaled(gld_search.final_distance, Rational(4, 5))),
        "the constant of the final distance",
    ),
    "half the steps to the floor": (
        lambda: final_distance(steps=scaled(gld_search.steps_to_floor, Rational(1, 2))), "the shipped number of steps",
    ),
    "one radius less a step": (
        lambda: final_distance(count=lambda **a: gld_search.evaluations(**a) - gld_search.steps_to_floor(**a)),
        "the shipped count",
    ),
    "invariance, worst candidate": (lambda: invariance(step=worst_candidate), "few candidates"),
    "invariance, ties move": (lambda: invariance(step=_ties_move), "few candidates"),
    "invariance, ties move in a batch": (lambda: invariance(step=partial(_ties_move_if, True)), "few candidates"),
    "invariance, ties move alone": (lambda: invariance(step=partial(_ties_move_if, False)), "few candidates"),
    "invariance, sufficient decrease": (lambda: invariance(step=clearly_lower_candidate), "few candidates"),
    "shorter steps": (lambda: invariance(bound=scaled(gld_search.longest_step, less)), "length of a displacement"),
}  # fmt: skip
TRUTHS = {
    "one step above Phi(-0.6744)": one_step,
    "failure exp(-S/4)": partial(iterations, exponent=Rational(1, 4)),
    "invariance, ties stay": partial(invariance, step=partial(_ties_move, move=False)),
}

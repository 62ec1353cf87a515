"""Table of `zotheory.theorems.gld_search`."""

import numpy as np
import sympy
from hypothesis import strategies as st

import proofs.gld_search as proof
from tests.tables import counts, numbers, reals
from zotheory.methods.gld_search import State, argmin, radii
from zotheory.theorems import gld_search

ARGUMENTS = {
    "gld_search.tangent_ball": {"distance": reals, "Q": numbers},
    "gld_search.ball_overlap": {"n": counts, "a": st.floats(0.5, 1), "delta": st.floats(0, 0.4)},
    "gld_search.one_step": {"n": counts, "Q": numbers},
    "gld_search.iterations": {"n": counts, "Q": numbers, "log_ratio": reals, "p": st.floats(0.01, 0.99)},
    "gld_search.final_distance": {"Q": numbers, "eps": reals},
    "gld_search.invariance": {"R": reals, "r": reals},
}
EXAMPLES = {
    "gld_search.tangent_ball": {"distance": 1.3, "Q": 2.5},
    "gld_search.ball_overlap": {"n": 3, "a": 0.5, "delta": 0.25},
    "gld_search.one_step": {"n": 3, "Q": 1.5},
    "gld_search.iterations": {"n": 3, "Q": 1.5, "log_ratio": 0.7, "p": 0.25},
    "gld_search.final_distance": {"Q": 1.5, "eps": 0.1},
    "gld_search.invariance": {"R": 1.4, "r": 0.03},
}
size = {"n": "at least 1", "Q": "at least 1"}
CONDITIONS = {
    gld_search.tangent_ball_radius: {"distance": "nonnegative", "Q": "at least 1"},
    gld_search.overlap: {"n": "at least 1", "a": "in [1/2, 1]", "delta": "in [0, n)"},
    gld_search.overlap_below: {"n": "at least 3", "a": "in [1/2, 1]", "delta": "in [0, n)"},
    gld_search.contraction: size,
    gld_search.iterations: {**size, "log_ratio": "positive", "p": "in (0, 1)"},
    gld_search.failure: {**size, "log_ratio": "positive"},
    gld_search.log_ratio_to_radius: {"Q": "at least 1", "R": "positive", "eps": "positive"},
    gld_search.floor: {"Q": "at least 1", "r": "positive"},
    gld_search.final_distance: {"Q": "at least 1", "eps": "positive"},
    gld_search.steps_to_floor: {**size, "R": "positive", "r": "positive", "p": "in (0, 1)"},
    gld_search.evaluations: {**size, "R": "positive", "r": "positive", "p": "in (0, 1)"},
    radii: {"R": "positive", "r": "positive"},
}
VALUES = {"n": 3, "Q": 1.5, "a": 0.75, "delta": 0.3, "log_ratio": 0.7, "p": 0.25, "R": 1.4, "r": 0.03, "eps": 0.1}
VALUES |= {"distance": 2.2}
NUMERIC_ONLY = {gld_search.overlap, gld_search.overlap_below, radii}  # incomplete beta functions; a grid
NOT_REDUCED: dict[str, str] = {}


def _rational(x):
    return sympy.Rational(x, 10_000)


def _ties_move(f, state, v, move=True):
    """The shipped step, but that it leaves x when the best candidate is as good."""
    y = state.x[..., None, :] + v
    best, value = argmin(y, f(y))
    moves = np.logical_not(state.fx < value) if move else np.asarray(value < state.fx)
    return State(np.where(moves[..., None], best, state.x), np.where(moves, value, state.fx))


LOW = sympy.Rational(9, 20)
FALSEHOODS = {
    "overlap above Phi(-0.7497)": (lambda: proof.overlap_derivation(_rational(7497), upto=50), "a = 1/2, limit"),
    "overlap above 1/4": (lambda: proof.overlap_derivation(_rational(6744), upto=50), "n = 1, value"),
    "one step above Phi(-0.672)": (lambda: proof.one_step_derivation(_rational(6720), low=LOW, upto=50), "limit"),
    "1/4 in [L/2, L]": (
        lambda: proof.one_step_derivation(_rational(6744), low=sympy.Rational(1, 2), upto=50), "3 <= n <= 50",
    ),
    "radii too small": (
        lambda: proof.one_step_derivation(_rational(6744), low=sympy.Rational(1, 3), upto=50), "last radius reaches",
    ),
    "radii too large": (
        lambda: proof.one_step_derivation(_rational(6744), low=sympy.Rational(3, 5), upto=50), "first radius reaches",
    ),
    "failure exp(-S/3)": (lambda: proof.iterations_derivation(sympy.Rational(1, 3)), "1 - log 2"),
    "half the steps to the floor": (
        lambda: proof.final_distance_derivation(steps=lambda **a: gld_search.steps_to_floor(**a) / 2), "T",
    ),
    "one radius less a step": (
        lambda: proof.final_distance_derivation(
            count=lambda **a: gld_search.evaluations(**a) - gld_search.steps_to_floor(**a)
        ),
        "the shipped count",
    ),
    "invariance, worst candidate": (
        lambda: proof.invariance_derivation(gld_search.worst_candidate), "1 candidates",
    ),
    "invariance, ties move": (lambda: proof.invariance_derivation(_ties_move), "1 candidates"),
    "invariance, sufficient decrease": (
        lambda: proof.invariance_derivation(gld_search.sufficient_decrease), "1 candidates",
    ),
}  # fmt: skip
TRUTHS = {
    "one step above Phi(-0.6744)": lambda: proof.one_step_derivation(_rational(6744), low=LOW, upto=50),
    "failure exp(-S/4)": lambda: proof.iterations_derivation(sympy.Rational(1, 4)),
    "invariance, ties stay": lambda: proof.invariance_derivation(
        lambda f, state, v: _ties_move(f, state, v, move=False)
    ),
}

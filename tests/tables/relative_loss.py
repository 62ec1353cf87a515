"""Table of `zotheory.theorems.relative_loss`."""

from functools import partial

import sympy
from hypothesis import strategies as st

import proofs.relative_loss as proof
from tests.tables import counts, numbers, reals
from zotheory import radii
from zotheory import relative_loss as constructor
from zotheory.methods.relative_loss import step
from zotheory.theorems import relative_loss
from zotheory.theorems.relative_loss import accept_anything, keep_the_higher, sufficient_decrease

near = st.floats(-1, 1).map(lambda x: 10.0**x)
steps = {"T": counts, "gap": reals, "Q": numbers, "d": counts, "J": st.integers(1, 100)}
ARGUMENTS = {
    "relative_loss.decrease": {"alpha": reals, "g": reals, "L": reals, "d": counts},
    "relative_loss.decrease_sharp": {"alpha": near, "g": near, "L": near, "d": st.integers(10, 100)},
    "relative_loss.stationary": {"T": counts, "gap": reals, "alpha": reals, "L": reals, "d": counts},
    "relative_loss.convex": {
        "T": counts, "gap": reals, "alpha": st.floats(0.1, 1), "R": st.floats(1, 10), "L": reals, "d": counts,
    },
    "relative_loss.strongly_convex": steps,
    "relative_loss.strongly_convex_sharp": steps | {"d": st.integers(2, 10**6)},
    "relative_loss.invariance": {
        "alpha": reals, "growth": st.floats(1.01, 2), "accepted": st.integers(0, 50), "rejected": st.integers(0, 50),
    },
}  # fmt: skip
left = {"T": 3, "gap": 0.7, "Q": 1.5, "d": 4, "J": 5}
EXAMPLES = {
    "relative_loss.decrease": {"alpha": 0.2, "g": 2.2, "L": 1.6, "d": 3},
    "relative_loss.decrease_sharp": {"alpha": 0.2, "g": 2.2, "L": 1.6, "d": 4},
    "relative_loss.stationary": {"T": 3, "gap": 0.7, "alpha": 0.2, "L": 1.6, "d": 4},
    "relative_loss.convex": {"T": 3, "gap": 0.7, "alpha": 0.2, "R": 1.4, "L": 1.6, "d": 4},
    "relative_loss.strongly_convex": left,
    "relative_loss.strongly_convex_sharp": left,
    "relative_loss.invariance": {"alpha": 0.2, "growth": 1.3, "accepted": 3, "rejected": 2},
}
one = {"alpha": "positive", "g": "positive", "L": "nonnegative", "d": "at least 1"}
run = {"T": "at least 1", "gap": "positive", "L": "positive", "d": "at least 1"}
ball = {"R": "positive", "L": "nonnegative", "d": "at least 1", "alpha": "positive"}
grid = {"Q": "at least 1", "d": "at least 1", "J": "at least 1"}
time = {"eps": "positive", "p": "in (0, 1)", "gap": "positive"}
CONDITIONS = {
    relative_loss.decrease: one,
    relative_loss.decrease_sharp: one,
    relative_loss.best_radius: {"g": "positive", "L": "positive", "d": "at least 1"},
    relative_loss.mean_gradient: run | {"L": "nonnegative", "alpha": "positive"},
    relative_loss.stationary_radius: {"T": "at least 1", "gap": "positive", "L": "positive"},
    relative_loss.best_mean_gradient: run,
    relative_loss.convex_floor: ball,
    relative_loss.convex_gap: ball | {"T": "at least 1", "gap": "positive"},
    relative_loss.convex_radius: {"eps": "positive", "R": "positive", "L": "positive", "d": "at least 1"},
    relative_loss.convex_steps: run | {"eps": "positive", "R": "positive"},
    relative_loss.share: grid,
    relative_loss.share_sharp: grid | {"d": "at least 2"},
    relative_loss.gap_left: grid | {"T": "at least 1", "gap": "positive"},
    relative_loss.gap_left_sharp: grid | {"T": "at least 1", "gap": "positive", "d": "at least 2"},
    relative_loss.grid_steps: grid | time,
    relative_loss.grid_steps_sharp: grid | time | {"d": "at least 2"},
    relative_loss.grid_progress: {"d": "at least 1", "kappa": "positive", "J": "at least 1"},
    relative_loss.radius_after: {
        "alpha": "positive", "growth": "at least 1", "accepted": "nonnegative", "rejected": "nonnegative",
    },
}  # fmt: skip
CONDITIONS[relative_loss.convex_steps].pop("T")
VALUES = {"alpha": 0.2, "g": 2.2, "L": 1.6, "d": 4, "T": 3, "gap": 0.7, "R": 1.4, "eps": 0.1, "p": 0.25, "Q": 1.5}
VALUES |= {"J": 5, "kappa": 0.3, "growth": 1.3, "accepted": 3, "rejected": 2}
NUMERIC_ONLY = {relative_loss.decrease_sharp, relative_loss.grid_progress}  # incomplete beta functions


def _scaled(bound, factor):
    return lambda **arguments: factor * bound(**arguments)


def _with(bound, **changes):
    """The bound with arguments changed by functions."""
    return lambda **a: bound(**a | {name: change(a[name]) for name, change in changes.items()})


def _twice(x):
    return 2 * x


def _half(x):
    return x / 2


def _shifted(rule):
    """The grid with every radius twice as long."""
    return lambda **a: radii.log_uniform(2 * rule(**a).first, rule(**a).draw.keywords["count"])


def _one_less(rule):
    return lambda **a: radii.log_uniform(rule(**a).first, max(1, rule(**a).draw.keywords["count"] - 1))


def _by_step(step):
    def make(**hyper):
        method = constructor(**hyper)
        return method.__class__(**vars(method) | {"step": step})

    return make


def _ratio_three(largest, count):
    rule = radii.log_uniform(largest, count)
    return radii.Radius(rule.first, lambda rng, a, t: a * 3.0 ** (rule.draw(rng, a / a, t) // 1 - 1), rule.after)


bounds = relative_loss
FALSEHOODS = {
    "relative loss: both half-spaces": (
        lambda: proof.decrease_derivation(_with(bounds.decrease, g=_twice)), "fall",
    ),
    "relative loss: half the curvature": (
        lambda: proof.decrease_derivation(_with(bounds.decrease, L=_half)), "fall",
    ),
    "relative loss: m_d of sqrt(d)": (
        lambda: proof.decrease_derivation(_with(bounds.decrease, d=sympy.sqrt)), "fall",
    ),
    "relative loss: keep the higher": (lambda: proof.decrease_derivation(step=keep_the_higher), "keep the lower"),
    "relative loss: compare nothing": (lambda: proof.decrease_derivation(step=accept_anything), "keep the lower"),
    "relative loss: sharp, a thousandth more": (
        lambda: proof.decrease_sharp_derivation(_scaled(bounds.decrease_sharp, 1.001)), "shipped bound",
    ),
    "relative loss: sharp, half the threshold": (
        lambda: proof.decrease_sharp_derivation(_with(bounds.decrease_sharp, L=_half)), "shipped bound",
    ),
    "relative loss: half the mean gradient": (
        lambda: proof.stationary_derivation(_scaled(bounds.mean_gradient, sympy.Rational(1, 2))), "mean gradient",
    ),
    "relative loss: mean gradient, half the gap": (
        lambda: proof.stationary_derivation(_with(bounds.mean_gradient, gap=_half)), "mean gradient",
    ),
    "relative loss: another best radius": (
        lambda: proof.stationary_derivation(best=_scaled(bounds.stationary_radius, 2)), "best radius",
    ),
    "relative loss: convex, twice the rate": (
        lambda: proof.convex_derivation(_with(bounds.convex_gap, R=_half)), "induction",
    ),
    "relative loss: convex, no floor": (
        lambda: proof.convex_derivation(_with(bounds.convex_gap, L=lambda L: 0 * L)), "induction",
    ),
    "relative loss: convex, twice the radius": (
        lambda: proof.convex_derivation(radius=_scaled(bounds.convex_radius, 2)), "floor",
    ),
    "relative loss: convex, half the steps": (
        lambda: proof.convex_derivation(count=_scaled(bounds.convex_steps, sympy.Rational(1, 2))), "T",
    ),
    "relative loss: grid, half the curvature": (
        lambda: proof.strongly_convex_derivation(_with(bounds.gap_left, Q=_half)), "expected gap",
    ),
    "relative loss: grid, J not lost": (
        lambda: proof.strongly_convex_derivation(_with(bounds.gap_left, J=lambda J: sympy.Integer(1))), "expected gap",
    ),
    "relative loss: grid, half the steps": (
        lambda: proof.strongly_convex_derivation(count=_scaled(bounds.grid_steps, sympy.Rational(1, 2))), "steps",
    ),
    "relative loss: grid, twice as long": (
        lambda: proof.strongly_convex_derivation(grid=_shifted(bounds.grid)), "shipped grid",
    ),
    "relative loss: grid, one radius less": (
        lambda: proof.strongly_convex_derivation(grid=_one_less(bounds.grid)), "shipped grid",
    ),
    "relative loss: grid of ratio 3": (lambda: proof.strongly_convex_derivation(draw=_ratio_three), "draw"),
    "relative loss: all radii, 1.25": (
        lambda: proof.sharp_derivation(
            _with(bounds.gap_left_sharp, Q=lambda Q: Q * sympy.Rational(124, 125)), constant=sympy.Rational(5, 4)
        ),
        "window, 2 <= d <= 200",
    ),
    "relative loss: all radii, share of 1.25 from 1.24": (
        lambda: proof.sharp_derivation(_with(bounds.gap_left_sharp, Q=lambda Q: Q * sympy.Rational(124, 125))),
        "expected gap",
    ),
    "relative loss: no ends, 1.442": (
        lambda: proof.sharp_derivation(unbounded=sympy.Rational("1.442"), upto=190), "every offset",
    ),
    "relative loss: wide grid, the narrow one": (
        lambda: proof.sharp_derivation(grid=bounds.grid), "shipped grid",
    ),
    "relative loss: invariance, sufficient decrease": (
        lambda: proof.invariance_derivation(_by_step(sufficient_decrease)), "fixed, momentum 0, value kept",
    ),
    "relative loss: invariance, value-weighted": (
        lambda: proof.invariance_derivation(lambda radius, beta=0.0, cached=True: constructor(radius=radius, h=0.1)),
        "fixed, momentum 0, value kept",
    ),
    "relative loss: invariance, growth^(1/2) after a rejection": (
        lambda: proof.invariance_derivation(constructor, _with(bounds.radius_after, rejected=_twice)),
        "1/5 rule, rejected",
    ),
}  # fmt: skip
TRUTHS = {
    "relative loss: the step without momentum": lambda: proof.decrease_derivation(step=partial(step, beta=0.0)),
    "relative loss: no ends, 1.441": lambda: proof.sharp_derivation(unbounded=sympy.Rational("1.441")),
}
NOT_REDUCED: dict[str, str] = {}

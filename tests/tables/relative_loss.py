"""Table of `zotheory.theorems.relative_loss`."""

from functools import partial

import sympy
from sympy import Rational

from proofs import derive
from zotheory import radii
from zotheory import relative_loss as constructor
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.spoiled import accept_anything, clearly_lower, keep_the_higher, spoiled
from zotheory.methods.relative_loss import step
from zotheory.theorems import relative_loss as bounds

decrease = partial(derive, "relative_loss.decrease")
decrease_sharp = partial(derive, "relative_loss.decrease_sharp")
stationary = partial(derive, "relative_loss.stationary")
convex = partial(derive, "relative_loss.convex")
strongly_convex = partial(derive, "relative_loss.strongly_convex")
sharp = partial(derive, "relative_loss.strongly_convex_sharp")
invariance = partial(derive, "relative_loss.invariance")
half, less = Rational(1, 2), Rational(99, 100)


def _twice(x):
    return 2 * x


def _half(x):
    return x / 2


def _shifted(rule):
    """The grid with every radius twice as long."""
    return lambda **a: radii.log_uniform(2 * rule(**a).first, rule(**a).draw.keywords["count"])


def _one_less(rule):
    return lambda **a: radii.log_uniform(rule(**a).first, max(1, rule(**a).draw.keywords["count"] - 1))


def _sufficient(**hyper):
    return spoiled(constructor(**hyper), step=clearly_lower)


def _weighted(radius, beta=0.0, cached=True):
    return constructor(radius=radius, h=0.1)


def _ratio_three(largest, count):
    rule = radii.log_uniform(largest, count)
    return radii.Radius(rule.first, lambda rng, a, t: a * 3.0 ** (rule.draw(rng, a / a, t) // 1 - 1), rule.after)


NARROWER = changed(bounds.gap_left_sharp, Q=lambda Q: Q * Rational(124, 125))  # the share of 1.25
FALSEHOODS = {
    "relative loss: both half-spaces": (lambda: decrease(bound=changed(bounds.decrease, g=_twice)), "mean fall"),
    "relative loss: half the curvature": (lambda: decrease(bound=changed(bounds.decrease, L=_half)), "mean fall"),
    "relative loss: m_d of sqrt(d)": (lambda: decrease(bound=changed(bounds.decrease, d=sympy.sqrt)), "mean fall"),
    "relative loss: a hundredth more": (lambda: decrease(bound=scaled(bounds.decrease, 1 / less)), "mean fall"),
    "relative loss: keep the higher": (lambda: decrease(step=keep_the_higher), "the lower of two values"),
    "relative loss: compare nothing": (lambda: decrease(step=accept_anything), "the lower of two values"),
    "relative loss: sharp, a thousandth more": (
        lambda: decrease_sharp(bound=scaled(bounds.decrease_sharp, 1.001)), "the shipped bound",
    ),
    "relative loss: sharp, half the threshold": (
        lambda: decrease_sharp(bound=changed(bounds.decrease_sharp, L=_half)), "the shipped bound",
    ),
    "relative loss: half the mean gradient": (
        lambda: stationary(bound=scaled(bounds.mean_gradient, half)), "mean gradient",
    ),
    "relative loss: mean gradient, half the gap": (
        lambda: stationary(bound=changed(bounds.mean_gradient, gap=_half)), "mean gradient",
    ),
    "relative loss: another best radius": (
        lambda: stationary(best=scaled(bounds.stationary_radius, 2)), "best radius",
    ),
    "relative loss: convex, twice the rate": (lambda: convex(bound=changed(bounds.convex_gap, R=_half)), "induction"),
    "relative loss: convex, no floor": (
        lambda: convex(bound=changed(bounds.convex_gap, L=lambda L: 0 * L)), "induction",
    ),
    "relative loss: convex, twice the radius": (
        lambda: convex(radius=scaled(bounds.convex_radius, 2)), "the floor",
    ),
    "relative loss: convex, half the steps": (
        lambda: convex(count=scaled(bounds.convex_steps, half)), "the number of steps",
    ),
    "relative loss: grid, half the curvature": (
        lambda: strongly_convex(bound=changed(bounds.gap_left, Q=_half)), "expected gap",
    ),
    "relative loss: grid, J not lost": (
        lambda: strongly_convex(bound=changed(bounds.gap_left, J=lambda J: sympy.Integer(1))), "expected gap",
    ),
    "relative loss: grid, half the steps": (
        lambda: strongly_convex(count=scaled(bounds.grid_steps, half)), "number of steps",
    ),
    "relative loss: grid, twice as long": (
        lambda: strongly_convex(grid=_shifted(bounds.grid)), "the shipped grid",
    ),
    "relative loss: grid, one radius less": (
        lambda: strongly_convex(grid=_one_less(bounds.grid)), "the shipped grid",
    ),
    "relative loss: grid of ratio 3": (lambda: strongly_convex(draw=_ratio_three), "the shipped draw"),
    "relative loss: all radii, 1.25": (
        lambda: sharp(bound=NARROWER, constant=Rational(5, 4)), "the window in dimensions 2 to 200",
    ),
    "relative loss: all radii, share of 1.25 from 1.24": (lambda: sharp(bound=NARROWER), "expected gap"),
    "relative loss: no ends, 1.442": (
        lambda: sharp(unbounded=Rational("1.442"), upto=190), "every offset",
    ),
    "relative loss: wide grid, the narrow one": (lambda: sharp(grid=bounds.grid), "the shipped grid"),
    "relative loss: invariance, sufficient decrease": (
        lambda: invariance(make=_sufficient), "a fixed radius without momentum, the value kept",
    ),
    "relative loss: invariance, value-weighted": (
        lambda: invariance(make=_weighted), "a fixed radius without momentum, the value kept",
    ),
    "relative loss: invariance, growth^(1/2) after a rejection": (
        lambda: invariance(bound=changed(bounds.radius_after, rejected=_twice)), "the radius after a rejected step",
    ),
}  # fmt: skip
TRUTHS = {
    "relative loss: the step without momentum": lambda: decrease(step=partial(step, beta=0.0)),
    "relative loss: no ends, 1.441": lambda: sharp(unbounded=Rational("1.441")),
}
NOT_REDUCED: dict[str, str] = {}

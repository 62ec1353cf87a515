"""Table of `zotheory.theorems.relative_loss_momentum`."""

from functools import partial

from sympy import Integer, Rational, sqrt

from proofs import derive
from zotheory.elementary import normal_tail
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.spoiled import accept_anything, keep_the_higher
from zotheory.methods.relative_loss import step
from zotheory.theorems import relative_loss_momentum as momentum

less, more = Rational(99, 100), Rational(101, 100)


def _ignores_momentum(f, state, move, **hyper):
    return step(f, state._replace(b=0 * state.b), move, **hyper)


def _remembers_twice(f, state, move, **hyper):
    after = step(f, state, move, **hyper)
    return after._replace(b=2 * after.b)


def _twice_gamma(*, gamma, **a):
    return momentum.aligned(gamma=gamma, **a) + a["alpha"] * a["g"] / sqrt(a["d"]) * gamma * normal_tail(-gamma)


def _uphill_forgotten(*, c, t, **a):
    return momentum.second_moment(c=c, t=t, **a) - 2 * c * momentum.normal_density(t)


def _sign(x, b, e, **rest):
    return momentum.drift(x, b, -e, **rest)


def _about(name):
    return partial(derive, f"relative_loss_momentum.{name}")


adversarial, aligned, sharp = (_about(name) for name in ("adversarial", "aligned", "adversarial_sharp"))
rate, drift, limit, ceiling = (_about(name) for name in ("rate", "drift", "limit_rate", "limit_ceiling"))

FALSEHOODS = {
    "adversarial momentum costs nothing": (
        lambda: adversarial(changed(momentum.adversarial, c=lambda c: c * 0)), "the fall",
    ),
    "adversarial, half the curvature": (
        lambda: adversarial(changed(momentum.adversarial, L=lambda L: L / 2)), "the fall",
    ),
    "adversarial, a hundredth more": (lambda: adversarial(scaled(momentum.adversarial, more)), "the fall"),
    "adversarial, the higher kept": (lambda: adversarial(step=keep_the_higher), "the kept value at a lower value"),
    "adversarial, everything accepted": (lambda: adversarial(step=accept_anything), "the kept value at a lower value"),
    "aligned, twice gamma": (lambda: aligned(_twice_gamma), "the fall"),
    "aligned, a hundredth more": (lambda: aligned(scaled(momentum.aligned, more)), "the fall"),
    "aligned, momentum ignored": (lambda: aligned(step=_ignores_momentum), "the candidate at a lower value"),
    "momentum, second moment without 2c": (
        lambda: derive("relative_loss_momentum.moments", second_moment=_uphill_forgotten), "the shipped second moment",
    ),
    "adversarial, sharp, half the curvature": (
        lambda: sharp(changed(momentum.adversarial_sharp, L=lambda L: L / 2)), "the bound",
    ),
    "adversarial, sharp, a hundredth more": (lambda: sharp(scaled(momentum.adversarial_sharp, more)), "the bound"),
    "rate with momentum, twice as fast": (
        lambda: rate(changed(momentum.gap_left, Q=lambda Q: Q / 2)), "the bound after one step",
    ),
    "rate with momentum, a hundredth less": (lambda: rate(scaled(momentum.gap_left, less)), "the bound after one step"),
    "rate with momentum, the grid for free": (
        lambda: rate(changed(momentum.gap_left, J=lambda J: Integer(1))), "the bound after one step",
    ),
    "rate with momentum, half the radii": (
        lambda: rate(grid=lambda gap, **a: momentum.grid(gap=gap / 4, **a)), "the shipped grid",
    ),
    "rate with momentum, twice as long as said": (
        lambda: rate(step=_remembers_twice),
        "the next momentum at a lower value",
    ),
    "acceptance, half the probability": (lambda: drift(scaled(momentum.disagreement, Rational(1, 2))), "the bound"),
    "acceptance, the third root dropped": (
        lambda: drift(lambda **a: momentum.disagreement(**a) ** 3), "the bound",
    ),
    "acceptance, spread without momentum": (
        lambda: drift(spread=lambda turn, **a: momentum.curvature_spread(turn=0 * turn, **a)), "v",
    ),
    "drift with the sign of g lost": (
        lambda: derive("relative_loss_momentum.changes", drift=_sign), "the change of the squared position",
    ),
    "limit, a hundredth less": (lambda: limit(scaled(momentum.limit_rate, 0.99)), "the bound"),
    "limit, twice the part": (lambda: limit(part=lambda *p, **a: 2 * momentum.part(*p, **a)), "part"),
    "limit, part of another gain": (
        lambda: limit(part=lambda *p, gain, **a: momentum.part(*p, gain=gain / 2, **a)), "part",
    ),
    "ceiling, half": (lambda: ceiling(scaled(momentum.rate_ceiling, Rational(1, 2))), "the bound"),
    "ceiling, a hundredth less": (lambda: ceiling(scaled(momentum.rate_ceiling, less)), "the bound"),
    "ceiling, half the spread of curvatures": (
        lambda: ceiling(changed(momentum.rate_ceiling, V=lambda V: V / 2)), "the bound",
    ),
    "ceiling, no square root": (
        lambda: ceiling(changed(momentum.rate_ceiling, V=lambda V: 0 * V + 1)), "the bound",
    ),
}  # fmt: skip
TRUTHS: dict = {}
NOT_REDUCED = {
    "relative_loss_momentum.limit_rate": "a run that keeps its shape takes some d steps; one step of it is measured "
    "over the decades in relative_loss_momentum.drift",
    "relative_loss_momentum.limit_ceiling": "about solutions of two equations, which have no dimension",
}

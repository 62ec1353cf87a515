"""Momentum turns the condition number of a quadratic into its square root.

Claim: in the limit of many dimensions log f falls, in d evaluations, at a rate of order 1/Q without momentum, of order
1/sqrt(Q) with the best one, and never faster (`relative_loss_momentum.limit_ceiling`); runs in 100 dimensions fall as
the limit says to within a tenth. On the quadratic with curvatures evenly spaced from 1 to 100 the limit explains the
slope of the medians.
Source: ours, `zotheory.theorems.relative_loss_momentum`.
Here: left, half of the curvatures 1, half Q; lines are `limit`, points slopes of the median of log f between 1/3 and
the end of runs long enough for 12 e-folds after the limit, 5 runs, Gaussian directions, 1/5 rule of growth 1.05. Right:
``golovin_family(1, 100, 100)``, median and range of 11 runs; dashes have the slope of the limit. Seed 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from zotheory.directions import gaussian
from zotheory.theorems.relative_loss_momentum import best_momentum, limit, rate_ceiling, two_valued

SEED = 8
D = 100
FOLDS = 12  # e-folds of f in a run whose slope is measured
CONDITIONS = (1, 10, 100, 1000)
EVALUATIONS = 30_000
UNTUNED = {"beta": 1 - 0.3 / D, "gain": 4.0}


class Data(NamedTuple):
    """Slopes measured at `conditions` without and with momentum (2, Q); gaps of two methods (2, T, N) at `steps`."""

    conditions: np.ndarray
    slopes: np.ndarray
    steps: np.ndarray
    gap: np.ndarray


def momentum(Q: float) -> dict[str, float]:
    """The best on two-valued curvatures; none at Q = 1, where none is best."""
    if Q == 1:
        return {"beta": 0.0}
    kappa, gain, _ = best_momentum(two_valued(Q))
    return {"beta": 1 - kappa / D, "gain": gain, "clip": 1e3}


def method(growth: float, **options: float) -> zo.Method:
    """Gaussian directions, 1/5 rule."""
    return zo.relative_loss(radius=zo.radii.one_fifth(1.0, growth), law=gaussian, **options)


def slope(Q: float, options: dict[str, float], predicted: float, replicas: int, key: Sequence[int]) -> float:
    """Fall of the median of log f in d evaluations, over the last two thirds of a run."""
    steps = int(FOLDS / predicted * D)
    problem = zo.problems.Quadratic(np.repeat(two_valued(Q), D // 2), np.zeros(D), np.ones(D))
    record = np.linspace(steps // 3, steps, 30).astype(int)
    seed = np.random.SeedSequence((SEED, *key))
    values = zo.run(method(1.05, **options), problem, steps=steps, replicas=replicas, seed=seed, record=record).values
    return -D * float(np.polyfit(record, np.median(np.log(values), axis=1), 1)[0])


def data(
    conditions: Sequence[int] = CONDITIONS, evaluations: int = EVALUATIONS, *, replicas: int = 5, runs: int = 11
) -> Data:
    """Measure the slopes, and run the quadratic of condition 100 with and without momentum."""
    slopes = np.empty((2, len(conditions)))
    for i, Q in enumerate(conditions):
        plain = limit(two_valued(Q), kappa=0.0).rate
        best = plain if Q == 1 else best_momentum(two_valued(Q))[2].rate
        slopes[:, i] = (
            slope(Q, {"beta": 0.0}, plain, replicas, (0, i)),
            slope(Q, momentum(Q), best, replicas, (1, i)),
        )
    f = zo.problems.golovin_family(1, 100, D)
    steps = np.linspace(0, evaluations, 61).round().astype(int)
    found = [
        zo.run(m, f, steps=evaluations, replicas=runs, seed=np.random.SeedSequence((SEED, 2, j)), record=steps).values
        for j, m in enumerate((method(1.2), method(1.2, clip=3.0, **UNTUNED)))
    ]
    return Data(np.array(conditions), slopes, steps, np.array(found) / float(f(f.x0)))


def draw(data: Data) -> Figure:
    """Left: rate against Q. Right: the quadratic of condition 100."""
    figure, left, right = style.page("Momentum turns the condition number of a quadratic into its square root", 4.2)
    Q = np.geomspace(1.5, data.conditions[-1] * 10, 25)
    plain = np.array([limit(two_valued(q), kappa=0.0).rate for q in Q])
    best = np.array([best_momentum(two_valued(q))[2].rate for q in Q])
    mean, square = (1 + Q) / 2, (1 + Q**2) / 2
    t = 0.8416212335729143  # a fifth is accepted
    ceiling = np.array([rate_ceiling(least=1 / m, V=s / m**2, t=t) for m, s in zip(mean, square, strict=True)])
    for y, colour, label, up in ((plain, style.VERMILLION, "none: 1/Q", 0), (best, style.BLUE, "best: 1/√Q", 0)):
        left.plot(Q, y, color=colour)
        style.beside(left, Q[-1], y[-1], label, colour, up=up)
    left.plot(Q, ceiling, color=style.INK, linestyle=(0, (5, 2)))
    style.beside(left, Q[-1], ceiling[-1], "ceiling", style.INK)
    for y, colour, marker in zip(data.slopes, (style.VERMILLION, style.BLUE), "so", strict=True):
        left.plot(data.conditions, y, color=colour, marker=marker, linestyle="", markersize=6)
    left.set(xscale="log", yscale="log", xlabel="condition number $Q$", ylabel="fall of log f in $d$ evaluations")
    left.set_xlim(0.8, Q[-1] * 9)
    left.set_title(f"Limit (lines) and runs at $d = {D}$ (points)")
    f = zo.problems.golovin_family(1, 100, D)
    rates = limit(f.spectrum, kappa=0.0).rate, limit(f.spectrum, kappa=0.3, gain=4.0).rate
    for samples, rate, colour, label in zip(
        data.gap, rates, (style.VERMILLION, style.BLUE), ("no\nmomentum", "momentum"), strict=True
    ):
        middle = np.median(samples, axis=1)
        style.band(right, data.steps, samples, colour, label)
        right.lines[-1].set_ydata(middle)
        end = int(np.searchsorted(-middle, -1e-12)) if middle[-1] < 1e-12 else len(middle)
        at = data.steps[end // 3 : end]
        right.plot(at, middle[end // 3] * np.exp(-rate * (at - at[0]) / D), color=style.INK, linestyle=(0, (4, 2)))
        style.beside(right, data.steps[end - 1], middle[end - 1], label, colour)
    right.axhline(1e-6, color=style.QUIET, linewidth=1)
    right.set(yscale="log", xlabel="evaluations", ylabel="gap / first gap", ylim=(1e-12, 2))
    right.set_xlim(0, data.steps[-1] * 1.25)
    right.set_title("Curvatures from 1 to 100; dashes: the limit's slope")
    return figure

"""Runs with momentum slow down like 1/√Q, not 1/Q, as a conjectured limit predicts.

Left is the rate of relative-loss descent with and without momentum against the condition number `Q` of a quadratic
whose curvatures are half 1 and half `Q`: by how much the natural logarithm of the gap falls in `d` evaluations. Markers
are runs in `d = 100` variables, the slope of the median over 5 of them between 1/3 and the end of runs long enough for
12 e-folds. Lines are the limit of many dimensions, computed by `zotheory.theorems.relative_loss_momentum.limit`: that
runs converge to it is a conjecture (`relative_loss_momentum.limit_rate`). The runs shown agree with it to within a
tenth. Without momentum its rate is of order 1/Q; with the best momentum it is of order `1/sqrt Q` as far as computed,
to `Q = 10^4`. Derived of its equations is the ceiling (dashes), above which no momentum takes their rate: it is of
order `sqrt(V m)`, where `m` is the least curvature over the mean and `V` the mean square over the square of the mean,
here `2/sqrt Q` (`relative_loss_momentum.limit_ceiling`).

Right is the gap over the first gap on a quadratic with 100 curvatures evenly spaced from 1 to 100, with one setting of
momentum and without. Lines are medians of 11 runs, bands go from the least to the largest of them. Black dashes have
the slope that the limit predicts; they start where a third of the run is over. The grey line is the mark of 1e-6.

Ours. Directions are Gaussian; the radius follows the 1/5 rule, of growth 1.05 on the left and 1.2 on the right.
Momentum on the right has `beta = 1 - 0.3/d` and gain 4, clipped at 3.
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
LEAST = 1e-12  # gaps below are not drawn
BAR = 0.8416212335729143  # P(z > t) = 1/5: the share of steps that are accepted
UNTUNED = {"beta": 1 - 0.3 / D, "gain": 4.0}


class Data(NamedTuple):
    """Slopes measured at `conditions` without and with momentum (2, Q); gaps of two methods (2, T, N) at `steps`."""

    conditions: np.ndarray
    slopes: np.ndarray
    steps: np.ndarray
    gap: np.ndarray


def plain(Q: float) -> float:
    """Rate of the limit on two-valued curvatures, without momentum."""
    return limit(two_valued(Q), kappa=0.0).rate


def best(Q: float) -> tuple[dict[str, float], float]:
    """The best momentum there and its rate in the limit; at Q = 1 none is best."""
    if Q == 1:
        return {"beta": 0.0}, plain(Q)
    kappa, gain, found = best_momentum(two_valued(Q))
    return {"beta": 1 - kappa / D, "gain": gain, "clip": 1e3}, found.rate


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
        slopes[:, i] = (
            slope(Q, {"beta": 0.0}, plain(Q), replicas, (0, i)),
            slope(Q, *best(Q), replicas, (1, i)),
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
    figure, left, right = style.page(__doc__, 4.4)
    none, some = style.LOOKS[1], style.LOOKS[0]
    Q = np.geomspace(1, data.conditions[-1] * 10, 17)
    for look, rate, measured, label in (
        (none, [plain(q) for q in Q], data.slopes[0], "no momentum,\n~ 1/Q"),
        (some, [best(q)[1] for q in Q], data.slopes[1], "the best,\n~ 1/√Q"),
    ):
        left.plot(Q, rate, color=look.color)
        left.plot(data.conditions, measured, color=look.color, marker=look.marker, linestyle="", markersize=6)
        style.beside(left, Q[-1], rate[-1], label, look.color, up=4)
    mean, square = (1 + Q) / 2, (1 + Q**2) / 2
    ceiling = [rate_ceiling(least=1 / m, V=s / m**2, t=BAR) for m, s in zip(mean, square, strict=True)]
    left.plot(Q, ceiling, color=style.INK, linestyle=style.DASHED)
    style.beside(left, Q[-1], ceiling[-1], "ceiling of\nthe limit", style.INK, up=14)
    left.set(xscale="log", yscale="log", xlabel="condition number $Q$", ylabel="fall of log gap in $d$ evaluations")
    left.set_xlim(0.8, Q[-1] * 30)
    left.set_xticks(10.0 ** np.arange(np.log10(Q[-1]) + 1))
    left.set_title(f"Limit (lines), runs at $d = {D}$ (markers)")
    f = zo.problems.golovin_family(1, 100, D)
    rates = limit(f.spectrum, kappa=0.0).rate, limit(f.spectrum, kappa=0.3, gain=4.0).rate
    for samples, rate, look, label in zip(
        data.gap, rates, (none, some), ("no\nmomentum", "with\nmomentum"), strict=True
    ):
        style.band(right, data.steps, samples, look, middle=np.median)
        middle = np.median(samples, axis=1)
        end = int(np.searchsorted(-middle, -LEAST)) if middle[-1] < LEAST else len(middle)
        at = data.steps[end // 3 : end]
        right.plot(at, middle[end // 3] * np.exp(-rate * (at - at[0]) / D), color=style.INK, linestyle=(0, (4, 2)))
        style.beside(right, data.steps[-1], middle[end - 1], label, look.color, va="bottom", up=3)
    right.axhline(1e-6, color=style.QUIET, linewidth=1)
    right.set(yscale="log", xlabel="evaluations", ylabel="gap / first gap", ylim=(LEAST, 2))
    right.set_xlim(0, data.steps[-1] * 1.3)
    right.set_xticks(np.linspace(0, data.steps[-1], 4))
    right.set_title("Curvatures 1 to 100; dashes: slope of the limit")
    for axes in (left, right):
        axes.minorticks_off()
    style.foot(figure, style.spread("Right, lines: medians", data.gap.shape[-1]))
    return figure

"""Without noise a form of relative-loss descent leads, told nothing of the curvature.

The gap of the point that a method returns, over the first gap, against evaluations, on six problems: quadratics with
curvatures evenly spaced from 1 to `Q` in `d = 100` variables; logistic regression on the breast-cancer data; a function
that is not convex (`Wavy`); the mean of `|x_i - c_i|`, least at a kink (`Norm`); and a quadratic whose every value
carries noise of its own, of deviation 0.01. Lines are medians of 11 runs, bands go from the least to the largest of
them. The 1/5 rule is first on the round bowl, on logistic regression and on the function that is not convex; with
momentum it is first on the quadratic of condition 100. On the mean of `|x_i - c_i|` methods whose radius follows
successes stall at the kinks, those with momentum lowest; log-uniform radii with momentum get through. Under noise that
the two values of a step do not share every method stalls, GLD-Search, which keeps the best of many, lowest; two points
and ARS diverge and leave the panel.

Relative loss moves to a random point nearby where the value there is lower. The 1/5 rule makes the radius longer after
a success and shorter after a failure; a log-uniform radius is drawn for each step. Three points is stochastic three
points: it looks one step forward and one back and keeps the best of the three. GLD-Search, gradientless descent, tries
one point at every scale. Two points is random gradient-free search and ARS accelerated random search: both take steps
along slopes measured by differences, told `L`, the Lipschitz constant of the gradient, ARS also `μ`, the strong
convexity. The others are told a distance to start from. Where a function has no such constant the method is left out.

Ours for relative loss, the others after their papers. Problems, and settings of the methods, one for all problems, are
those of ``benchmarks/comparison.py`` (`figures/roster.py`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from figures.roster import FEW, kinks, logistic, noisy, quadratic, roster, wavy
from figures.runs import gaps
from figures.style import Look

SEED = 7
PLAIN = {"linestyle": "--", "markerfacecolor": "white"}  # without momentum
LOOKS: dict[str, tuple[str, Look, dict[str, str]]] = {
    "1/5 rule": ("relative loss, 1/5 rule", Look(style.BLUE, "o", "-"), PLAIN),
    "1/5 rule, momentum": ("relative loss, 1/5 rule, momentum", Look(style.BLUE, "o", "-"), {}),
    "log-uniform": ("relative loss, log-uniform", Look(style.GREEN, "s", "-"), PLAIN),
    "log-uniform, momentum": ("relative loss, log-uniform, momentum", Look(style.GREEN, "s", "-"), {}),
    "three points, 1/5 rule": ("three points, 1/5 rule", Look(style.PURPLE, "^", "-"), {}),
    "GLD-Search": ("GLD-Search", Look(style.VERMILLION, "D", "-"), {}),
    "two points, told L": ("two points, told L", Look(style.ORANGE, "v", "-"), {}),
    "ARS, told L and μ": ("ARS, told L and μ", Look(style.INK, "X", "-"), {}),
}
LEAST = 1e-10  # gaps below are not drawn


def problems(d: int, few: int, length: int) -> dict[str, tuple[Any, Any, int]]:
    """Problem, the one whose constants are told, and evaluations, by title."""
    bowl, valley, data, waves, absolute = quadratic(d, 1), quadratic(d, 100), logistic(), wavy(few), kinks(few)
    return {
        f"Quadratic, $Q = 1$, $d = {d}$": (bowl, bowl, length * d),
        f"Quadratic, $Q = 100$, $d = {d}$": (valley, valley, length * d),
        f"Logistic regression, $d = {data.d}$": (data, data, 20 * length),
        f"Not convex, $d = {few}$": (waves, waves, length * few),
        f"Mean of $|x_i|$, $d = {few}$": (absolute, absolute, length * few),
        f"Noise, $Q = 10$, $d = {few}$": (*noisy(few), length * few),
    }


class Data(NamedTuple):
    """Evaluations (P, T), relative gaps (P, methods, T, replicas), NaN where a method is not run, titles (P)."""

    evaluations: np.ndarray
    gap: np.ndarray
    titles: tuple[str, ...]


def data(d: int = 100, few: int = FEW, *, length: int = 300, replicas: int = 11, records: int = 40) -> Data:
    """Run every method on every problem."""
    every, found = [], []
    chosen = problems(d, few, length)
    for i, (problem, told, budget) in enumerate(chosen.values()):
        evaluations = np.geomspace(10, budget, records).round().astype(int)
        methods = roster(problem, budget, told, cached=not zo.oracles.is_stochastic(problem))
        first = float(told(told.x0)) - told.f_star
        rows = [
            gaps(methods[name], problem, evaluations, replicas, np.random.SeedSequence((SEED, i, j))) / first
            if name in methods
            else np.full((records, replicas), np.nan)
            for j, name in enumerate(LOOKS)
        ]
        every.append(evaluations)
        found.append(rows)
    return Data(np.array(every), np.array(found), tuple(chosen))


def medians(data: Data) -> dict[str, np.ndarray]:
    """Last median gap on each problem, by method."""
    return {name: np.median(data.gap[:, j, -1], axis=-1) for j, name in enumerate(LOOKS)}


def draw(data: Data) -> Figure:
    """Median and range of the relative gap against evaluations, a problem a panel."""
    figure, panels = style.grid(__doc__, 2, 3, 7.0)
    for panel, title, t, rows in zip(panels.flat, data.titles, data.evaluations, data.gap, strict=True):
        for i, ((label, look, more), samples) in enumerate(zip(LOOKS.values(), rows, strict=True)):
            if not np.isnan(samples).all():
                end = 1 + np.count_nonzero(samples.max(axis=-1) > LEAST / 100)
                shown = np.maximum(samples[:end], LEAST / 100)
                marks = slice(i, None, 9)  # no two markers at one place
                style.band(panel, t[:end], shown, look, label, middle=np.median, marks=marks, linewidth=1.5, **more)
        panel.set(xscale="log", yscale="log", title=title, ylim=(max(LEAST, 0.5 * np.nanmin(rows)), 3))
        panel.minorticks_off()
    for panel in panels[:, 0]:
        panel.set_ylabel("gap / first gap")
    for panel in panels[-1]:
        panel.set_xlabel("evaluations")
    style.foot(figure, style.spread("Lines: medians", data.gap.shape[-1]), panels[0, 0], columns=3)
    return figure

"""Without noise relative loss leads at equal evaluations, and is told nothing of the curvature.

Claim: relative-loss descent with the 1/5 rule is first on a round bowl, on logistic regression and on the function that
is not convex; with momentum it is first on the quadratic of condition 100 and on the mean of |x_i|, where methods
without momentum stall at the kinks. Under noise that the two values of a step do not share every method stalls, and
GLD-Search, which keeps the best of many, stalls lowest; the gradient-free methods diverge.
Source: the methods' own files; ours for relative loss (`zotheory.methods.relative_loss`).
Here: settings as in ``benchmarks/comparison.py`` (`figures/roster.py`), one for all problems; the gap of the point
returned over the first gap, median and range of 11 runs, seed 7. "Told" methods know the constants named.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from figures.roster import roster
from figures.runs import gaps
from zotheory.oracles import Expected, Fresh, Noisy

SEED = 7
LOOKS = {
    "1/5 rule": ("relative loss, 1/5 rule", style.BLUE, "--"),
    "1/5 rule, momentum": ("relative loss, 1/5 rule, momentum", style.BLUE, "-"),
    "log-uniform": ("relative loss, log-uniform", style.GREEN, "--"),
    "log-uniform, momentum": ("relative loss, log-uniform, momentum", style.GREEN, "-"),
    "three points, 1/5 rule": ("three points, 1/5 rule", style.PURPLE, "-"),
    "GLD-Search": ("GLD-Search", style.VERMILLION, "-"),
    "two points, told L": ("two points, told L", style.QUIET, "-"),
    "ARS, told L and μ": ("ARS, told L and μ", style.INK, "-"),
}


def problems(d: int, length: int) -> dict[str, tuple[Any, Any, int]]:
    """Problem, the one whose constants are told, and evaluations, by title; d variables but for the data."""
    low = max(2, d // 3)
    bowl, valley, small = (zo.problems.golovin_family(1, Q, n, minimiser=0.3) for Q, n in ((1, d), (100, d), (10, low)))
    wavy = zo.problems.Wavy(low, c=0.3)
    kinks = zo.problems.Norm("l1", np.full(low, 0.1), np.full(low, 0.1) + np.linspace(-1, 1, low) / np.sqrt(low), 4.0)
    data = Expected(zo.problems.breast_cancer())
    return {
        f"Quadratic, $Q = 1$, $d = {d}$": (bowl, bowl, length * d),
        f"Quadratic, $Q = 100$, $d = {d}$": (valley, valley, length * d),
        "Logistic regression, $d = 30$": (data, data, 20 * length),
        f"Not convex, $d = {low}$": (wavy, wavy, length * low),
        f"Mean of $|x_i|$, $d = {low}$": (kinks, kinks, length * low),
        f"Noise, $Q = 10$, $d = {low}$": (Fresh(Noisy(small, 1e-2)), small, length * low),
    }


class Data(NamedTuple):
    """Evaluations (P, T), relative gaps (P, methods, T, replicas), NaN where a method is not run, titles (P)."""

    evaluations: np.ndarray
    gap: np.ndarray
    titles: tuple[str, ...]


def data(d: int = 100, *, length: int = 300, replicas: int = 11, records: int = 40) -> Data:
    """Run every method on every problem."""
    every, found = [], []
    chosen = problems(d, length)
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
    figure, panels = style.grid(
        "Without noise relative loss leads at equal evaluations, told nothing of the curvature", 2, 3, 6.4
    )
    for panel, title, t, rows in zip(panels.flat, data.titles, data.evaluations, data.gap, strict=True):
        for (label, colour, dashes), samples in zip(LOOKS.values(), rows, strict=True):
            if np.isnan(samples).all():
                continue
            low, middle, high = np.maximum(np.quantile(samples, [0, 0.5, 1], axis=-1), 1e-12)
            panel.fill_between(t, low, high, color=colour, alpha=0.12, linewidth=0)
            panel.plot(t, middle, color=colour, linestyle=dashes, label=label, linewidth=1.5)
        panel.set(xscale="log", yscale="log", title=title, ylim=(max(1e-10, panel.get_ylim()[0]), 3))
        panel.minorticks_off()
    for panel in panels[:, 0]:
        panel.set_ylabel("gap / first gap")
    for panel in panels[-1]:
        panel.set_xlabel("evaluations")
    handles, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3)
    return figure

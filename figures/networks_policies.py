"""Comparisons teach policies to swim, and rarely to run.

Mean return, in five episodes that train nobody, of policies on MuJoCo against the episodes that a run has spent: linear
ones, or with one hidden layer of 41 tanh units, in HalfCheetah-v5 and Swimmer-v5 of gymnasium. Thick lines are medians
of three runs, thin ones the runs, which begin alike for all methods. Grey lines: no action, and dotted random ones.

GLD-Search and GLD-Fast (Golovin et al. 2020) keep the value of the best point, of the episode in which it was found.
Relative loss compares two points in one episode, drawn anew for each step, or keeps values as GLD does; its radius
obeys the 1/5 rule; "momentum" is 0.8 with gain 4 and clip 3. ARS is augmented random search (Mania et al. 2018),
version 1, whose steps are in proportion to differences of returns over their deviation. Settings are those of the
papers, for ARS on HalfCheetah, or come from single runs on linear policies. The set-up is that of the other experiment
of Golovin et al. as far as their text tells; their rewards were not at hand.

On Swimmer eight of nine linear policies whose values are kept end above 340, most of them after a few hundred episodes.
On HalfCheetah kept values are mostly those of lucky episodes: in others all nine such policies return less, from 2 %
less to below 0. Three runs with momentum walk away, one linear one on Swimmer, to a return of -300,000, and two with 41
hidden units on HalfCheetah, below -4,000, all outside the axes; why was not found out. With 41 hidden units on
HalfCheetah ARS alone learns to run, and on Swimmer GLD is ahead of it.
`python -m figures.networks policies` takes the record.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures import style
from figures.networks.results import RECORDS, done
from figures.style import Look

RECORD = RECORDS / "policies.json"
ENVIRONMENTS, LIMITS = ("HalfCheetah-v5", "Swimmer-v5"), ((-1000, 2500), (-60, 380))  # returns that are drawn
POLICIES = ("linear", "H41")
METHODS = {
    "relative loss": Look(style.BLUE, "o", "-"),
    "relative loss, momentum": Look(style.PURPLE, "^", (0, (6, 1.5))),
    "relative loss, values kept": Look(style.INK, "P", (0, (1.5, 1))),
    "GLD-Search": Look(style.GREEN, "D", "-"),
    "GLD-Fast": Look(style.ORANGE, "v", (0, (3, 1, 1, 1))),
    "ARS": Look(style.VERMILLION, "s", "-"),
}
SEEDS, POINTS = 3, 11  # of a run: its start, and ten more


class Data(NamedTuple):
    """E environments, P policies, M methods, T points, S seeds, H episodes; NaN where a job is not done.

    `episodes`, `returns` (E, P, M, T, S): episodes that a run spent, and its mean return in others; `untaught` (E, 2,
    H): returns of no action and of random ones.
    """

    episodes: np.ndarray
    returns: np.ndarray
    untaught: np.ndarray


def data(record: Path = RECORD) -> Data:
    """Read what was measured."""
    runs = {name: run["records"] for name, run in done(record).items()}
    table = np.full((2, len(ENVIRONMENTS), len(POLICIES), len(METHODS), POINTS, SEEDS), np.nan)
    for e, p, m, seed in np.ndindex(*table.shape[1:4], SEEDS):
        name = f"{ENVIRONMENTS[e]}, {POLICIES[p]}, {[*METHODS][m]}/seed {seed}"
        for t, one in enumerate(runs.get(name, [])):
            table[:, e, p, m, t, seed] = one["episodes"], np.mean(one["returns"])
    missing = {"zero": [np.nan], "random": [np.nan]}
    untaught = [runs.get(f"{environment}, untaught", [missing])[-1] for environment in ENVIRONMENTS]
    return Data(*table, np.array([[one["zero"], one["random"]] for one in untaught]))


def draw(data: Data) -> Figure:
    """A panel a policy in an environment."""
    figure, panels = style.grid(__doc__, 2, 2, 7.4)
    for e, p in np.ndindex(panels.shape):
        curves(panels[e, p], data, e, p)
        panels[e, p].set_title(f"{ENVIRONMENTS[e]}, {'linear policy' if p == 0 else '41 hidden units'}")
    for axes in panels[:, 0]:
        axes.set_ylabel("return")
    for axes in panels[1]:
        axes.set_xlabel("episodes")
    for method, look in METHODS.items():
        panels[0, 0].plot([], [], label=method, **look._asdict(), markersize=5)  # for the names of all
    note = f"Thick: medians of {SEEDS} runs. Thin: runs. Grey: no action, and dotted random ones."
    style.foot(figure, note, panels[0, 0], columns=3)
    return figure


def curves(axes: Axes, data: Data, e: int, p: int) -> None:
    """Returns of all methods, as far as all of their runs are done."""
    for m, look in enumerate(METHODS.values()):
        episodes, returns = data.episodes[e, p, m], data.returns[e, p, m]
        done = ~np.isnan(returns).any(axis=0)
        if done.any():
            x, shown = episodes[:, done].mean(axis=-1), look._asdict() | {"markevery": slice(m % 3, None, 3)}
            axes.plot(x, returns[:, done], **shown, markersize=2, linewidth=0.6, alpha=0.6)
            axes.plot(x, np.median(returns[:, done], axis=-1), **shown, markersize=5)
    axes.set_ylim(LIMITS[e])
    for returns, dashes in zip(data.untaught[e], (style.DASHED, ":"), strict=True):
        axes.axhline(returns.mean(), color=style.QUIET, linewidth=1, linestyle=dashes)

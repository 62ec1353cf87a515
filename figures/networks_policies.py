"""Policies learned by values alone, at equal episodes.

Return of an episode of 1,000 steps, mean of five held-out episodes, against episodes spent, on MuJoCo's Swimmer-v5 and
HalfCheetah-v5, with linear policies, which begin at zero, and with H41, one hidden layer of 41 units, which begins at
random. Three runs each. Lines are means, and bands go from the least to the largest of them. Grey, dashed: what random
actions get; dotted: what no action gets.

An evaluation is one episode. GLD-Search and GLD-Fast (Golovin et al. 2020, whose experiment this follows as far as its
text tells) keep the value that they once saw at their point, in another episode than that of the next candidates; so
does relative loss with "values kept". Relative loss compares two points in one episode, drawn anew in each step, which
costs two; its radius obeys the 1/5 rule, "momentum" is 0.8 with gain 4. ARS is augmented random search (Mania et al.
2018), which uses the differences of values. A method may leave its point for a worse one, since what it compares is one
episode.

`python -m figures.networks policies` takes the record; settings stand there.
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
ENVIRONMENTS, POLICIES = ("Swimmer-v5", "HalfCheetah-v5"), ("linear", "H41")
METHODS = {
    "GLD-Search": Look(style.BLUE, "o", "-"),
    "GLD-Fast": Look(style.GREEN, "D", (0, (3, 1, 1, 1))),
    "relative loss": Look(style.VERMILLION, "s", "-"),
    "relative loss, momentum": Look(style.PURPLE, "^", (0, (6, 1.5))),
    "relative loss, values kept": Look(style.ORANGE, "P", (0, (1.5, 1))),
    "ARS": Look(style.INK, "v", "-"),
}
SEEDS, EVERY, POINTS = 3, 100, 11  # runs, episodes between two points, and points: those of the study


class Data(NamedTuple):
    """E environments, P policies, M methods, T points, S seeds: mean returns of held-out episodes; NaN if not done.

    `episodes` (T,), `returns` (E, P, M, T, S); `untaught` (E, 2), of no action and of random ones.
    """

    episodes: np.ndarray
    returns: np.ndarray
    untaught: np.ndarray


def data(record: Path = RECORD) -> Data:
    """Read what was measured."""
    runs = {name: run["records"] for name, run in done(record).items()}
    returns = np.full((len(ENVIRONMENTS), len(POLICIES), len(METHODS), POINTS, SEEDS), np.nan)
    for place in np.ndindex(*returns.shape[:3], SEEDS):
        environment, policy, method = (
            list(names)[i] for names, i in zip((ENVIRONMENTS, POLICIES, METHODS), place, strict=False)
        )
        for t, one in enumerate(runs.get(f"{environment}, {policy}, {method}/seed {place[-1]}", [])):
            returns[(*place[:3], t, place[-1])] = np.mean(one["returns"])
    ends = [runs.get(f"{environment}, untaught", [{}])[-1] for environment in ENVIRONMENTS]
    untaught = [[np.mean(end.get(key, np.nan)) for key in ("zero", "random")] for end in ends]
    return Data(EVERY * np.arange(POINTS), returns, np.array(untaught))


def draw(data: Data) -> Figure:
    """A panel an environment and policy."""
    figure, panels = style.grid(__doc__, 2, 2, 7.2)
    for (e, p), axes in np.ndenumerate(panels):
        curves(axes, data, e, p)
        axes.set_title(f"{ENVIRONMENTS[e]}, {POLICIES[p]}")
    for axes in panels[:, 0]:
        axes.set_ylabel("return of held-out episodes")
    for axes in panels[-1]:
        axes.set_xlabel("episodes")
    for method, look in METHODS.items():
        panels[0, 0].plot([], [], label=method, **look._asdict(), markersize=5)  # for the names of all
    style.foot(figure, style.spread("Lines: means", SEEDS), panels[0, 0], columns=3)
    return figure


def curves(axes: Axes, data: Data, e: int, p: int) -> None:
    """Returns of all methods, and of what has not learned."""
    for value, dashes in zip(data.untaught[e], (":", style.DASHED), strict=True):
        axes.axhline(value, color=style.QUIET, linewidth=1, linestyle=dashes)
    for k, look in enumerate(METHODS.values()):
        seeds = data.returns[e, p, k]
        if not np.isnan(seeds).any():
            style.band(axes, data.episodes, seeds, look, marks=slice(None))

"""Comparisons of losses end where Adam is after some hundred evaluations.

Perceptrons with one hidden layer on complete MNIST, at equal evaluations: one is the loss of one mini-batch, which all
losses of a step share, and a gradient by back-propagation counts 3. Lines are means, and bands go from the least to the
largest of them. Left, accuracy on test images of a network of 970 weights, for images pooled to 7 x 7 and batches of
1,000. Right, where all methods ended: filled, five runs of that network after 100,000 evaluations, of CMA-ES with all
covariances two; hollow, two runs of one with 25,450 weights, for whole images and batches of 250, after 60,000. Each
method has the best of five settings, by the loss of shorter runs with another seed.

On the small network RSO, three points and CMA-ES end within a per cent of each other and of MeZO, two points, which
uses the differences of losses and not their order alone; CMA-ES with a diagonal, relative loss with a radius that
falls, decaying radius, and adaptive Monte Carlo within three. All of them need 100,000 evaluations for what Adam has
after 500; SGD ends beside it. The 1/5 rule ends lower, with momentum or without, since it keeps its radius long
(`networks_batches`); on batches of 250 it walks away, and its runs, below one in four, are not drawn. In 60,000
evaluations RSO can change a weight of the larger network once at most.

Methods: relative loss is ours, with the 1/5 rule or a radius that falls by the same factor in every step; three points
(Bergou, Gorbunov, Richtárik 2020), adaptive Monte Carlo (Whitelam et al. 2022), MeZO (Malladi et al. 2023), RSO
(Tripathi, Singh 2020), CMA-ES by pycma. `python -m figures.networks kin` takes the record, and holds what else was
tried.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures import style
from figures.networks.results import RECORDS, done
from figures.style import Look

RECORD = RECORDS / "kin.json"
SIZES = ("970 weights", "25,450 weights")
METHODS = (
    "1/5 rule",
    "1/5 rule, momentum",
    "decaying radius",
    "decaying radius, momentum",
    "adaptive Monte Carlo",
    "three points",
    "two points (MeZO)",
    "RSO",
    "CMA-ES, diagonal",
    "CMA-ES",
    "SGD",
    "Adam",
)
DRAWN = {  # against evaluations
    "Adam": Look(style.INK, "v", "-"),
    "RSO": Look(style.GREEN, "D", "-"),
    "decaying radius": Look(style.VERMILLION, "s", "-"),
    "adaptive Monte Carlo": Look(style.PURPLE, "^", "-"),
    "1/5 rule": Look(style.BLUE, "o", "-"),
    "two points (MeZO)": Look(style.ORANGE, "P", style.DASHED),
    "CMA-ES, diagonal": Look(style.QUIET, "X", style.DASHED),
}
SEEDS = 5  # at most
LEAST = 0.76  # accuracy that is drawn


class Data(NamedTuple):
    """Evaluations (M, T) and test accuracies (M, T, seeds) of `METHODS` on the small network; where runs `ended`.

    `ended` (2, M, seeds): test accuracies on the networks of `SIZES`. NaN where there are none.
    """

    evaluations: np.ndarray
    accuracy: np.ndarray
    ended: np.ndarray


def data() -> Data:
    """Read the record of ``python -m figures.networks kin``."""
    runs = done(RECORD)
    every = [[of(runs, size, method) for method in METHODS] for size in SIZES]
    longest = max(len(points) for seeds in every[0] for points in seeds)
    accuracy = np.full((len(METHODS), longest, SEEDS), np.nan)
    evaluations = np.full(accuracy.shape[:-1], np.nan)
    ended = np.full((len(SIZES), len(METHODS), SEEDS), np.nan)
    for method, seeds in enumerate(every[0]):
        for seed, points in enumerate(seeds):
            evaluations[method, : len(points)] = [point["evaluations"] for point in points]
            accuracy[method, : len(points), seed] = [point["accuracy"] for point in points]
    for size, row in enumerate(every):
        for method, seeds in enumerate(row):
            ended[size, method, : len(seeds)] = [points[-1]["accuracy"] for points in seeds]
    return Data(evaluations, accuracy, ended)


def of(runs: dict[str, dict[str, Any]], size: str, method: str) -> list[list[dict[str, float]]]:
    """What the runs of a method on a network recorded, the first weights aside."""
    return [run["records"][1:] for name, run in runs.items() if name.startswith(f"run/{size}/{method}/")]


def draw(data: Data) -> Figure:
    """Accuracy against evaluations on the small network, and where all methods ended on both."""
    figure, left, right = style.page(__doc__, 4.8)
    for name, look in DRAWN.items():
        method = METHODS.index(name)
        at, seeds = (~np.isnan(data.accuracy[method]).all(axis=axis) for axis in (1, 0))
        x, y = data.evaluations[method, at], data.accuracy[method][at][:, seeds]
        style.band(left, x, y, look, name, marks=slice(method % 3, None, 3), linewidth=1.4)
    left.set(xscale="log", xlabel="evaluations", xlim=(480, None), ylim=(0.2, 1))
    left.set_title(f"Test accuracy, {SIZES[0]}")
    left.legend(loc="lower right", fontsize=9)
    ends(right, data)
    style.foot(
        figure, f"Lines: means. Bands: from the least to the largest. Right: every run that ended above {LEAST:g}."
    )
    return figure


def ends(axes: Axes, data: Data) -> None:
    """Where methods ended: those that ended highest on the small network above."""
    order = np.argsort(np.nanmean(data.ended[0], axis=-1))
    for size, (look, face) in enumerate(((style.BLUE, style.BLUE), (style.VERMILLION, "white"))):
        for row, method in enumerate(order):
            seeds = data.ended[size, method]
            label = SIZES[size] if row == len(order) - 1 else None
            axes.plot(
                seeds, np.full(len(seeds), row), "os"[size], color=look, markerfacecolor=face, markersize=5, label=label
            )
    axes.set_yticks(range(len(order)), [METHODS[method] for method in order])
    axes.set_title("Where runs ended")
    axes.set_xlim(LEAST, None)
    axes.set_xlabel("test accuracy")
    axes.legend(loc="lower right")

"""Vanishing gradients stop comparisons too: a step is worth 0.2 |g|^2/(dL).

Tables: how many of five runs were trained, by the number of layers, to less than 20 % wrong of 100 digits, within
18,000 evaluations, of which a gradient by back-propagation counts 3; no mini-batches. SGD and Adam have the best of
three step sizes on each network, comparisons one setting for all. Networks have width 8, or, right of the gap, about as
many weights as 64 layers of width 8, 4,690: the 1/5 rule then trains two layers as fast as with 226, so that it is not
the number of weights that stops it. Exact 95 % intervals of a share: from 48 % where all five were trained, to 52 %
where none was. "single" is the 1/5 rule in single precision; an empty cell was not run.

Middle: the mean fall of the loss in one step of relative loss, at the best of nine lengths, over 128 directions,
against what the theorem (`decrease_sharp`) predicts at its own best length from the gradient and the curvature at the
point: 0.2 `|g|^2/(dL)`, with `g` the gradient, `d` the number of weights and `L` the mean of `|s^T H s|` over 64
directions `s`, `H` the second derivative. Full markers: the first weights of 2 to 64 layers. Hollow ones: where runs of
the 1/5 rule ended. Both agree down to 10^-13; below 10^-15 rounding takes over. At the first weights a step of 64
sigmoid layers is worth as much as one of two, though the gradient `g_l` of their first layer is 10^-41: the last layer
does it all. Then the runs stand on a plateau, where `|g|` is small in all layers, and `L`, which is of the last one, is
not. Where deep normalised networks begin, a step of single runs is worth up to 83 times the prediction, presumably as
their curvature is not the same from one end of a step to the other.

Below, 64 layers of tanh: the share of the fall in all steps that is due to layers 1 to `l`, as far as an account by
gradients half way along a step explains it (for SGD and Adam it does not); dashed, of the first step as predicted,
`|g_l|^2/|g|^2`. The curves of the 1/5 rule are sums over some hundred steps, and noisy. Right, how far the weights
`W_l` of a layer were from the first ones, `W_l(0)`, when runs ended: relative loss moves all layers alike, whatever
they contribute.

So comparing saves nobody from vanishing gradients. Nor does it stand depth as well as back-propagation where they do
not vanish: of 16 layers of tanh SGD trains all runs, and the three comparisons one of fifteen; of 64 normalised sigmoid
layers SGD and Adam train all, and comparisons none. With 8 sigmoid layers the 1/5 rule and SGD end on the plateau, a
loss of 2.22; RSO, which changes one weight at a time by what is usual in its layer, leaves it, to 1.58 in the median;
and Adam, which divides by the size of each derivative, trains three of five.
`python -m figures.networks depth` takes the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures import style
from figures.networks.results import RECORDS, done

RECORD = RECORDS / "depth.json"
KINDS = ("tanh", "tanh, normalised", "sigmoid", "sigmoid, normalised")
METHODS = ("1/5 rule", "1/5 rule, momentum", "RSO", "SGD", "Adam")
SINGLE = "1/5 rule, single precision"
ROWS = ("1/5 rule", "momentum", "RSO", "SGD", "Adam", "single")
DEPTHS, WIDE = (2, 4, 8, 16, 64), (2, 8)
COLUMNS = (*(f"{depth} layers" for depth in DEPTHS), *(f"{depth} wide layers" for depth in WIDE))
DEEP = f"{KINDS[0]}/{DEPTHS[-1]} layers"  # whose layers are looked at
LOOKS = (*style.LOOKS, style.Look(style.ORANGE, "v", (0, (4, 1, 1, 1, 1, 1))))
THRESHOLD, RUNS = 0.2, 5  # error of a trained run, and seeds: those of the study
LEAST = 1e-17  # what double precision does not tell from 0
FAIR = 0.2  # an account by layer that misses more of the fall than this is not drawn


class Data(NamedTuple):
    """K kinds of networks, M methods, C `COLUMNS`, D depths, S seeds, 64 layers.

    `trained` (K, M + 1, C): share of runs, the last method in single precision; NaN where there are none. `predicted`
    and `measured` (2, K, D, S): fall of one step at the first weights, and where the 1/5 rule ended. `gradient`
    (K, 64), by layer, at the first weights; `share` (M, 64) of the fall and `movement` (M, 64) of the network `DEEP`;
    `found` (M,): its fall by layers over the fall as it was.
    """

    trained: np.ndarray
    predicted: np.ndarray
    measured: np.ndarray
    gradient: np.ndarray
    share: np.ndarray
    movement: np.ndarray
    found: np.ndarray


def data() -> Data:
    """Read the record of ``python -m figures.networks depth``; NaN where a job is not done."""
    runs = {name: run["records"][1:] for name, run in done(RECORD).items()}
    names = [[f"{kind}/{depth} layers" for depth in DEPTHS] for kind in KINDS]
    first = [[runs.get(f"{name}/first step", []) for name in row] for row in names]
    last = [[[one["step"] for one in runs.get(f"{name}/{METHODS[0]}", [])] for name in row] for row in names]
    deep = [runs[f"{DEEP}/{method}"] for method in METHODS]
    falls = [np.mean([one["falls"] for one in seeds], axis=0) for seeds in deep]
    rows = (*METHODS, SINGLE)
    return Data(
        np.array([[[share(runs.get(f"{kind}/{c}/{row}", [])) for c in COLUMNS] for row in rows] for kind in KINDS]),
        np.array([steps(first, "predicted"), steps(last, "predicted")]),
        np.array([steps(first, "fall"), steps(last, "fall")]),
        np.array([np.exp(np.mean(np.log([one["layers"] for one in row[-1]]), axis=0)) for row in first]),
        np.array([each / each.sum() for each in falls]),
        np.array([np.mean([one["movement"] for one in seeds], axis=0) for seeds in deep]),
        np.array(
            [each.sum() / np.mean([one["fall"] for one in seeds]) for each, seeds in zip(falls, deep, strict=True)]
        ),
    )


def share(seeds: Sequence[Mapping[str, Any]]) -> float:
    """Share of runs that were trained."""
    return float(np.mean([one["error"] < THRESHOLD for one in seeds])) if seeds else np.nan


def steps(table: Sequence[Sequence[Sequence[Mapping[str, Any]]]], key: str) -> list[list[list[float]]]:
    """One number of each step."""
    return [[[one[key] for one in seeds] or [np.nan] * RUNS for seeds in row] for row in table]


def draw(data: Data) -> Figure:
    """Above which runs were trained; below the test of the theory, and what happens to layers."""
    figure, panels = style.grid(__doc__, 4, 2, 11.5)
    panels[0, 0].get_gridspec().set_height_ratios((1, 1, 1.7, 1.7))
    for kind, (axes, trained) in enumerate(zip(panels[:2].flat, data.trained, strict=True)):
        table(axes, trained * RUNS, [""] * len(ROWS) if kind % 2 else ROWS)
        axes.set_title(f"{KINDS[kind]}: runs trained, of {RUNS}, by layers")
    predictions(panels[2, 0], data)
    gradients(panels[2, 1], data)
    layers(panels[3, 0], panels[3, 1], data)
    style.foot(figure, f"Tables: width 8; right of the gap, wider, with 4,690 weights. Lines: means of {RUNS} runs.")
    return figure


def table(axes: Axes, trained: np.ndarray, rows: Sequence[str]) -> None:
    """Numbers of runs (methods, columns) as a table with colours."""
    gap = np.full((len(trained), 1), np.nan)
    shown = np.concatenate([trained[:, : len(DEPTHS)], gap, trained[:, len(DEPTHS) :]], axis=1)
    axes.imshow(shown, cmap="Blues", vmin=0, vmax=2 * np.nanmax(shown), aspect="auto")
    for (row, column), count in np.ndenumerate(shown):
        if np.isfinite(count):
            axes.text(column, row, f"{count:.0f}", ha="center", va="center", color=style.INK, fontsize=9.5)
    names = [str(depth) for depth in (*DEPTHS, *WIDE)]
    axes.set_xticks([*range(len(DEPTHS)), *range(len(DEPTHS) + 1, shown.shape[1])], names)
    axes.set_yticks(range(len(rows)), rows)
    axes.grid(False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def predictions(axes: Axes, data: Data) -> None:
    """The fall of one step: measured against predicted."""
    ends = (LEAST, 0.1)
    axes.plot(ends, ends, color=style.QUIET, linewidth=1, linestyle=style.DASHED)
    for kind, look in enumerate(style.LOOKS):
        for when, face in enumerate((look.color, "white")):
            x, y = (np.maximum(part[when, kind].ravel(), LEAST) for part in (data.predicted, data.measured))
            label = KINDS[kind] if when == 0 else None
            axes.plot(x, y, look.marker, color=look.color, markerfacecolor=face, markersize=4.5, label=label)
    axes.set(xscale="log", yscale="log", xlabel="predicted: $|g|$ and $L$ at the point", ylabel="measured")
    axes.set_title("The fall of the loss in one step")
    axes.legend(loc="lower right")


def gradients(axes: Axes, data: Data) -> None:
    """How gradients vanish or explode."""
    for kind, look in enumerate(style.LOOKS):
        x = np.arange(1, data.gradient.shape[1] + 1)
        axes.plot(x, data.gradient[kind], label=KINDS[kind], **look._asdict(), markevery=9, markersize=5)
    axes.set(yscale="log", xlabel="layer $l$, from the input", ylabel="$|g_l|$")
    axes.set_title("The first gradient in 64 layers")


def layers(left: Axes, right: Axes, data: Data) -> None:
    """Of the deep network: which layers the fall is due to, and how far they move."""
    x = np.arange(1, data.share.shape[1] + 1)
    for method, look in enumerate(LOOKS):
        shown = {"label": METHODS[method], **look._asdict(), "markevery": 9, "markersize": 5}
        if abs(data.found[method] - 1) < FAIR:
            left.plot(x, np.cumsum(data.share[method]), **shown)
        right.plot(x, data.movement[method], **shown)
    parts = data.gradient[0] ** 2
    left.plot(
        x, np.cumsum(parts) / parts.sum(), color=style.INK, linestyle=style.DASHED, label="$|g_l|^2/|g|^2$ at first"
    )
    left.set(xlabel="layer $l$, from the input", ylabel="share, up to this layer")
    left.set_title(f"{DEEP.replace('/', ', ')}: where the fall comes from")
    left.legend(loc="upper left")
    right.set(xlabel="layer $l$, from the input", ylabel="$|W_l - W_l(0)|/|W_l(0)|$", yscale="log")
    right.set_ylim(bottom=2e-3)
    right.set_title("and how far weights move")
    right.legend(loc="lower center", ncols=2, columnspacing=1, handlelength=2)

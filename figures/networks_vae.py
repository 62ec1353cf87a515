"""Where latents are drawn, short steps are compared wrongly.

Autoencoders on black and white digits. Loss, which is minus the evidence bound (ELBO), in nats, of 400 images that
nobody trained on. An evaluation is the loss of all 1,397 training images with one draw of their latents, or as many
draws as are named; a gradient by back-propagation counts 3. Above, images of 4 x 4 with two latents of four values (280
weights) or with two normal latents (340 weights), 5 runs each, of which three go on to 1,000 evaluations a weight; and
images of 8 x 8 with six latents of eight values (6,256 weights), 2 runs. Lines are means of the runs that go farthest,
bands go from the least to the largest of them. The grey line is the loss of independent pixels, which a decoder reaches
that looks at no code.

Below, each run's loss after 100 evaluations a weight, 5 runs an arm. Both losses of a step of relative-loss descent
have the same draws, except with "independent noise". Its radius obeys the 1/5 rule, or falls as `10/sqrt(t)` in step
`t`; "momentum" is 0.99, with gain 4. "Recurring noise" keeps its draws for 1000 evaluations and begins each time at the
radius that falls, "growing draws" are 1 at first and 32 in the end, and "all codes" sums over all of them, which leaves
no noise. Adam has step size 0.01; through draws of categories its gradients go by Gumbel-softmax, of temperature 0.5
throughout, straight-through, or REINFORCE with two draws.

Below, right, how often the lower of two losses is not that of the lower mean, at the ends of a step of some length in a
random direction from a point on the way: full markers, with the same draws; hollow ones, with others. The mean is the
sum over all codes, or, of normal latents, of 16 draws, so that the truth itself has noise there.

With one draw of categories runs of the 1/5 rule end between 5.07 and 5.54, also after 1,000 evaluations a weight;
independent pixels have 5.28. With a radius that falls, and before all with ten draws, comparisons get below that, and
with the sum over all codes nearly as far as Adam. Gumbel-softmax gets worse after some ten evaluations a weight,
presumably as it trains mixtures of codes, which are not the model: Adam on the model itself, all codes, does not. Where
the two losses have draws of their own, runs do not even reach independent pixels. With 6,256 weights and one draw, 40
evaluations a weight do not suffice.
`python -m figures.networks vae` takes the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures import style
from figures.networks.results import RECORDS, done
from figures.style import Look

RECORD = RECORDS / "vae.json"
WEIGHTS = {  # sizes as in figures/networks/vae.py, which needs JAX; the first three are drawn
    "categorical": 280,
    "Gaussian": 340,
    "8 x 8": 6256,
    "MNIST, categorical": 4801,
    "MNIST, Gaussian": 1849,
}
TITLES = {
    "categorical": "4 x 4, categories",
    "Gaussian": "4 x 4, normal latents",
    "8 x 8": "8 x 8, categories",
    "MNIST, categorical": "MNIST, categories",
    "MNIST, Gaussian": "MNIST, normal latents",
}
EACH = {  # evaluations a weight, of shorter and of longer runs
    "categorical": (100, 1000),
    "Gaussian": (100, 1000),
    "8 x 8": (4, 40),
    "MNIST, categorical": (4, 40),
    "MNIST, Gaussian": (4, 100),
}
SEEDS = 5
ROWS = {  # arms, and what they are called below the first of their kind
    "1/5 rule": "1/5 rule",
    "1/5 rule, 10 draws": "10 draws",
    "1/5 rule, recurring noise": "recurring noise",
    "1/5 rule, all codes": "all codes",
    "falling radius": "falling radius",
    "falling radius, momentum": "momentum",
    "falling radius, 10 draws": "10 draws",
    "falling radius, growing draws": "growing draws",
    "falling radius, independent noise": "independent noise",
    "Adam, all codes": "Adam, all codes",
    "Adam, reparameterisation": "reparameterisation",
    "Adam, Gumbel-softmax": "Gumbel-softmax",
    "Adam, straight-through": "straight-through",
    "Adam, REINFORCE": "REINFORCE",
}
PLACES = np.arange(len(ROWS)) + 0.7 * np.cumsum([arm == name for arm, name in ROWS.items()])  # kinds stand apart
CURVES = {
    "1/5 rule": Look(style.BLUE, "o", "-"),
    "1/5 rule, 10 draws": Look(style.GREEN, "D", (0, (3, 1, 1, 1))),
    "falling radius, momentum": Look(style.PURPLE, "^", (0, (6, 1.5))),
    "Adam, reparameterisation": Look(style.VERMILLION, "s", "-"),
    "Adam, Gumbel-softmax": Look(style.VERMILLION, "v", (0, (1.5, 1))),
    "Adam, straight-through": Look(style.ORANGE, "P", "-"),
    "Adam, REINFORCE": Look(style.INK, "X", (0, (1.5, 1))),
}


class Data(NamedTuple):
    """Z sizes, A arms of `ROWS`, T points, S seeds, R radii; NaN where a job is not done.

    `each`, `loss` (Z, A, T, S): evaluations a weight, nats; `ends` (Z, A, S): nats where the shorter runs end;
    `independent` (Z,): nats; `radii` (2, R), `wrong` (2, 2, R): shares of wrong signs, for categories and for normal
    latents, with the same draws and with others.
    """

    each: np.ndarray
    loss: np.ndarray
    ends: np.ndarray
    independent: np.ndarray
    radii: np.ndarray
    wrong: np.ndarray


def data(record: Path = RECORD) -> Data:
    """Read what was measured."""
    runs = {name: run["records"] for name, run in done(record).items()}
    every = {}
    for (z, size), (a, arm), seed in product(enumerate(WEIGHTS), enumerate(ROWS), range(SEEDS)):
        names = (f"{size}/{each * WEIGHTS[size]} evaluations/{arm}/seed {seed}" for each in EACH[size])
        every[z, a, seed] = [runs.get(name, []) for name in names]
    points = max(len(joined(*both)) for both in every.values())
    table = np.full((2, len(WEIGHTS), len(ROWS), points, SEEDS), np.nan)
    ends, independent = np.full(table[0, :, :, 0].shape, np.nan), np.full(len(WEIGHTS), np.nan)
    for (z, a, seed), (short, long) in every.items():
        for t, one in enumerate(joined(short, long)):
            table[:, z, a, t, seed] = one["evaluations"] / [*WEIGHTS.values()][z], one["loss"]
            independent[z] = one.get("independent", independent[z])
        if short:
            ends[z, a, seed] = short[-1]["loss"]
    signs = [runs.get(f"signs/{size}", [])[1:] for size in ("categorical", "Gaussian")]
    found = np.full((3, len(signs), max(map(len, signs))), np.nan)
    for z, distances in enumerate(signs):
        for r, one in enumerate(distances):
            found[:, z, r] = one["distance"], 1 - one["all"]["right"], 1 - one["all"]["by chance"]
    return Data(*table, ends, independent, found[0], found[1:].swapaxes(0, 1))


def joined(short: Sequence[Mapping[str, Any]], long: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The records of a run and of a longer one, which takes the same steps and then more."""
    return [*short, *(one for one in long if not short or one["evaluations"] > short[-1]["evaluations"])]


def draw(data: Data) -> Figure:
    """Above curves; below how runs ended, and signs."""
    figure, panels = style.grid(__doc__, 2, 3, 7.6)
    for z, axes in enumerate(panels[0]):
        curves(axes, data, z)
    for z, axes in enumerate(panels[1, :2]):
        ends(axes, data, z)
    panels[0, 0].set_ylabel("nats")
    panels[1, 0].set_yticks(PLACES, ROWS.values())
    signs(panels[1, 2], data)
    for arm, look in CURVES.items():
        panels[0, 0].plot([], [], label=arm, **look._asdict(), markersize=5)  # for the names of all
    note = "Above: means of runs. Bands: from the least to the largest. Grey: independent pixels. Below: single runs."
    style.foot(figure, note, panels[0, 0])
    return figure


def curves(axes: Axes, data: Data, z: int) -> None:
    """Losses of a size: of those runs of an arm that go farthest."""
    axes.set_xscale("log")
    for k, (arm, look) in enumerate(CURVES.items()):
        each, loss = (part[z, list(ROWS).index(arm), 1:] for part in (data.each, data.loss))  # behind the start
        points = np.isfinite(loss).sum(axis=0)
        far, done = slice(points.max()), points == points.max()
        if points.any():
            style.band(axes, each[far, done].mean(axis=-1), loss[far, done], look, marks=slice(k % 3, None, 4))
    axes.axhline(data.independent[z], color=style.QUIET, linewidth=1)
    axes.set(title=[*TITLES.values()][z], xlabel="evaluations a weight")


def ends(axes: Axes, data: Data, z: int) -> None:
    """Losses of the shorter runs, a row an arm."""
    for a, arm in enumerate(ROWS):
        look = CURVES.get(arm, Look(style.QUIET, "o", ""))
        axes.scatter(data.ends[z, a], np.full(SEEDS, PLACES[a]), s=22, marker=look.marker, color=look.color, zorder=2)
    axes.axvline(data.independent[z], color=style.QUIET, linewidth=1)
    axes.set(title=f"{[*TITLES.values()][z]}: ends", xlabel=f"nats after {EACH['Gaussian'][0]} a weight")
    axes.set(ylim=(PLACES[-1] + 0.5, PLACES[0] - 0.5), yticks=PLACES, yticklabels=[])
    axes.tick_params(axis="y", length=0)


def signs(axes: Axes, data: Data) -> None:
    """Shares of wrong signs by radius."""
    axes.set_xscale("log")
    for z, (name, look) in enumerate(zip(("categories", "normal"), style.LOOKS, strict=False)):
        axes.plot(data.radii[z], data.wrong[z, 0], label=name, **look._asdict(), markersize=5)
        axes.plot(data.radii[z], data.wrong[z, 1], **look._asdict(), markersize=5, markerfacecolor="white")
    axes.set(title="Wrong signs", xlabel="length of a step", ylabel="share; full: same draws", ylim=(0, 0.6))
    axes.legend(loc="upper right", ncols=2, handlelength=1.8, columnspacing=0.8)

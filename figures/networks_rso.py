"""RSO trains its authors' network, slowly.

Accuracy on test images. RSO changes one parameter at a time and keeps the best of three values of it on a mini-batch: 3
evaluations a step, and a cycle is a step for each parameter, 12,016 of them in the authors' network for MNIST. A step
of back-propagation counts 3 evaluations of its own batch, of 100 images. One run each.

Above, MNIST. Left, RSO against cycles, with batches that grow: the numbers above the axis are the images of a batch in
each cycle. Right, the same run against evaluations, beside SGD with momentum 0.9 and step size 0.05, and Adam with step
size 0.001, on the same network and images. Stars are what Tripathi and Singh report for RSO, with batches of 5,000
throughout: 98 % after 5 cycles and 99.1 % after 50.

Below, left, what the first cycles depend on: accuracy after one cycle, in which changes are as large as at first, with
batches of 100 and three seeds, with larger batches (200: the long run), and with something else changed; and after two
cycles, by the number of cycles over which the changes become smaller. Right, two more networks: a small one for 8 x 8
digits, and the first cycle of the authors' for CIFAR-10, with batches of 50. On digits RSO first has the accuracy that
Adam ends with, 0.96, after 32,688 evaluations, eleven times as many as Adam's, and of batches of 500; on another
processor, which rounds otherwise, RSO ended at 0.95. On MNIST it ends at 95.8 % after eight cycles, 288,384
evaluations; Adam has 96.4 % after 1,200.

Source: Tripathi, Singh, "RSO: a gradient free sampling based approach for training deep neural networks" (2020,
arXiv:2005.05955). `python -m figures.networks rso` takes the record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures import style
from figures.networks.results import RECORDS
from figures.style import Look

RECORD = RECORDS / "rso.json"
PARAMETERS = 12_016  # of the network for MNIST
RSO, SGD, ADAM = Look(style.BLUE, "o", "-"), Look(style.PURPLE, "^", (0, (1.5, 1))), Look(style.VERMILLION, "s", "--")
CURVES = {  # jobs as in figures/networks/rso.py, which needs JAX
    "MNIST": RSO,
    "MNIST/SGD": SGD,
    "MNIST/Adam": ADAM,
    "digits/RSO": RSO,
    "digits/Adam": ADAM,
    "CIFAR-10/RSO": Look(style.GREEN, "D", style.DASHED),
}
REPORTED = {5: 0.98, 50: 0.991}  # accuracy by cycles, of the paper
ONE_CYCLE = {  # what is changed: the job; None: of the long run
    "as it is": "as it is",
    "with a second seed": "as it is, seed 2",
    "with a third seed": "as it is, seed 3",
    "batches of 200": None,
    "batches of 400": "batch 400",
    "changes 0.3 times as large": "changes 0.3 times as large",
    "changes twice as large": "changes twice as large",
    "no decay": "no decay",
    "ten times the decay": "ten times the decay",
}
TWO_CYCLES = ("falling over 2 cycles", "falling over 10 cycles", "falling over 50 cycles")
SHORT = {f"MNIST/one cycle/{job}" if job else "MNIST": PARAMETERS for job in ONE_CYCLE.values()}
SHORT |= {f"MNIST/two cycles/{job}": 2 * PARAMETERS for job in TWO_CYCLES}  # steps after which accuracy is drawn


class Data(NamedTuple):
    """C `CURVES` of T points, S `SHORT` runs, K cycles.

    `evaluations`, `accuracy` (C, T): as far as a run is, NaN beyond. `short` (S,): accuracy after so many steps; NaN
    where they are not done. `batches` (K,): images of a batch on MNIST.
    """

    evaluations: np.ndarray
    accuracy: np.ndarray
    short: np.ndarray
    batches: np.ndarray


def data(record: Path = RECORD) -> Data:
    """Read what was measured."""
    runs = json.loads(record.read_text(encoding="utf-8"))["runs"]
    every = [measured(runs.get(name)) for name in CURVES]
    table = np.full((2, len(every), max(map(len, every))), np.nan)
    for i, points in enumerate(every):
        for t, point in enumerate(points):
            table[:, i, t] = point["evaluations"], point["accuracy"]
    after = [{point["steps"]: point["accuracy"] for point in measured(runs.get(name))} for name in SHORT]
    ends = [known.get(steps, np.nan) for known, steps in zip(after, SHORT.values(), strict=True)]
    batches = runs["MNIST"]["setting"]["batches"] if "MNIST" in runs else []
    return Data(*table, np.array(ends), np.array(batches))


def measured(run: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The points of a run at which accuracy was measured."""
    return [point for point in run["records"] if "accuracy" in point] if run else []


def draw(data: Data) -> Figure:
    """Above MNIST; below what the first cycles depend on, and other data."""
    figure, [[cycles, evaluations], [first, others]] = style.grid(__doc__, 2, 2, 7.8)
    curve(cycles, data, "MNIST", per=3 * PARAMETERS)
    for cycle, batch in enumerate(data.batches):
        cycles.text(
            cycle + 0.5, 0.03, f"{batch}", ha="center", fontsize=9, color=style.QUIET,
            transform=cycles.get_xaxis_transform(),
        )  # fmt: skip
    cycles.set(xlabel="cycles; above the axis: images of a batch", xlim=(-0.2, 10.2), xticks=range(11))
    cycles.set_title("MNIST, RSO")
    for name in ("MNIST", "MNIST/SGD", "MNIST/Adam"):
        curve(evaluations, data, name, name.removeprefix("MNIST/").replace("MNIST", "RSO"))
    evaluations.set_xlim(200, 3e6)
    evaluations.set_title("MNIST, beside back-propagation")
    for panel, unit in ((cycles, 1), (evaluations, 3 * PARAMETERS)):
        x = np.array([unit * cycle for cycle in REPORTED])
        panel.plot(x, [*REPORTED.values()], "*", color=style.INK, markersize=10, label="Tripathi, Singh: RSO")
        panel.set(yscale="logit", ylim=(0.08, 0.995))
        panel.set_yticks([0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.98, 0.99], [], minor=False)
        panel.yaxis.set_major_formatter("{x:g}")
        panel.minorticks_off()
    evaluations.legend(loc="lower right")
    dots(first, data)
    for name in ("digits/RSO", "digits/Adam", "CIFAR-10/RSO"):
        curve(others, data, name, name.replace("/", ", "))
    others.set(xlim=(200, 1e6), ylim=(0, 1))
    others.set_title("Digits and CIFAR-10")
    others.legend(loc="center right", bbox_to_anchor=(1, 0.6))
    for panel in (evaluations, others):
        panel.set_xscale("log", nonpositive="mask")
        panel.set_xlabel("evaluations of a batch")
        panel.minorticks_off()
    style.foot(figure, "Test accuracy; one run each. Logit scales above. Stars: as reported, with batches of 5,000.")
    return figure


def curve(axes: Axes, data: Data, name: str, label: str | None = None, per: float = 1) -> None:
    """Accuracy against evaluations over `per`."""
    i = list(CURVES).index(name)
    shown = {**CURVES[name]._asdict(), "markersize": 4, "markevery": 3}
    axes.plot(data.evaluations[i] / per, data.accuracy[i], label=label, **shown)


def dots(axes: Axes, data: Data) -> None:
    """Accuracies after one cycle and after two, each beside what was changed."""
    groups = {"one cycle, batches of 100 or as told": ONE_CYCLE, "two cycles, batches of 100": TWO_CYCLES}
    short, top = iter(data.short), 0
    for heading, names in groups.items():
        axes.text(0.01, top, heading, color=style.QUIET, va="center")
        for row, (name, end) in enumerate(zip(names, short, strict=False), top + 1):
            axes.plot(end, row, "o", color=style.BLUE)
            left = end > 0.5
            place = {"xytext": (-8 if left else 8, 0), "textcoords": "offset points", "va": "center"}
            axes.annotate(name, (np.nan_to_num(end), row), ha="right" if left else "left", **place)
        top += len(names) + 2
    axes.set(xlim=(0, 1), ylim=(top - 1, -0.8), yticks=[], xlabel="test accuracy")
    axes.spines["left"].set_visible(False)
    axes.set_title("MNIST, the first cycles")

"""The memory of an online step does not grow with the sequence.

Loss on held-out sequences against evaluations of a mini-batch of 64 sequences, of which a gradient by back-propagation
through time counts 3. Lines are means of the runs, as many as panels say; bands go from the least to the largest of
them. An LSTM of 8 units (361 weights) adds the two numbers that are marked in a sequence of 50 to 1000, or tells the
running sum at every time step; one of 16 units says ten symbols again after a delay of 20 to 1000 time steps, or
foretells letters of a text, of 27 symbols. Losses: squared error, dashed where the mean is foretold whatever is seen,
at each time step its own; nats a time step, dashed where nothing is remembered; bits a letter, dashed and dotted what
counts of letters alone and of pairs of letters cost.

Relative-loss descent, with the 1/5 rule, compares losses of whole sequences; "momentum" is 0.5. Online it compares
windows, of 10 time steps, of 20 for letters, and so many more sequences that an evaluation is the mean of as many time
steps; the weights that win go on with their memory, the cell's state. Its radius obeys the 1/5 rule or falls, whatever
happens, as `1/sqrt(1 + t/200)` in step `t`. Adam and SGD see whole sequences, Adam truncated the same windows.

Below, in the middle, the running sum against seconds of one processor core; compilation is left out: the first piece of
a run, which contains it, counts the median of the others; not all seeds ran on the same machine, and all methods did on
each. At the right, the memory that all steps on 256 sequences of some length take, with 16 units and windows of 50 time
steps, by XLA's account of the compiled program: that of back-propagation, whole and truncated, is drawn as Adam's, but
without what Adam remembers. Of relative loss on whole sequences what grows are the sequences.

The method is ours, the online form too; `python -m figures.networks lstm` takes the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator

from figures import style
from figures.networks.results import RECORDS, done
from figures.style import Look
from zotheory.problems.networks.tasks import Adding, Copying

RECORD = RECORDS / "lstm.json"
TASKS = {  # as in figures/networks/lstm.py, which needs JAX: and how many seeds there are
    "adding, 50": 5,
    "adding, 100": 3,
    "adding, 200": 3,
    "adding, 1000": 3,
    "running sum, 100": 3,
    "copying, 20": 3,
    "copying, 50": 3,
    "copying, 200": 3,
    "copying, 1000": 3,
    "letters": 3,
}
LETTERS, TIMED = "letters", "running sum, 100"
SQUARED, NATS = "squared error", "nats a time step"
METHODS = {
    "relative loss": Look(style.BLUE, "o", "-"),
    "relative loss, momentum": Look(style.PURPLE, "^", (0, (6, 1.5))),
    "relative loss online": Look(style.GREEN, "D", "-"),
    "relative loss online, falling radius": Look(style.GREEN, "d", (0, (1.5, 1))),
    "Adam": Look(style.VERMILLION, "s", "-"),
    "Adam, truncated": Look(style.ORANGE, "v", (0, (3, 1, 1, 1))),
    "SGD": Look(style.INK, "P", (0, (1.5, 1))),
}
KINDS = {  # of the memory of a step
    "relative loss": METHODS["relative loss"],
    "relative loss online": METHODS["relative loss online"],
    "back-propagation": METHODS["Adam"],
    "back-propagation, truncated": METHODS["Adam, truncated"],
}
SEEDS = max(TASKS.values())


class Data(NamedTuple):
    """P tasks, M methods, T points, S seeds, K kinds, N lengths; NaN where a job is not done.

    `evaluations`, `loss`, `seconds` (P, M, T, S), seconds without compilation; `entropies` (2,): bits a letter, of
    letters and of pairs; `length`, `memory` (K, N), in bytes.
    """

    evaluations: np.ndarray
    loss: np.ndarray
    seconds: np.ndarray
    entropies: np.ndarray
    length: np.ndarray
    memory: np.ndarray


def data(record: Path = RECORD) -> Data:
    """Read what was measured."""
    runs = {name: run["records"] for name, run in done(record).items()}
    points = max((len(run) for name, run in runs.items() if "/seed" in name), default=1)
    table = np.full((3, len(TASKS), len(METHODS), points, SEEDS), np.nan)
    for i, task in enumerate(TASKS):
        for k, method in enumerate(METHODS):
            for seed in range(TASKS[task]):
                for t, each in enumerate(run := runs.get(f"{task}/{method}/seed {seed}", [])):
                    table[:, i, k, t, seed] = each["evaluations"], each["loss"], t * pace(run)
    counts = runs.get("letters/counts", [{}])[-1]
    memory = [runs.get(f"memory/{kind}", [{}])[1:] for kind in KINDS]
    longest = max(map(len, memory))
    return Data(
        *table,
        np.array([counts.get(name, np.nan) for name in ("unigram", "bigram")]),
        np.array([padded(run, "length", longest) for run in memory], dtype=float),
        np.array([padded(run, "bytes", longest) for run in memory], dtype=float),
    )


def pace(run: Sequence[Mapping[str, Any]]) -> float:
    """Seconds of a piece that is compiled."""
    return float(np.median([each["seconds"] for each in run[2:]]))


def padded(run: Sequence[Mapping[str, Any]], key: str, length: int) -> list[float]:
    """One number of each record; NaN behind the last."""
    return [each[key] for each in run] + [np.nan] * (length - len(run))


def references(task: str, entropies: np.ndarray) -> tuple[float, ...]:
    """Losses that are reached without a network, or without its memory."""
    if task == LETTERS:
        return tuple(entropies)
    name, length = task.split(", ")
    asked = Copying(int(length)) if name == "copying" else Adding(int(length), running=name == "running sum")
    return (asked.blind,)


def draw(data: Data) -> Figure:
    """A panel a task, then time and memory."""
    figure, panels = style.grid(__doc__, 4, 3, 12)
    for i, (task, axes) in enumerate(zip(TASKS, panels.flat, strict=False)):
        axes.set_yscale("linear" if task == LETTERS else "log")
        if task.startswith("copying"):  # whose losses are of one decade or two
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))
        curves(axes, data.evaluations[i] / 1000, data.loss[i])
        for value, dashes in zip(references(task, data.entropies), (style.DASHED, ":"), strict=False):
            axes.axhline(value, color=style.QUIET, linewidth=1, linestyle=dashes)
        runs = int(np.isfinite(data.loss[i, :, 0]).any(axis=0).sum())
        axes.set_title(f"{task.capitalize()}: {runs} run{'s' * (runs != 1)}", fontsize=10)
        axes.set_xlabel("evaluations, thousands")
    units = {(0, 0): SQUARED, (1, 0): SQUARED, (1, 2): NATS, (2, 0): NATS, (3, 0): "bits a letter"}
    for place, unit in units.items():
        panels[place].set_ylabel(unit)
    timed, held = panels[-1, 1:]
    task = list(TASKS).index(TIMED)
    curves(timed, data.seconds[task], data.loss[task])
    timed.set(xlabel="processor seconds", ylabel=SQUARED, yscale="log")
    timed.set_title("Running sum: time", fontsize=10)
    memory(held, data)
    for axes in panels.flat:
        axes.minorticks_off()
    for method, look in METHODS.items():
        panels[0, 0].plot([], [], label=method, **look._asdict(), markersize=5)  # for the names of all
    note = "Lines: means. Bands: from the least to the largest. Grey: what is reached without a network or its memory."
    style.foot(figure, note, panels[0, 0])
    return figure


def curves(axes: Axes, x: np.ndarray, loss: np.ndarray) -> None:
    """Losses (M, T, S) of all methods."""
    for k, look in enumerate(METHODS.values()):
        done = ~np.isnan(loss[k]).any(axis=0)
        if done.any():
            style.band(axes, x[k][:, done].mean(axis=-1), loss[k][:, done], look, marks=slice(k, None, 7))


def memory(axes: Axes, data: Data) -> None:
    """What all steps on a sequence hold, by its length."""
    axes.set(xscale="log", yscale="log", xlabel="time steps of a sequence", ylabel="megabytes")
    for k, look in enumerate(KINDS.values()):
        axes.plot(data.length[k], data.memory[k] / 1e6, **look._asdict(), markersize=5)
    axes.set_title("Memory of a step", fontsize=10)

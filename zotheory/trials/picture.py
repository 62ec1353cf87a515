"""How values fell, drawn: a problem a panel, a method a curve, over evaluations."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zotheory.report.lines import cut
from zotheory.report.style import INK, LOOKS, ORANGE, QUIET, Look, house
from zotheory.trials.curves import BAND, Trial, quantile

WIDTH, HEIGHT = 4.6, 3.8  # inches, of a panel
COLUMNS = 3  # of panels, at most
NAMED = 60  # characters of a name
MARKS = 9  # points of a curve between two markers
LEAST, MOST = 1e-16, 10.0  # gaps that are in the picture, in units of the first
DPI = 150
MORE = (Look(ORANGE, "v", "-"), Look(INK, "X", (0, (6, 1.5))), Look(QUIET, "P", (0, (3, 1, 1, 1))))


def drawn(panels: Mapping[str, Mapping[str, Trial]], grid: np.ndarray) -> Figure:
    """Return the figure of problem -> method -> trial, read on a grid of evaluations.

    Lines are medians. With more runs than one, bands go from the quartile below to the quartile above. Gaps outside
    `LEAST` and `MOST` are out of the picture.
    """
    shown = {problem: trials for problem, trials in panels.items() if trials}
    columns = min(COLUMNS, len(shown))
    rows = math.ceil(len(shown) / columns)
    with house():
        size = (max(WIDTH * columns, 7.0), HEIGHT * rows + 0.9)
        figure = Figure(figsize=size, dpi=DPI, layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False)
        looks = dict(zip(dict.fromkeys(name for trials in shown.values() for name in trials), cycle((*LOOKS, *MORE))))
        for panel, (problem, trials) in zip(axes.flat, shown.items(), strict=False):
            _panel(panel, trials, grid, looks)
            panel.set_title(cut(problem, NAMED))
        for empty in axes.flat[len(shown) :]:
            empty.set_visible(False)
        _foot(figure, axes, looks, next(iter(next(iter(shown.values())).values())).values.shape[-1])
    return figure


def _panel(panel: Axes, trials: Mapping[str, Trial], grid: np.ndarray, looks: Mapping[str, Look]) -> None:
    measured = {name: trial.at(grid) for name, trial in trials.items()}
    gaps = all(trial.f_star is not None for trial in trials.values())
    for i, (name, samples) in enumerate(measured.items()):
        look, (low, middle, high) = looks[name], (_line(samples, share, gaps) for share in (BAND[0], 0.5, BAND[1]))
        if samples.shape[-1] > 1:
            panel.fill_between(grid, low, high, color=look.color, alpha=0.2, linewidth=0)
        panel.plot(grid, middle, label=cut(name, NAMED), markevery=(i, MARKS), markersize=5, **look._asdict())
    panel.set(xscale="log", xlabel="evaluations", ylabel=next(iter(trials.values())).measure)
    if gaps and any(np.any(samples[np.isfinite(samples)] > 0) for samples in measured.values()):
        panel.set_yscale("log")
        first = max(float(trial.measured[0].max()) for trial in trials.values())
        lowest, highest = panel.get_ylim()
        if first > 0:
            panel.set_ylim(max(lowest, LEAST * first), min(highest, MOST * first))


def _line(samples: np.ndarray, share: float, gaps: bool) -> np.ndarray:
    """A quantile at each point of the grid; none where it is infinite, or a gap that is 0, which no logarithm has."""
    found = quantile(samples, share)
    return np.where(np.isfinite(found) & ((found > 0) | (not gaps)), found, np.nan)


def _foot(figure: Figure, axes: np.ndarray, looks: Mapping[str, Look], replicas: int) -> None:
    handles = {label: line for panel in axes.flat for line, label in zip(*panel.get_legend_handles_labels())}  # noqa: B905
    of = "Lines: one run." if replicas == 1 else f"Lines: medians of {replicas} runs. Bands: from quartile to quartile."
    place = {"loc": "outside lower left", "alignment": "left", "ncols": 1 if max(map(len, handles)) > 30 else 3}
    figure.legend(handles.values(), handles.keys(), title=of, title_fontsize=9.5, **place)

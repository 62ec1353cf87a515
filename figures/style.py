"""What the figures share: fonts, colours, the size of a page, and files that are the same every time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zotheory.report.style import BLUE, DASHED, GREEN, GRID, INK, LOOKS, ORANGE, PURPLE, QUIET, VERMILLION, Look, house

__all__ = [
    "BLUE",
    "DASHED",
    "GREEN",
    "GRID",
    "INK",
    "LOOKS",
    "ORANGE",
    "PURPLE",
    "QUIET",
    "VERMILLION",
    "Look",
    "house",
]

WIDTH = 9.0  # inches; at 900 pixels a page 10 points are 14 pixels
DPI = 180
NOTE = 9.5  # points, of the note at the foot
NORMAL_95 = 1.959963984540054  # quantile of N(0, 1) at 97.5 %

FILES = {  # format -> metadata without the version of the software or the date
    "png": {"Software": None},
    "svg": {"Creator": None, "Date": None},
}


def title(script: str | None) -> str:
    """Return the claim of a figure, the first line of its script, as a title: without the full stop."""
    return (script or "").split("\n", 1)[0].removesuffix(".")


def grid(script: str | None, rows: int, columns: int, height: float) -> tuple[Figure, np.ndarray]:
    """Return a figure, whose title is the claim of `script`, and its panels (rows, columns)."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06, wspace=0.03)
    panels = figure.subplots(rows, columns, squeeze=False)
    figure.suptitle(title(script), x=0.012, ha="left", fontsize=12.5, fontweight="bold")
    return figure, panels


def page(script: str | None, height: float = 4.2) -> tuple[Figure, Axes, Axes]:
    """Return a figure of two panels side by side."""
    figure, [[left, right]] = grid(script, 1, 2, height)
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08, wspace=0.04)
    return figure, left, right


def foot(figure: Figure, note: str, panel: Axes | None = None, columns: int = 4) -> None:
    """Write below the panels what lines, bands and bars are, and with `panel` the names of its curves."""
    if panel is None:
        figure.supxlabel(note, x=0.012, ha="left", fontsize=NOTE, color=QUIET)
        return
    place = {"loc": "outside lower left", "alignment": "left", "handlelength": 2.4, "columnspacing": 1.4}
    names = panel.get_legend_handles_labels()
    legend = figure.legend(*names, title=note, title_fontsize=NOTE, ncols=columns, **place)
    legend.get_title().set_color(QUIET)


def band(
    axes: Axes,
    x: np.ndarray,
    samples: np.ndarray,
    look: Look,
    label: str | None = None,
    *,
    middle: Callable[..., np.ndarray] = np.mean,
    marks: slice | None = None,
    **more: object,
) -> None:
    """Draw a mean or median of samples (len(x), replicas) as a line, from their least to their largest as a band.

    Markers stand at the points of the slice `marks` only; without one there are none.
    """
    axes.fill_between(x, samples.min(axis=-1), samples.max(axis=-1), color=look.color, alpha=0.2, linewidth=0)
    drawn = look._asdict() | ({"markevery": marks, "markersize": 5} if marks else {"marker": ""})
    axes.plot(x, middle(samples, axis=-1), label=label, **(drawn | more))


def interval(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the last axis, and half the length of its 95 % interval, normal."""
    half = NORMAL_95 * samples.std(axis=-1, ddof=1) / np.sqrt(samples.shape[-1])
    return samples.mean(axis=-1), half


def slope(x: Sequence[float] | np.ndarray, y: np.ndarray) -> float:
    """Exponent of the power law through the points: least squares of log y on log x."""
    return float(np.polyfit(np.log(np.asarray(x, dtype=float)), np.log(y), 1)[0])


def spread(lines: str, runs: int) -> str:
    """Return the note on lines and the bands of `band`."""
    return f"{lines} of {runs} runs. Bands: from the least to the largest of them."


def bars(runs: int) -> str:
    """Return the note on means and the bars of `interval`."""
    return f"Markers: means of {runs} runs. Bars, where longer than the marker: 95 % intervals of the mean."


def luminance(colour: Sequence[float]) -> float:
    """How light a colour (red, green, blue, ...) is, from 0 to 1: what is left of it in grey print."""
    return float(np.dot((0.299, 0.587, 0.114), colour[:3]))


def signed(value: float, form: str = "+.1f") -> str:
    """Return the value with its sign, a minus sign and no hyphen; what rounds to 0 has none."""
    text = f"{value:{form}}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else "0"


def beside(axes: Axes, x: float, y: float, text: str, colour: str, *, va: str = "center", up: float = 0) -> None:
    """Label the end (x, y) of a curve at its right, `up` points higher."""
    place = {"xytext": (8, up), "textcoords": "offset points", "va": va, "linespacing": 1.15}
    axes.annotate(text, (x, y), color=colour, **place)


def save(figure: Figure, path: Path) -> None:
    """Write a PNG or an SVG, which carries the title as metadata."""
    kind = path.suffix[1:]
    figure.savefig(path, dpi=DPI, metadata={"Title": figure.get_suptitle(), **FILES[kind]})
    if kind == "svg":
        path.write_text(short(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def short(drawing: str) -> str:
    """Return the text of an SVG with less blank space, its positions to a tenth of a point: finer than print."""

    def place(found: re.Match[str]) -> str:
        return re.sub(r"(\.\d)\d+|(?<=[LMQC]) ", r"\1", found[0])

    drawing = re.sub(r'(?<=[\d z]) *\n(?=[LMQCz"])', "", re.sub(r"\n +", "\n", drawing))
    return re.sub(r' (?:d|x|y)="[^"]*"|translate\([^)]*\)', place, drawing)

"""What the figures share: fonts, colours, the size of a page, and a PNG that is the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's palette, which colour-blind readers can tell apart; the purple is Tol's, dark enough for text.
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#AA4499"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE)
INK, QUIET, GRID = "#1A1A1A", "#5F5F5F", "#E6E6E6"

WIDTH = 9.0  # inches; at 900 pixels a page 10 points are 14 pixels
DPI = 180
NORMAL_95 = 1.959963984540054  # quantile of N(0, 1) at 97.5 %

RC = {
    "font.family": "DejaVu Sans",  # comes with Matplotlib
    "font.size": 10,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.labelsize": 10,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.minor.visible": False,
    "ytick.minor.visible": False,
    "text.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "lines.linewidth": 1.8,
    "savefig.facecolor": "white",
}


def house() -> AbstractContextManager[None]:
    """Draw and save within this context: Matplotlib's defaults and `RC`, whatever the user's matplotlibrc says."""
    return matplotlib.style.context(["default", RC])


def page(title: str, height: float = 4.0) -> tuple[Figure, Axes, Axes]:
    """Return a figure with its claim as title, and its two panels."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08, wspace=0.04)
    left, right = figure.subplots(1, 2)
    figure.suptitle(title, x=0.012, ha="left", fontsize=12.5, fontweight="bold")
    return figure, left, right


def grid(title: str, rows: int, columns: int, height: float) -> tuple[Figure, np.ndarray]:
    """Return a figure with its claim as title, and its panels (rows, columns)."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06, wspace=0.03)
    panels = figure.subplots(rows, columns, squeeze=False)
    figure.suptitle(title, x=0.012, ha="left", fontsize=12.5, fontweight="bold")
    return figure, panels


def band(axes: Axes, x: np.ndarray, samples: np.ndarray, colour: str, label: str, **look: object) -> None:
    """Draw the mean of samples (len(x), replicas) as a line, their range as a band."""
    axes.fill_between(x, samples.min(axis=-1), samples.max(axis=-1), color=colour, alpha=0.2, linewidth=0)
    axes.plot(x, samples.mean(axis=-1), color=colour, label=label, **look)


def interval(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the last axis, and half the length of its 95 % interval, normal."""
    half = NORMAL_95 * samples.std(axis=-1, ddof=1) / np.sqrt(samples.shape[-1])
    return samples.mean(axis=-1), half


def slope(x: Sequence[float] | np.ndarray, y: np.ndarray) -> float:
    """Exponent of the power law through the points: least squares of log y on log x."""
    return float(np.polyfit(np.log(np.asarray(x, dtype=float)), np.log(y), 1)[0])


def beside(axes: Axes, x: float, y: float, text: str, colour: str, *, va: str = "center", up: float = 0) -> None:
    """Label the end (x, y) of a curve at its right, `up` points higher."""
    place = {"xytext": (8, up), "textcoords": "offset points", "va": va, "linespacing": 1.15}
    axes.annotate(text, (x, y), color=colour, **place)


def save(figure: Figure, path: Path | BinaryIO) -> None:
    """Write a PNG without the version of the software or the date in it."""
    figure.savefig(path, format="png", dpi=DPI, metadata={"Software": None})

"""How pictures look: fonts, colours, and curves that are told apart by markers and dashes, not by colour alone."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import matplotlib.style
from matplotlib.figure import Figure

# Okabe and Ito's palette, which colour-blind readers can tell apart; the purple is Tol's, dark enough for text.
BLUE, VERMILLION, GREEN, PURPLE, ORANGE = "#0072B2", "#D55E00", "#009E73", "#AA4499", "#E69F00"
INK, QUIET, GRID = "#1A1A1A", "#5F5F5F", "#E6E6E6"


class Look(NamedTuple):
    """How one of several curves is drawn: told apart by marker and dashes where colours are not seen."""

    color: str
    marker: str
    linestyle: str | tuple[int, tuple[float, ...]]


LOOKS = (
    Look(BLUE, "o", "-"),
    Look(VERMILLION, "s", (0, (6, 1.5))),
    Look(GREEN, "D", (0, (3, 1, 1, 1))),
    Look(PURPLE, "^", (0, (1.5, 1))),
)
DASHED = (0, (5, 2))  # a bound or a prediction beside another

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
    "axes.unicode_minus": True,
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
    "svg.fonttype": "path",  # the same letters on every machine
    "svg.hashsalt": "zotheory",
}


def house() -> AbstractContextManager[None]:
    """Draw and save within this context: Matplotlib's defaults and `RC`, whatever the user's matplotlibrc says."""
    return matplotlib.style.context(["default", RC])


def save(figure: Figure, path: Path) -> None:
    """Write a figure in the format that the ending of its path says, whole or not at all; ValueError for another."""
    if path.suffix.lower() not in formats():
        raise ValueError(f"path must end in one of {', '.join(sorted(formats()))}, got {path}")
    written = path.with_name(f".{path.stem}.new{path.suffix}")
    with house():
        figure.savefig(written)
    written.replace(path)


def formats() -> set[str]:
    """Return the endings of files that a figure can be written to."""
    return {f".{name}" for name in Figure().canvas.get_supported_filetypes()}

"""Exponents as a figure: a series a panel."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zotheory.evidence.rates import Rate, Rates
from zotheory.report.lines import cut
from zotheory.report.style import BLUE, DASHED, VERMILLION, house

COLUMNS = 3  # of panels, at most
WIDTH, HEIGHT = 4.6, 3.6  # inches, of a panel
TITLE = 58  # characters


def figure(rates: Rates) -> Figure:
    """Return the figure: markers and limits are what was measured, the line is fitted, the dashes are the bound."""
    columns = min(COLUMNS, len(rates))
    rows = math.ceil(len(rates) / columns)
    with house():
        made = Figure(figsize=(max(WIDTH * columns, 6.5), HEIGHT * rows + 0.7), dpi=150, layout="constrained")
        axes = made.subplots(rows, columns, squeeze=False)
        for panel, rate in zip(axes.flat, rates, strict=False):
            _panel(panel, rate)
        for empty in axes.flat[len(rates) :]:
            empty.set_visible(False)
        note = (
            "Markers: measured. Line: fitted. Dashes: the bound.\n"
            f"Bars, where there are limits: all of a panel hold together with confidence {rates.confidence}."
        )
        made.supxlabel(note, x=0.012, ha="left", fontsize=9.5)
    return made


def _panel(panel: Axes, rate: Rate) -> None:
    x, y, bound = (np.array([getattr(point, name) for point in rate.points]) for name in ("x", "measured", "bound"))
    below, above = _bars(rate, y)
    panel.errorbar(x, y, (below, above), color=BLUE, marker="o", markersize=5, linestyle="", capsize=2.5)
    fitted = np.exp(np.mean(np.log(y)) + rate.measured * (np.log(x) - np.mean(np.log(x))))
    panel.plot(
        x, fitted, color=BLUE, linewidth=1.2, label=_power("measured", rate.argument, rate.measured, rate.interval)
    )
    panel.plot(x, bound, color=VERMILLION, linestyle=DASHED, label=_power("bound", rate.argument, rate.bound, None))
    panel.set(xscale="log", yscale="log", xlabel=rate.argument, ylabel=cut(rate.of, TITLE))
    panel.set_title(f"{cut(rate.claim, TITLE)}\n{cut(rate.label, TITLE)}")
    panel.legend()


def _bars(rate: Rate, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lengths of the bars below and above; none where a limit is not a positive number."""
    low, high = (np.array([getattr(point, name) for point in rate.points]) for name in ("low", "high"))
    return np.where(low > 0, y - low, 0.0), np.where(np.isfinite(high), high - y, 0.0)


def _power(what: str, argument: str, exponent: float, within: Sequence[float] | None) -> str:
    held = "" if within is None else f" ({within[0]:+.2f} .. {within[1]:+.2f})"
    return f"{what}: {argument}^{exponent:+.2f}{held}"

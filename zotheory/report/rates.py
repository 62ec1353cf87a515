"""Exponents as text, as a figure, and as plain numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zotheory.evidence.rates import Rate, Rates
from zotheory.report.lines import cut, filled
from zotheory.report.record import plain
from zotheory.report.style import BLUE, DASHED, VERMILLION, house
from zotheory.report.tables import number

COLUMNS = 3  # of panels, at most
WIDTH, HEIGHT = 4.6, 3.6  # inches, of a panel
TITLE = 58  # characters


def text(rates: Rates) -> str:
    """Return a paragraph for each series: its points, the exponents, the interval and what it rests on."""
    left_out = [filled(f"left out: {each}", "  ") for each in rates.left_out]
    return "\n\n".join([*map(_paragraph, rates), *left_out])


def _paragraph(rate: Rate) -> str:
    values = ", ".join(number(point.x) for point in rate.points)
    low, high = map(_signed, rate.between)
    lines = [
        filled(f"{rate.claim}: {rate.label}"),
        filled(f"measured: {rate.argument}^{_signed(rate.measured)}, {interval(rate)}", "    ", "  "),
        filled(f"bound:    {rate.argument}^{_signed(rate.bound)}", "    ", "  "),
        filled(
            f"fitted by least squares of logarithms at {rate.argument} = {values}; between neighbours the exponent is "
            f"{low} to {high}",
            "    ",
            "  ",
        ),
    ]
    if rate.beside:
        differ = "differs" if len(rate.beside) == 1 else "differ"
        lines.append(filled(f"{', '.join(rate.beside)} {differ} with {rate.argument}", "    ", "  "))
    if rate.in_units_of_the_bound:
        said = "the bound is the same number at all of them: what was measured may be in units of it"
        lines.append(filled(said, "    ", "  "))
    return "\n".join(lines)


def interval(rate: Rate) -> str:
    """Return the interval in words, or why there is none."""
    if rate.interval is None:
        return f"no interval: {rate.why_not}"
    low, high = rate.interval
    rests = "; ".join(dict.fromkeys(basis.partition(": ")[0] for basis in rate.bases))
    return f"between {_signed(low)} and {_signed(high)} with confidence {rate.confidence:g} ({rests})"


def _signed(exponent: float) -> str:
    """Three digits with a sign; what rounds to 0 has a plus."""
    return f"{round(exponent, 3) + 0.0:+.3f}"


def record(rates: Rates) -> dict[str, Any]:
    """Return plain numbers and strings; an infinite number, and an interval that there is not, is None."""
    return {
        "argument": rates.argument,
        "confidence": rates.confidence,
        "left_out": list(rates.left_out),
        "series": [
            {
                "claim": rate.claim,
                "label": rate.label,
                "measured": rate.measured,
                "interval": None if rate.interval is None else list(rate.interval),
                "why_not": rate.why_not,
                "bound": rate.bound,
                "between": list(rate.between),
                "beside": list(rate.beside),
                "points": [
                    {name: plain(value) if isinstance(value, float) else value for name, value in each.items()}
                    for each in (point._asdict() for point in rate.points)
                ],
            }
            for rate in rates
        ],
    }


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
            f"Bars, where there are limits: all of a panel hold together with confidence {rates.confidence:g}."
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
    panel.set(xscale="log", yscale="log", xlabel=rate.argument)
    panel.set_title(f"{cut(rate.claim, TITLE)}\n{cut(rate.label, TITLE)}")
    panel.legend()


def _bars(rate: Rate, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lengths of the bars below and above; none where a limit is not a positive number."""
    low, high = (np.array([getattr(point, name) for point in rate.points]) for name in ("low", "high"))
    return np.where(low > 0, y - low, 0.0), np.where(np.isfinite(high), high - y, 0.0)


def _power(what: str, argument: str, exponent: float, within: Sequence[float] | None) -> str:
    held = "" if within is None else f" ({within[0]:+.2f} .. {within[1]:+.2f})"
    return f"{what}: {argument}^{exponent:+.2f}{held}"

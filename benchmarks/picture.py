"""What the benchmarks found, beside what was aimed at."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from textwrap import shorten
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Page
from matplotlib.ticker import FuncFormatter, LogLocator

from benchmarks import results
from benchmarks.measured import Figure
from figures import style

ROW = 0.21  # inches a bar


def drawable(record: dict[str, Any]) -> list[tuple[str, list[Figure]]]:
    """The benchmarks with figures that have a goal, each with its title and those."""
    panels = [(one["title"], [f for f in results.figures(one) if f.goal is not None]) for one in record["benchmarks"]]
    return [(title, figures) for title, figures in panels if figures]


def draw(record: dict[str, Any]) -> Page:
    """Return a picture of what is `drawable`, a panel for each benchmark."""
    panels = drawable(record)
    rows = [len(figures) for _, figures in panels]
    page = Page(figsize=(style.WIDTH, 1.2 + ROW * sum(rows) + 0.55 * len(rows)), dpi=style.DPI, layout="constrained")
    page.suptitle(style.title(__doc__), x=0.012, ha="left", fontsize=12.5, fontweight="bold")
    axes = page.subplots(len(rows), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": [n + 1 for n in rows]})
    for panel, (title, figures) in zip(axes[:, 0], panels, strict=True):
        _bars(panel, figures)
        panel.set_title(shorten(title.replace("`", ""), 100, placeholder=" ..."), loc="right")
    axes[-1, 0].set_xlabel("ratio to the limit that was measured in the same run, which is 1")
    style.foot(page, "Dark ticks: goals, at most where no other is said. Filled bars reach theirs, open bars do not.")
    return page


def _bars(panel: Axes, figures: list[Figure]) -> None:
    for y, figure in enumerate(figures):
        look = {"color": style.BLUE} if figure.reached else {"facecolor": "white", "edgecolor": style.VERMILLION}
        panel.barh(y, figure.ratio - 1, left=1, height=0.66, **look)
        panel.plot([figure.goal] * 2, [y - 0.45, y + 0.45], color=style.INK, linewidth=2.2)
        at = max(figure.ratio, figure.goal, 1)
        panel.annotate(f"{figure.ratio:.3g}", (at, y), (4, 0), textcoords="offset points", va="center", fontsize=8)
    panel.set_yticks(range(len(figures)), _labels(figures), fontsize=8)
    panel.set_xscale("log")
    panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    panel.axvline(1, color=style.QUIET, linewidth=0.8)
    panel.set_ylim(len(figures) - 0.4, -0.6)
    panel.grid(axis="y", visible=False)
    panel.margins(x=0.1)


def _labels(figures: list[Figure]) -> list[str]:
    """The names of figures; with their limits where one name stands for several."""
    often = Counter(figure.name for figure in figures)
    names = [f"{f.name} / {f.limit}" if often[f.name] > 1 else f.name for f in figures]
    return [f"{name}, at least" if f.more else name for name, f in zip(names, figures, strict=True)]


def save(record: dict[str, Any], path: Path) -> None:
    """Draw and write it, as a PNG or an SVG by the name of the file."""
    with style.house():
        style.save(draw(record), path)

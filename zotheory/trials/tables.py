"""What trials and comparisons found, as text for a terminal and as a page in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zotheory.report.lines import cut, filled, width
from zotheory.report.tables import as_markdown, markdown, number
from zotheory.trials.comparison import ERROR, Comparison, Reached, Sign
from zotheory.trials.curves import BAND, Trial, quantile

NARROW = 24  # columns that the name of a method has, at least
COORDINATES = 8  # of a point that are shown


# --- a trial ---------------------------------------------------------------------------------------------------------


def summary(method: str, problem: str, found: Trial) -> str:
    """Return how the value fell in the runs of one method, where it came to, and what it cost."""
    replicas = len(found.best_value)
    runs = "One run" if replicas == 1 else f"{replicas} independent runs"
    each = "" if replicas == 1 else " each"
    lines = [
        filled(f"{method} on {problem}, d = {found.best.shape[-1]}."),
        filled(
            f"{runs} of {found.calls:,} evaluations{each}, {found.looks:,} of them looks, in "
            f"{int(found.steps[-1]) if len(found.steps) else 0:,} steps."
        ),
    ]
    lines += [filled(f"Ended early, by {found.ended}")] if found.ended else []
    if len(found.steps):
        lines += ["", *_fall(found, replicas)]
    return "\n".join([*lines, "", *_lowest(found, replicas)])


def _fall(found: Trial, replicas: int) -> list[str]:
    measured, rows = found.measured, [*_decades(found.evaluations)]
    heads = [found.measure] if replicas == 1 else [f"{found.measure}: median", "quartile below", "quartile above"]
    shares = [0.5] if replicas == 1 else [0.5, *BAND]
    cells = [
        [f"{found.evaluations[row]:,}", *(number(float(quantile(measured[row], share))) for share in shares)]
        for row in rows
    ]
    return columns([["evaluations", *heads], *cells], first="right")


def _decades(evaluations: np.ndarray) -> list[int]:
    """Return the records nearest below 100, 1,000, ... evaluations, the first and the last."""
    powers = 10 ** np.arange(2, 1 + np.log10(max(10, evaluations[-1])).astype(int))
    below = np.searchsorted(evaluations, powers, side="right") - 1
    return sorted({0, len(evaluations) - 1, *below[below >= 0].tolist()})


def _lowest(found: Trial, replicas: int) -> list[str]:
    values = found.best_value
    if not np.isfinite(values).any():
        return ["No value is known."]
    best = int(np.argmin(values))
    point = ", ".join(f"{x:.6g}" for x in found.best[best, :COORDINATES])
    more = ", ..." if found.best.shape[-1] > COORDINATES else ""
    where = "" if replicas == 1 else f" (of all runs; the median is {float(quantile(values, 0.5)):.6g})"
    return [filled(f"Lowest value found: {values[best]:.10g}{where}, at"), filled(f"[{point}{more}]", "   ", "  ")]


# --- a comparison ----------------------------------------------------------------------------------------------------


def text(found: Comparison) -> str:
    """Return the table of each problem, what the numbers are, and which methods signs tell apart."""
    parts = []
    for problem in found.problems:
        if found.of(problem):
            room = max(NARROW, width() - 17 * (len(found.targets) + 2))
            rows = [_heads(found, problem), *_rows(found, problem)]
            parts.append("\n".join([problem, "", *columns([[cut(row[0], room), *row[1:]] for row in rows])]))
    said = [*said_of(found), *notes(found)]
    return "\n\n".join([*parts, *map(filled, said)])


def page(found: Comparison, picture: str) -> str:
    """Return the comparison as a page in Markdown that shows a picture."""
    parts = [
        "# Methods compared\n",
        f"![How the values fell]({picture})\n",
        *(
            f"## {as_markdown(problem)}\n\n" + markdown(_heads(found, problem), _escaped(_rows(found, problem)))
            for problem in found.problems
            if found.of(problem)
        ),
        "## What the numbers are\n",
        *(f"{as_markdown(paragraph)}\n" for paragraph in said_of(found)),
        *(
            ["## What was met on the way\n", *(f"- {as_markdown(note)}\n" for note in notes(found))]
            * bool(notes(found))
        ),
    ]
    if found.written:
        rows = [[as_markdown(name), f"`{written}`"] for name, written in found.written.items()]
        parts += ["## As they were written\n", markdown(["name", "written"], rows)]
    return "\n".join(parts)


def _escaped(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[as_markdown(cell) for cell in row] for row in rows]


def _heads(found: Comparison, problem: str) -> list[str]:
    trial = next(iter(found.of(problem).values()))
    return ["method", *(f"to {target:g}" for target in found.targets), f"last {trial.measure}", "quartiles"]


def _rows(found: Comparison, problem: str) -> list[list[str]]:
    rows = []
    for name in found.of(problem):
        end = found.measured(problem, name)[-1]
        low, middle, high = (float(quantile(end, share)) for share in (BAND[0], 0.5, BAND[1]))
        reached = [reached_words(found.reached(problem, name, target), found.replicas) for target in found.targets]
        rows.append([name, *reached, _finite(middle), f"{_finite(low)} .. {_finite(high)}"])
    return rows


def reached_words(reached: Reached, replicas: int) -> str:
    """Return "1,234", with the number of runs where not all of them came so far: "1,234 (15 of 20)"."""
    median = "-" if reached.median is None else f"{reached.median:,}"
    return median if reached.runs == replicas else f"{median} ({reached.runs} of {replicas})"


def _finite(value: float) -> str:
    return number(value) if np.isfinite(value) else "-"


def said_of(found: Comparison) -> list[str]:
    """Return what the numbers are, in paragraphs."""
    replicas = found.replicas
    known = {trial.f_star is not None for trial in found.trials.values()}
    ratio = found.grid[-1] / found.grid[-2]
    what = {True: "the gap f - f*", False: "the value of f, as the least one is not known,"}
    said = " or ".join(what[one] for one in sorted(known, reverse=True))
    unit = {True: "in units of the first gap, f(x0) - f*", False: "values of f"}
    return [
        f"Measured is {said} at the point that a method would return, in {replicas} independent runs of each method on "
        f"each problem, of at most {found.evaluations:,} evaluations; looks at f by this program are among them. Seed "
        f"{found.seed}.",
        f"Targets are {' or '.join(unit[one] for one in sorted(known, reverse=True))}. Beside them stand the "
        "evaluations within which half of the runs had reached them, read at points that are a factor "
        f"{ratio:.2f} apart, and in brackets how many runs did where not all; a dash where fewer than half did. The "
        "last columns are the median and the quartiles over the runs at the end: the least that so large a share of "
        "the runs does not exceed. Where f fails or overflows in one run of a method, all of them end there, and count "
        "as not arrived.",
        *_told_apart(found),
    ]


def _told_apart(found: Comparison) -> list[str]:
    signs = found.signs()
    if not signs:
        return []
    apart = [one for one in signs if one.p <= ERROR]
    pairs = "pair" if len(signs) == 1 else "pairs"
    left_out = "; methods that ended early are left out" * any(trial.ended for trial in found.trials.values())
    return [
        f"Ends lower more often than higher, by signs of {found.replicas} pairs of independent runs (exact test, "
        f"Holm's correction over {len(signs)} {pairs} of methods: with probability {1 - ERROR:g} nothing is listed "
        f"wrongly{left_out}): {winners(apart) or 'none'}."
    ]


def winners(apart: Sequence[Sign]) -> str:
    """Return of each problem which method ended lower than which others."""
    beaten: dict[str, dict[str, list[str]]] = {}
    for one in apart:
        lower, higher = (one.first, one.second) if one.lower > one.higher else (one.second, one.first)
        beaten.setdefault(one.problem, {}).setdefault(lower, []).append(higher)
    return ". ".join(
        f"On {problem}: " + "; ".join(f"{lower} than {', '.join(others)}" for lower, others in pairs.items())
        for problem, pairs in beaten.items()
    )


def notes(found: Comparison) -> list[str]:
    """Return what ended runs early and what was warned of."""
    said = [
        f"{name} on {problem} ended after {trial.calls:,} evaluations, by {trial.ended}"
        for (problem, name), trial in found.trials.items()
        if trial.ended
    ]
    for (problem, name), trial in found.trials.items():
        said += [f"{name} on {problem}: {each}" for each in trial.warnings]
    return said


def columns(rows: Sequence[Sequence[str]], first: str = "left") -> list[str]:
    """Return rows as lines, each column as wide as its widest cell; all but the first are flush right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    side = [first, *["right"] * (len(widths) - 1)]
    return [
        "  ".join(
            cell.ljust(room) if where == "left" else cell.rjust(room)
            for cell, room, where in zip(row, widths, side, strict=True)
        ).rstrip()
        for row in rows
    ]

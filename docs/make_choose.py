"""Write the tables of docs/choose.md, and what is said beside them, from what `benchmarks/choose.py` left.

python docs/make_choose.py

What the page says of methods stands here, beside the condition that the record must meet (`ADVICE`, `REMARKS`): where
one fails, no page is written.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
from benchmarks.choose import END, INSTANCES, METHODS, TARGETS
from benchmarks.situations import SITUATIONS
from zotheory.report.tables import as_markdown, markdown, number

PAGE = Path(__file__).resolve().parent / "choose.md"
RECORD = PAGE.parent.parent / "benchmarks" / "choose.json"
PART = re.compile(r"(<!-- choose: (\w+) -->\n).*?(?=<!-- end -->)", re.DOTALL)
SURE = INSTANCES - 1  # instances on which one ends lower than another where the page says so

Cell = dict[str, Any]


class NotBorne(ValueError):
    """What the page would say, and the record does not bear."""


class Found:
    """What the record says of a situation."""

    def __init__(self, cells: dict[str, Cell], name: str) -> None:
        self.cells, self.name, self.situation = cells, name, SITUATIONS[name]

    def gaps(self, method: str, when: str = "end") -> np.ndarray:
        """Gaps of a method over the instances; what is below `END` is as good as there."""
        return np.maximum(self.cells[method][when], END)

    def gap(self, method: str, when: str = "end") -> float:
        """Their median."""
        return float(np.median(self.gaps(method, when)))

    def told(self, method: str, when: str = "end") -> str:
        """Their median as a text."""
        value = self.gap(method, when)
        return f"{END:g}" if value == END else f"{value:.2g}".replace("e-0", "e-")

    def lower(self, first: str, *others: str, when: str = "end") -> bool:
        """Whether the first ends lower than each of the others, on nearly all instances."""
        return all(np.sum(self.gaps(first, when) < self.gaps(other, when)) >= SURE for other in others)

    def lowest(self, *methods: str, when: str = "end") -> bool:
        """Whether each of these ends lower than all that are not among them."""
        rest = [method for method in self.cells if method not in methods]
        return all(self.lower(method, *rest, when=when) for method in methods)

    def reached(self, method: str, target: float) -> list[float]:
        """Evaluations until a target, on each instance; infinite where it was not reached."""
        times = self.cells[method]["reached"][TARGETS.index(target)]
        return [float("inf") if time is None else time for time in times]

    def time(self, method: str, target: float = TARGETS[-1]) -> float:
        """Their median."""
        return float(np.median(self.reached(method, target)))

    def sooner(self, first: str, *others: str, target: float = TARGETS[-1]) -> bool:
        """Whether the first reaches a target sooner than each of the others, on nearly all instances."""
        mine = np.array(self.reached(first, target))
        return all(np.sum(mine < np.array(self.reached(other, target))) >= SURE for other in others)

    def arrive(self, *methods: str, target: float = TARGETS[-1]) -> bool:
        """Whether each of these reaches a target on nearly all instances."""
        return all(np.isfinite(self.reached(method, target)).sum() >= SURE for method in methods)

    def fail(self, *methods: str, target: float = TARGETS[-1]) -> bool:
        """Whether each of these misses a target on nearly all instances."""
        return all(np.isfinite(self.reached(method, target)).sum() <= INSTANCES - SURE for method in methods)


class Said(NamedTuple):
    """A sentence, made of what was found, and whether that bears it."""

    text: Callable[..., str]
    holds: Callable[..., bool]


class Advice(NamedTuple):
    """What to take for which function, and why; found is what was found in `situation`."""

    situation: str
    have: str
    take: str
    why: Said


ADVICE: tuple[Advice, ...] = ()
REMARKS: dict[str, tuple[Said, ...]] = {}


def read() -> dict[str, Found]:
    """What was found in each situation; NotBorne where something is missing."""
    cells = json.loads(RECORD.read_text(encoding="utf-8"))["situations"]
    asked = [(name, method) for name, each in SITUATIONS.items() for method in each.methods]
    missing = [f"{name}: {method}" for name, method in asked if method not in cells.get(name, {})]
    if missing:
        raise NotBorne(f"{RECORD.name} must hold every method of every situation, and lacks {'; '.join(missing)}")
    return {name: Found(cells[name], name) for name in SITUATIONS}


def borne(said: Said, found: Found) -> str:
    """The sentence, where it holds."""
    text = said.text(found)
    if not said.holds(found):
        raise NotBorne(f"{RECORD.name} does not bear what is said of {found.situation.title!r}: {text}")
    return text


def short(found: dict[str, Found]) -> str:
    """All advice."""
    rows = []
    for each in ADVICE:
        here = found[each.situation]
        link = f"[{each.have}](#{anchor(here.situation.title)})"
        rows.append([link, each.take, borne(each.why, here)])
    return markdown(["your function", "take", "measured"], rows)


def anchor(title: str) -> str:
    """Of a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def situations(found: dict[str, Found]) -> str:
    """A section for each situation: what it is, what is said of it, and its table."""
    return "\n".join(section(found[name]) for name in dict.fromkeys([each.situation for each in ADVICE] + [*found]))


def section(found: Found) -> str:
    """Of one situation."""
    here = found.situation
    said = " ".join(borne(remark, found) for remark in REMARKS.get(found.name, ()))
    begins = here.says[0].upper() + here.says[1:]
    return f"### {here.title}\n\n{as_markdown(begins)}.\n\n{said}\n\n{table(found)}"


def table(found: Found) -> str:
    """Methods by what they end with."""
    here = found.situation
    noisy = all(time is None for cell in found.cells.values() for times in cell["reached"] for time in times)
    heads = ["method", f"gap after {here.few:,}", f"gap after {here.budget:,}", "quartiles"]
    heads += [] if noisy else [f"evaluations to {target:g}" for target in TARGETS]
    rows = []
    for method in sorted(found.cells, key=lambda m: (found.gap(m), found.time(m), found.gap(m, "few"))):
        low, high = np.quantile(found.gaps(method), [0.25, 0.75])
        row = [method, number(found.gap(method, "few")), number(found.gap(method)), f"{number(low)} to {number(high)}"]
        rows.append(row + ([] if noisy else [when(found, method, target) for target in TARGETS]))
    return markdown(heads, rows)


def when(found: Found, method: str, target: float) -> str:
    """Median of the evaluations to a target, and on how many instances it was reached where not on all."""
    time, count = found.time(method, target), int(np.isfinite(found.reached(method, target)).sum())
    some = "" if count == INSTANCES else f" ({count} of {INSTANCES})"
    return f"{time:,.0f}{some}" if np.isfinite(time) else f"-{some}"


def calls(found: dict[str, Found]) -> str:
    """What each method is, as it was called."""
    return markdown(["method", "the point that it returns"], [[name, f"`{call}`"] for name, call in METHODS.items()])


TABLES: dict[str, Callable[[dict[str, Found]], str]] = {"short": short, "situations": situations, "calls": calls}


def page(before: str) -> str:
    """Return the text of the page with its tables, and what is said beside them, made anew."""
    found = read()
    return PART.sub(lambda part: part[1] + TABLES[part[2]](found), before)


if __name__ == "__main__":
    try:
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    except (OSError, NotBorne) as error:
        raise SystemExit(f"no page is written: {error}") from None

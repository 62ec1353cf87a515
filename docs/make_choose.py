"""Write the tables of docs/choose.md, and what is said beside them, from what `benchmarks/choose.py` left.

python docs/make_choose.py

What the page says of methods stands in `benchmarks/advice.py`, each sentence beside the condition that the record must
meet, and all but a few of its resamples: where one fails, no page is written.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from textwrap import fill

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
from benchmarks.advice import ADVICE, REMARKS, WRITTEN, Advice, Found, Said, resamples, sure
from benchmarks.choose import METHODS, TARGETS
from benchmarks.situations import SITUATIONS
from zotheory.report.tables import as_markdown, markdown, number

PAGE = Path(__file__).resolve().parent / "choose.md"
RECORD = PAGE.parent.parent / "benchmarks" / "choose.json"
PART = re.compile(r"(<!-- choose: (\w+) -->\n).*?(?=<!-- end -->)", re.DOTALL)


class NotBorne(ValueError):
    """What the page would say, and the record does not bear."""


def read() -> dict[str, Found]:
    """What was found in each situation; NotBorne where something is missing."""
    cells = json.loads(RECORD.read_text(encoding="utf-8"))["situations"]
    asked = [(name, method) for name, each in SITUATIONS.items() for method in each.methods]
    found = {(name, method): len(cell["end"]) for name, several in cells.items() for method, cell in several.items()}
    missing = [f"{name}: {method}" for name, method in asked if found.get((name, method)) != SITUATIONS[name].instances]
    if missing:
        raise NotBorne(f"{RECORD.name} must hold all instances of each situation, and lacks some: {'; '.join(missing)}")
    rows = {n: resamples(n) for n in {each.instances for each in SITUATIONS.values()}}
    return {name: Found(cells[name], name, rows[each.instances]) for name, each in SITUATIONS.items()}


def borne(said: Said, found: Found) -> str:
    """The sentence, where it holds, and would on enough of the resamples."""
    text, holds = said.words(found), said.holds(found)
    refused = f"{RECORD.name} does not bear what is said of {found.situation.title!r}: {text}"
    if not sure(holds):
        raise NotBorne(f"{refused} (the record: {holds[0]}; resamples: {holds[1:].mean():.1%})")
    if moved := said.unsteady(found):
        raise NotBorne(f"{refused} (in resamples a median varies too much to be named: {', '.join(moved)})")
    return text


def taken(advice: Advice, found: Found) -> str:
    """Methods that are to be taken, the best first: each must be better than all that are not named."""
    take, rest = advice.take, [m for m in found.cells if m not in advice.take]
    wrong = [f"that {m} is better than {other}" for m in take for other in rest if not sure(found.better(m, other))]
    wrong += [f"that {m} is as good as {after}" for m, after in combinations(take, 2) if sure(found.better(after, m))]
    if wrong:
        raise NotBorne(f"{RECORD.name} does not bear what to take in {found.situation.title!r}: {'; '.join(wrong)}")
    text = WRITTEN[take[0]]
    for i, m in enumerate(take[1:], 1):
        apart = all(sure(found.better(before, after)) for before in take[:i] for after in take[i:])
        text += ("; then " if apart else ", or ") + WRITTEN[m]
    return text


def short(found: dict[str, Found]) -> str:
    """All advice."""
    rows = []
    for each in ADVICE:
        here = found[each.situation]
        link = f"[{each.have}](#{anchor(here.situation.title)})"
        rows.append([link, taken(each, here), borne(each.why, here)])
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
    said = fill(" ".join(borne(remark, found) for remark in REMARKS.get(found.name, ())), 125, break_on_hyphens=False)
    begins = here.says[0].upper() + here.says[1:]
    return f"### {here.title}\n\n{as_markdown(begins)}; {found.n} instances.\n\n{said}\n\n{table(found)}"


def table(found: Found) -> str:
    """Methods by what they end with."""
    here, alone = found.situation, Found(found.cells, found.name)
    noisy = all(time is None for cell in found.cells.values() for times in cell["reached"] for time in times)
    heads = ["method", f"gap after {here.few:,}", f"gap after {here.budget:,}", "quartiles", "evaluations made"]
    heads += [] if noisy else [f"evaluations to {target:g}" for target in TARGETS]
    rows = []
    for method in sorted(alone.cells, key=lambda m: (alone.gap(m), alone.time(m), alone.gap(m, "few"))):
        low, high = np.quantile(alone.gaps(method), [0.25, 0.75])
        row = [method, number(alone.gap(method, "few")), number(alone.gap(method)), f"{number(low)} to {number(high)}"]
        row.append(f"{np.median(found.cells[method]['calls']):,.0f}")
        rows.append(row + ([] if noisy else [when(alone, method, target) for target in TARGETS]))
    return markdown(heads, rows)


def when(found: Found, method: str, target: float) -> str:
    """Median of the evaluations to a target, and on how many instances it was reached where not on all."""
    time, count = found.time(method, target), found.count(method, target)
    some = "" if count == found.n else f" ({count} of {found.n})"
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

"""Write the tables of docs/networks.md from the records of its studies.

python docs/make_networks.py

An answer in the table of verdicts stands on conditions that the records must meet: where one fails, no page is written.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `figures`
from figures.answers import tables
from figures.answers.hopes import HOPES
from figures.networks.results import RECORDS, known
from zotheory.report.tables import markdown

PAGE = Path(__file__).resolve().parent / "networks.md"
PART = re.compile(r"(<!-- networks: (\w+) -->\n).*?(?=<!-- end -->)", re.DOTALL)
HOURS = 12.0  # on two cores, for all studies together


class NotBorne(ValueError):
    """What the page would say, and the records do not bear."""


def cost() -> str:
    """What all studies took."""
    rows, total = [], 0.0
    for path in sorted(RECORDS.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        total += record["seconds"]
        name = f"[{path.name}](../figures/networks/records/{path.name})"
        rows.append([name, f"`{record['command']}`", str(len(known(path.stem))), f"{record['seconds'] / 3600:.1f} h"])
    if total > 2 * HOURS * 3600:
        raise NotBorne(f"all studies must take {HOURS:g} hours on two cores at most, got {total / 7200:.1f}")
    rows.append(["together", "", "", f"{total / 3600:.1f} h"])
    return markdown(["record", "command", "runs", "processor"], rows)


def verdicts() -> str:
    """All hopes."""
    rows = []
    for hope, theory, study, measured, answer, holds in HOPES:
        if not holds():
            raise NotBorne(f"the answer to {hope!r}, {answer!r}, does not stand on {study}.json: write another")
        rows.append([hope, theory, f"{measured()} ([record](../figures/networks/records/{study}.json))", answer])
    return markdown(["hope", "theory", "measured", "answer"], rows)


SHOWN = (
    tables.rso,
    tables.rso_cycles,
    tables.rso_early,
    tables.kin,
    tables.lstm,
    tables.memory,
    tables.vae,
    tables.form,
    tables.depth,
    tables.policies,
    tables.others,
)
TABLES: dict[str, Callable[[], str]] = {table.__name__: table for table in (verdicts, *SHOWN, cost)}


def page(before: str) -> str:
    """Return the text of the page with its tables made anew."""
    return PART.sub(lambda found: found[1] + TABLES[found[2]](), before)


if __name__ == "__main__":
    try:
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    except (LookupError, NotBorne) as error:
        raise SystemExit(f"no page is written: {error}") from None

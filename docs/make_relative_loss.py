"""Write into docs/relative_loss.md the statements, what verification found, and the steps of the derivations.

    zotheory verify --out results && python docs/make_relative_loss.py [results/verification.json]

The steps are those that ``python -m proofs --write`` recorded for these statements.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from textwrap import fill
from typing import Any

from zotheory.claims import find
from zotheory.report.tables import as_markdown, controls_of, markdown, number, rests_on, verdict_words
from zotheory.report.text import rests_upon

PAGE = Path(__file__).parent / "relative_loss.md"
PART = re.compile(r"<!-- (verdict|proof): ([\w.]+) -->\n.*?<!-- end -->", re.DOTALL)


def statement(name: str) -> str:
    """Return the sentence of a claim, and its formula as a part that can be opened."""
    claim = find(name)
    if claim.statement is None:
        more = f"*Informal, without a formula: {as_markdown(claim.informal)}.*\n\n"
    else:
        lines = (_wrapped(line) for line in claim.statement.text().splitlines())
        more = _opened("The statement as a formula", "```text\n" + "\n".join(lines) + "\n```\n")
    return f"{fill(f'> {as_markdown(claim.says)}', 120, subsequent_indent='> ', break_on_hyphens=False)}\n\n{more}"


def verdict(name: str, record: dict[str, Any]) -> str:
    """Return the statement of a claim, and a line on its label, verdict, basis, tightest ratio and controls."""
    claim = next(c for c in record["claims"] if c["id"] == name)
    columns = ["claim", "proof", "verdict", "rests on", "measured/bound", "controls refuted"]
    words = [claim["proof"], verdict_words(claim), rests_on(claim), number(claim["ratio"]), controls_of(record, claim)]
    return f"{statement(name)}{markdown(columns, [[f'`{name}`', *words]])}"


def proof(name: str) -> str:
    """Return the steps of the derivation of a claim, and what it rests on, as a part that can be opened."""
    record = find(name).record
    if not record:
        return "No derivation is recorded for this statement.\n"
    steps = [(kind, as_markdown(step), as_markdown(text)) for step, kind, text, *_ in record["steps"]]
    listed = [f"{i}. *{kind}*, {step}: {text}\n" for i, (kind, step, text) in enumerate(steps, 1)]
    rests = [as_markdown(line) for line in rests_upon(record)]
    beside = f"\nBeyond its own terms it rests on {'; '.join(rests)}.\n" if rests else ""
    gaps = f"\nNot checked: {as_markdown('; '.join(record['gaps']))}.\n" if record["gaps"] else ""
    title = f"The {len(steps)} steps of the derivation ({record['status']})"
    return _opened(title, f"{''.join(listed)}{beside}{gaps}")


def _opened(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n</details>\n\n"  # an empty line ends the HTML


def _wrapped(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip()))
    return fill(line.strip(), 110, initial_indent=indent, subsequent_indent=f"{indent}    ", break_on_hyphens=False)


def insert(text: str, record: dict[str, Any]) -> str:
    """Return the page with every part anew."""

    def part(match: re.Match[str]) -> str:
        kind, name = match.groups()
        made = verdict(name, record) if kind == "verdict" else proof(name)
        return f"<!-- {kind}: {name} -->\n{made}<!-- end -->"

    return PART.sub(part, text)


def main() -> None:
    """Command line."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE.parent.parent / "results" / "verification.json"
    if not path.is_file():
        raise SystemExit(f"{path} is not there: zotheory verify --out results writes it")
    record = json.loads(path.read_text(encoding="utf-8"))
    PAGE.write_text(insert(PAGE.read_text(encoding="utf-8"), record), encoding="utf-8")


if __name__ == "__main__":
    main()

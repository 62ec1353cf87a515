"""Write into docs/relative_loss.md what verification found and the steps of the derivations.

zotheory verify --out results && python docs/make_relative_loss.py [results/verification.json]
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from zotheory.claims import find
from zotheory.report.tables import controls_of, markdown, number, rests_on, verdict_words

PAGE = Path(__file__).parent / "relative_loss.md"
PART = re.compile(r"<!-- (verdict|proof): ([\w.]+) -->\n.*?<!-- end -->", re.DOTALL)


def verdict(name: str, record: dict[str, Any]) -> str:
    """Return a line on the label, the verdict, the tightest ratio and the controls of a claim."""
    claim = next(c for c in record["claims"] if c["id"] == name)
    columns = ["claim", "proof", "verdict", "rests on", "measured/bound", "controls refuted"]
    words = [claim["proof"], verdict_words(claim), rests_on(claim), number(claim["ratio"]), controls_of(record, claim)]
    return markdown(columns, [[f"`{name}`", *words]])


def proof(name: str) -> str:
    """Return the steps of the derivation of a claim as a list that can be opened."""
    listed = find(name).record.get("steps", ())
    steps = [f"{i}. *{kind}*, {step}: {_plain(text)}\n" for i, (step, kind, text, *_) in enumerate(listed, 1)]
    count = len(steps)
    return f"<details><summary>The {count} steps that the machine checks</summary>\n\n{''.join(steps)}\n</details>\n"


def _plain(text: str) -> str:
    """A text that Markdown shows as it is."""
    return re.sub(r"([\\*_<>|$`])", r"\\\1", text)


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
    record = json.loads(path.read_text(encoding="utf-8"))
    PAGE.write_text(insert(PAGE.read_text(encoding="utf-8"), record), encoding="utf-8")


if __name__ == "__main__":
    main()

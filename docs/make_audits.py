"""Write the tables of docs/audits.md from what `benchmarks/audits.py` left.

python docs/make_audits.py

A property that fails against the documentation of its package needs a finding on the page, a heading below which stands
``<!-- finding: NAME PROPERTY -->``, and a finding needs such a failure: where one is missing, no page is written.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent))
from zotheory.report.tables import markdown
from zotheory.testing.conformance.checks import OF_ALL

PAGE = Path(__file__).resolve().parent / "audits.md"
RECORD = PAGE.parent.parent / "benchmarks" / "audits.json"
PART = re.compile(r"(<!-- audits: (\w+) -->\n).*?(?=<!-- end -->)", re.DOTALL)
FINDING = re.compile(r"<!-- finding: (\S+) (\w+) -->")
LONGEST = 220  # letters of a counterexample


def documented(audit: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What its documentation says, by the property that this promises."""
    said: dict[str, list[dict[str, Any]]] = {}
    for each in audit["said"]:
        said.setdefault(each["trait"], []).append(each)
    return said


FOUND = {True: "holds", False: "**fails**", None: "undecided"}


def failed(audit: dict[str, Any]) -> list[str]:
    """Names of the properties that fail."""
    return [row["name"] for row in audit["properties"] if row["holds"] is False]


def contradictions(record: dict[str, Any]) -> set[tuple[str, str]]:
    """Optimizer and property, of all that fail against what is documented."""
    return {(audit["name"], name) for audit in record["audits"] for name in failed(audit) if name in documented(audit)}


def summary(record: dict[str, Any]) -> str:
    """A row for each optimizer."""
    rows = []
    for audit in record["audits"]:
        said, fails = documented(audit), failed(audit)
        link = f"[{audit['name']}](#{anchor(audit)})"
        against = ", ".join(f"**{name}**" for name in fails if name in said) or "none"
        required = ", ".join(name for name in fails if name in OF_ALL and name not in said) or "none"
        others = len([name for name in fails if name not in said and name not in OF_ALL])
        counts = [sum(row["holds"] is verdict for row in audit["properties"]) for verdict in (None, True)]
        package = f"{audit['package']} {audit['version']}"
        rows.append([package, link, against, required, str(others), *map(str, counts)])
    fail = ["fail, and are documented", "fail, and are asked of all", "other failures"]
    return markdown(["package", "optimizer", *fail, "undecided", "hold"], rows)


def anchor(audit: dict[str, Any]) -> str:
    """Of its heading."""
    return re.sub(r"[^\w -]", "", heading(audit).lower()).replace(" ", "-")


def heading(audit: dict[str, Any]) -> str:
    """Package, version and name."""
    return f"{audit['package']} {audit['version']}, {audit['name']}"


def tables(record: dict[str, Any]) -> str:
    """All of what was found."""
    return "\n".join(section(audit) for audit in record["audits"])


def section(audit: dict[str, Any]) -> str:
    """Of one optimizer: what its documentation says, and each property that is documented or does not hold."""
    said, rows, holding = documented(audit), [], []
    for row in audit["properties"]:
        name = row["name"]
        if row["holds"] is True and name not in said:
            holding.append(f"`{name}`")
            continue
        by = "its documentation" if name in said else "all must" if name in OF_ALL else "nobody"
        rows.append([f"`{name}`", by, FOUND[row["holds"]], cell(row["seen"])])
    quotes = [
        f"- `{name}`: \u201c{words(each['quote'])}\u201d ([{where(each)}]({each['page']}))"
        for name, all_said in said.items()
        for each in all_said
    ]
    smallest = {name: audit[name] for name in ("least", "variables") if audit[name] > 1}
    given = "".join(f", {name}={value}" for name, value in smallest.items())
    return (
        f"### {heading(audit)}\n\n`check_method({audit['made']}{given}, examples={audit['examples']})`. "
        f"Its documentation says:\n\n" + "\n".join(quotes) + "\n\n"
        f"{markdown(['property', 'declared by', 'found', 'smallest case that was found'], rows)}\n"
        f"Hold too, without being documented: {', '.join(holding)}.\n"
    )


def where(said: dict[str, Any]) -> str:
    """What holds the words."""
    kind, _, name = said["where"].partition(" ")
    return {"options": f"options of {name}", "option": f"option {name}", "": "page"}.get(kind, f"`{said['where']}`")


def words(quote: str) -> str:
    """A quotation without the marks of its source."""
    return quote.replace("``", "").replace("`", "").replace("*", r"\*").replace("_", r"\_")


def cell(seen: str) -> str:
    """A counterexample, in one line of a table."""
    short = " ".join(seen.split())
    short = short if len(short) <= LONGEST else f"{short[:LONGEST]} ..."
    return re.sub(r"([<>*_\[\]])", r"\\\1", short)


TABLES: dict[str, Callable[[dict[str, Any]], str]] = {"summary": summary, "tables": tables}


def page(before: str, record: dict[str, Any]) -> str:
    """Return the text of the page with its tables made anew; ValueError where a finding is missing, or has none."""
    told, found = set(FINDING.findall(before)), contradictions(record)
    if told != found:
        missing, gone = sorted(found - told), sorted(told - found)
        raise ValueError(f"findings are missing of {missing}, and stand on nothing in the record of {gone}")
    return PART.sub(lambda part: part[1] + TABLES[part[2]](record), before)


if __name__ == "__main__":
    kept = json.loads(RECORD.read_text(encoding="utf-8"))
    try:
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), kept), encoding="utf-8")
    except ValueError as error:
        raise SystemExit(f"no page is written: {error}") from None

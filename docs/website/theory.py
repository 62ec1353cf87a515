"""A page for each family of claims, made of the claims as they are, and of verdicts that stand on ``docs/results.md``.

Nothing is measured or derived here: what a verification found, and the label that a derivation earned, are read from
the records that are committed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from docs.make_results import COLUMNS, RESULTS
from docs.website.writing import DOCS, fill
from zotheory.claims import ORDER, select, title
from zotheory.errata import Entry, about
from zotheory.evidence.claim import Claim
from zotheory.kernel.printing import LaTeXPrinter, pieces
from zotheory.report.html.shown import grouped, kinds
from zotheory.report.record import described
from zotheory.report.tables import as_markdown, markdown, number
from zotheory.report.text import rests_upon

THEORY = DOCS / "theory"
CELL = re.compile(r"(?<!\\)\|")
NAME = re.compile(rf"(?<![\w.`])({'|'.join(ORDER)})\.\w+(?![\w`])")  # of a claim, in a text that is no Markdown
SAYS = """# Claims and why they hold

Every statement that is known of a method, as a formula, with what it assumes, where it is from, what its derivation
rests on, how it was measured, and the falsehoods that the measurement had to refute. [Results](/results.md) says what
the words *supported* and *steps checked* promise, [what a verdict says](/verdicts.md) all about them. Verdicts are
those on record there; `zotheory verify` measures anew, and `python -m proofs`, from a clone of the repository, derives
anew.

"""


def write() -> None:
    """Write the pages."""
    fill(THEORY, {"index.md": index(), **{f"{family}.md": page(family) for family in ORDER}})


@cache
def recorded() -> dict[str, dict[str, str]]:
    """Return what ``docs/results.md`` says of each claim: column -> cell, in Markdown."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines()
    rows = ([cell.strip() for cell in CELL.split(line)[1:-1]] for line in lines if line.startswith("| `"))
    return {row[0].strip("`"): dict(zip(COLUMNS, row, strict=True)) for row in rows}


def index() -> str:
    """Return the first page: the families, with how many claims each has and what is on record of them."""
    rows = []
    for family in ORDER:
        found = [recorded().get(claim.id) for claim in select(family)]
        supported = sum(row is not None and row["verdict"].startswith("supported") for row in found)
        checked = sum(row is not None and row["proof"] == "steps checked" for row in found)
        rows.append([f"[{title(family)}]({family}.md)", str(len(found)), str(supported), str(checked)])
    tree = "\n".join(["", "```{toctree}", ":hidden:", "", *ORDER, "```", ""])
    return SAYS + markdown(["method", "claims", "supported", "steps checked"], rows) + tree


def page(family: str) -> str:
    """Return the page of a family."""
    claims = select(family)
    columns = ["verdict", "proof", "measured/bound", "controls refuted"]
    rows = []
    for claim in claims:
        found = recorded().get(claim.id, dict.fromkeys(COLUMNS, "not on record"))
        rows.append([f"[`{claim.id}`](#{claim.id})", *(found[column] for column in columns)])
    parts = [
        f"# {title(family)}\n",
        f"The bounds, as functions, are in the [reference](/reference/theorems/{family}.rst); the derivations, in "
        f"[proofs/{family}.py](../../proofs/{family}.py).\n",
        markdown(["claim", *columns], rows),
        *(part for claim in claims for part in _claim(claim)),
    ]
    return "\n".join(parts)


def _claim(claim: Claim) -> Iterator[str]:
    yield f"({claim.id})=\n## `{claim.id}`\n"
    yield f"{_prose(claim.says)}\n"
    whose = "" if claim.provenance in claim.source else f" ({claim.provenance})"
    yield f"*Source*: {_prose(claim.source)}{whose}. *Kind*: {claim.kind}.\n"
    yield _heading("Statement")
    yield from _statement(claim)
    yield _heading("Measurement")
    yield from _measurement(claim)
    yield _heading("Derivation")
    yield from _derivation(claim)
    for entry in about([claim.id]):
        yield from _erratum(entry)
    yield _heading("Reproduce")
    yield f"```sh\nzotheory verify {claim.id}\n" + f"python -m proofs {claim.id}\n" * bool(claim.record) + "```\n"


def _statement(claim: Claim) -> Iterator[str]:
    if claim.statement is None:
        yield f"Informal, without a formula: {_prose(claim.informal)}.\n"
    else:
        printed = pieces(claim.statement, LaTeXPrinter)
        declared = (f"{_math(names)} be {words}{end and f' {_math(end)}'}" for names, words, end in printed.declared)
        yield f"Let {'; '.join(declared)}{', and' if printed.methods else '.'}\n"
        leads = (("", printed.methods), ("Suppose", printed.given), ("Then", printed.holds), ("where", printed.where))
        for lead, formulas in leads:
            yield f"{lead}\n\n{_listed(map(_math, formulas))}" if formulas else ""
    if claim.assumptions:
        yield f"Assumptions:\n\n{_listed(map(_prose, claim.assumptions))}"
    if signature := getattr(claim.bound, "signature", None):
        name = f"{claim.bound.__module__}.{claim.bound.__name__}"
        yield f"The bound is a function, {{py:obj}}`{name}`, of\n\n{_listed(map(as_markdown, signature.lines()))}"


def _measurement(claim: Claim) -> Iterator[str]:
    if found := recorded().get(claim.id):
        lines = [f"verdict: **{found['verdict']}**", f"it rests on: {found['rests on']}"]
        lines += [f"measured/bound, where the bound is tightest: {found['measured/bound']}"]
        yield _listed([*lines, f"controls refuted: {found['controls refuted']}"])
    else:
        yield "No verification of this claim is on record.\n"
    experiments = grouped(described(claim)["experiments"], ("label", "rung"), "d")
    rows = [[as_markdown(label), rung, _dimensions(group)] for (label, rung), _, group in experiments]
    yield markdown(["what is measured", "how", "dimension"], rows)
    controls = ({"says": c.falsehood, "label": c.experiment.label, "d": c.experiment.d} for c in claim.controls)
    planted = grouped(controls, ("says", "label"), "d")
    rows = [[_prose(says), as_markdown(label), _dimensions(group)] for (says, label), _, group in planted]
    if rows:
        yield "Falsehoods that the measurement must refute:\n"
        yield markdown(["what is false", "tried on", "dimension"], rows)


def _dimensions(group: Iterable[dict[str, Any]]) -> str:
    return ", ".join(number(d) for d in dict.fromkeys(one["d"] for one in group))


def _derivation(claim: Claim) -> Iterator[str]:
    record = claim.record
    if not record:
        yield "No derivation of this statement is recorded.\n"
        return
    gaps = f" Not checked: {_prose('; '.join(record['gaps']))}." if record["gaps"] else ""
    yield f"**{record['status'].capitalize()}**.{gaps}\n"
    if upon := rests_upon(record):
        yield f"Beyond its own terms it rests on\n\n{_listed(map(_prose, upon))}"
    steps = [(name, kind, text) for name, kind, text, *_ in record["steps"]]
    counted = "; ".join(f"{count} {sort}" for count, sort in kinds(steps))
    listed = "".join(f"1. **{as_markdown(name)}** ({kind}): {_prose(text)}\n" for name, kind, text in steps)
    yield f"<details><summary>Its {len(steps)} steps: {counted}</summary>\n\n{listed}\n</details>\n"


def _erratum(entry: Entry) -> Iterator[str]:
    yield _heading(f"Erratum: {entry.verdict}")
    yield f"*The source says* ({_prose(entry.source)}; wording {entry.wording}): {_prose(entry.statement)}\n"
    yield f"*What holds*: {_prose(entry.ours)}\n"
    yield f"*Evidence*: {_prose(entry.evidence)}\n"


def _prose(text: str) -> str:
    """A text as Markdown, with the names of claims as code, which the site makes links of."""
    return as_markdown(NAME.sub(r"`\g<0>`", text))


def _math(latex: str) -> str:
    return f"$`{latex}`$"


def _listed(items: Iterable[str]) -> str:
    return "".join(f"- {item}\n" for item in items)


def _heading(said: str) -> str:
    """A heading that stands in no table of contents, as each claim has the same."""
    return f"```{{rubric}} {said}\n:heading-level: 3\n```\n"

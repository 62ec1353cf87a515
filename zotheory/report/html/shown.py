"""What the page shows of a claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from zotheory.errata import Entry
from zotheory.evidence.claim import Claim, Misstated
from zotheory.evidence.rates import Rate
from zotheory.kernel.printing import LaTeXPrinter, pieces
from zotheory.report.html import plots
from zotheory.report.html.mathml import formula

KINDS = {  # of steps, beside those about terms
    "premise": "premises",
    "rule": "rules of inference, in words",
    "uses": "by other derivations",
    "certificate": "certificates",
    "code": "comparisons of the code at points",
    "cited": "cited",
    "uncovered": "not checked",
}


def kinds(steps: Iterable[tuple[str, str, str]]) -> list[tuple[int, str]]:
    """Count the steps of a derivation by what they rest on."""
    counted = Counter(KINDS.get(kind.partition(":")[0], "about terms, checked by machine") for _, kind, _ in steps)
    return [(count, words) for words, count in counted.items()]


class Group(NamedTuple):
    """Experiments or controls that have the same words; `shared` is what else they have in common, or None."""

    words: tuple[str, ...]
    shared: str | None
    members: list[dict[str, Any]]


def grouped(records: Iterable[dict[str, Any]], words: tuple[str, ...], shared: str) -> list[Group]:
    """Put those records together that have the same words, in the order in which they come."""
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for record in records:
        found.setdefault(tuple(record[word] for word in words), []).append(record)
    return [
        Group(key, group[0][shared] if len({one[shared] for one in group}) == 1 else None, group)
        for key, group in found.items()
    ]


@dataclass(frozen=True)
class Shown:
    """A claim with what was found of it, as the page shows it: `found` and `controls` are of `Report.as_dict`.

    `rates` are the exponents that its experiments show.
    """

    claim: Claim
    found: dict[str, Any]
    controls: list[dict[str, Any]]
    entries: list[Entry]
    command: str
    rates: list[Rate]

    @property
    def statement(self) -> dict[str, Any] | None:
        """Each formula of the statement in MathML; None where there is no formula, or none that can be made."""
        if self.broken or self.claim.statement is None:
            return None
        printed = pieces(self.claim.statement, LaTeXPrinter)
        declared = [(formula(names), words, formula(end) if end else "") for names, words, end in printed.declared]
        rest = {name: list(map(formula, getattr(printed, name))) for name in ("methods", "given", "holds", "where")}
        return {"declared": declared, **rest}

    @property
    def broken(self) -> str:
        """Why the statement cannot be made; empty where it can."""
        try:
            self.claim.statement  # noqa: B018  (made when it is asked for)
        except Misstated as problem:
            return str(problem)
        return ""

    @property
    def arguments(self) -> list[str]:
        """What the bound takes, a line each."""
        signature = getattr(self.claim.bound, "signature", None)
        return list(signature.lines()) if signature else []

    @property
    def steps(self) -> list[tuple[str, str, str]]:
        """Name, kind and text of each step of the derivation."""
        return [(name, kind, text) for name, kind, text, *_ in self.claim.record.get("steps", ())]

    @property
    def experiments(self) -> list[Group]:
        """The experiments, those together that differ in dimension alone."""
        return grouped(self.found["evidence"], ("label", "rung"), "basis")

    @property
    def falsehoods(self) -> list[Group]:
        """The controls, those together that differ in dimension alone."""
        return grouped(self.controls, ("falsehood", "label"), "id")

    @property
    def ratios(self) -> plots.Axis:
        """What the ratios are drawn on."""
        return plots.ratios(self.found["evidence"])

    @property
    def growths(self) -> list[plots.Growth]:
        """The pictures of its exponents."""
        return [plots.growth(rate) for rate in self.rates]

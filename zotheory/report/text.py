"""Claims and reports as plain text, in lines that fit the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import dropwhile, groupby
from typing import TYPE_CHECKING, Any

from zotheory.evidence.reasons import what_failed
from zotheory.report.lines import cut, filled, width
from zotheory.report.record import plain
from zotheory.report.tables import WORDS, number, rests_on

if TYPE_CHECKING:
    from zotheory.errata import Entry
    from zotheory.evidence.claim import Claim
    from zotheory.evidence.findings import Report, Verdict, Weighed

COLUMNS = 44, 14, 10, 12  # claim, verdict, ratio, controls; the first gives way where the terminal is narrow
SHORTEST = 12  # beginning of a sentence that says something


def _section(title: str, items: Iterable[str]) -> list[str]:
    listed = [filled(item, "    ", "  - ") for item in items]
    return ["", filled(title), *listed] if listed else []


# --- a report --------------------------------------------------------------------------------------------------------


def report(report: Report) -> str:
    """Return the table of verdicts, what would decide the open ones, the controls not refuted, and the budget."""
    lines = [] if report.complete else [filled(f"Interrupted: {interrupted(report)}."), ""]
    lines.append(_columns("claim", "verdict", "ratio", "controls").rstrip())
    owned = dict(_grouped((c.control.of, c.refuted) for c in report.controls))
    for verdict in report.verdicts:
        own = owned.get(verdict.claim.id, [])
        caught = f"{sum(own)} of {len(own)}" if own else "none"
        tight = verdict.tightest
        ratio = number(plain(tight.observation.ratio) if tight and tight.observation else None)
        lines.append(_columns(verdict.claim.id, WORDS[verdict.verdict], ratio, caught))
        beside = "; ".join(filter(None, [*verdict.caveats, rests_on({"bases": verdict.bases})]))
        lines += [filled(beside.replace("none", "no error level of support"), "    ")] if beside else []
    return "\n".join([*lines, *against(report.verdicts, report.controls), "", filled(summary(report))])


def against(verdicts: Iterable[Verdict], controls: Iterable[Weighed]) -> list[str]:
    """Return the lines that say what stands against claims, what would decide open ones, and which controls stand."""
    lines = [line for verdict in verdicts for line in _open(verdict)]
    missed = [
        (c.control.falsehood + (f" (failed, {what_failed(c.outcome)})" if c.failed else ""), c.control.id)
        for c in controls
        if not c.refuted
    ]
    return lines + _section(
        "Controls that were not refuted: verification cannot tell these falsehoods apart",
        (f"{falsehood}: {', '.join(names)}" for falsehood, names in _grouped(missed)),
    )


def interrupted(report: Report) -> str:
    """Say how far an interrupted run came."""
    return f"{len(report.verdicts)} of {report.selected} claims were finished"


def summary(report: Report) -> str:
    """Return the counts and the budget in sentences."""
    found = [verdict.verdict for verdict in report.verdicts]
    counts = ", ".join(f"{found.count(word)} {word}" for word in WORDS if word in found)
    caught = sum(control.refuted for control in report.controls)
    exact = report.planned[0] - report.sharing
    alone = "; alone, an undecided claim would have more of it" if "undecided" in found and len(found) > 1 else ""
    return (
        f"{_many(len(found), 'claim')}: {counts or 'none finished'}. "
        f"{caught} of {_many(len(report.controls), 'control')} refuted. "
        f"Error budget {report.alpha}, shared by {_many(report.sharing, 'experiment')}"
        + (f" (exact ones, which cannot err: {exact})" if exact else "")
        + f"{alone}. Seed {report.seed}, level {report.level}."
    )


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _columns(*cells: str) -> str:
    rest = "".join(cell.ljust(columns) for cell, columns in zip(cells[1:], COLUMNS[1:], strict=True)).rstrip()
    room = min(COLUMNS[0], width() - sum(COLUMNS[1:]))
    return cells[0].ljust(room) + rest if len(cells[0]) < room else f"{filled(cells[0])}\n{' ' * room}{rest}"


def _open(verdict: Verdict) -> list[str]:
    """Say what stands against a claim, and why its experiments have no firmer verdict."""
    reasons = []
    for e in verdict.evidence:
        why = e.reason
        if e.verdict == "refuted" and e.observation is not None:
            why = f"measured {number(e.observation.measured)}, bound {number(e.observation.bound)}"
        if why:
            reasons.append(f"{e.experiment.label}, d = {e.experiment.d:g}: {e.verdict}, {why}")
    is_ = "" if verdict.verdict == "failed" else "is "
    return _section(f"{verdict.claim.id} {is_}{verdict.verdict}", reasons)


# --- claims ----------------------------------------------------------------------------------------------------------


def listing(claims: Sequence[Claim]) -> str:
    """Return a line a claim: its id, the label of its derivation, and as much of its sentence as there is room for."""
    lines = []
    for _, group in groupby(claims, lambda claim: claim.id.rpartition(".")[0]):
        near = list(group)
        ids, labels = (max(map(len, texts)) for texts in ([c.id for c in near], [c.proof for c in near]))
        for c in near:
            room = width() - ids - labels - 4
            line = f"{c.id:{ids}}  {c.proof:{labels}}" + (
                f"  {cut(_promised(c.says), room)}" if room >= SHORTEST else ""
            )
            lines.append(line.rstrip() if len(line) <= width() else f"{filled(c.id)}\n  {c.proof}")
    return "\n".join(lines)


def _promised(says: str) -> str:
    """The sentences after those that only say what is given."""
    sentences = re.split(r"(?<=\.) (?=[A-Z])", says)
    return " ".join(dropwhile(lambda sentence: sentence.startswith("Let "), sentences)) or says


def sourced(claim: Claim) -> str:
    """Return the source of a claim, and whose wording it is where that does not say so itself."""
    said = re.search(rf"\b{claim.provenance}\b", claim.source)
    return claim.source if said else f"{claim.source} ({claim.provenance})"


def claim(claim: Claim, where: str = "") -> str:
    """Return all that is said of a claim, and the command that measures it: of the claim `where` it is."""
    from zotheory.errata import LEDGER

    lines = [filled(claim.id), "", filled(claim.says)]
    if claim.statement is not None:
        lines += ["", "As a formula", *map(_formula, claim.statement.text().splitlines())]
    elif claim.informal:
        lines += ["", filled(f"Informal, without a formula: {claim.informal}")]
    lines += _section("Assumptions", claim.assumptions)
    signature = getattr(claim.bound, "signature", None)
    lines += _section("Arguments of the bound", signature.lines() if signature else ())
    lines += ["", filled(f"Source: {sourced(claim)}. Kind: {claim.kind}.")]
    lines += _derivation(claim)
    measured = _grouped(((e.label, e.rung), f"{e.d:g}") for e in claim.on)
    lines += _section("Experiments", (f"{label} ({rung}, d = {', '.join(at)})" for (label, rung), at in measured))
    planted = _grouped((c.falsehood, c.id.removeprefix(f"{claim.id}.")) for c in claim.controls)
    lines += _section(
        "Controls (falsehoods that verification must refute)",
        (f"{falsehood} ({', '.join(names)})" for falsehood, names in planted),
    )
    lines += _section(
        "Errata",
        (
            f"{entry.source}: {entry.statement} Ours: {entry.ours} Evidence: {entry.evidence}"
            for entry in LEDGER
            if claim.id in entry.claims
        ),
    )
    reproduce = f"Reproduce: zotheory verify {where or claim.id}"  # a command is not broken but before its first word
    lines += ["", reproduce if len(reproduce) <= width() else reproduce.replace(": ", ":\n", 1)]
    return "\n".join(lines)


def _formula(line: str) -> str:
    indent = " " * (2 + len(line) - len(line.lstrip()))
    return filled(line.strip(), f"{indent}    ", indent)


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[Any, list[Any]]]:
    groups: dict[Any, list[Any]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return list(groups.items())


def rests_upon(record: Mapping[str, Any]) -> list[str]:
    """Return what a recorded derivation rests on beyond its own terms: certificates, derivations, code at points."""
    rests = record.get("rests_on", {})
    return [
        *(f"{_many(count, 'certificate')} by {basis}" for basis, count in rests.get("certificates", {}).items()),
        *(f"the derivation of {name} ({status})" for name, status in rests.get("derivations", {}).items()),
        *(f"agreement of the code at {_many(count, 'point')}: {name}" for name, count in rests.get("code", {}).items()),
    ]


def _derivation(claim: Claim) -> list[str]:
    record = claim.record
    lines = ["", f"Derivation: {claim.proof}"]
    lines += _section("Beyond its own terms, the derivation rests on", rests_upon(record))
    lines += _section("Not checked", record.get("gaps", ()))
    steps = (f"[{kind}] {name}: {text}" for name, kind, text, *_ in record.get("steps", ()))
    return lines + _section("Steps", steps)


def ledger(entries: Sequence[Entry]) -> str:
    """Return the entries of the errata ledger, each with its verdict and what holds."""
    return "\n".join(filled(f"{e.id}: {e.verdict} ({e.source})") + "\n" + filled(e.ours, "    ") for e in entries)


def entry(entry: Entry) -> str:
    """Return an entry of the errata ledger."""
    parts = [
        filled(f"{entry.id}: {entry.verdict}"),
        filled(f"Source: {entry.source} (wording {entry.wording})"),
        *(
            filled(f"{title}: {text}")
            for title, text in (("Statement", entry.statement), ("Ours", entry.ours), ("Evidence", entry.evidence))
        ),
        filled("Claims: " + (", ".join(entry.claims) or "none")),
    ]
    return "\n\n".join(parts)

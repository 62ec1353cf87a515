"""The table of verdicts and the page of a verification, in Markdown, from the record of a report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from zotheory.evidence.findings import Report

WORDS = {
    "supported": "supported",
    "not refuted": "not refuted",
    "undecided": "undecided",
    "failed": "FAILED",
    "refuted": "REFUTED",
}
SPECIAL = re.compile(r"(`[^`]*`)|([\\*_<>|$])")  # code, which stays as it is, or a sign that means something
BAR = re.compile(r"(?<!\\)\|")
VARIANCE = re.compile(r"(.*Var X <= )([-+.\de]+)( \(E X\)\^2.*)")
HEADERS = ["claim", "verdict", "rests on", "derivation", "measured/bound", "dimensions", "controls refuted"]


def number(value: float | None) -> str:
    """Three significant digits; a dash for None."""
    return "-" if value is None else f"{value:.3g}".replace("e+", "e")


def as_markdown(text: str) -> str:
    """Return a text so that Markdown shows it as it is; what stands in backticks is code."""
    return SPECIAL.sub(lambda found: found[1] or f"\\{found[2]}", text)


def verdict_words(claim: dict[str, Any]) -> str:
    """Return the verdict on a claim with what is said beside it: "supported, if Var X <= 5 (E X)^2"."""
    said = (f", {caveat}" if caveat.startswith("if ") else f" ({caveat})" for caveat in claim["caveats"])
    return WORDS[claim["verdict"]] + "".join(said)


def rests_on(claim: dict[str, Any]) -> str:
    """Return what the verdicts of its experiments rest on, without the reasons: `zotheory.report.record` has them."""
    return without_reasons(claim["bases"])


def without_reasons(bases: Iterable[str]) -> str:
    """Return these bases without reasons, each once; of variances that differ the largest."""
    largest: dict[tuple[str, ...], float] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    for basis in dict.fromkeys(basis.partition(": ")[0] for basis in bases):
        found = VARIANCE.fullmatch(basis)
        before, value, after = found.groups() if found else (basis, "0", "")
        largest[before, after] = max(largest.get((before, after), 0), float(value))
        counts[before, after] += 1
    parts = []
    for (before, after), value in largest.items():
        several = f"V{after}, V at most {value:g}"
        parts.append(before + (several if counts[before, after] > 1 else f"{value:g}{after}" if after else ""))
    return "; ".join(parts)


def controls_of(record: dict[str, Any], claim: dict[str, Any]) -> str:
    """Return how many of a claim's controls are refuted: "2 of 2"."""
    return _refuted([c for c in record["controls"] if c["of"] == claim["id"]])


def _refuted(controls: list[dict[str, Any]]) -> str:
    return f"{sum(c['refuted'] for c in controls)} of {len(controls)}"


def _by_claim(record: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The controls of each claim, by its id."""
    found: dict[str, list[dict[str, Any]]] = {claim["id"]: [] for claim in record["claims"]}
    for control in record["controls"]:
        found.setdefault(control["of"], []).append(control)
    return found


def results(record: dict[str, Any]) -> list[list[str]]:
    """One row a claim: id, verdict, what it rests on, proof, largest ratio, dimensions, controls refuted."""
    rows, controls = [], _by_claim(record)
    for claim in record["claims"]:
        dimensions = [e["d"] for e in claim["evidence"]]
        rows.append(
            [
                claim["id"],
                verdict_words(claim),
                rests_on(claim),
                claim["proof"],
                number(claim["ratio"]),
                f"{number(min(dimensions))}..{number(max(dimensions))}",
                _refuted(controls[claim["id"]]),
            ]
        )
    return rows


def markdown(headers: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(headers) + " |", "|" + " --- |" * len(headers)]
    lines += ["| " + " | ".join(BAR.sub(r"\\|", " ".join(cell.split())) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def page(report: Report) -> str:
    """Return the report of a verification as a Markdown page: every experiment and every control."""
    from zotheory.report.text import interrupted, summary

    record = report.as_dict()
    controls = _by_claim(record)
    parts = [
        "# Verification\n",
        "" if report.complete else f"**Interrupted**: {interrupted(report)}.\n",
        f"{summary(report)}\n\n"
        "Half of the error budget is for refuting a true claim, half for supporting a false one, each over all "
        "experiments that can err (Holm); the controls have a budget of the same size of their own. The quotient "
        "measured/bound is at most 1 where the bound holds. What is detectable is the smallest violation that an "
        "experiment would have refuted with probability 0.8, as a ratio or as a probability; it is left blank where "
        "the samples do not show it.\n",
        markdown(HEADERS, results(record)),
    ]
    for claim in record["claims"]:
        parts += [
            f"\n## {claim['id']}\n",
            f"{as_markdown(claim['says'])}\n\nSource: {as_markdown(claim['source'])}. Derivation: {claim['proof']}. "
            f"Verdict: {verdict_words(claim)}.\n",
            _experiments(claim["evidence"]),
            *(
                f"- {as_markdown(e['label'])}, d = {e['d']}: {e['verdict']}; {as_markdown(e['reason'])}.\n"
                for e in claim["evidence"]
                if e["reason"]
            ),
            *(f"```\n{e['failure'].rstrip()}\n```\n" for e in claim["evidence"] if e["failure"]),
            _controls(controls[claim["id"]]),
        ]
    return "\n".join(part for part in parts if part)


def _experiments(evidence: list[dict[str, Any]]) -> str:
    headers = ["evidence", "measurement", "dimension", "measured", "bound", "measured/bound", "verdict", "rests on"]
    rows = [
        [
            e["rung"],
            as_markdown(e["label"]),
            number(e["d"]),
            *(number(e[name]) for name in ("measured", "bound", "ratio")),
            ", ".join(filter(None, [WORDS[e["verdict"]], e["caveat"]])),
            as_markdown(e["basis"] or "-"),
            str(e["replicas"]),
            *(number(e[name]) if e[name] else "" for name in ("detectable_ratio", "detectable_probability")),
        ]
        for e in evidence
    ]
    return markdown([*headers, "replicas", "detectable ratio", "detectable probability"], rows)


def _controls(controls: list[dict[str, Any]]) -> str:
    rows = [
        [
            c["id"],
            as_markdown(c["falsehood"]),
            number(c["ratio"]),
            "refuted" if c["refuted"] else "FAILED" if c["failed"] else "NOT REFUTED",
        ]
        for c in controls
    ]
    return markdown(["control", "planted falsehood", "measured/bound", "outcome"], rows) if rows else ""

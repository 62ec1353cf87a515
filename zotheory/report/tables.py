"""The table of claims and the table of verdicts, from the records of the proofs and of verification."""

from __future__ import annotations

from typing import Any

from zotheory.evidence.verdicts import Report

WORDS = {"supported": "supported", "refuted": "REFUTED", "undecided": "undecided"}


def number(value: float | None) -> str:
    """Three significant digits; a dash for None."""
    return "-" if value is None else f"{value:.3g}".replace("e+", "e")


def results(record: dict[str, Any]) -> list[list[str]]:
    """One row a claim: id, verdict, proof, largest ratio, dimensions, detectable violation, controls refuted."""
    rows = []
    for claim in record["claims"]:
        planted = [c for c in record["controls"] if c["of"] == claim["id"]]
        dimensions = [e["d"] for e in claim["evidence"]]
        rows.append(
            [
                claim["id"],
                WORDS[claim["verdict"]],
                claim["proof"],
                number(claim["ratio"]),
                f"{number(min(dimensions))}..{number(max(dimensions))}",
                number(claim["detectable"]),
                f"{sum(c['refuted'] for c in planted)}/{len(planted)}",
            ]
        )
    return rows


HEADERS = ["claim", "verdict", "proof", "ratio", "d", "detects", "controls"]


def markdown(headers: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(headers) + " |", "|" + " --- |" * len(headers)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def page(report: Report) -> str:
    """Return the report of a verification as a Markdown page: every experiment and every control."""
    record = report.as_dict()
    parts = [
        "# Verification\n",
        f"Level {report.level}, seed {report.seed}, error budget alpha = {report.alpha}: half for refuting a true "
        "claim, half for supporting a false one, each over all experiments of the run (Holm); the controls have alpha "
        "of their own. A ratio is measured/bound, at most 1 where the bound holds; `detects` is the smallest violation "
        "that the tightest experiment would have refuted with power 0.8 (as a ratio; as a probability where the claim "
        "is that something always holds); `controls` counts the planted falsehoods refuted.\n",
        markdown(HEADERS, results(record)),
    ]
    for verdict, claim in zip(report.verdicts, record["claims"], strict=True):
        rows = [
            [
                e["rung"],
                e["label"],
                number(e["d"]),
                number(e["measured"]),
                number(e["bound"]),
                number(e["ratio"]),
                WORDS[e["verdict"]],
                e["basis"],
                str(e["replicas"]),
            ]
            for e in claim["evidence"]
        ]
        headers = ["rung", "measurement", "d", "measured", "bound", "ratio", "verdict", "basis", "replicas"]
        planted = [
            [c["id"], c["falsehood"], number(c["ratio"]), "refuted" if c["refuted"] else "NOT REFUTED"]
            for c in record["controls"]
            if c["of"] == claim["id"]
        ]
        parts += [
            f"\n## {claim['id']}\n",
            f"{verdict.claim.statement}\n\nSource: {verdict.claim.source}. Proof: {claim['proof']}.\n",
            markdown(headers, rows),
            "",
            markdown(["control", "planted falsehood", "ratio", "outcome"], planted),
        ]
    return "\n".join(parts)

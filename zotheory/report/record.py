"""A report as plain numbers and strings, for JSON; ``schema.json`` beside this file describes it."""

from __future__ import annotations

import json
from functools import cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import zotheory

if TYPE_CHECKING:
    from zotheory.evidence.claim import Claim
    from zotheory.evidence.findings import Evidence, Report, Verdict, Weighed
    from zotheory.evidence.outcomes import Outcome

VERSION = 1  # of the schema


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of `record`."""
    return json.loads((Path(__file__).parent / "schema.json").read_text(encoding="utf-8"))


def record(report: Report) -> dict[str, Any]:
    """Return the report; an infinite or undefined number is None."""
    return {
        "schema": VERSION,
        "zotheory": zotheory.__version__,
        "complete": report.complete,
        "interrupted_after": None if report.complete else len(report.verdicts),
        "selected": report.selected,
        "alpha": report.alpha,
        "seed": report.seed,
        "level": report.level,
        "budget": {
            "experiments": report.planned[0],
            "sharing": report.sharing,
            "controls": report.planned[1],
        },
        "claims": [_claim(verdict) for verdict in report.verdicts],
        "controls": [_control(control) for control in report.controls],
    }


def described(claim: Claim) -> dict[str, Any]:
    """Return what a claim says, without measuring it."""
    return {
        "id": claim.id,
        "says": claim.says,
        "formula": None if claim.statement is None else claim.statement.text(),
        "informal": claim.informal,
        "proof": claim.proof,
        "digest": claim.digest,
        "source": claim.source,
        "provenance": claim.provenance,
        "kind": claim.kind,
        "assumptions": list(claim.assumptions),
        "experiments": [{"label": e.label, "d": int(e.d), "rung": e.rung} for e in claim.on],
        "controls": [{"id": c.id, "falsehood": c.falsehood} for c in claim.controls],
    }


def plain(value: float | None) -> float | None:
    """Return the number as a float; None where it is infinite or undefined."""
    return float(value) if value is not None and isfinite(value) else None


def _claim(verdict: Verdict) -> dict[str, Any]:
    claim, tight = verdict.claim, verdict.tightest
    seen = [e.observation for e in verdict.evidence if e.observation is not None]
    return {
        "id": claim.id,
        "says": claim.says,
        "source": claim.source,
        "provenance": claim.provenance,
        "proof": claim.proof,
        "verdict": verdict.verdict,
        "bases": list(verdict.bases),
        "caveats": list(verdict.caveats),
        **_numbers(tight),
        "replicas": sum(o.replicas for o in seen),
        "calls": sum(o.calls * o.replicas for o in seen),
        "error_level": verdict.error_level,
        "evidence": [_evidence(e) for e in verdict.evidence],
    }


def _numbers(evidence: Evidence | Weighed | None) -> dict[str, float | None]:
    seen = None if evidence is None else evidence.observation
    outcome = None if evidence is None else evidence.outcome
    return {name: None if seen is None else plain(getattr(seen, name)) for name in ("measured", "bound", "ratio")} | {
        name: None if outcome is None else plain(getattr(outcome, name))
        for name in ("detectable_ratio", "detectable_probability")
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    experiment, seen = evidence.experiment, evidence.observation
    return {
        "rung": experiment.rung,
        "label": experiment.label,
        "d": int(experiment.d),
        "verdict": evidence.verdict,
        "basis": seen.basis if seen else None,
        "caveat": seen.caveat if seen else "",
        "assumed": bool(seen and seen.assumed),
        "exact": bool(seen and seen.exact),
        "reason": evidence.reason,
        "failure": evidence.outcome.failure,
        **_numbers(evidence),
        "replicas": int(seen.replicas) if seen else 0,
        "calls": seen.calls if seen else 0,
        **_p_values(evidence.outcome),
        "adjusted": {"refuting": evidence.refuting, "supporting": evidence.supporting},
        "error_level": evidence.error_level,
    }


def _p_values(outcome: Outcome) -> dict[str, Any]:
    return {"p": {"refuting": outcome.refuting, "supporting": outcome.supporting}}


def _control(weighed: Weighed) -> dict[str, Any]:
    control, seen = weighed.control, weighed.observation
    return {
        "id": control.id,
        "of": control.of,
        "falsehood": control.falsehood,
        "label": control.experiment.label,
        "d": int(control.experiment.d),
        "refuted": weighed.refuted,
        "failed": weighed.failed,
        "failure": weighed.outcome.failure,
        "measured": plain(seen.measured) if seen else None,
        "bound": plain(seen.bound) if seen else None,
        "ratio": plain(seen.ratio) if seen else None,
        "p": weighed.outcome.refuting,
        "adjusted": weighed.error_level,
    }

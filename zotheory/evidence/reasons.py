"""Why an experiment has no firmer verdict, and what would decide it, in words."""

from __future__ import annotations

import re
from math import ceil, isnan, log, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zotheory.evidence.findings import Evidence
    from zotheory.evidence.observations import Observation
    from zotheory.evidence.outcomes import Outcome

HOPELESS = 0.5  # a p-value of a mean above which more of the same samples say nothing about how many would do
MOST = 10**12  # replicas; no run takes as many


def reason(evidence: Evidence) -> str:
    """Return the reason in a clause without full stop; empty for a verdict at an error level."""
    seen = evidence.observation
    if seen is None:
        return what_failed(evidence.outcome)
    if evidence.verdict == "not refuted":
        why = seen.basis.removeprefix("none").lstrip(":, ") or "no error level of support is known"
        return f"{why}; {would_be_seen(evidence.outcome)}"
    return _undecided(evidence, seen) if evidence.verdict == "undecided" else ""


def what_failed(outcome: Outcome) -> str:
    """Return the error that ends the traceback, without the modules that it comes from, and without notes."""
    lines = outcome.failure.strip().splitlines()
    deepest = max((i for i, line in enumerate(lines) if line.startswith("  ")), default=-1)
    return re.sub(r"^(\w+\.)+(?=\w+:)", "", lines[min(deepest + 1, len(lines) - 1)])


def would_be_seen(outcome: Outcome) -> str:
    """Say which violation would have been refuted, with probability 0.8."""
    if outcome.detectable_ratio is not None:
        return f"a violation by a factor {outcome.detectable_ratio:.3g} would have been refuted"
    if outcome.detectable_probability is not None:
        return f"a probability of {outcome.detectable_probability:.3g} in its place would have been refuted"
    return "its samples do not show which violation would have been refuted"


def _undecided(evidence: Evidence, seen: Observation) -> str:
    p, ratio, full = evidence.outcome.supporting, seen.ratio, evidence.experiment.full or 0
    if isnan(ratio):
        return "what was measured is not a number"
    if ratio > 1:
        return f"what was measured exceeds the bound ({ratio:.4g} of it), by no more than chance allows"
    if p > (HOPELESS if seen.basis != "binomial" else 1 - 1e-15):
        return f"what was measured lies too near the bound ({ratio:.4g} of it) for {seen.replicas} replicas"
    needed = seen.replicas * log(evidence.share) / log(p)
    if needed > MOST:
        return f"what was measured ({ratio:.4g} of the bound) needs more than {MOST:.0e} replicas".replace("e+", "e")
    enough = f"; level full takes {full}" if full > seen.replicas else ""
    return f"needs about {_rounded(needed)} replicas, has {seen.replicas}{enough}"


def _rounded(count: float) -> int:
    """Two digits, rounded up."""
    unit = 10 ** max(0, int(log10(count)) - 1)
    return ceil(count / unit) * unit

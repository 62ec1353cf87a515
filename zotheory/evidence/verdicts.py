"""From observations to verdicts, under one error budget.

The budget alpha is split in two halves. One goes to refutations: with probability at least 1 - alpha/2 no true
statement of the run is refuted. The other goes to support: with probability at least 1 - alpha/2 (in the limit, where
support is labelled asymptotic) no false one is supported. Holm's procedure spends each half over all experiments of
the run. Controls have a budget alpha of their own. Nothing is retried; a random stream depends on the seed and the
names of claim and experiment only.

Verdicts: *refuted* (some experiment refutes), *supported* (all of them support), *undecided*.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zotheory import require
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import Observation
from zotheory.evidence.statistics import holm

LEVELS = ("quick", "full")


@dataclass(frozen=True)
class Evidence:
    """One experiment, weighed."""

    experiment: Experiment
    observation: Observation
    verdict: str
    error_level: float
    detectable: float


@dataclass(frozen=True)
class Verdict:
    """One claim, weighed; `tightest` is the evidence whose ratio is largest."""

    claim: Claim
    verdict: str
    evidence: tuple[Evidence, ...]

    @property
    def tightest(self) -> Evidence:  # noqa: D102
        return max(self.evidence, key=lambda e: e.observation.ratio)

    @property
    def error_level(self) -> float:
        """Family-wise level at which the verdict stands (Holm-adjusted p-value); 1 for an undecided claim."""
        if self.verdict == "refuted":
            return min(e.error_level for e in self.evidence if e.verdict == "refuted")
        return max(e.error_level for e in self.evidence) if self.verdict == "supported" else 1.0


@dataclass(frozen=True)
class Report:
    """What a run of verification found."""

    alpha: float
    seed: int
    level: str
    verdicts: tuple[Verdict, ...]
    controls: tuple[tuple[Control, Observation, bool], ...]

    @property
    def refuted(self) -> bool:
        """Whether any claim was refuted."""
        return any(v.verdict == "refuted" for v in self.verdicts)

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers and strings, for JSON; an infinite or undefined number is None."""
        return {
            "alpha": self.alpha,
            "seed": self.seed,
            "level": self.level,
            "claims": [_claim_dict(v) for v in self.verdicts],
            "controls": [
                {"id": c.id, "of": c.of, "falsehood": c.falsehood, "refuted": refuted, "ratio": _plain(o.ratio)}
                for c, o, refuted in self.controls
            ],
        }


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _claim_dict(verdict: Verdict) -> dict[str, Any]:
    tight = verdict.tightest
    return {
        "id": verdict.claim.id,
        "verdict": verdict.verdict,
        "proof": verdict.claim.proof,
        "measured": _plain(tight.observation.measured),
        "bound": _plain(tight.observation.bound),
        "ratio": _plain(tight.observation.ratio),
        "replicas": sum(e.observation.replicas for e in verdict.evidence),
        "calls": sum(e.observation.calls * e.observation.replicas for e in verdict.evidence),
        "error_level": verdict.error_level,
        "detectable": _plain(tight.detectable),
        "evidence": [
            {
                "rung": e.experiment.rung,
                "label": e.experiment.label,
                "d": e.experiment.d,
                "measured": _plain(e.observation.measured),
                "bound": _plain(e.observation.bound),
                "ratio": _plain(e.observation.ratio),
                "verdict": e.verdict,
                "basis": e.observation.basis,
                "replicas": e.observation.replicas,
                "calls": e.observation.calls,
                "error_level": e.error_level,
                "detectable": _plain(e.detectable),
            }
            for e in verdict.evidence
        ],
    }


def stream(seed: int, *names: str) -> np.random.SeedSequence:
    """Return the random stream that belongs to these names, whatever else is run."""
    return np.random.SeedSequence(seed, spawn_key=tuple(zlib.crc32(name.encode()) for name in names))


def observe(owner: str, experiment: Experiment, seed: int, level: str) -> Observation:
    """Run one experiment of a claim or control."""
    replicas = experiment.full if level == "full" else experiment.replicas
    return experiment.measure(replicas, stream(seed, owner, experiment.rung, experiment.label, str(experiment.d)))


def tasks(claims: Sequence[Claim]) -> Iterator[tuple[Claim | Control, Experiment]]:
    """Every experiment of the claims, then of their controls."""
    for claim in claims:
        for experiment in claim.experiments:
            yield claim, experiment
    for claim in claims:
        for control in claim.controls:
            yield control, control.experiment


def verify(
    claims: Sequence[Claim],
    *,
    alpha: float = 0.01,
    seed: int = 0,
    level: str = "quick",
    jobs: int = 1,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> Report:
    """Weigh claims and their controls.

    Parameters
    ----------
    claims : sequence of Claim
    alpha : float in (0, 1)
        Error budget of the whole run.
    seed : int, >= 0
    level : "quick" or "full"
        Full takes 10 to 25 times as many replicas.
    jobs : int
        Processes that share the experiments; the report does not depend on it.
    progress : callable ``(done, total, name)``, called before each experiment and at the end

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        For alpha outside (0, 1), a negative seed, an unknown level, jobs < 1, or a claim given twice.
    KeyboardInterrupt
        With the report on the experiments finished so far as ``partial`` (None before the first claim is complete).
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie strictly between 0 and 1, got {alpha!r}")
    if seed < 0:
        raise ValueError(f"seed must be non-negative, got {seed!r}")
    if level not in LEVELS:
        raise ValueError(f"level must be one of {LEVELS}, got {level!r}")
    require.count(jobs=jobs)
    names = [claim.id for claim in claims]
    if len(set(names)) < len(names):
        raise ValueError(f"claims must differ, got {names}")
    todo = list(tasks(claims))
    seen: list[Observation] = []
    observations = (observe(owner.id, experiment, seed, level) for owner, experiment in todo)
    if jobs > 1:
        from joblib import Parallel, delayed

        observations = Parallel(n_jobs=jobs, return_as="generator")(
            delayed(observe)(owner.id, experiment, seed, level) for owner, experiment in todo
        )
    try:
        for owner, _ in todo:
            progress(len(seen), len(todo), owner.id)
            seen.append(next(observations))
        progress(len(todo), len(todo), "")
    except KeyboardInterrupt as interrupt:
        report = weigh(todo[: len(seen)], seen, alpha, seed, level)
        interrupt.partial = report if report.verdicts else None  # type: ignore[attr-defined]
        raise
    finally:
        observations.close()  # ends the processes: an interrupted run would wait for them for ever
    return weigh(todo, seen, alpha, seed, level)


def weigh(
    todo: Sequence[tuple[Claim | Control, Experiment]],
    seen: Sequence[Observation],
    alpha: float,
    seed: int,
    level: str,
) -> Report:
    """Spend the error budget on observations, in the order of `tasks`; claims not fully observed are left out."""
    complete = {
        owner.id: owner
        for owner, _ in todo
        if isinstance(owner, Claim) and sum(o is owner for o, _ in todo) == len(owner.experiments)
    }
    claimed = [(o, e, s) for (o, e), s in zip(todo, seen, strict=True) if o.id in complete]
    planted = [(o, s) for (o, _), s in zip(todo, seen, strict=True) if isinstance(o, Control)]
    refuting = holm([s.refuting for _, _, s in claimed])
    supporting = holm([s.supporting for _, _, s in claimed])
    each = alpha / 2 / max(1, len(claimed))
    weighed: dict[str, list[Evidence]] = {name: [] for name in complete}
    for (owner, experiment, s), against, in_favour in zip(claimed, refuting, supporting, strict=True):
        if against <= alpha / 2:
            verdict, error = "refuted", float(against)
        elif in_favour <= alpha / 2:
            verdict, error = "supported", float(in_favour)
        else:
            verdict, error = "undecided", 1.0
        weighed[owner.id].append(Evidence(experiment, s, verdict, error, float(s.detectable(each))))
    caught = holm([s.refuting for _, s in planted]) <= alpha
    return Report(
        alpha,
        seed,
        level,
        tuple(Verdict(complete[name], overall(evidence), tuple(evidence)) for name, evidence in weighed.items()),
        tuple((control, s, bool(c)) for (control, s), c in zip(planted, caught, strict=True)),
    )


def overall(evidence: Sequence[Evidence]) -> str:
    """Refuted if any evidence refutes, supported if all of it supports, else undecided."""
    verdicts = {e.verdict for e in evidence}
    if "refuted" in verdicts:
        return "refuted"
    return "supported" if verdicts == {"supported"} else "undecided"

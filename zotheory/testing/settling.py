"""Claims that are measured one by one, perhaps in several processes, and weighed together when all have been measured.

What the experiments of a claim give depends on the seed and on names only, so it does not matter who measures them. The
verdict does depend on all claims of the session, as they share one error budget: it is `zotheory.verify`'s on all of
them. What is measured in another process comes as numbers, samples and words, and the functions of a claim stay there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, NoReturn

from zotheory.evidence.claim import Claim, Control, Experiment
from zotheory.evidence.findings import Report, Verdict, Weighed
from zotheory.evidence.keeping import keeping
from zotheory.evidence.observations import Observation
from zotheory.evidence.outcomes import Outcome
from zotheory.evidence.running import Gathering, Task, tasks, work_off
from zotheory.evidence.verdicts import listed, weigh
from zotheory.evidence.written import is_shipped
from zotheory.report.text import against

CERTAIN = ("refuted", "failed")  # whatever else is measured
OPEN = ("undecided", "not refuted")


Counts = tuple[int, int, int]  # claims, experiments, controls


def planned(claims: Iterable[Claim]) -> Counts:
    """Return how many claims there are, none counted twice, and how many experiments and controls they have."""
    different = list(dict.fromkeys(claims))
    return len(different), sum(len(c.on) for c in different), sum(len(c.controls) for c in different)


# --- what was measured -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """What the experiments of some claims, and their controls, gave."""

    tasks: tuple[Task, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def names(self) -> frozenset[str]:
        """The ids of the claims."""
        return frozenset(owner.id for owner, _ in self.tasks if isinstance(owner, Claim))


NOTHING = Measured((), ())


def measured(claims: Sequence[Claim], *, error: float, seed: int, level: str) -> Measured:
    """Measure claims in this process; `error` is the share of the budget that an experiment may count on."""
    todo, done = list(tasks(listed(claims))), dict[int, Outcome]()
    with keeping(None, claims, todo, seed=seed) as kept:
        work_off(claims, Gathering(todo, error, done, _quietly), None, kept, seed=seed, level=level)
    return Measured(tuple(todo), tuple(done[number] for number in range(len(todo))))


def _quietly(done: int, total: int, name: str) -> None:
    pass


def portable(found: Measured) -> Measured:
    """Return the same without the functions of the claims and the classes of others: any process can read it."""
    owners = {owner: _without_functions(owner) for owner, _ in found.tasks}
    return Measured(
        tuple((owners[owner], _placeholder(experiment)) for owner, experiment in found.tasks),
        tuple(_portable(outcome) for outcome in found.outcomes),
    )


def _without_functions(owner: Claim | Control) -> Claim | Control:
    if isinstance(owner, Claim):
        return replace(owner, bound=elsewhere, on=[_placeholder(e) for e in owner.on], but={}, states=None)
    return replace(owner, bound=elsewhere, experiment=_placeholder(owner.experiment))


def _placeholder(experiment: Experiment) -> Experiment:
    return replace(experiment, measure=elsewhere)


def elsewhere(*args: Any, **kwargs: Any) -> NoReturn:
    """Stand for a function that another process has."""
    raise RuntimeError("this function is in the process that measured the claim")


def _portable(outcome: Outcome) -> Outcome:
    seen = outcome.observation
    return outcome if seen is None or is_shipped(seen) else replace(outcome, observation=_read(seen))


@dataclass(frozen=True)
class Reading:
    """What an observation of a class of the user's says, without the class."""

    measured: float
    bound: float
    ratio: float
    replicas: int
    calls: float
    basis: str
    assumed: bool
    exact: bool
    caveat: str
    refuting: float
    supporting: float

    def detectable_ratio(self, level: float) -> float | None:
        """None: only the class can tell."""
        return None

    def detectable_probability(self, level: float) -> float | None:
        """None: only the class can tell."""
        return None


def _read(seen: Observation) -> Reading:
    return Reading(
        float(seen.measured),
        float(seen.bound),
        float(seen.ratio),
        int(seen.replicas),
        float(seen.calls),
        str(seen.basis),
        bool(seen.assumed),
        bool(seen.exact),
        str(seen.caveat),
        float(seen.refuting),
        float(seen.supporting),
    )


# --- what is found when all are weighed ------------------------------------------------------------------------------


def weighed(found: Iterable[Measured], besides: Counts, *, alpha: float, seed: int, level: str) -> Report:
    """Weigh all that was measured; as many claims, experiments and controls `besides` keep their share of the budget.

    A claim that was measured twice, as it is listed in two modules, counts once.
    """
    once = list(_different(found))
    todo = [task for one in once for task in one.tasks]
    outcomes = [outcome for one in once for outcome in one.outcomes]
    claimed = sum(isinstance(owner, Claim) for owner, _ in todo)
    error = alpha / 2 / max(1, claimed + besides[1])
    return weigh(todo, {n: _at(o, error) for n, o in enumerate(outcomes)}, alpha, seed, level, besides)


def missing(found: Iterable[Measured], plan: Counts, *skipped: Counts) -> Counts:
    """Return how many of the planned claims, experiments and controls were neither measured nor skipped."""
    owners = [owner for one in _different(found) for owner, _ in one.tasks]
    claimed = [owner for owner in owners if isinstance(owner, Claim)]
    counts = (len(set(claimed)), len(claimed), len(owners) - len(claimed)), *skipped
    claims, experiments, controls = (max(0, n - sum(of)) for n, of in zip(plan, zip(*counts, strict=True), strict=True))
    return claims, experiments, controls


def _different(found: Iterable[Measured]) -> Iterator[Measured]:
    """What was measured, each claim once."""
    names: set[str] = set()
    for one in found:
        kept = [pair for pair in zip(one.tasks, one.outcomes, strict=True) if _claim_of(pair[0][0]) not in names]
        names |= one.names
        yield Measured(tuple(task for task, _ in kept), tuple(outcome for _, outcome in kept))


def _claim_of(owner: Claim | Control) -> str:
    return owner.id if isinstance(owner, Claim) else owner.of


def _at(outcome: Outcome, error: float) -> Outcome:
    """Return the outcome with the violations that it would have refuted at this level."""
    seen = outcome.observation
    if seen is None or isinstance(seen, Reading):
        return outcome
    ratio, probability = seen.detectable_ratio(error), seen.detectable_probability(error)
    return replace(outcome, detectable_ratio=ratio, detectable_probability=probability)


class Finding(NamedTuple):
    """What was found of some claims: the words for each verdict, and what stands against them."""

    verdicts: tuple[Verdict, ...]
    controls: tuple[Weighed, ...]

    @property
    def certain(self) -> bool:
        """Whether it stays as it is, whatever else of the session is measured."""
        words = {verdict.verdict for verdict in self.verdicts}
        return bool(words & {*CERTAIN}) or (words == {"supported"} and all(c.refuted for c in self.controls))

    def wrong(self, strict: bool) -> list[str]:
        """Return, a phrase each, why a test of these claims fails; nothing if it passes."""
        bad = CERTAIN + (OPEN if strict else ())
        phrases = [_phrase(verdict) for verdict in self.verdicts if verdict.verdict in bad]
        return phrases + [f"the control {c.control.id} is not refuted" for c in self.controls if not c.refuted]

    def open(self) -> list[str]:
        """Return, a phrase each, which claims have no firm verdict, and why."""
        return [
            f"{_phrase(verdict)}: {'; '.join(dict.fromkeys(filter(None, (e.reason for e in verdict.evidence))))}"
            for verdict in self.verdicts
            if verdict.verdict in OPEN
        ]

    def told(self) -> str:
        """Tell what the claims say, what stands against them, and the tracebacks of experiments that failed."""
        says = [f"{verdict.claim.id}: {verdict.claim.says}" for verdict in self.verdicts]
        failures = [e.outcome.failure for verdict in self.verdicts for e in verdict.evidence]
        failures += [c.outcome.failure for c in self.controls]
        lines = [*says, *against(self.verdicts, self.controls), *(f"\n{text.rstrip()}" for text in failures if text)]
        return "\n".join(lines)

    def properties(self) -> Iterator[tuple[str, str]]:
        """Yield what a record of the test should hold: each verdict, with what it rests on."""
        for verdict in self.verdicts:
            yield verdict.claim.id, "; ".join([verdict.verdict, *verdict.caveats, *verdict.bases])


def finding(report: Report, names: frozenset[str]) -> Finding:
    """Return what a report says of the claims with these ids."""
    return Finding(
        tuple(verdict for verdict in report.verdicts if verdict.claim.id in names),
        tuple(control for control in report.controls if control.control.of in names),
    )


def _phrase(verdict: Verdict) -> str:
    return f"{verdict.claim.id} {'' if verdict.verdict == 'failed' else 'is '}{verdict.verdict}"

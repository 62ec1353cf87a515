"""The experiments of a run, one after the other: measured in this process, or by the workers of an executor.

What they give does not depend on it: a random stream belongs to the seed and the names of claim and experiment. A
shipped claim travels by its name, since every worker has the same; one of the user's is sent, and read once.
"""

from __future__ import annotations

import inspect
import traceback
import warnings
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from zotheory.evidence.claim import Claim, Control, Experiment
from zotheory.evidence.observations import Observation
from zotheory.looks import ObjectiveWarning
from zotheory.sweep import Died, Unusable, answers

READ = ("measured", "bound", "ratio", "replicas", "calls", "basis", "assumed", "exact", "caveat")  # of observations
TESTED = ("refuting", "supporting", "detectable_ratio", "detectable_probability")


@dataclass(frozen=True)
class Outcome:
    """What one experiment gave: an observation with its p-values, or the traceback that says why there is none.

    `detectable_ratio` and `detectable_probability` are the smallest violations that it would have refuted; None where
    its samples do not show it, or where a violation is not measured so.
    """

    observation: Observation | None
    failure: str = ""
    refuting: float = 1.0
    supporting: float = 1.0
    detectable_ratio: float | None = None
    detectable_probability: float | None = None

    @property
    def exact(self) -> bool:
        """Whether it cannot err."""
        return self.observation is not None and self.observation.exact


Task = tuple[Claim | Control, Experiment]
Work = Callable[[Claim | Control, Experiment], Outcome]
Progress = Callable[[int, int, str], None]  # done, total, the id of what is measured next


def stream(seed: int, *names: str) -> np.random.SeedSequence:
    """Return the random stream that belongs to these names, whatever else is run."""
    return np.random.SeedSequence(seed, spawn_key=tuple(zlib.crc32(name.encode()) for name in names))


def observe(owner: Claim | Control, experiment: Experiment, seed: int, level: str) -> Any:
    """Measure one experiment against the bound of a claim or control.

    A run that diverges or stands still is weighed like others, without a warning: many are spoiled on purpose.
    """
    replicas = (experiment.full if level == "full" else experiment.replicas) or 1
    names = owner.id, experiment.rung, experiment.label, str(experiment.d)
    with warnings.catch_warnings(action="ignore", category=ObjectiveWarning):
        return experiment.measure(owner.bound, replicas, stream(seed, *names))


def outcome(owner: Claim | Control, experiment: Experiment, seed: int, level: str, error: float) -> Outcome:
    """Measure and test one experiment; `error` is the level at which a violation would have been refuted."""
    try:
        seen = observe(owner, experiment, seed, level)
        if any(inspect.getattr_static(seen, name, inspect) is inspect for name in (*READ, *TESTED)):
            raise TypeError(f"measure must return an observation, such as zotheory.Mean, got {seen!r:.200}")
        for name in READ:
            getattr(seen, name)
        refuting, supporting = float(seen.refuting), float(seen.supporting)
        if not (0 <= refuting <= 1 and 0 <= supporting <= 1):
            raise ValueError(f"p-values must lie in [0, 1], got {refuting} and {supporting} of {seen!r:.200}")
        if seen.exact and not {refuting, supporting} <= {0, 1}:
            raise ValueError(f"p-values of what is exact must be 0 or 1, got {refuting} and {supporting}")
        return Outcome(seen, "", refuting, supporting, seen.detectable_ratio(error), seen.detectable_probability(error))
    except (Exception, SystemExit) as problem:
        return Outcome(None, "".join(traceback.format_exception(problem)))


def tasks(claims: Sequence[Claim]) -> Iterator[Task]:
    """The experiments of each claim, and after them those of its controls."""
    for claim in claims:
        yield from ((claim, experiment) for experiment in claim.on)
        yield from ((control, control.experiment) for control in claim.controls)


def work_off(
    claims: Sequence[Claim], work: Work, executor: Executor | None, done: dict[int, Outcome], progress: Progress
) -> None:
    """Fill `done`, number of a task -> its outcome; what was finished is there also if an exception ends this."""
    todo = list(tasks(claims))
    oldest = 0  # of the tasks that are not done

    def tell() -> None:
        nonlocal oldest
        while oldest in done:
            oldest += 1
        progress(len(done), len(todo), todo[oldest][0].id if oldest < len(todo) else "")

    tell()
    with closing(_answers(claims, work, executor)) as found:
        for number, answer in found:
            done[number] = _outcome(answer)
            tell()


def _answers(
    claims: Sequence[Claim], work: Work, executor: Executor | None
) -> Generator[tuple[int, Callable[[], Outcome]]]:
    if executor is None:
        return answers(lambda task: work(*task), tasks(claims))
    return answers(partial(_work_on, work), list(_sent(claims)), executor)


def _outcome(answer: Callable[[], Outcome]) -> Outcome:
    try:
        return answer()
    except Unusable:  # and so for whatever is left
        raise
    except Died as died:
        return Outcome(None, str(died))
    except Exception as problem:  # an observation that cannot be sent, or not be read
        return Outcome(None, "".join(traceback.format_exception(problem)))


def _sent(claims: Iterable[Claim]) -> Iterator[tuple[str | bytes, int]]:
    """Each task as the name of a shipped claim, or another claim in bytes, and the number of its task."""
    from zotheory.claims import shipped
    from zotheory.sending import packed

    for claim in claims:
        sent = claim.id if shipped(claim) else packed(f"claim {claim.id!r}", claim)
        yield from ((sent, number) for number, _ in enumerate(tasks([claim])))


def _work_on(work: Work, sent: tuple[str | bytes, int]) -> Outcome:
    claim, number = sent
    return work(*_tasks_of(claim)[number])


@lru_cache(maxsize=16)
def _tasks_of(claim: str | bytes) -> list[Task]:
    from zotheory.claims import find
    from zotheory.sending import unpacked

    return list(tasks([find(claim) if isinstance(claim, str) else unpacked(claim)]))

"""The experiments of a run, one after the other: measured in this process, or by the workers of an executor.

What they give does not depend on it: a random stream belongs to the seed and the names of claim and experiment. A
shipped claim travels by its name, since every worker has the same; those of the user's go with the work, and each is
read when its first piece comes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing
from functools import lru_cache, partial

from zotheory.evidence.claim import Claim, Control, Experiment
from zotheory.evidence.keeping import Keeping
from zotheory.evidence.outcomes import Failed, Outcome, Seen, outcome, told
from zotheory.evidence.parts import Part, observe, parts
from zotheory.sweeps import Died, Unusable, answers

Task = tuple[Claim | Control, Experiment]
Piece = tuple[int, Part]  # number of a task, and a part of its experiment
Place = tuple[str | int, int, Part]  # name of a shipped claim or number of another, number of its task, and the part
Progress = Callable[[int, int, str], None]  # done, total, the id of what is measured next


def tasks(claims: Sequence[Claim]) -> Iterator[Task]:
    """The experiments of each claim, and after them those of its controls."""
    for claim in claims:
        yield from ((claim, experiment) for experiment in claim.on)
        yield from ((control, control.experiment) for control in claim.controls)


def measured(owner: Claim | Control, experiment: Experiment, part: Part, seed: int) -> Seen:
    """Measure one part of an experiment."""
    try:
        return observe(owner, experiment, part, seed)
    except (Exception, SystemExit) as problem:
        return told(problem)


class Gathering:
    """What the parts of each task gave, and, as soon as all are there, its outcome: `done`, by number of the task."""

    def __init__(self, todo: Sequence[Task], error: float, done: dict[int, Outcome], progress: Progress) -> None:
        self.todo, self.error, self.done, self.progress = todo, error, done, progress
        self.seen: dict[int, dict[int, Seen]] = {}
        self.oldest = 0  # of the tasks that are not done

    def take(self, number: int, part: Part, seen: Seen) -> bool:
        """Add what a part gave; return whether it was the last of its task."""
        found = self.seen.setdefault(number, {})
        found[part.number] = seen
        if len(found) == part.of:
            self.done[number] = outcome([found[k] for k in range(part.of)], self.error)
            del self.seen[number]
        return number in self.done

    def tell(self) -> None:
        """Tell how far it is."""
        while self.oldest in self.done:
            self.oldest += 1
        name = self.todo[self.oldest][0].id if self.oldest < len(self.todo) else ""
        self.progress(len(self.done), len(self.todo), name)


def work_off(
    claims: Sequence[Claim],
    gathering: Gathering,
    executor: Executor | None,
    kept: Keeping,
    *,
    seed: int,
    level: str,
) -> None:
    """Have all parts measured that are not kept, and keep and gather them as they come.

    What was finished is gathered also if an exception ends this.
    """
    left: list[Piece] = []
    for number, (_, experiment) in enumerate(gathering.todo):
        for part in parts(experiment, level):
            known = kept.get(number, part)
            if known is None:
                left.append((number, part))
            else:
                gathering.take(number, part, known)
    gathering.tell()
    with closing(_answers(claims, left, partial(measured, seed=seed), executor)) as found:
        for index, answer in found:
            number, part = left[index]
            seen = _seen(answer)
            kept.put(number, part, seen)
            if gathering.take(number, part, seen):
                gathering.tell()


def _answers(
    claims: Sequence[Claim], pieces: Sequence[Piece], work: Callable[..., Seen], executor: Executor | None
) -> Generator[tuple[int, Callable[[], Seen]]]:
    if executor is None:
        todo = list(tasks(claims))
        return answers(lambda piece: work(*todo[piece[0]], piece[1]), pieces)
    own, places = _sent(claims, pieces)
    return answers(partial(_work_on, work, own), places, executor)


def _seen(answer: Callable[[], Seen]) -> Seen:
    try:
        return answer()
    except Unusable:  # and so for whatever is left
        raise
    except Died as died:
        return Failed(died)
    except Exception as problem:  # an observation that cannot be sent, or not be read
        return told(problem)


def _sent(claims: Sequence[Claim], pieces: Sequence[Piece]) -> tuple[list[bytes], list[Place]]:
    """Return the claims that are not shipped, as far as they are needed, in bytes, and where each piece is."""
    from zotheory.claims import shipped
    from zotheory.sweeps.packing import packed

    homes = [(claim, number) for claim in claims for number, _ in enumerate(tasks([claim]))]
    own = [claim for claim in dict.fromkeys(homes[number][0] for number, _ in pieces) if not shipped(claim)]
    names = {claim: number for number, claim in enumerate(own)}
    places = [(names.get(home := homes[number][0], home.id), homes[number][1], part) for number, part in pieces]
    return [packed(f"claim {claim.id!r}", claim) for claim in own], places


def _work_on(work: Callable[..., Seen], own: Sequence[bytes], place: Place) -> Seen:
    claim, number, part = place
    return work(*_tasks_of(claim if isinstance(claim, str) else own[claim])[number], part)


@lru_cache(maxsize=16)
def _tasks_of(claim: str | bytes) -> list[Task]:
    from zotheory.claims import find
    from zotheory.sweeps.packing import unpacked

    return list(tasks([find(claim) if isinstance(claim, str) else unpacked(claim)]))

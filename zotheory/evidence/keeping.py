"""What a run takes from a store and keeps in it: each part of an experiment under the digest of the code that ran.

What was changed after this program began, and may not be what runs, is neither taken nor kept.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext

from zotheory.code.fingerprint import BEGAN, digest
from zotheory.code.modules import edited
from zotheory.code.reach import reach
from zotheory.evidence.claim import Claim, Control, Experiment
from zotheory.evidence.observations import Observation
from zotheory.evidence.outcomes import Failed, Seen
from zotheory.evidence.parts import Part, observe
from zotheory.evidence.store import Key, NotKept, Store


class Keeping:
    """What is known of the tasks of a run, by their numbers; nothing without a store, or where all is to be fresh."""

    def __init__(
        self,
        store: Store | None,
        claims: Sequence[Claim],
        tasks: Sequence[tuple[Claim | Control, Experiment]],
        *,
        seed: int,
        fresh: bool,
    ) -> None:
        self.store, self.tasks, self.seed, self.fresh = store, tasks, seed, fresh
        if store is None:
            return
        stated = {claim.id: claim.code for claim in claims}
        self.stated = [
            stated[owner.id] if isinstance(owner, Claim) else digest(stated[owner.of], owner.falsehood)
            for owner, _ in tasks
        ]
        self.reaches = [reach(observe, experiment.measure, owner.bound) for owner, experiment in tasks]
        changed = {modules: edited(modules, BEGAN) for modules in {found.modules for found in self.reaches}}
        self.lasting = [found.lasting and not changed[found.modules] for found in self.reaches]
        self.told: set[str] = set()
        self._tell(set().union(*changed.values()))

    def get(self, number: int, part: Part) -> Observation | None:
        """Return what a part of a task gave before; None where that is not known."""
        if self.store is None or self.fresh or not self.lasting[number]:
            return None
        return self.store.get(self._key(number, part))

    def put(self, number: int, part: Part, seen: Seen) -> None:
        """Keep what a part of a task gave, unless it failed."""
        if self.store is None or isinstance(seen, Failed) or not self.lasting[number]:
            return
        if files := edited(self.reaches[number].modules, BEGAN):  # while it was measured
            self._tell(files)
        else:
            self.store.put(self._key(number, part), seen, fresh=self.fresh)

    def _tell(self, files: Iterable[str]) -> None:
        """Warn of these files, unless that was done."""
        new = sorted(set(files) - self.told)
        self.told.update(new)
        if new:
            more = f" and {len(new) - 1} more files" if new[1:] else ""
            warnings.warn(
                f"what rests on {new[0]}{more} is not kept: changed after this program began, it may not be what "
                "runs; start the program again",
                NotKept,
                stacklevel=5,
            )

    def _key(self, number: int, part: Part) -> Key:
        owner, experiment = self.tasks[number]
        cut = f"{part.number + 1} of {part.of}, {part.replicas} replicas"
        named = owner.id, experiment.label, experiment.d, experiment.rung
        return Key(self.stated[number], *named, self.seed, cut, self.reaches[number].code)


@contextmanager
def keeping(
    store: Store | str | os.PathLike[str] | None,
    claims: Sequence[Claim],
    tasks: Sequence[tuple[Claim | Control, Experiment]],
    *,
    seed: int,
    fresh: bool = False,
) -> Iterator[Keeping]:
    """Within, what a store knows and keeps of a run; one that is named by its path is open as long."""
    with nullcontext(store) if store is None or isinstance(store, Store) else Store(store) as opened:
        yield Keeping(opened, claims, tasks, seed=seed, fresh=fresh)

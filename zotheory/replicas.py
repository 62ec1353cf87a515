"""Replicas of a run, in chunks that fit the cache, each with a random stream of its own (a spawn key of the seed).

So what a chunk gives depends on the seed and the shapes only, whatever runs it, and whichever others run beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from zotheory import require
from zotheory.interrupts import undisturbed
from zotheory.kinds import shown
from zotheory.looks import Once, Understood
from zotheory.objective import Objective
from zotheory.recording import Kept, Outputs, Part, Recording, Run, steps_to_record
from zotheory.setting import Setting
from zotheory.streams import child, chunk_size, generator, seed_sequence
from zotheory.sweeps import in_order, sweep
from zotheory.walk import walk, watching
from zotheory.watch import Watch

if TYPE_CHECKING:
    from zotheory.storage.folder import Folder


@dataclass(frozen=True, eq=False)
class Replicas:
    """Runs of one setting, cut into chunks: what a chunk gives depends on its number alone, wherever it is run."""

    most: ClassVar[int | None] = None  # bytes that a step of a chunk draws; None: those that fit the cache

    setting: Setting
    steps: int
    recorded: np.ndarray
    sequence: np.random.SeedSequence
    replicas: int | None

    @classmethod
    def of(cls, setting: Setting, steps: Any, record: Any, seed: Any, replicas: Any) -> Replicas:
        """Check these arguments of a run.

        Raises
        ------
        TypeError, ValueError
            Naming the argument, the value and the condition.
        """
        steps = require.count("steps", steps)
        replicas = None if replicas is None else require.count("replicas", replicas)
        return cls(setting, steps, steps_to_record(record, steps), seed_sequence(seed), replicas)

    @property
    def asked(self) -> Setting:
        """What they are runs of, as the user has it."""
        return self.setting

    @property
    def where(self) -> str:
        """The array library, its version and device."""
        return f"numpy {np.__version__}"

    @property
    def code(self) -> tuple[Any, ...]:
        """What runs a chunk."""
        return (type(self).run,)

    @property
    def total(self) -> int:
        """How many there are."""
        return self.replicas or 1

    @cached_property
    def size(self) -> int:
        """Of a chunk; the last one may be smaller."""
        method = self.setting.method
        each = 8 * len(self.setting.start) * (method.calls[1] if method.selects else 1)
        return chunk_size(self.total, each, self.most)

    @property
    def chunks(self) -> range:
        """Their numbers."""
        return range(-(-self.total // self.size))

    def rows(self, number: int) -> slice:
        """The replicas of a chunk."""
        return slice(number * self.size, min((number + 1) * self.size, self.total))

    def batch(self, number: int) -> tuple[int, ...]:
        """The shape of a chunk; one run alone has no axis."""
        rows = self.rows(number)
        return () if self.replicas is None else (rows.stop - rows.start,)

    def require_sendable(self) -> None:
        """The method and the problem can be sent to another process, and give there what they give here.

        Raises
        ------
        TypeError
            As `zotheory.sweeps.Unsendable`.
        ValueError
            As `require_handed`.
        """
        from zotheory.sweeps.packing import as_bytes  # which runs in this process need not load

        as_bytes("method", self.setting.method)
        as_bytes("problem", self.setting.given)
        self.require_handed("an executor")

    def require_handed(self, whom: str) -> None:
        """The method and the problem have no random numbers but those that they are handed.

        Raises
        ------
        ValueError
            Elsewhere, or later, they would draw the same again.
        """
        from zotheory.code.chance import generator_in

        given: dict[str, Any] = {"method": self.asked.method, "problem": self.asked.given}
        for name, one in given.items():
            if own := generator_in(one):
                raise ValueError(
                    f"{name} must draw from the rng that it is handed, for {whom}, got {shown(one)}, which draws from "
                    f"another generator, {own}: its numbers would come again"
                )

    def look(self) -> Understood:
        """Look at the problem before the first step."""
        return self.setting.look(self.batch(0))

    def run(self, found: Understood, number: int, kept: Kept, tell: Callable[[str, str], Any]) -> Part:
        """Run a chunk, which writes what it keeps as it goes; an exception carries it as ``partial``, a `Part`."""
        np.empty(1 << 21)  # 16 MiB, freed at once: glibc then keeps freed memory instead of returning it at every step
        objective, t = self.setting.objective(self.batch(number)), -1
        told: dict[str, str] = {}

        def say(what: str, message: str) -> None:
            told[what] = message
            tell(what, message)

        def part(step: int) -> Part:
            return Part(number, kept, objective.calls, objective.looks, step, told)

        watch = watching(self.setting, found, objective, say)
        log = Recording(self.setting, self.recorded, objective, kept)
        try:
            for t, state in self.states(objective, number, watch):
                log.see(t, state)
            log.end()
            watch.finish(self.recorded, kept.values)
        except BaseException as error:
            log.end(stopped=error)
            error.partial = part(min(t + 1, self.steps))  # type: ignore[attr-defined]
            raise
        return part(self.steps)

    def states(self, objective: Objective, number: int, watch: Watch) -> Iterator[tuple[int, Any]]:
        """The states of a chunk at the start and after its steps, at those to record at least, with their numbers."""
        rng = generator(child(self.sequence, number))
        for t, (state, _) in enumerate(walk(self.setting, objective, rng, watch)):
            yield t, state
            if t == self.steps:
                return

    def run_apart(self, found: Understood, number: int) -> Part:
        """Run a chunk where nothing of it is heard until it ends, in another process or thread."""
        rows = self.rows(number)
        kept = Kept.blank(rows.stop - rows.start, len(self.setting.start), len(self.recorded))
        return self.run(found, number, kept, lambda what, message: None)


def gather(plan: Replicas, outputs: Outputs | Folder, executor: Executor | None) -> Run:
    """Run the chunks that have not ended yet, on the executor or here, and put together what all give.

    Raises
    ------
    BaseException
        Whatever ends it, with what was computed as ``partial``, a `Run`.
    """
    alone, once, looked = plan.replicas is None, Once(), False
    todo = [number for number in plan.chunks if number not in outputs.ended]
    try:
        found = plan.look() if todo else None
        looked = True
        for told in in_order(chain(list(outputs.ended.items()), _parts(plan, found, todo, outputs, executor, once))):
            for what, message in told.items():
                once(what, message)
        outputs.settle()
    except BaseException as error:
        with undisturbed():
            where = (
                f"after {len(outputs.ended)} of {len(plan.chunks)} chunks" if looked else f"at step 0 of {plan.steps}"
            )
            if isinstance(part := getattr(error, "partial", None), Part):
                outputs.write(plan.rows(part.number), part)
                where = f"at step {part.step} of {plan.steps}"
            error.add_note(f"stopped {where}; what was computed is in .partial")
            error.partial = outputs.result(alone)  # type: ignore[attr-defined]
        raise
    return outputs.result(alone)


def _parts(
    plan: Replicas,
    found: Any,
    todo: Sequence[int],
    outputs: Outputs | Folder,
    executor: Executor | None,
    once: Once,
) -> Iterator[tuple[int, dict[str, str]]]:
    """Run these chunks, and keep what each gives; yield its number and what it had to warn of, as they finish."""

    def here(number: int) -> Part:
        return plan.run(found, number, outputs.room(plan.rows(number)), once)

    for _, part in sweep(here if executor is None else partial(plan.run_apart, found), todo, executor):
        outputs.put(plan.rows(part.number), part)
        yield part.number, part.told
        del part  # while the next one comes

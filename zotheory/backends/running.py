"""Runs on an array library, cut into segments of steps; and a problem of the library as looks and records see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from typing import Any, ClassVar

import numpy as np

from zotheory.backends.library import Converted, Library
from zotheory.backends.stepping import Stepping, doubles
from zotheory.elementary import Array
from zotheory.kinds import shown
from zotheory.libraries import as_numpy
from zotheory.looks import Understood
from zotheory.objective import Objective, ObjectiveError
from zotheory.oracles import Delegate, Plain
from zotheory.recording import Kept, Part
from zotheory.replicas import Replicas
from zotheory.setting import Setting, frame_of
from zotheory.streams import child
from zotheory.watch import Watch

LONGEST = 1000  # steps between two checks
COUNTS = 3  # different lengths of segments before they are cut into powers of two, each of which is compiled once


def on_library(plan: Replicas, library: Library) -> Replicas:
    """Return the same runs on a library.

    Raises
    ------
    ValueError
        For reduced coordinates, and for functions of one point.
    """
    setting = plan.setting
    if frame_of(setting.problem) is not None:
        raise ValueError(
            f"problem must not be in reduced coordinates with backend={library.name!r}: they draw from laws that NumPy "
            f"alone has; run it with backend='numpy', got {shown(setting.problem)}"
        )
    if setting.vectorised is False:
        raise ValueError(
            f"vectorised must not be False with backend={library.name!r}: map f over rows by the library, as jax.vmap "
            "or torch.vmap do"
        )
    seen = _as_numpy_sees(setting, library)
    return OnLibrary(seen, plan.steps, plan.recorded, plan.sequence, plan.replicas, library, setting)


@dataclass(frozen=True, eq=False)
class OnLibrary(Replicas):
    """Runs on a library: `setting` is what NumPy sees of the `own` one, whose arrays are the library's."""

    most: ClassVar[int | None] = 1 << 27  # enough work for a device, a few dozen of them fit into its memory

    library: Library
    own: Setting

    @property
    def asked(self) -> Setting:
        """What they are runs of, as the user has it."""
        return self.own

    @property
    def where(self) -> str:
        """The array library, its version and device."""
        return f"{self.library.name} {version(self.library.name)} on {self.library.device}"

    @property
    def code(self) -> tuple[Any, ...]:
        """What runs a chunk: that of the library, which no import names, counts as well."""
        return (*super().code, type(self.library).repeat, type(self.library).stream)

    def look(self) -> Understood:
        """Look at the problem before the first step."""
        with self.library.session():
            return super().look()

    def run(self, found: Understood, number: int, kept: Kept, tell: Callable[[str, str], Any]) -> Part:
        """Run a chunk."""
        with self.library.session():
            return super().run(found, number, kept, tell)

    @cached_property
    def _made(self) -> dict[tuple[bool, bool], Stepping]:
        return {}

    def _stepping(self, in_rows: bool, tracked: bool) -> Stepping:
        """The steps, which are compiled once for all chunks of a size; `in_rows`: as looks found f to be asked."""
        if (in_rows, tracked) not in self._made:
            method, problem, start, _, nonfinite = self.own
            problem = Plain(problem, start) if in_rows and not isinstance(problem, Plain) else problem
            self._made[in_rows, tracked] = Stepping(method, problem, nonfinite, tracked, self.library)
        return self._made[in_rows, tracked]

    def states(self, objective: Objective, number: int, watch: Watch) -> Iterator[tuple[int, Any]]:
        """The states at the start and after each segment."""
        stepping = self._stepping(isinstance(watch.f, Plain), objective.best is not None)
        carry, t = stepping.start(objective, self.library.stream(child(self.sequence, number)), self.own.start), 0
        yield t, carry.state
        for count in _segments(self.recorded, self.steps):
            carry, t = stepping.go_on(carry, t + 1, count, objective), t + count
            yield t, carry.state


def _segments(recorded: np.ndarray, steps: int) -> list[int]:
    """How many steps from one check to the next: from record to record, cut so that few lengths are compiled."""
    lengths = np.diff(np.unique([0, *recorded.tolist(), steps])).tolist()
    pieces = [piece for length in lengths for piece in _at_most(length, LONGEST)]
    return pieces if len(set(pieces)) <= COUNTS else [piece for length in pieces for piece in _powers(length)]


def _at_most(length: int, longest: int) -> Iterator[int]:
    yield from [longest] * (length // longest)
    if length % longest:
        yield length % longest


def _powers(length: int) -> Iterator[int]:
    return (1 << bit for bit in reversed(range(length.bit_length())) if length >> bit & 1)


# --- a problem of the library, as NumPy sees it ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Hosted(Delegate):
    """A problem, or a function, on arrays of a library as one on arrays of NumPy, for looks and records."""

    problem: Any
    library: Library

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """f at points (..., d)."""
        return self._values(self.problem, x)

    def _values(self, f: Callable[[Array], Array], x: np.ndarray) -> np.ndarray:
        points = self.library.array(x)
        value = as_numpy(doubles(f(points), self.library))
        if not np.array_equal(as_numpy(points), x):
            raise ObjectiveError("the objective must not write into its argument")
        return value

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if name == "sample":
            return lambda rng, batch: found(Converted(rng, self.library.array), batch)
        if name == "at":
            return lambda xi: lambda x: self._values(found(xi), x)
        return found


def _as_numpy_sees(setting: Setting, library: Library) -> Setting:
    """The same, as NumPy sees it: points and values of the method, values of the problem, or of a function in rows."""
    method, problem = setting.method, setting.problem

    def hosted(part: Any) -> Any:
        return part and (lambda state: as_numpy(part(state)))

    f = Plain(Hosted(problem.f, library), problem.x0) if isinstance(problem, Plain) else Hosted(problem, library)
    seen = replace(method, output=hosted(method.output), value=hosted(method.value))
    return setting._replace(method=seen, problem=f, vectorised=True)

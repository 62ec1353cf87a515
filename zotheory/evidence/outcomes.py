"""What one experiment gave: its observation, tested, or the traceback that says why there is none."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zotheory.evidence.observations import Observation
from zotheory.evidence.parts import joined
from zotheory.evidence.written import is_shipped

READ = ("measured", "bound", "ratio", "replicas", "calls", "basis", "assumed", "exact", "caveat")  # of observations
TESTED = ("refuting", "supporting", "detectable_ratio", "detectable_probability")


class Failed(str):
    """The traceback, or a sentence, that says why there is no observation."""


Seen = Observation | Failed  # what a part of an experiment gave


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


def outcome(observed: Sequence[Seen], error: float) -> Outcome:
    """Test what the parts of an experiment gave; `error` is the level at which a violation would have been refuted."""
    for part in observed:
        if isinstance(part, Failed):
            return Outcome(None, str(part))
    try:
        seen = joined([_complete(part) for part in observed])
        refuting, supporting = float(seen.refuting), float(seen.supporting)
        if not (0 <= refuting <= 1 and 0 <= supporting <= 1):
            raise ValueError(f"p-values must lie in [0, 1], got {refuting} and {supporting} of {seen!r:.200}")
        if seen.exact and not {refuting, supporting} <= {0, 1}:
            raise ValueError(f"p-values of what is exact must be 0 or 1, got {refuting} and {supporting}")
        return Outcome(seen, "", refuting, supporting, seen.detectable_ratio(error), seen.detectable_probability(error))
    except (Exception, SystemExit) as problem:
        return Outcome(None, told(problem))


def _complete(seen: Any) -> Observation:
    if is_shipped(seen):
        return seen
    if any(inspect.getattr_static(seen, name, inspect) is inspect for name in (*READ, *TESTED)):
        raise TypeError(f"measure must return an observation, such as zotheory.Mean, got {seen!r:.200}")
    for name in READ:
        getattr(seen, name)
    return seen


def told(problem: BaseException) -> Failed:
    """Return the traceback."""
    return Failed("".join(traceback.format_exception(problem)))

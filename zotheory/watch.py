"""Looks at the steps of a run: whether values can be had again, whether they grow, whether they differ at all.

A run may meet noise that its start did not show; it may leave for infinity, or stand still because its differences are
below the rounding of f.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zotheory.elementary import Array
from zotheory.looks import require_same, warn
from zotheory.objective import Objective

GROWTH = 1e6  # by which values exceed the first ones, and their change close by, when a run is said to diverge
FLAT = 4  # looks in a row that see no difference before that is said


def due(t: int) -> bool:
    """Whether step t is one of 1, 2, 3, 5, 10, 20, 30, 50, 100, ...: what happens every so many steps is met by one."""
    while t % 10 == 0:
        t //= 10
    return t in (1, 2, 3, 5)


@dataclass
class Watch:
    """Looks at the evaluations of steps that are `due`: whether they can be had again, how large and how different.

    `scale` is what growth is measured by, beside the values of the first step; inf for methods that only compare, which
    leave no point for a higher one, but try far ones. Cost: the last evaluation of such a step, once more; one
    of its candidates, twice.
    """

    objective: Objective
    f: Any
    scale: float
    fresh: bool
    looked: int = 0
    flat: int = 0
    grown: bool = False

    def begin(self, kept: Array | None) -> None:
        """Have what the step asks for remembered, beside the value that its method `kept` from the step before."""
        self.kept = kept
        self.objective.asked = []

    def end(self, t: int) -> None:
        """Look at what step t asked for.

        Raises
        ------
        ValueError
            If the last evaluation, had once more, is another.
        """
        asked, self.objective.asked = self.objective.asked, None
        if not asked or self.fresh:
            return
        (x, value), batch = asked[-1], self.objective.batch
        if x.ndim > len(batch) + 1:  # one candidate is enough
            x = np.reshape(x, (*batch, -1, x.shape[-1]))[..., 0, :]
            value = self.objective.look(x)
        require_same(value, self.objective.look(x), self.objective, f"in step {t}")
        values = [np.reshape(v, (*batch, -1)) for _, v in asked]
        if self.kept is not None:
            values.append(np.reshape(self.kept, (*batch, 1)))
        seen = np.concatenate(values, axis=-1)
        self._growth(t, seen)
        self.looked += 1
        self.flat = self.flat + 1 if seen.shape[-1] > 1 and np.all(seen == seen[..., :1]) else 0
        if self.flat == FLAT:
            self._stillness(t)

    def finish(self, steps: np.ndarray, values: np.ndarray) -> None:
        """Look at all that was recorded, once the run has come to its end."""
        for t, recorded in zip(steps, values, strict=True):
            self._growth(t, recorded)
        if 0 < self.flat == self.looked < FLAT:
            self._stillness(steps[-1])

    def _growth(self, t: int, values: Array) -> None:
        if self.scale == np.inf:
            return
        largest = np.max(abs(values), initial=0.0, where=np.isfinite(values))
        if t == 1:
            self.scale = max(self.scale, largest)  # a method may look far away
        if largest > GROWTH * self.scale > 0 and not self.grown:
            self.grown = True
            warn(
                f"the run seems to diverge: |f| is {largest:.3g} in step {t}, {largest / self.scale:.1g} times its "
                "size at the start and its change close by; take shorter steps, or ask whether f is bounded below"
            )

    def _stillness(self, t: int) -> None:
        warn(
            f"all values of f within a step were exactly equal in the last {self.flat} steps that were looked at, up "
            f"to step {t}: steps or differences are below the rounding of f, or f is flat, or the run has arrived"
        )

"""Looks at the steps of a run: whether values can be had again, whether they grow, whether they differ at all.

A run may meet noise that its start did not show; it may leave for infinity, or stand still because its differences are
below the rounding of f.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zotheory.elementary import Array
from zotheory.looks import require_row, require_same
from zotheory.objective import Objective

GROWTH = 1e6  # by which values exceed the first ones, and their change close by, when a run is said to diverge
FLAT = 4  # looks in a row that see no difference before every step is looked at for one
STILL = 40  # steps in a row, those looks among them, that see none before that is said


LEADING = (1, 2, 3, 5)


def due(t: int) -> bool:
    """Whether step t is one of 1, 2, 3, 5, 10, 20, 30, 50, 100, ...: what happens every so many steps is met by one."""
    while t % 10 == 0:
        t //= 10
    return t in LEADING


def following(t: int) -> int:
    """The first step after t >= 1 that is `due`."""
    power = 10 ** (len(str(t)) - 1)
    return next(lead * power for lead in (*LEADING, 10) if lead * power > t)


def cost(t: int) -> int:
    """Return how many evaluations the looks of step t take, at most."""
    return 2 * due(t) + (t >= 10 and t == 10 ** (len(str(t)) - 1))


@dataclass
class Watch:
    """Looks at the evaluations of steps that are `due`: whether they can be had again, how large and how different.

    Cost: the last evaluation of such a step, once more; one of its candidates, twice. That of the first step again in
    steps 10, 100, 1000, ... of a problem that draws no sample.

    Parameters
    ----------
    f : callable
        What was found to be the function (`zotheory.looks.understood`).
    size : float
        Of the first values and their change close by: rounding and growth are measured by it.
    fresh : bool
        Whether two evaluations of a point may differ.
    lasting : bool
        Whether all steps see one function: no step draws a sample.
    grows : bool
        Whether to look for growth. Methods that only compare leave no point for a higher one, but try far ones.
    tell : callable, (what, message)
        Is told once that a run seems to diverge, and once that it stands still.
    """

    f: Any
    size: float
    fresh: bool
    lasting: bool
    grows: bool
    tell: Callable[[str, str], Any]
    grown: bool = False
    said: bool = False

    def follow(self, objective: Objective) -> None:
        """Begin with a chunk of replicas, which sees this objective; `next` is the step to look at."""
        self.objective = objective
        self.next = 1
        self.looked = self.flat = 0

    def begin(self, kept: Array | None) -> None:
        """Have what the step asks for remembered, beside the value that its method `kept` from the step before."""
        self.kept = kept
        self.objective.asked = []

    def end(self, t: int) -> None:
        """Look at what step t asked for.

        Raises
        ------
        ValueError
            If the last evaluation, had once more, is another; if a point of the first step alone has another value,
            or has another one later.
        """
        asked, self.objective.asked = self.objective.asked, None
        self.next = following(t)
        if not asked:
            return
        if due(t) and not self.fresh:
            self._again(t, *asked[-1])
        batch = self.objective.batch
        values = [np.reshape(v, (*batch, -1)) for _, v in asked]
        if self.kept is not None:
            values.append(np.reshape(self.kept, (*batch, 1)))
        seen = np.concatenate(values, axis=-1)
        self._growth(t, seen)
        self.looked, self.last = self.looked + 1, t
        self.flat = self.flat + 1 if seen.shape[-1] > 1 and (seen == seen[..., :1]).all() else 0
        if FLAT <= self.flat < STILL:
            self.next = t + 1  # it may be one of many that see no difference
        elif self.flat == STILL:
            self._stillness()

    def _again(self, t: int, x: Array, value: Array) -> None:
        look, batch = self.objective.look, self.objective.batch
        if x.ndim > len(batch) + 1:  # one candidate is enough
            x, among = np.reshape(x, (*batch, -1, x.shape[-1]))[..., 0, :], np.reshape(value, (*batch, -1))[..., 0]
            value = look(x)
            if t == 1:
                require_row(among, value, self.size)
        require_same(value, look(x), f"in step {t}", self.size)
        if t == 1:
            self.first, self.back = (x, value), 10
        elif t == self.back and self.lasting:
            point, first = self.first
            require_same(first, look(point), f"in step 1 and in step {t}", self.size, within="a run")
            self.back = 10 * t

    def finish(self, steps: np.ndarray, values: np.ndarray) -> None:
        """Look at all that was recorded, once the run has come to its end."""
        for t, recorded in zip(steps, values, strict=True):
            self._growth(t, recorded)
        if 0 < self.flat == self.looked < STILL:
            self._stillness()

    def _growth(self, t: int, values: Array) -> None:
        if not self.grows or self.grown:
            return
        largest = abs(values).max()
        if not largest < np.inf:
            largest = np.max(abs(values), initial=0.0, where=np.isfinite(values))
        if t == 1:
            self.size = max(self.size, largest)  # a method may look far away
        if largest / GROWTH > self.size > 0:
            self.grown = True
            self.tell(
                "growth",
                f"the run seems to diverge: |f| is {largest:.3g} in step {t}, {largest / self.size:.1g} times its "
                "size at the start and its change close by; take shorter steps, or ask whether f is bounded below",
            )

    def _stillness(self) -> None:
        if self.said:
            return
        self.said = True
        self.tell(
            "stillness",
            f"all values of f within a step were exactly equal in the last {self.flat} steps that were looked at, up "
            f"to step {self.last}: steps or differences are below the rounding of f, or f is flat, or it has arrived",
        )

"""Evaluations as long as they are wanted: what gives values, how many there were, and why there are no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from math import inf
from time import monotonic
from typing import Any

import numpy as np

from zotheory.objective import ObjectiveError, as_real, require_shape
from zotheory.oracles import vectorised
from zotheory.sweeps import in_order, sweep

Values = Callable[[np.ndarray], Iterator[float]]  # of points (k, d), one after the other


class End(Exception):
    """A run ends as it was told to: how SciPy would number it, and why."""

    def __init__(self, status: int, message: str, success: bool = False) -> None:
        super().__init__(message)
        self.status, self.message, self.success = status, message, success


def one_by_one(f: Callable[[np.ndarray], Any], workers: Executor | None = None) -> Values:
    """Values of a function of one point (d,), each of a copy of its own, or beside each other in other processes."""
    value = vectorised(partial(of_f, f))
    return lambda x: map(float, in_order(sweep(value, x, workers)))


def together(f: Callable[[np.ndarray], Any]) -> Values:
    """Values of a function of points (k, d)."""

    def values(x: np.ndarray) -> Iterator[float]:
        value = as_real(of_f(f, x.copy()))
        require_shape(x, value)
        return map(float, value)

    return values


def of_f(f: Callable[[np.ndarray], Any], x: np.ndarray) -> Any:
    """f(x); ObjectiveError for a StopIteration of its own, which would be taken for the end of the values."""
    try:
        return f(x)
    except StopIteration as error:
        raise ObjectiveError("f raised StopIteration, by which a callback ends a run, and no f") from error


def nothing(x: np.ndarray) -> Iterator[float]:
    """No values of any points."""
    return iter(())


@dataclass
class Counted:
    """Values that are counted: no more than `budget` of them, none past `until`, none past the `target`."""

    budget: int
    target: float | None = None
    until: float = inf
    values: Values = nothing
    calls: int = 0

    def __call__(self, x: np.ndarray) -> Iterator[float]:
        """Those of points (k, d).

        Raises
        ------
        End
            Before the points, if not all fit into the budget; before the next one, if the time is over; and once a
            value that was taken reaches the target.
        """
        if self.calls + len(x) > self.budget:
            raise End(1, "The budget of evaluations is spent.")
        self._look_at_the_clock()
        for value in self.values(x):
            self.calls += 1
            yield value
            if self.target is not None and -inf < value <= self.target:
                raise End(0, "The target is reached.", True)
            self._look_at_the_clock()

    def _look_at_the_clock(self) -> None:
        if monotonic() >= self.until:
            raise End(3, "The time is over.")

"""What a run keeps: its output, recorded values, the best point, and what it cost."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from zotheory.kinds import shown
from zotheory.objective import Best, Objective
from zotheory.oracles import is_fresh, is_stochastic
from zotheory.setting import Setting


class Run(NamedTuple):
    """What a run returns, or, as `partial` of an exception, what it had computed when it stopped.

    Attributes
    ----------
    x : array (d,) or (replicas, d)
        The method's output.
    values : array (records,) or (records, replicas)
        Objective at the output at each recorded step (for a stochastic problem its expectation). NaN where a run
        stopped before.
    steps : array (records,)
        The recorded steps; 0 is the start.
    calls : int
        Evaluations of the objective by one replica: all there were, but those by which reduced coordinates look whether
        a problem is invariant under rotations. Of a stochastic problem those of F(.; X), not of its expectation.
    looks : int
        Those among them that the method did not ask for: checks, and records of values that it does not know.
    value : float or array (replicas,)
        Objective at `x`; NaN where a run stopped and it is not known.
    best, best_value : array like `x`, array like `value`
        The best of all points where the objective was evaluated from the first step on or for a record, and its value
        there. Where values are noisy, or the method has a domain (then it evaluates outside as well): of the recorded
        outputs.
    """

    x: np.ndarray
    values: np.ndarray
    steps: np.ndarray
    calls: int
    looks: int
    value: Any
    best: np.ndarray
    best_value: Any


def steps_to_record(record: Iterable[int] | None, steps: int) -> np.ndarray:
    """Return the steps at which to record, increasing; by default the start and 100 evenly spaced.

    Raises
    ------
    TypeError, ValueError
        Unless `record` holds integers from 0 to `steps`.
    """
    if record is None:
        return np.unique(np.linspace(0, steps, 101).round().astype(int))
    try:
        asked = iter(record)
    except TypeError:
        raise TypeError(f"record must be an iterable of steps, got {shown(record)}") from None
    given: set[int] = set()
    for step in asked:  # one by one: there may be no end of them
        if isinstance(step, bool) or not isinstance(step, numbers.Integral):
            raise TypeError(f"record must hold integers, got {shown(step)}")
        if not 0 <= step <= steps:
            raise ValueError(f"record must hold steps from 0 to {steps}, got {shown(step)}")
        given.add(int(step))
    if not given:
        raise ValueError(f"record must hold steps from 0 to {steps}, got none")
    return np.array(sorted(given))


class Recording:
    """What a run keeps of its chunks: they `begin`, are `see`n step by step, and `end`."""

    def __init__(self, setting: Setting, recorded: np.ndarray, replicas: int) -> None:
        method, problem = setting.method, setting.problem
        self.setting, self.output, self.recorded = setting, method.output, recorded
        self.stochastic = is_stochastic(problem)
        noisy = self.stochastic or is_fresh(problem)
        self.known = None if noisy else method.value
        self.tracked = not (noisy or method.domain != "R^d" or (self.known and method.compares))
        self.x, self.best = (np.full((replicas, len(setting.start)), np.nan) for _ in range(2))
        self.value, self.best_value = (np.full(replicas, np.nan) for _ in range(2))
        self.values = np.full((len(recorded), replicas), np.nan)
        self.calls = self.looks = 0
        self.begin(slice(0), setting.objective((0,)))

    def begin(self, rows: slice, objective: Objective) -> None:
        """Have these rows be those of a chunk, which sees this objective."""
        self.rows, self.objective, self.state, self.next = rows, objective, None, 0
        if self.tracked:
            objective.best = Best(objective.batch, self.x.shape[1])

    def see(self, t: int, state: Any) -> None:
        """The state after step t."""
        if t == 0:
            self._require_shapes(state)
        self.state = state
        self.value[self.rows] = np.nan
        if self.next < len(self.recorded) and self.recorded[self.next] == t:
            self.values[self.next, self.rows] = self._evaluate()
            self.next += 1

    def end(self, stopped: BaseException | None = None) -> None:
        """Fill in the last values of the chunk; if it was `stopped`, those that can still be had."""
        objective, rows = self.objective, self.rows
        if self.state is not None:
            self.x[rows] = self.output(self.state)
            free = self.known is not None or self.stochastic
            if np.any(np.isnan(self.value[rows])) and (free or not isinstance(stopped, KeyboardInterrupt)):
                with suppress(*() if stopped is None else (Exception, KeyboardInterrupt)):  # f may have failed for good
                    self._evaluate()
        if objective.best is not None:
            self.best[rows], self.best_value[rows] = objective.best.point, objective.best.value
        if objective.calls > self.calls:
            self.calls, self.looks = objective.calls, objective.looks

    def _require_shapes(self, state: Any) -> None:
        """What a method says of its start is for each run of the batch: NumPy would repeat that of one for all."""
        method, batch = self.setting.method, self.objective.batch
        point, shape = np.shape(method.output(state)), (*batch, self.x.shape[1])
        if point != shape:
            raise ValueError(f"method.output must return points of shape {shape}, got {point}")
        if method.value is not None and np.shape(method.value(state)) != batch:
            raise ValueError(f"method.value must return shape {batch}, got {np.shape(method.value(state))}")

    def _evaluate(self) -> np.ndarray:
        """f at the output, where the method does not know it; it may be the best."""
        x, objective, rows = self.output(self.state), self.objective, self.rows
        if self.stochastic:
            value = self.setting.objective(objective.batch)(x)
        else:
            value = objective.look(x) if self.known is None else self.known(self.state)
        self.value[rows] = value
        if not self.tracked:
            better = ~(self.best_value[rows] <= value)
            np.copyto(self.best[rows], x, where=better[:, None])
            np.copyto(self.best_value[rows], value, where=better)
        return value

    def result(self, replicas: int | None) -> Run:
        """What was kept so far, of one run without the axis of replicas."""
        if replicas is None:
            value, best = float(self.value[0]), float(self.best_value[0])
            return Run(self.x[0], self.values[:, 0], self.recorded, self.calls, self.looks, value, self.best[0], best)
        return Run(self.x, self.values, self.recorded, self.calls, self.looks, self.value, self.best, self.best_value)

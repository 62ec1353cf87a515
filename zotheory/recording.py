"""What a run keeps: its output, recorded values, the best point, and what it cost; of each chunk, and of them all."""

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

    def __repr__(self) -> str:
        if self.x.ndim == 1:
            return f"<Run: value {self.value:g} after {self.calls} evaluations>"
        ends = self.value[np.isfinite(self.value)]
        lowest = f"{ends.min():g}" if ends.size else "unknown"
        return f"<Run: {len(self.x)} runs, lowest value {lowest}, after {self.calls} evaluations of each>"


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


class Kept(NamedTuple):
    """The arrays of a `Run`, of some of its replicas."""

    x: np.ndarray
    values: np.ndarray
    value: np.ndarray
    best: np.ndarray
    best_value: np.ndarray

    @staticmethod
    def shapes(replicas: int, d: int, records: int) -> tuple[tuple[int, ...], ...]:
        """The shape of each."""
        return (replicas, d), (records, replicas), (replicas,), (replicas, d), (replicas,)

    @classmethod
    def blank(cls, replicas: int, d: int, records: int) -> Kept:
        """Of replicas of which nothing is known yet: NaN."""
        return cls(*(np.full(shape, np.nan) for shape in cls.shapes(replicas, d, records)))

    def rows(self, rows: slice) -> Kept:
        """Views of those of these replicas."""
        return Kept(self.x[rows], self.values[:, rows], self.value[rows], self.best[rows], self.best_value[rows])

    def result(self, recorded: np.ndarray, cost: tuple[int, int], alone: bool) -> Run:
        """The run that these are of, and its calls and looks; of one that stands `alone` without axis of replicas."""
        x, values, value, best, best_value = self
        if not alone:
            return Run(x, values, recorded, *cost, value, best, best_value)
        return Run(x[0], values[:, 0], recorded, *cost, float(value[0]), best[0], float(best_value[0]))


AXES = (0, 1, 0, 0, 0)  # of the replicas, in each array of `Kept`


class Part(NamedTuple):
    """What one chunk of a run gave, or had when it stopped in a `step`: what it kept, cost, and had to warn of."""

    number: int
    kept: Kept
    calls: int
    looks: int
    step: int
    told: dict[str, str]


class Recording:
    """Keeps of a chunk what a run returns: its states are `see`n step by step, and then it `end`s."""

    def __init__(self, setting: Setting, recorded: np.ndarray, objective: Objective, kept: Kept) -> None:
        method, problem = setting.method, setting.problem
        self.setting, self.output, self.objective, self.kept = setting, method.output, objective, kept
        self.stochastic = is_stochastic(problem)
        noisy = self.stochastic or is_fresh(problem)
        self.known = None if noisy else method.value
        self.tracked = not (noisy or method.domain != "R^d" or (self.known and method.compares))
        if self.tracked:
            objective.best = Best(objective.batch, len(setting.start))
        self.state: Any = None
        self.evaluated = False  # whether the value of this state is known
        self.due = enumerate(recorded.tolist())
        self.row, self.next = next(self.due)

    def see(self, t: int, state: Any) -> None:
        """The state after step t."""
        if t == 0:
            self._require_shapes(state)
        self.state, self.evaluated = state, False
        if t == self.next:
            self.kept.values[self.row] = self._evaluate()
            self.row, self.next = next(self.due, (0, -1))

    def end(self, stopped: BaseException | None = None) -> None:
        """Fill in the last values; if the chunk was `stopped`, those that can still be had."""
        kept, best = self.kept, self.objective.best
        if self.state is not None:
            kept.x[:] = self.output(self.state)
            if not self.evaluated:
                kept.value[:] = np.nan
                free = self.known is not None or self.stochastic
                if free or stopped is None or isinstance(stopped, Exception):  # and not Ctrl-C
                    with suppress(*() if stopped is None else (BaseException,)):  # f may fail for good
                        self._evaluate()
        if best is not None:
            kept.best[:], kept.best_value[:] = best.point, best.value

    def _require_shapes(self, state: Any) -> None:
        """What a method says of its start is for each run of the batch: NumPy would repeat that of one for all."""
        method, batch = self.setting.method, self.objective.batch
        point, shape = np.shape(method.output(state)), (*batch, len(self.setting.start))
        if point != shape:
            raise ValueError(f"method.output must return points of shape {shape}, got {point}")
        if method.value is not None and np.shape(method.value(state)) != batch:
            raise ValueError(f"method.value must return shape {batch}, got {np.shape(method.value(state))}")

    def _evaluate(self) -> np.ndarray:
        """f at the output, where the method does not know it; it may be the best."""
        x, objective, kept = self.output(self.state), self.objective, self.kept
        if self.stochastic:
            value = self.setting.objective(objective.batch)(x)
        else:
            value = objective.look(x) if self.known is None else self.known(self.state)
        kept.value[:], self.evaluated = value, True
        if not self.tracked:
            better = ~(kept.best_value <= value)
            np.copyto(kept.best, x, where=better[:, None])
            np.copyto(kept.best_value, value, where=better)
        return value


class Outputs:
    """What the chunks of a run gave, in memory.

    Attributes
    ----------
    ended : dict
        Number of a chunk that has come to its end -> what it had to warn of.
    cost : (int, int)
        Calls and looks of one replica, so far.
    """

    def __init__(self, replicas: int, d: int, recorded: np.ndarray) -> None:
        self.recorded = recorded
        self.kept = Kept.blank(replicas, d, len(recorded))
        self.cost = 0, 0
        self.ended: dict[int, dict[str, str]] = {}

    def room(self, rows: slice) -> Kept:
        """Where a chunk of these replicas may write what it keeps."""
        return self.kept.rows(rows)

    def write(self, rows: slice, part: Part) -> None:
        """Keep what a chunk gave before it stopped."""
        for mine, theirs in zip(self.kept.rows(rows), part.kept, strict=True):
            mine[:] = theirs
        self.cost = max(self.cost, (part.calls, part.looks))

    def put(self, rows: slice, part: Part) -> None:
        """Keep what a chunk gave that has come to its end."""
        self.write(rows, part)
        self.ended[part.number] = part.told

    def settle(self) -> None:
        """Nothing waits."""

    def result(self, alone: bool) -> Run:
        """All that was kept so far."""
        return self.kept.result(self.recorded, self.cost, alone)

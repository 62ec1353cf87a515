"""One method on one problem, for a counted number of evaluations or of steps: how the value fell.

Value means here, as in `zotheory.run`: f at the point that the method would return, free of noise where the problem
knows its mean. Where the method does not know it, a look finds it, which is an evaluation like any other: it is
counted, and never takes a run beyond its budget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from math import inf
from typing import Any

import numpy as np

from zotheory import require
from zotheory.kinds import shown
from zotheory.loop import iterate
from zotheory.methods import Method
from zotheory.objective import Best, Objective
from zotheory.oracles import is_fresh, is_stochastic
from zotheory.streams import Seed
from zotheory.trials.curves import Case, Trial
from zotheory.watch import cost

RECORDS = 100  # of the value, at most, beside that at the start
SPARSE = 20  # evaluations between two records, at least on average: a record may be a look
ROUNDING = 1e-9  # relative, by which a value may lie below the least one
FIRST = 40  # evaluations that the looks before the first step take, at most

Tell = Callable[[int, int], None]


def grid(evaluations: int) -> np.ndarray:
    """Return where the value is recorded, evenly spaced in the logarithm, up to a budget."""
    records = min(RECORDS, max(2, evaluations // SPARSE))
    return np.unique(np.geomspace(min(10, evaluations), evaluations, records).round().astype(int))


def trial(
    method: Method,
    case: Case,
    *,
    evaluations: int | None = None,
    steps: int | None = None,
    replicas: int = 1,
    seed: Seed = 0,
    tell: Tell = lambda done, total: None,
) -> Trial:
    """Run a method on a problem, for at most so many evaluations, or for so many steps.

    Parameters
    ----------
    method : Method
    case : Case
    evaluations : int, optional
        Of each run, looks among them: no more are made.
    steps : int, optional
        In the place of evaluations.
    replicas : int
        Independent runs, done as one batch: one that diverges ends them all.
    seed : int, SeedSequence, Generator or None
        As in `zotheory.run`, whose points these are.
    tell : callable ``(done, total)``
        Is told at each record how far it is.

    Returns
    -------
    Trial
        Cost: `evaluations` at most; with `steps` what these cost, and the looks.

    Raises
    ------
    TypeError, ValueError
        As `zotheory.run`; unless one of evaluations and steps is given; for too few evaluations.
    Exception, KeyboardInterrupt
        Whatever ends the runs carries what was found until then as ``partial``, a Trial, once they have started.

    Examples
    --------
    >>> import zotheory as zo
    >>> case = Case.of(zo.problems.golovin_family(1, 8, 20))
    >>> found = trial(zo.relative_loss(radius=zo.radii.one_fifth(1.0)), case, evaluations=2000, replicas=5, seed=1)
    >>> found.calls, bool((found.measured[-1] < 1e-3 * found.measured[0]).all())
    (2000, True)
    """
    replicas = require.count("replicas", replicas)
    plan = _plan(method, evaluations, steps)
    states = iterate(
        method,
        case.problem,
        seed=seed,
        replicas=None if replicas == 1 else replicas,
        vectorised=case.vectorised,
        nonfinite=case.nonfinite,
    )
    state, objective = next(states)
    log = _Log(method, case, objective, replicas)
    try:
        for t in count():
            ahead = objective.calls + log.reserve + method.calls[1] + cost(t + 1)
            over = plan.over(t, ahead)
            if over or plan.due(t, ahead):
                log.record(t, state)
                tell(t if evaluations is None else objective.calls, plan.total)
            if over:
                break
            state, objective = next(states)
    except BaseException as error:
        error.partial = log.trial(case, f"{type(error).__name__}: {error}")  # type: ignore[attr-defined]
        raise
    return log.trial(case)


@dataclass
class _Plan:
    """When a run is recorded, and when it is over: by evaluations, or by steps."""

    marks: list[int]
    by_steps: bool
    next: int = 0

    @property
    def total(self) -> int:
        return self.marks[-1]

    def over(self, t: int, ahead: int) -> bool:
        """Whether a step after step t is one too many; `ahead` are the evaluations that it may come to."""
        return t >= self.total if self.by_steps else ahead > self.total

    def due(self, t: int, ahead: int) -> bool:
        """Whether the state after step t is the last within some mark; the first state is recorded always."""
        reached = t if self.by_steps else ahead - 1
        passed = self.marks[self.next] <= reached
        while self.next < len(self.marks) - 1 and self.marks[self.next] <= reached:
            self.next += 1
        return passed or t == 0


def _plan(method: Method, evaluations: int | None, steps: int | None) -> _Plan:
    if (evaluations is None) == (steps is None):
        raise ValueError(f"one of evaluations and steps must be given, got {shown(evaluations)} and {shown(steps)}")
    if evaluations is None:
        steps = require.count("steps", steps)
        return _Plan(np.unique(np.linspace(0, steps, RECORDS + 1).round().astype(int))[1:].tolist(), True)
    evaluations = require.count("evaluations", evaluations)
    least = FIRST + sum(method.calls) + 1 + cost(1)
    if evaluations < least:
        raise ValueError(
            f"evaluations must be at least {least} for {method.name}, of which up to {FIRST} find out what f is, got "
            f"{evaluations}"
        )
    return _Plan(grid(evaluations).tolist(), False)


class _Log:
    """What is kept of a run while it goes on."""

    def __init__(self, method: Method, case: Case, objective: Objective, replicas: int) -> None:
        self.method, self.problem, self.objective, self.replicas = method, case.problem, objective, replicas
        self.stochastic = is_stochastic(self.problem)
        noisy = self.stochastic or is_fresh(self.problem)
        self.known = None if noisy else method.value
        self.least = -inf if noisy or case.f_star is None else case.f_star
        self.reserve = int(self.known is None and not self.stochastic)  # evaluations that a record takes
        self.tracked = not noisy and method.domain == "R^d"
        self.lowest = Best((replicas,), len(self.problem.x0))
        if self.tracked:
            objective.best = Best(objective.batch, len(self.problem.x0))
        self.kept: list[tuple[int, int, np.ndarray]] = []

    def record(self, t: int, state: Any) -> None:
        """Keep the value after step t."""
        x = self.method.output(state)
        if self.stochastic:
            value = Objective(self.problem, self.objective.batch, nonfinite="any")(x)
        else:
            value = self.objective.look(x) if self.known is None else self.known(state)
        values = np.array(np.broadcast_to(value, (self.replicas,)), dtype=float)
        self._require_above(values)
        self.lowest.see(np.reshape(x, (self.replicas, -1)), values)
        self.kept.append((self.objective.calls, t, values))

    def _require_above(self, values: np.ndarray) -> None:
        lowest = float(values.min())
        if lowest < self.least - ROUNDING * max(abs(self.least), abs(lowest)):
            raise ValueError(
                f"f_star must be the least value of f, got {self.least:g}, and a run came to {lowest:g}: it is wrong, "
                "or least over a domain that the method leaves"
            )

    def trial(self, case: Case, ended: str = "") -> Trial:
        """Return what was kept."""
        if self.objective.best is not None:
            seen = self.objective.best
            self.lowest.see(np.reshape(seen.point, (self.replicas, -1)), np.reshape(seen.value, (self.replicas,)))
        calls, steps, values = zip(*self.kept, strict=True) if self.kept else ((), (), ())
        return Trial(
            np.array(calls, dtype=int),
            np.array(steps, dtype=int),
            np.reshape(np.array(values, dtype=float), (len(values), self.replicas)),
            self.lowest.point,
            self.lowest.value,
            self.objective.calls,
            self.objective.looks,
            case.f_star,
            ended,
        )

"""Several methods on several problems, each with the same number of evaluations.

Every pair of a method and a problem has a random stream of its own, which depends on the seed and on what the two are
called, never on what else is compared. So the runs of two methods are independent, and whether one ends lower than the
other more often than higher can be tested by signs: run i of one against run i of the other. The p-value is exact
whatever the laws, ties left out, and Holm's procedure corrects for all pairs of methods on all problems.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations, product
from math import inf
from typing import Any, NamedTuple

import numpy as np
import scipy  # loads its parts when they are asked for

from zotheory import require
from zotheory.evidence.parts import stream
from zotheory.evidence.statistics import holm
from zotheory.kinds import number, shown
from zotheory.methods import Method
from zotheory.sweeps import answers, opened
from zotheory.trials.curves import Case, Trial, quantile
from zotheory.trials.trial import grid, trial

TARGETS = (1e-1, 1e-3, 1e-6)  # of the first gap
ERROR = 0.05  # probability that signs tell apart any two methods that they should not

Chosen = Method | Callable[[Case], Method]  # a method, or one that depends on the problem: its dimension, its constants


class Reached(NamedTuple):
    """When runs reached a target: how many did, and the evaluations that half of them took; None where fewer did."""

    runs: int
    median: int | None


class Sign(NamedTuple):
    """On a problem `first` ended lower than `second` in so many pairs of runs, and higher in so many; p after Holm."""

    problem: str
    first: str
    second: str
    lower: int
    higher: int
    p: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """What was found of each method on each problem.

    Attributes
    ----------
    evaluations, replicas, seed : of each method on each problem
    grid : array, evaluations at which the runs are read
    targets : gaps, in units of the first gap; values, on problems whose least value is not known
    methods, problems : what they are called, in their order
    trials : (problem, method) -> Trial; of an interrupted comparison those that were finished
    written : what a method or problem is called -> how it is written, where that is another
    cut : (problem, method) whose runs were interrupted, where they are kept until then
    """

    evaluations: int
    replicas: int
    seed: int
    grid: np.ndarray
    targets: tuple[float, ...]
    methods: tuple[str, ...]
    problems: tuple[str, ...]
    trials: Mapping[tuple[str, str], Trial]
    written: Mapping[str, str] = field(default_factory=dict)
    cut: tuple[str, str] | None = None

    @property
    def complete(self) -> bool:
        """Whether every method was run on every problem."""
        return self.cut is None and len(self.trials) == len(self.methods) * len(self.problems)

    def of(self, problem: str) -> dict[str, Trial]:
        """What was found on a problem, by method."""
        return {name: self.trials[problem, name] for name in self.methods if (problem, name) in self.trials}

    def measured(self, problem: str, method: str) -> np.ndarray:
        """Gaps, or values where the least one is not known, read on the grid, (grid, replicas)."""
        return self.trials[problem, method].at(self.grid)

    def target(self, problem: str, target: float) -> float:
        """Return the gap, or the value, that a target stands for on a problem."""
        found = next(iter(self.of(problem).values()))
        return target if found.f_star is None else target * float(found.measured[0, 0])

    def reached(self, problem: str, method: str, target: float) -> Reached:
        """When runs of a method first reached a target, as read on the grid."""
        there = self.measured(problem, method) <= self.target(problem, target)
        times = np.where(there.any(axis=0), self.grid[np.argmax(there, axis=0)], inf)
        median = float(quantile(times, 0.5))
        return Reached(int(there.any(axis=0).sum()), None if median == inf else int(median))

    def signs(self) -> list[Sign]:
        """Whether one method ends lower than another more often than higher, of each two on each problem."""
        found = []
        for problem in self.problems:
            ends = {name: self._end(problem, name) for name, trial in self.of(problem).items() if not trial.ended}
            for first, second in combinations(ends, 2):
                lower, higher = (int(np.sum(pair)) for pair in _apart(ends[first], ends[second]))
                found.append(Sign(problem, first, second, lower, higher, _two_sided(lower, higher)))
        return [one._replace(p=float(p)) for one, p in zip(found, holm([one.p for one in found]), strict=True)]

    def _end(self, problem: str, method: str) -> np.ndarray:
        """Gaps, or values, at the end; below the rounding of values of the size of the first all gaps are one."""
        found = self.trials[problem, method]
        end = self.measured(problem, method)[-1]
        if found.f_star is None:
            return end
        rounding = np.finfo(float).eps * max(abs(found.f_star), float(np.abs(found.values[0]).max()))
        return np.where(end <= rounding, 0.0, end)


def _apart(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return first < second, first > second


def _two_sided(lower: int, higher: int) -> float:
    return min(1.0, 2 * float(scipy.stats.binom.cdf(min(lower, higher), lower + higher, 0.5)))


def compare(
    methods: Mapping[str, Chosen],
    problems: Mapping[str, Any],
    *,
    evaluations: int,
    replicas: int = 20,
    seed: int = 0,
    targets: Sequence[float] = TARGETS,
    executor: Executor | int | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> Comparison:
    """Run every method on every problem, with the same number of evaluations.

    Parameters
    ----------
    methods : mapping, what it is called -> Method, or callable ``Case -> Method``
    problems : mapping, what it is called -> problem with a start of its own, or Case
    evaluations : int
        Of each run, at most; looks at the objective are counted.
    replicas : int
        Independent runs of a method on a problem.
    seed : int, >= 0
    targets : sequence of float
        Gaps > 0 in units of the first one, f(x0) - f*; on a problem whose least value is not known, values.
    executor : concurrent.futures.Executor or int, optional
        What runs them, or so many processes. The result does not depend on it.
    progress : callable ``(done, total, name)``

    Returns
    -------
    Comparison
        Cost: `evaluations` of each run, at most. Runs that end early, since they diverge for one, are part of it.

    Raises
    ------
    TypeError, ValueError
        Before anything is run: for arguments that are wrong, and a method that cannot be run on a problem.
    Exception, KeyboardInterrupt
        Whatever else ends it carries what was found until then as ``partial``, a Comparison: what was finished, and the
        runs that Ctrl-C interrupted, if they were runs of this process.

    Examples
    --------
    >>> import zotheory as zo
    >>> bowl = zo.problems.golovin_family(1, 1, 10)
    >>> rules = {"1/5": zo.relative_loss(radius=zo.radii.one_fifth(1.0)), "fixed": zo.relative_loss(radius=0.1)}
    >>> found = compare(rules, {"bowl": bowl}, evaluations=1000, seed=1)
    >>> found.reached("bowl", "1/5", 1e-3).runs, found.reached("bowl", "fixed", 1e-6)
    (20, Reached(runs=0, median=None))
    """
    evaluations, replicas = require.count("evaluations", evaluations), require.count("replicas", replicas)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed must be an integer, at least 0, got {shown(seed)}")
    if not methods or not problems:
        raise ValueError(f"at least one method and one problem must be given, got {len(methods)} and {len(problems)}")
    goals = tuple(number("targets", target) for target in targets)
    chosen = _checked(methods, problems)
    cells = list(chosen)
    trials: dict[tuple[str, str], Trial] = {}

    def found(cut: tuple[str, str] | None = None) -> Comparison:
        kept = {cell: trials[cell] for cell in cells if cell in trials}
        named = tuple(methods), tuple(problems)
        return Comparison(evaluations, replicas, int(seed), grid(evaluations), goals, *named, kept, cut=cut)

    work = partial(_attempt, evaluations=evaluations, replicas=replicas, seed=int(seed))
    try:
        progress(0, len(cells), cells[0][1])
        with opened(executor, len(cells)) as workers:
            for index, answer in answers(work, [(cell, *chosen[cell]) for cell in cells], workers):
                cell = cells[index]
                trials[cell] = answer()
                left = next((method for cell in cells if cell not in trials for method in cell[1:]), "")
                progress(len(trials), len(cells), left)
    except BaseException as ended:
        until = vars(ended).pop("partial", None)
        cut = cell if isinstance(until, Trial) and len(until.evaluations) else None
        trials |= {} if cut is None else {cut: until}
        ended.partial = found(cut)  # type: ignore[attr-defined]
        raise
    return found()


def _checked(methods: Mapping[str, Chosen], problems: Mapping[str, Case]) -> dict[tuple[str, str], tuple[Method, Case]]:
    """The method and the problem of each cell, once it is clear that they fit."""
    chosen = {}
    for (called, case), (name, method) in product(problems.items(), methods.items()):
        case = case if isinstance(case, Case) else Case.of(case)
        made = method if isinstance(method, Method) or not callable(method) else method(case)
        try:
            case.check(made)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name} on {called}: {error}") from error
        chosen[called, name] = made, case
    return chosen


def _attempt(cell: tuple[tuple[str, str], Method, Case], *, evaluations: int, replicas: int, seed: int) -> Trial:
    """Run a method on a problem; what ends it early is part of what was found."""
    names, method, case = cell
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            found = trial(method, case, evaluations=evaluations, replicas=replicas, seed=stream(seed, *names))
        except (Exception, SystemExit) as error:
            until = getattr(error, "partial", None)
            if not isinstance(until, Trial) or not len(until.evaluations):
                error.add_note(f"raised by {names[1]} on {names[0]}")
                raise
            found = until
    return replace(found, warnings=tuple(dict.fromkeys(str(warning.message) for warning in told)))

"""Looks at an objective before the first step: whether it is one function of points (..., d).

What could be misread silently is said aloud: a function of one point that is handed a batch may return numbers that
look right, and under undeclared noise two values of a step differ for no reason of the points. Looks are evaluations
like others, and are counted. Those of later steps are in `zotheory.watch`.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from zotheory.elementary import Array
from zotheory.objective import HOW, Objective, ObjectiveError
from zotheory.oracles import vectorised

BATCHED = 1e-6  # relative; by what the value of a point may differ alone and among others, as sums have another order
SHARED = 32  # replicas from which on equal values are no accident of a sample
SILENCE = "vectorised=False says so, and is silent"
FRESH = "if that is meant, set `fresh = True` on it"
PACKAGE = str(Path(__file__).parent)


class ObjectiveWarning(UserWarning):
    """The objective, or what a run makes of it, is probably not what was meant."""


def warn(message: str) -> None:
    """Issue an `ObjectiveWarning` for the line outside this package that asked for the run."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, ObjectiveWarning, stacklevel=level)


def near(x0: np.ndarray) -> np.ndarray:
    """A point close to x0 (..., d) and off it, along no axis and no diagonal."""
    moved = x0 + 1e-3 * (1 + abs(x0)) * np.linspace(1, 2, x0.shape[-1])  # not x0: <x, X> does not depend on X at 0
    return np.where(np.isfinite(moved), moved, x0)


def apart(first: Array, second: Array, tolerance: float) -> np.ndarray:
    """Where two evaluations differ by more than `tolerance` times their size, beyond the rounding of the largest."""
    first, second = np.asarray(first), np.asarray(second)
    with np.errstate(invalid="ignore", over="ignore"):
        size = np.maximum(abs(first), abs(second))
        rounding = 64 * np.finfo(float).eps * np.max(size, initial=0.0, where=np.isfinite(size))
        same = (first == second) | (np.isnan(first) & np.isnan(second))
        close = np.isfinite(size) & (abs(first - second) <= np.maximum(tolerance * size, rounding))
        return np.asarray(~same & ~close)


def require_same(first: Array, second: Array, objective: Objective, where: str) -> None:
    """Two evaluations of the same points agree.

    Raises
    ------
    ValueError
        With the two values, if they differ by more than rounding.
    """
    if np.array_equal(first, second):
        return  # the common case, quickly
    differ = np.ravel(apart(first, second, objective.rounding))
    if np.any(differ):
        i = int(np.argmax(differ))
        raise ValueError(
            "problem must be one function within a step (both evaluations of a step must share their sample), got "
            f"{np.ravel(first)[i]} and {np.ravel(second)[i]} at one point {where}; {FRESH}"
        )


class Understood(NamedTuple):
    """The function to run, what it cost to find out, and the size of values that growth is measured by.

    `scale` is the larger of |f(x0)| and the change of f close by.
    """

    f: Any
    looks: int
    scale: float


def understood(f: Any, x0: np.ndarray, takes_batches: bool | None = None) -> Understood:
    """Find out whether a function takes points (..., d), from a few near x0 (d,): together, again, and one alone.

    Cost: 2 m + 1 evaluations, m = 2 (3 where d = 2); that of a function of one point is at most 2 m more.

    Parameters
    ----------
    f : callable
    x0 : array (d,)
    takes_batches : bool, optional
        Whether it takes batches (..., d), or one point (d,). By default that is found out, and a function of one point
        is made to take batches by `zotheory.oracles.vectorised`, with a warning.

    Raises
    ------
    ValueError
        If two evaluations of a point differ, and `f` does not say ``fresh = True``; or if the values of a batch are
        not those of its points alone.
    ObjectiveError
        If it takes neither.
    """
    batches, single = Objective(f, nonfinite="any"), Objective(vectorised(f), nonfinite="any")
    fresh = getattr(f, "fresh", False)
    try:
        if takes_batches is False:
            raise ObjectiveError
        points, values = _some(batches, x0)
        if not fresh:
            require_same(values, batches.look(points), batches, "near x0")
            _require_rows(values, batches.look(points[:1]), max(BATCHED, batches.rounding))
        found: Objective = batches
    except (ObjectiveError, NotRowByRow) as error:
        if takes_batches:
            raise
        try:
            points, values = _some(single, x0)
        except ObjectiveError as other:
            raise (other if takes_batches is False else error) from None
        if not fresh:
            require_same(values, single.look(points), single, "near x0")
        if takes_batches is None:
            warn(f"f does not take points (..., d) in a batch, so it is vectorised: called for each point; {SILENCE}")
        found = single
    return Understood(found.f, batches.looks + single.looks, _scale(values[-1], values[0]))


def _some(objective: Objective, x0: np.ndarray) -> tuple[np.ndarray, Array]:
    """A few points and their values: one off x0, or only x0 where f raises there."""
    count = 3 if len(x0) == 2 else 2  # another number than d: with the axes confused, the shape is wrong
    points = np.stack([near(x0), *[x0] * (count - 1)])
    try:
        return points, objective.look(points)
    except ObjectiveError:
        points[0] = x0
        return points, objective.look(points)


class NotRowByRow(ValueError):
    """The values of a batch of points are not those of the points alone."""


def _require_rows(values: Array, alone: Array, tolerance: float) -> None:
    if np.any(apart(values[:1], alone, tolerance)):
        raise NotRowByRow(
            f"f must give a batch of points the values of its points, got {values[0]} in a batch and {alone[0]} for "
            f"the same point alone; {HOW}"
        )


def understood_samples(problem: Any, x0: np.ndarray, rng: Any, batch: tuple[int, ...]) -> Understood:
    """Find out whether both evaluations of F(.; X) at a point near x0 agree, for one X of each run of the batch.

    Cost: 3 evaluations, 4 for many runs.

    Raises
    ------
    ValueError
        If not, and the problem does not say ``fresh = True``; or if all the runs are handed one sample.
    ObjectiveError
        As `zotheory.objective.Objective`.
    """
    objective = Objective(problem.at(problem.sample(rng, batch)), batch, nonfinite="any")
    x = np.tile(x0, (*batch, 1)) if batch else x0
    here, there = objective.look(x), objective.look(near(x))
    if not getattr(problem, "fresh", False):
        require_same(there, objective.look(near(x)), objective, "near x0")
        if np.size(there) >= SHARED and np.all(there == there[0]):
            objective.f = problem.at(problem.sample(rng, batch))
            other = objective.look(near(x))
            if np.all(other == other[0]) and other[0] != there[0]:
                raise ValueError(
                    f"problem.sample(rng, batch) must draw one sample for each run of batch = {batch}, got one for "
                    f"all: at one point every run saw {there[0]}, and with the next sample {other[0]}"
                )
    return Understood(problem, objective.looks, _scale(here, there))


def _scale(here: Array, there: Array) -> float:
    sizes = abs(np.array([here, there - here]))
    return float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))

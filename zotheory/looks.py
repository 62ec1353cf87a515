"""Looks at an objective before the first step: whether it is one function of points (..., d).

What could be misread silently is said aloud: a function of one point that is handed a batch may return numbers that
look right, and under undeclared noise two values of a step differ for no reason of the points. Looks are evaluations
like others, and are counted. Those of a problem that draws samples are in `zotheory.samples`, those of later steps in
`zotheory.watch`.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from zotheory.elementary import Array
from zotheory.objective import HOW, Objective, ObjectiveError
from zotheory.oracles import Plain, Vectorised, is_fresh, vectorised

ROUNDING = 1e-9  # relative; two values of one point further apart than this are of different functions
BATCHED = 1e-6  # the same where a point stands alone or among others, as sums may be taken in another order
SHORT = float(np.finfo(np.float32).eps)  # of values in single precision; for them its root stands in place of both
SILENCE = "vectorised=False says so, and is silent"
FRESH = "if that is meant, set `fresh = True` on it"
PACKAGE = str(Path(__file__).parent) + os.sep


class ObjectiveWarning(UserWarning):
    """The objective, or what a run makes of it, is probably not what was meant."""


def warn(message: str) -> None:
    """Issue an `ObjectiveWarning` for the line outside this package that asked for the run."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, ObjectiveWarning, stacklevel=level)


class Once:
    """Warns of each kind of thing once."""

    def __init__(self) -> None:
        self.told: set[str] = set()

    def __call__(self, what: str, message: str) -> None:
        """Issue this warning, unless one of this kind was."""
        if what not in self.told:
            self.told.add(what)
            warn(message)


def near(x0: np.ndarray) -> np.ndarray:
    """A point close to x0 (..., d) and off it, along no axis and no diagonal."""
    moved = x0 + 1e-3 * (1 + abs(x0)) * np.linspace(1, 2, x0.shape[-1])  # not x0: <x, X> does not depend on X at 0
    return np.where(np.isfinite(moved), moved, x0)


def apart(first: Array, second: Array, tolerance: float = ROUNDING, size: float = 0.0) -> np.ndarray:
    """Where two evaluations differ by more than `tolerance` times their size, beyond rounding.

    Rounding is that of the largest of them, or of values of `size`, from whose differences they may come.
    """
    first, second = np.asarray(first), np.asarray(second)
    with np.errstate(invalid="ignore", over="ignore"):
        each = np.maximum(abs(first), abs(second))
        precision = float(np.finfo(float).eps)
        if _single(first) and _single(second):
            precision, tolerance = SHORT, max(tolerance, SHORT**0.5)
        rounding = 64 * precision * np.max(each, initial=size, where=np.isfinite(each))
        same = (first == second) | (np.isnan(first) & np.isnan(second))
        close = np.isfinite(each) & (abs(first - second) <= np.maximum(tolerance * each, rounding))
        return np.asarray(~same & ~close)


def _single(values: np.ndarray) -> bool:
    """Whether all are numbers of single precision, whatever holds them; whole ones are exact in any."""
    finite = values[np.isfinite(values)]
    return bool(np.all(finite.astype(np.float32) == finite) and np.any(finite != np.round(finite)))


def require_same(first: Array, second: Array, where: str, size: float = 0.0, within: str = "a step") -> None:
    """Two evaluations of the same points agree.

    Raises
    ------
    ValueError
        With the two values, if they differ by more than rounding (`apart`).
    """
    if (first == second).all():
        return  # the common case, quickly
    differ = np.ravel(apart(first, second, size=size))
    if np.any(differ):
        i = int(np.argmax(differ))
        shared = " (both evaluations of a step must share their sample)" if within == "a step" else ""
        raise ValueError(
            f"problem must be one function within {within}{shared}, got {np.ravel(first)[i]} and "
            f"{np.ravel(second)[i]} at one point {where}; {FRESH}"
        )


class NotRowByRow(ValueError):
    """The values of a batch of points are not those of the points alone."""


def require_row(value: Array, alone: Array, size: float = 0.0) -> None:
    """The value of a point among others is that of the point alone.

    Raises
    ------
    NotRowByRow
        With the two values, if they differ by more than sums in another order.
    """
    if (value == alone).all():
        return
    differ = np.ravel(apart(value, alone, BATCHED, size))
    if np.any(differ):
        i = int(np.argmax(differ))
        raise NotRowByRow(
            f"f must give a batch of points the values of its points, got {np.ravel(value)[i]} in a batch and "
            f"{np.ravel(alone)[i]} for the same point alone; {HOW}"
        )


class Understood(NamedTuple):
    """The function to run, what it cost to find out, and the size of values that growth is measured by.

    `scale` is the larger of |f(x0)| and the change of f close by.
    """

    f: Any
    looks: int
    scale: float


def understood(problem: Any, x0: np.ndarray, takes_batches: bool | None = None) -> Understood:
    """Find out which points a function takes, from a few near x0 (d,): together, again, and each alone.

    It may take points (..., d); or, as those of a user may, rows (n, d) only, then `Plain` asks for no other; or one
    point (d,) only.

    Cost: 2 m + 2 evaluations, m = 2 (3 where d = 2); for each way that it does not go, at most 2 m + 2 more.

    Parameters
    ----------
    problem : callable
    x0 : array (d,)
    takes_batches : bool, optional
        Whether it takes batches, or one point (d,). By default that is found out, and a function of one point is made
        to take batches by `zotheory.oracles.vectorised`, with a warning.

    Raises
    ------
    ValueError
        If two evaluations of a point differ, and it does not say ``fresh = True``; or if the values of a batch are not
        those of its points alone.
    ObjectiveError
        If it takes neither.
    """
    f = problem.f if isinstance(problem, Plain) else problem
    rows, single = Plain(f, x0), vectorised(f)
    batches = [rows] if f is not problem else [problem, rows]
    ways = [*([] if takes_batches is False else batches), *([] if takes_batches else [single])]
    looks, failed = 0, []  # evaluations, and what the ways tried so far came to
    for way in ways:
        objective = Objective(way, nonfinite="any")
        try:
            here, there = _values(objective, x0)
        except (ObjectiveError, NotRowByRow) as error:
            looks += objective.looks
            failed.append(error)
            continue
        if way is single and takes_batches is None:
            warn(f"f does not take points (..., d) in a batch, so it is vectorised: called for each point; {SILENCE}")
        return Understood(way, looks + objective.looks, scale(here, there))
    raise failed[0] from None


def _values(objective: Objective, x0: np.ndarray) -> Array:
    """Values at x0 and off it, or at x0 alone where f raises there, once it gave them together, again, and each alone.

    Raises
    ------
    ValueError, ObjectiveError
        As `understood`.
    """
    count = 3 if len(x0) == 2 else 2  # another number than d: with the axes confused, the shape is wrong
    points = np.stack([*[x0] * (count - 1), near(x0)])
    if not isinstance(objective.f, Plain):
        points = points[None]  # two axes before the coordinates, as methods have where they try candidates
    given = points.copy()
    try:
        values = objective.look(points)
    except ObjectiveError:
        points[..., -1, :] = given[..., -1, :] = x0
        values = objective.look(points)
    if not np.array_equal(points, given):  # compiled code need not ask whether it may
        raise ObjectiveError("the objective must not write into its argument")
    if not is_fresh(objective.f):
        require_same(values, objective.look(points), "near x0")
        if not isinstance(objective.f, Vectorised):
            ends = points.reshape(-1, len(x0))[[0, -1]]
            alone = np.stack([objective.look(x) for x in ends])
            try:
                require_row(values.ravel()[[0, -1]], alone)
            except NotRowByRow:
                require_same(alone, np.stack([objective.look(x) for x in ends]), "near x0")
                raise
    return values.ravel()[[0, -1]]


def scale(here: Array, there: Array) -> float:
    """The larger of |f| here and its change on the way there; of many runs the largest of all."""
    with np.errstate(invalid="ignore", over="ignore"):
        sizes = abs(np.array([here, there - here]))
    return float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))

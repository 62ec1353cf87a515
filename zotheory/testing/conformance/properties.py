"""A property of an optimizer, how properties are listed, and how two runs are compared.

A trajectory is the list of points where the objective is evaluated. Where it must be the same "to the bit", numbers are
scaled by powers of two, which rounds nothing; where arithmetic rounds, only the first evaluations are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zotheory.testing.conformance.cases import DIMENSIONS, Case
from zotheory.testing.conformance.subjects import Broken, Observed, Subject

CLOSE = 1e-6  # of the size of what is compared: rounding, which comparisons may amplify
FIRST = 30  # evaluations over which rounding is compared


@dataclass(frozen=True)
class Check:
    """A property of an optimizer.

    Attributes
    ----------
    name : what it is called: what the author may declare, so that it must hold; or what all must do
    says : what holds, as a phrase whose subject is the optimizer
    does : callable ``(subject, case)``, which raises `Broken`
    required : whether all must
    least : the smallest budget of its cases
    dimensions : numbers of variables, in each of which it is tried
    examples : cases at most beside the smallest of each dimension, where each takes long
    applies : callable ``subject -> bool``
    """

    name: str
    says: str
    does: Callable[[Subject, Case], None]
    required: bool = False
    least: int = 1
    dimensions: Sequence[int] = DIMENSIONS
    examples: int = 1000
    applies: Callable[[Subject], bool] = lambda subject: True


LISTED: dict[str, Check] = {}


def check(
    says: str, name: str = "", **more: Any
) -> Callable[[Callable[[Subject, Case], None]], Callable[[Subject, Case], None]]:
    """Add a property, under this name, or that of its function."""

    def add(does: Callable[[Subject, Case], None]) -> Callable[[Subject, Case], None]:
        called = name or does.__name__
        LISTED[called] = Check(called, says, does, **more)
        return does

    return add


# --- what is compared -------------------------------------------------------------------------------------------------


def ran(subject: Subject, case: Case, f: Callable[[np.ndarray], Any] | None = None, x0: Any = None) -> Observed:
    """A run of the case, perhaps with another objective or start."""
    return subject.run(f or case.f, (case.x0 if x0 is None else x0).copy(), case.budget, case.seed)


def same(first: Observed, second: Observed, why: str) -> None:
    """Both visited the same points and returned the same, to the bit."""
    equal(first.points, second.points, why)
    if not np.array_equal(first.x, second.x, equal_nan=True):
        raise Broken(f"{why}: it returned {first.x}, and {second.x}")


def equal(points: np.ndarray, others: np.ndarray, why: str) -> None:
    """Two trajectories are equal, to the bit."""
    if len(points) != len(others):
        raise Broken(f"{why}: there were {len(points)} evaluations, and {len(others)}")
    differ = np.flatnonzero(~np.all(alike(points, others), axis=1))
    if len(differ):
        i = differ[0]
        raise Broken(
            f"{why}: evaluation {i + 1} was at {told(points[i], others[i])}, and at {told(others[i], points[i])}"
        )


def alike(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Where two arrays hold the same, which NaN and NaN are."""
    return (points == others) | (np.isnan(points) & np.isnan(others))


def told(point: np.ndarray, other: np.ndarray) -> str:
    """A point, in as many digits as tell it from another."""
    return str(point) if str(point) != str(other) else np.array2string(point, precision=17)


def close(points: np.ndarray, others: np.ndarray, why: str) -> None:
    """The first evaluations of two trajectories are where they should be, but for rounding.

    What rounding may be follows from the points until then: one that lies far away comes too late to excuse others.
    """
    points, others = points[:FIRST], others[:FIRST]
    if len(points) != len(others):
        raise Broken(f"{why}: there were {len(points)} evaluations, and {len(others)}")
    far = np.abs(points, where=np.isfinite(points), out=np.zeros_like(points)).max(axis=1)
    size = CLOSE * (1 + np.maximum.accumulate(far))
    with np.errstate(invalid="ignore"):  # of two that are infinite
        near = abs(points - others) <= size[:, None]
    differ = np.flatnonzero(~np.all(near | alike(points, others), axis=1))
    if len(differ):
        i = differ[0]
        raise Broken(f"{why}: evaluation {i + 1} should have been at {points[i]}, and was at {others[i]}")

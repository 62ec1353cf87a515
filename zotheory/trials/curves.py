"""What a method is tried on, and how the value fell there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.kinds import number, shown
from zotheory.methods import Method
from zotheory.oracles import Plain
from zotheory.setting import Setting

BAND = 0.25, 0.75  # shares of the runs between which quartiles and bands lie


class Case(NamedTuple):
    """A problem that knows its dimension and its start, and its least value where that is known."""

    problem: Any
    f_star: float | None
    vectorised: bool | None = None
    nonfinite: str = "error"

    @classmethod
    def of(
        cls,
        problem: Any,
        *,
        x0: Any = None,
        f_star: float | None = None,
        vectorised: bool | None = None,
        nonfinite: str = "error",
    ) -> Case:
        """Take one of `zotheory.problems`, or any function with its start.

        Raises
        ------
        TypeError, ValueError
            For a start that is no point, and a least value that is no finite number.
        """
        if x0 is not None:
            start = require.points("x0", x0)
            if start.ndim != 1:
                raise ValueError(f"x0 must have shape (d,), got {start.shape}")
            if hasattr(problem, "x0"):
                raise ValueError(f"x0 must be None for a problem that has a start of its own, got {shown(x0)}")
            problem = Plain(problem, start)
        elif not hasattr(problem, "x0"):
            raise ValueError(f"x0 must be given for a function without a start of its own: {shown(problem)}")
        if f_star is None:
            f_star = getattr(problem, "f_star", None)
        if not hasattr(problem, "d"):
            problem = Plain(problem, require.points("x0", problem.x0))
        if f_star is not None:
            f_star = number("f_star", f_star)
            if not math.isfinite(f_star):
                raise ValueError(f"f_star must be finite, got {f_star}")
        return cls(problem, f_star, vectorised, nonfinite)

    @property
    def d(self) -> int:
        """Dimension."""
        return self.problem.d

    def check(self, method: Method) -> None:
        """Raise TypeError or ValueError where the method cannot be run on it."""
        Setting.of(method, self.problem, x0=None, vectorised=self.vectorised, nonfinite=self.nonfinite)


@dataclass(frozen=True, eq=False)
class Trial:
    """How the value fell in independent runs of one method on one problem.

    Attributes
    ----------
    evaluations : array (records,)
        Of one run, until each record: all that there were, looks among them.
    steps : array (records,)
    values : array (records, replicas)
        f at the point that the method would return.
    best, best_value : array (replicas, d), array (replicas,)
        The lowest of all points that were evaluated, as in `zotheory.Run`.
    calls, looks : int
        Evaluations of one run, and those among them that the method did not ask for.
    f_star : float or None
        The least value, where it is known.
    ended : str
        What ended the runs before their budget was spent; empty where nothing did.
    warnings : tuple of str
        What a comparison was warned of.
    """

    evaluations: np.ndarray
    steps: np.ndarray
    values: np.ndarray
    best: np.ndarray
    best_value: np.ndarray
    calls: int
    looks: int
    f_star: float | None
    ended: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def measure(self) -> str:
        """What is told of a point: its "gap" f - f*, or its "value" where the least value is not known."""
        return "value" if self.f_star is None else "gap"

    @property
    def measured(self) -> np.ndarray:
        """Gaps, or values, (records, replicas); a gap that rounding makes negative is 0."""
        return self.values if self.f_star is None else np.maximum(self.values - self.f_star, 0.0)

    def at(self, evaluations: np.ndarray) -> np.ndarray:
        """Gaps, or values, within so many evaluations (grid, replicas); after the runs ended +inf: nothing is known.

        Before the first step that is the one at the start.
        """
        found = self.measured[np.maximum(np.searchsorted(self.evaluations, evaluations, side="right") - 1, 0)]
        return np.where((evaluations > self.calls)[:, None], np.inf, found) if self.ended else found


def quantile(samples: np.ndarray, share: float) -> np.ndarray:
    """Return over the last axis the least sample that at least this share of them does not exceed.

    It is one of the samples, so that samples may be infinite.
    """
    return np.quantile(samples, share, axis=-1, method="inverted_cdf")

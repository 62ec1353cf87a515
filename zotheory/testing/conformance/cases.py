"""The runs that properties are tried on: small, of several dimensions, nothing at the origin, nothing equal to 1."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

FLOOR = -0.75  # the least value: not 0
DIMENSIONS = (1, 2, 3, 4, 5, 6)  # of the cases


class Bowl(NamedTuple):
    """Curvatures (d,) of a quadratic, and its minimiser (d,)."""

    curvatures: np.ndarray
    centre: np.ndarray


@cache
def bowl(d: int, condition: int) -> Bowl:
    """Return the quadratic of d variables whose curvatures go from 1 to `condition`."""
    return Bowl(np.geomspace(1, condition, d), 0.25 + 0.5 * np.cos(np.arange(1, d + 1)))


class Case(NamedTuple):
    """A quadratic bowl of d variables, a budget and a seed.

    Curvatures go from 1 to `condition`; the minimiser is off the origin, and the start off the minimiser.
    """

    d: int
    budget: int
    seed: int
    condition: int = 1

    @property
    def centre(self) -> np.ndarray:
        """The minimiser (d,)."""
        return bowl(self.d, self.condition).centre.copy()

    @property
    def x0(self) -> np.ndarray:
        """Where to start (d,): at a distance of about 1."""
        return self.centre + np.sin(np.arange(1, self.d + 1) * 2.3 + 1) * np.sqrt(2 / self.d)

    def f(self, x: Any) -> float:
        """Value at a point (d,)."""
        curvatures, centre = bowl(self.d, self.condition)
        away = np.asarray(x, dtype=float) - centre
        with np.errstate(over="ignore"):  # of an optimizer that diverges
            return float((curvatures * away) @ away / 2 + FLOOR)

    def __str__(self) -> str:
        return f"d = {self.d}, budget {self.budget}, seed {self.seed}, condition {self.condition}"


def cases(least: int, most: int, d: int) -> Any:
    """Hypothesis's strategy of cases of d variables whose budget is from `least` to `most`."""
    from hypothesis import strategies as st

    return st.builds(
        Case,
        d=st.just(d),
        budget=st.integers(least, most),
        seed=st.integers(0, 2**31 - 1),
        condition=st.sampled_from([1, 10, 1000]),
    )

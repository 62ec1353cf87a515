"""What an experiment hands over: numbers, the bound they are held against, and the tests that weigh them.

Each kind of statement has its kind of observation: `Mean` and `AtLeast` for expectations, `Quantile` and `Frequency`
for probabilities, `Always` for what holds at every draw, `Value` for a number that is computed and not sampled. What
they have in common is written down once, in `Observation`. Each checks itself when it is made, so that a mistake in an
experiment is an error with a name, and never a verdict.
"""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np

from zotheory.evidence import declared
from zotheory.evidence.declared import Misdeclared
from zotheory.evidence.events import Always, Frequency, Quantile
from zotheory.evidence.expectations import AtLeast, Mean
from zotheory.evidence.protocol import Observation, Usual, store
from zotheory.kinds import shown

__all__ = ["Always", "AtLeast", "Frequency", "Mean", "Misdeclared", "Observation", "Quantile", "Value"]


@dataclass(frozen=True)
class Value(Usual):
    """A number computed to the relative accuracy `error`, against value <= bound (or >= bound: `at_least`).

    The difference is compared with error times the larger of the two: a bound that is missed by less counts as kept. An
    error above 0.01 is refused: nothing could be called exact up to that.
    """

    measured: float
    bound: float
    at_least: bool = False
    _: KW_ONLY
    error: float = 1e-10
    calls: float = 0

    replicas: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if not isinstance(self.at_least, (bool, np.bool_)):
            raise TypeError(f"Value: at_least must be True or False, got {shown(self.at_least)}")
        measured = declared.number("Value", "measured", self.measured, "a number", lambda value: True)
        bound = declared.number("Value", "bound", self.bound)
        error = declared.number("Value", "error", self.error, "between 0 and 0.01", lambda e: 0 <= e <= 0.01)
        store(self, measured=measured, bound=bound, at_least=bool(self.at_least), error=error)
        store(self, calls=declared.calls("Value", self.calls))

    @property
    def ratio(self) -> float:  # noqa: D102
        pair = (self.bound, self.measured) if self.at_least else (self.measured, self.bound)
        return declared.quotient(*pair)

    @property
    def refuting(self) -> float:  # noqa: D102
        return 0.0 if self._missed else 1.0

    @property
    def supporting(self) -> float:  # noqa: D102
        return 1.0 if self._missed or math.isinf(self.measured) else 0.0

    @property
    def _missed(self) -> bool:
        by = self.bound - self.measured if self.at_least else self.measured - self.bound
        largest = abs(self.bound) if math.isinf(self.measured) else max(abs(self.measured), abs(self.bound))
        return by > self.error * largest

    @property
    def basis(self) -> str:  # noqa: D102
        if math.isinf(self.measured):
            return "none: an infinite value"
        return "exact" if self.error <= 1e-8 else f"exact up to a relative error of {self.error:g}"

    @property
    def exact(self) -> bool:  # noqa: D102
        return True

    def detectable_ratio(self, level: float) -> float | None:  # noqa: D102
        return 1 / (1 - self.error)

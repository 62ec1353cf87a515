"""Observations of expectations: `Mean` for E X <= bound, `AtLeast` for E X >= bound."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass
from functools import cached_property

import numpy as np

from zotheory.evidence import declared, statistics
from zotheory.evidence.protocol import Sampled, store
from zotheory.kinds import shown


class _Averaged(Sampled):
    """Measured by the mean of the samples."""

    @property
    def measured(self) -> float:
        return declared.mean(self.samples)


@dataclass(frozen=True, eq=False)
class Mean(_Averaged):
    """Independent samples of X >= floor, against E X <= bound.

    Refuting needs the floor only. Supporting needs one thing more, declared before anything is sampled:

    ceiling : float, optional
        X never exceeds it.
    variance : float, optional
        A number V with Var X <= V (E X - floor)^2 if E X >= bound, which is where the test needs it; `because` says in
        words why it holds. Without a reason V is an assumption, and the basis says "if". A ceiling is preferred to an
        assumption; a ceiling and a V with a reason are both used (twice the smaller p-value).

    With neither there is no support: whatever the samples, their law may have a tail that they do not show. An
    infinite sample refutes, as every bound is finite.
    """

    samples: np.ndarray
    bound: float
    ceiling: float | None = None
    _: KW_ONLY
    variance: float | None = None
    floor: float = 0.0
    because: str = ""
    calls: float = 0

    def __post_init__(self) -> None:
        x = declared.samples("Mean", self.samples)
        bound = declared.number("Mean", "bound", self.bound)
        floor = declared.floor("Mean", self.floor, bound)
        ceiling = None if self.ceiling is None else declared.ceiling("Mean", self.ceiling, floor)
        variance = self.variance
        if variance is not None:
            variance = declared.number("Mean", "variance", variance, "finite and above 0", lambda v: 0 < v < math.inf)
        if not isinstance(self.because, str):
            raise TypeError(f"Mean: because must be a sentence, got {shown(self.because)}")
        declared.within("Mean", x, bound, floor, ceiling)
        store(self, samples=x, bound=bound, floor=floor, ceiling=ceiling, variance=variance)
        store(self, calls=declared.calls("Mean", self.calls))

    @property
    def ratio(self) -> float:  # noqa: D102
        return declared.quotient(self.measured - self.floor, self.bound - self.floor)

    @cached_property
    def refuting(self) -> float:  # noqa: D102
        return float(statistics.mean_above(self.samples, self.bound, self.floor))

    @cached_property
    def supporting(self) -> float:  # noqa: D102
        if self.basis.startswith("none"):
            return 1.0
        if self._trivial:
            return 0.0
        p_values = []
        if self.ceiling is not None:
            p_values.append(statistics.mean_below(self.samples, self.bound, self.ceiling))
        if self.variance is not None and self._by_variance:
            p_values.append(statistics.mean_below_by_variance(self.samples, self.bound, self.variance, self.floor))
        return min(1.0, len(p_values) * float(min(p_values)))

    @property
    def _trivial(self) -> bool:
        return self.ceiling is not None and self.ceiling <= self.bound

    @property
    def _by_variance(self) -> bool:
        return self.variance is not None and (self.ceiling is None or bool(self.because))

    @cached_property
    def basis(self) -> str:  # noqa: D102
        if unfit := declared.unfit(self.samples):
            return unfit
        if self._trivial:
            return "trivial: the bound exceeds the range"
        if not self._by_variance:
            return "none: no ceiling and no variance is declared" if self.ceiling is None else "finite-sample, bounded"
        mean = "E X" if self.floor == 0 else f"E X {'-' if self.floor > 0 else '+'} {abs(self.floor):g}"
        spread = f"Var X <= {self.variance:g} ({mean})^2"
        if not self.because:
            return f"if {spread}"
        bounded = "" if self.ceiling is None else "bounded, and "
        return f"finite-sample, {bounded}{spread} if E X >= bound: {self.because}"

    @property
    def assumed(self) -> bool:  # noqa: D102
        return self.basis.startswith("if ")

    def detectable_ratio(self, level: float) -> float | None:  # noqa: D102
        room = self.bound - self.floor
        if room <= 0:
            return None
        ceiling = None if self.ceiling is None else (self.ceiling - self.floor) / room
        return statistics.detectable_mean(self.replicas, level, ceiling=ceiling, variance=self.variance)


@dataclass(frozen=True, eq=False)
class AtLeast(_Averaged):
    """Independent samples of X, floor <= X <= ceiling, against E X >= bound: what a lower bound says of every method.

    Refuting rests on the ceiling, supporting on the floor. A sample of minus infinity refutes, whatever the floor.
    """

    samples: np.ndarray
    bound: float
    ceiling: float
    _: KW_ONLY
    floor: float = 0.0
    calls: float = 0

    def __post_init__(self) -> None:
        x = declared.samples("AtLeast", self.samples)
        bound = declared.number("AtLeast", "bound", self.bound)
        floor = declared.floor("AtLeast", self.floor, bound)
        ceiling = declared.ceiling("AtLeast", self.ceiling, floor)
        declared.representable("AtLeast", "ceiling - bound", ceiling - bound)
        declared.within("AtLeast", np.where(x == -np.inf, floor, x), bound, floor, ceiling)
        store(self, samples=x, bound=bound, ceiling=ceiling, floor=floor, calls=declared.calls("AtLeast", self.calls))

    @property
    def ratio(self) -> float:  # noqa: D102
        return declared.quotient(self.bound - self.floor, self.measured - self.floor)

    @cached_property
    def refuting(self) -> float:  # noqa: D102
        return float(statistics.mean_below(self.samples, self.bound, self.ceiling))

    @cached_property
    def supporting(self) -> float:  # noqa: D102
        if self.basis.startswith("none"):
            return 1.0
        if self.bound <= self.floor:
            return 0.0
        return float(statistics.mean_above(self.samples, self.bound, self.floor))

    @cached_property
    def basis(self) -> str:  # noqa: D102
        if unfit := declared.unfit(self.samples):
            return unfit
        return "trivial: the range exceeds the bound" if self.bound <= self.floor else "finite-sample, bounded"

    def detectable_ratio(self, level: float) -> float | None:  # noqa: D102
        room, wanted = self.ceiling - self.bound, self.bound - self.floor
        if room <= 0 or wanted <= 0:
            return None
        below = statistics.detectable_mean(self.replicas, level, ceiling=(self.ceiling - self.floor) / room)
        left = 0.0 if below is None else self.ceiling - below * room - self.floor
        return wanted / left if left * statistics.FARTHEST > wanted else None

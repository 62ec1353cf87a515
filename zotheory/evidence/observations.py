"""What an experiment hands over: numbers, the bound they are held against, and the tests that weigh them.

Each observation has `measured`, `bound`, `ratio` (at most 1 where the bound holds, 1 where it is tight), `replicas`,
`calls`, `refuting` and `supporting` p-values, `basis` (why support may be believed) and `detectable(level)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from zotheory.evidence import statistics

ROUNDING = 1e-9  # relative; what counts as a violation must exceed it


def _quotient(measured: float, bound: float) -> float:
    """measured/bound; over a bound of 0: 1 where both are 0, else infinite."""
    if bound != 0:
        return measured / bound
    return 1.0 if measured == 0 else measured * float("inf")


@dataclass(frozen=True)
class Mean:
    """Samples of X >= 0, against E X <= bound; `ceiling` bounds X, where something does."""

    samples: np.ndarray
    bound: float
    ceiling: float | None = None
    calls: int = 0

    @property
    def measured(self) -> float:  # noqa: D102
        return float(np.mean(self.samples))

    @property
    def ratio(self) -> float:  # noqa: D102
        return _quotient(self.measured, self.bound)

    @property
    def replicas(self) -> int:  # noqa: D102
        return len(self.samples)

    @property
    def refuting(self) -> float:  # noqa: D102
        return float(statistics.mean_above(self.samples, self.bound))

    @property
    def supporting(self) -> float:  # noqa: D102
        if self.ceiling is None:
            return float(statistics.mean_below_asymptotic(self.samples, self.bound))
        return float(statistics.mean_below(self.samples, self.bound, self.ceiling))

    @property
    def basis(self) -> str:  # noqa: D102
        if self.ceiling is None:
            return "asymptotic"
        return "trivial: the bound exceeds the range" if self.ceiling <= self.bound else "finite-sample"

    def detectable(self, level: float) -> float:
        """Smallest true mean / bound that would have been refuted with power 0.8."""
        return statistics.detectable_mean(self.samples, self.bound, level)


@dataclass(frozen=True)
class AtLeast:
    """Samples of X, 0 <= X <= ceiling, against E X >= bound: what a lower bound says of every method."""

    samples: np.ndarray
    bound: float
    ceiling: float
    calls: int = 0
    basis: str = field(default="finite-sample", init=False)

    @property
    def measured(self) -> float:  # noqa: D102
        return float(np.mean(self.samples))

    @property
    def ratio(self) -> float:
        """Bound / measured."""
        return self.bound / self.measured if self.measured > 0 else float("inf")

    @property
    def replicas(self) -> int:  # noqa: D102
        return len(self.samples)

    @property
    def refuting(self) -> float:  # noqa: D102
        return float(statistics.mean_below(self.samples, self.bound, self.ceiling))

    @property
    def supporting(self) -> float:  # noqa: D102
        return float(statistics.mean_above(self.samples, self.bound))

    def detectable(self, level: float) -> float:
        """Smallest bound / true mean that would have been refuted with power 0.8."""
        room = statistics.detectable_mean(self.ceiling - self.samples, self.ceiling - self.bound, level)
        mean = self.ceiling - room * (self.ceiling - self.bound)
        return self.bound / mean if mean > 0 else float("inf")


@dataclass(frozen=True)
class Quantile:
    """Samples of X, against P(X > bound) <= tail."""

    samples: np.ndarray
    bound: float
    tail: float
    calls: int = 0
    basis: str = field(default="finite-sample", init=False)

    @property
    def exceeding(self) -> int:  # noqa: D102
        return int(np.sum(self.samples > self.bound))

    @property
    def measured(self) -> float:
        """Empirical (1 - tail) quantile."""
        return float(np.quantile(self.samples, 1 - self.tail, method="inverted_cdf"))

    @property
    def ratio(self) -> float:  # noqa: D102
        return _quotient(self.measured, self.bound)

    @property
    def replicas(self) -> int:  # noqa: D102
        return len(self.samples)

    @property
    def refuting(self) -> float:  # noqa: D102
        return statistics.frequency_above(self.exceeding, self.replicas, self.tail)

    @property
    def supporting(self) -> float:  # noqa: D102
        within = int(np.sum(self.samples <= self.bound))  # NaN is not
        return statistics.frequency_below(self.replicas - within, self.replicas, self.tail)

    def detectable(self, level: float) -> float:
        """Smallest P(X > bound)/tail that would have been refuted with power 0.8."""
        return statistics.detectable_frequency(self.replicas, self.tail, level) / self.tail


@dataclass(frozen=True)
class Frequency:
    """Successes among trials, against P(success) >= bound."""

    successes: int
    trials: int
    bound: float
    calls: int = 0
    basis: str = field(default="finite-sample", init=False)

    @property
    def measured(self) -> float:  # noqa: D102
        return self.successes / self.trials

    @property
    def ratio(self) -> float:
        """Bound / measured."""
        return self.bound / self.measured if self.successes else float("inf")

    @property
    def replicas(self) -> int:  # noqa: D102
        return self.trials

    @property
    def refuting(self) -> float:  # noqa: D102
        return statistics.frequency_below(self.successes, self.trials, self.bound)

    @property
    def supporting(self) -> float:  # noqa: D102
        return statistics.frequency_above(self.successes, self.trials, self.bound)

    def detectable(self, level: float) -> float:
        """Smallest bound / P(success) > 1 that would have been refuted with power 0.8."""
        failures = statistics.detectable_frequency(self.trials, 1 - self.bound, level)
        return self.bound / (1 - failures) if failures < 1 else float("inf")


@dataclass(frozen=True)
class Always:
    """Samples of X, against X <= 1 always (X is already measured / bound)."""

    samples: np.ndarray
    calls: int = 0
    basis: str = field(default="finite-sample: violated with probability below 1 %", init=False)
    bound: float = field(default=1.0, init=False)

    RARE = 0.01

    @property
    def measured(self) -> float:  # noqa: D102
        return float(np.max(self.samples))

    @property
    def ratio(self) -> float:  # noqa: D102
        return self.measured

    @property
    def replicas(self) -> int:  # noqa: D102
        return len(self.samples)

    @property
    def violations(self) -> int:  # noqa: D102
        return int(np.sum(self.samples > 1 + ROUNDING))

    @property
    def refuting(self) -> float:  # noqa: D102
        return 0.0 if self.violations else 1.0

    @property
    def supporting(self) -> float:  # noqa: D102
        held = bool(np.all(self.samples <= 1 + ROUNDING))  # NaN does not hold
        return statistics.frequency_below(0, self.replicas, self.RARE) if held else 1.0

    def detectable(self, level: float) -> float:
        """Smallest probability of a violation that would have shown with probability 0.8."""
        return 1 - (1 - statistics.POWER) ** (1 / self.replicas)


@dataclass(frozen=True)
class Value:
    """A number computed to relative accuracy `error`, against value <= bound (or >= bound: `at_least`)."""

    measured: float
    bound: float
    at_least: bool = False
    error: float = 1e-10
    calls: int = 0
    replicas: int = 1
    basis: str = field(default="exact", init=False)

    @property
    def ratio(self) -> float:  # noqa: D102
        return _quotient(self.bound, self.measured) if self.at_least else _quotient(self.measured, self.bound)

    @property
    def refuting(self) -> float:  # noqa: D102
        return 0.0 if self.ratio > 1 + self.error else 1.0

    @property
    def supporting(self) -> float:  # noqa: D102
        return 0.0 if self.ratio <= 1 + self.error else 1.0

    def detectable(self, level: float) -> float:
        """1 + error: any larger ratio is refuted."""
        return 1 + self.error


Observation = Mean | AtLeast | Quantile | Frequency | Always | Value

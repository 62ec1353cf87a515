"""Observations of events, weighed by the exact binomial law: `Quantile`, `Frequency`, `Always`."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from zotheory.evidence import declared, statistics
from zotheory.evidence.protocol import Sampled, Usual, store


@dataclass(frozen=True, eq=False)
class Quantile(Sampled):
    """Independent samples of X, against P(X > bound) <= tail. A sample may be infinite: it exceeds every bound.

    A sample speaks against the bound if it exceeds it by more than rounding, and for it if it does not exceed it at
    all. Samples that are all equal support nothing: they look like those of an experiment that forgot to draw.
    """

    samples: np.ndarray
    bound: float
    tail: float
    _: KW_ONLY
    calls: float = 0

    def __post_init__(self) -> None:
        x = declared.samples("Quantile", self.samples)
        bound = declared.number("Quantile", "bound", self.bound)
        tail = declared.number("Quantile", "tail", self.tail, "strictly between 0 and 1", lambda p: 0 < p < 1)
        store(self, samples=x, bound=bound, tail=tail, calls=declared.calls("Quantile", self.calls))

    @property
    def exceeding(self) -> int:
        """Number of samples above the bound, rounding allowed for."""
        return int(np.sum(self.samples > self.bound + statistics.ROUNDING * abs(self.bound)))

    @property
    def measured(self) -> float:
        """Empirical (1 - tail) quantile."""
        return float(np.quantile(self.samples, 1 - self.tail, method="inverted_cdf"))

    @property
    def ratio(self) -> float:  # noqa: D102
        return declared.quotient(self.measured, self.bound)

    @cached_property
    def refuting(self) -> float:  # noqa: D102
        return statistics.frequency_above(self.exceeding, self.replicas, self.tail)

    @cached_property
    def supporting(self) -> float:  # noqa: D102
        if self.basis.startswith("none"):
            return 1.0
        within = int(np.sum((self.samples <= self.bound) & np.isfinite(self.samples)))
        return statistics.frequency_below(self.replicas - within, self.replicas, self.tail)

    @cached_property
    def basis(self) -> str:  # noqa: D102
        equal = self.samples.min() == self.samples.max()
        return "none: all samples are equal" if equal and self.replicas > 1 else declared.binomial(self.replicas)

    def detectable_probability(self, level: float) -> float | None:  # noqa: D102
        return statistics.detectable_frequency(self.replicas, self.tail, level)


@dataclass(frozen=True)
class Frequency(Usual):
    """Successes among independent trials, against P(success) >= bound."""

    successes: int
    trials: int
    bound: float
    _: KW_ONLY
    calls: float = 0

    def __post_init__(self) -> None:
        trials = declared.count("Frequency", "trials", self.trials, 1)
        successes = declared.count("Frequency", "successes", self.successes, 0)
        if successes > trials:
            raise ValueError(f"Frequency: successes must be at most trials = {trials}, got {successes}")
        bound = declared.number("Frequency", "bound", self.bound, "a probability", lambda p: 0 <= p <= 1)
        calls = declared.calls("Frequency", self.calls)
        store(self, successes=successes, trials=trials, bound=bound, calls=calls)

    @property
    def measured(self) -> float:  # noqa: D102
        return self.successes / self.trials

    @property
    def ratio(self) -> float:  # noqa: D102
        return declared.quotient(self.bound, self.measured)

    @property
    def replicas(self) -> int:  # noqa: D102
        return self.trials

    @property
    def refuting(self) -> float:  # noqa: D102
        return statistics.frequency_below(self.successes, self.trials, self.bound)

    @property
    def supporting(self) -> float:  # noqa: D102
        if self.basis.startswith("none"):
            return 1.0
        return 0.0 if self.bound == 0 else statistics.frequency_above(self.successes, self.trials, self.bound)

    @property
    def basis(self) -> str:  # noqa: D102
        if self.bound == 1:
            return "none: no number of trials shows that a probability is 1"
        return "trivial: the bound is 0" if self.bound == 0 else declared.binomial(self.trials)

    def detectable_probability(self, level: float) -> float | None:  # noqa: D102
        failures = statistics.detectable_frequency(self.trials, 1 - self.bound, level)
        return None if failures is None else 1 - failures


@dataclass(frozen=True, eq=False)
class Always(Sampled):
    """Independent samples of X, against X <= 1 always; X is already measured/bound, over a positive bound.

    One violation beyond rounding refutes. No number of samples shows that there is none: support says that the
    probability of a violation is below 1 %, and the caveat repeats it.
    """

    samples: np.ndarray
    _: KW_ONLY
    calls: float = 0

    bound: ClassVar[float] = 1.0
    RARE: ClassVar[float] = 0.01
    ROUNDING: ClassVar[float] = 1e-9  # a violation must exceed it

    def __post_init__(self) -> None:
        if np.asarray(self.samples).dtype.kind == "b":
            raise TypeError("Always: samples must be measured/bound, got truth values; write np.where(held, 0, 2)")
        samples = declared.samples("Always", self.samples)
        store(self, samples=samples, calls=declared.calls("Always", self.calls))

    @property
    def measured(self) -> float:  # noqa: D102
        return float(np.max(self.samples))

    @property
    def ratio(self) -> float:  # noqa: D102
        return self.measured

    @property
    def violations(self) -> int:
        """Number of samples above 1, rounding allowed for."""
        return int(np.sum(self.samples > 1 + self.ROUNDING))

    @property
    def refuting(self) -> float:  # noqa: D102
        return 0.0 if self.violations else 1.0

    @property
    def supporting(self) -> float:  # noqa: D102
        if self.basis.startswith("none") or self.violations:
            return 1.0
        return statistics.frequency_below(0, self.replicas, self.RARE)

    @property
    def basis(self) -> str:  # noqa: D102
        finite = np.all(np.isfinite(self.samples))
        return declared.binomial(self.replicas) if finite else "none: an infinite sample"

    @property
    def caveat(self) -> str:  # noqa: D102
        return f"violated with probability below {100 * self.RARE:g} %"

    def detectable_probability(self, level: float) -> float | None:  # noqa: D102
        return 1 - (1 - statistics.POWER) ** (1 / self.replicas)  # one violation is enough, at every level

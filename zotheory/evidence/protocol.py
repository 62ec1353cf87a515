"""What a verdict asks of an observation, whatever kind of statement it weighs."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np


@runtime_checkable
class Observation(Protocol):
    """What all observations have in common.

    Attributes
    ----------
    measured : float
        The number that stands for the samples: their mean, quantile, frequency, largest value.
    bound : float
    ratio : float
        At most 1 exactly where the measured number keeps the bound, 1 where it meets it: measured/bound, or
        bound/measured where the statement is "at least"; both are counted from the floor where one is stated. Two
        negative numbers are divided the other way round; a positive number over one that is not is infinite.
    replicas : int
        How many independent samples there are.
    calls : float
        Evaluations of the objective that one of them took.
    refuting, supporting : float
        p-values, before any correction for other experiments. A small `refuting` speaks against the statement: where
        the statement is true, it is at most p with probability at most p. A small `supporting` speaks for it: where
        the statement is false, it is at most p with probability at most p.
    basis : str
        What support rests on, or, where it begins with "none", why there can be none.
    assumed : bool
        Whether support rests on a variance for which no reason is given.
    exact : bool
        Whether the p-values cannot err, so that they need no share of the error budget.
    caveat : str
        What must be said beside the word "supported"; empty for most.
    """

    @property
    def measured(self) -> float: ...  # noqa: D102
    @property
    def bound(self) -> float: ...  # noqa: D102
    @property
    def ratio(self) -> float: ...  # noqa: D102
    @property
    def replicas(self) -> int: ...  # noqa: D102
    @property
    def calls(self) -> float: ...  # noqa: D102
    @property
    def refuting(self) -> float: ...  # noqa: D102
    @property
    def supporting(self) -> float: ...  # noqa: D102
    @property
    def basis(self) -> str: ...  # noqa: D102
    @property
    def assumed(self) -> bool: ...  # noqa: D102
    @property
    def exact(self) -> bool: ...  # noqa: D102
    @property
    def caveat(self) -> str: ...  # noqa: D102

    def detectable_ratio(self, level: float) -> float | None:
        """Smallest true ratio above 1 that would have been refuted at `level` with probability 0.8.

        It holds for every law that the experiment's declarations allow, and does not depend on the samples. None where
        no ratio is certain to be seen, above all where a mean has neither ceiling nor variance: then a violation of
        any size may hide in samples too rare to be drawn.
        """

    def detectable_probability(self, level: float) -> float | None:
        """Probability nearest to the stated one that would have been refuted at `level` with probability 0.8.

        For `Quantile` the smallest P(X > bound), for `Frequency` the largest P(success), for `Always` the smallest
        P(X > 1). None for other observations, and where no outcome of so few trials refutes.
        """


class Usual:
    """The answers that most observations give."""

    @property
    def assumed(self) -> bool:  # noqa: D102
        return False

    @property
    def exact(self) -> bool:  # noqa: D102
        return False

    @property
    def caveat(self) -> str:  # noqa: D102
        return ""

    def detectable_ratio(self, level: float) -> float | None:  # noqa: D102
        return None

    def detectable_probability(self, level: float) -> float | None:  # noqa: D102
        return None


class Sampled(Usual):
    """An observation of samples, one a replica."""

    samples: np.ndarray

    @property
    def replicas(self) -> int:  # noqa: D102
        return len(self.samples)


def store(observation: Any, **values: Any) -> None:
    """Replace fields of a frozen observation by what the checks on construction made of them."""
    for name, value in values.items():
        object.__setattr__(observation, name, value)

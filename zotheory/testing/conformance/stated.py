"""Laws that an author states of an optimizer in numbers: how fast it descends, how often its certificate is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from zotheory.arguments import checked
from zotheory.kinds import shown
from zotheory.quantities import at_least, nonnegative, whole, within
from zotheory.testing.conformance.ground import dimensions_of, ran, rounding
from zotheory.testing.conformance.laws import Law
from zotheory.testing.conformance.subjects import Broken, Observed, Subject, Undecided
from zotheory.testing.conformance.weighing import event, mean

QUARTER, LARGEST = 0.25, 10_000  # budgets at which the stated share is a quarter, or less; and none beyond
OFF = 0.1  # how far the rate, the logarithm of a share, may be off
LEAST_OFF, MOST_OFF = 0.01, 0.1  # how far a probability may be off: by as much as its complement, within these

Dimensions = Sequence[Annotated[int, whole(1, 1000)]]
Given = Annotated[
    Callable[[int], Any], "a function of the dimension, whose value is a problem, or (f, x0, least value of f)"
]


@checked
@dataclass(frozen=True)
class Decrease:
    """It leaves on average no more of the gap f(x) - min f, at the point that it returns, than the stated share.

    Parameters
    ----------
    share : callable ``(d, budget) -> float`` in (0, 1)
        Of the gap at the start, the part that may be left on average: ``lambda d, budget: (1 - 0.2 / d) ** budget``.
    budget : int, optional
        After so many evaluations; by default the fewest for which the stated share is a quarter or less.
    dimensions : sequence of int
        In which it is tried.
    noise : float, >= 0
        Deviation of normal noise on the values that the optimizer sees. The gap is that without noise.
    ceiling : float, >= 1
        Of a run that leaves more of the gap, so much is counted, and the mean is that of what is counted: no number of
        runs says anything of a mean that may hide in large ones that are rare.
    on : callable, optional
        What it is tried on: ``d ->`` a problem of `zotheory.problems`, or ``(f, x0, least value of f)``. By default the
        sphere |x - c|^2 - 3/4, from starts at distance 1 of c, in random directions.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and the condition; those of `share` when the optimizer is known.

    Notes
    -----
    A share is stated of a mean, so that no number of runs tells it from one that is a trifle larger. Where the law is
    found to be broken it is, and where it is found to hold the share is at most the stated one to the power 0.9, a rate
    that is off by 10 % at most; but for a chance of 1 in 1000 of either mistake. Runs are added until one or the other
    is shown, up to 25,600; where neither is, the law is undecided.

    Examples
    --------
    >>> import zotheory as zo
    >>> from zotheory.testing import Decrease, check_method
    >>> stated = Decrease(lambda d, budget: (1 - 0.1 / d) ** budget, dimensions=[2])
    >>> check_method(zo.relative_loss(radius=zo.radii.one_fifth(1.0)), declares=[stated], examples=1)["decrease"].holds
    True
    """

    share: Annotated[Callable[[int, int], float], "a function of d and of the budget, such as lambda d, n: 0.9**(n/d)"]
    budget: Annotated[int, whole(1)] | None = None
    dimensions: Dimensions = (2, 5, 10)
    noise: Annotated[float, nonnegative()] = 0.0
    ceiling: Annotated[float, at_least(1)] = 2.0
    on: Given | None = None

    says = "leaves on average no more of the gap than is stated"

    def __post_init__(self) -> None:
        require_some(self.dimensions)

    def law(self, subject: Subject, level: float) -> Law:
        """What is checked of an optimizer; ValueError where `share` states nothing of it."""
        plan = [(d, *self.stated(d, subject.least)) for d in dimensions_of(self.dimensions, subject)]

        def does(subject: Subject, first: int, level: float) -> str:
            return "; ".join(
                self.tried(subject, first + k * SEEDS, each, level / len(plan), level) for k, each in enumerate(plan)
            )

        return Law("decrease", self.says, does, level)

    def stated(self, d: int, least: int) -> tuple[int, float]:
        """The budget, and the share that is stated of it."""
        if self.budget is not None:
            budget = max(self.budget, least)
            if (share := shares(self.share, d, budget)) < 1:
                return budget, share
            raise ValueError(f"share must be below 1, got {share:g} at d = {d}, budget = {budget}")
        for budget in range(least, LARGEST + 1):
            if (share := shares(self.share, d, budget)) <= QUARTER:
                return budget, share
        raise ValueError(
            f"share must be at most {QUARTER} for some budget up to {LARGEST}, or budget be given, "
            f"got {share:g} at d = {d}, budget = {LARGEST}"
        )

    def tried(
        self, subject: Subject, first: int, plan: tuple[int, int, float], refuting: float, supporting: float
    ) -> str:
        """What is left in one dimension."""
        d, budget, share = plan

        def left(i: int) -> float:
            found = ran(self.on, subject, d, budget, self.noise, first + i)
            return min(found.gap / found.known.first, self.ceiling)

        where = f"d = {d}, budget {budget}"
        try:
            found = mean(left, share, share ** (1 - OFF), self.ceiling, refuting, supporting)
        except (Broken, Undecided) as error:
            raise type(error)(f"{where}: {error}") from error
        return f"{where}: {found.measured:.3g} is left, {share:.3g} is stated ({found.runs} runs)"


@checked
@dataclass(frozen=True)
class Coverage:
    """The interval that it certifies holds the least value, or the gap, with the stated probability or a larger one.

    Parameters
    ----------
    certificate : callable ``result -> (low, high)``
        Reads the interval from what the optimizer returned; either end may be infinite. Of what asks and tells, the
        object stands in ``result.search``.
    probability : float, 1/2 to 1
    of : "minimum" or "gap"
        Whether the interval is one for min f, or for f(x) - min f at the point x that is returned, without noise.
    budget : int
        Evaluations of each run.
    dimensions, noise, on
        As of `Decrease`.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and the condition.

    Notes
    -----
    The test is that of the binomial law, of as many runs as decide: 1 in 1000 is the chance at most that a certificate
    of the stated probability is found to be broken, and that one is found to hold which misses twice as often as is
    stated. Where misses of less than 0.01 are stated, it is one that misses 0.01 more often; of more than 0.1, 0.1.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from zotheory.testing import Coverage, check_method
    >>> def certain(f, x0, budget, seed):
    ...     return SimpleNamespace(x=x0, interval=(-float("inf"), f(x0)))
    >>> stated = Coverage(lambda result: result.interval, 1.0)
    >>> check_method(certain, declares=[stated], examples=1)["coverage"].holds
    True
    """

    certificate: Annotated[Callable[[Any], Any], "a function of the result, whose value is (low, high)"]
    probability: Annotated[float, within(0.5, 1)] = 0.95
    of: Literal["minimum", "gap"] = "minimum"
    budget: Annotated[int, whole(1)] = 60
    dimensions: Dimensions = (2, 5, 10)
    noise: Annotated[float, nonnegative()] = 0.0
    on: Given | None = None

    says = "certifies an interval that is right as often as is stated"

    def __post_init__(self) -> None:
        require_some(self.dimensions)

    def law(self, subject: Subject, level: float) -> Law:
        """What is checked of an optimizer."""
        dimensions = dimensions_of(self.dimensions, subject)

        def does(subject: Subject, first: int, level: float) -> str:
            return "; ".join(
                self.tried(subject, first + k * SEEDS, d, level / len(dimensions)) for k, d in enumerate(dimensions)
            )

        return Law("coverage", self.says, does, level)

    def tried(self, subject: Subject, first: int, d: int, level: float) -> str:
        """How often it is right in one dimension."""
        budget = max(self.budget, subject.least)

        def right(i: int) -> bool:
            found = ran(self.on, subject, d, budget, self.noise, first + i)
            low, high = self.interval(found.run)
            truth = found.known.f_star if self.of == "minimum" else found.gap
            least = min(truth, found.lowest) if self.of == "minimum" else truth  # f may have been a trifle below f_star
            off = rounding(found.known, truth)
            return low - off <= truth and least <= high + off  # an infinite gap, only if high is infinite

        try:
            found = event(right, self.probability, tolerated_of(self.probability), level)
        except (Broken, Undecided) as error:
            raise type(error)(f"d = {d}, budget {budget}: {error}") from error
        return f"d = {d}: right in {found.measured:.1%} of {found.runs} runs"

    def interval(self, run: Observed) -> tuple[float, float]:
        """Read the certificate; Broken where there is none."""
        try:
            low, high = map(float, self.certificate(run.result))
        except Exception as error:  # what a function of the author's may raise
            raise Broken(f"no certificate (low, high) could be read: {type(error).__name__}: {error}") from error
        return low, high


Stated = Decrease | Coverage
STATED = (Decrease, Coverage)
SEEDS = 10**6  # of one dimension, before those of the next


# --- what they share -------------------------------------------------------------------------------------------------


def require_some(dimensions: Sequence[int]) -> None:
    """There is one at least."""
    if not dimensions:
        raise ValueError("dimensions must hold one or more, got none")


def tolerated_of(probability: float) -> float:
    """The probability that is told from the stated one: it misses twice as often, or nearly."""
    missing = 1 - probability
    return probability - min(max(missing, LEAST_OFF), MOST_OFF)


def shares(share: Callable[[int, int], float], d: int, budget: int) -> float:
    """The share that is stated; ValueError unless it is a positive number."""
    try:
        found = float(share(d, budget))
    except Exception as error:  # what a function of the author's may raise
        raise ValueError(
            f"share must take d = {d} and budget = {budget}, got {type(error).__name__}: {error}"
        ) from error
    if not 0 < found < np.inf:
        raise ValueError(f"share must be positive and finite, got {shown(found)} at d = {d}, budget = {budget}")
    return found

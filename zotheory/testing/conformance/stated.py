"""Laws that an author states of an optimizer in numbers: how fast it descends, how often its certificate is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np

from zotheory.arguments import checked
from zotheory.kinds import shown
from zotheory.quantities import at_least, nonnegative, whole, within
from zotheory.testing.conformance.cases import FLOOR
from zotheory.testing.conformance.laws import Law, noisy, sphere
from zotheory.testing.conformance.subjects import Broken, Observed, Subject, Undecided
from zotheory.testing.conformance.weighing import event, mean

QUARTER, LARGEST = 0.25, 10_000  # budgets at which the stated share is a quarter, or less; and none beyond
OFF = 0.1  # how far the rate, the logarithm of a share, may be off
LEAST_OFF, MOST_OFF = 0.01, 0.1  # how far a probability may be off: by as much as its complement, within these

Dimensions = Sequence[Annotated[int, whole(1, 1000)]]
Given = Annotated[
    Callable[[int], Any], "a function of the dimension, whose value is a problem, or (f, x0, least value of f)"
]


class Known(NamedTuple):
    """A function, a start (d,), and its least value."""

    f: Callable[[np.ndarray], float]
    x0: np.ndarray
    f_star: float


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
        budgets = range(least, LARGEST + 1) if self.budget is None else [max(self.budget, least)]
        most = QUARTER if self.budget is None else np.nextafter(1, 0)
        for budget in budgets:
            share = shares(self.share, d, budget)
            if share <= most:
                return budget, share
        asked = (
            f"at most {QUARTER} for some budget up to {LARGEST}, or budget be given"
            if self.budget is None
            else "below 1"
        )
        raise ValueError(f"share must be {asked}, got {share:g} at d = {d}, budget = {budget}")

    def tried(
        self, subject: Subject, first: int, plan: tuple[int, int, float], refuting: float, supporting: float
    ) -> str:
        """What is left in one dimension."""
        d, budget, share = plan

        def left(i: int) -> float:
            known, run = ran(self.on, subject, d, budget, self.noise, first + i)
            return min(gap(known, run.x) / gap(known, known.x0), self.ceiling)

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
    stated (or, where this is more or less, 0.01 to 0.1 more often).

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
        budget, missing = max(self.budget, subject.least), 1 - self.probability

        def right(i: int) -> bool:
            known, run = ran(self.on, subject, d, budget, self.noise, first + i)
            low, high = self.interval(run)
            truth = known.f_star if self.of == "minimum" else gap(known, run.x)
            rounding = 1e-12 * (1 + abs(truth))
            return low - rounding <= truth <= high + rounding

        tolerated = 1 - missing - min(max(missing, LEAST_OFF), MOST_OFF)
        try:
            found = event(right, self.probability, tolerated, level)
        except Broken as broken:
            raise Broken(f"d = {d}, budget {budget}: {broken}") from broken
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


def dimensions_of(given: Sequence[int], subject: Subject) -> list[int]:
    """Those that the optimizer takes."""
    return list(dict.fromkeys(max(d, subject.variables) for d in given))


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


def ran(
    on: Callable[[int], Any] | None, subject: Subject, d: int, budget: int, noise: float, seed: int
) -> tuple[Known, Observed]:
    """A run, and what it was on."""
    known = Known(*sphere(d, seed), FLOOR) if on is None else known_of(on(d))
    return known, subject.run(noisy(known.f, noise, seed), known.x0.copy(), budget, seed)


def known_of(given: Any) -> Known:
    """What an author's problem is; Undecided where it is none."""
    try:
        f, x0, f_star = given if isinstance(given, tuple) else (given, given.x0, given.f_star)
        return Known(lambda x: float(f(x)), np.array(x0, dtype=float), float(f_star))
    except (AttributeError, TypeError, ValueError) as error:
        raise Undecided(f"on must give a problem, or (f, x0, least value of f), got {shown(given)}") from error


def gap(known: Known, x: np.ndarray) -> float:
    """How far f is above its least value, of which rounding may lose a little; Undecided where that is none."""
    found = known.f(x) - known.f_star
    if found < -1e-9 * (1 + abs(known.f_star)):
        raise Undecided(f"the least value {known.f_star:g} was stated, and f is {known.f(x):g} at {x}")
    return max(found, 0.0) if isfinite(found) else np.inf

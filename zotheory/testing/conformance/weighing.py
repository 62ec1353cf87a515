"""Statements about the law of a run, decided from independent runs, both errors bounded.

Runs cannot tell a statement from another that is nearly the same. Each has a tolerance, therefore: it is *refuted*
where the runs contradict it, and *supported* where they contradict that it is wrong by more than the tolerance. Either
is a mistake with a chance of `level` at most, whatever the law of the runs; a statement that is wrong by less than the
tolerance may become either. Where neither comes about within `MOST` runs, it is undecided.

Of events, the tails are those of the binomial law, and the number of runs is fixed beforehand, such that one or the
other does come about. Of means, the tests are bets (`zotheory.evidence.statistics`), which may be looked at again and
again: runs are added until the matter is decided.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from zotheory.evidence import statistics
from zotheory.testing.conformance.subjects import Broken, Undecided

FIRST, MOST = 100, 25_600  # runs before the first look, of which each doubles them, and runs at most


class Weighed(NamedTuple):
    """What many runs say.

    Attributes
    ----------
    measured : the frequency or the mean
    runs : how many there were
    p : the probability of what was seen, at most, if the matter stood the other way
    """

    measured: float
    runs: int
    p: float


def event(happens: Callable[[int], bool], stated: float, tolerated: float, level: float) -> Weighed:
    """Support that an event has at least this probability, up to the tolerance.

    Parameters
    ----------
    happens : callable ``i -> bool``, whether it does in run i
    stated, tolerated : float, 0 < tolerated < stated <= 1
    level : float

    Raises
    ------
    Broken
        If the runs refute the stated probability.
    """
    runs = runs_of(stated, tolerated, level)
    hits = sum(happens(i) for i in range(runs))
    against = statistics.frequency_below(hits, runs, stated)
    if not against > level:
        raise Broken(f"in {hits} of {runs} runs, where a probability of {stated} is stated (p = {against:.1g})")
    return Weighed(hits / runs, runs, statistics.frequency_above(hits, runs, tolerated))


def runs_of(stated: float, tolerated: float, level: float) -> int:
    """How many runs decide, whatever their hits: those that do not support the one probability refute the other."""
    from scipy.stats import binom

    def enough(n: int) -> bool:
        most_undecided = int(binom.isf(level, n, tolerated))  # hits that support nothing
        return most_undecided < n and bool(binom.cdf(most_undecided, n, stated) <= level)

    low, high = 0, 1
    while not enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def mean(
    draw: Callable[[int], float], stated: float, tolerated: float, ceiling: float, refuting: float, supporting: float
) -> Weighed:
    """Support that a mean of numbers in [0, ceiling] is at most what is stated, up to the tolerance.

    Parameters
    ----------
    draw : callable ``i -> float``, the number of run i
    stated, tolerated, ceiling : float, 0 < stated < tolerated < ceiling
    refuting, supporting : float
        Levels.

    Raises
    ------
    Broken
        If the runs refute what is stated.
    Undecided
        If `MOST` runs do not decide.
    """
    found: list[float] = []
    looks = FIRST
    while looks <= MOST:
        found += map(draw, range(len(found), looks))
        x = np.array(found)
        against = float(statistics.mean_above(x, stated))
        if against <= refuting:
            raise Broken(
                f"{x.mean():.3g} on average of {len(x)} runs, where {stated:.3g} is stated (p = {against:.1g})"
            )
        opposite = float(statistics.mean_below(x, tolerated, ceiling))
        if opposite <= supporting:
            return Weighed(float(x.mean()), len(x), opposite)
        looks *= 2
    raise Undecided(f"{x.mean():.3g} on average of {len(x)} runs, where {stated:.3g} is stated: too near to decide")

"""How many samples an assertion needs, and which mistakes it finds with those that there are.

Both answers hold for every law within the range that is declared, not for a typical one. The least favourable law takes
only the two ends of the range, or 0 and one large value (`zotheory.evidence.statistics.missed_mean` has the proof);
mistakes of most others are found sooner.
"""

from __future__ import annotations

from math import isfinite
from typing import Annotated

import scipy  # loads its parts when they are asked for

from zotheory.arguments import checked
from zotheory.evidence import statistics
from zotheory.quantities import between, positive, real_number, whole, within

LEVEL = 1e-6  # of an assertion
MISS = 0.01
MOST = 10**15

Real = Annotated[float, real_number()]
Positive = Annotated[float, positive()]
Probability = Annotated[float, within(0, 1)]
Inner = Annotated[float, between(0, 1)]
Count = Annotated[int, whole(1, MOST)]


# --- means -----------------------------------------------------------------------------------------------------------


@checked
def min_samples(
    bound: Real,
    mean: Real,
    *,
    ceiling: Real | None = None,
    variance: Positive | None = None,
    floor: Real = 0.0,
    level: Inner = LEVEL,
    miss: Inner = MISS,
) -> int:
    """Return how many samples tell a mean from a bound that it breaks.

    Parameters
    ----------
    bound : float
        Of `assert_mean_at_most`, if `mean` lies above it, or of `assert_mean_at_least`, if it lies below.
    mean : float
        The mistake that must be found. One that breaks the bound by more is found as well.
    ceiling, variance, floor : float
        What is declared of the samples, as for the assertion. A mean below the bound needs the ceiling.
    level : float
        Probability with which the assertion fails though the bound holds, at most.
    miss : float
        Probability with which it passes though the mean is the given one, at most.

    Raises
    ------
    ValueError
        Unless floor < bound < mean <= ceiling or floor <= mean < bound < ceiling, where neither ceiling nor variance
        is given, and where 10^15 samples are not enough.

    Examples
    --------
    Of samples between 0 and 3 the mean is to be at most 1, and 1.2 is to be found:

    >>> min_samples(1.0, 1.2, ceiling=3.0)
    4286
    """
    below = mean < bound
    _require_range(bound, floor, ceiling, variance, below)
    if mean == bound or mean < floor or (ceiling is not None and mean > ceiling):
        raise ValueError(f"mean must break bound = {bound} and lie in the range of the samples, got {mean}")
    ratio = _rooms(bound, mean, floor, ceiling, below)
    tops = [] if ceiling is None else [_rooms(bound, floor if below else ceiling, floor, ceiling, below)]
    tops += [] if variance is None or below else [(1 + variance) * ratio]
    found = [statistics.samples_to_refute(ratio, level, miss, ceiling=top) for top in tops]
    least = min((n for n in found if n is not None), default=MOST + 1)
    if least > MOST:
        raise ValueError(f"mean must be further from bound = {bound}, got {mean}: {MOST:.0e} samples are not enough")
    return least


@checked
def detectable(
    samples: Count,
    bound: Real,
    *,
    ceiling: Real | None = None,
    variance: Positive | None = None,
    floor: Real = 0.0,
    level: Inner = LEVEL,
    miss: Inner = MISS,
    below: bool = False,
) -> float | None:
    """Return the mean nearest to a bound that so many samples tell from it; None where they tell none.

    Parameters
    ----------
    samples : int
    bound, ceiling, variance, floor, level, miss : float
        As for `min_samples`.
    below : bool
        Whether the bound is one of `assert_mean_at_least`, which a mean below it breaks.

    Raises
    ------
    ValueError
        Unless floor < bound < ceiling, and where neither ceiling nor variance is given.

    Examples
    --------
    >>> detectable(4286, 1.0, ceiling=3.0) < 1.201
    True
    >>> detectable(10, 1.0, ceiling=3.0) is None
    True
    """
    _require_range(bound, floor, ceiling, variance, below)
    top = None if ceiling is None else _rooms(bound, floor if below else ceiling, floor, ceiling, below)
    ratio = statistics.detectable_mean(samples, level, ceiling=top, variance=None if below else variance, missing=miss)
    if ratio is None:
        return None
    return ceiling - ratio * (ceiling - bound) if below and ceiling is not None else floor + ratio * (bound - floor)


def _require_range(bound: float, floor: float, ceiling: float | None, variance: float | None, below: bool) -> None:
    if ceiling is None and (below or variance is None):
        known = "ceiling" if below else "ceiling or variance"
        raise ValueError(f"{known} must be given, got none: without it a mean can hide in samples too rare to be drawn")
    if not floor < bound or (ceiling is not None and not bound < ceiling):
        raise ValueError(f"bound must lie strictly between floor = {floor} and ceiling = {ceiling}, got {bound}")


def _rooms(bound: float, x: float, floor: float, ceiling: float | None, below: bool) -> float:
    """How far a number lies from the end at which the bound is kept, as a multiple of the bound's own distance."""
    end = ceiling if below and ceiling is not None else floor
    found = (x - end) / (bound - end)
    if not isfinite(MOST * found):
        raise ValueError(
            f"bound must be further from {end}, got {bound}: {x} is too far, in multiples of the room between"
        )
    return found


# --- frequencies -----------------------------------------------------------------------------------------------------


@checked
def min_trials(bound: Inner, probability: Probability, *, level: Inner = LEVEL, miss: Inner = MISS) -> int:
    """Return how many trials tell the probability of an event from a bound that it breaks.

    Parameters
    ----------
    bound : float
        Of `assert_frequency_at_most`, if `probability` lies above it, or of `assert_frequency_at_least`, if below.
    probability : float
        The mistake that must be found. One that breaks the bound by more is found as well.
    level, miss : float
        As for `min_samples`.

    Returns
    -------
    int
        So many are enough, and one less is not. As counts are whole numbers, a few more may again not be enough by a
        hair: ask `detectable_frequency`.

    Raises
    ------
    ValueError
        Where `probability` is `bound`, and where 10^15 trials are not enough.

    Examples
    --------
    >>> min_trials(0.01, 0.05)
    730
    """
    if probability == bound:
        raise ValueError(f"probability must differ from bound = {bound}, got {probability}")
    if probability < bound:
        bound, probability = 1 - bound, 1 - probability
    low, high = 0, 1
    while not _told(high, bound, probability, level, miss):
        low, high = high, 2 * high
        if high > MOST:
            raise ValueError(
                f"probability must be further from bound = {bound}, got {probability}: {MOST:.0e} trials are not enough"
            )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _told(middle, bound, probability, level, miss) else (middle, high)
    return high


def _told(trials: int, bound: float, probability: float, level: float, miss: float) -> bool:
    critical = int(scipy.stats.binom.isf(level, trials, bound)) + 1  # fewest hits that refute
    return bool(scipy.stats.binom.cdf(critical - 1, trials, probability) <= miss)


@checked
def detectable_frequency(
    trials: Count, bound: Inner, *, level: Inner = LEVEL, miss: Inner = MISS, below: bool = False
) -> float | None:
    """Return the probability nearest to a bound that so many trials tell from it; None where they tell none.

    Parameters
    ----------
    trials : int
    bound, level, miss : float
        As for `min_trials`.
    below : bool
        Whether the bound is one of `assert_frequency_at_least`, which a probability below it breaks.

    Examples
    --------
    >>> round(detectable_frequency(730, 0.01), 3)
    0.05
    """
    if not below:
        return statistics.detectable_frequency(trials, bound, level, miss)
    found = statistics.detectable_frequency(trials, 1 - bound, level, miss)
    return None if found is None else 1 - found

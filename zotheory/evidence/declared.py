"""What an observation is handed, checked where it enters: numbers, counts, samples, and the range declared for them.

Every message names the observation, the argument, the condition and the value.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zotheory.evidence.statistics import ROUNDING
from zotheory.kinds import shown


class Misdeclared(ValueError):
    """A sample lies outside the range that the experiment declared: the experiment fails, whatever the p-values."""


def number(
    owner: str, name: str, value: Any, condition: str = "finite", holds: Callable[[float], bool] = math.isfinite
) -> float:
    """Return a real number as a float; `condition` says in words what `holds` checks. NaN never passes."""
    if isinstance(value, (str, bytes, bool, np.bool_, Sequence, np.complexfloating)) or np.ndim(value) != 0:
        raise TypeError(f"{owner}: {name} must be a number, got {shown(value)}")
    try:
        found = float(value)
    except TypeError as wrong:
        raise TypeError(f"{owner}: {name} must be a number, got {shown(value)}") from wrong
    except OverflowError:
        found = math.inf
    if math.isnan(found) or not holds(found):
        raise ValueError(f"{owner}: {name} must be {condition}, got {shown(value)}")
    return found


def calls(owner: str, value: Any) -> float:
    """Return the evaluations that one sample took."""
    return number(owner, "calls", value, "finite and at least 0", lambda n: 0 <= n < math.inf)


def floor(owner: str, value: Any, bound: float) -> float:
    """Return the floor of a range, which the bound need not lie in."""
    found = number(owner, "floor", value)
    representable(owner, "bound - floor", bound - found)
    return found


def ceiling(owner: str, value: Any, floor: float) -> float:
    """Return the ceiling of a range that begins at `floor`."""
    found = number(
        owner, "ceiling", value, f"finite and at least floor = {shown(floor)}", lambda c: floor <= c < math.inf
    )
    representable(owner, "ceiling - floor", found - floor)
    return found


def representable(owner: str, name: str, value: float) -> None:
    """Raise ValueError for a length beyond all floats: what is measured in it would be NaN."""
    if math.isinf(value):
        raise ValueError(f"{owner}: {name} must be a number that a float can hold, got {value}")


def count(owner: str, name: str, value: Any, least: int, most: int = 10**15) -> int:
    """Return a whole number from `least` to `most` as an int; beyond that, binomial tails lose their digits."""
    try:
        found = operator.index(value)
    except TypeError as wrong:
        raise TypeError(f"{owner}: {name} must be a whole number, got {shown(value)}") from wrong
    if isinstance(value, (bool, np.bool_)) or found < least:
        raise ValueError(f"{owner}: {name} must be a whole number of at least {least}, got {shown(value)}")
    if found > most:
        raise ValueError(f"{owner}: {name} must be at most {most:.0e}, got {shown(value)}")
    return found


def samples(owner: str, values: Any) -> np.ndarray:
    """Return the samples as a read-only array of floats of shape (N,), N >= 1, without NaN."""
    if np.ma.is_masked(values):
        raise ValueError(f"{owner}: samples must have no masked entries, got {shown(values)}")
    found = np.asarray(values)
    if found.dtype.kind not in "fiub":
        raise TypeError(f"{owner}: samples must be real numbers, got {found.dtype} from {type(values).__name__}")
    if found.ndim != 1 or not found.size:
        raise ValueError(f"{owner}: samples must have shape (N,) with N >= 1, got {found.shape}")
    found = np.array(found, dtype=float)
    undefined = np.flatnonzero(np.isnan(found))
    if undefined.size:
        raise ValueError(
            f"{owner}: samples must be numbers, got NaN in {undefined.size} of {found.size}, first at {undefined[0]}"
        )
    found.flags.writeable = False
    return found


def within(owner: str, values: np.ndarray, bound: float, floor: float, ceiling: float | None) -> None:
    """Raise `Misdeclared` for a sample below `floor` or above `ceiling` by more than rounding."""
    least, most = float(values.min()), float(values.max())
    if least < floor - ROUNDING * max(abs(floor), abs(bound)):
        raise Misdeclared(
            f"{owner}: floor must be at most every sample, got {shown(floor)} and a sample of {shown(least)}"
        )
    if ceiling is not None and most > ceiling + ROUNDING * max(abs(floor), abs(ceiling)):
        raise Misdeclared(
            f"{owner}: ceiling must be at least every sample, got {shown(ceiling)} and a sample of {shown(most)}"
        )


def unfit(values: np.ndarray) -> str:
    """Say why no support for an expectation may come from these samples; empty if it may.

    Samples that are all the same look like those of an experiment that forgot to draw.
    """
    if len(values) == 1:
        return "none: one sample"
    if not np.all(np.isfinite(values)):
        return "none: an infinite sample"
    return "none: all samples are equal" if values.min() == values.max() else ""


def binomial(replicas: int) -> str:
    """Basis of a statement about an event; the event may always happen, or never, but not only once."""
    return "binomial" if replicas > 1 else "none: one sample"


def mean(values: np.ndarray) -> float:
    """Return the mean, also where the sum exceeds what a float can hold."""
    with np.errstate(over="ignore"):
        found = float(np.mean(values))
    return found if math.isfinite(found) else float(np.sum(values / len(values)))


def quotient(small: float, large: float) -> float:
    """Return a number that is at most 1 exactly where small <= large, 1 where they are equal: small/large if positive.

    Two negative numbers are compared by large/small; a positive number over one that is not is infinite.
    """
    if small == large:
        return 1.0
    if large > 0:
        return small / large
    return abs(large) / abs(small) if small < 0 else math.inf

"""What the records of the studies hold: runs that are done, where they ended, means with intervals."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

RECORDS = Path(__file__).resolve().parent / "records"
FEW = 3  # runs, below which there is no interval

Record = Mapping[str, Any]


def done(record: Path) -> dict[str, dict[str, Any]]:
    """Return the runs that came to their last piece, by name, in the order of the study."""
    runs = json.loads(record.read_text(encoding="utf-8"))["runs"]
    return {name: run for name, run in runs.items() if run["done"] == run["pieces"]}


@cache
def known(study: str) -> Mapping[str, Record]:
    """The runs of a study that are done, by name."""
    return done(RECORDS / f"{study}.json")


def runs(study: str, pattern: str) -> list[Record]:
    """The runs that are done whose name is like this, in the order of the study.

    Raises
    ------
    LookupError
        If there is none.
    """
    found = [run for name, run in known(study).items() if fnmatch.fnmatchcase(name, pattern)]
    if not found:
        raise LookupError(f"{study}.json holds no run {pattern!r} that is done: python -m figures.networks {study}")
    return found


def last(study: str, pattern: str, key: str) -> np.ndarray:
    """What was measured at the end of each run."""
    return np.array([run["records"][-1][key] for run in runs(study, pattern)])


class Interval(NamedTuple):
    """Mean of some runs, with the ends of its 95 % interval by Student's t; of one or two runs, with the runs."""

    mean: float
    low: float
    high: float
    runs: int

    def told(self, digits: int, unit: str = "", scale: float = 1.0) -> str:
        """In words, with so many decimals."""
        mean, low, high = (f"{scale * each:,.{digits}f}" for each in self[:3])
        if self.runs < FEW:
            return f"{mean}{unit} (one run)" if self.runs == 1 else f"{low} and {high}{unit}"
        return f"{mean}{unit} [{low}, {high}]"


def interval(values: Sequence[float] | np.ndarray) -> Interval:
    """The mean of runs and its interval."""
    values = np.asarray(values, dtype=float)
    mean, count = float(values.mean()), len(values)
    if count < FEW:
        return Interval(mean, float(values.min()), float(values.max()), count)
    half = stats.t.ppf(0.975, count - 1) * values.std(ddof=1) / np.sqrt(count)
    return Interval(mean, mean - half, mean + half, count)


def percent(values: Sequence[float] | np.ndarray) -> str:
    """Shares as per cent with an interval."""
    return interval(values).told(1, " %", 100)


def extent(values: Sequence[float] | np.ndarray, digits: int = 0) -> str:
    """Median of some runs, the least and the largest: where some fail altogether, and a mean would be theirs."""
    middle, least, largest = (f"{each:,.{digits}f}" for each in (np.median(values), np.min(values), np.max(values)))
    return f"{middle} ({least} to {largest})"

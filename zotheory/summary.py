"""Statistics of many replicas, chunk by chunk, so that their values never stand in memory together.

They are merged in the order of the chunks, and so have the same bits whatever runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.elementary import Array
from zotheory.interrupts import undisturbed
from zotheory.kinds import number, shown
from zotheory.looks import Once, Understood
from zotheory.methods import Method
from zotheory.protocols import Problem
from zotheory.replicas import Replicas
from zotheory.setting import Setting
from zotheory.streams import Seed
from zotheory.sweeps import in_order, opened, sweep
from zotheory.tallies import Counts, Moments, cut_off


class Summary(NamedTuple):
    """What `summarise` returns, or, as `partial` of an exception, the same of the chunks before it stopped.

    Attributes
    ----------
    steps : array (records,)
        The recorded steps; 0 is the start.
    mean, std : array (records,)
        Of f at the output, less `above`, over the replicas; the squares are divided by replicas - 1.
    min, max : array (records,)
        Of the same.
    probabilities : array (q,)
        Those that were asked for.
    quantiles : array (q, records)
        Of each probability p the smallest value that at least a share p of the replicas do not exceed (what
        `numpy.quantile` calls "inverted_cdf"), to one part in 2048; a value below 2.2e-308 to 1.1e-311.
    replicas : int
    calls, looks : int
        As those of `Run`: of one replica.
    """

    steps: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    min: np.ndarray
    max: np.ndarray
    probabilities: np.ndarray
    quantiles: np.ndarray
    replicas: int
    calls: int
    looks: int


def summarise(
    method: Method,
    problem: Problem | Callable[[np.ndarray], Array],
    *,
    steps: int,
    replicas: int,
    seed: Seed = 0,
    x0: np.ndarray | None = None,
    record: Iterable[int] | None = None,
    above: float = 0.0,
    quantiles: Iterable[float] = (0.05, 0.5, 0.95),
    vectorised: bool | None = None,
    nonfinite: str = "error",
    executor: Executor | int | None = None,
) -> Summary:
    """Run as `run` does, and keep of each record mean, standard deviation, extremes and quantiles over the replicas.

    The runs are those of `run`, bit for bit. Memory: that of a chunk of replicas, and some 16 bytes for each of the
    different values that a record takes, if they are cut to one part in 1024.

    Parameters
    ----------
    above : float
        Subtracted from all values, in the unit of f: statistics with ``above=problem.f_star`` are those of the gap,
        whose quantiles, too, are then known to one part in 2048.
    quantiles : iterable of float
        Probabilities, from 0 to 1.

    Other parameters are those of `zotheory.run`.

    Returns
    -------
    Summary

    Raises
    ------
    TypeError, ValueError, ObjectiveError
        As `zotheory.run`, with a `Summary` of the chunks before as ``partial``; and unless `above` is a finite number
        and `quantiles` are numbers from 0 to 1.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 20)
    >>> found = zo.summarise(zo.gld_search(R=3.0, r=1e-3), f, steps=50, replicas=1000, above=f.f_star)
    >>> found.quantiles.shape, bool(found.min[-1] <= found.quantiles[0, -1] <= found.mean[-1])
    ((3, 51), True)
    """
    setting = Setting.of(method, problem, x0=x0, vectorised=vectorised, nonfinite=nonfinite)
    plan = Replicas.of(setting, steps, record, seed, require.count("replicas", replicas))
    level, asked = number("above", above), _probabilities(quantiles)
    if not np.isfinite(level):
        raise ValueError(f"above must be finite, got {level}")
    with opened(executor, len(plan.chunks)) as workers:
        return _summarise(plan, level, asked, workers)


def _probabilities(quantiles: Any) -> np.ndarray:
    try:
        asked = iter(quantiles)
    except TypeError:
        raise TypeError(f"quantiles must be an iterable of probabilities, got {shown(quantiles)}") from None
    found = []
    for p in asked:
        found.append(number("quantiles", p))
        if not 0 <= found[-1] <= 1:
            raise ValueError(f"quantiles must hold probabilities from 0 to 1, got {shown(p)}")
    return np.array(found)


def _summarise(plan: Replicas, above: float, probabilities: np.ndarray, executor: Executor | None) -> Summary:
    moments, counts, cost, once = Moments.none(len(plan.recorded)), Counts(), (0, 0), Once()

    def summary() -> Summary:
        n, mean, spread, least, largest = moments
        std = spread / np.sqrt(n - 1) if n > 1 else np.full(len(mean), np.nan)
        middle = counts.quantiles(probabilities, n, len(mean))
        found = np.fmax(np.fmin(middle, largest), least)  # which are exact
        return Summary(plan.recorded, mean, std, least, largest, probabilities, found, n, *cost)

    try:
        if executor is not None:
            plan.require_sendable()
        work = partial(tallied, plan, plan.look(), above)
        for part in in_order(sweep(work, plan.chunks, executor)):
            with undisturbed():  # else Ctrl-C could leave some of them without the others
                moments, cost = moments.merged(part.moments), max(cost, part.cost)
                counts.add(part.cut, part.times)
            for what, message in part.told.items():
                once(what, message)
    except BaseException as error:
        error.partial = summary()  # type: ignore[attr-defined]
        error.add_note(f"stopped after {moments.n} of {plan.total} replicas; what was computed is in .partial")
        raise
    return summary()


class Tally(NamedTuple):
    """What one chunk comes to; `cut` are the different numbers that its values were cut to, `times` how often."""

    moments: Moments
    cut: np.ndarray
    times: np.ndarray
    cost: tuple[int, int]
    told: dict[str, str]


def tallied(plan: Replicas, found: Understood, above: float, chunk: int) -> Tally:
    """Run a chunk, and return what it recorded comes to."""
    part = plan.run_apart(found, chunk)
    with np.errstate(over="ignore"):
        values = part.kept.values - above
    cut, times = np.unique(cut_off(values), return_counts=True)
    return Tally(Moments.of(values), cut, times, (part.calls, part.looks), part.told)

"""Tests whose error is bounded for every sample size, and the budget they share.

Betting e-process (Waudby-Smith & Ramdas, JRSS-B 2024): if E Y <= 0 and Y >= -1, the wealth prod(1 + lambda_i Y_i),
0 <= lambda_i < 1 chosen from earlier samples, is a non-negative supermartingale, so it ever exceeds 1/alpha with
probability at most alpha (Ville). No distribution is assumed, and the sample may be looked at at any time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

LARGEST_BET = 0.95


def log_wealth(y: np.ndarray) -> np.ndarray:
    """Log wealth after each sample of a bettor against E Y <= 0.

    Parameters
    ----------
    y : array (..., N), independent samples of Y >= -1 along the last axis

    Returns
    -------
    array (..., N)

    Raises
    ------
    ValueError
        If some y < -1 (beyond rounding): the wealth could turn negative.
    """
    y = np.asarray(y, dtype=float)
    if np.any(y < -1 - 1e-12):
        raise ValueError(f"y must be at least -1, got {y.min()}")
    gained, squared = np.cumsum(y, axis=-1), np.cumsum(y * y, axis=-1)
    bets = np.zeros_like(y)
    bets[..., 1:] = np.clip(gained[..., :-1] / (1 + squared[..., :-1]), 0, LARGEST_BET)  # Kelly's, shrunk by the 1
    return np.cumsum(np.log1p(bets * np.maximum(y, -1)), axis=-1)


def betting_p_value(y: np.ndarray) -> np.ndarray:
    """p-value against E Y <= 0: the reciprocal of the largest wealth, at most 1. Shapes as in `log_wealth`."""
    return np.exp(-np.maximum(log_wealth(y).max(axis=-1), 0))


def mean_above(x: np.ndarray, bound: float) -> np.ndarray:
    """p-value against E X <= bound, for X >= 0: small means that the bound is refuted."""
    if bound < 0:
        return np.zeros(np.shape(x)[:-1])
    if bound == 0:
        return np.where(np.any(np.asarray(x) > 0, axis=-1), 0.0, 1.0)
    return betting_p_value(np.asarray(x) / bound - 1)


def mean_below(x: np.ndarray, bound: float, ceiling: float) -> np.ndarray:
    """p-value against E X >= bound, for X <= ceiling: small means that the bound is supported, at any sample size.

    A ceiling at or below the bound settles it: the p-value is 0.
    """
    if ceiling <= bound:
        return np.zeros(np.shape(x)[:-1])
    return betting_p_value((bound - np.asarray(x)) / (ceiling - bound))


def mean_below_asymptotic(x: np.ndarray, bound: float) -> np.ndarray:
    """p-value against E X >= bound by Student's t: right in the limit of many samples only."""
    x = np.asarray(x, dtype=float)
    n = x.shape[-1]
    spread = x.std(axis=-1, ddof=1) / np.sqrt(n)
    gap = bound - x.mean(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, stats.t.sf(gap / spread, n - 1), np.where(gap >= 0, 0.0, 1.0))


def frequency_above(hits: int, trials: int, bound: float) -> float:
    """p-value against P(hit) <= bound: the exact binomial tail."""
    return float(stats.binom.sf(hits - 1, trials, bound))


def frequency_below(hits: int, trials: int, bound: float) -> float:
    """p-value against P(hit) >= bound: the exact binomial tail."""
    return float(stats.binom.cdf(hits, trials, bound))


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Holm's adjusted p-values: reject those <= alpha, and the chance of any wrong rejection is at most alpha."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return adjusted


POWER = 0.8


def detectable_mean(x: np.ndarray, bound: float, level: float, seed: int = 0) -> float:
    """Smallest violation that `mean_above` would have refuted at `level` with power 0.8, as true mean / bound.

    Found on bootstrap samples of `x` rescaled to larger and larger means; inf beyond 10^6.
    """
    x = np.asarray(x, dtype=float)
    if bound <= 0 or x.mean() <= 0:
        return float("inf")
    rng = np.random.default_rng(seed)
    shape = rng.choice(x / x.mean(), size=(200, len(x)))
    low, high = 0.0, np.log(1e6)
    if np.mean(mean_above(shape * np.exp(high), 1.0) <= level) < POWER:
        return float("inf")
    while high - low > 0.01:
        middle = (low + high) / 2
        seen = np.mean(mean_above(shape * np.exp(middle), 1.0) <= level) >= POWER
        low, high = (low, middle) if seen else (middle, high)
    return float(np.exp(high))


def detectable_frequency(trials: int, bound: float, level: float) -> float:
    """Smallest P(hit) > bound that `frequency_above` would have refuted at `level` with power 0.8."""
    critical = int(stats.binom.isf(level, trials, bound)) + 1  # fewest hits whose tail is at most the level
    if critical > trials:
        return float("inf")
    return float(stats.beta.ppf(POWER, critical, trials - critical + 1))

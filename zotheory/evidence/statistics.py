"""Tests whose two error rates are bounded for every sample size, and the budget they share.

A test of "E X <= bound" can err in two ways. It may refute a true bound, or it may support a false one. Both
probabilities are kept here below a level that is chosen beforehand, for every number of samples and for every law that
satisfies what the experiment declares; nothing is right "in the limit" only.

*Betting* needs a one-sided range. If E Y <= 0 and Y >= -1, a bettor who stakes the share lambda in [0, 1) of her
wealth on every sample owns prod(1 + lambda Y_i), a non-negative supermartingale. So does a company of bettors, each
with a lambda of his own and a share of the company: its wealth exceeds 1/level with probability at most `level`, at
whatever time one looks (Ville). The company needs to guess no lambda, and its wealth does not depend on the order of
the samples. Waudby-Smith & Ramdas, Journal of the Royal Statistical Society B 86 (2024), is the standard account.

*The lower tail under a variance* needs X >= 0, Var X <= V (E X)^2 and a number of samples fixed beforehand: see
`lower_tail`.

*The exact binomial tail* serves events.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import scipy  # loads its parts when they are asked for

STAKES = 0.99 * 1.5 ** -np.arange(24.0)  # from nearly everything to 1e-4: for samples that agree, and for rare ones
SHARES = np.array([1 / ((k + 1) * (k + 2)) for k in range(24)]) * 25 / 24  # sum to 1; the boldest owns half
ROUNDING = 1e-12  # relative to the larger of the numbers that are compared
POWER = 0.8
FARTHEST = 1e6  # ratios beyond are not worth a number


def log_wealth(y: np.ndarray) -> np.ndarray:
    """Logarithm of the wealth of the company that bets against E Y <= 0, after all samples.

    Parameters
    ----------
    y : array (..., N), independent samples of Y >= -1 along the last axis

    Returns
    -------
    array (...)

    Raises
    ------
    ValueError
        If some y < -1 (beyond rounding): the wealth could turn negative.
    """
    y = np.asarray(y, dtype=float)
    if np.any(y < -1 - 1e-9):
        raise ValueError(f"y must be at least -1, got {y.min()}")
    y = np.maximum(y, -1)
    total = np.full(y.shape[:-1], -np.inf)
    for stake, share in zip(STAKES, SHARES, strict=True):
        total = np.logaddexp(total, np.log(share) + np.log1p(stake * y).sum(axis=-1))
    return total


def betting_p_value(y: np.ndarray) -> np.ndarray:
    """p-value against E Y <= 0: the reciprocal of the wealth, at most 1. Shapes as in `log_wealth`."""
    return np.exp(-np.maximum(log_wealth(y), 0))


def mean_above(x: np.ndarray, bound: float, floor: float = 0.0) -> np.ndarray:
    """p-value against E X <= bound, for X >= floor: small means that the bound is refuted.

    A bound below the floor is false by definition. A bound at the floor says that X is constant: any sample above it
    is a counterexample. A bound that the floor equals up to rounding is weakened by that rounding, never sharpened.
    """
    x = np.asarray(x, dtype=float)
    room, rounding = bound - floor, ROUNDING * max(abs(bound), abs(floor))
    if room < -rounding:
        return np.zeros(x.shape[:-1])
    if room == 0:
        return np.where(np.any(x > floor + rounding, axis=-1), 0.0, 1.0)
    with np.errstate(over="ignore"):
        return betting_p_value((np.maximum(x, floor) - floor) / max(room, rounding) - 1)


def mean_below(x: np.ndarray, bound: float, ceiling: float) -> np.ndarray:
    """p-value against E X >= bound, for X <= ceiling: small means that the mean is below. `mean_above`, mirrored."""
    return mean_above(-np.asarray(x, dtype=float), -bound, -ceiling)


def lower_tail(n: int, shortfall: np.ndarray | float, variance: np.ndarray | float) -> np.ndarray:
    """Bound on P(mean of n samples <= (1 - shortfall) E X) for every law with X >= 0 and Var X <= variance (E X)^2.

    Hoeffding's inequality for one-sided ranges (Journal of the American Statistical Association 58 (1963), Theorem 3).
    Proof. Put W = 1 - X/E X, so that W <= 1, E W = 0 and E W^2 <= V. For t > 0 let q be the parabola that touches
    exp(t w) at w = -V and meets it at w = 1. The difference exp(t w) - q(w) is (w + V)^2 (w - 1) times a third
    derivative over 6, which is positive: so exp(t w) <= q(w) for every w <= 1, with equality at -V and 1. Hence
    E exp(t W) <= E q(W), which grows with E W^2 as q is convex; at E W^2 = V it is the mean of exp(t w) under the law
    of mean 0 and variance V on {-V, 1}: (V e^t + e^(-V t))/(1 + V). Markov's inequality for exp(t (W_1 + ... + W_n)),
    at the best t, gives exp(-n e) with

        e = ((V + s) log(1 + s/V) + (1 - s) log(1 - s)) / (1 + V),        s = shortfall.

    The exponent is never smaller than Bennett's, V h(s/V), nor than Bernstein's, s^2/(2 (V + s/3)), and no exponent is
    larger for every such law: X on {0, (1 + V) E X} attains it.
    """
    s, v = np.clip(shortfall, 0, 1), np.asarray(variance, dtype=float)
    with np.errstate(over="ignore", invalid="ignore"):
        exponent = ((v + s) * np.log1p(s / v) + scipy.special.xlog1py(1 - s, -s)) / (1 + v)
    return np.exp(-n * np.where(np.isfinite(v), exponent, 0))


def mean_below_by_variance(x: np.ndarray, bound: float, variance: float, floor: float = 0.0) -> np.ndarray:
    """p-value against E X >= bound, for X >= floor with Var X <= variance (E X - floor)^2, declared beforehand.

    `lower_tail` at the sample's shortfall 1 - (mean - floor)/(bound - floor): a mean beyond the bound makes such a
    sample less likely still. A sample whose own spread exceeds the declared one is weighed by its own spread, which
    only makes the test more cautious.
    """
    x = np.asarray(x, dtype=float)
    if bound <= floor:
        return np.ones(x.shape[:-1])
    with np.errstate(over="ignore"):
        above = (np.maximum(x, floor) - floor) / (bound - floor)
        mean = above.mean(axis=-1, keepdims=True)
    own = (above / np.where(mean > 0, mean, 1)).var(axis=-1) if np.all(np.isfinite(mean)) else np.inf
    return lower_tail(x.shape[-1], 1 - mean[..., 0], np.maximum(variance, own))


def frequency_above(hits: int, trials: int, bound: float) -> float:
    """p-value against P(hit) <= bound: the exact binomial tail."""
    return float(scipy.stats.binom.sf(hits - 1, trials, bound))


def frequency_below(hits: int, trials: int, bound: float) -> float:
    """p-value against P(hit) >= bound: the exact binomial tail."""
    return float(scipy.stats.binom.cdf(hits, trials, bound))


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Holm's adjusted p-values: reject those <= alpha, and the chance of any wrong rejection is at most alpha."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return adjusted


# --- what could have been seen ---------------------------------------------------------------------------------------


def missed_mean(n: int, ratio: float, level: float, *, ceiling: float) -> float:
    """Bound on the probability that `mean_above` misses, at `level`, a mean of `ratio` bounds, for every law.

    `ceiling` is that of X above its floor, in bounds. Where a variance V is known instead of a ceiling, it is
    (1 + V) ratio. The proof is the same for both. The company misses only if every bettor's wealth stays below
    1/(level share). For one of them and any power s > 0 Markov's inequality bounds the probability of that by
    (level share)^-s (E (1 + stake Y)^-s)^n. Now (1 + stake y)^-s is convex, with a negative third derivative: among
    the laws of X >= 0 with this mean and either range or variance its expectation is largest for the law on
    {0, ceiling}, by the chord in the one case and by the parabola of `lower_tail` in the other.
    """
    each, power = _drifts(ratio, ceiling)
    return float(np.exp(min(0.0, np.min(n * each - power * (np.log(level) + np.log(SHARES))))))


def samples_to_refute(ratio: float, level: float, missing: float, *, ceiling: float) -> int | None:
    """Fewest samples for which `missed_mean` is at most `missing`; None where no number of them is enough."""
    each, power = _drifts(ratio, ceiling)
    wanted = np.log(missing) + power * (np.log(level) + np.log(SHARES))
    needed = np.min(np.where(each < 0, wanted / np.where(each < 0, each, -1), np.inf))
    return int(np.ceil(needed * (1 - ROUNDING))) if np.isfinite(needed) else None


def _drifts(ratio: float, ceiling: float) -> tuple[np.ndarray, np.ndarray]:
    """Logarithm of E (1 + stake Y)^-s of the least favourable law, for each power s and stake; and the powers."""
    hit = ratio / ceiling
    power = np.geomspace(0.01, 64, 40)[:, None]
    won, lost = np.log1p(STAKES * (ceiling - 1)), np.log1p(-STAKES)
    missing = np.log1p(-hit) if hit < 1 else -np.inf  # hit rounds to 1 under a tiny variance
    return np.logaddexp(np.log(hit) - power * won, missing - power * lost), power


@lru_cache(maxsize=4096)  # experiments that differ in d alone ask the same
def detectable_mean(
    n: int, level: float, *, ceiling: float | None = None, variance: float | None = None, missing: float = 1 - POWER
) -> float | None:
    """Smallest E X/bound that `mean_above` misses with probability `missing` at most, whatever the law of X >= 0.

    The law must have the ceiling (in bounds) or the variance in the sense of `lower_tail`. None where no ratio up to
    10^6 is detectable, and where neither is known: then the mean may sit in one sample of a million, and the samples
    cannot show it. Nothing here depends on the samples, so a lucky sample promises no more than an unlucky one.
    """
    farthest = FARTHEST if ceiling is None else min(ceiling * (1 - 1e-9), FARTHEST)
    if (ceiling is None and variance is None) or farthest <= 1:
        return None

    def seen(log_ratio: float) -> bool:
        ratio = float(np.exp(log_ratio))
        tops = [] if ceiling is None else [ceiling]
        tops += [] if variance is None else [(1 + variance) * ratio]
        return any(missed_mean(n, ratio, level, ceiling=top) <= missing for top in tops)

    low, high = 0.0, float(np.log(farthest))
    if not seen(high):
        return None
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (low, middle) if seen(middle) else (middle, high)
    return float(np.exp(high))


def detectable_frequency(trials: int, bound: float, level: float, missing: float = 1 - POWER) -> float | None:
    """Smallest P(hit) > bound that `frequency_above` misses at `level` with probability `missing` at most.

    None where there is none.
    """
    critical = int(scipy.stats.binom.isf(level, trials, bound)) + 1  # fewest hits whose tail is at most the level
    if critical > trials:
        return None
    return float(scipy.stats.beta.ppf(1 - missing, critical, trials - critical + 1))


def samples_to_support(variance: float, ratio: float, level: float) -> int:
    """How many samples support E X <= bound at `level` if their mean is ratio < 1 bounds and Var X <= V (E X)^2."""
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), got {ratio!r}")
    exponent = -float(np.log(lower_tail(1, 1 - ratio, variance)))
    return int(np.ceil(-np.log(level) / exponent))

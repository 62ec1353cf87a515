"""One GLD-Search step contracts like 1/(n Q), whatever the dimension.

Claim: the mean relative fall of the gap in one step, times n Q, is at least 1/20 and does not depend on n beyond n = 100.
Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Theorem 7, as recalled: with probability
1/4 the gap falls by the factor 1 - 1/(5 n Q) (`zotheory.theorems.gld_search`, ``proofs/gld_search.py``).
Here: the first step from the start of the paper's lower bound (`hard_instance`), which is its slow direction; radii from
64 times the radius that the theorem needs to a quarter of it. 20 000 replicas for each n and Q, seed 2; 95 % intervals.
From n = 1000 on in reduced coordinates, which have the same law; n Q stops at 10^13, where rounding is 1 % of a fall.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

import zotheory as zo
from figures import style
from zotheory.evidence import reduced
from zotheory.theorems.gld_search import SUCCESS, contraction, hard_instance

SEED = 2
REDUCED = 1000  # from here on
DIMENSIONS = (10, 30, 100, 300, *(10**i for i in range(3, 13)))
LARGEST = 10**13  # of n Q


class Data(NamedTuple):
    """Dimensions n (N,), condition numbers Q (M,); the rest (M, N), NaN where n Q > `LARGEST`.

    `fall`: mean of n Q (1 - gap after/gap before); `error`: half of its 95 % interval; `success`: frequency of steps that
    contract as the theorem says; `low`, `high`: its exact 95 % interval.
    """

    n: np.ndarray
    Q: np.ndarray
    fall: np.ndarray
    error: np.ndarray
    success: np.ndarray
    low: np.ndarray
    high: np.ndarray


def promised() -> float:
    """Return the theorem's n Q (1 - ratio), 1/5: the same for every n and Q, so taken where rounding is least."""
    return 1 - float(contraction(n=1, Q=1))


def falls(n: int, Q: float, replicas: int, seed: np.random.SeedSequence) -> np.ndarray:
    """N Q (1 - gap after/gap before) of one step, array (replicas,)."""
    needed = 0.6 / Q  # 3/(5 Q) of the distance, which is 1
    method = zo.gld_search(R=64 * needed, r=needed / 4)
    if n < REDUCED:
        problem = hard_instance(n, Q)
    else:
        problem = reduced.reduce(lambda width: hard_instance(n, Q, width), (1, n - 1), method)
    before, after = (
        zo.run(method, problem, steps=1, replicas=replicas, seed=seed, record=[0, 1]).values - problem.f_star
    )
    return n * Q * (before - after) / before


def data(
    dimensions: Sequence[int] = DIMENSIONS, conditions: Sequence[float] = (1, 10, 100), *, replicas: int = 20_000
) -> Data:
    """Take one step in every dimension and at every condition number."""
    table = np.full((5, len(conditions), len(dimensions)), np.nan)
    for i, Q in enumerate(conditions):
        for j, n in enumerate(dimensions):
            if n * Q > LARGEST:
                continue
            sample = falls(n, float(Q), replicas, np.random.SeedSequence((SEED, i, j)))
            hits = int(np.sum(sample >= promised()))
            exact = stats.binomtest(hits, replicas).proportion_ci(0.95)
            table[:, i, j] = (*style.interval(sample), hits / replicas, exact.low, exact.high)
    return Data(np.asarray(dimensions), np.asarray(conditions), *table)


def draw(data: Data) -> Figure:
    """Left: the mean fall against the bound. Right: how often a step falls as far as the theorem says."""
    figure, left, right = style.page("One GLD-Search step contracts like 1/(nQ) in every dimension")
    bound = SUCCESS * promised()
    markers = ("o", "s", "D")
    for i, (Q, colour) in enumerate(zip(data.Q, style.COLOURS, strict=False)):
        look = {"color": colour, "marker": markers[i], "markersize": 5, "linewidth": 1.2, "capsize": 2.5}
        shift = data.n * 1.13 ** (i - 1)  # side by side, where they would hide each other
        left.errorbar(shift, data.fall[i], data.error[i], label=f"Q = {Q}", **look)
        sides = np.array([data.success[i] - data.low[i], data.high[i] - data.success[i]])
        right.errorbar(shift, data.success[i], sides, **look)
    left.axhline(bound, color=style.INK, linewidth=1.6)
    left.text(data.n[-1], bound * 1.12, f"the bound guarantees {bound:.2f}", ha="right", va="bottom")
    last = np.nanmean(data.fall[:, data.n >= REDUCED])
    middle = np.sqrt(data.n[0] * float(data.n[-1]))
    left.annotate(
        "", (middle, last * 0.9), (middle, bound * 1.05), arrowprops={"arrowstyle": "<->", "color": style.QUIET}
    )
    left.text(middle * 2, np.sqrt(last * bound), f"{last / bound:.0f} times", va="center", color=style.QUIET)
    left.legend(loc="lower left", bbox_to_anchor=(0, 0.28), handlelength=1.5)
    left.set(yscale="log", ylim=(bound / 1.6, 3), yticks=[0.05, 0.1, 0.2, 0.5, 1, 2])
    left.set_yticklabels(["0.05", "0.1", "0.2", "0.5", "1", "2"])
    left.set_title("How far the gap falls in one step, on average")
    left.set_ylabel(r"relative fall $\times\, nQ$")
    right.axhline(SUCCESS, color=style.INK, linewidth=1.6)
    right.text(data.n[-1], SUCCESS + 0.015, "the theorem says at least 1/4", ha="right", va="bottom")
    right.set_ylim(0, 1)
    right.set_title(r"How often it falls by at least $1/(5nQ)$")
    right.set_ylabel("frequency")
    for axes in (left, right):
        axes.set(xscale="log", xlabel="dimension $n$", xlim=(data.n[0] / 2.5, data.n[-1] * 2.5))
        axes.set_xticks([10.0**i for i in range(1, 13, 2 if data.n[-1] > 10**6 else 1) if 10**i <= data.n[-1]])
    return figure

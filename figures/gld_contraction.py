"""One GLD-Search step contracts the gap like 1/(nQ), whatever the dimension n.

Left is the mean of the relative fall of the gap, `1 - gap after/gap before`, in the first step of GLD-Search, times the
dimension `n` and the condition number `Q`; right, how often a step falls by at least `1/(5nQ)`. Black lines are what
the theorem guarantees: the gap falls so far with probability 1/4, and therefore by `1/(20nQ)` on average. From `n =
1000` on the mean is a constant, about 1.03. On this instance the bound is 21 times too small, its probability 3 times.
Markers stand for 20,000 steps each; 95 % intervals (of the mean by the normal approximation, of the frequency exact)
are drawn and are shorter than the markers. Markers of different `Q` are moved apart sideways.

The theorem is Theorem 7 of Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), as recalled
(`zotheory.theorems.gld_search`). The step starts where the paper's lower bound does (`hard_instance`), along the axis
of least curvature; its radii reach from 64 times the one that the theorem needs to a quarter of it. From `n = 1000` on
steps are taken in reduced coordinates, which have the same law. `nQ` stops at 10^13: beyond, rounding reaches 1 % of a
fall.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

import zotheory as zo
from figures import style
from zotheory import reduced
from zotheory.problems import hard_instance
from zotheory.theorems.gld_search import SUCCESS, contraction

SEED = 2
REDUCED = 1000  # from here on
DIMENSIONS = (10, 30, 100, 300, *(10**i for i in range(3, 13)))
LARGEST = 10**13  # of n Q


class Data(NamedTuple):
    """Dimensions n (N,), condition numbers Q (M,); the rest (M, N), NaN where n Q > `LARGEST`.

    `fall`: mean of n Q (1 - gap after/gap before); `error`: half of its 95 % interval; `success`: frequency of steps
    that contract as the theorem says; `low`, `high`: its exact 95 % interval. `replicas`: steps taken for each.
    """

    n: np.ndarray
    Q: np.ndarray
    fall: np.ndarray
    error: np.ndarray
    success: np.ndarray
    low: np.ndarray
    high: np.ndarray
    replicas: int


def promised() -> float:
    """Return the theorem's n Q (1 - ratio), 1/5: the same for every n and Q, so taken where rounding is least."""
    return 1 - float(contraction(n=1, Q=1))


def falls(n: int, Q: float, replicas: int, seed: np.random.SeedSequence) -> np.ndarray:
    """Return n Q (1 - gap after/gap before) of one step, array (replicas,)."""
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
    return Data(np.asarray(dimensions), np.asarray(conditions), *table, replicas)


def draw(data: Data) -> Figure:
    """Left: the mean fall against the bound. Right: how often a step falls as far as the theorem says."""
    least, most = (int(np.log10(n)) for n in (data.n[0], data.n[-1]))
    figure, left, right = style.page(__doc__)
    bound = SUCCESS * promised()
    for i, (Q, one) in enumerate(zip(data.Q, style.LOOKS, strict=False)):
        look = {**one._asdict(), "markersize": 5, "linewidth": 1.2, "capsize": 2.5}
        beside = data.n * 1.2 ** (i - 1)  # where they would hide each other
        left.errorbar(beside, data.fall[i], data.error[i], label=f"$Q = {Q}$", **look)
        right.errorbar(beside, data.success[i], [data.success[i] - data.low[i], data.high[i] - data.success[i]], **look)
    middle = 10 ** ((least + most) / 2)
    fall, success = (np.nanmean(part[:, data.n >= REDUCED]) for part in (data.fall, data.success))
    for axes, line, level, text in (
        (left, bound, fall, f"the bound guarantees {bound:.2f}"),
        (right, float(SUCCESS), success, "the theorem guarantees 1/4"),
    ):
        axes.axhline(line, color=style.INK)
        axes.annotate(text, (middle, line), xytext=(0, -5), textcoords="offset points", ha="center", va="top")
        arrow = {"arrowstyle": "<->", "color": style.QUIET, "shrinkA": 3, "shrinkB": 7}
        axes.annotate("", (middle, level), (middle, line), arrowprops=arrow)
        centre = np.sqrt(level * line) if axes is left else (level + line) / 2
        axes.text(middle * 1.8, centre, f"{level / line:.0f} times", va="center", color=style.QUIET)
        axes.set(xscale="log", xlabel="dimension $n$", xlim=(data.n[0] / 2.5, data.n[-1] * 2.5))
        axes.set_xticks([10.0**i for i in range(least, most + 1) if i % 3 == 0 or i == least])
    left.legend(loc="upper right", ncols=3, columnspacing=1.2, handlelength=1.6)
    left.set(yscale="log", ylim=(bound / 2, 4))
    left.set_yticks([0.05, 0.1, 0.2, 0.5, 1, 2], ["0.05", "0.1", "0.2", "0.5", "1", "2"])
    left.set_title("How far the gap falls in one step, on average")
    left.set_ylabel(r"mean relative fall $\times\, nQ$")
    right.set(ylim=(0, 1), yticks=[0, 0.25, 0.5, 0.75, 1])
    right.set_title(r"How often it falls by at least $1/(5nQ)$")
    right.set_ylabel("frequency")
    for axes in (left, right):
        axes.minorticks_off()
    style.foot(figure, f"Markers: {data.replicas:,} steps each. Bars, shorter than the markers: 95 % intervals.")
    return figure

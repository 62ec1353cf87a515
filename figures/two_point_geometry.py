"""On the l1 ball the p-norm keeps learning a sparse direction as the dimension grows.

Two-point mirror descent on a linear problem with one useful coordinate, as strong as `2 sqrt(d log(2d)/k)`, over the l1
ball `|x_1| + ... + |x_d| <= 1`, in two geometries: with the p-norm of the paper, `p = 1 + 1/max(1, log(2d))`, and with
Euclidean steps and projections. Shown is the mean gap over the gap at the centre of the ball, where the runs start: 1
is nothing learned, 0 all. Left over the dimension `d` after `k = 4000` steps, right over the steps at `d = 64`. The
p-norm has gained from 36 to 56 % of what is to be gained at every `d` shown; Euclidean steps, of the rate `d/sqrt(k)`,
gain less and less: 4 % at `d = 128`. Markers are means of 20 runs, bars 95 % intervals of the mean by the normal
approximation.

The corollary for the l1 ball is that of Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015
(arXiv:1312.2139), as recalled (`zotheory.theorems.two_point_corollaries`). The problem is `SignLinear`, all `X_i` +1 or
-1; directions are random signs; step sizes are those of Theorem 1 in either geometry, for the Euclidean one times the
best of 0.1, 0.3 and 1 at each point.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from zotheory.directions import rademacher
from zotheory.geometry import p_norm
from zotheory.theorems.two_point import step_size
from zotheory.theorems.two_point_corollaries import l1_prescribed

SEED = 5
DIMENSIONS = (4, 8, 16, 32, 64, 128)
STEPS = (250, 500, 1000, 2000, 4000)
MULTIPLES = (0.1, 0.3, 1.0)  # of the Euclidean step size


class Data(NamedTuple):
    """Dimensions d (D,), steps k (K,); gaps over the gap at the centre, p-norm (D, K, N), Euclidean (A, D, K, N)."""

    d: np.ndarray
    k: np.ndarray
    p_norm: np.ndarray
    euclidean: np.ndarray


def problem(d: int, k: int) -> zo.problems.SignLinear:
    """One coordinate of mean 2 sqrt(d log(2d)/k), at most 1, the others 0."""
    return zo.problems.SignLinear(min(1.0, 2 * np.sqrt(d * np.log(2 * d) / k)) * np.eye(1, d)[0])


def euclidean(d: int, alpha: float) -> Any:
    """Steps of Theorem 1: |x - y| <= 2 on the ball |x|_1 <= 1, G = |X| = sqrt(d), s(d) = d."""
    h = partial(step_size, R=2.0, G=np.sqrt(d), s=d, alpha=alpha)
    return zo.two_point(h=h, delta=lambda t: 0.1 / t, mirror=p_norm(1.0, d, 2.0), law=rademacher)


def gaps(f: Any, method: Any, k: Sequence[int], replicas: int, key: tuple[int, ...]) -> np.ndarray:
    """(f - f*)/(f(0) - f*) at the steps k, array (K, replicas)."""
    seed = np.random.SeedSequence((SEED, *key))
    values = zo.run(method, f, steps=k[-1], replicas=replicas, seed=seed, record=k).values
    return (values - f.f_star) / -f.f_star


def data(dimensions: Sequence[int] = DIMENSIONS, k: Sequence[int] = STEPS, *, replicas: int = 20) -> Data:
    """Run both geometries on the problem of each dimension and the last k."""
    first, second = [], []
    for i, d in enumerate(dimensions):
        f = problem(d, k[-1])
        first.append(gaps(f, l1_prescribed(radius=1.0, G=1.0, L1=1.0, d=d), k, replicas, (i, 0)))
        second.append([gaps(f, euclidean(d, a), k, replicas, (i, j)) for j, a in enumerate(MULTIPLES, 1)])
    return Data(np.asarray(dimensions), np.asarray(k), np.array(first), np.moveaxis(np.array(second), 1, 0))


def draw(data: Data) -> Figure:
    """Left: against d at the last k. Right: against k at the last dimension but one."""
    figure, left, right = style.page(__doc__)
    row = len(data.d) - 2
    best = np.take_along_axis(data.euclidean, data.euclidean.mean(-1).argmin(0)[None, ..., None], 0)[0]
    look = {"markersize": 5.5, "linewidth": 1.2, "capsize": 3}
    for panel, x, index in ((left, data.d, np.s_[:, -1]), (right, data.k, np.s_[row])):
        for samples, name, colour, marker in (
            (best, "Euclidean", style.VERMILLION, "s"),
            (data.p_norm, "p-norm", style.BLUE, "o"),
        ):
            mean, error = style.interval(samples[index])
            panel.errorbar(x, mean, error, color=colour, marker=marker, **look)
            style.beside(panel, x[-1], mean[-1], name, colour)
        panel.axhline(1.0, color=style.QUIET, linestyle=style.DASHED, linewidth=1.2)
        panel.annotate("nothing learned", (x[0], 1.0), (0, 4), textcoords="offset points", color=style.QUIET)
        panel.set(xscale="log", ylim=(0, 1.12), xlim=(x[0] * (x[0] / x[-1]) ** 0.05, x[-1] * (x[-1] / x[0]) ** 0.28))
        panel.minorticks_off()
        panel.set_xticks(x, [str(i) for i in x])
    left.set_title(f"Against the dimension, $k = {data.k[-1]}$")
    left.set(xlabel="dimension $d$", ylabel="mean gap / gap at the centre")
    right.set_title(f"Against the number of steps, $d = {data.d[row]}$")
    right.set(xlabel="steps $k$")
    style.foot(figure, style.bars(data.p_norm.shape[-1]))
    return figure

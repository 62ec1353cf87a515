"""GLD-Search does not see a strictly increasing transform.

Claim: the runs on f and on -exp(-sqrt f) from one seed visit the same points; `data` raises unless they do, to the bit.
Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), section 5, Figure 1: f_{1,8,n} from
(1, ..., 1)/sqrt(n), f(b_t) - f* against evaluations; means of 10 runs; its list of n was not at hand.
Here: 10 replicas for each n, seed 1, law `ball` at the scale of the analysis, R = sqrt(8), r = 1e-4. Bands go from the
least to the largest of the replicas.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

import zotheory as zo
from figures import style

SEED = 1
R, SMALLEST = np.sqrt(8.0), 1e-4


def transform(y: np.ndarray) -> np.ndarray:
    """Return g(y) = -exp(-sqrt y), the paper's."""
    return -np.exp(-np.sqrt(y))


class Data(NamedTuple):
    """Dimensions n (N,), evaluations (N, records), and three gaps (N, records, replicas).

    `gap`: of f, in the runs on f; `gap_of_f`: of f, in the runs on g(f); `seen`: of g(f), in those same runs.
    """

    n: np.ndarray
    evaluations: np.ndarray
    gap: np.ndarray
    gap_of_f: np.ndarray
    seen: np.ndarray


def data(
    dimensions: Sequence[int] = (10, 30, 100, 300), *, replicas: int = 10, length: int = 24, records: int = 48
) -> Data:
    """Run `length` n steps on f and on g(f), in lockstep, and compare the points after every one of them."""
    runs = [_pair(n, replicas, length * n, records) for n in dimensions]
    return Data(np.asarray(dimensions), *(np.stack(part) for part in zip(*runs, strict=True)))


def _pair(n: int, replicas: int, steps: int, records: int) -> tuple[np.ndarray, ...]:
    f = zo.problems.golovin_family(1, 8, n)
    g = zo.problems.Increasing(f, transform)
    method = zo.gld_search(R=R, r=SMALLEST)
    start = np.tile(f.x0, (replicas, 1))
    stream = np.random.SeedSequence((SEED, n))
    recorded = np.geomspace(1, steps, records).round().astype(int)
    rows = []
    plain = zo.iterate(method, f, start, zo.generator(stream))
    transformed = zo.iterate(method, g, start, zo.generator(stream))
    for t, ((state, counted), (other, _)) in enumerate(zip(plain, transformed, strict=True)):
        if not np.array_equal(state.x, other.x):
            raise RuntimeError(f"the runs on f and on g(f) part at step {t}, n = {n}")
        if t in recorded:
            rows += [(counted.calls, f(state.x), f(other.x), g(other.x))] * int(np.sum(recorded == t))
        if t == steps:
            break
    calls, gap, gap_of_f, seen = (np.array(part) for part in zip(*rows, strict=True))
    return calls, gap - f.f_star, gap_of_f - f.f_star, seen - g.f_star


def draw(data: Data) -> Figure:
    """Left: f, lines from the runs on f and dots from the runs on g(f). Right: g(f), as the latter saw it."""
    figure, left, right = style.page("GLD-Search does not see a strictly increasing transform")
    for i, colour in zip(range(len(data.n)), style.COLOURS, strict=False):
        calls = data.evaluations[i]
        for axes, gap in ((left, data.gap[i]), (right, data.seen[i])):
            axes.fill_between(calls, gap.min(axis=1), gap.max(axis=1), color=colour, alpha=0.25, linewidth=0)
            axes.plot(calls, gap.mean(axis=1), color=colour)
            axes.annotate(
                f"n = {data.n[i]}",
                (calls[-1], gap[-1].mean()),
                xytext=(0, -12),
                textcoords="offset points",
                ha="center",
                va="top",
                color=colour,
            )
        left.plot(calls[::3], data.gap_of_f[i].mean(axis=1)[::3], "o", color=colour, markersize=5, mec="white", mew=0.6)
    left.plot([], [], color=style.QUIET, label="run on $f$")
    left.plot([], [], "o", color=style.QUIET, markersize=5, label=r"run on $-\exp(-\sqrt{f})$, same seed")
    left.legend(loc="lower left")
    left.set_title("The gap of $f$ in both runs: the same points")
    left.set_ylabel(r"gap $f(b_t) - f(x^*)$")
    right.set_title(r"What the second run saw: $g(f) = -\exp(-\sqrt{f})$")
    right.set_ylabel(r"gap $g(f(b_t)) - g(f(x^*))$")
    for axes, gap in ((left, data.gap), (right, data.seen)):
        axes.set(xscale="log", yscale="log", xlabel="evaluations")
        axes.set_xlim(data.evaluations.min(), 2.2 * data.evaluations.max())
        axes.set_ylim(gap[:, -1].min() / 6, 1.5 * gap.max())
    return figure

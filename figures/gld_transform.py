"""GLD-Search does not see a strictly increasing transform of the values.

GLD-Search, gradientless descent that tries one random point at every scale and keeps the best, minimises a quadratic
`f` in `n` variables, whose curvatures are evenly spaced from 1 to 8, and from the same seeds the function `g(f)`, where
`g(y) = -exp(-sqrt y)` increases. Left is the gap `f(x) - min f` at the points of both runs, right the gap that the
second run saw, that of the values of `g(f)`. Lines and dots are means of 10 runs, bands go from the least to the
largest of them. The dots lie on the lines, as both runs visit the same points; the script stops unless they do, in
every step and to the last bit.

The setting is that of Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), section 5 and Figure 1: the
start `(1, ..., 1)/sqrt(n)`, and `R = sqrt 8`. The smallest radius is `r = 1e-4`, and displacements are drawn from the
ball at the scale of the analysis. The paper's list of dimensions was not at hand.
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
    stream = np.random.SeedSequence((SEED, n))
    recorded = np.geomspace(1, steps, records).round().astype(int)
    rows = []
    plain = zo.iterate(method, f, replicas=replicas, rng=zo.generator(stream))
    transformed = zo.iterate(method, g, replicas=replicas, rng=zo.generator(stream))
    for t, ((state, counted), (other, _)) in enumerate(zip(plain, transformed, strict=True)):
        if not np.array_equal(state.x, other.x):
            raise RuntimeError(f"the runs on f and on g(f) part at step {t}, n = {n}")
        if t in recorded:
            rows += [(counted.spent, f(state.x), f(other.x), g(other.x))] * int(np.sum(recorded == t))
        if t == steps:
            break
    calls, gap, gap_of_f, seen = (np.array(part) for part in zip(*rows, strict=True))
    return calls, gap - f.f_star, gap_of_f - f.f_star, seen - g.f_star


def draw(data: Data) -> Figure:
    """Left: f, lines from the runs on f and dots from the runs on g(f). Right: g(f), as the latter saw it."""
    figure, left, right = style.page(__doc__)
    dots = {"linestyle": "none", "markersize": 5.5, "markeredgecolor": "white", "markeredgewidth": 0.6}
    below = {"xytext": (0, -4), "textcoords": "offset points", "ha": "center", "va": "top"}
    for i, (n, (colour, marker, _)) in enumerate(zip(data.n, style.LOOKS, strict=False)):
        calls = data.evaluations[i]
        for axes, line, dotted in ((left, data.gap[i], data.gap_of_f[i]), (right, data.seen[i], data.seen[i])):
            axes.fill_between(calls, line.min(axis=1), line.max(axis=1), color=colour, alpha=0.25, linewidth=0)
            axes.plot(calls, line.mean(axis=1), color=colour)
            axes.plot(calls[::3], dotted.mean(axis=1)[::3], color=colour, marker=marker, **dots)
            axes.annotate(f"$n = {n}$" if i == 0 else f"${n}$", (calls[-1], line[-1].min()), color=colour, **below)
    left.plot([], [], color=style.QUIET, label="run on $f$")
    left.plot([], [], color=style.QUIET, marker="o", label="run on $g(f)$", **dots)
    left.legend(loc="lower left", handlelength=1.6)
    left.set_title("From one seed, both runs visit the same points")
    left.set_ylabel("mean gap of $f$")
    right.set_title(r"What the second run saw: $g(f) = -\exp(-\sqrt{f})$")
    right.set_ylabel("mean gap of $g(f)$")
    for axes, gap in ((left, data.gap), (right, data.seen)):
        least, most = gap.min(), gap.max()
        axes.set(xscale="log", yscale="log", xlabel="evaluations", ylim=(least * (least / most) ** 0.12, 1.6 * most))
        axes.set_xlim(data.evaluations.min() / 1.2, 1.8 * data.evaluations.max())
        axes.minorticks_off()
    style.foot(figure, style.spread("Lines and markers: means", data.gap.shape[-1]))
    return figure

"""An increasing transform of the values stops accelerated random search, and not GLD.

The gap of the best value so far against the number of evaluations over the dimension `n`: above on a quadratic `f` with
curvatures evenly spaced from 1 to 8, below on `g(f) = -exp(-sqrt f)`. GLD is gradientless descent: GLD-Search tries a
random point at every scale, GLD-Fast at the few scales that a condition number calls for. ARS is accelerated random
search, which takes steps along slopes measured by differences. Lines are means of 10 runs, bands go from the least to
the largest of them. GLD visits the same points on `f` and on `g(f)`. ARS is ahead on `f` at every `n` shown and stalls
on `g(f)`, whose curvatures its step sizes do not fit.

The setting is that of Figure 1 of Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), as described
there: the start `(1, ..., 1)/sqrt(n)`, the exact least and greatest curvature supplied, best value against evaluations.
GLD-Search has `R = sqrt 8` and `r = 1e-4`; GLD-Fast is the one printed, with `R = sqrt 8`, epochs of `n Q log2 Q`
steps, `Q = 8`, and displacements from the ball of radius `r_k/sqrt(n)`; ARS has the corrected theta of Theorem 9 and a
smoothing radius of 1e-7, and is told the curvatures of `f` for `g(f)` too, which has none of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from figures.gld_transform import transform
from figures.runs import ars, best_so_far, gld_fast

SEED = 5
ALPHA, BETA = 1.0, 8.0
DIAMETER = np.sqrt(BETA / ALPHA)
METHODS = ("GLD-Search", "GLD-Fast", "ARS")


class Data(NamedTuple):
    """Dimensions n (N,), evaluations (N, records), gaps of f and of g(f) (N, methods, records, replicas)."""

    n: np.ndarray
    evaluations: np.ndarray
    plain: np.ndarray
    transformed: np.ndarray


def methods(problem: zo.problems.Quadratic) -> tuple[zo.Method, ...]:
    """GLD-Search, GLD-Fast as printed, ARS, with what each has to know of f."""
    return (
        zo.gld_search(R=DIAMETER, r=1e-4),
        gld_fast(problem, diameter=DIAMETER, Q=problem.Q),
        ars(problem.d, mu=problem.mu, L1=problem.L1),
    )


def data(
    dimensions: Sequence[int] = (10, 50, 200), *, replicas: int = 10, length: int = 600, records: int = 60
) -> Data:
    """Run all methods for `length` n evaluations on f and on g(f), from the same random numbers."""
    grids, plain, transformed = [], [], []
    for n in dimensions:
        f = zo.problems.golovin_family(ALPHA, BETA, n)
        g = zo.problems.Increasing(f, transform)
        grid = np.geomspace(n, length * n, records).round().astype(int)
        grids.append(grid)
        for gaps, problem in ((plain, f), (transformed, g)):
            gaps.append(
                [
                    best_so_far(method, problem, grid, replicas, np.random.SeedSequence((SEED, n, i))) - problem.f_star
                    for i, method in enumerate(methods(f))
                ]
            )
    return Data(np.asarray(dimensions), np.array(grids), np.array(plain), np.array(transformed))


def draw(data: Data) -> Figure:
    """Top: f. Bottom: g(f). One column for each dimension."""
    figure, panels = style.grid(__doc__, 2, len(data.n), 6.4)
    rows = ((data.plain, 1e-9, "$f$"), (data.transformed, 1e-5, r"$g(f) = -\exp(-\sqrt{f})$"))
    for row, (gaps, least, what) in zip(panels, rows, strict=True):
        for axes, n, evaluations, gap in zip(row, data.n, data.evaluations, gaps, strict=True):
            for i, (name, look, samples) in enumerate(zip(METHODS, style.LOOKS, gap, strict=False)):
                style.band(axes, evaluations / n, samples, look, name, marks=slice(4 * i, None, 12))
            axes.set(xscale="log", yscale="log", ylim=(least, 5))
            axes.minorticks_off()
        row[0].set_ylabel(f"mean gap of the best\nvalue of {what}")
    for axes, n in zip(panels[0], data.n, strict=True):
        axes.set_title(f"$n = {n}$")
    for axes in panels[1]:
        axes.set_xlabel("evaluations $/\\, n$")
    style.foot(figure, style.spread("Lines: means", data.plain.shape[-1]), panels[0][0])
    return figure

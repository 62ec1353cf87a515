"""GLD against accelerated random search on quadratics, and on a transform of them: Figure 1 of the paper.

Claim: GLD visits the same points on f and on g(f). Accelerated random search, which is ahead on f at every n shown,
stalls on g(f).
Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Figure 1, as described there: f_{1,8,n}
from x0 = (1, ..., 1)/sqrt(n), exact alpha and beta supplied, best value against evaluations.
Here: 10 runs, their mean and range, seed 5. GLD-Search with R = sqrt(8), r = 1e-4; GLD-Fast as printed (R = sqrt(8),
H = n Q log2 Q), displacements from the ball of radius r_k/sqrt(n); ARS with the corrected theta of Theorem 9 and a
smoothing radius of 1e-7. ARS gets alpha and beta of f for g(f) too, which has none. g(y) = -exp(-sqrt y).
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
    title = "GLD does not see the transform; accelerated search, ahead on f, stalls on g(f)"
    figure, panels = style.grid(title, 2, len(data.n), height=6.2)
    rows = ((data.plain, 1e-9, "$f$"), (data.transformed, 1e-5, r"$g(f) = -\exp(-\sqrt{f})$"))
    for row, (gaps, least, what) in zip(panels, rows, strict=True):
        for axes, n, evaluations, gap in zip(row, data.n, data.evaluations, gaps, strict=True):
            for name, colour, samples in zip(METHODS, style.COLOURS, gap, strict=False):
                style.band(axes, evaluations / n, samples, colour, name)
            axes.set(xscale="log", yscale="log", ylim=(least, 5))
            axes.minorticks_off()
        row[0].set_ylabel(f"mean gap of the best\nvalue of {what}")
    for axes, n in zip(panels[0], data.n, strict=True):
        axes.set_title(f"$n = {n}$")
    for axes in panels[1]:
        axes.set_xlabel("evaluations $/\\, n$")
    panels[0][0].legend(loc="lower left", handlelength=1.4)
    return figure

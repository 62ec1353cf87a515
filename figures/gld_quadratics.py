"""GLD against accelerated random search on quadratics, and on a transform of them: Figure 1 of the paper.

Claim: GLD-Search and GLD-Fast draw the same curves on f and on g(f), and reach a gap of a tenth of the first sooner than
accelerated random search at every n shown; that one is slowed down by the transform, or brought to a stop.
Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Figure 1, as described there: f_{1,8,n} from
x0 = (1, ..., 1)/sqrt(n), exact alpha and beta supplied, best value against evaluations.
Here: 10 runs, their mean and range, seed 5. GLD-Search with R = sqrt(8), r = 1e-4; GLD-Fast as printed (R = sqrt(8), H = n
Q log2 Q), displacements from the ball of radius r_k/sqrt(n); ARS with the corrected theta of Theorem 9 and a smoothing
radius of 1e-7. ARS gets alpha and beta of f for g(f) too, which has none. g(y) = -exp(-sqrt y).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from figures.gld_transform import transform
from figures.runs import best_so_far
from zotheory.theorems import accelerated_random_search as ars
from zotheory.theorems import gld_fast as fast

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
        fast.printed(problem, diameter=DIAMETER, law=zo.directions.ball, scale=None),
        ars.prescribed(problem, delta=1e-7)[0],
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
    figure, panels = style.grid("placeholder", 2, len(data.n), height=6.2)
    for row, gaps in zip(panels, (data.plain, data.transformed), strict=True):
        for column, axes in enumerate(row):
            for i, (name, colour) in enumerate(zip(METHODS, style.COLOURS, strict=False)):
                style.band(axes, data.evaluations[column], gaps[column, i], colour, name)
            axes.set(xscale="log", yscale="log", ylim=(1e-9, None))
            axes.minorticks_off()
    return figure

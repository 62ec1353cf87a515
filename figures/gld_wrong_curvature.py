"""GLD-Fast and accelerated random search with the wrong curvature: Figure 3 of the paper.

Claim: told a range of curvatures wrong by a factor z, every variant comes below a gap of 1e-3 at every z shown. Small
gaps take GLD-Fast the longer the larger z is, for its epochs last n Q log Q steps: at z = 4 and 16 every variant of
accelerated random search is ahead of it there, and at z = 16 two of them are behind it at large gaps. At z = 1/4 its
radii shrink sooner than the distance, and it stops near 1e-10.
Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Figure 3, as described there: f_{1,8,n};
GLD-Fast is told Q = 8z, ARS-alpha (alpha/z, beta), ARS-beta (alpha, z beta), ARS-even (alpha/sqrt z, sqrt(z) beta).
Here: n = 50, 10 runs, their mean and range, seed 6; the methods as in ``figures/gld_quadratics.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from figures.gld_quadratics import ALPHA, BETA, DIAMETER
from figures.runs import ars, best_so_far, gld_fast

SEED = 6
METHODS = ("GLD-Fast", "ARS-alpha", "ARS-beta", "ARS-even")


class Data(NamedTuple):
    """Factors z (Z,), evaluations (records,), gaps (Z, methods, records, replicas) in dimension n."""

    z: np.ndarray
    n: int
    evaluations: np.ndarray
    gap: np.ndarray


def methods(f: zo.problems.Quadratic, z: float) -> tuple[zo.Method, ...]:
    """The four variants, told a curvature range that is wrong by the factor z."""
    told = ((ALPHA / z, BETA), (ALPHA, z * BETA), (ALPHA / np.sqrt(z), np.sqrt(z) * BETA))
    return (gld_fast(f, diameter=DIAMETER, Q=z * BETA / ALPHA), *(ars(f.d, mu=mu, L1=L1) for mu, L1 in told))


def data(
    factors: Sequence[float] = (0.25, 1, 4, 16),
    n: int = 50,
    *,
    replicas: int = 10,
    length: int = 1500,
    records: int = 60,
) -> Data:
    """Run all variants for `length` n evaluations, for every factor."""
    f = zo.problems.golovin_family(ALPHA, BETA, n)
    grid = np.geomspace(n, length * n, records).round().astype(int)
    gap = [
        [
            best_so_far(method, f, grid, replicas, np.random.SeedSequence((SEED, i, j))) - f.f_star
            for j, method in enumerate(methods(f, z))
        ]
        for i, z in enumerate(factors)
    ]
    return Data(np.asarray(factors), n, grid, np.array(gap))


def draw(data: Data) -> Figure:
    """One panel for each factor."""
    title = "Told Q too large by z, GLD-Fast is slow at small gaps; accelerated search is not"
    figure, panels = style.grid(title, 1, len(data.z), height=3.6)
    for axes, z, gaps in zip(panels[0], data.z, data.gap, strict=True):
        for name, colour, samples in zip(METHODS, style.COLOURS, gaps, strict=True):
            style.band(axes, data.evaluations / data.n, samples, colour, name)
        axes.set(xscale="log", yscale="log", ylim=(1e-12, 10), xlabel="evaluations $/\\, n$")
        axes.set_title(f"$z = {z:g}$: told $Q = {z * BETA / ALPHA:g}$")
        axes.minorticks_off()
    panels[0][0].set_ylabel("mean gap of the best value")
    panels[0][-1].legend(loc="lower left", handlelength=1.2, fontsize=8.5)
    return figure

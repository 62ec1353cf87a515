"""Told a condition number z times too large, GLD-Fast is slow at small gaps.

The gap of the best value so far against the number of evaluations over the dimension `n = 50`, on a quadratic whose
curvatures are evenly spaced from `alpha = 1` to `beta = 8`, so that its condition number `Q` is 8. Every method is told
a range of curvatures that is wrong by the factor `z`: GLD-Fast, gradientless descent at the scales that a condition
number calls for, is told `8z`; accelerated random search (ARS) is told `(alpha/z, beta)` as ARS-alpha, `(alpha, z
beta)` as ARS-beta and `(alpha/sqrt z, sqrt(z) beta)` as ARS-even. Lines are means of 10 runs, bands go from the least
to the largest of them. Every variant comes below a gap of 1e-3 at every `z` shown. Epochs of GLD-Fast last `n Q log2 Q`
steps, `Q` what it is told, so small gaps take it the longer the larger `z` is: at `z = 4` and `z = 16` every ARS is
ahead of it there, while at `z = 16` two of the three are behind it at large gaps. At `z = 1` the three are one method,
run from different seeds. At `z = 1/4` the radii of GLD-Fast shrink sooner than the distance to the minimiser, and it
stops near 1e-10; ARS stops near 1e-12, where its smoothing radius of 1e-7 ends.

The setting is that of Figure 3 of Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), as described
there; the methods are those of ``figures/gld_quadratics.py``.
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
METHODS = (
    f"GLD-Fast: told ${BETA / ALPHA:g}z$",
    r"ARS-alpha: told $(\alpha/z,\, \beta)$",
    r"ARS-beta: told $(\alpha,\, z\beta)$",
    r"ARS-even: told $(\alpha/\sqrt{z},\, \beta\sqrt{z})$",
)


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
    figure, panels = style.grid(__doc__, 1, len(data.z), 4.3)
    for axes, z, gaps in zip(panels[0], data.z, data.gap, strict=True):
        for i, (name, look, samples) in enumerate(zip(METHODS, style.LOOKS, gaps, strict=True)):
            style.band(axes, data.evaluations / data.n, samples, look, name, marks=slice(3 * i, None, 12))
        axes.set(xscale="log", yscale="log", ylim=(1e-12, 10), xlabel="evaluations $/\\, n$")
        axes.set_title(f"$z = {z:g}$, ${BETA / ALPHA:g}z = {z * BETA / ALPHA:g}$")
        axes.minorticks_off()
    panels[0][0].set_ylabel("mean gap of the best value")
    style.foot(figure, style.spread("Lines: means", data.gap.shape[-1]), panels[0][0])
    return figure

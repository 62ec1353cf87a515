"""Told one range of curvatures, GLD ends below ARS on most BBOB functions.

Each cell is one of the 24 noiseless functions of BBOB, the black-box optimization benchmarking suite of COCO, in `n`
variables. Its number is by how many orders of magnitude the median gap of GLD is below that of accelerated random
search (ARS) after `500 n` evaluations: plus and blue where GLD is ahead, minus and red where it is behind, white where
they differ by less than a tenth of an order. Medians are over 10 runs of the best value seen; gaps below 1e-8 count as
1e-8, as in BBOB. Left is GLD-Search, right GLD-Fast, two forms of gradientless descent. Either is ahead by more than a
tenth of an order on 19 to 23 of the 24 functions in every dimension. That GLD-Fast beats GLD-Search the more the larger
`n` is, as the paper has it, is not seen: it is ahead by a tenth of an order on 5 to 8 of the 24 functions, whatever the
dimension.

The setting is that of Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Appendix C, as described
there: smoothness 10 and strong convexity 0.1 are supplied to every method on every function, so that `Q = 100`, and the
start is `(1, ..., 1)/sqrt(n)`. Here with instance 1, `R = sqrt Q`, `r = 1e-4`, GLD-Fast as printed with displacements
from the ball of radius `r_k/sqrt(n)`, ARS with the corrected theta of Theorem 9. It needs the extra ``bbob``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from figures.runs import ars, best_so_far, gld_fast
from zotheory.problems.bbob import Bbob

SEED = 11
SMOOTHNESS, CONVEXITY = 10.0, 0.1
FLOOR = 1e-8  # gaps below count as this, as in BBOB
LEVELS = (0.1, 1, 2, 4)  # where colours change, on either side of 0
NAMES = (
    "sphere", "ellipsoid", "Rastrigin", "B\u00fcche-Rastrigin", "linear slope", "attractive sector", "step ellipsoid",
    "Rosenbrock", "rotated Rosenbrock", "rotated ellipsoid", "discus", "bent cigar", "sharp ridge", "different powers",
    "rotated Rastrigin", "Weierstrass", "Schaffers F7", "Schaffers F7, ill-cond.", "Griewank-Rosenbrock", "Schwefel",
    "Gallagher 101", "Gallagher 21", "Katsuura", "Lunacek bi-Rastrigin",
)  # fmt: skip


class Data(NamedTuple):
    """Dimensions n (N,) and functions (F,); final gaps (N, F, methods, replicas): Search, Fast, ARS."""

    n: np.ndarray
    functions: np.ndarray
    gap: np.ndarray


def methods(problem: Bbob) -> tuple[zo.Method, ...]:
    """GLD-Search, GLD-Fast as printed, ARS, all told that the function has smoothness 10 and strong convexity 0.1."""
    Q = SMOOTHNESS / CONVEXITY
    return (
        zo.gld_search(R=np.sqrt(Q), r=1e-4),
        gld_fast(problem, diameter=np.sqrt(Q), Q=Q),
        ars(problem.d, mu=CONVEXITY, L1=SMOOTHNESS),
    )


def data(
    dimensions: Sequence[int] = (2, 5, 10, 20, 40),
    functions: Sequence[int] = tuple(range(1, 25)),
    *,
    replicas: int = 10,
    length: int = 500,
) -> Data:
    """Run each method for `length` n evaluations on every function in every dimension."""
    gap = np.empty((len(dimensions), len(functions), 3, replicas))
    for i, n in enumerate(dimensions):
        for j, number in enumerate(functions):
            problem = Bbob(number, n)
            for m, method in enumerate(methods(problem)):
                seed = np.random.SeedSequence((SEED, n, number, m))
                gap[i, j, m] = best_so_far(method, problem, [length * n], replicas, seed)[0] - problem.f_star
    return Data(np.asarray(dimensions), np.asarray(functions), gap)


def ahead(data: Data) -> np.ndarray:
    """Orders of magnitude by which the median gap of each form of GLD is below that of ARS, (methods, F, N)."""
    orders = np.log10(np.maximum(np.median(data.gap, axis=-1), FLOOR))
    return np.moveaxis(orders[:, :, 2:] - orders[:, :, :2], -1, 0).swapaxes(1, 2)


def draw(data: Data) -> Figure:
    """Left: GLD-Search. Right: GLD-Fast."""
    figure, left, right = style.page(__doc__, height=7.6)
    margins = ahead(data)
    most = max(10, int(np.ceil(np.max(np.abs(margins)))))
    levels = (-most, *(-level for level in reversed(LEVELS)), *LEVELS, most)
    norm = BoundaryNorm(levels, colormaps["RdBu"].N)
    for axes, margin, name in zip((left, right), margins, ("GLD-Search", "GLD-Fast"), strict=True):
        image = axes.pcolormesh(margin, cmap="RdBu", norm=norm, edgecolor="white")
        for (j, i), value in np.ndenumerate(margin):
            dark = style.luminance(image.cmap(norm(value))) < 0.4
            colour = "white" if dark else style.INK
            axes.text(i + 0.5, j + 0.5, style.signed(value), ha="center", va="center", fontsize=9, color=colour)
        axes.set_title(name)
        axes.set_xticks(np.arange(len(data.n)) + 0.5, [str(n) for n in data.n])
        axes.set_xlabel("dimension $n$")
        axes.grid(visible=False)
        axes.invert_yaxis()
        axes.tick_params(length=0)
    left.set_yticks(np.arange(len(data.functions)) + 0.5, [f"{NAMES[f - 1]}  f{f}" for f in data.functions])
    right.set_yticks([])
    bar = figure.colorbar(image, ax=[left, right], shrink=0.6, spacing="uniform", ticks=levels)
    bar.ax.set_yticklabels([style.signed(level, "+g") for level in levels])
    bar.set_label("median gap of ARS over that of GLD, orders of magnitude")
    least = f"$10^{{{np.log10(FLOOR):.0f}}}$"
    style.foot(figure, f"Medians of {data.gap.shape[-1]} runs; gaps below {least} count as {least}.")
    return figure

"""GLD against accelerated random search on the 24 noiseless BBOB functions.

Claim: told the same range of curvatures for all functions, both forms of GLD end with a smaller gap than accelerated
random search on most of them, in every dimension. That GLD-Fast beats GLD-Search the more the larger n is, as the paper
has it, is not seen: it is ahead by a tenth of an order on 5 to 8 of the 24 functions, whatever the dimension.
Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Appendix C, as described there: smoothness
10 and strong convexity 0.1 supplied to every method, so Q = 100, and otherwise the protocol of Figure 1.
Here: instance 1, x0 = (1, ..., 1)/sqrt(n), R = sqrt(Q) = 10, r = 1e-4, GLD-Fast as printed with displacements from the
ball of radius r_k/sqrt(n), ARS with the corrected theta of Theorem 9; 10 runs, seed 11, 500 n evaluations; the median
of the best value. Needs the extra ``bbob``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from figures.runs import ars, best_so_far, gld_fast
from zotheory.problems.bbob import Bbob

SEED = 11
SMOOTHNESS, CONVEXITY = 10.0, 0.1
FLOOR = 1e-8  # gaps below count as this, as in BBOB
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
    margins = ahead(data)
    least = int(np.min(np.sum(margins > 0.1, axis=1)))
    title = (
        f"Told one range of curvatures, GLD ends below ARS on {least} or more of {len(data.functions)} BBOB functions"
    )
    figure, left, right = style.page(title, height=7.4)
    limit = 4.0
    for axes, margin, name in zip((left, right), margins, ("GLD-Search", "GLD-Fast"), strict=True):
        image = axes.pcolormesh(margin, cmap="RdBu", norm=TwoSlopeNorm(0, -limit, limit), edgecolor="white")
        for (j, i), value in np.ndenumerate(margin):
            colour = "white" if abs(value) > 0.6 * limit else style.INK
            text = f"{value:+.1f}".replace("-0.0", "0").replace("+0.0", "0")
            axes.text(i + 0.5, j + 0.5, text, ha="center", va="center", fontsize=8, color=colour)
        axes.set_title(name)
        axes.set_xticks(np.arange(len(data.n)) + 0.5, [str(n) for n in data.n])
        axes.set_xlabel("dimension $n$")
        axes.grid(visible=False)
        axes.invert_yaxis()
        axes.tick_params(length=0)
    left.set_yticks(np.arange(len(data.functions)) + 0.5, [f"{NAMES[f - 1]}  f{f}" for f in data.functions])
    right.set_yticks([])
    figure.colorbar(
        image, ax=[left, right], shrink=0.5, label="median gap of ARS over that of GLD, orders of magnitude"
    )
    return figure

"""The rate √(d/k) of Theorem 1 is the right order: measured gaps follow it in k and in d.

The mean gap of two-point mirror descent, which steps along a slope measured by two values, against the bound of Theorem
1 and its sharp form: left over the number of steps `k` in `d = 10` variables, right over `d` at `k = 4000` steps. `R`
is the distance that the theorem allows for, `G` bounds the gradient; gaps are in units of `R G`, on the left of `R G
sqrt d`, so that the bound is one curve for all problems. Circles are linear problems chosen to be hard, one for each
`k` and each `d`; their gap stays within a factor of 8 of Theorem 1 and of 4 of the sharp form, and their slope, the
exponent of a power law fitted by least squares of logarithms, is near -1/2 in `k` and 1/2 in `d`. A fixed quadratic
(squares) falls faster. Markers are means of 100 runs, bars 95 % intervals of the mean by the normal approximation.

Theorem 1 is that of Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), as
recalled; its sharp form is ours (`zotheory.theorems.two_point`). The schedule is the theorem's with `alpha = 1/4` and
`u = 1`, directions are uniform on the sphere. The hard problems are `tight_linear`, found by the search of
``benchmarks/tightness.py``; the quadratic has curvatures from 1 to 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from zotheory.problems import tight_linear
from zotheory.theorems.two_point import mean_gap, mean_gap_sharp, prescribed

SEED = 3
ALPHA = 0.25
STEPS = (100, 316, 1000, 3162, 10_000, 31_623)
DIMENSIONS = (2, 4, 8, 16, 32, 64, 128)


class Data(NamedTuple):
    """Steps k (K,) at dimension `d`, and dimensions (D,) at `steps` steps; gaps in units of R G.

    `linear`, `quadratic` (K, replicas): at the end of k steps; `linear_d` (D, replicas): on `dimensions`.
    """

    k: np.ndarray
    d: int
    linear: np.ndarray
    quadratic: np.ndarray
    dimensions: np.ndarray
    steps: int
    linear_d: np.ndarray


def quadratic(d: int) -> zo.problems.Quadratic:
    """Curvatures from 1 to 4 along turned axes, minimiser at 1/2 off the origin, on the ball of radius 2."""
    rotation = zo.problems.random_rotation(d, np.random.default_rng(7))
    centre = rotation[0] * 0.5
    return zo.problems.Quadratic(np.linspace(1, 4, d), centre, centre + rotation[1], -1.0, rotation, radius=2.0)


def gaps(problem: Any, record: Sequence[int], replicas: int, key: Sequence[int]) -> np.ndarray:
    """(f - f*)/(R G) at the output of Theorem 1's method, array (records, replicas)."""
    method, constants = prescribed(problem, alpha=ALPHA)
    seed = np.random.SeedSequence((SEED, *key))
    values = zo.run(method, problem, steps=record[-1], replicas=replicas, seed=seed, record=record).values
    return (values - problem.f_star) / (constants["R"] * constants["G"])


def bounds(k: np.ndarray, d: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Theorem 1 and its sharp form, in units of R G."""
    constants = {"R": 1.0, "G": 1.0, "s": zo.directions.sphere.second_moment(d), "alpha": ALPHA}
    return mean_gap(k, **constants), mean_gap_sharp(k, **constants)


def data(
    k: Sequence[int] = STEPS,
    d: int = 10,
    dimensions: Sequence[int] = DIMENSIONS,
    steps: int = 4000,
    *,
    replicas: int = 100,
) -> Data:
    """Run the linear problem of each k and of each dimension, and one quadratic."""
    return Data(
        np.asarray(k),
        d,
        np.concatenate([gaps(tight_linear(d, j, alpha=ALPHA), [j], replicas, (0, i)) for i, j in enumerate(k)]),
        gaps(quadratic(d), list(k), replicas, (1,)),
        np.asarray(dimensions),
        steps,
        np.concatenate(
            [gaps(tight_linear(n, steps, alpha=ALPHA), [steps], replicas, (2, i)) for i, n in enumerate(dimensions)]
        ),
    )


def draw(data: Data) -> Figure:
    """Left: against k. Right: against d."""
    root = np.sqrt(data.d)
    first, sharp = (bound / root for bound in bounds(data.k, np.full(len(data.k), data.d)))
    first_d, sharp_d = bounds(np.full(len(data.dimensions), data.steps), data.dimensions)
    mean, error = style.interval(data.linear / root)
    mean_d, error_d = style.interval(data.linear_d)
    fixed, error_fixed = style.interval(data.quadratic / root)
    figure, left, right = style.page(__doc__)
    points = {"markersize": 5.5, "linewidth": 1.2, "capsize": 3}
    hard = {"color": style.BLUE, "marker": "o", **points}
    for axes, x, theorem, ours, gap, bar in (
        (left, data.k, first, sharp, mean, error),
        (right, data.dimensions, first_d, sharp_d, mean_d, error_d),
    ):
        axes.plot(x, theorem, color=style.INK)
        axes.plot(x, ours, color=style.INK, linestyle=style.DASHED)
        axes.errorbar(x, gap, bar, **hard)
        style.beside(axes, x[-1], theorem[-1], "Theorem 1", style.INK)
        style.beside(axes, x[-1], ours[-1], "sharp form", style.INK)
        measured = f"hard linear\nproblems,\nslope ${style.slope(x, gap):+.2f}$"
        style.beside(axes, x[-1], gap[-1], measured, style.BLUE, va="top", up=7)
        axes.set(xscale="log", yscale="log", xlim=(x[0] * (x[0] / x[-1]) ** 0.05, x[-1] * (x[-1] / x[0]) ** 0.38))
        axes.minorticks_off()
    left.errorbar(data.k, fixed, error_fixed, color=style.VERMILLION, marker="s", **points)
    style.beside(left, data.k[-1], fixed[-1], "one\nquadratic", style.VERMILLION)
    left.set_ylim(bottom=fixed[-1] / 2.5)
    left.set_title(f"Against the number of steps, $d = {data.d}$")
    left.set(xlabel="steps $k$", ylabel=r"mean gap $/\, (R\,G\sqrt{d})$")
    left.set_xticks([j for j in data.k if np.log10(j).is_integer()])
    right.set_title(f"Against the dimension, $k = {data.steps}$")
    right.set(xlabel="dimension $d$", ylabel=r"mean gap $/\, (R\,G)$")
    right.set_xticks(data.dimensions, [str(n) for n in data.dimensions])
    right.set_yticks([0.02, 0.05, 0.1, 0.2, 0.5, 1], ["0.02", "0.05", "0.1", "0.2", "0.5", "1"])
    style.foot(figure, style.bars(data.linear.shape[-1]))
    return figure

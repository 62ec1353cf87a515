"""Two-point descent attains the rate sqrt(d/k) of Theorem 1.

Claim: on linear problems chosen for it, one for each k and d, the mean gap follows sqrt(d/k), a constant below the bound;
a fixed problem is faster than that in the long run.
Source: Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Theorem 1, as
recalled, and its sharp form, ours (`zotheory.theorems.two_point`, ``proofs/two_point.py``).
Here: the schedule of the theorem with alpha = 1/4, u = 1, directions on the sphere; `tight_linear`, found by the search of
``benchmarks/tightness.py``, and a quadratic of curvatures 1 to 4. 100 replicas for each point, seed 3; 95 % intervals of
the mean. Gaps are in units of R G, the left panel's of R G sqrt(d), which makes the bound one curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from zotheory.theorems.two_point import mean_gap, mean_gap_sharp, prescribed, tight_linear

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
    first, sharp = bounds(data.k, np.full(len(data.k), data.d))
    first_d, sharp_d = bounds(np.full(len(data.dimensions), data.steps), data.dimensions)
    mean, mean_d = data.linear.mean(axis=1), data.linear_d.mean(axis=1)
    apart = int(np.ceil(max(np.max(first / mean), np.max(first_d / mean_d))))
    figure, left, right = style.page(
        rf"Two-point descent: the $\sqrt{{d/k}}$ of Theorem 1 is the right order, at most {apart} times too large"
    )
    root = np.sqrt(data.d)
    left.plot(data.k, first / root, color=style.INK)
    left.plot(data.k, sharp / root, color=style.INK, linestyle=(0, (5, 2)))
    right.plot(data.dimensions, first_d, color=style.INK, label="Theorem 1")
    right.plot(data.dimensions, sharp_d, color=style.INK, linestyle=(0, (5, 2)), label="its sharp form")
    linear = {"color": style.BLUE, "marker": "o", "markersize": 5.5, "linewidth": 1.2, "capsize": 3}
    fixed = {**linear, "color": style.VERMILLION, "marker": "s"}
    left.errorbar(data.k, mean / root, style.interval(data.linear / root)[1], **linear)
    left.errorbar(data.k, data.quadratic.mean(axis=1) / root, style.interval(data.quadratic / root)[1], **fixed)
    right.errorbar(data.dimensions, mean_d, style.interval(data.linear_d)[1], **linear)

    label = {"textcoords": "offset points", "va": "bottom"}
    left.annotate("Theorem 1", (data.k[1], first[1] / root), xytext=(6, 3), **label)
    left.annotate("its sharp form", (data.k[0], sharp[0] / root), xytext=(0, -15), **label)
    left.annotate(
        f"hard linear problem of each $k$,\nslope {_signed(style.slope(data.k, mean))}",
        (data.k[-1], mean[-1] / root),
        xytext=(4, -42),
        ha="right",
        color=style.BLUE,
        **label,
    )
    left.annotate(
        "one quadratic", (data.k[0], data.quadratic[0].mean() / root), xytext=(0, -18), color=style.VERMILLION, **label
    )
    right.annotate("Theorem 1", (data.dimensions[-2], first_d[-2]), xytext=(-8, 3), ha="right", **label)
    right.annotate("its sharp form", (data.dimensions[-1], sharp_d[-1]), xytext=(4, -30), ha="right", **label)
    right.annotate(
        f"hard linear problem of each $d$,\nslope {_signed(style.slope(data.dimensions, mean_d))}",
        (data.dimensions[-1], mean_d[-1]),
        xytext=(4, -60),
        ha="right",
        color=style.BLUE,
        **label,
    )
    left.set_title(f"Against the number of steps, $d = {data.d}$")
    left.set(xlabel="steps $k$", ylabel=r"mean gap $/\, (R\,G\sqrt{d})$", xscale="log", yscale="log")
    right.set_title(f"Against the dimension, $k = {data.steps}$")
    right.set(xlabel="dimension $d$", ylabel=r"mean gap $/\, (R\,G)$", yscale="log")
    right.set_xscale("log", base=2)
    right.set_xticks(data.dimensions, [str(n) for n in data.dimensions])
    return figure


def _signed(x: float) -> str:
    return f"${x:+.2f}$"

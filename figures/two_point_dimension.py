"""No method beats the rate √(d/(km)): measured gaps lie between bounds of that order.

The mean gap after `k` rounds of `m` values each in `d` variables, on the Gaussian linear family that is hardest for
them: left over the rounds, in the middle over the dimension, right over the number of pairs `p` in a round, which are
`m = p + 1` values. Gaps are in units of `R G`: `R` is the radius of the ball that is searched, `G` bounds the gradient.
Two-point descent steps along slopes measured by pairs of values; "one axis after the other" asks for the values at the
unit vectors in turn and answers the point of the ball that is best for the mean of what it saw. The lower bound is one
for every method, the upper one is Theorem 1 in its sharp form. Every mean lies above the lower and below the upper
bound; one axis after the other comes within a fifth of the lower one. The centre of the ball, an answer without any
value, is at twice the lower bound, so that on this family no sensible method can be further from it: what is to be seen
is that none comes closer. Markers are means of 100 runs, bars 95 % intervals of the mean by the normal approximation.
Powers of `k`, `d` and `p` beside the curves are fitted by least squares of logarithms, with 95 % intervals; -0.42 in
`p` is -1/2 in `m = p + 1`.

The rate is that of Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), as
recalled; the constants are ours (`zotheory.theorems.lower_bounds`, `zotheory.theorems.two_point_corollaries`). For each
`k`, `d` and `m` it is the family's own member, its signs drawn at random; the schedule is that of Theorem 1, directions
are on the sphere, the start is the centre. Theorem 1 knows the diameter of the ball only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

import zotheory as zo
from figures import style
from zotheory.measurements.lower_bounds import axes, family
from zotheory.theorems.lower_bounds import linear_family
from zotheory.theorems.two_point_corollaries import pairs_mean_gap, prescribed

SEED = 4
STEPS = (64, 256, 1024, 4096, 16_384)
DIMENSIONS = (2, 4, 8, 16, 32, 64, 128, 256)
PAIRS = (1, 3, 7, 15, 31, 63)


class Sweep(NamedTuple):
    """Points (k, d, pairs) as rows (N, 3); gaps in units of R G, (N, replicas), of two methods."""

    points: np.ndarray
    two_point: np.ndarray
    axes: np.ndarray


class Data(NamedTuple):
    """Rounds at `d`, dimensions at `steps`, pairs at both of the last: three sweeps flattened to arrays."""

    k: np.ndarray
    k_two_point: np.ndarray
    k_axes: np.ndarray
    d: np.ndarray
    d_two_point: np.ndarray
    d_axes: np.ndarray
    pairs: np.ndarray
    pairs_two_point: np.ndarray
    pairs_axes: np.ndarray


def sweep(points: Sequence[tuple[int, int, int]], replicas: int, key: int) -> Sweep:
    """Run both methods on the family's member for each (k, d, pairs)."""
    gaps: dict[str, list[np.ndarray]] = {"two_point": [], "axes": []}
    for i, (k, d, pairs) in enumerate(points):
        v = np.random.default_rng((SEED, key, i)).choice([-1.0, 1.0], d)
        problem = family(k, pairs + 1, d, v)
        methods = prescribed(problem, pairs=pairs)[0], axes(pairs + 1, problem.radius)
        for j, (name, method) in enumerate(zip(gaps, methods, strict=True)):
            seed = np.random.SeedSequence((SEED, key, i, j))
            values = zo.run(method, problem, steps=k, replicas=replicas, seed=seed, record=[k]).values[0]
            gaps[name].append((values - problem.f_star) / (problem.radius * problem.L0))
    return Sweep(np.array(points), np.array(gaps["two_point"]), np.array(gaps["axes"]))


def data(
    k: Sequence[int] = STEPS,
    d: int = 8,
    dimensions: Sequence[int] = DIMENSIONS,
    pairs: Sequence[int] = PAIRS,
    fixed: tuple[int, int] = (1024, 64),
    *,
    replicas: int = 100,
) -> Data:
    """Sweep the rounds at dimension d, the dimension at fixed[0] rounds, the pairs at fixed = (rounds, dimension)."""
    steps, dimension = fixed
    return Data(
        *sweep([(j, d, 1) for j in k], replicas, 0),
        *sweep([(steps, n, 1) for n in dimensions], replicas, 1),
        *sweep([(steps, dimension, p) for p in pairs], replicas, 2),
    )


def fitted(x: np.ndarray, samples: np.ndarray) -> tuple[float, float]:
    """Exponent of the power law through the means, and half of its 95 % interval."""
    mean, error = style.interval(samples)
    centred = np.log(x) - np.mean(np.log(x))
    weights = centred / (centred @ centred)
    return style.slope(x, mean), float(np.sqrt(np.sum((weights * error / mean) ** 2)))


def bounds(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sharp Theorem 1, on the diameter, and the lower bound at each (k, d, pairs), in units of R G."""
    k, d, pairs = points.T.astype(float)
    upper = pairs_mean_gap(k, R=2.0, G=1.0, s=zo.directions.sphere.second_moment(d), m=pairs)
    return upper, linear_family(k=k, m=pairs + 1, d=d, R=1.0, G=1.0)


def draw(data: Data) -> Figure:
    """Against k, against d, against the number of pairs."""
    sweeps = [Sweep(*data[i : i + 3]) for i in (0, 3, 6)]
    figure, panels = style.grid(__doc__, 1, 3, 4.5)
    k, d, _ = data.pairs[0]
    columns = (
        (f"Rounds; $d = {data.k[0, 1]}$, $m = 2$", "rounds $k$", "k", 0),
        (f"Dimension; $k = {data.d[0, 0]}$, $m = 2$", "dimension $d$", "d", 1),
        (f"Pairs; $k = {k}$, $d = {d}$", "pairs $p$, values $m = p + 1$", "p", 2),
    )
    for panel, one, (title, label, letter, column) in zip(panels[0], sweeps, columns, strict=True):
        x = one.points[:, column]
        upper, lower = bounds(one.points)
        panel.plot(x, upper, color=style.INK, label="Theorem 1, sharp form")
        panel.plot(x, lower, color=style.VERMILLION, linestyle=style.DASHED, label="lower bound for every method")
        middle, falls = len(x) // 2, upper[-1] < upper[0]
        for samples, name, colour, marker, up in (
            (one.two_point, "two-point descent", style.BLUE, "o", 12),
            (one.axes, "one axis after the other", style.GREEN, "s", -24),
        ):
            look = {"marker": marker, "markersize": 5, "linewidth": 1.2, "capsize": 2.5}
            mean, error = style.interval(samples)
            panel.errorbar(x, mean, error, color=colour, label=name, **look)
            power = "${}^{{{:+.2f} \\pm {:.2f}}}$".format(letter, *fitted(x, samples))
            right = falls == (up > 0)  # on the side where the curve is not
            panel.annotate(
                power, (x[middle], mean[middle]), (6 if right else -6, up), color=colour,
                textcoords="offset points", ha="left" if right else "right",
            )  # fmt: skip
        panel.set(xscale="log", yscale="log", xlabel=label)
        panel.set_title(title)
        panel.minorticks_off()
        every = x[:: 1 + (len(x) > 6)]
        panel.set_xticks(every, [str(i) for i in every])
        panel.set_ylim(lower.min() / 2, upper.max() * 1.3)
    panels[0, 0].set_ylabel(r"mean gap $/\, (R\,G)$")
    style.foot(figure, style.bars(data.k_two_point.shape[-1]), panels[0, 0])
    return figure

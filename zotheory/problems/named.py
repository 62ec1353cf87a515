"""What the named instances are: see `zotheory.problems.instances`, which builds them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Annotated, Any, NamedTuple

import numpy as np

from zotheory.arguments import checked
from zotheory.geometry import norm
from zotheory.kinds import LARGEST
from zotheory.oracles import Expected
from zotheory.problems.embedded import Embedded
from zotheory.problems.linear import NoisyLinear, tight_linear
from zotheory.problems.logistic import breast_cancer
from zotheory.problems.norms import KINDS, Norm
from zotheory.problems.quadratic import Quadratic, block_quadratic, golovin_family, hard_instance, random_rotation
from zotheory.problems.signs import SignLinear
from zotheory.problems.smooth import HalfSquare
from zotheory.problems.two_samples import Bent, Targets
from zotheory.problems.wavy import Wavy
from zotheory.problems.worst import Cup, Slope
from zotheory.quantities import Quantity, at_least, nonnegative, whole


class Instance(NamedTuple):
    """What an instance is called in sentences, and how it is built.

    Attributes
    ----------
    words : a noun phrase that can stand after "on"
    build : callable ``(d, width=None, **options) -> problem``; with `width` only so many axes of each block
    sizes : callable ``d -> sizes of the blocks``; None where the instance has no reduced form
    fixed : vectors that the reduced form holds in place: 1 where the minimiser is off the origin
    worst : whether it is the worst case of a statement
    dimensions : the d that there are
    """

    words: str
    build: Callable[..., Any]
    sizes: Callable[[int], tuple[int, ...]] | None = None
    fixed: int = 0
    worst: bool = False
    dimensions: Quantity = whole(1, LARGEST)


Above = Annotated[float, at_least(1)]  # a condition number


# --- quadratics ------------------------------------------------------------------------------------------------------


@checked
def _family(d: int, Q: Above = 8.0) -> Quadratic:
    """f_{1,Q,d} of Golovin et al., rotated, its minimiser off the origin."""
    rotation = random_rotation(d, np.random.default_rng(7))
    return golovin_family(1, Q, d, minimiser=np.linspace(-0.5, 0.8, d), f_star=-2.0, rotation=rotation)


@checked
def _hard(d: int, width: int | None = None, Q: Above = 10.0) -> Quadratic:
    return hard_instance(d, Q, width)


@checked
def _hard_rotated(d: int, Q: Above = 10.0) -> Quadratic:
    rotation, centre = random_rotation(d, np.random.default_rng(7)), np.linspace(-0.5, 0.8, d)
    return Quadratic(np.r_[1.0, np.full(d - 1, Q)], centre, centre + 3 * rotation[0], 1.5, rotation)


def _halves(d: int, width: int | None = None) -> Quadratic:
    return block_quadratic((1.0, 10.0), _halved(d), start=(1.0, 0.0), width=width)


def _off_centre(
    d: int,
    width: int | None = None,
    *,
    curvatures: tuple[float, float],
    start: tuple[float, float],
    radius: float | None = None,
) -> Quadratic:
    """Two halves of the dimensions, the minimiser off the origin in both."""
    return block_quadratic(
        curvatures, _halved(d), start=start, centre=(0.4, 0.3), radius=radius, f_star=-1.0, width=width
    )


def _round(d: int) -> Quadratic:
    return Quadratic(np.full(d, 3.0), np.full(d, 0.4), np.full(d, 0.4) + np.eye(d)[0], -1.0)


@checked
def _bowl(d: int, start: float = 1.0) -> Quadratic:
    """Curvature 4 in every direction, x0 at distance `start` from the minimiser."""
    return Quadratic(np.full(d, 4.0), np.full(d, 0.3), np.full(d, 0.3) + start / np.sqrt(d), -1.0)


def _at_rest(d: int, width: int | None = None) -> Quadratic:
    """The same, from the minimiser."""
    return _bowl(d, 0.0) if width is None else _off_centre(d, width, curvatures=(4.0, 4.0), start=(0.0, 0.0))


def _valley(d: int) -> Quadratic:
    """One shallow axis, along which x0 lies: of the least curvature, positive, but small beside that of the others."""
    return Quadratic(np.r_[0.04, np.full(d - 1, 4.0)], np.full(d, 0.3), np.full(d, 0.3) + np.eye(1, d)[0], -1.0)


def _ellipsoid(d: int, largest: float, spaced: Callable[..., np.ndarray], radius: float | None = None) -> Quadratic:
    rotation = random_rotation(d, np.random.default_rng(7))
    centre = rotation[0] * 0.5
    return Quadratic(spaced(1, largest, d), centre, centre + rotation[1], -1.0, rotation, radius=radius)


def _few_curved(d: int, width: int | None = None) -> Embedded:
    """Ten curved directions, and d - 10 in which f is constant."""
    g = block_quadratic((1.0, 2.0), (5, 5), start=(0.7, 0.7), centre=(0.4, 0.3), f_star=-1.0, width=width)
    return Embedded(g, np.eye(d if width is None else 3 * width, 10 if width is None else 2 * width), true_d=d)


def _halved(d: int) -> tuple[int, int]:
    return (d // 2, d - d // 2)


def _one_axis(d: int) -> tuple[int, int]:
    return (1, d - 1)


def _all(d: int) -> tuple[int]:
    return (d,)


# --- others ----------------------------------------------------------------------------------------------------------


TUMOURS = whole(30, 30)  # measurements of each


@cache
def _tumours(radius: float | None = None) -> Any:
    return breast_cancer(radius=radius)


@checked
def _norm(d: int, kind: str, start: float = 1.0) -> Norm:
    """The kink off the origin, x0 at distance `start` from it."""
    kink = np.linspace(0.1, 0.3, d) / np.sqrt(d)
    return Norm(kind, kink, kink + np.full(d, start / np.sqrt(d)), 1.25, -1.0)


def _norm_across(d: int, width: int | None = None, *, kind: str) -> Norm:
    """The kink off the origin by 1/2, the start on the edge of the domain: 3/2 from the kink, or 2 from the minimiser.

    The latter for "max", which is least where the others start.
    """
    kink = np.full(d, 0.5 / np.sqrt(d)) if width is None else 0.5 * np.eye(1, width)[0]
    x0 = 2 * kink if kind == "max" else -2 * kink
    return Norm(kind, kink, x0, radius=1.0, offset=-1.0, true_d=None if width is None else d)


def _norm_off_centre(d: int, width: int | None = None) -> Norm:
    """The kink off the origin, x0 at distance 1 from it across the line to the origin."""
    axes = np.eye(2, width or d)
    return Norm("l2", 0.4 * axes[0], 0.4 * axes[0] + axes[1], 2.0, -1.0, true_d=d)


def _cone(d: int) -> Norm:
    return Norm("l2", np.full(d, 0.1), np.full(d, 0.1) + np.eye(d)[0], 5.0, -1.0)


@checked
def _noisy_linear(d: int, width: int | None = None, *, ratio: Annotated[float, nonnegative()]) -> NoisyLinear:
    """Noise of sqrt(E|G - g|^2) = ratio |g|."""
    mean = np.linspace(1, 2, d) if width is None else 2.0 * np.eye(1, width)[0]
    return NoisyLinear(mean, ratio * float(norm(mean)) / np.sqrt(d), radius=1.0, true_d=d)


@checked
def _targets(d: int, width: int | None = None, *, p: float, start: float = 0.0) -> Targets:
    return Targets(p, width or d, start=start, true_d=d)


def _sparse_linear(d: int, domain: str, signal: float = 1.0, *, start: float) -> SignLinear:
    """The solution is a vertex of the domain, by one coordinate; x0 goes from the centre (0) to the worst one (1)."""
    mean = np.zeros(d)
    mean[d // 2] = -signal if domain == "simplex" else signal
    return SignLinear(mean, domain, 1.5 if domain == "l1 ball" else 1.0, start)


def _sparse_quadratic(d: int, domain: str) -> Quadratic:
    """The solution is sparse, or nearly so."""
    rotation = random_rotation(d, np.random.default_rng(7))
    radius = 1.5 if domain == "l1 ball" else 1.0
    minimiser = radius * (0.6 * np.eye(d)[1] + 0.3 * np.eye(d)[2])
    minimiser = minimiser if domain == "l1 ball" else minimiser + 0.1 / d
    x0 = -radius * np.eye(d)[1] if domain == "l1 ball" else np.full(d, 1 / d)
    return Quadratic(np.linspace(1, 4, d), minimiser, x0, -1.0, rotation, radius=radius)


NORMS = {"l1": "the l1 norm", "l2": "the Euclidean norm", "sup": "the maximum norm", "max": "the largest coordinate"}

INSTANCES: dict[str, Instance] = {
    # quadratics, unconstrained
    "family": Instance("a rotated quadratic", _family),
    "hard": Instance("a quadratic with one shallow axis", _hard, _one_axis, worst=True),
    "hard, rotated": Instance("a rotated quadratic with one shallow axis", _hard_rotated),
    "oval": Instance("a slightly oval quadratic", partial(_hard, Q=1.5), _one_axis, worst=True),
    "thin": Instance("a thin quadratic", partial(_hard, Q=100.0), _one_axis, worst=True),
    "needle": Instance("a needle-thin quadratic", partial(_hard, Q=1e4), _one_axis, worst=True),
    "halves": Instance("a quadratic with two curvatures", _halves, _halved, dimensions=whole(2)),
    "halves, off centre": Instance(
        "a quadratic with two curvatures off the origin",
        partial(_off_centre, curvatures=(1.0, 4.0), start=(0.7, 0.7)),
        _halved,
        1,
        dimensions=whole(4),
    ),
    # all of the gap where the curvature is largest: R^2 is small beside it; and the other way round
    "steep": Instance(
        "a quadratic from its steep side",
        partial(_off_centre, curvatures=(0.04, 4.0), start=(0.0, 1.0)),
        _halved,
        1,
        dimensions=whole(4),
    ),
    "shallow": Instance(
        "a quadratic from its shallow side",
        partial(_off_centre, curvatures=(0.04, 4.0), start=(1.0, 0.0)),
        _halved,
        1,
        dimensions=whole(4),
    ),
    "round": Instance("a round quadratic", _round, worst=True),
    "bowl": Instance("a round bowl", _bowl, worst=True),
    "at rest": Instance("a round bowl from its minimiser", _at_rest, _halved, 1, worst=True),
    "valley": Instance("a valley from its far end", _valley),
    "ellipsoid": Instance(
        "a rotated quadratic of condition number 4",
        partial(_ellipsoid, largest=4.0, spaced=np.geomspace),
        dimensions=whole(2),
    ),
    "long ellipsoid": Instance(
        "a rotated quadratic of condition number 100",
        partial(_ellipsoid, largest=100.0, spaced=np.geomspace),
        dimensions=whole(2),
    ),
    "few curved directions": Instance(
        "a function curved in ten directions only", _few_curved, lambda d: (5, 5, d - 10), 1, dimensions=whole(10)
    ),
    # quadratics in a ball
    "ellipsoid in a ball": Instance(
        "a quadratic in a ball", partial(_ellipsoid, largest=4.0, spaced=np.linspace, radius=2.0), dimensions=whole(2)
    ),
    "halves in a ball": Instance(
        "a quadratic with two curvatures in a ball",
        partial(_off_centre, curvatures=(1.0, 4.0), start=(0.7, 0.7), radius=2.0),
        _halved,
        1,
        dimensions=whole(4),
    ),
    # other deterministic ones; of the data all rows, not one
    "logistic": Instance("logistic regression", lambda d: Expected(_tumours()), dimensions=TUMOURS),
    "wavy": Instance("a wavy nonconvex function", lambda d: Wavy(d, c=0.3, f_star=-1.0)),
    "orthant": Instance(
        "a function flat on an orthant", lambda d: HalfSquare(d, active=2, L1=2.0, c=0.3), dimensions=whole(2)
    ),
    "half-square": Instance("half-squares of all coordinates", lambda d: HalfSquare(d, active=d, c=0.3)),
    "slope": Instance("a straight slope", lambda d: Slope(d, L1=20.0, w=0.05), worst=True),
    "cup": Instance("a cup with a steep wall", Cup, worst=True),
    "cone": Instance("a cone", _cone),
    **{kind: Instance(NORMS[kind], partial(_norm, kind=kind)) for kind in KINDS},
    **{
        f"{kind}, across": Instance(f"{NORMS[kind]} from the edge of a ball", partial(_norm_across, kind=kind))
        for kind in KINDS
        if kind != "l2"
    },
    "l2, across": Instance("the Euclidean norm from the edge of a ball", partial(_norm_across, kind="l2"), _all, 1),
    "l2, off centre": Instance("the Euclidean norm off the origin", _norm_off_centre, _all, 1),
    # stochastic
    "logistic, one row": Instance("logistic regression by single rows", lambda d: _tumours(), dimensions=TUMOURS),
    "logistic, one row, in a ball": Instance(
        "logistic regression by single rows in a ball", lambda d: _tumours(2.0), dimensions=TUMOURS
    ),
    "tight linear": Instance(
        "a linear function hidden in noise", tight_linear, _all, 1, worst=True
    ),  # option k, of steps
    "signal": Instance(
        "a linear function as large as its noise", lambda d: NoisyLinear(np.eye(1, d)[0], 1 / np.sqrt(d), radius=1.5)
    ),
    "noisy linear": Instance("a noisy linear function", _noisy_linear, _all, 1),  # option ratio, of noise to slope
    "targets": Instance(
        "squared distances to two targets", _targets, _all, 1
    ),  # option p, how often the far one is drawn
    "bent": Instance(
        "two functions bent in opposite ways", lambda d, width=None: Bent(width or d, true_d=d), _all, 1, worst=True
    ),
    "linear on the l1 ball": Instance(
        "a sparse linear function on the l1 ball", partial(_sparse_linear, domain="l1 ball", start=1.0), worst=True
    ),
    "signal on the l1 ball": Instance(
        "a noisy sparse linear function on the l1 ball",
        partial(_sparse_linear, domain="l1 ball", signal=0.5, start=0.0),
    ),
    "quadratic on the l1 ball": Instance(
        "a quadratic on the l1 ball", partial(_sparse_quadratic, domain="l1 ball"), dimensions=whole(3)
    ),
    "linear on the simplex": Instance(
        "a sparse linear function on the simplex", partial(_sparse_linear, domain="simplex", start=0.0), worst=True
    ),
    "linear on the simplex, from a vertex": Instance(
        "a sparse linear function on the simplex from a vertex", partial(_sparse_linear, domain="simplex", start=1.0)
    ),
    "signal on the simplex": Instance(
        "a noisy sparse linear function on the simplex",
        partial(_sparse_linear, domain="simplex", signal=0.5, start=0.0),
    ),
    "quadratic on the simplex": Instance(
        "a quadratic on the simplex", partial(_sparse_quadratic, domain="simplex"), dimensions=whole(3)
    ),
}

"""Estimates of the gradient at a point: how they are drawn, and their mean square against a bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from zotheory.directions import Law
from zotheory.elementary import Array
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Mean
from zotheory.measurements.experiments import Seed, basis
from zotheory.oracles import is_stochastic
from zotheory.streams import generator


class Point(NamedTuple):
    """Where a gradient is estimated, and how.

    Attributes
    ----------
    problem : deterministic or stochastic, plain or in reduced coordinates
    estimate : callable ``(f, x, *directions) -> g``
    laws : of the directions, in the order in which they are drawn
    given : arguments of the bound
    limits : what is known of |g|^2 before anything is drawn, as in `zotheory.measurements.experiments.gap`
    x : the point; None: the problem's x0
    pairs : directions of each law that one estimate takes; None: one, without an axis of its own
    """

    problem: Any
    estimate: Callable[..., Array]
    laws: Sequence[Law]
    given: Mapping[str, Any]
    limits: Mapping[str, Any] = {}
    x: np.ndarray | None = None
    pairs: int | None = None


def directions(problem: Any, laws: Sequence[Law], replicas: int, rng: Any, pairs: int | None = None) -> list[Array]:
    """Draw directions for the problem, (replicas, d) each or (replicas, pairs, d), reduced where the problem is.

    `rng` is a generator, or a source of reduced normals.
    """
    shape = (replicas,) if pairs is None else (replicas, pairs)
    return [law.draw(rng, shape, problem.d) for law in laws]


def source(problem: Any, replicas: int, seed: Seed) -> Any:
    """Return the random numbers for the problem: a generator, or one of reduced normals."""
    rng, frame = generator(seed), getattr(problem, "frame", None)
    return rng if frame is None else frame.generator(rng, (replicas,))


def estimates(point: Point, replicas: int, seed: Seed) -> Array:
    """Return one estimate a replica (replicas, d), each with a sample of its own where the problem draws one."""
    problem, rng = point.problem, source(point.problem, replicas, seed)
    u = directions(problem, point.laws, replicas, rng, point.pairs)
    f = problem.at(problem.sample(rng, (replicas,))) if is_stochastic(problem) else problem
    x = problem.x0 if point.x is None else point.x
    return point.estimate(f, np.tile(x, (replicas, 1)), *u)


def second_moment(
    label: str,
    point: Callable[[], Point],
    *,
    d: int,
    rung: str,
    replicas: int,
    full: int | None = None,
    draws: int = 1,
    claimed: Callable[[Bound, Point], float] = lambda bound, where: float(bound(**where.given)),
) -> Experiment:
    """|g|^2 at a point against the bound, a replica being the mean of `draws` estimates."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Mean:
        where = point()
        g = estimates(where, replicas * draws, seed)
        squares = np.mean(np.reshape(np.vecdot(g, g), (replicas, draws)), axis=1)
        limit = claimed(bound, where)
        calls = draws * (2 if where.pairs is None else where.pairs + 1)
        return Mean(squares, limit, calls=calls, **basis(where.limits, limit, draws))

    return Experiment(label, d=d, measure=measure, replicas=replicas, full=full, rung=rung)

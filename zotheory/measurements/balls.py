"""Balls of lower values, and what two balls share: the measurements of the lemmas behind GLD-Search."""

from __future__ import annotations

from typing import Any

import numpy as np

from zotheory.directions import ball, gaussian
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Always, Frequency, Value
from zotheory.measurements.experiments import Seed, exact
from zotheory.measurements.gld_search import BASE
from zotheory.problems.instances import instance, rung, words
from zotheory.reduced import DECADES, Frame
from zotheory.streams import generator
from zotheory.theorems.gld_search import OVERLAP


def tangent_ball_use(problem: Any, x: np.ndarray, e: np.ndarray, bound: Bound) -> np.ndarray:
    """How much of its allowance f uses at the point of the tangent ball's surface in direction e from the centre.

    f(y) <= f(x) exactly where f(y) - f(x) - <g, y - x> <= -<g, y - x>, and the quotient of the two sides is returned:
    at most 1 inside the sublevel set. x, e: (N, d), e of unit length.
    """
    g = problem.gradient(x)
    unit = g / np.linalg.norm(g, axis=-1, keepdims=True)
    size = bound(distance=np.linalg.norm(x - problem.minimiser, axis=-1), Q=problem.Q)[:, None]
    offset = size * (e - unit)
    down = -np.sum(g * offset, axis=-1)
    return (problem(x + offset) - problem(x) + down) / down


def tangent_ball(name: str, d: int) -> Experiment:
    """Random points of the tangent ball's surface; but for "hard" from starts all over the place, at every scale."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Always:
        rng = generator(seed)
        problem = instance(name, d, BASE)
        x = np.tile(problem.x0, (replicas, 1))
        if name != "hard":
            x = problem.minimiser + gaussian.draw(rng, (replicas,), d, 10 ** rng.uniform(-2, 1, replicas))
        source = problem.frame.generator(rng, (replicas,)) if d in DECADES else rng
        z = source.standard_normal((replicas, d))
        if d not in DECADES:  # half of the points close to x, where the curvature decides
            g = problem.gradient(x)
            z = np.where(np.arange(replicas)[:, None] % 2, z, 0.1 * z + g / np.linalg.norm(g, axis=-1, keepdims=True))
        return Always(tangent_ball_use(problem, x, z / np.linalg.norm(z, axis=-1, keepdims=True), bound), calls=2)

    label = f"points of the tangent ball of {words(name)}"
    return Experiment(label, d=d, measure=measure, replicas=4000, full=100_000, rung=rung(name, d))


def overlap_event(n: int, a: np.ndarray, delta: float, rng: np.random.Generator, power: float = -0.5) -> np.ndarray:
    """Whether y, uniform in the ball of radius a n^power, lies in the ball of radius 1 - delta/n about e_1.

    Written as y_1 >= (|y|^2 + 2 delta/n - delta^2/n^2)/2, which loses no digits at large n.
    """
    source = Frame((n,), 1, (), 1, True).generator(rng, a.shape)
    y = ball.draw(source, a.shape, n, a * float(n) ** power / np.sqrt(n + 2))
    return y[:, 0] >= (np.sum(y * y, axis=-1) + 2 * delta / n - (delta / n) ** 2) / 2


def _least(bound: Bound, n: int) -> float:
    return float(np.min(bound(n, a=np.linspace(0.5, 1, 65))))


def overlap_measured(n: int, power: float = -0.5) -> Experiment:
    """How often uniform points of B1 lie in B2, against the least share that is claimed for any radius."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Frequency:
        rng = generator(seed)
        hits = overlap_event(n, rng.uniform(0.5, 1, replicas), 0.25, rng, power)
        return Frequency(int(hits.sum()), replicas, _least(bound, n))

    label = "random points of the first ball, of random radius"
    where = "reduced" if n in DECADES else "measured"
    return Experiment(label, d=n, measure=measure, replicas=100_000, full=2_000_000, rung=where)


def overlap_exactly(n: int) -> Experiment:
    """Least share for any of many radii, against Phi(-3/4)."""
    return exact("the least overlap over 65 radii", n, lambda bound: Value(_least(bound, n), OVERLAP, at_least=True))

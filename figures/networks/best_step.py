"""The best single step at a point: what the theorems predict from gradient and curvature there, and what is measured.

A step of relative loss of length alpha lowers f by `decrease_sharp` in expectation, exactly so where the curvature is L
in every direction. Here L is the mean of |s^T H s| over random directions s, which is trace(H)/d where none is
negative. It stands for the constant of the theorem, which bounds the curvature at all points of a step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy import stats

from figures.networks.layered import layers, rounded, whole_loss
from zotheory.problems.networks import Labelled
from zotheory.problems.networks.labelled import Rows
from zotheory.theorems.relative_loss import decrease_sharp

KAPPA = 1.22  # at the length KAPPA |g|/(L sqrt(d)) `decrease_sharp` is largest, for d > 100
CURVED, TRIED = 64, 128  # random directions: for the curvature, and of steps
OCTAVES = np.arange(-4, 5)  # lengths of steps around the one that is predicted to be best


class Derivatives(NamedTuple):
    """At a point: gradient (p,), its length, curvature along it, and curvatures along directions, (n,)."""

    gradient: np.ndarray
    slope: float
    steepest: float
    curvatures: np.ndarray


def derivatives(problem: Labelled, x: np.ndarray, directions: np.ndarray) -> Derivatives:
    """Of first and second order at x (p,), along unit vectors (n, p), in double precision by JAX."""
    with jax.enable_x64(True):
        gradient = jax.grad(whole_loss(problem))
        point = jnp.asarray(x)
        g = np.asarray(gradient(point))
        slope = float(np.linalg.norm(g))
        along = jax.vmap(lambda s: jnp.dot(jax.jvp(gradient, (point,), (s,))[1], s))
        steepest, *curvatures = np.asarray(along(jnp.asarray([g / slope, *directions]))).tolist()
    return Derivatives(g, slope, steepest, np.array(curvatures))


def kept(problem: Labelled, x: np.ndarray, ways: np.ndarray, length: float) -> np.ndarray:
    """Falls (n,) of the loss in steps of this length along unit vectors (n, p), each taken if it lowers the loss."""
    return np.maximum(problem(x) - problem(x + length * ways), 0)


def best(problem: Labelled, x: np.ndarray, ways: np.ndarray, length: float) -> tuple[float, float]:
    """The length 2^k `length`, k of `OCTAVES`, at which the mean fall is largest, and that fall."""
    found = [(float(np.mean(kept(problem, x, ways, length * 2.0**k))), length * 2.0**k) for k in OCTAVES]
    fall, at_best = max(found)
    return at_best, fall


def blur(problem: Labelled, x: np.ndarray, ways: np.ndarray, length: float) -> float:
    """Deviation of the error of the loss in single precision, over points around x: what a step cannot see."""
    points = (x + length * ways).astype(np.float32)
    rows = Rows(problem.inputs.astype(np.float32), problem.labels)
    return float(np.std(problem.value(points, rows) - problem(points.astype(float))))


def best_step(problem: Labelled, x: np.ndarray, seed: int) -> Mapping[str, Any]:
    """What one step lowers the loss by at x (p,): predicted and measured, along random directions and the gradient."""
    rng = np.random.default_rng(seed)
    d = problem.d
    ways = rng.standard_normal((CURVED + TRIED, d))
    ways /= np.linalg.norm(ways, axis=-1, keepdims=True)
    gradient, slope, steepest, curvatures = derivatives(problem, x, ways[:CURVED])
    L = float(np.mean(np.abs(curvatures)))
    length = KAPPA * slope / (L * np.sqrt(d))
    at_best, fall = best(problem, x, ways[CURVED:], length)
    parts = np.sqrt(np.bincount(layers(problem.network.parameters), gradient**2))
    return {
        "gradient": slope,
        "layers": rounded(parts),
        "curvature": L,
        "mean curvature": float(np.mean(curvatures)),
        "curvature along gradient": steepest,
        "predicted": float(decrease_sharp(alpha=length, g=slope, L=L, d=d)),
        "at predicted length": float(np.mean(kept(problem, x, ways[CURVED:], length))),
        "fall": fall,
        "fall error": float(stats.norm.ppf(0.975) * stats.sem(kept(problem, x, ways[CURVED:], at_best))),
        "fall along gradient": best(problem, x, -gradient[None] / slope, slope / abs(steepest))[1],
        "blur": blur(problem, x, ways[CURVED:], length),
        "loss": float(problem(x)),
    }

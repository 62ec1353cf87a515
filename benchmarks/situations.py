"""Situations: kinds of functions, of which each instance is drawn at random, and the methods that are compared on them.

`benchmarks/choose.py` runs them. Rotations, minima and starts differ from instance to instance; minima are no special
points, and least values are known, by construction or from a solver of another kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import scipy.optimize

import zotheory as zo


class Instance(NamedTuple):
    """A function of one point (d,), a start, its least value there, and the deviation of its noise."""

    f: Callable[[np.ndarray], float]
    x0: np.ndarray
    f_star: float = 0.0
    noise: float = 0.0
    bounds: list[tuple[float, float]] | None = None


@dataclass(frozen=True)
class Situation:
    """A kind of function, and what is compared on it.

    Attributes
    ----------
    title : in a heading
    says : what an instance is
    build : random generator -> instance
    few, budget : evaluations, of a short run and of a long one
    methods : by name
    instances : how many are drawn
    """

    title: str
    says: str
    build: Callable[[np.random.Generator], Instance]
    few: int
    budget: int
    methods: tuple[str, ...]
    instances: int = 11


# --- functions -------------------------------------------------------------------------------------------------------


def away(rng: np.random.Generator, d: int, length: float) -> np.ndarray:
    """A random vector of this length."""
    u = rng.standard_normal(d)
    return length * u / np.linalg.norm(u)


def centred(rng: np.random.Generator, d: int) -> tuple[np.ndarray, np.ndarray]:
    """A minimiser and a rotation."""
    return 0.3 * rng.standard_normal(d), zo.problems.random_rotation(d, rng)


def quadratic(rng: np.random.Generator, *, d: int, Q: float, far: float = 1.0, noise: float = 0.0) -> Instance:
    """Half curvatures from 1 to Q, evenly spaced in the logarithm; `noise` in units of the first gap."""
    c, A = centred(rng, d)
    roots = np.sqrt(np.geomspace(1, Q, d))[:, None] * A
    x0 = c + away(rng, d, far)
    first = float(np.sum((roots @ (x0 - c)) ** 2))
    return Instance(lambda x: float(np.sum((roots @ (x - c)) ** 2)) - 1.0, x0, -1.0, noise * first)


def bent(rng: np.random.Generator, *, d: int) -> Instance:
    """An increasing function of a quadratic: its eighth root."""
    inner = quadratic(rng, d=d, Q=10.0)
    return Instance(lambda x: max(inner.f(x) + 1.0, 0.0) ** 0.125, inner.x0)


def rosenbrock(rng: np.random.Generator, *, d: int, noise: float = 0.0) -> Instance:
    """A bent, narrow valley, from about the origin."""
    x0 = rng.uniform(-0.5, 0.5, d)

    def f(x: np.ndarray) -> float:
        return float(np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))

    return Instance(f, x0, noise=noise * f(x0))


def kinks(rng: np.random.Generator, *, d: int, noise: float = 0.0) -> Instance:
    """The mean of |y_i|, y = A (x - c), at a distance of 1."""
    c, A = centred(rng, d)
    x0 = c + away(rng, d, 1.0)

    def f(x: np.ndarray) -> float:
        return float(np.mean(np.abs(A @ (x - c))))

    return Instance(f, x0, noise=noise * f(x0))


def errors(rng: np.random.Generator, *, d: int, rows: int = 300) -> Instance:
    """Share of rows that a linear classifier gets wrong; some weights get none wrong."""
    features, weights = rng.standard_normal((rows, d)), rng.standard_normal(d)
    labels = features @ weights > 0
    return Instance(lambda x: float(np.mean((features @ x > 0) != labels)), away(rng, d, 1.0))


def ripples(rng: np.random.Generator, *, d: int) -> Instance:
    """Rastrigin's function, rotated, in a box of width 10.24: 10 d + sum_i (y_i^2 - 10 cos(2 pi y_i))."""
    c, A = rng.uniform(-2, 2, d), zo.problems.random_rotation(d, rng)

    def f(x: np.ndarray) -> float:
        y = A @ (x - c)
        return float(10 * d + np.sum(y * y - 10 * np.cos(2 * np.pi * y)))

    return Instance(f, rng.uniform(-5, 5, d), bounds=[(-5.12, 5.12)] * d)


def boxed(rng: np.random.Generator, *, d: int) -> Instance:
    """A quadratic of condition 100 in the box [-1, 1]^d, whose minimum without bounds lies outside of it."""
    A = np.sqrt(np.geomspace(1, 100, d))[:, None] * zo.problems.random_rotation(d, rng)
    b = A @ rng.uniform(-2, 2, d)
    least = scipy.optimize.lsq_linear(A, b, bounds=(-1, 1), tol=1e-15, max_iter=1000).x

    def f(x: np.ndarray) -> float:
        return float(np.sum((A @ x - b) ** 2))

    return Instance(f, rng.uniform(-0.5, 0.5, d), f(least), bounds=[(-1.0, 1.0)] * d)


# --- what is compared on them ---------------------------------------------------------------------------------------

USUAL = (
    *("zo.minimize", "relative loss, momentum", "pycma", "SciPy L-BFGS-B, by differences", "SciPy Nelder-Mead"),
    *("SciPy Powell", "NLopt BOBYQA", "NLopt SBPLX"),
)
NOISY = (
    *("zo.minimize", "zo.minimize, noisy=True", "relative loss, 1/√t, not kept"),
    *("three points, 1/√t", "pycma, its mean", "SciPy L-BFGS-B, by differences"),
    *("SciPy Nelder-Mead", "NLopt BOBYQA"),
)
GLOBAL = ("SciPy differential evolution", "SciPy dual annealing", "SciPy DIRECT")

SITUATIONS = {  # in the order in which they are measured
    "noise": Situation(
        "Noise: a bowl in 50 variables",
        "|x - c|^2 in 50 variables, whose first gap is 12.5, with noise of deviation 0.5",
        partial(quadratic, d=50, Q=1.0, far=12.5**0.5, noise=0.04),
        1000,
        20_000,
        NOISY,
    ),
    "valley": Situation(
        "A bent valley",
        "Rosenbrock's function in 10 variables, from a random start in [-0.5, 0.5]^10",
        partial(rosenbrock, d=10),
        200,
        10_000,
        (*USUAL, "SciPy COBYQA"),
    ),
    "noise, valley": Situation(
        "Noise in a bent valley",
        "Rosenbrock's function in 5 variables, with noise of a hundredth of the first gap",
        partial(rosenbrock, d=5, noise=0.01),
        200,
        2000,
        NOISY,
        instances=33,
    ),
    "little noise": Situation(
        "A little noise",
        "a rotated quadratic in 10 variables, whose curvatures differ by a factor of 100, with noise of a thousandth "
        "of the first gap",
        partial(quadratic, d=10, Q=100.0, noise=1e-3),
        200,
        2000,
        NOISY,
    ),
    "curvatures": Situation(
        "Curvatures that differ by a factor of 10,000",
        "a rotated quadratic in 10 variables, from a distance of 1",
        partial(quadratic, d=10, Q=1e4),
        200,
        2000,
        (*USUAL, "relative loss, 1/5 rule"),
        instances=33,
    ),
    "much noise": Situation(
        "Noise as large as the first gap",
        "a rotated quadratic in 10 variables, whose curvatures differ by a factor of 10",
        partial(quadratic, d=10, Q=10.0, noise=1.0),
        200,
        2000,
        NOISY,
        instances=33,
    ),
    "bowl": Situation(
        "A round bowl",
        "|x - c|^2 in 10 variables, from a distance of 1",
        partial(quadratic, d=10, Q=1.0),
        200,
        2000,
        (*USUAL, "relative loss, 1/5 rule", "SciPy COBYQA", "nevergrad OnePlusOne"),
    ),
    "kinks": Situation(
        "Kinks",
        "the mean of |y_i|, y a rotation of x - c, in 10 variables, from a distance of 1",
        partial(kinks, d=10),
        200,
        2000,
        (*USUAL, "relative loss, log-uniform, momentum"),
    ),
    "plateaus": Situation(
        "Plateaus",
        "the share of 300 rows that a linear classifier of 10 weights gets wrong, where some weights get none wrong",
        partial(errors, d=10),
        200,
        2000,
        (*USUAL, "adaptive Monte Carlo", "relative loss, ties move"),
        instances=33,
    ),
    "bounds": Situation(
        "Bounds that matter",
        "a rotated quadratic in 10 variables, whose curvatures differ by a factor of 100, in the box [-1, 1]^10, "
        "outside of which it would be lower",
        partial(boxed, d=10),
        200,
        2000,
        (*USUAL, "zo.minimize, projected"),
        instances=33,
    ),
    "dimension": Situation(
        "A hundred variables",
        "a rotated quadratic, whose curvatures differ by a factor of 100, from a distance of 1",
        partial(quadratic, d=100, Q=100.0),
        1000,
        5000,
        tuple(name for name in USUAL if name != "NLopt BOBYQA"),  # whose own work grows fast with the dimension
    ),
    "minima": Situation(
        "Many minima",
        "Rastrigin's function, rotated, in 5 variables, in a box of width 10.24, from a random start",
        partial(ripples, d=5),
        500,
        5000,
        (*USUAL, *GLOBAL, "relative loss, log-uniform, momentum"),
        instances=33,
    ),
    "bent": Situation(
        "Values that are bent",
        "the eighth root of a rotated quadratic in 10 variables, whose curvatures differ by a factor of 10",
        partial(bent, d=10),
        200,
        2000,
        (*USUAL, "GLD-Search"),
        instances=33,
    ),
    "far": Situation(
        "A start that is a thousand times as far as was thought",
        "a rotated quadratic in 10 variables, whose curvatures differ by a factor of 10, from a distance of 1000",
        partial(quadratic, d=10, Q=10.0, far=1000.0),
        200,
        2000,
        (*USUAL, "GLD-Search"),
    ),
    "noise, far": Situation(
        "Noise, from far away",
        "a rotated quadratic in 10 variables, whose curvatures differ by a factor of 10, from a distance of 100, with "
        "noise of a hundredth of the first gap",
        partial(quadratic, d=10, Q=10.0, far=100.0, noise=0.01),
        200,
        2000,
        NOISY,
    ),
    "noise, kinks": Situation(
        "Noise and kinks",
        "the mean of |y_i| in 10 variables, with noise of a twentieth of the first gap",
        partial(kinks, d=10, noise=0.05),
        200,
        2000,
        NOISY,
    ),
}

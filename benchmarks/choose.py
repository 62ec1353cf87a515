"""Which method for which problem: methods of this package and of others, at equal evaluations; for docs/choose.md.

    python -m pip install -e '.[peers]'
    OMP_NUM_THREADS=1 python benchmarks/choose.py --json benchmarks/choose.json

A situation is a kind of function, of which there are `INSTANCES` random ones, the same for every method. Each method is
called once for an instance and a budget, with one setting for all situations, and what is kept is the gap, free of
noise, of the point that it returns, in units of the first gap. A function that hears of a value within `END` of the
minimum ends the run there. Who asks for more evaluations than the budget is cut off, and stands at the lowest of those.

Each result is written as soon as it is there, and what the file holds is not measured again. After a change
``--again PART``, a part of the name of a method, measures its results anew.
``python docs/make_choose.py`` writes the page.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import scipy.optimize

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import measured
from zotheory.testing import peers

INSTANCES = 11
END = 1e-10  # of the first gap: a run ends there
TARGETS = (1e-3, 1e-6)  # of the first gap, the first evaluation at which is kept
PACKAGES = ("numpy", "scipy", "cma", "nevergrad", "nlopt")


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
    d : variables
    few, budget : evaluations, of a short run and of a long one
    methods : by name
    """

    title: str
    says: str
    build: Callable[[np.random.Generator], Instance]
    d: int
    few: int
    budget: int
    methods: tuple[str, ...]


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


# --- methods: expressions, each with one setting for all situations --------------------------------------------------

PUSHED = "zo.relative_loss(radius={}, beta=1 - 0.3 / d, gain=4.0, clip=3.0)"
GRID = "zo.radii.log_uniform(1.0, 20)"


def ours(method: str = "", more: str = "") -> str:
    """A call of `zo.minimize`, with its default or a method."""
    return f"zo.minimize(f, x0, budget=n, rng=seed, bounds=bounds{method and f', method={method}'}{more}).x"


def theirs(minimiser: str) -> str:
    """A call of an optimizer of others, as `zotheory.testing.peers` makes it."""
    return f"peers.{minimiser}(f, x0, n, seed, bounds=bounds).x"


METHODS = {  # name -> the point that is returned, for f of d variables, x0, n evaluations, seed and bounds
    "zo.minimize": ours(),
    "zo.minimize, projected": ours(more=', outside="project"'),
    "zo.minimize, noisy=True": ours(more=", noisy=True"),
    "relative loss, 1/5 rule": ours("zo.relative_loss(radius=zo.radii.one_fifth(1.0))"),
    "relative loss, momentum": ours(PUSHED.format("zo.radii.one_fifth(1.0)")),
    "relative loss, log-uniform, momentum": ours(PUSHED.format(GRID)),
    "relative loss, ties move": ours(f'zo.relative_loss(radius={GRID}, ties="move")'),
    "adaptive Monte Carlo": ours("zo.adaptive_monte_carlo(sigma=1 / d**0.5, patience=20)"),
    "GLD-Search": ours("zo.gld_search(R=1.0, r=1e-4)"),
    "relative loss, 1/√t, not kept": ours(
        "zo.relative_loss(radius=lambda t: 1 / t**0.5, cached=False)", ", noisy=True"
    ),
    "three points, 1/√t": ours("zo.three_point(radius=lambda t: 1 / t**0.5, cached=False)", ", noisy=True"),
    "pycma": theirs("pycma()"),
    "pycma, its mean": ('cma.fmin2(f, x0, 0.5, {"maxfevals": n, "seed": seed + 1, "verbose": -9})[1].result.xfavorite'),
    "SciPy L-BFGS-B, by differences": (
        'scipy.optimize.minimize(f, x0, method="L-BFGS-B", bounds=bounds, options={"maxfun": n}).x'
    ),
    "SciPy Nelder-Mead": theirs('scipy("Nelder-Mead")'),
    "SciPy Powell": theirs('scipy("Powell")'),
    "SciPy COBYQA": theirs('scipy("COBYQA")'),
    "SciPy differential evolution": theirs('scipy("differential_evolution")'),
    "SciPy dual annealing": theirs('scipy("dual_annealing")'),
    "SciPy DIRECT": theirs('scipy("direct")'),
    "NLopt BOBYQA": theirs('nlopt("LN_BOBYQA")'),
    "NLopt SBPLX": theirs('nlopt("LN_SBPLX")'),
    "nevergrad OnePlusOne": theirs('nevergrad("OnePlusOne")'),
}
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
        50,
        1000,
        20_000,
        NOISY,
    ),
    "valley": Situation(
        "A bent valley",
        "Rosenbrock's function in 10 variables, from a random start in [-0.5, 0.5]^10",
        partial(rosenbrock, d=10),
        10,
        200,
        10_000,
        (*USUAL, "SciPy COBYQA"),
    ),
    "noise, valley": Situation(
        "Noise in a bent valley",
        "Rosenbrock's function in 5 variables, with noise of a hundredth of the first gap",
        partial(rosenbrock, d=5, noise=0.01),
        5,
        200,
        2000,
        NOISY,
    ),
    "little noise": Situation(
        "A little noise",
        "a rotated quadratic in 10 variables, whose curvatures differ by a factor of 100, with noise of a thousandth "
        "of the first gap",
        partial(quadratic, d=10, Q=100.0, noise=1e-3),
        10,
        200,
        2000,
        NOISY,
    ),
    "curvatures": Situation(
        "Curvatures that differ by a factor of 10,000",
        "a rotated quadratic in 10 variables, from a distance of 1",
        partial(quadratic, d=10, Q=1e4),
        10,
        200,
        2000,
        (*USUAL, "relative loss, 1/5 rule", "SciPy COBYQA"),
    ),
    "much noise": Situation(
        "Noise as large as the first gap",
        "a rotated quadratic in 10 variables, whose curvatures differ by a factor of 10",
        partial(quadratic, d=10, Q=10.0, noise=1.0),
        10,
        200,
        2000,
        NOISY,
    ),
    "bowl": Situation(
        "A round bowl",
        "|x - c|^2 in 10 variables, from a distance of 1",
        partial(quadratic, d=10, Q=1.0),
        10,
        200,
        2000,
        (*USUAL, "relative loss, 1/5 rule", "SciPy COBYQA", "nevergrad OnePlusOne"),
    ),
    "kinks": Situation(
        "Kinks",
        "the mean of |y_i|, y a rotation of x - c, in 10 variables, from a distance of 1",
        partial(kinks, d=10),
        10,
        200,
        2000,
        (*USUAL, "relative loss, log-uniform, momentum"),
    ),
    "plateaus": Situation(
        "Plateaus",
        "the share of 300 rows that a linear classifier of 10 weights gets wrong, where some weights get none wrong",
        partial(errors, d=10),
        10,
        200,
        2000,
        (*USUAL, "adaptive Monte Carlo", "relative loss, ties move"),
    ),
    "bounds": Situation(
        "Bounds that matter",
        "a rotated quadratic in 10 variables, whose curvatures differ by a factor of 100, in the box [-1, 1]^10, "
        "outside of which it would be lower",
        partial(boxed, d=10),
        10,
        200,
        2000,
        (*USUAL, "zo.minimize, projected", "SciPy COBYQA"),
    ),
    "dimension": Situation(
        "A hundred variables",
        "a rotated quadratic, whose curvatures differ by a factor of 100, from a distance of 1",
        partial(quadratic, d=100, Q=100.0),
        100,
        1000,
        5000,
        USUAL,
    ),
    "minima": Situation(
        "Many minima",
        "Rastrigin's function, rotated, in 5 variables, in a box of width 10.24, from a random start",
        partial(ripples, d=5),
        5,
        500,
        5000,
        (*USUAL, *GLOBAL, "relative loss, log-uniform, momentum"),
    ),
    "bent": Situation(
        "Values that are bent",
        "the eighth root of a rotated quadratic in 10 variables, whose curvatures differ by a factor of 10",
        partial(bent, d=10),
        10,
        200,
        2000,
        (*USUAL, "GLD-Search"),
    ),
    "far": Situation(
        "A start that is a thousand times as far as was thought",
        "a rotated quadratic in 10 variables, whose curvatures differ by a factor of 10, from a distance of 1000",
        partial(quadratic, d=10, Q=10.0, far=1000.0),
        10,
        200,
        2000,
        (*USUAL, "GLD-Search"),
    ),
    "noise, far": Situation(
        "Noise, from far away",
        "a rotated quadratic in 10 variables, whose curvatures differ by a factor of 10, from a distance of 100, with "
        "noise of a hundredth of the first gap",
        partial(quadratic, d=10, Q=10.0, far=100.0, noise=0.01),
        10,
        200,
        2000,
        NOISY,
    ),
    "noise, kinks": Situation(
        "Noise and kinks",
        "the mean of |y_i| in 10 variables, with noise of a twentieth of the first gap",
        partial(kinks, d=10, noise=0.05),
        10,
        200,
        2000,
        NOISY,
    ),
}


# --- runs ------------------------------------------------------------------------------------------------------------


class Enough(Exception):
    """The budget is spent, or the minimum is reached."""


class Watched:
    """An instance that counts: the lowest of what it was asked, and when targets were reached."""

    def __init__(self, instance: Instance, budget: int, rng: np.random.Generator) -> None:
        self.instance, self.budget, self.rng = instance, budget, rng
        self.first = instance.f(instance.x0) - instance.f_star
        self.calls, self.best, self.lowest = 0, instance.x0, inf
        self.reached: dict[float, int] = {}

    def gap(self, x: np.ndarray) -> float:
        """Of a point, free of noise, in units of the first."""
        return (self.instance.f(np.asarray(x, dtype=float)) - self.instance.f_star) / self.first

    def __call__(self, x: np.ndarray) -> float:
        """The value at a point, with its noise."""
        if self.calls >= self.budget:
            raise Enough
        self.calls += 1
        x = np.array(x, dtype=float)
        value = self.instance.f(x)
        if self.instance.noise:
            value += self.instance.noise * self.rng.standard_normal()
        if value < self.lowest:
            self.best, self.lowest = x, value
            if not self.instance.noise:
                self._look((value - self.instance.f_star) / self.first)
        return value

    def _look(self, gap: float) -> None:
        for target in TARGETS:
            if gap <= target:
                self.reached.setdefault(target, self.calls)
        if gap <= END:
            raise Enough


def called(method: str, f: Watched, instance: Instance, n: int, seed: int) -> np.ndarray:
    """The point that a method returns."""
    given = {"f": f, "x0": instance.x0.copy(), "d": len(instance.x0), "n": n, "seed": seed, "bounds": instance.bounds}
    given |= {"cma": peers.package("cma")} if "cma." in METHODS[method] else {}
    return np.asarray(eval(METHODS[method], {"zo": zo, "peers": peers, "scipy": scipy} | given))


def run(situation: str, method: str, i: int, budget: int) -> tuple[float, int, list[int | None]]:
    """Gap of what a method returns on instance i, evaluations, and those at which it reached the targets."""
    streams = np.random.SeedSequence((crc32(situation.encode()), i)).spawn(2)
    instance = SITUATIONS[situation].build(np.random.default_rng(streams[0]))
    watched = Watched(instance, budget, np.random.default_rng(streams[1]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a value comes twice, that a budget is spent
        try:
            x = called(method, watched, instance, budget, i)
        except Enough:
            x = watched.best
    return watched.gap(x), watched.calls, [watched.reached.get(target) for target in TARGETS]


def cell(situation: str, method: str) -> dict[str, Any]:
    """All instances: gaps after few evaluations and after all, evaluations, and those at which targets were reached."""
    began, each = time.process_time(), SITUATIONS[situation]
    short = [run(situation, method, i, each.few)[0] for i in range(INSTANCES)]
    gaps, calls, reached = zip(*(run(situation, method, i, each.budget) for i in range(INSTANCES)), strict=True)
    return {
        "few": [float(f"{gap:.4g}") for gap in short],
        "end": [float(f"{gap:.4g}") for gap in gaps],
        "calls": list(calls),
        "reached": [list(times) for times in zip(*reached, strict=True)],
        "seconds": round(time.process_time() - began, 2),
    }


def cells() -> Iterator[tuple[str, str]]:
    """All pairs of a situation and a method."""
    return ((name, method) for name, each in SITUATIONS.items() for method in each.methods)


def kept(path: Path, again: list[str]) -> dict[str, dict[str, Any]]:
    """What a file holds of `cells`, without the methods that are to be measured again."""
    found = json.loads(path.read_text(encoding="utf-8"))["situations"] if path.exists() else {}
    return {
        name: {
            method: found[name][method]
            for method in each.methods
            if method in found.get(name, {}) and not any(part in method for part in again)
        }
        for name, each in SITUATIONS.items()
    }


def main() -> None:
    """Measure what the file does not hold."""
    parser = argparse.ArgumentParser(description=measured.title(__doc__))
    parser.add_argument("--json", type=Path, required=True, metavar="FILE", help="what is measured is kept here")
    parser.add_argument("--again", nargs="+", default=[], metavar="PART", help="of methods' names: measure them anew")
    options = parser.parse_args()
    found = kept(options.json, options.again)
    for name, method in cells():
        if method in found[name]:
            continue
        found[name][method] = cell(name, method)
        print(f"{name}: {method}: {np.median(found[name][method]['end']):.2g}", flush=True)
        measured.save(options.json, {"versions": versions(), "situations": found})


def versions() -> dict[str, str]:
    """Of what was compared."""
    from importlib.metadata import version

    return {name: version(name) for name in PACKAGES}


if __name__ == "__main__":
    main()

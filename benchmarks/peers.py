"""Methods of this package beside those of others: the same functions, the same evaluations.

    python -m pip install -e '.[peers]' && OMP_NUM_THREADS=1 python benchmarks/peers.py

First table: evaluations until the gap is 1e-6 of the first (median over runs; "-" where fewer than half get there
within the budget) and evaluations a second of one run (median: the first loads and compiles), each with its ratio to
GLD-Search. Every method asks the same
objective in NumPy, which counts its own evaluations and ends the run at the target. Functions: quadratics with
curvatures evenly spaced from 1 to Q, rotated, minimiser off the origin, from distance 1 of it.

Second table: evaluations a second of 64 runs at once on a sphere, this package's GLD-Search (double precision) beside
evosax's GLD compiled by JAX (single precision, whole runs as one program), one thread each.

evosax's GLD departs from the paper: its radii are r_min + (r_max - r_min) 2^(-k/5), so none is smaller than r_min and
they fall by a factor of at most 1.15, not 2; "as it comes" has its defaults, "on the paper's radii" r_min = 0.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from functools import cache
from math import ceil, log2
from typing import Any

import numpy as np

import zotheory as zo
from zotheory.methods.gld_search import analysed_scale
from zotheory.oracles import ObjectiveError
from zotheory.theorems import accelerated_random_search as ars
from zotheory.theorems import gld_fast as fast

TARGET = 1e-6
SMALLEST = 1e-5  # radius r of every GLD-Search


class Finished(Exception):
    """The target was met, or the budget is spent."""


class Meter:
    """A quadratic that counts its evaluations and ends the run that calls it."""

    def __init__(self, problem: zo.problems.Quadratic, budget: int) -> None:
        self.problem, self.budget, self.d = problem, budget, problem.d
        self.level = problem.f_star + TARGET * (float(problem(problem.x0)) - problem.f_star)
        self.calls = 0
        self.hit: int | None = None

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Values at points (..., d)."""
        value = self.problem(np.asarray(x, dtype=float))
        met = np.flatnonzero(np.ravel(value) <= self.level)
        if len(met):
            self.hit = self.calls + int(met[0]) + 1
            raise Finished
        self.calls += np.size(value)
        if self.calls >= self.budget:
            raise Finished
        return value

    def one(self, x: Any, gradient: Any = None) -> float:
        """Value at one point, as a number."""
        return float(self(np.asarray(x)))


Solver = Callable[[Meter, int], None]


def ours(build: Callable[[zo.problems.Quadratic], zo.Method]) -> Solver:
    """Return a solver that runs one of this package's methods."""

    def solve(meter: Meter, seed: int) -> None:
        for _ in zo.iterate(build(meter.problem), meter, x0=meter.problem.x0, rng=zo.generator(seed)):
            pass

    return solve


def nevergrad(meter: Meter, seed: int) -> None:
    """Run the (1+1) evolution strategy of nevergrad, as it comes."""
    import nevergrad as ng

    space = ng.p.Array(init=meter.problem.x0)
    space.random_state.seed(seed)
    ng.optimizers.registry["OnePlusOne"](space, budget=meter.budget).minimize(meter.one)


def pycma(meter: Meter, seed: int) -> None:
    """CMA-ES with initial deviation 1/sqrt(d): steps of length 1, the first distance."""
    import cma

    options = {"seed": seed + 1, "verbose": -9, "maxfevals": meter.budget, "tolfun": 0, "tolx": 0, "tolfunhist": 0}
    strategy = cma.CMAEvolutionStrategy(meter.problem.x0, 1 / np.sqrt(meter.d), options)
    while True:
        asked = strategy.ask()
        strategy.tell(asked, meter(np.asarray(asked)))


def evosax_gld(**radii: float) -> Solver:
    """Return a solver that runs evosax's GLD with these parameters."""

    @cache
    def build(d: int) -> Any:  # once a dimension: each object is compiled anew
        import jax.numpy as jnp
        from evosax.algorithms import GradientlessDescent

        return GradientlessDescent(population_size=ceil(log2(1 / SMALLEST)) + 1, solution=jnp.zeros(d))

    def solve(meter: Meter, seed: int) -> None:
        import jax
        import jax.numpy as jnp

        x0 = jnp.asarray(meter.problem.x0)
        method = build(meter.d)
        params = method.default_params.replace(**radii)
        key = jax.random.key(seed)
        state = method.init(key, x0, params)
        while True:
            key, ask, tell = jax.random.split(key, 3)
            asked, state = method.ask(ask, state, params)
            state, _ = method.tell(tell, asked, jnp.asarray(meter(asked)), state, params)

    return solve


def cobyqa(meter: Meter, seed: int) -> None:
    """SciPy's COBYQA, a deterministic model-based method."""
    from scipy.optimize import minimize

    minimize(meter.one, meter.problem.x0, method="COBYQA", options={"maxfev": meter.budget, "final_tr_radius": 1e-12})


def newuoa(meter: Meter, seed: int) -> None:
    """NLopt's NEWUOA, likewise."""
    import nlopt

    solver = nlopt.opt(nlopt.LN_NEWUOA, meter.d)
    solver.set_min_objective(meter.one)
    solver.set_initial_step(0.1)
    solver.optimize(meter.problem.x0)


SOLVERS: dict[str, Solver] = {
    "zotheory GLD-Search": ours(lambda f: zo.gld_search(R=1.0, r=SMALLEST)),
    "zotheory GLD-Fast, printed": ours(
        lambda f: fast.printed(f, diameter=1.0, law=zo.directions.ball, scale=analysed_scale(f.d))
    ),
    "zotheory ARS": ours(lambda f: ars.prescribed(f, delta=1e-8)[0]),
    "evosax GLD, as it comes": evosax_gld(),
    "evosax GLD, on the paper's radii": evosax_gld(radius_min=0.0, radius_max=1.0, radius_decay=1.0),
    "nevergrad OnePlusOne": nevergrad,
    "pycma CMA-ES": pycma,
    "NLopt NEWUOA": newuoa,
    "SciPy COBYQA": cobyqa,
}
FOR_SMALL = {"SciPy COBYQA"}  # each of its steps costs d^3 or more


def problem(d: int, Q: float) -> zo.problems.Quadratic:
    """A rotated quadratic, off the origin, from distance 1."""
    rotation = zo.problems.random_rotation(d, np.random.default_rng(7))
    centre = np.linspace(-0.5, 0.8, d)
    return zo.problems.Quadratic(np.linspace(1, Q, d), centre, centre + 1 / np.sqrt(d), -2.0, rotation)


def measure(solve: Solver, d: int, Q: float, budget: int, runs: int) -> tuple[float | None, float]:
    """Median of the evaluations to the target, None where fewer than half get there, and evaluations a second."""
    hits, rates = [], []
    for seed in range(runs):
        meter = Meter(problem(d, Q), budget)
        start = time.perf_counter()
        try:
            solve(meter, seed)
        except (Finished, ObjectiveError) as end:
            if not isinstance(end, Finished) and not isinstance(end.__cause__, Finished):
                raise
        except Exception:  # a package may wrap what its objective raises
            if meter.hit is None and meter.calls < meter.budget:
                raise
        rates.append((meter.hit or meter.calls) / (time.perf_counter() - start))
        hits.append(meter.hit or np.inf)
    middle = float(np.median(hits))
    return (middle if np.isfinite(middle) else None), statistics.median(rates)


def batch(d: int, replicas: int = 64, steps: int = 200) -> tuple[float, float]:
    """Evaluations a second of `replicas` runs at once on a sphere: GLD-Search here, and evosax's, compiled."""
    import jax
    import jax.numpy as jnp
    from evosax.algorithms import GradientlessDescent

    method = zo.gld_search(R=1.0, r=SMALLEST, law=zo.directions.gaussian)
    sphere = zo.problems.Quadratic(np.ones(d), np.full(d, 0.1), np.full(d, 1.1))

    def here() -> int:
        return zo.run(method, sphere, steps=steps, replicas=replicas, seed=0, record=[steps]).calls * replicas

    theirs = GradientlessDescent(population_size=method.calls[1], solution=jnp.zeros(d))
    params = theirs.default_params

    def one(key: Any) -> Any:
        def step(state: Any, key: Any) -> Any:
            asked, state = theirs.ask(key, state, params)
            state, _ = theirs.tell(key, asked, jnp.sum((asked - 0.1) ** 2, axis=-1) / 2, state, params)
            return state, None

        keys = jax.random.split(key, steps)
        return jax.lax.scan(step, theirs.init(key, jnp.full(d, 1.1), params), keys)[0].best_fitness

    compiled = jax.jit(jax.vmap(one))

    def there() -> int:
        compiled(jax.random.split(jax.random.key(0), replicas)).block_until_ready()
        return method.calls[1] * steps * replicas

    rates = []
    for action in (here, there):
        action()  # compile, warm up
        rates.append(statistics.median(_rate(action) for _ in range(5)))
    return rates[0], rates[1]


def _rate(action: Callable[[], int]) -> float:
    start = time.perf_counter()
    return action() / (time.perf_counter() - start)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--budget", type=int, default=200_000)
    options = parser.parse_args()
    print(f"{'':34}{'evaluations':>12} {'ratio':>7} {'per second':>12} {'ratio':>7}")
    for d, Q in ((5, 10), (20, 10), (20, 100), (100, 10)):
        print(f"d = {d}, Q = {Q}")
        base: tuple[float | None, float] | None = None
        for name, solve in SOLVERS.items():
            if name in FOR_SMALL and d > 20:
                continue
            hits, rate = measure(solve, d, Q, options.budget, options.runs)
            base = base or (hits, rate)
            ratio = f"{hits / base[0]:.3g}" if hits and base[0] else "-"
            print(f"  {name:32}{hits or '-':>12} {ratio:>7} {rate:>12,.0f} {rate / base[1]:>7.2g}", flush=True)
    print("\n64 runs at once, sphere: evaluations a second here, evosax compiled, ratio")
    for d in (10, 100, 1000):
        here, there = batch(d)
        print(f"  d = {d:<6}{here:>14,.0f} {there:>14,.0f} {here / there:>7.2g}", flush=True)


if __name__ == "__main__":
    main()

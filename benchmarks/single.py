"""What a step of a single run costs beside what it must do, and beside other packages.

    OMP_NUM_THREADS=1 python benchmarks/single.py

Runs without replicas on a function of the user's, a sum of squares, at d = 1, 10, 100 and 1000. A round times, one
after the other, for every method: a run of 1,000 steps by `zotheory.run`; as many draws of its directions and
evaluations of the function as those steps ask for, and nothing else; the same with NumPy's bare `standard_normal` in
place of the directions. Other packages are nevergrad's OnePlusOne and pycma's CMA-ES, which are asked and told (extra
`peers`; one that is not installed is left out).

Reported, of processor time (lower is better): medians over rounds of the ratio of each method's step to its draws and
values; of the step that is the dearest so, to bare normals and values; and of the dearest evaluation of all methods to
one of the other packages.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import measured
from benchmarks.measured import Figure

STEPS = 1000
METHODS = {
    "GLD-Search, 11 radii": zo.gld_search(R=1.0, r=1e-3),
    "GLD-Fast, 9 radii": zo.gld_fast(R=1.0, Q=8, H=100),
    "two points": zo.two_point(h=lambda t: 1e-4, delta=lambda t: 1e-3),
    "double smoothing": zo.double_smoothing(h=lambda t: 1e-4, delta=lambda t: 1e-3, eta=lambda t: 1e-2),
    "random gradient-free": zo.random_gradient_free(h=lambda k: 1e-4, delta=1e-3),
    "accelerated random search": zo.accelerated_random_search(h=1e-4, theta=1e-7, tau=1e-2, delta=1e-3),
    "three points": zo.three_point(radius=0.1),
    "relative loss": zo.relative_loss(radius=zo.radii.one_fifth(1.0)),
    "relative loss, momentum": zo.relative_loss(radius=zo.radii.one_fifth(1.0), beta=0.9),
}


def f(x: np.ndarray) -> np.ndarray:
    """Sum of squares."""
    return np.sum((x - 0.3) ** 2, axis=-1)


class Counted:
    """A generator that remembers which normals it was asked for."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng, self.sizes = rng, []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rng, name)

    def standard_normal(self, size: Any) -> np.ndarray:
        """Those of the generator."""
        self.sizes.append(size)
        return self.rng.standard_normal(size)


def each(action: Callable[[], object], count: int) -> float:
    """Processor time of one of so many, us."""
    start = time.process_time()
    action()
    return (time.process_time() - start) / count * 1e6


def run(method: zo.Method, d: int) -> None:
    """The whole run."""
    zo.run(method, f, x0=np.ones(d), steps=STEPS, record=[0, STEPS])


def alone(method: zo.Method, d: int) -> tuple[Callable[[], None], Callable[[], None]]:
    """What the steps of a run draw, or as many normals, and their evaluations: nothing else."""
    asked: list[np.ndarray] = []

    def seen(x: np.ndarray) -> np.ndarray:
        asked.append(x.copy())
        return f(x)

    rng, numpys = zo.generator(1), np.random.Generator(np.random.SFC64(1))
    counted, state = Counted(rng), method.init(f, np.ones(d))
    method.step(seen, state, method.draw(counted, state, d))

    def draws() -> None:
        for _ in range(STEPS):
            method.draw(rng, state, d)
            for x in asked:
                f(x)

    def normals() -> None:
        for _ in range(STEPS):
            for size in counted.sizes:
                numpys.standard_normal(size)
            for x in asked:
                f(x)

    return draws, normals


def nevergrad(d: int) -> Callable[[int], None]:
    """Its (1+1) evolution strategy, as it comes: what makes so many evaluations."""
    import nevergrad as ng

    space = ng.p.Array(init=np.ones(d))
    space.random_state.seed(1)
    optimizer = ng.optimizers.registry["OnePlusOne"](space, budget=10**6)

    def go_on(evaluations: int) -> None:
        for _ in range(evaluations):
            asked = optimizer.ask()
            optimizer.tell(asked, float(f(asked.value)))

    return go_on


def cma(d: int) -> Callable[[int], None]:
    """CMA-ES, its points evaluated together; over two dimensions for one, where it does not go."""
    from cma import CMAEvolutionStrategy

    options = {"seed": 1, "verbose": -9, "tolfun": 0, "tolx": 0, "tolfunhist": 0, "tolflatfitness": np.inf}
    strategy = CMAEvolutionStrategy(np.ones(max(d, 2)), 1 / np.sqrt(d), options)

    def go_on(evaluations: int) -> None:
        for _ in range(0, evaluations, strategy.popsize):
            asked = strategy.ask()
            strategy.tell(asked, f(np.asarray(asked)))

    return go_on


PEERS = {"nevergrad": ("nevergrad OnePlusOne", nevergrad), "cma": ("pycma CMA-ES", cma)}


def others(d: int, rounds: int) -> dict[str, list[float]]:
    """An evaluation by each of the other packages that are installed, us, in every round."""
    found, few = {}, 240  # at d = 1000 ten generations of CMA-ES
    for label, start in (PEERS[name] for name in PEERS if find_spec(name)):
        go_on = start(d)
        go_on(few)
        found[label] = [each(partial(go_on, few), few) for _ in range(rounds)]
    return found


def figures(rounds: int) -> Iterator[Figure]:
    """At each dimension the steps of each method, and the dearest of all beside everything else."""
    for d in (1, 10, 100, 1000):
        steps, bare, values = {}, {}, {}
        for name, method in METHODS.items():
            draws, normals = alone(method, d)
            actions = partial(run, method, d), draws, normals
            steps[name], drawn, bare[name] = zip(
                *[[each(a, STEPS) for a in actions] for _ in range(rounds)], strict=True
            )
            values[name] = [step / method.calls[1] for step in steps[name]]
            yield measured.rounds(f"d = {d}, {name}, a step", steps[name], "us", "its draws and f", drawn, goal=4)
        dearest = max(METHODS, key=lambda name: median(steps[name]) / median(bare[name]))
        yield measured.rounds(f"d = {d}, {dearest}, a step", steps[dearest], "us", "bare normals and f", bare[dearest])
        dearest = max(METHODS, key=lambda name: median(values[name]))
        for label, other in others(d, rounds).items():
            title = f"d = {d}, {dearest}, an evaluation"
            yield measured.rounds(title, values[dearest], "us", label, other, goal=1)


def main() -> None:
    """Print the figures."""
    options = measured.in_rounds(measured.parser(__doc__), 7, 3)
    measured.tell(__doc__, figures(options.rounds), options)


if __name__ == "__main__":
    main()

"""What a step of a single run costs beside what it must do, and beside other packages.

    OMP_NUM_THREADS=1 python benchmarks/single.py

Runs without replicas on a function of the user's, a sum of squares, at d = 1, 10, 100 and 1000. A round times, one
after the other, for every method: a run of 1,000 steps by `zotheory.run`; as many draws of its directions and
evaluations of the function as those steps ask for, and nothing else; the same with NumPy's bare `standard_normal` in
place of the directions; and evaluations by nevergrad's OnePlusOne and by pycma's CMA-ES, which are asked and told
(extra `peers`).

Reported: medians over rounds of steps a second of processor time, and of four ratios. The time of a step over that of
its draws and values, and over that of bare normals and values, is better where it is lower; evaluations a second over
those of another package are better where they are higher.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

import zotheory as zo

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
SHOWN = {
    "steps": "steps/s",
    "draws": "draws + f",
    "normals": "normals + f",
    "nevergrad": "nevergrad",
    "cma": "pycma",
}


def f(x: np.ndarray) -> np.ndarray:
    """Sum of squares."""
    return np.sum((x - 0.3) ** 2, axis=-1)


class Counted:
    """A generator that remembers how many normals it was asked for."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng, self.sizes = rng, []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rng, name)

    def standard_normal(self, size: Any) -> np.ndarray:
        """NumPy's."""
        self.sizes.append(size)
        return self.rng.standard_normal(size)


def seconds(action: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    action()
    return time.process_time() - start


def run(method: zo.Method, d: int) -> None:
    """The whole run."""
    zo.run(method, f, x0=np.ones(d), steps=STEPS, record=[0, STEPS])


def alone(method: zo.Method, d: int) -> tuple[Callable[[], None], Callable[[], None]]:
    """What a step draws, or as many normals, and its evaluations: nothing else."""
    asked: list[np.ndarray] = []

    def seen(x: np.ndarray) -> np.ndarray:
        asked.append(x.copy())
        return f(x)

    rng = zo.generator(1)
    counted = Counted(rng)
    state = method.init(f, np.ones(d))
    method.step(seen, state, method.draw(counted, state, d))

    def draws() -> None:
        for _ in range(STEPS):
            method.draw(rng, state, d)
            for x in asked:
                f(x)

    def normals() -> None:
        for _ in range(STEPS):
            for size in counted.sizes:
                rng.standard_normal(size)
            for x in asked:
                f(x)

    return draws, normals


def nevergrad(d: int, evaluations: int) -> None:
    """Its (1+1) evolution strategy, as it comes."""
    import nevergrad as ng

    space = ng.p.Array(init=np.ones(d))
    space.random_state.seed(1)
    optimizer = ng.optimizers.registry["OnePlusOne"](space, budget=evaluations)
    for _ in range(evaluations):
        asked = optimizer.ask()
        optimizer.tell(asked, float(f(asked.value)))


def cma(d: int, evaluations: int) -> None:
    """CMA-ES, its points evaluated together; over one dimension, where it does not go, as many in two."""
    from cma import CMAEvolutionStrategy

    options = {"seed": 1, "verbose": -9, "tolfun": 0, "tolx": 0, "tolfunhist": 0, "tolflatfitness": np.inf}
    strategy = CMAEvolutionStrategy(np.ones(max(d, 2)), 1 / np.sqrt(d), options)
    done = 0
    while done < evaluations:
        asked = strategy.ask()
        strategy.tell(asked, f(np.asarray(asked)))
        done += len(asked)


PEERS = {"nevergrad": nevergrad, "cma": cma}


def measure(d: int, rounds: int) -> dict[str, dict[str, float]]:
    """Medians over rounds, of every method."""
    peers = {name: peer for name, peer in PEERS.items() if find_spec(name)}
    for peer in peers.values():
        peer(d, 10)  # what they load
    bare = {name: alone(method, d) for name, method in METHODS.items()}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in METHODS}
    few = max(50, STEPS // d)  # of which each evaluation of a peer is as dear as the next
    for _ in range(rounds):
        others = {name: seconds(partial(peer, d, few)) / few for name, peer in peers.items()}
        for name, method in METHODS.items():
            whole = seconds(partial(run, method, d))
            draws, normals = (seconds(action) for action in bare[name])
            each = whole / STEPS / method.calls[1]
            ratios = {peer: other / each for peer, other in others.items()}
            found[name].append({"steps": STEPS / whole, "draws": whole / draws, "normals": whole / normals, **ratios})
    return {name: {key: statistics.median(row[key] for row in rows) for key in rows[0]} for name, rows in found.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    for name in PEERS:
        if not find_spec(name):
            print(f"{name} is not installed, and is left out: python -m pip install -e '.[peers]'")
    figures = {}
    for d in (1, 10, 100, 1000):
        figures[d] = measure(d, options.rounds)
        shown = {key: label for key, label in SHOWN.items() if key in next(iter(figures[d].values()))}
        print(f"\n{f'd = {d}':28}" + "".join(f"{label:>13}" for label in shown.values()))
        for name, row in figures[d].items():
            cells = [f"{row[key]:>13,.0f}" if key == "steps" else f"{row[key]:>13.2f}" for key in shown]
            print(f"  {name:26}" + "".join(cells), flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()

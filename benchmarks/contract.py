"""What the objective's contract costs in a run of 1,000 steps at d = 10.

    OMP_NUM_THREADS=1 python benchmarks/contract.py

Each round times three runs of every method on a function of the user's, a sum of squares, one after the other: as
`zotheory.run` does it; without looks, before the first step and in the steps that are due; without looks and with an
objective that counts its evaluations, but neither protects nor checks them nor keeps the best. Reported: medians over
rounds of the ratios of the first to the others.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from unittest.mock import patch

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import measured
from benchmarks.measured import Figure
from zotheory.looks import Understood
from zotheory.objective import Objective
from zotheory.setting import Setting
from zotheory.watch import Watch

METHODS = {
    "GLD-Search, 11 radii": zo.gld_search(R=1.0, r=1e-3),
    "two points": zo.two_point(h=lambda t: 0.01, delta=lambda t: 1e-3),
    "random gradient-free": zo.random_gradient_free(h=lambda k: 0.01, delta=1e-3),
    "three points": zo.three_point(radius=0.1),
    "relative loss": zo.relative_loss(radius=zo.radii.one_fifth(1.0)),
    "relative loss, momentum": zo.relative_loss(radius=zo.radii.one_fifth(1.0), beta=0.9),
}


def f(x: np.ndarray) -> np.ndarray:
    """Sum of squares."""
    return np.sum((x - 0.3) ** 2, axis=-1)


@contextmanager
def unlooked() -> Iterator[None]:
    """Within, runs look at nothing."""

    def follow(self: Watch, objective: Objective) -> None:
        self.next = self.looked = self.flat = 0

    def look(self: Setting, batch: tuple[int, ...]) -> Understood:
        return Understood(self.problem, 0, np.inf)

    with patch.object(Watch, "follow", follow), patch.object(Setting, "look", look):
        yield


@contextmanager
def bare() -> Iterator[None]:
    """Within, objectives count alone."""

    def call(self: Objective, x: np.ndarray) -> np.ndarray:
        self.spent += prod(x.shape[:-1])
        return self.f(x)

    with unlooked(), patch.object(Objective, "__call__", call):
        yield


def seconds(method: zo.Method) -> float:
    """CPU time of one run, without records."""
    start = time.process_time()
    zo.run(method, f, x0=np.ones(10), steps=1000, record=[0, 1000])
    return time.process_time() - start


def figures(rounds: int) -> Iterator[Figure]:
    """Of each method, the run without looks and the whole one, beside what they add to."""
    for name, method in METHODS.items():
        rows = []
        for _ in range(rounds):
            whole = seconds(method)
            with unlooked():
                checked = seconds(method)
            with bare():
                rows.append((whole, checked, seconds(method)))
        wholes, checkeds, bares = ([1e3 * each for each in column] for column in zip(*rows, strict=True))
        yield measured.rounds(f"{name}: with looks", wholes, "ms a run", "without", checkeds, goal=1.03)
        limit = "with a bare counter in their place"
        yield measured.rounds(f"{name}: with looks, checks and protection", wholes, "ms a run", limit, bares)


def main() -> None:
    """Print the table."""
    options = measured.in_rounds(measured.parser(__doc__), 31, 5)
    measured.tell(__doc__, figures(options.rounds), options)


if __name__ == "__main__":
    main()

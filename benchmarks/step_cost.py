"""What one batched step costs, in units of drawing its random numbers: GLD-Search and relative-loss descent.

    OMP_NUM_THREADS=1 python benchmarks/step_cost.py

64 replicas of GLD-Search with 14 radii, for two laws of directions, and as many rows, 896 replicas, of relative-loss
descent without and with momentum; d = 100 and 1000. Each round times ten steps of all replicas, chunk by chunk as
`zotheory.run` takes them, against ten calls of NumPy's own `standard_normal` for as many normals into memory that is
already there, from the same generator. Reported: the median over rounds of the ratio (lower is better).
Also SFC64 against PCG64 and, with ``--all``, seconds for the import, `zotheory verify` and `pytest`.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

import zotheory as zo
from zotheory.objective import Objective
from zotheory.streams import chunk_size

REPLICAS, RADII = 64, 14


def seconds(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def methods() -> dict[str, tuple[zo.Method, int, int]]:
    """Method, its replicas, and the points that each of them draws in a step."""
    found = {
        f"GLD-Search, {law.name}": (zo.gld_search(R=2.0, r=2.0 ** (2 - RADII), law=law), REPLICAS, RADII)
        for law in (zo.directions.gaussian, zo.directions.ball)
    }
    for law in (zo.directions.gaussian, zo.directions.sphere):
        for beta in (0.0, 0.99):
            method = zo.relative_loss(radius=zo.radii.one_fifth(1.0), beta=beta, law=law)
            label = f"relative loss, {law.name}" + (", momentum" if beta else "")
            found[label] = method, REPLICAS * RADII, 1
    return found


def step_ratio(method: zo.Method, replicas: int, points: int, d: int, rounds: int) -> list[float]:
    """Ratios of one step to the fill, a round each."""
    problem = zo.problems.golovin_family(1, 8, d, minimiser=0.3)
    rng = zo.generator(1)
    f = Objective(problem)
    buffer = np.empty(replicas * points * d)
    np.empty(1 << 21)  # as `zotheory.run` does, so that freed memory is kept
    size = chunk_size(replicas, 8 * d * points)
    sizes = [min(size, replicas - first) for first in range(0, replicas, size)]
    states = [method.init(f, np.tile(problem.x0, (each, 1))) for each in sizes]

    def step() -> None:
        for i, state in enumerate(states):
            states[i] = method.step(f, state, method.draw(rng, state, d))

    def fill() -> None:
        rng.standard_normal(out=buffer)

    return [seconds(lambda: repeat(step)) / seconds(lambda: repeat(fill)) for _ in range(rounds)]


def repeat(action: Callable[[], object], times: int = 10) -> None:
    """Do it ten times."""
    for _ in range(times):
        action()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=51)
    parser.add_argument("--all", action="store_true", help="also time the import, `zotheory verify` and `pytest`")
    options = parser.parse_args()
    for d in (100, 1000):
        for label, (method, replicas, points) in methods().items():
            rounds = options.rounds if d == 100 else max(11, options.rounds // 4)
            low, middle, high = statistics.quantiles(step_ratio(method, replicas, points, d, rounds), n=4)
            print(f"step/fill  d = {d:<5} {label:33} median {middle:.2f}  (quartiles {low:.2f} to {high:.2f})")
    buffer = np.empty(90_000)
    generators = [np.random.Generator(kind(1)) for kind in (np.random.SFC64, np.random.PCG64)]
    ratios = []
    for _ in range(options.rounds):
        sfc, pcg = (seconds(lambda g=g: g.standard_normal(out=buffer)) for g in generators)
        ratios.append(pcg / sfc)
    print(f"PCG64/SFC64 time of a normal fill: median {statistics.median(ratios):.2f}")
    if options.all:
        for label, command in (
            ("import numpy", [sys.executable, "-c", "import numpy"]),
            ("import zotheory", [sys.executable, "-c", "import zotheory"]),
            ("zotheory verify", [sys.executable, "-m", "zotheory.cli", "verify"]),
            ("pytest", [sys.executable, "-m", "pytest", "-q"]),
        ):
            repeats = 5 if label.startswith("import") else 1
            times = [
                seconds(lambda c=command: subprocess.run(c, check=True, capture_output=True)) for _ in range(repeats)
            ]
            print(f"{label:16} {statistics.median(times):.2f} s")


if __name__ == "__main__":
    main()

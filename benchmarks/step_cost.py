"""What one batched step costs, in units of drawing its random numbers.

    OMP_NUM_THREADS=1 python benchmarks/step_cost.py

64 replicas of GLD-Search with 14 radii, for two laws of directions, and as many rows, 896 replicas, of relative-loss
descent without and with momentum; d = 100 and 1000. Each round times ten steps of all replicas, those of a chunk before
those of the next, as `zotheory.run` takes them, against ten calls of NumPy's own `standard_normal`, on SFC64, for as
many normals into memory that is already there. Reported: the median over rounds of the ratio (lower is better). Also
our own fill against NumPy's, for as many normals as a chunk has at d = 100, and PCG64 against SFC64.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import measured
from benchmarks.measured import Figure, seconds
from zotheory.objective import Objective
from zotheory.streams import chunk_size

REPLICAS, RADII, TIMES = 64, 14, 10
GOALS = {"": 0.9, ", momentum": 1.1}


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


def step_figure(label: str, d: int, rounds: int) -> Figure:
    """One step beside the fill, in ns for each of its normals."""
    method, replicas, points = methods()[label]
    problem = zo.problems.golovin_family(1, 8, d, minimiser=0.3)
    rng, numpys = zo.generator(1), np.random.Generator(np.random.SFC64(1))
    f = Objective(problem)
    buffer = np.empty(replicas * points * d)
    np.empty(1 << 21)  # as `zotheory.run` does, so that freed memory is kept
    size = chunk_size(replicas, 8 * d * points)
    sizes = [min(size, replicas - first) for first in range(0, replicas, size)]
    states = [method.init(f, np.tile(problem.x0, (each, 1))) for each in sizes]

    def steps_of_chunks() -> None:
        for i, state in enumerate(states):
            for _ in range(TIMES):
                state = method.step(f, state, method.draw(rng, state, d))
            states[i] = state

    pairs = [(each(steps_of_chunks, buffer.size), each(filling(numpys, buffer), buffer.size)) for _ in range(rounds)]
    steps, fills = zip(*pairs, strict=True)
    goal = GOALS[", momentum" if label.endswith("momentum") else ""]
    return measured.rounds(f"d = {d}, {label}", steps, "ns a normal", "NumPy's normal fill", fills, goal=goal)


def filling(rng: np.random.Generator, buffer: np.ndarray) -> Callable[[], None]:
    """What fills memory that is already there a few times."""

    def fill() -> None:
        for _ in range(TIMES):
            rng.standard_normal(out=buffer)

    return fill


def each(action: Callable[[], None], numbers: int) -> float:
    """How long what is done a few times to so many numbers takes for each, ns."""
    return seconds(action) / TIMES / numbers * 1e9


def generators(rounds: int) -> Iterator[Figure]:
    """Fills of a chunk: ours beside NumPy's, and NumPy's on PCG64 beside that on SFC64."""
    buffer = np.empty(REPLICAS * RADII * 100)
    ours, numpys = zo.generator(1), np.random.Generator(np.random.SFC64(1))
    pcg = np.random.Generator(np.random.PCG64(1))
    fills = [filling(rng, buffer) for rng in (ours, pcg, numpys)]
    every = [[each(fill, buffer.size) for fill in fills] for _ in range(rounds)]
    own, pcgs, sfcs = zip(*every, strict=True)
    yield measured.rounds("our fill", own, "ns a normal", "NumPy's normal fill", sfcs)
    yield measured.rounds("PCG64", pcgs, "ns a normal", "SFC64", sfcs)


def figures(rounds: int) -> Iterator[Figure]:
    """Steps of every method, and the generators."""
    for d in (100, 1000):
        for label in methods():
            yield step_figure(label, d, rounds if d == 100 else max(min(11, rounds), rounds // 4))
    yield from generators(rounds)


def line(figure: Figure) -> str:
    """What is printed of a figure."""
    low, high = figure.quartiles or (figure.ratio, figure.ratio)
    if figure.name == "PCG64":
        return f"PCG64/SFC64 time of a normal fill: median {figure.ratio:.2f}"
    if figure.name == "our fill":
        return f"our normal fill/NumPy's: median {figure.ratio:.2f}  (quartiles {low:.2f} to {high:.2f})"
    d, label = figure.name.removeprefix("d = ").split(", ", 1)
    return f"step/fill  d = {d:<5} {label:33} median {figure.ratio:.2f}  (quartiles {low:.2f} to {high:.2f})"


def main() -> None:
    """Print the table."""
    options = measured.in_rounds(measured.parser(__doc__), 51, 11)
    measured.tell(__doc__, figures(options.rounds), options, line)


if __name__ == "__main__":
    main()

"""Large single runs: the memory of a run beside that of its state, and a step beside NumPy's fill of one direction.

    OMP_NUM_THREADS=1 python benchmarks/large.py [--quick] [--dimension D]

Each method takes a few steps on a quadratic of d = 10^7 dimensions (``--quick``: 10^6; ``--dimension 100000000`` takes
2 GB and some minutes), in a process of its own. Its memory is what the process grows by at most. A step draws its
direction once for each point that it is evaluated at, and once more to move. Times are of the processor.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import measured
from benchmarks.measured import Figure, peak
from zotheory.large import Point

STEPS = 8
METHODS = {  # and the vectors of its state
    "relative loss": (lambda d: zo.relative_loss(radius=0.1), 1),
    "relative loss, momentum": (lambda d: zo.relative_loss(radius=0.1, beta=0.9), 2),
    "three points": (lambda d: zo.three_point(radius=0.1), 1),
    "GLD-Search, 3 radii": (lambda d: zo.gld_search(R=0.8, r=0.2), 1),
    "two points": (lambda d: zo.two_point(h=lambda t: 0.2 / d, delta=lambda t: 0.1), 2),
    "random gradient-free": (lambda d: zo.random_gradient_free(h=lambda k: 0.2 / d, delta=0.1, average=False), 1),
}


def quadratic(point: Point) -> float:
    """|x - 1|^2, by blocks."""
    return sum(float(np.vdot(x, x)) - 2 * float(x.sum()) + len(x) for _, x in point)


def fill(d: int, block: int = 1 << 16) -> None:
    """NumPy's normals for one direction, block by block."""
    rng, room = np.random.Generator(np.random.SFC64(1)), np.empty(block)
    for _ in range(-(-d // block)):
        rng.standard_normal(out=room)


def spent(action: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = process_time()
    action()
    return process_time() - start


def child(name: str, d: int) -> None:
    """Run one method; print the seconds of a step and of a fill, and by how much the process grew."""
    method = METHODS[name][0](d)
    zo.run_large(method, quadratic, np.zeros(10), steps=1)  # what is loaded once
    small, before, x0 = peak(), spent(lambda: fill(d)), np.full(d, 0.0)  # zeros take no memory before they change

    def run(steps: int) -> None:
        zo.run_large(method, quadratic, x0, steps=steps, seed=1, record=[0], overwrite_x0=True)

    took = (spent(lambda: run(1 + STEPS)) - spent(lambda: run(1))) / STEPS
    grown, after = peak() - small, spent(lambda: fill(d))
    print(json.dumps([took, (before + after) / 2, grown]))


def figures(d: int) -> Iterator[Figure]:
    """Of each method two: time and memory."""
    for name, (_, vectors) in METHODS.items():
        words = [sys.executable, __file__, "--child", name, "--dimension", str(d)]
        took, beside, grown = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
        yield measured.alone(f"a step, d = {d:.0e}, {name}", took, "s", "NumPy's fill of one direction", beside)
        whole = 8e-9 * d * (vectors + 2)
        yield measured.alone(
            f"memory, d = {d:.0e}, {name}", grown * 1e-9, "GB", "the state and two vectors", whole, goal=1
        )


def main() -> None:
    """Print the table; or run one method, for the parent to measure."""
    parser = measured.parser(__doc__)
    parser.add_argument("--dimension", type=int, metavar="D", help="default: ten million; with --quick one million")
    parser.add_argument("--child", choices=METHODS, help="run this method alone")
    options = parser.parse_args()
    d = options.dimension or (10**6 if options.quick else 10**7)
    if options.child:
        child(options.child, d)
    else:
        measured.tell(__doc__, figures(d), options)


if __name__ == "__main__":
    main()

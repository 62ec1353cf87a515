"""Memory of many replicas: at its largest, beside what they give or beside a bound.

    OMP_NUM_THREADS=1 python benchmarks/memory.py [--quick]

A million replicas (``--quick``: fifty thousand) of relative-loss descent, each case in a process of its own: kept in
memory at d = 10 over 100 steps with the default records, here and on two processes; kept in files, and summarised, at
d = 100 over 20 steps. Counted is the process that asks for them, with Python, NumPy and this package in it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import measured
from benchmarks.measured import Figure, peak

CASES: dict[str, tuple[int, int, dict[str, Any]]] = {  # d, steps, and how
    "in memory": (10, 100, {}),
    "in memory, run by two processes": (10, 100, {"executor": 2}),
    "in files": (100, 20, {"store": True}),
    "a summary": (100, 20, {"quantiles": (0.05, 0.5, 0.95)}),
}
OVER, WHOLE = 0.2e9, 0.5e9  # bytes: over what is kept in memory; of all where nothing is


def child(name: str, replicas: int, d: int, steps: int) -> None:
    """Run one case; print the bytes of this process before and at its largest, and those that it keeps in memory."""
    _, _, how = CASES[name]
    method, f = zo.relative_loss(radius=zo.radii.one_fifth(1.0)), zo.problems.golovin_family(1, 8, d)
    run = zo.summarise if "quantiles" in how else zo.run
    with tempfile.TemporaryDirectory() as folder:

        def options(name: str) -> dict[str, Any]:
            return {**how, "store": f"{folder}/{name}"} if "store" in how else how

        run(method, f, steps=1, replicas=2, **options("small"))  # what is loaded once
        before = peak()
        found = run(method, f, steps=steps, replicas=replicas, **options("large"))
        kept = 0 if "store" in how else sum(part.nbytes for part in found if isinstance(part, np.ndarray))
    print(json.dumps([before, peak(), kept]))


def taken(name: str, replicas: int, d: int = 0, steps: int = 0) -> tuple[int, int, int]:
    """What `child` prints, of a case at this dimension and number of steps, or at its own."""
    own = CASES[name]
    words = [sys.executable, __file__, "--child", name, *map(str, (replicas, d or own[0], steps or own[1]))]
    before, largest, kept = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return before, largest, kept


def figures(replicas: int) -> Iterator[Figure]:
    """The largest memory of each case."""
    for name, (d, steps, _) in CASES.items():
        _, largest, kept = taken(name, replicas)
        allowed, words = (kept + OVER, "what they give and 200 MB") if kept > OVER / 20 else (WHOLE, "500 MB")
        label = f"memory of {replicas:,} replicas, d = {d}, {steps} steps, {name}"
        yield measured.alone(label, largest * 1e-9, "GB", words, allowed * 1e-9, goal=1)


def main() -> None:
    """Print the table; or run one case, for the parent to measure."""
    if sys.argv[1:2] == ["--child"]:
        return child(sys.argv[2], *map(int, sys.argv[3:]))
    options = measured.parser(__doc__).parse_args()
    measured.tell(__doc__, figures(50_000 if options.quick else 1_000_000), options)


if __name__ == "__main__":
    main()

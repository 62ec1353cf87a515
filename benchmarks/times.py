"""Seconds of the import, of `zotheory verify` and of `pytest`.

    python benchmarks/times.py [--quick]

Each in a process of its own, on a machine that does nothing else. What is verified is kept in a store, which takes
less than a second of it, and verified again from there. With ``--quick`` the import alone.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
from benchmarks import measured
from benchmarks.measured import Figure, seconds

ROOT = Path(__file__).resolve().parent.parent
GOALS = {"zotheory verify": 45.0, "zotheory verify, once more": 5.0, "pytest": 150.0}  # seconds, on two cores


def took(*words: str) -> float:
    """Seconds of Python with these words on its command line."""
    call = [sys.executable, *words]
    return seconds(lambda: subprocess.run(call, check=True, stdout=subprocess.DEVNULL, cwd=ROOT))


def figures(quick: bool) -> Iterator[Figure]:
    """The import beside NumPy's; the others beside their goals."""
    ours, numpys = zip(*[(took("-c", "import zotheory"), took("-c", "import numpy")) for _ in range(7)], strict=True)
    yield measured.rounds("import zotheory", ours, "s", "import numpy", numpys)
    yield measured.alone("import zotheory", median(ours), "s", "the goal", 0.3, goal=1)
    if not quick:
        with tempfile.TemporaryDirectory() as folder:
            verify = ["zotheory.cli", "verify", "--store", f"{folder}/store.db"]
            for name, words in zip(GOALS, (verify, verify, ["pytest", "-q"]), strict=True):
                yield measured.alone(name, took("-m", *words), "s", "the goal", GOALS[name], goal=1)


def main() -> None:
    """Print the table."""
    options = measured.parser(__doc__).parse_args()
    measured.tell(__doc__, figures(options.quick), options)


if __name__ == "__main__":
    main()

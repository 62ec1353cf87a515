"""Seconds of the import, of `zotheory verify` and of `pytest`.

    python benchmarks/times.py [--quick]

Each in a process of its own, on a machine that does nothing else. With ``--quick`` the import alone.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
from benchmarks import measured
from benchmarks.measured import Figure, seconds

ROOT = Path(__file__).resolve().parent.parent
GOALS = {"zotheory verify": 45.0, "pytest": 150.0}  # seconds, on two cores


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
        for name, words in (("zotheory verify", ["zotheory.cli", "verify"]), ("pytest", ["pytest", "-q"])):
            yield measured.alone(name, took("-m", *words), "s", "the goal", GOALS[name], goal=1)


def main() -> None:
    """Print the table."""
    options = measured.parser(__doc__).parse_args()
    measured.tell(__doc__, figures(options.quick), options)


if __name__ == "__main__":
    main()

"""The dearest experiments of `zotheory verify`.

    OMP_NUM_THREADS=1 python benchmarks/dearest.py

Every experiment and control of every claim at the quick level, one after the other in this process: processor time of
the ten that take longest, of the rooms that they are in, and of all, each as a share of all. With ``--quick`` those of
one claim in ten.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
from benchmarks import measured
from benchmarks.measured import Figure
from zotheory.claims import select
from zotheory.evidence.parts import parts
from zotheory.evidence.running import measured as observed
from zotheory.evidence.running import tasks

SHOWN = 10


def figures(quick: bool) -> Iterator[Figure]:
    """The dearest experiments, then all of each method."""
    spent: Counter[str] = Counter()
    rooms: Counter[str] = Counter()
    for owner, experiment in tasks(select()[:: 10 if quick else 1]):
        start = time.process_time()
        for part in parts(experiment, "quick"):
            observed(owner, experiment, part, seed=0)
        took = time.process_time() - start
        spent[f"{owner.id}, d = {experiment.d}: {experiment.label}"] += took
        rooms[owner.id.partition(".")[0]] += took
    whole = spent.total()
    for name, took in (*spent.most_common(SHOWN), *rooms.most_common()):
        yield measured.alone(name, took, "s", f"all {len(spent)}", whole)
    dearest = sum(took for _, took in spent.most_common(SHOWN))
    yield measured.alone(f"the {SHOWN} dearest together", dearest, "s", f"all {len(spent)}", whole)


def main() -> None:
    """Print the table."""
    options = measured.parser(__doc__).parse_args()
    measured.tell(__doc__, figures(options.quick), options)


if __name__ == "__main__":
    main()

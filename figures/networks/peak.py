"""How much memory a step takes on a sequence of some length: `python -m figures.networks.peak KIND LENGTH`.

The running sum of the adding problem, 16 units, 256 sequences. `bytes` is what XLA says of the compiled program: its
arguments, its results and all that it holds in between. `grown` is how much higher the peak memory of the process, as
the system tells it, is after the program has been compiled and run than before.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from figures.networks.job import Job

UNITS, BATCH, WINDOW = 16, 256, 50
KINDS = ("relative loss online", "relative loss", "back-propagation, truncated", "back-propagation")
LENGTHS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)


def program(kind: str, length: int, *, units: int = UNITS, batch: int = BATCH, window: int = WINDOW) -> tuple[Any, ...]:
    """The compiled steps that see all of a batch of sequences once, and their arguments."""
    import numpy as np
    import optax

    import zotheory as zo
    from figures.networks.backpropagation import backpropagation
    from figures.networks.through_time import truncated
    from figures.networks.training import Training
    from zotheory.methods.relative_loss_online import relative_loss_online
    from zotheory.problems.networks import Lstm, Sequences
    from zotheory.problems.networks.tasks import Adding

    windowed = kind in ("relative loss online", "back-propagation, truncated")
    problem = Sequences(
        Lstm(2, units, 1), Adding(length, running=True), batch=batch, window=window if windowed else None
    )
    method = {
        "relative loss online": relative_loss_online(radius=0.1, empty=problem.empty),
        "relative loss": zo.relative_loss(radius=0.1, cached=False),
        "back-propagation, truncated": truncated(optax.sgd(0.1), problem.empty),
        "back-propagation": backpropagation(optax.sgd(0.1)),
    }[kind]
    steps = length // window if windowed else 1
    training = Training(method, problem, 0, steps, lambda x: {}, (1,))
    arguments = (training.begin()[0], np.arange(1, steps + 1))
    return training.compiled.lower(*arguments).compile(), arguments


def held(compiled: Any) -> int:
    """Bytes of arguments, results and all in between."""
    said = compiled.memory_analysis()
    return int(said.temp_size_in_bytes + said.argument_size_in_bytes + said.output_size_in_bytes)


def most() -> int:
    """Return the most memory that this process ever had, in bytes."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main(kind: str, length: int) -> dict[str, Any]:
    """Measure in this process."""
    program(kind, 2 * WINDOW)  # all that is imported and set up once
    before = most()
    compiled, arguments = program(kind, length)
    compiled(*arguments)[1].block_until_ready()
    return {"kind": kind, "length": length, "bytes": held(compiled), "grown": most() - before}


def measured(state: Any, number: int, *, kind: str) -> tuple[Any, dict[str, Any]]:
    """Measure one length in a process of its own."""
    command = [sys.executable, "-m", "figures.networks.peak", kind, str(LENGTHS[number - 1])]
    root = Path(__file__).resolve().parent.parent.parent
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    if done.returncode:
        raise MemoryError(f"{kind} at length {LENGTHS[number - 1]} ended with {done.returncode}: {done.stderr[-500:]}")
    return state, json.loads(done.stdout.splitlines()[-1])


def memory() -> Iterator[Job]:
    """For each kind a job, of a piece for every length."""
    told = {"units": UNITS, "batch": BATCH, "window": WINDOW}
    for kind in KINDS:
        yield Job(f"memory/{kind}", told, lambda: (None, {}), partial(measured, kind=kind), len(LENGTHS))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m figures.networks.peak", description=__doc__)
    parser.add_argument("kind", choices=KINDS, help="of step")
    parser.add_argument("length", type=int, help="time steps of a sequence")
    print(json.dumps(main(**vars(parser.parse_args()))))

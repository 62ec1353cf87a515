"""What a verification of very many claims takes on very many workers: the parts of a model, and the model tried.

    OMP_NUM_THREADS=1 python benchmarks/scale.py

The model: one process sends messages and takes in what they give, a scheduler passes them on, and each keeps so many
processor seconds a message to itself; a free worker takes the next message and needs as long as its experiments. So
many workers are of use as the slower of the two can keep busy. Measured are

- the processor time of both and of a worker for a message that does nothing, with 1 to 64 workers (of which all but
  the first are objects in one process, and do no work to speak of);
- how long the store takes to keep what one experiment gave;
- the processor time of experiments drawn at random from those of all claims.

Then these experiments run on one and on two workers, and what sleeps as long as they take on sixteen; the time that the
model gives stands beside that which was seen. docs/scale.md says what follows for ten thousand claims.
"""

from __future__ import annotations

import heapq
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
from benchmarks import measured
from benchmarks.loopback import cluster
from benchmarks.measured import Figure, seconds
from zotheory.claims import find, select
from zotheory.evidence import running
from zotheory.evidence.keeping import keeping
from zotheory.evidence.parts import parts
from zotheory.sweep import sweep

SEED, SLEEPERS = 8, 16
OBJECTS = """
import asyncio, sys
from distributed import Worker
async def main(address, number):
    workers = await asyncio.gather(*[Worker(address, nthreads=1, dashboard=False, name=i) for i in range(number)])
    await asyncio.gather(*[worker.finished() for worker in workers])
asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


# --- the model -------------------------------------------------------------------------------------------------------


class Costs(NamedTuple):
    """Seconds a message: of the sender, of the scheduler with so many workers, of a worker; of the store, a task."""

    client: float
    scheduler: dict[int, float]
    worker: float
    write: float

    def serial(self, workers: int, batch: int = 1) -> float:
        """What no worker can take over, a task, where a message holds `batch` of them."""
        return max(self.client / batch + self.write, self.scheduler_with(workers) / batch)

    def scheduler_with(self, workers: int) -> float:
        """Of the scheduler with so many workers: a straight line through what was measured, in their logarithm."""
        slope, at_one = np.polyfit(np.log2(list(self.scheduler)), list(self.scheduler.values()), 1)
        return float(max(at_one + slope * np.log2(workers), min(self.scheduler.values())))


def makespan(tasks: Sequence[float], workers: int, costs: Costs, batch: int = 1) -> float:
    """Seconds from the first message to the last answer: a message goes to the worker that is free first.

    Parameters
    ----------
    tasks : sequence of float
        Processor seconds of each, in the order in which they are sent.
    workers : int
    costs : Costs
    batch : int
        Tasks in a message.
    """
    serial = costs.serial(workers, batch) * batch
    messages = tasks if batch == 1 else [sum(tasks[start : start + batch]) for start in range(0, len(tasks), batch)]
    free, sent = [0.0] * workers, 0.0
    for message in messages:
        sent += serial
        heapq.heapreplace(free, max(free[0], sent) + costs.worker + message)
    return max(free)


def useful(tasks: Sequence[float], costs: Costs, batch: int = 1) -> int:
    """The workers that can be kept busy: with more, the serial parts take longer than the experiments."""
    workers, each = 1, fmean(tasks)
    while (each + costs.worker / batch) / (workers + 1) >= costs.serial(workers + 1, batch):
        workers += max(1, workers // 100)
    return workers


# --- its parts -------------------------------------------------------------------------------------------------------

Item = tuple[str, int]  # a claim and the number of one of its tasks


def drawn(count: int) -> list[Item]:
    """Return so many experiments, drawn from all claims and controls without regard to what they cost."""
    every = [(claim.id, number) for claim in select() for number, _ in enumerate(running.tasks([claim]))]
    return random.Random(SEED).sample(every, count)


def work(item: Item) -> tuple[float, Any]:
    """Measure one experiment at the quick level: processor seconds, and what was observed."""
    name, number = item
    owner, experiment = list(running.tasks([find(name)]))[number]
    start = time.process_time()
    seen = running.measured(owner, experiment, parts(experiment, "quick")[0], seed=0)
    return time.process_time() - start, seen


def nothing(item: int) -> None:
    """Do nothing."""


def spent() -> float:
    """Processor seconds of this process so far."""
    return time.process_time()


@contextmanager
def objects(address: str, workers: int) -> Iterator[None]:
    """Within, so many workers that are objects in one process."""
    started = subprocess.Popen([sys.executable, "-c", OBJECTS, address, str(workers)], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        started.kill()
        started.wait()


def message(client: Any, count: int) -> tuple[float, float, float]:
    """Processor seconds of a message that does nothing: here, of the scheduler, of all workers."""
    executor = client.get_executor(pure=False)

    def all_spent() -> tuple[float, float, float]:
        return spent(), client.run_on_scheduler(spent), max(client.run(spent).values())

    list(sweep(nothing, range(count // 10), executor))  # what is loaded once
    before = all_spent()
    list(sweep(nothing, range(count), executor))
    here, scheduler, worker = ((b - a) / count for a, b in zip(before, all_spent(), strict=True))
    return here, scheduler, worker


def messages(count: int, workers: Sequence[int]) -> tuple[float, dict[int, float], float]:
    """Of a message: seconds here, of the scheduler with each number of workers, and of a worker."""
    with cluster(1) as client:
        here, one, worker = message(client, count)
    scheduler = {1: one}
    for number in workers:
        with cluster(0) as client, objects(client.scheduler.address, number):
            client.wait_for_workers(number, timeout=60)
            scheduler[number] = message(client, count)[1]
    return here, scheduler, worker


def writes(items: Sequence[Item], seen: Sequence[Any]) -> float:
    """Seconds in which a store keeps what one experiment gave."""
    claims = [find(name) for name, _ in items]
    tasks = [list(running.tasks([claim]))[number] for claim, (_, number) in zip(claims, items, strict=True)]
    with tempfile.TemporaryDirectory() as folder, keeping(f"{folder}/store.db", claims, tasks, seed=0) as kept:
        whole = [parts(experiment, "quick")[0] for _, experiment in tasks]
        took = seconds(lambda: [kept.put(i, part, seen[i]) for i, part in enumerate(whole)])
    return took / len(items)


def ran(items: Sequence[Item], workers: int) -> float:
    """Seconds of these experiments on so many workers, which have loaded what they need."""
    with cluster(workers) as client:
        client.run(lambda: len(select()))
        return _took(client, work, items)


def slept(tasks: Sequence[float], workers: int) -> float:
    """Seconds of what sleeps so long, on workers that are objects."""
    with cluster(0) as client, objects(client.scheduler.address, workers):
        client.wait_for_workers(workers, timeout=60)
        return _took(client, time.sleep, tasks)


def _took(client: Any, does: Callable[[Any], object], items: Sequence[Any]) -> float:
    executor = client.get_executor(pure=False)
    list(sweep(nothing, range(100), executor))
    return seconds(lambda: list(sweep(does, items, executor)))


def figures(quick: bool, data: dict[str, Any]) -> Iterator[Figure]:
    """The parts of the model, and what it gives beside what was seen; fills `data` with what the model needs."""
    count, items = (300, drawn(40)) if quick else (1000, drawn(200))
    bare = seconds(lambda: list(sweep(nothing, range(count)))) / count
    here, scheduler, worker = messages(count, [4, 16] if quick else [4, 16, 64])
    done = [work(item) for item in items]
    costs = Costs(here, scheduler, worker, writes(items, [seen for _, seen in done]))
    tasks = [cost for cost, _ in done]
    data |= {"costs": costs._asdict(), "tasks": [float(f"{cost:.3g}") for cost in sorted(tasks)]}
    limit = "the same in this process"
    yield measured.alone("a message, sender", here * 1e6, "us", limit, bare * 1e6)
    for number, each in scheduler.items():
        yield measured.alone(f"a message, scheduler of {number}", each * 1e6, "us", limit, bare * 1e6)
    yield measured.alone("a message, worker", worker * 1e6, "us", limit, bare * 1e6)
    each = fmean(tasks)
    yield measured.alone("a write to the store", costs.write * 1e3, "ms", "an experiment, on average", each * 1e3)
    free = costs._replace(write=0.0)  # nothing is kept here
    cores = os.cpu_count() or 1  # which sender, scheduler and workers share
    for workers in (1, 2):
        busy = (sum(tasks) + len(tasks) * (here + scheduler[1] + worker)) / cores
        given = max(makespan(tasks, workers, free), busy)
        seen = ran(items, workers)
        yield measured.alone(f"{len(items)} experiments on {workers}, by the model", given, "s", "seen", seen)
    given = makespan(tasks, SLEEPERS, free)
    yield measured.alone(f"as long a sleep on {SLEEPERS}, by the model", given, "s", "seen", slept(tasks, SLEEPERS))


def main() -> None:
    """Print the table."""
    options = measured.parser(__doc__).parse_args()
    data: dict[str, Any] = {}
    measured.tell(__doc__, figures(options.quick, data), options, data=data)


if __name__ == "__main__":
    main()

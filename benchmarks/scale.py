"""What a verification of very many claims takes on very many workers: the parts of a model, and the model tried.

    OMP_NUM_THREADS=1 python benchmarks/scale.py

The model is `benchmarks/makespan.py`. Measured are its parts:

- the processor time of both and of a worker for a message that does nothing, with 1 to 64 workers (of which all but
  the first are objects in one process, and do no work to speak of);
- how long the store takes to keep what one experiment gave;
- the processor time of experiments drawn at random from those of all claims.

Then these experiments run on one and on two workers, and what sleeps as long as they take on sixteen; what the model
gives stands beside what was seen: processor seconds of all processes, and seconds, which are more where the machine is
at other work, too. docs/scale.md says what follows for ten thousand claims.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
from benchmarks import measured
from benchmarks.loopback import cluster
from benchmarks.makespan import Costs, makespan
from benchmarks.measured import Figure, seconds
from zotheory.claims import find, select
from zotheory.evidence import running
from zotheory.evidence.keeping import keeping
from zotheory.evidence.parts import parts
from zotheory.sweeps import sweep

SEED, SLEEPERS = 8, 16
OBJECTS = """
import asyncio, sys
from distributed import Worker
async def main(address, number):
    workers = await asyncio.gather(*[Worker(address, nthreads=1, dashboard=False, name=i) for i in range(number)])
    await asyncio.gather(*[worker.finished() for worker in workers])
asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


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


def claims_here() -> int:
    """Load all claims."""
    return len(select())


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


def messages(count: int, workers: Sequence[int]) -> Costs:
    """What a message costs, and the start of a worker; nothing yet of the store."""
    with cluster(1) as client:
        client.run(claims_here)
        start = max(client.run(spent).values())
        here, one, worker = message(client, count)
    scheduler = {1: one}
    for number in workers:
        with cluster(0) as client, objects(client.scheduler.address, number):
            client.wait_for_workers(number, timeout=60)
            scheduler[number] = message(client, count)[1]
    return Costs(here, scheduler, worker, 0.0, start)


def writes(items: Sequence[Item], seen: Sequence[Any]) -> float:
    """Seconds in which a store keeps what one experiment gave."""
    claims = [find(name) for name, _ in items]
    tasks = [list(running.tasks([claim]))[number] for claim, (_, number) in zip(claims, items, strict=True)]
    with tempfile.TemporaryDirectory() as folder, keeping(f"{folder}/store.db", claims, tasks, seed=0) as kept:
        whole = [parts(experiment, "quick")[0] for _, experiment in tasks]
        took = seconds(lambda: [kept.put(i, part, seen[i]) for i, part in enumerate(whole)])
    return took / len(items)


def load(items: Sequence[Item]) -> None:
    """Do some experiments, which load most of what there is to load."""
    for item in items:
        work(item)


def ran(items: Sequence[Item], before: Sequence[Item], workers: int) -> tuple[float, float]:
    """Seconds of these experiments on so many workers that did others before; and processor seconds of all."""
    with cluster(workers) as client:
        client.run(load, before)
        executor = client.get_executor(pure=False)
        list(sweep(nothing, range(100), executor))

        def all_spent() -> float:
            return spent() + client.run_on_scheduler(spent) + sum(client.run(spent).values())

        before = all_spent()
        took = seconds(lambda: list(sweep(work, items, executor)))
        return took, all_spent() - before


def slept(tasks: Sequence[float], workers: int) -> float:
    """Seconds of what sleeps so long on workers that are objects; by `sweep` one process would do one at a time."""
    with cluster(0) as client, objects(client.scheduler.address, workers):
        client.wait_for_workers(workers, timeout=60)
        executor = client.get_executor(pure=False)
        list(executor.map(nothing, range(100)))
        return seconds(lambda: list(executor.map(time.sleep, tasks)))


def figures(quick: bool, data: dict[str, Any]) -> Iterator[Figure]:
    """The parts of the model, and what it gives beside what was seen; fills `data` with what the model needs."""
    count, number, workers = (300, 40, [4, 16]) if quick else (1000, 300, [4, 16, 64])
    before, items = (every := drawn(number + 40))[:40], every[40:]
    bare = seconds(lambda: list(sweep(nothing, range(count)))) / count
    costs = messages(count, workers)
    load(before)
    done = [work(item) for item in items]
    tasks = [cost for cost, _ in done]
    kept = costs._replace(write=writes(items, [seen for _, seen in done]))
    data |= {"costs": kept._asdict(), "tasks": [float(f"{cost:.3g}") for cost in sorted(tasks)]}
    limit, each = "the same in this process", fmean(tasks)
    yield measured.alone("a message, sender", costs.client * 1e6, "us", limit, bare * 1e6)
    for workers_there, cost in costs.scheduler.items():
        yield measured.alone(f"a message, scheduler of {workers_there}", cost * 1e6, "us", limit, bare * 1e6)
    yield measured.alone("a message, worker", costs.worker * 1e6, "us", limit, bare * 1e6)
    yield measured.alone("a write to the store", kept.write * 1e3, "ms", "an experiment, on average", each * 1e3)
    yield measured.alone("a worker's start, with all claims", costs.start, "s", "an experiment, on average", each)
    yield from predictions(items, tasks, before, costs._replace(start=0.0))


def predictions(
    items: Sequence[Item], tasks: Sequence[float], before: Sequence[Item], costs: Costs
) -> Iterator[Figure]:
    """What the model gives beside what is seen, of workers that have started."""
    cores = os.cpu_count() or 1  # which sender, scheduler and workers share
    for workers in (1, 2):
        busy = sum(tasks) + len(tasks) * (costs.client + costs.scheduler[1] + costs.worker)
        took, used = ran(items, before, workers)
        given, what = max(makespan(tasks, workers, costs), busy / cores), f"{len(items)} experiments on {workers}"
        yield measured.alone(f"{what}, processors, by the model", busy, "s", "seen", used)
        yield measured.alone(f"{what}, by the model", given, "s", "seen", took)
    given = makespan(tasks, SLEEPERS, costs)
    yield measured.alone(f"as long a sleep on {SLEEPERS}, by the model", given, "s", "seen", slept(tasks, SLEEPERS))


def main() -> None:
    """Print the table."""
    options = measured.parser(__doc__).parse_args()
    data: dict[str, Any] = {}
    measured.tell(__doc__, figures(options.quick, data), options, data=data)


if __name__ == "__main__":
    main()

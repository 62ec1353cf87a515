"""What two workers gain beside two independent processes, and what an empty task costs whoever does it.

    OMP_NUM_THREADS=1 python benchmarks/workers.py [--quick] [--no-dask]

The work is a list of chunks of GLD-Search, each 64 replicas at d = 100 for 150 steps: about as long as an experiment of
a verification takes. A round times all of it in this process, by two processes that know of nothing else, half each,
and by two workers of `zotheory.sweeps`: what the workers gain over one process stands beside what the independent ones
gain over it. The same with two workers of Dask on this machine. Empty tasks stand beside a message to another process
and its answer, and beside Dask's own calls.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import measured
from benchmarks.loopback import cluster
from benchmarks.measured import Figure, seconds
from zotheory.sweeps import opened, sweep

WORKERS = 2


def chunk(seed: int) -> float:
    """One task: the mean of what 64 replicas reached."""
    problem = zo.problems.golovin_family(1, 8, 100, minimiser=0.3)
    done = zo.run(zo.gld_search(R=2.0, r=1e-3), problem, steps=150, replicas=64, seed=seed, record=[0, 150])
    return float(done.values[-1].mean())


def independently(tasks: int) -> None:
    """The tasks, by processes that share nothing and tell nothing, each as many of them."""
    processes = [Process(target=list, args=(map(chunk, range(i, tasks, WORKERS)),)) for i in range(WORKERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def by_workers(executor: Executor | int, tasks: int) -> None:
    """The tasks, by the workers of an executor; for an int they are started first."""
    with opened(executor) as workers:
        list(sweep(chunk, range(tasks), workers))


def gain(name: str, executor: Executor | int, tasks: int, rounds: int) -> Figure:
    """What the workers gain over one process, beside what independent processes gain over it."""
    workers, independent = [], []
    for _ in range(rounds):
        alone = seconds(lambda: list(map(chunk, range(tasks))))
        independent.append(alone / seconds(lambda: independently(tasks)))
        workers.append(alone / seconds(lambda: by_workers(executor, tasks)))
    beside = f"{WORKERS} independent processes"
    return measured.rounds(name, workers, "times one", beside, independent, goal=0.9, more=True)


def empty(executor: Executor | None, tasks: int) -> float:
    """Microseconds of a task that does nothing."""
    return seconds(lambda: list(sweep(abs, range(tasks), executor))) * 1e6 / tasks


def message(messages: int) -> float:
    """Microseconds of a message to another process and its answer."""
    ours, theirs = Pipe()
    process = Process(target=_echo, args=(theirs,), daemon=True)
    process.start()

    def back_and_forth() -> None:
        for number in range(messages):
            ours.send(number)
            ours.recv()

    took = seconds(back_and_forth) * 1e6 / messages
    process.kill()
    process.join()
    return took


def _echo(connection: Connection) -> None:
    while True:
        connection.send(connection.recv())


def own(executor: Executor, tasks: int) -> float:
    """Microseconds of an empty call of an executor, without this package."""
    return seconds(lambda: [f.result() for f in [executor.submit(abs, i) for i in range(tasks)]]) * 1e6 / tasks


def figures(tasks: int, rounds: int, dask: bool) -> Iterator[Figure]:
    """Gains, and the cost of an empty task; so many tasks a gain, and fifty times as many empty ones."""
    many = 50 * tasks
    yield gain("two processes", WORKERS, tasks, rounds)
    trips = [message(many) for _ in range(rounds)]
    beside = "a message and its answer"
    here = [empty(None, many) for _ in range(rounds)]
    yield measured.rounds("an empty task in this process", here, "us", beside, trips)
    with opened(WORKERS) as executor:
        sent = [empty(executor, many) for _ in range(rounds)]
    yield measured.rounds("an empty task of two processes", sent, "us", beside, trips)
    if dask:
        with cluster(WORKERS) as client:
            executor = client.get_executor(pure=False)
            yield gain("two workers of Dask", executor, tasks, rounds)
            sent, theirs = zip(*[(empty(executor, many), own(executor, many)) for _ in range(rounds)], strict=True)
        yield measured.rounds("an empty task of two workers of Dask", sent, "us", "Dask's own call", theirs)


def main() -> None:
    """Print the table."""
    parser = measured.parser(__doc__)
    parser.add_argument("--no-dask", dest="dask", action="store_false", help="leave out what needs the extra dask")
    options = measured.in_rounds(parser, 5, 3)
    measured.tell(__doc__, figures(16 if options.quick else 32, options.rounds, options.dask), options)


if __name__ == "__main__":
    main()

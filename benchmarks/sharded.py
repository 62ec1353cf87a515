"""A run whose workers hold all parameters, and exchange one number an evaluation.

    OMP_NUM_THREADS=1 python benchmarks/sharded.py

Every worker runs `zotheory.run_large`, as it is, with the same seed, and so draws the same directions and takes the
same steps. Where the run asks for a value, a worker evaluates its part of the data, sends that number, and is sent the
sum over all parts, with which it goes on. No vector travels. The sums are kept: they, the seed and the start are all
there is to a run. A worker that joins late is sent them, and takes the steps again without evaluating anything.

The workers are Dask's, two processes on this machine, behind a scheduler. Counted are the bytes of what is sent, and
of what then went over the loopback device, with all that Dask adds. The points at which the workers end must have the
bits of a run in one process.
"""

from __future__ import annotations

import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from statistics import median
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import measured
from benchmarks.loopback import addresses, bytes_sent, cluster
from benchmarks.measured import Figure
from zotheory.large import LargeRun, Point

METHODS = {
    "relative loss": zo.relative_loss(radius=zo.radii.one_fifth(1.0)),
    "relative loss, momentum": zo.relative_loss(radius=zo.radii.one_fifth(1.0), beta=0.9),
    "two points": zo.two_point(h=lambda t: 1e-3, delta=lambda t: 1e-3),
}
NUMBER = "<d"  # how a number is sent
SIZE = struct.calcsize(NUMBER)


@dataclass(frozen=True)
class Shard:
    """A part of the data of a least-squares problem: rows of its own, which are drawn from its number alone."""

    number: int
    d: int
    rows: int

    def __call__(self) -> Callable[[Point], float]:
        """Draw the rows, which never leave the worker; return the loss on them."""
        rng = np.random.default_rng((7, self.number))
        features = rng.standard_normal((self.rows, self.d)) / np.sqrt(self.d)
        targets = features @ np.sin(np.arange(self.d))

        def loss(point: Point) -> float:
            return float(np.sum((sum(features[:, where] @ x for where, x in point) - targets) ** 2))

        return loss


@dataclass(frozen=True)
class Job:
    """What the workers of a run have in common."""

    method: zo.Method
    d: int
    steps: int
    seed: int = 1
    block: int = 1 << 14

    def run(self, f: Callable[[Point], float]) -> LargeRun:
        """Run it on f, which returns sums over all parts."""
        record = [0, self.steps]
        return zo.run_large(
            self.method, f, np.zeros(self.d), steps=self.steps, seed=self.seed, block=self.block, record=record
        )


class Worker:
    """A run under way in a thread: stands still where it needs the sum of an evaluation.

    Parameters
    ----------
    job, shard
    log : bytes
        Sums of the evaluations that were made before it joined.
    """

    def __init__(self, job: Job, shard: Shard, log: bytes = b"") -> None:
        self.job, self.shard = job, shard()
        self.known = len(log) // SIZE
        self.asked: SimpleQueue[bytes] = SimpleQueue()
        self.told: SimpleQueue[float | None] = SimpleQueue()
        self.tell(log)
        threading.Thread(target=self._run, daemon=True).start()

    def tell(self, sums: bytes) -> None:
        """Hand over sums, in the order of the evaluations."""
        for (number,) in struct.iter_unpack(NUMBER, sums):
            self.told.put(number)

    def exchange(self, sums: bytes = b"") -> bytes:
        """Go on with these sums; return the number of the next evaluation, nothing where the run is over."""
        self.tell(sums)
        return self.asked.get()

    def end(self) -> bytes:
        """The point at which it ended; raises what ended it otherwise."""
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result.x.tobytes()

    def leave(self) -> None:
        """End before the run does."""
        self.told.put(None)

    def _run(self) -> None:
        try:
            self.result: LargeRun | BaseException = self.job.run(self._value)
        except BaseException as error:
            self.result = error
        self.asked.put(b"")

    def _value(self, point: Point) -> float:
        if self.known:
            self.known -= 1
        else:
            self.asked.put(struct.pack(NUMBER, self.shard(point)))
        number = self.told.get()
        if number is None:
            raise InterruptedError("the worker left the run")
        return number


@dataclass
class Seat:
    """A worker, here or an actor elsewhere, and how many sums it was told."""

    worker: Any
    told: int = 0

    def exchange(self, log: bytes) -> tuple[Any, int]:
        """Send it the sums that it does not know; return what it answers, or will, and how many bytes were sent."""
        news = log[self.told * SIZE :]
        self.told = len(log) // SIZE
        return self.worker.exchange(news), len(news)


@dataclass
class Sums:
    """What the coordinator knows of a run: its seats, the sums so far, and what was sent for each of them."""

    seats: list[Seat]
    log: bytes = b""
    payload: list[int] = field(default_factory=list)  # bytes to a worker and back
    wire: list[int] = field(default_factory=list)  # bytes over the loopback device, a worker
    seconds: list[float] = field(default_factory=list)

    def go_on(self, evaluations: int | None = None) -> None:
        """Exchange numbers until so many sums are known, by default until the run is over."""
        while evaluations is None or len(self.log) < evaluations * SIZE:
            start, before = time.perf_counter(), bytes_sent()
            sent = [seat.exchange(self.log) for seat in self.seats]
            numbers = [answer if isinstance(answer, bytes) else answer.result() for answer, _ in sent]
            if not all(numbers):
                return
            self.seconds.append(time.perf_counter() - start)
            self.wire.append((bytes_sent() - before) // len(self.seats))
            self.payload.append(sent[0][1] + len(numbers[0]))
            self.log += struct.pack(NUMBER, _sum(numbers))


def _sum(numbers: Sequence[bytes]) -> float:
    """In their order, so that it has the same bits whoever computes it."""
    found = 0.0
    for number in numbers:
        found += struct.unpack(NUMBER, number)[0]
    return found


def alone(job: Job, shards: Sequence[Shard]) -> LargeRun:
    """The run in this process, with all parts of the data."""
    losses = [shard() for shard in shards]
    return job.run(lambda point: _sum([struct.pack(NUMBER, loss(point)) for loss in losses]))


def together(client: Any, job: Job, shards: Sequence[Shard], *, leaves_after: int | None = None) -> tuple[Sums, Any]:
    """The run on the workers of a cluster, one part of the data each; return what was sent, and where each ended.

    After so many evaluations the last worker is dropped, and one that knows nothing takes its place.
    """
    places = addresses(client)

    def seat(shard: Shard, log: bytes = b"") -> Seat:
        where = places[shard.number % len(places)]
        made = client.submit(Worker, job, shard, log, actor=True, workers=[where], pure=False).result()
        return Seat(made, len(log) // SIZE)

    sums = Sums([seat(shard) for shard in shards])
    if leaves_after is not None:
        sums.go_on(leaves_after)
        sums.seats[-1].worker.leave().result()
        sums.seats[-1] = seat(shards[-1], sums.log)
    sums.go_on()
    return sums, [seat.worker.end().result() for seat in sums.seats]


def figures(quick: bool) -> Iterator[Figure]:
    """What is sent for an evaluation, how long that takes, and how long one that joins late needs."""
    d, rows, steps = (20_000, 8, 30) if quick else (200_000, 16, 100)
    shards = [Shard(number, d, rows) for number in range(2)]
    with cluster(2) as client:
        for name, method in METHODS.items():
            job = Job(method, d, steps)
            sums, ends = together(client, job, shards, leaves_after=(half := steps // 2))
            if set(ends) != {alone(job, shards).x.tobytes()}:
                raise AssertionError(f"{name}: the workers end elsewhere than a run in one process")
            sent, went, took = median(sums.payload), median(sums.wire), median(sums.seconds)
            yield measured.alone(
                f"{name}, what is sent", sent, "bytes an evaluation and worker", "two numbers", 2 * SIZE, goal=1
            )
            yield measured.alone(
                f"{name}, with what Dask adds", went, "bytes an evaluation and worker", "two numbers", 2 * SIZE
            )
            again = (sums.seconds[half] - took) / half
            yield measured.alone(
                f"{name}, taken again by one that joins late", again, "s an evaluation", "at first", took
            )


def main() -> None:
    """Print the table."""
    options = measured.parser(__doc__).parse_args()
    measured.tell(__doc__, figures(options.quick), options)


if __name__ == "__main__":
    main()

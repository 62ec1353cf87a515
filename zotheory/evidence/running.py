"""The experiments of a run: measured in this process, or by several that end when the run ends.

On Linux the processes are forked. A fork holds the claims already, with the lambdas and closures that nothing could
send to it; only the number of an experiment goes in, and what it gave comes out. Elsewhere forking is not safe, and
the experiments run in this process one after the other. What they give does not depend on it: a random stream belongs
to the seed and the names of claim and experiment.

Processes leave Ctrl-C to the one that started them, which kills them whatever becomes of the run; should it be killed
itself, the system kills them. One that dies takes with it only the experiment that it was measuring.
"""

from __future__ import annotations

import ctypes
import inspect
import multiprocessing
import os
import pickle
import signal
import sys
import traceback
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

import numpy as np

from zotheory.evidence.claim import Claim, Control, Experiment
from zotheory.evidence.observations import Observation
from zotheory.looks import ObjectiveWarning

PARALLEL = sys.platform == "linux"  # where a forked process is safe, and dies with its parent
DIE_WITH_PARENT = 1  # prctl(2), PR_SET_PDEATHSIG
READ = ("measured", "bound", "ratio", "replicas", "calls", "basis", "assumed", "exact", "caveat")  # of observations
TESTED = ("refuting", "supporting", "detectable_ratio", "detectable_probability")


@dataclass(frozen=True)
class Outcome:
    """What one experiment gave: an observation with its p-values, or the traceback that says why there is none.

    `detectable_ratio` and `detectable_probability` are the smallest violations that it would have refuted; None where
    its samples do not show it, or where a violation is not measured so.
    """

    observation: Observation | None
    failure: str = ""
    refuting: float = 1.0
    supporting: float = 1.0
    detectable_ratio: float | None = None
    detectable_probability: float | None = None

    @property
    def exact(self) -> bool:
        """Whether it cannot err."""
        return self.observation is not None and self.observation.exact


Task = tuple[Claim | Control, Experiment]
Work = Callable[[Claim | Control, Experiment], Outcome]
Progress = Callable[[int, int, str], None]  # done, total, the id of what is measured next


def stream(seed: int, *names: str) -> np.random.SeedSequence:
    """Return the random stream that belongs to these names, whatever else is run."""
    return np.random.SeedSequence(seed, spawn_key=tuple(zlib.crc32(name.encode()) for name in names))


def observe(owner: Claim | Control, experiment: Experiment, seed: int, level: str) -> Any:
    """Measure one experiment against the bound of a claim or control.

    A run that diverges or stands still is weighed like others, without a warning: many are spoiled on purpose.
    """
    replicas = (experiment.full if level == "full" else experiment.replicas) or 1
    names = owner.id, experiment.rung, experiment.label, str(experiment.d)
    with warnings.catch_warnings(action="ignore", category=ObjectiveWarning):
        return experiment.measure(owner.bound, replicas, stream(seed, *names))


def outcome(owner: Claim | Control, experiment: Experiment, seed: int, level: str, error: float) -> Outcome:
    """Measure and test one experiment; `error` is the level at which a violation would have been refuted."""
    try:
        seen = observe(owner, experiment, seed, level)
        if any(inspect.getattr_static(seen, name, inspect) is inspect for name in (*READ, *TESTED)):
            raise TypeError(f"measure must return an observation, such as zotheory.Mean, got {seen!r:.200}")
        for name in READ:
            getattr(seen, name)
        refuting, supporting = float(seen.refuting), float(seen.supporting)
        if not (0 <= refuting <= 1 and 0 <= supporting <= 1):
            raise ValueError(f"p-values must lie in [0, 1], got {refuting} and {supporting} of {seen!r:.200}")
        if seen.exact and not {refuting, supporting} <= {0, 1}:
            raise ValueError(f"p-values of what is exact must be 0 or 1, got {refuting} and {supporting}")
        return Outcome(seen, "", refuting, supporting, seen.detectable_ratio(error), seen.detectable_probability(error))
    except (Exception, SystemExit) as problem:
        return Outcome(None, "".join(traceback.format_exception(problem)))


def tasks(claims: Sequence[Claim]) -> Iterator[Task]:
    """The experiments of each claim, and after them those of its controls."""
    for claim in claims:
        yield from ((claim, experiment) for experiment in claim.on)
        yield from ((control, control.experiment) for control in claim.controls)


def work_off(
    todo: Sequence[Task],
    work: Work,
    jobs: int | None,
    done: dict[int, Outcome],
    progress: Progress,
) -> None:
    """Fill `done`, number of a task -> its outcome; what was finished is there also if an exception ends this."""
    if jobs is not None and PARALLEL:
        _work_off_together(todo, work, min(jobs, len(todo)), done, progress)
    else:
        for number, (owner, experiment) in enumerate(todo):
            progress(number, len(todo), owner.id)
            done[number] = work(owner, experiment)
    progress(len(todo), len(todo), "")


def _work_off_together(
    todo: Sequence[Task],
    work: Work,
    jobs: int,
    done: dict[int, Outcome],
    progress: Progress,
) -> None:
    numbers = iter(range(len(todo)))
    workers: list[_Worker] = []
    try:
        for _ in range(jobs):
            _Worker(todo, work, workers)
        for worker in workers:
            _give(worker, numbers, todo, done, progress)
        while busy := {worker.connection: worker for worker in workers if worker.number is not None}:
            for connection in wait(list(busy)):
                worker = busy[connection]  # type: ignore[index]
                number, found = worker.number, worker.receive()
                if found is None:
                    found = worker.died()
                    workers.remove(worker)
                    worker = _Worker(todo, work, workers)
                done[number] = found  # type: ignore[index]
                _give(worker, numbers, todo, done, progress)
    finally:
        _end(workers, done)


def _give(
    worker: _Worker, numbers: Iterator[int], todo: Sequence[Task], done: dict[int, Outcome], progress: Progress
) -> None:
    worker.number = next(numbers, None)
    if worker.number is not None:
        with suppress(OSError):  # dead already, which its end of the connection will show
            worker.connection.send(worker.number)
        progress(len(done), len(todo), todo[worker.number][0].id)


def _end(workers: Sequence[_Worker], done: dict[int, Outcome]) -> None:
    """Take in what is finished, and kill every process, even if interrupted meanwhile."""
    try:
        for worker in workers:
            if worker.number is not None and worker.connection.poll():
                found = worker.receive()
                done |= {} if found is None else {worker.number: found}
    finally:
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()
            worker.connection.close()


class _Worker:
    """A forked process that measures the tasks whose numbers it is sent."""

    number: int | None = None  # of the task that it was given

    def __init__(self, todo: Sequence[Task], work: Work, others: list[_Worker]) -> None:
        self.connection, theirs = multiprocessing.Pipe()
        ours = [self.connection, *(other.connection for other in others)]
        context = multiprocessing.get_context("fork")
        self.process = context.Process(target=_serve, args=(theirs, ours, todo, work, os.getpid()))
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads, which measure nothing
                self.process.start()
            others.append(self)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        theirs.close()

    def receive(self) -> Outcome | None:
        """Return the outcome of its task; None if it died."""
        try:
            sent = self.connection.recv_bytes()
        except (EOFError, OSError):
            return None
        try:
            return pickle.loads(sent)
        except Exception as problem:  # an observation that cannot be read
            return Outcome(None, "".join(traceback.format_exception(problem)))

    def died(self) -> Outcome:
        """Say so, and of what."""
        self.process.join()
        self.connection.close()
        return Outcome(None, f"its process died (exit code {self.process.exitcode})")


SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _serve(
    connection: Connection, inherited: Sequence[Connection], todo: Sequence[Task], work: Work, parent: int
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        return  # it died before it could be watched
    for other in inherited:
        other.close()  # else the end of this process would not show at the other end
    while True:
        try:
            number = connection.recv()
        except EOFError:
            return
        found = work(*todo[number])
        try:
            connection.send(found)
        except OSError:
            return
        except Exception as problem:  # an observation that cannot be sent
            connection.send(Outcome(None, "".join(traceback.format_exception(problem))))

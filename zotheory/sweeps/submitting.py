"""Tasks at an executor: the work that all of them need, what became of them, and what an executor's errors mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from zotheory.sweeps import sending
from zotheory.sweeps.failures import Died, Unusable
from zotheory.sweeps.sweeping import NAP

OFTEN = 8  # times that a task comes to workers that lack its work, before it brings it itself


class Task(NamedTuple):
    """An item in bytes, its number, and how often it was tried."""

    number: int
    item: bytes
    tries: int = 1
    lacks: int = 0  # times that it came to where the work was not at hand


class Submitted:
    """Tasks at an executor, and the work for all of them; where it is large, it is sent to a worker that lacks it.

    The tasks that such a worker was given are held until it has come; if it does not, they bring it themselves.
    """

    def __init__(self, executor: Executor, work: bytes, name: bytes | str) -> None:
        self.executor, self.work, self.name = executor, work, name
        self.held: dict[str, list[Task]] = {}  # by worker
        self.waiting: dict[Future[Any], Task | str] = {}  # what was submitted, or to which worker the work was sent
        self.finished: SimpleQueue[Future[Any]] = SimpleQueue()

    def __len__(self) -> int:
        return len(self.waiting) + sum(map(len, self.held.values()))

    def submit(self, task: Task) -> None:
        """Have it done."""
        work = self.work if task.lacks >= OFTEN else self.name
        self._submit(task, sending.perform, sending.versions(), work, task.item, task.lacks)

    def _submit(self, what: Task | str, function: Callable[..., Any], *arguments: Any, **options: Any) -> None:
        try:
            future = self.executor.submit(function, *arguments, **options)
        except Unusable:
            raise
        except Exception as error:  # what an executor of any kind may raise here
            raise told(error) from error
        self.waiting[future] = what
        future.add_done_callback(self.finished.put)

    def first(self) -> tuple[Task, Future[bytes], BaseException | None]:
        """Wait for a task that ends, and return also what prevented its answer."""
        while True:
            future = self._first()
            what, failure = self.waiting.pop(future), _failure(future)
            if isinstance(what, str):
                self._release(what, failure is not None)
            elif failure is None and isinstance(worker := future.result(), str):
                self._hold(worker, what._replace(lacks=what.lacks + 1))
            else:
                return what, future, failure

    def _first(self) -> Future[Any]:
        """Wait in short naps: a signal that came while this thread fell asleep would be heard on waking only."""
        with sending.TURN.left():
            while True:
                with suppress(Empty):
                    return self.finished.get(timeout=NAP)

    def _hold(self, worker: str, task: Task) -> None:
        if worker not in self.held:
            there = {"workers": [worker], "allow_other_workers": True} if "://" in worker else {}  # as Dask has it
            self._submit(worker, sending.shelve, self.name, self.work, (worker, task.lacks), **there)
        self.held.setdefault(worker, []).append(task)

    def _release(self, worker: str, lost: bool) -> None:
        for task in self.held.pop(worker):
            self.submit(task._replace(lacks=OFTEN) if lost else task)

    def cancel(self) -> None:
        """Nobody waits any more."""
        for future in self.waiting:
            future.cancel()


def _failure(future: Future[Any]) -> BaseException | None:
    try:
        return future.exception()
    except CancelledError as error:
        return error


def received(future: Future[bytes]) -> Any:
    """Return what the work gave for an item; raise what it raised, or what prevented it."""
    try:
        sent = future.result()
    except Died:
        raise
    except Exception as error:  # not of the work, whose errors come as bytes
        raise told(error) from error
    return sending.received(sent)


def told(error: Exception) -> Exception:
    """Say what an error of an executor means."""
    if is_given_up(error):
        return Died("its process died, on each worker that tried it")
    lacking = [cause for cause in _causes(error) if isinstance(cause, ModuleNotFoundError)]
    if lacking and str(lacking[-1].name).startswith("zotheory"):
        return Unusable("a worker or the scheduler lacks zotheory: install the same version on every machine")
    kind = type(error).__name__
    return Unusable(f"the executor gave up, {kind}: {str(error) or 'it was shut down, or its scheduler has gone'}")


def is_given_up(error: BaseException | None) -> bool:
    """Whether Dask says that workers died of a task, each with all that it had taken, and it tries no other."""
    return type(error).__name__ == "KilledWorker"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__

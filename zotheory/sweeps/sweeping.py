"""What is sent, what comes back, and what is tried again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import closing, contextmanager, suppress
from functools import partial
from numbers import Integral
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeVar

from zotheory import quantities
from zotheory.kinds import shown
from zotheory.sweeps.failures import Died, Unsendable, Unusable

Item = TypeVar("Item")
Result = TypeVar("Result")

TRIES = 3  # of a task whose process dies
NAP = 0.2  # seconds that a sweep waits before it looks whether it was interrupted
MOST = 1024  # processes on one machine: more belong on a cluster
WINDOW = 2048  # tasks that wait at an executor which does not say how many workers it has: enough for a thousand


def sweep(
    work: Callable[[Item], Result], items: Iterable[Item], executor: Executor | None = None
) -> Iterator[tuple[int, Result]]:
    """Yield the number of each item, counted from 0, and what work gives for it, as they finish.

    Parameters
    ----------
    work : callable
        Pure: it may run more than once for an item, where a process died.
    items : iterable
        Taken as they are needed, so there may be any number of them.
    executor : concurrent.futures.Executor, optional
        By default the work is done in this process, in order, each when its result is asked for.

    Raises
    ------
    zotheory.sweeps.Unsendable
        A TypeError: for work, an item or a result that cannot be sent to another process.
    zotheory.sweeps.Unusable
        Where an executor broke, or a worker has other versions of Python, NumPy, SciPy or zotheory.
    zotheory.sweeps.Died
        Where an item ended three processes.
    Exception
        Whatever work raises, with its notes and ``partial``.
    """
    with closing(answers(work, items, executor)) as found:
        for number, answer in found:
            yield number, answer()
            del answer  # and the bytes that it holds, while the next one comes


def answers(
    work: Callable[[Item], Result], items: Iterable[Item], executor: Executor | None = None
) -> Generator[tuple[int, Callable[[], Result]]]:
    """Like `sweep`, but yield functions that give the result, or raise what prevented it: the others go on."""
    if executor is None:
        return ((number, partial(work, item)) for number, item in enumerate(items))
    return _sent(work, items, executor)


class _Task(NamedTuple):
    number: int
    item: bytes
    tries: int = 1


def _sent(work: Callable[[Item], Result], items: Iterable[Item], executor: Executor) -> Generator[tuple[int, Any]]:
    from zotheory.sweeps.processes import Processes
    from zotheory.sweeps.sending import TURN, packed, perform, versions

    sent = packed("work", work)
    numbered = enumerate(items)
    window = 2 * executor.workers if isinstance(executor, Processes) else WINDOW
    waiting: dict[Future[bytes], _Task] = {}
    suspects: deque[_Task] = deque()  # their workers died, perhaps of a task beside them: each is tried alone
    finished: SimpleQueue[Future[bytes]] = SimpleQueue()

    def submit(task: _Task) -> None:
        try:
            future = executor.submit(perform, versions(), sent, task.item)
        except Unusable:
            raise
        except Exception as error:  # what an executor of any kind may raise here
            raise _told(error) from error
        waiting[future] = task
        future.add_done_callback(finished.put)

    try:
        while True:
            while not suspects and len(waiting) < window and (following := next(numbered, None)) is not None:
                number, item = following
                try:
                    submit(_Task(number, packed(f"item {number}", item)))
                except Unsendable as error:
                    yield number, partial(_raise, error)
            if not waiting:
                if not suspects:
                    return
                submit(suspects[0])
            with TURN.left():
                future = _first(finished)
            task = waiting.pop(future)
            failure = None if future.cancelled() else future.exception()
            alone = bool(suspects) and task is suspects[0]
            if isinstance(failure, Died) and task.tries < TRIES:
                submit(task._replace(tries=task.tries + 1))
            elif _is_given_up(failure) and not alone:
                suspects.append(task)
            else:
                if alone:
                    suspects.popleft()
                yield task.number, partial(_received, future)
            del future
    finally:
        for future in waiting:
            future.cancel()


def _first(finished: SimpleQueue[Future[bytes]]) -> Future[bytes]:
    """Wait for one in short naps: a signal that came while this thread fell asleep would be heard on waking only."""
    while True:
        with suppress(Empty):
            return finished.get(timeout=NAP)


def _received(future: Future[bytes]) -> Any:
    from zotheory.sweeps.sending import received

    try:
        sent = future.result()
    except Died:
        raise
    except Exception as error:  # not of the work, whose errors come as bytes
        raise _told(error) from error
    return received(sent)


def _told(error: Exception) -> Exception:
    """Say what an error of an executor means."""
    if _is_given_up(error):
        return Died("its process died, on each worker that tried it")
    lacking = [cause for cause in _causes(error) if isinstance(cause, ModuleNotFoundError)]
    if lacking and str(lacking[-1].name).startswith("zotheory"):
        return Unusable("a worker or the scheduler lacks zotheory: install the same version on every machine")
    kind = type(error).__name__
    return Unusable(f"the executor gave up, {kind}: {str(error) or 'it was shut down, or its scheduler has gone'}")


def _is_given_up(error: BaseException | None) -> bool:
    """Whether Dask says that workers died of a task, each with all that it had taken, and it tries no other."""
    return type(error).__name__ == "KilledWorker"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _raise(error: Exception) -> Any:
    raise error


def in_order(found: Iterable[tuple[int, Result]]) -> Iterator[Result]:
    """Yield what belongs to the numbers 0, 1, 2, ... in this order, in whichever it comes; what comes early waits."""
    early: dict[int, Result] = {}
    number = 0
    for other, result in found:
        early[other] = result
        while number in early:
            yield early.pop(number)
            number += 1


@contextmanager
def opened(executor: Executor | int | None, tasks: int = MOST) -> Iterator[Executor | None]:
    """Within, an executor, or None; a number stands for as many processes, which end with the block.

    There are no more of them than `tasks`, the number of items that they are for.

    Raises
    ------
    TypeError
        For what is neither an executor as PEP 3148 has them, nor a number, nor None.
    ValueError
        For a number below 1 or above `MOST`.
    """
    if executor is None or isinstance(executor, Executor):
        yield executor
        return
    if isinstance(executor, bool) or not isinstance(executor, Integral):
        raise TypeError(
            f"executor must be a number of processes or a concurrent.futures.Executor, got {shown(executor)} "
            f"({type(executor).__name__})"
        )
    from zotheory.sweeps.processes import Processes

    processes = Processes(min(quantities.whole(1, MOST).integer("executor", executor), tasks))
    try:
        yield processes
    finally:
        processes.kill()

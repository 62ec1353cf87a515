"""What is sent, what comes back, and what is tried again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from functools import partial
from numbers import Integral
from typing import Any, TypeVar

from zotheory import quantities
from zotheory.kinds import shown
from zotheory.sweeps.failures import Died, Unsendable

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


def _sent(work: Callable[[Item], Result], items: Iterable[Item], executor: Executor) -> Generator[tuple[int, Any]]:
    from zotheory.sweeps.packing import packed
    from zotheory.sweeps.processes import Processes
    from zotheory.sweeps.sending import shelved
    from zotheory.sweeps.submitting import Submitted, Task, is_given_up, received

    sent = packed("work", work)
    numbered = enumerate(items)
    window = 2 * executor.workers if isinstance(executor, Processes) else WINDOW
    suspects: deque[Task] = deque()  # their workers died, perhaps of a task beside them: each is tried alone
    with shelved(sent) as name:
        submitted = Submitted(executor, sent, name)
        try:
            while True:
                while not suspects and len(submitted) < window and (following := next(numbered, None)) is not None:
                    number, item = following
                    try:
                        submitted.submit(Task(number, packed(f"item {number}", item)))
                    except Unsendable as error:
                        yield number, partial(_raise, error)
                if not submitted:
                    if not suspects:
                        return
                    submitted.submit(suspects[0])
                task, future, failure = submitted.first()
                alone = bool(suspects) and task.number == suspects[0].number
                if isinstance(failure, Died) and task.tries < TRIES:
                    submitted.submit(task._replace(tries=task.tries + 1))
                elif is_given_up(failure) and not alone:
                    suspects.append(task)
                else:
                    if alone:
                        suspects.popleft()
                    yield task.number, partial(received, future)
                del future
        finally:
            submitted.cancel()


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

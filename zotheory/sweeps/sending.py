"""Calls that go to other processes and machines, and what comes back: both as bytes.

What went wrong on the other side is raised on this one: the error keeps its type, its notes and its ``partial``, and
its cause is the traceback over there.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import zotheory
from zotheory.sweeps.failures import Unusable
from zotheory.sweeps.packing import as_bytes, is_sendable, unpacked


class _Turn(threading.local):
    """Work that is sent has a process to itself: mpmath's precision belongs to all of its threads."""

    one = threading.RLock()
    held = 0  # times, by this thread

    def __enter__(self) -> None:
        self.one.acquire()
        self.held += 1

    def __exit__(self, *exception: object) -> None:
        self.held -= 1
        self.one.release()

    @contextmanager
    def left(self) -> Iterator[None]:
        """Within, a thread waits for others, who may take their turn."""
        for _ in range(self.held):
            self.one.release()
        try:
            yield
        finally:
            for _ in range(self.held):
                self.one.acquire()


TURN = _Turn()
LARGE = 1 << 16  # bytes of work that do not go along with every item
SHELF = 2  # large works that a worker has at hand
_shelf: dict[str, bytes] = {}


def _anew() -> None:
    """A forked process has none of the threads whose turn it may be."""
    _Turn.one, TURN.held = threading.RLock(), 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_anew)


class OverThere(Exception):
    """The traceback of an error that was raised in another process."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


@cache
def versions() -> dict[str, str]:
    """What the bits of a result depend on: the versions of Python, NumPy, SciPy, and the sources of this package."""
    import numpy
    import scipy

    sources = hashlib.sha256()
    root = Path(zotheory.__file__).parent
    for path in sorted(root.rglob("*.py"), key=lambda path: path.relative_to(root).as_posix()):
        sources.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "NumPy": numpy.__version__,
        "SciPy": scipy.__version__,
        "zotheory": f"{zotheory.__version__} (sources {sources.hexdigest()[:8]})",
    }


@contextmanager
def shelved(work: bytes) -> Iterator[bytes | str]:
    """Within, what stands for work in calls: itself, or, if it is large, its digest, which this process knows.

    So do processes that are forked meanwhile; others are sent the work by `shelve`, each when it first lacks it.
    """
    if len(work) < LARGE:
        yield work
        return
    name = hashlib.sha256(work).hexdigest()
    _shelf[name] = work
    try:
        yield name
    finally:
        _shelf.pop(name, None)


def shelve(name: str, work: bytes, call: Any) -> None:
    """Have a large work at hand where this is done; `call` tells it from others, since Dask does the same once."""
    with TURN:
        _shelf[name] = work
        while len(_shelf) > SHELF:
            del _shelf[next(iter(_shelf))]


def perform(sender: Mapping[str, str], work: bytes | str, item: bytes, lacks: int = 0) -> bytes | str:
    """Return the packed answer of work to an item, or the versions of this process where they are not the sender's.

    Where the work is not at hand, that is the name of this process, or the address of this worker of Dask.
    """
    if versions() != sender:
        return pickle.dumps(("differs", versions()))
    with TURN:
        known = _shelf.get(work) if isinstance(work, str) else work
        if known is None:
            return _here()
        return answer(lambda: _work(known)(unpacked(item)))


def _here() -> str:
    try:
        return sys.modules["distributed"].get_worker().address
    except (AttributeError, KeyError, ValueError):
        return f"{platform.node()}:{os.getpid()}"


@lru_cache(maxsize=SHELF)
def _work(sent: bytes) -> Callable[[Any], Any]:
    return unpacked(sent)


def answer(call: Callable[[], Any]) -> bytes:
    """Return what a call gave, or what it raised, as bytes."""
    try:
        return pickle.dumps(("gave", as_bytes("the result", call())))
    except BaseException as error:
        told = "".join(traceback.format_exception(error))
        try:
            sent = as_bytes("the error", error)
            pickle.loads(sent)
        except Exception:  # an error that cannot be sent, or not be read
            other = RuntimeError(f"{type(error).__name__}: {error}")
            other.__dict__ |= {name: held for name, held in vars(error).items() if is_sendable(held)}
            sent = as_bytes("the error", other)
        return pickle.dumps(("raised", sent, told))


def received(sent: bytes) -> Any:
    """Return what a call gave; raise what it raised, or Unusable."""
    kind, what, *told = pickle.loads(sent)
    if kind == "raised":
        raise pickle.loads(what) from OverThere(*told)
    if kind == "differs":
        here = versions()
        apart = [name for name in here if what.get(name) != here[name]]
        theirs, ours = (", ".join(f"{name} {side.get(name)}" for name in apart) for side in (what, here))
        raise Unusable(
            f"a worker has {theirs}, this process {ours}: install the same versions on every machine, and start the "
            "workers again"
        )
    return pickle.loads(what)

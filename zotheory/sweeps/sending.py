"""Calls that go to other processes and machines, and what comes back: both as bytes, by cloudpickle.

Functions and classes of modules travel by name, lambdas, closures and those of a script by value. What the names of
the user's modules mean here goes with them, and is compared with what they mean where they are read. What went wrong
on the other side is raised on this one: the error keeps its type, its notes and its ``partial``, and its cause is the
traceback over there.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import pickle
import platform
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, lru_cache, partial
from io import BytesIO
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any

import cloudpickle

import zotheory
from zotheory.code.source import named
from zotheory.kinds import shown
from zotheory.sweeps.failures import Unsendable, Unusable


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


def packed(name: str, what: Any) -> bytes:
    """Return an object as bytes, with what the names in it mean here; `unpacked` gives it back."""
    file, meant = _pickled(name, what)
    pickle.dump(meant, file)
    return file.getvalue()


def unpacked(sent: bytes) -> Any:
    """Return what was packed; raise Unusable if a name in it means something else here."""
    file = BytesIO(sent)
    what = pickle.load(file)
    if meant := pickle.load(file):
        from zotheory.code.names import apart, meanings

        if found := apart(meant, meanings(meant)):
            raise Unusable(
                f"{found} on a worker: what a program changes in a module does not travel. Hand it to the function (by "
                "a closure, a partial, an object), or change it before the workers start"
            )
    return what


def as_bytes(name: str, what: Any) -> bytes:
    """Return an object as bytes that `pickle.loads` reads."""
    return _pickled(name, what)[0].getvalue()


def _pickled(name: str, what: Any) -> tuple[BytesIO, Any]:
    file = BytesIO()
    pickler = _Pickler(file)
    try:
        pickler.dump(what)
    except Exception as error:  # what an object of any kind may raise here
        part, held = _smallest(what)
        its = f"its {part} is {shown(held)}: " if part else ""
        raise Unsendable(
            f"{name} cannot be sent to another process, got {shown(what)}: {its}{error}. Define what it uses at the "
            "top level of a module, and open files, connections and locks inside the function that uses them"
        ) from error
    return file, pickler.meanings()


class _Pickler(cloudpickle.Pickler):
    """Keeps what travels by name, and the names that are used by what travels by value."""

    def __init__(self, file: BytesIO) -> None:
        super().__init__(file)
        self.named: list[tuple[str, str]] = []
        self.modules: list[ModuleType] = []
        self.used: set[str] = set()

    def reducer_override(self, what: Any) -> Any:
        """Reduce as cloudpickle does."""
        found = super().reducer_override(what)
        if isinstance(what, ModuleType):
            self.modules.append(what)
        elif isinstance(what, FunctionType | type):
            if found is NotImplemented:
                self.named.append((what.__module__, what.__qualname__))
            elif isinstance(what, FunctionType):
                self.used.update(named(what.__code__))
        return found

    def meanings(self) -> Any:
        """What the names mean in this process."""
        if not self.named and not self.modules:
            return {}
        from zotheory.code.names import meanings

        by_value = cloudpickle.list_registry_pickle_by_value()
        of_modules = (
            (module.__name__, name)
            for module in self.modules
            if module.__name__ not in by_value
            for name in self.used
            if hasattr(module, name)
        )
        return meanings([*self.named, *of_modules])


def _smallest(what: Any, above: tuple[int, ...] = ()) -> tuple[str, Any]:
    """The smallest part that cannot be sent, after the names that lead to it."""
    above = (*above, id(what))
    for name, part in _parts(what).items():
        if id(part) not in above and not _sendable(part):
            inner, held = _smallest(part, above)
            return ".".join(filter(None, (name, inner))), held
    return "", what


def _parts(what: Any) -> dict[str, Any]:
    if isinstance(what, FunctionType):
        with suppress(ValueError):  # a name that has no value yet
            used = inspect.getclosurevars(what)
            return {**used.nonlocals, **used.globals}
        return {}
    if isinstance(what, partial):
        return {"func": what.func, **_parts(what.args), **what.keywords}
    if isinstance(what, list | tuple):
        return {f"[{number}]": part for number, part in enumerate(what)}
    if isinstance(what, dict):
        return {f"[{shown(key)}]": part for key, part in what.items()}
    return {"__self__": what.__self__} if isinstance(what, MethodType) else getattr(what, "__dict__", {})


def _sendable(what: Any) -> bool:
    try:
        cloudpickle.dumps(what)
        return True
    except Exception:
        return False


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
            other.__dict__ |= {name: held for name, held in vars(error).items() if _sendable(held)}
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

"""Calls that go to other processes and machines, and what comes back: both as bytes, by cloudpickle.

Functions and classes of installed modules travel by name, lambdas, closures and those of a script by value. What went
wrong on the other side is raised on this one: the error keeps its type, its notes and its ``partial``, and its cause
is the traceback over there.
"""

from __future__ import annotations

import hashlib
import pickle
import platform
import threading
import traceback
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import cloudpickle

import zotheory
from zotheory.kinds import shown

ALONE = threading.Lock()  # mpmath's precision and the filters of warnings belong to all threads of a process


class Died(RuntimeError):
    """The process that did the work ended before the work did."""


class Mismatch(RuntimeError):
    """A worker has other versions than this process; what it computes may differ."""


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
    """Return an object as bytes; TypeError, saying which part of it cannot be sent, where that is so."""
    try:
        return cloudpickle.dumps(what)
    except Exception as error:  # what an object of any kind may raise here
        raise TypeError(
            f"{name} cannot be sent to another process, got {shown(what)}: {error}. Define what it uses at the top "
            "level of a module, and open files, connections and locks inside the function that uses them"
        ) from error


def perform(sender: Mapping[str, str], work: bytes, item: bytes) -> bytes:
    """Return the packed answer of work to an item, or the versions of this process where they are not the sender's."""
    if versions() != sender:
        return pickle.dumps(("differs", versions()))
    with ALONE:
        return answer(lambda: _work(work)(pickle.loads(item)))


@lru_cache(maxsize=2)
def _work(sent: bytes) -> Callable[[Any], Any]:
    return pickle.loads(sent)


def answer(call: Callable[[], Any]) -> bytes:
    """Return what a call gave, or what it raised, as bytes."""
    try:
        return cloudpickle.dumps(("gave", call()))
    except BaseException as error:
        told = "".join(traceback.format_exception(error))
        try:
            sent = cloudpickle.dumps(("raised", error, told))
            pickle.loads(sent)
            return sent
        except Exception:  # an error that cannot be sent, or not be read
            return pickle.dumps(("raised", RuntimeError(f"{type(error).__name__}: {error}"), told))


def received(sent: bytes) -> Any:
    """Return what a call gave; raise what it raised, or Mismatch."""
    kind, what, *told = pickle.loads(sent)
    if kind == "raised":
        raise what from OverThere(*told)
    if kind == "differs":
        here = versions()
        apart = [name for name in here if what.get(name) != here[name]]
        theirs, ours = (", ".join(f"{name} {side.get(name)}" for name in apart) for side in (what, here))
        raise Mismatch(f"a worker has {theirs}, this process {ours}: install the same versions on every machine")
    return what

"""Standard output belongs to the answer of a command: what others print meanwhile goes elsewhere.

That is what Python prints, and what is written past it, by compiled libraries and by processes that are started.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress

from zotheory.interrupts import undisturbed

OUT, ERR = 1, 2  # descriptors, which C libraries and processes write to, whatever `sys.stdout` is


@contextmanager
def kept_free() -> Iterator[None]:
    """Within, what is printed goes to standard error."""
    with diverted(ERR, OUT) if _is_open(OUT) else nullcontext(), redirect_stdout(sys.stderr):
        yield


@contextmanager
def written() -> Iterator[Callable[[], str]]:
    """Within, what is written to both goes to a file that nobody sees; what is returned reads it."""
    with tempfile.TemporaryFile() as file:

        def read() -> str:
            flush()
            file.seek(0)
            return file.read().decode(errors="replace")

        with diverted(file.fileno(), OUT, ERR):
            yield read


@contextmanager
def diverted(to: int, *numbers: int) -> Iterator[None]:
    """Within, what is written to these descriptors goes to another one; nowhere, if that one is closed."""
    flush()
    kept = {number: os.dup(number) if _is_open(number) else None for number in numbers}
    try:
        for number in numbers:
            _lead(number, to)
        yield
    finally:
        with undisturbed():
            flush()  # what waits in a buffer was written within
            for number, copy in kept.items():
                if copy is None:
                    os.close(number)
                else:
                    os.dup2(copy, number)
                    os.close(copy)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _lead(number: int, to: int) -> None:
    if _is_open(to):
        os.dup2(to, number)
    else:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        if nowhere != number:  # which was closed, too
            os.dup2(nowhere, number)
            os.close(nowhere)


def flush() -> None:
    """Write what waits to be written, in Python and in C, where the library of C can be reached."""
    import ctypes

    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with suppress(OSError, ValueError, AttributeError):  # full, or closed, or there is none
            stream.flush()  # type: ignore[union-attr]
    with suppress(OSError, TypeError, AttributeError):
        (ctypes.CDLL("ucrtbase") if sys.platform == "win32" else ctypes.CDLL(None)).fflush(None)

"""What is written to standard output and error, by Python or past it, as compiled libraries do."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

OUTPUT, ERROR = 1, 2  # descriptors


@contextmanager
def diverted(to: int, *numbers: int) -> Iterator[None]:
    """What is written to these descriptors goes to another one meanwhile."""
    flush()
    kept = {number: copied(number) for number in numbers}
    try:
        for number in numbers:
            os.dup2(to, number)
        yield
    finally:
        flush()
        for number, copy in kept.items():
            if copy is None:
                os.close(number)
            else:
                os.dup2(copy, number)
                os.close(copy)


@contextmanager
def written() -> Iterator[Callable[[], str]]:
    """What is written to both goes to a file that nobody sees; what is returned reads it."""
    with tempfile.TemporaryFile() as file:

        def read() -> str:
            flush()
            file.seek(0)
            return file.read().decode(errors="replace")

        with diverted(file.fileno(), OUTPUT, ERROR):
            yield read


def copied(number: int) -> int | None:
    """Another descriptor of the same; None where it is closed."""
    try:
        return os.dup(number)
    except OSError:
        return None


def flush() -> None:
    """Write what waits to be written, in Python and in C, where the library of C can be reached."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        if stream is not None:
            with suppress(OSError, ValueError):  # of one that is closed
                stream.flush()
    with suppress(OSError, TypeError, AttributeError):
        ctypes.CDLL(None).fflush(None)

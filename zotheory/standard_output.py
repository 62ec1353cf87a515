"""Standard output belongs to the answer of a command: what others print meanwhile goes to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress

from zotheory.interrupts import undisturbed

OUT, ERR = 1, 2  # descriptors, which C libraries and processes write to, whatever `sys.stdout` is


@contextmanager
def kept_free() -> Iterator[None]:
    """Within, what is printed goes to standard error: by Python, by C libraries, and by processes that are started."""
    try:
        kept = os.dup(OUT)
    except OSError:  # it is closed
        with redirect_stdout(sys.stderr):
            yield
        return
    _flush()
    try:
        _lead_away()
        with redirect_stdout(sys.stderr):
            yield
    finally:
        with undisturbed():
            _flush()  # what waits in a buffer was printed within
            os.dup2(kept, OUT)
            os.close(kept)


def _lead_away() -> None:
    try:
        os.dup2(ERR, OUT)
    except OSError:  # standard error is closed: nobody wants to read it
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, OUT)
        os.close(nowhere)


def _flush() -> None:
    """Write what Python and C libraries keep in buffers."""
    import ctypes

    for stream in {sys.stdout, sys.__stdout__}:
        with suppress(OSError, ValueError, AttributeError):  # full, or closed, or there is none
            stream.flush()  # type: ignore[union-attr]
    with suppress(OSError, AttributeError):
        (ctypes.CDLL("ucrtbase") if sys.platform == "win32" else ctypes.CDLL(None)).fflush(None)

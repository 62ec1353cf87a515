"""Signals that end a run: the first stops it in order, and a second does not disturb the order.

Ctrl-C, SIGTERM, a terminal that goes away and a pipe whose reader does all raise `Interrupted` where the program is,
once. Whoever handles it ends processes and delivers what was finished, undisturbed by further signals; only should it
not come to an end does a later signal end the program at once. Where Python can raise nothing, while it forks or
frees an object, `Interrupted` would be lost; it is then raised again a moment later.
"""

from __future__ import annotations

import os
import select
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Any

PATIENCE = 1.0  # seconds after the first signal in which further ones do nothing
MOMENT = 0.05  # seconds until what was lost is raised again
NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE")


class Interrupted(KeyboardInterrupt):
    """A signal ended the run; `code` is the exit code that says so."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number, self.code = number, 128 + number


class Signals:
    """While entered, signals that end a program raise `Interrupted`; in the main thread only, as Python has it.

    If the program ends afterwards (`last`), and a signal has come, further ones do not disturb that either. Signals
    that come before `heed` is called wait for it if they are told to (`raising` is False).
    """

    def __init__(self, last: bool = False, raising: bool = True) -> None:
        self.last = last
        self.first: int | None = None
        self.time = 0.0
        self.raising = raising
        self.before: dict[int, Any] = {}

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            for number in (getattr(signal, name) for name in NAMES if hasattr(signal, name)):
                self.before[number] = signal.signal(number, self._handle)
        self.hook, sys.unraisablehook = sys.unraisablehook, self._lost
        return self

    def __exit__(self, *exception: object) -> None:
        sys.unraisablehook = self.hook
        for number, handler in self.before.items():
            signal.signal(number, signal.SIG_IGN if self.last and self.first else handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.first is None:
            self.first, self.time = number, monotonic()
            if self.raising:
                raise Interrupted(number)
        elif number != getattr(signal, "SIGPIPE", None) and monotonic() - self.time > PATIENCE:
            os._exit(128 + number)

    def _lost(self, unraisable: Any) -> None:
        if not isinstance(unraisable.exc_value, Interrupted):
            return self.hook(unraisable)
        self.first = None
        again = threading.Timer(MOMENT, _send, (unraisable.exc_value.number,))
        again.daemon = True
        again.start()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Within, signals wait: what is finished is delivered before `Interrupted` is raised."""
        self.raising = False
        try:
            yield
        finally:
            self.raising = True
        self.heed()

    def heed(self) -> None:
        """Raise `Interrupted` where a signal has come, and from now on where one comes."""
        self.raising = True
        if self.first is not None:
            raise Interrupted(self.first)


def _send(number: int) -> None:
    """Send this process a signal; on Windows `os.kill` would end it at once, whatever was to be done first."""
    if sys.platform == "win32":
        signal.raise_signal(number)
    else:
        os.kill(os.getpid(), number)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Within, signals that would raise something wait, so that what is half done is finished first.

    While an exception is on its way Ctrl-C adds nothing to it: another one would lose what the first carries.
    """
    came: list[int] = []
    raising = _raising()
    on_its_way = sys.exc_info()[0] is not None
    try:
        for number in raising:
            signal.signal(number, lambda number, frame: came.append(number))
        yield
    finally:
        for number, handler in raising.items():
            signal.signal(number, handler)
        if on_its_way:
            came = [number for number in came if raising[number] is not signal.default_int_handler]
        if came:
            signal.raise_signal(came[0])


@contextmanager
def noticed() -> Iterator[list[int]]:
    """Within, signals do what they did before, and stand in a list: nobody else who raises KeyboardInterrupt is one."""
    came: list[int] = []
    raising = _raising()

    def handle(number: int, frame: FrameType | None) -> None:
        came.append(number)
        raising[number](number, frame)

    try:
        for number in raising:
            signal.signal(number, handle)
        yield came
    finally:
        for number, handler in raising.items():
            signal.signal(number, handler)


def _raising() -> dict[int, Any]:
    """What handles the signals that would raise something here: in the main thread, as no other is disturbed."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    return {number: handler for number in numbers if callable(handler := signal.getsignal(number))}


@contextmanager
def reader() -> Iterator[None]:
    """Within, the program gets SIGPIPE when the reader of its output goes away, not when it next writes."""
    done = threading.Event()
    try:
        number = sys.stdout.fileno()
        piped = stat.S_ISFIFO(os.fstat(number).st_mode) and hasattr(select, "poll")
    except (OSError, ValueError, AttributeError):  # no file, or closed, or there is none
        piped = False
    if piped:  # of its own, as standard output may be led elsewhere for a while
        threading.Thread(target=_watch, args=(os.dup(number), done), daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _watch(number: int, done: threading.Event) -> None:
    poll = select.poll()
    poll.register(number, 0)  # errors are always told
    try:
        while not done.is_set():
            if poll.poll(200) and not done.is_set():
                _send(signal.SIGPIPE)
                return
    finally:
        os.close(number)

"""Processes on this machine as an executor: one that dies takes with it only the task that it was at.

On Linux they are forked, and so share with this process what was loaded; elsewhere forking is not safe, and they are
started anew. They leave Ctrl-C to the process that started them, which kills them whatever becomes of the run; should
it be killed itself, they end, too.
"""

from __future__ import annotations

import atexit
import ctypes
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from typing import Any

from zotheory.sending import answer, packed, received, versions
from zotheory.sweep import Died

FORKED = sys.platform == "linux"  # where a forked process is safe, and dies with its parent
CONTEXT: Any = multiprocessing.get_context("fork" if FORKED else "spawn")
DIE_WITH_PARENT = 1  # prctl(2), PR_SET_PDEATHSIG
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE") if hasattr(signal, name)]
STARTING = threading.Lock()  # else a process would hold open another's end of a connection


def _free() -> None:
    """A process is forked under the lock, and may start others."""
    global STARTING
    STARTING = threading.Lock()


if FORKED:
    os.register_at_fork(after_in_child=_free)


class Processes(Executor):
    """As many processes, each with one task at a time; `kill` ends them at once."""

    def __init__(self, workers: int) -> None:
        versions()  # read once, before forking
        self.workers = workers
        self._over = False
        self._threads = ThreadPoolExecutor(workers, initializer=_leave_signals)
        self._started: list[_Process] = []
        self._idle: SimpleQueue[_Process] = SimpleQueue()
        atexit.register(self.kill)
        try:
            for _ in range(workers):
                self._idle.put(_Process(self._started))
        except BaseException:
            self.kill()
            raise

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Send a call; `Died` stands in its future if its process ends before it does."""
        return self._threads.submit(self._call, packed("the call", (function, arguments, named)))

    def _call(self, sent: bytes) -> Any:
        process = self._idle.get()
        try:
            return received(process.ask(sent))
        except _Ended as ended:
            if not self._over:
                process = self._replaced(process)
            raise Died(f"its process died (exit code {ended.code})") from None
        finally:
            self._idle.put(process)

    def _replaced(self, dead: _Process) -> _Process:
        self._started.remove(dead)
        process = _Process(self._started)
        if self._over:  # meanwhile
            process.kill()
        return process

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; once those that were sent are done, the processes end."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        if wait:
            self.kill()

    def kill(self) -> None:
        """End the processes at once, whatever they are at."""
        self._over = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._started:
            process.kill()
        self._threads.shutdown(wait=True)
        atexit.unregister(self.kill)


def _leave_signals() -> None:
    """To the main thread; and what is written to a process that died is an error, not a signal."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)


class _Ended(Exception):
    """A process did; `code` is its exit code."""

    def __init__(self, code: int) -> None:
        self.code = code


class _Process:
    """A process that answers one call after the other."""

    def __init__(self, started: list[_Process]) -> None:
        """Start it, and add it to those that are started before a signal can come between."""
        with STARTING:
            self.connection, theirs = multiprocessing.Pipe()
            self.process = CONTEXT.Process(target=_serve, args=(theirs, os.getpid()))
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS) if FORKED else ()
            try:
                with warnings.catch_warnings():
                    for kind in (DeprecationWarning, RuntimeWarning):  # Python's, and JAX's own where it is loaded
                        warnings.simplefilter("ignore", kind)  # of forking beside threads that only wait
                    self.process.start()
                started.append(self)
            finally:
                if FORKED:
                    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
                theirs.close()

    def ask(self, sent: bytes) -> bytes:
        """Return its answer."""
        try:
            self.connection.send_bytes(sent)
            wait([self.connection, self.process.sentinel])
            if self.connection.poll():
                return self.connection.recv_bytes()
        except (EOFError, OSError):
            pass
        self.process.join()
        self.connection.close()
        raise _Ended(self.process.exitcode)

    def kill(self) -> None:
        """End it, and wait until it has."""
        self.process.kill()
        self.process.join()


def _serve(connection: Connection, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if FORKED:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            return  # it died before it could be watched
    else:
        threading.Thread(target=_watch, daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            sent = connection.recv_bytes()
            connection.send_bytes(answer(lambda: _called(sent)))  # noqa: B023


def _called(sent: bytes) -> Any:
    function, arguments, named = pickle.loads(sent)
    return function(*arguments, **named)


def _watch() -> None:
    """End this process with the one that started it."""
    started_by = multiprocessing.parent_process()
    if started_by is not None:
        started_by.join()
        os._exit(1)

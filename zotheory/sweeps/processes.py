"""Processes on this machine as an executor: one that dies takes with it only the task that it was at.

On Linux they are forked, and so share with this process what was loaded; elsewhere, and once JAX has computed in this
process, forking is not safe, and they are started anew. They leave Ctrl-C to the process that started them, which kills
them whatever becomes of the run; should it be killed itself, they end, too.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from queue import Empty, SimpleQueue
from typing import Any

from zotheory.interrupts import undisturbed
from zotheory.sweeps.failures import Died, Unusable
from zotheory.sweeps.packing import as_bytes
from zotheory.sweeps.sending import answer, received, versions
from zotheory.sweeps.sweeping import NAP

FORKED = sys.platform == "linux"  # where a forked process is safe, and dies with its parent
PARTING = 1.0  # seconds for a thread to see that its process has ended
DIE_WITH_PARENT = 1  # prctl(2), PR_SET_PDEATHSIG
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE") if hasattr(signal, name)]
STARTING = threading.Lock()  # else a process would hold open another's end of a connection


def _free() -> None:
    """A process is forked under the lock, and may start others."""
    global STARTING
    STARTING = threading.Lock()


if FORKED:
    os.register_at_fork(after_in_child=_free)


def forks() -> bool:
    """Whether processes are forked: not once JAX has threads here, which a forked process lacks and would wait for."""
    return FORKED and not getattr(sys.modules.get("jax._src.xla_bridge"), "_backends", None)


class Processes(Executor):
    """As many processes, each with one task at a time; `kill` ends them at once.

    They start with the first call. Each is attended by a thread, for which the end of the program does not wait.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._closed = self._over = False
        self._lock = threading.RLock()
        self._calls: SimpleQueue[tuple[Future[Any], bytes] | None] = SimpleQueue()
        self._started: list[_Process] = []
        self._threads: list[threading.Thread] = []

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Send a call; `Died` stands in its future if its process ends before it does."""
        sent, future = as_bytes("the call", (function, arguments, named)), Future[Any]()
        with self._lock:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            if not self._started:
                self._start()
            self._calls.put((future, sent))
        return future

    def _start(self) -> None:
        versions()  # read once, before forking
        atexit.register(self.kill)
        with undisturbed():  # else a process could start of which nobody knows
            try:
                for place in range(self.workers):
                    begun = Future[None]()
                    self._threads.append(threading.Thread(target=self._attend, args=(place, begun), daemon=True))
                    self._threads[-1].start()
                    begun.result()
            except OSError as error:
                started = len(self._started)
                self.kill()
                raise Unusable(f"{started} of {self.workers} processes were started: {error}; take fewer") from error

    def _attend(self, place: int, begun: Future[None]) -> None:
        """Hand calls to the process at this place, and answers to their futures, until no more come.

        Its thread starts the process, which on Linux dies with the thread that started it.
        """
        _leave_signals()
        try:
            self._started.append(_Process())
        except BaseException as error:
            return begun.set_exception(error)
        begun.set_result(None)
        while (call := self._calls.get()) is not None:
            _settle(call[0], partial(self._call, place, call[1]))
            del call  # while the next one comes
        self._started[place].kill()

    def _call(self, place: int, sent: bytes) -> Any:
        process = self._started[place]
        if process.ended and not self._over:
            process = self._started[place] = _Process()
            if self._over:  # meanwhile
                process.kill()
        try:
            return received(process.ask(sent))
        except _Ended as ended:
            raise Died(f"its process died (exit code {ended.code})") from None

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; once those that were sent are done, the processes end."""
        self._close(cancel_futures)
        if wait:
            for thread in self._threads:
                thread.join()
            self.kill()

    def kill(self) -> None:
        """End the processes at once, whatever they are at."""
        with undisturbed():
            self._over = True
            self._close(cancel=True)
            for process in self._started:
                process.kill()
            for thread in self._threads:
                thread.join(PARTING)
            atexit.unregister(self.kill)

    def _close(self, cancel: bool) -> None:
        with self._lock:
            self._closed = True
            with suppress(Empty):
                while cancel:
                    if (call := self._calls.get_nowait()) is not None:
                        call[0].cancel()
            for _ in self._threads:
                self._calls.put(None)


def _settle(future: Future[Any], call: Callable[[], Any]) -> None:
    """Have a future hold what a call gives or raises."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        found = call()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(found)


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

    def __init__(self) -> None:
        with STARTING:
            self.connection, theirs = multiprocessing.Pipe()
            context: Any = multiprocessing.get_context("fork" if forks() else "spawn")
            self.process = context.Process(target=_serve, args=(theirs, os.getpid()))
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS) if FORKED else ()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads, which only wait
                    self.process.start()
            finally:
                if FORKED:
                    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
                theirs.close()

    def ask(self, sent: bytes) -> bytes:
        """Return its answer."""
        try:
            self.connection.send_bytes(sent)
            while not wait([self.connection, self.process.sentinel], NAP) and self.process.is_alive():
                pass  # what it forked may hold both open after its end
            if self.connection.poll():
                return self.connection.recv_bytes()
        except (EOFError, OSError):
            pass
        self.process.join()
        self.connection.close()
        raise _Ended(self.process.exitcode)

    @property
    def ended(self) -> bool:
        """Whether it was seen to have ended."""
        return self.connection.closed

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
        gc.freeze()  # what was inherited is shared until it is written to, as by a look for garbage in it
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            return  # it died before it could be watched
        os.register_at_fork(after_in_child=connection.close)  # else the end of this process would not end it
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
    if (started_by := multiprocessing.parent_process()) is not None:
        started_by.join()
        os._exit(1)

"""The workers of a Dask cluster as an executor: needs the extra ``dask``."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from zotheory.extras import missing
from zotheory.sweeps.failures import Unusable

PATIENCE = 5  # seconds for a scheduler to answer
PARTING = 1  # seconds for the connection to end in order


@contextmanager
def workers_of(address: str) -> Iterator[Executor]:
    """Within, an executor that sends to the workers of the scheduler at this address, "host:port".

    Raises
    ------
    zotheory.sweeps.Unusable
        Where no scheduler answers there within some seconds, or Dask is not installed; the message says which.
    """
    _require_listener(address)
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise Unusable(missing("dask", "a Dask cluster", error)) from error
    for name in ("distributed", "distributed.client"):  # each has a level of its own
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is raised
    try:
        with _deaf():
            _require_scheduler(address)
            client = Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception as error:  # what listens there may answer anything, or nothing
        told = str(error) or "no answer"
        raise Unusable(f"what listens at {address} is no Dask scheduler of a fitting version: {told}") from error
    try:
        yield client.get_executor(pure=False)
    finally:
        client.close(timeout=PARTING)


@contextmanager
def _deaf() -> Iterator[None]:
    """Threads that start within write to what is gone without SIGPIPE, which would end the program."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPIPE])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _require_listener(address: str) -> None:
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if not (host and colon and port.isdecimal()):
        raise Unusable(f"a Dask scheduler must be named by host:port, got {address!r}")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise Unusable(
            f"no Dask scheduler answers at {address}: {error}. `dask scheduler` prints the address at which it does"
        ) from error


def _require_scheduler(address: str) -> None:
    """Ask for its name: a client, before it had an answer, would wait on, and complain when it is given up."""
    from distributed.core import rpc
    from distributed.utils import LoopRunner

    async def named() -> None:
        async with rpc(address, timeout=PATIENCE) as scheduler:
            await asyncio.wait_for(scheduler.identity(), PATIENCE)

    loop = LoopRunner()
    loop.start()
    try:
        loop.run_sync(named)
    finally:
        loop.stop()

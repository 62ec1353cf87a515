"""A Dask scheduler and its workers on this machine, each a process of its own: needs the extra ``dask``.

Workers take no profiles of what they do, as docs/sweeps.md advises.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0  # seconds for all of them to be there
QUIET = {"DASK_LOGGING__DISTRIBUTED": "error", "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}


@contextmanager
def cluster(workers: int) -> Iterator[Any]:
    """Within, a client of a scheduler with so many workers of one thread; all of them end with the block."""
    from distributed import Client

    started: list[subprocess.Popen[bytes]] = []
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | QUIET | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"

        def start(*words: str) -> None:
            command = [sys.executable, "-m", "dask", *words, "--no-dashboard", "--scheduler-file", str(file)]
            started.append(subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL))

        try:
            start("scheduler", "--host", "127.0.0.1", "--port", "0")
            for _ in range(workers):
                start("worker", "--nthreads", "1", "--no-nanny")
            address = _address(file)
            with Client(address, timeout=PATIENCE) as client:
                if workers:
                    client.wait_for_workers(workers, timeout=PATIENCE)
                yield client
        finally:
            for process in reversed(started):
                process.kill()
            for process in started:
                process.wait()


def _address(file: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if file.exists() and (text := file.read_text(encoding="utf-8")):
            return json.loads(text)["address"]
        time.sleep(0.05)
    raise TimeoutError(f"the scheduler did not start within {PATIENCE:g} s")


def addresses(client: Any) -> list[str]:
    """Of the workers, in a fixed order."""
    return sorted(client.scheduler_info(n_workers=-1)["workers"])


def bytes_sent() -> int:
    """That were ever sent over the loopback device, by whatever runs on this machine; 0 where it is not told."""
    with suppress(OSError):
        for line in Path("/proc/net/dev").read_text(encoding="utf-8").splitlines():
            name, _, counts = line.partition(":")
            if name.strip() == "lo":
                return int(counts.split()[8])
    return 0

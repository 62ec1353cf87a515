"""Run the benchmarks: every figure beside its limit, measured in the same run.

    python -m benchmarks [--quick] [--only NAME...] [--json FILE] [--plot FILE]
    python -m benchmarks --write

Each benchmark is a script of this folder and runs in a process of its own, on one thread. One that lacks an extra
stops there, and one that fails is told; the others go on. The last form measures nothing: it writes the tables and the
picture of RESULTS.md from the records that are kept in ``benchmarks/records``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import measured, results

HERE = Path(__file__).resolve().parent
NAMES = (
    *("step_cost", "contract", "single", "dearest", "workers", "scale", "sharded", "large", "memory", "one_weight"),
    "times",
)


def run(name: str, quick: bool, folder: Path) -> tuple[dict[str, Any] | None, str]:
    """Return the record of one benchmark as far as it came, and what stopped it, if anything; it prints on its own."""
    kept = folder / f"{name}.json"
    words = [sys.executable, str(HERE / f"{name}.py"), *["--quick"] * quick, "--json", str(kept)]
    print(f"\n# {name}", flush=True)
    ended = subprocess.run(words, env={**os.environ, "OMP_NUM_THREADS": "1"}, stderr=subprocess.PIPE, text=True)
    found = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else None
    if ended.returncode == 0:
        return found, ""
    sys.stderr.write(ended.stderr)
    return found, (ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"])[-1]


def collected(names: Sequence[str], quick: bool) -> dict[str, Any]:
    """Return the record of these benchmarks, one after the other, and what stopped some of them."""
    here, parts, used, stopped = measured.machine(), [], {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            found, why = run(name, quick, Path(folder))
            if found:
                parts += [part for part in found["benchmarks"] if part["figures"]]
                used |= found["versions"]
            if why:
                stopped[name] = why
    return measured.record(parts, here) | {"versions": used, "stopped": stopped}


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=measured.title(__doc__))
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller sizes: three minutes in all")
    parser.add_argument("--only", nargs="+", default=NAMES, choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures, the machine and its limits")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the figures, each beside its goal")
    parser.add_argument("--write", action="store_true", help="write RESULTS.md from what is kept; measure nothing")
    options = parser.parse_args(arguments)
    if options.write:
        results.write()
        return 0
    record = collected(options.only, options.quick)
    if options.json:
        measured.save(options.json, record)
    if options.plot:
        from benchmarks import picture

        if picture.drawable(record):
            picture.save(record, options.plot)
        else:
            print(f"{options.plot} is not drawn: no figure has a goal", file=sys.stderr)
    for name, why in record["stopped"].items():
        print(f"{name} was stopped: {why}", file=sys.stderr)
    return int(any(not why.startswith("ModuleNotFoundError") for why in record["stopped"].values()))


if __name__ == "__main__":
    raise SystemExit(main())

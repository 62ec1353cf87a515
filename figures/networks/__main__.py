"""Take the measurements of a study on networks, or go on with them."""

from __future__ import annotations

import argparse
import fnmatch
import importlib
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from figures.networks.job import Job
from figures.networks.results import RECORDS
from zotheory.interrupts import Signals
from zotheory.report.progress import progress

FILES = Path(__file__).resolve().parent.glob("*.py")
STUDIES = tuple(sorted(path.stem for path in FILES if "\nJOBS" in path.read_text(encoding="utf-8")))
EXTRAS = "jax,data,mujoco,peers"
KEPT = ("setting", "done", "pieces", "seconds", "records")  # of a run
UNFINISHED = 3  # exit code: the budget ended before the jobs did


def seconds(text: str) -> float:
    """A time such as 90s, 20m or 1.5h, in seconds."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text)
    if not found:
        raise argparse.ArgumentTypeError(f"must be a time such as 90s, 20m or 1.5h, got {text!r}")
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, go on with the study that it names, and write its record."""
    parser = argparse.ArgumentParser(prog="python -m figures.networks", description=__doc__)
    parser.add_argument("study", choices=STUDIES, help="what to measure")
    parser.add_argument("--budget", type=seconds, metavar="TIME", help="stop after so long; the same command goes on")
    parser.add_argument("--only", metavar="GLOB", default="*", help="those jobs alone, by name")
    parser.add_argument("--checkpoints", type=Path, metavar="DIR", default=Path("checkpoints"), help="(./checkpoints)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="where to write to (the record beside the study)")
    parser.add_argument("--fresh", action="store_true", help="measure what the record holds, too; checkpoints go on")
    parser.add_argument("--list", action="store_true", help="list the jobs, and how far each is")
    options = parser.parse_args(arguments)
    try:
        return go_on(parser, options, last=arguments is None)
    except KeyboardInterrupt as interrupt:
        print("stopped; the same command goes on", file=sys.stderr)
        return getattr(interrupt, "code", 130)
    except ModuleNotFoundError as error:
        print(f"{options.study}: {error}; studies need python -m pip install -e '.[{EXTRAS}]'", file=sys.stderr)
        return 2
    except (ValueError, OSError, MemoryError) as error:
        print(f"{options.study}: {error}", file=sys.stderr)
        return 2
    except RuntimeError as error:  # as XLA tells that a device has no memory left
        if "RESOURCE_EXHAUSTED" not in str(error):
            raise
        print(f"{options.study}: {error}\nthe device has too little memory; JAX_PLATFORMS=cpu goes on", file=sys.stderr)
        return 2


def go_on(parser: argparse.ArgumentParser, options: argparse.Namespace, last: bool) -> int:
    """Measure what is left of a study, and write its record, undisturbed by further signals."""
    folder, path = options.checkpoints / options.study, options.record or RECORDS / f"{options.study}.json"
    written: Callable[[], None] = lambda: None  # noqa: E731
    try:
        with Signals(last=last):
            study = importlib.import_module(f"figures.networks.{options.study}")
            chosen = [job for job in study.JOBS if fnmatch.fnmatch(job.name, options.only)]
            if not chosen:
                parser.error(f"no job has a name like {options.only!r}; --list shows them")
            known = recorded(path, study.JOBS)
            if options.list:
                return told(chosen, folder, known)
            left = [job for job in chosen if options.fresh or known.get(job.name, {}).get("done") != job.pieces]
            if done := len(chosen) - len(left):
                print(
                    f"jobs that are done in {path}: {done}; --fresh or another --record measures them", file=sys.stderr
                )
            for option, place in (("--checkpoints", folder), ("--record", path.parent)):
                writable(option, place)
            written = partial(write, path, options.study, study.JOBS, folder, known)
            return measure(left, folder, options.budget)
    finally:
        written()


def writable(option: str, folder: Path) -> None:
    """Make a folder.

    Raises
    ------
    ValueError
        If it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(f"{option} must be in a folder that can be written to, got {folder}: {error}") from error


def recorded(path: Path, jobs: Sequence[Job]) -> dict[str, Any]:
    """What a record holds of these jobs, as they are set now, by name.

    Raises
    ------
    ValueError
        If the file is no record.
    """
    settings = {job.name: json.loads(json.dumps(dict(job.setting))) for job in jobs}
    try:
        before = json.loads(path.read_text(encoding="utf-8"))["runs"] if path.exists() else {}
        every = {name: {key: run[key] for key in KEPT} for name, run in before.items()}
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} must be a record of measurements: {error!r}; remove it to begin anew") from error
    return {name: run for name, run in every.items() if name in settings and run["setting"] == settings[name]}


def told(jobs: Sequence[Job], folder: Path, known: Mapping[str, Any]) -> int:
    """Print how far each job is."""
    for job in jobs:
        here = job.progress(folder)
        seen = {"done": here.done, "seconds": here.seconds} if here else known.get(job.name, {"done": 0, "seconds": 0})
        print(f"{seen['done']:6} of {job.pieces:6}  {seen['seconds']:8.0f} s  {job.name}")
    return 0


def measure(jobs: Sequence[Job], folder: Path, budget: float | None) -> int:
    """Go on with jobs, one after the other, until all are done or the time is over."""
    end = time.monotonic() + budget if budget is not None else float("inf")
    worked = False  # a piece at least is done, however short the time
    with progress() as show:
        for job in jobs:
            going = job.go_on(folder)
            try:
                for pieces, done in enumerate(going):
                    worked = worked or pieces > 0
                    show(done, job.pieces, job.name)
                    if worked and done < job.pieces and time.monotonic() > end:
                        print(f"the budget is spent; the same command goes on with {job.name!r}", file=sys.stderr)
                        return UNFINISHED
            finally:
                going.close()  # which writes its checkpoint
    return 0


def write(path: Path, study: str, jobs: Sequence[Job], folder: Path, known: Mapping[str, Any]) -> None:
    """Write what the checkpoints hold as JSON, and what is known of jobs that went as far elsewhere."""
    found: dict[str, Any] = {}
    for job in jobs:
        before = known.get(job.name)
        try:
            here = job.progress(folder)
        except ValueError:  # damaged, and not of a job that was asked for: that was told
            here = None
        if here is not None and (before is None or here.done >= before["done"]):
            rest = {"setting": job.setting, "done": here.done, "pieces": job.pieces, "seconds": round(here.seconds, 1)}
            found[job.name] = {**rest, "records": here.records}
        elif before is not None:
            found[job.name] = before
    if not found:
        return
    total = sum(run["seconds"] for run in found.values())
    text = {"command": f"python -m figures.networks {study} --fresh", "seconds": total, "runs": found}
    lines = json.dumps(text, indent=1, default=float, allow_nan=True)
    beside = path.with_suffix(".new")
    beside.write_text(compact(lines) + "\n", encoding="utf-8")
    beside.replace(path)


def compact(text: str) -> str:
    """JSON with what is nested deepest on one line, and numbers of six digits; what stands in quotes stays as it is."""
    inner = re.compile(r"[\[{][^\[\]{}]*[\]}]")
    number = re.compile(r'"[^"]*"|(-?\d+\.\d+(?:e[-+]?\d+)?)')
    text = number.sub(lambda m: f"{float(m[1]):.6g}" if m[1] else m[0], text)
    return inner.sub(lambda m: re.sub(r"\n\s*", " ", m[0]), text)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # threads of XLA that were interrupted can crash an interpreter that ends in order

"""What a benchmark gives: figures, each beside what limits it, measured in the same run; and their record as JSON.

A benchmark is a script of this folder. Its `figures` yields a `Figure` as soon as it is measured, its `main` hands them
to `tell`, which prints them and, with ``--json FILE``, keeps them with the machine, its limits and the versions. What
`python -m benchmarks` collects are such records; RESULTS.md is made of them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

PACKAGES = ("zotheory", "numpy", "scipy", "sympy", "distributed", "jax", "torch", "nevergrad", "cma")


@dataclass(frozen=True)
class Figure:
    """A figure beside its limit.

    Attributes
    ----------
    name : str
        What was measured.
    value : float, in `unit`
    unit : str
    limit : str
        What it stands beside, such as "NumPy's normal fill".
    beside : float, in `unit`
        The limit, measured in the same run.
    ratio : float
        value/beside; of several rounds, the median of their ratios.
    quartiles : (float, float), optional
        Of the ratio over the rounds.
    goal : float, optional
        What the ratio should be at most, or at least where `more` is better.
    more : bool
        Whether a larger ratio is better.
    """

    name: str
    value: float
    unit: str
    limit: str
    beside: float
    ratio: float
    quartiles: tuple[float, float] | None = None
    goal: float | None = None
    more: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the goal is; None without one."""
        if self.goal is None:
            return None
        return self.ratio >= self.goal if self.more else self.ratio <= self.goal

    def __str__(self) -> str:
        spread = f" ({self.quartiles[0]:.3g} to {self.quartiles[1]:.3g})" if self.quartiles else ""
        goal = "" if self.goal is None else f", goal {'at least' if self.more else 'at most'} {self.goal:g}"
        beside = f"{self.value:.4g} {self.unit} beside {self.beside:.4g}, {self.limit}"
        return f"{self.name}: {beside}: ratio {self.ratio:.3g}{spread}{goal}"


def alone(name: str, value: float, unit: str, limit: str, beside: float, **goal: Any) -> Figure:
    """Return the figure of one round; `goal` and `more` as in `Figure`."""
    return Figure(name, float(value), unit, limit, float(beside), float(value / beside), **goal)


def rounds(name: str, values: Sequence[float], unit: str, limit: str, besides: Sequence[float], **goal: Any) -> Figure:
    """Return the figure of several rounds, each with its limit measured beside it: medians, also of the ratio."""
    if len(values) == 1:
        return alone(name, values[0], unit, limit, besides[0], **goal)
    low, ratio, high = statistics.quantiles([v / b for v, b in zip(values, besides, strict=True)], n=4)
    middle, limits = statistics.median(values), statistics.median(besides)
    return Figure(name, middle, unit, limit, limits, ratio, (low, high), **goal)


def seconds(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def peak() -> int:
    """Bytes of this program at its largest; where there is no /proc, or of a larger one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * int(re.findall(r"VmHWM:\s*(\d+) kB", status.read_text())[0])
    import resource  # which not every system has

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


# --- the machine -----------------------------------------------------------------------------------------------------


def normal_fill() -> float:
    """NumPy's own normals from SFC64 into memory that is there, ns a number, the least of several times."""
    rng, buffer = np.random.Generator(np.random.SFC64(1)), np.zeros(1 << 20)
    return min(seconds(lambda: rng.standard_normal(out=buffer)) for _ in range(5)) * 1e9 / buffer.size


def copy_bandwidth() -> float:
    """Bytes that `numpy.copyto` reads and writes, GB a second, in memory far beyond the caches."""
    source, target = np.ones(1 << 24), np.zeros(1 << 24)
    return 2 * source.nbytes / min(seconds(lambda: np.copyto(target, source)) for _ in range(3)) / 1e9


def limits() -> dict[str, str]:
    """What this machine gives at best, one thread."""
    return {
        "NumPy's normal fill": f"{normal_fill():.3g} ns a number",
        "copy of memory": f"{copy_bandwidth():.3g} GB a second",
    }


def machine() -> dict[str, Any]:
    """Processor, cores, memory, system, and how many processes it was at beside this one."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": named[0] if named else platform.processor(),
        "cores": os.cpu_count(),
        "memory, GB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "load at the start": round(os.getloadavg()[0], 2),
    }


def accelerator() -> str | None:
    """What the arrays of a library that was imported stand on, other than the processor."""
    jax, torch = (sys.modules.get(name) for name in ("jax", "torch"))
    if torch is not None and torch.cuda.is_available():
        return str(torch.cuda.get_device_name())
    if jax is not None and jax.default_backend() != "cpu":
        return str(jax.devices()[0].device_kind)
    return None


def versions() -> dict[str, str]:
    """Of Python, and of those packages that were imported."""
    used = {name: str(sys.modules[name].__version__) for name in PACKAGES if name in sys.modules}
    return {"Python": platform.python_version(), **used}


# --- a command and its record ----------------------------------------------------------------------------------------


def parser(doc: str | None) -> argparse.ArgumentParser:
    """Return the parser of a benchmark, to which it may add options of its own."""
    made = argparse.ArgumentParser(description=title(doc))
    made.add_argument("--quick", action="store_true", help="fewer rounds, smaller sizes")
    made.add_argument("--json", type=Path, metavar="FILE", help="write the figures, the machine and its limits")
    return made


def in_rounds(made: argparse.ArgumentParser, *usual: int) -> argparse.Namespace:
    """Return what the command line says, and how many rounds: `usual` are those by default, and with ``--quick``."""
    made.add_argument("--rounds", type=int, help="{} by default, {} with --quick".format(*usual))
    options = made.parse_args()
    options.rounds = options.rounds or usual[options.quick]
    return options


def title(doc: str | None) -> str:
    """The first line of a docstring, without the full stop."""
    return (doc or "").partition("\n")[0].removesuffix(".")


def tell(
    doc: str | None,
    figures: Iterable[Figure],
    options: argparse.Namespace,
    line: Callable[[Figure], str] = str,
    data: Any = None,
) -> None:
    """Print figures as they come, each in a `line`, and write their record where the options say so.

    What was measured is written, too, where something raises. `data` is what else is to be kept, as JSON, and is read
    when all figures have come.
    """
    began, here, found = time.perf_counter(), machine(), []
    try:
        for figure in figures:
            print(line(figure), flush=True)
            found.append({name: _short(part) for name, part in asdict(figure).items()})
    finally:
        if options.json is not None:
            spent = round(time.perf_counter() - began, 1)
            part = {"title": title(doc), "command": command(sys.argv), "seconds": spent, "figures": found}
            save(options.json, record([part | ({} if data is None else {"data": data})], here))


def _short(part: Any) -> Any:
    """Five digits of a number."""
    if isinstance(part, tuple):
        return [_short(one) for one in part]
    return float(f"{part:.5g}") if isinstance(part, float) else part


def record(benchmarks: list[dict[str, Any]], here: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of benchmarks with date, machine, limits and versions."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": here | ({} if (device := accelerator()) is None else {"accelerator": device}),
        "limits": limits(),
        "versions": versions(),
        "benchmarks": benchmarks,
    }


def save(path: Path, what: dict[str, Any]) -> None:
    """Write a record: numbers as they are, infinities and NaN refused."""
    path.write_text(json.dumps(what, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def command(argv: Sequence[str]) -> str:
    """Return how this process was started, as a reader would type it: without where the figures went."""
    script, *words = argv
    where = words.index("--json") if "--json" in words else len(words)
    told = [f"benchmarks/{Path(script).name}", *words[:where], *words[where + 2 :]]
    threads = os.environ.get("OMP_NUM_THREADS")
    return " ".join([*([f"OMP_NUM_THREADS={threads}"] if threads else []), "python", *told])

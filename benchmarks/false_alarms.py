"""How often `check_method` finds fault with an optimizer that is right: whole checks, each of other seeds.

    python benchmarks/false_alarms.py --json benchmarks/false_alarms.json

Each optimizer here does what it declares, by construction: it compares values and draws from a stream of its own, in
directions of which none is preferred; what the last one declares in numbers is exactly true. They are checked in turn,
in this process, until the processor time is spent, 6 minutes if nothing else is said; what a file holds counts. The
page docs/check-an-optimizer.md has what was found, in the words of `sentence`, and a test compares.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import OptimizeResult
from scipy.stats import beta

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for the package
from zotheory.testing import Coverage, Decrease, check_method

SECONDS = 360.0  # of a processor
APART = 100_000  # between the seeds of two checks: more than there are runs of a law
LEVEL = 0.01  # chance that the rate of false alarms is above the largest that is told

# --- right optimizers ------------------------------------------------------------------------------------------------


def evolution(
    f: Callable[..., Any], x0: np.ndarray, budget: int, seed: int, bounds: Sequence[tuple[float, float]] | None = None
) -> OptimizeResult:
    """A (1+1) evolution strategy with success-based step lengths, which clips to its bounds."""
    rng, x, length = np.random.default_rng(seed), np.array(x0, dtype=float), 0.5
    low, high = np.array(bounds, dtype=float).T if bounds else (-np.inf, np.inf)
    lowest = float(f(x.copy()))
    for _ in range(budget - 1):
        y = np.clip(x + length * rng.standard_normal(len(x)), low, high)
        value = float(f(y.copy()))
        lower = value < lowest or (np.isnan(lowest) and not np.isnan(value))
        length *= 1.5 if lower else 1.5**-0.25
        if lower:
            x, lowest = y, value
    return OptimizeResult(x=x, fun=lowest, nfev=budget)


class Pairs:
    """Asks for the start, then for two points about the best one at a time."""

    def __init__(self, x0: np.ndarray, seed: int) -> None:
        self.rng, self.x, self.lowest, self.begun = (
            np.random.default_rng(seed),
            np.array(x0, dtype=float),
            np.inf,
            False,
        )

    def ask(self) -> np.ndarray:
        """Points (2, d), or at first the start (d,)."""
        if not self.begun:
            return self.x.copy()
        return self.x + 0.3 * self.rng.standard_normal((2, len(self.x)))

    def tell(self, points: np.ndarray, values: Any) -> None:
        """Keep the lowest."""
        self.begun = True
        for x, value in zip(np.atleast_2d(points), np.atleast_1d(values), strict=True):
            if value < self.lowest:
                self.x, self.lowest = np.array(x), value


def population(f: Callable[..., Any], x0: np.ndarray, budget: int, seed: int) -> np.ndarray:
    """Eight points at a time, of which the four lowest have the next centre for their mean."""
    rng, x, length = np.random.default_rng(seed), np.array(x0, dtype=float), 0.5
    for _ in range(budget // 8):
        points = x + length * rng.standard_normal((8, len(x)))
        values = [float(f(y.copy())) for y in points]
        x = points[np.argsort(values)[:4]].mean(axis=0)
        length *= 0.9
    return x


def lines(f: Callable[..., Any], x0: np.ndarray, budget: int, seed: int) -> OptimizeResult:
    """To the lowest points of random lines, of a function that is a parabola along each, as on the page."""
    rng, x, d = np.random.default_rng(seed), np.array(x0, dtype=float), len(x0)
    low, high = -np.inf, np.inf
    for k in range(budget // 3):
        u = rng.standard_normal(d)
        u /= np.linalg.norm(u)
        here, before, after = f(x.copy()), f(x - u), f(x + u)
        bend = before + after - 2 * here
        way = (before - after) / (2 * bend)
        if k == 0 and d > 1:
            drop = bend * way**2 / 2
            low, high = here - drop / beta.ppf(0.05, 0.5, (d - 1) / 2), here - drop
        x = x + way * u
    return OptimizeResult(x=x, interval=(low, high))


OF_STREAMS = ["isolated", "processes", "threads", "random", "anytime", "quiet"]
OF_VALUES = ["increasing", "scales_of_values", "shifts_of_values", "translation", "descends", "returns_best"]
OF_OBJECTIVES = ["guards", "keeps_off", "types", "errors", "constant", "extremes", "nonfinite", "noise", "large"]
OF_LAWS = ["rotation", "permutation"]
OF_THE_BEST = {"descends", "returns_best", "nonfinite"}  # of what returns a point that it has seen
COMPARING = [*OF_STREAMS, *OF_VALUES, *OF_OBJECTIVES, *OF_LAWS]
STATED = [
    Decrease(lambda d, budget: (1 - 1 / d) ** (budget // 3), dimensions=[5]),
    Coverage(lambda result: result.interval, probability=0.95, dimensions=[5]),
]


class Right(NamedTuple):
    """An optimizer, what it rightly declares, and the smallest budget that it takes."""

    name: str
    method: Any
    declares: Iterable[Any]
    least: int = 1


RIGHT = (
    Right("evolution strategy", evolution, [*COMPARING, "value", "counts", "bounds", "bounded_runs", "unbounded"]),
    Right("pairs", Pairs, [*COMPARING, "pickles", "unbounded"]),
    Right("population", population, sorted({*COMPARING, "unbounded"} - OF_THE_BEST), least=8),
    Right("random lines", lines, [*OF_STREAMS, *OF_LAWS, "guards", "keeps_off", *STATED]),
)

# --- the record ------------------------------------------------------------------------------------------------------


def spent() -> float:
    """Processor time of this process and of those that it waited for, in seconds."""
    return sum(os.times()[:4])


def begun(right: Sequence[Right] = RIGHT) -> dict[str, Any]:
    """A record of nothing yet."""
    return {
        "command": "python benchmarks/false_alarms.py",
        "versions": {"python": platform.python_version(), "numpy": version("numpy")},
        "seconds": 0.0,
        "optimizers": {one.name: {"checks": 0, "alarms": [], "undecided": []} for one in right},
    }


def measured(record: dict[str, Any], right: Sequence[Right] = RIGHT, examples: int = 30) -> None:
    """Check each once more, with seeds of which none was taken, and add what is found."""
    began = spent()
    for one in right:
        kept = record["optimizers"][one.name]
        seed = APART * kept["checks"]
        given = {"name": one.name, "declares": one.declares, "least": one.least}
        found = check_method(one.method, **given, seed=seed, examples=examples, apart=False)
        kept["checks"] += 1
        for row in found.rows:
            if not row.sound:
                told = {"seed": seed, "property": row.name, "seen": row.seen}
                kept["undecided" if row.holds is None else "alarms"].append(told)
    record["seconds"] = round(record["seconds"] + spent() - began, 1)


def sentence(record: dict[str, Any]) -> str:
    """What the page says of it."""
    of = record["optimizers"].values()
    checks = sum(one["checks"] for one in of)
    alarms, undecided = (sum(len(one[name]) for one in of) for name in ("alarms", "undecided"))
    largest = beta.isf(LEVEL, alarms + 1, checks - alarms)
    return (
        f"{checks} whole checks of {len(of)} right optimizers, each of other seeds, gave {alarms} false alarms and "
        f"left {undecided} properties undecided: were the rate above {largest:.1%}, so few would have a chance of "
        f"{LEVEL:.0%} at most"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, tell and keep it."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--seconds", type=float, default=SECONDS, metavar="S", help="processor time (default 360)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="go on with what it holds, and write what was found")
    options = parser.parse_args(arguments)
    path = options.json
    record = json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else begun()
    while record["seconds"] < options.seconds:
        measured(record)
        if path:
            path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(sentence(record))
    for name, one in record["optimizers"].items():
        for each in (*one["alarms"], *one["undecided"]):
            print(f"{name}: {each}")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())

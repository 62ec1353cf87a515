"""Evaluations that `zo.minimize` takes, told nothing but f and a start, beside nevergrad's OnePlusOne, told as little.

    OMP_NUM_THREADS=1 python benchmarks/told_nothing.py --workers 2

To a millionth of the first gap, on the problems without noise of `benchmarks/comparison.py`, with its budgets. Our
first step is of length 1, nevergrad's of deviation 1 in every variable: the defaults of both. A run that does not
arrive counts as infinitely long: a problem where half of the runs of both do not arrive is left out, and where only
nevergrad's do not, the ratio is to the budget. Counts are medians over runs; quartiles are those of our counts beside
nevergrad's median, of which there are too few runs for quartiles of its own. Last the median of the ratios. The record
says which version of nevergrad ran, and on each problem how often both did. Counts do not depend on the machine, so
that there are no rounds; ``--quick`` leaves out what takes nevergrad long, and ``--theirs`` takes its counts, and its
version, from a record of before, whose problems and targets must be these.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from math import inf, isfinite
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import measured
from benchmarks.comparison import CASES, Case
from benchmarks.measured import Figure
from zotheory.options import workers
from zotheory.sweeps import in_order, opened, sweep

TARGET = 1e-6
RUNS, THEIRS = 11, 5
QUICK = 60_000  # evaluations that are allowed


class Arrived(Exception):
    """The target was reached, or the budget is spent."""


def level(problem: Any) -> float:
    return problem.f_star + TARGET * (float(problem(problem.x0)) - problem.f_star)


def ours(problem: Any, budget: int, seed: int) -> float:
    """Evaluations until the target; infinity if the budget does not reach it."""
    found = zo.minimize(problem, problem.x0, target=level(problem), budget=budget, rng=1000 + seed)
    return found.nfev if found.status == 0 else inf


def theirs(problem: Any, budget: int, seed: int) -> float:
    """The same of nevergrad."""
    import nevergrad

    space = nevergrad.p.Array(init=problem.x0)
    space.random_state.seed(seed)
    wanted, calls, hit = level(problem), 0, inf

    def f(x: np.ndarray) -> float:
        nonlocal calls, hit
        calls += 1
        value = float(problem(x))
        if value <= wanted:
            hit = calls
        if value <= wanted or calls >= budget:
            raise Arrived
        return value

    with suppress(Arrived):
        nevergrad.optimizers.registry["OnePlusOne"](space, budget=budget).minimize(f)
    return hit


def task(which: tuple[str, bool, int]) -> float:
    """One run of ours, or of theirs, on the problem of this name."""
    name, own, seed = which
    problem, _ = CASES[name].build()
    return (ours if own else theirs)(problem, CASES[name].budget, seed)


def tasks(name: str, case: Case, theirs: bool) -> list[tuple[str, bool, int]]:
    """All runs on a problem: of nevergrad's fewer, which takes ten times as long for an evaluation."""
    others = min(THEIRS, case.runs) if theirs else 0
    return [(name, True, seed) for seed in range(RUNS)] + [(name, False, seed) for seed in range(others)]


class Known(NamedTuple):
    """Of nevergrad: version, and on each problem how many runs there were, and their median; infinity: left out."""

    version: str
    runs: dict[str, int]
    medians: dict[str, float]


def recorded(path: Path) -> Known:
    """What a record holds of nevergrad; infinity where it did not arrive."""
    (benchmark,) = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
    medians = {
        figure["name"].partition(", where")[0]: inf if "not arrive" in figure["limit"] else figure["beside"]
        for figure in benchmark["figures"]
        if figure["unit"] == "evaluations"
    }
    runs = {name: both["nevergrad"] for name, both in benchmark["data"]["runs"].items()}
    return Known(benchmark["data"]["nevergrad"], runs, medians)


def figures(executor: Any, quick: bool, known: Known | None, data: dict[str, Any]) -> Iterator[Figure]:
    """The ratio on each problem, then their median; of nevergrad what is `known`, if anything is.

    Its version, and on each problem how often both ran, are written into `data`.
    """
    data |= {"nevergrad": version("nevergrad") if known is None else known.version, "runs": {}}
    cases = {name: case for name, case in CASES.items() if case.cached and not (quick and case.budget > QUICK)}
    runs = [run for name, case in cases.items() for run in tasks(name, case, known is None)]
    counts = in_order(sweep(task, runs, executor))
    ratios = []
    for name, case in cases.items():
        mine, others = [], []
        for _, own, _ in tasks(name, case, known is None):
            (mine if own else others).append(next(counts))
        count, beside = median(mine), median(others) if known is None else known.medians.get(name, inf)
        data["runs"][name] = {"zo.minimize": len(mine), "nevergrad": len(others) if known is None else known.runs[name]}
        if not isfinite(count) and not isfinite(beside):
            continue
        limit = "nevergrad's OnePlusOne" + ", which does not arrive: the budget" * (not isfinite(beside))
        name += ", where ours does not arrive: the budget" * (not isfinite(count))
        low, count, high = quantiles([min(one, case.budget) for one in mine], n=4)
        beside = float(min(beside, case.budget))
        figure = Figure(
            name, count, "evaluations", limit, beside, count / beside, (low / beside, high / beside), goal=1
        )
        ratios.append(figure.ratio)
        yield figure
    yield measured.alone("median of the ratios", median(ratios), "", "nevergrad's OnePlusOne", 1.0, goal=0.5)


def main() -> None:
    """Print the table."""
    parser = measured.parser(__doc__)
    parser.add_argument("--workers", type=workers, metavar="N", help="processes, which change nothing (default: this)")
    parser.add_argument("--theirs", type=Path, metavar="FILE", help="take nevergrad's counts from this record")
    options = parser.parse_args()
    if options.theirs is None and find_spec("nevergrad") is None:
        raise SystemExit("nevergrad is needed: python -m pip install -e '.[peers]'")
    known = None if options.theirs is None else recorded(options.theirs)
    data: dict[str, Any] = {}
    with opened(options.workers) as executor:
        measured.tell(__doc__, figures(executor, options.quick, known, data), options, data=data)


if __name__ == "__main__":
    main()

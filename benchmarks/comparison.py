"""Relative-loss descent beside the other methods, at equal evaluations: the table of docs/relative_loss.md.

    OMP_NUM_THREADS=1 python benchmarks/comparison.py [--workers 2] [NAME...]

Evaluations until the median gap over the runs is the target's fraction of the first gap; "-": not within the budget.
The gap is that of the point a method returns, free of noise, looked at every d/10 steps. Same problems and
starts for all; one setting of each method for all problems (`figures/roster.py`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `figures`
import zotheory as zo
from figures.roster import FEW, NOISE, kinks, logistic, noisy, quadratic, roster, wavy
from figures.runs import unwarned
from zotheory.options import workers
from zotheory.sweeps import in_order, opened, sweep

SEED = 6


class Case(NamedTuple):
    """A problem, the one whose constants are told, target, evaluations allowed, runs."""

    build: Callable[[], tuple[Any, Any]]
    target: float
    budget: int
    runs: int
    cached: bool = True


def alone(build: Callable[[], Any]) -> Callable[[], tuple[Any, Any]]:
    def pair() -> tuple[Any, Any]:
        problem = build()
        return problem, problem

    return pair


def transformed() -> tuple[Any, Any]:
    f = quadratic(100, 100.0)
    return zo.problems.Increasing(f, lambda y: -np.expm1(-np.sqrt(np.maximum(y + 1, 0)))), f


CASES = {
    **{
        f"quadratic, d = {d}, Q = {Q:g}": Case(alone(lambda d=d, Q=Q: quadratic(d, Q)), 1e-6, budget, runs)
        for d, budget, runs in ((10, 60_000, 11), (100, 400_000, 11), (1000, 200_000, 3))
        for Q in (1, 10, 100, 10_000)
    },
    "its transform, d = 100, Q = 100": Case(transformed, 1e-3, 400_000, 11),
    f"logistic regression, d = {FEW}": Case(alone(logistic), 1e-3, 50_000, 5),
    f"mean of |x_i|, d = {FEW}": Case(alone(kinks), 1e-3, 100_000, 11),
    f"not convex, d = {FEW}": Case(alone(wavy), 1e-6, 100_000, 11),
    f"noise of deviation {NOISE:g}, d = {FEW}": Case(noisy, 1e-1, 100_000, 11, cached=False),
}


def evaluations(method: zo.Method, case: Case, seed: np.random.SeedSequence) -> int | None:
    """Evaluations until the median gap of the runs is small enough."""
    problem, _ = case.build()
    every = max(1, problem.d // 10)
    wanted = case.target * (float(problem(problem.x0)) - problem.f_star)
    try:
        for t, (state, counted) in enumerate(zo.iterate(method, problem, replicas=case.runs, rng=zo.generator(seed))):
            if t % every == 0 and np.median(problem(method.output(state))) - problem.f_star <= wanted:
                return counted.spent
            if counted.spent > case.budget:
                return None
    except zo.ObjectiveError:  # a run that diverges
        return None


def column(name: str) -> dict[str, int | None]:
    """Evaluations of every method of the roster on one problem."""
    case = CASES[name]
    problem, told = case.build()
    methods = roster(problem, case.budget, told, cached=case.cached)
    key = list(CASES).index(name)
    with unwarned():
        return {m: evaluations(method, case, np.random.SeedSequence((SEED, key))) for m, method in methods.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a part of a problem's name; all of them by default")
    parser.add_argument("--workers", type=workers, metavar="N", help="processes, which change nothing (default: this)")
    options = parser.parse_args()
    names = [n for n in CASES if not options.names or any(part in n for part in options.names)]
    with opened(options.workers) as executor:
        report(names, in_order(sweep(column, names, executor)))


def report(names: list[str], columns: Iterable[dict[str, int | None]]) -> None:
    """Print the columns as they come in, each beside its best method."""
    for name, counts in zip(names, columns, strict=True):
        print(f"\n{name}: to {CASES[name].target:g}, at most {CASES[name].budget}")
        least = min((c for c in counts.values() if c), default=1)
        for method, count in counts.items():
            print(f"  {method:28s} {'-' if count is None else f'{count:8d}  {count / least:6.2f}'}", flush=True)


if __name__ == "__main__":
    main()

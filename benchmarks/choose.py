"""Which method for which problem: methods of this package and of others, at equal evaluations; for docs/choose.md.

    python -m pip install -e '.[peers]'
    OMP_NUM_THREADS=1 python benchmarks/choose.py --json benchmarks/choose.json

A situation is a kind of function, of which there are some random instances, the same for every method. Each method is
called once for an instance and a budget, with one setting for all situations, and what is kept is the gap, free of
noise, of the point that it returns, in units of the first gap. A function that hears of a value within `END` of the
minimum ends the run there. Who asks for more evaluations than the budget is cut off, and stands at the lowest of those.

Each result is written as soon as it is there, and what the file holds of all instances is not measured again. After a
change ``--again PART``, a part of the name of a method, measures its results anew.
``python docs/make_choose.py`` writes the page.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import scipy.optimize

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for `benchmarks`
import zotheory as zo
from benchmarks import measured
from benchmarks.situations import SITUATIONS, Instance
from zotheory.testing import peers

END = 1e-10  # of the first gap: a run ends there
TARGETS = (1e-3, 1e-6)  # of the first gap, the first evaluation at which is kept
PACKAGES = ("numpy", "scipy", "cma", "nevergrad", "nlopt")


# --- methods: expressions, each with one setting for all situations --------------------------------------------------

PUSHED = "zo.relative_loss(radius={}, beta=1 - 0.3 / d, gain=4.0, clip=3.0)"
GRID = "zo.radii.log_uniform(1.0, 20)"


def ours(method: str = "", more: str = "") -> str:
    """A call of `zo.minimize`, with its default or a method."""
    return f"zo.minimize(f, x0, budget=n, rng=seed, bounds=bounds{method and f', method={method}'}{more}).x"


def theirs(minimiser: str) -> str:
    """A call of an optimizer of others, as `zotheory.testing.peers` makes it."""
    return f"peers.{minimiser}(f, x0, n, seed, bounds=bounds).x"


METHODS = {  # name -> the point that is returned, for f of d variables, x0, n evaluations, seed and bounds
    "zo.minimize": ours(),
    "zo.minimize, projected": ours(more=', outside="project"'),
    "zo.minimize, noisy=True": ours(more=", noisy=True"),
    "relative loss, 1/5 rule": ours("zo.relative_loss(radius=zo.radii.one_fifth(1.0))"),
    "relative loss, momentum": ours(PUSHED.format("zo.radii.one_fifth(1.0)")),
    "relative loss, log-uniform, momentum": ours(PUSHED.format(GRID)),
    "relative loss, ties move": ours(f'zo.relative_loss(radius={GRID}, ties="move")'),
    "adaptive Monte Carlo": ours("zo.adaptive_monte_carlo(sigma=1 / d**0.5, patience=20)"),
    "GLD-Search": ours("zo.gld_search(R=1.0, r=1e-4)"),
    "relative loss, 1/√t, not kept": ours(
        "zo.relative_loss(radius=lambda t: 1 / t**0.5, cached=False)", ", noisy=True"
    ),
    "three points, 1/√t": ours("zo.three_point(radius=lambda t: 1 / t**0.5, cached=False)", ", noisy=True"),
    "pycma": theirs("pycma()"),
    "pycma, its mean": "mean_of_pycma(f, x0, n, seed)",
    "SciPy L-BFGS-B, by differences": (
        'scipy.optimize.minimize(f, x0, method="L-BFGS-B", bounds=bounds, options={"maxfun": n}).x'
    ),
    "SciPy Nelder-Mead": theirs('scipy("Nelder-Mead")'),
    "SciPy Powell": theirs('scipy("Powell")'),
    "SciPy COBYQA": theirs('scipy("COBYQA")'),
    "SciPy differential evolution": theirs('scipy("differential_evolution")'),
    "SciPy dual annealing": theirs('scipy("dual_annealing")'),
    "SciPy DIRECT": theirs('scipy("direct")'),
    "NLopt BOBYQA": theirs('nlopt("LN_BOBYQA")'),
    "NLopt SBPLX": theirs('nlopt("LN_SBPLX")'),
    "nevergrad OnePlusOne": theirs('nevergrad("OnePlusOne")'),
}


# --- runs ------------------------------------------------------------------------------------------------------------


class Enough(Exception):
    """The budget is spent, or the minimum is reached."""


class Watched:
    """An instance that counts: the lowest of what it was asked, and when targets were reached."""

    def __init__(self, instance: Instance, budget: int, rng: np.random.Generator) -> None:
        self.instance, self.budget, self.rng = instance, budget, rng
        self.first = instance.f(instance.x0) - instance.f_star
        self.calls, self.best, self.lowest = 0, instance.x0, inf
        self.reached: dict[float, int] = {}

    def gap(self, x: np.ndarray) -> float:
        """Of a point, free of noise, in units of the first."""
        return (self.instance.f(np.asarray(x, dtype=float)) - self.instance.f_star) / self.first

    def __call__(self, x: np.ndarray) -> float:
        """The value at a point, with its noise."""
        if self.calls >= self.budget:
            raise Enough
        self.calls += 1
        x = np.array(x, dtype=float)
        value = self.instance.f(x)
        if self.instance.noise:
            value += self.instance.noise * self.rng.standard_normal()
        if value < self.lowest:
            self.best, self.lowest = x, value
            if not self.instance.noise:
                self._look((value - self.instance.f_star) / self.first)
        return value

    def _look(self, gap: float) -> None:
        for target in TARGETS:
            if gap <= target:
                self.reached.setdefault(target, self.calls)
        if gap <= END:
            raise Enough


def called(method: str, f: Watched, instance: Instance, n: int, seed: int) -> np.ndarray:
    """The point that a method returns."""
    given = {"f": f, "x0": instance.x0.copy(), "d": len(instance.x0), "n": n, "seed": seed, "bounds": instance.bounds}
    known = {"zo": zo, "peers": peers, "scipy": scipy, "mean_of_pycma": mean_of_pycma}
    return np.asarray(eval(METHODS[method], known | given))


def mean_of_pycma(f: Watched, x0: np.ndarray, n: int, seed: int) -> np.ndarray:
    """The mean of pycma's law, after as many whole generations as n evaluations suffice for."""
    search = peers.package("cma").CMAEvolutionStrategy(x0, 0.5, {"seed": seed + 1, "verbose": -9})
    while not search.stop() and search.countevals + search.popsize <= n:
        points = search.ask()
        search.tell(points, [f(x) for x in points])
    return np.asarray(search.result.xfavorite)


def run(situation: str, method: str, i: int, budget: int) -> tuple[float, int, list[int | None]]:
    """Gap of what a method returns on instance i, evaluations, and those at which it reached the targets."""
    streams = np.random.SeedSequence((crc32(situation.encode()), i)).spawn(2)
    instance = SITUATIONS[situation].build(np.random.default_rng(streams[0]))
    watched = Watched(instance, budget, np.random.default_rng(streams[1]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a value comes twice, that a budget is spent
        try:
            x = called(method, watched, instance, budget, i)
        except Enough:
            x = watched.best
    return watched.gap(x), watched.calls, [watched.reached.get(target) for target in TARGETS]


def cell(situation: str, method: str) -> dict[str, Any]:
    """All instances: gaps after few evaluations and after all, evaluations, and those at which targets were reached."""
    began, each = time.process_time(), SITUATIONS[situation]
    short = [run(situation, method, i, each.few)[0] for i in range(each.instances)]
    gaps, calls, reached = zip(*(run(situation, method, i, each.budget) for i in range(each.instances)), strict=True)
    return {
        "few": [float(f"{gap:.4g}") for gap in short],
        "end": [float(f"{gap:.4g}") for gap in gaps],
        "calls": list(calls),
        "reached": [list(times) for times in zip(*reached, strict=True)],
        "seconds": round(time.process_time() - began, 2),
    }


def cells() -> Iterator[tuple[str, str]]:
    """All pairs of a situation and a method."""
    return ((name, method) for name, each in SITUATIONS.items() for method in each.methods)


def kept(path: Path, again: list[str]) -> dict[str, dict[str, Any]]:
    """What a file holds of `cells`, of all instances, without the methods that are to be measured again."""
    found = json.loads(path.read_text(encoding="utf-8"))["situations"] if path.exists() else {}
    return {
        name: {
            method: found[name][method]
            for method in each.methods
            if len(found.get(name, {}).get(method, {}).get("end", ())) == each.instances
            and not any(part in method for part in again)
        }
        for name, each in SITUATIONS.items()
    }


def main() -> None:
    """Measure what the file does not hold."""
    parser = argparse.ArgumentParser(description=measured.title(__doc__))
    parser.add_argument("--json", type=Path, required=True, metavar="FILE", help="what is measured is kept here")
    parser.add_argument("--again", nargs="+", default=[], metavar="PART", help="of methods' names: measure them anew")
    options = parser.parse_args()
    found = kept(options.json, options.again)
    for name, method in cells():
        if method in found[name]:
            continue
        found[name][method] = cell(name, method)
        print(f"{name}: {method}: {np.median(found[name][method]['end']):.2g}", flush=True)
        measured.save(options.json, {"versions": versions(), "situations": found})


def versions() -> dict[str, str]:
    """Of what was compared."""
    from importlib.metadata import version

    return {name: version(name) for name in PACKAGES}


if __name__ == "__main__":
    main()

"""What docs/choose.md says of methods, each sentence beside the condition that the record must meet.

`docs/make_choose.py` writes no page unless each condition holds on the record, and in `LEVEL` of its resamples: as many
instances, drawn from those of the record with replacement, the same for all methods. A condition is a formula on
arrays, with one row for the record and one for each resample. That one method ends lower than another, or arrives
sooner, must be so on `NEARLY` all instances; else medians are compared, with each other or with a number.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_
from string import Formatter
from typing import Any, NamedTuple

import numpy as np

from benchmarks.choose import END, TARGETS
from benchmarks.situations import SITUATIONS

NEARLY = 0.9  # of the instances
RESAMPLES, SEED = 2000, 1
LEVEL = 0.95  # of the resamples
STEADY = 10  # a median that a sentence names varies by less than this factor over as many of them

Cell = dict[str, Any]


def resamples(n: int) -> np.ndarray:
    """Rows of n instances: first the record's own, then random ones."""
    drawn = np.random.default_rng(SEED).integers(n, size=(RESAMPLES, n))
    return np.concatenate([np.arange(n)[None], drawn])


class Found:
    """What the record says of a situation, with a row for the record and one for each resample.

    Attributes
    ----------
    cells : method -> what `benchmarks/choose.py` found
    name, situation
    n : number of instances
    rows : instances (n,) of each row; by default those of the record alone, and everything is a number
    """

    def __init__(self, cells: dict[str, Cell], name: str, rows: np.ndarray | None = None) -> None:
        self.cells, self.name, self.situation = cells, name, SITUATIONS[name]
        self.n = len(next(iter(cells.values()))["end"])
        self.rows = np.arange(self.n) if rows is None else rows

    def gaps(self, method: str, when: str = "end") -> np.ndarray:
        """Gaps of a method over the instances; what is below `END` is as good as there."""
        return np.maximum(self.cells[method][when], END)[self.rows]

    def gap(self, method: str, when: str = "end") -> np.ndarray:
        """Their median."""
        return np.median(self.gaps(method, when), axis=-1)

    def reached(self, method: str, target: float = TARGETS[-1]) -> np.ndarray:
        """Evaluations until a target, on each instance; infinite where it was not reached."""
        times = self.cells[method]["reached"][TARGETS.index(target)]
        return np.array([float("inf") if time is None else time for time in times])[self.rows]

    def time(self, method: str, target: float = TARGETS[-1]) -> np.ndarray:
        """Their median."""
        return np.median(self.reached(method, target), axis=-1)

    def count(self, method: str, target: float = TARGETS[-1]) -> np.ndarray:
        """On how many instances a target was reached."""
        return np.isfinite(self.reached(method, target)).sum(axis=-1)

    def oftener(self, first: str, *others: str, target: float = TARGETS[-1]) -> np.ndarray:
        """Whether the first reaches a target on more instances than each of the others."""
        return together(self.count(first, target) > self.count(other, target) for other in others)

    def lower(self, first: str, *others: str, when: str = "end") -> np.ndarray:
        """Whether the first ends lower than each of the others, on nearly all instances."""
        return together(nearly(self.gaps(first, when) < self.gaps(other, when)) for other in others)

    def lowest(self, method: str, when: str = "end") -> np.ndarray:
        """Whether this one ends lower than all others."""
        return self.lower(method, *(other for other in self.cells if other != method), when=when)

    def sooner(self, first: str, *others: str, target: float = TARGETS[-1]) -> np.ndarray:
        """Whether the first reaches a target sooner than each of the others, on nearly all instances."""
        return together(nearly(self.reached(first, target) < self.reached(other, target)) for other in others)

    def arrive(self, *methods: str, target: float = TARGETS[-1]) -> np.ndarray:
        """Whether each of these reaches a target on nearly all instances."""
        return together(nearly(np.isfinite(self.reached(method, target))) for method in methods)

    def fail(self, *methods: str, target: float = TARGETS[-1]) -> np.ndarray:
        """Whether each of these misses a target on nearly all instances."""
        return together(nearly(~np.isfinite(self.reached(method, target))) for method in methods)

    def still(self, method: str) -> np.ndarray:
        """Whether a method ends less than a tenth lower than it was after few evaluations, on nearly all instances."""
        return nearly(self.gaps(method) > 0.9 * self.gaps(method, "few"))

    def below(self, first: str, *others: str, when: str = "end") -> np.ndarray:
        """Whether the median gap of the first is below that of each of the others."""
        return together(self.gap(first, when) < self.gap(other, when) for other in others)

    def above(self, number: float, *methods: str, when: str = "end") -> np.ndarray:
        """Whether the median gap of each of these is above a number."""
        return together(self.gap(method, when) > number for method in methods)

    def quicker(self, first: str, *others: str) -> np.ndarray:
        """Whether the median evaluations to the last target are fewer for the first than for each of the others."""
        return together(self.time(first) < self.time(other) for other in others)

    def better(self, first: str, *others: str) -> np.ndarray:
        """Whether the first has the lower median gap than each of the others; at `END` the lower median time."""
        return together(
            (self.gap(first) < self.gap(other))
            | ((self.gap(first) == self.gap(other)) & (self.time(first) < self.time(other)))
            for other in others
        )


def together(conditions: Any) -> np.ndarray:
    """Whether all of them hold."""
    return reduce(and_, conditions)


def nearly(each: np.ndarray) -> np.ndarray:
    """Whether something is so on nearly all instances."""
    return each.mean(axis=-1) >= NEARLY


def sure(holds: np.ndarray) -> bool:
    """Whether a condition holds on the record, and on enough of its resamples."""
    return bool(holds[0] and holds[1:].mean() >= LEVEL)


NAMED: dict[str, Callable[[Found, str], np.ndarray]] = {  # what the words of a sentence may name of a method
    "end": Found.gap,
    "few": lambda found, method: found.gap(method, "few"),
    "time": Found.time,
    "count": Found.count,
}
MEDIANS = ("end", "few", "time")


class Said(NamedTuple):
    """A sentence, with medians as `words` names them, and whether what was found bears it."""

    text: str
    holds: Callable[[Found], np.ndarray]

    def words(self, found: Found) -> str:
        """The sentence: ``end[...]`` and ``few[...]`` are gaps of a method, ``time[...]`` its evaluations to 1e-6,
        ``count[...]`` the number of instances where it came there, of ``n``.
        """
        alone = Found(found.cells, found.name)
        told = {name: {m: written(name, find(alone, m)) for m in found.cells} for name, find in NAMED.items()}
        return self.text.format(**told, n=found.n)

    def unsteady(self, found: Found) -> list[str]:
        """Medians that the sentence names and that vary too much: by `STEADY` over `LEVEL` of the resamples."""
        names = [name for _, name, _, _ in Formatter().parse(self.text) if name and name.startswith(MEDIANS)]
        parts = [(name, *name.rstrip("]").split("[")) for name in names]
        return [name for name, what, method in parts if not spread(NAMED[what](found, method)) < STEADY]


def written(name: str, value: float) -> str:
    """A number as a text."""
    if name in ("time", "count"):
        return f"{value:,.0f}"
    return f"{END:g}" if value == END else f"{value:.2g}".replace("e-0", "e-")


def spread(rows: np.ndarray) -> float:
    """The factor between the bounds of the middle `LEVEL` of what resamples gave."""
    low, high = np.quantile(rows[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="nearest")
    return float("inf") if np.isinf(high) else float(high / low)


class Advice(NamedTuple):
    """What to take for which function, methods that are better than all others there, and what was found of it."""

    situation: str
    have: str
    take: tuple[str, ...]
    why: Said


TOLD, NOISY, PUSHED, PLAIN = (
    "zo.minimize",
    "zo.minimize, noisy=True",
    "relative loss, momentum",
    "relative loss, 1/5 rule",
)
DESCENT, BOBYQA, COBYQA = "SciPy L-BFGS-B, by differences", "NLopt BOBYQA", "SciPy COBYQA"
CMA, MEAN = "pycma", "pycma, its mean"
SIMPLEX, SUBPLEX, POWELL = "SciPy Nelder-Mead", "NLopt SBPLX", "SciPy Powell"
THREE, FALLING, ONE = "three points, 1/√t", "relative loss, 1/√t, not kept", "nevergrad OnePlusOne"
PROJECTED, GLD = "zo.minimize, projected", "GLD-Search"
EVOLUTION, ANNEALING, DIRECT = "SciPy differential evolution", "SciPy dual annealing", "SciPy DIRECT"
ADAPTIVE, TIES, LOG = "adaptive Monte Carlo", "relative loss, ties move", "relative loss, log-uniform, momentum"

WRITTEN = {  # how a method that is to be taken is called
    TOLD: "`zo.minimize`",
    NOISY: "`zo.minimize(..., noisy=True)`",
    PROJECTED: '`zo.minimize(..., outside="project")`',
    PUSHED: "`zo.relative_loss` with the 1/5 rule and momentum",
    THREE: "`zo.three_point` with radii that fall like 1/√t",
    ADAPTIVE: "`zo.adaptive_monte_carlo`",
    CMA: "pycma",
    MEAN: "the mean of pycma",
    DESCENT: "L-BFGS-B by differences (SciPy)",
    COBYQA: "COBYQA (SciPy)",
    BOBYQA: "BOBYQA (NLopt)",
    SUBPLEX: "SBPLX (NLopt)",
    EVOLUTION: "differential evolution (SciPy)",
    ANNEALING: "dual annealing (SciPy)",
    DIRECT: "DIRECT (SciPy)",
}

ADVICE = (
    Advice(
        "bowl",
        "smooth, no noise",
        (DESCENT, COBYQA, BOBYQA),
        Said(
            "L-BFGS-B is at 1e-6 after {time[SciPy L-BFGS-B, by differences]} evaluations, COBYQA after {time[SciPy "
            "COBYQA]}, BOBYQA after {time[NLopt BOBYQA]}, `zo.minimize` after {time[zo.minimize]}",
            lambda f: together(f.sooner(model, TOLD, CMA) for model in (BOBYQA, COBYQA, DESCENT)),
        ),
    ),
    Advice(
        "curvatures",
        "smooth, and curvatures differ by orders of magnitude",
        (DESCENT, BOBYQA, CMA),
        Said(
            "`zo.minimize` ends higher, at {end[zo.minimize]}",
            lambda f: together(f.below(one, TOLD) for one in (DESCENT, BOBYQA, CMA)),
        ),
    ),
    Advice(
        "valley",
        "smooth, with a bent valley",
        (COBYQA, DESCENT),
        Said(
            "COBYQA is at 1e-6 after {time[SciPy COBYQA]} evaluations, L-BFGS-B after {time[SciPy L-BFGS-B, by "
            "differences]}, `zo.minimize` after {time[zo.minimize]}, pycma after {time[pycma]}",
            lambda f: f.sooner(DESCENT, TOLD) & f.sooner(COBYQA, TOLD) & f.sooner(TOLD, CMA),
        ),
    ),
    Advice(
        "dimension",
        "smooth, no noise, a hundred variables or more",
        (DESCENT, TOLD),
        Said(
            "L-BFGS-B ends at {end[SciPy L-BFGS-B, by differences]}, `zo.minimize` at {end[zo.minimize]}, Powell's "
            "method at {end[SciPy Powell]}, pycma at {end[pycma]}",
            lambda f: f.lowest(DESCENT) & f.lower(TOLD, POWELL, CMA),
        ),
    ),
    Advice(
        "kinks",
        "kinks, no noise",
        (TOLD, PUSHED, DESCENT),
        Said(
            "L-BFGS-B ends at {end[SciPy L-BFGS-B, by differences]}, pycma at {end[pycma]}, BOBYQA at {end[NLopt "
            "BOBYQA]}",
            lambda f: f.below(DESCENT, CMA) & f.lower(CMA, BOBYQA),
        ),
    ),
    Advice(
        "plateaus",
        "plateaus: values of few levels, such as counts",
        (ADAPTIVE, CMA),
        Said(
            "`zo.adaptive_monte_carlo` comes to the minimum on {count[adaptive Monte Carlo]} of {n} instances, pycma "
            "on {count[pycma]}, `zo.minimize` on {count[zo.minimize]}",
            lambda f: f.oftener(ADAPTIVE, CMA, TOLD),
        ),
    ),
    Advice(
        "bounds",
        "bounds, on which the minimum lies",
        (BOBYQA, DESCENT, PROJECTED, SUBPLEX, CMA),
        Said(
            'BOBYQA is at 1e-6 after {time[NLopt BOBYQA]} evaluations, `outside="project"` after {time[zo.minimize, '
            "projected]}, pycma after {time[pycma]}; without it `zo.minimize` hardly ever comes there",
            lambda f: f.sooner(BOBYQA, PROJECTED) & f.sooner(PROJECTED, CMA) & f.fail(TOLD),
        ),
    ),
    Advice(
        "minima",
        "many minima, within bounds",
        (DIRECT, EVOLUTION, ANNEALING, TOLD),
        Said(
            "DIRECT ends at {end[SciPy DIRECT]}, `zo.minimize` at {end[zo.minimize]}, pycma at {end[pycma]}",
            lambda f: f.below(DIRECT, TOLD) & f.below(TOLD, CMA),
        ),
    ),
    Advice(
        "noise",
        "noise, and f is about quadratic where it is searched",
        (NOISY,),
        Said(
            "ends at {end[zo.minimize, noisy=True]}, the mean of pycma at {end[pycma, its mean]}; not told of the "
            "noise, `zo.minimize` at {end[zo.minimize]}",
            lambda f: f.lowest(NOISY) & f.lower(MEAN, TOLD),
        ),
    ),
    Advice(
        "noise, kinks",
        "noise and kinks",
        (NOISY,),
        Said(
            "ends at {end[zo.minimize, noisy=True]}, the mean of pycma at {end[pycma, its mean]}",
            lambda f: f.lowest(NOISY),
        ),
    ),
    Advice(
        "noise, valley",
        "a little noise, in a bent valley",
        (THREE,),
        Said(
            "three points end at {end[three points, 1/√t]}, the mean of pycma at {end[pycma, its mean]}, `noisy=True` "
            "at {end[zo.minimize, noisy=True]}",
            lambda f: f.below(THREE, MEAN) & f.below(MEAN, NOISY),
        ),
    ),
    Advice(
        "noise, far",
        "noise, and nobody knows how far the minimum is",
        (MEAN,),
        Said(
            "ends at {end[pycma, its mean]}, `noisy=True` at {end[zo.minimize, noisy=True]}",
            lambda f: f.lower(MEAN, NOISY),
        ),
    ),
)
REMARKS = {
    "noise": (
        Said(
            "`noisy=True`, whose differences are over a length of 1, about a third of the distance to the minimum, is "
            "lowest after few evaluations, at {few[zo.minimize, noisy=True]}, and at the end.",
            lambda f: f.lowest(NOISY) & f.lowest(NOISY, when="few"),
        ),
        Said(
            "Methods that compare two values a step, at radii that fall like 1/√t, win little in these evaluations: "
            "relative loss ends at {end[relative loss, 1/√t, not kept]}, and three points at {end[three points, "
            "1/√t]}.",
            lambda f: f.above(0.5, FALLING, THREE),
        ),
        Said(
            "L-BFGS-B and Nelder-Mead end about where they started, at {end[SciPy L-BFGS-B, by differences]} and "
            "{end[SciPy Nelder-Mead]}.",
            lambda f: f.above(0.95, DESCENT, SIMPLEX),
        ),
    ),
    "valley": (
        Said(
            "L-BFGS-B and COBYQA arrive sooner than pycma and `zo.minimize`, which arrive on nearly all instances, "
            "too. Relative loss with momentum hardly ever does, and ends at {end[relative loss, momentum]}.",
            lambda f: (
                f.arrive(DESCENT, COBYQA, CMA, TOLD)
                & f.sooner(DESCENT, TOLD, CMA)
                & f.sooner(COBYQA, TOLD, CMA)
                & f.fail(PUSHED)
            ),
        ),
        Said(
            "SBPLX ends higher than `zo.minimize`, at {end[NLopt SBPLX]}.",
            lambda f: f.lower(TOLD, SUBPLEX),
        ),
    ),
    "noise, valley": (
        Said(
            "`noisy=True`, whose differences are over a length of 1, has a higher median than three points, which "
            "compares values a short way apart. Nothing comes near the minimum: no median is below 0.01.",
            lambda f: f.below(THREE, NOISY) & f.above(0.01, *f.cells),
        ),
    ),
    "little noise": (
        Said(
            "`noisy=True` ends lowest, at {end[zo.minimize, noisy=True]}, and pycma's mean at {end[pycma, its mean]}.",
            lambda f: f.lowest(NOISY) & f.lower(MEAN, *(m for m in f.cells if m not in (NOISY, MEAN))),
        ),
        Said(
            "After few evaluations BOBYQA has the lower median: {few[NLopt BOBYQA]} beside {few[zo.minimize, "
            "noisy=True]}.",
            lambda f: f.below(BOBYQA, NOISY, when="few"),
        ),
    ),
    "much noise": (
        Said(
            "`noisy=True` ends lowest, at {end[zo.minimize, noisy=True]}, and is at {few[zo.minimize, noisy=True]} "
            "after few evaluations.",
            lambda f: f.lowest(NOISY),
        ),
    ),
    "curvatures": (
        Said(
            "L-BFGS-B and BOBYQA are lower than `zo.minimize` after few evaluations already.",
            lambda f: f.lower(BOBYQA, TOLD, when="few") & f.lower(DESCENT, TOLD, when="few"),
        ),
        Said(
            "Relative loss has a lower median with momentum than without.",
            lambda f: f.below(PUSHED, PLAIN),
        ),
    ),
    "bowl": (
        Said(
            "Of those that take neither a slope nor a model of f, `zo.minimize` is at 1e-6 after {time[zo.minimize]} "
            "evaluations, nevergrad's OnePlusOne after {time[nevergrad OnePlusOne]}, and pycma after {time[pycma]}.",
            lambda f: f.quicker(TOLD, ONE) & f.quicker(ONE, CMA),
        ),
    ),
    "kinks": (
        Said(
            "Higher than `zo.minimize` end BOBYQA, at {end[NLopt BOBYQA]}, Nelder-Mead, at {end[SciPy Nelder-Mead]}, "
            "and relative loss with momentum and radii drawn at random from a grid, at {end[relative loss, "
            "log-uniform, momentum]}.",
            lambda f: f.lower(TOLD, BOBYQA, SIMPLEX, LOG),
        ),
        Said(
            "After few evaluations `zo.minimize` is at {few[zo.minimize]}, and pycma at {few[pycma]}.",
            lambda f: f.lower(TOLD, CMA, when="few"),
        ),
    ),
    "plateaus": (
        Said(
            "`zo.minimize` ends at {end[zo.minimize]}, relative loss with the 1/5 rule and momentum at {end[relative "
            "loss, momentum]}. Relative loss that moves to equal values, with radii from a grid, comes to the minimum "
            "on {count[relative loss, ties move]} of {n} instances.",
            lambda f: f.below(TOLD, PUSHED) & f.oftener(ADAPTIVE, TIES),
        ),
        Said(
            "L-BFGS-B ends at {end[SciPy L-BFGS-B, by differences]}, Nelder-Mead at {end[SciPy Nelder-Mead]}, and "
            "BOBYQA at {end[NLopt BOBYQA]}, all of them higher than relative loss with momentum.",
            lambda f: together(f.lower(PUSHED, one) for one in (DESCENT, SIMPLEX, BOBYQA)),
        ),
    ),
    "bounds": (
        Said(
            "Points outside are mirrored at bounds unless `zo.minimize` is told to project them. It ends lower where "
            "it is, and then lower than Nelder-Mead and Powell's method, too.",
            lambda f: f.lower(PROJECTED, TOLD, SIMPLEX, POWELL),
        ),
        Said(
            "BOBYQA and L-BFGS-B are at 1e-6 after {time[NLopt BOBYQA]} and {time[SciPy L-BFGS-B, by differences]} "
            "evaluations, sooner than SBPLX and pycma, after {time[NLopt SBPLX]} and {time[pycma]}.",
            lambda f: f.sooner(BOBYQA, SUBPLEX, CMA) & f.sooner(DESCENT, SUBPLEX, CMA),
        ),
    ),
    "dimension": (
        Said(
            "L-BFGS-B spends 101 evaluations on a slope, and ends lowest all the same; of those tried that take no "
            "slopes `zo.minimize` is lowest (BOBYQA and COBYQA were not tried here).",
            lambda f: f.lowest(DESCENT) & f.lower(TOLD, *(m for m in f.cells if m not in (TOLD, DESCENT))),
        ),
        Said(
            "pycma's first steps, with its deviation of 0.5 in each of a hundred variables, have length 5, where the "
            "minimum is at a distance of 1: it is at {few[pycma]} after few evaluations, and ends at {end[pycma]}. "
            "Nelder-Mead, with its hundred and one corners, ends at {end[SciPy Nelder-Mead]}.",
            lambda f: f.above(1, CMA, when="few") & f.above(0.1, CMA, SIMPLEX),
        ),
    ),
    "minima": (
        Said(
            "`zo.minimize` ends where it was after few evaluations: on nearly all instances it comes down by less "
            "than a tenth, and not to a thousandth of the first gap.",
            lambda f: f.still(TOLD) & f.fail(TOLD, target=1e-3),
        ),
        Said(
            "No method comes to a thousandth of the first gap on half of the instances.",
            lambda f: together(2 * f.count(m, 1e-3) < f.n for m in f.cells),
        ),
    ),
    "bent": (
        Said(
            "The eighth root hides how f falls: a gap of 0.01 here is one of 1e-16 of the quadratic. The medians of "
            "`zo.minimize`, which only compares, and of L-BFGS-B are lower than those of BOBYQA and pycma, {end[NLopt "
            "BOBYQA]} and {end[pycma]}.",
            lambda f: f.below(TOLD, BOBYQA, CMA) & f.below(DESCENT, BOBYQA, CMA),
        ),
    ),
    "far": (
        Said(
            "`zo.minimize`, whose steps grow where they succeed, is at 1e-6 after {time[zo.minimize]} evaluations, "
            "pycma after {time[pycma]}, L-BFGS-B after {time[SciPy L-BFGS-B, by differences]}. GLD-Search, whose "
            "radii lie between two lengths that it is told, ends at {end[GLD-Search]}.",
            lambda f: f.sooner(TOLD, CMA) & f.sooner(DESCENT, TOLD) & f.above(0.9, GLD),
        ),
    ),
    "noise, far": (
        Said(
            "`noisy=True`, whose differences are over a length of 1, is at {few[zo.minimize, noisy=True]} after few "
            "evaluations, and ends at {end[zo.minimize, noisy=True]}. The mean of pycma ends lower, at {end[pycma, "
            "its mean]}, and in the median so does `zo.minimize` that is not told of noise, at {end[zo.minimize]}. "
            "`scale` is how `zo.minimize` is told of another length.",
            lambda f: f.lower(MEAN, NOISY) & f.below(TOLD, NOISY),
        ),
    ),
    "noise, kinks": (
        Said(
            "As on the bowl, `noisy=True` ends lowest; after few evaluations, too, no median is as low, at "
            "{few[zo.minimize, noisy=True]}.",
            lambda f: f.lowest(NOISY) & f.below(NOISY, *(m for m in f.cells if m != NOISY), when="few"),
        ),
    ),
}

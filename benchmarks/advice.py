"""What docs/choose.md says of methods, each sentence beside the condition that the record must meet.

`docs/make_choose.py` writes no page where one fails. That one method ends lower than another, or arrives sooner, must
be so on `SURE` of the instances; what is said of ends and medians is compared with a number in the condition.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks.choose import END, INSTANCES, TARGETS
from benchmarks.situations import SITUATIONS

SURE = INSTANCES - 1

Cell = dict[str, Any]


class Found:
    """What the record says of a situation."""

    def __init__(self, cells: dict[str, Cell], name: str) -> None:
        self.cells, self.name, self.situation = cells, name, SITUATIONS[name]

    def gaps(self, method: str, when: str = "end") -> np.ndarray:
        """Gaps of a method over the instances; what is below `END` is as good as there."""
        return np.maximum(self.cells[method][when], END)

    def gap(self, method: str, when: str = "end") -> float:
        """Their median."""
        return float(np.median(self.gaps(method, when)))

    def told(self, method: str, when: str = "end") -> str:
        """Their median as a text."""
        value = self.gap(method, when)
        return f"{END:g}" if value == END else f"{value:.2g}".replace("e-0", "e-")

    def lower(self, first: str, *others: str, when: str = "end") -> bool:
        """Whether the first ends lower than each of the others, on nearly all instances."""
        return all(np.sum(self.gaps(first, when) < self.gaps(other, when)) >= SURE for other in others)

    def lowest(self, *methods: str, when: str = "end") -> bool:
        """Whether each of these ends lower than all that are not among them."""
        rest = [method for method in self.cells if method not in methods]
        return all(self.lower(method, *rest, when=when) for method in methods)

    def reached(self, method: str, target: float) -> list[float]:
        """Evaluations until a target, on each instance; infinite where it was not reached."""
        times = self.cells[method]["reached"][TARGETS.index(target)]
        return [float("inf") if time is None else time for time in times]

    def time(self, method: str, target: float = TARGETS[-1]) -> float:
        """Their median."""
        return float(np.median(self.reached(method, target)))

    def sooner(self, first: str, *others: str, target: float = TARGETS[-1]) -> bool:
        """Whether the first reaches a target sooner than each of the others, on nearly all instances."""
        mine = np.array(self.reached(first, target))
        return all(np.sum(mine < np.array(self.reached(other, target))) >= SURE for other in others)

    def arrive(self, *methods: str, target: float = TARGETS[-1]) -> bool:
        """Whether each of these reaches a target on nearly all instances."""
        return all(np.isfinite(self.reached(method, target)).sum() >= SURE for method in methods)

    def every(self, *methods: str, target: float = TARGETS[-1]) -> bool:
        """Whether each of these reaches a target on all instances."""
        return all(np.isfinite(self.reached(method, target)).all() for method in methods)

    def most(self, *methods: str, target: float = TARGETS[-1]) -> bool:
        """Whether each of these reaches a target on more than half of the instances."""
        return all(np.isfinite(self.time(method, target)) for method in methods)

    def none(self, *methods: str, target: float = TARGETS[-1]) -> bool:
        """Whether each of these misses a target on all instances."""
        return not any(np.isfinite(self.reached(method, target)).any() for method in methods)


class Said(NamedTuple):
    """A sentence, with medians as `words` names them, and whether what was found bears it."""

    text: str
    holds: Callable[[Found], bool]

    def words(self, found: Found) -> str:
        """The sentence: ``end[...]`` and ``few[...]`` are gaps of a method, ``time[...]`` its evaluations to 1e-6."""
        methods = found.cells
        return self.text.format(
            end={method: found.told(method) for method in methods},
            few={method: found.told(method, "few") for method in methods},
            time={method: f"{found.time(method):,.0f}" for method in methods},
        )


class Advice(NamedTuple):
    """What to take for which function, and what was found of it in a situation."""

    situation: str
    have: str
    take: str
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
GLOBALS = ("SciPy differential evolution", "SciPy dual annealing", "SciPy DIRECT")
ADAPTIVE, TIES, LOG = "adaptive Monte Carlo", "relative loss, ties move", "relative loss, log-uniform, momentum"

ADVICE = (
    Advice(
        "bowl",
        "smooth, no noise",
        "BOBYQA (NLopt); COBYQA or L-BFGS-B by differences (SciPy)",
        Said(
            "to 1e-6 after {time[NLopt BOBYQA]}, {time[SciPy COBYQA]} and {time[SciPy L-BFGS-B, by differences]} "
            "evaluations, `zo.minimize` after {time[zo.minimize]}",
            lambda f: all(f.sooner(model, TOLD, CMA) for model in (BOBYQA, COBYQA, DESCENT)),
        ),
    ),
    Advice(
        "curvatures",
        "smooth, and curvatures differ by orders of magnitude",
        "L-BFGS-B by differences (SciPy); pycma",
        Said(
            "end at {end[SciPy L-BFGS-B, by differences]} and {end[pycma]}, `zo.minimize` at {end[zo.minimize]}",
            lambda f: f.lower(DESCENT, CMA) and f.lower(CMA, TOLD, PUSHED),
        ),
    ),
    Advice(
        "valley",
        "smooth, with a bent valley",
        "L-BFGS-B by differences or COBYQA (SciPy); else `zo.minimize` or pycma",
        Said(
            "to 1e-6 after {time[SciPy L-BFGS-B, by differences]}, {time[SciPy COBYQA]}, {time[zo.minimize]} and "
            "{time[pycma]} evaluations",
            lambda f: f.every(TOLD, CMA) and f.sooner(DESCENT, TOLD) and f.sooner(COBYQA, TOLD) and f.sooner(TOLD, CMA),
        ),
    ),
    Advice(
        "dimension",
        "smooth, no noise, a hundred variables or more",
        "L-BFGS-B by differences (SciPy); `zo.minimize`",
        Said(
            "end at {end[SciPy L-BFGS-B, by differences]} and {end[zo.minimize]}, Powell's method at {end[SciPy "
            "Powell]}, pycma at {end[pycma]}",
            lambda f: f.lowest(DESCENT) and f.lower(TOLD, POWELL, CMA, SIMPLEX),
        ),
    ),
    Advice(
        "kinks",
        "kinks, no noise",
        "`zo.minimize`, or `zo.relative_loss` with the 1/5 rule and momentum; L-BFGS-B by differences (SciPy)",
        Said(
            "end at {end[zo.minimize]}, {end[relative loss, momentum]} and {end[SciPy L-BFGS-B, by differences]}, "
            "pycma at {end[pycma]}, BOBYQA at {end[NLopt BOBYQA]}",
            lambda f: (
                f.lower(PUSHED, CMA)
                and all(f.gap(m) < f.gap(CMA) for m in (TOLD, PUSHED, DESCENT))
                and f.lower(TOLD, BOBYQA)
                and f.lower(DESCENT, BOBYQA)
            ),
        ),
    ),
    Advice(
        "plateaus",
        "plateaus: values of few levels, such as counts",
        "`zo.adaptive_monte_carlo`; pycma",
        Said(
            "after {time[adaptive Monte Carlo]} evaluations half of the runs of the former are at the minimum; pycma "
            "ends at {end[pycma]}, `zo.minimize` at {end[zo.minimize]}",
            lambda f: (
                f.gap(ADAPTIVE) < 1e-3 < f.gap(CMA) < f.gap(TOLD) / 1.5 and f.arrive(ADAPTIVE) and not f.most(TOLD)
            ),
        ),
    ),
    Advice(
        "bounds",
        "bounds, on which the minimum lies",
        'L-BFGS-B by differences (SciPy), BOBYQA or SBPLX (NLopt), pycma; `zo.minimize(..., outside="project")`',
        Said(
            "all arrive, BOBYQA after {time[NLopt BOBYQA]} evaluations, pycma after {time[pycma]}, "
            '`outside="project"` after {time[zo.minimize, projected]}; without it `zo.minimize` ends at '
            "{end[zo.minimize]}",
            lambda f: f.arrive(DESCENT, BOBYQA, SUBPLEX, CMA, PROJECTED) and f.none(TOLD),
        ),
    ),
    Advice(
        "minima",
        "many minima, within bounds",
        "differential evolution, dual annealing or DIRECT (SciPy)",
        Said(
            "end at {end[SciPy differential evolution]}, {end[SciPy dual annealing]} and {end[SciPy DIRECT]}; "
            "`zo.minimize` at {end[zo.minimize]}, pycma at {end[pycma]}",
            lambda f: (
                max(map(f.gap, GLOBALS)) < 0.8 * f.gap(TOLD)
                and max(map(f.gap, GLOBALS)) < 0.5 * min(f.gap(m) for m in f.cells if m not in (*GLOBALS, TOLD))
            ),
        ),
    ),
    Advice(
        "noise",
        "noise, and f is about quadratic where it is searched",
        "`zo.minimize(..., noisy=True)`",
        Said(
            "ends at {end[zo.minimize, noisy=True]}, the mean of pycma at {end[pycma, its mean]}; not told of the "
            "noise, `zo.minimize` at {end[zo.minimize]}",
            lambda f: f.lowest(NOISY) and f.gap(TOLD) > 20 * f.gap(NOISY),
        ),
    ),
    Advice(
        "noise, kinks",
        "noise and kinks",
        "`zo.minimize(..., noisy=True)`",
        Said(
            "ends at {end[zo.minimize, noisy=True]}, the mean of pycma at {end[pycma, its mean]}",
            lambda f: f.lowest(NOISY),
        ),
    ),
    Advice(
        "noise, valley",
        "a little noise, in a bent valley",
        "`zo.three_point` with radii that fall like 1/√t; pycma, and its mean",
        Said(
            "end at {end[three points, 1/√t]} and {end[pycma, its mean]}, `noisy=True` at {end[zo.minimize, "
            "noisy=True]}",
            lambda f: f.lower(THREE, NOISY) and f.gap(MEAN) < f.gap(NOISY) / 2,
        ),
    ),
    Advice(
        "noise, far",
        "noise, and nobody knows how far the minimum is",
        "pycma, and its mean",
        Said(
            "ends at {end[pycma, its mean]}, `noisy=True` at {end[zo.minimize, noisy=True]}",
            lambda f: f.lower(MEAN, NOISY) and f.gap(MEAN) < min(f.gap(m) for m in f.cells if m != MEAN) / 2,
        ),
    ),
)
REMARKS = {
    "noise": (
        Said(
            "Differences over a length of 1, about a third of the distance to the minimum, stand out from the noise, "
            "and what is averaged is the slope. `noisy=True` is the lowest after few evaluations, at "
            "{few[zo.minimize, noisy=True]}, and at the end.",
            lambda f: f.lowest(NOISY) and f.lowest(NOISY, when="few"),
        ),
        Said(
            "With comparisons of two values a step, at radii that fall like 1/√t, little is won in these evaluations: "
            "relative loss ends at {end[relative loss, 1/√t, not kept]}, and three points at {end[three points, "
            "1/√t]}.",
            lambda f: f.gap(FALLING) > 0.5 and f.gap(THREE) > 0.5,
        ),
        Said(
            "Those that take noise for slopes, or for the shape of a simplex, stay about where they started: "
            "L-BFGS-B ends at {end[SciPy L-BFGS-B, by differences]}, Nelder-Mead at {end[SciPy Nelder-Mead]}.",
            lambda f: f.gap(DESCENT) > 0.95 and f.gap(SIMPLEX) > 0.95,
        ),
    ),
    "valley": (
        Said(
            "Methods that learn which way the valley goes arrive: L-BFGS-B and COBYQA long before others, pycma and "
            "`zo.minimize`, which learns one direction, on every instance too. Relative loss with momentum arrives on "
            "none, and ends at {end[relative loss, momentum]}.",
            lambda f: (
                f.every(DESCENT, COBYQA, CMA, TOLD)
                and f.sooner(DESCENT, TOLD, CMA)
                and f.sooner(COBYQA, TOLD, CMA)
                and f.none(PUSHED)
            ),
        ),
        Said(
            "SBPLX ends higher than `zo.minimize`, at {end[NLopt SBPLX]}.",
            lambda f: f.lower(TOLD, SUBPLEX),
        ),
    ),
    "noise, valley": (
        Said(
            "Differences over a length of 1 smooth the valley away: `noisy=True` finds its floor and not its end, "
            "{end[zo.minimize, noisy=True]}. Three points, which compares values a short way apart, "
            "does better, and nothing comes near the minimum: the lowest median is {end[three points, 1/√t]}.",
            lambda f: f.lower(THREE, NOISY) and f.gap(THREE) == min(map(f.gap, f.cells)) > 0.01,
        ),
    ),
    "little noise": (
        Said(
            "Noise of a thousandth of the first gap is averaged away by a factor of ten or more: `noisy=True` ends "
            "at {end[zo.minimize, noisy=True]}, pycma's mean at {end[pycma, its mean]}. After few evaluations others "
            "are lower, such as BOBYQA, {few[NLopt BOBYQA]} beside {few[zo.minimize, noisy=True]}.",
            lambda f: f.lowest(NOISY) and f.gap(NOISY) < 1e-4 and f.gap(NOISY, "few") > f.gap(BOBYQA, "few"),
        ),
    ),
    "much noise": (
        Said(
            "One value says nothing, and the mean of many does: `noisy=True` ends at {end[zo.minimize, noisy=True]}, "
            "and at {few[zo.minimize, noisy=True]} after few evaluations. The others end near the start or above it, "
            "but for pycma's mean, at {end[pycma, its mean]}.",
            lambda f: (
                f.lowest(NOISY) and 0.2 < f.gap(MEAN) < 0.9 < min(f.gap(m) for m in f.cells if m not in (NOISY, MEAN))
            ),
        ),
    ),
    "curvatures": (
        Said(
            "L-BFGS-B and BOBYQA are ahead after few evaluations already: {few[SciPy L-BFGS-B, by differences]} and "
            "{few[NLopt BOBYQA]}, `zo.minimize` is at {few[zo.minimize]}.",
            lambda f: f.lower(BOBYQA, TOLD, when="few") and f.lower(DESCENT, TOLD, when="few"),
        ),
        Said(
            "Momentum is what relative loss needs here: without it, it ends at {end[relative loss, 1/5 rule]}, and "
            "with it at {end[relative loss, momentum]}.",
            lambda f: f.gap(PUSHED) < f.gap(PLAIN) / 5,
        ),
    ),
    "bowl": (
        Said(
            "A model of f that is exact after some 2 d values, or a slope, leads straight to the minimum. Of those "
            "that compare values `zo.minimize` takes {time[zo.minimize]} evaluations to 1e-6, nevergrad's OnePlusOne "
            "{time[nevergrad OnePlusOne]}, and pycma, which first has to learn that there is nothing to learn, "
            "{time[pycma]}.",
            lambda f: (
                f.every(BOBYQA, COBYQA, DESCENT, TOLD, ONE, CMA)
                and f.time(BOBYQA) < 40
                and f.sooner(TOLD, CMA)
                and f.sooner(ONE, CMA)
            ),
        ),
    ),
    "kinks": (
        Said(
            "Steps whose length is learnt from what succeeds do well where models of f do not: BOBYQA ends at "
            "{end[NLopt BOBYQA]}. Nelder-Mead stays far away, at {end[SciPy Nelder-Mead]}. Radii drawn at random "
            "from a grid are a poor choice here, with momentum too: {end[relative loss, log-uniform, momentum]}.",
            lambda f: f.lower(TOLD, BOBYQA, SIMPLEX, LOG) and f.gap(SIMPLEX) > 0.2 and f.gap(LOG) > 1e-3,
        ),
        Said(
            "After few evaluations L-BFGS-B is at {few[SciPy L-BFGS-B, by differences]} in the median, `zo.minimize` "
            "at {few[zo.minimize]}, and pycma at {few[pycma]}.",
            lambda f: f.gap(DESCENT, "few") < f.gap(TOLD, "few") and f.lower(TOLD, CMA, when="few"),
        ),
    ),
    "plateaus": (
        Said(
            "Where all points nearby have the same value, steps that become shorter stand still: `zo.minimize` is "
            "after all evaluations where it was after few, {few[zo.minimize]} and {end[zo.minimize]}, and momentum "
            "with the 1/5 rule at {end[relative loss, momentum]}. Moves to equal values cross plateaus, with steps "
            'that do not shrink at once: adaptive Monte Carlo arrives; relative loss with `ties="move"` and radii '
            "from a grid does not, at {end[relative loss, ties move]}.",
            lambda f: (
                f.gap(TOLD) == f.gap(TOLD, "few")
                and f.lower(TOLD, PUSHED)
                and f.lower(ADAPTIVE, PUSHED, TIES)
                and f.none(TIES)
                and f.arrive(ADAPTIVE)
            ),
        ),
        Said(
            "Slopes and models that are made of equal values say nothing: L-BFGS-B ends at {end[SciPy L-BFGS-B, by "
            "differences]}, Nelder-Mead at {end[SciPy Nelder-Mead]}, BOBYQA at {end[NLopt BOBYQA]}.",
            lambda f: min(f.gap(DESCENT), f.gap(SIMPLEX), f.gap(BOBYQA)) > 0.4,
        ),
    ),
    "bounds": (
        Said(
            "Points outside are mirrored at bounds unless `zo.minimize` is told to project them, so that a step "
            "along a bound is hardly ever one on it: {end[zo.minimize]} beside {end[zo.minimize, projected]}. "
            "Nelder-Mead and Powell's method end at {end[SciPy Nelder-Mead]} and {end[SciPy Powell]}.",
            lambda f: f.lower(PROJECTED, TOLD, SIMPLEX) and min(f.gap(SIMPLEX), f.gap(POWELL), f.gap(TOLD)) > 1e-4,
        ),
        Said(
            "BOBYQA and L-BFGS-B arrive after {time[NLopt BOBYQA]} and {time[SciPy L-BFGS-B, by differences]} "
            "evaluations, SBPLX after {time[NLopt SBPLX]} and pycma after {time[pycma]}.",
            lambda f: (
                f.arrive(BOBYQA, DESCENT, SUBPLEX, CMA)
                and max(f.time(BOBYQA), f.time(DESCENT)) < min(f.time(SUBPLEX), f.time(CMA))
            ),
        ),
    ),
    "dimension": (
        Said(
            "L-BFGS-B spends 101 evaluations on a slope, and is ahead all the same; of those tried that take no slopes "
            "`zo.minimize` is lowest (BOBYQA and COBYQA were not tried here). "
            "pycma's first steps, with its deviation of 0.5 in each of a hundred variables, "
            "have length 5, where the minimum is at a distance of 1: it is at {few[pycma]} after few evaluations, "
            "and ends at {end[pycma]}.",
            lambda f: (
                f.lowest(DESCENT)
                and f.lower(TOLD, CMA, POWELL, SIMPLEX, SUBPLEX)
                and f.gap(CMA, "few") > 1
                and f.gap(CMA) > 0.1
            ),
        ),
        Said(
            "Nelder-Mead, with its hundred and one corners, ends at {end[SciPy Nelder-Mead]}.",
            lambda f: f.gap(SIMPLEX) > 0.1,
        ),
    ),
    "minima": (
        Said(
            "Methods that go down from where they are stop at a minimum nearby, and stay there: `zo.minimize` and "
            "pycma are after all evaluations where they were after few, at {end[zo.minimize]} and {end[pycma]}.",
            lambda f: (
                f.gap(TOLD) > 0.1 and f.gap(TOLD) > 0.9 * f.gap(TOLD, "few") and f.gap(CMA) > 0.9 * f.gap(CMA, "few")
            ),
        ),
        Said(
            "No method comes to a thousandth of the first gap on half of the instances.",
            lambda f: not any(f.most(m, target=1e-3) for m in f.cells),
        ),
    ),
    "bent": (
        Said(
            "The eighth root hides how f falls: a gap of 0.01 here is one of 1e-16 of the quadratic, which is its "
            "rounding. `zo.minimize`, which only compares, and L-BFGS-B come there, {end[zo.minimize]} and "
            "{end[SciPy L-BFGS-B, by differences]}; BOBYQA and pycma end at {end[NLopt BOBYQA]} and {end[pycma]}.",
            lambda f: max(f.gap(TOLD), f.gap(DESCENT)) < 0.012 < min(f.gap(BOBYQA), f.gap(CMA)),
        ),
    ),
    "far": (
        Said(
            "Steps grow where they succeed: `zo.minimize` takes {time[zo.minimize]} evaluations to 1e-6, pycma "
            "{time[pycma]}, L-BFGS-B {time[SciPy L-BFGS-B, by differences]}. GLD-Search, whose radii lie between two "
            "lengths that it is told, hardly gets away: {end[GLD-Search]}.",
            lambda f: (
                f.arrive(TOLD, CMA, DESCENT) and f.sooner(TOLD, CMA) and f.sooner(DESCENT, TOLD) and f.gap(GLD) > 0.9
            ),
        ),
    ),
    "noise, far": (
        Said(
            "Differences over a length of 1 are short at a distance of 100, and noise is large there: `noisy=True` "
            "takes most of its evaluations to come nearer, is at {few[zo.minimize, noisy=True]} after few and ends "
            "at {end[zo.minimize, noisy=True]}. The mean of pycma, whose steps grow, is far ahead, at {end[pycma, "
            "its mean]}, and so are the steps of `zo.minimize` that is not told of noise, at {end[zo.minimize]}. "
            "`scale` is how `zo.minimize` is told of another length.",
            lambda f: f.lower(MEAN, NOISY) and f.gap(TOLD) < f.gap(NOISY) / 2 and f.gap(NOISY, "few") > 0.8,
        ),
    ),
    "noise, kinks": (
        Said(
            "What holds on a bowl holds here: `noisy=True` is the lowest after few evaluations, at {few[zo.minimize, "
            "noisy=True]}, and at the end, at {end[zo.minimize, noisy=True]}.",
            lambda f: f.lowest(NOISY) and f.gap(NOISY, "few") == min(f.gap(m, "few") for m in f.cells),
        ),
    ),
}

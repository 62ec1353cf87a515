"""What functions know of the constants that hypotheses speak of.

What a hypothesis says of a function for all points is not left to samples where it can be helped: where it says that L
is a constant of f, L is set to one that f knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import permutations
from random import Random
from typing import Any

from zotheory.kernel import definitions
from zotheory.kernel import terms as of
from zotheory.proving.numbers.arithmetic import MP
from zotheory.proving.numbers.functions import Bowl, Noisy, Slope
from zotheory.proving.numbers.terms import variables

CONSTANTS: list[tuple[Callable[..., Any], str, Callable[..., Any], tuple[Any, ...]]] = [
    (definitions.smooth, "L", max, (1, 1, MP.mpf("1.5"))),
    (definitions.lipschitz, "L0", max, (1, 1, MP.mpf("1.5"))),
    (definitions.strongly_convex, "mu", min, (1, 1, MP.mpf("0.5"))),
]


class Unknown(ValueError):
    """A hypothesis asks of a function what it has not, such as convexity."""


def known_constants(formulas: Sequence[Any], values: dict[Any, Any], rng: Random) -> dict[Any, Any]:
    """Return what functions know of the constants that hypotheses speak of: L, mu, the least value, minimisers.

    Raises
    ------
    Unknown
        If a function has no such constant, or is not convex where it should be.
    """
    found: dict[Any, Any] = {}
    for formula in formulas:
        free = variables(formula)
        for f in (each for each in free if isinstance(values[each], Bowl | Slope | Noisy)):
            if formula in (_said(definitions.convex, f), _said(definitions.chord_convex, f)) and values[f].mu < 0:
                raise Unknown(f"{formula} of a function that is not convex")
            for c, name, tighter, scales in _constants(f, formula, free):
                if (own := getattr(values[f], name)) is None:
                    raise Unknown(f"{formula} of a function without {name}")
                bound = own * rng.choice(scales)
                found[c] = tighter(found.get(c, bound), bound) if c.sort == of.REAL else _always(bound)
    for formula in formulas:  # these are exact
        free = variables(formula)
        for f in (each for each in free if isinstance(values[each], Bowl)):
            found |= _minimum(f, formula, free, values[f], values)
    return found


def _always(bound: Any) -> Callable[[Any], Any]:
    return lambda sample: bound


def _constants(f: Any, formula: Any, free: Sequence[Any]) -> Iterator[Any]:
    stochastic = len(f.sort.of) == 3
    for c in (each for each in free if each.sort in (of.REAL, of.maps(of.SAMPLE, of.REAL))):
        for build, *rest in CONSTANTS:
            if (c.sort == of.REAL or stochastic) and formula == _said(build, f, c):
                yield c, *rest


@lru_cache(maxsize=10_000)
def _said(build: Callable[..., Any], f: Any, *constants: Any) -> Any:
    """What is said of a function and constants; of a stochastic one, and for each sample, with c or c(X)."""
    if len(f.sort.of) == 2:
        return build(f, *constants)

    def of_sample(X: Any) -> Any:
        return build(definitions.at(f, X), *(c if c.sort == of.REAL else c(X) for c in constants))

    return definitions.for_all(of.SAMPLE, of_sample)


def _minimum(f: Any, formula: Any, free: Sequence[Any], own: Bowl, values: dict[Any, Any]) -> dict[Any, Any]:
    real = [each for each in free if each.sort == of.REAL]
    points = [each for each in free if each.sort == f.sort.of[0]]
    for low in real:
        if formula == _said(definitions.bounded_below, f, low):
            return {low: own.lowest}
        for mu in real:
            if mu != low and formula == _said(definitions.gradient_dominated, f, mu, low):
                if own.mu <= 0:
                    raise Unknown(f"{formula} of a function that is not strongly convex")
                return {low: own.lowest, mu: own.mu}
    for x in points:
        if formula == _said(definitions.minimiser, f, x):
            return {x: own.centre}
        for P in (each for each in free if each.sort == of.maps(*f.sort.of[:1], *f.sort.of[:1])):
            for low, R in permutations(real, 2):
                if formula == definitions.level_set_within(f, x, R, P, low):
                    far = own.reach(own(values[x]) - own.lowest)
                    return {low: own.lowest, P: own.nearest, R: far, x: values[x]}
    return {}

"""A search in the units and within the bounds of x: where `minimize` stands, and goes on from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from zotheory import require
from zotheory.adapters.asking import AskTell, require_numbers
from zotheory.adapters.box import Box, kept_within
from zotheory.kinds import shown
from zotheory.methods import Method
from zotheory.objective import Objective
from zotheory.setting import require_method
from zotheory.streams import Seed

FARTHEST = 500  # exponent of a scale: steps of its size, and their inverses, are numbers


@dataclass(eq=False, repr=False)
class Search:
    """A method that walks among z, where x = fold(scale z), and the lowest x so far.

    Attributes
    ----------
    asking : AskTell
    scale : array (d,)
        Lengths of x that are 1 in z; powers of two, so that nothing is lost to rounding.
    box : Box or None
    noisy : bool
        Whether two values of a point may differ.
    x, fun : array (d,), float
        The lowest point that was evaluated, and its value: x0 and inf before the first.
    """

    asking: AskTell
    scale: np.ndarray
    box: Box | None
    noisy: bool
    x: np.ndarray
    fun: float = inf

    def __repr__(self) -> str:
        return f"<Search by {self.asking.method.name}: {self.asking.calls} values told, lowest {self.fun:g}>"

    @classmethod
    def begun(
        cls,
        x0: Any,
        *,
        method: Callable[[int], Method],
        noisy: bool,
        bounds: Any,
        outside: str | None,
        scale: Any,
        rng: Seed,
        nonfinite: Any,
    ) -> Search:
        """Return one that is at its start; `method` is told the dimension.

        Raises
        ------
        TypeError, ValueError
            Naming the argument, its value and the condition.
        """
        if x0 is None:
            raise ValueError("x0 must be given: where to start")
        x = vector("x0", x0)
        if x.ndim != 1:
            raise ValueError(f"x0 must have shape (d,), got {x.shape}")
        if outside not in (None, "reflect", "project"):
            raise ValueError(f"outside must be 'reflect' or 'project', got {shown(outside)}")
        box = None if bounds is None else Box.of(bounds, len(x), outside or "reflect")
        if box is not None and x not in box:
            raise ValueError(f"x0 must lie within bounds, got {shown(x0)}")
        lengths = powers_of_two(scale, len(x), box)
        asked = method(len(x))
        require_method(asked)
        for name, given in (("bounds", bounds), ("scale", scale)):
            if given is not None and asked.domain != "R^d":
                raise ValueError(
                    f"{name} must not be given for a method with a domain, {asked.domain}, got {shown(given)}"
                )
        if box is not None and not box.reflects:
            asked = kept_within(asked, box, lengths)
        return cls(AskTell(asked, x / lengths, rng=rng, nonfinite=nonfinite), lengths, box, noisy, x)

    def place(self, z: np.ndarray) -> np.ndarray:
        """Return the points x (..., d) of z (..., d)."""
        with np.errstate(over="ignore"):
            x = self.scale * z
        return x if self.box is None else self.box.fold(x)

    def output(self) -> np.ndarray:
        """Return the point (d,) that the method would return now."""
        return self.place(self.asking.recommend())

    @property
    def knows_output(self) -> bool:
        """Whether the method returns a point that it has evaluated, not a mean of points."""
        return self.asking.method.value is not None or self.asking.method.compares

    @property
    def radius(self) -> float:
        """Length of the next step in units of z, after the first."""
        return float(self.asking.state.alpha)

    def require_radius(self, xtol: float) -> None:
        """The method remembers a radius; ValueError if not. It is begun for that, where f is 0."""
        method, state = self.asking.method, self.asking.state
        if state is None:
            state = method.init(Objective(lambda x: np.zeros(x.shape[:-1])), self.asking.x0)
        if not hasattr(state, "alpha"):
            raise ValueError(
                f"xtol, or SciPy's tol, must be None for {method.name}, which remembers no radius, got {xtol}"
            )

    def advance(self, values: Callable[[np.ndarray], Iterator[float]]) -> tuple[np.ndarray, list[float]]:
        """Answer one question of the method: `values` yields those of points x (k, d), one by one. Returns both."""
        z = self.asking.ask()
        x, told = self.place(z), []
        require_numbers(x)
        for point, value in zip(x, values(x), strict=True):
            told.append(value)
            if -inf < value < self.fun:
                self.x, self.fun = point, value
        self.asking.tell(z, told)
        return x, told


def going_on(start: Any, **others: Any) -> Search:
    """Return a copy of the state of an earlier result, which knows all these `others`.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and the condition.
    """
    if not isinstance(start, Search):
        raise TypeError(f"start must be the `state` of an earlier result, got {shown(start)}")
    for name, value in others.items():
        if value is not None:
            raise ValueError(f"{name} must not be given beside start, which knows it, got {shown(value)}")
    return deepcopy(start)


def vector(name: str, value: Any) -> np.ndarray:
    """Return numbers as an array (..., d) of floats, a single one as (1,)."""
    with suppress(Exception):  # of which the other tells
        value = np.atleast_1d(value)
    return require.points(name, value)


def powers_of_two(scale: Any, d: int, box: Box | None) -> np.ndarray:
    """Return lengths (d,) of x, rounded to powers of two: those given, or half the width of the box, or 1."""
    if scale is None:
        finite = np.zeros(d, bool) if box is None else box.bounded & (box.width > 0)
        lengths = np.ones(d)
        if box is not None:
            lengths[finite] = box.width[finite] / 2
    else:
        given = vector("scale", scale)
        if given.shape not in ((1,), (d,)):
            raise ValueError(f"scale must be a number or have shape ({d},), got {given.shape}")
        lengths = np.broadcast_to(given, d)
        if not np.all(lengths > 0):
            raise ValueError(f"scale must be positive, got {shown(scale)}")
    least = np.finfo(float).tiny
    return np.exp2(np.clip(np.round(np.log2(np.maximum(lengths, least))), -FARTHEST, FARTHEST))

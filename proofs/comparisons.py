"""Values of which nothing can be asked but ``<``: how derivations see that a step compares and does nothing else.

Main statements
---------------
- `same_choice`: a step with candidates chooses by the order of the values alone.
- `weak_orders`: all the orders that so many values can have, with ties.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from zotheory.methods.gld_search import State


class Ranked:
    """A value of which nothing can be asked but ``<``."""

    def __init__(self, rank: int) -> None:
        self._rank = rank

    def __lt__(self, other: Ranked) -> bool:
        return self._rank < other._rank

    def _refuse(self, *_: Any) -> Any:
        raise TypeError("a value was asked for more than <")

    __eq__ = __ne__ = __bool__ = __hash__ = __repr__ = _refuse  # type: ignore[assignment]; the rest object() lacks


def opaque(ranks: tuple[int, ...]) -> np.ndarray:
    """Return values of these ranks, each a `Ranked`."""
    values = np.empty(len(ranks), dtype=object)
    values[:] = [Ranked(rank) for rank in ranks]
    return values


TRANSFORMS: tuple[Callable[[float], float], ...] = (
    lambda v: v,
    lambda v: 3 * v - 40,
    lambda v: v**3,
    math.exp,
    math.atan,
    lambda v: -math.exp(-v),
)


def weak_orders(size: int) -> Iterator[tuple[int, ...]]:
    """Every way to rank `size` values with ties: ranks 0..max, none left out."""
    return (ranks for ranks in product(range(size), repeat=size) if set(ranks) == set(range(max(ranks) + 1)))


def same_choice(step: Callable[..., Any], ranks: tuple[int, ...]) -> bool:
    """Whether the step moves as ranks, of f(x) and of each candidate, say, whatever the values behind them."""
    if not _as_ranked(step, ranks):
        return False
    index, lists = _first_lowest(ranks), [[h(float(rank)) for rank in ranks] for h in TRANSFORMS]
    return all(_chosen(step, np.array(values)) == (index, values[index]) for values in lists)


def compares_only(step: Callable[..., Any], count: int) -> bool:
    """Whether a step with so many candidates chooses the first lowest, x where none is lower, and asks only ``<``.

    All weak orders are gone through. Nothing else of the values can enter, as nothing else can be asked.
    """
    return all(_as_ranked(step, ranks) for ranks in weak_orders(count + 1))


def _first_lowest(ranks: tuple[int, ...]) -> int:
    lowest = min(range(1, len(ranks)), key=lambda k: ranks[k])
    return lowest if ranks[lowest] < ranks[0] else 0


def _as_ranked(step: Callable[..., Any], ranks: tuple[int, ...]) -> bool:
    values, expected = opaque(ranks), _first_lowest(ranks)
    return _chosen(step, values) == (expected, id(values[expected]))


def _chosen(step: Callable[..., Any], values: np.ndarray) -> tuple[int, Any]:
    """Index of the point that the step chooses, alone and in a batch, and its value (the identity of an opaque one)."""
    alone, beside = _choice(step, values[0], values[1:], ()), _choice(step, values[:1], values[None, 1:], (1,))
    return alone if alone == beside else (-1, None)


def _choice(step: Callable[..., Any], fx: Any, fy: np.ndarray, batch: tuple[int, ...]) -> tuple[int, Any]:
    x = np.broadcast_to([5.0, -1.0], (*batch, 2))
    v = np.broadcast_to(np.arange(1, fy.shape[-1] + 1)[:, None] * np.array([1.0, 0.5]), (*batch, fy.shape[-1], 2))
    try:
        state = step(lambda y: fy, State(x, fx), v)
    except TypeError:
        return -1, None
    index = round(float((state.x - x).flat[0]))
    if not np.array_equal(state.x, x + index * np.array([1.0, 0.5])):
        return -1, None
    value = np.asarray(state.fx).item()
    return index, id(value) if isinstance(value, Ranked) else value

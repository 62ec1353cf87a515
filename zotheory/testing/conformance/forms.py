"""Which form an optimizer has, as its signature tells."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import Any

FUNCTIONS = ("f", "fun", "func", "function", "objective")  # what minimisers call what they minimise


def is_factory(given: Any) -> bool:
    """Whether it takes a start and a seed, as it seems: no more, and nothing that is called like what is minimised."""
    if not takes(given, 2) or takes(given, 4):
        return False
    one, other = leading(given, 2)
    return one.name not in FUNCTIONS and other.name != "x0"


def is_minimiser(given: Any) -> bool:
    """Whether it takes a function, a start, a budget and a seed, as it seems: those of SciPy have a tuple third."""
    return takes(given, 4) and all(
        each.default is Parameter.empty or isinstance(each.default, int | float | None) for each in leading(given, 4)
    )


def leading(given: Any, count: int) -> list[Parameter]:
    """The parameters that so many arguments go to."""
    found = [each for each in signature(given).parameters.values() if each.kind is not Parameter.KEYWORD_ONLY]
    return (found + [found[-1]] * count)[:count]  # one may take all the rest


def takes(given: Any, count: int) -> bool:
    """Whether it can be called with so many arguments; compiled functions need not tell what they take."""
    try:
        signature(given).bind(*[None] * count)
    except (TypeError, ValueError):
        return False
    return True


def knows_signature(given: Any) -> bool:
    """Whether it tells what it takes."""
    try:
        signature(given)
    except (TypeError, ValueError):
        return False
    return True

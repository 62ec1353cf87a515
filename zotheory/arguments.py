"""The border of a constructor: its annotations check what it is given.

    @checked
    def fixed(alpha: Annotated[float, positive(Length)]) -> Radius: ...

A number comes on as a Python float or integer, so that nothing wraps around, an array as doubles in memory of its own,
anything else as it is. What does not fit raises TypeError (the wrong kind), ValueError (the wrong value) or
OverflowError (a number that is too large for a double), which name the argument, its value and the condition.

An annotation may be a type, None, a union, a `Literal`, `Callable`, `Sequence`, or `Annotated` with what
`zotheory.quantities` says of numbers, or with words for an error. The value of a function of the step is checked where
it is used: `at_step`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial, wraps
from typing import Annotated, Any, TypeVar

import numpy as np

from zotheory.annotations import read
from zotheory.quantities import Quantity, positive

Constructor = TypeVar("Constructor", bound=Callable[..., Any])
Schedule = Annotated[Callable[[int], float], "a function of the step t, such as lambda t: 0.1 / t"]
POSITIVE = positive()


_SYMBOLS: ContextVar[bool] = ContextVar("symbols", default=False)


@contextmanager
def taking_symbols() -> Iterator[None]:
    """Within, constructors take what they are given: the terms of `zotheory.kernel` in the place of numbers."""
    token = _SYMBOLS.set(True)
    try:
        yield
    finally:
        _SYMBOLS.reset(token)


def checked(constructor: Constructor) -> Constructor:
    """Check every call of a constructor, a function or a class, against its annotations."""
    if isinstance(constructor, type):
        constructor.__init__ = check_calls(constructor.__init__)  # type: ignore[misc]
        return constructor
    return check_calls(constructor)


def check_calls(function: Any) -> Any:
    """Return the function with a border of its annotations."""
    border = cache(lambda: (inspect.signature(function), *read(function)))

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if _SYMBOLS.get():
            return function(*args, **kwargs)
        signature, kinds, shapes, relations = border()
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:  # which says what is missing or not known
            raise TypeError(f"{function.__qualname__.removesuffix('.__init__')}: {error}") from None
        lengths: dict[str, int] = {}  # of axes, by name

        def taken(name: str, label: str, value: Any) -> Any:
            value = kinds[name].take(label, value)
            if name in shapes and isinstance(value, np.ndarray):
                shapes[name].check(label, value, lengths)
            return value

        for name in [name for name in bound.arguments if name in kinds]:
            value = bound.arguments[name]
            if signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
                bound.arguments[name] = tuple(taken(name, f"{name}[{i}]", part) for i, part in enumerate(value))
            else:
                bound.arguments[name] = taken(name, name, value)
        if relations:
            whole = {name: p.default for name, p in signature.parameters.items()} | bound.arguments
            for name, relation in relations:
                if all(whole[other] is not None for other in (name, *relation.needs)):
                    relation.check(name, whole[name], whole)
        return function(*bound.args, **bound.kwargs)

    return call


def steady(value: float) -> Schedule:
    """The function of the step that has this value in every step."""
    return partial(_steady, value=value)


def _steady(t: int, *, value: float) -> float:
    return value


_AHEAD: ContextVar[Callable[..., Any] | None] = ContextVar("ahead", default=None)


@contextmanager
def asked_ahead(answer: Callable[..., Any]) -> Iterator[None]:
    """While a step is compiled, its number is none yet: have ``answer(name, schedule, t, quantity)`` in `at_step`."""
    token = _AHEAD.set(answer)
    try:
        yield
    finally:
        _AHEAD.reset(token)


def at_step(name: str, schedule: Callable[[int], Any], t: int, quantity: Quantity = POSITIVE) -> Any:
    """Return the value of a function of the step: one number in range, or a symbol.

    Raises
    ------
    TypeError, ValueError, OverflowError
        Naming function, step, value and condition: ``h(3) must be positive, got -1.0``.
    """
    if type(t) is not int and (ahead := _AHEAD.get()) is not None:
        return ahead(name, schedule, t, quantity)
    try:
        value = schedule(t)
    except Exception as error:
        error.add_note(f"raised by the function {name} in {name}({t})")
        raise
    if type(value) is float and quantity.low < value < quantity.high:
        return value  # without the name that an error would need
    return (quantity.integer if quantity.whole else quantity.scalar)(f"{name}({t})", value)

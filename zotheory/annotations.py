"""What an annotation of a constructor asks of an argument: see `zotheory.arguments`, which reads them."""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import numpy as np

from zotheory import require
from zotheory.kinds import choose, integer, shown
from zotheory.quantities import Quantity, Relation, real_number


@dataclass(frozen=True)
class Shape:
    """The axes of an array, by name: axes of one name in one call have one length."""

    axes: tuple[str, ...]

    def check(self, name: str, array: np.ndarray, known: dict[str, int]) -> None:
        """Raise ValueError, naming the argument, unless the array fits the lengths `known`; add its own."""
        own = dict(zip(self.axes, array.shape, strict=False)) | known
        if array.ndim != len(self.axes) or any(own[a] != n for a, n in zip(self.axes, array.shape, strict=True)):
            form = f"({self.axes[0]},)" if len(self.axes) == 1 else f"({', '.join(self.axes)})"
            given = " and ".join(f"{axis} = {known[axis]}" for axis in dict.fromkeys(self.axes) if axis in known)
            with_ = f" with {given}" if given else ""
            raise ValueError(f"{name} must have shape {form}{with_}, got shape {array.shape}")
        known.update(own)


def shape(*axes: str) -> Shape:
    """Name the axes of an array: beside ``np.ndarray`` in ``Annotated``."""
    return Shape(axes)


@dataclass(frozen=True)
class Kind:
    """What an annotation asks for: `take` (argument's name, value) returns what is handed on, or raises."""

    words: str
    take: Callable[[str, Any], Any]


def read(function: Any) -> tuple[dict[str, Kind], dict[str, Shape], list[tuple[str, Relation]]]:
    """Return the kind of each argument that has one, shapes, and the relations between arguments."""
    hints = typing.get_type_hints(function, include_extras=True)
    hints.pop("return", None)
    marks = [(name, mark) for name, hint in hints.items() for mark in _marks(hint)]
    kinds = {name: kind for name, hint in hints.items() if (kind := kind_of(hint)) is not None}
    shapes = {name: mark for name, mark in marks if isinstance(mark, Shape)}
    return kinds, shapes, [(name, mark) for name, mark in marks if isinstance(mark, Relation)]


def _marks(hint: Any) -> tuple[Any, ...]:
    """Return what `Annotated` says of a type, or of those of a union."""
    inner = [mark for part in typing.get_args(hint) for mark in _marks(part)] if _is_union(hint) else []
    return (*getattr(hint, "__metadata__", ()), *inner)


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def kind_of(hint: Any) -> Kind | None:
    """Return what an annotation asks for; None where it asks for nothing."""
    if hint is Any or isinstance(hint, TypeVar):
        return None
    if typing.get_origin(hint) is Annotated:
        return _annotated(hint)
    if _is_union(hint):
        return _either([kind_of(part) for part in typing.get_args(hint)])
    origin = typing.get_origin(hint) or hint
    if origin is Literal:
        choices = typing.get_args(hint)
        return Kind(f"one of {choices}", lambda name, value: choose(name, value, choices))
    if origin in (float, int, np.ndarray):
        return _numbers(origin, real_number())
    if origin is bool:
        return _one("True or False", lambda value: isinstance(value, bool | np.bool), bool)
    if origin in (collections.abc.Sequence, tuple):
        return _several(hint)
    if origin is collections.abc.Callable:
        return _one("a function", callable)
    if getattr(origin, "_is_protocol", False):
        return _knowing(origin)
    if isinstance(origin, type):
        return _instance(origin)
    return None


def _one(words: str, fits: Callable[[Any], bool], convert: Callable[[Any], Any] = lambda value: value) -> Kind:
    def take(name: str, value: Any) -> Any:
        if not fits(value):
            raise TypeError(f"{name} must be {words}, got {shown(value)}")
        return convert(value)

    return Kind(words, take)


def _instance(kind: type) -> Kind:
    if kind in (type(None), str):
        return _one("None" if kind is not str else "a string", lambda value: isinstance(value, kind))
    article = "an" if kind.__name__[0] in "AEIOU" else "a"
    example = getattr(kind, "such_as", "")
    words = f"{article} {kind.__name__}" + (f", such as {example}" if example else "")
    return _one(words, lambda value: isinstance(value, kind))


def _knowing(protocol: type) -> Kind:
    """Return something that has what a protocol of `zotheory.protocols` lists, as an object, not as a class."""
    wanted = sorted({n for base in protocol.__mro__ for n in vars(base) if not n.startswith("_")} - {"register"})
    noun = "problem" if protocol.__module__ == "zotheory.protocols" else protocol.__name__.lower()
    words = f"a {noun} that knows its {', '.join(wanted)}"
    called = any("__call__" in vars(base) for base in protocol.__mro__)

    def fits(value: Any) -> bool:
        known = not isinstance(value, type) and all(hasattr(value, name) for name in wanted)
        return known and (callable(value) or not called)

    return _one(words, fits)


def _annotated(hint: Any) -> Kind | None:
    base, marks = hint.__origin__, hint.__metadata__
    for mark in marks:
        if isinstance(mark, Quantity):
            return _numbers(base, mark)
        if getattr(mark, "_is_protocol", False):
            return _knowing(mark)
    inner = kind_of(base)
    words = [mark for mark in marks if isinstance(mark, str)]
    return _one(words[0], callable) if words and typing.get_origin(base) is collections.abc.Callable else inner


def _numbers(base: Any, quantity: Quantity) -> Kind:
    if base is np.ndarray:

        def points(name: str, value: Any) -> np.ndarray:
            array = require.points(name, value)
            quantity.check(name, array)
            return array

        return Kind("an array of numbers", points)
    if base is int:
        return Kind("an integer", quantity.integer if quantity != real_number() else integer)
    return Kind("a real number", quantity.scalar if base is Any else quantity.number)


def _several(hint: Any) -> Kind:
    parts = [kind_of(part) for part in typing.get_args(hint) if part is not Ellipsis]
    part, count = parts[0] if parts else None, len(parts) if Ellipsis not in typing.get_args(hint) else None
    fixed = typing.get_origin(hint) is tuple and count is not None
    words = f"{count} entries" if fixed else "a list"

    def take(name: str, value: Any) -> Any:
        listed = isinstance(value, collections.abc.Sequence) and not isinstance(value, str | bytes)
        if not listed and not (isinstance(value, np.ndarray) and value.ndim):
            raise TypeError(f"{name} must be a list, got {shown(value)}")
        if fixed and len(value) != count:
            raise ValueError(f"{name} must have {words}, got {shown(value)}")
        return tuple(x if part is None else part.take(f"{name}[{i}]", x) for i, x in enumerate(value))

    return Kind("a list", take)


def _either(kinds: list[Kind | None]) -> Kind | None:
    """Return the first that takes the value; a ValueError of one that would take another value of this kind stands."""
    asked = [kind for kind in kinds if kind is not None]
    if len(asked) < len(kinds):
        return None
    words = " or ".join(kind.words for kind in asked)
    some = [kind for kind in asked if kind.words != "None"]

    def take(name: str, value: Any) -> Any:
        if value is None and len(some) < len(asked):
            return None
        if len(some) == 1:
            return some[0].take(name, value)
        for kind in some:
            try:
                return kind.take(name, value)
            except TypeError:
                continue
        raise TypeError(f"{name} must be {words}, got {shown(value)}")

    return Kind(words, take)

"""The border of a bound: its signature checks a call, and what comes back is a finite number.

`bound` reads the annotations of a function (`zotheory.quantities`) and checks every call against them; tests of units,
search strategies and pages read the same lines. A value in range is computed in double precision; where a term of it
leaves that range on the way, again in 50-digit arithmetic, by the same formula. Symbols pass too, so one function
serves derivations as well.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from math import inf, isfinite
from typing import Any, Literal, ParamSpec, Protocol, TypeVar, overload

import numpy as np

from zotheory.kinds import PLAIN, choose, is_precise, is_symbolic, real
from zotheory.quantities import Number, Quantity, Relation, Unit

DIGITS = 50  # of the arithmetic that takes over where doubles leave their range
P = ParamSpec("P")
Returned = TypeVar("Returned", covariant=True)


@dataclass(frozen=True)
class Signature:
    """What the signature of a bound says: each argument's quantity, relations and choices, and the result's unit."""

    quantities: Mapping[str, Quantity]
    relations: Mapping[str, tuple[Relation, ...]]
    choices: Mapping[str, tuple[Any, ...]]
    unit: Unit | None

    def check(self, arguments: Mapping[str, Any]) -> None:
        """Raise TypeError or ValueError, naming the first argument out of range."""
        for name, quantity in self.quantities.items():
            quantity.check(name, arguments[name])
        if not _plain(arguments.values()):
            shapes = {name: np.shape(arguments[name]) for name in self.quantities if type(arguments[name]) not in PLAIN}
            if len(set(shapes.values())) > 1:
                _require_broadcast(shapes)
        for name, relations in self.relations.items():
            for relation in relations:
                relation.check(name, arguments[name], arguments)
        for name, choices in self.choices.items():
            choose(name, arguments[name], choices)

    def lines(self) -> list[str]:
        """Say each argument's condition and unit in a line."""
        described = []
        for name, quantity in self.quantities.items():
            conditions = [quantity.words, *(relation.words for relation in self.relations.get(name, ()))]
            unit = "" if quantity.unit == Number else f" ({quantity.unit})"
            described.append(f"{name} : {', '.join(conditions)}{unit}")
        return described + [f"{name} : one of {choices}" for name, choices in self.choices.items()]


def _plain(values: Iterable[Any]) -> bool:
    """Whether all are plain numbers: the common case, quickly, as schedules ask at every step."""
    return PLAIN.issuperset(map(type, values))


def _require_broadcast(shapes: Mapping[str, tuple[int, ...]]) -> None:
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        listed = ", ".join(f"{name}: {shape}" for name, shape in shapes.items())
        raise ValueError(
            f"{next(iter(shapes))} must have a shape that broadcasts with the others, got {listed}"
        ) from None


def signature_of(function: Callable[..., Any]) -> Signature:
    """Read the annotations of a function; of one without them, and of a checked bound, too."""
    if hasattr(function, "signature"):
        return function.signature
    hints = typing.get_type_hints(function, include_extras=True)
    quantities: dict[str, Quantity] = {}
    relations: dict[str, tuple[Relation, ...]] = {}
    choices: dict[str, tuple[Any, ...]] = {}
    for name, hint in hints.items():
        marks = getattr(hint, "__metadata__", ())
        if name != "return":
            quantities.update((name, mark) for mark in marks if isinstance(mark, Quantity))
            related = tuple(mark for mark in marks if isinstance(mark, Relation))
            relations |= {name: related} if related else {}
            choices |= {name: typing.get_args(hint)} if typing.get_origin(hint) is Literal else {}
    result = getattr(hints.get("return"), "__metadata__", ())
    units = [mark.unit if isinstance(mark, Quantity) else mark for mark in result if isinstance(mark, Unit | Quantity)]
    return Signature(quantities, relations, choices, units[0] if units else None)


_borders: ContextVar[bool] = ContextVar("borders", default=True)  # cannot be pickled: no closure may hold it


def _bordered() -> bool:
    return _borders.get()


def _without_borders(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    token = _borders.set(False)
    try:
        return function(*args, **kwargs)
    finally:
        _borders.reset(token)


class Bordered(Protocol[P, Returned]):
    """A bound whose calls are checked."""

    formula: Callable[..., Any]
    signature: Signature
    numeric: bool

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Returned:
        """Return the value of the bound."""


@overload
def bound(function: Callable[P, Returned], *, numeric: bool = False) -> Bordered[P, Returned]: ...
@overload
def bound(*, numeric: bool = False) -> Callable[[Callable[P, Returned]], Bordered[P, Returned]]: ...
def bound(function: Callable[..., Any] | None = None, *, numeric: bool = False) -> Any:
    """Check a bound's arguments at the border, and see to it that what it returns is a finite number.

    Parameters
    ----------
    function : callable
        Of arguments annotated as above; arguments without a quantity pass unchecked.
    numeric : bool
        Whether it takes numbers only: it has no formula that symbols could enter (incomplete beta functions).

    Raises
    ------
    TypeError, ValueError
        From a call, naming argument, value and condition.
    OverflowError
        From a call, where the value is not representable in double precision.

    Notes
    -----
    ``f.formula`` is the function without its border, nor those of the bounds that it calls, for bounds that are false
    on purpose; ``f.signature`` is what its annotations say.
    """
    if function is None:
        return lambda function: bound(function, numeric=numeric)
    signature = signature_of(function)
    parameters = inspect.signature(function).parameters
    names = tuple(parameters)
    defaults = {name: p.default for name, p in parameters.items() if p.default is not p.empty}
    positional = sum(p.kind is not p.KEYWORD_ONLY for p in parameters.values())

    @wraps(function)
    def formula(*args: Any, **kwargs: Any) -> Any:
        return _without_borders(function, args, kwargs)

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if not _bordered():
            return function(*args, **kwargs)
        arguments = defaults | dict(zip(names, args, strict=False)) | kwargs
        if len(args) > positional or len(arguments) != len(names) or any(n in kwargs for n in names[: len(args)]):
            inspect.signature(function).bind(*args, **kwargs)  # says which is missing or not known
        signature.check(arguments)
        if numeric and is_symbolic(*arguments.values()):
            raise TypeError(f"{function.__name__} takes numbers only: it has no formula in symbols")
        return _evaluate(function, signature, arguments)

    checked.formula = formula  # type: ignore[attr-defined]
    checked.signature = signature  # type: ignore[attr-defined]
    checked.numeric = numeric  # type: ignore[attr-defined]
    checked.__doc__ = "\n".join([inspect.cleandoc(function.__doc__ or ""), "", *signature.lines()]).strip()
    return checked


def _evaluate(function: Callable[..., Any], signature: Signature, arguments: dict[str, Any]) -> Any:
    given = [arguments[name] for name in signature.quantities]
    plain = _plain(given)
    if not plain and is_symbolic(*given):
        return function(**arguments | {name: _exactly(arguments[name]) for name in signature.quantities})
    if not plain and is_precise(*given):
        return function(**arguments | {name: _in_full(arguments[name]) for name in signature.quantities})
    floats = dict(arguments)
    for name, value in zip(signature.quantities, given, strict=True):
        floats[name] = np.float64(value) if plain else real(name, value)[()]
    try:
        with np.errstate(all="raise"):  # an underflow on the way can be an error of 100 % in the end
            result = function(**floats)
        if isfinite(result) if type(result) in PLAIN else np.all(np.isfinite(result)):
            return result
    except (FloatingPointError, OverflowError, ZeroDivisionError):
        pass
    return _precisely(function, signature, floats)


def _exactly(value: Any) -> Any:
    """Return an integer as SymPy's, beside symbols: 1/2 of Python's is a float."""
    import sympy

    return sympy.Integer(value) if type(value) is int else value


def _in_full(value: Any) -> Any:
    """Return a plain number as mpmath's, beside its numbers."""
    import mpmath

    return mpmath.mpf(value) if type(value) in PLAIN else value


def _precisely(function: Callable[..., Any], signature: Signature, floats: dict[str, Any]) -> Any:
    import mpmath

    def one(*values: float) -> float:
        numbers_ = {name: mpmath.mpf(x) for name, x in zip(signature.quantities, values, strict=True)}
        result = np.asarray(function(**floats | numbers_), dtype=object).item()
        value = float(result) if mpmath.isfinite(result) else inf
        if not isfinite(value):
            raise OverflowError(
                f"{function.__name__} is not representable in double precision at "
                + ", ".join(f"{name} = {float(x):g}" for name, x in numbers_.items())
            )
        return value

    with mpmath.workdps(DIGITS):
        given = [floats[name] for name in signature.quantities]
        if all(np.ndim(value) == 0 for value in given):
            return np.float64(one(*given))
        return np.vectorize(one, otypes=[float])(*given)

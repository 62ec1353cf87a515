"""What the arguments of a bound are, and the border that checks them.

The signature of a bound says of each argument what it is measured in and which values it may take, once:

    @bound
    def steps_to(*, eps: Annotated[Gap, below("gap")], gap: Gap, d: Dimension) -> Annotated[Array, Number]:

`bound` checks a call against it, and units tests, search strategies and pages read the same lines. A value in range is
computed in double precision; where a term of it leaves that range on the way, again in 50-digit arithmetic, by the
same formula. Symbols pass unless SymPy knows that they break a condition, so one function serves derivations too.
"""

from __future__ import annotations

import inspect
import numbers
import sys
import typing
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from math import inf, isfinite
from typing import Annotated, Any, Literal

import numpy as np

from zotheory.elementary import Array, is_symbolic

PLAIN = frozenset((int, float, np.float64))
DIGITS = 50  # of the arithmetic that takes over where doubles leave their range


# --- units -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unit:
    """Powers of the unit of length and of the unit of values of f."""

    length: float = 0
    value: float = 0

    def __mul__(self, other: Unit) -> Unit:
        return Unit(self.length + other.length, self.value + other.value)

    def __truediv__(self, other: Unit) -> Unit:
        return Unit(self.length - other.length, self.value - other.value)

    def __pow__(self, power: float) -> Unit:
        return Unit(self.length * power, self.value * power)

    def factor(self, length: float, value: float) -> float:
        """By what a number in this unit changes when lengths and values are multiplied by these factors."""
        return float(length**self.length * value**self.value)

    def __str__(self) -> str:
        parts = [
            name if power == 1 else f"{name}^{power:g}"
            for name, power in (("value", self.value), ("length", self.length))
            if power
        ]
        return " ".join(parts) or "a number"


Number, Length, Value = Unit(), Unit(length=1), Unit(value=1)


# --- conditions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quantity:
    """A unit and a range: low < argument < high, or <= where that end is `closed`; `whole` numbers only."""

    unit: Unit
    words: str
    low: float = -inf
    high: float = inf
    closed: bool = False
    whole: bool = False

    def holds(self, x: Any) -> Any:
        """Whether each of these numbers is in range."""
        inside = (self.low <= x) & (x <= self.high) if self.closed else (self.low < x) & (x < self.high)
        return inside & (x % 1 == 0) if self.whole else inside

    def check(self, name: str, value: Any) -> None:
        """Raise TypeError or ValueError, naming the argument, unless the value is in range."""
        if type(value) in PLAIN:  # the common case, quickly: schedules are evaluated at every step
            ok = isfinite(as_float(name, value)) and self.holds(value)
        elif is_symbolic(value):
            ok = self._not_refuted(value)
        elif is_precise(value):
            ok = self.holds(value)
        else:
            array = real(name, value)
            ok = bool(np.all(np.isfinite(array)) and np.all(self.holds(array)))
        if not ok:
            raise ValueError(f"{name} must be {self.words}, got {value!r}")

    def _not_refuted(self, x: Any) -> bool:
        for end, sign in ((self.low, 1), (self.high, -1)):
            if abs(end) < inf:
                room = sign * (x - _exact(end))
                if (room.is_negative if self.closed else room.is_nonpositive) is True:
                    return False
        return not (self.whole and x.is_integer is False)


def positive(unit: Unit = Number) -> Quantity:
    """> 0."""
    return Quantity(unit, "positive", low=0)


def nonnegative(unit: Unit = Number) -> Quantity:
    """>= 0."""
    return Quantity(unit, "non-negative", low=0, closed=True)


def real_number(unit: Unit = Number) -> Quantity:
    """Any finite real number."""
    return Quantity(unit, "finite")


def at_least(low: float, unit: Unit = Number) -> Quantity:
    """>= low."""
    return Quantity(unit, f"at least {low:g}", low=low, closed=True)


def larger_than(low: float, unit: Unit = Number) -> Quantity:
    """> low."""
    return Quantity(unit, f"larger than {low:g}", low=low)


def whole(low: int, high: float = inf) -> Quantity:
    """A whole number, low at least (and high at most)."""
    words = f"a whole number, at least {low}" + (f" and at most {high:g}" if high < inf else "")
    return Quantity(Number, words, low=low, high=high, closed=True, whole=True)


def between(low: float, high: float, unit: Unit = Number) -> Quantity:
    """Low < argument < high."""
    return Quantity(unit, f"strictly between {low:g} and {high:g}", low=low, high=high)


def within(low: float, high: float, unit: Unit = Number) -> Quantity:
    """Low <= argument <= high."""
    return Quantity(unit, f"between {low:g} and {high:g}", low=low, high=high, closed=True)


Radius = Annotated[Array, positive(Length)]  # of a step, a ball, a domain
Distance = Annotated[Array, nonnegative(Length)]
Gap = Annotated[Array, positive(Value)]  # f(x) - f*
Slope = Annotated[Array, positive(Value / Length)]  # the length of a gradient, a Lipschitz constant of f
Curvature = Annotated[Array, positive(Value / Length**2)]  # a Lipschitz constant of the gradient, strong convexity
Flatness = Annotated[Array, nonnegative(Value / Length**2)]  # the same, where 0 is allowed
Dimension = Annotated[Array, whole(1)]
Steps = Annotated[Array, whole(1)]
Count = Annotated[Array, whole(1)]
Condition = Annotated[Array, at_least(1)]  # a condition number
Chance = Annotated[Array, between(0, 1)]  # a probability that is neither 0 nor 1
Factor = Annotated[Array, positive()]


# --- relations between arguments -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Relation:
    """A condition on an argument in terms of others: it is `words`, the limit being computed from them."""

    words: str
    limit: Callable[..., Any]
    needs: tuple[str, ...]
    sign: int  # 1: the limit is an upper one
    strict: bool

    def check(self, name: str, value: Any, arguments: Mapping[str, Any]) -> None:
        """Raise ValueError, naming the argument and the others, unless it holds."""
        others = {need: arguments[need] for need in self.needs}
        with np.errstate(all="ignore"):
            room = self.sign * (self.limit(**others) - value)
        if is_symbolic(room):
            failed = (room.is_nonpositive if self.strict else room.is_negative) is True
        else:
            failed = not np.all(room > 0 if self.strict else room >= 0)
        if failed:
            given = [f"{key} = {x!r}" for key, x in ((name, value), *others.items())]
            listed = ", ".join(given[:-1]) + (" and " if len(given) > 1 else "") + given[-1]
            raise ValueError(f"{name} must be {self.words}, got {listed}")


def _relation(limit: str | Callable[..., Any], words: str, sign: int, strict: bool) -> Relation:
    prefix = {(1, True): "smaller than", (1, False): "at most", (-1, True): "larger than", (-1, False): "at least"}
    if isinstance(limit, str):
        key = limit
        return Relation(f"{prefix[sign, strict]} {key}", lambda **a: a[key], (key,), sign, strict)
    return Relation(f"{prefix[sign, strict]} {words}", limit, tuple(inspect.signature(limit).parameters), sign, strict)


def below(limit: str | Callable[..., Any], words: str = "") -> Relation:
    """Smaller than another argument, or than a function of others, in `words`: ``below(lambda R, Q: R / Q, "R/Q")``."""
    return _relation(limit, words, 1, True)


def at_most(limit: str | Callable[..., Any], words: str = "") -> Relation:
    """At most another argument, or a function of others."""
    return _relation(limit, words, 1, False)


def above(limit: str | Callable[..., Any], words: str = "") -> Relation:
    """Larger than another argument, or than a function of others."""
    return _relation(limit, words, -1, True)


def no_less(limit: str | Callable[..., Any], words: str = "") -> Relation:
    """At least another argument, or a function of others."""
    return _relation(limit, words, -1, False)


# --- the border ------------------------------------------------------------------------------------------------------


def is_precise(*values: Any) -> bool:
    """Whether any value is an mpmath number."""
    mpmath = sys.modules.get("mpmath")
    return mpmath is not None and any(isinstance(value, mpmath.mpf) for value in values)


def as_float(name: str, value: Any) -> np.float64:
    """Return a plain number as a float; OverflowError, naming the argument, where it is too large."""
    try:
        return np.float64(value)
    except OverflowError:
        raise OverflowError(f"{name} must be representable in double precision, got {value!r}") from None


def real(name: str, value: Any) -> np.ndarray:
    """Return a real number or an array of them as an array; TypeError otherwise."""
    if isinstance(value, np.ndarray | numbers.Real | np.generic) and not isinstance(value, bool | np.bool):
        array = np.asarray(value if isinstance(value, np.ndarray | np.generic) else as_float(name, value))
        if array.dtype.kind in "iuf":
            return array.astype(np.float64)
        raise TypeError(f"{name} must be real, got dtype {array.dtype}")
    raise TypeError(f"{name} must be a real number, got {value!r} ({type(value).__name__})")


def _exact(x: float) -> Any:
    return int(x) if x == int(x) else __import__("sympy").Rational(x)


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
        for name, relations in self.relations.items():
            for relation in relations:
                relation.check(name, arguments[name], arguments)
        for name, choices in self.choices.items():
            if arguments[name] not in choices:
                raise ValueError(f"{name} must be one of {choices}, got {arguments[name]!r}")

    def lines(self) -> list[str]:
        """Say each argument's condition and unit in a line."""
        described = []
        for name, quantity in self.quantities.items():
            conditions = [quantity.words, *(relation.words for relation in self.relations.get(name, ()))]
            unit = "" if quantity.unit == Number else f" ({quantity.unit})"
            described.append(f"{name} : {', '.join(conditions)}{unit}")
        return described + [f"{name} : one of {choices}" for name, choices in self.choices.items()]


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


_borders: ContextVar[bool] = ContextVar("borders", default=True)


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
        token = _borders.set(False)
        try:
            return function(*args, **kwargs)
        finally:
            _borders.reset(token)

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if not _borders.get():
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
    plain = all(type(value) in PLAIN for value in given)
    if not plain and is_symbolic(*given):
        return function(**arguments | {name: _exactly(arguments[name]) for name in signature.quantities})
    if not plain and is_precise(*given):
        return function(**arguments)
    floats = dict(arguments)
    for name, value in zip(signature.quantities, given, strict=True):
        floats[name] = np.float64(value) if plain else real(name, value)[()]
    try:
        with np.errstate(all="raise"):  # an underflow on the way can be an error of 100 % in the end
            result = function(**floats)
        if np.all(np.isfinite(result)):
            return result
    except (FloatingPointError, OverflowError, ZeroDivisionError):
        pass
    return _precisely(function, signature, floats)


def _exactly(value: Any) -> Any:
    """Return an integer as SymPy's, beside symbols: 1/2 of Python's is a float."""
    import sympy

    return sympy.Integer(value) if type(value) is int else value


def _precisely(function: Callable[..., Any], signature: Signature, floats: dict[str, Any]) -> Any:
    import mpmath

    def one(*values: float) -> float:
        numbers_ = {name: mpmath.mpf(x) for name, x in zip(signature.quantities, values, strict=True)}
        result = function(**floats | numbers_)
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

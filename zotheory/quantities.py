"""What the arguments of a bound are: units, ranges, and relations between arguments.

They are said once, in the signature of the bound, by annotations:

    @bound
    def steps_to(*, eps: Annotated[Gap, below("gap")], gap: Gap, d: Dimension) -> Annotated[Array, Number]:

Symbols pass unless SymPy knows that they break a condition.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Annotated, Any

import numpy as np

from zotheory.kinds import LARGEST, PLAIN, Array, integer, is_precise, is_symbolic, kind, number, real, shown, wide

__all__ = [
    "Chance",
    "Condition",
    "Count",
    "Curvature",
    "Dimension",
    "Distance",
    "Factor",
    "Flatness",
    "Gap",
    "Length",
    "Number",
    "Positive",
    "Quantity",
    "Radius",
    "Relation",
    "Size",
    "Slope",
    "Steps",
    "Unit",
    "Value",
    "above",
    "at_least",
    "at_most",
    "below",
    "between",
    "larger_than",
    "no_less",
    "nonnegative",
    "positive",
    "real_number",
    "whole",
    "within",
]

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
        """Raise an error that names the argument, unless all numbers are in range and no symbol is known to be out."""
        if self._plainly(value):
            return
        if isinstance(value, np.ndarray) and value.dtype.hasobject and value.size:
            for part in value.flat:
                self.check(name, part)
        elif is_symbolic(value):
            self._check_symbol(name, value)
        else:
            given = value if is_precise(value) else real(name, value)
            if not np.all(abs(given) < inf):
                raise ValueError(f"{name} must be finite, got {shown(value)}")
            if not np.all(self.holds(given)):
                raise ValueError(f"{name} must be {self.words}, got {shown(value)}")
            if np.size(given) == 0:
                raise ValueError(f"{name} must hold a number at least, got {shown(value)}")

    def number(self, name: str, value: Any) -> float:
        """Return one number in range as a Python float; raise as `check`, also for symbols."""
        self.check(name, value := number(name, value))
        return value

    def scalar(self, name: str, value: Any) -> Any:
        """Return one number in range, a symbol or an mpmath number, plain ones as they are; raise as `check`."""
        if not self._plainly(value) and kind(value) == "floats":
            return self.number(name, value)
        self.check(name, value)
        return value

    def integer(self, name: str, value: Any) -> Any:
        """Return an integer in range as a plain one; TypeError for another number, else as `check`."""
        self.check(name, value := integer(name, value))
        return value

    def _plainly(self, value: Any) -> bool:
        """Whether it is a plain number inside the range: the common case, quickly, as schedules ask at every step."""
        if type(value) is int:
            return self.low < value < self.high and -1e300 < value < 1e300
        return type(value) in PLAIN and self.low < value < self.high and not self.whole

    def _check_symbol(self, name: str, x: Any) -> None:
        import sympy

        if not isinstance(x, sympy.Expr) or x is sympy.nan or x.is_extended_real is False:
            raise TypeError(f"{name} must be a real number, got {shown(x)} ({type(x).__name__})")
        if x.is_finite is False or not self._not_refuted(x):
            raise ValueError(f"{name} must be {self.words}, got {shown(x)}")

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
    """low < argument < high."""
    return Quantity(unit, f"strictly between {low:g} and {high:g}", low=low, high=high)


def within(low: float, high: float, unit: Unit = Number) -> Quantity:
    """low <= argument <= high."""
    return Quantity(unit, f"between {low:g} and {high:g}", low=low, high=high, closed=True)


Radius = Annotated[Array, positive(Length)]  # of a step, a ball, a domain
Distance = Annotated[Array, nonnegative(Length)]
Gap = Annotated[Array, positive(Value)]  # f(x) - f*
Slope = Annotated[Array, positive(Value / Length)]  # the length of a gradient, a Lipschitz constant of f
Curvature = Annotated[Array, positive(Value / Length**2)]  # a Lipschitz constant of the gradient, strong convexity
Flatness = Annotated[Array, nonnegative(Value / Length**2)]  # the same, where 0 is allowed
Dimension = Annotated[Array, whole(1)]
Size = Annotated[int, whole(1, LARGEST)]  # a dimension, or a number of vectors
Steps = Annotated[Array, whole(1)]
Count = Annotated[Array, whole(1)]
Condition = Annotated[Array, at_least(1)]  # a condition number
Chance = Annotated[Array, between(0, 1)]  # a probability that is neither 0 nor 1
Factor = Annotated[Array, positive()]
Positive = Annotated[float, positive()]


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
            room = self.sign * (self.limit(**{need: wide(x) for need, x in others.items()}) - wide(value))
        if not all(map(self._keeps, np.ravel(room) if is_symbolic(room) else [room])):
            given = [f"{key} = {shown(x)}" for key, x in ((name, value), *others.items())]
            listed = ", ".join(given[:-1]) + (" and " if len(given) > 1 else "") + given[-1]
            raise ValueError(f"{name} must be {self.words}, got {listed}")

    def _keeps(self, room: Any) -> bool:
        if is_symbolic(room):
            return (room.is_nonpositive if self.strict else room.is_negative) is not True
        return bool(np.all(room > 0 if self.strict else room >= 0))


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


def _exact(x: float) -> Any:
    return int(x) if x == int(x) else __import__("sympy").Rational(x)

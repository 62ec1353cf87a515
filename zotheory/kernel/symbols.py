"""Symbols in the place of arrays: what the shipped code computes with them is a term.

A number of the code stands for itself, exactly. With a symbol only that can be done which is said here of arithmetic,
comparisons and the choice between two values: a coordinate of a vector but the first, a product of two vectors, a
branch of Python on a comparison or on whether two numbers are equal raise an error.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import sympy as sp

from zotheory.kernel.facts import Refused, need
from zotheory.kernel.terms import Axis, If, Inner, Law, Le, Lt, fresh, sort_of, term


class Symbol:
    """A number, a vector (of dimension d) or a truth, in the place of an array without batch axes."""

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, t: Any, d: Any = None) -> None:
        self.term, self.d = sp.Rational(*t.as_integer_ratio()) if isinstance(t, float) else term(t), d
        self.shape: tuple[Any, ...] = () if d is None else (Symbol(d),)
        self.ndim = len(self.shape)

    def __bool__(self) -> bool:
        raise Refused(f"{self.term} is no truth that a program may branch on")

    def __getitem__(self, index: Any) -> Any:
        need(self.d is not None and index == (Ellipsis, 0), self.term, "has no coordinates but the first, not", index)
        return Symbol(Inner(Axis(0, self.d), self.term))

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise Refused(f"{self.term} is no array of NumPy")

    def __neg__(self) -> Symbol:
        return Symbol(-self.term, self.d)

    def __array_namespace__(self, **_: Any) -> Any:
        return Symbol

    # functions of an array library

    @staticmethod
    def where(condition: Symbol, x: Any, y: Any) -> Symbol:
        """If."""
        return _joined(x, y, lambda a, b: If(condition.term, a, b))

    @staticmethod
    def vecdot(x: Symbol, y: Symbol) -> Symbol:
        """<x, y>."""
        return Symbol(Inner(x.term, y.term))

    @staticmethod
    def sqrt(x: Symbol) -> Symbol:
        """Square root."""
        return x**sp.S.Half

    @staticmethod
    def floor(x: Symbol) -> Symbol:
        """Largest whole number that is at most x."""
        return Symbol(sp.floor(x.term))


PARTIAL: list[list[Any]] = [[]]  # of the run that is traced: what has to denote, though SymPy may have cancelled it


def _joined(x: Any, y: Any, of: Callable[[Any, Any], Any]) -> Symbol:
    x, y = (each if isinstance(each, Symbol) else Symbol(each) for each in (x, y))
    made, d = of(x.term, y.term), x.d if x.d is not None else y.d
    if of in (operator.truediv, operator.pow):  # x/x is 1 to SymPy, and no number to a program where x = 0
        PARTIAL[-1].append(sp.Pow(*((y.term, -1) if of is operator.truediv else (x.term, y.term)), evaluate=False))
    need(made == 0 or (sort_of(made).kind == "space") == (d is not None), made, "is of vectors and numbers")
    return Symbol(made, d)


def _compared(x: Symbol, y: Any, of: Any) -> Symbol:
    return Symbol(of(x.term, y.term if isinstance(y, Symbol) else Symbol(y).term))


def _refuse(x: Symbol, y: Any) -> Any:
    raise Refused(f"a program may not ask whether {x.term} equals {y}")


for name in ("add", "sub", "mul", "truediv", "pow"):
    apply = getattr(operator, name)
    setattr(Symbol, f"__{name}__", lambda x, y, of=apply: _joined(x, y, of))
    setattr(Symbol, f"__r{name}__", lambda x, y, of=apply: _joined(y, x, of))
for name, of in {"lt": Lt, "le": Le, "gt": lambda a, b: Lt(b, a), "ge": lambda a, b: Le(b, a)}.items():
    setattr(Symbol, f"__{name}__", lambda x, y, of=of: _compared(x, y, of))
Symbol.__eq__ = Symbol.__ne__ = _refuse  # type: ignore[assignment]


class Source:
    """What `draw` asks for random numbers; it remembers their laws."""

    def __init__(self) -> None:
        self.drawn: list[tuple[Any, Any]] = []

    def of(self, law: Any, d: Any = None, shape: Any = ()) -> Symbol:
        """One draw from a law of the language."""
        need(shape is None or shape == (), "one draw at a time has the shape (), not", shape)
        self.drawn.append((fresh(sort_of(law).of[0]), law))
        return Symbol(self.drawn[-1][0], d)

    def refuse(self, y: Any) -> Any:
        """What a start may not call: it has no samples of its own."""
        raise Refused(f"a start asks for a value at {y.term} of a function that draws samples")

    def random(self, size: Any = None) -> Symbol:
        """A number uniform on [0, 1)."""
        return self.of(Law("interval", 0, 1), None, size)

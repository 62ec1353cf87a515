"""Numbers, and functions of one number, that are written as in Python: parsed, never evaluated."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

BITS = 1024  # of an integer power; what is larger is no double
PREFIX = re.compile(r"^(zo|zotheory|np|numpy|math)\.")

OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sqrt": math.sqrt,
    "log": math.log,
    "exp": math.exp,
    "min": min,
    "max": max,
    "abs": abs,
}


class Miswritten(ValueError):
    """A method or a problem cannot be read from its text, or not be made; the message says which and why."""


@dataclass(frozen=True, eq=False)
class Formula:
    """A function of one argument, written as ``lambda t: 1/t**0.5``."""

    argument: str
    body: ast.expr
    constants: Mapping[str, Any]

    @classmethod
    def of(cls, node: ast.Lambda, constants: Mapping[str, Any]) -> Formula:
        """Read it, and compute it once: what it may not hold is found at once."""
        arguments = [each.arg for each in node.args.args]
        if len(arguments) != 1 or ast.unparse(node.args) != arguments[0]:
            raise Miswritten(f"a function of one argument is written lambda t: ..., got {ast.unparse(node)}")
        made = cls(arguments[0], node.body, dict(constants))
        made(1)
        return made

    def __call__(self, t: Any) -> Any:
        """Return its value."""
        return number(self.body, {**self.constants, self.argument: t})

    def __repr__(self) -> str:
        return f"lambda {self.argument}: {ast.unparse(self.body)}"


def number(node: ast.expr, letters: Mapping[str, Any]) -> Any:
    """Return the number that an expression comes to, where these letters are numbers.

    Raises
    ------
    Miswritten
        For anything else than numbers, letters that are known, + - * / **, and `FUNCTIONS` of them.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return node.value
    if isinstance(node, ast.Name) and node.id in letters:
        return _stated(node.id, letters[node.id])
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](number(node.operand, letters))
    if isinstance(node, ast.BinOp) and (type(node.op) in OPERATORS or isinstance(node.op, ast.Pow)):
        left, right = number(node.left, letters), number(node.right, letters)
        try:
            return _power(left, right) if isinstance(node.op, ast.Pow) else OPERATORS[type(node.op)](left, right)
        except (ZeroDivisionError, OverflowError) as error:
            raise Miswritten(f"{ast.unparse(node)} has no value: {error}") from error
    if isinstance(node, ast.Call) and dotted(node.func) in FUNCTIONS and not node.keywords:
        return FUNCTIONS[dotted(node.func)](*(number(each, letters) for each in node.args))
    raise Miswritten(f"{ast.unparse(node)} is no number")


def _stated(name: str, value: Any) -> Any:
    if value is None:
        raise Miswritten(f"the problem has no {name}")
    return value


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and abs(exponent) * base.bit_length() > BITS:
        raise OverflowError("it is too large")
    found = base**exponent
    if not isinstance(found, Real):
        raise Miswritten(f"{base}**{exponent} is not real")
    return found


def dotted(node: ast.expr) -> str:
    """Return a name with what stands before it, without the packages that it is from."""
    written = ast.unparse(node)
    if not re.fullmatch(r"\w+(\.\w+)*", written):
        raise Miswritten(f"only names are called, got {written}")
    return PREFIX.sub("", written)

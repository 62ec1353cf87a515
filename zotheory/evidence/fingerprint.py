"""What a function computes, as a short text that changes when its code does.

A fingerprint covers the function's source without comments, docstrings and layout, the values that it closes over,
and, down the line, the functions and constants of its own package that its names refer to.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache, partial
from types import CodeType, FunctionType, ModuleType
from typing import Any

ATOMS = (int, float, complex, str, bytes, bool, type(None))
CONSTANTS = (*ATOMS, tuple)


def digest(*parts: str) -> str:
    """Return 16 hexadecimal digits that identify these texts, in this order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def fingerprint(function: Callable[..., Any]) -> str:
    """Return the fingerprint of a function, a partial, or a bound with a border.

    Where the source is not at hand (a function typed into a shell) its compiled code stands for it.
    """
    found: dict[str, str] = {}
    _visit(function, "", found)
    return digest(*(f"{name}={text}" for name, text in sorted(found.items())))


def _visit(value: Any, name: str, found: dict[str, str]) -> None:
    value = inspect.unwrap(value) if callable(value) and hasattr(value, "__wrapped__") else value
    if isinstance(value, partial):
        found[f"{name} partial"] = repr(sorted(value.keywords))
        for key, part in [("function", value.func), *enumerate(value.args), *value.keywords.items()]:
            _visit(part, f"{name}.{key}", found)
    elif isinstance(value, FunctionType):
        key = f"{value.__module__}.{value.__qualname__}" + (f" {name}" if "<" in value.__qualname__ else "")
        if key not in found:
            found[key], mentioned = _read(value)
            for other, part in mentioned:
                _visit(part, other, found)
    elif isinstance(value, tuple) and not all(isinstance(part, ATOMS) for part in value):
        for index, part in enumerate(value):
            _visit(part, f"{name}[{index}]", found)
    elif isinstance(value, CONSTANTS):
        found[name] = repr(value)
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            _visit(getattr(value, part.name), f"{name}.{part.name}", found)


@cache
def _read(function: FunctionType) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """Return the text of a function, and what it refers to: (name, value) each."""
    return _text(function), tuple(_mentioned(function))


def _mentioned(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield defaults, values closed over, constants, and functions of the function's own package."""
    where, package = f"{function.__module__}.{function.__qualname__}", function.__module__.partition(".")[0]
    defaults = {**dict(enumerate(function.__defaults__ or ())), **(function.__kwdefaults__ or {})}
    yield from ((f"{where} default {name}", value) for name, value in defaults.items())
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield f"{where} closes over {name}", cell.cell_contents
    names = _names(function.__code__)
    for name in names:
        value = function.__globals__.get(name)
        members = [(name, value)]
        if isinstance(value, ModuleType) and value.__name__.partition(".")[0] == package:
            members = [(f"{name}.{other}", getattr(value, other)) for other in names if hasattr(value, other)]
        for label, member in members:
            own = getattr(inspect.unwrap(member) if callable(member) else member, "__module__", None) or ""
            constant = isinstance(member, CONSTANTS) or (is_dataclass(member) and not isinstance(member, type))
            if (constant and member is not None) or (callable(member) and own.partition(".")[0] == package):
                yield f"{function.__module__}.{label}", member


def _names(code: CodeType) -> list[str]:
    inner = [name for part in code.co_consts if isinstance(part, CodeType) for name in _names(part)]
    return sorted({*code.co_names, *inner})


def _text(function: FunctionType) -> str:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):  # no source, or a lambda in the middle of an expression
        return function.__code__.co_code.hex() + repr(_constants(function.__code__))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                body[0] = ast.Pass()
    return ast.unparse(tree)


def _constants(code: CodeType) -> list[Any]:
    return [_constants(part) if isinstance(part, CodeType) else part for part in code.co_consts]

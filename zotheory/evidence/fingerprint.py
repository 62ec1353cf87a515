"""What a function computes, as a short text that changes when its code does.

A fingerprint covers the function's source without comments, docstrings and layout, the values that it closes over,
and, down the line, the functions and constants of its own package that its names refer to.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import inspect
from collections.abc import Callable, Iterator, Sequence
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
    module = function.__module__ or ""  # none, where it was made by `exec`
    where, package = f"{module}.{function.__qualname__}", module.partition(".")[0]
    defaults: dict[Any, Any] = {**dict(enumerate(function.__defaults__ or ())), **(function.__kwdefaults__ or {})}
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
    node = _node(function)
    return _code(function.__code__) if node is None else ast.unparse(_Undocumented().visit(copy.deepcopy(node)))


def _node(function: FunctionType) -> ast.AST | None:
    """Return where the source defines the function; of several lambdas that begin on one line, the right one."""
    code = function.__code__
    try:
        lines, _ = inspect.findsource(function)
        begun = _definitions("".join(lines)).get(code.co_firstlineno, [])
    except (OSError, TypeError, SyntaxError):
        return None
    at = [position for position in code.co_positions() if position[0] and position[3]]  # not those of a whole line
    fitting = [node for node in begun if _holds(node, at) and getattr(node, "name", "<lambda>") == function.__name__]
    return fitting[-1] if fitting else None  # the innermost


def _holds(node: Any, positions: Sequence[tuple[Any, ...]]) -> bool:
    """Whether the instructions at these positions are those of a lambda; a function that is named needs no look."""
    if not isinstance(node, ast.Lambda):
        return True
    start, end = (node.body.lineno, node.body.col_offset), (node.body.end_lineno, node.body.end_col_offset)
    return all(start <= (first, left) and (last, right) <= end for first, last, left, right in positions)


@cache
def _definitions(source: str) -> dict[int, list[Any]]:
    """Return the functions and lambdas of a source by the line where they begin, the outer before the inner."""
    found: dict[int, list[Any]] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            decorators = getattr(node, "decorator_list", ())
            found.setdefault(min(part.lineno for part in (node, *decorators)), []).append(node)
    return found


class _Undocumented(ast.NodeTransformer):
    """Removes docstrings."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                del body[0]
        return node


def _code(code: CodeType) -> str:
    """What is compiled, where there is no source: instructions, constants and names."""
    constants = [_code(part) if isinstance(part, CodeType) else part for part in code.co_consts]
    return repr((code.co_code.hex(), constants, code.co_names, code.co_varnames, code.co_freevars))

"""How the source of a function is read: its text, and the names that it refers to."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from types import CodeType, FunctionType
from typing import Any


@cache
def named(code: CodeType) -> list[str]:
    """Return the names that code refers to: globals, attributes, modules."""
    inner = [name for part in code.co_consts if isinstance(part, CodeType) for name in named(part)]
    return sorted({*code.co_names, *inner})


def text(function: FunctionType) -> str:
    """Return the source of a function without comments, docstring and layout; what is compiled where there is none."""
    code = function.__code__
    if code not in _texts:
        node = _node(function)
        _texts[code] = _compiled(code) if node is None else ast.unparse(Spelt().visit(deepcopy(node)))
    return _texts[code]


_texts: dict[CodeType, str] = {}


class Spelt(ast.NodeTransformer):
    """F-strings as calls of what they consist of: each version of Python reads and writes them in its own way."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:  # noqa: D102
        self.generic_visit(node)
        parts = [part for part in node.values if not (isinstance(part, ast.Constant) and part.value == "")]
        return ast.Call(ast.Name("f-string"), parts, [])

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:  # noqa: D102
        self.generic_visit(node)
        return ast.Tuple([node.value, ast.Constant(node.conversion), node.format_spec or ast.Constant(None)])


def _node(function: FunctionType) -> ast.AST | None:
    """Return where the source defines the function; of several lambdas that begin on one line, the right one."""
    code = function.__code__
    try:
        lines, _ = inspect.findsource(function)
        begun = _definitions("".join(lines)).get(code.co_firstlineno, [])
    except (OSError, TypeError, SyntaxError):
        return None
    at = [position for position in code.co_positions() if position[0] and position[3]]  # not those of a whole line
    fitting = [node for node in begun if _holds(node, at) and getattr(node, "name", "<lambda>") == code.co_name]
    return fitting[-1] if fitting else None  # the innermost


def _holds(node: Any, positions: Sequence[tuple[Any, ...]]) -> bool:
    """Whether the instructions at these positions are those of a lambda; a function that is named needs no look."""
    if not isinstance(node, ast.Lambda):
        return True
    start, end = (node.body.lineno, node.body.col_offset), (node.body.end_lineno, node.body.end_col_offset)
    return all(start <= (first, left) and (last, right) <= end for first, last, left, right in positions)


@cache
def _definitions(source: str) -> dict[int, list[Any]]:
    """Return the functions and lambdas of a source, undocumented, by the line where they begin, the outer first."""
    found: dict[int, list[Any]] = {}
    for node in ast.walk(ast.parse(source)):
        _drop_docstring(node)
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            decorators = getattr(node, "decorator_list", ())
            found.setdefault(min(part.lineno for part in (node, *decorators)), []).append(node)
    return found


def _drop_docstring(node: ast.AST) -> None:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
        value = body[0].value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            del body[0]


def _compiled(code: CodeType) -> str:
    """Instructions, constants and names."""
    constants = [_constant(part) for part in code.co_consts]
    return repr((code.co_code.hex(), constants, code.co_names, code.co_varnames, code.co_freevars))


def _constant(part: Any) -> Any:
    if isinstance(part, frozenset):  # its order is another in every process
        return sorted(map(repr, part))
    return _compiled(part) if isinstance(part, CodeType) else part

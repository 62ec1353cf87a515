"""Docstrings as reStructuredText: they are written as plain text, with mathematics in them.

``|x|^2`` is no substitution and ``x*`` no emphasis; what is indented after an empty line is an example; headings are
underlined. Napoleon, which comes after, makes the sections of parameters and errors.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Container, Iterator
from contextlib import suppress
from itertools import pairwise
from textwrap import dedent
from typing import Any

SECTIONS = {"Parameters", "Returns", "Yields", "Raises", "Warns", "Attributes", "Notes", "Examples"}  # of Napoleon
NAME = re.compile(r"[A-Za-z][\w.]*")
CODE = re.compile(r"(``[^`]+``|`[^`]+`)")
KEPT = r"(?<![\w*^])\*[A-Za-z](?:[A-Za-z\s]*[A-Za-z])?\*(?![\w*])"  # words with emphasis
SPECIAL = re.compile(rf"({KEPT})|\\|[*|]|(?<=\w)_(?!\w)")
BULLET = re.compile(r"\s*- ")


def rest(lines: list[str], own: Container[str] = ()) -> list[str]:
    """Return the lines of a docstring as reStructuredText; names in `own`, of parameters, are no links."""
    made: list[str] = []
    for kind, block in _blocks(lines):
        if kind == "code":
            made += [f"{' ' * (_indent(block[0]) - 4)}.. code-block:: {_language(block)}", "", *block]
        elif kind == "text":
            made += _listed(_coded("\n".join(block), own).split("\n"))
        else:
            made += block
    return made


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The lines in blocks that end with an empty line or a heading: text, code, or what stays as it is."""
    block: list[str] = []
    before = 0  # how far the text above is indented
    for line, after in pairwise([*lines, ""]):
        if _underlines(after, line):
            if block:
                yield _kind(block, before), [*block, ""]
            block = []
            before = _indent(line)
            if line.strip() not in SECTIONS:
                yield "heading", [f"{line[:before]}.. rubric:: {line.strip()}", ""]
            else:
                yield "heading", [line, after]
        elif re.fullmatch(r"\s*-{3,}", line):
            continue
        elif line.strip():
            block.append(line)
        elif block:
            kind = _kind(block, before)
            yield kind, [*block, ""]
            before = before if kind == "code" or BULLET.match(block[0]) else _indent(block[0])
            block = []
    if block:
        yield _kind(block, before), [*block, ""]


def _underlines(line: str, above: str) -> bool:
    return bool(re.fullmatch(r"\s*-{3,}", line)) and bool(above.strip())


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _kind(block: list[str], before: int) -> str:
    if block[0].lstrip().startswith(">>>"):
        return "doctest"
    return "code" if _indent(block[0]) >= before + 4 else "text"


def _language(block: list[str]) -> str:
    try:
        ast.parse(dedent("\n".join(block)))
    except SyntaxError:
        return "text"
    return "python"


def _coded(text: str, own: Container[str]) -> str:
    """What stands in backticks is a name, which may be a link, or code; the rest means nothing to docutils."""

    def code(text: str) -> str:
        return f":py:obj:`{text}`" if NAME.fullmatch(text) and text not in own else f"``{text}``"

    def plain(text: str) -> str:
        return SPECIAL.sub(lambda found: found[1] or f"\\{found[0]}", text)

    parts = enumerate(CODE.split(text))
    return "".join(code(part.strip("`")) if i % 2 else plain(part) for i, part in parts)


def _listed(block: list[str]) -> list[str]:
    """A block with an empty line before its list, if it ends with one."""
    made: list[str] = []
    for line in block:
        if BULLET.match(line) and made and not any(map(BULLET.match, made)):
            made.append("")
        made.append(line)
    return made


def process(app: Any, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """Rewrite a docstring before Napoleon does; what a bound asks of its arguments becomes a list."""
    own = _parameters(value)
    asked = getattr(getattr(value, "signature", None), "lines", list)()  # which end the docstrings of bounds
    said = [line for line in lines if line.strip() not in asked]
    arguments = [line.partition(" : ") for line in asked]
    lines[:] = [
        *[""] * (what in ("attribute", "property")),  # Napoleon would take words before a colon for a type
        *rest(said, own),
        "",
        *(f":param {argument}: {_coded(condition, own)}" for argument, _, condition in arguments),
        "",
    ]


def _parameters(value: Any) -> set[str]:
    with suppress(TypeError, ValueError):
        return set(inspect.signature(value).parameters)
    return set()


def skip(app: Any, what: str, name: str, value: Any, skipped: bool, options: Any) -> bool | None:
    """Leave out the fields of named tuples, of which Python says no more than their number."""
    return True if (getattr(value, "__doc__", None) or "").startswith("Alias for field number") else None

"""The digest of the code that ran: of all that decides what functions give, but for what they are handed.

It covers the values that they hold (defaults, what they close over, arguments of a `partial`, fields) and every module
that their code reaches (`zotheory.code.imports`), with the versions of Python, NumPy and SciPy. Code of this package
counts by module only; functions of the user's also by the globals that they name, which a program may have computed
from its arguments.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from zotheory.code.fingerprint import UNNAMED, Walk, digest, named
from zotheory.code.imports import reached
from zotheory.code.modules import PACKAGE, is_read

ALWAYS = ("numpy", "scipy")


class Reach(NamedTuple):
    """What decides a result: a digest, and the modules that were read for it.

    `lasting` is whether another process would find the same digest: not where something is held of which nothing can be
    known but that it is there.
    """

    code: str
    modules: frozenset[str]
    lasting: bool


def reach(*parts: Callable[..., Any]) -> Reach:
    """Return what these functions reach, by their values and by the imports of their modules."""
    walk = _Values()
    for number, part in enumerate(parts):
        walk.visit(part, str(number))
    rests, files, lasting = _rests(frozenset(walk.modules))
    values = [f"{name}={text}" for name, text in sorted(walk.found.items())]
    known = lasting and not any(UNNAMED in text for text in values)
    return Reach(digest(rests, *values), files, known)


@cache
def _rests(modules: frozenset[str]) -> tuple[str, frozenset[str], bool]:
    found = reached({*modules, *ALWAYS})
    texts = [f"{name}={text}" for name, text in sorted(found.items())]
    lasting = UNNAMED not in found.values()
    return digest(platform.python_version(), *texts), frozenset(filter(is_read, found)), lasting


class _Values(Walk):
    """The values that functions hold, and the modules that these functions and values come from."""

    def __init__(self) -> None:
        super().__init__()
        self.modules: set[str] = set()
        self.places: dict[str, Any] = {}  # the first function or class of each name

    def own(self, module: str, package: str | None) -> bool:
        """Whether what a module defines is the user's, whichever of them it is."""
        return super().own(module, package) or (module.partition(".")[0] != PACKAGE and is_read(module))

    def again(self, name: str, before: str) -> None:
        """Add an object that was met before: which one it was."""
        if before != name:
            self.found[name] = f"again {before}"

    def place(self, named: str, value: Any, name: str) -> str:
        """Tell another function or class of the same name, as a factory makes them, from the first one, by its path."""
        first = self.places.setdefault(named, value)
        return named if first is value else f"{named} {name}"

    def function(self, value: FunctionType, name: str, package: str | None) -> None:
        """Add a function: of this package by its place and the values that it holds, others as in a fingerprint."""
        self.modules.add(value.__module__ or "builtins")
        if (value.__module__ or "").partition(".")[0] != PACKAGE:
            super().function(value, name, package)
            if not is_read(value.__module__ or "builtins"):
                self.modules |= _mentioned(value)
        elif self.first(value, name):
            self.found[name] = f"{value.__module__}.{value.__qualname__} at {_place(value)}"
            self.items(_held(value), name, package)

    def kind(self, value: type, name: str, package: str | None) -> None:
        """Add a class: of this package by its name, others, and those made inside functions, as in a fingerprint."""
        self.modules.add(value.__module__)
        if value.__module__.partition(".")[0] == PACKAGE and "<locals>" not in value.__qualname__:
            self.found[name] = f"{value.__module__}.{value.__qualname__}"
        else:
            super().kind(value, name, package)


def _mentioned(function: FunctionType) -> set[str]:
    """The modules that a function names of which no file tells what it imports: one that was typed into a shell."""
    mine = (value.__name__ for value in function.__globals__.values() if isinstance(value, ModuleType))
    return {*mine, *filter(is_read, named(function.__code__))}


def _place(function: FunctionType) -> str:
    """Which of the functions of its module it is: two lambdas may stand in one line."""
    code = function.__code__
    return f"{code.co_firstlineno} {code.co_linetable.hex()}"


def _held(function: FunctionType) -> dict[str, Any]:
    """Defaults, attributes and values closed over of a function."""
    held = {f"default {number}": value for number, value in enumerate(function.__defaults__ or ())}
    held |= {f"default {name}": value for name, value in (function.__kwdefaults__ or {}).items()}
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return held | {f"closes over {name}": _content(cell) for name, cell in cells} | vars(function)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None

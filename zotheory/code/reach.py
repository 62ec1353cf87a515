"""The digest of the code that ran: of all that decides what functions give, but for what they are handed.

It covers the values that they hold (defaults, what they close over, arguments of a `partial`, fields) and every module
that their code reaches (`zotheory.code.imports`), with the versions of Python, NumPy and SciPy. Code of this package
counts by module only; functions of the user's also by the globals that they name, which a program may have computed
from its arguments.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from zotheory.code.fingerprint import UNNAMED, Walk, digest, named
from zotheory.code.imports import reached
from zotheory.code.modules import PACKAGE, is_read, remembered, renew

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
    renew()
    walk = Values()
    for number, part in enumerate(parts):
        walk.visit(part, str(number))
    rests, files, lasting = _rests(frozenset(walk.modules))
    known = lasting and not any(UNNAMED in text for text in walk.found.values())
    return Reach(digest(rests, walk.digest()), files, known)


def spoken(key: str) -> str:
    """Return what stands at a key of `Walk.found`, without the number of what holds it."""
    part = key.partition(" ")[2] or "value"
    return {"is": "code"}.get(part, part.removeprefix("names "))


@remembered
def _rests(modules: frozenset[str]) -> tuple[str, frozenset[str], bool]:
    found = reached({*modules, *ALWAYS})
    texts = [f"{name}={text}" for name, text in sorted(found.items())]
    lasting = UNNAMED not in found.values()
    return digest(platform.python_version(), *texts), frozenset(filter(is_read, found)), lasting


class Values(Walk):
    """The values that functions hold, and the modules that these functions and values come from."""

    def __init__(self) -> None:
        super().__init__()
        self.modules: set[str] = set()

    def visit(self, value: Any, name: str, package: str | None = None) -> None:
        """Add a value, and of a function or class the module."""
        if isinstance(value, FunctionType | type):
            self.modules.add(value.__module__ or "builtins")
        super().visit(value, name, package)

    def own(self, module: str, package: str | None) -> bool:
        """Whether what a module defines is the user's, whichever of them it is."""
        return super().own(module, package) or (module.partition(".")[0] != PACKAGE and is_read(module))

    def foreign(self, value: Any, package: str | None) -> bool:
        """Whether its name is enough: also of a class of this package, unless it was made inside a function."""
        if _is_shipped(value):
            return isinstance(value, type) and "<locals>" not in value.__qualname__
        return super().foreign(value, package)

    def text(self, function: FunctionType) -> str:
        """Return what stands for the code of a function: for one of this package its place."""
        if _is_shipped(function):
            return f"{function.__module__}.{function.__qualname__} at {_place(function)}"
        if not is_read(function.__module__ or "builtins"):
            self.modules |= _mentioned(function)
        return super().text(function)

    def named(self, function: FunctionType) -> list[str]:
        """Return the names in a function whose values count: none for one of this package."""
        return [] if _is_shipped(function) else super().named(function)


def _is_shipped(value: Any) -> bool:
    return (value.__module__ or "").partition(".")[0] == PACKAGE


def _mentioned(function: FunctionType) -> set[str]:
    """The modules that a function names of which no file tells what it imports: one that was typed into a shell."""
    mine = (value.__name__ for value in function.__globals__.values() if isinstance(value, ModuleType))
    return {*mine, *filter(is_read, named(function.__code__))}


def _place(function: FunctionType) -> str:
    """Which of the functions of its module it is: two lambdas may stand in one line."""
    code = function.__code__
    return f"{code.co_firstlineno} {code.co_linetable.hex()}"

"""What a function computes, as a short text that changes when its code does.

A fingerprint covers the function's source without comments, docstrings and layout, and whatever its names, defaults
and closure refer to: numbers, containers, terms, objects by their state, functions and classes of its own package by
their code. What other packages define enters by name, and a value of which nothing is known by a text that is new in
every process, so that nothing that rests on it keeps a label.
"""

from __future__ import annotations

import copy
import hashlib
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from zotheory.code.parts import held, members, parts, reduced
from zotheory.code.source import named, text

ATOMS = {int, float, complex, str, bytes, bool, type(None)}
UNNAMED = os.urandom(8).hex()  # of this process
BEGAN = time.time()  # when this process had read none of what it fingerprints, but for this package
REFLECTION = {"globals", "eval", "exec", "vars", "locals", "__import__", "__dict__"}  # these see what is not read here
LIBRARIES = sys.stdlib_module_names | {"numpy", "scipy", "sympy", "mpmath"}
SILENT = {
    "zotheory.arguments",
    "zotheory.border",
    "zotheory.quantities",
    "zotheory.require",
    __name__,
}  # change no value
GLOBAL: tuple[Any, ...] = (getattr(np.random.random, "__self__", None), getattr(random.random, "__self__", None))
MADE = 1 << 9  # the flag of classes that statements make


def digest(*parts: str) -> str:
    """Return 16 hexadecimal digits that identify these texts, in this order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def fingerprint(function: Callable[..., Any]) -> str:
    """Return the fingerprint of a function, a partial, or a bound with a border.

    Where the source is not at hand (a function typed into a shell) its compiled code stands for it.
    """
    walk = Walk()
    walk.visit(function, "")
    return walk.digest()


class Walk:
    """What one fingerprint has found: text by name.

    What is not plain gets a number where it is met first, and is written out under it, once. So it is told which of two
    closures of a factory stands where, and what stands in two places; and circles end.
    """

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.met: dict[tuple[int, str | None], tuple[str, Any]] = {}  # kept alive: no other takes the place of one

    def digest(self) -> str:
        """Return the digest of all that was found."""
        return digest(*(f"{name}={part}" for name, part in self.found.items()))

    def visit(self, value: Any, name: str, package: str | None = None) -> None:
        """Add a value; functions and classes by their code, or by name if `package` is given and not their own."""
        value = _inside(value)
        if _is_plain(value):
            self.found[name] = repr(value)
        elif isinstance(value, ModuleType):
            self.found[name] = f"module {value.__name__}"
        elif any(value is one for one in GLOBAL):
            self.found[name] = "the global generator"  # how far it has come is no code
        elif isinstance(value, FunctionType | type):
            if self.foreign(value, package):
                self.found[name] = _called(value)
            else:
                add = self._class if isinstance(value, type) else self._function
                self._once(add, value, name, (value.__module__ or "").partition(".")[0])
        elif _is_term(value):
            self._term(value, name)
        else:
            self._once(self._object, value, name, package)

    def _once(self, add: Callable[[Any, str, str | None], None], value: Any, name: str, package: str | None) -> None:
        """Add the number of an object, and the object where it is met first."""
        new = (id(value), package) not in self.met
        self.found[name], _ = self.met.setdefault((id(value), package), (f"#{len(self.met)}", value))
        if new:
            add(value, self.found[name], package)

    def own(self, module: str, package: str | None) -> bool:
        """Whether what a module defines is of this package."""
        return module.partition(".")[0] == package

    def foreign(self, value: Any, package: str | None) -> bool:
        """Whether its name is enough: of another package. What `exec` made belongs to none, and is read."""
        module = value.__module__ or "builtins"
        if module == "builtins" and (isinstance(value, FunctionType) or (value.__module__ and value.__flags__ & MADE)):
            return False
        known = package is not None or module.partition(".")[0] in LIBRARIES
        return module in SILENT or (known and not self.own(module, package))

    def text(self, function: FunctionType) -> str:
        """Return what stands for the code of a function."""
        return text(function)

    def named(self, function: FunctionType) -> list[str]:
        """Return the names in a function whose values count."""
        return named(function.__code__)

    def items(self, items: dict[str, Any], name: str, package: str | None) -> None:
        """Add the values of a dictionary, each under its key."""
        for key, part in items.items():
            self.visit(part, f"{name} {key}", package)

    def _function(self, value: FunctionType, number: str, package: str | None) -> None:
        """Add a function by its code and whatever that refers to."""
        self.found[f"{number} is"] = self.text(value)
        self.items(held(value), number, None)
        names = self.named(value)
        if REFLECTION.intersection(names):
            self.found[f"{number} looks names up"] = UNNAMED
        for name in names:
            imported = name.startswith(f"{package}.")  # inside the function
            if imported or name in value.__globals__:
                found = import_module(name) if imported else value.__globals__[name]
                self.items(dict(self._members(name, found, names, package)), number, package)

    def _members(self, name: str, value: Any, names: list[str], package: str | None) -> Iterator[tuple[str, Any]]:
        """Yield what a name refers to, and of modules of its own package whatever may be taken out of them."""
        waiting, passed = {f"names {name}": value}, set()
        while waiting:
            name, value = waiting.popitem()
            yield name, value
            if isinstance(value, ModuleType) and self.own(value.__name__, package) and value not in passed:
                passed.add(value)
                waiting |= {f"{name}.{other}": getattr(value, other) for other in names if hasattr(value, other)}

    def _class(self, value: type, number: str, package: str | None) -> None:
        """Add a class by its bases and members."""
        self.found[f"{number} is"] = f"class {_called(value)}"
        self.items({f"base {index}": base for index, base in enumerate(value.__bases__)}, number, package)
        self.items(members(value), f"{number} member", package)

    def _object(self, value: Any, number: str, package: str | None) -> None:
        """Add an object by its class and its parts."""
        self.visit(type(value), f"{number} is", package)
        known = parts(value)
        if isinstance(value, set | frozenset):
            self.found[f"{number} holds"] = repr(sorted(self._text(part, package) for part in value))
        elif known is None:
            self._state(value, number, package)
        else:
            self.items(known, number, package)

    def _text(self, value: Any, package: str | None) -> str:
        """Return what is found of an element of a set, which has no place there."""
        if _is_plain(value):
            return repr(value)
        walk = copy.copy(self)
        walk.found, walk.met = {}, dict(self.met)
        walk.visit(value, "", package)
        return walk.digest()

    def _term(self, value: Any, name: str) -> None:
        """Add a term by value: SymPy decides which of two equal ones are the same object."""
        import sympy

        self.found[name] = type(value).__name__
        if isinstance(value, sympy.Symbol):
            parts = {"name": value.name, "assumes": repr(sorted(value.assumptions0.items()))}
            self.items(parts | {"sort": getattr(value, "sort", None)}, name, None)
        elif value.args:
            self.items({str(index): part for index, part in enumerate(value.args)}, name, None)
        else:
            self.found[name] = sympy.srepr(value)

    def _state(self, value: Any, number: str, package: str | None) -> None:
        """Add an object by what pickling would keep of it, or by its name where it is pickled by name."""
        state = reduced(value)
        if isinstance(state, tuple):
            self.found[f"{number} made by"] = _called(state[0])
            self.items({f"of {index}": part for index, part in enumerate(state[1:])}, number, package)
        else:
            homes = getattr(value, "__module__", ""), type(value).__module__, "scipy.special"
            known = state and any(getattr(sys.modules.get(str(home)), state, None) is value for home in homes)
            self.found[f"{number} holds"] = str(state) if known else f"{UNNAMED} {id(value)}"


def _is_plain(value: Any) -> bool:
    return type(value) in ATOMS or (type(value) is tuple and all(map(_is_plain, value)))


def _is_term(value: Any) -> bool:
    return any(kind.__name__ == "Basic" and kind.__module__.startswith("sympy") for kind in type(value).__mro__)


def _called(value: Any) -> str:
    """Name a function or class, with the package that it is in."""
    package = (getattr(value, "__module__", None) or "").partition(".")[0]
    return f"{package}.{getattr(value, '__qualname__', None) or getattr(value, '__name__', repr(type(value)))}"


def _inside(value: Any) -> Any:
    """Return what `bound` or `checked` made a border for: that changes no value in range."""
    while isinstance(value, FunctionType) and "__wrapped__" in vars(value) and _is_border(value):
        value = vars(value)["__wrapped__"]
    return value


def _is_border(value: FunctionType) -> bool:
    from zotheory.arguments import check_calls
    from zotheory.border import bound

    return value.__code__ in (*bound.__code__.co_consts, *check_calls.__code__.co_consts)

"""What a function computes, as a short text that changes when its code does.

A fingerprint covers the function's source without comments, docstrings and layout, and whatever its names, defaults
and closure refer to: numbers, containers, terms, objects by their state, functions and classes of its own package by
their code. What other packages define enters by name, and a value of which nothing is known by a text that is new in
every process, so that nothing that rests on it keeps a label.
"""

from __future__ import annotations

import ast
import copyreg
import hashlib
import inspect
import os
import sys
import time
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import WRAPPER_ASSIGNMENTS, cache, cached_property, partial
from importlib import import_module
from itertools import count
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

ATOMS = (int, float, complex, str, bytes, bool, type(None))
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
GENERATED = {"__dict__", "__weakref__", "__doc__", "__module__", "__annotations__", "__hash__"}
GENERATED |= {"__slots__", "__slotnames__", "__dataclass_fields__"}  # the second is kept where an object was pickled


def digest(*parts: str) -> str:
    """Return 16 hexadecimal digits that identify these texts, in this order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def fingerprint(function: Callable[..., Any]) -> str:
    """Return the fingerprint of a function, a partial, or a bound with a border.

    Where the source is not at hand (a function typed into a shell) its compiled code stands for it.
    """
    walk = Walk()
    walk.visit(function, "")
    return digest(*(f"{name}={text}" for name, text in sorted(walk.found.items())))


class Walk:
    """What one fingerprint has found: text by name."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.seen: dict[int, tuple[Any, str]] = {}  # objects, kept alive so that no other takes the place of one

    def visit(self, value: Any, name: str, package: str | None = None) -> None:
        """Add a value; functions and classes by their code, or by name if `package` is given and not their own."""
        if isinstance(value, ATOMS) or _is_plain(value):
            self.found[name] = repr(value)
        elif isinstance(value, ModuleType):
            self.found[name] = f"module {value.__name__}"
        elif isinstance(value, FunctionType):
            self.function(value, name, package)
        elif isinstance(value, partial):
            self.found[f"{name} partial"] = repr(sorted(value.keywords))
            self.items({"function": value.func, **dict(enumerate(value.args)), **value.keywords}, name, package)
        elif isinstance(value, type):
            self.kind(value, name, package)
        elif self.first(value, name):
            self._object(value, name, package)

    def first(self, value: Any, name: str) -> bool:
        """Whether an object is met for the first time."""
        if id(value) in self.seen:
            self.again(name, self.seen[id(value)][1])
            return False
        self.seen[id(value)] = value, name
        return True

    def again(self, name: str, before: str) -> None:
        """Add an object that was met before under another name, or the same."""
        self.found[name] = "again"

    def own(self, module: str, package: str | None) -> bool:
        """Whether what a module defines is of this package."""
        return module.partition(".")[0] == package

    def foreign(self, value: Any, package: str | None) -> bool:
        """Whether its name is enough: of another package. What `exec` made belongs to none, and is read."""
        module = value.__module__ or "builtins"
        if isinstance(value, FunctionType) and module == "builtins":
            return False
        known = package is not None or module.partition(".")[0] in LIBRARIES
        return module in SILENT or (known and not self.own(module, package))

    def place(self, named: str, value: Any, name: str) -> str:
        """Return under what a function or class of this name is added."""
        return named

    def items(self, items: dict[Any, Any], name: str, package: str | None) -> None:
        """Add the values of a dictionary, each under its key."""
        for key, part in items.items():
            self.visit(part, f"{name}.{key}", package)

    def function(self, value: FunctionType, name: str, package: str | None) -> None:
        """Add a function by its code and whatever that refers to."""
        if self.foreign(value, package):
            self.found[name] = _called(value)
            return
        inner = getattr(value, "__wrapped__", None)
        if inner is None or not _is_border(value):
            called = f"{value.__module__}.{value.__qualname__}"
            where = self.place(called, value, name)
            key = f"{called} {name}" if "<" in value.__qualname__ else where
            if inner is not None:
                key += " wrapper"
            if key not in self.found:
                self.found[key] = _text(value)
                for other, part, package_ in self.mentioned(value, where):
                    self.visit(part, other, package_)
                self.items({k: v for k, v in vars(value).items() if k != "__wrapped__"}, key, package)
        if inner is not None:
            self.visit(inner, name, package)

    def kind(self, value: type, name: str, package: str | None) -> None:
        """Add a class by its bases and members."""
        key = self.place(f"class {_called(value)}", value, name)
        self.found[name] = key
        if self.foreign(value, package) or value.__module__ == "builtins" or key in self.found:
            return
        self.found[key] = repr([_called(base) for base in value.__bases__])
        members = {k: v for k, v in vars(value).items() if k not in GENERATED and _is_written(v, value)}
        if is_dataclass(value):
            members |= {f"default {field.name}": field.default for field in fields(value)}
        for base in value.__bases__:
            self.visit(base, f"{key} base", value.__module__.partition(".")[0])
        for member, part in members.items():
            self.visit(part, f"{key}.{member}", value.__module__.partition(".")[0])

    def mentioned(self, function: FunctionType, where: str) -> Iterator[tuple[str, Any, str | None]]:
        """Yield defaults, values closed over, and what its names refer to."""
        module = function.__module__ or ""  # none, where it was made by `exec`
        package = module.partition(".")[0]
        defaults: dict[Any, Any] = {**dict(enumerate(function.__defaults__ or ())), **(function.__kwdefaults__ or {})}
        yield from ((f"{where} default {name}", value, None) for name, value in defaults.items())
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            yield f"{where} closes over {name}", cell.cell_contents, None
        names = named(function.__code__)
        if REFLECTION.intersection(names):
            yield f"{where} looks names up", UNNAMED, None
        for name in names:
            imported = name.startswith(f"{package}.")  # inside the function
            if imported or name in function.__globals__:
                value = import_module(name) if imported else function.__globals__[name]
                yield f"{module}.{name}", value, package
                if isinstance(value, ModuleType) and self.own(value.__name__, package):
                    members = [other for other in names if hasattr(value, other)]
                    yield from ((f"{module}.{name}.{other}", getattr(value, other), package) for other in members)

    def _object(self, value: Any, name: str, package: str | None) -> None:
        if isinstance(value, list | tuple):
            self.found[name] = f"{type(value).__name__} of {len(value)}"
            self.items(dict(enumerate(value)), name, package)
        elif isinstance(value, dict):
            self.found[name] = f"dict of {sorted(map(repr, value))}"
            self.items({repr(key): part for key, part in value.items()}, name, package)
        elif isinstance(value, set | frozenset):
            self.found[name] = repr(sorted(map(repr, value)))
        elif isinstance(value, count):
            self.found[name] = "a counter"  # how far it has come is no code
        elif isinstance(value, MethodType):
            self.items({"of": value.__self__, "method": value.__func__}, name, package)
        elif isinstance(value, staticmethod | classmethod):
            self.visit(value.__func__, name, package)
        elif isinstance(value, property):
            self.items({"get": value.fget}, name, package)
        elif hasattr(value, "__wrapped__"):  # of functools.cache, for one
            self.visit(value.__wrapped__, name, package)
            if isinstance(inspect.getattr_static(type(value), "__call__", None), FunctionType):  # somebody's own
                self.visit(type(value), f"{name} is", package)
                self._beside(value, {"__wrapped__", *WRAPPER_ASSIGNMENTS}, name, package)
        elif is_dataclass(value):
            declared = {field.name: getattr(value, field.name) for field in fields(value)}
            self.visit(type(value), f"{name} is", package)
            self.items(declared, name, package)
            self._beside(value, declared, name, package)
        elif _is_term(value):
            self._term(value, name)
        else:
            self._state(value, name, package)

    def _beside(self, value: Any, known: Container[str], name: str, package: str | None) -> None:
        """Add the attributes of an object that are not known already, and no results that it keeps."""
        kept = {
            key for kind in type(value).__mro__ for key, of in vars(kind).items() if isinstance(of, cached_property)
        }
        found = getattr(value, "__dict__", {}).items()
        self.items({key: part for key, part in found if key not in known and key not in kept}, name, package)

    def _term(self, value: Any, name: str) -> None:
        import sympy

        self.found[name] = type(value).__name__
        if isinstance(value, sympy.Symbol):
            self.items({"name": value.name, "assumes": repr(sorted(value.assumptions0.items()))}, name, None)
            self.items({"sort": getattr(value, "sort", None)}, name, None)
        elif value.args:
            self.found[name] += f" of {len(value.args)}"
            for index, part in enumerate(value.args):
                self.seen.pop(id(part), None)
                self.visit(part, f"{name}.{index}")
        else:
            self.found[name] = sympy.srepr(value)

    def _state(self, value: Any, name: str, package: str | None) -> None:
        """Add an object by what pickling would keep of it, or by its name where it is pickled by name."""
        kind = type(value)
        try:
            state = copyreg.dispatch_table[kind](value) if kind in copyreg.dispatch_table else value.__reduce_ex__(2)
        except Exception:  # what an object of any kind may raise here
            state = None
        if isinstance(state, str):
            homes = [sys.modules.get(str(home)) for home in (getattr(value, "__module__", ""), kind.__module__)]
            named = any(getattr(home, state, None) is value for home in [*homes, sys.modules.get("scipy.special")])
            self.found[name] = f"{kind.__module__} {state}" if named else f"{UNNAMED} {id(value)}"
        elif state is None:
            self.found[name] = f"{UNNAMED} {id(value)}"
        else:
            self.found[name] = _called(state[0])
            self.visit(kind, f"{name} is", package)
            parts = [list(part) if index > 2 and part is not None else part for index, part in enumerate(state[1:])]
            self.items(dict(enumerate(parts)), name, package)


def _is_plain(value: Any) -> bool:
    return type(value) is tuple and all(isinstance(part, ATOMS) for part in value)


def _is_term(value: Any) -> bool:
    return any(kind.__name__ == "Basic" and kind.__module__.startswith("sympy") for kind in type(value).__mro__)


def _called(value: Any) -> str:
    """Name a function or class, with the package that it is in."""
    package = (getattr(value, "__module__", None) or "").partition(".")[0]
    return f"{package}.{getattr(value, '__qualname__', None) or getattr(value, '__name__', repr(type(value)))}"


def _is_border(value: FunctionType) -> bool:
    """Whether it is what `bound` or `checked` makes of a function: it changes no value in range."""
    from zotheory.arguments import check_calls
    from zotheory.border import bound

    return value.__code__ in (*bound.__code__.co_consts, *check_calls.__code__.co_consts)


def _is_written(member: Any, owner: type) -> bool:
    """Whether a member stands in the source of a class: what decorators generate follows from its fields."""
    function = inspect.unwrap(getattr(member, "__func__", getattr(member, "fget", member)) or member)
    if isinstance(function, FunctionType):
        return not function.__code__.co_filename.startswith("<") or owner.__module__ in ("__main__", "builtins")
    return not inspect.isdatadescriptor(member) and not inspect.ismethoddescriptor(member)


@cache
def named(code: CodeType) -> list[str]:
    """Return the names that code refers to: globals, attributes, modules."""
    inner = [name for part in code.co_consts if isinstance(part, CodeType) for name in named(part)]
    return sorted({*code.co_names, *inner})


@cache
def _text(function: FunctionType) -> str:
    node = _node(function)
    return _code(function.__code__) if node is None else ast.unparse(node)


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


def _code(code: CodeType) -> str:
    """What is compiled, where there is no source: instructions, constants and names."""
    constants = [_code(part) if isinstance(part, CodeType) else part for part in code.co_consts]
    return repr((code.co_code.hex(), constants, code.co_names, code.co_varnames, code.co_freevars))

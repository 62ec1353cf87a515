"""What functions, classes and objects consist of, by name: all that may decide what they give."""

from __future__ import annotations

import copyreg
import inspect
from collections.abc import Container
from dataclasses import fields, is_dataclass
from functools import WRAPPER_ASSIGNMENTS, cached_property, partial
from itertools import count
from types import CellType, FunctionType, MethodType
from typing import Any

SETTINGS = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")  # of a dataclass; others, its members show
PUT = {("collections", "_replace"), ("dataclasses", "_replace"), ("typing", "_proto_hook")}  # into classes
GENERATED = {"__dict__", "__weakref__", "__doc__", "__module__", "__annotations__", "__hash__", "_abc_impl"}
GENERATED |= {"__slots__", "__slotnames__", "__dataclass_fields__"}  # the second is kept where an object was pickled
GENERATED |= {"__dataclass_params__", "__firstlineno__", "__static_attributes__"}
GENERATED |= {"__protocol_attrs__", "__callable_proto_members_only__", "__non_callable_proto_members__"}
GENERATED |= {"default_assumptions", "_explicit_class_assumptions", "_prop_handler"}  # by SymPy, from the others


def held(function: FunctionType) -> dict[str, Any]:
    """Return defaults, values closed over and attributes of a function."""
    found = {f"default {number}": value for number, value in enumerate(function.__defaults__ or ())}
    found |= {f"default {name}": value for name, value in (function.__kwdefaults__ or {}).items()}
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    filled = ((name, cell) for name, cell in cells if cell != CellType())
    found |= {f"closes over {name}": cell.cell_contents for name, cell in filled}
    return found | {f"attribute {name}": value for name, value in sorted(vars(function).items())}


def members(kind: type) -> dict[str, Any]:
    """Return the members of a class that stand in its source, and what its fields begin with."""
    found = {name: of for name, of in sorted(vars(kind).items()) if name not in GENERATED and _is_written(of, kind)}
    if "__dataclass_params__" in vars(kind):
        found |= {f"dataclass {name}": getattr(vars(kind)["__dataclass_params__"], name) for name in SETTINGS}
    for field in fields(kind) if is_dataclass(kind) else ():
        found |= {f"default {field.name}": field.default, f"factory {field.name}": field.default_factory}
    return found


def parts(value: Any) -> dict[str, Any] | None:
    """Return what an object of a known kind consists of; None for others."""
    if type(value) in (list, tuple):
        return {str(index): part for index, part in enumerate(value)}
    if type(value) is dict:
        keys, values = enumerate(value), enumerate(value.values())
        return {f"key {index}": key for index, key in keys} | {f"value {index}": part for index, part in values}
    if isinstance(value, count):
        return {}  # how far it has come is no code
    if isinstance(value, MethodType):
        return {"of": value.__self__, "method": value.__func__}
    if isinstance(value, property):
        return {"get": value.fget, "set": value.fset, "delete": value.fdel}
    if isinstance(value, cached_property):
        return {"get": value.func}
    if isinstance(value, partial):
        given = dict(enumerate(value.args)) | dict(sorted(value.keywords.items()))
        return {"function": value.func} | {f"argument {name!r}": part for name, part in given.items()} | _beside(value)
    if hasattr(value, "__wrapped__"):  # of functools.cache, for one
        return {"wraps": value.__wrapped__} | _beside(value, {"__wrapped__", *WRAPPER_ASSIGNMENTS})
    if is_dataclass(value):
        declared = {field.name: getattr(value, field.name) for field in fields(value)}
        return declared | _beside(value, declared)
    return None


def reduced(value: Any) -> Any:
    """Return what pickling would keep of an object: a name, or what makes it and of what; None where it cannot."""
    kind = type(value)
    try:
        state = copyreg.dispatch_table[kind](value) if kind in copyreg.dispatch_table else value.__reduce_ex__(2)
    except Exception:  # what an object of any kind may raise here
        return None
    if isinstance(state, str):
        return state
    made, of, kept, elements, pairs = (*state, None, None, None)[:5]
    kept = _without_results(value, kept) if isinstance(kept, dict) else kept
    return made, of, kept, elements and list(elements), pairs and list(pairs)


def _beside(value: Any, known: Container[str] = ()) -> dict[str, Any]:
    """The attributes of an object that are not known already, and no results that it keeps."""
    found = sorted(_without_results(value, getattr(value, "__dict__", {})).items())
    return {f"attribute {key}": part for key, part in found if key not in known}


def _without_results(value: Any, state: dict[str, Any]) -> dict[str, Any]:
    """The attributes of an object but for what its cached properties gave."""
    kept = {key for kind in type(value).__mro__ for key, of in vars(kind).items() if isinstance(of, cached_property)}
    return {key: part for key, part in state.items() if key not in kept}


def _is_written(member: Any, owner: type) -> bool:
    """Whether a member stands in the source of a class: what decorators generate follows from its fields."""
    inner = next((getattr(member, name) for name in ("__func__", "fget", "func") if hasattr(member, name)), None)
    function = inspect.unwrap(inner or member)
    if isinstance(function, FunctionType):
        if (function.__module__, function.__name__) in PUT:
            return False
        return not function.__code__.co_filename.startswith("<") or owner.__module__ in ("__main__", "builtins")
    return not inspect.isdatadescriptor(member) and not inspect.ismethoddescriptor(member)

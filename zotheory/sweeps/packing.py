"""Objects as bytes, by cloudpickle.

Functions and classes of modules travel by name, lambdas, closures and those of a script by value. What the names of
the user's modules mean here goes with them, and is compared with what they mean where they are read.
"""

from __future__ import annotations

import inspect
import pickle
import sys
from contextlib import suppress
from functools import partial
from io import BytesIO
from types import FunctionType, MethodType, ModuleType
from typing import Any

import cloudpickle

from zotheory.code.source import named
from zotheory.kinds import shown
from zotheory.sweeps.failures import Unsendable, Unusable

HOW = (
    "Open files, connections and locks, and load libraries, inside the function that uses them, or at the top level of "
    "a module that is installed"
)


def packed(name: str, what: Any) -> bytes:
    """Return an object as bytes, with what the names in it mean here; `unpacked` gives it back."""
    file, meant = _pickled(name, what)
    pickle.dump(meant, file)
    return file.getvalue()


def unpacked(sent: bytes) -> Any:
    """Return what was packed; raise Unusable if a name in it means something else here, or nothing."""
    file = BytesIO(sent)
    try:
        what = pickle.load(file)
    except ModuleNotFoundError as error:
        raise Unusable(
            f"a worker lacks the module {error.name}: install it there, or have the workers start where it is found"
        ) from error
    if meant := pickle.load(file):
        from zotheory.code.names import apart, meanings

        if found := apart(meant, meanings(meant)):
            raise Unusable(
                f"{found} on a worker: what a program changes in a module does not travel. Hand it to the function (by "
                "a closure, a partial, an object), or change it before the workers start"
            )
    return what


def as_bytes(name: str, what: Any) -> bytes:
    """Return an object as bytes that `pickle.loads` reads."""
    return _pickled(name, what)[0].getvalue()


def _pickled(name: str, what: Any) -> tuple[BytesIO, Any]:
    file = BytesIO()
    pickler = _Pickler(file)
    try:
        pickler.dump(what)
    except Exception as error:  # what an object of any kind may raise here
        part, held = _smallest(what)
        wrong = f": its {part} is {shown(held)}" if part else f", got {shown(what)}"
        whole = f"; got {shown(what)}" if part else ""
        raise Unsendable(f"{name} cannot be sent to another process{wrong}: {error}. {HOW}{whole}") from error
    return file, pickler.meanings()


class _Pickler(cloudpickle.Pickler):
    """Keeps what travels by name, and the names that are used by what travels by value."""

    def __init__(self, file: BytesIO) -> None:
        super().__init__(file)
        self.named: list[tuple[str, str]] = []
        self.modules: list[ModuleType] = []
        self.used: set[str] = set()

    def reducer_override(self, what: Any) -> Any:
        """Reduce as cloudpickle does, but for libraries, which it sends, and nobody could read."""
        if isinstance(what, getattr(sys.modules.get("ctypes"), "CDLL", ())):
            raise pickle.PicklingError("a library is loaded in one process")
        found = super().reducer_override(what)
        if isinstance(what, ModuleType):
            self.modules.append(what)
        elif isinstance(what, FunctionType | type):
            if found is NotImplemented:
                self.named.append((what.__module__, what.__qualname__))
            elif isinstance(what, FunctionType):
                self.used.update(named(what.__code__))
        return found

    def meanings(self) -> Any:
        """What the names mean in this process."""
        if not self.named and not self.modules:
            return {}
        from zotheory.code.names import meanings

        by_value = cloudpickle.list_registry_pickle_by_value()
        of_modules = (
            (module.__name__, name)
            for module in self.modules
            if module.__name__ not in by_value
            for name in self.used
            if name in vars(module)  # what a module makes when it is asked for is no state, and may be a warning
        )
        return meanings([*self.named, *of_modules])


def _smallest(what: Any, above: tuple[int, ...] = ()) -> tuple[str, Any]:
    """The smallest part that cannot be sent, after the names that lead to it."""
    above = (*above, id(what))
    for name, part in _parts(what).items():
        if id(part) not in above and not is_sendable(part):
            inner, held = _smallest(part, above)
            return ".".join(filter(None, (name, inner))), held
    return "", what


def _parts(what: Any) -> dict[str, Any]:
    if isinstance(what, FunctionType):
        with suppress(ValueError):  # a name that has no value yet
            used = inspect.getclosurevars(what)
            return {**used.nonlocals, **used.globals}
        return {}
    if isinstance(what, partial):
        return {"func": what.func, **_parts(what.args), **what.keywords}
    if isinstance(what, tuple) and hasattr(what, "_asdict"):
        return what._asdict()
    if isinstance(what, list | tuple):
        return {f"[{number}]": part for number, part in enumerate(what)}
    if isinstance(what, dict):
        return {f"[{shown(key)}]": part for key, part in what.items()}
    return {"__self__": what.__self__} if isinstance(what, MethodType) else getattr(what, "__dict__", {})


def is_sendable(what: Any) -> bool:
    """Whether an object can be made into bytes."""
    try:
        _Pickler(BytesIO()).dump(what)
        return True
    except Exception:
        return False

"""Random numbers that a function is not handed: of generators that it holds, or of the global ones of NumPy and Python.

In another process, or a later one, they come again.
"""

from __future__ import annotations

import dis
import random
import sys
from functools import cache
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from zotheory.code.modules import PACKAGE, is_users
from zotheory.code.reach import Values, spoken

GENERATORS = (np.random.Generator, np.random.BitGenerator, np.random.RandomState, random.Random)
NOTHING = {"PRECALL", "PUSH_NULL", "RESUME", "NOP", "SWAP", "POP_TOP", "CACHE"}  # instructions that take no value

PLAIN = {"builtins", "collections", "functools", "__main__", PACKAGE}

Chain = tuple[bool, tuple[str, ...]]  # whether a module is imported, or else a global is read; and what is taken of it


def generator_in(what: Any) -> str:
    """Return by which name an object or function draws random numbers that it is not handed; empty if it does not."""
    walk = _Drawing()
    walk.visit(what, "")
    return walk.random[0] if walk.random else ""


class _Drawing(Values):
    """What is held, and what functions read: not what has the name of an attribute, which may be another's."""

    def __init__(self) -> None:
        super().__init__()
        self.random: list[str] = []

    def visit(self, value: Any, name: str, package: str | None = None) -> None:
        """Add a value, but for what an object of a library holds: distributions of SciPy have a generator each."""
        if isinstance(value, GENERATORS):
            self.random.append(spoken(name))
        elif _is_looked_into(type(value).__module__):
            super().visit(value, name, package)

    def named(self, function: FunctionType) -> list[str]:
        """Return the globals that a function reads, if its names count."""
        names = super().named(function)
        used = _used(function.__code__) if names else set()
        for imported, (name, *attributes) in sorted(used):
            value = sys.modules.get(name) if imported else function.__globals__.get(name)
            for attribute in attributes:
                value = getattr(value, attribute, None)
            if isinstance(getattr(value, "__self__", None), GENERATORS):
                self.random.append(".".join((name, *attributes)))
        return [name for name in names if (False, (name,)) in used or "." in name]


def _is_looked_into(module: str) -> bool:
    return module.partition(".")[0] in PLAIN or is_users(module)


@cache
def _used(code: CodeType) -> set[Chain]:
    """Globals that are read and modules that are imported, with the attributes that are taken of each in turn."""
    found: set[Chain] = set()
    local: dict[Any, Chain | None] = {}
    chain: Chain | None = None
    module, listed = "", None
    for one in dis.get_instructions(code):
        if one.opname == "LOAD_GLOBAL":
            chain = False, (one.argval,)
        elif one.opname == "LOAD_CONST":
            chain, listed = None, one.argval
        elif one.opname == "IMPORT_NAME":  # `import a.b as c` takes b of a, `from a.b import c` takes c of a.b
            module = one.argval if listed else one.argval.partition(".")[0]
            chain = True, (module,)
        elif one.opname == "IMPORT_FROM":
            chain = True, (module, one.argval)
        elif one.opname == "STORE_FAST":
            local[one.argval], chain = chain, None
        elif one.opname == "LOAD_FAST":
            chain = local.get(one.argval)
        elif chain and one.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            chain = chain[0], (*chain[1], one.argval)
        elif one.opname not in NOTHING:
            chain = None
        if chain:
            found.add(chain)
    return found.union(*(_used(part) for part in code.co_consts if isinstance(part, CodeType)))

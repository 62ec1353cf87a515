"""What a name means in this process: a module may have been changed since it was imported, here or where work is done.

What a function keeps itself in a global, by `global`, is its own: each process remembers that by itself.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from operator import attrgetter
from types import CodeType, FunctionType

from zotheory.code.fingerprint import UNNAMED, digest
from zotheory.code.modules import is_users
from zotheory.code.reach import Values, spoken

SHORT = 40  # characters of what is shown as it is

Name = tuple[str, str]  # a module, and what it defines
Meanings = Mapping[Name, Mapping[str, str]]


def meanings(names: Iterable[Name]) -> Meanings:
    """Return what each of the user's names means here: part by part, as far as another process could tell it."""
    return {name: _meaning(*name) for name in sorted(set(names)) if is_users(name[0])}


def _meaning(module: str, name: str) -> dict[str, str]:
    walk = _Meaning()
    walk.visit(attrgetter(name)(sys.modules[module]), "")
    known = {key: text for key, text in walk.found.items() if UNNAMED not in text}
    return {key: text if len(text) <= SHORT else digest(text) for key, text in known.items()}


class _Meaning(Values):
    def named(self, function: FunctionType) -> list[str]:
        """Return the names in a function whose values count: none that it keeps something in."""
        kept = _kept(function.__code__)
        return [name for name in super().named(function) if name not in kept]


@cache
def _kept(code: CodeType) -> set[str]:
    inner = (part for part in code.co_consts if isinstance(part, CodeType))
    own = {one.argval for one in dis.get_instructions(code) if one.opname == "STORE_GLOBAL"}
    return own.union(*map(_kept, inner))


def apart(ours: Meanings, theirs: Meanings) -> str:
    """Return in words the first thing that has another meaning there; empty where all is the same."""
    for (module, name), here in ours.items():
        there = theirs.get((module, name), here)
        for key in (key for key in here if there.get(key, here[key]) != here[key]):
            return f"{module}.{name}: its {spoken(key)} is {here[key]} here, and {there[key]}"
    return ""

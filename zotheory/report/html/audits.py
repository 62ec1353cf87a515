"""Audits of optimizers, as the page shows them: read from what ``zotheory check --json`` printed.

Or from the record of many, which `benchmarks/audits.py` leaves: there the words of a documentation stand for what an
author declares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from zotheory.kinds import shown
from zotheory.testing.conformance.checks import OF_ALL
from zotheory.testing.conformance.found import DECLARED, OBSERVED, REQUIRED
from zotheory.testing.conformance.record import VERSION


class Unread(ValueError):
    """A file that holds no audits."""


class Property(NamedTuple):
    """What was found of a property: `holds` is None where it could not be decided."""

    name: str
    says: str
    status: str
    holds: bool | None
    seen: str


class Said(NamedTuple):
    """What a documentation says: the property that it promises, in its words, and where."""

    trait: str
    quote: str
    page: str

    @property
    def host(self) -> str:
        """Of the page; empty where that is not an address on the web."""
        return urlsplit(self.page).netloc if self.page.startswith("https://") else ""


class Audit(NamedTuple):
    """What was found of an optimizer; `made` is the call that finds it again, where that is known."""

    title: str
    properties: Sequence[Property]
    said: Sequence[Said] = ()
    made: str = ""

    def failing(self, status: str) -> list[Property]:
        """The properties of this status that fail."""
        return [one for one in self.properties if one.holds is False and one.status == status]

    @property
    def undecided(self) -> list[Property]:
        """The properties that could not be decided."""
        return [one for one in self.properties if one.holds is None]

    @property
    def holding(self) -> list[Property]:
        """The properties that hold."""
        return [one for one in self.properties if one.holds]

    @property
    def untold(self) -> list[Property]:
        """Those of them that nobody asked for: their names say enough."""
        return [one for one in self.holding if one.status == OBSERVED]

    @property
    def told(self) -> list[Property]:
        """All others."""
        return [one for one in self.properties if one not in self.untold]


def read(path: Path) -> list[Audit]:
    """Return the audits in a file.

    Raises
    ------
    Unread
        For a file that cannot be read, or holds something else; the message says what.
    """
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(given, dict):
            raise ValueError(f"it must hold an object, got {type(given).__name__}")
        if "audits" not in given and given["schema"] != VERSION:
            raise ValueError(f"its schema must be {VERSION}, got {shown(given['schema'])}")
        return [_audit(one) for one in _objects(given.get("audits", [given]), "audits")]
    except OSError as error:
        raise Unread(f"{path}: {error.strerror}") from error
    except KeyError as error:
        raise Unread(f"{path} lacks {error}, which every audit has") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise Unread(f"{path} holds no JSON of zotheory check: {error}") from error


def _objects(given: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        raise ValueError(f"{name} must be a list, got {type(given).__name__}")
    for one in given:
        if not isinstance(one, dict):
            raise ValueError(f"{name} must hold objects, got {type(one).__name__}")
    return given


def _audit(given: Mapping[str, Any]) -> Audit:
    said = [Said(*(str(one[name]) for name in Said._fields)) for one in _objects(given.get("said", []), "said")]
    properties = list(_properties(_objects(given["properties"], "properties"), {one.trait for one in said}))
    if "package" not in given:
        return Audit(str(given["name"]), properties, said)
    smallest = [f"{name}={given[name]}" for name in ("least", "variables") if given[name] > 1]
    call = ", ".join([given["made"], *smallest, f"examples={given['examples']}"])
    return Audit(f"{given['package']} {given['version']}, {given['name']}", properties, said, f"check_method({call})")


def _properties(given: Sequence[Mapping[str, Any]], documented: set[str]) -> Iterator[Property]:
    for one in given:
        name, holds = str(one["name"]), one["holds"]
        if holds not in (True, False, None):
            raise ValueError(f"holds must be true, false or null, got {holds!r} of {name}")
        status = DECLARED if name in documented else REQUIRED if name in OF_ALL else OBSERVED
        yield Property(name, str(one["says"]), one.get("status", status), holds, str(one["seen"]))

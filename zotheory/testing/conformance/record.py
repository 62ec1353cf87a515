"""What was found of an optimizer as plain numbers and strings, for JSON; ``schema.json`` beside this describes it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import zotheory

if TYPE_CHECKING:
    from zotheory.testing.conformance.found import Conformance

VERSION = 1  # of the schema


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of `of_conformance`."""
    return json.loads((Path(__file__).parent / "schema.json").read_text(encoding="utf-8"))


def of_conformance(found: Conformance) -> dict[str, Any]:
    """Return what was found; `holds` is None where it could not be decided."""
    return {
        "schema": VERSION,
        "zotheory": zotheory.__version__,
        "name": found.name,
        "sound": found.sound,
        "complete": found.complete,
        "properties": [row._asdict() for row in found.rows],
    }

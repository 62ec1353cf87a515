"""All properties that are checked, in the order in which they are told."""

from __future__ import annotations

from zotheory.testing.conformance import invariances, objectives, runs, searches
from zotheory.testing.conformance.properties import LISTED, Check

CHECKS: dict[str, Check] = {
    name: check
    for room in (runs, invariances, objectives, searches)
    for name, check in LISTED.items()
    if check.does.__module__ == room.__name__
}
OF_ALL = {name for name, check in CHECKS.items() if check.required}

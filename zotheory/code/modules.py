"""Where a module is and what it counts by: the text of one that is read, the version of one that is installed."""

from __future__ import annotations

import hashlib
import math
import os
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from zotheory.code.fingerprint import UNNAMED

PACKAGE = __name__.partition(".")[0]
INSTALLED = {"site-packages", "dist-packages"}  # folders of what installers manage


@cache
def spec(name: str) -> Any:
    """Return what the import system knows of a module that it need not have imported; None where it finds none."""
    try:
        return find_spec(name)
    except (ImportError, ValueError, AttributeError):  # not found, or made by hand
        return None


@cache
def file_of(name: str) -> Path | None:
    """Return the file of a module; None where it has none, or is not found."""
    loaded, known = getattr(sys.modules.get(name), "__file__", None), spec(name)
    place = loaded or (known.origin if known is not None and known.has_location else None)
    return None if place is None else Path(place)


@cache
def folders(name: str) -> tuple[str, ...]:
    """Return where the modules of a package are; empty for a module that is none."""
    found = getattr(sys.modules.get(name), "__path__", None) or getattr(spec(name), "submodule_search_locations", None)
    return tuple(found or ())


@cache
def is_read(name: str) -> bool:
    """Whether a module is the user's or of this package: found, and neither installed nor Python's own."""
    top = name.partition(".")[0]
    if top == PACKAGE:
        return True
    if top in sys.stdlib_module_names and top != "__main__":
        return False
    file = file_of(name)
    places = [file] if file else map(Path, folders(name))
    return any(INSTALLED.isdisjoint(place.resolve().parts) or not _distribution(top) for place in places)


@cache
def told(name: str) -> str:
    """Return the digest of the file of a module that is read, or the version of what else it is of."""
    if not is_read(name):
        return "Python's" if name in sys.stdlib_module_names else _distribution(name) or "absent"
    file = file_of(name)
    try:
        return "a folder" if file is None else hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:  # inside an archive
        return UNNAMED


@cache
def _distribution(name: str) -> str:
    """Name and version of the installed distribution that a module is of; empty where there is none."""
    try:
        return f"{name} {version(name)}"
    except (PackageNotFoundError, ValueError):
        return ", ".join(f"{one} {version(one)}" for one in sorted(set(_distributions().get(name, ()))))


@cache
def _distributions() -> Any:
    return packages_distributions()


def edited(names: Iterable[str], since: float) -> list[str]:
    """Return the files of these modules, as far as they are read, that were changed or removed since then."""
    files = {str(file) for name in names if is_read(name) and (file := file_of(name)) is not None}
    return sorted(file for file in files if _changed(file) > since)


def _changed(file: str) -> float:
    try:
        return os.stat(file).st_mtime
    except OSError:
        return math.inf

"""Where a module is and what it counts by: the text of one that is read, the version of one that is installed."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from zotheory.code.fingerprint import UNNAMED

PACKAGE = __name__.partition(".")[0]
INSTALLED = {"site-packages", "dist-packages"}  # folders of what installers manage


COARSE = 2.0  # seconds: within them some file systems give two edits one time
_absent: set[str] = set()
_remembered: list[Any] = []


def remembered(function: Any) -> Any:
    """Return the function with a memory of what it gave, as long as no module appears that was not there."""
    _remembered.append(cache(function))
    return _remembered[-1]


def renew() -> None:
    """Forget what was found without modules that are there by now."""
    if any(map(_find, _absent)):
        _absent.clear()
        for function in _remembered:
            function.cache_clear()


def _find(name: str) -> Any:
    try:
        return find_spec(name)
    except (ImportError, ValueError, AttributeError):  # not found, or made by hand
        return None


@remembered
def spec(name: str) -> Any:
    """Return what the import system knows of a module that it need not have imported; None where it finds none."""
    found = _find(name)
    if found is None and not name.endswith("."):  # `zotheory.code.imports` marks packages so
        _absent.add(name)
    return found


@remembered
def file_of(name: str) -> Path | None:
    """Return the file of a module; None where it has none, or is not found."""
    loaded, known = getattr(sys.modules.get(name), "__file__", None), spec(name)
    place = loaded or (known.origin if known is not None and known.has_location else None)
    return None if place is None else Path(place)


@remembered
def folders(name: str) -> tuple[str, ...]:
    """Return where the modules of a package are; empty for a module that is none."""
    found = getattr(sys.modules.get(name), "__path__", None) or getattr(spec(name), "submodule_search_locations", None)
    return tuple(found or ())


@remembered
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


def is_users(name: str) -> bool:
    """Whether a module that was imported is the user's, and no script."""
    return name in sys.modules and name.partition(".")[0] not in (PACKAGE, "__main__") and is_read(name)


@remembered
def told(name: str) -> str:
    """Return the digest of the file of a module that is read, or the version of what else it is of."""
    if not is_read(name):
        return "Python's" if name in sys.stdlib_module_names else _distribution(name) or "absent"
    file = file_of(name)
    try:
        return "a folder" if file is None else _look(file).text
    except OSError:  # inside an archive
        return UNNAMED


@remembered
def _distribution(name: str) -> str:
    """Name and version of the installed distribution that a module is of; empty where there is none."""
    try:
        return f"{name} {version(name)}"
    except (PackageNotFoundError, ValueError):
        return ", ".join(f"{one} {version(one)}" for one in sorted(set(_distributions().get(name, ()))))


@remembered
def _distributions() -> Any:
    return packages_distributions()


# --- edits -----------------------------------------------------------------------------------------------------------


class Look(NamedTuple):
    """What a file was when this process read it first."""

    text: str
    when: float
    state: os.stat_result


@cache
def _look(file: Path) -> Look:
    when, state = time.time(), file.stat()
    return Look(_text(file), when, state)


def _text(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def edited(names: Iterable[str], since: float) -> list[str]:
    """Return the files of these modules, as far as they are read, that were changed or removed since then."""
    files = {file for name in names if is_read(name) and (file := file_of(name)) is not None}
    return sorted(str(file) for file in files if _is_edited(file, since))


def _is_edited(file: Path, since: float) -> bool:
    """Whether a file was touched before it was read and since then, or is another than was read."""
    try:
        look, now = _look(file), file.stat()
        touched = max(look.state.st_mtime, look.state.st_ctime)  # the second is new where an old time was put back
        if touched > since or (now.st_size, now.st_mtime_ns) != (look.state.st_size, look.state.st_mtime_ns):
            return True
        same = now.st_ctime_ns == look.state.st_ctime_ns and touched < look.when - COARSE
        return not same and _text(file) != look.text
    except OSError:
        return True

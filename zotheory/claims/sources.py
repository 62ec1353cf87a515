"""Claims that are not shipped: of a file, of a module, of an installed package.

A file or module lists them as ``CLAIMS`` (or ``zotheory_claims``). A package registers such a list, or the module that
holds it, as an entry point of the group ``zotheory.claims``:

    [project.entry-points."zotheory.claims"]
    mine = "mine.claims:CLAIMS"
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from zotheory.claims import claims, matching
from zotheory.code.modules import is_users
from zotheory.evidence.claim import Claim

GROUP = "zotheory.claims"
NAMES = ("CLAIMS", "zotheory_claims")


class Unreadable(Exception):
    """A file, module or package gives no claims; the message says which and why."""


def chosen(selectors: Sequence[str], warn: Callable[[str], None] = lambda message: None) -> list[Claim]:
    """Return the claims that selectors name, each once; without selectors, all that are shipped or registered.

    Parameters
    ----------
    selectors : sequence of str
        ``FILE.py``, ``module:attribute``, the name of a registered entry point, or a pattern of ids as in
        `zotheory.claims.select`; ``FILE.py::PATTERN`` takes some claims of a file or module.
    warn : callable
        Is told of a registered package whose claims cannot be read, where they are not asked for by name.

    Raises
    ------
    UnknownClaim
        For a pattern that matches nothing; it suggests the nearest ids.
    Unreadable
        Where a file, module or package gives no claims, or two different claims have one id.
    """
    return [claim for claim, _ in named(selectors, warn)]


def named(selectors: Sequence[str], warn: Callable[[str], None] = lambda message: None) -> list[tuple[Claim, str]]:
    """Return the claims that selectors name, as `chosen` does, each beside a selector that names it alone."""
    registered = packages()
    patterns = [s for s in selectors if not _outside(s) and s not in registered]
    found: list[tuple[Claim, str]] = []
    read: dict[str, list[Claim]] = {}
    if patterns or not selectors:
        known = _distinct([*claims().values(), *_installed(registered, warn)])
        by_id = {claim.id: claim for claim in known}
        found = [(claim, claim.id) for claim in (matching(by_id, patterns) if patterns else known)]
    for selector in selectors:
        if selector not in patterns:
            source, _, pattern = selector.partition("::")
            if source not in read:
                read[source] = _distinct(load(source))
            by_id = {claim.id: claim for claim in read[source]}
            asked = matching(by_id, [pattern]) if pattern else read[source]
            found += [(claim, f"{source}::{claim.id}") for claim in asked]
    names = dict(reversed(found))  # the first of each
    return [(claim, names[claim]) for claim in _distinct(claim for claim, _ in found)]


def load(source: str) -> list[Claim]:
    """Return the claims of a ``FILE.py``, its or a module's ``:attribute``, or of a registered entry point."""
    registered = packages()
    if source in registered:
        return _of_entry_point(registered[source])
    name, attribute = (source, "") if source.endswith(".py") else _parts(source)
    if name.endswith(".py"):
        module = _attempt(name, lambda: _module_of(Path(name)))
    else:
        if str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))  # as `python -m` does
        module = _attempt(source, lambda: import_module(name))
    if attribute and not hasattr(module, attribute):
        raise Unreadable(f"{source}: module {name} has no attribute {attribute!r}")
    return _listed(source, getattr(module, attribute) if attribute else module)


def _parts(source: str) -> tuple[str, str]:
    """Module or file, and attribute; a file's path may hold a colon."""
    name, colon, attribute = source.rpartition(":")
    return (name, attribute) if colon else (source, "")


def _outside(selector: str) -> bool:
    return ":" in selector or selector.endswith(".py")


def packages() -> dict[str, EntryPoint]:
    """Return the entry points of installed packages that register claims, by the name under which they do."""
    return {point.name: point for point in entry_points(group=GROUP)}


def _installed(registered: Mapping[str, EntryPoint], warn: Callable[[str], None]) -> list[Claim]:
    found = []
    for point in registered.values():
        try:
            found += _of_entry_point(point)
        except Unreadable as problem:
            warn(str(problem))
    return found


def _of_entry_point(point: EntryPoint) -> list[Claim]:
    source = f"{point.name} ({point.value}, registered by {point.dist.name if point.dist else 'a package'})"
    return _listed(source, _attempt(source, point.load))


def _module_of(path: Path) -> ModuleType:
    path = path.resolve(strict=True)
    name = path.stem if path.stem not in sys.modules else f"{path.stem}_claims"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = module_from_spec(spec)
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))  # for what it imports, as if it were run
    before = set(sys.modules)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    _send_by_value(path.parent, {name, *sys.modules} - before)
    return module


def _send_by_value(folder: Path, names: Iterable[str]) -> None:
    """A worker elsewhere has neither a file of claims nor its neighbours, nor the packages beside it."""
    import cloudpickle

    for name in names:
        file = getattr(sys.modules[name], "__file__", None)
        above = Path(file).resolve().parents if file else ()
        if folder in above[:1] or (folder in above and is_users(name)):
            cloudpickle.register_pickle_by_value(sys.modules[name])


def _attempt(source: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except FileNotFoundError as problem:
        if problem.filename is None or Path(problem.filename).name != Path(source).name:
            raise Unreadable(_traceback(source, problem)) from problem
        raise Unreadable(f"{source}: no such file") from problem
    except SyntaxError as problem:
        raise Unreadable(f"{source}: {problem.msg} ({problem.filename}, line {problem.lineno})") from problem
    except (Exception, SystemExit) as problem:
        raise Unreadable(_traceback(source, problem)) from problem


def _traceback(source: str, problem: BaseException) -> str:
    """Say what broke, without the frames of this file and of the import system."""
    frames = [
        frame
        for frame in traceback.extract_tb(problem.__traceback__)
        if frame.filename != __file__ and "importlib" not in frame.filename
    ]
    told = "".join([*traceback.format_list(frames), *traceback.format_exception_only(problem)])
    return f"{source} cannot be read:\n{told.rstrip()}"


def _listed(source: str, found: Any) -> list[Claim]:
    if isinstance(found, ModuleType):
        held = [name for name in NAMES if hasattr(found, name)]
        if not held:
            raise Unreadable(f"{source}: must list its claims as {' or '.join(NAMES)}")
        source, found = f"{source}: {held[0]}", getattr(found, held[0])
    if isinstance(found, Claim):
        found = [found]
    if isinstance(found, str | Mapping) or not isinstance(found, Iterable):
        raise Unreadable(f"{source} must be a list of zotheory.Claim, got {found!r:.200}")
    listed = _attempt(source, lambda: list(found))
    for claim in listed:
        if not isinstance(claim, Claim):
            raise Unreadable(f"{source} must hold zotheory.Claim only, got {claim!r:.200} ({type(claim).__name__})")
    if not listed:
        raise Unreadable(f"{source} must hold at least one zotheory.Claim, got none")
    return listed


def _distinct(found: Iterable[Claim]) -> list[Claim]:
    by_id: dict[str, Claim] = {}
    for claim in found:
        if by_id.setdefault(claim.id, claim) is not claim:
            raise Unreadable(f"two different claims have the id {claim.id!r}")
    return list(by_id.values())

"""Claims that are not shipped: of a file, of a module, of an installed package.

A file or module lists them as ``CLAIMS`` (or ``zotheory_claims``). A package registers such a list, or the module that
holds it, as an entry point of the group ``zotheory.claims``:

    [project.entry-points."zotheory.claims"]
    mine = "mine.claims:CLAIMS"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from zotheory.claims import claims, matching
from zotheory.code.named import Unreadable, attempt, named
from zotheory.evidence.claim import Claim

GROUP = "zotheory.claims"
NAMES = ("CLAIMS", "zotheory_claims")


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
    return [claim for claim, _ in beside_names(selectors, warn)]


def beside_names(
    selectors: Sequence[str], warn: Callable[[str], None] = lambda message: None
) -> list[tuple[Claim, str]]:
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
    return listed(source, named(source))


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
    return listed(source, attempt(source, point.load))


def listed(source: str, found: Any) -> list[Claim]:
    """Return the claims that a list holds, or a module; raise Unreadable, naming the source, for anything else."""
    if isinstance(found, ModuleType):
        held = [name for name in NAMES if hasattr(found, name)]
        if not held:
            raise Unreadable(f"{source}: must list its claims as {' or '.join(NAMES)}")
        source, found = f"{source}: {held[0]}", getattr(found, held[0])
    if isinstance(found, Claim):
        found = [found]
    if isinstance(found, str | Mapping) or not isinstance(found, Iterable):
        raise Unreadable(f"{source} must be a list of zotheory.Claim, got {found!r:.200}")
    every = attempt(source, lambda: list(found))
    for claim in every:
        if not isinstance(claim, Claim):
            raise Unreadable(f"{source} must hold zotheory.Claim only, got {claim!r:.200} ({type(claim).__name__})")
    if not every:
        raise Unreadable(f"{source} must hold at least one zotheory.Claim, got none")
    return every


def _distinct(found: Iterable[Claim]) -> list[Claim]:
    by_id: dict[str, Claim] = {}
    for claim in found:
        if by_id.setdefault(claim.id, claim) is not claim:
            raise Unreadable(f"two different claims have the id {claim.id!r}")
    return list(by_id.values())

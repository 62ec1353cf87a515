"""Bounds that are false on purpose: what controls are held against. The border of the true bound does not apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zotheory.evidence.claim import Bound


def changed(bound: Bound, **changes: Callable[[Any], Any]) -> Bound:
    """Return the bound of other arguments: ``changed(decrease, d=np.sqrt)`` has a wrong power of the dimension."""

    def false(*args: Any, **given: Any) -> Any:
        return _formula(bound)(*args, **given | {name: change(given[name]) for name, change in changes.items()})

    return false


def scaled(bound: Bound, factor: Any) -> Bound:
    """Return so many times the bound."""
    return lambda *args, **given: factor * _formula(bound)(*args, **given)


def _formula(bound: Bound) -> Callable[..., Any]:
    return getattr(bound, "formula", bound)

"""Why the claims hold: derivations about the code that ships, run by pytest and by ``python -m proofs``.

A module here has the name of the module in ``zotheory/theorems`` whose claims it derives. `proves` registers a
function that returns the finished `Derivation`. What they share is in ``lemmas``, ``directions``, ``overlap`` and
``reduced``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from zotheory.evidence.derivation import Derivation
from zotheory.theorems import ORDER

MODULES = ("directions", "reduced", *ORDER)
PROOFS: dict[str, Callable[[], Derivation]] = {}


def proves(claim: str) -> Callable[[Callable[[], Derivation]], Callable[[], Derivation]]:
    """Register the derivation of a claim."""

    def register(function: Callable[[], Derivation]) -> Callable[[], Derivation]:
        PROOFS[claim] = function
        return function

    return register


def load() -> dict[str, Callable[[], Derivation]]:
    """Import every proof module and return claim -> derivation."""
    for name in MODULES:
        import_module(f"proofs.{name}")
    return dict(PROOFS)

"""Two-point mirror descent, several pairs and other geometries: what is claimed."""

from __future__ import annotations

from zotheory.evidence.claims import Claim

CLAIMS: tuple[Claim, ...] = ()

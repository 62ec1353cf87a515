"""GLD on functions of few coordinates, and near them: what is claimed."""

from __future__ import annotations

from zotheory.evidence.claims import Claim

CLAIMS: tuple[Claim, ...] = ()

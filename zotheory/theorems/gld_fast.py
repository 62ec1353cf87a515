"""GLD-Fast: what is claimed."""

from __future__ import annotations

from zotheory.evidence.claims import Claim

CLAIMS: tuple[Claim, ...] = ()

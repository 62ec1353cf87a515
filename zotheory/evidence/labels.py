"""The record of what derivations earned: data beside the claims, a line a claim, read by the digest of a statement."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

RECORD = Path(__file__).parent.parent / "claims" / "proofs.jsonl"


@cache
def records(key: str) -> dict[str, dict[str, Any]]:
    """Return the entries {claim, digest, code, status, gaps, steps, ...} of ``python -m proofs``, by this key."""
    if not RECORD.exists():
        return {}
    lines = RECORD.read_text(encoding="utf-8").splitlines()
    return {entry[key]: entry for entry in map(json.loads, lines)}

"""The record of what derivations earned: data beside the claims, a line a claim, read by the digest of a statement."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

RECORD = Path(__file__).parent.parent / "claims" / "proofs.jsonl"


@cache
def records() -> dict[str, dict[str, Any]]:
    """Return digest -> {claim, status, gaps, statement, steps, ...}, as ``python -m proofs --write`` left it."""
    if not RECORD.exists():
        return {}
    lines = RECORD.read_text(encoding="utf-8").splitlines()
    return {entry["digest"]: entry for entry in map(json.loads, lines)}

"""What the record of a study holds of the runs that are done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def done(record: Path) -> dict[str, dict[str, Any]]:
    """Return the runs that came to their last piece, by name, in the order of the study."""
    runs = json.loads(record.read_text(encoding="utf-8"))["runs"]
    return {name: run for name, run in runs.items() if run["done"] == run["pieces"]}

"""Results in files: ``verification.json`` and ``verification.md`` in a folder, and others."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from zotheory.report.tables import page

if TYPE_CHECKING:
    from zotheory.evidence.findings import Report


def prepare(folder: Path) -> None:
    """Make the folder where there is none; OSError where it cannot be made or written to."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):
        pass


def as_json(report: Report) -> str:
    """Return the record of a report."""
    return json.dumps(report.as_dict(), indent=1)


def replace(path: Path, content: str) -> None:
    """Write a file whole or not at all; OSError where it cannot be written."""
    written = path.with_name(f".{path.name}.new")
    written.write_text(content, encoding="utf-8", errors="replace")
    written.replace(path)


def write(report: Report, folder: Path) -> None:
    """Write record and page, each of them whole or not at all.

    Those of an interrupted run are called ``verification.partial``: a complete result stays what it is.
    """
    name = "verification" if report.complete else "verification.partial"
    for path, content in ((f"{name}.json", as_json(report) + "\n"), (f"{name}.md", page(report))):
        replace(folder / path, content)

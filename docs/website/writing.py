"""How pages are written, for Sphinx to find."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

DOCS = Path(__file__).parent.parent
ROOT = DOCS.parent


def fill(folder: Path, pages: Mapping[str, str]) -> None:
    """Have a folder hold these pages, by their paths in it, and no others.

    What stands there already is left alone: Sphinx reads anew what is younger than its last build.
    """
    for file in (*folder.rglob("*.md"), *folder.rglob("*.rst")):
        if file.relative_to(folder).as_posix() not in pages:
            file.unlink()
    for name, text in pages.items():
        file = folder / name
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


def titled(said: str, line: str = "=") -> str:
    """Return a title in reStructuredText."""
    return f"{said}\n{line * len(said)}\n"

"""How pages are written, for Sphinx to find."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).parent.parent
ROOT = DOCS.parent


def keep(page: Path, text: str) -> None:
    """Write a page, unless that is what it says already: Sphinx reads anew what is younger than its last build."""
    if not page.is_file() or page.read_text(encoding="utf-8") != text:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")


def titled(said: str, line: str = "=") -> str:
    """Return a title in reStructuredText."""
    return f"{said}\n{line * len(said)}\n"

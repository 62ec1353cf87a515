"""Pages of the site whose files stand outside of ``docs``, and links to them and to files of the repository.

The pages link as a code host wants it: relative to their own files. Here such links are led to the pages of the site;
what is no page, a script or a record, Sphinx hands out as it is.
"""

from __future__ import annotations

import re
from os.path import relpath
from pathlib import Path
from typing import Any

from docs.website.writing import DOCS, ROOT, fill

ABOUT = DOCS / "about"
PAGES = {  # file -> page
    ROOT / "CONTRIBUTING.md": ABOUT / "contributing.md",
    ROOT / "CHANGELOG.md": ABOUT / "changelog.md",
    ROOT / "benchmarks" / "RESULTS.md": ABOUT / "benchmarks.md",
}
LINK = re.compile(r"(?<=\]\()(?!\w+:|#|/)([^)\s#]+)")  # the path of a link or a picture


def relinked(text: str, before: Path, after: Path) -> str:
    """Return a page that stood in one file with links as they must be in another, on the site."""

    def led(found: re.Match[str]) -> str:
        path = (before.parent / found[1]).resolve()
        return Path(relpath(PAGES.get(path, path), after.parent)).as_posix()

    return LINK.sub(led, text)


def relink(app: Any, page: str, source: list[str]) -> None:
    """Lead links of a page that Sphinx has read, and that is not written here, to pages of the site."""
    path = Path(app.env.doc2path(page))
    if path.suffix == ".md" and path.parent != ABOUT:
        source[0] = relinked(source[0], path, path)


def write() -> None:
    """Write the pages whose files stand elsewhere."""
    texts = {file: file.read_text(encoding="utf-8") for file in PAGES}
    fill(ABOUT, {page.name: relinked(texts[file], file, page) for file, page in PAGES.items()})

"""The order in which the site offers its pages: what a newcomer wants first stands first.

A page of ``docs`` that is not named here is found by ``tests/test_site.py``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docs.website.writing import DOCS

SECTIONS = {
    "Learn": (
        "install",
        "tutorials/minimise-my-function",
        "tutorials/state-my-claim",
        "tutorials/check-my-optimizer",
        "tutorials/read-a-proof",
        "tutorials/reproduce-a-figure",
    ),
    "Choose and use": (
        "choose",
        "minimise",
        "compare",
        "check-an-optimizer",
        "state-a-claim",
        "testing",
        "verdicts",
        "report",
        "faq",
    ),
    "Larger": ("many-replicas", "sweeps", "store", "backends", "large-runs", "scale"),
    "What is known": ("results", "errata", "figures", "audits", "networks"),
    "Theory": ("theory/index", "relative_loss", "reduced-coordinates"),
    "Reference": ("reference/index",),
    "About": (
        "map",
        "about/contributing",
        "about/changelog",
        "Benchmarks <about/benchmarks>",
        "compatibility",
        "citing",
    ),
}


def add(app: Any, page: str, source: list[str]) -> None:
    """Put the navigation below the first page, which is a page for readers of the repository too."""
    if page == app.config.root_doc:
        trees = (_tree(caption, pages) for caption, pages in SECTIONS.items())
        source[0] += "".join(trees)


def _tree(caption: str, entries: tuple[str, ...]) -> str:
    there = [entry for entry in entries if any(file.is_file() for file in files(entry))]
    return "\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *there, "```", ""]) if there else ""


def files(entry: str) -> list[Path]:
    """Return the files that an entry may lead to; it may have a title of its own: ``Benchmarks <about/benchmarks>``."""
    page = re.sub(r".*<(.*)>", r"\1", entry)
    return [DOCS / f"{page}.md", DOCS / f"{page}.rst"]

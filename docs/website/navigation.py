"""The order in which the site offers its pages: what a newcomer wants first stands first.

A page of ``docs`` that is not named here is found by ``tests/test_site.py``.
"""

from __future__ import annotations

from typing import Any

from docs.website.elsewhere import DOCS

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
    "About": ("map", "about/contributing", "about/changelog", "about/benchmarks", "compatibility", "citing"),
}


def add(app: Any, page: str, source: list[str]) -> None:
    """Put the navigation below the first page, which is a page for readers of the repository too."""
    if page == app.config.root_doc:
        trees = (_tree(caption, pages) for caption, pages in SECTIONS.items())
        source[0] += "".join(trees)


def _tree(caption: str, pages: tuple[str, ...]) -> str:
    there = [page for page in pages if (DOCS / f"{page}.md").is_file() or (DOCS / f"{page}.rst").is_file()]
    return "\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *there, "```", ""]) if there else ""

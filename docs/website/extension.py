"""The extension of Sphinx that makes the site: formulas, pages that stand elsewhere, theory, reference, links."""

from __future__ import annotations

from typing import Any

from docs.website import docstrings, elsewhere, formulas, links, navigation, reference, theory


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx what to do when."""
    for pages in (elsewhere, reference, theory):
        pages.write()
    app.connect("source-read", elsewhere.relink)
    app.connect("source-read", navigation.add)
    app.connect("autodoc-process-docstring", docstrings.process, priority=400)  # before Napoleon
    app.connect("autodoc-skip-member", docstrings.skip)
    app.connect("missing-reference", links.resolve)
    app.add_post_transform(links.Names)
    formulas.add(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

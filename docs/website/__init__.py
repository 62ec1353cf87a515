"""The extension of Sphinx that makes the site: formulas, pages that stand elsewhere, theory and reference."""

from __future__ import annotations

from typing import Any

from docs.website import docstrings, elsewhere, formulas, navigation, reference, theory


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx what to do when."""
    app.connect("builder-inited", lambda app: elsewhere.write())
    app.connect("builder-inited", lambda app: reference.write())
    app.connect("builder-inited", lambda app: theory.write())
    app.add_post_transform(theory.Linked)
    app.connect("source-read", elsewhere.relink)
    app.connect("source-read", navigation.add)
    app.connect("autodoc-process-docstring", docstrings.process, priority=400)  # before Napoleon
    app.connect("autodoc-skip-member", docstrings.skip)
    app.connect("missing-reference", docstrings.resolve)
    formulas.add(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

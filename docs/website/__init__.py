"""The extension of Sphinx that makes the site: formulas, pages that stand elsewhere, theory and reference."""

from __future__ import annotations

from typing import Any

from docs.website import elsewhere, formulas, navigation


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx what to do when."""
    app.connect("builder-inited", lambda app: elsewhere.write())
    app.connect("source-read", elsewhere.relink)
    app.connect("source-read", navigation.add)
    formulas.add(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

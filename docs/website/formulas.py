"""Formulas as MathML, which browsers read: no script, and no network.

A code host reads a dollar, a backtick, LaTeX, a backtick, a dollar; MyST takes the backticks for a part of the formula.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.util import logging

from zotheory.report.html.mathml import displayed, formula

LOGGER = logging.getLogger(__name__)


def inline(translator: Any, node: nodes.Element) -> None:
    """Write a formula in a line of text."""
    _write(translator, node, formula(node.astext().strip("`")))


def block(translator: Any, node: nodes.Element) -> None:
    """Write a formula that stands by itself, in a box that can be scrolled where it is too wide."""
    translator.body.append('<div class="formula">')
    _write(translator, node, displayed(node.astext()))
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def _write(translator: Any, node: nodes.Element, made: Markup) -> None:
    if made.startswith("<code>"):
        LOGGER.warning("a formula that the converter does not know: %s", node.astext(), location=node)
    translator.body.append(made)
    if isinstance(node, nodes.math):
        raise nodes.SkipNode


def add(app: Any) -> None:
    """Make this the way in which Sphinx writes formulas as HTML."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))

"""Texts as HTML: escaped, with code and links in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

from zotheory.extras import asked_of

with asked_of("report", "a report"):
    from markupsafe import Markup

CODE = re.compile(r"`([^`]+)`")


def prose(ids: Iterable[str]) -> Callable[[str], Markup]:
    """What shows a text: words in backticks as code, and names of claims that the page holds as links to them."""
    longest_first = sorted(map(re.escape, ids), key=len, reverse=True)
    known = re.compile(rf"(?<![\w.])({'|'.join(longest_first) or '(?!)'})(?!\.?\w)")  # (?!) is found nowhere
    link, code = Markup('<a href="#{}">{}</a>'), Markup("<code>{}</code>")

    def linked(text: str) -> Markup:
        parts = enumerate(known.split(text))
        return Markup("").join(link.format(anchor(part), part) if i % 2 else part for i, part in parts)

    def shown(text: str) -> Markup:
        parts = enumerate(map(linked, CODE.split(text)))
        return Markup("").join(code.format(part) if i % 2 else part for i, part in parts)

    return shown


def anchor(name: str) -> str:
    """Return the fragment that leads to a claim, as it stands in a link."""
    return quote(f"claim-{name}", safe="")


def breakable(name: str) -> Markup:
    """Return a name that a line may end within, after a dot or an underscore."""
    return Markup("<wbr>").join(re.split(r"(?<=[._])", name))


def power(exponent: float) -> str:
    """Return an exponent with two decimals, and a minus that is one."""
    return minus(f"{round(exponent, 2) + 0.0:.2f}")


def minus(text: object) -> str:
    """Return a text in which a hyphen before a number is a minus, but for that of an exponent of ten."""
    return re.sub(r"(?<!\w)-(?=\d)", "\u2212", str(text))

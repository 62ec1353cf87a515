"""Lines that fit the terminal: paragraphs, and texts cut to one line."""

from __future__ import annotations

import re
from shutil import get_terminal_size
from textwrap import wrap

WIDEST = 100  # of a paragraph: longer lines are hard to read
NARROWEST = 40
UNIT = re.compile(r"\d[\d.,]*(?:e[-+]?\d+)?|[^\W\d_]+|\s+|.")  # a number, a name or a sign: not broken


def width() -> int:
    """Return the columns of the terminal, or what the variable COLUMNS says; 80 in a pipe."""
    return max(NARROWEST, get_terminal_size().columns)


def filled(text: str, indent: str = "", first: str | None = None) -> str:
    """Return a paragraph; its first line is indented by `first`. No number is broken."""
    first, columns = indent if first is None else first, min(width(), WIDEST)
    room = columns - max(len(indent), len(first))
    words = " ".join(part for word in text.split(" ") for part in _parts(word, room))
    lines = wrap(words, columns, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
    return "\n".join(lines)


def _parts(word: str, room: int) -> list[str]:
    """Cut a word that no line holds, a formula for one, between its units, as late as possible."""
    parts = [""]
    for unit in UNIT.findall(word) if len(word) > room else [word]:
        if len(parts[-1]) + len(unit) > room and parts[-1]:
            parts.append("")
        parts[-1] += unit
    return parts


def cut(text: str, room: int) -> str:
    """Return the text in one line of at most `room` characters; three dots stand for what is left out."""
    line = " ".join(text.split())
    if len(line) <= room:
        return line
    begun = line[: room - 3]
    return f"{(begun.rpartition(' ')[0] or begun).rstrip(',;:')}..."

"""Formulas as MathML, from the LaTeX that statements print.

What the converter makes is read as XML, so that no more than a tree of elements gets through, and tidied: a word is one
identifier and not a row of letters, and relations are operators. No browser breaks a formula into lines, so a long one
is cut where it may be: each part is an element of its own, and lines end between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from zotheory.extras import asked_of

with asked_of("report", "a report"):
    from latex2mathml.converter import convert
    from markupsafe import Markup

LONG = 28  # letters, numbers and signs that always fit into a line
SHORT = 7  # elements
OPERATORS = {":": ":", ";": ";", "~": "\u223c", "\u00ac": "\u00ac"}  # the converter takes these for identifiers
IMPLIED = {("fence", "true"), ("stretchy", "true")}  # of brackets that have a form
TIGHT = {"|", "/"}  # of a length and of a quotient in a line, which browsers set far apart
BARE = re.compile(r"\\mathbb (\w)")  # the converter leaves this to an attribute that browsers no longer read
RELATIONS = {"\u2264", "<", "=", "\u2260", "\u2192", "\u21d2", "\u2227", "\u2228"}
SIGNS = {"+", "\u2212"}
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
TALL = {"mfrac", "msqrt", "munder", "munderover", "mtable"}
FACTORS = {"mi", "mn", "mfrac", "msqrt", "msub", "msup", "msubsup"}


@cache
def formula(latex: str) -> Markup:
    """Return a formula in a line of text as MathML; as LaTeX, where the converter does not know it."""
    return _converted(latex, "inline")


@cache
def displayed(latex: str) -> Markup:
    """Return a formula that stands by itself, also one of several lines, as `formula` does."""
    return _converted(latex.replace("{aligned}", "{split}"), "block")  # by the converter's name


def _converted(latex: str, display: str) -> Markup:
    braced = BARE.sub(r"\\mathbb{\1}", latex)
    try:
        row = _tidied(_stripped(ElementTree.fromstring(convert(braced, display=display))))
    except Exception:  # of the converter, which has no error of its own for what it does not know
        return Markup("<code>{}</code>").format(latex)
    while len(row) == 1 and row[0].tag == "mrow":
        row = row[0]
    if display == "block":
        return _written(row, display=display)
    return Markup("<wbr>").join(map(_written, _parts(list(row))))


def is_short(made: Markup) -> bool:
    """Whether several formulas like this one fit into a line: 0 < L."""
    return made.count("</") < SHORT


def _stripped(node: Element) -> Element:
    """The tree without namespace, and without attributes that say what holds of brackets anyway."""
    for one in node.iter():
        one.tag = one.tag.rpartition("}")[2]
        if "form" in one.attrib:
            one.attrib = {name: value for name, value in one.attrib.items() if (name, value) not in IMPLIED}
    return node


def _tidied(node: Element) -> Element:
    """The tree with words joined, rows of one child opened, and signs that relate as operators."""
    row = node.tag in ("mrow", "math")
    children = [_tidied(child) for child in (_joined(node) if row else node)]
    node[:] = _spaced(_enclosed(children)) if row else children
    if node.tag == "mrow" and len(children) == 1:
        return children[0]
    text = node.text or ""
    if node.tag == "mi" and text in OPERATORS:
        return _leaf("mo", OPERATORS[text])
    if node.tag == "mo" and text in TIGHT and "form" not in node.attrib:
        node.attrib |= {"lspace": "0", "rspace": "0"}
    if node.tag == "mo" and text.isalpha() and len(text) > 1:
        return _leaf("mi", text)  # max, log: names of functions
    if len(children) != PARTS.get(node.tag, len(children)):
        raise ValueError(f"{node.tag} of {len(children)} parts")
    return node


def _joined(row: Element) -> Iterator[Element]:
    """The children of a row: upright letters side by side are one identifier, which is upright by itself."""
    for upright, run in groupby(row, lambda child: child.tag == "mi" and child.get("mathvariant") == "normal"):
        letters = list(run)
        yield from [_leaf("mi", "".join(one.text or "" for one in letters))] if upright and letters[1:] else letters


def _enclosed(row: list[Element]) -> list[Element]:
    """What brackets hold, with the brackets: they grow where it is higher than a line only."""
    ends = row[:1] + row[-1:]
    if [end.get("form") for end in ends] == ["prefix", "postfix"] and not any(
        node.tag in TALL for one in row for node in one.iter()
    ):
        for end in ends:
            end.set("stretchy", "false")
    return row


def _spaced(row: Iterable[Element]) -> list[Element]:
    """The children of a row, with a space between factors where one of them is a word."""
    spaced: list[Element] = []
    for node in row:
        before = spaced[-1] if spaced else node
        if spaced and {before.tag, node.tag} <= FACTORS and (_is_word(before) or _is_word(node)):
            spaced.append(Element("mspace", width="0.2em"))
        spaced.append(node)
    return spaced


def _is_word(node: Element) -> bool:
    """Whether a factor is, or begins with, an identifier of several letters."""
    first = next((leaf for leaf in node.iter() if leaf.text), node)
    return node.tag in ("mi", "msub", "msup", "msubsup") and len(first.text or "") > 1


def _leaf(tag: str, text: str) -> Element:
    made = Element(tag)
    made.text = text
    return made


def _parts(row: list[Element]) -> list[list[Element]]:
    """A formula in parts that a line may end between: before relations and signs of sums, after arguments by name."""
    if sum(1 for node in row for _ in node.iter()) <= LONG:
        return [row]
    parts: list[list[Element]] = [[]]
    depth = 0
    for node, after in zip(row, [*(other.text for other in row[2:]), None, None], strict=True):
        sign = node.text if node.tag == "mo" else None
        depth += {"(": 1, ")": -1}.get(sign or "", 0)
        if parts[-1] and not depth and sign in RELATIONS | SIGNS:
            node.set("form", "infix")  # though it stands first in its part
            parts.append([])
        parts[-1].append(node)
        if sign == "," and after == "=":
            parts[-1].append(Element("mspace", width="0.25em"))
        if sign == ":" or (sign == "," and after == "="):
            parts.append([])
    return [part for part in parts if part]


def _written(part: Iterable[Element], **attributes: str) -> Markup:
    math = Element("math", attributes)
    math.extend(part)
    return Markup(ElementTree.tostring(math, encoding="unicode"))

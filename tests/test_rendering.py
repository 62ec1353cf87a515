"""Pages as a code host renders them: what arrives at the reader is what was written."""

import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from latex2mathml.converter import convert
from markdown_it import MarkdownIt

from zotheory.claims import select
from zotheory.errata import LEDGER
from zotheory.report.tables import as_markdown, markdown

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [
    *(path for room in (ROOT, DOCS, DOCS / "tutorials", ROOT / "benchmarks") for path in sorted(room.glob("*.md"))),
    ROOT / "zotheory" / "problems" / "data" / "README.md",
]
by_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
FENCED = re.compile(r"^```math\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"\$`([^`]+)`\$")


def flat(tokens):
    """All tokens of a page, those inside of others too."""
    for token in tokens:
        yield token
        yield from flat(token.children or ())


@cache
def rendered(text):
    return list(flat(RENDERER.parse(text)))


def text_of(page):
    return page.read_text(encoding="utf-8")


def inline_formulas(tokens):
    """Code between dollars: a formula in a line of text, as a code host sees it."""
    for before, code, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if code.type == "code_inline" and before.content.endswith("$") and after.content.startswith("$"):
            yield code.content


@by_page
def test_no_markdown_is_taken_for_html(page):
    """As it is up to the next empty line, where a line of HTML stands right above it."""
    for token in rendered(text_of(page)):
        if token.type == "html_block":
            assert not re.search(r"\\[_*|<>]|^> |^#", token.content, re.MULTILINE), token.content


# --- formulas --------------------------------------------------------------------------------------------------------


def require_latex(formula):
    """It is LaTeX: every command known, every brace closed, every fraction of two parts."""
    bare = re.sub(r"\\[{}\\]", "", formula)
    depth = [bare[: i + 1].count("{") - bare[: i + 1].count("}") for i in range(len(bare))]
    assert not depth or (min(depth) >= 0 and depth[-1] == 0), f"braces of {formula}"
    known = formula.replace("{aligned}", "{split}")  # the same, by the name that the converter knows
    made = ElementTree.fromstring(convert(known))  # raises where an argument or an end is missing
    for node in made.iter():
        assert "\\" not in (node.text or ""), f"unknown command in {formula}"
        assert node.tag.rpartition("}")[2] != "mfrac" or len(node) == 2, f"fraction of {formula}"
    assert "&" not in "".join(made.itertext()) or "\\&" in formula, f"alignment without an environment in {formula}"


@pytest.mark.parametrize(
    "formula",
    [r"{x", "x}", r"\frac{1}", r"\Foo x", r"\left( x", r"\begin{aligned} x", "x^", r"\sqrt", "x_1_2", "a & b"],
)
def test_a_formula_that_is_none_is_seen(formula):
    with pytest.raises(Exception, match=r".*"):
        require_latex(formula)


@by_page
def test_formulas_arrive_as_they_were_written(page):
    text, tokens = text_of(page), rendered(text_of(page))
    fenced = [token.content for token in tokens if token.type == "fence" and token.info == "math"]
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    inline = [" ".join(formula.split()) for formula in INLINE.findall(prose)]
    assert fenced == FENCED.findall(text)
    assert list(inline_formulas(tokens)) == inline
    for formula in (*fenced, *inline):
        require_latex(formula)
    assert all("\n" not in formula for formula in INLINE.findall(prose))
    dollars = sum(token.content.count("$") for token in tokens if token.type == "text")
    assert dollars == 2 * len(inline) + text.count(r"\$")  # none that would be taken for a formula, and eaten into


@by_page
def test_a_formula_touches_no_word_before_it(page):
    """There a code host takes the dollar for a letter."""
    assert re.findall(r"\w\$`[^`]+`\$|\$`[^`]+`\$\w", text_of(page)) == []


def test_statements_are_latex():
    for claim in select("two_point"):
        for line in claim.statement.latex().split("\n\n"):
            require_latex(line.strip().removeprefix(r"\[").removesuffix(r"\]"))


# --- tables, links, words --------------------------------------------------------------------------------------------


@by_page
def test_rows_of_a_table_have_as_many_cells_as_its_head(page):
    lines = text_of(page).splitlines()
    tables = [lines[slice(*token.map)] for token in rendered(text_of(page)) if token.type == "table_open"]
    for table in tables:
        cells = [len(re.findall(r"(?<!\\)\|", line.strip().strip("|"))) for line in table]
        assert set(cells) == {cells[0]}, table[0]
    begun = [line for line in lines if re.match(r"\|(\s*:?-+:?\s*\|)+$", line)]
    assert len(tables) == len(begun)  # none that arrives as a paragraph


def slug(heading):
    """The anchor that a code host gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(page):
    tokens = RENDERER.parse(text_of(page))
    heads = [after for before, after in pairwise(tokens) if before.type == "heading_open"]
    return {slug("".join(part.content for part in head.children)) for head in heads}


@by_page
def test_links_and_pictures_lead_somewhere(page):
    for token in rendered(text_of(page)):
        target = token.attrs.get("href") or token.attrs.get("src")
        if target is None or target.startswith("https://"):
            continue
        path, _, anchor = str(target).partition("#")
        to = (page.parent / path).resolve() if path else page
        assert to.exists(), target
        assert to.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(to), target


@by_page
def test_no_mark_is_left_over(page):
    """A backtick or a link that arrives as itself has opened or closed nothing."""
    for token in rendered(text_of(page)):
        if token.type == "text":
            assert "`" not in token.content, token.content
            assert "](" not in token.content, token.content


@by_page
def test_levels_of_headings_are_not_skipped(page):
    levels = [int(token.tag[1]) for token in rendered(text_of(page)) if token.type == "heading_open"]
    assert Counter(levels)[1] == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def shown(text):
    """What a reader sees of a text."""
    return "".join(token.content for token in rendered(text) if token.type in ("text", "code_inline"))


def test_sentences_arrive_as_they_were_written():
    texts = [text for claim in select() for text in (claim.says, claim.source, *claim.assumptions)]
    texts += [text for entry in LEDGER for text in (entry.source, entry.statement, entry.ours, entry.evidence)]
    texts += [control.falsehood for claim in select() for control in claim.controls]
    texts += [f"{kind} *x* _y_ <b> $z$ | a\\b `f(*x)` x* and y*" for kind in ("-", "see", "#1")]
    for text in texts:
        written = text.replace("`", "")
        assert shown("a " + as_markdown(text)) == f"a {written}"
        cells = rendered(markdown(["head", "other"], [[as_markdown(text), "end"]]))
        arrived = [t for t in cells if t.type == "inline"][2]
        assert "".join(part.content for part in arrived.children) == " ".join(written.split())

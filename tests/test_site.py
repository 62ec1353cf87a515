"""The documentation site: what is on it is known without Sphinx; slow tests build it, and look at it in a browser."""

import re
import subprocess
import sys
import threading
import time
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zotheory as zo
import zotheory.problems.networks
import zotheory.testing
from docs.website import commands, contents, docstrings, elsewhere, navigation, reference, theory, writing
from tests import api
from tests.test_html_browser import CHROMIUM, DRIVER, all_of, browser, see  # noqa: F401  (a fixture, too)
from zotheory.claims import ORDER, select
from zotheory.evidence import derivation
from zotheory.report.html.mathml import displayed
from zotheory.report.tables import WORDS, as_markdown

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted({*DOCS.glob("*.md"), *(DOCS / "tutorials").glob("*.md")})

# --- what stands on it -----------------------------------------------------------------------------------------------


def test_every_page_can_be_found():
    """In the navigation, once; so can the pages that are written when the site is built."""
    named = [navigation.files(entry)[0] for section in navigation.SECTIONS.values() for entry in section]
    made = {*elsewhere.PAGES.values(), reference.REFERENCE / "index.md", theory.THEORY / "index.md"}
    assert {*PAGES, *made} - {*named, DOCS / "index.md"} == set()
    assert len(named) == len(set(named))


ENTRY = re.compile(r"^\.\. (?:auto[a-z]+|py:data):: ([\w.]+)(?:\n +:module: ([\w.]+))?", re.MULTILINE)


def entries():
    """What has an entry in the reference, by its full name."""
    text = "".join(map(reference.text, (*contents.PAGES, *reference.theorems())))
    return [f"{module}.{name}" if module else name for name, module in ENTRY.findall(text)]


def test_modules_of_the_reference_are_those_that_are_public_or_provisional():
    pages = (*contents.PAGES, *reference.theorems())
    described = {f"zotheory.{name}" for page in pages for name in page.names if reference.file_of(name)}
    _, provisional = api.rows()
    assert described == {*api.modules(), *provisional} - {"zotheory"}


def test_every_public_name_is_in_the_reference_once():
    public = {f"zotheory.{name}" for name in (*zo.__all__, *zo.LATER)}
    public |= {f"zotheory.testing.{name}" for name in zotheory.testing.__all__}
    public |= {f"zotheory.theorems.{family}.{bound}" for family in ORDER for bound in bounds(family)}
    found = entries()
    assert public - set(found) == set()
    assert len(found) == len(set(found))


def bounds(family):
    module = import_module(f"zotheory.theorems.{family}")
    own = {name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__}
    return {name for name in own if not name.startswith("_")}


def test_public_names_are_those_of_all_or_those_that_a_file_defines():
    assert set(reference.public("problems.networks")) == set(zo.problems.networks.__all__)
    assert set(reference.public("radii")) == set(zo.radii.__all__)
    assert not hasattr(derivation, "__all__")
    assert {"Derivation", "NotProved", "Step"} <= set(reference.public("evidence.derivation"))
    assert "RULES" not in reference.public("evidence.derivation")


def test_a_page_of_the_reference_names_each_thing_by_its_kind():
    (page,) = [page for page in contents.PAGES if page.file == "parts"]
    text = reference.text(page)
    assert ".. autoclass:: zotheory.directions.Law\n   :members:" in text
    assert ".. autofunction:: zotheory.radii.one_fifth\n" in text
    assert ".. py:data:: sphere\n   :module: zotheory.directions\n   :type: Law" in text
    assert "Positive, in units of length." in reference.text(contents.Page("", "", "", ("quantities",)))


def test_the_command_line_is_what_help_says():
    text = commands.command_line()
    named = re.findall(r"^zotheory (\w+)$", text, re.MULTILINE)
    assert named == ["list", "show", "verify", "report", "run", "compare", "check", "errata"]
    assert text.count("usage: zotheory ") == 1 + len(named)


# --- theory ----------------------------------------------------------------------------------------------------------


def test_every_claim_has_a_row_on_record():
    """Of words that verdicts have; that it says what a verification finds is seen in `tests/test_readme.py`."""
    assert list(theory.recorded()) == [claim.id for claim in select()]
    for claim in select():
        row = theory.recorded()[claim.id]
        assert re.split(r",| \(", row["verdict"])[0] in WORDS.values()
        assert float(row["measured/bound"]) > 0


def test_a_page_says_all_of_a_claim():
    text, (claim,) = theory.page("gld_search"), select("gld_search.tangent_ball")
    (part,) = [part for part in re.split(r"(?=^\([\w.]+\)=$)", text, flags=re.MULTILINE) if f"({claim.id})=" in part]
    row = theory.recorded()[claim.id]
    for said in (row["verdict"], row["rests on"], row["controls refuted"], f"zotheory verify {claim.id}"):
        assert said in part
    for control in claim.controls:
        assert as_markdown(control.falsehood) in part
    assert part.count("$`") > len(claim.statement.given)
    assert f"Its {len(claim.record['steps'])} steps" in part


def test_a_claim_without_a_record_is_said_to_have_none(monkeypatch):
    monkeypatch.setattr(theory, "recorded", dict)
    assert theory.page("lower_bounds").count("No verification of this claim is on record.") == 2


# --- links and docstrings --------------------------------------------------------------------------------------------


def paths(text):
    return elsewhere.LINK.findall(text)


@pytest.mark.parametrize("file", elsewhere.PAGES, ids=lambda path: path.name)
def test_links_of_a_page_that_moves_lead_where_they_led(file):
    text, page = file.read_text(encoding="utf-8"), elsewhere.PAGES[file]
    before = [(file.parent / path).resolve() for path in paths(text)]
    after = [(page.parent / path).resolve() for path in paths(elsewhere.relinked(text, file, page))]
    assert after == [elsewhere.PAGES.get(path, path) for path in before]
    assert all(path.exists() for path in before)


def test_links_to_pages_that_stand_elsewhere_are_led_to_the_site():
    place = DOCS / "map.md"
    text = "[a](../CONTRIBUTING.md#x), ![b](../figures/p.png), [c](minimise.md#noise), [d](https://e.org/f), [g](#h)"
    told = elsewhere.relinked(text, place, place)
    assert told == text.replace("../CONTRIBUTING.md", "about/contributing.md")


def test_a_folder_holds_the_pages_that_are_written_and_no_others(tmp_path):
    writing.fill(tmp_path, {"a.md": "A", "b/c.rst": "C"})
    (old,) = tmp_path.glob("a.md")
    before = old.stat().st_mtime_ns
    writing.fill(tmp_path, {"a.md": "A", "d.md": "D"})
    assert {path.name: path.read_text() for path in tmp_path.rglob("*.*")} == {"a.md": "A", "d.md": "D"}
    assert old.stat().st_mtime_ns == before


def test_docstrings_are_text_with_mathematics():
    lines = [
        *("Mean of |x|^2 for x*, *not so* y*: see `run` and `x`:", "", "    d  dimension", ""),
        *("Method", "------", "Because", "- one;", "- two.", "", "Parameters", "----------", "x : array"),
        *("", ">>> f(a * b)", "1", ""),
    ]
    assert docstrings.rest(lines, {"x"}) == [
        *(r"Mean of \|x\|^2 for x\*, *not so* y\*: see :py:obj:`run` and ``x``:", ""),
        *(".. code-block:: text", "", "    d  dimension", ""),
        *(".. rubric:: Method", "", "Because", "", "- one;", "- two.", ""),
        *("Parameters", "----------", "x : array", "", ">>> f(a * b)", "1", ""),
    ]


@given(st.lists(st.text(st.sampled_from("ab |*`_- >\\:.d"), max_size=12), max_size=8))
def test_no_docstring_is_too_odd_and_no_word_is_lost(lines):
    letters = re.compile(r"[abd]")
    made = "".join(docstrings.rest(lines))
    for added in (".. code-block:: text", ".. code-block:: python", ":py:obj:"):
        made = made.replace(added, "")
    assert letters.findall(made) == letters.findall("".join(lines))


def test_formulas_that_stand_alone():
    made = displayed(r"\begin{aligned} a &= \mathbb E |x|/d,\\ b &= 2 \end{aligned}")
    assert made.startswith('<math display="block"><mtable')
    assert made.count("<mtr") == 2
    assert "\U0001d53c" in made
    assert made.count(' lspace="0" rspace="0">') == 3
    assert displayed(r"\nonsense{") == r"<code>\nonsense{</code>"


# --- the site itself -------------------------------------------------------------------------------------------------

built = pytest.mark.skipif(not (find_spec("sphinx") and find_spec("furo")), reason="needs the extra docs")
together = pytest.mark.xdist_group("site")  # it is built once


class Read(HTMLParser):
    """The links, the anchors and the addresses that a browser would fetch, of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors, self.fetched = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if "id" in given:
            self.anchors.add(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in ("img", "script", "link", "iframe", "source"):
            self.fetched.append(given.get("src") or given.get("href") or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    place = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "-n", "--keep-going", "-q", "docs", str(place)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="module")
def pages(site):
    return {path.resolve(): Read(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


@built
@together
@pytest.mark.slow
def test_links_lead_somewhere(pages, site):
    """Within the site: to a file, and to an anchor that is on it."""
    lost = []
    for page, read in pages.items():
        for link in read.links:
            parts = urlsplit(link)
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if parts.scheme or page.name in ("search.html", "genindex.html"):
                continue
            found = pages.get(target)
            if not (target.is_file() and (not parts.fragment or found is None or parts.fragment in found.anchors)):
                lost.append((page.relative_to(site.resolve()).as_posix(), link))
    assert lost == []
    assert sum(len(read.links) for read in pages.values()) > 1000


@built
@together
@pytest.mark.slow
def test_nothing_comes_from_elsewhere(pages, site):
    fetched = {address for read in pages.values() for address in read.fetched}
    assert fetched
    assert [address for address in fetched if urlsplit(address).netloc] == []
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"(?:@import|url\()\s*['\"]?(?:https?:)?//[^)]*", styles) == []


@built
@together
@pytest.mark.slow
def test_all_names_and_all_claims_are_on_it(pages, site):
    anchors = set().union(*(read.anchors for read in pages.values()))
    assert [name for name in entries() if not {name, f"module-{name}"} & anchors] == []
    for family in ORDER:
        text = (site / "theory" / f"{family}.html").read_text(encoding="utf-8")
        claims = select(family)
        assert text.count("<math") > sum(len(claim.statement.given) for claim in claims if claim.statement is not None)
        assert all(claim.id in text for claim in claims)


@pytest.fixture(scope="module")
def served(site):
    """The site at an address, as the search wants it."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    handler.log_message = lambda *arguments: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


looked_at = pytest.mark.skipif(not (find_spec("selenium") and CHROMIUM and DRIVER), reason="no browser, or no Selenium")
WIDTHS = ((1400, "light"), (1400, "dark"), (420, "light"))
SHOWN = ("index", "minimise", "relative_loss", "results", "audits", "theory/gld_search", "reference/run", "figures")


@built
@looked_at
@together
@pytest.mark.slow
@pytest.mark.parametrize("word", ["gld_search.one_step", "Lipschitz", "one_fifth", "maxfev"])
def test_the_search_finds(browser, served, word):  # noqa: F811
    browser.get(f"{served}/search.html?q={word}")
    deadline = time.monotonic() + 20
    while not all_of(browser, "ul.search li a") and time.monotonic() < deadline:
        time.sleep(0.2)
    assert all_of(browser, "ul.search li a")


@built
@looked_at
@together
@pytest.mark.slow
@pytest.mark.skipif(not find_spec("axe_core_python"), reason="no axe")
@pytest.mark.parametrize("page", SHOWN)
def test_axe_finds_nothing_to_mend(browser, served, page):  # noqa: F811
    from axe_core_python.selenium import Axe

    found = []
    for width, scheme in WIDTHS:
        see(browser, width=width, scheme=scheme)
        browser.get(f"{served}/{page}.html")
        time.sleep(0.5)
        wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert browser.execute_script(wide) <= 0, f"{page} is wider than a window of {width}"
        rules = Axe().run(browser)["violations"]
        found += [(width, scheme, rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in rules]
    assert found == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []

"""The page of a report in a real browser: headless Chromium, driven by Selenium (extra ``browser``).

Debian's packages chromium and chromium-driver bring both programs. axe checks what can be known of accessibility.
"""

import dataclasses
import re
import shutil
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import pytest

import zotheory as zo
from tests.pages import every_kind, hostile
from zotheory.claims import find, select
from zotheory.report.html.audits import read
from zotheory.report.html.page import page

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (find_spec("selenium") and CHROMIUM and DRIVER), reason="no browser, or no Selenium"),
]
NAME = "gld_search.tangent_ball"


@pytest.fixture(scope="module")
def browser():
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    report = zo.verify([*every_kind(), find(NAME), hostile()])
    file = tmp_path_factory.mktemp("report") / "report.html"
    audits = read(Path(__file__).parent.parent / "benchmarks" / "audits.json")[:3]
    file.write_text(page(report, audits=audits), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def opened(browser, address):
    """The page as somebody finds it who was never there, in a wide window."""
    see(browser)
    browser.get(address)
    browser.execute_script("localStorage.clear()")
    browser.get(address)
    return browser


def see(browser, width=1400, height=900, scheme="light", media="screen"):
    browser.set_window_size(width, height)
    emulated = {"media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", emulated)


def all_of(browser, selector):
    return browser.find_elements("css selector", selector)


def shown(browser, selector):
    return [element for element in all_of(browser, selector) if element.is_displayed()]


def type_in(browser, field, text):
    (found,) = all_of(browser, f"#{field}")
    found.send_keys(text)


# --- what a reader does ----------------------------------------------------------------------------------------------


def test_nothing_is_complained_of_and_nothing_fetched(opened):
    """Also where a claim tries to run a script, and to load a picture."""
    assert [entry for entry in opened.get_log("browser") if entry["level"] != "INFO"] == []
    sent = [e["message"] for e in opened.get_log("performance") if '"Network.requestWillBeSent"' in e["message"]]
    assert sent
    assert not [message for message in sent if '"url":"http' in message]
    assert opened.execute_script("return document.querySelectorAll('img, article script').length") == 0


def test_the_filter_shows_what_fits_everywhere(opened):
    everything = len(all_of(opened, "article"))
    assert opened.find_element("id", "count").text == f"{everything} of {everything} claims"
    type_in(opened, "words", "KINDS small")
    for selector in ("article", ".index tbody tr", "nav li"):
        assert len(shown(opened, selector)) == 5
    assert opened.find_element("id", "count").text == f"5 of {everything} claims"
    assert [heading.text for heading in shown(opened, "nav h2")] == ["kinds", "Audits of optimizers"]
    type_in(opened, "verdict", "undecided")
    assert [article.get_attribute("id") for article in shown(opened, "article")] == ["claim-kinds.undecided"]
    type_in(opened, "words", "\ue00c")  # escape
    assert len(shown(opened, "article")) == everything
    type_in(opened, "proof", "steps checked")
    assert [article.get_attribute("id") for article in shown(opened, "article")] == [f"claim-{NAME}"]
    type_in(opened, "words", "no such words")
    assert shown(opened, "article, .index tbody tr, nav li") == []
    assert len(shown(opened, "#audits .audit")) == 3  # they are no claims


def test_a_permalink_leads_to_its_claim(opened, address):
    for name in (NAME, hostile().id):
        opened.get("about:blank")
        opened.get(f"{address}#{quote(f'claim-{name}', safe='')}")
        time.sleep(0.3)
        where = f"document.getElementById({f'claim-{name}'!r}).getBoundingClientRect().top"
        assert 0 <= opened.execute_script(f"return {where}") < 120


def test_a_link_to_a_hidden_claim_shows_it(opened):
    type_in(opened, "words", "kinds.grows")
    assert [article.get_attribute("id") for article in shown(opened, "article")] == ["claim-kinds.grows"]
    shown(opened, "article .sentence a")[0].click()
    assert opened.find_element("id", "claim-kinds.supported").is_displayed()
    assert opened.execute_script("return location.hash") == "#claim-kinds.supported"


def test_light_and_dark_are_the_systems_until_somebody_chooses(opened, address):
    def dark():
        red, *_ = map(
            int, opened.execute_script("return getComputedStyle(document.body).backgroundColor")[4:-1].split(",")
        )
        return red < 64, opened.find_element("id", "theme").get_attribute("aria-pressed")

    assert dark() == (False, "false")
    see(opened, scheme="dark")
    assert dark() == (True, "true")
    opened.find_element("id", "theme").click()
    assert dark() == (False, "false")
    opened.get(address)
    assert dark() == (False, "false")
    see(opened, scheme="light")
    opened.find_element("id", "theme").click()
    assert dark() == (True, "true")


def test_keys_reach_everything_and_show_where_they_are(opened):
    from selenium.webdriver.common.action_chains import ActionChains

    seen = []
    for _ in range(12):
        ActionChains(opened).send_keys("\ue004").perform()  # tab
        here = opened.switch_to.active_element
        outline = here.value_of_css_property("outline-style"), here.value_of_css_property("outline-width")
        assert outline == ("solid", "3px")
        assert here.is_displayed()
        seen.append(here.get_attribute("id") or here.text)
    assert seen[0] == "Skip to the report"
    assert [name for name in seen if name in ("theme", "words", "verdict", "proof")] == [
        "theme",
        "words",
        "verdict",
        "proof",
    ]
    opened.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
    opened.find_element("css selector", ".skip").send_keys("\ue007")  # enter
    assert opened.switch_to.active_element.get_attribute("id") == "content"


def test_what_is_too_wide_can_be_scrolled_by_keys(opened):
    see(opened, width=420)
    opened.execute_script(f"location.hash = 'claim-{NAME}'")
    time.sleep(0.5)
    wide = (
        "return [...document.querySelectorAll('[id$=tangent_ball] .scroll')].filter(e => e.scrollWidth > e.clientWidth)"
    )
    found = opened.execute_script(wide)
    assert found
    for element in found:
        assert element.get_attribute("tabindex") == "0"
        assert element.get_attribute("aria-label")
    page_itself = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert opened.execute_script(page_itself)


def test_formulas_are_laid_out(opened):
    """As mathematics: a fraction is higher than a letter, and the letters of a word are one."""
    opened.execute_script(f"location.hash = 'claim-{NAME}'")
    time.sleep(0.3)
    height = "return document.querySelector('article[id$=tangent_ball] {}').getBoundingClientRect().height"
    assert opened.execute_script(height.format("mfrac")) > 1.3 * opened.execute_script(height.format("mi")) > 0


def test_print_has_the_claims_and_none_of_the_controls(opened):
    see(opened, media="print", scheme="dark")
    assert shown(opened, "nav, .top, .skip") == []
    assert len(shown(opened, "article")) == len(all_of(opened, "article"))
    assert opened.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.skipif(not find_spec("axe_core_python"), reason="no axe")
@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (1400, "dark"), (420, "light")])
def test_axe_finds_nothing_to_mend(opened, width, scheme):
    from axe_core_python.selenium import Axe

    see(opened, width=width, scheme=scheme)
    opened.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
    opened.execute_script(
        "for (const one of document.querySelectorAll('article')) one.style.contentVisibility = 'visible'"
    )
    time.sleep(0.5)
    found = Axe().run(opened)["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in found] == []


# --- all claims ------------------------------------------------------------------------------------------------------


def instant(claim):
    """A claim whose experiments and controls cost no time: the same words, and numbers that are made up."""

    def quick(one, of):
        return dataclasses.replace(one, measure=lambda bound, replicas, seed: zo.Value(of, 1.0))

    but = {c.id.removeprefix(f"{claim.id}."): (c.falsehood, None, quick(c.experiment, 2.0)) for c in claim.controls}
    return dataclasses.replace(claim, on=[quick(one, 0.3) for one in claim.on], but=but)


def test_the_page_of_all_claims_is_small_and_there_at_once(browser, tmp_path):
    """Its size, and the processor time that the browser's thread takes to lay it out, whatever else runs."""
    said = (Path(__file__).parent.parent / "docs" / "report.md").read_text(encoding="utf-8")
    ((size, seconds),) = re.findall(r"less than (\d+) MB, .* less than (\d+) second of processor time", said)
    file = Path(tmp_path) / "all.html"
    audits = read(Path(__file__).parent.parent / "benchmarks" / "audits.json")
    file.write_text(page(zo.verify([instant(claim) for claim in select()]), audits=audits), encoding="utf-8")
    assert 1e6 < file.stat().st_size < float(size) * 1e6
    see(browser)
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    browser.get("about:blank")
    browser.get(file.as_uri())
    spent = {one["name"]: one["value"] for one in browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]}
    assert len(all_of(browser, "article")) == len(select())
    assert 0.01 < spent["ThreadTime"] < float(seconds)

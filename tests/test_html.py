"""The page of a report: what stands on it, that it is sound, and that it needs nothing beside it."""

import base64
import errno
import hashlib
import json
import re
import shlex
import sys
from functools import partial
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

import zotheory as zo
from tests.pages import HOSTILE, Page, claim, every_kind, hostile, table, uniform, words
from zotheory import cli
from zotheory.claims import find
from zotheory.errata import about
from zotheory.report.html import plots
from zotheory.report.html.audits import read
from zotheory.report.html.mathml import formula
from zotheory.report.html.page import page
from zotheory.report.html.prose import prose
from zotheory.report.tables import number

ROOM = Path(zo.__file__).parent / "report" / "html"


@pytest.fixture(scope="module")
def verified():
    """Claims of every verdict, one that is shipped, and one that would do harm."""
    return zo.verify([*every_kind(), find("gld_search.tangent_ball"), hostile()])


@pytest.fixture(scope="module")
def made(verified):
    return Page(page(verified))


def article(made, name):
    (found,) = made.find("article", id=f"claim-{name}")
    return found


# --- the page is sound -----------------------------------------------------------------------------------------------


def test_names_are_unique_and_links_arrive(made):
    ids = [e.attributes["id"] for e in made.elements if "id" in e.attributes]
    assert len(set(ids)) == len(ids) > 20
    assert not [name for name in ids if re.search(r"\s", name)]
    for element in made.elements:
        for name in ("for", "aria-labelledby", "aria-describedby"):
            assert element.attributes.get(name, ids[0]) in ids
        if element.tag == "a":
            assert element.attributes["href"][0] == "#"
            assert unquote(element.attributes["href"][1:]) in ids


def test_it_asks_for_nothing_beside_it(made):
    asking = ("src", "srcset", "href", "action", "data", "poster", "style", "background", "cite", "ping")
    asked = {(e.tag, e.attributes[name]) for e in made.elements for name in asking if name in e.attributes}
    assert {(tag, address) for tag, address in asked if not address.startswith("#")} == {("link", "data:,")}
    (style,) = made.find("style")
    assert not re.search(r"url\(|@import|//", "".join(style.text))
    assert not [e for e in made.elements if any(name.startswith("on") for name in e.attributes)]


def test_it_forbids_itself_what_is_not_its_own(made):
    """Its policy names the digests of its one script and its one style, and allows nothing else."""
    (meta,) = made.find("meta", **{"http-equiv": "Content-Security-Policy"})
    policy = dict(part.split(maxsplit=1) for part in meta.attributes["content"].split(";"))
    for kind in ("script", "style"):
        (element,) = made.find(kind)
        digest = base64.b64encode(hashlib.sha256("".join(element.text).encode()).digest()).decode()
        assert policy.pop(f"{kind}-src") == f"'sha256-{digest}'"
    assert policy == {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}


def test_what_a_claim_says_is_text_and_no_more(made):
    assert made.find("img") == made.find("b", article(made, hostile().id)) == made.find("i") == made.find("u") == []
    here, said = article(made, hostile().id), HOSTILE.replace("`", "")
    sentence, source = (made.find("p", here, **{"class": name})[0] for name in ("sentence", "source"))
    assert words(sentence) == said
    assert words(source).startswith(said)
    assert said in [words(item) for item in made.find("li", here)]  # the assumption
    assert table(made, here)[1][0] == HOSTILE  # the experiment
    assert "a made-up <error> & no other" in words(made.find("pre", here)[0])
    assert words(made.find("h3", id=f"name-{hostile().id}")[0]) == hostile().id


def test_landmarks_and_headings_are_in_order(made):
    assert [len(made.find(tag)) for tag in ("main", "nav", "header", "footer", "h1")] == [1] * 5
    levels = [int(e.tag[1]) for e in made.elements if re.fullmatch("h[1-6]", e.tag) and not _beside(e)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert made.elements[[e.tag for e in made.elements].index("a")].attributes == {"class": "skip", "href": "#content"}
    for cell in made.find("th"):
        assert cell.attributes["scope"] in ("col", "row", "rowgroup")
    for picture in made.find("svg"):
        assert picture.attributes.get("aria-hidden") == "true" or picture.attributes["aria-label"]


def _beside(element):
    return any(e.tag == "nav" for e in element.inside)


# --- what stands on it -----------------------------------------------------------------------------------------------


def test_every_claim_stands_in_the_index_with_its_verdict(made, verified):
    (index,) = made.find("table", **{"class": "index"})
    for (name, says, verdict, proof, ratio, controls), found in zip(
        table(made, index)[1:], _families(verified), strict=True
    ):
        record = next(one for one in verified.as_dict()["claims"] if one["id"] == found)
        own = [c.refuted for c in verified.controls if c.control.of == found]
        assert (name, says) == (record["id"], " ".join(record["says"].split()))
        assert (verdict, proof, ratio) == (record["verdict"], record["proof"], number(record["ratio"]))
        assert controls == (f"{sum(own)} of {len(own)}" if own else "none")
    verdicts = {record["verdict"] for record in verified.as_dict()["claims"]}
    assert verdicts == {"supported", "not refuted", "refuted", "undecided", "failed"}
    offered = [words(option) for option in made.find("option", made.find("select", id="verdict")[0])]
    assert offered == ["any", "supported", "not refuted", "undecided", "failed", "refuted"]


def _families(verified):
    """Names of the claims, those of a family together."""
    order = list(dict.fromkeys(v.claim.id.rpartition(".")[0] for v in verified.verdicts))
    return sorted((v.claim.id for v in verified.verdicts), key=lambda name: order.index(name.rpartition(".")[0]))


def test_every_experiment_and_control_stands_below_its_claim(made, verified):
    for verdict in verified.verdicts:
        here = article(made, verdict.claim.id)
        tables = [table(made, one) for one in made.find("table", here)]
        evidence = [row for row in tables[0] if row[0] != "what was measured"]
        assert len(evidence) == len(verdict.evidence)
        for row, seen in zip(evidence, verdict.evidence, strict=True):
            said = [seen.experiment.label, seen.experiment.rung, number(seen.experiment.d)]
            if seen.observation is None:
                assert row[:7] == [*said, "-", "-", "-", "failed"]
            else:
                o = seen.observation
                assert row[:6] == [*said, *map(number, (o.measured, o.bound, o.ratio))]
                assert row[6].startswith(seen.verdict)
                assert row[7:9] == [o.basis, str(o.replicas)]
            assert not seen.reason or seen.reason in words(here)
        own = [c for c in verified.controls if c.control.of == verdict.claim.id]
        rows = [row for one in tables[1:] for row in one if row[0] != "what is false"]
        assert [row[0] for row in rows] == [c.control.falsehood for c in own]
        for row, control in zip(rows, own, strict=True):
            outcome = "refuted" if control.refuted else "failed" if control.failed else "not refuted"
            assert row[-1].startswith(f"{outcome} ")


def test_a_shipped_claim_has_its_formula_and_derivation(made):
    name = "gld_search.tangent_ball"
    here, claimed = article(made, name), find(name)
    assert len(made.find("math", here)) >= len(claimed.statement.given) + 1
    steps = [words(item) for item in made.find("li", made.find("details", here)[0])]
    recorded = [f"{step[0]} {step[1]} {step[2]}" for step in claimed.record["steps"]]
    assert steps == [" ".join(text.split()) for text in recorded]
    for line in claimed.bound.signature.lines():
        assert line in [words(item) for item in made.find("li", here)]
    assert "GLD-Search" in [words(heading) for heading in made.find("h2")]  # what the file of its claims says


def test_errata_stand_below_the_claims_that_they_bear_on():
    """By the name of the claim; a claim that is not the shipped one does not take the title of its file."""
    name = "two_point.mean_gap"
    shown = Page(page(zo.verify([claim(name, uniform(0.2)), claim("two_point.mine", uniform(0.2))])))
    entries = [[words(one) for one in shown.find("dd", entry)] for entry in shown.find("dl", article(shown, name))]
    assert len(entries) == len(about([name])) > 0
    for (judged, *texts), entry in zip(entries, about([name]), strict=True):
        assert judged == f"{entry.verdict} ({entry.source}; wording {entry.wording})"
        assert texts == [text.replace("`", "") for text in (entry.statement, entry.ours, entry.evidence)]
    assert shown.find("dl", article(shown, "two_point.mine")) == []
    assert [words(heading) for heading in shown.find("h2")] == ["two_point", "Index", "two_point"]


def test_a_statement_that_cannot_be_made_is_no_reason_to_lose_the_rest(made):
    assert "ZeroDivisionError: division by zero" in words(article(made, "unstated"))
    assert "no derivation" in words(article(made, "unstated")).lower()


def test_names_of_claims_in_texts_lead_there(made):
    (link,) = made.find("a", made.find("p", article(made, "kinds.grows"), **{"class": "sentence"})[0])
    assert (link.attributes["href"], link.text) == ("#claim-kinds.supported", ["kinds.supported"])


def pictures(made, name):
    return [e for e in made.find("svg", article(made, name)) if "role" in e.attributes]


def test_growth_is_drawn_with_its_exponents(made):
    (picture,) = pictures(made, "kinds.grows")
    assert picture.attributes["aria-label"] == (
        "what grows: measured like d to the power 0.25, bound like d to the power 0.50"
    )
    assert len(made.find("circle", picture)) == 4
    (caption,) = made.find("figcaption", article(made, "kinds.grows"))
    assert [words(item) for item in made.find("li", caption)] == [
        "measured: d+0.250, between +0.250 and +0.250 with confidence 0.95 (exact)",
        "bound: d+0.500",
        "at d = 10, 100, 1e03, 1e04; between neighbours the exponent is +0.250 to +0.250",
    ]


def test_any_argument_is_drawn_with_its_limits():
    """As far as they can be seen, and inside the picture, however wide they are."""

    def measure(bound, replicas, seed, k):
        samples = np.random.default_rng(seed).random(replicas) / k
        return zo.Mean(samples, bound(k=k), ceiling=1 / k)

    on = [
        zo.Experiment(f"after {k} steps", d=5, measure=partial(measure, k=k), replicas=n)
        for k, n in ((3, 400), (30, 20), (300, 3000))
    ]
    report = zo.verify([zo.Claim("mine", bound=lambda *, k: 1 / k, says="It falls.", on=on)])
    [rate] = report.rate("k")
    shown = Page(page(report))
    (picture,) = pictures(shown, "mine")
    assert picture.attributes["aria-label"].startswith("after 3 to 300 steps: measured like k to the power \u2212")
    bars = [re.fullmatch("M(.*) (.*)V(.*)m-3 0h6M.*", path.attributes["d"]) for path in shown.find("path", picture)]
    heights = [(float(bar[2]), float(bar[3])) for bar in bars if bar]
    _, height = plots.PANEL
    assert all(0 < high < low < height for low, high in heights)
    seen = [point for point in rate.points if point.high / point.low > 1.2]  # narrower ones hide behind their marks
    assert len(heights) == len(seen) > 0
    assert Page(page(report, rates=())).find("figure") == []


def test_a_share_that_is_left_is_drawn_by_what_is_taken():
    """And not at all, if nobody says of what: numbers near 1 show no rate."""

    def measure(bound, replicas, seed, d):
        return zo.Value(1 - 0.4 / d, bound(d=d))

    def made(rate_of):
        on = [
            zo.Experiment("a step", d=d, measure=partial(measure, d=d), replicas=1, rate_of=rate_of)
            for d in (10, 30, 100)
        ]
        share = zo.Claim("mine", bound=lambda *, d: 1 - 1 / (5 * d), says="A step leaves 1 - 1/(5 d).", on=on)
        return Page(page(zo.verify([share])))

    assert pictures(made(None), "mine") == []
    shown = made(("what a <step> takes", lambda left: 1 - left))
    (picture,) = pictures(shown, "mine")
    assert picture.attributes["aria-label"] == (
        "a step, what a <step> takes: measured like d to the power \u22121.00, bound like d to the power \u22121.00"
    )
    (caption,) = shown.find("figcaption")
    assert words(shown.find("li", caption)[-1]) == "of what a <step> takes"


def test_an_interrupted_run_says_so():
    from dataclasses import replace

    whole = zo.verify([claim("one", uniform(0.2)), claim("two", uniform(0.2))])
    part = replace(whole, verdicts=whole.verdicts[:1], complete=False)
    assert "Interrupted: 1 of 2 claims were finished." in [words(p) for p in Page(page(part)).find("p")]
    assert len(Page(page(replace(whole, verdicts=(), complete=False))).find("article")) == 0


# --- audits ----------------------------------------------------------------------------------------------------------

CHECKED = {
    "schema": 1,
    "name": "mine.py:<i>greedy</i>",
    "properties": [
        {"name": "budget", "says": "keeps to the budget", "status": "required", "holds": False, "seen": "d = 1: <b>2"},
        {"name": "counts", "says": "counts", "status": "declared", "holds": None, "seen": "it took longer than 60 s"},
        {"name": "random", "says": "gives others", "status": "observed", "holds": False, "seen": "seeds 0 and 1"},
        {"name": "descends", "says": "goes down", "status": "observed", "holds": True, "seen": ""},
    ],
}


def with_audits(tmp_path, *given):
    """A page with these audits beside a claim, each read from a file."""
    audits = []
    for i, one in enumerate(given):
        file = tmp_path / f"{i}.json"
        file.write_text(json.dumps(one), encoding="utf-8")
        audits += read(file)
    return Page(page(zo.verify([claim("one", uniform(0.2))]), audits=audits))


def test_an_optimizer_of_ones_own_stands_beside_the_claims(tmp_path):
    made = with_audits(tmp_path, CHECKED)
    (section,) = made.find("section", id="audits")
    index, properties = (table(made, one) for one in made.find("table", section))
    assert index[1:] == [[CHECKED["name"], "none", "budget", "1", "1", "1"]]
    assert properties[1:] == [
        ["budget required", "keeps to the budget", "fails", "d = 1: <b>2"],
        ["counts declared", "counts", "undecided", "it took longer than 60 s"],
        ["random observed", "gives others", "does not hold", "seeds 0 and 1"],
    ]
    assert "Hold too, and are not declared: descends." in words(section)
    assert [a.attributes["href"] for a in made.find("a", section)] == ["#audit-1"] * 2
    assert [words(a) for a in made.find("a", made.find("nav")[0])] == ["one", "Audits of optimizers"]


def test_the_record_of_published_optimizers_is_shown_whole(tmp_path):
    record = json.loads((ROOM.parents[2] / "benchmarks" / "audits.json").read_text(encoding="utf-8"))
    made = with_audits(tmp_path, record, CHECKED)
    sections = made.find("section", **{"class": "audit"})
    assert len(sections) == len(record["audits"]) + 1
    first = made.find("table", made.find("section", id="audits")[0])[0]
    for kept, section, row in zip(record["audits"], sections, table(made, first)[1:], strict=False):
        documented = {said["trait"] for said in kept["said"]}
        failing = [one["name"] for one in kept["properties"] if one["holds"] is False]
        assert row[0] == f"{kept['package']} {kept['version']}, {kept['name']}"
        assert row[1] == (" ".join(name for name in failing if name in documented) or "none")
        assert int(row[5]) == sum(one["holds"] is True for one in kept["properties"])
        for said in kept["said"]:
            assert " ".join(said["quote"].replace("`", "").split()) in words(section)
        for one in kept["properties"]:
            assert one["name"] in words(section)
            assert one["holds"] is True or " ".join(one["seen"].split()) in words(section)
        assert f"check_method({kept['made']}" in words(section)


def test_an_address_that_is_none_of_the_web_is_no_link(tmp_path):
    said = [{"trait": "budget", "quote": "so", "page": page} for page in ("javascript:alert(1)", "https://a.example/b")]
    made = with_audits(tmp_path, CHECKED | {"said": said})
    links = [a.attributes["href"] for a in made.find("a", made.find("section", id="audit-1")[0])]
    assert links == ["#audit-1", "https://a.example/b"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file"),
        ("{", "no JSON of zotheory check"),
        ("[]", "no JSON of zotheory check: it must hold an object, got list"),
        ('{"audits": {}}', "audits must be a list, got dict"),
        ('{"audits": [3]}', "audits must hold objects, got int"),
        ("{}", "lacks 'schema'"),
        ('{"schema": 2}', "its schema must be 1, got 2"),
        ('{"schema": 1}', "lacks 'properties'"),
        ('{"schema": 1, "properties": [], "said": [{}]}', "lacks 'trait'"),
        ('{"schema": 1, "properties": 3, "name": ""}', "properties must be a list, got int"),
        ('{"schema": 1, "properties": [3], "name": ""}', "properties must hold objects, got int"),
        (
            '{"schema": 1, "name": "", "properties": [{"name": "budget", "holds": "yes"}]}',
            "true, false or null, got 'yes' of budget",
        ),
    ],
)
def test_a_file_without_audits_is_told_before_anything_is_measured(run, tmp_path, monkeypatch, text, said):
    monkeypatch.setattr("zotheory.evidence.verdicts.verify", None)
    if text is not None:
        (tmp_path / "found.json").write_text(text, encoding="utf-8")
    code, out, err = run("my claims.py", "--audits", "found.json")
    assert (code, out) == (2, "")
    assert err.startswith("zotheory: error: --audits must name a file of zotheory check --json: found.json")
    assert said in err


@pytest.mark.slow  # a dozen seconds
def test_what_the_command_finds_of_an_optimizer_is_shown(run, tmp_path, capsys):
    (tmp_path / "steps.py").write_text("import zotheory as zo\nmine = zo.relative_loss(radius=0.3)\n", encoding="utf-8")
    assert cli.main(["check", "steps.py:mine", "--examples", "1", "--declares", "increasing", "--json"]) == 0
    (tmp_path / "found.json").write_text(capsys.readouterr().out, encoding="utf-8")
    assert run("my claims.py::mine.true", "--audits", "found.json")[0] == 0
    made = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    rows = table(made, made.find("table", made.find("section", id="audit-1")[0])[0])
    assert [row[2] for row in rows if row[0] == "increasing declared"] == ["holds"]


# --- formulas --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latex", "made"),
    [
        (
            r"\mathrm{two\_point}(h)",
            '<mi>two_point</mi><mo stretchy="false">(</mo><mi>h</mi><mo stretchy="false">)</mo>',
        ),
        (r"X \sim P", "<mi>X</mi><mo>\u223c</mo><mi>P</mi>"),
        (r"2 \mathrm{Lip}", '<mn>2</mn><mspace width="0.2em" /><mi>Lip</mi>'),
        (
            r"\left(x\right)",
            '<mo form="prefix" stretchy="false">(</mo><mi>x</mi><mo form="postfix" stretchy="false">)</mo>',
        ),
        (
            r"\left(\frac{1}{2}\right)",
            '<mo form="prefix">(</mo><mfrac><mn>1</mn><mn>2</mn></mfrac><mo form="postfix">)</mo>',
        ),
    ],
)
def test_words_brackets_and_relations(latex, made):
    found = formula(latex).removeprefix("<math>").removesuffix("</math>")
    assert found.removeprefix("<mrow>").removesuffix("</mrow>") == made


def test_a_long_formula_is_cut_before_its_relations_and_loses_nothing():
    long = r"\forall x:\ " + " + ".join(rf"\frac{{a_{{{i}}}}}{{b(x, {i})}}" for i in range(9)) + r" \leq c"
    parts = re.findall("<math>.*?</math>", formula(long))
    assert len(parts) == 11
    assert [ElementTree.fromstring(part)[0].text for part in parts[2:]] == ["+"] * 8 + ["≤"]
    letters = "".join("".join(ElementTree.fromstring(part).itertext()) for part in parts)
    assert letters.replace("\xa0", "") == "∀x:" + "+".join(f"a{i}b(x,{i})" for i in range(9)) + "≤c"


def test_a_formula_that_is_not_understood_is_shown_as_it_is():
    assert formula(r"\frac{<b>") == Markup(r"<code>\frac{&lt;b&gt;</code>")


MATHML = re.compile(
    "code|wbr|math|m(row|i|o|n|text|space|frac|sqrt|root|sub|sup|subsup|over|under|underover|table|tr|td|style|padded|"
    "phantom|enclose|multiscripts)"
)


@given(st.text(st.sampled_from(r"<>&\"'{}\_^ abxfrmthtextleftrightsqrtfrac()[]|=,:0") | st.characters(), max_size=40))
def test_whatever_the_formula_only_formulas_come_out(text):
    page = Page(str(formula(text)))
    assert [element.tag for element in page.elements if not MATHML.fullmatch(element.tag)] == []
    assert not [name for e in page.elements for name in e.attributes if name in ("href", "src") or name[:2] == "on"]


# --- texts and pictures ----------------------------------------------------------------------------------------------


@given(st.text(st.sampled_from("ab.`<>&\"' ") | st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=60))
def test_prose_shows_what_is_said(text):
    shown = Page(f"<p>{prose(['a.b', 'a', '<'])(text)}</p>")
    assert {e.tag for e in shown.elements} <= {"p", "a", "code"}
    assert "".join(shown.elements[0].text) == re.sub("`([^`]+)`", r"\1", text)


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("two.x and two.x_sharp", ["two.x"]),
        ("two.x.", ["two.x"]),
        ("not two.xy, two.x.y nor one.two.x", []),
        ("`zotheory verify two.x`", ["two.x"]),
    ],
)
def test_only_whole_names_are_links(text, linked):
    shown = Page(str(prose(["two.x"])(text)))
    assert [e.text[0] for e in shown.find("a")] == linked


@given(st.lists(st.floats(1e-300, 1e300), min_size=2, max_size=5, unique=True))
def test_an_axis_holds_its_numbers_in_their_order(values):
    axis = plots.axis(values, 10, 200)
    places = [axis(value) for value in sorted(values)]
    assert places == sorted(places)
    assert 10 <= places[0] <= places[-1] <= 200
    assert 1 <= len(axis.ticks) <= plots.TICKS + 1
    for k, place in axis.ticks:
        assert place == pytest.approx(axis(10.0**k) if k > -308 else 10, abs=0.1) if k < 308 else place <= 200


# --- the command -----------------------------------------------------------------------------------------------------

FILE = """
import numpy as np
import zotheory as zo

def uniform(bound, replicas, seed):
    return zo.Mean(np.random.default_rng(seed).random(replicas), bound(), ceiling=2.0)

on = zo.Experiment("uniform samples", d=7, measure=uniform, replicas=400)

def claim(name, bound):
    return zo.Claim(name, bound=lambda: bound, says="Uniform numbers have a mean of at most that.", on=[on])

CLAIMS = [claim("mine.true", 1.0), claim("mine.false", 0.25)]
"""


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run the command line in a folder with a file of claims: arguments -> exit code, standard output, its error."""
    (tmp_path / "my claims.py").write_text(FILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        try:
            code = cli.main(["report", "--workers", "1", *arguments])
        except SystemExit as stop:  # argparse
            code = stop.code
        return code, *capsys.readouterr()

    return call


def test_a_strangers_file_becomes_a_page(run, tmp_path, capsys):
    code, out, err = run("my claims.py", "--seed", "3", "-o", "new/page.html")
    assert (code, err) == (1, "")
    assert out.splitlines()[0].startswith("2 claims: 1 supported, 1 refuted.")
    assert out.splitlines()[-1] == "new/page.html"
    made = Page((tmp_path / "new" / "page.html").read_text(encoding="utf-8"))
    here = article(made, "mine.true")
    command = shlex.split(words(made.find("pre", here)[0]))
    assert command == ["zotheory", "verify", "my claims.py::mine.true", "--seed", "3"]
    assert cli.main([*command[1:], "--workers", "1"]) == 0
    assert "1 claim: 1 supported." in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["page.html"]


def test_with_a_store_nothing_is_measured_twice(run, tmp_path, monkeypatch):
    from zotheory.evidence import running

    first = run("gld_search.tangent_ball", "--store", "kept", "-o", "first.html")
    measured = []
    monkeypatch.setattr(running, "measured", lambda *asked, **seed: measured.append(asked))
    second = run("gld_search.tangent_ball", "--store", "kept", "-o", "second.html")
    assert (first[0], second[0], measured) == (0, 0, [])
    assert (tmp_path / "first.html").read_bytes() == (tmp_path / "second.html").read_bytes()


def test_what_was_found_is_printed_though_its_page_cannot_be_written(run, monkeypatch):
    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("zotheory.report.files.replace", full)
    code, out, err = run("my claims.py::mine.true")
    assert (code, err) == (2, "zotheory: error: --out report.html cannot be written to: No space left on device\n")
    assert "1 claim: 1 supported." in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "."], "--out must name a file, got ., which is none"),
        (["-o", "/dev/null"], "--out must name a file, got /dev/null, which is none"),
        (["-o", "my claims.py/page.html"], "--out must name a file that can be written to"),
        (["--fresh"], "--fresh needs --store FILE"),
        (["--json"], "unrecognized arguments: --json"),
    ],
)
def test_wrong_use_is_told_before_anything_is_measured(run, arguments, said, monkeypatch):
    monkeypatch.setattr("zotheory.evidence.verdicts.verify", None)
    code, out, err = run("my claims.py::mine.true", *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_a_missing_package_is_named_before_anything_is_measured(run, monkeypatch):
    monkeypatch.setattr("zotheory.evidence.verdicts.verify", None)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.delitem(sys.modules, "zotheory.report.html.page")
    code, out, err = run("my claims.py")
    assert (code, out) == (2, "")
    assert (
        err
        == "zotheory: error: a report needs jinja2, of the extra report: python -m pip install jinja2 latex2mathml\n"
    )


def test_what_was_finished_before_ctrl_c_has_a_page_of_its_own(run, tmp_path, monkeypatch):
    """The complete page of an earlier run stays."""
    from zotheory.evidence import verdicts

    assert run("my claims.py", "-o", "page.html")[0] == 1
    before, measured = (tmp_path / "page.html").read_bytes(), verdicts.verify

    def stopped(claims, **options):
        def progress(done, total, name):
            if done:
                raise KeyboardInterrupt

        return measured(claims, **options | {"progress": progress})

    monkeypatch.setattr(verdicts, "verify", stopped)
    code, _, err = run("my claims.py", "-o", "page.html")
    assert (code, err) == (130, "interrupted, 1 of 2\n")
    assert (tmp_path / "page.html").read_bytes() == before
    part = Page((tmp_path / "page.partial.html").read_text(encoding="utf-8"))
    assert [e.attributes["id"] for e in part.find("article")] == ["claim-mine.true"]


def test_ctrl_c_after_the_last_measurement_loses_no_more_than_the_exponents(run, tmp_path, monkeypatch):
    def stopped(verdicts):
        raise KeyboardInterrupt

    monkeypatch.setattr("zotheory.evidence.exponents.exponents", stopped)
    code, out, err = run("my claims.py", "-o", "page.html")
    assert (code, err) == (130, "interrupted, 2 of 2\n")
    assert out.startswith("2 claims: 1 supported, 1 refuted.")
    assert len(Page((tmp_path / "page.html").read_text(encoding="utf-8")).find("article")) == 2

"""The account of relative-loss descent is what its generator and its example print."""

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

import zotheory as zo
from zotheory.claims import select
from zotheory.report.tables import rests_on
from zotheory.report.text import sourced

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "relative_loss.md").read_text(encoding="utf-8")
GENERATOR = runpy.run_path(str(DOCS / "make_relative_loss.py"))
ROOMS = ("relative_loss", "relative_loss_momentum", "relative_loss_minibatch", "one_fifth")


def _rows(text):
    lines = (line for line in text.splitlines() if re.match(r"\| `\w+\.\w+`", line))
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def test_the_page_is_the_one_that_verification_gives(report):
    """Words must agree; ratios to 5 %: another version of NumPy may round them otherwise."""
    rebuilt = GENERATOR["insert"](PAGE, report.as_dict())
    shown, again = _rows(PAGE), _rows(rebuilt)
    for old, new in zip(shown, again, strict=True):
        ratios = [None if cell == "-" else float(cell) for cell in (old.pop(4), new.pop(4))]
        assert ratios[0] == pytest.approx(ratios[1], rel=0.05)
        assert old == new
    table = re.compile(r"^\| `.*$", re.MULTILINE)
    assert table.sub("", PAGE) == table.sub("", rebuilt)


def test_every_claim_has_its_verdict_on_the_page():
    named = set(re.findall(r"verdict: ([\w.]+) -->", PAGE))
    assert named == {claim.id for room in ROOMS for claim in select(f"{room}.*")}


def test_statements_are_those_of_the_claims():
    for room in ROOMS:
        for claim in select(room):
            assert GENERATOR["statement"](claim.id) in PAGE


def test_steps_say_what_they_rest_on_and_what_is_missing(monkeypatch):
    record = {
        "status": "partly",
        "gaps": ["the limit"],
        "rests_on": {
            "certificates": {"intervals": 2},
            "derivations": {"tiny.law": "steps checked"},
            "code": {"a_b": 12},
        },
        "steps": [["a step", "identity", "|x| = x", 20], ["another", "premise", "x > 0", 0]],
    }
    names = GENERATOR["proof"].__globals__
    monkeypatch.setitem(names, "find", lambda name: SimpleNamespace(record=record))
    assert GENERATOR["proof"]("tiny.claim") == (
        "<details><summary>The 2 steps of the derivation (partly)</summary>\n\n"
        "1. *identity*, a step: \\|x\\| = x\n2. *premise*, another: x \\> 0\n\n"
        "Beyond its own terms it rests on 2 certificates by intervals; the derivation of tiny.law (steps checked); "
        "agreement of the code at 12 points: a\\_b.\n\nNot checked: the limit.\n\n</details>\n\n"
    )
    monkeypatch.setitem(names, "find", lambda name: SimpleNamespace(record={}))
    assert GENERATOR["proof"]("tiny.claim") == "No derivation is recorded for this statement.\n"


def test_steps_are_those_of_the_proof():
    name = "relative_loss.stationary"
    assert f"proof: {name} -->\n{GENERATOR['proof'](name)}<!-- end -->" in PAGE


def test_linear_regression_ends_nearer_with_more_looks(capsys):
    example = runpy.run_path(str(DOCS / "linear_regression.py"))
    found = []
    for passes in (20, 200):
        example["main"].__globals__.update(LOOKS=569 * passes, RUNS=5)
        example["main"]()
        lines = re.findall(r"^(.+?)\s{2,}([\d.e+-]+)\s+([\d.e+-]+)$", capsys.readouterr().out, re.MULTILINE)
        assert len(lines) == 4
        found.append([float(excess) for _, excess, _ in lines])
    assert all(after < before for before, after in zip(*found, strict=True))


def test_the_page_shows_what_the_example_prints_in_form():
    shown = re.search(r"```text\n(closed form: mean squared error 0.1821.*?)```", PAGE, re.DOTALL).group(1)
    assert len(shown.splitlines()) == 7


def test_the_method_on_the_page_reaches_the_mark():
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL).group(1)
    names = {}
    exec(compile(code, "page", "exec"), names)
    f = names["f"]
    assert names["result"].values[-1] < 1e-5 * float(f(f.x0))


def test_variances_of_one_kind_are_named_once():
    known = ((0.2, "so"), (1e-09, "thus"), (0.1, "so"))
    bases = [zo.Mean([1.0, 2.0], 4, variance=v, because=why).basis for v, why in known]
    several = "exact; finite-sample, Var X <= V (E X)^2 if E X >= bound, V at most 0.2"
    assert rests_on({"bases": ["exact", *bases]}) == several
    assert rests_on({"bases": bases[:1]}) == "finite-sample, Var X <= 0.2 (E X)^2 if E X >= bound"
    assert rests_on({"bases": []}) == ""


def test_whose_wording_it_is_is_said_once():
    said = [(claim, sourced(claim)) for claim in select()]
    assert all(claim.provenance in text for claim, text in said)
    assert not [text for _, text in said if "as recalled" in text and text.endswith("(recalled)")]
    assert [text for claim, text in said if text != claim.source]  # where the source does not say so itself

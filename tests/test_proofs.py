"""The command that runs derivations, how it hands them bounds, and how the files in proofs/ are written."""

import ast
import json
import re
from pathlib import Path

import pytest
import sympy

import proofs
from proofs import __main__ as runner
from proofs.lemmas import decimal
from zotheory.evidence.derivation import Derivation, NotProved
from zotheory.evidence.labels import records

p = sympy.Symbol("p", positive=True)


def tiny(step):
    derivation = Derivation("tiny.claim", "p is small")
    step(derivation)
    return derivation


@pytest.fixture
def registered(monkeypatch):
    """A registry with one derivation that takes a bound, and one that takes none."""

    def halves(bound, factor=1):
        return tiny(lambda d: d.identity("step", bound(p), factor * p / 2))

    def plain():
        return tiny(lambda d: d.identity("step", p, p))

    monkeypatch.setattr(proofs, "PROOFS", {"tiny.halves": halves, "tiny.plain": plain})
    monkeypatch.setattr(proofs, "MODULES", ())
    monkeypatch.setattr(proofs, "bound_of", {"tiny.halves": lambda v: v / 2}.get)
    monkeypatch.setattr(runner, "derivation", proofs.derive)  # anew each time: bounds change


def test_a_derivation_is_handed_the_bound_of_its_claim(registered):
    assert proofs.derive("tiny.halves").status == "steps checked"
    with pytest.raises(NotProved, match="step"):
        proofs.derive("tiny.halves", bound=lambda v: v / 3)
    assert proofs.derive("tiny.halves", bound=lambda v: v, factor=2).status == "steps checked"
    with pytest.raises(TypeError, match=r"tiny\.plain takes no bound"):
        proofs.derive("tiny.plain", bound=lambda v: v)
    with pytest.raises(KeyError, match=r"nothing derives 'tiny\.other'"):
        proofs.derive("tiny.other")


def test_one_function_derives_a_claim(registered):
    with pytest.raises(ValueError, match=r"tiny\.plain is derived by .*plain already"):
        proofs.proves("tiny.plain")(lambda: tiny(lambda d: d.identity("step", p, p)))


def test_the_runner_prints_and_records_a_line_a_claim(registered, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(runner, "RECORD", tmp_path / "proofs.jsonl")
    assert runner.main(["tiny.halves"]) == 0
    printed = capsys.readouterr().out
    assert "tiny.halves: steps checked" in printed
    assert "[identity] step" in printed
    assert "tiny.plain" not in printed
    assert runner.main(["--write"]) == 0
    lines = [json.loads(line) for line in (tmp_path / "proofs.jsonl").read_text().splitlines()]
    assert [line["claim"] for line in lines] == ["tiny.halves", "tiny.plain"]
    assert list(lines[0]) == ["claim", "digest", "code", "status", "gaps", "statement", "rests_on", "steps"]
    assert lines[0]["steps"] == [["step", "identity", "p/2 = p/2", 8]]


def test_nothing_is_recorded_where_a_step_fails(registered, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(runner, "RECORD", tmp_path / "proofs.jsonl")
    monkeypatch.setattr(proofs, "bound_of", {"tiny.halves": lambda v: v / 3}.get)
    assert runner.main(["--write"]) == 1
    assert "tiny.halves: FAILED" in capsys.readouterr().out
    assert not (tmp_path / "proofs.jsonl").exists()


def test_an_unknown_name_suggests_the_nearest(registered, capsys):
    assert runner.main(["tiny.halfs"]) == 2
    assert "did you mean 'tiny.halves'" in capsys.readouterr().err


def test_a_missing_library_is_named(registered, monkeypatch, capsys):
    monkeypatch.setattr(runner, "find_spec", lambda name: None)
    assert runner.main([]) == 2
    assert "pip install python-flint" in capsys.readouterr().err


# --- how the files in proofs/ are written ----------------------------------------------------------------------------

FILES = sorted(Path(proofs.__file__).parent.glob("*.py"))
UNCHECKED = {"integrate", "summation", "limit", "doit"}  # results of these cannot be told from other terms


def _calls(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            yield node.func.attr, of, {keyword.arg for keyword in node.keywords}, node.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_proofs_file_takes_integrals_sums_and_limits_through_the_checker(path):
    found = [(n, f) for f, of, _, n in _calls(path) if f in UNCHECKED and (of in ("sp", "sympy") or f == "doit")]
    assert found == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_proofs_file_says_what_each_certificate_rests_on(path):
    assert [n for f, _, keywords, n in _calls(path) if f == "certified" and "by" not in keywords] == []


# --- how steps are named ---------------------------------------------------------------------------------------------

WORDS = re.compile(r"(an? )?[A-Za-z][a-z'-]+( |, )[A-Za-z0-9 ,'-]+")  # a word first; no operator, bracket or index
CODE = re.compile(r"\b[A-Za-z]+[0-9]+\b")


def is_a_phrase(name):
    """Whether a step is named in words, two at least: by no formula, and no number or code in their place."""
    return bool(WORDS.fullmatch(name)) and not CODE.search(name)


@pytest.mark.parametrize(
    "name", ["the mean fall", "a radius far too long", "Jensen's inequality", "the mean of f, squared"]
)
def test_a_phrase_is_a_name(name):
    assert is_a_phrase(name)


@pytest.mark.parametrize(
    "name",
    ["pays, k <= 19/10", "0, all 3 orders", "h3", "R1 with h3", "D", "sum", "psi_k", "E g = p", "1/4 fails", "p <= 2",
     "the weight 1/t", "k = 1: the logarithm", "|a|", "the slope of f_delta", "log(1-x) <= -x", "rest -> 0", ""],
)  # fmt: skip
def test_a_formula_a_number_and_a_code_are_no_names(name):
    assert not is_a_phrase(name)


def test_every_recorded_step_is_named_by_a_phrase():
    named = {(entry["claim"], step[0]) for entry in records("claim").values() for step in entry["steps"]}
    assert len(named) > 1000
    assert sorted((claim, name) for claim, name in named if not is_a_phrase(name)) == []


@pytest.mark.parametrize(
    ("number", "printed"), [("3/4", "3/4"), ("843/1250", "0.6744"), ("241/360", "241/360"), ("2", "2")]
)
def test_a_long_fraction_is_printed_as_a_decimal_if_that_ends(number, printed):
    assert decimal(sympy.Rational(number)) == printed

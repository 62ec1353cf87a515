"""The account of relative-loss descent is what its generator and its example print."""

import re
import runpy
from pathlib import Path

import pytest

from zotheory.claims import select

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
        assert float(old.pop(4)) == pytest.approx(float(new.pop(4)), rel=0.05)
        assert old == new
    table = re.compile(r"^\| `.*$", re.MULTILINE)
    assert table.sub("", PAGE) == table.sub("", rebuilt)


def test_every_claim_has_its_verdict_on_the_page():
    named = set(re.findall(r"verdict: ([\w.]+) -->", PAGE))
    assert named == {claim.id for room in ROOMS for claim in select(f"{room}.*")}


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
    shown = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL).group(1)
    assert shown.startswith("closed form: mean squared error 0.1821")
    assert len(shown.splitlines()) == 7


def test_the_method_on_the_page_reaches_the_mark():
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL).group(1)
    names = {}
    exec(compile(code, "page", "exec"), names)
    f = names["f"]
    assert names["result"].values[-1] < 1e-5 * float(f(f.x0))

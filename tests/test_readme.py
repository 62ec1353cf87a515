"""What the README and the docstrings claim holds."""

import doctest
import re
import runpy
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from zotheory.claims import claims, select
from zotheory.errata import LEDGER
from zotheory.evidence.verdicts import verify

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GENERATOR = runpy.run_path(str(ROOT / "docs" / "make_readme.py"))


def _cells(text):
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in text.splitlines()
        if line.startswith("| `")
    ]


def test_the_table_of_results_is_the_one_that_verification_gives(report):
    """Words must agree; ratios to 5 %: another version of NumPy may round them otherwise."""
    table = README.split(GENERATOR["START"])[1].split(GENERATOR["END"])[0]
    shown, rebuilt = _cells(table), _cells(GENERATOR["table"](report.as_dict()))
    assert len(shown) == len(claims())
    for old, new in zip(shown, rebuilt, strict=True):
        assert float(old.pop(5)) == pytest.approx(float(new.pop(5)), rel=0.05)
        assert old == new


def test_inserting_the_table_changes_nothing_else():
    record = verify(select("gld_search.tangent_ball")).as_dict()
    text = GENERATOR["insert"](README, record)
    assert text.split(GENERATOR["START"])[0] == README.split(GENERATOR["START"])[0]
    assert text.split(GENERATOR["END"])[1] == README.split(GENERATOR["END"])[1]


def test_the_example_is_twelve_lines_and_prints_both_numbers(capsys):
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL).group(1)
    assert len(code.splitlines()) == 12
    exec(compile(code, "README", "exec"), {})
    gap, bound = re.fullmatch(
        r"mean gap ([\d.]+) after 8000 evaluations; .* ([\d.]+)\n", capsys.readouterr().out
    ).groups()
    assert 0 < float(gap) < float(bound)


def test_there_are_two_set_up_commands():
    commands = re.findall(r"^python -m pip install.*$", README, re.MULTILINE)
    assert commands == ["python -m pip install . && zotheory verify", "python -m pip install -e '.[test]' && pytest"]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_files_that_are_named_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"\]\(([\w/.]+)\)", text)) | set(re.findall(r"`((?:\w+/)+[\w.]+\.\w+)`", text))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_ledger_entries_name_claims_and_controls_that_exist():
    assert LEDGER
    known = set(claims()) | {control.id for claim in select() for control in claim.controls}
    for entry in LEDGER:
        assert set(entry.claims) <= set(claims())
        assert entry.wording in ("printed", "recalled")
        assert set(re.findall(r"gld_search\.[\w.]+\w", entry.evidence)) <= known | {"gld_search.py"}


MODULES = sorted(
    str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")
    for path in (ROOT / "zotheory").rglob("*.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name):
    failed, _ = doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS)
    assert failed == 0


def test_importing_brings_numpy_only():
    code = "import sys, zotheory; print([m for m in ('scipy', 'sympy', 'matplotlib', 'rich') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"

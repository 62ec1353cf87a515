"""What the README, the pages and the docstrings claim holds, and every command that they name is one."""

import doctest
import re
import runpy
import shlex
import subprocess
import sys
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path

import pytest

import proofs
from zotheory import cli
from zotheory.claims import ORDER, claims, find, select
from zotheory.errata import LEDGER
from zotheory.evidence.verdicts import verify

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GENERATOR = runpy.run_path(str(ROOT / "docs" / "make_readme.py"))
PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]


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
        ratios = [None if cell == "-" else float(cell) for cell in (old.pop(5), new.pop(5))]
        assert ratios[0] == pytest.approx(ratios[1], rel=0.05)
        assert old == new
    assert GENERATOR["counts"](report.as_dict()) in table


def test_every_claim_has_a_label_and_every_statement_a_formula_or_a_reason_why_not():
    for claim in claims().values():
        assert claim.proof in ("steps checked", "partly", "cited"), claim.id
        assert (claim.statement is None) == bool(claim.informal), claim.id


def test_counts_say_verdicts_labels_and_what_is_informal():
    def one(name, verdict, caveats, proof):
        return {"id": name, "verdict": verdict, "caveats": caveats, "proof": proof}

    record = {
        "claims": [
            one("two_point.bias", "supported", [], "steps checked"),
            one("two_point.mean_gap", "supported", ["if Var X <= 5 (E X)^2"], "steps checked"),
            one("lower_bounds.linear_family", "not refuted", [], "partly"),
        ],
        "controls": [{"refuted": True}, {"refuted": False}],
    }
    said = " ".join(GENERATOR["counts"](record).split())
    assert said == (
        "3 claims: 2 supported, 1 not refuted; 1 of these verdicts rest on an assumed V. Derivations: 2 steps checked, "
        "1 partly. 1 of 2 controls are refuted. 2 statements are formulas. 1 are *informal*, as the language of "
        f"statements lacks something: `lower_bounds.linear_family` ({find('lower_bounds.linear_family').informal})."
    )


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


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_exist(page):
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    linked = {(ROOT / page).parent / name for name in re.findall(r"\]\(([\w./-]+)\)", text)}
    named = {ROOT / name for name in re.findall(r"`((?:[\w-]+/)+[\w.-]+\.\w+)`", text)}
    assert [path for path in linked | named if not path.exists()] == []


@pytest.mark.parametrize("room", re.findall(r"`([\w/]+)`", README.split("## Map")[1].split("## Citing")[0]))
def test_rooms_of_the_map_exist(room):
    assert (ROOT / room).is_dir()


def commands(text):
    """The commands of the package and of its scripts that a text names, in backticks or in fenced blocks."""
    fenced = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    quoted = re.findall(r"`{1,2}([^`]+)`{1,2}", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    lines = [line.partition("  #")[0] for block in fenced for line in block.splitlines()]
    lines += [" ".join(one.split()) for one in quoted]
    named = [part.strip() for line in lines for part in line.split("&&")]
    return {one for one in named if re.match(r"(zotheory|python) [^|]*$", one)}


def documented():
    """Where commands are named: (file, command)."""
    files = [ROOT / page for page in PAGES]
    for room in ("zotheory", "proofs", "figures", "docs", "benchmarks"):
        files += sorted((ROOT / room).rglob("*.py"))
    return [(str(p.relative_to(ROOT)), one) for p in files for one in sorted(commands(p.read_text(encoding="utf-8")))]


@pytest.mark.parametrize(("place", "command"), documented())
def test_a_command_that_is_named_is_one(place, command):
    """It parses, and the claims, derivations and scripts that it names exist; CAPITALS and `mine` stand for others."""
    program, *words = shlex.split(command)
    free = re.compile(r"\W*[A-Z]+\W*|mine\b.*")
    given = [word for word in words if not free.match(word)]
    if program == "zotheory":
        options = cli.parser().parse_args([*given, *["two_point"] * (given == ["show"])])
        entries = [entry.id for entry in LEDGER]
        assert all(name in entries or select(name) for name in options.select)
    elif words[:2] == ["-m", "proofs"]:
        known = proofs.load()
        names = [word for word in given[2:] if re.match(r"\w", word)]
        assert all(name in known or [one for one in known if one.startswith(f"{name}.")] for name in names)
    elif words[0] != "-m":
        assert (ROOT / words[0]).exists()


def test_ledger_entries_name_claims_and_controls_that_exist():
    assert LEDGER
    known = set(claims()) | {control.id for claim in select() for control in claim.controls}
    for entry in LEDGER:
        assert set(entry.claims) <= set(claims())
        assert entry.wording in ("printed", "copied", "recalled")
        for name in re.findall(rf"\b(?:{'|'.join(ORDER)})\.(?!py\b)\w+(?:\.[\w*]+)?", entry.evidence):
            assert [one for one in known if fnmatch(one, name)], (entry.id, name)
        for path, name in re.findall(r"(\w+/[\w/]+\.\w+)(?:, `|::)?((?<=`)\w+|(?<=::)\w+|)", entry.evidence):
            assert name in (ROOT / path).read_text(encoding="utf-8"), (entry.id, path, name)


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

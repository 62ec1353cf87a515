"""What the README, the pages and the docstrings claim holds."""

import doctest
import pickle
import pkgutil
import re
import runpy
import subprocess
import sys
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path

import cloudpickle
import pytest

import zotheory
from zotheory.claims import ORDER, claims, find, select
from zotheory.errata import LEDGER
from zotheory.evidence.verdicts import verify

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GENERATOR = runpy.run_path(str(ROOT / "docs" / "make_results.py"))
RESULTS, ERRATA = (GENERATOR[name].read_text(encoding="utf-8") for name in ("RESULTS", "ERRATA"))
DOCS = [path for room in (ROOT / "docs", ROOT / "docs" / "tutorials") for path in sorted(room.glob("*.md"))]
PAGES = ["README.md", "CONTRIBUTING.md", *(str(path.relative_to(ROOT)) for path in DOCS)]


def _part(page):
    return page.split(GENERATOR["START"])[1].split(GENERATOR["END"])[0]


def _cells(text):
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in text.splitlines()
        if line.startswith("| `")
    ]


def test_the_results_are_those_that_verification_gives(report):
    """Words must agree; ratios to 5 %: another version of NumPy may round them otherwise."""
    made = GENERATOR["results"](report.as_dict())
    shown, rebuilt = _cells(_part(RESULTS)), _cells(made)
    assert len(shown) == len(claims())
    for old, new in zip(shown, rebuilt, strict=True):
        ratios = [None if cell == "-" else float(cell) for cell in (old.pop(5), new.pop(5))]
        assert ratios[0] == pytest.approx(ratios[1], rel=0.05)
        assert old == new
    rows = re.compile(r"^\| `.*$", re.MULTILINE)
    assert rows.sub("", _part(RESULTS)) == rows.sub("", made)


def test_the_errata_are_those_of_the_ledger():
    assert _part(ERRATA) == GENERATOR["errata"]()
    assert re.findall(r"^### `([\w-]+)`: (\w+)$", ERRATA, re.MULTILINE) == [(e.id, e.verdict) for e in LEDGER]


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


def test_inserting_a_part_changes_nothing_else():
    record = verify(select("gld_search.tangent_ball")).as_dict()
    page = GENERATOR["insert"](RESULTS, GENERATOR["results"](record))
    assert page != RESULTS
    assert page.replace(_part(page), _part(RESULTS)) == RESULTS


def test_each_example_is_at_most_twelve_lines_and_does_what_the_page_says(capsys):
    minimises, states = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    for code in (minimises, states):
        assert len([line for line in code.splitlines() if line]) <= 12
        exec(compile(code, "README", "exec"), {})
    out = capsys.readouterr().out
    assert float(re.match(r"lowest value (\S+) after 200\d\d evaluations, at\n", out).group(1)) < 1e-6
    assert re.search(r"mine\.rate +supported +0\.98\d +1 of 1\n", out)


def test_the_readme_is_a_screen_and_a_half():
    assert len(README.splitlines()) <= 85


def test_every_flagship_result_names_a_command_that_measures_it():
    results = re.findall(r"^- \*\*.*?(?=^- |\n\n)", README.split("## Five results")[1], re.DOTALL | re.MULTILINE)
    assert len(results) == 5
    for result in results:
        assert select(*re.search(r"`zotheory verify ([\w. ]+)`$", result.strip()).group(1).split())


def test_the_numbers_of_claims_and_falsehoods_are_those_that_there_are():
    said = re.search(r"(\d+) claims are \[measured, derived and held against (\d+) falsehoods\]", README)
    assert [int(count) for count in said.groups()] == [len(claims()), sum(len(one.controls) for one in select())]


def test_there_are_two_set_up_commands():
    commands = re.findall(r"^python -m pip install.*$", README, re.MULTILINE)
    assert commands == ["python -m pip install . && zotheory verify", "python -m pip install -e '.[test]' && pytest"]


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_exist(page):
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    linked = {(ROOT / page).parent / name for name in re.findall(r"\]\(([\w./-]+)\)", text)}
    named = {ROOT / name for name in re.findall(r"`((?:[\w-]+/)+[\w.-]+\.\w+)`", text)}
    assert [path for path in linked | named if not path.exists()] == []


MAP = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("room", re.findall(r"`([\w/]+)`", "".join(re.findall(r"^\| `.*$", MAP, re.MULTILINE))))
def test_rooms_of_the_map_exist(room):
    assert (ROOT / room).is_dir()


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
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        if error.name.startswith("zotheory"):
            raise
        pytest.skip(f"needs {error.name}, of an extra")
    failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert failed == 0


LATE = ("scipy", "sympy", "matplotlib", "rich", "cloudpickle", "sqlite3", "multiprocessing", "jax", "torch", "dask")


def output_of(code):
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(("asked", "late"), [("0", ("numpy", *LATE)), ("zotheory.run, zotheory.gld_search", LATE)])
def test_importing_brings_nothing_and_running_numpy_only(asked, late):
    assert output_of(f"import sys, zotheory; {asked}; print([m for m in {late} if m in sys.modules])") == "[]\n"


def test_no_name_is_that_of_a_module_and_of_something_else():
    """Importing a module sets its name in the package: it would hide a function of this name."""
    modules = {info.name for info in pkgutil.iter_modules(zotheory.__path__)}
    assert not modules & zotheory.LATER.keys()


def test_the_package_travels_by_name():
    """Functions of the user's, which name it, are sent to other processes."""
    assert pickle.loads(cloudpickle.dumps(lambda: zotheory))() is zotheory


def test_what_is_no_name_of_the_package_is_said_to_be_none():
    assert zotheory.methods is sys.modules["zotheory.methods"]
    with pytest.raises(AttributeError, match="module 'zotheory' has no attribute 'no_such_name'"):
        zotheory.no_such_name  # noqa: B018
    assert set(zotheory.__all__) <= set(dir(zotheory))

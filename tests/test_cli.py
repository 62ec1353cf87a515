"""The command line, run in this process, on claims made up here; signals and pipes in processes of their own."""

import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import zotheory as zo
from zotheory import claims, cli
from zotheory.claims import sources
from zotheory.errata import LEDGER
from zotheory.evidence import labels
from zotheory.evidence.claim import Claim
from zotheory.interrupts import Interrupted, Signals

FILE = '''
import numpy as np
import zotheory as zo

def one():
    """One."""
    return 1.0

def uniform(bound, replicas, seed):
    return zo.Mean(np.random.default_rng(seed).random(replicas), bound(), ceiling=2.0, calls=2)

on = zo.Experiment("uniform samples", d=7, measure=uniform, replicas=400)

def claim(name):
    but = {"quarter": ("their mean is a quarter", lambda: 0.25, on)}
    return zo.Claim(name, bound=one, says="Uniform numbers have a mean of at most 1.", on=[on], but=but)

CLAIMS = [claim("mine.first"), claim("mine.second")]
'''


def uniform(mean):
    """Measures uniform samples on [0, 2 mean] against E X <= bound."""
    return lambda bound, replicas, seed: zo.Mean(
        2 * mean * np.random.default_rng(seed).random(replicas), bound(), ceiling=2 * mean + 1, calls=2
    )


def raising(error):
    def measure(bound, replicas, seed):
        raise error

    return measure


def experiment(measure, label="made up"):
    return zo.Experiment(label, d=7, measure=measure, replicas=400)


def claim(name, measure, *controls, **options):
    but = {f"control{i}": ("a falsehood", None, experiment(m, f"spoiled {i}")) for i, m in enumerate(controls)}
    says = options.pop("says", "X is small.")
    return Claim(name, bound=lambda: 1.0, says=says, on=[experiment(measure)], but=but, **options)


PACKAGES = sources.packages

SHIPPED = (
    claim("tiny.true", uniform(0.5), uniform(3.0), source="Duchi et al., Theorem 7", assumptions=["X is uniform."]),
    claim("tiny.open", uniform(1.0), says="X is hardly small."),
    claim("small.true", uniform(0.4), says="The momentum of X is small.", provenance="recalled", source="a book"),
)


@pytest.fixture(autouse=True)
def shipped(monkeypatch):
    """In the place of the shipped claims; a test may add to them."""
    known = {made.id: made for made in SHIPPED}
    for module in (claims, sources):
        monkeypatch.setattr(module, "claims", lambda: known)
    monkeypatch.setattr(sources, "packages", dict)

    def add(*made):
        known.update({one.id: one for one in made})

    return add


@pytest.fixture
def file(tmp_path):
    def write(text=FILE, name="mine.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def run(capsys):
    """Run the command line: arguments -> exit code, standard output, standard error."""

    def call(*arguments):
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse
            code = stop.code
        return code, *capsys.readouterr()

    return call


def ids(text):
    found = json.loads(text)
    return [record["id"] for record in (found["claims"] if isinstance(found, dict) else found)]


# --- list, show and errata -------------------------------------------------------------------------------------------


def test_list_names_claims_their_labels_and_what_they_say(run):
    code, out, err = run("list")
    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == ["tiny.true  none  X is small.", "tiny.open  none  X is hardly small."]
    assert max(map(len, out.splitlines())) <= 80


def test_list_json_holds_what_the_claims_say(run):
    code, out, err = run("list", "--json")
    assert (code, err) == (0, "")
    for record, made in zip(json.loads(out), SHIPPED, strict=True):
        for key in ("id", "says", "source", "provenance", "kind", "proof", "digest", "informal"):
            assert record[key] == getattr(made, key)
        assert record["formula"] is None
        assert record["assumptions"] == list(made.assumptions)
        assert [c["id"] for c in record["controls"]] == [c.id for c in made.controls]
        assert record["experiments"] == [{"label": "made up", "d": 7, "rung": "measured"}]


def test_selectors_are_ids_beginnings_and_globs_in_the_order_of_the_claims(run):
    for selectors, expected in (
        (("small.true",), ["small.true"]),
        (("tiny",), ["tiny.true", "tiny.open"]),
        (("*.true",), ["tiny.true", "small.true"]),
        (("small", "tiny.open", "tiny.o*"), ["tiny.open", "small.true"]),
    ):
        assert ids(run("list", "--json", *selectors)[1]) == expected


def test_show_tells_all_of_a_claim(run):
    code, out, err = run("show", "tiny.true")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    for part in (
        "X is small.",
        "Source: Duchi et al., Theorem 7 (ours). Kind: expectation.",
        "  - X is uniform.",
        "Derivation: none",
        "made up (measured, d = 7)",
        "a falsehood (control0)",
        "Reproduce: zotheory verify tiny.true",
    ):
        assert part in out
    assert all(name in run("show", "tiny")[1] for name in ("tiny.true", "tiny.open"))


def test_show_prints_the_formula_its_arguments_and_latex(run, shipped):
    from zotheory.kernel.statement import Statement
    from zotheory.kernel.terms import REAL, Le, Variable
    from zotheory.quantities import Radius

    @zo.bound
    def area(*, R: Radius):
        return 3 * R**2

    R = Variable("R", REAL)
    on = [experiment(uniform(1))]
    shipped(Claim("tiny.area", bound=area, says="!", on=on, states=lambda b: Statement([Le(0, R)], Le(0, 3 * R**2))))
    out = run("show", "tiny.area")[1]
    for part in ("As a formula", "0 <= 3*R^2", "Arguments of the bound", "  - R : positive (length)"):
        assert part in out
    assert r"0 \leq 3 R^{2}" in run("show", "tiny.area", "--latex")[1]
    assert "0 <= 3*R^2" in json.loads(run("list", "tiny.area", "--json")[1])[0]["formula"]
    code, out, err = run("show", "tiny", "--latex")
    assert (code, out) == (2, "")
    assert "--latex needs a statement as a formula, which tiny.true, tiny.open does not have" in err


def test_show_tells_what_a_derivation_rests_on(run, tmp_path, monkeypatch):
    entry = {
        "claim": "tiny.true",
        "digest": SHIPPED[0].digest,
        "code": SHIPPED[0].code,
        "status": "partly",
        "gaps": ["convergence"],
        "rests_on": {
            "certificates": {"intervals": 2},
            "derivations": {"tiny.lemma": "steps checked"},
            "code": {"the step": 40},
        },
        "steps": [["one step", "identity", "a = a", 3], ["convergence", "uncovered", "", 0]],
    }
    (tmp_path / "proofs.jsonl").write_text(json.dumps(entry) + "\n", encoding="utf-8")
    monkeypatch.setattr(labels, "RECORD", tmp_path / "proofs.jsonl")
    labels.records.cache_clear()
    out = run("show", "tiny.true")[1]
    listed = {record["id"]: record["proof"] for record in json.loads(run("list", "--json")[1])}
    labels.records.cache_clear()
    assert listed == {"tiny.true": "partly", "tiny.open": "none", "small.true": "none"}
    for part in (
        "Derivation: partly",
        "2 certificates by intervals",
        "the derivation of tiny.lemma (steps checked)",
        "agreement of the code at 40 points: the step",
        "Not checked\n  - convergence",
        "[identity] one step: a = a",
    ):
        assert part in out


def test_errata_are_listed_shown_and_found_by_the_claims_they_bear_on(run, shipped):
    code, out, _ = run("errata")
    assert code == 0
    assert all(entry.id in out for entry in LEDGER)
    assert ids(run("errata", "--json")[1]) == [entry.id for entry in LEDGER]
    code, out, _ = run("errata", "gld-ball-overlap")
    assert code == 0
    assert all(part in out for part in ("gld-ball-overlap: imprecise", "wording recalled", "gld_search.one_step"))
    shipped(claim("gld_search.ball_overlap", uniform(0.5)))
    found = ids(run("errata", "gld_search", "--json")[1])
    assert found == [entry.id for entry in LEDGER if "gld_search.ball_overlap" in entry.claims]
    assert "Errata" in run("show", "gld_search.ball_overlap")[1]
    assert "no entry bears on these claims" in run("errata", "tiny")[1]
    code, _, err = run("errata", "gld-bal-overlap")
    assert (code, "did you mean 'gld-ball-overlap'" in err) == (2, True)


# --- verify ----------------------------------------------------------------------------------------------------------


def test_verify_json_prints_json_and_nothing_else(run, shipped):
    def talkative(bound, replicas, seed):
        print("measuring")
        return zo.Value(0.5, bound())

    shipped(claim("tiny.loud", talkative))
    code, out, _ = run("verify", "tiny.loud", "--json", "--seed", 3, "--alpha", 0.02)
    record = json.loads(out)
    assert (code, record["alpha"], record["seed"], record["level"]) == (0, 0.02, 3, "quick")
    assert ids(out) == ["tiny.loud"]


@pytest.mark.skipif(os.name != "posix", reason="the C library of POSIX")
def test_what_others_write_to_standard_output_is_no_part_of_the_answer(file, capfd):
    """Also through its descriptor, by what the C library keeps in a buffer, and in processes."""
    loud = """
import ctypes, os, subprocess
def told(where):
    os.write(1, f"{where} by descriptor\\n".encode())
    ctypes.CDLL(None).printf(f"{where} by C\\n".encode())
    print(where, "by Python")
    subprocess.run(["echo", where, "by a process"], check=True)
told("file")
"""
    text = loud + FILE.replace("    return 1.0", '    told("bound")\n    return 1.0')
    for command in (["list"], ["verify", "--workers", "1"]):
        assert cli.main([*command, str(file(text)), "--json"]) == 0
        found = capfd.readouterr()
        assert ids(found.out) == ["mine.first", "mine.second"]
        for way in ("descriptor", "C", "Python", "a process"):
            assert f"file by {way}\n" in found.err
    assert "bound by descriptor\n" in found.err
    os.write(1, b"back\n")
    assert capfd.readouterr().out == "back\n"


def test_verify_prints_a_table_and_the_budget(run):
    code, out, err = run("verify", "tiny.true", "--seed", 4)
    assert (code, err) == (0, "")
    for part in ("tiny.true", "supported", "1 claim: 1 supported. 1 of 1 control refuted.", "Seed 4, level quick."):
        assert part in out
    assert "not refuted" not in out


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (claim("a", uniform(0.5)), 0),
        (claim("a", uniform(1.0)), 0),  # undecided
        (claim("a", lambda b, n, s: zo.Mean(np.random.default_rng(s).random(n), b())), 0),  # not refuted
        (claim("a", uniform(2.0)), 1),
        (claim("a", raising(ValueError("no"))), 1),
        (claim("a", raising(KeyError("boom"))), 1),
        (claim("a", uniform(0.5), uniform(0.5)), 1),  # a control that is not refuted
        (claim("a", uniform(0.5), raising(ValueError("no"))), 1),
    ],
)
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_exit_code_1_for_what_is_refuted_or_failed_and_for_missed_controls(run, shipped, made, expected, options):
    shipped(made)
    code, out, err = run("verify", "a", *options)
    assert (code, err) == (expected, "")
    assert out


def test_verify_without_a_selection_takes_every_claim(run):
    assert ids(run("verify", "--json")[1]) == [made.id for made in SHIPPED]


def test_a_control_that_is_not_refuted_is_announced(run, shipped):
    shipped(claim("a", uniform(0.5), uniform(3), uniform(0.5)))
    out = run("verify", "a")[1]
    assert "Controls that were not refuted" in out
    assert "a falsehood: a.control1" in out
    assert [c["refuted"] for c in json.loads(run("verify", "a", "--json")[1])["controls"]] == [True, False]


def test_out_gets_the_record_and_the_page(run, tmp_path):
    folder = tmp_path / "new" / "folder"
    code, out, _ = run("verify", "tiny.true", "--json", "--out", folder)
    assert code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["verification.json", "verification.md"]
    assert json.loads((folder / "verification.json").read_text(encoding="utf-8")) == json.loads(out)
    text = (folder / "verification.md").read_text(encoding="utf-8")
    for part in ("# Verification", "## tiny.true", "supported", "Seed 0"):
        assert part in text


def test_same_command_same_output_for_any_number_of_processes(run):
    one, again, two = (run("verify", "--json", "--seed", 8, "--workers", workers) for workers in (1, 1, 2))
    assert one == again == two


# --- claims from elsewhere -------------------------------------------------------------------------------------------


def test_a_file_of_claims_is_listed_shown_and_verified(run, file):
    path = file()
    assert ids(run("list", path, "--json")[1]) == ["mine.first", "mine.second"]
    out = run("show", f"{path}::mine.second")[1]
    assert re.search(rf"Reproduce:\szotheory verify {re.escape(str(path))}::mine\.second$", out, re.MULTILINE)
    code, out, err = run("verify", path, "--json")
    assert (code, err) == (0, "")
    assert [c["verdict"] for c in json.loads(out)["claims"]] == ["supported", "supported"]
    found = ids(run("verify", f"{path}::*.second", "tiny.true", f"{path}::mine.first", "--json")[1])
    assert found == ["tiny.true", "mine.second", "mine.first"]


def test_claims_may_be_called_zotheory_claims_and_hold_a_single_one(run, file):
    assert ids(run("list", file(FILE.replace("CLAIMS =", "zotheory_claims =")), "--json")[1])[0] == "mine.first"
    single = FILE.replace('[claim("mine.first"), claim("mine.second")]', 'claim("mine.first")')
    assert ids(run("list", file(single), "--json")[1]) == ["mine.first"]


def test_a_module_and_its_attribute(run, file, monkeypatch):
    monkeypatch.chdir(file(name="mine_module.py").parent)
    for selector in ("mine_module:CLAIMS", "mine_module:"):
        assert ids(run("list", selector, "--json")[1]) == ["mine.first", "mine.second"]
    code, _, err = run("list", "mine_module:OTHERS")
    assert (code, "mine_module:OTHERS: module mine_module has no attribute 'OTHERS'" in err) == (2, True)
    code, _, err = run("list", "no_such_module:CLAIMS")
    assert (code, "No module named 'no_such_module'" in err) == (2, True)


class EntryPoint:
    """In the place of one of an installed package."""

    name, value, dist = "mine", "mine:CLAIMS", None

    def __init__(self, found):
        self.found = found

    def load(self):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def test_an_installed_package_registers_its_claims(run, monkeypatch):
    made = [claim("other.claim", uniform(0.5))]
    monkeypatch.setattr(sources, "packages", lambda: {"mine": EntryPoint(made)})
    assert ids(run("list", "--json")[1]) == [*(c.id for c in SHIPPED), "other.claim"]
    assert ids(run("list", "mine", "--json")[1]) == ids(run("list", "other", "--json")[1]) == ["other.claim"]
    assert run("verify", "mine")[0] == 0


def test_entry_points_are_those_of_installed_packages(run, file, monkeypatch, tmp_path):
    file(name="installed_claims.py")
    (tmp_path / "other-1.0.dist-info").mkdir()
    file("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n", "other-1.0.dist-info/METADATA")
    file("[zotheory.claims]\nother = installed_claims:CLAIMS\n", "other-1.0.dist-info/entry_points.txt")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sources, "packages", PACKAGES)
    assert (
        ids(run("list", "other", "--json")[1]) == ids(run("list", "mine", "--json")[1]) == ["mine.first", "mine.second"]
    )


def test_a_package_whose_claims_cannot_be_read_does_not_stop_the_others(run, monkeypatch):
    monkeypatch.setattr(sources, "packages", lambda: {"mine": EntryPoint(ImportError("gone"))})
    code, out, err = run("list", "--json")
    assert (code, ids(out)) == (0, [c.id for c in SHIPPED])
    assert "warning: mine (mine:CLAIMS, registered by a package) cannot be read" in err
    code, out, err = run("list", "mine")
    assert (code, out) == (2, "")
    assert "ImportError: gone" in err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "must list its claims as CLAIMS or zotheory_claims"),
        ("CLAIMS = []", "CLAIMS must hold at least one zotheory.Claim, got none"),
        ("CLAIMS = 3", "CLAIMS must be a list of zotheory.Claim, got 3"),
        ("CLAIMS = 'mine.first'", "CLAIMS must be a list of zotheory.Claim, got 'mine.first'"),
        ("CLAIMS = {'mine.first': 3}", "CLAIMS must be a list of zotheory.Claim, got {'mine.first': 3}"),
        ("CLAIMS = (1 // i for i in [0])", "ZeroDivisionError"),
        ("CLAIMS = [3]", "CLAIMS must hold zotheory.Claim only, got 3 (int)"),
        ("CLAIMS = [", "'[' was never closed"),
        ("\n1 / 0", 'mine.py", line 2, in <module>\n    1 / 0'),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import no_such_module", "No module named 'no_such_module'"),
        ("open('data.csv')", "No such file or directory: 'data.csv'"),
        ("import zotheory as zo\nCLAIMS = [zo.Claim('a', bound=int, says='!', on=[])]", "claim 'a' must have at least"),
    ],
)
def test_a_file_that_gives_no_claims_is_named_with_what_is_wrong(run, file, text, told):
    path = file(text)
    code, out, err = run("verify", path)
    assert (code, out) == (2, "")
    assert str(path) in err
    assert told in err
    assert "importlib" not in err


def test_a_file_that_is_not_there_and_two_claims_of_one_name(run, file, tmp_path):
    code, _, err = run("verify", tmp_path / "none.py")
    assert (code, "none.py: no such file" in err) == (2, True)
    code, _, err = run("verify", file(), file(name="copy.py"))
    assert (code, "two different claims have the id 'mine.first'" in err) == (2, True)


def test_two_claims_of_one_name_are_refused_also_where_one_is_asked_for(run, file):
    path = file(FILE.replace("mine.second", "mine.first"))
    for selector in (path, f"{path}::mine.first", f"{path}::mine"):
        code, _, err = run("list", selector)
        assert (code, "two different claims have the id 'mine.first'" in err) == (2, True)


@pytest.mark.parametrize("name", ["mine[1]", "größe.Δ", "a|b", "x::y", "f.py", "-v"])
def test_any_id_can_be_asked_for(run, file, name):
    path = file(FILE.replace("mine.second", name))
    assert ids(run("list", f"{path}::{name}", "--json")[1]) == [name]


@pytest.mark.parametrize("command", ["list --json", "show", "show --latex"])
def test_a_statement_that_cannot_be_made_is_told(run, file, command):
    path = file(FILE.replace("but=but", "but=but, states=lambda bound: 1 / 0"))
    code, out, err = run(*command.split(), path)
    assert (code, out) == (2, "")
    assert "claim 'mine.first': its statement cannot be made, ZeroDivisionError: division by zero" in err
    assert run("verify", path, "--json")[0] == 0


def test_an_attribute_of_a_file(run, file):
    path = file(FILE.replace("CLAIMS =", "MINE ="))
    assert ids(run("list", f"{path}:MINE", "--json")[1]) == ["mine.first", "mine.second"]
    code, _, err = run("list", f"{path}:OTHER")
    assert (code, "has no attribute 'OTHER'" in err) == (2, True)


def test_a_file_may_import_its_neighbours(run, file):
    file(FILE, "neighbour_of_mine.py")
    assert ids(run("list", file("from neighbour_of_mine import CLAIMS", "uses.py"), "--json")[1])[0] == "mine.first"


# --- wrong usage -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["show", "verify", "list"])
@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("tiny.tru", "'tiny.true'"),
        ("tine.open", "'tiny.open'"),
        ("momentum", "'small.true'"),
        ("momentun", "'small.true'"),
        ("theorem 7", "'tiny.true'"),
        ("duchi", "'tiny.true'"),
        ("hardly", "'tiny.open'"),
    ],
)
def test_an_unknown_claim_suggests_the_nearest_by_meaning(run, command, name, nearest):
    code, out, err = run(command, name)
    assert (code, out) == (2, "")
    assert f"unknown claim {name!r}: did you mean {nearest}" in err


def test_what_is_suggested_can_be_selected(run):
    suggested = run("verify", "tiy")[2].split("'")[3]
    assert suggested == "tiny"
    assert run("verify", suggested)[0] == 0
    assert "did you mean" not in run("verify", "zzz")[2]


@pytest.mark.parametrize("alpha", ["0", "1", "-0.1", "1.5", "nan", "inf", "abc", ""])
def test_a_bad_alpha_is_named(run, alpha):
    code, out, err = run("verify", "tiny", f"--alpha={alpha}")
    assert (code, out) == (2, "")
    assert f"alpha must lie strictly between 0 and 1, got {alpha}" in err


def test_an_alpha_that_cannot_be_shared_is_named(run):
    code, _, err = run("verify", "tiny", "--alpha=1e-310")
    assert (code, "alpha must be at least 1e-300, got 1e-310" in err) == (2, True)


@pytest.mark.parametrize("seed", ["-1", "x", "1.5", "nan", ""])
def test_a_bad_seed_is_named(run, seed):
    code, out, err = run("verify", "tiny", f"--seed={seed}")
    assert (code, out) == (2, "")
    assert f"seed must be a non-negative integer, got {seed}" in err


@pytest.mark.parametrize("workers", ["0", "-1", "two"])
def test_workers_must_be_a_count(run, workers):
    code, _, err = run("verify", "tiny", "--workers", workers)
    assert (code, f"workers must be a positive integer, got {workers}" in err) == (2, True)


def test_workers_beyond_what_a_machine_bears_are_refused(run):
    code, _, err = run("verify", "tiny", "--workers", 10**9)
    assert (code, "workers must be at most 1024, got 1000000000" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "COMMAND"),
        (("dance",), "dance"),
        (("verify", "tiny", "--level", "thorough"), "'thorough'"),
        (("show",), "SELECT"),
        (("verify", "tiny", "--fast"), "--fast"),
    ],
)
def test_wrong_usage_is_told(run, arguments, told):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert told in err


@pytest.mark.parametrize("where", ["file/folder", "file"])
def test_an_out_that_cannot_be_a_folder_is_refused_before_anything_runs(run, shipped, tmp_path, where):
    ran = []
    shipped(claim("tiny.never", lambda bound, replicas, seed: ran.append(1)))
    (tmp_path / "file").write_text("")
    code, out, err = run("verify", "tiny.never", "--out", tmp_path / where, "--workers", 1)
    assert (code, out, ran) == (2, "", [])
    assert f"--out must name a folder that can be written to, got {tmp_path / where}" in err


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_an_out_that_cannot_be_written_to_is_refused(run, tmp_path):
    tmp_path.chmod(0o500)
    assert run("verify", "tiny", "--out", tmp_path)[0] == 2


@pytest.mark.skipif(os.name != "posix", reason="as a POSIX shell closes them")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_output_that_is_closed_is_no_error(closed):
    called = f"{sys.executable} -c 'from zotheory.cli import script; script()' verify two_point.bias"
    assert subprocess.run(f"{called} {closed}", shell=True, check=False).returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is full")
@pytest.mark.parametrize("command", ["list two_point", "show two_point.bias", "errata", "verify two_point.bias"])
def test_an_output_that_is_full_is_told(command):
    with open("/dev/full", "w") as full:
        program = [sys.executable, "-m", "zotheory.cli", *command.split()]
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    told = "zotheory: error: standard output cannot be written to: No space left on device"
    assert (done.returncode, done.stderr.splitlines()) == (2, [told])


def full(report, folder):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_report_is_printed_though_its_folder_is_full(run, tmp_path, monkeypatch):
    monkeypatch.setattr("zotheory.report.files.write", full)
    code, out, err = run("verify", "tiny", "--out", tmp_path, "--json")
    assert (code, len(json.loads(out)["claims"]) > 0) == (2, True)
    assert err.endswith(f"zotheory: error: --out {tmp_path} cannot be written to: No space left on device\n")


# --- interruption and progress ---------------------------------------------------------------------------------------


@pytest.fixture
def interrupted(shipped, monkeypatch):
    """A run of two claims, one after the other, that is interrupted in the second."""
    shipped(claim("some.done", uniform(0.5), uniform(3)), claim("some.interrupted", raising(KeyboardInterrupt())))
    monkeypatch.setattr("os.cpu_count", lambda: 1)


@pytest.mark.usefixtures("interrupted")
def test_what_was_finished_is_printed_though_its_folder_is_full(run, tmp_path, monkeypatch):
    monkeypatch.setattr("zotheory.report.files.write", full)
    code, out, err = run("verify", "some", "--out", tmp_path, "--json")
    assert (code, len(json.loads(out)["claims"])) == (130, 1)
    assert err.endswith(f"zotheory: error: --out {tmp_path} cannot be written to: No space left on device\n")


@pytest.mark.usefixtures("interrupted")
def test_ctrl_c_exits_130_and_keeps_what_was_finished(run, tmp_path):
    code, out, err = run("verify", "some", "--out", tmp_path)
    assert (code, err) == (130, "interrupted, 1 of 2\n")
    assert out.startswith("Interrupted: 1 of 2 claims were finished.")
    assert "1 claim: 1 supported. 1 of 1 control refuted." in out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["verification.partial.json", "verification.partial.md"]
    record = json.loads((tmp_path / "verification.partial.json").read_text(encoding="utf-8"))
    assert ([c["id"] for c in record["claims"]], record["complete"]) == (["some.done"], False)


@pytest.mark.usefixtures("interrupted")
def test_a_complete_result_is_never_overwritten_by_an_incomplete_one(run, tmp_path):
    run("verify", "tiny.true", "--out", tmp_path)
    complete = (tmp_path / "verification.json").read_text(encoding="utf-8")
    run("verify", "some", "--out", tmp_path)
    assert (tmp_path / "verification.json").read_text(encoding="utf-8") == complete


@pytest.mark.usefixtures("interrupted")
def test_ctrl_c_leaves_standard_output_json(run):
    code, out, err = run("verify", "some", "--json")
    assert (code, err) == (130, "interrupted, 1 of 2\n")
    assert ids(out) == ["some.done"]


@pytest.mark.usefixtures("interrupted")
def test_ctrl_c_at_the_start_prints_no_report(run, tmp_path):
    code, out, err = run("verify", "some.interrupted", "--out", tmp_path)
    assert (code, out, err) == (130, "", "interrupted, 0 of 1\n")
    assert list(tmp_path.iterdir()) == []


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_shown_on_a_terminal_only(run, monkeypatch):
    assert run("verify", "small.true", "--json")[2] == ""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    _, out, _ = run("verify", "small.true", "--json")
    assert "1/1" in terminal.getvalue()
    assert ids(out) == ["small.true"]


# --- as a program ----------------------------------------------------------------------------------------------------


def test_version(run):
    assert run("--version") == (0, f"zotheory {zo.__version__}\n", "")


def test_a_sign_that_the_encoding_lacks_is_escaped(file):
    """A pipe on Windows has the encoding of the system, which has few signs."""
    source = str(file(FILE + 'CLAIMS = [claim("mine.\u03bb")]'))
    command = [sys.executable, "-m", "zotheory.cli", "list", source]
    encoding = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, capture_output=True, text=True, encoding="cp1252", env=encoding, check=False)
    assert done.returncode == 0, done.stderr
    assert "mine.\\u03bb" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("loading", ["argparse", "zotheory.options", "numpy", "zotheory.claims"])
def test_ctrl_c_while_it_is_loaded_ends_it_without_a_traceback(loading):
    program = f"""
import os, signal, sys

class Interrupting:
    def find_spec(name, path=None, target=None):
        if name == {loading!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting)
sys.argv = ["zotheory", "list"]
from zotheory.cli import script
script()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_the_module_runs_as_a_program(file):
    command = [sys.executable, "-m", "zotheory.cli", "list", str(file())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "mine.second" in done.stdout


SLOW = FILE.replace(
    "def uniform", "import time\n\ndef sleeping(bound, replicas, seed):\n    time.sleep(60)\n\ndef uniform"
)
SLOW += """
sleep = zo.Experiment("sleep", d=7, measure=sleeping, replicas=1)
CLAIMS += [zo.Claim("mine.slow" + str(i), bound=one, says="!", on=[sleep]) for i in range(9)]
"""


class Program:
    """``zotheory verify`` on claims of which two are quick and the others slow, when it has come to those."""

    def __init__(self, path, out, workers):
        command = [
            sys.executable,
            "-m",
            "zotheory.cli",
            "verify",
            str(path),
            "--workers",
            str(workers),
            "--out",
            str(out),
            "--json",
        ]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdout=pipe, stderr=pipe, start_new_session=True)
        deadline = time.monotonic() + 60
        while len(self.workers()) < workers and time.monotonic() < deadline:
            time.sleep(0.05)
        self.children = self.workers()
        time.sleep(1)  # for the quick ones
        self.start = time.monotonic()

    def workers(self):
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()  # each has its own
        return [int(p) for thread in threads for p in (thread / "children").read_text().split()]

    def signal(self, *numbers, group=False):
        for number in numbers:
            os.killpg(self.process.pid, number) if group else os.kill(self.process.pid, number)
        return self

    def ended(self):
        """Return the exit code when program and children are gone; they have 2 s."""
        while time.monotonic() < self.start + 2:
            if self.process.poll() is not None and not any(map(self.alive, self.children)):
                return self.process.returncode
            time.sleep(0.01)
        self.process.kill()
        pytest.fail("the program or one of its processes outlived the signal by 2 s")

    @staticmethod
    def alive(number):
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
        return state != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize(
    ("how", "workers"), [("ctrl-c twice", 2), ("terminate", 4), ("hang up", 2), ("closed pipe", 4), ("kill", 4)]
)
def test_every_process_ends_within_two_seconds_and_nothing_finished_is_lost(file, tmp_path, how, workers):
    out = tmp_path / "out"
    program = Program(file(SLOW), out, workers)
    with program.process as process:
        if how == "ctrl-c twice":
            assert program.signal(signal.SIGINT, signal.SIGINT, group=True).ended() == 130
        elif how == "terminate":
            assert program.signal(signal.SIGTERM).ended() == 143
        elif how == "hang up":
            assert program.signal(signal.SIGHUP).ended() == 129
        elif how == "closed pipe":
            process.stdout.close()
            assert program.ended() == 141
        else:
            assert program.signal(signal.SIGKILL).ended() == -signal.SIGKILL
            return
        assert process.stderr.read() == b"interrupted, 2 of 11\n"
        if how != "closed pipe":
            assert ids(process.stdout.read()) == ["mine.first", "mine.second"]
    assert ids((out / "verification.partial.json").read_text(encoding="utf-8")) == ["mine.first", "mine.second"]


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_signal_is_not_lost_where_nothing_can_be_raised():
    class Loud:
        def __del__(self):
            os.kill(os.getpid(), signal.SIGTERM)

    def late():
        Loud()
        time.sleep(10)

    with Signals(), pytest.raises(Interrupted, match="SIGTERM"):
        late()


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_signals_wait_until_what_is_finished_is_delivered():
    delivered = []

    def deliver(signals):
        with signals.held():
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            delivered.append(1)

    before = signal.getsignal(signal.SIGINT)
    with Signals() as signals, pytest.raises(Interrupted, match="SIGINT"):
        deliver(signals)
    assert delivered == [1]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_signal_before_anything_begins_ends_the_program_in_order(run, monkeypatch):
    """As where the reader of a pipe is gone from the start."""

    class Late(Signals):
        def __enter__(self):
            super().__enter__()
            os.kill(os.getpid(), signal.SIGTERM)
            return self

    monkeypatch.setattr(cli, "Signals", Late)
    assert run("verify", "tiny") == (143, "", "")


def test_the_end_of_a_reader_is_no_error(file):
    command = f"{sys.executable} -m zotheory.cli show {file()} {file()} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout in ("0\n", "141\n")
    assert done.stderr == ""

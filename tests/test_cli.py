"""The command line, run in this process; claims made up here stand beside the shipped ones."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest

import zotheory
from zotheory import cli, theorems
from zotheory.errata import LEDGER
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import Mean

SMALL = "gld_search.one_step"


def exponential(mean):
    """Measures exponential samples of this mean against E X <= 1."""
    return lambda replicas, seed: Mean(mean * np.random.default_rng(seed).standard_exponential(replicas), 1.0, calls=2)


def raising(error):
    def measure(replicas, seed):
        raise error

    return measure


@pytest.fixture
def add(monkeypatch):
    """Add a claim of this id, measures and controls for the duration of a test."""

    def add_claim(name, *measures, controls=()):
        experiments = tuple(Experiment("measured", f"experiment {i}", 7, m, 400) for i, m in enumerate(measures))
        planted = tuple(
            Control(f"{name}.control{i}", name, "a falsehood", Experiment("measured", "", 7, m, 400))
            for i, m in enumerate(controls)
        )
        made = Claim(name, "X is small.", "made up", "expectation", "ours", (), int, {}, experiments, planted)
        monkeypatch.setitem(theorems.claims(), name, made)

    return add_claim


@pytest.fixture
def zo(capsys):
    """Run the command line: arguments -> exit code, standard output, standard error."""

    def call(*arguments):
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse
            code = stop.code
        return code, *capsys.readouterr()

    return call


# --- list and show ---------------------------------------------------------------------------------------------------


def test_list_names_every_claim_and_its_proof(zo):
    code, out, err = zo("list")
    assert (code, err) == (0, "")
    assert all(name in out for name in theorems.claims())
    assert "proved" in out


def test_list_json_holds_what_the_claims_say(zo):
    code, out, err = zo("list", "--json")
    assert (code, err) == (0, "")
    listed = {record["id"]: record for record in json.loads(out)}
    assert list(listed) == list(theorems.claims())
    for name, claim in theorems.claims().items():
        for key in ("statement", "source", "kind", "proof"):
            assert listed[name][key] == getattr(claim, key)


@pytest.mark.parametrize("name", theorems.claims())
def test_show_tells_all_of_a_claim(zo, name):
    code, out, err = zo("show", name)
    claim = theorems.find(name)
    assert (code, err) == (0, "")
    told = [claim.statement, claim.source, f"Proof: {claim.proof}", f"zotheory verify {name}", *claim.assumptions]
    told += (
        [e.label for e in claim.experiments] + [c.id for c in claim.controls] + [c.falsehood for c in claim.controls]
    )
    assert [part for part in told if part not in out] == []


def test_show_tells_the_errata_of_the_claims_they_bear_on(zo):
    concerned = {name for entry in LEDGER for name in entry.claims}
    for name in theorems.claims():
        assert ("Errata" in zo("show", name)[1]) == (name in concerned)


def test_errata_are_listed_and_shown(zo):
    code, out, _ = zo("errata")
    assert code == 0
    assert all(entry.id in out for entry in LEDGER)
    assert [entry["id"] for entry in json.loads(zo("errata", "--json")[1])] == [entry.id for entry in LEDGER]
    code, out, _ = zo("errata", "gld-ball-overlap")
    assert code == 0
    assert all(part in out for part in ("gld-ball-overlap: wrong", "wording recalled", "gld_search.one_step"))
    code, _, err = zo("errata", "gld-bal-overlap")
    assert (code, "did you mean 'gld-ball-overlap'?" in err) == (2, True)


@pytest.mark.parametrize("jobs", ["0", "-1", "two"])
def test_jobs_must_be_a_count(zo, jobs):
    code, _, err = zo("verify", SMALL, "--jobs", jobs)
    assert (code, f"jobs must be a positive integer, got {jobs}" in err) == (2, True)


def test_results_do_not_depend_on_the_processes(zo):
    one, two = (zo("verify", SMALL, "--json", "--jobs", jobs)[1] for jobs in (1, 2))
    assert one == two


# --- verify ----------------------------------------------------------------------------------------------------------


def test_verify_json_prints_json_and_nothing_else(zo):
    code, out, err = zo("verify", SMALL, "--json", "--seed", 3, "--alpha", 0.02)
    assert (code, err) == (0, "")
    record = json.loads(out)
    assert (record["alpha"], record["seed"], record["level"]) == (0.02, 3, "quick")
    assert [claim["id"] for claim in record["claims"]] == [SMALL]


def test_verify_prints_a_table_and_the_budget(zo, add):
    add("tiny.true", exponential(0.5), controls=[exponential(3)])
    code, out, err = zo("verify", "tiny.true", "--seed", 4)
    assert (code, err) == (0, "")
    for part in ("tiny.true", "supported", "1 of 1 claims supported, 0 refuted", "1 of 1 planted falsehoods refuted"):
        assert part in out
    assert "error budget 0.01, seed 4, level quick" in out
    assert "No power" not in out


def test_verify_selects_by_prefix_and_glob(zo, add):
    for name in ("tiny.one", "tiny.two", "small.one"):
        add(name, exponential(0.5))
    for pattern, expected in (("tiny", ["tiny.one", "tiny.two"]), ("*.one", ["tiny.one", "small.one"])):
        record = json.loads(zo("verify", pattern, "--json")[1])
        assert [claim["id"] for claim in record["claims"]] == expected


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_refuted_claim_gives_exit_code_1(zo, add, options):
    add("tiny.true", exponential(0.5))
    add("tiny.false", exponential(2.0))
    code, out, err = zo("verify", "tiny", *options)
    assert (code, err) == (1, "")
    assert "refuted" in out.lower()


def test_verify_without_a_selection_takes_every_claim(zo, monkeypatch, add):
    add("tiny.false", exponential(2.0))
    only = {"tiny.false": theorems.claims()["tiny.false"]}
    monkeypatch.setattr(theorems, "claims", lambda: only)
    code, out, _ = zo("verify", "--json")
    assert code == 1
    assert [claim["id"] for claim in json.loads(out)["claims"]] == ["tiny.false"]


def test_an_undecided_claim_gives_exit_code_0(zo, add):
    add("tiny.open", exponential(1.0))
    code, out, _ = zo("verify", "tiny.open")
    assert code == 0
    assert "undecided" in out


def test_a_control_that_is_not_refuted_is_announced(zo, add):
    add("tiny.true", exponential(0.5), controls=[exponential(3), exponential(0.5)])
    code, out, _ = zo("verify", "tiny.true")
    assert code == 0
    assert "No power: verification failed to refute tiny.true.control1." in out
    assert "1 of 2 planted falsehoods refuted" in out
    controls = json.loads(zo("verify", "tiny.true", "--json")[1])["controls"]
    assert [c["refuted"] for c in controls] == [True, False]


def test_out_gets_the_record_and_the_page(zo, add, tmp_path):
    add("tiny.true", exponential(0.5), controls=[exponential(3), exponential(0.5)])
    folder = tmp_path / "new" / "folder"
    code, out, _ = zo("verify", "tiny.true", "--json", "--out", folder)
    assert code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["verification.json", "verification.md"]
    assert json.loads((folder / "verification.json").read_text(encoding="utf-8")) == json.loads(out)
    text = (folder / "verification.md").read_text(encoding="utf-8")
    for part in ("# Verification", "## tiny.true", "supported", "NOT REFUTED", "seed 0"):
        assert part in text


def test_same_command_same_output(zo, add):
    add("tiny.true", exponential(0.5))
    assert zo("verify", "tiny.true", "--json", "--seed", 8) == zo("verify", "tiny.true", "--json", "--seed", 8)


# --- wrong usage -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["show", "verify"])
@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("two_point.mean_gab", "two_point.mean_gap"),
        ("gld_search.one_stp", "gld_search.one_step"),
        ("gldsearch.invariance", "gld_search.invariance"),
    ],
)
def test_an_unknown_claim_suggests_the_nearest(zo, command, name, nearest):
    code, out, err = zo(command, name)
    assert (code, out) == (2, "")
    assert name in err
    assert f"did you mean '{nearest}'?" in err


@pytest.mark.parametrize("alpha", ["0", "1", "-0.1", "1.5", "nan", "inf", "abc", ""])
def test_a_bad_alpha_is_named(zo, alpha):
    code, out, err = zo("verify", SMALL, f"--alpha={alpha}")
    assert (code, out) == (2, "")
    assert f"alpha must lie strictly between 0 and 1, got {alpha}" in err


@pytest.mark.parametrize("seed", ["-1", "x", "1.5", "nan", ""])
def test_a_bad_seed_is_named(zo, seed):
    code, out, err = zo("verify", SMALL, f"--seed={seed}")
    assert (code, out) == (2, "")
    assert f"seed must be a non-negative integer, got {seed}" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "COMMAND"),
        (("dance",), "dance"),
        (("verify", SMALL, "--level", "thorough"), "'thorough'"),
        (("show",), "CLAIM"),
        (("verify", SMALL, "--fast"), "--fast"),
    ],
)
def test_wrong_usage_is_told(zo, arguments, told):
    code, out, err = zo(*arguments)
    assert (code, out) == (2, "")
    assert told in err


@pytest.mark.parametrize("where", ["file/folder", "file"])
def test_an_out_that_cannot_be_a_folder_is_refused_before_anything_runs(zo, add, tmp_path, where):
    add("tiny.never", raising(AssertionError("ran")))
    (tmp_path / "file").write_text("")
    code, out, err = zo("verify", "tiny.never", "--out", tmp_path / where)
    assert (code, out) == (2, "")
    assert "--out" in err
    assert str(tmp_path / where) in err


def test_a_mistake_inside_an_experiment_is_not_taken_for_wrong_usage(add):
    add("tiny.broken", raising(KeyError("boom")))
    with pytest.raises(KeyError, match="boom"):
        cli.main(["verify", "tiny.broken"])


# --- interruption and progress ---------------------------------------------------------------------------------------


@pytest.fixture
def interrupted(add):
    add("tiny.done", exponential(0.5))
    add("tiny.interrupted", raising(KeyboardInterrupt()))


@pytest.mark.usefixtures("interrupted")
def test_ctrl_c_exits_130_and_tells_what_was_finished(zo, tmp_path):
    code, out, err = zo("verify", "tiny", "--out", tmp_path)
    assert (code, err) == (130, "interrupted\n")
    assert "1 of 1 claims supported" in out
    assert "tiny.interrupted" not in out
    record = json.loads((tmp_path / "verification.json").read_text(encoding="utf-8"))
    assert [claim["id"] for claim in record["claims"]] == ["tiny.done"]
    assert "tiny.done" in (tmp_path / "verification.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("interrupted")
def test_ctrl_c_leaves_standard_output_json(zo):
    code, out, err = zo("verify", "tiny", "--json")
    assert (code, err) == (130, "interrupted\n")
    assert [claim["id"] for claim in json.loads(out)["claims"]] == ["tiny.done"]


@pytest.mark.usefixtures("interrupted")
def test_ctrl_c_at_the_start_prints_no_report(zo, tmp_path):
    code, out, err = zo("verify", "tiny.interrupted", "--out", tmp_path)
    assert (code, out, err) == (130, "", "interrupted\n")
    assert list(tmp_path.iterdir()) == []


class Processes:
    """In the place of joblib's generator of results: interrupted at the first."""

    closed = False

    def __init__(self, **options):
        pass

    def __call__(self, tasks):
        return self

    def __next__(self):
        raise KeyboardInterrupt

    def close(self):
        Processes.closed = True


def test_an_interrupted_run_ends_its_processes(zo, monkeypatch):
    monkeypatch.setattr("joblib.Parallel", Processes)
    assert zo("verify", "gld_search", "--jobs", "2") == (130, "", "interrupted\n")
    assert Processes.closed  # else the program would wait for them for ever


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_shown_on_a_terminal_only(zo, add, monkeypatch):
    add("tiny.true", exponential(0.5))
    assert zo("verify", "tiny.true", "--json")[2] == ""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    _, out, _ = zo("verify", "tiny.true", "--json")
    assert "1/1" in terminal.getvalue()
    assert [claim["id"] for claim in json.loads(out)["claims"]] == ["tiny.true"]


# --- as a program ----------------------------------------------------------------------------------------------------


def test_version(zo):
    assert zo("--version") == (0, f"zotheory {zotheory.__version__}\n", "")


def test_the_module_runs_as_a_program():
    done = subprocess.run([sys.executable, "-m", "zotheory.cli", "list"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(name in done.stdout for name in theorems.claims())

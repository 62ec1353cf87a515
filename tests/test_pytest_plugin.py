"""Claims as tests of pytest: what they come to, one budget however they are run, and what is told of an early end.

Most sessions run in this process; those with several processes are slow: `pytest -m slow tests/test_pytest_plugin.py`.
"""

import os
import pickle
import re
import signal
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from time import monotonic, sleep
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zotheory as zo
from tests.test_docs import blocks, printed, split
from zotheory.testing import settling

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
INSTALLED = any(point.name == "zotheory" for point in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "zotheory.pytest_plugin")

MADE = """
import numpy as np
import pytest
import zotheory as zo

def mean(bound, replicas, seed):
    return zo.Mean(np.random.default_rng(seed).random(replicas), bound(), ceiling=1.0)

def unbounded(bound, replicas, seed):
    return zo.Mean(np.random.default_rng(seed).random(replicas), bound())

def broken(bound, replicas, seed):
    raise RuntimeError("no measurement")

def on(measure=mean, replicas=2000):
    return zo.Experiment("the mean of uniform numbers", d=1, measure=measure, replicas=replicas)

def claim(name, limit, measure=mean, replicas=2000, low=0.3):
    but = {"low": (f"the mean of uniform numbers is at most {low}", lambda: low, on(mean, replicas))}
    says = f"The mean of uniform numbers is at most {limit}."
    return zo.Claim(f"mine.{name}", bound=lambda: limit, says=says, on=[on(measure, replicas)], but=but)
"""
ALL = """
zotheory_claims = [
    claim("true", 0.6),
    claim("false", 0.4),
    claim("near", 0.505),
    claim("unbounded", 0.6, unbounded),
    claim("broken", 0.6, broken),
    claim("loose", 0.6, low=0.7),
]

def test_plain():
    pass
"""
NAMES = {"__name__": "made"}
exec(MADE + ALL, NAMES)
CLAIM, LISTED = NAMES["claim"], NAMES["zotheory_claims"]
REPORT = zo.verify(LISTED)  # also imports what sessions in this process need: they forget what they import


@pytest.fixture
def run(pytester, monkeypatch):
    """Run pytest on a module in this process; return its result."""
    monkeypatch.setenv("COLUMNS", "80")

    def result(source, *options, name="test_mine", **given):
        pytester.makepyfile(**{name: MADE + source})
        return pytester.runpytest_inprocess(*PLUGIN, *options, **given)

    return result


def section(result):
    """Return what a session told of its claims."""
    found = re.search(r"^=+ claims =+\n(.*?)\n=+ ", result.stdout.str() + "\n= ", re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def outcomes(result, kind, whole=False):
    """Return the names of tests with this outcome, without those of modules and lists unless these are asked for."""
    found = re.findall(rf"^{kind} (\S+::(\S+))", result.stdout.str(), re.MULTILINE)
    return {name if whole else last for name, last in found}


# --- verdicts --------------------------------------------------------------------------------------------------------


def test_a_session_comes_to_the_verdicts_of_verify(run):
    result = run(ALL, "-rA")
    assert section(result) == str(REPORT)
    assert outcomes(result, "FAILED") == {"mine.false", "mine.broken", "mine.loose"}
    assert outcomes(result, "PASSED") == {"mine.true", "mine.near", "mine.unbounded", "test_plain"}
    result.assert_outcomes(passed=4, failed=3)
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_failure_says_why(run):
    result = run(ALL)
    failures = result.stdout.str().split("= claims =")[0]
    for said in (
        "_ claim mine.false _",
        "mine.false: The mean of uniform numbers is at most 0.4.",
        "mine.false is refuted\n  - the mean of uniform numbers, d = 1: refuted, measured 0.",
        "mine.broken failed",
        'raise RuntimeError("no measurement")',
        "the control mine.loose.low is not refuted",
        "Controls that were not refuted: verification cannot tell these falsehoods apart",
    ):
        assert said in failures
    result.stdout.fnmatch_lines(["FAILED *mine.false - Failed: mine.false is refuted"])
    assert "During handling of" not in failures


def test_what_is_open_warns_and_fails_where_it_must(run):
    warned = run(ALL).stdout.str()
    assert "ClaimWarning: mine.near is undecided: what was measured exceeds the bound" in warned
    assert "ClaimWarning: mine.unbounded is not refuted: no ceiling and no variance is declared" in warned
    for option in ("--zotheory-strict", "-Werror::zotheory.testing.ClaimWarning"):
        failed = outcomes(run(ALL, option), "FAILED")
        assert failed == {"mine.false", "mine.broken", "mine.loose", "mine.near", "mine.unbounded"}


def test_options_are_those_of_verify(run):
    result = run('zotheory_claims = [claim("true", 0.6)]', "--zotheory-alpha=1e-30", "--zotheory-seed=5")
    assert section(result) == str(zo.verify([CLAIM("true", 0.6)], alpha=1e-30, seed=5))
    result = run('zotheory_claims = [claim("true", 0.6, replicas=50)]', "--zotheory-level=full")
    assert section(result) == str(zo.verify([CLAIM("true", 0.6, replicas=50)], level="full"))


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--zotheory-alpha=2", "alpha must lie strictly between 0 and 1, got 2"),
        ("--zotheory-seed=-1", "seed must be a non-negative integer, got -1"),
        ("--zotheory-level=some", "invalid choice: 'some'"),
    ],
)
def test_a_wrong_option_is_a_usage_error(run, option, said):
    result = run(ALL, option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()


def test_the_page_shows_what_its_session_tells(pytester, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    (_, source), (_, shown), _, (_, returned), *_ = blocks("testing.md")
    path = pytester.makepyfile(test_rate=source)
    result = pytester.runpytest_inprocess(*PLUGIN, "-rA")
    assert split(section(result)) == (split(shown)[0], pytest.approx(split(shown)[1], rel=0.05))
    assert "test_rate.py::zotheory_claims::mine.rate" in outcomes(result, "PASSED", whole=True)
    path.write_text(source + returned)
    result = pytester.runpytest_inprocess(*PLUGIN, "-rA")
    assert outcomes(result, "PASSED") == {"mine.rate", "mine.tight", "test_rate_of_a_fixture"}


def test_the_page_shows_what_its_assertions_say():
    pairs = printed("testing.md", of="zotheory.testing")
    assert len(pairs) == 2
    for shown, found in pairs:
        assert split(found)[0].split("p =")[0] == split(shown)[0].split("p =")[0]
        assert split(found)[1] == pytest.approx(split(shown)[1], rel=0.05)


# --- which claims ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["-k", "mine.true or mine.near"], {"true", "near"}),
        (["test_mine.py::zotheory_claims::mine.near"], {"near"}),
        (["-m", "claim"], {"true", "false", "near", "unbounded", "broken", "loose"}),
        (["-m", "not claim"], set()),
    ],
)
def test_only_selected_claims_spend_the_budget(run, options, names):
    result = run(ALL, *options)
    chosen = [claim for claim in LISTED if claim.id.removeprefix("mine.") in names]
    assert section(result) == (str(zo.verify(chosen)) if chosen else "")


def test_claims_are_collected_and_not_measured(run):
    result = run(ALL, "--collect-only", "-q")
    assert result.ret == 0
    assert result.outlines[:2] == [f"test_mine.py::zotheory_claims::mine.{name}" for name in ("true", "false")]
    assert section(result) == ""


def test_the_name_claims_may_mean_something_else(run):
    for other in ("CLAIMS = ['fire', 'flood']", "CLAIMS = []", "CLAIMS = 3", "class Test:\n    zotheory_claims = [3]"):
        result = run(other + "\ndef test(): pass")
        result.assert_outcomes(passed=1)
        assert section(result) == ""
    run('CLAIMS = (claim("true", 0.6), 3)').stdout.fnmatch_lines(["CLAIMS must hold zotheory.Claim only, got 3 (int)"])
    assert outcomes(run('CLAIMS = claim("true", 0.6)', "-rA"), "PASSED") == {"mine.true"}


def test_a_claim_that_is_skipped_spends_nothing(run, pytester):
    made = MADE + "pytestmark = pytest.mark.skipif(True, reason='no such machine')\nCLAIMS = [claim('elsewhere', 0.6)]"
    pytester.makepyfile(test_other=made)
    result = run('CLAIMS = [claim("true", 0.6), claim("false", 0.4)]')
    result.assert_outcomes(passed=1, failed=1, skipped=1)
    assert section(result) == str(zo.verify([CLAIM("true", 0.6), CLAIM("false", 0.4)]))
    alone = pytester.runpytest_inprocess(*PLUGIN, "test_other.py")
    alone.assert_outcomes(skipped=1)
    assert section(alone) == ""


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("zotheory_claims = 3", "zotheory_claims must be a list of zotheory.Claim, got 3"),
        ("zotheory_claims = []", "zotheory_claims must hold at least one zotheory.Claim, got none"),
        (
            "@pytest.fixture\ndef zotheory_claims(): return []",
            "zotheory_claims is a fixture, which has a value only while a test runs: write a test that is marked "
            "pytest.mark.claim, takes zotheory_claims and returns it",
        ),
    ],
)
def test_a_list_that_is_none_is_an_error_of_collection(run, source, said):
    result = run(source)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert said in result.stdout.str()


def test_a_claim_in_two_modules_is_counted_once(run, pytester):
    pytester.makepyfile(mine_claims=MADE + 'CLAIMS = [claim("true", 0.6)]')
    pytester.makepyfile(test_other="from mine_claims import CLAIMS")
    result = run("from mine_claims import CLAIMS", "-rA", syspathinsert=True)
    result.assert_outcomes(passed=2)
    assert section(result) == str(zo.verify([CLAIM("true", 0.6)]))


def test_two_claims_of_one_id_are_told_apart_by_nobody(run, pytester):
    pytester.makepyfile(test_other=MADE + 'CLAIMS = [claim("true", 0.7), claim("fine", 0.6)]')
    result = run('CLAIMS = [claim("true", 0.6)]', "-rA")
    result.assert_outcomes(passed=2, failed=1)
    assert (
        "mine.true is the id of another claim or control, too, in test_mine.py::CLAIMS::mine.true"
        in result.stdout.str()
    )
    assert "2 claims: 2 supported" in section(result)


# --- functions that return claims ------------------------------------------------------------------------------------

RETURNED = """
@pytest.fixture
def limit():
    alive.append(True)
    yield 0.6
    alive.clear()

alive = []

def while_alive(bound, replicas, seed):
    assert alive
    return mean(bound, replicas, seed)

@pytest.mark.claim
def test_returned(limit):
    return claim("returned", limit, while_alive)

@pytest.mark.claim
@pytest.mark.parametrize("limit", [0.4, 0.7])
def test_many(limit):
    return [claim(f"first-{limit}", limit), claim(f"second-{limit}", 0.8)]
"""


def test_a_marked_function_contributes_what_it_returns(run):
    result = run(RETURNED + 'CLAIMS = [claim("true", 0.6)]', "-rA")
    assert outcomes(result, "PASSED") == {"mine.true", "test_returned", "test_many[0.7]"}
    assert outcomes(result, "FAILED") == {"test_many[0.4]"}
    several = [
        CLAIM(f"{which}-{limit}", of) for limit in (0.4, 0.7) for which, of in (("first", limit), ("second", 0.8))
    ]
    first = [CLAIM("true", 0.6), CLAIM("returned", 0.6)]
    assert sorted(section(result).split()) == sorted(str(zo.verify([*first, *several])).split())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("pass", "what test_it returns, as it is marked claim, must be a list of zotheory.Claim, got None"),
        ("return [3]", "what test_it returns, as it is marked claim, must hold zotheory.Claim only, got 3 (int)"),
        ('return claim("true", 0.7)', "mine.true is the id of another claim or control, too, in test_mine.py::CLAIMS"),
        (
            'return [claim("a", 0.6), claim("a", 0.7)]',
            "claims and controls must differ in id, got mine.a, mine.a.low more",
        ),
        ("raise ValueError('no claims')", "ValueError: no claims"),
    ],
)
def test_a_marked_function_that_gives_no_claims_fails(run, body, said):
    result = run(f'CLAIMS = [claim("true", 0.6)]\n@pytest.mark.claim\ndef test_it():\n    {body}', "-rA")
    assert outcomes(result, "FAILED") >= {"test_it"}
    assert said in result.stdout.str()


def test_a_marked_method_of_unittest_cannot_return_claims(run):
    source = "import unittest\nclass Test(unittest.TestCase):\n    @pytest.mark.claim\n    def test_it(self): pass"
    result = run(source)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["no claims were returned: pytest.mark.claim is for functions that pytest calls itself"]
    )


@pytest.mark.parametrize("strict", [True, False])
def test_a_claim_may_be_expected_to_be_false(run, strict):
    mark = f"@pytest.mark.claim\n@pytest.mark.xfail(strict={strict}, reason='a guess')\n"
    source = f"{mark}def test_false(): return claim('false', 0.4)\n{mark}def test_true(): return claim('true', 0.6)"
    result = run(source, "-rA")
    result.assert_outcomes(xfailed=1, failed=strict, xpassed=not strict)
    result.stdout.fnmatch_lines(["XFAIL test_mine.py::test_false - a guess"])


def test_a_marked_function_may_be_skipped(run):
    result = run(RETURNED + "\n@pytest.mark.claim\ndef test_not(): pytest.skip('not today')")
    result.assert_outcomes(passed=2, failed=1, skipped=1)
    assert "Interrupted" not in section(result)


# --- options of pytest -----------------------------------------------------------------------------------------------


def test_it_stops_at_the_first_failure(run):
    result = run(ALL, "-x", "-rA")
    assert outcomes(result, "FAILED") == {"mine.false"}
    assert outcomes(result, "PASSED") == {"test_plain", "mine.true"} - {"test_plain"}
    assert section(result).startswith("Interrupted: 2 of 6 claims were finished.")
    assert "stopping after 1 failures" in result.stdout.str()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    last = run('CLAIMS = [claim("true", 0.6), claim("loose", 0.6, low=0.7), claim("other", 0.6)]', "-x", "-rA")
    assert outcomes(last, "FAILED") == {"mine.loose"}  # known when all are weighed: another p-value may change it


def test_the_last_failures_are_run_again(run, pytester):
    run(ALL, "--zotheory-strict")
    again = pytester.runpytest_inprocess(*PLUGIN, "--lf", "-rA")
    assert outcomes(again, "FAILED") == {"mine.false", "mine.broken", "mine.loose"}
    assert "mine.true" not in section(again)
    assert "5 claims" in section(again)


def test_a_record_holds_verdicts_and_what_they_rest_on(run, pytester):
    run(ALL, "--junitxml=found.xml")
    from xml.etree import ElementTree

    cases = {case.get("name"): case for case in ElementTree.parse(pytester.path / "found.xml").iter("testcase")}
    assert len(cases) == 7
    properties = {one.get("name"): one.get("value") for name in cases for one in cases[name].iter("property")}
    assert properties["mine.true"] == "supported; finite-sample, bounded"
    assert properties["mine.unbounded"] == "not refuted; none: no ceiling and no variance is declared"
    assert [cases[f"mine.{name}"].find("failure") is not None for name in ("true", "false")] == [False, True]


def test_quiet_tells_the_budget_and_loud_names_what_runs(run):
    assert section(run(ALL, "-q")) == "\n".join(str(REPORT).splitlines()[-4:]).strip()
    assert "test_mine.py::zotheory_claims::mine.true PASSED" in run(ALL, "-v").stdout.str()


STOPPED = """
def stopped(bound, replicas, seed):
    raise KeyboardInterrupt

CLAIMS = [claim("true", 0.6), claim("false", 0.4), claim("near", 0.505), claim("stop", 0.6, stopped), claim("b", 0.6)]
"""


def test_what_was_found_before_ctrl_c_is_told(run):
    result = run(STOPPED, "-rA", no_reraise_ctrlc=True)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert section(result).startswith("Interrupted: 3 of 5 claims were finished.")
    assert "shared by 5 experiments" in " ".join(section(result).split())
    assert outcomes(result, "FAILED") == {"mine.false"}
    assert outcomes(result, "PASSED") == {"mine.true"}  # what could still become another verdict is not said to pass
    lines = section(result).splitlines()
    whole = str(
        zo.verify([CLAIM(n, b) for n, b in (("true", 0.6), ("false", 0.4), ("near", 0.505), ("b", 0.6), ("c", 0.6))])
    )
    assert {line for line in lines if line.startswith("mine.")} <= set(whole.splitlines())


def test_nothing_is_certain_while_a_function_has_returned_no_claims(run):
    late = "@pytest.mark.claim\ndef test_late(): return claim('late', 0.6)"
    result = run(STOPPED + late, "-rA", no_reraise_ctrlc=True)
    assert outcomes(result, "FAILED") == outcomes(result, "PASSED") == set()
    assert "mine.false" in section(result)


# --- one budget, whoever measures ------------------------------------------------------------------------------------


class Own:
    """An observation of the user's: what it says comes along, its class does not."""

    measured, bound, ratio, replicas, calls = np.float64(0.4), 0.5, 0.8, 3, 0
    basis, assumed, exact, caveat, refuting, supporting = "by hand", False, False, "", 1.0, 1e-9

    def detectable_ratio(self, level):
        return None

    def detectable_probability(self, level):
        return None


def own(bound, replicas, seed):
    return Own()


OWN = zo.Claim("mine.own", bound=lambda: 0.5, says="!", on=[zo.Experiment("by hand", d=1, measure=own, replicas=3)])
EXPECTED = str(zo.verify([*LISTED, OWN]))


@given(st.lists(st.integers(0, 2), min_size=7, max_size=7))
def test_verdicts_do_not_depend_on_who_measures_what(workers):
    """Each claim is measured apart, with whatever share is expected, and travels as bytes without its functions."""
    claims = [*LISTED, OWN]
    plan = settling.planned(claims)
    sent = {}
    for worker in range(3):
        for place in [n for n, of in enumerate(workers) if of == worker]:
            found = settling.measured([claims[place]], error=1e-3 / (1 + worker), seed=0, level="quick")
            sent[place] = pickle.dumps(settling.portable(found))
    found = [pickle.loads(sent[place]) for place in range(7)]
    assert b"test_pytest_plugin" not in b"".join(sent.values())
    assert settling.missing(found, plan) == (0, 0, 0)
    assert str(settling.weighed(found, (0, 0, 0), alpha=0.01, seed=0, level="quick")) == EXPECTED
    part = settling.weighed(found[:2], settling.missing(found[:2], plan), alpha=0.01, seed=0, level="quick")
    assert (part.selected, part.planned, part.complete) == (7, (7, 6), False)
    assert part.verdicts[1].evidence[0].share == 0.01 / 2 / 7


def test_a_function_of_another_process_is_not_called():
    found = settling.portable(settling.measured([CLAIM("true", 0.6)], error=1e-3, seed=0, level="quick"))
    with pytest.raises(RuntimeError, match="this function is in the process that measured the claim"):
        found.tasks[0][0].bound()


SESSION = MADE + ALL + RETURNED


def session(folder, *options, source=SESSION, **environment):
    """Run pytest in a process of its own, with the plugin as an installed one."""
    (folder / "test_mine.py").write_text(source)
    known = folder / "zotheory-0.dist-info"
    known.mkdir(exist_ok=True)
    (known / "entry_points.txt").write_text("[pytest11]\nzotheory = zotheory.pytest_plugin\n")
    (known / "METADATA").write_text("Name: zotheory-as-installed\nVersion: 0\n")
    path = os.pathsep.join([str(folder), str(ROOT)])
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, "test_mine.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "80", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process):
    """Return the result of a session, as those in this process have it."""
    output = process.communicate(timeout=120)[0]
    return SimpleNamespace(stdout=pytest.LineMatcher(output.splitlines()), ret=process.returncode)


def test_who_has_no_claims_pays_nothing(tmp_path):
    """Not with the plugin, which every start of pytest loads, nor with what only looks like a list of claims."""
    source = "import sys\nCLAIMS = [3]\ndef test(): assert not {'numpy', 'scipy', 'sympy'} & set(sys.modules)"
    result = ended(session(tmp_path, "-q", "--trace-config", source=source))
    assert result.ret == 0, result.stdout.str()
    assert "zotheory.pytest_plugin" in result.stdout.str().replace("/", ".")


def test_it_can_be_switched_off(tmp_path):
    result = ended(session(tmp_path, "-p", "no:zotheory", "--zotheory-strict"))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "unrecognized arguments: --zotheory-strict" in result.stdout.str()


def test_it_is_an_entry_point_and_switched_off_for_this_suite(request):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["pytest11"] == {"zotheory": "zotheory.pytest_plugin"}
    assert request.config.pluginmanager.is_blocked("zotheory")


@pytest.mark.slow
def test_sessions_say_the_same_with_any_number_of_workers(tmp_path):
    alone = ended(session(tmp_path, "-p", "no:xdist", "-rA"))
    assert section(alone).splitlines()[0].startswith("claim  ")
    for options in (
        ["-n1"],
        ["-n2"],
        ["-n3", "--dist=worksteal"],
        ["-n2", "--dist=loadgroup"],
        ["-n2", "--maxfail=99"],
    ):
        shared = ended(session(tmp_path, "-rA", *options))
        assert section(shared) == section(alone), options
        for kind in ("PASSED", "FAILED"):
            assert outcomes(shared, kind) == outcomes(alone, kind)
        assert shared.ret == alone.ret == 1


@pytest.mark.slow
def test_each_worker_may_run_everything(tmp_path):
    once, twice = (ended(session(tmp_path, *options)) for options in (["-n0"], ["--dist=each", "--tx=2*popen"]))
    assert section(twice) == section(once)


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["-n2"]])
def test_ctrl_c_tells_what_was_found(tmp_path, options):
    reached = tmp_path / "reached"
    wait = (
        f"def wait(bound, replicas, seed):\n    open({str(reached)!r}, 'w').close()\n    __import__('time').sleep(99)\n"
    )
    source = MADE + wait + 'CLAIMS = [claim("true", 0.6), claim("false", 0.4), claim("wait", 0.6, wait)]'
    process = session(tmp_path, "-rA", *options, source=source)
    until = monotonic() + 60
    while not reached.exists() and monotonic() < until:
        sleep(0.1)
    sleep(2 * bool(options))  # what the other worker measures
    process.send_signal(signal.SIGINT)
    result = ended(process)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert section(result).startswith("Interrupted: 2 of 3 claims were finished.")
    assert outcomes(result, "FAILED") == {"mine.false"}


@pytest.mark.slow
def test_a_worker_that_dies_takes_one_claim_with_it(tmp_path):
    die = "def die(bound, replicas, seed):\n    __import__('os')._exit(3)\n"
    source = (
        MADE + die + 'CLAIMS = [claim("true", 0.6), claim("dies", 0.6, die), claim("fine", 0.6), claim("good", 0.7)]'
    )
    result = ended(session(tmp_path, "-rA", "-n2", source=source))
    assert outcomes(result, "PASSED") == {"mine.true", "mine.fine", "mine.good"}
    assert outcomes(result, "FAILED") == {"mine.dies"}
    assert section(result).startswith("Interrupted: 3 of 4 claims were finished.")

"""What a store keeps of a verification: a resumed run is the undisturbed one, and what changed is measured again."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
import warnings
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import zotheory as zo
from tests.test_verdicts import claim, constant, raising, uniform
from zotheory import cli
from zotheory.evidence.store import NotKept, Store
from zotheory.evidence.verdicts import verify

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent), "OMP_NUM_THREADS": "1"}


# --- in this process -------------------------------------------------------------------------------------------------


def counting(measured, mean=0.5):
    """Measures uniform samples, and counts how often."""

    def measure(bound, replicas, seed):
        measured.append(replicas)
        return zo.Mean(2 * mean * np.random.default_rng(seed).random(replicas), bound(), ceiling=2.0)

    return measure


class Counter:
    """A list that is the same to every digest, whatever it holds."""

    def __init__(self):
        self.counted = 0

    def append(self, replicas):
        self.counted += 1

    def __reduce__(self):
        return Counter, ()


@pytest.fixture
def unedited(monkeypatch):
    """This file may have been written a moment ago."""
    monkeypatch.setattr("zotheory.evidence.keeping.BEGAN", time.time() + 1)


pytestmark = pytest.mark.usefixtures("unedited")


def test_what_is_kept_is_not_measured_again(tmp_path):
    counter = Counter()
    made = [claim("a", counting(counter), counting(counter, 0.6), controls=[uniform(2)]), claim("b", uniform(0.3))]
    alone = verify(made, level="full")
    counter.counted = 0
    first = verify(made, level="full", store=tmp_path / "kept.db")
    assert counter.counted == 2 * 3
    again = verify(made, level="full", store=str(tmp_path / "kept.db"))
    assert counter.counted == 2 * 3
    assert first.as_dict() == again.as_dict() == alone.as_dict()
    verify(made, level="full", store=tmp_path / "kept.db", fresh=True)
    assert counter.counted == 2 * 2 * 3
    assert verify(made, level="full", store=tmp_path / "kept.db").as_dict() == alone.as_dict()
    assert counter.counted == 2 * 2 * 3


def test_a_store_may_be_open_already(tmp_path):
    with Store(tmp_path / "kept.db") as store:
        verify([claim("a", uniform(0.5), controls=[uniform(2)])], store=store)
        assert len(store) == 2


def test_all_that_decides_an_observation_is_part_of_its_key(tmp_path):
    counter, path = Counter(), tmp_path / "kept.db"

    def measured(made=None, **options):
        before = counter.counted
        verify([made or claim("a", counting(counter))], store=path, **options)
        return counter.counted - before

    own = zo.Experiment("0", d=3, measure=counting(counter), replicas=400, full=1000)
    other = {"bound": lambda: 1.5}, {"says": "Otherwise."}, {"id": "c"}, {"assumptions": ["The moon is full."]}
    assert measured() == 1
    assert measured() == measured(alpha=0.2) == 0
    assert measured(seed=1) == 1
    assert measured(level="full") == 3
    assert measured(claim("a", counting(counter, 0.6))) == 1
    for changed in other:
        assert (
            measured(zo.Claim(**({"id": "a", "bound": lambda: 1.0, "says": "X is small.", "on": [own]} | changed))) == 1
        )


def test_failures_and_observations_of_other_classes_are_measured_again(tmp_path):
    counter = Counter()

    def fails(bound, replicas, seed):
        counter.append(replicas)
        raise ValueError("no")

    made = [claim("a", fails, constant(zo.Value(1.0, 2.0)))]
    for _ in range(2):
        assert verify(made, store=tmp_path / "kept.db").verdicts[0].verdict == "failed"
    with Store(tmp_path / "kept.db") as store:
        assert (counter.counted, len(store)) == (2, 1)


def test_an_interrupted_run_keeps_what_it_measured(tmp_path):
    counter, path = Counter(), tmp_path / "kept.db"
    made = [claim("a", counting(counter)), claim("b", counting(counter)), claim("c", raising(KeyboardInterrupt))]
    with pytest.raises(KeyboardInterrupt):
        verify(made, store=path)
    verify([claim("a", counting(counter)), claim("b", counting(counter))], store=path)
    assert counter.counted == 2


def test_a_full_disk_ends_the_keeping_and_not_the_run(tmp_path):
    made = [claim(f"c{k}", uniform(0.5)) for k in range(30)]
    with Store(tmp_path / "kept.db") as store:
        pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
        store.connection.execute(f"PRAGMA max_page_count = {pages + 12}")
        with pytest.warns(NotKept, match="database or disk is full"):
            found = verify(made, store=store)
        kept = len(store)
    assert 0 < kept < 30
    assert found.as_dict() == verify(made).as_dict()
    assert verify(made, store=tmp_path / "kept.db").as_dict() == found.as_dict()


def test_what_was_edited_after_the_program_began_is_neither_taken_nor_kept(tmp_path, monkeypatch):
    source = tmp_path / "edited_meanwhile.py"
    source.write_text(
        "import zotheory as zo\n\ndef measure(bound, replicas, seed):\n    return zo.Value(1.0, bound())\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    made = [claim("a", import_module(source.stem).measure)]
    os.utime(source, (time.time() + 60,) * 2)
    with pytest.warns(NotKept, match=r"what rests on \S+edited_meanwhile\.py is not kept: changed after"):
        verify(made, store=tmp_path / "kept.db")
    with Store(tmp_path / "kept.db") as store:
        assert len(store) == 0


def test_what_is_edited_while_it_is_measured_is_not_kept_and_told_once(tmp_path, monkeypatch):
    source = tmp_path / "edited_in_between.py"
    source.write_text(
        "import zotheory as zo\n\ndef measure(bound, replicas, seed):\n"
        "    with open(__file__, 'a') as file:\n        file.write('# edited')\n    return zo.Value(1.0, bound())\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    measure = import_module(source.stem).measure
    with pytest.warns(NotKept, match=r"what rests on \S+edited_in_between\.py is not kept: changed after") as told:
        verify([claim("a", measure, measure), claim("b", uniform(0.5))], store=tmp_path / "kept.db")
    with Store(tmp_path / "kept.db") as store:
        assert (len(told), len(store)) == (1, 1)


def test_what_is_measured_afresh_takes_the_place_of_what_was_kept(tmp_path):
    counter = Counter()

    def measure(bound, replicas, seed):
        counter.append(replicas)
        return zo.Value(float(counter.counted), 9.0)

    def found(**options):
        report = verify([claim("a", measure)], store=tmp_path / "kept.db", **options)
        return report.verdicts[0].evidence[0].observation.measured

    assert [found(), found(), found(fresh=True), found()] == [1.0, 1.0, 2.0, 2.0]


def test_what_nothing_is_known_of_is_not_kept(tmp_path):
    lock = type("Lock", (), {"__reduce_ex__": lambda self, protocol: 1 / 0})()
    with warnings.catch_warnings(action="error"):
        verify(
            [claim("a", lambda bound, replicas, seed: zo.Value(1.0 if lock else 2.0, bound()))], store=tmp_path / "a"
        )
    with Store(tmp_path / "a") as store:
        assert len(store) == 0


def test_fresh_needs_a_store():
    with pytest.raises(ValueError, match="fresh = True needs a store"):
        verify([claim("a", uniform(0.5))], fresh=True)
    with pytest.raises(TypeError, match="fresh must be True or False, got 1"):
        verify([claim("a", uniform(0.5))], fresh=1)
    with pytest.raises(TypeError, match="store must be the path of a file, got 3"):
        verify([claim("a", uniform(0.5))], store=3)


# --- edits -----------------------------------------------------------------------------------------------------------

PACKAGE = {
    "mine.py": """
        import numpy as np
        import zotheory as zo
        from lib import helper
        import unused

        def one():
            return 1.0

        def factory(scale):
            def measure(bound, replicas, seed):
                from lib.inner import late
                with open("measured.txt", "a") as note:
                    note.write("measured\\n")
                x = scale * helper.spread() * late.SHARE * np.random.default_rng(seed).random(replicas)
                return zo.Mean(x, bound(), ceiling=4.0)
            return measure

        ON = [zo.Experiment(f"uniform {k}", d=3, measure=factory(0.5), replicas=50) for k in range(2)]
        CLAIMS = [zo.Claim("mine.a", bound=one, says="X is small.", on=ON)]
        """,
    "lib/__init__.py": "",
    "lib/helper.py": "from lib.deeper import spread as spread",
    "lib/deeper.py": "WIDTH = 1.0\n\ndef spread():\n    return WIDTH",
    "lib/inner/__init__.py": "",
    "lib/inner/late.py": "SHARE = 0.5",
    "lib/beside.py": "SHARE = 0.5",
    "unused.py": "",
}

EDITS = {  # file, what stood there, what stands there, how many of two experiments it has measured again
    "nothing": ("mine.py", "", "", 0),
    "a helper that is imported inside a function": ("lib/inner/late.py", "0.5", "0.4", 2),
    "what a helper imports": ("lib/deeper.py", "1.0", "0.9", 2),
    "a package on the way": ("lib/inner/__init__.py", "", "# new", 2),
    "a module that nothing imports": ("lib/beside.py", "0.5", "0.4", 0),
    "a module that is imported and not used": ("unused.py", "", "# new", 2),
    "a comment in the file itself": ("mine.py", "def one", "# one\ndef one", 2),
    "a number that is handed to a factory": ("mine.py", "factory(0.5)", "factory(0.5 + k / 10)", 2),
}

FORKS = """
import contextlib, json, os, signal, sqlite3, sys, time
from zotheory.claims.sources import load
from zotheory.evidence import keeping
from zotheory.evidence.verdicts import verify

import zotheory as zo
from zotheory.code.imports import reached

reached(["numpy", "scipy", "zotheory.evidence.parts", "zotheory.evidence.verdicts"])  # read once for all

def forked(*options, wait=True):
    child = os.fork()
    if child == 0:
        keeping.BEGAN = time.time() + 1  # after what stands in the folder by now
        made = verify(load("mine.py"), store="kept.db", fresh="fresh" in options)
        with open("found.json", "w") as file:
            json.dump(made.as_dict(), file)
        os._exit(0)
    if wait:
        assert os.waitpid(child, 0)[1] == 0
        return open("found.json").read()
    return child

def kept():
    with contextlib.closing(sqlite3.connect("kept.db")) as connection, contextlib.suppress(sqlite3.Error):
        return connection.execute("SELECT count(*) FROM results").fetchone()[0]
    return 0
"""


def script(folder, text):
    """Run what forks, in a process that has read this package and nothing of the folder's; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", FORKS + text], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def written(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(textwrap.dedent(text))


def test_an_edit_has_what_reaches_it_measured_again_and_nothing_else(tmp_path):
    written(tmp_path, PACKAGE)
    found = script(
        tmp_path,
        f"""
def measured(*options):
    open("measured.txt", "w").close()
    forked(*options)
    return len(open("measured.txt").readlines())

print("[", measured())
for what, (file, old, new, _) in {EDITS!r}.items():
    text = open(file).read()
    with open(file, "w") as edited:
        edited.write(text.replace(old, new, 1) if old else new or text)
    print(",", measured())
print(",", measured("fresh"), "]")
""",
    )
    assert found == [2, *(again for *_, again in EDITS.values()), 2]


# --- kills -----------------------------------------------------------------------------------------------------------

SLOW = """
    import time
    import numpy as np
    import zotheory as zo

    def measure(bound, replicas, seed):
        time.sleep(0.01)
        return zo.Mean(np.random.default_rng(seed).random(replicas), bound(), ceiling=4.0)

    ON = [zo.Experiment(f"uniform {k}", d=3, measure=measure, replicas=50) for k in range(30)]
    CLAIMS = [zo.Claim("mine.a", bound=lambda: 1.0, says="X is small.", on=ON)]
    """


def test_a_run_that_is_killed_is_resumed_to_the_same_bits(tmp_path):
    written(tmp_path, {"mine.py": SLOW})
    alone, counts, resumed = script(
        tmp_path,
        """
alone = forked()
for name in ("kept.db", "found.json"):
    os.remove(name)
counts = []
for most in (1, 10, 20):
    child = forked(wait=False)
    while not (os.path.exists("kept.db") and kept() >= most):
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    counts.append(kept())
print(json.dumps([alone, counts, forked()]))
""",
    )
    assert all(most <= count < 30 for most, count in zip((1, 10, 20), counts, strict=True))
    assert resumed == alone


@pytest.mark.slow
def test_fifty_kills_at_random_moments_change_nothing(tmp_path):
    """From before a run begins to measure until after it would have ended, on two workers."""
    words = [sys.executable, "-m", "zotheory.cli", "verify", "two_point", "gld_search", "--workers", "2", "--json"]
    how = {"cwd": tmp_path, "env": ENVIRONMENT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    alone = subprocess.run(words, **how, check=True).stdout
    rng, kills = random.Random(50), 0
    for _ in range(50):
        running = subprocess.Popen([*words, "--store", "kept.db"], **how)
        try:
            running.communicate(timeout=rng.uniform(0.1, 3.0))
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.communicate()
            kills += 1
    assert kills > 25
    assert subprocess.run([*words, "--store", "kept.db"], **how, check=True).stdout == alone


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.write_text("not a store" * 20), "is no store, and no SQLite database"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.mkdir(), "is no file"),
    ],
)
def test_a_file_that_is_no_store_is_wrong_usage(tmp_path, capsys, spoil, message):
    spoil(tmp_path / "kept.db")
    assert cli.main(["verify", "two_point.bias", "--store", str(tmp_path / "kept.db"), "--workers", "1"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"zotheory: error: store {tmp_path / 'kept.db'} ")
    assert message in error


def test_fresh_without_a_store_is_wrong_usage(capsys):
    assert cli.main(["verify", "two_point.bias", "--fresh"]) == 2
    assert "--fresh needs --store FILE" in capsys.readouterr().err


@pytest.mark.filterwarnings("always")
def test_what_is_not_kept_is_told_in_a_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("zotheory.evidence.keeping.BEGAN", 0.0)
    cli.main(["verify", "two_point.bias", "--store", str(tmp_path / "kept.db"), "--workers", "1"])
    lines = [line for line in capsys.readouterr().err.splitlines() if "is not kept" in line]
    assert [line.startswith("zotheory: warning: what rests on ") for line in lines] == [True]

"""A run in a folder: the same bits, whatever killed it in between, and nothing but that run is taken from there."""

import errno
import os
import random
import shutil
import signal
import sqlite3
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import zotheory as zo
from zotheory.looks import ObjectiveWarning
from zotheory.objective import Objective
from zotheory.oracles import Noisy
from zotheory.replicas import Replicas
from zotheory.setting import Setting
from zotheory.storage.array_file import ArrayFile
from zotheory.storage.database import Refused
from zotheory.storage.folder import Folder
from zotheory.streams import child

FAMILY = zo.problems.golovin_family(1, 8, 6, minimiser=0.3, f_star=-1.0)
GLD = zo.gld_search(R=2.0, r=1e-2)
SEARCH = zo.three_point(radius=0.02)
OPTIONS = {"steps": 30, "x0": np.ones(4), "replicas": 11, "seed": 9}


def bowl(x):
    return np.sum((x - 0.3) ** 2, axis=-1)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Chunks of two replicas."""
    monkeypatch.setattr("zotheory.replicas.chunk_size", lambda *_: 2)


def same(one, other):
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def contents(folder):
    """All that stands in a folder, but for the log that SQLite keeps while a journal is open."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm")))
    return {path.name: path.read_bytes() for path in files}


@pytest.fixture
def chunks(monkeypatch):
    """The numbers of the chunks that are run, as they begin."""
    begun = []

    def noted(sequence, number):
        begun.append(number)
        return child(sequence, number)

    monkeypatch.setattr("zotheory.replicas.child", noted)
    return begun


def interrupted(monkeypatch, after, store):
    """Run with Ctrl-C after so many calls, of which a chunk makes 31; the result so far."""
    call, left = Objective.__call__, [after]

    def counted(self, x):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return call(self, x)

    with monkeypatch.context() as patched:
        patched.setattr(Objective, "__call__", counted)
        with pytest.raises(KeyboardInterrupt) as caught:
            zo.run(SEARCH, bowl, store=store, **OPTIONS)
    return caught.value.partial


@pytest.mark.parametrize("executor", [None, 2])
@pytest.mark.parametrize(
    ("method", "problem", "options"),
    [
        (GLD, FAMILY, {"replicas": 7}),
        (zo.two_point(h=lambda t: 0.01, delta=lambda t: 1e-3), Noisy(FAMILY, 0.1), {"replicas": 5, "record": [0, 4]}),
        (GLD, FAMILY, {}),
    ],
    ids=["many", "noisy", "one"],
)
def test_what_is_in_the_folder_is_what_the_run_gives(method, problem, options, executor, tmp_path):
    plain = zo.run(method, problem, steps=12, seed=3, **options)
    stored = zo.run(method, problem, steps=12, seed=3, store=tmp_path / "run", executor=executor, **options)
    same(plain, stored)
    assert [type(a) for a in plain if isinstance(a, float)] == [type(a) for a in stored if isinstance(a, float)]
    assert isinstance(stored.x, np.memmap)
    assert not stored.values.flags.writeable
    shape = (len(plain.steps), options.get("replicas", 1))
    assert np.array_equal(np.load(tmp_path / "run" / "values.npy").reshape(shape), plain.values.reshape(shape))


def test_a_run_that_has_ended_is_not_run_again(tmp_path, monkeypatch):
    once = zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS)
    monkeypatch.setattr(Objective, "_value", None)  # nothing is evaluated
    same(once, zo.run(SEARCH, bowl, store=str(tmp_path), **OPTIONS))


def test_a_run_that_was_stopped_goes_on(tmp_path, monkeypatch, chunks):
    whole = zo.run(SEARCH, bowl, **OPTIONS)
    partial = interrupted(monkeypatch, 31 + 20, tmp_path)
    known = np.isfinite(partial.values)
    assert known.all(axis=0).tolist() == [True] * 2 + [False] * 9
    assert known[:, 2:4].any()
    assert np.array_equal(partial.values[known], whole.values[known])
    chunks.clear()
    same(whole, zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS))
    assert chunks == [1, 2, 3, 4, 5]


def test_an_executor_may_go_on_with_what_this_process_began(tmp_path, monkeypatch):
    whole = zo.run(SEARCH, bowl, **OPTIONS)
    interrupted(monkeypatch, 31 + 20, tmp_path)
    same(whole, zo.run(SEARCH, bowl, store=tmp_path, executor=2, **OPTIONS))


def test_warnings_are_told_again_where_they_were_not_heard(tmp_path):
    diverging = zo.two_point(h=lambda t: 1.0, delta=lambda t: 1e-6)
    told = []
    for _ in range(2):
        with pytest.warns(ObjectiveWarning, match="seems to diverge") as caught:
            zo.run(diverging, FAMILY, steps=60, replicas=6, store=tmp_path)
        told.append([str(each.message) for each in caught])
    assert told[0] == told[1]


def calls_of(folder, last=None):
    """Run, and count the calls of functions; a process that is to end with the last of them is killed there."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(counted)
    try:
        zo.run(SEARCH, bowl, store=folder, **OPTIONS)
    finally:
        sys.setprofile(None)
    return count


def killed(folder, last):
    """Run in a process of its own, which is killed at this call; whether it came so far."""
    process = os.fork()
    if process == 0:
        try:
            calls_of(folder, last)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(process, 0)[1])


def kill_and_go_on(tmp_path, folders, chunks):
    """Runs that are killed at random calls, again and again, until one comes to its end: as if nothing had happened."""
    whole, moments = zo.run(SEARCH, bowl, **OPTIONS), random.Random(1)
    zo.run(SEARCH, bowl, store=tmp_path / "warm", **OPTIONS)
    calls = calls_of(tmp_path / "counted")
    for number in range(folders):
        folder, kills = tmp_path / str(number), 0
        while killed(folder, moments.randrange(1, calls)):
            kills += 1
        assert kills
        chunks.clear()
        same(whole, zo.run(SEARCH, bowl, store=folder, **OPTIONS))
        assert not chunks


def test_a_run_that_is_killed_goes_on_to_the_same_bits(tmp_path, chunks):
    kill_and_go_on(tmp_path, 1, chunks)


@pytest.mark.slow
def test_runs_that_are_killed_at_some_100_moments_go_on_to_the_same_bits(tmp_path, chunks):
    kill_and_go_on(tmp_path, 50, chunks)


def test_what_had_ended_is_entered_when_a_run_stops(tmp_path, monkeypatch, chunks):
    """Also what waits for the next entry."""
    monkeypatch.setattr("zotheory.storage.folder.EVERY", 1e9)
    interrupted(monkeypatch, 31 * 4 + 20, tmp_path)
    chunks.clear()
    zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS)
    assert chunks == [4, 5]


@pytest.mark.parametrize("before", [True, False])
def test_ctrl_c_while_chunks_are_entered_loses_none(before, tmp_path, monkeypatch, chunks):
    """Between the first entry and the end of its transaction, and after that."""

    class Interrupted:
        """A connection that is interrupted when it commits for the third time."""

        def __init__(self, connection):
            self.connection, self.left = connection, 3

        def __getattr__(self, name):
            return getattr(self.connection, name)

        def execute(self, text):
            self.left -= text == "COMMIT"
            if not before:
                self.connection.execute(text)
            if text == "COMMIT" and self.left == 0:
                raise KeyboardInterrupt
            return self.connection.execute(text) if before else None

    open_ = Folder._open

    def opened(self, entries):
        open_(self, entries)
        self.connection = Interrupted(self.connection)

    monkeypatch.setattr("zotheory.storage.folder.EVERY", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(Folder, "_open", opened)
        with pytest.raises(KeyboardInterrupt):
            zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS)
    chunks.clear()
    found = zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS)
    assert chunks == [3, 4, 5]
    same(zo.run(SEARCH, bowl, **OPTIONS), found)


def test_what_has_ended_is_entered_though_the_next_chunk_takes_long(tmp_path, monkeypatch):
    """The third one waits until the second is entered."""
    entered, enter = threading.Event(), Folder._enter

    def noted(self, values):
        enter(self, values)
        if "1" in values:
            entered.set()

    def slow(sequence, number):
        assert number != 2 or entered.wait(20)
        return child(sequence, number)

    monkeypatch.setattr("zotheory.storage.folder.EVERY", 0.5)
    monkeypatch.setattr("zotheory.replicas.child", slow)
    monkeypatch.setattr(Folder, "_enter", noted)
    same(zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS), zo.run(SEARCH, bowl, **OPTIONS))


@pytest.fixture
def settled(monkeypatch):
    """The names of the arrays that were waited for until they were on disk."""
    settle, settled = ArrayFile.settle, []

    def noted(self):
        settled.append(self.path.name)
        settle(self)

    monkeypatch.setattr(ArrayFile, "settle", noted)
    return settled


def test_chunks_are_entered_together_and_nothing_goes_on_after_the_end(tmp_path, monkeypatch, settled):
    """The first chunk, and at the end all others."""
    monkeypatch.setattr("zotheory.storage.folder.EVERY", 1e9)
    zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS)
    assert settled == 2 * ["x.npy", "values.npy", "value.npy", "best.npy", "best_value.npy"]
    timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for timer in timers:
        timer.join(20)
    assert not any(timer.is_alive() for timer in timers)


def failing(monkeypatch, kind):
    """No more than the first chunk comes to be on disk, and the others are entered at the end."""
    settle, left = ArrayFile.settle, [5]

    def settled(self):
        left[0] -= 1
        if left[0] < 0:
            raise kind("no")
        settle(self)

    monkeypatch.setattr(ArrayFile, "settle", settled)
    monkeypatch.setattr("zotheory.storage.folder.EVERY", 1e9)


def test_where_the_last_entry_fails_the_error_has_all(tmp_path, monkeypatch, chunks):
    whole = zo.run(SEARCH, bowl, **OPTIONS)
    with monkeypatch.context() as patched:
        failing(patched, OSError)
        with pytest.raises(OSError, match="no") as caught:
            zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS)
    same(whole, caught.value.partial)
    assert caught.value.__notes__ == ["stopped after 6 of 6 chunks; what was computed is in .partial"]
    chunks.clear()
    same(whole, zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS))
    assert chunks == [1, 2, 3, 4, 5]


def test_a_folder_is_free_however_often_ctrl_c_came(tmp_path, monkeypatch):
    """The run that goes on is not told that it is in use, though something still knows of the first."""
    with monkeypatch.context() as patched:
        failing(patched, KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt) as caught:
            zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS)
    same(zo.run(SEARCH, bowl, **OPTIONS), zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS))
    assert caught.tb


def test_a_timer_whose_entry_fails_leaves_it_to_the_next_one(tmp_path, monkeypatch):
    """It is told by the run, not by a thread of which nobody knows, and not after the end."""
    setting = Setting.of(SEARCH, bowl, x0=OPTIONS["x0"], vectorised=None, nonfinite="error")
    plan = Replicas.of(setting, 30, None, 9, 11)
    found = plan.look()
    with Folder(tmp_path, plan) as folder, monkeypatch.context() as patched:
        failing(patched, OSError)
        for number in (0, 1):
            folder.put(plan.rows(number), plan.run_apart(found, number))
        folder._settle_later()
        with pytest.raises(OSError, match="no"):
            folder.settle()
    folder.waiting["1"] = []
    folder._settle_later()


def test_a_full_disk_loses_nothing_written(tmp_path, monkeypatch, chunks):
    whole, write, left = zo.run(SEARCH, bowl, **OPTIONS), ArrayFile.write, [5 * 3]  # five arrays a chunk

    def full(self, part, values):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(self, part, values)

    with monkeypatch.context() as patched:
        patched.setattr(ArrayFile, "write", full)
        with pytest.raises(OSError, match="No space left on device") as caught:
            zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS)
    assert caught.value.__notes__ == ["stopped after 3 of 6 chunks; what was computed is in .partial"]
    known = np.isfinite(caught.value.partial.values).all(axis=0)
    assert known.tolist() == [True] * 6 + [False] * 5
    chunks.clear()
    same(whole, zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS))
    assert chunks == [3, 4, 5]


# --- what is refused, and left as it is -------------------------------------------------------------------------------

OTHERS = {
    "steps 30 there and 31 here": {"steps": 31, "record": range(31)},
    "replicas 11 there and 10 here": {"replicas": 10},
    "replicas 11 there and None here": {"replicas": None},
    "record": {"record": [3]},
    "seed 9 there and 8 here": {"seed": 8},
    r"spawn key \(\) of 4 there and \(1,\) of 4 here": {"seed": np.random.SeedSequence(9, spawn_key=(1,))},
    "x0": {"x0": np.full(4, 1.0 + 1e-15)},
    "vectorised None there and True here": {"vectorised": True},
    "nonfinite error there and worst here": {"nonfinite": "worst"},
    "code": {"problem": lambda x: np.sum((x - 0.3) ** 2, axis=-1) + 1},
    "method three_point there and gld_search here": {"method": GLD},
    "holds another run: code [0-9a-f]+ there": {"method": zo.three_point(radius=0.03)},
}


@pytest.mark.parametrize("words", OTHERS)
def test_another_run_is_refused(words, tmp_path):
    call = {"method": SEARCH, "problem": bowl, **OPTIONS}
    zo.run(**call, store=tmp_path)
    before = contents(tmp_path)
    with pytest.raises(Refused, match=words):
        zo.run(**(call | OTHERS[words]), store=tmp_path)
    assert contents(tmp_path) == before


def test_a_seed_of_many_words_is_told_from_another(tmp_path):
    """NumPy shows the first and the last of them."""
    words = np.arange(2000)
    zo.run(SEARCH, bowl, **OPTIONS | {"seed": np.random.SeedSequence(words)}, store=tmp_path)
    words[1000] = 7
    with pytest.raises(Refused, match=r"seed [0-9a-f]{16} there and [0-9a-f]{16} here"):
        zo.run(SEARCH, bowl, **OPTIONS | {"seed": np.random.SeedSequence(words.copy())}, store=tmp_path)


@pytest.mark.slow
def test_a_run_on_another_library_is_another(tmp_path):
    pytest.importorskip("jax", reason="the extra jax is not installed")
    first = zo.run(SEARCH, FAMILY, steps=3, replicas=5, store=tmp_path, backend="jax")
    same(first, zo.run(SEARCH, FAMILY, steps=3, replicas=5, store=tmp_path, backend="jax"))
    with pytest.raises(Refused, match=r"library jax \S+ on cpu:0 there and numpy \S+ here"):
        zo.run(SEARCH, FAMILY, steps=3, replicas=5, store=tmp_path)


def flipped(at):
    def flip(path):
        data = bytearray(path.read_bytes())
        data[data.index(at) if isinstance(at, bytes) else at] ^= 1
        path.write_bytes(data)

    return flip


def number(name, value):
    """Another number in the header of the journal."""

    def set_(path):
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA {name} = {value}")
        connection.close()

    return set_


DAMAGES = {
    "replicas 10 to 10 are not what was written": ("x.npy", flipped(-1)),
    "replicas 0 to 1 are not what was written": ("values.npy", flipped(128)),
    "values.npy is no array": ("values.npy", flipped(0)),
    "value.npy is no array: ": ("value.npy", lambda path: path.write_bytes(b"")),
    "best.npy is no array: mmap length": ("best.npy", lambda path: path.write_bytes(path.read_bytes()[:-8])),
    "best_value.npy must hold float64 of shape": ("best_value.npy", lambda path: np.save(path, np.zeros(3))),
    "x.npy is no array: .* Python objects": ("x.npy", lambda path: np.save(path, np.array([{}]), allow_pickle=True)),
    "No such file": ("x.npy", Path.unlink),
    "run.db is damaged": ("run.db", flipped(b"three_point")),
    "run.db is no journal": ("run.db", flipped(3)),
    "run.db is empty": ("run.db", lambda path: path.write_bytes(b"")),
    "run.db is a database of another program": ("run.db", number("application_id", 7)),
    "has layout 2, and this version of zotheory reads 1": ("run.db", number("user_version", 2)),
    "which holds best.npy and no run.db": ("run.db", Path.unlink),
}


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """The folder of a run that has come to its end."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("zotheory.replicas.chunk_size", lambda *_: 2)
        folder = tmp_path_factory.mktemp("run") / "ended"
        zo.run(SEARCH, bowl, store=folder, **OPTIONS)
    return folder


@pytest.mark.parametrize("words", DAMAGES)
def test_what_was_damaged_is_refused(words, ended, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(ended, folder)
    name, damage = DAMAGES[words]
    damage(folder / name)
    before = contents(folder)
    with pytest.raises(Refused, match=words) as caught:
        zo.run(SEARCH, bowl, store=folder, **OPTIONS)
    assert str(folder) in str(caught.value)
    assert contents(folder) == before


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(Refused, match=r"which holds thesis\.tex and no run\.db; it is left as it is"):
        zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS)
    with pytest.raises(Refused, match=r"store must be a folder that can be read and written to, got .*thesis"):
        zo.run(SEARCH, bowl, store=tmp_path / "thesis.tex", **OPTIONS)
    assert contents(tmp_path) == {"thesis.tex": b"years of work"}


def test_two_runs_at_once_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("zotheory.storage.folder.PATIENCE", 0.1)
    refused = []

    def meddling(x):
        if not refused:
            refused.append(None)
            with pytest.raises(Refused, match=r"run\.db is in use by another program"):
                zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS)
        return bowl(x)

    whole = zo.run(SEARCH, bowl, **OPTIONS)
    with monkeypatch.context() as patched:
        patched.setattr(Objective, "_value", lambda self, x: meddling(x))
        found = zo.run(SEARCH, bowl, store=tmp_path, **OPTIONS)
    assert refused
    same(whole, found)


def test_what_no_later_run_could_tell_is_refused(tmp_path):
    lock, rng = threading.Lock(), np.random.default_rng(1)

    def noisy(x):
        return bowl(x) + rng.random(len(x))

    noisy.fresh = True

    def locked(x):
        with lock:
            return bowl(x)

    for words, call in (
        ("seed must not be None with a store", {"seed": None}),
        ("problem must be such that a later run can tell it by code and values", {"problem": locked}),
        (
            "problem must draw from the rng that it is handed, for a store, .* generator, closes over rng",
            {"problem": noisy},
        ),
    ):
        with pytest.raises(ValueError, match=words):
            zo.run(**({"method": SEARCH, "problem": bowl, **OPTIONS} | call), store=tmp_path / "new")
    with pytest.raises(TypeError, match="store must be the path of a folder, got 3"):
        zo.run(SEARCH, bowl, store=3, **OPTIONS)
    assert not (tmp_path / "new").exists()

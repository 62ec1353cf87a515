"""The store: what comes out is what went in, to the bit; what cannot serve is refused and left as it is."""

import math
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zotheory as zo
from tests.test_verdicts import Fixed
from zotheory.evidence import store as module
from zotheory.evidence import written
from zotheory.evidence.store import Key, NotKept, Store
from zotheory.storage.database import Refused, checksum


def key(number=0, **changed):
    return Key("stated", "mine.claim", "gap on a bowl", 10, "measured", 7, str(number), "ran")._replace(**changed)


SHIPPED = [
    zo.Mean(np.array([0.1, 5e-324, 1e300, 0.3]), 0.7, variance=1 / 3, because="a reason", calls=2.5),
    zo.Mean(np.array([0.1, math.inf]), 0.7, floor=-0.1),
    zo.Mean(np.array([0.1, 0.2]), 0.7, 1.0),
    zo.AtLeast(np.array([0.1, -0.0]), 0.05, 1.5, floor=-0.5),
    zo.AtLeast(np.array([0.1, -math.inf]), 0.05, 1.5),
    zo.Quantile(np.array([1.0, math.inf, 3.0]), 2.0, 0.1, calls=7),
    zo.Frequency(3, 10**15, 0.2),
    zo.Always(np.array([0.1, 1 + 1e-15])),
    zo.Value(math.inf, 2.0),
    zo.Value(1 / 3, 0.1, at_least=True, error=1e-3, calls=2),
]


def content(observation):
    """Fields to the bit."""
    state = {name: value for name, value in vars(observation).items() if name in observation.__dataclass_fields__}
    samples = state.pop("samples", None)
    return (
        type(observation),
        {k: (type(v), repr(v)) for k, v in state.items()},
        None
        if samples is None
        else (
            samples.dtype,
            samples.tobytes(),
        ),
    )


@pytest.mark.parametrize("observation", SHIPPED, ids=lambda seen: type(seen).__name__)
def test_what_is_kept_is_read_back_to_the_bit(tmp_path, observation):
    path = tmp_path / "kept.db"
    with Store(path) as store:
        assert store.get(key()) is None
        store.put(key(), observation)
    with Store(path) as store:
        assert content(store.get(key())) == content(observation)
        assert len(store) == 1


@given(st.lists(st.floats(allow_nan=False), min_size=1), st.floats(allow_nan=False, allow_infinity=False))
def test_floats_are_read_back_to_the_bit(samples, bound):
    observation = zo.Quantile(np.array(samples), bound, 0.25)
    assert content(written.made_again(*written.plain(observation))) == content(observation)


@pytest.mark.parametrize("name", Key._fields)
def test_every_part_of_a_key_counts(tmp_path, name):
    other = key()._replace(**{name: 11 if name in ("d", "seed") else "other"})
    with Store(tmp_path / "kept.db") as store:
        store.put(key(), zo.Value(1.0, 2.0))
        assert store.get(other) is None


def test_numbers_of_a_key_may_have_any_number_of_digits(tmp_path):
    with Store(tmp_path / "kept.db") as store:
        store.put(key(d=10**30, seed=2**200), zo.Value(1.0, 2.0))
        assert store.get(key(d=10**30, seed=2**200)) is not None
        assert store.get(key(d=10**30, seed=2**200 + 1)) is None


def test_an_older_result_stays_unless_told_otherwise(tmp_path):
    with Store(tmp_path / "kept.db") as store:
        store.put(key(), zo.Value(1.0, 2.0))
        store.put(key(), zo.Value(1.5, 2.0))
        assert store.get(key()).measured == 1.0
        store.put(key(), zo.Value(1.5, 2.0), fresh=True)
        assert (store.get(key()).measured, len(store)) == (1.5, 1)


def test_observations_of_other_classes_are_not_kept(tmp_path):
    class Mean(zo.Mean):
        pass

    with Store(tmp_path / "kept.db") as store:
        store.put(key(1), Fixed())
        store.put(key(2), Mean(np.ones(3), 2.0))
        assert len(store) == 0


def test_another_thread_may_use_a_store_and_one_that_is_closed_is_sound(tmp_path):
    with Store(tmp_path / "kept.db") as store:
        store.put(key(), zo.Value(1.0, 2.0))
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(store.get, key()).result().measured == 1.0
    with pytest.raises(Refused, match=r"kept\.db cannot be used \(.*closed.*\); open it again$"):
        store.get(key())


# --- files that cannot serve -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A store of some pages."""
    path = tmp_path_factory.mktemp("store") / "kept.db"
    rng = np.random.default_rng(1)
    with Store(path) as store:
        for number in range(40):
            store.put(key(number), zo.Mean(rng.random(300), 0.7))
    return path


def refused(path, match):
    before = path.read_bytes() if path.is_file() else None
    beside = sorted(path.parent.iterdir())
    with pytest.raises(Refused, match=match) as caught:
        Store(path)
    assert str(path) in str(caught.value)
    assert before is None or path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == beside


def text(path):
    path.write_text("verification of claims\n" * 20)


def foreign(path):
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE results (claim TEXT)")
    other.close()


def altered(*statements):
    def make(path):
        Store(path).close()
        with sqlite3.connect(path) as store:
            for statement in statements:
                store.execute(statement)
        store.close()

    return make


UNFIT = {
    "empty": (lambda path: path.write_bytes(b""), "is empty: delete it"),
    "text": (text, "is no store, and no SQLite database"),
    "short": (lambda path: path.write_bytes(b"SQLite"), "is no store"),
    "folder": (lambda path: path.mkdir(), "is no file; name another one"),
    "foreign": (foreign, "is a database of another program"),
    "newer": (altered("PRAGMA user_version = 2"), "has layout 2, and this version of zotheory reads 1"),
    "other table": (altered("DROP TABLE results"), "is damaged .*its table"),
    "more columns": (altered("ALTER TABLE results ADD more TEXT"), "is damaged .*its table"),
    "pickle": (lambda path: path.write_bytes(pickle.dumps(zo.Value(1.0, 2.0)) * 5), "is no store"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(tmp_path, name):
    make, match = UNFIT[name]
    make(tmp_path / "kept.db")
    refused(tmp_path / "kept.db", match)


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refused, match="pipe is no file; name another one"):
        Store(tmp_path / "pipe")


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(Refused, match=r"none/kept\.db cannot be opened and written to \(No such file"):
        Store(tmp_path / "none" / "kept.db")


def test_the_log_of_a_store_that_is_gone_is_not_taken_for_that_of_a_new_one(tmp_path):
    (tmp_path / "kept.db-wal").write_bytes(b"log")
    with pytest.raises(Refused, match=r"kept\.db is gone, and .*kept\.db-wal is left of it"):
        Store(tmp_path / "kept.db")


@pytest.mark.parametrize("wrong", [None, 3, b"kept.db"])
def test_a_path_is_asked_for(wrong):
    with pytest.raises(TypeError, match="store must be the path of a file, got"):
        Store(wrong)


def test_a_truncated_file_is_refused(tmp_path, kept):
    whole = kept.read_bytes()
    for share in (0.02, 0.3, 0.9, 0.999):
        path = tmp_path / f"{share}.db"
        path.write_bytes(whole[: int(share * len(whole))])
        refused(path, "is damaged|is no store")


def test_flipped_bits_are_refused_wherever_something_rests_on_them(tmp_path, kept):
    """Any byte of a row or of the pages' order; what SQLite keeps for itself in the header may change unseen."""
    whole, rng, path = kept.read_bytes(), np.random.default_rng(2), tmp_path / "flipped.db"
    used = [at for at in rng.integers(100, len(whole), 120) if whole[at]]
    seen = 0
    for at in used:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x15]) + whole[at + 1 :])
        try:
            with Store(path) as store:
                assert all(store.get(key(number)) is not None for number in range(40))
        except Refused:
            seen += 1
            assert path.read_bytes()[at] == whole[at] ^ 0x15
    assert seen > 0.95 * len(used)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_file_is_refused(tmp_path, kept):
    path = Path(shutil.copy(kept, tmp_path / "kept.db"))
    path.chmod(0o400)
    refused(path, "cannot be opened and written to")


def test_nothing_is_unpickled(tmp_path):
    """A row that asks for it is damaged, though its checksum is right."""
    source = "".join(Path(part.__file__).read_text() for part in (module, written))
    assert not any(word in source for word in ("pickle.", "import pickle", "marshal", "eval(", "exec("))
    path, fired = tmp_path / "kept.db", tmp_path / "fired"

    class Shot:
        def __reduce__(self):
            return Path.touch, (fired,)

    payload = pickle.dumps(Shot())
    for kind, fields in (("Shot", "{}"), ("Mean", '{"bound": 1.0}'), ("Mean", payload.hex()), ("os.system", "{}")):
        parts = (*map(str, key()), kind, fields, payload)
        with Store(path) as store:
            store.connection.execute(
                f"INSERT OR REPLACE INTO results VALUES ({module.MARKS})", (*parts, checksum(parts))
            )
            with pytest.raises(Refused, match=r"is damaged \(a row is no observation"):
                store.get(key())
    assert not fired.exists()


# --- several runs, a full disk ---------------------------------------------------------------------------------------


FILL = """
import sys
import zotheory as zo
from zotheory.evidence.store import Key, Store

start = int(sys.argv[2])
with Store(sys.argv[1]) as store:
    for number in range(start, start + 60):
        key = Key("stated", "mine.claim", "gap on a bowl", 10, "measured", 7, str(number % 90), "ran")
        store.put(key, zo.Value(float(number % 90), 200.0))
"""


def test_two_runs_may_share_a_file(tmp_path):
    """Both make it, write at once, and overlap."""
    path = tmp_path / "kept.db"
    runs = [subprocess.Popen([sys.executable, "-c", FILL, path, str(start)]) for start in (0, 60)]
    assert [run.wait() for run in runs] == [0, 0]
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.db"]
    with Store(path) as store:
        assert [store.get(key(number)).measured for number in range(90)] == list(range(90))


def put(store, numbers):
    for number in numbers:
        store.put(key(number), zo.Mean(np.full(1000, 0.5), 0.7))


def test_a_full_disk_loses_nothing_that_was_written(tmp_path):
    path = tmp_path / "kept.db"
    with Store(path) as store:
        pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
        store.connection.execute(f"PRAGMA max_page_count = {pages + 20}")
        with pytest.warns(NotKept, match=r"kept\.db cannot be written: database or disk is full; it keeps") as told:
            put(store, range(100))
        kept = len(store)
    assert len(told) == 1
    assert 0 < kept < 20
    with Store(path) as store:
        assert [store.get(key(number)) is not None for number in range(100)] == [n < kept for n in range(100)]


def test_an_error_of_the_system_stops_the_keeping_and_nothing_else(tmp_path, monkeypatch):
    class Full:
        def execute(self, *given):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    with Store(tmp_path / "kept.db") as store:
        store.put(key(1), zo.Value(1.0, 2.0))
        with monkeypatch.context() as patched:
            store.connection.close()
            patched.setattr(store, "connection", Full())
            with pytest.warns(NotKept, match="No space left on device"):
                store.put(key(2), zo.Value(1.0, 2.0))
            with warnings.catch_warnings():
                store.put(key(3), zo.Value(1.0, 2.0))
    with Store(tmp_path / "kept.db") as store:
        assert len(store) == 1

"""A real Dask scheduler with two real workers on this machine; without Dask only what is said of it."""

import gc
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import cloudpickle
import numpy as np
import pytest

import zotheory as zo
from tests.test_executors import CASES, FAMILY, same
from tests.test_sweep import DATA, Counting, told
from zotheory import cli
from zotheory.claims import select
from zotheory.claims.sources import load
from zotheory.code import named
from zotheory.evidence.verdicts import verify
from zotheory.interrupts import Signals
from zotheory.streams import child
from zotheory.sweeps import Unusable, answers, sending, sweep
from zotheory.sweeps.cluster import workers_of

ROOT = Path(__file__).parent.parent
FILE = '''
import zotheory as zo
from beside_mine import sample

@zo.bound
def one(*, c: zo.quantities.Radius = 1.0):
    """One."""
    return 1.0

class Own(zo.Mean):
    """A kind of the file's own."""

on = [
    zo.Experiment("a kind of its own", d=7, measure=lambda b, n, s: Own(sample(n, s), b(c=1), ceiling=2), replicas=400),
    zo.Experiment("a lambda", d=8, measure=lambda b, n, s: zo.Mean(sample(n, s), b(c=1), ceiling=2), replicas=400),
]
but = {"quarter": ("their mean is a quarter", lambda c: 0.25, on[1])}
CLAIMS = [zo.Claim(f"mine.claim{i}", bound=one, says="Their mean is at most 1.", on=on, but=but) for i in range(3)]
'''
SLOW = """
import time
from pathlib import Path

def sleeping(bound, replicas, seed):
    Path("{begun}").touch()
    time.sleep(30)

on = [zo.Experiment("sleep", d=1, measure=sleeping, replicas=1)]
CLAIMS.append(zo.Claim("mine.slow", bound=one, says="!", on=on))
"""
NEIGHBOUR = '''
import numpy as np

def sample(n, seed):
    """Of uniform numbers."""
    return np.random.default_rng(seed).random(n)
'''


class Cluster:
    """A scheduler and two workers, each with one thread, in a folder of theirs that holds no claims."""

    def __init__(self, folder, *options, path=ROOT):
        self.file = folder / "scheduler.json"
        self.folder, self.path = folder, path
        self.processes = []
        common = ["--no-dashboard", "--scheduler-file", str(self.file)]
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", *common)
        for _ in range(2):
            self.start("worker", "--nthreads", "1", *common, *options)
        deadline = time.monotonic() + 60
        while not self.file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]

    def start(self, what, *options):
        environment = os.environ | {"PYTHONPATH": str(self.path)}
        with open(self.folder / f"{len(self.processes)}.log", "w") as log:
            command = [sys.executable, "-m", "dask", what, *options]
            self.processes.append(subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log))

    def end(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def cluster(tmp_path):
    pytest.importorskip("distributed")
    made = []

    def make(*options, **more):
        folder = tmp_path / "cluster"
        folder.mkdir()
        made.append(Cluster(folder, *options, **more))
        return made[0]

    yield make
    made[0].end()


def mine(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "beside_mine.py").write_text(NEIGHBOUR)
    (tmp_path / "claims_of_mine.py").write_text(FILE)
    return load(str(tmp_path / "claims_of_mine.py"))


def bits(report):
    """All that was measured, and what was concluded from it."""
    weighed = [(e.outcome, e.verdict, e.error_level) for v in report.verdicts for e in v.evidence]
    weighed += [(c.outcome, c.refuted, c.error_level) for c in report.controls]
    return [
        (o.failure, float(o.observation.measured).hex(), o.refuting.hex(), o.supporting.hex(), verdict, level.hex())
        for o, verdict, level in weighed
    ]


@pytest.mark.slow
def test_the_report_is_the_same_bits_as_in_this_process(cluster, tmp_path, monkeypatch):
    claims = [*mine(tmp_path, monkeypatch), *select("gld_fast.evaluations")]
    alone = verify(claims, seed=3)
    with workers_of(cluster("--no-nanny").address) as executor:
        seen = []
        together = verify(claims, seed=3, executor=executor, progress=lambda *state: seen.append(state))
    assert bits(together) == bits(alone)
    assert len(bits(alone)) > 10
    assert [done for done, _, _ in seen] == list(range(len(seen)))
    assert seen[-1] == (len(seen) - 1, len(seen) - 1, "")


@pytest.mark.slow
def test_runs_are_the_same_bits_as_in_this_process(cluster, monkeypatch, tmp_path):
    """Replicas, a summary, and a run whose store this process began."""
    monkeypatch.setattr("zotheory.replicas.chunk_size", lambda *_: 2)
    with workers_of(cluster("--no-nanny").address) as executor:
        for method, problem, options in CASES.values():
            same(*(zo.run(method, problem, steps=12, seed=3, executor=e, **options) for e in (None, executor)))
            asked = {"steps": 12, **options, "replicas": 9}
            same(*(zo.summarise(method, problem, executor=e, **asked) for e in (None, executor)))
        search, kept = zo.three_point(radius=0.02), {"steps": 30, "replicas": 9, "store": tmp_path / "run"}
        with monkeypatch.context() as patched:
            patched.setattr("zotheory.replicas.child", mostly(child))
            with pytest.raises(zo.ObjectiveError):
                zo.run(search, FAMILY, **kept)
        same(zo.run(search, FAMILY, steps=30, replicas=9), zo.run(search, FAMILY, executor=executor, **kept))


def mostly(child):
    """A stream of random numbers for all chunks but the fourth."""

    def given(sequence, number):
        if number == 3:
            raise zo.ObjectiveError("the fourth")
        return child(sequence, number)

    return given


def slowly(x):
    time.sleep(0.1)
    return os.getpid(), x * x


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_nothing(cluster):
    made = cluster("--no-nanny")
    with workers_of(made.address) as executor:
        found, killed = {}, 0
        for number, (pid, square) in sweep(slowly, range(40), executor):
            found[number] = square
            if len(found) == 5:
                killed = pid
                os.kill(killed, signal.SIGKILL)
    assert [p.wait() for p in made.processes if p.pid == killed] == [-signal.SIGKILL]
    assert found == {x: x * x for x in range(40)}


@pytest.mark.slow
def test_only_an_item_that_ends_every_worker_is_given_up(cluster):
    """Workers with nannies, which start them again; Dask blames each item that was on a worker that died."""

    def work(x):
        if x in (2, 5):
            time.sleep(0.05)  # meanwhile others are sent to this worker
            os._exit(1)
        return x

    with workers_of(cluster("--nanny").address) as executor:
        found = {number: told(answer) for number, answer in answers(work, range(40), executor)}
    ended = "Died: its process died, on each worker that tried it"
    assert found == {x: ended if x in (2, 5) else x for x in range(40)}


@pytest.mark.slow
def test_a_worker_without_this_package_is_told(cluster, tmp_path):
    other = tmp_path / "other" / "zotheory"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("raise ModuleNotFoundError('as if it were not there', name='zotheory')")
    told = r"a worker or the scheduler lacks zotheory: install the same version"
    address = cluster("--no-nanny", path=other.parent).address
    with workers_of(address) as executor, pytest.raises(Unusable, match=told):
        list(sweep(slowly, [1], executor))


@pytest.mark.slow
def test_a_scheduler_that_goes_away_is_told(cluster, capfd):
    made = cluster("--no-nanny")
    with Signals(), workers_of(made.address) as executor:
        found = sweep(slowly, range(1000), executor)
        next(found)
        made.processes[0].kill()
        with pytest.raises(Unusable, match=r"the executor gave up, .*its scheduler has gone"):
            list(found)
    assert capfd.readouterr().err == ""


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_on_a_cluster_within_two_seconds(cluster, tmp_path, number, code):
    (tmp_path / "beside_mine.py").write_text(NEIGHBOUR)
    (tmp_path / "mine.py").write_text(FILE + SLOW.format(begun=tmp_path / "begun"))
    address = cluster("--no-nanny").address
    command = [sys.executable, "-m", "zotheory.cli", "verify", str(tmp_path / "mine.py"), "--dask", address, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / "begun").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(2)  # for the others
    process.send_signal(number)
    start = time.monotonic()
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - start < 2
    assert (process.returncode, err) == (code, "interrupted, 3 of 4\n")
    assert len(json.loads(out)["claims"]) == 3


@pytest.mark.slow
def test_large_work_is_sent_to_a_worker_once_though_one_is_replaced(cluster, tmp_path):
    data, killed = DATA, tmp_path / "killed"

    def work(x):
        time.sleep(0.02)
        if x == 30 and not killed.exists():
            killed.touch()
            os._exit(1)
        return x + len(data)

    with workers_of(cluster("--nanny").address) as inner:
        executor = Counting(inner)
        assert dict(sweep(work, range(100), executor)) == {x: x + len(data) for x in range(100)}
    assert killed.exists()
    assert 2 <= executor.large <= 6


# --- without a cluster -----------------------------------------------------------------------------------------------


PACKED = """
import zotheory as zo
from near import SHARE
from packed.helper import half

def measure(bound, replicas, seed):
    return zo.Value(half() * SHARE, bound())

on = [zo.Experiment("e", d=1, measure=measure, replicas=1)]
CLAIMS = [zo.Claim("packed", bound=lambda: 2.0, says="!", on=on)]
"""
READ = """
import pickle, sys
claim = pickle.load(sys.stdin.buffer)
print(claim.on[0].measure(claim.bound, 1, None).measured)
"""


def test_claims_travel_with_what_lies_beside_them(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "packed").mkdir()
    for name, text in {
        "packing": PACKED,
        "near": "SHARE = 0.5",
        "packed/__init__": "",
        "packed/helper": "from packed.inner import one\ndef half(): return one() / 2",
        "packed/inner": "def one(): return 1.0",
    }.items():
        (tmp_path / f"{name}.py").write_text(text)
    (claim,) = load(str(tmp_path / "packing.py"))
    sent = cloudpickle.dumps(claim)
    done = subprocess.run([sys.executable, "-c", READ], input=sent, capture_output=True, cwd=ROOT)
    assert done.stdout == b"0.25\n", done.stderr.decode()


def test_what_every_worker_has_travels_by_name():
    """Also where claims lie in a folder above Python's and this package's."""
    before = cloudpickle.list_registry_pickle_by_value()
    named._send_by_value(Path(np.__file__).resolve().parents[-1], ["json.decoder", "numpy", "zotheory.streams"])
    assert cloudpickle.list_registry_pickle_by_value() == before


@pytest.fixture
def free():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


def test_a_scheduler_that_does_not_answer_is_told(capsys, free):
    assert cli.main(["verify", "two_point.bias", "--dask", f"127.0.0.1:{free}"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"no Dask scheduler answers at 127.0.0.1:{free}: " in err
    assert "Connection refused. `dask scheduler` prints the address" in err


@pytest.mark.parametrize("scheme", ["", "http://"])
def test_what_is_no_scheduler_is_told(monkeypatch, capfd, scheme):
    """It listens, and says nothing; no client waits for it, nor complains later."""
    pytest.importorskip("distributed")
    monkeypatch.setattr("zotheory.sweeps.cluster.PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"{scheme}127.0.0.1:{listener.getsockname()[1]}"
        start = time.monotonic()
        with pytest.raises(Unusable, match=f"what listens at {address} is no Dask scheduler"), workers_of(address):
            pass
        assert time.monotonic() - start < 5
    gc.collect()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("address", ["nonsense", "here:", ":8786", "here:there", ""])
def test_an_address_is_a_host_and_a_port(address):
    with pytest.raises(Unusable, match=f"named by host:port, got {re.escape(repr(address))}"), workers_of(address):
        pass


def test_without_dask_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(Unusable, match="python -m pip install distributed"), workers_of(address):
            pass


def test_a_worker_with_other_versions_is_told(monkeypatch):
    from zotheory.sweeps import opened

    with opened(1) as executor:
        assert list(sweep(abs, [1], executor)) == [(0, 1)]
        theirs = sending.versions()
        monkeypatch.setattr(sending, "versions", lambda: theirs | {"NumPy": "1.0", "zotheory": "9 (sources 0)"})
        with pytest.raises(Unusable) as caught:
            list(sweep(abs, [1], executor))
    ours = "this process NumPy 1.0, zotheory 9 (sources 0): install the same versions on every machine, "
    ours += "and start the workers again"
    assert str(caught.value) == f"a worker has NumPy {theirs['NumPy']}, zotheory {theirs['zotheory']}, {ours}"

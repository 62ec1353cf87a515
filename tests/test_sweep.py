"""Work over many items: what comes back is the same whoever does it, and what dies or cannot be sent is told."""

import ctypes
import gc
import importlib
import multiprocessing
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from itertools import count, islice
from multiprocessing.connection import Connection
from typing import NamedTuple

import mpmath
import numpy as np
import pytest

from zotheory.interrupts import Signals
from zotheory.kinds import shown
from zotheory.sweeps import Died, Unsendable, Unusable, answers, opened, sending, sweep
from zotheory.sweeps.packing import packed, unpacked
from zotheory.sweeps.processes import FORKED, Processes
from zotheory.sweeps.sweeping import WINDOW

forks = pytest.mark.skipif(not FORKED, reason="of processes that are forked")


def draws(seed):
    return np.random.default_rng(seed).standard_normal(3).tobytes()


@pytest.fixture(params=["here", "one process", "two processes", "pool", "threads"])
def executor(request):
    made = {"pool": lambda: ProcessPoolExecutor(2), "threads": lambda: ThreadPoolExecutor(2)}
    argument = {"here": None, "one process": 1, "two processes": 2}
    if request.param in argument:
        with opened(argument[request.param]) as found:
            yield found
    else:
        with made[request.param]() as pool, opened(pool) as found:
            assert found is pool
            yield found


def test_every_item_is_done_once_whoever_does_it(executor):
    scale = 2.0
    found = list(sweep(lambda seed: (scale, draws(seed)), range(20), executor))
    assert sorted(number for number, _ in found) == list(range(20))
    assert dict(found) == {seed: (scale, draws(seed)) for seed in range(20)}


MADE = []


def is_looked_through():
    return any(one is MADE for one in gc.get_objects())


@forks
def test_a_forked_process_looks_for_no_garbage_in_what_it_inherited(monkeypatch):
    """Else it would write to all of it, and have a copy of its own."""
    monkeypatch.setattr(sys.modules[__name__], "MADE", [[]])
    assert is_looked_through()
    with Processes(1) as process:
        assert not process.submit(is_looked_through).result()


class Partial(ValueError):
    pass


def test_an_error_keeps_its_type_its_notes_and_what_was_computed(executor):
    def work(x):
        error = Partial("no", x)
        error.partial = np.arange(3)
        error.add_note("at step 7")
        raise error

    with pytest.raises(Partial) as caught:
        list(sweep(work, [5], executor))
    assert caught.value.args == ("no", 5)
    assert caught.value.partial.tolist() == [0, 1, 2]
    assert caught.value.__notes__ == ["at step 7"]
    assert executor is None or "in work" in str(caught.value.__cause__)


class OfTwo(ValueError):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def test_an_error_that_cannot_be_made_again_is_named_and_keeps_what_was_computed():
    def work(x):
        error = OfTwo(x, 2)
        error.partial, error.lock = np.arange(3), threading.Lock()
        error.add_note("at step 7")
        raise error

    with opened(1) as executor, pytest.raises(RuntimeError, match="OfTwo: 5 and 2") as caught:
        list(sweep(work, [5], executor))
    assert caught.value.partial.tolist() == [0, 1, 2]
    assert caught.value.__notes__ == ["at step 7"]
    assert not hasattr(caught.value, "lock")


def test_items_are_taken_as_they_are_needed(executor):
    taken = []
    items = (taken.append(i) or i for i in count())
    assert len(list(islice(sweep(draws, items, executor), 5))) == 5
    assert len(taken) <= 5 + (2 * executor.workers if isinstance(executor, Processes) else WINDOW)


def test_what_nobody_waits_for_is_not_done(tmp_path):
    def work(x):
        time.sleep(0.01)
        (tmp_path / str(x)).touch()

    with ThreadPoolExecutor(1) as pool:
        sending._work.cache_clear()
        found = sweep(work, range(100), pool)
        next(found)
        found.close()
    assert len(list(tmp_path.iterdir())) < 50


def test_there_are_no_more_processes_than_items():
    with opened(8, tasks=2) as executor:
        assert executor.workers == 2


def told(answer):
    """What an answer gives, or in words what prevented it."""
    try:
        return answer()
    except RuntimeError as error:
        return f"{type(error).__name__}: {error}"


def test_a_process_that_dies_takes_only_its_own_item_with_it(tmp_path):
    def work(x):
        if x == 3:
            with open(tmp_path / "tries", "a") as file:
                file.write("!")
            os.kill(os.getpid(), signal.SIGKILL)
        return x

    with opened(2) as executor:
        found = {number: told(answer) for number, answer in answers(work, range(8), executor)}
    assert found == {**{x: x for x in range(8)}, 3: "Died: its process died (exit code -9)"}
    assert (tmp_path / "tries").read_text() == "!!!"


def test_a_process_that_dies_between_items_disturbs_nothing():
    """To write to it would be SIGPIPE, which a program takes for the end of its reader."""
    with Signals(), opened(1) as executor:
        ((_, first),) = sweep(lambda x: os.getpid(), [0], executor)
        os.kill(first, signal.SIGKILL)
        time.sleep(0.1)
        assert dict(sweep(draws, range(3), executor)) == {seed: draws(seed) for seed in range(3)}


def test_work_whose_process_dies_once_is_done_elsewhere(tmp_path):
    def work(x):
        if not (tmp_path / str(x)).exists():
            (tmp_path / str(x)).write_text("")
            os._exit(1)
        return x

    with opened(2) as executor:
        assert dict(sweep(work, range(4), executor)) == {x: x for x in range(4)}


@forks
def test_a_process_that_dies_while_it_answers_is_seen_though_what_it_forked_lives_on(tmp_path):
    def half(self, data):
        self._send(struct.pack("!i", len(data)) + bytes(data[: len(data) // 2]))
        os.kill(os.getpid(), signal.SIGKILL)

    def work(x):
        if list(tmp_path.iterdir()):
            return "second try"
        if not (child := os.fork()):
            time.sleep(30)
        (tmp_path / str(child)).touch()
        Connection._send_bytes = half
        return b"x" * 10**6

    start = time.monotonic()
    with opened(1) as executor:
        assert dict(sweep(work, [0], executor)) == {0: "second try"}
    assert time.monotonic() - start < 15
    for path in tmp_path.iterdir():
        os.kill(int(path.name), signal.SIGKILL)


def test_processes_outlive_the_thread_that_first_had_work():
    found = []
    with opened(1) as executor:
        first = threading.Thread(target=lambda: found.extend(sweep(lambda x: os.getpid(), [0], executor)))
        first.start()
        first.join()
        time.sleep(0.1)
        assert list(sweep(lambda x: os.getpid(), [0], executor)) == found


# --- large work ------------------------------------------------------------------------------------------------------

DATA = bytes(sending.LARGE)


class Counting(Executor):
    """Hands on to another, counts in how many calls there is much, and sends work late or not at all."""

    def __init__(self, inner, late=0.0, lost=False):
        self.inner, self.late, self.lost = inner, late, lost
        self.large = self.shelved = 0

    def submit(self, function, /, *arguments, **options):
        self.large += any(isinstance(each, bytes) and len(each) > sending.LARGE for each in arguments)
        self.shelved += function is sending.shelve
        if function is not sending.shelve or not (self.late or self.lost):
            return self.inner.submit(function, *arguments, **options)
        future = Future()
        if self.lost:
            future.set_exception(Died("on its way"))
        else:
            threading.Timer(self.late, self.send, (future, function, *arguments)).start()
        return future

    def send(self, future, function, *arguments):
        if future.set_running_or_notify_cancel():  # nobody may wait any more
            future.set_result(self.inner.submit(function, *arguments).result())


def running(workers):
    """Processes that began before they had work."""
    processes = Processes(workers)
    processes.submit(abs, -1).result()
    return processes


def spawned(workers):
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


LARGE = {"running": (running, 6), "spawned": (spawned, 6), "threads": (ThreadPoolExecutor, 0)}
LARGE |= {"starting": (Processes, 0), "pool": (ProcessPoolExecutor, 0)} if FORKED else {}


@pytest.mark.parametrize("made", LARGE)
def test_large_work_is_sent_to_a_worker_once(made):
    """Or so: what is on its way to one may come to another."""
    data = DATA

    def work(x):
        time.sleep(0.01)
        return x + len(data)

    make, most = LARGE[made]
    with make(2) as inner:
        executor = Counting(inner)
        for _ in range(2):
            assert dict(sweep(work, range(40), executor)) == {x: x + len(data) for x in range(40)}
    assert executor.large <= most
    assert sending._shelf == {}


def test_small_work_goes_along():
    with running(1) as inner:
        executor, data = Counting(inner), DATA[:-1000]
        assert dict(sweep(lambda x: x + len(data), range(3), executor)) == {x: x + len(data) for x in range(3)}
    assert executor.shelved == 0


def test_a_process_that_dies_loses_no_large_work(tmp_path):
    data = DATA

    def work(x):
        if x in (3, 20) and not (tmp_path / str(x)).exists():
            (tmp_path / str(x)).touch()
            os._exit(1)
        return x + len(data)

    with running(2) as inner:
        executor = Counting(inner)
        assert dict(sweep(work, range(40), executor)) == {x: x + len(data) for x in range(40)}
    assert executor.large <= 8


def test_work_that_does_not_come_is_brought_by_the_items():
    data = DATA
    with running(2) as inner:
        executor = Counting(inner, lost=True)
        assert dict(sweep(lambda x: x + len(data), range(20), executor)) == {x: x + len(data) for x in range(20)}
    assert 20 <= executor.large <= 40


def test_work_that_workers_forget_is_brought_by_the_items(monkeypatch):
    class Forgetful(dict):
        def get(self, name):
            return None

    monkeypatch.setattr(sending, "_shelf", Forgetful())
    data = DATA
    with ThreadPoolExecutor(2) as executor:
        assert dict(sweep(lambda x: x + len(data), range(20), executor)) == {x: x + len(data) for x in range(20)}


def test_items_that_wait_for_work_count():
    data, taken = DATA, []
    items = (taken.append(i) or i for i in count())
    with running(2) as inner:
        next(sweep(lambda x: x + len(data), items, Counting(inner, late=1.0)))
    assert len(taken) <= 1 + WINDOW


def test_few_large_works_are_kept(monkeypatch):
    monkeypatch.setattr(sending, "_shelf", {})
    for name in "abc":
        sending.shelve(name, b"", None)
    assert list(sending._shelf) == ["b", "c"]


# ---------------------------------------------------------------------------------------------------------------------


class KilledWorker(Exception):
    """As Dask names it."""


class Blaming(Executor):
    """A worker that takes what there is, and dies of an item that names its thread so; all of it is blamed."""

    def __init__(self):
        self.lock, self.taken = threading.Lock(), []

    def submit(self, function, /, *arguments):
        with self.lock:
            self.taken.append((future := Future(), partial(function, *arguments)))
            if len(self.taken) == 1:
                threading.Timer(0.1, self.work).start()
        return future

    def work(self):
        with self.lock:
            taken, self.taken = self.taken, []
        results = [call() for _, call in taken]
        for (future, _), result in zip(taken, results, strict=True):
            if threading.current_thread().name == "dead":
                future.set_exception(KilledWorker())
            else:
                future.set_result(result)


def test_what_was_beside_a_deadly_item_is_tried_alone():
    def work(x):
        if x in (2, 5):
            threading.current_thread().name = "dead"
        return x

    found = {number: told(answer) for number, answer in answers(work, range(7), Blaming())}
    ended = "Died: its process died, on each worker that tried it"
    assert found == {x: ended if x in (2, 5) else x for x in range(7)}


def test_what_cannot_be_sent_is_told_before_it_is_tried():
    lock = threading.Lock()
    with opened(1) as executor:
        with pytest.raises(TypeError, match=r"work cannot be sent .*cannot pickle '_thread.lock' object. Open files"):
            list(sweep(lambda x: lock, [1], executor))
        with pytest.raises(TypeError, match=r"item 1 cannot be sent to another process, got <unlocked"):
            list(sweep(draws, [1, lock], executor))
        with pytest.raises(TypeError, match="cannot pickle"):
            list(sweep(lambda x: threading.Lock(), [1], executor))


class Logged:
    def __init__(self, log):
        self.log = log

    def __call__(self, x):
        return self.log(x)


CHANGED = """
import functools, numpy
SCALE, TABLE, KEPT, CALLS = 1.0, {"scale": [1.0]}, None, 0
def scaled(x): return SCALE * x
def tabled(x): return TABLE["scale"][0] * x
def inner(x): return (lambda y: scaled(y))(x)
def keeps(x):
    global KEPT, CALLS
    KEPT, CALLS = KEPT or numpy.random.default_rng(), CALLS + 1
    return x
@functools.cache
def cached(x): return x
class Method:
    def scaled(self, x): return SCALE * x
"""
CHANGES = {
    "a number": (lambda m: setattr(m, "SCALE", 2.0), lambda m: m.scaled, "scaled: its SCALE is 2.0 here, and 1.0 on"),
    "in a container": (lambda m: m.TABLE["scale"].insert(0, 2.0), lambda m: m.tabled, "tabled: its 0 is 2.0 here, and"),
    "further in": (lambda m: setattr(m, "SCALE", 2.0), lambda m: m.inner, "inner: its SCALE is 2.0 here, and 1.0 on"),
    "of a class": (lambda m: setattr(m, "SCALE", 2.0), lambda m: m.Method().scaled, "Method: its SCALE is 2.0 here"),
    "by a lambda": (lambda m: setattr(m, "SCALE", 2.0), lambda m: lambda x: m.scaled(x), "scaled: its SCALE is 2.0"),
    "its own": (lambda m: m.keeps(1), lambda m: m.keeps, ""),
    "of a cache": (lambda m: m.cached(1), lambda m: m.cached, ""),
    "nothing": (lambda m: None, lambda m: m.scaled, ""),
    "beside it": (lambda m: setattr(m, "SCALE", 2.0), lambda m: m.tabled, ""),
}


@forks
@pytest.mark.parametrize("change", CHANGES)
def test_what_a_program_changed_in_a_module_after_the_workers_started_is_told(change, tmp_path, monkeypatch):
    (tmp_path / "changed.py").write_text(CHANGED)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "changed", raising=False)
    changed = importlib.import_module("changed")
    make, taken, words = CHANGES[change]
    with opened(1) as executor:
        assert dict(sweep(taken(changed), [3.0], executor)) == {0: 3.0}
        make(changed)
        if words:
            with pytest.raises(Unusable, match=f"changed.{words}"):
                dict(sweep(taken(changed), [3.0], executor))
        else:
            assert dict(sweep(taken(changed), [3.0], executor)) == {0: 3.0}
    with opened(1) as executor:
        assert dict(sweep(taken(changed), [3.0], executor)) == {0: taken(changed)(3.0)}


def test_a_module_that_a_worker_lacks_is_told(tmp_path, monkeypatch):
    (tmp_path / "only_here.py").write_text("def f(x): return x")
    monkeypatch.syspath_prepend(tmp_path)
    sent = packed("work", importlib.import_module("only_here").f)
    monkeypatch.delitem(sys.modules, "only_here")
    monkeypatch.setattr(sys, "path", sys.path[1:])
    with pytest.raises(Unusable, match="a worker lacks the module only_here: install it there"):
        unpacked(sent)


LIBRARY = ctypes.pythonapi  # a module-level one, as of a file that travels with all that it names


class Held(NamedTuple):
    """Has its parts by name."""

    first: int
    second: object


def test_the_part_that_cannot_be_sent_is_named():
    lock = threading.Lock()

    def called(x):
        return LIBRARY.Py_IsInitialized() or x

    def logged(x):
        with lock:
            return x

    def again(x):
        return again(x - 1) if x else logged(x)

    held = r"is <unlocked _thread.lock .*cannot pickle"
    for what, part in (
        (logged, f"its lock {held}"),
        (called, r"its LIBRARY is <PyDLL .*: a library is loaded in one process\. Open files"),
        (Held(1, lock), f"its second {held}"),
        (again, f"its logged.lock {held}"),
        (Logged(logged), rf"its log\.lock {held}"),
        (Logged(logged).__call__, rf"its __self__\.log\.lock {held}"),
        (partial(max, [0, {"a": lock}], key=abs), rf"its \[0\]\.\[1\]\.\['a'\] {held}"),
    ):
        with pytest.raises(Unsendable, match=f"^f cannot be sent to another process: {part}") as told:
            packed("f", what)
        assert str(told.value).endswith(f"; got {shown(what)}")
    with pytest.raises(
        Unsendable, match=r"^f cannot be sent to another process, got <unlocked _thread.lock .*cannot pickle"
    ):
        packed("f", lock)


@pytest.mark.parametrize(
    ("executor", "error", "message"),
    [
        (0, ValueError, "executor must be .* got 0"),
        (10**9, ValueError, "executor must be .* at most 1024, got 1000000000"),
        ("2", TypeError, r"executor must be a number of processes or a concurrent.futures.Executor, got '2' \(str\)"),
        (True, TypeError, "executor must be .* got True"),
        (2.0, TypeError, r"executor must be .* got 2.0 \(float\)"),
    ],
)
def test_an_executor_is_one_or_a_number(executor, error, message):
    with pytest.raises(error, match=message), opened(executor):
        pass


@pytest.mark.parametrize("inner", [lambda: Processes(2), lambda: ThreadPoolExecutor(2)], ids=["processes", "threads"])
def test_work_may_have_workers_of_its_own(executor, inner):
    def work(n):
        with inner() as own:
            return sum(length for _, length in sweep(lambda seed: len(draws(seed)), range(n), own))

    assert dict(sweep(work, range(3), executor)) == {0: 0, 1: 24, 2: 48}


def test_threads_take_turns():
    """The precision of mpmath belongs to all threads of a process."""

    def digits(n):
        with mpmath.workdps(20 + n):
            time.sleep(0.01)
            return mpmath.mp.dps

    with ThreadPoolExecutor(4) as executor:
        assert dict(sweep(digits, range(8), executor)) == {n: 20 + n for n in range(8)}


TURNS = """
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from zotheory.sweeps import sweep

class Inline(Executor):
    def submit(self, function, /, *arguments):
        (future := Future()).set_result(function(*arguments))
        return future

def threaded(x):
    with ThreadPoolExecutor(1) as pool:
        return [found for _, found in sweep(abs, [x], pool)]

def work(x):
    return [found for _, found in sweep(threaded, [-1], Inline())], threaded(-2)

with ThreadPoolExecutor(1) as pool:
    print(list(sweep(work, [0], pool)))
"""


def test_a_thread_keeps_its_turn_while_it_does_work_of_its_own():
    done = subprocess.run([sys.executable, "-c", TURNS], capture_output=True, text=True, timeout=30)
    assert done.stdout == "[(0, ([[1]], [2]))]\n", done.stderr


def test_a_pool_that_breaks_is_told():
    with ProcessPoolExecutor(1) as pool, pytest.raises(Unusable, match="the executor gave up, BrokenProcessPool"):
        list(sweep(lambda x: os._exit(1), range(3), pool))
    with ThreadPoolExecutor(1) as pool:
        pass
    with pytest.raises(Unusable, match="the executor gave up, RuntimeError: cannot schedule new futures"):
        list(sweep(draws, range(3), pool))


def test_processes_are_an_executor():
    with Processes(2) as executor:
        assert list(executor.map(pow, [2, 3], [3, 2])) == [8, 9]
        assert isinstance(executor.submit(pow, 2, 5), Future)
        with pytest.raises(ZeroDivisionError):
            executor.submit(divmod, 1, 0).result()
    with pytest.raises(RuntimeError, match="shutdown"):
        executor.submit(pow, 2, 5)


def test_processes_end_with_the_block():
    with opened(2) as executor:
        numbers = {pid for _, pid in sweep(lambda x: os.getpid(), range(50), executor)}
    assert 1 <= len(numbers) <= 2
    for number in numbers:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


def test_processes_that_cannot_be_started_are_told(monkeypatch):
    def none_left():
        raise OSError("Too many open files")

    monkeypatch.setattr("zotheory.sweeps.processes._Process", none_left)
    with opened(2) as executor, pytest.raises(Unusable, match=r"0 of 2 processes .*Too many open files; take fewer"):
        list(sweep(draws, range(3), executor))


@forks
def test_the_end_of_a_process_is_seen_though_what_it_forked_lives_on(tmp_path):
    """That holds the connection open."""

    def work(x):
        if child := os.fork():
            (tmp_path / str(child)).touch()
            os._exit(3)
        time.sleep(60)

    with opened(1) as executor, pytest.raises(Died, match="exit code 3"):
        list(sweep(work, [0], executor))
    for path in tmp_path.iterdir():
        os.kill(int(path.name), signal.SIGKILL)


PROGRAM = """
import os, signal, sys, time
from zotheory.sweeps.processes import FORKED, Processes
from zotheory.sweeps import opened, sweep

def sleep(x):
    time.sleep(60)

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

"""
ENDS = {
    "while processes start": """
os.register_at_fork(after_in_parent=interrupt)  # where Python loses what a signal raises
with opened(2) as executor:
    list(sweep(sleep, range(4), executor))
""",
    "while they are ended": """
class Ended(Processes):
    def _close(self, cancel):
        interrupt()
        super()._close(cancel)

executor = Ended(2)
executor.submit(sleep, 1)
executor.kill()
""",
    "while they work": """
executor = Processes(2)
executor.submit(sleep, 1)
interrupt()
""",
}


@forks
@pytest.mark.parametrize("when", ENDS)
def test_a_program_that_is_interrupted_ends_and_its_processes_with_it(when):
    done = subprocess.run([sys.executable, "-c", PROGRAM + ENDS[when]], capture_output=True, text=True, timeout=30)
    assert done.stderr.endswith("\nKeyboardInterrupt\n"), done.stderr
    assert "ignored" not in done.stderr  # by Python

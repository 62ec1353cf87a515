"""Replicas on any executor: bits, warnings and counts are those of one process, and nothing computed is lost."""

import os
import signal
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

import zotheory as zo
from zotheory import streams
from zotheory.interrupts import undisturbed
from zotheory.looks import ObjectiveWarning
from zotheory.oracles import Noisy

FAMILY = zo.problems.golovin_family(1, 8, 6, minimiser=0.3, f_star=-1.0)
GLD = zo.gld_search(R=2.0, r=1e-2)


def bowl(x):
    return np.sum((x - 0.3) ** 2, axis=-1)


def reduced():
    sizes = (5 * 10**5, 5 * 10**5)

    def build(width):
        return zo.problems.block_quadratic((1.0, 4.0), sizes, start=(1.0, 1.0), centre=(0.3, 0.0), width=width)

    return GLD, zo.reduced.reduce(build, sizes, GLD, fixed=1)


def cases():
    """Schedules and objectives that no name leads to, samples, one run, reduced coordinates, one point at a time."""
    shift = 0.3
    two_point = zo.two_point(h=lambda t: 0.01 / t**shift, delta=lambda t: 1e-3)
    yield "gld", GLD, FAMILY, {"replicas": 7}
    yield "schedules", two_point, Noisy(FAMILY, 0.1), {"replicas": 7}
    yield "one run", two_point, FAMILY, {}
    yield "a lambda", GLD, lambda x: np.sum(abs(x - shift), axis=-1), {"replicas": 5, "x0": np.ones(3)}
    yield "one point", GLD, lambda x: float(x @ x), {"replicas": 3, "x0": np.ones(3), "vectorised": False}
    yield "reduced", *reduced(), {"replicas": 5}


CASES = {name: rest for name, *rest in cases()}


@pytest.fixture
def small_chunks(monkeypatch):
    """Chunks of two replicas."""
    monkeypatch.setattr("zotheory.replicas.chunk_size", lambda *_: 2)


@pytest.fixture(scope="module", params=["one process", "two processes", "four processes", "pool", "threads"])
def executor(request):
    made = {"pool": lambda: ProcessPoolExecutor(2), "threads": lambda: ThreadPoolExecutor(2)}
    if request.param in made:
        with made[request.param]() as pool:
            yield pool
    else:
        yield {"one process": 1, "two processes": 2, "four processes": 4}[request.param]


def same(one, other):
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))
    assert [isinstance(a, np.ndarray) for a in one] == [isinstance(b, np.ndarray) for b in other]


@pytest.mark.parametrize("name", CASES)
def test_bits_and_counts_do_not_depend_on_the_executor(name, executor, small_chunks):
    method, problem, options = CASES[name]
    same(*(zo.run(method, problem, steps=12, seed=3, executor=e, **options) for e in (None, executor)))


def test_a_chunk_is_what_a_generator_of_its_own_gives(small_chunks):
    """Two of five replicas, run by themselves on the stream of the third chunk's key."""
    run = zo.run(GLD, FAMILY, steps=9, seed=np.random.default_rng(3), replicas=5, executor=1)
    sequence = streams.seed_sequence(np.random.default_rng(3))
    alone = zo.iterate(GLD, FAMILY, replicas=1, rng=streams.generator(streams.child(sequence, 2)))
    *_, (state, _) = (pair for _, pair in zip(range(10), alone, strict=False))
    assert np.array_equal(run.x[4:], state.x)


@pytest.mark.parametrize(
    ("method", "f", "words"),
    [
        (zo.two_point(h=lambda t: 1.0, delta=lambda t: 1e-6), FAMILY, "seems to diverge"),
        (zo.three_point(radius=1e-20), FAMILY, "exactly equal in the last 40 steps"),
    ],
    ids=["growth", "stillness"],
)
def test_warnings_are_told_once_here_whatever_ran(method, f, words, executor, small_chunks):
    told = []
    for each in (None, executor):
        with pytest.warns(ObjectiveWarning, match=words) as caught:
            zo.run(method, f, steps=60, seed=1, replicas=6, executor=each)
        ours = [warning for warning in caught if warning.category is ObjectiveWarning]  # and none of JAX, of a fork
        told.append([str(warning.message) for warning in ours])
        assert [warning.filename for warning in ours] == [__file__]
    assert told[0] == told[1]


class Backwards(Executor):
    """Waits for so many tasks, and does the last first."""

    def __init__(self, tasks):
        self.tasks, self.calls = tasks, []

    def submit(self, function, /, *arguments):
        self.calls.append((future := Future(), partial(function, *arguments)))
        if len(self.calls) == self.tasks:
            for each, call in reversed(self.calls):
                each.set_result(call())
        return future


def test_the_first_chunk_that_warns_is_quoted(small_chunks):
    told = []
    for executor in (None, Backwards(3)):
        with pytest.warns(ObjectiveWarning) as caught:
            zo.run(zo.two_point(h=lambda t: 1.0, delta=lambda t: 1e-6), FAMILY, steps=60, replicas=6, executor=executor)
        told.append([str(warning.message) for warning in caught])
    assert told[0] == told[1]


class Tiring:
    """A function that fails after so many calls, in the process that calls it."""

    def __init__(self, calls):
        self.calls = calls

    def __call__(self, x):
        self.calls -= 1
        if self.calls < 0:
            raise OSError("too tired")
        return bowl(x)


SEARCH, OPTIONS = zo.three_point(radius=0.02), {"steps": 30, "x0": np.ones(4), "replicas": 6, "seed": 9}


@pytest.mark.parametrize("executor", [None, 1, 2])
def test_an_error_brings_all_that_was_computed(executor, small_chunks):
    """A chunk takes 42 calls, the looks before it 4: a process fails in the course of its second chunk."""
    whole = zo.run(SEARCH, bowl, **OPTIONS)
    with pytest.raises(zo.ObjectiveError, match="too tired") as caught:
        zo.run(SEARCH, Tiring(66), executor=executor, **OPTIONS)
    partial, known = caught.value.partial, np.isfinite(caught.value.partial.values)
    records = known.sum(axis=0)
    assert records.tolist() == [31, 31, 8, 8, 0, 0] if executor != 2 else {8, 31} <= set(records)
    assert np.array_equal(partial.values[known], whole.values[known])
    assert np.array_equal(partial.x[records == 31], whole.x[records == 31])
    assert partial.calls == whole.calls
    assert caught.value.__notes__ == ["stopped at step 8 of 30; what was computed is in .partial"]


def test_ctrl_c_keeps_the_chunks_that_were_finished(tmp_path, small_chunks):
    """The one process stops in its second chunk; this one is interrupted while it waits, and ends it."""
    there = tmp_path / "process"
    calls = [0]

    def stops(x):
        calls[0] += 1
        if calls[0] > 60:
            there.write_text(str(os.getpid()))
            time.sleep(60)
        return bowl(x)

    def interrupt():
        while not (there.exists() and there.read_text()):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt) as caught:
        zo.run(SEARCH, stops, executor=1, **OPTIONS)
    assert np.isfinite(caught.value.partial.values).all(axis=0).tolist() == [True, True, *[False] * 4]
    assert caught.value.__notes__ == ["stopped after 1 of 3 chunks; what was computed is in .partial"]
    with pytest.raises(ProcessLookupError):
        os.kill(int(there.read_text()), 0)


def test_while_an_error_is_on_its_way_ctrl_c_adds_nothing_to_it():
    def pressed():
        with undisturbed():
            signal.raise_signal(signal.SIGINT)

    def fails():
        try:
            raise ValueError("with what was computed")
        finally:
            pressed()

    with pytest.raises(KeyboardInterrupt):
        pressed()
    with pytest.raises(ValueError, match="what was computed"):
        fails()


GLOBAL = np.random.default_rng(5)


def noisy(x):
    return bowl(x) + GLOBAL.random(len(x))


noisy.fresh = True


def test_a_function_that_draws_numbers_of_its_own_is_refused():
    words = "problem must draw from the rng that it is handed, for an executor, .* another generator, GLOBAL.random"
    for run in (zo.run, zo.summarise):
        with pytest.raises(ValueError, match=words) as caught:
            run(SEARCH, noisy, steps=2, replicas=3, x0=np.ones(4), executor=1)
        assert not isinstance(caught.value, zo.ObjectiveError)


def test_what_cannot_be_sent_is_refused_before_anything_is_evaluated():
    lock, asked = threading.Lock(), []

    def locked(x):
        with lock:
            asked.append(x)
            return bowl(x)

    with pytest.raises(TypeError, match=r"problem cannot be sent to another process: its lock is <unlocked") as caught:
        zo.run(GLD, locked, x0=np.ones(3), steps=3, executor=1)
    assert not asked
    assert "at the top level of a module" in str(caught.value)
    handle = zo.two_point(h=lambda t: 0.1 if lock else 0.2, delta=lambda t: 0.1)
    with pytest.raises(TypeError, match="method cannot be sent to another process"):
        zo.run(handle, FAMILY, steps=3, executor=1)

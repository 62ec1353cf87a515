"""The loop: determinism, records, counting, failures that lose nothing."""

import numpy as np
import pytest

import zotheory as zo
from zotheory import ObjectiveError, streams
from zotheory.objective import Objective
from zotheory.oracles import Expected, Fresh, Noisy, vectorised
from zotheory.replicas import Replicas
from zotheory.setting import Setting

GLD = zo.gld_search(R=2.0, r=1e-2)
FAMILY = zo.problems.golovin_family(1, 8, 6, minimiser=0.3, f_star=-1.0)


def test_same_seed_same_bits_and_another_seed_others():
    one, two, other = (zo.run(GLD, FAMILY, steps=30, seed=s, replicas=5) for s in (1, 1, 2))
    assert np.array_equal(one.x, two.x)
    assert np.array_equal(one.values, two.values)
    assert not np.array_equal(one.x, other.x)


def test_a_seed_sequence_may_be_used_again():
    sequence = np.random.SeedSequence(9)
    assert np.array_equal(zo.run(GLD, FAMILY, steps=5, seed=sequence).x, zo.run(GLD, FAMILY, steps=5, seed=sequence).x)


def test_a_chunk_keeps_the_pool_of_its_sequence():
    assert streams.child(np.random.SeedSequence(9, pool_size=8), 3).pool_size == 8


def test_chunks_have_streams_of_their_own(monkeypatch):
    monkeypatch.setattr(streams, "CHUNK_BYTES", 1)
    apart = zo.run(GLD, FAMILY, steps=10, seed=1, replicas=4)
    assert len(np.unique(apart.x[:, 0])) == 4
    assert np.array_equal(apart.x[0], zo.run(GLD, FAMILY, steps=10, seed=1).x)  # the first chunk is a run by itself


@pytest.mark.parametrize(("replicas", "d", "sizes"), [(10, 2**15, [4, 4, 2]), (3, 2**18, [1, 1, 1]), (2, 1, [2])])
def test_chunks_cover_the_replicas(replicas, d, sizes):
    setting = Setting.of(zo.three_point(radius=1.0), np.sum, x0=np.ones(d), vectorised=None, nonfinite="error")
    plan = Replicas.of(setting, 1, None, 0, replicas)
    rows = [plan.rows(index) for index in plan.chunks]
    assert [plan.batch(index) for index in plan.chunks] == [(size,) for size in sizes]
    assert [i for each in rows for i in range(replicas)[each]] == list(range(replicas))


def test_records():
    result = zo.run(GLD, FAMILY, steps=30, seed=1, record=[0, 7, 30])
    assert result.steps.tolist() == [0, 7, 30]
    assert result.values[0] == pytest.approx(float(FAMILY(FAMILY.x0)))
    assert result.values[-1] == pytest.approx(float(FAMILY(result.x)))
    assert result.calls - result.looks == 1 + 30 * 9
    assert len(zo.run(GLD, FAMILY, steps=1000, seed=1).steps) == 101


def test_plain_functions_and_functions_of_one_point():
    def whole(x):
        return np.sum((x - 1) ** 2, axis=-1)

    start = np.zeros(3)
    plain = zo.run(GLD, whole, steps=20, seed=1, x0=start)
    single = zo.run(GLD, vectorised(lambda p: float(np.sum((p - 1) ** 2))), steps=20, seed=1, x0=start)
    assert np.allclose(plain.x, single.x)
    assert plain.values[-1] < 3


def test_runs_and_methods_are_shown_in_a_line():
    method, f = zo.gld_search(R=3.0, r=1e-3), zo.problems.golovin_family(1, 8, 20)
    assert repr(method) == "<Method gld_search: evaluations 1 at the start, 13 a step>"
    alone, many = (zo.run(method, f, steps=5, seed=1, replicas=n) for n in (None, 3))
    assert repr(alone) == f"<Run: value {alone.value:g} after {alone.calls} evaluations>"
    lowest = f"{many.value.min():g}"
    assert repr(many) == f"<Run: 3 runs, lowest value {lowest}, after {many.calls} evaluations of each>"
    assert "lowest value unknown" in repr(many._replace(value=np.full(3, np.nan)))


def test_iterate_gives_full_control():
    runs = zo.iterate(GLD, FAMILY, replicas=1)
    state, objective = next(pair for pair in runs if pair[1].spent > 50)
    assert objective.spent == 55
    assert state.x.shape == (1, 6)


class Series:
    """Numbers as a table has them, whose `mask` is no mask."""

    def __array__(self, *args, **options):
        return np.ones(6)

    def mask(self):
        raise AssertionError


def test_a_start_may_come_from_a_table_and_a_problem_may_have_a_frame():
    class Framed:
        d, x0, frame = 6, Series(), {"data": 1}

        def __call__(self, x):
            return FAMILY(x)

    one, other = (zo.run(GLD, problem, x0=x0, steps=5) for problem, x0 in ((FAMILY, Series()), (Framed(), None)))
    assert np.array_equal(one.x, other.x)


# --- stochastic oracles -----------------------------------------------------------------------------------------------


def test_common_random_numbers_within_a_step_and_new_ones_in_the_next():
    problem = Noisy(FAMILY, 10.0)
    method = zo.two_point(h=lambda t: 0.01, delta=lambda t: 1e-6)
    exact = zo.run(method, FAMILY, steps=1, seed=3)
    noisy = zo.run(method, problem, steps=1, seed=3)
    assert np.allclose(noisy.x, exact.x)  # additive noise cancels in a difference that shares it
    xi = [problem.sample(zo.generator(s), (2,)) for s in (1, 2)]
    assert not np.allclose(*xi)


def test_the_mean_of_a_stochastic_problem_is_a_deterministic_one():
    problem = zo.problems.breast_cancer()
    f = Expected(problem)
    assert (f.d, f.L1) == (problem.d, problem.L1)
    assert not hasattr(f, "sample")
    run = zo.run(zo.gld_search(R=1.0, r=0.1), f, steps=5, record=range(6), seed=1)
    np.testing.assert_array_equal(run.values[-1], problem(run.x))
    assert np.all(np.diff(run.values, axis=0) <= 0)  # which single rows would not keep to


def test_fresh_samples_do_not_cancel():
    linear = zo.problems.NoisyLinear(np.array([1.0, 0.0]), 1.0, radius=2.0)
    f = Fresh(linear).at(Fresh(linear).sample(zo.generator(0), (4,)))
    x = np.ones((4, 2))
    assert not np.allclose(f(x), f(x))
    shared = linear.at(linear.sample(zo.generator(0), (4,)))
    assert np.array_equal(shared(x), shared(x))


LINEAR = zo.problems.NoisyLinear(np.array([1.0, 0.0]), 1.0, radius=2.0)  # x0 = 0, where every sample has value 0
STEP = zo.two_point(h=lambda t: 0.01, delta=lambda t: 1e-3)
UNSHARED = r"both evaluations of a step must share their sample\), got -?\d.* and -?\d.* at one point"


class Forgetful(Fresh):
    """A stochastic problem that draws at every evaluation, and does not say so."""

    fresh = False


NOISE = np.random.default_rng(5)


def noisy(x):
    return np.sum(x**2, axis=-1) + NOISE.standard_normal(x.shape[:-1])


@pytest.mark.parametrize("replicas", [None, 3])
@pytest.mark.parametrize("method", [STEP, GLD], ids=lambda m: m.name)
def test_a_problem_whose_evaluations_do_not_share_their_sample_is_refused(method, replicas):
    words = UNSHARED if method is STEP else "must not be stochastic for gld_search, which keeps values"
    with pytest.raises(ValueError, match=words):
        zo.run(method, Forgetful(LINEAR), steps=3, replicas=replicas)
    with pytest.raises(ValueError, match=UNSHARED) as caught:
        zo.run(method, noisy, steps=3, x0=np.ones(2), replicas=replicas)
    assert np.all(np.isnan(caught.value.partial.values))
    assert "stopped at step 0 of 3" in caught.value.__notes__[0]


def test_iterate_refuses_it_too():
    with pytest.raises(ValueError, match=UNSHARED):
        zo.iterate(STEP, Forgetful(LINEAR))


def test_noise_that_says_so_may_be_fresh():
    def declared(x):
        return noisy(x)

    declared.fresh = True
    run = zo.run(GLD, declared, steps=3, x0=np.ones(2))
    assert run.calls - run.looks == 1 + 3 * 9
    run = zo.run(STEP, Fresh(LINEAR), steps=3)
    assert run.calls - run.looks == 6


@pytest.mark.parametrize(
    "problem",
    [Noisy(FAMILY, 10.0), Noisy(Noisy(FAMILY, 1.0), 3.0), LINEAR, zo.problems.breast_cancer(), FAMILY],
    ids=["noisy", "noisier", "linear", "logistic", "family"],
)
@pytest.mark.parametrize("batch", [(), (3,)])
def test_the_problems_share_their_samples(problem, batch):
    Setting.of(STEP, problem, x0=None, vectorised=None, nonfinite="error").look(batch)


def test_samples_broadcast_over_candidates():
    linear = zo.problems.NoisyLinear(np.array([1.0, 0.0]), 1.0, radius=2.0)
    f = linear.at(linear.sample(zo.generator(0), (4,)))
    x = np.random.default_rng(0).standard_normal((4, 3, 2))
    assert np.allclose(f(x), np.stack([f(x[:, j]) for j in range(3)], axis=1))


# --- failures ---------------------------------------------------------------------------------------------------------


def failing(after, bad):
    """An objective that works for so many calls, then misbehaves."""
    count = [0]

    def f(x):
        count[0] += 1
        return bad(x) if count[0] > after else np.sum(x**2, axis=-1)

    return f


def raising(x):
    raise OSError("disk on fire")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (lambda x: np.full(x.shape[:-1], np.nan), "finite values, got nan"),
        (lambda x: np.full(x.shape[:-1], np.inf), "finite values, got inf"),
        (lambda x: np.full(x.shape[:-1], -np.inf), "finite values, got -inf"),
        (lambda x: np.zeros((*x.shape[:-1], 2)), "must return shape"),
        (lambda x: 0.0, "must return shape"),
        (lambda x: np.zeros(x.shape[:-1], dtype=complex), "real numbers, got dtype complex"),
        (lambda x: np.full(x.shape[:-1], "a"), "real numbers, got dtype"),
        (raising, "raised OSError: disk on fire"),
    ],
)
def test_a_failing_objective_loses_nothing_computed(bad, words):
    with pytest.raises(ObjectiveError, match=words) as caught:
        zo.run(GLD, failing(22, bad), steps=100, seed=1, x0=np.ones(3), record=range(101), replicas=2)
    partial = caught.value.partial
    done = np.sum(np.isfinite(partial.values[:, 0]))
    assert done == 10  # 22 calls: four looks, the start, nine steps, and two looks in each of 1, 2, 3 and 5
    assert np.all(np.diff(partial.values[:done], axis=0) <= 0)
    assert np.all(np.isfinite(partial.x))
    assert partial.calls > 0
    assert "step" in caught.value.__notes__[0]


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("executor", [None, 1])
def test_what_ends_the_program_keeps_what_was_computed(end, executor):
    def stop(x):
        raise end

    with pytest.raises(end) as caught:
        zo.run(GLD, failing(20, stop), steps=100, seed=1, x0=np.ones(3), executor=executor)
    assert np.isfinite(caught.value.partial.values[0])


def test_counted_counts_points_per_replica():
    f = Objective(lambda x: np.sum(x, axis=-1), (4,))
    f(np.zeros((4, 3)))
    f(np.zeros((4, 7, 3)))
    assert f.calls == 8


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"steps": 0}, ValueError, r"steps must be a whole number, at least 1 and at most 1e\+18, got 0"),
        ({"steps": -3}, ValueError, "steps must be a whole number, at least 1"),
        ({"steps": 2.5}, TypeError, "steps must be an integer, got 2.5"),
        ({"steps": True}, TypeError, "steps must be an integer"),
        ({"replicas": 0}, ValueError, "replicas must be a whole number, at least 1"),
        ({"x0": np.zeros(4)}, ValueError, r"x0 must have shape \(6,\), got \(4,\)"),
        ({"x0": np.zeros((2, 6))}, ValueError, "x0 must have shape"),
        ({"x0": np.zeros(0)}, ValueError, "d >= 1"),
        ({"x0": ["a"] * 6}, TypeError, "x0 must hold real numbers"),
        ({"x0": np.full(6, np.inf)}, ValueError, "x0 must be finite"),
        ({"x0": np.ones(6, dtype=complex)}, TypeError, "x0 must hold real numbers"),
        ({"record": [4]}, ValueError, "record must hold steps from 0 to 3"),
        ({"record": []}, ValueError, "record must hold steps"),
        ({"problem": 3}, TypeError, "problem must be callable"),
        ({"problem": lambda x: x}, ValueError, "x0 must be given"),
    ],
)
def test_bad_arguments_are_named(arguments, error, words):
    call = {"steps": 3, "problem": FAMILY} | arguments
    with pytest.raises(error, match=words):
        zo.run(GLD, call.pop("problem"), **call)

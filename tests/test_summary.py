"""Statistics by chunk are those of all values together, in whatever order the chunks come."""

import signal
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import zotheory as zo
from zotheory.looks import ObjectiveWarning
from zotheory.tallies import Counts, Moments, cut_off, middle

FAMILY = zo.problems.golovin_family(1, 8, 6, minimiser=0.3, f_star=-1.0)
GLD = zo.gld_search(R=2.0, r=1e-2)
FLOATS = st.floats(allow_nan=False, min_value=-1e308)
TABLES = arrays.arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 40)), elements=FLOATS)


@given(st.lists(FLOATS, min_size=2, max_size=50))
def test_a_double_that_is_cut_stays_in_its_place(numbers):
    """In the order of the numbers, and where it is finite the middle is within one part in 2048 or 1.1e-311."""
    values = np.sort(np.array(numbers))[None]
    cut = cut_off(values)
    assert np.all(np.diff(cut) >= 0)
    finite = np.isfinite(values) & (abs(values) < 1.797e308)
    apart = abs(middle(cut)[finite] - values[finite])
    assert np.all(apart <= np.maximum(abs(values[finite]) / 2048, 1.1e-311))
    assert np.array_equal(np.isinf(middle(cut)), np.isinf(values))


@given(TABLES, st.lists(st.floats(0, 1), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_quantiles_by_counts_are_those_of_all_values(values, probabilities, random):
    """Parts of any size, in any order, merged at any time; ties, zeros of either sign, and infinity."""
    n = values.shape[1]
    cuts = sorted({0, n, *(random.randrange(n + 1) for _ in range(3))})
    parts = [values[:, a:b] for a, b in pairwise(cuts)]
    random.shuffle(parts)
    counts = Counts()
    for part in parts:
        counts.add(*np.unique(cut_off(part), return_counts=True))
        if random.random() < 0.3:
            counts.quantiles(np.array([0.5]), 1, 1)  # merges
    exact = np.sort(values)[:, [max(int(np.ceil(p * n)), 1) - 1 for p in probabilities]].T
    found = counts.quantiles(np.array(probabilities), n, len(values))
    assert np.array_equal(cut_off(found.T), cut_off(exact.T))


def test_shares_are_those_of_numpy():
    values = np.random.default_rng(0).lognormal(sigma=3.0, size=(2, 1000))
    p, counts = np.linspace(0, 1, 77), Counts()
    counts.add(*np.unique(cut_off(values), return_counts=True))
    exact = np.quantile(values, p, axis=1, method="inverted_cdf")
    assert np.all(abs(counts.quantiles(p, 1000, 2) / exact - 1) <= 1 / 2048)


@given(arrays.arrays(np.float64, (2, 30), elements=st.floats(-1e6, 1e6)), st.integers(1, 29), st.floats(-1e9, 1e9))
def test_moments_of_parts_are_those_of_the_whole(values, split, offset):
    values = values + offset
    found = Moments.none(2).merged(Moments.of(values[:, :split])).merged(Moments.of(values[:, split:]))
    rounding, exact, squares = 2e-15 * abs(values).max(), 30 * values.var(axis=1), found.spread**2
    assert found.mean == pytest.approx(values.mean(axis=1), abs=3 * rounding)
    assert np.all(abs(squares - exact) <= 1e-14 * exact + 2 * np.sqrt(30 * exact) * rounding + 30 * rounding**2)
    assert np.array_equal(found.least, values.min(axis=1))
    assert np.array_equal(found.largest, values.max(axis=1))


@pytest.mark.parametrize("scale", [1e-310, 1e-200, 1e-160, 1e160, 1e300, 1e307])
def test_moments_are_those_of_numbers_of_any_size(scale):
    """Where squares leave the range of doubles, and sums do."""
    small = np.random.default_rng(1).random((2, 500))
    values = scale * small
    found = Moments.none(2)
    for part in np.split(values, 5, axis=1):
        found = found.merged(Moments.of(part))
    precise = 1e-3 if scale < 1e-300 else 1e-13  # that many numbers are there
    assert found.mean / scale == pytest.approx(small.mean(axis=1), rel=precise)
    assert found.spread / scale == pytest.approx(small.std(axis=1) * np.sqrt(500), rel=precise)


@pytest.mark.filterwarnings("error")
def test_each_infinity_stands_alone():
    """A gap may be one, of numbers that are none."""
    values = np.array([[-np.inf, -1.7e308, 0.0, 1.7e308, np.inf]])
    assert middle(cut_off(values))[0, [0, 2, 4]] == pytest.approx([-np.inf, 0.0, np.inf], abs=1e-300)
    options = {"x0": np.ones(3), "steps": 1, "replicas": 3, "above": 1.7e308}
    found = zo.summarise(GLD, lambda x: 1e300 * np.sum(x**2, axis=-1) - 1.7e308, **options)
    assert np.array_equal(found.quantiles, np.full((3, 2), -np.inf))
    assert np.isneginf(found.mean).all()


@given(st.lists(st.sampled_from([np.inf, -np.inf, 1.7e308, -1.7e308, 1.0, 2.0]), min_size=2, max_size=9), st.data())
def test_moments_of_infinities_do_not_depend_on_the_parts(values, data):
    split = data.draw(st.integers(1, len(values) - 1))
    values = np.array([values])
    whole, parts = Moments.of(values), Moments.of(values[:, :split]).merged(Moments.of(values[:, split:]))
    assert parts.mean == pytest.approx(whole.mean, rel=1e-13, abs=1e294, nan_ok=True)
    if np.isinf(values).any():
        assert np.isnan(whole.spread) & np.isnan(parts.spread)


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr("zotheory.replicas.chunk_size", lambda *_: 7)


def test_a_summary_is_that_of_the_run(small_chunks):
    options = {"steps": 20, "seed": 4, "replicas": 100, "record": [0, 3, 20]}
    run, p = zo.run(GLD, FAMILY, **options), (0.0, 0.1, 0.5, 1.0)
    found = zo.summarise(GLD, FAMILY, quantiles=p, above=FAMILY.f_star, **options)
    gaps = run.values - FAMILY.f_star
    assert found.steps.tolist() == [0, 3, 20]
    assert found.mean == pytest.approx(gaps.mean(axis=1), rel=1e-14)
    assert found.std == pytest.approx(gaps.std(axis=1, ddof=1), rel=1e-12)
    assert np.array_equal(found.min, gaps.min(axis=1))
    assert np.array_equal(found.max, gaps.max(axis=1))
    exact = np.quantile(gaps, p, axis=1, method="inverted_cdf")
    assert np.all(abs(found.quantiles / exact - 1) <= 1 / 2048)
    assert (found.replicas, found.calls, found.looks) == (100, run.calls, run.looks)
    assert found.probabilities.tolist() == list(p)


def test_its_bits_do_not_depend_on_the_executor(small_chunks):
    def summary(executor):
        method = zo.two_point(h=lambda t: 0.01 / t**0.5, delta=lambda t: 1e-3)
        return zo.summarise(
            method, lambda x: np.sum(abs(x), -1), x0=np.ones(4), steps=9, replicas=60, executor=executor
        )

    first = summary(None)
    for executor in (1, 2, 4):
        assert all(np.array_equal(a, b) for a, b in zip(first, summary(executor), strict=True))


def test_a_barrier_counts_as_largest_of_all():
    """Runs start outside: some take a step over the wall, others stay where they are."""

    def walled(x):
        return np.where(x[..., 0] > 0.5, np.inf, np.sum(x**2, axis=-1))

    method = zo.gld_search(R=2.0, r=1.9)
    options = {"steps": 1, "x0": np.full(3, 0.6), "nonfinite": "worst", "replicas": 40, "record": [1]}
    values = zo.run(method, walled, **options).values
    assert 0 < np.isinf(values).sum() < 40
    found = zo.summarise(method, walled, quantiles=[0.0, 1.0], **options)
    assert found.quantiles[:, 0] == pytest.approx([values.min(), np.inf], rel=1 / 2048)
    assert np.isinf(found.mean)
    assert np.isnan(found.std)


def test_one_replica_has_no_deviation():
    assert np.isnan(zo.summarise(GLD, FAMILY, steps=2, replicas=1).std).all()


@pytest.mark.parametrize("executor", [None, 1])
def test_an_error_brings_the_summary_of_the_chunks_before(executor, small_chunks):
    calls = [0]

    def failing(x):
        calls[0] += 1
        if calls[0] > 100:
            raise OSError("no more")
        return np.sum(x**2, axis=-1)

    method, options = zo.three_point(radius=0.1), {"steps": 20, "x0": np.ones(3), "record": [5, 20]}
    with pytest.raises(zo.ObjectiveError, match="no more") as caught:
        zo.summarise(method, failing, replicas=30, executor=executor, **options)
    partial = caught.value.partial
    assert partial.replicas == 14
    assert caught.value.__notes__[-1] == "stopped after 14 of 30 replicas; what was computed is in .partial"
    values = zo.run(method, lambda x: np.sum(x**2, axis=-1), replicas=30, **options).values[:, :14]
    assert partial.mean == pytest.approx(values.mean(axis=1), rel=1e-14)
    exact = np.quantile(values, partial.probabilities, axis=1, method="inverted_cdf")
    assert np.all(abs(partial.quantiles / exact - 1) <= 1 / 2048)


def test_the_end_of_the_program_brings_a_summary():
    with pytest.raises(SystemExit) as caught:
        zo.summarise(GLD, lambda x: sys.exit(3), x0=np.ones(3), steps=2, replicas=3)
    assert caught.value.partial.replicas == 0


def test_an_error_before_the_first_chunk_brings_a_summary_of_nothing():
    with pytest.raises(zo.ObjectiveError) as caught:
        zo.summarise(GLD, lambda x: np.full(len(x), 1j), x0=np.ones(3), steps=2, replicas=3)
    assert caught.value.partial.replicas == 0
    assert np.isnan(caught.value.partial.quantiles).all()


def test_warnings_are_told_once(small_chunks):
    with pytest.warns(ObjectiveWarning, match="seems to diverge") as caught:
        zo.summarise(zo.two_point(h=lambda t: 1.0, delta=lambda t: 1e-6), FAMILY, steps=60, replicas=20)
    assert [each.filename for each in caught] == [__file__]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"replicas": None}, TypeError, "replicas must be an integer, got None"),
        ({"above": np.inf}, ValueError, "above must be finite, got inf"),
        ({"above": "0"}, TypeError, "above must be a real number, got '0'"),
        ({"quantiles": 0.5}, TypeError, "quantiles must be an iterable of probabilities, got 0.5"),
        ({"quantiles": [0.5, 1.5]}, ValueError, "quantiles must hold probabilities from 0 to 1, got 1.5"),
        ({"quantiles": [np.nan]}, ValueError, "quantiles must hold probabilities from 0 to 1, got nan"),
        ({"quantiles": ["a"]}, TypeError, "quantiles must be a real number, got 'a'"),
        ({"executor": 0}, ValueError, "executor must be a whole number, at least 1"),
        ({"steps": 0}, ValueError, "steps must be a whole number, at least 1"),
    ],
)
def test_bad_arguments_are_named(arguments, error, words):
    with pytest.raises(error, match=words):
        zo.summarise(GLD, FAMILY, **{"steps": 3, "replicas": 3, **arguments})


def test_ctrl_c_leaves_moments_and_counts_of_the_same_chunks(small_chunks, monkeypatch):
    """It comes while the third is counted."""
    options, add, left = {"steps": 5, "seed": 4, "record": [0, 5]}, Counts.add, [3]

    def interrupted(self, *counted):
        left[0] -= 1
        if left[0] == 0:
            signal.raise_signal(signal.SIGINT)
        add(self, *counted)

    with monkeypatch.context() as patched:
        patched.setattr(Counts, "add", interrupted)
        with pytest.raises(KeyboardInterrupt) as caught:
            zo.summarise(GLD, FAMILY, replicas=70, **options)
    expected = zo.summarise(GLD, FAMILY, replicas=21, **options)
    for found, value in zip(caught.value.partial, expected, strict=True):
        assert np.array_equal(found, value)

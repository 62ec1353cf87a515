"""Mini-batches: `zotheory.oracles.Batches`."""

import numpy as np
import pytest

import zotheory as zo
from zotheory.oracles import Batches, Fresh, Noisy, during

LINEAR = zo.problems.NoisyLinear(np.array([1.0, -2.0]), 1.0, radius=2.0)
LOGISTIC = zo.problems.breast_cancer()
BARE = zo.problems.golovin_family(1, 8, 6)
STEP = zo.two_point(h=lambda t: 0.01, delta=lambda t: 1e-3)


@pytest.mark.parametrize("problem", [LINEAR, LOGISTIC, Noisy(BARE, 2.0)], ids=["linear", "logistic", "noisy"])
@pytest.mark.parametrize("batch", [(), (4,)])
@pytest.mark.parametrize("extra", [(), (3,)])
def test_a_batch_is_the_mean_over_its_samples(problem, batch, extra):
    x = zo.generator(1).standard_normal((*batch, *extra, problem.d))
    found = Batches(problem, 5).at(Batches(problem, 5).sample(zo.generator(2), batch))(x)
    xi = problem.sample(zo.generator(2), (*batch, 5))
    each = [problem.at(np.take(xi, i, axis=len(batch)))(x) for i in range(5)]
    np.testing.assert_allclose(found, np.mean(each, axis=0), rtol=1e-12)
    assert found.shape == (*batch, *extra)


def test_noise_falls_as_one_over_the_square_root():
    x = np.tile([1.0, 1.0], (4000, 1))
    values = [Batches(LINEAR, B).at(Batches(LINEAR, B).sample(zo.generator(0), (4000,)))(x) for B in (1, 16)]
    assert np.std(values[0]) / np.std(values[1]) == pytest.approx(4, rel=0.1)
    assert np.array_equal(Batches(LINEAR, 16)(x), LINEAR(x))


class Recorded(zo.problems.NoisyLinear):
    """A linear problem that writes down how many samples are drawn."""

    def sample(self, rng, batch):
        SIZES.append(batch)
        return super().sample(rng, batch)


SIZES = []


@pytest.mark.parametrize("wrap", [lambda p: p, lambda p: Noisy(p, 0.1)], ids=["bare", "within another"])
def test_batches_grow_with_the_steps_of_each_chunk(wrap):
    SIZES.clear()
    problem = Recorded(np.array([1.0, -2.0]), 1.0, radius=2.0)
    growing = Batches(problem, lambda t: t * t)
    if wrap(growing) is not growing:
        assert during(wrap(growing), 3).problem.sizes == 9
    zo.run(STEP, growing, steps=3, replicas=2, seed=1)
    zo.run(STEP, growing, steps=3, replicas=2, seed=1)
    assert SIZES == [(2, 1), (2, 1), (2, 4), (2, 9)] * 2  # the first of each: whether the sample is shared


def test_a_run_with_growing_batches_is_reproducible_and_counts_an_evaluation_of_a_batch_as_one():
    growing = Batches(LOGISTIC, lambda t: 2 * t)
    method = zo.relative_loss(radius=0.1, cached=False)
    first, second = (zo.run(method, growing, steps=5, replicas=3, seed=2) for _ in range(2))
    assert np.array_equal(first.x, second.x)
    assert first.calls - first.looks == 10


def test_a_batch_of_one_is_the_problem():
    method = zo.relative_loss(radius=0.1, cached=False)
    runs = [zo.run(method, p, steps=20, seed=3).x for p in (LINEAR, Batches(LINEAR, 1))]
    np.testing.assert_allclose(*runs, rtol=1e-12)


def test_fresh_batches_stay_fresh():
    f = during(Fresh(Batches(LINEAR, lambda t: t)), 4)
    assert f.fresh
    assert f.problem.sizes == 4


@pytest.mark.parametrize(
    ("problem", "sizes", "error", "message"),
    [
        (BARE, 3, TypeError, "problem must draw samples"),
        (LINEAR, 0, ValueError, r"sizes must be a whole number, at least 1 and at most 1e\+18, got 0"),
        (LINEAR, 2.5, TypeError, "sizes must be an integer, got 2.5"),
        (LINEAR, True, TypeError, "sizes must be an integer"),
    ],
)
def test_what_is_no_batch_is_refused(problem, sizes, error, message):
    with pytest.raises(error, match=message):
        Batches(problem, sizes)


def test_a_bad_size_is_refused_in_its_step():
    with pytest.raises(ValueError, match=r"sizes\(2\) must be a whole number, at least 1 and at most 1e\+18, got 0"):
        zo.run(STEP, Batches(LINEAR, lambda t: 2 - t), steps=3)

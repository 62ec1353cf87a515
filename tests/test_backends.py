"""The shipped steps, laws and problems on an array library that is not NumPy, with the numbers that NumPy draws."""

import array_api_strict
import numpy as np
import pytest

import zotheory as zo
from tests.backends import FAMILY, METHODS, STARTS, STOCHASTIC, UNKEPT, D, on
from zotheory.backends.eager import Eager
from zotheory.backends.library import Converted
from zotheory.directions import LAWS
from zotheory.libraries import as_numpy
from zotheory.problems.transforms import TRANSFORMS

STRICT = Eager(array_api_strict, "strict")
every = range(31)


@pytest.mark.parametrize("replicas", [None, 3])
@pytest.mark.parametrize("name", METHODS)
def test_every_method_takes_the_steps_that_it_takes_on_numpy(name, replicas):
    """To rounding, at every step: NumPy draws for both."""
    options = {"steps": 30, "seed": 1, "replicas": replicas, "record": every, "x0": STARTS.get(name)}
    expected = zo.run(METHODS[name], FAMILY, **options)
    found = on(STRICT, METHODS[name], FAMILY, **options)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9)
    np.testing.assert_allclose(found.x, expected.x, rtol=1e-9)
    np.testing.assert_allclose(found.best, expected.best, rtol=1e-9)
    np.testing.assert_allclose(found.best_value, expected.best_value, rtol=1e-9)
    assert found.calls - found.looks == expected.calls - expected.looks


@pytest.mark.parametrize("name", STOCHASTIC)
def test_every_stochastic_problem_draws_the_samples_that_it_draws_on_numpy(name):
    options = {"steps": 30, "seed": 1, "replicas": 3, "record": every}
    expected, found = zo.run(UNKEPT, STOCHASTIC[name], **options), on(STRICT, UNKEPT, STOCHASTIC[name], **options)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9)


def test_batches_may_grow_where_steps_are_taken_one_by_one():
    growing = zo.oracles.Batches(zo.problems.cell_nuclei(), lambda t: t)
    options = {"steps": 5, "seed": 1, "record": range(6)}
    expected, found = zo.run(UNKEPT, growing, **options), on(STRICT, UNKEPT, growing, **options)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9)


@pytest.mark.parametrize("scale", [1.0, 0.5, np.array([0.5, 2.0])], ids=["none", "one", "each"])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_laws_scale_as_on_numpy(law, scale):
    drawn = law.draw(np.random.default_rng(5), (3, 2), D, scale)
    converted = law.draw(Converted(np.random.default_rng(5), STRICT.array), (3, 2), D, scale)
    np.testing.assert_allclose(as_numpy(converted), drawn, rtol=1e-12)


@pytest.mark.parametrize("g", TRANSFORMS.values(), ids=TRANSFORMS)
def test_increasing_transforms_are_those_of_numpy(g):
    f = zo.problems.Increasing(zo.problems.golovin_family(1, 8, D, minimiser=0.3), g)
    x = np.random.default_rng(5).standard_normal((4, D))
    np.testing.assert_allclose(as_numpy(f(STRICT.array(x))), f(x), rtol=1e-12)

"""BBOB functions beside another implementation's facts; needs the extra ``bbob``."""

import numpy as np
import pytest

from zotheory.problems.bbob import Bbob


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 5), "number must be a whole number, at least 1"),
        ((25, 5), "number must be a whole number, at least 1 and at most 24"),
        ((1, 1), "d must be a whole number, at least 2 and at most 40"),
        ((1, 41), "d must be a whole number, at least 2 and at most 40"),
        ((1, 5, 0), "instance must be a whole number, at least 1"),
    ],
)
def test_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        Bbob(*arguments)


@pytest.fixture
def compiled():
    return pytest.importorskip("cocoex", reason="the extra bbob is not installed")


@pytest.mark.parametrize("number", range(1, 25))
def test_the_minimiser_and_its_value(compiled, number):
    f = Bbob(number, 5)
    assert f(f.minimiser) == pytest.approx(f.f_star, abs=1e-9)
    others = np.random.default_rng(number).uniform(-5, 5, (200, 5))
    assert np.all(f(others) >= f.f_star)
    assert f(others.reshape(4, 50, 5)).shape == (4, 50)
    assert float(f(others[0])) == f(others)[0]


def test_the_sphere_is_one(compiled):
    f = Bbob(1, 7, 3)
    x = np.random.default_rng(1).uniform(-5, 5, (20, 7))
    np.testing.assert_allclose(f(x) - f.f_star, np.sum((x - f.minimiser) ** 2, axis=-1), rtol=1e-12)
    assert pytest.approx(np.linalg.norm(f.x0 - f.minimiser)) == f.R


@pytest.mark.parametrize("number", range(1, 25))
def test_ioh_agrees(compiled, number):
    ioh = pytest.importorskip("ioh", reason="another implementation, if it is installed")
    other = ioh.get_problem(number, 1, 10, ioh.ProblemClass.BBOB)
    x = np.random.default_rng(number).uniform(-5, 5, (5, 10))
    np.testing.assert_allclose(Bbob(number, 10)(x), [other(row) for row in x], rtol=1e-9)

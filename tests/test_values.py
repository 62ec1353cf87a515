"""Values beside points: one number, one for each run, arrays of another library, symbols."""

import array_api_strict
import numpy as np
import pytest
import sympy as sp

from zotheory.values import argmin, beside, either, together, where


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
@pytest.mark.parametrize("xp", [np, array_api_strict], ids=["numpy", "strict"])
def test_each_run_has_its_value_and_its_choice(xp, batch):
    rng = np.random.default_rng(0)
    x, y = rng.random((2, *batch, 4))
    value = rng.random(batch)
    scaled = np.asarray(beside(xp.asarray(value)) * xp.asarray(x))
    chosen = np.asarray(where(beside(xp.asarray(value) < 0.5), xp.asarray(x), xp.asarray(y)))
    assert scaled.shape == chosen.shape == (*batch, 4)
    for run in np.ndindex(*batch):
        np.testing.assert_array_equal(scaled[run], [value[run] * one for one in x[run]])
        np.testing.assert_array_equal(chosen[run], x[run] if value[run] < 0.5 else y[run])


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
@pytest.mark.parametrize("xp", [np, array_api_strict], ids=["numpy", "strict"])
@pytest.mark.parametrize("few", [-1.0, 0.3, 0.5, 2.0])
def test_each_run_changes_or_stays(xp, batch, few):
    """None, some or all of them; what they were is left alone, and what stays may be what it was."""
    rng = np.random.default_rng(0)
    given = rng.random((2, *batch, 4))
    value = rng.random(batch)
    x, y = map(xp.asarray, given.copy())
    condition = xp.asarray(value) < few if batch else bool(value < few)
    for stay in (lambda x, y: x, lambda x, y: 3 * x):
        found = np.asarray(either(condition, lambda x, y: x + 2 * y, stay, x, y))
        for run in np.ndindex(*batch):
            a, b = given[:, *run] if batch else given
            np.testing.assert_array_equal(found[run], a + 2 * b if value[run] < few else stay(a, b))
        np.testing.assert_array_equal(np.asarray(x), given[0])


def test_a_change_is_computed_for_what_changes():
    seen = []
    x = np.arange(12.0).reshape(4, 3)
    either(np.array([False, True, False, True]), lambda x: seen.append(x) or x, lambda x: x, x)
    assert [each.tolist() for each in seen] == [x[[1, 3]].tolist()]


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
@pytest.mark.parametrize("xp", [np, array_api_strict], ids=["numpy", "strict"])
def test_points_of_a_run_stand_together(xp, batch):
    points = np.random.default_rng(0).random((3, *batch, 4))
    found = np.asarray(together(*map(xp.asarray, points)))
    assert found.shape == (*batch, 3, 4)
    for run in np.ndindex(*batch):
        np.testing.assert_array_equal(found[run], [point[run] for point in points])


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
@pytest.mark.parametrize("xp", [np, array_api_strict], ids=["numpy", "strict"])
def test_each_run_takes_the_first_of_its_best_candidates(xp, batch):
    rng = np.random.default_rng(0)
    points, values = rng.random((*batch, 6, 4)), rng.integers(0, 3, (*batch, 6)).astype(float)
    best, lowest = map(np.asarray, argmin(xp.asarray(points), xp.asarray(values)))
    assert best.shape == (*batch, 4)
    for run in np.ndindex(*batch):
        assert lowest[run] == min(values[run])
        np.testing.assert_array_equal(best[run], points[run][list(values[run]).index(min(values[run]))])


def test_a_single_truth_chooses_without_a_copy():
    x, y = np.ones(2), np.zeros(2)
    for true, false in ((True, False), (np.True_, np.False_)):
        assert where(beside(true), x, y) is x
        assert where(beside(false), x, y) is y


def test_a_symbol_is_a_number():
    s, x = sp.Symbol("s"), np.array([sp.Integer(2), sp.Rational(1, 3)])
    assert list(beside(s) * x) == [2 * s, s / 3]

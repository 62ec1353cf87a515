"""Ask and tell: the same points as a run, whoever evaluates them, wherever it is broken off."""

import copy
import pickle

import cloudpickle
import numpy as np
import pytest

import zotheory as zo
from tests.backends import FAMILY, METHODS, STARTS
from zotheory.streams import generator

per_method = pytest.mark.parametrize("name", METHODS)
F = FAMILY


def search_by(name, rng=1):
    return zo.AskTell(METHODS[name], STARTS.get(name, F.x0), rng=rng)


@per_method
def test_asks_for_the_points_of_a_run(name):
    method, search = METHODS[name], search_by(name, rng=3)
    run = zo.iterate(method, F, rng=generator(3), x0=STARTS.get(name))
    for t, (state, objective) in zip(range(12), run, strict=False):
        while search.steps <= t:
            points = search.ask()
            search.tell(points, F(points))
        np.testing.assert_allclose(search.recommend(), method.output(state), rtol=1e-12)
        assert search.calls == objective.spent


@per_method
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda search: pickle.loads(cloudpickle.dumps(search))])
def test_a_copy_goes_on_as_the_original_does(name, copied):
    search = search_by(name)
    for _ in range(7):
        points = search.ask()
        search.tell(points, F(points))
    other = copied(search)
    for _ in range(9):
        points = search.ask()
        assert np.array_equal(points, other.ask())
        search.tell(points, F(points))
        other.tell(points, F(points))
    assert np.array_equal(search.recommend(), other.recommend())
    assert search.best_value == other.best_value


def test_asks_the_same_until_it_is_told():
    search = zo.AskTell(METHODS["gld_search"], F.x0, rng=1)
    assert np.array_equal(search.ask(), [F.x0])
    points = search.ask()
    points[:] = 7
    assert np.array_equal(search.ask(), [F.x0])


def test_keeps_the_lowest_of_all_points():
    search, seen = zo.AskTell(METHODS["gld_search"], F.x0, rng=1), []
    assert np.isnan(search.best).all()
    assert search.best_value == np.inf
    for _ in range(20):
        points = search.ask()
        values = F(points)
        search.tell(points, values)
        seen += list(values)
        assert search.best_value == min(seen) == F(search.best)


def test_wrong_values_are_told_and_nothing_is_lost():
    search, other = (zo.AskTell(METHODS["gld_search"], F.x0, rng=1) for _ in range(2))
    points = search.ask()
    for values, error, words in (
        ([1.0, 2.0], ValueError, r"values must have shape \(1,\), one for each point, got \(2,\)"),
        (["low"], zo.ObjectiveError, "must return real numbers"),
        ([-np.inf], zo.ObjectiveError, "finite values, got -inf"),
        (1.0, ValueError, r"got \(\)"),
    ):
        with pytest.raises(error, match=words):
            search.tell(points, values)
    with pytest.raises(ValueError, match=r"points must be those that ask\(\) returned"):
        search.tell(points + 1, [1.0])
    for each in (search, other):
        each.tell(each.ask(), [5.0])
    assert np.array_equal(search.ask(), other.ask())
    assert search.calls == 1


def test_nan_is_the_worst_where_methods_compare():
    search = zo.AskTell(METHODS["relative_loss"], [0.0, 0.0], rng=1)
    search.tell(search.ask(), [1.0])
    search.tell(search.ask(), [np.nan])
    assert np.array_equal(search.recommend(), [0, 0])
    differences = zo.AskTell(METHODS["two_point"], [0.0, 0.0], rng=1)
    with pytest.raises(zo.ObjectiveError, match=r"got nan at one of the points$"):  # "worst" would be refused
        differences.tell(differences.ask(), [np.nan] * len(differences.ask()))


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"method": zo.relative_loss}, TypeError, "call its constructor"),
        ({"x0": [[1.0]]}, ValueError, r"x0 must have shape \(d,\), got \(1, 1\)"),
        ({"x0": [np.nan]}, ValueError, "x0 must be finite"),
        ({"rng": -1}, ValueError, "^rng must be at least 0"),
        ({"nonfinite": "best"}, ValueError, "nonfinite must be"),
        ({"nonfinite": "worst", "method": METHODS["two_point"]}, ValueError, "uses values themselves"),
    ],
)
def test_wrong_arguments(wrong, error, words):
    with pytest.raises(error, match=words):
        zo.AskTell(**{"method": METHODS["gld_search"], "x0": [1.0, 2.0], **wrong})


def test_a_method_that_asks_for_nothing_ends():
    from dataclasses import replace

    idle = replace(METHODS["gld_search"], step=lambda f, state, move: state)
    search = zo.AskTell(idle, F.x0, rng=1)
    with pytest.raises(ValueError, match="must ask for a value in every step"):
        search.tell(search.ask(), [1.0])

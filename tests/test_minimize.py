"""`minimize` and methods for SciPy: what is promised of budgets, bounds, ends and restarts, and said of mistakes."""

import os
import pickle
import re
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from math import log2
from pathlib import Path

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import zotheory as zo
from tests.backends import FAMILY, METHODS, STARTS
from zotheory.adapters.box import Box
from zotheory.adapters.minimize import default_with_noise
from zotheory.looks import ObjectiveWarning
from zotheory.oracles import Fresh, Noisy
from zotheory.streams import generator

GRID = zo.gld_search(R=3.0, r=1e-3)
MEANS = zo.random_gradient_free(h=lambda k: 0.01, delta=1e-3)


class Seen:
    """A function that remembers where it was evaluated."""

    def __init__(self, f=scipy.optimize.rosen):
        self.f, self.points, self.values = f, [], []

    def __call__(self, x, *more):
        self.points.append(np.array(x))
        self.values.append(float(self.f(x, *more)))
        return self.values[-1]


def same(a, b):
    return np.array_equal(a.x, b.x) and a.fun == b.fun


# --- what is returned ------------------------------------------------------------------------------------------------


@given(budget=st.integers(1, 60), seed=st.integers(0, 99), name=st.sampled_from(sorted(METHODS)))
def test_evaluations_are_counted_and_the_lowest_is_returned(budget, seed, name):
    f = Seen(FAMILY)
    method = METHODS[name]
    found = zo.minimize(f, STARTS.get(name, FAMILY.x0), method=method, budget=budget, rng=seed)
    assert found.nfev == len(f.values) <= budget
    assert found.fun == min(f.values, default=np.inf)
    assert any(np.array_equal(found.x, x) for x in f.points or [FAMILY.x0])
    assert budget - found.nfev < max(method.calls) + 2


def test_walks_as_a_run_does():
    method = METHODS["relative_loss, momentum"]
    found = zo.minimize(FAMILY, FAMILY.x0, method=method, max_steps=300, rng=5)
    run = zo.iterate(method, lambda x: FAMILY(x), x0=FAMILY.x0, rng=generator(5))
    *_, (state, objective) = islice(run, 301)
    assert found.nit == 300
    np.testing.assert_allclose(found.x, state.x, rtol=1e-12)
    assert found.nfev == objective.spent + 1  # the first value once more


def test_finds_the_minimum_told_nothing():
    found = zo.minimize(FAMILY, FAMILY.x0, rng=1)
    assert found.nfev == 1000 * FAMILY.d
    assert found.fun - FAMILY.f_star < 1e-12
    assert found.success
    assert found.status == 1


@pytest.mark.parametrize("x0", [[0, 0], (0.0, 0.0), np.zeros(2, dtype=np.float32)])
def test_takes_anything_as_a_start(x0):
    found = zo.minimize(scipy.optimize.rosen, x0, budget=50, rng=1)
    assert same(found, zo.minimize(scipy.optimize.rosen, np.zeros(2), budget=50, rng=1))


def test_takes_a_number_as_a_start():
    found = zo.minimize(lambda x: (x[0] - 2) ** 2, 0.5, target=1e-12, rng=1)
    assert found.x.shape == (1,)
    assert found.success


def test_leaves_the_start_and_the_global_stream_alone():
    x0, before = np.array([0.5, 2.0]), np.random.get_state()[1].copy()  # noqa: NPY002
    zo.minimize(scipy.optimize.rosen, x0, budget=100, rng=1)
    assert np.array_equal(x0, [0.5, 2.0])
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_f_may_write_into_its_argument_and_keep_it():
    kept = []

    def f(x):
        value = scipy.optimize.rosen(x)
        kept.append(x)
        x[:] = np.nan
        return value

    assert same(
        zo.minimize(f, [0.0, 0.0], budget=200, rng=1),
        zo.minimize(scipy.optimize.rosen, [0.0, 0.0], budget=200, rng=1),
    )


def test_other_arguments_reach_f():
    f = Seen(lambda x, a, b: (x[0] - a) ** 2 + b)
    assert zo.minimize(f, [0.0], args=(3.0, -1.0), budget=300, target=-1 + 1e-9, rng=1).success
    assert zo.minimize(lambda x, a: (x[0] - a) ** 2, [0.0], args=3.0, budget=300, rng=1).fun < 1e-9


def test_a_mean_of_points_is_evaluated_at_the_end():
    f = Seen(FAMILY)
    found = zo.minimize(f, FAMILY.x0, method=MEANS, budget=401, rng=1)
    assert found.nfev == len(f.values) == 401  # the first value once more; two a step, and a half; the mean
    mean = found.state.asking.recommend()
    assert np.array_equal(f.points[-1], mean)
    assert found.fun <= FAMILY(mean)


def test_the_seed_decides():
    runs = [zo.minimize(FAMILY, FAMILY.x0, budget=100, rng=seed) for seed in (1, 1, 2, np.random.default_rng(4))]
    assert same(runs[0], runs[1])
    assert not same(runs[0], runs[2])
    assert same(runs[3], zo.minimize(FAMILY, FAMILY.x0, budget=100, rng=np.random.default_rng(4)))
    assert not same(zo.minimize(FAMILY, FAMILY.x0, budget=100), zo.minimize(FAMILY, FAMILY.x0, budget=100))


# --- how it ends -----------------------------------------------------------------------------------------------------


def test_the_target_ends_it_at_once():
    f = Seen(FAMILY)
    found = zo.minimize(f, FAMILY.x0, method=GRID, target=FAMILY.f_star + 0.01, rng=1)
    assert found.success
    assert (found.status, found.message) == (0, "The target is reached.")
    assert f.values[-1] <= FAMILY.f_star + 0.01 < min(f.values[:-1])
    assert found.fun == f.values[-1]


def test_a_target_that_is_not_reached_is_no_success():
    assert not zo.minimize(FAMILY, FAMILY.x0, target=-100, budget=50, rng=1).success


def test_steps_end_it():
    found = zo.minimize(FAMILY, FAMILY.x0, method=GRID, max_steps=3, rng=1)
    assert (found.nit, found.status, found.success) == (3, 2, True)
    assert found.nfev == 2 + 3 * GRID.calls[1]


def test_the_time_ends_it():
    def slow(x):
        time.sleep(0.01)
        return FAMILY(x)

    began = time.monotonic()
    found = zo.minimize(slow, FAMILY.x0, max_time=0.1, rng=1)
    assert time.monotonic() - began < 2
    assert (found.status, found.message) == (3, "The time is over.")
    assert 1 <= found.nfev <= 11
    assert not found.success


def test_short_steps_end_it():
    found = zo.minimize(FAMILY, FAMILY.x0, xtol=1e-3, rng=1)
    assert (found.status, found.success) == (4, True)
    assert found.nfev < 10_000
    with pytest.raises(ValueError, match="xtol, or SciPy's tol, must be None for gld_search, which remembers no"):
        zo.minimize(FAMILY, FAMILY.x0, method=GRID, xtol=1e-3, rng=1)
    f = Seen(bowl_with_noise(1, 0.1))
    with pytest.raises(ValueError, match="must be None for distance_over_gradients, which remembers no radius"):
        zo.minimize(f, [1.0, 1.0], noisy=True, xtol=1e-3, rng=1)
    assert f.values == []
    begun = zo.minimize(FAMILY, FAMILY.x0, budget=9, rng=1)
    assert zo.minimize(FAMILY, start=begun.state, xtol=1e-3).status == 4


def test_what_is_never_finite_is_no_success():
    found = zo.minimize(lambda x: np.nan, [0.0, 0.0], budget=20, rng=1)
    assert (found.success, found.fun, found.status) == (False, np.inf, 1)


def test_minus_infinity_is_an_error_and_no_target():
    with pytest.raises(zo.ObjectiveError, match="finite values, got -inf") as told:
        zo.minimize(lambda x: -np.inf if x[0] > 0.1 else x @ x, [0.0, 0.0], rng=1)
    assert told.value.partial.nfev > 1
    assert told.value.partial.fun == 0
    with pytest.raises(zo.ObjectiveError, match="finite values, got -inf"):
        zo.minimize(lambda x: -np.inf, [0.0], target=-5.0, rng=1)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("more", [{}, {"scale": 1e150}, {"bounds": [(None, 1)] * 3}])
def test_what_is_unbounded_below_is_an_error(more):
    with pytest.raises(zo.ObjectiveError, match="seems to be unbounded below") as told:
        zo.minimize(lambda x: x[0], np.zeros(3), budget=20_000, rng=1, **more)
    partial = told.value.partial
    assert partial.fun == partial.x[0] < -1e307
    assert np.isfinite(partial.x).all()


def test_problems_bring_their_start():
    assert same(zo.minimize(FAMILY, budget=50, rng=1), zo.minimize(FAMILY, FAMILY.x0, budget=50, rng=1))


def test_bounds_that_are_as_good_as_none_are_kept():
    largest = np.finfo(float).max
    found = zo.minimize(scipy.optimize.rosen, [0.0, 0.0], bounds=[(-largest, largest)] * 2, budget=300, rng=1)
    assert found.fun < 0.5
    assert zo.minimize(lambda x: x @ x, [1.0], scale=1e308, budget=3000, rng=1).fun < 1e-6
    assert zo.minimize(lambda x: x @ x, [0.0], bounds=[(0, 5e-324)], budget=20, rng=1).fun == 0


@pytest.mark.parametrize("how", [{}, {"vectorised": True}, {"executor": 2}])
def test_an_f_that_raises_stop_iteration_is_no_callback(how):
    """In a generator it would come out as an error of that."""

    def f(x):
        if x.min() < -0.1:
            raise StopIteration
        return np.sum(x**2, axis=-1)

    with pytest.raises(zo.ObjectiveError, match=r"^f raised StopIteration, by which") as told:
        zo.minimize(f, [0.0, 0.3], rng=1, **how)
    assert told.value.partial.nfev >= 2
    assert np.isfinite(told.value.partial.fun)


def test_a_callback_sees_every_step_and_may_end_it():
    told = []

    def callback(intermediate_result):
        told.append(intermediate_result)
        if intermediate_result.nit == 5:
            raise StopIteration

    found = zo.minimize(FAMILY, FAMILY.x0, callback=callback, rng=1)
    assert (found.status, found.message) == (99, "`callback` raised `StopIteration`.")
    assert [each.nit for each in told] == [1, 2, 3, 4, 5]
    assert np.all(np.diff([each.fun for each in told]) <= 0)
    assert same(found, told[-1])
    points = []
    zo.minimize(FAMILY, FAMILY.x0, callback=points.append, max_steps=4, rng=1)
    assert [each.shape for each in points] == [(FAMILY.d,)] * 4


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
def test_what_ends_it_early_carries_what_was_found(error):
    f = Seen()

    def breaks(x):
        if len(f.values) == 20:
            raise error
        return f(x)

    with pytest.raises(error) as told:
        zo.minimize(breaks, [0.0, 0.0], rng=1)
    partial = told.value.partial
    assert (partial.nfev, partial.fun, partial.success) == (20, min(f.values), False)
    assert error.__name__ in partial.message
    rest = zo.minimize(f, start=partial.state, budget=80)
    assert same(rest, zo.minimize(scipy.optimize.rosen, [0.0, 0.0], budget=100, rng=1))


@given(budgets=st.lists(st.integers(2, 40), min_size=2, max_size=4), name=st.sampled_from(sorted(METHODS)))
def test_runs_that_go_on_from_each_other_are_one(budgets, name):
    method, x0 = METHODS[name], STARTS.get(name, FAMILY.x0)
    parts, whole = Seen(FAMILY), Seen(FAMILY)
    found = zo.minimize(parts, x0, method=method, budget=max(method.calls) + 3, rng=2)
    for budget in budgets:
        before = found.x.copy(), found.fun
        found, earlier = zo.minimize(parts, start=found.state, budget=budget), found
        assert np.array_equal(earlier.x, before[0])
    zo.minimize(whole, x0, method=method, budget=len(parts.points) + sum(method.calls), rng=2)
    if method.value is not None or method.compares:  # others evaluate their mean at each end
        assert np.array_equal(parts.points, whole.points[: len(parts.points)])


# --- how f is evaluated ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [GRID, MEANS, None])
def test_batches_and_workers_change_nothing(method):
    alone = zo.minimize(FAMILY, FAMILY.x0, method=method, budget=300, rng=1)
    together = zo.minimize(FAMILY, FAMILY.x0, method=method, budget=300, rng=1, vectorised=True)
    with ThreadPoolExecutor(3) as executor:
        beside = zo.minimize(FAMILY, FAMILY.x0, method=method, budget=300, rng=1, executor=executor)
    assert same(alone, beside)
    np.testing.assert_allclose(alone.x, together.x, rtol=1e-9)
    assert alone.nfev == together.nfev == beside.nfev


def test_processes_evaluate_closures():
    centre, here = 0.25, os.getpid()
    found = zo.minimize(
        lambda x: float(np.sum((x - centre) ** 2)) + (os.getpid() == here), [0.0, 1.0], method=GRID, budget=100,
        rng=1, executor=2,
    )  # fmt: skip
    assert found.fun < 0.1


def bowl_with_noise(seed, sigma, fresh=False):
    """|x|^2 with noise that is drawn anew at every evaluation."""
    rng = np.random.default_rng(seed)

    def f(x):
        return float(x @ x + sigma * rng.normal())

    if fresh:
        f.fresh = True
    return f


def test_noise_that_nobody_told_of_is_told():
    with pytest.warns(ObjectiveWarning, match="say noisy=True"):
        zo.minimize(bowl_with_noise(1, 1.0), [1.0, 1.0], budget=50, rng=1)


@pytest.mark.parametrize("method", [None, zo.two_point(h=lambda t: 0.1 / t**0.5, delta=lambda t: 0.5)])
def test_with_noise_the_method_says_what_is_returned(method):
    """Not the luckiest of its points; said by the caller or by f, to the same bits, and counted to the last value."""
    found = zo.minimize(bowl_with_noise(1, 0.1), np.ones(5), method=method, noisy=True, budget=4000, rng=1)
    assert np.array_equal(found.x, found.state.asking.recommend())
    assert found.x @ found.x < 0.05
    assert found.nfev == 4000
    assert same(found, zo.minimize(bowl_with_noise(1, 0.1, True), np.ones(5), method=method, budget=4000, rng=1))


def test_with_noise_no_end_returns_the_luckiest_point():
    """By a target, by an error, or as a callback sees it; fun is one value there, or NaN where none was taken."""
    f, told = Seen(bowl_with_noise(1, 1.0)), []

    def breaks(x):
        if len(f.values) == 30:
            raise KeyboardInterrupt
        return f(x)

    found = zo.minimize(f, np.ones(5), noisy=True, target=3.0, rng=1)
    assert (found.status, found.success) == (0, True)
    assert np.array_equal(found.x, found.state.output())
    assert (found.fun, found.nfev) == (f.values[-1], len(f.values))
    assert min(f.values[:-1]) == f.values[-2] <= 3
    found = zo.minimize(
        f, np.ones(5), noisy=True, max_steps=9, callback=lambda intermediate_result: told.append(intermediate_result),
        rng=1,
    )  # fmt: skip
    assert np.array_equal(told[-1].x, found.x)
    assert np.isnan(told[-1].fun)
    f.values.clear()
    with pytest.raises(KeyboardInterrupt) as stopped:
        zo.minimize(breaks, np.ones(5), noisy=True, rng=1)
    partial = stopped.value.partial
    assert np.array_equal(partial.x, partial.state.output())
    assert np.isnan(partial.fun)
    assert (partial.nfev, partial.success) == (30, False)


@pytest.mark.parametrize("method", [None, MEANS])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_last_value_must_be_finite_too(method, value):
    f = Seen(lambda x: value if len(f.values) == 50 else x @ x)
    with pytest.raises(zo.ObjectiveError, match=f"finite values, got {value} at one of the points$") as told:
        zo.minimize(f, np.ones(3), method=method, noisy=True, budget=51, rng=1)
    assert (told.value.partial.nfev, told.value.partial.success) == (51, False)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_last_value_that_is_the_worst_is_no_success(value):
    f = Seen(lambda x: value if len(f.values) == 50 else x @ x)
    found = zo.minimize(f, np.ones(3), method=METHODS["relative_loss"], noisy=True, budget=51, rng=1)
    assert (found.fun, found.success) == (np.inf, False)


@pytest.mark.parametrize("budget", [1, 2])
def test_a_run_with_noise_that_takes_no_step_ends_as_planned(budget):
    found = zo.minimize(lambda x: 3.0, [1.0], noisy=True, budget=budget, rng=1)
    assert (found.fun, found.success, found.nfev) == (3.0, True, budget)


@pytest.mark.parametrize(("noisy", "words"), [(True, "  value 3 after"), (False, "  lowest value 3 after")])
def test_it_prints_how_it_ended(noisy, words, capsys):
    zo.minimize(lambda x: 3.0, [1.0], noisy=noisy, budget=9, rng=1, disp=True)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("disp", [0, 1, 2, np.True_, np.int64(0)])
def test_how_loud_it_is_may_be_a_number(disp, capsys):
    zo.minimize(lambda x: 3.0, [1.0], budget=9, rng=1, disp=disp)
    assert bool(capsys.readouterr().out) == bool(disp)


PAGE = (Path(__file__).parent.parent / "docs" / "minimise.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("d", [1, 5, 100])
@pytest.mark.parametrize(("row", "noisy"), [("nothing but f", False), ("noise, shared", True)])
def test_the_page_shows_the_defaults(row, noisy, d):
    written = re.search(rf"^\| {row}[^|]*\| `(.*?)` \|", PAGE, re.MULTILINE).group(1)
    method = eval(written, {"zo": zo, "d": d, "log2": log2, "round": round, "max": max})
    shown, usual = (
        zo.minimize(lambda x: np.sum(x * x), np.ones(d), method=method, noisy=noisy, budget=50, rng=1)
        for method in (method, None)
    )
    assert shown.state.asking.method.name == usual.state.asking.method.name
    np.testing.assert_array_equal(shown.x, usual.x)


def test_what_bears_noise_is_taken_where_it_is_told_of():
    for f, noisy, name in (
        (bowl_with_noise(1, 0.1), True, "distance_over_gradients"),
        (bowl_with_noise(1, 0.1, True), None, "distance_over_gradients"),
        (bowl_with_noise(1, 0.0, True), False, "relative_loss_ranked"),
        (bowl_with_noise(1, 0.0), None, "relative_loss_ranked"),
    ):
        assert zo.minimize(f, np.ones(5), noisy=noisy, budget=20, rng=1).state.asking.method.name == name
    with pytest.raises(TypeError, match=r"noisy must be True, False or None, got 0\.1"):
        zo.minimize(bowl_with_noise(1, 0.1), np.ones(5), noisy=0.1, rng=1)


@pytest.mark.parametrize("sigma", [0.05, 5.0])
def test_the_default_with_noise_averages_it_away(sigma):
    """Noise of a hundredth of the first gap, and as large as that: one setting, 25 runs.

    Central differences over a length w in each of d directions, n/(2 d) times, know the gradient 2 x to a variance of
    d sigma^2/(n w^2) in each, so x to d^2 sigma^2/(4 n w^2) in all, w that of the end; ten times that is asked.
    """
    d, n = 5, 2000
    noisy = Fresh(Noisy(zo.problems.golovin_family(2, 2, d, minimiser=1 / d**0.5), sigma))
    found = zo.run(default_with_noise(d), noisy, x0=np.full(d, 1 / d**0.5 + 1), steps=n // 2, replicas=25, seed=1)
    w = (n / (2 * d)) ** (-1 / 6)
    assert np.median(found.values[-1]) < 10 * d**2 * sigma**2 / (4 * n * w**2)


def test_a_run_with_noise_goes_on_as_such():
    f = bowl_with_noise(1, 0.1)
    found = zo.minimize(f, np.ones(5), noisy=True, budget=101, rng=1)
    rest = zo.minimize(f, start=found.state, budget=201)
    assert np.array_equal(rest.x, rest.state.asking.recommend())
    with pytest.raises(ValueError, match="noisy must not be given beside start"):
        zo.minimize(f, start=found.state, noisy=True, budget=10)


@pytest.mark.parametrize("outside", ["reflect", "project"])
def test_noise_and_bounds(outside):
    """The minimum without bounds is 0, outside of them; the nearest point of the box has 0.5 in each coordinate."""
    f = Seen(bowl_with_noise(1, 0.1))
    found = zo.minimize(f, np.ones(5), noisy=True, bounds=[(0.5, 2)] * 5, outside=outside, budget=4000, rng=1)
    assert np.min(f.points) >= 0.5
    assert abs(found.x - 0.5).max() < 0.2


def test_scipy_hands_noise_on():
    found = scipy.optimize.minimize(
        bowl_with_noise(1, 0.1), np.ones(5), method=zo.scipy_method(), options={"noisy": True, "maxfev": 400, "seed": 1}
    )
    assert np.array_equal(found.x, found.state.asking.recommend())


def test_nan_is_worse_than_any_number():
    found = zo.minimize(lambda x: np.nan if x[0] > 0.5 else (x[0] - 1) ** 2, [0.0], budget=400, rng=1)
    assert 0.24999 < found.fun < 0.2501
    assert np.isposinf(zo.minimize(lambda x: np.nan, [0.0], budget=40, rng=1).fun)
    with pytest.raises(zo.ObjectiveError, match="finite values, got nan") as told:
        zo.minimize(lambda x: np.nan, [0.0], budget=40, rng=1, nonfinite="error")
    assert told.value.partial.nfev == 1


# --- bounds ----------------------------------------------------------------------------------------------------------

BOUNDS = [(-1.0, 0.5), (None, 0.0), (0.25, None), (-np.inf, np.inf), (3.0, 3.0)]
finite = st.floats(-1e6, 1e6)


@given(x=arrays(float, (4, 5), elements=finite), how=st.sampled_from(["reflect", "project"]))
def test_points_are_brought_within(x, how):
    box = Box.of(BOUNDS, 5, how)
    folded = box.fold(x)
    assert all(point in box for point in folded)
    inside = (box.low <= x) & (x <= box.high)
    assert np.array_equal(folded[inside], x[inside])
    assert np.array_equal(box.fold(folded), folded)
    assert np.all(abs(folded[:2] - folded[2:]) <= abs(x[:2] - x[2:]) + 1e-9 * (1 + abs(x).max()))  # no length grows


@given(x=finite, k=st.integers(-50, 50))
def test_reflections_repeat(x, k):
    box = Box.of([(-1.0, 0.5)], 1, "reflect")
    for image in (x + 3.0 * k, -2.0 - x + 3.0 * k):  # two reflections are a shift by twice the width
        np.testing.assert_allclose(box.fold(np.array([image])), box.fold(np.array([x])), atol=1e-7)


@pytest.mark.parametrize("outside", ["reflect", "project"])
@pytest.mark.parametrize("name", sorted(name for name, method in METHODS.items() if method.domain == "R^d"))
def test_bounds_are_never_left(outside, name):
    bounds = scipy.optimize.Bounds(np.full(FAMILY.d, 0.5), np.full(FAMILY.d, 2.0))
    f = Seen(FAMILY)
    found = zo.minimize(f, np.ones(FAMILY.d), method=METHODS[name], bounds=bounds, outside=outside, budget=400, rng=1)
    assert all(np.all((x >= 0.5) & (x <= 2)) for x in [*f.points, found.x])


@pytest.mark.parametrize("seed", range(3))
def test_projected_points_are_where_the_method_goes_on(seed):
    inner = np.random.default_rng(seed).uniform(-0.95, 0.95, 10)  # a mean that may leave the box stops short of this
    given = {"bounds": [(-1, 1)] * 10, "outside": "project", "budget": 2000, "rng": seed}
    assert zo.minimize(lambda x: np.sum((x - inner) ** 2), np.zeros(10), **given).fun < 1e-12
    corner = zo.minimize(lambda x: np.sum((x - 2) ** 2), np.zeros(10), **given)
    np.testing.assert_allclose(corner.x, np.ones(10), rtol=1e-12)
    found = corner.state.asking.state
    reach = 3 * found.alpha / 10**0.5
    assert np.all(np.abs(found.m) * corner.state.scale <= 1 + 1.001 * reach * corner.state.scale)


@pytest.mark.parametrize("outside", ["reflect", "project"])
def test_a_run_within_bounds_goes_on_from_its_pickle(outside):
    given = {"bounds": [(-1, 0.5)] * FAMILY.d, "outside": outside, "rng": 1}
    half = pickle.loads(pickle.dumps(zo.minimize(FAMILY, np.zeros(FAMILY.d), budget=100, **given).state))
    whole = zo.minimize(FAMILY, np.zeros(FAMILY.d), budget=200, **given)
    np.testing.assert_array_equal(zo.minimize(FAMILY, start=half, budget=100).x, whole.x)


def test_methods_without_points_are_not_projected():
    method = replace(zo.three_point(radius=1.0), vectors=())
    with pytest.raises(TypeError, match="outside must be 'reflect' for a method whose vectors are no points"):
        zo.minimize(lambda x: x @ x, [1.0], bounds=[(-1, 1)], method=method, outside="project")


@pytest.mark.parametrize("outside", ["reflect", "project"])
def test_a_minimum_on_the_boundary_is_found(outside):
    bounds = [(None, 0.5), (0, 3)]
    found = zo.minimize(
        lambda x: (x[0] - 1) ** 2 + 10 * (x[1] - x[0] ** 2) ** 2, [0, 0], bounds=bounds, outside=outside, rng=1
    )
    np.testing.assert_allclose(found.x, [0.5, 0.25], atol=1e-2 if outside == "reflect" else 1e-7)


def test_what_stays_where_it_is_stays():
    found = zo.minimize(lambda x: x @ x, [1.0, 2.0], bounds=[(1, 1), (-5, 5)], target=1 + 1e-12, rng=1)
    assert found.success
    assert found.x[0] == 1


def test_lengths_are_those_of_the_bounds():
    """A box of another shape is the same run, stretched: to the bit where it is stretched by powers of two."""
    stretch = np.array([2.0**-9, 2.0**7])
    small = zo.minimize(scipy.optimize.rosen, [0.0, 0.0], bounds=[(-1, 3)] * 2, budget=200, rng=1)
    large = zo.minimize(
        lambda x: scipy.optimize.rosen(x / stretch),
        [0.0, 0.0],
        bounds=[(-a, 3 * a) for a in stretch],
        budget=200,
        rng=1,
    )
    assert np.array_equal(large.x, small.x * stretch)
    given = zo.minimize(lambda x: scipy.optimize.rosen(x / stretch), [0.0, 0.0], scale=2 * stretch, budget=200, rng=1)
    assert np.array_equal(given.x, zo.minimize(scipy.optimize.rosen, [0, 0], scale=2, budget=200, rng=1).x * stretch)


# --- SciPy -----------------------------------------------------------------------------------------------------------


def test_scipy_takes_it():
    options = {"maxfev": 500, "seed": 1}
    method = zo.scipy_method("relative_loss", radius=zo.radii.one_fifth(1.0))
    found = scipy.optimize.minimize(scipy.optimize.rosen, [0, 0], method=method, options=options)
    direct = zo.minimize(
        scipy.optimize.rosen, [0, 0], method=zo.relative_loss(radius=zo.radii.one_fifth(1.0)), budget=500, rng=1
    )
    assert isinstance(found, scipy.optimize.OptimizeResult)
    assert same(found, direct)
    assert {"x", "fun", "success", "status", "message", "nfev", "nit"} <= found.keys()


def test_scipy_hands_on_what_it_is_given(capsys):
    seen = []
    found = scipy.optimize.minimize(
        lambda x, a: (x[0] - a) ** 2,
        [0.5],
        args=(2.0,),
        method=zo.scipy_method(),
        bounds=scipy.optimize.Bounds([0], [1]),
        callback=lambda intermediate_result: seen.append(intermediate_result.fun),
        tol=1e-4,
        options={"maxiter": 500, "rng": 1, "disp": True, "outside": "project"},
    )
    assert found.status == 4
    assert found.x == 1
    assert len(seen) == found.nit
    assert found.message in capsys.readouterr().out


def test_scipy_is_told_what_is_not_used():
    with pytest.warns(RuntimeWarning, match=r"does not use derivatives \(jac\)") as told:
        scipy.optimize.minimize(
            scipy.optimize.rosen, [0, 0], method=zo.scipy_method(), jac=scipy.optimize.rosen_der, options={"maxfev": 9}
        )
    assert told[0].filename == __file__
    with pytest.warns(scipy.optimize.OptimizeWarning, match="Unknown solver options: gtol, steps"):
        scipy.optimize.minimize(
            scipy.optimize.rosen, [0, 0], method=zo.scipy_method(), options={"maxfev": 9, "gtol": 1, "steps": 3}
        )
    with pytest.raises(ValueError, match="constraints must be empty"):
        scipy.optimize.minimize(
            scipy.optimize.rosen, [0, 0], method=zo.scipy_method(), constraints=[{"type": "eq", "fun": sum}]
        )
    with pytest.raises(ValueError, match="constraints must be empty"):
        scipy.optimize.minimize(
            scipy.optimize.rosen,
            [0, 0],
            method=zo.scipy_method(),
            constraints=scipy.optimize.LinearConstraint(np.eye(2)),
        )


@pytest.mark.parametrize("constraints", [None, (), [], {}])
def test_no_constraints_are_none_in_whatever_form(constraints):
    given = {"method": zo.scipy_method(), "options": {"maxfev": 20, "seed": 1}}
    found = scipy.optimize.minimize(scipy.optimize.rosen, [0, 0], constraints=constraints, **given)
    assert same(found, zo.minimize(scipy.optimize.rosen, [0, 0], budget=20, rng=1))


def test_jac_true_is_a_value_beside_a_gradient():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = scipy.optimize.minimize(
            lambda x: (scipy.optimize.rosen(x), scipy.optimize.rosen_der(x)),
            [0, 0],
            jac=True,
            method=zo.scipy_method(),
            options={"maxfev": 50, "seed": 1},
        )
    assert same(found, zo.minimize(scipy.optimize.rosen, [0, 0], budget=50, rng=1))


def test_with_jac_true_scipy_answers_nothing_from_memory():
    rng, calls = np.random.default_rng(1), []

    def f(x, center):
        calls.append(x)
        return np.sum((x - center) ** 2) + rng.normal(), 2 * (x - center)

    given = {"method": zo.scipy_method(), "options": {"maxfev": 30, "seed": 1}}
    with pytest.warns(ObjectiveWarning, match="f gave the point"), pytest.warns(RuntimeWarning, match="derivatives"):
        found = scipy.optimize.minimize(f, [0, 0], args=(1.0,), jac=True, **given)
    assert found.nfev == len(calls)


# --- mistakes --------------------------------------------------------------------------------------------------------


class Unreadable:
    """As a tensor of PyTorch that requires a gradient."""

    def __array__(self, *given, **named):
        raise RuntimeError("no array of what requires grad")


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"x0": None}, ValueError, "x0 must be given"),
        ({"x0": [[0.0]]}, ValueError, r"x0 must have shape \(d,\)"),
        ({"x0": [np.inf, 0]}, ValueError, "x0 must be finite"),
        ({"x0": [[0.0, 0.0], [0.0]]}, TypeError, "x0 must hold real numbers"),
        (
            {"x0": Unreadable()},
            TypeError,
            "x0 must hold real numbers, got .*Unreadable.*: no array of what requires grad",
        ),
        ({"scale": [[1.0], 1.0]}, TypeError, "scale must hold real numbers"),
        ({"budget": 0}, ValueError, "budget must be a whole number, at least 1"),
        ({"budget": 1.5}, TypeError, "budget must be an integer"),
        ({"method": "relative_loss"}, TypeError, "method must be a Method"),
        ({"args": (1, 2)}, TypeError, "f must be callable on a point"),
        ({"f": 3}, TypeError, "f must be callable"),
        ({"bounds": [(0, 1)]}, ValueError, "bounds must be 2 pairs"),
        ({"bounds": [(0, 1), (2, 1)]}, ValueError, r"low <= high, got \(2.0, 1.0\) for variable 1"),
        ({"bounds": [(0, 1), (np.nan, 1)]}, ValueError, "low <= high"),
        ({"bounds": 7}, TypeError, "bounds must be scipy.optimize.Bounds or pairs"),
        ({"bounds": [("0", "1")] * 2}, TypeError, "bounds must be scipy.optimize.Bounds or pairs of numbers"),
        ({"bounds": scipy.optimize.Bounds(["0"], ["1"])}, TypeError, "bounds must be scipy.optimize.Bounds or pairs"),
        ({"bounds": [(1, 2), (0, 1)]}, ValueError, "x0 must lie within bounds"),
        ({"outside": "wrap"}, ValueError, "outside must be 'reflect' or 'project'"),
        ({"target": np.nan}, ValueError, "target must be"),
        ({"vectorised": "a"}, TypeError, "vectorised must be True or False"),
        ({"disp": "x"}, TypeError, "disp must be True, False or a whole number, got 'x'"),
        ({"bounds": [(0, 1)] * 2, "outside": "wrap"}, ValueError, "outside must be 'reflect' or 'project'"),
        (
            {"method": METHODS["two_point, entropy"], "scale": 2.0},
            ValueError,
            "scale must not be given for a method with",
        ),
        ({"scale": 0}, ValueError, "scale must be positive"),
        ({"scale": [1, 2, 3]}, ValueError, r"scale must be a number or have shape \(2,\), got \(3,\)"),
        ({"target": "low"}, TypeError, "target must be a real number"),
        ({"max_time": -1}, ValueError, "max_time must be positive"),
        ({"max_steps": 0}, ValueError, "max_steps must be a whole number, at least 1"),
        ({"xtol": 0}, ValueError, "xtol must be positive"),
        ({"callback": 3}, TypeError, "callback must be callable"),
        (
            {"callback": lambda: None},
            TypeError,
            r"callback must be callable on a point \(d,\), or on intermediate_result",
        ),
        ({"callback": lambda x, convergence: None}, TypeError, "callback must be .*: missing a required argument"),
        ({"executor": "two"}, TypeError, "executor must be"),
        ({"nonfinite": "skip"}, ValueError, "nonfinite must be"),
        ({"start": 3, "x0": None}, TypeError, "start must be the `state`"),
        ({"f": zo.problems.breast_cancer()}, ValueError, "f must not draw samples"),
    ],
)
def test_wrong_arguments(wrong, error, words):
    given = {"f": scipy.optimize.rosen, "x0": [0.0, 0.0], "rng": 1, **wrong}
    with pytest.raises(error, match=words):
        zo.minimize(given.pop("f"), given.pop("x0"), **given)


@pytest.mark.parametrize("callback", [lambda: None, lambda x, more: None])
def test_a_callback_that_cannot_be_called_costs_no_evaluation(callback):
    f = Seen()
    with pytest.raises(TypeError, match="callback must be callable"):
        zo.minimize(f, [0.0, 0.0], callback=callback)
    assert f.values == []


def test_a_start_knows_the_rest():
    state = zo.minimize(scipy.optimize.rosen, [0, 0], budget=9, rng=1).state
    for name, value in (
        ("x0", [0, 0]),
        ("method", GRID),
        ("rng", 1),
        ("scale", 1.0),
        ("outside", "project"),
        ("bounds", [(0, 1)] * 2),
    ):
        with pytest.raises(ValueError, match=f"{name} must not be given beside start"):
            zo.minimize(scipy.optimize.rosen, start=state, **{name: value})


@pytest.mark.parametrize("value", [None, "low", 1j, [1.0, 2.0], np.zeros(2)])
def test_what_is_no_number_is_an_error(value):
    with pytest.raises(zo.ObjectiveError, match="must return"):
        zo.minimize(lambda x: value, [0.0], rng=1)


def test_wrong_methods_of_scipy():
    with pytest.raises(ValueError, match="method must be one of gld_search, "):
        zo.scipy_method("relative-loss")
    with pytest.raises(TypeError, match=r"missing a required (keyword-only )?argument: 'radius'"):
        zo.scipy_method("relative_loss")
    with pytest.raises(TypeError, match="parameters must be given with the name of a method, got radius"):
        zo.scipy_method(radius=1.0)
    with pytest.raises(TypeError, match=r"noisy must be given in the options of scipy\.optimize\.minimize"):
        zo.scipy_method(noisy=True)
    with pytest.raises(TypeError, match=r"maxfev must be given in the options of scipy\.optimize\.minimize"):
        zo.scipy_method("relative_loss", radius=0.1, maxfev=3)
    with pytest.raises(TypeError, match="method must be a Method"):
        zo.scipy_method(3)
    for said, wrong in (
        ("^maxfev must be a whole number, at least 1", {"options": {"maxfev": 0}}),
        ("^maxiter must be a whole number, at least 1", {"options": {"maxiter": 0}}),
        ("^tol must be positive", {"tol": -1}),
        ("^seed must be at least 0", {"options": {"seed": -1}}),
        ("^rng must be at least 0", {"options": {"rng": -1}}),
    ):
        with pytest.raises(ValueError, match=said):
            scipy.optimize.minimize(scipy.optimize.rosen, [0], method=zo.scipy_method(), **wrong)
    with pytest.raises(ValueError, match="seed and rng must not both be given"):
        scipy.optimize.minimize(scipy.optimize.rosen, [0], method=zo.scipy_method(), options={"seed": 1, "rng": 1})

"""RSO: what its step keeps, which coordinate it works on and how far, and that a problem may answer it faster."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zotheory as zo
from zotheory.methods.rso import Move, State, annealed, step
from zotheory.methods.three_point import State as ThreePointState
from zotheory.methods.three_point import step as three_point_step
from zotheory.objective import Objective
from zotheory.radii import fixed
from zotheory.values import along, replaced

D = 5
reals = st.floats(-3, 3, allow_subnormal=False).map(lambda v: round(v, 6))
points = st.lists(reals, min_size=D, max_size=D).map(np.array)
axes = st.integers(0, D - 1)
DEVIATIONS, ORDER = np.array([0.1, 0.2, 0.3, 0.4, 0.5]), np.array([4, 2, 0, 1, 3])


def f(x):
    z = x - 0.3
    return np.sum(np.cos(3 * z) + z**2, axis=-1)


# --- the step ---------------------------------------------------------------------------------------------------------


@given(points, axes, reals, st.sampled_from([0.0, 0.01, 0.5]))
def test_the_best_of_three_values_is_kept(x, i, delta, decay):
    after = step(f, State(x, 7), Move(i, delta), decay=decay)
    others = np.arange(D) != i
    w = (1 - decay) * x[i]
    decayed = np.where(others, x, w)
    assert np.array_equal(after.x[others], x[others])
    assert after.x[i] in (w, w + delta, w - delta)
    assert f(after.x) == min(f(np.where(others, x, each)) for each in (w, w + delta, w - delta))
    assert f(after.x) <= f(decayed)  # which without decay is f(x)
    assert after.k == 8


@given(points, axes, reals)
def test_without_decay_it_is_the_step_of_three_points_along_an_axis(x, i, delta):
    v = delta * np.eye(D)[i]
    three = three_point_step(f, ThreePointState(x, f(x), np.asarray(1.0), 1), v, radius=fixed(1.0))
    assert np.array_equal(step(f, State(x, 0), Move(i, delta)).x, three.x)


def test_decay_may_raise_the_loss_of_the_batch_itself():
    """The weight as it was is none of the three."""
    x = np.array([1.0, 2.0])
    assert step(lambda x: -np.sum(x, axis=-1), State(x, 0), Move(0, 0.0), decay=0.1).x.tolist() == [0.9, 2.0]


@pytest.mark.parametrize("decay", [0.0, 0.25])
def test_ties_keep_the_decayed_weight(decay):
    x = np.full((2, D), 4.0)
    after = step(lambda x: np.zeros(x.shape[:-1]), State(x, 0), Move(2, np.array([1.0, -2.0])), decay=decay)
    assert np.array_equal(after.x, np.where(np.arange(D) == 2, 4.0 * (1 - decay), x))


# --- what is drawn ----------------------------------------------------------------------------------------------------


def moves(method, steps, *batch):
    rng, state, drawn = zo.generator(3), method.init(f, np.zeros((*batch, D))), []
    for _ in range(steps):
        drawn.append(method.draw(rng, state, D))
        state = method.step(f, state, drawn[-1])
    return drawn


@pytest.mark.parametrize("order", [None, ORDER])
def test_every_cycle_visits_every_coordinate_once_in_its_order(order):
    drawn = moves(zo.rso(deviations=0.3, cycles=2, order=order), 3 * D)
    assert [move.i for move in drawn] == 3 * list(range(D) if order is None else order)


def test_deviations_fall_from_cycle_to_cycle_and_stay():
    """Four cycles, as in the released code: 1, 0.775, 0.55 and 0.325 of the first deviations; and 0.1 after them."""
    drawn = moves(zo.rso(deviations=DEVIATIONS, cycles=4, order=ORDER, least=0.1), 6 * D, 4000)
    for k, move in enumerate(drawn):
        expected = DEVIATIONS[move.i] * [1, 0.775, 0.55, 0.325, 0.1, 0.1][k // D]
        assert np.std(move.delta) == pytest.approx(expected, rel=0.06)  # five standard errors
        assert abs(np.mean(move.delta)) < 5 * expected / 4000**0.5


def test_the_annealing_is_exact():
    assert [annealed(e, cycles=50, least=0.1) for e in (0, 25, 50, 70)] == pytest.approx([1, 0.55, 0.1, 0.1])
    assert [annealed(e, cycles=3, least=1.0) for e in range(5)] == [1.0] * 5


# --- a problem that answers for itself --------------------------------------------------------------------------------


class Separable:
    """f of one coordinate at a time: a change of one needs no look at the others."""

    d, x0 = D, np.linspace(-1, 1, D)

    def __init__(self, wrong=0.0):
        self.wrong, self.asked = wrong, []

    def __call__(self, x):
        return f(x)

    def along(self, x, i, w):
        self.asked.append((i, w.shape))
        each = np.cos(3 * (x - 0.3)) + (x - 0.3) ** 2
        rest = np.sum(each, axis=-1) - each[..., i]
        return rest[..., None] + np.cos(3 * (w - 0.3)) + (w - 0.3) ** 2 + self.wrong


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
def test_a_problem_may_answer_along_an_axis_itself(batch):
    rng = np.random.default_rng(1)
    x, w = rng.standard_normal((*batch, D)), rng.standard_normal((*batch, 4))
    assert replaced(x, 2, w).shape == (*batch, 4, D)
    np.testing.assert_allclose(along(Separable(), x, 2, w), along(f, x, 2, w), rtol=1e-12)
    plain, own = Objective(f, batch), Objective(Separable(), batch)
    for objective in (plain, own):
        objective.asked = []
        np.testing.assert_allclose(objective.along(x, 2, w), f(replaced(x, 2, w)), rtol=1e-12)
        assert objective.spent == 4
        [(seen, values)] = objective.asked
        np.testing.assert_allclose(values, f(seen), rtol=1e-12)


@pytest.mark.parametrize("replicas", [None, 3])
def test_a_run_asks_it_and_comes_to_the_same(replicas):
    method, problem = zo.rso(deviations=DEVIATIONS, cycles=4, order=ORDER), Separable()
    options = {"steps": 4 * D, "replicas": replicas, "seed": 2}
    found, plain = zo.run(method, problem, **options), zo.run(method, f, x0=problem.x0, **options)
    assert {i for i, _ in problem.asked} == set(range(D))
    assert len(problem.asked) == 4 * D
    np.testing.assert_allclose(found.x, plain.x, rtol=1e-12)
    np.testing.assert_allclose(found.best_value, plain.best_value, rtol=1e-12)
    assert found.calls - found.looks == plain.calls - plain.looks == 12 * D


def test_one_that_answers_something_else_is_found():
    with pytest.raises(ValueError, match=r"f must give a batch of points the values of its points"):
        zo.run(zo.rso(deviations=0.3, cycles=4), Separable(wrong=1e-3), steps=3)
    shapeless = type("Shapeless", (Separable,), {"along": lambda self, x, i, w: f(x)})
    with pytest.raises(zo.ObjectiveError, match="must return shape"):
        zo.run(zo.rso(deviations=0.3, cycles=4), shapeless(), steps=3)


def test_it_descends_on_mini_batches_and_decay_keeps_weights_small():
    problem = zo.problems.breast_cancer()
    batches = zo.oracles.Batches(problem, 20)
    options = {"steps": 20 * problem.d, "seed": 1, "replicas": 4}
    found = zo.run(zo.rso(deviations=0.5, cycles=20), batches, **options)
    assert np.all(found.values[-1] - problem.f_star < (found.values[0] - problem.f_star) / 5)
    decayed = zo.run(zo.rso(deviations=0.5, cycles=20, decay=0.5), batches, **options)
    assert np.linalg.norm(decayed.x) < 0.8 * np.linalg.norm(found.x)


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"deviations": 0.0}, ValueError, "deviations must be positive, got 0.0"),
        ({"deviations": np.array([0.1, -1.0])}, ValueError, "deviations must be positive"),
        ({"deviations": "he"}, TypeError, "deviations must be a real number or an array of numbers, got 'he'"),
        ({"cycles": 0}, ValueError, "cycles must be a whole number, at least 1, got 0"),
        ({"order": [0, 2]}, ValueError, r"order must hold each of 0..1 once, got \[0. 2.\]"),
        ({"order": [0, 0]}, ValueError, r"order must hold each of 0..1 once"),
        ({"order": [0, 1.5]}, ValueError, "order must be a whole number"),
        ({"least": 0.0}, ValueError, "least must be positive, got 0.0"),
        ({"least": 1.5}, ValueError, "least must be at most 1, got least = 1.5"),
        ({"decay": 1.0}, ValueError, "decay must be smaller than 1, got decay = 1.0"),
        ({"deviations": np.ones(3), "order": [0, 1]}, ValueError, r"order must have shape \(d,\) with d = 3"),
    ],
)
def test_bad_arguments_are_named(arguments, error, words):
    with pytest.raises(error, match=words):
        zo.rso(**{"deviations": 0.1, "cycles": 3} | arguments)


def test_arrays_that_do_not_fit_the_start_are_named():
    for arguments, name in (({"deviations": np.ones(3)}, "deviations"), ({"order": [1, 0]}, "order")):
        with pytest.raises(ValueError, match=rf"{name} must be as long as x0, d = 5, got length [23]"):
            zo.run(zo.rso(**{"deviations": 0.1, "cycles": 3} | arguments), f, x0=np.zeros(D), steps=1)

"""Adaptive Monte Carlo beside the loop of its authors' program, and the properties that it must have."""

from functools import partial
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import zotheory as zo
from zotheory.directions import gaussian
from zotheory.methods.adaptive_monte_carlo import State, step
from zotheory.methods.relative_loss import Move
from zotheory.methods.relative_loss import State as RelativeLossState
from zotheory.methods.relative_loss import step as relative_loss_step
from zotheory.oracles import Fresh

D = 4
SPECTRUM = np.array([1.0, 2.0, 4.0, 7.0])
SETTING = {"rate": 0.25, "patience": 3, "decay": 0.5, "cached": True}
reals = st.floats(-3, 3, allow_subnormal=False).map(lambda v: round(v, 6))
points = hnp.arrays(float, D, elements=reals)
counts = st.integers(0, 2).map(float)
FAMILY = zo.problems.golovin_family(1, 8, 6, minimiser=0.2, f_star=-1.0)


def quadratic(x, centre=0.3):
    z = x - centre
    return np.vecdot(SPECTRUM * z, z) / 2


def state_at(x, mu=0.0, rejections=0.0, f=quadratic):
    return State(x, f(x), np.zeros_like(x) + mu, np.full(x.shape[:-1], 0.5), np.full(x.shape[:-1], rejections))


# --- beside the program ----------------------------------------------------------------------------------------------


def program(f, x, rng, *, init_sigma, epsilon, n_reset, sigma_decay):
    """aMC_optimizer.py on one parameter, at infinite inverse temperature: x, mus, sigma and n_cr after each step."""
    best_loss, sigma, n_cr, mus = f(x), init_sigma, 0, np.zeros_like(x)
    while True:
        yield x, best_loss, mus, sigma, n_cr
        noise = mus + sigma * rng.standard_normal(len(x))
        new_loss = f(x + noise)
        if new_loss - best_loss <= 0:
            n_cr = 0
            best_loss = new_loss
            x = x + noise
            mus = mus + epsilon * (noise - mus)
        else:
            n_cr += 1
            if n_cr == n_reset:
                sigma *= sigma_decay
                mus = np.zeros_like(x)
                n_cr = 0


@pytest.mark.parametrize("rate", [0.0, 0.1, 1.0])
def test_a_run_has_the_bits_of_the_program(rate):
    method = zo.adaptive_monte_carlo(sigma=0.7, rate=rate, patience=5, decay=0.9)
    names = {"init_sigma": 0.7, "epsilon": rate, "n_reset": 5, "sigma_decay": 0.9}
    rng = zo.generator(np.random.SeedSequence(np.random.SeedSequence(3).entropy, spawn_key=(0,)))
    expected = list(islice(program(FAMILY, FAMILY.x0, rng, **names), 301))
    found = [state for state, _ in islice(zo.iterate(method, FAMILY, seed=3), 301)]
    for one, other in zip(found, expected, strict=True):
        for name, a, b in zip(State._fields, one, other, strict=True):
            assert np.array_equal(a, b), name
    assert np.array_equal(zo.run(method, FAMILY, steps=300, seed=3).x, expected[-1][0])
    for changed in (1, 3):  # the value and sigma: all that the program does was done several times
        assert sum(before[changed] != after[changed] for before, after in pairwise(expected)) > 10


def test_where_nothing_is_better_sigma_shrinks_when_it_is_told_to():
    """From the minimiser every move is rejected; the count starts again at each shrinking."""
    method = zo.adaptive_monte_carlo(sigma=1.0, rate=0.5, patience=7, decay=0.5)
    states = [state for state, _ in islice(zo.iterate(method, quadratic, x0=np.full(D, 0.3), replicas=2), 30)]
    for t, state in enumerate(states):
        assert np.array_equal(state.sigma, [0.5 ** (t // 7)] * 2)
        assert np.array_equal(state.rejections, [t % 7] * 2)


def test_each_replica_counts_its_own_rejections():
    """One moves at every step, one never does, one at every other."""
    state = state_at(np.zeros((3, D)), mu=1.0)
    for t in range(1, 7):
        values = np.array([-t, t, -t if t % 2 == 0 else t])
        state = step(lambda x, values=values: values, state, np.ones((3, D)), **SETTING)
        assert np.array_equal(state.rejections, [0, t % 3, t % 2])
        assert np.array_equal(state.sigma, [0.5, 0.5 * 0.5 ** (t // 3), 0.5])
        assert np.array_equal(state.mu[1], np.full(D, 1.0 if t < 3 else 0.0))
        assert np.all(state.mu[[0, 2]] >= 1)


# --- the step --------------------------------------------------------------------------------------------------------


@given(points, points, points, counts)
def test_a_step_is_the_paragraph_that_describes_it(x, v, mu, rejections):
    after = step(quadratic, state_at(x, mu, rejections), v, **SETTING)
    moved, third = quadratic(x + (mu + v)) <= quadratic(x), rejections == 2
    assert np.array_equal(after.x, x + (mu + v) if moved else x)
    assert after.fx == quadratic(after.x) <= quadratic(x)
    assert after.sigma == (0.25 if third and not moved else 0.5)
    assert after.rejections == (0 if moved or third else rejections + 1)
    forgotten = np.zeros(D) if third else mu
    np.testing.assert_allclose(after.mu, 0.75 * mu + 0.25 * (mu + v) if moved else forgotten, atol=1e-12)


@given(points, points)
def test_a_tie_moves_and_relative_loss_stays(x, v):
    def flat(x):
        return np.zeros(x.shape[:-1])

    after = step(flat, state_at(x, f=flat), v, **SETTING)
    assert np.array_equal(after.x, x + v)
    assert np.array_equal(after.mu, 0.25 * v)
    one, zero = np.asarray(1.0), np.asarray(0.0)
    still = relative_loss_step(flat, RelativeLossState(x, zero, 0 * x, one, 1), Move(v, one))
    assert np.array_equal(still.x, x)


def near_tie(x, y):
    """Whether rounding may decide between two points."""
    return abs(quadratic(x) - quadratic(y)) < 1e-9 * (1 + quadratic(x))


@given(points, points, points, points)
def test_translation(x, v, mu, shift):
    moved = step(
        lambda z: quadratic(z - shift), state_at(x + shift, mu, f=lambda z: quadratic(z - shift)), v, **SETTING
    )
    still = step(quadratic, state_at(x, mu), v, **SETTING)
    assert near_tie(x, x + mu + v) or (np.allclose(moved.x, still.x + shift) and np.allclose(moved.mu, still.mu))


@given(points, points, points, st.integers(0, 99))
def test_rotation(x, v, mu, seed):
    q = zo.problems.random_rotation(D, np.random.default_rng(seed))
    turned = step(
        lambda z: quadratic(z @ q), state_at(x @ q.T, mu @ q.T, f=lambda z: quadratic(z @ q)), v @ q.T, **SETTING
    )
    still = step(quadratic, state_at(x, mu), v, **SETTING)
    assert near_tie(x, x + mu + v) or (np.allclose(turned.x, still.x @ q.T) and np.allclose(turned.mu, still.mu @ q.T))


# --- whole runs ------------------------------------------------------------------------------------------------------


def test_increasing_transforms_change_nothing_and_no_value_rises():
    method = zo.adaptive_monte_carlo(sigma=0.5, rate=0.1, patience=5)
    transformed = zo.problems.Increasing(FAMILY, lambda y: np.cbrt(y + 1))
    runs = [zo.run(method, f, x0=FAMILY.x0, steps=200, replicas=4, seed=5) for f in (FAMILY, transformed)]
    assert np.array_equal(runs[0].x, runs[1].x)
    assert np.all(np.diff(runs[0].values, axis=0) <= 0)
    assert np.all(runs[0].values[-1] < runs[0].values[0])


def test_scaling_space_and_values_scales_the_run():
    made = partial(zo.adaptive_monte_carlo, rate=0.1, patience=5)
    still = zo.run(made(sigma=0.5), FAMILY, steps=200, seed=2)
    moved = zo.run(made(sigma=2.0), lambda x: 8 * FAMILY(x / 4), x0=4 * FAMILY.x0, steps=200, seed=2)
    assert np.array_equal(moved.x, 4 * still.x)


def test_without_a_moving_mean_and_before_it_shrinks_it_is_relative_loss():
    """The (1+1) random search at a fixed radius: the same bits, as 0.25 sqrt(4) and its quotient are exact."""
    f = zo.problems.golovin_family(1, 8, D, minimiser=0.2)
    metropolis = zo.adaptive_monte_carlo(sigma=0.25, patience=10**6)
    runs = [
        zo.run(method, f, steps=300, replicas=3, seed=4)
        for method in (metropolis, zo.relative_loss(radius=0.5, law=gaussian))
    ]
    assert np.array_equal(runs[0].values, runs[1].values)
    assert np.all(runs[0].values[-1] < runs[0].values[0])


@given(points, points, points)
def test_the_mean_after_a_move_is_the_momentum_of_relative_loss_and_after_a_rejection_it_is_not(x, v, mu):
    """With beta = 1 - rate, gain 1 and a clip that never binds; the momentum is in units of sigma."""
    sigma = np.asarray(0.5)
    ours = RelativeLossState(x, quadratic(x), mu / 0.5, sigma, 1)
    there = relative_loss_step(quadratic, ours, Move(v / 0.5, sigma), beta=0.75, clip=1e9)
    here = step(quadratic, state_at(x, mu), v, **SETTING)
    np.testing.assert_allclose(here.x, there.x, atol=1e-12)
    if near_tie(x, x + mu + v):
        return
    if quadratic(x + mu + v) < quadratic(x):
        np.testing.assert_allclose(here.mu, 0.5 * there.b, atol=1e-12)
    else:
        np.testing.assert_allclose(0.75 * here.mu, 0.5 * there.b, atol=1e-12)


def test_the_first_shrinking_comes_when_a_run_of_failures_is_due():
    """On a slope half of the moves are accepted: ((1 - p)^-n - 1)/p = 14 steps for n = 3, and variance 142."""
    method = zo.adaptive_monte_carlo(sigma=1.0, patience=3)
    first = np.zeros(4000)
    for t, (state, _) in enumerate(
        zo.iterate(method, lambda x: x[..., 0], x0=np.zeros(2), replicas=len(first), seed=1)
    ):
        first[(first == 0) & (state.sigma < 1)] = t
        if np.all(first):
            break
    assert abs(first.mean() - 14) < 5 * np.sqrt(142 / len(first))


@pytest.mark.filterwarnings("ignore::zotheory.ObjectiveWarning")  # that all values of a step are equal, as they are
def test_on_plateaus_it_comes_to_the_lowest_where_relative_loss_stops_above_unless_its_ties_move():
    """A quadratic in ten levels: a radius that counts ties as failures shrinks until all moves are ties."""
    f = zo.problems.golovin_family(1, 8, 20, minimiser=0.3)
    metropolis = zo.adaptive_monte_carlo(sigma=f.R / np.sqrt(f.d), patience=20)
    rule = zo.radii.one_fifth(f.R)
    ours, stopped, moved = (
        zo.run(method, lambda x: np.floor(10 * f(x) / f(f.x0)), x0=f.x0, steps=10_000, replicas=10, seed=1).value
        for method in (metropolis, zo.relative_loss(radius=rule), zo.relative_loss(radius=rule, ties="move"))
    )
    assert np.all(ours == 0)
    assert np.all(stopped > 0)
    assert np.all(moved == 0)


def test_both_losses_of_a_step_share_the_sample():
    """One row a step: the mean over all rows falls in expectation; where rows differ, every other move is accepted."""
    problem = zo.problems.breast_cancer()
    method = zo.adaptive_monte_carlo(sigma=0.05, cached=False)
    runs = [zo.run(method, f, steps=1500, replicas=40, seed=1) for f in (problem, Fresh(problem))]
    for run, sign in zip(runs, (-1, 1), strict=True):
        assert run.calls - run.looks == 3000
        change = sign * (run.values[-1] - run.values[0])
        assert change.mean() > 5 * change.std() / np.sqrt(40)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"sigma": 0.0}, ValueError, "sigma must be positive, got 0.0"),
        ({"sigma": "1"}, TypeError, "sigma must be a real number, got '1'"),
        ({"rate": 1.5}, ValueError, "rate must be between 0 and 1, got 1.5"),
        ({"patience": 0}, ValueError, "patience must be a whole number, at least 1, got 0"),
        ({"patience": 2.5}, TypeError, "patience must be an integer, got 2.5"),
        ({"decay": 1.1}, ValueError, "decay must be at most 1, got decay = 1.1"),
        ({"decay": 0.0}, ValueError, "decay must be positive, got 0.0"),
        ({"law": "gaussian"}, TypeError, "law must be a Law"),
    ],
)
def test_bad_arguments_are_named(changed, error, words):
    with pytest.raises(error, match=words):
        zo.adaptive_monte_carlo(**{"sigma": 1.0} | changed)

"""Augmented random search beside a loop that is written as its authors' program, and its invariances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import zotheory as zo
from zotheory import reduced
from zotheory.methods.augmented_random_search import State, step

D, N = 3, 5
SPECTRUM = np.array([1.0, 2.0, 7.0])
reals = st.floats(-3, 3, allow_subnormal=False).map(lambda v: round(v, 6))
points = hnp.arrays(float, D, elements=reals)
directions = hnp.arrays(float, (N, D), elements=reals)
RULES = {"h": 0.1, "delta": 0.5, "best": 3}


def f(x):
    z = x - 0.3
    return np.vecdot(SPECTRUM * z, z) / 2


def moved(g, x, u, **changes):
    return step(g, State(x), u, **(RULES | changes)).x


def printed(reward, M, deltas, *, alpha, nu, b):
    """The loop of the paper: one episode after the other, rewards to be made large, directions sorted."""
    rollouts = [(reward(M + nu * delta), reward(M - nu * delta), delta) for delta in deltas]
    kept = sorted(rollouts, key=lambda one: max(one[0], one[1]), reverse=True)[:b]
    sigma = np.std([reward for plus, minus, _ in kept for reward in (plus, minus)])
    total = np.zeros_like(M)
    for plus, minus, delta in kept:
        total += (plus - minus) * delta
    return M + alpha / (b * sigma) * total


@pytest.mark.parametrize("best", range(1, N + 1))
def test_a_step_is_that_of_the_printed_loop(best):
    rng = np.random.default_rng(best)
    for _ in range(20):
        x, u = rng.standard_normal(D), rng.standard_normal((N, D))
        expected = printed(lambda y: -f(y), x, u, alpha=0.1, nu=0.5, b=best)
        np.testing.assert_allclose(moved(f, x, u, best=best), expected, rtol=1e-12)
    assert not np.allclose(expected, printed(lambda y: -f(y), x, u, alpha=0.1, nu=0.5, b=best % N + 1))


@given(points, directions, st.floats(0.125, 8), st.floats(-5, 5))
def test_values_enter_up_to_their_scale_and_origin(x, u, a, c):
    """A steep increasing transform that is not affine gives another step: it is no method of comparisons."""
    spread = [f(x + s * 0.5 * v) for v in u for s in (1, -1)]
    least = np.sort(np.minimum(spread[::2], spread[1::2]))
    if np.min(np.diff(least)) < 1e-6 or np.std(spread) < 1e-3:
        return  # rounding may decide which directions are used
    np.testing.assert_allclose(moved(lambda z: a * f(z) + c, x, u), moved(f, x, u), atol=1e-6)


def test_it_is_no_method_of_comparisons():
    x, u = np.ones(D), np.random.default_rng(1).standard_normal((N, D))
    assert not np.allclose(moved(lambda z: f(z) ** 3, x, u), moved(f, x, u))
    assert not zo.augmented_random_search(h=1.0, delta=1.0, directions=1).compares


@given(points, directions, st.sampled_from([0.25, 0.5, 2.0, 8.0]))
def test_steps_scale_with_space(x, u, a):
    scaled = moved(lambda z: f(z / a), a * x, u, h=a * RULES["h"], delta=a * RULES["delta"])
    np.testing.assert_array_equal(scaled, a * moved(f, x, u))


@given(points, hnp.arrays(float, (1, D), elements=reals))
def test_one_direction_is_a_comparison(x, u):
    """Half the difference is its deviation, so the step is 2 h u towards the lower value."""
    ahead, behind = f(x + 0.5 * u[0]), f(x - 0.5 * u[0])
    after = moved(f, x, u, best=1)
    np.testing.assert_allclose(after, x - 0.2 * np.sign(ahead - behind) * u[0], atol=1e-9)


def test_equal_values_and_tiny_ones():
    """No step where all values are equal; the least that differ make a whole one."""
    x, u = np.ones(D), np.random.default_rng(1).standard_normal((N, D))
    np.testing.assert_array_equal(moved(lambda z: np.full(z.shape[:-1], 7.0), x, u), x)
    for scale in (1e-200, 1e200):
        np.testing.assert_allclose(moved(lambda z, s=scale: s * f(z), x, u), moved(f, x, u), rtol=1e-9)


def test_ties_use_the_first_directions():
    def cliff(z):
        return np.where(z[..., 0] > 1, -1.0, 0.0)

    x, u = np.zeros(D), np.random.default_rng(3).standard_normal((N, D))
    u[:, 0] = [0, 3, 0, 3, 3]  # -1 ahead along the second, fourth and fifth
    after = moved(cliff, x, u, best=2)
    np.testing.assert_array_equal(after, moved(cliff, x, u[[1, 3]], best=2))
    assert not np.allclose(after, moved(cliff, x, u[[3, 4]], best=2))


def test_a_run_in_reduced_coordinates_has_the_law_of_one_in_full():
    """The mean fall of the gap in 10 steps, in 60 dimensions, both ways."""
    method, sizes = zo.augmented_random_search(h=0.05, delta=0.2, directions=3, best=2), (30, 30)

    def build(width):
        return zo.problems.block_quadratic((1.0, 4.0), sizes, start=(1.0, 1.0), width=width)

    whole = zo.problems.block_quadratic((1.0, 4.0), sizes, start=(1.0, 1.0))
    ends = [
        zo.run(method, problem, steps=10, replicas=4000, seed=seed, record=[0, 10]).values
        for seed, problem in enumerate((reduced.reduce(build, sizes, method), whole))
    ]
    assert ends[0][0, 0] == pytest.approx(ends[1][0, 0])
    error = np.sqrt(sum(end[-1].var() / 4000 for end in ends))
    assert abs(ends[0][-1].mean() - ends[1][-1].mean()) < 4.5 * error
    assert abs(ends[1][-1].mean() - ends[1][0, 0]) > 20 * error  # it moved


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"h": 0.0}, ValueError, "h must be positive, got 0.0"),
        ({"delta": -1.0}, ValueError, "delta must be positive, got -1.0"),
        ({"directions": 0}, ValueError, "directions must be a whole number, at least 1"),
        ({"directions": 2.5}, TypeError, "directions must be an integer, got 2.5"),
        ({"best": 5}, ValueError, "best must be at most directions, got best = 5 and directions = 4"),
        ({"best": 0}, ValueError, "best must be a whole number, at least 1"),
    ],
)
def test_bad_arguments_are_named(changes, error, words):
    with pytest.raises(error, match=words):
        zo.augmented_random_search(**({"h": 0.1, "delta": 0.1, "directions": 4} | changes))

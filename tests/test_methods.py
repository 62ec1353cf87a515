"""Properties that every shipped method, or the methods of one kind, must have; one suite over all of them."""

import array_api_strict
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import zotheory as zo
from zotheory.directions import LAWS
from zotheory.methods.gld_search import State as GldState
from zotheory.methods.gld_search import argmin, radii
from zotheory.methods.gld_search import step as gld_step
from zotheory.methods.two_point import State as TwoPointState
from zotheory.methods.two_point import step as two_point_step
from zotheory.theorems.gld_search import accept_anything

D, K = 4, 5
SPECTRUM = np.array([1.0, 2.0, 4.0, 7.0])
reals = st.floats(-3, 3, allow_subnormal=False).map(lambda v: round(v, 6))
points = hnp.arrays(float, D, elements=reals)
displacements = hnp.arrays(float, (K, D), elements=reals)
positive = st.floats(0.125, 8)
orders = st.sampled_from([lambda y: y**3, np.arctan, lambda y: np.exp(y / 50), lambda y: 5 * y - 2])


def quadratic(x, centre=0.3):
    z = x - centre
    return np.vecdot(SPECTRUM * z, z) / 2


def gld(f, x, v):
    return gld_step(f, GldState(x, f(x)), v)


def two_point(f, x, u, **hyper):
    return two_point_step(f, TwoPointState(x, x, 1), u, **({"h": 0.1, "delta": 0.5} | hyper))


def rotation(seed):
    return zo.problems.random_rotation(D, np.random.default_rng(seed))


# --- monotone acceptance ---------------------------------------------------------------------------------------------


@given(points, displacements)
def test_gld_search_keeps_the_best_of_all(x, v):
    state = gld(quadratic, x, v)
    values = [quadratic(x), *(quadratic(x + row) for row in v)]
    assert state.fx == min(values)
    assert quadratic(state.x) == state.fx
    assert any(np.array_equal(state.x, y) for y in [x, *(x + v)])


def test_the_monotone_property_can_fail():
    v = np.ones((K, D))
    assert accept_anything(quadratic, GldState(np.full(D, 0.3), np.asarray(0.0)), v).fx > 0


def test_ties_keep_the_current_point():
    state = gld(lambda x: np.zeros(x.shape[:-1]), np.zeros(D), np.ones((K, D)))
    assert np.array_equal(state.x, np.zeros(D))


# --- equivariance ----------------------------------------------------------------------------------------------------


@given(points, displacements, points)
def test_gld_search_translation(x, v, shift):
    moved = gld(lambda z: quadratic(z - shift), x + shift, v)
    assert np.allclose(moved.x, gld(quadratic, x, v).x + shift) or _near_tie(x, v)


@given(points, displacements, st.integers(0, 99))
def test_gld_search_rotation(x, v, seed):
    q = rotation(seed)
    turned = gld(lambda z: quadratic(z @ q), x @ q.T, v @ q.T)
    assert np.allclose(turned.x, gld(quadratic, x, v).x @ q.T) or _near_tie(x, v)


@given(points, displacements, st.sampled_from([0.25, 0.5, 2.0, 8.0]), positive)
def test_gld_search_scaling_of_space_and_values(x, v, a, b):
    scaled = gld(lambda z: b * quadratic(z / a), a * x, a * v)
    assert np.array_equal(scaled.x, a * gld(quadratic, x, v).x) or _near_tie(x, v)


@given(points, displacements, orders)
def test_gld_search_strictly_increasing_transforms(x, v, g):
    assert np.array_equal(gld(lambda z: g(quadratic(z)), x, v).x, gld(quadratic, x, v).x) or _near_tie(x, v)


def _near_tie(x, v):
    """Whether two different candidates are so close in value that rounding may decide between them."""
    values = np.unique([quadratic(x), *(quadratic(x + row) for row in v)])
    return len(values) > 1 and np.min(np.diff(values)) < 1e-9 * (1 + np.max(values))


@given(points, points, points)
def test_two_point_translation(x, u, shift):
    moved = two_point(lambda z: quadratic(z - shift), x + shift, u)
    assert np.allclose(moved.x, two_point(quadratic, x, u).x + shift, atol=1e-9)


@given(points, points, st.integers(0, 99))
def test_two_point_rotation(x, u, seed):
    q = rotation(seed)
    turned = two_point(lambda z: quadratic(z @ q), x @ q.T, u @ q.T)
    assert np.allclose(turned.x, two_point(quadratic, x, u).x @ q.T, atol=1e-9)


@given(points, points, positive, positive)
def test_two_point_scaling_of_space_and_values(x, u, a, b):
    scaled = two_point(lambda z: b * quadratic(z / a), a * x, u, h=0.1 * a * a / b, delta=0.5 * a)
    assert np.allclose(scaled.x, a * two_point(quadratic, x, u).x, atol=1e-9)


def test_two_point_is_not_invariant_under_transforms():
    x, u = np.ones(D), np.ones(D)
    assert not np.allclose(two_point(lambda z: quadratic(z) ** 3, x, u).x, two_point(quadratic, x, u).x)


@given(points, points)
def test_two_point_on_a_ball_stays_there(x, u):
    mirror = zo.geometry.euclidean_ball(1.5, centre=0.2)
    x = zo.geometry.project(x, 1.5, 0.2)
    assert np.linalg.norm(two_point(quadratic, x, u, h=3.0, mirror=mirror).x - 0.2) <= 1.5 * (1 + 1e-12)


# --- purity, batches, other array libraries --------------------------------------------------------------------------


def _cases():
    rng = np.random.default_rng(1)
    x, v, u = rng.standard_normal((6, 3, D)), rng.standard_normal((6, 3, K, D)), rng.standard_normal((6, 3, D))
    return {"gld_search": (gld, x, v), "two_point": (two_point, x, u)}


CASES = pytest.mark.parametrize(("step", "x", "u"), _cases().values(), ids=_cases())


@CASES
def test_step_mutates_nothing_and_repeats(step, x, u):
    x.flags.writeable = u.flags.writeable = False
    assert np.array_equal(step(quadratic, x, u).x, step(quadratic, x, u).x)


@CASES
def test_a_single_point_is_bit_equal_to_its_row_of_the_batch(step, x, u):
    batch = step(quadratic, x, u)
    for i in np.ndindex(x.shape[:-1]):
        single = step(quadratic, x[i], u[i])
        for field, row in zip(single, batch, strict=True):
            assert np.array_equal(field, row if np.ndim(row) == 0 else row[i])


@CASES
def test_step_runs_on_another_array_library(step, x, u):
    xp = array_api_strict
    expected = step(quadratic, x[0, 0], u[0, 0])
    spectrum = xp.asarray(SPECTRUM)

    def f(z):
        return xp.vecdot(spectrum * (z - 0.3), z - 0.3) / 2

    got = step(f, xp.asarray(x[0, 0]), xp.asarray(u[0, 0]))
    assert np.allclose(np.asarray(got.x), expected.x)


@pytest.mark.parametrize("d", [1, 2, 33])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_runs_at_any_dimension_with_any_law_and_counts_its_calls(law, d):
    f = zo.problems.golovin_family(1, 8, d, minimiser=0.3)
    method = zo.gld_search(R=2.0, r=1e-2, law=law)
    result = zo.run(method, f, steps=20, seed=1, replicas=3)
    assert result.calls == method.calls[0] + 20 * method.calls[1] == 1 + 20 * 9
    assert np.all(np.diff(result.values, axis=0) <= 0)
    method = zo.two_point(h=lambda t: 1e-3, delta=lambda t: 1e-3, law=law)
    result = zo.run(method, f, steps=20, seed=1, replicas=3)
    assert result.calls == method.calls[0] + 20 * method.calls[1] == 40


def test_two_point_returns_the_average_of_its_iterates():
    f = zo.problems.golovin_family(1, 8, 3, minimiser=0.3)
    method = zo.two_point(h=lambda t: 0.02, delta=lambda t: 0.1)
    visited = []
    for t, (state, _) in enumerate(zo.iterate(method, f, f.x0[None], zo.generator(4))):
        visited.append(state.x)
        if t == 12:
            break
    assert np.allclose(method.output(state), np.mean(visited[:-1], axis=0))  # x^1..x^k, without x^(k+1)


def test_radii_halve_from_R_to_r():
    grid = radii(3.0, 0.1)
    assert grid[0] == 3.0
    assert np.all(grid[:-1] / grid[1:] == 2)
    assert grid[-1] <= 0.1 < grid[-2]
    assert len(radii(8.0, 1.0)) == 4  # ceil(log2 8) = 3 exactly


def test_argmin_picks_per_replica():
    y = np.arange(24.0).reshape(2, 3, 4)
    best, value = argmin(y, np.array([[3.0, 1, 2], [0, 0, 5]]))
    assert np.array_equal(best, [y[0, 1], y[1, 0]])
    assert np.array_equal(value, [1, 0])


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: zo.gld_search(R=1.0, r=1.0), ValueError, "r must be smaller than R, got r = 1.0"),
        (lambda: zo.gld_search(R=1.0, r=2.0), ValueError, "r must be smaller than R"),
        (lambda: zo.gld_search(R=-1.0, r=0.1), ValueError, "R must be positive, got -1.0"),
        (lambda: zo.gld_search(R=1.0, r=0.0), ValueError, "r must be positive, got 0.0"),
        (lambda: zo.gld_search(R=np.inf, r=0.1), ValueError, "R must be finite"),
        (lambda: zo.gld_search(R="1", r=0.1), TypeError, "R must be a real number, got '1'"),
        (lambda: zo.gld_search(R=1.0, r=0.1, scale=-1.0), ValueError, "scale must be positive"),
        (lambda: zo.two_point(h=0.1, delta=lambda t: 1.0), TypeError, "h must be a function of the step t, got 0.1"),
        (lambda: zo.two_point(h=lambda t: 1.0, delta=1.0), TypeError, "delta must be a function"),
        (lambda: zo.geometry.euclidean_ball(0.0), ValueError, "radius must be positive"),
    ],
)
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(error, match=words):
        make()

"""Properties that every shipped method, or the methods of one kind, must have; one suite over all of them."""

from fractions import Fraction

import array_api_strict
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import zotheory as zo
from zotheory.directions import LAWS
from zotheory.measurements.spoiled import any_candidate
from zotheory.methods.accelerated_random_search import State as AcceleratedState
from zotheory.methods.accelerated_random_search import step as accelerated_step
from zotheory.methods.accelerated_random_search import weight
from zotheory.methods.adaptive_monte_carlo import State as AdaptiveState
from zotheory.methods.adaptive_monte_carlo import step as adaptive_step
from zotheory.methods.double_smoothing import step as double_smoothing_step
from zotheory.methods.gld_fast import State as GldFastState
from zotheory.methods.gld_fast import radii as gld_fast_radii
from zotheory.methods.gld_fast import step as gld_fast_step
from zotheory.methods.gld_search import State as GldState
from zotheory.methods.gld_search import radii
from zotheory.methods.gld_search import step as gld_step
from zotheory.methods.random_gradient_free import State as RandomGradientFreeState
from zotheory.methods.random_gradient_free import step as random_gradient_free_step
from zotheory.methods.two_point import State as TwoPointState
from zotheory.methods.two_point import step as two_point_step

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


def gld_fast(f, x, v):
    return gld_fast_step(f, GldFastState(x, f(x), 5), v)


def two_point(f, x, u, **hyper):
    return two_point_step(f, TwoPointState(x, x, 1), u, **({"h": 0.1, "delta": 0.5} | hyper))


def random_gradient_free(f, x, u, **hyper):
    return random_gradient_free_step(f, RandomGradientFreeState(x, x, 2.0, 1), u, **({"h": 0.1, "delta": 0.5} | hyper))


def double_smoothing(f, x, z, **hyper):
    return double_smoothing_step(f, TwoPointState(x, x, 1), z, **({"h": 0.1, "delta": 0.5, "eta": 0.7} | hyper))


def accelerated(f, x, u, *, apart=0.5, gamma=2.0, **hyper):
    hyper = {"h": 0.1, "theta": 0.05, "tau": 1.5, "delta": 0.5} | hyper
    return accelerated_step(f, AcceleratedState(x, x + apart * u, gamma), u, **hyper)


def adaptive(f, x, v):
    state = AdaptiveState(x, f(x), 0.2 * x, 0 * f(x) + 1, 0 * f(x) + 2)
    return adaptive_step(f, state, v, rate=0.3, patience=3, decay=0.5, cached=True)


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
    assert any_candidate(quadratic, GldState(np.full(D, 0.3), np.asarray(0.0)), v).fx > 0


def test_ties_keep_the_current_point():
    state = gld(lambda x: np.zeros(x.shape[:-1]), np.zeros(D), np.ones((K, D)))
    assert np.array_equal(state.x, np.zeros(D))


@given(points, displacements)
def test_gld_fast_steps_as_gld_search_does(x, v):
    """So its equivariance and its monotone acceptance are those of GLD-Search, on which they are tested."""
    fast, search = gld_fast(quadratic, x, v), gld(quadratic, x, v)
    assert np.array_equal(fast.x, search.x)
    assert fast.fx == search.fx
    assert fast.t == 6


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


pairs = hnp.arrays(float, (2, D), elements=reals)


@given(points, pairs, points)
def test_double_smoothing_translation(x, z, shift):
    moved = double_smoothing(lambda y: quadratic(y - shift), x + shift, z)
    assert np.allclose(moved.x, double_smoothing(quadratic, x, z).x + shift, atol=1e-9)


@given(points, pairs, st.integers(0, 99))
def test_double_smoothing_rotation(x, z, seed):
    q = rotation(seed)
    turned = double_smoothing(lambda y: quadratic(y @ q), x @ q.T, z @ q.T)
    assert np.allclose(turned.x, double_smoothing(quadratic, x, z).x @ q.T, atol=1e-9)


@given(points, pairs, positive, positive)
def test_double_smoothing_scaling_of_space_and_values(x, z, a, b):
    scaled = double_smoothing(lambda y: b * quadratic(y / a), a * x, z, h=0.1 * a * a / b, delta=0.5 * a, eta=0.7 * a)
    assert np.allclose(scaled.x, a * double_smoothing(quadratic, x, z).x, atol=1e-9)


@given(points, pairs)
def test_double_smoothing_is_two_point_from_the_smoothed_point(x, z):
    """With Z_1 = 0 it is the two-point step; with Z_1 it takes the two-point estimate at x + eta Z_1."""
    z[0] = 0
    assert np.array_equal(double_smoothing(quadratic, x, z).x, two_point(quadratic, x, z[1]).x)
    z[0] = 1
    away = two_point(quadratic, x + 0.7, z[1]).x - (x + 0.7)
    assert np.allclose(double_smoothing(quadratic, x, z).x - x, away, atol=1e-9)


@given(points, points, points)
def test_accelerated_random_search_translation(x, u, shift):
    moved, still = accelerated(lambda z: quadratic(z - shift), x + shift, u), accelerated(quadratic, x, u)
    assert np.allclose(moved.x, still.x + shift, atol=1e-9)
    assert np.allclose(moved.v, still.v + shift, atol=1e-9)


@given(points, points, st.integers(0, 99))
def test_accelerated_random_search_rotation(x, u, seed):
    q = rotation(seed)
    turned, still = accelerated(lambda z: quadratic(z @ q), x @ q.T, u @ q.T), accelerated(quadratic, x, u)
    assert np.allclose(turned.x, still.x @ q.T, atol=1e-9)
    assert np.allclose(turned.v, still.v @ q.T, atol=1e-9)


@given(points, points, positive, positive)
def test_accelerated_random_search_scaling_of_space_and_values(x, u, a, b):
    rates = {"h": 0.1 * a * a / b, "theta": 0.05 * a * a / b, "tau": 1.5 * b / a**2, "gamma": 2 * b / a**2}
    scaled = accelerated(lambda z: b * quadratic(z / a), a * x, u, delta=0.5 * a, apart=0.5 * a, **rates)
    still = accelerated(quadratic, x, u)
    assert np.allclose(scaled.x, a * still.x, rtol=1e-9, atol=1e-9)
    assert np.allclose(scaled.v, a * still.v, rtol=1e-9, atol=1e-9)
    assert np.isclose(scaled.gamma, b / a**2 * still.gamma)


@given(positive, positive, st.floats(0, 1))
def test_the_weight_solves_its_equation(gamma, theta, part):
    tau = part * min(gamma, 1 / theta)
    a = weight(gamma, theta=theta, tau=tau)
    assert 0 < a <= 1 + 1e-12
    assert np.isclose(a**2 / theta, (1 - a) * gamma + a * tau)


def test_accelerated_random_search_stays_at_gamma_tau_and_starts_there():
    method = zo.accelerated_random_search(h=0.1, theta=0.04, tau=1.5, delta=0.5)
    state = method.init(quadratic, np.ones(D))
    assert state.gamma == 1.5
    assert np.isclose(method.step(quadratic, state, np.ones(D)).gamma, 1.5)
    method = zo.accelerated_random_search(h=0.1, theta=0.04, tau=0.0, delta=0.5)
    assert np.isclose(method.init(quadratic, np.ones(D)).gamma, 4.0)  # theta/h^2


@given(points, points)
def test_random_gradient_free_steps_as_two_point_does(x, u):
    """So its equivariance, and its projection, are those of the two-point method, on which they are tested."""
    for mirror in (zo.geometry.euclidean, zo.geometry.euclidean_ball(1.5, centre=0.2)):
        ours, theirs = (step(quadratic, x, u, mirror=mirror) for step in (random_gradient_free, two_point))
        assert np.array_equal(ours.x, theirs.x)


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
    return {
        "gld_search": (gld, x, v),
        "gld_fast": (gld_fast, x, v),
        "two_point": (two_point, x, u),
        "random_gradient_free": (random_gradient_free, x, u),
        "double_smoothing": (double_smoothing, x, v[..., :2, :]),
        "accelerated_random_search": (accelerated, x, u),
        "adaptive_monte_carlo": (adaptive, x, u),
    }


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


def spent(run):
    """Evaluations that the method asked for."""
    return run.calls - run.looks


@pytest.mark.parametrize("d", [1, 2, 33])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_runs_at_any_dimension_with_any_law_and_counts_its_calls(law, d):
    f = zo.problems.golovin_family(1, 8, d, minimiser=0.3)
    method = zo.gld_search(R=2.0, r=1e-2, law=law)
    result = zo.run(method, f, steps=20, seed=1, replicas=3)
    assert spent(result) == method.calls[0] + 20 * method.calls[1] == 1 + 20 * 9
    assert np.all(np.diff(result.values, axis=0) <= 0)
    method = zo.gld_fast(R=0.25, Q=8.0, H=6, law=law)
    result = zo.run(method, f, steps=20, seed=1, replicas=3)
    assert spent(result) == 1 + 20 * 9
    assert np.all(np.diff(result.values, axis=0) <= 0)
    method = zo.two_point(h=lambda t: 1e-3, delta=lambda t: 1e-3, law=law)
    result = zo.run(method, f, steps=20, seed=1, replicas=3)
    assert spent(result) == method.calls[0] + 20 * method.calls[1] == 40
    assert spent(zo.run(ars(h=1e-3, theta=1e-5, law=law), f, steps=20, seed=1, replicas=3)) == 40
    small = {name: lambda t: 1e-3 for name in ("h", "delta", "eta")}
    for first in (None, LAWS["ball"]):
        method = zo.double_smoothing(**small, law=law, first=first)
        assert spent(zo.run(method, f, steps=20, seed=1, replicas=3)) == 40


def test_two_point_returns_the_average_of_its_iterates():
    f = zo.problems.golovin_family(1, 8, 3, minimiser=0.3)
    method = zo.two_point(h=lambda t: 0.02, delta=lambda t: 0.1)
    visited = []
    for t, (state, _) in enumerate(zo.iterate(method, f, replicas=1, seed=4)):
        visited.append(state.x)
        if t == 12:
            break
    assert np.allclose(method.output(state), np.mean(visited[:-1], axis=0))  # x^1..x^k, without x^(k+1)


@pytest.mark.parametrize("average", [True, False])
def test_random_gradient_free_returns_the_weighted_mean_or_the_last_iterate(average):
    f = zo.problems.golovin_family(1, 8, 3, minimiser=0.3)
    sizes = 0.05 / np.sqrt(np.arange(1, 14))
    method = zo.random_gradient_free(h=lambda k: sizes[k], delta=0.1, average=average)
    visited = []
    for state, counted in zo.iterate(method, f, replicas=1, seed=4):
        visited.append(state.x)
        if counted.spent == 24:
            break
    mean = np.average(visited[:-1], axis=0, weights=sizes[:12])  # x_0..x_{k-1}, without x_k
    assert np.allclose(method.output(state), mean if average else visited[-1])
    assert len(visited) == 13
    assert set(method.vectors) == ({"x", "mean"} if average else {"x"})


def test_radii_halve_from_R_to_r():
    grid = radii(3.0, 0.1)
    assert grid[0] == 3.0
    assert np.all(grid[:-1] / grid[1:] == 2)
    assert grid[-1] <= 0.1 < grid[-2]
    assert len(radii(8.0, 1.0)) == 4  # ceil(log2 8) = 3 exactly


@pytest.mark.parametrize(("Q", "K"), [(1, 2), (1.01, 3), (4, 3), (4.01, 4), (8, 4), (16, 4), (100, 6), (1e4, 9)])
def test_radii_of_gld_fast_reach_4_roots_of_Q_both_ways(Q, K):
    grid = gld_fast_radii(3.0, Q)
    assert len(grid) == 2 * K + 1
    assert grid[K] == 3.0
    assert np.all(grid[:-1] / grid[1:] == 2)
    assert grid[0] >= 3.0 * 4 * np.sqrt(Q) > grid[1]
    assert grid[-1] <= 3.0 / (4 * np.sqrt(Q)) < grid[-2]


def test_gld_fast_halves_its_radii_at_every_H_th_step():
    seen = []

    def f(x):
        seen.append(np.max(np.abs(x)))
        return np.ones(x.shape[:-1])  # nothing is ever better, so every candidate is a displacement

    method = zo.gld_fast(R=1.0, Q=4.0, H=3, law=LAWS["rademacher"], scale=1.0)
    state, rng = method.init(f, np.zeros(2)), zo.generator(0)
    for _ in range(8):
        state = method.step(f, state, method.draw(rng, state, 2))
    assert seen == [0.0, 8.0, 8.0, 4.0, 4.0, 4.0, 2.0, 2.0, 2.0]  # the start, t = 1..8, R halved at t = 3 and t = 6


def ars(**changes):
    return zo.accelerated_random_search(**({"h": 0.1, "theta": 0.1, "tau": 1.0, "delta": 0.1} | changes))


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
        (lambda: zo.gld_fast(R=0.0, Q=2.0, H=3), ValueError, "R must be positive, got 0.0"),
        (lambda: zo.gld_fast(R=1.0, Q=0.5, H=3), ValueError, "Q must be at least 1, got 0.5"),
        (lambda: zo.gld_fast(R=1.0, Q=2.0, H=0), ValueError, "H must be a whole number, at least 1, got 0"),
        (lambda: zo.gld_fast(R=1.0, Q=2.0, H=2.5), TypeError, "H must be an integer, got 2.5"),
        (lambda: zo.gld_fast(R=1.0, Q=2.0, H=3, scale=0.0), ValueError, "scale must be positive"),
        (
            lambda: zo.two_point(h=0.1, delta=lambda t: 1.0),
            TypeError,
            "h must be a function of the step t, such as .*, got 0.1",
        ),
        (lambda: zo.two_point(h=lambda t: 1.0, delta=1.0), TypeError, "delta must be a function"),
        (lambda: zo.double_smoothing(h=0.1, delta=abs, eta=abs), TypeError, "h must be a function of the step t"),
        (lambda: zo.double_smoothing(h=abs, delta=abs, eta=None), TypeError, "eta must be a function of the step t"),
        (lambda: ars(h=0.0), ValueError, "h must be positive, got 0.0"),
        (lambda: ars(theta=-1.0), ValueError, "theta must be positive, got -1.0"),
        (lambda: ars(delta=0.0), ValueError, "delta must be positive, got 0.0"),
        (lambda: ars(tau=-1.0), ValueError, "tau must be non-negative, got -1.0"),
        (lambda: ars(gamma0=0.0), ValueError, "gamma0 must be positive, got 0.0"),
        (lambda: ars(gamma0=0.5), ValueError, "gamma0 must be at least tau, got gamma0 = 0.5 and tau = 1.0"),
        (lambda: zo.random_gradient_free(h=0.1, delta=1.0), TypeError, "h must be a function of the step"),
        (lambda: zo.random_gradient_free(h=lambda k: 1.0, delta=0.0), ValueError, "delta must be positive, got 0.0"),
        (lambda: zo.geometry.euclidean_ball(0.0), ValueError, "radius must be positive"),
    ],
)
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(error, match=words):
        make()


SCHEDULES = {
    "h of two_point": lambda h: zo.two_point(h=h, delta=lambda t: 0.1),
    "delta of two_point": lambda delta: zo.two_point(h=lambda t: 0.1, delta=delta),
    "eta of double_smoothing": lambda eta: zo.double_smoothing(h=lambda t: 0.1, delta=lambda t: 0.1, eta=eta),
    "h of random_gradient_free": lambda h: zo.random_gradient_free(h=h, delta=0.1),
    "alpha of three_point": lambda alpha: zo.three_point(radius=alpha),
}


@pytest.mark.parametrize("what", SCHEDULES)
@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (-1.0, ValueError, "must be (positive|non-negative), got -1.0"),
        (np.nan, ValueError, "must be finite, got nan"),
        (np.float64(np.inf), ValueError, "must be finite, got inf"),
        (10**400, OverflowError, "must be representable in double precision, got 1000"),
        ("0.1", TypeError, "must be a real number, got '0.1'"),
        (None, TypeError, "must be a real number, got None"),
        (True, TypeError, "must be a real number, got True"),
        (np.full(3, 0.1), TypeError, r"must be one number, got an array of shape \(3,\)"),
    ],
)
def test_the_value_of_a_schedule_is_checked_in_its_step(what, value, error, words):
    method = SCHEDULES[what](lambda t: 0.1 if t < 3 else value)
    with pytest.raises(error, match=rf"^{what.split()[0]}\(3\) {words}"):
        zo.run(method, lambda x: np.vecdot(x, x), x0=np.ones(3), steps=5)


@pytest.mark.parametrize("what", SCHEDULES)
def test_only_the_first_radius_of_double_smoothing_may_vanish(what):
    """A step size of 0 stands still, a difference over 0 is none; without smoothing it is two-point descent."""
    method = SCHEDULES[what](lambda t: 0.0)
    if what == "eta of double_smoothing":
        assert zo.run(method, lambda x: np.vecdot(x, x), x0=np.ones(3), steps=5).calls >= 10
    else:
        with pytest.raises(ValueError, match=r"\([01]\) must be positive, got 0.0"):
            zo.run(method, lambda x: np.vecdot(x, x), x0=np.ones(3), steps=5)


def test_numbers_of_any_kind_make_the_same_run():
    """As integers of eight bits, fractions and arrays of no axis they would wrap around, or spread."""
    f = zo.problems.golovin_family(1, 8, 3, minimiser=0.3)
    for value, kinds in ((0.5, (np.float16, np.array, Fraction)), (200, (np.uint8, np.int64, np.array, Fraction))):
        expected = zo.run(zo.gld_search(R=value, r=0.25), f, steps=3, seed=1).x
        for kind in kinds:
            assert np.array_equal(zo.run(zo.gld_search(R=kind(value), r=0.25), f, steps=3, seed=1).x, expected)

"""Mirror maps: their steps against an independent optimiser and the optimality conditions, and what they promise."""

from functools import partial

import array_api_strict
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import optimize

import zotheory as zo
from zotheory import geometry as zg
from zotheory.directions import rademacher
from zotheory.theorems.two_point import smoothing_radius, step_size
from zotheory.theorems.two_point_corollaries import l1_moments, l1_prescribed, l1_reach

D = 4
RADIUS = 1.5
reals = st.floats(-3, 3, allow_subnormal=False).map(lambda v: round(v, 6))
vectors = hnp.arrays(float, D, elements=reals)
sizes = st.floats(0.01, 100)
powers = st.sampled_from([None, 1.1, 1.5, 2.0])


def in_ball(x):
    return RADIUS * x / max(np.sum(np.abs(x)), 1e-9) * 0.9


def in_simplex(x):
    weights = np.exp(x)
    return weights / weights.sum()


def p_of(mirror):
    return mirror.prox.keywords["p"]


def p_divergence(y, x, p):
    def psi(v):
        return np.linalg.norm(v, ord=p, axis=-1) ** 2 / (2 * (p - 1))

    return psi(y) - psi(x) - np.vecdot(zg.p_gradient(x, p), y - x)


def entropy_divergence(y, x):
    return np.sum(np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / x), 0), axis=-1)


# --- the step is the minimiser ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [1.2, 1.5, 2.0])
@pytest.mark.parametrize("h", [0.05, 0.5, 3.0])
def test_p_norm_step_minimises(p, h):
    """Against SLSQP on y = positive part - negative part."""
    rng = np.random.default_rng(3)
    mirror = zg.p_norm(RADIUS, D, p)
    x, g = in_ball(rng.standard_normal(D)), rng.standard_normal(D)

    def objective(split):
        y = split[:D] - split[D:]
        return h * g @ y + p_divergence(y, x, p)

    start = np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)]) + 0.01
    ball = {"type": "ineq", "fun": lambda split: RADIUS - split.sum()}
    options = {"ftol": 1e-14, "maxiter": 500}
    found = optimize.minimize(
        objective, start, bounds=[(0, None)] * (2 * D), constraints=ball, method="SLSQP", options=options
    )
    y = mirror.prox(x, g, h)
    assert h * g @ y + p_divergence(y, x, p) <= found.fun + 1e-9
    assert np.allclose(y, found.x[:D] - found.x[D:], atol=1e-3)


@pytest.mark.filterwarnings("ignore:Values in x were outside bounds")  # what SLSQP of SciPy 1.15 says of rounding
@pytest.mark.parametrize("h", [0.05, 0.5, 3.0])
def test_entropy_step_minimises(h):
    rng = np.random.default_rng(3)
    x, g = in_simplex(rng.standard_normal(D)), rng.standard_normal(D)
    unit = {"type": "eq", "fun": lambda y: y.sum() - 1}
    found = optimize.minimize(
        lambda y: h * g @ y + entropy_divergence(y, x), x, bounds=[(1e-12, 1)] * D, constraints=unit, method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )  # fmt: skip
    y = zg.entropy().prox(x, g, h)
    assert h * g @ y + entropy_divergence(y, x) <= found.fun + 1e-9
    assert np.allclose(y, found.x, atol=1e-4)


@given(vectors, vectors, sizes, powers)
def test_p_norm_step_is_optimal_and_stays_inside(x, g, h, p):
    """<h g + grad psi(y) - grad psi(x), z - y> >= 0 at every vertex z."""
    mirror = zg.p_norm(RADIUS, D, p)
    x = in_ball(x)
    y = mirror.prox(x, g, h)
    assert np.sum(np.abs(y)) <= RADIUS * (1 + 1e-12)
    assert mirror.contains(y)
    slope = h * g + zg.p_gradient(y, p_of(mirror)) - zg.p_gradient(x, p_of(mirror))
    size = 1 + np.max(np.abs(h * g))
    assert slope @ y + RADIUS * np.max(np.abs(slope)) <= 1e-6 * size


class Counting:
    """NumPy, counting how often it is asked whether all rows are done: once a step of Newton's method."""

    def __init__(self):
        self.asked = 0

    def __getattr__(self, name):
        self.asked += name == "all"
        return getattr(np, name)


@pytest.mark.parametrize("p", [1.1, 1.3, 1.7, 2.0])
def test_newtons_method_needs_few_steps_and_the_bracket_none_of_them(p, monkeypatch):
    """A slope that is wrong leaves the work to bisection, which takes 45 steps to the same digits."""
    rng = np.random.default_rng(6)
    for d in (4, 60):
        mirror = zg.p_norm(RADIUS, d, p)
        x = rng.standard_normal((20, d))
        x *= 0.9 * RADIUS / np.sum(np.abs(x), axis=-1, keepdims=True)
        counting = Counting()
        with monkeypatch.context() as patched:
            patched.setattr(zg, "namespace", lambda _, counting=counting: counting)
            mirror.prox(x, rng.standard_normal((20, d)), 3.0)
        assert 1 < counting.asked <= 8


@given(vectors, vectors, sizes)
def test_entropy_step_stays_inside(x, g, h):
    y = zg.entropy().prox(in_simplex(x), 1e3 * g, h)
    assert np.all(y >= 0)
    assert np.sum(y) == pytest.approx(1, abs=1e-12)


@given(vectors, vectors, st.floats(0.01, 5), st.floats(-5, 5))
def test_entropy_step_is_multiplicative(x, g, h, shift):
    x = in_simplex(x)
    y = zg.entropy().prox(x, g, h)
    weights = x * np.exp(-h * g)
    assert np.allclose(y, weights / weights.sum(), rtol=1e-9)
    assert np.allclose(y, zg.entropy().prox(x, g + shift, h), rtol=1e-7)


def test_entropy_keeps_zeros_and_survives_extremes():
    y = zg.entropy().prox(np.array([0.0, 0.5, 0.5]), np.array([-1e8, 0.0, 1e8]), 1.0)
    assert np.array_equal(y, [0.0, 1.0, 0.0])


# --- special cases and symmetries ------------------------------------------------------------------------------------


@given(vectors, vectors, st.floats(0.01, 1))
def test_p_2_is_euclidean_with_the_projection_on_the_l1_ball(x, g, h):
    x = in_ball(x)
    y, free = zg.p_norm(RADIUS, D, 2.0).prox(x, g, h), x - h * g
    if np.sum(np.abs(free)) <= RADIUS:
        assert np.allclose(y, free, atol=1e-12)
    else:  # the threshold that sorting finds
        sizes = np.sort(np.abs(free))[::-1]
        levels = (np.cumsum(sizes) - RADIUS) / np.arange(1, D + 1)
        level = levels[np.nonzero(sizes > levels)[0][-1]]
        assert np.allclose(y, np.sign(free) * np.maximum(np.abs(free) - level, 0), atol=1e-9)


@given(vectors, vectors, st.permutations(range(D)), hnp.arrays(float, D, elements=st.sampled_from([-1.0, 1.0])), powers)
def test_p_norm_commutes_with_permutations_and_signs(x, g, order, signs, p):
    mirror, x = zg.p_norm(RADIUS, D, p), in_ball(x)
    y = mirror.prox(x, g, 0.5)
    assert np.allclose(mirror.prox(x[order] * signs, g[order] * signs, 0.5), y[order] * signs, atol=1e-9)


@given(vectors, vectors, sizes, powers)
def test_p_norm_scales(x, g, a, p):
    x = in_ball(x)
    big = zg.p_norm(a * RADIUS, D, p).prox(a * x, a * g, 0.5)
    assert np.allclose(big, a * zg.p_norm(RADIUS, D, p).prox(x, g, 0.5), atol=1e-9 * a)


@given(vectors, st.sampled_from([1.1, 1.4, 2.0]))
def test_gradients_of_dual_exponents_are_inverse(x, p):
    assert np.allclose(zg.p_gradient(zg.p_gradient(x, p), p / (p - 1)), x, atol=1e-7)


@pytest.mark.parametrize("p", [1.3, 2.0])
def test_a_row_that_rests_at_the_centre_beside_one_that_moves(p):
    x, g = np.zeros((2, D)), np.zeros((2, D))
    g[1] = [5.0, -3.0, 1.0, 0.0]
    mirror = zg.p_norm(RADIUS, D, p)
    both = mirror.prox(x, g, 1.0)
    np.testing.assert_array_equal(both[0], 0)
    np.testing.assert_array_equal(both[1], mirror.prox(x[1], g[1], 1.0))


def test_steps_of_a_batch_are_those_of_its_rows():
    rng = np.random.default_rng(0)
    g = rng.standard_normal((6, 3, D))
    for mirror, x in (
        (zg.p_norm(RADIUS, D), np.apply_along_axis(in_ball, -1, rng.standard_normal((6, 3, D)))),
        (zg.entropy(), np.apply_along_axis(in_simplex, -1, rng.standard_normal((6, 3, D)))),
    ):
        x.flags.writeable = g.flags.writeable = False
        y = mirror.prox(x, g, 0.7)
        assert y.shape == x.shape
        assert np.allclose(y[2, 1], mirror.prox(x[2, 1], g[2, 1], 0.7), atol=1e-12)


@pytest.mark.parametrize("mirror", [zg.p_norm(RADIUS, D), zg.entropy()], ids=lambda m: m.name)
def test_steps_run_on_other_array_libraries(mirror):
    x, g = np.full(D, 1 / D), np.array([1.0, -2.0, 0.5, 3.0])
    found = mirror.prox(array_api_strict.asarray(x), array_api_strict.asarray(g), 0.7)
    assert np.allclose(np.asarray(found), mirror.prox(x, g, 0.7))


# --- strong convexity and reach --------------------------------------------------------------------------------------


@given(vectors, vectors, powers)
def test_divergences_are_strongly_convex_and_within_reach(x, y, p):
    x, y = in_ball(x), in_ball(y)
    mirror = zg.p_norm(RADIUS, D, p)
    p = p_of(mirror)
    value = p_divergence(y, x, p)
    assert value >= np.linalg.norm(y - x, ord=p) ** 2 / 2 - 1e-9
    assert value <= mirror.reach(y) ** 2 / 2 + 1e-9
    assert mirror.reach(y) <= l1_reach(radius=RADIUS, d=D) + 1e-9 or p != p_of(zg.p_norm(RADIUS, D))
    x, y = in_simplex(x), in_simplex(y)
    assert entropy_divergence(y, x) >= np.sum(np.abs(y - x)) ** 2 / 2 - 1e-12
    assert entropy_divergence(y, np.full(D, 1 / D)) <= np.log(D) + 1e-12


def test_reach_is_attained_between_opposite_vertices():
    mirror = zg.p_norm(RADIUS, D)
    vertex = RADIUS * np.eye(D)[0]
    assert p_divergence(vertex, -vertex, p_of(mirror)) == pytest.approx(mirror.reach(vertex) ** 2 / 2)
    assert mirror.reach(vertex) == pytest.approx(l1_reach(radius=RADIUS, d=D))
    assert zg.entropy().reach(vertex) == np.inf


@pytest.mark.parametrize("d", [1, 2, 10, 1000])
def test_the_default_exponent(d):
    mirror = zg.p_norm(1.0, d)
    assert p_of(mirror) == 1 + 1 / max(1, np.log(2 * d))
    s, M = l1_moments(d)
    q = 1 + zg.dual_size(d)
    z = np.ones(d)
    assert s == pytest.approx(d * np.linalg.norm(z, ord=q) ** 2)
    assert s < np.e**2 * d
    assert pytest.approx(np.linalg.norm(z, ord=p_of(mirror)) ** 2 * np.linalg.norm(z, ord=q)) == M


# --- starts and errors -----------------------------------------------------------------------------------------------

EDGE = np.concatenate([np.eye(D), -np.eye(D), np.full((1, D), 1 / 2), [[0.1, -0.7, 0.5, -0.5]]])  # on the unit sphere
FLAT = EDGE / np.sum(np.abs(EDGE), axis=-1, keepdims=True)  # on the unit l1 sphere
CENTRE = np.array([3.0, -1.0, 0.5, 0.0])
TILT = np.array([1.0, -1.0, 0.0, 0.0])
DOMAINS = {  # t -> points on the boundary for t = 0, as far beyond it, relative to its size, as t
    "ball": (zg.euclidean_ball(RADIUS), lambda t: RADIUS * (1 + t) * EDGE),
    "ball about a centre": (zg.euclidean_ball(RADIUS, CENTRE), lambda t: CENTRE + RADIUS * (1 + t) * EDGE),
    "l1 ball": (zg.p_norm(RADIUS, D), lambda t: RADIUS * (1 + t) * FLAT),
    "simplex, sum too large": (zg.entropy(), lambda t: (1 + t) * np.abs(FLAT)),
    "simplex, sum too small": (zg.entropy(), lambda t: (1 - t) * np.abs(FLAT)),
    "simplex, a sign": (zg.entropy(), lambda t: np.eye(D)[:1] + t * TILT),
}


@pytest.mark.parametrize(("mirror", "points"), DOMAINS.values(), ids=DOMAINS)
def test_a_domain_ends_at_its_boundary(mirror, points):
    """A batch lies in it if every row does; rounding alone leads nowhere."""
    for inside in (0.0, zg.SLACK / 2):
        assert mirror.contains(points(inside))
    for outside in (3 * zg.SLACK, 1e-6, 0.5):
        for x in points(outside):
            assert not mirror.contains(x)
            batch = np.stack([points(0.0)[0], x])
            assert not mirror.contains(batch)
            assert not mirror.contains(batch[::-1])
    assert zg.euclidean.contains(1e300 * EDGE)


def test_slack_itself_is_within():
    axis = np.eye(D)[0] * RADIUS * (1 + zg.SLACK)
    assert zg.euclidean_ball(RADIUS).contains(axis)
    assert zg.p_norm(RADIUS, D).contains(axis)
    assert zg.entropy().contains(np.array([1 + zg.SLACK, -zg.SLACK, 0.0, 0.0]))


OUTSIDE = {
    "ball": (zg.euclidean_ball(1.0, centre=0.5), np.full(D, 2.0)),
    "l1 ball": (zg.p_norm(1.0, D), np.full(D, 0.26)),
    "simplex, sum": (zg.entropy(), np.full(D, 0.3)),
    "simplex, sign": (zg.entropy(), np.array([1.1, -0.1, 0.0, 0.0])),
}
METHODS = {
    "two_point": lambda mirror: zo.two_point(h=lambda t: 0.1, delta=lambda t: 0.1, mirror=mirror),
    "random_gradient_free": lambda mirror: zo.random_gradient_free(h=lambda k: 0.1, delta=0.1, mirror=mirror),
    "double_smoothing": lambda mirror: zo.methods.double_smoothing(
        h=lambda t: 0.1, delta=lambda t: 0.1, eta=lambda t: 0.1, mirror=mirror
    ),
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
@pytest.mark.parametrize(("mirror", "x0"), OUTSIDE.values(), ids=OUTSIDE)
def test_a_start_outside_the_domain_is_refused(method, mirror, x0):
    with pytest.raises(ValueError, match=r"^x0 must lie in the domain .*, got \["):
        zo.run(method(mirror), lambda x: np.sum(x, axis=-1), x0=x0, steps=1)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
@pytest.mark.parametrize(
    ("mirror", "x0"),
    [(zg.euclidean_ball(1.0), np.eye(D)[0]), (zg.p_norm(1.0, D), -np.eye(D)[1]), (zg.entropy(), np.full(D, 1 / D))],
    ids=["ball", "l1 ball", "simplex"],
)
def test_runs_stay_in_the_domain(method, mirror, x0):
    result = zo.run(method(mirror), lambda x: np.sum((x - 0.4) ** 2, axis=-1), x0=x0, steps=5, replicas=3)
    assert mirror.contains(result.x)


@pytest.mark.parametrize("p", [1.0, 0.5, 2.5])
def test_other_exponents_are_refused(p):
    with pytest.raises(ValueError, match=r"^p must be (larger than 1|at most 2), got"):
        zg.p_norm(1.0, D, p)


@pytest.mark.parametrize("method", [zo.two_point, zo.double_smoothing, zo.random_gradient_free])
def test_what_is_no_mirror_is_refused(method):
    rest = {"eta": abs} if method is zo.double_smoothing else {}
    delta = 0.1 if method is zo.random_gradient_free else abs
    with pytest.raises(TypeError, match="mirror must be a Mirror"):
        method(h=abs, delta=delta, mirror=zg.entropy, **rest)


def test_other_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"^radius must be positive, got 0"):
        zg.p_norm(0, D)
    with pytest.raises(TypeError, match=r"^d must be an integer"):
        zg.p_norm(1.0, 2.5)


# --- what the geometry is for ----------------------------------------------------------------------------------------


def test_the_p_norm_beats_the_euclidean_geometry_where_the_solution_is_a_vertex():
    """Same problem, same domain, each geometry with the steps of its own theorem."""
    d, k = 100, 300
    problem = zo.problems.SignLinear(np.eye(d)[7], radius=1.0)
    small = l1_prescribed(radius=1.0, G=1.0, L1=1.0, d=d, u=0.1)
    G, s = problem.L0, float(rademacher.second_moment(d))
    flat = zo.two_point(
        h=partial(step_size, R=2.0, G=G, s=s),
        delta=partial(smoothing_radius, G=G, L1=1.0, s=s, M=float(rademacher.third_norm_moment(d)), u=0.1),
        mirror=zg.p_norm(1.0, d, 2.0),
        law=rademacher,
    )
    gaps = [
        np.mean(zo.run(m, problem, steps=k, replicas=4, record=[k]).values[0] - problem.f_star) for m in (small, flat)
    ]
    assert gaps[0] < gaps[1]

"""What reduced coordinates refuse, each beside a true twin that they must take."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pytest

import zotheory as zo
from zotheory import estimators, reduced
from zotheory.directions import ball, rademacher, sphere
from zotheory.methods import Method
from zotheory.oracles import Expected, Noisy, expand_like
from zotheory.reduced.equivariance import placing
from zotheory.reduced.invariance import Turn
from zotheory.reduced.watch import due

D = 10**6
ONE = (D,)


def axis(length, i=0, by=1.0):
    e = np.zeros(length)
    e[i] = by
    return e


def squares(x):
    return np.sum(x * x, axis=-1)


@dataclass
class Function:
    """A user's problem: a formula and a start."""

    f: Any
    x0: Any
    d: int = D

    def __call__(self, x):
        return self.f(x)


class State(NamedTuple):
    x: Any
    v: Any = 0


def gaussian_draw(rng, state, d):
    return rng.standard_normal((*state.x.shape[:-1], d))


def slope(f, x, u):
    return estimators.two_point(f, x, u, 1e-3)


def descend(f, state, u):
    return State(state.x - 1e-7 * slope(f, state.x, u), state.v)


def method(step=descend, draw=gaussian_draw, vectors=("x",), init=lambda f, x0: State(x0), **options):
    return Method("mine", init, draw, step, options.pop("output", lambda s: s.x), (0, 2), vectors, **options)


def with_v(step, vectors=("x",), v=lambda x0: 0 * x0, **options):
    return method(step, vectors=vectors, init=lambda f, x0: State(x0, v(x0)), **options)


def on(f, start=0, sizes=ONE):
    return lambda width: Function(f, axis(len(sizes) * width, start), sum(sizes))


SQUARES = on(squares)


def tried(build, sizes, used, fixed=0, run=None, steps=20):
    problem = reduced.reduce(build, sizes, used, fixed=fixed)
    return zo.run(used if run is None else run, problem, steps=steps, replicas=7, seed=1)


# --- problems ---------------------------------------------------------------------------------------------------------

INVARIANT = "not rotation invariant on block"
MORE = "The values agree where {} axes stay"
WRITTEN = "depends on how many coordinates are written"
BAD_PROBLEMS = {
    "one direction, off the origin": (on(lambda x: (np.sum(x, axis=-1) - 3) ** 2), ONE, 0, INVARIANT),
    "signs": (on(lambda x: np.sum(abs(x), axis=-1)), ONE, 0, INVARIANT),
    "curvatures within a block": (on(lambda x: x[..., 0] ** 2 + 2 * squares(x[..., 1:])), ONE, 0, MORE.format(1)),
    "a forgotten minimiser": (on(lambda x: squares(x - axis(x.shape[-1]))), ONE, 0, MORE.format(1)),
    "a second fixed vector": (on(lambda x: squares(x) + x[..., 1], 2), ONE, 1, MORE.format(2)),
    "a small ripple": (on(lambda x: squares(x) + 1e-6 * np.sum(np.sin(1e3 * x), axis=-1)), ONE, 0, INVARIANT),
    "beside a large constant": (on(lambda x: squares(x) + x[..., 0] ** 2 + 1e6), ONE, 0, MORE.format(1)),
    "a mean over coordinates": (on(lambda x: np.mean(x * x, axis=-1)), ONE, 0, WRITTEN),
    "the second block": (
        on(lambda x: squares(x) + abs(x[..., x.shape[-1] // 2]), sizes=(5, D)),
        (5, D),
        0,
        "on block 1, of 1000000 dimensions",
    ),
    "the sign of a block of one axis": (on(lambda x: squares(x) + x[..., 0], sizes=(1, D)), (1, D), 0, INVARIANT),
    "no dimension but the written one": (lambda width: Function(squares, axis(width), width), ONE, 0, "must state d ="),
    "blocks of another number": (
        lambda width: Function(squares, axis(width)),
        (D // 2, D // 2),
        0,
        "for each of 2 blocks",
    ),
    "an axis that a block has not": (on(squares, 1, (1, D)), (1, D), 0, "must be 0 on axes that a block has not"),
    "a start off the first axes": (
        lambda width: Function(squares, np.ones(width)),
        ONE,
        0,
        "x0 must lie along the first 1",
    ),
}


@pytest.mark.parametrize("name", BAD_PROBLEMS)
def test_problem_refused(name):
    build, sizes, fixed, words = BAD_PROBLEMS[name]
    with pytest.raises(ValueError, match=words):
        reduced.reduce(build, sizes, method(), fixed=fixed)


GOOD_PROBLEMS = {
    "a fixed direction": (on(lambda x: squares(x) + (x[..., 0] - 3) ** 2, 1), ONE, 1),
    "a norm": (on(lambda x: np.sqrt(squares(x))), ONE, 0),
    "a large constant": (on(lambda x: squares(x) + 1e12), ONE, 0),
    "more axes held than needed": (on(squares, 2), ONE, 2),
    "blocks of 1, 2 and 3 axes": (on(squares, sizes=(1, 2, 3)), (1, 2, 3), 0),
    "a fixed block of one axis": (on(lambda x: squares(x) + x[..., 0], 4, (1, D)), (1, D), 1),
    "blocks that enter apart": (on(lambda x: squares(x[..., : x.shape[-1] // 2]) ** 2, sizes=(D, D)), (D, D), 0),
    "no d of its own": (lambda width: Function(squares, axis(width), D), ONE, 0),
    "a discontinuity": (on(lambda x: squares(x) + np.floor(squares(x))), ONE, 0),
}


@pytest.mark.parametrize("name", GOOD_PROBLEMS)
def test_problem_taken(name):
    build, sizes, fixed = GOOD_PROBLEMS[name]
    assert np.all(np.isfinite(tried(build, sizes, method(), fixed).values))


def test_the_problem_is_looked_at_where_the_run_goes():
    """Invariant near the start only: |x| up to 30, and the largest coordinate added beyond."""

    def f(x):
        return squares(x) + np.maximum(np.max(abs(x), axis=-1) - 30, 0)

    away = method(lambda f, s, u: State(s.x * 1.5 + 0 * slope(f, s.x, 1e-3 * u)))
    problem = reduced.reduce(on(f), ONE, away)
    zo.run(away, problem, steps=8, seed=1)
    with pytest.raises(ValueError, match=INVARIANT):
        zo.run(away, problem, steps=12, seed=1)


def test_what_is_wrapped_later_is_looked_at_too():
    problem = reduced.reduce(SQUARES, ONE, method())
    tilted = replace(problem, problem=Function(lambda x: squares(x) + x[..., 1], axis(2)))
    with pytest.raises(ValueError, match=INVARIANT):
        zo.run(method(), tilted, steps=2, seed=1)


# --- methods ----------------------------------------------------------------------------------------------------------

EQUIVARIANT = "is not rotation equivariant"
ONLY = r"vectors are to come from rng.standard_normal"
NAMED = r"depends on vectors that are not turned with \('x',\): .* changes where state.v"
SELECTS = "must keep at most one of its candidates"


def momentum(f, s, u):
    v = 0.9 * s.v - 1e-7 * slope(f, s.x, u)
    return State(s.x + v, v)


def adam(f, s, u):
    g = slope(f, s.x, u)
    v = 0.9 * s.v + 0.1 * g**2
    return State(s.x - 1e-3 * g / np.sqrt(v + 1e-8), v)


def drawing(law):
    return method(lambda f, s, u: State(s.x + 1e-3 * u), lambda rng, s, d: law(rng, s.x.shape[:-1], d))


def candidates(count):
    return lambda rng, s, d: 1e-3 * rng.standard_normal((*s.x.shape[:-1], count, d))


def moved(f, s, v):
    return s.x[..., None, :] + v


def best(f, s, v, kept=1):
    y = moved(f, s, v)
    order = np.argsort(f(y), axis=-1)[..., :kept, None]
    return State(np.mean(np.take_along_axis(y, order, axis=-2), axis=-2))


def selecting(step, count=5, **options):
    return method(step, candidates(count), selects=True, **options)


OWN = np.random.default_rng(0)
BAD_METHODS = {
    "signs": (method(lambda f, s, u: State(s.x - 1e-3 * np.sign(slope(f, s.x, u)))), EQUIVARIANT),
    "clipping": (method(lambda f, s, u: State(s.x - 1e-3 * np.clip(slope(f, s.x, u), -1, 1))), EQUIVARIANT),
    "the largest coordinate": (
        method(lambda f, s, u: State(s.x + u / np.max(abs(u), axis=-1, keepdims=True))),
        EQUIVARIANT,
    ),
    "an axis": (method(lambda f, s, u: State(s.x - 1e-3 * axis(s.x.shape[-1]))), EQUIVARIANT),
    "a shift of every coordinate": (method(lambda f, s, u: State(s.x + 1e-3)), WRITTEN),
    "points of evaluation": (
        method(lambda f, s, u: State(s.x + 1e-3 * u * (f(np.sign(s.x)) < 2)[..., None])),
        "point 1 of evaluation",
    ),
    "dimension from u": (method(lambda f, s, u: State(s.x + u / u.shape[-1])), WRITTEN),
    "dimension from x0": (with_v(lambda f, s, u: State(s.x + u * s.v, s.v), v=lambda x: 1 / x.shape[-1]), WRITTEN),
    "dimension of the state in draw": (drawing(lambda rng, batch, d: rng.standard_normal((*batch, 2))), ONLY),
    "a field not named": (with_v(momentum), NAMED),
    "a field not named, from None": (
        with_v(lambda f, s, u: momentum(f, s if s.v is not None else State(s.x, 0), u), v=lambda x: None),
        NAMED,
    ),
    "a field not named, in a list": (
        with_v(lambda f, s, u: State(*(w := momentum(f, State(s.x, s.v[0]), u))[:1], [w.v]), v=lambda x: [0 * x]),
        NAMED,
    ),
    "a field not named, which is returned": (
        with_v(lambda f, s, u: State(s.x + 1e-3 * u, s.v + 0.1 * s.x), output=lambda s: s.v),
        "output changes where state.v",
    ),
    "a covariance": (
        with_v(
            lambda f, s, u: State(s.x - 1e-7 * np.einsum("...ij,...j->...i", s.v, slope(f, s.x, u)), s.v),
            v=lambda x: np.broadcast_to(np.eye(x.shape[-1]), (*x.shape, x.shape[-1])),
        ),
        NAMED,
    ),
    "a population": (
        with_v(
            lambda f, s, u: State(s.x + 1e-3 * u, s.v + 1e-3 * u[..., None, :]),
            ("x", "v"),
            v=lambda x: np.stack([x, x, x], axis=-2),
        ),
        "state.v must be one vector a replica",
    ),
    "scales of single coordinates": (with_v(adam, ("x", "v")), EQUIVARIANT),
    "replicas that know of each other": (method(lambda f, s, u: State(s.x - 0.1 * np.mean(s.x, axis=0))), EQUIVARIANT),
    "what is returned": (method(output=lambda s: np.clip(s.x, -0.1, 0.1)), "output"),
    "drawn integers": (
        drawing(lambda rng, batch, d: 2.0 * rng.integers(0, 2, (*batch, d)) - 1),
        "integers is not drawn",
    ),
    "drawn uniforms": (drawing(lambda rng, batch, d: rng.uniform(-1, 1, (*batch, d))), "uniform is not drawn"),
    "numbers as a vector": (drawing(lambda rng, batch, d: rng.random((*batch, d))), "random is drawn of shape"),
    "signs of normals": (drawing(lambda rng, batch, d: np.sign(rng.standard_normal((*batch, d)))), EQUIVARIANT),
    "sums along the coordinates": (
        drawing(lambda rng, batch, d: np.cumsum(rng.standard_normal((*batch, d)), axis=-1)),
        WRITTEN,
    ),
    "a generator of its own": (
        drawing(lambda rng, batch, d: OWN.standard_normal((*batch, 2))),
        "two calls differ",
    ),
    "lengths from a generator of its own": (
        drawing(lambda rng, batch, d: OWN.random() * rng.standard_normal((*batch, d))),
        "two calls differ",
    ),
    "the mean of candidates": (selecting(lambda f, s, v: State(np.mean(moved(f, s, v), axis=-2))), SELECTS),
    "the mean of two candidates": (
        selecting(lambda f, s, v: State(np.mean(moved(f, s, v), axis=-2)), count=2),
        SELECTS,
    ),
    "two of the candidates": (selecting(lambda f, s, v: best(f, s, v, 2)), SELECTS),
    "two candidates in two fields": (
        selecting(
            lambda f, s, v: State(moved(f, s, v)[..., 0, :], moved(f, s, v)[..., 1, :]),
            vectors=("x", "v"),
            init=lambda f, x0: State(x0, x0),
        ),
        SELECTS,
    ),
    "f at the sum of candidates": (
        selecting(lambda f, s, v: State(s.x + v[..., 0, :] * (f(s.x + np.sum(v, axis=-2)) < f(s.x))[..., None])),
        SELECTS,
    ),
    "an inner product of candidates": (
        selecting(lambda f, s, v: State(s.x + v[..., 0, :] * (np.vecdot(v[..., 0, :], v[..., 1, :]) > 0)[..., None])),
        SELECTS,
    ),
    "more draws than stated": (method(best, candidates(5)), "m must be at least 5"),
    "no vectors": (method(vectors=()), "must name the fields"),
    "a law not invariant": (zo.three_point(radius=1.0, law=rademacher), "must be rotation-invariant"),
    "a law that says that it is invariant": (
        zo.three_point(radius=1.0, law=replace(rademacher, rotation_invariant=True)),
        "integers is not drawn",
    ),
    "the geometry of the simplex": (
        zo.two_point(h=lambda t: 1e-6, delta=lambda t: 1e-3, mirror=zo.geometry.entropy()),
        "it raises x0 must lie in the domain",
    ),
    "one coordinate at a time": (zo.rso(deviations=1.0, cycles=1), EQUIVARIANT),
    "a ball whose centre moves": (
        zo.two_point(h=lambda t: 1e-6, delta=lambda t: 1e-3, mirror=zo.geometry.euclidean_ball(0.7, axis(3, 0, 0.3))),
        EQUIVARIANT,
    ),
}


@pytest.mark.parametrize("name", BAD_METHODS)
def test_method_refused(name):
    used, words = BAD_METHODS[name]
    with pytest.raises(ValueError, match=words):
        reduced.reduce(SQUARES, ONE, used)


@pytest.mark.parametrize("d", [2, 50])
def test_numbers_as_a_vector_in_few_dimensions(d):
    """Also where the coordinates that are written are as many as the dimensions."""
    used = drawing(lambda rng, batch, d: rng.random((*batch, d)))
    with pytest.raises(ValueError, match=f"{EQUIVARIANT}|in the place of a vector"):
        reduced.reduce(on(squares, sizes=(d,)), (d,), used)


GOOD_METHODS = {
    "numbers that all replicas share, more than are looked at": (
        with_v(lambda f, s, u: State(descend(f, s, s.v[8] * u).x, s.v), v=lambda x0: np.arange(9.0)),
        0,
    ),
    "a named field": (with_v(momentum, ("x", "v")), 0),
    "a field of no use": (with_v(lambda f, s, u: State(descend(f, s, u).x, s.x)), 0),
    "one of the candidates": (selecting(best), 0),
    "candidates that are stated": (method(lambda f, s, v: best(f, s, v, 2), candidates(5), draws=5), 0),
    "points stacked before the coordinates": (
        method(lambda f, s, u: State(s.x - 1e-9 * u * np.diff(f(np.stack([s.x - u, s.x + u], axis=-2))))),
        0,
    ),
    "numbers for each replica": (
        drawing(
            lambda rng, batch, d: (rng.random(batch) + rng.standard_normal(batch))[..., None] * gaussian(rng, batch, d)
        ),
        0,
    ),
    "a coordinate along a fixed vector": (
        method(lambda f, s, u: State(s.x + np.sign(s.x[..., :1]) * 1e-3 * u)),
        1,
    ),
    "a ball about a fixed vector": (
        zo.two_point(h=lambda t: 1e-6, delta=lambda t: 1e-3, mirror=zo.geometry.euclidean_ball(2.0, axis(4, 0, 0.3))),
        1,
    ),
    "two laws": (
        zo.double_smoothing(h=lambda t: 1e-6, delta=lambda t: 1e-9, eta=lambda t: 1e-3, law=sphere, first=ball),
        0,
    ),
}


def gaussian(rng, batch, d):
    return rng.standard_normal(size=(*batch, d))


@pytest.mark.parametrize("name", GOOD_METHODS)
def test_method_taken(name):
    used, fixed = GOOD_METHODS[name]
    assert np.all(np.isfinite(tried(on(squares, fixed), ONE, used, fixed).values))


SHIPPED = {
    "gld_search": zo.gld_search(R=1.0, r=1e-3),
    "gld_fast": zo.gld_fast(R=0.4, Q=8, H=3),
    "two_point": zo.two_point(h=lambda t: 1e-3 / t, delta=lambda t: 1e-9 / t),
    "pairs": zo.two_point(h=lambda t: 1e-3 / t, delta=lambda t: 1e-12, pairs=4),
    "random_gradient_free": zo.random_gradient_free(h=lambda k: 1e-6, delta=1e-6),
    "random_gradient_free, last": zo.random_gradient_free(h=lambda k: 1e-6, delta=1e-6, average=False),
    "accelerated_random_search": zo.accelerated_random_search(h=1e-7, theta=1e-14, tau=1, delta=1e-6),
    "three_point": zo.three_point(radius=lambda k: 1 / k),
    "relative_loss": zo.relative_loss(radius=zo.radii.one_fifth(1.0), beta=0.5),
    "relative_loss, weighted": zo.relative_loss(radius=0.01, h=1e-9),
    "relative_loss_ranked": zo.relative_loss_ranked(alpha=1.0, kept=3, patience=0.5),
    "relative_loss_trial": zo.relative_loss_trial(radius=zo.radii.one_fifth(1.0), beta=0.9, explore=0.3, window=5.0),
    "adaptive_monte_carlo": zo.adaptive_monte_carlo(sigma=0.1, rate=0.3, patience=4),
    "distance_over_gradients": zo.distance_over_gradients(delta=lambda t: 0.1 / t, reach=0.01),
}


@pytest.mark.filterwarnings("ignore::zotheory.ObjectiveWarning")  # some diverge, some stand still
@pytest.mark.parametrize("d", [6, 10**12, 10**18])
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_methods_are_taken_in_every_step(name, d, monkeypatch):
    """Values far from 0 and near it, differences that are rounding, lengths of 10^9: no rotation is taken amiss."""
    monkeypatch.setattr("zotheory.reduced.watch.due", lambda t: True)

    def build(width):
        return zo.problems.block_quadratic(
            (1.0, 7.0), (d // 2, d // 2), start=(1e-8, 1.0), centre=(1e3, 0.0), f_star=1e6, width=width
        )

    tried(build, (d // 2, d // 2), SHIPPED[name], 1, steps=30)


# --- samples ----------------------------------------------------------------------------------------------------------


@dataclass
class Linear:
    """F(x; X) = <x, X>, X = mean + noise."""

    mean: Any
    noise: Any
    d: int = D

    @property
    def x0(self):
        return axis(len(self.mean), 1)

    def __call__(self, x):
        return x @ self.mean

    def sample(self, rng, batch):
        return self.mean + self.noise(rng, batch, self.d)

    def at(self, xi):
        return lambda x: np.sum(x * expand_like(xi, x, 1), axis=-1)


TWO_POINT = zo.two_point(h=lambda t: 1e-6, delta=lambda t: 1e-3)
BAD_SAMPLES = {
    "a forgotten mean": (gaussian, 0, axis, MORE.format(1)),
    "a mean off the fixed axes": (gaussian, 1, lambda width: axis(width) + axis(width, 1), MORE.format(2)),
    "powers of coordinates": (lambda *a: gaussian(*a) ** 3, 1, axis, INVARIANT),
    "one number for every coordinate": (lambda rng, batch, d: rng.random(batch)[..., None], 1, axis, INVARIANT),
    "signs": (lambda rng, batch, d: 2.0 * rng.integers(0, 2, (*batch, d)) - 1, 1, axis, "integers is not drawn"),
    "numbers as a vector": (lambda rng, batch, d: rng.random((*batch, d)), 1, axis, "in the place of a vector"),
    "a generator of its own": (
        lambda rng, batch, d: OWN.random() * gaussian(rng, batch, d),
        1,
        axis,
        "two calls differ",
    ),
    "two vectors": (lambda *a: gaussian(*a) * np.vecdot(gaussian(*a), gaussian(*a))[..., None], 1, axis, "m must be"),
}


@pytest.mark.parametrize("name", BAD_SAMPLES)
def test_sample_refused(name):
    noise, fixed, mean, words = BAD_SAMPLES[name]
    with pytest.raises(ValueError, match=words):
        reduced.reduce(lambda width: Linear(mean(width), noise), ONE, TWO_POINT, fixed=fixed)


@pytest.mark.parametrize(
    "used", [TWO_POINT, replace(zo.gld_search(R=1e-3, r=1e-4), value=None)], ids=["two_point", "gld_search"]
)
def test_sample_taken(used):
    tried(lambda width: Linear(axis(width), gaussian), ONE, used, 1)
    tried(lambda width: Expected(Linear(axis(width), gaussian)), ONE, used, 1)


@pytest.mark.parametrize("d", [7, D])
def test_a_normal_number_for_each_replica_is_taken(d):
    """Also where there are as many replicas as dimensions."""
    used = zo.two_point(h=lambda t: 1e-6, delta=lambda t: 1e-3)
    tried(lambda width: Noisy(Function(squares, axis(width), d), 0.1), (d,), used)


# --- runs -------------------------------------------------------------------------------------------------------------


class Timed(NamedTuple):
    x: Any
    v: Any
    t: int


def every(period, odd):
    """A method that does something else in every so many steps; its state keeps the start, unnamed."""

    def step(f, s, u):
        return Timed(odd(s) if s.t % period == 0 else s.x + 1e-4 * u, s.v, s.t + 1)

    return method(step, init=lambda f, x0: Timed(x0, x0, 1))


@pytest.mark.parametrize("period", [2, 3, 4, 5, 6, 8, 10, 12, 20, 25, 50, 100])
def test_what_happens_now_and_then_is_refused(period):
    used = every(period, lambda s: np.sign(s.x))
    with pytest.raises(ValueError, match=EQUIVARIANT):
        tried(SQUARES, ONE, used, steps=400)


def test_a_field_that_is_not_turned_cannot_come_back():
    """Seven steps: in none that is looked at."""
    with pytest.raises(zo.oracles.ObjectiveError, match="finite"):
        tried(SQUARES, ONE, every(7, lambda s: s.v), steps=8)


def test_steps_that_are_looked_at():
    assert [t for t in range(1, 400) if due(t)] == [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300]


RUN_WITH_ANOTHER = {
    "a method that takes signs": (method(), BAD_METHODS["signs"][0], EQUIVARIANT),
    "a vector more": (method(), with_v(momentum), NAMED),
    "a vector fewer": (with_v(momentum, ("x", "v")), method(init=lambda f, x0: (x0,)), "must have the fields"),
    "a method that keeps two": (
        selecting(best),
        method(lambda f, s, v: best(f, s, v, 2), candidates(5)),
        SELECTS,
    ),
}


@pytest.mark.parametrize("name", RUN_WITH_ANOTHER)
def test_method_refused_when_it_is_run(name):
    first, second, words = RUN_WITH_ANOTHER[name]
    problem = reduced.reduce(SQUARES, ONE, first)
    for _ in range(2):  # a refusal is not forgotten
        with pytest.raises(ValueError, match=words):
            zo.run(second, problem, steps=3, seed=1)


@pytest.mark.parametrize(
    ("x0", "words"),
    [(np.ones(2), "must lie along the first 1 axes"), (np.ones(3), r"x0 must have shape \(2,\)")],
)
def test_start_refused(x0, words):
    problem = reduced.reduce(SQUARES, ONE, method())
    with pytest.raises(ValueError, match=words):
        zo.run(method(), problem, steps=1, x0=x0)


@pytest.mark.parametrize("name", ["gld_search", "relative_loss", "random_gradient_free, last"])
def test_a_run_is_the_same_as_if_nobody_had_looked(name, monkeypatch):
    def result():
        problem = reduced.reduce(SQUARES, ONE, SHIPPED[name])
        return zo.run(SHIPPED[name], problem, steps=20, replicas=7, seed=3)

    looked = result()
    monkeypatch.setattr("zotheory.reduced.watch.Watch.start", lambda self, x0: None)
    monkeypatch.setattr("zotheory.reduced.watch.Watch.step", lambda self, t, problem, state: None)
    unseen = result()
    for one, other in zip(looked, unseen, strict=True):
        assert np.array_equal(one, other)


def test_what_a_look_costs():
    asked = []

    def f(x):
        asked.append(x.size // x.shape[-1])
        return squares(x)

    problem = reduced.reduce(on(f), ONE, TWO_POINT)
    assert len(asked) <= 10
    assert sum(asked) <= 50
    asked.clear()
    result = zo.run(TWO_POINT, problem, steps=100, seed=1, record=[0])
    assert len(asked) <= result.calls + 1 + 9 * 4  # 9 steps of the 100 are looked at


def test_candidates_that_share_an_axis_are_given_one_each():
    """Up to as many as the block has; what they share before stays, and nothing else is there."""
    sizes, count = (9, 3), 4
    frame = reduced.Frame(sizes, 0, ("x",), 1, True)
    wide = frame.p + count
    place = placing(frame, Turn(np.broadcast_to(np.eye(wide), (2, wide, wide))), (), True)
    z = np.random.default_rng(3).standard_normal((2, count, len(sizes) * frame.width))
    for call, drawn in enumerate(z[:, :2]):  # two candidates a call
        blocks = np.reshape(place(drawn), (2, len(sizes), wide))
        before = np.reshape(drawn, (2, len(sizes), frame.width))
        np.testing.assert_array_equal(blocks[..., : frame.p], before[..., : frame.p])
        for i in range(2):
            for block, size in enumerate(sizes):
                axis = frame.p + min(2 * call + i, size - frame.p - 1)
                expected = np.zeros(count)
                expected[axis - frame.p] = before[i, block, frame.p]
                np.testing.assert_array_equal(blocks[i, block, frame.p :], expected)
    alone = placing(frame, Turn(np.broadcast_to(np.eye(wide), (2, wide, wide))), (), False)(z[0])
    np.testing.assert_array_equal(
        np.reshape(alone, (count, 2, wide))[..., : frame.width], np.reshape(z[0], (count, 2, frame.width))
    )

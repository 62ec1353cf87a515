"""The objective's contract: what a run finds out, refuses, protects, counts and says."""

import ctypes
import math
import pickle
import warnings
from fractions import Fraction
from itertools import count, islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import rosen

import zotheory as zo
from zotheory.looks import ObjectiveWarning, apart, near
from zotheory.objective import Best, Objective
from zotheory.oracles import Expected, Fresh, Noisy, vectorised

GLD = zo.gld_search(R=1.0, r=0.3)  # 3 candidates
STEP = zo.two_point(h=lambda t: 0.01, delta=lambda t: 1e-6)
PAIRS = zo.two_point(h=lambda t: 0.01, delta=lambda t: 1e-6, pairs=4)
SIMPLE = zo.relative_loss(radius=0.3)
FAMILY = zo.problems.golovin_family(1, 8, 6, minimiser=0.3, f_star=-1.0)
METHODS = {
    "gld_search": GLD,
    "gld_fast": zo.gld_fast(R=0.4, Q=8, H=3),
    "two_point": STEP,
    "pairs": PAIRS,
    "double_smoothing": zo.double_smoothing(h=lambda t: 0.01, delta=lambda t: 1e-6, eta=lambda t: 1e-3),
    "random_gradient_free": zo.random_gradient_free(h=lambda k: 0.01, delta=1e-6),
    "random_gradient_free, last": zo.random_gradient_free(h=lambda k: 0.01, delta=1e-6, average=False),
    "accelerated_random_search": zo.accelerated_random_search(h=1e-3, theta=1e-5, tau=1, delta=1e-6),
    "three_point": zo.three_point(radius=0.3),
    "relative_loss": SIMPLE,
    "relative_loss, not kept": zo.relative_loss(radius=0.3, cached=False),
    "relative_loss, weighted": zo.relative_loss(radius=0.01, h=0.01),
    "rso": zo.rso(deviations=0.3, cycles=10),
    "relative_loss_ranked": zo.relative_loss_ranked(alpha=0.3),
    "relative_loss_trial": zo.relative_loss_trial(radius=0.3, beta=0.5),
    "adaptive_monte_carlo": zo.adaptive_monte_carlo(sigma=0.1, rate=0.1),
    "distance_over_gradients": zo.distance_over_gradients(delta=lambda t: 0.1, reach=0.1),
}


def bowl(x):
    return np.sum((x - 0.3) ** 2, axis=-1)


def silent(*args, **options):
    """A run that may not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return zo.run(*args, **options)


# --- functions of one point -------------------------------------------------------------------------------------------

ONE_POINT = {
    "rosen": rosen,
    "sum": lambda x: np.sum((x - 0.3) ** 2),
    "axis 0": lambda x: np.sum((x - 0.3) ** 2, axis=0),
    "first": lambda x: float(x[0] ** 2) + sum(float(y) ** 2 for y in x),
    "matrix": lambda x: x @ np.diag(np.arange(1, len(x) + 1)) @ x,
    "math": lambda x: math.hypot(*x) if np.ndim(x) == 1 else math.hypot(*x[0]),
    "one entry": lambda x: np.array([np.dot(x, x)]),
    "the first for all": lambda x: np.full(np.shape(x)[:-1], bowl(np.reshape(x, (-1, np.shape(x)[-1]))[0])),
    "the last for all": lambda x: np.full(np.shape(x)[:-1], bowl(np.reshape(x, (-1, np.shape(x)[-1]))[-1])),
    "sums so far": lambda x: np.cumsum(bowl(x)),
    "a batch's mean": lambda x: np.sum((x - 0.3) ** 2, axis=-1) + np.mean(x),
}


@pytest.mark.parametrize("replicas", [None, 2, 3, 4])
@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("name", ONE_POINT)
def test_a_function_of_one_point_is_found_out_and_called_for_each(name, d, replicas):
    if name == "rosen" and d == 1:
        pytest.skip("rosen is the constant 0 of one variable")
    f, x0 = ONE_POINT[name], np.linspace(-1, 1, d) + 0.05
    short = {"h": lambda t: 1e-5, "delta": lambda t: 1e-3}
    for method in (GLD, zo.two_point(**short), zo.two_point(**short, pairs=4)):
        options = {"steps": 4, "replicas": replicas, "x0": x0}
        with pytest.warns(ObjectiveWarning, match="vectorised") as caught:
            found = zo.run(method, f, **options)
        assert caught[0].filename == __file__
        told = silent(method, f, vectorised=False, **options)
        wrapped = silent(method, vectorised(f), **options)
        for other in (told, wrapped):
            np.testing.assert_array_equal(found.x, other.x)
            np.testing.assert_array_equal(found.values, other.values)
        rows = found.x.reshape(-1, d)
        np.testing.assert_allclose(np.ravel(found.value), [np.squeeze(f(row)) for row in rows], rtol=1e-12)


BATCHES = {
    "last axis": bowl,
    "axis 1": lambda x: np.sum((x - 0.3) ** 2, axis=1),  # of rows (n, d) alone
    "columns": lambda x: (x[:, 0] - 0.3) ** 2 + np.sum((x[:, 1:] - 0.3) ** 2, axis=1),
    "a list": lambda x: [sum((y - 0.3) ** 2 for y in row) for row in x.reshape(-1, x.shape[-1]).tolist()],
    "norm": lambda x: np.linalg.norm(x - 0.3, axis=-1) ** 2,
}


@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("name", BATCHES)
def test_a_function_of_rows_is_one_of_any_points(name, d):
    for method in (GLD, STEP, PAIRS):  # GLD's candidates are 3, those of the pairs 4
        for replicas in (None, 3, d):
            options = {"steps": 6, "replicas": replicas, "x0": np.linspace(-1, 1, d)}
            for problem in (BATCHES[name], Stated(BATCHES[name], options["x0"])):
                found = silent(method, problem, **options)
                np.testing.assert_allclose(found.x, silent(method, bowl, **options).x, rtol=1e-6, atol=1e-9)


class Stated:
    """A function with a dimension and a start, which is a problem to whoever asks."""

    def __init__(self, f, x0):
        self.f, self.x0, self.d = f, x0, len(x0)

    def __call__(self, x):
        return self.f(x)


def test_candidates_share_the_sample_of_their_run():
    """A sample (replicas, d) that broadcasts against the candidates instead, of which there are as many."""

    class Shifted(Stated):
        def sample(self, rng, batch):
            return rng.standard_normal((*batch, 4))

        def at(self, xi):
            return lambda x: self.f(x - xi)

    def step(f, x, u):
        return x - 1e-3 * f(x[..., None, :] + 0.1 * u)[..., :1]

    many = zo.Method(
        "m", lambda f, x: x, lambda rng, x, d: rng.random((*x.shape[:-1], 5, d)), step, np.copy, (0, 5), ()
    )
    problem = Shifted(bowl, START)
    with pytest.raises(ValueError, match="must give a batch of points the values of its points"):
        zo.run(many, problem, steps=3, replicas=5)
    zo.run(many, problem, steps=3)


def test_what_takes_batches_is_said_and_held_to():
    with pytest.raises(ValueError, match=r"the values of its points, got .* vectorised=False"):
        zo.run(GLD, ONE_POINT["a batch's mean"], x0=np.ones(3), steps=3, vectorised=True)
    with pytest.raises(zo.ObjectiveError, match=r"must return shape .* vectorised"):
        zo.run(GLD, rosen, x0=np.ones(3), steps=3, vectorised=True)
    with pytest.raises(zo.ObjectiveError, match=r"must return shape \(2,\) .*, got \(2, 2\); say vectorised=False"):
        zo.run(GLD, lambda x: np.zeros((*x.shape[:-1], 2)), x0=np.ones(3), steps=3)
    with pytest.raises(zo.ObjectiveError, match=r"one number for one point \(d,\), got shape \(3,\)"):
        zo.run(GLD, lambda x: x, x0=np.ones(3), steps=3, vectorised=False)
    with pytest.raises(TypeError, match="vectorised must be True, False or None, got 'yes'"):
        zo.run(GLD, bowl, x0=np.ones(3), steps=3, vectorised="yes")


def test_close_to_the_start_f_need_not_be_defined():
    def walled(x):
        if np.any(x > 1):
            raise ValueError("outside")
        return bowl(x)

    method = zo.relative_loss(radius=1e-9)
    with pytest.raises(zo.ObjectiveError, match="raised ValueError: outside"):
        zo.run(method, walled, x0=np.ones(3), steps=100, seed=1)
    steady = zo.Method("steady", lambda f, x: x, lambda rng, x, d: 0, lambda f, x, u: x + 0 * f(x), np.copy, (0, 1), ())
    assert zo.run(steady, walled, x0=np.ones(3), steps=2).value == bowl(np.ones(3))


# --- arguments and values ---------------------------------------------------------------------------------------------


def memory(x):
    """The numbers of an array, whatever it says of who may write."""
    return np.ctypeslib.as_array((ctypes.c_double * x.size).from_address(x.ctypes.data)).reshape(x.shape)


DAMAGE = {
    "clip": lambda x: bowl(np.clip(x, -0.5, 0.5, out=x)),
    "scale": lambda x: bowl(np.multiply(x, 2, out=x)),
    "sort": lambda x: x.sort() or bowl(x),
    "as compiled code does": lambda x: bowl(np.clip(lent := memory(x), -0.5, 0.5, out=lent)),
    "now and then": lambda x: bowl(np.minimum(x, 0.9, out=x) if np.any(x > 0.9) else x),
}


@pytest.mark.parametrize("how", [None, False])
@pytest.mark.parametrize("name", DAMAGE)
def test_an_objective_may_not_damage_its_argument(name, how):
    damage = DAMAGE[name]
    for method in METHODS.values():
        options = {"steps": 20, "x0": np.linspace(-1, 1, 5), "seed": 3, "vectorised": how}
        found = zo.run(method, damage, **options)
        clean = zo.run(method, lambda x: damage(x.copy()), **options)
        np.testing.assert_array_equal(found.x, clean.x)
        np.testing.assert_array_equal(found.values, clean.values)


@pytest.mark.parametrize("name", DAMAGE)
def test_neither_may_a_problem_that_knows_its_dimension(name):
    problem, clean = (of(__call__=lambda self, x, f=f: f(x)) for f in (DAMAGE[name], lambda x: DAMAGE[name](x.copy())))
    for method in METHODS.values():
        found, plain = (zo.run(method, p, x0=np.linspace(-1, 1, 6), steps=20, seed=3) for p in (problem, clean))
        np.testing.assert_allclose(found.x, plain.x, rtol=1e-9)
    with pytest.raises(zo.ObjectiveError, match="read-only"):
        zo.run(STEP, of(sample=lambda self, rng, batch: 0, at=lambda self, xi: DAMAGE["clip"]), steps=3)


def test_a_buffer_that_is_used_again_changes_no_value():
    buffer = np.empty(50)

    def f(x):
        return np.sum((x - 0.3) ** 2, axis=-1, out=buffer[: len(x)])

    for method in METHODS.values():
        found = silent(method, f, steps=20, x0=np.ones(4), replicas=5)
        np.testing.assert_array_equal(found.values, silent(method, bowl, steps=20, x0=np.ones(4), replicas=5).values)


@pytest.mark.parametrize("dtype", ["u1", "i1", "i8", "u8", "?", "f2", "f4", "g"])
def test_values_of_any_real_dtype_are_floats(dtype):
    def f(x):
        return np.round(20 * bowl(x)).clip(0, 100).astype(dtype)

    for method in (GLD, SIMPLE, zo.relative_loss(radius=0.3, h=0.01)):
        options = {"steps": 30, "x0": np.linspace(-1, 1, 5), "replicas": 3}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ObjectiveWarning)  # a plateau
            found, plain = (zo.run(method, g, **options) for g in (f, lambda x: f(x).astype(float)))
        np.testing.assert_array_equal(found.x, plain.x)
        assert found.values.dtype == np.float64


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (lambda x: np.ma.masked_less(bowl(x), 1e9), "finite values, got nan"),
        (lambda x: np.full(x.shape[:-1], {1}), "real numbers, got (dtype object|.1.)"),
        (lambda x: bowl(x) + 0j, "real numbers, got dtype complex"),
        (lambda x: bowl(x).astype("U"), "real numbers, got dtype <U"),
        (lambda x: bowl(x).astype("M8[s]"), "real numbers, got dtype datetime"),
        (lambda x: None, "real numbers, got None"),
        (lambda x: Unreadable(), "must return real numbers, got .*: it requires grad"),
        (lambda x: [[1.0], [1.0, 2.0]], r"real numbers, got \[\[1.0\]"),
        (lambda x: "low", "real numbers, got 'low'"),
    ],
)
def test_what_is_no_real_number_is_named(value, words):
    for replicas in (None, 3):
        with pytest.raises(zo.ObjectiveError, match=words):
            zo.run(GLD, value, x0=np.ones(4), steps=3, replicas=replicas)


def test_real_numbers_of_any_kind_are_floats():
    for f in (lambda x: int(1e30 * bowl(x)), lambda x: Fraction(float(bowl(x)))):
        found = silent(SIMPLE, f, x0=START, steps=30, vectorised=False)
        assert found.value == pytest.approx(float(f(found.x)))
    with pytest.raises(zo.ObjectiveError, match="real numbers, got 1000"):
        zo.run(SIMPLE, lambda x: 10**400, x0=START, steps=3, vectorised=False)


class Unreadable:
    """Values of another library, which will not be an array."""

    def __array__(self, *args, **options):
        raise RuntimeError("it requires grad")


def test_a_last_axis_of_one_value_is_told_apart_from_points():
    with pytest.raises(zo.ObjectiveError, match=r"must return shape \(2,\) .* got \(2, 1\); drop its last axis"):
        zo.run(GLD, lambda x: bowl(x)[:, None], x0=START, steps=3)


# --- noise ------------------------------------------------------------------------------------------------------------


class Noise:
    """A bowl with noise of relative size `sigma`, where `where` holds, from its call `after` on."""

    def __init__(self, sigma, where=lambda x: True, after=0, scale=1.0):
        self.sigma, self.where, self.after, self.scale = sigma, where, after, scale
        self.rng, self.count = np.random.default_rng(1), 0

    def __call__(self, x):
        self.count += 1
        value = self.scale * (1 + bowl(x))
        noise = self.sigma * self.rng.standard_normal(np.shape(value)) * self.where(x) * (self.count > self.after)
        return value * (1 + noise)


START = np.linspace(-1, 1, 4)
NOISES = {
    "everywhere": lambda: Noise(1e-3),
    "small": lambda: Noise(1e-7),
    "on large values": lambda: Noise(1e-7, scale=1e12),
    "on small values": lambda: Noise(1e-7, scale=1e-12),
    "at the start": lambda: Noise(1e-3, lambda x: np.all(np.isclose(x, START, atol=1e-12), axis=-1)),
    "off the start": lambda: Noise(1e-3, lambda x: ~np.all(np.isclose(x, START, atol=1e-12), axis=-1)),
    "later": lambda: Noise(1e-7, after=60),
    "of one point": lambda: vectorised(Noise(1e-3)),
}


@pytest.mark.parametrize("replicas", [None, 3])
@pytest.mark.parametrize("name", NOISES)
def test_undeclared_noise_is_found(name, replicas):
    for method in METHODS.values():
        with pytest.raises(ValueError, match=r"one function within a step .*fresh = True") as caught:
            zo.run(method, NOISES[name](), x0=START, steps=400, replicas=replicas)
        if name == "later":
            assert np.isfinite(caught.value.partial.values[1]).all()


def test_noise_that_a_later_chunk_meets_is_found(monkeypatch):
    monkeypatch.setattr("zotheory.streams.CHUNK_BYTES", 1)
    with pytest.raises(ValueError, match=r"one function within a step") as caught:
        zo.run(GLD, Noise(1e-3, after=200), x0=START, steps=150, replicas=2)
    assert np.isfinite(caught.value.partial.values).all(axis=0).tolist() == [True, False]


@pytest.mark.parametrize("name", METHODS)
def test_a_slow_drift_is_found(name):
    calls = [0]

    def drifting(x):
        calls[0] += 1
        return (1 + bowl(x)) * (1 + 1e-10 * calls[0])

    with pytest.raises(ValueError, match=r"one function within a run, got .* in step 1 and in step 1(0|00); if that"):
        zo.run(METHODS[name], drifting, x0=START, steps=100)


def test_rounding_is_no_noise():
    a, b = np.array([1.0, 2.0]), np.array([1.0 + 1e-12, 2.0])
    assert not apart(a, b, 1e-9).any()
    assert apart(a, np.array([1.0 + 1e-8, 2.0]), 1e-9).tolist() == [True, False]
    assert not apart(1e12 * a, 1e12 * b, 1e-9).any()
    assert apart(1e-12 * a, 1e-12 * a * (1 + 1e-8), 1e-9).all()
    assert not apart(np.array([1e6, 1e-12]), np.array([1e6, 3e-12]), 1e-9).any()  # beside 1e6 that is rounding
    assert not apart(np.array([np.nan, np.inf]), np.array([np.nan, np.inf]), 1e-9).any()
    assert apart(np.array([np.inf, 1.0]), np.array([1.0, np.nan]), 1e-9).all()
    assert apart(np.array([1e-15]), np.array([2e-15])).all()
    assert not apart(np.array([1e-15]), np.array([2e-15]), size=1.0).any()


def test_what_is_left_of_larger_values_may_be_rounding():
    calls = [0]

    def f(x):  # sums in another order each time, as on many threads
        calls[0] += 1
        return bowl(x) + 1e-15 * (calls[0] % 3)

    method = zo.relative_loss(radius=zo.radii.one_fifth(1.0))
    for replicas in (None, 5):
        assert np.all(silent(method, f, x0=START, steps=800, replicas=replicas).value < 1e-14)


def test_whole_numbers_and_rates_have_no_rounding():
    rng = np.random.default_rng(0)
    for f in (lambda x: 5000 + rng.integers(0, 2, len(x)), lambda x: rng.integers(500, 510, len(x)) / 1024):
        with pytest.raises(ValueError, match="one function within a step"):
            zo.run(SIMPLE, f, x0=START, steps=30)


def test_short_dtypes_are_forgiven_their_rounding_and_no_more():
    def wobbly(size):
        calls = [0]

        def f(x):
            calls[0] += 1
            return (1 + bowl(x)).astype(np.float32) * np.float32(1 + size * (calls[0] % 2))

        return f

    def alone(x):  # single precision in another's clothes
        return float(steady(x))

    steady = wobbly(3e-6)
    silent(SIMPLE, steady, x0=START, steps=30)
    silent(SIMPLE, alone, x0=START, steps=30, vectorised=False)
    for f in (wobbly(3e-3), lambda x: bowl(x) + steady(x)):
        with pytest.raises(ValueError, match="one function within a step"):
            zo.run(SIMPLE, f, x0=START, steps=30)


def test_short_dtypes_may_sum_a_batch_in_another_order():
    def f(x):
        return (1 + bowl(x)).astype(np.float32) * np.float32(1 + 3e-6 * (len(x) > 1))

    silent(GLD, f, x0=START, steps=30)
    with pytest.warns(ObjectiveWarning, match="vectorised"):
        zo.run(GLD, lambda x: bowl(x) * (1 + 3e-6 * (len(x) > 1)), x0=START, steps=30)


def test_sums_that_cancel_are_no_noise():
    """|Ax - b|^2 written out: close to its minimum the value is rounding, in a batch another than alone."""
    rng = np.random.default_rng(0)
    A = rng.standard_normal((40, 4))
    b = A @ np.full(4, 0.3)

    def f(x):
        return np.vecdot(x @ (A.T @ A), x) - 2 * x @ (A.T @ b) + b @ b

    for replicas in (None, 50):
        method = zo.relative_loss(radius=zo.radii.one_fifth(1.0))
        assert np.all(abs(silent(method, f, x0=START, steps=600, replicas=replicas).value) < 1e-9)


def test_declared_noise_passes_and_its_values_are_asked_for_anew():
    f = Noise(1e-2)
    f.fresh = True
    found = silent(GLD, f, x0=START, steps=50, record=[0, 50])
    assert found.looks == 2 + 2  # two points near x0, two records
    with pytest.warns(ObjectiveWarning, match="vectorised"):
        one = zo.run(GLD, scalar := Fixed(Noise(1e-2)), x0=START, steps=5)
    assert one.calls == scalar.count + 4  # batches of two are refused, close to x0 and at it


class Fixed:
    """Declared noise, of one point."""

    fresh = True

    def __init__(self, f):
        self.f, self.count = f, 0

    def __call__(self, x):
        if x.ndim > 1:
            raise ValueError("one point")
        self.count += 1
        return float(self.f(x))


# --- stochastic problems ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gld_search", "gld_fast", "three_point", "relative_loss", "adaptive_monte_carlo"])
def test_methods_that_keep_values_refuse_stochastic_problems(name):
    for problem in (Noisy(FAMILY, 1.0), zo.problems.breast_cancer()):
        with pytest.raises(ValueError, match=rf"must not be stochastic for {name}, which keeps values"):
            zo.run(METHODS[name], problem, steps=3)
        with pytest.raises(ValueError, match="must not be stochastic"):
            zo.iterate(METHODS[name], problem)
        zo.run(METHODS[name], Expected(problem), steps=3)
    zo.run(METHODS[name], Fresh(Noisy(FAMILY, 1.0)), steps=3)
    with pytest.raises(
        ValueError, match=r"stochastic for relative_loss, .* relative_loss\(cached=False\), for one, does not"
    ):
        zo.run(SIMPLE, Noisy(FAMILY, 1.0), steps=3)


def of(**attributes):
    """The family with other attributes."""
    plain = {"d": 6, "x0": FAMILY.x0, "__call__": lambda self, x: FAMILY(x)}
    return type("Problem", (), plain | attributes)()


@pytest.mark.parametrize(
    ("problem", "error", "words"),
    [
        (of(d=7), ValueError, r"x0 must have shape \(7,\), got \(6,\)"),
        (of(d=5), ValueError, r"x0 must have shape \(5,\), got \(6,\)"),
        (of(d=10**6), ValueError, "reduced coordinates runs through zotheory.reduced.reduce"),
        (of(d=np.ones(3)), TypeError, "problem.d must be the dimension, an integer, got array"),
        (of(d="six"), TypeError, "problem.d must be the dimension, an integer, got 'six'"),
        (of(d=True), TypeError, "problem.d must be the dimension"),
        (of(d=6.0), TypeError, "problem.d must be the dimension"),
        (of(sample=np.ones(3)), TypeError, "problem.sample must be callable on"),
        (of(sample=lambda self: 1), TypeError, "problem.sample must be callable on"),
        (of(sample=lambda self, rng, batch: 1), TypeError, "must have at"),
        (of(sample=lambda self, rng, batch: 1, at=3), TypeError, "problem.at must be callable on"),
        (of(frame={"data": 1}, d=7), ValueError, r"x0 must have shape \(7,\)"),
        (of(x0=None), TypeError, "x0 must hold real numbers"),
        (zo.problems.Quadratic([1.0, 2.0], [0.0, 0.0], [1.0, 1.0], true_d=10**6), ValueError, "reduced coordinates"),
        (zo.problems.golovin_family, TypeError, r"problem must be callable on points, got golovin_family\(alpha"),
        (zo.problems.Quadratic, TypeError, "got the class Quadratic: call it with its parameters"),
        ("rosen", TypeError, "problem must be callable on points, got 'rosen'"),
        (None, TypeError, "problem must be callable on points, got None"),
    ],
)
def test_what_a_problem_says_of_itself_is_checked(problem, error, words):
    for ask in (lambda: zo.run(STEP, problem, steps=3), lambda: zo.iterate(STEP, problem)):
        with pytest.raises(error, match=words):
            ask()


def test_one_sample_for_all_runs_is_refused():
    class Shared(Noisy):
        def sample(self, rng, batch):
            return np.full(batch, super().sample(rng, ()))

    class Coin(Noisy):
        def sample(self, rng, batch):
            return rng.integers(0, 2, batch) * 1.0

    for replicas in (2, 40):
        with pytest.raises(ValueError, match=rf"one sample for each run of batch = \({replicas},\), got one for all"):
            zo.run(STEP, Shared(FAMILY, 1.0), steps=3, replicas=replicas)
        for problem in (Noisy(FAMILY, 1.0), Noisy(FAMILY, 0.0), Coin(FAMILY, 1.0)):
            zo.run(STEP, problem, steps=3, replicas=replicas)
    zo.run(STEP, Shared(FAMILY, 1.0), steps=3, replicas=1)


class Sampled:
    """A stochastic problem of as many dimensions as runs, by its mean and F(x; X)."""

    d, x0 = 3, np.linspace(-1, 1, 3)

    def __init__(self, mean=bowl, at=lambda x, xi: bowl(x - xi)):
        self.mean, self.of = mean, at

    def __call__(self, x):
        return self.mean(x)

    def sample(self, rng, batch):
        return rng.standard_normal((*batch, 3))

    def at(self, xi):
        return lambda x: self.of(x, xi)


def test_each_run_of_a_stochastic_problem_sees_its_own_point():
    def columns(x):
        return np.sum((x - 0.3) ** 2, axis=0)

    rng = np.random.default_rng(1)
    with pytest.raises(zo.ObjectiveError, match=r"must return shape \(2,\) for points of shape \(2, 3\), got \(3,\)"):
        zo.run(STEP, Sampled(mean=columns), steps=3, replicas=3)
    for problem in (
        Sampled(mean=lambda x: bowl(x) + np.mean(x)),
        Sampled(at=lambda x, xi: columns(x - xi)),
        Sampled(at=lambda x, xi: bowl(x - xi) + np.mean(x)),
    ):
        with pytest.raises(ValueError, match=r"each run the value of its own point, .* only the points of other runs"):
            zo.run(STEP, problem, steps=3, replicas=3)
        zo.run(STEP, problem, steps=3)
    zo.run(STEP, Sampled(mean=lambda x: bowl(x) + rng.standard_normal(x.shape[:-1])), steps=3, replicas=3)


# --- arguments of a run -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            {"method": "gld_search"},
            TypeError,
            r"zotheory.gld_search\(R=..., r=...\), got 'gld_search'",
        ),
        (
            {"method": zo.gld_search},
            TypeError,
            r"a Method: call its constructor, zotheory.gld_search\(R=..., r=...\), got <",
        ),
        ({"method": "adam"}, TypeError, r"method must be a Method, such as .*, got 'adam'"),
        ({"method": None}, TypeError, "method must be a Method"),
        ({"record": [1.0]}, TypeError, "record must hold integers, got 1.0"),
        ({"record": [0.5, 1]}, TypeError, "record must hold integers, got 0.5"),
        ({"record": ["1"]}, TypeError, "record must hold integers, got '1'"),
        ({"record": [True]}, TypeError, "record must hold integers, got True"),
        ({"record": count()}, ValueError, "record must hold steps from 0 to 3, got 4"),
        ({"record": np.array(3)}, TypeError, "record must be an iterable of steps, got array"),
        ({"record": 3}, TypeError, "record must be an iterable of steps, got 3"),
        ({"record": [-1]}, ValueError, "record must hold steps from 0 to 3"),
        ({"seed": 1.0}, TypeError, "seed must be an integer, a SeedSequence, a Generator or None, got 1.0"),
        ({"seed": "1"}, TypeError, "seed must be an integer"),
        ({"seed": True}, TypeError, "seed must be an integer"),
        ({"seed": -1}, ValueError, "seed must be at least 0, got -1"),
        ({"seed": np.random.RandomState(1)}, TypeError, "seed must be an integer"),
        ({"nonfinite": "ignore"}, ValueError, "nonfinite must be 'error' or 'worst', got 'ignore'"),
        ({"nonfinite": None}, ValueError, "nonfinite must be 'error' or 'worst', got None"),
    ],
)
def test_arguments_of_a_run_are_named(arguments, error, words):
    call = {"method": GLD, "problem": FAMILY, "steps": 3} | arguments
    with pytest.raises(error, match=words):
        zo.run(call.pop("method"), call.pop("problem"), **call)
    call = {"method": GLD, "problem": FAMILY} | arguments
    if "record" not in arguments:
        with pytest.raises(error, match=words):
            zo.iterate(call.pop("method"), call.pop("problem"), **call)


def test_integers_of_numpy_are_integers():
    found = zo.run(GLD, FAMILY, steps=np.int64(3), seed=np.uint8(1), replicas=np.int32(2), record=np.arange(4))
    assert np.array_equal(found.x, zo.run(GLD, FAMILY, steps=3, seed=1, replicas=2).x)
    assert found.steps.tolist() == [0, 1, 2, 3]


def test_the_next_128_bits_of_a_generator_are_a_seed():
    rng = np.random.default_rng(5)
    bits = int.from_bytes(np.random.default_rng(5).bytes(16), "little")
    one, two = zo.run(GLD, FAMILY, steps=5, seed=rng), zo.run(GLD, FAMILY, steps=5, seed=rng)
    assert np.array_equal(one.x, zo.run(GLD, FAMILY, steps=5, seed=bits).x)
    assert not np.array_equal(one.x, two.x)


@pytest.mark.parametrize("replicas", [None, 3])
@pytest.mark.parametrize("name", METHODS)
def test_iterate_visits_the_points_of_run(name, replicas):
    method = METHODS[name]
    for problem, x0 in ((FAMILY, None), (bowl, START)):
        options = {"seed": 7, "replicas": replicas, "x0": x0}
        found = zo.run(method, problem, steps=6, **options)
        state, objective = next(islice(zo.iterate(method, problem, **options), 6, None))
        np.testing.assert_array_equal(method.output(state), found.x)
        assert objective.spent == found.calls - found.looks == method.calls[0] + 6 * method.calls[1]


def test_iterate_draws_from_a_generator_that_it_is_given():
    rng = np.random.default_rng(1)
    before = rng.bit_generator.state
    walk = zo.iterate(GLD, FAMILY, rng=rng)
    next(walk)
    assert rng.bit_generator.state == before
    next(walk)
    assert rng.bit_generator.state != before
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator, got 1"):
        zo.iterate(GLD, FAMILY, rng=1)
    with pytest.raises(ValueError, match="replicas must be a whole number, at least 1"):
        zo.iterate(GLD, FAMILY, replicas=0)


# --- barriers ---------------------------------------------------------------------------------------------------------


def fenced(x, outside):
    return np.where(np.all(abs(x) < 0.9, axis=-1), bowl(x), outside)


@pytest.mark.parametrize("replicas", [None, 4])
@pytest.mark.parametrize("outside", [np.nan, np.inf])
@pytest.mark.parametrize("name", METHODS)
def test_a_barrier_is_worse_than_any_number_where_methods_compare(name, outside, replicas):
    method, x0 = METHODS[name], np.full(3, 0.85)
    options = {"x0": x0, "steps": 60, "replicas": replicas, "seed": 2}
    if not method.compares:
        with pytest.raises(ValueError, match=f"nonfinite must be 'error' for {method.name}, which uses values"):
            zo.run(method, lambda x: fenced(x, outside), nonfinite="worst", **options)
        return
    with pytest.raises(zo.ObjectiveError, match=r"finite values, got (nan|inf) .* nonfinite='worst'"):
        zo.run(method, lambda x: fenced(x, outside), **options)
    found = silent(method, lambda x: fenced(x, outside), nonfinite="worst", **options)
    high = silent(method, lambda x: fenced(x, 1e9), **options)
    np.testing.assert_array_equal(found.x, high.x)
    assert np.all(found.value < bowl(x0))
    start = silent(method, lambda x: np.where(np.any(x != 2.0, axis=-1), bowl(x), np.nan), nonfinite="worst",
                   **options | {"x0": np.full(3, 2.0)})  # fmt: skip
    assert np.all(start.values[0] == np.inf)
    assert np.all(np.isfinite(start.value))
    with pytest.raises(zo.ObjectiveError, match="got -inf"):
        zo.run(method, lambda x: fenced(x, -np.inf), nonfinite="worst", **options)


def test_a_start_in_a_region_that_is_not_allowed():
    def f(x):
        return np.where(np.any(x > 1.5, axis=-1), np.inf, bowl(x))

    assert np.isfinite(silent(GLD, f, x0=np.full(3, 1.51), steps=60, nonfinite="worst").value)
    silent(GLD, lambda x: np.where(x[..., 0] > 1, 1e308, -1e308), x0=np.ones(3), steps=3)


# --- growth and stillness ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_divergence_is_said(offset):
    f = zo.problems.golovin_family(1, 8, 5, minimiser=0.3, f_star=offset)
    for method in (
        zo.two_point(h=lambda t: 1.0, delta=lambda t: 1e-6),
        zo.random_gradient_free(h=lambda k: 1.0, delta=1e-6, average=False),
        zo.relative_loss(radius=0.01, h=1.0),
    ):
        for replicas in (None, 3):
            with pytest.warns(ObjectiveWarning, match="seems to diverge") as caught:
                zo.run(method, f, steps=40, replicas=replicas)
            assert len(caught) == 1
            assert caught[0].filename == __file__


def test_divergence_under_declared_noise_is_said():
    f = Noise(1e-9)
    f.fresh = True
    with pytest.warns(ObjectiveWarning, match="seems to diverge"):
        next(islice(zo.iterate(zo.two_point(h=lambda t: 3.0, delta=lambda t: 1e-2), f, x0=START), 12, None))


def test_warnings_are_for_the_line_that_asked(tmp_path):
    near_by = f"{Path(zo.__file__).parent}-mine/run.py"
    call = compile("zo.run(method, rosen, x0=[1.0, 2.0, 3.0], steps=2)", near_by, "exec")
    with pytest.warns(ObjectiveWarning, match="vectorised") as caught:
        exec(call, {"zo": zo, "method": GLD, "rosen": rosen})
    assert caught[0].filename == near_by


def test_an_overflow_says_what_it_is():
    for f, words in (
        (lambda x: np.sum(np.exp(abs(x)), axis=-1), "finite values, got inf at one of the points"),
        (lambda x: 1e200 * np.sum(x, axis=-1), "points of a run must be finite, got an overflow: it diverges"),
    ):
        with np.errstate(all="ignore"), pytest.raises(zo.ObjectiveError, match=words):
            zo.run(zo.two_point(h=lambda t: 1e120, delta=lambda t: 1e-3), f, x0=np.full(3, 10.0), steps=100)


@pytest.mark.parametrize("name", METHODS)
def test_sound_runs_are_silent(name):
    """Also from the minimiser, from a value of 0, and with values that are huge, tiny or far off."""
    silent(zo.two_point(h=lambda t: 1e-308, delta=lambda t: 1e-3), lambda x: 1e306 * bowl(x), x0=START, steps=30)
    for f in (bowl, lambda x: 1e12 * bowl(x), lambda x: 1e-12 * bowl(x), lambda x: bowl(x) - bowl(START)):
        for x0 in (START, np.full(4, 0.3)):
            scaled = METHODS[name] if METHODS[name].compares else None
            silent(scaled or METHODS[name], f if scaled else bowl, x0=x0, steps=30, replicas=3)


STILL = {
    "a constant": (STEP, lambda x: np.ones(x.shape[:-1])),
    "a difference below rounding": (zo.two_point(h=lambda t: 0.01, delta=lambda t: 1e-20), bowl),
    "steps below rounding": (zo.relative_loss(radius=1e-20), bowl),
    "three points below rounding": (zo.three_point(radius=1e-20), bowl),
    "a search below rounding": (zo.gld_search(R=1e-18, r=1e-20), bowl),
    "whole numbers": (zo.relative_loss(radius=1e-3), lambda x: np.round(bowl(x))),
    "a large offset": (zo.relative_loss(radius=1e-3), lambda x: bowl(x) + 1e16),
}


@pytest.mark.parametrize("steps", [1, 3, 400])
@pytest.mark.parametrize("name", STILL)
def test_steps_that_see_no_difference_are_said(name, steps):
    method, f = STILL[name]
    for replicas in (None, 3):
        with pytest.warns(ObjectiveWarning, match="exactly equal") as caught:
            zo.run(method, f, x0=np.linspace(-1, 1, 5), steps=steps, replicas=replicas, record=[0])
        assert len(caught) == 1
        assert f"up to step {min(steps, 41)}:" in str(caught[0].message)


def test_plateaus_are_not_flat():
    """Where one step in five sees a difference, many in a row see none."""
    for seed in range(40):
        x0 = np.random.default_rng(seed).random(10)
        silent(SIMPLE, lambda x: np.round(4 * bowl(x)), x0=x0, steps=100, seed=seed)


# --- what is counted and kept -----------------------------------------------------------------------------------------


class Asked:
    """A function that remembers all it was asked for."""

    def __init__(self, f):
        self.f, self.points, self.values = f, [], []

    def __call__(self, x):
        value = self.f(x)
        self.points.append(np.reshape(np.array(x), (-1, x.shape[-1])))
        self.values.append(np.ravel(value))
        return value

    @property
    def count(self):
        return sum(len(points) for points in self.points)


@pytest.mark.parametrize("name", METHODS)
def test_every_evaluation_is_counted(name):
    f = Asked(bowl)
    found = silent(METHODS[name], f, x0=START, steps=25, seed=1, record=[0, 10, 25])
    assert f.count == found.calls
    method = METHODS[name]
    assert found.calls - found.looks == method.calls[0] + 25 * method.calls[1]
    start, watched = 6, 6 * 2 + 1  # at most two evaluations in steps 1, 2, 3, 5, 10 and 20, and that of 1 again in 10
    if method.value is not None:
        assert found.looks <= start + watched
    f = Asked(bowl)
    many = silent(method, f, x0=START, steps=25, seed=1, replicas=7, record=[0, 10, 25])
    assert f.count == 7 * (many.calls - start) + start
    assert many.calls == found.calls


def test_values_that_are_known_are_not_asked_for_again():
    f = Asked(bowl)
    found = silent(SIMPLE, f, x0=START, steps=100)
    assert len(found.steps) == 101
    assert f.count == found.calls == 1 + 100 + 6 + 9 + 2  # the start, steps, looks near x0, at nine steps, and back
    np.testing.assert_array_equal(found.values[-1], bowl(found.x))


@pytest.mark.parametrize("replicas", [None, 4])
@pytest.mark.parametrize("name", METHODS)
def test_the_best_of_all_that_was_seen_is_kept(name, replicas):
    f = Asked(bowl)
    found = silent(METHODS[name], f, x0=START, steps=40, seed=2, replicas=replicas)
    least = np.min(np.concatenate(f.values))
    assert np.min(found.best_value) <= least + 1e-15 or least == pytest.approx(np.min(bowl(near(START))))
    np.testing.assert_allclose(found.best_value, bowl(found.best), rtol=1e-12)
    assert np.all(found.best_value <= np.min(found.values, axis=0))
    assert np.all(found.best_value <= found.value)
    np.testing.assert_allclose(found.value, bowl(found.x), rtol=1e-12)
    assert np.shape(found.best) == np.shape(found.x)


def test_the_best_of_candidates_is_that_of_each_replica():
    best = Best((3,), 2)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, 5, 4, 2))
    best.see(x, bowl(x))
    rows = x.reshape(3, 20, 2)
    np.testing.assert_array_equal(best.value, bowl(rows).min(axis=1))
    np.testing.assert_array_equal(best.point, [row[np.argmin(bowl(row))] for row in rows])


def test_with_a_domain_or_noise_the_best_is_one_of_the_outputs():
    mirror = zo.geometry.euclidean_ball(0.2)
    inside = zo.two_point(h=lambda t: 0.05, delta=lambda t: 0.5, mirror=mirror)
    found = zo.run(inside, bowl, x0=np.zeros(3), steps=50, record=range(51))
    assert np.linalg.norm(found.best) <= 0.2 * (1 + 1e-12)
    assert found.best_value == np.min(found.values)
    problem = zo.problems.breast_cancer()
    noisy = zo.run(STEP, problem, steps=50, replicas=3, record=range(51))
    np.testing.assert_array_equal(noisy.best_value, np.min(noisy.values, axis=0))
    np.testing.assert_allclose(noisy.best_value, problem(noisy.best), rtol=1e-12)


@pytest.mark.parametrize("replicas", [None, 3])
@pytest.mark.parametrize("name", METHODS)
def test_what_stopped_has_its_last_and_best(name, replicas):
    method = METHODS[name]
    f = Asked(bowl)

    def ending(x):
        if len(f.values) == 45:
            raise OSError("no more")
        return f(x)

    with pytest.raises(zo.ObjectiveError) as caught:
        zo.run(method, ending, x0=START, steps=400, record=[0, 1, 400], replicas=replicas)
    partial = caught.value.partial
    assert np.all(np.isfinite(partial.x))
    assert np.all(np.isfinite(partial.best_value))
    np.testing.assert_allclose(partial.best_value, bowl(partial.best), rtol=1e-12)
    assert np.all(partial.best_value <= partial.values[0])
    if method.value is not None:
        np.testing.assert_allclose(partial.value, bowl(partial.x), rtol=1e-12)
    else:
        assert np.all(np.isnan(partial.value))


def test_an_error_of_its_own_keeps_the_value_that_can_still_be_had():
    def schedule(t):
        if t > 9:
            raise OSError("no more steps")
        return 0.01

    with pytest.raises(OSError, match="no more steps") as caught:
        zo.run(zo.two_point(h=schedule, delta=lambda t: 1e-6), bowl, x0=START, steps=50, record=[0])
    partial = caught.value.partial
    assert partial.value == bowl(partial.x)
    assert pickle.loads(pickle.dumps(partial)).value == partial.value


class Rude:
    """A stochastic problem that is interrupted in its eighth step, and again in what is asked for then."""

    d, x0, calls = 4, START, 0

    def __call__(self, x):
        raise KeyboardInterrupt

    def sample(self, rng, batch):
        return rng.standard_normal(batch)

    def at(self, xi):
        def f(x):
            self.calls += 1
            if self.calls > 20:
                raise KeyboardInterrupt
            return bowl(x) + xi

        return f


def test_a_second_interruption_loses_nothing():
    with pytest.raises(KeyboardInterrupt) as caught:
        zo.run(STEP, Rude(), steps=300, record=[300])
    assert np.isfinite(caught.value.partial.x).all()


def test_a_warning_that_is_an_error_comes_with_the_whole_run():
    with pytest.raises(ObjectiveWarning, match="exactly equal") as caught:
        silent(SIMPLE, lambda x: np.ones(len(x)), x0=START, steps=4)
    assert caught.value.partial.value == 1
    assert caught.value.__notes__ == ["stopped at step 4 of 4; what was computed is in .partial"]


# --- methods of one's own ---------------------------------------------------------------------------------------------


def mine(step, output=lambda state: state.x, **options):
    def draw(rng, state, d):
        return rng.standard_normal((*state.x.shape[:-1], d))

    def start(f, x0):
        return SimpleNamespace(x=x0, fx=np.zeros(1))

    return zo.Method("mine", start, draw, step, output, (0, 2), ("x",), **options)


def moved(f, state, u):
    x = state.x
    slope = (f(x + 1e-4 * u) - f(x)) / 1e-4
    x -= 0.01 * slope[..., None] * u
    return state


def one_by_one(f, state, u):
    slope = [(f(x + 1e-4 * v) - f(x)) / 1e-4 for x, v in zip(state.x, u, strict=True)]
    return SimpleNamespace(x=state.x - 0.01 * np.array(slope)[:, None] * u)


@pytest.mark.parametrize("replicas", [None, 4])
def test_a_method_may_move_its_points_in_place(replicas):
    x0 = np.ones(3)
    found = silent(mine(moved), bowl, x0=x0, steps=200, replicas=replicas)
    assert np.all(found.value < 0.1 * bowl(x0))
    assert np.all(x0 == 1)


def test_what_a_method_says_is_for_each_run():
    with pytest.raises(ValueError, match=r"must ask for points \(\*batch, .* of batch = \(4,\), got \(3,\)"):
        zo.run(mine(one_by_one), bowl, x0=np.ones(3), steps=3, replicas=4)
    with pytest.raises(ValueError, match=r"method.output must return points of shape \(4, 3\), got \(3,\)"):
        zo.run(mine(moved, lambda state: state.x[0]), bowl, x0=np.ones(3), steps=3, replicas=4)
    with pytest.raises(ValueError, match=r"method.value must return shape \(4,\), got \(1,\)"):
        zo.run(mine(moved, value=lambda state: state.fx), bowl, x0=np.ones(3), steps=3, replicas=4)


def test_points_off_the_start_are_off_it_in_every_coordinate():
    for x0 in (np.zeros(3), np.full(4, -5.0), np.array([1e300]), np.array([1.7e308])):
        moved = near(x0)
        assert np.all(np.isfinite(moved))
        assert np.all(moved != x0) or x0[0] > 1.7e308 - 1e306
    assert len(np.unique(near(np.zeros(5)))) == 5


def test_counted_points_are_those_of_one_run():
    f = Objective(bowl, (4,))
    f(np.zeros((4, 3)))
    f.look(np.zeros((4, 7, 3)))
    assert (f.spent, f.looks, f.calls) == (1, 7, 8)

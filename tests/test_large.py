"""Large runs: the shipped steps on vectors that are never stored."""

import os
import signal
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import zotheory as zo
from zotheory.large.blocks import Blocks
from zotheory.large.stream import Normals, Stream
from zotheory.large.sums import Stored, Sum
from zotheory.large.vectors import Vectors, written
from zotheory.large.walk import Walk
from zotheory.objective import Objective
from zotheory.streams import seed_sequence

D, BLOCK = 200, 64
CUT = Blocks(D, BLOCK)
CURVATURE = np.linspace(0.5, 1.5, D)
RULE = zo.radii.one_fifth(0.2)  # about a third of the steps is accepted


def f(point):
    """A quadratic, summed by blocks."""
    return sum(float(CURVATURE[where] @ (x - 0.3) ** 2) for where, x in point)


METHODS = {
    "gld_search": lambda law: zo.gld_search(R=4.0, r=0.5, law=law),
    "gld_fast": lambda law: zo.gld_fast(R=2.0, Q=1, H=3, law=law),
    "two_point": lambda law: zo.two_point(h=lambda t: 0.2 / D, delta=lambda t: 0.01, law=law),
    "two_point, pairs": lambda law: zo.two_point(h=lambda t: 0.2 / D, delta=lambda t: 0.01, law=law, pairs=3),
    "two_point, ball": lambda law: zo.two_point(
        h=lambda t: 0.2 / D, delta=lambda t: 0.01, law=law, mirror=zo.geometry.euclidean_ball(0.1, np.full(D, 0.001))
    ),
    "double_smoothing": lambda law: zo.double_smoothing(
        h=lambda t: 0.2 / D, delta=lambda t: 0.01, eta=lambda t: 0.02, law=law, first=zo.directions.rademacher
    ),
    "random_gradient_free": lambda law: zo.random_gradient_free(h=lambda k: 0.2 / D, delta=0.01, law=law),
    "random_gradient_free, central": lambda law: zo.random_gradient_free(
        h=lambda k: 0.2 / D, delta=0.01, law=law, central=True
    ),
    "accelerated_random_search": lambda law: zo.accelerated_random_search(
        h=1 / (8 * D), theta=1 / (64 * D**2), tau=1, delta=0.01, law=law
    ),
    "three_point": lambda law: zo.three_point(radius=RULE, law=law),
    "relative_loss": lambda law: zo.relative_loss(radius=zo.radii.log_uniform(0.4, 3), law=law),
    "relative_loss, momentum": lambda law: zo.relative_loss(radius=RULE, beta=0.9, clip=0.5, law=law),
    "relative_loss, values": lambda law: zo.relative_loss(radius=0.1, h=0.2 / D, law=law),
    "relative_loss_ranked": lambda law: zo.relative_loss_ranked(alpha=0.4, kept=3, patience=0.02, law=law),
    "relative_loss_trial": lambda law: zo.relative_loss_trial(radius=RULE, beta=0.9, explore=0.3, window=3.0, law=law),
    "adaptive_monte_carlo": lambda law: zo.adaptive_monte_carlo(sigma=0.02, rate=0.3, patience=2, law=law),
    "distance_over_gradients": lambda law: zo.distance_over_gradients(delta=lambda t: 0.01, reach=0.1, law=law),
}
CASES = [(name, zo.directions.sphere) for name in METHODS]
CASES += [("relative_loss, momentum", law) for law in zo.directions.LAWS.values() if law is not zo.directions.sphere]
every_case = pytest.mark.parametrize(("name", "law"), CASES, ids=lambda part: getattr(part, "name", part))


REFUSED = {
    "rso": (zo.rso(deviations=0.1, cycles=1), "some coordinates"),
    "augmented_random_search": (zo.augmented_random_search(h=0.1, delta=0.1, directions=2), "numpy.sum"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_all_methods_are_here_but_those_that_are_refused(name):
    assert {name.split(",")[0] for name in METHODS} == set(zo.METHODS) - set(REFUSED)
    method, what = REFUSED[name]
    with pytest.raises(TypeError, match=f"linear in their vectors.* got {what} of a vector"):
        zo.run_large(method, f, np.zeros(D), steps=1)


class Storing(Stream):
    """The same directions, each stored as it is drawn."""

    def standard_normal(self, size=None):
        return stored(super().standard_normal(size))

    def integers(self, low, high=None, size=None):
        return stored(super().integers(low, high, size))


def stored(drawn):
    if not isinstance(drawn, Vectors):
        return drawn
    rows = np.empty(drawn.rows.shape, object)
    for index in np.ndindex(rows.shape):
        [(direction, _)] = drawn.rows[index].terms.items()
        kept = Stored(written(Vectors(drawn.rows[index], drawn.blocks)))
        kept.square = direction.square
        rows[index] = Sum({kept: 1.0})
    return Vectors(rows, drawn.blocks)


class Plainly(Storing):
    """The same directions as arrays of NumPy."""

    def standard_normal(self, size=None):
        return plain(super().standard_normal(size))

    def integers(self, low, high=None, size=None):
        return plain(super().integers(low, high, size))


def plain(value):
    if not isinstance(value, Vectors):
        return value
    rows = [written(Vectors(row, value.blocks)) for row in value.rows.flat]
    return np.reshape(rows, value.shape)


def walk(method, source, blocks=CUT):
    return Walk(method, Objective(f), Stored(np.zeros(blocks.d)), source(seed_sequence(7), blocks))


def state_of(walk):
    return [plain(part) for part in walk.state]


@every_case
def test_directions_drawn_anew_give_the_bits_of_stored_ones(name, law):
    anew, kept = walk(METHODS[name](law), Stream), walk(METHODS[name](law), Storing)
    for _ in range(15):
        anew.advance()
        kept.advance()
        for a, b in zip(state_of(anew), state_of(kept), strict=True):
            assert np.array_equal(a, b)
    assert not np.array_equal(plain(anew.output()), np.zeros(D))


def require_the_steps_of_arrays(method, blocks, steps):
    """On the same directions, to rounding."""
    large, source = walk(method, Stream, blocks), Plainly(seed_sequence(7), blocks)

    def values(x):
        return sum(np.vecdot((x[..., where] - 0.3) ** 2, CURVATURE[where]) for where in blocks)

    state = method.init(values, np.zeros(blocks.d))
    for t in range(1, 1 + steps):
        source.begin(t)
        state = method.step(values, state, method.draw(source, state, blocks.d))
        large.advance()
        for a, b in zip(state_of(large), state, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@every_case
def test_the_steps_are_those_of_arrays(name, law):
    require_the_steps_of_arrays(METHODS[name](law), CUT, 15)


@pytest.mark.parametrize("name", [name for name in METHODS if name != "two_point, ball"])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_few_dimensions_are_no_exception(d, name):
    """Where as many numbers are drawn as there are coordinates, or one, and a block holds one of them."""
    for law in zo.directions.LAWS.values():
        require_the_steps_of_arrays(METHODS[name](law), Blocks(d, 1), 3)


def scaled_in_place(x, v, a):
    v *= a[:, None]
    first, last = v[0], v[..., 2, :]  # rows are views
    first -= x
    last += first
    return v


EXPRESSIONS = {  # of a vector x (d,), rows v (3, d), an array a (3,) and a number
    "numbers": lambda x, v, a: (2 - x) / 4 + 1.5,
    "negative": lambda x, v, a: -(0.5 * x),
    "rows": lambda x, v, a: x[..., None, :] + a[:, None] * v,
    "a row": lambda x, v, a: v[1] - v[..., 2, :],
    "arrays": lambda x, v, a: CURVATURE - x + CURVATURE / 2 - np.float64(2) * x,
    "numbers beside rows": lambda x, v, a: a[:, None] + v,
    "quotients": lambda x, v, a: v / a[:, None] - np.divide(x, 3.0),
    "mean": lambda x, v, a: np.mean(v * a[:, None], axis=-2),
    "choice": lambda x, v, a: np.where(np.expand_dims(a > 0, axis=-1), v, x),
    "choice of arrays": lambda x, v, a: np.where(np.expand_dims(a > 0, axis=-1), CURVATURE, v),
    "together": lambda x, v, a: np.concatenate([v, np.expand_dims(x, axis=-2)], axis=-2),
    "in place": scaled_in_place,
    "nothing": lambda x, v, a: x - x + 0 * v,
    "products": lambda x, v, a: np.vecdot(v, x),
    "products with arrays": lambda x, v, a: np.vecdot(CURVATURE, v + x),
    "lengths": lambda x, v, a: zo.geometry.norm(v - x),
    "lengths that overflow": lambda x, v, a: zo.geometry.norm(1e200 * v),
    "lengths that underflow": lambda x, v, a: zo.geometry.norm(1e-200 * x),
    "extremes": lambda x, v, a: np.max(v + x, axis=-1) - np.min(v, axis=-1),
    "coordinates": lambda x, v, a: v[..., 130] + x[..., 0],
    "finite": lambda x, v, a: np.all(np.isfinite(np.float64("inf") * a[:, None] * v), axis=-1),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_sums_compute_as_arrays_do(name):
    stream, a = Stream(seed_sequence(1), CUT), np.array([0.5, -2.0, 3.0])
    x, v = stream.standard_normal(D), stream.standard_normal((3, D))
    arrays = plain(x), plain(v), a
    found = EXPRESSIONS[name](x, v, a)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(plain(found), EXPRESSIONS[name](*arrays), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (lambda x, u: x * u, "a product"),
        (lambda x, u: x / u, "a product or a quotient"),
        (lambda x, u: 1 / u, "a product or a quotient"),
        (lambda x, u: u**2, "numpy.power"),
        (lambda x, u: x @ u, "numpy.matmul"),
        (lambda x, u: abs(u), "numpy.absolute"),
        (lambda x, u: u > 0, "numpy.greater"),
        (lambda x, u: np.sign(u), "numpy.sign"),
        (lambda x, u: np.sum(u), "numpy.sum"),
        (lambda x, u: np.mean(u, axis=-1), "axis -1"),
        (lambda x, u: np.arange(3.0) * u, r"the product with an array \(3,\)"),
        (lambda x, u: u[3:5], "the part"),
        (lambda x, u: np.asarray(u), "all coordinates"),
        (lambda x, u: np.multiply(u, 2.0, out=np.empty(D)), "writing into an array"),
        (lambda x, u: np.add.reduce(u), "numpy.add.reduce"),
    ],
)
def test_what_is_not_linear_is_refused(step, words):
    method = replace(METHODS["two_point"](zo.directions.gaussian), step=lambda f, state, u: step(state.x, u))
    with pytest.raises(TypeError, match=f"linear in their vectors.* got {words}.* of a vector; zotheory.run takes any"):
        zo.run_large(method, f, np.zeros(D), steps=1)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"draw": lambda rng, state, d: rng.random((400, d))}, r"got random of shape \(400, 200\)"),
        ({"draw": lambda rng, state, d: rng.integers(0, 3, 500 * d)}, r"got integers\(0, 3\) of shape 100000"),
        ({"init": lambda f, x0: {"x": x0}}, "state in a NamedTuple in a large run, got dict"),
        (
            {"step": lambda f, state, u: state._replace(x=state.x[..., None, :])},
            r"vectors \(d,\) in its state in a large run, got x of shape \(1, 200\)",
        ),
    ],
)
def test_methods_that_do_not_fit_are_refused(changed, words):
    method = replace(METHODS["two_point"](zo.directions.gaussian), **changed)
    with pytest.raises(TypeError, match=words):
        zo.run_large(method, f, np.zeros(D), steps=1)


def test_a_walk_of_gaussian_steps_has_the_bits_of_arrays():
    """Where a step adds one direction to x, there is one order to add in: the shipped step on arrays agrees exactly."""
    method = zo.relative_loss(radius=RULE, law=zo.directions.gaussian)
    large, source = walk(method, Stream), Plainly(seed_sequence(7), CUT)

    def values(x):
        return f([(where, x[where]) for where in CUT])

    state = method.init(values, np.zeros(D))
    for t in range(1, 101):
        source.begin(t)
        state = method.step(values, state, method.draw(source, state, D))
        large.advance()
    assert np.array_equal(written(large.output()), state.x)
    assert large.value() == state.fx < f([(slice(None), np.zeros(D))])


# --- a million dimensions --------------------------------------------------------------------------------------------

MILLION, PART = 10**6, 1 << 14
BULK = {  # step sizes that suit the dimension
    "gld_search": (zo.gld_search(R=0.1, r=0.03), 1),
    "gld_fast": (zo.gld_fast(R=0.1, Q=1, H=3), 1),
    "two_point": (zo.two_point(h=lambda t: 0.2 / MILLION, delta=lambda t: 0.1), 2),
    "two_point, pairs": (zo.two_point(h=lambda t: 0.2 / MILLION, delta=lambda t: 0.1, pairs=2), 2),
    "double_smoothing": (
        zo.double_smoothing(h=lambda t: 0.2 / MILLION, delta=lambda t: 0.1, eta=lambda t: 0.2),
        2,
    ),
    "random_gradient_free": (zo.random_gradient_free(h=lambda k: 0.2 / MILLION, delta=0.1, average=False), 1),
    "accelerated_random_search": (
        zo.accelerated_random_search(h=1 / (8 * MILLION), theta=1 / (64 * MILLION**2), tau=1, delta=0.1),
        2,
    ),
    "three_point": (zo.three_point(radius=0.03), 1),
    "relative_loss": (zo.relative_loss(radius=0.03), 1),
    "relative_loss, momentum": (zo.relative_loss(radius=0.03, beta=0.9), 2),
    "relative_loss_ranked": (zo.relative_loss_ranked(alpha=0.03), 4),
    "relative_loss_trial": (zo.relative_loss_trial(radius=0.03, beta=0.9), 2),
    "adaptive_monte_carlo": (zo.adaptive_monte_carlo(sigma=3e-5, rate=0.1), 2),
    "distance_over_gradients": (zo.distance_over_gradients(delta=lambda t: 0.1, reach=0.1), 4),
}
SLOW = set(BULK) - {"relative_loss, momentum"}


def chained(point):
    """Sum of (x_i - 1)^2 + (x_{i+1} - x_i)^2: each block needs the end of the one before."""
    total, last = 0.0, None
    for _, x in point:
        total += np.einsum("i,i->", x - 1, x - 1) + np.einsum("i,i->", np.diff(x), np.diff(x))
        total += 0.0 if last is None else (x[0] - last) ** 2
        last = x[-1]
    return total


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOW)) for n in BULK])
def test_a_million_dimensions_take_the_memory_of_the_state(name):
    method, vectors = BULK[name]
    arguments = {"steps": 6, "seed": 7, "block": PART, "record": [6]}
    start = np.zeros(MILLION)
    tracemalloc.start()
    try:
        anew = zo.run_large(method, chained, start, **arguments)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * (vectors + 0.5) * MILLION  # one direction that were stored would take 8 * MILLION
    kept = Walk(method, Objective(chained), Stored(start), Storing(seed_sequence(7), Blocks(MILLION, PART)))
    for _ in range(6):
        kept.advance()
    assert np.array_equal(anew.x, written(kept.output()))
    assert anew.value == kept.value() != MILLION


# --- the law ---------------------------------------------------------------------------------------------------------

CHANCE = 1e-7  # of each of the tests here to fail although the law is right


def test_directions_are_normal_and_independent():
    """Coordinates, lengths, and products across blocks, draws and steps; some blocks hold one or two numbers."""
    blocks = Blocks(3000, [1] * 100 + [2] * 100 + [2700])
    stream, rows = Stream(seed_sequence(3), blocks), []
    for step in (1, 2):
        stream.begin(step)
        rows += list(stream.standard_normal((20, 3000)).rows)
    z = np.array([written(Vectors(row, blocks)) for row in rows])
    for part in (z[:, :100], z[:, 100:300], z[:, 300:]):
        assert stats.kstest(part.ravel(), "norm").pvalue > CHANCE
    squares = np.array([next(iter(row.terms)).square for row in rows])
    np.testing.assert_allclose(np.vecdot(z, z), squares, rtol=1e-12)
    assert stats.kstest(squares, "chi2", (3000,)).pvalue > CHANCE
    limit = stats.norm.isf(CHANCE / 2)
    for a, b in ((z[:, :-1], z[:, 1:]), (z[:-1], z[1:]), (z[:20], z[20:])):  # a product has mean 0, variance 1
        assert abs(np.mean(a * b)) < limit / np.sqrt(a.size)


def test_bits_are_fair_and_independent():
    blocks = Blocks(10_000, 999)
    rows = Stream(seed_sequence(3), blocks).integers(0, 2, (20, 10_000)).rows
    signs = 2 * np.array([written(Vectors(row, blocks)) for row in rows]) - 1
    limit = stats.norm.isf(CHANCE / 2)
    for a in (signs, signs[:, 1:] * signs[:, :-1], signs[1:] * signs[:-1]):
        assert set(np.unique(a)) == {-1, 1}
        assert abs(np.mean(a)) < limit / np.sqrt(a.size)


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n != "relative_loss")) for n in BULK])
def test_runs_have_the_law_of_runs_on_arrays(name):
    """200 values after 4 steps, and 2000 on arrays, in 4 dimensions that are cut into blocks of 1, 2 and 1."""
    law, x0, scale = zo.directions.sphere, np.ones(4), np.array([1.0, 2, 3, 4])
    method = {
        "gld_search": zo.gld_search(R=2.0, r=0.5),
        "gld_fast": zo.gld_fast(R=1.0, Q=1, H=3),
        "two_point": zo.two_point(h=lambda t: 0.05, delta=lambda t: 0.1),
        "two_point, pairs": zo.two_point(h=lambda t: 0.05, delta=lambda t: 0.1, pairs=2, law=zo.directions.ball),
        "double_smoothing": zo.double_smoothing(h=lambda t: 0.05, delta=lambda t: 0.1, eta=lambda t: 0.2, law=law),
        "random_gradient_free": zo.random_gradient_free(h=lambda k: 0.02, delta=0.1),
        "accelerated_random_search": zo.accelerated_random_search(h=0.02, theta=0.001, tau=1, delta=0.1),
        "three_point": zo.three_point(radius=RULE, law=zo.directions.rademacher),
        "relative_loss": zo.relative_loss(radius=zo.radii.log_uniform(1.0, 3)),
        "relative_loss, momentum": zo.relative_loss(radius=RULE, beta=0.9),
        "relative_loss_ranked": zo.relative_loss_ranked(alpha=0.5, kept=3),
        "relative_loss_trial": zo.relative_loss_trial(radius=RULE, beta=0.9, explore=0.3, window=3.0),
        "adaptive_monte_carlo": zo.adaptive_monte_carlo(sigma=0.3, rate=0.5, patience=2),
        "distance_over_gradients": zo.distance_over_gradients(delta=lambda t: 0.1, reach=0.1),
    }[name]

    def by_blocks(point):
        return sum(float(scale[where] @ x**2) for where, x in point)

    runs = (zo.run_large(method, by_blocks, x0, steps=4, seed=seed, block=(1, 2, 1), record=[4]) for seed in range(200))
    plain = zo.run(method, lambda x: x**2 @ scale, x0=x0, steps=4, seed=1, replicas=2000, record=[4])
    assert stats.ks_2samp([run.value for run in runs], plain.values[-1]).pvalue > CHANCE


# --- what f and the run may be ---------------------------------------------------------------------------------------


def test_a_network_is_evaluated_layer_by_layer():
    """Blocks as long as the layers: f needs no more of the network than one of them."""
    rng = np.random.default_rng(1)
    inputs, shapes = rng.standard_normal((20, 3)), [(3, 5), (5,), (5, 1)]
    target = np.tanh(inputs @ np.ones(3))

    def loss(point):
        weights, bias, out = (x.reshape(shape).copy() for (_, x), shape in zip(point, shapes, strict=True))
        return float(np.mean((np.tanh(inputs @ weights + bias) @ out - target[:, None]) ** 2))

    method = zo.relative_loss(radius=zo.radii.one_fifth(1.0))
    run = zo.run_large(method, loss, rng.standard_normal(25), steps=400, seed=1, block=(15, 5, 5))
    assert run.value < 0.1 * run.values[0]


class Batches:
    """Least squares on ten of a hundred rows, drawn in each step."""

    def __init__(self):
        self.rows = np.random.default_rng(1).standard_normal((100, D))
        self.seen = []

    def sample(self, rng, batch):
        self.seen.append(rng.integers(0, 100, (*batch, 10)))
        return self.seen[-1]

    def at(self, rows):
        def f(point):
            left = -np.ones(len(rows))
            for where, x in point:
                left += self.rows[rows, where] @ x
            return float(left @ left)

        return f

    def __call__(self, point):
        return self.at(np.arange(100))(point) / 10


def test_a_stochastic_problem_shares_its_sample_within_a_step():
    problem = Batches()
    method = zo.random_gradient_free(h=lambda k: 2e-5, delta=1e-3, average=False)
    run = zo.run_large(method, problem, np.zeros(D), steps=300, seed=1, block=BLOCK)
    assert run.values[0] == 10
    assert run.value < 8
    assert run.calls == 600
    assert run.looks == 0
    assert len(problem.seen) == 300
    assert len(np.unique(problem.seen, axis=0)) == 300
    with pytest.raises(ValueError, match="must not be stochastic for relative_loss"):
        zo.run_large(METHOD, problem, np.zeros(D), steps=1)


def test_a_start_on_disk_is_moved_in_place_where_that_is_asked_for(tmp_path):
    on_disk = np.memmap(tmp_path / "x", np.float64, "w+", shape=(D,))
    copied = zo.run_large(METHOD, f, on_disk, steps=20, seed=1)
    assert not on_disk.any()
    moved = zo.run_large(METHOD, f, on_disk, steps=20, seed=1, overwrite_x0=True)
    assert moved.x is on_disk
    assert np.array_equal(np.fromfile(tmp_path / "x"), copied.x)
    assert copied.x.any()


def test_seeds_and_blocks_decide_the_bits_and_records_do_not():
    def run(**changed):
        arguments = {"steps": 30, "seed": 1, "block": BLOCK} | changed
        return zo.run_large(METHOD, f, np.zeros(D), **arguments)

    first = run()
    assert np.array_equal(first.x, run(record=[30]).x)
    assert np.array_equal(first.x, run(block=[64, 64, 64, 8]).x)
    with ThreadPoolExecutor(1) as elsewhere:  # where there are no signals to hold
        assert np.array_equal(first.x, elsewhere.submit(run).result().x)
    assert not np.array_equal(first.x, run(block=63).x)
    assert not np.array_equal(first.x, run(seed=2).x)
    assert np.array_equal(run(seed=np.random.default_rng(5)).x, run(seed=np.random.default_rng(5)).x)
    assert list(first.steps) == list(range(31))
    assert (np.diff(first.values) <= 0).all()
    assert first.calls == 31 + first.looks == 33


@pytest.mark.slow
def test_threads_of_a_blas_do_not_change_the_bits():
    """Momentum and the sphere take lengths of vectors; blocks are long enough for a BLAS to share them out."""
    script = """
import numpy as np, zotheory as zo
method = zo.relative_loss(radius=1.0, beta=0.9)
run = zo.run_large(method, lambda point: sum(float(np.sum((x - 1) ** 2)) for _, x in point), np.zeros(200_000), steps=9)
print(run.x.tobytes().hex())
"""
    found = set()
    for threads in ("1", "2", "3"):
        environment = os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        found.add(
            subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True).stdout
        )
    assert len(found) == 1


def test_a_point_may_be_looped_over_again_and_inside_itself():
    def pairs(point):
        return sum(float(x.sum()) * float(y.sum()) for _, x in point for _, y in point) + 3 * len(point)

    run = zo.run_large(METHODS["three_point"](zo.directions.sphere), pairs, np.ones(D), steps=30, seed=1, block=BLOCK)
    assert run.values[0] == D**2 + 12
    assert run.value == pytest.approx(run.x.sum() ** 2 + 12)
    assert run.value < run.values[0]


def test_a_barrier_counts_as_worst():
    def barred(point):
        value = f(point)
        return value if value < 19 else np.nan

    run = zo.run_large(METHOD, barred, np.zeros(D), steps=50, seed=1, nonfinite="worst")
    assert np.isinf(run.values[0]) or run.values[0] < 19
    assert run.value < 19


# --- interrupts ------------------------------------------------------------------------------------------------------


def test_an_interrupt_leaves_no_vector_half_moved(monkeypatch):
    """Ctrl-C at every draw of a block, one run each: among them those while the state is written."""
    method = zo.relative_loss(radius=RULE, law=zo.directions.gaussian)
    drawn = Normals.block
    left = [0]

    def interrupting(self, *args):
        left[0] -= 1
        if left[0] == 0:
            signal.raise_signal(signal.SIGINT)
        return drawn(self, *args)

    monkeypatch.setattr(Normals, "block", interrupting)
    whole, moments = zo.run_large(method, f, np.zeros(D), steps=3, seed=1, block=BLOCK, record=range(4)), 0
    while True:
        moments += 1
        left[0] = moments
        try:
            zo.run_large(method, f, np.zeros(D), steps=3, seed=1, block=BLOCK, record=range(4))
        except KeyboardInterrupt as stop:
            partial = stop.partial
            assert partial.value == f([(where, partial.x[where]) for where in CUT])
            assert partial.value in whole.values
        else:
            break
    assert moments > 3 * 4  # some were while a state was written


# --- what is refused -------------------------------------------------------------------------------------------------

METHOD = METHODS["relative_loss"](zo.directions.sphere)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"method": "relative_loss"}, TypeError, "method must be a Method"),
        ({"f": 1.0}, TypeError, "f must be callable on a point by blocks, got 1.0"),
        ({"x0": [0.0, 1.0]}, TypeError, r"x0 must be an array of doubles, got \[0.0, 1.0\]"),
        ({"x0": np.zeros(3, np.float32)}, TypeError, "x0 must be an array of doubles"),
        ({"x0": np.zeros((2, 3))}, ValueError, r"x0 must have shape \(d,\) with d >= 1, got \(2, 3\)"),
        ({"x0": np.ma.masked_equal([0.0, 1.0], 1)}, ValueError, "x0 must have no masked entries"),
        ({"x0": np.array([0, np.nan])}, ValueError, "x0 must be finite, got array"),
        ({"x0": np.broadcast_to(0.0, 3), "overwrite_x0": True}, ValueError, "x0 must be writeable"),
        ({"overwrite_x0": 1}, TypeError, "overwrite_x0 must be True or False, got 1"),
        ({"steps": 0}, ValueError, "steps must be"),
        ({"seed": -1}, ValueError, "seed must be at least 0"),
        ({"block": 0}, ValueError, "block must be"),
        ({"block": (100, 99)}, ValueError, r"block must hold sizes that sum to d = 200, got 2 with sum 199"),
        ({"block": (200, 0)}, ValueError, r"block\[1\] must be"),
        ({"block": "200"}, TypeError, "block must be an integer"),
        ({"block": np.ones((2, 100), int)}, TypeError, "block must be an integer"),
        ({"block": [100.0, 100.0]}, TypeError, r"block\[0\] must be an integer, got 100.0"),
        ({"record": [3]}, ValueError, "record must hold steps from 0 to 2, got 3"),
        ({"nonfinite": "best"}, ValueError, "nonfinite must be 'error' or 'worst'"),
    ],
)
def test_bad_arguments_are_named(changed, error, words):
    arguments = {"method": METHOD, "f": f, "x0": np.zeros(D), "steps": 2} | changed
    with pytest.raises(error, match=words):
        zo.run_large(**arguments)


@pytest.mark.parametrize(
    ("mirror", "words"),
    [(zo.geometry.p_norm(1.0, D), "numpy.absolute"), (zo.geometry.entropy(), "numpy.greater_equal")],
)
def test_steps_that_are_not_linear_are_refused(mirror, words):
    method = zo.two_point(h=lambda t: 0.1, delta=lambda t: 0.1, mirror=mirror)
    with pytest.raises(TypeError, match=f"linear in their vectors, so that .* need not store them, got {words}"):
        zo.run_large(method, f, np.full(D, 1 / D), steps=1)


def test_an_objective_that_is_no_function_is_refused():
    noise = np.random.default_rng(1)
    with pytest.raises(ValueError, match="at one point at x0"):
        zo.run_large(METHOD, lambda point: f(point) + noise.random(), np.zeros(D), steps=1)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda value: value / 0, "raised ZeroDivisionError"),
        (lambda value: np.nan, "must return finite values, got nan"),
        (lambda value: [value, value], r"must return one number for one point, got shape \(2,\)"),
        (lambda value: 1j * value, "must return real numbers"),
    ],
)
def test_a_failure_gives_what_was_computed(broken, words):
    left = iter(range(10))

    def fails(point):
        return f(point) if next(left, None) is not None else broken(f(point))

    with pytest.raises(zo.ObjectiveError, match=words) as raised:
        zo.run_large(METHODS["three_point"](zo.directions.sphere), fails, np.zeros(D), steps=20, record=range(21))
    partial = raised.value.partial
    assert partial.value == f([(slice(None), partial.x)]) == partial.values[3]
    assert np.isnan(partial.values[4])
    assert partial.calls >= 10
    assert "stopped at step 4 of 20" in raised.value.__notes__[0]


@pytest.mark.parametrize("calls", [0, 1, 2])
@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_what_stops_a_run_before_its_first_step_gives_the_start(calls, end):
    left = iter(range(calls))

    def stops(point):
        if next(left, None) is None:
            raise end
        return f(point)

    with pytest.raises(end) as raised:
        zo.run_large(METHOD, stops, np.zeros(D), steps=3)
    partial = raised.value.partial
    assert np.array_equal(partial.x, np.zeros(D))
    assert np.isnan(partial.values).all()
    assert "stopped at step 0 of 3" in raised.value.__notes__[0]


@pytest.mark.parametrize(
    "whole", [lambda x: x @ x, np.sum, lambda x: x[0], lambda x: x.sum(), zo.problems.golovin_family(1, 8, D)]
)
def test_a_function_of_whole_points_is_told_what_it_gets(whole):
    with pytest.raises(zo.ObjectiveError, match="f must take a point by blocks, `for where, x in point`"):
        zo.run_large(METHOD, whole, np.zeros(D), steps=1)


def test_points_cannot_be_written_into():
    def writes(point):
        for _, x in point:
            x += 1

    with pytest.raises(zo.ObjectiveError, match="read-only"):
        zo.run_large(METHOD, writes, np.zeros(D), steps=1)


def test_an_overflow_of_the_point_is_told():
    method = zo.random_gradient_free(h=lambda k: 1e308, delta=1e-3)
    with np.errstate(all="ignore"), pytest.raises(zo.ObjectiveError, match="points of a run must be finite"):
        zo.run_large(method, lambda point: max(np.abs(x).max() for _, x in point), np.ones(D), steps=9)

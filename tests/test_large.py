"""Large runs: the shipped steps on vectors that are never stored."""

import numpy as np
import pytest

import zotheory as zo
from zotheory.large.blocks import Blocks
from zotheory.large.stream import Stream
from zotheory.large.sums import Stored, Sum
from zotheory.large.vectors import Vectors, written
from zotheory.large.walk import Walk
from zotheory.objective import Objective
from zotheory.streams import seed_sequence

D, BLOCK = 200, 64
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
    "accelerated_random_search": lambda law: zo.accelerated_random_search(
        h=1 / (8 * D), theta=1 / (64 * D**2), tau=1, delta=0.01, law=law
    ),
    "three_point": lambda law: zo.three_point(radius=RULE, law=law),
    "relative_loss": lambda law: zo.relative_loss(radius=zo.radii.log_uniform(0.4, 3), law=law),
    "relative_loss, momentum": lambda law: zo.relative_loss(radius=RULE, beta=0.9, clip=0.5, law=law),
    "relative_loss, values": lambda law: zo.relative_loss(radius=0.1, h=0.2 / D, law=law),
}
CASES = [(name, zo.directions.sphere) for name in METHODS]
CASES += [("relative_loss, momentum", law) for law in zo.directions.LAWS.values() if law is not zo.directions.sphere]
every_case = pytest.mark.parametrize(("name", "law"), CASES, ids=lambda part: getattr(part, "name", part))


def test_all_methods_are_here():
    assert {name.split(",")[0] for name in METHODS} == set(zo.METHODS)


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
        rows[index] = Sum({Stored(written(Vectors(drawn.rows[index], drawn.blocks))): 1.0})
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


def walk(method, source, d=D, f=f):
    return Walk(method, Objective(f), Stored(np.zeros(d)), source(seed_sequence(7), Blocks(d, BLOCK)))


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


@every_case
def test_the_steps_are_those_of_arrays(name, law):
    method = METHODS[name](law)
    large, source = walk(method, Stream), Plainly(seed_sequence(7), Blocks(D, BLOCK))

    def values(x):
        parts = [(where, x[..., where]) for where in Blocks(D, BLOCK)]
        return sum(np.vecdot((part - 0.3) ** 2, CURVATURE[where]) for where, part in parts)

    state = method.init(values, np.zeros(D))
    for t in range(1, 16):
        source.begin(t)
        state = method.step(values, state, method.draw(source, state, D))
        large.advance()
        for a, b in zip(state_of(large), state, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_a_walk_of_gaussian_steps_has_the_bits_of_arrays():
    """Where a step adds one direction to x, there is one order to add in: the shipped step on arrays agrees exactly."""
    method = zo.relative_loss(radius=RULE, law=zo.directions.gaussian)
    large, source = walk(method, Stream), Plainly(seed_sequence(7), Blocks(D, BLOCK))

    def values(x):
        return f([(where, x[where]) for where in Blocks(D, BLOCK)])

    state = method.init(values, np.zeros(D))
    for t in range(1, 101):
        source.begin(t)
        state = method.step(values, state, method.draw(source, state, D))
        large.advance()
    assert np.array_equal(written(large.output()), state.x)
    assert large.value() == state.fx < f([(slice(None), np.zeros(D))])


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
        ({"x0": np.array([0, np.nan])}, ValueError, "x0 must be finite, got array"),
        ({"x0": np.broadcast_to(0.0, 3), "overwrite_x0": True}, ValueError, "x0 must be writeable"),
        ({"overwrite_x0": 1}, TypeError, "overwrite_x0 must be True or False, got 1"),
        ({"steps": 0}, ValueError, "steps must be"),
        ({"seed": -1}, ValueError, "seed must be at least 0"),
        ({"block": 0}, ValueError, "block must be"),
        ({"block": (100, 99)}, ValueError, r"block must hold sizes that sum to d = 200, got 2 with sum 199"),
        ({"block": (200, 0)}, ValueError, r"block\[1\] must be"),
        ({"block": "200"}, TypeError, "block must be an integer"),
        ({"record": [3]}, ValueError, "record must hold steps from 0 to 2, got 3"),
        ({"nonfinite": "best"}, ValueError, "nonfinite must be 'error' or 'worst'"),
    ],
)
def test_bad_arguments_are_named(changed, error, words):
    arguments = {"method": METHOD, "f": f, "x0": np.zeros(D), "steps": 2} | changed
    with pytest.raises(error, match=words):
        zo.run_large(**arguments)


@pytest.mark.parametrize(
    ("mirror", "words"), [(zo.geometry.p_norm(1.0, D), "numpy.absolute"), (zo.geometry.entropy(), "all coordinates")]
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

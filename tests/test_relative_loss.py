"""Relative-loss descent, three points and their radii, beside plain loops and the properties they must have."""

import array_api_strict
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

import zotheory as zo
from zotheory import radii
from zotheory.directions import gaussian, sphere
from zotheory.methods.relative_loss import Move, State, clipped, step, weighted_step
from zotheory.methods.three_point import State as ThreePointState
from zotheory.methods.three_point import step as three_point_step
from zotheory.oracles import Batches, Expected, Fresh

D = 4
SPECTRUM = np.array([1.0, 2.0, 4.0, 7.0])
reals = st.floats(-3, 3, allow_subnormal=False).map(lambda v: round(v, 6))
points = hnp.arrays(float, D, elements=reals)
FAMILY = zo.problems.golovin_family(1, 8, 6, minimiser=0.2, f_star=-1.0)
MOMENTUM = {"beta": 0.8, "gain": 3.0, "clip": 1.5}


def quadratic(x, centre=0.3):
    z = x - centre
    return np.vecdot(SPECTRUM * z, z) / 2


def state_at(x, b=None, alpha=1.0):
    return State(x, quadratic(x), np.zeros_like(x) if b is None else b, np.full(x.shape[:-1], alpha), 1)


# --- the step --------------------------------------------------------------------------------------------------------


@given(points, points, points, st.floats(0.01, 2))
def test_a_step_is_the_paragraph_that_describes_it(x, u, b, sigma):
    after = step(quadratic, state_at(x, b), Move(u, np.asarray(sigma)), **MOMENTUM)
    y = x + sigma * (u + b)
    moved = quadratic(y) < quadratic(x)
    assert np.array_equal(after.x, y if moved else x)
    assert after.fx == quadratic(after.x)
    momentum = 0.8 * b + 0.2 * 3.0 * (u + b if moved else 0)
    length = np.linalg.norm(momentum)
    np.testing.assert_allclose(after.b, momentum * min(1, 1.5 / length) if length else momentum, atol=1e-12)
    assert np.linalg.norm(after.b) <= 1.5 * (1 + 1e-12)
    assert after.t == 2


@given(points, points, st.floats(0.01, 2))
def test_the_weighted_step_is_two_point_descent(x, u, sigma):
    after = weighted_step(quadratic, state_at(x), Move(u, np.asarray(sigma)), h=0.1)
    slope = (quadratic(x + sigma * u) - quadratic(x)) / sigma
    np.testing.assert_allclose(after.x, x - 0.1 * slope * u, atol=1e-12)


@given(points, points)
def test_three_points_keep_the_best_of_three(x, v):
    rule = radii.one_fifth(1.0)
    after = three_point_step(quadratic, ThreePointState(x, quadratic(x), np.asarray(1.0), 1), v, radius=rule)
    values = [quadratic(x), quadratic(x + v), quadratic(x - v)]
    assert after.fx == min(values)
    assert any(np.array_equal(after.x, y) for y in (x, x + v, x - v))
    assert after.alpha == (1.2 if min(values[1:]) < values[0] else 1.2**-0.25)
    stale = ThreePointState(x, np.asarray(-1.0), np.asarray(1.0), 1)  # below all values there are
    assert np.array_equal(three_point_step(quadratic, stale, v, radius=rule).x, x)
    anew = three_point_step(quadratic, stale, v, radius=rule, cached=False)
    assert (anew.fx, anew.alpha) == (after.fx, after.alpha)
    np.testing.assert_array_equal(anew.x, after.x)


@pytest.mark.parametrize("length", [0.0, 0.5, 1.0, 2.0, 1e9])
def test_momentum_is_shortened_only_where_it_is_too_long(length):
    b = length * np.array([[0.6, 0.8], [0.0, 0.0]])
    np.testing.assert_allclose(clipped(b, 1.0), min(length, 1) * np.array([[0.6, 0.8], [0.0, 0.0]]))


# --- ties ------------------------------------------------------------------------------------------------------------


def levels(x):
    """Constant in pieces."""
    return np.floor(quadratic(x) / 8)


either_way = pytest.mark.parametrize("ties", ["stay", "move"])
values = st.floats() | st.sampled_from([-1.0, 0.0, -0.0, np.inf, -np.inf, np.nan])


@either_way
@example(here=np.inf, there=np.inf)
@example(here=np.nan, there=np.nan)
@example(here=0.0, there=-0.0)
@given(here=values, there=values)
def test_ties_move_where_they_are_told_to_and_nothing_moves_to_nan(ties, here, there):
    state = state_at(np.ones(D))._replace(fx=np.asarray(here))
    after = step(lambda x: np.asarray(there), state, Move(np.ones(D), np.asarray(1.0)), ties=ties)
    moved = there < here or (ties == "move" and there == here)
    assert np.array_equal(after.x, np.full(D, 1.0 + moved))
    np.testing.assert_array_equal(after.fx, there if moved else here)
    assert not (moved and np.isnan([here, there]).any())


@given(points, points, points, st.floats(0.01, 2))
def test_a_tie_that_moves_changes_all_that_a_lower_value_does(x, u, b, sigma):
    options = {"radius": radii.one_fifth(1.0), **MOMENTUM}
    state, move = state_at(x, b)._replace(fx=levels(x)), Move(u, np.asarray(sigma))
    after = step(levels, state, move, ties="move", **options)
    tie = levels(x + sigma * (u + b)) == levels(x)
    expected = step(lambda y: levels(y) - tie, state, move, **options)
    for name in ("x", "b", "alpha", "t"):
        assert np.array_equal(getattr(after, name), getattr(expected, name)), name
    assert after.fx == levels(after.x) == expected.fx + tie


# --- whole runs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("momentum", [{}, MOMENTUM], ids=["none", "momentum"])
def test_a_run_beside_a_plain_loop(momentum):
    """The (1+1)-ES of Kern et al. where there is no momentum."""
    method = zo.relative_loss(radius=radii.one_fifth(2.0), law=gaussian, **momentum)
    found = zo.run(method, FAMILY, steps=300, seed=3)
    child = np.random.SeedSequence(3).entropy
    rng = zo.generator(np.random.SeedSequence(child, spawn_key=(0,)))
    x, b, sigma = FAMILY.x0, np.zeros(6), 2.0 / np.sqrt(6)
    for _ in range(300):
        way = rng.standard_normal(6) + b
        y = x + sigma * way
        better = FAMILY(y) < FAMILY(x)
        x, sigma = (y, sigma * 1.2) if better else (x, sigma / 1.2**0.25)
        if momentum:
            b = 0.8 * b + 0.2 * 3.0 * (way if better else 0 * way)
            b *= min(1, 1.5 / max(np.linalg.norm(b), 1e-300))
    np.testing.assert_allclose(found.x, x, rtol=1e-9)
    assert found.calls - found.looks == 301


RULES = {
    "fixed": 0.3,
    "decaying": lambda t: 1 / t,
    "log-uniform": radii.log_uniform(2.0, 6),
    "1/5": radii.one_fifth(1.0),
}


@pytest.mark.parametrize("momentum", [{}, MOMENTUM], ids=["none", "momentum"])
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_increasing_transforms_change_nothing(rule, momentum):
    transformed = zo.problems.Increasing(FAMILY, lambda y: np.cbrt(y + 1))
    method = zo.relative_loss(radius=rule, **momentum)
    runs = [zo.run(method, f, x0=FAMILY.x0, steps=200, replicas=4, seed=5) for f in (FAMILY, transformed)]
    assert np.array_equal(runs[0].x, runs[1].x)
    assert np.all(np.diff(runs[0].values, axis=0) <= 0)
    assert np.all(runs[0].values[-1] < runs[0].values[0])


def comparisons(f, steps=60, ties="stay"):
    """End of a run on f, and the pairs of values (there, here) that its steps compared."""
    method, rng = zo.relative_loss(radius=radii.one_fifth(1.0), ties=ties, **MOMENTUM), zo.generator(5)
    state, pairs = method.init(f, FAMILY.x0), []

    def seen(x):
        pairs.append((f(x), state.fx))
        return pairs[-1][0]

    for _ in range(steps):
        state = method.step(seen, state, method.draw(rng, state, 6))
    return state, pairs


MERGING = {
    "lifted": (np.add, 10.0 ** np.arange(-2, 20)),
    "shrunk": (np.multiply, [*10.0 ** -np.arange(0.0, 320, 40), 1e-320, 1e-321, 1e-322, 5e-324]),
}


@pytest.mark.parametrize("way", MERGING)
@given(pick=st.floats(0, 1, exclude_max=True))
def test_a_run_is_the_same_exactly_where_no_two_values_merge(way, pick):
    """f + 1e16 and 1e-320 f increase strictly, but not in floating point: then the run is another."""
    change, sizes = MERGING[way]
    size = sizes[int(pick * len(sizes))]
    end, pairs = comparisons(FAMILY)
    kept = all((change(there, size) < change(here, size)) == (there < here) for there, here in pairs)
    assert np.array_equal(comparisons(lambda x: change(FAMILY(x), size))[0].x, end.x) == kept


@given(st.sampled_from(MERGING["lifted"][1]))
def test_both_ways_with_ties_are_one_run_exactly_where_there_is_none(size):
    (stay, pairs), (move, _) = (comparisons(lambda x: FAMILY(x) + size, ties=ties) for ties in ("stay", "move"))
    same = all(np.array_equal(*parts) for parts in zip(stay, move, strict=True))
    assert same == all(there != here for there, here in pairs)


@pytest.mark.parametrize("momentum", [{}, MOMENTUM], ids=["none", "momentum"])
@pytest.mark.parametrize("rule", RULES)
@given(seed=st.integers(0, 2**32))
def test_on_a_loss_that_is_constant_in_pieces_no_value_rises_and_every_tie_moves(rule, momentum, seed):
    method, rng = zo.relative_loss(radius=RULES[rule], ties="move", **momentum), zo.generator(seed)
    state, tied = method.init(levels, 3 * rng.standard_normal((5, D))), 0
    for _ in range(20):
        seen = []
        after = method.step(lambda x: seen.append(x) or levels(x), state, method.draw(rng, state, D))  # noqa: B023
        [y] = seen
        here, there = levels(state.x), levels(y)
        assert np.array_equal(after.x, np.where((there <= here)[:, None], y, state.x))
        assert np.array_equal(after.fx, np.minimum(here, there))
        state, tied = after, tied + np.sum(there == here)
    assert tied > 0


@pytest.mark.filterwarnings("ignore::zotheory.ObjectiveWarning")  # that all values of a step are equal, as they are
@pytest.mark.parametrize("worst", [np.inf, np.nan])
@either_way
def test_a_run_begun_where_the_loss_has_no_value_walks_where_ties_move(ties, worst):
    def f(x):
        length = np.linalg.norm(x, axis=-1)
        return np.where(length < 3, worst, length)

    method = zo.relative_loss(radius=radii.one_fifth(0.3), ties=ties)
    result = zo.run(method, f, x0=np.full(D, 0.1), steps=200, replicas=5, seed=1, nonfinite="worst", vectorised=True)
    if ties == "stay":
        assert np.all(result.x == 0.1)
    else:
        assert np.all((result.value >= 3) & (result.value < 3.5))


@pytest.mark.parametrize(("way", "size", "same"), [("lifted", 1e16, 0), ("lifted", 1.0, 1), ("shrunk", 1e-320, 0)])
def test_transforms_that_merge_values(way, size, same):
    change, _ = MERGING[way]
    ends = [comparisons(f, steps=300)[0].x for f in (FAMILY, lambda x: change(FAMILY(x), size))]
    assert np.array_equal(*ends) == bool(same)


@pytest.mark.parametrize(("way", "size"), [("lifted", 1e16), ("shrunk", 5e-324)])
def test_transforms_that_merge_values_from_the_start_are_refused(way, size):
    change, _ = MERGING[way]
    with pytest.raises(ValueError, match="g must increase strictly"):
        zo.problems.Increasing(FAMILY, lambda y: change(y, size))


def test_the_weighted_form_is_changed_by_a_transform():
    method = zo.relative_loss(radius=1e-3, h=0.02)
    transformed = zo.problems.Increasing(FAMILY, lambda y: np.cbrt(y + 1))
    runs = [zo.run(method, f, x0=FAMILY.x0, steps=50, seed=5) for f in (FAMILY, transformed)]
    assert not np.allclose(runs[0].x, runs[1].x)


@pytest.mark.parametrize("rule", [radii.one_fifth, lambda a: radii.log_uniform(a, 6)])
def test_scaling_space_and_values_scales_the_run(rule):
    def scaled(x):
        return 8 * FAMILY(x / 4)

    still = zo.run(zo.relative_loss(radius=rule(1.0), **MOMENTUM), FAMILY, steps=200, seed=2)
    moved = zo.run(zo.relative_loss(radius=rule(4.0), **MOMENTUM), scaled, x0=4 * FAMILY.x0, steps=200, seed=2)
    assert np.array_equal(moved.x, 4 * still.x)


@pytest.mark.parametrize("d", [1, 2, 33])
@pytest.mark.parametrize("law", [sphere, gaussian], ids=["sphere", "gaussian"])
def test_calls_are_counted_at_any_dimension(law, d):
    f = zo.problems.golovin_family(1, 8, d, minimiser=0.3)
    for method, calls in (
        (zo.relative_loss(radius=1.0, law=law), 21),
        (zo.relative_loss(radius=1.0, law=law, cached=False, **MOMENTUM), 40),
        (zo.relative_loss(radius=1e-3, law=law, h=1e-3), 40),
        (zo.three_point(radius=1.0, law=law), 41),
        (zo.three_point(radius=1.0, law=law, cached=False), 60),
    ):
        result = zo.run(method, f, steps=20, seed=1, replicas=3)
        assert result.calls - result.looks == calls == method.calls[0] + 20 * method.calls[1]


def test_both_losses_of_a_step_share_the_sample():
    """On one row a step the mean over all rows falls; between values of different rows a comparison says nothing."""
    problem = zo.problems.breast_cancer()
    method = zo.relative_loss(radius=lambda t: 3 / np.sqrt(t), cached=False)
    shared, fresh = (zo.run(method, f, steps=1500, replicas=20, seed=1) for f in (problem, Fresh(problem)))
    assert shared.calls - shared.looks == fresh.calls - fresh.looks == 3000
    assert shared.values[-1].max() < shared.values[0].min()
    assert fresh.values[-1].min() > shared.values[-1].max()


def test_three_points_compare_values_of_the_sample_of_their_own_step():
    """Else the value here would be that of another row: it is asked for anew, and the mean over all rows falls."""
    problem = zo.problems.breast_cancer()
    result = zo.run(
        zo.three_point(radius=lambda t: 3 / t, cached=False), Batches(problem, 16), steps=300, replicas=20, seed=1
    )
    assert result.values[-1].max() < 0.9 * result.values[0].min()


def test_momentum_reaches_far_dimensions_with_the_law_of_the_near_one():
    """Two-sample test of values in reduced coordinates against all of them."""
    from zotheory.problems import block_quadratic
    from zotheory.reduced import reduce

    method = zo.relative_loss(radius=radii.one_fifth(1.0), **MOMENTUM)
    sizes, rest = (8, 12), {"start": (1.0, 0.5)}
    whole = block_quadratic((1.0, 9.0), sizes, **rest)
    small = reduce(lambda width: block_quadratic((1.0, 9.0), sizes, width=width, **rest), sizes, method)
    values = [
        zo.run(method, f, steps=60, replicas=3000, seed=s, record=[60]).values[0] for s, f in enumerate((whole, small))
    ]
    assert stats.ks_2samp(*values).pvalue > 1e-3


# --- radii -----------------------------------------------------------------------------------------------------------


def test_radii_of_every_rule():
    rng, here = zo.generator(1), np.full(10_000, 2.0)
    assert np.array_equal(radii.fixed(2.0).draw(rng, here, 7), here)
    assert np.array_equal(radii.decaying(lambda t: 1 / t).draw(rng, np.ones(3), 4), np.full(3, 0.25))
    drawn = radii.log_uniform(2.0, 4).draw(rng, here, 1)
    values, counts = np.unique(drawn, return_counts=True)
    assert np.array_equal(values, [0.25, 0.5, 1.0, 2.0])
    assert stats.chisquare(counts).pvalue > 1e-3
    accepted = np.array([True, False])
    np.testing.assert_allclose(radii.one_fifth(1.0, growth=16.0).after(np.ones(2), accepted), [16, 0.5])
    assert np.array_equal(radii.fixed(1.0).after(here, here > 0), here)


def test_the_rule_rests_where_a_fifth_is_accepted():
    alpha = np.asarray(1.0)
    for accepted in [True, False, False, False, False] * 50:
        alpha = radii.one_fifth(1.0).after(alpha, np.asarray(accepted))
    assert alpha == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: radii.fixed(0.0), ValueError, "alpha must be positive, got 0.0"),
        (lambda: radii.decaying(0.1), TypeError, "schedule must be a function of the step t, such as .*, got 0.1"),
        (lambda: radii.log_uniform(1.0, 0), ValueError, "count must be a whole number, at least 1, got 0"),
        (lambda: radii.log_uniform(-1.0, 3), ValueError, "largest must be positive, got -1.0"),
        (lambda: radii.one_fifth(1.0, growth=1.0), ValueError, "growth must be larger than 1, got 1.0"),
        (lambda: radii.one_fifth(np.nan), ValueError, "alpha must be finite"),
        (
            lambda: zo.relative_loss(radius="1"),
            TypeError,
            "radius must be a Radius, such as .* or a real number or a function of the step t.*, got '1'",
        ),
        (lambda: zo.relative_loss(radius=-1.0), ValueError, "radius must be positive, got -1.0"),
        (lambda: zo.relative_loss(radius=1.0, beta=1.0), ValueError, "beta must be smaller than 1, got beta = 1.0"),
        (lambda: zo.relative_loss(radius=1.0, beta=-0.1), ValueError, "beta must be non-negative, got -0.1"),
        (lambda: zo.relative_loss(radius=1.0, gain=0.0), ValueError, "gain must be positive, got 0.0"),
        (lambda: zo.relative_loss(radius=1.0, clip=0.0), ValueError, "clip must be positive, got 0.0"),
        (lambda: zo.relative_loss(radius=1.0, h=0.0), ValueError, "h must be positive, got 0.0"),
        (
            lambda: zo.relative_loss(radius=1.0, h=0.1, beta=0.5),
            ValueError,
            "beta must be 0 in the value-weighted form",
        ),
        (
            lambda: zo.relative_loss(radius=1.0, h=0.1, ties="move"),
            ValueError,
            "ties must be 'stay' in the value-weighted form, got ties = 'move' and h = 0.1",
        ),
        (
            lambda: zo.relative_loss(radius=1.0, ties="go"),
            ValueError,
            r"ties must be one of \('stay', 'move'\), got 'go'",
        ),
        (lambda: zo.three_point(radius=0.0), ValueError, "radius must be positive"),
    ],
)
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_a_schedule_that_ends_keeps_what_was_computed():
    with pytest.raises(ValueError, match=r"alpha\(5\) must be positive, got -1") as caught:
        zo.run(zo.relative_loss(radius=lambda t: 4.0 - t if t < 4 else -1.0 if t > 4 else 1.0), FAMILY, steps=9)
    assert caught.value.partial.calls - caught.value.partial.looks == 5


# --- purity, batches, other array libraries --------------------------------------------------------------------------


def test_a_single_point_is_bit_equal_to_its_row_of_the_batch():
    rng = np.random.default_rng(1)
    x, u, b = rng.standard_normal((3, 6, D))
    sigma = rng.uniform(0.1, 1, 6)
    for array in (x, u, b, sigma):
        array.flags.writeable = False
    batch = step(quadratic, state_at(x, b), Move(u, sigma), radius=radii.one_fifth(1.0), **MOMENTUM)
    for i in range(6):
        single = step(quadratic, state_at(x[i], b[i]), Move(u[i], sigma[i]), radius=radii.one_fifth(1.0), **MOMENTUM)
        for field, row in zip(single, batch, strict=True):
            assert np.array_equal(field, row if np.ndim(row) == 0 else row[i])


def test_steps_run_on_another_array_library():
    xp = array_api_strict
    rng = np.random.default_rng(2)
    x, u, b = rng.standard_normal((3, D))
    spectrum = xp.asarray(SPECTRUM)

    def f(z):
        return xp.vecdot(spectrum * (z - 0.3), z - 0.3) / 2

    x_, u_, b_, sigma, one = (xp.asarray(v) for v in (x, u, b, 0.3, 1.0))
    rule = radii.one_fifth(1.0)
    got = step(f, State(x_, f(x_), b_, one, 1), Move(u_, sigma), radius=rule, **MOMENTUM)
    want = step(quadratic, state_at(x, b), Move(u, np.asarray(0.3)), radius=rule, **MOMENTUM)
    for name in ("x", "fx", "b", "alpha"):
        assert np.allclose(np.asarray(getattr(got, name)), getattr(want, name))
    three = three_point_step(f, ThreePointState(x_, f(x_), one, 1), u_, radius=rule)
    assert np.allclose(
        np.asarray(three.x),
        three_point_step(quadratic, ThreePointState(x, quadratic(x), np.asarray(1.0), 1), u, radius=rule).x,
    )


def test_the_mean_of_the_data_is_descended_with_values_kept():
    f = Expected(zo.problems.cell_nuclei())
    result = zo.run(zo.relative_loss(radius=radii.one_fifth(1.0)), f, steps=1500, seed=1)
    assert result.calls - result.looks == 1501
    assert result.values[-1] - f.f_star < 1e-4


def test_without_momentum_none_is_kept():
    problem = zo.problems.golovin_family(1, 8, 5, minimiser=0.3)
    runs = zo.iterate(zo.relative_loss(radius=0.3), problem, replicas=3, seed=1)
    states = [state for (state, _), _ in zip(runs, range(9), strict=False)]
    assert np.any(states[-1].x != states[0].x)
    assert not any(np.any(state.b) for state in states)

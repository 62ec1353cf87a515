"""Ways to measure, and ways to spoil: against closed forms."""

import numpy as np
import pytest

import zotheory as zo
from zotheory.directions import gaussian
from zotheory.evidence.observations import Value
from zotheory.measurements import experiments as ways
from zotheory.measurements import spoiled as bad
from zotheory.measurements.experiments import Setting
from zotheory.problems import Quadratic
from zotheory.radii import one_fifth

SEED = np.random.SeedSequence(5)
BOWL = Quadratic(np.ones(2), np.zeros(2), np.array([1.0, 0.0]))
SHORT = zo.relative_loss(radius=1e-4)
HOW = {"d": 2, "rung": "measured", "replicas": 4000}


def _setting(method=SHORT, **given):
    return lambda: Setting(BOWL, method, given)


def test_exact_hands_the_bound_over():
    experiment = ways.exact("twice", 3, lambda bound: Value(2.0, bound(d=3)))
    seen = experiment.measure(lambda *, d: d, 1, SEED)
    assert (seen.measured, seen.bound, experiment.rung, experiment.full) == (2, 3, "exact", 1)


def test_over_decades():
    made = ways.over_decades(lambda d: ways.exact("one", d, lambda bound: Value(1.0, 1.0)))
    assert [experiment.d for experiment in made] == [10**3, 10**6, 10**9, 10**12]


def test_fall_is_in_units_of_what_is_claimed():
    """A short step of length r falls by r E max(s_1, 0) = r/pi on average, in the plane."""
    experiment = ways.fall("fall", _setting(), **HOW)
    seen = experiment.measure(lambda: 1e-4 / np.pi, 4000, SEED)
    assert seen.bound == 1
    assert seen.measured == pytest.approx(1, abs=0.06)
    spoiled = ways.fall("fall", _setting(bad.spoiled(SHORT, step=bad.keep_the_higher)), least=-9, **HOW)
    assert spoiled.measure(lambda: 1e-4 / np.pi, 4000, SEED).measured == pytest.approx(-1, abs=0.06)


def test_gap_knows_its_basis_and_what_to_leave_out():
    setting = _setting(zo.relative_loss(radius=0.5))
    known = {"square": 1.0, "because": "values do not rise"}
    seen = ways.gap("gap", setting, steps=3, limits=lambda where: known, **HOW).measure(lambda: 0.5, 500, SEED)
    assert (seen.bound, seen.variance, seen.because) == (0.5, 3.0, "values do not rise")
    all_left = ways.gap("gap", setting, steps=3, above=1.0, **HOW).measure(lambda: 0.5, 500, SEED)
    assert all_left.measured == 0
    mean = ways.gap("gap", setting, steps=1, mean=True, **HOW).measure(lambda: 0.5, 10, SEED)
    assert mean.measured == pytest.approx(0.5)  # before the first step


def test_success_counts():
    """Half of the short steps go down."""
    experiment = ways.success(
        "down", _setting(), allowed=lambda bound, where: 0.5 - 1e-12, odds=lambda bound, where: bound(), **HOW
    )
    seen = experiment.measure(lambda: 0.5, 4000, SEED)
    assert seen.measured == pytest.approx(0.5, abs=0.04)
    assert seen.bound == 0.5


def _north(state):
    return state.x[..., 1] > 0


def test_arrivals_are_for_good():
    setting = Setting(BOWL, bad.spoiled(SHORT, step=bad.accept_anything), {})
    times, steps = ways.arrivals(setting, _north, 30, 500, SEED)
    assert steps == 30
    assert np.all(np.isin(times, [*range(31), np.inf]))
    assert np.mean(np.isinf(times)) == pytest.approx(0.5, abs=0.1)
    times, steps = ways.arrivals(setting, lambda state: state.t >= 4, 30, 5, SEED, stays=lambda state: state.t >= 4)
    assert steps == 3
    assert np.all(times == 3)


@pytest.mark.parametrize(("evaluations", "bound", "most"), [(False, 5, 3), (True, 9, 4), (True, 3, 7)])
def test_in_time(evaluations, bound, most):
    """There after three steps, one evaluation before them and one each."""

    def later(where):
        return lambda state: np.full(state.x.shape[:-1], state.t >= 4)

    experiment = ways.in_time(
        "in time", _setting(), target=later, stays=later, tail=lambda where: 0.0, evaluations=evaluations, **HOW
    )
    seen = experiment.measure(lambda: bound, 50, SEED)
    assert np.all(seen.samples == most)
    assert seen.tail == ways.RAREST
    assert seen.calls == 1 + min(3, bound - evaluations)


def test_same_points():
    method = zo.relative_loss(radius=0.3)
    how = {"d": 2, "rung": "measured", "replicas": 50, "full": 50, "steps": 10}
    assert ways.same_points("same", _setting(method), "y^3", **how).measure(None, 50, SEED).violations == 0
    spoiled = bad.spoiled(method, step=bad.clearly_lower)
    assert ways.same_points("same", _setting(spoiled), "y^3", **how).measure(None, 50, SEED).violations > 0


def test_walk_adds_gradients_up():
    walked = ways.walk(BOWL, zo.relative_loss(radius=1e-9), 4, 3, SEED)
    assert walked.total == pytest.approx(4)
    assert walked.calls == 5
    assert walked.state.t == 5


# --- spoiled methods -------------------------------------------------------------------------------------------------


def test_hyper_parameters_go_where_they_belong():
    method = zo.gld_search(R=1.0, r=0.1)
    spoiled = bad.spoiled(method, radii=np.array([0.5, 0.25]), law=gaussian)
    assert spoiled.calls == (1, 2)
    assert spoiled.draw.keywords["law"] is gaussian
    assert spoiled.draw(np.random.default_rng(0), method.init(BOWL, BOWL.x0), 2).shape == (2, 2)
    rule = one_fifth(0.5)
    both = bad.spoiled(SHORT, radius=rule)
    assert all(part.keywords["radius"] is rule for part in (both.init, both.draw, both.step))
    with pytest.raises(TypeError, match="gld_search has no hyper-parameter 'H'"):
        bad.spoiled(method, H=3)


def _after(method, problem=BOWL, steps=1, **options):
    return zo.run(method, problem, steps=steps, replicas=300, seed=3, record=[0, steps], **options)


def test_ascending_goes_up():
    for method in (
        zo.two_point(h=lambda t: 0.01, delta=lambda t: 1e-3),
        zo.random_gradient_free(h=lambda k: 0.01, delta=1e-3, average=False),
        zo.double_smoothing(h=lambda t: 0.01, delta=lambda t: 1e-3, eta=lambda t: 1e-3),
    ):
        down, up = (np.mean(np.diff(_after(m, steps=3).values, axis=0)) for m in (method, bad.ascending(method)))
        assert down < 0 < up


@pytest.mark.parametrize("method", [zo.gld_search(R=0.2, r=0.1), zo.gld_fast(R=0.2, Q=1.0, H=10)], ids=lambda m: m.name)
def test_spoiled_candidates(method):
    values = _after(bad.spoiled(method, step=bad.worst_candidate), steps=2).values
    assert np.mean(values[1]) > np.mean(values[0])
    anything = _after(bad.spoiled(method, step=bad.any_candidate), steps=2).values
    assert np.any(anything[1] > anything[0])
    lower = _after(bad.spoiled(method, step=bad.clearly_lower_candidate), steps=1).values
    fallen = lower[0] - lower[1]
    assert np.all((fallen == 0) | (fallen > 0.01))
    assert 0 < np.mean(fallen > 0) < 1


def test_spoiled_relative_loss():
    method = zo.relative_loss(radius=0.1)
    higher = _after(bad.spoiled(method, step=bad.keep_the_higher)).values
    assert np.all(higher[1] >= higher[0])
    lower = _after(bad.spoiled(method, step=bad.clearly_lower)).values
    assert np.all((lower[0] == lower[1]) | (lower[0] - lower[1] > 0.01))
    anything = _after(bad.spoiled(method, step=bad.accept_anything)).values
    assert 0.3 < np.mean(anything[1] > anything[0]) < 0.8


def test_spoiled_radii():
    rule, up, down = one_fifth(1.0, 1.2), np.array([True]), np.array([False])
    assert bad.unchanged(rule).after(2.0, up) == 2
    assert bad.inverted(rule).after(2.0, up) == rule.after(2.0, down)
    assert bad.three_fifths(rule).after(2.0, up) == pytest.approx(2.4)
    assert bad.three_fifths(rule).after(2.0, down) == pytest.approx(2 / 1.2**1.5)
    assert bad.natural_log_radii(1.0, 0.01).min() > 0.01
    assert len(bad.natural_log_radii_around(1.0, 1e4)) < len(zo.gld_fast(R=1.0, Q=1e4, H=1).draw.keywords["radii"])


def test_along_the_axis():
    method = bad.along_the_axis(zo.gld_search(R=1.0, r=0.5))
    v = method.draw(np.random.default_rng(0), method.init(BOWL, BOWL.x0), 2)
    assert np.all(v[:, 1:] == 0)
    assert np.all(v[:, 0] < 0)


def test_spoiled_acceleration():
    method = zo.accelerated_random_search(h=0.1, theta=0.02, tau=0.5, delta=1e-6)
    problem = zo.problems.golovin_family(1, 2, 4)
    fine = _after(method, problem, 60).values[1]
    climbing = _after(bad.spoiled(method, step=bad.climbing), problem, 60).values[1]
    assert np.mean(climbing) > 3 * np.mean(fine)
    lost = bad.spoiled(method, step=bad.lost_power).step(problem, method.init(problem, problem.x0), np.ones(4))
    kept = bad.spoiled(method, theta=0.025).step(problem, method.init(problem, problem.x0), np.ones(4))
    assert np.array_equal(lost.v, kept.v)


def test_pairs_in_the_same_direction():
    u, x = np.array([[1.0, 0.0], [0.0, 1.0]]), np.zeros(2)
    assert np.array_equal(bad.same_direction(lambda y: y.sum(axis=-1), x, u, 1.0), u[0])

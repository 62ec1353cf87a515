"""`zotheory.evidence.statistics` against enumeration, simulation at the boundary, and textbook definitions.

Error budget. A rate measured on N families is held against its bound by the exact one-sided binomial test at 1e-6
(`within`), so each such check fails a correct package with probability at most 1e-6; there are fewer than 100. Seeds
are fixed, nothing is retried. Every check of a level is also run on a test that does not keep its level, and fails it.
"""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zotheory.evidence import statistics

FAMILIES = 10_000
LEVELS = (0.01, 0.05)
BOUND = 3.7

deterministic = settings(derandomize=True, deadline=None, max_examples=100)

MEAN_ONE = {
    "exponential": lambda rng, shape: rng.standard_exponential(shape),
    "log-normal": lambda rng, shape: np.exp(rng.standard_normal(shape) - 0.5),
    "bernoulli": lambda rng, shape: 10.0 * (rng.random(shape) < 0.1),
    "constant": lambda rng, shape: np.ones(shape),
}


def within(p_values, level):
    """Whether the rate of p <= level may be at most `level`: exact binomial test at 1e-6."""
    alarms = int(np.sum(p_values <= level))
    return stats.binom.sf(alarms - 1, len(p_values), level) >= 1e-6


# --- false alarms at the boundary ------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [15, 400])
@pytest.mark.parametrize("law", MEAN_ONE)
def test_mean_above_keeps_its_level_at_the_boundary(law, n):
    x = BOUND * MEAN_ONE[law](np.random.default_rng(1), (FAMILIES, n))
    p = statistics.mean_above(x, BOUND)
    assert p.shape == (FAMILIES,)
    assert all(within(p, level) for level in LEVELS)


def _bernoulli(rng, shape, c):
    return c * (rng.random(shape) < 1 / c)


def _uniform(rng, shape, c):
    half_width = min(1.0, c - 1)
    return rng.uniform(1 - half_width, 1 + half_width, shape)


def _beta(rng, shape, c):
    return c * rng.beta(2, 2 * (c - 1), shape)


@pytest.mark.parametrize("c", [1.01, 2, 10, 50])
@pytest.mark.parametrize("law", [_bernoulli, _uniform, _beta])
def test_mean_below_keeps_its_level_at_the_boundary(law, c):
    for n in (15, 200):
        x = np.minimum(BOUND * law(np.random.default_rng(2), (FAMILIES, n), c), BOUND * c)
        p = statistics.mean_below(x, BOUND, BOUND * c)
        assert all(within(p, level) for level in LEVELS)


def test_the_check_of_levels_catches_a_test_that_breaks_its_level():
    """Student's t, on a few skewed samples: the reason why it is labelled asymptotic."""
    x = MEAN_ONE["log-normal"](np.random.default_rng(3), (FAMILIES, 15))
    assert not within(statistics.mean_below_asymptotic(x, 1.0), 0.01)
    assert not within(stats.ttest_1samp(x, 1.0, axis=-1, alternative="less").pvalue, 0.05)


def test_a_ceiling_at_or_below_the_bound_settles_it():
    x = np.full((2, 5), 0.5)
    for ceiling in (1.0, 0.7):
        assert np.array_equal(statistics.mean_below(x, 1.0, ceiling), np.zeros(2))


def test_a_bound_of_zero_is_refuted_by_any_positive_sample():
    assert statistics.mean_above(np.array([0.0, 0.0]), 0.0) == 1
    assert statistics.mean_above(np.array([0.0, 1e-300]), 0.0) == 0


def test_mean_tests_do_not_depend_on_units():
    x = np.random.default_rng(4).standard_exponential((50, 60)) * 1.4
    scale = 2.0**40  # exact, so that bits must agree
    assert np.array_equal(statistics.mean_above(x, 1.0), statistics.mean_above(scale * x, scale))
    y = np.minimum(x, 3.0) / 2
    assert np.array_equal(statistics.mean_below(y, 1.0, 1.5), statistics.mean_below(scale * y, scale, 1.5 * scale))


# --- the bettor ------------------------------------------------------------------------------------------------------


def sequential_log_wealth(y):
    """One bettor, one sample at a time."""
    wealth, gained, squared, trace = 1.0, 0.0, 0.0, []
    for value in y:
        bet = min(max(gained / (1 + squared), 0.0), 0.95)
        wealth *= 1 + bet * value
        gained += value
        squared += value * value
        trace.append(math.log(wealth))
    return trace


def test_log_wealth_is_that_of_a_sequential_bettor_on_every_axis():
    rng = np.random.default_rng(5)
    y = rng.standard_exponential((2, 3, 60)) * 1.3 - 1
    y[0, 0] = 40.0  # the largest bet would be reached only by tiny gains
    y[0, 1] = 0.01
    y[1, 2] = -1.0
    log_wealth = statistics.log_wealth(y)
    assert log_wealth.shape == y.shape
    for index in np.ndindex(2, 3):
        np.testing.assert_allclose(log_wealth[index], sequential_log_wealth(y[index]), rtol=1e-10, atol=1e-12)
        assert statistics.betting_p_value(y)[index] == statistics.betting_p_value(y[index])


@deterministic
@given(st.lists(st.floats(-1, 5), min_size=2, max_size=12), st.data())
def test_bets_are_placed_before_the_sample_is_seen(y, data):
    """Changing sample i leaves the wealth before i, and changes that at i linearly, with slope the bet in [0, 1)."""
    i = data.draw(st.integers(0, len(y) - 1))
    traces = []
    for value in (-1.0, 0.0, 1.0):
        changed = np.array(y)
        changed[i] = value
        traces.append(np.exp(statistics.log_wealth(changed)))
    low, middle, high = traces
    assert np.array_equal(low[:i], high[:i])
    before = middle[i]  # a sample of 0 neither wins nor loses
    bets = (before - low[i]) / before, (high[i] - before) / before
    assert 0 <= bets[1] < 1
    assert bets[0] == pytest.approx(bets[1], abs=1e-9)


@pytest.mark.parametrize(("win", "chance"), [(1.0, 0.5), (4.0, 0.2), (0.25, 0.8), (4.0, 0.1)])
def test_wealth_has_mean_at_most_one_over_all_paths(win, chance):
    """Y = win with this chance, else -1: all 2^10 paths; the mean is 1 where E Y = 0."""
    paths = np.array(list(itertools.product((0, 1), repeat=10)))
    probability = np.prod(np.where(paths, chance, 1 - chance), axis=-1)
    log_wealth = statistics.log_wealth(np.where(paths, win, -1.0))
    mean = probability @ np.exp(log_wealth)
    assert np.all(mean <= 1 + 1e-12)
    if math.isclose(win * chance, 1 - chance):
        np.testing.assert_allclose(mean, 1, rtol=1e-12)
    for level in (0.5, 0.2, 0.05):  # Ville, exactly
        assert probability @ (statistics.betting_p_value(np.where(paths, win, -1.0)) <= level) <= level


def test_samples_below_minus_one_are_refused():
    with pytest.raises(ValueError, match=r"y must be at least -1, got -1\.5"):
        statistics.log_wealth(np.array([0.0, -1.5]))
    statistics.log_wealth(np.array([0.0, -1 - 1e-14]))  # rounding


def test_p_values_stay_valid_at_a_time_chosen_from_the_data():
    """Stop where the sample looks worst for the bound; Student's t, stopped so, breaks its level many times over."""
    n, first = 80, 5
    x = MEAN_ONE["exponential"](np.random.default_rng(6), (FAMILIES, n))
    times = np.arange(1, n + 1)
    mean = np.cumsum(x, axis=-1) / times
    spread = np.sqrt(np.maximum(np.cumsum(x * x, axis=-1) / times - mean**2, 1e-12) / times)
    stop = first + np.argmax(((mean - 1) / spread)[:, first - 1 :], axis=-1)
    p, student = np.empty(FAMILIES), np.empty(FAMILIES)
    for t in np.unique(stop):
        chosen = stop == t
        p[chosen] = statistics.mean_above(x[chosen, :t], 1.0)
        student[chosen] = stats.ttest_1samp(x[chosen, :t], 1.0, axis=-1, alternative="greater").pvalue
    assert all(within(p, level) for level in LEVELS)
    assert not within(student, 0.05)


# --- Student's t -----------------------------------------------------------------------------------------------------


def test_mean_below_asymptotic_is_exact_for_normal_samples():
    """Against SciPy's t test, and uniform p-values at the boundary (Kolmogorov-Smirnov at 1e-6)."""
    x = 2.0 + 3.0 * np.random.default_rng(7).standard_normal((FAMILIES, 6))
    p = statistics.mean_below_asymptotic(x, 2.0)
    np.testing.assert_allclose(p, stats.ttest_1samp(x, 2.0, axis=-1, alternative="less").pvalue, rtol=1e-9)
    assert stats.kstest(p, "uniform").pvalue >= 1e-6


def test_mean_below_asymptotic_of_samples_without_spread():
    assert statistics.mean_below_asymptotic(np.ones(9), 2.0) == 0
    assert statistics.mean_below_asymptotic(np.ones(9), 0.5) == 1


# --- frequencies -----------------------------------------------------------------------------------------------------


def binomial(trials, chance):
    """The law of the number of hits; each term to rounding."""
    return [math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(trials + 1)]


CASES = [(1, 0.5), (7, 0.25), (30, 0.05), (60, 0.9), (40, 1 / 3)]


@pytest.mark.parametrize(("trials", "chance"), CASES)
def test_frequency_tests_are_binomial_tails(trials, chance):
    law = binomial(trials, chance)
    for hits in range(trials + 1):
        above, below = math.fsum(law[hits:]), math.fsum(law[: hits + 1])
        assert statistics.frequency_above(hits, trials, chance) == pytest.approx(above, rel=1e-9)
        assert statistics.frequency_below(hits, trials, chance) == pytest.approx(below, rel=1e-9)


@pytest.mark.parametrize("test", [statistics.frequency_above, statistics.frequency_below])
@pytest.mark.parametrize(("trials", "chance"), CASES)
def test_frequency_tests_keep_their_level_exactly(test, trials, chance):
    law = binomial(trials, chance)
    for level in (*LEVELS, 0.3):
        alarms = math.fsum(law[hits] for hits in range(trials + 1) if test(hits, trials, chance) <= level)
        assert alarms <= level


@pytest.mark.parametrize("level", [1e-4, 0.01, 0.2])
@pytest.mark.parametrize(("trials", "chance"), [(30, 0.05), (400, 0.05), (200, 0.25), (50, 0.9)])
def test_detectable_frequency_is_where_exact_power_reaches_its_mark(trials, chance, level):
    law = binomial(trials, chance)
    tails = [math.fsum(law[hits:]) for hits in range(trials + 1)]
    critical = next((hits for hits, tail in enumerate(tails) if tail <= level), None)
    found = statistics.detectable_frequency(trials, chance, level)
    if critical is None:
        assert found == math.inf
        return

    def power(truth):
        return math.fsum(binomial(trials, truth)[critical:])

    assert found > chance
    assert power(found) == pytest.approx(0.8, abs=1e-9)
    assert power(found * (1 - 1e-6)) < 0.8


def test_nothing_is_detectable_where_no_outcome_refutes():
    assert statistics.detectable_frequency(2, 0.5, 0.01) == math.inf  # at best 1/4
    assert statistics.detectable_frequency(7, 0.5, 0.01) < 1  # at best 1/128


# --- power of the test of means --------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", ["exponential", "log-normal"])
def test_detectable_mean_is_refuted_about_as_often_as_promised(law):
    """Power 0.8 is promised on bootstrap samples; on fresh ones, averaged over 20 base samples, 0.6 to 0.97 is asked.

    A base sample of 400 fixes the shape of the law only roughly. The average has standard error 0.02 or less.
    """
    rng, level, n = np.random.default_rng(8), 0.01, 400
    rates = []
    for _ in range(20):
        ratio = statistics.detectable_mean(BOUND * MEAN_ONE[law](rng, n), 1.3 * BOUND, level)
        assert 1 < ratio < 3
        fresh = ratio * MEAN_ONE[law](rng, (400, n))
        rates.append(np.mean(statistics.mean_above(fresh, 1.0) <= level))
    assert 0.6 <= np.mean(rates) <= 0.97


def test_detectable_mean_of_constant_samples_follows_from_the_wealth():
    """The smallest ratio whose sequential wealth reaches 1/level, to the 1 % of the search."""
    found = statistics.detectable_mean(np.ones(50), 1.0, 0.01)
    assert max(sequential_log_wealth([found - 1] * 50)) >= math.log(100)
    assert max(sequential_log_wealth([found / 1.011 - 1] * 50)) < math.log(100)


def test_detectable_mean_is_infinite_where_nothing_can_be_refuted():
    assert statistics.detectable_mean(np.ones(3), 1.0, 0.01) == math.inf
    assert statistics.detectable_mean(np.zeros(30), 1.0, 0.01) == math.inf
    assert statistics.detectable_mean(np.ones(30), 0.0, 0.01) == math.inf


# --- Holm ------------------------------------------------------------------------------------------------------------


def closed_testing(p):
    """Adjusted by definition: the largest Bonferroni p-value of the intersections that contain the hypothesis."""
    indices = range(len(p))
    subsets = [s for size in range(1, len(p) + 1) for s in itertools.combinations(indices, size)]
    return [max(min(1.0, len(s) * min(p[j] for j in s)) for s in subsets if i in s) for i in indices]


@deterministic
@given(st.lists(st.floats(0, 1) | st.sampled_from([0.0, 0.01, 0.25, 1.0]), max_size=6))
def test_holm_is_closed_testing_with_bonferroni(p):
    np.testing.assert_allclose(statistics.holm(p), closed_testing(p), rtol=1e-12)


@pytest.mark.parametrize("dependence", ["independent", "equal", "opposite"])
def test_holm_keeps_the_family_wise_level(dependence):
    """Ten true hypotheses among ten false ones that are rejected always."""
    u = np.random.default_rng(9).random((FAMILIES, 10))
    if dependence == "equal":
        u[:] = u[:, :1]
    if dependence == "opposite":
        u[:, 1::2] = 1 - u[:, ::2]
    false = np.full((FAMILIES, 10), 1e-9)
    least = np.array([statistics.holm(p)[:10].min() for p in np.hstack([u, false])])
    assert all(within(least, level) for level in LEVELS)
    assert not within(u.min(axis=-1), 0.05) or dependence == "equal"  # unadjusted, the level is broken

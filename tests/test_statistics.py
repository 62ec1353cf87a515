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

FAMILIES = 4_000
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


@pytest.mark.parametrize("n", [15, 200])
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


VARIANCES = {"exponential": 1.0, "log-normal": math.e - 1, "bernoulli": 9.0}


@pytest.mark.parametrize("floor", [0.0, -5.0])
@pytest.mark.parametrize("law", VARIANCES)
def test_mean_below_by_variance_keeps_its_level_at_the_boundary(law, floor):
    for n in (15, 200):
        x = floor + BOUND * MEAN_ONE[law](np.random.default_rng(2), (FAMILIES, n))
        p = statistics.mean_below_by_variance(x, floor + BOUND, VARIANCES[law], floor)
        assert all(within(p, level) for level in LEVELS)


def test_the_check_of_levels_catches_a_test_that_breaks_its_level():
    """Student's t, on a few skewed samples, and a variance that is declared too small."""
    x = MEAN_ONE["log-normal"](np.random.default_rng(3), (FAMILIES, 15))
    assert not within(stats.ttest_1samp(x, 1.0, axis=-1, alternative="less").pvalue, 0.05)
    x = MEAN_ONE["bernoulli"](np.random.default_rng(3), (FAMILIES, 15))
    assert not within(statistics.mean_below_by_variance(x, 1.0, 0.1), 0.01)


def test_a_mean_beyond_its_range_is_settled_and_at_its_end_a_counterexample_is_needed():
    for x in (np.full((2, 5), 0.5), np.full((2, 5), 0.7)):
        assert np.array_equal(statistics.mean_below(x, 1.0, 0.7), np.zeros(2))
        assert np.array_equal(statistics.mean_above(-x, -1.0, -0.7), np.zeros(2))
    assert statistics.mean_below(np.array([0.7, 0.7]), 0.7, 0.7) == 1
    assert statistics.mean_below(np.array([0.7, 0.6]), 0.7, 0.7) == 0
    assert statistics.mean_below(np.array([0.3, 0.3]), 0.1 + 0.2, 0.3) == 1  # rounding puts the bound above the ceiling


def test_a_bound_of_zero_is_refuted_by_any_positive_sample():
    assert statistics.mean_above(np.array([0.0, 0.0]), 0.0) == 1
    assert statistics.mean_above(np.array([0.0, 1e-300]), 0.0) == 0


def test_a_bound_within_rounding_of_the_floor_is_refuted_by_samples_above_and_not_by_rounding():
    """The bound 10^6 (1 + 10^-15) may be true while some samples exceed it by their own rounding."""
    floor = 1e6
    bound = np.nextafter(np.nextafter(floor, 2e6), 2e6)
    assert statistics.mean_above(np.full(1000, floor + 1e-9), bound, floor) == 1
    assert statistics.mean_above(np.full(1000, floor - 5e-7), bound, floor) == 1
    assert statistics.mean_above(np.full(1000, floor + 1e-3), bound, floor) < 1e-9
    once = np.r_[np.full(999, floor), floor + 1]
    assert statistics.mean_above(once, bound, floor) > 0.1  # rare, and no proof
    assert statistics.mean_above(once, floor, floor) == 0


def test_mean_tests_do_not_depend_on_units():
    x = np.random.default_rng(4).standard_exponential((50, 60)) * 1.4
    scale = 2.0**40  # exact, so that bits must agree
    y = np.minimum(x, 3.0) / 2
    for test, sample, numbers in (
        (statistics.mean_above, x, (1.0, 0.0)),
        (statistics.mean_above, x - 1, (0.25, -1.0)),
        (statistics.mean_below, y, (1.0, 1.5)),
    ):
        scaled = test(scale * sample, *(scale * number for number in numbers))
        assert np.array_equal(test(sample, *numbers), scaled)
    by_variance = statistics.mean_below_by_variance(scale * (x - 1), 2 * scale, 1.5, -scale)
    assert np.array_equal(statistics.mean_below_by_variance(x - 1, 2.0, 1.5, -1.0), by_variance)


# --- the bettors ------------------------------------------------------------------------------------------------------


def test_wealth_is_that_of_bettors_who_stake_one_sample_at_a_time():
    rng = np.random.default_rng(5)
    y = rng.standard_exponential((2, 3, 60)) * 1.3 - 1
    y[0, 0], y[0, 1], y[1, 2] = 40.0, 0.01, -1.0
    found = statistics.log_wealth(y)
    assert found.shape == (2, 3)
    for index in np.ndindex(2, 3):
        wealth = [float(share) for share in statistics.SHARES]
        for value in y[index]:
            wealth = [w * (1 + stake * value) for w, stake in zip(wealth, statistics.STAKES, strict=True)]
        assert found[index] == pytest.approx(math.log(math.fsum(wealth)), rel=1e-10, abs=1e-12)
        assert statistics.betting_p_value(y[index]) == pytest.approx(min(1, 1 / math.fsum(wealth)), rel=1e-9)


def test_the_company_owns_one_and_never_stakes_all():
    assert math.fsum(statistics.SHARES) == pytest.approx(1, abs=1e-15)
    assert np.all((statistics.STAKES > 0) & (statistics.STAKES < 1) & (statistics.SHARES > 0))


@deterministic
@given(st.lists(st.floats(-1, 5), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_wealth_does_not_depend_on_the_order_and_is_linear_in_each_sample(y, random):
    shuffled = random.sample(y, len(y))
    assert statistics.log_wealth(np.array(shuffled)) == pytest.approx(statistics.log_wealth(np.array(y)), abs=1e-9)
    low, middle, high = (np.exp(statistics.log_wealth(np.array([value, *y[1:]]))) for value in (-1.0, 0.0, 1.0))
    assert 0 <= low <= middle <= high
    assert middle - low == pytest.approx(high - middle, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(("win", "chance"), [(1.0, 0.5), (4.0, 0.2), (0.25, 0.8), (4.0, 0.1)])
def test_wealth_has_mean_at_most_one_over_all_paths(win, chance):
    """Y = win with this chance, else -1: all 2^10 paths; the mean is 1 where E Y = 0."""
    paths = np.array(list(itertools.product((0, 1), repeat=10)))
    probability = np.prod(np.where(paths, chance, 1 - chance), axis=-1)
    y = np.where(paths, win, -1.0)
    mean = probability @ np.exp(statistics.log_wealth(y))
    assert mean <= 1 + 1e-12
    if math.isclose(win * chance, 1 - chance):
        assert mean == pytest.approx(1, rel=1e-12)
    for level in (0.5, 0.2, 0.05):  # Ville, exactly: whenever one looks
        ever = np.any([statistics.betting_p_value(y[:, :t]) <= level for t in range(1, 11)], axis=0)
        assert probability @ ever <= level


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


# --- the lower tail under a variance ----------------------------------------------------------------------------------

shortfalls = st.floats(0, 1)
variances = st.floats(1e-3, 1e3)


@deterministic
@given(shortfalls, variances)
def test_the_exponent_is_never_smaller_than_bennetts_and_bernsteins(s, v):
    exponent = -math.log(statistics.lower_tail(1, s, v))
    bennett = v * ((1 + s / v) * math.log1p(s / v) - s / v)
    assert exponent >= bennett - 1e-12 * (1 + v)
    assert bennett >= s**2 / (2 * (v + s / 3)) - 1e-12 * (1 + v)


@deterministic
@given(shortfalls, shortfalls, variances, variances)
def test_the_tail_shrinks_with_the_shortfall_and_grows_with_the_variance(s, t, v, w):
    tail = statistics.lower_tail(20, max(s, t), min(v, w))
    assert tail <= statistics.lower_tail(20, min(s, t), min(v, w)) * (1 + 1e-9)
    assert tail <= statistics.lower_tail(20, max(s, t), max(v, w)) * (1 + 1e-9)
    assert statistics.lower_tail(20, 0.0, v) == statistics.lower_tail(20, -0.5, v) == 1


@deterministic
@given(st.floats(0.01, 0.99), st.floats(0.05, 20), st.floats(0.01, 3))
def test_the_moment_inequality_of_the_proof(low, v, t):
    """E exp(t W) <= (V e^t + e^(-V t))/(1 + V) for laws on two points with E W = 0, W <= 1 and E W^2 <= V."""
    high = min(1.0, v / low) * 0.999  # the variance of a law on {-low, high} with mean 0 is low * high
    p = low / (low + high)
    assert p * math.exp(t * high) + (1 - p) * math.exp(-t * low) <= (v * math.exp(t) + math.exp(-v * t)) / (1 + v)


@pytest.mark.parametrize("v", [0.1, 1.0, 10.0])
def test_the_tail_bounds_that_of_the_least_favourable_law_and_has_its_exponent(v):
    """X on {0, 1 + V}: the exact binomial tail lies below, by a factor that n does not compound."""
    for n in (10, 100, 1000):
        for s in (0.2, 0.5, 0.9):
            exact = stats.binom.cdf(math.floor(n * (1 - s) / (1 + v) + 1e-9), n, 1 / (1 + v))
            bound = statistics.lower_tail(n, s, v)
            assert exact <= bound * (1 + 1e-9)
            if exact > 0 and n == 1000:
                assert math.log(exact) >= 1.2 * math.log(bound) - 6


def test_a_sample_that_spreads_more_than_declared_is_weighed_by_its_own_spread():
    x = np.tile([0.0, 1.0], 50)
    own = statistics.mean_below_by_variance(x, 0.8, 1.0)
    assert statistics.mean_below_by_variance(x, 0.8, 0.01) == own
    assert statistics.mean_below_by_variance(x, 0.8, 2.0) > own
    assert statistics.mean_below_by_variance(np.zeros(9), 0.8, 1.0) == pytest.approx(2.0**-9)
    assert statistics.mean_below_by_variance(x, -1.0, 1.0, -1.0) == 1  # a bound at the floor


@pytest.mark.parametrize(("v", "ratio"), [(0.1, 0.9), (1.0, 0.5), (10.0, 0.0)])
def test_samples_to_support_is_the_least_number(v, ratio):
    n = statistics.samples_to_support(v, ratio, 1e-4)
    assert statistics.lower_tail(n, 1 - ratio, v) <= 1e-4 < statistics.lower_tail(n - 1, 1 - ratio, v)
    with pytest.raises(ValueError, match=r"ratio must lie in \[0, 1\), got 1"):
        statistics.samples_to_support(v, 1, 1e-4)


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
        assert found is None
        return

    def power(truth):
        return math.fsum(binomial(trials, truth)[critical:])

    assert found > chance
    assert power(found) == pytest.approx(0.8, abs=1e-9)
    assert power(found * (1 - 1e-6)) < 0.8


def test_nothing_is_detectable_where_no_outcome_refutes():
    assert statistics.detectable_frequency(2, 0.5, 0.01) is None  # at best 1/4
    assert statistics.detectable_frequency(7, 0.5, 0.01) < 1  # at best 1/128


# --- power of the test of means --------------------------------------------------------------------------------------


def exact_miss(n, ratio, level, ceiling):
    """Probability that the law on {0, ceiling} of this mean is not refuted, by enumeration of the number of hits."""
    hits = np.arange(n + 1)
    y = np.where(np.arange(n) < hits[:, None], ceiling, 0.0)
    p = statistics.mean_above(y, 1.0)
    return float(stats.binom.pmf(hits, n, ratio / ceiling) @ (p > level))


@pytest.mark.parametrize(("ratio", "ceiling"), [(1.5, 2.0), (2.0, 4.0), (3.0, 20.0), (1.2, 1.3)])
def test_a_miss_is_no_likelier_than_stated_and_not_much_less(ratio, ceiling):
    for n in (20, 150):
        exact, stated = exact_miss(n, ratio, 1e-3, ceiling), statistics.missed_mean(n, ratio, 1e-3, ceiling=ceiling)
        assert exact <= stated * (1 + 1e-9)
    found = statistics.detectable_mean(150, 1e-3, ceiling=ceiling)
    assert exact_miss(150, found, 1e-3, ceiling) <= 0.2
    assert exact_miss(150, 1 + 0.7 * (found - 1), 1e-3, ceiling) > 0.2


@deterministic
@given(st.floats(0.5, 3), st.floats(0.05, 0.99), st.floats(0.05, 30), st.floats(0.2, 5))
def test_the_least_favourable_law_is_least_favourable(mean, stake, v, power):
    """E (1 + stake Y)^-power over laws on two points with this mean and variance at most V mean^2, X >= 0."""

    def expectation(low, high):
        p = (mean - low) / (high - low)
        return (1 - p) * (1 + stake * (low - 1)) ** -power + p * (1 + stake * (high - 1)) ** -power

    worst = expectation(0.0, (1 + v) * mean)
    for low in np.linspace(0, 0.99, 12) * mean:
        high = mean + v * mean**2 / (mean - low)  # the variance of a law on two points is the product of the distances
        assert expectation(low, high) <= worst * (1 + 1e-9)
        assert expectation(low, mean + 0.3 * (high - mean)) <= worst * (1 + 1e-9)


def test_the_detectable_ratio_shrinks_with_what_is_known():
    def ratio(n=300, level=1e-3, **known):
        return statistics.detectable_mean(n, level, **known)

    assert 1 < ratio(n=1000, variance=1.0) < ratio(variance=1.0) < ratio(variance=2.0)
    assert ratio(ceiling=2.0) < ratio(ceiling=4.0)
    assert ratio(variance=1.0) < ratio(level=1e-6, variance=1.0)
    assert ratio(variance=1.0, ceiling=1000.0) == pytest.approx(ratio(variance=1.0), rel=1e-3)
    assert ratio(variance=1e6, ceiling=2.0) == pytest.approx(ratio(ceiling=2.0), rel=1e-3)


def test_no_ratio_is_detectable_where_nothing_is_known_or_nothing_can_be_refuted():
    assert statistics.detectable_mean(10**6, 0.01) is None
    assert statistics.detectable_mean(3, 0.01, variance=1.0) is None
    assert statistics.detectable_mean(300, 0.01, ceiling=1.0) is None
    assert statistics.detectable_mean(300, 0.01, ceiling=0.9) is None
    for n in range(1, 40):  # never a mean beyond the ceiling
        for ceiling in (1.1, 1.5, 4.0):
            found = statistics.detectable_mean(n, 0.01, ceiling=ceiling)
            assert found is None or found < ceiling


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

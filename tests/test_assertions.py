"""Statistical assertions: both error rates, counted or enumerated; sizes of samples; what is refused.

In each cell hundreds of assertions are simulated, and the number of mistakes is held against the rate that is promised
by the exact binomial test; the budget of all cells together is 1e-6. The laws are those of `tests/test_error_rates.py`.
"""

import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from zotheory import testing as zt
from zotheory.evidence.declared import Misdeclared

LAWS = runpy.run_path(str(Path(__file__).parent.parent / "docs" / "make_verdicts.py"))["LAWS"]
BOUNDED = {name: law for name, law in LAWS.items() if law.ceiling}  # of mean 1 above their floors
ALLOWED = 1e-6
LEVEL = 0.05


def fails(assertion, *given, **declared):
    """Whether an assertion fails."""
    try:
        assertion(*given, **declared)
    except AssertionError:
        return True
    return False


def too_many(count, of, rate):
    """Whether so many mistakes are no chance, if each has this probability."""
    return stats.binom.sf(count - 1, of, rate) < ALLOWED / 500


# --- the two error rates ---------------------------------------------------------------------------------------------


def cells(law, ratio):
    """Assertions that are true where the mean is `ratio` <= 1 bounds, and false where it is more."""
    known = {"floor": law.floor, "ceiling": law.floor + law.ceiling, "level": LEVEL}
    yield zt.assert_mean_at_most, law.floor + 1 / ratio, known
    yield zt.assert_mean_at_least, law.floor + ratio, known
    yield zt.assert_mean_near, law.floor + 1.5, known | {"within": 0.5 / ratio}


def broken(tries, n, names):
    """The cells in which an assertion that is true fails too often, or is supported too often though it is false."""
    found = []
    for number, name in enumerate(names):
        law = LAWS[name]
        x = law.floor + law.draw(np.random.default_rng([3, number, n]), (tries, n))
        for ratio in (0.8, 1.0, 1.05, 1.5):
            for assertion, bound, known in cells(law, ratio):
                failed = sum(fails(assertion, y, bound, **known) for y in x) if ratio <= 1 else 0
                passed = sum(not fails(assertion, y, bound, support=True, **known) for y in x) if ratio >= 1 else 0
                if too_many(failed, tries, LEVEL) or too_many(passed, tries, LEVEL):
                    found.append((name, assertion.__name__, ratio, failed, passed))
        known = {"floor": law.floor, "ceiling": law.floor + law.ceiling, "level": LEVEL}
        if too_many(sum(fails(zt.assert_mean_near, y, law.floor + 1.0, **known) for y in x), tries, LEVEL):
            found.append((name, "unbiased"))
    return found


def test_no_law_breaks_an_error_rate_quickly():
    assert broken(100, 40, ["0 or 2, a coin", "0, 1/2 or 3"]) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", BOUNDED)
def test_no_law_breaks_an_error_rate(name):
    assert broken(500, 40, [name]) == []


def test_a_t_test_breaks_its_error_rate():
    """It finds a mean of 1 to be below 0.91 in most samples of 1000 with probability 0.001, else 0."""
    x = LAWS["1000 with probability 0.001, else 0"].draw(np.random.default_rng(1), (200, 200)) + 1e-9 * np.eye(200)
    assert np.mean(stats.ttest_1samp(x, 1 / 1.1, axis=-1, alternative="less").pvalue <= LEVEL) > 0.7
    assert not any(not fails(zt.assert_mean_at_most, y, 1 / 1.1, ceiling=1000.1, level=LEVEL, support=True) for y in x)


def missed(assertion, hit, n, ends, *given, tries=150, **known):
    """How often an assertion passes on samples of the law on two ends with this probability of the upper one."""
    x = np.where(np.random.default_rng(5).random((tries, n)) < hit, ends[1], ends[0])
    return sum(not fails(assertion, sample, *given, **known) for sample in x), tries


@pytest.mark.parametrize(("ceiling", "mean", "miss"), [(2.0, 1.5, 0.01), (10.0, 2.0, 0.2), (3.0, 1.6, 0.2)])
def test_so_many_samples_find_the_least_favourable_law(ceiling, mean, miss):
    n = zt.min_samples(1.0, mean, ceiling=ceiling, level=1e-3, miss=miss)
    known = {"ceiling": ceiling, "level": 1e-3}
    count, tries = missed(zt.assert_mean_at_most, mean / ceiling, n, (0.0, ceiling), 1.0, **known)
    assert not too_many(count, tries, miss)
    few, tries = missed(zt.assert_mean_at_most, mean / ceiling, max(2, n // 3), (0.0, ceiling), 1.0, **known)
    assert few > count  # fewer would not do by far: the guarantee is no empty one
    assert too_many(few, tries, miss)
    below = zt.min_samples(ceiling - 1.0, ceiling - mean, ceiling=ceiling, level=1e-3, miss=miss)
    assert below == n  # the same, mirrored
    count, tries = missed(zt.assert_mean_at_least, 1 - mean / ceiling, n, (0.0, ceiling), ceiling - 1.0, **known)
    assert not too_many(count, tries, miss)
    low = (zt.assert_mean_at_most, 1 - mean / ceiling, n, (0.0, ceiling), ceiling - 1.0)
    supported, tries = missed(*low, support=True, **known)
    assert not too_many(tries - supported, tries, miss)  # that it is not supported, though the mean is so small


def test_a_variance_stands_for_a_ceiling_that_is_not_known():
    n = zt.min_samples(1.0, 1.5, variance=2.0, level=1e-3, miss=0.1)
    x = np.random.default_rng(6).standard_normal((300, n)) ** 2 * 1.5  # the square of a Gaussian has V = 2
    assert not too_many(sum(not fails(zt.assert_mean_at_most, y, 1.0, level=1e-3) for y in x), 300, 0.1)
    supported = [not fails(zt.assert_mean_at_most, y, 2.5, variance=2.0, level=1e-3, support=True) for y in x]
    assert np.mean(supported) > 0.9


@settings(max_examples=10)
@given(st.floats(-5, 5), st.floats(0.01, 0.99), st.floats(0.01, 1), st.floats(1e-9, 0.5), st.floats(1e-6, 0.5))
def test_sizes_and_what_is_detectable_are_inverse_to_each_other(floor, bound, mean, level, miss):
    ceiling, below = floor + 2.0, mean < bound
    bound, mean = floor + 2 * bound, floor + 2 * mean
    assume(abs(mean - bound) > 0.02)
    known = {"floor": floor, "ceiling": ceiling, "level": level, "miss": miss}
    n = zt.min_samples(bound, mean, **known)
    found = zt.detectable(n, bound, below=below, **known)
    if found is not None:  # it may lie at the end of the range
        assert abs(found - bound) <= abs(mean - bound) + 0.003  # it is found to 0.1 % of the range at most
    if n > 1 and (found := zt.detectable(n - 1, bound, below=below, **known)) is not None:
        assert abs(found - bound) >= abs(mean - bound) * (1 - 1e-9) - 1e-9
    assert zt.min_samples(bound, mean, **known | {"level": level / 10}) >= n
    assert zt.min_samples(bound, mean, **known | {"miss": miss / 10}) >= n


@given(st.floats(0.001, 0.999), st.floats(0, 1), st.floats(1e-9, 0.5), st.floats(1e-6, 0.5))
def test_numbers_of_trials_are_those_of_the_exact_law(bound, probability, level, miss):
    """Every outcome is enumerated: so many trials are enough, and one less is not."""
    assume(abs(bound - probability) > 0.05)

    def passes(n):
        hits = np.arange(n + 1)
        at_most = probability > bound
        tail = stats.binom.sf(hits - 1, n, bound) if at_most else stats.binom.cdf(hits, n, bound)
        return stats.binom.pmf(hits, n, probability)[tail > level].sum()

    n = zt.min_trials(bound, probability, level=level, miss=miss)
    assert passes(n) <= miss * (1 + 1e-6)
    assert n == 1 or passes(n - 1) > miss * (1 - 1e-6)
    found = zt.detectable_frequency(n, bound, level=level, miss=miss, below=probability < bound)
    assert abs(found - bound) <= abs(probability - bound) * (1 + 1e-6)


# --- frequencies: every outcome is enumerated ------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 7, 60])
@pytest.mark.parametrize("bound", [0.0, 0.01, 0.3, 0.5, 0.9, 1.0])
def test_no_frequency_breaks_an_error_rate(n, bound):
    for assertion, sign in ((zt.assert_frequency_at_most, 1), (zt.assert_frequency_at_least, -1)):
        refuted = np.array([fails(assertion, k, n, bound, level=LEVEL) for k in range(n + 1)])
        supported = np.array([not fails(assertion, k, n, bound, level=LEVEL, support=True) for k in range(n + 1)])
        assert not np.any(refuted & supported)
        for truth in np.linspace(0, 1, 41):
            law = stats.binom.pmf(np.arange(n + 1), n, truth)
            kept = sign * (bound - truth) >= 0
            assert law[refuted if kept else supported].sum() <= LEVEL * (1 + 1e-9)


# --- what is said, what is refused -----------------------------------------------------------------------------------

X = np.random.default_rng(0).random(1000)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            lambda: zt.assert_mean_at_most(X, 0.4),
            r"E X <= 0.4 is refuted: the mean of 1000 samples is 0\.\d+, p = .*",
        ),
        (lambda: zt.assert_mean_at_least(X, 0.6, ceiling=1), r"E X >= 0.6 is refuted: .*, p = .* <= level = 1e-06"),
        (lambda: zt.assert_mean_near(X, 0.6, floor=0, ceiling=1), r"E X = 0.6 is refuted: the mean of 1000 samples"),
        (
            lambda: zt.assert_mean_near(X, 0.5, floor=0, ceiling=1, within=0.01, support=True),
            r"\|E X - 0.5\| <= 0.01 is not supported: .*, p = .* > level = 1e-06",
        ),
        (
            lambda: zt.assert_mean_at_most(np.zeros(9), 0.4, ceiling=1, support=True),
            r"E X <= 0.4 is not supported: all 9 samples are 0, p = 1 > level",
        ),
        (
            lambda: zt.assert_frequency_at_most(9, 10, 0.1),
            r"P\(hit\) <= 0.1 is refuted: 9 of 10 trials were hits, p = ",
        ),
        (lambda: zt.assert_frequency_at_least(1, 10, 0.9), r"P\(hit\) >= 0.9 is refuted: 1 of 10 trials were hits"),
    ],
)
def test_a_failure_names_statement_samples_and_level(made, said):
    with pytest.raises(AssertionError, match=said):
        made()


@pytest.mark.parametrize(
    ("made", "error", "said"),
    [
        (lambda: zt.assert_mean_at_most(X, 0.6, support=True), ValueError, "ceiling or variance must be given"),
        (lambda: zt.assert_mean_at_most(X, 0.6, ceiling=0.5), Misdeclared, "ceiling must be at least every sample"),
        (lambda: zt.assert_mean_at_most(-X, 0.6), Misdeclared, "floor must be at most every sample"),
        (
            lambda: zt.assert_mean_at_most([], 0.6),
            ValueError,
            r"^assert_mean_at_most: samples must have shape \(N,\) with",
        ),
        (
            lambda: zt.assert_mean_at_least(X, np.nan, ceiling=1),
            ValueError,
            "^assert_mean_at_least: bound must be finite",
        ),
        (
            lambda: zt.assert_mean_near(X, 0.6, floor=0, ceiling=0.5),
            Misdeclared,
            "^assert_mean_near: ceiling must be at",
        ),
        (
            lambda: zt.assert_mean_near(X, 0.6, floor=2, ceiling=1),
            ValueError,
            "^assert_mean_near: ceiling must be finite",
        ),
        (
            lambda: zt.assert_mean_at_most([[1], [1, 2]], 0.6),
            ValueError,
            "^assert_mean_at_most: setting an array element",
        ),
        (lambda: zt.assert_mean_at_most(["a"], 0.6), TypeError, "samples must be real numbers"),
        (lambda: zt.assert_mean_at_most([np.nan], 0.6), ValueError, "samples must be numbers, got NaN in 1 of 1"),
        (lambda: zt.assert_mean_at_most(np.ma.array(X, mask=X > 0.6), 0.6), ValueError, "must have no masked entries"),
        (lambda: zt.assert_mean_at_most(X, None), TypeError, "bound must be a number, got None"),
        (lambda: zt.assert_mean_at_most(X, 0.6, level=0), ValueError, "level must be strictly between 0 and 1, got 0"),
        (lambda: zt.assert_mean_at_most(X, 0.6, level="no"), TypeError, "level must be a real number, got 'no'"),
        (
            lambda: zt.assert_mean_at_most(X, 0.6, ceiling=1, support=2),
            TypeError,
            "support must be True or False, got 2",
        ),
        (
            lambda: zt.assert_mean_near(X, 0.6, floor=0, ceiling=1, within=-1),
            ValueError,
            "within must be finite and at l",
        ),
        (
            lambda: zt.assert_mean_near(X, 0.6, floor=0, ceiling=1, support=True),
            ValueError,
            "within must be positive for support = True, got 0",
        ),
        (lambda: zt.assert_frequency_at_most(3, 2, 0.5), ValueError, "hits must be at most trials = 2, got 3"),
        (lambda: zt.assert_frequency_at_most(1.5, 2, 0.5), TypeError, "hits must be a whole number, got 1.5"),
        (lambda: zt.assert_frequency_at_least(1, 2, 1.5), ValueError, "bound must be a probability, got 1.5"),
        (lambda: zt.min_samples(1.0, 1.5), ValueError, "ceiling or variance must be given, got none"),
        (lambda: zt.min_samples(1.0, 0.5, variance=2.0), ValueError, "ceiling must be given, got none"),
        (lambda: zt.min_samples(1.0, 1.0, ceiling=2.0), ValueError, "mean must break bound = 1.0 and lie in the range"),
        (lambda: zt.min_samples(1.0, 3.0, ceiling=2.0), ValueError, "mean must break bound = 1.0 and lie in the range"),
        (
            lambda: zt.min_samples(1.0, 1.5, ceiling=1.0),
            ValueError,
            "bound must lie strictly between floor = 0.0 and cei",
        ),
        (lambda: zt.min_samples(1.0, 1 + 1e-14, ceiling=2.0), ValueError, "mean must be further from bound = 1.0"),
        (lambda: zt.min_samples(5e-324, 1.5, ceiling=2.0), ValueError, "bound must be further from 0.0, got 5e-324"),
        (lambda: zt.min_samples(1.0, 1.5, ceiling=2.0, miss=1), ValueError, "miss must be strictly between 0 and 1"),
        (lambda: zt.detectable(0, 1.0, ceiling=2.0), ValueError, "samples must be a whole number, at least 1"),
        (lambda: zt.detectable(9, 1.0, ceiling=2.0, below="yes"), TypeError, "below must be"),
        (lambda: zt.min_trials(0.5, 0.5), ValueError, "probability must differ from bound = 0.5, got 0.5"),
        (lambda: zt.min_trials(0.5, 0.5 + 1e-12), ValueError, "probability must be further from bound = 0.5"),
        (lambda: zt.min_trials(0.0, 0.5), ValueError, "bound must be strictly between 0 and 1, got 0.0"),
    ],
)
def test_what_cannot_be_weighed_is_refused(made, error, said):
    with pytest.raises(error, match=said) as raised:
        made()
    assert not isinstance(raised.value, AssertionError)


def test_too_few_samples_detect_nothing():
    assert zt.detectable(2, 1.0, ceiling=3.0) is None
    assert zt.detectable(10**6, 1.0, ceiling=3.0) < 1.02
    assert zt.detectable_frequency(2, 0.5) is None
    assert zt.detectable_frequency(2, 0.5, below=True) is None


def test_names_are_read_when_they_are_asked_for():
    assert set(zt.__all__) <= set(dir(zt))
    with pytest.raises(AttributeError, match="has no attribute 'assert_magic'"):
        zt.assert_magic  # noqa: B018

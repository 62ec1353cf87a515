"""Each observation on examples worked by hand, and what holds for all of them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zotheory.evidence.observations import Always, AtLeast, Frequency, Mean, Quantile, Value

deterministic = settings(derandomize=True, deadline=None, max_examples=200)
positive = st.floats(1e-3, 1e3)

# observation, measured, bound, ratio, replicas, basis
EXAMPLES = {
    "mean": (Mean(np.array([1.0, 2.0, 6.0]), 4.0, calls=7), 3.0, 4.0, 0.75, 3, "asymptotic"),
    "mean, ceiling": (Mean(np.array([1.0, 2.0, 6.0]), 4.0, 8.0), 3.0, 4.0, 0.75, 3, "finite-sample"),
    "mean, low ceiling": (Mean(np.ones(3), 4.0, 4.0), 1.0, 4.0, 0.25, 3, "trivial: the bound exceeds the range"),
    "at least": (AtLeast(np.array([1.0, 2.0, 6.0]), 1.5, 8.0), 3.0, 1.5, 0.5, 3, "finite-sample"),
    "at least, none": (AtLeast(np.zeros(3), 1.5, 8.0), 0.0, 1.5, math.inf, 3, "finite-sample"),
    "quantile": (Quantile(np.arange(1, 101), 96.0, 0.05), 95, 96.0, 95 / 96, 100, "finite-sample"),
    "frequency": (Frequency(30, 100, 0.25), 0.3, 0.25, 0.25 / 0.3, 100, "finite-sample"),
    "no success": (Frequency(0, 100, 0.25), 0.0, 0.25, math.inf, 100, "finite-sample"),
    "always": (
        Always(np.array([0.3, 0.9, 0.5])), 0.9, 1.0, 0.9, 3, "finite-sample: violated with probability below 1 %",
    ),
    "value": (Value(2.0, 8.0), 2.0, 8.0, 0.25, 1, "exact"),
    "value, at least": (Value(8.0, 2.0, at_least=True), 8.0, 2.0, 0.25, 1, "exact"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_worked_by_hand(name):
    seen, measured, bound, ratio, replicas, basis = EXAMPLES[name]
    assert seen.measured == pytest.approx(measured)
    assert seen.bound == bound
    assert seen.ratio == pytest.approx(ratio)
    assert (seen.replicas, seen.basis) == (replicas, basis)


# observation, whether it refutes, whether it supports, at a level of 1e-3
rng = np.random.default_rng(0)
OUTCOMES = {
    "mean far below": (Mean(rng.standard_exponential(400), 2.0), False, True),
    "mean far above": (Mean(rng.standard_exponential(400), 0.5), True, False),
    "mean near": (Mean(np.tile([0.5, 1.5], 30), 1.0), False, False),
    "bounded mean far below": (Mean(rng.random(400), 0.8, 1.0), False, True),
    "bounded mean far above": (Mean(rng.random(400), 0.3, 1.0), True, False),
    "ceiling below the bound": (Mean(rng.random(5), 1.2, 1.0), False, True),
    "at least, far above": (AtLeast(rng.random(400), 0.3, 1.0), False, True),
    "at least, far below": (AtLeast(rng.random(400), 0.8, 1.0), True, False),
    "at least, near": (AtLeast(np.tile([0.4, 0.6], 30), 0.5, 1.0), False, False),
    "quantile below": (Quantile(np.arange(400), 399.0, 0.1), False, True),
    "quantile above": (Quantile(np.arange(400), 300.0, 0.1), True, False),
    "frequency above": (Frequency(200, 400, 0.25), False, True),
    "frequency below": (Frequency(40, 400, 0.25), True, False),
    "frequency at the bound": (Frequency(100, 400, 0.25), False, False),
    "always": (Always(np.full(1000, 1.0)), False, True),
    "always, too few": (Always(np.full(100, 1.0)), False, False),
    "always, within rounding": (Always(np.full(1000, 1 + 1e-10)), False, True),
    "value below": (Value(1.0, 2.0), False, True),
    "value equal": (Value(2.0, 2.0), False, True),
    "value above": (Value(2.1, 2.0), True, False),
    "value within its error": (Value(2 + 1e-10, 2.0, error=1e-9), False, True),
    "at least, above": (Value(2.0, 1.0, at_least=True), False, True),
    "at least, below": (Value(1.0, 1.1, at_least=True), True, False),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcomes(name):
    seen, refutes, supports = OUTCOMES[name]
    assert (seen.refuting <= 1e-3) == refutes
    assert (seen.supporting <= 1e-3) == supports


def test_p_values_of_frequencies_are_exact():
    assert Frequency(0, 3, 0.5).refuting == pytest.approx(1 / 8)
    assert Frequency(3, 3, 0.5).supporting == pytest.approx(1 / 8)
    assert Quantile(np.array([1.0, 2.0, 5.0]), 3.0, 0.5).refuting == pytest.approx(7 / 8)
    assert Quantile(np.array([1.0, 2.0, 5.0]), 3.0, 0.5).supporting == pytest.approx(4 / 8)
    assert Always(np.ones(50)).supporting == pytest.approx(0.99**50)


# --- the ratio says whether the bound holds --------------------------------------------------------------------------


@deterministic
@given(st.lists(st.floats(0, 1e3), min_size=1, max_size=20), positive)
def test_ratio_of_a_mean(samples, bound):
    seen = Mean(np.array(samples), bound)
    assert (seen.ratio <= 1) == (np.mean(samples) <= bound)


@deterministic
@given(st.lists(st.integers(1, 40), min_size=1, max_size=40), st.integers(1, 40), st.sampled_from([0.5, 0.25, 0.125]))
def test_ratio_of_a_quantile(samples, bound, tail):
    """At most 1 exactly where at most the share `tail` of the samples exceeds the bound."""
    seen = Quantile(np.array(samples, dtype=float), float(bound), tail)
    exceeding = sum(x > bound for x in samples)
    assert seen.exceeding == exceeding
    assert (seen.ratio <= 1) == (exceeding <= tail * len(samples))


@deterministic
@given(st.integers(1, 50), st.data(), st.sampled_from([0.5, 0.25, 0.875]))
def test_ratio_of_a_frequency(trials, data, bound):
    successes = data.draw(st.integers(0, trials))
    seen = Frequency(successes, trials, bound)
    assert (seen.ratio <= 1) == (successes >= bound * trials)


@deterministic
@given(st.lists(st.floats(0, 2), min_size=1, max_size=20))
def test_ratio_of_always(samples):
    assert (Always(np.array(samples)).ratio <= 1) == all(x <= 1 for x in samples)


@deterministic
@given(positive, positive, st.booleans())
def test_ratio_of_a_value(measured, bound, at_least):
    seen = Value(measured, bound, at_least)
    assert (seen.ratio <= 1) == (measured >= bound if at_least else measured <= bound)
    assert {seen.refuting, seen.supporting} == {0.0, 1.0}


ZEROS = {
    "mean over 0": (Mean(np.array([0.0, 2.0]), 0.0), math.inf),
    "mean 0 over 0": (Mean(np.zeros(2), 0.0), 1.0),
    "quantile over 0": (Quantile(np.array([1.0, 2.0]), 0.0, 0.5), math.inf),
    "quantile 0 over 0": (Quantile(np.zeros(2), 0.0, 0.5), 1.0),
    "value over 0": (Value(2.0, 0.0), math.inf),
    "value 0 over 0": (Value(0.0, 0.0), 1.0),
    "at least, 0": (Value(0.0, 2.0, at_least=True), math.inf),
    "at least 0, 0": (Value(0.0, 0.0, at_least=True), 1.0),
}


@pytest.mark.parametrize("name", ZEROS)
def test_ratio_at_zero(name):
    """A bound may be 0 (that of the bias is where L1 = 0), and so may what should be large."""
    seen, ratio = ZEROS[name]
    assert seen.ratio == ratio
    if not isinstance(seen, Quantile):  # two samples refute no quantile
        assert (seen.refuting == 0) == (ratio > 1)


# --- refuting and supporting exclude each other ----------------------------------------------------------------------

counts = st.integers(1, 5000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


@deterministic
@given(counts, st.floats(0.01, 0.99))
def test_frequencies_never_refute_and_support(counted, bound):
    hits, trials = counted
    seen = Frequency(hits, trials, bound)
    assert seen.refuting + seen.supporting >= 1 - 1e-9
    exceeding = Quantile(np.arange(trials) < hits, 0.5, bound)
    assert exceeding.refuting + exceeding.supporting >= 1 - 1e-9


@deterministic
@given(counts)
def test_always_never_refutes_and_supports(counted):
    violations, trials = counted
    seen = Always(np.where(np.arange(trials) < violations, 2.0, 0.5))
    assert max(seen.refuting, seen.supporting) == 1


@pytest.mark.parametrize("ceiling", [None, 30.0])
@pytest.mark.parametrize("ratio", [0.7, 1.0, 1.4])
def test_means_refute_and_support_at_once_no_more_often_than_their_level(ratio, ceiling):
    """One of the two would be a false alarm; 2000 samples, exact binomial test at 1e-6, level 0.01."""
    level, trials = 0.01, 2000
    x = np.minimum(ratio * np.random.default_rng(1).standard_exponential((trials, 100)), 30.0)
    seen = (Mean(sample, 1.0, ceiling) for sample in x)
    both = sum(max(s.refuting, s.supporting) <= level for s in seen)
    assert stats.binom.sf(both - 1, trials, level) >= 1e-6


# --- values that are not numbers -------------------------------------------------------------------------------------


NOT_NUMBERS = {
    "mean": Mean(np.array([0.5, math.nan] * 200), 1.0),
    "bounded mean": Mean(np.array([0.5, math.nan] * 200), 1.0, 2.0),
    "at least": AtLeast(np.array([0.5, math.nan] * 200), 0.1, 2.0),
    "quantile": Quantile(np.full(400, math.nan), 1.0, 0.5),
    "always": Always(np.array([0.5, math.nan] * 1000)),
    "value": Value(math.nan, 1.0),
    "bound": Value(1.0, math.nan),
}


@pytest.mark.parametrize("name", NOT_NUMBERS)
def test_nan_supports_nothing(name):
    assert not NOT_NUMBERS[name].supporting <= 0.5


# --- what could have been seen ---------------------------------------------------------------------------------------


def test_detectable_of_always_is_the_chance_that_would_have_shown():
    chance = Always(np.ones(500)).detectable(1e-3)
    assert 1 - (1 - chance) ** 500 == pytest.approx(0.8)


def test_detectable_of_a_value_is_its_error():
    assert Value(1.0, 2.0, error=1e-6).detectable(1e-3) == 1 + 1e-6


def refuted_share(law, refutes):
    """Exact chance of the outcomes that refute."""
    return sum(law.pmf(k) for k in range(law.args[0] + 1) if refutes(k))


def test_detectable_of_a_quantile_has_power_by_enumeration():
    level, trials, tail = 1e-3, 200, 0.05
    chance = tail * Quantile(np.zeros(trials), 0.5, tail).detectable(level)
    power = refuted_share(
        stats.binom(trials, chance), lambda k: Quantile(np.arange(trials) < k, 0.5, tail).refuting <= level
    )
    assert power == pytest.approx(0.8)


def test_detectable_of_a_frequency_has_power_by_enumeration():
    level, trials, bound = 1e-3, 200, 0.25
    chance = bound / Frequency(100, trials, bound).detectable(level)
    power = refuted_share(stats.binom(trials, chance), lambda k: Frequency(k, trials, bound).refuting <= level)
    assert chance < bound
    assert power == pytest.approx(0.8)


def test_detectable_of_a_mean_shrinks_with_the_sample_and_not_with_the_unit():
    x = np.random.default_rng(2).standard_exponential(1000)
    short, long = Mean(x[:50], 2.0).detectable(1e-3), Mean(x, 2.0).detectable(1e-3)
    assert 1 < long < short
    assert Mean(4 * x, 8.0).detectable(1e-3) == long

"""Each observation on examples worked by hand, and what holds for all of them."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zotheory.evidence.observations import (
    Always,
    AtLeast,
    Frequency,
    Mean,
    Misdeclared,
    Observation,
    Quantile,
    Value,
)

deterministic = settings(derandomize=True, deadline=None, max_examples=200)
small = st.integers(-40, 40)
NAN, INF = math.nan, math.inf
NOTHING = "none: no ceiling and no variance is declared"
BOUNDED = "finite-sample, bounded"
TRIVIAL = "trivial: the bound exceeds the range"

# observation, measured, bound, ratio, replicas, basis
EXAMPLES = {
    "mean": (Mean([1.0, 2.0, 6.0], 4.0, calls=7), 3, 4, 0.75, 3, NOTHING),
    "mean, ceiling": (Mean(np.array([1, 2, 6]), 4, 8), 3, 4, 0.75, 3, BOUNDED),
    "mean, low ceiling": (Mean([0.5, 1.5], 4.0, 4.0), 1, 4, 0.25, 2, TRIVIAL),
    "mean, V": (Mean([1.0, 5.0], 4, variance=5, because="it is"), 3, 4, 0.75, 2,
                "finite-sample, Var X <= 5 (E X)^2 if E X >= bound: it is"),
    "mean, assumed V": (Mean([1.0, 5.0], 4, variance=0.5), 3, 4, 0.75, 2, "if Var X <= 0.5 (E X)^2"),
    "mean, ceiling and V": (Mean([1.0, 5.0], 4, 6, variance=5, because="it is"), 3, 4, 0.75, 2,
                            "finite-sample, bounded, and Var X <= 5 (E X)^2 if E X >= bound: it is"),
    "mean, ceiling and assumed V": (Mean([1.0, 5.0], 4, 6, variance=5), 3, 4, 0.75, 2, BOUNDED),
    "mean, floor": (Mean([-1.0, 0.0, 4.0], 2, floor=-2, variance=5), 1, 2, 0.75, 3, "if Var X <= 5 (E X + 2)^2"),
    "mean, high floor": (Mean([5.0, 6.0], 6, floor=5, variance=5), 5.5, 6, 0.5, 2, "if Var X <= 5 (E X - 5)^2"),
    "mean, negative bound": (Mean([-3.0, -1.0], -1, floor=-4), -2, -1, 2 / 3, 2, NOTHING),
    "mean, bound at the floor": (Mean([0.0, 2.0], 0), 1, 0, INF, 2, NOTHING),
    "mean at the floor": (Mean([0.0, 0.0], 0), 0, 0, 1, 2, "none: all samples are equal"),
    "mean, bound below the floor": (Mean([0.0, 2.0], -1), 1, -1, INF, 2, NOTHING),
    "mean of one": (Mean([1.0], 4, 8), 1, 4, 0.25, 1, "none: one sample"),
    "mean, frozen": (Mean(np.ones(9), 4, 8), 1, 4, 0.25, 9, "none: all samples are equal"),
    "mean, infinite": (Mean([1.0, INF], 4), INF, 4, INF, 2, "none: an infinite sample"),
    "mean of truth values": (Mean([True, False], 0.75, 1), 0.5, 0.75, 2 / 3, 2, BOUNDED),
    "at least": (AtLeast([1.0, 2.0, 6.0], 1.5, 8), 3, 1.5, 0.5, 3, BOUNDED),
    "at least, none": (AtLeast([0.0, 0.0], 1.5, 8), 0, 1.5, INF, 2, "none: all samples are equal"),
    "at least, floor": (AtLeast([-1.0, 1.0], -0.5, 2, floor=-1), 0, -0.5, 0.5, 2, BOUNDED),
    "at least, trivial": (AtLeast([0.0, 1.0], -1, 2), 0.5, -1, -2, 2, "trivial: the range exceeds the bound"),
    "quantile": (Quantile(np.arange(1, 101), 96.0, 0.05), 95, 96, 95 / 96, 100, "binomial"),
    "quantile, negative": (Quantile(-np.arange(1, 101), -5, 0.05), -6, -5, 5 / 6, 100, "binomial"),
    "quantile of one": (Quantile([1.0], 2, 0.5), 1, 2, 0.5, 1, "none: one sample"),
    "frequency": (Frequency(30, 100, 0.25), 0.3, 0.25, 0.25 / 0.3, 100, "binomial"),
    "no success": (Frequency(0, 100, 0.25), 0, 0.25, INF, 100, "binomial"),
    "frequency, trivial": (Frequency(0, 9, 0), 0, 0, 1, 9, "trivial: the bound is 0"),
    "certain": (Frequency(9, 9, 1), 1, 1, 1, 9, "none: no number of trials shows that a probability is 1"),
    "quantile, frozen": (Quantile([2.0] * 9, 4, 0.5), 2, 4, 0.5, 9, "none: all samples are equal"),
    "always, infinite": (Always([0.5, -INF]), 0.5, 1, 0.5, 2, "none: an infinite sample"),
    "mean, huge": (Mean([1e308, 1.5e308], 1.6e308, 1.7e308), 1.25e308, 1.6e308, 1.25 / 1.6, 2, BOUNDED),
    "one trial": (Frequency(1, 1, 0.25), 1, 0.25, 0.25, 1, "none: one sample"),
    "always": (Always([0.3, 0.9, 0.5]), 0.9, 1, 0.9, 3, "binomial"),
    "value": (Value(2.0, 8), 2, 8, 0.25, 1, "exact"),
    "value, at least": (Value(8.0, 2.0, at_least=True), 8, 2, 0.25, 1, "exact"),
    "value, coarse": (Value(8.0, 2.0, True, error=5e-3), 8, 2, 0.25, 1, "exact up to a relative error of 0.005"),
    "value, infinite": (Value(INF, 2.0), INF, 2, INF, 1, "none: an infinite value"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_worked_by_hand(name):
    seen, measured, bound, ratio, replicas, basis = EXAMPLES[name]
    assert isinstance(seen, Observation)
    assert seen.measured == pytest.approx(measured)
    assert seen.bound == bound
    assert seen.ratio == pytest.approx(ratio)
    assert (seen.replicas, seen.basis) == (replicas, basis)
    assert seen.assumed == basis.startswith("if ")
    assert seen.exact == isinstance(seen, Value)
    assert seen.caveat == ("violated with probability below 1 %" if isinstance(seen, Always) else "")
    assert 0 <= seen.refuting <= 1
    assert 0 <= seen.supporting <= 1
    if basis.startswith("none"):
        assert seen.supporting == 1
    for detectable in (seen.detectable_ratio(1e-3), seen.detectable_probability(1e-3)):
        assert detectable is None or isinstance(detectable, float)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_observation_travels_between_processes(name):
    seen = EXAMPLES[name][0]
    again = pickle.loads(pickle.dumps(seen))
    for what in ("measured", "bound", "ratio", "basis", "refuting", "supporting"):
        assert getattr(again, what) == getattr(seen, what)


# observation, whether it refutes, whether it supports, at a level of 1e-3
rng = np.random.default_rng(0)
OUTCOMES = {
    "mean far below": (Mean(rng.standard_exponential(400), 2.0), False, False),
    "mean far below, V": (Mean(rng.standard_exponential(400), 2.0, variance=1), False, True),
    "mean below, large V": (Mean(rng.standard_exponential(400), 2.0, variance=100), False, False),
    "mean far above": (Mean(rng.standard_exponential(400), 0.5, variance=1), True, False),
    "mean near": (Mean(np.tile([0.5, 1.5], 30), 1.0, variance=1), False, False),
    "bounded mean far below": (Mean(rng.random(400), 0.8, 1.0), False, True),
    "bounded mean far above": (Mean(rng.random(400), 0.3, 1.0), True, False),
    "ceiling below the bound": (Mean(rng.random(5), 1.2, 1.0), False, True),
    "ceiling at the bound": (Mean(rng.random(5), 1.0, 1.0), False, True),
    "an infinite sample": (Mean([*rng.random(400), INF], 3.0, variance=1), True, False),
    "bound below the floor": (Mean(rng.random(400), -0.1), True, False),
    "negative mean far below": (Mean(rng.random(400) - 2, -1.2, floor=-2, variance=1), False, True),
    "negative mean far above": (Mean(rng.random(400) - 2, -1.8, floor=-2), True, False),
    "negative bounded mean far below": (Mean(rng.random(400) - 2, -1.2, -1, floor=-2), False, True),
    "a sum beyond the floats": (Mean(rng.random(400) * 1e308, 8e307, 1.2e308), False, True),
    "a sum beyond the floats, V": (Mean(rng.random(400) * 1e308, 1.5e308, variance=1), False, True),
    "a sum beyond the floats, above": (Mean(rng.random(400) * 1e308, 3e307, 1.2e308), True, False),
    "an absurdly small V": (Mean(rng.random(400), 0.8, variance=1e-300), False, True),
    "an absurdly small V, false": (Mean(np.tile([0.0, 2.0], 200), 0.99, variance=1e-300), False, False),
    "frozen, ceiling": (Mean(np.full(400, 0.5), 0.8, 1.0), False, False),
    "frozen, V": (Mean(np.full(400, 0.5), 0.8, variance=1), False, False),
    "frozen, trivial": (Mean(np.full(400, 0.5), 1.2, 1.0), False, False),
    "frozen above": (Mean(np.full(400, 0.5), 0.3, 1.0), True, False),
    "one sample, tiny V": (Mean([0.5], 1.0, variance=1e-9, because="it is"), False, False),
    "at least, far above": (AtLeast(rng.random(400), 0.3, 1.0), False, True),
    "at least, far below": (AtLeast(rng.random(400), 0.8, 1.0), True, False),
    "at least, near": (AtLeast(np.tile([0.4, 0.6], 30), 0.5, 1.0), False, False),
    "at least, all at ceiling and bound": (AtLeast(np.full(400, 0.7), 0.7, 0.7), False, False),
    "at least, below ceiling and bound": (AtLeast([0.7] * 400 + [0.6], 0.7, 0.7), True, False),
    "at least, bound beyond the ceiling": (AtLeast([0.7, 0.6], 0.8, 0.7), True, False),
    "at least, minus infinity": (AtLeast([0.7] * 400 + [-INF], 0.1, 0.7), True, False),
    "at least, negative": (AtLeast(rng.random(400) - 1, -0.8, 0.0, floor=-1), False, True),
    "at least, negative, below": (AtLeast(rng.random(400) - 1, -0.2, 0.0, floor=-1), True, False),
    "at least, frozen": (AtLeast(np.full(400, 0.5), 0.3, 1.0), False, False),
    "at least, trivial": (AtLeast(rng.random(5), 0.0, 1.0), False, True),
    "quantile below": (Quantile(np.arange(400), 399.0, 0.1), False, True),
    "quantile above": (Quantile(np.arange(400), 300.0, 0.1), True, False),
    "quantile, always infinite": (Quantile(np.full(400, INF), 300.0, 0.1), True, False),
    "quantile, minus infinity": (Quantile(np.full(400, -INF), 300.0, 0.1), False, False),
    "quantile, frozen": (Quantile(np.full(400, 3.0), 300.0, 0.1), False, False),
    "quantile, above by rounding": (Quantile([0.5] + [1 + 2e-16] * 400, 1.0, 0.1), False, False),
    "quantile, above by more": (Quantile([0.5] + [1 + 1e-11] * 400, 1.0, 0.1), True, False),
    "quantile of one": (Quantile([1.0], 2, 0.9999), False, False),
    "frequency above": (Frequency(200, 400, 0.25), False, True),
    "frequency below": (Frequency(40, 400, 0.25), True, False),
    "frequency at the bound": (Frequency(100, 400, 0.25), False, False),
    "always successful": (Frequency(400, 400, 0.25), False, True),
    "one trial": (Frequency(1, 1, 1e-6), False, False),
    "certain, never missed": (Frequency(400, 400, 1.0), False, False),
    "at least as often as never": (Frequency(0, 400, 0), False, True),
    "certain, missed once": (Frequency(399, 400, 1.0), True, False),
    "always": (Always(np.full(1000, 1.0)), False, True),
    "always, too few": (Always(np.full(100, 1.0)), False, False),
    "always, within rounding": (Always(np.full(1000, 1 + 1e-10)), False, True),
    "always, once not": (Always([0.5] * 1000 + [1.001]), True, False),
    "always, infinite": (Always([0.5] * 1000 + [INF]), True, False),
    "always, minus infinity": (Always([0.5] * 1000 + [-INF]), False, False),
    "value below": (Value(1.0, 2.0), False, True),
    "value equal": (Value(2.0, 2.0), False, True),
    "value above": (Value(2.1, 2.0), True, False),
    "value within its error": (Value(2 + 1e-10, 2.0, error=1e-9), False, True),
    "negative value above": (Value(-1, -2), True, False),
    "negative value below": (Value(-3, -2), False, True),
    "value over 0": (Value(1e-9, 0), True, False),
    "value below 0": (Value(-1, 0), False, True),
    "value and bound of 0": (Value(0, 0), False, True),
    "value 0 over a negative bound": (Value(0, -1), True, False),
    "at least, above": (Value(2.0, 1.0, at_least=True), False, True),
    "at least, below": (Value(1.0, 1.1, at_least=True), True, False),
    "at least, negative value above": (Value(-1, -2, True), False, True),
    "at least, negative value below": (Value(-3, -2, True), True, False),
    "infinite value": (Value(INF, 2), True, False),
    "infinite value, at least": (Value(INF, 2, True), False, False),
    "minus infinity, at least": (Value(-INF, 2, True), True, False),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcomes(name):
    seen, refutes, supports = OUTCOMES[name]
    assert (seen.refuting <= 1e-3) == refutes
    assert (seen.supporting <= 1e-3) == supports


def test_p_values_of_frequencies_are_exact():
    assert Frequency(0, 3, 0.5).refuting == pytest.approx(1 / 8)
    assert Frequency(3, 3, 0.5).supporting == pytest.approx(1 / 8)
    assert Quantile([1.0, 2.0, 5.0], 3.0, 0.5).refuting == pytest.approx(7 / 8)
    assert Quantile([1.0, 2.0, 5.0], 3.0, 0.5).supporting == pytest.approx(4 / 8)
    assert Always(np.ones(50)).supporting == pytest.approx(0.99**50)


def test_what_speaks_against_a_bound_is_counted_beyond_rounding():
    above = 1 + 2e-9
    assert Always([0.0, 1.0, 1 + 1e-10]).violations == 0
    assert Always([0.0, above, 1.5, 2.0, 2.5, INF]).violations == 5
    for scale in (1.0, -1.0, 1e-30, 1e30):
        beyond = scale + abs(scale) * 1e-9
        samples = [scale, scale - abs(scale), scale + abs(scale) * 1e-16, beyond, scale + 5 * abs(scale), INF]
        assert Quantile(samples, scale, 0.5).exceeding == 3


def test_with_a_ceiling_and_a_reasoned_variance_the_smaller_p_value_counts_twice():
    x = np.random.default_rng(1).random(60)
    bounded, spread = Mean(x, 0.7, 50.0), Mean(x, 0.7, variance=1 / 3, because="uniform")
    both = Mean(x, 0.7, 50.0, variance=1 / 3, because="uniform")
    assert both.supporting == pytest.approx(2 * min(bounded.supporting, spread.supporting))
    assert spread.supporting < bounded.supporting
    assert Mean(x, 0.7, 50.0, variance=1 / 3).supporting == bounded.supporting  # an assumption is not needed there


# --- the ratio says whether the bound holds --------------------------------------------------------------------------


@deterministic
@given(st.lists(st.floats(-5, 1e3), min_size=1, max_size=20), st.floats(-4, 100))
def test_ratio_of_a_mean(samples, bound):
    seen = Mean(samples, bound, floor=-5)
    assert (seen.ratio <= 1) == (np.mean(samples) + 5 <= bound + 5)
    mirrored = AtLeast(-np.array(samples), -bound, 5, floor=-1e3)
    assert (mirrored.ratio <= 1) == (mirrored.measured + 1e3 >= 1e3 - bound)


@deterministic
@given(st.lists(small, min_size=1, max_size=40), small, st.sampled_from([0.5, 0.25, 0.125]))
def test_ratio_of_a_quantile(samples, bound, tail):
    """At most 1 exactly where at most the share `tail` of the samples exceeds the bound."""
    seen = Quantile(samples, bound, tail)
    exceeding = sum(x > bound for x in samples)
    assert seen.exceeding == exceeding
    assert (seen.ratio <= 1) == (exceeding <= tail * len(samples))


@deterministic
@given(st.integers(1, 50), st.data(), st.sampled_from([0.0, 0.5, 0.25, 0.875, 1.0]))
def test_ratio_of_a_frequency(trials, data, bound):
    successes = data.draw(st.integers(0, trials))
    seen = Frequency(successes, trials, bound)
    assert (seen.ratio <= 1) == (successes >= bound * trials)


@deterministic
@given(st.lists(st.floats(0, 2), min_size=1, max_size=20))
def test_ratio_of_always(samples):
    assert (Always(samples).ratio <= 1) == all(x <= 1 for x in samples)


signed = st.floats(-1e3, 1e3) | st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e-300, -1e-300, 1e300, -1e300])


@deterministic
@given(signed, signed, st.booleans())
def test_ratio_of_a_value(measured, bound, at_least):
    seen = Value(measured, bound, at_least)
    assert (seen.ratio <= 1) == (measured >= bound if at_least else measured <= bound)
    assert (seen.ratio == 1) == (measured == bound) or 0.999 < seen.ratio < 1.001
    assert {seen.refuting, seen.supporting} == {0.0, 1.0}
    if not math.isclose(measured, bound, rel_tol=1e-9, abs_tol=0):
        assert (seen.refuting == 0) == (seen.ratio > 1)


# --- refuting and supporting exclude each other ----------------------------------------------------------------------

counts = st.integers(2, 5000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


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


@deterministic
@given(st.lists(st.floats(0, 10), min_size=2, max_size=60), st.floats(0, 12), st.integers(0, 8))
def test_means_never_refute_and_support(samples, bound, many):
    x = np.tile(samples, many + 1)
    top = max(10.0, bound)
    for seen in (
        Mean(x, bound, 10),
        Mean(x, bound, variance=2),
        Mean(x, bound, 10, variance=2, because="so"),
        AtLeast(x, bound, top),
    ):
        assert max(seen.refuting, seen.supporting) > 0.5


# --- what is not an observation --------------------------------------------------------------------------------------


class Numberlike:
    """Such as a 50-digit number."""

    def __float__(self):
        return 2.0


ok = np.array([0.2, 0.4])
REFUSED = {
    "NaN among the samples": (lambda: Mean([0.5, NAN, 0.1], 1), ValueError, r"Mean: samples .* 1 of 3, first at 1"),
    "NaN twice": (lambda: Mean([0.5, NAN, 0.1, NAN], 1), ValueError, r"Mean: samples .* 2 of 4, first at 1"),
    "NaN, at least": (lambda: AtLeast([NAN], 1, 2), ValueError, r"AtLeast: samples .* NaN in 1 of 1"),
    "NaN, quantile": (lambda: Quantile([NAN], 1, 0.5), ValueError, r"Quantile: samples .* NaN"),
    "NaN, always": (lambda: Always([NAN]), ValueError, r"Always: samples .* NaN"),
    "NaN, value": (lambda: Value(NAN, 1), ValueError, r"Value: measured must be a number, got nan"),
    "NaN bound": (lambda: Mean(ok, NAN), ValueError, r"Mean: bound must be finite, got nan"),
    "NaN bound of a value": (lambda: Value(1, NAN), ValueError, r"Value: bound must be finite, got nan"),
    "infinite bound": (lambda: Mean(ok, INF), ValueError, r"Mean: bound must be finite, got inf"),
    "huge bound": (lambda: Value(1, 10**400), ValueError, r"Value: bound must be finite"),
    "bound too far away": (
        lambda: AtLeast([-INF], -1.7e308, 1.7e308),
        ValueError,
        r"AtLeast: ceiling - bound must be a number that a float can hold, got inf",
    ),
    "no bound": (lambda: Mean(ok, None), TypeError, r"Mean: bound must be a number, got None"),
    "bound of words": (lambda: Mean(ok, "1"), TypeError, r"Mean: bound must be a number, got '1'"),
    "array of bounds": (lambda: Mean(ok, np.array([1.0])), TypeError, r"Mean: bound must be a number, got array"),
    "complex value": (lambda: Value(1j, 1), TypeError, r"Value: measured must be a number, got 1j"),
    "no samples": (lambda: Mean([], 1), ValueError, r"Mean: samples must have shape \(N,\) with N >= 1, got \(0,\)"),
    "one number": (lambda: Mean(0.5, 1), ValueError, r"Mean: samples must have shape .* got \(\)"),
    "matrix": (lambda: Quantile(np.ones((2, 2)), 1, 0.5), ValueError, r"Quantile: samples must have shape .* \(2, 2\)"),
    "samples of words": (lambda: Mean(["a"], 1), TypeError, r"Mean: samples must be real numbers, got <U1 from list"),
    "complex samples": (lambda: Mean([1j], 1), TypeError, r"Mean: samples must be real numbers, got complex128"),
    "nothing": (lambda: Mean(None, 1), TypeError, r"Mean: samples must be real numbers, got object from NoneType"),
    "V of 0": (lambda: Mean(ok, 1, variance=0), ValueError, r"Mean: variance must be finite and above 0, got 0"),
    "infinite V": (lambda: Mean(ok, 1, variance=INF), ValueError, r"Mean: variance .* got inf"),
    "a reason that is none": (lambda: Mean(ok, 1, variance=1, because=True), TypeError, r"Mean: because .* got True"),
    "a floor too far": (lambda: Mean(ok, 1e308, floor=-1e308), ValueError, r"Mean: bound - floor must be a number"),
    "a ceiling too far": (lambda: Mean(ok, 1, 1e308, floor=-1e308), ValueError, r"Mean: ceiling - floor must be"),
    "uncountable trials": (lambda: Frequency(1, 10**20, 0.5), ValueError, r"Frequency: trials must be at most 1e\+15"),
    "an endless number": (lambda: Value(1, 10**400), ValueError, r"Value: bound must be finite, got 10{199}\.\.\.$"),
    "infinite floor": (lambda: Mean(ok, 1, floor=-INF), ValueError, r"Mean: floor must be finite, got -inf"),
    "infinite ceiling": (lambda: Mean(ok, 1, INF), ValueError, r"Mean: ceiling .* at least floor = 0\.0, got inf"),
    "ceiling below the floor": (lambda: AtLeast(ok, 1, -1), ValueError, r"AtLeast: ceiling .* floor = 0\.0, got -1"),
    "tail of 0": (lambda: Quantile(ok, 1, 0), ValueError, r"Quantile: tail must be strictly between 0 and 1, got 0"),
    "tail of 1": (lambda: Quantile(ok, 1, 1.0), ValueError, r"Quantile: tail .* got 1\.0"),
    "more successes than trials": (
        lambda: Frequency(120, 100, 0.5), ValueError, r"Frequency: successes must be at most trials = 100, got 120",
    ),
    "negative successes": (lambda: Frequency(-1, 9, 0.5), ValueError, r"Frequency: successes .* at least 0, got -1"),
    "no trials": (lambda: Frequency(0, 0, 0.5), ValueError, r"Frequency: trials .* at least 1, got 0"),
    "half a success": (lambda: Frequency(0.5, 9, 0.5), TypeError, r"Frequency: successes .* whole number, got 0\.5"),
    "no probability": (lambda: Frequency(1, 9, 1.5), ValueError, r"Frequency: bound must be a probability, got 1\.5"),
    "truth values": (lambda: Always([True, False]), TypeError, r"Always: samples .* got truth values; write np\.where"),
    "error in the place of a direction": (lambda: Value(3, 2, 1e-9), TypeError, r"Value: at_least must be True or"),
    "negative error": (lambda: Value(3, 2, error=-1), ValueError, r"Value: error must be between 0 and 0\.01, got -1"),
    "error that hides all": (lambda: Value(3, 2, error=0.5), ValueError, r"Value: error must be between .* got 0\.5"),
    "negative calls": (lambda: Mean(ok, 1, calls=-1), ValueError, r"Mean: calls must be finite and at least 0, got -1"),
    "calls in the place of V": (lambda: Mean(ok, 1, 2, 3), TypeError, r"positional"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_is_an_error_that_names_it(name):
    make, kind, message = REFUSED[name]
    with pytest.raises(kind, match=message):
        make()


MISDECLARED = {
    "above the ceiling": (lambda: Mean([0.2, 1.5], 0.5, 1), r"Mean: ceiling must be .* got 1\.0 and a sample of 1\.5"),
    "above a ceiling below the bound": (lambda: Mean([0.2, 1.5], 3, 1), r"Mean: ceiling .* 1\.0 and a sample of 1\.5"),
    "infinite, under a ceiling": (lambda: Mean([0.2, INF], 3, 1), r"Mean: ceiling .* a sample of inf"),
    "below the floor": (lambda: Mean([0.2, -0.5], 0.5), r"Mean: floor must be .* got 0\.0 and a sample of -0\.5"),
    "below a negative floor": (lambda: Mean([0.2, -0.5], 0.5, floor=-0.1), r"Mean: floor .* a sample of -0\.5"),
    "at least, above": (lambda: AtLeast([0.2, 1.5], 3, 1), r"AtLeast: ceiling .* got 1\.0 and a sample of 1\.5"),
    "at least, below": (lambda: AtLeast([0.2, -1.5], 0.1, 1), r"AtLeast: floor .* got 0\.0 and a sample of -1\.5"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISDECLARED)
def test_a_sample_outside_the_declared_range_fails_the_experiment(name):
    make, message = MISDECLARED[name]
    with pytest.raises(Misdeclared, match=message):
        make()


def test_rounding_is_no_misdeclaration():
    assert Mean([-1e-17, 1 + 1e-15], 0.5, 1).supporting == 1
    assert AtLeast([-1e-17, 1 + 1e-15], 0.5, 1).refuting == 1


def test_a_range_is_as_wide_as_floats_can_tell():
    far = Mean([1.5e200, 1.6e200], 1.7e200, 2e200, floor=1e200)
    assert far.ratio == pytest.approx(0.55 / 0.7)
    assert Mean([-1.5e200, -1.6e200], -1.4e200, -1e200, floor=-2e200).ratio == pytest.approx(0.45 / 0.6)


def test_numbers_of_other_kinds_are_taken():
    for two in (2, 2.0, np.float32(2), np.int64(2), np.array(2.0), Numberlike()):
        assert type(Mean(ok, two).bound) is float
        assert Mean(ok, two).bound == Value(1, two).bound == 2
        for seen in (
            Mean(ok - 9, two, two, floor=-9, variance=two, because="so", calls=two),
            Mean(ok + 2, 4, 5, floor=two),
            AtLeast(ok + 2, 3, 5, floor=two, calls=two),
            AtLeast(ok, two, two),
            Quantile(ok, two, 0.5, calls=two),
            Always(ok, calls=two),
            Frequency(1, 2, 0.5, calls=two),
            Value(two, two, calls=two),
        ):
            names = ("bound", "floor", "ceiling", "variance", "calls", "measured")
            assert {type(getattr(seen, name, 0.0)) for name in names} <= {float, type(None)}
    assert Frequency(np.int64(3), np.uint8(4), 1).measured == 0.75


def test_samples_are_copied_and_cannot_be_changed():
    x = np.array([0.5, 0.7])
    seen = Mean(x, 1)
    x[0] = 9
    assert seen.measured == pytest.approx(0.6)
    with pytest.raises(ValueError, match="read-only"):
        seen.samples[0] = 9


# --- what could have been seen ---------------------------------------------------------------------------------------


def test_what_always_would_have_shown():
    chance = Always(np.ones(500)).detectable_probability(1e-3)
    assert 1 - (1 - chance) ** 500 == pytest.approx(0.8)


def test_what_a_value_would_have_shown():
    ratio = Value(1.0, 2.0, error=1e-3).detectable_ratio(1e-3)
    assert Value(2 * ratio * (1 + 1e-9), 2.0, error=1e-3).refuting == 0
    assert Value(2 * ratio * (1 - 1e-9), 2.0, error=1e-3).refuting == 1


def refuted_share(trials, chance, refutes):
    """Exact chance of the outcomes that refute."""
    return sum(stats.binom.pmf(k, trials, chance) for k in range(trials + 1) if refutes(k))


def test_what_a_quantile_would_have_shown_by_enumeration():
    level, trials, tail = 1e-3, 200, 0.05
    chance = Quantile(np.zeros(trials), 0.5, tail).detectable_probability(level)
    assert chance > tail
    power = refuted_share(trials, chance, lambda k: Quantile(np.arange(trials) < k, 0.5, tail).refuting <= level)
    assert power == pytest.approx(0.8)


def test_what_a_frequency_would_have_shown_by_enumeration():
    level, trials, bound = 1e-3, 200, 0.25
    chance = Frequency(100, trials, bound).detectable_probability(level)
    assert chance < bound
    assert refuted_share(trials, chance, lambda k: Frequency(k, trials, bound).refuting <= level) == pytest.approx(0.8)
    assert Frequency(2, 3, 0.1).detectable_probability(level) is None
    assert Frequency(2, 3, 0.0).detectable_probability(level) is None


def test_what_a_mean_would_have_shown_is_blank_where_nothing_is_declared():
    """The mean of this law sits in one sample of 10,000; a bootstrap of 200 samples would say 1.03."""
    x = np.random.default_rng(2).uniform(0.45, 0.55, 200)
    assert Mean(x, 0.6).detectable_ratio(1e-3) is None
    assert Mean(x, 0.6, variance=2500, because="one of 10,000 is 5000").detectable_ratio(1e-3) is None
    assert Mean(x, 0.6, 5001.0).detectable_ratio(1e-3) > 100
    assert 1 < Mean(x, 0.6, variance=1, because="uniform").detectable_ratio(1e-3) < 2
    assert Mean(x, 0.0, variance=1).detectable_ratio(1e-3) is None


def test_what_a_mean_would_have_shown_does_not_depend_on_units_and_samples():
    x = np.random.default_rng(2).random(1000)
    shown = Mean(x, 0.5, 2, variance=1, because="so").detectable_ratio(1e-3)
    assert 1 < shown < Mean(x[:50], 0.5, 2, variance=1, because="so").detectable_ratio(1e-3)
    assert Mean(8 * x[::-1] - 4, 0, 12, variance=1, floor=-4, because="so").detectable_ratio(1e-3) == shown


@pytest.mark.parametrize("floor", [0.0, -3.0])
def test_what_a_lower_bound_would_have_shown(floor):
    """The law on {floor, ceiling} with the detectable mean is refuted with probability 0.8 or more."""
    level, bound, ceiling, n = 1e-3, floor + 0.6, floor + 1.0, 300
    ratio = AtLeast(floor + np.random.default_rng(2).random(n), bound, ceiling, floor=floor).detectable_ratio(level)
    share = 0.6 / ratio
    assert 0.3 < share < 0.6
    x = floor + (np.random.default_rng(3).random((400, n)) < share)
    refuted = sum(AtLeast(sample, bound, ceiling, floor=floor).refuting <= level for sample in x)
    assert stats.binom.cdf(refuted, 400, 0.8) >= 1e-6
    assert AtLeast(ok, 0.6, 0.6).detectable_ratio(level) is None
    assert AtLeast(ok, -0.1, 1).detectable_ratio(level) is None

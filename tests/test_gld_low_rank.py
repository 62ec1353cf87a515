"""GLD-Search on functions of few directions: what the truth suite does not ask."""

import numpy as np
import pytest
from scipy import stats

from zotheory.loop import run
from zotheory.measurements.gld_low_rank import BASE, lack, one_radius, step_event
from zotheory.problems.instances import few_axes, low_rank
from zotheory.reduced import DECADES
from zotheory.theorems import gld_low_rank as low


@pytest.mark.parametrize(("k", "n"), [(10, 9), (np.array([3, 10]), 9), (3, np.array([9, 2]))])
def test_more_directions_than_dimensions_are_refused(k, n):
    with pytest.raises(ValueError, match="k must be at most n"):
        low.evaluations(n=n, k=k, Q=2, log_ratio=1, R=1, r=0.1)


@pytest.mark.parametrize("r", [1.0, 2.0])
def test_deviations_must_fall(r):
    with pytest.raises(ValueError, match="r must be smaller than R"):
        low.evaluations(n=9, k=3, Q=2, log_ratio=1, R=1.0, r=r)


def test_the_perturbed_gap_meets_half_the_progress_at_the_least_gap():
    gap = low.least_gap(delta=0.3, k=7, Q=3)
    half = low.perturbed_contraction(k=7, Q=3)
    assert low.perturbed_gap(gap=gap, delta=0.3, k=7, Q=3) == pytest.approx(half * gap, rel=1e-14)
    assert low.perturbed_gap(gap=0.99 * gap, delta=0.3, k=7, Q=3) > half * 0.99 * gap
    assert low.perturbed_gap(gap=1.01 * gap, delta=0.3, k=7, Q=3) < half * 1.01 * gap


@pytest.mark.parametrize("k", [3, 10, 1000])
@pytest.mark.parametrize("a", [0.45, 0.9])
def test_success_below_is_below_and_near(k, a):
    hits = step_event(k, np.full(400_000, a), 0.2, np.random.default_rng(2)).mean()
    found = low.success_below(k, a=a)
    assert hits + 0.004 >= found  # five standard deviations
    assert found >= hits - 0.004 - 0.2 / k


def test_the_event_is_that_of_the_plain_gaussian():
    """Reduced coordinates against z written in full."""
    k, a = 6, 0.7
    z = np.random.default_rng(3).standard_normal((200_000, k))
    plain = np.mean(z[:, 0] >= a * np.sum(z * z, axis=1) / (2 * k) + 0.2 / a)
    assert step_event(k, np.full(200_000, a), 0.2, np.random.default_rng(4)).mean() == pytest.approx(plain, abs=7e-3)


def test_reduced_and_full_runs_have_one_law():
    """The same problem in 12 dimensions, written in full and in blocks of which each keeps two axes."""
    from zotheory.directions import gaussian
    from zotheory.methods import gld_search
    from zotheory.problems import Embedded, hard_instance
    from zotheory.reduced import reduce

    k, n = 4, 12
    method = gld_search(R=1.0, r=0.05, law=gaussian, scale=1 / k)
    small = reduce(lambda width: few_axes(k, n, width), (1, k - 1, n - k), method)
    full = Embedded(hard_instance(k, 10.0), np.eye(n, k))
    assert small.d == full.d == n
    assert small.Q == full.Q
    one, two = (
        run(method, problem, steps=20, replicas=1500, seed=seed, record=[20]).values[0] - problem.f_star
        for seed, problem in enumerate((small, full))
    )
    assert stats.ks_2samp(one, two).pvalue > 1e-3


def test_a_complement_of_any_size_changes_nothing():
    """Five directions in 10^3 and in 10^12 dimensions: the same law of the gap."""
    gaps = []
    for seed, n in enumerate((DECADES[0], DECADES[-1])):
        problem = low_rank("hard", 5, n, BASE)
        method = one_radius(0.06, 5)
        gaps.append(run(method, problem, steps=10, replicas=1500, seed=seed, record=[10]).values[0])
    assert stats.ks_2samp(*gaps).pvalue > 1e-3


@pytest.mark.parametrize("k", [1, 7, 10**12])
def test_what_a_bound_asks_of_a_step_is_read_off_without_rounding(k):
    assert lack(low.contraction, k) == 0.2
    assert lack(low.smooth_contraction, k) == 0.4

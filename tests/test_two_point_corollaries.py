"""Prescriptions of the corollaries: what they hand to the method is what their bounds assume."""

import numpy as np
import pytest

import zotheory as zo
from zotheory.directions import gaussian
from zotheory.theorems import two_point
from zotheory.theorems import two_point_corollaries as corollaries

PROBLEM = zo.problems.tight_linear(6, 50)


def schedule(method):
    return method.step.keywords["h"](3), method.step.keywords["delta"](3)


def test_one_pair_is_theorem_1():
    ours, constants = corollaries.prescribed(PROBLEM)
    theirs, expected = two_point.prescribed(PROBLEM)
    assert constants == expected | {"m": 1}
    assert schedule(ours) == schedule(theirs)
    assert np.array_equal(*(zo.run(method, PROBLEM, steps=20, replicas=3).x for method in (ours, theirs)))
    assert corollaries.pairs_mean_gap(7, **constants) == two_point.mean_gap_sharp(7, **expected)


@pytest.mark.parametrize("m", [2, 8])
def test_more_pairs_take_longer_steps_on_better_estimates(m):
    method, constants = corollaries.prescribed(PROBLEM, pairs=m, law=gaussian, alpha=0.5, u=2.0)
    s = 1 + (gaussian.second_moment(6) - 1) / m
    M, L1 = float(gaussian.third_norm_moment(6)), PROBLEM.L0 / constants["R"]
    rest = {"G": PROBLEM.L0, "s": s}
    assert schedule(method) == pytest.approx((
        two_point.step_size(3, R=constants["R"], alpha=0.5, **rest),
        two_point.smoothing_radius(3, L1=L1, M=M, u=2.0, **rest),
    ))  # fmt: skip
    assert constants["s"] == gaussian.second_moment(6)
    run = zo.run(method, PROBLEM, steps=5)
    assert run.calls - run.looks == 5 * (m + 1)


def test_bounds_fall_with_pairs_to_the_gradient_method():
    bounds = [corollaries.pairs_mean_gap(100, R=1.0, G=1.0, s=50.0, m=m) for m in (1, 2, 10, 10**9)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == pytest.approx(two_point.mean_gap_sharp(100, R=1.0, G=1.0, s=1.0))


@pytest.mark.parametrize("d", [2, 10, 10**3, 10**6])
def test_the_constant_of_the_l1_ball(d):
    """4 e radius G sqrt(d log(2d)/k) to leading order; the reach is 2 radius sqrt(log(2d))."""
    k = 1e20
    leading = 4 * np.e * 1.5 * np.sqrt(d * np.log(2 * d) / k)
    bound = corollaries.l1_mean_gap(k, radius=1.5, G=1.0, d=d)
    assert bound <= leading
    assert bound >= leading / 3


def test_bad_prescriptions_are_refused():
    with pytest.raises(ValueError, match=r"^pairs must be a whole number, at least 1 and at most .*, got 0"):
        corollaries.prescribed(PROBLEM, pairs=0)
    with pytest.raises(ValueError, match=r"^problem must state radius"):
        corollaries.prescribed(zo.problems.golovin_family(1, 8, 3), pairs=2)

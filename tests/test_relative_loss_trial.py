"""Momentum on trial: each step is one of relative loss, with momentum or without, and the better one is preferred."""

from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import zotheory as zo

trial = import_module("zotheory.methods.relative_loss_trial")
relative_loss = import_module("zotheory.methods.relative_loss")

D = 5
F = zo.problems.golovin_family(1, 30, D, minimiser=0.3, f_star=-1.0)
RADIUS = zo.radii.one_fifth(0.5)
SETTING = {"beta": 0.8, "gain": 5.0, "clip": 3.0, "cached": True, "radius": RADIUS}


def states(seed, pushed=0.2, plain=0.2):
    """The same place for both methods, on the way."""
    rng = np.random.default_rng(seed)
    x, b = rng.standard_normal((2, D))
    here = relative_loss.State(x, F(x), b, np.float64(0.3), 4)
    return here, trial.State(x, F(x), b, np.float64(0.3), np.float64(pushed), np.float64(plain), 4), rng


@given(seed=st.integers(0, 10**6), push=st.booleans())
def test_a_step_is_one_of_relative_loss(seed, push):
    """With momentum it is that step; without it the candidate is that of no momentum, whose success is remembered."""
    here, mine, rng = states(seed)
    u, sigma = rng.standard_normal(D), np.float64(0.1)
    after = trial.step(F, mine, trial.Move(u, sigma, np.bool(push)), window=10.0, **SETTING)
    if push:
        known = relative_loss.step(F, here, relative_loss.Move(u, sigma), **SETTING)
        assert all(np.array_equal(getattr(after, name), getattr(known, name)) for name in ("x", "fx", "b", "alpha"))
    else:
        plain = {**SETTING, "beta": 0.0}
        known = relative_loss.step(F, here._replace(b=0 * here.b), relative_loss.Move(u, sigma), **plain)
        assert all(np.array_equal(getattr(after, name), getattr(known, name)) for name in ("x", "fx", "alpha"))
        moved = not np.array_equal(after.x, here.x)
        expected = 0.8 * here.b + (u if moved else 0)  # (1 - 0.8) 5 = 1
        expected *= min(1, 3 / np.linalg.norm(expected))
        np.testing.assert_allclose(after.b, expected, rtol=1e-12)


@given(seed=st.integers(0, 10**6), push=st.booleans(), shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_the_share_of_what_was_tried_goes_a_tenth_of_its_way(seed, push, shares):
    _, mine, rng = states(seed, *shares)
    after = trial.step(
        F, mine, trial.Move(rng.standard_normal(D), np.float64(0.1), np.bool(push)), window=10.0, **SETTING
    )
    success = float(not np.array_equal(after.x, mine.x))
    tried, other = ("pushed", "plain") if push else ("plain", "pushed")
    assert getattr(after, tried) == pytest.approx(0.9 * getattr(mine, tried) + 0.1 * success)
    assert getattr(after, other) == getattr(mine, other)


@pytest.mark.parametrize(("pushed", "plain", "chance"), [(0.3, 0.2, 0.9), (0.2, 0.2, 0.9), (0.1, 0.2, 0.1)])
def test_the_better_one_is_tried_more_often(pushed, plain, chance):
    method = zo.relative_loss_trial(radius=RADIUS, beta=0.8, explore=0.1)
    _, mine, _ = states(1, pushed, plain)
    rng = zo.generator(1)
    tried = sum(bool(method.draw(rng, mine, D).push) for _ in range(2000))
    assert stats.binomtest(tried, 2000, chance).pvalue > 1e-4


@pytest.mark.parametrize(("Q", "share"), [(1.0, (0.0, 0.6)), (1000.0, (0.6, 1.0))])
def test_momentum_is_taken_where_it_helps(Q, share):
    """Of the last half of 4000 steps, the median over 20 runs: seldom on a round bowl, mostly in a long valley."""
    f = zo.problems.golovin_family(1, Q, 20, minimiser=0.3, f_star=-1.0)
    method = zo.relative_loss_trial(radius=zo.radii.one_fifth(1.0), beta=0.99)
    better = []
    for t, (state, _) in enumerate(zo.iterate(method, f, replicas=20, seed=1)):
        if t > 2000:
            better.append(state.pushed >= state.plain)
        if t == 4000:
            break
    assert share[0] <= np.median(np.mean(better, axis=0)) <= share[1]

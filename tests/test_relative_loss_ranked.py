"""Ranked relative loss beside the same in plain loops, the law of its score, and what it is for."""

from importlib import import_module
from math import exp, pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import zotheory as zo

ranked = import_module("zotheory.methods.relative_loss_ranked")

SETTING = {"kept": 3, "slow": 0.2, "drift": 0.1, "stretch": 2.0, "relax": 0.05, "follow": 0.1, "patience": 0.7}


def in_loops(f, x, alpha, directions):
    """What the formulas of the module say, coordinate by coordinate: where each step stands, "anew" before some."""
    d, k = len(x), SETTING["kept"]
    rate = 1 / (d + 3)
    m, best = list(x), f(x)
    C, P, r, losses, shares, failed = [0.0] * d, [0.0] * d, 1.0, [best] * k, [0.5] * k, 0
    for u in directions:
        c, p = ([v / length if (length := sqrt(sum(e * e for e in vs))) else 0.0 for v in vs] for vs in (C, P))
        along, ahead, both = (sum(a * b for a, b in zip(*pair, strict=True)) for pair in ((u, p), (u, c), (p, c)))
        s = [u[i] + (r - 1) * along * p[i] for i in range(d)]
        sigma = alpha / sqrt(d)
        y = [m[i] + sigma * s[i] for i in range(d)]
        loss = f(y)
        w = [1.0 if loss < other else 0.5 if loss == other else 0.0 for other in losses]
        q = sqrt(12 * k / (k + 2)) * sum(w[j] - shares[j] for j in range(k)) / k
        m = [m[i] + rate ** (1 / 3) * sigma * q * s[i] for i in range(d)]
        C = [(1 - rate) * C[i] + q * u[i] for i in range(d)]
        P = [(1 - SETTING["slow"] * rate) * P[i] + q * s[i] for i in range(d)]
        alpha *= exp(rate * (q * ahead - SETTING["drift"]))
        r = max(1.0, r * exp(rate * (SETTING["stretch"] * q * along * both - SETTING["relax"])))
        shares = [shares[j] + SETTING["follow"] * (w[j] - shares[j]) for j in range(k)]
        losses = [loss, *losses[:-1]]
        x, best, failed = (y, loss, 0) if loss < best else (x, best, failed + 1)
        if failed >= SETTING["patience"] / rate:
            m, alpha, C, r, failed = list(x), alpha / 2, [0.0] * d, sqrt(r), 0
            yield "anew"
        yield {"x": x, "fx": best, "m": m, "path": C, "way": P, "alpha": alpha, "stretch": r, "losses": losses}


@pytest.mark.parametrize("batch", [(), (3,)])
def test_steps_are_those_of_plain_loops(batch):
    """Also where values are equal, where the stretch is at its least, and where the mean begins anew."""
    rng = np.random.default_rng(1)
    weights = np.array([1.0, 4.0, 9.0, 100.0])

    def f(x):
        return np.floor(20 * np.vecdot(weights, np.square(x)))

    x0, us = rng.standard_normal((*batch, 4)), rng.standard_normal((80, *batch, 4))
    state, stages = ranked.init(f, x0, alpha=0.5, kept=3), []
    for u in us:
        state = ranked.step(f, state, ranked.Move(u, state.alpha / 2, 0 * state.alpha + 1 / 7), **SETTING)
        stages.append(state)
    for run in np.ndindex(batch):
        told = list(in_loops(lambda x: float(f(np.array(x))), list(x0[run]), 0.5, us[(slice(None), *run)].tolist()))
        assert 3 < told.count("anew") < 20
        told = [stage for stage in told if stage != "anew"]
        assert {stage["stretch"] > 1 for stage in told} == {True, False}
        for stage, expected in zip(stages, told, strict=True):
            for name, value in expected.items():
                np.testing.assert_allclose(getattr(stage, name)[run], value, rtol=1e-7, atol=1e-12, err_msg=name)


@given(loss=st.integers(-3, 3), losses=st.lists(st.integers(-3, 3), min_size=1, max_size=9))
def test_wins_are_ranks(loss, losses):
    """Their sum is the rank among all, from above, ties shared: SciPy's."""
    wins = ranked.wins(np.float64(loss), np.array(losses, float))
    assert np.sum(wins) == stats.rankdata([-loss, *(-one for one in losses)])[0] - 1
    assert np.sum(ranked.wins(np.float64(np.inf), np.array([np.inf, 1.0]))) == 0.5


@pytest.mark.parametrize("kept", [1, 8])
def test_a_score_is_nearly_the_slope(kept):
    """Among losses of one normal law its mean is 0, its variance 1, and its correlation with them as it is known."""
    runs, rng = 40_000, np.random.default_rng(2)
    u, losses = rng.standard_normal((runs, 2)), rng.standard_normal((runs, kept))
    zero, none = np.zeros(runs), np.zeros((runs, 2))
    state = ranked.State(none, zero, none, none, none, zero + sqrt(2), zero + 1, losses, 0 * losses + 0.5, zero)
    options = {**SETTING, "kept": kept, "patience": 100.0}
    after = ranked.step(lambda y: y[..., 0], state, ranked.Move(u, zero + 1, zero + 1 / 5), **options)
    q = after.path[:, 0] / u[:, 0]
    assert abs(np.mean(q)) < 5 / sqrt(runs)
    assert np.mean(q**2) == pytest.approx(1, abs=5 * np.std(q**2) / sqrt(runs) + 1e-12)
    assert np.corrcoef(q, -u[:, 0])[0, 1] == pytest.approx(sqrt(3 * kept / (pi * (kept + 2))), abs=5 / sqrt(runs))


def trials(method, f, most=12_000):
    """In the median of 20 runs, until a millionth of the first gap; infinity if half of them do not arrive."""
    wanted = f.f_star + 1e-6 * (f(f.x0) - f.f_star)
    for t, (state, _) in enumerate(zo.iterate(method, f, replicas=20, seed=3)):
        if np.median(state.fx) <= wanted:
            return t
        if t == most:
            return np.inf
    raise AssertionError("a run ended by itself")


def test_it_takes_half_of_the_trials_of_relative_loss_on_a_sphere():
    f = zo.problems.golovin_family(1, 1, 60, minimiser=0.3, f_star=-1.0)
    plain = zo.relative_loss(radius=zo.radii.one_fifth(1.0))
    assert trials(zo.relative_loss_ranked(alpha=1.0), f) < 0.65 * trials(plain, f)


def test_the_stretch_follows_a_valley():
    """Of condition 10,000, where steps of one length in all directions do not arrive."""
    f = zo.problems.golovin_family(1, 10_000, 10, minimiser=0.3, f_star=-1.0)
    assert trials(zo.relative_loss_ranked(alpha=1.0, kept=4), f, 2500) < 2000
    assert trials(zo.relative_loss_ranked(alpha=1.0, kept=4, stretch=0.0), f, 2500) == np.inf


@pytest.mark.slow
def test_momentum_is_quicker_where_one_curvature_is_far_larger_than_all_others():
    """The page on `minimize` says so."""
    f = zo.problems.block_quadratic((1e4, 1.0), (1, 9), start=(0.3, 0.9))
    momentum = zo.relative_loss_trial(radius=zo.radii.one_fifth(1.0), beta=0.98)
    assert trials(momentum, f) < 0.6 * trials(zo.relative_loss_ranked(alpha=1.0), f, 20_000)


@pytest.mark.parametrize("distance", [1e-3, 1e3])
def test_a_first_step_of_a_wrong_length_is_mended(distance):
    f = zo.problems.golovin_family(1, 10, 10, minimiser=0.3)
    near = zo.minimize(f, f.minimiser + (f.x0 - f.minimiser) * distance, budget=2000, rng=1)
    first = f(f.minimiser + (f.x0 - f.minimiser) * distance)
    assert near.fun < 1e-6 * first

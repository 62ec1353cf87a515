"""What the errata ledger says of radii, of the plane and of searches by coordinates, computed."""

from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zotheory as zo
from zotheory.errata import LEDGER
from zotheory.methods.rso import annealed
from zotheory.theorems.rso import decrease_sharp


def test_verdicts_are_those_that_the_ledger_explains():
    known = {"wrong", "imprecise", "improvable", "misprint", "right", "departs", "undecided"}
    assert {entry.verdict for entry in LEDGER} <= known
    assert len({entry.id for entry in LEDGER}) == len(LEDGER)


def reach(radii, L):
    """Whether one of the radii lies in [L/2, L], rounding apart."""
    return bool(np.any((radii * (1 + 1e-12) >= L / 2) & (radii <= L * (1 + 1e-12))))


@given(octaves=st.floats(0.01, 30), place=st.floats(0, 1), longer=st.floats(1, 2))
def test_the_two_ranges_of_radii_are_enough_together(octaves, place, longer):
    """A distance L in [s, 2s], s in [C1, C2]: some 2^k C1 or 2^-k C2 with 0 <= k < log2(C2/C1) lies in [L/2, L]."""
    powers = 2.0 ** np.arange(ceil(octaves))  # C1 = 1
    assert reach(np.concatenate([powers, 2.0**octaves / powers]), longer * 2.0 ** (octaves * place))


def test_neither_range_of_radii_is_enough_alone():
    up, down = np.array([1.0, 2.0]), 2.0**1.5 / np.array([1.0, 2.0])  # C1 = 1, C2 = 2^1.5
    assert not reach(up, 2 * 2.0**1.5)
    assert not reach(down, 1.0)


def best_chance(x, Q, u, directions=40_001):
    """Share of the directions, at the best radius, in which (x_1^2 + Q x_2^2)/2 falls below 1 - u of it."""
    angle = np.linspace(0, 2 * np.pi, directions)[:-1]
    way, curve = np.array([np.cos(angle), np.sin(angle)]), np.array([1.0, Q])
    bend, slope = curve @ way**2, (curve * x) @ way
    room = slope**2 - bend * u * (curve @ x**2)
    good = (slope < 0) & (room > 0)
    low, high = ((-slope[good] + sign * np.sqrt(room[good])) / bend[good] for sign in (-1, 1))
    ends = np.concatenate([low, high])  # a radius counts the directions whose interval holds it
    counted = np.cumsum(np.repeat([1, -1], len(low))[np.argsort(ends, kind="stable")])
    return counted.max() / (directions - 1)


@pytest.mark.parametrize("Q", [1e2, 1e4, 1e6])
def test_no_power_bounds_the_chance_in_the_plane(Q):
    u = 5 * np.log(2 * Q) / (2 * Q)
    least = (1 - u) / (np.pi * (1 - u + u * Q))
    found = [best_chance(np.array([1.0, across]), Q, u) for across in (0.0, 1e-3, 0.1, 10.0)]
    assert least < min(found)
    assert found[0] == min(found)  # on the shallow axis
    assert least * np.log(2 * Q) > 0.1  # a logarithm, not a power
    if Q == 1e6:
        assert found[0] == pytest.approx(0.0524, abs=2e-4)


# --- searches by coordinates ------------------------------------------------------------------------------------------


def test_a_search_by_coordinates_leaves_no_law_with_a_spread():
    """From the law exp(-f) of f = |x|^2/2 it falls, at every deviation, while Metropolis' rule leaves it as it is."""
    rng, count = np.random.default_rng(1), 4000
    x = rng.standard_normal((count, 3))

    def f(y):
        return np.sum(y**2, axis=-1) / 2

    for s in (0.1, 1.0, 10.0):
        method = zo.rso(deviations=s, cycles=1, least=1.0, decay=0.0)
        state = method.init(f, x)
        for _ in range(3):
            before = state
            state = method.step(f, state, method.draw(rng, state, 3))
            assert np.all(f(state.x) <= f(before.x))
        claimed = np.mean(decrease_sharp(s=s, g=np.abs(x), L=1.0), axis=0).sum()  # coordinates do not meet
        assert np.mean(f(x) - f(state.x)) == pytest.approx(claimed, rel=0.1)
        y = x + s * rng.standard_normal((count, 3))
        kept = np.where((rng.random(count) < np.exp(f(x) - f(y)))[:, None], y, x)
        assert abs(np.mean(f(kept) - f(x))) < 5 * np.std(f(kept) - f(x)) / count**0.5


def test_a_third_of_the_best_deviation():
    falls = [float(decrease_sharp(s=s, g=1.0, L=1.0)) for s in np.linspace(0.5, 1.5, 2001)]
    best = np.linspace(0.5, 1.5, 2001)[int(np.argmax(falls))]
    assert float(decrease_sharp(s=best / 3, g=1.0, L=1.0)) / max(falls) == pytest.approx(0.59, abs=0.005)
    assert annealed(49, cycles=50, least=0.1) == pytest.approx(0.118)

"""Reduced coordinates: equality in law with the full run, and a wrong degree of freedom caught.

What they refuse is in `test_unfit`.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from scipy import stats

import zotheory as zo
from zotheory import reduced
from zotheory.directions import rademacher, sphere
from zotheory.exact import chi_moment, expectation, normal_moment, over_signs
from zotheory.geometry import euclidean_ball
from zotheory.methods.two_point import State
from zotheory.oracles import Noisy

# Blocks so small that one degree of freedom is a large part of the law.
SIZES, CURVATURES = (2, 3), (1.0, 10.0)  # no more axes than the method remembers vectors: no chi at all, for two-point
LARGER = (4, 5)
REPLICAS = 6000
LEVEL = 1e-4  # each comparison; the seeds are fixed


def block(width=None, sizes=SIZES, centre=None, radius=None):
    return zo.problems.block_quadratic(
        CURVATURES, sizes, start=(1.0, 0.7), centre=centre, radius=radius, f_star=0.5, width=width
    )


GLD = zo.gld_search(R=2.0, r=0.05)
TWO_POINT = zo.two_point(h=lambda t: 0.03, delta=lambda t: 0.3, mirror=euclidean_ball(1.4))
BALL = {"centre": (0.4, 0.2), "radius": 1.4}
SETTINGS = {
    "gld_search": (GLD, {"sizes": SIZES}, 0),
    "two_point": (TWO_POINT, {"sizes": LARGER} | BALL, 1),
    "two_point, few axes": (TWO_POINT, {"sizes": SIZES} | BALL, 1),
}


def values(method, problem, seed):
    return zo.run(method, problem, steps=8, replicas=REPLICAS, seed=seed, record=[2, 4, 8]).values


@pytest.mark.parametrize("name", SETTINGS)
def test_equal_in_law_to_the_full_run(name):
    method, options, fixed = SETTINGS[name]
    small = reduced.reduce(lambda width: block(width, **options), options["sizes"], method, fixed=fixed)
    full = values(method, block(**options), 1)
    for at_full, at_small in zip(full, values(method, small, 2), strict=True):
        assert stats.ks_2samp(at_full, at_small).pvalue > LEVEL


@pytest.mark.parametrize("name", ["gld_search", "two_point"])
@pytest.mark.parametrize("error", [-1, 1])
def test_a_wrong_degree_of_freedom_is_caught(name, error, monkeypatch):
    method, options, fixed = SETTINGS[name]
    right = reduced.layout

    def wrong(n, p, m):
        rows = right(n, p, m)
        return [[law + error if not isinstance(law, str) and law + error > 0 else law for law in row] for row in rows]

    monkeypatch.setattr("zotheory.reduced.frame.layout", wrong)
    small = reduced.reduce(lambda width: block(width, **options), options["sizes"], method, fixed=fixed)
    pairs = zip(values(method, block(**options), 1), values(method, small, 2), strict=True)
    assert min(stats.ks_2samp(a, b).pvalue for a, b in pairs) < LEVEL


def test_stochastic_linear_problem_equal_in_law():
    small = reduced.reduce(linear, (3,), TWO_POINT, fixed=1)
    for a, b in zip(values(TWO_POINT, linear(), 1), values(TWO_POINT, small, 2), strict=True):
        assert stats.ks_2samp(a, b).pvalue > LEVEL


def linear(width=None, d=3):
    mean = np.zeros(width or d)
    mean[0] = 0.6
    return zo.problems.NoisyLinear(mean, 0.8, radius=1.2, start=0.5, true_d=None if width is None else d)


SELECTING = replace(zo.gld_search(R=1.0, r=0.1, law=sphere), value=None)  # it may keep values of noise


def test_candidates_share_no_axis_with_a_gaussian_sample():
    """They would all be aligned with it: F(x + v; X) - F(x; X) = <v, X> would not have the full law."""
    small = reduced.reduce(linear, (3,), SELECTING, fixed=1)
    assert not small.frame.shared
    pairs = list(zip(values(SELECTING, linear(), 1), values(SELECTING, small, 2), strict=True))
    assert min(stats.ks_2samp(a, b).pvalue for a, b in pairs) > LEVEL


def test_candidates_that_do_are_refused_and_have_another_law(monkeypatch):
    small = reduced.reduce(linear, (3,), SELECTING, fixed=1)
    shared = replace(small, frame=replace(small.frame, shared=True))
    with pytest.raises(ValueError, match="may not share an axis with candidates"):
        values(SELECTING, shared, 2)
    monkeypatch.setattr("zotheory.reduced.watch.Watch.step", lambda self, t, problem, state: None)
    pairs = list(zip(values(SELECTING, linear(), 1), values(SELECTING, shared, 2), strict=True))
    assert min(stats.ks_2samp(a, b).pvalue for a, b in pairs) < LEVEL


def test_noise_of_values_equal_in_law():
    small = reduced.reduce(lambda width: Noisy(block(width), 0.5), SIZES, SELECTING)
    for a, b in zip(values(SELECTING, Noisy(block(), 0.5), 1), values(SELECTING, small, 2), strict=True):
        assert stats.ks_2samp(a, b).pvalue > LEVEL


def test_settling_keeps_every_inner_product():
    frame = reduced.Frame((7, 9), 1, ("x", "mean"), 1, False)
    rng = np.random.default_rng(0)
    state = State(*rng.standard_normal((2, 5, 2 * frame.width)), 4)
    fixed = np.zeros(2 * frame.width)
    fixed[[0, frame.width]] = 1.3, 0.4
    settled = frame.settle(state)
    for i in range(2):
        rows = slice(i * frame.width, (i + 1) * frame.width)
        before = [state.x[:, rows], state.mean[:, rows], fixed[None, rows]]
        after = [settled.x[:, rows], settled.mean[:, rows], fixed[None, rows]]
        for a in range(3):
            for b in range(3):
                assert np.allclose(np.sum(before[a] * before[b], -1), np.sum(after[a] * after[b], -1))
        assert np.allclose(settled.x[:, rows][:, frame.p :], 0)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 50])
def test_bartlett_vectors_have_wishart_inner_products(n):
    """Squared lengths chi^2(n), and cosines with each other and with a fixed axis as for full Gaussian vectors."""
    frame = reduced.Frame((n,), 1, (), 2, False)
    source = frame.generator(zo.generator(3), (20_000,))
    u, w = source.standard_normal((20_000, n)), source.standard_normal((20_000, n))
    full = np.random.default_rng(8).standard_normal((2, 20_000, n))
    assert stats.kstest(np.sum(u * u, -1), "chi2", args=(n,)).pvalue > LEVEL
    assert stats.kstest(np.sum(w * w, -1), "chi2", args=(n,)).pvalue > LEVEL
    assert stats.ks_2samp(np.sum(u * w, -1), np.sum(full[0] * full[1], -1)).pvalue > LEVEL
    mixed = np.sum(u * w, -1) * u[:, 0] * w[:, 0]
    assert stats.ks_2samp(mixed, np.sum(full[0] * full[1], -1) * full[0][:, 0] * full[1][:, 0]).pvalue > LEVEL


def test_cost_does_not_depend_on_dimension():
    sizes = (10**12, 10**12)
    small = reduced.reduce(
        lambda width: zo.problems.block_quadratic((1.0, 10.0), sizes, start=(1.0, 1.0), width=width), sizes, GLD
    )
    assert small.d == 2 * 10**12
    assert len(small.x0) == 2 * (1 + 1)
    run = zo.run(GLD, small, steps=3, replicas=2)
    assert run.calls - run.looks == 1 + 3 * GLD.calls[1]


def test_refusals():
    method = zo.two_point(h=lambda t: 1.0, delta=lambda t: 1.0, law=rademacher)
    with pytest.raises(ValueError, match="law must be rotation-invariant for reduced coordinates, got rademacher"):
        reduced.reduce(block, SIZES, method)
    with pytest.raises(ValueError, match=r"sizes\[0\] must be a whole number, at least 1 and at most 1e\+18, got 0"):
        reduced.reduce(block, (0, 3), GLD)
    frame = reduced.Frame((5,), 0, ("x",), 1, False)
    source = frame.generator(zo.generator(0), (2,))
    source.standard_normal((2, 5))
    for _ in range(2):  # in every step
        with pytest.raises(ValueError, match="m must be at least 2"):
            source.standard_normal((2, 5))
        source.rewind()
        source.standard_normal((2, 5))
    with pytest.raises(ValueError, match="reduced normals are drawn as"):
        source.standard_normal((2, 4))


def test_layout_is_made_once_for_a_frame(monkeypatch):
    frame = reduced.Frame((5, 7), 1, ("x",), 2, False)
    source = frame.generator(zo.generator(0), ())
    first = source.standard_normal((2, 12))
    monkeypatch.setattr("zotheory.reduced.frame.layout", lambda n, p, m: pytest.fail("made again"))
    assert np.array_equal(frame.generator(zo.generator(0), ()).standard_normal((2, 12)), first)


def test_the_page_runs(capsys):
    """docs/reduced-coordinates.md: its code prints, and raises, what it says."""
    page = (Path(__file__).parent.parent / "docs" / "reduced-coordinates.md").read_text(encoding="utf-8")
    runs, refused = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    printed, message = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    names = {}
    exec(compile(runs, "reduced-coordinates.md", "exec"), names)
    assert capsys.readouterr().out == printed
    with pytest.raises(ValueError, match="was a fixed vector") as error:
        exec(compile(refused, "reduced-coordinates.md", "exec"), names)
    said, says = (re.sub(r"\d+\.\d+", "", " ".join(text.split())) for text in (str(error.value), message))
    assert said == says  # but for the values, which depend on how LAPACK makes rotations


# --- exact expectations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", range(9))
def test_moments_against_scipy(k):
    assert normal_moment(k) == pytest.approx(stats.norm.moment(k) if k else 1, abs=1e-12)
    if k % 2 == 0:
        assert chi_moment(k, 7) == pytest.approx(stats.chi(7).moment(k) if k else 1)


def test_odd_chi_moments_are_refused():
    with pytest.raises(ValueError, match="even powers only, got 3"):
        chi_moment(3, 5)


def test_expectation_with_symbolic_dimension_against_enumeration_and_sampling():
    n = sp.Symbol("n", positive=True)
    (u,), laws = reduced.symbols(n, 1, 1)
    quartic = (u @ u) * (3 * u[0] + 1) ** 2
    formula = sp.expand(expectation(sp.expand(quartic), laws))
    assert formula == sp.expand(9 * (n + 2) + n)
    z = zo.generator(5).standard_normal((400_000, 6))
    sample = np.sum(z * z, -1) * (3 * z[:, 0] + 1) ** 2
    assert abs(sample.mean() - formula.subs(n, 6)) < 6 * sample.std() / np.sqrt(len(sample))


def test_over_signs_is_the_rademacher_mean():
    assert over_signs(lambda u: (u @ np.array([1.0, 2.0, 3.0])) ** 2, 3) == pytest.approx(14)

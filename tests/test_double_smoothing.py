"""Double smoothing's bounds in floats, its three pairs of laws, and its reduced coordinates."""

import mpmath
import numpy as np
import pytest
from scipy import stats

from zotheory import estimators, reduced
from zotheory.loop import run
from zotheory.measurements.double_smoothing import differences_in_fifty_digits
from zotheory.measurements.spoiled import spoiled
from zotheory.problems import Norm, golovin_family
from zotheory.problems.instances import instance
from zotheory.streams import generator
from zotheory.theorems import double_smoothing as theorems


@pytest.mark.parametrize("d", [1, 2, 100, 10**6, 10**12])
@pytest.mark.parametrize("r", [1e-12, 1e-6, 1e-3, 0.1, 0.99, 1.0, 1.01, 30.0, 1e3, 1e6])
def test_second_moment_against_sixty_digits(d, r):
    """Against the longer form, with its cancelling terms."""
    with mpmath.workdps(60):
        angle = mpmath.atan(r) / r
        fourth = 1 - 3 * angle / 2 + 1 / (2 * (1 + mpmath.mpf(r) ** 2))
        expected = d + 2 + (d - 1) * (d + 4) * (1 - angle) - 2 * (d - 1) * fourth
        assert abs(theorems.second_moment(G=1.0, d=d, r=r) / expected - 1) < 1e-13


def test_second_moment_grows_from_that_of_linear_to_that_of_one_smoothing():
    r = np.geomspace(1e-9, 1e9, 500)
    values = theorems.second_moment(G=2.0, d=50, r=r)
    assert np.all(np.diff(values) >= 0)
    assert values[[0, -1]] == pytest.approx([4 * 52, 4 * 50 * 52])


@pytest.mark.parametrize("pair", theorems.PAIRS)
def test_lemma_2_is_above_the_sharper_bounds(pair):
    r = np.geomspace(1e-9, 1, 50)
    for d in (4, 10, 1000):
        sharp = [theorems.estimate_square(pair, G=1.0, d=d, r=x) for x in r]
        assert np.all(theorems.lemma2(G=1.0, d=d, r=r) >= sharp)


@pytest.mark.parametrize("pair", theorems.PAIRS)
def test_prescribed_schedule(pair):
    problem = instance("l1, across", 9)
    method, constants = theorems.prescribed(problem, pair=pair, u=0.5)
    assert (constants["R"], constants["G"], constants["r"]) == pytest.approx((1.5, 1.0, 1 / 3))
    hyper = method.step.keywords
    assert hyper["delta"](4) / hyper["eta"](4) == pytest.approx(constants["r"])
    assert hyper["h"](4) == pytest.approx(1.5 / constants["B"] / np.sqrt(8))
    paper = theorems.prescribed_paper(problem, pair=pair, u=0.5)[0].step.keywords
    assert paper["delta"](4) / paper["eta"](4) == pytest.approx(1 / (81 * 4))


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: theorems.prescribed(golovin_family(1, 2, 5)), ValueError, "problem must state radius"),
        (
            lambda: theorems.prescribed_paper(lambda x: x),
            TypeError,
            "problem must be a problem that knows",
        ),
        (
            lambda: theorems.prescribed(instance("l2, across", 3), pair="ball"),
            ValueError,
            "d must be .* at least 4, got",
        ),
        (lambda: theorems.prescribed(instance("l2, across", 5), r=0.0), ValueError, "r must be positive"),
        (lambda: theorems.prescribed(instance("l2, across", 5), pair="cube"), ValueError, "pair must be one of"),
        (lambda: theorems.second_moment_ball(G=1, d=4.5, r=1, s=1, M=1), ValueError, "d must be a whole number"),
    ],
)
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize("pair", theorems.PAIRS)
def test_reduced_and_full_runs_have_the_same_law(pair):
    """f after 20 steps in 12 dimensions, written out and reduced: Kolmogorov-Smirnov."""
    kink = np.eye(1, 12)[0] / 2
    full = Norm("l2", kink, -2 * kink, radius=1.0)
    method, _ = theorems.prescribed(full, pair=pair)
    small = reduced.reduce(
        lambda width: Norm("l2", kink[:width], -2 * kink[:width], radius=1.0, true_d=12), (12,), method, fixed=1
    )
    values = [
        run(method, f, steps=20, replicas=1500, seed=i, record=[20]).values[0] for i, f in enumerate((full, small))
    ]
    assert stats.ks_2samp(*values).pvalue > 1e-3


def test_the_mean_estimate_is_the_gradient_of_the_smoothed_function():
    """On |x|^2 for every pair: E g = 2x."""
    x = np.array([0.3, -0.2, 0.5])
    for first, law in theorems.PAIRS.values():
        rng = generator(1)
        w, u = first.draw(rng, (200_000,), 3), law.draw(rng, (200_000,), 3)
        g = estimators.double_smoothed(lambda z: np.vecdot(z, z), np.tile(x, (200_000, 1)), u, w, 0.2, 0.5)
        assert np.all(np.abs(g.mean(axis=0) - 2 * x) < 5 * g.std(axis=0) / np.sqrt(len(g)))


@pytest.mark.filterwarnings("ignore:all values of f within a step")
def test_differences_in_fifty_digits_are_those_in_doubles_where_these_have_the_digits_and_do_not_vanish_beyond():
    problem = instance("l1, across", 9)
    method, _ = theorems.prescribed(problem)
    precise = spoiled(method, step=differences_in_fifty_digits)
    one, two = (run(m, problem, steps=20, replicas=3, seed=1, record=[20]) for m in (method, precise))
    assert np.allclose(one.x, two.x, rtol=0, atol=1e-9)
    assert one.calls == two.calls
    method, _ = theorems.prescribed_paper(Norm("l2", np.eye(5)[0] / 2, -np.eye(5)[0], 1.0))
    tiny = spoiled(method, delta=lambda t: 1e-25)
    moved = [np.ptp(run(m, Norm("l2", np.eye(5)[0] / 2, -np.eye(5)[0], 1.0), steps=5, replicas=9, seed=1).x[:, 1])
             for m in (tiny, spoiled(tiny, step=differences_in_fifty_digits))]  # fmt: skip
    assert moved[0] == 0 < moved[1]

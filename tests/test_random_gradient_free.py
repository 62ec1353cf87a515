"""Schedules of `zotheory.theorems.random_gradient_free`, and exact runs."""

import numpy as np
import pytest

import zotheory as zo
from zotheory.measurements.quadratic_runs import expected_gaps
from zotheory.problems import HalfSquare, NoisyLinear, Norm, Quadratic, block_quadratic
from zotheory.theorems import random_gradient_free as theorems


def test_the_exact_gaps_are_those_of_runs():
    """Two blocks, 4000 runs: the last gap and the mean gap, each within five standard errors."""
    f = block_quadratic((1.0, 4.0), (2, 3), start=(0.7, 0.6), centre=(0.4, 0.3), f_star=-1.0)
    method = zo.random_gradient_free(h=lambda k: 0.03, delta=0.5, average=False)
    gaps = zo.run(method, f, steps=8, replicas=4000, seed=3, record=range(9)).values - f.f_star
    for found, exact in zip(
        (gaps[-1], gaps[:-1].mean(axis=0)),
        expected_gaps((2, 3), (1.0, 4.0), (0.7, 0.6), steps=8, h=0.03, delta=0.5),
        strict=True,
    ):
        assert abs(found.mean() - exact) < 5 * found.std() / np.sqrt(len(found))


def mezo(loss, theta, rng, *, lr, eps, steps):
    """Algorithm 1 of MeZO: in place, z drawn again from its seed each time."""
    for _ in range(steps):
        seed = rng.bit_generator.state

        def perturb(scale, seed=seed):
            rng.bit_generator.state = seed
            theta[:] += scale * rng.standard_normal(theta.shape)

        perturb(eps)
        ahead = loss(theta)
        perturb(-2 * eps)
        behind = loss(theta)
        perturb(eps)
        perturb(-lr * (ahead - behind) / (2 * eps))
    return theta


@pytest.mark.parametrize("central", [True, False])
def test_with_central_differences_it_is_mezo_and_without_them_it_is_not(central):
    f = zo.problems.Wavy(5, c=0.3)
    method = zo.random_gradient_free(h=lambda k: 0.02, delta=0.3, average=False, central=central)
    found = zo.run(method, f, steps=100, seed=3)
    rng = zo.generator(np.random.SeedSequence(np.random.SeedSequence(3).entropy, spawn_key=(0,)))
    expected = mezo(f, f.x0.copy(), rng, lr=0.02, eps=0.3, steps=100)
    assert found.calls - found.looks == 200
    assert np.allclose(found.x, expected, rtol=0, atol=1e-10) == central
    assert f(found.x) < f(f.x0)


def test_the_two_differences_are_apart_by_the_curvature_along_the_direction():
    """On a quadratic, by delta u'Hu/2 u: there the central one is the slope itself."""
    f, u = Quadratic(np.array([1.0, 5.0]), np.array([0.4, -0.2]), np.array([1.0, 2.0])), np.array([0.7, -1.3])
    forward, central = (
        method.step(f, method.init(f, f.x0), u).x
        for method in (zo.random_gradient_free(h=lambda k: 0.1, delta=0.5, central=way) for way in (False, True))
    )
    np.testing.assert_allclose(central, f.x0 - 0.1 * (f.gradient(f.x0) @ u) * u, rtol=1e-12)
    np.testing.assert_allclose(central - forward, 0.1 * 0.5 / 2 * (u @ np.diag([1.0, 5.0]) @ u) * u, rtol=1e-12)


@pytest.mark.parametrize("horizon", [True, False])
def test_the_sums_are_those_of_the_steps(horizon):
    f = Norm("l2", np.full(3, 0.1), np.zeros(3), 1.0)
    method, constants = theorems.prescribed_nonsmooth(f, steps=5, delta=0.1, horizon=horizon)
    sizes = [method.step.keywords["h"](k) for k in range(5)]
    assert np.isclose(constants["total"], sum(sizes))
    assert np.isclose(constants["squares"], sum(h**2 for h in sizes))
    assert method.step.keywords["mirror"].radius == 1.0


def test_with_a_fixed_step_the_nonsmooth_bound_is_the_rate():
    d, steps, R = 7, 50, 1.3
    f = Norm("l2", np.full(d, 0.1), np.zeros(d), 5.0)
    _, constants = theorems.prescribed_nonsmooth(f, steps=steps, delta=0.01)
    constants |= {"R": R, "total": constants["total"] * R / f.R, "squares": constants["squares"] * (R / f.R) ** 2}
    assert np.isclose(theorems.nonsmooth(**constants), 0.01 * np.sqrt(d) + R * (d + 4) / np.sqrt(steps))


@pytest.mark.parametrize(
    ("prescribe", "words"),
    [
        (lambda: theorems.prescribed_convex(Norm("l1", np.zeros(2), np.ones(2), 2.0), delta=0.1), "L1 > 0, got None"),
        (lambda: theorems.prescribed_convex(NoisyLinear(np.ones(2), 0.0, 1.0), delta=0.1), "L1 > 0, got 0.0"),
        (lambda: theorems.prescribed_strongly_convex(HalfSquare(2), delta=0.1), "mu > 0, got 0.0"),
        (lambda: theorems.prescribed_nonsmooth(HalfSquare(2), steps=3, delta=0.1), "L0 > 0, got None"),
        (
            lambda: theorems.prescribed_effective_dimension(
                NoisyLinear(np.ones(2), 0.0, 1.0), trace=1.0, mu=1.0, delta=0.1
            ),
            "L1 > 0, got 0.0",
        ),
        (
            lambda: theorems.prescribed_nonsmooth(Norm("l2", np.ones(2), np.ones(2), 5.0), steps=3, delta=0.1),
            "R > 0, got 0.0",
        ),
    ],
)
def test_a_problem_that_lacks_a_constant_is_named(prescribe, words):
    with pytest.raises(ValueError, match=f"problem must state {words}"):
        prescribe()


def test_from_the_minimiser_the_smoothing_remains():
    f = Quadratic(np.ones(2), np.ones(2), np.ones(2))
    _, constants = theorems.prescribed_convex(f, delta=0.1)
    assert np.isclose(theorems.convex(5, **constants), 9 / 25 * 0.1**2 * 6**2)


@pytest.mark.parametrize("bound", [theorems.strongly_convex, theorems.effective_dimension])
def test_more_curvature_below_than_above_is_refused(bound):
    given = {"steps": 3, "R": 1.0, "gap": 1.0, "L1": 1.0, "mu": 1.5, "trace": 2.0, "delta": 0.1, "d": 3}
    with pytest.raises(ValueError, match=r"^mu must be at most L1, got mu = 1\.5 and L1 = 1\.0"):
        bound(**{name: given[name] for name in bound.signature.quantities})


@pytest.mark.parametrize(
    "bound",
    [
        lambda **given: theorems.effective_dimension(3, gap=1.0, mu=0.5, delta=0.1, **given),
        theorems.trace_step,
    ],
)
def test_a_trace_below_the_largest_eigenvalue_is_refused(bound):
    with pytest.raises(ValueError, match=r"^L1 must be at most trace, got L1 = 1\.0 and trace = 0\.5"):
        bound(L1=1.0, trace=0.5)

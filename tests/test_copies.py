"""What is pickled or copied does the same, to the bit: methods, radii, laws, mirrors, problems."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest

import zotheory as zo
from tests.test_instances import DATA, OPTIONS
from zotheory.directions import LAWS
from zotheory.problems.bbob import Bbob
from zotheory.problems.instances import in_blocks, instance
from zotheory.problems.named import INSTANCES
from zotheory.problems.transforms import TRANSFORMS
from zotheory.theorems import double_smoothing, random_gradient_free, two_point, two_point_corollaries

COPIES = pytest.mark.parametrize(
    "again", [lambda x: pickle.loads(pickle.dumps(x)), copy.copy, copy.deepcopy], ids=["pickle", "copy", "deep copy"]
)
F = zo.problems.golovin_family(1, 8, 3, minimiser=0.1)
X0 = np.array([0.5, 0.3, 0.2])
BALL = zo.problems.Quadratic([1, 2, 3], [0.1] * 3, X0, radius=1.0)


def falling(t):
    return 0.5 / t


def small(k):
    return 0.01 / (k + 1)


RADII = {
    "fixed": zo.radii.fixed(0.1),
    "decaying": zo.radii.decaying(falling),
    "log-uniform": zo.radii.log_uniform(1.0, 4),
    "1/5": zo.radii.one_fifth(0.5),
}
MIRRORS = {
    "euclidean": zo.geometry.euclidean,
    "ball": zo.geometry.euclidean_ball(0.9, [0.1, 0.1, 0.1]),
    "p-norm": zo.geometry.p_norm(1.5, 3),
    "entropy": zo.geometry.entropy(),
}
RULES = {"h": falling, "delta": falling}
METHODS = {
    "gld_search": zo.gld_search(R=1.0, r=0.01),
    "gld_fast": zo.gld_fast(R=1.0, Q=8.0, H=5),
    "two_point": two_point.prescribed(BALL)[0],
    "two_point, of several pairs": two_point_corollaries.prescribed(BALL, pairs=3)[0],
    "two_point, on the l1 ball": two_point_corollaries.l1_prescribed(radius=1.0, G=1.0, L1=1.0, d=3),
    "two_point, on the simplex": two_point_corollaries.simplex_prescribed(k=6, G=1.0, L1=1.0, d=3),
    "double_smoothing, prescribed": double_smoothing.prescribed(BALL)[0],
    "random_gradient_free, prescribed": random_gradient_free.prescribed_convex(F, delta=0.1)[0],
    "random_gradient_free, by step": random_gradient_free.prescribed_nonsmooth(BALL, steps=6, delta=0.1, horizon=False)[
        0
    ],
    "double_smoothing": zo.double_smoothing(**RULES, eta=falling, law=zo.directions.sphere),
    "random_gradient_free": zo.random_gradient_free(h=small, delta=0.1, average=False),
    "accelerated_random_search": zo.accelerated_random_search(h=0.01, theta=0.001, tau=1.0, delta=0.01),
    **{f"three_point, {name}": zo.three_point(radius=radius) for name, radius in RADII.items()},
    **{f"relative_loss, {name}": zo.relative_loss(radius=0.5, beta=0.5, law=law) for name, law in LAWS.items()},
    "relative_loss, weighted": zo.relative_loss(radius=0.5, h=0.1),
    "augmented_random_search": zo.augmented_random_search(h=0.01, delta=0.1, directions=4, best=2),
    "rso": zo.rso(deviations=np.linspace(0.1, 0.5, len(X0)), cycles=3, order=np.arange(len(X0))[::-1]),
    "relative_loss_ranked": zo.relative_loss_ranked(alpha=0.5, kept=3),
    "relative_loss_trial": zo.relative_loss_trial(radius=0.5, beta=0.5, explore=0.3, window=3.0),
    "adaptive_monte_carlo": zo.adaptive_monte_carlo(sigma=0.5, rate=0.3, patience=2),
    "distance_over_gradients": zo.distance_over_gradients(delta=falling, reach=0.1),
    **{f"two_point, {name}": zo.two_point(**RULES, mirror=mirror) for name, mirror in MIRRORS.items()},
}


def test_every_method_is_here():
    assert {name.partition(",")[0] for name in METHODS} == set(zo.METHODS)


@COPIES
@pytest.mark.parametrize("name", METHODS)
def test_a_copied_method_makes_the_same_run(name, again):
    results = [zo.run(m, F, x0=X0, steps=6, replicas=2, seed=3) for m in (METHODS[name], again(METHODS[name]))]
    assert np.array_equal(results[0].x, results[1].x)
    assert np.array_equal(results[0].values, results[1].values)


@COPIES
def test_a_copied_law_is_the_law(again):
    """The same object where it is shipped, as a function is; else one with the same parts."""
    assert all(again(law) is law for law in LAWS.values())
    ours = replace(zo.directions.sphere, mean_abs=np.sqrt, second_moment=abs, norm_moment=pow, mean_abs_inner=sum)
    assert again(ours) == ours
    assert again(ours) != zo.directions.sphere


@COPIES
@pytest.mark.parametrize("name", MIRRORS)
def test_a_copied_mirror_takes_the_same_steps(name, again):
    mirror, other = MIRRORS[name], again(MIRRORS[name])
    assert np.array_equal(other.prox(X0, -X0, 0.7), mirror.prox(X0, -X0, 0.7))
    assert other.reach(X0) == mirror.reach(X0)
    assert [other.contains(x) for x in (X0, 9 * X0)] == [mirror.contains(x) for x in (X0, 9 * X0)]


def same(problem, other):
    x = problem.x0 + np.linspace(0, 1, 4 * len(problem.x0)).reshape(4, -1)
    assert np.array_equal(problem(x), other(x))
    assert np.array_equal(problem.x0, other.x0)
    for name in ("d", "f_star", "R", "L0", "L1", "mu", "Q"):
        assert getattr(problem, name, None) == getattr(other, name, None)


@pytest.mark.parametrize("name", INSTANCES)
def test_a_copied_instance_is_the_same_function(name):
    made = instance(name, 30 if name in DATA else 12, **OPTIONS.get(name, {}))
    same(made, pickle.loads(pickle.dumps(made)))
    same(made, copy.deepcopy(made))


@COPIES
def test_other_problems_too(again):
    for g in TRANSFORMS.values():
        same(zo.problems.Increasing(F, g), again(zo.problems.Increasing(F, g)))
    for h in (zo.problems.cliffs(F.minimiser), zo.problems.square_wave(F.minimiser, 0.5)):
        same(zo.problems.Perturbed(F, h, 0.1), again(zo.problems.Perturbed(F, h, 0.1)))


@COPIES
def test_a_copied_problem_in_reduced_coordinates_makes_the_same_run(again):
    problem = in_blocks("hard", 10**6, METHODS["relative_loss, sphere"])
    results = [zo.run(METHODS["relative_loss, sphere"], p, steps=4, seed=2).x for p in (problem, again(problem))]
    assert np.array_equal(*results)


@COPIES
def test_a_compiled_function_is_made_again(again):
    pytest.importorskip("cocoex", reason="the extra bbob is not installed")
    made = Bbob(8, 5)
    same(made, again(made))

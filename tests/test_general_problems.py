"""Problems at arguments away from 0, 1 and their defaults, where no slip hides behind a special value.

Values and constants against formulas written out here, laws against the enumeration of their samples.
"""

import numpy as np
import pytest
from scipy import optimize

from zotheory import problems as zp
from zotheory.streams import generator

TURN = zp.random_rotation(3, np.random.default_rng(3))
SPECTRUM, CENTRE, FAR = np.array([0.7, 2.9, 5.3]), np.array([0.3, -0.4, 0.6]), np.array([1.1, 0.9, -0.7])
MEAN = np.array([0.6, -0.3, 0.2])
ROWS = np.array([[0.4, -1.3], [2.1, 0.6], [-0.7, 0.9], [1.6, 1.8]])
SIGNS, NUMBERS = np.array([1.0, -1.0, -1.0, 1.0]), np.array([0.3, -1.2, 2.2, 0.9])
PAIR = zp.Quadratic(SPECTRUM[:2], CENTRE[:2], FAR[:2], -1.7)
PLANE = zp.random_rotation(4, np.random.default_rng(5))[:, :2]


def quadratic(x):
    return -1.7 + sum(s * (q @ (x - CENTRE)) ** 2 / 2 for s, q in zip(SPECTRUM, TURN, strict=True))


def regression(x):
    return np.mean([(row @ x - y) ** 2 / 2 for row, y in zip(ROWS, NUMBERS, strict=True)])


def logistic(x):
    return np.mean([np.log(1 + np.exp(-b * (row @ x))) for row, b in zip(ROWS, SIGNS, strict=True)]) + 0.3 * (x @ x) / 2


def slope(x):
    return 2.3 * x[0] ** 2 / 2 if abs(x[0]) <= 0.4 else 2.3 * 0.4**2 / 2 + 2.3 * 0.4 * (abs(x[0]) - 0.4)


def norms(values):  # of the Hessians of summands that are a row times itself, so many times, and 0.3 |x|^2/2
    return np.array([np.linalg.norm(v * np.outer(row, row) + 0.3 * np.eye(2), 2) for v, row in values])


ROOT = np.sqrt(2.0)
LENGTH = np.linalg.norm(MEAN)
GENERAL = {  # a problem, its values, and the constants that it states
    "quadratic": (
        zp.Quadratic(SPECTRUM, CENTRE, FAR, -1.7, TURN, radius=2.3), quadratic,
        {"L1": 5.3, "mu": 0.7, "Q": 5.3 / 0.7, "R": np.sqrt(0.8**2 + 1.3**2 + 1.3**2), "f_star": -1.7,
         "L0": 5.3 * (2.3 + np.sqrt(0.61))},
    ),
    "blocks": (
        zp.block_quadratic((0.7, 2.9), (2, 2), start=(1.3, 0.6), centre=(0.4, -0.3), f_star=-1.7, radius=2.3),
        lambda x: -1.7 + 0.7 / 2 * ((x[0] - 0.4) ** 2 + x[1] ** 2) + 2.9 / 2 * ((x[2] + 0.3) ** 2 + x[3] ** 2),
        {"L1": 2.9, "mu": 0.7, "R": np.sqrt(1.3**2 + 0.6**2), "f_star": -1.7, "L0": 2.9 * (2.3 + 0.5)},
    ),
    "hard": (
        zp.hard_instance(3, 7.0),
        lambda x: -2.0 + ((x[0] - 0.3) ** 2 + 7 * (x[1] - 0.3) ** 2 + 7 * (x[2] - 0.3) ** 2) / 2,
        {"L1": 7, "mu": 1, "Q": 7, "R": 1, "f_star": -2},
    ),
    "regression": (
        zp.LeastSquares(ROWS, NUMBERS), regression,
        {"L1": np.sqrt(np.mean(np.sum(ROWS**2, axis=1) ** 2)), "mu": np.linalg.eigvalsh(ROWS.T @ ROWS / 4)[0],
         "smoothness": np.linalg.eigvalsh(ROWS.T @ ROWS / 4)[1], "Q": np.linalg.cond(ROWS) ** 2},
    ),
    "logistic": (
        zp.Logistic(ROWS, SIGNS, 0.3, 2.3), logistic,
        {"L1": np.sqrt(np.mean(norms([(1 / 4, row) for row in ROWS]) ** 2)), "mu": 0.3,
         "L0": np.sqrt(np.mean([(np.linalg.norm(row) + 0.3 * 2.3) ** 2 for row in ROWS])),
         "smoothness": np.linalg.eigvalsh(ROWS.T @ ROWS / 16)[1] + 0.3,
         "Q": (np.linalg.eigvalsh(ROWS.T @ ROWS / 16)[1] + 0.3) / 0.3},
    ),
    "half-square": (
        zp.HalfSquare(4, active=2, L1=2.3, c=-0.3, radius=1.9),
        lambda x: 2.3 / 2 * sum(max(v + 0.3, 0) ** 2 for v in x[:2]),
        {"L1": 2.3, "mu": 0, "R": ROOT, "f_star": 0, "L0": 2.3 * (1.9 + 0.3 * ROOT)},
    ),
    **{
        f"norm, {kind}": (
            zp.Norm(kind, CENTRE, FAR, 2.3, -1.7), lambda x, length=length: -1.7 + length(x - CENTRE),
            {"L0": 1, "mu": 0, "f_star": -1.7, "R": np.sqrt(0.8**2 + 1.3**2 + 1.3**2)},
        )
        for kind, length in {"l2": np.linalg.norm, "l1": lambda z: np.sum(np.abs(z)) / np.sqrt(3),
                             "sup": lambda z: np.max(np.abs(z))}.items()
    },
    "wavy": (
        zp.Wavy(3, c=0.4, f_star=-1.7), lambda x: -1.7 + sum((v - 0.4) ** 2 + 3 * np.sin(v - 0.4) ** 2 for v in x),
        {"L1": 8, "Q": 48, "R": 2.1 * np.sqrt(3), "f_star": -1.7, "dominance": 1 / 6},
    ),
    "slope": (
        zp.Slope(3, L1=2.3, w=0.4, R=1.9), slope, {"L0": 2.3 * 0.4, "L1": 2.3, "mu": 0, "R": 1.9, "f_star": 0},
    ),
    "cup": (
        zp.Cup(3), lambda x: max(-x[0], 100 * (np.sqrt(x @ x) - 1 - 1e-6)),
        {"L0": 100, "mu": 0, "R": 100.0001 / 101, "f_star": -100.0001 / 101},
    ),
    "targets": (
        zp.Targets(0.3, 3, a=1.7, L1=2.3, start=-0.6),
        lambda x: 2.3 / 2 * (0.7 * (x @ x) + 0.3 * ((x[0] - 1.7) ** 2 + x[1] ** 2 + x[2] ** 2)),
        {"L1": 2.3, "mu": 2.3, "Q": 1, "R": 1.7 * 0.9, "spread": 2.3 * 1.7 * np.sqrt(0.21),
         "f_star": 2.3 / 2 * (0.7 * 0.51**2 + 0.3 * 1.19**2)},
    ),
    "bent": (
        zp.Bent(3, L1=2.3, w=0.7), lambda x: 2.3 / 2 * (0.7 * x[0] + (x[0] ** 2 - x[0] * abs(x[0])) / 2), {"L1": 2.3},
    ),
    "noisy linear": (
        zp.NoisyLinear(MEAN, 0.7, radius=1.9, start=-0.4), lambda x: x @ MEAN,
        {"L0": np.sqrt(0.49 + 3 * 0.49), "L1": 0, "mu": 0, "R": 1.9 * 0.6, "f_star": -1.9 * 0.7},
    ),
    "signs, l1 ball": (
        zp.SignLinear(MEAN, radius=1.9, start=0.4), lambda x: x @ MEAN,
        {"L0": np.sqrt(3), "L1": 0, "mu": 0, "R": 1.9 * 1.4, "f_star": -1.9 * 0.6},
    ),
    "signs, simplex": (
        zp.SignLinear(MEAN, "simplex", start=0.4), lambda x: x @ MEAN,
        {"L0": np.sqrt(3), "R": np.linalg.norm([0.4 + 0.2, 0.2 - 1, 0.2]), "f_star": -0.3},
    ),
    "embedded": (
        zp.Embedded(PAIR, PLANE, np.array([0.3, -1.2, 0.7, 1.1])),
        lambda x: -1.7 + 0.7 / 2 * (PLANE[:, 0] @ x - 0.3) ** 2 + 2.9 / 2 * (PLANE[:, 1] @ x + 0.4) ** 2,
        {"L1": 2.9, "mu": 0, "Q": 2.9 / 0.7, "f_star": -1.7,
         "R": np.linalg.norm(np.array([0.3, -1.2, 0.7, 1.1]) @ PLANE - CENTRE[:2])},
    ),
    "increasing": (
        zp.Increasing(PAIR, lambda y: y**3),
        lambda x: (-1.7 + 0.7 / 2 * (x[0] - 0.3) ** 2 + 2.9 / 2 * (x[1] + 0.4) ** 2) ** 3,
        {"Q": 2.9 / 0.7, "R": np.sqrt(0.8**2 + 1.3**2), "f_star": -(1.7**3)},
    ),
}  # fmt: skip
every = pytest.mark.parametrize("name", GENERAL)


@every
def test_values_are_those_of_the_formula(name):
    problem, formula, _ = GENERAL[name]
    x = 1.5 * np.random.default_rng(1).standard_normal((40, 2, problem.d))
    np.testing.assert_allclose(problem(x), np.apply_along_axis(formula, -1, x), rtol=1e-12, atol=1e-12)
    if hasattr(problem, "gradient"):
        for point in x[:10, 0]:
            slope = optimize.approx_fprime(point, lambda y: float(problem(y)), 1e-7)
            np.testing.assert_allclose(problem.gradient(point), slope, atol=1e-4)
        rows = np.apply_along_axis(problem.gradient, -1, x)  # of any shape of batch
        np.testing.assert_allclose(problem.gradient(x), rows, rtol=1e-12, atol=1e-15)


@every
def test_constants_are_those_of_the_formula(name):
    problem, formula, stated = GENERAL[name]
    assert {key: getattr(problem, key) for key in stated} == pytest.approx(stated, rel=1e-9)
    if hasattr(problem, "minimiser"):
        assert formula(np.asarray(problem.minimiser)) == pytest.approx(problem.f_star, abs=1e-12)
        assert np.linalg.norm(problem.x0 - problem.minimiser) == pytest.approx(problem.R, rel=1e-12)


def test_starts_are_where_they_are_said_to_be():
    starts = {name: problem.x0 for name, (problem, *_) in GENERAL.items()}
    for name, expected in {
        "blocks": [0.4, 1.3, -0.3, 0.6],
        "hard": [1.3, 0.3, 0.3],
        "half-square": [0.7, 0.7, 0, 0],
        "wavy": [2.5] * 3,
        "slope": [1.9, 0, 0],
        "targets": [-0.6 * 1.7, 0, 0],
        "noisy linear": -0.4 * 1.9 / LENGTH * MEAN,
        "signs, l1 ball": [0.4 * 1.9, 0, 0],
        "signs, simplex": [0.4 + 0.2, 0.2, 0.2],
    }.items():
        np.testing.assert_allclose(starts[name], expected, atol=1e-12)
    for name in ("regression", "logistic", "bent", "cup"):
        assert not np.any(starts[name])


@pytest.mark.parametrize("name", ["targets", "bent"])
def test_two_samples_are_enumerated(name):
    """Their mean, their slopes along the axis, how far these lie apart, and how often each is drawn."""
    problem, formula, _ = GENERAL[name]
    chances, drawn = np.array(problem.cases).T
    x = np.random.default_rng(2).standard_normal((20, 3))
    values = np.array([problem.at(np.asarray(sample))(x) for sample in drawn])
    np.testing.assert_allclose(chances @ values, np.apply_along_axis(formula, -1, x), rtol=1e-12)
    pair = problem.at(drawn)(np.stack([x, x]))  # a row of points for each sample
    np.testing.assert_array_equal(pair, values)
    point = np.zeros(3) if name == "bent" else x[0] * [1, 0, 0]
    slopes = problem.slopes(point)
    for sample, slope in zip(drawn, slopes, strict=True):
        step = 1e-6 * np.eye(3)[0]
        above, below = (float(problem.at(np.asarray(sample))(end)) for end in (point + step, point - step))
        assert (above - below) / 2e-6 == pytest.approx(slope, abs=1e-4)
    assert chances @ slopes == pytest.approx(problem.gradient(point)[0])
    if name == "targets":
        assert np.sqrt(chances @ (slopes - chances @ slopes) ** 2) == pytest.approx(problem.spread)
    hits = problem.sample(generator(1), (40_000,))
    assert set(hits) == set(drawn)
    assert abs(hits.mean() - chances @ drawn) < 6 * np.sqrt(chances[0] * chances[1] / 40_000)


@pytest.mark.parametrize("name", ["regression", "logistic"])
def test_rows_are_enumerated(name):
    problem, formula, _ = GENERAL[name]
    rows = np.unique(problem.sample(generator(1), (400,)), axis=0)
    assert len(rows) == 4
    x = np.random.default_rng(2).standard_normal((20, 2))
    each = np.array([problem.at(np.tile(row, (20, 1, 1)))(x) for row in rows])
    np.testing.assert_allclose(each.mean(axis=0), np.apply_along_axis(formula, -1, x), rtol=1e-12)
    drawn = problem.sample(generator(2), (20_000,))
    for row in rows:
        assert abs(np.mean(np.all(drawn == row, axis=(1, 2))) - 1 / 4) < 6 * np.sqrt(3 / 16 / 20_000)


def test_the_longest_gradients_are_those_stated():
    """L0 is attained on the domain where it is more than a bound: at the far corner, and on the straight part."""
    half, slope = GENERAL["half-square"][0], GENERAL["slope"][0]
    corner = 1.9 / ROOT * np.array([1.0, 1.0, 0.0, 0.0])
    assert np.linalg.norm(half.gradient(corner)) == pytest.approx(half.L0)
    assert np.linalg.norm(slope.gradient(slope.x0)) == pytest.approx(slope.L0)


@pytest.mark.parametrize(
    ("large", "small"),
    [
        (zp.hard_instance(6, 7.0), zp.hard_instance(6, 7.0, width=2)),
        (zp.tight_linear(6, 50, c=0.6, alpha=0.3), zp.tight_linear(6, 50, c=0.6, alpha=0.3, width=2)),
        (zp.HalfSquare(6, L1=2.3, c=0.3, radius=1.9), zp.HalfSquare(6, L1=2.3, c=0.3, radius=1.9, width=2)),
    ],
    ids=["hard", "tight linear", "half-square"],
)
def test_what_is_written_on_few_axes_keeps_every_constant(large, small):
    assert len(small.x0) < len(large.x0)
    for name in ("d", "L0", "L1", "mu", "Q", "R"):
        assert getattr(small, name) == pytest.approx(getattr(large, name))
    gaps = [float(problem(problem.x0)) - problem.f_star for problem in (large, small)]
    assert gaps[0] == pytest.approx(gaps[1])


def test_the_tight_linear_problem_has_the_length_and_the_noise_it_states():
    problem = zp.tight_linear(6, 50, c=0.6, alpha=0.3)
    np.testing.assert_allclose(problem.mean, 0.6 * np.sqrt(6 / 50) / 0.3 * np.eye(6)[0])
    assert problem.sigma == pytest.approx(1 / np.sqrt(6))
    assert (problem.radius, problem.start) == (1.5, 1.0)
    assert zp.tight_linear(50, 4, c=0.6, alpha=0.3).mean[0] == 1

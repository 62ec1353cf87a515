"""What users write, and the types that they expect: mypy --strict and pyright agree to each, and nobody runs it."""

from collections.abc import Callable
from typing import NamedTuple, assert_type

import numpy as np

import zotheory as zo
from zotheory.claims import find, select
from zotheory.protocols import Source
from zotheory.testing import (
    Conformance,
    Coverage,
    Decrease,
    assert_mean_at_most,
    check_method,
    min_samples,
    parametrize_with_checks,
    peers,
)
from zotheory.theorems import two_point
from zotheory.trials.comparison import Comparison, compare
from zotheory.trials.curves import Case

assert_type(zo.__version__, str)


def rosenbrock(x: np.ndarray) -> float:
    return float(np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))


# --- minimise ---------------------------------------------------------------------------------------------------------

result = zo.minimize(rosenbrock, x0=np.zeros(5), budget=20_000, bounds=[(-1, None)] * 5, rng=1)
assert_type(result.x, np.ndarray)
assert_type(result.fun, float)
assert_type(result.nfev, int)
assert_type(result.success, bool)
assert_type(result.message, str)
zo.minimize(rosenbrock, [0, 0, 0], method=zo.gld_search(R=3.0, r=1e-3), start=result.state)
zo.minimize(lambda x, a: float(x @ x) + a, [1.0], args=(2.0,), callback=lambda x: None, executor=2)

asking = zo.AskTell(zo.relative_loss(radius=0.5), [1.0, 2.0], rng=np.random.default_rng(0))
points = asking.ask()
assert_type(points, np.ndarray)
asking.tell(points, [rosenbrock(x) for x in points])
assert_type(asking.recommend(), np.ndarray)
assert_type(asking.best_value, float)

# --- methods, problems, runs ------------------------------------------------------------------------------------------

assert_type(zo.radii.one_fifth(1.0), zo.radii.Radius)
assert_type(zo.geometry.euclidean_ball(1.0), zo.geometry.Mirror)
assert_type(zo.directions.sphere, zo.directions.Law)
method = zo.relative_loss_trial(radius=zo.radii.one_fifth(1.0), beta=0.9)
assert_type(method, zo.Method)
assert_type(zo.two_point(h=lambda t: 0.1 / (t + 1), delta=lambda t: 1e-3, law=zo.directions.gaussian), zo.Method)
assert_type(zo.METHODS["gld_search"](R=1, r=0.1), zo.Method)

problem = zo.problems.golovin_family(1, 8, 20)
assert_type(problem, zo.problems.Quadratic)
assert_type(problem.f_star, float)
assert_type(problem.x0, np.ndarray)

run = zo.run(method, problem, steps=50, replicas=3, seed=1)
assert_type(run, zo.Run)
assert_type(run.x, np.ndarray)
assert_type(run.values, np.ndarray)
assert_type(run.calls, int)
summary = zo.summarise(method, rosenbrock, steps=5, replicas=100, x0=np.zeros(3), executor=2)
assert_type(summary, zo.Summary)
assert_type(summary.mean, np.ndarray)
assert_type(zo.generator(1), np.random.Generator)


class Bowl:
    """A problem of one's own."""

    d = 7
    x0 = np.ones(7)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        values: np.ndarray = np.sum(x * x, axis=-1)
        return values


zo.run(method, Bowl(), steps=1)


class State(NamedTuple):
    x: np.ndarray


def draw(rng: Source, state: State, d: int) -> np.ndarray:
    return np.asarray(rng.standard_normal((*state.x.shape[:-1], d)))


stays = zo.Method(
    "stays",
    init=lambda f, x0: State(x0),
    draw=draw,
    step=lambda f, state, u: state,
    output=lambda state: state.x,
    calls=(0, 0),
    vectors=("x",),
)
zo.iterate(stays, Bowl(), seed=np.random.SeedSequence(1))

# --- claims and tests -------------------------------------------------------------------------------------------------


@zo.bound
def left(*, d: int) -> float:
    return 1 - 1 / (4 * d)


assert_type(left(d=10), float)


def one_step(bound: Callable[..., float], replicas: int, seed: np.random.SeedSequence) -> zo.Mean:
    values = zo.run(method, Bowl(), steps=1, replicas=replicas, seed=seed).value
    return zo.Mean(values, bound(d=10), ceiling=1.0)


on = zo.Experiment("one step on |x|^2", d=10, measure=one_step, replicas=2000)
root = ("the dimension enters by its root", lambda *, d: 1 - 1 / (4 * d**0.5), on)
claim = zo.Claim("mine.rate", bound=left, says="At most so much is left.", on=[on], but={"root": root})
report = zo.verify([claim, find("two_point.bias"), *select("gld_search")], alpha=0.001, executor=2)
assert_type(report, zo.Report)
assert_type(report.sound, bool)
assert_type(report.verdicts[0].verdict, str)
assert_type(report.verdicts[0].claim, zo.Claim)
two_point.mean_gap(3, R=1.0, G=1.0, s=1.0)

rate, coverage = Decrease(lambda d, budget: 0.9**budget), Coverage(lambda result: result.interval, 0.95)
conformance = check_method(peers.scipy("Nelder-Mead"), declares=["descends", rate, coverage], time_limit=5)
assert_type(conformance, Conformance)
assert_type(conformance.sound, bool)


@parametrize_with_checks([method, stays], declares=["descends", rate, coverage])
def test_mine(check: Callable[[], None]) -> None:
    check()


assert_mean_at_most(np.zeros(10), 0.5, ceiling=1.0)
assert_type(min_samples(0.5, 0.6, ceiling=1.0), int)

comparison = compare({"stays": stays}, {"bowl": Case.of(Bowl())}, evaluations=100, replicas=5)
assert_type(comparison, Comparison)

"""Ways to measure that several methods share.

A setting is what an experiment fixes before it draws anything: problem, method, and the arguments of the bound. Each
function here makes an `Experiment` of a callable that returns one. The bound flows in when the experiment is run, and
``claimed(bound, setting)`` says what it promises there: the bound at the setting's arguments, if nothing else is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Always, AtLeast, Frequency, Mean, Quantile, Value
from zotheory.loop import iterate, run
from zotheory.methods import Method
from zotheory.problems.instances import first_gap
from zotheory.problems.transforms import TRANSFORMS, Increasing
from zotheory.reduced import DECADES
from zotheory.streams import generator

Seed = np.random.SeedSequence


class Setting(NamedTuple):
    """Problem, method, and the arguments of the bound."""

    problem: Any
    method: Method
    given: Mapping[str, Any]


Settings = Callable[[], Setting]
Claimed = Callable[[Bound, Setting], float]


def evaluated(bound: Bound, setting: Setting) -> float:
    """Return the bound at the arguments of the setting."""
    return float(bound(**setting.given))


def over_decades(experiment: Callable[[int], Experiment], decades: Iterable[int] = DECADES) -> list[Experiment]:
    """Make the experiment at every one of these dimensions."""
    return [experiment(d) for d in decades]


# --- words -----------------------------------------------------------------------------------------------------------

DIRECTIONS = {  # laws of directions in the names of experiments
    "gaussian": "Gaussian directions",
    "sphere": "directions on the sphere",
    "ball": "directions in the ball",
    "rademacher": "random signs",
}


def multiple(times: float, of: str) -> str:
    """Return "the best radius" or "0.5 times the best radius"."""
    return of if times == 1 else f"{times:g} times {of}"


# --- computed --------------------------------------------------------------------------------------------------------


def exact(label: str, d: int, value: Callable[[Bound], Value]) -> Experiment:
    """Compute `value(bound)`: without sampling, or with random numbers that play no part in its truth."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Value:
        return value(bound)

    return Experiment(label, d=d, measure=measure, replicas=1, full=1, rung="exact")


# --- runs, step by step ----------------------------------------------------------------------------------------------


def one_step(problem: Any, method: Method, replicas: int, seed: Seed) -> tuple[Any, int]:
    """State after one step of every replica, and the evaluations of one."""
    states = iterate(method, problem, replicas=replicas, rng=generator(seed))
    next(states)
    state, counted = next(states)
    return state, counted.spent


class Walk(NamedTuple):
    """Sum of |grad f| at x_0..x_{T-1} of every replica, the state at T, and the evaluations of one replica."""

    total: np.ndarray
    state: Any
    calls: int


def walk(problem: Any, method: Method, T: int, replicas: int, seed: Seed) -> Walk:
    """Run T steps, adding up the length of the gradient."""
    runs, total = iterate(method, problem, replicas=replicas, rng=generator(seed)), np.zeros(replicas)
    for _ in range(T):
        state, _counted = next(runs)
        total += np.linalg.norm(problem.gradient(state.x), axis=-1)
    state, counted = next(runs)
    return Walk(total, state, counted.spent)


def arrivals(
    setting: Setting,
    there: Callable[[Any], np.ndarray],
    last: int,
    replicas: int,
    seed: Seed,
    *,
    stays: Callable[[Any], np.ndarray] | None = None,
) -> tuple[np.ndarray, int]:
    """Steps after which each replica is there for good, inf where it is not by the last; and the steps that were run.

    `there` tells of a state which replicas are there, `stays` which can no longer leave: once all stay the run ends.
    Where none is given, it goes on to the last step: of a method that is not monotone nothing else can be said.
    """
    problem, times = setting.problem, np.full(replicas, np.inf)
    runs = iterate(setting.method, problem, replicas=replicas, rng=generator(seed))
    for t, (state, _) in enumerate(runs):
        times = np.where(there(state), np.minimum(times, t), np.inf)
        if t == last or (stays is not None and np.all(stays(state))):
            break
    return times, t


# --- expectations ----------------------------------------------------------------------------------------------------


LEAST = 1e-9  # a variance is declared as positive, also where the bound holds for the mean of squares already


def basis(limits: Mapping[str, Any], bound: float, draws: int = 1) -> dict[str, Any]:
    """Return the arguments of `Mean` that say why support may be believed, of what is known before sampling.

    `limits` is ``{"ceiling": ...}``, ``{"variance": ..., "because": ...}`` or ``{"square": s, "because": ...}`` with
    E X^2 <= s: then Var X <= (s/bound^2 - 1) (E X)^2 wherever E X reaches the bound, and nowhere else does a test of
    the bound ask for it. Of the mean of so many independent draws the variance is as much smaller.
    """
    known = dict(limits)
    if "square" in known:
        square = known.pop("square")
        known["variance"] = max(square / bound**2 - 1, LEAST)
        if square <= bound**2:
            known["because"] = f"the bound holds already for the root of E X^2 <= {square:.3g}, as {known['because']}"
    if "variance" in known:
        known["variance"] /= draws
    return known


def fall(
    label: str,
    setting: Settings,
    *,
    d: int,
    rung: str,
    replicas: int,
    full: int | None = None,
    steps: int = 1,
    claimed: Claimed = evaluated,
    unit: Callable[[Setting], float] | None = None,
    least: float = 0.0,
    most: float = 30.0,
) -> Experiment:
    """f(x_0) - f(x_T) after T steps against the fall that is claimed, in units of that, or of `unit`.

    Falls above `most` units are cut off, which only lowers their mean. `least` is the smallest fall that there can be:
    0 for a method that never goes up. What is below it (a spoiled method's) counts as `least`.
    """

    def measure(bound: Bound, replicas: int, seed: Seed) -> AtLeast:
        problem, method, _ = where = setting()
        promised = claimed(bound, where)
        size = promised if unit is None else unit(where)
        result = run(method, problem, steps=steps, replicas=replicas, seed=seed, record=[0, steps])
        falls = np.clip((result.values[0] - result.values[1]) / size, least, most)
        return AtLeast(falls, promised / size, most, floor=least, calls=result.calls)

    return Experiment(label, d=d, measure=measure, replicas=replicas, full=full, rung=rung)


def gap(
    label: str,
    setting: Settings,
    *,
    d: int,
    rung: str,
    replicas: int,
    full: int | None = None,
    steps: int | Callable[[Setting], int],
    claimed: Claimed = evaluated,
    limits: Callable[[Setting], Mapping[str, Any]] = lambda where: {},
    above: float = 0.0,
    mean: bool = False,
) -> Experiment:
    """Gap at the output after some steps, or its mean over the steps before, against the bound.

    `limits` tells of the setting what is known of the gap before anything is drawn,
    as `basis` takes it. Gaps that are not above so many times the first count as 0.
    """

    def measure(bound: Bound, replicas: int, seed: Seed) -> Mean:
        problem, method, _ = where = setting()
        T = steps(where) if callable(steps) else steps
        record = range(T) if mean else [T]
        result = run(method, problem, steps=T, replicas=replicas, seed=seed, record=record)
        gaps = np.maximum(np.mean(result.values, axis=0) - problem.f_star, 0)  # rounding can leave -1e-17
        if above > 0:
            gaps = np.where(gaps > above * first_gap(problem), gaps, 0.0)
        limit = claimed(bound, where)
        return Mean(gaps, limit, calls=result.calls, **basis(limits(where), limit))

    return Experiment(label, d=d, measure=measure, replicas=replicas, full=full, rung=rung)


# --- probabilities ---------------------------------------------------------------------------------------------------


def success(
    label: str,
    setting: Settings,
    *,
    d: int,
    rung: str,
    replicas: int,
    full: int | None = None,
    allowed: Claimed,
    odds: Claimed,
    steps: int | Callable[[Setting], int] = 1,
) -> Experiment:
    """How often the gap after some steps is at most ``allowed(bound, setting)``, against the odds that are claimed."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Frequency:
        problem, method, _ = where = setting()
        T = steps(where) if callable(steps) else steps
        result = run(method, problem, steps=T, replicas=replicas, seed=seed, record=[T])
        hits = result.values[0] - problem.f_star <= allowed(bound, where)
        return Frequency(int(np.sum(hits)), replicas, odds(bound, where), calls=result.calls)

    return Experiment(label, d=d, measure=measure, replicas=replicas, full=full, rung=rung)


RAREST = 0.05  # a rarer failure cannot be told from none by the replicas that experiments have


def in_time(
    label: str,
    setting: Settings,
    *,
    d: int,
    rung: str,
    replicas: int,
    full: int | None = None,
    target: Callable[[Setting], Callable[[Any], np.ndarray]],
    tail: Callable[[Setting], float],
    claimed: Claimed = evaluated,
    stays: Callable[[Setting], Callable[[Any], np.ndarray]] | None = None,
    evaluations: bool = False,
) -> Experiment:
    """Steps, or evaluations, until the target is reached for good, against the number that is claimed to suffice.

    ``target(setting)`` tells of a state which replicas are there, `stays` which can no longer leave (`arrivals`);
    `tail` is how often the claim allows more, taken as no less than `RAREST`.
    """

    def measure(bound: Bound, replicas: int, seed: Seed) -> Quantile:
        where = setting()
        allowed, (start, each) = claimed(bound, where), where.method.calls if evaluations else (0, 1)
        last = max(int(np.floor((allowed - start) / each)), 0)
        kept = None if stays is None else stays(where)
        times, t = arrivals(where, target(where), last, replicas, seed, stays=kept)
        used = np.minimum(start + each * times, 2 * allowed + 1)
        start, each = where.method.calls
        return Quantile(used, allowed, max(tail(where), RAREST), calls=start + each * t)

    return Experiment(label, d=d, measure=measure, replicas=replicas, full=full, rung=rung)


# --- always ----------------------------------------------------------------------------------------------------------


IN_FLOATS = "computed in floating point, too, the transform increases strictly on the values that a run meets"


def same_points(
    label: str, setting: Settings, transform: str, *, d: int, rung: str, replicas: int, full: int, steps: int
) -> Experiment:
    """Whether a run on f and one on a strictly increasing transform of it end at the same points, bit by bit.

    Of claims that assume `IN_FLOATS`: f + 1e16 merges values less than 2 apart, 1e-320 f those less than 5e-4 apart.
    """

    def measure(bound: Bound, replicas: int, seed: Seed) -> Always:
        problem, method, _ = setting()
        one, two = (
            run(method, seen, steps=steps, replicas=replicas, seed=seed, record=[steps])
            for seen in (problem, Increasing(problem, TRANSFORMS[transform]))
        )
        return Always(1 + np.any(one.x != two.x, axis=-1), calls=one.calls + two.calls)

    return Experiment(label, d=d, measure=measure, replicas=replicas, full=full, rung=rung)

"""GLD-Search: measurements of its steps and runs; those of the balls that they rest on are in ``balls.py``."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

import numpy as np

from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Always, Quantile
from zotheory.loop import run
from zotheory.measurements.experiments import (
    RAREST,
    Seed,
    Setting,
    evaluated,
    in_time,
    same_points,
    success,
)
from zotheory.methods import Method, gld_search
from zotheory.methods.gld_search import State
from zotheory.problems import golovin_family
from zotheory.problems.instances import first_gap, instance, rung, words
from zotheory.reduced import DECADES
from zotheory.streams import generator
from zotheory.theorems.gld_search import (
    SUCCESS,
    failure,
    floor,
    log_ratio_to_radius,
    steps_to_floor,
)

BASE = gld_search(R=1.0, r=0.1)  # what reduced coordinates need to know of the method

Spoil = Callable[[Method], Method]
Fall = Callable[[int, float], float]  # of dimension and condition number


def _where(d: int) -> str:
    return "reduced" if d in DECADES else "measured"


# --- one step --------------------------------------------------------------------------------------------------------


def covering(problem: Any) -> tuple[float, float]:
    """R and r between which the needed radius (3/(5Q))|x0 - x*| lies, with two halvings to spare below."""
    needed = 0.6 * problem.R / problem.Q
    return 64 * needed, needed / 4


def contracted(bound: Bound, where: Setting) -> float:
    """Return the gap that a good step leaves, by a bound of the contraction."""
    return evaluated(bound, where) * first_gap(where.problem)


def likely(bound: Bound, where: Setting) -> float:
    """Return how often a step has to be good."""
    return float(SUCCESS)


def one_step(name: str, d: int, spoil: Callable[[Method, float, float], Method] | None = None) -> Experiment:
    """How often a step contracts; `spoil` is handed the method, R and r."""

    def setting() -> Setting:
        problem = instance(name, d, BASE)
        R, r = covering(problem)
        if spoil is not None:  # the needed radius is the smallest that the theorem allows, and R far above it
            R, r = r * 4 * 2**14, r * 4
        method = gld_search(R=R, r=r)
        return Setting(problem, spoil(method, R, r) if spoil else method, {"n": d, "Q": problem.Q})

    return success(
        f"one step on {words(name)}",
        setting,
        d=d,
        rung=rung(name, d),
        replicas=2000,
        full=50_000,
        allowed=contracted,
        odds=likely,
    )


# --- many steps ------------------------------------------------------------------------------------------------------


def fallen(where: Setting) -> Callable[[Any], np.ndarray]:
    """Tell which replicas have a gap of at most exp(-log_ratio) times the first."""
    target = np.exp(-where.given["log_ratio"]) * first_gap(where.problem)
    return lambda state: state.fx - where.problem.f_star <= target


def whole_steps(bound: Bound, where: Setting) -> float:
    """Return the steps that are claimed to suffice, rounded up."""
    return ceil(evaluated(bound, where))


def rare(n: float, Q: float) -> float:
    """Return the fall whose failure probability is 5 %: some hundred steps in every dimension."""
    return float(-np.log(RAREST) * 4 / (5 * n * Q))


def to_a_hundredth(d: int, Q: float) -> float:
    """Return the fall of the gap that takes the distance to a hundredth."""
    return float(log_ratio_to_radius(Q=Q, R=1.0, eps=1e-2))


def radii_for(problem: Any, log_ratio: float) -> tuple[float, float]:
    """R and r for which no radius that is needed before the gap has fallen lies outside."""
    return problem.R, 0.6 * problem.R * np.sqrt(np.exp(-log_ratio) / problem.Q) / problem.Q


def reaching(
    name: str, d: int, log_ratio: Fall, spoil: Callable[[Method, float, float], Method] | None = None
) -> Experiment:
    """Steps until the gap has fallen for good, against the number that is claimed to suffice."""

    def setting() -> Setting:
        problem = instance(name, d, BASE)
        given = {"n": d, "Q": problem.Q, "log_ratio": log_ratio(d, problem.Q)}
        R, r = radii_for(problem, given["log_ratio"])
        if spoil is not None:
            R = r * 2**40
        method = gld_search(R=R, r=r)
        return Setting(problem, spoil(method, R, r) if spoil else method, given)

    return in_time(
        f"steps to the target gap on {words(name)}",
        setting,
        d=d,
        rung=_where(d),
        replicas=400,
        full=4000,
        target=fallen,
        stays=None if spoil else fallen,
        tail=lambda where: float(failure(**where.given)),
        claimed=whole_steps,
    )


def barely(d: int, Q: float) -> float:
    """Return the start, in units of what r stops, from which the failure probability is 5 %."""
    return float(np.exp(rare(d, Q) / 2))


def final(
    name: str,
    d: int,
    start: Fall,
    spoil: Spoil | None = None,
    steps: Callable[..., Any] = steps_to_floor,
    replicas: int = 250,
) -> Experiment:
    """sqrt(2 (f - f*)/mu), which |x - x*| never exceeds again, after `steps` from R = start 5 Q r/3."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Quantile:
        problem = instance(name, d, BASE)
        R, Q = problem.R, problem.Q
        r = 3 * R / (5 * Q * start(d, Q))
        method = gld_search(R=R, r=r)
        T = ceil(steps(n=d, Q=Q, R=R, r=r))
        after = run(spoil(method) if spoil else method, problem, steps=T, replicas=replicas, seed=seed, record=[T])
        reach = np.sqrt(2 * (after.values[0] - problem.f_star) / problem.mu)
        rarely = float(failure(n=d, Q=Q, log_ratio=log_ratio_to_radius(Q=Q, R=R, eps=floor(Q=Q, r=r))))
        return Quantile(reach, float(bound(Q=Q, eps=r)), max(rarely, RAREST), calls=after.calls)

    label = f"distance reached on {words(name)}"
    return Experiment(label, d=d, measure=measure, replicas=replicas, rung=rung(name, d))


# --- invariance ------------------------------------------------------------------------------------------------------

LARGEST, SMALLEST = 2.0, 1e-3  # radii of the runs compared


def as_it_is() -> Method:
    """Return the method that ships."""
    return gld_search(R=LARGEST, r=SMALLEST)


def _ellipsoid_or_hard(d: int, method: Method) -> Any:
    return instance("hard", d, method) if d in DECADES else golovin_family(1, 8, d, minimiser=0.3)


def invariance(transform: str, d: int, other: Callable[[], Method] = as_it_is) -> Experiment:
    """Whether a run on f and one on a transform of it visit the same points."""

    def setting() -> Setting:
        method = other()
        return Setting(_ellipsoid_or_hard(d, method), method, {})

    label = f"points visited on f and on {transform}, y = f"
    return same_points(label, setting, transform, d=d, rung=_where(d), replicas=1500, full=15_000, steps=50)


def lengths(d: int) -> Experiment:
    """Longest of all displacements that a step tries."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Always:
        method, rng = as_it_is(), generator(seed)
        problem = _ellipsoid_or_hard(d, method)
        source = problem.frame.generator(rng, (replicas,)) if d in DECADES else rng
        x = np.tile(problem.x0, (replicas, 1))
        tried = np.linalg.norm(method.draw(source, State(x, problem(x)), d), axis=-1)
        return Always(np.max(tried, axis=-1) / float(bound(n=d, R=LARGEST)), calls=1)

    return Experiment("the longest displacement that a step tries", d=d, measure=measure, replicas=1500, rung=_where(d))

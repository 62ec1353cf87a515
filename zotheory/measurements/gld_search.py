"""GLD-Search: its measurements."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

import numpy as np

from zotheory.directions import ball, gaussian
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Always, Frequency, Quantile, Value
from zotheory.measurements.experiments import (
    RAREST,
    Seed,
    Setting,
    evaluated,
    exact,
    in_time,
    same_points,
    success,
)
from zotheory.methods import Method, gld_search
from zotheory.methods.gld_search import State
from zotheory.problems import golovin_family
from zotheory.problems.instances import first_gap, instance, rung
from zotheory.reduced import DECADES, Frame
from zotheory.run import generator, run
from zotheory.theorems.gld_search import (
    OVERLAP,
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


# --- balls -----------------------------------------------------------------------------------------------------------


def tangent_ball_use(problem: Any, x: np.ndarray, e: np.ndarray, bound: Bound) -> np.ndarray:
    """How much of its allowance f uses at the point of the tangent ball's surface in direction e from the centre.

    f(y) <= f(x) exactly where f(y) - f(x) - <g, y - x> <= -<g, y - x>, and the quotient of the two sides is returned:
    at most 1 inside the sublevel set. x, e: (N, d), e of unit length.
    """
    g = problem.gradient(x)
    unit = g / np.linalg.norm(g, axis=-1, keepdims=True)
    size = bound(distance=np.linalg.norm(x - problem.minimiser, axis=-1), Q=problem.Q)[:, None]
    offset = size * (e - unit)
    down = -np.sum(g * offset, axis=-1)
    return (problem(x + offset) - problem(x) + down) / down


def tangent_ball(name: str, d: int) -> Experiment:
    """Random points of the tangent ball's surface; but for "hard" from starts all over the place, at every scale."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Always:
        rng = generator(seed)
        problem = instance(name, d, BASE)
        x = np.tile(problem.x0, (replicas, 1))
        if name != "hard":
            x = problem.minimiser + gaussian.draw(rng, (replicas,), d, 10 ** rng.uniform(-2, 1, replicas))
        source = problem.frame.generator(rng, (replicas,)) if d in DECADES else rng
        z = source.standard_normal((replicas, d))
        if d not in DECADES:  # half of the points close to x, where the curvature decides
            g = problem.gradient(x)
            z = np.where(np.arange(replicas)[:, None] % 2, z, 0.1 * z + g / np.linalg.norm(g, axis=-1, keepdims=True))
        return Always(tangent_ball_use(problem, x, z / np.linalg.norm(z, axis=-1, keepdims=True), bound), calls=2)

    label = f"points of the tangent ball, {name}"
    return Experiment(label, d=d, measure=measure, replicas=4000, full=100_000, rung=rung(name, d))


def overlap_event(n: int, a: np.ndarray, delta: float, rng: np.random.Generator, power: float = -0.5) -> np.ndarray:
    """Whether y, uniform in the ball of radius a n^power, lies in the ball of radius 1 - delta/n about e_1.

    Written as y_1 >= (|y|^2 + 2 delta/n - delta^2/n^2)/2, which loses no digits at large n.
    """
    source = Frame((n,), 1, (), 1, True).generator(rng, a.shape)
    y = ball.draw(source, a.shape, n, a * float(n) ** power / np.sqrt(n + 2))
    return y[:, 0] >= (np.sum(y * y, axis=-1) + 2 * delta / n - (delta / n) ** 2) / 2


def _least(bound: Bound, n: int) -> float:
    return float(np.min(bound(n, a=np.linspace(0.5, 1, 65))))


def overlap_measured(n: int, power: float = -0.5) -> Experiment:
    """How often uniform points of B1 lie in B2, against the least share that is claimed for any radius."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Frequency:
        rng = generator(seed)
        hits = overlap_event(n, rng.uniform(0.5, 1, replicas), 0.25, rng, power)
        return Frequency(int(hits.sum()), replicas, _least(bound, n))

    label = "uniform points of B1, a uniform on [1/2, 1]"
    return Experiment(label, d=n, measure=measure, replicas=100_000, full=2_000_000, rung=_where(n))


def overlap_exactly(n: int) -> Experiment:
    """Least share for any of many radii, against Phi(-3/4)."""
    return exact("least overlap over 65 radii", n, lambda bound: Value(_least(bound, n), OVERLAP, at_least=True))


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
        f"one step, {name}",
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
        f"steps to the target gap, {name}",
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

    label = f"distance after T steps, {name}"
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

    label = f"same points under {transform}"
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

    return Experiment("longest displacement that a step tries", d=d, measure=measure, replicas=1500, rung=_where(d))

"""GLD-Search on functions of few directions: its measurements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import floor
from typing import Any

import numpy as np

from zotheory.directions import gaussian
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Frequency, Value
from zotheory.loop import run
from zotheory.measurements.experiments import Claimed, Seed, Setting, evaluated, exact, in_time, success
from zotheory.measurements.gld_search import contracted, covering, fallen, likely, radii_for
from zotheory.measurements.spoiled import spoiled
from zotheory.methods import Method, gld_search
from zotheory.problems import Perturbed, cliffs, square_wave
from zotheory.problems.instances import first_gap, first_slope, low_rank, rung, words
from zotheory.reduced import DECADES, Frame
from zotheory.streams import generator
from zotheory.theorems.gld_low_rank import LOW, contraction, success_below
from zotheory.theorems.gld_search import SUCCESS, failure, iterations

BASE = gld_search(R=1.0, r=0.1, law=gaussian)  # what reduced coordinates need to know of the method


def _in_directions(what: str, name: str, k: int) -> str:
    return f"{what} on {words(name)}, k = {k:g}"


def _succeeding(
    label: str,
    name: str,
    k: int,
    n: int,
    setting: Callable[[Any], Setting],
    allowed: Claimed = contracted,
    replicas: int = 1000,
    full: int = 20_000,
) -> Experiment:
    """How often a step on the instance leaves no more than what is allowed."""
    return success(
        _in_directions(label, name, k),
        lambda: setting(low_rank(name, k, n, BASE)),
        d=n,
        rung=rung(name, n),
        replicas=replicas,
        full=full,
        allowed=allowed,
        odds=likely,
    )


# --- the event that one radius succeeds ------------------------------------------------------------------------------


def lack(bound: Bound, k: int) -> float:
    """Return delta of a bound 1 - delta/(k Q), without rounding: what is asked of a step in the worst case."""
    from sympy import Integer

    return float(k * (1 - bound(k=Integer(k), Q=Integer(1))))


def step_event(k: int, a: np.ndarray, delta: float, rng: np.random.Generator, power: float = -1.0) -> np.ndarray:
    """Whether y ~ N(0, (a k^power)^2 I_k) has y_1 >= |y|^2/2 + delta/k; at power -1 z_1 >= a |z|^2/(2 k) + delta/a."""
    source = Frame((k,), 1, (), 1, True).generator(rng, a.shape)
    y = gaussian.draw(source, a.shape, k, a * float(k) ** power)
    return y[:, 0] >= np.sum(y * y, axis=-1) / 2 + delta / k


def event(
    k: int, ends: tuple[float, float] = (LOW, 2 * LOW), power: float = -1.0, replicas: int = 100_000
) -> Experiment:
    """How often one radius succeeds in the worst case, uniform in its window."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Frequency:
        rng = generator(seed)
        hits = step_event(k, rng.uniform(*ends, replicas), lack(bound, k), rng, power)
        return Frequency(int(hits.sum()), replicas, float(SUCCESS))

    where = "reduced" if k in DECADES else "measured"
    label = "one step by a random one of the radii that are to suffice"
    return Experiment(label, d=k, measure=measure, replicas=replicas, full=20 * replicas, rung=where)


def event_exactly(k: int) -> Experiment:
    """Least probability, from below, that one radius of its window succeeds in the worst case."""

    def value(bound: Bound) -> Value:
        chances = success_below.formula(k, a=np.linspace(LOW, 2 * LOW, 65), delta=lack(bound, k))
        return Value(float(np.min(chances)), float(SUCCESS), at_least=True)

    return exact("the least probability over 65 radii, from below", k, value)


# --- one step --------------------------------------------------------------------------------------------------------


def one_step(name: str, k: int, n: int, scale: Callable[[int, int], float] = lambda k, n: 1 / k) -> Experiment:
    """How often a step contracts."""

    def setting(problem: Any) -> Setting:
        R, r = covering(problem)
        method = gld_search(R=R, r=r, law=gaussian, scale=scale(k, n))
        return Setting(problem, method, {"k": k, "Q": problem.Q})

    return _succeeding("one step", name, k, n, setting)


def one_radius(radius: float, k: int) -> Method:
    """One candidate, x + (radius/k) z."""
    return spoiled(gld_search(R=2 * radius, r=radius, law=gaussian, scale=1 / k), radii=np.array([radius]))


def smooth_step(name: str, k: int, n: int, a: float) -> Experiment:
    """One candidate, its radius a |grad f|/L1: alone it has to succeed as often as is claimed."""

    def setting(problem: Any) -> Setting:
        method = one_radius(a * first_slope(problem) / problem.L1, k)
        return Setting(problem, method, {"k": k, "Q": problem.Q})

    label = f"one step by the radius {a:.3g} |grad f|/L1"
    return _succeeding(label, name, k, n, setting, replicas=100_000, full=1_000_000)


# --- k unknown -------------------------------------------------------------------------------------------------------


def any_rank(R: float, r: float, n: int) -> Method:
    """GLD-Search for every k <= n: the deviation of a coordinate itself is searched, from R down to r/n."""
    return gld_search(R=R, r=r / n, law=gaussian, scale=1.0)


def paid_radii(name: str, k: int, n: int, upwards: bool = False) -> Experiment:
    """How often a step contracts that has as many deviations, R, R/2, ..., as the evaluations claimed pay for.

    `upwards` starts them at n R.
    """

    def measure(bound: Bound, replicas: int, seed: Seed) -> Frequency:
        problem = low_rank(name, k, n, BASE)
        (R, r), Q = covering(problem), problem.Q
        steps = float(iterations(n=k, Q=Q, log_ratio=1.0)) + 1
        paid = floor((float(bound(n=n, k=k, Q=Q, log_ratio=1.0, R=R, r=r)) - 1) / steps)
        method = spoiled(any_rank(R, r, n), radii=(n * R if upwards else R) * 2.0 ** -np.arange(paid))
        result = run(method, problem, steps=1, replicas=replicas, seed=seed, record=[1])
        good = result.values[0] - problem.f_star <= float(contraction(k=k, Q=Q)) * first_gap(problem)
        return Frequency(int(np.sum(good)), replicas, float(SUCCESS), calls=result.calls)

    label = _in_directions("one step by the radii paid for", name, k)
    return Experiment(label, d=n, measure=measure, replicas=1000, full=20_000, rung=rung(name, n))


def reaching(name: str, k: int, n: int, log_ratio: float) -> Experiment:
    """Evaluations until the gap has fallen, against the number that is claimed to suffice."""

    def setting() -> Setting:
        problem = low_rank(name, k, n, BASE)
        R, r = radii_for(problem, log_ratio)
        given = {"n": n, "k": k, "Q": problem.Q, "log_ratio": log_ratio, "R": R, "r": r}
        return Setting(problem, any_rank(R, r, n), given)

    def tail(where: Setting) -> float:
        return float(failure(n=k, Q=where.problem.Q, log_ratio=log_ratio))

    return in_time(
        _in_directions("evaluations to the target gap", name, k),
        setting,
        d=n,
        rung=rung(name, n),
        replicas=400,
        full=4000,
        target=fallen,
        stays=fallen,
        tail=tail,
        evaluations=True,
    )


# --- perturbations ---------------------------------------------------------------------------------------------------


def disturbed(problem: Any, h: str, delta: float, k: int) -> Any:
    """The problem + delta h, h one of two functions of rank n: a square wave or cliffs."""
    if hasattr(problem, "frame"):
        return replace(problem, problem=disturbed(problem.problem, h, delta, k))
    if h == "cliffs":
        return Perturbed(problem, cliffs(problem.minimiser, problem.x0), delta)
    step = 0.6 * problem.R / problem.Q / k * np.sqrt(problem.d)  # length of the step that is needed
    return Perturbed(problem, square_wave(problem.minimiser, step**2), delta)


def perturbed(name: str, k: int, n: int, h: str, share: float = 20.0, a: float | None = None) -> Experiment:
    """One step where delta = (g(u0) - g*)/(share k Q), so that the gap is at least share delta k Q.

    With `a` there is but one radius, a R/Q; the theorem's is (3/5) R/Q.
    """

    def setting(problem: Any) -> Setting:
        delta = first_gap(problem) / (share * k * problem.Q)
        R, r = covering(problem)
        method = one_radius(a * problem.R / problem.Q, k) if a else gld_search(R=R, r=r, law=gaussian, scale=1 / k)
        seen = disturbed(problem, h, delta, k)
        return Setting(seen, method, {"gap": first_gap(seen), "delta": delta, "k": k, "Q": problem.Q})

    under = "under cliffs" if h == "cliffs" else "under a square wave"
    if a:
        return _succeeding(f"one step by one radius {under}", name, k, n, setting, evaluated, 100_000, 1_000_000)
    return _succeeding(f"one step {under}", name, k, n, setting, evaluated)

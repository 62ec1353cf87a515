"""The value-weighted form of relative-loss descent, and what an evaluation of both forms takes: measurements."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from zotheory import sphere
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Mean, Value
from zotheory.loop import run
from zotheory.measurements.experiments import Seed, Setting, exact, multiple
from zotheory.measurements.relative_loss import Spoil, exact_fall
from zotheory.measurements.relative_loss_minibatch import (
    PLAIN,
    REACH,
    chosen,
    first_step,
    gradients_of_rows,
    mean_fall_on_the_line,
    shifted_fall,
)
from zotheory.methods import relative_loss
from zotheory.methods.relative_loss import weighted_step
from zotheory.problems import block_quadratic
from zotheory.problems.instances import instance, words
from zotheory.reduced import DECADES, reduce
from zotheory.theorems.sample_and_keep import KAPPA


def weighted(h: float) -> Spoil:
    """The value-weighted form, with the radius of the method."""
    return lambda method: relative_loss(radius=method.init.keywords["radius"], h=h)  # type: ignore[attr-defined]


def weighted_one_step(
    name: str, d: int, times: float = 1.0, small: float = 0.2, replicas: int = 1000, **options: float
) -> Experiment:
    """Fall of one step, h so many times the best for delta = 0, e = small g."""

    def setting() -> Setting:
        problem = instance(name, d, PLAIN, **options)
        given = chosen(first_step(problem), "g", "rms", "L", "d")
        given["h"] = times * given["g"] ** 2 / (given["L"] * d * given["rms"] ** 2)
        given["delta"] = 2 * small * given["g"] / (given["L"] * d)
        return Setting(problem, relative_loss(radius=given["delta"] * np.sqrt(d), h=given["h"]), given)

    def rise(where: Setting) -> float:
        h, g = where.given["h"], where.given["g"]
        if name == "logistic, one row":  # whose rows may point anywhere
            return _rise_of_rows(where.problem, h, small * g)
        return h * g**2 * (0.5 + REACH * small)  # others point downhill, but for e

    label = f"fall of one weighted step of {multiple(times, 'the best size')} on {words(name)}"
    return shifted_fall(label, setting, name, d, replicas, rise, 2.0 if name == "logistic, one row" else 39.0)


def _rise_of_rows(problem: Any, h: float, e: float) -> float:
    """Largest rise of a weighted step: h (|g| |G| - <g,G>) d/2 + h e |g| sqrt(d) + L h^2 d (|G| sqrt(d) + e)^2/2.

    The first is the most that -h <g,u> <G,u> can be; L is the Lipschitz constant of grad f itself.
    """
    rows, d, L = gradients_of_rows(problem), problem.d, problem.smoothness
    mean, size = np.mean(rows, axis=0), np.linalg.norm(rows, axis=-1)
    g = np.linalg.norm(mean)
    first = h * d * (g * size - rows @ mean) / 2 + h * e * g * np.sqrt(d)
    return float(np.max(first + L * h**2 * d * (size * np.sqrt(d) + e) ** 2 / 2))


def weighted_on_the_line(problem: Any, name: str, delta: float = 1e-3, times: float = 1.0) -> Experiment:
    """Fall of the shipped weighted step in one dimension: both directions, every sample."""

    def value(bound: Bound) -> Value:
        given = chosen(first_step(problem), "g", "rms", "L", "d")
        h = times * given["g"] ** 2 / (given["L"] * given["rms"] ** 2)
        fallen = mean_fall_on_the_line(problem, delta, partial(weighted_step, h=h))
        return Value(fallen, float(bound(h=h, delta=delta, **given)), at_least=True, error=1e-9)

    return exact(
        f"mean fall of one weighted step of {multiple(times, 'the best size')} on {name}, by enumeration", 1, value
    )


# --- an evaluation of both forms ------------------------------------------------------------------------------------


def best_fall(d: int) -> Experiment:
    """Best mean fall of accept/reject on L|x|^2/2 over 20 radii, |g| = L = 1; by the shipped step where d is small."""

    def value(bound: Bound) -> Value:
        lengths = [KAPPA, *np.geomspace(0.5, 2, 19)]  # 1 is among them
        if 1 < d <= 10**3:
            most = max(exact_fall(d, float(kappa)) for kappa in lengths)
        else:
            most = float(np.max(sphere.progress(d, np.array(lengths))))
        return Value(most / (2 * d), float(bound(g=1.0, L=1.0, d=d)), error=1e-9)

    return exact("the best mean fall of one step on L|x|^2/2", d, value)


def one_evaluation(d: int) -> Experiment:
    """Measured fall of accept/reject on 3|x|^2/2, at the radius best in large dimension."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Mean:
        method = relative_loss(radius=KAPPA / np.sqrt(d))
        problem: Any
        if d in DECADES:
            problem = reduce(lambda width: block_quadratic((3.0,), (d,), start=(1.0,), width=width), (d,), method)
        else:
            problem = block_quadratic((3.0,), (d,), start=(1.0,), f_star=-1.0)
        result = run(method, problem, steps=1, replicas=replicas, seed=seed, record=[0, 1])
        falls = result.values[0] - result.values[1]
        largest = 3 * KAPPA / np.sqrt(d) * min(1.0, REACH / np.sqrt(d))
        return Mean(falls, float(bound(g=3.0, L=3.0, d=d)), largest, calls=result.calls)

    where = "reduced" if d in DECADES else "measured"
    label = "fall of one step on L|x|^2/2, which costs one evaluation"
    return Experiment(label, d=d, measure=measure, replicas=9000, rung=where)

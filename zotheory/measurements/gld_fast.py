"""GLD-Fast: its measurements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Quantile
from zotheory.loop import run
from zotheory.measurements.experiments import RAREST, Seed, Setting, in_time, success
from zotheory.measurements.gld_search import contracted, likely
from zotheory.methods import Method, gld_fast
from zotheory.problems.instances import instance, rung, words
from zotheory.theorems.gld_fast import (
    epochs,
    epochs_failure,
    epochs_failure_sharp,
    epochs_failure_underestimated,
    epochs_sharp,
    prescribed,
    prescribed_sharp,
)

Spoil = Callable[[Method, Any, float], Method]  # of the method, the problem and the diameter


def as_it_is(method: Method, problem: Any, diameter: float) -> Method:
    """Return the method that ships."""
    return method


def _problem(name: str, d: int, Q: float) -> Any:
    options = {} if name == "logistic" else {"Q": Q}
    return instance(name, d, gld_fast(R=1.0, Q=Q, H=1), **options)


def _told(times: float) -> str:
    return "told Q" if times == 1 else f"told {round(times, 3):g} Q"


def one_step(name: str, d: int, where: str, Q: float = 10.0, times: float = 1.0, spoil: Spoil = as_it_is) -> Experiment:
    """One step at the least or the largest distance that an epoch may begin with, told times Q."""

    def setting() -> Setting:
        problem = _problem(name, d, Q)
        guess, root = times * problem.Q, np.sqrt(problem.Q)
        diameter = problem.R * (2 * root if where == "least" else 1 / root)
        method = spoil(prescribed(problem, diameter=diameter, guess=guess), problem, diameter)
        return Setting(problem, method, {"n": problem.d, "Q": problem.Q, "guess": guess})

    return success(
        f"one step on {words(name)} at the {where} distance of an epoch, {_told(times)}",
        setting,
        d=d,
        rung=rung(name, d),
        replicas=2000,
        full=50_000,
        allowed=contracted,
        odds=likely,
    )


def after_epochs(
    name: str, d: int, i: int, Q: float, times: float = 1.0, spoil: Spoil = as_it_is, replicas: int = 250
) -> Experiment:
    """Distance after the steps before the i-th halving, i.e. after i epochs."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Quantile:
        problem = _problem(name, d, Q)
        method = spoil(prescribed(problem, diameter=problem.R, guess=times * problem.Q), problem, problem.R)
        steps = i * method.draw.keywords["H"] - 1  # type: ignore[attr-defined]
        after = run(method, problem, steps=steps, replicas=replicas, seed=seed, record=[steps])
        chance = epochs_failure if times >= 1 else epochs_failure_underestimated
        tail = max(float(chance(i=i, n=problem.d, Q=problem.Q)), RAREST)
        away = np.linalg.norm(after.x - problem.minimiser, axis=-1)
        return Quantile(away, float(bound(i=i, diameter=problem.R)), tail, calls=after.calls)

    label = f"distance after {i} epoch{'s' * (i > 1)} on {words(name)}, {_told(times)}"
    return Experiment(label, d=d, measure=measure, replicas=replicas, rung=rung(name, d))


def _rarely(form: Callable[..., Method], given: Any) -> float:
    """How often the target may be missed."""
    n, Q, reached = given["n"], given["Q"], {key: given[key] for key in ("diameter", "eps")}
    if form is prescribed_sharp:
        return float(epochs_failure_sharp(i=epochs_sharp(Q=Q, **reached), n=n, Q=Q))
    return float(epochs_failure(i=epochs(**reached), n=n, Q=Q))


def reaching(
    name: str,
    d: int,
    Q: float,
    form: Callable[..., Method] = prescribed,
    eps: float = 0.2,
    spoil: Spoil = as_it_is,
) -> Experiment:
    """Evaluations until |x - x*| <= eps |x0 - x*| for good."""

    def setting() -> Setting:
        problem = _problem(name, d, Q)
        given = {"n": problem.d, "Q": problem.Q, "diameter": problem.R, "eps": eps * problem.R}
        return Setting(problem, spoil(form(problem, diameter=problem.R), problem, problem.R), given)

    def near(where: Setting) -> Callable[[Any], np.ndarray]:
        problem, eps = where.problem, where.given["eps"]
        return lambda state: np.linalg.norm(state.x - problem.minimiser, axis=-1) <= eps

    def for_good(where: Setting) -> Callable[[Any], np.ndarray]:
        problem = where.problem
        kept = problem.mu * where.given["eps"] ** 2 / 2  # a gap below which the distance stays below eps
        return lambda state: state.fx - problem.f_star <= kept

    return in_time(
        f"evaluations to {eps:g} of the first distance on {words(name)}",
        setting,
        d=d,
        rung=rung(name, d),
        replicas=250,
        full=2500,
        target=near,
        stays=for_good if spoil is as_it_is else None,
        tail=lambda where: _rarely(form, where.given),
        evaluations=True,
    )

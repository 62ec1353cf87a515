"""Accelerated random search: its measurements."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from zotheory import estimators
from zotheory.directions import gaussian
from zotheory.evidence.claim import Experiment
from zotheory.geometry import norm
from zotheory.measurements import estimates, squares
from zotheory.measurements.experiments import Setting, gap
from zotheory.measurements.gap_squares import gap_of_accelerated
from zotheory.measurements.spoiled import spoiled
from zotheory.methods import accelerated_random_search
from zotheory.problems.instances import instance, rung, words
from zotheory.theorems.accelerated_random_search import prescribed, steps

ANY = accelerated_random_search(h=1.0, theta=1.0, tau=0.0, delta=1.0)  # what reduced coordinates need to know
Steps = Callable[..., Any]


def mean_gap(
    name: str,
    d: int,
    k: int,
    *,
    tau: float | None = None,
    steps: Steps = steps,
    replicas: int = 200,
    step: Callable[..., Any] | None = None,
) -> Experiment:
    """f(x_k) - f*, with the step sizes of `steps`, or with a spoiled step."""

    def setting() -> Setting:
        problem = instance(name, d, ANY)
        delta = 0.1 if name == "at rest" else 1e-3 * float(np.sqrt(problem.R**2 / d))
        method, constants = prescribed(problem, delta=delta, tau=tau, steps=steps)
        return Setting(problem, spoiled(method, step=step) if step else method, {"k": k, **constants})

    def limits(where: Setting) -> dict[str, Any]:
        if step:
            return {}
        given = {argument: value for argument, value in where.given.items() if argument not in ("k", "n")}
        h, theta = steps(n=d, L1=given["L1"])
        return gap_of_accelerated(d=d, h=h, theta=theta, steps=k, **given)

    label = f"gap after {k} steps on {words(name)}" + ("" if tau is None else f", told tau = {tau:g}")
    full = max(2000, 2 * replicas)
    return gap(label, setting, d=d, rung=rung(name, d), replicas=replicas, full=full, steps=k, limits=limits)


def second_moment(name: str, d: int, delta: float, a: float) -> Experiment:
    """E|g|^2 against the lemma: at x0 of a quadratic, where grad f_delta = grad f, or at the corner of half-squares."""

    def point() -> estimates.Point:
        problem = instance(name, d, ANY)
        x, gradient = problem.x0, float(norm(problem.gradient(problem.x0)))
        if name == "half-square":  # E max(delta u, 0) = delta/sqrt(2 pi) in each coordinate
            x, gradient = problem.minimiser, float(problem.L1 * delta * np.sqrt(d / (2 * np.pi)))
        given = {"n": d, "gradient": gradient, "L1": problem.L1, "delta": delta, "a": a}
        limits = squares.of_estimate(problem, delta, x=x)
        return estimates.Point(problem, partial(estimators.two_point, delta=delta), [gaussian], given, limits, x)

    label = f"mean square of the estimate on {words(name)}, delta = {delta:.2g}, a = {a:g}"
    return estimates.second_moment(label, point, d=d, rung=rung(name, d), replicas=4000, full=60_000)

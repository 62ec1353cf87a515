"""Two-point mirror descent: its measurements."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from zotheory import estimators
from zotheory.directions import Law, gaussian, rademacher, sphere
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Mean, Value
from zotheory.exact import over_signs
from zotheory.geometry import norm
from zotheory.measurements import estimates, squares
from zotheory.measurements.experiments import DIRECTIONS, Claimed, Seed, Setting, basis, exact, gap
from zotheory.methods import Method, two_point
from zotheory.oracles import is_stochastic
from zotheory.problems import HalfSquare
from zotheory.problems.instances import instance, words
from zotheory.reduced import DECADES, Frame
from zotheory.streams import generator
from zotheory.theorems.two_point import prescribed

ANY = two_point(h=lambda t: 1.0, delta=lambda t: 1.0)  # what reduced coordinates need to know of the method


def _full(name: str, d: int) -> str:
    """Name of the instance that has this short one."""
    plain = {"linear": "tight linear", "logistic": "logistic, one row, in a ball"}
    quadratic = "halves in a ball" if d in DECADES else "ellipsoid in a ball"
    return {**plain, "quadratic": quadratic}.get(name, name)


def _problem(name: str, d: int, k: int) -> Any:
    return instance(_full(name, d), d, ANY, **({"k": k} if name == "linear" else {}))


def largest_gap(problem: Any, R: float) -> float:
    """Upper bound of f - f* on the domain, all of it within R of the minimiser."""
    return 2 * problem.radius * float(norm(problem.mean)) if hasattr(problem, "mean") else problem.L0 * R


def mean_gap(
    name: str,
    d: int,
    k: int,
    law: Law = sphere,
    spoil: Callable[[Method], Method] = lambda method: method,
    oracle: Callable[[Any], Any] = lambda problem: problem,
    claimed: Claimed | None = None,
) -> Experiment:
    """E f - f* of the average after k steps, or of what the spoiled method returns."""

    def setting() -> Setting:
        problem = _problem(name, d, k)
        method, constants = prescribed(problem, law=law, alpha=0.25 if name == "linear" else 1.0)
        return Setting(oracle(problem), spoil(method), constants)

    return gap(
        f"gap after {k} steps on {words(_full(name, d))}, {DIRECTIONS[law.name]}",
        setting,
        d=d,
        rung="reduced" if d in DECADES else "worst case" if name == "linear" else "measured",
        replicas=200,
        steps=k,
        claimed=claimed or (lambda bound, where: float(bound(k, **where.given))),
        limits=lambda where: {"ceiling": largest_gap(where.problem, where.given["R"])},
    )


def second_moment(
    name: str, d: int, law: Law = sphere, oracle: Callable[[Any], Any] = lambda problem: problem
) -> Experiment:
    """|g|^2 at x0."""

    def point() -> estimates.Point:
        problem = _problem(name, d, max(d, 100))
        G = problem.L0 if is_stochastic(problem) else float(norm(problem.gradient(problem.x0)))
        s, M = float(law.second_moment(d)), float(law.third_norm_moment(d))
        delta = 0.1 * G * np.sqrt(s) / ((problem.L1 or 1.0) * M)
        given = {"G": G, "delta": delta, "L1": problem.L1, "s": s, "M": M}
        limits = squares.of_estimate(problem, delta, law)
        return estimates.Point(oracle(problem), partial(estimators.two_point, delta=delta), [law], given, limits)

    where = "reduced" if d in DECADES else "worst case" if name == "linear" else "measured"
    label = f"mean square of the estimate on {words(_full(name, d))}, {DIRECTIONS[law.name]}"
    return estimates.second_moment(label, point, d=d, rung=where, replicas=4000, full=100_000)


def bias_exactly(name: str, d: int) -> Experiment:
    """|E g - grad f| under random signs, summed over all of them."""

    def value(bound: Bound) -> Value:
        problem = _problem(name, d, 100)
        x = problem.minimiser if name == "half-square" else problem.x0
        delta = 0.01
        g = over_signs(lambda u: estimators.two_point(problem, np.tile(x, (len(u), 1)), u, delta), d)
        limit = bound(delta=delta, L1=problem.L1, third=float(rademacher.norm_moment(3, d)))
        return Value(float(norm(g - problem.gradient(x))), float(limit), error=1e-9, calls=2 ** (d + 1))

    return exact(f"bias of the estimate on {words(_full(name, d))}, random signs", d, value)


def bias_measured(d: int) -> Experiment:
    """<E g, e_1> = |E g| at the corner of one half-square, where g_1 >= 0 whatever the direction."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Mean:
        frame = Frame((d,), 1, (), 1, False)
        problem = HalfSquare(d, width=frame.width)
        u = gaussian.draw(frame.generator(generator(seed), (replicas,)), (replicas,), d)
        delta = 0.05
        g = estimators.two_point(problem, np.zeros((replicas, frame.width)), u, delta)
        limit = float(bound(delta=delta, L1=problem.L1, third=float(gaussian.norm_moment(3, d))))
        known = {
            "square": 7.5 * (delta * problem.L1 / 2) ** 2,  # E z^6/2 = 15/2
            "because": "g_1 = delta L1 max(z, 0)^3/2 with z normal",
        }
        return Mean(g[:, 0], limit, calls=2, **basis(known, limit))

    where = "reduced" if d in DECADES else "measured"
    return Experiment(
        f"bias of the estimate on {words('half-square')}, Gaussian directions",
        d=d,
        measure=measure,
        replicas=4000,
        full=100_000,
        rung=where,
    )

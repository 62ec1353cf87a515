"""Two-point mirror descent with several pairs a step, and in other geometries: its measurements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from zotheory import estimators
from zotheory.directions import Law, sphere
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Value
from zotheory.exact import over_signs
from zotheory.geometry import dual_size, norm
from zotheory.measurements import estimates, squares
from zotheory.measurements import two_point as base
from zotheory.measurements.experiments import DIRECTIONS, Setting, exact, gap
from zotheory.methods import Method, two_point
from zotheory.oracles import is_stochastic
from zotheory.problems.instances import instance, words
from zotheory.reduced import DECADES
from zotheory.theorems.two_point_corollaries import averaged, l1_prescribed, prescribed, simplex_prescribed

Oracle = Callable[[Any], Any]


def itself(problem: Any) -> Any:
    """Return the problem, whose evaluations in a step share their sample."""
    return problem


# --- several pairs ---------------------------------------------------------------------------------------------------


def _full(name: str, d: int) -> str:
    """Name of the instance that has this short one."""
    full = {"linear": "tight linear", "logistic": "logistic, one row, in a ball", "signal": "signal"}
    return full.get(name) or ("halves in a ball" if d in DECADES else "ellipsoid in a ball")


def _pairs(m: int) -> str:
    return "one pair" if m == 1 else f"{m} pairs"


def _problem(name: str, d: int, k: int, m: int) -> Any:
    """The instances of `measurements.two_point`; the linear one with the mean that m pairs just fail to see."""
    method = two_point(h=lambda t: 1.0, delta=lambda t: 1.0, pairs=m)
    if name == "linear":
        return instance(_full(name, d), d, method, k=k, c=0.8 * np.sqrt(float(averaged(s=d, m=m)) / d))
    return instance(_full(name, d), d, method)


def _rung(name: str, d: int) -> str:
    return "reduced" if d in DECADES else "worst case" if name == "linear" else "measured"


def pairs_second_moment(
    name: str,
    d: int,
    m: int,
    law: Law = sphere,
    estimate: Callable[..., Any] = estimators.pairs,
    oracle: Oracle = itself,
) -> Experiment:
    """|g|^2 at x0, g the mean of m pairs."""

    def point() -> estimates.Point:
        problem = _problem(name, d, max(d, 100), m)
        s, M = float(law.second_moment(d)), float(law.third_norm_moment(d))
        G = problem.L0 if is_stochastic(problem) else float(norm(problem.gradient(problem.x0)))
        delta = 0.1 * G * np.sqrt(s) / ((problem.L1 or 1.0) * M)
        given = {"G": G, "delta": delta, "L1": problem.L1, "s": s, "M": M, "m": m}
        limits = squares.of_estimate(problem, delta, law, pairs=m)
        return estimates.Point(oracle(problem), partial(estimate, delta=delta), [law], given, limits, pairs=m)

    label = f"mean square of {_pairs(m)} on {words(_full(name, d))}, {DIRECTIONS[law.name]}"
    return estimates.second_moment(label, point, d=d, rung=_rung(name, d), replicas=2000, full=40_000)


def pairs_gap(
    name: str,
    d: int,
    k: int,
    m: int,
    law: Law = sphere,
    spoil: Callable[[Method], Method] = lambda method: method,
    oracle: Oracle = itself,
    replicas: int = 80,
) -> Experiment:
    """E f - f* of the average after k steps of m pairs."""

    def setting() -> Setting:
        problem = _problem(name, d, k, m)
        method, constants = prescribed(problem, pairs=m, law=law, alpha=0.25 if name == "linear" else 1.0)
        return Setting(oracle(problem), spoil(method), constants)

    return gap(
        f"gap after {k} steps of {_pairs(m)} on {words(_full(name, d))}, {DIRECTIONS[law.name]}",
        setting,
        d=d,
        rung=_rung(name, d),
        replicas=replicas,
        full=12 * replicas,
        steps=k,
        claimed=lambda bound, where: float(bound(k, **where.given)),
        limits=lambda where: {"ceiling": base.largest_gap(where.problem, where.given["R"])},
    )


def sphere_gap(name: str, d: int, k: int) -> Experiment:
    """E f - f* of the average after k steps of one pair on the sphere."""

    def claimed(bound: Bound, where: Setting) -> float:
        given = {key: where.given[key] for key in ("R", "G", "alpha", "u")}
        return float(bound(k, d=d, **given))

    return base.mean_gap(name, d, k, claimed=claimed)


# --- other geometries ------------------------------------------------------------------------------------------------


def corners(problem: Any, domain: str) -> np.ndarray:
    """Vertices of the l1 ball, or of the simplex: where a convex f, and the largest slope of a quadratic, peak."""
    units = problem.radius * np.eye(problem.d)
    return units if domain == "simplex" else np.concatenate([units, -units])


def _largest_slope(problem: Any, domain: str) -> float:
    """G: the largest sqrt(E |grad F|_inf^2) on the domain."""
    if hasattr(problem, "L0_max"):
        return problem.L0_max
    return float(np.max(np.abs(problem.gradient(corners(problem, domain)))))


def l1_second_moment(name: str, d: int, exponent: float | None = None) -> Experiment:
    """E |g|_q^2 at x0 over all sign vectors; for the linear problem one sample X, |X|_inf = 1, is as good as any."""

    def value(bound: Bound) -> Value:
        problem = instance(f"{name} on the l1 ball", d)
        f = problem.at(np.where(np.arange(d) % 3 == 0, -1.0, 1.0)) if is_stochastic(problem) else problem
        G = 1.0 if is_stochastic(problem) else float(np.max(np.abs(problem.gradient(problem.x0))))
        delta = 0.01
        q = 1 + float(dual_size(d)) if exponent is None else exponent

        def size(u: np.ndarray) -> np.ndarray:
            g = estimators.two_point(f, np.tile(problem.x0, (len(u), 1)), u, delta)
            return np.linalg.norm(g, ord=q, axis=-1) ** 2

        limit = float(bound(G=G, delta=delta, L1=problem.L1, d=d))
        return Value(float(over_signs(size, d)), limit, error=1e-9, calls=2 ** (d + 1))

    return exact(f"mean square of the estimate's dual norm on {words(f'{name} on the l1 ball')}", d, value)


def geometry_gap(
    domain: str,
    name: str,
    d: int,
    k: int,
    spoil: Callable[[Method], Method] = lambda method: method,
    oracle: Oracle = itself,
    replicas: int = 100,
    alpha: float = 0.5,
) -> Experiment:
    """E f - f* of the average after k steps on the l1 ball, or on the simplex."""
    full = f"linear on the {domain}, from a vertex" if name == "vertex" else f"{name} on the {domain}"

    def setting() -> Setting:
        problem = instance(full, d)
        multiples = {"G": _largest_slope(problem, domain), "alpha": alpha, "u": 0.1}
        L1 = problem.L1 or multiples["G"]  # a linear F has L1 = 0, and any positive number bounds it
        if domain == "l1 ball":
            multiples["radius"] = problem.radius
            method = l1_prescribed(L1=L1, d=d, **multiples)
        else:
            method = simplex_prescribed(L1=L1, d=d, k=k, **multiples)
        return Setting(oracle(problem), spoil(method), {"d": d, **multiples})

    def limits(where: Setting) -> Mapping[str, Any]:
        problem = where.problem
        return {"ceiling": float(np.max(problem(corners(problem, domain)))) - problem.f_star}

    return gap(
        f"gap after {k} steps on {words(full)}",
        setting,
        d=d,
        rung="worst case" if name == "linear" else "measured",
        replicas=replicas,
        steps=k,
        claimed=lambda bound, where: float(bound(k, **where.given)),
        limits=limits,
    )


on_l1_ball = partial(geometry_gap, "l1 ball")
on_simplex = partial(geometry_gap, "simplex")

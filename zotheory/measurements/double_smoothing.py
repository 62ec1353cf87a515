"""Double smoothing: its measurements."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from zotheory import estimators
from zotheory.directions import Law, gaussian
from zotheory.elementary import Array
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Always, Value
from zotheory.exact import expectation
from zotheory.geometry import norm
from zotheory.measurements import estimates, squares
from zotheory.measurements.experiments import DIRECTIONS, Seed, Setting, exact, gap
from zotheory.measurements.spoiled import spoiled
from zotheory.measurements.two_point import largest_gap
from zotheory.methods import Method, double_smoothing
from zotheory.methods.double_smoothing import step
from zotheory.methods.two_point import State
from zotheory.objective import Objective
from zotheory.problems.instances import instance, words
from zotheory.reduced import DECADES, symbols
from zotheory.theorems.double_smoothing import PAIRS, prescribed, prescribed_paper

LAWS = {"gaussian": "normal perturbations", "ball": "perturbations from the ball", "ball, sphere": "ball and sphere"}
DRAWS = 20  # estimates that a replica averages |g|^2 over


def _full(name: str) -> str:
    return {"linear": "tight linear", "signal": "signal"}.get(name, f"{name}, across")


def _problem(name: str, d: int, pair: str = "gaussian", **options: Any) -> Any:
    first, law = PAIRS[pair]
    any_schedule = double_smoothing(h=lambda t: 1.0, delta=lambda t: 1.0, eta=lambda t: 1.0, law=law, first=first)
    return instance(_full(name), d, any_schedule, **options)


def _rung(name: str, d: int) -> str:
    return "reduced" if d in DECADES else "worst case" if name == "linear" else "measured"


# --- the estimate ----------------------------------------------------------------------------------------------------


def second_moment(
    name: str,
    d: int,
    r: float,
    *,
    pair: str = "gaussian",
    kink: bool = True,
    of_law: bool = False,
    once: bool = False,
    replicas: int = 200,
) -> Experiment:
    """|g|^2 at the kink, where u_1 matters only to its ratio with u_2, or at e_1 with u_1 = 1/sqrt(d).

    `of_law`: the bound takes s and M of the law of Z_2; `once`: the first perturbation is left out.
    """
    first, law = PAIRS[pair]
    eta = 1.0 if kink else d**-0.5
    bounded = name != "l2" and pair != "gaussian"  # no closed form, but |g| <= |Z_2|^2, which has a ceiling

    def estimate(f: Any, x: Array, w: Array, u: Array) -> Array:
        return estimators.double_smoothed(f, x, u, w, r * eta, eta)

    def limits() -> dict[str, Any]:
        if once:
            return {}
        if bounded:
            return {"ceiling": float(d if law.name == "sphere" else d + 2) ** 2}
        return squares.doubly_smoothed(name, d, r, first, law)

    def point() -> estimates.Point:
        problem = _problem(name, d, pair)
        given = {"G": problem.L0, "d": d, "r": r}
        if of_law:
            given |= {"s": float(law.second_moment(d)), "M": float(law.third_norm_moment(d))}
        x = problem.kink if kink else np.eye(1, len(problem.kink))[0]
        one = partial(estimators.two_point, delta=r * eta)
        drawn = (one, [law]) if once else (estimate, [first, law])
        return estimates.Point(problem, *drawn, given, limits(), x)

    where = "at the kink" if kink else "away from the kink"
    return estimates.second_moment(
        f"mean square of the estimate {where} of {words(name)}, r = {r:.2g}, {LAWS[pair]}",
        point,
        d=d,
        rung=_rung(name, d),
        replicas=DRAWS * replicas if bounded else replicas,
        draws=1 if bounded else DRAWS,
    )


def linear_exactly(d: int, r: float) -> Experiment:
    """E|g|^2 of the shipped estimator on a linear F of slope 1, by exact moments in reduced coordinates."""

    def value(bound: Bound) -> Value:
        from sympy import Rational

        (w, u), laws = symbols(d, 1, 2)
        g = estimators.double_smoothed(lambda x: x[0], 0 * u, u, w, Rational(r), Rational(1))
        return Value(float(expectation(g @ g, laws)), float(bound(G=1.0, d=d, r=r)), calls=2)

    return exact(f"mean square of the estimate on a linear function, r = {r:.2g}, {LAWS['gaussian']}", d, value)


def single_exactly(d: int, *, at_least: bool) -> Experiment:
    """E|g|^2 of the shipped one-smoothing estimator at the kink of |x|, by exact moments in reduced coordinates."""

    def value(bound: Bound) -> Value:
        (u,), laws = symbols(d, 0, 1)
        g = estimators.two_point(norm, 0 * u, u, 1)
        limit = float(bound(G=1.0, fourth=float(gaussian.norm_moment(4, d))))
        return Value(float(expectation(g @ g, laws)), limit, at_least, calls=2)

    return exact(f"mean square of the estimate at the kink, from {'below' if at_least else 'above'}", d, value)


def single_always(d: int, law: Law) -> Experiment:
    """|g|^2 against G^2 |Z|^4, draw by draw: the larger of the quotient and its reciprocal."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Always:
        problem = _problem("l2", d)
        (u,) = estimates.directions(problem, [law], replicas, estimates.source(problem, replicas, seed))
        g = estimators.two_point(problem, np.tile(problem.kink, (replicas, 1)), u, 1.0)
        quotient = np.vecdot(g, g) / bound(G=problem.L0, fourth=np.vecdot(u, u) ** 2)
        return Always(np.maximum(quotient, 1 / quotient), calls=2)

    label = f"square of each estimate at the kink, {DIRECTIONS[law.name]}"
    return Experiment(label, d=d, measure=measure, replicas=2000, full=20_000, rung=_rung("l2", d))


# --- runs ------------------------------------------------------------------------------------------------------------


def differences_in_fifty_digits(f: Any, state: State, z: Array, *, h: Any, delta: Any, eta: Any, mirror: Any) -> State:
    """Take a step with an estimate in 50-digit arithmetic.

    The paper's u_2 is d^2 t times smaller than u_1: in doubles both of its evaluations are the same from d = 10^6 on.
    Who is told values, and has no function, as looks at the step are, takes it in doubles.
    """
    import mpmath

    precise, t = np.vectorize(mpmath.mpf, otypes=[object]), state.t
    if not isinstance(f, Objective):
        return step(f, state, z, h=h(t), delta=delta(t), eta=eta(t), mirror=mirror)
    values = f.f

    def objective(y: Array) -> Array:
        f(state.x)  # is counted
        return values(y)

    with mpmath.workdps(50):
        w, u = precise(z[..., 0, :]), precise(z[..., 1, :])
        g = estimators.double_smoothed(objective, precise(state.x), u, w, delta(t), eta(t)).astype(float)
    return State(mirror.prox(state.x, g, h(t)), state.mean + (state.x - state.mean) / t, t + 1)


def mean_gap(
    name: str,
    d: int,
    k: int,
    *,
    pair: str = "gaussian",
    schedule: Callable[..., tuple[Method, dict[str, float]]] = prescribed,
    spoil: Callable[[Method], Method] = lambda method: method,
    oracle: Callable[[Any], Any] = lambda problem: problem,
) -> Experiment:
    """E f - f* of the average after k steps, or of what the spoiled method returns."""
    many_digits = schedule is prescribed_paper and d >= 10**6

    def setting() -> Setting:
        problem = _problem(name, d, pair, **({"k": k} if name == "linear" else {}))
        method, constants = schedule(problem, pair=pair, alpha=0.25 if name == "linear" else 1.0)
        method = spoiled(method, step=differences_in_fifty_digits) if many_digits else method
        return Setting(oracle(problem), spoil(method), constants)

    return gap(
        f"gap after {k} steps on {words(_full(name))}, {LAWS[pair]}",
        setting,
        d=d,
        rung=_rung(name, d),
        replicas=24 if many_digits else 200,
        steps=k,
        claimed=lambda bound, where: float(bound(k, **where.given)),
        limits=lambda where: {"ceiling": largest_gap(where.problem, where.given["R"])},
    )

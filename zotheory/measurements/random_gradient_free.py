"""Random gradient-free search: its measurements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from zotheory import estimators
from zotheory.directions import gaussian
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Always, Mean, Value
from zotheory.exact import expectation
from zotheory.geometry import norm
from zotheory.measurements import estimates, squares
from zotheory.measurements.experiments import Seed, Setting, basis, exact, gap
from zotheory.measurements.gap_squares import gap_of_search, gap_on_quadratic
from zotheory.measurements.quadratic_runs import expected_gaps
from zotheory.methods import Method, random_gradient_free
from zotheory.oracles import Delegate
from zotheory.problems.instances import instance, rung, words
from zotheory.protocols import Known
from zotheory.reduced import DECADES, symbols
from zotheory.theorems import random_gradient_free as theorems

ANY = random_gradient_free(h=lambda k: 1.0, delta=1.0, average=False)  # what reduced coordinates need to know
Spoil = Callable[[Method], Method]


def _full(name: str, d: int) -> str:
    """Name of the instance that has this short one."""
    reduced = d in DECADES
    known = {"quadratic": "halves, off centre" if reduced else "ellipsoid", "valley": "long ellipsoid"}
    return (known | ({"l2": "l2, off centre"} if reduced else {})).get(name, name)


def _problem(name: str, d: int) -> Any:
    return instance(_full(name, d), d, ANY)


# --- moments of the direction, smoothing -----------------------------------------------------------------------------

POWERS = ("1/2", "1", "3/2", "2", "5/2", "3", "4", "7", "20")


SIDES = {
    "above, d + p": "the largest E|u|^p over its bound, p from 1/2 to 20",
    "above, d": "the largest E|u|^p over its bound, p from 1/2 to 2",
    "below, d": "the smallest E|u|^p over its bound, p from 5/2 to 20",
}


def norm_moments(d: int, side: str) -> Experiment:
    """The largest E|u|^p/bound, or for a bound from below the smallest, over the powers p that the side is about."""

    def value(bound: Bound) -> Value:
        import sympy

        n, powers = sympy.Float(d, 60), [sympy.Rational(p) for p in POWERS]  # of an integer gamma is a factorial
        powers = [p for p in powers if side == "above, d + p" or (p <= 2) == (side == "above, d")]
        ratios = [gaussian.norm_moment(p, n) / bound(p, n) for p in powers]
        return Value(float(min(ratios) if side == "below, d" else max(ratios)), 1.0, at_least=side == "below, d")

    return exact(SIDES[side], d, value)


def smoothing_exactly(where: str, d: int) -> Experiment:
    """f_delta - f: delta L0 E|u| at the kink of L0 |x|, delta^2 L1 E|u|^2/2 for L1 |x|^2/2."""

    def value(bound: Bound) -> Value:
        delta, L = 0.3, 2.0
        if where == "at a kink":
            return Value(delta * L * float(gaussian.norm_moment(1, d)), float(bound(delta=delta, L0=L, d=d)))
        return Value(delta**2 * L / 2 * float(gaussian.norm_moment(2, d)), float(bound(delta=delta, L1=L, d=d)))

    return exact(f"change by smoothing {where}", d, value)


def _shifted(name: str, d: int, replicas: int, seed: Seed) -> tuple[Any, np.ndarray, np.ndarray, dict[str, Any]]:
    """Problem, points, delta u and the arguments of the bound: at x0, or at the corner of half-squares."""
    problem = _problem(name, d)
    u = gaussian.draw(estimates.source(problem, replicas, seed), (replicas,), d)
    x = problem.minimiser if name == "half-square" else problem.x0
    delta = 1 / np.sqrt(d)
    given = {"L0": problem.L0} if problem.L1 is None else {"L1": problem.L1}
    return problem, np.tile(x, (replicas, 1)), delta * u, {"delta": delta, "d": d, **given}


def smoothing_below(name: str, d: int, sign: float = 1.0) -> Experiment:
    """f(x) <= [f(x + delta u) + f(x - delta u)]/2, whose mean is f_delta, in units of the bound; `sign` -1: >=."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Always:
        problem, x, move, given = _shifted(name, d, replicas, seed)
        x = np.tile(problem.x0, (replicas, 1))
        rise = (problem(x + move) + problem(x - move)) / 2 - problem(x)
        return Always(1 - sign * rise / float(bound(**given)), calls=3)

    return _sampled(f"sign of the change by smoothing on {words(_full(name, d))}", name, d, measure)


def smoothing(name: str, d: int) -> Experiment:
    """E|f(x + delta u) - f(x)|, less <grad f,delta u> of mean 0 where there is a gradient: at least |f_delta - f|."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Mean:
        problem, x, move, given = _shifted(name, d, replicas, seed)
        change, delta = problem(x + move) - problem(x), given["delta"]
        if problem.L1 is None:
            square = (delta * problem.L0) ** 2 * d
            because = "|f(x + delta u) - f(x)| <= delta L0 |u|"
        else:
            change = change - np.vecdot(problem.gradient(x), move)
            square = (delta**2 * problem.L1) ** 2 * d * (d + 2) / 4
            because = "|f(x + delta u) - f(x) - delta <grad f,u>| <= delta^2 L1 |u|^2/2"
        limit = float(bound(**given))
        return Mean(np.abs(change), limit, calls=2, **basis({"square": square, "because": because}, limit))

    return _sampled(f"size of the change by smoothing on {words(_full(name, d))}", name, d, measure)


def _sampled(label: str, name: str, d: int, measure: Callable[..., Any]) -> Experiment:
    return Experiment(label, d=d, measure=measure, replicas=2000, full=40_000, rung=rung(_full(name, d), d))


# --- second moments of the estimate ----------------------------------------------------------------------------------


def second_moment(name: str, d: int, scale: float = 1.0, smoothed: bool = False) -> Experiment:
    """E|g|^2 at the start, delta = scale/sqrt(d); at the corner of half-squares, where all of it is smoothing.

    `smoothed`: the bound is in |grad f_delta|, which for a quadratic is |grad f|.
    """

    def point() -> estimates.Point:
        problem, delta = _problem(name, d), scale / np.sqrt(d)
        x = problem.minimiser if name == "half-square" else problem.x0
        if problem.L1 is None:
            given = {"L0": problem.L0, "d": d}
        else:
            G = float(norm(problem.gradient(x)))
            if smoothed and name == "half-square":  # each of its d slopes has the mean L1 E max(delta z, 0)
                G = delta * problem.L1 * np.sqrt(d / (2 * np.pi))
            given = {"G": G, "delta": delta, "L1": problem.L1, "d": d}
        limits = squares.of_estimate(problem, delta, x=x)
        return estimates.Point(problem, partial(estimators.two_point, delta=delta), [gaussian], given, limits, x)

    label = f"mean square of the estimate on {words(_full(name, d))}, delta = {scale:g}/sqrt(d)"
    return estimates.second_moment(label, point, d=d, rung=rung(_full(name, d), d), replicas=4000, full=100_000)


SYMBOLIC: dict[str, tuple[Callable[[Any], Any], Mapping[str, float]]] = {  # f, and the arguments of its bound but d
    "of a slope of 3": (lambda y: 3 * y[0], {"L0": 3}),
    "of a gradient of length 3": (lambda y: 3 * y[0], {"G": 3}),
    "at the bottom of a square, L1 = 2": (lambda y: y @ y, {"G": 0, "delta": 1, "L1": 2}),
    "at a kink, L0 = 3": (lambda y: 3 * norm(y), {"L0": 3}),
}


def second_moment_exactly(name: str, d: int) -> Experiment:
    """E|g|^2 of the shipped estimate at 0, radius 1, in symbols with their moments."""

    def value(bound: Bound) -> Value:
        f, given = SYMBOLIC[name]
        vectors, laws = symbols(d, 1, 1)
        g = estimators.two_point(f, 0 * vectors[0], vectors[0], 1)
        return Value(float(expectation((g @ g).expand(), laws)), float(bound(d=d, **given)))

    return exact(f"mean square of the estimate {name}", d, value)


# --- convergence, in runs --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Believed(Delegate):
    """A problem of which a dimension and a distance |x_0 - kink| are believed that may not be its own."""

    problem: Known
    d: int
    R: float


def nonsmooth_gap(
    kind: str,
    d: int,
    steps: int,
    spoil: Spoil = lambda method: method,
    *,
    delta: float = 1e-3,
    horizon: bool = True,
    believed: int | None = None,
    start: float = 1.0,
    replicas: int = 200,
) -> Experiment:
    """Gap at the weighted mean of the points of a run on a ball.

    `believed`: the dimension that the step size is made for; `start`: |x_0 - kink|, which it takes for 1.
    """

    def setting() -> Setting:
        problem = instance(kind, d, start=start)
        stated = Believed(problem, d=believed or d, R=problem.R / start)
        method, constants = theorems.prescribed_nonsmooth(stated, steps=steps, delta=delta, horizon=horizon)
        return Setting(problem, spoil(method), constants | {"R": problem.R, "d": d})

    label = f"gap after {steps} steps on {words(kind)}, delta = {delta:g}" + ("" if horizon else ", horizon unknown")
    return gap(
        label + ("" if start == 1 else f", from {start:g} beside the kink"),
        setting,
        d=d,
        rung="measured",
        replicas=replicas,
        full=3000,
        steps=steps,
        limits=lambda s: {"ceiling": s.problem.L0 * (s.problem.radius + float(norm(s.problem.minimiser)))},
    )


def _smooth_gap(
    name: str,
    d: int,
    steps: int,
    prescribe: Callable[[Any], tuple[Method, dict[str, float]]],
    limits: Callable[[Setting], Mapping[str, Any]],
    replicas: int,
    mean: bool = False,
) -> Experiment:
    def setting() -> Setting:
        problem = _problem(name, d)
        method, constants = prescribe(problem)
        return Setting(problem, method, {**constants, "steps": steps})

    label = f"{'mean gap over' if mean else 'gap after'} {steps} step{'s' * (steps > 1)} on {words(_full(name, d))}"
    where = rung(_full(name, d), d)
    full = 15 * replicas
    return gap(label, setting, d=d, rung=where, replicas=replicas, full=full, steps=steps, limits=limits, mean=mean)


def mean_of_gaps(name: str, d: int, steps: int) -> Experiment:
    """Mean of f(x_k) - f* over the steps of a run on a smooth problem."""

    def limits(where: Setting) -> Mapping[str, Any]:
        given = where.given
        return gap_of_search(mu=0.0, h=theorems.smooth_step(L1=given["L1"], d=d), mean=True, **given)

    # of a radius of 1e-2 the smoothing would take up most of what is known of the mean of squares
    return _smooth_gap(
        name, d, steps, partial(theorems.prescribed_convex, delta=1e-3, average=False), limits, 200, mean=True
    )


def last_gap(name: str, d: int, steps: int) -> Experiment:
    """f(x_steps) - f* on a strongly convex problem."""

    def limits(where: Setting) -> Mapping[str, Any]:
        return gap_of_search(h=theorems.smooth_step(L1=where.given["L1"], d=d), **where.given)

    prescribe = partial(theorems.prescribed_strongly_convex, delta=1e-2 / d)
    return _smooth_gap(name, d, steps, prescribe, limits, 20 if name == "logistic" else 100)


def traced_gap(name: str, d: int, steps: int, spoil: Spoil | None = None) -> Experiment:
    """f(x_steps) - f* on a quadratic, with the step size of its trace."""
    ten = name == "few curved directions"  # five of curvature 1, five of 2

    def prescribe(problem: Any) -> tuple[Method, dict[str, float]]:
        trace, mu = (15.0, 1.0) if ten else (float(np.sum(problem.spectrum)), problem.mu)
        method, constants = theorems.prescribed_effective_dimension(problem, trace=trace, mu=mu, delta=1e-3 / d)
        return (spoil(method) if spoil else method), constants

    def limits(where: Setting) -> Mapping[str, Any]:
        if spoil:
            return {}
        given, total = where.given, 25.0 if ten else float(np.sum(where.problem.spectrum**2))
        return gap_on_quadratic(squares=total, h=theorems.trace_step(L1=given["L1"], trace=given["trace"]), **given)

    return _smooth_gap(name, d, steps, prescribe, limits, 300)


# --- convergence, without sampling -----------------------------------------------------------------------------------

SPECTRA: dict[str, Callable[[int], Any]] = {  # d -> sizes and curvatures of blocks, the lengths of x_0 - x* in them
    "a round quadratic": lambda d: ((d,), (4.0,), (1.0,)),
    "a valley": lambda d: ((1, d - 1), (0.04, 4.0), (0.8, 0.6)),
    "a round quadratic from its minimiser": lambda d: ((d,), (4.0,), (1e-9,)),
    "ten curved directions": lambda d: ((10, d - 10), (1.0, 0.0), (1.0, 0.0)),
    "ten curved directions and 1/d in the others": lambda d: ((10, d - 10), (1.0, 1 / d), (1.0, 1.0)),
}
ARGUMENTS = {"mean": "R L1 delta d", "last": "R L1 mu delta d", "traced": "gap L1 mu trace delta"}


def gap_exactly(
    name: str, d: int, turns: float, of: str = "last", *, sign: int = 1, classical: bool = False
) -> Experiment:
    """Mean gap or last one, "last", after turns (d + 4) steps; `sign` -1 is the sign error.

    "traced": the last one after turns (2 L1 + trace)/mu steps of the size of the trace, or the `classical` size.
    """
    traced = of == "traced"
    turn = "(2 L1 + trace)/mu" if traced else "(d + 4)"

    def value(bound: Bound) -> Value:
        sizes, curvatures, start = SPECTRA[name](d)
        L1, mu, delta = max(curvatures), min(c for c in curvatures if c > 0), 1e-2 / d
        trace = sum(n * c for n, c in zip(sizes, curvatures, strict=True))
        h = theorems.trace_step(L1=L1, trace=trace) if traced and not classical else theorems.smooth_step(L1=L1, d=d)
        steps = max(1, round(turns * ((2 * L1 + trace) / mu if traced else d + 4)))
        last, mean = expected_gaps(sizes, curvatures, start, steps=steps, h=sign * float(h), delta=delta)
        first = sum(c * s**2 for c, s in zip(curvatures, start, strict=True)) / 2
        known = {"gap": first, "R": float(norm(np.array(start))), "L1": L1, "mu": mu, "trace": trace}
        known |= {"delta": delta, "d": d}
        limit = bound(steps=steps, **{argument: known[argument] for argument in ARGUMENTS[of].split()})
        return Value(mean if of == "mean" else last, float(limit), error=1e-9, calls=2 * steps)

    what, count = "mean gap over" if of == "mean" else "gap after", turn if turns == 1 else f"{turns:g} {turn}"
    return exact(f"{what} {count} steps on {name}", d, value)

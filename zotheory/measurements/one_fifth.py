"""The 1/5 rule on relative-loss descent: its measurements.

The start of a run is told by ``times``, the k of the claims. The place of log(alpha) in the potential is at k = growth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import scipy  # loads its parts when they are asked for

from zotheory import sphere
from zotheory.border import DIGITS
from zotheory.directions import Law, gaussian
from zotheory.directions import sphere as fixed
from zotheory.elementary import normal_excess
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Frequency, Mean, Value
from zotheory.measurements.experiments import DIRECTIONS, Seed, Setting, exact, fall, in_time, one_step, success
from zotheory.measurements.relative_loss import exact_fall
from zotheory.methods import relative_loss
from zotheory.problems.instances import first_gap, first_slope, instance, rung, words
from zotheory.radii import Radius, one_fifth
from zotheory.theorems.one_fifth import acceptance, held_length

PLAIN = relative_loss(radius=1.0, law=gaussian)  # what reduced coordinates need to know of the method
GROWTH = 1.2

# --- acceptance and gain ---------------------------------------------------------------------------------------------


def accepts(name: str, d: int, kappa: float, law: Law = fixed, rejects: bool = False) -> Experiment:
    """How often a step of length kappa |g|/(L sqrt(d)) is accepted; `rejects`: kappa |g|/(mu sqrt(d)), rejected."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Frequency:
        problem = instance(name, d, PLAIN)
        curvature = problem.mu if rejects else problem.L1
        method = relative_loss(radius=kappa * first_slope(problem) / (curvature * np.sqrt(d)), law=law)
        state, calls = one_step(problem, method, replicas, seed)
        hits, claimed = int(np.sum(state.fx < float(problem(problem.x0)))), float(bound(d=d, kappa=kappa))
        hits, claimed = (replicas - hits, 1 - claimed) if rejects else (hits, claimed)
        return Frequency(hits, replicas, claimed, calls=calls)

    what, curvature = ("rejected", "mu") if rejects else ("accepted", "L")
    label = f"steps {what} on {words(name)}, kappa = {kappa:g} by {curvature}, {DIRECTIONS[law.name]}"
    replicas = 2500 if name == "logistic" else 4000
    return Experiment(label, d=d, measure=measure, replicas=replicas, full=50_000, rung=rung(name, d))


def accepts_exactly(d: int, kappa: float) -> Experiment:
    """P(2 z_1 > kappa |z|^2/d), z ~ N(0, I), by quadrature over |z|, against its bound at |z|^2 = d."""

    def value(bound: Bound) -> Value:
        centre = (d / kappa) ** 2
        measured = float(scipy.stats.ncx2.cdf(centre, d, centre))
        return Value(measured, float(bound(d=d, kappa=kappa)), at_least=True, error=1e-8)

    return exact(f"Gaussian steps accepted on |x|^2, kappa = {kappa:g}", d, value)


def gains(name: str, d: int, reach: float, law: Law = gaussian, kappa: float = 1.0) -> Experiment:
    """How often a step takes the share reach sigma/R of the gap, against the gain at the least p."""

    def setting() -> Setting:
        problem, alpha, p = instance(name, d, PLAIN), 1.0, 0.5
        if name != "cup":
            curvature = 1 / problem.R if name == "cone" else problem.L1  # level sets of |x|^2/(2 R)
            alpha = kappa * first_slope(problem) / (curvature * np.sqrt(d))
            p = float(acceptance(d=d, kappa=kappa))
        elif law is gaussian:
            p = float(scipy.stats.chi2.cdf(d * (1 + 1e-6) ** 2, d)) / 2
        sigma = alpha / np.sqrt(d)
        given = {"p": p, "share": reach * sigma / problem.R, "R": problem.R, "sigma": sigma, "d": d}
        return Setting(problem, relative_loss(radius=alpha, law=law), given)

    return success(
        f"steps that take {reach:.3g} sigma/R of the gap of {words(name)}, kappa = {kappa:g}, {DIRECTIONS[law.name]}",
        setting,
        d=d,
        rung=rung(name, d),
        replicas=500 if name == "logistic" else 4000,
        full=50_000,
        allowed=lambda bound, where: (1 - where.given["share"]) * first_gap(where.problem),
        odds=lambda bound, where: float(bound(**where.given)),
    )


# --- progress where a fifth is accepted ------------------------------------------------------------------------------

MOST = 20.0  # no fall, in units of gap/(d Q), exceeds it: z would have to pass 7


def taken(bound: Bound, d: int, Q: float = 1.0, p: float = 0.2) -> float:
    """d Q (1 - bound): c_d. In many digits, as the bound differs from 1 by 1/(d Q) only."""
    with mpmath.workdps(DIGITS):
        return float(d * Q * (1 - bound(d=mpmath.mpf(d), Q=mpmath.mpf(Q), p=mpmath.mpf(p))))


def held_falls(name: str, d: int, p: float = 0.2) -> Experiment:
    """Fall of one step."""

    def setting() -> Setting:
        problem = instance(name, d, PLAIN)
        alpha = float(held_length(d=d, p=p)) * first_slope(problem) / (problem.L1 * np.sqrt(d))
        return Setting(problem, relative_loss(radius=alpha), {"d": d, "Q": float(problem.Q), "p": p})

    def unit(where: Setting) -> float:
        return first_gap(where.problem) / (d * where.given["Q"])

    return fall(
        f"fall of one step on {words(name)}",
        setting,
        d=d,
        rung=rung(name, d),
        replicas=500 if name == "logistic" else 2500,
        full=60_000,
        unit=unit,
        claimed=lambda bound, where: unit(where) * taken(bound, **where.given),
        most=MOST,
    )


def held_exactly(d: int) -> Experiment:
    """The shipped step on 3|x|^2/2, averaged over the law of s_1 by quadrature on the side where it moves."""

    def value(bound: Bound) -> Value:
        return Value(exact_fall(d, float(held_length(d=d, p=0.2))), taken(bound, d), at_least=True)

    return exact("mean fall of one step on |x|^2, by quadrature", d, value)


def held_at_last() -> Experiment:
    """The fall on |x|^2 as d grows, where z is normal and a fifth is accepted beyond its upper quintile."""

    def value(bound: Bound) -> Value:
        z, d = float(scipy.stats.norm.isf(0.2)), 10**12
        return Value(4 * z * float(normal_excess(z)), taken(bound, d), at_least=True)

    return exact("d times the mean fall on |x|^2, as d grows", 10**12, value)


def constant(limit: float, at_least: bool = True) -> Experiment:
    """Whether the c_d of the bound is what the claim says in words."""
    label = f"the constant c_d, {'at least' if at_least else 'at most'} {limit}"
    return exact(label, 10**12, lambda bound: Value(taken(bound, 10**12), limit, at_least))


def part_of_best(part: float, at_least: bool = True) -> Experiment:
    """c_d at acceptance 1/5, as a part of the c_d of the best length."""

    def value(bound: Bound) -> Value:
        best = float(np.max(sphere.progress(10**9, np.linspace(1.2, 1.25, 101))))
        return Value(taken(bound, 10**9) / best, part, at_least)

    return exact(f"the part of the best progress, {'at least' if at_least else 'at most'} {part}", 10**9, value)


# --- hitting time ----------------------------------------------------------------------------------------------------

Spoil = Callable[[Radius], Radius]


def _start(problem: Any, d: int, times: float, growth: float) -> dict[str, float]:
    """Arguments of `hitting_time` but eps at the start, where sqrt(d) alpha L/sqrt(2 mu gap) = times."""
    first = first_gap(problem)
    alpha = times * float(np.sqrt(2 * problem.mu * first / d)) / problem.L1
    return {"d": d, "L": problem.L1, "mu": problem.mu, "alpha": alpha, "gap": first, "growth": growth}


def hits(
    name: str,
    d: int,
    fall: float,
    times: float = 1.0,
    growth: float = GROWTH,
    spoil: Spoil = lambda radius: radius,
    law: Law = gaussian,
    replicas: int = 60,
    failure: float | None = None,
) -> Experiment:
    """Steps until the gap has fallen by exp(-fall), against the bound that but for `failure` they do not exceed.

    A bound on their expectation is exceeded twice over with probability 1/2 at most, by Markov's inequality: that is
    what is measured of it, as nothing is known beforehand of how the steps scatter.
    """
    more, often = ({}, 2) if failure is None else ({"failure": failure}, 1)

    def setting() -> Setting:
        problem = instance(name, d, PLAIN)
        given = _start(problem, d, times, growth) | more
        method = relative_loss(radius=spoil(one_fifth(given["alpha"], growth)), law=law)
        return Setting(problem, method, given | {"eps": float(np.exp(-fall)) * given["gap"]})

    def there(where: Setting) -> Callable[[Any], np.ndarray]:
        return lambda state: state.fx - where.problem.f_star <= where.given["eps"]

    return in_time(
        f"steps to exp(-{fall:g}) of the gap on {words(name)} from k = {times:g}, growth {growth:g}",
        setting,
        d=d,
        rung=rung(name, d),
        replicas=replicas,
        full=8 * replicas,
        target=there,
        stays=there,
        claimed=lambda bound, where: often * float(bound(**where.given)),
        tail=lambda where: failure or 1 / often,
    )


FALLS, RISES = 60.0, 10.0  # how the bound may change in a step: falls beyond are cut off, a rise is 9.42 at most


def one_step_less(
    name: str,
    d: int,
    times: float,
    growth: float = GROWTH,
    spoil: Spoil = lambda radius: radius,
    law: Law = gaussian,
    failure: float | None = None,
) -> Experiment:
    """What one step takes of the bound, which is to be one step at least, on average; eps cancels.

    Of a bound but for `failure`, which is a number of steps plus log(1/failure)/rate: the mean of exp(rate change)
    against exp(-rate). That bound is twice the other, so it changes by twice as much.
    """

    def measure(bound: Bound, replicas: int, seed: Seed) -> Mean:
        problem = instance(name, d, PLAIN)
        given = _start(problem, d, times, growth)
        method = relative_loss(radius=spoil(one_fifth(given["alpha"], growth)), law=law)
        state, calls = one_step(problem, method, replicas, seed)
        left = np.maximum(state.fx - problem.f_star, 1e-6 * given["gap"])
        given["eps"] = float(np.min(left))
        moved = given | {"alpha": state.alpha, "gap": left}
        if failure is None:
            change = np.maximum(bound(**moved) - float(bound(**given)), -FALLS)
            return Mean(change, -1.0, RISES, floor=-FALLS, calls=calls)
        fixed = given | {"eps": given["gap"]}  # no draw has a part in the rate
        rate = 1 / float(bound(**fixed, failure=failure / np.e) - bound(**fixed, failure=failure))
        change = np.maximum(bound(**moved, failure=failure) - float(bound(**given, failure=failure)), -2 * FALLS)
        low, claimed, high = (float(np.expm1(rate * steps)) for steps in (-2 * FALLS, -1.0, 2 * RISES))
        return Mean(np.expm1(rate * change), claimed, high, floor=low, calls=calls)

    what = "change of the bound" if failure is None else "exponential of the bound's change"
    label = f"{what} in one step on {words(name)} from k = {times:g}"
    replicas = 1500 if failure is None else 3000
    return Experiment(label, d=d, measure=measure, replicas=replicas, full=30_000, rung=rung(name, d))

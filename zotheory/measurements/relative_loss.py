"""Relative-loss descent without momentum: its measurements.

Falls are measured in units of what is claimed; ``times`` multiplies the radius that suits the claim best.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from math import ceil
from typing import Any

import numpy as np

from zotheory import radii, sphere
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Always, AtLeast, Mean, Value
from zotheory.loop import iterate
from zotheory.measurements.experiments import Seed, Setting, exact, fall, gap, multiple, same_points, success, walk
from zotheory.methods import Method, relative_loss
from zotheory.methods.relative_loss import Move, State, step
from zotheory.problems import Quadratic, Slope, golovin_family
from zotheory.problems.instances import first_gap, first_slope, instance, rung, words
from zotheory.radii import Radius
from zotheory.reduced import DECADES
from zotheory.streams import generator
from zotheory.theorems.relative_loss import (
    LOWEST,
    OCTAVES,
    best_radius,
    convex_radius,
    convex_steps,
    grid,
    grid_progress,
    octaves,
    stationary_radius,
    wide_grid,
)

PLAIN = relative_loss(radius=1.0)  # what reduced coordinates need to know of the method
GROWTH = 1.2  # of the 1/5 rule, as it ships

Spoil = Callable[[Method], Method]


def as_it_is(method: Method) -> Method:
    """Return the method that ships."""
    return method


# --- one step --------------------------------------------------------------------------------------------------------


def _first_step(problem: Any, times: float) -> dict[str, float]:
    """Arguments of `decrease` at the start, the radius so many times the best."""
    g = first_slope(problem)
    alpha = times * float(best_radius(g=g, L=problem.L1, d=problem.d))
    return {"alpha": alpha, "g": g, "L": problem.L1, "d": problem.d}


def one_step(name: str, d: int, times: float = 1.0, spoil: Spoil = as_it_is, replicas: int = 6400) -> Experiment:
    """Fall of one step."""

    def setting() -> Setting:
        problem = instance(name, d, PLAIN)
        given = _first_step(problem, times)
        return Setting(problem, spoil(relative_loss(radius=given["alpha"])), given)

    label = f"fall of one step of {multiple(times, 'the best radius')} on {words(name)}"
    replicas //= 2 if name == "logistic" else 1  # 569 rows for every value
    return fall(label, setting, d=d, rung=rung(name, d), replicas=replicas, full=15 * replicas)


@cache
def _gauss() -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.legendre.leggauss(200)
    return nodes, weights


def mean_fall(problem: Any, d: int, alpha: float, tau: float) -> float:
    """Expected fall of the shipped step of length alpha, d >= 2, where it moves only if s_1 > tau.

    By quadrature over the angle of the step on that side. Only the plane of g and s matters, in which the problem is
    given, its gradient at x0 along the first axis.
    """
    if tau >= 1:
        return 0.0
    nodes, weights = _gauss()
    low, high = np.arcsin(tau), np.arcsin(min(1.0, tau + 12 / np.sqrt(d)))
    angle = (low + high) / 2 + (high - low) / 2 * nodes
    density = sphere.mean_abs(d) * (d - 1) / 2 * np.cos(angle) ** (d - 2)
    u = np.sqrt(d) * np.stack([-np.sin(angle), np.cos(angle)], axis=-1)
    x = np.tile(problem.x0, (len(angle), 1))
    start = State(x, problem(x), 0 * x, np.full(len(angle), alpha), 1)
    after = step(problem, start, Move(u, start.alpha / np.sqrt(d)))
    return float(np.sum(weights * density * (start.fx - after.fx)) * (high - low) / 2)


def exact_fall(d: int, kappa: float) -> float:
    """Return d times the mean relative fall of the shipped step of length kappa |g|/(L sqrt(d)) on 3|x|^2/2, d >= 2."""
    problem = Quadratic(np.full(2, 3.0), np.full(2, 0.4), np.array([1.4, 0.4]), -1.0)
    alpha = kappa / np.sqrt(d)
    return d * mean_fall(problem, d, alpha, alpha / 2) / first_gap(problem)


def one_step_exactly(d: int, times: float = 1.0) -> Experiment:
    """Mean fall of one step on 3|x|^2/2, from distance 1, where the gap is 3/2."""

    def value(bound: Bound) -> Value:
        kappa = times * float(sphere.mean_abs(d)) * np.sqrt(d)
        claimed = bound(alpha=kappa / np.sqrt(d), g=3.0, L=3.0, d=d)
        return Value(exact_fall(d, kappa) * 1.5 / d, float(claimed), at_least=True, error=1e-9)

    return exact(f"mean fall of one step of {multiple(times, 'the best radius')} on L|x|^2/2", d, value)


# --- smooth ----------------------------------------------------------------------------------------------------------


def gradients(
    name: str, d: int, T: int, times: float = 1.0, spoil: Spoil = as_it_is, replicas: int = 500
) -> Experiment:
    """Mean of |grad f| along a run, the radius so many times `stationary_radius`."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Mean:
        problem = instance(name, d, PLAIN)
        first, L = first_gap(problem), problem.L1
        alpha = times * float(stationary_radius(T=T, gap=first, L=L))
        walked = walk(problem, spoil(relative_loss(radius=alpha)), T, replicas, seed)
        largest = L * problem.w if name == "slope" else np.sqrt(2 * L * first)  # while f does not rise
        ceiling = None if spoil is not as_it_is else float(largest)
        return Mean(walked.total / T, float(bound(T=T, gap=first, alpha=alpha, L=L, d=d)), ceiling, calls=walked.calls)

    label = f"mean of |grad f| over {T} steps of {multiple(times, 'the best radius')} on {words(name)}"
    return Experiment(label, d=d, measure=measure, replicas=replicas, rung=rung(name, d))


def paid(d: int, T: int = 20) -> Experiment:
    """The fall pays for the gradients: bound at gap = f(x_0) - f(x_T), less the mean of |grad f|, on average >= 0.

    This is `mean_gradient`, which is affine in the gap, before f(x_T) >= inf f is used: that leaves nothing to see in
    so few steps.
    """

    def measure(bound: Bound, replicas: int, seed: Seed) -> AtLeast:
        problem = instance("halves", d, PLAIN)
        where = _first_step(problem, 1.0)
        first, given = first_gap(problem), {"T": T, "alpha": where["alpha"], "L": problem.L1, "d": d}
        walked = walk(problem, relative_loss(radius=where["alpha"]), T, replicas, seed)
        at_all, at_twice = (float(bound(gap=times * first, **given)) for times in (1, 2))
        price, rest = (at_twice - at_all) / first, 2 * at_all - at_twice
        fallen = first - (walked.state.fx - problem.f_star)
        steepest = np.sqrt(2 * problem.L1 * first)  # the mean of |grad f| is at most this, and the fall at least 0
        most = 2 * (steepest - rest)  # falls of three times what the steepest gradient asks for are cut off
        left = np.minimum(rest + price * fallen - walked.total / T, most)
        return AtLeast(left, 0.0, most, floor=rest - steepest, calls=walked.calls)

    label = f"what the fall of {T} steps pays for the gradients, less what they cost"
    return Experiment(label, d=d, measure=measure, replicas=600, full=15_000, rung="reduced")


# --- convex ----------------------------------------------------------------------------------------------------------


def _reach(name: str, problem: Any) -> float:
    """No point of the level set of x0 is farther than this from a minimiser."""
    if name == "orthant":
        return float(np.sqrt(2 * first_gap(problem) / problem.L1))  # f = L dist^2/2
    return problem.R if name == "slope" else float(np.sqrt(2 * first_gap(problem) / problem.mu))


def _convex(name: str, problem: Any, eps: float) -> dict[str, float]:
    """Arguments of `convex_gap` but T, the radius that of a floor of eps/2 first gaps."""
    first, R, L, d = first_gap(problem), _reach(name, problem), problem.L1, problem.d
    return {"gap": first, "alpha": float(convex_radius(eps=eps * first, R=R, L=L, d=d)), "R": R, "L": L, "d": d}


def convex_run(
    name: str, d: int, T: int | None, eps: float = 0.1, spoil: Spoil = as_it_is, replicas: int = 300
) -> Experiment:
    """Gap after T steps; None: after `convex_steps`, where the bound is eps of the first gap at most."""

    def setting() -> Setting:
        problem = instance(name, d, PLAIN)
        given = _convex(name, problem, eps)
        return Setting(problem, spoil(relative_loss(radius=given["alpha"])), given)

    def count(where: Setting) -> int:
        given = {key: where.given[key] for key in ("gap", "R", "L", "d")}
        return T or ceil(convex_steps(eps=eps * where.given["gap"], **given))

    def limits(where: Setting) -> Mapping[str, Any]:
        return {"ceiling": where.given["gap"]} if spoil is as_it_is else {}

    return gap(
        f"gap after {'enough' if T is None else T} steps of the radius that brings it to {eps:g} of the first on "
        f"{words(name)}",
        setting,
        d=d,
        rung=rung(name, d),
        replicas=replicas // (5 if name == "logistic" else 1),
        steps=count,
        claimed=lambda bound, where: float(bound(T=count(where), **where.given)),
        limits=limits,
    )


def convex_exactly(d: int) -> Experiment:
    """The fall of one short step on an almost straight slope, which the bound meets but for eps/2."""

    def value(bound: Bound) -> Value:
        problem = Slope(2, L1=1000.0, w=0.001)
        where = _convex("slope", problem, 0.01) | {"d": d}
        alpha = float(convex_radius(eps=0.01 * where["gap"], R=problem.R, L=problem.L1, d=d))
        claimed = where["gap"] - float(bound(T=1, **where | {"alpha": alpha}))
        return Value(mean_fall(problem, d, alpha, 0.0), claimed, at_least=True, error=1e-9)

    return exact("mean fall of a short step on a straight slope", d, value)


def convex_falls(name: str, d: int, T: int = 20, eps: float = 0.5, replicas: int = 600) -> Experiment:
    """Fall of T steps."""

    def setting() -> Setting:
        problem = instance(name, d, PLAIN)
        given = _convex(name, problem, eps)
        return Setting(problem, relative_loss(radius=given["alpha"]), given)

    return _falls(name, d, T, setting, replicas)


def _falls(name: str, d: int, T: int, setting: Callable[[], Setting], replicas: int) -> Experiment:
    """Fall of T steps against the first gap less the bound on the last."""

    def claimed(bound: Bound, where: Setting) -> float:
        return where.given["gap"] - float(bound(T=T, **where.given))

    label = f"fall of {T} steps on {words(name)}"
    full = 15 * replicas
    return fall(
        label, setting, d=d, rung=rung(name, d), replicas=replicas, full=full, steps=T, claimed=claimed, most=15.0
    )


# --- gradient dominated, a grid of radii -----------------------------------------------------------------------------

Grid = Callable[..., Radius]


def _on_grid(name: str, d: int, rule: Grid, eps: float, shift: float = 1.0, spoil: Spoil = as_it_is) -> Setting:
    """The grid for a fall of the gap by eps, its radii shifted by a factor, and the arguments of `gap_left` but T."""
    problem = instance(name, d, PLAIN)
    first, Q = first_gap(problem), float(problem.Q)
    radius = rule(eps=eps * first, gap=first, Q=Q, L=problem.L1, d=problem.d)
    J = octaves(eps=eps * first, gap=first, Q=Q) + (OCTAVES - 1 if rule is wide_grid else 0)
    method = spoil(relative_loss(radius=replace(radius, first=radius.first * shift)))
    return Setting(problem, method, {"gap": first, "Q": Q, "d": problem.d, "J": J})


def grid_run(name: str, d: int, T: int, rule: Grid = grid, eps: float = 0.01, replicas: int = 300) -> Experiment:
    """Gap after T steps where it is above eps."""
    return gap(
        f"gap after {T} steps where above {eps:g} of the first on {words(name)}",
        lambda: _on_grid(name, d, rule, eps),
        d=d,
        rung=rung(name, d),
        replicas=replicas // (3 if name == "logistic" else 1),
        steps=T,
        claimed=lambda bound, where: float(bound(T=T, **where.given)),
        limits=lambda where: {"ceiling": where.given["gap"]},
        above=eps,
    )


def grid_falls(
    name: str,
    d: int,
    rule: Grid = grid,
    eps: float = 0.01,
    shift: float = 1.0,
    spoil: Spoil = as_it_is,
    T: int = 20,
) -> Experiment:
    """Fall of T steps."""
    return _falls(name, d, T, lambda: _on_grid(name, d, rule, eps, shift, spoil), 600)


def promised_share(bound: Bound, given: Mapping[str, Any]) -> float:
    """Share of the gap that a step is promised to take: the bound after d steps falls by (1 - share)^d."""
    d = given["d"]
    return float(-np.expm1(np.log(bound(T=d, gap=1.0, **given)) / d))


def reaching(
    name: str,
    d: int,
    rule: Grid,
    count: Callable[..., Any],
    p: float = 0.2,
    eps: float = 0.2,
    shift: float = 1.0,
    replicas: int = 300,
) -> Experiment:
    """How often the gap is down to eps after `count` steps, against 1 - bound/eps: Markov's inequality."""

    def steps(where: Setting) -> int:
        return ceil(count(eps=eps * where.given["gap"], p=p, **where.given))

    return success(
        f"fall of the gap to {eps:g} in time on {words(name)}",
        lambda: _on_grid(name, d, rule, eps, shift),
        d=d,
        rung=rung(name, d),
        replicas=replicas,
        full=3000,
        allowed=lambda bound, where: eps * where.given["gap"],
        odds=lambda bound, where: 1 - float(bound(T=steps(where), **where.given)) / (eps * where.given["gap"]),
        steps=steps,
    )


def share_exactly(d: int) -> Experiment:
    """One radius, at either end of its window: the fall on L|x|^2/2."""

    def value(bound: Bound) -> Value:
        ends = np.array([2, 4]) / 3 * float(sphere.mean_abs(d)) * np.sqrt(d)
        least = min(exact_fall(d, float(kappa)) for kappa in ends) / d
        return Value(least, promised_share(bound, {"Q": 1.0, "d": d, "J": 1}), at_least=True, error=1e-9)

    return exact("fall at the ends of the window of radii on L|x|^2/2", d, value)


def window_exactly(d: int) -> Experiment:
    """OCTAVES radii at the worst of 9 offsets: the shipped step on L|x|^2/2, or the closed form in large dimension."""

    def value(bound: Bound) -> Value:
        offsets = LOWEST * 2 ** np.linspace(0, 1, 9)
        constant = OCTAVES * d * promised_share(bound, {"Q": 1.0, "d": d, "J": OCTAVES})
        if d > 10**3:
            return Value(float(np.min(grid_progress(d=d, kappa=offsets))), constant, at_least=True, error=1e-9)
        worst = min(sum(exact_fall(d, kappa * 2.0**j) for j in range(OCTAVES)) for kappa in offsets)
        return Value(float(worst), constant, at_least=True, error=1e-9)

    return exact("progress of the worst of 9 grids on L|x|^2/2", d, value)


# --- invariance ------------------------------------------------------------------------------------------------------

RULES: dict[str, Callable[[float], Any]] = {
    "fixed": radii.fixed,
    "decaying": lambda alpha: lambda t: alpha / t**0.5,
    "log-uniform": lambda alpha: radii.log_uniform(4 * alpha, 5),
    "1/5": radii.one_fifth,
}


def _in_both(d: int, rule: str, beta: float, spoil: Spoil) -> Setting:
    problem = instance("hard", d, PLAIN) if d in DECADES else golovin_family(1, 8, d, minimiser=0.3)
    alpha = _first_step(problem, 1.0)["alpha"]
    return Setting(problem, spoil(relative_loss(radius=RULES[rule](alpha), beta=beta, gain=2.0)), {"alpha": alpha})


def invariance(rule: str, transform: str, d: int, beta: float = 0.0, spoil: Spoil = as_it_is) -> Experiment:
    """Whether a run on f and one on a transform of it visit the same points."""
    label = f"points visited on f and on {transform}, y = f, {rule} radius" + (f", momentum {beta:g}" if beta else "")
    where = "reduced" if d in DECADES else "measured"
    return same_points(
        label,
        lambda: _in_both(d, rule, beta, spoil),
        transform,
        d=d,
        rung=where,
        replicas=1500,
        full=15_000,
        steps=20,
    )


def radius_of_the_rule(d: int, T: int = 20) -> Experiment:
    """Whether the radius of the 1/5 rule after T steps is the bound of the steps accepted and rejected."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Always:
        problem, method, given = _in_both(d, "1/5", 0.0, as_it_is)
        accepted = np.zeros(replicas)
        states = iterate(method, problem, replicas=replicas, rng=generator(seed))
        state, _ = next(states)
        for _ in range(T):
            before = state.fx
            state, counted = next(states)
            accepted += state.fx < before
        claimed = bound(alpha=given["alpha"], growth=GROWTH, accepted=accepted, rejected=T - accepted)
        return Always(1 + (abs(state.alpha / claimed - 1) > 1e-9), calls=counted.spent)

    where = "reduced" if d in DECADES else "measured"
    return Experiment(f"the radius after {T} steps of the 1/5 rule", d=d, measure=measure, replicas=1500, rung=where)


def weighted(h: float) -> Spoil:
    """The value-weighted form: it moves by the relative loss."""
    return lambda method: relative_loss(radius=0.1, h=h)

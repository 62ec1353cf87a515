"""Relative-loss descent on mini-batches: measurements.

Falls of one step are measured in units of the largest rise that there can be, so that neither is negative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from math import ceil
from typing import Any

import numpy as np

from zotheory import sphere
from zotheory.directions import gaussian
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import AtLeast, Mean, Value
from zotheory.loop import iterate
from zotheory.measurements.experiments import Seed, Setting, Settings, exact, fall, multiple, walk
from zotheory.measurements.relative_loss import Spoil, as_it_is
from zotheory.methods import relative_loss
from zotheory.methods.relative_loss import Move, State, step
from zotheory.oracles import Batches
from zotheory.problems import Targets
from zotheory.problems.instances import first_gap, instance, rung, words
from zotheory.streams import generator
from zotheory.theorems.relative_loss_minibatch import radius

PLAIN = relative_loss(radius=1.0, cached=False)  # what reduced coordinates need to know of the method
REACH = 12.0  # sqrt(d) |s_1| is larger with probability below 1e-31 in large dimension: what lies beyond is cut off


def first_step(problem: Any) -> dict[str, float]:
    """|g|, E|G - g|, sqrt(E|G|^2), L and d at the start."""
    where = {"L": problem.L1, "d": problem.d}
    if hasattr(problem, "mean"):
        g, deviation = float(np.linalg.norm(problem.mean)), problem.sigma * float(gaussian.norm_moment(1, problem.d))
        return where | {"g": g, "noise": deviation, "rms": problem.L0}
    if hasattr(problem, "features"):
        rows = gradients_of_rows(problem)
        g = np.mean(rows, axis=0)
        largest = np.max(np.sum(problem.features**2, axis=-1))
        size, deviation = np.sum(rows**2, axis=-1), np.linalg.norm(rows - g, axis=-1)
        found = {"g": np.linalg.norm(g), "noise": np.mean(deviation), "rms": np.sqrt(np.mean(size))}
        return where | {name: float(value) for name, value in found.items()} | {"L": float(largest / 4 + problem.ridge)}
    weights, slopes = np.array([case[0] for case in problem.cases]), problem.slopes(problem.x0)
    g = weights @ slopes
    found = {"g": abs(g), "noise": weights @ abs(slopes - g), "rms": np.sqrt(weights @ slopes**2)}
    return where | {name: float(value) for name, value in found.items()}


def gradients_of_rows(problem: Any) -> np.ndarray:
    """Gradients of logistic losses at 0, one a sample."""
    return -problem.features * problem.labels[:, None] / 2


def chosen(given: Mapping[str, float], *names: str) -> dict[str, float]:
    """Return these of the arguments."""
    return {name: given[name] for name in names}


# --- one step --------------------------------------------------------------------------------------------------------


def one_step(
    name: str, d: int, times: float = 0.5, spoil: Spoil = as_it_is, replicas: int = 1000, **options: float
) -> Experiment:
    """Fall of one step; the radius is so many times m_d |g|/L, m_d |g| where L = 0."""

    def setting() -> Setting:
        problem = instance(name, d, PLAIN, **options)
        where = first_step(problem)
        alpha = times * float(sphere.mean_abs(d)) * where["g"] / (where["L"] or 1.0)
        given = {"alpha": alpha, **chosen(where, "g", "noise", "L", "d")}
        return Setting(problem, spoil(relative_loss(radius=alpha, cached=False)), given)

    def rise(where: Setting) -> float:
        alpha, g, L = (where.given[key] for key in ("alpha", "g", "L"))
        return alpha * g * min(1.0, REACH / np.sqrt(d)) + L * alpha**2 / 2

    label = f"fall of one step of length {multiple(times, 'm_d |g|/L')} on {words(name)}"
    return shifted_fall(label, setting, name, d, replicas, rise, 2.0)


def shifted_fall(
    label: str, setting: Settings, name: str, d: int, replicas: int, rise: Callable[[Setting], float], most: float
) -> Experiment:
    """Fall of one step in units of the largest rise, which is one."""
    full = 20 * replicas
    return fall(label, setting, d=d, rung=rung(name, d), replicas=replicas, full=full, unit=rise, least=-1.0, most=most)


def on_the_line(problem: Any, alpha: float, name: str) -> Experiment:
    """Rise of the shipped step in one dimension: both directions, every sample."""

    def value(bound: Bound) -> Value:
        rise = -mean_fall_on_the_line(problem, alpha, partial(step, cached=False))
        return Value(
            rise, -float(bound(alpha=alpha, **chosen(first_step(problem), "g", "noise", "L", "d"))), error=1e-9
        )

    return exact(f"mean rise of one step on {name}, by enumeration", 1, value)


def mean_fall_on_the_line(problem: Any, sigma: float, step: Callable[..., State]) -> float:
    """Mean fall of a step in one dimension."""
    x, one, fallen = np.tile(problem.x0, (2, 1)), np.ones(2), 0.0
    for probability, xi in problem.cases:
        start, move = State(x, 0 * one, 0 * x, sigma * one, 1), Move(np.array([[1.0], [-1.0]]), sigma * one)
        after = step(problem.at(np.asarray(xi)), start, move)
        fallen += probability * float(np.mean(problem(x) - problem(after.x)))
    return fallen


def closed_rise(problem: Any, alpha: float) -> float:
    """E f(x+) - f(x) at x0 of `Targets`, by the law of s_1, d >= 2."""
    slopes, root, rise = problem.slopes(problem.x0), np.sqrt(problem.d), 0.0
    g = sum(probability * slope for (probability, _), slope in zip(problem.cases, slopes, strict=True))
    for (probability, _), slope in zip(problem.cases, slopes, strict=True):
        tau = root * problem.L1 * alpha / (2 * abs(slope))
        along = np.sign(slope) * alpha * g * sphere.mean_beyond(problem.d, tau) / root
        rise += probability * (problem.L1 * alpha**2 / 2 * sphere.tail(problem.d, tau) - along)
    return float(rise)


def contrary(d: int, p: float = 0.25, near: float = 1e-4) -> Experiment:
    """Most samples lie a little behind, the others far ahead: the noise is lost in full."""

    def value(bound: Bound) -> Value:
        problem = Targets(p, 1, start=near, true_d=d)
        alpha = 0.01 * near * float(sphere.mean_abs(d))
        claimed = bound(alpha=alpha, **chosen(first_step(problem), "g", "noise", "L", "d"))
        return Value(closed_rise(problem, alpha), -float(claimed), error=1e-9)

    return exact(f"mean rise of one step between two targets, {1 - p:g} of them behind", d, value)


# --- many steps ------------------------------------------------------------------------------------------------------


def in_proportion(t: int, *, slope: float) -> int:
    """Samples of step t: slope t, rounded up."""
    return ceil(slope * t)


def gradients(
    d: int,
    p: float,
    T: int,
    B: int = 1,
    times: float = 1.0,
    spoil: Spoil = as_it_is,
    start: float = 0.0,
    slope: float | None = None,
    drawn: Callable[[int], int] | None = None,
    replicas: int = 500,
) -> Experiment:
    """Mean of |grad f| along a run on `Targets`, the radius so many times `radius`.

    Batches have B samples, or slope t; `drawn` is a false size, for controls.
    """

    def measure(bound: Bound, replicas: int, seed: Seed) -> Mean:
        problem = Targets(p, d, start=start)
        given = {"T": T, "gap": first_gap(problem), "L": problem.L1}
        alpha = times * float(radius(**given))
        sizes = drawn or (B if slope is None else partial(in_proportion, slope=slope))
        shipped = spoil(relative_loss(radius=alpha, cached=False))
        walked = walk(Batches(problem, sizes), shipped, T, replicas, seed)
        ceiling = _longest(problem, alpha, T) if spoil is as_it_is else None
        more = {"alpha": alpha, "B": B} if slope is None else {"slope": slope}
        claimed = bound(**given, d=d, spread=problem.spread, **more)
        return Mean(walked.total / T, float(claimed), ceiling, calls=walked.calls)

    batch = f"batches of {B}" if slope is None else f"batches of {slope:g} t"
    label = f"mean of |grad f| over {T} steps of {multiple(times, 'the best radius')}, {batch}, targets of p = {p:g}"
    return Experiment(label, d=d, measure=measure, replicas=replicas)


def _longest(problem: Targets, alpha: float, T: int) -> float:
    """Longest possible mean of |grad f| = L |x - x*| over x_0..x_{T-1}, whatever is drawn.

    A step has the length alpha and comes nearer to the mean c of its targets: |x - x*|^2 grows by less than
    2 alpha |c - x*|.
    """
    t, reach = np.arange(T), max(problem.p, 1 - problem.p) * problem.a
    farthest = np.minimum(problem.R + alpha * t, np.sqrt(problem.R**2 + 2 * alpha * reach * t))
    return float(problem.L1 * np.mean(farthest))


def paid(d: int, p: float, B: int | None, T: int = 20) -> Experiment:
    """The fall pays for the gradients: bound at gap = E(f(x_0) - f(x_T)), less the mean of |grad f|, is at least 0.

    This is the bound before f(x_T) >= inf f is used, which leaves nothing to see in so few steps of so many
    dimensions. `mean_gradient`, for batches of B samples, is affine in the gap. `growing`, for t samples in step t
    (B is None), is an affine function of its root, and below its tangent at the gap to which the radius belongs.
    """

    def measure(bound: Bound, replicas: int, seed: Seed) -> AtLeast:
        problem = instance("targets", d, PLAIN, p=p)
        where, L = first_step(problem), problem.L1
        alpha = 0.5 * float(sphere.mean_abs(d)) * where["g"] / L
        given = {"T": T, "L": L, "d": d, "spread": problem.spread}
        drawn = replace(problem, problem=Batches(problem.problem, B or (lambda t: t)))
        walked = walk(drawn, relative_loss(radius=alpha, cached=False), T, replicas, seed)
        if B is None:
            gap = 3 * L * T * alpha**2 / 8  # whose `radius` is alpha
            at, beyond = (float(bound(gap=times * gap, slope=1.0, **given)) for times in (1, 4))
            price, rest = (beyond - at) / (2 * gap), 2 * at - beyond + (beyond - at) / 2
        else:
            gap = alpha * where["g"] * T / np.sqrt(d)
            at, beyond = (float(bound(gap=times * gap, alpha=alpha, B=B, **given)) for times in (1, 2))
            price, rest = (beyond - at) / gap, 2 * at - beyond
        fallen = float(problem(problem.x0)) - problem(walked.state.x)
        room = (rest + price * fallen - walked.total / T) / where["g"]
        widest = 3 * REACH  # T steps of at most alpha REACH/sqrt(d) along g cannot cost more
        return AtLeast(np.clip(room, -widest, widest), 0.0, widest, floor=-widest, calls=walked.calls)

    batch = "growing batches" if B is None else f"batches of {B}"
    label = f"what the fall of {T} steps pays for the gradients, less what they cost, {batch}"
    return Experiment(label, d=d, measure=measure, replicas=1000, rung="reduced")


# --- the floor -------------------------------------------------------------------------------------------------------


def floor_after(p: float, T: int, bits: int = 5, spoil: Spoil = as_it_is, B: int = 1) -> Experiment:
    """|grad f| after T steps of 2^-bits from 0, on the line."""
    alpha = 2.0**-bits

    def measure(bound: Bound, replicas: int, seed: Seed) -> AtLeast:
        problem = Targets(p, 1)
        method = spoil(relative_loss(radius=alpha, cached=False))
        runs = iterate(method, Batches(problem, B), replicas=replicas, rng=generator(seed))
        state, counted = next(islice(runs, T, None))
        size = np.abs(problem.gradient(state.x)[:, 0])
        ceiling = max(p, 1 - p) * problem.L1 * problem.a  # the shipped method stays between 0 and a
        claimed = float(bound(p=p, a=1.0, alpha=alpha, L=1.0))
        return AtLeast(np.minimum(size, ceiling), claimed, ceiling, calls=counted.spent)

    return Experiment(
        f"measured |grad f| after {T} steps of length 2^-{bits}, targets of p = {p:g}",
        d=1,
        measure=measure,
        replicas=200,
    )


def transitions(p: float, N: float, step: Callable[..., State] = step) -> np.ndarray:
    """P(j, k), the chance that the shipped step of length a/N takes k a/N to j a/N on `Targets` on the line."""
    problem, count = Targets(p, 1), ceil(N - 0.5) + 1  # from the last of these no sample moves on
    x, one = np.arange(count)[:, None] / N, np.ones(count)
    matrix = np.zeros((count, count))
    for probability, xi in problem.cases:
        for u in (1.0, -1.0):
            start = State(x, 0 * one, 0 * x, one / N, 1)
            after = step(problem.at(np.asarray(xi)), start, Move(np.full_like(x, u), one / N), cached=False)
            reached = np.rint(after.x[:, 0] * N).astype(int)
            matrix[reached, np.arange(count)] += probability / 2
    return matrix


def floor_exactly(p: float, N: float, T: int) -> Experiment:
    """E|grad f| after T steps of a/N from 0, by the powers of the chain."""

    def value(bound: Bound) -> Value:
        law = np.linalg.matrix_power(transitions(p, N), T)[:, 0]
        size = float(law @ np.abs(np.arange(len(law)) / N - p))
        return Value(size, float(bound(p=p, a=1.0, alpha=1 / N, L=1.0)), at_least=True, error=1e-9)

    return exact(f"mean of |grad f| after {T} steps of length a/{N}, targets of p = {p:g}", 1, value)

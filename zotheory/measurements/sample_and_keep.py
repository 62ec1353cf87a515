"""Sample a symmetric step, keep it if it is lower: its measurements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from zotheory import sphere as unit_sphere
from zotheory.directions import Law, gaussian, sphere
from zotheory.elementary import Array
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Frequency, Value
from zotheory.loop import iterate
from zotheory.measurements.experiments import DIRECTIONS, Seed, Setting, exact, fall, gap, success
from zotheory.methods import Method, gld_fast, gld_search
from zotheory.methods.gld_search import State, step
from zotheory.problems import Quadratic
from zotheory.problems.instances import first_gap, instance, rung, words
from zotheory.streams import generator
from zotheory.theorems.sample_and_keep import FALL, KAPPA, MERIT, PROGRESS, RATIO, cone, factor, level, window
from zotheory.theorems.sample_and_keep import lowest_factor as lowest

BASE = gld_search(R=1.0, r=0.1, law=sphere)  # what reduced coordinates need to know of these methods
RAREST = 0.01  # a rarer success cannot be told from none by the replicas that `beaten` has

NAMES = {"gld_search": "GLD-Search", "gld_fast": "GLD-Fast"}

Spoil = Callable[[Method], Method]


def as_it_is(method: Method) -> Method:
    """Return the method that ships."""
    return method


# --- lower bound -----------------------------------------------------------------------------------------------------


def _threshold(n: int, Q: float, c: float) -> float:
    """t^2: a step can beat `lowest_factor` on the axis, at its best length, where s_1 <= -t."""
    u = c * np.log(n * Q) / n
    return u / (1 + u - u / Q)


def best_length(n: int, Q: float, c: float) -> float:
    """Length of a step, in units of |x - x*|, that beats `lowest_factor` as soon as s_1 <= -t."""
    t2 = _threshold(n, Q, c)
    return float(np.sqrt(t2) / (Q - (Q - 1) * t2))


def measurable(n: int, Q: float, m: int, tail: float = 0.1) -> float:
    """The c at which the `chance` of m candidates is `tail`."""
    return float(np.expm1(np.log(m / (2 * tail)) * 2 / (n - 1)) * n / np.log(n * Q))


def _shipped(kind: str, law: Law, length: float, n: int) -> Method:
    """A method of the kind whose radii are lengths of steps, one of them `length`."""
    if kind == "gld_fast":
        return gld_fast(R=length, Q=1.0, H=10**9, law=law, scale=1 / np.sqrt(n))
    return gld_search(R=length, r=length / 2, law=law, scale=1 / np.sqrt(n))


def _within_cone(problem: Any, n: int, Q: float, c: float) -> np.ndarray:
    """The problem's x0, moved across the shallow axis as far as the theorem allows."""
    x0 = problem.x0.copy()
    x0[len(x0) // 2] += float(cone(n=n, Q=Q, c=c)) * problem.R
    return x0


def beaten(
    n: int,
    law: Law = gaussian,
    kind: str = "gld_search",
    c: float | None = None,
    name: str = "hard",
    Q: float = 10.0,
    steps: int = 1,
    spoil: Spoil = as_it_is,
) -> Experiment:
    """How often no step beats `lowest_factor`; c = None: the c at which the claim leaves 10 % for that."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Frequency:
        problem = instance(name, n, BASE, Q=Q)
        m = _shipped(kind, law, 1.0, n).calls[1]
        constant = measurable(n, Q, m) if c is None else c
        method = spoil(_shipped(kind, law, best_length(n, Q, constant) * problem.R, n))
        start = problem.x0 if "rotated" in name else _within_cone(problem, n, Q, constant)
        left, kept = np.full(replicas, float(problem(start)) - problem.f_star), np.full(replicas, True)
        least = float(lowest(n=n, Q=Q, c=constant))
        states = iterate(method, problem, x0=start, replicas=replicas, rng=generator(seed))
        next(states)
        for _ in range(steps):
            state, counted = next(states)
            after = state.fx - problem.f_star
            kept &= after >= left * least
            left = after
        tail = max(steps * float(bound(n=n, Q=Q, c=constant, m=m)), RAREST)
        return Frequency(int(kept.sum()), replicas, 1 - tail, calls=counted.spent)

    run = f"{NAMES[kind]} with {DIRECTIONS[law.name]}"
    times = "one step" if steps == 1 else f"{steps} steps"
    often = "where 10 % may succeed" if c is None else f"c = {c:.3g}"
    label = f"{times} of {run} on {words(name)}, Q = {Q:g}, {often}"
    return Experiment(label, d=n, measure=measure, replicas=2000, full=50_000, rung=rung(name, n))


def beaten_exactly(n: int, Q: float = 10.0, c: float = 5.0) -> Experiment:
    """Exact probability to beat the factor with the best length."""

    def value(bound: Bound) -> Value:
        chance = float(unit_sphere.tail(n, np.sqrt(n * _threshold(n, Q, c))))
        return Value(chance, float(bound(n=n, Q=Q, c=c, m=1)))

    return exact(f"probability of success at the best length, Q = {Q:g}, c = {c:g}", n, value)


# --- expected contraction --------------------------------------------------------------------------------------------


def _draw(rng: Any, state: State, d: int, *, problem: Any, lengths: np.ndarray) -> Array:
    unit = np.linalg.norm(problem.gradient(state.x), axis=-1) / (problem.Q * problem.mu * np.sqrt(d))
    return sphere.draw(rng, (*state.x.shape[:-1], len(lengths)), d, unit[..., None] * lengths / np.sqrt(d))


def at_lengths(problem: Any, lengths: Any) -> Method:
    """Steps of these lengths in units of |g|/(beta sqrt(n)), beta = Q mu, kept if lower."""
    draw = partial(_draw, problem=problem, lengths=np.asarray(lengths, dtype=float))
    return replace(BASE, name="at_lengths", draw=draw, calls=(1, len(lengths)))


def _one_length(name: str, n: int, length: float = KAPPA, spoil: Spoil = as_it_is) -> Setting:
    problem = instance(name, n, BASE)
    return Setting(problem, spoil(at_lengths(problem, (length,))), {"n": n, "Q": problem.Q})


def taken(bound: Bound, n: int, Q: float) -> float:
    """n Q times the share of the gap that a bound says a step takes: in 50 digits, as 1 less 4e-14 has few in 16."""
    import mpmath

    with mpmath.workdps(50):
        return float(n * Q * (1 - bound(n=mpmath.mpf(n), Q=mpmath.mpf(Q))))


def run_at_length(name: str, n: int, steps: int, length: float = KAPPA, spoil: Spoil = as_it_is) -> Experiment:
    """Mean gap after some steps against the power of the factor."""
    replicas, full = (200, 2000) if name == "logistic" else (300, 6000)  # 569 rows for every value
    return gap(
        f"gap after {steps} steps on {words(name)}",
        lambda: _one_length(name, n, length, spoil),
        d=n,
        rung=rung(name, n),
        replicas=replicas,
        full=full,
        steps=steps,
        claimed=lambda bound, where: float(bound(**where.given)) ** steps * first_gap(where.problem),
        limits=lambda where: {"ceiling": first_gap(where.problem)} if spoil is as_it_is else {},
    )


def fall_at_length(name: str, n: int) -> Experiment:
    """Fall of one step."""
    return fall(
        f"relative fall of one step on {words(name)}",
        lambda: _one_length(name, n),
        d=n,
        rung=rung(name, n),
        replicas=4000,
        full=60_000,
        claimed=lambda bound, where: taken(bound, **where.given) * first_gap(where.problem) / (n * where.problem.Q),
        most=50.0,  # z would have to pass 8
    )


def contraction_exactly(n: int) -> Experiment:
    """The shipped step on |x|^2, n >= 3, averaged over the law of s_1 by quadrature on the side where it moves."""

    def value(bound: Bound) -> Value:
        problem = Quadratic(np.full(2, 3.0), np.full(2, 0.4), np.array([1.4, 0.4]), -1.0)  # the plane of g and s
        nodes, weights = np.polynomial.legendre.leggauss(200)
        low, high = KAPPA / 2, min(np.sqrt(n), 12.0)
        z = (low + high) / 2 + (high - low) / 2 * nodes
        v = KAPPA / np.sqrt(n) * np.stack([-z, np.sqrt(n - z * z)], axis=-1) / np.sqrt(n)
        x = np.tile(problem.x0, (len(z), 1))
        moved = step(problem, State(x, problem(x)), v[:, None, :]).fx - problem.f_star
        share = 1 - moved / first_gap(problem)
        mean = 1 - float(np.sum(weights * unit_sphere.density(n, z) * share)) * (high - low) / 2
        return Value(mean, float(bound(n=n, Q=1.0)))

    made = exact("mean gap after one step on a round quadratic, by quadrature", n, value)
    return replace(made, rate_of=("the share of the gap that a step takes", lambda left: 1 - left))


def constant(n: int, least: float = PROGRESS) -> Experiment:
    """What the bound says that a step takes, against a constant."""
    return exact("the constant c_n", n, lambda bound: Value(taken(bound, n, 1.0), least, at_least=True))


# --- best grid -------------------------------------------------------------------------------------------------------


def on_grid(
    name: str,
    n: int,
    q: float = RATIO,
    delta: float = FALL,
    powers: tuple[float, ...] = (-1.0, 0.0, 1.0, 2.0),
    left: Callable[..., Any] = factor,
) -> Experiment:
    """One step over the grid at its worst offset: lengths at both ends of the window, one below and one above.

    How often it leaves no more than `left` of the gap, against what the merit says of that.
    """

    def setting() -> Setting:
        problem = instance(name, n, BASE)
        return Setting(problem, at_lengths(problem, float(window(q=q, delta=delta)) * q ** np.array(powers)), {})

    def allowed(bound: Bound, where: Setting) -> float:
        return float(left(n=n, Q=where.problem.Q, c=delta)) * first_gap(where.problem)

    replicas, full = (1000, 10_000) if name == "logistic" else (4000, 50_000)
    return success(
        f"one step on {words(name)}, worst grid of ratio {q:g}, delta = {delta:g}",
        setting,
        d=n,
        rung=rung(name, n),
        replicas=replicas,
        full=full,
        allowed=allowed,
        odds=lambda bound, where: float(bound(q=q, delta=delta)) / _pays(q, delta),
    )


def _pays(q: float, delta: float) -> float:
    """The merit of a grid that always succeeds."""
    return float(delta * np.log(q))


def ends_exactly(n: int) -> Experiment:
    """Success at the ends of the window, times what it pays, against the merit."""

    def value(bound: Bound) -> Value:
        passed = float(unit_sphere.tail(n, level(q=RATIO, delta=FALL)))
        return Value(passed * _pays(RATIO, FALL), float(bound(q=RATIO, delta=FALL)), at_least=True)

    return exact("success at the ends of the window of lengths", n, value)


def most_merit(bound: Bound, q: float | None = None) -> float:
    """Largest merit over delta, and over q where none is given, on fine grids."""
    ratios = np.geomspace(1.01, 100, 800) if q is None else np.asarray([q])
    levels = np.linspace(0.01, 1.2, 600)  # up to the largest that `success` admits
    deltas = levels**2 * 4 * ratios[:, None] / (1 + ratios[:, None]) ** 2 * (1 - 1e-12)
    return float(np.max(bound(q=ratios[:, None], delta=deltas)))


def most(label: str = f"{MERIT}", claimed: Callable[[Bound], float] = lambda bound: MERIT) -> Experiment:
    """Largest merit against what is claimed to be."""
    return exact(
        f"the largest merit of all grids, against {label}", 1, lambda bound: Value(most_merit(bound), claimed(bound))
    )


def attained() -> Experiment:
    """The merit of the best grid, against nearly the largest."""

    def value(bound: Bound) -> Value:
        return Value(float(bound(q=RATIO, delta=FALL)), MERIT - 1e-4, at_least=True)

    return exact("the merit of the grid of ratio 4.68, against 0.1483", 1, value)

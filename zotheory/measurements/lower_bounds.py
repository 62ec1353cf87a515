"""No method with m values a round does better: the measurements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from zotheory.directions import gaussian, rademacher, sphere
from zotheory.elementary import Array
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import AtLeast, Value
from zotheory.geometry import euclidean_ball, norm, project
from zotheory.loop import run
from zotheory.measurements.experiments import DIRECTIONS, Seed, exact
from zotheory.methods import Method, double_smoothing, random_gradient_free
from zotheory.problems import NoisyLinear
from zotheory.reduced import DECADES, Frame, reduce
from zotheory.streams import generator
from zotheory.theorems import two_point_corollaries
from zotheory.theorems.lower_bounds import signal, upper_over_lower
from zotheory.theorems.two_point import prescribed, step_size

RADIUS, SIGMA = 1.5, 0.8


def family(k: int, m: int, d: int, v: np.ndarray | None = None, *, width: int = 1) -> NoisyLinear:
    """F(.; X) for one v; without one, turned so that v lies along the first of `width` axes."""
    size = SIGMA * float(signal(k, m, d))
    mean = size * v if v is not None else size * np.sqrt(d) * np.eye(1, width)[0]
    return NoisyLinear(mean, SIGMA, RADIUS, true_d=d)


def _limits(problem: NoisyLinear, bound: Bound, k: int, m: int) -> tuple[float, float]:
    """Lower bound and ceiling of the gap: the ball's diameter times the slope."""
    limit = float(bound(k=k, m=m, d=problem.d, R=problem.radius, G=problem.L0))
    return limit, 2 * problem.radius * float(norm(problem.mean))


class Sums(NamedTuple):
    """Sum of the coordinates of X that were seen (..., d), and the round, from 0."""

    x: Array
    t: int


def axes(m: int, radius: float) -> Method:
    """Ask for X on m axes a round, all axes in turn, then answer as if what was seen were E X."""

    def step(f: Callable[[Array], Array], state: Sums, u: Array) -> Sums:
        rows = np.eye(u)[np.arange(state.t * m, (state.t + 1) * m) % u]
        points = np.broadcast_to(rows, (*state.x.shape[:-1], *rows.shape))
        return Sums(state.x + f(points) @ rows, state.t + 1)

    return Method(
        name="axes",
        init=lambda f, x0: Sums(x0, 0),
        draw=lambda rng, state, d: d,
        step=step,
        output=lambda state: project(-1e9 * state.x, radius),
        calls=(0, m),
        vectors=("x",),
    )


def _method(name: str, problem: NoisyLinear, k: int) -> Method:
    """Return a method that ships, its steps those of Theorem 1; or `axes`; or one that trusts its start."""
    kind, _, detail = name.partition(" ")
    if kind == "axes":
        return axes(int(detail), problem.radius)
    if kind == "two_point":
        return prescribed(problem, law={"sphere": sphere, "gaussian": gaussian, "rademacher": rademacher}[detail])[0]
    if kind == "pairs":
        return two_point_corollaries.prescribed(problem, pairs=int(detail))[0]
    if kind == "known":
        return prescribed(problem, alpha=0.1)[0]
    R, G, d = 2 * problem.radius, problem.L0, problem.d
    mirror = euclidean_ball(problem.radius)
    if kind == "double_smoothing":
        h = partial(step_size, R=R, G=G, s=d + 2)
        return double_smoothing(h=h, delta=lambda t: 0.01 / t, eta=lambda t: 0.1 / t, mirror=mirror)
    return random_gradient_free(h=lambda t: R / (G * np.sqrt((d + 4) * k)), delta=1e-3, mirror=mirror)


def _in_words(name: str) -> str:
    kind, _, detail = name.partition(" ")
    return {
        "axes": f"{detail} axes in turn",
        "two_point": f"two-point descent, {DIRECTIONS.get(detail)}",
        "pairs": f"two-point descent, {detail} pairs",
        "known": "a method told the answer",
        "double_smoothing": "double smoothing",
        "random_gradient_free": "random gradient-free search",
    }[kind]


def values_a_round(name: str) -> int:
    """Return m of a method: p pairs share one value."""
    kind, _, detail = name.partition(" ")
    return int(detail) + (kind == "pairs") if detail.isdigit() else 2


def _gaps(name: str, d: int, k: int, replicas: int, seed: Seed) -> tuple[Any, Any, int]:
    """Gaps after k rounds, for eight v's drawn; "known" starts at the minimiser.

    Every other method here commutes with reflections of the axes: its gaps are independent and alike, whatever the v's.
    """
    m = values_a_round(name)
    problem = family(k, m, d)
    if d in DECADES:
        method = _method(name, problem, k)
        turned = reduce(lambda width: family(k, m, d, width=width), (d,), method, fixed=1)
        result = run(method, turned, steps=k, replicas=replicas, seed=seed, record=[k])
        return problem, result.values[0] - problem.f_star, result.calls
    drawn = generator(seed).choice([-1.0, 1.0], (8, d))
    gaps = []
    for i, v in enumerate(drawn):
        one = family(k, m, d, v)
        one = replace(one, start=-1.0) if name == "known" else one
        child = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, i))
        result = run(_method(name, one, k), one, steps=k, replicas=max(replicas // 8, 1), seed=child, record=[k])
        gaps.append(result.values[0] - one.f_star)
    return problem, np.concatenate(gaps), result.calls


def mean_gap(name: str, d: int, k: int) -> Experiment:
    """Gap of a method after k rounds."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> AtLeast:
        problem, gaps, calls = _gaps(name, d, k, replicas, seed)
        limit, ceiling = _limits(problem, bound, k, values_a_round(name))
        return AtLeast(np.clip(gaps, 0, ceiling), limit, ceiling, calls=calls)  # rounding can leave -1e-17

    rung = "reduced" if d in DECADES else "worst case" if name.startswith("axes") else "measured"
    quick = 4000 if name.startswith("axes") else 240  # close to the bound: more has to be seen to tell
    return Experiment(
        f"gap after {k} rounds of {_in_words(name)}", d=d, measure=measure, replicas=quick, full=20 * quick, rung=rung
    )


def evenly(d: int, m: int, seen: int | None = None) -> Experiment:
    """Spread d rounds of `seen` values (default m) over the axes: their mean is N(E X, sigma^2/seen I)."""
    seen = m if seen is None else seen

    def measure(bound: Bound, replicas: int, seed: Seed) -> AtLeast:
        problem = family(d, m, d, width=2)
        source: Any = Frame((d,), 1, (), 1, False).generator(generator(seed), (replicas,))
        mean = replace(problem, sigma=SIGMA / np.sqrt(seen)).sample(source, (replicas,))
        gaps = problem(project(-1e9 * mean, problem.radius)) - problem.f_star
        limit, ceiling = _limits(problem, bound, d, m)
        return AtLeast(np.clip(gaps, 0, ceiling), limit, ceiling, calls=d * seen)

    label = f"gap after d rounds of {seen:g} values spread over the axes" + ("" if seen == m else f", against m = {m}")
    return Experiment(label, d=d, measure=measure, replicas=4000, full=100_000, rung="reduced")


def least_gap(d: int, k: int, m: int, nodes: int = 60) -> float:
    """Least mean gap of all methods that see every coordinate km/d times, over the gap at the centre.

    1 - E |E[v | seen]|/sqrt(d), where E[v_i | seen] = tanh(a + sqrt(a) z) for v_i = 1, a = signal^2 km/d, z normal:
    a Gauss-Hermite sum.
    """
    x, weights = np.polynomial.hermite_e.hermegauss(nodes)
    a = float(signal(k, m, d)) ** 2 * k * m / d
    squares = np.tanh(a + np.sqrt(a) * x) ** 2
    length, weight = squares, weights / weights.sum()
    for _ in range(d - 1):
        length, weight = np.add.outer(length, squares), np.multiply.outer(weight, weights / weights.sum())
    return 1 - float(np.sum(weight * np.sqrt(length))) / np.sqrt(d)


def best_answer(d: int, k: int) -> Experiment:
    """The least gap of all methods that see all of X, by the posterior mean."""

    def value(bound: Bound) -> Value:
        problem = family(k, d, d)
        limit, ceiling = _limits(problem, bound, k, d)
        return Value(least_gap(d, k, d) * ceiling / 2, limit, at_least=True, error=5e-3)

    return exact(f"gap of the best answer to {k} rounds that show all of X", d, value)


def upper_over_lower_bound(d: int, first: float = 1.0, more: float = 1.0) -> Experiment:
    """Largest upper over lower, times `more`, over 2000 values of k from first d to 10^6 d."""

    def value(bound: Bound) -> Value:
        k = np.maximum(np.geomspace(first * d, 1e6 * d, 2000).round(), 1.0)
        return Value(more * float(np.max(upper_over_lower.formula(k, d))), float(bound()))

    return exact("the largest ratio of the upper to the lower bound", d, value)


def gaussian_over_sphere(d: int) -> float:
    """By what Theorem 1 is larger for Gaussian directions, s = d + 2."""
    return float(np.sqrt(gaussian.second_moment(d) / d))

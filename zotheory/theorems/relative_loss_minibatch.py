"""Relative-loss descent on mini-batches, and its value-weighted form: what is claimed.

Source: this project. Both losses of a step are of the same sample X, one row or a batch, so a step compares F(y; X)
with F(x; X) and has no part in their noise. Accepting the lower follows the direction of grad F(x; X), not its length:
normalised stochastic gradient descent, whose noise does not average out by small steps but by larger batches.

Notation
--------
d dimension; G = grad F(x; X), g = E G = grad f(x), in the bounds the length of g; noise = E|G - g|; spread^2 bounds
E|G - g|^2 everywhere; B samples in a batch; s uniform on the unit sphere, m_d = E|s_1|; alpha radius of a step; every
F(.; X) L-smooth; gap f(x) - inf f; T steps. Of the value-weighted form: h step size, delta the shipped sigma, rms =
sqrt(E|G|^2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from math import ceil
from typing import Any

import numpy as np

from zotheory import require
from zotheory.directions import gaussian, sphere_mean_abs
from zotheory.elementary import Array, sqrt
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import AtLeast, Mean, Value
from zotheory.evidence.reduced import DECADES
from zotheory.methods import Method, relative_loss
from zotheory.methods.relative_loss import Move, State, step, weighted_step
from zotheory.oracles import Batches, expand_like
from zotheory.problems import NoisyLinear, block_quadratic, breast_cancer
from zotheory.run import generator, iterate, run
from zotheory.theorems import relative_loss as exact
from zotheory.theorems.gld_search import sphere_tail
from zotheory.theorems.relative_loss import exact_fall, stationary_radius
from zotheory.theorems.sample_and_keep import KAPPA, excess, progress

# --- one step --------------------------------------------------------------------------------------------------------


def decrease(*, alpha: Array, g: Array, noise: Array, L: Array, d: Array) -> Array:
    """Return alpha m_d (g - noise)/2 - 3 L alpha^2/8: f(x) - E f(x+) is at least this, also where it is negative.

    Raises
    ------
    ValueError
        Unless alpha, g > 0, noise, L >= 0 and d >= 1.
    """
    require.nonnegative(noise=noise, L=L)
    return exact.decrease(alpha=alpha, g=g, L=_apart(L), d=d) - alpha * sphere_mean_abs(d) * noise / 2


def _apart(L: Array) -> Array:
    """(3/2) L, which samples of different curvature put in the place of the L of one function."""
    return 3 * L / 2


# --- many steps ------------------------------------------------------------------------------------------------------


def mean_gradient(*, T: Array, gap: Array, alpha: Array, L: Array, d: Array, spread: Array, B: Array) -> Array:
    """Return 2 gap/(alpha m_d T) + 3 L alpha/(4 m_d) + spread/sqrt(B): E of the mean of |grad f| over T steps is below.

    Raises
    ------
    ValueError
        Unless T, d, B >= 1, gap, alpha > 0 and L, spread >= 0.
    """
    require.nonnegative(L=L)
    return exact.mean_gradient(T=T, gap=gap, alpha=alpha, L=_apart(L), d=d) + batch_noise(spread=spread, B=B)


def batch_noise(*, spread: Array, B: Array) -> Array:
    """spread/sqrt(B): E|G - g| of a batch is at most this.

    Raises
    ------
    ValueError
        Unless spread >= 0 and B >= 1.
    """
    require.nonnegative(spread=spread)
    require.at_least(1, B=B)
    return spread / sqrt(B)


def radius(*, T: Array, gap: Array, L: Array) -> Array:
    """sqrt(8 gap/(3 L T)), at which `mean_gradient` is least.

    Raises
    ------
    ValueError
        Unless T >= 1 and gap, L > 0.
    """
    require.positive(L=L)
    return stationary_radius(T=T, gap=gap, L=_apart(L))


def growing(*, T: Array, gap: Array, L: Array, d: Array, spread: Array, slope: Array) -> Array:
    """Return (sqrt(6 L gap)/m_d + 2 spread/sqrt(slope))/sqrt(T): the same with `radius` and B_t = slope t, rounded up.

    Raises
    ------
    ValueError
        Unless T, d >= 1, gap, L, slope > 0 and spread >= 0.
    """
    require.positive(L=L)
    return exact.best_mean_gradient(T=T, gap=gap, L=_apart(L), d=d) + growing_noise(T=T, spread=spread, slope=slope)


def growing_noise(*, T: Array, spread: Array, slope: Array) -> Array:
    """2 spread/sqrt(slope T): the mean of `batch_noise` over batches of slope t samples, rounded up, is at most this.

    Raises
    ------
    ValueError
        Unless T >= 1, slope > 0 and spread >= 0.
    """
    require.at_least(1, T=T)
    require.positive(slope=slope)
    require.nonnegative(spread=spread)
    return 2 * spread / sqrt(slope * T)


def balanced_slope(*, gap: Array, L: Array, d: Array, spread: Array) -> Array:
    """2 spread^2 m_d^2/(3 L gap), at which both parts of `growing` are equal.

    Raises
    ------
    ValueError
        Unless gap, L, spread > 0 and d >= 1.
    """
    require.positive(gap=gap, L=L, spread=spread)
    require.at_least(1, d=d)
    return 2 * (spread * sphere_mean_abs(d)) ** 2 / (3 * L * gap)


def samples(*, T: Array, slope: Array) -> Array:
    """2 T + slope T (T + 1): T steps with batches of slope t samples, rounded up, evaluate samples at most so often.

    Raises
    ------
    ValueError
        Unless T >= 1 and slope > 0.
    """
    require.at_least(1, T=T)
    require.positive(slope=slope)
    return 2 * T + slope * T * (T + 1)


def floor(*, p: Array, a: Array, alpha: Array, L: Array) -> Array:
    """Return L p (a - alpha/(1 - 2p)): on `Targets` on the line, run from 0, E|grad f| never falls below this.

    Raises
    ------
    ValueError
        Unless 0 < p < 1/2 and a, alpha, L > 0.
    """
    require.between(0, 0.5, p=p)
    require.positive(a=a, alpha=alpha, L=L)
    return L * p * (a - alpha / (1 - 2 * p))


# --- the value-weighted form -----------------------------------------------------------------------------------------


def weighted_decrease(*, h: Array, delta: Array, g: Array, rms: Array, L: Array, d: Array) -> Array:
    """Return h g (g - e) - L h^2 d (rms + e)^2/2, e = delta L d/2: f(x) - E f(x+) of the value-weighted form is above.

    Raises
    ------
    ValueError
        Unless h, delta, g, rms > 0, L >= 0 and d >= 1.
    """
    require.positive(h=h, delta=delta, g=g, rms=rms)
    require.nonnegative(L=L)
    require.at_least(1, d=d)
    e = delta * L * d / 2
    return h * g * (g - e) - L * h**2 * d * (rms + e) ** 2 / 2


def per_evaluation(*, g: Array, L: Array, d: Array) -> Array:
    """g^2/(4 L d): accept/reject takes at most this in an evaluation on L|x|^2/2, the weighted form twice this in two.

    Raises
    ------
    ValueError
        Unless g, L > 0 and d >= 1.
    """
    require.positive(g=g, L=L)
    require.at_least(1, d=d)
    return g**2 / (4 * L * d)


# --- problems to measure on ------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Targets:
    """F(x; X) = L |x - X|^2/2, X = a e_1 with probability p, else 0.

    One sample compares distances to one target, as F = |x - X| would: accept/reject cannot know that the mean p a e_1
    is asked for, and not the geometric median, 0 for p < 1/2. Starts at `start` a e_1. `true_d` as in `Quadratic`.
    """

    p: float
    size: int
    a: float = 1.0
    L1: float = 1.0
    start: float = 0.0
    true_d: int | None = None

    def __call__(self, x: Array) -> Array:
        """E F at points (..., d)."""
        return self._value(x, self.p, self.p)

    def _value(self, x: Array, hit: Array, square: Array) -> Array:
        return self.L1 / 2 * (np.vecdot(x, x) - 2 * self.a * hit * x[..., 0] + self.a**2 * square)

    def sample(self, rng: Any, batch: tuple[int, ...]) -> Array:
        """Whether X = a e_1."""
        return 1.0 * (rng.random(batch) < self.p)

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return F(.; X)."""

        def value(x: Array) -> Array:
            hit = expand_like(xi, x)
            return self._value(x, hit, hit)

        return value

    @property
    def cases(self) -> tuple[tuple[float, float], ...]:
        """(probability, sample) of each sample."""
        return (1 - self.p, 0.0), (self.p, 1.0)

    def slopes(self, x: np.ndarray) -> np.ndarray:
        """Gradient of F(.; 0) and F(.; 1) at points on the axis, along it."""
        return self.L1 * (x[0] - self.a * np.array([0.0, 1.0]))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient of f at points (..., d)."""
        return self.L1 * (x - self.p * self.a * (np.arange(x.shape[-1]) == 0))

    @property
    def d(self) -> int:  # noqa: D102
        return self.true_d or self.size

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return self.start * self.a * np.eye(1, self.size)[0]

    @property
    def f_star(self) -> float:  # noqa: D102
        return self.L1 * self.p * (1 - self.p) * self.a**2 / 2

    @property
    def spread(self) -> float:
        """sqrt(E|G - g|^2), at every point."""
        return float(self.L1 * self.a * np.sqrt(self.p * (1 - self.p)))


@dataclass(frozen=True, eq=False)
class Bent:
    """F(x; 0) = L (w x_1 + x_1^2)/2 and F(x; 1) = L (w x_1 - x_1 |x_1|)/2, each half of the time; starts at 0.

    There both gradients are L w/2. A step barely longer than w is accepted uphill by the sample that bends down, and
    rejected downhill by both: the worst case of one step in one dimension.
    """

    size: int = 1
    L1: float = 1.0
    w: float = 1.0
    true_d: int | None = None

    cases = (0.5, 0.0), (0.5, 1.0)

    def __call__(self, x: Array) -> Array:
        """E F at points (..., d)."""
        return (self.at(np.asarray(0.0))(x) + self.at(np.asarray(1.0))(x)) / 2

    def sample(self, rng: Any, batch: tuple[int, ...]) -> Array:
        """Which of the two."""
        return 1.0 * (rng.random(batch) < 0.5)

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return F(.; X)."""

        def value(x: Array) -> Array:
            y, bends = x[..., 0], expand_like(xi, x)
            return self.L1 / 2 * (self.w * y + np.where(bends > 0, -y * abs(y), y**2))

        return value

    def slopes(self, x: np.ndarray) -> np.ndarray:
        """Gradients of both at 0, along the axis."""
        return np.full(2, self.L1 * self.w / 2)

    @property
    def d(self) -> int:  # noqa: D102
        return self.true_d or self.size

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return np.zeros(self.size)


# --- experiments -----------------------------------------------------------------------------------------------------

BASE = relative_loss(radius=1.0, cached=False)  # what reduced coordinates need to know of the method
REACH = 12.0  # sqrt(d) |s_1| is larger with probability below 1e-31 in large dimension: what lies beyond is cut off


def _targets(d: int, p: float, start: float = 0.0) -> Any:
    if d in DECADES:
        return reduced.reduce(lambda width: Targets(p, width, start=start, true_d=d), (d,), BASE, fixed=1)
    return Targets(p, d, start=start)


def _noisy(d: int, ratio: float) -> Any:
    """Linear, noise of sqrt(E|G - g|^2) = ratio |g|."""

    def build(width: int) -> NoisyLinear:
        return NoisyLinear(2.0 * np.eye(1, width)[0], 2 * ratio / np.sqrt(d), radius=1.0, true_d=d)

    if d in DECADES:
        return reduced.reduce(build, (d,), BASE, fixed=1)
    mean = np.linspace(1, 2, d)
    return NoisyLinear(mean, ratio * float(np.linalg.norm(mean)) / np.sqrt(d), radius=1.0)


def _bent(d: int) -> Any:
    if d in DECADES:
        return reduced.reduce(lambda width: Bent(width, true_d=d), (d,), BASE, fixed=1)
    return Bent(d)


def _rung(d: int) -> str:
    return "reduced" if d in DECADES else "measured"


def _start(problem: Any) -> dict[str, float]:
    """|g|, E|G - g|, sqrt(E|G|^2), L and d at the start."""
    where = {"L": problem.L1, "d": problem.d}
    if hasattr(problem, "mean"):
        g, deviation = float(np.linalg.norm(problem.mean)), problem.sigma * float(gaussian.norm_moment(1, problem.d))
        return where | {"g": g, "noise": deviation, "rms": problem.L0}
    if hasattr(problem, "features"):
        rows = -problem.features * problem.labels[:, None] / 2  # gradients at 0
        g = np.mean(rows, axis=0)
        largest = np.max(np.sum(problem.features**2, axis=-1))
        size, deviation = np.sum(rows**2, axis=-1), np.linalg.norm(rows - g, axis=-1)
        found = {"g": np.linalg.norm(g), "noise": np.mean(deviation), "rms": np.sqrt(np.mean(size))}
        return where | {name: float(value) for name, value in found.items()} | {"L": float(largest / 4 + problem.ridge)}
    weights, slopes = np.array([case[0] for case in problem.cases]), problem.slopes(problem.x0)
    g = weights @ slopes
    found = {"g": abs(g), "noise": weights @ abs(slopes - g), "rms": np.sqrt(weights @ slopes**2)}
    return where | {name: float(value) for name, value in found.items()}


def _radius_of(where: dict[str, float], times: float) -> float:
    """So many times m_d |g|/L; m_d |g| where L = 0."""
    return times * float(sphere_mean_abs(where["d"])) * where["g"] / (where["L"] or 1.0)


def keep_the_higher(f: Any, state: State, move: Move, **rest: Any) -> State:
    """The sign bug: move if the loss is higher there."""
    return step(lambda x: -f(x), state, move, **rest)


def _spoiled(method: Method, spoil: Callable[..., State] | None) -> Method:
    return method if spoil is None else replace(method, step=partial(spoil, **method.step.keywords))  # type: ignore[attr-defined]


def _fall(
    build: Callable[[], Any],
    d: int,
    label: str,
    method: Callable[[dict[str, float]], Method],
    claimed: Callable[[dict[str, float]], float],
    low: Callable[[dict[str, float]], float],
    high: float = 3.0,
    replicas: int = 2000,
) -> Experiment:
    """f(x) - f(x+) of one step against what is claimed, both plus `low`, so that neither is negative, in its units.

    Falls are cut off at `high`, which only lowers their mean.
    """

    def measure(replicas: int, seed: np.random.SeedSequence) -> AtLeast:
        problem = build()
        where = _start(problem)
        shift = low(where)
        start = np.tile(problem.x0, (replicas, 1))
        runs = iterate(method(where), problem, start, generator(seed))
        next(runs)
        state, counted = next(runs)
        falls = problem(problem.x0) - problem(state.x) + shift
        return AtLeast(np.clip(falls / shift, 0, high), 1 + claimed(where) / shift, high, counted.calls)

    return Experiment(_rung(d), label, d, measure, replicas, 20 * replicas)


def _one_step(
    name: str,
    build: Callable[[], Any],
    d: int,
    bound: Callable[..., Array] = decrease,
    times: float = 0.5,
    spoil: Callable[..., State] | None = None,
    replicas: int = 1000,
) -> Experiment:
    def arguments(where: dict[str, float]) -> dict[str, float]:
        return {"alpha": _radius_of(where, times), **{k: v for k, v in where.items() if k != "rms"}}

    def low(where: dict[str, float]) -> float:
        alpha = _radius_of(where, times)
        return alpha * where["g"] * min(1.0, REACH / np.sqrt(d)) + where["L"] * alpha**2 / 2

    return _fall(
        build,
        d,
        f"fall of one step, {times:g} times m_d |g|/L, {name}, shifted",
        lambda where: _spoiled(relative_loss(radius=_radius_of(where, times), cached=False), spoil),
        lambda where: float(bound(**arguments(where))),
        low,
        replicas=replicas,
    )


def _on_the_line(
    problem: Any, alpha: float, name: str, bound: Callable[..., Array] = decrease, rung: str = "exact"
) -> Experiment:
    """Rise of the shipped step in one dimension: both directions, every sample."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        x, one = np.tile(problem.x0, (2, 1)), np.ones(2)
        rise = 0.0
        for probability, xi in problem.cases:
            start = State(x, 0 * one, 0 * x, alpha * one, 1)
            after = step(problem.at(np.asarray(xi)), start, Move(np.array([[1.0], [-1.0]]), alpha * one), cached=False)
            rise += probability * float(np.mean(problem(after.x) - problem(x)))
        where = _start(problem)
        claimed = bound(alpha=alpha, g=where["g"], noise=where["noise"], L=where["L"], d=1)
        return Value(rise, -float(claimed), error=1e-9)

    return Experiment(rung, f"rise of the shipped step, enumerated, {name}", 1, measure)


def _beyond(d: int, tau: float) -> tuple[float, float]:
    """E[s_1; s_1 > tau] and P(s_1 > tau)."""
    passed = float(sphere_tail(d, np.sqrt(d) * tau))
    return float(excess(d, np.sqrt(d) * tau)) / np.sqrt(d) + tau * passed, passed


def closed_rise(problem: Any, alpha: float) -> float:
    """E f(x+) - f(x) at x0 of `Targets`, by the law of s_1, d >= 2."""
    slopes = problem.slopes(problem.x0)
    g = sum(probability * slope for (probability, _), slope in zip(problem.cases, slopes, strict=True))
    rise = 0.0
    for (probability, _), slope in zip(problem.cases, slopes, strict=True):
        along, passed = _beyond(problem.d, problem.L1 * alpha / (2 * abs(slope)))
        rise += probability * (problem.L1 * alpha**2 / 2 * passed - np.sign(slope) * alpha * g * along)
    return float(rise)


def _contrary(d: int, bound: Callable[..., Array] = decrease, p: float = 0.25, near: float = 1e-4) -> Experiment:
    """Most samples lie a little behind, the others far ahead: the noise is lost in full."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        problem = Targets(p, 1, start=near, true_d=d)
        alpha = 0.01 * near * float(sphere_mean_abs(d))
        where = _start(problem)
        claimed = bound(alpha=alpha, g=where["g"], noise=where["noise"], L=where["L"], d=d)
        return Value(closed_rise(problem, alpha), -float(claimed), error=1e-6)

    return Experiment("exact", f"rise in closed form, targets, {1 - p:g} of them behind", d, measure)


def _walk(
    problem: Any, method: Method, T: int, replicas: int, seed: np.random.SeedSequence
) -> tuple[np.ndarray, np.ndarray, int]:
    """Mean of |grad f| at x_0..x_{T-1}, f(x_0) - f(x_T), and the evaluations of one replica."""
    start = np.tile(problem.x0, (replicas, 1))
    total, calls = np.zeros(replicas), 0
    for t, (state, counted) in enumerate(iterate(method, problem, start, generator(seed))):
        calls = counted.calls
        if t == T:
            break
        total += np.linalg.norm(problem.gradient(state.x), axis=-1)
    return total / T, problem(start) - problem(state.x), calls


def _gap(problem: Any) -> float:
    return float(problem(problem.x0)) - problem.f_star


def _paid(d: int, p: float, B: int | None, falsehood: Callable[..., Any] = lambda **a: a, T: int = 20) -> Experiment:
    """The bound before f(x_T) >= inf f is used, which leaves nothing to see in so few steps of so many dimensions.

    Less the mean of |grad f|, both in units of |g|, shifted. `B` samples a batch; None: t of them in step t. Controls
    change the arguments of the bound.
    """

    def measure(replicas: int, seed: np.random.SeedSequence) -> AtLeast:
        problem = _targets(d, p)
        where, spread = _start(problem), problem.spread
        alpha = _radius_of(where, 0.5)
        problem = replace(problem, problem=Batches(problem.problem, (lambda t: t) if B is None else B))
        size, fall, calls = _walk(problem, relative_loss(radius=alpha, cached=False), T, replicas, seed)
        unit = alpha * where["g"] * T / np.sqrt(d)  # of the fall
        noise = growing_noise(T=T, spread=spread, slope=1.0) if B is None else batch_noise(spread=spread, B=B)
        given = falsehood(T=T, alpha=alpha, L=problem.L1, d=d, spread=float(noise), B=1)
        one, two = (float(mean_gradient(gap=times * unit, **given)) for times in (1, 2))
        room = ((two - one) * fall / unit + 2 * one - two - size) / where["g"]
        shift = 3 * REACH
        return AtLeast(np.clip(room + shift, 0, 2 * shift), shift, 2 * shift, calls)

    batch = "growing batches" if B is None else f"batches of {B}"
    return Experiment("reduced", f"the fall of {T} steps pays for the gradients, {batch}", d, measure, 1000, 10_000)


def _gradients(
    d: int,
    p: float,
    T: int,
    B: int | Callable[[int], int] = 1,
    bound: Callable[..., Array] = mean_gradient,
    times: float = 1.0,
    spoil: Callable[..., State] | None = None,
    start: float = 0.0,
    replicas: int = 60,
    slope: float | None = None,
) -> Experiment:
    """Mean of |grad f| along a run on `Targets`, the radius so many times `radius`; slope: B_t = slope t."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = Targets(p, d, start=start)
        gap, L = _gap(problem), problem.L1
        alpha = times * float(radius(T=T, gap=gap, L=L))
        sizes = B if slope is None else partial(_rounded, slope=slope)
        shipped = _spoiled(relative_loss(radius=alpha, cached=False), spoil)
        size, _, calls = _walk(Batches(problem, sizes), shipped, T, replicas, seed)
        given = {"T": T, "gap": gap, "L": L, "d": d, "spread": problem.spread}
        more = {"alpha": alpha, "B": B} if slope is None else {"slope": slope}
        return Mean(size, float(bound(**given, **more)), calls=calls)

    batch = f"batches of {B}" if slope is None else f"batches of {slope:g} t"
    label = f"mean of |grad f| over {T} steps, {batch}, p = {p:g}, {times:g} times the best radius"
    return Experiment("measured", label, d, measure, replicas, 10 * replicas)


def _rounded(t: int, *, slope: float) -> int:
    return ceil(slope * t)


def _floor(
    p: float, T: int, bits: int = 5, bound: Callable[..., Array] = floor, spoil: Any = None, B: int = 1
) -> Experiment:
    """|grad f| after T steps of 2^-bits from 0, on the line."""
    alpha = 2.0**-bits

    def measure(replicas: int, seed: np.random.SeedSequence) -> AtLeast:
        problem = Targets(p, 1)
        method = relative_loss(radius=alpha, cached=False) if spoil is None else spoil(alpha)
        x, calls = _last(Batches(problem, B), method, T, replicas, seed)
        size = np.abs(problem.gradient(x)[:, 0])
        ceiling = max(p, 1 - p) * problem.L1 * problem.a
        return AtLeast(np.minimum(size, ceiling), float(bound(p=p, a=1.0, alpha=alpha, L=1.0)), ceiling, calls)

    return Experiment("measured", f"|grad f| after {T} steps of 2^-{bits}, p = {p:g}", 1, measure, 200, 2000)


def _last(problem: Any, method: Method, T: int, replicas: int, seed: np.random.SeedSequence) -> tuple[np.ndarray, int]:
    """Return x after T steps, and the evaluations of one replica."""
    start = np.tile(problem.x0, (replicas, 1))
    state, counted = next(islice(iterate(method, problem, start, generator(seed)), T, None))
    return state.x, counted.calls


def transitions(p: float, N: int, step: Callable[..., State] = step) -> np.ndarray:
    """P(j, k), the chance that the shipped step of length a/N takes k a/N to j a/N on `Targets` on the line."""
    problem, one = Targets(p, 1), np.ones(N + 1)
    x = np.arange(N + 1)[:, None] / N
    matrix = np.zeros((N + 1, N + 1))
    for probability, xi in problem.cases:
        for u in (1.0, -1.0):
            start = State(x, 0 * one, 0 * x, one / N, 1)
            after = step(problem.at(np.asarray(xi)), start, Move(np.full_like(x, u), one / N), cached=False)
            reached = np.rint(after.x[:, 0] * N).astype(int)
            matrix[reached, np.arange(N + 1)] += probability / 2
    return matrix


def _floor_exactly(p: float, N: int, T: int, bound: Callable[..., Array] = floor) -> Experiment:
    """E|grad f| after T steps of a/N from 0, by the powers of the chain."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        law = np.linalg.matrix_power(transitions(p, N), T)[:, 0]
        size = float(law @ np.abs(np.arange(N + 1) / N - p))
        return Value(size, float(bound(p=p, a=1.0, alpha=1 / N, L=1.0)), at_least=True, error=1e-9)

    return Experiment("exact", f"E|grad f| after {T} steps of a/{N}, p = {p:g}", 1, measure)


def _weighted(
    name: str,
    build: Callable[[], Any],
    d: int,
    bound: Callable[..., Array] = weighted_decrease,
    times: float = 1.0,
    spoil: Callable[..., State] | None = None,
    small: float = 0.2,
    replicas: int = 1000,
) -> Experiment:
    """Fall of one step, h so many times the best for delta = 0, e = small g."""

    def arguments(where: dict[str, float]) -> dict[str, float]:
        L = where["L"] or 1.0
        h = times * where["g"] ** 2 / (L * where["d"] * where["rms"] ** 2)
        given = {"h": h, "delta": 2 * small * where["g"] / (L * where["d"])}
        return given | {k: where[k] for k in ("g", "rms", "L", "d")}

    def method(where: dict[str, float]) -> Method:
        given = arguments(where)
        return _spoiled(relative_loss(radius=given["delta"] * np.sqrt(d), h=given["h"]), spoil)

    def low(where: dict[str, float]) -> float:
        h = arguments(where)["h"]
        if name == "logistic, one row":  # whose rows may point anywhere: both factors in full
            return min(d, REACH**2) * h * where["rms"] * (where["g"] + where["L"] * h * d * where["rms"] / 2)
        return h * where["g"] ** 2 * (0.5 + REACH * small)  # others point downhill, but for e

    label = f"fall of one weighted step, {times:g} times the best, {name}, shifted"
    return _fall(
        build, d, label, method, lambda where: float(bound(**arguments(where))), low, 3.0 if d == 30 else 40.0, replicas
    )


def _weighted_exactly(
    problem: Any, name: str, bound: Callable[..., Array] = weighted_decrease, delta: float = 1e-3, times: float = 1.0
) -> Experiment:
    """Fall of the shipped weighted step in one dimension: both directions, every sample."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        x, one = np.tile(problem.x0, (2, 1)), np.ones(2)
        where = _start(problem)
        h = times * where["g"] ** 2 / (where["L"] * where["rms"] ** 2)
        fall = 0.0
        for probability, xi in problem.cases:
            start, move = State(x, 0 * one, 0 * x, delta * one, 1), Move(np.array([[1.0], [-1.0]]), delta * one)
            after = weighted_step(problem.at(np.asarray(xi)), start, move, h=h)
            fall += probability * float(np.mean(problem(x) - problem(after.x)))
        given = {k: where[k] for k in ("g", "rms", "L")}
        return Value(fall, float(bound(h=h, delta=delta, d=1, **given)), at_least=True, error=1e-9)

    return Experiment(
        "exact", f"fall of the shipped weighted step, enumerated, {name}, {times:g} times the best", 1, measure
    )


def _best_fall(d: int, bound: Callable[..., Array] = per_evaluation) -> Experiment:
    """Best mean fall of accept/reject on L|x|^2/2 over 20 radii, |g| = L = 1; by the shipped step where d is small."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        kappas = [KAPPA, *np.geomspace(0.5, 2, 19)]  # 1 is among them
        falls = [exact_fall(d, float(kappa)) if 1 < d <= 10**3 else progress(n=d, kappa=kappa) for kappa in kappas]
        return Value(float(np.max(falls)) / (2 * d), float(bound(g=1.0, L=1.0, d=d)), error=1e-9)

    return Experiment("exact", "best mean fall of accept/reject on L|x|^2/2", d, measure)


def _one_evaluation(d: int, bound: Callable[..., Array] = per_evaluation) -> Experiment:
    """Measured fall of accept/reject on 3|x|^2/2, at the radius best in large dimension."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        method = relative_loss(radius=KAPPA / np.sqrt(d))
        problem = (
            block_quadratic((3.0,), (d,), start=(1.0,), f_star=-1.0)
            if d not in DECADES
            else reduced.reduce(lambda width: block_quadratic((3.0,), (d,), start=(1.0,), width=width), (d,), method)
        )
        result = run(method, problem, steps=1, replicas=replicas, seed=seed, record=[0, 1])
        falls = result.values[0] - result.values[1]
        largest = 3 * KAPPA / np.sqrt(d) * min(1.0, REACH / np.sqrt(d))
        return Mean(falls, float(bound(g=3.0, L=3.0, d=d)), largest, result.calls - 1)

    return Experiment(_rung(d), "fall of accept/reject on L|x|^2/2, one evaluation", d, measure, 6000, 60_000)


# --- claims ----------------------------------------------------------------------------------------------------------

SMOOTH = "every F(.; X) is L-smooth and f = E F(.; X); convexity is not asked for"
SHARED = (
    "directions on the sphere, no momentum; the sample is drawn anew in every step, and both losses of a step share it"
)
GRADIENT_UNITS = {"T": (0, 0), "gap": (0, 1), "L": (-2, 1), "d": (0, 0), "spread": (-1, 1), "return": (-1, 1)}


def _control(of: str, name: str, falsehood: str, experiment: Experiment) -> Control:
    of = f"relative_loss_minibatch.{of}"
    return Control(f"{of}.{name}", of, falsehood, experiment)


def _per_decade(of: str, name: str, falsehood: str, experiment: Callable[[int], Experiment]) -> tuple[Control, ...]:
    """One control for each of the decades."""
    return tuple(_control(of, f"{name}_{d:.0e}".replace("+", ""), falsehood, experiment(d)) for d in DECADES)


def _with(bound: Callable[..., Array], **changes: Callable[[Any], Any]) -> Callable[..., Array]:
    """The bound with arguments changed by functions."""
    return lambda **a: bound(**a | {name: change(a[name]) for name, change in changes.items()})


CLAIMS = (
    Claim(
        id="relative_loss_minibatch.decrease",
        statement="A step on one sample has E f(x+) <= f(x) - (alpha m_d/2) (|g| - E|G - g|) + (3/8) L alpha^2; the "
        "factor 1 of E|G - g| is the best possible for every d, and 3/8 for d = 1.",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(SMOOTH, SHARED, "g = grad f(x) is not 0"),
        bound=decrease,
        units={"alpha": (1, 0), "g": (-1, 1), "noise": (-1, 1), "L": (-2, 1), "d": (0, 0), "return": (0, 1)},
        experiments=(
            _on_the_line(Bent(), 1 + 1e-9, "bent"),
            _on_the_line(Bent(1, 3.0, 0.5), 0.5 + 1e-9, "bent, scaled"),
            _on_the_line(Targets(0.25, 1, start=0.125), 0.5, "targets"),
            *(_contrary(d) for d in (2, 10, *DECADES)),
            _one_step("noisy linear", partial(_noisy, 10, 0.5), 10),
            _one_step("targets", partial(_targets, 10, 0.3), 10),
            _one_step("logistic, one row", breast_cancer, 30),
            *(_one_step("noisy linear", partial(_noisy, d, 2.0), d) for d in DECADES),
            *(_one_step("targets", partial(_targets, d, 0.3), d) for d in DECADES),
        ),
        controls=(
            _control(
                "decrease",
                "deterministic_curvature",
                "L alpha^2/4, as without noise, in the place of 3 L alpha^2/8",
                _on_the_line(Bent(), 1.01, "bent", lambda L, **a: decrease(L=2 * L / 3, **a)),
            ),
            _control(
                "decrease",
                "curvature",
                "a hundredth less than 3 L alpha^2/8",
                _on_the_line(Bent(), 1 + 1e-9, "bent", lambda L, **a: decrease(L=0.99 * L, **a)),
            ),
            _control(
                "decrease",
                "sign",
                "moving where the loss is higher does as well (sign bug)",
                _one_step("noisy linear", partial(_noisy, 10, 0.2), 10, spoil=keep_the_higher),
            ),
            *_per_decade(
                "decrease",
                "noise",
                "0.99 E|G - g| in the place of E|G - g|",
                lambda d: _contrary(d, lambda noise, **a: decrease(noise=0.99 * noise, **a)),
            ),
            *_per_decade(
                "decrease",
                "noiseless",
                "noise costs nothing, since both losses share it",
                lambda d: _one_step(
                    "noisy linear", partial(_noisy, d, 8.0), d, lambda noise, **a: decrease(noise=0.0, **a)
                ),
            ),
            *_per_decade(
                "decrease",
                "power",
                "m_d of order d^(-1/4) (wrong power of d)",
                lambda d: _one_step(
                    "noisy linear", partial(_noisy, d, 0.5), d, lambda d, **a: decrease(d=np.sqrt(d), **a)
                ),
            ),
        ),
    ),
    Claim(
        id="relative_loss_minibatch.stationary",
        statement="With batches of B samples the mean of |grad f| over x_0..x_{T-1} is expected to be at most 2 "
        "(f(x_0) - inf f)/(alpha m_d T) + 3 L alpha/(4 m_d) + sigma/sqrt(B), sigma^2 = sup E|G - g|^2.",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(SMOOTH, SHARED, "f is bounded below, E|G - g|^2 bounded", "the radius is alpha in every step"),
        bound=mean_gradient,
        units=GRADIENT_UNITS | {"alpha": (1, 0), "B": (0, 0)},
        experiments=(
            _gradients(2, 0.45, 600, times=0.5),
            _gradients(5, 0.3, 400, 4, start=1.0),
            _gradients(2, 0.06, 600, 9),
            *(_paid(d, 0.3, B) for d in DECADES for B in (1, 4)),
        ),
        controls=(
            _control(
                "stationary",
                "no_floor",
                "noise averages out over the steps: no floor",
                _gradients(2, 0.45, 600, times=0.5, bound=_with(mean_gradient, spread=lambda spread: 0.0)),
            ),
            _control(
                "stationary",
                "batch",
                "the floor falls as 1/B",
                _gradients(2, 0.06, 600, 9, bound=_with(mean_gradient, B=lambda B: B**2)),
            ),
            _control(
                "stationary",
                "sign",
                "moving where the loss is higher does as well (sign bug)",
                _gradients(2, 0.45, 600, times=0.5, spoil=keep_the_higher),
            ),
            *_per_decade(
                "stationary",
                "power",
                "m_d of order d^(-1/4) (wrong power of d)",
                lambda d: _paid(d, 0.9, 1, lambda d, **a: {"d": np.sqrt(d), **a}),
            ),
            *_per_decade(
                "stationary",
                "noise",
                "noise costs nothing",
                lambda d: _paid(d, 0.15, 1, lambda spread, **a: {"spread": 0.0, **a}),
            ),
        ),
    ),
    Claim(
        id="relative_loss_minibatch.growing",
        statement="With batches of B_t = slope t samples, rounded up, and alpha = sqrt(8 (f(x_0) - inf f)/(3 L T)) the "
        "mean of |grad f| over x_0..x_{T-1} is expected to be at most (sqrt(6 L (f(x_0) - inf f))/m_d + "
        "2 sigma/sqrt(slope))/sqrt(T), for at most 2 T + slope T (T + 1) evaluations of samples.",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(SMOOTH, SHARED, "f is bounded below, E|G - g|^2 <= sigma^2"),
        bound=growing,
        units=GRADIENT_UNITS | {"slope": (0, 0)},
        experiments=(
            _gradients(2, 0.45, 600, bound=growing, slope=0.1),
            _gradients(3, 0.3, 400, bound=growing, slope=0.05, start=1.0),
            *(_paid(d, 0.3, None) for d in DECADES),
        ),
        controls=(
            _control(
                "growing",
                "constant",
                "batches of one sample do as well",
                _gradients(2, 0.45, 600, bound=lambda alpha, B, **a: growing(slope=0.1, **a)),
            ),
            _control(
                "growing",
                "rate",
                "1/T in the place of 1/sqrt(T)",
                _gradients(2, 0.45, 600, bound=lambda T, **a: growing(T=T**2, **a), slope=0.1),
            ),
            _control(
                "growing",
                "sign",
                "moving where the loss is higher does as well (sign bug)",
                _gradients(2, 0.45, 600, bound=growing, slope=0.1, spoil=keep_the_higher),
            ),
            *_per_decade(
                "growing",
                "power",
                "m_d of order d^(-1/4) (wrong power of d)",
                lambda d: _paid(d, 0.9, None, lambda d, **a: {"d": np.sqrt(d), **a}),
            ),
        ),
    ),
    Claim(
        id="relative_loss_minibatch.floor",
        statement="F(x; X) = L (x - X)^2/2 on the line, X = a with probability p < 1/2, else 0, steps of a/N from 0: "
        "after any number of steps E|grad f| >= L p (a - alpha/(1 - 2p)), where E|G - g| = 2 L p (1 - p) a; so the "
        "floor of E|G - g| is real, its factor no less than 1 (p to 1/2, alpha to 0).",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(SHARED, "batches of one sample", "d = 1, alpha = a/N for a whole N"),
        bound=floor,
        units={"p": (0, 0), "a": (1, 0), "alpha": (1, 0), "L": (-2, 1), "return": (-1, 1)},
        experiments=(
            *(_floor_exactly(0.45, 200, T) for T in (100, 10**4, 10**6)),
            _floor_exactly(0.25, 16, 1000),
            _floor_exactly(0.49, 400, 10**6),
            _floor(0.45, 60),
            _floor(0.4, 10),
        ),
        controls=(
            _control(
                "floor", "mean", "a hundredth more", _floor_exactly(0.45, 200, 10**6, lambda **a: 1.01 * floor(**a))
            ),
            _control(
                "floor",
                "alpha",
                "L p (a - alpha p), the fluctuation of one step",
                _floor_exactly(0.45, 200, 10**6, lambda p, a, alpha, L: L * p * (a - alpha * p)),
            ),
            _control("floor", "batch", "batches of 15 have the same floor", _floor(0.45, 300, B=15)),
            _control(
                "floor",
                "weighted",
                "the value-weighted form has the same floor",
                _floor(0.45, 300, spoil=lambda alpha: relative_loss(radius=alpha, h=0.1)),
            ),
        ),
    ),
    Claim(
        id="relative_loss_minibatch.weighted",
        statement="The value-weighted form is two-point descent with step size h and smoothing radius delta, and has "
        "E f(x+) <= f(x) - h |g| (|g| - e) + (L/2) h^2 d (sqrt(E|G|^2) + e)^2, e = delta L d/2; with h = |g|^2/"
        "(L d E|G|^2), delta to 0, it falls by |g|^4/(2 L d E|G|^2).",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(SMOOTH, "directions on the sphere; both losses of a step share the sample"),
        bound=weighted_decrease,
        units={
            "h": (2, -1),
            "delta": (1, 0),
            "g": (-1, 1),
            "rms": (-1, 1),
            "L": (-2, 1),
            "d": (0, 0),
            "return": (0, 1),
        },
        experiments=(
            *(_weighted_exactly(Targets(0.3, 1), "targets", times=times) for times in (0.5, 1.0, 1.5)),
            _weighted_exactly(Targets(0.3, 1, start=2.0), "targets, from afar", delta=1e-5),
            _weighted_exactly(Bent(), "bent", delta=0.1),
            _weighted("logistic, one row", breast_cancer, 30, replicas=1500),
            _weighted("targets", partial(_targets, 10, 0.3), 10),
            *(_weighted("targets", partial(_targets, d, 0.3), d) for d in DECADES),
            *(_weighted("bent", partial(_bent, d), d) for d in DECADES),
        ),
        controls=(
            _control(
                "weighted",
                "noiseless",
                "|g|^2 in the place of E|G|^2",
                _weighted_exactly(Targets(0.3, 1), "targets", lambda rms, **a: weighted_decrease(rms=a["g"], **a)),
            ),
            _control(
                "weighted",
                "bias",
                "no bias: e = 0",
                _weighted_exactly(
                    Bent(), "bent", lambda delta, **a: weighted_decrease(delta=1e-9, **a), delta=0.5, times=0.5
                ),
            ),
            *_per_decade(
                "weighted",
                "dimension_free",
                "d dropped from the second moment, with the step of the gradient method",
                lambda d: _weighted(
                    "targets",
                    partial(_targets, d, 0.3),
                    d,
                    lambda d, h, delta, **a: weighted_decrease(d=1, h=h, delta=delta * d, **a),
                    small=0.01,
                ),
            ),
        ),
    ),
    Claim(
        id="relative_loss_minibatch.per_evaluation",
        statement="On L|x|^2/2 accept/reject takes at most |g|^2/(4 L d) in one evaluation with its best radius, half "
        "of what the value-weighted form takes in two with its best step; it takes all of that for d = 1, at least "
        "0.8098 of it for every d, below 0.81 in the limit. Where no value is kept it needs two evaluations as well.",
        source="ours",
        kind="constant",
        provenance="ours",
        assumptions=("directions isotropic; the radius may know |g|", "f = L|x|^2/2, delta to 0"),
        bound=per_evaluation,
        units={"g": (-1, 1), "L": (-2, 1), "d": (0, 0), "return": (0, 1)},
        experiments=(
            *(_best_fall(d) for d in (1, 2, 3, 10, *DECADES)),
            _one_evaluation(10),
            *(_one_evaluation(d) for d in DECADES),
        ),
        controls=(
            _control(
                "per_evaluation",
                "line",
                "a hundredth less",
                _best_fall(1, lambda **a: 0.99 * per_evaluation(**a)),
            ),
            *_per_decade(
                "per_evaluation",
                "limit",
                "0.8 of it",
                lambda d: _best_fall(d, lambda **a: 0.8 * per_evaluation(**a)),
            ),
            *_per_decade(
                "per_evaluation",
                "power",
                "d^2 in the place of d (wrong power of d)",
                lambda d: _one_evaluation(d, lambda d, **a: per_evaluation(d=d**2.0, **a)),
            ),
        ),
    ),
)

"""Relative-loss descent online: measurements.

What the bounds speak of is a memory, beside the one that today's weights would have made, which is made here anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

import numpy as np

from zotheory.elementary import Array
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Always, AtLeast, Value
from zotheory.loop import iterate
from zotheory.measurements.experiments import Seed, exact
from zotheory.methods.relative_loss import Move
from zotheory.methods.relative_loss_online import State, relative_loss_online, step
from zotheory.streams import generator

Step = Callable[..., State]
LossOf = Callable[[Array, Array], Array]  # of h_t and x_1


def falling(h: Array, x: Array) -> Array:
    """-h: every step to larger x is taken."""
    return -h


def aiming(h: Array, x: Array) -> Array:
    """sqrt(1 + (h - 3)^2), whose slope and curvature are at most 1."""
    return np.sqrt(1 + (h - 3) ** 2)


def against(c: float) -> LossOf:
    """h - c x."""
    return lambda h, x: h - c * x


# --- recurrences -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recurrence:
    """A memory that fades by rho a time step and changes with the weights at most as they do; w time steps a window."""

    rho: float
    w: int

    fresh = True  # a point has another value from another memory: `zotheory.looks`

    def empty(self, x: Array) -> Array:
        """h_0."""
        raise NotImplementedError

    def carry(self, x: Array, memory: Array) -> tuple[Array, Array]:
        """Mean loss of a window from a memory, and the memory at its end."""
        raise NotImplementedError

    def __call__(self, x: Array) -> Array:
        """Mean loss of a first window."""
        return self.carry(x, self.empty(x))[0]

    @property
    def constants(self) -> dict[str, Any]:
        """K, rho and w."""
        return {"K": 1.0, "rho": self.rho, "w": self.w}


@dataclass(frozen=True)
class Fading(Recurrence):
    """h_t = rho h_{t-1} + x_1 from h_0 = 0, and a loss of h_t and x_1."""

    loss: LossOf = falling
    d: int = 1

    @property
    def x0(self) -> np.ndarray:
        """0."""
        return np.zeros(self.d)

    def empty(self, x: Array) -> Array:
        """h_0 (..., 1)."""
        return x[..., :1] * 0

    def carry(self, x: Array, memory: Array) -> tuple[Array, Array]:
        """Mean loss of a window from a memory, and the memory at its end."""
        h, losses = memory[..., 0], []
        for _ in range(self.w):
            h = self.rho * h + x[..., 0]
            losses.append(self.loss(h, x[..., 0]))
        return np.mean(losses, axis=0), h[..., None]

    def made(self, x: Array, k: int) -> Array:
        """Memory that x makes of k windows."""
        return x[..., :1] * (1 - self.rho ** (self.w * k)) / (1 - self.rho)

    @property
    def slopes(self) -> tuple[float, float]:
        """Slopes of the mean of h_t in x: through the memory that a window begins with, and within the window."""
        powers = self.rho ** np.arange(1, self.w + 1)
        return float(np.mean(powers)) / (1 - self.rho), float(np.mean(1 - powers)) / (1 - self.rho)


@dataclass(frozen=True)
class Turning(Recurrence):
    """h_t = rho tanh(R h_{t-1}) + x, of three numbers, R a rotation, and the mean of log cosh(h_t . 1) as its loss."""

    d = 3
    x0 = np.array([0.3, -0.2, 0.1])

    def empty(self, x: Array) -> Array:
        """h_0 (..., 3)."""
        return x * 0

    def carry(self, x: Array, memory: Array) -> tuple[Array, Array]:
        """Mean loss of a window from a memory, and the memory at its end."""
        h, losses = memory, []
        for _ in range(self.w):
            h = self.rho * np.tanh(np.roll(h, 1, axis=-1)) + x
            losses.append(np.log(np.cosh(np.sum(h, axis=-1))) / np.sqrt(3))
        return np.mean(losses, axis=0), h

    def made(self, x: Array, k: int) -> Array:
        """Memory that x makes of k windows."""
        memory = self.empty(x)
        for _ in range(k):
            _, memory = self.carry(x, memory)
        return memory


@dataclass(frozen=True)
class Tilted:
    """Another problem with slope x_1 more."""

    problem: Any
    slope: float

    def carry(self, x: Array, memory: Array) -> tuple[Array, Array]:
        """Loss of a window, and memory."""
        value, after = self.problem.carry(x, memory)
        return value + self.slope * x[..., 0], after


@dataclass(frozen=True)
class Looked:
    """Another problem, and the losses that it was asked for."""

    problem: Any
    values: list[Array]

    def carry(self, x: Array, memory: Array) -> tuple[Array, Array]:
        """Loss of a window, and memory."""
        value, after = self.problem.carry(x, memory)
        self.values.append(value)
        return value, after


def _at_rest(problem: Any, alpha: float) -> State:
    return relative_loss_online(radius=alpha, empty=problem.empty).init(problem, problem.x0)


def _to_the_right(alpha: float) -> Move:
    return Move(np.ones(1), np.asarray(alpha))


def _after(problem: Any, alpha: float, k: int, step: Step = step) -> State:
    """State after k steps to the right, each of which the shipped step takes."""
    state = _at_rest(problem, alpha)
    for _ in range(k):
        state = step(problem, state, _to_the_right(alpha))
    return state


def settled(problem: Any, x: Array, k: int) -> Array:
    """Mean loss of a window from the memory that x would have made of k windows."""
    return problem.carry(x, problem.made(x, k))[0]


# --- memory and loss -------------------------------------------------------------------------------------------------


def lag(problem: Any, state: Any, k: int) -> Array:
    """|m_k - M_k(x_k)|."""
    return np.linalg.norm(state.memory - problem.made(state.x, k), axis=-1)


def change(problem: Any, state: Any, k: int) -> Array:
    """How much that changes the mean loss of the next window."""
    return abs(problem.carry(state.x, state.memory)[0] - settled(problem, state.x, k))


def always_on(
    rho: float, w: int, of: Callable[..., Array], windows: int, step: Step = step, **more: float
) -> Experiment:
    """What so many steps to the right lead to, each of which the shipped step takes."""
    problem, alpha = Fading(rho, w), 0.25

    def value(bound: Bound) -> Value:
        state = _after(problem, alpha, windows, step)
        return Value(float(of(problem, state, windows)), float(bound(alpha=alpha, **problem.constants, **more)))

    label = f"{NAMES[of]} after {windows} windows of {w} time steps that fade by {rho:g}, each to the right"
    return exact(label, 1, value)


NAMES: dict[Callable[..., Array], str] = {lag: "lag of the memory", change: "change of the loss"}


def along_a_run(rho: float, w: int, of: Callable[..., Array], T: int, **more: float) -> Experiment:
    """The largest over a run on a memory that turns."""
    problem, alpha = Turning(rho, w), 0.2

    def measure(bound: Bound, replicas: int, seed: Seed) -> Always:
        method = relative_loss_online(radius=alpha, empty=problem.empty)
        runs, largest = iterate(method, problem, replicas=replicas, rng=generator(seed)), np.zeros(replicas)
        for k, (state, _) in enumerate(islice(runs, T + 1)):
            largest = np.maximum(largest, of(problem, state, k))
        return Always(largest / float(bound(alpha=alpha, **problem.constants, **more)), calls=2 * T)

    label = f"largest {NAMES[of]} in {T} windows of {w} time steps of a memory that turns and fades by {rho:g}"
    return Experiment(label, d=3, measure=measure, replicas=1500)


# --- the gradient ----------------------------------------------------------------------------------------------------


def unseen(rho: float, w: int, windows: int) -> Experiment:
    """Slope of the loss from the memory that weights would have made, less that which a shipped comparison shows."""
    problem, alpha = Fading(rho, w), 0.25

    def value(bound: Bound) -> Value:
        looked, before = Looked(problem, []), _after(problem, alpha, windows - 1)
        after = step(looked, before, _to_the_right(alpha))
        losses = [settled(problem, x, windows - 1) for x in (before.x, after.x)]
        shown, whole = ((there - here) / alpha for here, there in (looked.values, losses))
        return Value(float(abs(whole - shown)), float(bound(Lambda=1.0, **problem.constants)), error=1e-9)

    label = f"slope that a comparison does not see after {windows} windows of {w} time steps that fade by {rho:g}"
    return exact(label, 1, value)


def unseen_gradient(rho: float, w: int, k: int) -> Experiment:
    """The same of a memory that turns, by differences."""

    def value(bound: Bound) -> Value:
        problem = Turning(rho, w)
        shifts, held = 1e-5 * np.concatenate([np.eye(3), -np.eye(3)]), problem.made(problem.x0, k)
        points = problem.x0 + shifts
        rises = problem.carry(points, problem.made(points, k))[0] - problem.carry(points, held + 0 * points)[0]
        gradient = (rises[:3] - rises[3:]) / 2e-5
        return Value(float(np.linalg.norm(gradient)), float(bound(Lambda=1.0, **problem.constants)), error=1e-6)

    label = f"gradient that is not seen of a memory that turns, {k} windows of {w} time steps that fade by {rho:g}"
    return exact(label, 3, value)


# --- one step --------------------------------------------------------------------------------------------------------


LONG = 10_000  # windows: the memory that weights would have made of so many is that of any more


def contrary(d: int, rho: float, w: int, near: float, noise: float = 0.0) -> tuple[Fading, dict[str, float]]:
    """A loss whose slope is -near as a window sees it, and near less than what it does not see; for `decrease`."""
    through, own = Fading(rho, w).slopes
    problem = Fading(rho, w, against(own + near), d)
    given = {"g": through - near, "noise": noise, "L": 0.0, "d": d, "Lambda": 1.0, "J": 0.0, **problem.constants}
    return problem, given


def rise_on_the_line(rho: float, w: int, near: float, against: float = 0.0, rare: float = 0.5) -> Experiment:
    """Mean rise by one shipped step, over both directions and both samples, exactly.

    A sample has slope -`against`, but a `rare` one so much more that both are 0 on average.
    """
    alpha = 0.05

    def value(bound: Bound) -> Value:
        problem, given = contrary(1, rho, w, near, 2 * against * (1 - rare))
        start, rise = _at_rest(problem, alpha), 0.0
        samples = ((-against, 1 - rare), (against * (1 - rare) / rare, rare))
        for (slope, chance), way in product(samples, (1, -1)):
            after = step(Tilted(problem, slope), start, _to_the_right(way * alpha))
            rise += chance / 2 * float(settled(problem, after.x, LONG) - settled(problem, start.x, LONG))
        return Value(rise, -float(bound(alpha=alpha, **given)), error=1e-9)

    said = f", {1 - rare:g} of the samples one of {-near - against:g}" if against else ""
    label = f"mean rise of one step, windows of {w} time steps that fade by {rho:g} and show a slope of {-near:g}{said}"
    return exact(label, 1, value)


def rise_of_a_step(d: int, rho: float, w: int, near: float) -> Experiment:
    """The same in d dimensions without noise, sampled, in units of the largest rise."""
    alpha = 0.05

    def measure(bound: Bound, replicas: int, seed: Seed) -> AtLeast:
        problem, given = contrary(d, rho, w, near)
        method = relative_loss_online(radius=alpha, empty=problem.empty)
        runs = iterate(method, problem, replicas=replicas, rng=generator(seed))
        (before, _), (state, counted) = next(runs), next(runs)
        claimed = float(bound(alpha=alpha, **given)) / (given["g"] * alpha)
        falls = (settled(problem, before.x, LONG) - settled(problem, state.x, LONG)) / (given["g"] * alpha)
        return AtLeast(np.clip(falls, -1, 1), claimed, 1.0, floor=-1.0, calls=counted.spent)

    label = f"fall of one step, windows of {w} time steps that fade by {rho:g} and show a slope of {-near:g}"
    return Experiment(label, d=d, measure=measure, replicas=4000)


def _mean_fall(problem: Fading, state: State, alpha: float, k: int, step: Step = step) -> float:
    """Of the loss by step k + 1, over both directions."""
    right, left = (step(problem, state, _to_the_right(way * alpha)).x for way in (1, -1))
    here, one, other = (float(settled(problem, x, k)) for x in (state.x, right, left))
    return here - (one + other) / 2


def rise_by_lag(rho: float, k: int, short: float) -> Experiment:
    """Mean rise by step k + 1, over both directions: the memory that lags alone turns the slope, windows of one step.

    After k steps to the right, each of length alpha, the window has the loss
        b z + eps short sin(z/short) sin(h - H), z = x - x_k, H what x_k would have made of h.
    Its slope at x_k is b; from the memory that lags it is b - eps sin(rho lag), less than 0.
    """
    alpha, eps = 0.3 * (1 - rho) ** 2, 1.0  # a lag of 0.3 in the end

    def value(bound: Bound) -> Value:
        approach = Fading(rho, 1)
        state = _after(approach, alpha, k)
        here = float(state.x[0])
        whole = (1 - rho ** (k + 1)) / (1 - rho)  # of h in x, the way through the memory included
        behind = rho * float(approach.made(state.x, k)[0] - state.memory[0])
        b = 0.99 * eps * np.sin(behind)

        def loss(h: Array, x: Array) -> Array:
            z = x - here
            return b * z + eps * short * np.sin(z / short) * np.sin(h - whole * here)

        rise = -_mean_fall(Fading(rho, 1, loss), state, alpha, k)
        given = {
            "g": b, "noise": 0.0, "L": eps * short * (1 / short + whole) ** 2, "d": 1, "Lambda": eps * short,
            "J": eps * rho, **approach.constants,
        }  # fmt: skip
        return Value(rise / alpha, -float(bound(alpha=alpha, **given)) / alpha, error=1e-6)

    label = f"mean rise of step {k + 1}, for its length, by a memory that lags, of time steps that fade by {rho:g}"
    return exact(label, 1, value)


def falls_on_the_way(rho: float, w: int, k: int, alpha: float = 0.05, step: Step = step) -> Experiment:
    """Mean fall by step k + 1 of a run towards h = 3, over both directions, exactly."""
    problem = Fading(rho, w, aiming)

    def value(bound: Bound) -> Value:
        state = _after(problem, alpha, k, step)
        fallen = _mean_fall(problem, state, alpha, k, step)
        powers = rho ** np.arange(1, w + 1)
        slopes = (1 - powers) / (1 - rho)  # of h_t in x within a window, and in all
        whole = slopes + powers * (1 - rho ** (w * k)) / (1 - rho)
        away = whole * float(state.x[0]) - 3
        given = {
            "g": abs(float(np.mean(away / np.sqrt(1 + away**2) * whole))), "noise": 0.0, "L": float(np.mean(whole**2)),
            "d": 1, "Lambda": 1.0, "J": float(np.mean(slopes * powers)), **problem.constants,
        }  # fmt: skip
        return Value(fallen, float(bound(alpha=alpha, **given)), at_least=True, error=1e-9)

    said = f"mean fall of step {k + 1}, {alpha:g} long, towards a memory of 3"
    label = f"{said}, windows of {w} time steps that fade by {rho:g}"
    return exact(label, 1, value)


# --- mistakes --------------------------------------------------------------------------------------------------------


def left_behind(f: Any, state: State, move: Move) -> State:
    """Move on, with the memory that the point before has made."""
    _, memory = f.carry(state.x, state.memory)
    return step(f, state, move)._replace(memory=memory)


def keep_the_higher_window(f: Any, state: State, move: Move) -> State:
    """Move where the loss of the window is higher (a sign error)."""

    class Higher:
        def carry(self, x: Array, memory: Array) -> tuple[Array, Array]:
            value, after = f.carry(x, memory)
            return -value, after

    return step(Higher(), state, move)

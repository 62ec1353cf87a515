"""RSO: measurements.

One normal number is all that a step draws. So the mean over it, of the shipped step on every sample, is a quadrature;
what `draw` makes is sampled, and so are cycles.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zotheory.elementary import normal_density
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import Mean, Value
from zotheory.loop import iterate
from zotheory.measurements.experiments import Seed, Setting, exact, fall, multiple
from zotheory.measurements.relative_loss import Spoil, as_it_is
from zotheory.methods import rso
from zotheory.methods.rso import Move, State, annealed, step
from zotheory.problems import Bent, Logistic, Quadratic, Targets, breast_cancer
from zotheory.problems.instances import first_gap, instance, words
from zotheory.streams import generator
from zotheory.theorems.rso import deviation

FAR = 12.0  # N(0, 1) is larger with probability below 1e-32
Samples = list[tuple[float, Callable[[Any], Any]]]  # probability, and F(.; X)


def changes(kinks: tuple[float, ...], panels: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Nodes z > 0 and weights of E over |N(0, 1)|, for functions that are smooth between the kinks, or panels."""
    nodes, weights = np.polynomial.legendre.leggauss(80 if panels == 1 else 4)
    ends = np.unique([0.0, *(k for k in kinks if k < FAR), *np.linspace(0, FAR, panels + 1)])
    low, high = ends[:-1, None], ends[1:, None]
    z = (low + high) / 2 + (high - low) / 2 * nodes
    return z.ravel(), (weights * (high - low) * normal_density(z)).ravel()


def mean_fall(
    f: Any, i: int, s: float, samples: Samples, kinks: tuple[float, ...] = (), panels: int = 1, decay: float = 0.0
) -> float:
    """Mean fall of f by a step from x0 on coordinate i that compares one of the samples. Changes +z and -z are one."""
    z, weights = changes(kinks, panels)
    x, fallen = np.tile(f.x0, (len(z), 1)), 0.0
    for probability, sample in samples:
        after = step(sample, State(x, i), Move(i, s * z), decay=decay)
        fallen += probability * float(weights @ (f(x) - f(after.x)))
    return fallen


# --- one step, exactly -----------------------------------------------------------------------------------------------


def on_a_line(g: float, L: float, decay: float = 0.0, at: float = 1.0) -> Quadratic:
    """L (x - c)^2/2 on the line, from x0 = `at`, where its slope is g."""
    return Quadratic(np.array([L]), np.array([at - g / L]), np.array([at]))


def quadratic_exactly(times: float, g: float = 1.5, L: float = 3.0, at_least: bool = True) -> Experiment:
    """Mean fall of one step on a quadratic, the deviation so many times |g|/L."""

    def value(bound: Bound) -> Value:
        s = times * g / L
        fallen = _on_the_line(on_a_line(g, L), s, g, L)
        return Value(fallen, float(bound(s=s, g=g, L=L)), at_least=at_least, error=1e-9)

    side = "from below" if at_least else "from above"
    return exact(f"mean fall of one step of deviation {multiple(times, '|g|/L')} on a quadratic, {side}", 1, value)


def _on_the_line(f: Quadratic, s: float, g: float, L: float, decay: float = 0.0) -> float:
    slope = g - L * decay * float(f.x0[0])  # at the decayed weight
    return mean_fall(f, 0, s, [(1.0, f)], (2 * abs(slope) / (L * s),), decay=decay)


class Straight:
    """x_1, a function without curvature, from `at`."""

    d = 1

    def __init__(self, at: float = 1.0) -> None:
        self.x0 = np.array([at])

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """f at points (..., 1)."""
        return x[..., 0]


def straight_exactly(**more: Any) -> Experiment:
    """Mean fall of one step where there is no curvature."""

    def value(bound: Bound) -> Value:
        f = Straight()
        return Value(mean_fall(f, 0, 0.4, [(1.0, f)]), float(bound(s=0.4, g=1.0, L=0.0, **more)), True, error=1e-9)

    return exact("mean fall of one step on a straight line", 1, value)


def decayed(decay: float, at: float, times: float, L: float = 3.0, g: float = 1.5) -> Experiment:
    """Mean fall of one step with weight decay, from a weight `at`, on a quadratic or (L = 0) on a straight line."""

    def value(bound: Bound) -> Value:
        s = times * (g / L if L else 1.0)
        if L:
            fallen, slope = _on_the_line(on_a_line(g, L, at=at), s, g, L, decay), g
        else:
            f, slope = Straight(at), 1.0
            fallen = mean_fall(f, 0, s, [(1.0, f)], decay=decay)
        # rises are compared where the bound allows one
        claimed = float(bound(s=s, g=slope, y=decay * at, L=L))
        return Value(fallen, claimed, at_least=True, error=1e-9)

    where = "a quadratic" if L else "a straight line"
    label = f"mean fall of one step with decay {decay:g} from a weight of {at:g} on {where}, deviation {times:g}"
    return exact(label, 1, value)


def two_samples(problem: Any, s: float, label: str) -> Experiment:
    """Mean rise of one step on the line that compares one of two samples."""

    def value(bound: Bound) -> Value:
        slopes, weights = problem.slopes(problem.x0), np.array([p for p, _ in problem.cases])
        samples = [(p, problem.at(np.asarray(sample))) for p, sample in problem.cases]
        edges = 2 * abs(slopes) / (problem.L1 * s)
        rise = -mean_fall(problem, 0, s, samples, tuple(float(edge) for edge in edges))
        g = float(weights @ slopes)
        noise = float(weights @ abs(slopes - g))
        return Value(rise, -float(bound(s=s, g=abs(g), noise=noise, L=problem.L1)), error=1e-9)

    return exact(f"mean rise of one step of deviation {s:g} on {label}", 1, value)


def contrary(p: float, near: float = 1e-4, L1: float = 1.0) -> Experiment:
    """Most samples lie a little behind, the others far ahead: the noise is lost in full."""
    problem = Targets(p, 1, L1=L1, start=near)
    return two_samples(problem, 0.01 * near, f"two targets, {1 - p:g} of them behind")


def bent(s: float, L1: float = 1.0, w: float = 1.0) -> Experiment:
    """Two functions bent in opposite ways."""
    return two_samples(Bent(1, L1, w), s, f"two functions bent in opposite ways, scaled by {L1:g} and {w:g}")


def rows(i: int, times: float, count: int = 40) -> Experiment:
    """Mean fall of one step on single rows of a logistic regression."""

    def value(bound: Bound) -> Value:
        whole = breast_cancer()
        problem = Logistic(whole.features[:count], whole.labels[:count], whole.ridge)
        G = -problem.labels * problem.features[:, i] / 2
        g, L = float(np.mean(G)), float(np.max(problem.features[:, i] ** 2) / 4 + problem.ridge)
        s = times * abs(g) / L
        signed = problem.labels[:, None] * problem.features
        samples = [(1 / count, problem.at(row[None, None])) for row in signed]
        fallen = mean_fall(problem, i, s, samples, panels=60)
        claimed = float(bound(s=s, g=abs(g), noise=float(np.mean(abs(G - g))), L=L))
        return Value(-fallen, -claimed, error=1e-3)

    label = f"mean rise of one step of {multiple(times, '|g|/L')} on weight {i + 1} of a logistic regression by rows"
    return exact(label, 30, value)


# --- one step, sampled -----------------------------------------------------------------------------------------------


def one_step(name: str, d: int, times: float = 0.8, spoil: Spoil = as_it_is, replicas: int = 2000) -> Experiment:
    """Fall of the first step of a run, on the steepest coordinate, the deviation so many times |g_i|/L."""

    def setting() -> Setting:
        problem = instance(name, d)
        slopes = abs(problem.gradient(problem.x0))
        i = int(np.argmax(slopes))
        given = {"s": times * slopes[i] / problem.L1, "g": slopes[i], "L": problem.L1}
        order = np.roll(np.arange(d), -i)
        return Setting(problem, spoil(rso(deviations=given["s"], cycles=3, order=order, decay=0.0)), given)

    label = f"fall of the first step, of deviation {multiple(times, '|g|/L')}, on {words(name)}"
    return fall(label, setting, d=d, rung="measured", replicas=replicas, full=10 * replicas)


# --- cycles ----------------------------------------------------------------------------------------------------------


def coupling(problem: Any) -> np.ndarray:
    """L_ij of a quadratic, or a bound of them for a logistic regression."""
    if hasattr(problem, "features"):
        sizes = abs(problem.features)
        return sizes.T @ sizes / (4 * len(sizes)) + problem.ridge * np.eye(problem.d)
    rotation = np.eye(problem.d) if problem.rotation is None else problem.rotation
    return abs(rotation.T * problem.spectrum @ rotation)


def sums(problem: Any) -> dict[str, float]:
    """Sum of all L_ii, and of L_ij over j < i."""
    L = coupling(problem)
    return {"own": float(np.trace(L)), "mixed": float(np.sum(np.tril(L, -1)))}


def together(d: int) -> Quadratic:
    """Close to (x_1 + ... + x_d)^2/2: a change of one coordinate changes all slopes alike."""
    first = np.linalg.qr(np.concatenate([np.ones((d, 1)), np.eye(d)[:, 1:]], axis=1))[0].T
    return Quadratic(np.array([float(d)] + [0.01] * (d - 1)), np.full(d, 0.3), np.full(d, 0.5), -1.0, first)


PROBLEMS: dict[str, Callable[[int], Any]] = {
    "a quadratic in the sum of the coordinates": together,
    "a rotated quadratic": lambda d: instance("hard, rotated", d),
    "logistic regression": lambda d: instance("logistic", d),
}


def cycle(which: str, d: int, times: float = 1.0, spoil: Spoil = as_it_is, replicas: int = 1000) -> Experiment:
    """Fall of the first cycle, the deviation so many times the best for `sweep`."""

    def setting() -> Setting:
        problem = PROBLEMS[which](d)
        slopes, own_mixed = float(np.sum(abs(problem.gradient(problem.x0)))), sums(problem)
        m = 2 * float(normal_density(0.0))
        s = times * m * slopes / (2 * m**2 * own_mixed["mixed"] + own_mixed["own"])
        return Setting(problem, spoil(rso(deviations=s, cycles=3, decay=0.0)), {"s": s, "slopes": slopes, **own_mixed})

    label = f"fall of the first cycle of {multiple(times, 'the best deviation')} on {which}"
    return fall(label, setting, d=d, rung="measured", replicas=replicas, steps=d)


def gradients(
    which: str, d: int, K: int, a: float = 0.1, times: float = 1.0, spoil: Spoil = as_it_is, replicas: int = 200
) -> Experiment:
    """Mean of sum |g_i| over K cycles, each counted by its deviation; the first is so many times the best."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Mean:
        problem = PROBLEMS[which](d)
        given = {"K": K, "gap": first_gap(problem), "a": a, **sums(problem)}
        s = times * float(deviation(**given))
        method = spoil(rso(deviations=s, cycles=K, least=a, decay=0.0))
        weights = np.array([float(annealed(e, cycles=K, least=a)) for e in range(K)])
        total, calls = np.zeros(replicas), 0
        for k, (state, counted) in enumerate(iterate(method, problem, replicas=replicas, rng=generator(seed))):
            if k == K * d:
                break
            if k % d == 0:
                total += weights[k // d] * np.sum(abs(problem.gradient(state.x)), axis=-1)
            calls = counted.spent
        smooth = float(np.max(np.linalg.eigvalsh(coupling(problem))))
        ceiling = float(np.sqrt(2 * d * smooth * given["gap"])) if spoil is as_it_is else None  # f does not rise
        return Mean(total / weights.sum(), float(bound(s=s, **given)), ceiling, calls=calls)

    label = f"mean of sum |g_i| over {K} cycles down to {a:g} of {multiple(times, 'the best deviation')}, {which}"
    return Experiment(label, d=d, measure=measure, replicas=replicas)

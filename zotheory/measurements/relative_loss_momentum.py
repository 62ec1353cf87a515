"""Relative-loss descent with momentum: its measurements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from zotheory import radii
from zotheory.directions import gaussian
from zotheory.elementary import normal_density, normal_excess
from zotheory.evidence.claim import Bound, Experiment
from zotheory.evidence.observations import AtLeast, Frequency, Mean, Quantile, Value
from zotheory.loop import run
from zotheory.measurements.estimates import source
from zotheory.measurements.experiments import Seed, Setting, exact, fall, multiple
from zotheory.measurements.relative_loss import promised_share
from zotheory.methods import Method, relative_loss
from zotheory.methods.relative_loss import Move, State, step
from zotheory.problems import Quadratic
from zotheory.problems.instances import first_gap, instance, rung, words
from zotheory.theorems.relative_loss import octaves
from zotheory.theorems.relative_loss_momentum import (
    best_momentum,
    curvature_spread,
    grid,
    limit,
    part,
    two_valued,
)

PLAIN = relative_loss(radius=1.0, law=gaussian, beta=0.5)  # what reduced coordinates need to know of the method
FROM_HERE = partial(step, beta=0.5)  # the step from a given momentum; what becomes of that is not looked at
MOST = 10.0  # falls are cut off at so many times alpha |g|/sqrt(d), which only lowers their mean

Given = Mapping[str, Any]


# --- one step --------------------------------------------------------------------------------------------------------


def momentum(downhill: np.ndarray, gamma: float, c: float) -> np.ndarray:
    """Momentum of length c with <downhill,b> = gamma, downhill of length 1."""
    across = np.eye(len(downhill))[1] - downhill[1] * downhill
    return gamma * downhill + np.sqrt(c**2 - gamma**2) * across / np.linalg.norm(across)


def _pushing(c: float, gamma: float) -> str:
    return f"momentum of length {c:g}, {abs(gamma):.3g} {'downhill' if gamma > 0 else 'uphill'}"


def one_step(
    name: str,
    d: int,
    *,
    c: float,
    gamma: float,
    length: float = 1.0,
    step: Callable[..., State] = FROM_HERE,
    drawn: float | None = None,
    told: Given | None = None,
) -> Experiment:
    """Fall of one step from momentum with <g,b> = -gamma |g|, |b| = c, in units of alpha |g|/sqrt(d).

    alpha is `length` times the best radius of `adversarial`. drawn: gamma of the momentum, if not as said; told:
    arguments of the bound beyond those of the step.
    """

    def measure(bound: Bound, replicas: int, seed: Seed) -> AtLeast:
        problem = instance(name, d, PLAIN)
        gradient = problem.gradient(problem.x0)
        g, L = float(np.linalg.norm(gradient)), problem.L1
        alpha = length * float(normal_excess(-gamma)) * g * np.sqrt(d) / (L * (d + c**2))
        b = momentum(-gradient / g, gamma if drawn is None else drawn, c)
        u = gaussian.draw(source(problem, replicas, seed), (replicas,), d)
        x = np.tile(problem.x0, (replicas, 1))
        unit = alpha * g / np.sqrt(d)
        state = State(x, problem(x), np.tile(b, (replicas, 1)), np.full(replicas, alpha), 1)
        after = step(problem, state, Move(u, state.alpha / np.sqrt(d)))
        claimed = float(bound(alpha=alpha, g=g, L=L, d=d, c=c, **(told or {}))) / unit
        falls = np.clip((state.fx - after.fx) / unit, 0, MOST)  # below 0 only where the method is spoiled
        return AtLeast(falls, claimed, MOST, calls=1)

    replicas = 1000 if name == "logistic" else 48_000
    downhill = gamma if drawn is None else drawn
    label = f"fall of one step on {words(name)}, {_pushing(c, downhill)}, {multiple(length, 'the best radius')}"
    return Experiment(label, d=d, measure=measure, replicas=replicas, rung=rung(name, d))


def exact_fall(*, d: int, gamma: float, curvature: float) -> float:
    """E max(z + gamma - h ((z + gamma)^2 + chi), 0), h = curvature/2, chi of d - 1 degrees of freedom.

    That is the fall on L|x|^2/2 from momentum along the gradient, in units of alpha |g|/sqrt(d), for
    curvature = L alpha/(|g| sqrt(d)).
    """
    from scipy.special import gammainc

    nodes, weights = np.polynomial.legendre.leggauss(400)
    low, high = -gamma, 12.0
    z = (low + high) / 2 + (high - low) / 2 * nodes
    h = curvature / 2
    room = np.maximum((z + gamma) - h * (z + gamma) ** 2, 0)
    inner = room * gammainc((d - 1) / 2, room / h / 2) - h * (d - 1) * gammainc((d + 1) / 2, room / h / 2)
    return float(np.sum(weights * normal_density(z) * inner) * (high - low) / 2)


def one_step_exactly(d: int, *, c: float, gamma: float, length: float = 1.0, told: Given | None = None) -> Experiment:
    """The same on L|x|^2/2, L = 1 and |g| = 1, by quadrature, for momentum along the gradient."""

    def value(bound: Bound) -> Value:
        alpha = length * float(normal_excess(-gamma)) * np.sqrt(d) / (d + c**2)
        claimed = float(bound(alpha=alpha, g=1.0, L=1.0, d=d, c=c, **(told or {}))) * np.sqrt(d) / alpha
        fallen = exact_fall(d=d, gamma=gamma, curvature=alpha / np.sqrt(d))
        return Value(fallen, claimed, at_least=True, error=1e-9)

    return exact(
        f"mean fall of one step on L|x|^2/2, {_pushing(c, gamma)}, {multiple(length, 'the best radius')}", d, value
    )


# --- whole runs ------------------------------------------------------------------------------------------------------


def _on_grid(name: str, d: int, eps: float, c: float, beta: float, gain: float) -> Setting:
    """The method with the radii of `grid`, and the arguments of `gap_left` but T and the gap."""
    problem = instance(name, d, PLAIN)
    first = first_gap(problem)
    rule = grid(eps=eps * first, gap=first, Q=problem.Q, L=problem.L1, d=d, c=c)
    J = octaves(eps=eps * first, gap=first, Q=problem.Q)
    method: Method = relative_loss(radius=rule, beta=beta, gain=gain, clip=c, law=gaussian)
    return Setting(problem, method, {"Q": problem.Q, "d": d, "J": J, "c": c})


def whole(
    name: str,
    d: int,
    steps: int,
    *,
    c: float = 0.5,
    beta: float = 0.9,
    gain: float = 5.0,
    eps: float = 1e-3,
) -> Experiment:
    """Gap after some steps, where above eps, in units of the first, of which no run leaves more."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Mean:
        problem, method, given = _on_grid(name, d, eps, c, beta, gain)
        found = run(method, problem, steps=steps, replicas=replicas, seed=seed, record=[0, steps])
        before, after = found.values - problem.f_star
        rest = np.where(after > eps * before, after / before, 0.0)
        return Mean(rest, float(bound(T=steps, gap=1.0, **given)), 1.0, calls=found.calls)

    label = f"gap above {eps:g} after {steps} steps on {words(name)}, clip {c:g}, memory {beta:g}, gain {gain:g}"
    return Experiment(label, d=d, measure=measure, replicas=100, rung=rung(name, d))


def whole_falls(d: int, steps: int = 20, c: float = 0.5, name: str = "halves", eps: float = 1e-3) -> Experiment:
    """Relative fall of a run, times d Q J/steps."""

    def scale(where: Setting) -> float:
        return float(d * where.given["Q"] * where.given["J"] / steps)

    def claimed(bound: Bound, where: Setting) -> float:
        lost = steps * np.log1p(-promised_share(bound, where.given))
        return float(-np.expm1(lost)) * first_gap(where.problem)

    return fall(
        f"relative fall after {steps} steps on {words(name)}",
        lambda: _on_grid(name, d, eps, c, 0.9, 5.0),
        d=d,
        rung="reduced",
        replicas=500,
        full=10_000,
        steps=steps,
        claimed=claimed,
        unit=lambda where: first_gap(where.problem) / scale(where),
    )


# --- quadratics in many dimensions -----------------------------------------------------------------------------------


def disagrees(
    name: str,
    d: int,
    *,
    k: float = 1.5,
    gamma: float = 0.4,
    c: float = 1.0,
    place: Callable[[float, float], float] = lambda k, gamma: k / 2 - gamma,
) -> Experiment:
    """How often a candidate is lower exactly where z > t."""

    def measure(bound: Bound, replicas: int, seed: Seed) -> Frequency:
        problem = instance(name, d, PLAIN)
        gradient = problem.gradient(problem.x0)
        g = float(np.linalg.norm(gradient))
        b = momentum(-gradient / g, gamma, c)
        curved = problem.gradient(problem.minimiser + b)  # Hb
        trace, square = (d * float(np.mean(problem.spectrum**power)) for power in (1, 2))  # blocks are of one size
        u = gaussian.draw(source(problem, replicas, seed), (replicas,), d)
        x = np.tile(problem.x0, (replicas, 1))
        state = State(x, problem(x), np.tile(b, (replicas, 1)), np.full(replicas, k * g / trace * np.sqrt(d)), 1)
        after = FROM_HERE(problem, state, Move(u, state.alpha / np.sqrt(d)))
        spread = curvature_spread(trace=trace, square=square, bend=float(b @ curved), turn=float(curved @ curved))
        right = (after.fx < state.fx) == (-(u @ gradient) / g > place(k, gamma))
        return Frequency(int(np.sum(right)), replicas, 1 - float(bound(k=k, spread=spread)), calls=1)

    replicas, full = (100_000, 500_000) if d >= 10**9 else (4000, 60_000)  # the bound is as small as 2e-4
    label = f"acceptance predicted by z > t on {words(name)}, k = {k:g}, gamma = {gamma:g}, c = {c:g}"
    return Experiment(label, d=d, measure=measure, replicas=replicas, full=full, rung=rung(name, d))


# --- quadratics in the limit -----------------------------------------------------------------------------------------

TOLERANCE = 0.15  # by how much a measured rate may differ from its limit
OFTEN = 0.2  # of the runs, at most, differ by more


def slopes(
    curvatures: np.ndarray,
    label: str,
    kappa: float,
    gain: float,
    claimed: Callable[[Bound], float],
    *,
    slow: bool,
    time: int,
    replicas: int = 100,
    memory: Callable[[float, int], float] = lambda kappa, d: 1 - kappa / d,
) -> Experiment:
    """Fall of log f per d evaluations over what is claimed, or 2 less that; from the shape that the limit keeps."""
    d = len(curvatures)

    def measure(bound: Bound, replicas: int, seed: Seed) -> Quantile:
        at = limit(curvatures, kappa=kappa, gain=gain)
        law = {"k": at.k, "kappa": kappa, "gain": gain, "P": 0.2, "phi": float(normal_density(at.k / 2 - at.gamma))}
        ell = curvatures / curvatures.mean()
        centre = np.linspace(-0.5, 0.8, d)
        x0 = centre + np.sqrt(part(ell, at.rate / 2, **law)) / ell
        problem = Quadratic(curvatures, centre, x0)
        alpha = at.k * float(np.linalg.norm(problem.gradient(x0))) / curvatures.mean() / np.sqrt(d)
        method = relative_loss(
            radius=radii.one_fifth(alpha, 1.05), law=gaussian, beta=memory(kappa, d), gain=gain, clip=100.0
        )
        ends = [time * d // 2, time * d]
        found = run(method, problem, steps=ends[1], replicas=replicas, seed=seed, record=ends)
        slope = -np.diff(np.log(found.values), axis=0)[0] / (ends[1] - ends[0]) * d / claimed(bound)
        return Quantile(2 - slope if slow else slope, 1 + TOLERANCE, OFTEN, calls=found.calls)

    what = "shortfall of the rate below its limit" if slow else "excess of the rate over its limit"
    label = f"{what}, {label}, kappa = {kappa:g}, gain = {gain:g}"
    return Experiment(label, d=d, measure=measure, replicas=replicas, full=3 * replicas, rung="measured")


def two_valued_slopes(Q: float, kappa: float, gain: float, **more: Any) -> Experiment:
    """Runs on 100 curvatures, half of them 1 and half Q."""
    curvatures = np.where(np.arange(100) < 50, 1.0, Q)

    def claimed(bound: Bound) -> float:
        return float(bound(Q=Q, kappa=kappa, gain=gain))

    return slopes(curvatures, f"curvatures 1 and {Q:g}", kappa, gain, claimed, **more)


def highest(spectrum: Any, name: str, accepted: float = 0.2) -> Experiment:
    """The largest rate over kappa and gain."""

    def value(bound: Bound) -> Value:
        from scipy.special import ndtri

        ell = np.asarray(spectrum) / np.mean(spectrum)
        rate = best_momentum(spectrum, accepted=accepted)[2].rate
        return Value(float(rate), float(bound(least=ell.min(), V=np.mean(ell**2), t=-ndtri(accepted))))

    return exact(f"the largest rate for {name}, {accepted:g} of the steps accepted", 1, value)


def without_momentum(*, Q: float, kappa: float, gain: float) -> float:
    """The limit for two-valued curvatures without momentum."""
    return limit(two_valued(Q), kappa=0).rate

"""Relative-loss descent with momentum: what is claimed.

Source: this project. One step with any momentum, whole runs with bounded momentum, and the limit of many dimensions on
quadratics, where momentum is followed exactly.

Notation
--------
d dimension; g gradient at x, in the bounds its length; u standard normal; b momentum, |b| <= c; sigma = alpha/sqrt(d);
the candidate is x + sigma (u + b). z = -<g,u>/|g| is N(0, 1) and gamma = -<g,b>/|g| says how well the momentum points
downhill; phi, Phi normal density and distribution. f L-smooth; Q = L/mu with |g|^2 >= 2 mu (f - f*). J radii.

In the limit: f = x'Hx/2 with eigenvalues lambda, l = lambda/(mean lambda); beta = 1 - kappa/d; k = sigma tr(H)/|g|; the
candidate is lower where z > t = k/2 - gamma; P = P(z > t) is the share of accepted steps.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from zotheory import radii, require
from zotheory.directions import gaussian
from zotheory.elementary import Array, exp, half, is_symbolic, normal_tail, pi, sqrt
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import AtLeast, Mean, Value
from zotheory.evidence.reduced import DECADES
from zotheory.methods import Method, relative_loss
from zotheory.methods.relative_loss import Move, State, step
from zotheory.oracles import Expected
from zotheory.problems import Quadratic, Wavy, block_quadratic, breast_cancer, hard_instance
from zotheory.problems.instances import instance
from zotheory.radii import Radius
from zotheory.run import generator, run
from zotheory.theorems.relative_loss import _left, octaves

# --- one step --------------------------------------------------------------------------------------------------------


def density(x: Array) -> Array:
    """phi(x), the density of N(0, 1)."""
    return exp(-(x**2) / 2) / sqrt(2 * pi(x))


def half_mean(x: Array) -> Array:
    """e(x) = phi(x) - x Phi(-x) = E max(z - x, 0)."""
    return density(x) - x * normal_tail(x)


def _step(alpha: Array, g: Array, L: Array, d: Array, c: Array) -> None:
    """Conditions of one step."""
    require.positive(alpha=alpha, g=g)
    require.nonnegative(L=L, c=c)
    require.at_least(1, d=d)


def _decrease(alpha: Array, g: Array, L: Array, d: Array, gamma: Array, c: Array) -> Array:
    return alpha * half_mean(-gamma) * g / sqrt(d) - L * alpha**2 * (1 + c**2 / d) / 2


def adversarial(*, alpha: Array, g: Array, L: Array, d: Array, c: Array) -> Array:
    """Return alpha e(c) g/sqrt(d) - (L/2) alpha^2 (1 + c^2/d): f(x) - E f(x+) is at least this, whatever the momentum.

    Raises
    ------
    ValueError
        Unless alpha, g > 0, L, c >= 0 and d >= 1.
    """
    _step(alpha, g, L, d, c)
    return _decrease(alpha, g, L, d, -c, c)


def aligned(*, alpha: Array, g: Array, L: Array, d: Array, gamma: Array, c: Array) -> Array:
    """Return alpha (phi(gamma) + gamma Phi(gamma)) g/sqrt(d) - (L/2) alpha^2 (1 + c^2/d), if <g,b> <= -gamma |g|.

    Raises
    ------
    ValueError
        Unless alpha, g > 0, L >= 0, d >= 1 and 0 <= gamma <= c.
    """
    _step(alpha, g, L, d, c)
    require.nonnegative(gamma=gamma)
    if not is_symbolic(gamma, c) and not np.all(np.asarray(gamma) <= c):
        raise ValueError(f"gamma must be at most c, got gamma = {gamma!r} and c = {c!r}")
    return _decrease(alpha, g, L, d, gamma, c)


def second_moment(*, d: Array, c: Array, t: Array) -> Array:
    """(d + c^2) Phi(-t) + (t + 2c) phi(t): E |u + b|^2 over z > t is at most this."""
    return (d + c**2) * normal_tail(t) + (t + 2 * c) * density(t)


def level(*, alpha: Array, g: Array, L: Array, d: Array, c: Array) -> Array:
    """Where z has to pass, if b points straight uphill: c + L alpha (d + c^2)/(2 g sqrt(d))."""
    return c + L * alpha * (d + c**2) / (2 * g * sqrt(d))


def adversarial_sharp(*, alpha: Array, g: Array, L: Array, d: Array, c: Array) -> Array:
    """Return alpha e(t) g/sqrt(d) - (L alpha^2/(2 d)) (t + 2 c) phi(t), t = `level`: f(x) - E f(x+) is at least this.

    As d grows equality holds, for the momentum c g/|g| on L|x|^2/2.

    Raises
    ------
    ValueError
        As `adversarial`.
    """
    _step(alpha, g, L, d, c)
    t = level(alpha=alpha, g=g, L=L, d=d, c=c)
    gain = density(t) - c * normal_tail(t)
    return alpha * gain * g / sqrt(d) - L * alpha**2 * second_moment(d=d, c=c, t=t) / (2 * d)


# --- whole runs ------------------------------------------------------------------------------------------------------


def best_radius(*, g: Array, L: Array, d: Array, c: Array) -> Array:
    """sqrt(d) e(c) g/(L M), M = `second_moment` at t = c.

    Raises
    ------
    ValueError
        Unless g, L > 0, d >= 1 and c >= 0.
    """
    require.positive(g=g, L=L)
    require.at_least(1, d=d)
    require.nonnegative(c=c)
    return sqrt(d) * half_mean(c) * g / (L * second_moment(d=d, c=c, t=c))


def share(*, Q: Array, d: Array, J: Array, c: Array) -> Array:
    """(8/9) e(c)^2/(M Q J): a step takes this share of the gap, if a radius is within 2/3 and 4/3 of `best_radius`.

    Raises
    ------
    ValueError
        Unless Q, d, J >= 1 and c >= 0.
    """
    require.at_least(1, Q=Q, d=d, J=J)
    require.nonnegative(c=c)
    return 8 * half_mean(c) ** 2 / (9 * second_moment(d=d, c=c, t=c) * Q * J)


def gap_left(*, T: Array, gap: Array, Q: Array, d: Array, J: Array, c: Array) -> Array:
    """(1 - share)^T gap: E of the gap after T steps, where that is above eps, is at most this; gap = f(x_0) - f*.

    Raises
    ------
    ValueError
        Unless T, Q, d, J >= 1, gap > 0 and c >= 0.
    """
    require.at_least(1, T=T)
    require.positive(gap=gap)
    return _left(share(Q=Q, d=d, J=J, c=c), T) * gap


def grid(*, eps: float, gap: float, Q: float, L: float, d: float, c: float) -> Radius:
    """Radii of `gap_left`: J = `octaves` of them, the largest 2/3 of `best_radius` for the largest gradient.

    Raises
    ------
    ValueError
        Unless eps, gap, L > 0, Q, d >= 1 and c >= 0.
    """
    largest = best_radius(g=np.sqrt(2 * L * gap), L=L, d=d, c=c)
    return radii.log_uniform(float(2 * largest / 3), octaves(eps=eps, gap=gap, Q=Q))


# --- quadratics in many dimensions: one step -------------------------------------------------------------------------


def disagreement(*, k: Array, spread: Array) -> Array:
    """3 (phi(0)^2 k^2 spread/4)^(1/3): the candidate is lower exactly where z > t, but for this probability.

    Raises
    ------
    ValueError
        Unless k > 0 and spread >= 0.
    """
    require.positive(k=k)
    require.nonnegative(spread=spread)
    return 3 * (density(k * 0) ** 2 * k**2 * spread / 4) ** (1 / (half(k) * 6))


def curvature_spread(*, trace: Array, square: Array, bend: Array, turn: Array) -> Array:
    """(2 tr(H^2) + 4 b'H^2 b + (b'Hb)^2)/tr(H)^2 = E ((u + b)'H(u + b)/tr(H) - 1)^2.

    Raises
    ------
    ValueError
        Unless trace > 0 and square = tr(H^2), bend = b'Hb, turn = b'H^2 b >= 0.
    """
    require.positive(trace=trace)
    require.nonnegative(square=square, bend=bend, turn=turn)
    return (2 * square + 4 * turn + bend**2) / trace**2


class Drift(NamedTuple):
    """E of the changes of x_i^2, x_i b_i and b_i^2 in one step, given the state."""

    xx: Array
    xb: Array
    bb: Array


def drift(x: Array, b: Array, e: Array, *, sigma: Array, beta: Array, gain: Array, t: Array) -> Drift:
    """Exact changes in one coordinate of a step that is taken where z > t, e = g_i/|g|; no clip.

    With w = u_i + b_i: E[w; z > t] = b P - e phi and E[w^2; z > t] = (1 + b^2) P + e (e t - 2 b) phi.
    """
    P, phi = normal_tail(t), density(t)
    once = b * P - e * phi
    twice = (1 + b**2) * P + e * (e * t - 2 * b) * phi
    weight = (1 - beta) * gain
    return Drift(
        2 * sigma * x * once + sigma**2 * twice,
        (beta - 1) * x * b + (weight * x + sigma * beta * b) * once + sigma * weight * twice,
        (beta**2 - 1) * b**2 + 2 * beta * weight * b * once + weight**2 * twice,
    )


# --- quadratics in the limit of many dimensions: whole runs ----------------------------------------------------------


def part(ell: Array, r: Array, *, k: Array, kappa: Array, gain: Array, P: Array, phi: Array) -> Array:
    """Share of |g|^2, times d, that a coordinate of curvature l holds where x ~ exp(-r steps/d) |g| keeps its shape.

    (k^2 P/2) l^2 (kappa + a l - n r)/((a l - r + kappa n) (a l - n r)), a = k phi, n = 1 - gain P.
    """
    a, n = k * phi, 1 - gain * P
    return k**2 * P / 2 * ell**2 * (kappa + a * ell - n * r) / ((a * ell - r + kappa * n) * (a * ell - n * r))


class Limit(NamedTuple):
    """A run that keeps its shape: fall of log f per d evaluations, k, gamma and |b|."""

    rate: float
    k: float
    gamma: float
    length: float


def limit(spectrum: Array, *, kappa: float, gain: float = 1.0, accepted: float = 0.2) -> Limit:
    """Relative-loss descent on a quadratic as d grows: beta = 1 - kappa/d, no clip, radius led to P = `accepted`.

    The mean over the spectrum of `part` is 1, and r times the mean of part/l is k e(t); `rate` is 2 r. kappa = 0 is the
    method without momentum.

    Raises
    ------
    ValueError
        Unless spectrum > 0, kappa >= 0, gain > 0, 0 < accepted < 1 and gain accepted < 1 (unless kappa = 0).
    """
    from scipy.optimize import brentq
    from scipy.special import ndtri

    require.positive(spectrum=np.asarray(spectrum), gain=gain)
    require.nonnegative(kappa=kappa)
    require.between(0, 1, accepted=accepted)
    if kappa > 0:
        require.positive(**{"1 - gain accepted": 1 - gain * accepted})
    ell = np.asarray(spectrum, dtype=float) / np.mean(spectrum)
    t = -float(ndtri(accepted))
    law = {"kappa": kappa, "gain": gain, "P": accepted, "phi": float(density(t))}
    n = 1 - gain * accepted if kappa > 0 else 1.0

    def excess_part(r: float, k: float) -> float:
        return float(np.mean(part(ell, r, k=k, **law))) - 1

    def slowest(k: float) -> float:
        a = k * law["phi"] * ell.min()
        edge = min(a + kappa * n, a / n)
        return float(brentq(excess_part, 0.0, edge * (1 - 1e-13), args=(k,), xtol=1e-300, rtol=1e-13))

    def balance(k: float) -> float:
        r = slowest(k)
        return k * float(half_mean(t)) - r * float(np.mean(part(ell, r, k=k, **law) / ell))

    most = 2 * law["phi"] / accepted
    most = float(brentq(lambda k: excess_part(0.0, k), most * 1e-12, most * 2)) * (1 - 1e-9)
    k = float(brentq(balance, most * 1e-6, most)) if kappa > 0 else 2 * t
    r = slowest(k)
    return Limit(2 * r, k, k / 2 - t, _length(ell, r, k, n, **law))


def _length(ell: Array, r: float, k: float, n: float, *, kappa: float, gain: float, P: float, phi: float) -> float:
    """|b| of the run that keeps its shape."""
    if kappa == 0:
        return 0.0
    a, xx = k * phi * ell, part(ell, r, k=k, kappa=kappa, gain=gain, P=P, phi=phi) / ell**2
    xb = ((a - r) * xx - k**2 * P / 2) / (k * P)
    bb = (kappa * gain**2 * P / 2 - gain * phi * ell * xb) / n
    return float(np.sqrt(np.mean(bb)))


def tuned(least: float) -> tuple[float, float]:
    """Return kappa = 0.42 and gain = 5 (1 - 1.4 sqrt(least)): near `best_momentum` where 1/5 is accepted.

    least: the smallest eigenvalue in units of the mean.

    Raises
    ------
    ValueError
        Unless 0 < least < 1/3.
    """
    require.between(0, 1 / 3, least=least)
    return 0.42, 5 * (1 - 1.4 * float(np.sqrt(least)))


def best_momentum(spectrum: Array, *, accepted: float = 0.2) -> tuple[float, float, Limit]:
    """(kappa, gain, limit) of the largest rate."""
    from scipy.optimize import minimize

    def loss(at: np.ndarray) -> float:
        try:
            return -np.log(
                limit(spectrum, kappa=np.exp(at[0]), gain=-np.expm1(at[1]) / accepted, accepted=accepted).rate
            )
        except ValueError:
            return np.inf

    least = np.min(spectrum) / np.mean(spectrum)
    found = minimize(
        loss, [np.log(0.4), np.log(0.7 * np.sqrt(least))], method="Nelder-Mead", options={"xatol": 1e-2, "fatol": 1e-4}
    )
    kappa, gain = float(np.exp(found.x[0])), float(-np.expm1(found.x[1]) / accepted)
    return kappa, gain, limit(spectrum, kappa=kappa, gain=gain, accepted=accepted)


def two_valued(Q: float) -> tuple[float, float]:
    """Half of the curvatures 1, half Q."""
    return (1.0, Q)


def two_valued_rate(*, Q: Array, kappa: Array, gain: Array) -> Array:
    """`limit(...).rate` for `two_valued` curvatures, a fifth of the steps accepted.

    Raises
    ------
    ValueError
        Unless Q >= 1, kappa >= 0, and 0 < gain < 5.
    """
    require.at_least(1, Q=Q)
    require.nonnegative(kappa=kappa)
    require.positive(gain=gain)
    rate = np.vectorize(lambda Q, kappa, gain: limit(two_valued(Q), kappa=kappa, gain=gain).rate)
    return rate(Q, kappa, gain)[()]


def rate_ceiling(*, least: Array, V: Array, t: Array) -> Array:
    """2 s (3 least + sqrt(least^2 + V least)), s = phi(t)^2/P: no kappa and gain give a higher rate.

    least and V: smallest and mean square eigenvalue in units of the mean and its square.

    Raises
    ------
    ValueError
        Unless least > 0, V >= 1 and t >= 0.
    """
    require.positive(least=least)
    require.at_least(1, V=V)
    require.nonnegative(t=t)
    return 2 * density(t) ** 2 / normal_tail(t) * (3 * least + sqrt(least**2 + V * least))


# --- experiments -----------------------------------------------------------------------------------------------------

BASE = relative_loss(radius=1.0, law=gaussian, beta=0.5)  # what reduced coordinates need to know of the method
FROM_HERE = partial(step, beta=0.5)  # the step from a given momentum; what becomes of that is not looked at
MOST = 10.0  # falls are cut off at so many times alpha |g|/sqrt(d), which only lowers their mean


def _problem(name: str, d: int) -> Any:
    if d in DECADES:
        half = d // 2
        blocks = {"halves": ((1.0, 10.0), (half, half)), "hard": ((1.0, 10.0), (1, d - 1))}[name]
        return reduced.reduce(lambda width: block_quadratic(*blocks, start=(1.0, 0.0), width=width), blocks[1], BASE)
    if name == "logistic":
        return Expected(breast_cancer())  # all rows of the data, not one
    if name == "wavy":
        return Wavy(d, c=0.3, f_star=-1.0)
    if name == "round":
        return Quadratic(np.full(d, 3.0), np.full(d, 0.4), np.full(d, 0.4) + np.eye(d)[0], -1.0)
    return instance("family", d) if name == "family" else hard_instance(d, 10.0)


def _momentum(downhill: np.ndarray, gamma: float, c: float) -> np.ndarray:
    """Momentum of length c with <downhill,b> = gamma, downhill of length 1."""
    across = np.eye(len(downhill))[1] - downhill[1] * downhill
    return gamma * downhill + np.sqrt(c**2 - gamma**2) * across / np.linalg.norm(across)


def _one_step(
    name: str,
    d: int,
    claimed: Callable[..., Array],
    *,
    c: float,
    gamma: float,
    length: float = 1.0,
    step: Callable[..., State] = FROM_HERE,
    drawn: float | None = None,
) -> Experiment:
    """Fall of one step from momentum with <g,b> = -gamma |g|, |b| = c, in units of alpha |g|/sqrt(d).

    alpha is `length` times the best radius of the claim `adversarial`; `drawn`: gamma of the momentum, if not as said.
    """

    def measure(replicas: int, seed: np.random.SeedSequence) -> AtLeast:
        problem, rng = _problem(name, d), generator(seed)
        gradient = problem.gradient(problem.x0)
        g, L = float(np.linalg.norm(gradient)), problem.L1
        alpha = length * float(half_mean(-gamma)) * g * np.sqrt(d) / (L * (d + c**2))
        b = _momentum(-gradient / g, gamma if drawn is None else drawn, c)
        source = problem.frame.generator(rng, (replicas,)) if d in DECADES else rng
        u = gaussian.draw(source, (replicas,), d)
        x = np.tile(problem.x0, (replicas, 1))
        unit = alpha * g / np.sqrt(d)
        state = State(x, problem(x), np.tile(b, (replicas, 1)), np.full(replicas, alpha), 1)
        after = step(problem, state, Move(u, state.alpha / np.sqrt(d)))
        bound = float(claimed(alpha=alpha, g=g, L=L, d=d, c=c)) / unit
        return AtLeast(np.clip((state.fx - after.fx) / unit, 0, MOST), bound, MOST, 1)

    rung = "reduced" if d in DECADES else "worst case" if name == "round" else "measured"
    replicas = (1000, 10_000) if name == "logistic" else (12_000, 120_000)
    label = f"fall of one step, {name}, c = {c:g}, gamma = {gamma if drawn is None else drawn:.3g}, length {length:g}"
    return Experiment(rung, label, d, measure, *replicas)


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
    return float(np.sum(weights * density(z) * inner) * (high - low) / 2)


def _exactly(d: int, claimed: Callable[..., Array], *, c: float, gamma: float, length: float = 1.0) -> Experiment:
    """The same on L|x|^2/2, L = 1 and |g| = 1, by quadrature, for momentum along the gradient."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        alpha = length * float(half_mean(-gamma)) * np.sqrt(d) / (d + c**2)
        bound = float(claimed(alpha=alpha, g=1.0, L=1.0, d=d, c=c)) * np.sqrt(d) / alpha
        fall = exact_fall(d=d, gamma=gamma, curvature=alpha / np.sqrt(d))
        return Value(fall, bound, at_least=True, error=1e-9)

    return Experiment("worst case", f"exact fall, round, c = {c:g}, gamma = {gamma:g}, length {length:g}", d, measure)


def _method(problem: Any, d: int, eps: float, c: float, beta: float, gain: float) -> tuple[Method, int]:
    """The method with the radii of `grid`, and how many they are."""
    gap = float(problem(problem.x0)) - problem.f_star
    rule = grid(eps=eps * gap, gap=gap, Q=problem.Q, L=problem.L1, d=d, c=c)
    J = octaves(eps=eps * gap, gap=gap, Q=problem.Q)
    return relative_loss(radius=rule, beta=beta, gain=gain, clip=c, law=gaussian), J


def _whole(
    name: str,
    d: int,
    steps: int,
    *,
    c: float = 0.5,
    beta: float = 0.9,
    gain: float = 5.0,
    eps: float = 1e-3,
    left: Callable[..., Array] = gap_left,
    spoil: Callable[[Method], Method] = lambda method: method,
) -> Experiment:
    """Gap after some steps, where above eps, in units of the first."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d)
        method, J = _method(problem, d, eps, c, beta, gain)
        found = run(spoil(method), problem, steps=steps, replicas=replicas, seed=seed, record=[0, steps])
        before, after = found.values - problem.f_star
        rest = np.where(after > eps * before, after / before, 0.0)
        bound = float(left(T=steps, gap=1.0, Q=problem.Q, d=d, J=J, c=c))
        return Mean(rest, bound, 1.0 if np.all(rest <= 1) else None, found.calls)

    rung = "worst case" if name == "hard" else "measured"
    label = f"gap above {eps:g} after {steps} steps, {name}, c = {c:g}, beta = {beta:g}, gain = {gain:g}"
    return Experiment(rung, label, d, measure, 100, 1000)


CEILING = 30.0  # of falls in units of gap/(d Q)


def _whole_reduced(
    d: int,
    steps: int = 20,
    c: float = 0.5,
    name: str = "halves",
    eps: float = 1e-3,
    least: Callable[..., Array] = share,
) -> Experiment:
    """Relative fall of a run, times d Q J/steps."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> AtLeast:
        problem = _problem(name, d)
        method, J = _method(problem, d, eps, c, 0.9, 5.0)
        found = run(method, problem, steps=steps, replicas=replicas, seed=seed, record=[0, steps])
        scale = d * problem.Q * J / steps
        fall = np.clip(scale * (1 - found.values[1] / found.values[0]), 0, CEILING)
        lost = steps * np.log1p(-float(least(Q=problem.Q, d=d, J=J, c=c)))
        return AtLeast(fall, float(-scale * np.expm1(lost)), CEILING, found.calls)

    return Experiment("reduced", f"relative fall after {steps} steps, {name}", d, measure, 500, 10_000)


def _disagrees(
    name: str,
    d: int,
    *,
    k: float = 1.5,
    gamma: float = 0.4,
    c: float = 1.0,
    claimed: Callable[..., Array] = disagreement,
    place: Callable[[float, float], float] = lambda k, gamma: k / 2 - gamma,
    step: Callable[..., State] = FROM_HERE,
) -> Experiment:
    """How often a candidate is lower but z <= t, or higher but z > t."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem, rng = _problem(name, d), generator(seed)
        gradient = problem.gradient(problem.x0)
        g = float(np.linalg.norm(gradient))
        b = _momentum(-gradient / g, gamma, c)
        curved = problem.gradient(problem.minimiser + b)  # Hb
        trace, square = (d * float(np.mean(problem.spectrum**power)) for power in (1, 2))  # blocks are of one size
        source = problem.frame.generator(rng, (replicas,)) if d in DECADES else rng
        u = gaussian.draw(source, (replicas,), d)
        x = np.tile(problem.x0, (replicas, 1))
        state = State(x, problem(x), np.tile(b, (replicas, 1)), np.full(replicas, k * g / trace * np.sqrt(d)), 1)
        after = step(problem, state, Move(u, state.alpha / np.sqrt(d)))
        spread = curvature_spread(trace=trace, square=square, bend=float(b @ curved), turn=float(curved @ curved))
        wrong = (after.fx < state.fx) != (-(u @ gradient) / g > place(k, gamma))
        return Mean(wrong.astype(float), float(claimed(k=k, spread=spread)), 1.0, 1)

    replicas = (100_000, 500_000) if d >= 10**9 else (4000, 60_000)  # the bound is as small as 2e-4
    label = f"acceptance against z > t, {name}, k = {k:g}, gamma = {gamma:g}, c = {c:g}"
    return Experiment("reduced" if d in DECADES else "measured", label, d, measure, *replicas)


def _drifts(d: int, *, turned: float = 1.0) -> Experiment:
    """Largest distance of `drift` from a quadrature over z and one normal across, relative; at random states."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        rng = generator(seed)
        x, b, e = rng.standard_normal(5), rng.standard_normal(5), rng.uniform(-1, 1, 5)
        sigma, beta, gain, t = 0.3, 1 - 0.4 / d, 4.0, 0.84
        z, weights = np.polynomial.hermite_e.hermegauss(60)
        near, mass = np.polynomial.legendre.leggauss(200)
        above = t + (12 - t) * (near + 1) / 2
        mass = mass * density(above) * (12 - t) / 2
        u = (-e[:, None, None] * above[:, None] + np.sqrt(1 - e**2)[:, None, None] * z) + 0 * x[:, None, None]
        weights = weights / np.sqrt(2 * np.pi)

        def mean(taken: np.ndarray, kept: np.ndarray) -> np.ndarray:
            return np.einsum("ijk,j,k->i", taken, mass, weights) + kept * (1 - float(normal_tail(t)))

        way = u + b[:, None, None]
        x2, b2 = x[:, None, None] + sigma * way, beta * b[:, None, None] + (1 - beta) * gain * way
        found = (
            mean(x2**2, x**2) - x**2,
            mean(x2 * b2, beta * x * b) - x * b,
            mean(b2**2, beta**2 * b**2) - b**2,
        )
        claimed = drift(x, b, e * turned, sigma=sigma, beta=beta, gain=gain, t=t)
        apart = max(float(np.max(np.abs(one - two))) for one, two in zip(found, claimed, strict=True))
        return Value(apart, 1e-12)

    return Experiment("exact", "the three drifts against quadrature", d, measure)


TOLERANCE = 0.15  # by how much a measured rate may differ from its limit


def _slopes(
    spectrum: Callable[[int], np.ndarray],
    name: str,
    d: int,
    kappa: float,
    gain: float,
    *,
    slow: bool,
    time: int = 60,
    claimed: Callable[[Limit], float] = lambda at: at.rate,
    memory: Callable[[float, int], float] = lambda kappa, d: 1 - kappa / d,
) -> Experiment:
    """Fall of log f per d evaluations over its limit, or 2 less that; from the shape that the limit keeps."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        curvatures = np.asarray(spectrum(d), dtype=float)
        at = limit(curvatures, kappa=kappa, gain=gain)
        law = {"k": at.k, "kappa": kappa, "gain": gain, "P": 0.2, "phi": float(density(at.k / 2 - at.gamma))}
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
        slope = -np.diff(np.log(found.values), axis=0)[0] / (ends[1] - ends[0]) * d / claimed(at)
        return Mean(np.maximum(2 - slope, 0) if slow else slope, 1 + TOLERANCE, None, found.calls)

    what = "2 - rate/limit" if slow else "rate/limit"
    return Experiment("measured", f"{what}, {name}, kappa = {kappa:g}, gain = {gain:g}", d, measure, 30, 300)


def _halves(Q: float) -> Callable[[int], np.ndarray]:
    return lambda d: np.where(np.arange(d) < d // 2, 1.0, Q)


def _linear(Q: float) -> Callable[[int], np.ndarray]:
    return lambda d: np.linspace(1.0, Q, d)


def _highest(
    spectrum: Any, name: str, accepted: float = 0.2, claimed: Callable[..., Array] = rate_ceiling
) -> Experiment:
    """The largest rate over kappa and gain, against the ceiling."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        from scipy.special import ndtri

        ell = np.asarray(spectrum) / np.mean(spectrum)
        rate = best_momentum(spectrum, accepted=accepted)[2].rate
        return Value(rate, float(claimed(least=ell.min(), V=np.mean(ell**2), t=-ndtri(accepted))))

    return Experiment("exact", f"largest rate, {name}, {accepted:g} accepted", 1, measure)


def _attains(Q: float, at_least: float = 0.42) -> Experiment:
    """The rate of `tuned` momentum over sqrt(m), two-valued curvatures."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        least = 2 / (1 + Q)
        kappa, gain = tuned(least)
        rate = limit(two_valued(Q), kappa=kappa, gain=gain).rate
        return Value(rate / float(np.sqrt(least)), at_least, at_least=True)

    return Experiment("exact", f"rate of tuned momentum, two-valued, Q = {Q:g}, against {at_least:g}", 1, measure)


# --- claims ----------------------------------------------------------------------------------------------------------

SMOOTH = "f is L-smooth; it need not be convex"
GAUSSIAN = "u ~ N(0, I), independent of x and b; alpha fixed before u is drawn"
STEP = {"alpha": (1, 0), "g": (-1, 1), "L": (-2, 1), "d": (0, 0), "c": (0, 0), "return": (0, 1)}
ALIGNED = 0.4


def _as_aligned(**a: Any) -> Array:
    return aligned(**a, gamma=ALIGNED)


def _forgets(**a: Any) -> Array:
    """The claim with e(0) in the place of e(c)."""
    return _decrease(a["alpha"], a["g"], a["L"], a["d"], 0.0, a["c"])


def _wrong_power(**a: Any) -> Array:
    """The claim with d for sqrt(d) in the radius: the first term without 1/sqrt(d)."""
    return adversarial(**a) + a["alpha"] * half_mean(a["c"]) * a["g"] * (1 - 1 / np.sqrt(a["d"]))


def _no_curvature(**a: Any) -> Array:
    """The sharp claim with t = c."""
    return a["alpha"] * half_mean(a["c"]) * a["g"] / np.sqrt(a["d"])


def _sign_of_c(**a: Any) -> Array:
    """The sharp claim with momentum that helps: t - 2 c in the place of t."""
    t = level(**a) - 2 * a["c"]
    return a["alpha"] * a["g"] / np.sqrt(a["d"]) * half_mean(t)


def _twice_gamma(**a: Any) -> Array:
    """The claim with phi + 2 gamma Phi."""
    more = a["alpha"] * a["g"] / np.sqrt(a["d"]) * ALIGNED * normal_tail(-ALIGNED)
    return _as_aligned(**a) + more


def _worst_step(f: Any, state: State, move: Move) -> State:
    """The sign bug: move if the loss is higher there."""
    after = FROM_HERE(lambda x: -f(x), state._replace(fx=-state.fx), move)
    return after._replace(fx=-after.fx)


def _control(claim: str, name: str, falsehood: str, experiment: Experiment) -> Control:
    return Control(f"relative_loss_momentum.{claim}.{name}", f"relative_loss_momentum.{claim}", falsehood, experiment)


def _steps_claims() -> tuple[Claim, ...]:
    return (
        Claim(
            id="relative_loss_momentum.adversarial",
            statement="Whatever the momentum, of length at most c, one step has E f(x+) <= f(x) - alpha e(c) "
            "|g|/sqrt(d) + (L/2) alpha^2 (1 + c^2/d), e(c) = phi(c) - c (1 - Phi(c)): at the best radius adversarial "
            "momentum costs the factor (e(c)/e(0))^2 of what is promised, up to 1 + c^2/d.",
            source="ours",
            kind="expectation",
            provenance="ours",
            assumptions=(SMOOTH, GAUSSIAN, "|b| <= c"),
            bound=adversarial,
            units=STEP,
            experiments=(
                *(_exactly(d, adversarial, c=c, gamma=-c) for d in (10, 1000) for c in (0.25, 1.0)),
                _one_step("family", 10, adversarial, c=0.5, gamma=-0.5),
                _one_step("wavy", 20, adversarial, c=0.5, gamma=-0.5),
                _one_step("logistic", 30, adversarial, c=0.5, gamma=-0.3),
                _one_step("round", 30, adversarial, c=0.5, gamma=-0.5),
                *(_one_step("halves", d, adversarial, c=0.5, gamma=-0.5) for d in DECADES),
            ),
            controls=(
                _control(
                    "adversarial",
                    "forgets",
                    "with e(0) in the place of e(c)",
                    _one_step("round", 100, _forgets, c=0.5, gamma=-0.5, length=0.2),
                ),
                _control(
                    "adversarial",
                    "power_of_d",
                    "with alpha e(c) |g| (wrong power of d)",
                    _one_step("halves", 10**3, _wrong_power, c=0.5, gamma=-0.5),
                ),
                _control(
                    "adversarial",
                    "worst",
                    "also when the higher of the two is kept",
                    _one_step("round", 30, adversarial, c=0.5, gamma=-0.5, step=_worst_step),
                ),
            ),
        ),
        Claim(
            id="relative_loss_momentum.adversarial_sharp",
            statement="Whatever the momentum, of length at most c, one step has E f(x+) <= f(x) - alpha e(t) "
            "|g|/sqrt(d) + (L/2) (alpha^2/d) (t + 2 c) phi(t), t = c + L alpha (d + c^2)/(2 |g| sqrt(d)); as d grows "
            "at fixed t the momentum c g/|g| on L|x|^2/2 attains it.",
            source="ours",
            kind="expectation",
            provenance="ours",
            assumptions=(SMOOTH, GAUSSIAN, "|b| <= c"),
            bound=adversarial_sharp,
            units=STEP,
            experiments=(
                *(_exactly(d, adversarial_sharp, c=c, gamma=-c) for d in (10, 100, 10_000) for c in (0.25, 1.0)),
                _one_step("family", 10, adversarial_sharp, c=0.5, gamma=-0.5),
                _one_step("wavy", 20, adversarial_sharp, c=0.5, gamma=-0.5),
                _one_step("logistic", 30, adversarial_sharp, c=0.5, gamma=-0.3),
                *(_one_step("halves", d, adversarial_sharp, c=0.5, gamma=-0.5, length=3.0) for d in DECADES),
            ),
            controls=(
                _control(
                    "adversarial_sharp",
                    "no_curvature",
                    "with t = c (the curvature dropped)",
                    _exactly(1000, _no_curvature, c=0.5, gamma=-0.5),
                ),
                _control(
                    "adversarial_sharp",
                    "sign",
                    "with t - 2c (the momentum helps)",
                    _one_step("halves", 10**6, _sign_of_c, c=0.5, gamma=-0.5),
                ),
            ),
        ),
        Claim(
            id="relative_loss_momentum.aligned",
            statement="Momentum with <g,b> <= -gamma |g|, of length at most c, has E f(x+) <= f(x) - "
            "alpha (phi(gamma) + gamma Phi(gamma)) |g|/sqrt(d) + (L/2) alpha^2 (1 + c^2/d): at gamma = 1 it gains, to "
            "first order, 2.7 times as much as none.",
            source="ours",
            kind="expectation",
            provenance="ours",
            assumptions=(SMOOTH, GAUSSIAN, "|b| <= c", "<g,b> <= -gamma |g|, 0 <= gamma <= c"),
            bound=aligned,
            units=STEP | {"gamma": (0, 0)},
            experiments=(
                *(_exactly(d, _as_aligned, c=ALIGNED, gamma=ALIGNED, length=0.5) for d in (10, 1000)),
                _one_step("family", 10, _as_aligned, c=1.0, gamma=ALIGNED),
                _one_step("wavy", 20, _as_aligned, c=1.0, gamma=ALIGNED),
                _one_step("logistic", 30, _as_aligned, c=1.0, gamma=ALIGNED),
                *(_one_step("halves", d, _as_aligned, c=1.0, gamma=ALIGNED) for d in DECADES),
            ),
            controls=(
                _control(
                    "aligned",
                    "twice",
                    "with phi(gamma) + 2 gamma Phi(gamma)",
                    _one_step("round", 100, _twice_gamma, c=ALIGNED, gamma=ALIGNED, length=0.2),
                ),
                _control(
                    "aligned",
                    "uphill",
                    "also for <g,b> = +gamma |g| (a sign lost)",
                    _one_step("halves", 10**6, _as_aligned, c=1.0, gamma=ALIGNED, length=0.2, drawn=-1.0),
                ),
            ),
        ),
        Claim(
            id="relative_loss_momentum.rate",
            statement="With any beta and gain, momentum of length at most c and radii log-uniform over a grid of ratio "
            "2, E[gap_T; gap_T > eps] <= (1 - (8/9) e(c)^2/(M Q J))^T gap_0, M = (d + c^2) Phi(-c) + 3 c phi(c), and "
            "the gap never grows: O(d Q J log(1/eps)) evaluations; c = 0 gives the rate without momentum.",
            source="ours",
            kind="expectation",
            provenance="ours",
            assumptions=(
                "f is L-smooth and |g|^2 >= 2 mu (f - f*), as where f is mu-strongly convex; Q = L/mu",
                "Gaussian directions; clip = c; 0 <= beta < 1, gain > 0 arbitrary",
                "the J radii of `grid`: while the gap exceeds eps, one is within 2/3 and 4/3 of `best_radius`",
            ),
            bound=gap_left,
            units={"T": (0, 0), "gap": (0, 1), "Q": (0, 0), "d": (0, 0), "J": (0, 0), "c": (0, 0), "return": (0, 1)},
            experiments=(
                _whole("family", 10, 400),
                _whole("family", 10, 400, c=1.0, beta=0.5, gain=1.0, eps=0.1),
                _whole("wavy", 5, 400, eps=0.1),
                _whole("hard", 10, 1000),
                *(_whole_reduced(d) for d in DECADES),
            ),
            controls=(
                _control(
                    "rate",
                    "power_of_d",
                    "with share sqrt(d) (wrong power of d)",
                    _whole_reduced(10**6, least=lambda Q, d, J, c: share(Q=Q, d=np.sqrt(d), J=J, c=c)),
                ),
                _control(
                    "rate",
                    "no_J",
                    "with share J (the grid for free)",
                    _whole_reduced(
                        10**6, name="hard", eps=1e-30, least=lambda Q, d, J, c: J * share(Q=Q, d=d, J=J, c=c)
                    ),
                ),
            ),
        ),
    )


QUADRATIC = "f = x'Hx/2 + const, H positive definite; u ~ N(0, I)"


def _without_momentum(at: Limit) -> float:
    """The limit for two-valued curvatures 1 and 100, no momentum."""
    return limit(two_valued(100.0), kappa=0).rate


def _round_without(at: Limit) -> float:
    """The limit for |x|^2, no momentum."""
    return limit((1.0,), kappa=0).rate


def _too_long(kappa: float, d: int) -> float:
    """A memory of d^2 steps."""
    return 1 - kappa / d**2


def _no_root(*, least: Array, V: Array, t: Array) -> Array:
    """What holds without momentum: 4 s least."""
    return 4 * density(t) ** 2 / normal_tail(t) * least


def _two_thirds(*, least: Array, V: Array, t: Array) -> Array:
    """The ceiling with the power 2/3 in the place of 1/2."""
    return rate_ceiling(least=least ** (4 / 3), V=V, t=t)


def _limit_claims() -> tuple[Claim, ...]:
    return (
        Claim(
            id="relative_loss_momentum.drift",
            statement="On a quadratic the candidate is lower exactly where z > t = k/2 - gamma, but for a probability "
            "of at most 3 (phi(0)^2 k^2 v/4)^(1/3), v = (2 tr(H^2) + 4 b'H^2 b + (b'Hb)^2)/tr(H)^2; for the step that "
            "is taken where z > t, E of x_i^2, x_i b_i and b_i^2 after it is `drift` exactly.",
            source="ours",
            kind="expectation",
            provenance="ours",
            assumptions=(QUADRATIC, "any momentum b; no clip in `drift`", "k = sigma tr(H)/|g|"),
            bound=disagreement,
            units={"k": (0, 0), "spread": (0, 0), "return": (0, 0)},
            experiments=(
                *(_drifts(d) for d in (10, 1000)),
                _disagrees("family", 30),
                _disagrees("hard", 100, k=2.0, gamma=-0.5),
                _disagrees("round", 100, k=1.0, gamma=0.9),
                *(_disagrees("halves", d) for d in DECADES),
            ),
            controls=(
                _control(
                    "drift",
                    "sign_of_gamma",
                    "lower where z > k/2 + gamma (a sign lost)",
                    _disagrees("halves", 10**6, place=lambda k, gamma: k / 2 + gamma),
                ),
                _control(
                    "drift",
                    "no_curvature",
                    "lower where z > -gamma (the curvature dropped)",
                    _disagrees("halves", 10**6, place=lambda k, gamma: -gamma),
                ),
                _control(
                    "drift",
                    "power",
                    "but for a probability of order v (the third root dropped)",
                    _disagrees("halves", 1000, claimed=lambda k, spread: (disagreement(k=k, spread=spread) / 3) ** 3),
                ),
                _control("drift", "turned", "the same drift with the sign of g_i lost", _drifts(10, turned=-1.0)),
            ),
        ),
        Claim(
            id="relative_loss_momentum.limit_rate",
            statement="Conjecture with evidence: as d grows, with beta = 1 - kappa/d, gain < 5, no clip and the 1/5 "
            "rule of small growth, log f falls by 2 r in d evaluations, where r and k solve mean(part) = 1 and "
            "r mean(part/l) = k e(t), Phi(-t) = 1/5; the two equations are derived, the exchange of limits is not; "
            "measured to 15 % at d = 100, Q <= 100.",
            source="ours",
            kind="expectation",
            provenance="ours",
            assumptions=(
                QUADRATIC,
                "no eigenvalue of H carries a share of tr(H) as d grows",
                "the run has settled to a shape: moments of x_i/|g| and b_i that no longer change",
            ),
            bound=two_valued_rate,
            units={"Q": (0, 0), "kappa": (0, 0), "gain": (0, 0), "return": (0, 0)},
            experiments=(
                _slopes(_halves(10.0), "two-valued, Q = 10", 100, 0.3, 1.76, slow=True, time=20),
                _slopes(_halves(100.0), "two-valued, Q = 100", 100, 0.4, 4.0, slow=True, time=40),
                _slopes(_halves(100.0), "two-valued, Q = 100", 100, 0.4, 4.0, slow=False, time=40),
                _slopes(_linear(30.0), "linear, Q = 30", 100, 0.3, 3.5, slow=True, time=40),
                _slopes(_halves(1.0), "round", 100, 0.3, 4.0, slow=False, time=20),
            ),
            controls=(
                _control(
                    "limit_rate",
                    "no_momentum",
                    "momentum leaves the rate as it is without",
                    _slopes(_halves(100.0), "Q = 100", 100, 0.4, 4.0, slow=False, time=18, claimed=_without_momentum),
                ),
                _control(
                    "limit_rate",
                    "round",
                    "momentum never costs anything: on |x|^2 the rate is that without",
                    _slopes(_halves(1.0), "round", 100, 0.7, 4.5, slow=True, time=15, claimed=_round_without),
                ),
                _control(
                    "limit_rate",
                    "memory",
                    "the same rate with beta = 1 - kappa/d^2 (wrong power of d)",
                    _slopes(_halves(100.0), "Q = 100", 100, 0.4, 4.0, slow=True, time=18, memory=_too_long),
                ),
            ),
        ),
        Claim(
            id="relative_loss_momentum.limit_ceiling",
            statement="No kappa and gain solve the equations of relative_loss_momentum.limit_rate with a rate above "
            "2 s (3 m + sqrt(m^2 + V m)), s = phi(t)^2/P, m = (smallest eigenvalue)/(mean), V = (mean "
            "square)/(mean)^2, nor does the method without momentum with one above 4 s m: momentum turns 1/m into its "
            "square root, never into less; for two-valued curvatures, Q = 10..10^6, it has 0.42 sqrt(m) (computed).",
            source="ours",
            kind="constant",
            provenance="ours",
            assumptions=(
                QUADRATIC,
                "a stationary shape, as in relative_loss_momentum.limit_rate; gain P < 1",
                "it is stable: both factors below the fraction of `part` are positive for every eigenvalue",
            ),
            bound=rate_ceiling,
            units={"least": (0, 0), "V": (0, 0), "t": (0, 0), "return": (0, 0)},
            experiments=(
                _highest(two_valued(100.0), "two-valued, Q = 100", 0.3),
                _highest(np.linspace(1, 1000, 50), "linear, Q = 1000"),
                _highest(np.geomspace(1, 1000, 50), "log-uniform, Q = 1000"),
                *(_attains(Q) for Q in (10.0, 100.0, 1e4, 1e6)),
            ),
            controls=(
                _control(
                    "limit_ceiling",
                    "linear",
                    "momentum, too, stays below 4 s m (the square root dropped)",
                    _highest(two_valued(1e4), "two-valued, Q = 1e4", claimed=_no_root),
                ),
                _control(
                    "limit_ceiling",
                    "two_thirds",
                    "with m^(2/3) in the place of m^(1/2)",
                    _highest(
                        two_valued(1e6),
                        "two-valued, Q = 1e6",
                        claimed=_two_thirds,
                    ),
                ),
                _control("limit_ceiling", "attained", "two-valued curvatures attain 0.5 sqrt(m)", _attains(100.0, 0.5)),
            ),
        ),
    )


CLAIMS = (*_steps_claims(), *_limit_claims())

"""Sample a symmetric step, keep it if it is lower: what is claimed.

Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Theorem 10, as recalled (the printed text
was not at hand; hypotheses and constants are re-derived in ``proofs/sample_and_keep.py``), and results of our own for
the same kind of step.

Notation
--------
n dimension; Q = beta/alpha condition number of an alpha-strongly convex (or alpha-Polyak-Lojasiewicz), beta-smooth f; g
gradient at x; s uniform on the unit sphere, z = sqrt(n) s_1; gap f(x) - f*; u = c log(nQ)/n. A grid has radii R q^-k.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from zotheory import require
from zotheory.directions import Law, ball, gaussian, sphere, sphere_mean_abs
from zotheory.elementary import Array, exp, is_symbolic, log, normal_tail, sqrt
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import Frequency, Mean, Value
from zotheory.evidence.reduced import DECADES
from zotheory.methods import Method, gld_fast, gld_search
from zotheory.methods.gld_search import State, step
from zotheory.oracles import Expected
from zotheory.problems import Quadratic, block_quadratic, breast_cancer, random_rotation
from zotheory.run import generator, iterate, run
from zotheory.theorems.gld_search import accept_anything, hard_instance, rotated_family, sphere_tail

KAPPA = 1.224  # best length of a step, in units of |g|/(beta sqrt(n)), as n grows
PROGRESS = 0.4049  # n Q times the expected relative fall of the gap at KAPPA: at least this for every n
RATIO, FALL = 4.68, 0.82  # best ratio of a grid, with the constant of its contraction
MERIT = 0.1484  # of the best grid, rounded up


def factor(*, n: Array, Q: Array, c: Array) -> Array:
    """1 - c/(n Q).

    Raises
    ------
    ValueError
        Unless n, Q >= 1 and c >= 0.
    """
    require.at_least(1, n=n, Q=Q)
    require.nonnegative(c=c)
    return 1 - c / (n * Q)


# --- lower bound -----------------------------------------------------------------------------------------------------


def lowest_factor(*, n: Array, Q: Array, c: Array = 5) -> Array:
    """Theorem 10: 1 - c log(nQ)/(nQ), below which a step brings the gap with no more than `chance`.

    Raises
    ------
    ValueError
        Unless n, Q >= 1 and c > 0.
    """
    require.at_least(1, n=n, Q=Q)
    require.positive(c=c)
    return factor(n=n, Q=Q, c=c * log(n * Q))


def chance(*, n: Array, Q: Array, c: Array = 5, m: Array = 1) -> Array:
    """(m/2) (1 + c log(nQ)/n)^(-(n-1)/2): how often the best of m candidates may beat `lowest_factor`.

    Raises
    ------
    ValueError
        Unless n, Q, m >= 1 and c > 0.
    """
    require.at_least(1, n=n, Q=Q, m=m)
    require.positive(c=c)
    return m * exp(-(n - 1) * _log_plus_one(c * log(n * Q) / n) / 2) / 2


def _log_plus_one(u: Array) -> Array:
    """log(1 + u), to full precision for the tiny u of large n."""
    return log(1 + u) if is_symbolic(u) else np.log1p(u)


def cone(*, n: Array, Q: Array, c: Array = 5) -> Array:
    """u/(2 (1 + u) Q^2): the bound holds wherever |x - x* across the flat axis| <= cone * |x - x* along it|.

    Raises
    ------
    ValueError
        Unless n, Q >= 1 and c > 0.
    """
    require.at_least(1, n=n, Q=Q)
    require.positive(c=c)
    u = c * log(n * Q) / n
    return u / (2 * (1 + u) * Q**2)


# --- expected contraction --------------------------------------------------------------------------------------------


def excess(n: Array, tau: Array) -> Array:
    """E max(z - tau, 0), exactly, for z = sqrt(n) s_1 and tau >= 0."""
    t = np.minimum(tau, np.sqrt(n))
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = np.where(t * t < n, np.exp((n - 1) / 2 * np.log1p(-t * t / n)), 0.0)
    return (np.sqrt(n) * sphere_mean_abs(n) / 2 * rest - t * sphere_tail(n, t))[()]


def progress(*, n: Array, kappa: Array = KAPPA) -> Array:
    """c_n = 2 kappa E max(z - kappa/2, 0).

    Raises
    ------
    ValueError
        Unless n >= 1 and kappa > 0.
    """
    require.at_least(1, n=n)
    require.positive(kappa=kappa)
    return 2 * kappa * excess(n, np.divide(kappa, 2))


def expected_contraction(*, n: Array, Q: Array, kappa: Array = KAPPA) -> Array:
    """Factor 1 - c_n/(n Q) of the expected gap after a step of length kappa |g|/(beta sqrt(n)).

    Raises
    ------
    ValueError
        Unless n, Q >= 1 and kappa > 0.
    """
    return factor(n=n, Q=Q, c=progress(n=n, kappa=kappa))


# --- best grid -------------------------------------------------------------------------------------------------------


def level(*, q: Array, delta: Array) -> Array:
    """(sqrt(q) + 1/sqrt(q)) sqrt(delta)/2, which z has to pass at either end of the best window of radii.

    Raises
    ------
    ValueError
        Unless q >= 1 and delta > 0.
    """
    require.at_least(1, q=q)
    require.positive(delta=delta)
    return sqrt(delta) * (sqrt(q) + 1 / sqrt(q)) / 2


def window(*, q: Array, delta: Array) -> Array:
    """sqrt(delta/q): the best window is [window, q window], in units of |g|/(beta sqrt(n)).

    Raises
    ------
    ValueError
        Unless q >= 1 and delta > 0.
    """
    require.at_least(1, q=q)
    require.positive(delta=delta)
    return sqrt(delta / q)


def success(*, q: Array, delta: Array) -> Array:
    """P(N(0, 1) > level): with at least this probability a grid of ratio q contracts by 1 - delta/(nQ), n >= 2.

    Raises
    ------
    ValueError
        Unless q >= 1, delta > 0 and level <= 6/5.
    """
    passed = level(q=q, delta=delta)
    if not is_symbolic(passed) and np.any(np.asarray(passed) > 1.2):
        raise ValueError(f"delta must be at most 5.76 q/(1 + q)^2 (so that level <= 6/5), got {delta!r} with q = {q!r}")
    return normal_tail(passed)


def merit(*, q: Array, delta: Array) -> Array:
    """Guaranteed fall of log(gap) per evaluation, delta log(q) success, in units of 1/(n Q log(R/r)).

    Raises
    ------
    ValueError
        As `success`.
    """
    return success(q=q, delta=delta) * delta * log(q)


# --- experiments -----------------------------------------------------------------------------------------------------

BASE = gld_search(R=1.0, r=0.1, law=sphere)  # what reduced coordinates need to know of these methods


def _hard(name: str, n: int, Q: float) -> Any:
    """The hard instance, in reduced coordinates over the decades; `rotated`: off every axis."""
    if n in DECADES:
        return reduced.reduce(lambda width: hard_instance(n, Q, width), (1, n - 1), BASE)
    if name == "rotated":
        plain, rotation = hard_instance(n, Q), random_rotation(n, np.random.default_rng(7))
        centre = np.linspace(-0.5, 0.8, n)
        return Quadratic(plain.spectrum, centre, centre + 3 * rotation[0], 1.5, rotation)
    return hard_instance(n, Q)


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
    """The problem's x0, moved across the flat axis as far as the theorem allows."""
    x0 = problem.x0.copy()
    x0[len(x0) // 2] += float(cone(n=n, Q=Q, c=c)) * problem.R
    return x0


def _lower_bound(
    n: int,
    law: Law = gaussian,
    kind: str = "gld_search",
    c: float | None = None,
    name: str = "hard",
    Q: float = 10.0,
    steps: int = 1,
    rate: Callable[..., Array] = lowest_factor,
    odds: Callable[..., Array] = chance,
    spoil: Callable[[Method, float], Method] | None = None,
    rung: str = "worst case",
) -> Experiment:
    """How often no step beats the factor; c = None: the c at which the claim leaves 10 % for that."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Frequency:
        problem = _hard(name, n, Q)
        m = _shipped(kind, law, 1.0, n).calls[1]
        constant = measurable(n, Q, m) if c is None else c
        length = best_length(n, Q, constant) * problem.R
        method = _shipped(kind, law, length, n)
        method = spoil(method, length) if spoil else method
        start = problem.x0 if name == "rotated" else _within_cone(problem, n, Q, constant)
        gap = np.full(replicas, float(problem(start)) - problem.f_star)
        kept = np.full(replicas, True)
        calls = 0
        lowest = float(rate(n=n, Q=Q, c=constant))
        for t, (state, counted) in enumerate(iterate(method, problem, np.tile(start, (replicas, 1)), generator(seed))):
            after = state.fx - problem.f_star
            kept &= after >= gap * (lowest if t else 1 - 1e-9)
            gap, calls = after, counted.calls
            if t == steps:
                break
        tail = max(steps * float(odds(n=n, Q=Q, c=constant, m=m)), 0.01)  # a rarer failure could not be measured
        return Frequency(int(kept.sum()), replicas, 1 - tail, calls)

    if rung == "worst case" and n in DECADES:
        rung = "reduced"
    label = f"{kind}, {law.name}, {name}, Q = {Q:g}, " + ("10 % left" if c is None else f"c = {c:g}")
    return Experiment(rung, label + (f", {steps} steps" if steps > 1 else ""), n, measure, 2000, 50_000)


def _lower_bound_exact(n: int, Q: float = 10.0, c: float = 5.0, odds: Callable[..., Array] = chance) -> Experiment:
    """Exact probability to beat the factor with the best length."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        exactly = float(sphere_tail(n, np.sqrt(n * _threshold(n, Q, c))))
        return Value(exactly, float(odds(n=n, Q=Q, c=c)), error=1e-4 if n > 10**6 else 1e-10)

    return Experiment("exact", f"probability at the best length, Q = {Q:g}, c = {c:g}", n, measure)


def along_the_axis(method: Method, length: float) -> Method:
    """A method that knows the axis: its steps lie along e_1, and their law is not symmetric under rotations."""

    def draw(rng: Any, state: Any, d: int) -> Array:
        v = method.draw(rng, state, d)
        return np.linalg.norm(v, axis=-1, keepdims=True) * np.where(np.arange(v.shape[-1]) == 0, -1.0, 0.0)

    return replace(method, draw=draw)


def _draw(rng: Any, state: State, d: int, *, problem: Any, lengths: np.ndarray) -> Array:
    unit = np.linalg.norm(problem.gradient(state.x), axis=-1) / (problem.Q * problem.mu * np.sqrt(d))
    return sphere.draw(rng, (*state.x.shape[:-1], len(lengths)), d, unit[..., None] * lengths / np.sqrt(d))


def at_lengths(problem: Any, lengths: Any, step: Callable[..., Any] = step) -> Method:
    """Steps of these lengths in units of |g|/(beta sqrt(n)), beta = Q mu, kept if lower."""
    draw = partial(_draw, problem=problem, lengths=np.asarray(lengths, dtype=float))
    return replace(BASE, name="at_lengths", draw=draw, step=step, calls=(1, len(lengths)))


def _problem(name: str, n: int) -> Any:
    if n in DECADES:
        half = n // 2
        blocks = {"halves": ((1.0, 10.0), (half, half)), "hard": ((1.0, 10.0), (1, n - 1))}[name]
        return reduced.reduce(lambda width: block_quadratic(*blocks, start=(1.0, 0.0), width=width), blocks[1], BASE)
    if name == "logistic":
        return Expected(breast_cancer())  # all rows of the data, not one
    if name == "round":
        return Quadratic(np.full(n, 3.0), np.full(n, 0.4), np.full(n, 0.4) + np.eye(n)[0], -1.0)
    return rotated_family(n) if name == "family" else hard_instance(n, 10.0)


def _gaps(
    method: Method, problem: Any, steps: int, replicas: int, seed: np.random.SeedSequence
) -> tuple[np.ndarray, int]:
    """Gaps before and after the steps (2, replicas), never below 0, and the evaluations of one replica."""
    result = run(method, problem, steps=steps, replicas=replicas, seed=seed, record=[0, steps])
    return np.maximum(result.values - problem.f_star, 0), result.calls


def _expected(
    name: str,
    n: int,
    steps: int,
    lengths: Any = (KAPPA,),
    rate: Callable[..., Array] = expected_contraction,
    step: Callable[..., Any] = step,
) -> Experiment:
    """Mean gap after some steps, in units of the first, against the power of the factor."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, n)
        method = at_lengths(problem, lengths, step=step)
        gap, calls = _gaps(method, problem, steps, replicas, seed)
        bound = float(rate(n=n, Q=problem.Q)) ** steps
        return Mean(gap[1] / gap[0], bound, 1.0 if step is not accept_anything else None, calls)

    rung = "worst case" if name == "hard" else "measured"
    replicas = (200, 2000) if name == "logistic" else (300, 6000)  # 569 rows for every value
    return Experiment(rung, f"gap after {steps} steps, {name}", n, measure, *replicas)


MOST = 20.0  # no fall, in units of gap/(n Q), exceeds it: z would have to pass 8


def _expected_once(
    name: str, n: int, least: Callable[..., Array] = progress, lengths: Any = (KAPPA,), step: Callable[..., Any] = step
) -> Experiment:
    """Relative fall of one step times n Q: MOST less that, over MOST, against (MOST - c_n)/MOST."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, n)
        method = at_lengths(problem, lengths, step=step)
        (before, after), calls = _gaps(method, problem, 1, replicas, seed)
        fall = n * problem.Q * (1 - after / before)
        return Mean(1 - np.minimum(fall, MOST) / MOST, float(1 - least(n=n) / MOST), 1.0, calls)

    return Experiment("reduced", f"relative fall of one step, {name}", n, measure, 4000, 60_000)


def _expected_exactly(n: int, power: float = 1.0) -> Experiment:
    """The shipped step on |x|^2, averaged over the law of s_1 by quadrature on the side where it moves."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        problem = Quadratic(np.full(2, 3.0), np.full(2, 0.4), np.array([1.4, 0.4]), -1.0)  # the plane of g and s
        nodes, weights = np.polynomial.legendre.leggauss(200)
        low, high = KAPPA / 2, min(np.sqrt(n), 12.0)
        z = (low + high) / 2 + (high - low) / 2 * nodes
        density = np.exp((n - 3) / 2 * np.log1p(-z * z / n)) * np.sqrt(n) * sphere_mean_abs(n) / 2 * (n - 1) / n
        v = KAPPA / np.sqrt(n) * np.stack([-z, np.sqrt(n - z * z)], axis=-1) / np.sqrt(n)
        x = np.tile(problem.x0, (len(z), 1))
        moved = step(problem, State(x, problem(x)), v[:, None, :]).fx - problem.f_star
        fall = 1 - moved / (float(problem(problem.x0)) - problem.f_star)
        mean = 1 - float(np.sum(weights * density * fall)) * (high - low) / 2
        return Value(mean, float(factor(n=n, Q=1.0, c=progress(n=n) * power)))

    return Experiment("exact", "mean gap after the shipped step, by quadrature, Q = 1", n, measure)


def _constant(n: int, constant: float = PROGRESS) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        return Value(float(progress(n=n)), constant, at_least=True)

    return Experiment("exact", "c_n at least 0.4049", n, measure)


def _grid(
    name: str,
    n: int,
    q: float = RATIO,
    delta: float = FALL,
    claimed: Callable[..., Array] = success,
    lowest: Callable[..., Array] = factor,
    powers: tuple[float, ...] = (-1.0, 0.0, 1.0, 2.0),
) -> Experiment:
    """One step over the grid at its worst offset: lengths at both ends of the window, one below and one above."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Frequency:
        problem = _problem(name, n)
        lengths = float(window(q=q, delta=delta)) * q ** np.array(powers)
        method = at_lengths(problem, lengths)
        (before, after), calls = _gaps(method, problem, 1, replicas, seed)
        hits = after <= lowest(n=n, Q=problem.Q, c=delta) * before
        return Frequency(int(hits.sum()), replicas, float(claimed(q=q, delta=delta)), calls)

    rung = "reduced" if n in DECADES else "worst case" if name in ("hard", "round") else "measured"
    replicas = (1000, 10_000) if name == "logistic" else (2000, 50_000)
    return Experiment(rung, f"worst offset of ratio {q:g}, delta = {delta:g}, {name}", n, measure, *replicas)


def _grid_exact(n: int) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        ends = float(level(q=RATIO, delta=FALL))
        return Value(float(sphere_tail(n, ends)), float(success(q=RATIO, delta=FALL)), at_least=True)

    return Experiment("exact", "success at the ends of the window", n, measure)


def most_merit(q: float | None = None) -> float:
    """Largest merit over delta, and over q where none is given, on fine grids."""
    ratios = np.geomspace(1.01, 100, 800) if q is None else np.asarray([q])
    levels = np.linspace(0.01, 1.2, 600)  # up to the largest that `success` admits
    deltas = levels**2 * 4 * ratios[:, None] / (1 + ratios[:, None]) ** 2 * (1 - 1e-12)
    return float(np.max(merit(q=ratios[:, None], delta=deltas)))


def _most(claimed: Callable[[], float] = lambda: MERIT, label: str = "0.1484") -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        return Value(most_merit(), claimed())

    return Experiment("exact", f"largest merit, against {label}", 1, measure)


def _attained() -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        return Value(float(merit(q=RATIO, delta=FALL)), MERIT - 1e-4, at_least=True)

    return Experiment("exact", "merit at 4.68 and 0.82, against 0.1483", 1, measure)


# --- claims ----------------------------------------------------------------------------------------------------------

PAPER = "Golovin et al., ICLR 2020 (arXiv:1911.06317)"
SMOOTH = "f is beta-smooth, |g|^2 >= 2 alpha (f - f*) (so if it is alpha-strongly convex); Q = beta/alpha"
KEPT = "x+ is the lowest of x and the candidates"


def _every_power(n: Array, Q: Array, c: Array = 5, m: Array = 1) -> Array:
    """What the recalled statement promises for every n and Q: failure probability m (nQ)^(-c/2)."""
    return m * (n * Q) ** (-c / 2)


CLAIMS = (
    Claim(
        id="sample_and_keep.lower_bound",
        statement="On a flat axis, and in an explicit cone about it, a rotation-symmetric step of any length brings "
        "the gap below 1 - 5 log(nQ)/(nQ) times the old one with probability at most "
        "(1/2) (1 + 5 log(nQ)/n)^(-(n-1)/2), which is at most (nQ)^(-5/2) for n >= 2 and 10 log(nQ)^2; of m candidates "
        "the best with at most m times that (and, as measured only, over the first 20 steps of a run).",
        source=f"{PAPER}, Theorem 10, as recalled there with 1 - 1/poly(nQ) for every n and Q",
        kind="probability",
        provenance="corrected",
        assumptions=(
            "f = f* + (alpha x_1^2 + beta (x_2^2 + ... + x_n^2))/2 in some orthonormal basis about x*; Q = beta/alpha",
            "x - x* within cone(n, Q) of the axis of x_1",
            "the step is r s: s uniform on the sphere, r >= 0 independent of s with any law",
            KEPT,
        ),
        bound=lowest_factor,
        units={"n": (0, 0), "Q": (0, 0), "c": (0, 0), "return": (0, 0)},
        experiments=(
            *(_lower_bound_exact(n) for n in (2, 10, 100, *DECADES)),
            _lower_bound_exact(2, Q=1e6),
            _lower_bound_exact(100, Q=1.0, c=1.0),
            _lower_bound(10, sphere, c=5.0),
            _lower_bound(100, gaussian, c=5.0),
            *(_lower_bound(100, law) for law in (gaussian, sphere, ball)),
            _lower_bound(30, ball, name="rotated", Q=3.0, rung="measured"),
            _lower_bound(100, gaussian, kind="gld_fast"),
            _lower_bound(30, sphere, kind="gld_fast", name="rotated", rung="measured"),
            *(_lower_bound(n, law) for n in DECADES for law in (gaussian, sphere, ball)),
            *(_lower_bound(n, gaussian, kind="gld_fast") for n in DECADES),
            *(_lower_bound(n, gaussian, c=5.0) for n in DECADES),
            _lower_bound(100, ball, c=5.0, steps=20),
            _lower_bound(10**6, gaussian, kind="gld_fast", c=5.0, steps=20),
        ),
        controls=(
            *(
                Control(
                    f"sample_and_keep.lower_bound.no_log_{n:.0e}".replace("+", ""),
                    "sample_and_keep.lower_bound",
                    "nor below 1 - 0.1/(nQ) (the logarithm dropped)",
                    _lower_bound(n, sphere, c=0.1 / np.log(10.0 * n), odds=lambda **_: 0.01),
                )
                for n in DECADES
            ),
            Control(
                "sample_and_keep.lower_bound.power_of_n",
                "sample_and_keep.lower_bound",
                "nor below 1 - c log(nQ)/(n^2 Q) (wrong power of n)",
                _lower_bound(100, sphere, rate=lambda n, Q, c: factor(n=n * n, Q=Q, c=c * np.log(n * Q))),
            ),
            Control(
                "sample_and_keep.lower_bound.exponent",
                "sample_and_keep.lower_bound",
                "but with probability 2 (1 + u)^-(n-1) (the tail squared)",
                _lower_bound_exact(1000, c=2.0, odds=lambda **a: 2 * chance(**a) ** 2),
            ),
            Control(
                "sample_and_keep.lower_bound.every_n",
                "sample_and_keep.lower_bound",
                "but with probability (nQ)^(-5/2) for every n and Q, as recalled",
                _lower_bound_exact(2, Q=1e6, odds=_every_power),
            ),
            Control(
                "sample_and_keep.lower_bound.every_n_measured",
                "sample_and_keep.lower_bound",
                "but with probability (nQ)^(-5/2) for every n and Q, as recalled; measured",
                _lower_bound(2, sphere, c=5.0, Q=1e6, odds=_every_power),
            ),
            Control(
                "sample_and_keep.lower_bound.known_axis",
                "sample_and_keep.lower_bound",
                "nor does a step along the axis, whose law is not symmetric",
                _lower_bound(100, sphere, c=5.0, spoil=along_the_axis),
            ),
        ),
    ),
    Claim(
        id="sample_and_keep.expected_contraction",
        statement="A step kappa |g| s/(beta sqrt(n)), kept if lower, has E (f(x+) - f*) <= (1 - c_n/(nQ)) (f(x) - f*), "
        "c_n = 2 kappa E max(z - kappa/2, 0); equality holds on |x|^2, and kappa = 1.224 gives c_n >= 0.4049 for "
        "every n.",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(SMOOTH, "s uniform on the unit sphere; z = sqrt(n) s_1; kappa > 0", KEPT),
        bound=expected_contraction,
        units={"n": (0, 0), "Q": (0, 0), "kappa": (0, 0), "return": (0, 0)},
        experiments=(
            *(_expected_exactly(n) for n in (3, 10, 100, 1000)),
            *(_constant(n) for n in (1, 2, 3, 10, 100, *DECADES)),
            _expected("family", 10, 50),
            _expected("logistic", 30, 50),
            _expected("hard", 10, 50),
            *(_expected_once("halves", n) for n in DECADES),
        ),
        controls=(
            *(
                Control(
                    f"sample_and_keep.expected_contraction.double_{n:.0e}".replace("+", ""),
                    "sample_and_keep.expected_contraction",
                    "with the constant 2 c_n",
                    _expected_once("hard", n, lambda n: 2 * progress(n=n)),
                )
                for n in DECADES
            ),
            Control(
                "sample_and_keep.expected_contraction.power_of_n",
                "sample_and_keep.expected_contraction",
                "the factor is 1 - c_n/(sqrt(n) Q) (wrong power of n)",
                _expected("hard", 10, 50, rate=lambda n, Q: factor(n=np.sqrt(n), Q=Q, c=progress(n=n))),
            ),
            Control(
                "sample_and_keep.expected_contraction.length",
                "sample_and_keep.expected_contraction",
                "a step of length kappa |g|/(beta n) does as well",
                _expected("round", 100, 100, (KAPPA / 10,)),
            ),
            Control(
                "sample_and_keep.expected_contraction.root_Q",
                "sample_and_keep.expected_contraction",
                "the factor is 1 - c_n/(n sqrt(Q)) (wrong power of Q)",
                _expected("hard", 10, 50, rate=lambda n, Q: expected_contraction(n=n, Q=np.sqrt(Q))),
            ),
            Control(
                "sample_and_keep.expected_contraction.accept",
                "sample_and_keep.expected_contraction",
                "also when every displacement is accepted",
                _expected("round", 100, 100, step=accept_anything),
            ),
            Control(
                "sample_and_keep.expected_contraction.constant",
                "sample_and_keep.expected_contraction",
                "c_n >= 0.405 for every n",
                _constant(10**6, 0.405),
            ),
        ),
    ),
    Claim(
        id="sample_and_keep.best_grid",
        statement="Some length of a grid of ratio q contracts by 1 - delta/(nQ) with probability at least Phi(-level), "
        "level = (sqrt(q) + 1/sqrt(q)) sqrt(delta)/2 <= 6/5, for every n >= 2, and no window of radii promises more; "
        "the promise per evaluation, delta log(q) Phi(-level), is largest at q = 4.680, delta = 0.822, where it is "
        "0.1484: ratio 2 has at most 69 % of that, 30 % at delta = 1/5; with probability 1/4 ratio 2 has delta = 2/5, "
        "twice that of Theorem 7.",
        source="ours, for the grids of " + PAPER,
        kind="probability",
        provenance="ours",
        assumptions=(
            SMOOTH,
            "displacements r s with s uniform on the unit sphere, r over a grid of ratio q",
            "largest length >= window |g|/(beta sqrt(n)), smallest <= q window |g|/(beta sqrt(n))",
            KEPT,
        ),
        bound=merit,
        units={"q": (0, 0), "delta": (0, 0), "return": (0, 0)},
        experiments=(
            _most(),
            _attained(),
            *(_grid_exact(n) for n in (2, 3, 10, 100, *DECADES)),
            _grid("family", 10),
            _grid("logistic", 30),
            _grid("hard", 10),
            _grid("round", 100),
            *(_grid(name, 10, 2.0, 0.4) for name in ("family", "hard")),
            *(_grid("hard", n) for n in DECADES),
            *(_grid("hard", n, 2.0, 0.4) for n in DECADES),
        ),
        controls=(
            Control(
                "sample_and_keep.best_grid.two",
                "sample_and_keep.best_grid",
                "ratio 2 is best, with its best delta",
                _most(lambda: most_merit(2.0), "that of ratio 2"),
            ),
            Control(
                "sample_and_keep.best_grid.printed",
                "sample_and_keep.best_grid",
                "ratio 2 and delta = 1/5, as printed, are best",
                _most(lambda: float(merit(q=2.0, delta=0.2)), "that of ratio 2, delta = 1/5"),
            ),
            *(
                Control(
                    f"sample_and_keep.best_grid.wide_{n:.0e}".replace("+", ""),
                    "sample_and_keep.best_grid",
                    "the same probability for a grid of the third power of the ratio",
                    _grid("hard", n, powers=(-1.0, 2.0)),
                )
                for n in DECADES
            ),
            Control(
                "sample_and_keep.best_grid.power_of_n",
                "sample_and_keep.best_grid",
                "contraction by 1 - delta/(sqrt(n) Q) (wrong power of n)",
                _grid("hard", 100, lowest=lambda n, Q, c: factor(n=np.sqrt(n), Q=Q, c=c)),
            ),
            *(
                Control(
                    f"sample_and_keep.best_grid.half_level_{n:.0e}".replace("+", ""),
                    "sample_and_keep.best_grid",
                    "probability Phi(-level/2) (delta for 4 delta)",
                    _grid("hard", n, claimed=lambda q, delta: success(q=q, delta=delta / 4)),
                )
                for n in DECADES
            ),
        ),
    ),
)

"""Accelerated random search: what is claimed.

Source: Nesterov, Spokoiny, "Random gradient-free minimization of convex functions", Found. Comput. Math. 17, 2017,
Theorem 9, as recalled (the printed text was not at hand; everything is re-derived in
``proofs/accelerated_random_search.py``), and results of our own.

As recalled, the method's theta is 1/(16 (n+1)^2 L1), while the proof, which bounds E|g_mu|^2 by the paper's Lemma 5,
closes with (n+4)^2 only. `mean_gap` is claimed for both: for (n+4)^2 by that proof, for (n+1)^2 by way of
`second_moment`, which is sharper than Lemma 5. `mean_gap_sharp` is what the sharper lemma gives for longer steps.

Notation
--------
n dimension; delta smoothing radius (the paper's mu); tau >= 0 strong convexity as far as it is known, kappa = tau/L1;
f_delta(x) = E f(x + delta u), u Gaussian; gap = f(x_0) - f*, R = |x_0 - x*|; psi_k and C_k as in `decay` and
`accumulation`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from zotheory import estimators, require
from zotheory.directions import gaussian
from zotheory.elementary import Array, is_symbolic, maximum, sqrt
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import Mean
from zotheory.evidence.reduced import DECADES
from zotheory.geometry import norm
from zotheory.methods import Method, accelerated_random_search
from zotheory.methods.accelerated_random_search import State, step
from zotheory.oracles import Expected
from zotheory.problems import HalfSquare, Quadratic, block_quadratic, breast_cancer
from zotheory.run import generator, run
from zotheory.theorems.gld_search import rotated_family


def second_moment(*, n: Array, gradient: Array, L1: Array, delta: Array, a: Array = 1) -> Array:
    """E|g|^2 <= (1 + a)(n + 2) gradient^2 + (1 + 1/a) delta^2 L1^2 n (2n^2 + 5n + 4)/2, gradient = |grad f_delta(x)|.

    Raises
    ------
    ValueError
        Unless n >= 1, gradient, L1 >= 0 and delta, a > 0.
    """
    require.at_least(1, n=n)
    require.nonnegative(gradient=gradient, L1=L1)
    require.positive(delta=delta, a=a)
    return (1 + a) * (n + 2) * gradient**2 + (1 + 1 / a) * delta**2 * L1**2 * n * (2 * n**2 + 5 * n + 4) / 2


def steps(*, n: Array, L1: Array) -> tuple[Array, Array]:
    """Theorem 9, corrected: h = 1/(4(n+4) L1) and theta = 1/(16 (n+4)^2 L1)."""
    require.at_least(1, n=n)
    require.positive(L1=L1)
    return 1 / (4 * (n + 4) * L1), 1 / (16 * (n + 4) ** 2 * L1)


def steps_recalled(*, n: Array, L1: Array) -> tuple[Array, Array]:
    """Theorem 9, as recalled: the same h, but theta = 1/(16 (n+1)^2 L1)."""
    require.at_least(1, n=n)
    require.positive(L1=L1)
    return 1 / (4 * (n + 4) * L1), 1 / (16 * (n + 1) ** 2 * L1)


def steps_sharp(*, n: Array, L1: Array) -> tuple[Array, Array]:
    """Ours, about twice as long: h = 1/(2(n+2) L1) and theta = 1/(4 (n+2)^2 L1)."""
    require.at_least(1, n=n)
    require.positive(L1=L1)
    return 1 / (2 * (n + 2) * L1), 1 / (4 * (n + 2) ** 2 * L1)


def _smaller(x: Array, y: Array) -> Array:
    return -maximum(-x, -y)


def decay(k: Array, *, theta: Array, tau: Array, gamma0: Array) -> Array:
    """psi_k <= (1 - sqrt(theta tau))^k and psi_k <= (1 + k sqrt(theta gamma0)/2)^-2, psi_k = prod (1 - alpha_i)."""
    return _smaller((1 - sqrt(theta * tau)) ** k, (1 + k * sqrt(theta * gamma0) / 2) ** -2)


def accumulation(k: Array, *, theta: Array, tau: Array) -> Array:
    """C_k <= k and, for tau > 0, C_k <= 1/sqrt(theta tau): C_{k+1} = (1 - alpha_k) C_k + 1, C_0 = 0."""
    return 1 / maximum(1 / k, sqrt(theta * tau))


def _assume(k: Array, n: Array, L1: Array, tau: Array, gamma0: Array, delta: Array, R: Array, gap: Array) -> None:
    require.at_least(1, k=k, n=n)
    require.positive(L1=L1, gamma0=gamma0, delta=delta)
    require.nonnegative(tau=tau, R=R, gap=gap)
    for name, bound in (("L1", L1), ("gamma0", gamma0)):
        if not is_symbolic(tau, bound) and not np.all(np.asarray(tau) <= bound):
            raise ValueError(f"tau must be at most {name} = {bound!r}, got {tau!r}")


def mean_gap(k: Array, *, n: Array, L1: Array, tau: Array, gamma0: Array, delta: Array, R: Array, gap: Array) -> Array:
    """Theorem 9: with the steps above (either theta), E f(x_k) - f* is at most

        psi_k [gap + gamma0 R^2/2] + delta^2 L1 (n + 3(n+8)/16 C_k),

    psi_k the smaller of (1 - sqrt(kappa)/(4(n+4)))^k and (1 + k/(8(n+4)) sqrt(gamma0/L1))^-2, C_k the smaller of k and
    4(n+4)/sqrt(kappa).

    Raises
    ------
    ValueError
        Unless k, n >= 1, L1, gamma0, delta > 0, tau, R, gap >= 0 and tau <= L1, gamma0.
    """
    _assume(k, n, L1, tau, gamma0, delta, R, gap)
    _, theta = steps(n=n, L1=L1)
    psi, C = decay(k, theta=theta, tau=tau, gamma0=gamma0), accumulation(k, theta=theta, tau=tau)
    return psi * (gap + gamma0 * R**2 / 2) + delta**2 * L1 * (n + 3 * (n + 8) * C / 16)


def mean_gap_sharp(
    k: Array, *, n: Array, L1: Array, tau: Array, gamma0: Array, delta: Array, R: Array, gap: Array
) -> Array:
    """Ours: with `steps_sharp`, E f(x_k) - f* is at most

        psi_k [gap + gamma0 R^2/2] + delta^2 L1 n (1 + C_k/2),

    psi_k the smaller of (1 - sqrt(kappa)/(2(n+2)))^k and (1 + k/(4(n+2)) sqrt(gamma0/L1))^-2, C_k the smaller of k and
    2(n+2)/sqrt(kappa).

    Raises
    ------
    ValueError
        As `mean_gap`.
    """
    _assume(k, n, L1, tau, gamma0, delta, R, gap)
    _, theta = steps_sharp(n=n, L1=L1)
    psi, C = decay(k, theta=theta, tau=tau, gamma0=gamma0), accumulation(k, theta=theta, tau=tau)
    return psi * (gap + gamma0 * R**2 / 2) + delta**2 * L1 * n * (1 + C / 2)


def prescribed(
    problem: Any,
    *,
    delta: float,
    tau: float | None = None,
    steps: Callable[..., tuple[Array, Array]] = steps,
) -> tuple[Method, dict[str, float]]:
    """Accelerated random search with Theorem 9's steps on a problem, and the arguments of the bound.

    Parameters
    ----------
    problem : with d, L1, mu, x0, minimiser and f_star, unconstrained
        A stochastic problem is meant as its expectation: run ``problem.__call__``.
    delta : float, > 0
        Smoothing radius.
    tau : float, optional
        Strong convexity to rely on, at most the problem's, which is the default.
    steps : callable
        `steps`, `steps_recalled` or `steps_sharp`.

    Returns
    -------
    method : Method
        With the default gamma_0: tau, or L1 where tau = 0.
    constants : dict
        Pass them with k to `mean_gap`, or to `mean_gap_sharp` for `steps_sharp`.

    Raises
    ------
    ValueError
        If the problem has no L1, or tau exceeds its mu.
    """
    if not problem.L1:
        raise ValueError(f"problem must state L1 > 0, got {problem.L1!r}")
    tau = problem.mu if tau is None else tau
    require.nonnegative(tau=tau)
    if tau > problem.mu:
        raise ValueError(f"tau must be at most the problem's mu = {problem.mu!r}, got {tau!r}")
    n, L1 = problem.d, problem.L1
    h, theta = steps(n=n, L1=L1)
    gamma0 = tau or L1
    method = accelerated_random_search(h=h, theta=theta, tau=tau, delta=delta, gamma0=gamma0)
    gap = float(problem(problem.x0)) - problem.f_star
    R = float(norm(problem.x0 - problem.minimiser))
    return method, {"n": n, "L1": L1, "tau": tau, "gamma0": gamma0, "delta": delta, "R": R, "gap": max(gap, 0.0)}


# --- experiments -----------------------------------------------------------------------------------------------------


def _blocks(d: int, curvatures: tuple[float, float], start: tuple[float, float]) -> Any:
    """Two blocks of half the dimensions each, in reduced coordinates; the minimiser off the origin."""
    half = d // 2
    return reduced.reduce(
        lambda width: block_quadratic(
            curvatures, (half, half), start=start, centre=(0.4, 0.3), f_star=-1.0, width=width
        ),
        (half, half),
        any_steps(),
        fixed=1,
    )


def any_steps() -> Method:
    """The method with any steps: what reduced coordinates need to know of it."""
    return accelerated_random_search(h=1.0, theta=1.0, tau=0.0, delta=1.0)


def _bowl(d: int, start: float) -> Quadratic:
    """Curvature 4 in every direction, x0 at distance `start` from the minimiser."""
    return Quadratic(np.full(d, 4.0), np.full(d, 0.3), np.full(d, 0.3) + start / np.sqrt(d), -1.0)


def _problem(name: str, d: int) -> Any:
    if name == "steep":  # all of the gap where the curvature is L1: gamma_0 R^2/2 is small beside it
        return _blocks(d, (0.04, 4.0), (0.0, 1.0))
    if name == "shallow":  # all of it where the curvature is small: the gap is small beside gamma_0 R^2/2
        return _blocks(d, (0.04, 4.0), (1.0, 0.0))
    if name == "at rest":
        return _blocks(d, (4.0, 4.0), (0.0, 0.0)) if d in DECADES else _bowl(d, 0.0)
    if name == "bowl":
        return _bowl(d, 1.0)
    if name == "valley":
        spectrum = np.r_[0.04, np.full(d - 1, 4.0)]
        return Quadratic(spectrum, np.full(d, 0.3), np.full(d, 0.3) + np.eye(1, d)[0], -1.0)
    if name == "half-square":
        return HalfSquare(d, active=d, c=0.3)
    # f itself, all rows of the data, not one
    return Expected(breast_cancer()) if name == "logistic" else rotated_family(d)


def _mean_gap(
    name: str,
    d: int,
    k: int,
    *,
    tau: float | None = None,
    steps: Callable[..., tuple[Array, Array]] = steps,
    bound: Callable[..., Array] = mean_gap,
    spoil: Callable[..., State] | None = None,
) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d)
        delta = 0.1 if name == "at rest" else 1e-3 * float(np.sqrt(problem.R**2 / d))
        method, constants = prescribed(problem, delta=delta, tau=tau, steps=steps)
        if spoil is not None:
            method = replace(method, step=partial(spoil, **method.step.keywords))  # type: ignore[attr-defined]
        result = run(method, problem, steps=k, replicas=replicas, seed=seed, record=[k])
        gaps = np.maximum(result.values[0] - problem.f_star, 0)  # rounding can leave -1e-17
        return Mean(gaps, float(bound(k, **constants)), calls=result.calls)

    rung = "reduced" if d in DECADES else "worst case" if name in ("at rest", "bowl") else "measured"
    label = f"{k} steps, {name}" + ("" if tau is None else f", tau = {tau:g}")
    return Experiment(rung, label, d, measure, 200, 2000)


def _second_moment(
    name: str, d: int, delta: float, a: float, bound: Callable[..., Array] = second_moment
) -> Experiment:
    """E|g|^2 against the lemma: at x0 of a quadratic, where grad f_delta = grad f, or at the corner of half-squares."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d)
        x, gradient = problem.x0, float(norm(problem.gradient(problem.x0)))
        if name == "half-square":  # E max(delta u, 0) = delta/sqrt(2 pi) in each coordinate
            x, gradient = problem.minimiser, float(problem.L1 * delta * np.sqrt(d / (2 * np.pi)))
        rng = generator(seed)
        source = problem.frame.generator(rng, (replicas,)) if d in DECADES else rng
        u = gaussian.draw(source, (replicas,), d)
        g = estimators.two_point(problem, np.tile(x, (replicas, 1)), u, delta)
        limit = bound(n=d, gradient=gradient, L1=problem.L1, delta=delta, a=a)
        return Mean(np.vecdot(g, g), float(limit), calls=2)

    rung = "reduced" if d in DECADES else "worst case" if name in ("at rest", "bowl") else "measured"
    return Experiment(rung, f"|g|^2, {name}, delta = {delta:.2g}, a = {a:g}", d, measure, 1000, 15_000)


def climbing(f: Any, state: State, u: Array, **hyper: Any) -> State:
    """The sign bug in the second sequence: v steps along the estimate, x against it."""
    new, still = step(f, state, u, **hyper), step(f, state, 0 * u, **hyper)
    return new._replace(v=2 * still.v - new.v)


def lost_power(f: Any, state: State, u: Array, *, h: Any, theta: Any, **rest: Any) -> State:
    """Theta = 1/(16 (n+4) L1), that is h/4: a power of (n+4) lost."""
    return step(f, state, u, h=h, theta=h / 4, **rest)


# --- claims -----------------------------------------------------------------------------------------------------------

PAPER = "Nesterov, Spokoiny, Found. Comput. Math. 17, 2017"
SMOOTH = (
    "f is convex with L1-Lipschitz gradient on all of R^n",
    "directions are Gaussian; both evaluations of a step see the same f",
)
STRONG = (*SMOOTH, "f is tau-strongly convex, tau >= 0, and has a minimiser; gamma_0 >= tau")
GAP_UNITS = {
    "k": (0, 0),
    "n": (0, 0),
    "L1": (-2, 1),
    "tau": (-2, 1),
    "gamma0": (-2, 1),
    "delta": (1, 0),
    "R": (1, 0),
    "gap": (0, 1),
    "return": (0, 1),
}


def _gap_experiments(measured: Callable[..., Experiment]) -> tuple[Experiment, ...]:
    """At d = 10^6 and more, 50 steps are too few for progress: there the tests are that nothing is lost meanwhile."""
    return (
        measured("family", 10, 50),
        measured("family", 10, 200),
        measured("family", 10, 200, tau=0.0),
        measured("family", 10, 200, tau=0.25),
        measured("valley", 10, 200, tau=0.0),
        replace(measured("logistic", 30, 50), replicas=40, full=400),
        measured("half-square", 5, 20),
        *(measured("bowl", d, 5, tau=0.0) for d in (1, 2, 3)),
        *(measured("bowl", d, 30) for d in (1, 2, 3)),
        measured("at rest", 10, 100),
        *(measured(name, d, 50) for d in DECADES for name in ("steep", "at rest")),
    )


def _gap_controls(
    claim: str, steps: Callable[..., tuple[Array, Array]], bound: Callable[..., Array]
) -> tuple[Control, ...]:
    def control(name: str, falsehood: str, *where: Any, wrong: Any = bound, **how: Any) -> Control:
        return Control(f"{claim}.{name}", claim, falsehood, _mean_gap(*where, steps=steps, bound=wrong, **how))

    def dimension_free(k: Array, n: Array, **rest: Array) -> Array:
        return bound(k, n=1, **rest)

    return (
        *(
            control(
                f"dimension_free_{d:.0e}".replace("+", ""),
                "n = 1 in the bound: the rate of the gradient method's acceleration",
                *("steep", d, 50),
                wrong=dimension_free,
            )
            for d in DECADES
        ),
        control(
            "radius_error",
            "n dropped from what the smoothing radius costs",
            *("at rest", 10**3, 50),
            wrong=dimension_free,
        ),
        control(
            "distance",
            "gamma_0 R^2/2 dropped: the gap alone falls as psi_k",
            *("valley", 10, 200),
            tau=0.0,
            wrong=lambda k, R, **rest: bound(k, R=0.0, **rest),
        ),
        control("constant", "half of the bound", *("steep", 10**3, 50), wrong=lambda k, **rest: bound(k, **rest) / 2),
        control("power", "theta = h/4: a power of (n+4) lost", *("at rest", 10**6, 50), spoil=lost_power),
        control("sign", "v steps along the estimate (sign bug)", *("family", 10, 200), spoil=climbing),
    )


CLAIMS = (
    Claim(
        id="accelerated_random_search.second_moment",
        statement="E|g_delta(x)|^2 <= (1 + a)(n + 2)|grad f_delta(x)|^2 "
        "+ (1 + 1/a) delta^2 L1^2 n (2n^2 + 5n + 4)/2 for every a > 0.",
        source=f"ours, sharpening {PAPER}, Lemma 5 (as recalled 4(n+4)|grad f_delta|^2 + 3 delta^2 L1^2 (n+4)^3)",
        kind="expectation",
        provenance="ours",
        assumptions=SMOOTH,
        bound=second_moment,
        units={"n": (0, 0), "gradient": (-1, 1), "L1": (-2, 1), "delta": (1, 0), "a": (0, 0), "return": (-2, 2)},
        experiments=(
            _second_moment("family", 10, 1e-6, 0.25),
            _second_moment("family", 10, 0.1, 1),
            _second_moment("half-square", 5, 0.1, 1),
            *(_second_moment("at rest", d, 0.1, 100) for d in (3, 10)),
            *(_second_moment("at rest", d, 0.1, 100) for d in DECADES),
            *(_second_moment("steep", d, 1e-3 / np.sqrt(d), 1) for d in DECADES),
        ),
        controls=(
            Control(
                "accelerated_random_search.second_moment.dimension_free",
                "accelerated_random_search.second_moment",
                "n + 2 dropped beside the gradient",
                _second_moment(
                    "family",
                    10,
                    1e-6,
                    0.25,
                    lambda n, gradient, **rest: second_moment(n=n, gradient=0.0, **rest) + 1.25 * gradient**2,
                ),
            ),
            *(
                Control(
                    f"accelerated_random_search.second_moment.n_squared_{d:.0e}".replace("+", ""),
                    "accelerated_random_search.second_moment",
                    "n^2 in place of n^3 (wrong power of n)",
                    _second_moment("at rest", d, 0.1, 100, lambda n, **rest: second_moment(n=n, **rest) / n),
                )
                for d in DECADES
            ),
            Control(
                "accelerated_random_search.second_moment.constant",
                "accelerated_random_search.second_moment",
                "half of the bound",
                _second_moment("family", 10, 1e-6, 0.25, lambda **all_: second_moment(**all_) / 2),
            ),
        ),
    ),
    Claim(
        id="accelerated_random_search.mean_gap",
        statement="E f(x_k) - f* <= psi_k [f(x_0) - f* + gamma_0 R^2/2] + delta^2 L1 (n + 3(n+8)/16 C_k) "
        "for h = 1/(4(n+4) L1), theta = 1/(16 (n+4)^2 L1); psi_k at most (1 - sqrt(kappa)/(4(n+4)))^k and "
        "(1 + k/(8(n+4)) sqrt(gamma_0/L1))^-2, C_k at most k and 4(n+4)/sqrt(kappa).",
        source=f"{PAPER}, Theorem 9, as recalled there with theta = 1/(16 (n+1)^2 L1)",
        kind="expectation",
        provenance="corrected",
        assumptions=STRONG,
        bound=mean_gap,
        units=GAP_UNITS,
        experiments=_gap_experiments(_mean_gap),
        controls=_gap_controls("accelerated_random_search.mean_gap", steps, mean_gap),
    ),
    Claim(
        id="accelerated_random_search.mean_gap_recalled",
        statement="The same bound holds for the method as recalled, with theta = 1/(16 (n+1)^2 L1).",
        source=f"{PAPER}, Theorem 9, as recalled; the proof is ours",
        kind="expectation",
        provenance="recalled",
        assumptions=STRONG,
        bound=mean_gap,
        units=GAP_UNITS,
        experiments=_gap_experiments(partial(_mean_gap, steps=steps_recalled)),
        controls=_gap_controls("accelerated_random_search.mean_gap_recalled", steps_recalled, mean_gap),
    ),
    Claim(
        id="accelerated_random_search.mean_gap_sharp",
        statement="E f(x_k) - f* <= psi_k [f(x_0) - f* + gamma_0 R^2/2] + delta^2 L1 n (1 + C_k/2) "
        "for h = 1/(2(n+2) L1), theta = 1/(4 (n+2)^2 L1); psi_k at most (1 - sqrt(kappa)/(2(n+2)))^k and "
        "(1 + k/(4(n+2)) sqrt(gamma_0/L1))^-2, C_k at most k and 2(n+2)/sqrt(kappa).",
        source=f"ours, sharpening {PAPER}, Theorem 9",
        kind="expectation",
        provenance="ours",
        assumptions=STRONG,
        bound=mean_gap_sharp,
        units=GAP_UNITS,
        experiments=_gap_experiments(partial(_mean_gap, steps=steps_sharp, bound=mean_gap_sharp)),
        controls=_gap_controls("accelerated_random_search.mean_gap_sharp", steps_sharp, mean_gap_sharp),
    ),
)

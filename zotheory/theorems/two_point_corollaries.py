"""Two-point mirror descent with several pairs a step, and in other geometries: what is claimed.

Source: Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), the corollaries of
Theorem 1, as recalled (the printed text was not at hand). The orders are the paper's, the constants are those that the
derivations in ``proofs/two_point_corollaries.py`` give; Theorem 1 enters in its sharp form, `two_point.mean_gap_sharp`.

Notation
--------
As in `zotheory.theorems.two_point`; m pairs a step, which share x^t and X; radius of the l1 ball. There, and on the
simplex, Z has uniform signs, G bounds the maximum norm of the gradient, E |grad F(x; X)|_inf^2 <= G^2, and

    l1 ball   |.|_p, p = 1 + 1/l with l = max(1, log(2d)), and its dual |.|_q, q = 1 + l
    simplex   |.|_1 and |.|_inf, the mirror map of the entropy, from x^1 = (1/d, ..., 1/d)

L1 bounds sqrt(E L(X)^2), gradients being L(X)-Lipschitz from the norm to its dual; a Euclidean L(X) will do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from zotheory import estimators, require
from zotheory.directions import Law, gaussian, rademacher, sphere
from zotheory.elementary import Array, half, log, sqrt, zeta
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.exact import over_signs
from zotheory.evidence.observations import Mean, Value
from zotheory.evidence.reduced import DECADES
from zotheory.geometry import dual_size, entropy, norm, p_norm
from zotheory.methods import Method, two_point
from zotheory.oracles import Fresh, is_stochastic
from zotheory.problems import NoisyLinear, Quadratic, SignLinear, block_quadratic, breast_cancer, random_rotation
from zotheory.run import generator, run
from zotheory.theorems import two_point as theorem
from zotheory.theorems.two_point import GAP_UNITS, PAPER, SMOOTH, ascend, smoothing_radius, step_size, tight_linear

# --- several pairs ---------------------------------------------------------------------------------------------------


def averaged(*, s: Array, m: Array) -> Array:
    """1 + (s - 1)/m: what takes the place of s(d) when m pairs are averaged.

    Raises
    ------
    ValueError
        Unless s, m >= 1.
    """
    require.at_least(1, s=s, m=m)
    return 1 + (s - 1) / m


def pairs_second_moment(*, G: Array, delta: Array, L1: Array, s: Array, M: Array, m: Array) -> Array:
    """Lemma 1 for the mean of m pairs: E |g|^2 <= 2 G^2 (1 + (s - 1)/m) + delta^2 L1^2 M^2/2 (Euclidean).

    Raises
    ------
    ValueError
        Unless G, delta, M > 0, L1 >= 0 and s, m >= 1.
    """
    return theorem.second_moment(G=G, delta=delta, L1=L1, s=averaged(s=s, m=m), M=M)


def pairs_mean_gap(k: Array, *, R: Array, G: Array, s: Array, m: Array, alpha: Array = 1, u: Array = 1) -> Array:
    """Theorem 1 for the mean of m pairs: s(d) replaced by 1 + (s - 1)/m, in the schedule too (M stays).

    Raises
    ------
    ValueError
        As `two_point.mean_gap_sharp`, and unless s, m >= 1.
    """
    return theorem.mean_gap_sharp(k, R=R, G=G, s=averaged(s=s, m=m), alpha=alpha, u=u)


def prescribed(
    problem: Any, *, pairs: int = 1, law: Law = sphere, alpha: float = 1.0, u: float = 1.0
) -> tuple[Method, dict[str, float]]:
    """Two-point mirror descent with m = `pairs` pairs a step, and the arguments of `pairs_mean_gap`.

    Raises
    ------
    ValueError
        As `two_point.prescribed`, and unless pairs >= 1.
    """
    require.count(pairs=pairs)
    method, constants = theorem.prescribed(problem, law=law, alpha=alpha, u=u)
    schedule = method.step.keywords  # type: ignore[attr-defined]
    s = averaged(s=constants["s"], m=pairs)
    h, delta = (partial(schedule[name].func, **schedule[name].keywords | {"s": s}) for name in ("h", "delta"))
    return two_point(h=h, delta=delta, mirror=schedule["mirror"], law=law, pairs=pairs), constants | {"m": pairs}


# --- the sphere ------------------------------------------------------------------------------------------------------


def sphere_mean_gap(k: Array, *, R: Array, G: Array, d: Array, alpha: Array = 1, u: Array = 1) -> Array:
    """Theorem 1 for Z uniform on the sphere of radius sqrt(d), where s(d) = d, M = d^(3/2), u_t = u G/(L1 d t).

    Raises
    ------
    ValueError
        As `two_point.mean_gap`, and unless d >= 1.
    """
    require.at_least(1, d=d)
    return theorem.mean_gap(k, R=R, G=G, s=d, alpha=alpha, u=u)


# --- the l1 ball -----------------------------------------------------------------------------------------------------


def l1_reach(*, radius: Array, d: Array) -> Array:
    """Assumption A on the l1 ball: D(y, x) <= R^2/2 with R = 2 radius sqrt(max(1, log(2d)))."""
    require.positive(radius=radius)
    require.at_least(1, d=d)
    return 2 * radius * sqrt(dual_size(d))


def l1_moments(d: Array) -> tuple[Array, Array]:
    """Assumption D for signs in |.|_q: s = d^(1 + 2/q) < e^2 d and M = d^(2 - 1/q), q = 1 + max(1, log(2d)).

    E |<g,Z> Z|_q^2 = d^(2/q) |g|_2^2 <= s |g|_inf^2, and M = |Z|_p^2 |Z|_q.
    """
    require.at_least(1, d=d)
    q = 1 + dual_size(d)
    return d ** (1 + 2 / q), d ** (2 - 1 / q)


def l1_second_moment(*, G: Array, delta: Array, L1: Array, d: Array) -> Array:
    """Lemma 1 on the l1 ball: E |g|_q^2 <= 2 s G^2 + delta^2 L1^2 M^2/2, s and M of `l1_moments`.

    Raises
    ------
    ValueError
        Unless G, delta > 0, L1 >= 0 and d >= 1.
    """
    s, M = l1_moments(d)
    return theorem.second_moment(G=G, delta=delta, L1=L1, s=s, M=M)


def l1_mean_gap(k: Array, *, radius: Array, G: Array, d: Array, alpha: Array = 1, u: Array = 1) -> Array:
    """Theorem 1 on the l1 ball: of order radius G sqrt(d log(2d)/k), at most 4 e times that for d >= 2 and alpha = 1.

    Raises
    ------
    ValueError
        Unless radius, G, alpha, u > 0 and k, d >= 1.
    """
    s, _ = l1_moments(d)
    return theorem.mean_gap_sharp(k, R=l1_reach(radius=radius, d=d), G=G, s=s, alpha=alpha, u=u)


def l1_prescribed(
    *, radius: float, G: float, L1: float, d: int, alpha: float = 1.0, u: float = 1.0, p: float | None = None
) -> Method:
    """Two-point mirror descent on the l1 ball with the schedule of Theorem 1; p as in `geometry.p_norm`."""
    s, M = l1_moments(d)
    return two_point(
        h=partial(step_size, R=l1_reach(radius=radius, d=d), G=G, s=s, alpha=alpha),
        delta=partial(smoothing_radius, G=G, L1=L1, s=s, M=M, u=u),
        mirror=p_norm(radius, d, p),
        law=rademacher,
    )


# --- the simplex -----------------------------------------------------------------------------------------------------


def simplex_step(*, k: Array, G: Array, d: Array, alpha: Array = 1) -> Array:
    """Constant step size for k steps on the simplex: alpha sqrt(log d)/(G sqrt(d k)).

    Raises
    ------
    ValueError
        Unless G, alpha > 0 and k, d >= 1.
    """
    require.positive(G=G, alpha=alpha)
    require.at_least(1, k=k, d=d)
    return alpha * sqrt(log(d)) / (G * sqrt(d) * sqrt(k))


def simplex_mean_gap(k: Array, *, G: Array, d: Array, alpha: Array = 1, u: Array = 1) -> Array:
    """On the simplex, from its centre with a constant step, E f(mean of x^1..x^k) - f* is at most, S = G sqrt(d log d),

        (alpha + 1/alpha) S/sqrt(k) + alpha u^2 S zeta(2)/(4 k^(3/2)) + u G sqrt(d) (1 + log k)/k.

    Raises
    ------
    ValueError
        Unless G, alpha, u > 0 and k, d >= 1.
    """
    require.positive(G=G, alpha=alpha, u=u)
    require.at_least(1, k=k, d=d)
    scale = G * sqrt(d) * sqrt(log(d))
    return (
        (alpha + 1 / alpha) * scale / sqrt(k)
        + alpha * u**2 * scale * zeta(4 * half(k)) / (4 * k * sqrt(k))
        + u * G * sqrt(d) * (1 + log(k)) / k
    )


def simplex_prescribed(
    *, k: int, G: float, L1: float, d: int, alpha: float = 1.0, u: float = 1.0, h: float | None = None
) -> Method:
    """Two-point mirror descent on the simplex for k steps, with the step size of `simplex_step` (or h)."""
    size = float(simplex_step(k=k, G=G, d=d, alpha=alpha)) if h is None else h
    return two_point(
        h=lambda t: size,
        delta=partial(smoothing_radius, G=G, L1=L1, s=d, M=d**2, u=u),
        mirror=entropy(),
        law=rademacher,
    )


# --- experiments: several pairs --------------------------------------------------------------------------------------


def _pairs_problem(name: str, d: int, k: int, m: int) -> Any:
    """Problems of `theorems.two_point`; the linear one with the mean that m pairs just fail to see."""
    method = two_point(h=lambda t: 1.0, delta=lambda t: 1.0, pairs=m)
    c = 0.8 * np.sqrt(float(averaged(s=d, m=m)) / d)
    if name == "logistic":
        return breast_cancer(radius=2.0)
    if name == "linear":
        if d in DECADES:
            return reduced.reduce(lambda width: tight_linear(d, k, c=c, width=width), (d,), method, fixed=1)
        return tight_linear(d, k, c=c)
    if name == "signal":
        return NoisyLinear(np.eye(1, d)[0], 1 / np.sqrt(d), radius=1.5)
    if d in DECADES:
        half = d // 2
        return reduced.reduce(
            lambda width: block_quadratic(
                (1.0, 4.0), (half, half), start=(0.7, 0.7), centre=(0.4, 0.3), radius=2.0, f_star=-1.0, width=width
            ),
            (half, half),
            method,
            fixed=1,
        )
    return _rotated_quadratic(d)


def _rotated_quadratic(d: int) -> Quadratic:
    rotation = random_rotation(d, np.random.default_rng(7))
    centre = rotation[0] * 0.5
    return Quadratic(np.linspace(1, 4, d), centre, centre + rotation[1], -1.0, rotation, radius=2.0)


def _rung(name: str, d: int) -> str:
    return "reduced" if d in DECADES else "worst case" if name == "linear" else "measured"


def same_direction(f: Any, x: Array, u: Array, delta: Array) -> Array:
    """The averaging bug: all m pairs take the first direction."""
    return estimators.two_point(f, x, u[..., 0, :], delta)


def _pairs_second_moment(
    name: str,
    d: int,
    m: int,
    law: Law = sphere,
    bound: Callable[..., Array] = pairs_second_moment,
    estimate: estimators.Estimator = estimators.pairs,
    oracle: Callable[[Any], Any] = lambda problem: problem,
) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = oracle(_pairs_problem(name, d, max(d, 100), m))
        s, M = float(law.second_moment(d)), float(law.third_norm_moment(d))
        G = problem.L0 if is_stochastic(problem) else float(norm(problem.gradient(problem.x0)))
        delta = 0.1 * G * np.sqrt(s) / ((problem.L1 or 1.0) * M)
        rng, batch = generator(seed), (replicas,)
        source = problem.frame.generator(rng, batch) if hasattr(problem, "frame") else rng
        u = law.draw(source, (replicas, m), d)
        f = problem.at(problem.sample(source, batch)) if is_stochastic(problem) else problem
        g = estimate(f, np.tile(problem.x0, (replicas, 1)), u, delta)
        return Mean(np.vecdot(g, g), float(bound(G=G, delta=delta, L1=problem.L1, s=s, M=M, m=m)), calls=m + 1)

    return Experiment(_rung(name, d), f"|g|^2, {m} pairs, {name}, {law.name}", d, measure, 2000, 40_000)


def _pairs_gap(
    name: str,
    d: int,
    k: int,
    m: int,
    law: Law = sphere,
    bound: Callable[..., Array] = pairs_mean_gap,
    spoil: Callable[[Method], Method] = lambda method: method,
    oracle: Callable[[Any], Any] = lambda problem: problem,
    replicas: int = 80,
) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _pairs_problem(name, d, k, m)
        method, constants = prescribed(problem, pairs=m, law=law, alpha=0.25 if name == "linear" else 1.0)
        result = run(spoil(method), oracle(problem), steps=k, replicas=replicas, seed=seed, record=[k])
        gaps = np.maximum(result.values[0] - problem.f_star, 0)  # rounding can leave -1e-17
        largest = theorem.largest_gap(problem, constants["R"])
        return Mean(gaps, float(bound(k, **constants)), largest, result.calls)

    return Experiment(_rung(name, d), f"{k} steps, {m} pairs, {name}, {law.name}", d, measure, replicas, 12 * replicas)


def _spoiled(**changes: Any) -> Callable[[Method], Method]:
    """Return a method -> the method with other parts of its step."""

    def spoil(method: Method) -> Method:
        return replace(method, step=partial(method.step.func, **method.step.keywords | changes))  # type: ignore[attr-defined]

    return spoil


def ascending(method: Method) -> Method:
    """The sign bug: step along the estimate instead of against it."""
    return replace(method, step=partial(ascend, **method.step.keywords))  # type: ignore[attr-defined]


# --- experiments: other geometries -----------------------------------------------------------------------------------


def corners(problem: Any, domain: str) -> np.ndarray:
    """Vertices of the l1 ball, or of the simplex: where a convex f, and the largest slope of a quadratic, peak."""
    units = problem.radius * np.eye(problem.d)
    return units if domain == "simplex" else np.concatenate([units, -units])


def _largest_slope(problem: Any, domain: str) -> float:
    """G: the largest sqrt(E |grad F|_inf^2) on the domain."""
    if hasattr(problem, "L0_max"):
        return problem.L0_max
    return float(np.max(np.abs(problem.gradient(corners(problem, domain)))))


def _sparse_problem(name: str, d: int, domain: str) -> Any:
    """A linear one whose solution is a vertex, by one coordinate; a quadratic whose solution is sparse."""
    if name != "quadratic":
        mean = np.zeros(d)
        mean[d // 2] = -1.0 if domain == "simplex" else 1.0
        start = float(name == "vertex" or (name == "linear" and domain == "l1 ball"))
        return SignLinear(mean / 2 if name == "signal" else mean, domain, 1.5 if domain == "l1 ball" else 1.0, start)
    rotation = random_rotation(d, np.random.default_rng(7))
    radius = 1.5 if domain == "l1 ball" else 1.0
    minimiser = radius * (0.6 * np.eye(d)[1] + 0.3 * np.eye(d)[2])
    minimiser = minimiser if domain == "l1 ball" else minimiser + 0.1 / d
    x0 = -radius * np.eye(d)[1] if domain == "l1 ball" else np.full(d, 1 / d)
    return Quadratic(np.linspace(1, 4, d), minimiser, x0, -1.0, rotation, radius=radius)


def _l1_second_moment(
    name: str, d: int, bound: Callable[..., Array] = l1_second_moment, exponent: float | None = None
) -> Experiment:
    """E |g|_q^2 at x0 over all sign vectors; for the linear problem one sample X, |X|_inf = 1, is as good as any."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        problem = _sparse_problem(name, d, "l1 ball")
        f = problem.at(np.where(np.arange(d) % 3 == 0, -1.0, 1.0)) if is_stochastic(problem) else problem
        G = 1.0 if is_stochastic(problem) else float(np.max(np.abs(problem.gradient(problem.x0))))
        delta = 0.01
        q = 1 + float(dual_size(d)) if exponent is None else exponent

        def size(u: np.ndarray) -> np.ndarray:
            g = estimators.two_point(f, np.tile(problem.x0, (len(u), 1)), u, delta)
            return np.linalg.norm(g, ord=q, axis=-1) ** 2

        limit = float(bound(G=G, delta=delta, L1=problem.L1, d=d))
        return Value(float(over_signs(size, d)), limit, error=1e-9, calls=2 ** (d + 1))

    return Experiment("exact", f"E |g|_q^2, {name}", d, measure)


def _geometry_gap(
    domain: str,
    name: str,
    d: int,
    k: int,
    bound: Callable[..., Array],
    spoil: Callable[[Method], Method] = lambda method: method,
    oracle: Callable[[Any], Any] = lambda problem: problem,
    replicas: int = 100,
    alpha: float = 0.5,
) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _sparse_problem(name, d, domain)
        G = _largest_slope(problem, domain)
        multiples = {"G": G, "alpha": alpha, "u": 0.1}
        L1 = problem.L1 or G  # a linear F has L1 = 0, and any positive number bounds it
        if domain == "l1 ball":
            method = l1_prescribed(L1=L1, d=d, radius=problem.radius, **multiples)
        else:
            method = simplex_prescribed(L1=L1, d=d, k=k, **multiples)
        result = run(spoil(method), oracle(problem), steps=k, replicas=replicas, seed=seed, record=[k])
        gaps = np.maximum(result.values[0] - problem.f_star, 0)
        largest = float(np.max(problem(corners(problem, domain)))) - problem.f_star
        if domain == "l1 ball":
            multiples["radius"] = problem.radius
        return Mean(gaps, float(bound(k, d=d, **multiples)), largest, result.calls)

    rung = "worst case" if name == "linear" else "measured"
    return Experiment(rung, f"{k} steps, {name}", d, measure, replicas, 10 * replicas)


# --- claims ----------------------------------------------------------------------------------------------------------

PAIRS = (*SMOOTH, "the m directions of a step are independent, and share x^t and the sample X")
SIGNS = (
    "B: E |grad F(x; X)|_inf^2 <= G^2 on the domain",
    "C: F(.; X) convex with L(X)-Lipschitz gradient from the norm to its dual, L1 = sqrt(E L(X)^2) finite",
    "D: Z has uniform signs",
    SMOOTH[-1],
)
L1_BALL = ("A: the domain is the ball |x|_1 <= radius, the mirror map |x|_p^2/(2(p - 1))", *SIGNS)
SIMPLEX = (
    "the domain is the simplex, the mirror map the entropy; D(y, x) is unbounded near the boundary, so A fails as "
    "stated: the step is constant instead, k is known, and x^1 = (1/d, ..., 1/d), from where D(x*, x^1) <= log d",
    *SIGNS,
)


def _of(claim: str) -> Callable[[str, str, Experiment], Control]:
    """Return (name, falsehood, experiment) -> control of the claim."""
    claim = f"two_point_corollaries.{claim}"
    return lambda name, falsehood, experiment: Control(f"{claim}.{name}", claim, falsehood, experiment)


def _without_floor(bound: Callable[..., Array]) -> Callable[..., Array]:
    """`bound` with s/m in place of 1 + (s - 1)/m, as if there were no end to what further directions gain."""
    return lambda *args, s, m, **rest: bound(*args, s=s / m, **rest)


def _dimension_free(k: Array, *, s: Array, m: Array, **rest: Array) -> Array:
    return theorem.mean_gap_sharp(k, s=1.0, **rest)


def _of_sphere(k: Array, *, s: Array, **rest: Array) -> Array:
    return sphere_mean_gap(k, d=s, **rest)


def _l1_dimension_free(k: Array, *, radius: Array, d: Array, **rest: Array) -> Array:
    return theorem.mean_gap_sharp(k, R=l1_reach(radius=radius, d=d), s=1.0, **rest)


_second = _of("pairs_second_moment")
_pairs = _of("pairs")
_sphere = _of("sphere")
_l1_second = _of("l1_second_moment")
_l1 = _of("l1")
_simplex = _of("simplex")

CLAIMS = (
    Claim(
        id="two_point_corollaries.pairs_second_moment",
        statement="The mean g of m pairs that share x and X has E |g|^2 <= 2 G^2 (1 + (s(d) - 1)/m) "
        "+ delta^2 L1^2 M^2/2.",
        source="ours, after " + PAPER + ", Lemma 1",
        kind="expectation",
        provenance="ours",
        assumptions=PAIRS[1:],
        bound=pairs_second_moment,
        units={"G": (-1, 1), "delta": (1, 0), "L1": (-2, 1), "s": (0, 0), "M": (0, 0), "m": (0, 0), "return": (-2, 2)},
        experiments=(
            *(_pairs_second_moment("linear", 10, m, gaussian) for m in (1, 2, 8)),
            *(_pairs_second_moment("quadratic", 10, 2, law) for law in (sphere, gaussian, rademacher)),
            _pairs_second_moment("logistic", 30, 8),
            *(_pairs_second_moment("linear", d, 8, gaussian) for d in DECADES),
        ),
        controls=(
            *(
                _second(
                    f"sqrt_d_{d:.0e}".replace("+", ""),
                    "sqrt(s(d)) in place of s(d) (wrong power of d)",
                    _pairs_second_moment(
                        "linear", d, 8, gaussian, lambda s, **rest: pairs_second_moment(s=np.sqrt(s), **rest)
                    ),
                )
                for d in DECADES
            ),
            _second(
                "full_gain",
                "s(d)/m in place of 1 + (s(d) - 1)/m: no floor at the gradient's own length",
                _pairs_second_moment("linear", 10, 64, gaussian, _without_floor(theorem.second_moment)),
            ),
            _second(
                "same_direction",
                "all m pairs take the same direction (averaging lost)",
                _pairs_second_moment("linear", 10, 8, gaussian, estimate=same_direction),
            ),
            _second(
                "fresh_samples",
                "each evaluation draws its own sample",
                _pairs_second_moment("linear", 10, 8, gaussian, oracle=Fresh),
            ),
            _second(
                "constant",
                "a quarter of the bound",
                _pairs_second_moment("linear", 10, 8, gaussian, lambda **all_: pairs_second_moment(**all_) / 4),
            ),
        ),
    ),
    Claim(
        id="two_point_corollaries.pairs",
        statement="With m pairs a step that share x^t and X, E f(mean of x^1..x^k) - f* is at most the sharp bound of "
        "Theorem 1 with s(d) replaced by 1 + (s(d) - 1)/m, (alpha + 1/alpha) R G sqrt((1 + (s(d) - 1)/m)/k) to "
        "leading order.",
        source=f"{PAPER}, the corollary for several evaluations, as recalled; the constant is ours",
        kind="expectation",
        provenance="corrected",
        assumptions=PAIRS,
        bound=pairs_mean_gap,
        units=GAP_UNITS | {"m": (0, 0)},
        experiments=(
            *(_pairs_gap("linear", 10, 400, m) for m in (1, 2, 8, 16)),
            _pairs_gap("signal", 10, 200, 8),
            _pairs_gap("quadratic", 10, 200, 8),
            _pairs_gap("quadratic", 10, 200, 2, rademacher),
            _pairs_gap("logistic", 30, 200, 8),
            *(_pairs_gap("quadratic", d, 50, 8) for d in DECADES),
            *(_pairs_gap("linear", d, 100, 8, gaussian) for d in DECADES),
        ),
        controls=(
            *(
                _pairs(
                    f"dimension_free_{d:.0e}".replace("+", ""),
                    "1 in place of 1 + (s(d) - 1)/m: the rate of the gradient method",
                    _pairs_gap("linear", d, 200, 8, gaussian, _dimension_free, replicas=40),
                )
                for d in (10**3, 10**12)
            ),
            _pairs(
                "full_gain",
                "s(d)/m in place of 1 + (s(d) - 1)/m: no floor at the gradient method's rate",
                _pairs_gap("linear", 3, 400, 100, sphere, _without_floor(theorem.mean_gap_sharp), replicas=40),
            ),
            _pairs(
                "sign",
                "stepping along the estimate (sign bug)",
                _pairs_gap("quadratic", 10, 400, 8, sphere, spoil=ascending, replicas=40),
            ),
            _pairs(
                "fresh_samples",
                "each evaluation of a step draws its own sample",
                _pairs_gap("signal", 10, 400, 8, sphere, oracle=Fresh, replicas=40),
            ),
            _pairs(
                "constant",
                "a tenth of the bound",
                _pairs_gap("linear", 10, 400, 8, sphere, lambda k, **rest: pairs_mean_gap(k, **rest) / 10),
            ),
        ),
    ),
    Claim(
        id="two_point_corollaries.sphere",
        statement="With Z uniform on the sphere of radius sqrt(d) and u_t = u G/(L1 d t), "
        "E f(mean of x^1..x^k) - f* <= 2 R G sqrt(d/k) max(alpha, 1/alpha) + alpha u^2 R G sqrt(d)/k "
        "+ u R G sqrt(d) log(2k)/k.",
        source=f"{PAPER}, the Euclidean corollary of Theorem 1, as recalled",
        kind="expectation",
        provenance="recalled",
        assumptions=(*SMOOTH[:3], "D: Z uniform on the sphere of radius sqrt(d)", SMOOTH[-1]),
        bound=sphere_mean_gap,
        units={name: unit for name, unit in GAP_UNITS.items() if name != "s"} | {"d": (0, 0)},
        experiments=tuple(
            theorem.measure_mean_gap(name, d, k, sphere, _of_sphere)
            for name, d, k in (
                ("quadratic", 10, 400),
                ("linear", 10, 400),
                ("logistic", 30, 200),
                *(("linear", d, 100) for d in DECADES),
            )
        ),
        controls=(
            *(
                _sphere(
                    f"dimension_free_{d:.0e}".replace("+", ""),
                    "sqrt(d) dropped: the rate of the gradient method",
                    theorem.measure_mean_gap(
                        "linear", d, 400, sphere, lambda k, s, **rest: sphere_mean_gap(k, d=1, **rest)
                    ),
                )
                for d in (10**3, 10**12)
            ),
            _sphere(
                "constant",
                "a tenth of the bound",
                theorem.measure_mean_gap("linear", 10, 400, sphere, lambda k, **rest: _of_sphere(k, **rest) / 10),
            ),
        ),
    ),
    Claim(
        id="two_point_corollaries.l1_second_moment",
        statement="With signs on the l1 ball, E |g|_q^2 <= 2 d^(1 + 2/q) G^2 + delta^2 L1^2 d^(4 - 2/q)/2, "
        "q = 1 + max(1, log(2d)), and d^(1 + 2/q) < e^2 d.",
        source="ours, after " + PAPER + ", Lemma 1",
        kind="expectation",
        provenance="ours",
        assumptions=L1_BALL[1:],
        bound=l1_second_moment,
        units={"G": (-1, 1), "delta": (1, 0), "L1": (-2, 1), "d": (0, 0), "return": (-2, 2)},
        experiments=tuple(_l1_second_moment(name, d) for name in ("linear", "quadratic") for d in (3, 6, 12)),
        controls=(
            _l1_second(
                "dimension_free",
                "e^2 in place of e^2 d",
                _l1_second_moment(
                    "linear", 12, lambda d, **rest: theorem.second_moment(s=np.e**2, M=l1_moments(d)[1], **rest)
                ),
            ),
            _l1_second("euclidean", "|g|_2 in place of |g|_q", _l1_second_moment("linear", 12, exponent=2.0)),
            _l1_second(
                "constant",
                "a quarter of the bound",
                _l1_second_moment("linear", 12, lambda **all_: l1_second_moment(**all_) / 4),
            ),
        ),
    ),
    Claim(
        id="two_point_corollaries.l1",
        statement="With signs and the p-norm on the ball |x|_1 <= radius, E f(mean of x^1..x^k) - f* is at most the "
        "sharp bound of Theorem 1 with R = 2 radius sqrt(log(2d)), s = d^(1 + 2/q) < e^2 d and q = 1 + log(2d): "
        "at most 4 e radius G sqrt(d log(2d)/k) to leading order, at alpha = 1 and d >= 2.",
        source=f"{PAPER}, the corollary for the l1 ball, as recalled; the constant is ours",
        kind="expectation",
        provenance="corrected",
        assumptions=L1_BALL,
        bound=l1_mean_gap,
        units={
            "k": (0, 0),
            "radius": (1, 0),
            "G": (-1, 1),
            "d": (0, 0),
            "alpha": (0, 0),
            "u": (0, 0),
            "return": (0, 1),
        },
        experiments=(
            _geometry_gap("l1 ball", "linear", 3, 400, l1_mean_gap, replicas=60),
            _geometry_gap("l1 ball", "linear", 10, 400, l1_mean_gap, replicas=20),
            _geometry_gap("l1 ball", "linear", 100, 200, l1_mean_gap, replicas=4),
            _geometry_gap("l1 ball", "signal", 3, 400, l1_mean_gap, replicas=60),
            _geometry_gap("l1 ball", "quadratic", 10, 200, l1_mean_gap, replicas=20),
        ),
        controls=(
            _l1(
                "dimension_free",
                "1 in place of s: the rate of the gradient method",
                _geometry_gap("l1 ball", "linear", 60, 400, _l1_dimension_free, replicas=24, alpha=1.0),
            ),
            _l1(
                "sign",
                "stepping along the estimate (sign bug)",
                _geometry_gap("l1 ball", "linear", 3, 400, l1_mean_gap, ascending, replicas=40),
            ),
            _l1(
                "fresh_samples",
                "each evaluation of a step draws its own sample",
                _geometry_gap("l1 ball", "linear", 3, 400, l1_mean_gap, oracle=Fresh, replicas=60, alpha=1.0),
            ),
            _l1(
                "constant",
                "a tenth of the bound",
                _geometry_gap("l1 ball", "linear", 3, 400, lambda k, **rest: l1_mean_gap(k, **rest) / 10, replicas=40),
            ),
        ),
    ),
    Claim(
        id="two_point_corollaries.simplex",
        statement="With signs and the entropy on the simplex, from its centre and with the constant step "
        "alpha sqrt(log d)/(G sqrt(d k)), E f(mean of x^1..x^k) - f* <= (alpha + 1/alpha) G sqrt(d log(d)/k) "
        "+ alpha u^2 G sqrt(d log(d)) zeta(2)/(4 k^(3/2)) + u G sqrt(d) (1 + log k)/k.",
        source=f"{PAPER}, the entropy in place of the p-norm; the statement and its constants are ours",
        kind="expectation",
        provenance="ours",
        assumptions=SIMPLEX,
        bound=simplex_mean_gap,
        units={"k": (0, 0), "G": (0, 1), "d": (0, 0), "alpha": (0, 0), "u": (0, 0), "return": (0, 1)},
        experiments=(
            _geometry_gap("simplex", "linear", 3, 400, simplex_mean_gap, replicas=500),
            *(_geometry_gap("simplex", "linear", d, 400, simplex_mean_gap) for d in (10, 30)),
            _geometry_gap("simplex", "signal", 10, 400, simplex_mean_gap),
            _geometry_gap("simplex", "quadratic", 10, 400, simplex_mean_gap),
        ),
        controls=(
            _simplex(
                "dimension_free",
                "sqrt(d) dropped",
                _geometry_gap(
                    "simplex", "linear", 30, 400, lambda k, d, **rest: simplex_mean_gap(k, d=d, **rest) / np.sqrt(d)
                ),
            ),
            _simplex(
                "constant",
                "half the bound",
                _geometry_gap("simplex", "linear", 10, 400, lambda k, **rest: simplex_mean_gap(k, **rest) / 2),
            ),
            _simplex(
                "vertex",
                "from a vertex, where D(x*, x^1) is infinite",
                _geometry_gap("simplex", "vertex", 10, 400, simplex_mean_gap),
            ),
            _simplex(
                "sign",
                "stepping along the estimate (sign bug)",
                _geometry_gap("simplex", "linear", 10, 400, simplex_mean_gap, ascending),
            ),
            _simplex(
                "fresh_samples",
                "each evaluation of a step draws its own sample",
                _geometry_gap("simplex", "signal", 3, 400, simplex_mean_gap, oracle=Fresh, alpha=1.0),
            ),
        ),
    ),
)

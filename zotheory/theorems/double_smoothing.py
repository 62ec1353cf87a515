"""Double smoothing: what is claimed.

Source: Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Lemma 2 and
Theorem 2, as recalled (the printed text was not at hand, and it leaves the universal constants unnamed: those here are
derived in ``proofs/double_smoothing.py``), and sharper statements of our own, without log d.

The paper's three pairs of laws of (Z_1, Z_2), `PAIRS`: both Gaussian; both uniform on the ball of radius sqrt(d + 2);
that ball and the sphere of radius sqrt(d).

Notation
--------
G with E G(X)^2 <= G^2, F(.; X) G(X)-Lipschitz in l2; R with |x - x*| <= R on the domain; d dimension; r = u_2/u_1; B
with E|g|^2 <= B^2; s = s(d) and M = M(mu) of the law of Z_2 (`zotheory.directions`); k steps; alpha, u multiples of
step size and radius (> 0).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from zotheory import estimators, require
from zotheory.directions import Law, ball, gaussian, sphere
from zotheory.elementary import Array, is_symbolic, log, maximum, sqrt
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.exact import expectation
from zotheory.evidence.observations import Always, Mean, Value
from zotheory.evidence.reduced import DECADES
from zotheory.geometry import euclidean_ball, norm
from zotheory.methods import Method, double_smoothing
from zotheory.methods.double_smoothing import step
from zotheory.methods.two_point import State
from zotheory.oracles import Fresh
from zotheory.problems import NoisyLinear, Norm
from zotheory.run import generator, run
from zotheory.theorems.two_point import tight_linear

PAIRS = {"gaussian": (gaussian, gaussian), "ball": (ball, ball), "ball, sphere": (ball, sphere)}  # name -> Z_1, Z_2
DRAWS = 20  # estimates that a replica averages |g|^2 over


def turned(r: Array) -> Array:
    """1 - arctan(r)/r, the mean over v in [0, 1] of the squared correlation v^2 r^2/(1 + v^2 r^2); r > 0.

    For floats as r^2/3 2F1(1, 3/2; 5/2; -r^2), which does not cancel.

    Raises
    ------
    ValueError
        Unless r > 0.
    """
    require.positive(r=r)
    if is_symbolic(r):
        import sympy

        return np.vectorize(lambda x: 1 - sympy.atan(x) / x, otypes=[object])(r)[()]
    from scipy import special

    return r**2 / 3 * special.hyp2f1(1, 1.5, 2.5, -(np.asarray(r, dtype=float) ** 2))[()]


def second_moment(*, G: Array, d: Array, r: Array) -> Array:
    """Both laws Gaussian: E|g|^2 <= G^2 [d + 2 + (d-1) ((d+1)(1 - arctan(r)/r) + r^2/(1 + r^2))].

    The same as G^2 [d + 2 + (d-1)(d+4)(1 - arctan(r)/r) - 2(d-1) I], I = integral over v in [0, 1] of
    (v^2 r^2/(1 + v^2 r^2))^2 = 1 - (3/2) arctan(r)/r + 1/(2 (1 + r^2)). It grows with r, from d + 2 to d(d + 2).

    Raises
    ------
    ValueError
        Unless G, r > 0 and d >= 1.
    """
    require.positive(G=G, r=r)
    require.at_least(1, d=d)
    return G**2 * (d + 2 + (d - 1) * ((d + 1) * turned(r) + r**2 / (1 + r**2)))


def second_moment_ball(*, G: Array, d: Array, r: Array, s: Array, M: Array) -> Array:
    """Z_1 in the ball, Z_2 of any rotation-invariant law: E|g|^2 is at most

        G^2 [s d (2d - 5) + r^2 M^2 d(d-2)/(3(d + 2))]/((d-1)(d-3)).

    Raises
    ------
    ValueError
        Unless G, r, s, M > 0 and d >= 4.
    """
    require.positive(G=G, r=r, s=s, M=M)
    require.at_least(4, d=d)
    return G**2 * (s * d * (2 * d - 5) + r**2 * M**2 * d * (d - 2) / (3 * (d + 2))) / ((d - 1) * (d - 3))


def lemma2(*, G: Array, d: Array, r: Array) -> Array:
    """Lemma 2 with its constant: E|g|^2 <= 3 d G^2 (sqrt(r) d + 1 + log d).

    Raises
    ------
    ValueError
        Unless G, r > 0 and d >= 1.
    """
    require.positive(G=G, r=r)
    require.at_least(1, d=d)
    return 3 * d * G**2 * (sqrt(r) * d + 1 + log(d))


def single_second_moment(*, G: Array, fourth: Array) -> Array:
    """One smoothing at the kink of G|x - c|: E|g|^2 = G^2 E|Z|^4, `fourth` = E|Z|^4 (``law.norm_moment(4, d)``).

    Raises
    ------
    ValueError
        Unless G and fourth > 0.
    """
    require.positive(G=G, fourth=fourth)
    return G**2 * fourth


def step_size(t: Array, *, R: Array, B: Array, alpha: Array = 1) -> Array:
    """Step size at step t: alpha R/(B sqrt(2t))."""
    require.positive(R=R, B=B, alpha=alpha)
    return alpha * R / (B * sqrt(2 * t))


def smoothing_radius(t: Array, *, R: Array, u: Array = 1) -> Array:
    """u_1 at step t: u R/t."""
    require.positive(R=R, u=u)
    return u * R / t


def mean_gap_sharp(
    k: Array, *, R: Array, G: Array, B: Array, d: Array, r: Array, alpha: Array = 1, u: Array = 1
) -> Array:
    """With step size alpha R/(B sqrt(2t)), u_1 = uR/t and u_2 = r u_1, E f(mean of x^1..x^k) - f* is at most

        (alpha + 1/alpha) R B/sqrt(2k) + u R G sqrt(d(1 + r^2)) (1 + log k)/k.

    Raises
    ------
    ValueError
        Unless R, G, B, r, alpha, u > 0, d >= 1 and k >= 1.
    """
    require.positive(R=R, G=G, B=B, r=r, alpha=alpha, u=u)
    require.at_least(1, d=d, k=k)
    return (alpha + 1 / alpha) * R * B / sqrt(2 * k) + u * R * G * sqrt(d * (1 + r**2)) * (1 + log(k)) / k


def paper_step_size(t: Array, *, R: Array, G: Array, d: Array, alpha: Array = 1) -> Array:
    """Theorem 2's step size at step t: alpha R/(G sqrt(d log(2d) t))."""
    require.positive(R=R, G=G, alpha=alpha)
    require.at_least(1, d=d)
    return alpha * R / (G * sqrt(d * log(2 * d)) * sqrt(t))


def paper_difference(t: Array, *, R: Array, d: Array, u: Array = 1) -> Array:
    """Theorem 2's u_2 at step t: u R/(d^2 t^2)."""
    require.positive(R=R, u=u)
    require.at_least(1, d=d)
    return u * R / (d**2 * t**2)


def mean_gap(k: Array, *, R: Array, G: Array, d: Array, alpha: Array = 1, u: Array = 1) -> Array:
    """Theorem 2 with its constant: under the paper's schedule, E f(mean of x^1..x^k) - f* is at most

        5 R G sqrt(d log(2d)/k) max(alpha, 1/alpha) + 5 u R G sqrt(d) log(2k)/k.

    Raises
    ------
    ValueError
        Unless R, G, alpha, u > 0, d >= 1 and k >= 1.
    """
    require.positive(R=R, G=G, alpha=alpha, u=u)
    require.at_least(1, d=d, k=k)
    leading = R * G * sqrt(d * log(2 * d)) / sqrt(k) * maximum(alpha, 1 / alpha)
    return 5 * (leading + u * R * G * sqrt(d) * log(2 * k) / k)


def _estimate_bound(pair: str, G: float, d: int, r: float) -> float:
    """B for one of `PAIRS`."""
    law = PAIRS[pair][1]
    if pair == "gaussian":
        return float(np.sqrt(second_moment(G=G, d=d, r=r)))
    s, M = float(law.second_moment(d)), float(law.third_norm_moment(d))
    return float(np.sqrt(second_moment_ball(G=G, d=d, r=r, s=s, M=M)))


def _domain(problem: Any) -> tuple[Any, float, float]:
    """Mirror map, R and G of a problem."""
    for name in ("radius", "L0"):
        if getattr(problem, name, None) is None:
            raise ValueError(f"problem must state {name}: a ball as domain, a Lipschitz constant; got None")
    mirror = euclidean_ball(problem.radius)
    return mirror, mirror.reach(problem.minimiser), problem.L0


def prescribed(
    problem: Any, *, pair: str = "gaussian", r: float | None = None, alpha: float = 1.0, u: float | None = None
) -> tuple[Method, dict[str, float]]:
    """Double smoothing with the schedule of `mean_gap_sharp` on a problem, and the arguments of the bound.

    Parameters
    ----------
    problem : with a domain (radius), L0 and minimiser
    pair : str
        One of `PAIRS`.
    r : float, > 0
        u_2/u_1; default 1/sqrt(d), at which E|g|^2 is of the order of d.
    alpha, u : float, > 0
        Default of u: 1/sqrt(d), at which the smoothing costs no power of d.

    Returns
    -------
    method : Method
        On the ball about the origin that is the problem's domain.
    constants : dict
        R, G, B, d, r, alpha, u: pass them to `mean_gap_sharp` with k.

    Raises
    ------
    ValueError
        If the problem has no bounded domain or no L0, or d < 4 where Z_1 is not Gaussian.
    """
    mirror, R, G = _domain(problem)
    d = problem.d
    r, u = (1 / np.sqrt(d) if value is None else value for value in (r, u))
    require.positive(r=r, alpha=alpha, u=u)
    B = _estimate_bound(pair, G, d, r)
    first, law = PAIRS[pair]
    method = double_smoothing(
        h=partial(step_size, R=R, B=B, alpha=alpha),
        delta=lambda t: r * smoothing_radius(t, R=R, u=u),
        eta=partial(smoothing_radius, R=R, u=u),
        mirror=mirror,
        law=law,
        first=first,
    )
    return method, {"R": R, "G": G, "B": B, "d": d, "r": r, "alpha": alpha, "u": u}


def prescribed_paper(
    problem: Any, *, pair: str = "gaussian", alpha: float = 1.0, u: float | None = None
) -> tuple[Method, dict[str, float]]:
    """Double smoothing with Theorem 2's schedule on a problem, and the arguments of `mean_gap`.

    Parameters, raises: as `prescribed`.
    """
    mirror, R, G = _domain(problem)
    d = problem.d
    u = 1 / np.sqrt(d) if u is None else u
    require.positive(alpha=alpha, u=u)
    first, law = PAIRS[pair]
    method = double_smoothing(
        h=partial(paper_step_size, R=R, G=G, d=d, alpha=alpha),
        delta=partial(paper_difference, R=R, d=d, u=u),
        eta=partial(smoothing_radius, R=R, u=u),
        mirror=mirror,
        law=law,
        first=first,
    )
    return method, {"R": R, "G": G, "d": d, "alpha": alpha, "u": u}


# --- experiments -----------------------------------------------------------------------------------------------------


def _of(pair: str) -> Method:
    """Double smoothing with any schedule: what reduced coordinates need to know of a method."""
    first, law = PAIRS[pair]
    return double_smoothing(h=lambda t: 1.0, delta=lambda t: 1.0, eta=lambda t: 1.0, law=law, first=first)


def _norm(kind: str, d: int, width: int | None = None) -> Norm:
    """The kink off the origin by 1/2, the start at the far side of the domain, 3/2 from the kink."""
    kink = np.full(d, 0.5 / np.sqrt(d)) if width is None else 0.5 * np.eye(1, width)[0]
    return Norm(kind, kink, -2 * kink, radius=1.0, offset=-1.0, true_d=None if width is None else d)


def _problem(name: str, d: int, k: int, pair: str = "gaussian") -> Any:
    if name == "signal":
        return NoisyLinear(np.eye(1, d)[0], 1 / np.sqrt(d), radius=1.5)
    build = partial(tight_linear, d, k) if name == "linear" else partial(_norm, name, d)
    return reduced.reduce(lambda width: build(width=width), (d,), _of(pair), fixed=1) if d in DECADES else build()


def _estimates(problem: Any, x: np.ndarray, pair: str, r: float, eta: float, replicas: int, rng: Any) -> np.ndarray:
    """Gradient estimates at x, one a replica."""
    source = problem.frame.generator(rng, (replicas,)) if hasattr(problem, "frame") else rng
    first, law = PAIRS[pair]
    w, u = first.draw(source, (replicas,), problem.d), law.draw(source, (replicas,), problem.d)
    return estimators.double_smoothed(problem, np.tile(x, (replicas, 1)), u, w, r * eta, eta)


def _single(problem: Any, x: np.ndarray, pair: str, r: float, eta: float, replicas: int, rng: Any) -> np.ndarray:
    """The same with one smoothing: the first perturbation left out."""
    source = problem.frame.generator(rng, (replicas,)) if hasattr(problem, "frame") else rng
    u = PAIRS[pair][1].draw(source, (replicas,), problem.d)
    return estimators.two_point(problem, np.tile(x, (replicas, 1)), u, r * eta)


def _moment_bound(*, G: float, d: int, r: float, pair: str) -> float:
    return _estimate_bound(pair, G, d, r) ** 2


def _lemma2_bound(*, G: float, d: int, r: float, pair: str) -> float:
    return float(lemma2(G=G, d=d, r=r))


def _second_moment(
    name: str,
    d: int,
    r: float,
    bound: Callable[..., float] = _moment_bound,
    *,
    pair: str = "gaussian",
    kink: bool = True,
    estimate: Callable[..., np.ndarray] = _estimates,
    replicas: int = 200,
) -> Experiment:
    """|g|^2 at the kink, where u_1 matters only to its ratio with u_2, or at e_1 with u_1 = 1/sqrt(d)."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d, 100, pair)
        x, eta = (problem.kink, 1.0) if kink else (np.eye(1, len(problem.kink))[0], d**-0.5)
        g = estimate(problem, x, pair, r, eta, replicas * DRAWS, generator(seed))
        squares = np.mean(np.reshape(np.vecdot(g, g), (replicas, DRAWS)), axis=1)
        return Mean(squares, bound(G=problem.L0, d=d, r=r, pair=pair), calls=2 * DRAWS)

    where = "at the kink" if kink else "away from it"
    rung = "reduced" if d in DECADES else "measured"
    return Experiment(rung, f"|g|^2, {name} {where}, r = {r:.2g}, {pair}", d, measure, replicas, 10 * replicas)


def _linear_exact(d: int, r: float, bound: Callable[..., float] = _moment_bound) -> Experiment:
    """E|g|^2 of the shipped estimator on a linear F of slope 1, by exact moments in reduced coordinates."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        from sympy import Rational

        (w, u), laws = reduced.symbols(d, 1, 2)
        g = estimators.double_smoothed(lambda x: x[0], 0 * u, u, w, Rational(r), Rational(1))
        return Value(float(expectation(g @ g, laws)), bound(G=1.0, d=d, r=r, pair="gaussian"), calls=2)

    return Experiment("exact", f"E|g|^2, linear, r = {r:.2g}, gaussian", d, measure)


def _largest_gap(problem: Any) -> float:
    """Upper bound of f - f* on the domain: of a norm twice its radius, as it is 1-Lipschitz; of <x, mean> the same."""
    slope = float(np.linalg.norm(problem.mean)) if hasattr(problem, "mean") else problem.L0
    return 2 * problem.radius * slope


def _mean_gap(
    name: str,
    d: int,
    k: int,
    bound: Callable[..., Array] = mean_gap_sharp,
    *,
    pair: str = "gaussian",
    schedule: Callable[..., tuple[Method, dict[str, float]]] = prescribed,
    spoil: Callable[[Method], Method] = lambda method: method,
    oracle: Callable[[Any], Any] = lambda problem: problem,
) -> Experiment:
    alpha = 0.25 if name == "linear" else 1.0

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d, k, pair)
        method, constants = schedule(problem, pair=pair, alpha=alpha)
        result = run(spoil(method), oracle(problem), steps=k, replicas=replicas, seed=seed, record=[k])
        gaps = np.maximum(result.values[0] - problem.f_star, 0)  # rounding can leave -1e-17
        return Mean(gaps, float(bound(k, **constants)), _largest_gap(problem), result.calls)

    rung = "reduced" if d in DECADES else "worst case" if name == "linear" else "measured"
    return Experiment(rung, f"{k} steps, {name}, {pair}", d, measure, 200, 2000)


def _single_exact(d: int, bound: Callable[..., Array] = single_second_moment, *, at_least: bool) -> Experiment:
    """E|g|^2 of the shipped one-smoothing estimator at the kink of |x|, by exact moments in reduced coordinates."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        (u,), laws = reduced.symbols(d, 0, 1)
        g = estimators.two_point(norm, 0 * u, u, 1)
        limit = float(bound(G=1.0, fourth=float(gaussian.norm_moment(4, d))))
        return Value(float(expectation(g @ g, laws)), limit, at_least, calls=2)

    return Experiment("exact", f"E|g|^2, l2, gaussian, {'at least' if at_least else 'at most'}", d, measure)


def _single_always(d: int, law: Law, bound: Callable[..., Array] = single_second_moment) -> Experiment:
    """|g|^2 against G^2 |Z|^4, draw by draw: the larger of the quotient and its reciprocal."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Always:
        problem = _problem("l2", d, 100)
        rng, batch = generator(seed), (replicas,)
        u = law.draw(problem.frame.generator(rng, batch) if d in DECADES else rng, batch, d)
        g = estimators.two_point(problem, np.tile(problem.kink, (replicas, 1)), u, 1.0)
        quotient = np.vecdot(g, g) / bound(G=problem.L0, fourth=np.vecdot(u, u) ** 2)
        return Always(np.maximum(quotient, 1 / quotient), calls=2)

    return Experiment("reduced" if d in DECADES else "measured", f"|g|^2, l2, {law.name}", d, measure, 2000, 20_000)


def _ascend(f: Any, state: State, z: Array, *, h: Any, delta: Any, eta: Any, mirror: Any) -> State:
    """The sign bug: step along the estimate instead of against it."""
    return step(f, state, z, h=-h(state.t), delta=delta(state.t), eta=eta(state.t), mirror=mirror)


def _ascending(method: Method) -> Method:
    return replace(method, step=partial(_ascend, **method.step.keywords))  # type: ignore[attr-defined]


# --- claims -----------------------------------------------------------------------------------------------------------

PAPER = "Duchi et al., IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139)"
LIPSCHITZ = "F(.; X) is G(X)-Lipschitz in l2 on R^d, E G(X)^2 <= G^2"
LAWS = "Z_1 and Z_2 are independent: both Gaussian, both uniform on the ball, or the ball and the sphere"
CONVEX = (
    "F(.; X) is convex on R^d; the domain is a Euclidean ball, |x - x*| <= R on it",
    LIPSCHITZ,
    LAWS,
    "both evaluations of a step share the sample X",
)
MOMENT_UNITS = {"G": (-1, 1), "d": (0, 0), "r": (0, 0), "return": (-2, 2)}
GAP_UNITS = {"k": (0, 0), "R": (1, 0), "G": (-1, 1), "d": (0, 0), "alpha": (0, 0), "u": (0, 0), "return": (0, 1)}
KINDS = "l2", "l1", "sup", "max"
BALLS = "ball", "ball, sphere"


def _each_decade(claim: str, name: str, falsehood: str, experiment: Callable[[int], Experiment]) -> tuple[Control, ...]:
    return tuple(Control(f"{claim}.{name}_{d:.0e}".replace("+", ""), claim, falsehood, experiment(d)) for d in DECADES)


def _changed(bound: Callable[..., float], **changes: Callable[..., float]) -> Callable[..., float]:
    """The bound with arguments replaced by functions of all of them."""
    return lambda **given: bound(**given | {name: change(**given) for name, change in changes.items()})


def _gap_experiments(
    bound: Callable[..., Array], schedule: Callable[..., tuple[Method, dict[str, float]]]
) -> tuple[Experiment, ...]:
    gap = partial(_mean_gap, bound=bound, schedule=schedule)
    return (
        *(gap(name, 10, 200) for name in KINDS),
        *(gap(name, 10, 200, pair=pair) for name in ("l2", "sup") for pair in BALLS),
        *(gap("linear", 10, 400, pair=pair) for pair in ("gaussian", "ball, sphere")),
        gap("signal", 10, 400),
        *(gap("l2", d, 50) for d in DECADES),
        *(gap("linear", d, 50, pair="ball, sphere") for d in DECADES),
    )


CLAIMS = (
    Claim(
        id="double_smoothing.second_moment",
        statement="Both laws Gaussian, r = u_2/u_1: E|g|^2 <= G^2 [d + 2 + (d-1)((d+1)(1 - arctan(r)/r) "
        "+ r^2/(1 + r^2))], which grows with r from (d+2) G^2, attained by linear F.",
        source="ours, sharpening " + PAPER + ", Lemma 2",
        kind="expectation",
        provenance="ours",
        assumptions=(LIPSCHITZ, "Z_1 and Z_2 are independent, both N(0, I)"),
        bound=second_moment,
        units=MOMENT_UNITS,
        experiments=(
            *(_linear_exact(d, r) for d in (1, 100) for r in (1e-3, 1.0)),
            *(_second_moment(name, 100, r, replicas=500) for name in KINDS for r in (0.1, 0.3, 1)),
            *(_second_moment(name, 100, 0.1, kink=False) for name in KINDS),
            *(_second_moment("l2", d, d**-0.5, replicas=500) for d in DECADES),
            *(_second_moment("l2", d, r) for d in DECADES for r in (0.3, 1)),
            *(_second_moment("l2", d, 1e-3) for d in (10**9, 10**12)),
        ),
        controls=(
            *_each_decade(
                "double_smoothing.second_moment",
                "sqrt_d",
                "d to the power 3/2 in place of 2 in the term of r",
                lambda d: _second_moment(
                    "l2", d, 1, lambda d, **rest: _moment_bound(d=d, **rest) / np.sqrt(d) + (d + 2)
                ),
            ),
            Control(
                "double_smoothing.second_moment.small_r",
                "double_smoothing.second_moment",
                "(d + 2) G^2, the limit r -> 0, at r = 0.3",
                _second_moment("l2", 100, 0.3, _changed(_moment_bound, r=lambda **_: 1e-12)),
            ),
            Control(
                "double_smoothing.second_moment.half",
                "double_smoothing.second_moment",
                "half the bound",
                _second_moment("l2", 100, 0.1, lambda **given: _moment_bound(**given) / 2),
            ),
            Control(
                "double_smoothing.second_moment.single",
                "double_smoothing.second_moment",
                "one smoothing obeys the bound too",
                _second_moment("l2", 100, 0.1, estimate=_single),
            ),
        ),
    ),
    Claim(
        id="double_smoothing.second_moment_ball",
        statement="Z_1 uniform on the ball, Z_2 on ball or sphere, d >= 4: E|g|^2 <= G^2 [s d (2d-5) "
        "+ r^2 M^2 d(d-2)/(3(d+2))]/((d-1)(d-3)), which at r = 1/sqrt(d) is of the order of d.",
        source="ours, sharpening " + PAPER + ", Lemma 2",
        kind="expectation",
        provenance="ours",
        assumptions=(LIPSCHITZ, "Z_1 uniform on the ball, Z_2 of any rotation-invariant law; independent"),
        bound=second_moment_ball,
        units=MOMENT_UNITS | {"s": (0, 0), "M": (0, 0)},
        experiments=(
            *(_second_moment(name, 100, r, pair=pair) for name in KINDS for r in (0.1, 1) for pair in BALLS),
            *(_second_moment("l2", 100, 1e-3, pair=pair) for pair in BALLS),
            *(_second_moment("l2", d, d**-0.5, pair=pair) for d in DECADES for pair in BALLS),
            *(_second_moment("l2", d, 1, pair="ball, sphere") for d in DECADES),
        ),
        controls=(
            *_each_decade(
                "double_smoothing.second_moment_ball",
                "sqrt_d",
                "d to the power 3/2 in place of 2 in the term of r",
                lambda d: _second_moment(
                    "l2", d, 1, lambda d, **rest: _moment_bound(d=d, **rest) / np.sqrt(d) + 3 * d, pair="ball, sphere"
                ),
            ),
            Control(
                "double_smoothing.second_moment_ball.small_r",
                "double_smoothing.second_moment_ball",
                "the limit r -> 0 at r = 1",
                _second_moment("l2", 100, 1, _changed(_moment_bound, r=lambda **_: 1e-12), pair="ball"),
            ),
            Control(
                "double_smoothing.second_moment_ball.third",
                "double_smoothing.second_moment_ball",
                "a third of the bound",
                _second_moment("l2", 100, 0.1, lambda **given: _moment_bound(**given) / 3, pair="ball, sphere"),
            ),
            Control(
                "double_smoothing.second_moment_ball.single",
                "double_smoothing.second_moment_ball",
                "one smoothing obeys the bound too",
                _second_moment("l2", 100, 0.1, estimate=_single, pair="ball, sphere"),
            ),
        ),
    ),
    Claim(
        id="double_smoothing.lemma2",
        statement="E|g|^2 <= 3 d G^2 (sqrt(u_2/u_1) d + 1 + log d); no constant below 3 serves every d.",
        source=f"{PAPER}, Lemma 2, as recalled; there with a universal constant, the 3 is ours",
        kind="expectation",
        provenance="corrected",
        assumptions=(LIPSCHITZ, LAWS),
        bound=lemma2,
        units=MOMENT_UNITS,
        experiments=(
            *(_linear_exact(d, r, _lemma2_bound) for d in (1, 100) for r in (1e-6, 1.0)),
            *(
                _second_moment(name, 100, r, _lemma2_bound, pair=pair)
                for name in KINDS
                for r in (0.1,)
                for pair in PAIRS
            ),
            *(_second_moment("l2", d, 1, _lemma2_bound, pair=pair) for d in (2, 3, 4) for pair in PAIRS),
            *(_second_moment("l2", d, d**-0.5, _lemma2_bound, pair=pair) for d in DECADES for pair in PAIRS),
        ),
        controls=(
            Control(
                "double_smoothing.lemma2.two",
                "double_smoothing.lemma2",
                "2 in place of 3",
                _linear_exact(1, 1e-6, lambda **given: 2 / 3 * _lemma2_bound(**given)),
            ),
            *_each_decade(
                "double_smoothing.lemma2",
                "no_ratio",
                "the term sqrt(u_2/u_1) d dropped",
                lambda d: _second_moment("l2", d, 1, _changed(_lemma2_bound, r=lambda **_: 1e-30)),
            ),
            Control(
                "double_smoothing.lemma2.single",
                "double_smoothing.lemma2",
                "one smoothing obeys the bound too",
                _second_moment("l2", 100, 1e-3, _lemma2_bound, estimate=_single),
            ),
        ),
    ),
    Claim(
        id="double_smoothing.mean_gap_sharp",
        statement="With u_1 = uR/t, u_2 = r u_1, step size alpha R/(B sqrt(2t)), B^2 a bound of E|g|^2: "
        "E f(mean of x^1..x^k) - f* <= (alpha + 1/alpha) R B/sqrt(2k) + u R G sqrt(d(1 + r^2)) (1 + log k)/k.",
        source="ours, sharpening " + PAPER + ", Theorem 2",
        kind="expectation",
        provenance="ours",
        assumptions=CONVEX,
        bound=mean_gap_sharp,
        units=GAP_UNITS | {"B": (-1, 1), "r": (0, 0)},
        experiments=_gap_experiments(mean_gap_sharp, prescribed),
        controls=(
            *_each_decade(
                "double_smoothing.mean_gap_sharp",
                "dimension_free",
                "sqrt(d) dropped: the rate of the subgradient method",
                lambda d: _mean_gap("l2", d, 100, lambda k, B, **rest: mean_gap_sharp(k, B=B / np.sqrt(d), **rest)),
            ),
            Control(
                "double_smoothing.mean_gap_sharp.fast_rate",
                "double_smoothing.mean_gap_sharp",
                "1/k in place of 1/sqrt(k)",
                _mean_gap("linear", 10, 400, lambda k, **rest: mean_gap_sharp(k, **rest) / np.sqrt(k)),
            ),
            Control(
                "double_smoothing.mean_gap_sharp.constant",
                "double_smoothing.mean_gap_sharp",
                "a quarter of the bound",
                _mean_gap("linear", 10, 400, lambda k, **rest: mean_gap_sharp(k, **rest) / 4),
            ),
            Control(
                "double_smoothing.mean_gap_sharp.sign",
                "double_smoothing.mean_gap_sharp",
                "stepping along the estimate (sign bug)",
                _mean_gap("l2", 10, 400, spoil=_ascending),
            ),
            Control(
                "double_smoothing.mean_gap_sharp.fresh_samples",
                "double_smoothing.mean_gap_sharp",
                "each evaluation of a step draws its own sample",
                _mean_gap("signal", 10, 600, oracle=Fresh),
            ),
        ),
    ),
    Claim(
        id="double_smoothing.mean_gap",
        statement="With u_1 = uR/t, u_2 = uR/(d^2 t^2), step size alpha R/(G sqrt(d log(2d) t)): E f(mean of x^1..x^k) "
        "- f* <= 5 R G sqrt(d log(2d)/k) max(alpha, 1/alpha) + 5 u R G sqrt(d) log(2k)/k.",
        source=f"{PAPER}, Theorem 2, as recalled; there with a universal constant, the 5 is ours",
        kind="expectation",
        provenance="corrected",
        assumptions=CONVEX,
        bound=mean_gap,
        units=GAP_UNITS,
        experiments=_gap_experiments(mean_gap, prescribed_paper),
        controls=(
            *_each_decade(
                "double_smoothing.mean_gap",
                "dimension_free",
                "sqrt(d log(2d)) dropped: the rate of the subgradient method",
                lambda d: _mean_gap(
                    "l2",
                    d,
                    200,
                    lambda k, R, G, alpha, **_: mean_gap(k, R=R, G=G, d=1, alpha=alpha, u=1.0),
                    schedule=prescribed_paper,
                ),
            ),
            Control(
                "double_smoothing.mean_gap.constant",
                "double_smoothing.mean_gap",
                "a fiftieth of the bound",
                _mean_gap("linear", 10, 400, lambda k, **rest: mean_gap(k, **rest) / 50, schedule=prescribed_paper),
            ),
            Control(
                "double_smoothing.mean_gap.sign",
                "double_smoothing.mean_gap",
                "stepping along the estimate (sign bug)",
                _mean_gap("l2", 2, 600, mean_gap, schedule=prescribed_paper, spoil=_ascending),
            ),
        ),
    ),
    Claim(
        id="double_smoothing.single_fails",
        statement="With one smoothing, |g| = G |Z|^2 at the kink of G|x - c|, so E|g|^2 = G^2 E|Z|^4: d(d+2) G^2 for "
        "Gaussian Z and d^2 G^2 on the sphere, a factor d above that of linear F.",
        source="ours; why " + PAPER + " smooths twice",
        kind="constant",
        provenance="ours",
        assumptions=("F = G|x - c|, x = c; any law of directions with E|Z|^4 finite",),
        bound=single_second_moment,
        units={"G": (-1, 1), "fourth": (0, 0), "return": (-2, 2)},
        experiments=(
            *(_single_exact(d, at_least=way) for d in (2, 100, *DECADES) for way in (True, False)),
            *(_single_always(d, law) for d in (10, *DECADES) for law in (gaussian, sphere)),
        ),
        controls=(
            Control(
                "double_smoothing.single_fails.smooth",
                "double_smoothing.single_fails",
                "(d + 2) G^2, as for linear F",
                _single_exact(100, lambda G, fourth: G**2 * np.sqrt(fourth), at_least=False),
            ),
            Control(
                "double_smoothing.single_fails.half",
                "double_smoothing.single_fails",
                "half of it",
                _single_exact(100, lambda **given: single_second_moment(**given) / 2, at_least=False),
            ),
            Control(
                "double_smoothing.single_fails.double",
                "double_smoothing.single_fails",
                "twice as much",
                _single_exact(100, lambda **given: single_second_moment(**given) * 2, at_least=True),
            ),
            *_each_decade(
                "double_smoothing.single_fails",
                "power",
                "d^(3/2) in place of d^2",
                lambda d: _single_always(d, sphere, lambda G, fourth: single_second_moment(G=G, fourth=fourth**0.75)),
            ),
        ),
    ),
)

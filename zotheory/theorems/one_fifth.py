"""The 1/5 rule on relative-loss descent: what is claimed.

Source: this project. Linear convergence of the (1+1)-ES with the 1/5 rule is known: on |x|^2 from Akimoto, Auger and
Glasmachers (GECCO 2018, arXiv:1802.03209), on smooth strongly convex functions from Akimoto, Auger, Glasmachers and
Morinaga (SIAM J. Optim. 32, 2022), with a rate of order 1/(d Q) as d grows from Morinaga, Fukuchi, Sakuma and Akimoto
(arXiv:2209.12467), all by drift of a potential. The constants and the lemma behind them, `gain`, are derived here.

Notation
--------
Steps y = x + sigma u, alpha = sigma sqrt(d). f is L-smooth; it is mu-strongly convex, or convex and
|g|^2 >= 2 mu gap, gap >= mu R^2/2; gap = f(x) - f*, R = |x - x*|, Q = L/mu, g the gradient at x. p = P(accept).
kappa = sqrt(d) alpha beta/|g|, the length of a step in units of |g|/(beta sqrt(d)). log_growth = log(growth) of
`zotheory.radii.one_fifth`: an accepted step adds it to log(alpha), a rejected one takes a quarter of it away.
RARE < 1/5 < OFTEN are the acceptance probabilities beyond which the rule pulls alpha back by itself.

Open: steps of fixed length where Q is large. There `gain` fails (`Cup`), and `fixed_length` has a B of order
exp(-0.7 Q^2)/(d Q), for Q below 0.8 sqrt(d) only; measured runs take as long as with Gaussian steps. Open as well: the
constant 0.0117, which runs exceed twentyfold and more, and growth above 2, where RARE would have to be smaller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zotheory import require
from zotheory.directions import Law, gaussian, sphere
from zotheory.elementary import Array, exp, is_symbolic, log, maximum, namespace, normal_tail, sqrt
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import Frequency, Mean, Quantile, Value
from zotheory.evidence.reduced import DECADES
from zotheory.geometry import norm
from zotheory.methods import Method, relative_loss
from zotheory.methods.relative_loss import Move, State, step
from zotheory.oracles import Expected
from zotheory.problems import Norm, Quadratic, block_quadratic, breast_cancer
from zotheory.radii import Radius, one_fifth
from zotheory.run import generator, iterate
from zotheory.theorems.gld_search import hard_instance, rotated_family, sphere_tail
from zotheory.theorems.sample_and_keep import _log_plus_one, excess, factor, progress

NEAR, FAR = 0.5, 1.2  # kappa/2 below which a step is accepted with probability OFTEN, and RARE
OFTEN, RARE = float(normal_tail(NEAR)), float(normal_tail(FAR))  # 0.3085 and 0.1150
HELD = 0.3758  # d times the relative fall on |x|^2 where a fifth is accepted, as d grows


# --- acceptance ------------------------------------------------------------------------------------------------------


def acceptance(*, d: Array, kappa: Array) -> Array:
    """P(sqrt(d) s_1 >= kappa/2), s uniform on the unit sphere.

    Raises
    ------
    ValueError
        Unless d >= 2 and kappa > 0.
    """
    require.at_least(2, d=d)
    require.positive(kappa=kappa)
    return sphere_tail(d, np.minimum(np.divide(kappa, 2), np.sqrt(d)))


def gain(*, p: Array, share: Array, R: Array, sigma: Array, d: Array) -> Array:
    """Probability that a Gaussian step accepted with probability p brings the gap to (1 - share) of it:

        p^(5/4) ((1 - a)^4 (1 + 4a))^(d/8) exp(-(5/2) (share R/sigma)^2),  a = 1 - (1 - share)^2.

    Raises
    ------
    ValueError
        Unless 0 < p, share < 1, d >= 1, R >= 0 and sigma > 0.
    """
    require.between(0, 1, p=p, share=share)
    require.at_least(1, d=d)
    require.nonnegative(R=R)
    require.positive(sigma=sigma)
    return p * sqrt(sqrt(p)) * _contracted(share, d) * exp(-5 * (share * R / sigma) ** 2 / 2)


def _contracted(share: Array, d: Array) -> Array:
    """((1 - a)^4 (1 + 4a))^(d/8)."""
    a = share * (2 - share)
    return exp(d * (4 * _log_plus_one(-a) + _log_plus_one(4 * a)) / 8)


# --- hitting time ----------------------------------------------------------------------------------------------------


def pull(*, d: Array, Q: Array) -> Array:
    """Share 2.4/(sqrt(5) d Q) of the gap that a long step, if not rarely accepted, is asked to take away.

    Raises
    ------
    ValueError
        Unless d >= 3 and Q >= 1.
    """
    require.at_least(3, d=d)
    require.at_least(1, Q=Q)
    return 2 * FAR / (sqrt(d * 0 + 5) * d * Q)


def drift(*, d: Array, Q: Array, log_growth: Array) -> Array:
    """B: in expectation a step takes at least so much of `potential` away, about 0.0117/(d Q).

    Raises
    ------
    ValueError
        Unless d >= 3, Q >= 1 and 0 < log_growth <= log 2.
    """
    share = pull(d=d, Q=Q)
    _growth(log_growth)
    fall = share * gain(p=RARE, share=share, R=1, sigma=share * sqrt(d * 0 + 5), d=d)
    return _balance(fall, log_growth, RARE, OFTEN, RARE)


def _growth(log_growth: Array) -> None:
    require.positive(log_growth=log_growth)
    if not is_symbolic(log_growth) and np.any(np.asarray(log_growth) > np.log(2) * (1 + 1e-15)):
        raise ValueError(f"log_growth must be at most log 2, got {log_growth!r}")


def _balance(fall: Array, log_growth: Array, rare: Array, often: Array, p: Array) -> Array:
    """B at which the fall of log(gap), where p are accepted, pays for both sides of the potential and leaves B."""
    sides = 1 + 4 * p / (1 - 5 * rare) + (1 - p) / (5 * often - 1)
    return fall / (sides + 2 * fall / (log_growth * (1 - 5 * rare)))


def adapting(*, offset: Array, log_growth: Array) -> Array:
    """Steps that the rule needs to take log(alpha) to its place, from `offset` above it (or below, if negative).

    Raises
    ------
    ValueError
        Unless 0 < log_growth <= log 2.
    """
    _growth(log_growth)
    return maximum(4 * offset / (1 - 5 * RARE), -4 * offset / (5 * OFTEN - 1)) / log_growth


def potential(*, d: Array, L: Array, mu: Array, alpha: Array, gap: Array, log_growth: Array) -> Array:
    """V = log(gap) + B adapting: the place of log(alpha) is where sqrt(d) alpha L/sqrt(2 mu gap) = growth.

    Raises
    ------
    ValueError
        Unless d >= 3, L >= mu > 0, alpha, gap > 0 and 0 < log_growth <= log 2.
    """
    offset = _offset(d, L, mu, alpha, gap, log_growth)
    B = drift(d=d, Q=L / mu, log_growth=log_growth)
    return log(gap) + B * adapting(offset=offset, log_growth=log_growth)


def _offset(d: Array, L: Array, mu: Array, alpha: Array, gap: Array, log_growth: Array) -> Array:
    """How far log(alpha) is above its place."""
    require.at_least(3, d=d)
    require.positive(L=L, mu=mu, alpha=alpha, gap=gap)
    _growth(log_growth)
    return log(sqrt(d) * alpha * L / sqrt(2 * mu * gap)) - log_growth


def hitting_time(*, d: Array, L: Array, mu: Array, alpha: Array, gap: Array, eps: Array, log_growth: Array) -> Array:
    """Expected number of steps until the gap is at most eps: (V - log(eps) - log(1 - share))/B, eps <= gap.

    Raises
    ------
    ValueError
        As `potential`, and unless 0 < eps <= gap.
    """
    require.positive(eps=eps)
    V = potential(d=d, L=L, mu=mu, alpha=alpha, gap=gap, log_growth=log_growth)
    require.at_least(1, **{"gap/eps": gap / eps})
    last = -_log_plus_one(-pull(d=d, Q=L / mu))
    return (V - log(eps) + last) / drift(d=d, Q=L / mu, log_growth=log_growth)


def drift_fixed_length(*, d: Array, Q: Array, log_growth: Array) -> Array:
    """B for steps of fixed length: the fall 2 W_d(Q y)/(d Q), T_d(y) = RARE, pays where half are accepted.

    Raises
    ------
    ValueError
        Unless d >= 3, 1 <= Q < sqrt(d)/y (about 0.8 sqrt(d)) and 0 < log_growth <= log 2.
    """
    require.at_least(3, d=d)
    require.at_least(1, Q=Q)
    _growth(log_growth)
    tau = Q * held_length(d=d, p=RARE) / 2
    if np.any(tau >= np.sqrt(d)):
        raise ValueError(f"Q must be below sqrt(d)/y, where T_d(y) = {RARE:.4f}, got Q = {Q!r} and d = {d!r}")
    return _balance(2 * excess(d, tau) / (d * Q), log_growth, RARE, OFTEN, 0.5)


def fixed_length(*, d: Array, L: Array, mu: Array, alpha: Array, gap: Array, eps: Array, log_growth: Array) -> Array:
    """`hitting_time` for steps of fixed length: (V - log(eps) + 1)/B with the B of `drift_fixed_length`, also in V.

    Raises
    ------
    ValueError
        As `hitting_time`, and unless Q < sqrt(d)/y.
    """
    offset = _offset(d, L, mu, alpha, gap, log_growth)
    require.positive(eps=eps)
    require.at_least(1, **{"gap/eps": gap / eps})
    B = drift_fixed_length(d=d, Q=L / mu, log_growth=log_growth)
    return (log(gap / eps) + 1) / B + adapting(offset=offset, log_growth=log_growth)


def moment(*, d: Array, Q: Array, log_growth: Array) -> tuple[Array, Array]:
    """Return lambda and a rate: what a step takes of lambda V has E exp(-taken) <= exp(-rate), taken at most lambda M.

    M = -log(1 - pull), lambda = B/(2 M^2), rate = B^2/(4 M^2).

    Raises
    ------
    ValueError
        As `drift`.
    """
    B = drift(d=d, Q=Q, log_growth=log_growth)
    most = -_log_plus_one(-pull(d=d, Q=Q))
    return B / (2 * most**2), (B / most) ** 2 / 4


def tail(
    *, d: Array, L: Array, mu: Array, alpha: Array, gap: Array, eps: Array, log_growth: Array, failure: Array
) -> Array:
    """Steps 2 (V - log(eps))/B + log(1/failure)/rate, after which the gap is above eps with probability <= failure.

    Raises
    ------
    ValueError
        As `hitting_time`, and unless 0 < failure < 1.
    """
    require.positive(eps=eps)
    require.between(0, 1, failure=failure)
    V = potential(d=d, L=L, mu=mu, alpha=alpha, gap=gap, log_growth=log_growth)
    _, rate = moment(d=d, Q=L / mu, log_growth=log_growth)
    return 2 * (V - log(eps)) / drift(d=d, Q=L / mu, log_growth=log_growth) - log(failure) / rate


# --- progress where a fifth is accepted ------------------------------------------------------------------------------


def held_length(*, d: Array, p: Array) -> Array:
    """Kappa at which a step on |x|^2 is accepted with probability p: `acceptance` inverted.

    Raises
    ------
    ValueError
        Unless d >= 2 and 0 < p < 1/2.
    """
    from scipy.special import betainccinv

    require.at_least(2, d=d)
    require.between(0, 0.5, p=p)
    return 2 * np.sqrt(d * betainccinv(0.5, np.subtract(d, 1) / 2, np.multiply(p, 2)))


def held(*, d: Array, Q: Array, p: Array) -> Array:
    """Factor 1 - c/(d Q) of the expected gap, c = c_d at the length that on |x|^2 is accepted with probability p.

    Raises
    ------
    ValueError
        Unless d >= 2, Q >= 1 and 0 < p < 1/2.
    """
    return factor(n=d, Q=Q, c=progress(n=d, kappa=held_length(d=d, p=p)))


# --- experiments -----------------------------------------------------------------------------------------------------

GROWTH = 1.2
BASE = relative_loss(radius=1.0, law=gaussian)  # what reduced coordinates need to know of the method


@dataclass(frozen=True)
class Cup:
    """f(x) = max(-x_1, 100 (|x| - 1 - 1e-6)), from x = 0: half of the steps of length 1 are accepted, for nothing."""

    d: int

    f_star = -100 * (1 + 1e-6) / 101

    def __call__(self, x: Array) -> Array:
        """F at points (..., d)."""
        return namespace(x).maximum(-x[..., 0], 100 * (norm(x) - 1 - 1e-6))

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return np.zeros(self.d)

    @property
    def R(self) -> float:  # noqa: D102
        return -self.f_star


def _problem(name: str, d: int) -> Any:
    if d in DECADES:
        blocks = (d // 2, d // 2) if name == "halves" else (1, d - 1)
        curvatures = (1.0, 1.5 if name == "oval" else 10.0)
        return reduced.reduce(
            lambda width: block_quadratic(curvatures, blocks, start=(1.0, 0.0), width=width), blocks, BASE
        )
    if name == "logistic":
        return Expected(breast_cancer())  # all rows of the data, not one
    if name == "round":
        return Quadratic(np.full(d, 3.0), np.full(d, 0.4), np.full(d, 0.4) + np.eye(d)[0], -1.0)
    if name == "norm":
        return Norm("l2", np.full(d, 0.1), np.full(d, 0.1) + np.eye(d)[0], 5.0, -1.0)
    if name in ("oval", "thin", "needle"):
        return hard_instance(d, {"oval": 1.5, "thin": 100.0, "needle": 1e4}[name])
    return rotated_family(d) if name == "family" else hard_instance(d, 10.0)


def _rung(name: str, d: int) -> str:
    return (
        "reduced" if d in DECADES else "worst case" if name in ("hard", "oval", "thin", "needle", "cup") else "measured"
    )


def _gap(problem: Any) -> float:
    return float(problem(problem.x0)) - problem.f_star


def _slope(problem: Any) -> float:
    return float(np.linalg.norm(problem.gradient(problem.x0)))


def _one_step(problem: Any, method: Method, replicas: int, seed: np.random.SeedSequence) -> tuple[Any, int]:
    """State after one step of every replica, and the evaluations of one."""
    states = iterate(method, problem, np.tile(problem.x0, (replicas, 1)), generator(seed))
    next(states)
    state, counted = next(states)
    return state, counted.calls


def _accepts(
    name: str,
    d: int,
    kappa: float,
    law: Law = sphere,
    claimed: Callable[..., Array] = acceptance,
    rejects: bool = False,
) -> Experiment:
    """How often a step of length kappa |g|/(L sqrt(d)) is accepted; `rejects`: kappa |g|/(mu sqrt(d)), rejected."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Frequency:
        problem = _problem(name, d)
        unit = _slope(problem) / ((problem.mu if rejects else problem.L1) * np.sqrt(d))
        method = relative_loss(radius=kappa * unit, law=law)
        state, calls = _one_step(problem, method, replicas, seed)
        hits = int(np.sum(state.fx < float(problem(problem.x0))))
        bound = float(claimed(d=d, kappa=kappa))
        return Frequency(replicas - hits if rejects else hits, replicas, 1 - bound if rejects else bound, calls)

    what = "rejected, mu" if rejects else "accepted, L"
    replicas = 2500 if name == "logistic" else 4000
    return Experiment(_rung(name, d), f"{what}, kappa = {kappa:g}, {name}, {law.name}", d, measure, replicas, 50_000)


def _accepts_exactly(d: int, kappa: float, claimed: Callable[..., Array] = acceptance) -> Experiment:
    """P(2 z_1 > kappa |z|^2/d), z ~ N(0, I), by quadrature over |z|, against its bound at |z|^2 = d."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        from scipy.stats import ncx2

        centre = (d / kappa) ** 2
        return Value(float(ncx2.cdf(centre, d, centre)), float(claimed(d=d, kappa=kappa)), at_least=True, error=1e-8)

    return Experiment("exact", f"Gaussian step, |x|^2, kappa = {kappa:g}", d, measure)


def _gains(
    name: str,
    d: int,
    reach: float,
    claimed: Callable[..., Array] = gain,
    law: Law = gaussian,
    kappa: float = 1.0,
    more: float = 1.0,
) -> Experiment:
    """How often a step takes the share reach sigma/R (times `more`) of the gap, against the gain at the least p."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Frequency:
        if name == "cup":
            from scipy.stats import chi2

            problem: Any = Cup(d)
            alpha = 1.0
            p = float(chi2.cdf(d * (1 + 1e-6) ** 2, d)) / 2 if law is gaussian else 0.5
        else:
            problem = _problem(name, d)
            curvature = 1 / problem.R if name == "norm" else problem.L1  # level sets of |x|^2/(2 R)
            alpha = kappa * _slope(problem) / (curvature * np.sqrt(d))
            p = float(acceptance(d=d, kappa=kappa))
        sigma = alpha / np.sqrt(d)
        share = reach * sigma / problem.R
        state, calls = _one_step(problem, relative_loss(radius=alpha, law=law), replicas, seed)
        hits = int(np.sum(state.fx - problem.f_star <= (1 - more * share) * _gap(problem)))
        return Frequency(hits, replicas, float(claimed(p=p, share=share, R=problem.R, sigma=sigma, d=d)), calls)

    replicas = 500 if name == "logistic" else 4000
    label = f"share {more * reach:.3g} sigma/R, kappa = {kappa:g}, {name}, {law.name}"
    return Experiment(_rung(name, d), label, d, measure, replicas, 50_000)


MOST = 20.0  # no fall, in units of gap/(d Q), exceeds it: z would have to pass 7


def _held(name: str, d: int, steps: int = 1, claimed: Callable[..., Array] = held, p: float = 0.2) -> Experiment:
    """Fall of one step times d Q: MOST less that, over MOST, against what the factor leaves."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d)
        alpha = float(held_length(d=d, p=p)) * _slope(problem) / (problem.L1 * np.sqrt(d))
        state, calls = _one_step(problem, relative_loss(radius=alpha), replicas, seed)
        gap = _gap(problem)
        fall = d * problem.Q * (gap - np.maximum(state.fx - problem.f_star, 0)) / gap
        least = d * problem.Q * (1 - float(claimed(d=d, Q=problem.Q, p=p)))
        return Mean(1 - np.minimum(fall, MOST) / MOST, 1 - least / MOST, 1.0, calls)

    replicas = 500 if name == "logistic" else 2500
    return Experiment(_rung(name, d), f"fall of one step, {name}", d, measure, replicas, 60_000)


def _held_exactly(d: int, claimed: Callable[..., Array] = held) -> Experiment:
    """The shipped step on |x|^2, averaged over the law of s_1 by quadrature on the side where it moves."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        problem = Quadratic(np.full(2, 3.0), np.full(2, 0.4), np.array([1.4, 0.4]), -1.0)  # the plane of g and s
        kappa = float(held_length(d=d, p=0.2))
        nodes, weights = np.polynomial.legendre.leggauss(200)
        low, high = kappa / 2, min(np.sqrt(d), 12.0)
        z = (low + high) / 2 + (high - low) / 2 * nodes
        density = np.exp((d - 3) / 2 * np.log1p(-z * z / d)) * acceptance_density(d)
        u = np.stack([-z, np.sqrt(d - z * z)], axis=-1)
        x = np.tile(problem.x0, (len(z), 1))
        fx = problem(x)
        state = State(x, fx, 0 * x, fx * 0 + kappa / np.sqrt(d), 1)
        moved = step(problem, state, Move(u, state.alpha / np.sqrt(d))).fx - problem.f_star
        fall = 1 - moved / _gap(problem)
        weight = weights * density * (high - low) / 2
        mean = float(np.sum(weight * fall))
        return Value(mean, 1 - float(claimed(d=d, Q=1.0, p=0.2)), at_least=True)

    return Experiment("exact", "mean fall of the shipped step on |x|^2, by quadrature", d, measure)


def acceptance_density(d: int) -> float:
    """Density of sqrt(d) s_1 at 0, d >= 2."""
    return float(excess(d, 0.0) * (d - 1) / d)


def _limit(constant: float = HELD, at_least: bool = True) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        d = 10**12
        return Value(float(progress(n=d, kappa=held_length(d=d, p=0.2))), constant, at_least)

    return Experiment("exact", f"c_d {'at least' if at_least else 'at most'} {constant}", 10**12, measure)


def _share_of_best(constant: float) -> Experiment:
    """c_d at acceptance 1/5, as a part of the best c_d."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        d = 10**9
        return Value(float(progress(n=d, kappa=held_length(d=d, p=0.2)) / progress(n=d)), constant, True)

    return Experiment("exact", f"part of the best, at least {constant}", 10**9, measure)


Spoil = Callable[[Radius], Radius]


def _constants(problem: Any, times: float, d: int) -> dict[str, float]:
    """Arguments of `potential` at the start, where sqrt(d) alpha L/sqrt(2 mu gap) = times."""
    gap = _gap(problem)
    alpha = times * float(np.sqrt(2 * problem.mu * gap / d)) / problem.L1
    return {"d": d, "L": problem.L1, "mu": problem.mu, "alpha": alpha, "gap": gap}


def _hits(
    name: str,
    d: int,
    fall: float,
    times: float = 1.0,
    growth: float = GROWTH,
    claimed: Callable[..., Array] = hitting_time,
    spoil: Spoil | None = None,
    law: Law = gaussian,
    label: str = "",
    replicas: int = 60,
    **more: float,
) -> Experiment:
    """Steps until the gap has fallen by exp(-fall); a run is stopped at one and a half times the bound."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean | Quantile:
        problem = _problem(name, d)
        constants = _constants(problem, times, d)
        eps = float(np.exp(-fall)) * constants["gap"]
        bound = float(claimed(**constants, eps=eps, log_growth=float(np.log(growth)), **more))
        radius = one_fifth(constants["alpha"], growth)
        method = relative_loss(radius=spoil(radius) if spoil else radius, law=law)
        last = int(np.ceil(1.5 * bound))
        taken = np.full(replicas, last)
        batch = np.tile(problem.x0, (replicas, 1))
        for t, (state, _) in enumerate(iterate(method, problem, batch, generator(seed))):
            taken = np.where(state.fx - problem.f_star <= eps, np.minimum(taken, t), taken)
            if t == last or np.all(taken <= t):
                break
        if "failure" in more:
            return Quantile(taken, bound, more["failure"], calls=t + 1)
        return Mean(taken.astype(float), bound, calls=t + 1)

    text = label or f"steps to exp(-{fall:g}) of the gap, {name}, start {times:g}, growth {growth:g}"
    return Experiment(_rung(name, d), text, d, measure, replicas, 8 * replicas)


FALLS = 60.0  # what one step takes of the potential is counted up to so many B


def _drifts(
    name: str,
    d: int,
    times: float,
    growth: float = GROWTH,
    B: float = 1.0,
    spoil: Spoil | None = None,
    exponential: bool = False,
    law: Law = gaussian,
) -> Experiment:
    """What one step does to V, in units of B, or to exp(lambda V); sqrt(d) alpha L/sqrt(2 mu gap) = times before it."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d)
        log_growth = float(np.log(growth))
        start = _constants(problem, times, d)
        radius = one_fifth(start["alpha"], growth)
        method = relative_loss(radius=spoil(radius) if spoil else radius, law=law)
        state, calls = _one_step(problem, method, replicas, seed)
        condition = {"d": d, "Q": problem.L1 / problem.mu, "log_growth": log_growth}
        share = (start["gap"] - (state.fx - problem.f_star)) / start["gap"]
        offset = np.log(times) - log_growth  # of log(alpha) before, and after:
        after = offset + np.log(state.alpha / start["alpha"]) - np.log1p(-share) / 2
        sides = adapting(offset=after, log_growth=log_growth) - adapting(offset=offset, log_growth=log_growth)
        rate = float((drift if law is gaussian else drift_fixed_length)(**condition))
        change = np.maximum(np.log1p(-share) / rate + sides, -FALLS)
        if not exponential:
            return Mean((change + FALLS) / FALLS, 1 - B / FALLS, (20 + FALLS) / FALLS, calls)
        _, rate = moment(**condition)
        least = np.expm1(-2 * rate * FALLS)  # lambda B = 2 rate
        samples, bound = np.expm1(2 * rate * change), np.expm1(-B * rate)
        top = np.expm1(2 * rate * 20)
        return Mean(1 - samples / least, float(1 - bound / least), float(1 - top / least), calls)

    what = "exp(lambda V)" if exponential else "potential"
    return Experiment(_rung(name, d), f"{what} after one step, {name}, start {times:g}", d, measure, 1500, 30_000)


# Falsehoods about the rule.


def unchanged(radius: Radius) -> Radius:
    """No adaptation."""
    return replace(radius, after=lambda alpha, accepted: alpha)


def inverted(radius: Radius) -> Radius:
    """Grows where the rule shrinks, up to 1e100."""
    return replace(radius, after=lambda alpha, accepted: np.minimum(radius.after(alpha, ~accepted), 1e100))


def three_fifths(radius: Radius) -> Radius:
    """A 3/5 rule: over growth^(3/2), not growth^(1/4), after a rejected step; down to 1e-100."""

    def after(alpha: Array, accepted: Array) -> Array:
        return np.maximum(alpha * (radius.after(alpha, accepted) / alpha) ** np.where(accepted, 1, 6), 1e-100)

    return replace(radius, after=after)


# --- claims ----------------------------------------------------------------------------------------------------------

RULE = "radius one_fifth(alpha, growth), Gaussian directions, no momentum: the (1+1)-ES"
CONVEX = "f is L-smooth and mu-strongly convex (or convex, with |g|^2 >= 2 mu gap and gap >= mu R^2/2)"


def _not_adapting(*, eps: Array, gap: Array, **constants: Any) -> Array:
    """Return the bound without the steps that adapt the radius."""
    rate = drift(d=constants["d"], Q=constants["L"] / constants["mu"], log_growth=constants["log_growth"])
    return log(gap / eps) / rate


def _control(claim: str, name: str, falsehood: str, experiment: Experiment) -> Control:
    return Control(f"one_fifth.{claim}.{name}", f"one_fifth.{claim}", falsehood, experiment)


CLAIMS = (
    Claim(
        id="one_fifth.success",
        statement="A step of length kappa |g|/(L sqrt(d)) is accepted with probability at least T_d(kappa/2) = "
        "P(sqrt(d) s_1 >= kappa/2), one of length kappa |g|/(mu sqrt(d)) with at most that, both with equality on "
        "|x|^2; a Gaussian step whose root mean square length is the first with at least that too, for d >= 3.",
        source="ours",
        kind="probability",
        provenance="ours",
        assumptions=(
            "f is L-smooth; mu-strongly convex for the upper bound",
            "s uniform on the unit sphere, d >= 2, or u ~ N(0, I), d >= 3 (lower bound only)",
        ),
        bound=acceptance,
        units={"d": (0, 0), "kappa": (0, 0), "return": (0, 0)},
        experiments=(
            *(_accepts_exactly(d, kappa) for d in (3, 10, 100, 1000) for kappa in (1.0, 2.4)),
            *(_accepts(name, d, 1.0) for name, d in (("family", 10), ("logistic", 30))),
            *(_accepts(name, d, 2.4, gaussian) for name, d in (("family", 10), ("logistic", 30), ("hard", 10))),
            *(_accepts(name, d, 2.4, rejects=True) for name, d in (("family", 10), ("hard", 10), ("logistic", 30))),
            *(_accepts("halves", d, kappa, law) for d in DECADES for law in (sphere, gaussian) for kappa in (1.0, 2.4)),
            *(_accepts("halves", d, 0.3, rejects=True) for d in DECADES),
        ),
        controls=(
            *(
                _control(
                    "success",
                    f"half_{d:.0e}".replace("+", ""),
                    "also with probability T_d(kappa/4)",
                    _accepts("hard", d, 2.4, law, lambda d, kappa: acceptance(d=d, kappa=kappa / 2)),
                )
                for d, law in zip(DECADES, (sphere, gaussian) * 2, strict=True)
            ),
            _control(
                "success",
                "power_of_d",
                "also a step of length kappa |g|/L (wrong power of d)",
                _accepts("hard", 100, 10.0, claimed=lambda d, kappa: acceptance(d=d, kappa=kappa / np.sqrt(d))),
            ),
            _control(
                "success",
                "upper_smooth",
                "one of length kappa |g|/(L sqrt(d)) with at most T_d(kappa/2)",
                _accepts("family", 10, 0.2, claimed=lambda d, kappa: acceptance(d=d, kappa=8 * kappa), rejects=True),
            ),
            _control(
                "success",
                "gaussian_upper",
                "a Gaussian step with no more than T_d(kappa/2) on |x|^2",
                _accepts("round", 3, 2.4, gaussian, rejects=True),
            ),
        ),
    ),
    Claim(
        id="one_fifth.gain",
        statement="A Gaussian step that is accepted with probability p leaves at most 1 - share of the gap with "
        "probability at least p^(5/4) ((1 - a)^4 (1 + 4a))^(d/8) exp(-(5/2) (share R/sigma)^2), a = 1 - (1 - share)^2, "
        "for every convex f, smooth or not, and every share < 1; not so a step of fixed length.",
        source="ours",
        kind="probability",
        provenance="ours",
        assumptions=(
            "f is convex, or only f((1 - w) y + w x*) <= (1 - w) f(y) + w f* for 0 < w < 1; x* any minimiser",
            "y = x + sigma u, u ~ N(0, I); p = P(f(y) < f(x))",
        ),
        bound=gain,
        units={"p": (0, 0), "share": (0, 0), "R": (1, 0), "sigma": (1, 0), "d": (0, 0), "return": (0, 0)},
        experiments=(
            *(_gains(name, d, 0.45) for name, d in (("round", 10), ("norm", 10), ("family", 10), ("logistic", 30))),
            *(_gains("cup", d, reach) for d in (3, 10, 100) for reach in (0.1, 0.45)),
            _gains("hard", 3, 0.45, kappa=2.4),
            *(_gains("hard", 10, reach) for reach in (0.1, 0.45)),
            *(_gains("hard", d, 0.45, kappa=kappa) for d in DECADES for kappa in (1.0, 2.4)),
        ),
        controls=(
            *(
                _control(
                    "gain",
                    f"all_{d:.0e}".replace("+", ""),
                    "with probability p",
                    _gains("hard", d, 0.45, lambda p, **_: p),
                )
                for d in DECADES
            ),
            _control("gain", "more", "four times the share, as often", _gains("hard", 10, 0.45, more=4.0)),
            _control("gain", "sphere", "also a step of fixed length", _gains("cup", 10, 0.1, law=sphere)),
            _control(
                "gain",
                "any_share",
                "whatever sigma/R is",
                _gains("hard", 100, 2.0, lambda p, share, R, sigma, d: gain(p=p, share=share, R=0.0, sigma=sigma, d=d)),
            ),
        ),
    ),
    Claim(
        id="one_fifth.progress",
        statement="At the length that on |x|^2 is accepted with probability 1/5, E (f(x+) - f*) <= (1 - c_d/(d Q)) "
        "(f(x) - f*), with equality on |x|^2, and c_d tends to 0.3758 as d grows: 92.8 % of 0.4049, that of the best "
        "length, at which 27 % are accepted.",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(
            "f is L-smooth, |g|^2 >= 2 mu gap; Q = L/mu",
            "s uniform on the unit sphere, the length kappa |g|/(L sqrt(d)) with T_d(kappa/2) = 1/5",
        ),
        bound=held,
        units={"d": (0, 0), "Q": (0, 0), "p": (0, 0), "return": (0, 0)},
        experiments=(
            *(_held_exactly(d) for d in (3, 10, 100, 1000)),
            _limit(),
            _limit(0.3759, at_least=False),
            _share_of_best(0.928),
            *(_held(name, d) for name, d in (("family", 10), ("logistic", 30), ("hard", 10))),
            *(_held("halves", d) for d in DECADES),
        ),
        controls=(
            *(
                _control(
                    "progress",
                    f"most_{d:.0e}".replace("+", ""),
                    "as much where 45 % are accepted",
                    _held("hard", d, claimed=lambda d, Q, p: held(d=d, Q=Q, p=0.2), p=0.45),
                )
                for d in DECADES
            ),
            _control(
                "progress",
                "power_of_d",
                "the factor is 1 - c_d/(sqrt(d) Q)",
                _held("hard", 100, claimed=lambda d, Q, p: factor(n=np.sqrt(d), Q=Q, c=HELD)),
            ),
            _control("progress", "constant", "c_d tends to 0.3759 or more", _limit(0.3759)),
            _control("progress", "best", "94 % of the best", _share_of_best(0.94)),
        ),
    ),
    Claim(
        id="one_fifth.hitting_time",
        statement="The (1+1)-ES with the 1/5 rule and any growth in (1, 2], started with any radius, has E T <= "
        "(log(gap_0/eps) + log(1/(1 - 2.4/(sqrt(5) d Q))))/B + max(9.5 log(kappa/growth), 7.4 log(growth/kappa))/"
        "log(growth) steps T until the gap is at most eps, kappa = sqrt(d) alpha_0 L/sqrt(2 mu gap_0), where B, about "
        "0.0117/(d Q), is the least expected fall of the potential in one step.",
        source="ours; rates of this order without constants: arXiv:1802.03209, arXiv:2209.12467",
        kind="expectation",
        provenance="ours",
        assumptions=(CONVEX, RULE, "d >= 3, 1 < growth <= 2, eps <= gap_0"),
        bound=hitting_time,
        units={
            "d": (0, 0),
            "L": (-2, 1),
            "mu": (-2, 1),
            "alpha": (1, 0),
            "gap": (0, 1),
            "eps": (0, 1),
            "log_growth": (0, 0),
            "return": (0, 0),
        },
        experiments=(
            _hits("round", 3, 1.0),
            _hits("family", 10, 2.0),
            _hits("family", 10, 2.0, growth=2.0),
            _hits("family", 10, 2.0, growth=1.02),
            _hits("logistic", 30, 0.5, replicas=30),
            *(_hits("hard", 10, 2.0, times) for times in (1.0, 1e-6, 1e6)),
            _hits("thin", 3, 0.5),
            _hits("hard", 30, 3.0, growth=2.0, replicas=30),
            _hits("hard", 1000, 0.05, replicas=30),
            *(_drifts("hard", 10, times) for times in (0.3, 0.9, 1.5, 4.0, 30.0)),
            *(_drifts("hard", d, times) for d in DECADES for times in (0.3, 1.5, 4.0)),
            _drifts("halves", 10**6, 0.9),
        ),
        controls=(
            *(
                _control(
                    "hitting_time",
                    f"fixed_{d:.0e}".replace("+", ""),
                    "also for a fixed radius: one step from one far too long",
                    _drifts("hard", d, 30.0, spoil=unchanged),
                )
                for d in DECADES
            ),
            *(
                _control(
                    "hitting_time",
                    f"drift_{d:.0e}".replace("+", ""),
                    "with 30 B in place of B",
                    _drifts("hard", d, 1.5, B=30.0),
                )
                for d in DECADES
            ),
            _control(
                "hitting_time",
                "short",
                "also for a fixed radius, too short",
                _hits("round", 3, 1.0, 1e-6, spoil=unchanged),
            ),
            _control(
                "hitting_time",
                "long",
                "also for a fixed radius, too long",
                _hits("round", 3, 1.0, 1e3, spoil=unchanged),
            ),
            _control(
                "hitting_time",
                "inverted",
                "also for the rule inverted",
                _hits("round", 3, 3.0, growth=2.0, spoil=inverted),
            ),
            _control(
                "hitting_time",
                "target",
                "also for a 3/5 rule",
                _hits("round", 10, 2.0, growth=2.0, spoil=three_fifths),
            ),
            _control(
                "hitting_time",
                "adapting",
                "without the steps that adapt the radius",
                _hits("round", 3, 0.5, 1e-9, growth=1.01, claimed=_not_adapting),
            ),
            _control(
                "hitting_time",
                "power_of_d",
                "a d-th part of the steps does",
                _hits("hard", 1000, 0.2, claimed=lambda **a: hitting_time(**a) / a["d"]),
            ),
            _control(
                "hitting_time",
                "power_of_Q",
                "a Q-th part of the steps does",
                _hits("needle", 3, 0.5, claimed=lambda **a: hitting_time(**a) * a["mu"] / a["L"]),
            ),
        ),
    ),
    Claim(
        id="one_fifth.tail",
        statement="Under the same assumptions, but for probability `failure` the gap is at most eps after 2 (V_0 - "
        "log(eps))/B + (4 M^2/B^2) log(1/failure) steps, M = -log(1 - 2.4/(sqrt(5) d Q)); so it tends to 0 with "
        "probability 1.",
        source="ours",
        kind="probability",
        provenance="ours",
        assumptions=(CONVEX, RULE, "d >= 3, 1 < growth <= 2, eps <= gap_0"),
        bound=tail,
        units={
            "d": (0, 0),
            "L": (-2, 1),
            "mu": (-2, 1),
            "alpha": (1, 0),
            "gap": (0, 1),
            "eps": (0, 1),
            "log_growth": (0, 0),
            "failure": (0, 0),
            "return": (0, 0),
        },
        experiments=(
            _hits("round", 3, 1.0, claimed=tail, failure=0.2),
            _hits("family", 10, 2.0, claimed=tail, failure=0.2),
            *(_hits("hard", 10, 2.0, times, claimed=tail, failure=0.2) for times in (1.0, 1e-6, 1e6)),
            *(_drifts("hard", 10, times, exponential=True) for times in (0.3, 1.5, 30.0)),
            *(_drifts("hard", d, times, exponential=True) for d in DECADES for times in (0.9, 4.0)),
        ),
        controls=(
            *(
                _control(
                    "tail",
                    f"fixed_{d:.0e}".replace("+", ""),
                    "also for a fixed radius: one step from one far too long",
                    _drifts("hard", d, 30.0, spoil=unchanged, exponential=True),
                )
                for d in DECADES
            ),
            _control(
                "tail",
                "rate",
                "with 60 rate in place of rate",
                _drifts("hard", 1000, 1.5, B=60.0, exponential=True),
            ),
            _control(
                "tail",
                "inverted",
                "also for the rule inverted",
                _drifts("hard", 10, 30.0, spoil=inverted, exponential=True),
            ),
        ),
    ),
    Claim(
        id="one_fifth.fixed_length",
        statement="With steps of fixed length, not Gaussian ones, and Q below sqrt(d)/y, T_d(y) = 0.1151, E T <= "
        "(log(gap_0/eps) + 1)/B + max(9.5 log(kappa/growth), 7.4 log(growth/kappa))/log(growth), where B tends to "
        "0.3 W(1.2 Q)/(d Q) as d grows, W(tau) = E max(N(0, 1) - tau, 0): 0.0169/d for Q = 1.",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(
            "f is L-smooth and mu-strongly convex",
            "radius one_fifth(alpha, growth), directions uniform on the sphere, no momentum",
            "d >= 3, Q < sqrt(d)/y, 1 < growth <= 2, eps <= gap_0",
        ),
        bound=fixed_length,
        units={
            "d": (0, 0),
            "L": (-2, 1),
            "mu": (-2, 1),
            "alpha": (1, 0),
            "gap": (0, 1),
            "eps": (0, 1),
            "log_growth": (0, 0),
            "return": (0, 0),
        },
        experiments=(
            _hits("round", 3, 1.0, claimed=fixed_length, law=sphere),
            *(_hits("round", 30, 3.0, times, claimed=fixed_length, law=sphere) for times in (1.0, 1e-6, 1e6)),
            _hits("round", 30, 3.0, growth=2.0, claimed=fixed_length, law=sphere),
            _hits("oval", 30, 3.0, claimed=fixed_length, law=sphere),
            *(_drifts("oval", 10, times, law=sphere) for times in (0.3, 1.5, 4.0)),
            *(_drifts("oval", d, times, law=sphere) for d in DECADES for times in (0.3, 1.5, 30.0)),
        ),
        controls=(
            *(
                _control(
                    "fixed_length",
                    f"fixed_{d:.0e}".replace("+", ""),
                    "also for a fixed radius: one step from one far too long",
                    _drifts("oval", d, 30.0, spoil=unchanged, law=sphere),
                )
                for d in DECADES
            ),
            _control(
                "fixed_length",
                "short",
                "also for a fixed radius, too short",
                _hits("round", 3, 1.0, 1e-6, spoil=unchanged, claimed=fixed_length, law=sphere),
            ),
            _control(
                "fixed_length",
                "inverted",
                "also for the rule inverted",
                _hits("round", 3, 3.0, growth=2.0, spoil=inverted, claimed=fixed_length, law=sphere),
            ),
            _control(
                "fixed_length",
                "power_of_d",
                "a d-th part of the steps does",
                _hits("round", 300, 1.0, claimed=lambda **a: fixed_length(**a) / a["d"], law=sphere),
            ),
        ),
    ),
)

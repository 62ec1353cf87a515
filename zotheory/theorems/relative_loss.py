"""Relative-loss descent without momentum: what is claimed.

Source: this project. One evaluation a step, and nothing of f is used but which of two values is lower.

Notation
--------
d dimension; g gradient at x, in the bounds its length; s uniform on the unit sphere, m_d = E|s_1|, z = sqrt(d) s_1;
alpha radius of a step; f L-smooth; gap f(x) - f*; T steps; J radii on a grid of ratio 2; Q = L/mu with
|g|^2 >= 2 mu (f - f*), for which mu-strong convexity suffices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from math import ceil, log2
from typing import Any

import numpy as np

from zotheory import radii, require
from zotheory.directions import sphere_mean_abs
from zotheory.elementary import Array, exp, is_symbolic, log, namespace, sqrt
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import Always, AtLeast, Frequency, Mean, Value
from zotheory.evidence.reduced import DECADES
from zotheory.methods import Method, relative_loss
from zotheory.methods.relative_loss import Move, State, step
from zotheory.oracles import Expected
from zotheory.problems import HalfSquare, Quadratic, Wavy, block_quadratic, breast_cancer, golovin_family
from zotheory.radii import Radius
from zotheory.run import generator, iterate, run
from zotheory.theorems.gld_search import TRANSFORMS, _Composed, hard_instance, rotated_family
from zotheory.theorems.sample_and_keep import _log_plus_one, excess, progress

LOWEST, OCTAVES = 0.118, 5  # window of radii that counts, [LOWEST, 2^OCTAVES LOWEST] in units of |g|/(L sqrt(d))
CONSTANT = 1.24  # what the radii in that window contribute together: at least this, for every d >= 2 and offset

# --- one step --------------------------------------------------------------------------------------------------------


def decrease(*, alpha: Array, g: Array, L: Array, d: Array) -> Array:
    """Return alpha m_d g/2 - L alpha^2/4: f(x) - E f(x+) is at least this.

    Raises
    ------
    ValueError
        Unless alpha, g > 0, L >= 0 and d >= 1.
    """
    _step(alpha, g, L, d)
    return alpha * sphere_mean_abs(d) * g / 2 - L * alpha**2 / 4


def _step(alpha: Array, g: Array, L: Array, d: Array) -> None:
    """Conditions of one step."""
    require.positive(alpha=alpha, g=g)
    require.nonnegative(L=L)
    require.at_least(1, d=d)


def decrease_sharp(*, alpha: Array, g: Array, L: Array, d: Array) -> Array:
    """Return alpha g E max(s_1 - tau, 0), tau = L alpha/(2 g): f(x) - E f(x+) is at least this; equal on L|x|^2/2.

    Raises
    ------
    ValueError
        As `decrease`.
    """
    _step(alpha, g, L, d)
    return alpha * g / np.sqrt(d) * excess(d, np.sqrt(d) * L * alpha / (2 * g))


def best_radius(*, g: Array, L: Array, d: Array) -> Array:
    """m_d g/L, at which `decrease` is largest: m_d^2 g^2/(4 L).

    Raises
    ------
    ValueError
        Unless g, L > 0 and d >= 1.
    """
    require.positive(g=g, L=L)
    require.at_least(1, d=d)
    return sphere_mean_abs(d) * g / L


# --- smooth ----------------------------------------------------------------------------------------------------------


def mean_gradient(*, T: Array, gap: Array, alpha: Array, L: Array, d: Array) -> Array:
    """2 gap/(alpha m_d T) + L alpha/(2 m_d), gap = f(x_0) - inf f: E of the mean of |grad f| at x_0..x_{T-1} is below.

    Raises
    ------
    ValueError
        Unless T, d >= 1, gap, alpha > 0 and L >= 0.
    """
    require.at_least(1, T=T, d=d)
    require.positive(gap=gap, alpha=alpha)
    require.nonnegative(L=L)
    m = sphere_mean_abs(d)
    return 2 * gap / (alpha * m * T) + L * alpha / (2 * m)


def stationary_radius(*, T: Array, gap: Array, L: Array) -> Array:
    """2 sqrt(gap/(L T)), at which `mean_gradient` is least: (2/m_d) sqrt(L gap/T).

    Raises
    ------
    ValueError
        Unless T >= 1 and gap, L > 0.
    """
    require.at_least(1, T=T)
    require.positive(gap=gap, L=L)
    return 2 * sqrt(gap / (L * T))


def best_mean_gradient(*, T: Array, gap: Array, L: Array, d: Array) -> Array:
    """(2/m_d) sqrt(L gap/T): `mean_gradient` at `stationary_radius`.

    Raises
    ------
    ValueError
        Unless T, d >= 1 and gap, L > 0.
    """
    return mean_gradient(T=T, gap=gap, alpha=stationary_radius(T=T, gap=gap, L=L), L=L, d=d)


# --- convex ----------------------------------------------------------------------------------------------------------


def convex_floor(*, alpha: Array, R: Array, L: Array, d: Array) -> Array:
    """L alpha R/(2 m_d), where a fixed radius stops.

    Raises
    ------
    ValueError
        Unless alpha, R > 0, L >= 0 and d >= 1.
    """
    require.positive(alpha=alpha, R=R)
    require.nonnegative(L=L)
    require.at_least(1, d=d)
    return L * alpha * R / (2 * sphere_mean_abs(d))


def convex_gap(*, T: Array, gap: Array, alpha: Array, R: Array, L: Array, d: Array) -> Array:
    """Return floor + (1 - alpha m_d/(2 R))^T (gap - floor), floor = `convex_floor`: E f(x_T) - f* is at most this.

    No point of the level set {f <= f(x_0)} is farther than R from a minimiser; gap = f(x_0) - f*.

    Raises
    ------
    ValueError
        Unless T, d >= 1, gap, alpha, R > 0, L >= 0 and alpha <= 2 R/m_d.
    """
    require.at_least(1, T=T)
    require.positive(gap=gap)
    floor = convex_floor(alpha=alpha, R=R, L=L, d=d)
    share = alpha * sphere_mean_abs(d) / (2 * R)
    if not is_symbolic(share) and np.any(np.asarray(share) > 1):
        raise ValueError(f"alpha must be at most 2 R/m_d, got {alpha!r} with R = {R!r}")
    return floor + _left(share, T) * (gap - floor)


def _left(share: Array, T: Array) -> Array:
    """(1 - share)^T, to full precision for a tiny share."""
    if is_symbolic(share, T):
        return (1 - share) ** T
    with np.errstate(divide="ignore"):
        return exp(T * _log_plus_one(-share))


def convex_radius(*, eps: Array, R: Array, L: Array, d: Array) -> Array:
    """m_d eps/(L R), whose floor is eps/2.

    Raises
    ------
    ValueError
        Unless eps, R, L > 0 and d >= 1.
    """
    require.positive(eps=eps, R=R, L=L)
    require.at_least(1, d=d)
    return sphere_mean_abs(d) * eps / (L * R)


def convex_steps(*, eps: Array, gap: Array, R: Array, L: Array, d: Array) -> Array:
    """(2 L R^2/(m_d^2 eps)) log(2 gap/eps) steps of `convex_radius` bring the expected gap down to eps.

    Raises
    ------
    ValueError
        Unless eps, gap, R, L > 0, d >= 1 and eps < 2 gap.
    """
    require.positive(gap=gap)
    share = convex_radius(eps=eps, R=R, L=L, d=d) * sphere_mean_abs(d) / (2 * R)
    require.positive(**{"2 gap - eps": 2 * gap - eps})
    return log(2 * gap / eps) / share


# --- gradient dominated, a grid of radii -----------------------------------------------------------------------------


def share(*, Q: Array, d: Array, J: Array) -> Array:
    """(4/9) m_d^2/(Q J): a step takes this share of the gap, if one of its radii is within 2/3 and 4/3 of m_d g/L.

    Raises
    ------
    ValueError
        Unless Q, d, J >= 1.
    """
    require.at_least(1, Q=Q, d=d, J=J)
    return 4 * sphere_mean_abs(d) ** 2 / (9 * Q * J)


def share_sharp(*, Q: Array, d: Array, J: Array) -> Array:
    """1.24/(d Q J): a step takes this share of the gap, if the OCTAVES radii from LOWEST g/(L sqrt(d)) on are there.

    Raises
    ------
    ValueError
        Unless Q, J >= 1 and d >= 2.
    """
    require.at_least(1, Q=Q, J=J)
    require.at_least(2, d=d)
    return CONSTANT / (d * Q * J)


def gap_left(*, T: Array, gap: Array, Q: Array, d: Array, J: Array) -> Array:
    """(1 - share)^T gap: E of the gap after T steps, where that is above eps, is at most this; gap = f(x_0) - f*.

    Raises
    ------
    ValueError
        Unless T, Q, d, J >= 1 and gap > 0.
    """
    require.at_least(1, T=T)
    require.positive(gap=gap)
    return _left(share(Q=Q, d=d, J=J), T) * gap


def gap_left_sharp(*, T: Array, gap: Array, Q: Array, d: Array, J: Array) -> Array:
    """(1 - share_sharp)^T gap: the same, of `wide_grid`.

    Raises
    ------
    ValueError
        Unless T, Q, J >= 1, d >= 2 and gap > 0.
    """
    require.at_least(1, T=T)
    require.positive(gap=gap)
    return _left(share_sharp(Q=Q, d=d, J=J), T) * gap


def grid_steps(*, eps: Array, p: Array, gap: Array, Q: Array, d: Array, J: Array) -> Array:
    """log(gap/(eps p))/share steps: then P(f(x_T) - f* > eps) <= p, by Markov's inequality.

    Raises
    ------
    ValueError
        Unless eps, gap > 0, 0 < p < 1, Q, d, J >= 1 and eps < gap.
    """
    return _steps(eps, p, gap) / share(Q=Q, d=d, J=J)


def grid_steps_sharp(*, eps: Array, p: Array, gap: Array, Q: Array, d: Array, J: Array) -> Array:
    """log(gap/(eps p))/share_sharp steps: the same, of `wide_grid`.

    Raises
    ------
    ValueError
        As `grid_steps`, and d >= 2.
    """
    return _steps(eps, p, gap) / share_sharp(Q=Q, d=d, J=J)


def _steps(eps: Array, p: Array, gap: Array) -> Array:
    require.positive(eps=eps, gap=gap)
    require.between(0, 1, p=p)
    require.positive(**{"gap - eps": gap - eps})
    return log(gap / (eps * p))


def octaves(*, eps: float, gap: float, Q: float) -> int:
    """log2(Q gap/eps)/2, rounded up, at least 1: by so many factors 2 the best radius may shrink until the gap is eps.

    Raises
    ------
    ValueError
        Unless eps, gap > 0 and Q >= 1.
    """
    require.positive(eps=eps, gap=gap)
    require.at_least(1, Q=Q)
    return max(1, ceil(log2(Q * gap / eps) / 2))


def grid(*, eps: float, gap: float, Q: float, L: float, d: float) -> Radius:
    """Radii of `gap_left`: J = `octaves` of them, the largest (2/3) m_d sqrt(2 gap/L).

    Raises
    ------
    ValueError
        Unless eps, gap, L > 0 and Q, d >= 1.
    """
    J = octaves(eps=eps, gap=gap, Q=Q)
    return radii.log_uniform(float(2 * best_radius(g=np.sqrt(2 * L * gap), L=L, d=d) / 3), J)


def wide_grid(*, eps: float, gap: float, Q: float, L: float, d: float) -> Radius:
    """Radii of `gap_left_sharp`: OCTAVES - 1 more than `octaves`, the largest LOWEST 2^(OCTAVES-1) sqrt(2 gap/(L d)).

    Raises
    ------
    ValueError
        Unless eps, gap, L > 0, Q >= 1 and d >= 2.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 10)
    >>> gap = f(f.x0) - f.f_star
    >>> where = {"eps": 1e-3 * gap, "gap": gap, "Q": f.Q, "d": f.d}
    >>> J = octaves(eps=where["eps"], gap=gap, Q=f.Q) + OCTAVES - 1
    >>> steps = int(grid_steps_sharp(p=0.1, J=J, **where)) + 1
    >>> method = zo.relative_loss(radius=wide_grid(L=f.L1, **where))
    >>> result = zo.run(method, f, steps=steps, seed=1)
    >>> J, steps, bool(result.values[-1] <= where["eps"])
    (11, 6537, True)
    """
    require.positive(L=L)
    require.at_least(2, d=d)
    J = octaves(eps=eps, gap=gap, Q=Q) + OCTAVES - 1
    return radii.log_uniform(float(LOWEST * 2 ** (OCTAVES - 1) * np.sqrt(2 * gap / (L * d))), J)


def grid_progress(*, d: Array, kappa: Array, J: Array = OCTAVES) -> Array:
    """Sum of c_d(2^j kappa), j < J: what steps of these lengths take, in units of g/(L sqrt(d)) and of gap/(d Q).

    c_d is `zotheory.theorems.sample_and_keep.progress`. For kappa in [LOWEST, 2 LOWEST] and d >= 2 at least CONSTANT;
    summed over all integers j, its mean over log(kappa) is 1/log(2), for every d.

    Raises
    ------
    ValueError
        Unless d, J >= 1 and kappa > 0.
    """
    require.at_least(1, d=d, J=J)
    require.positive(kappa=kappa)
    lengths = (kappa * 2.0**j for j in range(int(np.max(J))))
    parts = [np.where(j < np.asarray(J), progress(n=d, kappa=length), 0.0) for j, length in enumerate(lengths)]
    return np.sum(np.broadcast_arrays(*parts), axis=0)


# --- invariance ------------------------------------------------------------------------------------------------------


def radius_after(*, alpha: Array, growth: Array, accepted: Array, rejected: Array) -> Array:
    """Return alpha growth^(accepted - rejected/4): the radius of the 1/5 rule, which knows values by comparisons alone.

    Raises
    ------
    ValueError
        Unless alpha > 0, growth > 1 and accepted, rejected >= 0.
    """
    require.positive(alpha=alpha)
    require.at_least(1, growth=growth)
    require.nonnegative(accepted=accepted, rejected=rejected)
    return alpha * growth ** (accepted - rejected / 4)


# --- experiments -----------------------------------------------------------------------------------------------------

BASE = relative_loss(radius=1.0)  # what reduced coordinates need to know of the method
MOST = 30.0  # falls are cut off at so many times what is claimed, which only lowers their mean


@dataclass(frozen=True, eq=False)
class Slope:
    """f(x) = L x_1^2/2 for |x_1| <= w, its tangent line beyond: the gradient changes only where the fall is used up.

    Starts at x_1 = R.
    """

    d: int
    L1: float
    w: float
    R: float = 1.0

    f_star = 0.0

    def __call__(self, x: Array) -> Array:
        """F at points (..., d)."""
        xp = namespace(x)
        far = abs(x[..., 0])
        near = xp.minimum(far, far * 0 + self.w)
        return self.L1 * near * (far - near / 2)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient at points (..., d)."""
        return self.L1 * np.clip(x, -self.w, self.w) * (np.arange(self.d) == 0)

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return self.R * np.eye(1, self.d)[0]


def _problem(name: str, d: int) -> Any:
    if d in DECADES:
        half = d // 2
        blocks = {"halves": ((1.0, 10.0), (half, half)), "hard": ((1.0, 10.0), (1, d - 1))}[name]
        return reduced.reduce(lambda width: block_quadratic(*blocks, start=(1.0, 0.0), width=width), blocks[1], BASE)
    if name == "logistic":
        return Expected(breast_cancer())  # all rows of the data, not one
    if name == "wavy":
        return Wavy(d, c=0.3, f_star=-1.0)
    if name == "orthant":
        return HalfSquare(d, active=2, L1=2.0, c=0.3)
    if name == "slope":
        return Slope(d, L1=20.0, w=0.05)
    return rotated_family(d) if name == "family" else hard_instance(d, 10.0)


def _gap(problem: Any) -> float:
    return float(problem(problem.x0)) - problem.f_star


def _slope(problem: Any) -> float:
    return float(np.linalg.norm(problem.gradient(problem.x0)))


def _rung(name: str, d: int) -> str:
    return "reduced" if d in DECADES else "worst case" if name in ("hard", "slope") else "measured"


def keep_the_higher(f: Any, state: State, move: Move) -> State:
    """The sign bug: move if the loss is higher there."""
    after = step(lambda x: -f(x), state._replace(fx=-state.fx), move)
    return after._replace(fx=-after.fx)


def accept_anything(f: Any, state: State, move: Move) -> State:
    """Compare nothing: take every step."""
    return step(f, state._replace(fx=state.fx + np.inf), move)


def _falls(
    name: str,
    d: int,
    label: str,
    method: Callable[[Any], Method],
    claimed: Callable[[Any], float],
    steps: int = 1,
    replicas: int = 1600,
) -> Experiment:
    """f(x_0) - f(x_T), in units of what is claimed."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> AtLeast:
        problem = _problem(name, d)
        result = run(method(problem), problem, steps=steps, replicas=replicas, seed=seed, record=[0, steps])
        falls = (result.values[0] - result.values[1]) / claimed(problem)
        most = MOST if steps == 1 else MOST / 2
        return AtLeast(np.clip(falls, 0, most), 1.0, most, result.calls)

    if name == "logistic":
        replicas //= 2  # 569 rows for every value
    return Experiment(_rung(name, d), label, d, measure, replicas, 15 * replicas)


def _step_of(problem: Any, times: float) -> dict[str, float]:
    """Arguments of `decrease` at the start, the radius so many times the best."""
    g = _slope(problem)
    alpha = times * float(best_radius(g=g, L=problem.L1, d=problem.d))
    return {"alpha": alpha, "g": g, "L": problem.L1, "d": problem.d}


def _one_step(
    name: str,
    d: int,
    bound: Callable[..., Array] = decrease,
    times: float = 1.0,
    step: Callable[..., State] | None = None,
    replicas: int = 1600,
) -> Experiment:
    def method(problem: Any) -> Method:
        shipped = relative_loss(radius=_step_of(problem, times)["alpha"])
        return shipped if step is None else replace(shipped, step=step)

    label = f"fall of one step, {times:g} times the best radius, {name}"
    return _falls(name, d, label, method, lambda problem: float(bound(**_step_of(problem, times))), 1, replicas)


@cache
def _gauss() -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.legendre.leggauss(200)
    return nodes, weights


def mean_fall(problem: Any, d: int, alpha: float, tau: float) -> float:
    """Expected fall of the shipped step of length alpha, d >= 2, where it moves only if s_1 > tau.

    By quadrature over the angle of the step on that side. Only the plane of g and s matters, in which the problem is
    given, its gradient at x0 along the first axis.
    """
    if tau >= 1:
        return 0.0
    nodes, weights = _gauss()
    low, high = np.arcsin(tau), np.arcsin(min(1.0, tau + 12 / np.sqrt(d)))
    angle = (low + high) / 2 + (high - low) / 2 * nodes
    density = sphere_mean_abs(d) * (d - 1) / 2 * np.cos(angle) ** (d - 2)
    u = np.sqrt(d) * np.stack([-np.sin(angle), np.cos(angle)], axis=-1)
    x = np.tile(problem.x0, (len(angle), 1))
    start = State(x, problem(x), 0 * x, np.full(len(angle), alpha), 1)
    after = step(problem, start, Move(u, start.alpha / np.sqrt(d)))
    return float(np.sum(weights * density * (start.fx - after.fx)) * (high - low) / 2)


def exact_fall(d: int, kappa: float) -> float:
    """Return d times the mean relative fall of the shipped step of length kappa |g|/(L sqrt(d)) on 3|x|^2/2, d >= 2."""
    problem = Quadratic(np.full(2, 3.0), np.full(2, 0.4), np.array([1.4, 0.4]), -1.0)
    alpha = kappa / np.sqrt(d)
    return d * mean_fall(problem, d, alpha, alpha / 2) / _gap(problem)


def _one_step_exactly(d: int, bound: Callable[..., Array] = decrease, times: float = 1.0) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        kappa = times * float(sphere_mean_abs(d)) * np.sqrt(d)
        claimed = bound(alpha=kappa / np.sqrt(d), g=3.0, L=3.0, d=d)
        return Value(exact_fall(d, kappa) * 1.5 / d, float(claimed), at_least=True, error=1e-9)  # the gap is 3/2

    return Experiment("exact", f"mean fall of the shipped step, {times:g} times the best radius, L|x|^2/2", d, measure)


def _walk(
    problem: Any, method: Method, T: int, replicas: int, seed: np.random.SeedSequence
) -> tuple[np.ndarray, np.ndarray, int]:
    """Sum of |grad f| at x_0..x_{T-1}, the gap at x_T, and the evaluations of one replica."""
    total, calls = np.zeros(replicas), 0
    start = np.tile(problem.x0, (replicas, 1))
    for t, (state, counted) in enumerate(iterate(method, problem, start, generator(seed))):
        calls = counted.calls
        if t == T:
            break
        total += np.linalg.norm(problem.gradient(state.x), axis=-1)
    return total, state.fx - problem.f_star, calls


def _gradients(
    name: str,
    d: int,
    T: int,
    bound: Callable[..., Array] = mean_gradient,
    times: float = 1.0,
    step: Callable[..., State] | None = None,
    replicas: int = 500,
) -> Experiment:
    """Mean of |grad f| along a run, the radius so many times `stationary_radius`."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d)
        gap, L = _gap(problem), problem.L1
        alpha = times * float(stationary_radius(T=T, gap=gap, L=L))
        method = relative_loss(radius=alpha)
        method = method if step is None else replace(method, step=step)
        total, _, calls = _walk(problem, method, T, replicas, seed)
        limit = float(bound(T=T, gap=gap, alpha=alpha, L=L, d=d))
        ceiling = L * problem.w if name == "slope" else np.sqrt(2 * L * gap)
        return Mean(total / T, limit, None if step else ceiling, calls)

    label = f"mean of |grad f| over {T} steps, {times:g} times the best radius, {name}"
    return Experiment(_rung(name, d), label, d, measure, replicas, 10 * replicas)


def _paid(d: int, half: float = 1.0, power: float = 1.0, T: int = 20) -> Experiment:
    """The fall pays for the gradients: fall - (alpha m_d/2) sum |grad f| + T L alpha^2/4 >= 0 on average.

    This is `mean_gradient` before f(x_T) >= inf f is used, which leaves nothing to see in so few steps. Shifted by the
    most that the sum can be, sqrt(2 L gap) a step. Controls change the price alpha m_d/2.
    """

    def measure(replicas: int, seed: np.random.SeedSequence) -> AtLeast:
        problem = _problem("halves", d)
        gap, L = _gap(problem), problem.L1
        where = _step_of(problem, 1.0)
        total, left, calls = _walk(problem, relative_loss(radius=where["alpha"]), T, replicas, seed)
        price = half * where["alpha"] * float(sphere_mean_abs(d)) ** power / 2
        most = price * T * np.sqrt(2 * L * gap)
        claimed = most - T * L * where["alpha"] ** 2 / 4
        paid = (gap - left - price * total + most) / claimed
        return AtLeast(np.clip(paid, 0, 3.0), 1.0, 3.0, calls)

    return Experiment("reduced", f"the fall of {T} steps pays for the gradients, shifted", d, measure, 600, 15_000)


def _reach(name: str, problem: Any) -> float:
    """No point of the level set of x0 is farther than this from a minimiser."""
    if name == "orthant":
        return float(np.sqrt(2 * _gap(problem) / problem.L1))  # f = L dist^2/2
    return problem.R if name == "slope" else float(np.sqrt(2 * _gap(problem) / problem.mu))


def _convex(name: str, problem: Any, eps: float) -> dict[str, float]:
    """Arguments of `convex_gap` but T, the radius that of a floor eps gap/2."""
    gap, R, L, d = _gap(problem), _reach(name, problem), problem.L1, problem.d
    return {"gap": gap, "alpha": float(convex_radius(eps=eps * gap, R=R, L=L, d=d)), "R": R, "L": L, "d": d}


def _convex_run(
    name: str,
    d: int,
    T: int | None,
    eps: float = 0.1,
    bound: Callable[..., Array] = convex_gap,
    step: Callable[..., State] | None = None,
    replicas: int = 300,
    factor: float = 1.0,
) -> Experiment:
    """Gap after T steps; None: after `convex_steps`, against eps."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d)
        where = _convex(name, problem, eps)
        gap = where["gap"]
        method = relative_loss(radius=where["alpha"] * factor)
        method = method if step is None else replace(method, step=step)
        steps, limit = T, 0.0
        if steps is None:
            steps = ceil(convex_steps(eps=eps * gap, gap=gap, R=where["R"], L=where["L"], d=where["d"]))
            limit = eps * gap
        else:
            limit = float(bound(T=steps, **where))
        result = run(method, problem, steps=steps, replicas=replicas, seed=seed, record=[steps])
        left = np.maximum(result.values[0] - problem.f_star, 0)
        return Mean(left, limit, None if step else gap, result.calls)

    if name == "logistic":
        replicas //= 5
    label = f"gap after {'convex_steps' if T is None else T} steps to {eps:g} of the gap, {name}"
    return Experiment(_rung(name, d), label, d, measure, replicas, 10 * replicas)


def _convex_exactly(d: int, bound: Callable[..., Array] = convex_gap) -> Experiment:
    """The fall of one short step on an almost straight slope, which the bound meets but for eps/2."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        problem = Slope(2, L1=1000.0, w=0.001)
        where = _convex("slope", problem, 0.01) | {"d": d}
        alpha = float(convex_radius(eps=0.01 * where["gap"], R=problem.R, L=problem.L1, d=d))
        claimed = where["gap"] - float(bound(T=1, **where | {"alpha": alpha}))
        return Value(mean_fall(problem, d, alpha, 0.0), claimed, at_least=True, error=1e-9)

    return Experiment("exact", "fall of a short step on a straight slope", d, measure)


def _convex_falls(
    name: str, d: int, bound: Callable[..., Array] = convex_gap, T: int = 20, eps: float = 0.5, replicas: int = 600
) -> Experiment:
    def claimed(problem: Any) -> float:
        where = _convex(name, problem, eps)
        return where["gap"] - float(bound(T=T, **where))

    def method(problem: Any) -> Method:
        return relative_loss(radius=_convex(name, problem, eps)["alpha"])

    return _falls(name, d, f"fall of {T} steps, {name}", method, claimed, T, replicas)


Grid = Callable[..., Radius]


def _grid_of(problem: Any, rule: Grid, eps: float) -> tuple[Radius, dict[str, float]]:
    """The grid for a fall of the gap by eps, and the arguments of `gap_left` but T."""
    gap, Q = _gap(problem), float(problem.Q)
    radius = rule(eps=eps * gap, gap=gap, Q=Q, L=problem.L1, d=problem.d)
    J = octaves(eps=eps * gap, gap=gap, Q=Q) + (OCTAVES - 1 if rule is wide_grid else 0)
    return radius, {"gap": gap, "Q": Q, "d": problem.d, "J": J}


def _grid_run(
    name: str,
    d: int,
    T: int,
    bound: Callable[..., Array] = gap_left,
    rule: Grid = grid,
    eps: float = 0.01,
    replicas: int = 300,
) -> Experiment:
    """Gap after T steps where it is above eps."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d)
        radius, where = _grid_of(problem, rule, eps)
        result = run(relative_loss(radius=radius), problem, steps=T, replicas=replicas, seed=seed, record=[T])
        left = result.values[0] - problem.f_star
        gap, limit = where["gap"], float(bound(T=T, **where))
        return Mean(np.where(left > eps * gap, left, 0.0), limit, gap, result.calls)

    if name == "logistic":
        replicas //= 3
    label = f"gap after {T} steps where above {eps:g} of the first, {name}"
    return Experiment(_rung(name, d), label, d, measure, replicas, 10 * replicas)


def _grid_falls(
    name: str,
    d: int,
    bound: Callable[..., Array] = gap_left,
    rule: Grid = grid,
    eps: float = 0.01,
    shift: float = 1.0,
    step: Callable[..., State] | None = None,
    T: int = 20,
) -> Experiment:
    def claimed(problem: Any) -> float:
        where = _grid_of(problem, rule, eps)[1]
        return where["gap"] - float(bound(T=T, **where))

    def method(problem: Any) -> Method:
        radius = _grid_of(problem, rule, eps)[0]
        shipped = relative_loss(radius=replace(radius, first=radius.first * shift))
        return shipped if step is None else replace(shipped, step=step)

    return _falls(name, d, f"fall of {T} steps, {name}", method, claimed, T, 600)


def _reaching(
    name: str,
    d: int,
    rule: Grid,
    count: Callable[..., Array],
    p: float = 0.2,
    eps: float = 0.2,
    shift: float = 1.0,
    replicas: int = 300,
) -> Experiment:
    """How often the gap is down to eps after `count` steps."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Frequency:
        problem = _problem(name, d)
        radius, where = _grid_of(problem, rule, eps)
        steps = ceil(count(eps=eps * where["gap"], p=p, **where))
        method = relative_loss(radius=replace(radius, first=radius.first * shift))
        result = run(method, problem, steps=steps, replicas=replicas, seed=seed, record=[steps])
        hits = result.values[0] - problem.f_star <= eps * where["gap"]
        return Frequency(int(hits.sum()), replicas, 1 - p, result.calls)

    return Experiment(_rung(name, d), f"gap down to {eps:g} of the first in time, {name}", d, measure, replicas, 3000)


def _share_exactly(d: int, bound: Callable[..., Array] = share) -> Experiment:
    """One radius, at either end of its window: the fall on L|x|^2/2."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        ends = np.array([2, 4]) / 3 * float(sphere_mean_abs(d)) * np.sqrt(d)
        least = min(exact_fall(d, float(kappa)) for kappa in ends) / d
        return Value(least, float(bound(Q=1.0, d=d, J=1)), at_least=True, error=1e-9)

    return Experiment("exact", "fall at the ends of the window, L|x|^2/2", d, measure)


def _grid_exactly(d: int, constant: float = CONSTANT) -> Experiment:
    """OCTAVES radii at the worst of 9 offsets: the shipped step on L|x|^2/2, or the closed form in large dimension."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        offsets = LOWEST * 2 ** np.linspace(0, 1, 9)
        if d > 10**3:
            return Value(float(np.min(grid_progress(d=d, kappa=offsets))), constant, at_least=True)
        worst = min(sum(exact_fall(d, kappa * 2.0**j) for j in range(OCTAVES)) for kappa in offsets)
        return Value(float(worst), constant, at_least=True, error=1e-9)

    return Experiment("exact", "progress of the window at the worst of 9 offsets, L|x|^2/2", d, measure)


def _every_offset(d: int) -> Experiment:
    """Mean over the offset of the sum over all radii, against 1/log(2), from below and above at once."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        kappas = 2.0 ** np.arange(-40, 12, 1 / 64)  # the trapezium rule over the logarithm
        mean = float(np.sum(progress(n=d, kappa=kappas))) / 64
        return Value(abs(mean * np.log(2) - 1), 1e-5)

    return Experiment("exact", "mean over the offset of the sum over all radii, off 1/log 2", d, measure)


RULES: dict[str, Callable[[float], Any]] = {
    "fixed": radii.fixed,
    "decaying": lambda alpha: lambda t: alpha / t**0.5,
    "log-uniform": lambda alpha: radii.log_uniform(4 * alpha, 5),
    "1/5": radii.one_fifth,
}


def _invariance(
    rule: str, transform: str, d: int, beta: float = 0.0, spoil: Callable[[Method], Method] | None = None
) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Always:
        problem: Any = _problem("hard", d) if d in DECADES else golovin_family(1, 8, d, minimiser=0.3)
        alpha = _step_of(problem, 1.0)["alpha"]
        method = relative_loss(radius=RULES[rule](alpha), beta=beta, gain=2.0)
        method = spoil(method) if spoil else method
        one, two = (
            run(method, p, steps=20, replicas=replicas, seed=seed, record=[20])
            for p in (problem, _Composed(problem, TRANSFORMS[transform]))
        )
        return Always(1 + np.any(one.x != two.x, axis=-1), calls=one.calls + two.calls)

    label = f"same points under {transform}, {rule} radius" + (f", momentum {beta:g}" if beta else "")
    return Experiment("reduced" if d in DECADES else "measured", label, d, measure, 1500, 15_000)


def sufficient_decrease(f: Any, state: State, move: Move) -> State:
    """Accept only a decrease of 0.01: values enter, not comparisons alone."""
    after = step(f, state._replace(fx=state.fx - 0.01), move)
    moved = np.any(after.x != state.x, axis=-1)
    return after._replace(fx=np.where(moved, after.fx, state.fx))


def weighted(h: float) -> Callable[[Method], Method]:
    """The value-weighted form: it moves by the relative loss."""
    return lambda method: relative_loss(radius=0.1, h=h)


# --- claims ----------------------------------------------------------------------------------------------------------

SMOOTH = "f is L-smooth; convexity is not asked for"
METHOD = "relative-loss descent with directions on the sphere and without momentum; f is deterministic"
DOMINATED = "f is L-smooth, |grad f|^2 >= 2 mu (f - f*) (so if it is mu-strongly convex); Q = L/mu"


def _control(of: str, name: str, falsehood: str, experiment: Experiment) -> Control:
    return Control(f"relative_loss.{of}.{name}", f"relative_loss.{of}", falsehood, experiment)


def _per_decade(of: str, name: str, falsehood: str, experiment: Callable[[int], Experiment]) -> tuple[Control, ...]:
    """One control for each of the decades."""
    return tuple(_control(of, f"{name}_{d:.0e}".replace("+", ""), falsehood, experiment(d)) for d in DECADES)


CLAIMS = (
    Claim(
        id="relative_loss.decrease",
        statement="A step of radius alpha has E f(x+) <= f(x) - alpha m_d |g|/2 + L alpha^2/4, "
        "m_d = Gamma(d/2)/(sqrt(pi) Gamma((d+1)/2)); best at alpha = m_d |g|/L.",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(SMOOTH, METHOD, "g = grad f(x) is not 0"),
        bound=decrease,
        units={"alpha": (1, 0), "g": (-1, 1), "L": (-2, 1), "d": (0, 0), "return": (0, 1)},
        experiments=(
            *(_one_step_exactly(d, times=times) for d in (2, 3, 10, 1000) for times in (0.001, 1.0)),
            _one_step("family", 10),
            _one_step("wavy", 8),
            _one_step("logistic", 30),
            _one_step("hard", 10),
            *(_one_step("halves", d) for d in DECADES),
        ),
        controls=(
            _control(
                "decrease",
                "two_sided",
                "falls by alpha m_d |g| - L alpha^2/4 (both half-spaces, as three points)",
                _one_step("family", 10, lambda alpha, g, L, d: decrease(alpha=alpha, g=2 * g, L=L, d=d)),
            ),
            _control(
                "decrease",
                "no_curvature",
                "falls by alpha m_d |g|/2 for every alpha",
                _one_step("hard", 10, lambda alpha, g, L, d: decrease(alpha=alpha, g=g, L=0.0, d=d), times=2.0),
            ),
            _control(
                "decrease",
                "sign",
                "moving where the loss is higher does as well (sign bug)",
                _one_step("family", 10, step=keep_the_higher),
            ),
            *_per_decade(
                "decrease",
                "power",
                "m_d of order d^(-1/4) (wrong power of d)",
                lambda d: _one_step("halves", d, lambda alpha, g, L, d: decrease(alpha=alpha, g=g, L=L, d=np.sqrt(d))),
            ),
        ),
    ),
    Claim(
        id="relative_loss.decrease_sharp",
        statement="A step of radius alpha has f(x) - E f(x+) >= alpha |g| E max(s_1 - tau, 0), tau = L alpha/(2 |g|), "
        "with equality on L|x|^2/2; it is at least alpha m_d |g|/2 - L alpha^2/4.",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(SMOOTH, METHOD, "g = grad f(x) is not 0"),
        bound=decrease_sharp,
        units={"alpha": (1, 0), "g": (-1, 1), "L": (-2, 1), "d": (0, 0), "return": (0, 1)},
        experiments=(
            *(_one_step_exactly(d, decrease_sharp, times) for d in (2, 3, 10, 1000) for times in (0.5, 1.0, 2.0)),
            _one_step("family", 10, decrease_sharp, replicas=4000),
            _one_step("wavy", 8, decrease_sharp),
            _one_step("logistic", 30, decrease_sharp, 2.0, replicas=3000),
            _one_step("hard", 3, decrease_sharp, 1.5, replicas=4000),
            *(_one_step("halves", d, decrease_sharp, times) for d in DECADES for times in (2.0, 3.0)),
        ),
        controls=(
            _control(
                "decrease_sharp",
                "thousandth",
                "falls by a thousandth more",
                _one_step_exactly(10, lambda **a: 1.001 * decrease_sharp(**a)),
            ),
            _control(
                "decrease_sharp",
                "half_threshold",
                "tau = L alpha/(4 |g|)",
                _one_step(
                    "hard",
                    10,
                    lambda alpha, g, L, d: decrease_sharp(alpha=alpha, g=g, L=L / 2, d=d),
                    2.0,
                    replicas=4000,
                ),
            ),
            _control(
                "decrease_sharp",
                "sign",
                "moving where the loss is higher does as well (sign bug)",
                _one_step("family", 10, decrease_sharp, step=keep_the_higher),
            ),
            *_per_decade(
                "decrease_sharp",
                "power",
                "s_1 of order d^(-1/4) (wrong power of d)",
                lambda d: _one_step(
                    "halves", d, lambda alpha, g, L, d: decrease_sharp(alpha=alpha, g=g, L=L, d=np.sqrt(d))
                ),
            ),
        ),
    ),
    Claim(
        id="relative_loss.stationary",
        statement="The mean of |grad f| over x_0..x_{T-1} is expected to be at most 2 (f(x_0) - inf f)/(alpha m_d T) + "
        "L alpha/(2 m_d); with alpha = 2 sqrt((f(x_0) - inf f)/(L T)) at most (2/m_d) sqrt(L (f(x_0) - inf f)/T).",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(SMOOTH, METHOD, "f is bounded below", "the radius is alpha in every step"),
        bound=mean_gradient,
        units={"T": (0, 0), "gap": (0, 1), "alpha": (1, 0), "L": (-2, 1), "d": (0, 0), "return": (-1, 1)},
        experiments=(
            _gradients("wavy", 5, 600),
            _gradients("family", 5, 600),
            _gradients("hard", 5, 1000),
            _gradients("slope", 2, 2000, times=0.2, replicas=200),
            *(_paid(d) for d in DECADES),
        ),
        controls=(
            _control(
                "stationary",
                "two_sided",
                "half as much (both half-spaces counted)",
                _gradients("slope", 2, 2000, lambda **a: mean_gradient(**a) / 2, 0.2, replicas=100),
            ),
            _control(
                "stationary",
                "power",
                "sqrt(m_d) in the place of m_d (wrong power of d)",
                _gradients("slope", 2, 2000, lambda d, **a: mean_gradient(d=np.sqrt(d), **a), 0.2, replicas=100),
            ),
            _control(
                "stationary",
                "accept_anything",
                "the same, when every step is taken",
                _gradients("wavy", 5, 600, step=accept_anything),
            ),
            *_per_decade(
                "stationary",
                "paid_twice",
                "the fall pays for alpha m_d |g| a step (both half-spaces)",
                lambda d: _paid(d, half=2.0),
            ),
            *_per_decade(
                "stationary",
                "paid_power",
                "the fall pays for alpha sqrt(m_d) |g|/2 a step (wrong power of d)",
                lambda d: _paid(d, power=0.5),
            ),
        ),
    ),
    Claim(
        id="relative_loss.convex",
        statement="E f(x_T) - f* <= F + (1 - alpha m_d/(2R))^T (f(x_0) - f* - F), F = L alpha R/(2 m_d); with alpha = "
        "m_d eps/(L R) it is at most eps from T = (2 L R^2/(m_d^2 eps)) log(2 (f(x_0) - f*)/eps) on.",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(
            "f is convex and L-smooth",
            "no point of the level set {f <= f(x_0)} is farther than R from a minimiser; alpha <= 2R/m_d",
            METHOD,
            "the radius is alpha in every step",
        ),
        bound=convex_gap,
        units={
            "T": (0, 0), "gap": (0, 1), "alpha": (1, 0), "R": (1, 0), "L": (-2, 1), "d": (0, 0), "return": (0, 1),
        },
        experiments=(
            *(_convex_exactly(d) for d in (2, 10, 1000)),
            _convex_run("family", 10, 300),
            _convex_run("orthant", 10, 300),
            _convex_run("logistic", 30, 100),
            _convex_run("hard", 5, 100, 0.9),
            _convex_run("family", 3, None, 0.3),
            _convex_falls("slope", 10, eps=0.3, T=5, replicas=3000),
            *(_convex_falls("halves", d) for d in DECADES),
        ),
        controls=(
            _control(
                "convex",
                "two_sided",
                "the rate alpha m_d/R (both half-spaces)",
                _convex_falls("slope", 10, lambda R, **a: convex_gap(R=R / 2, **a), eps=0.3, T=5, replicas=3000),
            ),
            _control(
                "convex",
                "no_floor",
                "the gap goes to 0 at a fixed radius",
                _convex_run("family", 2, 1500, 0.9, lambda L, **a: convex_gap(L=0.0, **a), replicas=100),
            ),
            _control(
                "convex",
                "accept_anything",
                "the same, when every step is taken",
                _convex_run("family", 10, 300, step=accept_anything),
            ),
            *_per_decade(
                "convex",
                "power",
                "sqrt(m_d) in the place of m_d (wrong power of d)",
                lambda d: _convex_falls("halves", d, lambda d, **a: convex_gap(d=np.sqrt(d), **a)),
            ),
        ),
    ),
    Claim(
        id="relative_loss.strongly_convex",
        statement="With J = log2(Q (f(x_0) - f*)/eps)/2, rounded up, radii of ratio 2 from (2/3) m_d sqrt(2 (f(x_0) - "
        "f*)/L) down, one drawn at random in each step: E[f(x_T) - f*; f(x_T) - f* > eps] <= (1 - (4/9) m_d^2/(Q J))^T "
        "(f(x_0) - f*); so P(f(x_T) - f* > eps) <= p from T = (9 Q J/(4 m_d^2)) log((f(x_0) - f*)/(eps p)) on.",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(DOMINATED, METHOD, "the radius is drawn from `grid`, or from J radii that contain it"),
        bound=gap_left,
        units={"T": (0, 0), "gap": (0, 1), "Q": (0, 0), "d": (0, 0), "J": (0, 0), "return": (0, 1)},
        experiments=(
            *(_share_exactly(d) for d in (2, 3, 10, 1000)),
            _grid_run("family", 5, 50),
            _grid_run("wavy", 4, 100),
            _grid_run("logistic", 30, 50),
            _grid_run("hard", 5, 100),
            _reaching("family", 5, grid, grid_steps),
            *(_grid_falls("halves", d) for d in DECADES),
            _grid_falls("hard", 10),
        ),
        controls=(
            _control(
                "strongly_convex",
                "one_radius",
                "the factor J is not lost: (1 - (4/9) m_d^2/Q)^T",
                _grid_falls("hard", 10**6, lambda J, **a: gap_left(J=1, **a), eps=1e-8),
            ),
            _control(
                "strongly_convex",
                "too_long",
                "radii 1024 times as long do as well",
                _grid_falls("family", 10, shift=1024.0),
            ),
            _control(
                "strongly_convex",
                "too_long_in_time",
                "radii 1024 times as long bring the gap to eps in time",
                _reaching("family", 5, grid, grid_steps, shift=1024.0),
            ),
            _control(
                "strongly_convex",
                "sign",
                "moving where the loss is higher does as well (sign bug)",
                _grid_falls("family", 10, step=keep_the_higher),
            ),
            *_per_decade(
                "strongly_convex",
                "power",
                "m_d in the place of m_d^2 (wrong power of d)",
                lambda d: _grid_falls("halves", d, lambda d, **a: gap_left(d=np.sqrt(d), **a)),
            ),
        ),
    ),
    Claim(
        id="relative_loss.strongly_convex_sharp",
        statement="With the J = log2(Q (f(x_0) - f*)/eps)/2, rounded up, plus 4 radii of `wide_grid`: E[f(x_T) - f*; "
        "f(x_T) - f* > eps] <= (1 - 1.24/(d Q J))^T (f(x_0) - f*), d >= 2. Radii of ratio 2 without ends have "
        "1/log 2 = 1.4427 for 1.24 on average over their offset, for every d, and in the limit of large d at least "
        "1.4415 at every offset, where the proof with one radius has (4/9) (2/pi) = 0.283.",
        source="ours",
        kind="expectation",
        provenance="ours",
        assumptions=(
            DOMINATED, METHOD, "d >= 2", "the radius is drawn from `wide_grid`, or from J radii that contain it",
        ),
        bound=gap_left_sharp,
        units={"T": (0, 0), "gap": (0, 1), "Q": (0, 0), "d": (0, 0), "J": (0, 0), "return": (0, 1)},
        experiments=(
            *(_grid_exactly(d) for d in (2, 3, 4, 5, 10, 100, *DECADES)),
            *(_every_offset(d) for d in (2, 3, 10, 10**9)),
            _grid_run("family", 5, 50, gap_left_sharp, wide_grid),
            _grid_run("wavy", 4, 100, gap_left_sharp, wide_grid),
            _grid_run("logistic", 30, 50, gap_left_sharp, wide_grid),
            _grid_run("hard", 5, 100, gap_left_sharp, wide_grid),
            _reaching("family", 5, wide_grid, grid_steps_sharp),
            *(_grid_falls("halves", d, gap_left_sharp, wide_grid) for d in DECADES),
            _grid_falls("hard", 10, gap_left_sharp, wide_grid),
        ),
        controls=(
            _control("strongly_convex_sharp", "every_d", "1.25 for every d", _grid_exactly(4, 1.25)),
            _control("strongly_convex_sharp", "limit", "1.27 in large dimension", _grid_exactly(10**9, 1.27)),
            _control(
                "strongly_convex_sharp",
                "too_long",
                "radii 1024 times as long do as well",
                _grid_falls("family", 10, gap_left_sharp, wide_grid, shift=1024.0),
            ),
            _control(
                "strongly_convex_sharp",
                "one_radius",
                "the factor J is not lost",
                _grid_falls("hard", 10**6, lambda J, **a: gap_left_sharp(J=1, **a), wide_grid),
            ),
            *_per_decade(
                "strongly_convex_sharp",
                "power",
                "sqrt(d) in the place of d (wrong power of d)",
                lambda d: _grid_falls("halves", d, lambda d, **a: gap_left_sharp(d=np.sqrt(d), **a), wide_grid),
            ),
        ),
    ),
    Claim(
        id="relative_loss.invariance",
        statement="For strictly increasing h the same random numbers visit the same points on h(f) as on f, with "
        "momentum or without, for every rule of the radius; that of the 1/5 rule is alpha growth^(accepted - "
        "rejected/4).",
        source="ours",
        kind="always",
        provenance="ours",
        assumptions=("the accepted steps move; the value-weighted form is not invariant", "h is strictly increasing"),
        bound=radius_after,
        units={"alpha": (1, 0), "growth": (0, 0), "accepted": (0, 0), "rejected": (0, 0), "return": (1, 0)},
        experiments=(
            *(_invariance(rule, "-exp(-sqrt y)", 10, beta) for rule in RULES for beta in (0.0, 0.5)),
            *(_invariance("1/5", transform, 5, 0.5) for transform in ("y^3", "arctan y", "log(y + 1)")),
            *(_invariance("fixed", "y^3", d) for d in DECADES),
            *(_invariance("1/5", "y^3", d, 0.5) for d in DECADES),
        ),
        controls=(
            _control(
                "invariance",
                "weighted",
                "the value-weighted form visits the same points",
                _invariance("fixed", "arctan y", 10, spoil=weighted(0.01)),
            ),
            _control(
                "invariance",
                "sufficient_decrease",
                "so does a step that asks for a decrease of 0.01",
                _invariance("fixed", "y^3", 10, spoil=lambda method: replace(method, step=sufficient_decrease)),
            ),
            _control(
                "invariance",
                "weighted_reduced",
                "the value-weighted form visits the same points in dimension 10^6",
                _invariance("fixed", "arctan y", 10**6, spoil=weighted(1e-8)),
            ),
        ),
    ),
)  # fmt: skip

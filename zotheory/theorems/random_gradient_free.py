"""Random gradient-free search: what is claimed.

Source: Nesterov, Spokoiny, "Random gradient-free minimization of convex functions", Found. Comput. Math. 17, 2017,
as recalled (the printed text was not at hand; the constants are re-derived in ``proofs/random_gradient_free.py``),
sharper constants where the same proof gives them, and a theorem of our own on quadratics, in which the trace of the
Hessian takes the place of the dimension.

Notation
--------
u ~ N(0, I) in R^d (the paper's n is our d); delta smoothing radius (its mu); f_delta(x) = E f(x + delta u);
g = [f(x + delta u) - f(x)]/delta u, and g_0 its limit <grad f,u> u; L0, L1 Lipschitz constants of f and of its
gradient; mu strong convexity (its tau); G length of the gradient named; h step size, `steps` = N + 1 of them;
R = |x_0 - x*|.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from inspect import signature
from types import SimpleNamespace
from typing import Any

import numpy as np

from zotheory import estimators, require
from zotheory.directions import gaussian
from zotheory.elementary import Array, sqrt
from zotheory.evidence import exact, reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import Always, Mean, Value
from zotheory.evidence.reduced import DECADES
from zotheory.geometry import euclidean, euclidean_ball, norm
from zotheory.methods import Method, random_gradient_free
from zotheory.methods.random_gradient_free import State, step
from zotheory.oracles import Expected
from zotheory.problems import Embedded, HalfSquare, Norm, Quadratic, block_quadratic, breast_cancer, random_rotation
from zotheory.problems.norms import KINDS
from zotheory.run import generator, run

# --- moments of the direction, smoothing -----------------------------------------------------------------------------


def power_mean(p: Array, d: Array) -> Array:
    """d^(p/2): E|u|^p is at most this for p <= 2, and at least this for p >= 2.

    Raises
    ------
    ValueError
        Unless p >= 0 and d >= 1.
    """
    require.nonnegative(p=p)
    require.at_least(1, d=d)
    return d ** (p / 2)


def norm_moment(p: Array, d: Array) -> Array:
    """E|u|^p <= (d + p)^(p/2), for every p >= 0.

    Raises
    ------
    ValueError
        As `power_mean`.
    """
    require.nonnegative(p=p)
    require.at_least(1, d=d)
    return (d + p) ** (p / 2)


def smoothing_lipschitz(*, delta: Array, L0: Array, d: Array) -> Array:
    """|f_delta - f| <= delta L0 sqrt(d).

    Raises
    ------
    ValueError
        Unless delta, L0 > 0 and d >= 1.
    """
    require.positive(delta=delta, L0=L0)
    require.at_least(1, d=d)
    return delta * L0 * sqrt(d)


def smoothing_smooth(*, delta: Array, L1: Array, d: Array) -> Array:
    """|f_delta - f| <= delta^2 L1 d/2.

    Raises
    ------
    ValueError
        Unless delta, L1 > 0 and d >= 1.
    """
    require.positive(delta=delta, L1=L1)
    require.at_least(1, d=d)
    return delta**2 * L1 * d / 2


# --- second moments of the estimate ----------------------------------------------------------------------------------


def origin_moment(*, G: Array, d: Array) -> Array:
    """E|g_0|^2 <= (d + 4) |grad f|^2, G = |grad f|.

    Raises
    ------
    ValueError
        Unless G >= 0 and d >= 1.
    """
    require.nonnegative(G=G)
    require.at_least(1, d=d)
    return (d + 4) * G**2


def lipschitz_moment(*, L0: Array, d: Array) -> Array:
    """E|g|^2 <= (d + 4)^2 L0^2.

    Raises
    ------
    ValueError
        Unless L0 > 0 and d >= 1.
    """
    require.positive(L0=L0)
    require.at_least(1, d=d)
    return (d + 4) ** 2 * L0**2


def lipschitz_moment_sharp(*, L0: Array, d: Array) -> Array:
    """E|g|^2 <= d (d + 2) L0^2, with equality at the kink of L0 |x|.

    Raises
    ------
    ValueError
        As `lipschitz_moment`.
    """
    require.positive(L0=L0)
    require.at_least(1, d=d)
    return d * (d + 2) * L0**2


def smooth_moment(*, G: Array, delta: Array, L1: Array, d: Array) -> Array:
    """Theorem 4: E|g|^2 <= 2 (d + 4) G^2 + delta^2 L1^2 (d + 6)^3/2, G = |grad f|.

    Raises
    ------
    ValueError
        Unless G >= 0, delta, L1 > 0 and d >= 1.
    """
    require.positive(delta=delta, L1=L1)
    return 2 * origin_moment(G=G, d=d) + delta**2 * L1**2 * (d + 6) ** 3 / 2


def smoothed_moment(*, G: Array, delta: Array, L1: Array, d: Array) -> Array:
    """Lemma 5: E|g|^2 <= 4 (d + 4) G^2 + 3 delta^2 L1^2 (d + 4)^3, G = |grad f_delta|.

    Raises
    ------
    ValueError
        As `smooth_moment`.
    """
    require.positive(delta=delta, L1=L1)
    return 4 * origin_moment(G=G, d=d) + 3 * delta**2 * L1**2 * (d + 4) ** 3


# --- convergence -----------------------------------------------------------------------------------------------------


def _nonsmooth(total: Array, squares: Array, R: Array, bias: Array, energy: Array) -> Array:
    require.positive(total=total, squares=squares, R=R)
    return bias + (R**2 / 2 + energy * squares / 2) / total


def nonsmooth(total: Array, squares: Array, *, R: Array, L0: Array, delta: Array, d: Array) -> Array:
    """Theorem 6: the mean of E f(x_k) - f*, weighted by h_k, is at most

        delta L0 sqrt(d) + [R^2/2 + (d + 4)^2 L0^2 squares/2]/total,    total = sum h_k, squares = sum h_k^2.

    Raises
    ------
    ValueError
        Unless all are > 0 and d >= 1.
    """
    bias = smoothing_lipschitz(delta=delta, L0=L0, d=d)
    return _nonsmooth(total, squares, R, bias, lipschitz_moment(L0=L0, d=d))


def nonsmooth_sharp(total: Array, squares: Array, *, R: Array, L0: Array, delta: Array, d: Array) -> Array:
    """Theorem 6 with d (d + 2) in place of (d + 4)^2.

    Raises
    ------
    ValueError
        As `nonsmooth`.
    """
    bias = smoothing_lipschitz(delta=delta, L0=L0, d=d)
    return _nonsmooth(total, squares, R, bias, lipschitz_moment_sharp(L0=L0, d=d))


def fixed_step(*, R: Array, L0: Array, d: Array, steps: Array) -> Array:
    """Theorem 6's step size for a fixed number of steps: R/((d + 4) L0 sqrt(steps)).

    Raises
    ------
    ValueError
        Unless R, L0 > 0 and d, steps >= 1.
    """
    require.positive(R=R, L0=L0)
    require.at_least(1, d=d, steps=steps)
    return R / ((d + 4) * L0 * sqrt(steps))


def smooth_step(*, L1: Array, d: Array) -> Array:
    """Theorem 8's step size: 1/(4 (d + 4) L1).

    Raises
    ------
    ValueError
        Unless L1 > 0 and d >= 1.
    """
    require.positive(L1=L1)
    require.at_least(1, d=d)
    return 1 / (4 * (d + 4) * L1)


def convex(steps: Array, *, R: Array, L1: Array, delta: Array, d: Array) -> Array:
    """Theorem 8: the mean of E f(x_k) - f* over k < steps is at most

        4 (d + 4) L1 R^2/steps + (9/25) delta^2 (d + 4)^2 L1.

    Raises
    ------
    ValueError
        Unless R, L1, delta > 0 and steps, d >= 1.
    """
    require.positive(R=R, L1=L1, delta=delta)
    require.at_least(1, steps=steps, d=d)
    return 4 * (d + 4) * L1 * R**2 / steps + 9 * delta**2 * (d + 4) ** 2 * L1 / 25


def strongly_convex(steps: Array, *, R: Array, L1: Array, mu: Array, delta: Array, d: Array) -> Array:
    """Theorem 8: E f(x_steps) - f* is at most, with D = (18/25) delta^2 (d + 4)^2 L1/mu,

        (L1/2) [D + (1 - mu/(8 (d + 4) L1))^steps (R^2 - D)].

    Raises
    ------
    ValueError
        Unless R, delta > 0, 0 < mu <= L1 and steps, d >= 1.
    """
    require.positive(R=R, delta=delta)
    require.at_least(1, steps=steps, d=d)
    _curvatures(mu, L1)
    floor = 18 * delta**2 * (d + 4) ** 2 * L1 / (25 * mu)
    left = (1 - mu / (8 * (d + 4) * L1)) ** steps
    return L1 / 2 * (left * R**2 + (1 - left) * floor)


def _curvatures(mu: Array, L1: Array) -> None:
    require.positive(mu=mu, L1=L1)
    require.nonnegative(**{"L1 - mu": L1 - mu})


def trace_step(*, L1: Array, trace: Array) -> Array:
    """Step size on a quadratic whose Hessian has this trace: 1/(2 L1 + trace).

    Raises
    ------
    ValueError
        Unless L1, trace > 0.
    """
    require.positive(L1=L1, trace=trace)
    return 1 / (2 * L1 + trace)


def effective_dimension(steps: Array, *, gap: Array, L1: Array, mu: Array, trace: Array, delta: Array) -> Array:
    """On a convex quadratic, with step size 1/(2 L1 + trace), E f(x_steps) - f* is at most

        r^steps gap + (1 - r^steps) delta^2 trace (trace + 4 L1)/(8 mu),    r = 1 - mu/(2 L1 + trace),

    gap = f(x_0) - f*; of the Hessian, L1 and mu are the largest and the smallest positive eigenvalue, and trace is the
    sum of all.

    Raises
    ------
    ValueError
        Unless gap, delta > 0, 0 < mu <= L1 <= trace and steps >= 1.
    """
    require.positive(gap=gap, trace=trace, delta=delta)
    require.at_least(1, steps=steps)
    _curvatures(mu, L1)
    require.nonnegative(**{"trace - L1": trace - L1})
    left = (1 - mu * trace_step(L1=L1, trace=trace)) ** steps
    return left * gap + (1 - left) * delta**2 * trace * (trace + 4 * L1) / (8 * mu)


# --- methods with the prescribed schedules ---------------------------------------------------------------------------


def _stated(problem: Any, *names: str) -> None:
    for name in names:
        if not getattr(problem, name, None):
            raise ValueError(f"problem must state {name} > 0, got {getattr(problem, name, None)!r}")


def prescribed_nonsmooth(
    problem: Any, *, steps: int, delta: float, horizon: bool = True
) -> tuple[Method, dict[str, float]]:
    """Theorem 6: the method, on the problem's domain, and the arguments of `nonsmooth` after `steps` steps.

    Its step size is `fixed_step` for all of them or, if the horizon is not to be used, `fixed_step` of k + 1 at step k.

    Raises
    ------
    ValueError
        If the problem does not state L0 and R > 0.
    """
    _stated(problem, "L0", "R")
    h = partial(fixed_step, R=problem.R, L0=problem.L0, d=problem.d)
    sizes = np.array([float(h(steps=steps if horizon else k + 1)) for k in range(steps)])
    mirror = euclidean if problem.radius is None else euclidean_ball(problem.radius)
    method = random_gradient_free(h=lambda k: h(steps=steps if horizon else k + 1), delta=delta, mirror=mirror)
    sums = {"total": float(np.sum(sizes)), "squares": float(np.sum(sizes**2))}
    return method, {**sums, "R": problem.R, "L0": problem.L0, "delta": delta, "d": problem.d}


def prescribed_convex(problem: Any, *, delta: float, average: bool = True) -> tuple[Method, dict[str, float]]:
    """Theorem 8 on all of R^d: the method, and the arguments of `convex` but for the number of steps.

    Raises
    ------
    ValueError
        If the problem does not state L1 and R > 0.
    """
    _stated(problem, "L1", "R")
    h = smooth_step(L1=problem.L1, d=problem.d)
    method = random_gradient_free(h=lambda k: h, delta=delta, average=average)
    return method, {"R": problem.R, "L1": problem.L1, "delta": delta, "d": problem.d}


def prescribed_strongly_convex(problem: Any, *, delta: float) -> tuple[Method, dict[str, float]]:
    """Theorem 8's last iterate: the method, and the arguments of `strongly_convex` but for the number of steps.

    Raises
    ------
    ValueError
        If the problem does not state L1, R and mu > 0.
    """
    _stated(problem, "mu")
    method, constants = prescribed_convex(problem, delta=delta, average=False)
    return method, {**constants, "mu": problem.mu}


def prescribed_effective_dimension(
    problem: Any, *, trace: float, mu: float, delta: float
) -> tuple[Method, dict[str, float]]:
    """The step size 1/(2 L1 + trace): the method, and the arguments of `effective_dimension` but for the steps.

    `problem` is a quadratic, `trace` that of its Hessian and `mu` the smallest positive eigenvalue.

    Raises
    ------
    ValueError
        If the problem does not state L1 > 0.
    """
    _stated(problem, "L1")
    h = trace_step(L1=problem.L1, trace=trace)
    method = random_gradient_free(h=lambda k: h, delta=delta, average=False)
    gap = float(problem(problem.x0)) - problem.f_star
    return method, {"gap": gap, "L1": problem.L1, "mu": mu, "trace": trace, "delta": delta}


# --- runs on quadratics, without sampling ----------------------------------------------------------------------------


def block_moments(sizes: Sequence[Any], curvatures: Sequence[Any], *, h: Any, delta: Any) -> list[list[Any]]:
    """Affine map of a step on f = sum_i curvatures_i |x_i|^2/2, the block x_i of x having sizes_i coordinates.

    Row i is E|x_i'|^2 in (|x_0|^2, |x_1|^2, ..., 1), for the step size h and the smoothing radius delta.
    """
    trace, squares = (sum(n * c**power for n, c in zip(sizes, curvatures, strict=True)) for power in (1, 2))
    rows = []
    for i, (n, c) in enumerate(zip(sizes, curvatures, strict=True)):
        row = [h**2 * n * other**2 for other in curvatures]
        row[i] += 1 - 2 * h * c + 2 * h**2 * c**2
        noise = n * (trace**2 + 2 * squares + 4 * c * trace + 8 * c**2)
        rows.append([*row, h**2 * delta**2 / 4 * noise])
    return rows


def expected_gaps(
    sizes: Sequence[int], curvatures: Sequence[float], start: Sequence[float], *, steps: int, h: float, delta: float
) -> tuple[float, float]:
    """E f(x_steps) - f*, and the mean of E f(x_k) - f* over k < steps, by powers of `block_moments` in 50 digits.

    `start` are the lengths of the blocks of x_0 - x*.
    """
    import mpmath  # type: ignore[import-untyped]

    with mpmath.workdps(50):
        exactly = [[mpmath.mpf(v) for v in row] for row in (sizes, curvatures, start)]
        values = [c / 2 for c in exactly[1]]
        rows = block_moments(exactly[0], exactly[1], h=mpmath.mpf(h), delta=mpmath.mpf(delta))
        size = len(rows) + 2  # the squared lengths, the constant 1, the sum of the gaps so far
        matrix = mpmath.zeros(size, size)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                matrix[i, j] = value
            matrix[size - 1, i] = values[i]
        matrix[size - 2, size - 2] = matrix[size - 1, size - 1] = 1
        after = matrix**steps * mpmath.matrix([*(s**2 for s in exactly[2]), 1, 0])
        return float(sum(c * s for c, s in zip(values, after, strict=False))), float(after[size - 1] / steps)


# --- problems to measure on ------------------------------------------------------------------------------------------


def _norm(d: int, kind: str = "l2", start: float = 1.0) -> Norm:
    kink = np.linspace(0.1, 0.3, d) / np.sqrt(d)
    return Norm(kind, kink, kink + np.full(d, start / np.sqrt(d)), 1.25, -1.0)


def _quadratic(d: int, largest: float = 4.0) -> Quadratic:
    rotation = random_rotation(d, np.random.default_rng(7))
    centre = rotation[0] * 0.5
    return Quadratic(np.geomspace(1, largest, d), centre, centre + rotation[1], -1.0, rotation)


def _reduced(name: str, d: int) -> Any:
    """Write a problem in reduced coordinates, for runs that return the last iterate."""
    half = d // 2

    def build(width: int) -> Any:
        two = partial(block_quadratic, start=(0.7, 0.7), centre=(0.4, 0.3), f_star=-1.0, width=width)
        if name == "quadratic":
            return two((1.0, 4.0), (half, half))
        if name == "few curved directions":  # ten of them, and d - 10 in which f is constant
            return Embedded(two((1.0, 2.0), (5, 5)), np.eye(3 * width, 2 * width), true_d=d)
        axes = np.eye(width)
        return Norm("l2", 0.4 * axes[0], 0.4 * axes[0] + axes[1], 2.0, -1.0, true_d=d)

    sizes = {"quadratic": (half, half), "few curved directions": (5, 5, d - 10), "l2": (d,)}[name]
    method = random_gradient_free(h=lambda k: 1.0, delta=1.0, average=False)
    return reduced.reduce(build, sizes, method, fixed=1)


def _problem(name: str, d: int) -> Any:
    if d in DECADES:
        return _reduced(name, d)
    if name in KINDS:
        return _norm(d, name)
    if name == "half-square":
        return HalfSquare(d, active=d, c=0.3)
    return _quadratic(d, 100.0 if name == "valley" else 4.0)


def _directions(problem: Any, replicas: int, seed: np.random.SeedSequence) -> tuple[Array, Array]:
    """x_0, one copy a replica, and a Gaussian direction each."""
    rng = generator(seed)
    source = problem.frame.generator(rng, (replicas,)) if hasattr(problem, "frame") else rng
    return np.tile(problem.x0, (replicas, 1)), gaussian.draw(source, (replicas,), problem.d)


def _rung(d: int) -> str:
    return "reduced" if d in DECADES else "measured"


# --- experiments: moments --------------------------------------------------------------------------------------------

POWERS = ("1/2", "1", "3/2", "2", "5/2", "3", "4", "7", "20")


def _norm_moments(d: int, side: str, bound: Callable[..., Array]) -> Experiment:
    """The largest E|u|^p/bound, or for the bound from below the smallest, over the powers p."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        import sympy

        n, powers = sympy.Float(d, 60), [sympy.Rational(p) for p in POWERS]  # of an integer gamma is a factorial
        powers = [p for p in powers if side == "above, d + p" or (p <= 2) == (side == "above, d")]
        ratios = [gaussian.norm_moment(p, n) / bound(p, n) for p in powers]
        return Value(float(min(ratios) if side == "below, d" else max(ratios)), 1.0, at_least=side == "below, d")

    return Experiment("exact", f"E|u|^p, {side}", d, measure)


def _smoothing_exact(where: str, d: int, bound: Callable[..., Array]) -> Experiment:
    """f_delta - f: delta L0 E|u| at the kink of L0 |x|, delta^2 L1 E|u|^2/2 for L1 |x|^2/2."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        delta, L = 0.3, 2.0
        if where == "at a kink":
            return Value(delta * L * float(gaussian.norm_moment(1, d)), float(bound(delta=delta, L0=L, d=d)))
        return Value(delta**2 * L / 2 * float(gaussian.norm_moment(2, d)), float(bound(delta=delta, L1=L, d=d)))

    return Experiment("exact", f"f_delta - f {where}", d, measure)


def _smoothing_below(name: str, d: int, sign: float = 1.0) -> Experiment:
    """f(x) <= [f(x + delta u) + f(x - delta u)]/2, whose mean is f_delta; `sign` -1 for the reverse."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Always:
        problem = _problem(name, d)
        x, u = _directions(problem, replicas, seed)
        delta = 1 / np.sqrt(d)
        rise = (problem(x + delta * u) + problem(x - delta * u)) / 2 - problem(x)
        return Always(1 - sign * rise, calls=3)

    return Experiment(_rung(d), f"f_delta >= f, {name}", d, measure, 2000, 40_000)


def _smoothing(name: str, d: int, bound: Callable[..., Array]) -> Experiment:
    """E|f(x + delta u) - f(x)|, less <grad f,delta u> of mean 0 where there is a gradient: at least |f_delta - f|."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d)
        x, u = _directions(problem, replicas, seed)
        delta = 1 / np.sqrt(d)
        x = np.tile(problem.minimiser, (replicas, 1)) if name == "half-square" else x
        change = problem(x + delta * u) - problem(x)
        if problem.L1 is None:
            return Mean(np.abs(change), float(bound(delta=delta, L0=problem.L0, d=d)), calls=2)
        change = change - delta * np.vecdot(problem.gradient(x), u)
        return Mean(np.abs(change), float(bound(delta=delta, L1=problem.L1, d=d)), calls=2)

    return Experiment(_rung(d), f"|f_delta - f|, {name}", d, measure, 2000, 40_000)


def _moment(
    name: str, d: int, bound: Callable[..., Array], *, scale: float = 1.0, smoothed: bool = False
) -> Experiment:
    """E|g|^2 at the start, delta = scale/sqrt(d); at the corner of half-squares, where all of it is smoothing.

    `smoothed`: the bound is in |grad f_delta|, which for a quadratic is |grad f|.
    """

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d)
        x, u = _directions(problem, replicas, seed)
        delta = scale / np.sqrt(d)
        x = np.tile(problem.minimiser, (replicas, 1)) if name == "half-square" else x
        g = estimators.two_point(problem, x, u, delta)
        if problem.L1 is None:
            return Mean(np.vecdot(g, g), float(bound(L0=problem.L0, d=d)), calls=2)
        G = float(norm(problem.gradient(x[0])))
        if smoothed and name == "half-square":  # each of its d slopes has the mean L1 E max(delta z, 0)
            G = delta * problem.L1 * np.sqrt(d / (2 * np.pi))
        return Mean(np.vecdot(g, g), float(bound(G=G, delta=delta, L1=problem.L1, d=d)), calls=2)

    return Experiment(_rung(d), f"|g|^2, {name}, delta {scale:g}/sqrt(d)", d, measure, 4000, 100_000)


SYMBOLIC = {
    "linear, slope 3": lambda y: 3 * y[0],
    "square, L1 = 2": lambda y: y @ y,
    "kink, L0 = 3": lambda y: 3 * norm(y),
}


def _moment_exact(label: str, d: int, bound: Callable[[int], Array]) -> Experiment:
    """E|g|^2 of the shipped estimate at 0, radius 1, in symbols with their moments."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        vectors, laws = reduced.symbols(d, 1, 1)
        g = estimators.two_point(SYMBOLIC[label], 0 * vectors[0], vectors[0], 1)
        return Value(float(exact.expectation((g @ g).expand(), laws)), float(bound(d)))

    return Experiment("exact", f"E|g|^2, {label}", d, measure)


def _moment_of_square(d: int, bound: Callable[..., Array]) -> Experiment:
    return _moment_exact("square, L1 = 2", d, lambda d: bound(G=0, delta=1, L1=2, d=d))


# --- experiments: convergence ----------------------------------------------------------------------------------------


def ascend(f: Any, state: State, u: Array, *, h: Any, **rest: Any) -> State:
    """The sign bug: step along the estimate instead of against it."""
    return step(f, state, u, h=-h(state.k), **rest)


def _ascending(method: Method) -> Method:
    return replace(method, step=partial(ascend, **method.step.keywords))  # type: ignore[attr-defined]


def _nonsmooth_gap(
    kind: str,
    d: int,
    steps: int,
    bound: Callable[..., Array],
    spoil: Callable[[Method], Method] | None = None,
    delta: float = 1e-3,
    horizon: bool = True,
    believed: int | None = None,
    start: float = 1.0,
) -> Experiment:
    """`believed`: the dimension that step size and bound take the problem to have; `start`: |x_0 - kink|.

    The step size is that for |x_0 - kink| = 1, wherever the start.
    """

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _norm(d, kind, start)
        stated = SimpleNamespace(L0=problem.L0, R=problem.R / start, radius=problem.radius, d=believed or d)
        method, constants = prescribed_nonsmooth(stated, steps=steps, delta=delta, horizon=horizon)
        method = spoil(method) if spoil else method
        result = run(method, problem, steps=steps, replicas=replicas, seed=seed, record=[steps])
        gaps = np.maximum(result.values[0] - problem.f_star, 0)
        constants["R"] = problem.R
        return Mean(gaps, float(bound(**constants)), problem.radius + float(norm(problem.minimiser)), result.calls)

    label = f"{steps} steps, {kind}, delta {delta:g}" + ("" if horizon else ", no horizon")
    return Experiment("measured", label + ("" if start == 1 else f", from {start:g}"), d, measure, 200, 3000)


def _gap(
    name: str,
    d: int,
    steps: int,
    bound: Callable[..., Array],
    prescribed: Callable[..., Any] = prescribed_strongly_convex,
    spoil: Callable[[Method], Method] | None = None,
    *,
    mean: bool = False,
) -> Experiment:
    """f(x_steps) - f*, or its mean over the steps before."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = Expected(breast_cancer()) if name == "logistic" else _problem(name, d)  # all rows of the data
        method, constants = prescribed(problem, delta=1e-2 if mean else 1e-2 / d)
        method = spoil(method) if spoil else method
        record = range(steps) if mean else [steps]
        result = run(method, problem, steps=steps, replicas=replicas, seed=seed, record=record)
        gaps = np.maximum(np.mean(result.values, axis=0) - problem.f_star, 0)
        return Mean(gaps, float(bound(steps=steps, **constants)), calls=result.calls)

    replicas = (20, 300) if name == "logistic" else (100, 1500)
    return Experiment(_rung(d), f"{steps} steps, {name}", d, measure, *replicas)


SPECTRA = {  # d -> sizes and curvatures of blocks, and the lengths of x_0 - x* in them
    "round": lambda d: ((d,), (4.0,), (1.0,)),
    "valley": lambda d: ((1, d - 1), (0.04, 4.0), (0.8, 0.6)),
    "round, from the minimiser": lambda d: ((d,), (4.0,), (1e-9,)),
    "ten directions": lambda d: ((10, d - 10), (1.0, 0.0), (1.0, 0.0)),
    "ten directions, 1/d in the others": lambda d: ((10, d - 10), (1.0, 1 / d), (1.0, 1.0)),
}


def _gap_exact(
    name: str,
    d: int,
    turns: float,
    bound: Callable[..., Array],
    *,
    traced: bool = False,
    mean: bool = False,
    sign: int = 1,
    classical: bool = False,
) -> Experiment:
    """Theorem 8 after turns (d + 4) steps: the mean gap, or else the last one; `sign` -1 is the sign bug.

    `traced`: `effective_dimension` after turns (2 L1 + trace)/mu steps; `classical` takes the step size of Theorem 8.
    """
    stated = effective_dimension if traced else convex if mean else strongly_convex
    turn = "(2 L1 + trace)/mu" if traced else "(d + 4)"

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        import sympy

        sizes, curvatures, start = SPECTRA[name](d)
        L1, mu, delta = max(curvatures), min(c for c in curvatures if c > 0), 1e-2 / d
        trace = sum(n * c for n, c in zip(sizes, curvatures, strict=True))
        h = trace_step(L1=L1, trace=trace) if traced and not classical else smooth_step(L1=L1, d=d)
        steps = max(1, round(turns * ((2 * L1 + trace) / mu if traced else d + 4)))
        gaps = expected_gaps(sizes, curvatures, start, steps=steps, h=sign * float(h), delta=delta)
        gap = sum(c * s**2 for c, s in zip(curvatures, start, strict=True)) / 2
        known = {"steps": steps, "gap": gap, "R": norm(np.array(start)), "L1": L1, "mu": mu, "trace": trace}
        known |= {"delta": delta, "d": d}
        exactly = {name: sympy.Float(known[name], 50) for name in signature(stated).parameters}  # 1 - mu/L1/d is not 1
        limit = float(bound(**exactly | {"steps": sympy.Integer(steps)}))
        return Value(gaps[1 if mean else 0], limit, error=1e-9, calls=2 * steps)

    return Experiment("exact", f"{turns:g} {turn} steps, {name}", d, measure)


_traced_exact = partial(_gap_exact, bound=effective_dimension, traced=True)


def _prescribed_traced(problem: Any, *, delta: float) -> tuple[Method, dict[str, float]]:
    ten = problem.d in DECADES  # "few curved directions": five of curvature 1, five of 2
    trace, mu = (15.0, 1.0) if ten else (float(np.sum(problem.spectrum)), problem.mu)
    return prescribed_effective_dimension(problem, trace=trace, mu=mu, delta=delta)


# --- claims ----------------------------------------------------------------------------------------------------------

PAPER = "Nesterov and Spokoiny, Found. Comput. Math. 17, 2017"
NORMAL = ("u ~ N(0, I) in R^d",)
LIPSCHITZ = ("f is L0-Lipschitz on R^d", *NORMAL)
SMOOTH = ("f has an L1-Lipschitz gradient on R^d", *NORMAL)
DIRECTIONS = (3, 10, 10**6, 10**12)
UNITS: dict[str, tuple[float, float]] = {"L0": (-1, 1), "L1": (-2, 1), "mu": (-2, 1), "delta": (1, 0), "R": (1, 0)}
UNITS |= {"G": (-1, 1), "d": (0, 0), "p": (0, 0)}
UNITS |= {"steps": (0, 0), "total": (2, -1), "squares": (4, -2), "gap": (0, 1), "trace": (-2, 1)}
SIGN = "stepping along the estimate (sign bug)"


def _claim(
    bound: Callable[..., Array],
    statement: str,
    source: str,
    assumptions: tuple[str, ...],
    unit: tuple[float, float],
    experiments: Iterable[Experiment],
    controls: dict[tuple[str, str], Experiment],
    name: str | None = None,
    kind: str = "expectation",
) -> Claim:
    """A claim, named after its bound, whose unit it takes; controls are (name, falsehood): experiment."""
    claim = f"random_gradient_free.{name or bound.__name__}"
    return Claim(
        id=claim,
        statement=statement,
        source=source,
        kind=kind,
        provenance="ours" if source.startswith("ours") else "recalled",
        assumptions=assumptions,
        bound=bound,
        units={argument: UNITS[argument] for argument in signature(bound).parameters} | {"return": unit},
        experiments=tuple(experiments),
        controls=tuple(
            Control(f"{claim}.{label}", claim, falsehood, seen) for (label, falsehood), seen in controls.items()
        ),
    )


def _at_decades(
    name: str, falsehood: str, experiment: Callable[[int], Experiment]
) -> dict[tuple[str, str], Experiment]:
    return {(f"{name}_{d:.0e}".replace("+", ""), falsehood): experiment(d) for d in DECADES}


def _scaled(bound: Callable[..., Array], factor: float) -> Callable[..., Array]:
    return lambda *a, **rest: factor * bound(*a, **rest)


def _nonsmooth_claim(bound: Callable[..., Array], factor: str, source: str) -> Claim:
    return _claim(
        bound,
        "The mean of E f(x_k) - f*, weighted by h_k, and the gap at the weighted mean of the x_k, are at most "
        f"delta L0 sqrt(d) + [R^2/2 + {factor} L0^2 sum h_k^2/2]/sum h_k.",
        source,
        ("f is convex and L0-Lipschitz on R^d; the domain is R^d or a ball that holds x*", *NORMAL),
        (0, 1),
        (
            *(_nonsmooth_gap(kind, 10, 400, bound) for kind in ("l2", "l1", "max")),
            _nonsmooth_gap("l2", 3, 100, bound),
            _nonsmooth_gap("l2", 10, 400, bound, horizon=False),
            _nonsmooth_gap("l2", 10, 400, bound, delta=0.3),
        ),
        {
            ("dimension_free", "d = 1 in step size and bound"): _nonsmooth_gap("l2", 100, 400, bound, believed=1),
            ("sign", SIGN): _nonsmooth_gap("l2", 10, 400, bound, _ascending),
            ("constant", "a quarter of the bound"): _nonsmooth_gap("l2", 10, 400, _scaled(bound, 1 / 4)),
            ("power", f"{factor}/(d + 4) in place of {factor} (wrong power of d)"): _nonsmooth_gap(
                "l2", 100, 10, lambda squares, d, **rest: bound(squares=squares / (d + 4), d=d, **rest), start=1e-6
            ),
        },
    )


def _kink_claim(bound: Callable[..., Array], statement: str, source: str) -> Claim:
    kinks = ("kink, L0 = 3", "linear, slope 3")
    return _claim(
        bound,
        statement,
        source,
        LIPSCHITZ,
        (-2, 2),
        (
            *(_moment_exact(label, d, lambda d: bound(L0=3, d=d)) for label in kinks for d in DIRECTIONS),
            *(_moment(kind, 10, bound) for kind in ("l2", "l1", "sup")),
            *(_moment("l2", d, bound) for d in DECADES),
        ),
        {
            ("order_d", "d + 4 in place of (d + 4)^2: true of linear functions"): _moment_exact(
                "kink, L0 = 3", 10, lambda d: origin_moment(G=3, d=d)
            ),
            ("square", "d^2, the lower-order term dropped"): _moment_exact("kink, L0 = 3", 10, lambda d: 9 * d**2),
            (
                "order_d_measured",
                "d + 4 in place of (d + 4)^2, one step of length delta sqrt(d) from the kink",
            ): _moment("l2", 10**6, lambda L0, d: origin_moment(G=L0, d=d)),
        },
    )


CLAIMS = (
    _claim(
        norm_moment,
        "E|u|^p <= (d + p)^(p/2) for p >= 0; d^(p/2) is at least E|u|^p for p <= 2, at most for p >= 2.",
        f"{PAPER}, Lemma 1, as recalled",
        NORMAL,
        (0, 0),
        (
            *(_norm_moments(d, "above, d + p", norm_moment) for d in (1, 2, 10, *DECADES)),
            *(_norm_moments(d, side, power_mean) for side in ("above, d", "below, d") for d in (1, 2, 10, *DECADES)),
        ),
        {
            ("above", "d^(p/2) from above for p >= 2 too"): _norm_moments(10, "above, d + p", power_mean),
            ("below", "(d + p)^(p/2) from below for p >= 2"): _norm_moments(10, "below, d", norm_moment),
            ("half", "d + p/4 in place of d + p"): _norm_moments(
                10, "above, d + p", lambda p, d: (d + p / 4) ** (p / 2)
            ),
        },
        name="norm_moments",
        kind="constant",
    ),
    _claim(
        smoothing_lipschitz,
        "|f_delta - f| <= delta L0 sqrt(d), and f_delta >= f where f is convex.",
        f"{PAPER}, Theorem 1, as recalled",
        LIPSCHITZ,
        (0, 1),
        (
            *(_smoothing_exact("at a kink", d, smoothing_lipschitz) for d in (1, 3, 10, *DECADES)),
            *(_smoothing(kind, 10, smoothing_lipschitz) for kind in ("l2", "l1", "sup")),
            *(_smoothing("l2", d, smoothing_lipschitz) for d in DECADES),
            *(_smoothing_below(kind, 10) for kind in ("l2", "l1", "max")),
            _smoothing_below("l2", 10**12),
        ),
        {
            ("constant", "E|u| is at most sqrt(d - 1)"): _smoothing_exact(
                "at a kink", 10, lambda d, **rest: smoothing_lipschitz(d=d - 1, **rest)
            ),
            ("dimension_free", "sqrt(d) dropped"): _smoothing_exact(
                "at a kink", 10**6, lambda d, **rest: smoothing_lipschitz(d=1, **rest)
            ),
            ("below", "f_delta <= f where f is convex"): _smoothing_below("l2", 10, sign=-1.0),
        },
    ),
    _claim(
        smoothing_smooth,
        "|f_delta - f| <= delta^2 L1 d/2, and f_delta >= f where f is convex.",
        f"{PAPER}, Theorem 1, as recalled",
        SMOOTH,
        (0, 1),
        (
            *(_smoothing_exact("of a square", d, smoothing_smooth) for d in (1, 3, 10, *DECADES)),
            *(_smoothing(name, 10, smoothing_smooth) for name in ("quadratic", "half-square")),
            *(_smoothing("quadratic", d, smoothing_smooth) for d in DECADES),
            *(_smoothing_below(name, 10) for name in ("quadratic", "half-square")),
        ),
        {
            ("first_order", "sqrt(d) in place of d (wrong power of d)"): _smoothing_exact(
                "of a square", 10, lambda d, **rest: smoothing_smooth(d=np.sqrt(d), **rest)
            ),
            ("constant", "d - 1 in place of d"): _smoothing_exact(
                "of a square", 10, lambda d, **rest: smoothing_smooth(d=d - 1, **rest)
            ),
            ("below", "f_delta <= f where f is convex"): _smoothing_below("quadratic", 10, sign=-1.0),
        },
    ),
    _claim(
        origin_moment,
        "E|g_0|^2 <= (d + 4) |grad f|^2; it is (d + 2) |grad f|^2.",
        f"{PAPER}, Theorem 3, as recalled",
        ("f is differentiable at x", *NORMAL),
        (-2, 2),
        (_moment_exact("linear, slope 3", d, lambda d: origin_moment(G=3, d=d)) for d in (1, 3, 10, *DECADES)),
        {
            ("d", "d in place of d + 4"): _moment_exact("linear, slope 3", 10, lambda d: 9 * d),
            ("d_plus_1", "d + 1 in place of d + 4"): _moment_exact("linear, slope 3", 10**6, lambda d: 9 * (d + 1)),
        },
    ),
    _kink_claim(lipschitz_moment, "E|g|^2 <= (d + 4)^2 L0^2.", f"{PAPER}, Theorem 4, as recalled"),
    _kink_claim(
        lipschitz_moment_sharp,
        "E|g|^2 <= d (d + 2) L0^2, with equality at the kink of L0 |x|.",
        f"ours, tightening {PAPER}, Theorem 4",
    ),
    _claim(
        smooth_moment,
        "E|g|^2 <= 2 (d + 4) |grad f|^2 + delta^2 L1^2 (d + 6)^3/2.",
        f"{PAPER}, Theorem 4, as recalled",
        SMOOTH,
        (-2, 2),
        (
            *(_moment_of_square(d, smooth_moment) for d in (1, 3, 10, *DECADES)),
            *(_moment(name, 10, smooth_moment) for name in ("quadratic", "valley", "half-square")),
            *(_moment(name, 10, smooth_moment, scale=1e-3) for name in ("quadratic", "valley")),
            *(_moment("quadratic", d, smooth_moment) for d in DECADES),
        ),
        {
            ("smoothing_power", "(d + 6)^2 in place of (d + 6)^3"): _moment_of_square(
                10**6, lambda d, **rest: smooth_moment(d=d, **rest) / (d + 6)
            ),
            ("smoothing_dropped", "the smoothing term dropped"): _moment(
                "quadratic", 10, lambda G, d, **rest: 2 * origin_moment(G=G, d=d), scale=3.0
            ),
            ("gradient_power", "sqrt(d + 4) in place of d + 4 before |grad f|^2"): _moment(
                "quadratic", 10**3, lambda G, d, **rest: smooth_moment(G=G * (d + 4) ** -0.25, d=d, **rest), scale=1e-3
            ),
        },
    ),
    _claim(
        smoothed_moment,
        "E|g|^2 <= 4 (d + 4) |grad f_delta|^2 + 3 delta^2 L1^2 (d + 4)^3.",
        f"{PAPER}, Lemma 5, as recalled",
        SMOOTH,
        (-2, 2),
        (
            *(_moment_of_square(d, smoothed_moment) for d in (1, 3, 10, *DECADES)),
            *(_moment(name, 10, smoothed_moment, smoothed=True) for name in ("quadratic", "valley", "half-square")),
            *(_moment("quadratic", d, smoothed_moment, smoothed=True) for d in DECADES),
        ),
        {
            ("smoothing_power", "(d + 4)^2 in place of (d + 4)^3"): _moment_of_square(
                10**6, lambda d, **rest: smoothed_moment(d=d, **rest) / (d + 4)
            ),
            ("dimension_free", "d + 4 dropped from both terms"): _moment(
                "valley", 10, lambda G, delta, L1, d: 4 * G**2 + 3 * delta**2 * L1**2
            ),
            ("gradient_power", "sqrt(d + 4) in place of d + 4 before |grad f_delta|^2"): _moment(
                "quadratic",
                10**3,
                lambda G, d, **rest: smoothed_moment(G=G * (d + 4) ** -0.25, d=d, **rest),
                scale=1e-3,
            ),
        },
    ),
    _nonsmooth_claim(nonsmooth, "(d + 4)^2", f"{PAPER}, Theorem 6, as recalled"),
    _nonsmooth_claim(nonsmooth_sharp, "d (d + 2)", f"ours, tightening {PAPER}, Theorem 6"),
    _claim(
        convex,
        "With h = 1/(4 (d + 4) L1), the mean of E f(x_k) - f* over k < steps is at most "
        "4 (d + 4) L1 R^2/steps + (9/25) delta^2 (d + 4)^2 L1.",
        f"{PAPER}, Theorem 8, as recalled",
        ("f is convex with a minimiser, and unconstrained", *SMOOTH),
        (0, 1),
        (
            *(
                _gap_exact(name, d, turns, convex, mean=True)
                for name, turns in (("round", 10), ("valley", 30), ("round, from the minimiser", 30))
                for d in (10, *DECADES)
            ),
            *(
                _gap(name, 10, 200, convex, partial(prescribed_convex, average=False), mean=True)
                for name in ("quadratic", "half-square")
            ),
        ),
        {
            **_at_decades(
                "dimension_free",
                "d = 1 in the first term: the rate of the gradient method",
                lambda d: _gap_exact(
                    "round", d, 10, lambda steps, d, **rest: convex(steps * (d + 4) / 5, d=d, **rest), mean=True
                ),
            ),
            ("constant", "d + 4 in place of 4 (d + 4)"): _gap_exact(
                "round", 10**3, 10, lambda steps, **rest: convex(4 * steps, **rest), mean=True
            ),
            ("smoothing_power", "d + 4 in place of (d + 4)^2 in the smoothing term"): _gap_exact(
                "round, from the minimiser",
                10**6,
                30,
                lambda steps, delta, d, **rest: convex(steps, delta=delta / (d + 4) ** 0.5, d=d, **rest),
                mean=True,
            ),
            ("sign", SIGN): _gap_exact("round", 10, 10, convex, mean=True, sign=-1),
        },
    ),
    _claim(
        strongly_convex,
        "With h = 1/(4 (d + 4) L1), E f(x_N) - f* <= (L1/2) [D + (1 - mu/(8 (d + 4) L1))^N (R^2 - D)], "
        "D = (18/25) delta^2 (d + 4)^2 L1/mu.",
        f"{PAPER}, Theorem 8, as recalled",
        ("f is mu-strongly convex, and unconstrained", *SMOOTH),
        (0, 1),
        (
            *(
                _gap_exact(name, d, turns, strongly_convex)
                for name, turns in (("round", 1), ("valley", 1000), ("round, from the minimiser", 30))
                for d in (10, *DECADES)
            ),
            _gap_exact("round", 10**6, 1e-6, strongly_convex),
            *(_gap("quadratic", 10, steps, strongly_convex) for steps in (1, 300)),
            _gap("valley", 10, 300, strongly_convex),
            _gap("logistic", 30, 100, strongly_convex),
            *(_gap("quadratic", d, 10, strongly_convex) for d in DECADES),
        ),
        {
            **_at_decades(
                "dimension_free",
                "d = 1 in the rate",
                lambda d: _gap_exact(
                    "round", d, 1, lambda steps, d, **rest: strongly_convex(steps * (d + 4) / 5, d=d, **rest)
                ),
            ),
            ("rate", "mu/((d + 4) L1) in place of mu/(8 (d + 4) L1)"): _gap_exact(
                "round", 10**3, 5, lambda steps, **rest: strongly_convex(8 * steps, **rest)
            ),
            ("constant", "L1/4 in place of L1/2"): _gap_exact("round", 10**6, 1e-6, _scaled(strongly_convex, 1 / 2)),
            ("sign", SIGN): _gap_exact("round", 10, 10, strongly_convex, sign=-1),
        },
    ),
    _claim(
        effective_dimension,
        "On a convex quadratic with step size 1/(2 L1 + trace), E f(x_N) - f* <= r^N (f(x_0) - f*) "
        "+ (1 - r^N) delta^2 trace (trace + 4 L1)/(8 mu), r = 1 - mu/(2 L1 + trace): the trace of the Hessian, "
        "not d, sets the rate.",
        "ours",
        ("f is a convex quadratic with a minimiser; mu is the smallest positive eigenvalue of its Hessian", *NORMAL),
        (0, 1),
        (
            *(
                _traced_exact(name, d, turns)
                for name, turns in (("round", 5), ("ten directions", 20), ("ten directions, 1/d in the others", 3))
                for d in (20, *DECADES)
            ),
            *(_traced_exact("valley", d, 5) for d in (10, 10**6)),
            *(_gap(name, 10, 100, effective_dimension, _prescribed_traced) for name in ("quadratic", "valley")),
            *(_gap("few curved directions", d, 20, effective_dimension, _prescribed_traced) for d in DECADES),
        ),
        {
            **_at_decades(
                "classical_step",
                "the same rate with the classical step size 1/(4 (d + 4) L1)",
                lambda d: _traced_exact("ten directions", d, 20, classical=True),
            ),
            ("trace_dropped", "L1 in place of the trace, as on one direction"): _traced_exact(
                "ten directions", 10**6, 5, bound=lambda L1, trace, **rest: effective_dimension(L1=L1, trace=L1, **rest)
            ),
            ("rate", "mu/(L1 + trace) in place of mu/(2 L1 + trace)"): _traced_exact(
                "ten directions",
                10**6,
                5,
                bound=lambda L1, trace, **rest: effective_dimension(L1=L1, trace=trace - L1, **rest),
            ),
            ("smoothing", "the smoothing term without trace + 4 L1"): _traced_exact(
                "round, from the minimiser",
                10**6,
                5,
                bound=lambda delta, L1, trace, **rest: effective_dimension(
                    delta=delta * (L1 / trace) ** 0.5, L1=L1, trace=trace, **rest
                ),
            ),
            ("sign", SIGN): _gap("quadratic", 10, 100, effective_dimension, _prescribed_traced, _ascending),
        },
    ),
)

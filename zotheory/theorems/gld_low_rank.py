"""GLD-Search on functions of few directions, and near them: what is claimed.

Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Theorem 9 and what follows it, as recalled
(the printed text was not at hand; the constants are derived in ``proofs/gld_low_rank.py``).

Notation
--------
f(x) = g(A'x) in n variables, A (n, k) with orthonormal columns, g smooth and strongly convex with condition number Q;
u = A'x, u* the minimiser of g; L1, mu its smoothness and strong convexity, Q = L1/mu; displacements (r/k) z,
z ~ N(0, I_n). A step succeeds if z_1 >= a |z|^2/(2 k) + delta/a in k dimensions, a the radius in units of a length L:
L is |grad g|/L1 in `smooth_step`, and the distance to the centre of a ball of lower values in `one_step`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from zotheory import require
from zotheory.directions import gaussian
from zotheory.elementary import Array, gamma_ratio, half, is_symbolic, log, sqrt
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import Frequency, Quantile, Value
from zotheory.evidence.reduced import DECADES
from zotheory.methods import Method, gld_search
from zotheory.problems import Embedded, Perturbed, Wavy, breast_cancer, cliffs, random_rotation, square_wave
from zotheory.run import generator, iterate, run
from zotheory.theorems import gld_search as full
from zotheory.theorems.gld_search import PAPER, SUCCESS, failure, hard_instance, iterations, rotated_family, sphere_tail

LOW = 0.45  # the grid radius is looked for in [LOW L, 2 LOW L]


def contraction(*, k: Array, Q: Array) -> Array:
    """Theorem 9: some radius gives f(y) - f* <= (1 - 1/(5 k Q)) (f(x) - f*) with probability >= SUCCESS.

    Raises
    ------
    ValueError
        Unless k >= 1 and Q >= 1.
    """
    require.at_least(1, k=k, Q=Q)
    return full.contraction(n=k, Q=Q)


def smooth_contraction(*, k: Array, Q: Array) -> Array:
    """1 - 2/(5 k Q), with the same probability, for a radius in [LOW, 2 LOW] |grad g|/L1.

    Raises
    ------
    ValueError
        Unless k >= 1 and Q >= 1.
    """
    require.at_least(1, k=k, Q=Q)
    return 1 - 2 / (5 * k * Q)


def threshold(k: Array, *, a: Array, delta: Array) -> Array:
    """Mean over |z| of what sqrt(k) z_1/|z| has to pass: a |z|/(2 sqrt(k)) + delta sqrt(k)/(a |z|)."""
    radius = sqrt(2 / k) * gamma_ratio((k + 1) / 2, k / 2)  # E |z|/sqrt(k)
    inverse = sqrt(k / 2) * gamma_ratio((k - 1) / 2, k / 2)  # E sqrt(k)/|z|
    return a * radius / 2 + delta / a * inverse


def success_below(k: Array, *, a: Array, delta: Array = 0.2) -> Array:
    """Lower bound, for k >= 3, of P(z_1 >= a |z|^2/(2 k) + delta/a), z ~ N(0, I_k): P(sqrt(k) s_1 >= `threshold`).

    s is uniform on the unit sphere of R^k; its tail is convex, so Jensen's inequality applies to |z|.

    Raises
    ------
    ValueError
        Unless k >= 3, a > 0 and delta >= 0.
    """
    require.at_least(3, k=k)
    require.positive(a=a)
    require.nonnegative(delta=delta)
    return sphere_tail(k, np.minimum(threshold(k, a=a, delta=delta), np.sqrt(k)))


def evaluations(*, n: Array, k: Array, Q: Array, log_ratio: Array, R: Array, r: Array) -> Array:
    """1 + (T + 1)(log2(n R/r) + 2), T = (10 k Q/p) log_ratio: evaluations that suffice when k is not known.

    Raises
    ------
    ValueError
        Unless 1 <= k <= n, Q >= 1, log_ratio > 0 and 0 < r < R.
    """
    require.at_least(1, n=n, k=k, Q=Q)
    require.positive(log_ratio=log_ratio, R=R, r=r)
    if not is_symbolic(k, n) and not np.all(np.asarray(k) <= n):
        raise ValueError(f"k must be at most n = {n!r}, got {k!r}")
    if not is_symbolic(r, R) and not np.all(np.asarray(r) < R):
        raise ValueError(f"r must be smaller than R = {R!r}, got {r!r}")
    ratio = n * R / r
    p = half(k * Q * log_ratio) ** 2  # SUCCESS, exact beside symbols
    radii = log(ratio) / log(1 / half(ratio)) + 2
    return 1 + (iterations(n=k, Q=Q, log_ratio=log_ratio, p=p) + 1) * radii


def perturbed_gap(*, gap: Array, delta: Array, k: Array, Q: Array) -> Array:
    """(1 - 1/(5 k Q)) gap + 2 delta: the gap after a good step on g(A'x) + h(x), |h| <= delta.

    Raises
    ------
    ValueError
        Unless gap, delta >= 0 and k, Q >= 1.
    """
    require.nonnegative(gap=gap, delta=delta)
    return contraction(k=k, Q=Q) * gap + 2 * delta


def perturbed_contraction(*, k: Array, Q: Array) -> Array:
    """1 - 1/(10 k Q): half of the progress, which `perturbed_gap` leaves from `least_gap` on."""
    require.at_least(1, k=k, Q=Q)
    return contraction(k=2 * k, Q=Q)


def least_gap(*, delta: Array, k: Array, Q: Array) -> Array:
    """20 delta k Q: from this gap on, `perturbed_gap` is at most `perturbed_contraction` times the gap.

    Raises
    ------
    ValueError
        Unless delta >= 0 and k, Q >= 1.
    """
    require.nonnegative(delta=delta)
    require.at_least(1, k=k, Q=Q)
    return 20 * delta * k * Q


# --- experiments -----------------------------------------------------------------------------------------------------


def low_rank(name: str, k: int, n: int) -> Any:
    """A function of k directions in n dimensions, its start off their span; in reduced coordinates at the decades."""
    require.nonnegative(**{"n - k": n - k})
    if n in DECADES:
        sizes = (1, k - 1, n - k) if k < n else (1, k - 1)
        return reduced.reduce(lambda width: _blocks(k, n, width), sizes, gld_search(R=1.0, r=0.1, law=gaussian))
    functions: dict[str, Callable[[], Any]] = {
        "logistic": breast_cancer,
        "family": lambda: rotated_family(k),
        "hard": lambda: hard_instance(k, 10.0),
        "wavy": lambda: Wavy(k, c=0.3, f_star=-1.0),
    }
    g = functions[name]()
    A = random_rotation(n, np.random.default_rng(11))[:, :k]
    aside = np.linspace(-1, 1, n)
    return Embedded(g, A, A @ g.x0 + aside - A @ (A.T @ aside))


def _blocks(k: int, n: int, width: int) -> Embedded:
    """The hard instance of k variables, `width` axes a block; f ignores a third block of n - k dimensions."""
    A = np.eye((3 if k < n else 2) * width, 2 * width)
    g = hard_instance(k, 10.0, width)
    x0 = A @ g.x0
    x0[2 * width : 2 * width + 1] = 1.0
    return Embedded(g, A, x0, n)


def step_event(k: int, a: np.ndarray, delta: float, rng: np.random.Generator, power: float = -1.0) -> np.ndarray:
    """Whether y ~ N(0, (a k^power)^2 I_k) has y_1 >= |y|^2/2 + delta/k; at power -1 z_1 >= a |z|^2/(2 k) + delta/a."""
    source = reduced.Frame((k,), 1, (), 1, True).generator(rng, a.shape)
    y = gaussian.draw(source, a.shape, k, a * float(k) ** power)
    return y[:, 0] >= np.sum(y * y, axis=-1) / 2 + delta / k


def _event(
    k: int, ends: tuple[float, float] = (LOW, 2 * LOW), power: float = -1.0, replicas: int = 100_000
) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Frequency:
        rng = generator(seed)
        hits = step_event(k, rng.uniform(*ends, replicas), 0.2, rng, power)
        return Frequency(int(hits.sum()), replicas, SUCCESS)

    rung = "reduced" if k in DECADES else "measured"
    return Experiment(rung, "one radius, uniform in its window", k, measure, replicas, 20 * replicas)


def _exact(k: int) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        least = np.min(success_below(k, a=np.linspace(LOW, 2 * LOW, 65)))
        return Value(float(least), SUCCESS, at_least=True)

    return Experiment("exact", "least probability over 65 radii, from below", k, measure)


def _grid(problem: Any) -> tuple[float, float]:
    """R and r for which the needed radius (3/(5Q))|u0 - u*| is covered, with two halvings to spare below."""
    needed = 0.6 * problem.R / problem.Q
    return 64 * needed, needed / 4


def _succeeding(
    method: Method, problem: Any, allowed: Callable[[float], Array], replicas: int, seed: np.random.SeedSequence
) -> Frequency:
    """How often the gap after one step is at most `allowed`, a function of the gap before."""
    after = run(method, problem, steps=1, replicas=replicas, seed=seed, record=[1])
    before = float(problem(problem.x0)) - problem.f_star
    gaps = after.values[0] - problem.f_star
    return Frequency(int(np.sum(gaps <= allowed(before))), replicas, SUCCESS, after.calls)


def _experiment(what: str, name: str, k: int, n: int, measure: Any, replicas: int = 1000, full: int = 20_000) -> Any:
    rung = "reduced" if n in DECADES else "worst case" if name == "hard" else "measured"
    return Experiment(rung, f"{what}, {name}, k = {k}", n, measure, replicas, full)


def _one_step(
    name: str,
    k: int,
    n: int,
    rate: Callable[..., Array] = contraction,
    scale: Callable[[int, int], float] = lambda k, n: 1 / k,
) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Frequency:
        problem = low_rank(name, k, n)
        R, r = _grid(problem)
        method = gld_search(R=R, r=r, law=gaussian, scale=scale(k, n))
        return _succeeding(method, problem, lambda gap: rate(k=k, Q=problem.Q) * gap, replicas, seed)

    return _experiment("one step", name, k, n, measure)


def one_radius(radius: float, k: int) -> Method:
    """One candidate, x + (radius/k) z."""
    method = gld_search(R=2 * radius, r=radius, law=gaussian, scale=1 / k)
    keywords = {**method.draw.keywords, "radii": np.array([radius])}  # type: ignore[attr-defined]
    return replace(method, draw=partial(method.draw.func, **keywords), calls=(1, 1))  # type: ignore[attr-defined]


def _smooth_step(name: str, k: int, n: int, a: float, rate: Callable[..., Array] = smooth_contraction) -> Experiment:
    """One candidate, its radius a |grad f|/L1: alone it has to succeed as often as is claimed."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Frequency:
        problem = low_rank(name, k, n)
        radius = a * float(np.linalg.norm(problem.gradient(problem.x0))) / problem.L1
        method = one_radius(radius, k)
        return _succeeding(method, problem, lambda gap: rate(k=k, Q=problem.Q) * gap, replicas, seed)

    return _experiment(f"one radius, {a:.3g} |grad f|/L1", name, k, n, measure, 100_000, 1_000_000)


def any_rank(R: float, r: float, n: int) -> Method:
    """GLD-Search for every k <= n: the deviation of a coordinate itself is searched, from R down to r/n."""
    return gld_search(R=R, r=r / n, law=gaussian, scale=1.0)


def _any_rank_step(name: str, k: int, n: int, method: Callable[[float, float, int], Method] = any_rank) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Frequency:
        problem = low_rank(name, k, n)
        R, r = _grid(problem)
        return _succeeding(method(R, r, n), problem, lambda gap: contraction(k=k, Q=problem.Q) * gap, replicas, seed)

    return _experiment("one step", name, k, n, measure)


def _reaching(name: str, k: int, n: int, fall: float, count: Callable[..., Array] = evaluations) -> Experiment:
    """Evaluations until the gap has fallen by exp(-fall), against the `count` that is claimed to suffice."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Quantile:
        problem = low_rank(name, k, n)
        end = problem.R * np.sqrt(np.exp(-fall) / problem.Q)  # closest that the target lets the distance come
        R, r = problem.R, 0.6 * end / problem.Q
        allowed = float(count(n=n, k=k, Q=problem.Q, log_ratio=fall, R=R, r=r))
        first = float(problem(problem.x0)) - problem.f_star
        used = np.full(replicas, np.inf)
        start = np.tile(problem.x0, (replicas, 1))
        for state, counted in iterate(any_rank(R, r, n), problem, start, generator(seed)):
            reached = state.fx - problem.f_star <= np.exp(-fall) * first
            used = np.where(reached, np.minimum(used, counted.calls), np.inf)
            if counted.calls > allowed or np.all(reached):
                break
        tail = max(float(failure(n=k, Q=problem.Q, log_ratio=fall)), 0.05)  # a rarer failure could not be measured
        return Quantile(np.minimum(used, 2 * allowed), allowed, tail, counted.calls)

    return _experiment("evaluations to the target gap", name, k, n, measure, 400, 4000)


def _short(k: float) -> float:
    """A fall whose failure probability is 5 % on the hard instance."""
    return float(-np.log(0.05) * 4 / (5 * k * 10))


def disturbed(problem: Any, h: str, delta: float, k: int) -> Any:
    """The problem + delta h, h one of two functions of rank n: a square wave or cliffs."""
    if hasattr(problem, "frame"):
        return replace(problem, problem=disturbed(problem.problem, h, delta, k))
    if h == "cliffs":
        return Perturbed(problem, cliffs(problem.minimiser, problem.x0), delta)
    step = 0.6 * problem.R / problem.Q / k * np.sqrt(problem.d)  # length of the step that is needed
    return Perturbed(problem, square_wave(problem.minimiser, step**2), delta)


def _perturbed(
    name: str,
    k: int,
    n: int,
    h: str,
    share: float = 20.0,
    bound: Callable[..., Array] = perturbed_gap,
    a: float | None = None,
) -> Experiment:
    """One step where delta = (g(u0) - g*)/(share k Q), so that the gap is at least share delta k Q.

    With `a` there is but one radius, a R/Q; the theorem's is (3/5) R/Q.
    """

    def measure(replicas: int, seed: np.random.SeedSequence) -> Frequency:
        problem = low_rank(name, k, n)
        delta = (float(problem(problem.x0)) - problem.f_star) / (share * k * problem.Q)
        R, r = _grid(problem)
        method = one_radius(a * problem.R / problem.Q, k) if a else gld_search(R=R, r=r, law=gaussian, scale=1 / k)
        return _succeeding(
            method,
            disturbed(problem, h, delta, k),
            lambda gap: bound(gap=gap, delta=delta, k=k, Q=problem.Q),
            replicas,
            seed,
        )

    if a:
        return _experiment(f"one radius, {h}", name, k, n, measure, 100_000, 1_000_000)
    return _experiment(f"one step, {h}", name, k, n, measure)


# --- claims -----------------------------------------------------------------------------------------------------------

LOW_RANK = (
    "f(x) = g(A'x), A an n x k matrix with orthonormal columns, 1 <= k <= n (k = n: every f)",
    "g is smooth and strongly convex with condition number Q",
    "r <= (3/(5Q)) |A'x - u*| <= R, u* the minimiser of g",
)


def _half_progress(gap: Array, delta: Array, k: Array, Q: Array) -> Array:
    """What is claimed from some gap on, delta unseen."""
    return perturbed_contraction(k=k, Q=Q) * gap


CLAIMS = (
    Claim(
        id="gld_low_rank.one_step",
        statement="Among the radii one has f(y) - f* <= (1 - 1/(5kQ)) (f(x) - f*) with probability > 1/4 for every "
        "k >= 1 and n >= k, y ~ N(x, (r_j/k)^2 I_n); so GLD-Search contracts with that probability.",
        source=f"{PAPER}, Theorem 9, as recalled there with an unnamed constant",
        kind="probability",
        provenance="corrected",
        assumptions=(*LOW_RANK, "K = ceil(log2(R/r)); displacements N(0, (r_j/k)^2 I_n)"),
        bound=contraction,
        units={"k": (0, 0), "Q": (0, 0), "return": (0, 0)},
        experiments=(
            *(_exact(k) for k in (3, 10, 100, *DECADES)),
            *(_event(k) for k in (1, 2, 10, *DECADES)),
            _one_step("family", 5, 20),
            _one_step("family", 1, 20),
            _one_step("family", 10, 10),
            _one_step("logistic", 30, 40),
            _one_step("hard", 10, 40),
            *(_one_step("hard", 5, n) for n in DECADES),
            *(_one_step("hard", n // 10, n) for n in DECADES),
            _one_step("hard", 10**6, 10**6),
        ),
        controls=(
            *(
                Control(
                    f"gld_low_rank.one_step.variance_{k:.0e}".replace("+", ""),
                    "gld_low_rank.one_step",
                    "variance r^2/k in place of r^2/k^2",
                    _event(k, power=-0.5),
                )
                for k in (100, *DECADES)
            ),
            Control(
                "gld_low_rank.one_step.window",
                "gld_low_rank.one_step",
                "1/4 for every radius in [L/2, L] (it is Phi(-7/10) at L, in the limit)",
                _event(10**3, ends=(1.0, 1.0), replicas=400_000),
            ),
            *(
                Control(
                    f"gld_low_rank.one_step.scale_n_{n:.0e}".replace("+", ""),
                    "gld_low_rank.one_step",
                    "displacements scaled by n, not by k",
                    _one_step("hard", 5, n, scale=lambda k, n: 1 / n),
                )
                for n in DECADES[1:]  # at 10^3 the grid reaches up far enough
            ),
            *(
                Control(
                    f"gld_low_rank.one_step.sqrt_k_{n:.0e}".replace("+", ""),
                    "gld_low_rank.one_step",
                    "contraction 1 - 1/(5 sqrt(k) Q) (wrong power of k)",
                    _one_step("hard", n, n, rate=lambda k, Q: contraction(k=np.sqrt(k), Q=Q)),
                )
                for n in DECADES
            ),
        ),
    ),
    Claim(
        id="gld_low_rank.smooth_step",
        statement="Where r <= (9/10) |grad g|/L1 and (9/20) |grad g|/L1 <= R, one of the radii has "
        "f(y) - f* <= (1 - 2/(5kQ)) (f(x) - f*) with probability > 1/4, y ~ N(x, (r_j/k)^2 I_n): twice the progress, "
        "and g need not be convex.",
        source="ours, doubling the progress of " + PAPER + ", Theorem 9",
        kind="probability",
        provenance="ours",
        assumptions=(
            LOW_RANK[0],
            "g has an L1-Lipschitz gradient and |grad g|^2 >= 2 mu (g - g*), Q = L1/mu; strong convexity implies it",
            "K = ceil(log2(R/r)); displacements N(0, (r_j/k)^2 I_n)",
        ),
        bound=smooth_contraction,
        units={"k": (0, 0), "Q": (0, 0), "return": (0, 0)},
        experiments=(
            _smooth_step("family", 5, 20, 0.6),
            _smooth_step("family", 10, 10, 0.6),
            _smooth_step("wavy", 5, 20, 0.6),
            _smooth_step("hard", 10, 40, 0.6),
            *(_smooth_step("hard", 5, n, 0.6) for n in DECADES),
            *(_smooth_step("hard", n // 10, n, 0.6) for n in DECADES),
        ),
        controls=(
            *(
                Control(
                    f"gld_low_rank.smooth_step.three_{n:.0e}".replace("+", ""),
                    "gld_low_rank.smooth_step",
                    "contraction 1 - 3/(5kQ), three times the progress, by the radius best for it",
                    _smooth_step("hard", n // 10, n, np.sqrt(0.6), lambda k, Q: 1 - 3 / (5 * k * Q)),
                )
                for n in DECADES
            ),
            Control(
                "gld_low_rank.smooth_step.radius",
                "gld_low_rank.smooth_step",
                "a radius of 2 |grad g|/L1 does as well",
                _smooth_step("hard", 10, 40, 2.0),
            ),
        ),
    ),
    Claim(
        id="gld_low_rank.unknown_dimension",
        statement="With deviations R, R/2, ... down to r/n GLD-Search contracts with probability > 1/4 whatever k <= n "
        "is; 1 + (T + 1)(log2(nR/r) + 2) evaluations, T = 40 k Q log(1/rho), bring the gap down by the factor rho, or "
        "the distance |A'x - u*| to (5/3) Q^(3/2) r, but for probability rho^(5kQ/4).",
        source="ours, with constants for the rate in " + PAPER,
        kind="probability",
        provenance="ours",
        assumptions=(
            *LOW_RANK[:2],
            "|A'x0 - u*| <= R; displacements N(0, s_j^2 I_n), s_j = 2^-j R, j = 0..ceil(log2(nR/r))",
        ),
        bound=evaluations,
        units={
            "n": (0, 0),
            "k": (0, 0),
            "Q": (0, 0),
            "log_ratio": (0, 0),
            "R": (1, 0),
            "r": (1, 0),
            "return": (0, 0),
        },
        experiments=(
            *(_any_rank_step("hard", k, 20) for k in (1, 5, 20)),
            *(_any_rank_step("hard", k, 10**12) for k in (2, 10**4, 10**8, 10**12)),
            _reaching("family", 5, 20, 1.0),
            _reaching("hard", 5, 20, 1.0),
            *(_reaching("hard", 5, n, _short(5)) for n in DECADES),
            *(_reaching("hard", n // 10, n, _short(n // 10)) for n in DECADES),
        ),
        controls=(
            *(
                Control(
                    f"gld_low_rank.unknown_dimension.no_extension_{n:.0e}".replace("+", ""),
                    "gld_low_rank.unknown_dimension",
                    "deviations down to r suffice: no log2(n) more",
                    _any_rank_step("hard", n // 10, n, lambda R, r, n: gld_search(R=R, r=r, law=gaussian, scale=1.0)),
                )
                for n in DECADES
            ),
            Control(
                "gld_low_rank.unknown_dimension.upwards",
                "gld_low_rank.unknown_dimension",
                "deviations from nR down to r: the grid extended at the wrong end",
                _any_rank_step("hard", 10**3, 10**3, lambda R, r, n: gld_search(R=n * R, r=r, law=gaussian, scale=1.0)),
            ),
            *(
                Control(
                    f"gld_low_rank.unknown_dimension.sqrt_k_{n:.0e}".replace("+", ""),
                    "gld_low_rank.unknown_dimension",
                    "T = 40 sqrt(k) Q log(1/rho) (wrong power of k)",
                    _reaching(
                        "hard",
                        n // 10,
                        n,
                        _short(np.sqrt(n // 10)),
                        lambda k, **rest: evaluations(k=np.sqrt(k), **rest),
                    ),
                )
                for n in DECADES[1:]
            ),
        ),
    ),
    Claim(
        id="gld_low_rank.perturbed",
        statement="On f(x) = g(A'x) + h(x), |h| <= delta, f(y) - f* <= (1 - 1/(5kQ)) (f(x) - f*) + 2 delta with "
        "probability > 1/4; that is <= (1 - 1/(10kQ)) (f(x) - f*) whenever f(x) - f* >= 20 delta k Q.",
        source=f"{PAPER}, high-rank perturbations, as recalled there from 60 delta k Q on",
        kind="probability",
        provenance="corrected",
        assumptions=(
            LOW_RANK[0].replace("f(x) = g(A'x)", "f(x) = g(A'x) + h(x)").replace("every f", "every g"),
            *LOW_RANK[1:],
            "h is any function with |h| <= delta; f* = inf f",
            "K = ceil(log2(R/r)); displacements N(0, (r_j/k)^2 I_n)",
        ),
        bound=perturbed_gap,
        units={"gap": (0, 1), "delta": (0, 1), "k": (0, 0), "Q": (0, 0), "return": (0, 1)},
        experiments=(
            _perturbed("family", 5, 20, "square wave"),
            _perturbed("logistic", 30, 40, "square wave"),
            _perturbed("family", 5, 20, "cliffs"),
            _perturbed("hard", 10, 40, "cliffs"),
            *(_perturbed("hard", 5, n, h) for n in DECADES for h in ("cliffs", "square wave")),
            *(_perturbed("hard", n // 10, n, "cliffs") for n in DECADES),
            *(_perturbed("hard", n // 10, n, "cliffs", a=0.6) for n in DECADES),
        ),
        controls=(
            Control(
                "gld_low_rank.perturbed.half_threshold",
                "gld_low_rank.perturbed",
                "1 - 1/(10kQ) from a gap of delta k Q/2 on",
                _perturbed("hard", 10, 40, "cliffs", 0.5, _half_progress),
            ),
            Control(
                "gld_low_rank.perturbed.fifth_threshold",
                "gld_low_rank.perturbed",
                "1 - 1/(10kQ) from a gap of 4 delta k Q on, by the radius best for it",
                _perturbed("hard", 10**5, 10**6, "cliffs", 4.0, _half_progress, a=np.sqrt(0.6)),
            ),
            *(
                Control(
                    f"gld_low_rank.perturbed.threshold_{n:.0e}".replace("+", ""),
                    "gld_low_rank.perturbed",
                    "1 - 1/(10kQ) from a gap of 20 delta Q on (k dropped)",
                    _perturbed("hard", n // 10, n, "cliffs", 200 / n, _half_progress),
                )
                for n in DECADES
            ),
        ),
    ),
)

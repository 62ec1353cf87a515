"""Two-point mirror descent: what is claimed.

Source: Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Lemma 1 and
Theorem 1, as recalled (the printed text was not at hand; the constants are re-derived in ``proofs/two_point.py``),
and a tightening of our own.

Notation
--------
R with D(x*, x) <= R^2/2 on the domain; G with E |grad F(x; X)|_*^2 <= G^2 there; L1 = sqrt(E L(X)^2); s = s(d) and
M = M(mu) of the law of directions (`zotheory.directions`); k steps; alpha, u multiples of step size and radius (> 0).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from zotheory import estimators, require
from zotheory.directions import Law, gaussian, rademacher, sphere
from zotheory.elementary import Array, half, log, maximum, sqrt, zeta
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.exact import over_signs
from zotheory.evidence.observations import Mean, Value
from zotheory.evidence.reduced import DECADES
from zotheory.geometry import euclidean_ball, norm
from zotheory.methods import Method, two_point
from zotheory.methods.two_point import State, step
from zotheory.oracles import Fresh, is_stochastic
from zotheory.problems import HalfSquare, NoisyLinear, Quadratic, block_quadratic, breast_cancer, random_rotation
from zotheory.run import generator, run


def bias(*, delta: Array, L1: Array, third: Array) -> Array:
    """Lemma 1: |E g - grad f|_* <= delta L1 E|Z|^3/2, `third` = E|Z|^3 (``law.norm_moment(3, d)``).

    Raises
    ------
    ValueError
        Unless delta > 0, L1 >= 0 and third > 0.
    """
    require.positive(delta=delta, third=third)
    require.nonnegative(L1=L1)
    return delta * L1 * third / 2


def second_moment(*, G: Array, delta: Array, L1: Array, s: Array, M: Array) -> Array:
    """Lemma 1: E |g|_*^2 <= 2 s G^2 + delta^2 L1^2 M^2/2.

    Raises
    ------
    ValueError
        Unless G, delta, s, M > 0 and L1 >= 0.
    """
    require.positive(G=G, delta=delta, s=s, M=M)
    require.nonnegative(L1=L1)
    return 2 * s * G**2 + delta**2 * L1**2 * M**2 / 2


def step_size(t: Array, *, R: Array, G: Array, s: Array, alpha: Array = 1) -> Array:
    """Theorem 1's step size at step t: alpha R/(2 G sqrt(s t))."""
    require.positive(R=R, G=G, s=s, alpha=alpha)
    return alpha * R / (2 * G * sqrt(s) * sqrt(t))


def smoothing_radius(t: Array, *, G: Array, L1: Array, s: Array, M: Array, u: Array = 1) -> Array:
    """Theorem 1's smoothing radius at step t: u G sqrt(s)/(L1 M t).

    Raises
    ------
    ValueError
        Unless all are > 0; for linear F, whose L1 is 0, pass any positive L1: it is then an upper bound.
    """
    require.positive(G=G, L1=L1, s=s, M=M, u=u)
    return u * G * sqrt(s) / (L1 * M * t)


def mean_gap(k: Array, *, R: Array, G: Array, s: Array, alpha: Array = 1, u: Array = 1) -> Array:
    """Theorem 1: with the schedule above, E f(mean of x^1..x^k) - f* is at most

        2 R G sqrt(s/k) max(alpha, 1/alpha) + alpha u^2 R G sqrt(s)/k + u R G sqrt(s) log(2k)/k.

    Raises
    ------
    ValueError
        Unless R, G, s, alpha, u > 0 and k >= 1.
    """
    require.positive(R=R, G=G, s=s, alpha=alpha, u=u)
    require.at_least(1, k=k)
    scale = R * G * sqrt(s)
    return 2 * scale / sqrt(k) * maximum(alpha, 1 / alpha) + alpha * u**2 * scale / k + u * scale * log(2 * k) / k


def mean_gap_sharp(k: Array, *, R: Array, G: Array, s: Array, alpha: Array = 1, u: Array = 1) -> Array:
    """Theorem 1, tightened: under the same schedule, E f(mean of x^1..x^k) - f* is at most

        (alpha + 1/alpha) R G sqrt(s/k) + alpha u^2 R G sqrt(s) zeta(5/2)/(8k) + u R G sqrt(s) (1 + log k)/(2k).

    Raises
    ------
    ValueError
        As `mean_gap`.
    """
    require.positive(R=R, G=G, s=s, alpha=alpha, u=u)
    require.at_least(1, k=k)
    scale = R * G * sqrt(s)
    return (
        (alpha + 1 / alpha) * scale / sqrt(k)
        + alpha * u**2 * scale * zeta(5 * half(k)) / (8 * k)
        + u * scale * (1 + log(k)) / (2 * k)
    )


def prescribed(
    problem: Any, *, law: Law = sphere, alpha: float = 1.0, u: float = 1.0
) -> tuple[Method, dict[str, float]]:
    """Two-point mirror descent with Theorem 1's schedule on a problem, and the arguments of the bound.

    Parameters
    ----------
    problem : with a domain (radius), L0, L1 and minimiser
    law : Law
    alpha, u : float, > 0

    Returns
    -------
    method : Method
        On the ball about the origin that is the problem's domain.
    constants : dict
        R, G, s, alpha, u: pass them to `mean_gap` or `mean_gap_sharp` with k.

    Raises
    ------
    ValueError
        If the problem has no bounded domain, no L0, or no L1: the theorem's assumptions A to C.
    """
    for name in ("radius", "L0", "L1"):
        if getattr(problem, name, None) is None:
            raise ValueError(f"problem must state {name} (Theorem 1, assumptions A to C), got None")
    require.positive(alpha=alpha, u=u)
    mirror = euclidean_ball(problem.radius)
    R, G = mirror.reach(problem.minimiser), problem.L0
    L1 = problem.L1 or G / R  # a linear F has L1 = 0, and any positive number bounds it
    s, M = float(law.second_moment(problem.d)), float(law.third_norm_moment(problem.d))
    method = two_point(
        h=partial(step_size, R=R, G=G, s=s, alpha=alpha),
        delta=partial(smoothing_radius, G=G, L1=L1, s=s, M=M, u=u),
        mirror=mirror,
        law=law,
    )
    return method, {"R": R, "G": G, "s": s, "alpha": alpha, "u": u}


# --- experiments -----------------------------------------------------------------------------------------------------


def tight_linear(d: int, k: int, *, c: float = 0.8, alpha: float = 0.25, width: int | None = None) -> NoisyLinear:
    """The linear problem on which k steps do badly: from the far side of the ball they just fail to cross it.

    Unit noise E|X - mean|^2 = 1 beside a mean of length c sqrt(d/k)/alpha, capped at 1; the values of c and alpha are
    those of a search, ``benchmarks/tightness.py``.
    """
    mean = np.zeros(d if width is None else width)
    mean[0] = min(c * np.sqrt(d / k) / alpha, 1.0)
    return NoisyLinear(mean, 1 / np.sqrt(d), radius=1.5, start=1.0, true_d=None if width is None else d)


def _problem(name: str, d: int, k: int) -> Any:
    if name == "logistic":
        return breast_cancer(radius=2.0)
    if name == "linear":
        if d in DECADES:
            return reduced.reduce(lambda width: tight_linear(d, k, width=width), (d,), two_point_of(), fixed=1)
        return tight_linear(d, k)
    if name == "signal":
        return NoisyLinear(np.eye(1, d)[0], 1 / np.sqrt(d), radius=1.5)
    if d in DECADES:
        half = d // 2
        return reduced.reduce(
            lambda width: block_quadratic(
                (1.0, 4.0), (half, half), start=(0.7, 0.7), centre=(0.4, 0.3), radius=2.0, f_star=-1.0, width=width
            ),
            (half, half),
            two_point_of(),
            fixed=1,
        )
    rotation = random_rotation(d, np.random.default_rng(7))
    centre = rotation[0] * 0.5
    return Quadratic(np.linspace(1, 4, d), centre, centre + rotation[1], -1.0, rotation, radius=2.0)


def two_point_of() -> Method:
    """Two-point descent with any schedule: what reduced coordinates need to know of a method."""
    return two_point(h=lambda t: 1.0, delta=lambda t: 1.0)


def largest_gap(problem: Any, R: float) -> float:
    """Upper bound of f - f* on the domain, all of it within R of the minimiser."""
    return 2 * problem.radius * float(norm(problem.mean)) if hasattr(problem, "mean") else problem.L0 * R


def measure_mean_gap(
    name: str,
    d: int,
    k: int,
    law: Law = sphere,
    bound: Callable[..., Array] = mean_gap,
    spoil: Callable[[Method], Method] | None = None,
    oracle: Callable[[Any], Any] = lambda problem: problem,
) -> Experiment:
    """E f - f* of the average after k steps, or of what `spoil` makes the method return, against the bound."""
    alpha = 0.25 if name == "linear" else 1.0

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d, k)
        method, constants = prescribed(problem, law=law, alpha=alpha)
        method = spoil(method) if spoil else method
        result = run(method, oracle(problem), steps=k, replicas=replicas, seed=seed, record=[k])
        gaps = np.maximum(result.values[0] - problem.f_star, 0)  # rounding can leave -1e-17
        return Mean(gaps, float(bound(k, **constants)), largest_gap(problem, constants["R"]), result.calls)

    rung = "reduced" if d in DECADES else "worst case" if name == "linear" else "measured"
    return Experiment(rung, f"{k} steps, {name}, {law.name}", d, measure, 200, 2000)


def _estimates(problem: Any, law: Law, delta: float, replicas: int, rng: Any) -> np.ndarray:
    """Gradient estimates at x0, one a replica, each with a sample of its own where the problem draws one."""
    batch = (replicas,)
    source = problem.frame.generator(rng, batch) if hasattr(problem, "frame") else rng
    x = np.tile(problem.x0, (replicas, 1))
    u = law.draw(source, batch, problem.d)
    f = problem.at(problem.sample(source, batch)) if is_stochastic(problem) else problem
    return estimators.two_point(f, x, u, delta)


def _second_moment(
    name: str,
    d: int,
    law: Law = sphere,
    bound: Callable[..., Array] = second_moment,
    oracle: Callable[[Any], Any] = lambda problem: problem,
) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        problem = _problem(name, d, max(d, 100))
        G = problem.L0 if is_stochastic(problem) else float(norm(problem.gradient(problem.x0)))
        L1 = problem.L1
        s, M = float(law.second_moment(d)), float(law.third_norm_moment(d))
        delta = 0.1 * G * np.sqrt(s) / ((L1 or 1.0) * M)
        g = _estimates(oracle(problem), law, delta, replicas, generator(seed))
        largest = None
        if law is sphere and not is_stochastic(problem) and d <= 100:  # |g| <= (G sqrt d + delta L1 d/2) sqrt d
            largest = (G * d + delta * L1 * d**1.5 / 2) ** 2
        limit = float(bound(G=G, delta=delta, L1=L1, s=s, M=M))
        return Mean(np.vecdot(g, g), limit, largest, calls=2)

    rung = "reduced" if d in DECADES else "worst case" if name == "linear" else "measured"
    return Experiment(rung, f"|g|^2, {name}, {law.name}", d, measure, 4000, 100_000)


def _bias_exact(name: str, d: int, bound: Callable[..., Array] = bias) -> Experiment:
    """|E g - grad f| under random signs, summed over all of them."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        problem = HalfSquare(d, active=d, c=0.3) if name == "half-square" else _problem(name, d, 100)
        x = problem.minimiser if name == "half-square" else problem.x0
        delta = 0.01
        g = over_signs(lambda u: estimators.two_point(problem, np.tile(x, (len(u), 1)), u, delta), d)
        limit = bound(delta=delta, L1=problem.L1, third=float(rademacher.norm_moment(3, d)))
        return Value(float(norm(g - problem.gradient(x))), float(limit), error=1e-9, calls=2 ** (d + 1))

    return Experiment("exact", f"|E g - grad f|, {name}, rademacher", d, measure)


def _bias_measured(d: int, bound: Callable[..., Array] = bias) -> Experiment:
    """<E g, e_1> = |E g| at the corner of one half-square, where g_1 >= 0 whatever the direction."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Mean:
        frame = reduced.Frame((d,), 1, (), 1, False)
        problem = HalfSquare(d, width=frame.width)
        u = gaussian.draw(frame.generator(generator(seed), (replicas,)), (replicas,), d)
        delta = 0.05
        g = estimators.two_point(problem, np.zeros((replicas, frame.width)), u, delta)
        limit = bound(delta=delta, L1=problem.L1, third=float(gaussian.norm_moment(3, d)))
        return Mean(g[:, 0], float(limit), calls=2)

    rung = "reduced" if d in DECADES else "measured"
    return Experiment(rung, "|E g - grad f|, half-square, gaussian", d, measure, 4000, 100_000)


def ascend(f: Any, state: State, u: Array, *, h: Any, delta: Any, **rest: Any) -> State:
    """The sign bug: step along the estimate instead of against it."""
    return step(f, state, u, h=-h(state.t), delta=delta(state.t), **rest)


def _ascending(method: Method) -> Method:
    return replace(method, step=partial(ascend, **method.step.keywords))  # type: ignore[attr-defined]


# --- claims -----------------------------------------------------------------------------------------------------------

PAPER = "Duchi et al., IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139)"
SMOOTH = (
    "A: the mirror map is 1-strongly convex and D(x*, x) <= R^2/2 on the compact domain; here Euclidean",
    "B: E |grad F(x; X)|^2 <= G^2 on the domain",
    "C: F(.; X) convex with L(X)-Lipschitz gradient, L1 = sqrt(E L(X)^2) finite",
    "D: E ZZ' = I, s(d) and M(mu) = sqrt(E |Z|^6) finite: sphere, Gaussian, Rademacher, ball, coordinates",
    "both evaluations of a step share the sample X",
)
GAP_UNITS = {"k": (0, 0), "R": (1, 0), "G": (-1, 1), "s": (0, 0), "alpha": (0, 0), "u": (0, 0), "return": (0, 1)}


def _gap_experiments(bound: Callable[..., Array]) -> tuple[Experiment, ...]:
    return (
        *(measure_mean_gap("quadratic", 10, 1000, law, bound) for law in (sphere, gaussian, rademacher)),
        measure_mean_gap("logistic", 30, 1000, sphere, bound),
        measure_mean_gap("linear", 10, 1000, sphere, bound),
        measure_mean_gap("linear", 10, 1000, gaussian, bound),
        measure_mean_gap("signal", 10, 1000, sphere, bound),
        *(measure_mean_gap("quadratic", d, 100, sphere, bound) for d in DECADES),
        *(measure_mean_gap("linear", d, 100, gaussian, bound) for d in DECADES),
    )


def _gap_controls(claim: str, bound: Callable[..., Array]) -> tuple[Control, ...]:
    def control(name: str, falsehood: str, experiment: Experiment) -> Control:
        return Control(f"{claim}.{name}", claim, falsehood, experiment)

    return (
        *(
            control(
                f"dimension_free_{d:.0e}".replace("+", ""),
                "sqrt(s(d)) dropped: the rate of the gradient method",
                measure_mean_gap("linear", d, 400, gaussian, lambda k, s, **rest: bound(k, s=1.0, **rest)),
            )
            for d in DECADES
        ),
        control(
            "fast_rate",
            "1/k in place of 1/sqrt(k)",
            measure_mean_gap("linear", 10, 1000, sphere, lambda k, **rest: bound(k, **rest) / np.sqrt(k)),
        ),
        control(
            "constant",
            "a tenth of the bound",
            measure_mean_gap("linear", 10, 1000, sphere, lambda k, **rest: bound(k, **rest) / 10),
        ),
        control(
            "sign",
            "stepping along the estimate (sign bug)",
            measure_mean_gap("quadratic", 10, 2000, sphere, bound, _ascending),
        ),
        control(
            "fresh_samples",
            "each evaluation of a step draws its own sample",
            measure_mean_gap("signal", 10, 1000, sphere, bound, oracle=Fresh),
        ),
    )


CLAIMS = (
    Claim(
        id="two_point.bias",
        statement="|E g - grad f(x)| <= delta L1 E|Z|^3/2.",
        source=f"{PAPER}, Lemma 1, as recalled",
        kind="expectation",
        provenance="recalled",
        assumptions=SMOOTH[2:],
        bound=bias,
        units={"delta": (1, 0), "L1": (-2, 1), "third": (0, 0), "return": (-1, 1)},
        experiments=(
            _bias_exact("half-square", 10),
            _bias_exact("quadratic", 10),
            *(_bias_measured(d) for d in (3, *DECADES)),
        ),
        controls=(
            Control(
                "two_point.bias.second_order",
                "two_point.bias",
                "a one-sided difference is of second order: delta^2 in place of delta",
                _bias_exact("half-square", 10, lambda delta, **rest: bias(delta=delta**2, **rest)),
            ),
            Control(
                "two_point.bias.dimension_free",
                "two_point.bias",
                "E|Z|^3 dropped (wrong power of d)",
                _bias_exact("half-square", 10, lambda third, **rest: bias(third=1.0, **rest)),
            ),
        ),
    ),
    Claim(
        id="two_point.second_moment",
        statement="E |g|^2 <= 2 s(d) G^2 + delta^2 L1^2 M^2/2.",
        source=f"{PAPER}, Lemma 1, as recalled",
        kind="expectation",
        provenance="recalled",
        assumptions=SMOOTH[1:],
        bound=second_moment,
        units={"G": (-1, 1), "delta": (1, 0), "L1": (-2, 1), "s": (0, 0), "M": (0, 0), "return": (-2, 2)},
        experiments=(
            *(_second_moment("quadratic", 10, law) for law in (sphere, gaussian, rademacher)),
            _second_moment("logistic", 30),
            _second_moment("linear", 10, gaussian),
            *(_second_moment("linear", d, gaussian) for d in DECADES),
        ),
        controls=(
            *(
                Control(
                    f"two_point.second_moment.sqrt_d_{d:.0e}".replace("+", ""),
                    "two_point.second_moment",
                    "sqrt(s(d)) in place of s(d) (wrong power of d)",
                    _second_moment("linear", d, gaussian, lambda s, **rest: second_moment(s=np.sqrt(s), **rest)),
                )
                for d in DECADES
            ),
            Control(
                "two_point.second_moment.fresh_samples",
                "two_point.second_moment",
                "each evaluation draws its own sample",
                _second_moment("linear", 10, gaussian, oracle=Fresh),
            ),
            Control(
                "two_point.second_moment.constant",
                "two_point.second_moment",
                "a quarter of the bound",
                _second_moment("linear", 10, gaussian, lambda **all_: second_moment(**all_) / 4),
            ),
        ),
    ),
    Claim(
        id="two_point.mean_gap",
        statement="E f(mean of x^1..x^k) - f* <= 2 R G sqrt(s/k) max(alpha, 1/alpha) + alpha u^2 R G sqrt(s)/k "
        "+ u R G sqrt(s) log(2k)/k, under the prescribed schedule.",
        source=f"{PAPER}, Theorem 1, as recalled",
        kind="expectation",
        provenance="recalled",
        assumptions=SMOOTH,
        bound=mean_gap,
        units=GAP_UNITS,
        experiments=_gap_experiments(mean_gap),
        controls=_gap_controls("two_point.mean_gap", mean_gap),
    ),
    Claim(
        id="two_point.mean_gap_sharp",
        statement="E f(mean of x^1..x^k) - f* <= (alpha + 1/alpha) R G sqrt(s/k) "
        "+ alpha u^2 R G sqrt(s) zeta(5/2)/(8k) + u R G sqrt(s) (1 + log k)/(2k), under the same schedule.",
        source="ours, tightening " + PAPER + ", Theorem 1",
        kind="expectation",
        provenance="ours",
        assumptions=SMOOTH,
        bound=mean_gap_sharp,
        units=GAP_UNITS,
        experiments=_gap_experiments(mean_gap_sharp),
        controls=_gap_controls("two_point.mean_gap_sharp", mean_gap_sharp),
    ),
)

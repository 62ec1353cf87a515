"""No method with m values a round does better: what is claimed.

Source: Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Section on lower
bounds, whose rate sqrt(d/(km)) is recalled (the printed text was not at hand); the constants are ours, derived in
``proofs/lower_bounds.py`` by the Bayes risk itself: Assouad's lemma and Pinsker's inequality would cost a factor of 4.

Notation
--------
F(x; X) = <x, X>, X ~ N(signal sigma v, sigma^2 I), v in {-1, 1}^d, on the ball of radius R; G^2 = E |X|^2; k rounds,
each with a fresh X and m values F(x_1; X), ..., F(x_m; X) at points anywhere, chosen one after the other. A pair of
values is m = 2; a step of `two_point` with p pairs is m = p + 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.directions import gaussian, rademacher, sphere
from zotheory.elementary import Array, sqrt
from zotheory.evidence import reduced
from zotheory.evidence.claims import Claim, Control, Experiment
from zotheory.evidence.observations import AtLeast, Value
from zotheory.evidence.reduced import DECADES
from zotheory.geometry import euclidean_ball, norm, project
from zotheory.methods import Method, double_smoothing, random_gradient_free
from zotheory.problems import NoisyLinear
from zotheory.run import generator, run
from zotheory.theorems import two_point_corollaries
from zotheory.theorems.two_point import PAPER, mean_gap_sharp, prescribed, step_size

FACTOR = 34  # between the sharp Theorem 1 and the lower bound, for k >= d


def signal(k: Array, m: Array, d: Array) -> Array:
    """Return sqrt(d/(4km)), the |E X_i|/sigma of the family that is hardest for k rounds of m values.

    Raises
    ------
    ValueError
        Unless k, m, d >= 1.
    """
    require.at_least(1, k=k, m=m, d=d)
    return sqrt(d / (4 * k * m))


def linear_family(k: Array, m: Array, d: Array, R: Array, G: Array) -> Array:
    """Return (R G/2) sqrt(d/(4km + d)): what no method gets below on average over v.

    Half the gap at the centre of the ball, for the family of `signal`; at least R G sqrt(d/(20km)) where km >= d.

    Raises
    ------
    ValueError
        Unless k, m, d >= 1 and R, G > 0.
    """
    require.at_least(1, k=k, m=m, d=d)
    require.positive(R=R, G=G)
    return R * G * sqrt(d / (4 * k * m + d)) / 2


def upper_over_lower(k: Array, d: Array) -> Array:
    """Sharp Theorem 1 (sphere, alpha = u = 1) on the ball of radius 1, over `linear_family` at m = 2.

    The distance of Theorem 1, from any point of the ball to the minimiser, is the ball's diameter.

    Raises
    ------
    ValueError
        Unless k, d >= 1.
    """
    require.at_least(1, k=k, d=d)
    return mean_gap_sharp(k, R=2, G=1, s=sphere.second_moment(d)) / linear_family(k, 2, d, R=1, G=1)


# --- experiments -----------------------------------------------------------------------------------------------------

RADIUS, SIGMA = 1.5, 0.8


def family(k: int, m: int, d: int, v: np.ndarray | None = None, *, width: int = 1) -> NoisyLinear:
    """F(.; X) for one v; without one, turned so that v lies along the first of `width` axes."""
    size = SIGMA * float(signal(k, m, d))
    mean = size * v if v is not None else size * np.sqrt(d) * np.eye(1, width)[0]
    return NoisyLinear(mean, SIGMA, RADIUS, true_d=d)


def _limits(problem: NoisyLinear, bound: Callable[..., Array], k: int, m: int) -> tuple[float, float]:
    """Lower bound and ceiling of the gap: the ball's diameter times the slope."""
    limit = float(bound(k=k, m=m, d=problem.d, R=problem.radius, G=problem.L0))
    return limit, 2 * problem.radius * float(norm(problem.mean))


class Sums(NamedTuple):
    """Sum of the coordinates of X that were seen (..., d), and the round, from 0."""

    x: Array
    t: int


def axes(m: int, radius: float) -> Method:
    """Ask for X on m axes a round, all axes in turn, then answer as if what was seen were E X."""

    def step(f: Callable[[Array], Array], state: Sums, u: Array) -> Sums:
        rows = np.eye(u)[np.arange(state.t * m, (state.t + 1) * m) % u]
        points = np.broadcast_to(rows, (*state.x.shape[:-1], *rows.shape))
        return Sums(state.x + f(points) @ rows, state.t + 1)

    return Method(
        name="axes",
        init=lambda f, x0: Sums(x0, 0),
        draw=lambda rng, state, d: d,
        step=step,
        output=lambda state: project(-1e9 * state.x, radius),
        calls=(0, m),
        vectors=("x",),
    )


def _method(name: str, problem: NoisyLinear, k: int) -> Method:
    """Return a method that ships, its steps those of Theorem 1; or `axes`; or one that trusts its start."""
    kind, _, detail = name.partition(" ")
    if kind == "axes":
        return axes(int(detail), problem.radius)
    if kind == "two_point":
        return prescribed(problem, law={"sphere": sphere, "gaussian": gaussian, "rademacher": rademacher}[detail])[0]
    if kind == "pairs":
        return two_point_corollaries.prescribed(problem, pairs=int(detail))[0]
    if kind == "known":
        return prescribed(problem, alpha=0.1)[0]
    R, G, d = 2 * problem.radius, problem.L0, problem.d
    mirror = euclidean_ball(problem.radius)
    if kind == "double_smoothing":
        h = partial(step_size, R=R, G=G, s=d + 2)
        return double_smoothing(h=h, delta=lambda t: 0.01 / t, eta=lambda t: 0.1 / t, mirror=mirror)
    return random_gradient_free(h=lambda t: R / (G * np.sqrt((d + 4) * k)), delta=1e-3, mirror=mirror)


def values_a_round(name: str) -> int:
    """Return m of a method: p pairs share one value."""
    kind, _, detail = name.partition(" ")
    return int(detail) + (kind == "pairs") if detail.isdigit() else 2


def _gaps(name: str, d: int, k: int, replicas: int, seed: np.random.SeedSequence) -> tuple[Any, Any, int]:
    """Gaps after k rounds, for eight v's drawn; "known" starts at the minimiser.

    Every other method here commutes with reflections of the axes: its gaps are independent and alike, whatever the v's.
    """
    m = values_a_round(name)
    problem = family(k, m, d)
    if d in DECADES:
        method = _method(name, problem, k)
        turned = reduced.reduce(lambda width: family(k, m, d, width=width), (d,), method, fixed=1)
        result = run(method, turned, steps=k, replicas=replicas, seed=seed, record=[k])
        return problem, result.values[0] - problem.f_star, result.calls
    drawn = generator(seed).choice([-1.0, 1.0], (8, d))
    gaps = []
    for i, v in enumerate(drawn):
        one = family(k, m, d, v)
        one = replace(one, start=-1.0) if name == "known" else one
        child = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, i))
        result = run(_method(name, one, k), one, steps=k, replicas=max(replicas // 8, 1), seed=child, record=[k])
        gaps.append(result.values[0] - one.f_star)
    return problem, np.concatenate(gaps), result.calls


def _gap(name: str, d: int, k: int, bound: Callable[..., Array] = linear_family) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> AtLeast:
        problem, gaps, calls = _gaps(name, d, k, replicas, seed)
        limit, ceiling = _limits(problem, bound, k, values_a_round(name))
        return AtLeast(np.clip(gaps, 0, ceiling), limit, ceiling, calls)  # rounding can leave -1e-17

    rung = "reduced" if d in DECADES else "worst case" if name.startswith("axes") else "measured"
    quick = 4000 if name.startswith("axes") else 240  # close to the bound: more has to be seen to tell
    return Experiment(rung, f"{k} rounds, {name}", d, measure, quick, 20 * quick)


def _evenly(d: int, m: int, seen: int | None = None, bound: Callable[..., Array] = linear_family) -> Experiment:
    """Spread d rounds of `seen` values (default m) over the axes: their mean is N(E X, sigma^2/seen I)."""
    seen = m if seen is None else seen

    def measure(replicas: int, seed: np.random.SeedSequence) -> AtLeast:
        problem = family(d, m, d, width=2)
        source: Any = reduced.Frame((d,), 1, (), 1, False).generator(generator(seed), (replicas,))
        mean = replace(problem, sigma=SIGMA / np.sqrt(seen)).sample(source, (replicas,))
        gaps = problem(project(-1e9 * mean, problem.radius)) - problem.f_star
        limit, ceiling = _limits(problem, bound, d, m)
        return AtLeast(np.clip(gaps, 0, ceiling), limit, ceiling, d * seen)

    label = f"d rounds of {seen} values, spread over the axes" + ("" if seen == m else f", against m = {m}")
    return Experiment("reduced", label, d, measure, 4000, 100_000)


def least_gap(d: int, k: int, m: int, nodes: int = 60) -> float:
    """Least mean gap of all methods that see every coordinate km/d times, over the gap at the centre.

    1 - E |E[v | seen]|/sqrt(d), where E[v_i | seen] = tanh(a + sqrt(a) z) for v_i = 1, a = signal^2 km/d, z normal:
    a Gauss-Hermite sum.
    """
    x, weights = np.polynomial.hermite_e.hermegauss(nodes)
    a = float(signal(k, m, d)) ** 2 * k * m / d
    squares = np.tanh(a + np.sqrt(a) * x) ** 2
    length, weight = squares, weights / weights.sum()
    for _ in range(d - 1):
        length, weight = np.add.outer(length, squares), np.multiply.outer(weight, weights / weights.sum())
    return 1 - float(np.sum(weight * np.sqrt(length))) / np.sqrt(d)


def _bayes(d: int, k: int, bound: Callable[..., Array] = linear_family) -> Experiment:
    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        problem = family(k, d, d)
        limit, ceiling = _limits(problem, bound, k, d)
        return Value(least_gap(d, k, d) * ceiling / 2, limit, at_least=True, error=5e-3)

    return Experiment("exact", f"{k} rounds, all of X, the best answer", d, measure)


def _factor(
    d: int, factor: float = FACTOR, first: float = 1.0, ratio: Callable[..., Array] = upper_over_lower
) -> Experiment:
    """Largest upper over lower, over 2000 values of k from first d to 10^6 d."""

    def measure(replicas: int, seed: np.random.SeedSequence) -> Value:
        k = np.maximum(np.geomspace(first * d, 1e6 * d, 2000).round(), 1.0)
        return Value(float(np.max(ratio(k, d))), factor)

    return Experiment("exact", "upper over lower bound, largest over k", d, measure)


# --- claims ----------------------------------------------------------------------------------------------------------

FAMILY = (
    "F(x; X) = <x, X>, X ~ N(sqrt(d/(4km)) sigma v, sigma^2 I), on the ball of radius R; G^2 = E |X|^2",
    "v uniform on {-1, 1}^d: the mean of the gap is taken over v too",
    "k rounds, each with a fresh X independent of the past, and at most m values F(x; X) in it",
    "points anywhere, chosen by values seen so far, also in the same round, and by independent randomness",
    "the answer lies in the ball",
)
DRAWN = ("two_point sphere", "two_point gaussian", "two_point rademacher", "double_smoothing", "random_gradient_free")
LINEAR, OPTIMAL = "lower_bounds.linear_family", "lower_bounds.factor"


def _control(of: str, name: str, falsehood: str, experiment: Experiment) -> Control:
    return Control(f"{of}.{name}", of, falsehood, experiment)


def _more(times: float) -> Callable[..., Array]:
    return lambda **rest: times * linear_family(**rest)


CLAIMS = (
    Claim(
        id=LINEAR,
        statement="However a method uses k rounds of m values each, E f(answer) - f* >= (R G/2) sqrt(d/(4km + d)), "
        "half the gap at the centre, and so >= R G sqrt(d/(20km)) where km >= d.",
        source=f"ours, after the lower bounds of {PAPER}: their rate sqrt(d/(km)) as recalled, our constant",
        kind="expectation",
        provenance="ours",
        assumptions=FAMILY,
        bound=linear_family,
        units={"k": (0, 0), "m": (0, 0), "d": (0, 0), "R": (1, 0), "G": (-1, 1), "return": (0, 1)},
        experiments=(
            *(_bayes(d, 5) for d in (1, 2, 3)),
            *(_gap(name, 10, 200) for name in DRAWN),
            _gap("pairs 4", 10, 200),
            _gap("two_point sphere", 50, 200),
            _gap("axes 2", 10, 200),
            *(_gap("two_point sphere", d, 100) for d in DECADES),
            *(_gap("pairs 4", d, 100) for d in DECADES),
            *(_evenly(d, m) for d in DECADES for m in (2, d)),
        ),
        controls=(
            _control(
                LINEAR,
                "constant",
                "R G sqrt(d/(km)): 1 in place of 1/sqrt(20)",
                _gap("two_point sphere", 10, 200, lambda k, m, d, R, G: R * G * np.sqrt(d / (k * m))),
            ),
            _control(LINEAR, "quarter_more", "a quarter more than the bound", _gap("axes 2", 10, 200, _more(1.25))),
            _control(LINEAR, "bayes", "a quarter more, against the best answer", _bayes(3, 5, _more(1.25))),
            _control(
                LINEAR,
                "dimension",
                "d in place of sqrt(d)",
                _gap("two_point gaussian", 10, 200, lambda d, **rest: linear_family(d=d, **rest) * np.sqrt(d)),
            ),
            _control(
                LINEAR,
                "rounds",
                "k^(-1/4) in place of k^(-1/2)",
                _gap("two_point sphere", 10, 200, lambda k, **rest: linear_family(k=k, **rest) * k**0.25),
            ),
            _control(
                LINEAR,
                "few_rounds",
                "d dropped from 4km + d",
                _gap("two_point sphere", 10**6, 100, lambda k, m, d, R, G: R * G * np.sqrt(d / (4 * k * m)) / 2),
            ),
            *(
                _control(
                    LINEAR,
                    f"values_{d:.0e}".replace("+", ""),
                    "m^(-1/4) in place of m^(-1/2)",
                    _evenly(d, d, bound=lambda m, **rest: linear_family(m=m, **rest) * m**0.25),
                )
                for d in DECADES
            ),
            _control(LINEAR, "known", "the mean over v dropped: a method that knows v", _gap("known", 10, 200)),
            *(
                _control(
                    LINEAR,
                    f"all_of_x_{d:.0e}".replace("+", ""),
                    "m = 2 for a method that sees all of X",
                    _evenly(d, 2, d),
                )
                for d in DECADES
            ),
        ),
    ),
    Claim(
        id=OPTIMAL,
        statement=f"For k >= d and pairs of values (m = 2) the sharp Theorem 1 is at most {FACTOR} times the lower "
        "bound: on the ball two-point mirror descent has the best rate, sqrt(d/k).",
        source=f"ours, from {LINEAR}; that the rate is optimal: {PAPER}, as recalled",
        kind="constant",
        provenance="ours",
        assumptions=(
            "directions on the sphere, alpha = u = 1, m = 2",
            "the ball of radius R; Theorem 1's distance is its diameter 2R, from any start",
            "k >= d >= 1",
        ),
        bound=upper_over_lower,
        units={"k": (0, 0), "d": (0, 0), "return": (0, 0)},
        experiments=tuple(_factor(d) for d in (1, 2, 3, 10, 100, *DECADES)),
        controls=(
            _control(OPTIMAL, "constant", "20 in place of 34", _factor(10, 20.0)),
            _control(OPTIMAL, "few_rounds", "for k >= d/100 as well", _factor(10**6, first=0.01)),
            _control(
                OPTIMAL,
                "gaussian",
                "for Gaussian directions as well, s = d + 2",
                _factor(1, ratio=lambda k, d: upper_over_lower(k, d) * np.sqrt(gaussian.second_moment(d) / d)),
            ),
        ),
    ),
)

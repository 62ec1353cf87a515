"""Random gradient-free search: the claims."""

from __future__ import annotations

from functools import partial
from typing import Any

from zotheory.claims import related
from zotheory.claims.two_point import UPHILL
from zotheory.evidence.claim import Bound, Claim, Experiment
from zotheory.measurements.experiments import over_decades
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.random_gradient_free import (
    gap_exactly,
    last_gap,
    mean_of_gaps,
    nonsmooth_gap,
    norm_moments,
    second_moment,
    second_moment_exactly,
    smoothing,
    smoothing_below,
    smoothing_exactly,
    traced_gap,
)
from zotheory.measurements.spoiled import ascending
from zotheory.reduced import DECADES
from zotheory.statements import random_gradient_free as statements
from zotheory.theorems import random_gradient_free as theorems

PAPER = "Nesterov and Spokoiny, Found. Comput. Math. 17, 2017"
DIRECTIONS = (3, 10, 10**6, 10**12)
ESTIMATE = "[f(x + delta u) - f(x)]/delta u, the difference of two values along a Gaussian direction u in R^d"
BELOW = "the smoothing of a convex function lies below the function"
GRADIENT_POWER = "the square of the gradient is multiplied by the root of d + 4 only: a wrong power of the dimension"


def recalled(where: str) -> dict[str, Any]:
    """Source and provenance of what stands there in the paper."""
    return {"source": f"{PAPER}, {where}, as recalled", "provenance": "recalled"}


def runs(of: str, turns: dict[str, int]) -> list[Experiment]:
    """Gaps after so many turns of (d + 4) steps, without sampling."""
    return [gap_exactly(name, d, times, of) for name, times in turns.items() for d in (10, *DECADES)]


def less(bound: Bound, by: int) -> Bound:
    """Return the bound of so many dimensions fewer."""
    return changed(bound, d=lambda d: d - by)


def traced(name: str, d: int, turns: float, **more: Any) -> Experiment:
    """Gap on a quadratic with the step size of its trace, without sampling."""
    return gap_exactly(name, d, turns, "traced", **more)


def lipschitz_claim(bound: Any, says: str, **source: Any) -> Claim:
    """The mean square of the estimate of a Lipschitz function, as recalled or sharp."""
    kink = second_moment_exactly("at a kink, L0 = 3", 10)
    return Claim(
        f"random_gradient_free.{bound.__name__}",
        bound=bound,
        states=getattr(statements, bound.__name__),
        says=says,
        **source,
        on=[
            *(second_moment_exactly(f, d) for f in ("at a kink, L0 = 3", "of a slope of 3") for d in DIRECTIONS),
            *(second_moment(kind, 10) for kind in ("l2", "l1", "sup")),
            *over_decades(partial(second_moment, "l2")),
        ],
        but={
            "order_d": ("the mean square is at most (d + 4) L0^2, as it is for linear functions", order_d, kink),
            "square": (
                "the mean square is at most d^2 L0^2: the term of lower order may be left out",
                lambda L0, d: d**2 * L0**2,
                kink,
            ),
            "order_d_measured": (
                "the mean square is at most (d + 4) L0^2 at a distance of delta sqrt(d) from the kink of a norm",
                order_d,
                second_moment("l2", 10**6),
            ),
        },
    )


def order_d(*, L0: Any, d: Any) -> Any:
    """What is true of linear functions of slope L0."""
    return theorems.origin_moment.formula(G=L0, d=d)


def nonsmooth_claim(bound: Any, says: str, **source: Any) -> Claim:
    """Theorem 6, as recalled or sharp."""
    return Claim(
        f"random_gradient_free.{bound.__name__}",
        bound=bound,
        states=statements.nonsmooth,
        says=says,
        **source,
        on=[
            *(nonsmooth_gap(kind, 10, 400) for kind in ("l2", "l1", "max")),
            nonsmooth_gap("l2", 3, 100, replicas=400),
            nonsmooth_gap("l2", 10, 400, horizon=False),
            nonsmooth_gap("l2", 10, 400, delta=0.3),
        ],
        but={
            "dimension_free": (
                "the step size and the bound of one dimension serve in every dimension",
                changed(bound, d=lambda d: 1),
                nonsmooth_gap("l2", 100, 400, believed=1),
            ),
            "sign": (UPHILL, None, nonsmooth_gap("l2", 10, 400, ascending)),
            "constant": (
                "the gaps are at most a quarter of the bound",
                scaled(bound, 1 / 4),
                nonsmooth_gap("l2", 10, 400),
            ),
            "power": (
                "the sum of the squared step sizes costs a factor of order d, not of order d^2",
                lambda squares, d, **rest: bound.formula(squares=squares / (d + 4), d=d, **rest),
                nonsmooth_gap("l2", 100, 10, start=1e-6),
            ),
        },
    )


CLAIMS = (
    Claim(
        "random_gradient_free.norm_moments",
        bound=theorems.norm_moment,
        states=statements.norm_moment,
        says="The length of a Gaussian direction u in R^d has moments E|u|^p of at most (d + p)^(p/2), for every "
        "power p >= 0.",
        **recalled("Lemma 1"),
        kind="constant",
        on=[norm_moments(d, "above, d + p") for d in (1, 2, 10, *DECADES)],
        but={
            "above": (
                "d^(p/2) bounds the moment from above for every power",
                theorems.power_mean.formula,
                norm_moments(10, "above, d + p"),
            ),
            "below": ("(d + p)^(p/2) bounds the moment from below too, for p >= 2", None, norm_moments(10, "below, d")),
            "half": (
                "(d + p/4)^(p/2) is enough for every power",
                lambda p, d: (d + p / 4) ** (p / 2),
                norm_moments(10, "above, d + p"),
            ),
        },
    ),
    Claim(
        "random_gradient_free.power_mean",
        bound=theorems.power_mean,
        states=statements.power_mean,
        says="The moment E|u|^p of the length of a Gaussian direction u in R^d is at most d^(p/2) for p <= 2, and at "
        "least that for p >= 2.",
        **recalled("Lemma 1"),
        kind="constant",
        on=[norm_moments(d, side) for side in ("above, d", "below, d") for d in (1, 2, 10, *DECADES)],
        but={
            "above": ("d^(p/2) bounds the moment from above for every power", None, norm_moments(10, "above, d + p")),
            "below": (
                "(d + 1)^(p/2) bounds the moment from below for p >= 2",
                lambda p, d: (d + 1) ** (p / 2),
                norm_moments(10, "below, d"),
            ),
        },
    ),
    Claim(
        "random_gradient_free.smoothing_lipschitz",
        bound=theorems.smoothing_lipschitz,
        states=statements.smoothing_lipschitz,
        says="The mean f_delta(x) of f(x + delta u) over Gaussian u in R^d is off f(x) by at most delta L0 sqrt(d) "
        "where f has the Lipschitz constant L0; and where f is convex, f_delta lies above f.",
        **recalled("Theorem 1"),
        on=[
            *(smoothing_exactly("at a kink", d) for d in (1, 3, 10, *DECADES)),
            *(smoothing(kind, 10) for kind in ("l2", "l1", "sup")),
            *over_decades(partial(smoothing, "l2")),
            *(smoothing_below(kind, 10) for kind in ("l2", "l1", "max")),
            smoothing_below("l2", 10**12),
        ],
        but={
            "constant": (
                "the mean length of a direction is at most sqrt(d - 1): d - 1 in the place of d",
                less(theorems.smoothing_lipschitz, 1),
                smoothing_exactly("at a kink", 10),
            ),
            "dimension_free": (
                "the factor sqrt(d) is not needed: a wrong power of the dimension",
                changed(theorems.smoothing_lipschitz, d=lambda d: 1),
                smoothing_exactly("at a kink", 10**6),
            ),
            "below": (BELOW, None, smoothing_below("l2", 10, sign=-1.0)),
        },
    ),
    Claim(
        "random_gradient_free.smoothing_smooth",
        bound=theorems.smoothing_smooth,
        states=statements.smoothing_smooth,
        says="The mean f_delta(x) of f(x + delta u) over Gaussian u in R^d is off f(x) by at most delta^2 L1 d/2 where "
        "the gradient of f has the Lipschitz constant L1; and where f is convex, f_delta lies above f.",
        **recalled("Theorem 1"),
        on=[
            *(smoothing_exactly("of a square", d) for d in (1, 3, 10, *DECADES)),
            *(smoothing(name, 10) for name in ("quadratic", "half-square")),
            *over_decades(partial(smoothing, "quadratic")),
            *(smoothing_below(name, 10) for name in ("quadratic", "half-square")),
        ],
        but={
            "first_order": (
                "the change grows like the root of d, not like d: a wrong power of the dimension",
                changed(theorems.smoothing_smooth, d=lambda d: d**0.5),
                smoothing_exactly("of a square", 10),
            ),
            "constant": (
                "the change is at most delta^2 L1 (d - 1)/2: d - 1 in the place of d",
                less(theorems.smoothing_smooth, 1),
                smoothing_exactly("of a square", 10),
            ),
            "below": (BELOW, None, smoothing_below("quadratic", 10, sign=-1.0)),
        },
    ),
    Claim(
        "random_gradient_free.origin_moment",
        bound=theorems.origin_moment,
        states=statements.origin_moment,
        says="For a vanishing smoothing radius the estimate of the gradient is the directional derivative times the "
        "direction, <grad f,u> u with Gaussian u in R^d, and its mean square is at most (d + 4)|grad f|^2: it is "
        "(d + 2)|grad f|^2.",
        **recalled("Theorem 3"),
        on=[second_moment_exactly("of a gradient of length 3", d) for d in (1, 3, 10, *DECADES)],
        but={
            "d": (
                "the mean square is at most d |grad f|^2: d in the place of d + 4",
                less(theorems.origin_moment, 4),
                second_moment_exactly("of a gradient of length 3", 10),
            ),
            "d_plus_1": (
                "the mean square is at most (d + 1)|grad f|^2: d + 1 in the place of d + 4",
                less(theorems.origin_moment, 3),
                second_moment_exactly("of a gradient of length 3", 10**6),
            ),
        },
    ),
    lipschitz_claim(
        theorems.lipschitz_moment,
        f"The estimate {ESTIMATE}, has a mean square of at most (d + 4)^2 L0^2 for every f with the Lipschitz "
        "constant L0.",
        **recalled("Theorem 4"),
    ),
    lipschitz_claim(
        theorems.lipschitz_moment_sharp,
        f"The estimate {ESTIMATE}, has a mean square of at most d (d + 2) L0^2 for every f with the Lipschitz "
        "constant L0, and exactly that at the kink of L0 |x|.",
        source=f"ours, tightening {PAPER}, Theorem 4",
    ),
    Claim(
        "random_gradient_free.smooth_moment",
        bound=theorems.smooth_moment,
        states=statements.smooth_moment,
        says=f"The estimate {ESTIMATE}, has a mean square of at most 2 (d + 4)|grad f|^2 + delta^2 L1^2 (d + 6)^3/2 "
        "where the gradient of f has the Lipschitz constant L1.",
        **recalled("Theorem 4"),
        on=[
            *(second_moment_exactly("at the bottom of a square, L1 = 2", d) for d in (1, 3, 10, *DECADES)),
            *(second_moment(name, 10) for name in ("quadratic", "valley", "half-square")),
            *(second_moment(name, 10, 1e-3) for name in ("quadratic", "valley")),
            *over_decades(partial(second_moment, "quadratic")),
        ],
        but={
            "smoothing_power": (
                "the smoothing costs (d + 6)^2, not (d + 6)^3",
                lambda d, **rest: theorems.smooth_moment.formula(d=d, **rest) / (d + 6),
                second_moment_exactly("at the bottom of a square, L1 = 2", 10**6),
            ),
            "smoothing_dropped": (
                "the smoothing costs nothing: its term may be left out",
                changed(theorems.smooth_moment, delta=lambda delta: 0),
                second_moment("quadratic", 10, 3.0),
            ),
            "gradient_power": (
                GRADIENT_POWER,
                lambda G, d, **rest: theorems.smooth_moment.formula(G=G * (d + 4) ** -0.25, d=d, **rest),
                second_moment("quadratic", 10**3, 1e-3),
            ),
        },
    ),
    Claim(
        "random_gradient_free.smoothed_moment",
        bound=theorems.smoothed_moment,
        states=statements.smoothed_moment,
        says=f"The estimate {ESTIMATE}, has a mean square of at most 4 (d + 4)|grad f_delta|^2 + "
        "3 delta^2 L1^2 (d + 4)^3, where f_delta(x) is the mean of f(x + delta u) and L1 the Lipschitz constant of "
        "the gradient of f.",
        **recalled("Lemma 5"),
        on=[
            *(second_moment_exactly("at the bottom of a square, L1 = 2", d) for d in (1, 3, 10, *DECADES)),
            *(second_moment(name, 10, smoothed=True) for name in ("quadratic", "valley", "half-square")),
            *over_decades(partial(second_moment, "quadratic", smoothed=True)),
        ],
        but={
            "smoothing_power": (
                "the smoothing costs (d + 4)^2, not (d + 4)^3",
                lambda d, **rest: theorems.smoothed_moment.formula(d=d, **rest) / (d + 4),
                second_moment_exactly("at the bottom of a square, L1 = 2", 10**6),
            ),
            "dimension_free": (
                "the factors d + 4 are not needed: the dimension does not enter",
                changed(theorems.smoothed_moment, d=lambda d: -3),
                second_moment("valley", 10),
            ),
            "gradient_power": (
                GRADIENT_POWER,
                lambda G, d, **rest: theorems.smoothed_moment.formula(G=G * (d + 4) ** -0.25, d=d, **rest),
                second_moment("quadratic", 10**3, 1e-3),
            ),
        },
    ),
    nonsmooth_claim(
        theorems.nonsmooth,
        "On a convex f with the Lipschitz constant L0, on R^d or on a ball that holds a minimiser x*, the mean of the "
        "expected gaps at x_0, x_1, ..., weighted by the step sizes h_k, and so the gap at the weighted mean of these "
        "points, is at most delta L0 sqrt(d) + [R^2/2 + (d + 4)^2 L0^2 sum h_k^2/2]/sum h_k, where delta is the "
        "smoothing radius and R = |x_0 - x*|.",
        **recalled("Theorem 6"),
    ),
    nonsmooth_claim(
        theorems.nonsmooth_sharp,
        "The bound of random_gradient_free.nonsmooth holds with d (d + 2) in the place of (d + 4)^2.",
        source=f"ours, tightening {PAPER}, Theorem 6",
    ),
    Claim(
        "random_gradient_free.convex",
        bound=theorems.convex,
        states=statements.convex_gap,
        says="On a convex f whose gradient has the Lipschitz constant L1, with the step size 1/(4 (d + 4) L1) and the "
        "smoothing radius delta, the mean of the expected gaps at the first N points is at most "
        "4 (d + 4) L1 R^2/N + (9/25) delta^2 (d + 4)^2 L1, where R is the distance from the start to a minimiser.",
        **recalled("Theorem 8"),
        on=[
            *runs("mean", {"a round quadratic": 10, "a valley": 30, "a round quadratic from its minimiser": 30}),
            *(mean_of_gaps(name, 10, 200) for name in ("quadratic", "half-square")),
        ],
        but={
            "dimension_free": (
                "the first term does not grow with the dimension: the rate of the gradient method",
                lambda steps, d, **rest: theorems.convex.formula(steps * (d + 4) / 5, d=d, **rest),
                over_decades(lambda d: gap_exactly("a round quadratic", d, 10, "mean")),
            ),
            "constant": (
                "the first term may be a quarter of what it is",
                changed(theorems.convex, steps=lambda steps: 4 * steps),
                gap_exactly("a round quadratic", 10**3, 10, "mean"),
            ),
            "smoothing_power": (
                "the smoothing costs d + 4, not (d + 4)^2",
                lambda delta, d, **rest: theorems.convex.formula(delta=delta / (d + 4) ** 0.5, d=d, **rest),
                gap_exactly("a round quadratic from its minimiser", 10**6, 30, "mean"),
            ),
            "sign": (UPHILL, None, gap_exactly("a round quadratic", 10, 10, "mean", sign=-1)),
        },
    ),
    Claim(
        "random_gradient_free.strongly_convex",
        bound=theorems.strongly_convex,
        states=statements.strongly_convex_gap,
        says="On a mu-strongly convex f whose gradient has the Lipschitz constant L1, with the step size "
        "1/(4 (d + 4) L1) and the smoothing radius delta, the expected gap after N steps is at most "
        "(L1/2)[D + (1 - mu/(8 (d + 4) L1))^N (R^2 - D)] with D = (18/25) delta^2 (d + 4)^2 L1/mu, where R is the "
        "distance from the start to the minimiser.",
        **recalled("Theorem 8"),
        on=[
            *runs("last", {"a round quadratic": 1, "a valley": 1000, "a round quadratic from its minimiser": 30}),
            gap_exactly("a round quadratic", 10**6, 1e-6),
            *(last_gap("quadratic", 10, steps) for steps in (1, 300)),
            last_gap("valley", 10, 300),
            last_gap("logistic", 30, 100),
            *over_decades(lambda d: last_gap("quadratic", d, 10)),
        ],
        but={
            "dimension_free": (
                "the rate does not fall with the dimension: that of the gradient method",
                lambda steps, d, **rest: theorems.strongly_convex.formula(steps * (d + 4) / 5, d=d, **rest),
                over_decades(lambda d: gap_exactly("a round quadratic", d, 1)),
            ),
            "rate": (
                "the rate is mu/((d + 4) L1), eight times as fast",
                changed(theorems.strongly_convex, steps=lambda steps: 8 * steps),
                gap_exactly("a round quadratic", 10**3, 5),
            ),
            "constant": (
                "the gap is at most half of the bound: L1/4 in the place of L1/2",
                scaled(theorems.strongly_convex, 1 / 2),
                gap_exactly("a round quadratic", 10**6, 1e-6),
            ),
            "sign": (UPHILL, None, gap_exactly("a round quadratic", 10, 10, sign=-1)),
        },
    ),
    Claim(
        "random_gradient_free.effective_dimension",
        bound=theorems.effective_dimension,
        states=statements.effective_dimension,
        says="On a convex quadratic f, with the step size 1/(2 L1 + T) and the smoothing radius delta, the expected "
        "gap after N steps is at most r^N (f(x_0) - f*) + (1 - r^N) delta^2 T (T + 4 L1)/(8 mu) with "
        "r = 1 - mu/(2 L1 + T), where T is the trace of the Hessian, L1 its largest and mu its smallest positive "
        "eigenvalue: the trace, not the dimension, sets the rate.",
        source=related.ours(related.EFFECTIVE_RANK),
        on=[
            *(
                traced(name, d, turns)
                for name, turns in (
                    ("a round quadratic", 5),
                    ("ten curved directions", 20),
                    ("ten curved directions and 1/d in the others", 3),
                )
                for d in (20, *DECADES)
            ),
            *(traced("a valley", d, 5) for d in (10, 10**6)),
            *(traced_gap(name, 10, 100) for name in ("quadratic", "valley")),
            *over_decades(lambda d: traced_gap("few curved directions", d, 20)),
        ],
        but={
            "classical_step": (
                "the rate is the same with the classical step size 1/(4 (d + 4) L1)",
                None,
                over_decades(lambda d: traced("ten curved directions", d, 20, classical=True)),
            ),
            "trace_dropped": (
                "L1 may stand in the place of the trace, as if one direction were curved",
                lambda L1, trace, **rest: theorems.effective_dimension.formula(L1=L1, trace=L1, **rest),
                traced("ten curved directions", 10**6, 5),
            ),
            "rate": (
                "the rate is mu/(L1 + T): L1 in the place of 2 L1",
                lambda L1, trace, **rest: theorems.effective_dimension.formula(L1=L1, trace=trace - L1, **rest),
                traced("ten curved directions", 10**6, 5),
            ),
            "smoothing": (
                "the smoothing costs a factor L1 in the place of T + 4 L1",
                lambda delta, L1, trace, **rest: theorems.effective_dimension.formula(
                    delta=delta * (L1 / trace) ** 0.5, L1=L1, trace=trace, **rest
                ),
                traced("a round quadratic from its minimiser", 10**6, 5),
            ),
            "sign": (UPHILL, None, traced_gap("quadratic", 10, 100, ascending)),
        },
    ),
)

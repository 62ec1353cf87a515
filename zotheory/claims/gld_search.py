"""GLD-Search: the claims."""

from __future__ import annotations

from functools import partial

import numpy as np

from zotheory.evidence.claim import Claim
from zotheory.measurements.balls import overlap_exactly, overlap_measured, tangent_ball
from zotheory.measurements.experiments import IN_FLOATS, over_decades
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.gld_search import (
    as_it_is,
    barely,
    final,
    invariance,
    lengths,
    one_step,
    rare,
    reaching,
    to_a_hundredth,
)
from zotheory.measurements.spoiled import (
    any_candidate,
    clearly_lower_candidate,
    natural_log_radii,
    spoiled,
    worst_candidate,
)
from zotheory.methods import Method, two_point
from zotheory.problems.transforms import TRANSFORMS
from zotheory.reduced import DECADES
from zotheory.statements import gld_search as statements
from zotheory.theorems.gld_search import (
    OVERLAP,
    contraction,
    final_distance,
    iterations,
    longest_step,
    overlap,
    steps_to_floor,
    tangent_ball_radius,
)

PAPER = "Golovin et al., ICLR 2020 (arXiv:1911.06317)"
TOO_FEW = "the logarithm in the number of radii, log2(R/r), may be read as natural: fewer radii suffice"


def few_radii(method: Method, R: float, r: float) -> Method:
    """Return the method with the radii of `TOO_FEW`."""
    return spoiled(method, radii=natural_log_radii(R, r))


def worst(method: Method, *radii: float) -> Method:
    """Return the method that keeps the worst candidate."""
    return spoiled(method, step=worst_candidate)


def anything(method: Method, *radii: float) -> Method:
    """Return the method that takes every displacement."""
    return spoiled(method, step=any_candidate)


CLAIMS = (
    Claim(
        "gld_search.tangent_ball",
        states=statements.tangent_ball,
        bound=tangent_ball_radius,
        kind="always",
        says="If f is a strictly increasing transform of a smooth, strongly convex function of condition number Q with "
        "minimiser x*, then the points where f is no larger than at x contain a ball of radius |x - x*|/Q that "
        "touches x.",
        source=f"{PAPER}, Lemma 15, as recalled",
        provenance="recalled",
        on=[
            tangent_ball("family", 10),
            tangent_ball("logistic", 30),
            tangent_ball("hard", 10),
            *over_decades(partial(tangent_ball, "hard")),
        ],
        but={
            "diameter": (
                "the radius of the ball is 2|x - x*|/Q: a diameter is read as a radius",
                scaled(tangent_ball_radius, 2),
                tangent_ball("hard", 10),
            ),
            "root": (
                "the radius of the ball is |x - x*|/sqrt(Q): a wrong power of the condition number",
                changed(tangent_ball_radius, Q=np.sqrt),
                tangent_ball("hard", 10),
            ),
        },
    ),
    Claim(
        "gld_search.ball_overlap",
        states=statements.ball_overlap,
        bound=overlap,
        kind="constant",
        says="Let two balls in R^n have centres at distance l, the first a radius between l/(2 sqrt(n)) and "
        "l/sqrt(n), the second a radius of at least l - l/(4n). In every dimension at least the share Phi(-3/4) = "
        "0.2266 of the first ball lies in the second, Phi being the distribution function of N(0, 1). Derived beside "
        "the formula: that is the infimum over n, so that no larger share holds in every dimension.",
        source=f"{PAPER}, Lemma 8, as recalled there with 1/4, perhaps of n = 1 alone",
        provenance="corrected",
        on=[
            *(overlap_exactly(n) for n in (1, 2, 3, 10, 100, *DECADES)),
            *(overlap_measured(n) for n in (2, 10, *DECADES)),
        ],
        but={
            "quarter": (
                "the share is at least 1/4 in every dimension, as it is in dimension 1",
                scaled(overlap, OVERLAP * 4),
                overlap_exactly(10),
            ),
            "radius": (
                "the radius of the first ball may lie between l/2 and l: the factor 1/sqrt(n) is dropped",
                None,
                overlap_measured(10**3, power=0.0),
            ),
        },
    ),
    Claim(
        "gld_search.one_step",
        states=statements.one_step,
        bound=contraction,
        kind="probability",
        says="Let f be a strictly increasing transform of a smooth, strongly convex g of condition number Q, and let "
        "the radii R, R/2, ... down to r or below reach from above to below (3/(5Q)) |x - x*|. A step of GLD-Search, "
        "which keeps the best of x and a point for each radius, then contracts the gap g(x) - g* by the factor "
        "1 - 1/(5nQ) with probability above 1/4; so does, for one of the radii, a uniform point of the ball about x "
        "of that radius over sqrt(n) alone.",
        source=f"{PAPER}, Theorem 7, as recalled",
        provenance="recalled",
        on=[
            one_step("family", 10),
            one_step("logistic", 30),
            one_step("hard", 10),
            one_step("hard", 100),
            *over_decades(partial(one_step, "hard")),
        ],
        but={
            "natural_log": (TOO_FEW, None, one_step("hard", 100, few_radii)),
            "sqrt_n": (
                "the contraction is 1 - 1/(5 sqrt(n) Q): a wrong power of the dimension",
                changed(contraction, n=np.sqrt),
                over_decades(partial(one_step, "hard")),
            ),
            "sign": (
                "a step that keeps the worst candidate contracts the gap as well (a sign error)",
                None,
                one_step("family", 10, worst),
            ),
        },
    ),
    Claim(
        "gld_search.iterations",
        states=statements.iterations,
        bound=iterations,
        kind="probability",
        says="On a smooth, strongly convex f of condition number Q, with |x_0 - x*| <= R, T = (10 n Q/p) log(1/rho) "
        "steps, p = 1/4, bring the gap down by the factor rho, or the distance to (5/3) Q^(3/2) r, but for the "
        "probability rho^(5nQ/4); rho = eps^2/(Q R^2) brings the distance from R to eps.",
        source="ours, with constants for the rate of GLD-Search in " + PAPER,
        on=[
            reaching("family", 10, to_a_hundredth),
            reaching("hard", 10, to_a_hundredth),
            *over_decades(lambda d: reaching("hard", d, rare)),
        ],
        but={
            "sqrt_n": (
                "(10 sqrt(n) Q/p) log(1/rho) steps suffice: a wrong power of the dimension",
                changed(iterations, n=np.sqrt),
                # at 10^3 the slack of the bound, a factor 14, still hides it
                over_decades(lambda d: reaching("hard", d, lambda n, Q: rare(1, Q) / np.sqrt(n)), DECADES[1:]),
            ),
            "not_monotone": (
                "no more steps are needed when every displacement is taken, whatever the values",
                None,
                reaching("hard", 100, rare, anything),
            ),
            "natural_log": (TOO_FEW, None, reaching("hard", 100, rare, few_radii)),
        },
    ),
    Claim(
        "gld_search.final_distance",
        states=statements.final_distance,
        bound=final_distance,
        kind="probability",
        says="On a smooth, strongly convex f of condition number Q, with |x_0 - x*| <= R and r = eps, the distance is "
        "at most (5/3) Q^(3/2) eps < 2 Q^(3/2) eps for good after T = (20 n Q/p) log(3 R/(5 Q eps)) steps, p = 1/4, "
        "and 1 + (T + 1) (log2(R/eps) + 2) evaluations, but for the probability (5 Q eps/(3 R))^(5nQ/2): "
        "O(n Q log^2(R/eps)) evaluations.",
        source=f"{PAPER}, theorem on GLD-Search, as recalled there without constants",
        provenance="corrected",
        on=[
            final("family", 2, lambda d, Q: 1.2 * np.sqrt(Q)),
            final("hard", 2, lambda d, Q: 1.2 * np.sqrt(Q)),
            *over_decades(lambda d: final("hard", d, barely)),
        ],
        but={
            "dimension_free": (
                "as many steps suffice as in dimension 1: a wrong power of the dimension",
                None,
                [
                    final(
                        "hard",
                        d,
                        lambda d, Q: 2 * np.sqrt(Q),
                        steps=changed(steps_to_floor, n=lambda n: 1),
                        replicas=50,
                    )
                    for d in (DECADES[0], DECADES[-1])
                ],
            ),
            "root": (
                "the distance is at most 2 sqrt(Q) eps: a wrong power of the condition number",
                changed(final_distance, Q=np.cbrt),
                over_decades(lambda d: final("hard", d, barely)),
            ),
            "not_monotone": (
                "the distance is kept for good when every displacement is taken, whatever the values",
                None,
                final("hard", 4, lambda d, Q: 1.05, anything),
            ),
            "sign": (
                "the distance is reached when the worst candidate is kept (a sign error)",
                None,
                final("family", 4, lambda d, Q: 1.05, worst),
            ),
        },
    ),
    Claim(
        "gld_search.invariance",
        states=statements.invariance,
        bound=longest_step,
        kind="always",
        says="GLD-Search visits the same points, bit by bit, on f and on every transform of f that increases strictly, "
        "in floating point, too, on the values that the run meets; and whatever f is, no step is longer than "
        "R/sqrt(n).",
        source=f"{PAPER}, abstract",
        provenance="recalled",
        assumptions=(IN_FLOATS,),
        on=[
            *(invariance(name, 10) for name in TRANSFORMS),
            *over_decades(partial(invariance, "y^3")),
            *(lengths(d) for d in (1, 2, 10, *DECADES)),
        ],
        but={
            "sufficient_decrease": (
                "a method that keeps a candidate only if it is lower by 0.01 visits the same points, too",
                None,
                invariance("y^3", 10, lambda: spoiled(as_it_is(), step=clearly_lower_candidate)),
            ),
            "two_point": (
                "two-point mirror descent, which uses values, visits the same points, too",
                None,
                invariance("y^3", 10, lambda: two_point(h=lambda t: 1e-3, delta=lambda t: 1e-3)),
            ),
            "length": (
                "no step is longer than R/n: a wrong power of the dimension",
                changed(longest_step, n=lambda n: float(n) ** 2),
                over_decades(lengths),
            ),
        },
    ),
)

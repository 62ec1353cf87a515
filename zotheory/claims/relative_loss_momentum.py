"""Relative-loss descent with momentum: the claims."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from zotheory.claims import related
from zotheory.elementary import normal_density, normal_excess, normal_tail
from zotheory.evidence.claim import Claim
from zotheory.measurements.experiments import over_decades
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.relative_loss_momentum import (
    disagrees,
    highest,
    one_step,
    one_step_exactly,
    two_valued_slopes,
    whole,
    whole_falls,
    without_momentum,
)
from zotheory.measurements.spoiled import keep_the_higher
from zotheory.statements import relative_loss_momentum as statements
from zotheory.theorems import relative_loss_momentum as theorems
from zotheory.theorems.relative_loss_momentum import two_valued

HIGHER = partial(keep_the_higher, beta=0.5)
GAMMA = 0.4
ALIGNED = {"gamma": GAMMA}
QUADRATIC = "f = x'Hx/2 + const, H positive definite; directions are N(0, I)"


def _forgets(*, alpha: Any, g: Any, L: Any, d: Any, c: Any) -> Any:
    """e(0) in the place of e(c)."""
    return alpha * normal_excess(0.0) * g / np.sqrt(d) - L * alpha**2 * (1 + c**2 / d) / 2


def _wrong_power(**a: Any) -> Any:
    """The first term without 1/sqrt(d)."""
    more = a["alpha"] * normal_excess(a["c"]) * a["g"] * (1 - 1 / np.sqrt(a["d"]))
    return theorems.adversarial(**a) + more


def _no_curvature(*, alpha: Any, g: Any, L: Any, d: Any, c: Any) -> Any:
    """The sharp bound with t = c."""
    return alpha * normal_excess(c) * g / np.sqrt(d)


def _helping(**a: Any) -> Any:
    """The sharp bound with t - 2 c in the place of t."""
    return a["alpha"] * a["g"] / np.sqrt(a["d"]) * normal_excess(theorems.level(**a) - 2 * a["c"])


def _twice_gamma(*, gamma: Any, **a: Any) -> Any:
    """The bound with phi + 2 gamma Phi."""
    return theorems.aligned(gamma=gamma, **a) + a["alpha"] * a["g"] / np.sqrt(a["d"]) * gamma * normal_tail(-gamma)


def _no_root(*, least: Any, V: Any, t: Any) -> Any:
    """What holds without momentum: 4 s m."""
    return 4 * normal_density(t) ** 2 / normal_tail(t) * least


def _third_root(*, k: Any, spread: Any) -> Any:
    return (theorems.disagreement(k=k, spread=spread) / 3) ** 3


CLAIMS = (
    Claim(
        "relative_loss_momentum.adversarial",
        bound=theorems.adversarial,
        states=statements.adversarial,
        says="Whatever the momentum, if it is no longer than c, a step of radius alpha with Gaussian directions "
        "lowers a smooth function on average by at least alpha e(c) |g|/sqrt(d) - (L/2) alpha^2 (1 + c^2/d), where "
        "e(c) = E max(z - c, 0) for a standard normal z: at the best alpha that is (e(c)/e(0))^2 d/(d + c^2) of what "
        "it is for c = 0.",
        source=related.ours(related.ADAPTIVE, related.HEAVY_BALL),
        on=[
            *(one_step_exactly(d, c=c, gamma=-c) for d in (10, 1000) for c in (0.25, 1.0)),
            one_step("family", 10, c=0.5, gamma=-0.5),
            one_step("wavy", 20, c=0.5, gamma=-0.5),
            one_step("logistic", 30, c=0.5, gamma=-0.3),
            one_step("round", 30, c=0.5, gamma=-0.5),
            *over_decades(partial(one_step, "halves", c=0.5, gamma=-0.5)),
        ],
        but={
            "forgets": (
                "momentum costs nothing: e(0) in the place of e(c)",
                _forgets,
                one_step("round", 100, c=0.5, gamma=-0.5, length=0.2),
            ),
            "power_of_d": (
                "the fall is of the order alpha e(c) |g|: a wrong power of the dimension",
                _wrong_power,
                one_step("halves", 10**3, c=0.5, gamma=-0.5),
            ),
            "worst": (
                "a step to where the loss is higher does as well (a sign error)",
                None,
                one_step("round", 30, c=0.5, gamma=-0.5, step=HIGHER),
            ),
        },
    ),
    Claim(
        "relative_loss_momentum.adversarial_sharp",
        bound=theorems.adversarial_sharp,
        states=statements.adversarial_sharp,
        says="Whatever the momentum, if it is no longer than c, a step of radius alpha with Gaussian directions "
        "lowers a smooth function on average by at least alpha e(t) |g|/sqrt(d) - (L/2) (alpha^2/d) (t + 2 c) phi(t), "
        "where t = c + L alpha (d + c^2)/(2 |g| sqrt(d)) is the threshold that the direction has to pass, e(t) = E "
        "max(z - t, 0) for a standard normal z, and phi its density. Derived beside the formula: as d grows, momentum "
        "straight uphill on L|x|^2/2 attains this.",
        source=related.ours(related.ADAPTIVE, related.HEAVY_BALL),
        on=[
            *(one_step_exactly(d, c=c, gamma=-c) for d in (10, 100, 10_000) for c in (0.25, 1.0)),
            one_step("family", 10, c=0.5, gamma=-0.5),
            one_step("wavy", 20, c=0.5, gamma=-0.5),
            one_step("logistic", 30, c=0.5, gamma=-0.3),
            *over_decades(partial(one_step, "halves", c=0.5, gamma=-0.5, length=3.0)),
        ],
        but={
            "no_curvature": (
                "curvature costs nothing: the threshold is c",
                _no_curvature,
                one_step_exactly(1000, c=0.5, gamma=-0.5),
            ),
            "sign": (
                "momentum uphill helps: the threshold is t - 2c in the place of t",
                _helping,
                one_step("halves", 10**6, c=0.5, gamma=-0.5),
            ),
        },
    ),
    Claim(
        "relative_loss_momentum.aligned",
        bound=theorems.aligned,
        states=statements.aligned,
        says="With momentum b that points downhill, <g,b> <= -gamma |g|, and is no longer than c, a step of radius "
        "alpha with Gaussian directions lowers a smooth function on average by at least alpha (phi(gamma) + gamma "
        "Phi(gamma)) |g|/sqrt(d) - (L/2) alpha^2 (1 + c^2/d), where phi is the density of N(0, 1) and Phi its "
        "distribution function: to first order in alpha that is, for gamma = 1, 2.7 times what it is without "
        "momentum.",
        source=related.ours(related.ADAPTIVE, related.HEAVY_BALL),
        on=[
            *(one_step_exactly(d, c=GAMMA, gamma=GAMMA, length=0.5, told=ALIGNED) for d in (10, 1000)),
            one_step("family", 10, c=1.0, gamma=GAMMA, told=ALIGNED),
            one_step("wavy", 20, c=1.0, gamma=GAMMA, told=ALIGNED),
            one_step("logistic", 30, c=1.0, gamma=GAMMA, told=ALIGNED),
            *over_decades(partial(one_step, "halves", c=1.0, gamma=GAMMA, told=ALIGNED)),
        ],
        but={
            "twice": (
                "momentum adds twice as much: phi(gamma) + 2 gamma Phi(gamma)",
                _twice_gamma,
                one_step("round", 100, c=GAMMA, gamma=GAMMA, length=0.2, told=ALIGNED),
            ),
            "uphill": (
                "momentum uphill gains as much as momentum downhill (a sign error)",
                None,
                one_step("halves", 10**6, c=1.0, gamma=GAMMA, length=0.2, drawn=-1.0, told=ALIGNED),
            ),
        },
    ),
    Claim(
        "relative_loss_momentum.rate",
        bound=theorems.gap_left,
        states=statements.rate,
        says="With momentum clipped to length c, whatever its memory and gain, and a radius drawn at random from J "
        "radii of ratio 2 that fit, the expected gap, counted where it is above eps, falls by the factor 1 - (8/9) "
        "e(c)^2/(M Q J) in every step, where M = (d + c^2) Phi(-c) + 3 c phi(c) and e(c) = E max(z - c, 0), z being "
        "standard normal with density phi and distribution function Phi: bounded momentum keeps the rate of the "
        "method without momentum (c = 0) up to a constant.",
        source=related.ours(related.ADAPTIVE, related.HEAVY_BALL),
        on=[
            whole("family", 10, 400),
            whole("family", 10, 150, c=1.0, beta=0.5, gain=1.0, eps=0.1),  # later all runs are below eps
            whole("wavy", 5, 150, eps=0.1),
            whole("hard", 10, 1000),
            *over_decades(whole_falls),
        ],
        but={
            "power_of_d": (
                "a step takes a share of the order 1/sqrt(d) of the gap: a wrong power of the dimension",
                changed(theorems.gap_left, d=np.sqrt),
                whole_falls(10**6),
            ),
            "no_J": (
                "the factor J is not lost: every step takes the share of the one radius that fits",
                changed(theorems.gap_left, J=lambda J: 1),
                whole_falls(10**6, name="hard", eps=1e-30),
            ),
        },
    ),
    Claim(
        "relative_loss_momentum.drift",
        bound=theorems.disagreement,
        states=statements.drift,
        kind="probability",
        says="On a quadratic a candidate is lower exactly where the normal variable z = -<g,u>/|g| exceeds t = k/2 - "
        "gamma, but for a probability of at most 3 (phi(0)^2 k^2 v/4)^(1/3), where phi is the normal density and v, "
        "small in many dimensions, is the relative variance of the curvature along the step.",
        source=related.ours(related.QUADRATICS),
        assumptions=(QUADRATIC, "k = sigma tr(H)/|g| and gamma = -<g,b>/|g| for any momentum b"),
        on=[
            disagrees("family", 30),
            disagrees("hard", 100, k=2.0, gamma=-0.5),
            disagrees("round", 100, k=1.0, gamma=0.9),
            *over_decades(partial(disagrees, "halves")),
        ],
        but={
            "sign_of_gamma": (
                "a candidate is lower exactly where z > k/2 + gamma (a sign error)",
                None,
                disagrees("halves", 10**6, place=lambda k, gamma: k / 2 + gamma),
            ),
            "no_curvature": (
                "curvature costs nothing: a candidate is lower exactly where z > -gamma",
                None,
                disagrees("halves", 10**6, place=lambda k, gamma: -gamma),
            ),
            "power": (
                "the exceptions have a probability of the order of v: the third root is not needed",
                _third_root,
                disagrees("halves", 1000),
            ),
        },
    ),
    Claim(
        "relative_loss_momentum.limit_rate",
        bound=theorems.limit_rate,
        informal="limits (d to infinity), and what is a conjecture",
        says="Conjecture with evidence: as d grows, with a memory of d/kappa steps, gain below 5, no clip and the 1/5 "
        "rule of small growth, log f falls on a quadratic by 2 r in d evaluations, where r and the step k solve two "
        "equations; these are derived, the exchange of limits is not. For half of the curvatures 1 and half Q, at most "
        "100, four of five runs with d = 100 are within 15 % of it.",
        source=related.ours(related.ADAPTIVE, related.ORDER, related.QUADRATICS),
        assumptions=(
            QUADRATIC,
            "no eigenvalue of H carries a share of tr(H) as d grows",
            "the run has settled to a shape: moments of x_i/|g| and b_i that no longer change",
        ),
        on=[
            two_valued_slopes(10.0, 0.3, 1.76, slow=True, time=40),
            two_valued_slopes(100.0, 0.4, 4.0, slow=True, time=80),
            two_valued_slopes(100.0, 0.4, 4.0, slow=False, time=80),
            two_valued_slopes(1.0, 0.3, 4.0, slow=False, time=80),
        ],
        but={
            "no_momentum": (
                "momentum changes nothing: the rate is that without it",
                without_momentum,
                two_valued_slopes(100.0, 0.4, 4.0, slow=False, time=18, replicas=30),
            ),
            "round": (
                "momentum costs nothing where all curvatures are equal: the rate is that without it",
                without_momentum,
                two_valued_slopes(1.0, 0.7, 4.5, slow=True, time=15, replicas=30),
            ),
            "memory": (
                "a memory of d^2 steps has the same rate: a wrong power of the dimension",
                None,
                two_valued_slopes(
                    100.0, 0.4, 4.0, slow=True, time=18, replicas=30, memory=lambda kappa, d: 1 - kappa / d**2
                ),
            ),
        },
    ),
    Claim(
        "relative_loss_momentum.limit_ceiling",
        bound=theorems.rate_ceiling,
        states=statements.limit_ceiling,
        kind="constant",
        says="No memory and no gain solve the equations of relative_loss_momentum.limit_rate with a rate above 2 s "
        "(3 m + sqrt(m^2 + V m)), where P <= 1/2 is the share of accepted steps, P = P(z >= t), s = phi(t)^2/P, m is "
        "the smallest eigenvalue over their mean and V the mean square over the square of the mean: momentum "
        "cannot bring the rate beyond the order of sqrt(V m).",
        source=related.ours(related.ORDER, related.QUADRATICS, related.GLD),
        assumptions=(
            QUADRATIC,
            "a stationary shape, as in relative_loss_momentum.limit_rate; gain P < 1",
            "it is stable: both factors below the fraction of `part` are positive for every eigenvalue",
        ),
        on=[
            highest(two_valued(100.0), "curvatures 1 and 100", 0.3),
            highest(two_valued(1e4), "curvatures 1 and 10000"),
            highest(np.linspace(1, 1000, 50), "evenly spaced curvatures from 1 to 1000"),
            highest(np.geomspace(1, 1000, 50), "geometrically spaced curvatures from 1 to 1000"),
        ],
        but={
            "linear": (
                "with momentum, too, the rate stays below 4 s m: the square root is not reached",
                _no_root,
                highest(two_valued(1e4), "curvatures 1 and 10000"),
            ),
            "two_thirds": (
                "the rate is of the order of m^(2/3), not of m^(1/2)",
                changed(theorems.rate_ceiling, least=lambda least: least ** (4 / 3)),
                highest(two_valued(1e6), "curvatures 1 and 10^6"),
            ),
            "half": (
                "the rate stays below half of the ceiling",
                scaled(theorems.rate_ceiling, 0.5),
                highest(np.linspace(1, 1000, 50), "evenly spaced curvatures from 1 to 1000"),
            ),
        },
    ),
)

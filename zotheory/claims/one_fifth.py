"""The 1/5 rule on relative-loss descent: the claims."""

from __future__ import annotations

from functools import partial
from typing import Any

from zotheory.claims import related
from zotheory.directions import gaussian, sphere
from zotheory.elementary import log_ratio, sqrt
from zotheory.evidence.claim import Claim
from zotheory.measurements.experiments import over_decades
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.one_fifth import (
    accepts,
    accepts_exactly,
    constant,
    gains,
    held_at_last,
    held_exactly,
    held_falls,
    hits,
    one_step_less,
    part_of_best,
)
from zotheory.measurements.spoiled import inverted, three_fifths, unchanged
from zotheory.reduced import DECADES
from zotheory.statements import one_fifth as statements
from zotheory.theorems.one_fifth import acceptance, drift, fixed_length, gain, held, hitting_time, tail

TOO_SHORT, TOO_LONG, FAR = (
    f"the radius needs no rule: one that stays {length} does as well"
    for length in ("too short", "too long", "far too long")
)
INVERTED = "the inverted rule, which lengthens the radius after rejected steps, does as well"
TIMES_D = "a d-th part of the steps is enough: a wrong power of the dimension"


def not_adapting(**given: Any) -> Any:
    """Return `hitting_time` without the steps that bring the radius to its place."""
    B = drift.formula(d=given["d"], Q=given["L"] / given["mu"], growth=given["growth"])
    return log_ratio(given["gap"], given["eps"]) / B


CLAIMS = (
    Claim(
        "one_fifth.success",
        states=statements.success,
        bound=acceptance,
        kind="probability",
        says="A step of fixed length kappa |g|/(L sqrt(d)) from a point with gradient g, of an L-smooth function of d "
        "variables, lowers the function with probability at least T(kappa/2) = P(sqrt(d) s_1 >= kappa/2), where s_1 is "
        "a coordinate of a random direction; a step of length kappa |g|/(mu sqrt(d)) with at most that, if the "
        "function is mu-strongly convex. On |x|^2 both are equal. A Gaussian step whose root mean square length is "
        "the first is accepted with at least that probability too, if d >= 3.",
        source=related.ours(related.SPHERE, related.CONVEX),
        on=[
            *(accepts_exactly(d, kappa) for d in (3, 10, 100, 1000) for kappa in (1.0, 2.4)),
            *(accepts(name, d, 1.0) for name, d in (("family", 10), ("logistic", 30))),
            *(accepts(name, d, 2.4, gaussian) for name, d in (("family", 10), ("logistic", 30), ("hard", 10))),
            *(accepts(name, d, 2.4, rejects=True) for name, d in (("family", 10), ("hard", 10), ("logistic", 30))),
            *(accepts("halves", d, kappa, law) for d in DECADES for law in (sphere, gaussian) for kappa in (1.0, 2.4)),
            *(accepts("halves", d, 0.3, rejects=True) for d in DECADES),
        ],
        but={
            "half": (
                "half of the length counts: the probability is at least T(kappa/4)",
                changed(acceptance, kappa=lambda kappa: kappa / 2),
                [accepts("hard", d, 2.4, law) for d, law in zip(DECADES, (sphere, gaussian) * 2, strict=True)],
            ),
            "power_of_d": (
                "a step of length kappa |g|/L is accepted as often: a wrong power of the dimension",
                lambda d, kappa: acceptance.formula(d=d, kappa=kappa / sqrt(d)),
                accepts("hard", 100, 10.0),
            ),
            "upper_smooth": (
                "a step of length kappa |g|/(L sqrt(d)) is accepted with at most the probability T(kappa/2)",
                changed(acceptance, kappa=lambda kappa: 8 * kappa),
                accepts("family", 10, 0.2, rejects=True),
            ),
            "gaussian_upper": (
                "a Gaussian step on |x|^2 is accepted with at most the probability T(kappa/2)",
                None,
                accepts("round", 3, 2.4, gaussian, rejects=True),
            ),
        },
    ),
    Claim(
        "one_fifth.gain",
        states=statements.gain,
        bound=gain,
        kind="probability",
        says="A Gaussian step x + sigma u that lowers a convex function, smooth or not, with probability p takes the "
        "share w of the gap f(x) - f* with probability at least p^(5/4) ((1 - a)^4 (1 + 4a))^(d/8) exp(-(5/2) (w "
        "R/sigma)^2), where a = 1 - (1 - w)^2 and R is the distance of x from a minimiser, whatever w < 1 is. Derived "
        "beside the formula: no such bound holds for steps of fixed length.",
        source=related.ours(related.SPHERE, related.CONVEX),
        on=[
            *(gains(name, d, 0.45) for name, d in (("round", 10), ("cone", 10), ("family", 10), ("logistic", 30))),
            *(gains("cup", d, reach) for d in (3, 10, 100) for reach in (0.1, 0.45)),
            gains("hard", 3, 0.45, kappa=2.4),
            *(gains("hard", 10, reach) for reach in (0.1, 0.45)),
            *(gains("hard", d, 0.45, kappa=kappa) for d in DECADES for kappa in (1.0, 2.4)),
        ],
        but={
            "all": (
                "every accepted step takes its share of the gap: the probability is p",
                lambda p, **given: p,
                over_decades(lambda d: gains("hard", d, 0.45)),
            ),
            "more": (
                "a step takes four times the share as often",
                changed(gain, share=lambda share: share / 4),
                gains("hard", 10, 1.8),
            ),
            "sphere": (
                "a step of fixed length takes its share as often as a Gaussian one",
                None,
                gains("cup", 10, 0.1, law=sphere),
            ),
            "any_share": (
                "the distance from the minimiser does not matter: every share is taken as often",
                changed(gain, R=lambda R: 0.0),
                gains("hard", 100, 2.0),
            ),
        },
    ),
    Claim(
        "one_fifth.progress",
        states=statements.progress,
        bound=held,
        says="Take steps of the fixed length that on |x|^2 is accepted with probability 1/5. On an L-smooth function "
        "with |grad f|^2 >= 2 mu (f - f*) and Q = L/mu one step leaves, on average, at most 1 - c_d/(d Q) of the gap "
        "f - f*, and on |x|^2 exactly that. The constant c_d depends on the dimension d only. Derived beside the "
        "formula: as d grows, c_d tends to 0.3758, which is 92.8 % of 0.4049, the constant of the best length, at "
        "which 27 % of the steps are accepted.",
        source=related.ours(related.PROGRESS),
        on=[
            *(held_exactly(d) for d in (3, 10, 100, 1000)),
            held_at_last(),
            constant(0.3758),
            constant(0.3759, at_least=False),
            part_of_best(0.928),
            part_of_best(0.929, at_least=False),
            *(held_falls(name, d) for name, d in (("family", 10), ("logistic", 30), ("hard", 10))),
            *over_decades(partial(held_falls, "halves")),
        ],
        but={
            "most": (
                "a step takes as much where 45 % of them are accepted",
                changed(held, p=lambda p: 0.2),
                over_decades(partial(held_falls, "hard", p=0.45)),
            ),
            "power_of_d": (
                "the factor is 1 - c/(sqrt(d) Q): a wrong power of the dimension",
                changed(held, d=sqrt),
                held_falls("hard", 100),
            ),
            "constant": (
                "the constant c_d is larger by a part in 3758, and tends to 0.3759 or more",
                changed(held, Q=lambda Q: Q * 3758 / 3759),
                constant(0.3759, at_least=False),
            ),
            "best": (
                "the step takes 94 % of what the best length takes",
                changed(held, Q=lambda Q: Q * 928 / 940),
                part_of_best(0.929, at_least=False),
            ),
        },
    ),
    Claim(
        "one_fifth.hitting_time",
        states=statements.hitting_time,
        bound=hitting_time,
        says="The (1+1)-ES takes Gaussian steps of radius alpha, keeps what is lower, multiplies alpha by `growth` "
        "after an accepted step and divides it by growth^(1/4) after a rejected one (the 1/5 rule). On an L-smooth, "
        "mu-strongly convex function of d >= 3 variables, Q = L/mu, it brings the gap f - f* from gap_0 to eps in at "
        "most (log(gap_0/eps) + log(1/(1 - 2.4/(sqrt(5) d Q))))/B + max(9.5 log(k/growth), 7.4 "
        "log(growth/k))/log(growth) steps on average, from any first radius, where k = sqrt(d) alpha L/sqrt(2 mu "
        "gap_0), 1 < growth <= 2 and B is the formula's. In each step this bound falls by at least 1 on average. "
        "Derived beside the formula: d Q B tends to 0.0117 as d Q grows.",
        source=related.ours(related.SPHERE, related.CONVEX),
        on=[
            hits("round", 3, 1.0),
            hits("family", 10, 2.0),
            hits("family", 10, 2.0, growth=2.0),
            hits("family", 10, 2.0, growth=1.02),
            hits("logistic", 30, 0.5, replicas=30),
            *(hits("hard", 10, 2.0, times) for times in (1.0, 1e-6, 1e6)),
            hits("thin", 3, 0.5),
            hits("hard", 30, 3.0, growth=2.0, replicas=30),
            hits("hard", 1000, 0.05, replicas=30),
            *(one_step_less("hard", 10, times) for times in (0.3, 0.9, 1.5, 4.0, 5.0)),
            *(one_step_less("hard", d, times) for d in DECADES for times in (0.3, 1.5, 4.0)),
            one_step_less("halves", 10**6, 0.9),
        ],
        but={
            "fixed": (FAR, None, over_decades(lambda d: one_step_less("hard", d, 30.0, spoil=unchanged))),
            "drift": (
                "a thirtieth of the steps is enough: B is thirty times as large",
                scaled(hitting_time, 1 / 30),
                over_decades(lambda d: one_step_less("hard", d, 4.0)),
            ),
            "short": (TOO_SHORT, None, hits("round", 3, 1.0, 1e-6, spoil=unchanged)),
            "long": (TOO_LONG, None, hits("round", 3, 1.0, 1e3, spoil=unchanged)),
            "inverted": (INVERTED, None, hits("round", 3, 3.0, growth=2.0, spoil=inverted)),
            "target": (
                "a rule that aims at three accepted steps of five does as well",
                None,
                hits("round", 10, 2.0, growth=2.0, spoil=three_fifths),
            ),
            "adapting": (
                "the radius needs no time to adapt, however short the first one is",
                not_adapting,
                hits("round", 3, 0.5, 1e-9, growth=1.01),
            ),
            "power_of_d": (
                TIMES_D,
                lambda **given: hitting_time.formula(**given) / given["d"],
                hits("hard", 1000, 0.2),
            ),
            "power_of_Q": (
                "a Q-th part of the steps is enough: a wrong power of the condition number",
                lambda **given: hitting_time.formula(**given) * given["mu"] / given["L"],
                hits("needle", 3, 0.5),
            ),
        },
    ),
    Claim(
        "one_fifth.tail",
        states=statements.tail,
        bound=tail,
        kind="probability",
        says="Under the assumptions of one_fifth.hitting_time, and with its k and B, the (1+1)-ES has brought the gap "
        "to eps, except with probability `failure`, after 2 (log(gap_0/eps)/B + max(9.5 log(k/growth), 7.4 "
        "log(growth/k))/log(growth)) + (4 M^2/B^2) log(1/failure) steps, where M = log(1/(1 - 2.4/(sqrt(5) d Q))); so "
        "the gap tends to 0 with probability 1.",
        source=related.ours(related.SPHERE, related.CONVEX),
        on=[
            hits("round", 3, 1.0, failure=0.2),
            hits("family", 10, 2.0, failure=0.2),
            *(hits("hard", 10, 2.0, times, failure=0.2) for times in (1.0, 1e-6, 1e6)),
            *(one_step_less("hard", 10, times, failure=0.2) for times in (0.3, 1.5, 5.0)),
            *(one_step_less("hard", d, times, failure=0.2) for d in DECADES for times in (0.9, 4.0)),
        ],
        but={
            "fixed": (FAR, None, over_decades(lambda d: one_step_less("hard", d, 30.0, spoil=unchanged, failure=0.2))),
            "rate": (
                "a sixtieth of the steps is enough: the rate is sixty times as large",
                scaled(tail, 1 / 60),
                one_step_less("hard", 1000, 4.0, failure=0.2),
            ),
            "inverted": (INVERTED, None, one_step_less("hard", 10, 30.0, spoil=inverted, failure=0.2)),
        },
    ),
    Claim(
        "one_fifth.fixed_length",
        states=statements.fixed_length,
        bound=fixed_length,
        says="With steps of fixed length in place of Gaussian ones the 1/5 rule of one_fifth.hitting_time, on an "
        "L-smooth, mu-strongly convex function whose condition number Q = L/mu is below sqrt(d)/y, where P(sqrt(d) "
        "s_1 >= y) = 0.1151, brings the gap to eps in at most (log(gap_0/eps) + 1)/B + max(9.5 log(k/growth), 7.4 "
        "log(growth/k))/log(growth) steps on average, with the k of that claim and the B of the formula. In each step "
        "this bound falls by at least 1 on average. Derived beside the formula: as d grows, d B tends to 0.3 E max(z "
        "- 1.2 Q, 0)/Q, where z is normal: to 0.0169 for Q = 1.",
        source=related.ours(related.SPHERE, related.CONVEX),
        on=[
            hits("round", 3, 1.0, law=sphere),
            *(hits("round", 30, 3.0, times, law=sphere) for times in (1.0, 1e-6, 1e6)),
            hits("round", 30, 3.0, growth=2.0, law=sphere),
            hits("oval", 30, 3.0, law=sphere),
            *(one_step_less("oval", 10, times, law=sphere) for times in (0.3, 1.5, 4.0)),
            *(one_step_less("oval", d, times, law=sphere) for d in DECADES for times in (0.3, 1.5, 5.0)),
        ],
        but={
            "fixed": (FAR, None, over_decades(lambda d: one_step_less("oval", d, 30.0, spoil=unchanged, law=sphere))),
            "short": (TOO_SHORT, None, hits("round", 3, 1.0, 1e-6, spoil=unchanged, law=sphere)),
            "inverted": (INVERTED, None, hits("round", 3, 3.0, growth=2.0, spoil=inverted, law=sphere)),
            "power_of_d": (
                TIMES_D,
                lambda **given: fixed_length.formula(**given) / given["d"],
                hits("round", 300, 1.0, law=sphere),
            ),
        },
    ),
)

"""Relative-loss descent on mini-batches, and its value-weighted form: the claims."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from zotheory.claims import related
from zotheory.evidence.claim import Claim
from zotheory.measurements.experiments import over_decades
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.relative_loss_minibatch import (
    contrary,
    floor_after,
    floor_exactly,
    gradients,
    on_the_line,
    one_step,
    paid,
)
from zotheory.measurements.relative_loss_weighted import (
    best_fall,
    one_evaluation,
    weighted,
    weighted_on_the_line,
    weighted_one_step,
)
from zotheory.measurements.spoiled import keep_the_higher, spoiled
from zotheory.problems import Bent, Targets
from zotheory.problems.instances import words
from zotheory.reduced import DECADES
from zotheory.statements import relative_loss_minibatch as statements
from zotheory.theorems.relative_loss_minibatch import (
    decrease,
    floor,
    growing,
    mean_gradient,
    per_evaluation,
    weighted_decrease,
)

HIGHER = "a step to where the loss of its sample is higher does as well (a sign error)"
POWER = "the root of m_d may stand in the place of m_d: a wrong power of the dimension"
higher = partial(spoiled, step=keep_the_higher)


def _nothing(value: Any) -> float:
    return 0.0


def _with_short_steps(*, h: Any, delta: Any, d: Any, **rest: Any) -> Any:
    """The bound in one dimension; delta is so much larger there that e stays as it is."""
    return weighted_decrease.formula(h=h, delta=delta * d, d=1, **rest)


CLAIMS = (
    Claim(
        "relative_loss_minibatch.decrease",
        states=statements.decrease,
        bound=decrease,
        says="A step of length alpha in a uniformly random direction, taken where it lowers the loss F(.; X) of one "
        "random sample X, lowers the mean loss f = E F(.; X) on average by at least (alpha m_d/2) (|g| - E|G - g|) - "
        "(3/8) L alpha^2, where G and g are the gradients of F(.; X) and f, and m_d is the mean length of one "
        "coordinate of the direction. Derived beside the formula: the factor 1 of E|G - g| is the best possible in "
        "every dimension d, and 3/8 is for d = 1.",
        source=related.ours(related.SIGNED, related.NOISY),
        on=[
            on_the_line(Bent(), 1 + 1e-9, words("bent")),
            on_the_line(Bent(1, 3.0, 0.5), 0.5 + 1e-9, f"{words('bent')}, scaled"),
            on_the_line(Targets(0.25, 1, start=0.125), 0.5, words("targets")),
            *(contrary(d) for d in (2, 10, *DECADES)),
            one_step("noisy linear", 10, ratio=0.5),
            one_step("targets", 10, p=0.3),
            one_step("logistic, one row", 30),
            *(one_step("noisy linear", d, ratio=2.0) for d in DECADES),
            *(one_step("targets", d, p=0.3) for d in DECADES),
        ],
        but={
            "deterministic_curvature": (
                "curvature costs no more than without noise: L alpha^2/4 in the place of 3 L alpha^2/8",
                changed(decrease, L=lambda L: 2 * L / 3),
                on_the_line(Bent(), 1.01, words("bent")),
            ),
            "curvature": (
                "curvature costs a hundredth less than 3 L alpha^2/8",
                changed(decrease, L=lambda L: 0.99 * L),
                on_the_line(Bent(), 1 + 1e-9, words("bent")),
            ),
            "sign": (HIGHER, None, one_step("noisy linear", 10, spoil=higher, ratio=0.2)),
            "noise": (
                "noise costs a hundredth less than E|G - g|",
                changed(decrease, noise=lambda noise: 0.99 * noise),
                over_decades(contrary),
            ),
            "noiseless": (
                "noise costs nothing, since both losses share it",
                changed(decrease, noise=_nothing),
                over_decades(partial(one_step, "noisy linear", ratio=8.0)),
            ),
            "power": (POWER, changed(decrease, d=np.sqrt), over_decades(partial(one_step, "noisy linear", ratio=0.5))),
        },
    ),
    Claim(
        "relative_loss_minibatch.stationary",
        states=statements.stationary,
        bound=mean_gradient,
        says="Along T steps of fixed length alpha, each of which compares losses averaged over a fresh batch of B "
        "samples, the gradient of f is on average, over steps and runs, no longer than 2 (f(x_0) - inf f)/(alpha m_d "
        "T) + 3 L alpha/(4 m_d) + sigma/sqrt(B), where every F(.; X) is L-smooth and E|G - g|^2 <= sigma^2 everywhere.",
        source=related.ours(related.SIGNED, related.NOISY),
        on=[
            gradients(2, 0.45, 600, times=0.5),
            gradients(5, 0.3, 400, 4, start=1.0),
            gradients(2, 0.06, 600, 9),
            *(paid(d, 0.3, B) for d in DECADES for B in (1, 4)),
        ],
        but={
            "no_floor": (
                "noise averages out over the steps: there is no floor",
                changed(mean_gradient, spread=_nothing),
                gradients(2, 0.45, 600, times=0.5, replicas=60),
            ),
            "batch": (
                "the floor falls like 1/B with the size of the batch",
                changed(mean_gradient, B=lambda B: B**2),
                gradients(2, 0.06, 600, 9, replicas=60),
            ),
            "sign": (HIGHER, None, gradients(2, 0.45, 600, times=0.5, spoil=higher, replicas=60)),
            "power": (POWER, changed(mean_gradient, d=np.sqrt), over_decades(lambda d: paid(d, 0.9, 1))),
            "noise": (
                "noise costs nothing: its term may be left out",
                changed(mean_gradient, spread=_nothing),
                over_decades(lambda d: paid(d, 0.15, 1)),
            ),
        },
    ),
    Claim(
        "relative_loss_minibatch.growing",
        states=statements.growing,
        bound=growing,
        says="If step t averages over slope t samples, rounded up, and every step has the length sqrt(8 (f(x_0) - "
        "inf f)/(3 L T)), the gradient of f is on average over T steps no longer than (sqrt(6 L (f(x_0) - inf f))/m_d "
        "+ 2 sigma/sqrt(slope))/sqrt(T), for at most 2 T + slope T (T + 1) evaluations of samples: with growing "
        "batches there is no floor.",
        source=related.ours(related.SIGNED),
        on=[
            gradients(2, 0.45, 600, slope=0.1),
            gradients(3, 0.3, 400, slope=0.05, start=1.0),
            *over_decades(lambda d: paid(d, 0.3, None)),
        ],
        but={
            "constant": (
                "batches of one sample in every step do as well",
                None,
                gradients(2, 0.45, 600, slope=0.1, drawn=lambda t: 1, replicas=60),
            ),
            "rate": (
                "the gradient falls like 1/T, not 1/sqrt(T)",
                changed(growing, T=lambda T: T**2),
                gradients(2, 0.45, 600, slope=0.1, replicas=60),
            ),
            "sign": (HIGHER, None, gradients(2, 0.45, 600, slope=0.1, spoil=higher, replicas=60)),
            "power": (POWER, changed(growing, d=np.sqrt), over_decades(lambda d: paid(d, 0.9, None))),
        },
    ),
    Claim(
        "relative_loss_minibatch.floor",
        states=statements.floor,
        bound=floor,
        says="The floor is real: let F(x; X) = L (x - X)^2/2 on the line, where X is a with a probability p < 1/2, "
        "and else 0. From 0, with steps of length alpha and one sample a step, E|grad f| >= L p (a - alpha/(1 - 2p)) "
        "after any number of steps, where E|G - g| = 2 L p (1 - p) a. Derived beside the formula: for short steps and "
        "p near 1/2 the two are nearly equal, so that the factor of E|G - g| in the floor is no less than 1.",
        source=related.ours(related.SIGNED),
        on=[
            *(floor_exactly(0.45, 200, T) for T in (100, 10**4, 10**6)),
            floor_exactly(0.25, 16, 1000),
            floor_exactly(0.3, 2.7, 1000),
            floor_exactly(0.49, 400, 10**6),
            floor_after(0.45, 60),
            floor_after(0.4, 10),
        ],
        but={
            "mean": (
                "the gradient stays a hundredth longer than the bound",
                scaled(floor, 1.01),
                floor_exactly(0.45, 200, 10**6),
            ),
            "alpha": (
                "the points fluctuate by one step only: the floor is L p (a - alpha p)",
                lambda p, a, alpha, L: L * p * (a - alpha * p),
                floor_exactly(0.45, 200, 10**6),
            ),
            "batch": (
                "batches of 15 samples have the same floor as single samples",
                None,
                floor_after(0.45, 300, B=15),
            ),
            "weighted": (
                "the value-weighted form has the same floor",
                None,
                floor_after(0.45, 300, spoil=weighted(0.1)),
            ),
        },
    ),
    Claim(
        "relative_loss_minibatch.weighted",
        states=statements.weighted,
        bound=weighted_decrease,
        says="The form that moves by h times the relative loss, divided by delta, is two-point descent with step size "
        "h and smoothing radius delta. A step lowers f on average by at least h |g| (|g| - e) - (L/2) h^2 d "
        "(sqrt(E|G|^2) + e)^2, where e = delta L d/2. Derived beside the formula: with h = |g|^2/(L d E|G|^2) that "
        "tends to |g|^4/(2 L d E|G|^2) as delta tends to 0.",
        source=related.ours(related.TWO_POINTS),
        on=[
            *(weighted_on_the_line(Targets(0.3, 1), words("targets"), times=times) for times in (0.5, 1.0, 1.5)),
            weighted_on_the_line(Targets(0.3, 1, start=2.0), f"{words('targets')} from afar", delta=1e-5),
            weighted_on_the_line(Bent(), words("bent"), delta=0.1),
            weighted_one_step("logistic, one row", 30, replicas=4000),
            weighted_one_step("targets", 10, p=0.3),
            *(weighted_one_step("targets", d, p=0.3) for d in DECADES),
            *(weighted_one_step("bent", d) for d in DECADES),
        ],
        but={
            "noiseless": (
                "noise costs nothing: |g|^2 in the place of E|G|^2",
                lambda rms, **rest: weighted_decrease.formula(rms=rest["g"], **rest),
                weighted_on_the_line(Targets(0.3, 1), words("targets")),
            ),
            "bias": (
                "a difference of values is as good as the gradient: e = 0",
                changed(weighted_decrease, delta=_nothing),
                weighted_on_the_line(Bent(), words("bent"), delta=0.5, times=0.5),
            ),
            "dimension_free": (
                "d does not enter the second moment, so that the steps may be those of the gradient method",
                _with_short_steps,
                over_decades(partial(weighted_one_step, "targets", small=0.01, p=0.3)),
            ),
        },
    ),
    Claim(
        "relative_loss_minibatch.per_evaluation",
        states=statements.per_evaluation,
        bound=per_evaluation,
        kind="constant",
        says="On L|x|^2/2 a step that is taken only if it lowers f, which costs one evaluation, lowers it on average "
        "by at most |g|^2/(4 L d), however long it is: half of what the value-weighted form takes in two evaluations "
        "with its best step. With its best length it takes all of that for d = 1, and at least 0.8098 of it for every "
        "d. Derived beside the formula: as d grows, less than 0.81 of it.",
        source=related.ours(related.PROGRESS, related.TWO_POINTS),
        on=[
            *(best_fall(d) for d in (1, 2, 3, 10, *DECADES)),
            one_evaluation(10),
            *over_decades(one_evaluation),
        ],
        but={
            "line": ("a step takes at most 99 % of |g|^2/(4 L d)", scaled(per_evaluation, 0.99), best_fall(1)),
            "limit": (
                "a step takes at most 80 % of |g|^2/(4 L d)",
                scaled(per_evaluation, 0.8),
                over_decades(best_fall),
            ),
            "power": (
                "the fall is of the order 1/d^2, not 1/d: a wrong power of the dimension",
                changed(per_evaluation, d=lambda d: d**2.0),
                over_decades(one_evaluation),
            ),
        },
    ),
)

"""Relative-loss descent without momentum: the claims."""

from __future__ import annotations

from functools import partial

import numpy as np

from zotheory.claims import related
from zotheory.evidence.claim import Claim
from zotheory.measurements.experiments import IN_FLOATS, over_decades
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.relative_loss import (
    RULES,
    convex_exactly,
    convex_falls,
    convex_run,
    gradients,
    grid_falls,
    grid_run,
    invariance,
    one_step,
    one_step_exactly,
    paid,
    radius_of_the_rule,
    reaching,
    share_exactly,
    weighted,
    window_exactly,
)
from zotheory.measurements.spoiled import accept_anything, clearly_lower, keep_the_higher, spoiled
from zotheory.reduced import DECADES
from zotheory.statements import relative_loss as statements
from zotheory.theorems.relative_loss import (
    convex_gap,
    decrease,
    decrease_sharp,
    gap_left,
    gap_left_sharp,
    grid,
    grid_steps,
    grid_steps_sharp,
    mean_gradient,
    radius_after,
    wide_grid,
)

HIGHER = "a step to where the loss is higher does as well (a sign error)"
ANYTHING = "the same holds when every step is taken, whatever the losses"
LONGER = "radii 1024 times as long do as well"
ONE_RADIUS = "the factor J is not lost: every step takes the share of the one radius that fits"
higher = partial(spoiled, step=keep_the_higher)
anything = partial(spoiled, step=accept_anything)

CLAIMS = (
    Claim(
        "relative_loss.decrease",
        states=statements.decrease,
        bound=decrease,
        says="A step of length alpha in a uniformly random direction, taken only where it lowers a smooth function, "
        "lowers it on average by at least alpha m_d |g|/2 - L alpha^2/4, where |g| is the length of the gradient, L "
        "its Lipschitz constant and m_d the mean length of one coordinate of the direction. That is largest for alpha "
        "= m_d |g|/L.",
        source=related.ours(related.SMALL_STEPS, related.THREE_POINTS),
        on=[
            *(one_step_exactly(d, times) for d in (2, 3, 10, 1000) for times in (0.001, 1.0)),
            one_step("family", 10),
            one_step("wavy", 8),
            one_step("logistic", 30),
            one_step("hard", 10),
            *over_decades(partial(one_step, "halves")),
        ],
        but={
            "two_sided": (
                "directions uphill gain as much as those downhill: alpha m_d |g| in the place of half of it",
                changed(decrease, g=lambda g: 2 * g),
                one_step("family", 10),
            ),
            "no_curvature": (
                "curvature costs nothing: a fall of alpha m_d |g|/2 for every alpha",
                changed(decrease, L=lambda L: 0.0),
                one_step("hard", 10, times=2.0),
            ),
            "sign": (HIGHER, None, one_step("family", 10, spoil=higher)),
            "power": (
                "m_d is of the order d^(-1/4): a wrong power of the dimension",
                changed(decrease, d=np.sqrt),
                over_decades(partial(one_step, "halves")),
            ),
        },
    ),
    Claim(
        "relative_loss.decrease_sharp",
        states=statements.decrease_sharp,
        bound=decrease_sharp,
        says="A step of length alpha in a uniformly random direction, taken only where it lowers a smooth function, "
        "lowers it on average by at least alpha |g| E max(s_1 - tau, 0), where s_1 is one coordinate of the "
        "direction, |g| the length of the gradient, L its Lipschitz constant and tau = L alpha/(2 |g|); on the "
        "function L|x|^2/2 by exactly that.",
        source=related.ours(related.SMALL_STEPS, related.PROGRESS),
        on=[
            *(one_step_exactly(d, times) for d in (2, 3, 10, 1000) for times in (0.5, 1.0, 2.0)),
            one_step("family", 10, replicas=4000),
            one_step("wavy", 8),
            one_step("logistic", 30, 2.0, replicas=3000),
            one_step("hard", 3, 1.5, replicas=4000),
            *(one_step("halves", d, times) for d in DECADES for times in (2.0, 3.0)),
        ],
        but={
            "thousandth": (
                "the fall is at least a thousandth above the bound",
                scaled(decrease_sharp, 1.001),
                one_step_exactly(10),
            ),
            "half_threshold": (
                "half of the curvature counts: tau = L alpha/(4 |g|)",
                changed(decrease_sharp, L=lambda L: L / 2),
                one_step("hard", 10, 2.0, replicas=4000),
            ),
            "sign": (HIGHER, None, one_step("family", 10, spoil=higher)),
            "power": (
                "s_1 is of the order d^(-1/4): a wrong power of the dimension",
                changed(decrease_sharp, d=np.sqrt),
                over_decades(partial(one_step, "halves")),
            ),
        },
    ),
    Claim(
        "relative_loss.stationary",
        states=statements.stationary,
        bound=mean_gradient,
        says="Along T steps of fixed length alpha on a smooth function the gradient is on average, over steps and "
        "runs, no longer than 2 (f(x_0) - inf f)/(alpha m_d T) + L alpha/(2 m_d); the best alpha, 2 sqrt((f(x_0) - "
        "inf f)/(L T)), makes that (2/m_d) sqrt(L (f(x_0) - inf f)/T). Convexity is not asked for.",
        source=related.ours(related.THREE_POINTS, related.SIGNED),
        on=[
            gradients("wavy", 5, 600),
            gradients("family", 5, 600),
            gradients("hard", 5, 1000),
            gradients("slope", 2, 2000, 0.2, replicas=200),
            *over_decades(paid),
        ],
        but={
            "two_sided": (
                "directions uphill gain as well: half of the bound is enough",
                scaled(mean_gradient, 0.5),
                gradients("slope", 2, 2000, 0.2, replicas=100),
            ),
            "power": (
                "the root of m_d may stand in the place of m_d: a wrong power of the dimension",
                changed(mean_gradient, d=np.sqrt),
                gradients("slope", 2, 2000, 0.2, replicas=100),
            ),
            "accept_anything": (ANYTHING, None, gradients("wavy", 5, 600, spoil=anything)),
            "paid_twice": (
                "the fall pays for gradients twice as long, as if directions uphill gained as well",
                scaled(mean_gradient, 0.5),
                over_decades(paid),
            ),
            "paid_power": (
                "the fall pays for gradients at the rate of the root of m_d: a wrong power of the dimension",
                changed(mean_gradient, d=np.sqrt),
                over_decades(paid),
            ),
        },
    ),
    Claim(
        "relative_loss.convex",
        states=statements.convex,
        bound=convex_gap,
        says="On a smooth convex function whose level set of x_0 reaches no farther than R from a minimiser, the "
        "expected gap after T steps of fixed length alpha is at most F + (1 - alpha m_d/(2R))^T (f(x_0) - f* - F): it "
        "falls at a linear rate to the floor F = L alpha R/(2 m_d).",
        source=related.ours(related.THREE_POINTS),
        on=[
            *(convex_exactly(d) for d in (2, 10, 1000)),
            convex_run("family", 10, 300),
            convex_run("orthant", 10, 300),
            convex_run("logistic", 30, 100),
            convex_run("hard", 5, 100, 0.9),
            convex_run("family", 3, None, 0.3),
            convex_falls("slope", 10, eps=0.3, T=5, replicas=3000),
            *over_decades(partial(convex_falls, "halves")),
        ],
        but={
            "two_sided": (
                "directions uphill gain as well: the rate is alpha m_d/R",
                changed(convex_gap, R=lambda R: R / 2),
                convex_falls("slope", 10, eps=0.3, T=5, replicas=3000),
            ),
            "no_floor": (
                "there is no floor: the gap goes to 0 at a fixed step length",
                changed(convex_gap, L=lambda L: 0.0),
                convex_run("family", 2, 1500, 0.9, replicas=100),
            ),
            "accept_anything": (ANYTHING, None, convex_run("family", 10, 300, spoil=anything)),
            "power": (
                "the root of m_d may stand in the place of m_d: a wrong power of the dimension",
                changed(convex_gap, d=np.sqrt),
                over_decades(partial(convex_falls, "halves")),
            ),
        },
    ),
    Claim(
        "relative_loss.strongly_convex",
        states=statements.strongly_convex,
        bound=gap_left,
        says="Draw the step length at random from J radii of ratio 2, the largest (2/3) m_d sqrt(2 (f(x_0) - f*)/L), "
        "where J = log2(Q (f(x_0) - f*)/eps)/2, rounded up. If |grad f|^2 >= 2 mu (f - f*) and Q = L/mu, the expected "
        "gap, counted where it is above eps, falls by the factor 1 - (4/9) m_d^2/(Q J) in every step; by Markov's "
        "inequality a number of steps follows that reaches eps with probability 1 - p.",
        source=related.ours(related.GLD, related.CONVEX),
        on=[
            *(share_exactly(d) for d in (2, 3, 10, 1000)),
            grid_run("family", 5, 50),
            grid_run("wavy", 4, 100),
            grid_run("logistic", 30, 50),
            grid_run("hard", 5, 100),
            reaching("family", 5, grid, grid_steps),
            *over_decades(partial(grid_falls, "halves")),
            grid_falls("hard", 10),
        ],
        but={
            "one_radius": (
                ONE_RADIUS,
                changed(gap_left, J=lambda J: 1),
                grid_falls("hard", 10**6, eps=1e-8),
            ),
            "too_long": (LONGER, None, grid_falls("family", 10, shift=1024.0)),
            "too_long_in_time": (
                "radii 1024 times as long bring the gap to eps in time",
                None,
                reaching("family", 5, grid, grid_steps, shift=1024.0),
            ),
            "sign": (HIGHER, None, grid_falls("family", 10, spoil=higher)),
            "power": (
                "m_d may stand in the place of its square: a wrong power of the dimension",
                changed(gap_left, d=np.sqrt),
                over_decades(partial(grid_falls, "halves")),
            ),
        },
    ),
    Claim(
        "relative_loss.strongly_convex_sharp",
        states=statements.strongly_convex_sharp,
        bound=gap_left_sharp,
        says="Draw the step length at random from the J radii of `wide_grid`, four more than those of "
        "relative_loss.strongly_convex, so that neighbours of the best radius are counted too. If |grad f|^2 >= 2 mu "
        "(f - f*), Q = L/mu and d >= 2, the expected gap, counted where it is above eps, falls by the factor 1 - "
        "1.24/(d Q J) in every step.",
        source=related.ours(related.GLD, related.CONVEX),
        on=[
            *(window_exactly(d) for d in (2, 3, 4, 5, 10, 100, *DECADES)),
            *(grid_run(name, d, T, wide_grid) for name, d, T in (("family", 5, 50), ("wavy", 4, 100))),
            *(grid_run(name, d, T, wide_grid) for name, d, T in (("logistic", 30, 50), ("hard", 5, 100))),
            reaching("family", 5, wide_grid, grid_steps_sharp),
            *(grid_falls("halves", d, wide_grid) for d in DECADES),
            grid_falls("hard", 10, wide_grid),
        ],
        but={
            "every_d": (
                "the constant is 1.25 in every dimension",
                changed(gap_left_sharp, Q=lambda Q: Q * 1.24 / 1.25),
                window_exactly(4),
            ),
            "limit": (
                "the constant is 1.27 in large dimension",
                changed(gap_left_sharp, Q=lambda Q: Q * 1.24 / 1.27),
                window_exactly(10**9),
            ),
            "too_long": (
                LONGER,
                None,
                grid_falls("family", 10, wide_grid, shift=1024.0),
            ),
            "one_radius": (
                ONE_RADIUS,
                changed(gap_left_sharp, J=lambda J: 1),
                grid_falls("hard", 10**6, wide_grid),
            ),
            "power": (
                "the root of d may stand in the place of d: a wrong power of the dimension",
                changed(gap_left_sharp, d=np.sqrt),
                [grid_falls("halves", d, wide_grid) for d in DECADES],
            ),
        },
    ),
    Claim(
        "relative_loss.invariance",
        states=statements.invariance,
        bound=radius_after,
        kind="always",
        says="A strictly increasing transform of f changes none of the points that the method visits, with momentum or "
        "without and for every rule of the radius, if it increases strictly in floating point, too, on the values that "
        "the run meets; the radius of the 1/5 rule is alpha growth^(accepted - rejected/4).",
        source=related.ours(related.GLD, related.CONVEX),
        assumptions=(
            "the accepted steps move (the value-weighted form is not invariant)",
            IN_FLOATS,
        ),
        on=[
            *(invariance(rule, "-exp(-sqrt y)", 10, beta) for rule in RULES for beta in (0.0, 0.5)),
            *(invariance("1/5", transform, 5, 0.5) for transform in ("y^3", "arctan y", "log(y + 1)")),
            *(invariance("fixed", "y^3", d) for d in DECADES),
            *(invariance("1/5", "y^3", d, 0.5) for d in DECADES),
            *(radius_of_the_rule(d) for d in (10, *DECADES)),
        ],
        but={
            "weighted": (
                "the form that moves by the size of the relative loss visits the same points",
                None,
                invariance("fixed", "arctan y", 10, spoil=weighted(0.01)),
            ),
            "sufficient_decrease": (
                "a step that asks for a decrease of 0.01 visits the same points",
                None,
                invariance("fixed", "y^3", 10, spoil=partial(spoiled, step=clearly_lower)),
            ),
            "weighted_reduced": (
                "the form that moves by the size of the relative loss visits the same points in dimension 10^6",
                None,
                invariance("fixed", "arctan y", 10**6, spoil=weighted(1e-8)),
            ),
            "half": (
                "a rejected step divides the radius by the root of the growth, not by its fourth root",
                changed(radius_after, rejected=lambda rejected: 2 * rejected),
                radius_of_the_rule(10),
            ),
        },
    ),
)

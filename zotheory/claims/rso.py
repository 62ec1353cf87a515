"""RSO, one coordinate at a time: the claims."""

from __future__ import annotations

from functools import partial
from typing import Any

from zotheory.claims import related
from zotheory.evidence.claim import Claim
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.rso import (
    bent,
    contrary,
    cycle,
    decayed,
    gradients,
    one_step,
    quadratic_exactly,
    rows,
    straight_exactly,
)
from zotheory.measurements.spoiled import keep_the_highest, spoiled
from zotheory.statements import rso as statements
from zotheory.theorems import rso as theorems

HIGHEST = "a step that keeps the value whose loss is highest does as well (a sign error)"
TOGETHER, ROTATED = "a quadratic in the sum of the coordinates", "a rotated quadratic"
highest = partial(spoiled, step=keep_the_highest)


def _nothing(value: Any) -> float:
    return 0.0


def _without_the_product(*, s: Any, g: Any, y: Any, L: Any) -> Any:
    """The bound of `decay` as if E(|Delta| + y)^2 were s^2 + y^2."""
    return theorems.decrease(s=s, g=g, L=L) + y * g - L * y**2 / 2


CLAIMS = (
    Claim(
        "rso.decrease",
        states=statements.decrease,
        bound=theorems.decrease,
        says="A step on coordinate i, without decay, of deviation s, lowers f on average by at least sqrt(2/pi) s "
        "|g_i| - L s^2/2, where g_i is the slope of f along that axis and L bounds its curvature there: it is a step "
        "of three points along an axis. Derived beside the formula: equal where f is straight.",
        source=related.ours(related.RSO, related.THREE_POINTS),
        on=[
            straight_exactly(),
            *map(quadratic_exactly, (0.1, 0.8, 2.0)),
            one_step("hard, rotated", 10),
            one_step("wavy", 5),
            one_step("family", 100),
            one_step("logistic", 30, replicas=500),
        ],
        but={
            "slope": (
                "it takes a hundredth more than that of the slope",
                scaled(theorems.decrease, 1.01),
                straight_exactly(),
            ),
            "curvature": (
                "curvature costs nine tenths of L s^2/2 only",
                changed(theorems.decrease, L=lambda L: 0.9 * L),
                quadratic_exactly(0.3),
            ),
            "one_side": (
                "it looks to both sides, and so takes twice as much",
                changed(theorems.decrease, g=lambda g: 2 * g),
                one_step("wavy", 5),
            ),
            "sign": (HIGHEST, None, one_step("hard, rotated", 10, spoil=highest)),
        },
    ),
    Claim(
        "rso.decrease_sharp",
        states=statements.decrease_sharp,
        bound=theorems.decrease_sharp,
        says="Where g_i is not 0, such a step lowers f on average by at least sqrt(2/pi) s |g_i| - L s^2 (1/2 - P(z > "
        "2 |g_i|/(L s))), z standard normal, and by exactly that where f is quadratic along the axis, of curvature L. "
        "Derived beside the formula: that is more than rso.decrease says, and positive however long s is; it falls "
        "like 1/s where s is far too long; on such a quadratic the best s takes less than 0.324 |g_i|^2/L, where the "
        "lowest point of the axis takes |g_i|^2/(2 L).",
        source=related.ours(related.RSO, related.THREE_POINTS),
        on=[
            *map(quadratic_exactly, (0.3, 0.877, 3.0, 30.0)),
            *(quadratic_exactly(times, at_least=False) for times in (0.3, 0.877, 3.0, 30.0)),
            one_step("hard, rotated", 10, times=2.0),
            one_step("wavy", 5, times=2.0),
        ],
        but={
            "more": (
                "a step takes a thousandth more",
                scaled(theorems.decrease_sharp, 1.001),
                quadratic_exactly(0.877),
            ),
            "less": (
                "on a quadratic a step takes a thousandth less",
                scaled(theorems.decrease_sharp, 0.999),
                quadratic_exactly(0.877, at_least=False),
            ),
            "plain": (
                "rso.decrease is attained by a quadratic",
                theorems.decrease,
                quadratic_exactly(0.877, at_least=False),
            ),
            "far": (
                "a deviation that is far too long costs nothing: the best one is as good",
                lambda s, g, L: 0.3238 * g**2 / L,
                quadratic_exactly(3.0),
            ),
            "sign": (HIGHEST, None, one_step("wavy", 5, spoil=highest)),
        },
    ),
    Claim(
        "rso.minibatch",
        states=statements.minibatch,
        bound=theorems.minibatch,
        says="A step without decay, of deviation s, that compares the loss F(.; X) of a random sample X, its "
        "curvature along the axis at most L in size, lowers the mean loss f = E F(.; X) on average by at least "
        "sqrt(2/pi) s (|g_i| - E|G_i - g_i|) - (3/4) L s^2, where G_i and g_i are the slopes of F(.; X) and f. "
        "Derived beside the formula: the factor 1 of E|G_i - g_i| is the best possible, and 3/4 is for a change of "
        "one length.",
        source=related.ours(related.SIGNED, related.NOISY),
        on=[
            *map(contrary, (0.1, 0.25, 0.45)),
            contrary(0.25, 0.05, 3.0),
            *map(bent, (0.3, 0.58, 1.0, 3.0)),
            bent(0.58, 2.0, 1.0),
            rows(0, 0.3),
            rows(3, 1.0),
        ],
        but={
            "noise": (
                "noise costs a hundredth less than E|G_i - g_i|",
                changed(theorems.minibatch, noise=lambda noise: 0.99 * noise),
                contrary(0.25),
            ),
            "noiseless": (
                "noise costs nothing, since all three losses share it",
                changed(theorems.minibatch, noise=_nothing),
                contrary(0.45),
            ),
            "curvature": (
                "curvature costs no more than without noise: L s^2/2 in the place of 3 L s^2/4",
                changed(theorems.minibatch, L=lambda L: 2 * L / 3),
                bent(0.58),
            ),
            "slope": ("it takes twice that of the slope", changed(theorems.minibatch, g=lambda g: 2 * g), bent(0.3)),
        },
    ),
    Claim(
        "rso.decay",
        states=statements.decayed,
        bound=theorems.decay,
        says="With weight decay, which moves coordinate i by y = decay x_i sign(g_i) downhill before it is compared, "
        "a step lowers f on average, where g_i is not 0, by at least (sqrt(2/pi) s + y) |g_i| - (L/2) (s^2 + 2 "
        "sqrt(2/pi) s y + y^2). The weight as it was is none of the three: a straight line rises on average where "
        "decay goes uphill by more than sqrt(2/pi) s. Derived beside the formula: on a straight line it changes by "
        "exactly that.",
        source=related.ours(related.RSO),
        on=[
            *(decayed(0.1, at, 0.3) for at in (-2.0, -0.5, 1.0, 2.0)),
            *(decayed(0.1, at, 0.3, L=0) for at in (-20.0, -1.0, 2.0)),
            decayed(1e-4, 1.0, 0.8),
            decayed(1e-4, 1e3, 0.8),
        ],
        but={
            "nothing": (
                "weight decay costs a step nothing",
                changed(theorems.decay, y=_nothing),
                decayed(0.1, -1.0, 0.3, L=0),
            ),
            "monotone": (
                "on average the loss that a step compares does not rise",
                lambda **given: 0.0,
                decayed(0.1, -20.0, 0.3, L=0),
            ),
            "product": (
                "decay and change do not add up, so that curvature costs L (s^2 + y^2)/2 only",
                _without_the_product,
                decayed(0.1, 2.0, 0.3),
            ),
            "direction": (
                "decay goes downhill whatever the slope is, so that it takes more",
                changed(theorems.decay, y=abs),
                decayed(0.1, -1.0, 0.3, L=0),
            ),
        },
    ),
    Claim(
        "rso.sweep",
        states=statements.sweep,
        bound=theorems.sweep,
        says="A cycle through all coordinates, of one deviation s and without decay, lowers f on average by at least "
        "sqrt(2/pi) s sum_i |g_i(x_0)| - s^2 ((2/pi) sum_{j<i} L_ij + sum_i L_ii/2), where the slope along axis i "
        "changes by at most L_ij |t| over a way t along axis j. The slopes are those at the start of the cycle: what "
        "each step does to the slopes after it costs (2/pi) L_ij s^2.",
        source=related.ours(related.RSO),
        on=[
            cycle(TOGETHER, 20, replicas=4000),
            cycle(TOGETHER, 5, replicas=4000),
            cycle(ROTATED, 10),
            cycle("logistic regression", 30, replicas=150),
        ],
        but={
            "mixed": (
                "a step does nothing to the slopes after it: L_ij may be left out",
                changed(theorems.sweep, mixed=_nothing),
                cycle(TOGETHER, 20, times=1.5),
            ),
            "slope": ("a cycle takes a tenth more", scaled(theorems.sweep, 1.1), cycle(TOGETHER, 20, replicas=2000)),
            "sign": (HIGHEST, None, cycle(ROTATED, 10, spoil=highest)),
        },
    ),
    Claim(
        "rso.stationary",
        states=statements.stationary,
        bound=theorems.stationary,
        says="Over K cycles without decay, whose deviation falls from s to about a s as in the released code, the sum "
        "of all |g_i| at the start of a cycle, cycle e counted w_e = a + (1 - a) (K - e)/K times, is on average at "
        "most sqrt(pi/2) ((f(x_0) - inf f)/(s K) + s w_2 ((2/pi) sum_{j<i} L_ij + sum_i L_ii/2))/w_1, w_1 and w_2 the "
        "means of w_e and of its square. Derived beside the formula: the best s makes both parts equal, and the bound "
        "falls like 1/sqrt(K).",
        source=related.ours(related.RSO),
        on=[
            gradients(TOGETHER, 10, 10),
            gradients(TOGETHER, 10, 10, a=1.0),
            gradients(TOGETHER, 4, 40, times=0.5, replicas=2000),
            gradients(ROTATED, 10, 10),
            gradients(ROTATED, 10, 30, a=0.5, times=2.0),
        ],
        but={
            "rate": (
                "the gradient falls like 1/K",
                changed(theorems.stationary, K=lambda K: K**2),
                gradients(TOGETHER, 4, 40, times=0.3),
            ),
            "gap": (
                "half of the gap pays for it",
                changed(theorems.stationary, gap=lambda gap: gap / 2),
                gradients(TOGETHER, 4, 40, times=0.1),
            ),
            "sign": (HIGHEST, None, gradients(ROTATED, 10, 10, spoil=highest)),
        },
    ),
)

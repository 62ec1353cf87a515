"""Common random numbers: the claims."""

from __future__ import annotations

from typing import Any

from zotheory.claims import related
from zotheory.evidence.claim import Claim
from zotheory.measurements.common_random_numbers import (
    apart,
    apart_drawn,
    latent,
    lost_exactly,
    right_drawn,
    right_exactly,
    small_elbo,
    targets,
    wrong_exactly,
    wrong_on_a_line,
)
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.spoiled import keep_the_higher
from zotheory.statements import common_random_numbers as statements
from zotheory.theorems import common_random_numbers as theorems

FLAT = "one latent where its divergence is nearly flat"
LATENT, ELBO, TARGETS = "one latent", "a small autoencoder", "two targets"
HIGHER = "a step to where the loss of its draws is higher does as well (a sign error)"
ANEW = "draws that are made anew for each loss do as well"
near, short = latent(2.0, 1e-4, 2e-4), latent(2.0, 0.5, 0.51)


def _nothing(value: Any) -> float:
    return 0.0


def _without_the_product(*, alpha: Any, ell: Any, kappa: Any, B: Any) -> Any:
    """As if changes of either kind did not add up."""
    return (ell * alpha) ** 2 + kappa * alpha * B**2


CLAIMS = (
    Claim(
        "common_random_numbers.square",
        states=statements.square,
        bound=theorems.square,
        says="Of one sample X the losses F(y; X) and F(x; X) at a distance of alpha differ in mean square by at most "
        "ell^2 alpha^2 + kappa alpha B (B + 2 ell alpha), if the difference exceeds ell alpha with probability kappa "
        "alpha at most, and then by B at most. Derived beside the formula: without jumps that is of the order alpha^2, "
        "with jumps of the order alpha.",
        source=related.ours(related.COMMON, related.DIFFERENCES),
        on=[
            apart(2.0, -1.0, -0.9),
            apart(2.0, -1.0, -0.999),
            apart(0.05, -1.0, -0.9),
            apart(2.0, 0.5, 1.5),
            apart_drawn(2.0, -1.0, -0.5),
            apart_drawn(2.0, 0.5, 1.5),
        ],
        but={
            "no_jumps": (
                "jumps cost nothing, as they are rare: the order is alpha^2",
                changed(theorems.square, kappa=_nothing),
                apart(2.0, -1.0, -0.999),
            ),
            "rare": (
                "a jump is as rare as alpha^2",
                changed(theorems.square, kappa=lambda kappa: kappa / 10),
                apart(2.0, -1.0, -0.9),
            ),
            "product": (
                "a jump and what is smooth do not add up",
                _without_the_product,
                apart(0.05, -1.0, -0.9),
            ),
            "anew": (ANEW, None, apart_drawn(2.0, 0.5, 0.6, fresh=True)),
        },
    ),
    Claim(
        "common_random_numbers.wrong",
        states=statements.wrong,
        bound=theorems.wrong,
        kind="probability",
        says="A step that compares means of m draws, D = F(y; X) - F(x; X) for each, goes to the higher of f = E F(.; "
        "X), or does not go to the lower, with probability at most (E D^2 - c^2)/(E D^2 + (m - 1) c^2), c = |f(y) - "
        "f(x)|; that is at most tail for m >= (E D^2/c^2 - 1) (1 - tail)/tail. Derived beside the formula: without "
        "jumps neither depends on the length alpha of a step, where c is in proportion to it; with jumps it takes "
        "about 1/alpha draws. With m = 1 some draws of two values attain it.",
        source=related.ours(related.SIGNED, related.NOISY),
        on=[
            *(wrong_exactly(FLAT, near, m) for m in (1, 5)),
            *(wrong_exactly(f"{LATENT} from 0.5 to {y:g}", latent(2.0, 0.5, y), m) for y, m in ((0.51, 30), (1.5, 1))),
            wrong_exactly(f"{LATENT} from 0.6 to 0.5", latent(2.0, 0.6, 0.5), 10),
            *(wrong_exactly(f"{ELBO}, {a:g} apart", small_elbo(a), m) for a, m in ((0.1, 1), (0.1, 20), (1.0, 20))),
            *(wrong_exactly(f"{TARGETS}, {a:g} apart", targets(0.2, a), m) for a, m in ((0.1, 1), (1e-3, 20))),
            *(wrong_on_a_line(10, a, m) for a in (1e-6, 1.0) for m in (1, 10)),
        ],
        but={
            "less": (
                "it is wrong a hundredth less often",
                scaled(theorems.wrong, 0.99),
                wrong_exactly(FLAT, near),
            ),
            "draws": (
                "m draws are as good as m^2",
                changed(theorems.wrong, m=lambda m: m**2),
                wrong_exactly(f"{LATENT} from 0.5 to 0.51", latent(2.0, 0.5, 0.51), 30),
            ),
            "half": (
                "it is wrong half of the time at most, however short the step is",
                lambda **given: 0.5,
                wrong_exactly(f"{LATENT} from 0.5 to 0.51", short, 30),
            ),
            "sign": (HIGHER, None, wrong_exactly(f"{TARGETS}, 0.1 apart", targets(0.2, 0.1), 20, keep_the_higher)),
            "anew": (ANEW, None, wrong_on_a_line(10, 1e-3, 10, fresh=True)),
        },
    ),
    Claim(
        "common_random_numbers.loss",
        states=statements.loss,
        bound=theorems.lost,
        says="After a step that compares F(y; X) with F(x; X) the mean loss f exceeds the lower of f(x) and f(y) on "
        "average by at most half of E|D - E D|, D = F(y; X) - F(x; X), E D = f(y) - f(x). Derived beside the formula: "
        "some draws of two values attain it.",
        source=related.ours(related.SIGNED, related.NOISY),
        on=[
            *(lost_exactly(FLAT, near, m) for m in (1, 5)),
            lost_exactly(f"{LATENT} from 0.5 to 0.51", short, 30),
            lost_exactly(f"{LATENT} from 0.6 to 0.5", latent(2.0, 0.6, 0.5), 10),
            *(lost_exactly(f"{ELBO}, {a:g} apart", small_elbo(a), m) for a, m in ((0.1, 1), (1.0, 20))),
            *(lost_exactly(f"{TARGETS}, {a:g} apart", targets(0.2, a), m) for a, m in ((0.1, 1), (0.1, 20))),
        ],
        but={
            "less": ("a hundredth less is lost", scaled(theorems.lost, 0.99), lost_exactly(FLAT, near)),
            "nothing": (
                "nothing is lost, since both losses share their draws",
                scaled(theorems.lost, 0.0),
                lost_exactly(f"{TARGETS}, 0.1 apart", targets(0.2, 0.1), 20),
            ),
            "sign": (HIGHER, None, lost_exactly(f"{TARGETS}, 0.1 apart", targets(0.2, 0.1), 20, keep_the_higher)),
        },
    ),
    Claim(
        "common_random_numbers.right",
        states=statements.right,
        bound=theorems.right,
        kind="probability",
        says="So many draws are needed: let a latent be 1 with probability q = 1/(1 + exp(-x)), drawn as U < q, and "
        "F(x; U) = KL(q) - gain where it is 1, KL(q) where it is not, KL(q) its divergence from 1/2. For 0 <= s < t "
        "<= gain the mean loss falls and the divergence KL rises from s to t, and of the means of m common draws the "
        "one at t is no higher with probability at most m (t - s)/4: with fewer than 1/(t - s) draws a comparison is "
        "wrong more often than not.",
        source=related.ours(related.COMMON),
        on=[
            right_exactly(2.0, 1e-4, 2e-4, 1),
            right_exactly(2.0, 0.5, 0.51, 10),
            right_exactly(2.0, 0.51, 0.5, 10),
            right_exactly(3.0, 1.0, 1.2, 3),
            right_drawn(3.0, 1.0, 1.01, 20),
            right_drawn(2.0, 0.6, 0.5, 5),
        ],
        but={
            "less": (
                "it is right a hundredth less often",
                scaled(theorems.right, 0.99),
                right_exactly(2.0, 1e-4, 2e-4, 1),
            ),
            "one": (
                "ten draws are as often right as one",
                changed(theorems.right, m=lambda m: 1),
                right_exactly(2.0, 0.5, 0.51, 10),
            ),
            "rate": (
                "it is right as rarely as alpha^2",
                changed(theorems.right, alpha=lambda alpha: alpha**2),
                right_exactly(2.0, 0.5, 0.51, 10),
            ),
            "anew": (
                ANEW.replace("do as well", "are right as rarely"),
                None,
                right_drawn(2.0, 0.5, 0.51, 20, fresh=True),
            ),
        },
    ),
)

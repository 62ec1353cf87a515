"""Table of the claims `relative_loss_online`."""

import sympy

from proofs import derive
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.relative_loss_online import keep_the_higher_window, left_behind
from zotheory.theorems import relative_loss_minibatch as minibatch
from zotheory.theorems import relative_loss_online as bounds

HALF, NEARLY = sympy.Rational(1, 2), sympy.Rational(99, 100)


def _derives(claim, **changes):
    return lambda: derive(f"relative_loss_online.{claim}", **changes)


def _counted_once(*, noise, alpha, K, rho, w, Lambda, J, **given):
    """What is not seen as further noise."""
    unseen = bounds.truncation(K=K, rho=rho, w=w, Lambda=Lambda) + J * bounds.staleness(alpha=alpha, K=K, rho=rho, w=w)
    return minibatch.decrease(alpha=alpha, noise=noise + unseen, **given)


def _less_curved(*, L, **given):
    return bounds.decrease(L=L / 2, **given)


FALSEHOODS = {
    "online: a hundredth less lag": (
        _derives("staleness", bound=scaled(bounds.staleness, NEARLY)), "the lag after a window",
    ),
    "online: twice the window": (
        _derives("staleness", bound=changed(bounds.staleness, w=lambda w: 2 * w)), "the lag after a window",
    ),
    "online: the memory left behind": (_derives("staleness", step=left_behind), "the two evaluations"),
    "online: keep the higher": (_derives("staleness", step=keep_the_higher_window), "the two evaluations"),
    "online: a hundredth less of the loss": (
        _derives("stale_loss", bound=scaled(bounds.stale_loss, NEARLY)), "the change of the loss",
    ),
    "online: half of what is not seen": (
        _derives("truncation", bound=scaled(bounds.truncation, HALF)), "the way through the memory",
    ),
    "online: what is not seen counted once": (_derives("decrease", bound=_counted_once), "the fall"),
    "online: the curvature of a mini-batch": (_derives("decrease", bound=_less_curved), "the fall"),
}  # fmt: skip
TRUTHS = {"online: the step named": _derives("staleness")}
NOT_REDUCED = dict.fromkeys(
    (f"relative_loss_online.{name}" for name in ("staleness", "stale_loss", "truncation", "decrease")),
    "it speaks of a memory, which reduced coordinates do not have",
)

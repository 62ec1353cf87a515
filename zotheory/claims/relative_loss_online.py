"""Relative-loss descent online: the claims."""

from __future__ import annotations

from typing import Any

from zotheory.claims import related
from zotheory.evidence.claim import Claim
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.relative_loss_online import (
    along_a_run,
    always_on,
    change,
    falls_on_the_way,
    keep_the_higher_window,
    lag,
    left_behind,
    rise_by_lag,
    rise_of_a_step,
    rise_on_the_line,
    unseen,
    unseen_gradient,
)
from zotheory.statements import relative_loss_online as statements
from zotheory.theorems import relative_loss_online as theorems

SKEWED = rise_on_the_line(0.05, 20, -0.1, against=0.101, rare=0.01)
LAGGING = rise_by_lag(0.996, 2500, 1e-4)
BENT = falls_on_the_way(0.05, 40, 3, alpha=0.5)
BEHIND = "the memory that the point before has made may go on as well"


def _forgotten(*, alpha: Any, K: Any, rho: Any, w: Any) -> Any:
    """As if a window forgot all that is before the last step."""
    return K * alpha * rho**w / (1 - rho)


def _of_the_last(*, Lambda: Any, rho: Any, w: Any, **given: Any) -> Any:
    """The loss of the last time step, in the place of the mean."""
    return Lambda * rho**w * theorems.staleness(rho=rho, w=w, **given)


def _geometric(*, K: Any, rho: Any, w: Any, Lambda: Any) -> Any:
    return Lambda * K * rho**w / (1 - rho)


def _counted_once(*, noise: Any, alpha: Any, K: Any, rho: Any, w: Any, Lambda: Any, J: Any, **given: Any) -> Any:
    """What is not seen costs as much as noise of its size."""
    unseen = theorems.truncation(K=K, rho=rho, w=w, Lambda=Lambda) + J * theorems.staleness(
        alpha=alpha, K=K, rho=rho, w=w
    )
    whole = {"alpha": alpha, "K": K, "rho": rho, "w": w, "Lambda": Lambda, "J": J, **given}
    return theorems.decrease.formula(noise=noise - unseen, **whole)


def _squared(*, K: Any, rho: Any, w: Any, Lambda: Any) -> Any:
    """One over the square of the length of the window."""
    return theorems.truncation(K=K, rho=rho, w=w, Lambda=Lambda) / w


CLAIMS = (
    Claim(
        "relative_loss_online.staleness",
        states=statements.staleness,
        bound=theorems.staleness,
        kind="always",
        says="Where the memory of a recurrent network fades, by a factor rho < 1 in a time step, the memory that is "
        "carried from window to window along moving weights is never further than K alpha rho^w/((1 - rho) (1 - "
        "rho^w)) from the one that today's weights would have made of the same windows: w time steps in a window, "
        "steps of length alpha at most, K the Lipschitz constant of a time step in the weights.",
        source=related.ours(related.TRUNCATED),
        on=[
            always_on(0.6, 3, lag, 60),
            always_on(0.9, 5, lag, 60),
            always_on(0.3, 1, lag, 60),
            always_on(0.99, 1, lag, 2000),
            along_a_run(0.9, 3, lag, 25),
            along_a_run(0.6, 1, lag, 25),
        ],
        but={
            "less": ("the lag stays a hundredth below", scaled(theorems.staleness, 0.99), always_on(0.9, 5, lag, 60)),
            "forgotten": (
                "a window forgets all steps but the last: the lag is K alpha rho^w/(1 - rho)",
                _forgotten,
                always_on(0.9, 5, lag, 60),
            ),
            "rate": (
                "the lag falls like rho^(2w) with the length of the window",
                changed(theorems.staleness, w=lambda w: 2 * w),
                always_on(0.6, 3, lag, 60),
            ),
            "behind": (BEHIND, None, always_on(0.6, 3, lag, 60, step=left_behind)),
        },
    ),
    Claim(
        "relative_loss_online.stale_loss",
        states=statements.stale_loss,
        bound=theorems.stale_loss,
        kind="always",
        says="That lag changes the mean loss of the next window by at most Lambda K alpha rho^(w + 1)/(w (1 - rho)^2), "
        "whatever weights go through it: Lambda is the Lipschitz constant of the loss of a time step in the memory.",
        source=related.ours(related.TRUNCATED),
        on=[
            always_on(0.6, 3, change, 60, Lambda=1.0),
            always_on(0.9, 5, change, 60, Lambda=1.0),
            always_on(0.3, 1, change, 60, Lambda=1.0),
            along_a_run(0.9, 3, change, 25, Lambda=1.0),
            along_a_run(0.6, 1, change, 25, Lambda=1.0),
        ],
        but={
            "less": (
                "the loss changes by a hundredth less",
                scaled(theorems.stale_loss, 0.99),
                always_on(0.9, 5, change, 60, Lambda=1.0),
            ),
            "last": (
                "the whole window is as little off as its last time step",
                _of_the_last,
                always_on(0.6, 3, change, 60, Lambda=1.0),
            ),
            "behind": (BEHIND, None, always_on(0.6, 3, change, 60, step=left_behind, Lambda=1.0)),
        },
    ),
    Claim(
        "relative_loss_online.truncation",
        states=statements.truncation,
        bound=theorems.truncation,
        kind="always",
        says="Of the mean loss of a window from the memory that the weights would have made, the gradient with that "
        "memory held lacks at most Lambda K rho (1 - rho^w)/(w (1 - rho)^2) of the gradient: shorter steps do not "
        "lower it, and it falls like one over the length of the window. What the lag of the memory that is carried "
        "adds to that stands in relative_loss_online.decrease.",
        source=related.ours(related.TRUNCATED),
        on=[
            unseen(0.6, 3, 60),
            unseen(0.9, 5, 60),
            unseen(0.3, 1, 60),
            unseen(0.9, 100, 10),
            unseen_gradient(0.9, 3, 60),
            unseen_gradient(0.6, 1, 60),
        ],
        but={
            "less": ("a hundredth less is lacking", scaled(theorems.truncation, 0.99), unseen(0.9, 5, 60)),
            "geometric": (
                "what is lacking falls geometrically with the length of the window, as the memory does",
                _geometric,
                unseen(0.9, 100, 10),
            ),
            "square": (
                "what is lacking falls like one over the square of the length of the window",
                _squared,
                unseen(0.9, 5, 60),
            ),
        },
    ),
    Claim(
        "relative_loss_online.decrease",
        states=statements.decrease,
        bound=theorems.decrease,
        says="A step that compares the next window from the carried memory lowers f, the mean loss of that window "
        "from the memory that the weights would have made, on average by at least (alpha m_d/2) (|g| - E|G - E G| - 2 "
        "(T + J S)) - (3/4) L alpha^2, where g is the gradient of f, G that of a sample as the comparison sees it, L "
        "the Lipschitz constant of both, J that of G in the memory, T and S the bounds of "
        "relative_loss_online.truncation and relative_loss_online.staleness and m_d the mean length of one coordinate "
        "of the direction: what a window does not see costs twice what noise of its size costs. Derived beside the "
        "formula: if nothing else is lost the 2 is the best possible, for every d.",
        source=related.ours(related.SIGNED, related.NOISY),
        on=[
            rise_on_the_line(0.6, 3, 0.01),
            rise_on_the_line(0.9, 5, 0.001),
            rise_on_the_line(0.6, 3, 0.1, against=0.2),
            SKEWED,
            LAGGING,
            rise_by_lag(0.99, 1000, 3e-4),
            BENT,
            rise_of_a_step(10, 0.9, 5, 1.0),
            *(falls_on_the_way(0.3, 10, k) for k in (1, 10, 25)),
            falls_on_the_way(0.5, 40, 20),
        ],
        but={
            "once": (
                "what is not seen costs no more than noise of its size",
                _counted_once,
                rise_on_the_line(0.6, 3, 0.01),
            ),
            "less": (
                "what is not seen costs a hundredth less than twice that",
                changed(theorems.decrease, Lambda=lambda Lambda: 0.99 * Lambda),
                rise_on_the_line(0.9, 5, 0.001),
            ),
            "nothing": (
                "what is not seen costs nothing, since both losses lack it",
                changed(theorems.decrease, Lambda=lambda Lambda: 0.0),
                rise_of_a_step(10, 0.9, 5, 1.0),
            ),
            "lag": (
                "the lag of the memory costs nothing",
                changed(theorems.decrease, J=lambda J: 0.0),
                LAGGING,
            ),
            "noise": (
                "noise costs a tenth less",
                changed(theorems.decrease, noise=lambda noise: 0.9 * noise),
                SKEWED,
            ),
            "flat": ("curvature costs a step nothing", changed(theorems.decrease, L=lambda L: 0.0), BENT),
            "sign": (
                "a step to where the loss of its window is higher does as well (a sign error)",
                None,
                falls_on_the_way(0.3, 10, 10, step=keep_the_higher_window),
            ),
        },
    ),
)

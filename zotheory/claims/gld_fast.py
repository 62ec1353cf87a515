"""GLD-Fast: the claims."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

import numpy as np

from zotheory.directions import gaussian
from zotheory.evidence.claim import Bound, Claim, Experiment
from zotheory.measurements.experiments import over_decades
from zotheory.measurements.falsehoods import changed
from zotheory.measurements.gld_fast import after_epochs, one_step, reaching
from zotheory.measurements.spoiled import any_candidate, natural_log_radii_around, spoiled
from zotheory.methods import Method
from zotheory.methods.gld_fast import radii
from zotheory.reduced import DECADES
from zotheory.statements import gld_fast as statements
from zotheory.theorems.gld_fast import (
    LOWEST_GUESS,
    covered,
    distance,
    epoch,
    evaluations,
    evaluations_sharp,
    prescribed,
    prescribed_sharp,
)

PAPER = "Golovin et al., ICLR 2020 (arXiv:1911.06317)"
ENDS = (DECADES[0], DECADES[-1])
SHORT = "epochs as long as in dimension 1 are long enough: a wrong power of the dimension"
SMOOTH = (
    "Let f be a strictly increasing transform of a smooth, strongly convex function of condition number Q or less, "
    "with minimiser x*. "
)


# --- mistakes in the method ------------------------------------------------------------------------------------------


def from_the_diameter(method: Method, problem: Any, diameter: float) -> Method:
    """Return the method with the diameter as its middle radius."""
    return spoiled(method, radii=radii(diameter, problem.Q))


def normal_steps(method: Method, problem: Any, diameter: float) -> Method:
    """Return the method with displacements N(0, r_k^2 I)."""
    return spoiled(method, law=gaussian, scale=1.0)


def few_radii(method: Method, problem: Any, diameter: float) -> Method:
    """Return the method with K = ceil(ln(4 sqrt(Q)))."""
    return spoiled(method, radii=natural_log_radii_around(diameter / problem.Q, problem.Q))


def short_epochs(method: Method, problem: Any, diameter: float) -> Method:
    """Return the method with the epochs of dimension 1."""
    return spoiled(method, H=ceil(epoch(n=1, Q=problem.Q)))


def printed_epochs(method: Method, problem: Any, diameter: float) -> Method:
    """Return the method with the epochs that are printed."""
    return spoiled(method, H=ceil(problem.d * problem.Q * np.log2(problem.Q)))


def anything(method: Method, problem: Any, diameter: float) -> Method:
    """Return the method that takes every displacement."""
    return spoiled(method, step=any_candidate)


# --- evaluations -----------------------------------------------------------------------------------------------------


def the_abstract(*, n: float, Q: float, diameter: float, eps: float) -> float:
    """n Q log2(diameter/eps)."""
    return n * Q * np.log2(diameter / eps)


def _reaching(form: Callable[..., Method]) -> list[Experiment]:
    return [
        reaching("family", 2, 2.0, form, eps=1e-3),
        reaching("family", 5, 4.0, form, eps=0.05),
        reaching("family", 10, 8.0, form, eps=0.2),
        reaching("hard", 5, 4.0, form),
    ]


def _not_reaching(form: Callable[..., Method], bound: Bound) -> dict[str, Any]:
    return {
        "dimension_free": (
            "as many evaluations suffice as in dimension 1: a wrong power of the dimension",
            changed(bound, n=lambda n: 1),
            over_decades(lambda d: reaching("hard", d, 2.0, form, eps=0.8), ENDS),
        ),
        "abstract": (
            "n Q log2(diameter/eps) evaluations suffice, the rate of the abstract with the constant 1",
            the_abstract,
            reaching("hard", 5, 4.0, form),
        ),
        "not_monotone": (
            "no more evaluations are needed when every displacement is taken, whatever the values",
            None,
            reaching("family", 2, 2.0, form, eps=0.8, spoil=anything),
        ),
    }


CLAIMS = (
    Claim(
        "gld_fast.coverage",
        states=statements.coverage,
        bound=covered,
        kind="probability",
        says=SMOOTH + "While R_i/(2 sqrt(Q)) <= |x - x*| <= sqrt(Q) R_i, a step of GLD-Fast with the middle radius "
        "R_i/guess contracts the gap by the factor 1 - 1/(5 n max(Q, guess)) with probability above 1/4, for any guess "
        "of the condition number that is at least (5/6)^(2/3) Q = 0.886 Q.",
        source="ours, for the radii of GLD-Fast in " + PAPER,
        on=[
            *(one_step("family", 10, where, 8.0) for where in ("least", "largest")),
            *(one_step("hard", 10, where) for where in ("least", "largest")),
            one_step("logistic", 30, "least"),
            *(one_step("hard", 100, "least", times=times) for times in (LOWEST_GUESS, 8.0, 1000.0)),
            *(one_step("hard", 100, "largest", times=times) for times in (LOWEST_GUESS, 8.0)),
            *(one_step("hard", d, where) for d in DECADES for where in ("least", "largest")),
        ],
        but={
            "diameter": (
                "the radii may lie about the diameter, as printed, and not about diameter/Q",
                None,
                over_decades(lambda d: one_step("hard", d, "least", spoil=from_the_diameter)),
            ),
            "gaussian": (
                "displacements may be N(0, r_k^2 I), as in public code",
                None,
                over_decades(lambda d: one_step("hard", d, "least", spoil=normal_steps)),
            ),
            "natural_log": (
                "the logarithm in K = log2(4 sqrt(Q)) may be read as natural: fewer radii suffice",
                None,
                one_step("hard", 100, "least", Q=1e4, spoil=few_radii),
            ),
            "underestimate": (
                "the radii for guess = Q/8 reach the small distances as well",
                covered.formula,
                one_step("hard", 100, "least", times=1 / 8),
            ),
        },
    ),
    Claim(
        "gld_fast.epochs",
        states=statements.epochs,
        bound=distance,
        kind="probability",
        says=SMOOTH + "Start GLD-Fast at |x_0 - x*| <= diameter with R = diameter/Q and epochs of "
        "H = (10 n Q/p) log(4 Q) + 1 steps, rounded up, p = 1/4. Once i >= 1 epochs are over, just before the step at "
        "which R is halved for the i-th time, |x - x*| <= diameter/2^i for good, but for the probability "
        "i (4 Q)^(-5 n Q/4).",
        source=f"{PAPER}, theorem on GLD-Fast, as recalled there with R = diameter and H = n Q log(Q)",
        provenance="corrected",
        on=[
            after_epochs("family", 2, 2, 2.0),
            after_epochs("family", 4, 1, 2.0),
            after_epochs("hard", 4, 1, 2.0),
            after_epochs("hard", 2, 1, 1.5, times=2.0),
        ],
        but={
            "dimension_free": (
                SHORT,
                None,
                over_decades(lambda d: after_epochs("hard", d, 1, 2.0, spoil=short_epochs)),
            ),
            "printed_length": (
                "epochs of H = n Q log2(Q) steps are long enough, as printed",
                None,
                after_epochs("hard", 30, 1, 2.0, spoil=printed_epochs, replicas=500),
            ),
            "not_monotone": (
                "the distance is kept for good when every displacement is taken, whatever the values",
                None,
                after_epochs("family", 3, 1, 2.0, spoil=anything),
            ),
        },
    ),
    Claim(
        "gld_fast.underestimate",
        states=statements.underestimate,
        bound=distance,
        kind="probability",
        says=SMOOTH + "Tell GLD-Fast a guess of at least 1 between (5/6)^(2/3) Q = 0.886 Q and Q in the place of Q: "
        "R = diameter/guess, and H = (10 n guess/p) log(4 guess) + 1, rounded up, p = 1/4. Once i >= 1 epochs are "
        "over, |x - x*| <= diameter/2^i for good, but for the probability i (4 Q)^(-5 n Q/9).",
        source="ours, for GLD-Fast in " + PAPER,
        on=[
            after_epochs("family", 2, 2, 2.0, times=LOWEST_GUESS),
            after_epochs("family", 4, 1, 2.0, times=LOWEST_GUESS),
            after_epochs("hard", 4, 1, 2.0, times=LOWEST_GUESS),
        ],
        but={
            "sixty_fourth": (
                "the method may be told Q/64 in the place of Q",
                None,
                after_epochs("hard", 5, 1, 64.0, 1 / 64),
            ),
            "dimension_free": (
                SHORT,
                None,
                over_decades(lambda d: after_epochs("hard", d, 1, 2.0, LOWEST_GUESS, short_epochs), ENDS),
            ),
        },
    ),
    Claim(
        "gld_fast.evaluations",
        states=statements.evaluations,
        bound=evaluations,
        kind="probability",
        says=SMOOTH + "With R = diameter/Q and epochs of (10 n Q/p) log(4 Q) + 1 steps, rounded up, p = 1/4, x is "
        "within eps of x* for good after 1 + ((10 n Q/p) log(4 Q) + 2) (log2(Q) + 7) (L + 1) evaluations, "
        "L = log2(diameter/eps), but for the probability (L + 1) (4 Q)^(-5 n Q/4): "
        "O(n Q log^2(Q) log(diameter/eps)) evaluations.",
        source=f"{PAPER}, theorem on GLD-Fast, as recalled there without constants",
        provenance="corrected",
        on=_reaching(prescribed),
        but=_not_reaching(prescribed, evaluations),
    ),
    Claim(
        "gld_fast.evaluations_sharp",
        states=statements.evaluations_sharp,
        bound=evaluations_sharp,
        kind="probability",
        says=SMOOTH + "With R = diameter/sqrt(Q) and epochs of (10 n Q/p) log(4) + 1 steps, rounded up, p = 1/4, each "
        "of which divides the gap by 4, 1 + ((10 n Q/p) log(4) + 2) (log2(Q) + 7) (L + log2(Q)/2 + 1) evaluations "
        "suffice to be within eps of x* for good, L = log2(diameter/eps), but for the probability "
        "(L + log2(Q)/2 + 1) 4^(-5 n Q/4): O(n Q log(Q) log(Q diameter/eps)) evaluations.",
        source="ours, a logarithm of Q less than GLD-Fast in " + PAPER,
        on=_reaching(prescribed_sharp),
        but=_not_reaching(prescribed_sharp, evaluations_sharp),
    ),
)

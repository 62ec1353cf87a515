"""Accelerated random search: the claims."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from zotheory.evidence.claim import Bound, Claim, Experiment
from zotheory.measurements.accelerated_random_search import Steps, mean_gap, second_moment
from zotheory.measurements.experiments import over_decades
from zotheory.measurements.falsehoods import changed, scaled
from zotheory.measurements.spoiled import climbing, lost_power
from zotheory.reduced import DECADES
from zotheory.statements import accelerated_random_search as statements
from zotheory.theorems import accelerated_random_search as theorems

PAPER = "Nesterov, Spokoiny, Found. Comput. Math. 17, 2017"
DIMENSION_FREE = "the bound of one dimension holds in every dimension: the rate of the accelerated gradient method"


def gaps(steps: Steps, replicas: int = 200, lone: int = 200, bowls: Sequence[int] = (1, 2, 3)) -> list[Experiment]:
    """The runs that Theorem 9 is measured on with these steps.

    At d = 10^6 and more, 50 steps are too few for progress: there the tests are that nothing is lost meanwhile. What is
    known of the spread of the gap beforehand is the less, the longer the steps and the smaller the dimension: so many
    replicas are run, `lone` in one dimension, and 30 steps in the dimensions `bowls`.
    """
    measured = partial(mean_gap, steps=steps, replicas=replicas)
    return [
        measured("family", 10, 50),
        measured("family", 10, 200),
        measured("family", 10, 200, tau=0.0),
        measured("family", 10, 200, tau=0.25),
        measured("valley", 10, 200, tau=0.0),
        measured("logistic", 30, 50, replicas=40),
        measured("half-square", 5, 20),
        *(measured("bowl", d, 5, tau=0.0, replicas=lone if d == 1 else replicas) for d in (1, 2, 3)),
        *(measured("bowl", d, 30, replicas=lone if d == 1 else replicas) for d in bowls),
        measured("at rest", 10, 100),
        *(measured(name, d, 50, replicas=400) for d in DECADES for name in ("steep", "at rest")),
    ]


def false_gaps(bound: Bound, steps: Steps) -> dict[str, tuple[str, Bound | None, Experiment | list[Experiment]]]:
    """What Theorem 9 must be told apart from."""
    measured = partial(mean_gap, steps=steps)
    one = changed(bound, n=lambda n: 1)
    return {
        "dimension_free": (DIMENSION_FREE, one, over_decades(lambda d: measured("steep", d, 50))),
        "radius_error": ("the smoothing costs no more than in one dimension", one, measured("at rest", 10**3, 50)),
        "distance": (
            "the distance to the minimiser does not matter: the gap alone falls as psi_k",
            changed(bound, R=lambda R: 0),
            measured("valley", 10, 200, tau=0.0),
        ),
        "constant": ("the gap is at most half of the bound", scaled(bound, 1 / 2), measured("steep", 10**3, 50)),
        "power": (
            "the step theta may be h/4: a wrong power of the dimension",
            None,
            measured("at rest", 10**6, 50, step=lost_power),
        ),
        "sign": (
            "the second sequence may move along the estimate, the first against it (a sign error)",
            None,
            measured("family", 10, 200, step=climbing),
        ),
    }


def dimension_dropped(*, n: Any, gradient: Any, **rest: Any) -> Any:
    """The lemma without n + 2 beside the gradient."""
    return theorems.second_moment.formula(n=n, gradient=gradient / (n + 2) ** 0.5, **rest)


CLAIMS = (
    Claim(
        "accelerated_random_search.second_moment",
        bound=theorems.second_moment,
        states=statements.second_moment,
        says="For a convex f on R^n with an L1-Lipschitz gradient, the mean square of the estimate g = [f(x + delta u) "
        "- f(x)]/delta u, u Gaussian, is at most (1 + a)(n + 2)|grad f_delta|^2 + (1 + 1/a) delta^2 L1^2 n (2n^2 + 5n "
        "+ 4)/2 for every a > 0, where f_delta(x) is the mean of f(x + delta u).",
        source=f"ours, sharpening {PAPER}, Lemma 5 (as recalled 4(n+4)|grad f_delta|^2 + 3 delta^2 L1^2 (n+4)^3)",
        on=[
            second_moment("family", 10, 1e-6, 0.25),
            second_moment("family", 10, 0.1, 1),
            second_moment("half-square", 5, 0.1, 1),
            *(second_moment("at rest", d, 0.1, 100) for d in (3, 10)),
            *over_decades(lambda d: second_moment("at rest", d, 0.1, 100)),
            *over_decades(lambda d: second_moment("steep", d, 1e-3 / np.sqrt(d), 1)),
        ],
        but={
            "dimension_free": (
                "the factor n + 2 beside the gradient is not needed: the dimension does not enter",
                dimension_dropped,
                second_moment("family", 10, 1e-6, 0.25),
            ),
            "n_squared": (
                "the smoothing costs n^2, not n^3: a wrong power of the dimension",
                lambda n, **rest: theorems.second_moment.formula(n=n, **rest) / n,
                over_decades(lambda d: second_moment("at rest", d, 0.1, 100)),
            ),
            "constant": (
                "the mean square is at most half of the bound",
                scaled(theorems.second_moment, 1 / 2),
                second_moment("family", 10, 1e-6, 0.25),
            ),
        },
    ),
    Claim(
        "accelerated_random_search.mean_gap",
        bound=theorems.mean_gap,
        states=partial(statements.mean_gap, steps=theorems.steps),
        says="Accelerated random search on a convex f on R^n with an L1-Lipschitz gradient, tau-strongly convex (tau "
        "may be 0), with the steps h = 1/(4(n+4) L1) and theta = 1/(16 (n+4)^2 L1) and the smoothing radius delta, has "
        "after k steps an expected gap of at most psi_k [f(x_0) - f* + gamma_0 R^2/2] + delta^2 L1 (n + 3(n+8)/16 "
        "C_k), where R = |x_0 - x*| and gamma_0 >= tau is the first weight of the method; psi_k is at most "
        "(1 - sqrt(tau/L1)/(4(n+4)))^k and at most (1 + k/(8(n+4)) sqrt(gamma_0/L1))^-2, C_k at most k and at most "
        "4(n+4)/sqrt(tau/L1).",
        source=f"{PAPER}, Theorem 9, as recalled there with theta = 1/(16 (n+1)^2 L1)",
        provenance="corrected",
        on=gaps(theorems.steps),
        but=false_gaps(theorems.mean_gap, theorems.steps),
    ),
    Claim(
        "accelerated_random_search.mean_gap_recalled",
        bound=theorems.mean_gap,
        states=partial(statements.mean_gap, steps=theorems.steps_recalled),
        says="The bound of accelerated_random_search.mean_gap holds for the method as it is recalled, with the longer "
        "step theta = 1/(16 (n+1)^2 L1) in its second sequence.",
        source=f"{PAPER}, Theorem 9, as recalled; the proof is ours",
        provenance="recalled",
        on=gaps(theorems.steps_recalled, lone=10_000),
        but=false_gaps(theorems.mean_gap, theorems.steps_recalled),
    ),
    Claim(
        "accelerated_random_search.mean_gap_sharp",
        bound=theorems.mean_gap_sharp,
        states=partial(statements.mean_gap, steps=theorems.steps_sharp),
        says="With steps about twice as long as in accelerated_random_search.mean_gap, h = 1/(2(n+2) L1) and theta = "
        "1/(4 (n+2)^2 L1), accelerated random search has after k steps an expected gap of at most psi_k [f(x_0) - f* "
        "+ gamma_0 R^2/2] + delta^2 L1 n (1 + C_k/2), where psi_k is at most (1 - sqrt(tau/L1)/(2(n+2)))^k and at "
        "most (1 + k/(4(n+2)) sqrt(gamma_0/L1))^-2, and C_k at most k and at most 2(n+2)/sqrt(tau/L1).",
        source=f"ours, sharpening {PAPER}, Theorem 9",
        on=gaps(theorems.steps_sharp, replicas=2500, lone=15_000, bowls=(10, 20, 30)),
        but=false_gaps(theorems.mean_gap_sharp, theorems.steps_sharp),
    ),
)

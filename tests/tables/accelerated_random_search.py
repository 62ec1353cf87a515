"""Table of `zotheory.theorems.accelerated_random_search`."""

from sympy import Rational

import proofs.accelerated_random_search as proof
from proofs import derive
from zotheory.measurements.falsehoods import scaled
from zotheory.measurements.spoiled import climbing
from zotheory.theorems import accelerated_random_search as theorems

NAME = "accelerated_random_search."
NOT_REDUCED: dict[str, str] = {}


def _without_dimension(*, n, L1):
    """The steps of the accelerated gradient method."""
    return 1 / L1, 1 / L1


def _lost_momentum(f, state, u, **hyper):
    new = proof.shipped_step(f, state, u, **hyper)
    return new._replace(v=new.x)


def _part(claim, bound, factor):
    return lambda: derive(NAME + claim, bound=scaled(bound, factor)), "conclusion"


FALSEHOODS = {
    "a second moment without n + 2": (
        lambda: derive(NAME + "second_moment", bound=lambda n, **rest: theorems.second_moment(n=n - 1, **rest)),
        "conclusion",
    ),
    "half the second moment of a random search": _part("second_moment", theorems.second_moment, Rational(1, 2)),
    "0.99 times the second moment of a random search": _part(
        "second_moment", theorems.second_moment, Rational(99, 100)
    ),
    "a central estimate in the lemma": (
        lambda: derive(NAME + "second_moment", estimator=proof.estimators.central),
        "the shipped estimate",
    ),
    "theta with (n + 1)^2 by the paper's own Lemma 5": (
        lambda: derive(NAME + "mean_gap", steps=theorems.steps_recalled),
        "the largest momentum by the paper's lemma",
    ),
    "half the accelerated gap, as recalled": _part("mean_gap_recalled", theorems.mean_gap, Rational(1, 2)),
    "half the accelerated gap": _part("mean_gap", theorems.mean_gap, Rational(1, 2)),
    "half the sharper accelerated gap": _part("mean_gap_sharp", theorems.mean_gap_sharp, Rational(1, 2)),
    "0.99 times the accelerated gap": _part("mean_gap", theorems.mean_gap, Rational(99, 100)),
    "0.99 times the sharper accelerated gap": _part("mean_gap_sharp", theorems.mean_gap_sharp, Rational(99, 100)),
    "the sharper gap with the paper's steps": (
        lambda: derive(NAME + "mean_gap_sharp", steps=theorems.steps),
        "conclusion",
    ),
    "the paper's gap at the sharper cost": (
        lambda: derive(NAME + "mean_gap", bound=theorems.mean_gap_sharp),
        "conclusion",
    ),
    "steps of the gradient method": (
        lambda: derive(NAME + "mean_gap_sharp", steps=_without_dimension),
        "the weight in the lemma",
    ),
    "v climbs": (lambda: derive(NAME + "estimate_sequence", step=climbing), "the shipped momentum step"),
    "v is x": (lambda: derive(NAME + "estimate_sequence", step=_lost_momentum), "the shipped momentum step"),
}
TRUTHS: dict = {}

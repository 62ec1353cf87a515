"""Table of `zotheory.theorems.accelerated_random_search`."""

from hypothesis import strategies as st

import proofs.accelerated_random_search as proof
from tests.tables import numbers, reals
from zotheory.theorems import accelerated_random_search as theorems

small = st.floats(-3, 0).map(lambda x: 10.0**x)  # tau, which is at most L1 and gamma0
gap_arguments = {
    "k": st.integers(1, 1000), "n": st.integers(1, 10**6), "L1": numbers, "tau": small, "gamma0": numbers,
    "delta": reals, "R": reals, "gap": reals,
}  # fmt: skip
gap_example = {"k": 100, "n": 2, "L1": 2.7, "tau": 0.4, "gamma0": 1.3, "delta": 0.6, "R": 1.4, "gap": 0.7}
GAPS = ("mean_gap", "mean_gap_recalled", "mean_gap_sharp")
ARGUMENTS = {f"accelerated_random_search.{name}": gap_arguments for name in GAPS} | {
    "accelerated_random_search.second_moment": {
        "n": st.integers(1, 10**6), "gradient": reals, "L1": reals, "delta": reals, "a": reals,
    },
}  # fmt: skip
EXAMPLES = {f"accelerated_random_search.{name}": gap_example for name in GAPS} | {
    "accelerated_random_search.second_moment": {"n": 3, "gradient": 0.7, "L1": 1.7, "delta": 0.6, "a": 0.4},
}
step_conditions = {"n": "at least 1", "L1": "positive"}
gap_conditions = {
    "k": "at least 1", **step_conditions, "tau": "nonnegative", "gamma0": "positive", "delta": "positive",
    "R": "nonnegative", "gap": "nonnegative",
}  # fmt: skip
CONDITIONS = {
    theorems.second_moment: {
        "n": "at least 1", "gradient": "nonnegative", "L1": "nonnegative", "delta": "positive", "a": "positive",
    },
    theorems.mean_gap: gap_conditions,
    theorems.mean_gap_sharp: gap_conditions,
}  # fmt: skip
VALUES = gap_example | {"n": 3, "gradient": 0.7, "a": 0.4}
NUMERIC_ONLY: set = set()
NOT_REDUCED: dict[str, str] = {}


def _without_dimension(*, n, L1):
    """The steps of the accelerated gradient method."""
    return 1 / L1, 1 / L1


def _lost_momentum(f, state, u, **hyper):
    new = proof.shipped_step(f, state, u, **hyper)
    return new._replace(v=new.x)


FALSEHOODS = {
    "a second moment without n + 2": (
        lambda: proof.second_moment_derivation(bound=lambda n, **a: theorems.second_moment(n=n - 1, **a)), "conclusion",
    ),
    "half the second moment of a random search": (
        lambda: proof.second_moment_derivation(bound=lambda **a: theorems.second_moment(**a) / 2), "conclusion",
    ),
    "a central estimate in the lemma": (
        lambda: proof.second_moment_derivation(estimator=proof.estimators.central), "the shipped estimate",
    ),
    "theta with (n + 1)^2 by the paper's own Lemma 5": (
        lambda: proof.mean_gap_derivation(steps=theorems.steps_recalled), "Lemma 5's A",
    ),
    "half the accelerated gap, as recalled": (
        lambda: proof.mean_gap_recalled_derivation(bound=lambda k, **a: theorems.mean_gap(k, **a) / 2), "conclusion",
    ),
    "half the accelerated gap": (
        lambda: proof.mean_gap_derivation(bound=lambda k, **a: theorems.mean_gap(k, **a) / 2), "conclusion",
    ),
    "half the sharper accelerated gap": (
        lambda: proof.mean_gap_sharp_derivation(bound=lambda k, **a: theorems.mean_gap_sharp(k, **a) / 2), "conclusion",
    ),
    "the sharper gap with the paper's steps": (
        lambda: proof.mean_gap_sharp_derivation(steps=theorems.steps), "conclusion",
    ),
    "the paper's gap at the sharper cost": (
        lambda: proof.mean_gap_derivation(bound=theorems.mean_gap_sharp), "conclusion",
    ),
    "steps of the gradient method": (
        lambda: proof.mean_gap_sharp_derivation(steps=_without_dimension), "the lemma at a",
    ),
    "v climbs": (lambda: proof.mean_gap_sharp_derivation(step=theorems.climbing), "v'"),
    "v is x": (lambda: proof.mean_gap_sharp_derivation(step=_lost_momentum), "v'"),
}  # fmt: skip
TRUTHS: dict = {}

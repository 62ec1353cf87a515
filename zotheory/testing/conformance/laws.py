"""Invariances in law: two samples of runs that must have one distribution, told apart by an exact test."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zotheory.testing.conformance.cases import FLOOR, Case
from zotheory.testing.conformance.subjects import Broken, Subject

LEVEL = 1e-3  # chance to find a difference where there is none, of each law
RUNS = 200  # of each of the two
CASE = Case(d=4, budget=60, seed=0, condition=100)

Turn = np.ndarray  # (d, d), orthogonal


def summary(subject: Subject, turn: Turn, seeds: range) -> np.ndarray:
    """Of each run on the case, turned about its minimiser: lowest gap, and how far it went along the first axis."""
    about, away, budget = CASE.centre, CASE.x0 - CASE.centre, CASE.budget + subject.least - 1
    found = []
    for seed in seeds:
        run = subject.run(lambda x: CASE.f(about + turn.T @ (x - about)), about + turn @ away, budget, seed)
        along = ((run.points - about) @ turn)[:, 0] - away[0]
        found.append((run.values.min(initial=np.inf) - FLOOR, np.sqrt(np.mean(along**2)) if len(along) else 0.0))
    return np.vectorize(rounded)(np.array(found).T)


def rounded(value: float) -> float:
    """Nine digits, twelve places: turning rounds, and would tell apart one value of many runs, such as that at x0."""
    return round(float(f"{value:.8e}"), 12)


def same_law(subject: Subject, turn: Turn, first: int, what: str) -> None:
    """Both have one law where all is turned and where it is not: Kolmogorov and Smirnov's exact test of each."""
    from scipy.stats import ks_2samp

    plain = summary(subject, np.eye(CASE.d), range(first, first + RUNS))
    turned = summary(subject, turn, range(first + RUNS, first + 2 * RUNS))
    for name, one, other in zip(("lowest gap", "way along the first axis"), plain, turned, strict=True):
        chance = float(ks_2samp(one, other, method="exact").pvalue)
        if chance < LEVEL / len(plain):
            raise Broken(
                f"{what}: the {name} has another law, of median {np.median(other):.3g} "
                f"beside {np.median(one):.3g} (p = {chance:.1g})"
            )


def rotation(subject: Subject, first: int) -> None:
    """Axes may be turned."""
    turn = np.linalg.qr(np.random.default_rng(7).standard_normal((CASE.d, CASE.d)))[0]
    same_law(subject, turn, first, "where all is turned about the minimiser")


def permutation(subject: Subject, first: int) -> None:
    """Variables may come in another order."""
    same_law(subject, np.eye(CASE.d)[::-1], first, "with the variables in reverse order")


LAWS: dict[str, tuple[Callable[[Subject, int], None], str]] = {
    "rotation": (rotation, "has the same law where axes are turned"),
    "permutation": (permutation, "has the same law with its variables in another order"),
}

"""Statements about the law of a run: samples of runs, weighed by tests whose errors are bounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zotheory.testing.conformance.cases import FLOOR, Case
from zotheory.testing.conformance.ground import noisy, sphere
from zotheory.testing.conformance.subjects import Broken, Observed, Subject
from zotheory.testing.conformance.weighing import event

LEVEL = 1e-3  # chance of each law to be found broken where it is kept; what authors state shares one more
RUNS = 200  # of each of the two samples that are compared
CASE = Case(d=4, budget=60, seed=0, condition=100)
NOISE = 0.5  # deviation of values, of a first gap of 1
BETTER, TOLERATED = 1 / 2, 1 / 3  # of runs, in which the point that is returned is better than the luckiest


@dataclass(frozen=True)
class Law:
    """A statement about the law of a run.

    Attributes
    ----------
    name : what it is called: what the author may declare
    says : what holds, as a phrase whose subject is the optimizer
    does : callable ``(subject, first seed, level) -> what was measured``, which raises `Broken` or `Undecided`
    level : chance to be found broken where it is kept, at most
    """

    name: str
    says: str
    does: Callable[[Subject, int, float], str]
    level: float = LEVEL


Turn = np.ndarray  # (d, d), orthogonal


def summary(subject: Subject, turn: Turn, seeds: range) -> np.ndarray:
    """Of each run on the case, turned about its minimiser: lowest gap, and how far it went along the first axis.

    Neither is NaN, which no test weighs: what is not finite counts for no way, and a NaN is no lowest value.
    """
    about, away, budget = CASE.centre, CASE.x0 - CASE.centre, CASE.budget + subject.least - 1

    def turned(x: np.ndarray) -> float:
        with np.errstate(over="ignore", invalid="ignore"):  # of an optimizer that diverges
            return CASE.f(about + turn.T @ (x - about))

    found = []
    for seed in seeds:
        run = subject.run(turned, about + turn @ away, budget, seed)
        with np.errstate(over="ignore", invalid="ignore"):
            along = ((run.points - about) @ turn)[:, 0] - away[0]
            squares = along[np.isfinite(along)] ** 2
        way = np.sqrt(np.mean(squares)) if len(squares) else 0.0
        found.append((np.fmin.reduce(run.values, initial=np.inf) - FLOOR, way))
    return np.vectorize(rounded)(np.array(found).T)


def rounded(value: float) -> float:
    """Nine digits, twelve places: turning rounds, and would tell apart one value of many runs, such as that at x0."""
    return round(float(f"{value:.8e}"), 12)


def same_law(subject: Subject, turn: Turn, first: int, level: float, what: str) -> str:
    """Both have one law where all is turned and where it is not: Kolmogorov and Smirnov's exact test of each."""
    from scipy.stats import ks_2samp

    plain = summary(subject, np.eye(CASE.d), range(first, first + RUNS))
    turned = summary(subject, turn, range(first + RUNS, first + 2 * RUNS))
    for name, one, other in zip(("lowest gap", "way along the first axis"), plain, turned, strict=True):
        chance = float(ks_2samp(one, other, method="exact").pvalue)
        if not chance >= level / len(plain):  # nor where it is NaN
            raise Broken(
                f"{what}: the {name} has another law, of median {np.median(other):.3g} "
                f"beside {np.median(one):.3g} (p = {chance:.1g})"
            )
    return ""


def rotation(subject: Subject, first: int, level: float) -> str:
    """Axes may be turned."""
    turn = np.linalg.qr(np.random.default_rng(7).standard_normal((CASE.d, CASE.d)))[0]
    return same_law(subject, turn, first, level, "where all is turned about the minimiser")


def permutation(subject: Subject, first: int, level: float) -> str:
    """Variables may come in another order."""
    return same_law(subject, np.eye(CASE.d)[::-1], first, level, "with the variables in reverse order")


# --- under noise -----------------------------------------------------------------------------------------------------


def luckiest(run: Observed) -> np.ndarray:
    """The point (d,) of the lowest value that was seen, which NaN is not."""
    if np.isnan(run.values).all():
        raise Broken("none of its evaluations gave a number")
    return run.points[np.nanargmin(run.values)]


def recommends(subject: Subject, first: int, level: float) -> str:
    """Under noise, what is returned is better than the point whose noise was luckiest: in half of the runs or more.

    It must be better by more than rounding, which tells apart a point and its copy in single precision.
    """

    def better(i: int) -> bool:
        f, x0 = sphere(CASE.d, first + i)
        run = subject.run(noisy(f, NOISE, first + i), x0, CASE.budget + subject.least - 1, first + i)
        return f(run.x) - FLOOR < (1 - 1e-6) * (f(luckiest(run)) - FLOOR)

    found = event(better, BETTER, TOLERATED, level)
    return f"in {found.measured:.0%} of {found.runs} runs"


LAWS = {
    law.name: law
    for law in (
        Law("rotation", "has the same law where axes are turned", rotation),
        Law("permutation", "has the same law with its variables in another order", permutation),
        Law(
            "recommends", "returns a better point, where values are noisy, than that of its luckiest value", recommends
        ),
    )
}

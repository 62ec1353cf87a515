"""What users may write by mistake: mypy --strict and pyright refuse each line that is marked, and no other."""

from collections.abc import Callable

import numpy as np

import zotheory as zo
from zotheory.testing import assert_mean_at_most, check_method, no_such_name, parametrize_with_checks  # refused
from zotheory.theorems import two_point

problem = zo.problems.golovin_family(1, 8, 20)
method = zo.gld_search(R=3.0, r=1e-3)
print(no_such_name)
zo.gld_search(3.0, 1e-3)  # refused: by name alone
zo.gld_search(R="3", r=1e-3)  # refused
zo.relative_los(radius=1.0)  # refused
zo.problems.golovin(1, 8, 20)  # refused
zo.run("gld_search", problem, steps=5)  # refused
zo.run(method, problem)  # refused: for how many steps?
zo.run(method, problem, steps=5, replicas="many")  # refused
print(zo.run(method, problem, steps=5).evaluations)  # refused
zo.minimize(5, [0.0])  # refused
zo.minimize(lambda x: 0.0, [0.0], budget="much")  # refused
zo.minimize(lambda x: 0.0, [0.0], maxiter=5)  # refused
zo.minimize(lambda x: 0.0, [0.0]).fun.upper()  # refused
zo.AskTell(method)  # refused
two_point.mean_gap(3, R=1.0, G=1.0)  # refused: s is missing
assert_mean_at_most(np.zeros(10), bound="0.5")  # refused
check_method(method, declares=[0.95])  # refused
parametrize_with_checks([method], declares=[0.95])  # refused


@zo.bound
def left(*, d: int) -> float:
    return 1 - 1 / (4 * d)


left(n=10)  # refused


def measured(bound: Callable[..., float], replicas: int, seed: np.random.SeedSequence) -> float:
    return bound(d=10)


zo.Experiment("a number, no observation", d=10, measure=measured)  # refused
zo.Claim("mine.rate", bound=left, says=5, on=[], but={})  # refused
zo.verify([left])  # refused

"""Laws of optimizers that are stated in numbers: exact ones are seldom doubted, and those that are a tenth off are found.

The optimizers here have laws that are known exactly. On |x - c|^2, the least value along a random line through x is
below f(x) by a share cos^2 of the gap, which has the law Beta(1/2, (d - 1)/2), of mean 1/d, whatever came before.
"""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import beta

import zotheory as zo
from zotheory.testing import Coverage, Decrease, check_method, parametrize_with_checks
from zotheory.testing.conformance.laws import LAWS, LEVEL, sphere
from zotheory.testing.conformance.subjects import Broken, Undecided, subject_of
from zotheory.testing.conformance.trying import outcome
from zotheory.testing.conformance.weighing import event, mean, runs_of


def lines(f, x0, budget, seed, *, of=1.0, level=0.95, off=0):
    """Goes `of` the way to the minimum along random lines, of three evaluations each.

    From the first line it certifies how large the gap was before, and with it the least value and, after one line, the
    gap. `level` is that of the certificates; `off` is added to the dimension that they are computed for.
    """
    rng, x, d = np.random.default_rng(seed), np.array(x0), len(x0)
    minimum, left = (-np.inf, np.inf), (0.0, np.inf)
    for k in range(budget // 3):
        u = rng.standard_normal(d)
        u /= np.linalg.norm(u)
        here, before, after = f(x), f(x - u), f(x + u)
        bend = before + after - 2 * here
        way = (before - after) / (2 * bend)
        if k == 0:
            drop = bend * way**2 / 2
            most = drop / beta.ppf(1 - level, 0.5, (d + off - 1) / 2)
            minimum, left = (here - most, here - drop), (0.0, most - drop)
        x = x + of * way * u
    return SimpleNamespace(x=x, minimum=minimum, left=left)


def averaging(f, x0, budget, seed, *, luckiest=False):
    """Steps along differences over a wide radius; returns the mean of its later points."""
    rng, x, d = np.random.default_rng(seed), np.array(x0), len(x0)
    seen, points = [], []
    for k in range(budget // 2):
        u = rng.standard_normal(d)
        u *= 0.5 / np.linalg.norm(u)
        pair = [(f(x + u), x + u), (f(x - u), x - u)]
        seen += pair
        x = x - (pair[0][0] - pair[1][0]) * u * d / (2 + 2 * k / d)
        points.append(x)
    if luckiest:
        return min(seen, key=lambda each: each[0])[1]
    return np.mean(points[len(points) // 2 :], axis=0) if points else x


def share(d, budget):
    """What `lines` leaves, exactly."""
    return (1 - 1 / d) ** (budget // 3)


def interval(**more):
    """What `lines` certifies of the least value, in five variables."""
    return Coverage(lambda result: result.minimum, budget=3, dimensions=[5], **more)


GAP = Coverage(lambda result: result.left, of="gap", budget=3, dimensions=[5])
NOISY = Decrease(lambda d, budget: 0.5, budget=60, noise=0.5, dimensions=[4])
PLANTED = {  # what is wrong, where it is right, and the law that tells them apart
    "a rate that is 10 % lower": (partial(lines, of=1 - 0.1**0.5), lines, Decrease(share, dimensions=[5])),
    "an interval of level 0.9 in place of 0.95": (partial(lines, level=0.9), lines, interval()),
    "an interval of level 0.98 in place of 0.99": (
        partial(lines, level=0.98),
        partial(lines, level=0.99),
        interval(probability=0.99),
    ),
    "an interval for two variables": (partial(lines, off=-3), lines, GAP),
    "the luckiest point, by its gap": (partial(averaging, luckiest=True), averaging, NOISY),
    "the luckiest point": (partial(averaging, luckiest=True), averaging, "recommends"),
}


def found(stated, method, seed=0):
    """What becomes of a law."""
    subject = subject_of(method)
    law = LAWS[stated] if isinstance(stated, str) else stated.law(subject, LEVEL)
    return outcome(subject, law, 1, seed)

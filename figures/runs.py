"""The best value so far against evaluations: what the figures of methods side by side are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import zotheory as zo
from zotheory.methods.gld_search import analysed_scale
from zotheory.theorems.accelerated_random_search import steps
from zotheory.theorems.gld_fast import printed


def gld_fast(problem: Any, *, diameter: float, Q: float) -> zo.Method:
    """GLD-Fast as printed, told Q, with displacements from the ball of radius r_k/sqrt(n), those of the analysis."""
    scale = analysed_scale(problem.d)
    return printed(problem, diameter=diameter, guess=Q, law=zo.directions.ball, scale=scale)


def ars(n: int, *, mu: float, L1: float) -> zo.Method:
    """Accelerated random search with the steps of Theorem 9, theta corrected, told a range of curvatures."""
    h, theta = steps(n=n, L1=L1)
    return zo.accelerated_random_search(h=h, theta=theta, tau=mu, delta=1e-7)


class Best:
    """A problem that remembers the least value of each run, f(x0) at first."""

    def __init__(self, problem: Any, start: np.ndarray) -> None:
        self.problem = problem
        self.d = problem.d
        self.least = problem(start)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Values at points (replicas, ..., d)."""
        value = self.problem(x)
        self.least = np.minimum(self.least, np.min(np.reshape(value, (len(self.least), -1)), axis=1))
        return value


def best_so_far(
    method: zo.Method, problem: Any, evaluations: Sequence[int], replicas: int, seed: np.random.SeedSequence
) -> np.ndarray:
    """b_t, the least of f(x0) and the first t values, after the last step within t, array (evaluations, replicas).

    `evaluations` increases. A value that is not finite ends the run there: b_t stays.
    """
    start = np.tile(problem.x0, (replicas, 1))
    seen = Best(problem, start)
    least = np.tile(seen.least, (len(evaluations), 1))
    done = 0
    try:
        for _, counted in zo.iterate(method, seen, start, zo.generator(seed)):
            while done < len(evaluations) and evaluations[done] < counted.calls:
                done += 1
            if done == len(evaluations):
                break
            least[done:] = seen.least
    except zo.oracles.ObjectiveError:  # a diverging run
        pass
    return least


def gaps(
    method: zo.Method, problem: Any, evaluations: Sequence[int], replicas: int, seed: np.random.SeedSequence
) -> np.ndarray:
    """f - f* at the point that the method returns after the last step within t evaluations, array (evaluations, N).

    Free of noise. A run that diverges keeps the last gap it had; `evaluations` increases.
    """
    first, each = method.calls
    steps = [max(0, (t - first) // each) for t in evaluations]
    try:
        result = zo.run(method, problem, steps=max(1, steps[-1]), replicas=replicas, seed=seed, record=steps)
    except zo.oracles.ObjectiveError as error:
        result = error.partial
    values = result.values[np.searchsorted(result.steps, steps)] - problem.f_star
    last = np.where(np.isfinite(values), np.arange(len(values))[:, None], 0)
    return np.take_along_axis(values, np.maximum.accumulate(last), 0)

"""The best value so far against evaluations: what the figures of methods side by side are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import zotheory as zo


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

"""The best value so far against evaluations: what the figures of methods side by side are drawn from."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

import zotheory as zo
from zotheory.methods.gld_search import analysed_scale
from zotheory.objective import Best
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


def unwarned() -> Any:
    """Within, a run may diverge: where methods stand side by side, some do."""
    return warnings.catch_warnings(action="ignore", category=zo.ObjectiveWarning)


def best_so_far(
    method: zo.Method, problem: Any, evaluations: Sequence[int], replicas: int, seed: np.random.SeedSequence
) -> np.ndarray:
    """b_t, the least of f(x0) and the first t values, after the last step within t, array (evaluations, replicas).

    `evaluations` increases. A value that is not finite ends the run there: b_t stays.
    """
    least = np.full((len(evaluations), replicas), float(problem(problem.x0)))
    best, done = Best((replicas,), len(problem.x0)), 0
    try:
        with unwarned():
            for _, objective in zo.iterate(method, problem, replicas=replicas, rng=zo.generator(seed)):
                objective.best = best
                while done < len(evaluations) and evaluations[done] < objective.spent:
                    done += 1
                if done == len(evaluations):
                    break
                least[done:] = np.minimum(least[done:], best.value)
    except zo.ObjectiveError:  # a diverging run
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
        with unwarned():
            result = zo.run(method, problem, steps=max(1, steps[-1]), replicas=replicas, seed=seed, record=steps)
    except zo.ObjectiveError as error:
        result = error.partial
    values = result.values[np.searchsorted(result.steps, steps)] - problem.f_star
    last = np.where(np.isfinite(values), np.arange(len(values))[:, None], 0)
    return np.take_along_axis(values, np.maximum.accumulate(last), 0)

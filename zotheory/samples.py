"""Looks at a stochastic problem before the first step: whether each run sees its own point and its own sample.

Both evaluations of a step are to share their sample, and runs are to share none. A sum over the wrong axis has the
right shape where there are as many runs as coordinates.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zotheory.elementary import Array
from zotheory.looks import NotRowByRow, Understood, apart, near, require_same, scale
from zotheory.objective import Objective
from zotheory.oracles import is_fresh

DRAWS = 4  # samples, each of which all runs see alike and none as another: no accident


def understood_samples(problem: Any, x0: np.ndarray, rng: Any, batch: tuple[int, ...]) -> Understood:
    """Find out whether F(.; X) close to x0, and E F of many runs, gives each run the value of its own point and sample.

    Cost: 3 evaluations, `DRAWS` - 1 more where all runs see one value; and 9 of E F at most, which are not counted.

    Raises
    ------
    ValueError
        If not, or if two evaluations of F(.; X) differ, and the problem does not say ``fresh = True``; or if all the
        runs are handed one sample.
    ObjectiveError
        As `zotheory.objective.Objective`.
    """
    objective = Objective(problem.at(problem.sample(rng, batch)), batch, nonfinite="any")
    x = np.tile(x0, (*batch, 1)) if batch else x0
    here, there = objective.look(x), objective.look(near(x))
    if not is_fresh(problem):
        _require_own(objective, x, here, there)
        seen = [np.ravel(there)[0]]
        while np.size(there) > 1 and np.all(there == seen[-1]) and len(seen) == len(set(seen)):
            if len(seen) == DRAWS:
                raise ValueError(
                    f"problem.sample(rng, batch) must draw one sample for each run of batch = {batch}, got one for "
                    f"all: at one point every run saw {seen[0]}, and with the next sample {seen[1]}"
                )
            objective.f = problem.at(problem.sample(rng, batch))
            there = objective.look(near(x))
            seen.append(there[0])
    if batch:
        few = np.stack([x0] * (3 if len(x0) == 2 else 2))  # another number than d, and quickly: a mean may take long
        mean = Objective(problem, few.shape[:1], nonfinite="any")
        try:
            _require_own(mean, few, mean.look(few), mean.look(near(few)))
        except NotRowByRow:
            raise
        except ValueError:
            pass  # an estimate of the mean may vary
    return Understood(problem, objective.looks, scale(here, there))


def _require_own(objective: Objective, x: np.ndarray, here: Array, there: Array) -> None:
    """Where every other point of x (*batch, d) moves, so do their values, from `here` to `there`, and no others."""
    moves = np.reshape(np.arange(np.size(here)) % 2 == 0, np.shape(here))
    points = np.where(moves[..., None], near(x), x)
    expected, value = np.where(moves, there, here), objective.look(points)
    differ = np.ravel(apart(expected, value))
    if np.any(differ):
        require_same(value, objective.look(points), "near x0")
        i = int(np.argmax(differ))
        raise NotRowByRow(
            f"problem must give each run the value of its own point, got {np.ravel(expected)[i]}, and "
            f"{np.ravel(value)[i]} when only the points of other runs moved; sums are to be taken over axis=-1"
        )

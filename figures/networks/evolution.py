"""CMA-ES of pycma (extra `peers`) on a stochastic problem, many generations a piece.

All of a generation are compared on one mini-batch. Its mean is what is measured: of single candidates the best is the
luckiest. Random numbers are of a generator of its own, so that a run goes on to the same bits.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from figures.networks.job import Job
from zotheory.problems.networks import Labelled

Measure = Callable[[Any], Mapping[str, float]]


class Normals:
    """What pycma draws from: N(0, 1), (rows, columns)."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def __call__(self, rows: int, columns: int) -> np.ndarray:
        """Draw."""
        return self.rng.standard_normal((rows, columns))


def strategy(x0: np.ndarray, sigma: float, seed: int, diagonal: bool) -> Any:
    """CMA-ES with its own defaults, which never stops by itself."""
    import cma

    never = {"tolfun": 0, "tolx": 0, "tolfunhist": 0, "tolstagnation": 10**9, "tolflatfitness": 10**9}
    drawn = {"seed": np.nan, "randn": Normals(np.random.default_rng(seed))}
    options = {"verbose": -9, "CMA_diagonal": diagonal, **never, **drawn}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pycma, about options that are set
        return cma.CMAEvolutionStrategy(x0, sigma, options)


def generation(evolution: Any, problem: Labelled, rng: np.random.Generator) -> None:
    """One generation, compared on one mini-batch."""
    asked = evolution.ask()
    f = problem.at(problem.sample(rng, ()))
    evolution.tell(asked, f(np.asarray(asked, dtype=np.float32)).tolist())


def job(
    name: str, setting: Mapping[str, Any], *, sigma: float, diagonal: bool, problem: Callable[[], Labelled], seed: int,
    ends: Sequence[int], measure: Callable[[Labelled], Measure],
) -> Job:  # fmt: skip
    """Return the job: a piece ends with the last whole generation within so many evaluations."""

    def measured(state: Any, made: Labelled) -> Mapping[str, Any]:
        evolution, _ = state
        return {"evaluations": evolution.countevals, **measure(made)(np.asarray(evolution.mean, dtype=np.float32))}

    def begin() -> tuple[Any, Mapping[str, Any]]:
        made = problem()
        state = strategy(made.x0, sigma, seed, diagonal), np.random.default_rng((seed, 1))
        return state, measured(state, made)

    def piece(state: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        made = problem()
        evolution, rng = state
        while evolution.countevals + evolution.popsize <= ends[number - 1]:
            generation(evolution, made, rng)
        return state, measured(state, made)

    return Job(name, {**setting, "seed": seed, "evaluations": list(ends)}, begin, piece, len(ends))

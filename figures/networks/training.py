"""A method of the package on a stochastic problem, many steps a piece, compiled by JAX in single precision.

The shipped `draw`, `sample` and `step` are what runs, in the order in which `zotheory.run` takes them; single
precision and one compiled loop make the hours short. Step t draws from the key of the seed and t alone, so that a run
that goes on from a checkpoint has the bits of one that was never stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any

import jax
import numpy as np

import zotheory as zo
from figures.networks.job import Job
from zotheory.backends.jax import Source, generator

Measure = Callable[[Any], Mapping[str, float]]


class Training:
    """A method with a problem and a seed, as the pieces of a job: states are NumPy arrays between them."""

    def __init__(self, method: zo.Method, problem: Any, seed: int, steps: int, measure: Measure) -> None:
        self.method, self.problem, self.seed, self.steps, self.measure = method, problem, seed, steps, measure

    def begin(self) -> tuple[Any, Mapping[str, Any]]:
        """The method's first state, from the problem's own start."""
        x0 = np.asarray(self.problem.x0, dtype=np.float32)
        f = self.problem.at(self.problem.sample(Source(generator(self.seed).key).at(0), ()))
        state = jax.tree.map(np.asarray, self.method.init(f, jax.numpy.asarray(x0)))
        return state, {"evaluations": self.method.calls[0], **self.measure(self.method.output(state))}

    def piece(self, state: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        """`steps` steps, and what is measured after them."""
        first = (number - 1) * self.steps + 1
        state = jax.tree.map(np.asarray, self.compiled(state, np.arange(first, first + self.steps)))
        spent = self.method.calls[0] + number * self.steps * self.method.calls[1]
        return state, {"evaluations": spent, **self.measure(self.method.output(state))}

    @cached_property
    def compiled(self) -> Callable[[Any, np.ndarray], Any]:
        """The steps of a piece, as one loop."""
        return jax.jit(partial(_scan, self._step))

    def _step(self, state: Any, t: Any) -> tuple[Any, None]:
        source = Source(generator(self.seed).key).at(t)
        move = self.method.draw(source, state, self.problem.d)
        f = self.problem.at(self.problem.sample(source, ()))
        after = self.method.step(f, state, move)
        return jax.tree.map(lambda new, old: jax.numpy.asarray(new, dtype=old.dtype), after, state), None


def _scan(step: Callable[..., Any], state: Any, steps: Any) -> Any:
    return jax.lax.scan(step, jax.tree.map(jax.numpy.asarray, state), steps)[0]


def job(
    name: str, setting: Mapping[str, Any], *, method: zo.Method, problem: Callable[[], Any], seed: int, steps: int,
    pieces: int, measure: Callable[[Any], Measure],
) -> Job:  # fmt: skip
    """Return the job: the problem, and ``measure(problem)``, are made when it begins, and not where jobs are listed."""
    made: list[Training] = []

    def training() -> Training:
        if not made:
            own = problem()
            made.append(Training(method, own, seed, steps, measure(own)))
        return made[0]

    told = {**setting, "seed": seed, "steps in a piece": steps}
    return Job(name, told, lambda: training().begin(), lambda state, n: training().piece(state, n), pieces)

"""A method of the package on a stochastic problem, many steps a piece, compiled by JAX in single precision.

The shipped `draw`, `sample` and `step` are what runs, in the order in which `zotheory.run` takes them; single
precision and one compiled loop make the hours short. Step t draws from the key of the seed and t alone, so that a run
that goes on from a checkpoint has the bits of one that was never stopped. Functions of the step, such as a step size
h(t), are asked within the compiled loop: they compute with numbers of JAX.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import zotheory as zo
from figures.networks.job import Job
from zotheory.arguments import asked_ahead
from zotheory.backends.jax import Source, generator
from zotheory.oracles import Delegate

Measure = Callable[[Any], Mapping[str, float]]


class Whole(Delegate):
    """A problem that draws nothing, as a loop asks it: a sample is empty, F is f; it starts where it does, or at x0."""

    def __init__(self, problem: Any, x0: np.ndarray | None = None) -> None:
        self.problem, self.x0 = problem, problem.x0 if x0 is None else x0

    def sample(self, rng: Any, batch: tuple[int, ...]) -> tuple[()]:
        """Nothing."""
        return ()

    def at(self, xi: tuple[()]) -> Callable[[Any], Any]:
        """Return f."""
        return self.problem


class Training:
    """A method with a problem and a seed, as the pieces of a job: states are NumPy arrays between them.

    Parameters
    ----------
    steps : of one compiled loop
    measure : what is recorded of the output of the method
    after : loops that are done after each piece: 1, 2, 3, ... or longer and longer ones
    also : what is recorded of the state
    """

    def __init__(
        self, method: zo.Method, problem: Any, seed: Any, steps: int, measure: Measure, after: Sequence[int],
        also: Measure = lambda state: {},
    ) -> None:  # fmt: skip
        self.method, self.problem, self.seed, self.steps, self.measure = method, problem, seed, steps, measure
        self.after, self.also = (0, *after), also

    def begin(self) -> tuple[Any, Mapping[str, Any]]:
        """The method's first state, from the problem's own start."""
        x0 = np.asarray(self.problem.x0, dtype=np.float32)
        f = self.problem.at(self.problem.sample(Source(generator(self.seed).key).at(0), ()))
        state = jax.tree.map(jnp.asarray, self.method.init(f, jnp.asarray(x0)))
        after, _ = jax.eval_shape(lambda state: self._step(state, 1), state)  # whose types a loop can carry
        state = jax.tree.map(lambda leaf, kind: np.asarray(leaf, dtype=kind.dtype), state, after)
        return state, {"evaluations": self.method.calls[0], **self._measured(state)}

    def piece(self, state: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        """Steps, and what is measured after them: `moved` is the share of them that changed the method's output."""
        first, last = self.after[number - 1 : number + 1]
        moved = 0.0
        for loop in range(first, last):
            state, share = self.compiled(state, np.arange(1, self.steps + 1) + loop * self.steps)
            moved += float(share) / (last - first)
        state = jax.tree.map(np.asarray, state)
        spent = self.method.calls[0] + last * self.steps * self.method.calls[1]
        return state, {"evaluations": spent, "moved": moved, **self._measured(state)}

    def _measured(self, state: Any) -> Mapping[str, Any]:
        return {**self.measure(self.method.output(state)), **self.also(state)}

    @cached_property
    def compiled(self) -> Callable[[Any, np.ndarray], Any]:
        """The steps of a loop, which returns the share of them that moved, too."""
        return jax.jit(partial(_scan, self._step))

    def _step(self, state: Any, t: Any) -> tuple[Any, Any]:
        source = Source(generator(self.seed).key).at(t)
        with asked_ahead(lambda name, schedule, t, quantity: schedule(t)):
            move = self.method.draw(source, state, self.problem.d)
            f = self.problem.at(self.problem.sample(source, ()))
            after = self.method.step(f, state, move)
        moved = jnp.any(self.method.output(after) != self.method.output(state))
        return after, moved


def _scan(step: Callable[..., Any], state: Any, steps: Any) -> Any:
    state, moved = jax.lax.scan(step, state, steps)
    return state, jnp.mean(moved)


def job(
    name: str, setting: Mapping[str, Any], *, method: zo.Method, problem: Callable[[], Any], seed: int, steps: int,
    measure: Callable[[Any], Measure], pieces: int = 0, after: Sequence[int] | None = None,
    also: Measure = lambda state: {},
) -> Job:  # fmt: skip
    """Return the job: the problem, and ``measure(problem)``, are made when it begins, and not where jobs are listed.

    There are so many pieces of `steps` steps; or pieces of as many times that as `after` says: loops that are done
    after each.
    """
    ends = tuple(range(1, pieces + 1)) if after is None else tuple(after)
    made: list[Training] = []

    def training() -> Training:
        if not made:
            own = problem()
            made.append(Training(method, own, seed, steps, measure(own), ends, also))
        return made[0]

    def piece(state: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        answer = training().piece(state, number)
        if number == len(ends):
            made.clear()  # what was compiled holds the data, and there are many jobs
        return answer

    told = {**setting, "seed": seed, "steps in a piece": steps if after is None else [steps * end for end in ends]}
    return Job(name, told, lambda: training().begin(), piece, len(ends))


def spaced(first: int, last: int, count: int) -> tuple[int, ...]:
    """At most `count` whole numbers from `first` to `last`, evenly spaced in logarithm: for `after`."""
    return tuple(sorted({round(float(each)) for each in np.geomspace(first, last, count)}))

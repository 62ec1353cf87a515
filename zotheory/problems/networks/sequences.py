"""Learning from sequences as a stochastic problem: a step sees the loss of a mini-batch of them, whole or by windows.

F(.; X) is a function as that of any stochastic problem, on a window at the beginning of a sequence. It can do more:
``carry(x, carried) -> (value, carried)`` goes on from where the window before ended, with what the network remembers.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import namespace
from zotheory.libraries import device
from zotheory.oracles import expand_like
from zotheory.problems.networks.labelled import like
from zotheory.problems.networks.recurrent import Lstm, Memory
from zotheory.problems.networks.tasks import Task
from zotheory.protocols import Generator
from zotheory.quantities import Size
from zotheory.streams import generator
from zotheory.values import where


class Sample(NamedTuple):
    """What sequences are about (..., n, k), for those that begin, and what else a window shows (..., n, j)."""

    theme: Array
    fresh: Array


class Carried(NamedTuple):
    """What goes from window to window: the network's memory, and of each sequence its theme and its next time step."""

    memory: Memory
    theme: Array
    place: Array


@checked
@dataclass(frozen=True, eq=False)
class Sequences:
    """f(x) = E of the mean loss of a recurrent network over a sequence; F(x; X) that of a mini-batch.

    Parameters
    ----------
    network : `zotheory.problems.networks.Lstm`
    task : one of `zotheory.problems.networks.tasks`
    batch : int
        Sequences of a mini-batch, drawn anew for each step of each replica, or when all have come to their end.
    window : int, optional
        Time steps of an evaluation, a divisor of the task's length; None: the whole sequence.
    held : int
        Sequences over which f itself is estimated: the same ones always, whatever the seed.
    seed : seed of the first parameters

    Raises
    ------
    ValueError
        Where network and task do not fit, and for windows of a task that compares at its last time step alone.
    """

    network: Lstm
    task: Task
    _: KW_ONLY
    batch: Size
    window: Size | None = None
    held: Size = 1000
    seed: Any = 0

    def __post_init__(self) -> None:
        task, network = self.task, self.network
        if (network.inputs, network.outputs) != (task.inputs, task.outputs):
            raise ValueError(
                f"network must have the task's {task.inputs} inputs and {task.outputs} outputs, got "
                f"{network.inputs} and {network.outputs}"
            )
        if task.length % self.steps:
            raise ValueError(f"window must be a divisor of the task's length, {task.length}, got {self.steps}")
        if task.late and self.steps < task.length:
            raise ValueError(
                f"window must be the task's length, {task.length}: before the last time step it compares nothing, "
                f"got {self.steps}"
            )
        _ = self.x0  # whose seed may be none

    @property
    def steps(self) -> int:
        """Time steps of an evaluation."""
        return self.window if self.window is not None else self.task.length

    @property
    def d(self) -> int:
        """p, the number of parameters."""
        return self.network.parameters.count

    @cached_property
    def x0(self) -> np.ndarray:
        """The network's first parameters, (p,)."""
        return self.network.start(self.seed)

    def sample(self, rng: Generator, batch: tuple[int, ...]) -> Sample:
        """Draw sequences for each replica, should they begin, and what else a window shows."""
        shape = (*batch, self.batch)
        return Sample(self.task.theme(rng, shape), self.task.fresh(rng, shape, self.steps))

    def at(self, xi: Sample) -> Window:
        """Return F(.; X)."""
        return Window(self, xi)

    def empty(self, x: Array) -> Carried:
        """Return what is carried at the start, at points x (..., p), until new sequences begin.

        The sequences of a batch are at different places, as evenly as can be, so that every window has a part in the
        comparison of every step.
        """
        shape, windows = (*x.shape[:-1], self.batch), self.task.length // self.steps
        theme = self.task.theme(generator(0), shape)
        place = np.broadcast_to(np.arange(self.batch) * windows // self.batch * self.steps, shape)
        return Carried(self.network.empty(x, self.batch), like(x, theme), like(x, place))

    def value(self, x: Array, xi: Sample, place: Array, memory: Memory, window: int) -> tuple[Array, Memory]:
        """Mean loss (...) over the time steps of windows that count, and the memory at their end."""
        shown = self.task.show(*xi, place, window)
        total, memory = self.network.losses(x, memory, *shown, self.task.loss)
        return total / namespace(shown.weights).sum(shown.weights), memory

    @cached_property
    def examples(self) -> Sample:
        """The sequences over which f is estimated."""
        rng = generator(np.random.SeedSequence((2, self.held)))
        return Sample(self.task.theme(rng, (self.held,)), self.task.fresh(rng, (self.held,), self.task.length))

    def __call__(self, x: Array) -> Array:
        """f at parameters (..., p), estimated."""
        return self.over(x, self.examples)

    def over(self, x: Array, xi: Sample) -> Array:
        """Mean loss (...) of whole sequences, n of them: those that nobody trained on."""
        return self.first(x, Sample(*(like(x, part) for part in xi)), self.task.length)

    def first(self, x: Array, xi: Sample, window: int) -> Array:
        """Mean loss (...) over the first window of sequences."""
        xp, n = namespace(x), xi.theme.shape[-2]
        place = xp.broadcast_to(0 * xp.arange(n, device=device(xi.theme)), xi.theme.shape[:-1])
        return self.value(x, xi, place, self.network.empty(x, n), window)[0]


class Window(NamedTuple):
    """F(.; X) of a mini-batch, on a window."""

    problem: Sequences
    xi: Sample

    def __call__(self, x: Array) -> Array:
        """Return the loss on the first window of new sequences, at points (*batch, ..., p)."""
        xi = Sample(*(expand_like(part, x, 2) for part in self.xi))
        return self.problem.first(x, xi, self.problem.steps)

    def carry(self, x: Array, carried: Carried) -> tuple[Array, Carried]:
        """Return the loss on the next window at points (*batch, p), and what goes on from its end."""
        (memory, theme, place), steps = carried, self.problem.steps
        begins = (place == 0)[..., None]
        theme = where(begins, self.xi.theme, theme)
        memory = Memory(*(where(begins, 0 * part, part) for part in memory))
        value, memory = self.problem.value(x, Sample(theme, self.xi.fresh), place, memory, steps)
        return value, Carried(memory, theme, (place + steps) % self.problem.task.length)

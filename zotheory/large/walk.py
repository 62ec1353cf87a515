"""A method under way in a dimension of which few vectors fit into memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zotheory.elementary import Array
from zotheory.interrupts import undisturbed
from zotheory.large.stream import Stream
from zotheory.large.sums import Point, Stored, Sum, by_blocks
from zotheory.large.vectors import Vectors
from zotheory.methods import Method
from zotheory.objective import Objective, ObjectiveError, as_real
from zotheory.oracles import during, is_stochastic
from zotheory.streams import generator


class ByRow:
    """A function of a point by blocks, as one of vectors (..., d)."""

    def __init__(self, f: Callable[[Point], float]) -> None:
        self.f = f

    def __call__(self, x: Vectors) -> Array:
        """f of each row, one after the other."""
        return x.each(lambda row: self._value(Point(row, x.blocks)))

    def _value(self, point: Point) -> np.ndarray:
        try:
            value = as_real(self.f(point))
        except (TypeError, AttributeError) as error:
            if Point.__name__ in str(error):  # it was taken for an array
                raise ObjectiveError(f"f must take a point by blocks, `for where, x in point`: {error}") from error
            raise
        if value.shape:
            raise ObjectiveError(f"the objective must return one number for one point, got shape {value.shape}")
        return value


class Walk:
    """A method under way: its `state`, the `objective` as it sees it, and the step t.

    The state's vectors are arrays of its own: each step writes the new ones over the old, block by block.
    """

    def __init__(self, method: Method, objective: Objective, start: Stored, source: Stream) -> None:
        self.method, self.objective, self.source, self.blocks = method, objective, source, source.blocks
        self.problem = objective.f
        objective.f = ByRow(self.problem)
        self.arrays = [start]
        self.t = 0
        self.state = self._settled(method.init(objective, Vectors(Sum({start: 1.0}), self.blocks)))

    def advance(self) -> None:
        """Take a step."""
        self.source.begin(self.t + 1)
        u = self.method.draw(self.source, self.state, self.blocks.d)
        if is_stochastic(self.problem):
            now = during(self.problem, self.t + 1)
            self.objective.f = ByRow(now.at(now.sample(generator(self.source.key()), ())))
        state = self.method.step(self.objective, self.state, u)
        with undisturbed():  # else Ctrl-C could leave half a vector moved
            self.state, self.t = self._settled(state), self.t + 1

    def output(self) -> Vectors:
        """What the method returns."""
        return self.method.output(self.state)

    def value(self) -> float:
        """Objective at the output, or its expectation: evaluated, where the method does not know it."""
        if self.method.value is not None:
            return float(self.method.value(self.state))
        if is_stochastic(self.problem):
            return float(Objective(ByRow(self.problem)).look(self.output()))
        return float(self.objective.look(self.output()))

    def _settled(self, state: Any) -> Any:
        """The same state, each of its vectors in memory: in that of those of the last step, and more where it must."""
        sums = {name: _one(name, part) for name, part in _fields(state).items() if isinstance(part, Vectors)}
        kept = {each.stored for each in sums.values()}
        moved = [each for each in dict.fromkeys(sums.values()) if each.terms and each.stored is None]
        free = [array for array in self.arrays if array not in kept]
        free += [Stored(np.empty(self.blocks.d)) for _ in moved[len(free) :]]
        targets = dict(zip(moved, free, strict=False))
        if moved:
            for where, found in by_blocks(moved, self.blocks):
                for target, part in zip(targets.values(), found, strict=True):
                    target.array[where] = part
        self.arrays = [array for array in self.arrays if array in kept] + list(targets.values())
        arrays = {each: Sum({target: 1.0}) for each, target in targets.items()}
        return state._replace(**{name: Vectors(arrays.get(each, each), self.blocks) for name, each in sums.items()})


def _one(name: str, part: Vectors) -> Sum:
    if part.ndim != 1:
        raise TypeError(f"method must keep vectors (d,) in its state in a large run, got {name} of shape {part.shape}")
    return part.one


def _fields(state: Any) -> dict[str, Any]:
    if not hasattr(state, "_asdict"):
        raise TypeError(f"method must keep its state in a NamedTuple in a large run, got {type(state).__name__}")
    return state._asdict()

"""One step on an array library, as a function of what is carried from one to the next.

Between two looks nothing leaves the device. That a value is not finite is carried along, and told when the segment has
ended; what is said of shapes and kinds is told before its first step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from zotheory.backends.library import Library
from zotheory.elementary import Array, namespace
from zotheory.kinds import shown
from zotheory.libraries import as_numpy
from zotheory.methods import Method
from zotheory.objective import Objective, ObjectiveError, require_shape
from zotheory.oracles import during, is_stochastic
from zotheory.values import argmin, beside


def doubles(value: Any, library: Library) -> Array:
    """Values as doubles of the library.

    Raises
    ------
    ObjectiveError
        Unless they are one of its arrays, of real numbers, in single precision at least.
    """
    if not library.owns(value):
        raise ObjectiveError(
            f"the objective must return arrays of the library it is given with backend={library.name!r}, got "
            f"{shown(value)} ({type(value).__name__}): use its functions, or run with backend='numpy'"
        )
    xp, dtype = namespace(value), value.dtype
    if dtype == xp.float64:
        return value
    floating = xp.isdtype(dtype, "real floating")
    if not (xp.isdtype(dtype, ("bool", "integral")) or (floating and xp.finfo(dtype).bits >= 32)):
        raise ObjectiveError(f"the objective must return real numbers, in single precision at least, got dtype {dtype}")
    return xp.astype(value, xp.float64)


class Best(NamedTuple):
    """The best of all points that were seen, of each run: `point` (..., d) and its `value` (...)."""

    point: Array
    value: Array


class Carry(NamedTuple):
    """What goes from step to step: stream, state, the best, whether all was finite so far, and in how many steps."""

    stream: Any
    state: Any
    best: Best | None
    finite: Array
    steps: Array


class Gathering(Objective):
    """An objective that gathers whether its values are finite, for a look later on; the rest it checks at once."""

    def __init__(self, f: Any, batch: tuple[int, ...], nonfinite: str, best: Best | None, library: Library) -> None:
        super().__init__(f, batch, nonfinite=nonfinite)
        self.library = library
        self.seen = best
        self.finite: Any = True

    @property
    def keeps(self) -> bool:
        """Whether the best of the points is to be known."""
        return self.seen is not None

    def _keep(self, x: Array, value: Array) -> None:
        if self.seen is not None:
            self.seen = _better(self.seen, x, value, self.batch)

    def _value(self, x: Array, f: Callable[[Array], Array] | None = None) -> Array:
        try:
            value = (f or self.f)(x)
        except ObjectiveError:
            raise
        except self.library.untraceable as error:
            raise ObjectiveError(
                f"the objective must be made of operations that {self.library.name} can compile, without `if`, `float` "
                f"or functions of NumPy on what it is given, or run with backend='numpy'; got {type(error).__name__}"
            ) from error
        except Exception as error:
            raise ObjectiveError(f"the objective raised {type(error).__name__}: {error}") from error
        value = doubles(value, self.library)
        require_shape(x, value)
        xp = namespace(value)
        if self.nonfinite == "worst":
            value = xp.where(xp.isnan(value), xp.full_like(value, np.inf), value)
            self.finite = self.finite & xp.all(value > -np.inf)
        else:
            self.finite = self.finite & xp.all(xp.isfinite(value))
        return value


def _better(best: Best, x: Array, value: Array, batch: tuple[int, ...]) -> Best:
    """Keep what is better; candidates stand between the batch and the coordinates."""
    xp = namespace(x)
    if x.ndim > len(batch) + 1:
        x, value = argmin(xp.reshape(x, (*batch, -1, x.shape[-1])), xp.reshape(value, (*batch, -1)))
    better = value < best.value
    return Best(xp.where(beside(better), x, best.point), xp.where(better, value, best.value))


class Stepping:
    """The steps of one method on one problem, as functions of what is carried from one to the next."""

    def __init__(self, method: Method, problem: Any, nonfinite: str, tracked: bool, library: Library) -> None:
        self.method, self.problem, self.nonfinite = method, problem, nonfinite
        self.tracked, self.library = tracked, library
        self.cost = 0  # of one step, in evaluations

    def start(self, objective: Objective, stream: Any, start: np.ndarray) -> Carry:
        """What stands before the first step; the objective counts what it costs."""
        batch = objective.batch
        x = self.library.array(np.tile(start, (*batch, 1)) if batch else start)
        xp = namespace(x)
        best = Best(xp.full_like(x, np.nan), xp.full_like(x[..., 0], np.inf)) if self.tracked else None
        f = Gathering(self.problem, batch, self.nonfinite, best, self.library)
        state = self.method.init(f, x)
        objective.spent += f.spent
        finite = xp.all(x == x) & f.finite
        carry = Carry(stream, state, f.seen, finite, xp.astype(finite, xp.int64) - 1)
        self._require_finite(carry)
        return carry

    def step(self, t: Any, carry: Carry) -> Carry:
        """Step t = 1, 2, ..., which may be no number yet."""
        method, problem, library = self.method, self.problem, self.library
        batch = tuple(method.output(carry.state).shape[:-1])
        source = library.source(carry.stream, t)
        f = Gathering(problem, batch, self.nonfinite, carry.best, library)
        u = method.draw(source, carry.state, problem.d)
        if is_stochastic(problem):
            now = during(problem, t)
            f.f = now.at(now.sample(source, batch))
        state = method.step(f, carry.state, u)
        self.cost = f.spent
        finite = carry.finite & f.finite
        steps = carry.steps + namespace(finite).astype(finite, carry.steps.dtype)
        return Carry(carry.stream, state, f.seen, finite, steps)

    def go_on(self, carry: Carry, first: int, count: int, objective: Objective) -> Carry:
        """The steps from `first` on; the objective counts what they cost, and has seen their best.

        Raises
        ------
        ObjectiveError
            Where a value was not finite, and where f cannot be compiled.
        TypeError
            Where the method cannot be.
        """
        try:
            carry = self.library.repeat(self.step, carry, first, count)
        except self.library.untraceable as error:
            raise TypeError(
                f"method must be made of operations that {self.library.name} can compile, which {self.method.name} is "
                f"not; run it with backend='numpy': {str(error).splitlines()[0]}"
            ) from error
        objective.spent += self.cost * count
        if carry.best is not None and objective.best is not None:
            objective.best.see(as_numpy(carry.best.point), as_numpy(carry.best.value)[()])
        self._require_finite(carry)
        return carry

    def _require_finite(self, carry: Carry) -> None:
        if bool(carry.finite):
            return
        asked = "finite values" if self.nonfinite == "error" else "no -inf"
        raise ObjectiveError(
            f"the objective must return {asked}, but did not in step {int(carry.steps) + 1}: it has no value there, or "
            "the run diverges, and is to take shorter steps"
            + "; nonfinite='worst' counts NaN and +inf as worse than any number"
            * (self.nonfinite == "error" and self.method.compares)
        )

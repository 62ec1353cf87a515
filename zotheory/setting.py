"""What is to be run: the arguments of a run, checked before anything is evaluated."""

from __future__ import annotations

import numbers
from inspect import signature
from typing import Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.kinds import shown
from zotheory.looks import Understood, understood
from zotheory.methods import METHODS, Method
from zotheory.objective import Objective
from zotheory.oracles import Plain, is_fresh, is_stochastic
from zotheory.samples import understood_samples


class Setting(NamedTuple):
    """A method, a problem that knows its dimension, and a start (d,)."""

    method: Method
    problem: Any
    start: np.ndarray
    vectorised: bool | None
    nonfinite: str

    @classmethod
    def of(cls, method: Any, problem: Any, *, x0: Any, vectorised: Any, nonfinite: Any) -> Setting:
        """Check these arguments of a run.

        Raises
        ------
        TypeError, ValueError
            Naming the argument, the value and the condition.
        """
        require_method(method)
        require_function("problem", problem, "points", np.zeros((1, 1)))
        if vectorised is not None and not isinstance(vectorised, bool):
            raise TypeError(f"vectorised must be True, False or None, got {shown(vectorised)}")
        require_nonfinite(nonfinite, method)
        if x0 is None:
            if not hasattr(problem, "x0"):
                raise ValueError("x0 must be given for a problem that has no x0 of its own")
            x0 = problem.x0
        start = require.points("x0", x0)
        if start.ndim != 1:
            raise ValueError(f"x0 must have shape (d,), got {start.shape}")
        if not hasattr(problem, "d"):
            problem = Plain(problem, start)
        require_dimension(problem, start)
        require_samples(problem, method)
        return cls(method, problem, start, vectorised, nonfinite)

    @property
    def given(self) -> Any:
        """The problem as it was given."""
        return self.problem.f if isinstance(self.problem, Plain) else self.problem

    def objective(self, batch: tuple[int, ...]) -> Objective:
        """The problem as the method sees it, in runs of this batch."""
        objective = Objective(self.problem, batch, nonfinite=self.nonfinite)
        objective.compares = self.method.compares
        return objective

    def look(self, batch: tuple[int, ...]) -> Understood:
        """Look at the problem before the first step (`zotheory.looks`)."""
        problem = self.problem
        if is_stochastic(problem):
            rng, frame = np.random.Generator(np.random.SFC64(0)), frame_of(problem)
            return understood_samples(problem, self.start, rng if frame is None else frame.generator(rng, batch), batch)
        return understood(problem, self.start, self.vectorised)


def frame_of(problem: Any) -> Any:
    """The frame of a problem in reduced coordinates; None of any other, whatever it may call so."""
    frame = getattr(problem, "frame", None)
    return frame if hasattr(frame, "settle") else None


def require_method(method: Any) -> None:
    """It is a `Method`, not a name or an un-called constructor.

    Raises
    ------
    TypeError
    """
    if isinstance(method, Method):
        return
    name = method if isinstance(method, str) else getattr(method, "__name__", "")
    if name in METHODS:
        constructor: Any = METHODS[name]
        asked = ", ".join(f"{p.name}=..." for p in signature(constructor).parameters.values() if p.default is p.empty)
        raise TypeError(f"method must be a Method: call its constructor, zotheory.{name}({asked}), got {shown(method)}")
    raise TypeError(f"method must be a Method, such as {Method.such_as}, got {shown(method)}")


def require_nonfinite(nonfinite: Any, method: Method) -> None:
    """It is "error", or "worst" for a method that only compares values.

    Raises
    ------
    ValueError
    """
    if not isinstance(nonfinite, str) or nonfinite not in ("error", "worst"):
        raise ValueError(f"nonfinite must be 'error' or 'worst', got {shown(nonfinite)}")
    if nonfinite == "worst" and not method.compares:
        raise ValueError(f"nonfinite must be 'error' for {method.name}, which uses values themselves, got 'worst'")


def require_function(name: str, f: Any, words: str, *arguments: Any) -> None:
    """It can be called with these arguments; a class or a constructor that waits for others cannot.

    Raises
    ------
    TypeError
    """
    if not callable(f):
        raise TypeError(f"{name} must be callable on {words}, got {shown(f)}")
    if isinstance(f, type):
        raise TypeError(f"{name} must be callable on {words}, got the class {f.__name__}: call it with its parameters")
    try:
        parameters = signature(f)
    except (TypeError, ValueError):  # compiled functions need not tell
        return
    try:
        parameters.bind(*arguments)
    except TypeError as error:
        signed = f"{getattr(f, '__qualname__', type(f).__name__)}{parameters}"
        raise TypeError(f"{name} must be callable on {words}, got {signed}: {error}") from None


def require_dimension(problem: Any, start: np.ndarray) -> None:
    """The dimension that a problem states is that of the start, but for reduced coordinates.

    Raises
    ------
    TypeError, ValueError
    """
    d = problem.d
    if isinstance(d, bool) or not isinstance(d, numbers.Integral):
        raise TypeError(f"problem.d must be the dimension, an integer, got {shown(d)} ({type(d).__name__})")
    if frame_of(problem) is not None:
        written = np.shape(problem.x0)
        if start.shape != written:
            raise ValueError(f"x0 must have shape {written}, as in reduced coordinates, got {start.shape}")
    elif d != len(start):
        reduced = ": what is written in reduced coordinates runs through zotheory.reduced.reduce"
        raise ValueError(f"x0 must have shape ({d},), got {start.shape}" + reduced * (int(d) > len(start)))


def require_samples(problem: Any, method: Method) -> None:
    """What has a `sample` is a stochastic problem, and the method keeps no value of a sample for another.

    Raises
    ------
    TypeError, ValueError
    """
    if not is_stochastic(problem):
        return
    require_function("problem.sample", problem.sample, "(rng, batch)", None, ())
    if not hasattr(problem, "at"):
        raise TypeError(
            "problem must have at(xi) -> F(.; xi) beside sample(rng, batch), as stochastic problems do; it has a "
            f"`sample`, {shown(problem.sample)}, alone"
        )
    require_function("problem.at", problem.at, "a sample", None)
    if method.value is not None and not is_fresh(problem):
        raise ValueError(
            f"problem must not be stochastic for {method.name}, which keeps values from step to step, where the next "
            f"sample has others; relative_loss(cached=False), for one, does not; got {type(problem).__name__}"
        )

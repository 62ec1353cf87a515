"""A method that asks for points and is told their values.

A step is a pure function of the objective, of the state and of what was drawn. So one that asks for a value which
nobody has told yet can be broken off, and begun again once it is there: it comes to the same question, and past it.
Nothing waits in between, no thread and no generator, and what there is between two questions can be copied and kept.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.kinds import shown
from zotheory.methods import Method
from zotheory.objective import Best, Objective, ObjectiveError, as_real
from zotheory.setting import require_method, require_nonfinite
from zotheory.streams import Seed, generator, seed_sequence


class Unanswered(BaseException):
    """A step asks for the values of points that nobody has told: no error, so that nobody takes it for one."""

    def __init__(self, points: np.ndarray) -> None:
        self.points = points


def require_numbers(points: np.ndarray) -> None:
    """Points (k, d) that are asked for are finite; ObjectiveError if not."""
    if not np.isfinite(points).all():
        raise ObjectiveError(
            f"the points of a run must be finite, got {shown(points[~np.isfinite(points).all(axis=-1)][0])}: the "
            "objective seems to be unbounded below, as steps have grown beyond what numbers can hold"
        )


class Answers:
    """An objective that knows what was told, in the order in which it is asked, and breaks off at the next question."""

    def __init__(self, told: list[np.ndarray]) -> None:
        self.told = iter(told)

    def __call__(self, x: np.ndarray) -> np.ndarray:  # noqa: D102
        value = next(self.told, None)
        if value is None:
            raise Unanswered(x)
        return np.reshape(value, x.shape[:-1])


class Pending(NamedTuple):
    """Where a run stands: its state (None before the first), what the step drew, what it was told, what it asks for."""

    steps: int
    state: Any
    move: Any
    told: list[np.ndarray]
    asked: np.ndarray


class AskTell:
    """A run of a method whose points are evaluated by others: `ask` for points, `tell` their values, and so on.

    Parameters
    ----------
    method : Method
        For example ``relative_loss(radius=zo.radii.one_fifth(1.0))``; it visits the points that it does in `run`.
    x0 : array (d,)
        Where to start; a list will do.
    rng : int, SeedSequence, Generator or None
        The same seed asks for the same points, if it is told the same; None draws one from the operating system.
    nonfinite : "worst" or "error", optional
        What NaN and +inf are: worse than any number, or errors. By default the former for methods that only compare
        values, which alone can do that. -inf is always an error.

    Attributes
    ----------
    steps, calls : int
        Steps that were taken, the start among them, and values that were told.
    best, best_value : array (d,), float
        The lowest of all points that were told, and its value: NaN and inf before the first.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and the condition.

    Notes
    -----
    Between two calls it can be copied, and pickled if the method can, which a lambda in it prevents, though not for
    cloudpickle: go on with the copy, and both ask for the same.
    A step that asks twice is begun twice, which costs no evaluation. A method that carries a memory from window to
    window, or a problem that draws samples, does not go this way.

    Examples
    --------
    >>> import numpy as np
    >>> import zotheory as zo
    >>> search = zo.AskTell(zo.relative_loss(radius=zo.radii.one_fifth(1.0)), [1.0, -2.0], rng=1)
    >>> while search.best_value > 1e-6:
    ...     points = search.ask()
    ...     search.tell(points, [float(np.sum((x - 0.5) ** 2)) for x in points])
    >>> np.round(search.recommend(), 2)
    array([0.5, 0.5])
    """

    def __init__(self, method: Method, x0: Any, *, rng: Seed = None, nonfinite: str | None = None) -> None:
        require_method(method)
        start = require.points("x0", x0)
        if start.ndim != 1:
            raise ValueError(f"x0 must have shape (d,), got {start.shape}")
        if nonfinite is None:
            nonfinite = "worst" if method.compares else "error"
        require_nonfinite(nonfinite, method)
        self.method = method
        self.x0 = start
        self.calls = 0
        self._rng = generator(seed_sequence(rng, "rng"))
        self._objective = Objective(None, nonfinite=nonfinite)  # type: ignore[arg-type]  # the answers of each question
        self._objective.compares = method.compares
        self._objective.best = self._best = Best((), len(start))
        self._pending = self._to_the_next_question(0, None, None, [])

    def __repr__(self) -> str:
        return f"<AskTell {self.method.name}: {self.calls} values told, lowest {self.best_value:g}>"

    @property
    def state(self) -> Any:
        """The state after the last whole step; None while values of the start are asked for."""
        return self._pending.state

    @property
    def steps(self) -> int:
        """Steps that were taken, the start among them."""
        return self._pending.steps

    @property
    def best(self) -> np.ndarray:
        """The lowest of all points that were told; NaN before the first."""
        return self._best.point.copy()

    @property
    def best_value(self) -> float:
        """Its value; inf before the first."""
        return float(self._best.value)

    def ask(self) -> np.ndarray:
        """Return the points (k, d) whose values are wanted: the same until they are told.

        Raises
        ------
        ObjectiveError
            If steps have grown beyond what numbers can hold.
        """
        points = np.array(np.reshape(self._pending.asked, (-1, len(self.x0))))
        require_numbers(points)
        return points

    def tell(self, points: Any, values: Any) -> None:
        """Take the values (k,) of the points (k, d) that were asked for.

        Raises
        ------
        ValueError
            Unless these points were asked for, and there is a value for each.
        ObjectiveError
            Unless values are real, and finite where they must be. Then nothing is taken: tell others.
        """
        asked = self.ask()
        if not np.array_equal(require.points("points", points), asked):
            raise ValueError(f"points must be those that ask() returned, got {shown(points)}")
        value = as_real(values)
        if value.shape != (len(asked),):
            raise ValueError(f"values must have shape ({len(asked)},), one for each point, got {value.shape}")
        steps, state, move, told, _ = self._pending
        self._pending = self._to_the_next_question(steps, state, move, [*told, value])
        self.calls += len(asked)

    def recommend(self) -> np.ndarray:
        """Return the point (d,) that the method would return now: x0 before the first step."""
        return self.x0.copy() if self.state is None else np.array(self.method.output(self.state))

    def checked(self, x: np.ndarray, value: float) -> float:
        """Return a value at a point (d,) that the method did not ask for, as it takes those that it asked for.

        Raises
        ------
        ObjectiveError
            Unless it is finite where it must be.
        """
        return float(Objective(lambda x: value, nonfinite=self._objective.nonfinite)(x))

    def _to_the_next_question(self, steps: int, state: Any, move: Any, told: list[np.ndarray]) -> Pending:
        method, objective = self.method, self._objective
        while True:
            objective.f = Answers(told)
            spent = objective.spent
            try:
                with np.errstate(over="ignore", invalid="ignore"):  # `ask` looks at what comes of it
                    reached = method.init(objective, self.x0) if steps == 0 else method.step(objective, state, move)
            except Unanswered as question:
                return Pending(steps, state, move, told, question.points)
            if steps and objective.spent == spent:
                raise ValueError(f"method must ask for a value in every step, got {method.name}, which asked for none")
            steps, state, told = steps + 1, reached, []
            move = method.draw(self._rng, state, len(self.x0))

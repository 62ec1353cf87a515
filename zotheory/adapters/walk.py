"""The steps of `minimize`, and what is done between them: whether to stop, whom to tell, whether f is what it seems."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from typing import Any, NoReturn

import numpy as np
from scipy.optimize import OptimizeResult

from zotheory.adapters.evaluating import Counted, End
from zotheory.adapters.search import Search
from zotheory.kinds import shown
from zotheory.looks import apart, warn
from zotheory.setting import require_function

Told = Callable[["Minimum"], Any]


class Minimum(OptimizeResult):
    """What `minimize` returns: SciPy's `OptimizeResult`, whose attributes a type checker knows.

    Attributes
    ----------
    x : array (d,)
        The point that the method recommends; unless values have noise, the lowest that was seen.
    fun : float
        f there; with noise NaN before the end, as no value is spent there.
    success, status, message
        Whether and why the run ended as it was asked to.
    nfev, nit : int
        Evaluations, and questions of the method that they answered.
    state : Search
        To go on from: ``minimize(f, start=result.state)``.
    """

    x: np.ndarray
    fun: float
    success: bool
    status: int
    message: str
    nfev: int
    nit: int
    state: Search


def called_as_scipy_does(callback: Any, x: np.ndarray) -> Told:
    """Return a callback as SciPy calls it: with all that there is, if it names that, or with the point x (d,) alone.

    Raises
    ------
    TypeError
        Unless it can be called so.
    """
    try:
        names = set(inspect.signature(callback).parameters)
    except (TypeError, ValueError):  # it cannot be called, or is compiled, and need not tell
        names = set()
    if names == {"intermediate_result"}:
        return lambda found: callback(intermediate_result=found)
    require_function("callback", callback, "a point (d,), or on intermediate_result", x)
    return lambda found: callback(found.x)


@dataclass
class Walk:
    """A search that is walked until it ends.

    Attributes
    ----------
    search, counted : where it stands, and what gives it values
    told : called after every step
    steps : at most
    xtol : radius below which it ends, in units of `search.scale`; 0 is none
    planned : whether the end of budget or steps is the end that was planned
    taken : steps so far
    """

    search: Search
    counted: Counted
    told: Told | None
    steps: float
    xtol: float
    planned: bool
    taken: int = 0

    def whole(self) -> Minimum:
        """Walk to the end."""
        mean = self.search.noisy or not self.search.knows_output
        self.counted.budget -= mean
        try:
            self._walk()
        except End as end:
            if mean and (self.search.noisy or end.status != 0):
                return self._with_output(end)
            return self.result(end)

    def _walk(self) -> NoReturn:
        asking = self.search.asking
        while True:
            first, before = asking.calls == 0, asking.steps
            x, values = self.search.advance(self.counted)
            if first and not self.search.noisy:
                self._look_again(x[0], values[0])
            if asking.steps > max(1, before):  # the first is the start
                self._after_step()

    def _look_again(self, x: np.ndarray, value: float) -> None:
        """Evaluate a point once more: whether f is one function."""
        (again,) = self.counted(x[None])
        if apart(np.array(value), np.array(again)):
            warn(
                f"f gave the point {shown(x)} two values, {value} and {again}: with noise the lowest value is a lucky "
                "one; say noisy=True, which takes a method that bears noise"
            )

    def _after_step(self) -> None:
        self.taken += 1
        if self.told is not None:
            try:
                self.told(self._intermediate())
            except StopIteration:
                raise End(99, "`callback` raised `StopIteration`.") from None
        if self.xtol and self.search.radius < self.xtol:
            raise End(4, "The radius of the steps fell below the tolerance.", True)
        if self.taken >= self.steps:
            raise End(2, "As many steps as were allowed are taken.")

    def _intermediate(self) -> Minimum:
        """Where it stands: at the lowest point; with noise where the method is, whose value nobody knows."""
        search = self.search
        x, fun = (search.output(), nan) if search.noisy else (search.x.copy(), search.fun)
        return Minimum(x=x, fun=fun, nfev=self.counted.calls, nit=self.taken)

    def _with_output(self, end: End) -> Minimum:
        """The result, once the point was evaluated that the method returns: with noise that, else the lower one."""
        x = self.search.output()
        (value,) = self.counted.values(x[None])
        self.counted.calls += 1
        value = self.search.asking.checked(x, value)
        taken = self.search.noisy or value < self.search.fun
        return self.result(end, **({"x": x, "fun": value} if taken else {}))

    def result(self, end: End, **there: Any) -> Minimum:
        """What SciPy's methods return, with the x and fun that are `there`, and where this stands."""
        found = self._intermediate()
        found.update(there)
        found.status, found.message, found.state = end.status, end.message, self.search
        planned = end.success or (end.status in (1, 2) and self.planned)
        found.success = planned and bool(np.isfinite(found.fun))
        return found

    def broken_off(self, error: BaseException) -> Minimum:
        """What was found until then."""
        return self.result(End(-1, f"It was broken off by {type(error).__name__}."))

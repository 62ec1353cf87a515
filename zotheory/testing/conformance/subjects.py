"""What is under test, in whatever form it comes, as one function; and what one run of it shows from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any, NamedTuple

import numpy as np

from zotheory.adapters.asking import AskTell
from zotheory.interrupts import noticed
from zotheory.kinds import shown
from zotheory.methods import Method
from zotheory.testing.conformance.forms import is_factory, is_minimiser, knows_signature

Minimiser = Callable[
    ..., Any
]  # (f, x0, budget, seed), and bounds=[(low, high), ...] where it declares that it keeps them
PATIENCE = 1000  # evaluations past the budget after which a run is broken off
RAISED = (Exception, SystemExit, GeneratorExit, KeyboardInterrupt)  # by an optimizer; the last, unless Ctrl-C raised it


class Broken(Exception):
    """A property does not hold: what was seen."""


class Undecided(Exception):
    """Whether a property holds could not be decided: why."""


class Late(Undecided):
    """The time is over."""


class Observed(NamedTuple):
    """A run from outside.

    Attributes
    ----------
    points, values : where f was evaluated (n, d), and what it returned (n,)
    x, fun, calls : the point that was returned (d,), its value and the number of evaluations as reported, or None
    result : all that was returned
    """

    points: np.ndarray
    values: np.ndarray
    x: np.ndarray
    fun: float | None
    calls: int | None
    result: Any = None


class Recorder:
    """An objective that writes down where it is evaluated; past all patience it ends the run."""

    def __init__(self, f: Callable[[np.ndarray], Any], budget: int) -> None:
        self.f, self.most = f, budget + PATIENCE
        self.points: list[np.ndarray] = []
        self.values: list[float] = []

    def __call__(self, x: Any) -> Any:  # noqa: D102
        if len(self.points) >= self.most:
            raise Broken(f"{self.most} evaluations were made, {PATIENCE} more than the budget")
        point = real("evaluated f at", x)
        value = self.f(x)
        self.points.append(point)
        self.values.append(float(value))
        return value


@dataclass(frozen=True)
class Subject:
    """An optimizer under test.

    Attributes
    ----------
    name : str
    minimise : callable ``(f, x0, budget, seed)``
    search : callable ``(x0, seed) -> object with ask and tell``, or None
    method : Method or None
    least, variables : the smallest budget that it takes, and the fewest variables
    until : the time, of `time.monotonic`, from which on no run is begun
    """

    name: str
    minimise: Minimiser
    search: Callable[[np.ndarray, int], Any] | None = None
    method: Method | None = None
    least: int = 1
    variables: int = 1
    until: float = inf

    def run(self, f: Callable[[np.ndarray], Any], x0: np.ndarray, budget: int, seed: int, **bounds: Any) -> Observed:
        """Run it once.

        Raises
        ------
        Broken
            If it raises, returns no point, or does not end.
        Late
            If the time is over.
        """
        if monotonic() > self.until:
            raise Late("the time was over")
        recorder = Recorder(f, budget)
        with noticed() as signals:
            try:
                found = self.minimise(recorder, x0, budget, seed, **bounds)
            except Broken:
                raise
            except RAISED as error:
                if signals:
                    raise
                raise Broken(f"it raised {type(error).__name__}: {error}") from error
        x = returned(found, len(x0))
        points = np.reshape(np.array(recorder.points, dtype=float), (-1, len(x0)))
        fun, calls = (getattr(found, name, None) for name in ("fun", "nfev"))
        return Observed(points, np.array(recorder.values), x, None if fun is None else float(fun), calls, found)


def returned(found: Any, d: int) -> np.ndarray:
    """The point (d,) in what a minimiser returned: itself, or its ``x``; Broken if there is none."""
    if found is None:
        raise Broken("it returned nothing")
    try:
        x = real("returned", getattr(found, "x", found))
    except (TypeError, ValueError):
        raise Broken(f"it returned no point, got {shown(found)}") from None
    if x.shape != (d,):
        raise Broken(f"it returned a point of shape {x.shape}, from a start of shape ({d},)")
    return x


def real(what: str, points: Any) -> np.ndarray:
    """Points as floats, in memory of their own; Broken, which says what it did with them, where they are complex."""
    given = np.asarray(points)
    if np.iscomplexobj(given):
        raise Broken(f"it {what} {shown(points)}, which is complex")
    return np.array(given, dtype=float)


class Result(NamedTuple):
    """What our own loop returns; `search` is what was asked and told."""

    x: np.ndarray
    fun: float | None
    nfev: int
    search: Any


def asked(search: Callable[[np.ndarray, int], Any]) -> Minimiser:
    """Return the minimiser that asks and tells, as long as what is asked for fits into the budget."""

    def minimise(f: Callable[[np.ndarray], Any], x0: np.ndarray, budget: int, seed: int) -> Result:
        one, calls = search(x0, seed), 0
        best, lowest = np.array(x0, dtype=float), np.inf
        while True:
            points = one.ask()
            rows = np.atleast_2d(real("asked for", points))
            if calls + len(rows) > budget:
                break
            values = [float(f(row.copy())) for row in rows]
            calls += len(rows)
            for row, value in zip(rows, values, strict=True):
                if value < lowest:
                    best, lowest = row.copy(), value
            tell(one, points, values)
        if hasattr(one, "recommend"):
            return Result(real("recommended", one.recommend()), None, calls, one)
        return Result(best, lowest, calls, one)

    return minimise


def tell(one: Any, points: Any, values: list[float]) -> None:
    """Tell it the values of what it asked for: a list of several points, a number of one."""
    one.tell(points, values if np.ndim(points) > 1 else values[0])


def subject_of(given: Any, name: str | None = None, least: int = 1, variables: int = 1) -> Subject:
    """Read a `Method`; a class or factory ``(x0, seed) -> object with ask and tell``; or a callable minimiser.

    Raises
    ------
    TypeError
        For anything else.
    """
    if isinstance(given, Subject):
        return given
    if isinstance(given, Method):
        method = given

        def begun(x0: np.ndarray, seed: int) -> AskTell:
            return AskTell(method, x0, rng=seed)

        return Subject(name or method.name, asked(begun), begun, method, least, variables)
    asks = hasattr(given, "ask") and hasattr(given, "tell")
    if asks and not isinstance(given, type):
        raise TypeError(f"method must be the class, or a factory, of what asks and tells, got one: {shown(given)}")
    if not callable(given):
        raise TypeError(
            "method must be a Method, a class or factory of what asks and tells, or a function (f, x0, budget, seed), "
            f"got {shown(given)}"
        )
    if knows_signature(given) and not asks and not (is_factory(given) or is_minimiser(given)):
        raise TypeError(f"method must take (f, x0, budget, seed), or (x0, seed) to ask and tell, got {shown(given)}")
    called = str(name or getattr(given, "__qualname__", type(given).__name__))
    if asks or is_factory(given):
        return Subject(called, asked(given), given, None, least, variables)
    return Subject(called, given, None, None, least, variables)

"""Of objectives of all kinds: what they write, return and raise, and what an optimizer makes of that."""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from zotheory.standard_output import written
from zotheory.testing.conformance.cases import FLOOR, Case
from zotheory.testing.conformance.properties import check, equal, ran, same
from zotheory.testing.conformance.subjects import Broken, Observed, Subject


@check("does not care what f writes into its argument")
def guards(subject: Subject, case: Case) -> None:  # noqa: D103
    def writes(x: Any) -> float:
        found = case.f(x)
        with contextlib.suppress(ValueError, TypeError):  # where it may not write, all is well
            x[:] = 1e9
        return found

    same(ran(subject, case), ran(subject, case, writes), "with an f that writes into its argument")


@check("does not change points that f keeps")
def keeps_off(subject: Subject, case: Case) -> None:  # noqa: D103
    kept: list[Any] = []
    found = ran(subject, case, lambda x: kept.append(x) or case.f(x))  # type: ignore[func-returns-value]
    equal(
        found.points, np.reshape(np.array(kept, dtype=float), found.points.shape), "points when asked, and in the end"
    )


@check("takes whole numbers and single precision for what they are")
def types(subject: Subject, case: Case) -> None:  # noqa: D103
    for kind in (int, np.int64, np.float32, lambda v: np.array(float(np.float32(v)))):

        def typed(x: np.ndarray, kind: Any = kind) -> Any:
            return kind(min(64 * case.f(x), 1e15))

        def rounded(x: np.ndarray, typed: Any = typed) -> float:
            return float(typed(x))

        same(ran(subject, case, rounded), ran(subject, case, typed), f"values of {kind}, and as floats")


@check("lets errors of f through", least=10)
def errors(subject: Subject, case: Case) -> None:  # noqa: D103
    class Mistake(Exception):
        pass

    calls = []

    def fails(x: np.ndarray) -> float:
        calls.append(x)
        if len(calls) == 3:
            raise Mistake
        return case.f(x)

    try:
        subject.minimise(fails, case.x0, case.budget, case.seed)
    except Mistake:
        return
    except Exception as error:
        if any(isinstance(cause, Mistake) for cause in (error.__cause__, error.__context__)):
            return
        raise Broken(f"an error of f came out as {type(error).__name__}: {error}") from error
    if len(calls) >= 3:
        raise Broken("an error that f raised in its third evaluation was lost")


def sane(subject: Subject, found: Observed, what: str, case: Case) -> None:
    """A run on a strange objective ended at a finite point, having asked at finite points, within its budget.

    Where it does not keep that on the bowl either, which `budget` tells, it made no more evaluations than there.
    """
    if not np.all(np.isfinite(found.x)):
        raise Broken(f"{what}: it returned {found.x}")
    wrong = np.flatnonzero(~np.isfinite(found.points).all(axis=1))
    if len(wrong):
        raise Broken(f"{what}: evaluation {wrong[0] + 1} was at {found.points[wrong[0]]}")
    made = len(found.values)
    if made > case.budget and made > len(ran(subject, case).values):
        raise Broken(f"{what}: {made} evaluations were made with a budget of {case.budget}")


@check("ends in order where f is constant, or has few values")
def constant(subject: Subject, case: Case) -> None:  # noqa: D103
    sane(subject, ran(subject, case, lambda x: 2.5), "f = 2.5", case)
    few = ran(subject, case, lambda x: float(min(np.floor(4 * (case.f(x) - FLOOR)), 5)))
    sane(subject, few, "f in steps, whose values are 0 to 5", case)


@check("ends in order where values, or distances, are huge or tiny")
def extremes(subject: Subject, case: Case) -> None:  # noqa: D103
    for values, distances in ((1e300, 1.0), (1e-300, 1.0), (1.0, 1e100), (1.0, 1e-100)):

        def sized(x: np.ndarray, values: float = values, distances: float = distances) -> float:
            return values * case.f(np.asarray(x) / distances)

        found = ran(subject, case, sized, distances * case.x0)
        sane(subject, found, f"values of the order of {values:g}, distances of {distances:g}", case)


def barred(case: Case, bad: float) -> Callable[[np.ndarray], float]:
    """The bowl, but for points on one side of the start, where values are bad."""
    return lambda x: case.f(x) if np.sum(x) <= np.sum(case.x0) else bad


@check("ends in order, at a finite value, where f is NaN or inf on one side")
def nonfinite(subject: Subject, case: Case) -> None:  # noqa: D103
    for bad in (np.nan, np.inf):
        f = barred(case, bad)
        found = ran(subject, case, f)
        sane(subject, found, f"f = {bad} on one side", case)
        if np.isfinite(found.values).any() and not np.isfinite(f(found.x)):
            raise Broken(f"it returned a point where f is {bad}, after it had seen points where it is finite")


@check("ends in order where f is -inf on one side")
def unbounded(subject: Subject, case: Case) -> None:  # noqa: D103
    sane(subject, ran(subject, case, barred(case, -np.inf)), "f = -inf on one side", case)


@check("ends in order where values are noisy")
def noise(subject: Subject, case: Case) -> None:  # noqa: D103
    rng = np.random.default_rng(case.seed)
    sane(subject, ran(subject, case, lambda x: case.f(x) + rng.standard_normal()), "f with noise", case)


@check("runs in a thousand variables", dimensions=(1000,), examples=2)
def large(subject: Subject, case: Case) -> None:  # noqa: D103
    long = case._replace(budget=case.budget + 1010)  # a simplex, and some steps
    sane(subject, ran(subject, long), f"with {long.budget} evaluations", long)


@check("warns of nothing, prints nothing, and leaves no thread")
def quiet(subject: Subject, case: Case) -> None:  # noqa: D103
    threads, printed = set(threading.enumerate()), io.StringIO()
    with (
        written() as read,
        warnings.catch_warnings(record=True) as warned,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        warnings.simplefilter("always")
        ran(subject, case)
        past = read()
    if warned:
        raise Broken(f"it warned: {warned[0].message}")
    if said := printed.getvalue() + past:
        raise Broken(f"it printed {said[:200]!r}")
    left = set(threading.enumerate()) - threads
    if left:
        raise Broken(f"it left {len(left)} threads: {', '.join(each.name for each in left)}")

"""What is checked: each property a function of the optimizer and a case, which raises `Broken` where it does not hold.

A trajectory is the list of points where the objective is evaluated. Where it must be the same "to the bit", numbers are
scaled by powers of two, which rounds nothing; where arithmetic rounds, only the first evaluations are compared.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import random
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zotheory.testing.conformance.cases import FLOOR, Case
from zotheory.testing.conformance.subjects import Broken, Observed, Subject

CLOSE = 1e-6  # of the size of what is compared: rounding, which comparisons may amplify
FIRST = 30  # evaluations over which rounding is compared


@dataclass(frozen=True)
class Check:
    """A property of an optimizer.

    Attributes
    ----------
    says : what holds, as a phrase whose subject is the optimizer
    does : callable ``(subject, case)``, which raises `Broken`
    trait : what the author may declare, so that it must hold; "" of what all must do
    least : the smallest budget of its cases
    examples : cases at most, where each takes long
    applies : callable ``subject -> bool``
    """

    says: str
    does: Callable[[Subject, Case], None]
    trait: str = ""
    least: int = 1
    examples: int = 1000
    applies: Callable[[Subject], bool] = lambda subject: True


CHECKS: dict[str, Check] = {}


def check(says: str, **more: Any) -> Callable[[Callable[[Subject, Case], None]], Callable[[Subject, Case], None]]:
    """Add a property, under the name of its function."""

    def add(does: Callable[[Subject, Case], None]) -> Callable[[Subject, Case], None]:
        CHECKS[does.__name__] = Check(says, does, **more)
        return does

    return add


# --- what is compared ------------------------------------------------------------------------------------------------


def ran(subject: Subject, case: Case, f: Callable[[np.ndarray], Any] | None = None, x0: Any = None) -> Observed:
    """A run of the case, perhaps with another objective or start."""
    return subject.run(f or case.f, (case.x0 if x0 is None else x0).copy(), case.budget, case.seed)


def same(first: Observed, second: Observed, why: str) -> None:
    """Both visited the same points and returned the same, to the bit."""
    equal(first.points, second.points, why)
    if not np.array_equal(first.x, second.x, equal_nan=True):
        raise Broken(f"{why}: it returned {first.x}, and {second.x}")


def equal(points: np.ndarray, others: np.ndarray, why: str) -> None:
    """Two trajectories are equal, to the bit."""
    if len(points) != len(others):
        raise Broken(f"{why}: there were {len(points)} evaluations, and {len(others)}")
    differ = np.flatnonzero(~np.all((points == others) | (np.isnan(points) & np.isnan(others)), axis=1))
    if len(differ):
        i = differ[0]
        raise Broken(f"{why}: evaluation {i + 1} was at {points[i]}, and at {others[i]}")


def close(points: np.ndarray, others: np.ndarray, why: str) -> None:
    """The first evaluations of two trajectories are where they should be, but for rounding."""
    points, others = points[:FIRST], others[:FIRST]
    if len(points) != len(others):
        raise Broken(f"{why}: there were {len(points)} evaluations, and {len(others)}")
    size = CLOSE * (1 + abs(points).max(initial=0))
    differ = np.flatnonzero(~np.all(abs(points - others) <= size, axis=1))
    if len(differ):
        i = differ[0]
        raise Broken(f"{why}: evaluation {i + 1} should have been at {points[i]}, and was at {others[i]}")


# --- what all must do ------------------------------------------------------------------------------------------------


@check("keeps to the budget of evaluations")
def budget(subject: Subject, case: Case) -> None:  # noqa: D103
    made = len(ran(subject, case).values)
    if made > case.budget:
        raise Broken(f"{made} evaluations were made with a budget of {case.budget}")


@check("gives the same result for the same seed")
def seed(subject: Subject, case: Case) -> None:  # noqa: D103
    same(ran(subject, case), ran(subject, case), "the same seed, twice")


@check("leaves the global random streams of NumPy and Python as they are")
def global_state(subject: Subject, case: Case) -> None:  # noqa: D103
    before = streams()
    ran(subject, case)
    after = streams()
    for name, one, other in zip(("numpy.random", "random"), before, after, strict=True):
        if one != other:
            raise Broken(f"the global state of {name} changed")


def streams() -> tuple[bytes, bytes]:
    """The states of the global random streams."""
    return pickle.dumps(np.random.get_state()), pickle.dumps(random.getstate())  # noqa: NPY002


@check("leaves the start x0 as it is")
def start_untouched(subject: Subject, case: Case) -> None:  # noqa: D103
    x0 = case.x0
    subject.run(case.f, x0, case.budget, case.seed)
    if not np.array_equal(x0, case.x0):
        raise Broken(f"x0 was {case.x0}, and is {x0} after the run")


# --- seeds and streams -----------------------------------------------------------------------------------------------


@check("does not depend on the global random streams", trait="isolated")
def global_stream(subject: Subject, case: Case) -> None:  # noqa: D103
    before = np.random.get_state(), random.getstate()  # noqa: NPY002

    def seeded(number: int) -> Observed:
        np.random.seed(number)  # noqa: NPY002
        random.seed(number)
        return ran(subject, case)

    try:
        same(seeded(1), seeded(2), "with the global streams of NumPy and Python seeded otherwise")
    finally:
        np.random.set_state(before[0])  # noqa: NPY002
        random.setstate(before[1])


@check("gives the same result for the same seed in a process of its own", trait="processes", examples=1)
def processes(subject: Subject, case: Case) -> None:  # noqa: D103
    same(ran(subject, case), elsewhere(subject, case), "here, and in a process that was started anew")


def elsewhere(subject: Subject, case: Case) -> Observed:
    """A run in an interpreter of its own, whose hashes of texts differ from those here."""
    from zotheory.sweeps.packing import as_bytes

    sent = as_bytes("method", (subject, case, sys.path))
    words = [sys.executable, "-c", ELSEWHERE]
    environment = {**os.environ, "PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"}
    ended = subprocess.run(words, input=sent, capture_output=True, env=environment, check=False)
    if ended.returncode:
        raise Broken(f"it could not run in another process: {ended.stderr.decode()[-300:]}")
    return pickle.loads(ended.stdout)


ELSEWHERE = """
import pickle, sys
out = sys.stdout.buffer
sys.stdout = sys.stderr
subject, case, sys.path = pickle.loads(sys.stdin.buffer.read())
out.write(pickle.dumps(subject.run(case.f, case.x0, case.budget, case.seed)))
"""


@check("gives other results for other seeds", trait="random", least=20)
def other_seeds(subject: Subject, case: Case) -> None:  # noqa: D103
    one, other = ran(subject, case), ran(subject, case._replace(seed=case.seed + 1))
    if np.array_equal(one.points, other.points):
        raise Broken(f"seeds {case.seed} and {case.seed + 1} gave the same points")


# --- what is returned ------------------------------------------------------------------------------------------------


@check("returns the lowest of the points that it evaluated", trait="returns_best")
def returns_best(subject: Subject, case: Case) -> None:  # noqa: D103
    found = ran(subject, case)
    lowest = found.values.min(initial=np.inf)
    seen = np.all(found.points == found.x, axis=1)
    if not seen.any():
        raise Broken(f"it returned {found.x}, where it had not evaluated f")
    if not np.any(found.values[seen] == lowest):
        raise Broken(f"it returned a point of value {found.values[seen][0]}, after it had seen {lowest}")


@check("returns a value that is that of the point that it returns", trait="value", applies=lambda s: s.search is None)
def value(subject: Subject, case: Case) -> None:  # noqa: D103
    found = ran(subject, case)
    if found.fun is None:
        raise Broken("its result has no value `fun`")
    if found.fun != case.f(found.x):
        raise Broken(f"it reported {found.fun} at a point where f is {case.f(found.x)}")


@check("reports as many evaluations as it made", trait="counts", applies=lambda s: s.search is None)
def counts(subject: Subject, case: Case) -> None:  # noqa: D103
    found = ran(subject, case)
    if found.calls is None:
        raise Broken("its result has no number of evaluations `nfev`")
    if found.calls != len(found.values):
        raise Broken(f"it reported {found.calls} evaluations, and made {len(found.values)}")


@check("returns no point that is higher than the start", trait="descends")
def descends(subject: Subject, case: Case) -> None:  # noqa: D103
    found = ran(subject, case)
    if case.f(found.x) > case.f(case.x0):
        raise Broken(f"it returned a point of value {case.f(found.x)}, from a start of value {case.f(case.x0)}")


@check("goes the same way with a larger budget, but further", trait="anytime")
def anytime(subject: Subject, case: Case) -> None:  # noqa: D103
    short, long = ran(subject, case), ran(subject, case._replace(budget=2 * case.budget))
    equal(short.points, long.points[: len(short.points)], f"with budgets of {case.budget} and {2 * case.budget}")


@check("never leaves its bounds", trait="bounds", applies=lambda s: s.search is None)
def bounds(subject: Subject, case: Case) -> None:  # noqa: D103
    low, high = case.x0 - 0.1, case.x0 + 0.3
    found = subject.run(case.f, case.x0, case.budget, case.seed, bounds=list(zip(low, high, strict=True)))
    for what, points in (("evaluated f at", found.points), ("returned", found.x[None])):
        outside = np.flatnonzero(~np.all((low <= points) & (points <= high), axis=1))
        if len(outside):
            raise Broken(f"it {what} {points[outside[0]]}, outside of [{low}, {high}]")


# --- invariances -----------------------------------------------------------------------------------------------------


@check("does the same on f - 3, and on f + 3", trait="shifts_of_values")
def shifts_of_values(subject: Subject, case: Case) -> None:  # noqa: D103
    plain = ran(subject, case).points
    close(plain, ran(subject, case, lambda x: case.f(x) - 3).points, "f - 3")
    close(plain, ran(subject, case, lambda x: case.f(x) + 3).points, "f + 3")


@check("does the same on 8 f, to the bit", trait="scales_of_values")
def scales_of_values(subject: Subject, case: Case) -> None:  # noqa: D103
    equal(ran(subject, case).points, ran(subject, case, lambda x: 8 * case.f(x)).points, "f, and 8 f")


@check("does the same on strictly increasing functions of f, to the bit", trait="increasing")
def increasing(subject: Subject, case: Case) -> None:  # noqa: D103
    plain = ran(subject, case, lambda x: case.f(x) - FLOOR).points
    for knee in (0.25, 1.0, 4.0):  # exact, and strictly increasing: stretched above, and squeezed below

        def bent(x: np.ndarray, knee: float = knee) -> float:
            gap = case.f(x) - FLOOR
            return 16 * gap if gap > knee else gap / 4

        equal(plain, ran(subject, case, bent).points, "f, and g(f)")


@check("does the same where the whole is moved", trait="translation")
def translation(subject: Subject, case: Case) -> None:  # noqa: D103
    shift = 5.0 - 2.0 * np.arange(case.d)
    moved = ran(subject, case, lambda x: case.f(x - shift), case.x0 + shift)
    close(ran(subject, case).points, moved.points - shift, f"moved by {shift}")


@check("does the same where the whole is stretched by 4, to the bit", trait="scaling")
def scaling(subject: Subject, case: Case) -> None:  # noqa: D103
    stretched = ran(subject, case, lambda x: case.f(x / 4), 4 * case.x0)
    equal(ran(subject, case).points, stretched.points / 4, "stretched by 4")


# --- objectives of all kinds -----------------------------------------------------------------------------------------


@check("does not care what f writes into its argument", trait="guards")
def guards(subject: Subject, case: Case) -> None:  # noqa: D103
    def writes(x: Any) -> float:
        found = case.f(x)
        with contextlib.suppress(ValueError, TypeError):  # where it may not write, all is well
            x[:] = 1e9
        return found

    same(ran(subject, case), ran(subject, case, writes), "with an f that writes into its argument")


@check("does not change points that f keeps", trait="keeps_off")
def keeps_off(subject: Subject, case: Case) -> None:  # noqa: D103
    kept: list[Any] = []
    found = ran(subject, case, lambda x: kept.append(x) or case.f(x))  # type: ignore[func-returns-value]
    equal(
        found.points, np.reshape(np.array(kept, dtype=float), found.points.shape), "points when asked, and in the end"
    )


@check("takes whole numbers and single precision for what they are", trait="types")
def types(subject: Subject, case: Case) -> None:  # noqa: D103
    for kind in (int, np.int64, np.float32, lambda v: np.array(float(np.float32(v)))):

        def typed(x: np.ndarray, kind: Any = kind) -> Any:
            return kind(min(64 * case.f(x), 1e15))

        def rounded(x: np.ndarray, typed: Any = typed) -> float:
            return float(typed(x))

        same(ran(subject, case, rounded), ran(subject, case, typed), f"values of {kind}, and as floats")


@check("lets errors of f through", trait="errors", least=10)
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


def sane(found: Observed, what: str, case: Case) -> None:
    """A run on a strange objective ended within its budget, at a finite point, having asked at finite points."""
    if len(found.values) > case.budget:
        raise Broken(f"{what}: {len(found.values)} evaluations were made with a budget of {case.budget}")
    if not np.all(np.isfinite(found.x)):
        raise Broken(f"{what}: it returned {found.x}")
    wrong = np.flatnonzero(~np.isfinite(found.points).all(axis=1))
    if len(wrong):
        raise Broken(f"{what}: evaluation {wrong[0] + 1} was at {found.points[wrong[0]]}")


@check("ends in order where f is constant", trait="constant")
def constant(subject: Subject, case: Case) -> None:  # noqa: D103
    sane(ran(subject, case, lambda x: 2.5), "f = 2.5", case)


@check("ends in order where values are huge or tiny", trait="extremes")
def extremes(subject: Subject, case: Case) -> None:  # noqa: D103
    sane(ran(subject, case, lambda x: 1e300 * case.f(x)), "values of the order of 1e300", case)
    sane(ran(subject, case, lambda x: 1e-300 * case.f(x)), "values of the order of 1e-300", case)


@check("takes values that are not finite for worse than any number", trait="nonfinite")
def nonfinite(subject: Subject, case: Case) -> None:  # noqa: D103
    for bad in (np.nan, np.inf):

        def barred(x: np.ndarray, bad: float = bad) -> float:
            return case.f(x) if np.sum(x) <= np.sum(case.x0) else bad

        found = ran(subject, case, barred)
        sane(found, f"f = {bad} on one side", case)
        if len(found.values) and not np.isfinite(barred(found.x)):
            raise Broken(f"it returned a point where f is {bad}, from a start where it is finite")


@check("ends in order where values are noisy", trait="noise")
def noise(subject: Subject, case: Case) -> None:  # noqa: D103
    rng = np.random.default_rng(case.seed)
    sane(ran(subject, case, lambda x: case.f(x) + rng.standard_normal()), "f with noise", case)


@check("runs in a thousand variables", trait="large", examples=3)
def large(subject: Subject, case: Case) -> None:  # noqa: D103
    wide = case._replace(d=1000)
    sane(ran(subject, wide), "d = 1000", wide)


@check("warns of nothing, prints nothing, and leaves no thread", trait="quiet")
def quiet(subject: Subject, case: Case) -> None:  # noqa: D103
    threads, told = set(threading.enumerate()), io.StringIO()
    with (
        warnings.catch_warnings(record=True) as warned,
        contextlib.redirect_stdout(told),
        contextlib.redirect_stderr(told),
    ):
        warnings.simplefilter("always")
        ran(subject, case)
    if warned:
        raise Broken(f"it warned: {warned[0].message}")
    if told.getvalue():
        raise Broken(f"it printed {told.getvalue()[:200]!r}")
    left = set(threading.enumerate()) - threads
    if left:
        raise Broken(f"it left {len(left)} threads: {', '.join(each.name for each in left)}")


# --- ask and tell ----------------------------------------------------------------------------------------------------


@check("goes on from a pickle as it would have", trait="pickles", applies=lambda s: s.search is not None)
def pickles(subject: Subject, case: Case) -> None:  # noqa: D103
    one: Any = subject.search and subject.search(case.x0, case.seed)
    calls = 0
    while calls < case.budget:
        points = np.atleast_2d(one.ask())
        one.tell(one.ask(), [case.f(x) for x in points])
        calls += len(points)
    try:
        other = pickle.loads(pickle.dumps(one))
    except Exception as error:
        raise Broken(f"it cannot be pickled: {error}") from error
    for _ in range(5):
        asked = np.atleast_2d(one.ask())
        equal(asked, np.atleast_2d(other.ask()), "the original, and its copy")
        for each in (one, other):
            each.tell(each.ask(), [case.f(x) for x in asked])


# --- methods of this package -----------------------------------------------------------------------------------------


@check("takes the same steps in a batch as alone", trait="batches", least=10, applies=lambda s: s.method is not None)
def batches(subject: Subject, case: Case) -> None:  # noqa: D103
    method: Any = subject.method

    def f(x: np.ndarray) -> np.ndarray:
        return np.apply_along_axis(case.f, -1, x)

    x0 = case.x0 + np.linspace(0, 0.5, 3)[:, None]
    together, alone = method.init(f, x0), [method.init(f, row) for row in x0]
    rng = np.random.default_rng(case.seed)
    for _ in range(min(case.budget // max(1, method.calls[1]), 20)):
        move = method.draw(rng, together, case.d)
        together = method.step(f, together, move)
        alone = [method.step(f, state, row(move, i)) for i, state in enumerate(alone)]
    points = np.array([method.output(state) for state in alone])
    close(points, np.array(method.output(together)), "points of three runs, alone and in a batch")


def row(move: Any, i: int) -> Any:
    """What run i of a batch draws, of what all draw together."""
    if isinstance(move, np.ndarray):
        return move[i]
    if isinstance(move, tuple):
        parts = [row(part, i) for part in move]
        return type(move)(*parts) if hasattr(move, "_fields") else tuple(parts)
    return move

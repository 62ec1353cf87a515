"""Of a run: budget, seeds and streams, the start, and what is returned."""

from __future__ import annotations

import os
import pickle
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from math import inf

import numpy as np

from zotheory.testing.conformance.cases import Case
from zotheory.testing.conformance.properties import check, equal, ran, same
from zotheory.testing.conformance.subjects import Broken, Observed, Subject, Undecided

# --- what all must do -------------------------------------------------------------------------------------------------


@check("keeps to the budget of evaluations", required=True)
def budget(subject: Subject, case: Case) -> None:  # noqa: D103
    made = len(ran(subject, case).values)
    if made > case.budget:
        raise Broken(f"{made} evaluations were made with a budget of {case.budget}")


@check("gives the same result for the same seed", required=True)
def seed(subject: Subject, case: Case) -> None:  # noqa: D103
    same(ran(subject, case), ran(subject, case), "the same seed, twice")


@check("leaves the global random streams of NumPy and Python as they are", required=True)
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


@check("leaves the start x0 as it is", required=True)
def start_untouched(subject: Subject, case: Case) -> None:  # noqa: D103
    x0 = case.x0
    subject.run(case.f, x0, case.budget, case.seed)
    if not np.array_equal(x0, case.x0):
        raise Broken(f"x0 was {case.x0}, and is {x0} after the run")


# --- seeds and streams ------------------------------------------------------------------------------------------------


@check("does not depend on the global random streams", name="isolated")
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


@check("gives the same result for the same seed in a process of its own", least=20, dimensions=(3,), examples=0)
def processes(subject: Subject, case: Case) -> None:  # noqa: D103
    same(ran(subject, case), elsewhere(subject, case), "here, and in a process that was started anew")


def elsewhere(subject: Subject, case: Case) -> Observed:
    """A run in an interpreter of its own, whose hashes of texts differ from those here."""
    from zotheory.sweeps import Unsendable
    from zotheory.sweeps.packing import as_bytes

    try:
        sent = pickle.dumps(sys.path) + as_bytes("method", (replace(subject, until=inf), case))
    except Unsendable as error:
        raise Undecided(str(error)) from error
    words = [sys.executable, "-c", ELSEWHERE]
    environment = {**os.environ, "PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"}
    ended = subprocess.run(words, input=sent, capture_output=True, env=environment, check=False)
    said = ended.stderr.decode(errors="replace")[-300:]
    if ended.returncode == UNREAD:
        raise Undecided(f"another process could not import it: {said}")
    if ended.returncode:
        raise Broken(f"it could not run in another process: {said}")
    return pickle.loads(ended.stdout)


UNREAD = 77  # exit code, where what was sent could not be read
ELSEWHERE = f"""
import os, pickle, sys, traceback
out = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)  # what the optimizer prints is no part of the answer
sys.path = pickle.load(sys.stdin.buffer)  # before anything is imported from there
try:
    subject, case = pickle.load(sys.stdin.buffer)
except BaseException:
    traceback.print_exc()
    sys.exit({UNREAD})
found = subject.run(case.f, case.x0, case.budget, case.seed)
out.write(pickle.dumps(found._replace(result=None)))
"""


@check("gives in two runs at once, in threads, what each gives alone", least=10)
def threads(subject: Subject, case: Case) -> None:  # noqa: D103
    pair = case, case._replace(seed=case.seed + 1)
    alone = [ran(subject, each) for each in pair]
    meeting = threading.Barrier(len(pair))

    def one(each: Case) -> Observed:
        def f(x: np.ndarray) -> float:
            with suppress(threading.BrokenBarrierError):  # once one has ended, or waits for the other to end
                meeting.wait(APART)
            return each.f(x)

        try:
            return ran(subject, each, f)
        finally:
            meeting.abort()

    with ThreadPoolExecutor(len(pair)) as pool:
        for before, found in zip(alone, pool.map(one, pair), strict=True):
            same(before, found, "alone, and beside a run of another seed")


APART = 0.2  # seconds after which two runs that do not meet at an evaluation are let go


@check("gives other results for other seeds", name="random", least=20)
def other_seeds(subject: Subject, case: Case) -> None:  # noqa: D103
    one, other = ran(subject, case), ran(subject, case._replace(seed=case.seed + 1))
    if np.array_equal(one.points, other.points):
        raise Broken(f"seeds {case.seed} and {case.seed + 1} gave the same points")


# --- what is returned -------------------------------------------------------------------------------------------------


@check("returns the lowest of the points that it evaluated")
def returns_best(subject: Subject, case: Case) -> None:  # noqa: D103
    found = ran(subject, case)
    if not len(found.values):
        return  # nothing fits into the budget
    lowest = np.fmin.reduce(found.values)  # which NaN is not
    seen = np.all(found.points == found.x, axis=1)
    if not seen.any():
        raise Broken(f"it returned {found.x}, where it had not evaluated f")
    if not np.any(found.values[seen] == lowest):
        raise Broken(f"it returned a point of value {found.values[seen][0]}, after it had seen {lowest}")


@check("returns a value that is that of the point that it returns", applies=lambda s: s.search is None)
def value(subject: Subject, case: Case) -> None:  # noqa: D103
    found = ran(subject, case)
    if found.fun is None:
        raise Broken("its result has no value `fun`")
    if found.fun != case.f(found.x):
        raise Broken(f"it reported {found.fun} at a point where f is {case.f(found.x)}")


@check("reports as many evaluations as it made", applies=lambda s: s.search is None)
def counts(subject: Subject, case: Case) -> None:  # noqa: D103
    found = ran(subject, case)
    if found.calls is None:
        raise Broken("its result has no number of evaluations `nfev`")
    if found.calls != len(found.values):
        raise Broken(f"it reported {found.calls} evaluations, and made {len(found.values)}")


@check("returns no point that is higher than the start")
def descends(subject: Subject, case: Case) -> None:  # noqa: D103
    found = ran(subject, case)
    if not case.f(found.x) <= case.f(case.x0):  # nor where it is NaN
        raise Broken(f"it returned a point of value {case.f(found.x)}, from a start of value {case.f(case.x0)}")


@check("begins with a larger budget as it does with a smaller one")
def anytime(subject: Subject, case: Case) -> None:  # noqa: D103
    short, long = ran(subject, case), ran(subject, case._replace(budget=2 * case.budget))
    equal(short.points, long.points[: len(short.points)], f"with budgets of {case.budget} and {2 * case.budget}")


def bounded(subject: Subject, case: Case) -> tuple[Observed, np.ndarray, np.ndarray]:
    """A run within bounds about the start, and these."""
    low, high = case.x0 - 0.1, case.x0 + 0.3
    within = list(zip(low, high, strict=True))
    return subject.run(case.f, case.x0, case.budget, case.seed, bounds=within), low, high


@check("never leaves its bounds", applies=lambda s: s.search is None)
def bounds(subject: Subject, case: Case) -> None:  # noqa: D103
    found, low, high = bounded(subject, case)
    for what, points in (("evaluated f at", found.points), ("returned", found.x[None])):
        outside = np.flatnonzero(~np.all((low <= points) & (points <= high), axis=1))
        if len(outside):
            raise Broken(f"it {what} {points[outside[0]]}, outside of [{low}, {high}]")


@check("keeps budget and seed where it has bounds, too", applies=lambda s: s.search is None)
def bounded_runs(subject: Subject, case: Case) -> None:  # noqa: D103
    found = bounded(subject, case)[0]
    same(found, bounded(subject, case)[0], "the same seed, twice, with bounds")
    if len(found.values) > case.budget:
        raise Broken(f"{len(found.values)} evaluations were made with bounds and a budget of {case.budget}")

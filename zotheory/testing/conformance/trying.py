"""A property tried in many cases, in a process of its own, and the smallest case where it fails."""

from __future__ import annotations

from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from math import inf
from time import monotonic
from typing import Any

from zotheory.extras import asked_of
from zotheory.interrupts import noticed
from zotheory.standard_output import flush, written
from zotheory.sweeps import Died
from zotheory.testing.conformance.cases import Case, cases
from zotheory.testing.conformance.found import Outcome
from zotheory.testing.conformance.ground import dimensions_of
from zotheory.testing.conformance.laws import Law
from zotheory.testing.conformance.properties import Check
from zotheory.testing.conformance.subjects import RAISED, Broken, Subject, Undecided

MOST = 59  # evaluations that a case has beyond the least budget
SHARE = 0.8  # of the time, after which no run is begun: those that are under way may end before the rest is over


def load() -> None:
    """Load what every process needs, before it is forked; ModuleNotFoundError, naming the extra, without Hypothesis."""
    with asked_of("testing", "check_method"):
        import_module("hypothesis")
    import_module("scipy.stats")


def tried(subject: Subject, each: Check | Law, examples: int, seed: int, limit: float, *, apart: bool) -> Outcome:
    """Whether a property holds, and if not, the smallest failure; undecided where the time does not suffice."""
    if not apart:
        return outcome(subject, each, examples, seed, limit)
    from zotheory.sweeps.processes import Processes

    flush()  # else a forked process would write once more what waits here
    process = Processes(1)
    try:
        return process.submit(unheard, subject, each, examples, seed, SHARE * limit).result(limit)
    except TooLate:
        return Outcome(None, f"a run was not over when the time was, {limit:g} s")
    except Died:
        return Outcome(False, "it ended the process that it ran in")
    finally:
        process.kill()


def unheard(*asked: Any) -> Outcome:
    """What `outcome` says, in a process of its own, none of whose output comes through."""
    with written():
        return outcome(*asked)


def outcome(subject: Subject, each: Check | Law, examples: int, seed: int, limit: float = inf) -> Outcome:
    """Try a property in this process. The run that is under way when the time is over is waited for."""
    timed = replace(subject, until=monotonic() + limit)
    return weighed(timed, each, seed) if isinstance(each, Law) else searched(timed, each, examples, seed)


def weighed(subject: Subject, law: Law, seed: int) -> Outcome:
    """Whether a law holds, and what was measured."""
    try:
        return Outcome(True, law.does(subject, seed, law.level))
    except Broken as broken:
        return Outcome(False, str(broken))
    except Undecided as undecided:
        return Outcome(None, str(undecided))
    except Exception as error:  # what a function of the author's may raise
        return Outcome(None, f"it could not be tried: {type(error).__name__}: {error}")


def searched(subject: Subject, check: Check, examples: int, seed: int) -> Outcome:
    """Whether a property holds in all cases; else the smallest one that is found, and what happened in it.

    In each dimension, from the lowest on, the smallest case is tried, and an equal part of the others.
    """
    dimensions, examples, kept = dimensions_of(check.dimensions, subject), min(examples, check.examples), 0
    for k, d in enumerate(dimensions):
        part = len(range(k, examples, len(dimensions)))
        found, held = explored(subject, check, d, 1 + part, seed)
        kept += held
        if not found.holds:
            return (
                found._replace(seen=f"{found.seen}; it held in {kept} cases") if found.holds is None and kept else found
            )
    return Outcome(True)


def explored(subject: Subject, check: Check, d: int, count: int, seed: int) -> tuple[Outcome, int]:
    """What becomes of as many cases of d variables, the smallest first; and in how many the property held.

    When the time is over, cases pass that were not tried, so that Hypothesis comes to an end.
    """
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis.errors import Flaky

    last, kept, undecided = "", 0, ""

    @seeded(f"{check.name} in {d} variables, {seed}")
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(cases(max(check.least, subject.least), subject.least + MOST, d))
    def attempt(case: Case) -> None:
        nonlocal last, kept, undecided
        with noticed() as signals:
            try:
                check.does(subject, case)
            except Undecided as error:
                undecided = str(error)
            except Broken as broken:
                last = f"{case}: {broken}"
                raise
            except RAISED as error:
                if signals:
                    raise
                last = f"{case}: it raised {type(error).__name__}: {error}"
                raise Broken(last) from error
            else:
                kept += 1

    with suppress(Broken, Flaky):
        attempt()
    if last:
        return Outcome(False, last), kept
    return Outcome(None if undecided else True, undecided), kept

"""A property tried in many cases, in a process of its own, and the smallest case where it fails."""

from __future__ import annotations

from concurrent.futures import TimeoutError as TooLate
from importlib import import_module

from zotheory.sweeps import Died
from zotheory.testing.conformance.cases import Case, cases
from zotheory.testing.conformance.checks import CHECKS
from zotheory.testing.conformance.laws import LAWS
from zotheory.testing.conformance.subjects import Broken, Subject

MOST = 59  # evaluations that a case has beyond the least budget


def load() -> None:
    """Load what every process needs, before it is forked; ModuleNotFoundError, naming the extra, without Hypothesis."""
    try:
        import_module("hypothesis")
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "check_method needs Hypothesis, of the extra testing: python -m pip install hypothesis"
        ) from None
    import_module("scipy.stats")


def tried(subject: Subject, name: str, examples: int, seed: int, limit: float, *, apart: bool) -> str:
    """The smallest failure of a property, in words; "" if there is none."""
    if not apart:
        return failure(subject, name, examples, seed)
    from zotheory.sweeps.processes import Processes

    process = Processes(1)
    try:
        return process.submit(failure, subject, name, examples, seed).result(limit)
    except TooLate:
        return f"it took longer than {limit:g} s"
    except Died:
        return "it ended the process that it ran in"
    finally:
        process.kill()


def failure(subject: Subject, name: str, examples: int, seed: int) -> str:
    """Try a property in many cases; the smallest where it fails, in words, or ""."""
    if name in LAWS:
        try:
            LAWS[name][0](subject, seed)
        except Broken as broken:
            return str(broken)
        return ""
    return smallest(subject, name, examples, seed)


def smallest(subject: Subject, name: str, examples: int, seed: int) -> str:
    """The smallest case that Hypothesis finds for a failure, and what happened in it."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis.errors import Flaky

    check, last = CHECKS[name], ""

    @seeded(seed)
    @settings(
        max_examples=min(examples, check.examples),
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(cases(max(check.least, subject.least), subject.least + MOST, subject.variables))
    def attempt(case: Case) -> None:
        nonlocal last
        try:
            check.does(subject, case)
        except Broken as broken:
            last = f"{case}: {broken}"
            raise
        except (Exception, SystemExit, GeneratorExit) as error:
            last = f"{case}: it raised {type(error).__name__}: {error}"
            raise Broken(last) from error

    try:
        attempt()
    except (Broken, Flaky):
        return last
    return ""

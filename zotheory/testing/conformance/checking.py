"""`check_method`: all that is checked of an optimizer, and what must hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from zotheory import require
from zotheory.extras import asked_of
from zotheory.kinds import shown
from zotheory.quantities import whole
from zotheory.sweeps.packing import as_bytes
from zotheory.testing.conformance.checks import CHECKS
from zotheory.testing.conformance.found import DECLARED, OBSERVED, REQUIRED, Conformance, Row
from zotheory.testing.conformance.laws import CASE, LAWS, LEVEL, Law
from zotheory.testing.conformance.properties import Check
from zotheory.testing.conformance.stated import STATED, Stated
from zotheory.testing.conformance.subjects import Subject, subject_of
from zotheory.testing.conformance.trying import load, tried

Test = TypeVar("Test", bound=Callable[..., object])
VARIABLES = whole(1, CASE.d)  # of which a law is looked at
PROPERTIES: dict[str, Check | Law] = {**CHECKS, **LAWS}
TRAITS = {name: each.says for name, each in PROPERTIES.items() if isinstance(each, Law) or not each.required}


def check_method(
    method: Any,
    *,
    declares: Iterable[str | Stated] = (),
    name: str | None = None,
    examples: int = 30,
    seed: int = 0,
    least: int = 1,
    variables: int = 1,
    time_limit: float = 60.0,
    apart: bool = True,
) -> Conformance:
    """Check whether an optimizer does what all must do, and what its author declares.

    Parameters
    ----------
    method : Method, class or callable
        A `zo.Method`; a class or a factory ``(x0, seed)`` of what has ``ask() -> points (k, d)`` and ``tell(points,
        values)``, and perhaps ``recommend() -> point (d,)``; or a minimiser ``(f, x0, budget, seed)`` that returns a
        point (d,), or an object with ``x``, and perhaps ``fun`` and ``nfev``, such as SciPy's `OptimizeResult`.
    declares : iterable of str, Decrease, Coverage
        What must hold beside what all must do: names of `TRAITS`, of which the others are looked at, and told as
        observed; and laws that are stated in numbers.
    name : str, optional
        What to call it; by default its own name.
    examples : int
        Cases that each property is tried on, at least 1, in 1 to 6 variables in turn; beside the smallest of each.
    seed : int
        Decides which cases.
    least : int
        The smallest budget that the optimizer takes, as of a population, which is evaluated as a whole.
    variables : int
        The fewest variables that it takes, at most 4.
    time_limit : float
        Seconds that all cases of a property may take together. One that is not decided by then is undecided.
    apart : bool
        Whether each property is tried in a process of its own, so that one which hangs, crashes or spoils its process
        is told like any other failure. False: in this one.

    Returns
    -------
    Conformance
        ``sound``, and a row for each property, with the smallest case that Hypothesis could find where it fails.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and the condition; also for what cannot be sent to another process, where it is
        tried apart, since it holds a lock, a connection or a loaded library.
    ModuleNotFoundError
        Without Hypothesis, of the extra ``testing``.
    KeyboardInterrupt
        Ctrl-C, which carries what was found until then, ``.partial``.

    Notes
    -----
    All must: keep the budget, give the same result for the same seed, and leave x0 and the global random streams as
    they are. A property that holds did so in all cases that were tried; that proves nothing. One that fails did fail.
    What must hold and is undecided is no failure, and not sound either.

    Laws, ``rotation``, ``permutation``, ``recommends`` and those stated in numbers, may err: each of the three is found
    to be broken where it is kept with a chance of 1 in 1000 at most, and so is any of those that are stated. What
    compares to rounding, ``translation``, ``shifts_of_values`` and ``batches``, may fail what magnifies rounding.

    Examples
    --------
    >>> import zotheory as zo
    >>> found = check_method(zo.relative_loss(radius=0.3), declares=["increasing", "descends"], examples=5)
    >>> found.sound, found["increasing"].holds, found["scaling"].holds
    (True, True, False)
    """
    load()
    subject = subject_of(method, name, *smallest_of(least, variables))
    declared, stated = declared_of(declares)
    examples = require.count("examples", examples)
    limit = require.POSITIVE.scalar("time_limit", time_limit)
    require_seed(seed)
    if apart:
        as_bytes("method", subject.search or subject.minimise)
    properties = applying(subject) | laws_of(stated, subject)
    rows: list[Row] = []
    try:
        for name, each in properties.items():
            began = time.perf_counter()
            holds, seen = tried(subject, each, examples, seed, limit, apart=apart)
            rows.append(Row(name, each.says, status(each, declared), holds, seen, time.perf_counter() - began))
    except KeyboardInterrupt as interrupt:
        interrupt.partial = Conformance(subject.name, tuple(rows), len(properties))  # type: ignore[attr-defined]
        raise
    return Conformance(subject.name, tuple(rows), len(properties))


def parametrize_with_checks(
    methods: Iterable[Any],
    *,
    declares: Iterable[str | Stated] = (),
    examples: int = 30,
    seed: int = 0,
    least: int = 1,
    variables: int = 1,
    time_limit: float = 60.0,
    apart: bool = True,
) -> Callable[[Test], Test]:
    """Return a mark of pytest: one test for each method and each property that must hold, handed over as `check`.

    Parameters
    ----------
    methods : iterable
        What `check_method` takes; the other arguments as there.

    Raises
    ------
    TypeError, ValueError, ModuleNotFoundError
        As `check_method`.

    Examples
    --------
    >>> import zotheory as zo
    >>> @parametrize_with_checks([zo.relative_loss(radius=0.3)], declares=["increasing"])
    ... def test_my_optimizer(check):
    ...     check()
    """
    with asked_of("test", "parametrize_with_checks"):
        import pytest

    load()
    declared, stated = declared_of(declares)
    require_seed(seed)
    examples = require.count("examples", examples)
    limit = require.POSITIVE.scalar("time_limit", time_limit)
    smallest = smallest_of(least, variables)
    subjects = [subject_of(method, None, *smallest) for method in methods]
    try_it = partial(require_holds, examples=examples, seed=seed, limit=limit, apart=apart)
    parameters = [
        pytest.param(partial(try_it, subject, each), id=f"{subject.name}-{name}")
        for subject in subjects
        for name, each in (applying(subject) | laws_of(stated, subject)).items()
        if status(each, declared) != OBSERVED
    ]
    return pytest.mark.parametrize("check", parameters)


def require_holds(subject: Subject, each: Check | Law, *, examples: int, seed: int, limit: float, apart: bool) -> None:
    """Try a property as `check_method` does; AssertionError, with the smallest case where it fails."""
    holds, seen = tried(subject, each, examples, seed, limit, apart=apart)
    if not holds:
        found = "not true" if holds is False else "undecided"
        raise AssertionError(f"{subject.name}: {found} that it {each.says}: {seen}")


# --- arguments -------------------------------------------------------------------------------------------------------


def applying(subject: Subject) -> dict[str, Check | Law]:
    """The properties that say something of an optimizer of this form."""
    return {name: each for name, each in PROPERTIES.items() if isinstance(each, Law) or each.applies(subject)}


def status(each: Check | Law, declared: set[str]) -> str:
    """Whether it must hold, and who says so."""
    if isinstance(each, Check) and each.required:
        return REQUIRED
    return DECLARED if each.name in declared or each.name not in PROPERTIES else OBSERVED


def declared_of(declares: Iterable[str | Stated]) -> tuple[set[str], list[Stated]]:
    """What an author declares, by name and in numbers; ValueError for what is neither."""
    if not isinstance(declares, Iterable | Stated):
        raise TypeError(f"declares must be names and laws, got {shown(declares)}")
    given = [declares] if isinstance(declares, str | Stated) else list(declares)
    stated = [each for each in given if isinstance(each, Stated)]
    names = {each for each in given if isinstance(each, str) and each in TRAITS}
    unknown = [each for each in given if not isinstance(each, Stated) and not (isinstance(each, str) and each in names)]
    if unknown:
        numbers = " or ".join(kind.__name__ for kind in STATED)
        raise ValueError(
            f"declares must hold some of {', '.join(TRAITS)}, or a {numbers}, got {', '.join(map(told, unknown))}"
        )
    return names, stated


def told(given: Any) -> str:
    """A name as it is, anything else as a value."""
    return given if isinstance(given, str) else shown(given)


def laws_of(stated: Iterable[Stated], subject: Subject) -> dict[str, Check | Law]:
    """What is stated in numbers, by names of which no two are the same."""
    given, found = list(stated), dict[str, Check | Law]()
    for each in given:
        law = each.law(subject, LEVEL / len(given))
        before = sum(name.partition(" ")[0] == law.name for name in found)
        name = f"{law.name} {before + 1}" if before else law.name
        found[name] = replace(law, name=name)
    return found


def smallest_of(least: Any, variables: Any) -> tuple[int, int]:
    """The smallest budget and the fewest variables, checked."""
    return require.count("least", least), VARIABLES.integer("variables", variables)


def require_seed(seed: Any) -> None:
    """It is an integer, at least 0."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed must be an integer, at least 0, got {shown(seed)}")

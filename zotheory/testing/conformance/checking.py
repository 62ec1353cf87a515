"""`check_method`: all that is checked of an optimizer, and what must hold."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from typing import Any

from zotheory import require
from zotheory.kinds import shown
from zotheory.quantities import whole
from zotheory.testing.conformance.checks import CHECKS
from zotheory.testing.conformance.found import DECLARED, OBSERVED, REQUIRED, Conformance, Row
from zotheory.testing.conformance.laws import CASE, LAWS
from zotheory.testing.conformance.subjects import Subject, subject_of
from zotheory.testing.conformance.trying import failure, load, tried

VARIABLES = whole(1, CASE.d)  # of which a law is looked at
TRAITS = {check.trait: check.says for check in CHECKS.values() if check.trait} | {
    name: says for name, (_, says) in LAWS.items()
}


def check_method(
    method: Any,
    *,
    declares: Iterable[str] = (),
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
    declares : iterable of str
        What must hold beside what all must do: names of `TRAITS`. The others are looked at, and told as observed.
    name : str, optional
        What to call it; by default its own name.
    examples : int
        Cases that each property is tried on, at least 1.
    seed : int
        Decides which cases.
    least : int
        The smallest budget that the optimizer takes, as of a population, which is evaluated as a whole.
    variables : int
        The fewest variables that it takes, at most 4.
    time_limit : float
        Seconds that all cases of a property may take together.
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
        Naming the argument, its value and the condition.
    ModuleNotFoundError
        Without Hypothesis, of the extra ``testing``.

    Notes
    -----
    All must: keep the budget, give the same result for the same seed, and leave x0 and the global random streams as
    they are. A property that holds did so in all cases that were tried; that proves nothing. One that fails did fail.
    Only ``rotation`` and ``permutation`` are statements about a law, and may err: each finds a difference that is none
    with a chance of 1 in 1000 at most.

    Examples
    --------
    >>> import zotheory as zo
    >>> found = check_method(zo.relative_loss(radius=0.3), declares=["increasing", "descends"], examples=5)
    >>> found.sound, found["increasing"].holds, found["scaling"].holds
    (True, True, False)
    """
    load()
    subject = subject_of(method, name, *smallest_of(least, variables))
    declared = declared_of(declares)
    examples = require.count("examples", examples)
    limit = require.POSITIVE.scalar("time_limit", time_limit)
    require_seed(seed)
    rows = []
    for each in applying(subject):
        trait, says = described(each)
        status = REQUIRED if not trait else DECLARED if trait in declared else OBSERVED
        began = time.perf_counter()
        seen = tried(subject, each, examples, seed, limit, apart=apart)
        rows.append(Row(trait or each, says, status, not seen, seen, time.perf_counter() - began))
    return Conformance(subject.name, tuple(rows))


def parametrize_with_checks(
    methods: Iterable[Any],
    *,
    declares: Iterable[str] = (),
    examples: int = 30,
    seed: int = 0,
    least: int = 1,
    variables: int = 1,
) -> Any:
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
    import pytest

    load()
    declared = declared_of(declares)
    require_seed(seed)
    examples = require.count("examples", examples)
    smallest = smallest_of(least, variables)
    subjects = [subject_of(method, None, *smallest) for method in methods]
    parameters = [
        pytest.param(partial(require_holds, subject, each, examples, seed), id=f"{subject.name}-{trait or each}")
        for subject in subjects
        for each in applying(subject)
        if not (trait := described(each)[0]) or trait in declared
    ]
    return pytest.mark.parametrize("check", parameters)


def require_holds(subject: Subject, name: str, examples: int, seed: int) -> None:
    """Try a property in this process; AssertionError, with the smallest case where it fails."""
    seen = failure(subject, name, examples, seed)
    if seen:
        raise AssertionError(f"{subject.name}: not true that it {described(name)[1]}: {seen}")


# --- arguments -------------------------------------------------------------------------------------------------------


def applying(subject: Subject) -> list[str]:
    """The names of the checks that say something of an optimizer of this form."""
    return [*(name for name, check in CHECKS.items() if check.applies(subject)), *LAWS]


def described(name: str) -> tuple[str, str]:
    """The trait that a check is of, "" of what all must do, and what holds in words."""
    return (CHECKS[name].trait, CHECKS[name].says) if name in CHECKS else (name, LAWS[name][1])


def declared_of(declares: Iterable[str]) -> set[str]:
    """What an author declares, as a set of traits; ValueError for what is none."""
    declared = {declares} if isinstance(declares, str) else set(declares)
    if declared - TRAITS.keys():
        unknown = ", ".join(sorted(map(str, declared - TRAITS.keys())))
        raise ValueError(f"declares must hold some of {', '.join(TRAITS)}, got {unknown}")
    return declared


def smallest_of(least: Any, variables: Any) -> tuple[int, int]:
    """The smallest budget and the fewest variables, checked."""
    return require.count("least", least), VARIABLES.integer("variables", variables)


def require_seed(seed: Any) -> None:
    """It is an integer, at least 0."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed must be an integer, at least 0, got {shown(seed)}")

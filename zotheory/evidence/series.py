"""Experiments of a claim that differ in one argument: the points along which a rate is measured.

An experiment does not say which arguments it asks its bound for; but it is handed the bound, and so a bound that
remembers them finds out, in one run of the experiment with one replica. Where that tells nothing, since the experiment
raises or asks at several values, only its dimension is known.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import update_wrapper
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np

from zotheory.evidence.claim import Claim, Experiment
from zotheory.evidence.findings import Evidence, Verdict
from zotheory.evidence.parts import stream

LEAST = 3  # values of an argument: through two points goes every law
SAID = 4  # reasons that an error holds
DIGITS = 9  # to which numbers are alike
NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", re.IGNORECASE)


class Series(NamedTuple):
    """Evidence on a claim at increasing values of one argument, all else alike but what goes along with it."""

    claim: Claim
    label: str
    values: tuple[float, ...]
    evidence: tuple[Evidence, ...]
    beside: tuple[str, ...]  # other arguments that differ with it


class Asked(NamedTuple):
    """Evidence, and what its bound was asked for; d, the dimension of the experiment, is always among it."""

    evidence: Evidence
    arguments: Mapping[str, Any]
    dimension: frozenset[str]  # of the arguments, those that are the dimension under another name

    def value(self, name: str) -> float | None:
        """The value of an argument; None where it has none that is one number."""
        found = self.arguments.get(name)
        return float(found) if _is_number(found) else None  # type: ignore[arg-type]


def series(verdicts: Sequence[Verdict], argument: str, along: Sequence[str]) -> tuple[list[Series], list[str]]:
    """Return every series of at least three values of this argument, and why others are none.

    Experiments belong to one series if their labels differ in numbers at most, and the other arguments of the bound do
    not differ, but for those that go `along`.

    Raises
    ------
    ValueError
        Where there is none; it says why.
    """
    found: list[Series] = []
    mixed: list[str] = []  # why others are none: other arguments differ
    short: list[str] = []  # or there are too few values
    for verdict in verdicts:
        if not _takes(verdict.claim, argument):
            names = ", ".join(dict.fromkeys(["d", *inspect.signature(verdict.claim.bound).parameters]))
            short.append(f"{verdict.claim.id} has the arguments {names}")
            continue
        for alike in _alike(verdict):
            where = f"{verdict.claim.id}, {alike[0].experiment.label!r}"
            if len(alike) < LEAST:
                short.append(f"{where}: {len(alike)} experiment{'s' * (len(alike) > 1)}")
                continue
            asked = [one for one in (_asked(verdict.claim, e) for e in alike) if one.value(argument) is not None]
            parts = list(_along(asked, argument, along))
            found += [_series(verdict.claim, part, argument) for part in parts]
            if not parts:
                values = {one.value(argument) for one in asked}
                (short if len(values) < LEAST else mixed).append(f"{where}: {_why(asked, argument, along)}")
    if not found:
        reasons = [*mixed, *short]
        raise ValueError(
            f"argument must take {LEAST} values or more in experiments that are alike in all else, got {argument!r}: "
            + "; ".join(reasons[:SAID])
            + (f"; and {len(reasons) - SAID} others" if len(reasons) > SAID else "")
        )
    return found, mixed


def every(verdicts: Sequence[Verdict]) -> Iterator[tuple[str, Series]]:
    """Every series of every argument, with the name of the argument, in the order of the claims.

    Besides those that `series` finds with nothing `along`: one experiment in several dimensions, which has the same
    words in each. There whatever else its bound is asked for may differ with d.
    """
    for verdict in verdicts:
        for alike in _alike(verdict):
            if len(alike) >= LEAST:
                yield from _every(verdict.claim, [_asked(verdict.claim, e) for e in alike])


def _every(claim: Claim, alike: Sequence[Asked]) -> Iterator[tuple[str, Series]]:
    others = [name for name in _varying(_others(alike, "d", ())) if name != "d"]
    parts = list(_along(alike, "d", ())) or list(_in_dimensions(alike))
    yield from (("d", _series(claim, part, "d")) for part in parts)
    for name in others:
        known = [one for one in alike if one.value(name) is not None]
        yield from ((name, _series(claim, part, name)) for part in _along(known, name, ()))


def _in_dimensions(alike: Sequence[Asked]) -> Iterator[list[Asked]]:
    """Parts that have the same words, of three dimensions or more, none of them twice."""
    parts: dict[str, list[Asked]] = {}
    for one in alike:
        parts.setdefault(one.evidence.experiment.label, []).append(one)
    return (part for part in parts.values() if _distinct(part, "d"))


def _takes(claim: Claim, argument: str) -> bool:
    """Whether the bound of a claim has this argument, or may have it; the dimension belongs to every experiment."""
    parameters = inspect.signature(claim.bound).parameters
    return argument == "d" or argument in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _alike(verdict: Verdict) -> list[list[Evidence]]:
    """The evidence on a claim, in groups whose labels differ in numbers at most and that are followed as one kind."""
    groups: dict[Any, list[Evidence]] = {}
    for e in verdict.evidence:
        if e.observation is not None:
            of, _ = followed(e.experiment)
            groups.setdefault((NUMBER.sub("#", e.experiment.label), type(e.observation), of), []).append(e)
    return list(groups.values())


def followed(experiment: Experiment) -> tuple[str, Callable[[float], float]]:
    """Return of what the rates of an experiment are: no words where it is what is measured."""
    return experiment.rate_of or ("", float)


def _series(claim: Claim, part: Sequence[Asked], argument: str) -> Series:
    ordered = sorted(part, key=lambda one: one.value(argument) or 0.0)
    values = tuple(one.value(argument) or 0.0 for one in ordered)
    beside = tuple(name for name in _varying([one.arguments for one in part]) if name != argument)
    label = _between(*(one.evidence.experiment.label for one in (ordered[0], ordered[-1])))
    return Series(claim, label, values, tuple(one.evidence for one in ordered), beside)


def _between(first: str, last: str) -> str:
    """Return words that differ in numbers at most with both numbers where they do: "r = 0.1 to 1"."""
    words, ends = NUMBER.split(first), zip(NUMBER.findall(first), NUMBER.findall(last), strict=True)
    numbers = [a if a == b else f"{a} to {b}" for a, b in ends]
    return "".join(part for pair in zip_longest(words, numbers, fillvalue="") for part in pair)


def _along(alike: Sequence[Asked], argument: str, along: Sequence[str]) -> Iterator[list[Asked]]:
    """Parts of a group that differ in the argument alone, of three values or more, none of them twice."""
    parts: dict[Any, list[Asked]] = {}
    for one, others in zip(alike, _others(alike, argument, along), strict=True):
        parts.setdefault(tuple(sorted((name, _word(value)) for name, value in others.items())), []).append(one)
    return (part for part in parts.values() if _distinct(part, argument))


def _distinct(part: Sequence[Asked], argument: str) -> bool:
    """Whether there are enough values of an argument, and none of them twice."""
    values = [one.value(argument) for one in part]
    return len(set(values)) == len(values) >= LEAST


def _others(alike: Sequence[Asked], argument: str, along: Sequence[str]) -> list[dict[str, Any]]:
    """What is to be alike: all but the argument, what goes along, and the dimension under other names."""
    names = [one.dimension for one in alike]
    dimension = frozenset.intersection(*names) if names else frozenset()
    moved = {argument, *along} | (dimension if argument in dimension else set())
    return [{name: value for name, value in one.arguments.items() if name not in moved} for one in alike]


def _varying(arguments: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of those that are not the same in all of these."""
    names = dict.fromkeys(name for each in arguments for name in each)
    return [name for name in names if len({_word(each.get(name)) for each in arguments}) > 1]


def _word(value: Any) -> str:
    return f"{float(value):.{DIGITS}g}" if _is_number(value) else repr(value)


def _why(alike: Sequence[Asked], argument: str, along: Sequence[str]) -> str:
    values = sorted({one.value(argument) or 0.0 for one in alike})
    if not values:
        return f"{argument} is not one number, or is not asked for with one replica"
    if len(values) < LEAST:
        return f"{argument} takes {len(values)} value{'s' if values[1:] else ''}, {', '.join(f'{v:g}' for v in values)}"
    vary = sorted(_varying(_others(alike, argument, along)))
    if not vary:
        return f"several experiments have one value of {argument}"
    names = f"{', '.join(vary)} {'vary' if vary[1:] else 'varies'}"
    return f"{names} with {argument}; along={tuple(vary)!r} says that this is meant"


# --- what an experiment asks its bound for ---------------------------------------------------------------------------


def _asked(claim: Claim, evidence: Evidence) -> Asked:
    experiment = evidence.experiment
    found = arguments(claim, experiment)
    dimension = {name for name, value in found.items() if _is_number(value) and value == experiment.d}
    return Asked(evidence, {"d": experiment.d} | found, frozenset({"d", *dimension}))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def arguments(claim: Claim, experiment: Experiment) -> dict[str, Any]:
    """Return the arguments that an experiment asks the bound of its claim for, as far as they can be found out.

    Cost: one run of the experiment, with one replica.
    """
    calls: list[dict[str, Any]] = []
    signature = inspect.signature(claim.bound)
    rest = [name for name, p in signature.parameters.items() if p.kind is p.VAR_KEYWORD]

    def remembering(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        calls.append({name: value for name, value in bound.arguments.items() if name not in rest})
        calls[-1] |= {name: value for each in rest for name, value in bound.arguments[each].items()}
        return claim.bound(*args, **kwargs)

    update_wrapper(remembering, claim.bound)
    with warnings.catch_warnings(action="ignore"), suppress(Exception, SystemExit):  # one replica may be too few
        experiment.measure(remembering, 1, stream(0, claim.id, experiment.label, str(experiment.d)))
    names = dict.fromkeys(name for call in calls for name in call)
    return {name: _only([call[name] for call in calls if name in call]) for name in names}


def _only(values: Sequence[Any]) -> Any:
    """The value, where it is the same each time; else all of them, which are no number."""
    first = values[0]
    return first if all(np.array_equal(first, other) for other in values) else tuple(values)

"""The parts that an experiment is measured in, each with a random stream of its own, and what they are together.

At the quick level an experiment is one part, and so is one that takes as many replicas at the full level. Else the full
level is cut into parts of as many replicas as the quick one takes: they go to as many workers, need no more memory than
that, and are kept one by one. What they give depends on seed and names only, never on who measures which.
"""

from __future__ import annotations

import warnings
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

import numpy as np
import scipy  # loads its parts when they are asked for

from zotheory.code.chance import generator_in
from zotheory.evidence.claim import Claim, Control, Experiment
from zotheory.evidence.observations import Frequency, Observation
from zotheory.evidence.written import is_shipped
from zotheory.looks import ObjectiveWarning
from zotheory.streams import child

ADDED = ("samples", "successes", "trials", "calls")  # fields in which parts differ
CHANCE = 1e-6  # parts whose agreement has a smaller one, whatever the law, have drawn the same random numbers


class Part(NamedTuple):
    """One of `of` parts of an experiment, counted from 0, and its replicas."""

    number: int
    of: int
    replicas: int


def parts(experiment: Experiment, level: str) -> list[Part]:
    """Return the parts of an experiment; the last may be smaller."""
    each = experiment.replicas or 1
    total = (experiment.full if level == "full" else None) or each
    if total <= each:
        return [Part(0, 1, total)]
    starts = range(0, total, each)
    return [Part(number, len(starts), min(each, total - start)) for number, start in enumerate(starts)]


def stream(seed: int, *names: str) -> np.random.SeedSequence:
    """Return the random stream that belongs to these names, whatever else is run."""
    return np.random.SeedSequence(seed, spawn_key=tuple(zlib.crc32(name.encode()) for name in names))


def observe(owner: Claim | Control, experiment: Experiment, part: Part, seed: int) -> Any:
    """Measure a part of an experiment against the bound of a claim or control.

    A run that diverges or stands still is weighed like others, without a warning: many are spoiled on purpose.

    Raises
    ------
    ValueError
        If the measure holds a generator of its own, or draws from a global one of NumPy or Python: in another process
        it would draw the same numbers again.
    """
    if own := generator_in(experiment.measure):
        raise ValueError(f"measure must draw from the seed that it is handed, and draws from another generator: {own}")
    sequence = stream(seed, owner.id, experiment.rung, experiment.label, str(experiment.d))
    if part.of > 1:
        sequence = child(sequence, part.number)
    with warnings.catch_warnings(action="ignore", category=ObjectiveWarning):
        return experiment.measure(owner.bound, part.replicas, sequence)


def joined(observed: Sequence[Any]) -> Observation:
    """Return the observation of all parts, in their order: samples one after the other, counts added.

    Raises
    ------
    ValueError
        If they are of different or other than shipped classes, differ in what they are held against or declare, or
        agree in what they drew.
    """
    first = observed[0]
    if len(observed) == 1:
        return first
    if not all(is_shipped(part) and type(part) is type(first) for part in observed):
        raise ValueError(f"{len(observed)} parts must be observations of one class of zotheory, got {first!r:.200}")
    for name in (field.name for field in fields(first) if field.name not in ADDED):
        found = {repr(getattr(part, name)) for part in observed}
        if len(found) > 1:
            raise ValueError(
                f"{len(observed)} parts of an experiment must agree in {name}, got {', '.join(sorted(found)):.200}: it "
                "may depend on the setting, and neither on the replicas nor on chance; or let full be replicas"
            )
    if _chance(observed) < CHANCE:
        raise ValueError(
            f"{len(observed)} parts of an experiment must be independent, and drew the same: measure must draw from the"
            " seed that it is handed, and from all of it: its spawn key tells them apart; or let full be replicas"
        )
    calls = {part.calls for part in observed}
    if len(calls) > 1:
        calls = {float(np.average([part.calls for part in observed], weights=[part.replicas for part in observed]))}
    if isinstance(first, Frequency):
        counts = {name: sum(getattr(part, name) for part in observed) for name in ("successes", "trials")}
        return replace(first, **counts, calls=calls.pop())
    if not hasattr(first, "samples"):
        return first  # a number, and the same in every part
    return replace(first, samples=np.concatenate([part.samples for part in observed]), calls=calls.pop())


def _chance(observed: Sequence[Any]) -> float:
    """How likely parts agree as these do, at most, whatever the law: all of them, or two of them in all samples.

    What was drawn once has its largest probability under the law of its own frequencies.
    """
    first, *others = observed
    if isinstance(first, Frequency):
        alike = [part.successes for part in others if part.trials == first.trials]
        each = scipy.stats.binom.pmf(first.successes, first.trials, first.successes / first.trials)
        return float(each ** len(alike)) if set(alike) <= {first.successes} else 1.0
    if not hasattr(first, "samples"):
        return 1.0
    count = Counter(part.samples.tobytes() for part in observed)
    again = [np.frombuffer(samples) for samples, times in count.items() if times > 1]
    found = [1.0, *(len(observed) * len(others) / 2 * np.exp(_likelihood(samples).sum()) for samples in again)]
    if all(np.array_equal(part.samples, first.samples[: len(part.samples)]) for part in others):
        likelihood = _likelihood(first.samples)
        found.append(np.exp(sum(likelihood[: len(part.samples)].sum() for part in others)))
    return float(min(found))


def _likelihood(samples: np.ndarray) -> np.ndarray:
    """Logarithms of the share of all samples that equal each."""
    _, which, counts = np.unique(samples, return_inverse=True, return_counts=True)
    return np.log(counts / len(which))[which]

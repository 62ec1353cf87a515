"""Observations as plain data: the name of a shipped class, its fields as JSON, its samples as little-endian doubles.

Read back, the class makes the observation anew, and checks what it is handed as it checks what an experiment hands it.
JSON of Python keeps every bit of a float, and infinities.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import numpy as np

from zotheory.evidence.observations import Always, AtLeast, Frequency, Mean, Observation, Quantile, Value

SHIPPED: dict[str, Any] = {kind.__name__: kind for kind in (Always, AtLeast, Frequency, Mean, Quantile, Value)}


def is_shipped(observation: Observation) -> bool:
    """Whether its class is one of the shipped ones, and no class derived from one."""
    return SHIPPED.get(type(observation).__name__) is type(observation)


def plain(observation: Any) -> tuple[str, str, bytes]:
    """Return name of the class, fields and samples of an observation of a shipped class."""
    given = {field.name: getattr(observation, field.name) for field in fields(observation)}
    samples = given.pop("samples", np.empty(0)).astype("<f8").tobytes()
    return type(observation).__name__, json.dumps(given), samples


def made_again(name: str, given: str, samples: bytes) -> Observation:
    """Return the observation that `plain` was handed.

    Raises
    ------
    KeyError, TypeError, ValueError
        For what it did not write.
    """
    kind, arguments = SHIPPED[name], json.loads(given)
    if any(field.name == "samples" for field in fields(kind)):
        arguments["samples"] = np.frombuffer(samples, "<f8")
    return kind(**arguments)

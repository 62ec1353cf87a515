"""What is weighed: a claim, the experiments that measure it, the controls that it must be told apart from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from zotheory.evidence.observations import Observation

RECORD = Path(__file__).parent.parent / "theorems" / "proofs.json"  # the labels that the derivations earned


@dataclass(frozen=True)
class Experiment:
    """One measurement of a claim.

    Attributes
    ----------
    rung : "exact", "measured", "reduced" or "worst case", as on the ladder of evidence
    label : what is measured on what, in words
    d : dimension; label and d together are unique within the claim
    measure : callable ``(replicas, SeedSequence) -> Observation``
    replicas : independent runs at the quick level
    full : the same at the full level
    """

    rung: str
    label: str
    d: int
    measure: Callable[[int, np.random.SeedSequence], Observation]
    replicas: int = 1
    full: int = 1


@dataclass(frozen=True)
class Control:
    """A falsehood close to a claim: a wrong bound, or a wrong method. Verification must refute it."""

    id: str
    of: str
    falsehood: str
    experiment: Experiment


@dataclass(frozen=True)
class Claim:
    """A statement about a method.

    Attributes
    ----------
    id : "method.statement"
    statement : in one sentence, with the bound
    source : paper and number
    kind : "expectation", "probability", "always" or "constant": the form of the statement, which decides its test
    provenance : "recalled" (the paper's, from memory), "corrected" (the same with our constant), "ours"
    assumptions : each a sentence
    bound : the function that evaluates it
    units : argument -> (power of length, power of value); "return" for the result
    """

    id: str
    statement: str
    source: str
    kind: str
    provenance: str
    assumptions: tuple[str, ...]
    bound: Callable[..., Any]
    units: Mapping[str, tuple[float, float]]
    experiments: tuple[Experiment, ...]
    controls: tuple[Control, ...] = field(default=())

    @property
    def proof(self) -> str:
        """The label its derivation earned when it was last run: proved, partly or cited; none without one."""
        return proofs().get(self.id, {}).get("status", "none")


@cache
def proofs() -> dict[str, Any]:
    """Return the record of the derivations, claim -> {status, gaps, statement, steps}; see ``python -m proofs``."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}

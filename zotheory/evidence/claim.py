"""A claim: one bound, and everything that is said of it.

The bound is a function. It flows from the claim into its experiments, which measure something against it, into its
statement, a formula that contains it, and into its derivation. A control is an experiment of the claim with a false
bound or a spoiled method, and verification must refute it. No experiment, control or derivation holds a bound of its
own, so none can be about another one.

The label of a derivation belongs to a statement by `Claim.digest`, never by the claim's name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from zotheory.code.fingerprint import digest, fingerprint
from zotheory.evidence.labels import records
from zotheory.kinds import choose, shown

if TYPE_CHECKING:
    from zotheory.evidence.observations import Always, AtLeast, Frequency, Mean, Observation, Quantile, Value
    from zotheory.kernel.statement import Statement

    # Each by its name as well: pyright takes a cached property for none of a protocol.
    Observed = Observation | Always | AtLeast | Frequency | Mean | Quantile | Value

KINDS = ("expectation", "probability", "always", "constant")
PROVENANCES = ("recalled", "corrected", "ours")
RUNGS = ("exact", "measured", "reduced", "worst case")
LARGEST = 1e300  # dimensions and replicas are printed as floats

Bound = Callable[..., Any]
Measure = Callable[[Bound, int, np.random.SeedSequence], "Observed"]


class Misstated(ValueError):
    """The statement of a claim cannot be made from its bound; the message names the claim and says why."""


@dataclass(frozen=True)
class Experiment:
    """One measurement of a claim.

    Attributes
    ----------
    label : what is measured on what, in words; label and d together are unique within a claim
    d : dimension
    measure : callable ``(bound, replicas, seed) -> observation``
        `bound` is the claim's, or a control's; seed is a `numpy.random.SeedSequence`. One of `Mean`, `AtLeast`,
        `Quantile`, `Frequency`, `Always`, `Value` is returned.
    replicas : independent runs at the quick level
    full : the same at the full level; ten times as many by default. They are measured in parts of `replicas` runs, so
        what is declared of them may depend neither on their number nor on chance, and all that is random must come from
        the whole of `seed`.
    rung : "exact", "measured", "reduced" (in coordinates that give the exact law at any dimension) or "worst case"
    rate_of : (in words, callable), optional
        Of what its rates are, a function of what is measured that rises or falls throughout. A share that is left
        nears 1, and an exponent of it says nothing: ``("what a step takes away", lambda left: 1 - left)``.

    Raises
    ------
    TypeError, ValueError
        Naming the experiment, the argument and the condition.
    """

    label: str
    _: KW_ONLY
    d: int
    measure: Measure
    replicas: int | None = None
    full: int | None = None
    rung: str = "measured"
    rate_of: tuple[str, Callable[[float], float]] | None = None

    def __post_init__(self) -> None:
        where = f"experiment {shown(self.label)}"
        if not isinstance(self.label, str) or not self.label.strip():
            raise TypeError(f"label must say in words what is measured, got {shown(self.label)}")
        if self.replicas is None:
            raise TypeError(f"{where}: replicas must be given: how many independent runs the quick level takes")
        for name in ("d", "replicas", "full"):
            value = getattr(self, name)
            if name == "full" and value is None:
                value = 10 * self.replicas
            if isinstance(value, bool) or not isinstance(value, int | np.integer):
                raise TypeError(f"{where}: {name} must be an integer, got {shown(value)}")
            if value < 1:
                raise ValueError(f"{where}: {name} must be at least 1, got {value}")
            if value > LARGEST:
                raise ValueError(f"{where}: {name} must be at most {LARGEST:.0e}, got {value!s:.80}")
            object.__setattr__(self, name, int(value))  # those of NumPy overflow
        choose(f"{where}: rung", self.rung, RUNGS)
        if self.rate_of is not None and not _says_of_what(self.rate_of):
            raise TypeError(f"{where}: rate_of must be (in words; a function of a number), got {shown(self.rate_of)}")
        try:
            inspect.signature(self.measure if callable(self.measure) else len).bind(None, 1, None)
        except (TypeError, ValueError):
            raise TypeError(f"{where}: measure must take (bound, replicas, seed), got {shown(self.measure)}") from None


def _says_of_what(given: Any) -> bool:
    words, function = given if isinstance(given, tuple) and len(given) == 2 else ("", None)
    return isinstance(words, str) and bool(words.strip()) and callable(function)


@dataclass(frozen=True)
class Control:
    """A falsehood close to a claim, which verification must refute; made by the claim that owns it."""

    id: str
    of: str
    falsehood: str
    bound: Bound
    experiment: Experiment


@dataclass(frozen=True, eq=False)
class Claim:
    """A statement about a method, with all that is needed to weigh it; equal to no other.

    Parameters
    ----------
    id : str
        "method.statement".
    bound : callable
        A plain function of keyword arguments, or one that `zotheory.bound` has given a border.
    says : str
        The statement in one sentence, for a newcomer to the field.
    on : sequence of Experiment
        At least one.
    but : mapping, name -> (what is false, in words; the false bound; the experiment or experiments)
        Controls. The bound is None for the claim's own, where the experiments spoil the method. Several experiments
        share a name, and their dimension tells them apart.
    states : callable ``bound -> Statement``, optional
        The statement as a formula that contains the bound.
    informal : str
        Where there is no formula: what the language of statements lacks.
    assumptions : sequence of str
        Hypotheses in words: of an informal statement, or beyond the formula.
    source : str
        Paper and number.
    provenance : "ours", "recalled" (the source's, from memory) or "corrected" (the same with our constant)
    kind : "expectation", "probability", "always" or "constant"

    Raises
    ------
    TypeError, ValueError
        Naming the claim, the experiment where it concerns one, and the condition.
    """

    id: str
    _: KW_ONLY
    bound: Bound
    says: str
    on: Sequence[Experiment]
    but: Mapping[str, tuple[str, Bound | None, Experiment | Sequence[Experiment]]] = field(default_factory=dict)
    states: Callable[[Bound], Statement] | None = None
    informal: str = ""
    assumptions: Sequence[str] = ()
    source: str = "ours"
    provenance: str = "ours"
    kind: str = "expectation"

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not self.id or self.id != "".join(self.id.split()):
            raise ValueError(f"id must be a name without spaces, got {shown(self.id)}")
        where = f"claim {shown(self.id)}"
        if not callable(self.bound):
            raise TypeError(f"{where}: bound must be a function, got {shown(self.bound)}")
        if not isinstance(self.says, str) or not self.says.strip():
            raise TypeError(f"{where}: says must hold the statement in a sentence, got {shown(self.says)}")
        for name, known in (("kind", KINDS), ("provenance", PROVENANCES)):
            choose(f"{where}: {name}", getattr(self, name), known)
        for name in ("on", "assumptions"):
            value = getattr(self, name)
            if isinstance(value, str) or not isinstance(value, Sequence):
                raise TypeError(f"{where}: {name} must be a list or tuple, got {shown(value)}")
            object.__setattr__(self, name, tuple(value))
        _require_experiments(where, self.on)
        if not isinstance(self.but, Mapping):
            raise TypeError(f"{where}: but must map a name to (falsehood, bound, experiment), got {shown(self.but)}")
        self.controls  # noqa: B018  (checks them)

    @cached_property
    def controls(self) -> tuple[Control, ...]:
        """The falsehoods of `but`, each with its id and its bound."""
        controls = tuple(control for name, entry in self.but.items() for control in self._controls(name, entry))
        names = [control.id for control in controls]
        if len(set(names)) < len(names):
            raise ValueError(f"claim {shown(self.id)}: two controls would have one id, got {names}")
        return controls

    def _controls(self, name: str, entry: Any) -> list[Control]:
        where = f"control {shown(name)} of claim {shown(self.id)}"
        if not isinstance(name, str) or not name or name != "".join(name.split()):
            raise ValueError(f"{where}: its name must be without spaces, got {shown(name)}")
        if not isinstance(entry, tuple) or len(entry) != 3:
            raise TypeError(f"{where} must be (what is false, in words; the false bound or None; experiment)")
        falsehood, false, experiments = entry
        if not isinstance(falsehood, str) or not falsehood.strip():
            raise TypeError(f"{where} must say in words what is false, got {shown(falsehood)}")
        if false is not None and not callable(false):
            raise TypeError(f"{where}: its bound must be a function, or None for the claim's own, got {shown(false)}")
        single = isinstance(experiments, Experiment)
        if not single and (isinstance(experiments, str) or not isinstance(experiments, Sequence)):
            raise TypeError(
                f"{where}: its experiment must be a zotheory.Experiment or a list, got {shown(experiments)}"
            )
        listed = (experiments,) if single else tuple(experiments)
        _require_experiments(where, listed)
        if false in (None, self.bound) and any(e is own for e in listed for own in self.on):
            raise ValueError(f"{where} must have a false bound or a spoiled method: it is the claim's own experiment")
        if len({e.d for e in listed}) < len(listed):
            raise ValueError(f"{where}: its experiments must differ in dimension, got {[e.d for e in listed]}")
        suffixes = [""] if single else [f"_{e.d:.0e}".replace("+", "") for e in listed]
        return [
            Control(f"{self.id}.{name}{suffix}", self.id, falsehood, false or self.bound, experiment)
            for suffix, experiment in zip(suffixes, listed, strict=True)
        ]

    @cached_property
    def statement(self) -> Statement | None:
        """The statement as a formula; None where it is informal. Misstated where it cannot be made."""
        if self.states is None:
            return None
        from zotheory.kernel.statement import Statement

        try:
            made = self.states(self.bound)
        except Exception as problem:
            why = f"{type(problem).__name__}: {problem}"
            raise Misstated(f"claim {shown(self.id)}: its statement cannot be made, {why}") from problem
        if not isinstance(made, Statement):
            raise Misstated(f"claim {shown(self.id)}: states must return a Statement, got {shown(made)}")
        return made

    @cached_property
    def digest(self) -> str:
        """What a label belongs to: the statement, in words and as a formula, and the code of the bound in it."""
        return digest(*self._words, self.statement.key if self.statement else "", fingerprint(self.bound))

    @cached_property
    def code(self) -> str:
        """What makes the statement: two claims of the same code have the same digest, and it is quicker to tell."""
        return digest(*self._words, fingerprint(self.states) if self.states else "", fingerprint(self.bound))

    @property
    def _words(self) -> tuple[str, ...]:
        return (self.says, *map(str, self.assumptions))

    @property
    def record(self) -> Mapping[str, Any]:
        """What the derivation of this statement left when it was last run; empty without one, or without statement."""
        try:
            return records("code").get(self.code) or records("digest").get(self.digest, {})
        except Misstated:
            return {}

    @property
    def proof(self) -> str:
        """The label of that derivation: "steps checked", "partly" or "cited"; "none" without one."""
        return self.record.get("status", "none")


def _require_experiments(where: str, experiments: Sequence[Experiment]) -> None:
    if not experiments:
        raise ValueError(f"{where} must have at least one experiment, got none")
    seen = set()
    for experiment in experiments:
        if not isinstance(experiment, Experiment):
            raise TypeError(f"{where}: an experiment must be a zotheory.Experiment, got {shown(experiment)}")
        if (experiment.label, experiment.d) in seen:
            raise ValueError(
                f"{where}: two experiments are called {experiment.label!r} at d = {experiment.d}: they would draw the "
                "same random numbers and be counted twice"
            )
        seen.add((experiment.label, experiment.d))

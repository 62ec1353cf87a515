"""What verification found: experiments, claims and controls, weighed, and the report on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import TYPE_CHECKING, Any

from zotheory.evidence.claim import Claim, Control, Experiment
from zotheory.evidence.observations import Observation
from zotheory.evidence.outcomes import Outcome

if TYPE_CHECKING:
    from zotheory.evidence.rates import Rates


@dataclass(frozen=True)
class Evidence:
    """One experiment, weighed: what it gave, and its p-values adjusted for the experiments that share the budget."""

    experiment: Experiment
    outcome: Outcome
    verdict: str
    refuting: float
    supporting: float
    share: float  # of the budget: a p-value, not adjusted, that suffices whatever the others are

    @property
    def observation(self) -> Observation | None:
        """The observation; None where the experiment failed."""
        return self.outcome.observation

    @property
    def error_level(self) -> float:
        """Family-wise level at which the verdict stands; 1 without a verdict at an error level."""
        return {"refuted": self.refuting, "supported": self.supporting}.get(self.verdict, 1.0)

    @property
    def reason(self) -> str:
        """Why there is no firmer verdict, and what would decide it; empty where it is refuted or supported."""
        from zotheory.evidence.reasons import reason

        return reason(self)


@dataclass(frozen=True)
class Verdict:
    """One claim, weighed."""

    claim: Claim
    verdict: str
    evidence: tuple[Evidence, ...]

    @property
    def tightest(self) -> Evidence | None:
        """The evidence whose measured/bound is largest; None where every experiment failed."""
        ratios = [(e.observation.ratio, e) for e in self.evidence if e.observation is not None]
        return max(ratios, key=lambda pair: inf if isnan(pair[0]) else pair[0], default=(0, None))[1]

    @property
    def error_level(self) -> float:
        """Family-wise level at which the verdict stands; 1 without a verdict at an error level."""
        if self.verdict == "refuted":
            return min(e.error_level for e in self.evidence if e.verdict == "refuted")
        return max(e.error_level for e in self.evidence)

    @property
    def caveats(self) -> tuple[str, ...]:
        """What must be said beside the verdict: what it assumes, how rare a violation may still be."""
        seen = [e.observation for e in self.evidence if e.verdict == self.verdict and e.observation]
        return tuple(dict.fromkeys(filter(None, (o.basis if o.assumed else o.caveat for o in seen))))

    @property
    def bases(self) -> tuple[str, ...]:
        """What else its experiments rest on."""
        seen = [e.observation for e in self.evidence if e.observation]
        return tuple(dict.fromkeys(o.basis for o in seen if not o.assumed))


@dataclass(frozen=True)
class Weighed:
    """One control, weighed; it may fail like an experiment, and is then not refuted."""

    control: Control
    outcome: Outcome
    refuted: bool
    error_level: float

    @property
    def observation(self) -> Observation | None:
        """The observation; None where the control failed."""
        return self.outcome.observation

    @property
    def failed(self) -> bool:
        """Whether it gave no observation."""
        return self.outcome.observation is None


@dataclass(frozen=True)
class Report:
    """What a run of verification found.

    Attributes
    ----------
    alpha, seed, level : of the run
    verdicts : of the claims, in their order; of an interrupted run those whose experiments were all finished
    controls : in the order of the claims; of an interrupted run those that were finished
    selected : number of claims in the run
    planned : number of experiments, and of controls, in the run
    complete : whether every experiment and control was measured
    """

    alpha: float
    seed: int
    level: str
    verdicts: tuple[Verdict, ...]
    controls: tuple[Weighed, ...]
    selected: int
    planned: tuple[int, int]
    complete: bool

    @property
    def sound(self) -> bool:
        """Whether no claim was refuted or failed, and every control was refuted."""
        return not any(v.verdict in ("refuted", "failed") for v in self.verdicts) and all(
            c.refuted for c in self.controls
        )

    @property
    def sharing(self) -> int:
        """Number of experiments that share the budget: all that are not exact."""
        return self.planned[0] - sum(e.outcome.exact for v in self.verdicts for e in v.evidence)

    def rate(
        self,
        argument: str,
        *,
        claim: str | None = None,
        along: Sequence[str] = (),
        of: Callable[[float], float] | None = None,
        confidence: float = 0.95,
    ) -> Rates:
        """Return the exponent with which what was measured changes with an argument, beside that of the bound.

        It is the slope of a least squares line through logarithms, over every series of experiments of a claim whose
        labels differ in numbers at most and whose bounds are asked for the same arguments but for this one. Its
        interval holds the slope of the true values with this confidence, each by itself, for every number of samples;
        where what the experiments declare allows none, it says why. No error budget is spent.

        Parameters
        ----------
        argument : str
            "d", the dimension of an experiment, or any argument of the bound: "k", "Q".
        claim : str, optional
            The id of the claim. Default: all of the report, whose exponents are returned together.
        along : sequence of str
            Arguments of the bound that go with this one, and may differ: moments of directions go with d.
        of : callable, optional
            Of what, a function that rises or falls throughout: ``lambda left: 1 - left`` for what a step takes away.
            Default: as the experiments say by their `rate_of`, else of what was measured.
        confidence : float in (0, 1)

        Returns
        -------
        zotheory.evidence.rates.Rates
            To be printed, and drawn by ``.plot("rate.png")``. Cost: a run of each experiment with one replica.

        Raises
        ------
        TypeError, ValueError
            Where no series has three values of the argument, or others differ with it: the error says which. For
            numbers that are not positive, and an unknown claim.

        Examples
        --------
        >>> from functools import partial
        >>> import zotheory as zo
        >>> def measure(bound, replicas, seed, d):
        ...     return zo.Value(1 / d, bound(d=d))
        >>> on = [zo.Experiment("a fall", d=d, measure=partial(measure, d=d), replicas=1) for d in (10, 20, 40)]
        >>> mine = zo.Claim("mine.fall", bound=lambda *, d: 2 / d, says="It falls like 1/d.", on=on)
        >>> [rate] = zo.verify([mine]).rate("d")
        >>> round(rate.measured, 6), round(rate.bound, 6)
        (-1.0, -1.0)
        """
        from zotheory.evidence.exponents import rates

        known = [verdict.claim.id for verdict in self.verdicts]
        if claim is not None and claim not in known:
            raise ValueError(f"claim must be one of {', '.join(known)}, got {claim!r}")
        chosen = [verdict for verdict in self.verdicts if claim in (None, verdict.claim.id)]
        return rates(chosen, argument, along=along, of=of, confidence=confidence)

    def __str__(self) -> str:
        """Tell what a reader needs, in lines of at most 80 characters."""
        from zotheory.report.text import report

        return report(self)

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers and strings, for JSON, as ``zotheory/report/schema.json`` describes them."""
        from zotheory.report.record import record

        return record(self)

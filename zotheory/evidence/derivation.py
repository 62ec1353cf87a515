"""Derivations, each step of which is checked when it is added, and the label that they earn.

A step is an identity, an inequality that a non-negative form shows, an integral, a sum or a limit, a certificate of
rigorous arithmetic, another derivation, or one of the few rules of inference in `RULES`. Hypotheses of the theorem
enter as premises: non-negative slack symbols, used like any other symbol. A step that none of these covers is recorded
as uncovered, or cited.

What is checked
---------------
Terms are SymPy expressions without floats, NaN or infinities (`identities.admissible`). SymPy's rules have to show an
equality, and numbers have to agree with it at random points that the symbols' assumptions allow
(`identities.agreement`). What a rule, a premise or a certificate says is text, which no machine reads: that is why the
label is *steps checked* and not *proved*.

How to choose a step
--------------------
- Name it by a phrase that says what it is about, "the fall of a gradient step". Its formula is its text.
- Both sides are terms, and equal: `identity`. A plain result of an integration, a summation or a limit cannot be told
  from any other term, so it is not taken there but found by `integral`, `sum` or `limit`, which return it.
- A term is at least zero because of its form: `nonnegative`.
- A comparison of numbers that are no rationals, or of functions on a whole range, by ball arithmetic:
  `certified(..., by="intervals")`.
- Finitely many cases, all of which are gone through, in exact arithmetic: `certified(..., by="enumeration")`. All of
  them: where a statement about every d is looked at for ten of them, this is a `code_check`.
- Something that another derivation shows: `uses`, which takes the derivation itself.
- Shipped code run on floats, or on some points of many: `code_check`. This is no step of the proof. It is listed in
  `rests_on`, and neither earns the label nor takes it away: the label speaks of the terms of the derivation, and that
  the code computes these terms is known at N points, which `zotheory show` prints. Where the code can be run on symbols
  instead, do that, with `identity`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from zotheory.evidence import calculus, identities
from zotheory.evidence.identities import Refused

RULES = {
    "linearity of expectation",
    "monotonicity of expectation",
    "tower property",
    "Markov's inequality",
    "induction",
    "cases",
    "independence",
    "limit of inequalities",
}
BASES = ("intervals", "enumeration")
CHECKED = "steps checked"  # the label of a derivation without gaps

TERMS = ("identity", "inequality", "integral", "sum", "limit")  # kinds of steps that SymPy and numbers check


class NotProved(AssertionError):
    """A step of a derivation failed its check."""


def _written(text: str) -> str:
    """Return a text with powers as they are written in mathematics, a^2, where SymPy prints a**2."""
    return re.sub(r"\*\*(?!\*)", "^", text)


@dataclass(frozen=True)
class Step:
    """One step: its name, its kind, what was checked, in words, and at how many points numbers agree."""

    name: str
    kind: str
    text: str
    points: int = 0


@dataclass(eq=False)
class Derivation:
    """The steps towards one claim, each checked when it is added.

    Parameters
    ----------
    claim : str
        Identifier of the claim.
    statement : str
        What is derived, in one sentence.

    Examples
    --------
    >>> import sympy
    >>> x, y = sympy.symbols("x y", positive=True)
    >>> proof = Derivation("means", "The geometric mean is at most the arithmetic one.")
    >>> proof.nonnegative("a square", (x + y) / 2 - sympy.sqrt(x * y), (sympy.sqrt(x) - sympy.sqrt(y)) ** 2 / 2)
    >>> proof.status
    'steps checked'
    """

    claim: str
    statement: str
    steps: list[Step] = field(default_factory=list)
    used: list[Derivation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.statement = _written(self.statement)

    def _refuse(self, name: str, why: object) -> NotProved:
        return NotProved(f"{self.claim}: {name}: {why}")

    def _add(self, name: str, kind: str, text: str, points: int = 0) -> None:
        self.steps.append(Step(name, kind, _written(text), points))

    # --- terms -------------------------------------------------------------------------------------------------------

    def identity(self, name: str, left: Any, right: Any, text: str = "") -> None:
        """Left = right: SymPy brings their difference to zero, and they agree at random points.

        Raises
        ------
        NotProved
            Otherwise, or if a side is no admissible term.
        """
        points = self._equal(name, left, right)
        self._add(name, "identity", text or f"{left} = {right}", points)

    def nonnegative(self, name: str, expression: Any, form: Any, text: str = "") -> None:
        """Expression >= 0: it equals `form`, which SymPy knows to be non-negative, and is so at random points.

        Raises
        ------
        NotProved
            If they differ, or the form is not known to be non-negative.
        """
        points = self._equal(name, expression, form, nonnegative=True)
        self._add(name, "inequality", text or f"{expression} = {form} >= 0", points)

    def _equal(self, name: str, left: Any, right: Any, nonnegative: bool = False) -> int:
        try:
            first, second = identities.admissible(left), identities.admissible(right)
            if nonnegative and second.is_nonnegative is not True:
                raise Refused(f"{second} is not known to be non-negative")
            points = identities.agreement(first, second, nonnegative)
            difference = identities.remainder(first, second)
            if difference != 0:
                raise Refused(f"the difference {difference} is not brought to zero")
        except Refused as error:
            raise self._refuse(name, error) from error
        return points

    def integral(
        self, name: str, integrand: Any, over: tuple[Any, Any, Any], value: Any = None, *,
        antiderivative: Any = None, text: str = "",
    ) -> Any:  # fmt: skip
        """Add: the integral of `integrand` over (x, low, high) is `value`; returns the value.

        It is found by SymPy, or from the antiderivative given, which is checked by differentiation; quadrature at
        random points has to confirm it. Without `value`, it is what is found.

        Raises
        ------
        NotProved
            If it is not so found, or not confirmed.
        """
        try:
            value, points = calculus.integral(integrand, over, value, antiderivative)
        except Refused as error:
            raise self._refuse(name, error) from error
        way = f", by the antiderivative {antiderivative}" if antiderivative is not None else ""
        variable, low, high = over
        found = f"the integral of {integrand} over {variable} from {low} to {high} is {value}{way}"
        self._add(name, "integral", text or found, points)
        return value

    def sum(self, name: str, term: Any, over: tuple[Any, Any, Any], value: Any = None, *, text: str = "") -> Any:
        """Add: the sum of `term` over (i, low, high) is `value`; returns the value. Ends: integers, or infinite.

        Raises
        ------
        NotProved
            If SymPy does not find it so, or adding the terms at random points does not confirm it.
        """
        try:
            value, points = calculus.series(term, over, value)
        except Refused as error:
            raise self._refuse(name, error) from error
        index, low, high = over
        found = f"the sum of {term} over {index} from {low} to {high} is {value}"
        self._add(name, "sum", text or found, points)
        return value

    def limit(self, name: str, expression: Any, to: tuple[Any, ...], value: Any = None, *, text: str = "") -> Any:
        """Add: `expression` tends to `value` as `to` = (x, end) or (x, end, "-"); returns the value, or an infinity.

        Raises
        ------
        NotProved
            If SymPy does not find it so, or values at random points are not seen to approach it.
        """
        try:
            value, points = calculus.limit(expression, to, value)
        except Refused as error:
            raise self._refuse(name, error) from error
        side = {"-": " from below", "+-": " from both sides"}.get("".join(to[2:]), "")
        found = f"{expression} tends to {value} as {to[0]} tends to {to[1]}{side}"
        self._add(name, "limit", text or found, points)
        return value

    # --- what other engines and derivations have decided -------------------------------------------------------------

    def certified(self, name: str, holds: bool, text: str, *, by: str = "unnamed") -> None:
        """Add a check that rigorous arithmetic has decided: `by` "intervals", or "enumeration" of all cases, exactly.

        Raises
        ------
        NotProved
            If it does not hold, or rests on anything else.
        """
        if holds is not True:
            raise self._refuse(name, f"the certificate failed: {text}")
        if by not in (*BASES, "unnamed"):  # "unnamed" goes once every certificate names its basis
            raise self._refuse(name, f"a certificate rests on one of {BASES}, got {by!r}")
        self._add(name, f"certificate: {by}", text)

    def uses(self, name: str, derivation: Derivation, text: str = "") -> None:
        """Add what another derivation shows. If that one has gaps it is a gap of this one, under its own name.

        Raises
        ------
        NotProved
            For anything but a derivation, or for one that uses this one.
        """
        if not isinstance(derivation, Derivation):
            raise self._refuse(name, f"{derivation!r} is no derivation")
        if self in (derivation, *derivation.all_used()):
            raise self._refuse(name, "it would rest on itself")
        self.used.append(derivation)
        shows = f"{derivation.claim}: {derivation.statement}"
        self._add(name, "uses", f"{text} ({shows})" if text else shows)

    def code_check(self, name: str, holds: bool, *, points: int, text: str) -> None:
        """Record that shipped code agrees with terms at so many points. This is no step of the proof.

        Raises
        ------
        NotProved
            If it does not agree, or if it was compared nowhere.
        """
        if holds is not True:
            raise self._refuse(name, f"the code does not agree with the terms: {text}")
        if isinstance(points, bool) or not isinstance(points, int) or points < 1:
            raise self._refuse(name, f"the number of points must be at least 1, got {points!r}")
        self._add(name, "code", f"agrees at {points} point{'s' if points > 1 else ''}: {text}", points)

    # --- what no machine checks --------------------------------------------------------------------------------------

    def premise(self, name: str, text: str) -> None:
        """Use a hypothesis of the theorem."""
        self._add(name, "premise", text)

    def rule(self, name: str, rule: str, text: str) -> None:
        """Apply one of `RULES`.

        Raises
        ------
        NotProved
            For any other rule.
        """
        if rule not in RULES:
            raise self._refuse(name, f"{rule!r} is not among the rules {sorted(RULES)}")
        self._add(name, f"rule: {rule}", text)

    def cited(self, name: str, source: str) -> None:
        """Lean on a published result that is not derived here."""
        self._add(name, "cited", source)

    def uncovered(self, name: str, why: str) -> None:
        """Admit a step that is argued, not checked."""
        self._add(name, "uncovered", why)

    # --- the label ---------------------------------------------------------------------------------------------------

    def all_used(self) -> Iterator[Derivation]:
        """Yield the derivations that this one uses, and those that these use."""
        for derivation in self.used:
            yield derivation
            yield from derivation.all_used()

    @property
    def gaps(self) -> list[str]:
        """Names of the steps that are not checked, and of the derivations used that have such steps."""
        own = [step.name for step in self.steps if step.kind in ("cited", "uncovered")]
        return own + list(dict.fromkeys(d.claim for d in self.used if d.status != CHECKED))

    @property
    def status(self) -> str:
        """``steps checked``, ``partly`` (some step is cited or uncovered) or ``cited`` (no step is checked)."""
        checked = any(s.kind in TERMS or s.kind.startswith("certificate") for s in self.steps)
        if not checked and not any(d.status == CHECKED for d in self.used):
            return "cited"
        return "partly" if self.gaps else CHECKED

    @property
    def rests_on(self) -> dict[str, dict[str, Any]]:
        """What the label rests on: certificates by basis, derivations by their status, code by points of agreement."""
        certificates = Counter(s.kind.split(": ")[1] for s in self.steps if s.kind.startswith("certificate"))
        return {
            "certificates": dict(sorted(certificates.items())),
            "derivations": {d.claim: d.status for d in self.used},
            "code": {s.name: s.points for s in self.steps if s.kind == "code"},
        }

    @property
    def evaluated(self) -> tuple[int, int]:
        """How many of the steps about terms numbers have confirmed, and how many such steps there are."""
        steps = [s for s in self.steps if s.kind in TERMS]
        return sum(s.points > 0 for s in steps), len(steps)

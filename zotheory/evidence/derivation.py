"""Derivations whose every step is checked by a machine, and the label they earn.

A step is an identity that simplifies to zero, an expression shown non-negative by rewriting it as a form that SymPy's
assumptions make non-negative (squares, products and sums of non-negative symbols), a rigorous numerical certificate,
or one of the few rules of inference in `RULES`. Hypotheses of the theorem enter as premises: non-negative slack
symbols, used like any other symbol. A step that none of these covers is recorded as uncovered, or cited.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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


class NotProved(AssertionError):
    """A step of a derivation failed its check."""


@dataclass(frozen=True)
class Step:
    """One step: its name, its kind, and what was checked, in words."""

    name: str
    kind: str
    text: str


@dataclass
class Derivation:
    """The steps towards one claim, each checked when it is added.

    Parameters
    ----------
    claim : str
        Identifier of the claim.
    statement : str
        What is derived, in one sentence.
    """

    claim: str
    statement: str
    steps: list[Step] = field(default_factory=list)

    def _add(self, name: str, kind: str, text: str) -> None:
        self.steps.append(Step(name, kind, text))

    def premise(self, name: str, text: str) -> None:
        """Use a hypothesis of the theorem."""
        self._add(name, "premise", text)

    def identity(self, name: str, left: Any, right: Any, text: str = "") -> None:
        """Left = right: their difference expands, or simplifies, to zero.

        Raises
        ------
        NotProved
            Otherwise.
        """
        import sympy

        difference = sympy.expand(left - right)
        if difference != 0:
            difference = sympy.simplify(difference)
        if difference != 0:
            raise NotProved(f"{self.claim}: {name}: difference {difference} is not zero")
        self._add(name, "identity", text or f"{left} = {right}")

    def nonnegative(self, name: str, expression: Any, form: Any, text: str = "") -> None:
        """Expression >= 0: it equals `form`, which SymPy knows to be non-negative.

        Raises
        ------
        NotProved
            If they differ, or the form is not known to be non-negative.
        """
        import sympy

        difference = sympy.expand(expression - form)
        if difference != 0:
            difference = sympy.simplify(difference)
        if difference != 0:
            raise NotProved(f"{self.claim}: {name}: {expression} is not the form {form}")
        if sympy.sympify(form).is_nonnegative is not True:
            raise NotProved(f"{self.claim}: {name}: {form} is not known to be non-negative")
        self._add(name, "inequality", text or f"{expression} = {form} >= 0")

    def certified(self, name: str, holds: bool, text: str) -> None:
        """Add a check that rigorous arithmetic (intervals, exact rationals, enumeration) has decided.

        Raises
        ------
        NotProved
            If it does not hold.
        """
        if holds is not True:
            raise NotProved(f"{self.claim}: {name}: the certificate failed: {text}")
        self._add(name, "certificate", text)

    def rule(self, name: str, rule: str, text: str) -> None:
        """Apply one of `RULES`.

        Raises
        ------
        NotProved
            For any other rule.
        """
        if rule not in RULES:
            raise NotProved(f"{self.claim}: {name}: {rule!r} is not among the rules {sorted(RULES)}")
        self._add(name, f"rule: {rule}", text)

    def cited(self, name: str, source: str) -> None:
        """Lean on a published result that is not derived here."""
        self._add(name, "cited", source)

    def uncovered(self, name: str, why: str) -> None:
        """Admit a step that is argued, not checked."""
        self._add(name, "uncovered", why)

    @property
    def gaps(self) -> list[str]:
        """Names of the steps that are not checked."""
        return [step.name for step in self.steps if step.kind in ("cited", "uncovered")]

    @property
    def status(self) -> str:
        """``proved``, ``partly`` (some step is cited or uncovered) or ``cited`` (no step is checked)."""
        checked = [s for s in self.steps if s.kind in ("identity", "inequality", "certificate")]
        if not checked:
            return "cited"
        return "partly" if self.gaps else "proved"

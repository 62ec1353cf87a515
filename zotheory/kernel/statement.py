"""A statement: definitions, hypotheses and a conclusion, each a formula of the language."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zotheory.kernel.printing import statement_latex, statement_text
from zotheory.kernel.terms import FORMULA, Eq, ForAll, Implies, Variable, expect, key, loose


@dataclass(frozen=True)
class Statement:
    """Wherever the formulas `given` hold, `holds` does.

    Parameters
    ----------
    given : hypotheses
    holds : conclusion
    where : equations that define an `Applied` number, or a variable, in the language
    any : variables that are as they please, where no hypothesis mentions them

    Raises
    ------
    SortError, ValueError
        Unless all are formulas without bound variables that nothing binds, a name has one meaning, and what the
        conclusion speaks of occurs in a hypothesis, in an equation, or in `any`.
    """

    given: Sequence[Any]
    holds: Any
    where: Sequence[Any] = ()
    any: Sequence[Any] = ()

    def __post_init__(self) -> None:
        for name in ("given", "where", "any"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for formula in (*self.given, *self.where, self.holds):
            expect(formula, FORMULA)
        for equation in self.where:
            while isinstance(equation, ForAll | Implies):
                equation = equation.args[-1]
            if not isinstance(equation, Eq):
                raise ValueError(f"where holds equations, got {equation}")
        names: dict[str, Any] = {}
        for variable in self.variables:
            if type(variable) is not Variable or names.setdefault(variable.name, variable) != variable:
                raise ValueError(f"{variable} is not bound where it occurs, or has two meanings")
        known = set(self.any).union(*map(loose, (*self.given, *self.where, *self.any)))
        for variable in loose(self.holds) - known:
            raise ValueError(
                f"{variable} is in the conclusion but in no hypothesis; if it may be anything, list it in any"
            )

    @property
    def variables(self) -> set[Any]:
        """All variables that it speaks of."""
        return set().union(*map(loose, (*self.given, *self.where, *self.any, self.holds)))

    @property
    def key(self) -> str:
        """Digest of hypotheses, conclusion and definitions, in whatever order they are listed."""
        parts = [sorted(map(key, group)) for group in (self.given, [self.holds], self.where)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def text(self) -> str:
        """Return it in plain text, a hypothesis a line."""
        return statement_text(self)

    def latex(self) -> str:
        """Return it in LaTeX, a hypothesis a line."""
        return statement_latex(self)

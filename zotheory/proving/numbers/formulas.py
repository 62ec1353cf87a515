"""Truth of formulas where values of their free variables are given.

A comparison is false where a side does not denote. Where means are integrals it is computed in two orders, and left
open, neither true nor false, if its sides are closer than four times what that changes, unless that is less than
`KNOWN` of them. So is what holds of the values
that were tried, where "for all" is denied. The shipped code may use constants in doubles, so that numbers closer than
`TOLERANCE` are taken as equal everywhere, but for comparisons inside of a mean.
"""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from zotheory.kernel import terms as of
from zotheory.proving.numbers.arithmetic import MP, ZERO, Number, Skipped, Undefined, greatest, vector
from zotheory.proving.numbers.runs import Drawn
from zotheory.proving.numbers.terms import Environment, Terms

KNOWN = MP.mpf("1e-6")  # how large an error leaves a comparison open
TOLERANCE, WITHIN = MP.mpf("1e-12"), MP.mpf("1e-24")  # the second inside of a mean
SAMPLES = 3  # what can be drawn as a sample: 0, 1, 2


class Evaluation(Terms):
    """What terms denote and whether formulas hold; `effort` is how many values "for all" tries, in units of 6."""

    def __init__(
        self, values: Environment, order: int = 0, effort: float = 1, means: dict[Any, Any] | None = None
    ) -> None:
        super().__init__(values, order, means)
        self.effort, self.quantified, self.rng = effort, 0, Random(7)

    def truth(self, t: Any, env: Environment | None = None, asked: bool = True) -> bool | None:
        """Whether a formula holds; None where that is left open. `asked` is False under an odd number of denials."""
        env = self.values if env is None else env
        kind = type(t)
        if kind in (of.And, of.Or):
            found = [self.truth(each, env, asked) for each in t.args]
            decisive = kind is of.Or
            return decisive if decisive in found else None if None in found else not decisive
        if kind is of.Not:
            found_one = self.truth(t.args[0], env, not asked)
            return None if found_one is None else not found_one
        if kind is of.Implies:
            first = self.truth(t.args[0], env, not asked)
            then = True if first is False else self.truth(t.args[1], env, asked)
            return True if then else None if first is None else then
        if kind is of.ForAll:
            return self._for_all(t, env, asked)
        return self._integrable(t, env) if kind is of.Integrable else self._compared(t, env)

    def decided(self, t: Any, env: Environment) -> bool:
        """Whether a formula holds, where that must be known."""
        found = self.truth(t, env)
        if found is None:
            raise Skipped(f"{t} is left open")
        return found

    def _for_all(self, t: Any, env: Environment, asked: bool) -> bool | None:
        found: set[bool | None] = set()
        self.quantified += 1
        try:
            for value in self._tried(t.args[0].sort, env):
                found.add(self.truth(t.args[-1], {**env, t.args[0]: value}, asked))
                if False in found:
                    return False
        finally:
            self.quantified -= 1
        return True if found == {True} and asked else None

    def _tried(self, sort: Any, env: Environment) -> list[Any]:
        """Return values of a sort: those that variables of that sort have, and others."""
        count = max(3, int(6 * self.effort) // self.quantified)
        same = [value for variable, value in env.items() if variable.sort == sort]
        if sort == of.NATURAL:
            return [*same, *range(count // 2)]
        if sort == of.SAMPLE:
            return list(range(SAMPLES))
        if sort == of.DRAWS:
            return [*same, *(Drawn({}, Random(self.rng.random())) for _ in range(count))]
        if sort == of.REAL:
            return [*same, *(MP.mpf(self.rng.gauss(0, 1)) * 3 ** self.rng.randint(-3, 3) for _ in range(count)), ZERO]
        if sort.kind != "space":
            raise Skipped(f"values of the sort {sort} are not tried")
        d = range(int(self.value(sort.of[0], env)))
        return [*same, *(vector([self.rng.gauss(0, 1) * 2**n for _ in d]) for n in range(-2, count - 2))]

    def _compared(self, t: Any, env: Environment) -> bool | None:
        before, self.integrated = self.integrated, False
        try:
            gap, size = self.gap(t, env)
            band = (WITHIN if self.depth else TOLERANCE) * (1 + size)
            if self.integrated and not self.depth:
                again = Evaluation(env, 1, self.effort, self.means)
                finer, _ = again.gap(t, again.values)
                gap, band = finer, band + 4 * greatest(finer - gap)
            near = greatest(gap) <= band
            if near and band > KNOWN * (1 + size):
                return None
            return near if type(t) is of.Eq else type(t) is of.Le if near else bool(gap > 0)
        except Undefined:
            return False
        finally:
            self.integrated |= before

    def gap(self, t: Any, env: Environment) -> tuple[Any, Any]:
        """Return b - a for a comparison of a and b, and how large they are."""
        a, b = (self.value(each, env) for each in t.args)
        if not all(isinstance(each, int | Number | np.ndarray) for each in (a, b)):
            raise Skipped(f"{t} does not compare numbers or vectors")
        return b - a, greatest(a) + greatest(b)

    def _integrable(self, t: Any, env: Environment) -> bool | None:
        variable, law, body = t.args
        found = []
        for order in (0, 1):
            own = Evaluation(env, order, self.effort)
            try:
                found.append(own.value(of.Expectation(variable, law, body)))
            except Undefined:
                return False
        return True if greatest(found[0] - found[1]) <= (1 + greatest(found[1])) / 100 else None

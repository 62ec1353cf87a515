"""Expectations along a run of a method, opened step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from zotheory.kernel.algebra import congruence
from zotheory.kernel.definitions import after, draws, expectation, point, run_of
from zotheory.kernel.expectation import average, linear
from zotheory.kernel.facts import Fact
from zotheory.kernel.running import at_start, invariant, stepped, trace, unrolled
from zotheory.kernel.terms import Eq, Variable, sort_of, substitute
from zotheory.proving.solver import follows_linearly


class Along:
    """A run of a method on f from a start: what holds of it, and of its mean, after n steps.

    Parameters
    ----------
    method, f, start : terms
    sides : facts that say how fast f grows, so that E exists
    """

    def __init__(self, method: Any, f: Any, start: Any, *sides: Fact) -> None:
        self.method, self.f, self.start, self.sides = method, f, start, sides
        self.omega = draws("omega")

    def mean(self, n: Any, of: Callable[[Any], Any]) -> Any:
        """E of(x) after n steps."""
        return expectation(after(n, self.method, self.f, self.start), of)

    def at(self, n: Any, part: str = "x") -> Any:
        """A part of the state after n steps, of the draws omega."""
        return point(n, self.method, self.f, self.start, self.omega, part)

    @cached_property
    def state(self) -> dict[str, Any]:
        """A variable for each part of the state, by its name."""
        before = trace(self.method, self.f, self.start).before
        return {name: Variable(f"state_{name}", sort_of(each)) for name, each in before.items()}

    @cached_property
    def drawn(self) -> list[Any]:
        """A variable for each draw of a step."""
        laws = trace(self.method, self.f, self.start).drawn
        return [Variable(f"drawn_{i}", sort_of(each)) for i, (each, _) in enumerate(laws)]

    @cached_property
    def stepped(self) -> dict[str, Any]:
        """The parts of the state after a step from `state` with `drawn`."""
        made = trace(self.method, self.f, self.start)
        names = {each: self.state[name] for name, each in made.before.items()}
        names |= dict(zip((u for u, _ in made.drawn), self.drawn, strict=True))
        return {name: each.xreplace(names) for name, each in made.after.items()}

    def always(self, formula: Any, start: Fact, step: Fact, n: Any) -> Fact:
        """What holds at the start, and after a step if it did before, after n steps."""
        return invariant(formula, self.at(n), self.state, self.drawn, start, step)

    def averaged(self, fact: Fact) -> Fact:
        """The mean over all draws of both sides of a comparison that holds for all of them."""
        return average(fact, self.omega, run_of(self.method, self.f), self.sides)

    def opened(self, n: Any, of: Callable[[Any], Any]) -> Fact:
        """E of(x) after n steps is E over all draws of what they lead to."""
        return unrolled(self.mean(n, of), *self.sides)

    def one_more(self, n: Any, of: Callable[[Any], Any], known: Sequence[Fact] = ()) -> Fact:
        """E of(x) after n + 1 steps is E over the draws before of E over those of the step, what is `known` put in."""
        whole = self.opened(n + 1, of)
        before = stepped(whole.holds.args[1], *self.sides)
        if n == 0:  # the start is no matter of draws
            return follows_linearly(Eq(self.mean(1, of), before.holds.args[1]), [whole, before], sides=self.sides)
        inside = before.holds.args[1].instantiate(self.omega)
        chain = [whole, before]
        for equation in known:
            changed = congruence(inside, equation, *self.sides)
            chain.append(self.averaged(changed))
            inside = changed.holds.args[1]
        end = expectation(run_of(self.method, self.f), lambda omega: substitute(inside, {self.omega: omega}))
        return follows_linearly(Eq(self.mean(n + 1, of), end), chain, sides=self.sides)

    def at_first(self, of: Callable[[Any], Any]) -> Fact:
        """E of(x) after 0 steps is of(start)."""
        whole = self.opened(0, of)
        inside = whole.holds.args[1].instantiate(self.omega)
        here = self.averaged(congruence(inside, at_start(self.at(0), *self.sides), *self.sides))
        chain = [whole, here, linear(here.holds.args[1], *self.sides)]
        return follows_linearly(Eq(self.mean(0, of), of(self.start)), chain, sides=self.sides)

"""Values at which hypotheses hold, and facts evaluated there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import numpy as np

from zotheory.kernel import terms as of
from zotheory.kernel.facts import Fact, parts
from zotheory.kernel.statement import Statement
from zotheory.proving.numbers.arithmetic import MP, Number, Skipped, Undefined
from zotheory.proving.numbers.constants import Unknown, known_constants
from zotheory.proving.numbers.formulas import Evaluation
from zotheory.proving.numbers.functions import number, value_of
from zotheory.proving.numbers.terms import variables

DIMENSIONS = (1, 2, 1, 3)  # in one try after the other
ATTEMPTS, ROUNDS = 12, 40  # with new functions, and of setting one hypothesis right
UNFOUND = "no values were found at which its hypotheses hold"
CLOSE = MP.mpf("1e-20")  # to a solution of an equation


@dataclass
class Outcome:
    """What became of a fact: at how many values it was evaluated, and where it does not hold."""

    evaluated: int = 0
    held: int = 0  # less than `evaluated` also where a comparison was left open
    violations: list[dict[Any, Any]] = field(default_factory=list)
    skipped: int = 0
    why: Counter[str] = field(default_factory=Counter)  # it was skipped, and how often


class Search:
    """Values for the variables of many formulas. A variable has the same ones in each, so little is evaluated twice."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.drawn: dict[Any, Any] = {}
        self.means: dict[Any, Any] = {}
        self.seen: dict[Any, tuple[bool | None, list[Any]]] = {}  # by formula and identity of values, which are kept

    def assignment(self, formulas: Iterable[Any], others: Iterable[Any] = (), n: int = 0) -> dict[Any, Any] | None:
        """Return values number n of variables, of `others` too, where formulas hold, or None if none are found."""
        given = [part for formula in formulas for part in parts(formula)]
        free = sorted({*others}.union(*map(variables, given)), key=lambda each: (each.name, str(each.sort)))
        for attempt in range(ATTEMPTS):
            found = self._attempt(given, free, n, attempt)
            if found is not None:
                return found
        return None

    def _attempt(self, given: Sequence[Any], free: Sequence[Any], n: int, attempt: int) -> dict[Any, Any] | None:
        d = DIMENSIONS[n % len(DIMENSIONS)]
        sizes = {each: d for each in free if each.sort == of.DIMENSION}
        values = dict(sizes)
        for each in free:
            if each.sort != of.DIMENSION:
                values[each] = self._draw(each, sizes, n, attempt)
        rng = Random(f"{self.seed} {n} {attempt}")
        try:
            found = known_constants(given, values, rng)
        except Unknown:
            return None
        known = {each: self._one(each, value) for each, value in found.items()}
        values |= known
        for formula in given:
            if defined := _defined(formula, values):
                values |= defined
                known |= {each: values[each] for each in variables(formula)}  # what f is made of stays what it is
        for _ in range(ROUNDS):
            failing = next((each for each in given if not self._holds(each, values)), None)
            if failing is None:
                return values
            own = [each for each in variables(failing) if each not in known]
            changed = [each for each in own if each.sort.kind in ("real", "natural", "space")]
            if not (self._solved(failing, values, changed, rng) or self._redrawn(values, changed, sizes, rng)):
                return None
        return None

    def _draw(self, variable: Any, sizes: dict[Any, Any], n: int, attempt: int) -> Any:
        place = (variable, n, attempt, *sizes.values())
        if place not in self.drawn:
            rng = Random(f"{self.seed} {variable.name} {n} {attempt}")
            self.drawn[place] = value_of(variable.sort, sizes, rng)
        return self.drawn[place]

    def _one(self, variable: Any, value: Any) -> Any:
        """Return one object for equal numbers, by which what was evaluated is found."""
        return self.drawn.setdefault((variable, value), value) if isinstance(value, Number) else value

    def truth(self, formula: Any, values: dict[Any, Any]) -> bool | None:
        """Whether a formula holds at values; it may be left open."""
        used = [values[each] for each in variables(formula)]
        place = (formula, *map(id, used))
        if place not in self.seen:
            self.seen[place] = Evaluation(values, means=self.means).truth(formula), used
        return self.seen[place][0]

    def _holds(self, formula: Any, values: dict[Any, Any]) -> bool:
        try:
            return self.truth(formula, values) is True
        except Skipped:
            return False

    def _solved(self, formula: Any, values: dict[Any, Any], changed: Sequence[Any], rng: Random) -> bool:
        """Solve an equation for a number, or for the length of a vector."""
        if type(formula) is not of.Eq:
            return False
        for variable, other in (formula.args, formula.args[::-1]):
            if variable in changed and variable not in of.loose(other):
                try:
                    values[variable] = Evaluation(values).point(other, variable.sort, values)
                except (Undefined, Skipped):
                    return False
                return True
        for variable in rng.sample(changed, len(changed)):
            if variable.sort != of.NATURAL and (found := _root(formula, variable, values)) is not None:
                values[variable] = found
                return True
        return False

    def _redrawn(self, values: dict[Any, Any], changed: Sequence[Any], sizes: dict[Any, int], rng: Random) -> bool:
        if not changed:
            return False
        variable = rng.choice(changed)
        value = value_of(variable.sort, sizes, rng)
        values[variable] = value if variable.sort == of.NATURAL else value * rng.choice((1, 1, 10, number(rng, 0, 0.2)))
        return True


def _defined(formula: Any, values: dict[Any, Any]) -> dict[Any, Any]:
    """Return f as the function x -> t, of a formula: f(x) = t for all x, f not in t."""
    if type(formula) is not of.ForAll or type(formula.args[1]) is not of.Eq:
        return {}
    x, equation = formula.args
    for f, body in (equation.args, equation.args[::-1]):
        if type(f) is of.Value and f.args[1:] == (x,) and f.args[0] not in of.loose(body):
            return {f.args[0]: partial(_value, body, x, values)}
    return {}


def _value(body: Any, x: Any, values: dict[Any, Any], at: Any) -> Any:
    return Evaluation(values).value(body, {**values, x: at})


def _root(formula: Any, variable: Any, values: dict[Any, Any]) -> Any:
    """Solve an equation for a number, or a multiple of a vector, by the secant rule; None if that fails."""
    vector = isinstance(values[variable], np.ndarray)

    def at(s: Any) -> Any:
        return values[variable] * s if vector else s

    def gap(s: Any) -> Any:
        own = Evaluation({**values, variable: at(s)})
        return MP.mpf(own.gap(formula, own.values)[0])

    before = MP.mpf(1 if vector else values[variable])
    s = before * MP.mpf("1.1") + MP.mpf("0.1")
    try:
        old, new = gap(before), gap(s)
        for _ in range(60):
            if abs(new) < CLOSE * (1 + abs(s)):
                return at(s)
            before, old, s = s, new, s - new * (s - before) / (new - old)
            new = gap(s)
    except (Undefined, Skipped, TypeError, ZeroDivisionError, OverflowError):
        return None
    return None


def assignments(formulas: Iterable[Any], seed: int = 0, tries: int = 8) -> Iterator[dict[Any, Any]]:
    """Yield values of the variables of formulas at which all of them hold: none, if none are found.

    A formula for all values is tested at some, unless it says of a function what the function knows of itself.

    Raises
    ------
    Skipped
        If a variable is of a sort of which there are no values, such as code.
    """
    search, formulas = Search(seed), list(formulas)
    for n in range(tries):
        found = search.assignment(formulas, n=n)
        if found is not None:
            yield found


def check(fact: Fact, seed: int = 0, tries: int = 4, search: Search | None = None) -> Outcome:
    """Evaluate a fact where its hypotheses hold, in dimensions 1, 2 and 3.

    Parameters
    ----------
    fact : Fact
    seed : int
    tries : int
        How many values of its variables are looked for.
    search : Search
        One for many facts saves time.
    """
    search, outcome = search or Search(seed), Outcome()
    for n in range(tries):
        try:
            values = search.assignment(fact.given, of.loose(fact.holds), n)
            if values is None:
                raise Skipped(UNFOUND)
            found = search.truth(fact.holds, values)
            if found is False and not all(Evaluation(values, effort=4).truth(each) for each in fact.given):
                raise Skipped("a hypothesis for all values fails at some")
        except Skipped as reason:
            outcome.skipped += 1
            outcome.why[str(reason)] += 1
            continue
        outcome.evaluated += 1
        outcome.held += found is True
        if found is False:
            outcome.violations.append(values)
    return outcome


def witness(statement: Statement, values: dict[Any, Any]) -> bool:
    """Whether all hypotheses of a statement hold at values of its variables: then they do not contradict each other."""
    try:
        return all(Evaluation(values, effort=2).truth(each) for each in statement.given)
    except Skipped:
        return False


def reached(*facts: Fact) -> list[Fact]:
    """Return facts and all that they were made of, each once."""
    found: dict[str, Fact] = {}
    followed: set[int] = set()
    left = list(facts)
    while left:
        if id(fact := left.pop()) not in followed:  # another fact of the same digest may have been made otherwise
            followed.add(id(fact))
            found.setdefault(fact.digest, fact)
            left += fact.used
    return list(found.values())

"""Facts and the rules of logic. A fact is made by a rule, out of facts; no rule takes text.

A fact ``given |- holds`` says: for all values of the free variables, each of its sort, where every formula of `given` is
true, `holds` is. A term need not denote: 1/x does not where x = 0, nor E of what is not integrable. A comparison is
false where a side does not denote, and so ``Eq(t, t)`` says that t does; the connectives are classical.

SymPy simplifies what it builds, x/x to 1 before anyone sees it, and keeps the value only where there was one. So a rule
that puts a term in the place of another asks that all parts of the formula still denote, by `zotheory.kernel.algebra`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from zotheory.kernel.terms import (
    FORMULA,
    NATURAL,
    And,
    ForAll,
    Implies,
    Not,
    Variable,
    expect,
    fresh,
    key,
    loose,
    substitute,
    term,
)

_MADE: set[str] = set()  # digests of the facts of this process


class Refused(ValueError):
    """A rule does not apply: which fact, which condition, and the terms."""


class Fact:
    """``given |- holds``, with the rule and the facts that made it, which are for readers."""

    __slots__ = ("given", "holds", "rule", "used")

    def __init__(self) -> None:
        raise TypeError("a fact is made by a rule, such as zotheory.kernel.facts.assume")

    @property
    def digest(self) -> str:
        """Of hypotheses and conclusion, by their structure."""
        return hashlib.sha256(json.dumps([sorted(map(key, self.given)), key(self.holds)]).encode()).hexdigest()

    def __repr__(self) -> str:
        return f"{', '.join(map(str, self.given))} |- {self.holds}".lstrip()


def rule(apply: Callable[..., tuple[Iterable[Any], Any]]) -> Callable[..., Fact]:
    """Make a rule of what returns hypotheses and a conclusion: the facts that it takes must be facts."""

    @wraps(apply)
    def applied(*arguments: Any, **options: Any) -> Fact:
        used = list(facts_in((*arguments, *options.values())))
        for fact in used:
            if fact.digest not in _MADE:
                raise Refused(f"{apply.__name__}: {fact} was made by no rule")
        given, holds = apply(*arguments, **options)
        fact = object.__new__(Fact)
        fact.given, fact.holds = tuple({key(each): each for each in given}.values()), holds
        fact.rule, fact.used = apply.__name__, tuple(used)
        names: dict[str, Any] = {}
        for formula in (*fact.given, holds):
            expect(formula, FORMULA)
            for each in loose(formula):
                if type(each) is not Variable or names.setdefault(each.name, each) != each:
                    raise Refused(f"{apply.__name__}: {each} has two meanings, or is bound elsewhere, in {fact}")
        _MADE.add(fact.digest)
        return fact

    return applied


def facts_in(values: Any) -> Iterator[Fact]:
    """Yield the facts among values, and in lists, tuples and dictionaries among them."""
    for value in values.values() if isinstance(values, dict) else values:
        if isinstance(value, Fact):
            yield value
        elif isinstance(value, list | tuple | dict):
            yield from facts_in(value)


def united(*facts: Fact, without: Iterable[Any] = ()) -> list[Any]:
    """Return all hypotheses of some facts, but for these."""
    left = set(map(key, without))
    return [each for fact in facts for each in fact.given if key(each) not in left]


def same(a: Any, b: Any) -> bool:
    """Whether two terms have one structure."""
    return key(a) == key(b)


def parts(formula: Any) -> list[Any]:
    """Return the formulas that a conjunction consists of, and a formula that is none."""
    return [each for part in formula.args for each in parts(part)] if type(formula) is And else [formula]


# --- connectives -----------------------------------------------------------------------------------------------------


@rule
def assume(formula: Any) -> Any:
    """P |- P."""
    return [formula], formula


@rule
def cut(fact: Fact, *lemmas: Fact) -> Any:
    """H |- P and P, K |- C give H, K |- C; conjunctions by their parts."""
    shown = {key(part) for lemma in lemmas for part in parts(lemma.holds)}
    left = [each for each in fact.given if not all(key(part) in shown for part in parts(each))]
    return [*left, *united(*lemmas)], fact.holds


@rule
def discharge(fact: Fact, formula: Any) -> Any:
    """H, P |- C gives H |- P implies C."""
    return united(fact, without=[formula]), Implies(formula, fact.holds)


@rule
def follows(implication: Fact, *premises: Fact) -> Any:
    """H |- P implies C and K |- P give H, K |- C; a conjunction by its parts."""
    if type(implication.holds) is not Implies:
        raise Refused(f"follows: {implication} has no implication as its conclusion")
    premise, conclusion = implication.holds.args
    shown = {key(part) for fact in premises for part in parts(fact.holds)}
    for part in parts(premise):
        if key(part) not in shown:
            raise Refused(f"follows: {part} is shown by none of {premises}")
    return united(implication, *premises), conclusion


@rule
def all_hold(*facts: Fact) -> Any:
    """H |- A and K |- B give H, K |- A and B."""
    return united(*facts), And(*(fact.holds for fact in facts))


@rule
def part(fact: Fact, number: int) -> Any:
    """H |- A and B gives H |- A."""
    return fact.given, parts(fact.holds)[number]


@rule
def either(first: Fact, second: Fact, formula: Any) -> Any:
    """H, P |- C and K, not P |- C give H, K |- C."""
    if not same(first.holds, second.holds):
        raise Refused(f"either: {first.holds} and {second.holds} differ")
    return [*united(first, without=[formula]), *united(second, without=[Not(formula)])], first.holds


@rule
def contradiction(fact: Fact, other: Fact, formula: Any) -> Any:
    """H |- not P and K |- P give H, K |- anything."""
    if not same(fact.holds, Not(other.holds)):
        raise Refused(f"contradiction: {fact.holds} does not deny {other.holds}")
    return united(fact, other), formula


# --- variables -------------------------------------------------------------------------------------------------------


@rule
def generalise(fact: Fact, variable: Any) -> Any:
    """H |- C gives H |- for all x C, x free in no formula of H."""
    for formula in fact.given:
        if variable in loose(formula):
            raise Refused(f"generalise: {variable} is free in the hypothesis {formula}")
    return fact.given, ForAll.over(variable.sort, body=lambda value: substitute(fact.holds, {variable: value}))


@rule
def instantiate(fact: Fact, value: Any, sides: Iterable[Fact] = ()) -> Any:
    """H |- for all x C gives H |- C at a term of the sort of x that denotes, as then do the parts of C."""
    from zotheory.kernel.algebra import require_denoting, require_kept

    if type(fact.holds) is not ForAll:
        raise Refused(f"instantiate: {fact} has no conclusion for all values")
    known = [*united(fact, *sides), *(side.holds for side in sides)]
    variable = fresh(fact.holds.args[0].sort)
    require_denoting(term(value), known)
    require_kept([fact.holds.open(variable)], {variable: term(value)}, known)
    return united(fact, *sides), fact.holds.instantiate(value)


@rule
def replace(fact: Fact, values: dict[Any, Any], sides: Iterable[Fact] = ()) -> Any:
    """H |- C gives the same with terms in the place of variables, where the terms denote, as then do all parts."""
    from zotheory.kernel.algebra import require_denoting, require_kept

    values = {variable: term(value) for variable, value in values.items()}
    given = [substitute(each, values) for each in fact.given]
    known = [*united(*sides), *given, *(side.holds for side in sides)]
    for value in values.values():
        require_denoting(value, known)
    require_kept([*fact.given, fact.holds], values, known)
    return [*given, *united(*sides)], substitute(fact.holds, values)


@rule
def induction(formula: Any, t: Any, start: Fact, step: Fact, *sides: Fact) -> Any:
    """H |- C(0), and K, C(t) |- C(t + 1), give H, K |- C(t): t is natural and free in no formula of H and K."""
    from zotheory.kernel.algebra import require_kept

    given = [*united(start, step, without=[formula]), *united(*sides)]
    if t.sort != NATURAL or any(t in loose(each) for each in given):
        raise Refused(f"induction: {t} must be natural, and free in none of {given}")
    at_hand = [*given, *(side.holds for side in sides)]
    for value, fact, known in ((term(0), start, at_hand), (t + 1, step, [*at_hand, formula])):
        if not same(fact.holds, substitute(formula, {t: value})):
            raise Refused(f"induction: {fact.holds} is not {substitute(formula, {t: value})}")
        require_kept([formula], {t: value}, known)
    return given, formula

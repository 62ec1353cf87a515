"""Facts and the rules of logic. A fact is made by a rule, out of facts; no rule takes text.

A fact ``given |- holds`` says: for all values of the free variables, each of its sort, `holds` is true where all of
`given` is. A term need not denote: 1/x does not where x = 0, nor x^y where x < 0 and y is no whole number, nor E of
what is not integrable, nor a term with a part that does not. A comparison is false where a side does not denote, and so
``Eq(t, t)`` says that t does; the connectives are classical.

SymPy simplifies what it builds, x/x to 1 before anyone sees it, and keeps values only where there were some. So a rule
that puts terms in the place of others asks that the formulas whose truth it needs still denote (`unspoiled`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, wraps
from typing import Any

from sympy.core.parameters import global_parameters

from zotheory.kernel.terms import (
    FORMULA,
    NATURAL,
    And,
    ForAll,
    Implies,
    Lt,
    Not,
    Variable,
    expect,
    fresh,
    key,
    loose,
    sort_of,
    substitute,
    term,
)

_MADE: set[str] = set()  # digests of the facts of this process


class Refused(ValueError):
    """A rule does not apply: the rule, the fact or the condition, and the terms."""


class Fact:
    """``given |- holds``; the rule that made it and the facts that it took are for readers."""

    __slots__ = ("given", "holds", "rule", "used")
    given: tuple[Any, ...]
    holds: Any
    rule: str
    used: tuple[Fact, ...]

    def __init__(self) -> None:
        raise TypeError("a fact is made by a rule, such as zotheory.kernel.facts.assume")

    def __setattr__(self, name: str, value: Any) -> None:
        raise TypeError("a fact does not change")

    @property
    def digest(self) -> str:
        """Of hypotheses and conclusion, by their structure."""
        return hashlib.sha256(repr((sorted(map(key, self.given)), key(self.holds))).encode()).hexdigest()

    def __repr__(self) -> str:
        return f"{', '.join(map(str, self.given))} |- {self.holds}".lstrip()


def need(condition: Any, *why: Any) -> None:
    """Raise Refused, which says why, unless a condition holds."""
    if not condition:
        raise Refused(" ".join(map(str, why)))


def rule(apply: Callable[..., tuple[Iterable[Any], Any]]) -> Callable[..., Fact]:
    """Make a rule of what returns hypotheses and a conclusion: the facts that it takes must be facts."""
    need(apply.__module__.startswith("zotheory.kernel."), apply.__name__, "is no rule of the kernel")

    @wraps(apply)
    def applied(*arguments: Any, **options: Any) -> Fact:
        need(global_parameters.evaluate, apply.__name__, "works on terms that SymPy evaluates")
        arguments, options = taken(arguments), taken(options)
        given, holds = apply(*arguments, **options)
        fact, used = object.__new__(Fact), tuple(facts_in((*arguments, *options.values())))
        for name, value in zip(Fact.__slots__, (unique(given), holds, apply.__name__, used), strict=True):
            object.__setattr__(fact, name, value)
        names: dict[str, Any] = {}
        for formula in (*fact.given, fact.holds):
            expect(formula, FORMULA)
            for each in loose(formula):
                meant = type(each) is Variable and names.setdefault(each.name, each) == each
                need(meant, apply.__name__, "gives", each, "two meanings, or none, in", fact)
        _MADE.add(fact.digest)
        return fact

    return applied


def taken(value: Any) -> Any:
    """Return what a rule is given, read once: facts that rules made, terms, and tuples and dictionaries of them."""
    if type(value) in (list, tuple):
        return tuple(map(taken, value))
    if type(value) is dict:
        return {name if type(name) is str else _evaluated(name): taken(each) for name, each in value.items()}
    if isinstance(value, Fact):
        need(type(value) is Fact and value.digest in _MADE, "rules take facts, and no rule made", value)
        return value
    return _evaluated(term(value))


@lru_cache(maxsize=100_000)
def _evaluated(t: Any) -> Any:
    """Return a term as SymPy evaluates it; Refused where it holds a variable that a binder left behind."""
    sort_of(t), key(t)
    need(all(type(each) is Variable for each in loose(t)), t, "holds a variable that nothing binds")
    return substitute(t, {})


def facts_in(values: Any) -> Iterator[Fact]:
    """Yield the facts among values, and in tuples and dictionaries among them."""
    for value in values.values() if isinstance(values, dict) else values:
        if isinstance(value, Fact):
            yield value
        elif isinstance(value, tuple | dict):
            yield from facts_in(value)


def unique(formulas: Iterable[Any]) -> tuple[Any, ...]:
    """Return formulas without repetitions."""
    return tuple({key(each): each for each in formulas}.values())


def united(*facts: Fact, without: Iterable[Any] = ()) -> list[Any]:
    """Return all hypotheses of some facts, but for these."""
    left = set(map(key, without))
    return [each for fact in facts for each in fact.given if key(each) not in left]


def at_hand(*facts: Fact) -> list[Any]:
    """Return what holds where all hypotheses of some facts do."""
    return list(unique((*united(*facts), *(fact.holds for fact in facts))))


def parts(formula: Any) -> list[Any]:
    """Return the formulas that a conjunction consists of; of any other formula, itself."""
    return [each for part in formula.args for each in parts(part)] if type(formula) is And else [formula]


def same(a: Any, b: Any) -> bool:
    """Whether two terms have one structure."""
    return key(a) == key(b)


def proves(fact: Fact, given: Iterable[Any], holds: Any) -> bool:
    """Whether a fact says this conclusion under these hypotheses or fewer."""
    known = set(map(key, given))
    return (
        type(fact) is Fact
        and fact.digest in _MADE
        and same(fact.holds, holds)
        and all(key(each) in known for each in fact.given)
    )


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
    """H, P |- C gives H |- P implies C; a conjunction P also by its parts."""
    return united(fact, without=[formula, *parts(formula)]), Implies(formula, fact.holds)


@rule
def follows(implication: Fact, *premises: Fact) -> Any:
    """H |- P implies C and K |- P give H, K |- C; a conjunction P by its parts."""
    need(type(implication.holds) is Implies, "follows takes an implication, not", implication)
    shown = {key(part) for fact in premises for part in parts(fact.holds)}
    for part in parts(implication.holds.args[0]):
        need(key(part) in shown, "follows lacks the premise", part)
    return united(implication, *premises), implication.holds.args[1]


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
    need(same(first.holds, second.holds), "either takes one conclusion, not", first.holds, "and", second.holds)
    return [*united(first, without=[formula]), *united(second, without=[Not(formula)])], first.holds


@rule
def absurd(fact: Fact, formula: Any) -> Any:
    """H |- a < a gives H |- anything."""
    need(type(fact.holds) is Lt and same(*fact.holds.args), "absurd takes a < a, not", fact)
    return fact.given, formula


# --- variables -------------------------------------------------------------------------------------------------------


@rule
def generalise(fact: Fact, variable: Any) -> Any:
    """H |- C gives H |- for all x C, x free in no formula of H."""
    for formula in fact.given:
        need(variable not in loose(formula), "generalise:", variable, "is free in the hypothesis", formula)
    return fact.given, ForAll.over(variable.sort, body=lambda value: substitute(fact.holds, {variable: value}))


@rule
def instantiate(fact: Fact, value: Any, sides: Iterable[Fact] = ()) -> Any:
    """H |- for all x C gives H |- C at a term of the sort of x that denotes."""
    from zotheory.kernel.denoting import require_denoting, unspoiled

    need(type(fact.holds) is ForAll, "instantiate takes a conclusion for all values, not", fact)
    known, variable = at_hand(fact, *sides), fresh(fact.holds.args[0].sort)
    require_denoting(term(value), known)
    unspoiled(fact.holds.open(variable), {variable: term(value)}, known)
    return united(fact, *sides), fact.holds.instantiate(value)


@rule
def replace(fact: Fact, values: dict[Any, Any], sides: Iterable[Fact] = ()) -> Any:
    """H |- C gives H |- C with terms that denote in the place of variables, in H as well."""
    from zotheory.kernel.denoting import require_denoting, require_kept, unspoiled

    values = {variable: term(value) for variable, value in values.items()}
    given = [substitute(each, values) for each in fact.given]
    known = [*given, *at_hand(*sides)]
    for value in values.values():
        require_denoting(value, known)
    for each in fact.given:
        require_kept(each, values, known)
    unspoiled(fact.holds, values, known)
    return [*given, *united(*sides)], substitute(fact.holds, values)


@rule
def induction(formula: Any, t: Any, start: Fact, step: Fact, *sides: Fact) -> Any:
    """H |- C(0), and K, C(t) |- C(t + 1), give H, K |- C(t): t is natural and free in no formula of H and K."""
    from zotheory.kernel.denoting import require_kept

    given = [*united(start, step, without=[formula]), *united(*sides)]
    need(t.sort == NATURAL and not any(t in loose(each) for each in given), "induction:", t, "is free in", given)
    for value, fact, more in ((term(0), start, []), (t + 1, step, [formula])):
        made = substitute(formula, {t: value})
        need(same(fact.holds, made), "induction needs", made, "and got", fact)
        require_kept(formula, {t: value}, [*given, *more, *(side.holds for side in sides)])
    return given, formula

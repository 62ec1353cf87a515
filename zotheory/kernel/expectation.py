"""Rules about expectations over any law."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from zotheory.kernel.algebra import combination, rational, require_denoting, shows, supports
from zotheory.kernel.facts import Fact, at_hand, need, rule, united
from zotheory.kernel.laws import grows, is_bounded
from zotheory.kernel.terms import (
    Eq,
    Expectation,
    If,
    Integrable,
    Law,
    Le,
    Lt,
    Probability,
    fresh,
    loose,
    sort_of,
    substitute,
)


def expected(variable: Any, law: Any, body: Any) -> Any:
    """E of a term over draws of a variable that is free in it."""
    return Expectation.over(variable.sort, law, body=lambda value: substitute(body, {variable: value}))


@rule
def average(fact: Fact, u: Any, law: Any, sides: Iterable[Fact] = ()) -> Any:
    """a <= b for every draw u from a law gives E a <= E b where both exist; and so a = b."""
    given, kind = united(fact, without=supports(u, law)), type(fact.holds)
    need(kind in (Le, Lt, Eq), "average takes a comparison, not", fact)
    need(not any(u in loose(each) for each in (law, *given)), "average:", u, "is free in a hypothesis of", fact)
    made = kind(*(expected(u, law, each) for each in fact.holds.args))
    known = [*given, *at_hand(*sides)]
    require_denoting(law, known)
    for each in made.args:
        need(shows(Integrable(*each.args), known), "average: nothing shows that", each, "exists")
    return [*given, *united(*sides)], made


@rule
def linear(t: Any, *sides: Fact) -> Any:
    """E of a sum is the sum of E of its parts, and what is not drawn stands before E."""
    need(type(t) is Expectation, "linear takes an expectation, not", t)
    require_denoting(t, known := at_hand(*sides))
    law, value = t.args[1], fresh(t.args[0].sort)
    body, total = t.open(value), sp.S.Zero
    for vector, scale in (combination(body) if sort_of(body).kind == "space" else {sp.S.One: body}).items():
        number, atoms = rational(scale)
        names = {name: atom for atom, name in atoms.items()}
        below = number.denom.as_expr().xreplace(names)
        need(value not in loose(below), "linear:", below, ", a denominator in", t, ", is drawn")
        for powers, factor in number.numer.terms():
            each = [vector, *(names[n] ** p for n, p in zip(number.numer.ring.symbols, powers, strict=True) if p)]
            still = sp.Mul(sp.Rational(str(factor)), *(part for part in each if value not in loose(part)))
            drawn = sp.Mul(*(part for part in each if value in loose(part)))
            own = sp.S.One
            if value in loose(drawn):
                own = expected(value, law, drawn)
                require_denoting(own, known)
            total += still * own / below
    return united(*sides), Eq(t, total)


@rule
def indicator(t: Any, *sides: Fact) -> Any:
    """P(A) = E of 1 where A, else 0."""
    need(type(t) is Probability, "indicator takes a probability, not", t)
    require_denoting(t, at_hand(*sides))
    return united(*sides), Eq(t, Expectation.over(t.args[0].sort, t.args[1], body=lambda u: If(t.instantiate(u), 1, 0)))


@rule
def exchanged(t: Any, *sides: Fact) -> Any:
    """E over u of E over v is E over v of E over u, v's law being no matter of u: where what is inside grows slowly."""
    value, inner = fresh(t.args[0].sort), t.open(t.args[0])
    need(type(t) is type(inner) is Expectation and t.args[0] not in loose(inner.args[1]), "exchanged: not", t)
    require_denoting(t, known := at_hand(*sides))
    other = fresh(inner.args[0].sort)
    body = t.open(value).open(other)
    laws = t.args[1], inner.args[1]
    slow = grows(body, {value: is_bounded(laws[0]), other: is_bounded(laws[1])}, known)
    need(all(type(law) is Law for law in laws) and slow, "exchanged: nothing shows that", t, "exists in any order")
    return united(*sides), Eq(t, expected(other, laws[1], expected(value, laws[0], body)))

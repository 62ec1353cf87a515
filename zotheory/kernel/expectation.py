"""Rules about expectations over any law."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from zotheory.kernel.denoting import require_denoting, shows
from zotheory.kernel.facts import Fact, at_hand, need, rule, united
from zotheory.kernel.laws import supports
from zotheory.kernel.normal import expected, summands
from zotheory.kernel.terms import (
    Eq,
    Expectation,
    If,
    Inner,
    Integrable,
    Le,
    Lt,
    Probability,
    fresh,
    loose,
    sort_of,
)


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
    law, value, total = t.args[1], fresh(t.args[0].sort), sp.S.Zero
    for still, drawn in summands(t.open(value), value):
        own = expected(value, law, drawn) if drawn != 1 else drawn
        require_denoting(own, known)
        total += still * own
    return united(*sides), Eq(t, total)


@rule
def inside(t: Any, *sides: Fact) -> Any:
    """E <a, v(u)> = <a, E v(u)>."""
    value = fresh(t.args[0].sort)
    body = t.open(value)
    need(type(t) is Expectation and type(body) is Inner, "inside takes an expectation of an inner product, not", t)
    still = [each for each in body.args if value not in loose(each)]
    need(len(still) == 1, "inside: one factor of", t, "must be drawn")
    (drawn,) = (each for each in body.args if each != still[0])
    made = Eq(t, Inner(still[0], expected(value, t.args[1], drawn)))
    require_denoting(made.args[1], at_hand(*sides))
    return united(*sides), made


@rule
def dominated(fact: Fact, u: Any, law: Any, t: Any, sides: Iterable[Fact] = ()) -> Any:
    """E t exists where |t| <= b for every draw and E b does."""
    given = united(fact, without=supports(u, law))
    length = sp.sqrt(Inner(t, t)) if sort_of(t).kind == "space" else sp.Abs(t)
    need(type(fact.holds) is Le and fact.holds.args[0] == length, "dominated takes", length, "<= b, not", fact)
    need(not any(u in loose(each) for each in (law, *given)), "dominated:", u, "is free in a hypothesis of", fact)
    most, known = expected(u, law, fact.holds.args[1]), [*given, *at_hand(*sides)]
    need(shows(Integrable(*most.args), known), "dominated: nothing shows that", most, "exists")
    return [*given, *united(*sides)], Integrable(*expected(u, law, t).args)


@rule
def indicator(t: Any, *sides: Fact) -> Any:
    """P(A) = E of 1 where A, else 0."""
    need(type(t) is Probability, "indicator takes a probability, not", t)
    require_denoting(t, at_hand(*sides))
    return united(*sides), Eq(t, Expectation.over(t.args[0].sort, t.args[1], body=lambda u: If(t.instantiate(u), 1, 0)))

"""Expectations over the laws of the language: when they exist, and the rules about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sympy as sp

from zotheory.kernel.algebra import combination, rational, require_denoting, shows, supports
from zotheory.kernel.facts import Fact, at_hand, need, parts, rule, united
from zotheory.kernel.terms import (
    DRAWS,
    NATURAL,
    REAL,
    Chain,
    Draws,
    Eq,
    Expectation,
    ForAll,
    Gradient,
    If,
    Inner,
    Integrable,
    Iterate,
    Law,
    Le,
    Lt,
    Probability,
    Total,
    Value,
    Variable,
    fits,
    fresh,
    loose,
    nodes,
    sort_of,
    substitute,
)

ISOTROPIC = ("sphere", "gaussian", "ball", "rademacher", "coordinates")  # E <a, u> <b, u> = <a, b>
SYMMETRIC = ("sphere", "gaussian", "ball", "rademacher", "normal")  # -u has the law of u
BOUNDED = ("sphere", "ball", "rademacher", "coordinates", "interval", "index", "bernoulli")  # draws no longer than so
SLOW = (sp.Add, sp.Mul, sp.Abs, sp.Max, sp.Min, sp.floor, sp.ceiling, Inner, If)  # no longer than a polynomial


def integrable(formula: Any, known: Sequence[Any]) -> bool:
    """Whether what E is over grows no faster than a polynomial: laws by name, and all draws of a run, have moments."""
    law, value = formula.args[1], fresh(formula.args[0].sort)
    body = formula.open(value)
    if type(law) is Chain:
        value = fresh(DRAWS)
        body, law = formula.instantiate(Iterate(*law.args, value)), Draws(*law.args[:2])
    runs = {each.args[:2] for each in nodes(body) if type(each) is Iterate and value in loose(each)}
    fitting = type(law) is Law or (type(law) is Draws and runs <= {law.args})
    return value not in loose(body) or (fitting and grows(body, {value: is_bounded(law)}, known))


def is_bounded(law: Any) -> bool:
    """Whether a law draws from a bounded set."""
    return type(law) is Law and law.args[0].name in BOUNDED


def grows(t: Any, drawn: dict[Any, bool], known: Sequence[Any]) -> bool:
    """Whether a term is at most a polynomial in the lengths of what is drawn, by its form and bounds for all points.

    `drawn` says of each variable whether it is bounded.
    """
    kind = type(t)
    if not loose(t) & drawn.keys() or isinstance(t, Variable) or kind is Probability:
        return True
    if kind in SLOW:
        return all(grows(each, drawn, known) for each in t.args[kind is If :])
    if kind is sp.Pow:
        base, exponent = t.args
        if loose(exponent) & drawn.keys():  # b^j, j bounded
            steady = not loose(base) & drawn.keys() and all(drawn.get(each, True) for each in loose(exponent))
            return steady and grows(exponent, drawn, known)
        slow = fits(exponent, NATURAL) or (exponent.is_Rational and exponent > 0)
        return slow and grows(base, drawn, known)
    if kind in (Value, Gradient) and not loose(t.args[0]) & drawn.keys():
        return all(grows(each, drawn, known) for each in t.args[1:]) and _bounded(t, known)
    if kind in (Expectation, Total) and not loose(t.args[1]) & drawn.keys():
        value, law = fresh(t.args[0].sort), t.args[1]
        more = {value: kind is Total or is_bounded(law)}
        return (kind is Total or type(law) is Law) and grows(t.open(value), drawn | more, known)
    if kind is Iterate:
        from zotheory.kernel.running import grows_along

        return grows_along(t, drawn, known)
    return False


def _bounded(t: Any, known: Sequence[Any]) -> bool:
    """Whether |f(x)| <= a polynomial in |x|, or |grad f(x)|, is known for all x."""
    for formula in known:
        free: list[Any] = []
        while type(formula) is ForAll:
            free.append(fresh(formula.args[0].sort))
            formula = formula.open(free[-1])
        if [x.sort for x in free] == [sort_of(x) for x in t.args[1:]]:
            own = t.func(t.args[0], *free)
            length = sp.sqrt(Inner(own, own)) if sort_of(own).kind == "space" else sp.Abs(own)
            for each in parts(formula):
                if type(each) is Le and each.args[0] == length and grows(each.args[1], dict.fromkeys(free, False), []):
                    return True
    return False


def expected(variable: Any, law: Any, body: Any) -> Any:
    """E of a term over draws of a variable that is free in it."""
    return Expectation.over(variable.sort, law, body=lambda value: substitute(body, {variable: value}))


# --- rules -----------------------------------------------------------------------------------------------------------


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
def mirrored(t: Any, *sides: Fact) -> Any:
    """E phi(u) = E phi(-u)."""
    fitting = type(t) is Expectation and type(t.args[1]) is Law and t.args[1].args[0].name in SYMMETRIC
    need(fitting, "mirrored takes an expectation over", *SYMMETRIC, "not", t)
    require_denoting(t, at_hand(*sides))
    return united(*sides), Eq(t, Expectation.over(t.args[0].sort, t.args[1], body=lambda u: t.instantiate(-u)))


@rule
def covariance(law: Any, a: Any, b: Any, *sides: Fact) -> Any:
    """E <a, u> <b, u> = <a, b>."""
    need(type(law) is Law and law.args[0].name in ISOTROPIC, "covariance takes one of", *ISOTROPIC, "not", law)
    require_denoting(Inner(a, b), at_hand(*sides))
    made = Expectation.over(sort_of(law).of[0], law, body=lambda u: Inner(a, u) * Inner(b, u))
    return united(*sides), Eq(made, Inner(a, b))


@rule
def mean_length(law: Any, a: Any, *sides: Fact) -> Any:
    """E |<a, u>| = |a| sqrt(d) Gamma(d/2)/(sqrt(pi) Gamma((d + 1)/2)) on the sphere, |a| sqrt(2/pi) for N(0, I)."""
    need(type(law) is Law, "mean_length takes a law by name, not", law)
    name, d = law.args
    of_sphere = sp.sqrt(d) * sp.gamma(d / 2) / (sp.sqrt(sp.pi) * sp.gamma((d + 1) / 2))
    scale = {"sphere": of_sphere, "gaussian": sp.sqrt(2 / sp.pi)}[name.name]
    require_denoting(a, at_hand(*sides))
    made = Expectation.over(sort_of(law).of[0], law, body=lambda u: sp.Abs(Inner(a, u)))
    return united(*sides), Eq(made, scale * sp.sqrt(Inner(a, a)))


@rule
def indicator(t: Any, *sides: Fact) -> Any:
    """P(A) = E of 1 where A, else 0."""
    need(type(t) is Probability, "indicator takes a probability, not", t)
    require_denoting(t, at_hand(*sides))
    return united(*sides), Eq(t, Expectation.over(t.args[0].sort, t.args[1], body=lambda u: If(t.instantiate(u), 1, 0)))


@rule
def uniform(t: Any, *sides: Fact) -> Any:
    """E over j uniform on 0..n-1 is the mean over them."""
    fitting = type(t) is Expectation and type(t.args[1]) is Law and t.args[1].args[0].name == "index"
    need(fitting, "uniform takes an expectation over an index, not", t)
    require_denoting(t, at_hand(*sides))
    count = t.args[1].args[1]
    return united(*sides), Eq(t, Total.over(NATURAL, count, body=t.instantiate) / count)


@rule
def binned(t: Any, of: Any, count: Any, *sides: Fact) -> Any:
    """E over x uniform on [0, 1] of phi(floor(n x)) is E over j uniform on 0..n-1 of phi(j): ``of`` is phi."""
    made = Expectation.over(NATURAL, Law("index", count), body=lambda j: Value(of, j))
    also = Expectation.over(REAL, Law("interval", 0, 1), body=lambda x: Value(of, sp.floor(count * x)))
    need(t == also, "binned:", t, "is not", also)
    require_denoting(made, at_hand(*sides))
    return united(*sides), Eq(t, made)


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

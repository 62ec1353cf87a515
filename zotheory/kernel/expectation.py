"""Expectations over the laws of the language: when they exist, and the rules about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sympy as sp

from zotheory.kernel.algebra import _fraction, _plain, at_hand, combination, normal, require_denoting, supports
from zotheory.kernel.facts import Fact, Refused, parts, rule, same, united
from zotheory.kernel.terms import (
    DRAWS,
    NATURAL,
    Chain,
    Draws,
    Eq,
    Expectation,
    ForAll,
    Gradient,
    If,
    Inner,
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
    key,
    loose,
    sort_of,
    substitute,
)

ISOTROPIC = ("sphere", "gaussian", "ball", "rademacher", "coordinates")  # E <a, u> <b, u> = <a, b>
SYMMETRIC = ("sphere", "gaussian", "ball", "rademacher", "normal")  # -u has the law of u
LIPSCHITZ = (sp.Add, sp.Mul, sp.Abs, sp.Max, sp.Min, sp.floor, sp.ceiling, Inner)  # no longer than a polynomial


def integrable(formula: Any, known: Sequence[Any]) -> bool:
    """Whether what E is over grows no faster than a polynomial; all laws by name, and draws of a run, have moments."""
    value, law = fresh(formula.args[0].sort), formula.args[1]
    body = formula.open(value)
    if type(law) is Chain:
        value = fresh(DRAWS)
        body, law = formula.instantiate(Iterate(*law.args, value)), Draws(*law.args[:2])
    return value not in loose(body) or (type(law) in (Law, Draws) and grows(body, {value}, known))


def grows(t: Any, drawn: set[Any], known: Sequence[Any]) -> bool:
    """Whether a term is at most a polynomial in the lengths of what is drawn, by its form and bounds for all points."""
    kind = type(t)
    if not loose(t) & drawn or isinstance(t, Variable):
        return True
    if kind in LIPSCHITZ or kind is If:
        return all(grows(each, drawn, known) for each in t.args[kind is If :])
    if kind is sp.Pow:
        base, exponent = t.args
        whole = fits(exponent, NATURAL) and not loose(exponent) & drawn
        return (whole or (exponent.is_Rational and exponent > 0)) and grows(base, drawn, known)
    if kind in (Value, Gradient) and not loose(t.args[0]) & drawn:
        return all(grows(each, drawn, known) for each in t.args[1:]) and _bounded(t, known)
    if kind is Expectation or kind is Total:
        outside, value = t.args[1], fresh(t.args[0].sort)
        alike = not loose(outside) & drawn and (kind is Total or type(outside) is Law)
        return alike and grows(t.open(value), drawn | ({value} if kind is Expectation else set()), known)
    if kind is Iterate:
        from zotheory.kernel.running import grows_along

        return grows_along(t, drawn, known)
    return kind is Probability


def _bounded(t: Any, known: Sequence[Any]) -> bool:
    """Whether |f(x)| <= a polynomial in |x|, or |grad f(x)|, is known for all x."""
    for formula in known:
        free = []
        while type(formula) is ForAll:
            free.append(fresh(formula.args[0].sort))
            formula = formula.open(free[-1])
        for each in parts(formula):
            own = t.func(t.args[0], *free) if free and len(free) == len(t.args) - 1 else None
            if own is None or [x.sort for x in free] != [sort_of(x) for x in t.args[1:]]:
                continue
            length = sp.sqrt(Inner(own, own)) if sort_of(own).kind == "space" else sp.Abs(own)
            if type(each) is Le and each.args[0] == length and grows(each.args[1], set(free), []):
                return True
    return False


# --- rules -----------------------------------------------------------------------------------------------------------


@rule
def average(fact: Fact, u: Any, law: Any, sides: Iterable[Fact] = ()) -> Any:
    """a <= b for every draw u from a law gives E a <= E b; and so a = b."""
    support = supports(u, law)
    given = united(fact, without=support)
    if type(fact.holds) not in (Le, Lt, Eq) or u in loose(law) or any(u in loose(each) for each in given):
        raise Refused(f"average: {fact} is no comparison for every {u} from {law}: {u} is free in a hypothesis")
    made = [Expectation.over(u.sort, law, body=lambda v, t=t: substitute(t, {u: v})) for t in fact.holds.args]
    known = [*given, *at_hand(*sides)]
    for each in made:
        require_denoting(each, known)
    return [*given, *united(*sides)], type(fact.holds)(*made)


@rule
def linear(t: Any, *sides: Fact) -> Any:
    """E of a sum is the sum of E of its parts, what is not drawn standing before E."""
    require_denoting(t, known := at_hand(*sides))
    law, value = t.args[1], fresh(t.args[0].sort)
    body, total = t.open(value), sp.S.Zero
    for vector, coefficient in (combination(body) if sort_of(body).kind == "space" else {sp.S.One: body}).items():
        atoms: dict[Any, Any] = {}
        number = _fraction(_plain(coefficient, atoms), atoms)
        names = {name: atom for atom, name in atoms.items()}
        below = number.denom.as_expr().xreplace(names)
        if value in loose(below):
            raise Refused(f"linear: {below}, in a denominator of {t}, is drawn")
        for powers, scale in number.numer.terms():
            factors = [names[name] ** power for name, power in zip(number.numer.ring.symbols, powers, strict=True) if power]
            drawn = [each for each in (vector, *factors) if value in loose(each)]
            still = sp.Mul(sp.Rational(scale.numerator, scale.denominator), *(f for f in (vector, *factors) if f not in drawn))
            own = sp.S.One
            if drawn:
                own = Expectation.over(value.sort, law, body=lambda v, m=sp.Mul(*drawn): substitute(m, {value: v}))
                require_denoting(own, known)
            total += still * own / below
    return united(*sides), Eq(t, total)


@rule
def mirrored(t: Any, *sides: Fact) -> Any:
    """E phi(u) = E phi(-u)."""
    if type(t) is not Expectation or type(t.args[1]) is not Law or t.args[1].args[0].name not in SYMMETRIC:
        raise Refused(f"mirrored: {t} is no expectation over a law of {', '.join(SYMMETRIC)}")
    require_denoting(t, at_hand(*sides))
    return united(*sides), Eq(t, Expectation.over(t.args[0].sort, t.args[1], body=lambda u: t.instantiate(-u)))


@rule
def covariance(law: Any, a: Any, b: Any, *sides: Fact) -> Any:
    """E <a, u> <b, u> = <a, b>."""
    if type(law) is not Law or law.args[0].name not in ISOTROPIC:
        raise Refused(f"covariance: {law} is none of {', '.join(ISOTROPIC)}")
    require_denoting(Inner(a, b), at_hand(*sides))
    space = sort_of(law).of[0]
    return united(*sides), Eq(Expectation.over(space, law, body=lambda u: Inner(a, u) * Inner(b, u)), Inner(a, b))


@rule
def mean_length(law: Any, a: Any, *sides: Fact) -> Any:
    """E |<a, u>| = |a| sqrt(d) Gamma(d/2)/(sqrt(pi) Gamma((d + 1)/2)) on the sphere, |a| sqrt(2/pi) for N(0, I)."""
    name, d = law.args
    of_sphere = sp.sqrt(d) * sp.gamma(d / 2) / (sp.sqrt(sp.pi) * sp.gamma((d + 1) / 2))
    scale = {"sphere": of_sphere, "gaussian": sp.sqrt(2 / sp.pi)}[name.name]
    require_denoting(a, at_hand(*sides))
    made = Expectation.over(sort_of(law).of[0], law, body=lambda u: sp.Abs(Inner(a, u)))
    return united(*sides), Eq(made, scale * sp.sqrt(Inner(a, a)))

"""What is known of the laws of the language: when E exists, moments, symmetries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from zotheory.kernel.denoting import require_denoting, shows
from zotheory.kernel.facts import Fact, Refused, at_hand, need, parts, rule, united
from zotheory.kernel.normal import expected, summands
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
)

LAW_CONDITIONS: dict[str, Any] = {
    "interval": lambda low, high: [Lt(low, high)],
    "index": lambda count: [Lt(0, count)],
    "bernoulli": lambda p: [Le(0, p), Le(p, 1)],
}
SUPPORTS: dict[str, Any] = {
    **dict.fromkeys(("sphere", "rademacher"), lambda u, d: [Eq(Inner(u, u), d)]),
    "index": lambda j, count: [Lt(j, count)],
    "interval": lambda x, low, high: [Le(low, x), Le(x, high)],
}
ISOTROPIC = ("sphere", "gaussian", "ball", "rademacher", "coordinates")  # E <a, u> <b, u> = <a, b>
SYMMETRIC = ("sphere", "gaussian", "ball", "rademacher", "normal")  # -u has the law of u
BOUNDED = ("sphere", "ball", "rademacher", "coordinates", "interval", "index", "bernoulli")  # draws no longer than so
SLOW = (sp.Add, sp.Mul, sp.Abs, sp.Max, sp.Min, sp.floor, sp.ceiling, Inner, If)  # no longer than a polynomial


def supports(value: Any, over: Any) -> list[Any]:
    """Return what holds of every draw from a law, and of every index below a count."""
    if type(over) is Law:
        return SUPPORTS.get(over.args[0].name, lambda *_: [])(value, *over.args[1:])
    return [Lt(value, over)] if fits(over, NATURAL) else []


def integrable(formula: Any, known: Sequence[Any]) -> bool:
    """Whether what E is over grows no faster than a polynomial: laws by name, and all draws of a run, have moments."""
    law, value = formula.args[1], fresh(formula.args[0].sort)
    body = formula.open(value)
    if type(law) is Chain:
        value = fresh(DRAWS)
        body, law = formula.instantiate(Iterate(*law.args, value)), Draws(*law.args[:2])
    runs = {each.args[:2] for each in nodes(body) if type(each) is Iterate and value in loose(each)}
    fitting = type(law) is Law or (type(law) is Draws and runs <= {law.args})
    if value not in loose(body) or (fitting and grows(body, {value: is_bounded(law)}, known)):
        return True
    square = body.args[0] if type(body) is sp.Pow and body.args[1] == sp.S.Half else None
    if type(body) is sp.Abs or (type(square) is Inner and square.args[0] == square.args[1]):  # |v| has an E where v has
        return shows(Integrable(*expected(value, law, (square or body).args[0]).args), known)
    if type(body) is Inner and (vector := [each for each in body.args if value in loose(each)])[1:] == []:
        return shows(Integrable(*expected(value, law, vector[0]).args), known)
    try:
        parts = [Integrable(*expected(value, law, each).args) for _, each in summands(body, value) if each != 1]
    except Refused:
        return False
    return formula not in parts and all(shows(each, known) for each in parts)


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


# --- rules -----------------------------------------------------------------------------------------------------------


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

"""When a term denotes, which sign a number has, and which formulas hold by their form.

What is asked of facts at hand, `known`, are their hypotheses and conclusions.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.symbol import Str

from zotheory.kernel.facts import need, parts
from zotheory.kernel.normal import NUMBERS, equal, normal
from zotheory.kernel.terms import (
    DIMENSION,
    DRAWS,
    NATURAL,
    And,
    Applied,
    Axis,
    Binder,
    Chain,
    Code,
    Eq,
    Expectation,
    ForAll,
    Gradient,
    If,
    Implies,
    Inner,
    Integrable,
    Iterate,
    Law,
    Le,
    Lt,
    Map,
    Not,
    Or,
    Probability,
    Total,
    Variable,
    fits,
    fresh,
    loose,
    sort_of,
    substitute,
)

ABOVE = {sp.log: 0, sp.gamma: 0, sp.loggamma: 0, sp.zeta: 1}  # what an argument is greater than where they denote

# --- terms that denote -----------------------------------------------------------------------------------------------


def conditions(t: Any, present: Container[Any] = ()) -> Iterator[Any]:
    """Yield formulas that ensure that a term, or every term in a formula, denotes, where those that are present do."""
    from zotheory.kernel.laws import LAW_CONDITIONS, supports

    kind = type(t)
    if t in present or isinstance(t, Variable | Str):
        return
    if kind is Implies:
        yield from conditions(t.args[0], present)
        yield from (Implies(t.args[0], each) for each in conditions(t.args[1], present))
        return
    if kind is Code:  # a schedule need not denote in a step 0 that no run takes
        every = [(part.args[0], conditions(part.args[-1])) for part in t.args if type(part) is Map]
        yield from (each for own, inside in every for each in inside if own not in loose(each))
    for part in t.args[isinstance(t, Binder) : -1 if isinstance(t, Binder) else None]:
        if type(part) is not Map or kind is not Code:
            yield from conditions(part, present)
    if isinstance(t, Binder):
        value = fresh(t.args[0].sort)
        support = [each for over in t.args[1:-1] for each in supports(value, over)]
        for each in conditions(t.open(value), present):
            closed = Implies(And(*support), each) if support else each
            inside = value in loose(each)
            yield ForAll.over(value.sort, body=lambda v, t=closed: t.xreplace({value: v})) if inside else each
        if kind is Expectation:
            yield Integrable(*t.args)
    elif kind is sp.Pow:
        base, exponent = t.args
        if exponent.is_Integer and exponent < 0:
            yield Not(Eq(base, 0))
        elif not fits(exponent, NATURAL):
            yield Le(0, base) if exponent.is_Rational and exponent > 0 else Lt(0, base)
    elif kind in ABOVE:
        yield Lt(ABOVE[kind], t.args[0])
    elif kind is Axis:
        yield Lt(*t.args)
    elif kind is Law:
        yield from LAW_CONDITIONS.get(t.args[0].name, lambda *_: [])(*t.args[1:])
    elif kind is Chain:
        yield from conditions(Iterate(*t.args, fresh(DRAWS)), present)
    elif kind in (Gradient, Applied, Iterate):
        yield Eq(t, t)


def require_denoting(t: Any, known: Sequence[Any]) -> None:
    """Raise Refused unless a term, and every term in it, denotes: what stands in a true comparison does."""
    for each in conditions(t, {part for formula in known for part in standing(formula)}):
        need(shows(each, known), t, "is not seen to denote: neither its form nor the facts at hand show", each)


def require_kept(formula: Any, values: dict[Any, Any], known: Sequence[Any]) -> None:
    """Raise Refused unless all terms of a formula denote with these values in the place of variables."""
    for each in conditions(formula) if loose(formula) & values.keys() else ():
        need(shows(substitute(each, values), known), formula, "at", values, "need not denote: nothing shows", each)


def unspoiled(formula: Any, values: dict[Any, Any], known: Sequence[Any]) -> None:
    """Raise Refused unless a formula that is true with these values is so when SymPy has simplified it.

    A comparison that is true denotes; a premise, or what is denied, need not have been true.
    """
    if type(formula) in (Implies, Not):
        require_kept(formula.args[0], values, known)
    if type(formula) in (And, Or, Implies, ForAll):
        inner = [formula.open(fresh(formula.args[0].sort))] if type(formula) is ForAll else formula.args
        for each in inner[type(formula) is Implies :]:
            unspoiled(each, values, known)


def shows(formula: Any, known: Sequence[Any]) -> bool:
    """Whether a formula holds by its form where these do."""
    kind, known = type(formula), [part for each in known for part in parts(each)]
    if formula in known:
        return True
    if kind is And:
        return all(shows(each, known) for each in formula.args)
    if kind is Implies:
        return shows(formula.args[1], [*known, formula.args[0]])
    if kind is ForAll:
        return shows(formula.open(fresh(formula.args[0].sort)), known)
    if kind is Integrable:
        from zotheory.kernel.laws import integrable

        return Expectation(*formula.args) in {t for each in known for t in standing(each)} or integrable(formula, known)
    if kind is Not and type(formula.args[0]) is Eq:
        a, b = formula.args[0].args
        return sort_of(a) in NUMBERS and 2 in (sign(b - a, known), sign(a - b, known))
    if kind is Eq and formula.args[0] == formula.args[1] and type(formula.args[0]) in (Gradient, Applied, Iterate):
        return denotes(formula.args[0], known)
    a, b = formula.args if kind in (Le, Lt, Eq) else (0, 0)
    return equal(a, b) if kind is Eq else kind in (Le, Lt) and sign(b - a, known) > (kind is Lt)


def denotes(t: Any, known: Sequence[Any]) -> bool:
    """Whether a term stands in a comparison that is true; a gradient of f also if one at every point does."""
    if type(t) is Iterate:
        from zotheory.kernel.running import runs_through

        return runs_through(t, known)
    for formula in known:
        free = set()
        while type(formula) is ForAll:
            free.add(value := fresh(formula.args[0].sort))
            formula = formula.open(value)
        for each in standing(formula):
            if each == t or (type(each) is type(t) is Gradient and each.args[1] in free and _of_kind(each, t, free)):
                return True
    return False


def _of_kind(each: Any, t: Any, free: set[Any]) -> bool:
    """Whether two gradients are of one function, a sample in it being any."""
    (own, wanted), names = (each.args[0], t.args[0]), loose(each.args[0]) & free
    tried = ({name: x} for name in names for x in loose(wanted) if x.sort == name.sort) if len(names) == 1 else [{}]
    return any(own.xreplace(values) == wanted and not names - values.keys() for values in tried)


def standing(formula: Any) -> Iterator[Any]:
    """Yield the terms outside of binders in the comparisons that a conjunction consists of."""
    todo = [each for part in parts(formula) if type(part) in (Le, Lt, Eq) for each in part.args]
    while todo:
        yield (each := todo.pop())
        todo += () if isinstance(each, Binder | Variable) else each.args


# --- signs -----------------------------------------------------------------------------------------------------------


def sign(t: Any, known: Sequence[Any]) -> int:
    """2 if a number is > 0 where it denotes, by its form or as a difference of two sides at hand; 1 if >= 0; else 0."""
    scale, rest = t.as_coeff_Mul()
    if rest != 1 and scale != 1:
        return sign(rest, known) if scale > 0 else max((_by_fact(-rest, each) for each in known), default=0)
    own = _by_form(t, known)
    return own if own == 2 else max(own, *(_by_fact(t, each) for each in known), 0)


def _by_fact(t: Any, formula: Any) -> int:
    if type(formula) not in (Le, Lt, Eq) or any(sort_of(each) not in NUMBERS for each in formula.args):
        return 0
    a, b = formula.args
    matches = _scaled(t) in (_scaled(b - a), _scaled(a - b) if type(formula) is Eq else None)
    return matches * (2 if type(formula) is Lt else 1)


@lru_cache(maxsize=100_000)
def _scaled(t: Any) -> Any:
    """A positive multiple of a number in normal form, the same for all multiples."""
    factor, rest = normal(t).as_content_primitive()
    return rest if factor > 0 else normal(t)


def _by_form(t: Any, known: Sequence[Any]) -> int:
    from zotheory.kernel.laws import supports

    kind = type(t)
    if isinstance(t, sp.Rational):
        return 2 if t > 0 else int(t == 0)
    if isinstance(t, Variable):
        return {DIMENSION: 2, NATURAL: 1}.get(t.sort, 0)
    if kind in (type(sp.pi), type(sp.E), sp.exp, sp.gamma):
        return 2
    if kind in (sp.Mul, sp.Add):
        signs = [sign(each, known) for each in t.args]
        return 0 if 0 in signs else min(signs) if kind is sp.Mul else max(signs)
    if kind is sp.Pow:
        base, exponent = t.args
        own = sign(base, known)
        if exponent.is_Integer and exponent % 2:
            return own
        if exponent.is_Rational:  # an even power, or a root
            return 2 if exponent < 0 else max(1, own)
        return own  # (-1)^(-t) denotes as well
    if kind is sp.log:
        return sign(t.args[0] - 1, known)
    if kind in (sp.Max, sp.Min, If):
        signs = [sign(each, known) for each in t.args[kind is If :]]
        return max(signs) if kind is sp.Max else min(signs)
    if kind in (Expectation, Total):
        value = fresh(t.args[0].sort)
        own = sign(t.open(value), [*known, *supports(value, t.args[1])])
        return own if kind is Expectation else min(own, 1)
    return int(kind in (sp.Abs, Probability) or (kind is Inner and t.args[0] == t.args[1]))

"""Rules about numbers and vectors.

A rule unites the hypotheses of all facts that it takes, of `sides` as well. All terms of a conclusion denote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sympy as sp

from zotheory.kernel.denoting import require_denoting, shows, sign
from zotheory.kernel.facts import Fact, at_hand, need, rule, united
from zotheory.kernel.normal import equal, put
from zotheory.kernel.terms import (
    Eq,
    If,
    Inner,
    Le,
    Lt,
    Not,
    Total,
    term,
)


@rule
def by_form(formula: Any, *sides: Fact) -> Any:
    """What is seen by its form and from the facts at hand, all its terms denoting, holds."""
    require_denoting(formula, known := at_hand(*sides))
    need(shows(formula, known), "by_form:", formula, "is shown neither by its form nor by", *known)
    return united(*sides), formula


@rule
def combine(goal: Any, parts: Sequence[tuple[Any, Fact]], rest: Any = 0, sides: Iterable[Fact] = ()) -> Any:
    """a <= b, as b - a is the sum of c (r - l) over facts l <= r, and of `rest`; c and `rest` are >= 0 by form.

    Of facts l = r, c may have any sign. a < b needs one l < r with c > 0, or `rest` > 0; a = b takes equations alone.
    """
    facts, rest = [fact for _, fact in parts], term(rest)
    known, kind = at_hand(*facts, *sides), type(goal)
    need(kind in (Le, Lt, Eq), "combine gives a comparison, not", goal)
    for each in (goal, rest):
        require_denoting(each, known)
    left, strict = goal.args[1] - goal.args[0] - rest, sign(rest, known) == 2
    for scale, fact in ((term(scale), fact) for scale, fact in parts):
        need(type(fact.holds) in (Le, Lt, Eq), "combine takes comparisons, not", fact)
        require_denoting(scale, known)
        own = 3 if type(fact.holds) is Eq else sign(scale, known) if kind is not Eq else 0
        need(own, "combine: nothing shows 0 <=", scale, ", the factor of", fact.holds, ", or", goal, "is an equation")
        strict |= own == 2 and type(fact.holds) is Lt
        left -= scale * (fact.holds.args[1] - fact.holds.args[0])
    need(equal(left, sp.S.Zero), "combine:", goal, "leaves", left, ", which is not 0")
    need(sign(rest, known) and (kind is not Eq or rest == 0), "combine: nothing shows 0 <=", rest, "or = for", goal)
    need(kind is not Lt or strict, "combine:", goal, "needs a part that is > 0")
    return united(*facts, *sides), goal


@rule
def congruence(t: Any, equation: Fact, *sides: Fact) -> Any:
    """l = r gives t = t with r in the place of l."""
    need(type(equation.holds) is Eq, "congruence takes an equation, not", equation)
    made = Eq(t, put(t, *equation.holds.args))
    require_denoting(made, at_hand(equation, *sides))
    return united(equation, *sides), made


@rule
def chosen(t: Any, condition: Fact, *sides: Fact) -> Any:
    """The value of an If, where its condition holds, or the contrary of it."""
    need(type(t) is If, "chosen takes an If, not", t)
    require_denoting(t, at_hand(condition, *sides))
    formula, a, b = t.args
    denied = [Not(formula), *([opposite(formula)] if type(formula) in (Le, Lt) else [])]
    need(condition.holds in (formula, *denied), "chosen:", condition, "neither says nor denies", formula)
    return united(condition, *sides), Eq(t, a if condition.holds == formula else b)


def opposite(formula: Any) -> Any:
    """Return b < a for a <= b, and b <= a for a < b."""
    return {Le: Lt, Lt: Le}[type(formula)](*reversed(formula.args))


@rule
def contrary(formula: Any, *sides: Fact) -> Any:
    """not a < b gives b <= a, not a <= b gives b < a, where a and b denote."""
    need(type(formula) in (Le, Lt), "contrary takes a comparison, not", formula)
    require_denoting(formula, at_hand(*sides))
    return [*united(*sides), Not(formula)], opposite(formula)


@rule
def unfolded(t: Any, *sides: Fact) -> Any:
    """|a|, Max(a, b) and Min(a, b) as a choice."""
    need(type(t) in (sp.Abs, sp.Max, sp.Min) and len(t.args) < 3, "unfolded takes |a|, Max(a, b), Min(a, b), not", t)
    require_denoting(t, at_hand(*sides))
    a, b = t.args[0], t.args[-1]
    choices = {sp.Abs: If(Le(0, a), a, -a), sp.Max: If(Le(a, b), b, a), sp.Min: If(Le(a, b), a, b)}
    return united(*sides), Eq(t, choices[type(t)])


@rule
def squares(goal: Any, fact: Fact, *sides: Fact) -> Any:
    """a <= b where a^2 <= b^2 and 0 <= b."""
    require_denoting(goal, known := at_hand(fact, *sides))
    a, b = goal.args
    need(type(goal) is type(fact.holds) is Le and sign(b, known), "squares gives a <= b, 0 <= b by form, not", goal)
    fit = equal(fact.holds.args[0], a**2) and equal(fact.holds.args[1], b**2)
    need(fit, "squares:", fact, "does not compare the squares in", goal)
    return united(fact, *sides), goal


@rule
def cauchy_schwarz(a: Any, b: Any, *sides: Fact) -> Any:
    """<a, b> <= |a| |b|."""
    require_denoting(Inner(a, b), at_hand(*sides))
    return united(*sides), Le(Inner(a, b), sp.sqrt(Inner(a, a)) * sp.sqrt(Inner(b, b)))


@rule
def exponential(x: Any, *sides: Fact) -> Any:
    """1 + x <= e^x."""
    require_denoting(x, at_hand(*sides))
    return united(*sides), Le(1 + x, sp.exp(x))


@rule
def summed(t: Any, *sides: Fact) -> Any:
    """A sum over s < n + 1 is that over s < n and the term at n; one over s < 0 is 0."""
    need(type(t) is Total, "summed takes a sum, not", t)
    require_denoting(t, at_hand(*sides))
    sort, count = t.args[0].sort, t.args[1]
    last = 0 if count == 0 else Total.over(sort, count - 1, body=t.instantiate) + t.instantiate(count - 1)
    return united(*sides), Eq(t, last)

"""Comparisons that follow from others: the factors are found here, and `combine` checks them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import sympy as sp
from scipy.optimize import linprog

from zotheory.kernel.algebra import combine
from zotheory.kernel.denoting import sign
from zotheory.kernel.facts import Fact, at_hand
from zotheory.kernel.normal import rational
from zotheory.kernel.terms import Eq, term

LARGEST = 10**6  # denominator of a factor


class Unsolved(ValueError):
    """No factors were found."""


def follows_linearly(
    goal: Any,
    facts: Sequence[Fact],
    rest: Sequence[Any] = (),
    times: Sequence[Any] = (1,),
    sides: Iterable[Fact] = (),
) -> Fact:
    """Show a comparison from facts, each times numbers and products of `times`, and from terms `rest` >= 0.

    Raises
    ------
    Unsolved
        If no such factors are found.
    """
    sides = list(sides)
    known = at_hand(*facts, *sides)
    a, b = goal.args
    columns: list[Any] = []
    made: list[tuple[Any, Fact | None]] = []
    for fact in facts:
        low, high = fact.holds.args
        for scale in map(term, times):
            if type(fact.holds) is Eq:
                columns += [scale * (high - low), scale * (low - high)]
                made += [(scale, fact), (-scale, fact)]
            elif sign(scale, known):
                columns.append(scale * (high - low))
                made.append((scale, fact))
    for each in map(term, (*rest, *([1] if type(goal) is not Eq else []))):
        columns.append(each)
        made.append((each, None))
    factors = _factors([b - a, *columns])
    if factors is None:
        raise Unsolved(f"{goal} does not follow from {', '.join(str(fact.holds) for fact in facts)} by these factors")
    parts = [(c * scale, fact) for c, (scale, fact) in zip(factors, made, strict=True) if fact is not None and c]
    left = sum((c * scale for c, (scale, fact) in zip(factors, made, strict=True) if fact is None), sp.S.Zero)
    return combine(goal, parts, left, sides)


def _factors(terms: Sequence[Any]) -> list[Any] | None:
    """Rational c >= 0 with the first term equal to the sum of c times the others; None if there are none."""
    atoms: dict[Any, Any] = {}
    for _ in range(2):  # again, when all atoms are known: in one field
        found = [rational(each, atoms)[0] for each in terms]
    below = found[0].denom
    for each in found[1:]:
        below = below.lcm(each.denom)
    names = {name: atom for atom, name in atoms.items()}
    cleared = [rational((each.numer * below.exquo(each.denom)).as_expr().xreplace(names), atoms)[0] for each in found]
    polynomials = [each.numer * (1 / each.denom.coeff(1)) for each in cleared]
    monomials = sorted({m for p in polynomials for m in p.monoms()})
    matrix = sp.Matrix([[sp.Rational(str(p.get(m, 0))) for p in polynomials] for m in monomials])
    goal, columns = matrix[:, 0], matrix[:, 1:]
    if not monomials:
        return [sp.S.Zero] * (len(terms) - 1)
    solved = linprog(
        np.ones(columns.cols), A_eq=np.array(columns, dtype=float), b_eq=np.array(goal, dtype=float).ravel()
    )
    if solved.status != 0:
        return None
    support = [i for i, c in enumerate(solved.x) if c > 1e-9]
    unknown = sp.symbols(f"c:{len(support)}")
    exact = sp.linsolve((columns[:, support], goal), *unknown) if support else {()}
    if not exact or (not support and any(goal)):
        return None
    (values,) = exact
    values = [v.subs(dict.fromkeys(unknown, 0)) for v in values]
    factors = [sp.S.Zero] * columns.cols
    for i, value in zip(support, values, strict=True):
        factors[i] = value
    return factors if min(factors, default=0) >= 0 else None

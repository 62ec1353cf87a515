"""Normal forms of numbers and vectors, and terms put in the place of others."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.symbol import Str

from zotheory.kernel.facts import need
from zotheory.kernel.terms import (
    DIMENSION,
    NATURAL,
    REAL,
    Binder,
    Code,
    Expectation,
    Inner,
    Variable,
    key,
    loose,
    sort_of,
    substitute,
)

NUMBERS = (REAL, NATURAL, DIMENSION)


@lru_cache(maxsize=100_000)
def normal(t: Any) -> Any:
    """Return a term that is equal where t denotes: a quotient of polynomials in what is no sum, product or power."""
    if isinstance(t, Variable | Str | Code) or not t.args:
        return t
    sort = sort_of(t)
    if sort in NUMBERS:
        found, atoms = rational(t)
        return found.as_expr().xreplace({name: atom for atom, name in atoms.items()})
    if sort.kind == "space":
        return sp.Add(*(scale * vector for vector, scale in combination(t).items()))
    return _inside(t)


def _inside(t: Any) -> Any:
    """The same node of parts in normal form."""
    if isinstance(t, Variable) or not t.args:
        return t
    if isinstance(t, Binder):
        return type(t).over(t.args[0].sort, *map(normal, t.args[1:-1]), body=lambda value: normal(t.open(value)))
    return t.func(*map(normal, t.args))


def combination(t: Any) -> dict[Any, Any]:
    """Return the vectors, none of them a sum or a multiple, of which a vector is a combination, with factors."""
    found: dict[Any, Any] = {}
    for part in sp.Add.make_args(t) if t != 0 else ():
        factors = sp.Mul.make_args(part)
        (vector,) = (each for each in factors if sort_of(each).kind == "space")
        scale = sp.Mul(*(each for each in factors if each is not vector))
        for each, own in combination(vector).items() if type(vector) is sp.Add else [(_inside(vector), sp.S.One)]:
            found[each] = normal(found.get(each, 0) + scale * own)
    return {vector: scale for vector, scale in found.items() if scale != 0}


def rational(t: Any, atoms: dict[Any, Any] | None = None) -> tuple[Any, dict[Any, Any]]:
    """Return a number as a quotient of polynomials in lowest terms, in names of atoms, and these names.

    r^q is replaced by b for roots r of b of order q, and |b|^2 by b^2.
    """
    atoms = {} if atoms is None else atoms
    plain = _plain(t, atoms)
    bases: dict[Any, Any] = {}
    while len(bases) < len(atoms):  # a base may bring more atoms
        for atom in atoms.keys() - bases.keys():
            root = type(atom) is sp.Pow and atom.args[1].is_Rational and atom.args[1].p == 1
            order = atom.args[1].q if root else 2 if type(atom) is sp.Abs else 0
            bases[atom] = order, _plain(atom.args[0], atoms) ** (1 if root else 2) if order else None
    field = sp.QQ.frac_field(*([atoms[each] for each in sorted(atoms, key=_order)] or [sp.Dummy()]))
    found, last = field.from_sympy(plain), None
    while found != last:
        last = found
        for atom, (order, base) in bases.items():
            if order:
                lower = field.from_sympy(base)
                above, below = (_lowered(each, atoms[atom], order, lower) for each in (found.numer, found.denom))
                found = above / below
    return found, atoms


_order = lru_cache(maxsize=100_000)(key)


def _lowered(polynomial: Any, name: Any, order: int, base: Any) -> Any:
    """Put `base` in the place of the power of `order` of a name."""
    i, total = polynomial.ring.symbols.index(name), base.field.zero
    for powers, scale in polynomial.terms():
        times, left = divmod(powers[i], order)
        total += base.field(polynomial.ring({(*powers[:i], left, *powers[i + 1 :]): scale})) * base**times
    return total


def _plain(t: Any, atoms: dict[Any, Any]) -> Any:
    """Return a number as a rational function of names of atoms, of which it makes a list."""
    kind = type(t)
    if isinstance(t, sp.Rational):
        return t
    if kind in (sp.Add, sp.Mul):
        return kind(*(_plain(each, atoms) for each in t.args))
    if kind is Inner:
        a, b = map(combination, t.args)
        pairs = ((x * y, Inner(v, w)) for v, x in a.items() for w, y in b.items())
        return sp.Add(*(_plain(scale, atoms) * _named(inner, atoms) for scale, inner in pairs))
    if kind is sp.exp:  # exp(a + 2 b) = exp(a) exp(b)^2
        return sp.Mul(*(_power(sp.exp, each, atoms) for each in sp.Add.make_args(sp.expand_mul(t.args[0]))))
    if kind is not sp.Pow:
        return _named(_inside(t), atoms)
    base, exponent = t.args
    whole, rest = (sp.floor(exponent), exponent % 1) if exponent.is_Rational else exponent.as_coeff_Add()
    if rest == 0:
        return _plain(base, atoms) ** whole
    if rest.is_Rational:  # b^(-1/2) = b^(1/2)/b; SymPy makes 2 sqrt(x) of sqrt(4 x)
        root = normal(base) ** sp.Rational(1, rest.q)
        own = _named(root, atoms) if root.args[:1] == (normal(base),) else _plain(root, atoms)
        return _plain(base, atoms) ** whole * own**rest.p
    if whole.is_Integer and (whole > 0 or (base.is_Rational and base > 0)):  # b^(t + 1) = b b^t, as 0^(0 + 1) = 0 0^0
        return _plain(base, atoms) ** whole * _power(lambda e: base**e, rest, atoms)
    return _power(lambda e: base**e, exponent, atoms)


def _power(of: Any, exponent: Any, atoms: dict[Any, Any]) -> Any:
    times, rest = exponent.as_coeff_Mul()
    if not times.is_Integer:  # e^(-t/2) = 1/e^(t/2)
        times, rest = sp.sign(times), exponent * sp.sign(times)
    return _named(_inside(of(rest)), atoms) ** times


def _named(atom: Any, atoms: dict[Any, Any]) -> Any:
    return atom if isinstance(atom, sp.Rational) else atoms.setdefault(atom, sp.Dummy())


def summands(t: Any, drawn: Any) -> list[tuple[Any, Any]]:
    """Return a number or vector as a sum of products of what a variable is not in, and of what it is in (or 1)."""
    found = []
    for vector, scale in (combination(t) if sort_of(t).kind == "space" else {sp.S.One: t}).items():
        number, atoms = rational(scale)
        names = {name: atom for atom, name in atoms.items()}
        below = number.denom.as_expr().xreplace(names)
        need(drawn not in loose(below), below, ", a denominator in", t, ", is drawn")
        for powers, factor in number.numer.terms():
            each = [vector, *(names[n] ** p for n, p in zip(number.numer.ring.symbols, powers, strict=True) if p)]
            still = sp.Mul(sp.Rational(str(factor)), *(part for part in each if drawn not in loose(part)))
            found.append((still / below, sp.Mul(*(part for part in each if drawn in loose(part)))))
    return found


def equal(a: Any, b: Any) -> bool:
    """Whether two terms have one normal form."""
    if sort_of(a) in NUMBERS and sort_of(b) in NUMBERS:
        return rational(a - b)[0] == 0
    return normal(a - b) == 0 if "space" in (sort_of(a).kind, sort_of(b).kind) else normal(a) == normal(b)


def put(t: Any, left: Any, right: Any) -> Any:
    """Return a term with `right` wherever `left` stands."""
    if t == left or not t.args:
        return right if t == left else t
    if not isinstance(t, Binder):
        return t.func(*(put(each, left, right) for each in t.args))
    outside = (put(each, left, right) for each in t.args[1:-1])
    return type(t).over(t.args[0].sort, *outside, body=lambda value: put(t.open(value), left, right))


def expected(variable: Any, law: Any, body: Any) -> Any:
    """E of a term over draws of a variable that is free in it."""
    return Expectation.over(variable.sort, law, body=lambda value: substitute(body, {variable: value}))

"""Numbers and vectors: when a term denotes, normal forms, signs by form, and the rules that rest on them.

What is asked of facts at hand, `known`, are their hypotheses and conclusions; a rule unites the hypotheses of all facts
that it takes, of `sides` as well. All terms of a conclusion denote.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.symbol import Str

from zotheory.kernel.facts import Fact, Refused, at_hand, need, parts, rule, united
from zotheory.kernel.terms import (
    DIMENSION,
    DRAWS,
    NATURAL,
    REAL,
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
    key,
    loose,
    sort_of,
    substitute,
    term,
)

NUMBERS = (REAL, NATURAL, DIMENSION)
ABOVE = {sp.log: 0, sp.gamma: 0, sp.loggamma: 0, sp.zeta: 1}  # what an argument is greater than where they denote


# --- normal forms ----------------------------------------------------------------------------------------------------


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
    plain, bases = _plain(t, atoms), dict[Any, Any]()
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


def equal(a: Any, b: Any) -> bool:
    """Whether two terms have one normal form."""
    if sort_of(a) in NUMBERS and sort_of(b) in NUMBERS:
        return rational(a - b)[0] == 0
    return normal(a - b) == 0 if "space" in (sort_of(a).kind, sort_of(b).kind) else normal(a) == normal(b)


# --- terms that denote -----------------------------------------------------------------------------------------------


def conditions(t: Any, present: Container[Any] = ()) -> Iterator[Any]:
    """Yield formulas that ensure that a term, or every term in a formula, denotes, where those that are present do."""
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


def supports(value: Any, over: Any) -> list[Any]:
    """Return what holds of every draw from a law, and of every index below a count."""
    if type(over) is Law:
        return SUPPORTS.get(over.args[0].name, lambda *_: [])(value, *over.args[1:])
    return [Lt(value, over)] if fits(over, NATURAL) else []


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
    kind = type(formula)
    if kind is And:
        return all(shows(each, known) for each in formula.args)
    if kind is Implies:
        return shows(formula.args[1], [*known, formula.args[0]])
    if kind is ForAll:
        return shows(formula.open(fresh(formula.args[0].sort)), known)
    known = [part for each in known for part in parts(each)]
    if formula in known:
        return True
    if kind is Integrable:
        from zotheory.kernel.expectation import integrable

        return integrable(formula, known)
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
            everywhere = type(each) is type(t) is Gradient and each.args[1] in free and not loose(each.args[0]) & free
            if each == t or (everywhere and each.args[0] == t.args[0]):
                return True
    return False


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


# --- rules -----------------------------------------------------------------------------------------------------------


@rule
def by_form(formula: Any, *sides: Fact) -> Any:
    """H |- C where all terms of C denote, and C is seen by its form and from the facts at hand."""
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


def put(t: Any, left: Any, right: Any) -> Any:
    """Return a term with `right` wherever `left` stands."""
    if t == left or not t.args:
        return right if t == left else t
    if not isinstance(t, Binder):
        return t.func(*(put(each, left, right) for each in t.args))
    outside = (put(each, left, right) for each in t.args[1:-1])
    return type(t).over(t.args[0].sort, *outside, body=lambda value: put(t.open(value), left, right))


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
def larger(t: Any, *sides: Fact) -> Any:
    """Max(a, b) = b where a <= b, Min(a, b) = b where b <= a, |a| = a where 0 <= a and -a where a <= 0."""
    require_denoting(t, known := at_hand(*sides))
    choices = {sp.Abs: lambda a: (a, -a), sp.Max: lambda *a: a, sp.Min: lambda *a: a}[type(t)](*t.args)
    for each in choices:
        others = [(each - other) * (-1 if type(t) is sp.Min else 1) for other in choices if other != each]
        if all(sign(above, known) for above in ([each] if type(t) is sp.Abs else others)):
            return united(*sides), Eq(t, each)
    raise Refused(f"larger: none of {choices} is seen to be {t}")


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

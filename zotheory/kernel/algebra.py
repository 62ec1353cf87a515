"""Numbers and vectors: when a term denotes, normal forms, signs by form, and the rules that rest on them.

Every rule shows that both sides of its conclusion denote. What is asked of facts at hand, `known`, are their hypotheses
and conclusions: the rule unites the hypotheses of all of them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.symbol import Str

from zotheory.kernel.facts import Fact, Refused, parts, rule, same, united
from zotheory.kernel.terms import (
    DIMENSION,
    NATURAL,
    REAL,
    And,
    Applied,
    Axis,
    Binder,
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
    Not,
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
ABOVE = {sp.log: 0, sp.gamma: 0, sp.loggamma: 0, sp.zeta: 1}  # what an argument must be greater than


# --- normal forms ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def normal(t: Any) -> Any:
    """Return a term that is equal where t denotes: a quotient of polynomials in what is no sum, product or power."""
    if isinstance(t, Variable | Str) or not t.args:
        return t
    sort = sort_of(t)
    if sort in NUMBERS:
        atoms: dict[Any, Any] = {}
        return _fraction(_plain(t, atoms), atoms).as_expr().xreplace({name: atom for atom, name in atoms.items()})
    if sort.kind == "space":
        return sp.Add(*(coefficient * vector for vector, coefficient in combination(t).items()))
    return _inside(t)


def _inside(t: Any) -> Any:
    if isinstance(t, Binder):
        return type(t).over(t.args[0].sort, *map(normal, t.args[1:-1]), body=lambda value: normal(t.open(value)))
    return t.func(*map(normal, t.args))


def combination(t: Any) -> dict[Any, Any]:
    """Return the vectors, none of them a sum or a multiple, of which a vector is a combination, with coefficients."""
    found: dict[Any, Any] = {}
    for part in sp.Add.make_args(t):
        factors = sp.Mul.make_args(part)
        (vector,) = [each for each in factors if sort_of(each).kind == "space"] or [sp.S.Zero]
        if type(vector) is sp.Add:
            inner = combination(vector)
        else:
            inner = {_inside(vector) if vector.args else vector: sp.S.One} if vector != 0 else {}
        scale = sp.Mul(*(each for each in factors if each is not vector))
        for each, coefficient in inner.items():
            found[each] = normal(found.get(each, 0) + scale * coefficient)
    return {vector: coefficient for vector, coefficient in found.items() if coefficient != 0}


def _plain(t: Any, atoms: dict[Any, Any]) -> Any:
    """Return a number as a rational function of names of atoms, of which it makes a list."""
    kind = type(t)
    if isinstance(t, sp.Rational):
        return t
    if kind in (sp.Add, sp.Mul):
        return kind(*(_plain(each, atoms) for each in t.args))
    if kind is Inner:
        a, b = map(combination, t.args)
        products = ((v, w, x * y) for v, x in a.items() for w, y in b.items())
        return sp.Add(*(_plain(scale, atoms) * _named(Inner(v, w), atoms) for v, w, scale in products))
    if kind is sp.exp:  # exp(a + 2 b) = exp(a) exp(b)^2
        return sp.Mul(*(_power(sp.exp, each, atoms) for each in sp.Add.make_args(t.args[0])))
    if kind is sp.Pow:
        base, exponent = t.args
        whole, rest = (sp.floor(exponent), exponent % 1) if exponent.is_Rational else exponent.as_coeff_Add()
        if rest == 0:
            return _plain(base, atoms) ** whole
        if rest.is_Rational:  # b^(-1/2) = b^(1/2)/b
            return _plain(base, atoms) ** whole * _root(normal(base), rest.q, atoms) ** rest.p
        if whole.is_Integer and whole > 0:  # b^(t + 1) = b b^t, where b = 0 and t = 0 as well
            return _plain(base, atoms) ** whole * _power(lambda e: base**e, rest, atoms)
        return _power(lambda e: base**e, exponent, atoms)
    return _named(_inside(t) if t.args else t, atoms)


def _power(of: Any, exponent: Any, atoms: dict[Any, Any]) -> Any:
    times, rest = exponent.as_coeff_Mul()
    made = of(rest if times.is_Integer else exponent)
    return _named(_inside(made) if made.args else made, atoms) ** (times if times.is_Integer else 1)


def _root(base: Any, order: int, atoms: dict[Any, Any]) -> Any:
    made = base ** sp.Rational(1, order)
    return _named(made, atoms) if made.args[:1] == (base,) else _plain(made, atoms)  # sqrt(4 x) is made 2 sqrt(x)


def _named(atom: Any, atoms: dict[Any, Any]) -> Any:
    return atom if isinstance(atom, sp.Rational) else atoms.setdefault(atom, sp.Dummy())


def _fraction(plain: Any, atoms: dict[Any, Any]) -> Any:
    """Return a rational function in lowest terms, with r^q replaced by b for roots r of b, and |b|^2 by b^2."""
    bases: dict[Any, Any] = {}
    while len(bases) < len(atoms):  # a base may bring more atoms
        for atom in atoms.keys() - bases.keys():
            if type(atom) is sp.Pow and atom.args[1].is_Rational:
                bases[atom] = atom.args[1].q, _plain(atom.args[0], atoms)
            else:
                bases[atom] = (2, _plain(atom.args[0], atoms) ** 2) if type(atom) is sp.Abs else None
    names = [atoms[atom] for atom in sorted(atoms, key=_order)] or [sp.Dummy()]
    field = sp.QQ.frac_field(*names)
    found, left = field.from_sympy(plain), None
    while found != left:
        left = found
        for atom, relation in bases.items():
            if relation:
                order, base = relation[0], field.from_sympy(relation[1])
                above, below = (_lowered(each, atoms[atom], order, base) for each in (found.numer, found.denom))
                found = above / below
    return found


_order = lru_cache(maxsize=100_000)(key)


def _lowered(polynomial: Any, name: Any, order: int, base: Any) -> Any:
    """Replace powers of `order` and more of a generator."""
    i, total = polynomial.ring.symbols.index(name), base.field.zero
    for powers, coefficient in polynomial.terms():
        times, left = divmod(powers[i], order)
        total += base.field(polynomial.ring({(*powers[:i], left, *powers[i + 1 :]): coefficient})) * base**times
    return total


def equal(a: Any, b: Any) -> bool:
    """Whether two numbers or vectors have one normal form."""
    if sort_of(a) in NUMBERS and sort_of(b) in NUMBERS:
        atoms: dict[Any, Any] = {}
        return _fraction(_plain(a - b, atoms), atoms) == 0
    return normal(a - b) == 0 if "space" in (sort_of(a).kind, sort_of(b).kind) else same(normal(a), normal(b))


# --- terms that denote -----------------------------------------------------------------------------------------------


def conditions(t: Any, present: Container[Any] = ()) -> Iterator[Any]:
    """Yield formulas that ensure that a term, or every term in a formula, denotes, where those that are present do."""
    kind = type(t)
    if t in present:
        return
    if isinstance(t, Binder):
        value = fresh(t.args[0].sort)
        for each in t.args[1:-1]:
            yield from conditions(each, present)
        support = [each for over in t.args[1:-1] for each in supports(value, over)]
        for each in conditions(t.open(value), present):
            yield _for_all(each, value, support)
        if kind is Expectation:
            yield Integrable(*t.args)
        return
    if kind is Implies:
        yield from conditions(t.args[0], present)
        yield from (Implies(t.args[0], each) for each in conditions(t.args[1], present))
        return
    if isinstance(t, Variable | Str):
        return
    for each in t.args:
        yield from conditions(each, present)
    if kind is sp.Pow:
        base, exponent = t.args
        if exponent.is_Integer:
            if exponent < 0:
                yield Not(Eq(base, 0))
        elif not fits(exponent, NATURAL):
            yield Le(0, base) if exponent.is_Rational and exponent > 0 else Lt(0, base)
    elif kind in ABOVE:
        yield Lt(ABOVE[kind], t.args[0])
    elif kind is Axis:
        yield Lt(*t.args)
    elif kind is Law:
        yield from LAW_CONDITIONS.get(t.args[0].name, lambda *_: [])(*t.args[1:])
    elif kind in (Gradient, Applied, Iterate):
        yield Eq(t, t)


LAW_CONDITIONS = {
    "interval": lambda low, high: [Lt(low, high)],
    "index": lambda count: [Lt(0, count)],
    "bernoulli": lambda p: [Le(0, p), Le(p, 1)],
}


def supports(value: Any, over: Any) -> list[Any]:
    """Return what holds of every draw from a law, and of every index below a count."""
    if type(over) is not Law:
        return [Lt(value, over)] if fits(over, NATURAL) else []
    name, *parameters = over.args
    if name.name in ("sphere", "rademacher"):
        return [Eq(Inner(value, value), parameters[0])]
    if name.name == "index":
        return [Lt(value, parameters[0])]
    return [Le(parameters[0], value), Le(value, parameters[1])] if name.name == "interval" else []


def _for_all(formula: Any, variable: Any, support: Sequence[Any]) -> Any:
    if variable not in loose(formula):
        return formula
    closed = Implies(And(*support), formula) if support else formula
    return ForAll.over(variable.sort, body=lambda value: closed.xreplace({variable: value}))


def require_denoting(t: Any, known: Sequence[Any]) -> None:
    """Raise Refused unless a term, and every term in it, denotes: what stands in a true comparison does."""
    for each in conditions(t, {term for formula in known for term in _standing(formula)}):
        if not shows(each, known):
            raise Refused(f"{t} is not seen to denote: {each} is shown neither by its form nor by the facts at hand")


def require_kept(formulas: Iterable[Any], values: dict[Any, Any], known: Sequence[Any]) -> None:
    """Raise Refused unless all terms of formulas denote with these values in the place of variables."""
    for formula in formulas:
        for each in conditions(formula):
            if loose(each) & values.keys() and not shows(substitute(each, values), known):
                raise Refused(f"{formula} at {values} is not seen to denote: {substitute(each, values)} is not shown")


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
    if any(same(formula, each) for each in known):
        return True
    if kind is Integrable:
        from zotheory.kernel.expectation import integrable

        return integrable(formula, known)
    a, b = formula.args if len(formula.args) == 2 else (None, None)
    if kind is Eq and type(a) is Iterate and a == b:
        from zotheory.kernel.running import runs_through

        return runs_through(a, known)
    if kind is Eq:
        return equal(a, b) and (type(a) not in (Gradient, Applied) or denotes(a, known))
    if kind is Not and type(formula.args[0]) is Eq:
        a, b = formula.args[0].args
        return sort_of(a) in NUMBERS and 2 in (sign(b - a, known), sign(a - b, known))
    return kind in (Le, Lt) and sign(b - a, known) > (kind is Lt)


def denotes(t: Any, known: Sequence[Any]) -> bool:
    """Whether a term stands in a comparison that is true, outside of binders; a gradient of f, also for all points."""
    for formula in known:
        free = set()
        while type(formula) is ForAll:
            free.add(value := fresh(formula.args[0].sort))
            formula = formula.open(value)
        for each in _standing(formula):
            everywhere = type(each) is type(t) is Gradient and each.args[1] in free and not loose(each.args[0]) & free
            if each == t or (everywhere and each.args[0] == t.args[0]):
                return True
    return False


def _standing(formula: Any) -> Iterator[Any]:
    return (each for part in parts(formula) if type(part) in (Le, Lt, Eq) for each in _outer(part))


def _outer(t: Any) -> Iterator[Any]:
    yield t
    if not isinstance(t, Binder | Variable):
        for each in t.args[type(t) is If :]:  # the condition of an If may be false
            yield from _outer(each)


# --- signs -----------------------------------------------------------------------------------------------------------


def sign(t: Any, known: Sequence[Any]) -> int:
    """2 if a number is above 0 where it denotes, by its form or as a difference of two sides at hand; 1 if at least 0."""
    scale, rest = t.as_coeff_Mul()
    if rest != 1 and scale != 1:
        return sign(rest, known) if scale > 0 else max((_by_fact(-rest, each) for each in known), default=0)
    own = _by_form(t, known)
    return own if own == 2 else max(own, *(_by_fact(t, each) for each in known), 0)


def _by_fact(t: Any, formula: Any) -> int:
    if type(formula) not in (Le, Lt, Eq) or any(sort_of(each) not in NUMBERS for each in formula.args):
        return 0
    a, b = formula.args
    matches = normal(t) in (normal(b - a), normal(a - b) if type(formula) is Eq else None)
    return matches * (2 if type(formula) is Lt else 1)


def _by_form(t: Any, known: Sequence[Any]) -> int:
    kind = type(t)
    if isinstance(t, sp.Rational):
        return 2 if t > 0 else int(t == 0)
    if isinstance(t, Variable):
        return {DIMENSION: 2, NATURAL: 1}.get(t.sort, 0)
    if kind in (type(sp.pi), type(sp.E), sp.exp):
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
        return (2 if own == 2 else int(own > 0)) if fits(exponent, NATURAL) else 2
    if kind is sp.gamma:
        return 2
    if kind is sp.log:
        return sign(t.args[0] - 1, known)
    if kind in (sp.Abs, Probability):
        return 1
    if kind is Inner:
        return int(t.args[0] == t.args[1])
    if kind in (sp.Max, sp.Min, If):
        signs = [sign(each, known) for each in t.args[kind is If :]]
        return max(signs) if kind is sp.Max else min(signs)
    if kind in (Expectation, Total):
        value = fresh(t.args[0].sort)
        inside = sign(t.open(value), [*known, *supports(value, t.args[1])])
        return inside if kind is Expectation else min(inside, 1)
    return 0


# --- rules -----------------------------------------------------------------------------------------------------------


def at_hand(*facts: Fact) -> list[Any]:
    """Return what holds where all hypotheses of facts do."""
    return list({key(each): each for each in (*united(*facts), *(fact.holds for fact in facts))}.values())


@rule
def by_form(formula: Any, *sides: Fact) -> Any:
    """H |- C where all terms of C denote, and C is seen by its form and from the facts at hand."""
    known = at_hand(*sides)
    require_denoting(formula, known)
    if not shows(formula, known):
        raise Refused(f"by_form: {formula} is shown neither by its form nor by {known}")
    return united(*sides), formula


@rule
def combine(goal: Any, parts: Sequence[tuple[Any, Fact]], rest: Any = 0, sides: Iterable[Fact] = ()) -> Any:
    """a <= b, as b - a is the sum of c (r - l) over facts l <= r, and of `rest`; c and `rest` are at least 0 by form.

    Of facts l = r, c may have any sign. a < b needs one l < r with c > 0, or `rest` > 0; a = b takes equations alone.
    """
    facts = [fact for _, fact in parts]
    known = at_hand(*facts, *sides)
    if type(goal) not in (Le, Lt, Eq):
        raise Refused(f"combine: {goal} is no comparison")
    a, b = goal.args
    require_denoting(goal, known)
    left, strict = b - a - term(rest), False
    for scale, fact in [(term(scale), fact) for scale, fact in parts]:
        if type(fact.holds) not in (Le, Lt, Eq):
            raise Refused(f"combine: {fact} is no comparison")
        require_denoting(scale, known)
        low, high = fact.holds.args
        left -= scale * (high - low)
        if type(fact.holds) is not Eq:
            own = sign(scale, known)
            strict |= own == 2 and type(fact.holds) is Lt
            if not own or type(goal) is Eq:
                raise Refused(f"combine: the factor {scale} of {fact.holds} is not seen to be >= 0, or {goal} an equation")
    spare = sign(term(rest), known)
    require_denoting(term(rest), known)
    if not equal(left, sp.S.Zero):
        raise Refused(f"combine: {goal} leaves {normal(left)}, which is not 0")
    if not spare or (type(goal) is Eq and rest != 0) or (type(goal) is Lt and not (strict or spare == 2)):
        raise Refused(f"combine: {rest} is not seen to be of the sign that {goal} needs")
    return united(*facts, *sides), goal


@rule
def congruence(t: Any, equation: Fact, *sides: Fact) -> Any:
    """l = r gives t = t with r in the place of l."""
    if type(equation.holds) is not Eq:
        raise Refused(f"congruence: {equation} is no equation")
    changed = put(t, *equation.holds.args)
    for each in (t, changed):
        require_denoting(each, at_hand(equation, *sides))
    return united(equation, *sides), Eq(t, changed)


@rule
def rewrite(fact: Fact, equation: Fact, sides: Iterable[Fact] = ()) -> Any:
    """H |- C and K |- l = r give H, K |- C with r in the place of l, everywhere."""
    if type(equation.holds) is not Eq:
        raise Refused(f"rewrite: {equation} is no equation")
    l, r = equation.holds.args
    known = at_hand(equation, *sides)
    for each in conditions(fact.holds):
        if not same(changed := put(each, l, r), each) and not shows(changed, [*known, *fact.given]):
            raise Refused(f"rewrite: {changed} is not shown, so {fact.holds} need not denote")
    return united(fact, equation, *sides), put(fact.holds, l, r)


def put(t: Any, l: Any, r: Any) -> Any:
    """Return a term with r wherever l stands."""
    if t == l:
        return r
    if isinstance(t, Binder):
        return type(t).over(t.args[0].sort, *(put(x, l, r) for x in t.args[1:-1]), body=lambda v: put(t.open(v), l, r))
    return t.func(*(put(each, l, r) for each in t.args)) if t.args else t


@rule
def chosen(t: Any, condition: Fact, sides: Iterable[Fact] = ()) -> Any:
    """The value of an If, where its condition holds, or the contrary."""
    if type(t) is not If:
        raise Refused(f"chosen: {t} is no If")
    known = at_hand(condition, *sides)
    require_denoting(t, known)
    formula, a, b = t.args
    contrary = {Le: Lt, Lt: Le}.get(type(formula))
    denied = [Not(formula), *([contrary(*reversed(formula.args))] if contrary else [])]
    if same(condition.holds, formula):
        return united(condition, *sides), Eq(t, a)
    if any(same(condition.holds, each) for each in denied):
        return united(condition, *sides), Eq(t, b)
    raise Refused(f"chosen: {condition} neither says nor denies {formula}")


@rule
def larger(t: Any, *sides: Fact) -> Any:
    """Max(a, b) = b where a <= b, Min(a, b) = b where b <= a, |a| = a where 0 <= a and -a where a <= 0."""
    known = at_hand(*sides)
    require_denoting(t, known)
    choices = {sp.Abs: lambda a: (a, -a), sp.Max: lambda *a: a, sp.Min: lambda *a: a}[type(t)](*t.args)
    for each in choices:
        others = [other for other in choices if other != each]
        above = [each] if type(t) is sp.Abs else [(each - other) * (-1 if type(t) is sp.Min else 1) for other in others]
        if all(sign(difference, known) for difference in above):
            return united(*sides), Eq(t, each)
    raise Refused(f"larger: none of {choices} is seen to be {t}")


@rule
def summed(t: Any, *sides: Fact) -> Any:
    """A sum over s < n + 1 is that over s < n and the term at n; one over s < 0 is 0."""
    if type(t) is not Total:
        raise Refused(f"summed: {t} is no sum")
    require_denoting(t, at_hand(*sides))
    sort, count = t.args[0].sort, t.args[1]
    if count == 0:
        return united(*sides), Eq(t, 0)
    return united(*sides), Eq(t, Total.over(sort, count - 1, body=t.instantiate) + t.instantiate(count - 1))


@rule
def squares(goal: Any, fact: Fact, *sides: Fact) -> Any:
    """a <= b where a^2 <= b^2 and 0 <= b."""
    known = at_hand(fact, *sides)
    require_denoting(goal, known)
    a, b = goal.args
    if type(goal) is not Le or type(fact.holds) is not Le or not sign(b, known):
        raise Refused(f"squares: {goal} is no comparison a <= b with b >= 0 by form, or {fact} none")
    if not (equal(fact.holds.args[0], a**2) and equal(fact.holds.args[1], b**2)):
        raise Refused(f"squares: {fact.holds} does not compare the squares of {a} and {b}")
    return united(fact, *sides), goal


@rule
def cauchy_schwarz(a: Any, b: Any, *sides: Fact) -> Any:
    """<a, b> <= |a| |b|."""
    formula = Le(Inner(a, b), sp.sqrt(Inner(a, a)) * sp.sqrt(Inner(b, b)))
    require_denoting(formula, at_hand(*sides))
    return united(*sides), formula


@rule
def contrary(formula: Any, *sides: Fact) -> Any:
    """not a < b gives b <= a, not a <= b gives b < a, where a and b denote."""
    if type(formula) not in (Le, Lt):
        raise Refused(f"contrary: {formula} is no comparison")
    require_denoting(formula, at_hand(*sides))
    return [*united(*sides), Not(formula)], {Le: Lt, Lt: Le}[type(formula)](*reversed(formula.args))

"""The language of statements: sorted terms on SymPy expressions.

A term is a SymPy expression whose node types are all listed here; `sort_of` says what it denotes and raises for
anything else: floats, infinities, symbols with assumptions, foreign functions, vectors multiplied with each other.
Symbols are plain: that alpha is positive is a hypothesis, `Lt(0, alpha)`. A vector is an uninterpreted symbol of a
space R^d: all that can be said of it is its inner products, which are symmetric by construction.

A statement says: wherever its hypotheses are defined and true, its conclusion is. A function is a Borel function, of
vectors and numbers and of samples alike: nothing here is not measurable. E, P, sums over t = 0..count-1,
for-all and functions x -> body bind one variable each, which has no name but an index, 1 + the greatest index inside.
So terms that differ in names of bound variables alone are equal, and a substitution captures nothing, because it opens
each binder with a fresh variable and closes it again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cmp_to_key
from itertools import count
from typing import Any

import sympy as sp
from sympy.core.symbol import Str

# --- sorts and variables ---------------------------------------------------------------------------------------------


class SortError(TypeError):
    """What is no term, or not of the sort that is needed."""


class Sort(sp.Basic):
    """What a term denotes: a kind and, for spaces, maps and laws, of what."""

    def __new__(cls, kind: Any, *of: Any) -> Sort:  # noqa: D102
        self = super().__new__(cls, term(kind), *map(term, of))
        if self.kind in ("map", "law") and all(isinstance(sort, Sort) for sort in of):
            return self
        if self.kind == "space" and len(of) == 1 and expect(self.of[0], DIMENSION):
            return self
        if self.kind in SIMPLE and not of:
            return self
        raise SortError(f"{kind!r} of {of} is no sort")

    kind = property(lambda self: self.args[0].name)
    of = property(lambda self: self.args[1:])

    def _sympystr(self, printer: Any) -> str:
        return self.kind + (f"({', '.join(map(str, self.of))})" if self.of else "")


def term(value: Any) -> Any:
    """Return integers and text as SymPy objects, and SymPy objects unchanged; nothing else is a term."""
    if isinstance(value, sp.Basic):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return sp.Integer(value)
    if isinstance(value, str):
        return Str(value)
    raise SortError(f"{value!r} is no term: numbers are exact, as sympy.Rational(1, 4); comparisons are Le, Lt and Eq")


SIMPLE = ("real", "natural", "dimension", "sample", "draws", "code", "formula")
REAL, NATURAL, DIMENSION, SAMPLE, DRAWS, CODE, FORMULA = map(Sort, SIMPLE)  # natural: 0, 1, ...; dimension: 1, 2, ...
WIDER = {NATURAL: (REAL,), DIMENSION: (NATURAL, REAL)}


def space(d: Any) -> Sort:
    """Vectors of R^d, d a dimension or a positive integer."""
    return Sort("space", d)


def maps(*sorts: Sort) -> Sort:
    """Functions of the first sorts, with values in the last."""
    return Sort("map", *sorts)


def law_on(sort: Sort) -> Sort:
    """Laws of random elements of a sort."""
    return Sort("law", sort)


class Variable(sp.Symbol):
    """A free variable."""

    def __new__(cls, name: str, sort: Sort) -> Variable:  # noqa: D102
        if cls is Variable and not re.fullmatch(r"[A-Za-z]\w*", name):
            raise ValueError(f"a name is a letter followed by letters, digits and _, got {name!r}")
        if not isinstance(sort, Sort):
            raise TypeError(f"the sort of {name} must be a Sort, got {sort!r}")
        self = sp.Symbol.__xnew__(cls, name)
        self.sort = sort
        return self

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.sort)

    def __getnewargs_ex__(self) -> Any:
        return (self.name, self.sort), {}

    def __call__(self, *arguments: Any) -> Any:
        """Value of a function."""
        return Value(self, *arguments)


class Bound(Variable):
    """A variable bound by the node that carries it; its name is its index."""


class Fresh(Variable):
    """Stands for a bound variable while its binder is open; no statement contains one."""


_unused = count(1)


def fresh(sort: Sort) -> Fresh:
    """Return a variable that occurs nowhere yet."""
    return Fresh(str(next(_unused)), sort)


# --- nodes -----------------------------------------------------------------------------------------------------------


class Node(sp.Expr):
    """A term of the language that SymPy knows nothing of; `RULES` gives its sort."""

    is_commutative = True
    is_number = False

    def __new__(cls, *args: Any) -> Any:  # noqa: D102
        self = sp.Basic.__new__(cls, *map(term, args))
        sort_of(self)
        return self

    def __call__(self, *arguments: Any) -> Any:
        """Value of a function."""
        return Value(self, *arguments)

    def _sympystr(self, printer: Any) -> str:
        from zotheory.kernel.printing import text

        return text(self)


class Formula(sp.Basic):
    """A proposition."""

    __new__, _sympystr = Node.__new__, Node._sympystr  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise TypeError(f"a formula is not true or false by itself: {self}")


class Binder(sp.Basic):
    """A node (bound variable, terms outside its scope, body)."""

    @classmethod
    def over(cls, sort: Sort, *outside: Any, body: Callable[[Any], Any]) -> Any:
        """Bind the variable that `body` is called with."""
        variable = fresh(sort)
        inside = term(body(variable))
        bound = Bound(str(1 + height(inside)), sort)
        return cls(bound, *outside, inside.xreplace({variable: bound}))

    def open(self, variable: Variable) -> Any:
        """Return the body at a variable; `instantiate` takes any term."""
        return self.args[-1].xreplace({self.args[0]: variable})

    def instantiate(self, value: Any) -> Any:
        """Return the body at a term."""
        variable = fresh(self.args[0].sort)
        return substitute(self.open(variable), {variable: value})


class Value(Node):
    """f(arguments)."""

    def __new__(cls, f: Any, *arguments: Any) -> Any:  # noqa: D102
        return f.instantiate(*arguments) if isinstance(f, Map) else super().__new__(cls, f, *arguments)


class Inner(Node):
    """<a, b>."""

    def __new__(cls, a: Any, b: Any) -> Any:  # noqa: D102
        a, b = sorted((term(a), term(b)), key=cmp_to_key(sp.Basic.compare))
        return sp.S.Zero if 0 in (a, b) else super().__new__(cls, a, b)


class Gradient(Node):
    """Gradient of f at x: (f, x). Defined where f has one."""


class Axis(Node):
    """Vector i of the standard basis of R^d: (i, d). Defined where i < d."""


class Map(Binder, Node):
    """x -> body: (x, body)."""


class Expectation(Binder, Node):
    """E of a number or vector over a draw u from a law: (u, law, body)."""


class Integrable(Binder, Formula):
    """E of a number or vector over a draw u from a law exists: (u, law, body)."""


class Probability(Binder, Node):
    """P of a formula over a draw u from a law: (u, law, formula)."""


class Total(Binder, Node):
    """Sum of a number or vector over t = 0..count-1: (t, count, body)."""


class If(Node):
    """One of two terms, as a formula is true or not: (formula, a, b)."""


class Law(Node):
    """A law of `LAWS`: its name and parameters."""


class Copies(Node):
    """Law of a sequence u(0), u(1), ... of independent draws from a law."""


class Code(Node):
    """An object of the shipped code: name, fingerprint, and its parameters, each after its name as text."""


class Applied(Node):
    """A number that a function of the shipped code returns, as `Code`: nothing is known of it but its arguments."""


class Sampled(Node):
    """F(.; X), X drawn anew in every step: (F, law, how many are averaged over, a number or a function of the step)."""


class Iterate(Node):
    """What a run has after t steps and certain draws: (method, f, start, t, part, draws).

    `f` is a function or `Sampled`, `start` a point or a state (`Code`), `part` the name of a part of the state, or
    "output" for what the method returns.
    """


class Chain(Node):
    """Law of what a run has after t steps: (method, f, start, t, part), as `Iterate`."""


class Draws(Node):
    """Law of all that a run draws: (method, f)."""


class Le(Formula):
    """a <= b."""


class Lt(Formula):
    """a < b."""


class Eq(Formula):
    """a = b, of any one sort."""


class And(Formula):
    """All of these formulas."""


class Or(Formula):
    """One of these formulas at least."""


class Not(Formula):
    """The contrary of a formula."""


class Implies(Formula):
    """If a then b."""


class ForAll(Binder, Formula):
    """A formula for all x of a sort: (x, formula)."""


# --- sorts of terms --------------------------------------------------------------------------------------------------


def fits(t: Any, sort: Sort, own: Sort | None = None) -> bool:
    """Whether a term is of a sort, or of a narrower one (its own, if known); 0 is a vector too."""
    own = own or sort_of(t)
    return own == sort or sort in WIDER.get(own, ()) or (t == 0 and sort.kind == "space")


def expect(t: Any, *sorts: Sort) -> Sort:
    """Return the first of these sorts that a term fits, or raise SortError."""
    own = sort_of(t)
    for sort in sorts:
        if fits(t, sort, own):
            return sort
    raise SortError(f"{t} is a {own}, where a {' or '.join(map(str, sorts))} is needed")


def of_kind(t: Any, kind: str) -> Sort:
    """Return the sort of a term that is a "map", "law" or "space", or raise SortError."""
    if (sort := sort_of(t)).kind != kind:
        raise SortError(f"{t} is a {sort}, where a {kind} is needed")
    return sort


def given(result: Sort, *needs: tuple[Any, Sort]) -> Sort:
    """Return a sort if each term fits its own, or raise SortError."""
    for t, sort in needs:
        expect(t, sort)
    return result


def alike(*ts: Any) -> Sort:
    """Return the sort of numbers or vectors that all these terms fit, or raise SortError."""
    own = list(map(sort_of, ts))
    for sort in (NATURAL, REAL, *(sort for sort in own if sort.kind == "space")):
        if all(map(fits, ts, [sort] * len(ts), own)):
            return sort
    listed = ", ".join(f"{t} (a {sort})" for t, sort in zip(ts, own, strict=True))
    raise SortError(f"{listed} are not all numbers, or all vectors of one space")


def numbers(*ts: Any) -> Sort:
    """Return NATURAL or REAL, as all these terms fit it, or raise SortError."""
    return sort if (sort := alike(*ts)) in (NATURAL, REAL) else given(REAL, (ts[0], REAL))


def product(*ts: Any) -> Sort:
    """Return the sort of a product of numbers and at most one vector, or raise SortError."""
    own = list(map(sort_of, ts))
    vectors = [sort for sort in own if sort.kind == "space"]
    if len(vectors) > 1:
        raise SortError(f"the product of the vectors in {ts} means nothing; Inner(a, b) is their inner product")
    if any(fits(t, REAL, sort) == (sort in vectors) for t, sort in zip(ts, own, strict=True)):
        raise SortError(f"{ts} are not all numbers, but for one vector")
    return vectors[0] if vectors else NATURAL if REAL not in own else REAL


def _formula(*ts: Any) -> Sort:
    return given(FORMULA, *((t, FORMULA) for t in ts))


def _value(f: Any, *arguments: Any) -> Sort:
    *domain, to = of_kind(f, "map").of
    if len(domain) != len(arguments):
        raise SortError(f"{f} takes {len(domain)} arguments, got {arguments}")
    return given(to, *zip(arguments, domain, strict=True))


def _gradient(f: Any, x: Any) -> Sort:
    points = of_kind(f, "map").of[0]
    if points.kind != "space":
        raise SortError(f"{f} is a {sort_of(f)}, which has no gradient")
    return given(points, (f, maps(points, REAL)), (x, points))


def _code(*labelled: Any) -> Sort:
    if any((type(t) is Str) != (i == 1 or i % 2 == 0) for i, t in enumerate(labelled)) or len(labelled) % 2:
        raise SortError(f"{labelled} are not a name, a fingerprint, and parameters, each after its name as text")
    return given(CODE, *((t, sort_of(t)) for t in labelled[3::2]))


def _sampled(F: Any, law: Any, size: Any) -> Sort:
    points, sample, _ = of_kind(F, "map").of
    expect(size, NATURAL, maps(NATURAL, NATURAL))
    return given(CODE, (F, maps(points, sample, REAL)), (law, law_on(sample)))


def _name(t: Any) -> str:
    if type(t) is not Str:
        raise SortError(f"{t!r} is no text, which a name is")
    return t.name


def _run(method: Any, f: Any, start: Any, t: Any, part: Any) -> Sort:
    points = of_kind(f.args[0] if isinstance(f, Sampled) else f, "map").of[0]
    expect(start, points, CODE)
    return given(REAL if _name(part) in ("fx", "alpha") else points, (method, CODE), (t, NATURAL))


LAWS: dict[str, Callable[..., Sort]] = {  # the first five have covariance I, as in `zotheory.directions`
    **dict.fromkeys(("sphere", "gaussian", "ball", "rademacher", "coordinates"), space),
    "normal": lambda: REAL,
    "interval": lambda low, high: given(REAL, (low, REAL), (high, REAL)),  # uniform
    "index": lambda count: given(NATURAL, (count, NATURAL)),  # uniform on 0..count-1
    "bernoulli": lambda p: given(NATURAL, (p, REAL)),  # 1 with probability p, else 0
}
NUMBERS = {
    type(t) for t in (sp.Integer(2), sp.S.One, sp.S.Zero, sp.S.NegativeOne, sp.S.Half, sp.Rational(2, 3), sp.pi, sp.E)
}
FUNCTIONS = (sp.exp, sp.log, sp.Abs, sp.gamma, sp.loggamma, sp.erf, sp.erfc, sp.zeta, sp.atan, sp.floor, sp.ceiling)
RULES: dict[type, Callable[..., Sort]] = {
    sp.Add: alike, sp.Mul: product, sp.Pow: numbers, sp.Max: numbers, sp.Min: numbers,
    **dict.fromkeys(FUNCTIONS, lambda t: given(REAL, (t, REAL))),
    Value: _value, Gradient: _gradient, Code: _code, Sampled: _sampled,
    Inner: lambda a, b: given(REAL, (a, of_kind(b, "space"))),
    Axis: lambda i, d: given(space(d), (i, NATURAL)),
    Map: lambda x, body: maps(x.sort, sort_of(body)),
    Expectation: lambda u, law, body: given(WIDER.get(own := alike(body), (own,))[-1], (law, law_on(u.sort))),
    Integrable: lambda u, law, body: given(FORMULA, (law, law_on(u.sort)), (body, alike(body))),
    Probability: lambda u, law, event: given(REAL, (law, law_on(u.sort)), (event, FORMULA)),
    Total: lambda t, count, body: given(alike(body), (t, NATURAL), (count, NATURAL)),
    If: lambda condition, a, b: given(alike(a, b), (condition, FORMULA)),
    Law: lambda name, *parameters: law_on(LAWS[_name(name)](*parameters)),
    Copies: lambda law: law_on(maps(NATURAL, *of_kind(law, "law").of)),
    Applied: lambda *labelled: given(REAL, (Code(*labelled), CODE)),
    Iterate: lambda *run: given(_run(*run[:-1]), (run[-1], DRAWS)),
    Chain: lambda *run: law_on(_run(*run)),
    Draws: lambda method, f: given(law_on(DRAWS), (method, CODE), (f, sort_of(f))),
    Le: lambda a, b: given(FORMULA, (a, REAL), (b, REAL)),
    Lt: lambda a, b: given(FORMULA, (a, REAL), (b, REAL)),
    Eq: lambda a, b: given(FORMULA, (a, sort_of(b)) if fits(a, sort_of(b)) else (b, sort_of(a))),
    And: _formula, Or: _formula, Not: lambda a: _formula(a), Implies: lambda a, b: _formula(a, b),
    ForAll: lambda x, body: _formula(body),
}  # fmt: skip


def sort_of(t: Any) -> Sort:
    """Return the sort of a term.

    Raises
    ------
    SortError
        If it is none, or ill sorted.
    """
    kind = type(t)
    if kind in (Variable, Bound, Fresh):
        return t.sort
    if kind in NUMBERS:
        return REAL if not t.is_Integer or t.p < 0 else DIMENSION if t.p > 0 else NATURAL
    if kind not in RULES:
        raise SortError(f"{t!r} is no term: {kind.__name__} is not in the language; comparisons are Le, Lt and Eq")
    if issubclass(kind, Binder):
        bound, inside = t.args[0], t.args[-1]
        if type(bound) is not Bound or bound.name != str(1 + height(inside)) or bound.sort == DIMENSION:
            raise SortError(f"a variable is bound by {kind.__name__}.over; the dimension is a constant, never bound")
    try:
        return RULES[kind](*t.args)
    except SortError:
        raise
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise SortError(f"{kind.__name__} does not take {t.args}: {error}") from None


def nodes(t: Any) -> Iterator[Any]:
    """Yield a term and all terms in it, also the dimensions in the sorts of its variables."""
    yield t
    for part in t.sort.args if isinstance(t, Variable) else t.args:
        yield from nodes(part)


def height(t: Any) -> int:
    """Return the greatest index of a bound variable that is bound in a term; 0 without one."""
    return max((int(part.args[0].name) for part in nodes(t) if isinstance(part, Binder)), default=0)


def loose(t: Any) -> set[Any]:
    """Return the variables of a term that nothing in it binds."""
    if isinstance(t, Variable):
        return {t}.union(*map(loose, t.sort.args))
    found = set().union(*map(loose, t.args))
    return found - {t.args[0]} if isinstance(t, Binder) else found


def substitute(t: Any, values: Mapping[Any, Any]) -> Any:
    """Replace free variables by terms; nothing is captured.

    Raises
    ------
    SortError
        Where a term does not fit its variable; for a dimension, which sorts contain and which stays what it is.
    """
    for variable, value in values.items():
        expect(term(value), variable.sort)
        if variable.sort == DIMENSION or any(type(v) is Bound for v in loose(term(value))):
            raise SortError(f"{variable} cannot be replaced by {value}")
    return _substitute(t, {variable: term(value) for variable, value in values.items()})


def _substitute(t: Any, values: Mapping[Any, Any]) -> Any:
    if isinstance(t, Binder):
        outside = [_substitute(part, values) for part in t.args[1:-1]]
        return type(t).over(t.args[0].sort, *outside, body=lambda variable: _substitute(t.open(variable), values))
    return values.get(t, t) if not t.args else t.func(*(_substitute(part, values) for part in t.args))


COMMUTATIVE = (sp.Add, sp.Mul, sp.Max, sp.Min, Inner, And, Or)


def key(t: Any) -> str:
    """Return the digest of a term's structure: the same in every process, whatever the names of bound variables."""
    kind = type(t)
    if kind not in (Variable, Bound, Fresh, Str, Sort, *NUMBERS, *RULES) or type(getattr(t, "name", "")) is not str:
        raise SortError(f"{kind.__name__} is not in the language")
    if isinstance(t, Variable):
        parts = [type(t).__name__, t.name, key(t.sort)]
    elif isinstance(t, Str | sp.Rational):
        parts = ["Str", t.name] if isinstance(t, Str) else ["Rational", str(t.p), str(t.q)]
    else:
        inner = [key(part) for part in t.args]
        parts = [type(t).__name__, *(sorted(inner) if type(t) in COMMUTATIVE else inner)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

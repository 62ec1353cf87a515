"""The language of statements: what is a term, that binders capture nothing, and that digests stay what they are."""

import itertools
import math
import os
import pickle
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from zotheory.directions import sphere_mean_abs
from zotheory.elementary import maximum, normal_tail
from zotheory.kernel import definitions as words
from zotheory.kernel.printing import latex, text
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import (
    CODE,
    DIMENSION,
    FORMULA,
    NATURAL,
    REAL,
    RULES,
    SAMPLE,
    And,
    Applied,
    Axis,
    Binder,
    Bound,
    Chain,
    Code,
    Copies,
    Draws,
    Eq,
    Expectation,
    ForAll,
    Formula,
    Fresh,
    Gradient,
    If,
    Implies,
    Inner,
    Iterate,
    Law,
    Le,
    Lt,
    Map,
    Node,
    Not,
    Or,
    Sampled,
    Sort,
    SortError,
    Total,
    Value,
    Variable,
    fits,
    height,
    key,
    law_on,
    loose,
    maps,
    nodes,
    sort_of,
    space,
    substitute,
)

d = words.dimension("d")
x, y, x0 = words.vector("x y x0", d)
a, b, c = words.real("a b c")
n, m = words.natural("n m")
f, g = words.function("f g", d)
F, P = words.stochastic("F", d), words.law_of_samples("P")
METHOD = Code("method", "0", "radius", a)


# --- what terms are --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "sort"),
    [
        (a + 2 * n, REAL),
        (n * m + 2**n, NATURAL),
        (n - 1, REAL),
        (n / 2, REAL),
        (sp.Integer(3), DIMENSION),
        (sp.Integer(0), NATURAL),
        (sp.Integer(-3), REAL),
        (sp.pi * sp.sqrt(2) + sp.E, REAL),
        (sp.gamma(d / 2) / sp.gamma(a) + sp.erfc(a) * sp.zeta(b), REAL),
        (sp.Max(a, 1 / a), REAL),
        (sp.Max(n, m), NATURAL),
        (x + a * y, space(d)),
        (x / sp.sqrt(Inner(x, x)), space(d)),
        (Inner(x, y), REAL),
        (f(x), REAL),
        (Gradient(f, x), space(d)),
        (Inner(x, Axis(n, d)) * Axis(n, d), space(d)),
        (words.mapping(space(d), lambda z: f(z + y)), maps(space(d), REAL)),
        (words.at(F, Variable("X", SAMPLE)), maps(space(d), REAL)),
        (words.expectation(words.sphere(d), lambda u: u), space(d)),
        (words.expectation(words.copies(words.normal()), lambda z: z(0) * z(1)), REAL),
        (words.probability(words.index(n), lambda j: Lt(j, m)), REAL),
        (words.total(n, lambda t: t), NATURAL),
        (If(Le(a, b), x, y), space(d)),
        (If(Le(a, b), x, 0), space(d)),
        (Chain(METHOD, f, x0, n, "x"), law_on(space(d))),
        (Chain(METHOD, Sampled(F, P, 1), Code("State", "0", "x", x, "b", y), n, "alpha"), law_on(REAL)),
        (Iterate(METHOD, f, x0, n, "output", words.draws("omega")), space(d)),
        (Applied("tail", "0", "d", d, "t", a), REAL),
        (Eq(f, g), FORMULA),
        (And(Le(a, b), Not(Eq(x, 0))), FORMULA),
    ],
    ids=str,
)
def test_terms_have_sorts(term, sort):
    assert sort_of(term) == sort
    assert not any(type(v) in (Bound, Fresh) for v in loose(term))
    assert pickle.loads(pickle.dumps(term)) == term


class Fake(Value):
    """Not in the language, though a subclass of something that is."""


class FakeVariable(Variable):
    """The same."""


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Le(x, y), "where a real is needed"),
        (lambda: Le(x * y, 1), "Inner"),
        (lambda: Le(x**2, 1), "not all numbers"),
        (lambda: Le(1 / x, 1), "not all numbers"),
        (lambda: Le(abs(x), 1), "where a real is needed"),
        (lambda: Eq(x + 1, y), "not all numbers"),
        (lambda: Eq(x, a), "where a"),
        (lambda: Eq(x, 1), "where a"),
        (lambda: Inner(x, words.vector("z", words.dimension("k"))), "where a space"),
        (lambda: Inner(a, x), "where a space"),
        (lambda: Inner(words.vector("z", 3), words.vector("w", 2)), "space\\(2\\)"),
        (lambda: f(a), "where a space"),
        (lambda: f(x, y), "takes 1 arguments"),
        (lambda: a(x), "where a map"),
        (lambda: F(x), "takes 2 arguments"),
        (lambda: Gradient(F, x), "where a map"),
        (lambda: Axis(a, d), "where a natural"),
        (lambda: Axis(n, a), "where a dimension"),
        (lambda: Gradient(words.map_of("h", REAL, REAL), a), "no gradient"),
        (lambda: Le(a, 0.5), "numbers are exact"),
        (lambda: Le(a, sp.Float(0.5)), "Float"),
        (lambda: Le(0.5 * a, 1), "Float"),
        (lambda: Le(a, math.inf), "exact"),
        (lambda: Le(a, sp.oo), "Infinity"),
        (lambda: Le(a, -sp.oo), "NegativeInfinity"),
        (lambda: Le(a, sp.nan), "NaN"),
        (lambda: Le(a, sp.zoo), "ComplexInfinity"),
        (lambda: Le(a, sp.I * b), "ImaginaryUnit"),
        (lambda: Le(sp.sqrt(-1), b), "ImaginaryUnit"),
        (lambda: Le(a, sp.Symbol("s")), "Symbol"),
        (lambda: Le(a, sp.Symbol("s", positive=True)), "Symbol"),
        (lambda: Le(a, sp.Dummy()), "Dummy"),
        (lambda: Le(a, sp.sin(b)), "sin"),
        (lambda: Le(a, sp.Function("h")(b)), "h"),
        (lambda: Le(a, sp.Integral(b, (b, 0, 1))), "Integral"),
        (lambda: Le(a, sp.Sum(b, (b, 0, 1))), "Sum"),
        (lambda: Le(a, sp.Piecewise((b, b > 0), (0, True))), "Piecewise"),
        (lambda: Le(a, sp.zeta(b, c)), "does not take"),
        (lambda: Le(a, sp.conjugate(b)), "conjugate"),
        (lambda: And(a < b), "comparisons are Le, Lt and Eq"),
        (lambda: And(a == b), "comparisons are Le, Lt and Eq"),
        (lambda: And(sp.true), "BooleanTrue"),
        (lambda: And(sp.Eq(a, b)), "Equality"),
        (lambda: Not(a), "where a formula"),
        (lambda: Implies(Le(a, b)), "Implies"),
        (lambda: Le(a), "Le"),
        (lambda: Le(a, b, c), "Le"),
        (lambda: Le(a, FakeVariable("z", REAL)), "FakeVariable"),
        (lambda: Le(a, Fake(f, x)), "Fake"),
        (lambda: words.expectation(a, lambda u: u), "where a law"),
        (lambda: words.expectation(words.sphere(d), lambda u: Le(a, b)), "not all numbers"),
        (lambda: Le(f * a, 1), "not all numbers"),
        (lambda: words.probability(words.sphere(d), lambda u: a), "where a formula"),
        (lambda: words.sphere(a), "where a dimension"),
        (lambda: words.sphere(0), "where a dimension"),
        (lambda: Law("spere", d), "Law"),
        (lambda: words.index(a), "where a natural"),
        (lambda: words.total(a, lambda t: t), "where a natural"),
        (lambda: words.total(n - 1, lambda t: t), "where a natural"),
        (lambda: words.for_all(DIMENSION, lambda k: Le(k, n)), "never bound"),
        (lambda: Expectation(Bound("7", REAL), words.normal(), a), "over"),
        (lambda: Expectation(Variable("z", REAL), words.normal(), Variable("z", REAL)), "over"),
        (lambda: ForAll(Fresh("1", REAL), Le(a, b)), "over"),
        (lambda: Code("method", "0", a), "after its name"),
        (lambda: Code("method", "0", "radius"), "after its name"),
        (lambda: Chain(f, f, x0, n, "x"), "where a code"),
        (lambda: Chain(METHOD, f, x0, a, "x"), "where a natural"),
        (lambda: Chain(METHOD, f, a, n, "x"), "where a space"),
        (lambda: Chain(METHOD, f, words.vector("z", 3), n, "x"), "where a space"),
        (lambda: Chain(METHOD, Sampled(F, words.normal(), 1), x0, n, "x"), "where a law"),
        (lambda: Sampled(f, P, 1), "Sampled"),
        (lambda: Sort("space", a), "where a dimension"),
        (lambda: Sort("space", 2, 3), "no sort"),
        (lambda: Sort("number"), "no sort"),
        (lambda: Sort("map", a), "no sort"),
    ],
)
def test_what_means_nothing_is_refused(make, says):
    with pytest.raises(SortError, match=says):
        make()


def test_names_and_sorts_are_checked():
    with pytest.raises(ValueError, match="letter"):
        Variable("#1", REAL)
    with pytest.raises(TypeError, match="sort"):
        Variable("z", "real")
    assert Variable("z", REAL) != Variable("z", NATURAL)


def test_formulas_are_not_true_or_false():
    with pytest.raises(TypeError, match="not true or false"):
        bool(Le(a, b))


def test_every_node_type_is_in_the_table():
    kinds = {*Node.__subclasses__(), *Formula.__subclasses__()}
    assert kinds - {Fake} == {kind for kind in RULES if kind.__module__.startswith("zotheory")}


# --- vectors ---------------------------------------------------------------------------------------------------------


def test_inner_products_are_symmetric_and_not_expanded():
    assert Inner(x, y) == Inner(y, x)
    assert Inner(x + y, x0) == Inner(x0, y + x)
    assert Inner(x + y, x) != Inner(x, x) + Inner(x, y)
    assert Inner(x - x, y) == 0
    assert Inner(2 * x, y) != 2 * Inner(x, y)
    assert sp.sqrt(Inner(x, x)) ** 2 == Inner(x, x)


def test_shipped_formulas_run_on_terms():
    assert sort_of(sphere_mean_abs(d) * words.norm(words.grad(f, x))) == REAL
    assert sort_of(maximum(a, 1 / a) * normal_tail(b)) == REAL
    with pytest.raises(TypeError):
        bool(a < b)  # a formula cannot branch on terms


# --- binders ---------------------------------------------------------------------------------------------------------


def test_names_of_bound_variables_do_not_matter():
    for one, other in itertools.product((a, b, c), repeat=2):
        make = lambda v: Map.over(REAL, body=lambda z: substitute(v**2 + sp.exp(v), {v: z}))  # noqa: E731
        assert make(one) == make(other)
        assert key(make(one)) == key(make(other))


def test_substitution_captures_nothing():
    least = words.for_all(REAL, lambda z: Le(a, z))  # a is below everything
    assert substitute(least, {a: b}) == words.for_all(REAL, lambda z: Le(b, z))
    inner = words.expectation(words.normal(), lambda z: z * a)
    assert substitute(inner, {a: inner}) == words.expectation(
        words.normal(), lambda z: z * words.expectation(words.normal(), lambda w: w * a)
    )
    twice = words.total(n, lambda t: words.total(m, lambda s: t * a + s))
    assert height(twice) == 2
    deep = substitute(twice, {a: words.total(n, lambda t: words.total(m, lambda s: words.total(n, lambda r: r * t)))})
    assert height(deep) == 5
    assert not any(type(v) in (Bound, Fresh) for v in loose(deep))


def test_substitution_reaches_laws_and_counts():
    assert substitute(words.total(n, lambda t: t * n), {n: m + 1}) == words.total(m + 1, lambda t: t * (m + 1))
    drawn_from = lambda low: words.expectation(words.interval(low, 1), lambda z: z)  # noqa: E731
    assert substitute(drawn_from(a), {a: drawn_from(b)}) == drawn_from(drawn_from(b))
    run = words.probability(words.after(n, METHOD, f, x0), lambda z: Le(f(z), a))
    assert {x0, n} & loose(substitute(run, {x0: y, n: m})) == set()


def test_substitution_refuses():
    with pytest.raises(SortError):
        substitute(f(x), {x: a})
    with pytest.raises(SortError):
        substitute(f(x), {d: sp.Integer(3)})
    with pytest.raises(SortError):
        substitute(Le(a, b), {a: Bound("1", REAL)})
    with pytest.raises(SortError):
        substitute(words.natural("t") * a, {words.natural("t"): a})


def test_replacement_by_sympy_is_right_or_raises():
    inner = words.total(n, lambda t: words.total(m, lambda s: t * a + s))
    assert inner.xreplace({a: b}) == substitute(inner, {a: b})
    with pytest.raises(SortError):
        inner.subs(a, words.total(n, lambda t: t**2))


def test_functions_are_applied_where_they_meet_their_argument():
    h = words.mapping(REAL, lambda z: z**2 + words.total(n, lambda t: t * z))
    assert Value(h, b) == b**2 + words.total(n, lambda t: t * b)
    swapped = substitute(
        words.expectation(words.normal(), words.map_of("h", REAL, REAL)), {words.map_of("h", REAL, REAL): h}
    )
    assert swapped == words.expectation(words.normal(), lambda z: h(z))
    nested = words.mapping(REAL, lambda z: words.total(n, lambda t: t * z))
    assert nested(nested(a)) == words.total(n, lambda t: t * words.total(n, lambda s: s * a))


def test_a_leaked_variable_is_refused_in_statements():
    leaked = []
    words.for_all(REAL, lambda z: leaked.append(z) or Le(z, z))
    with pytest.raises(ValueError, match="not bound"):
        Statement(given=[], holds=Le(leaked[0], a), any=[a, leaked[0]])


# An evaluator that knows nothing of opening and closing: bound variables are looked up by their index, numbers are
# exact, vectors are arrays of two, laws have finitely many outcomes, and "for all" is for a few points.

SIGNS = [np.array([Fraction(i), Fraction(j)]) for i in (-1, 1) for j in (-1, 1)]
POINTS = [np.array([Fraction(i, 2), Fraction(j, 3)]) for i, j in ((0, 0), (1, -2), (-3, 4), (5, 0), (0, -1))]
SOME = {"space": POINTS, "real": [Fraction(i, 2) for i in range(-2, 5)], "natural": range(3), "sample": (-1, 2)}
RELATIONS = {Le: lambda p, q: p <= q, Lt: lambda p, q: p < q, Eq: lambda p, q: np.all(p == q)}
OPERATIONS = {
    sp.Add: lambda *parts: sum(parts),
    sp.Mul: lambda *parts: math.prod(parts[1:], start=parts[0]),
    sp.Pow: lambda p, q: p ** (int(q) if q == int(q) else float(q)),
    sp.Max: max,
    sp.Min: min,
    sp.Abs: abs,
    Inner: lambda p, q: np.sum(p * q),
    Value: lambda h, *z: h(*z),
    Gradient: lambda h, z: h.gradient(z),
    And: lambda *parts: all(parts),
    Or: lambda *parts: any(parts),
    Not: lambda p: not p,
    Implies: lambda p, q: not p or q,
    **RELATIONS,
}


def value(t, env):
    """Value of a term where `env` has those of its variables."""
    if isinstance(t, Variable):
        return env[t]
    if t.is_Rational:
        return Fraction(t.p, t.q)
    if isinstance(t, If):
        return value(t.args[1 if value(t.args[0], env) else 2], env)
    if not isinstance(t, Binder):
        return OPERATIONS[type(t)](*(value(part, env) for part in t.args))
    bound, *outside, body = t.args
    if isinstance(t, Map):
        return lambda z: value(body, env | {bound: z})
    if isinstance(t, ForAll):
        return all(value(body, env | {bound: z}) for z in SOME[bound.sort.kind])
    outcomes = list(range(int(value(outside[0], env)))) if isinstance(t, Total) else drawn(outside[0], env)
    values = [value(body, env | {bound: z}) for z in outcomes]
    return sum(values) / (1 if isinstance(t, Total) else Fraction(len(values)))


def drawn(law, env):
    """Outcomes of a law, equally likely."""
    if isinstance(law, Variable):
        return env[law]
    name, size = law.args
    return SIGNS if name.name == "rademacher" else [Fraction(j) for j in range(int(value(size, env)))]


NAMES = st.sampled_from([a, b, c])
COUNTS = st.integers(1, 3)


def bindings(terms):
    pairs = st.tuples(terms, NAMES)
    close = lambda t, v: lambda z: substitute(t, {v: z})  # noqa: E731
    natural = words.natural("t")
    return st.one_of(
        st.tuples(terms, terms).map(lambda p: p[0] + p[1]),
        st.tuples(terms, terms).map(lambda p: p[0] * p[1]),
        st.tuples(terms, terms).map(lambda p: sp.Max(*p)),
        st.tuples(terms, terms, terms).map(lambda p: If(Le(p[0], p[1]), p[2], p[0])),
        st.tuples(pairs, COUNTS).map(lambda p: words.expectation(words.index(p[1]), lambda j: close(*p[0])(j))),
        st.tuples(pairs, COUNTS).map(lambda p: words.total(p[1], lambda t: close(*p[0])(t) + t)),
        st.tuples(pairs, terms).map(lambda p: Value(words.mapping(REAL, close(*p[0])), p[1])),
        st.tuples(pairs, terms).map(lambda p: substitute(p[0][0], {p[0][1]: p[1]})),
        st.tuples(pairs, terms).map(lambda p: words.total(2, lambda t: close(*p[0])(t * p[1]) - natural + natural)),
    )


TERMS = st.recursive(st.one_of(NAMES, st.integers(-2, 2).map(sp.Integer)), bindings, max_leaves=8)
VALUES = st.fixed_dictionaries({v: st.integers(-2, 2).map(Fraction) for v in (a, b, c)})


@given(TERMS, NAMES, TERMS, VALUES)
def test_substituting_is_evaluating_there(term, variable, other, env):
    assert value(substitute(term, {variable: other}), env) == value(term, env | {variable: value(other, env)})


@given(TERMS, NAMES)
def test_renaming_bound_variables_changes_no_key(term, variable):
    other = words.real("a_name_that_sorts_elsewhere")
    one = Map.over(REAL, body=lambda z: substitute(term, {variable: z}))
    renamed = substitute(term, {variable: other})
    two = Map.over(REAL, body=lambda z: substitute(renamed, {other: z}))
    assert one == two
    assert key(one) == key(two)


@given(TERMS)
def test_terms_are_well_formed_and_print(term):
    assert fits(term, REAL)
    assert not any(type(v) in (Bound, Fresh) for v in loose(term))
    assert all(int(t.args[0].name) == 1 + height(t.args[-1]) for t in nodes(term) if isinstance(t, Binder))
    assert pickle.loads(pickle.dumps(term)) == term
    assert "#" not in text(term)
    assert parses(f"${latex(term)}$")


@given(TERMS, TERMS)
def test_keys_tell_terms_apart(one, other):
    assert (key(one) == key(other)) == (one == other)


# --- definitions -----------------------------------------------------------------------------------------------------


class Bowl:
    """f(x) = x_1^2/2 + 2 x_2^2, of curvatures 1 and 4."""

    def __init__(self, sign=1):
        self.sign = sign

    def __call__(self, z):
        return self.sign * (z[0] ** 2 + 4 * z[1] ** 2) / 2

    def gradient(self, z):
        return self.sign * z * np.array([1, 4])


ORIGIN = POINTS[0]
TWO = words.dimension("two")
BOWL, NEAREST = words.function("f", TWO), words.map_of("nearest", space(TWO), space(TWO))
STEEP, KIND, LAW = words.map_of("h", REAL, REAL), words.map_of("k", REAL, REAL), words.law_of_directions("law", TWO)
NOISY, COIN = words.stochastic("F", TWO), words.law_of_samples("P")
START, CENTRE = words.vector("x0 x_star", TWO)
MEANING = {
    TWO: 2,
    BOWL: Bowl(),
    words.function("cap", TWO): Bowl(-1),
    words.function("g", TWO): lambda z: 1 + Bowl()(z),
    NEAREST: lambda z: ORIGIN,
    STEEP: lambda t: t**3,
    KIND: lambda t: t**2,
    LAW: SIGNS,
    COIN: (-1, 1),
    NOISY: lambda z, sample: Bowl()(z) + sample * z[0],
    START: POINTS[1],
    CENTRE: ORIGIN,
}


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (words.smooth(BOWL, 4), words.smooth(BOWL, sp.Rational(39, 10))),
        (words.strongly_convex(BOWL, 1), words.strongly_convex(BOWL, sp.Rational(11, 10))),
        (words.convex(BOWL), words.convex(words.function("cap", TWO))),
        (words.chord_convex(BOWL), words.chord_convex(words.mapping(space(TWO), lambda z: -BOWL(z)))),
        (words.gradient_dominated(BOWL, 1, 0), words.gradient_dominated(BOWL, sp.Rational(11, 10), 0)),
        (words.gradient_dominated(BOWL, 1, 0), words.gradient_dominated(BOWL, 1, -1)),
        (words.bounded_below(BOWL, 0), words.bounded_below(BOWL, sp.Rational(1, 9))),
        (words.minimiser(BOWL, CENTRE), words.minimiser(BOWL, START)),
        (
            words.level_set_within(BOWL, START, 1, NEAREST, 0),
            words.level_set_within(BOWL, START, sp.Rational(1, 2), NEAREST, 0),
        ),
        (words.lipschitz(BOWL, 12), words.lipschitz(BOWL, 2)),
        (words.increasing(STEEP), words.increasing(KIND)),
        (words.isotropic(LAW), Not(words.isotropic(LAW))),
        (words.fourth_constant(LAW, 2), words.fourth_constant(LAW, sp.Rational(19, 10))),
        (Eq(words.norm_moment(LAW, 6), 8), Eq(words.norm_moment(LAW, 6), 7)),
        (words.averages_to(NOISY, COIN, BOWL), words.averages_to(NOISY, COIN, words.function("g", TWO))),
    ],
)
def test_definitions_mean_what_they_say(true, false):
    assert value(true, MEANING)
    assert not value(false, MEANING)


# --- digests ---------------------------------------------------------------------------------------------------------


def test_keys_ignore_the_order_of_sums_and_nothing_else():
    assert key(a + b) == key(b + a)
    assert key(And(Le(a, b), Lt(b, c))) == key(And(Lt(b, c), Le(a, b)))
    assert key(Le(a, b)) != key(Le(b, a))
    assert key(Le(a, b)) != key(Lt(a, b))
    assert key(a) != key(Variable("a", NATURAL))
    assert key(x) != key(words.vector("x", 3))
    assert key(Implies(Le(a, b), Le(b, a))) != key(Implies(Le(b, a), Le(a, b)))


def example():
    """A statement that has a bit of everything."""
    run = words.after(n, METHOD, words.samples(F, P), x0)
    return Statement(
        given=[
            words.smooth(f, a),
            words.averages_to(F, P, f),
            words.exists(space(d), lambda z: Eq(f(z), b)),
            Or(Lt(0, b), Not(Eq(x0, 0))),
        ],
        holds=Le(
            words.expectation(run, lambda z: sp.Max(f(z), sp.Rational(1, 3))) * sphere_mean_abs(d),
            words.total(n, lambda t: words.probability(words.ball(d), lambda u: Lt(f(x0 + t * u), sp.sqrt(b)))),
        ),
        any=[n],
    )


def test_keys_are_those_of_other_processes_and_versions():
    code = "from tests.test_terms import example; print(example().key)"
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == example().key
    assert example().key == "042b85801942a66386dcb9cc054aef9b3bd6286424e8b2a33a896ed40ef7eba6"


# --- statements ------------------------------------------------------------------------------------------------------


def test_statements_are_checked():
    with pytest.raises(SortError, match="formula"):
        Statement(given=[a], holds=Le(a, b))
    with pytest.raises(SortError, match="formula"):
        Statement(given=[], holds=a)
    with pytest.raises(ValueError, match="in no hypothesis"):
        Statement(given=[Le(a, 1)], holds=Le(a, b))
    with pytest.raises(ValueError, match="equations"):
        Statement(given=[Le(a, 1)], holds=Le(a, 2), where=[Le(a, 3)])
    with pytest.raises(ValueError, match="two meanings"):
        Statement(given=[Le(a, 1), Le(0, Variable("a", NATURAL))], holds=Le(a, 2))
    with pytest.raises(ValueError, match="not bound"):
        Statement(given=[Le(a, Bound("1", REAL))], holds=Le(a, 2))
    assert Statement(given=[], holds=Le(a, b), any=[a, b]).given == ()


def test_a_dimension_is_known_from_the_vectors():
    Statement(given=[Lt(0, f(x))], holds=Le(d, d + 1))


def test_the_key_of_a_statement_covers_hypotheses_conclusion_and_definitions():
    base = Statement(given=[Le(a, b), Le(b, c)], holds=Le(a, c))
    assert base.key == Statement(given=[Le(b, c), Le(a, b)], holds=Le(a, c)).key
    others = [
        Statement(given=[Le(a, b)], holds=Le(a, c), any=[c]),
        Statement(given=[Le(a, b), Le(b, c)], holds=Lt(a, c)),
        Statement(given=[Le(a, b), Le(b, c)], holds=Le(a, c), where=[Eq(a, b)]),
        Statement(given=[Le(a, b), Le(b, c), Le(a, c)], holds=Le(a, c)),
    ]
    assert len({base.key, *(s.key for s in others)}) == 5


# --- printing --------------------------------------------------------------------------------------------------------


def parses(formula):
    """Whether matplotlib can draw it."""
    from matplotlib.mathtext import MathTextParser

    MathTextParser("path").parse(formula)
    return True


EXAMPLE = """\
Let d be a dimension; let f be a function R^d -> R; let F be a function R^d x samples -> R; let P be a law on samples; \
let x0 be a vector of R^d; let n be a natural number; let a, b be real numbers
    M = method(radius = a)
Suppose
    for all x, y: f(x) + <grad f(x), y - x> - a*|y - x|^2/2 <= f(y) <= f(x) + <grad f(x), y - x> + a*|y - x|^2/2
    for all x: f(x) = E over X ~ P [ F(x, X) ]
    for some x: f(x) = b
    0 < b or x0 != 0
Then
    gamma(d/2)*E over x ~ M after n steps on F(., X), X ~ P from x0 [ Max(1/3, f(x)) ]\
/(sqrt(pi)*gamma(1/2 + d/2)) <= sum over t < n [ P over u ~ ball(d) [ f(x0 + t*u) < sqrt(b) ] ]"""


def test_text_reads_well():
    assert example().text() == EXAMPLE


def test_latex_is_drawn():
    pieces = [line for line in example().latex().split("\n") if line.startswith("$")]
    assert len(pieces) == 6
    assert all(map(parses, pieces))


@pytest.mark.parametrize(
    ("term", "printed"),
    [
        (words.norm(x - y), "|x - y|"),
        (Inner(x, x), "|x|^2"),
        (words.norm(x) ** 3, "|x|^3"),
        (x / words.norm(x), "x/|x|"),
        (Inner(x, y), "<x, y>"),
        (words.grad(f, x), "grad f(x)"),
        (words.grad(words.at(F, Variable("X", SAMPLE)), x), "grad F(., X)(x)"),
        (words.for_all(REAL, lambda z, w: Le(z, w)), "for all a, b: a <= b"),
        (words.for_all(space(d), lambda z: Le(a, f(z))), "for all x: a <= f(x)"),
        (words.exists(REAL, lambda z: Lt(a, z)), "for some b: a < b"),
        (words.between(0, a, 1), "0 <= a <= 1"),
        (Not(Eq(a, b)), "a != b"),
        (Not(Le(a, b)), "not (a <= b)"),
        (Implies(And(Le(a, b), Le(b, c)), Le(a, c)), "if (a <= b <= c) then a <= c"),
        (
            words.probability(words.gaussian(d), lambda u: Lt(f(x + u), f(x))),
            "P over u ~ gaussian(d) [ f(u + x) < f(x) ]",
        ),
        (words.where_above(a, b), "(a if b < a, else 0)"),
        (Copies(words.sphere(d)), "copies(sphere(d))"),
        (Draws(METHOD, f), "the draws of method(radius = a) on f"),
        (Variable("z", CODE), "z"),
    ],
    ids=str,
)
def test_terms_in_text(term, printed):
    assert text(term) == printed
    assert parses(f"${latex(term)}$")


def test_names_of_bound_variables_avoid_free_ones():
    printed = text(words.expectation(words.sphere(d), lambda u: Inner(u, words.vector("u", d) + words.vector("v", d))))
    assert printed == "E over w ~ sphere(d) [ <w, u + v> ]" or printed == "E over w ~ sphere(d) [ <u + v, w> ]"
    assert text(words.for_all(REAL, lambda z: words.exists(REAL, lambda w: Lt(z, w)))) == "for all a: for some b: a < b"

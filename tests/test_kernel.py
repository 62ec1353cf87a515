"""Attacks on the kernel: of every kind of false fact that was found or thought of, one attempt, which must be refused."""

import copy
import pickle
import re
from typing import Any, NamedTuple

import numpy as np
import pytest
import sympy as sp
from sympy.core.symbol import Str

from zotheory.kernel import algebra, expectation, facts, running
from zotheory.kernel.algebra import by_form, combine, contrary, larger, squares
from zotheory.kernel.definitions import (
    after, at, bernoulli, code, dimension, draws, exists, expectation as mean, for_all, function, grad, index, interval,
    law_of_directions, mapping, natural, point, probability, real, run_of, sphere, stochastic, total, vector,
)  # fmt: skip
from zotheory.kernel.facts import Fact, assume, discharge, generalise, induction, instantiate, replace
from zotheory.kernel.running import at_start, invariant, stepped, trace, unrolled
from zotheory.kernel.terms import (
    DRAWS, NATURAL, REAL, And, Axis, Bound, Copies, Eq, Expectation, ForAll, Fresh, If, Implies, Inner, Integrable,
    Iterate, Law, Le, Lt, Not, Or, Sort, Total, Variable, fresh, key, law_on, maps, space,
)  # fmt: skip

REFUSALS = (ValueError, TypeError, LookupError, AttributeError, OverflowError)  # Refused and SortError among them
x, y, z = real("x y z")
s, t = natural("s t")
d = dimension("d")
a, b, v, x0 = vector("a b v x0", d)
f = function("f", d)
omega = draws("omega")
P = law_of_directions("P", d)
u = vector("u", d)
half = sp.Rational(1, 2)


def given(*formulas):
    return [assume(each) for each in formulas]


ATTACKS: dict[str, tuple[str, Any]] = {}


def attack(words):
    """Register an attempt that must end in an error with these words."""

    def register(function):
        ATTACKS[function.__name__] = words, function
        return function

    return register


def attacks(words, **attempts):
    ATTACKS.update({name: (words, attempt) for name, attempt in attempts.items()})


# --- logic -----------------------------------------------------------------------------------------------------------

attacks(
    "not 0|>= 0|0 <=|does not|> 0",
    nothing_follows=lambda: combine(Le(x, y), []),
    converse=lambda: combine(Le(y, x), [(1, *given(Le(x, y)))]),
    negative_multiplier=lambda: combine(Le(-y, -x), [(-1, *given(Le(y, x)))]),
    multiplier_of_no_sign=lambda: combine(Le(z * x, z * y), [(z, *given(Le(x, y)))]),
    equation_from_inequality=lambda: combine(Eq(x, y), [(1, *given(Le(x, y)))]),
    strict_from_weak=lambda: combine(Lt(x, y), [(1, *given(Le(x, y)))]),
    equation_with_a_rest=lambda: combine(Eq(x, x + y**2), [], y**2),
    rest_of_no_sign=lambda: combine(Le(0, x), [], x),
    other_squares=lambda: squares(Le(x, abs(y)), *given(Le(y**2, x**2))),
    root_of_an_inequality=lambda: squares(Le(x, y), *given(Le(x**2, y**2))),
)
attacks(
    "is free in",
    generalised_hypothesis=lambda: generalise(assume(Le(0, x)), x),
    average_under_a_hypothesis=lambda: expectation.average(assume(Le(0, Inner(a, u))), u, sphere(d)),
    average_over_a_law_of_it=lambda: expectation.average(by_form(Le(0, x**2)), x, interval(0, x)),
    induction_under_a_hypothesis=lambda: induction(Le(t, x), t, by_form(Le(0, x), *given(Le(0, x))), assume(Le(t + 1, x))),
)
attacks(
    "induction needs|is free in",
    wrong_start=lambda: induction(Le(1, t), t, by_form(Le(0, 1)), combine(Le(1, t + 1), [(1, *given(Le(1, t)))], 1)),
    wrong_step=lambda: induction(Le(t, 0), t, by_form(Le(0, 0)), assume(Le(t, 0))),
    induction_on_the_reals=lambda: induction(Le(0, x), x, by_form(Le(0, 0)), combine(Le(0, x + 1), [(1, *given(Le(0, x)))], 1)),
)
attacks(
    "two meanings|lacks the premise|one conclusion|neither says|takes an implication|for all values|takes a < a",
    one_name_of_two=lambda: facts.all_hold(by_form(Le(x, x)), by_form(Le(0, Variable("x", NATURAL)))),
    lacking_premise=lambda: facts.follows(assume(Implies(Le(x, 0), Le(y, 0))), by_form(Le(0, 0))),
    two_conclusions=lambda: facts.either(assume(Le(x, 0)), assume(Not(Le(x, 1))), Le(x, 0)),
    other_condition=lambda: algebra.chosen(If(Le(x, 0), y, z), assume(Lt(x, 1))),
    no_implication=lambda: facts.follows(assume(Or(Le(x, 0), Le(y, 0))), by_form(Le(0, 0))),
    no_for_all=lambda: instantiate(assume(Le(x, 0)), y),
    not_absurd=lambda: facts.absurd(assume(Lt(x, y)), Le(1, 0)),
)

# --- terms that need not denote --------------------------------------------------------------------------------------

attacks(
    "denote",
    **{
        f"by_form_{i}": lambda each=each: by_form(Eq(each, each), *given(Le(0, x), Le(z, 0)))
        for i, each in enumerate([
            1 / x, 1 / y**2, sp.sqrt(y), y ** sp.Rational(1, 3), x ** -half, x**z, 0 ** z, sp.log(x), sp.gamma(x),
            sp.loggamma(z), sp.zeta(x), 1 / (x - x / 2 - x / 2 + y - y + z), sp.sqrt(-x), (-1) ** x, 1 / sp.Abs(y),
            Inner(grad(f, a), b), Inner(Axis(t, d), a), mean(index(t), lambda j: j), mean(interval(x, y), lambda q: q),
            mean(bernoulli(x), lambda j: j), mean(P, lambda u: f(u)), mean(sphere(d), lambda u: 1 / Inner(u, a)),
            mean(sphere(d), lambda u: sp.exp(f(u))), mean(Law("normal"), lambda q: sp.exp(q)), total(t, lambda j: 1 / j),
            probability(P, lambda u: Le(1 / Inner(u, a), 0)), If(Lt(0, x), 1 / x, 0), Inner(mapping(REAL, lambda q: a / q)(x), b),
            mean(sphere(d), lambda u: mean(Law("gaussian", d), lambda w: 2 ** (Inner(w, u)**2))),
        ])
    },
    instantiated=lambda: instantiate(by_form(for_all(REAL, lambda q: Le(q, q))), 1 / x),
    replaced=lambda: replace(by_form(Le(x, x)), {x: sp.sqrt(y)}),
    replaced_by_a_partial_function=lambda: replace(by_form(Eq(Variable("h", maps(REAL, REAL))(x), Variable("h", maps(REAL, REAL))(x))), {Variable("h", maps(REAL, REAL)): mapping(REAL, lambda q: 1 / q)}),
    cancelled_hypothesis=lambda: replace(assume(Lt(0, x / y)), {y: x}),
    cancelled_premise=lambda: replace(discharge(by_form(Le(0, (x / y) ** 2), *given(Eq(x / y, 0))), Eq(x / y, 0)), {y: x}),
    cancelled_denial=lambda: replace(assume(And(Not(Le(x / y, 2)), Le(0, 0))), {y: x}),
    gamma_below_zero=lambda: replace(discharge(by_form(Lt(0, sp.gamma(x)), *given(Eq(sp.gamma(x), x))), Eq(sp.gamma(x), x)), {x: -half}),
    induction_from_a_quotient=lambda: induction(
        Eq(x**t / y**t, z), t, assume(Eq(1, z)),
        instantiate(assume(for_all(NATURAL, lambda n: Eq(x ** (n + 1) / y ** (n + 1), z))), t),
    ),
    contrary_of_what_is_false=lambda: contrary(Le(1 / x, 0)),
    congruent_quotient=lambda: algebra.congruence(z / x, assume(Eq(x, y - y + t))),
    law_of_a_run=lambda: by_form(Eq(Q := mean(after(t, code(divided, by=x), f, a), lambda q: Inner(q, q)), Q)),
    divided_by_itself=lambda: at_start(point(0, code(divided_by_itself, by=x), f, a, omega)),
)  # fmt: skip
attacks("need not|denote|SortError|no term", zero_over_zero=lambda: by_form(Eq(sp.nan, sp.nan)), infinite=lambda: by_form(Lt(x, sp.oo)))

# --- signs and normal forms ------------------------------------------------------------------------------------------

attacks(
    "by_form:|0 <=",
    **{
        f"sign_{i}": lambda each=each, known=known: by_form(Lt(0, each), *given(*known))
        for i, (each, known) in enumerate([
            (t, []), (x**2, []), (sp.Abs(x), []), (total(t, lambda j: sp.Integer(1)), []), (x**t, [Le(0, x)]), (x**3, []),
            ((-1) ** t, []), (sp.log(x), [Lt(0, x)]), (sp.log(1 + t), []), (sp.Max(x, y), [Le(0, x)]), (sp.Min(x, y), [Lt(0, x)]),
            (If(Lt(0, x), x, y), [Lt(0, x)]), (Inner(a, b), []), (Inner(a, a), []), (sp.sqrt(x), [Le(0, x)]), (sp.floor(x), [Lt(0, x)]),
            (mean(sphere(d), lambda u: Inner(u, a)), []), (mean(index(2), lambda j: j), []), (probability(P, lambda u: Le(Inner(u, a), 0)), []),
            (x * y, [Lt(x, 0), Lt(0, y)]), (x - y, [Lt(x, y)]), (sp.zeta(x), [Lt(1, x)]), (sp.erf(x), []), (sp.atan(x), [Lt(0, x)]),
        ])
    },
    **{
        f"equal_{i}": lambda a=a, b=b: by_form(Eq(a, b), *given(Le(0, x), Lt(0, y)))
        for i, (a, b) in enumerate([
            (sp.Abs(z), z), (sp.sqrt(z**2), z), (sp.Abs(z) ** 3, z**3), (y ** sp.Rational(2, 3), y), (sp.exp(2 * z), 2 * sp.exp(z)),
            (0**t, sp.Integer(0)), ((-2) ** (2 * t), (-2) ** t), (sp.exp(z * z), sp.exp(z) ** 2), (sp.floor(z), z), (2**t * 2**s, 2 ** (t * s)),
            (sp.gamma(y + 1), sp.gamma(y)), (Inner(a, b), 0 * y), (mean(index(2), lambda j: j**2), mean(index(2), lambda j: j) ** 2),
        ])
    },
)  # fmt: skip
attacks("larger: none", undecided=lambda: larger(sp.Max(x, y)), absolute=lambda: larger(sp.Abs(x), *given(Le(x, y))))


@attack("leaves|not 0")
def exponent_that_becomes_a_number():
    e = sp.Abs(y) ** 2 / y**2 + sp.Abs(z) ** 2 / z**2  # 2, after which x^2 passed for x^(1/1)
    combine(Eq(x**e, x), [], 0, given(Lt(0, x), Lt(0, y), Lt(0, z)))


@attack("0 <=")
def power_below_zero():
    """1/y at y = x^t becomes x^(-t), which denotes where x = -1."""
    known = replace(by_form(Eq(1 / y, 1 / y), assume(Not(Eq(y, 0)))), {y: x**t})
    combine(Lt(0, x**-t), [], x**-t, [known])


@attack("0 <=")
def mean_of_powers_below_zero():
    known = expectation.binned(mean(interval(0, 1), lambda q: x ** sp.floor(2 * q)), mapping(REAL, lambda r: x**r), 2)
    combine(Lt(0, known.holds.args[0]), [], known.holds.args[0], [known])


# --- sorts and names -------------------------------------------------------------------------------------------------

attacks(
    "no term|not all numbers|is needed|means nothing|no natural|cannot be replaced|letter|never bound|is no text|no result|does not take|not in the language|to Symbol|unexpected",
    a_float=lambda: by_form(Le(x, 0.5)),
    an_assumption=lambda: by_form(Le(0, sp.Symbol("p", positive=True))),
    imaginary=lambda: by_form(Eq(sp.sqrt(-1), sp.I)),
    vector_times_vector=lambda: by_form(Eq(a * b, a * b)),
    vector_plus_number=lambda: by_form(Eq(a + 1, a + 1)),
    vectors_compared=lambda: assume(Le(a, b)),
    negative_count=lambda: total(-1, lambda j: j),
    real_count=lambda: replace(by_form(Eq(total(t, lambda j: j), total(t, lambda j: j))), {t: x}),
    natural_at_a_half=lambda: replace(by_form(Le(0, t)), {t: half}),
    natural_mean=lambda: replace(by_form(Le(0, t)), {t: mean(index(2), lambda j: j)}),
    another_dimension=lambda: replace(by_form(Lt(0, d)), {d: 1}),
    dimension_for_all=lambda: for_all(d.sort, lambda e: Le(1, e)),
    foreign_function=lambda: by_form(Le(sp.sin(x), 1)),
    strange_name=lambda: Variable("x y", REAL),
    law_named_by_a_variable=lambda: Law(Variable("sphere", REAL), d),
    part_named_by_a_variable=lambda: Iterate(code(walked, law=sphere(d)), f, x0, 0, Variable("fx", REAL), omega),
    unknown_law=lambda: Law("cauchy", d),
)  # fmt: skip
attacks("nothing binds|two meanings", bound=lambda: by_form(Le(Bound("1", REAL), Bound("1", REAL))))


@attack("nothing binds")
def capture():
    """A variable that the next binder will be opened with: from "all have a greater one" to "one is greater than it"."""
    greater = assume(for_all(REAL, lambda p: exists(REAL, lambda q: Eq(q, p + 1))))
    for ahead in range(1, 9):
        instantiate(greater, Fresh(str(int(fresh(REAL).name) + ahead), REAL))


@attack("evaluates")
def sympy_told_not_to_evaluate():
    with sp.evaluate(False):
        assume(Not(Eq(x * x**-1, 1)))


# --- expectations ----------------------------------------------------------------------------------------------------

attacks(
    "covariance takes|takes an expectation|by name|binned:|is drawn|exchanged|nothing shows|KeyError|unpack|normal|exists|denote",
    covariance_of_any_law=lambda: expectation.covariance(P, a, b),
    mirrored_coordinates=lambda: expectation.mirrored(mean(Law("coordinates", d), lambda u: Inner(u, a))),
    mirrored_interval=lambda: expectation.mirrored(mean(interval(0, 1), lambda q: q)),
    length_of_a_function_of_that_name=lambda: expectation.mean_length(Variable("gaussian", maps(REAL, law_on(space(d))))(y), a),
    drawn_denominator=lambda: expectation.linear(Q := mean(index(2), lambda j: x / (1 + j)), *given(Eq(Q, Q))),
    sum_of_what_does_not_exist=lambda: expectation.linear(Q := mean(P, lambda u: Inner(u, a) + 1), *given(Eq(Q, Q))),
    uniform_on_no_index=lambda: expectation.uniform(mean(index(t), lambda j: j)),
    uniform_on_signs=lambda: expectation.uniform(mean(bernoulli(half), lambda j: j)),
    binned_otherwise=lambda: expectation.binned(mean(interval(0, 1), lambda q: sp.floor(2 * q)), mapping(REAL, lambda r: r), 3),
    exchanged_with_a_law_of_it=lambda: expectation.exchanged(mean(interval(1, 2), lambda q: mean(interval(0, q), lambda r: r * q))),
    average_without_moments=lambda: expectation.average(by_form(Le(0, Inner(a, u) ** 2)), u, P),
    average_of_strict_over_a_bad_law=lambda: expectation.average(by_form(Lt(0, sp.Integer(1) + x**2)), x, interval(1, y)),
    growth_on_part=lambda: expectation.average(by_form(Le(0, f(u) ** 2)), u, sphere(d), given(for_all(space(d), lambda q: Implies(Le(Inner(q, q), 1), Le(sp.Abs(f(q)), 1))))),
    supports_of_another_law=lambda: by_form(Eq(Q := mean(Law("gaussian", d), lambda u: sp.sqrt(1 - Inner(u, u))), Q)),
)  # fmt: skip


# --- runs ------------------------------------------------------------------------------------------------------------


class State(NamedTuple):
    x: Any
    alpha: Any = 1


class Made:
    vectors = ("x",)

    def __init__(self, step, draw=lambda rng, state, d: None, init=lambda f, x0: State(x0, x0[..., 0] * 0 + 1)):
        self.step, self.draw, self.init = step, draw, init


def walked(law):
    return Made(lambda f, s, u: State(s.x + u, s.alpha), lambda rng, s, d: law.draw(rng, (), d))


def uniform():
    return Made(lambda f, s, u: State(s.x, u), lambda rng, s, d: rng.random())


def divided(by):
    return Made(lambda f, s, u: State(s.x / by, s.alpha))


def divided_by_itself(by):
    return Made(lambda f, s, u: State(s.x * (by / by), s.alpha))


def program(change, draw=lambda rng, state, d: None):
    """A method that changes x so, and the attempt to run it on symbols."""

    def method():
        return Made(lambda f, s, u: State(change(f, s, u), s.alpha), draw)

    return lambda: at_start(point(0, code(method), f, x0, omega))


attacks(
    "cannot convert|no truth|may not ask|no coordinates|ufunc|no array|shape|no attribute|no term|not supported|means nothing|is of vectors|bad operand|must be real|cannot be inter|no matter|not all numbers|unsupported|a real, where",
    branch=program(lambda f, s, u: s.x if f(s.x) < 0 else 2 * s.x),
    equality=program(lambda f, s, u: s.x if s.alpha == 1 else 2 * s.x),
    equality_of_dimensions=program(lambda f, s, u: s.x if s.x.shape[-1] == 7 else 2 * s.x),
    membership=program(lambda f, s, u: s.x if s.alpha in (1, 2) else 2 * s.x),
    smaller=program(lambda f, s, u: s.x * min(s.alpha, 1)),
    coordinate=program(lambda f, s, u: s.x * s.x[..., 1]),
    iteration=program(lambda f, s, u: s.x * sum(s.x)),
    hadamard=program(lambda f, s, u: s.x * s.x),
    quotient_of_vectors=program(lambda f, s, u: s.x * (s.x / s.x)),
    root_of_a_vector=program(lambda f, s, u: type(s.x).sqrt(s.x) ** 2),
    sum_of_coordinates=program(lambda f, s, u: s.x - np.sum(s.x)),
    mean_of_coordinates=program(lambda f, s, u: s.x - np.mean(s.x)),
    largest_coordinate=program(lambda f, s, u: s.x - np.max(s.x)),
    first_of_raveled=program(lambda f, s, u: s.x + np.ravel(s.x)[0]),
    rolled=program(lambda f, s, u: s.x + np.roll(s.x, 1)),
    chosen_by_numpy=program(lambda f, s, u: np.where(f(s.x) < 0, s.x, 2 * s.x)),
    not_a_number=program(lambda f, s, u: s.x * float("nan")),
    infinite_number=program(lambda f, s, u: s.x * float("inf")),
    many_draws=program(lambda f, s, u: s.x * u, lambda rng, s, d: rng.random((5,))),
    a_draw_a_coordinate=program(lambda f, s, u: s.x * u, lambda rng, s, d: rng.random(s.x.shape)),
    law_of_the_state=program(lambda f, s, u: s.x * u, lambda rng, s, d: rng.of(interval(0, s.alpha.term))),
)  # fmt: skip


def start(n=t, part="x", of=omega, method=None):
    return point(n, method or code(walked, law=sphere(d)), f, x0, of, part)


def kept(drawn, state=None, formula=None):
    """The attempt to show that a walk, or a random radius, stays what it was."""
    state, formula = state or {"x": v}, Eq(v, x0) if formula is None else formula
    return invariant(formula, start(), state, drawn, by_form(Eq(x0, x0)), assume(formula))


def means(n, of, method=None, by=None):
    """The mean over all draws of `by` (a method) of `of` the points after n steps of a method."""
    law = run_of(by or method or code(walked, law=sphere(d)), f)
    return stepped(Q := mean(law, lambda w: of(start(n, of=w, method=method))), *given(Eq(Q, Q)))


attacks(
    "variables of the sorts|are free in|invariant needs|stepped|is a real, where|stepped takes|at_start takes|unrolled|constructor|at hand",
    draw_of_zero=lambda: kept([sp.S.Zero]),
    draw_of_the_state=lambda: kept([v]),
    draw_of_omega=lambda: kept([omega]),
    formula_of_the_start=lambda: kept([u], formula=Eq(v, 2 * x0)),
    walk_that_stays=lambda: kept([u]),
    natural_draw=lambda: invariant(
        Le(y, y**2), start(part="alpha", method=code(uniform)), {"x": v, "alpha": y}, [s], by_form(Le(0, 0)), by_form(Le(0, 0))
    ),
    step_of_none=lambda: means(t, f),
    draws_of_another_method=lambda: means(1, f, code(walked, law=sphere(d)), code(uniform)),
    state_at_two_times=lambda: stepped(Q := mean(run_of(code(uniform), f), lambda w: f(start(t + 1, of=w, method=code(uniform))) * f(start(t + 2, of=w, method=code(uniform)))), *given(Eq(Q, Q))),
    start_after_a_step=lambda: at_start(start(t)),
    start_of_draws=lambda: stepped(Q := mean(run_of(M := code(uniform), f), lambda w: f(point(t + 1, M, f, point(1, M, f, x0, w), w))), *given(Eq(Q, Q))),
    other_code=lambda: at_start(start(0, method=code(uniform).func("uniform", "0123456789abcdef"))),
    no_run=lambda: unrolled(mean(sphere(d), lambda u: f(u))),
)  # fmt: skip


@attack("item assignment")
def trace_of_others():
    trace(code(walked, law=sphere(d)), f, x0).first["x"] = 2 * x0


@pytest.mark.parametrize("name", ATTACKS)
def test_refused(name):
    words, attempt = ATTACKS[name]
    with pytest.raises(REFUSALS, match=words):
        attempt()


# --- facts -----------------------------------------------------------------------------------------------------------

TRUE = by_form(Le(0, 1))


class Fake(Fact):
    """What calls itself a fact, and claims the digest of a true one."""

    digest = TRUE.digest

    def __init__(self):
        for name, value in {"given": (), "holds": Lt(1, 0), "rule": "assume", "used": ()}.items():
            object.__setattr__(self, name, value)


class Text(str):
    """A name that is equal to others."""

    __eq__ = lambda self, other: True  # noqa: E731
    __hash__ = lambda self: hash("sphere")  # noqa: E731


class AnySort(Sort):
    """A sort that every term is of."""

    __eq__ = lambda self, other: True  # noqa: E731
    __hash__ = lambda self: hash(NATURAL)  # noqa: E731


class Anything(sp.Expr):
    """A term that is a positive number to one question and a negative one to the next."""

    def as_coeff_Mul(self, *_, **__):
        return sp.Integer(2), sp.Integer(3)

    def __neg__(self):
        return sp.Integer(1)


class Changing(list):
    """A list that is empty when it is read again."""

    def __iter__(self):
        read, self[:] = list(self), []
        return iter(read)


def lie():
    return (), Lt(1, 0)


FORGERIES = {
    "called": lambda: Fact(),
    "no_rule": lambda: facts.rule(lie)(),
    "changed": lambda: setattr(TRUE, "holds", Lt(1, 0)),
    "changed_by_force": lambda: facts.cut(forced(by_form(Le(0, 2)), Lt(1, 0))),
    "copied": lambda: copy.copy(TRUE),
    "unpickled": lambda: pickle.loads(pickle.dumps(TRUE)),
    "derived_class": lambda: facts.cut(Fake()),
    "derived_class_in_a_list": lambda: combine(Lt(1, 0), [(1, Fake())]),
    "derived_class_as_a_side": lambda: combine(Le(0, x), [], x, [Fake()]),
    "sides_read_once": lambda: combine(Lt(0, x), [], x, iter(given(Lt(0, x)))),
    "sides_of_a_generator": lambda: instantiate(by_form(for_all(REAL, lambda q: Le(q, q))), 1 / x, (each for each in given(Not(Eq(x, 0))))),
    "sides_that_vanish": lambda: combine(Lt(0, x), [], x, Changing(given(Lt(0, x)))),
    "parts_that_vanish": lambda: combine(Le(x, y), Changing([(1, assume(Le(x, y)))])),
    "another_text": lambda: combine(Eq(Variable(Text("p"), REAL), Variable(Text("q"), REAL)), []),
    "another_law": lambda: expectation.average(assume(Eq(Inner(u, u), d)), u, Law(Str(Text("gaussian")), d)),
    "another_sort": lambda: by_form(Le(0, Variable("p", AnySort("natural")))),
    "another_term": lambda: combine(Lt(1, 0), [], Anything()),
    "text": lambda: assume("1 < 0"),
    "truth": lambda: assume(True),
    "relation": lambda: assume(sp.Lt(0, 1)),
    "number": lambda: assume(x),
}  # fmt: skip


def forced(fact, holds):
    object.__setattr__(fact, "holds", holds)  # what the lint of derivations refuses
    return fact


@pytest.mark.parametrize("name", FORGERIES)
def test_no_fact(name):
    with pytest.raises(REFUSALS):
        FORGERIES[name]()


def test_a_fact_says_what_was_shown_and_no_more():
    assert facts.proves(TRUE, [], Le(0, 1))
    assert not facts.proves(Fake(), [], Lt(1, 0))
    assert not facts.proves(forced(by_form(Le(0, 3)), Lt(1, 0)), [], Lt(1, 0))
    assert not facts.proves(assume(Le(x, 0)), [], Le(x, 0))


def test_what_is_not_evaluated_is_before_it_is_used():
    quotient = sp.Mul(x, 1 / x, evaluate=False)
    assert facts.same(assume(Not(Eq(quotient, 1))).holds, Not(Eq(1, 1)))


def test_terms_that_differ_have_keys_that_do():
    terms = [x, y, t, Variable("x", NATURAL), u, x + y, x * y, x**y, y**x, Le(x, y), Le(y, x), Lt(x, y), Eq(x, y), And(Le(x, y)),
             Or(Le(x, y)), Law("sphere", d), Law("gaussian", d), mean(index(t), lambda j: j), total(t, lambda j: j), sp.pi, sp.E]  # fmt: skip
    assert len(set(map(key, terms))) == len(terms)
    assert key(Inner(a, b)) == key(Inner(b, a))

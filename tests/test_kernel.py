"""Attacks on the kernel by logic, and by what only looks like a fact: each must be refused."""

import copy
import pickle
from contextlib import suppress
from typing import Any

import pytest
import sympy as sp
from sympy.core.symbol import Str

from tests.attacks import REFUSALS, a, b, d, given, registered, t, u, x, y, z
from zotheory.kernel import algebra, expectation, facts
from zotheory.kernel.algebra import by_form, combine, squares
from zotheory.kernel.definitions import expectation as mean
from zotheory.kernel.definitions import (
    for_all,
    index,
    interval,
    sphere,
    total,
)
from zotheory.kernel.facts import Fact, assume, generalise, induction, instantiate
from zotheory.kernel.terms import (
    NATURAL,
    REAL,
    And,
    Eq,
    If,
    Implies,
    Inner,
    Law,
    Le,
    Lt,
    Not,
    Or,
    Sort,
    SortError,
    Variable,
    key,
)

half = sp.Rational(1, 2)

ATTACKS: dict[str, tuple[str, Any]] = {}
attack, attacks = registered(ATTACKS)


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
    induction_under_a_hypothesis=lambda: induction(
        Le(t, x), t, by_form(Le(0, x), *given(Le(0, x))), assume(Le(t + 1, x))
    ),
)
attacks(
    "induction needs|is free in",
    wrong_start=lambda: induction(Le(1, t), t, by_form(Le(0, 1)), combine(Le(1, t + 1), [(1, *given(Le(1, t)))], 1)),
    wrong_step=lambda: induction(Le(t, 0), t, by_form(Le(0, 0)), assume(Le(t, 0))),
    induction_on_the_reals=lambda: induction(
        Le(0, x), x, by_form(Le(0, 0)), combine(Le(0, x + 1), [(1, *given(Le(0, x)))], 1)
    ),
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
    "sides_of_a_generator": lambda: instantiate(
        by_form(for_all(REAL, lambda q: Le(q, q))), 1 / x, (each for each in given(Not(Eq(x, 0))))
    ),
    "sides_that_vanish": lambda: combine(Lt(0, x), [], x, Changing(given(Lt(0, x)))),
    "parts_that_vanish": lambda: combine(Le(x, y), Changing([(1, assume(Le(x, y)))])),
    "another_text": lambda: combine(Eq(Variable(Text("p"), REAL), Variable(Text("q"), REAL)), []),
    "another_sort": lambda: by_form(Le(0, Variable("p", AnySort("natural")))),
    "another_term": lambda: combine(Lt(1, 0), [], Anything()),
    "text": lambda: assume("1 < 0"),
    "truth": lambda: assume(True),
    "relation": lambda: assume(sp.Lt(0, 1)),
    "number": lambda: assume(x),
}


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


def test_a_law_whose_name_is_equal_to_another_is_not_that_one():
    equal, other = assume(Eq(Inner(u, u), d)), Law(Str(Text("gaussian")), d)
    with suppress(SortError):  # or else it is taken for the sphere
        averaged = expectation.average(equal, u, other)
        length = mean(Law("gaussian", d), lambda u: Inner(u, u))
        assert not facts.proves(averaged, [], Eq(length, mean(Law("gaussian", d), lambda u: d)))


def test_what_is_not_evaluated_is_before_it_is_used():
    quotient = sp.Mul(x, 1 / x, evaluate=False)
    assert facts.same(assume(Not(Eq(quotient, 1))).holds, Not(Eq(1, 1)))


def test_terms_that_differ_have_keys_that_do():
    terms = [
        x,
        y,
        t,
        Variable("x", NATURAL),
        u,
        x + y,
        x * y,
        x**y,
        y**x,
        Le(x, y),
        Le(y, x),
        Lt(x, y),
        Eq(x, y),
        And(Le(x, y)),
        Or(Le(x, y)),
        Law("sphere", d),
        Law("gaussian", d),
        mean(index(t), lambda j: j),
        total(t, lambda j: j),
        sp.pi,
        sp.E,
    ]
    assert len(set(map(key, terms))) == len(terms)
    assert key(Inner(a, b)) == key(Inner(b, a))

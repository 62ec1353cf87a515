"""Attacks on the kernel by terms: what need not denote, signs, normal forms, sorts and names: each must be refused."""

from typing import Any

import pytest
import sympy as sp

from tests.attacks import REFUSALS, P, a, b, d, f, given, registered, s, t, x, y, z
from zotheory.kernel import algebra, laws
from zotheory.kernel.algebra import by_form, combine, contrary, unfolded
from zotheory.kernel.definitions import (
    bernoulli,
    exists,
    for_all,
    grad,
    index,
    interval,
    mapping,
    probability,
    sphere,
    total,
)
from zotheory.kernel.definitions import expectation as mean
from zotheory.kernel.facts import assume, discharge, induction, instantiate, replace
from zotheory.kernel.terms import (
    NATURAL,
    REAL,
    And,
    Axis,
    Bound,
    Eq,
    Fresh,
    If,
    Inner,
    Law,
    Le,
    Lt,
    Not,
    Variable,
    fresh,
    maps,
)

half = sp.Rational(1, 2)

ATTACKS: dict[str, tuple[str, Any]] = {}
attack, attacks = registered(ATTACKS)


# --- terms that need not denote --------------------------------------------------------------------------------------

attacks(
    "denote",
    **{
        f"by_form_{i}": lambda each=each: by_form(Eq(each, each), *given(Le(0, x), Le(z, 0)))
        for i, each in enumerate(
            [
                1 / x,
                1 / y**2,
                sp.sqrt(y),
                y ** sp.Rational(1, 3),
                x**-half,
                x**z,
                0**z,
                sp.log(x),
                sp.gamma(x),
                sp.loggamma(z),
                sp.zeta(x),
                1 / (x - x / 2 - x / 2 + y - y + z),
                sp.sqrt(-x),
                (-1) ** x,
                1 / sp.Abs(y),
                Inner(grad(f, a), b),
                Inner(Axis(t, d), a),
                mean(index(t), lambda j: j),
                mean(interval(x, y), lambda q: q),
                mean(bernoulli(x), lambda j: j),
                mean(P, lambda u: f(u)),
                mean(sphere(d), lambda u: 1 / Inner(u, a)),
                mean(sphere(d), lambda u: sp.exp(f(u))),
                mean(Law("normal"), lambda q: sp.exp(q)),
                total(t, lambda j: 1 / j),
                probability(P, lambda u: Le(1 / Inner(u, a), 0)),
                If(Lt(0, x), 1 / x, 0),
                Inner(mapping(REAL, lambda q: a / q)(x), b),
                mean(sphere(d), lambda u: mean(Law("gaussian", d), lambda w: 2 ** (Inner(w, u) ** 2))),
            ]
        )
    },
    instantiated=lambda: instantiate(by_form(for_all(REAL, lambda q: Le(q, q))), 1 / x),
    replaced=lambda: replace(by_form(Le(x, x)), {x: sp.sqrt(y)}),
    replaced_by_a_partial_function=lambda: replace(
        by_form(Eq(Variable("h", maps(REAL, REAL))(x), Variable("h", maps(REAL, REAL))(x))),
        {Variable("h", maps(REAL, REAL)): mapping(REAL, lambda q: 1 / q)},
    ),
    cancelled_hypothesis=lambda: replace(assume(Lt(0, x / y)), {y: x}),
    cancelled_premise=lambda: replace(
        discharge(by_form(Le(0, (x / y) ** 2), *given(Eq(x / y, 0))), Eq(x / y, 0)), {y: x}
    ),
    cancelled_denial=lambda: replace(assume(And(Not(Le(x / y, 2)), Le(0, 0))), {y: x}),
    gamma_below_zero=lambda: replace(
        discharge(by_form(Lt(0, sp.gamma(x)), *given(Eq(sp.gamma(x), x))), Eq(sp.gamma(x), x)), {x: -half}
    ),
    induction_from_a_quotient=lambda: induction(
        Eq(x**t / y**t, z),
        t,
        assume(Eq(1, z)),
        instantiate(assume(for_all(NATURAL, lambda n: Eq(x ** (n + 1) / y ** (n + 1), z))), t),
    ),
    contrary_of_what_is_false=lambda: contrary(Le(1 / x, 0)),
    congruent_quotient=lambda: algebra.congruence(z / x, assume(Eq(x, y - y + t))),
)
attacks(
    "need not|denote|SortError|no term",
    zero_over_zero=lambda: by_form(Eq(sp.nan, sp.nan)),
    infinite=lambda: by_form(Lt(x, sp.oo)),
)

# --- signs and normal forms ------------------------------------------------------------------------------------------

attacks(
    "by_form:|0 <=",
    **{
        f"sign_{i}": lambda each=each, known=known: by_form(Lt(0, each), *given(*known))
        for i, (each, known) in enumerate(
            [
                (t, []),
                (x**2, []),
                (sp.Abs(x), []),
                (total(t, lambda j: sp.Integer(1)), []),
                (x**t, [Le(0, x)]),
                (x**3, []),
                ((-1) ** t, []),
                (sp.log(x), [Lt(0, x)]),
                (sp.log(1 + t), []),
                (sp.Max(x, y), [Le(0, x)]),
                (sp.Min(x, y), [Lt(0, x)]),
                (If(Lt(0, x), x, y), [Lt(0, x)]),
                (Inner(a, b), []),
                (Inner(a, a), []),
                (sp.sqrt(x), [Le(0, x)]),
                (sp.floor(x), [Lt(0, x)]),
                (mean(sphere(d), lambda u: Inner(u, a)), []),
                (mean(index(2), lambda j: j), []),
                (probability(P, lambda u: Le(Inner(u, a), 0)), []),
                (x * y, [Lt(x, 0), Lt(0, y)]),
                (x - y, [Lt(x, y)]),
                (sp.zeta(x), [Lt(1, x)]),
                (sp.erf(x), []),
                (sp.atan(x), [Lt(0, x)]),
            ]
        )
    },
    **{
        f"equal_{i}": lambda a=a, b=b: by_form(Eq(a, b), *given(Le(0, x), Lt(0, y)))
        for i, (a, b) in enumerate(
            [
                (sp.Abs(z), z),
                (sp.sqrt(z**2), z),
                (sp.Abs(z) ** 3, z**3),
                (y ** sp.Rational(2, 3), y),
                (sp.exp(2 * z), 2 * sp.exp(z)),
                (0**t, sp.Integer(0)),
                ((-2) ** (2 * t), (-2) ** t),
                (sp.exp(z * z), sp.exp(z) ** 2),
                (sp.floor(z), z),
                (2**t * 2**s, 2 ** (t * s)),
                (sp.gamma(y + 1), sp.gamma(y)),
                (Inner(a, b), 0 * y),
                (mean(index(2), lambda j: j**2), mean(index(2), lambda j: j) ** 2),
            ]
        )
    },
)
attacks("unfolded takes", three=lambda: unfolded(sp.Max(x, y, z)), none=lambda: unfolded(x))


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
    known = laws.binned(mean(interval(0, 1), lambda q: x ** sp.floor(2 * q)), mapping(REAL, lambda r: x**r), 2)
    combine(Lt(0, known.holds.args[0]), [], known.holds.args[0], [known])


# --- sorts and names -------------------------------------------------------------------------------------------------

attacks(
    "no term|not all numbers|is needed|means nothing|cannot be replaced|letter|never bound|no text|no result|not take",
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
    unknown_law=lambda: Law("cauchy", d),
)
attacks("nothing binds|two meanings", bound=lambda: by_form(Le(Bound("1", REAL), Bound("1", REAL))))


@attack("nothing binds")
def capture():
    """A variable that the next binder will be opened with: from "all have a next one" to "one is its next"."""
    greater = assume(for_all(REAL, lambda p: exists(REAL, lambda q: Eq(q, p + 1))))
    for ahead in range(1, 9):
        instantiate(greater, Fresh(str(int(fresh(REAL).name) + ahead), REAL))


@attack("evaluates")
def sympy_told_not_to_evaluate():
    with sp.evaluate(False):
        assume(Not(Eq(x * x**-1, 1)))


@pytest.mark.parametrize("name", ATTACKS)
def test_refused(name):
    words, attempt = ATTACKS[name]
    with pytest.raises(REFUSALS, match=words):
        attempt()

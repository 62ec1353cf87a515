"""Random statements against the kernel: what it accepts is true, as evaluation at many points says independently."""

import math
from fractions import Fraction
from itertools import product

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from zotheory.kernel.algebra import by_form, combine
from zotheory.kernel.definitions import natural, real
from zotheory.kernel.facts import assume, discharge, follows, generalise, induction, instantiate, replace
from zotheory.kernel.terms import And, Eq, Implies, Le, Lt, Not, Or, SortError, Variable, sort_of

x, y = real("x y")
t = natural("t")
POINTS = [Fraction(p, 2) for p in (-4, -1, 0, 2, 4)]
PLACES = [{x: p, y: q, t: n} for p, q in product(POINTS, POINTS) for n in (0, 1, 2)]
few = settings(max_examples=max(8, settings.default.max_examples // 3))  # each tries many rules


# --- values, with nothing of the kernel in them ----------------------------------------------------------------------


def power(base, exponent):
    """b^e where it is a real number, 0^0 = 1."""
    whole = exponent == int(exponent)
    if (base == 0 and exponent < 0) or (base < 0 and not whole):
        return None
    if whole and isinstance(base, Fraction):
        return base ** int(exponent)
    return float(base) ** float(exponent)


FUNCTIONS = {
    sp.Abs: abs,
    sp.Max: max,
    sp.Min: min,
    sp.exp: math.exp,
    sp.log: lambda v: math.log(v) if v > 0 else None,
    sp.floor: lambda v: Fraction(math.floor(v)),
    sp.Pow: power,
    sp.Add: lambda *v: sum(v),
    sp.Mul: lambda *v: math.prod(v),
}


def value(term, place):
    """Return a number, as a fraction if it is one; None where the term does not denote."""
    if isinstance(term, Variable):
        return place[term]
    if isinstance(term, sp.Rational):
        return Fraction(int(term.p), int(term.q))
    if not term.args:
        return float(term)
    parts = [value(each, place) for each in term.args]
    if None in parts:
        return None
    try:
        return FUNCTIONS[term.func](*parts)
    except OverflowError:
        raise pytest.skip.Exception("too large for doubles") from None


def truth(formula, place, doubt):
    """Whether a formula is true at a place; what floats leave open is `doubt`."""
    kind, args = type(formula), formula.args
    if kind is Not:
        return not truth(args[0], place, not doubt)
    if kind is Implies:
        return not truth(args[0], place, not doubt) or truth(args[1], place, doubt)
    if kind in (And, Or):
        return (all if kind is And else any)(truth(each, place, doubt) for each in args)
    a, b = (value(each, place) for each in args)
    if a is None or b is None:
        return False
    near = not (isinstance(a, Fraction) and isinstance(b, Fraction)) and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return doubt if near else {Le: a <= b, Lt: a < b, Eq: a == b}[kind]


def is_true(fact):
    """Whether a fact holds at all places."""
    return all(
        not all(truth(each, place, False) for each in fact.given) or truth(fact.holds, place, True) for place in PLACES
    )


def accepted(rule, *arguments, **options):
    """Return the fact that a rule makes, None where it refuses; a fact that does not hold is a hole in the kernel."""
    try:
        fact = rule(*arguments, **options)
    except (ValueError, TypeError, ArithmeticError, LookupError):
        return None
    assert is_true(fact), f"a false fact: {fact}"
    return fact


# --- polynomials -----------------------------------------------------------------------------------------------------

numbers = st.integers(-3, 3).map(sp.Integer) | st.sampled_from([sp.Rational(1, 2), sp.Rational(-3, 2)])
monomials = st.tuples(st.integers(0, 2), st.integers(0, 2)).map(lambda p: x ** p[0] * y ** p[1])
polynomials = st.lists(st.tuples(numbers, monomials), min_size=1, max_size=3).map(
    lambda ps: sum((c * m for c, m in ps), sp.S.Zero)
)
multipliers = st.sampled_from([sp.S.One, sp.Rational(1, 3), x**2, (x - y) ** 2, sp.Abs(y), sp.sqrt(x**2 + 1)])
comparisons = st.sampled_from([Le, Lt, Eq])


@few
@given(p=polynomials, q=polynomials, r=polynomials)
def test_identities_of_polynomials(p, q, r):
    """All true ones are accepted, and no false one."""
    assert by_form(Eq(p * q, sp.expand(p * q)))
    assert by_form(Eq((p + q) * (p - q), p**2 - q**2))
    assert bool(accepted(by_form, Eq(p * q, sp.expand(p * q) + r))) == (sp.expand(r) == 0)


@few
@given(data=st.data(), kind=comparisons)
def test_comparisons_that_follow(data, kind):
    """All combinations with multipliers >= 0 are accepted; of others no false one."""
    kinds = [Eq] if kind is Eq else [Eq, Le, Lt]
    held = [
        assume(data.draw(st.sampled_from(kinds))(data.draw(polynomials), data.draw(polynomials)))
        for _ in range(data.draw(st.integers(1, 2)))
    ]
    scales = [data.draw(multipliers) for _ in held]
    rest = sp.S.Zero if kind is Eq else data.draw(multipliers)
    rest += 1 if kind is Lt else 0
    gap = rest + sum(c * (fact.holds.args[1] - fact.holds.args[0]) for c, fact in zip(scales, held, strict=True))
    low, off = data.draw(polynomials), data.draw(polynomials)
    parts = list(zip(scales, held, strict=True))
    assert accepted(combine, kind(low, low + gap), parts, rest)
    accepted(combine, kind(low, low + gap + off), parts, rest + off)
    accepted(combine, kind(low, low + gap + off), [*parts, (off, held[0])], rest)
    accepted(combine, kind(low, low - gap), [(-c, fact) for c, fact in parts], -rest)
    accepted(combine, kind(low, low - gap + rest), [(-c, fact) for c, fact in parts])


# --- terms that need not denote --------------------------------------------------------------------------------------

leaves = st.sampled_from([x, y, t, sp.S.One, sp.Integer(2), sp.Integer(-1), sp.Rational(1, 2)])


def larger_terms(inner):
    one, two = inner, st.tuples(inner, inner)
    other = one.filter(lambda a: a != 0)
    return st.one_of(
        *(two.map(lambda p, of=of: of(*p)) for of in (sp.Add, sp.Mul, sp.Max, lambda a, b: a - b)),
        *(one.map(of) for of in (sp.sqrt, sp.Abs, sp.floor, sp.cbrt, lambda a: a**2, lambda a: a**t, lambda a: 2**-a)),
        *(other.map(of) for of in (lambda a: 1 / a, lambda a: x / a, lambda a: sp.log(sp.Abs(a)))),
    )


def is_term(t):
    """Whether SymPy made of it what the language knows: neither re(x), nor I, nor zoo."""
    try:
        return bool(sort_of(t))
    except SortError:
        return False


terms = st.recursive(leaves, larger_terms, max_leaves=5).filter(is_term)
KNOWN = [Lt(0, x), Le(0, x), Lt(0, y), Not(Eq(x, 0)), Not(Eq(y, 0)), Lt(x, y), Le(1, t), Eq(x, 2 * y)]
known = st.lists(st.sampled_from(KNOWN), max_size=3, unique=True).map(lambda held: list(map(assume, held)))
REWRITTEN = [lambda a: a, sp.expand, sp.together, sp.powsimp]


@few
@given(a=terms, b=terms, held=known, how=st.sampled_from(REWRITTEN))
def test_equations_and_signs_of_terms(a, b, held, how):
    """What is accepted holds wherever the hypotheses do, and both sides denote there."""
    accepted(by_form, Eq(a, how(a)), *held)
    accepted(by_form, Eq(a, b), *held)
    accepted(combine, Eq(how(a), b), [(1, assume(Eq(a, b)))], 0, held)
    accepted(by_form, Le(b, a), *held)
    for each in (a, a**2, a**t):
        accepted(by_form, Lt(0, each), *held, assume(Eq(each, each)))


quotients = st.tuples(terms, st.sampled_from([x, y, x - y, x + 1])).map(lambda p: p[0] / p[1]).filter(is_term)
images = st.sampled_from([x, y, -x, sp.S.Zero, sp.Integer(-1)]) | terms


@few
@given(a=quotients, b=terms, held=known, which=st.sampled_from([x, y, t]), put=images)
def test_substitution(a, b, held, which, put):
    """That a <= b denotes says that its parts do: so it is at other arguments, as a hypothesis or as a premise."""
    least = assume(Le(a, b))
    parts = sorted(filter(is_term, sp.preorder_traversal(a)), key=str)[:4]
    for part in (b - a, *parts):
        shown = by_form(Eq(part, part), least)
        accepted(replace, shown, {which: put}, held)
        premised = discharge(shown, least.holds)
        made = accepted(replace, premised, {which: put}, held)
        if made:
            accepted(follows, made, assume(made.holds.args[0]))
        accepted(instantiate, generalise(premised, which), put, held)


steps = st.tuples(*[st.integers(-2, 2)] * 3).map(lambda c: c[0] + c[1] * t + c[2] * t**2)


@few
@given(low=steps, high=steps, kind=comparisons, scale=st.sampled_from([1, t, 1 + t]))
def test_induction(low, high, kind, scale):
    """Comparisons of polynomials in t: what induction accepts holds for t = 0, 1, 3."""
    claim = kind(low, high)
    first, later = claim.xreplace({t: sp.S.Zero}), claim.xreplace({t: t + 1})
    rest = sp.expand(later.args[1] - later.args[0] - scale * (high - low))
    start = accepted(by_form, first)
    step = accepted(combine, later, [(scale, assume(claim))], rest)
    if start and step:
        accepted(induction, claim, t, start, step)

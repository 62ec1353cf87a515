"""The checker of derivations: what it refuses, and that the true statement beside each falsehood passes.

Long because it is a list: each entry is a kind of falsehood that an earlier checker took, or that was tried on this.
"""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Derivative,
    Eq,
    Float,
    Function,
    I,
    Integer,
    Integral,
    Limit,
    Max,
    Min,
    Piecewise,
    Pow,
    Product,
    Rational,
    Subs,
    Sum,
    Symbol,
    acos,
    atan,
    binomial,
    cos,
    exp,
    factorial,
    floor,
    gamma,
    log,
    nan,
    oo,
    pi,
    sign,
    sin,
    sqrt,
    tan,
    zeta,
    zoo,
)  # fmt: skip

from zotheory.evidence import calculus, identities
from zotheory.evidence.derivation import RULES, Derivation, NotProved

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
half = Rational(1, 2)
x, y = sympy.symbols("x y", real=True)
p, q, t = sympy.symbols("p q t", positive=True)
a = Symbol("a", nonnegative=True)
i, n = sympy.symbols("i n", integer=True)
N = Symbol("N", integer=True, positive=True)
z, w = sympy.symbols("z w")  # complex
h, positive = Function("h"), Function("k", positive=True)
A = Symbol("A", commutative=False)


def same(left, right):
    return lambda d: d.identity("step", left, right)


def least(expression, form):
    return lambda d: d.nonnegative("step", expression, form)


def integral(integrand, over, value, antiderivative=None):
    return lambda d: d.integral("step", integrand, over, value, antiderivative=antiderivative)


def series(term, over, value):
    return lambda d: d.sum("step", term, over, value)


def limit(expression, to, value):
    return lambda d: d.limit("step", expression, to, value)


# what -> (a falsehood, its true twin); None where a term of this kind is never taken
PAIRS = {
    # numbers
    "floats": (same(0.1 + 0.2, 0.3), same(Rational(1, 10) + Rational(2, 10), Rational(3, 10))),
    "SymPy's floats": (same(Float("0.5") * x, x / 2), same(half * x, x / 2)),
    "a float in an exponent": (same(p**0.5, sqrt(p)), same(p**half, sqrt(p))),
    "a NumPy float": (same(np.float64(2), 2), same(np.int64(2), 2)),
    "a float that became a fraction": (same(Rational(0.1), Rational(0.1)), same(Rational("0.1"), Rational(1, 10))),
    "NaN": (same(nan, nan), None),
    "NaN inside": (same(sympy.Add(x, nan, evaluate=False), x), None),
    "NaN as a form": (least(nan, nan), None),
    "an infinity": (same(oo, oo), same(Integral(exp(-p * x), (x, 0, oo)), 1 / p)),
    "an infinity as a form": (least(oo, oo), None),
    "complex infinity": (same(zoo, zoo), None),
    "1/0": (same(Pow(0, -1, evaluate=False), Pow(0, -1, evaluate=False)), same(Pow(2, -1, evaluate=False), half)),
    "0/0": (same(sympy.Mul(0, Pow(0, -1, evaluate=False), evaluate=False), 0), same((x**2 - 1) / (x - 1), x + 1)),
    "a number that nearly is another": (same(exp(-100) + 1, 1), same(exp(-log(Integer(2))), half)),
    "an integer but for 1e-12": (
        same(exp(pi * sqrt(163)), 640320**3 + 744), same(exp(log(Integer(640320)) * 3), 640320**3),
    ),
    # what is no term
    "booleans": (same(True, True), same(1, 1)),
    "a relation": (same(x**2 >= 0, True), least(x**2, x**2)),
    "text": (same("x", "x"), same(x, x)),
    "a matrix": (same(sympy.Matrix([1]), sympy.Matrix([1])), None),
    "symbols that do not commute": (same(A, A), None),
    "orders of magnitude": (same(sympy.O(x), sympy.O(x)), None),
    # polynomials and assumptions
    "a square without its middle": (same((x + 1) ** 2, x**2 + 1), same((x + 1) ** 2, x**2 + 2 * x + 1)),
    "zero at the integers 1, 2, 3 only": (
        same((N - 1) * (N - 2) * (N - 3), 0), same((N - 1) * (N - 2) - N**2 + 3 * N, 2),
    ),
    "one name, two symbols": (
        least(Symbol("u", real=True), Symbol("u", positive=True)), least(p, p),
    ),
    "a form of another expression": (least(x**2 - 1, x**2), least(x**2 - 2 * x + 1, (x - 1) ** 2)),
    "a form of unknown sign": (least(x, x), least(Abs(x), Abs(x))),
    "a negative form": (least(Integer(-1), Integer(-1)), least(Integer(1), Integer(1))),
    "a complex square": (least(z**2, z**2), least(x**2, x**2)),
    "the square of i": (least(I**2, I**2), same(I**2, -1)),
    # branches
    "a root of a square": (same(sqrt(x**2), x), same(sqrt(x**2), Abs(x))),
    "a root of a complex square": (same(sqrt(z**2), z), same(sqrt(z) ** 2, z)),
    "a root taken apart": (same(sqrt(z * w), sqrt(z) * sqrt(w)), same(sqrt(p * q), sqrt(p) * sqrt(q))),
    "a logarithm taken apart": (same(log(x * y), log(x) + log(y)), same(log(p * q), log(p) + log(q))),
    "a logarithm taken apart by force": (
        same(log(z * w), sympy.expand_log(log(z * w), force=True)), same(log(p**x), x * log(p)),
    ),
    "log exp": (same(log(exp(z)), z), same(log(exp(x)), x)),
    "the cube root of a cube": (same((x**3) ** Rational(1, 3), x), same((p**3) ** Rational(1, 3), p)),
    "acos cos": (same(acos(cos(x)), x), same(cos(acos(x)), x)),
    "atan tan": (same(atan(tan(x)), x), same(tan(atan(x)), x)),
    "Abs": (same(Abs(x), x), same(Abs(p), p)),
    "a complex modulus": (same(Abs(z) ** 2, z**2), same(Abs(2 * z), 2 * Abs(z))),
    "Max": (same(Max(x, y), x), same(Max(x, y) + Min(0, p), Max(y, x))),
    "sign at 0": (same(sign(a), 1), same(sign(p), 1)),
    "a case distinction": (
        same(Piecewise((x, x > 0), (-x, True)), x), same(Piecewise((p, p > 0), (-p, True)), p),
    ),
    "a case that is one point": (same(Piecewise((5, Eq(x, half)), (1, True)), 1), same(Piecewise((1, True)), 1)),
    "floor": (same(floor(x), x), same(floor(x + 1), floor(x) + 1)),
    "powers of -1": (same((-1) ** n, 1), same((-1) ** (2 * n), 1)),
    "sines of multiples of pi": (same(sin(pi * x), 0), same(sin(pi * n), 0)),
    # functions
    "Gamma": (same(gamma(p + 1), gamma(p)), same(gamma(p + 1), p * gamma(p))),
    "a ratio of Gammas": (same(gamma(p + half) / gamma(p), sqrt(p)), same(gamma(p + 1) / gamma(p), p)),
    "Stirling": (same(factorial(N), sqrt(2 * pi * N) * (N / sympy.E) ** N), same(factorial(N), gamma(N + 1))),
    "unknown functions": (same(h(x), h(y)), same(h(x + x), h(2 * x))),
    "the sign of an unknown function": (least(h(x), h(x)), least(positive(x), positive(x))),
    "an unknown derivative": (same(Derivative(h(x), x), h(x)), same(Derivative(x * h(x), x), h(x) + x * h(x).diff(x))),
    "the slope of Abs": (same(Derivative(Abs(x), x), 1), same(Derivative(x**3, x), 3 * x**2)),
    "a derivative at a point": (
        same(Subs(Derivative(h(x), x), x, 0), h(0)), same(Subs(Derivative(x**2, x), x, 3), 6),
    ),
    # integrals
    "the integral of |cos|": (
        integral(Abs(cos(x)), (x, -pi / 2, 0), -1), integral(cos(x), (x, -pi / 2, 0), 1),
    ),
    "the integral of |cos|, unevaluated": (
        same(Integral(Abs(cos(x)), (x, -pi / 2, 0)), -1), same(Integral(cos(x), (x, -pi / 2, 0)), 1),
    ),
    "an integral over a kink": (
        integral(Abs(sin(x)), (x, -pi, pi), 0), integral(Abs(x), (x, -1, 2), Rational(5, 2), x * Abs(x) / 2),
    ),
    "the integral of |cos| in a form": (
        least(-Integral(Abs(cos(x)), (x, -pi / 2, 0)), Integer(1)), least(Integral(x**2, (x, 0, 1)), Rational(1, 3)),
    ),
    "across a pole": (integral(1 / x**2, (x, -1, 1), -2, -1 / x), integral(1 / x**2, (x, 1, 2), half, -1 / x)),
    "across an odd pole": (
        integral(1 / x, (x, -1, 1), 0, log(Abs(x))), integral(1 / x, (x, 1, 2), log(2), log(x)),
    ),
    "an antiderivative that jumps": (
        integral(1 / (1 + x**2), (x, -1, 1), -pi / 2, -atan(1 / x)),
        integral(1 / (1 + x**2), (x, 1, 2), atan(1) - atan(half), -atan(1 / x)),
    ),
    "an antiderivative that jumps inside a period": (
        integral(1 / (2 + cos(x)), (x, 0, 2 * pi), 0, 2 / sqrt(3) * atan(tan(x / 2) / sqrt(3))),
        integral(1 / (2 + cos(x)), (x, 0, pi / 2), pi / 3 / sqrt(3), 2 / sqrt(3) * atan(tan(x / 2) / sqrt(3))),
    ),
    "another antiderivative": (
        integral(x, (x, 0, 1), Rational(1, 3), x**3 / 3), integral(x, (x, 0, 1), half, x**2 / 2 + 7),
    ),
    "a range read backwards": (integral(x, (x, 1, 0), half), integral(x, (x, 1, 0), -half)),
    "a parameter for which it diverges": (
        integral(x ** (-p), (x, 1, oo), 1 / (p - 1)), integral(x ** (-1 - p), (x, 1, oo), 1 / p, -(x ** (-p)) / p),
    ),
    "a Gaussian of any sign": (
        integral(exp(-y * x**2), (x, -oo, oo), sqrt(pi / y)), integral(exp(-p * x**2), (x, -oo, oo), sqrt(pi / p)),
    ),
    "a principal value": (
        integral(x / (1 + x**2), (x, -oo, oo), 0, log(1 + x**2) / 2), integral(x * exp(-(x**2)), (x, -oo, oo), 0),
    ),
    "an integral without ends": (same(Integral(x, x), x**2 / 2), same(Integral(x, (x, 0, y)), y**2 / 2)),
    "a float as an end": (integral(x, (x, 0, 0.5), Rational(1, 8)), integral(x, (x, 0, half), Rational(1, 8))),
    "an unknown integrand": (
        integral(h(t), (t, 0, p), p * h(p)), integral(Derivative(h(t), t), (t, 0, p), h(p) - h(0)),
    ),
    # sums and products
    "a sum read backwards": (series(i, (i, 0, -3), 3), series(i, (i, 0, 3), 6)),
    "a sum read backwards, unevaluated": (same(Sum(i, (i, 0, -3)), 3), same(Sum(i, (i, 0, N)), N * (N + 1) / 2)),
    "an end that may be below": (series(i, (i, 1, n), n * (n + 1) / 2), series(i, (i, 1, N), N * (N + 1) / 2)),
    "an end that may be no integer": (series(i, (i, 1, p), p * (p + 1) / 2), series(i, (i, 0, 2 * N), N * (2 * N + 1))),
    "1 - 1 + 1 - ...": (series((-1) ** i, (i, 0, oo), half), series((-half) ** i, (i, 0, oo), Rational(2, 3))),
    "1 + 2 + 3 + ...": (series(i, (i, 1, oo), -Rational(1, 12)), series(1 / i**4, (i, 1, oo), pi**4 / 90)),
    "1 + 2 + 4 + ...": (series(2**i, (i, 0, oo), -1), series(2 ** (-i), (i, 0, oo), 2)),
    "zeta where it diverges": (
        series(1 / sqrt(i), (i, 1, oo), zeta(half)), series(i ** Rational(-3, 2), (i, 1, oo), zeta(Rational(3, 2))),
    ),
    "a ratio that may exceed 1": (series(p**i, (i, 0, oo), 1 / (1 - p)), series(1 / factorial(i), (i, 0, oo), sympy.E)),
    "Basel": (series(1 / i**2, (i, 1, oo), pi**2 / 8), series(1 / i**2, (i, 1, oo), pi**2 / 6)),
    "binomials": (series(binomial(N, i), (i, 0, N), 2**N + 1), series(binomial(N, i), (i, 0, N), 2**N)),
    "a product": (same(Product(i, (i, 1, N)), factorial(N) + 1), same(Product(i, (i, 1, N)), factorial(N))),
    # limits
    "the wrong side": (limit(1 / x, (x, 0, "-"), oo), limit(1 / x, (x, 0), oo)),
    "two sides that differ": (limit(Abs(x) / x, (x, 0, "+-"), 1), limit(Abs(x) / x, (x, 0, "-"), -1)),
    "the wrong side, unevaluated": (same(Limit(Abs(x) / x, x, 0, "-"), 1), same(Limit(sin(x) / x, x, 0, "-"), 1)),
    "an oscillation": (limit(sin(x), (x, oo), 0), limit(sin(x) / x, (x, oo), 0)),
    "a slow limit": (limit(log(p) / log(p + 1), (p, oo), 0), limit(1 / log(p), (p, oo), 0)),
    "slow growth": (limit(log(p) / p, (p, oo), oo), limit(log(p), (p, oo), oo)),
    "floor from below": (limit(floor(x), (x, 1, "-"), 1), limit(floor(x), (x, 1, "-"), 0)),
}  # fmt: skip
TWINS = [what for what, (_, twin) in PAIRS.items() if twin]


def attempt(step):
    derivation = Derivation("tiny.claim", "x is small")
    step(derivation)
    return derivation


@pytest.mark.parametrize("what", PAIRS)
def test_a_falsehood_is_refused(what):
    derivation = Derivation("tiny.claim", "x is small")
    with pytest.raises(NotProved, match=r"^tiny\.claim: step: "):
        PAIRS[what][0](derivation)
    assert derivation.steps == []


@pytest.mark.parametrize("what", TWINS)
def test_its_true_twin_passes(what):
    derivation = attempt(PAIRS[what][1])
    assert derivation.status == "steps checked"
    assert derivation.evaluated == (1, 1)


@pytest.mark.parametrize("what", PAIRS)
def test_numbers_alone_refuse_it_too(what, monkeypatch):
    """With every difference said to be zero by SymPy, as where a rule of it is wrong."""
    for module in (identities, calculus):
        monkeypatch.setattr(module, "remainder", lambda left, right: Integer(0))
    with pytest.raises(NotProved):
        PAIRS[what][0](Derivation("tiny.claim", "x is small"))


# --- random statements of known truth --------------------------------------------------------------------------------

coefficients = st.integers(-9, 9)
lists = st.lists(coefficients, min_size=1, max_size=5)
polynomials = lists.map(lambda c: sum(Integer(b) * x**k for k, b in enumerate(c)))
fractions = st.builds(Rational, coefficients.filter(bool), st.integers(1, 9))


@deterministic
@given(polynomials, polynomials, fractions, st.integers(0, 6))
def test_random_polynomials(f, g, off, power):
    attempt(same(f * g, sympy.expand(f * g)))
    with pytest.raises(NotProved):
        attempt(same(f * g + off * x**power, sympy.expand(f * g)))


@deterministic
@given(polynomials, fractions)
def test_random_squares(f, off):
    attempt(least(sympy.expand(f**2), f**2))
    with pytest.raises(NotProved):
        attempt(least(sympy.expand(f**2) - abs(off), f**2))


@settings(deterministic, max_examples=15)
@given(polynomials, st.sampled_from([1, exp(x), cos(x), exp(-(x**2)), 1 / (1 + x**2)]), fractions, fractions, fractions)
def test_random_integrals(f, factor, low, high, off):
    F = f * factor
    value = F.subs(x, high) - F.subs(x, low)
    attempt(integral(sympy.diff(F, x), (x, low, high), value, F))
    with pytest.raises(NotProved):
        attempt(integral(sympy.diff(F, x), (x, low, high), value + off, F))


@settings(deterministic, max_examples=15)
@given(polynomials, fractions)
def test_random_sums(f, off):
    term = sympy.expand(f.subs(x, i + 1) - f.subs(x, i))
    value = sympy.expand(f.subs(x, N + 1) - f.subs(x, 1))
    attempt(series(term, (i, 1, N), value))
    with pytest.raises(NotProved):
        attempt(series(term, (i, 1, N), value + off))


# --- the other steps, and the label ----------------------------------------------------------------------------------

OTHERS = {
    "a certificate that is false": lambda d: d.certified("step", False, "text", by="intervals"),
    "a certificate that is undecided": lambda d: d.certified("step", None, "text", by="intervals"),
    "a certificate that is merely truthy": lambda d: d.certified("step", 1, "text", by="intervals"),
    "a relation in place of a certificate": lambda d: d.certified("step", x**2 >= 0, "text", by="intervals"),
    "a certificate that rests on hope": lambda d: d.certified("step", True, "text", by="hope"),
    "a certificate that rests on points": lambda d: d.certified("step", True, "text", by="agreement"),
    "an unknown rule": lambda d: d.rule("step", "common sense", "text"),
    "the label of a derivation in its place": lambda d: d.uses("step", "steps checked"),
    "itself": lambda d: d.uses("step", d),
    "code that does not agree": lambda d: d.code_check("step", False, points=3, text="text"),
    "code compared nowhere": lambda d: d.code_check("step", all([]), points=0, text="text"),
    "code compared at a float of points": lambda d: d.code_check("step", True, points=3.0, text="text"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_derivation_refuses(what):
    derivation = Derivation("tiny.claim", "x is small")
    with pytest.raises(NotProved, match=r"^tiny\.claim: step: "):
        OTHERS[what](derivation)
    assert derivation.steps == derivation.used == []


def lemma(steps):
    """A derivation with one step for each letter."""
    derivation = Derivation("tiny.lemma", "x is smaller")
    add = {
        "p": lambda: derivation.premise("p", "text"),
        "r": lambda: derivation.rule("r", "cases", "text"),
        "i": lambda: derivation.identity("i", x, x),
        "b": lambda: derivation.certified("b", True, "2 > 1", by="enumeration"),
        "k": lambda: derivation.code_check("k", True, points=5, text="text"),
        "c": lambda: derivation.cited("c", "source"),
        "u": lambda: derivation.uncovered("u", "why"),
    }
    for step in steps:
        add[step]()
    return derivation


@pytest.mark.parametrize(
    ("steps", "status", "gaps"),
    [
        ("", "cited", []),
        ("p", "cited", []),
        ("pr", "cited", []),
        ("k", "cited", []),
        ("kpr", "cited", []),
        ("c", "cited", ["c"]),
        ("u", "cited", ["u"]),
        ("i", "steps checked", []),
        ("b", "steps checked", []),
        ("ik", "steps checked", []),
        ("ipr", "steps checked", []),
        ("ic", "partly", ["c"]),
        ("iu", "partly", ["u"]),
        ("uick", "partly", ["u", "c"]),
    ],
)
def test_the_label_follows_from_the_steps(steps, status, gaps):
    derivation = lemma(steps)
    assert (derivation.status, derivation.gaps) == (status, gaps)


def test_what_a_step_says_is_written_in_words_and_as_in_mathematics():
    size = Symbol("|g|_*", positive=True)
    derivation = Derivation("a.claim", f"at most {p**2}")
    derivation.identity("the square", size**2, size * size)
    derivation.integral("the mean", p, (p, 0, 1))
    derivation.sum("the whole sum", i**-2, (i, 1, oo))
    derivation.limit("the fall", 1 / p, (p, oo))
    derivation.limit("the left end", p**2, (p, 1, "-"))
    derivation.code_check("the code", True, points=1, text="as said")
    assert derivation.statement == "at most p^2"
    assert [step.text for step in derivation.steps] == [
        "|g|_*^2 = |g|_*^2",
        "the integral of p over p from 0 to 1 is 1/2",
        "the sum of i^(-2) over i from 1 to oo is pi^2/6",
        "1/p tends to 0 as p tends to oo",
        "p^2 tends to 1 as p tends to 1 from below",
        "agrees at 1 point: as said",
    ]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_rules_of_inference_are_taken(rule):
    assert attempt(lambda d: d.rule("step", rule, "text")).steps[0].kind == f"rule: {rule}"


@pytest.mark.parametrize(("steps", "falls"), [("i", False), ("k", True), ("ic", True), ("c", True)])
def test_a_derivation_falls_with_what_it_uses(steps, falls):
    used = lemma(steps)
    middle = attempt(lambda d: d.uses("step", used))
    top = attempt(lambda d: (d.identity("own", x, x), d.uses("step", middle, "given x")))
    assert (top.status == "steps checked") is not falls
    assert top.gaps == (["tiny.claim"] if falls else [])
    used.uncovered("later", "found wanting")
    assert top.status == "partly"


def test_derivations_do_not_use_each_other_in_a_circle():
    first, second = Derivation("first", "..."), Derivation("second", "...")
    second.uses("first", first)
    with pytest.raises(NotProved, match="first: second: it would rest on itself"):
        first.uses("second", second)


def test_what_a_label_rests_on():
    derivation = lemma("ibbk")
    derivation.uses("lemma", lemma("ic"))
    assert derivation.rests_on == {
        "certificates": {"enumeration": 2}, "derivations": {"tiny.lemma": "partly"}, "code": {"k": 5},
    }  # fmt: skip


def test_values_are_returned():
    derivation = Derivation("tiny.claim", "x is small")
    assert derivation.integral("mean", N * p**N, (p, 0, 1)) == N / (N + 1)
    assert derivation.sum("total", i, (i, 1, N)) == N**2 / 2 + N / 2
    assert derivation.limit("end", (1 + 1 / p) ** p, (p, oo)) == sympy.E
    assert derivation.limit("beyond", p**2, (p, oo)) == oo


def test_a_refusal_shows_a_point_where_it_fails():
    with pytest.raises(NotProved, match=r"Abs\(x\) = x fails at x = -.* against -"):
        attempt(same(sqrt(x**2), x))

"""Steps that derivations of many theorems share: slacks, forms, and inequalities that belong to no theorem.

A hypothesis "A >= 0" enters as a non-negative slack symbol that stands for A.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from zotheory.evidence.derivation import Derivation

# --- symbols and forms -----------------------------------------------------------------------------------------------


def slack(name: str) -> sympy.Symbol:
    """Return a non-negative symbol that stands for the expression named."""
    return sympy.Symbol(f"slack({name})", nonnegative=True)


def nonnegatives(names: str) -> Any:
    """Return non-negative symbols of these names."""
    return sympy.symbols(names, nonnegative=True)


def positives(names: str) -> Any:
    """Return positive symbols of these names."""
    return sympy.symbols(names, positive=True)


def under(
    proof: Derivation, name: str, expression: Any, form: Any, hypotheses: Mapping[Any, Any], says: str = ""
) -> None:
    """Add: expression >= 0 whenever the hypotheses' values are, slack symbol -> the expression that it stands for.

    What it says, as a formula, is put before the terms.
    """
    proof.identity(f"{name}, rewritten", expression, form.subs(hypotheses), f"it is {form}, slacks written out")
    stands = "; ".join(f"{symbol} = {value} >= 0" for symbol, value in hypotheses.items())
    terms = f"{expression} = {form} >= 0 where {stands}" if stands else f"{expression} = {form} >= 0"
    proof.nonnegative(name, form, form, f"{says}: {terms}" if says else terms)


def factored(proof: Derivation, name: str, expression: Any, text: str) -> None:
    """Add: expression >= 0 by its factored form."""
    proof.nonnegative(name, expression, sympy.factor(sympy.together(expression)), text)


def expand_logs(expression: Any) -> Any:
    """Take logarithms of products apart, where the signs of the factors allow it."""
    return sympy.expand(sympy.expand_log(expression))


def decimal(number: Any) -> str:
    """Return a rational number in print: a short fraction, or one whose decimals do not end, or a decimal."""
    exact = sympy.Rational(number)
    return str(exact) if exact.q <= 20 or 10**12 % exact.q else f"{float(exact):.12g}"


# --- inequalities ----------------------------------------------------------------------------------------------------


def by_moments(statistic: Any, moments: Mapping[Any, Any]) -> Any:
    """E of a polynomial in random symbols by linearity, monomial -> its moment. Raises KeyError for any other."""
    random = sorted(set().union(*(m.free_symbols for m in moments)), key=str)
    terms = sympy.Poly(statistic, *random).terms()
    known = {sympy.Poly(m, *random).monoms()[0]: value for m, value in moments.items()} | {(0,) * len(random): 1}
    return sum(coefficient * known[powers] for powers, coefficient in terms)


def plane(name: str) -> tuple[Any, Any]:
    """Return the coordinates of a vector in a plane, name_0 and name_1."""
    return sympy.symbols(f"{name}_0 {name}_1", real=True)


def cauchy_schwarz(proof: Derivation) -> None:
    """<a, b>^2 <= |a|^2 |b|^2."""
    (a, b), (c, d) = plane("a"), plane("b")
    gap = (a**2 + b**2) * (c**2 + d**2) - (a * c + b * d) ** 2
    text = "<a,b>^2 <= |a|^2 |b|^2, in the plane of a and b"
    proof.nonnegative("the Cauchy-Schwarz inequality", gap, (a * d - b * c) ** 2, text)


def roots(proof: Derivation) -> None:
    """Add: a <= b from a^2 <= b^2 and b >= 0."""
    a, b, gap = sympy.Symbol("a", real=True), sympy.Symbol("b", positive=True), slack("b^2 - a^2")
    form = ((b - a) ** 2 + gap) / (2 * b)
    says = "a^2 <= b^2 gives a <= b, and b = 0 forces a = 0"
    under(proof, "the comparison of square roots", b - a, form, {gap: b**2 - a**2}, says)


def variance(proof: Derivation, name: str, mean: Any, second: Any, says: str) -> None:
    """(E v)^2 <= E v^2, from the variance."""
    v, spread = sympy.Symbol("v", real=True), slack("E (v - E v)^2")
    moments = {v: mean, v**2: second}
    under(proof, name, second - mean**2, spread, {spread: by_moments(sympy.expand((v - mean) ** 2), moments)}, says)


def harmonic(proof: Derivation, k: Any) -> None:
    """sigma_3 = 1 + 1/2 + ... + 1/k <= 1 + log k."""
    x, v, rest = sympy.Symbol("x", positive=True), sympy.Symbol("v", nonnegative=True), slack("1 - v")
    text = "log(1 + x) = E x/(1 + x v), v uniform on [0, 1]"
    proof.integral("the logarithm as a mean", x / (1 + x * v), (v, 0, 1), sympy.log(1 + x), text=text)
    gap, form = x / (1 + x * v) - x / (1 + x), x**2 * rest / ((1 + x * v) * (1 + x))
    under(proof, "the least value of what is averaged", gap, form, {rest: 1 - v}, "x/(1 + x v) >= x/(1 + x)")
    proof.rule("the logarithm from below", "monotonicity of expectation", "log(1 + x) >= x/(1 + x)")
    text = "x/(1 + x) = 1/(k + 1) at x = 1/k: log(k + 1) - log k >= 1/(k + 1)"
    proof.identity("the growth of the logarithm", (x / (1 + x)).subs(x, 1 / k), 1 / (k + 1), text)
    text = "log(k + 1) - log k = log(1 + x) at x = 1/k"
    proof.identity("the logarithm of a quotient", sympy.exp(sympy.log(k + 1) - sympy.log(k)), 1 + 1 / k, text)
    text = "1 = 1 + log k at k = 1"
    proof.identity("the harmonic sum of one term", 1 + sympy.log(k).subs(k, 1), sympy.Integer(1), text)
    proof.rule("the harmonic sum", "induction", "sigma_3 = 1 + 1/2 + ... + 1/k <= 1 + log k")

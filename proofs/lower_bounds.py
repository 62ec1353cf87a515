"""No method with m values a round does better: why.

Statements
----------
`linear_family`: on average over v in {-1, 1}^d, whatever the method, E f(answer) - f* >= (R G/2) sqrt(d/(4km + d)).
`upper_over_lower` <= `factor`() for k >= d.

The way: the answer sees v through w = E[v | values] only, and the gap is at least a (R sqrt(d) - R |w|), a = |E X_i|.
In E |w|^2 = sum_i E w_i^2 each term is at most a quarter of the divergence J between the laws of the values for
v_i = 1 and v_i = -1; and all J together are at most 4 km (a/sigma)^2, since m values of a linear F show m coordinates
of X along orthonormal directions. Then E |w| <= sqrt(km) a/sigma, and a is chosen. No lemma of testing is used: the
way over Assouad's lemma and Pinsker's inequality ends at a quarter of this bound.

Notation
--------
a = signal sigma, the size of each coordinate of E X; x the answer; w = E[v | values]; e unit vectors along which X is
seen, y = <e, X>; p, q laws of all values for v_i = 1 and v_i = -1, the rest of v given; c = (p - q)/(p + q).

References
----------
Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), for the problem.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from proofs import proves
from proofs.lemmas import cauchy_schwarz, roots, slack, under, variance
from zotheory.evidence.derivation import Derivation
from zotheory.exact import expectation
from zotheory.problems import NoisyLinear
from zotheory.reduced import NORMAL
from zotheory.theorems import lower_bounds as theorems

k, m, d, R, a, sigma, p, q = sympy.symbols("k m d R a sigma p q", positive=True)
v, left = sympy.symbols("v slack(1-v)", positive=True)  # uniform on (0, 1), and the rest to 1
QUARTER = sympy.Rational(1, 4)


# --- what the values show --------------------------------------------------------------------------------------------


def _values(proof: Derivation) -> None:
    """Values of the shipped F are linear in X; new directions show independent normals, however they were chosen."""
    e_1, x_1, x_2 = (np.array(sympy.symbols(f"{name}_0:2", real=True), dtype=object) for name in ("e", "x", "x'"))
    b, X = sympy.Symbol("b", real=True), np.array(sympy.symbols("X_1:4", real=True), dtype=object)
    shipped = NoisyLinear.at(None, X[:2])  # type: ignore[arg-type]
    text = "F(b x + y) = b F(x) + F(y)"
    proof.identity("the shipped linear function", shipped(b * e_1 + x_2), b * shipped(e_1) + shipped(x_2), text)
    residual = (e_1 @ e_1) * x_1 - (x_1 @ e_1) * e_1
    text = "Gram-Schmidt: |e|^2 x - <x,e>e is orthogonal to e"
    proof.identity("the orthogonal direction", residual @ e_1, sympy.Integer(0), text)
    proof.rule(
        "the values of a round", "induction", "they are functions of <e_1,X>..<e_m,X>, e_i orthonormal, each chosen by "
        "earlier values and independent randomness; where a point adds no direction, of fewer",
    )  # fmt: skip
    mean = np.array(sympy.symbols("mu_1:4", real=True), dtype=object)
    turn = sympy.Function("phi", real=True)(X[0])  # the second direction, chosen after the first value
    cos, sin = sympy.cos(turn), sympy.sin(turn)
    frame = np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]], dtype=object)
    y, centre = frame @ X, frame @ mean
    square = sympy.expand((y - centre) @ (y - centre))
    text = "sum of (<e_i,X> - <e_i,E X>)^2 = |X - E X|^2"
    proof.identity(
        "the normal density turned by what was seen", square.subs(sin**2, 1 - cos**2), (X - mean) @ (X - mean), text
    )
    jacobian = sympy.Matrix(3, 3, lambda i, j: sympy.diff(y[i], X[j])).det()
    proof.identity("the volume of the turned coordinates", jacobian, sympy.Integer(1))
    text = "given all that was seen before, in this round too, each y = <e_i,X> is N(<e_i,E X>, sigma^2)"
    proof.rule("the law of one value", "induction", text)


def _divergence(proof: Derivation) -> Any:
    """Sum over i of E w_i^2, at most: by all values together."""
    z, entry, rest = sympy.symbols("z e_i rest", real=True)
    plus, minus = rest + a * entry, rest - a * entry  # <e,E X> for v_i = 1 and v_i = -1

    def ratio(y: Any) -> Any:
        return ((y - minus) ** 2 - (y - plus) ** 2) / (2 * sigma**2)

    laws = {z: NORMAL}
    one = 2 * a**2 * entry**2 / sigma**2
    under_p = expectation(sympy.expand(ratio(plus + sigma * z)), laws)
    under_q = expectation(sympy.expand(-ratio(minus + sigma * z)), laws)
    text = "E log(p/q) of one value y under p, given the past"
    proof.identity("the divergence of one value under p", under_p, one, text)
    text = "E log(q/p) of one value y under q, given the past"
    proof.identity("the divergence of one value under q", under_q, one, text)
    proof.rule(
        "the chain rule", "tower property", "the choice of e, given the past, has one law under p and q: "
        "J = (E_p + E_q) of the sum of 2 a^2 e_i^2/sigma^2 over all y",
    )  # fmt: skip
    proof.rule(
        "the mean over v", "tower property", "averaged over the rest of v, (E_p + E_q)/2 is the mean over all of v: "
        "E J_i = 2 E of the sum of 2 a^2 e_i^2/sigma^2",
    )  # fmt: skip
    e = np.array(sympy.symbols("e_1:4", real=True), dtype=object)
    whole = 2 * sum(one.subs(entry, x) for x in e)
    text = "three of them written out, where |e| = 1"
    proof.identity("the sum over the coordinates", whole, 4 * a**2 / sigma**2 * (e @ e), text)
    text = "sum of E J_i <= 4 a^2/sigma^2 for each of <= km values"
    proof.rule("the sum over all values", "linearity of expectation", text)
    return 4 * k * m * a**2 / sigma**2


# --- from divergence to the posterior mean ---------------------------------------------------------------------------


def _logarithm(proof: Derivation) -> None:
    """log(p/q) as a mean, for p, q > 0."""
    proof.integral(
        "the logarithm of a ratio", (p - q) / (q + (p - q) * v), (v, 0, 1), sympy.log(p) - sympy.log(q),
        text="log p - log q = E (p - q)/(q + (p - q) v), v uniform on [0, 1]",
    )  # fmt: skip


def _posterior(proof: Derivation, quarter: Any) -> None:
    """E w_i^2 <= J_i/4."""
    c = (p - q) / (p + q)
    proof.identity("Bayes' rule", (p / 2 - q / 2) / (p / 2 + q / 2), c, "c = E[v_i | values, rest of v]")
    mean, square = sympy.Symbol("w_i", real=True), sympy.Symbol("E c^2", nonnegative=True)
    variance(proof, "the square of the posterior mean", mean, square, "w_i^2 <= E[c^2 | values], w_i = E[c | values]")
    proof.rule("what is seen with the rest of v", "tower property", "E w_i^2 <= E c^2")
    _logarithm(proof)
    between, middle = q + (p - q) * v, (p + q) / 2
    t, s = sympy.symbols("t s", positive=True)  # `between` and `middle`
    tangent = 2 / s - t / s**2
    proof.nonnegative("the tangent of the inverse", 1 / t - tangent, (t - s) ** 2 / (t * s**2), "1/t >= 2/s - t/s^2")
    below = tangent.subs({t: between, s: middle})
    expected = proof.integral(
        "the mean of the tangent", below, (v, 0, 1), text="E over v of the tangent at t = q + (p - q) v, s = (p + q)/2"
    )
    text = "(p - q)^2 times that: 4 c^2 (p + q)/2"
    proof.identity("the integrand of the divergence", (p - q) ** 2 * expected, 4 * (p + q) / 2 * c**2, text)
    text = "J = integral of (p - q) log(p/q) >= 4 E c^2, (p + q)/2 being the density of the values given the rest of v"
    proof.rule("the divergence from below", "monotonicity of expectation", text)
    J, more = sympy.Symbol("J", nonnegative=True), slack("J - 4 E c^2")
    text = "E w_i^2 <= J_i/4"
    under(proof, "the mean square of the posterior mean", quarter * J - square, more / 4, {more: J - 4 * square}, text)


# --- the gap ---------------------------------------------------------------------------------------------------------


def _gap(proof: Derivation) -> None:
    """E[gap | values] >= a R (sqrt(d) - |w|)."""
    size, angle = sympy.Symbol("|w|", nonnegative=True), sympy.Symbol("-<w,x>", real=True)
    text = "f(x) = <x,E X> is at least -R |E X|, |E X|^2 = d a^2"
    proof.identity("the least value on the ball", sympy.sqrt(d * a**2), a * sympy.sqrt(d), text)
    cauchy_schwarz(proof)
    roots(proof)
    proof.rule("the answer", "tower property", "x is independent of v given the values: E <v,x> = E <w,x>")
    room = slack("R |w| + <w,x>")
    gap = a * (R * sympy.sqrt(d) - angle)
    under(
        proof, "the gap given the values", gap - a * R * (sympy.sqrt(d) - size), a * room,
        {room: R * size - angle}, "E[gap | values] >= a R (sqrt(d) - |w|)",
    )  # fmt: skip


@proves("lower_bounds.linear_family")
def linear_family(
    bound: Callable[..., Any],
    signal: Callable[..., Any] = theorems.signal,
    quarter: Any = QUARTER,
) -> Derivation:
    """E f(answer) - f* >= (R G/2) sqrt(d/(4km + d))."""
    proof = Derivation(
        "lower_bounds.linear_family", "On average over v, E gap >= (R G/2) sqrt(d/(4km + d)) for every method."
    )
    text = "k rounds, X fresh and normal with independent coordinates; at most m values in a round"
    proof.premise("the rounds", text)
    proof.premise("the methods", "points and answer are functions of values seen before and of independent randomness")
    proof.premise("the domain", "the answer x has |x| <= R; v is uniform on {-1, 1}^d")
    _gap(proof)
    _values(proof)
    total = _divergence(proof)
    _posterior(proof, quarter)
    _conclusion(proof, quarter * total, bound, signal)
    return proof


def _conclusion(proof: Derivation, energy: Any, bound: Callable[..., Any], signal: Callable[..., Any]) -> None:
    """From E |w|^2 <= energy = km (a/sigma)^2."""
    mean, square = sympy.symbols("E|w| E|w|^2", nonnegative=True)
    variance(proof, "the mean length of w", mean, square, "(E |w|)^2 <= E |w|^2")
    least = a * R * (sympy.sqrt(d) - sympy.sqrt(energy))
    room = slack("sqrt(E |w|^2) - E |w|")
    gap = a * R * (sympy.sqrt(d) - mean)
    text = "E gap >= a R (sqrt(d) - sqrt(E |w|^2)), for any a"
    under(proof, "the gap for any signal", gap - least, a * R * room, {room: sympy.sqrt(energy) - mean}, text)
    chosen = signal(k=k, m=m, d=d) * sigma
    length = sympy.sqrt(d * (chosen**2 + sigma**2))
    proof.identity("the length of the gradient", length**2, d * chosen**2 + d * sigma**2, "G^2 = E |X|^2")
    shipped = bound(k=k, m=m, d=d, R=R, G=length)
    text = "it is the square of the shipped bound"
    proof.identity("the conclusion, squared", least.subs(a, chosen) ** 2, shipped**2, text)
    proof.nonnegative("the sign of the bound in the conclusion", shipped, shipped)
    value = least.subs(a, chosen)
    proof.nonnegative("the sign of the least gap in the conclusion", value, sympy.simplify(value))
    proof.identity("half the gap at the centre", shipped**2, (chosen * R * sympy.sqrt(d) / 2) ** 2)
    more = slack("km - d")
    simpler = (R * length) ** 2 * d / (20 * k * m)
    form = more * simpler / (4 * k * m + d)
    text = "km >= d: at least R G sqrt(d/(20km)), squared"
    under(proof, "the bound without its smaller term", shipped**2 - simpler, form, {more: k * m - d}, text)


# --- upper over lower ------------------------------------------------------------------------------------------------


@proves("lower_bounds.factor")
def factor(bound: Callable[..., Any], ratio: Callable[..., Any] = theorems.upper_over_lower) -> Derivation:
    """upper_over_lower <= bound() for k >= d."""
    from flint import arb

    proof = Derivation(
        "lower_bounds.factor",
        f"For k >= d >= 1 the sharp form of Theorem 1 is at most {bound()} times the lower bound.",
    )
    proof.premise("the number of rounds", "k >= d >= 1: k = d + slack")
    root = sympy.sqrt(k)
    zeta = sympy.zeta(sympy.Rational(5, 2))
    brace = 2 + zeta / (8 * root) + (1 + sympy.log(k)) / (2 * root)
    proof.identity("the shipped ratio", ratio(k=k, d=d), 4 * sympy.sqrt(8 * k + d) / root * brace)
    more = slack("k - d")
    under(proof, "the root in the ratio", 9 * k - (8 * k + d), more, {more: k - d}, "sqrt(8k + d)^2 <= (3 sqrt(k))^2")
    roots(proof)
    _logarithm(proof)
    form = (p - 1) ** 2 * v / (left + p * v)
    text = "p - 1 >= (p - 1)/(1 + (p - 1) v)"
    under(proof, "what is averaged over v", p - 1 - (p - 1) / (1 + (p - 1) * v), form, {left: 1 - v}, text)
    text = "log p <= p - 1: the mean of that over v, q = 1"
    proof.rule("the logarithm below its tangent", "monotonicity of expectation", text)
    x, tangent = sympy.Symbol("x", positive=True), slack("p - 1 - log(p)")  # p = x/sqrt(e), x = sqrt(k)
    e = sympy.exp(sympy.Rational(1, 2))
    under(
        proof, "the logarithm below a root", 2 * x / e - (1 + 2 * sympy.log(x)), 2 * tangent,
        {tangent: x / e - 1 - sympy.expand_log(sympy.log(x / e))}, "1 + log(k) <= 2 sqrt(k/e), x = sqrt(k)",
    )  # fmt: skip
    text = "log k = 2 log x for x = sqrt(k)"
    proof.identity("the root of the number of rounds", 2 * sympy.log(root), sympy.log(k), text)
    short = sympy.Symbol("slack(sqrt(k) - 1)", nonnegative=True)
    under(proof, "the inverse root", 1 - 1 / root, short / root, {short: root - 1}, "1/sqrt(k) <= 1")
    constant = 12 * (2 + arb("2.5").zeta() / 8 + (-arb(1) / 2).exp())
    text = f"12 (2 + zeta(5/2)/8 + 1/sqrt(e)) <= {bound()}"
    proof.certified("the conclusion", bool(constant <= arb(int(bound()))), text, by="intervals")
    return proof

"""Double smoothing: the estimate's second moment and the mean gap, without log d; Lemma 2, Theorem 2 with constants.

Statements
----------
Both laws Gaussian: E|g|^2 <= `second_moment`. Z_1 in the ball and Z_2 of any rotation-invariant law, d >= 4: E|g|^2 <=
`second_moment_ball`. From them `lemma2` for the paper's three pairs of laws. With B^2 >= E|g|^2, E f(mean of x^1..x^k)
- f* <= `mean_gap_sharp`, and `mean_gap` under the paper's schedule. One smoothing at the kink of G|x - c|: E|g|^2 =
`single_second_moment`.

The estimator, the step and the projection that run on floats are run here on SymPy arrays; "slack" and the sum over
steps are those of ``proofs/two_point.py``. F need not be smooth: everything is derived for F_e = E F(. + e Z_3), Z_3
~ N(0, I), which is smooth, G(X)-Lipschitz, convex where F is, and within e G(X) sqrt(d) of F; then e -> 0.

Notation
--------
W = (Z_1 + q Z_2)/sqrt(1 + q^2), q = v r, 0 <= v <= 1: up to scale the point at which a = grad F(x + u_1 Z_1
+ v u_2 Z_2; X) is taken; Z_2 = rho W + tau xi, rho = q/sqrt(1 + q^2), tau = 1/sqrt(1 + q^2); theta = Z_2/|Z_2|; p
squared length of the part of Z_1 off theta; D = |x - x*|^2; other names as in `zotheory.theorems.double_smoothing`.

References
----------
Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Lemma 2, Theorem 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from proofs import bound_of, derivation, proves
from proofs import two_point as smooth
from proofs.lemmas import by_moments, cauchy_schwarz, roots, slack, under, variance
from zotheory import estimators
from zotheory.directions import Law, ball, gaussian, sphere
from zotheory.elementary import arctan_deficit
from zotheory.evidence.derivation import Derivation
from zotheory.exact import expectation
from zotheory.geometry import Mirror, euclidean, euclidean_ball, norm
from zotheory.methods.double_smoothing import step as shipped_step
from zotheory.methods.two_point import State
from zotheory.reduced import symbols
from zotheory.theorems import double_smoothing as theorems

n = sympy.Symbol("n", integer=True, positive=True)
e = sympy.Symbol("e", integer=True, nonnegative=True)  # n = 1 + e, or 4 + e
R, G, B, M, s, alpha, u, r, h, delta, eta = sympy.symbols("R G B M s alpha u r h delta eta", positive=True)
t, k = smooth.t, smooth.k
part = sympy.Symbol("v", nonnegative=True)
q = part * r
rho, tau = q / sympy.sqrt(1 + q**2), 1 / sympy.sqrt(1 + q**2)


# --- the estimate ----------------------------------------------------------------------------------------------------


def _difference(proof: Derivation, estimator: Callable[..., Any]) -> None:
    """|g|^2 <= the mean over v of <a,Z_2>^2 |Z_2|^2, for the shipped estimator."""
    text = "F(.; X) is G(X)-Lipschitz, E G(X)^2 <= G^2, X independent of Z_1, Z_2"
    proof.premise("the Lipschitz continuity of F", text)
    text = "F_e is smooth and within e G(X) sqrt(d) of F: prove it for F_e"
    proof.rule("the smooth approximation of F", "limit of inequalities", text)
    x, w, v = (np.array(sympy.symbols(f"{name}:3", real=True), dtype=object) for name in "xwz")
    F = sympy.Function("F", real=True)
    g = estimator(lambda y: F(*y), x, v, w, r * eta, eta)
    slope = (F(*(x + eta * w + r * eta * v)) - F(*(x + eta * w))) / (r * eta)
    proof.identity("the shipped estimate", g @ g, slope**2 * (v @ v), "|g|^2 = slope^2 |Z_2|^2")
    path = sympy.Function("phi")
    text = "slope = mean over v of <a,Z_2>: phi(v) = F(x + u_1 Z_1 + v u_2 Z_2)/u_2, phi' = <a,Z_2>"
    slopes, ends = path(part).diff(part), path(1) - path(0)
    proof.integral("the difference as an integral", slopes, (part, 0, 1), ends, antiderivative=path(part), text=text)
    text = "(mean over v)^2 <= mean over v of squares"
    variance(proof, "the square of a mean over the segment", sympy.Symbol("m", real=True), sympy.Symbol("m2"), text)
    cauchy_schwarz(proof)
    text = "|a| <= G(X), and E G(X)^2 <= G^2 at the end"
    proof.rule("the length of the gradient", "monotonicity of expectation", text)


def _split(proof: Derivation) -> None:
    """Z_2 = rho W + tau xi with W and xi independent N(0, I)."""
    turn = sympy.Matrix([[tau, rho], [-rho, tau]])  # (Z_1, Z_2) -> (W, xi), coordinate by coordinate
    for what, i, j in (("the variance of W", 0, 0), ("the covariance of W and xi", 0, 1), ("the variance of xi", 1, 1)):
        proof.identity(what, (turn * turn.T)[i, j], sympy.Integer(int(i == j)))
    for i, name in enumerate(("the first", "the second")):
        total = rho * turn[0, i] + tau * turn[1, i]
        proof.identity(f"the coefficient of {name} perturbation", total, sympy.Integer(i), "rho W + tau xi = Z_2")
    text = "orthogonal combinations of N(0, I) vectors; a is a function of W and X alone"
    proof.rule("the two combinations", "independence", text)


def _given_point(proof: Derivation) -> Any:
    """E over xi of <a,Z_2>^2 |Z_2|^2, at most G^2 times what is returned, a polynomial in |W|^2 = square."""
    (xi,), laws = symbols(n, 2, 1, "xi")
    a = np.array([*sympy.symbols("a_0 a_1", real=True), 0], dtype=object)
    length, c, d_ = sympy.Symbol("|W|", nonnegative=True), *sympy.symbols("rho tau", nonnegative=True)
    second = c * np.array([length, 0, 0], dtype=object) + d_ * xi
    mean = expectation(sympy.expand((a @ second) ** 2 * (second @ second)), laws)
    both = c**4 * length**4 + c**2 * d_**2 * (n + 4) * length**2  # coefficient of <a,W^>^2
    one = c**2 * d_**2 * length**2 + d_**4 * (n + 2)  # coefficient of |a|^2
    text = "W along the first axis, a in the first two"
    proof.identity("the mean over xi", mean, both * a[0] ** 2 + one * (a @ a), text)
    (line,), law = symbols(1, 1, 1, "xi")  # where a has no second axis
    second = (c * length + d_ * line[0]) ** 2
    proof.identity(
        "the mean over xi in one dimension",
        expectation(sympy.expand(a[0] ** 2 * second**2), law),
        mean.subs({n: 1, a[1]: 0}),
        "d = 1: a has no second axis",
    )
    room = slack("G^2 - |a|^2")
    form = both * (room + a[1] ** 2) + one * room
    text = "the mean over xi is at most what it is for a of length G along W"
    under(proof, "the largest mean over xi", G**2 * (both + one) - mean, form, {room: G**2 - a @ a}, text)
    (w,), chi = symbols(n, 0, 1, "w")
    return expectation(sympy.expand((both + one).subs(length, w[0])), chi).subs({c: rho, d_: tau})


@proves("double_smoothing.second_moment")
def second_moment(bound: Callable[..., Any], estimator: Callable[..., Any] = estimators.double_smoothed) -> Derivation:
    """The mean square of the estimate, for two Gaussian laws."""
    says = "The mean square of the estimate is at most G^2 times a function of d and r, for two normal perturbations."
    proof = Derivation("double_smoothing.second_moment", says)
    _difference(proof, estimator)
    proof.rule("the conditional mean", "tower property", "E <a,Z_2>^2 |Z_2|^2 = E E[.|W, X], with Z_2 = rho W + tau xi")
    _split(proof)
    mean, square = _given_point(proof), sympy.Symbol("rho^2", nonnegative=True)
    polynomial = n + 2 + (n - 1) * (n + 4) * square - 2 * (n - 1) * square**2
    proof.identity("the mean over W", mean, polynomial.subs(square, rho**2), "a polynomial in rho^2")
    integrals = _integrals(proof)
    proof.rule("the integrated polynomial", "linearity of expectation", "integrate the polynomial in rho^2 over v")
    total = n + 2 + (n - 1) * (n + 4) * integrals[0] - 2 * (n - 1) * integrals[1]
    proof.identity("the conclusion", bound(G=G, d=n, r=r), G**2 * total)
    _range(proof, bound, estimator, polynomial.subs(n, 1 + e), square)
    return proof


def _integrals(proof: Derivation) -> tuple[Any, Any]:
    """Means over v of rho^2 and rho^4."""
    angle = sympy.atan(r) / r
    closed = 1 - angle, 1 - sympy.Rational(3, 2) * angle + 1 / (2 * (1 + r**2))
    for power, value in zip((2, 4), closed, strict=True):
        proof.integral(f"the mean of rho to the power {power}", rho**power, (part, 0, 1), value)
    proof.identity("the shipped mean of the square of rho", arctan_deficit(r), closed[0], "it is 1 - arctan(r)/r")
    return closed


def _range(
    proof: Derivation, bound: Callable[..., Any], estimator: Callable[..., Any], polynomial: Any, square: Any
) -> None:
    """It grows with r, from (d + 2) G^2, which linear F attains, to d(d + 2) G^2, that of one smoothing at a kink."""
    rest = slack("1 - rho^2")
    grows = sympy.diff(polynomial, square)
    text = "the polynomial grows with rho^2"
    under(proof, "the growth with rho", grows, e * (1 + e + 4 * rest), {rest: 1 - square}, text)
    text = "rho^2 grows with r"
    proof.nonnegative("the growth of rho", sympy.diff(rho**2, r), 2 * part**2 * r / (1 + q**2) ** 2, text)
    value = bound(G=G, d=n, r=r)
    proof.limit("the bound for small ratios", value, (r, 0), (n + 2) * G**2)
    proof.limit("the bound for large ratios", value, (r, sympy.oo), n * (n + 2) * G**2)
    (w, v), laws = symbols(n, 1, 2)
    g = estimator(lambda y: G * y[0], 0 * v, v, w, r, 1)
    text = "E|g|^2 = (d + 2) G^2"
    proof.identity("the linear function that attains the limit", expectation(g @ g, laws), (n + 2) * G**2, text)


# --- the first perturbation in the ball ------------------------------------------------------------------------------


def _rest_of_direction(proof: Derivation) -> None:
    """E[<a,Z_2>^2 | W, |Z_2|, <W^,Z_2>] <= G^2 [c^2 + (L - c^2)/(n - 1)], c = <W^,Z_2>, L = |Z_2|^2."""
    text = "Z_1 uniform on the ball of radius sqrt(d + 2), Z_2 rotation-invariant, independent; d >= 4"
    proof.premise("the two laws", text)
    proof.rule(
        "the rest of the second perturbation",
        "independence",
        "turning Z_1 and Z_2 about W changes neither their law nor W: given W, |Z_2| and c, the part of Z_2 off W is "
        "uniform on a sphere of W's complement, of n - 1 dimensions",
    )
    (z,), laws = symbols(n - 1, 1, 1)
    share = expectation(z[0] ** 2, laws) / expectation(z @ z, laws)
    text = "1/(n - 1) on the unit sphere of n - 1 dimensions"
    proof.identity("the mean square of a coordinate", share, 1 / (n - 1), text)
    proof.identity("the mean of a coordinate", expectation(z[0], laws), sympy.Integer(0), "0")
    a_0, a_1 = sympy.symbols("a_0 a_1", real=True)
    c, rest, room = sympy.Symbol("c", real=True), slack("L - c^2"), slack("G^2 - |a|^2")
    mean = a_0**2 * c**2 + a_1**2 * rest / (3 + e)
    gap = G**2 * (c**2 + rest / (3 + e)) - mean
    form = (room + a_1**2) * c**2 + (room + a_0**2) * rest / (3 + e)
    text = "E[<a,Z_2>^2 | W, |Z_2|, c] <= G^2 [c^2 + (L - c^2)/(n - 1)]"
    under(proof, "the mean given the direction", gap, form, {room: G**2 - a_0**2 - a_1**2}, text)


def _component(proof: Derivation) -> tuple[Any, Any]:
    """E[c^2 | L] <= L (1/(n-3) + q^2 L n/((n-3)(n+2))); returns this and L."""
    along, p, L = sympy.Symbol("<Z_1,theta>", real=True), *sympy.symbols("p L", positive=True)
    y = along + q * sympy.sqrt(L)
    w = np.array([y, sympy.sqrt(p)], dtype=object)  # Z_1 + q Z_2 along theta, and off it
    cosine = y**2 / (w @ w)
    text = "c^2 = L y^2/(p + y^2) <= L y^2/p"
    proof.nonnegative("the share along the direction", L * y**2 / p - L * cosine, L * y**4 / (p * (p + y**2)), text)
    half = sympy.Symbol("half", positive=True)  # of the chord
    chord = n + 2 - p
    text = "given Z_1 off theta, <Z_1,theta> is uniform on [-half, half], half^2 = n + 2 - p"
    proof.rule("the chord", "independence", text)
    proof.integral("the mean square over the chord", y**2 / (2 * half), (along, -half, half), half**2 / 3 + q**2 * L)
    x = sympy.Symbol("x", positive=True)  # sqrt(p/(n + 2)), of density proportional to x^(n-2) sqrt(1 - x^2) on [0, 1]
    weight = x ** (n - 2) * sympy.sqrt(1 - x**2)
    exact = sympy.diff(x ** (n - 3) * (1 - x**2) ** sympy.Rational(3, 2), x)
    text = "the slope of x^(n-3) (1 - x^2)^(3/2), which vanishes at 0 and 1 for n >= 4: E (n+2)/p = n/(n-3)"
    proof.identity("the mean of the inverse of p", (n - 3) * weight / x**2 - n * weight, exact, text)
    inverse = n / ((n - 3) * (n + 2))
    split = sympy.expand(L * (chord / 3 + q**2 * L) / p)
    value = split.coeff(p, -1) * inverse + split.coeff(p, 0)
    text = "E[c^2|L]: E over the chord, then over p"
    proof.identity("the mean share", value, L / (n - 3) + q**2 * L**2 * inverse, text)
    return value, L


@proves("double_smoothing.second_moment_ball")
def second_moment_ball(
    bound: Callable[..., Any], estimator: Callable[..., Any] = estimators.double_smoothed
) -> Derivation:
    """The mean square of the estimate, for Z_1 in the ball and Z_2 of any rotation-invariant law."""
    says = "The mean square of the estimate, the first perturbation in the ball, the second rotation-invariant, d >= 4."
    proof = Derivation("double_smoothing.second_moment_ball", says)
    _difference(proof, estimator)
    _rest_of_direction(proof)
    component, L = _component(proof)
    each = sympy.expand(L * (component + (L - component) / (n - 1)))
    text = "E <a,Z_2>^2 |Z_2|^2 <= G^2 E L E[c^2 + (L - c^2)/(n - 1) | L]"
    proof.rule("the conditional mean", "tower property", text)
    text = "the mean grows with E[c^2|L], whose factor is 1 - 1/(n-1)"
    proof.nonnegative("the growth with the share", 1 - 1 / (3 + e), (2 + e) / (3 + e), text)
    text = "E|Z|^4 = s d (rotation-invariance: E <g,Z>^2 |Z|^2 = |g|^2 E|Z|^4/d), E|Z|^6 = M^2"
    proof.premise("the moments of the second perturbation", text)
    mean = proof.integral("the mean over the segment", by_moments(each, {L**2: s * n, L**3: M**2}), (part, 0, 1))
    proof.identity("the conclusion", bound(G=G, d=n, r=r, s=s, M=M), G**2 * mean)
    for law in (sphere, ball):
        fourth, sixth = (law.norm_moment(sympy.Integer(power), n) for power in (4, 6))
        proof.identity(f"the fourth moment under the {law.name} law", law.second_moment(n) * n, fourth, "s d = E|Z|^4")
        text = "M^2 = E|Z|^6"
        proof.identity(f"the sixth moment under the {law.name} law", law.third_norm_moment(n) ** 2, sixth, text)
    return proof


# --- the three pairs of laws (Lemma 2) -------------------------------------------------------------------------------


def _expanded(expression: Any) -> Any:
    """The same, numerator and denominator multiplied out: non-negative where all their coefficients are."""
    top, bottom = sympy.fraction(sympy.together(expression))
    return sympy.expand(top) / sympy.expand(bottom)


def _logarithms(proof: Derivation) -> None:
    from flint import arb

    for which, says, holds in (
        ("two", "log 2 >= 9/13", arb(2).log() > arb(9) / 13),
        ("three", "log 3 >= 1", arb(3).log() > 1),
        ("four", "log 4 >= 13/10", arb(4).log() > arb(13) / 10),
        ("eight", "log 8 >= 2", arb(8).log() > 2),
    ):
        text = f"{says} in ball arithmetic, and the logarithm increases"
        proof.certified(f"the logarithm of {which}", bool(holds), text, by="intervals")


def _turned(proof: Derivation) -> tuple[Any, Any, dict[Any, Any]]:
    """Slacks of 1 - arctan(r)/r <= r^2/(1 + r^2) and of the right-hand side <= sqrt(r), and what they stand for."""
    top, rest = r**2 / (1 + r**2), slack("1 - v^2")
    text = "rho^2 <= r^2/(1 + r^2)"
    under(proof, "the square of rho", top - rho**2, rest * top / (1 + q**2), {rest: 1 - part**2}, text)
    proof.rule("the mean of the square of rho", "monotonicity of expectation", "1 - arctan(r)/r <= r^2/(1 + r^2)")
    x, quarter = sympy.Symbol("x", positive=True), sympy.Rational(1, 4)
    form = x * ((x**2 - x / 2 - quarter) ** 2 + (x / 2 - quarter) ** 2 + 7 * quarter / 2) / (1 + x**4)
    proof.nonnegative("the root of the ratio", x - x**4 / (1 + x**4), form, "r^2/(1 + r^2) <= sqrt(r), x = sqrt(r)")
    mean, root = slack("r^2/(1 + r^2) - mean of rho^2"), slack("sqrt(r) - r^2/(1 + r^2)")
    return mean, root, {mean: top - arctan_deficit(r), root: sympy.sqrt(r) - top}


def _lemma2_gaussian(proof: Derivation, bound: Callable[..., Any]) -> None:
    mean, root, hypotheses = _turned(proof)
    d, log = 1 + e, slack("log d")
    sharper = bound_of("double_smoothing.second_moment")
    gap = (bound(G=G, d=d, r=r) - sharper(G=G, d=d, r=r)) / G**2
    form = sympy.sqrt(r) * (3 + 3 * e + 2 * e**2) + 2 * e + 3 * d * log + e * (e + 3) * root + e * (e + 2) * mean
    under(proof, "the bound for two Gaussian laws", gap, form, hypotheses | {log: sympy.log(d)})
    ratio = bound(G=G, d=1, r=r) / sharper(G=G, d=1, r=r)
    text = "d = 1, r -> 0: linear F attains it, so no smaller constant serves"
    proof.limit("the best constant in one dimension", ratio, (r, 0), sympy.Integer(1), text=text)


def _lemma2_ball(proof: Derivation, bound: Callable[..., Any], law: Law) -> None:
    """Z_1 in the ball, Z_2 of this law: the trivial bound for d <= 3 or r >= 1, else `second_moment_ball`."""
    x, root, log = sympy.Symbol("sqrt(r)", positive=True), slack("sqrt(r) - r^2"), slack("log d - c")

    def excess(d: Any, value: Any) -> Any:
        return sympy.expand(bound(G=G, d=d, r=x**2) / G**2) - value

    for size, c in ((1, 0), (2, 0), (3, 1)):
        d = sympy.Integer(size)
        gap = excess(d, law.second_moment(d) * d)
        hypotheses = {log: sympy.log(d) - c} if size > 1 else {}
        under(
            proof,
            f"the bound in dimension {size} under the {law.name} law",
            gap,
            _expanded(gap.subs(sympy.log(d), c + log)),
            hypotheses,
        )
    more, d = slack("sqrt(r) - 1"), 1 + e
    gap = excess(d, law.second_moment(d) * d)
    form = _expanded(gap.subs({x: 1 + more, sympy.log(d): log}))
    text = "r >= 1, by the trivial bound"
    under(
        proof, f"the bound for large ratios under the {law.name} law", gap, form, {more: x - 1, log: sympy.log(d)}, text
    )
    top, bottom, d = *_ball_bound(proof, law), 4 + e
    limit = sympy.expand(bound(G=G, d=d, r=x**2) / G**2)
    form = sympy.expand(limit.subs(sympy.log(d), 1 + log) * bottom - top.subs(r**2, x - root))
    gap = limit * bottom - top.subs(r, x**2)
    under(
        proof,
        f"the bound for small ratios under the {law.name} law",
        gap,
        form,
        {root: x - x**4, log: sympy.log(d) - 1},
        "d >= 4 and r <= 1, multiplied by the denominator",
    )


def _ball_bound(proof: Derivation, law: Law) -> tuple[Any, Any]:
    """`second_moment_ball`/G^2 for Z_2 of this law and d = 4 + e: a polynomial in e and r^2 over one in e."""
    s_, M_ = law.second_moment(4 + e), law.third_norm_moment(4 + e)
    value = bound_of("double_smoothing.second_moment_ball")(G=sympy.Integer(1), d=4 + e, r=r, s=s_, M=M_)
    top, bottom = (sympy.expand(part_) for part_ in sympy.fraction(sympy.cancel(value)))
    text = "d >= 4: both sides are multiplied by it, which is positive"
    proof.nonnegative(f"the denominator under the {law.name} law", bottom, bottom, text)
    return top, bottom


def _lemmas(proof: Derivation) -> None:
    proof.uses("the moment for two Gaussian laws", derivation("double_smoothing.second_moment"))
    proof.uses("the moment for the first law in the ball", derivation("double_smoothing.second_moment_ball"))
    text = "|slope| <= G(X)|Z_2|, so |g|^2 <= G(X)^2 |Z_2|^4, of mean at most s d G^2: for d <= 3 and for r >= 1"
    proof.rule("the trivial bound", "monotonicity of expectation", text)
    _logarithms(proof)
    more = sympy.Symbol("more", nonnegative=True)
    x = 1 / (1 + more)
    form = sympy.expand((1 + more) ** 3 - 1) / (1 + more) ** 4
    proof.nonnegative("the roots of small ratios", x - x**4, form, "r^2 <= sqrt(r) for r <= 1, sqrt(r) = 1/(1 + more)")


@proves("double_smoothing.lemma2")
def lemma2(bound: Callable[..., Any]) -> Derivation:
    """The mean square of the estimate for the three pairs of laws: Lemma 2 with the constant 3."""
    proof = Derivation("double_smoothing.lemma2", "E|g|^2 <= 3 d G^2 (sqrt(r) d + 1 + log d), d = 1, 2, 3, ...")
    _lemmas(proof)
    _lemma2_gaussian(proof, bound)
    for law in (sphere, ball):
        _lemma2_ball(proof, bound, law)
    proof.rule("every dimension and ratio", "cases", "d = 1, 2, 3 or d >= 4; r >= 1 or r <= 1")
    return proof


# --- one step --------------------------------------------------------------------------------------------------------


def _mean_estimate(proof: Derivation) -> None:
    """E<g,x - x*> is a mean of <grad f,x - x*> at x + Omega, Omega = u_1 Z_1 + u_2 |Z_2| V, V in the unit ball."""
    proof.premise("the two laws", "Z_1, Z_2 independent, rotation-invariant, E ZZ' = I, E|Z_2|^4 = s d with s <= d + 2")
    text = "theta = Z_2/|Z_2| is uniform on the unit sphere, independent of |Z_2| and Z_1"
    proof.rule("the lengths and the direction", "independence", text)
    kappa, phi = sympy.Symbol("kappa", positive=True), sympy.Function("phi")  # length off the unit vector b
    height, c = sympy.sqrt(1 - kappa**2), sympy.Symbol("c", real=True)
    density = (1 - c**2) ** ((n - 3) / 2)  # of c = <theta,b>, up to its constant
    weight = (c * density).subs(c, height) * -sympy.diff(height, kappa)
    text = "sphere: E F(y + w theta)<theta,b> is proportional to the integral of kappa^(d-2) [F(+) - F(-)]"
    proof.identity("the weight on the sphere", weight, kappa ** (n - 2), text)
    half, w = sympy.symbols("half w", positive=True)  # of the chord; the radius
    text = "ball: E <grad F(y + w V),b> is proportional to the same integral: <V,b> is uniform on its chord, of length "
    text += "2 half, which has the weight half kappa^(d-2); phi(c) = F(y + w V)"
    along, ends = phi(c).diff(c) / (2 * half * w), (phi(half) - phi(-half)) / (2 * half * w)
    proof.integral(
        "the chord of the ball", along, (c, -half, half), ends, antiderivative=phi(c) / (2 * half * w), text=text
    )
    proof.rule("one dimension", "cases", "the sphere is +-1 and the ball [-1, 1]: the same with kappa = 0")
    (z,), laws = symbols(n, 1, 1)
    share = expectation(z[0] ** 2, laws) / expectation(z @ z, laws)
    text = "F = <b,.> fixes the factor: E F(y + w theta)<theta,b> = (w/d) E <grad F(y + w V),b>"
    proof.identity("the factor between sphere and ball", share, 1 / n, text)
    length, small = sympy.symbols("|Z_2| u_2", positive=True)
    factor = (length / small) * (small * length) / n
    text = "w = u_2|Z_2|: E<g,b> = E (|Z_2|^2/d) <grad f(x + Omega),b>, and E|Z_2|^2/d = 1: a mean, E~"
    proof.identity("the weight of a length", factor, length**2 / n, text)
    text = "E F(x + u_1 Z_1) Z_2 = 0, as E Z_2 = 0: only the other value of F enters"
    proof.rule("the other value of F", "independence", text)


def _smoothing(proof: Derivation) -> None:
    """E f(x) - f* <= E<g,x - x*> + G sqrt(d (u_1^2 + u_2^2))."""
    proof.premise("the convexity of F", "F(.; X), and so f, is convex on R^d: f(y) - f(x) >= <grad f(x),y - x>")
    text = "E<g,x - x*> = E~<grad f(x + Omega),x - x*> >= E~ f(x + Omega) - E~ f(x* + Omega)"
    proof.rule("the convexity at the moved point", "monotonicity of expectation", text)
    text = "Omega and -Omega have the same law, and f(x) <= [f(x + Omega) + f(x - Omega)]/2: f(x) <= E~ f(x + Omega)"
    proof.rule("the symmetry of the moves", "monotonicity of expectation", text)
    text = "f(x* + Omega) <= f* + G|Omega|, as (E G(X))^2 <= E G(X)^2"
    proof.rule("the moved minimiser", "monotonicity of expectation", text)
    x = sympy.Symbol("x", positive=True)  # |V|, of density d x^(d-1) on [0, 1]
    proof.integral("the mean square in the unit ball", n * x ** (n - 1) * x**2, (x, 0, 1), n / (n + 2))
    one, two, room = *sympy.symbols("u_1 u_2", positive=True), slack("d + 2 - s")
    size = one**2 * n + two**2 * (s * n / n) * n / (n + 2)
    gap = n * (one**2 + two**2) - size
    text = "E~|Omega|^2 <= d (u_1^2 + u_2^2)"
    under(proof, "the mean square of a move", gap, two**2 * n * room / (n + 2), {room: n + 2 - s}, text)
    for law in (gaussian, sphere, ball):
        room = n + 2 - law.second_moment(n)
        proof.nonnegative(f"the second moment under the {law.name} law", room, _expanded(room), "s <= d + 2")
    text = "(E~|Omega|)^2 <= E~|Omega|^2"
    variance(proof, "the mean length of a move", sympy.Symbol("m", nonnegative=True), sympy.Symbol("m2"), text)
    roots(proof)


def _one_step(proof: Derivation, step: Callable[..., Any]) -> None:
    """|y - x*|^2 after the shipped step, and the shipped mean."""
    x, mean, solution, w, v = (np.array(sympy.symbols(f"{name}:3", real=True), dtype=object) for name in "xmSwz")
    g = estimators.double_smoothed(smooth.any_objective, x, v, w, delta, eta)
    both = np.stack((w, v))
    after = step(smooth.any_objective, State(x, mean, t), both, h=h, delta=delta, eta=eta, mirror=euclidean)
    before, left = x - solution, after.x - solution
    expanded = before @ before - 2 * h * (g @ before) + h**2 * (g @ g)
    proof.identity("the shipped step", left @ left, expanded, "|y - x*|^2 = D - 2h<g,x - x*> + h^2|g|^2")
    test = np.array(sympy.symbols("b:3", real=True), dtype=object)
    total = (t - 1) * mean + x
    proof.identity("the shipped mean", t * (test @ after.mean), test @ total, "t mean_t = (t-1) mean_{t-1} + x^t")
    proof.identity("the shipped counter", after.t, t + 1)
    text = "after k steps State.mean is the average of x^1..x^k, which the method returns"
    proof.rule("the mean of the points", "induction", text)


def _one_gap(proof: Derivation, moment: Any, bias: Any) -> Any:
    """E f(x^t) - f* <= E(D - D')/(2h) + cost; returns cost = h/2 `moment` + `bias`."""
    second, smoothed, projected = (slack(name) for name in ("moment", "smoothing", "projection"))
    D, D_next = sympy.symbols("D D'", nonnegative=True)
    cost = h / 2 * moment + bias
    along = (D - (D_next + projected) + h**2 * (moment - second)) / (2 * h)  # E<g,x - x*>
    gap = along + bias - smoothed  # E f(x) - f*
    form = smoothed + projected / (2 * h) + h * second / 2
    text = "E f(x^t) - f* <= E(D - D')/(2h) + cost"
    proof.nonnegative("the mean gap of one step", (D - D_next) / (2 * h) + cost - gap, form, text)
    return cost


def _steps(
    proof: Derivation, step: Callable[..., Any], ball_: Callable[..., Mirror], step_size: Callable[..., Any]
) -> None:
    """All that does not depend on the schedule's constants; `step_size` as function of (t, R, G, s, alpha)."""
    proof.premise("the domain", "a ball that holds x^1 and x*; |x - x*| <= R on it")
    proof.premise("the draws", "Z_1, Z_2, X of a step are independent of x^t and of each other")
    _mean_estimate(proof)
    _smoothing(proof)
    smooth.inside_and_outside(proof, ball_)
    _one_step(proof, step)
    smooth.telescoping(proof, step_size)
    smooth.sums(proof)
    smooth.jensen(proof)
    text = "sum of E f(x^t) - f* <= R^2/(2 h_k) + sum of the costs"
    proof.rule("the sum over all steps", "linearity of expectation", text)


def _sum(last: Any, weights: tuple[Any, Any]) -> tuple[Any, dict[Any, Any], Any]:
    """R^2/(2 h_k) + the costs, its slacks, and their sum: costs weights[0]/sqrt(t) + weights[1]/t."""
    sums, slacks = sympy.symbols("sigma_1 sigma_3", positive=True), (slack("sigma_1"), slack("sigma_3"))
    limits = 2 * sympy.sqrt(k), 1 + sympy.log(k)
    total = R**2 / (2 * last) + sum(w * x for w, x in zip(weights, sums, strict=True))
    hypotheses = {y: top - x for y, top, x in zip(slacks, limits, sums, strict=True)}
    return total, hypotheses, sum(w * y for w, y in zip(weights, slacks, strict=True))


# --- the mean gap ----------------------------------------------------------------------------------------------------


@proves("double_smoothing.mean_gap_sharp")
def mean_gap_sharp(
    bound: Callable[..., Any],
    step_size: Callable[..., Any] = theorems.step_size,
    smoothing_radius: Callable[..., Any] = theorems.smoothing_radius,
    ball: Callable[..., Mirror] = euclidean_ball,
    step: Callable[..., Any] = shipped_step,
) -> Derivation:
    """E f(mean) - f* <= mean_gap_sharp, for any B with E|g|^2 <= B^2."""
    proof = Derivation(
        "double_smoothing.mean_gap_sharp", "The mean gap from any bound B^2 of E|g|^2, for rotation-invariant laws."
    )
    proof.premise("the bound of the moment", "E|g|^2 <= B^2 at every step")

    def in_other_letters(time: Any, *, R: Any, G: Any, s: Any, alpha: Any) -> Any:
        return step_size(time, R=R, B=sympy.sqrt(2 * s) * G, alpha=alpha)

    _steps(proof, step, ball, in_other_letters)
    first = sympy.Symbol("u_1", positive=True)
    bias = G * sympy.sqrt(n * (1 + r**2)) * first
    text = "G^2 d (u_1^2 + u_2^2) with u_2 = r u_1"
    proof.identity("the error of smoothing", bias**2, G**2 * n * (first**2 + (r * first) ** 2), text)
    cost = _one_gap(proof, B**2, bias)
    schedule = {h: step_size(t, R=R, B=B, alpha=alpha), first: smoothing_radius(t, R=R, u=u)}
    weights = alpha * R * B / (2 * sympy.sqrt(2)), u * R * G * sympy.sqrt(n * (1 + r**2))
    text = "alpha R B/sqrt(8 t) + u R G sqrt(d (1 + r^2))/t, under the shipped schedule"
    proof.identity("the cost of one step", cost.subs(schedule), weights[0] / sympy.sqrt(t) + weights[1] / t, text)
    total, hypotheses, form = _sum(step_size(k, R=R, B=B, alpha=alpha), weights)
    gap = k * bound(k, R=R, G=G, B=B, d=n, r=r, alpha=alpha, u=u) - total
    under(proof, "the conclusion", gap, form, hypotheses)
    return proof


def _paper_moment(proof: Derivation, ratio: Any) -> Any:
    """E|g|^2 <= (9/2) d log(2d) G^2 at r = 1/(d^2 t), which is returned."""
    _lemmas(proof)
    later, small, nine = sympy.Symbol("t - 1", nonnegative=True), slack("1/d^4 - r^2"), sympy.Rational(9, 2)
    gap = (1 / n**4 - ratio**2).subs(t, 1 + later)
    text = "u_2/u_1 <= 1/d^2"
    proof.nonnegative("the shipped ratio of the radii", gap, _expanded((1 - 1 / (1 + later) ** 2) / n**4), text)
    log, mean, other = slack("log 2d - c"), slack("r^2/(1 + r^2) - mean of rho^2"), slack("r^2 - r^2/(1 + r^2)")
    top = r**2 / (1 + r**2)
    proof.nonnegative("the square of the ratio", r**2 - top, r**4 / (1 + r**2), "r^2/(1 + r^2) <= r^2")
    _turned(proof)
    second = bound_of("double_smoothing.second_moment")
    gap = nine * sympy.log(2) - second(G=1, d=1, r=r)
    form = nine * log + nine * sympy.Rational(9, 13) - 3
    under(proof, "the Gaussian bound in one dimension", gap, form, {log: sympy.log(2) - sympy.Rational(9, 13)})
    d, least = 2 + e, sympy.Rational(13, 10)
    gap = nine * d * sympy.log(2 * d) - second(G=1, d=d, r=r)
    rest = nine * d * least - (d + 2) - (d - 1) * (d + 2) / d**4
    form = nine * d * log + _expanded(rest) + (d - 1) * (d + 2) * (small + other) + (d - 1) * (d + 1) * mean
    hypotheses = {
        log: sympy.log(2 * d) - least,
        small: 1 / d**4 - r**2,
        other: r**2 - top,
        mean: top - arctan_deficit(r),
    }
    under(proof, "the Gaussian bound from two dimensions on", gap, form, hypotheses)
    for law in (sphere, ball):
        for size, c in ((1, sympy.Rational(9, 13)), (2, least), (3, least)):
            gap = nine * sympy.log(2 * size) - law.second_moment(sympy.Integer(size))
            under(
                proof,
                f"the bound in dimension {size} under the {law.name} law",
                gap,
                nine * log + (gap.subs(sympy.log(2 * size), c)),
                {log: sympy.log(2 * size) - c},
            )
        top, bottom, d = *_ball_bound(proof, law), 4 + e
        gap = (nine * d * sympy.log(2 * d) * bottom - top) * d**4
        slope, tiny = top.coeff(r, 2), slack("1 - d^4 r^2")
        form = sympy.expand((nine * d * (2 + log) * bottom - top.coeff(r, 0)) * d**4 - slope) + slope * tiny
        under(
            proof,
            f"the bound from dimension four on under the {law.name} law",
            gap,
            form,
            {log: sympy.log(2 * d) - 2, tiny: 1 - d**4 * r**2},
        )
    return nine * n * sympy.log(2 * n) * G**2


@proves("double_smoothing.mean_gap")
def mean_gap(
    bound: Callable[..., Any],
    step_size: Callable[..., Any] = theorems.paper_step_size,
    difference: Callable[..., Any] = theorems.paper_difference,
    ball: Callable[..., Mirror] = euclidean_ball,
    step: Callable[..., Any] = shipped_step,
) -> Derivation:
    """The mean gap for the three pairs of laws: Theorem 2 with the constant 5."""
    proof = Derivation(
        "double_smoothing.mean_gap", "The mean gap of Theorem 2 with its constant, for the three pairs of laws."
    )
    radii = theorems.smoothing_radius(t, R=R, u=u), difference(t, R=R, d=n, u=u)
    moment = _paper_moment(proof, radii[1] / radii[0])

    def in_other_letters(time: Any, *, R: Any, G: Any, s: Any, alpha: Any) -> Any:
        return step_size(time, R=R, G=2 * G * sympy.sqrt(s) / sympy.sqrt(n * sympy.log(2 * n)), d=n, alpha=alpha)

    _steps(proof, step, ball, in_other_letters)
    first, second, room = *sympy.symbols("u_1 u_2", positive=True), slack("u_1 - u_2")
    gap = sympy.Rational(9, 4) * first**2 - first**2 - second**2
    form = first**2 / 4 + room * (first + second)
    text = "u_1^2 + u_2^2 <= (3/2)^2 u_1^2, as u_2 <= u_1"
    under(proof, "the smoothing by both perturbations", gap, form, {room: first - second}, text)
    cost = _one_gap(proof, moment, sympy.Rational(3, 2) * G * sympy.sqrt(n) * first)
    log2d = sympy.Symbol("log 2d", positive=True)
    spread, less = sympy.Abs(alpha - 1 / alpha), slack("|x| - x, x = alpha - 1/alpha")
    logs = {sympy.log(2 * n): log2d}
    schedule = {h: step_size(t, R=R, G=G, d=n, alpha=alpha), first: radii[0]}
    scale, half = R * G * sympy.sqrt(n) * sympy.sqrt(log2d), sympy.Rational(1, 2)
    weights = sympy.Rational(9, 4) * alpha * scale, 3 * half * u * R * G * sympy.sqrt(n)
    text = "(9/4) alpha R G sqrt(d log(2d)/t) + (3/2) u R G sqrt(d)/t, under the shipped schedule"
    proof.identity(
        "the cost of one step", cost.subs(schedule).subs(logs), weights[0] / sympy.sqrt(t) + weights[1] / t, text
    )
    total, hypotheses, form = _sum(step_size(k, R=R, G=G, d=n, alpha=alpha).subs(logs), weights)
    log, two = slack("log k"), slack("log 2 - 9/13")
    form += scale * sympy.sqrt(k) * (2 * less + spread / 2)
    form += u * R * G * sympy.sqrt(n) * (5 * two + sympy.Rational(45, 13) - 3 * half + 7 * half * log)
    hypotheses |= {less: spread - (alpha - 1 / alpha), log: sympy.log(k), two: sympy.log(2) - sympy.Rational(9, 13)}
    value = bound(k, R=R, G=G, d=n, alpha=alpha, u=u).rewrite(sympy.Abs).subs(logs)
    proof.rule("the absolute value", "cases", "|x| >= x: x >= 0 or x <= 0")
    under(proof, "the conclusion", sympy.expand_log(sympy.expand(k * value)) - total, form, hypotheses)
    return proof


# --- one smoothing ---------------------------------------------------------------------------------------------------


@proves("double_smoothing.single_fails")
def single_fails(bound: Callable[..., Any], estimator: Callable[..., Any] = estimators.two_point) -> Derivation:
    """E|g|^2 = G^2 E|Z|^4 at the kink, d times E|g|^2 of linear F."""
    proof = Derivation(
        "double_smoothing.single_fails", "With one smoothing E|g|^2 = G^2 E|Z|^4 at the kink of G|x - c|."
    )
    z, c, a = (np.array(sympy.symbols(f"{name}:3", real=True), dtype=object) for name in "zca")
    g = estimator(lambda x: G * norm(x - c), c, z, delta)
    proof.premise("the coordinates", "Z has any number of them: the estimates are the same in each")
    proof.identity("the shipped estimate", g @ g, G**2 * (z @ z) ** 2, "|g|^2 = G^2 |Z|^4")
    proof.rule("the mean square of the estimate", "linearity of expectation", "E|g|^2 = G^2 E|Z|^4")
    fourth = sympy.Symbol("E|Z|^4", positive=True)
    proof.identity("the conclusion", bound(G=G, fourth=fourth), G**2 * fourth)
    linear = estimator(lambda x: a @ x, c, z, delta)
    text = "|g|^2 = <a,Z>^2 |Z|^2"
    proof.identity("the shipped estimate of a linear function", linear @ linear, (a @ z) ** 2 * (z @ z), text)
    proof.premise("the rotation-invariance", "E <a,Z>^2 |Z|^2 = |a|^2 E z_i^2 |Z|^2 for every coordinate i")
    proof.identity("the sum over the coordinates", sum(z**2) * (z @ z), (z @ z) ** 2, "|Z|^4")
    text = "d E <a,Z>^2 |Z|^2 = |a|^2 E|Z|^4, and |a| = G"
    proof.rule("the factor of the dimension", "linearity of expectation", text)
    for law, value in ((gaussian, n * (n + 2)), (sphere, n**2), (ball, (n + 2) ** 2 * n / (n + 4))):
        text = "E|Z|^4"
        proof.identity(f"the fourth moment under the {law.name} law", law.norm_moment(sympy.Integer(4), n), value, text)
        text = "E|Z|^4 = d s(d)"
        proof.identity(f"the second moment under the {law.name} law", value, n * law.second_moment(n), text)
    return proof

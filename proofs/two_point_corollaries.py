"""Two-point mirror descent with several pairs, on the l1 ball and on the simplex: derived from the code that ships.

Statements
----------
Several pairs: E|g|^2 <= 2 G^2 (1 + (s - 1)/m) + delta^2 L1^2 M^2/2, and Theorem 1 with 1 + (s - 1)/m for s(d).
Sphere: Theorem 1 with s(d) = d and M = d^(3/2).
l1 ball: Lemma 1 and Theorem 1 for |.|_p, its dual |.|_q and signs. Simplex: the same for the entropy, constant steps.

The sums of Theorem 1 (telescoping, sigma_1 to sigma_3, Jensen) are those of ``proofs/two_point.py``. Of the Euclidean
geometry they use only the inequality of one step, derived here for any mirror map from three facts: the step is
optimal, the map is 1-strongly convex for |.|, and <g,y> <= |g|_* |y|. These are then shown for the p-norm and for the
entropy.

Scope: exact arithmetic; the multiplier of the p-norm's step is a root, found by Newton's method to rounding.

Notation
--------
As in ``proofs/two_point.py``, but D = 2 D_psi(x*, x^t), which is |x - x*|^2 in the Euclidean case; z any point of the
domain; a = grad psi(x), b = grad psi(y), y the next point; theta a weight in (0, 1).

References
----------
Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), the corollaries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from proofs import bound_of, derivation, proves
from proofs import two_point as base
from proofs.directions import pair_of_signs
from proofs.lemmas import cauchy_schwarz, harmonic, plane, roots, slack, under, variance
from proofs.two_point import L1, G, L, M, R, alpha, delta, e, h, k, s, t, u
from zotheory import directions, estimators, geometry
from zotheory.evidence.derivation import Derivation
from zotheory.geometry import Mirror, euclidean_ball
from zotheory.methods.two_point import State
from zotheory.methods.two_point import step as shipped_step
from zotheory.theorems import two_point as theorem
from zotheory.theorems import two_point_corollaries as theorems

d = sympy.Symbol("d", integer=True, positive=True)
m = sympy.Symbol("m", integer=True, positive=True)
p = 1 + 1 / (1 + sympy.Symbol("1/(p-1) - 1", nonnegative=True))  # 1 < p <= 2
q = sympy.simplify(p / (p - 1))
radius = sympy.Symbol("radius", positive=True)


# --- several pairs ---------------------------------------------------------------------------------------------------


def _mean_of_pairs(proof: Derivation, estimate: Callable[..., Any]) -> None:
    """The shipped estimate is the mean of single ones."""
    x, w = (np.array(plane(name), dtype=object) for name in "xw")
    for count, many in enumerate(("one pair", "two pairs", "three pairs"), 1):
        rows = np.array([plane(f"z{i}") for i in range(count)], dtype=object)
        single = sum(w @ estimators.two_point(base.any_objective, x, row, delta) for row in rows)
        shipped = w @ estimate(_by_rows, x, rows, delta)
        text = "it is the mean of single estimates"
        proof.identity(f"the shipped estimate with {many}", count * shipped, single, text)
    text = "the mean over an axis of m rows is their sum over m, for larger m too"
    proof.premise("the larger numbers of pairs", text)


def _by_rows(x: Any) -> Any:
    """Any objective, at one point or at rows of them."""
    return base.any_objective(x) if x.ndim == 1 else np.array([base.any_objective(row) for row in x])


def _isotropic(proof: Derivation) -> None:
    along = base.isotropic(sympy.expand((base.gradient @ base.z) * (base.w @ base.z)))
    proof.identity("the isotropy of the law", along, base.w @ base.gradient, "E <G_X,Z><w,Z> = <G_X,w>, by E ZZ' = I")


def _cross_terms(proof: Derivation) -> Any:
    """E |mean of <G_X,Z_i>Z_i|^2 = |G_X|^2 (1 + (s - 1)/m), as a multiple of |G_X|^2."""
    _isotropic(proof)
    again = base.isotropic(sympy.expand((base.gradient @ base.z) ** 2))
    text = "E <G_X,Z_i><G_X,Z_j><Z_i,Z_j> = E <G_X,Z_i>^2, i not j, w = Z_i"
    proof.rule("two different pairs", "tower property", text)
    proof.identity("the mean square of the slope", again, base.gradient @ base.gradient, "E <G_X,Z_i>^2 = |G_X|^2")
    proof.premise("the second moment of the law", "E <G_X,Z>^2 |Z|^2 = s |G_X|^2 given X")
    proof.identity("the number of different pairs", m**2 - m, m * (m - 1), "of m^2 terms m have i = j")
    return (m * s + m * (m - 1)) / m**2


@proves("two_point_corollaries.pairs_second_moment")
def pairs_second_moment(bound: Callable[..., Any], estimate: Callable[..., Any] = estimators.pairs) -> Derivation:
    """E|g|^2 <= 2 G^2 (1 + (s - 1)/m) + delta^2 L1^2 M^2/2."""
    proof = Derivation(
        "two_point_corollaries.pairs_second_moment", "The mean square of Lemma 1 for the mean of m pairs."
    )
    base.smoothness(proof)
    proof.premise("the draws", "Z_1..Z_m are independent of each other and of X")
    _mean_of_pairs(proof, estimate)
    _, remainder = base.estimate(proof, estimators.two_point)
    text = "g = a + r, a the mean of <G_X,Z_i>Z_i, r of the remainders r_i"
    proof.rule("the two parts of the estimate", "linearity of expectation", text)
    x, y = (np.array(plane(name), dtype=object) for name in "ar")
    gap = 2 * x @ x + 2 * y @ y - (x + y) @ (x + y)
    text = "|a + r|^2 <= 2|a|^2 + 2|r|^2, in the plane of a and r"
    proof.nonnegative("the square of a sum", gap, sum((x - y) ** 2), text)
    growth = _cross_terms(proof)
    mean, second = sympy.Symbol("mean r_i", real=True), sympy.Symbol("mean r_i^2", nonnegative=True)
    text = "(mean of r_i)^2 <= mean of r_i^2 in each coordinate of r"
    variance(proof, "the square of the mean remainder", mean, second, text)
    small, worst = slack("1 - e^2"), (delta * L / 2) ** 2 * base.square**3
    left = worst - remainder @ remainder
    text = "|r_i|^2 <= (delta L |Z_i|^3/2)^2"
    under(proof, "the square of a remainder", left, small * worst, {small: 1 - e**2}, text)
    text = "E|r|^2 <= the mean of E|r_i|^2 <= delta^2 E L(X)^2 |Z|^6/4"
    proof.rule("the mean square of the remainders", "monotonicity of expectation", text)
    text = "E L(X)^2 |Z|^6 = L1^2 M^2; E|a|^2 = (1 + (s - 1)/m) E|G_X|^2"
    proof.rule("the moments given the sample", "independence", text)
    size, left, more = sympy.Symbol("E|G_X|^2", nonnegative=True), slack("G^2 - E|G_X|^2"), slack("s - 1")
    value = bound(G=G, delta=delta, L1=L1, s=s, M=M, m=m) - 2 * (growth * size + delta**2 * L1**2 * M**2 / 4)
    under(proof, "the conclusion", value, 2 * (1 + more / m) * left, {left: G**2 - size, more: s - 1})
    return proof


def _any_step(proof: Derivation, step: Callable[..., Any]) -> None:
    """The shipped step hands the estimate to the mirror map, and its mean is the average of the points."""
    x, mean, g, w = (np.array(sympy.symbols(f"{name}:3", real=True), dtype=object) for name in "xmgw")
    next_point = [sympy.Function(f"P_{i}", real=True) for i in range(3)]

    def prox(*arguments: Any) -> Any:
        values = [value for argument in arguments for value in np.atleast_1d(argument)]
        return np.array([P(*values) for P in next_point], dtype=object)

    mirror = Mirror("any", prox, lambda y: 0.0)
    after = step(None, State(x, mean, t), g, h=h, delta=delta, mirror=mirror, estimate=lambda f, x, g, delta: g)
    proof.identity("the shipped step", w @ after.x, w @ prox(x, g, h), "the prox of x, g and h, tested on any w")
    total = w @ ((t - 1) * mean + x)
    text = "t mean_t = (t-1) mean_{t-1} + x^t, tested on any w"
    proof.identity("the shipped mean", t * (w @ after.mean), total, text)
    proof.identity("the shipped counter", after.t, t + 1)
    text = "after k steps State.mean is the average of x^1..x^k, which the method returns"
    proof.rule("the mean of the points", "induction", text)


def _convex(proof: Derivation) -> None:
    text = "F(.; X), and so f, is convex: f(x) - f* <= <grad f(x),x - x*>; convex from mean to x"
    proof.premise("the convexity of F", text)
    proof.premise("draws over time", "directions and samples of step t are independent of x^t")
    text = "E<g,x - x*> = E<grad f(x),x - x*> + E<b,x - x*>, b the bias given x^t"
    proof.rule("the slope of the estimate", "tower property", text)


def _sum_over_steps(proof: Derivation, step_size: Callable[..., Any], smoothing: Callable[..., Any], cost: Any) -> Any:
    """As in Theorem 1, for the shipped schedule: bound of the sum of the gaps, its slacks, what they add up to."""
    base.telescoping(proof, step_size)
    text = "sum of E f(x^t) - f* <= R^2/(2 h_k) + sum of the costs"
    proof.rule("the sum over all steps", "linearity of expectation", text)
    base.sums(proof)
    base.jensen(proof)
    return base.regret(proof, step_size, smoothing, cost)


@proves("two_point_corollaries.pairs")
def pairs(
    bound: Callable[..., Any],
    averaged: Callable[..., Any] = theorems.averaged,
    step: Callable[..., Any] = shipped_step,
) -> Derivation:
    """The mean gap for the mean of m pairs."""
    proof = Derivation(
        "two_point_corollaries.pairs", "The mean gap of Theorem 1 with 1 + (s - 1)/m for s, on the Euclidean ball."
    )
    proof.premise("the domain", "it is a ball that holds x^1 and x*; |x - x*| <= R on it")
    _convex(proof)
    proof.uses("the bias of the estimate", derivation("two_point.bias"), "given x^t")
    proof.rule("the bias of the mean", "linearity of expectation", "the mean of m pairs has the bias of one")
    text = "given x^t, for m pairs"
    proof.uses("the second moment of the estimate", derivation("two_point_corollaries.pairs_second_moment"), text)
    cauchy_schwarz(proof)
    text = "(E|Z|^3)^2 <= E|Z|^6 = M^2"
    variance(proof, "the third moment of the length", sympy.Symbol("m", nonnegative=True), M**2, text)
    roots(proof)
    base.inside_and_outside(proof, euclidean_ball)
    _any_step(proof, step)
    x, g, solution = (np.array(plane(name), dtype=object) for name in ("x", "g", "S"))
    moved, before = geometry.euclidean.prox(x, g, h) - solution, x - solution
    expanded = before @ before - 2 * h * (g @ before) + h**2 * (g @ g)
    text = "|y - x*|^2 = D - 2h<g,x - x*> + h^2|g|^2 for y = x - h g"
    proof.identity("the distance after a Euclidean step", moved @ moved, expanded, text)
    one, more = sympy.Symbol("s(d)", positive=True), averaged(s=sympy.Symbol("s(d)", positive=True), m=m)
    second = bound_of("two_point_corollaries.pairs_second_moment")(G=G, delta=delta, L1=L1, s=one, M=M, m=m)
    here = bound_of("two_point.second_moment")(G=G, delta=delta, L1=L1, s=more, M=M)
    proof.identity("the second moment in what follows", second, here, "s = 1 + (s(d) - 1)/m")
    cost = base.one_gap(proof)
    total, hypotheses, form = _sum_over_steps(proof, theorem.step_size, theorem.smoothing_radius, cost)
    ours = bound(k, R=R, G=G, s=one, m=m, alpha=alpha, u=u)
    sharp = theorem.mean_gap_sharp(k, R=R, G=G, s=more, alpha=alpha, u=u)
    proof.identity("the shipped bound", ours, sharp, "the sharp one at this s")
    gap = k * theorem.mean_gap_sharp(k, R=R, G=G, s=s, alpha=alpha, u=u) - total
    under(proof, "the conclusion", gap, form, hypotheses)
    return proof


@proves("two_point_corollaries.sphere")
def sphere(bound: Callable[..., Any]) -> Derivation:
    """The mean gap for directions on the sphere: s(d) = d, M = d^(3/2)."""
    proof = Derivation(
        "two_point_corollaries.sphere", "The mean gap of Theorem 1 for Z uniform on the sphere of radius sqrt(d)."
    )
    law, size = directions.sphere, sympy.Symbol("d", positive=True)
    text = "s(d) = d, derived in directions.moments"
    proof.identity("the second moment of the sphere", law.second_moment(size), size, text)
    text = "M(mu) = d^(3/2), derived in directions.moments"
    proof.identity("the sixth moment of the sphere", law.third_norm_moment(size), size ** sympy.Rational(3, 2), text)
    shipped = theorem.smoothing_radius(t, G=G, L1=L1, s=law.second_moment(size), M=law.third_norm_moment(size), u=u)
    proof.identity("the smoothing radius", shipped, u * G / (L1 * size * t), "u G/(L1 d t)")
    ours = bound(k, R=R, G=G, d=size, alpha=alpha, u=u)
    theirs = bound_of("two_point.mean_gap")(k, R=R, G=G, s=law.second_moment(size), alpha=alpha, u=u)
    proof.identity("the shipped bound", ours, theirs, "that of Theorem 1 there")
    proof.uses("the mean gap for every isotropic law", derivation("two_point.mean_gap"))
    return proof


# --- one step, for any mirror map ------------------------------------------------------------------------------------


def _three_points(proof: Derivation) -> None:
    """2h<g,x - z> <= D - D' + h^2 |g|_*^2, D = 2 D_psi(z, x), D' = 2 D_psi(z, y)."""
    psi = {point: sympy.Symbol(f"psi({point})", real=True) for point in "xyz"}
    inner = {pair: sympy.Symbol(f"<{pair[0]},{pair[1]}>", real=True) for pair in ("gx", "gy", "gz")}
    inner |= {a + point: sympy.Symbol(f"<{a},{point}>", real=True) for a in "ab" for point in "xyz"}

    def bregman(to: str, of: str) -> Any:
        slope = {"x": "a", "y": "b"}[of]
        return psi[to] - psi[of] - inner[slope + to] + inner[slope + of]

    size, dual = sympy.symbols("|y-x| |g|_*", nonnegative=True)
    hypotheses = {
        slack("optimal"): h * (inner["gz"] - inner["gy"]) + inner["bz"] - inner["by"] - inner["az"] + inner["ay"],
        slack("strongly convex"): bregman("y", "x") - size**2 / 2,
        slack("dual norm"): dual * size - inner["gx"] + inner["gy"],
    }
    optimal, convex, dualised = hypotheses
    gap = 2 * (bregman("z", "x") - bregman("z", "y")) + h**2 * dual**2 - 2 * h * (inner["gx"] - inner["gz"])
    form = 2 * optimal + 2 * convex + 2 * h * dualised + (h * dual - size) ** 2
    under(proof, "the inequality of one step", gap, form, hypotheses, "2h<g,x - z> <= D - D' + h^2 |g|_*^2")


def _distance(proof: Derivation) -> None:
    """|x - x*| <= R where D <= R^2."""
    size, convex, held = sympy.Symbol("|x - x*|", nonnegative=True), slack("D - |x - x*|^2"), slack("R^2 - D")
    D = sympy.Symbol("D", nonnegative=True)
    under(
        proof,
        "the distance to the minimiser",
        R**2 - size**2,
        convex + held,
        {convex: D - size**2, held: R**2 - D},
        "|x - x*|^2 <= R^2",
    )
    roots(proof)


def _lemma_for_signs(proof: Derivation, dual_of_signs: Any, norm_of_signs: Any, s_of: Any, M_of: Any) -> None:
    """Lemma 1 for signs: g = slope Z, so that |g|_* = |slope| |Z|_*, and both norms of Z are numbers."""
    proof.premise("the random signs", "Z_i = +1 or -1, independent, and of X")
    text = "F(x + v) - F(x) - <G_X,v> = e L |v|^2/2, e^2 <= 1, for the norm |.| of the geometry"
    proof.premise("the smoothness of F", text)
    along, main = sympy.Symbol("<w,Z>", real=True), sympy.Symbol("<G_X,Z>", real=True)
    values = {0: sympy.Symbol("F", real=True)}
    values[1] = values[0] + delta * main + e * L * (delta * norm_of_signs) ** 2 / 2
    rows = np.array([sympy.Symbol("Z", real=True)], dtype=object)
    shipped = estimators.two_point(lambda y: values[int(y is not point)], point := np.zeros(1, object), rows, delta)
    slope = main + delta * e * L * norm_of_signs**2 / 2
    proof.identity("the shipped estimate", shipped[0], slope * rows[0], "(<G_X,Z> + delta e L |Z|^2/2) Z")
    small = slack("1 - e^2")
    other = main - delta * e * L * norm_of_signs**2 / 2
    upper = 2 * main**2 + delta**2 * L**2 * norm_of_signs**4 / 2
    form = other**2 + small * delta**2 * L**2 * norm_of_signs**4 / 2
    text = "slope^2 <= 2 <G_X,Z>^2 + delta^2 L^2 |Z|^4/2"
    under(proof, "the square of the slope", upper - slope**2, form, {small: 1 - e**2}, text)
    _signs(proof)
    largest, more = sympy.Symbol("|G_X|_inf^2", nonnegative=True), slack("d |G_X|_inf^2 - |G_X|_2^2")
    square = sympy.Symbol("|G_X|_2^2", nonnegative=True)
    second = 2 * s_of * largest - 2 * square * dual_of_signs**2
    says = "2 E<G_X,Z>^2 |Z|_*^2 <= 2 s |G_X|_inf^2"
    form = 2 * dual_of_signs**2 * more
    under(proof, "the second moment of the signs", second, form, {more: d * largest - square}, says)
    text = "E|G_X|_inf^2 <= G^2, E L(X)^2 = L1^2, (E L(X))^2 <= L1^2"
    proof.rule("the moments of the sample", "monotonicity of expectation", text)
    proof.identity("the third moment of the signs", M_of, norm_of_signs**2 * dual_of_signs, "M = |Z|^2 |Z|_*")
    _isotropic(proof)
    base.mean_gradient(proof)
    text = "E<g - grad f,w> = E delta e L |Z|^2 <Z,w>/2, as E <G_X,Z>Z = E G_X"
    proof.rule("the bias of the estimate", "linearity of expectation", text)
    size, dualised = sympy.Symbol("|w|", nonnegative=True), slack("|Z|_* |w| - <Z,w>")
    gap = bound_of("two_point.bias")(delta=delta, L1=L, third=M_of) * size - delta * L * norm_of_signs**2 * along / 2
    form = delta * L * norm_of_signs**2 / 2 * dualised
    hypotheses = {dualised: dual_of_signs * size - along}
    under(proof, "the largest bias", gap, form, hypotheses, "delta L |Z|^2 <Z,w>/2 <= (delta L M/2) |w|")
    text = "(E L(X))^2 <= L1^2"
    variance(proof, "the mean Lipschitz constant", sympy.Symbol("E L(X)", nonnegative=True), L1**2, text)


def _signs(proof: Derivation) -> None:
    """E <g,Z>^2 = |g|_2^2 <= d |g|_inf^2."""
    a, b = sympy.symbols("g_i g_j", real=True)
    text = "E (g_i Z_i + g_j Z_j)^2 = g_i^2 + g_j^2, over the signs"
    proof.identity("the mean square of two coordinates", pair_of_signs(a, b), a**2 + b**2, text)
    text = "E <g,Z>^2 = |g|_2^2: a sum over pairs of coordinates"
    proof.rule("the mean square of all coordinates", "linearity of expectation", text)
    text = "|g|_2^2 <= d |g|_inf^2: each of its d terms is at most |g|_inf^2"
    proof.rule("the largest coordinate", "monotonicity of expectation", text)


# --- inequalities of Young and Hoelder -------------------------------------------------------------------------------


def _young(proof: Derivation) -> None:
    """a^theta b^(1 - theta) <= theta a + (1 - theta) b, from e^z >= 1 + z."""
    x, v = sympy.Symbol("x", positive=True), sympy.Symbol("v", nonnegative=True)
    rest = slack("1 - v")
    for which, sign in (("positive", 1), ("negative", -1)):
        above = x**2 * (1 - v) * sympy.exp(sign * x * v)
        value, text = sympy.exp(sign * x) - 1 - sign * x, "e^z - 1 - z = E z^2 (1 - v) e^(zv), v uniform on [0, 1]"
        proof.integral(f"the exponential of a {which} number", above, (v, 0, 1), value, text=text)
    under(proof, "the sign of what is averaged", x**2 * (1 - v), x**2 * rest, {rest: 1 - v}, "z^2 (1 - v) e^(zv) >= 0")
    proof.rule("the exponential above its tangent", "monotonicity of expectation", "e^z >= 1 + z for every real z")
    theta, z = sympy.Symbol("theta", positive=True), sympy.Symbol("z", real=True)
    others = [slack("e^((1-theta) z) - 1 - (1-theta) z"), slack("e^(-theta z) - 1 + theta z"), slack("1 - theta")]
    values = (
        sympy.exp((1 - theta) * z) - 1 - (1 - theta) * z, sympy.exp(-theta * z) - 1 + theta * z, 1 - theta,
    )  # fmt: skip
    gap = theta * sympy.exp(z) + 1 - theta - sympy.exp(theta * z)
    form = sympy.exp(theta * z) * (theta * others[0] + others[2] * others[1])
    text = "a^theta b^(1-theta) <= theta a + (1-theta) b, a = b e^z"
    under(proof, "Young's inequality", gap, form, dict(zip(others, values, strict=True)), text)
    proof.rule("the vanishing factors", "cases", "the left side vanishes where a = 0 or b = 0")


def _hoelder(proof: Derivation) -> None:
    """Show that sum of a_i^theta b_i^(1 - theta) <= A^theta B^(1 - theta), A = sum a_i, B = sum b_i, all >= 0."""
    _young(proof)
    theta, A, B = sympy.symbols("theta A B", positive=True)
    text = "at a_i/A and b_i/B, summed over i"
    proof.identity("Young's inequality under the sum", theta * A / A + (1 - theta) * B / B, sympy.Integer(1), text)
    proof.rule("Hoelder's inequality", "linearity of expectation", "sum (a_i/A)^theta (b_i/B)^(1-theta) <= 1")
    proof.rule("the vanishing sums", "cases", "all terms vanish where A = 0 or B = 0")


# --- the p-norm ------------------------------------------------------------------------------------------------------


def _power(base_: Any, exponent: Any) -> Any:
    """base^exponent for a positive symbol or product, its exponent simplified."""
    return sympy.powsimp(sympy.expand_power_base(base_**exponent))


def _same_power(proof: Derivation, name: str, found: Any, expected: Any, says: str) -> None:
    """Two products of powers of positive symbols are equal: their logarithms are."""
    logs = [sympy.expand(sympy.expand_log(sympy.log(value))) for value in (found, expected)]
    proof.identity(name, sympy.simplify(logs[0] - logs[1]), sympy.Integer(0), f"{says}: {found} = {expected}")


def _dual_pair(proof: Derivation) -> None:
    """<g,y> <= |g|_q |y|_p."""
    proof.identity("the conjugate exponents", 1 / p + 1 / q, sympy.Integer(1), "1/p + 1/q = 1")
    _hoelder(proof)
    c, y, A, B = sympy.symbols("|g_i| |y_i| A B", positive=True)
    text = "theta = 1/q, a = |g|^q, b = |y|^p"
    _same_power(proof, "Hoelder's terms for the dual norm", (c**q) ** (1 / q) * (y**p) ** (1 - 1 / q), c * y, text)
    text = "|g|_q |y|_p"
    _same_power(
        proof, "Hoelder's sums for the dual norm", A ** (1 / q) * B ** (1 - 1 / q), A ** (1 / q) * B ** (1 / p), text
    )


def _p_gradient(proof: Derivation, shipped: Callable[..., Any]) -> None:
    """The shipped gradient is that of |x|_p^2/(2(p - 1)), and its inverse is itself at exponent q."""
    a, b, c, x, y = sympy.symbols("a b c x y", positive=True)
    r = sympy.Symbol("r", positive=True)  # any exponent, p or q
    found = shipped(np.array([a + b, -a], dtype=object), r)
    psi = (x**r + y**r) ** (2 / r) / (2 * (r - 1))
    for i, (coordinate, sign) in enumerate(((x, 1), (y, -1))):
        slope = sign * sympy.diff(psi, coordinate).subs({x: a * sympy.exp(c), y: a}, simultaneous=True)
        ratio = sympy.powsimp(sympy.powdenest(sympy.simplify(found[i].subs(b, a * (sympy.exp(c) - 1)) / slope)))
        text = "that of |x|_p^2/(2(p - 1))"
        proof.identity(
            f"the shipped gradient in coordinate {i + 1} of two", sympy.simplify(ratio), sympy.Integer(1), text
        )
    proof.premise("the coordinates", "further coordinates enter the shipped sums, and |x|_p^p, alike")
    N, size = sympy.symbols("N |x_i|", positive=True)  # N = sum |x_i|^p

    def formula(entry: Any, total: Any, exponent: Any) -> Any:
        return total ** (2 / exponent - 1) * entry ** (exponent - 1) / (exponent - 1)

    dual = formula(size, N, p)
    weight = _power(dual, q) / size**p  # |v_i|^q/|x_i|^p, the same for all i
    proof.nonnegative("the exponent of the gradient", p - 1, p - 1, "p - 1 > 0")
    text = "it is the gradient of exponent q"
    _same_power(proof, "the inverse of the shipped gradient", formula(dual, weight * N, q), size, text)


def _p_strongly_convex(proof: Derivation) -> None:
    """Show that psi'' along h is at least |h|_p^2: D_psi(y, x) >= |y - x|_p^2/2."""
    v = sympy.Symbol("v", real=True)
    N, S, T, x = sympy.symbols("N S T x", positive=True)
    total = sympy.Function("N")(v)
    step = sympy.Symbol("h_i", real=True)
    second = sympy.diff((x + v * step) ** p, v, 2).subs(v, 0)
    text = "(|x_i + v h_i|^p)'' = p(p-1)|x_i|^(p-2) h_i^2"
    proof.identity(
        "the bend of a power", sympy.simplify(second / (p * (p - 1) * x ** (p - 2) * step**2)), sympy.Integer(1), text
    )
    psi = total ** (2 / p) / (2 * (p - 1))
    found = sympy.diff(psi, v, 2).subs(sympy.diff(total, v, 2), p * (p - 1) * T).subs(sympy.diff(total, v), p * S)
    found = found.subs(total, N)
    room = slack("2 - p")
    norm = sympy.Symbol("|h|_p^2", nonnegative=True)
    hoelder = slack("T N^(2/p - 1) - |h|_p^2")
    form = room / (p - 1) * N ** (2 / p - 2) * S**2 + hoelder
    hypotheses = {room: 2 - p, hoelder: T * N ** (2 / p - 1) - norm}
    says = "psi'' >= |h|_p^2; S = sum |x|^(p-1) h sign x, T = sum |x|^(p-2) h^2"
    under(proof, "the bend of the p-norm", found - norm, form, hypotheses, says)
    proof.nonnegative("the range of the exponent", sympy.simplify(2 - p), sympy.simplify(2 - p), "p <= 2")
    c = sympy.Symbol("|h_i|", positive=True)
    terms = (x ** (p - 2) * c**2) ** (p / 2) * (x**p) ** (1 - p / 2)
    _same_power(proof, "Hoelder's terms for the bend", terms, c**p, "theta = p/2, a = |x|^(p-2) h^2, b = |x|^p")
    sums = (T ** (p / 2) * N ** (1 - p / 2)) ** (2 / p)
    text = "to the power 2/p the sums are T N^(2/p - 1)"
    _same_power(proof, "Hoelder's sums for the bend", sums, T * N ** (2 / p - 1), text)
    proof.rule("the exponent two", "cases", "T = |h|^2 for p = 2, and there is nothing to show")
    _second_order(proof)
    text = "where the segment meets x_i = 0, finitely often; through 0 psi'' = |h|_p^2/(p - 1)"
    proof.rule("the points on the axes", "cases", text)
    text = "psi' is continuous: what holds between those points holds across them"
    proof.rule("the pieces of the segment", "limit of inequalities", text)


def _second_order(proof: Derivation) -> None:
    """Show that psi'' >= |h|^2 along the segment gives D(y, x) >= |h|^2/2."""
    v = sympy.Symbol("v", real=True)
    along = sympy.Function("psi", real=True)(v)
    inside = along + (1 - v) * sympy.diff(along, v)
    text = "(psi + (1-v) psi')' = (1-v) psi''"
    proof.identity("the slope of the Taylor remainder", sympy.diff(inside, v), (1 - v) * sympy.diff(along, v, 2), text)
    proof.integral("the weight of the Taylor remainder", 1 - v, (v, 0, 1), sympy.Rational(1, 2))
    text = "D(y, x) = E (1-v) psi''(v) >= |y - x|^2/2, v uniform on [0, 1]"
    proof.rule("the Bregman distance from below", "monotonicity of expectation", text)


def _p_reach(proof: Derivation, reach: Callable[..., Any]) -> None:
    """D = 2 D_psi(y, x) <= 4 radius^2/(p - 1) on the ball, for the shipped p."""
    x, y, inner = sympy.symbols("|x|_p |y|_p a.y", real=True)
    left, right, dualised = slack("radius - |x|_p"), slack("radius - |y|_p"), slack("|a|_q |y|_p + <a,y>")
    D = 2 * (y**2 / (2 * (p - 1)) - x**2 / (2 * (p - 1)) - inner + x**2 / (p - 1))  # <a,x> = |x|_p^2/(p - 1)
    N, size = sympy.symbols("N |x_i|", positive=True)
    _same_power(
        proof,
        "the terms of the inner product",
        size * N ** (2 / p - 1) * size ** (p - 1) / (p - 1),
        N ** (2 / p - 1) * size**p / (p - 1),
        "<a,x> = |x|_p^2/(p - 1)",
    )
    _same_power(proof, "the sum of the inner product", N ** (2 / p - 1) * N, N ** (2 / p), "<a,x> = |x|_p^2/(p - 1)")
    _same_power(
        proof,
        "the terms of the dual norm",
        (N ** (2 / p - 1) * size ** (p - 1)) ** q,
        N ** ((2 / p - 1) * q) * size**p,
        "|a|_q = |x|_p/(p - 1)",
    )
    text = "|a|_q = |x|_p/(p - 1)"
    _same_power(proof, "the sum of the dual norm", (N ** ((2 / p - 1) * q) * N) ** (1 / q), N ** (1 / p), text)
    nonneg = {x: sympy.Symbol("|x|_p", nonnegative=True), y: sympy.Symbol("|y|_p", nonnegative=True)}
    top = 4 * radius**2 / (p - 1)
    total = left + right
    form = 2 * dualised + (total * (2 * radius + sum(nonneg.values()))) / (p - 1)
    hypotheses = {left: radius - nonneg[x], right: radius - nonneg[y]}
    hypotheses |= {dualised: nonneg[x] * nonneg[y] / (p - 1) + inner}
    says = "D <= (|x|_p + |y|_p)^2/(p - 1) <= 4 radius^2/(p - 1)"
    under(proof, "the largest Bregman distance", (top - D).subs(nonneg), form, hypotheses, says)
    power, small = sympy.Symbol("z", nonnegative=True), slack("e^z - 1 - z")
    gap = 1 - sympy.exp(-power)
    form, says = sympy.exp(-power) * (small + power), "c^p <= c on [0, 1]: 1 - c^(p-1) = 1 - e^(-z)"
    under(proof, "the powers of numbers below one", gap, form, {small: sympy.exp(power) - 1 - power}, says)
    text = "|x|_p <= |x|_1: sum (|x_i|/|x|_1)^p <= sum |x_i|/|x|_1 = 1"
    proof.rule("the p-norm below the sum", "linearity of expectation", text)
    size = sympy.Symbol("l", positive=True)  # max(1, log(2d))
    proof.identity("the shipped exponent", 1 / ((1 + 1 / size) - 1), size, "p = 1 + 1/l: 1/(p - 1) = l")
    squared = reach(radius=radius, d=d) ** 2
    proof.identity("the shipped distance", squared, 4 * radius**2 * geometry.dual_size(d), "R^2 = 4 radius^2 l")


def _p_step(proof: Derivation, shrink: Callable[..., Any]) -> None:
    """The shipped step is optimal: <h g + b - a, z - y> >= 0 for |z|_1 <= radius. w = a - h g, b = grad psi(y)."""
    mu, nu = sympy.symbols("mu nu", positive=True)
    over, short = sympy.symbols("over under", positive=True)
    w = np.array([nu + short + mu + over, -(nu + short + mu), nu], dtype=object)  # lambda = nu + short
    b = shrink(w, mu + over)
    multiplier = nu + short
    cut = w - b
    y = np.array([sympy.Symbol("y_0", positive=True), -sympy.Symbol("-y_1", positive=True), 0], dtype=object)
    proof.identity("the shipped entry that is largest", b[0], mu + over, "its entry is mu + over")
    proof.identity("the shipped entry above lambda", b[1], -mu, "its entry is -mu")
    proof.identity("the shipped entry below lambda", b[2], sympy.Integer(0), "0")
    text = "y = the inverse gradient of b has the signs of b, and its zeros"
    proof.rule("the signs of the next point", "cases", text)
    text = "<w - b,y> = lambda |y|_1"
    proof.identity("the inner product with what is cut", cut @ y, multiplier * (y[0] - y[1]), text)
    for i, entry in enumerate(cut):
        gap = multiplier**2 - entry**2
        form = sympy.factor(gap)
        proof.nonnegative(f"the cut in entry {i + 1}", gap, form, "|w - b|_inf <= lambda")
    text = "lambda = max|w| - mu >= 0 is 0, or makes |y|_1 = radius: the root that the step finds"
    proof.premise("the multiplier", text)
    length, other, c = sympy.symbols("|y|_1 |z|_1 (w-b).z", nonnegative=True)
    held, dualised = slack("radius - |z|_1"), slack("lambda |z|_1 - <w-b,z>")
    lam = sympy.Symbol("lambda", nonnegative=True)
    gap = (lam * length - c).subs(length, radius)
    hypotheses = {held: radius - other, dualised: lam * other - c}
    text = "<b - w,z - y> = lambda |y|_1 - <w-b,z> >= 0"
    under(proof, "the optimality of the step", gap, lam * held + dualised, hypotheses, text)
    proof.rule("the multiplier zero", "cases", "b = w where lambda = 0, and the inner product is 0")


def _l1_lemma(proof: Derivation, moments: Callable[..., Any]) -> None:
    size = geometry.dual_size(d)
    q_, p_ = 1 + size, 1 + 1 / size
    proof.identity("the shipped exponents", p_ / (p_ - 1), q_, "p/(p - 1) = q")
    dual, primal = d ** (1 / q_), d ** (1 - 1 / q_)
    proof.identity("the norm of the signs", 1 / p_, 1 - 1 / q_, "|Z|_p = d^(1/p) = d^(1 - 1/q)")
    proof.rule("the powers of the signs", "linearity of expectation", "|Z|_r^r = sum of d ones, for every exponent r")
    found = moments(d)
    expected = d * dual**2, primal**2 * dual
    said = (("second moment", "s = d |Z|_q^2"), ("third moment", "M = |Z|_p^2 |Z|_q"))
    for (name, says), one, other in zip(said, found, expected, strict=True):
        _same_power(proof, f"the shipped {name} of the signs", one, other, says)
    _dual_pair(proof)
    _lemma_for_signs(proof, dual, primal, d * dual**2, primal**2 * dual)


@proves("two_point_corollaries.l1_second_moment")
def l1_second_moment(bound: Callable[..., Any], moments: Callable[..., Any] = theorems.l1_moments) -> Derivation:
    """E|g|_q^2 <= 2 s G^2 + delta^2 L1^2 M^2/2, for signs."""
    proof = Derivation(
        "two_point_corollaries.l1_second_moment", "The mean square of Lemma 1 for signs, in the norm |.|_q."
    )
    _l1_lemma(proof, moments)
    log2, log = sympy.log(2), sympy.log(d)
    text = "s < e^2 d: 1 - log(d^(1/q)) = (1 + log 2)/q > 0"
    proof.identity("the size of the second moment", 1 - log / (1 + log2 + log), (1 + log2) / (1 + log2 + log), text)
    size = geometry.dual_size(d)
    dual, primal = d ** (1 / (1 + size)), d ** (1 - 1 / (1 + size))
    mean, left = sympy.Symbol("E|G_X|_inf^2", nonnegative=True), slack("G^2 - E|G_X|_inf^2")
    square = 2 * d * dual**2 * mean + delta**2 * L1**2 * primal**4 * dual**2 / 2
    gap = sympy.powsimp(sympy.expand(bound(G=G, delta=delta, L1=L1, d=d) - square))
    under(proof, "the conclusion", gap, 2 * d ** (1 + 2 / (1 + size)) * left, {left: G**2 - mean})
    return proof


@proves("two_point_corollaries.l1")
def l1(
    bound: Callable[..., Any],
    reach: Callable[..., Any] = theorems.l1_reach,
    gradient: Callable[..., Any] = geometry.p_gradient,
    shrink: Callable[..., Any] = geometry.shrink,
    step: Callable[..., Any] = shipped_step,
) -> Derivation:
    """The mean gap on the l1 ball."""
    proof = Derivation("two_point_corollaries.l1", "The mean gap of Theorem 1 for the p-norm and signs on the l1 ball.")
    proof.premise("the domain", "it is |x|_1 <= radius and holds x^1 and x*")
    size = geometry.dual_size(d)
    there = {"R": 2 * radius * sympy.sqrt(size), "s": d ** (1 + 2 / (1 + size)), "G": G, "alpha": alpha, "u": u}
    ours = bound(k, radius=radius, G=G, d=d, alpha=alpha, u=u)
    text = "the sharp one at R = 2 radius sqrt(l), s = d^(1 + 2/q)"
    proof.identity("the shipped bound", ours, theorem.mean_gap_sharp(k, **there), text)
    _convex(proof)
    _p_step(proof, shrink)
    _p_reach(proof, reach)
    _p_gradient(proof, gradient)
    _p_strongly_convex(proof)
    proof.uses("the second moment of the estimate", derivation("two_point_corollaries.l1_second_moment"), "given x^t")
    _dual_pair(proof)
    _any_step(proof, step)
    _three_points(proof)
    _distance(proof)
    text = "E<b,x - x*> <= (delta L1 M/2) R, by the bias of Lemma 1 for signs"
    proof.rule("the bias along the step", "monotonicity of expectation", text)
    cost = base.one_gap(proof)
    total, hypotheses, form = _sum_over_steps(proof, theorem.step_size, theorem.smoothing_radius, cost)
    gap = k * theorem.mean_gap_sharp(k, R=R, G=G, s=s, alpha=alpha, u=u) - total
    under(proof, "the conclusion", gap, form, hypotheses)
    return proof


# --- the simplex -----------------------------------------------------------------------------------------------------


def _entropy_step(proof: Derivation, mirror: Mirror) -> None:
    """The shipped step: log y - log x + h g is the same for every coordinate, and so orthogonal to z - y."""
    a, b = sympy.symbols("a b", positive=True)
    x = np.array(sympy.symbols("x_0 x_1", positive=True), dtype=object)
    scores = np.array([a + b, a], dtype=object)  # log x - h g, in order
    g = np.array([(sympy.log(entry) - score) / h for entry, score in zip(x, scores, strict=True)], dtype=object)
    y = mirror.prox(x, g, h)
    left = [sympy.log(y[i]) - sympy.log(x[i]) + h * g[i] for i in (0, 1)]
    gap = sympy.expand_log(sympy.expand(left[0] - left[1]))
    proof.identity("the shipped step", gap, sympy.Integer(0), "log(y/x) + h g has equal coordinates")
    proof.identity("the sum of the next point", sympy.simplify(sum(y)), sympy.Integer(1), "1")
    for i in (0, 1):
        proof.nonnegative(f"the positive coordinate {i + 1}", y[i], y[i])
    proof.premise("the further coordinates", "further coordinates enter the shipped sum and maximum alike")
    same, z_0, y_0 = sympy.symbols("log(y/x)+hg z_0 y_0", real=True)
    inner = same * (z_0 - y_0) + same * ((1 - z_0) - (1 - y_0))
    text = "<h g + b - a,z - y> = 0, as sum z = sum y = 1"
    proof.identity("the optimality of the step", inner, sympy.Integer(0), text)


def _pinsker(proof: Derivation) -> None:
    """The entropy is 1-strongly convex for |.|_1 on the simplex."""
    v, x, step = sympy.Symbol("v", real=True), sympy.Symbol("x_i", positive=True), sympy.Symbol("h_i", real=True)
    point = x + v * step
    second = sympy.diff(point * sympy.log(point), v, 2).subs(v, 0)
    proof.identity("the bend of the entropy", second, step**2 / x, "psi'' = sum h_i^2/x_i")
    slope = sympy.diff(x * sympy.log(x), x)
    proof.identity("the gradient of the entropy", slope, 1 + sympy.log(x), "grad psi = 1 + log x")
    total = sympy.Symbol("sum |h_i|", nonnegative=True)
    mean, square = total, sympy.Symbol("sum h_i^2/x_i", nonnegative=True)
    says = "(sum |h_i|)^2 <= sum h_i^2/x_i, of |h_i|/x_i with probabilities x_i"
    variance(proof, "the bend from below", mean, square, says)
    _second_order(proof)
    text = "x^1 > 0 and every y > 0: gradients and segments stay where psi is smooth"
    proof.rule("the interior of the simplex", "induction", text)


def _from_the_centre(proof: Derivation) -> None:
    """D_psi(z, centre) <= log d, and |x - z|_1 <= 2."""
    z = sympy.Symbol("t", nonnegative=True)
    entry = sympy.exp(-z)
    text = "-z_i log z_i = t e^-t >= 0, z_i = e^-t in (0, 1]; 0 at z_i = 0"
    proof.nonnegative("the terms of the entropy", z * entry, z * entry, text)
    proof.identity("the logarithm of a coordinate", sympy.log(entry), -z, "-t")
    entropy, spread = sympy.Symbol("sum z_i log z_i", real=True), slack("-sum z_i log z_i")
    divergence = entropy - sympy.log(1 / d)  # grad psi(centre) has equal coordinates: <a,z - centre> = 0
    gap = sympy.log(d) - sympy.expand_log(divergence)
    under(proof, "the distance from the centre", gap, spread, {spread: -entropy}, "D_psi(z, centre) <= log d")
    text = "|x - z|_1 <= 2: |x_i - z_i| <= x_i + z_i, whose sum is 2"
    proof.rule("the diameter of the simplex", "monotonicity of expectation", text)


@proves("two_point_corollaries.simplex")
def simplex(
    bound: Callable[..., Any],
    step_size: Callable[..., Any] = theorems.simplex_step,
    mirror: Mirror | None = None,
    step: Callable[..., Any] = shipped_step,
) -> Derivation:
    """The mean gap of constant steps from the centre of the simplex."""
    proof = Derivation(
        "two_point_corollaries.simplex", "The mean gap on the simplex for the entropy, signs and constant steps."
    )
    proof.premise("the domain", "the simplex; x^1 = (1/d, ..., 1/d)")
    _convex(proof)
    proof.rule("the norms of the signs", "cases", "|Z|_1 = d and |Z|_inf = 1")
    proof.rule("the dual norm", "monotonicity of expectation", "<g,y> <= |g|_inf |y|_1, term by term")
    _lemma_for_signs(proof, sympy.Integer(1), d, d, d**2)
    _entropy_step(proof, geometry.entropy() if mirror is None else mirror)
    _pinsker(proof)
    _from_the_centre(proof)
    _any_step(proof, step)
    _three_points(proof)
    text = "E<b,x - x*> <= (delta L1 M/2) 2: R = 2 in the next line"
    proof.rule("the bias along the step", "monotonicity of expectation", text)
    cost = base.one_gap(proof).subs(R, 2)
    text = "constant h: sum of (D_t - D_{t+1})/(2h) <= D_1/(2h) <= (2 log d)/(2h)"
    proof.rule("the telescoping sum", "induction", text)
    harmonic(proof, k)
    proof.sum("the sum of inverse squares without end", t**-2, (t, 1, sympy.oo), sympy.zeta(2))
    text = "sums of t^(-2), whose terms are non-negative, are at most their limit zeta(2)"
    proof.rule("the sum of inverse squares", "limit of inequalities", text)
    base.jensen(proof)
    size = step_size(k=k, G=G, d=d, alpha=alpha)
    each = cost.subs({h: size, delta: theorem.smoothing_radius(t, G=G, L1=L1, s=d, M=d**2, u=u)})
    each = each.subs({s: d, M: d**2})
    parts = size * d * G**2, size * u**2 * G**2 * d / 4, u * G * sympy.sqrt(d)
    text = "h d G^2 (1 + u^2/(4 t^2)) + u G sqrt(d)/t, under the shipped schedule"
    proof.identity("the cost of one step", each, parts[0] + parts[1] / t**2 + parts[2] / t, text)
    sums, slacks = sympy.symbols("sigma_2 sigma_3", positive=True), [slack("sigma_2"), slack("sigma_3")]
    limits = sympy.zeta(2), 1 + sympy.log(k)
    proof.rule("the single point", "cases", "d = 1: the domain is a point; else log d > 0")
    log = sympy.Symbol("log d", positive=True)
    total = log / size.subs(sympy.log(d), log) + k * parts[0] + parts[1] * sums[0] + parts[2] * sums[1]
    gap = (k * bound(k, G=G, d=d, alpha=alpha, u=u) - total).subs(sympy.log(d), log)
    form = parts[1].subs(sympy.log(d), log) * slacks[0] + parts[2] * slacks[1]
    hypotheses = {y: top - x for y, top, x in zip(slacks, limits, sums, strict=True)}
    under(proof, "the conclusion", gap, form, hypotheses)
    return proof

"""Two-point mirror descent: Lemma 1, Theorem 1 and its tightening, derived from the code that ships.

Statements
----------
Lemma 1: |E g - grad f| <= delta L1 E|Z|^3/2 and E|g|^2 <= 2 s G^2 + delta^2 L1^2 M^2/2.
Theorem 1: with the schedule of `zotheory.theorems.two_point`, E f(mean of x^1..x^k) - f* <= `mean_gap`; tightened,
<= `mean_gap_sharp`.

The estimator, the step and the projection that run on floats are run here on SymPy arrays. Vectors are written in
coordinates of the space they span, turned so that as many as possible vanish: nothing is lost, in any dimension. A
hypothesis "A >= 0" enters as a non-negative slack symbol that stands for A; a conclusion is an explicit sum of products
of such symbols and squares.

Scope: the Euclidean ball, any isotropic law of directions with E|Z|^6 finite (sphere, Gaussian, ball, Rademacher,
coordinates), F(.; X) convex and L(X)-smooth on the whole space. Other mirror maps are not covered.

Notation
--------
x = x^t, y = x - h g, x' = x^{t+1}; S = x* a minimiser over the ball; Z direction, X sample; g estimate; G_X = grad
F(x; X); h step size, delta radius; R with |x - x*| <= R; D = |x - x*|^2; sigma_1, sigma_2, sigma_3 = sum over t <= k of
t^(-1/2), t^(-5/2), t^(-1).

References
----------
Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Lemma 1, Theorem 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy

from proofs import bound_of, derivation, proves
from proofs.directions import moments
from proofs.lemmas import by_moments, cauchy_schwarz, harmonic, plane, roots, slack, under, variance
from zotheory import estimators
from zotheory.directions import LAWS, Law
from zotheory.evidence.derivation import Derivation
from zotheory.exact import expectation
from zotheory.geometry import Mirror, euclidean, euclidean_ball
from zotheory.methods.two_point import State
from zotheory.methods.two_point import step as shipped_step
from zotheory.reduced import symbols
from zotheory.theorems import two_point as theorems

n = sympy.Symbol("n", positive=True)
R, G, L1, M, s, alpha, u, delta, h, third = sympy.symbols("R G L1 M s alpha u delta h E|Z|^3", positive=True)
L = sympy.Symbol("L", nonnegative=True)  # L(X)
e = sympy.Symbol("e", real=True)  # the remainder's sign and size, |e| <= 1
k, t = sympy.symbols("k t", integer=True, positive=True)

# Three fixed axes, along the gradient, the rest of x, the rest of any test vector w; then one along the rest of Z.
Z, GAUSSIAN = symbols(n, 3, 1)
z = Z[0]
gradient = np.array([sympy.Symbol("gradient", real=True), 0, 0, 0], dtype=object)
point = np.array([*sympy.symbols("x_0 x_1", real=True), 0, 0], dtype=object)
w = np.array([*sympy.symbols("w_0:3", real=True), 0], dtype=object)
inner, square = gradient @ z, z @ z


# --- facts used by both halves ---------------------------------------------------------------------------------------


def expansion(y: Any) -> Any:
    """F(y; X) about `point`: what convexity and smoothness allow at each y, the remainder being e L |y - x|^2/2."""
    move = y - point
    return sympy.Symbol("F", real=True) + move @ gradient + e * L * (move @ move) / 2


def smoothness(proof: Derivation) -> None:
    """Add the premises of Lemma 1."""
    text = "|F(y; X) - F(x; X) - <G_X,y - x>| <= L |y - x|^2/2: it is e L |y - x|^2/2, e^2 <= 1, L = L(X)"
    proof.premise("the smoothness of F", text)
    proof.premise("the directions", "E ZZ' = I, Z independent of X")
    text = "E |G_X|^2 <= G^2 on the domain, E L(X)^2 = L1^2; deterministic: L(X) = L1"
    proof.premise("the stochastic gradient", text)


def estimate(proof: Derivation, estimator: Callable[..., Any]) -> tuple[Any, Any]:
    """Run the shipped estimator on symbols and split its value into <G_X,Z>Z and a remainder."""
    main, remainder = inner * z, delta * L * e / 2 * square * z
    shipped = estimator(expansion, point, z, delta)
    text = "<G_X,Z>Z + delta L e |Z|^2 Z/2, tested on any w"
    proof.identity("the shipped estimate", w @ shipped, w @ (main + remainder), text)
    return main, remainder


# --- the estimate (Lemma 1) ------------------------------------------------------------------------------------------


def isotropic(statistic: Any) -> Any:
    """E of a quadratic form in the coordinates along fixed axes, by E ZZ' = I."""
    fixed = z[:3]
    moments = {a * b: int(i == j) for i, a in enumerate(fixed) for j, b in enumerate(fixed) if i <= j}
    return by_moments(statistic, moments)


@proves("two_point.bias")
def bias(bound: Callable[..., Any], estimator: Callable[..., Any] = estimators.two_point) -> Derivation:
    """|E g - grad f| <= delta L1 E|Z|^3/2."""
    proof = Derivation("two_point.bias", "Lemma 1: |E g - grad f| <= delta L1 E|Z|^3/2 for every isotropic law.")
    smoothness(proof)
    main, remainder = estimate(proof, estimator)
    text = "E <w,<G_X,Z>Z> = <w,G_X> given X"
    proof.identity("the isotropy of the law", isotropic(sympy.expand(w @ main)), w @ gradient, text)
    proof.rule("the mean of the main part", "tower property", "E <G_X,Z>Z = E G_X")
    mean_gradient(proof)
    small = slack("1 - e^2")
    worst = (delta * L / 2) ** 2 * square**3
    text = "|remainder|^2 <= (delta L |Z|^3/2)^2"
    under(proof, "the square of the remainder", worst - remainder @ remainder, small * worst, {small: 1 - e**2}, text)
    roots(proof)
    cauchy_schwarz(proof)
    text = "|E r| = E <q,r> <= E |r|, q the unit vector of E r"
    proof.rule("the norm of a mean", "monotonicity of expectation", text)
    proof.rule("the independent sample", "independence", "E L(X)|Z|^3 = E L(X) E|Z|^3")
    mean = sympy.Symbol("E L(X)", nonnegative=True)
    variance(proof, "the mean Lipschitz constant", mean, L1**2, "(E L(X))^2 <= L1^2")
    root = slack("L1 - E L(X)")
    gap = bound(delta=delta, L1=L1, third=third) - delta * mean * third / 2
    under(proof, "the conclusion", gap, delta * third * root / 2, {root: L1 - mean})
    return proof


def mean_gradient(proof: Derivation) -> None:
    """E G_X is the gradient of f = E F(.; X)."""
    mean, length = sympy.Symbol("E e L(X)", real=True), sympy.Symbol("|y - x|", positive=True)
    text = "f(y) - f(x) - <E G_X,y - x> = E[e L(X)] |y - x|^2/2, |E e L| <= L1"
    proof.rule("the linear part of f", "linearity of expectation", text)
    quotient = (mean * length**2 / 2) / length
    text = "the rest is o(|y - x|): E G_X = grad f(x)"
    proof.limit("the gradient of f", quotient, (length, 0), sympy.Integer(0), text=text)


@proves("two_point.second_moment")
def second_moment(
    bound: Callable[..., Any],
    laws: Mapping[str, Law] = LAWS,
    estimator: Callable[..., Any] = estimators.two_point,
) -> Derivation:
    """E|g|^2 <= 2 s G^2 + delta^2 L1^2 M^2/2."""
    proof = Derivation("two_point.second_moment", "Lemma 1: E|g|^2 <= 2 s G^2 + delta^2 L1^2 M^2/2.")
    smoothness(proof)
    main, remainder = estimate(proof, estimator)
    g, small = main + remainder, slack("1 - e^2")
    upper = 2 * inner**2 * square + delta**2 * L**2 * square**3 / 2
    apart = main - remainder
    form = sum(c**2 for c in apart) + small * delta**2 * L**2 * square**3 / 2
    text = "|g|^2 <= 2 <G_X,Z>^2 |Z|^2 + delta^2 L^2 |Z|^6/2"
    under(proof, "the square of the estimate", upper - g @ g, form, {small: 1 - e**2}, text)
    _second_moments(proof, laws)
    text = "E|g|^2 <= the mean of the right-hand side"
    proof.rule("the mean square of the estimate", "monotonicity of expectation", text)
    text = "E <G_X,Z>^2 |Z|^2 = s E|G_X|^2, E L(X)^2 |Z|^6 = L1^2 M^2"
    proof.rule("the moments given the sample", "independence", text)
    mean, size = sympy.Symbol("E|G_X|^2", nonnegative=True), slack("G^2 - E|G_X|^2")
    gap = bound(G=G, delta=delta, L1=L1, s=s, M=M) - (2 * s * mean + delta**2 * L1**2 * M**2 / 2)
    under(proof, "the conclusion", gap, 2 * s * size, {size: G**2 - mean})
    return proof


def _second_moments(proof: Derivation, laws: Mapping[str, Law]) -> None:
    """E <G_X,Z>^2 |Z|^2 = s(n) |G_X|^2 and M^2 = E|Z|^6: Gaussian here; the other laws by their own routes."""
    shipped = laws["gaussian"].second_moment(n) * gradient[0] ** 2
    text = "E <G_X,Z>^2 |Z|^2 = (n + 2)|G_X|^2"
    proof.identity("the Gaussian second moment", expectation(inner**2 * square, GAUSSIAN), shipped, text)
    sixth = laws["gaussian"].third_norm_moment(n) ** 2
    proof.identity("the Gaussian sixth moment", expectation(square**3, GAUSSIAN), sixth, "M^2 = E|Z|^6")
    shown = derivation("directions.moments") if laws is LAWS else moments(laws)
    proof.uses("the moments of the five laws", shown)


# --- one step (Theorem 1) --------------------------------------------------------------------------------------------


def inside_and_outside(proof: Derivation, ball: Callable[..., Mirror]) -> None:
    """The shipped projection brings no point further from a point of the ball: |P(y) - x*| <= |y - x*|."""
    radius, over = sympy.Symbol("radius", positive=True), sympy.Symbol("over", nonnegative=True)
    c = np.array(plane("c"), dtype=object)
    a, b = plane("S")  # x* - centre, in the plane of y - centre and x* - centre, y - centre along the first axis
    solution = c + np.array([a, b], dtype=object)
    x = np.array(plane("x"), dtype=object)

    def move(y: Any, size: Any) -> Any:
        return ball(size, c).prox(x, (x - y) / h, h)

    y = c + np.array([radius + over, 0], dtype=object)
    far, near = y - solution, move(y, radius) - solution
    held = slack("radius^2 - |x* - centre|^2")
    form = over**2 + over * ((radius - a) ** 2 + b**2 + held) / radius
    under(
        proof,
        "the shipped projection from outside the ball",
        far @ far - near @ near,
        form,
        {held: radius**2 - a**2 - b**2},
    )
    y = c + np.array([radius, 0], dtype=object)
    stays = move(y, radius + over) - y
    proof.identity("the shipped projection from inside the ball", stays @ stays, sympy.Integer(0), "it leaves y alone")
    proof.rule("the projection", "cases", "|y - centre| = radius + over, or radius >= |y - centre|")


def any_objective(y: Any) -> Any:
    """F, of which nothing is known."""
    return sympy.Function("F", real=True)(*y)


def _one_step(proof: Derivation, step: Callable[..., Any]) -> None:
    """|y - x*|^2 after the shipped step, and the shipped mean."""
    x, mean, solution, v = (np.array(sympy.symbols(f"{name}:3", real=True), dtype=object) for name in "xmSZ")
    g = estimators.two_point(any_objective, x, v, delta)
    after = step(any_objective, State(x, mean, t), v, h=h, delta=delta, mirror=euclidean)
    before, left = x - solution, after.x - solution
    expanded = before @ before - 2 * h * (g @ before) + h**2 * (g @ g)
    proof.identity("the shipped step", left @ left, expanded, "|y - x*|^2 = D - 2h<g,x - x*> + h^2|g|^2")
    test = np.array(sympy.symbols("w_0:3", real=True), dtype=object)
    total = (t - 1) * mean + x
    text = "t mean_t = (t-1) mean_{t-1} + x^t, tested on any w"
    proof.identity("the shipped mean", t * (test @ after.mean), test @ total, text)
    proof.identity("the shipped counter", after.t, t + 1)
    text = "after k steps State.mean is the average of x^1..x^k, which the method returns"
    proof.rule("the mean of the points", "induction", text)


def one_gap(proof: Derivation) -> Any:
    """E f(x^t) - f* <= E(D - D')/(2h) + cost, returning cost = (h/2) second moment + R bias, of Lemma 1."""
    names = "convexity", "Lemma 1: bias", "Lemma 1: second moment", "M - E|Z|^3", "projection"
    convex, biased, second, cubes, projected = (slack(name) for name in names)
    D, D_next = sympy.symbols("D D'", nonnegative=True)
    mean_square = bound_of("two_point.second_moment")(G=G, delta=delta, L1=L1, s=s, M=M)
    off = bound_of("two_point.bias")
    cost = h / 2 * mean_square + R * off(delta=delta, L1=L1, third=M)
    energy = mean_square - second  # E|g|^2
    along = (D - (D_next + projected) + h**2 * energy) / (2 * h)  # E<g,x - x*>
    skew = -R * off(delta=delta, L1=L1, third=M - cubes) + biased  # E<b,x - x*>, b the bias
    gap = along - skew - convex  # E f(x) - f* = E<grad f,x - x*> - convex
    form = convex + biased + projected / (2 * h) + h * second / 2 + R * delta * L1 * cubes / 2
    text = "E f(x^t) - f* <= E(D - D')/(2h) + (h/2) E|g|^2 + R |bias|"
    proof.nonnegative("the mean gap of one step", (D - D_next) / (2 * h) + cost - gap, form, text)
    return cost


def _ingredients(proof: Derivation) -> None:
    text = "it is a ball that holds x^1 and x*; |x - x*| <= R on it: the Euclidean D(x*, x) <= R^2/2"
    proof.premise("the domain", text)
    text = "F(.; X), and so f, is convex: f(x) - f* <= <grad f(x),x - x*>; convex on the segment from mean to x"
    proof.premise("the convexity of F", text)
    proof.premise("the draws", "Z_t and X_t are independent of x^t and of each other")
    proof.uses("the bias of the estimate", derivation("two_point.bias"), "given x^t")
    proof.uses("the second moment of the estimate", derivation("two_point.second_moment"), "given x^t")
    text = "E<g,x - x*> = E<grad f(x),x - x*> + E<b,x - x*>, b the bias given x^t"
    proof.rule("the slope of the estimate", "tower property", text)
    cauchy_schwarz(proof)
    text = "(E|Z|^3)^2 <= E|Z|^6 = M^2"
    variance(proof, "the third moment of the length", sympy.Symbol("m", nonnegative=True), M**2, text)
    roots(proof)


# --- the sum over the steps (Theorem 1) ------------------------------------------------------------------------------


def telescoping(proof: Derivation, step_size: Callable[..., Any]) -> None:
    """sum_{t<=k} (D_t - D_{t+1})/(2 h_t) <= (R^2 - D_{k+1})/(2 h_k), for nonincreasing steps and D_t <= R^2."""
    first, second, slower = (
        sympy.Symbol("1/h", positive=True),
        sympy.Symbol("D''", nonnegative=True),
        slack("1/h' - 1/h"),
    )
    D, D_next, room = sympy.Symbol("D"), sympy.Symbol("D'"), slack("R^2 - D'")
    start, far = (R**2 - D_next) * first / 2, slack("R^2 - D")
    under(
        proof,
        "the telescoping sum of one term",
        start - (D - D_next) * first / 2,
        far * first / 2,
        {far: R**2 - D},
        "(D_1 - D_2)/(2 h_1) <= (R^2 - D_2)/(2 h_1)",
    )
    later = first + slower
    grown = (R**2 - second) * later / 2 - ((R**2 - D_next) * first / 2 + (D_next - second) * later / 2)
    text = "at most (R^2 - D'')/(2 h'), if the sum before is at most (R^2 - D')/(2 h)"
    under(proof, "the telescoping sum with one term more", grown, room * slower / 2, {room: R**2 - D_next}, text)
    steps = [1 / step_size(time, R=R, G=G, s=s, alpha=alpha) for time in (t, t + 1)]
    form = 2 * G * sympy.sqrt(s) / (alpha * R * (sympy.sqrt(t + 1) + sympy.sqrt(t)))
    text = "1/h(t+1) >= 1/h(t) for the shipped step size"
    proof.nonnegative("the steps that do not grow", steps[1] - steps[0], form, text)
    proof.rule("the telescoping sum", "induction", "sum_{t<=k} (D_t - D_{t+1})/(2 h_t) <= R^2/(2 h_k)")


def sums(proof: Derivation) -> None:
    """sigma_1 <= 2 sqrt(k), sigma_2 <= zeta(5/2), sigma_3 <= 1 + log k."""
    root, following = sympy.sqrt(k), sympy.sqrt(k + 1)
    proof.nonnegative("the sum of one inverse root", 2 * root.subs(k, 1) - 1, sympy.Integer(1), "1 <= 2 sqrt(1)")
    grown = 2 * following - 2 * root - 1 / following
    text = "2 sqrt(k + 1) - 2 sqrt(k) >= 1/sqrt(k + 1)"
    proof.nonnegative("the sum with one inverse root more", grown, (following - root) ** 2 / following, text)
    proof.rule("the sum of inverse roots", "induction", "sigma_1 <= 2 sqrt(k)")
    power = sympy.Rational(5, 2)
    proof.sum("the sum of smaller powers without end", t**-power, (t, 1, sympy.oo), sympy.zeta(power))
    proof.nonnegative("the terms of smaller powers", t**-power, t**-power, "t^(-5/2) >= 0")
    text = "sigma_2 <= zeta(5/2): sums of non-negative terms are at most their limit"
    proof.rule("the sum of smaller powers", "limit of inequalities", text)
    harmonic(proof, k)


def jensen(proof: Derivation) -> None:
    """The sum of f over k points is at least k f(mean): by the shipped recursion and convexity on one segment."""
    old, new, total, hull = (
        sympy.Symbol("f(mean)", real=True),
        sympy.Symbol("f(x^t)", real=True),
        sympy.Symbol("sum", real=True),
        slack("convexity"),
    )
    before, weight = slack("sum - (t-1) f(mean)"), 1 / t
    proof.nonnegative("the weight of the new point", weight, weight, "1/t >= 0")
    text = "1 - 1/t for t > 1; 0 at t = 1"
    proof.nonnegative("the weight of the mean", (1 - weight).subs(t, k + 1), k / (k + 1), text)
    value = (1 - weight) * old + weight * new - hull  # f(mean_t)
    under(
        proof,
        "the sum of values with one point more",
        total + new - t * value,
        before + t * hull,
        {before: total - (t - 1) * old},
        "sum_{i<=t} f(x^i) >= t f(mean_t)",
    )
    proof.rule("Jensen's inequality for the mean", "induction", "f(mean of x^1..x^k) <= (1/k) sum_{t<=k} f(x^t)")


def regret(
    proof: Derivation, step_size: Callable[..., Any], smoothing_radius: Callable[..., Any], cost: Any
) -> tuple[Any, dict[Any, Any], Any]:
    """Bound of the sum of the gaps under the schedule, in slacks; returns it, its slacks and what they add up to."""
    schedule = {
        h: step_size(t, R=R, G=G, s=s, alpha=alpha),
        delta: smoothing_radius(t, G=G, L1=L1, s=s, M=M, u=u),
    }
    scale = R * G * sympy.sqrt(s)
    weights = alpha * scale / 2, alpha * u**2 * scale / 8, u * scale / 2
    powers = sympy.Rational(1, 2), sympy.Rational(5, 2), 1
    each = sum(weight * t**-power for weight, power in zip(weights, powers, strict=True))
    text = "(alpha R G sqrt(s)/2) (t^(-1/2) + u^2 t^(-5/2)/4) + u R G sqrt(s)/(2 t), under the shipped schedule"
    proof.identity("the cost of one step", cost.subs(schedule), each, text)
    parts = sympy.symbols("sigma_1:4", positive=True)
    limits = 2 * sympy.sqrt(k), sympy.zeta(powers[1]), 1 + sympy.log(k)
    slacks = [slack(f"sigma_{i}") for i in (1, 2, 3)]
    total = R**2 / (2 * schedule[h].subs(t, k)) + sum(w * x for w, x in zip(weights, parts, strict=True))
    hypotheses = {y: top - x for y, top, x in zip(slacks, limits, parts, strict=True)}
    return total, hypotheses, sum(w * y for w, y in zip(weights, slacks, strict=True))


def _theorem(
    proof: Derivation,
    step_size: Callable[..., Any],
    smoothing_radius: Callable[..., Any],
    ball: Callable[..., Mirror],
    step: Callable[..., Any],
) -> tuple[Any, dict[Any, Any], Any]:
    """Everything up to the last line: k E f(mean) - k f* <= total; returned as `regret` does."""
    _ingredients(proof)
    inside_and_outside(proof, ball)
    _one_step(proof, step)
    cost = one_gap(proof)
    telescoping(proof, step_size)
    text = "sum of E f(x^t) - f* <= R^2/(2 h_k) + sum of the costs"
    proof.rule("the sum over all steps", "linearity of expectation", text)
    sums(proof)
    jensen(proof)
    return regret(proof, step_size, smoothing_radius, cost)


@proves("two_point.mean_gap_sharp")
def mean_gap_sharp(
    bound: Callable[..., Any],
    step_size: Callable[..., Any] = theorems.step_size,
    smoothing_radius: Callable[..., Any] = theorems.smoothing_radius,
    ball: Callable[..., Mirror] = euclidean_ball,
    step: Callable[..., Any] = shipped_step,
) -> Derivation:
    """The mean gap with the constants that the proof of Theorem 1 gives."""
    proof = Derivation(
        "two_point.mean_gap_sharp",
        "The mean gap of Theorem 1, tightened, for the Euclidean ball and every isotropic law.",
    )
    total, hypotheses, form = _theorem(proof, step_size, smoothing_radius, ball, step)
    gap = k * bound(k, R=R, G=G, s=s, alpha=alpha, u=u) - total
    under(proof, "the conclusion", gap, form, hypotheses)
    return proof


@proves("two_point.mean_gap")
def mean_gap(
    bound: Callable[..., Any],
    step_size: Callable[..., Any] = theorems.step_size,
    smoothing_radius: Callable[..., Any] = theorems.smoothing_radius,
    ball: Callable[..., Mirror] = euclidean_ball,
    step: Callable[..., Any] = shipped_step,
) -> Derivation:
    """The mean gap with the constants of Theorem 1, each above the sharp one."""
    proof = Derivation(
        "two_point.mean_gap", "The mean gap of Theorem 1, for the Euclidean ball and every isotropic law."
    )
    total, hypotheses, form = _theorem(proof, step_size, smoothing_radius, ball, step)
    scale = R * G * sympy.sqrt(s)
    log, two, zeta = slack("log k"), slack("log 2 - 1/2"), slack("1 - zeta(5/2)/8")
    _constants(proof)
    spread = sympy.Abs(alpha - 1 / alpha)
    form += scale * sympy.sqrt(k) * spread + alpha * u**2 * scale * zeta + u * scale * (log / 2 + two)
    hypotheses |= {
        log: sympy.log(k),
        two: sympy.log(2) - sympy.Rational(1, 2),
        zeta: 1 - sympy.zeta(sympy.Rational(5, 2)) / 8,
    }
    gap = k * bound(k, R=R, G=G, s=s, alpha=alpha, u=u).rewrite(sympy.Abs) - total  # max(a, b) = (a + b + |a - b|)/2
    under(proof, "the conclusion", gap, form, hypotheses)
    return proof


def _constants(proof: Derivation) -> None:
    """zeta(5/2) <= 8, log 2 >= 1/2 and log k >= 0, in interval arithmetic where they are numbers."""
    from flint import arb

    text = "zeta(5/2) <= 8 in ball arithmetic"
    proof.certified("the value of the zeta function", bool(arb("2.5").zeta() < 8), text, by="intervals")
    text = "log 2 >= 1/2 in ball arithmetic"
    proof.certified("the logarithm of two", bool(arb(2).log() > arb("0.5")), text, by="intervals")
    proof.nonnegative("the logarithm of the number of steps", sympy.log(k), sympy.log(k), "log k >= 0")

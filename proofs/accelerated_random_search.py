"""Accelerated random search: Theorem 9 with two choices of theta, and with longer steps, from the code that ships.

Statements
----------
Lemma: E|g|^2 <= (1 + a)(n + 2)|p|^2 + (1 + 1/a) delta^2 L1^2 n (2n^2 + 5n + 4)/2, p = grad f_delta(x).
Theorem 9: E f(x_k) - f* <= psi_k [f(x_0) - f* + gamma_0 R^2/2] + delta^2 L1 n + cost C_k, under `steps`,
`steps_recalled` and `steps_sharp` of `zotheory.theorems.accelerated_random_search`.

One step: E f_delta(x_{k+1}) <= f_delta(y) - (theta/2) E|g|^2 + cost, as long as theta/2 <= h/A - L1 h^2/2, where
E|g|^2 <= A |p|^2 + B and cost = h B/A. The paper's Lemma 5 has A = 4(n+4), with which theta = 1/(16 (n+4)^2 L1) is the
largest; the recalled 1/(16 (n+1)^2 L1) needs an A below 4(n+4), which the lemma here provides.

The estimator and the step that run on floats are run here on SymPy arrays; hypotheses are slack symbols, as in
``proofs/two_point.py``.

Notation
--------
p = grad f_delta(y) = E g; energy = E|g|^2; root, slope with slope = theta (gamma - tau), root^2 = slope^2 + 4 theta
gamma, in which alpha = (root - slope)/2 and everything else is rational; beta = delta^2 L1 n/2.

References
----------
Nesterov, Spokoiny, Found. Comput. Math. 17, 2017, Lemma 5, Theorem 9.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from proofs import bound_of, derivation, proves
from proofs.lemmas import by_moments, cauchy_schwarz, roots, slack, under
from zotheory import estimators
from zotheory.directions import gaussian
from zotheory.evidence.derivation import Derivation
from zotheory.exact import expectation
from zotheory.methods import accelerated_random_search as constructor
from zotheory.methods.accelerated_random_search import State, init, weight
from zotheory.methods.accelerated_random_search import step as shipped_step
from zotheory.reduced import symbols
from zotheory.theorems import accelerated_random_search as theorems

n, L1, delta, theta, gamma0, R, a = sympy.symbols("n L1 delta theta gamma_0 R a", positive=True)
m, gap, tau = sympy.symbols("m gap tau", nonnegative=True)  # n = 1 + m
k = sympy.Symbol("k", integer=True, positive=True)
beta = delta**2 * L1 * n / 2  # f <= f_delta <= f + beta

(U,), GAUSSIAN = symbols(n, 1, 1)
inner, square = U[0], U @ U  # <e,u> for a unit vector e, and |u|^2


class Oracle:
    """An objective that answers with symbols and remembers where it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def __call__(self, x: Any) -> Any:
        """Value at the next point asked."""
        self.asked.append(x)
        return sympy.Symbol(f"F_{len(self.asked)}", real=True)


def _positive(proof: Derivation, name: str, expression: Any, says: str) -> None:
    """Add: a rational function of n >= 1 whose coefficients in m = n - 1 have one sign."""
    shifted = expression.subs(n, 1 + m)
    top, bottom = (sympy.expand(part) for part in sympy.fraction(sympy.cancel(shifted)))
    proof.nonnegative(name, shifted, top / bottom, f"{says}: {top / bottom} at n = 1 + m")


# --- the smoothed function -------------------------------------------------------------------------------------------


def _smoothed(proof: Derivation) -> None:
    """That f <= f_delta <= f + beta, and f_delta inherits convexity and smoothness, and has gradient E g."""
    text = "tau |y - x|^2/2 <= f(y) - f(x) - <grad f(x),y - x> <= L1 |y - x|^2/2 on R^n, tau >= 0"
    proof.premise("the smoothness and convexity of f", text)
    proof.premise("the directions", "u ~ N(0, I), independent of x; f_delta(x) = E f(x + delta u)")
    slope = sympy.Symbol("|grad f(x)|", nonnegative=True)
    upper = expectation(sympy.expand(delta * slope * inner + L1 * delta**2 * square / 2), GAUSSIAN)
    proof.identity("the mean of the upper bound", upper, beta, "E [delta <grad f(x),u> + L1 delta^2 |u|^2/2] = beta")
    text = "E delta <grad f(x),u> = 0"
    proof.identity("the mean of the lower bound", expectation(delta * slope * inner, GAUSSIAN), sympy.Integer(0), text)
    text = "f <= f_delta <= f + beta: the premise at y = x + delta u, averaged"
    proof.rule("the error of smoothing", "monotonicity of expectation", text)
    text = "the premise at x + delta u, y + delta u, averaged: f_delta satisfies it, with p = E grad f(x + delta u)"
    proof.rule("the smoothness and convexity of the smoothed function", "monotonicity of expectation", text)
    _mean_estimate(proof)


def _mean_estimate(proof: Derivation) -> None:
    """E g = p: both are the slope of f_delta, along any w of length delta."""
    t, z, c = sympy.symbols("t z c", real=True)
    log_ratio = sympy.expand(((z - c) ** 2 - z**2) / -2)  # of the densities of N(c, 1) and N(0, 1)
    text = "log of the density of N(c, 1) over that of N(0, 1): c z - c^2/2"
    proof.identity("the ratio of two normal densities", log_ratio, c * z - c**2 / 2, text)
    text = "f_delta(x + t w) = E f(x + delta u) exp(t z - t^2/2), z = <w,u>/delta"
    proof.rule("the smoothed function near x", "linearity of expectation", text)

    def moment(power: int, tilt: int) -> Any:
        """E z^power exp(tilt (t z - t^2/2)): by the density's factor, with c = tilt t."""
        shift = tilt * t
        left_over = sympy.expand(shift**2 / 2 - tilt * t**2 / 2)
        return sympy.exp(left_over) * expectation(sympy.expand((z + shift) ** power), {z: "normal"})

    pieces = [(moment(0, 2), 1), (moment(0, 1), -2), (moment(1, 1), -2 * t), (moment(0, 0), 1), (moment(2, 0), t**2)]
    left = sum(value * factor for value, factor in pieces)
    rest = sympy.exp(t**2) - 1 - t**2
    text = "E [exp(t z - t^2/2) - 1 - t z]^2 = exp(t^2) - 1 - t^2 = rest"
    proof.identity("the mean square of the remainder", left, rest, text)
    cauchy_schwarz(proof)
    text = "|f_delta(x + t w) - f_delta(x) - t E (f(x + delta u) - f(x)) z| <= sqrt(E (f(x + delta u) - f(x))^2 rest)"
    proof.rule("the slope of the smoothed function", "limit of inequalities", text)
    positive = sympy.Symbol("t", positive=True)
    text = "rest/t^2 -> 0 as t -> 0"
    proof.limit(
        "the vanishing remainder", rest.subs(t, positive) / positive**2, (positive, 0), sympy.Integer(0), text=text
    )
    text = "E g = p: <w,E g> = lim [f_delta(x + t w) - f_delta(x)]/t = <w,p>"
    proof.rule("the mean of the estimate", "limit of inequalities", text)


# --- the lemma -------------------------------------------------------------------------------------------------------


def _estimate(proof: Derivation, estimator: Callable[..., Any]) -> None:
    """The shipped estimator is (F(x + delta u) - F(x))/delta u."""
    x, u, w = (np.array(sympy.symbols(f"{name}:3", real=True), dtype=object) for name in "xuw")
    f = Oracle()
    g = estimator(f, x, u, delta)
    first, second = (sympy.Symbol(f"F_{i}", real=True) for i in (1, 2))
    text = "g = (F(x + delta u) - F(x))/delta u, tested on any w"
    proof.identity("the shipped estimate", w @ g, (first - second) / delta * (w @ u), text)
    proof.identity("the first point of the estimate", w @ f.asked[0], w @ (x + delta * u), "it is x + delta u")
    proof.identity("the second point of the estimate", w @ f.asked[1], w @ x, "it is x")


@proves("accelerated_random_search.second_moment")
def second_moment(bound: Callable[..., Any], estimator: Callable[..., Any] = estimators.two_point) -> Derivation:
    """E|g|^2 <= (1 + a)(n + 2)|p|^2 + (1 + 1/a) delta^2 L1^2 n (2n^2 + 5n + 4)/2."""
    proof = Derivation(
        "accelerated_random_search.second_moment",
        "Lemma 5, sharpened, for convex and smooth f on R^n: E|g|^2 by |grad f_delta|^2 and delta^2.",
    )
    _smoothed(proof)
    _estimate(proof, estimator)
    length = sympy.Symbol("|u|^2", nonnegative=True)
    curve = slack("f_delta(x + delta u) - f_delta(x) - delta <p,u>")
    bend, above, here = slack("its bound"), slack("f_delta - f at x + delta u"), slack("f_delta - f at x")
    above_rest, here_rest = slack("beta - that at x + delta u"), slack("beta - that at x")
    r, size = curve - above + here, L1 * delta**2 * (length + n) / 2
    limits = {
        bend: L1 * delta**2 * length / 2 - curve,
        above_rest: beta - above,
        here_rest: beta - here,
    }
    low, high = above + here_rest + bend, curve + here + above_rest + L1 * delta**2 * length / 2
    under(proof, "the remainder from above", size - r, low, limits, "r = F(x + delta u) - F(x) - delta <p,u> <= size")
    under(proof, "the remainder from below", size + r, high, limits, "r >= -size = -delta^2 L1 (|u|^2 + n)/2")
    under(proof, "the square of the remainder", size**2 - r**2, low * high, limits, "r^2 <= size^2")
    A, B = sympy.symbols("A B", real=True)
    text = "(A + B)^2 <= (1 + a) A^2 + (1 + 1/a) B^2"
    proof.nonnegative(
        "the square of a sum", (1 + a) * A**2 + (1 + 1 / a) * B**2 - (A + B) ** 2, (a * A - B) ** 2 / a, text
    )
    text = "|g|^2 <= [(1+a)<p,u>^2 + (1+1/a) size^2/delta^2] |u|^2"
    proof.rule("the mean square of the estimate", "monotonicity of expectation", text)
    slope = sympy.Symbol("|p|", nonnegative=True)
    main = expectation(sympy.expand(slope**2 * inner**2 * square), GAUSSIAN)
    text = "E <p,u>^2 |u|^2 = s(n) |p|^2"
    proof.identity("the second moment of the shipped law", main, gaussian.second_moment(n) * slope**2, text)
    rest = expectation(sympy.expand((size / delta).subs(length, square) ** 2 * square), GAUSSIAN)
    proof.identity(
        "the conclusion", bound(n=n, gradient=slope, L1=L1, delta=delta, a=a), (1 + a) * main + (1 + 1 / a) * rest
    )
    return proof


# --- one step --------------------------------------------------------------------------------------------------------


def _descent(proof: Derivation, h: Any, momentum: Any, cost: Any) -> None:
    """E f_delta(x') <= f_delta(y) - (theta/2) E|g|^2 + cost, for the steps h, theta = momentum."""
    lemma = "accelerated_random_search.second_moment"
    proof.uses("the second moment of the estimate", derivation(lemma), "given x_k and v_k")
    A = sympy.cancel(2 * h / (momentum + L1 * h**2))
    ratio = sympy.cancel(A / (n + 2) - 1)
    _positive(proof, "the weight in the lemma", ratio, f"a = {ratio} >= 0")
    B = bound_of(lemma)(n=n, gradient=0, L1=L1, delta=delta, a=ratio)
    text = "theta/2 = h/A - L1 h^2/2 for A = (1 + a)(n + 2)"
    proof.identity("the momentum that the lemma allows", h / A - L1 * h**2 / 2, momentum / 2, text)
    _positive(proof, "the cost of a step", cost - h * B / A, "cost - h B/A >= 0")
    at_y, after, energy, slope = sympy.symbols("f_delta(y) f_delta(x') E|g|^2 |p|^2", real=True)
    smooth, second, spare = slack("smoothness"), slack("lemma"), slack("cost - h B/A")
    step_, A_, B_ = sympy.symbols("h A B", positive=True)
    value = at_y - step_ * slope + L1 * step_**2 * energy / 2  # E over u of the upper bound, x' - y = -h g
    found = at_y - (step_ / A_ - L1 * step_**2 / 2) * energy + step_ * B_ / A_ + spare - after
    form = smooth + step_ / A_ * second + spare
    hypotheses = {smooth: value - after, second: A_ * slope + B_ - energy}
    text = "E f_delta(x') <= f_delta(y) - (theta/2) E|g|^2 + cost"
    under(proof, "the descent of a step", found, form, hypotheses, text)


def _paper_step(proof: Derivation, step: Callable[..., Any]) -> None:
    """Run the shipped step in terms of root and slope; check it against the paper's formulas."""
    root, slope = sympy.Symbol("root", positive=True), sympy.Symbol("slope", real=True)
    gamma = (root**2 - slope**2) / (4 * theta)
    convexity = gamma - slope / theta
    alpha = (root - slope) / 2
    x, v, g = (np.array([sympy.Symbol(name, real=True)], dtype=object) for name in "xvg")
    f, F, h = Oracle(), sympy.symbols("F_1 F_2", real=True), sympy.Symbol("h", positive=True)
    u = g * delta / (F[0] - F[1])  # any direction: what is called g is then the estimate
    after = step(f, State(x, v, gamma), u, h=h, theta=theta, tau=convexity, delta=delta)
    proof.identity("the shipped weight", weight(gamma, theta=theta, tau=convexity), alpha, "alpha = (root - slope)/2")
    text = "gamma' = alpha^2/theta"
    proof.identity("the shipped curvature of the estimate sequence", after.gamma, alpha**2 / theta, text)
    grown = (1 - alpha) * gamma + alpha * convexity
    proof.identity("the same curvature as a mean", after.gamma, grown, "gamma' = (1 - alpha) gamma + alpha tau")
    y = f.asked[1]
    b, lam = alpha * gamma / (gamma + alpha * convexity), alpha * convexity / grown
    proof.identity("the shipped point", y[0], ((1 - b) * x + b * v)[0], "y = (1 - beta_k) x + beta_k v")
    proof.identity("the other point of the estimate", f.asked[0][0], (y + delta * u)[0], "it is y + delta u")
    proof.identity("the shipped gradient step", after.x[0], (y - h * g)[0], "x' = y - h g")
    moved = (1 - lam) * v + lam * y - theta / alpha * g
    text = "v' = (1 - lambda) v + lambda y - (theta/alpha) g"
    proof.identity("the shipped momentum step", after.v[0], moved[0], text)
    proof.rule("the coordinates", "linearity of expectation", "one stands for n: all are alike, and |.|^2 is their sum")


def _potential(proof: Derivation, step: Callable[..., Any]) -> None:
    """E_k = f_delta(x_k) - f_delta(x*) + gamma_k |v_k - x*|^2/2 has E E_{k+1} <= (1 - alpha_k) E_k + cost."""
    _paper_step(proof, step)
    alpha, gamma = sympy.symbols("alpha gamma", positive=True)
    convexity = (alpha**2 / theta - (1 - alpha) * gamma) / alpha  # tau
    after = alpha**2 / theta  # gamma'
    v, S, g, p, energy = sympy.symbols("v S g p E|g|^2", real=True)  # one coordinate, y the origin
    b, lam = alpha * gamma / (gamma + alpha * convexity), alpha * convexity / after
    x = -b * v / (1 - b)  # as (1 - b) x + b v = y = 0
    distance = by_moments(sympy.expand(((1 - lam) * v - theta / alpha * g - S) ** 2), {g: p, g**2: energy})
    at_x, at_y, at_S, at_next, cost = sympy.symbols("f(x) f(y) f(x*) f(x') cost", real=True)
    convex, strong, down = (slack(name) for name in ("convexity at x", "convexity at x*", "descent"))
    stay, bend = slack("1 - alpha"), slack("tau")
    before = at_x - at_S + gamma * (v - S) ** 2 / 2
    later = at_next - at_S + after * distance / 2
    form = stay * convex + alpha * strong + down + stay * gamma * alpha * bend * v**2 / (2 * after)
    hypotheses = {
        convex: at_x - at_y - p * x,
        strong: at_S - at_y - p * S - convexity * S**2 / 2,
        down: at_y - theta * energy / 2 + cost - at_next,
        stay: 1 - alpha,
        bend: convexity,
    }
    text = "E E_{k+1} <= (1 - alpha) E_k + cost"
    under(proof, "the potential after one step", (1 - alpha) * before + cost - later, form, hypotheses, text)


# --- the recursions --------------------------------------------------------------------------------------------------


def _weights(proof: Derivation) -> None:
    """0 <= alpha <= 1, from theta tau <= 1."""
    roots(proof)
    text = "root^2 = slope^2 + 4 theta gamma >= slope^2: root + slope >= 0 and root - slope >= 0"
    proof.rule("the signs of root and slope", "cases", text)
    root, slope = sympy.symbols("root slope", real=True)
    up, down, room = slack("root + slope"), slack("root - slope"), slack("1 - theta tau")
    alpha, scaled = (root - slope) / 2, (root**2 - slope**2) / 4 - slope  # theta tau
    under(proof, "the least weight", alpha, down / 2, {down: root - slope}, "alpha >= 0")
    text = "alpha <= 1"
    under(proof, "the largest weight", 1 - alpha, room / (1 + up / 2), {up: root + slope, room: 1 - scaled}, text)


def _recursions(proof: Derivation) -> None:
    """psi_{k+1} = (1 - alpha) psi, C_{k+1} = (1 - alpha) C + 1, gamma_k >= tau, gamma_k >= psi_k gamma_0."""
    alpha, psi, C, energy, first, cost = sympy.symbols("alpha psi C E_k E_0 cost", nonnegative=True)
    q = sympy.Symbol("q", positive=True)  # sqrt(theta tau)
    gamma, power = sympy.symbols("gamma (1-q)^k", nonnegative=True)
    stay, far, enough = slack("1 - alpha"), slack("gamma - tau"), slack("gamma' - tau")
    excess, left, held = slack("alpha - q"), slack("1 - q"), slack("(1-q)^k - psi")
    grown = (1 - alpha) * gamma + alpha * tau
    under(
        proof,
        "the curvature kept above the convexity",
        grown - tau,
        stay * far,
        {stay: 1 - alpha, far: gamma - tau},
        "gamma' >= tau",
    )
    text = "alpha^2 >= theta tau"
    under(proof, "the square of the weight", theta * gamma - theta * tau, theta * enough, {enough: gamma - tau}, text)
    text = "alpha >= q = sqrt(theta tau), as a^2 <= b^2 gives a <= b; so q <= alpha <= 1 too"
    proof.rule("the weight from below", "cases", text)
    gone = (1 - q) * power - (1 - alpha) * psi
    form = left * held + excess * psi
    text = "psi <= (1 - q)^k"
    under(proof, "the geometric decay", gone, form, {left: 1 - q, held: power - psi, excess: alpha - q}, text)
    below = slack("k - C")
    under(
        proof,
        "the accumulation with one unit a step",
        k + 1 - ((1 - alpha) * C + 1),
        below + alpha * C,
        {below: k - C},
        "C <= k",
    )
    below = slack("1/q - C")
    form = stay * below + excess / q
    hypotheses = {stay: 1 - alpha, below: 1 / q - C, excess: alpha - q}
    text = "C <= 1/q, where tau > 0"
    under(proof, "the accumulation under strong convexity", 1 / q - ((1 - alpha) * C + 1), form, hypotheses, text)
    over = slack("gamma - psi gamma_0")
    gone = grown - (1 - alpha) * psi * gamma0
    under(
        proof,
        "the curvature kept above its decay",
        gone,
        stay * over + alpha * tau,
        {stay: 1 - alpha, over: gamma - psi * gamma0},
        "gamma >= psi gamma_0",
    )
    held = slack("psi E_0 + cost C - E_k")
    gone = (1 - alpha) * psi * first + cost * ((1 - alpha) * C + 1) - ((1 - alpha) * energy + cost)
    under(
        proof,
        "the potential after all steps",
        gone,
        stay * held,
        {stay: 1 - alpha, held: psi * first + cost * C - energy},
        "E E_k <= psi_k E_0 + cost C_k",
    )
    text = "equalities, or gamma_0 >= tau, at k = 0: psi_0 = 1, C_0 = 0"
    proof.rule("the recursions from the start", "induction", text)
    text = "alpha_k and gamma_k are not random: the mean of a step given x_k and v_k, averaged"
    proof.rule("the average over the past", "tower property", text)


def _acceleration(proof: Derivation) -> None:
    """1/sqrt(psi_k) grows by sqrt(theta gamma_0)/2 at least."""
    old, new, c = sympy.symbols("w w' c", positive=True)  # w = sqrt(psi), c = sqrt(theta gamma_0)
    alpha = 1 - new**2 / old**2
    fast, part = slack("alpha - c w'"), sympy.Symbol("alpha", nonnegative=True)
    text = "alpha >= c w', as alpha^2 = theta gamma' >= theta gamma_0 psi' = (c w')^2"
    proof.rule("the weight against the decay", "cases", text)
    form = fast * old / (new * (old + new)) + c * part * old**2 / (2 * (old + new) ** 2)
    hypotheses = {fast: alpha - c * new, part: alpha}
    text = "1/w' >= 1/w + c/2"
    under(proof, "the growth of the inverse root of psi", 1 / new - 1 / old - c / 2, form, hypotheses, text)
    proof.rule("the inverse root of psi after all steps", "induction", "1/w_k >= 1 + k c/2, from w_0 = 1")
    line, more = sympy.Symbol("1+kc/2", positive=True), slack("1/w - (1 + k c/2)")
    form = more * (1 / old + line) * old**2 / line**2
    under(proof, "the polynomial decay", line**-2 - old**2, form, {more: 1 / old - line}, "psi_k <= (1 + k c/2)^-2")


# --- the theorem -----------------------------------------------------------------------------------------------------


@proves("accelerated_random_search.estimate_sequence")
def estimate_sequence(step: Callable[..., Any] = shipped_step) -> Derivation:
    """What holds for every theta <= 1/tau with the descent."""
    proof = Derivation(
        "accelerated_random_search.estimate_sequence",
        "E E_k <= psi_k E_0 + cost C_k, with psi_k <= (1 - sqrt(theta tau))^k, (1 + k sqrt(theta gamma_0)/2)^-2 and "
        "C_k <= k, 1/sqrt(theta tau), if theta tau <= 1 and E f_delta(x') <= f_delta(y) - theta E|g|^2/2 + cost.",
    )
    _smoothed(proof)
    _potential(proof, step)
    _weights(proof)
    _recursions(proof)
    _acceleration(proof)
    _start(proof)
    return proof


def _start(proof: Derivation) -> None:
    """The shipped start: v_0 = x_0, gamma_0 as given, no smaller than tau."""
    x, w = (np.array(sympy.symbols(f"{name}:2", real=True), dtype=object) for name in "xw")
    state = init(Oracle(), x, gamma0=gamma0)
    for name, found in (("the point", state.x), ("the momentum", state.v)):
        proof.identity(f"the shipped start of {name}", w @ found, w @ x, "it is x_0, tested on any w")
    proof.identity("the shipped curvature at the start", state.gamma, gamma0, "it is gamma_0")
    handed = constructor(h=1.0, theta=1.0, tau=0.5, delta=1.0, gamma0=0.75).init(Oracle(), x).gamma
    text = "it hands gamma_0 = 0.75 over to the start"
    proof.code_check("the shipped constructor", handed == 0.75, points=1, text=text)


def _minimum(proof: Derivation, momentum: Any) -> tuple[Any, Any]:
    """The shipped `decay` and `accumulation` are the smaller of the two bounds derived for each."""
    rate, speed = sympy.sqrt(momentum * tau), sympy.sqrt(momentum * gamma0)
    psi = theorems.decay(k, theta=momentum, tau=tau, gamma0=gamma0)
    C = theorems.accumulation(k, theta=momentum, tau=tau)
    both = sympy.Min((1 - rate) ** k, (1 + k * speed / 2) ** -2)
    text = "it is the smaller of (1 - sqrt(theta tau))^k and (1 + k sqrt(theta gamma_0)/2)^-2"
    proof.identity("the shipped decay", psi, both, text)
    text = "it is the smaller of k and 1/sqrt(theta tau)"
    proof.identity("the shipped accumulation", C, 1 / sympy.Max(1 / k, rate), text)
    text = "psi_k <= decay and C_k <= accumulation: what is below both is below the smaller"
    proof.rule("the smaller of two bounds", "cases", text)
    return psi, C


def _theorem(
    proof: Derivation,
    bound: Callable[..., Any],
    steps: Callable[..., Any],
    cost: Any,
    rate: Callable[..., Any] | None = None,
) -> Derivation:
    """Everything, for one choice of steps: `cost` is what a step adds, `rate` has the bound's theta, if another."""
    h, momentum = steps(n=n, L1=L1)
    slower = momentum if rate is None else rate(n=n, L1=L1)[1]
    proof.premise("the start", "x_0, v_0 = x_0, gamma_0 >= tau, tau <= L1; x* a minimiser, R = |x_0 - x*|")
    text = "theta L1 <= 1, so theta tau <= 1, as 1 - theta L1 >= 0"
    _positive(proof, "the momentum against the convexity", 1 - momentum * L1, text)
    _descent(proof, h, momentum, cost)
    proof.uses("the estimate sequence", derivation("accelerated_random_search.estimate_sequence"))
    text = "theta less that of the bound, whose q and c are then no larger, >= 0"
    _positive(proof, "the momentum of the bound", momentum - slower, text)
    upper, most = _minimum(proof, slower)
    psi, C, energy, Psi = sympy.symbols("psi_k C_k E_k decay", nonnegative=True)
    largest = sympy.Symbol("accumulation", positive=True)
    at_end, at_start, at_best = slack("f_delta - f at x_k"), slack("f_delta - f at x_0"), slack("f_delta - f at x*")
    far, less, fewer, below = (slack(s) for s in ("gamma |v - x*|^2/2", "decay - psi", "accumulation - C", "potential"))
    whole, start_rest, best_rest = slack("1 - psi"), slack("beta - that at x_0"), slack("beta - that at x*")
    first = gap + at_start - at_best + gamma0 * R**2 / 2
    value = energy - far - at_end + at_best  # E f(x_k) - f*
    named = {upper.atoms(sympy.Min).pop(): Psi, most.atoms(sympy.Max).pop(): 1 / largest}
    found = bound(k, n=n, L1=L1, tau=tau, gamma0=gamma0, delta=delta, R=R, gap=gap).subs(named) - value
    form = less * (gap + gamma0 * R**2 / 2) + psi * (start_rest + at_best) + whole * beta + best_rest
    form += cost * fewer + below + far + at_end
    hypotheses = {
        less: Psi - psi,
        fewer: largest - C,
        whole: 1 - psi,
        start_rest: beta - at_start,
        best_rest: beta - at_best,
        below: psi * first + cost * C - energy,
    }
    under(proof, "the conclusion", found, form, hypotheses)
    return proof


PAPER_COST = 3 * (n + 8) * delta**2 * L1 / 16


@proves("accelerated_random_search.mean_gap")
def mean_gap(bound: Callable[..., Any], steps: Callable[..., Any] = theorems.steps) -> Derivation:
    """The mean gap with (n + 4)^2 in theta (Theorem 9)."""
    proof = Derivation(
        "accelerated_random_search.mean_gap", "The mean gap of Theorem 9 with theta = 1/(16 (n+4)^2 L1), on R^n."
    )
    h, momentum = steps(n=n, L1=L1)
    lemma5 = h / (4 * (n + 4)) - L1 * h**2 / 2
    text = "with A = 4(n+4) of Lemma 5, theta/2 = h/A - L1 h^2/2 exactly"
    proof.identity("the largest momentum by the paper's lemma", lemma5, momentum / 2, text)
    recalled = theorems.steps_recalled(n=n, L1=L1)[1]
    text = "theta with (n+1)^2, as recalled, less this one, >= 0"
    _positive(proof, "the momentum against the recalled one", recalled - momentum, text)
    return _theorem(proof, bound, steps, PAPER_COST)


@proves("accelerated_random_search.mean_gap_recalled")
def mean_gap_recalled(bound: Callable[..., Any]) -> Derivation:
    """The mean gap with (n + 1)^2 in theta, as recalled: its psi_k and C_k are below those of (n + 4)^2."""
    name = "accelerated_random_search.mean_gap_recalled"
    proof = Derivation(name, "The mean gap of Theorem 9 with theta = 1/(16 (n+1)^2 L1), on R^n.")
    return _theorem(proof, bound, theorems.steps_recalled, PAPER_COST, theorems.steps)


@proves("accelerated_random_search.mean_gap_sharp")
def mean_gap_sharp(bound: Callable[..., Any], steps: Callable[..., Any] = theorems.steps_sharp) -> Derivation:
    """The mean gap with steps about twice as long."""
    proof = Derivation(
        "accelerated_random_search.mean_gap_sharp", "The mean gap of Theorem 9 with h = 1/(2(n+2) L1), on R^n."
    )
    return _theorem(proof, bound, steps, n * delta**2 * L1 / 2)

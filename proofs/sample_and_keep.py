"""Sample a symmetric step, keep it if it is lower: why the claims of ``zotheory/claims/sample_and_keep.py`` hold.

Main statements
---------------
- `lower_bound`: on the axis of least curvature, and in a cone about it, no rotation-symmetric step beats
  1 - c log(nQ)/(nQ) often.
- `expected_contraction`: exact expected fall of the gap for one length of the step, and its constant for every n.
- `best_grid`: what a grid of ratio q promises, the best window for it, and the best ratio.

Notation
--------
s uniform on the unit sphere of R^n, z = sqrt(n) s_1 with density h_n and tail T_n (``proofs/axis.py``);
u = c log(nQ)/n; G = |g|, g the gradient at x; W_n(tau) = E max(z - tau, 0). e = 1/n. Hypotheses enter as slacks,
non-negative symbols.

Reference: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Theorem 10, as recalled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx

from proofs import axis, derivation, proves
from proofs import overlap as balls
from proofs.comparisons import compares_only
from proofs.lemmas import decimal, factored, nonnegatives, positives
from zotheory.elementary import normal_tail
from zotheory.evidence.derivation import Derivation
from zotheory.methods.gld_search import step
from zotheory.problems import hard_instance
from zotheory.theorems import sample_and_keep as theorems

HALF = sp.Rational(1, 2)
AGREEMENT = arb("1e-11")  # relative agreement asked of floating-point functions
KAPPA, PROGRESS, RATIO, FALL, MERIT = (
    sp.Rational(str(value))
    for value in (theorems.KAPPA, theorems.PROGRESS, theorems.RATIO, theorems.FALL, theorems.MERIT)
)

n, e, t = balls.n, balls.e, balls.t
Q, c, alpha, G, gap, kappa, a, q, delta = positives("Q c alpha G gap kappa a q delta")
w = sp.Symbol("w", nonnegative=True)
z = sp.Symbol("z", real=True)

Bound = Callable[..., Any]


def _keeps(proof: Derivation, step: Callable[..., Any]) -> None:
    """f(x+) = min(f(x), f(y) over the candidates y)."""
    holds = all(compares_only(step, count) for count in (1, 2))
    text = "all weak orders of 1 and 2 candidates: the lowest if it is below f(x), else x"
    proof.certified("the lowest of all values", holds, text, by="enumeration")
    proof.uses("more candidates", derivation("gld_search.invariance"))


# --- what no step can do (Theorem 10) --------------------------------------------------------------------------------


@proves("sample_and_keep.lower_bound")
def lower_bound(
    bound: Bound,
    lowest_factor: Bound = theorems.lowest_factor,
    cone: Bound = theorems.cone,
    step: Callable[..., Any] = step,
) -> Derivation:
    """In a cone a step of any length beats `lowest_factor` so rarely: Theorem 10, with hypotheses that suffice."""
    proof = Derivation(
        "sample_and_keep.lower_bound",
        "rotation-symmetric steps on the shallow axis and in a cone about it: P(gap+ < (1 - c log(nQ)/(nQ)) gap) <= "
        "(m/2) (1 + c log(nQ)/n)^(-(n-1)/2) for m candidates, every n, Q >= 1 and c > 0",
    )
    _instance(proof)
    _best_length(proof)
    _tilted(proof)
    _bad_set(proof, lowest_factor, cone)
    proof.uses("the law of z", derivation("axis.law"))
    _cap(proof)
    _keeps(proof, step)
    _chance(proof, bound)
    _polynomial(proof)
    _not_for_every_n(proof)
    return proof


def _instance(proof: Derivation) -> None:
    sizes = (2, 3, 10, 1000)
    holds = all(np.array_equal(hard_instance(size, 10.0).spectrum, [1.0] + [10.0] * (size - 1)) for size in sizes)
    text = "curvatures alpha = 1 along the axis, beta = Q alpha across it"
    proof.code_check("the shipped instance", holds, points=len(sizes), text=text)
    text = (
        "f - f* = (x_1^2 + Q |across|^2)/2 (alpha = 1); scaled and reflected to x_1 = 1, across = tau/Q: g = (1, tau)"
    )
    proof.premise("the units", text)
    text = "v = r s: s uniform on the unit sphere, independent of r >= 0; r fixed from here on"
    proof.premise("the symmetric step", text)
    s1, s2, rest, tau = sp.symbols("s_1 s_2 rest tau", real=True)
    r = sp.Symbol("r", nonnegative=True)

    def f(one: Any, two: Any, others: Any) -> Any:
        return (one**2 + Q * (two**2 + others**2)) / 2

    rise = f(1 + r * s1, tau / Q + r * s2, r * rest) - f(1, tau / Q, 0)
    bend = s1**2 + Q * (s2**2 + rest**2)
    text = "f(x + r s) - f(x) = r <g,s> + r^2 s'Hs/2"
    proof.identity("the rise of a move", rise, r * (s1 + tau * s2) + r**2 * bend / 2, text)
    proof.identity("twice the gap", 2 * f(1, tau / Q, 0), 1 + tau**2 / Q, "2 (f - f*) = 1 + tau^2/Q")
    text = "s'Hs = Q - (Q - 1) s_1^2"
    proof.identity(
        "the curvature along the step", bend.subs(rest, sp.sqrt(1 - s1**2 - s2**2)), Q - (Q - 1) * s1**2, text
    )


def _best_length(proof: Derivation) -> None:
    slope, r, bend = sp.Symbol("<g,s>", real=True), *sp.symbols("r s'Hs", positive=True)
    fall = -(r * slope + r**2 * bend / 2)
    text = "whatever r is, the fall is at most <g,s>^2/(2 s'Hs), and negative where <g,s> >= 0"
    proof.nonnegative("the best length", slope**2 / (2 * bend) - fall, (slope + r * bend) ** 2 / (2 * bend), text)
    up = sp.Symbol("<g,s>", nonnegative=True)
    text = "<g,s> >= 0: f rises by r <g,s> + r^2 s'Hs/2"
    proof.nonnegative("a step uphill", -fall.subs(slope, up), r * up + r**2 * bend / 2, text)


def _tilted(proof: Derivation) -> None:
    """s_1^2 <= C^2 + tau, C = <g,s>/|g|."""
    s1, s2 = sp.symbols("s_1 s_2", real=True)
    tau, k = nonnegatives("tau k")  # s_1^2 + s_2^2 = 1 - k
    C2 = (s1 + tau * s2) ** 2 / (1 + tau**2)
    plus, minus = s1 + s2, s2 - s1
    rest = HALF + k / 2 + plus**2 / 4  # 1 - minus^2/4
    form = tau * ((plus + tau * minus / 2) ** 2 + tau**2 * rest + k) / (1 + tau**2)
    text = "C^2 + tau - s_1^2 is a sum of terms that are non-negative where |s| <= 1"
    proof.identity("the turned gradient", form.subs(k, 1 - s1**2 - s2**2), C2 + tau - s1**2, text)
    proof.nonnegative("the tilt", form, form, "s_1^2 <= C^2 + tau: the gradient is turned from the axis by atan(tau)")


def _bad_set(proof: Derivation, lowest_factor: Bound, cone: Bound) -> None:
    """C^2 <= u/(1+u) leaves no step that beats the factor."""
    kappa, k1, k2, k3 = nonnegatives("kappa k_1 k_2 k_3")
    u = sp.Symbol("u", positive=True)
    large = u * n / c  # log(nQ)
    q1 = 1 + kappa
    eps = 1 - lowest_factor(n=n, Q=Q, c=c)
    proof.identity("what is to be taken", eps.subs(sp.log(n * Q), large), u / Q, "1 - lowest_factor = u/Q")
    widest = cone(n=n, Q=Q, c=c).subs(sp.log(n * Q), large) * Q
    proof.identity("the cone", widest, u / (2 * (1 + u) * Q), "tau = Q |across|/|x_1| <= Q cone(n, Q, c)")
    tau = (u / (2 * (1 + u) * q1)) / (1 + k3)
    C2 = u / (1 + u) - k2
    text = "C^2 = u/(1 + u) - k_2, tau = Q cone/(1 + k_3), s_1^2 = C^2 + tau - k_1"
    proof.premise("the directions that are not steep", text)
    bend = q1 - kappa * (C2 + tau - k1)
    weight = (u / q1) * (1 + tau**2 / q1)  # of s'Hs; (eps gap) * 2
    room = weight * bend - (1 + tau**2) * C2
    v, more = tau * (1 + u), 2 * k3 + 1 / q1
    spare = sp.factor(sp.together(1 - tau / (1 + u)))
    base = v * (spare + more) + tau**2 / q1 * (1 + v * (1 + more))
    form = weight * kappa * k1 + (1 + tau**2 + weight * kappa) * k2 + u / (1 + u) * base
    proof.identity("the steps that do not beat it, rewritten", room, form)
    text = "2 s'Hs eps gap - <g,s>^2 >= 0: then the fall is at most eps gap, for every r"
    proof.nonnegative("the steps that do not beat it", form, form, text)
    text = "gap+ < (1 - eps) gap forces <g,s> < 0 and C^2 > u/(1 + u): probability at most T_n at sqrt(n u/(1 + u))"
    proof.rule("the steep directions", "monotonicity of expectation", text)


def _cap(proof: Derivation) -> None:
    """P(s_1 >= t) <= (1 - t^2)^((n-1)/2)/2, n >= 2."""
    height = sp.gamma(n / 2) / (sp.sqrt(sp.pi) * sp.gamma((n - 1) / 2))
    rest = 1 - t**2
    slope = sp.diff(rest ** ((n - 1) / 2) / 2, t) + height * rest ** ((n - 3) / 2)
    proof.identity("the slope of the bound less the tail", slope, rest ** ((n - 3) / 2) * (height - (n - 1) * t / 2))
    proof.identity("the cap at zero", (rest ** ((n - 1) / 2) / 2).subs(t, 0), HALF, "it equals T_n(0) = 1/2")
    k = sp.Symbol("k", positive=True)
    end = (rest ** ((n - 1) / 2) / 2).subs(n, k + 1).subs(t, 1)
    proof.identity("the cap at one", end, 0, "it equals T_n(sqrt n) = 0, n = 1 + k")
    text = "the slope of bound - tail changes sign once, from + to -, and the difference is 0 at both ends: it is >= 0"
    proof.rule("the cap", "cases", text)
    text = "s = 1 or -1, each with 1/2"
    proof.identity("the cap in one dimension", ((1 + t) ** (-(n - 1) / 2) / 2).subs(n, 1), HALF, text)


def _chance(proof: Derivation, bound: Bound) -> None:
    u, m = positives("u m")
    tail = sp.exp(-(n - 1) * sp.log(1 + u) / 2) / 2
    text = "t^2 = u/(1 + u): (1 + u)^(-(n-1)/2)/2"
    proof.identity("the cap at the threshold", (1 - u / (1 + u)) ** ((n - 1) / 2) / 2, tail, text)
    text = "P(one of m events) <= sum of their probabilities, and <= 1"
    proof.rule("many candidates", "linearity of expectation", text)
    claimed = bound(n=n, Q=Q, c=c, m=m)
    proof.identity("the chance", claimed, sp.Min(1, m * tail.subs(u, c * sp.log(n * Q) / n)), "u = c log(nQ)/n")


def _polynomial(proof: Derivation) -> None:
    """At most (nQ)^(-5/2) for n >= 10 log(nQ)^2, n >= 2."""
    u, more = nonnegatives("u more")
    balls.grows(proof, "the logarithm from below", sp.log(1 + u) - u + u**2 / 2, u, w, "log(1+u) >= u - u^2/2")
    with ctx.workprec(balls.PRECISION):
        small = all(bool(10 * arb(size).log() ** 2 > size) for size in range(2, 40))
        text = "10 log(n)^2 > n for 2 <= n < 40, so n >= 10 log(nQ)^2 asks for n >= 40"
        proof.certified("the dimensions that are large enough", small, text, by="intervals")
        text = "log(nQ) >= log 40 > 3.68"
        proof.certified("the logarithm of forty", bool(arb(40).log() > arb("3.68")), text, by="intervals")
        proof.certified("the logarithm of two", bool(arb(2).log() > arb("0.693")), "log 2 > 0.693", by="intervals")
    ell = sp.Rational(368, 100) + w
    size = 10 * ell**2 + more
    v = 5 * ell / size
    exponent = (size - 1) / 2 * (v - v**2 / 2) + sp.Rational(693, 1000) - sp.Rational(5, 2) * ell
    text = "(1/2) (1 + u)^(-(n-1)/2) <= (nQ)^(-5/2), c = 5, n = 10 log(nQ)^2 + more"
    factored(proof, "the polynomial bound", exponent, text)


def _not_for_every_n(proof: Derivation) -> None:
    """At n = 2 the probability falls slower than any power of nQ as Q grows: the recalled statement needs large n."""
    u, length, v = positives("u length v")
    C = sp.sqrt(u / (1 + u - u / Q))  # needed on the axis at the best length
    one = sp.Symbol("s_1", real=True)
    fall = -2 * length * one - length**2 * (Q - (Q - 1) * one**2)
    best = C / (Q - (Q - 1) * C**2)
    taken = fall.subs(one, -C).subs(length, best)
    proof.identity("the best length on the axis", taken, u / Q, "s_1 <= -C beats the factor: P = acos(C)/pi at n = 2")
    place = sp.sqrt((1 - u / Q) / (1 + u - u / Q))
    text = "P >= sqrt(1 - C^2)/pi, as an angle exceeds its sine"
    proof.identity("the chance in two dimensions", C**2 + place**2, 1, text)
    least = {u: sp.Rational(5, 2) * v, Q: sp.exp(v) / 2}  # v = log(2Q), c = 5
    lower = (sp.log((1 - u / Q) / (1 + u)) / 2 - sp.log(sp.pi)).subs(least)
    text = "log P/log(2Q) -> 0 as Q -> oo: no power of nQ bounds P at n = 2"
    proof.limit("the decay slower than any power", lower / v, (v, sp.oo), sp.Integer(0), text=text)
    with ctx.workprec(balls.PRECISION):
        needed = balls.enclose(C.subs({u: sp.Rational(5, 2) * sp.log(2 * 10**6), Q: sp.Integer(10**6)}))
        holds = bool(needed.acos() / arb.pi() > arb("0.05"))
        proof.certified("the failure in small dimensions", holds, "n = 2, Q = 10^6, c = 5: P > 0.05", by="intervals")


# --- the expected fall -----------------------------------------------------------------------------------------------


@proves("sample_and_keep.expected_contraction")
def expected_contraction(
    bound: Bound, constant: Any = PROGRESS, upto: int = axis.UPTO, step: Callable[..., Any] = step
) -> Derivation:
    """E gap+ <= (1 - c_n/(nQ)) gap, and c_n >= constant at kappa = KAPPA for every n."""
    proof = Derivation(
        "sample_and_keep.expected_contraction",
        "a step kappa |g| s/(beta sqrt n), kept if lower: E gap+ <= (1 - c_n/(nQ)) gap, c_n = 2 kappa E max(z - "
        "kappa/2, 0), with equality on |x|^2; c_n >= 0.4049 at kappa = 1.224 for every n",
    )
    _fall(proof, step)
    W, s = nonnegatives("W s")
    square = 2 * alpha * gap + s  # G^2, Polyak-Lojasiewicz
    text = "|g|^2 = 2 alpha gap + s; it follows from alpha-strong convexity"
    proof.premise("the Polyak-Lojasiewicz inequality", text)
    mean = gap - square / (Q * alpha * n) * kappa * W
    factor = theorems.factor(n=n, Q=Q, c=2 * kappa * W)
    form = s * kappa * W / (Q * alpha * n)
    text = "E gap+ <= (1 - 2 kappa W/(nQ)) gap, equal at s = 0"
    proof.nonnegative("the expected gap", factor * gap - mean, form, text)
    text = "|g|^2 = 2 alpha gap on |x|^2, where s = 0 and no inequality has slack"
    proof.identity(
        "the equality for a quadratic function", (2 * alpha * gap).subs(gap, alpha * G**2 / 2 / alpha**2), G**2, text
    )
    proof.uses("the law of z", derivation("axis.law"), "W = W_n(kappa/2)")
    _shipped(proof, bound)
    _constant(proof, sp.sympify(constant), upto)
    return proof


def _fall(proof: Derivation, step: Callable[..., Any]) -> None:
    """f(x) - f(x+) >= (G^2/(beta n)) max(a z - a^2/2, 0) for a step of length a G/(beta sqrt n)."""
    beta = Q * alpha
    text = "f(x + v) <= f(x) + <g,v> + beta |v|^2/2, equal for |x|^2; z = -sqrt(n) <g,s>/|g|"
    proof.premise("the smoothness of f", text)
    r = a * G / (beta * sp.sqrt(n))
    rise = -r * G * z / sp.sqrt(n) + beta * r**2 / 2
    proof.identity("the rise of a move", rise, -(G**2) / (beta * n) * (a * z - a**2 / 2), "v = a |g| s/(beta sqrt n)")
    _keeps(proof, step)
    text = "f(x+) - f(x) = min(f(y) - f(x), 0) <= min(rise, 0)"
    proof.rule("the value that is kept", "monotonicity of expectation", text)
    text = "a = kappa: mean fall kappa W(kappa/2)"
    proof.identity("the fall of one length", kappa * z - kappa**2 / 2, kappa * (z - kappa / 2), text)


def _shipped(proof: Derivation, bound: Bound) -> None:
    """The bound, which takes no symbols, is the factor derived."""
    sizes, lengths = (2, 3, 10, 1000, 10**6), (HALF, sp.Integer(1), sp.Rational(5, 2))
    close = []
    with ctx.workprec(512):
        for size in sizes:
            for length in lengths:
                taken = 2 * balls.enclose(length) * axis.excess_ball(size, length / 2)
                found = size * 3 * (1 - arb(float(bound(n=size, Q=3.0, kappa=float(length)))))
                close.append(bool(abs(found / taken - 1) < (arb("1e-15") * size / taken + AGREEMENT)))
    text = "1 - 2 kappa W_n(kappa/2)/(nQ) in ball arithmetic, as well as floats beside 1 tell"
    proof.code_check("the shipped factor", all(close), points=len(close), text=text)


def _constant(proof: Derivation, constant: Any, upto: int) -> None:
    """2 kappa W_n(kappa/2) >= constant at kappa = KAPPA, for every n; and no kappa does better as n grows."""
    tau = KAPPA / 2
    proof.uses("the excess from below", derivation("axis.density_below"))
    whole = axis.excess_below(tau)
    with ctx.workprec(balls.PRECISION):
        target, size = balls.enclose(constant), balls.enclose(KAPPA)
        least = 2 * size * axis.normal_excess_ball(balls.enclose(tau))
        text = f"2 kappa (phi - kappa/2 Phi(-kappa/2)) > {decimal(constant)}"
        proof.certified("the constant in the limit", bool(least > target), text, by="intervals")
        holds = all(bool(2 * size * axis.excess_ball(k, tau) > target) for k in range(2, upto + 1))
        text = f"c_n > {decimal(constant)}, one by one"
        proof.certified(f"the constant in dimensions 2 to {upto}", holds, text, by="intervals")
        text = f"c_1 = kappa - kappa^2/2 > {decimal(constant)}"
        proof.certified("the constant in one dimension", bool(constant < KAPPA - KAPPA**2 / 2), text, by="enumeration")
        slope = axis.mean_over_u(sp.diff(whole, e), sp.Rational(1, upto))
        text = f"the bound grows with e = 1/n for 0 <= e <= 1/{upto}"
        proof.certified("the slope of the constant", bool(slope > 0), text, by="intervals")
    proof.uses("the best relative length", derivation("axis.best_length"))


# --- the grid --------------------------------------------------------------------------------------------------------


@proves("sample_and_keep.best_grid")
def best_grid(
    bound: Bound, level: Bound = theorems.level, most: Any = MERIT, step: Callable[..., Any] = step
) -> Derivation:
    """What a grid promises with P(N(0, 1) > level), and the best grid."""
    proof = Derivation(
        "sample_and_keep.best_grid",
        "some length of a grid of ratio q contracts by 1 - delta/(nQ) with probability >= Phi(-level), level = "
        "(sqrt q + 1/sqrt q) sqrt(delta)/2 <= 6/5, n >= 2; no window promises more; delta log(q) Phi(-level) <= 0.1484",
    )
    _fall(proof, step)
    _passed(proof)
    _window(proof, level)
    _some_length(proof)
    proof.uses("the law of z", derivation("axis.law"))
    proof.uses("the tail against the normal one", derivation("axis.above_normal"), "level <= 6/5")
    promised = delta * sp.log(q) * normal_tail(level(q=q, delta=delta))
    proof.identity("the merit", bound(q=q, delta=delta), promised, "the bound is delta log(q) Phi(-level)")
    _largest_level(proof)
    _largest_ratio(proof, level)
    _best(proof, bound, sp.sympify(most))
    return proof


def _passed(proof: Derivation) -> None:
    s, over = nonnegatives("s over")
    square = 2 * alpha * gap + s
    text = "|g|^2 = 2 alpha gap + s; it follows from alpha-strong convexity"
    proof.premise("the Polyak-Lojasiewicz inequality", text)
    place = _needed(a) + over
    fall = square / (Q * alpha * n) * (a * place - a**2 / 2)
    rest = fall - (1 - theorems.factor(n=n, Q=Q, c=delta)) * gap
    text = "z >= a/2 + delta/(2a) at length a |g|/(beta sqrt n): gap+ <= (1 - delta/(nQ)) gap"
    factored(proof, "what z has to pass", rest, text)


def _needed(a: Any) -> Any:
    return a / 2 + delta / (2 * a)


def _window(proof: Derivation, level: Bound) -> None:
    """In [A, qA], A = sqrt(delta/q), z has to pass no more than the level; every window asks for as much."""
    root, A = positives("root A")  # root = sqrt(q)
    more, left = nonnegatives("more left")
    claimed = level(q=root**2, delta=delta)
    start = theorems.window(q=root**2, delta=delta)
    proof.identity("the window", start**2 * root**2, delta, "q A^2 = delta")
    at = start + more
    form = (more * left / (2 * at)).subs(left, root**2 * start - at)
    text = "level - needed(a) = (a - A)(qA - a)/(2a) >= 0"
    proof.identity("the lengths within the window", claimed - _needed(at), form, text)
    both = (_needed(A) + _needed(root**2 * A)) / 2 - claimed
    form = (1 + root**2) * (A - start) ** 2 / (4 * A)
    text = "the two ends of any window [A, qA] ask for the level on average, so one of them for no less"
    proof.nonnegative("the other windows", both, form, text)


def _some_length(proof: Derivation) -> None:
    text = "the largest is >= A, the smallest <= qA: the first <= qA is the largest or exceeds qA/q; it lies in [A, qA]"
    proof.premise("the range of lengths", "largest length >= A |g|/(beta sqrt n), smallest <= qA |g|/(beta sqrt n)")
    proof.rule("a length in the window", "cases", text)
    text = "it keeps the lowest candidate: it contracts as often as that length does"
    proof.rule("the candidate that is kept", "cases", text)


def _largest_level(proof: Derivation) -> None:
    """level^2 Phi(-level) is largest within `axis.PEAK`."""
    proof.uses("the signs on either side of the peak", derivation("axis.peak"))
    tail = normal_tail(t)
    slope = sp.diff(t**2 * tail, t)
    text = "x^2 Phi(-x) has a slope of the sign of 2 Phi(-x) - x phi(x): it is largest near 1.1906"
    proof.identity(
        "the slope of the square times the tail",
        slope,
        t * (2 * tail - t * sp.exp(-(t**2) / 2) / sp.sqrt(2 * sp.pi)),
        text,
    )


BEST = sp.Rational("0.771702"), sp.Rational("0.771703")  # around the y at which 2 y/cosh(y)^2 is largest


def _largest_ratio(proof: Derivation, level: Bound) -> None:
    """4 q log q/(1+q)^2 is largest at q = exp(2 y), y within BEST."""
    y = sp.Symbol("y", positive=True)
    square = level(q=q, delta=delta) ** 2 * 4 * q / (1 + q) ** 2
    text = "delta = 4 q level^2/(1+q)^2: merit = level^2 Phi(-level) 4 q log q/(1+q)^2"
    proof.identity("the fall at a given level", square, delta, text)
    share = (4 * q * sp.log(q) / (1 + q) ** 2).subs(q, sp.exp(2 * y))
    hyperbolic = 2 * y / sp.cosh(y) ** 2
    text = "q = exp(2 y): 4 q log q/(1+q)^2 = 2 y/cosh(y)^2"
    proof.identity("the ratio as an exponential", share, hyperbolic.rewrite(sp.exp), text)
    grows = (sp.sinh(y) * sp.cosh(y) + y) / sp.cosh(y) ** 2
    text = "y tanh(y) rises, as its slope is positive"
    proof.identity("the slope of a growing product", sp.diff(y * sp.tanh(y), y), grows, text)
    slope = 2 * (1 - 2 * y * sp.tanh(y)) / sp.cosh(y) ** 2
    text = "2 y/cosh(y)^2 has a slope that changes sign once"
    proof.identity("the slope of a quotient", sp.diff(hyperbolic, y), slope, text)
    with ctx.workprec(balls.PRECISION):
        ends = [2 * balls.enclose(end) * balls.enclose(end).tanh() for end in BEST]
        holds = bool(ends[0] < 1) and bool(ends[1] > 1)
        text = f"largest for y in [{decimal(BEST[0])}, {decimal(BEST[1])}]"
        proof.certified("the best ratio", holds, text, by="intervals")


def _best(proof: Derivation, bound: Bound, most: Any) -> None:
    """Merit is at most the product of the two largest factors; that of some grids."""

    def merit(q: Any, delta: Any) -> arb:
        return balls.enclose(bound(q=sp.sympify(q), delta=sp.sympify(delta)))

    two = sp.Integer(2)
    with ctx.workprec(balls.PRECISION):
        highest = balls.enclose(axis.PEAK[1]) ** 2 * balls.normal_tail_ball(axis.PEAK[0])
        widest = 2 * balls.enclose(BEST[1]) / balls.enclose(BEST[0]).cosh() ** 2
        here = merit(RATIO, FALL)
        of_two = highest * balls.enclose(8 * sp.log(2) / 9)  # 4 q log q/(1+q)^2 at q = 2
        chance = merit(two, sp.Rational(2, 5)) / balls.enclose(sp.Rational(2, 5) * sp.log(2))
        for name, holds, text in (
            (
                "the largest merit",
                highest * widest < balls.enclose(most),
                f"for every q and delta, at most {decimal(most)}",
            ),
            (
                "the attained merit",
                here > balls.enclose(most - sp.Rational(1, 10**4)),
                "at least that less 1e-4 at q = 4.68, delta = 0.82",
            ),
            (
                "the merit of ratio two",
                of_two < balls.enclose(sp.Rational(69, 100)) * here,
                "at most 69 % of that, whatever delta",
            ),
            (
                "the merit of ratio two at a small fall",
                merit(two, sp.Rational(1, 5)) < balls.enclose(sp.Rational(30, 100)) * here,
                "at most 30 % of that for delta = 1/5",
            ),
            ("the chance at ratio two", chance > arb("0.25"), "above 1/4 for delta = 2/5"),
        ):
            proof.certified(name, bool(holds), text, by="intervals")
    text = "at q = 4.68, delta = 0.82 too, which the bound checks: 5.76 q/(1 + q)^2 > 0.82"
    room = sp.Rational(576, 100) * RATIO / (1 + RATIO) ** 2 - FALL
    proof.nonnegative("the level of the best grid", room, room, text)

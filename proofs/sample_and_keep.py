"""Sample a symmetric step, keep it if it is lower: why the claims of ``zotheory/theorems/sample_and_keep.py`` hold.

Main statements
---------------
- `lower_bound`: on a flat axis, and in a cone about it, no rotation-symmetric step beats 1 - c log(nQ)/(nQ) often.
- `expected_contraction`: exact expected fall of the gap for one length of the step, and its constant for every n.
- `best_grid`: what a grid of ratio q promises, the best window for it, and the best ratio.

Notation
--------
s uniform on the unit sphere of R^n, z = sqrt(n) s_1 with density h_n and tail T_n; u = c log(nQ)/n; G = |g|, g the
gradient at x; W_n(tau) = E max(z - tau, 0). e = 1/n. Hypotheses enter as slacks, non-negative symbols. Sharp bounds
of h_n(0), and with them all n at once, come from G. N. Watson's argument for the ratio of Gamma functions (1959).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx

from proofs import comparisons, proves
from proofs import overlap as balls
from proofs.lemmas import nonnegatives
from zotheory.directions import sphere_mean_abs
from zotheory.elementary import normal_tail
from zotheory.evidence.derivation import Derivation
from zotheory.methods.gld_search import step
from zotheory.problems import hard_instance
from zotheory.theorems import sample_and_keep as bounds

HALF = sp.Rational(1, 2)
HIGHEST = sp.Rational(6, 5)  # level that `success` admits
UPTO = 60  # dimensions decided one by one
AGREEMENT = arb("1e-11")  # relative agreement asked of floating-point functions

n, Q, c, e, t, x = sp.symbols("n Q c e t x", positive=True)
alpha, G, gap, kappa, a, q, delta = sp.symbols("alpha G gap kappa a q delta", positive=True)
w = sp.Symbol("w", nonnegative=True)
z = sp.Symbol("z", real=True)


def _positive(proof: Derivation, name: str, expression: Any, text: str) -> None:
    form = sp.factor(sp.together(expression))
    proof.identity(f"{name}: form", sp.cancel(sp.together(expression - form)), 0, f"{expression} = {form}")
    proof.nonnegative(name, form, form, text)


def _rational(value: float) -> Any:
    """A decimal constant of the theorems, as the fraction it stands for."""
    return sp.Rational(str(value))


# --- the sphere ------------------------------------------------------------------------------------------------------


def _density(t: Any) -> Any:
    """h_n(t)."""
    return balls.density_at_zero(n) * (1 - t**2 / n) ** ((n - 3) / 2)


def _keeps(proof: Derivation, step: Callable[..., Any]) -> None:
    """f(x+) = min(f(x), f(y) over the candidates y)."""
    holds = all(comparisons.same_choice(step, ranks) for count in (2, 3) for ranks in comparisons.weak_orders(count))
    text = "all weak orders of 1 and 2 candidates (more: gld_search.invariance): the lowest if it is below f(x), else x"
    proof.certified("keep the lowest", holds, text)


@cache
def _sphere() -> Derivation:
    proof = Derivation("sample_and_keep.sphere", "z = sqrt(n) s_1 has density h_n and tail T_n")
    balls.law_of_coordinate(proof)
    return proof


def _law(proof: Derivation) -> None:
    proof.certified("law of z", _sphere().status == "steps checked", _sphere().statement)


# --- Theorem 10 ------------------------------------------------------------------------------------------------------


@proves("sample_and_keep.lower_bound")
def lower_bound() -> Derivation:
    """Theorem 10, with hypotheses that suffice."""
    return lower_bound_derivation()


def lower_bound_derivation(
    chance: Callable[..., Any] = bounds.chance,
    lowest_factor: Callable[..., Any] = bounds.lowest_factor,
    cone: Callable[..., Any] = bounds.cone,
    step: Callable[..., Any] = step,
) -> Derivation:
    """Derive: in the cone, a step of any length beats `lowest_factor` with no more than `chance`.

    Raises
    ------
    NotProved
        For a smaller chance, a lower factor or a wider cone than the argument supports.
    """
    proof = Derivation(
        "sample_and_keep.lower_bound",
        "rotation-symmetric steps on the flat axis and in a cone about it: P(gap+ < (1 - c log(nQ)/(nQ)) gap) <= "
        "(m/2) (1 + c log(nQ)/n)^(-(n-1)/2) for m candidates, every n, Q >= 1 and c > 0",
    )
    _instance(proof)
    _best_length(proof)
    _tilted(proof)
    _bad_set(proof, lowest_factor, cone)
    _law(proof)
    _cap(proof)
    _chance(proof, chance)
    _keeps(proof, step)
    proof.rule("m candidates", "linearity of expectation", "P(one of m events) <= sum of their probabilities")
    shipped = chance(n=n, Q=Q, c=c, m=sp.Symbol("m", positive=True)) - sp.Symbol("m", positive=True) * chance(
        n=n, Q=Q, c=c
    )
    proof.identity("m candidates: shipped", shipped, 0, "chance(m) = m chance(1)")
    _polynomial(proof)
    _not_for_every_n(proof)
    return proof


def _instance(proof: Derivation) -> None:
    holds = all(
        np.array_equal(hard_instance(size, 10.0).spectrum, [1.0] + [10.0] * (size - 1)) for size in (2, 3, 10, 1000)
    )
    proof.certified("shipped instance", holds, "curvatures alpha = 1 along the axis, beta = Q alpha across it")
    text = (
        "f - f* = (x_1^2 + Q |across|^2)/2 (alpha = 1); scaled and reflected to x_1 = 1, across = tau/Q: g = (1, tau)"
    )
    proof.premise("units", text)
    proof.premise("symmetry", "v = r s: s uniform on the unit sphere, independent of r >= 0; r fixed from here on")
    s1, s2, rest, tau = sp.symbols("s_1 s_2 rest tau", real=True)
    r = sp.Symbol("r", nonnegative=True)

    def f(one: Any, two: Any, others: Any) -> Any:
        return (one**2 + Q * (two**2 + others**2)) / 2

    rise = f(1 + r * s1, tau / Q + r * s2, r * rest) - f(1, tau / Q, 0)
    bend = s1**2 + Q * (s2**2 + rest**2)
    proof.identity("rise", rise, r * (s1 + tau * s2) + r**2 * bend / 2, "f(x + r s) - f(x) = r <g,s> + r^2 s'Hs/2")
    proof.identity("gap", 2 * f(1, tau / Q, 0), 1 + tau**2 / Q)
    proof.identity("s'Hs", bend.subs(rest, sp.sqrt(1 - s1**2 - s2**2)), Q - (Q - 1) * s1**2)


def _best_length(proof: Derivation) -> None:
    slope, r, bend = sp.Symbol("<g,s>", real=True), *sp.symbols("r s'Hs", positive=True)
    fall = -(r * slope + r**2 * bend / 2)
    text = "whatever r: the fall is at most <g,s>^2/(2 s'Hs), and negative where <g,s> >= 0"
    proof.nonnegative("best length", slope**2 / (2 * bend) - fall, (slope + r * bend) ** 2 / (2 * bend), text)
    up = sp.Symbol("<g,s>", nonnegative=True)
    proof.nonnegative("uphill", -fall.subs(slope, up), r * up + r**2 * bend / 2)


def _tilted(proof: Derivation) -> None:
    """s_1^2 <= C^2 + tau, C = <g,s>/|g|."""
    s1, s2 = sp.symbols("s_1 s_2", real=True)
    tau, k = nonnegatives("tau k")  # s_1^2 + s_2^2 = 1 - k
    C2 = (s1 + tau * s2) ** 2 / (1 + tau**2)
    plus, minus = s1 + s2, s2 - s1
    rest = HALF + k / 2 + plus**2 / 4  # 1 - minus^2/4
    form = tau * ((plus + tau * minus / 2) ** 2 + tau**2 * rest + k) / (1 + tau**2)
    one = s1**2 + s2**2 + k
    whole = (tau * one + tau**3 * one + C2 * (1 + tau**2) - s1**2 * (1 + tau**2)) / (1 + tau**2)
    for name, gap in (("whole", whole - (C2 + tau - s1**2)), ("form", whole - form)):
        proof.identity(f"|s| <= 1, {name}", sp.cancel(sp.together(gap.subs(k, 1 - s1**2 - s2**2))), 0)
    proof.nonnegative("tilt", form, form, "s_1^2 <= C^2 + tau: the gradient is turned from the axis by atan(tau)")


def _bad_set(proof: Derivation, lowest_factor: Callable[..., Any], cone: Callable[..., Any]) -> None:
    """C^2 <= u/(1+u) leaves no step that beats the factor."""
    kappa, k1, k2, k3 = nonnegatives("kappa k_1 k_2 k_3")
    u = sp.Symbol("u", positive=True)
    logarithm = u * n / c  # log(nQ)
    q1 = 1 + kappa
    eps = 1 - lowest_factor(n=n, Q=Q, c=c)
    proof.identity("eps", eps.subs(sp.log(n * Q), logarithm), u / Q, "1 - lowest_factor = u/Q")
    widest = cone(n=n, Q=Q, c=c).subs(sp.log(n * Q), logarithm) * Q
    proof.identity("tau", widest, u / (2 * (1 + u) * Q), "tau = Q |across|/|x_1| <= Q cone(n, Q, c)")
    tau = (u / (2 * (1 + u) * q1)) / (1 + k3)
    C2 = u / (1 + u) - k2
    proof.premise("not steep", "C^2 = u/(1 + u) - k_2, tau = Q cone/(1 + k_3), s_1^2 = C^2 + tau - k_1")
    bend = q1 - kappa * (C2 + tau - k1)
    weight = (u / q1) * (1 + tau**2 / q1)  # of s'Hs; (eps gap) * 2
    room = weight * bend - (1 + tau**2) * C2
    v, more = tau * (1 + u), 2 * k3 + 1 / q1
    spare = sp.factor(sp.together(1 - tau / (1 + u)))
    base = v * (spare + more) + tau**2 / q1 * (1 + v * (1 + more))
    form = weight * kappa * k1 + (1 + tau**2 + weight * kappa) * k2 + u / (1 + u) * base
    proof.identity("no step beats it: rewritten", sp.cancel(sp.together(room - form)), 0)
    text = "2 s'Hs eps gap - <g,s>^2 >= 0: then the fall is at most eps gap, for every r"
    proof.nonnegative("no step beats it", form, form, text)
    text = "gap+ < (1 - eps) gap forces <g,s> < 0 and C^2 > u/(1 + u): probability at most T_n at sqrt(n u/(1 + u))"
    proof.rule("steep", "monotonicity of expectation", text)


def _cap(proof: Derivation) -> None:
    """P(s_1 >= t) <= (1 - t^2)^((n-1)/2)/2, n >= 2."""
    height = sp.gamma(n / 2) / (sp.sqrt(sp.pi) * sp.gamma((n - 1) / 2))
    rest = 1 - t**2
    slope = sp.diff(rest ** ((n - 1) / 2) / 2, t) + height * rest ** ((n - 3) / 2)
    proof.identity("cap: slope", slope, rest ** ((n - 3) / 2) * (height - (n - 1) * t / 2))
    proof.identity("cap: t = 0", (rest ** ((n - 1) / 2) / 2).subs(t, 0), HALF, "equal to T_n(0) = 1/2")
    k = sp.Symbol("k", positive=True)
    proof.identity(
        "cap: t = 1", (rest ** ((n - 1) / 2) / 2).subs(n, k + 1).subs(t, 1), 0, "equal to T_n = 0, n = 1 + k"
    )
    text = "the slope of bound - tail changes sign once, from + to -, and the difference is 0 at both ends: it is >= 0"
    proof.rule("cap", "cases", text)
    proof.identity("n = 1", ((1 + t) ** (-(n - 1) / 2) / 2).subs(n, 1), HALF, "n = 1: s = 1 or -1, each with 1/2")


def _chance(proof: Derivation, chance: Callable[..., Any]) -> None:
    u = sp.Symbol("u", positive=True)
    tail = (1 - u / (1 + u)) ** ((n - 1) / 2) / 2
    shipped = chance(n=n, Q=Q, c=c).subs(sp.log(n * Q), u * n / c)
    ratio = sp.powsimp(sp.log(2 * shipped) - sp.expand_log(sp.log(2 * sp.together(tail)), force=True), force=True)
    proof.identity("chance", sp.expand_log(ratio, force=True), 0, "cap at t^2 = u/(1 + u): (1/2) (1 + u)^(-(n-1)/2)")


def _polynomial(proof: Derivation) -> None:
    """At most (nQ)^(-5/2) for n >= 10 log(nQ)^2, n >= 2."""
    u, ell, more = sp.symbols("u ell more", nonnegative=True)
    balls.grows(proof, "log(1+u) >= u - u^2/2", sp.log(1 + u) - u + u**2 / 2, u, w)
    with ctx.workprec(balls.PRECISION):
        small = all(bool(10 * arb(size).log() ** 2 > size) for size in range(2, 40))
        proof.certified("n >= 40", small, "10 log(n)^2 > n for 2 <= n < 40, so n >= 10 log(nQ)^2 asks for n >= 40")
        proof.certified("log 40", bool(arb(40).log() > arb("3.68")), "log(nQ) >= log 40 > 3.68")
        proof.certified("log 2", bool(arb(2).log() > arb("0.693")), "log 2 > 0.693")
    ell = sp.Rational(368, 100) + w
    size = 10 * ell**2 + more
    v = 5 * ell / size
    exponent = (size - 1) / 2 * (v - v**2 / 2) + sp.Rational(693, 1000) - sp.Rational(5, 2) * ell
    _positive(proof, "(nQ)^(-5/2)", exponent, "(1/2) (1 + u)^(-(n-1)/2) <= (nQ)^(-5/2), c = 5, n = 10 log(nQ)^2 + more")


def _not_for_every_n(proof: Derivation) -> None:
    """At n = 2 the probability falls slower than any power of nQ as Q grows: the recalled statement needs large n."""
    u, length = sp.symbols("u length", positive=True)
    C = sp.sqrt(u / (1 + u - u / Q))  # needed on the axis at the best length
    one = sp.Symbol("s_1", real=True)
    fall = -2 * length * one - length**2 * (Q - (Q - 1) * one**2)
    best = C / (Q - (Q - 1) * C**2)
    proof.identity("best length on the axis", sp.simplify(fall.subs(one, -C).subs(length, best) - u / Q), 0)
    place = sp.sqrt((1 - u / Q) / (1 + u - u / Q))
    proof.identity("n = 2", C**2 + place**2, 1, "P = acos(C)/pi >= sqrt(1 - C^2)/pi, for acos >= its sine")
    lower = sp.log((1 - u / Q) / (1 + u)) / 2 - sp.log(sp.pi)
    lower = lower.subs(u, sp.Rational(5, 2) * sp.log(2 * Q))
    v = sp.Symbol("v", positive=True)
    slow = sp.limit(lower.subs(Q, sp.exp(v) / 2) / v, v, sp.oo)
    proof.identity("slower than any power", slow, 0, "log P/log(2Q) -> 0 as Q -> oo: no power of nQ bounds P at n = 2")


# --- the expected fall -----------------------------------------------------------------------------------------------


@proves("sample_and_keep.expected_contraction")
def expected_contraction() -> Derivation:
    """Expected fall of the gap, and its constant for every n."""
    return expected_derivation()


def expected_derivation(
    constant: Any = None, scale: Any = 1, power: Any = 1, upto: int = UPTO, step: Callable[..., Any] = step
) -> Derivation:
    """Derive E gap+ <= (1 - scale c_n/(n^power Q)) gap, and c_n >= constant at kappa = 1.224 for every n.

    Raises
    ------
    NotProved
        For a larger scale or constant, or another power.
    """
    proof = Derivation(
        "sample_and_keep.expected_contraction",
        "a step kappa |g| s/(beta sqrt n), kept if lower: E gap+ <= (1 - c_n/(nQ)) gap, c_n = 2 kappa E max(z - "
        "kappa/2, 0), with equality on |x|^2; c_n >= 0.4049 at kappa = 1.224 for every n",
    )
    _fall(proof, step)
    W, s = nonnegatives("W s")
    square = 2 * alpha * gap + s  # G^2, Polyak-Lojasiewicz
    proof.premise("Polyak-Lojasiewicz", "|g|^2 = 2 alpha gap + s; it follows from alpha-strong convexity")
    mean = gap - square / (Q * alpha * n) * kappa * W
    factor = bounds.factor(n=n**power, Q=Q, c=scale * 2 * kappa * W)
    form = s * kappa * W / (Q * alpha * n)
    proof.nonnegative("expected gap", factor * gap - mean, form, "E gap+ <= (1 - 2 kappa W/(nQ)) gap, equal at s = 0")
    proof.identity("|x|^2", (2 * alpha * gap).subs(gap, alpha * G**2 / 2 / alpha**2), G**2, "s = 0 and no slack there")
    _law(proof)
    _excess(proof)
    _floats(proof)
    _constant(proof, _rational(bounds.PROGRESS) if constant is None else sp.sympify(constant), upto)
    return proof


def _fall(proof: Derivation, step: Callable[..., Any]) -> None:
    """f(x) - f(x+) >= (G^2/(beta n)) max(a z - a^2/2, 0) for a step of length a G/(beta sqrt n)."""
    beta = Q * alpha
    proof.premise("smooth", "f(x + v) <= f(x) + <g,v> + beta |v|^2/2, equal for |x|^2; z = -sqrt(n) <g,s>/|g|")
    r = a * G / (beta * sp.sqrt(n))
    rise = -r * G * z / sp.sqrt(n) + beta * r**2 / 2
    proof.identity("rise", rise, -(G**2) / (beta * n) * (a * z - a**2 / 2), "v = a |g| s/(beta sqrt n)")
    _keeps(proof, step)
    proof.rule("kept", "monotonicity of expectation", "f(x+) - f(x) = min(f(y) - f(x), 0) <= min(rise, 0)")
    proof.identity("kappa", kappa * z - kappa**2 / 2, kappa * (z - kappa / 2), "a = kappa: mean fall kappa W(kappa/2)")


def _excess(proof: Derivation) -> None:
    """W_n in closed form."""
    lead = sp.sqrt(n) * sphere_mean_abs(n) / 2
    k = sp.Symbol("k", positive=True)  # n = 2k + 1
    ratio = (lead / balls.density_at_zero(n)).subs(n, 2 * k + 1)
    proof.identity("E z+", sp.gammasimp(ratio), (2 * k + 1) / (2 * k), "E z+ = h_n(0) n/(n - 1)")
    rest = 1 - t**2 / n
    first = balls.density_at_zero(n) * n / (n - 1) * rest ** ((n - 1) / 2)
    proof.identity("W: slope", sp.simplify(sp.diff(first, t) / _density(t)), -t, "d/dt of the first term is -t h_n(t)")
    T, h = sp.Symbol("T"), sp.Symbol("h")
    proof.identity("W: slope, both", -t * h - (T + t * (-h)), -T, "so W_n = first - t T_n has slope -T_n")
    text = "and W_n(sqrt n) = 0: W_n(tau) is the integral of T_n above tau, that is E max(z - tau, 0)"
    proof.rule("W", "monotonicity of expectation", text)
    proof.identity("n = 1", sp.sqrt(1) * sphere_mean_abs(sp.Integer(1)) / 2 - t / 2, (1 - t) / 2, "n = 1: z = 1 or -1")


def excess_ball(size: int, tau: Any) -> arb:
    """W_n(tau), n >= 2, 0 <= tau <= sqrt(n) rational."""
    ratio = (arb(size) / 2).gamma() / ((arb(size) + 1) / 2).gamma()
    mean = (arb(size) / arb.pi()).sqrt() * ratio / 2
    rest = balls.enclose(1 - sp.Rational(tau) ** 2 / size)
    return mean * (rest.sqrt()) ** (size - 1) - balls.enclose(tau) * balls.sphere_tail_ball(size, tau)


def _floats(proof: Derivation) -> None:
    with ctx.workprec(512):
        close = [
            abs(arb(float(bounds.excess(size, float(tau)))) / excess_ball(size, tau) - 1)
            for size in (2, 3, 10, 1000, 10**6)
            for tau in (sp.Rational(1, 4), sp.Rational(1, 2), sp.Rational(5, 4))
        ]
        text = "15 floats of `excess` within 1e-11 of ball arithmetic"
        proof.certified("excess", all(bool(error < AGREEMENT) for error in close), text)


def _constant(proof: Derivation, constant: Any, upto: int) -> None:
    """2 kappa W_n(kappa/2) >= constant at kappa = KAPPA, for every n; and no kappa does better as n grows."""
    size = _rational(bounds.KAPPA)
    tau = size / 2
    _watson_below(proof)
    _density_below(proof)
    u = balls.u
    inner = tau**2 * (1 - u) * sp.exp(-((tau * u) ** 2) / 2 - e * (tau * u) ** 4 / 2)
    whole = sp.sqrt((1 - 3 * e / 2) / (2 * sp.pi)) * (1 / (1 - e) + inner)
    _twice(proof)
    text = "h_n at its lower bound, t = tau u: W_n(tau) >= the integral of this over u in (0, 1), less tau/2"
    proof.rule("below W", "monotonicity of expectation", text)
    limit = whole.subs(e, 0)
    normal = (1 + tau**2 * (1 - u) * sp.exp(-((tau * u) ** 2) / 2)) / sp.sqrt(2 * sp.pi)
    proof.identity("n -> oo", limit, normal, "for N(0, 1) itself: phi(tau) - tau Phi(-tau), integrated over u")
    with ctx.workprec(balls.PRECISION):
        target = balls.enclose(constant)
        least = 2 * balls.enclose(size) * _normal_excess(balls.enclose(tau))
        proof.certified("constant, limit", bool(least > target), f"2 kappa (phi - kappa/2 Phi(-kappa/2)) > {constant}")
        holds = all(bool(2 * balls.enclose(size) * excess_ball(k, tau) > target) for k in range(2, upto + 1))
        proof.certified(f"constant, 2 <= n <= {upto}", holds, f"c_n > {constant}, one by one")
        proof.certified("constant, n = 1", bool(size - size**2 / 2 > constant), f"c_1 = kappa - kappa^2/2 > {constant}")
        slope = _mean_over_u(sp.diff(whole, e), sp.Rational(1, upto))
        proof.certified("constant, slope", bool(slope > 0), f"the bound grows with e = 1/n for 0 <= e <= 1/{upto}")
    _best_length_of_all(proof)


def _twice(proof: Derivation) -> None:
    """W_n(y) = h_n(0) n/(n-1) - y/2 + integral of (y - t) h_n(t) over t < y."""
    h, y = sp.Function("h"), sp.Symbol("y", positive=True)
    inner = sp.Integral((y - t) * h(t), (t, 0, y))
    slope = -HALF + sp.diff(inner, y)
    tail = HALF - sp.Integral(h(t), (t, 0, y))
    proof.identity("W: integral form, slope", slope, -tail, "both sides have slope -T_n")
    proof.identity("W: integral form, at 0", inner.subs(y, 0).doit(), 0, "and are E z+ = h_n(0) n/(n - 1) at 0")


def _best_length_of_all(proof: Derivation) -> None:
    """No kappa promises more than 0.405 as n grows: 4 tau W(tau) is largest near tau = 0.612."""
    _signs(proof)
    tail, density = normal_tail(t), _phi(t)
    proof.identity("slope of 4 tau W", sp.diff(4 * t * (density - t * tail), t), 4 * (density - 2 * t * tail))
    bend = sp.diff(density - 2 * t * tail, t) + (2 * tail - t * density)
    proof.identity("its bend", bend, 0, "phi - 2 tau Phi(-tau) falls while 2 Phi(-tau) > tau phi, then rises to 0")
    low, high = sp.Rational(612, 1000), sp.Rational(6121, 10000)
    with ctx.workprec(balls.PRECISION):
        holds = balls.enclose((density - 2 * t * tail).subs(t, low)) > 0
        proof.certified("before the best", bool(holds), f"4 tau W rises up to {low}")
        holds = balls.enclose((density - 2 * t * tail).subs(t, high)) < 0
        proof.certified("after the best", bool(holds), f"and falls from {high}, before 1.19, on")
        holds = 4 * balls.enclose(high) * _normal_excess(balls.enclose(low)) < arb("0.405")
        proof.certified("best kappa", bool(holds), "so 2 kappa W(kappa/2) < 0.405 for N(0, 1) and every kappa")


def _phi(t: Any) -> Any:
    return sp.exp(-(t**2) / 2) / sp.sqrt(2 * sp.pi)


PEAK = sp.Rational("1.190601"), sp.Rational("1.190602")  # around the root of 2 Phi(-x) = x phi(x)


def _signs(proof: Derivation) -> None:
    """2 Phi(-x) - x phi(x) is positive up to PEAK, negative after it."""
    tail, density = normal_tail(t), _phi(t)
    slope = sp.diff(2 * tail - t * density, t)
    proof.identity("2 Phi(-x) - x phi(x): slope", slope, -(3 - t**2) * density, "it falls up to sqrt 3")
    mills = sp.diff(density / t - tail, t)
    proof.identity(
        "Mills: slope", mills, -density / t**2, "phi/x - Phi(-x) falls to 0: 2 Phi(-x) < 2 phi/x < x phi, x^2 > 2"
    )
    with ctx.workprec(balls.PRECISION):
        ends = [balls.enclose((2 * tail - t * density).subs(t, end)) for end in PEAK]
        proof.certified("2 Phi(-x) - x phi(x): signs", bool(ends[0] > 0) and bool(ends[1] < 0), f"root within {PEAK}")


def _normal_density(tau: arb) -> arb:
    return (-(tau**2) / 2).exp() / (2 * arb.pi()).sqrt()


def _normal_excess(tau: arb) -> arb:
    """E max(N(0, 1) - tau, 0)."""
    return _normal_density(tau) - tau * (tau / arb(2).sqrt()).erfc() / 2


def _mean_over_u(integrand: Any, most: Any, count: int = 60) -> arb:
    """Integral over u in (0, 1), for every e in [0, most]."""
    near = balls.span(0, most)
    parts = (balls.enclose(integrand, {e: near, balls.u: part}) for part in balls.cells(0, 1, count))
    return sum(parts, arb(0)) / count


# --- every n at once: the density at 0 -------------------------------------------------------------------------------


def _watson(proof: Derivation, name: str, below: Any, sign: int) -> None:
    """(Gamma(x + 1/2)/Gamma(x))^2/below(x) moves, at every step x -> x + 1, towards its limit 1."""
    ratio = ((x + HALF) / x) ** 2
    moved = sp.expand_func(sp.gamma(x + HALF + 1)) / sp.expand_func(sp.gamma(x + 1))
    proof.identity(f"{name}: step", moved**2, ratio * (sp.gamma(x + HALF) / sp.gamma(x)) ** 2)
    place = HALF + w  # x >= 1/2: n >= 2
    moved = sign * (below.subs(x, x + 1) - ratio * below)
    _positive(proof, f"{name}: monotone", moved.subs(x, place), "f(x + 1) on the limit's side of f(x)")
    proof.identity(
        f"{name}: limit", sp.limit(below / x, x, sp.oo), 1, "x - 1/2 <= the squared ratio <= x: f tends to 1"
    )
    proof.rule(name, "limit of inequalities", f"(Gamma(x+1/2)/Gamma(x))^2 {'>=' if sign > 0 else '<='} {below}")


def _watson_below(proof: Derivation) -> None:
    balls.half_integer(proof)
    _watson(proof, "Watson, below", x - sp.Rational(1, 4), 1)
    value = (2 / n * (x - sp.Rational(1, 4))).subs(x, (n - 1) / 2)
    proof.identity("h_n(0), below", value, (1 - 3 * e / 2).subs(e, 1 / n), "2 pi h_n(0)^2 >= 1 - 3e/2")


def _watson_above(proof: Derivation) -> None:
    balls.half_integer(proof)
    _watson(proof, "Watson, above", x - sp.Rational(1, 4) + 1 / (16 * x), -1)
    value = (2 / n * (x - sp.Rational(1, 4) + 1 / (16 * x))).subs(x, (n - 1) / 2)
    proof.identity("h_n(0), above", value, _square_above().subs(e, 1 / n), "2 pi h_n(0)^2 <= 1 - 3e/2 + e^2/(4 (1-e))")


def _square_above() -> Any:
    return 1 - 3 * e / 2 + e**2 / (4 * (1 - e))


def _density_below(proof: Derivation) -> None:
    balls.grows(
        proof, "log(1-x) >= -x - x^2, x < 1/2", sp.log(1 - balls.t) + balls.t + balls.t**2, balls.t, w / (1 + w) / 2
    )
    exponent = (n - 3) / 2 * (-(t**2) / n - t**4 / n**2) + t**2 / 2 + t**4 / (2 * n)
    _positive(proof, "exponent, below", exponent, "h_n(t) >= h_n(0) exp(-t^2/2 - e t^4/2) for t^2 <= n/2")


# --- the grid --------------------------------------------------------------------------------------------------------


@proves("sample_and_keep.best_grid")
def best_grid() -> Derivation:
    """What a grid promises, and the best one."""
    return grid_derivation()


def grid_derivation(
    level: Callable[..., Any] = bounds.level,
    most: Any = None,
    highest: Any = HIGHEST,
    upto: int = UPTO,
    step: Callable[..., Any] = step,
) -> Derivation:
    """Derive the promise of a grid with P(N(0, 1) > level), for levels up to `highest`, and the largest merit.

    Raises
    ------
    NotProved
        For a smaller level, or where `highest` or `most` is not what the argument supports.
    """
    proof = Derivation(
        "sample_and_keep.best_grid",
        "some length of a grid of ratio q contracts by 1 - delta/(nQ) with probability >= Phi(-level), level = "
        "(sqrt q + 1/sqrt q) sqrt(delta)/2 <= 6/5, n >= 2; no window promises more; delta log(q) Phi(-level) <= 0.1484",
    )
    _fall(proof, step)
    _passed(proof)
    _window(proof, level)
    _some_length(proof)
    _law(proof)
    _above_normal(proof, highest, upto)
    _best(proof, level, _rational(bounds.MERIT) if most is None else sp.sympify(most))
    return proof


def _passed(proof: Derivation) -> None:
    s, over = nonnegatives("s over")
    square = 2 * alpha * gap + s
    proof.premise("Polyak-Lojasiewicz", "|g|^2 = 2 alpha gap + s; it follows from alpha-strong convexity")
    place = a / 2 + delta / (2 * a) + over
    fall = square / (Q * alpha * n) * (a * place - a**2 / 2)
    rest = fall - (1 - bounds.factor(n=n, Q=Q, c=delta)) * gap
    text = "z >= a/2 + delta/(2a) at length a |g|/(beta sqrt n): gap+ <= (1 - delta/(nQ)) gap"
    _positive(proof, "what z has to pass", rest, text)


def _needed(a: Any) -> Any:
    return a / 2 + delta / (2 * a)


def _window(proof: Derivation, level: Callable[..., Any]) -> None:
    """In [A, qA], A = sqrt(delta/q), z has to pass no more than the level; every window asks for as much."""
    root, A = sp.symbols("root A", positive=True)  # root = sqrt(q)
    more, left = nonnegatives("more left")
    claimed = level(q=root**2, delta=delta)
    start = bounds.window(q=root**2, delta=delta)
    proof.identity("window", start**2 * root**2, delta, "q A^2 = delta")
    at = start + more
    rest = (claimed - _needed(at)) - more * left / (2 * at)
    rest = rest.subs(left, root**2 * start - at)
    proof.identity("within the window", sp.simplify(rest), 0, "level - needed(a) = (a - A)(qA - a)/(2a) >= 0")
    both = (_needed(A) + _needed(root**2 * A)) / 2 - claimed
    form = (1 + root**2) * (A - start) ** 2 / (4 * A)
    text = "the two ends of any window [A, qA] ask for the level on average, so one of them for no less"
    proof.nonnegative("no window is better", both, form, text)


def _some_length(proof: Derivation) -> None:
    text = "the largest is >= A, the smallest <= qA: the first <= qA is the largest or exceeds qA/q; it lies in [A, qA]"
    proof.premise("range", "largest length >= A |g|/(beta sqrt n), smallest <= qA |g|/(beta sqrt n)")
    proof.rule("a length in the window", "cases", text)
    proof.rule("kept", "cases", "the step keeps the lowest candidate: it contracts as often as that length does")


def _above_normal(proof: Derivation, highest: Any, upto: int) -> None:
    """T_n(x) >= P(N(0, 1) > x) for n >= 2 and 0 <= x <= highest."""
    u = balls.u
    slope = sp.diff((n - 3) / 2 * sp.log(1 - t**2 / n) + t**2 / 2, t)
    proof.identity("h_n/phi: slope of log", slope, t * (3 - t**2) / (n - t**2), "h_n/phi grows while t^2 < 3, n")
    proof.certified("below sqrt 3", bool(highest**2 < 2), f"{highest}^2 < 2 <= n")
    text = "T_n - Phi(-.) is 0 at 0, its slope phi - h_n changes sign at most once, from + to -: its end decides"
    proof.rule("it suffices at the end", "cases", text)
    with ctx.workprec(balls.PRECISION):
        target = balls.normal_tail_ball(highest)
        holds = all(bool(balls.sphere_tail_ball(size, highest) > target) for size in range(2, upto + 1))
        proof.certified(f"2 <= n <= {upto}", holds, f"T_n({highest}) > Phi(-{highest}), one by one")
        _watson_above(proof)
        balls.grows(proof, "log(1-x) <= -x - x^2/2", -w - w**2 / 2 - sp.log(1 - w), w, balls.w / (1 + balls.w))
        exponent = (n - 3) / 2 * (-(t**2) / n - t**4 / (2 * n**2))
        proof.identity("exponent, above", exponent, -(t**2) / 2 + balls.excess(t).subs(e, 1 / n).subs(balls.e, 1 / n))
        over = balls.excess(highest * u).subs(balls.e, e)
        mass = sp.sqrt(_square_above() / (2 * sp.pi)) * highest * sp.exp(-((highest * u) ** 2) / 2 + over)
        normal = highest * sp.exp(-((highest * u) ** 2) / 2) / sp.sqrt(2 * sp.pi)
        proof.identity("e = 0", mass.subs(e, 0), normal, f"the bound of 1/2 - T_n is P(0 < N(0, 1) < {highest}) there")
        fall = _mean_over_u(sp.diff(mass, e), sp.Rational(1, upto), 120)
        proof.certified(f"n > {upto}", bool(fall < 0), f"it falls with e = 1/n for 0 <= e <= 1/{upto}")
    text = f"1/2 - T_n({highest}) is the integral of h_n, t = {highest} u: at most the bound, at most that at e = 0"
    proof.rule("every n", "monotonicity of expectation", text)


def _best(proof: Derivation, level: Callable[..., Any], most: Any) -> None:
    """Largest merit = level^2 Phi(-level) * 4 q log q/(1+q)^2, each factor at its largest."""
    y = sp.Symbol("y", positive=True)  # q = exp(2y)
    ratio = sp.exp(2 * y)
    square = level(q=q, delta=delta) ** 2 * 4 * q / (1 + q) ** 2
    proof.identity("delta", square, delta, "delta = 4 q level^2/(1+q)^2: merit = level^2 Phi(-level) 4 q log q/(1+q)^2")
    hyper = 4 * ratio / (1 + ratio) ** 2 * 2 * y - 2 * y / sp.cosh(y) ** 2
    proof.identity("q = exp(2y)", sp.simplify(hyper.rewrite(sp.exp)), 0, "4 q log q/(1+q)^2 = 2 y/cosh(y)^2")
    _signs(proof)
    tail = normal_tail(t)
    proof.identity("slope of x^2 Phi(-x)", sp.diff(t**2 * tail, t), t * (2 * tail - t * _phi(t)), "largest within PEAK")
    grows = sp.diff(y * sp.tanh(y), y) - (sp.sinh(y) * sp.cosh(y) + y) / sp.cosh(y) ** 2
    proof.identity("slope of y tanh(y)", sp.simplify(grows.rewrite(sp.exp)), 0, "(sinh cosh + y)/cosh^2 > 0")
    slope = sp.diff(2 * y / sp.cosh(y) ** 2, y) * sp.cosh(y) ** 2 - 2 * (1 - 2 * y * sp.tanh(y))
    proof.identity("slope of 2 y/cosh(y)^2", sp.simplify(slope.rewrite(sp.exp)), 0, "so it changes sign once")
    low, high = sp.Rational("0.771702"), sp.Rational("0.771703")
    with ctx.workprec(balls.PRECISION):
        ends = [2 * balls.enclose(end) * balls.enclose(end).tanh() for end in (low, high)]
        proof.certified("best ratio", bool(ends[0] < 1) and bool(ends[1] > 1), f"largest for y in [{low}, {high}]")
        one = balls.enclose(PEAK[1]) ** 2 * balls.normal_tail_ball(PEAK[0])
        two = 2 * balls.enclose(high) / balls.enclose(low).cosh() ** 2
        proof.certified(
            "largest merit", bool(one * two < balls.enclose(most)), f"for every q and delta, at most {most}"
        )
        here = _merit_ball(_rational(bounds.RATIO), _rational(bounds.FALL))
        proof.certified(
            "attained", bool(here > balls.enclose(most - sp.Rational(1, 10**4))), "at q = 4.68, delta = 0.82"
        )
        halves = one * _ratio_part(sp.Integer(2)) < balls.enclose(sp.Rational(69, 100)) * here
        proof.certified("ratio 2", bool(halves), "whatever delta, at most 69 % of that")
        fifth = _merit_ball(sp.Integer(2), sp.Rational(1, 5)) < balls.enclose(sp.Rational(30, 100)) * here
        proof.certified("ratio 2, delta 1/5", bool(fifth), "at most 30 % of that")
        passed = balls.enclose(bounds.success(q=sp.Integer(2), delta=sp.Rational(2, 5)))
        proof.certified("ratio 2, delta 2/5", bool(passed > arb("0.25")), "probability above 1/4")
        proof.certified(
            "level", bool(_level_ball(_rational(bounds.RATIO), _rational(bounds.FALL)) < arb("1.2")), "< 6/5"
        )


def _level_ball(q: Any, delta: Any) -> arb:
    return balls.enclose(bounds.level(q=q, delta=delta))


def _merit_ball(q: Any, delta: Any) -> arb:
    tail = (_level_ball(q, delta) / arb(2).sqrt()).erfc() / 2
    return balls.enclose(delta) * balls.enclose(q).log() * tail


def _ratio_part(q: Any) -> arb:
    q = balls.enclose(q)
    return 4 * q * q.log() / (1 + q) ** 2

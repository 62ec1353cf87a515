"""One coordinate of a random direction, in every dimension: lemmas of the claims about steps that are kept if lower.

Main statements
---------------
- `law`: z = sqrt(n) s_1 has density h_n and tail T_n; W_n(tau) = E max(z - tau, 0) in closed form.
- `above_normal`: T_n(x) >= P(N(0, 1) > x) for n >= 2 and 0 <= x <= 6/5.
- `density_below`: a lower bound of h_n, analytic in e = 1/n down to e = 0, and W_n as an integral of h_n.
- `best_length`: 4 tau W(tau) of N(0, 1) is largest near tau = 0.612, and below 0.405.

Notation
--------
s uniform on the unit sphere of R^n, phi and Phi density and distribution function of N(0, 1), e = 1/n. Sharp bounds of
h_n(0), and with them all n at once, come from G. N. Watson's argument for the ratio of Gamma functions (1959).
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, ctx

from proofs import overlap as balls
from proofs import proves
from proofs.lemmas import decimal, factored
from zotheory.elementary import normal_density, normal_tail
from zotheory.evidence.derivation import Derivation
from zotheory.sphere import mean_abs

HALF = sp.Rational(1, 2)
HIGHEST = sp.Rational(6, 5)
UPTO = 60  # dimensions decided one by one
PEAK = sp.Rational("1.190601"), sp.Rational("1.190602")  # around the root of 2 Phi(-x) = x phi(x)
BEST = sp.Rational("0.612"), sp.Rational("0.6121")  # around the tau at which 4 tau W(tau) is largest

n, e, t, u = balls.n, balls.e, balls.t, balls.u
x = sp.Symbol("x", positive=True)
w = sp.Symbol("w", nonnegative=True)


# --- ball arithmetic -------------------------------------------------------------------------------------------------


def excess_ball(size: int, tau: Any) -> arb:
    """W_n(tau), n >= 2, 0 <= tau <= sqrt(n) rational."""
    ratio = (arb(size) / 2).gamma() / ((arb(size) + 1) / 2).gamma()
    mean = (arb(size) / arb.pi()).sqrt() * ratio / 2
    rest = balls.enclose(1 - sp.Rational(tau) ** 2 / size)
    return mean * (rest.sqrt()) ** (size - 1) - balls.enclose(tau) * balls.sphere_tail_ball(size, tau)


def normal_density_ball(tau: arb) -> arb:
    """phi(tau)."""
    return (-(tau**2) / 2).exp() / (2 * arb.pi()).sqrt()


def normal_excess_ball(tau: arb) -> arb:
    """E max(N(0, 1) - tau, 0)."""
    return normal_density_ball(tau) - tau * (tau / arb(2).sqrt()).erfc() / 2


def mean_over_u(integrand: Any, most: Any, count: int = 60) -> arb:
    """Integral over u in (0, 1), for every e in [0, most]."""
    near = balls.span(0, most)
    parts = (balls.enclose(integrand, {e: near, u: part}) for part in balls.cells(0, 1, count))
    return sum(parts, arb(0)) / count


# --- the law ---------------------------------------------------------------------------------------------------------


@proves("axis.law")
def law() -> Derivation:
    """Density, tail and excess of z."""
    proof = Derivation(
        "axis.law",
        "z = sqrt(n) s_1 has density h_n and tail T_n; E max(z - tau, 0) = W_n(tau) = E z+ (1 - tau^2/n)^((n-1)/2) - "
        "tau T_n(tau), E z+ = sqrt(n) m_n/2",
    )
    balls.law_of_coordinate(proof)
    k = sp.Symbol("k", positive=True)  # n = 2k + 1
    lead = (sp.sqrt(n) * mean_abs(n) / 2).subs(n, 2 * k + 1)
    text = "E z+ = h_n(0) n/(n - 1)"
    proof.identity(
        "the mean of the positive part", lead, balls.density_at_zero(2 * k + 1) * (2 * k + 1) / (2 * k), text
    )
    rest = 1 - t**2 / n
    first = balls.density_at_zero(n) * n / (n - 1) * rest ** ((n - 1) / 2)
    slope = sp.diff(first, t) / (balls.density_at_zero(n) * rest ** ((n - 3) / 2))
    proof.identity("the slope of the first term", slope, -t, "the term E z+ (1 - t^2/n)^((n-1)/2) has slope -t h_n(t)")
    T, h = sp.symbols("T h")
    text = "W_n, the first term less t T_n, has slope -T_n"
    proof.identity("the slope of the excess", -t * h - (T + t * (-h)), -T, text)
    text = "W_n(sqrt n) = 0, so W_n(tau) is the integral of T_n above tau, that is E max(z - tau, 0)"
    proof.rule("the excess", "monotonicity of expectation", text)
    line = mean_abs(sp.Integer(1)) / 2 - t / 2
    proof.identity("the excess in one dimension", line, (1 - t) / 2, "n = 1: z = 1 or -1")
    return proof


# --- every n at once: the density at 0 -------------------------------------------------------------------------------


def _watson(proof: Derivation, name: str, below: Any, sign: int) -> None:
    """(Gamma(x + 1/2)/Gamma(x))^2/below(x) moves, at every step x -> x + 1, towards its limit 1."""
    ratio = ((x + HALF) / x) ** 2
    moved = sp.gamma(x + HALF + 1) / sp.gamma(x + 1)
    proof.identity(f"{name}, one step", moved, sp.sqrt(ratio) * sp.gamma(x + HALF) / sp.gamma(x))
    gain = sign * (below.subs(x, x + 1) - ratio * below)
    text = "f(x + 1) is on the limit's side of f(x), for x >= 1/2: n >= 2"
    factored(proof, f"{name}, the way it moves", gain.subs(x, HALF + w), text)
    text = "x - 1/2 <= the squared ratio <= x: f tends to 1"
    proof.limit(f"{name}, its limit", below / x, (x, sp.oo), sp.Integer(1), text=text)
    proof.rule(name, "limit of inequalities", f"(Gamma(x+1/2)/Gamma(x))^2 {'>=' if sign > 0 else '<='} {below}")


def excess_below(tau: Any) -> Any:
    """Its integral over u in (0, 1), less tau/2, is a lower bound of W_n(tau) for tau^2 <= n/2, e = 1/n."""
    inner = tau**2 * (1 - u) * sp.exp(-((tau * u) ** 2) / 2 - e * (tau * u) ** 4 / 2)
    return sp.sqrt((1 - 3 * e / 2) / (2 * sp.pi)) * (1 / (1 - e) + inner)


SQUARE_ABOVE = 1 - 3 * e / 2 + e**2 / (4 * (1 - e))  # 2 pi h_n(0)^2 is at most this, and at least the first two terms


@proves("axis.density_below")
def density_below() -> Derivation:
    """A lower bound of h_n, and what it says of W_n."""
    proof = Derivation(
        "axis.density_below",
        "h_n(t) >= sqrt((1 - 3e/2)/(2 pi)) exp(-t^2/2 - e t^4/2) for t^2 <= n/2; W_n(y) = h_n(0)/(1 - e) - y/2 + the "
        "integral of (y - t) h_n(t) over 0 < t < y",
    )
    balls.half_integer(proof)
    _watson(proof, "Watson's lower bound", x - sp.Rational(1, 4), 1)
    value = (2 / n * (x - sp.Rational(1, 4))).subs(x, (n - 1) / 2)
    proof.identity("the density at zero", value, (1 - 3 * e / 2).subs(e, 1 / n), "2 pi h_n(0)^2 >= 1 - 3e/2")
    where = w / (1 + w) / 2
    text = "log(1-x) >= -x - x^2 for x < 1/2"
    balls.grows(proof, "the logarithm from below", sp.log(1 - t) + t + t**2, t, where, text)
    exponent = (n - 3) / 2 * (-(t**2) / n - t**4 / n**2) + t**2 / 2 + t**4 / (2 * n)
    factored(proof, "the exponent of the density", exponent, "h_n(t) >= h_n(0) exp(-t^2/2 - e t^4/2) for t^2 <= n/2")
    h, y = sp.Function("h"), sp.Symbol("y", positive=True)
    inner = sp.Integral((y - t) * h(t), (t, 0, y))
    tail = HALF - sp.Integral(h(t), (t, 0, y))
    proof.identity("the slope of the integral form", -HALF + sp.diff(inner, y), -tail, "both sides have slope -T_n")
    text = "both are E z+ = h_n(0) n/(n - 1) at y = 0"
    proof.identity("the value of the integral form", inner.subs(y, 0), 0, text)
    text = "h_n at its lower bound, t = y u: W_n(y) >= the integral of excess_below over u in (0, 1), less y/2"
    proof.rule("the excess from below", "monotonicity of expectation", text)
    normal = (1 + y**2 * (1 - u) * sp.exp(-((y * u) ** 2) / 2)) / sp.sqrt(2 * sp.pi)
    text = "for N(0, 1): phi(y) - y Phi(-y), integrated over u, plus y/2"
    proof.identity("the excess in the limit of many dimensions", excess_below(y).subs(e, 0), normal, text)
    return proof


@proves("axis.above_normal")
def above_normal(highest: Any = HIGHEST) -> Derivation:
    """T_n(x) >= P(N(0, 1) > x) for n >= 2 and 0 <= x <= highest."""
    proof = Derivation("axis.above_normal", f"P(z >= x) >= P(N(0, 1) > x) for n >= 2 and 0 <= x <= {highest}")
    slope = sp.diff((n - 3) / 2 * sp.log(1 - t**2 / n) + t**2 / 2, t)
    text = "log(h_n/phi) has this slope: h_n/phi grows while t^2 < 3, n"
    proof.identity("the slope of the ratio of densities", slope, t * (3 - t**2) / (n - t**2), text)
    text = f"({highest})^2 < 2 <= n, so t^2 < 3, n up to there"
    proof.certified("the range where the ratio grows", bool(highest**2 < 2), text, by="enumeration")
    text = "T_n - Phi(-.) is 0 at 0, its slope phi - h_n changes sign at most once, from + to -: its end decides"
    proof.rule("the end of the range", "cases", text)
    with ctx.workprec(balls.PRECISION):
        target = balls.normal_tail_ball(highest)
        holds = all(bool(balls.sphere_tail_ball(size, highest) > target) for size in range(2, UPTO + 1))
        text = f"T_n({highest}) > Phi(-{highest}), one by one"
        proof.certified(f"the dimensions from 2 to {UPTO}", holds, text, by="intervals")
        balls.half_integer(proof)
        above = x - sp.Rational(1, 4) + 1 / (16 * x)
        _watson(proof, "Watson's upper bound", above, -1)
        value = (2 / n * above).subs(x, (n - 1) / 2)
        text = "2 pi h_n(0)^2 <= 1 - 3e/2 + e^2/(4 (1-e))"
        proof.identity("the density at zero", value, SQUARE_ABOVE.subs(e, 1 / n), text)
        text = "log(1-x) <= -x - x^2/2"
        balls.grows(proof, "the logarithm from above", -w - w**2 / 2 - sp.log(1 - w), w, balls.w / (1 + balls.w), text)
        exponent = (n - 3) / 2 * (-(t**2) / n - t**4 / (2 * n**2))
        text = "(n - 3)/2 log(1 - t^2/n) <= -t^2/2 + excess"
        proof.identity("the exponent of the density", exponent, -(t**2) / 2 + balls.excess(t).subs(e, 1 / n), text)
        spread = sp.sqrt(SQUARE_ABOVE / (2 * sp.pi))
        mass = spread * highest * sp.exp(-((highest * u) ** 2) / 2 + balls.excess(highest * u))
        normal = highest * sp.exp(-((highest * u) ** 2) / 2) / sp.sqrt(2 * sp.pi)
        text = f"the bound of 1/2 - T_n is P(0 < N(0, 1) < {highest}) there"
        proof.identity("the bound in the limit of many dimensions", mass.subs(e, 0), normal, text)
        fall = mean_over_u(sp.diff(mass, e), sp.Rational(1, UPTO), 120)
        text = f"the bound falls with e = 1/n for 0 <= e <= 1/{UPTO}"
        proof.certified(f"the dimensions beyond {UPTO}", bool(fall < 0), text, by="intervals")
    text = f"1/2 - T_n({highest}) is the integral of h_n, t = {highest} u: at most the bound, at most that at e = 0"
    proof.rule("every dimension", "monotonicity of expectation", text)
    return proof


# --- the normal limit ------------------------------------------------------------------------------------------------


@proves("axis.peak")
def peak() -> Derivation:
    """2 Phi(-x) - x phi(x) is positive up to PEAK, negative after it."""
    proof = Derivation("axis.peak", "2 Phi(-x) > x phi(x) > 0 before a point near 1.1906, and < after it")
    tail, density = normal_tail(t), normal_density(t)
    slope = sp.diff(2 * tail - t * density, t)
    text = "2 Phi(-x) - x phi(x) falls up to sqrt(3)"
    proof.identity("the slope of the difference", slope, -(3 - t**2) * density, text)
    text = "phi/x - Phi(-x) falls to 0: 2 Phi(-x) < 2 phi/x < x phi where x^2 > 2"
    proof.identity("the slope of Mills' bound", sp.diff(density / t - tail, t), -density / t**2, text)
    with ctx.workprec(balls.PRECISION):
        ends = [balls.enclose((2 * tail - t * density).subs(t, end)) for end in PEAK]
        holds = bool(ends[0] > 0) and bool(ends[1] < 0)
        text = f"its root is between {decimal(PEAK[0])} and {decimal(PEAK[1])}"
        proof.certified("the signs at the ends", holds, text, by="intervals")
    return proof


@proves("axis.best_length")
def best_length() -> Derivation:
    """No kappa promises more than 0.405 as n grows: 4 tau W(tau) is largest near tau = 0.612."""
    proof = Derivation("axis.best_length", "4 tau E max(N(0, 1) - tau, 0) < 0.405, largest between 0.612 and 0.6121")
    proof.uses("the signs on either side of the peak", peak())
    tail, density = normal_tail(t), normal_density(t)
    slope = sp.diff(4 * t * (density - t * tail), t)
    text = "4 tau W(tau) has slope 4 (phi - 2 tau Phi(-tau))"
    proof.identity("the slope of the progress", slope, 4 * (density - 2 * t * tail), text)
    text = "phi - 2 tau Phi(-tau) falls while 2 Phi(-tau) > tau phi, then rises to 0"
    proof.identity("the bend of the progress", sp.diff(density - 2 * t * tail, t), -(2 * tail - t * density), text)
    low, high = BEST
    with ctx.workprec(balls.PRECISION):
        rising = balls.enclose((density - 2 * t * tail).subs(t, low)) > 0
        text = f"4 tau W(tau) rises up to {decimal(low)}"
        proof.certified("the rise before the best length", bool(rising), text, by="intervals")
        falling = balls.enclose((density - 2 * t * tail).subs(t, high)) < 0
        text = f"4 tau W(tau) falls from {decimal(high)} on, which is before 1.19"
        proof.certified("the fall after the best length", bool(falling), text, by="intervals")
        most = 4 * balls.enclose(high) * normal_excess_ball(balls.enclose(low))
        text = "2 kappa W(kappa/2) < 0.405 for N(0, 1) and every kappa"
        proof.certified("the largest progress", bool(most < arb("0.405")), text, by="intervals")
    return proof

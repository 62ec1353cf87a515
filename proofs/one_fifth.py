"""The 1/5 rule on relative-loss descent: why the claims hold.

Main statements
---------------
- `success`: how often a step is accepted.
- `gain`: a Gaussian step that is accepted often gains often, on every convex function.
- `progress`: what is gained where a fifth of the steps is accepted.
- `hitting_time`: the potential falls by B in expectation whatever the radius, so the gap reaches eps in (V - ...)/B.
- `tail`: with which probability it takes longer.
- `fixed_length`: the same for steps of fixed length.

Notation
--------
G = |g|; z = sqrt(d) s_1 along -g, with density h_d, tail T_d and W_d(tau) = E max(z - tau, 0); kappa = sqrt(d) alpha
beta/G. w = share, a = 1 - (1 - w)^2, r = R/sigma. D = log(gap), l = log(growth), x the fall of D. rare < 1/5 < often
are Phi(-6/5) and Phi(-1/2). k = sqrt(d) alpha L/sqrt(2 mu gap) is at least kappa. Hypotheses enter as slacks,
non-negative symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx

from proofs import axis, derivation, kept, proves
from proofs import overlap as balls
from proofs.lemmas import decimal, factored, nonnegatives, positives
from proofs.potential import FAR, NEAR, OFTEN, RARE, B, cost, down, ends, high5, l, low5, up
from zotheory import radii
from zotheory.directions import gaussian
from zotheory.evidence.derivation import Derivation
from zotheory.exact import chi_moment
from zotheory.methods.relative_loss import step
from zotheory.problems import Cup
from zotheory.theorems.one_fifth import held_length

HALF = sp.Rational(1, 2)
AGREEMENT = arb("1e-11")  # relative agreement asked of floating-point functions

alpha, G, L, d, Q, kappa, beta, gap, k, mu = positives("alpha G L d Q kappa beta gap k mu")
t = balls.t


# --- acceptance ------------------------------------------------------------------------------------------------------


@proves("one_fifth.success")
def success(bound: Callable[..., Any], step: Callable[..., Any] = step) -> Derivation:
    """Derive the two bounds of the acceptance probability, and the lower one for Gaussian steps."""
    proof = Derivation(
        "one_fifth.success",
        "P(accept) >= T_d(kappa/2) if of length kappa |g|/(L sqrt d), <= if kappa |g|/(mu sqrt d), equal on |x|^2; "
        ">= for Gaussian steps of that root mean square length too, d >= 3",
    )
    proof.uses("the shipped step", kept.kept_step(step))
    _threshold(proof)
    proof.uses("the law of z", derivation("axis.law"))
    _gaussian(proof)
    sizes, places = (2, 3, 10, 1000, 10**6), (sp.Rational(1, 4), HALF, sp.Rational(5, 4))
    with ctx.workprec(512):
        close = [
            abs(arb(float(bound(d=size, kappa=2 * float(tau)))) / balls.sphere_tail_ball(size, tau) - 1) < AGREEMENT
            for size in sizes
            for tau in places
        ]
    proof.code_check("the shipped bound", all(map(bool, close)), points=len(close), text="T_d(kappa/2), to 1e-11")
    return proof


def _threshold(proof: Derivation) -> None:
    """Accepted where z > kappa/2 for beta = L, only there for beta = mu."""
    z, room = sp.Symbol("z", real=True), sp.Symbol("room", positive=True)
    proof.premise("the smoothness of f", "f(x + v) <= f(x) + <g,v> + L |v|^2/2; z = -sqrt(d) <g,s>/|g|")
    text = "f(x + v) >= f(x) + <g,v> + mu |v|^2/2; for |x|^2 both are equal, L = mu"
    proof.premise("the strong convexity of f", text)
    length = kappa * G / (beta * sp.sqrt(d))
    rise = -length * G * z / sp.sqrt(d) + beta * length**2 / 2
    text = "f(y) - f(x) is at most this for beta = L and at least this for beta = mu"
    proof.identity("the rise of a move", rise, -length * G / sp.sqrt(d) * (z - kappa / 2), text)
    text = "beta = L: z > kappa/2 makes f(y) < f(x), which is accepted"
    proof.nonnegative(
        "a coordinate beyond the threshold", -rise.subs(z, kappa / 2 + room), length * G / sp.sqrt(d) * room, text
    )
    text = "beta = mu: z <= kappa/2 makes f(y) >= f(x), which is not; z = kappa/2 has probability 0"
    under = sp.Symbol("under", nonnegative=True)
    proof.nonnegative(
        "a coordinate below the threshold", rise.subs(z, kappa / 2 - under), length * G / sp.sqrt(d) * under, text
    )
    text = "P(accept) >= T_d(kappa/2) for beta = L, and <= T_d(kappa/2) for beta = mu"
    proof.rule("the chance of acceptance", "monotonicity of expectation", text)


def _gaussian(proof: Derivation) -> None:
    """E T_d((kappa/2) |u|/sqrt(d)) >= T_d(kappa/2), d >= 3."""
    text = "u = |u| s, |u| and s independent: given |u|, a step of length sigma |u|, kappa |u|/sqrt(d)"
    proof.premise("the Gaussian step", text)
    u = gaussian.draw(np.random.default_rng(0), (2,), 3)
    same = np.array_equal(u, np.random.default_rng(0).standard_normal((2, 3)))
    proof.code_check("the shipped directions", bool(same), points=6, text="they are standard normals")
    proof.identity("the mean square of the length", chi_moment(2, d), d, "E|u|^2 = d")
    j, y, cosine = sp.Symbol("j", nonnegative=True), sp.Symbol("x", positive=True), balls.w / sp.sqrt(1 + balls.w**2)
    fall = -sp.diff((j / 2) * sp.log(1 - y**2), y).subs(y, cosine)
    text = "d = 3 + j: h_d falls on [0, sqrt d]"
    proof.nonnegative("the slope of the density", fall, j * cosine * (1 + balls.w**2), text)
    h, m = sp.Function("h"), sp.Symbol("m", positive=True)
    tail = HALF - sp.Integral(h(y), (y, 0, t))
    text = "T(t) - T(m) + h(m) (t - m) has slope h(m) - h(t)"
    proof.identity("the slope above the tangent", sp.diff(tail + h(m) * (t - m), t), h(m) - h(t), text)
    text = "that slope is <= 0 for t < m, >= 0 for t > m: T(t) >= T(m) - h(m) (t - m), also beyond sqrt d, where T = 0"
    proof.rule("the tail above its tangent", "cases", text)
    short, height = nonnegatives("short h(m)")  # 1 - E|u|/sqrt(d)
    mean, spread = nonnegatives("E|u| Var|u|")
    proof.identity("the mean of the length", mean**2 + spread - mean**2, spread, "d = E|u|^2 = (E|u|)^2 + Var|u|")
    text = "t = (kappa/2) |u|/sqrt d, m = kappa/2: E T(t) - T(m) >= h(m) (kappa/2) (1 - E|u|/sqrt d) >= 0"
    proof.nonnegative(
        "Jensen's inequality for the length",
        -height * (kappa / 2 * (1 - short) - kappa / 2),
        height * kappa * short / 2,
        text,
    )


# --- gain ------------------------------------------------------------------------------------------------------------

v = sp.Symbol("v", positive=True)
w = v / (1 + v)  # share, in (0, 1)
r = sp.Symbol("r", nonnegative=True)
a = 1 - (1 - w) ** 2


@proves("one_fifth.gain")
def gain(bound: Callable[..., Any], step: Callable[..., Any] = step) -> Derivation:
    """Derive P(gap+ <= (1 - share) gap) >= bound(P(accept), ...)."""
    proof = Derivation(
        "one_fifth.gain",
        "P(accept) = p, u ~ N(0, I), f((1-w) y + w x*) <= (1-w) f(y) + w f*: P(gap+ <= (1-w) gap) >= p^(5/4) ((1-a)^4 "
        "(1+4a))^(d/8) exp(-(5/2) (w R/sigma)^2), every d >= 1; not so for steps of fixed length",
    )
    proof.uses("the shipped step", kept.kept_step(step))
    proof.premise("the Gaussian step", "y = x + sigma u, u ~ N(0, I); A the set of u with f(y) < f(x), P(A) = p")
    _shrunk(proof)
    _weighed(proof)
    _moment(proof)
    p, c, K = positives("p c K")
    text = "c^4 = p/K: (5/4) c p - c^5 K/4 = p c = p^(5/4) K^(-1/4)"
    proof.identity("the choice of c", (5 * c * p / 4 - c**5 * K / 4).subs(p, c**4 * K), c**5 * K, text)
    text = "(p^5/K)^(1/4) = p (p/K)^(1/4)"
    proof.identity(
        "the product at that choice", (p**5 / K) ** sp.Rational(1, 4), p * (p / K) ** sp.Rational(1, 4), text
    )
    root = (1 - w) ** d * (1 + 4 * a) ** (d / 8) * sp.exp(-5 * (w * r) ** 2 / 2)  # K^(-1/4), K at its bound
    claimed = bound(p=p, share=w, R=r, sigma=sp.Integer(1), d=d)
    text = "the bound is p^(5/4) K^(-1/4) with K at its own bound"
    proof.identity("the conclusion", claimed, p * p ** sp.Rational(1, 4) * root, text)
    proof.identity("the contraction", 1 - a, (1 - w) ** 2, "((1 - a)^4)^(d/8) = (1 - w)^d")
    _cup(proof)
    return proof


def _shrunk(proof: Derivation) -> None:
    """M(y) = (1-w) y + w x* takes A to where the gap is at most 1 - w of what it is at x."""
    level, more = sp.Symbol("gap(y)", positive=True), sp.Symbol("more", nonnegative=True)
    proof.premise("the convexity of f", "f((1-w) y + w x*) <= (1-w) f(y) + w f*: gap(M(y)) <= (1-w) gap(y)")
    room = (1 - w) * (level + more) - (1 - w) * level
    text = "f(y) < f(x): gap(M(y)) <= (1-w) gap(x), and gains"
    factored(proof, "the image of an accepted step", room, text)
    one, two = sp.symbols("u_1 u_2", real=True)
    image = sp.Matrix([(1 - w) * one + w * r, (1 - w) * two])
    text = "that of M, in units of sigma and with x* - x along u_1, is (1 - w)^2 in two dimensions"
    proof.identity("the Jacobian determinant", image.jacobian([one, two]).det(), (1 - w) ** 2, text)
    text = "density of N(0, I) at M(u) over that at u, times (1-w)^d, is W: P(M(A)) = E[W; A], M one to one"
    exponent = (one**2 + two**2 - (image.T * image)[0]) / 2
    proof.identity(
        "the exponent of the weight", exponent, (one**2 - ((1 - w) * one + w * r) ** 2) / 2 + a * two**2 / 2, text
    )


def _weighed(proof: Derivation) -> None:
    """W >= (5/4) c - c^5 W^(-4)/4, so E[W; A] >= (5/4) c p - c^5 E W^(-4)/4."""
    W, c = positives("W c")
    form = (W - c) ** 2 * (4 * W**3 + 3 * c * W**2 + 2 * c**2 * W + c**3) / (4 * W**4)
    text = "W >= (5/4) c - c^5 W^(-4)/4"
    proof.nonnegative("the tangent of the weight", W - 5 * c / 4 + c**5 / (4 * W**4), form, text)
    text = "E[W; A] >= (5/4) c p - c^5 K/4 for every c > 0, as E[W^(-4); A] <= E W^(-4) = K"
    proof.rule("the mean of the weight over accepted steps", "monotonicity of expectation", text)


def _moment(proof: Derivation) -> None:
    """K = E W^(-4) <= (1-w)^(-4d) (1+4a)^(-d/2) exp(10 w^2 r^2)."""
    u, c = sp.Symbol("u", real=True), sp.Symbol("c", positive=True)
    bell = sp.exp(-c * u**2 / 2) / sp.sqrt(2 * sp.pi)
    text = "E exp(-(c - 1) u^2/2) = 1/sqrt(c), wherever the centre of the bell is"
    proof.integral("the Gaussian integral", bell, (u, -sp.oo, sp.oo), 1 / sp.sqrt(c), text=text)
    across = -2 * a * u**2 - u**2 / 2
    text = "E exp(-2 a u^2) = (1+4a)^(-1/2), d - 1 times"
    proof.identity("the coordinates across", across, -(1 + 4 * a) * u**2 / 2, text)
    along = 2 * (((1 - w) * u + w * r) ** 2 - u**2) - u**2 / 2
    centre = 4 * (1 - w) * w * r / (1 + 4 * a)
    rest = w**2 * r**2 * (2 + 8 * (1 - a) / (1 + 4 * a))
    text = "its mean is (1+4a)^(-1/2) exp(rest)"
    proof.identity("the coordinate along", along, -(1 + 4 * a) * (u - centre) ** 2 / 2 + rest, text)
    A = sp.Symbol("a", positive=True)
    room = 10 - 2 - 8 * (1 - A) / (1 + 4 * A)
    proof.nonnegative("what is left along the way", room, 40 * A / (1 + 4 * A), "rest <= 10 w^2 r^2")
    proof.rule("the moment of the weight", "independence", "the coordinates of u are independent: K is the product")


def _cup(proof: Derivation) -> None:
    """A step of length 1 from the bottom of the cup's wall."""
    tiny = sp.Rational(1, 10**6)
    wall = 100 * (1 - (1 + tiny))
    text = "f(y) = max(-y_1, -1e-4) at |y| = 1: accepted where y_1 > 0"
    proof.identity("the wall of the cup", wall, -sp.Rational(1, 10**4), text)
    best = 100 * (1 + tiny) / 101
    text = "f is least where -y_1 = 100 (y_1 - 1 - 1e-6)"
    proof.identity("the least value of the cup", -best, 100 * (best - 1 - tiny), text)
    y = np.array([[0.6, 0.8], [1e-5, np.sqrt(1 - 1e-10)], [-0.6, 0.8], [float(best), 0.0]])
    holds = bool(np.allclose(Cup(2)(y), [-1e-4, -1e-5, 0.6, Cup.f_star], rtol=1e-9))
    text = "it is max(-y_1, 100 (|y| - 1 - 1e-6)), which is convex"
    proof.code_check("the shipped cup", holds, points=4, text=text)
    text = (
        "no step of length 1 takes more than 1e-4, half are accepted: no positive bound of that kind for share > 2e-4"
    )
    holds = bool(2 * sp.Rational(1, 10**4) * best > sp.Rational(1, 10**4))
    proof.certified("the failure for steps of fixed length", holds, text, by="enumeration")


# --- progress --------------------------------------------------------------------------------------------------------

HELD = sp.Rational("0.3758")
PLACE = sp.Rational("0.84162"), sp.Rational("0.84163")  # around the root of Phi(-y) = 1/5


@proves("one_fifth.progress")
def progress(bound: Callable[..., Any], constant: Any = HELD, step: Callable[..., Any] = step) -> Derivation:
    """Derive E gap+ <= (1 - c_d/(d Q)) gap, c_d = 2 kappa W_d(kappa/2), c_d tends to `constant` + [0, 1e-4]."""
    proof = Derivation(
        "one_fifth.progress",
        "T_d(kappa/2) = p: E gap+ <= (1 - 2 kappa W_d(kappa/2)/(d Q)) gap, equal on |x|^2; for p = 1/5 the constant "
        "tends to one in [0.3758, 0.3759], 92.8 % of the best, at which 27 % are accepted",
    )
    proof.uses("the fall of a step", kept.fall(step))
    W, s = nonnegatives("W s")
    at = kappa * G / (L * sp.sqrt(d))
    proof.identity("the threshold", sp.sqrt(d) * L * at / (2 * G), kappa / 2, "sqrt(d) tau = kappa/2")
    mean = at * G * W / sp.sqrt(d)
    proof.identity("the mean fall", mean, kappa * W * G**2 / (L * d), "alpha G E max(s_1 - tau, 0) = kappa W G^2/(L d)")
    proof.premise("what strong convexity gives", "G^2 = 2 mu gap + s, mu = L/Q; s = 0 and no slack on |x|^2")
    left = gap - mean.subs(G, sp.sqrt(2 * L * gap / Q + s))
    text = "E gap+ <= (1 - 2 kappa W/(d Q)) gap, equal at s = 0"
    proof.nonnegative("the expected gap", (1 - 2 * kappa * W / (d * Q)) * gap - left, s * kappa * W / (L * d), text)
    _shipped_factor(proof, bound)
    _limit(proof, sp.sympify(constant))
    return proof


def _shipped_factor(proof: Derivation, bound: Callable[..., Any]) -> None:
    """The shipped length is accepted with probability p, and the shipped factor is the one derived."""
    sizes, chances = (3, 10, 100, 10**6), (sp.Rational(1, 5), sp.Rational(9, 20))
    close = []
    with ctx.workprec(512):
        for size in sizes:
            for p in chances:
                place = sp.Rational(float(held_length(d=size, p=float(p))) / 2)
                inside = abs(balls.sphere_tail_ball(size, place) / balls.enclose(p) - 1) < arb("1e-10")
                fall = 4 * balls.enclose(place) * axis.excess_ball(size, place)
                found = size * 2 * (1 - arb(float(bound(d=size, Q=2.0, p=float(p)))))
                close.append(bool(inside) and bool(abs(found - fall) < arb("1e-9")))
    text = "T_d(kappa/2) = p, and 1 - 2 kappa W_d(kappa/2)/(d Q), to 1e-10"
    proof.code_check("the shipped factor", all(close), points=len(close), text=text)


def _limit(proof: Derivation, constant: Any) -> None:
    """c_d tends to 4 y W(y) of N(0, 1), Phi(-y) = 1/5."""
    proof.uses("the density from below", derivation("axis.density_below"))
    proof.uses("the best length", derivation("axis.best_length"))
    balls.bound_density(proof)
    e = balls.e
    below = sp.sqrt((1 - 3 * e / 2) / (2 * sp.pi)) * sp.exp(-(t**2) / 2 - e * t**4 / 2)
    above = sp.sqrt((1 - e) / (2 * sp.pi)) * sp.exp(-(t**2) / 2 + balls.excess(t))
    for name, side in (("below", below), ("above", above)):
        limit = sp.exp(-(t**2) / 2) / sp.sqrt(2 * sp.pi)
        text = "at e = 1/d = 0 it is the density of N(0, 1)"
        proof.identity(f"the limit of the density from {name}", side.subs(e, 0), limit, text)
    text = "h_d -> phi uniformly on [0, 1]; with it T_d = 1/2 - (h over [0, y]), W_d in integral form, and the y_d"
    proof.rule("the limit of many dimensions", "limit of inequalities", text + " with T_d(y_d) = 1/5")
    low, high = PLACE
    with ctx.workprec(balls.PRECISION):
        fifth = arb(1) / 5
        inside = balls.normal_tail_ball(low) > fifth and balls.normal_tail_ball(high) < fifth
        text = f"Phi(-y) = 1/5 at {decimal(low)} < y < {decimal(high)}"
        proof.certified("the upper quintile", bool(inside), text, by="intervals")
        least = 4 * balls.enclose(low) * axis.normal_excess_ball(balls.enclose(high))
        most = 4 * balls.enclose(high) * axis.normal_excess_ball(balls.enclose(low))
        text = f"{decimal(constant)} < 4 y W(y) < {decimal(constant)} + 1e-4"
        top = balls.enclose(constant + sp.Rational(1, 10**4))
        holds = bool(least > balls.enclose(constant)) and bool(most < top)
        proof.certified("the constant of the rule", holds, text, by="intervals")
        best = 4 * arb("0.612") * axis.normal_excess_ball(arb("0.612"))
        text = "the best, at 0.612, is between 0.4049 and 0.405"
        proof.certified("the best constant", bool(best > arb("0.4049")), text, by="intervals")
        part = bool(least / arb("0.405") > arb("0.9275")) and bool(most / arb("0.4049") < arb("0.9285"))
        proof.certified("the part of the best", part, "the constant of the rule is 92.8 % of it", by="intervals")
        often = balls.normal_tail_ball(axis.BEST[0]) < arb("0.275")
        often = bool(often) and bool(balls.normal_tail_ball(axis.BEST[1]) > arb("0.265"))
        text = "27 % of the steps are accepted there"
        proof.certified("the acceptance at the best length", often, text, by="intervals")


# --- hitting time ----------------------------------------------------------------------------------------------------

more, excess, beyond = nonnegatives("d-3 Q-1 gap/eps-1")
SETTING = {"d": 3 + more, "L": (1 + excess) * mu, "mu": mu, "alpha": alpha, "gap": gap, "eps": gap / (1 + beyond)}
OFFSET = sp.log(sp.sqrt(3 + more) * alpha * (1 + excess) * mu / sp.sqrt(2 * mu * gap)) - l
ADAPTING = sp.Max(4 * OFFSET / (1 - 5 * RARE), -4 * OFFSET / (5 * OFTEN - 1)) / l
PULL = 2 * FAR / (sp.sqrt(5) * (3 + more) * (1 + excess))
SHRUNK = (1 - PULL) ** (3 + more) * (1 + 4 * PULL * (2 - PULL)) ** ((3 + more) / 8)  # 1 - (1-w)^2 = w (2-w)
FALL = PULL * RARE * RARE ** sp.Rational(1, 4) * SHRUNK * sp.exp(-HALF)
PRICE = cost(RARE, RARE, OFTEN) / FALL + 2 / (l * (1 - 5 * RARE))  # 1/B


@proves("one_fifth.hitting_time")
def hitting_time(
    bound: Callable[..., Any],
    rule: Callable[..., Any] = radii.one_fifth,
    widest: Any = 2,
) -> Derivation:
    """Derive E T <= (V - log(eps) - log(1 - pull))/B for every growth in (1, widest]."""
    proof = Derivation(
        "one_fifth.hitting_time",
        "f L-smooth, mu-strongly convex; (1+1)-ES with the 1/5 rule, growth in (1, 2], d >= 3: E T <= (V_0 - log eps - "
        "log(1 - 2.4/(sqrt(5) d Q)))/B, which falls by 1 in a step, or more, on average",
    )
    proof.uses("the potential at the ends", ends(rule, widest))
    _between(proof)
    _stopping(proof)
    claimed = bound(growth=sp.exp(l), **SETTING)
    text = "the bound is (V_0 - log(eps) + A)/B, V_0 = log(gap) + B adapting, A = -log(1 - w), B at k = 12/5"
    proof.identity("the conclusion", claimed, (sp.log(1 + beyond) - sp.log(1 - PULL)) * PRICE + ADAPTING, text)
    return proof


def _between(proof: Derivation) -> None:
    """Where k >= 1 and P(accept) >= rare the fall of D pays."""
    proof.uses("the gain of an accepted step", derivation("one_fifth.gain"))
    p = sp.Symbol("p", positive=True)
    mean = p * up * l + (1 - p) * down * l / 4
    sides = 1 + 4 * p / low5 + (1 - p) / high5
    proof.identity("what the sides cost", mean, B * (sides - 1), "p up l + (1 - p) down l/4 = B (N(p) - 1)")
    proof.premise("the share of the gap", "w sqrt(5) d Q = min(k, 12/5), at most 12/5")
    c = sp.Symbol("c", nonnegative=True)
    reach = (1 / sp.sqrt(5) / (1 + c)) ** 2
    text = "w R/sigma <= (k/(sqrt(5) d Q)) (d Q/k) = 1/sqrt(5): exp(-(5/2)/5) = exp(-1/2)"
    factored(proof, "the reach of a share", sp.Rational(1, 5) - reach, text)
    A = sp.Symbol("a", positive=True)
    slope = sp.diff(4 * sp.log(1 - A) + sp.log(1 + 4 * A), A)
    text = "log((1-a)^4 (1+4a)) falls with a: it is at least its value at k = 12/5"
    proof.identity("the slope of the contraction", slope, -20 * A / ((1 - A) * (1 + 4 * A)), text)
    text = "log(1-w) <= -w"
    balls.grows(
        proof, "the logarithm below its tangent", -balls.w - sp.log(1 - balls.w), balls.w, balls.t / (1 + balls.t), text
    )
    text = "E x >= w P(gain) >= w p^(5/4) C, where C is exp(-1/2) times the contraction at k = 12/5"
    proof.rule("the fall of the logarithm of the gap", "monotonicity of expectation", text)
    one, root = positives("one p^(1/4)")
    N = one + sp.Symbol("lean", real=True) * root**4  # N(p) = one + lean p
    slope = sp.diff(root**5 / N, root)
    text = "p^(5/4)/N(p) has a slope > 0: it is least at the least p"
    proof.identity("the slope of the gain over the cost", slope, root**4 * (4 * one + N) / N**2, text)
    text = "B N(rare) = (1 - up/2) F, F = w rare^(5/4) C at k = 12/5: so there the fall pays for both sides and B"
    proof.rule("the balance at the end of the range", "cases", text)
    _pays(proof)


def _pays(proof: Derivation) -> None:
    """That k Phi(-k/2)^(5/4)/N(Phi(-k/2)) is at least its value at 12/5, for 1 <= k <= 12/5."""
    split = sp.Rational(19, 10)
    with ctx.workprec(balls.PRECISION):
        rare, often = balls.enclose(RARE), balls.enclose(OFTEN)
        low, high = 1 - 5 * rare, 5 * often - 1

        def sides(p: arb) -> arb:
            return cost(p, rare, often)

        def accepted(size: arb) -> arb:
            return (size / arb(8).sqrt()).erfc() / 2

        def paid(size: arb) -> arb:
            p = accepted(size)
            return size * p ** (arb(5) / 4) / sides(p)

        def slope(size: arb) -> arb:
            """Of the logarithm."""
            p = accepted(size)
            fall = axis.normal_density_ball(size / 2) / 2
            return 1 / size - fall * (arb(5) / 4 / p - (4 / low - 1 / high) / sides(p))

        target = paid(balls.enclose(2 * FAR))
        early = all(bool(paid(cell) > target) for cell in balls.cells(2 * NEAR, split, 60))
        text = "1 <= k <= 19/10: k p^(5/4)/N(p), p = Phi(-k/2), is above its value at 12/5, so the fall pays"
        proof.certified("the fall of short steps", early, text, by="intervals")
        late = all(bool(slope(cell) < 0) for cell in balls.cells(split, 2 * FAR, 60))
        text = "19/10 <= k <= 12/5: it falls from there down to its value at 12/5, so it pays here too"
        proof.certified("the fall of longer steps", late, text, by="intervals")
        text = "k > 12/5: the share, and with it F, stays that of 12/5, and p >= rare"
        proof.rule("the fall of steps beyond the range", "cases", text)
        last = 4 * rare ** (arb(5) / 4) / (sides(rare) * high) < 1
        last = bool(last) and bool(rare ** (arb(5) / 4) / (sides(rare) * low) < 1)
        text = "down l = 4 B/(5 often - 1) and up l/4 = B/(1 - 5 rare) are below w"
        proof.certified("the least changes", last, text, by="intervals")
        words = bool(4 / low < arb("9.5")) and bool(4 / high < arb("7.4"))
        proof.certified("the two constants", words, "4/(1 - 5 rare) < 9.5, 4/(5 often - 1) < 7.4", by="intervals")
        size = 2 * balls.enclose(FAR) / arb(5).sqrt() * rare ** (arb(5) / 4) * (-arb(1) / 2).exp() / sides(rare)
        holds = bool(size > arb("0.01165")) and bool(size < arb("0.01175"))
        proof.certified("the size of the drift", holds, "0.01165 < d Q B < 0.01175 as d grows", by="intervals")


def _stopping(proof: Derivation) -> None:
    """E T <= (V_0 - log(eps) + A)/B, A = -log(1 - pull)."""
    text = "where D falls, no more than A is counted: C >= V+ - V, C >= -A, and E C <= -B by the three cases"
    proof.rule("the counted changes", "cases", text)
    V0, last, A, above = nonnegatives("V_0 log(eps) A more")
    proof.premise("the time before the goal", "V_t >= D_t > log(eps) for t < T, D_t = log(gap_t)")
    text = "m = min(T, n) >= 1: the sum of -C over t < m is at most V_0 - V_{m-1} + A <= V_0 - log(eps) + A"
    proof.nonnegative("the most that can fall", (V0 - last + A) - (V0 - (last + above) + A), above, text)
    text = "B E min(T, n) <= E of that sum, min(T, n) > t being decided before step t"
    proof.rule("the stopped sum", "tower property", text)
    proof.rule("the limit of many steps", "limit of inequalities", "E min(T, n) increases to E T")
    text = "V_1 - log(eps) + A <= V_0 - log(eps) + A + C, and 0 <= that, where the gap is at most eps after the step"
    proof.rule("one step less", "monotonicity of expectation", text)


@proves("one_fifth.tail")
def tail(bound: Callable[..., Any]) -> Derivation:
    """Derive P(T > n) <= failure at n = 2 (V - log(eps))/B + (4 M^2/B^2) log(1/failure)."""
    proof = Derivation(
        "one_fifth.tail",
        "P(T > 2 (V_0 - log eps)/B + (4 M^2/B^2) log(1/failure)) <= failure, M = -log(1 - pull); E exp(lambda V) falls "
        "by exp(-rate) in a step",
    )
    proof.uses("the drift", derivation("one_fifth.hitting_time"), "the counted changes have -M <= C and E C <= -B")
    with ctx.workprec(balls.PRECISION):
        rare, often = balls.enclose(RARE), balls.enclose(OFTEN)
        share = rare ** (arb(5) / 4) / cost(rare, rare, often)  # of w, that B is less than
        small = bool(4 * share / (1 - 5 * rare) < 1) and bool(share < 2)
        text = "up l = 4 B/(1 - 5 rare) < w <= M, the most that C can rise; B < 2 M"
        proof.certified("the largest change", small, text, by="intervals")
    x = sp.Symbol("x", nonnegative=True)
    text = "exp(-x) >= 1 - x"
    balls.grows(proof, "the exponential above its tangent", sp.exp(-x) - 1 + x, x, sp.log(1 + balls.w), text)
    _square_of(proof)
    M, H, failure = positives("M H failure")
    size, rate = B / (2 * M**2), B**2 / (4 * M**2)
    text = "E exp(lambda C) <= 1 - lambda B + lambda^2 M^2 = 1 - rate <= exp(-rate), lambda = B/(2 M^2), lambda M <= 1"
    proof.identity("the exponential moment of a change", 1 - size * B + size**2 * M**2, 1 - rate, text)
    text = "E[exp(lambda sum C); T > n] <= exp(-n rate), T > t decided before step t"
    proof.rule("the exponential moment of many steps", "tower property", text)
    text = "on T > n: sum of C >= V_n - V_0 > log(eps) - V_0 = -H"
    proof.rule("the chance of a late arrival", "Markov's inequality", text + "; P(T > n) <= exp(lambda H - n rate)")
    longest = 2 * H / B - sp.log(failure) / rate
    text = "P(T > n) <= failure at n = 2 H/B + log(1/failure)/rate, and later"
    proof.identity("the chance of failure", size * H - longest * rate, sp.log(failure), text)
    text = "P(gap_n > eps) <= exp(lambda H) exp(-n rate): summable over n for every eps, and the gap never rises"
    proof.rule("the certain arrival", "limit of inequalities", text)
    claimed = bound(growth=sp.exp(l), failure=failure, **SETTING)
    wanted = 2 * sp.log(1 + beyond) * PRICE + 2 * ADAPTING - 4 * sp.log(failure) * (sp.log(1 - PULL) * PRICE) ** 2
    proof.identity("the conclusion", claimed, wanted, "the bound is 2 (V_0 - log(eps))/B + (4 M^2/B^2) log(1/failure)")
    return proof


def _square_of(proof: Derivation) -> None:
    """That exp(x) <= 1 + x + x^2 for -1 <= x <= 1."""
    x = sp.Symbol("x", nonnegative=True)
    log2 = sp.log(2)
    slope = sp.diff(1 + x + x**2 - sp.exp(x), x)
    text = "1 + x + x^2 - exp(x) has a slope that is concave for 0 <= x <= 1, 0 at 0 and 3 - e at 1: >= 0"
    proof.identity("the slope of a quadratic less the exponential", slope, 1 + 2 * x - sp.exp(x), text)
    text = "the slope rises up to log 2 and falls from there"
    proof.identity("the bend of that difference", sp.diff(slope, x), 2 - sp.exp(x), text)
    with ctx.workprec(balls.PRECISION):
        holds = bool(arb(1).exp() < 3) and bool(balls.enclose(log2) < 1)
        proof.certified("the ends of that slope", holds, "3 - e > 0 at the upper end, and log 2 < 1", by="intervals")
    below = 1 - x + x**2 - sp.exp(-x)
    text = "1 - x + x^2 - exp(-x) has the slope (exp(-x) - 1 + x) + x >= 0"
    proof.identity("the slope below zero", sp.diff(below, x), sp.exp(-x) - 1 + 2 * x, text)
    text = "exp(x) <= 1 + x + x^2 on [-1, 1]: equal at 0, and the integrals of slopes >= 0"
    proof.rule("the exponential below a quadratic", "monotonicity of expectation", text)


# --- steps of fixed length -------------------------------------------------------------------------------------------


@proves("one_fifth.fixed_length")
def fixed_length(
    bound: Callable[..., Any],
    rule: Callable[..., Any] = radii.one_fifth,
    step: Callable[..., Any] = step,
) -> Derivation:
    """Derive E T <= (log(gap_0/eps) + 1)/B + adapting for steps of fixed length."""
    proof = Derivation(
        "one_fifth.fixed_length",
        "sphere directions, Q < sqrt(d)/y, T_d(y) = Phi(-6/5), growth in (1, 2], d >= 3: E T <= (V_0 - log eps + 1)/B, "
        "1/B = N(1/2)/F + 2/(l (1 - 5 rare)), F = 2 W_d(Q y)/(d Q); it falls by 1 in a step, or more, on average",
    )
    proof.uses("the potential at the ends", ends(rule))
    proof.uses("the fall of a step", kept.fall(step))
    _falls_far_enough(proof)
    text = "log(gap) falls by -log(1 - x) >= x, x the relative fall, and no more than x <= 1 is counted"
    proof.rule("the counted changes", "cases", text)
    V0, last, above = nonnegatives("V_0 log(eps) more")
    text = "the sum of -C over t < min(T, n) is at most V_0 - V_{m-1} + 1 <= V_0 - log(eps) + 1"
    proof.nonnegative("the most that can fall", (V0 - last + 1) - (V0 - (last + above) + 1), above, text)
    proof.rule("the stopped sum", "tower property", "B E min(T, n) is at most the mean of that sum")
    proof.rule("the limit of many steps", "limit of inequalities", "E min(T, n) increases to E T")
    _shipped_fixed(proof, bound)
    return proof


def _falls_far_enough(proof: Derivation) -> None:
    """Where k >= 1 and P(accept) >= rare, E x >= 2 W_d(Q y)/(d Q), which pays whatever p <= 1/2."""
    proof.uses("the chance of acceptance", derivation("one_fifth.success"))
    text = "rare <= P(accept) <= T_d(kappa/(2 Q)), by one_fifth.success: kappa <= 2 Q y; and P(accept) <= 1/2"
    proof.rule("the steps that are not too long", "cases", text)
    W = sp.Symbol("W", nonnegative=True)
    slope = kappa * G / (L * sp.sqrt(d)) * G * W / sp.sqrt(d)
    square = 2 * mu * gap * (k / kappa) ** 2  # G^2, since k/kappa = G/sqrt(2 mu gap)
    fall = slope.subs(G, sp.sqrt(square)).subs(L, Q * mu) / gap
    text = "E x >= 2 k^2 W_d(kappa/2)/(kappa d Q)"
    proof.identity("the mean relative fall", fall, 2 * k**2 * W / (kappa * d * Q), text)
    over, extra = nonnegatives("over extra")  # k = kappa + over, k = 1 + extra
    room = 2 * (kappa + over) ** 2 * W / (kappa * d * Q) - 2 * W / (d * Q)
    form = 2 * W / (d * Q) * (extra + (kappa + over) * over / kappa)
    text = "k = kappa + over = 1 + extra leaves room above 2 W/(d Q)"
    proof.identity("the room left by the length", room, form.subs(extra, kappa + over - 1), text)
    text = "E x >= 2 W_d(kappa/2)/(d Q) >= 2 W_d(Q y)/(d Q) = F, W_d falling"
    proof.nonnegative("the least mean fall", form, form, text)
    with ctx.workprec(balls.PRECISION):
        rare, often = balls.enclose(RARE), balls.enclose(OFTEN)
        leans = bool(4 / (1 - 5 * rare) > 1 / (5 * often - 1))
        text = "N(p) = one + lean p, lean > 0: at most N(1/2)"
        proof.certified("the highest cost of the sides", leans, text, by="intervals")
        last = bool(4 / (1 - 5 * rare) < 50) and bool(4 / (5 * often - 1) < 50)
        sides = cost(arb(1) / 2, rare, often)
        size = 2 * axis.normal_excess_ball(balls.enclose(FAR)) / sides
        words = bool(size > arb("0.0168")) and bool(size < arb("0.0170"))
        text = "0.0168 < d B < 0.0170 for Q = 1, as d grows"
        proof.certified("the size of the drift on a sphere", words, text, by="intervals")
        holds = bool(2 / sides > arb("0.3")) and bool(2 / sides < arb("0.305"))
        proof.certified("the constant of the drift", holds, "0.3 < 2/N(1/2) < 0.305", by="intervals")
        text = "d B < 2 E max(z, 0)/N(1/2) < 2 sqrt(d)/6: down l, up l/4 <= 9.5 B < 1 at d > 10"
        small = all(bool(10 * 2 * axis.excess_ball(size, FAR) / (sides * size) < 1) for size in range(3, 41))
        text = "9.5 B < 1 for 3 <= d <= 40, and W_d <= 1, 20/(6.6 d) < 1 beyond"
        proof.certified("the least changes", last and small, text, by="intervals")
    lean, high = sp.Symbol("lean", nonnegative=True), sp.Symbol("1/2-p", nonnegative=True)
    text = "N(1/2) - N(p) >= 0 for p <= 1/2"
    proof.nonnegative("the cost of the sides", lean / 2 - lean * (HALF - high), lean * high, text)


def _shipped_fixed(proof: Derivation, bound: Callable[..., Any]) -> None:
    """The bound at points: (V_0 - log(eps) + 1)/B, with T_d(y) = rare from ball arithmetic."""
    close = []
    with ctx.workprec(512):
        rare, often, log_growth = balls.enclose(RARE), balls.enclose(OFTEN), arb("0.3")
        for size, ratio in ((9, sp.Rational(3, 2)), (100, sp.Integer(2)), (10**6, sp.Integer(3))):
            place = sp.Rational(float(held_length(d=size, p=float(RARE))) / 2)
            close.append(bool(abs(balls.sphere_tail_ball(size, place) / rare - 1) < arb("1e-10")))
            fall = 2 * axis.excess_ball(size, ratio * place) / (size * balls.enclose(ratio))
            price = cost(arb(1) / 2, rare, often) / fall + 2 / (log_growth * (1 - 5 * rare))
            for radius in ("0.3", "0.001"):  # above the place of log(alpha), and below it
                k = arb(size).sqrt() * arb(radius) * 2 * balls.enclose(ratio) / (4 * arb("0.7")).sqrt()
                offset = k.log() - log_growth
                adapting = (4 * offset / (1 - 5 * rare)).max(-4 * offset / (5 * often - 1)) / log_growth
                where = {"L": 2 * float(ratio), "mu": 2.0, "alpha": float(radius), "gap": 0.7, "d": size}
                found = arb(float(bound(**where, eps=0.01, growth=np.exp(0.3))))
                wanted = (arb(70).log() + 1) * price + adapting
                close.append(bool(abs(found / wanted - 1) < arb("1e-10")))
    text = "(V_0 - log(eps) + 1)/B, 1/B = N(1/2)/F + 2/(l (1 - 5 rare)), F = 2 W_d(Q y)/(d Q), T_d(y) = rare"
    proof.code_check("the shipped bound", all(close), points=len(close), text=text)

"""Why the claims of ``zotheory/claims/gld_search.py`` hold.

Setting. f is alpha-strongly convex and beta-smooth on R^n with minimiser x*, Q = beta/alpha; or what GLD-Search sees is
a strictly increasing transform of such an f, and the gap f - f* below is that of f itself.

Main statements
---------------
- `tangent_ball`: {f <= f(x)} contains a ball of radius |x - x*|/Q tangent at x.
- `ball_overlap`: the ball lemma holds with Phi(-3/4) for every n; that constant is the infimum, and 1/4 is too large.
- `one_step`: some radius of the grid contracts the gap by 1 - 1/(5 n Q) with probability above 1/4.
- `iterations`: how many steps suffice, and where the smallest radius stops the method.
- `final_distance`: the distance and the number of evaluations of the theorem on GLD-Search, with constants.
- `invariance`: the shipped step reads values only through ``<``.

Notation
--------
D = |x - x*|; l' = D/Q; tau = 1/(5 n Q); q = x + tau (x* - x); c centre and r2 radius of the ball tangent at q;
L = |x - c|; g gradient at x. Vectors are written in coordinates of the plane they span. Hypotheses enter as slacks,
non-negative symbols.

References: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Lemma 15, Lemma 8, Theorem 7, as
recalled. Errata: the constant 1/4 of Lemma 8 holds only at n = 1. That of Theorem 7 holds for every n all the same, but
not through Lemma 8: of the factor-2 windows for the radius, [9 L/20, 9 L/10] has to be taken in place of [L/2, L].
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx

from proofs import derivation, proves
from proofs import overlap as balls
from proofs.comparisons import compares_only, opaque, same_choice
from proofs.lemmas import decimal, expand_logs, factored, nonnegatives, positives
from proofs.searching import (
    QUARTER,
    centre,
    contracted_point,
    enough_successes,
    few_successes,
    grid,
    likely,
)
from zotheory.evidence.derivation import Derivation
from zotheory.methods.gld_search import State, analysed_scale, gld_search, init, radii, step
from zotheory.theorems import gld_search as theorems

HALF, THREE_QUARTERS = sp.Rational(1, 2), sp.Rational(3, 4)
LEVEL, LOW = sp.Rational(6744, 10000), sp.Rational(9, 20)
AGREEMENT = arb("1e-12")  # agreement asked of floating-point functions

Bound = Callable[..., Any]


# --- a ball of lower values (Lemma 15) -------------------------------------------------------------------------------


@proves("gld_search.tangent_ball")
def tangent_ball(bound: Bound) -> Derivation:
    """The sublevel set at x contains a ball that touches x (Lemma 15)."""
    proof = Derivation(
        "gld_search.tangent_ball",
        "the sublevel set at x contains the ball of radius |x - x*|/Q that touches, at x, the plane normal to g",
    )
    text = "h strictly increasing: {h(f) <= h(f(x))} = {f <= f(x)}, so f itself may be taken"
    proof.premise("the strictly increasing transform", text)
    _descent_ball(proof)
    _gradient_below(proof, bound)
    _smaller_ball(proof)
    return proof


def _descent_ball(proof: Derivation) -> None:
    G, beta = positives("G beta")
    v1, v2 = sp.symbols("v1 v2", real=True)
    proof.premise("the smoothness of f", "f(x + w) <= f(x) + <g, w> + beta |w|^2/2")
    w1 = v1 - G / beta  # w = v - g/beta, g = G e_1
    rise = G * w1 + beta * (w1**2 + v2**2) / 2
    text = "f(x + w) <= f(x) + beta (|v|^2 - (|g|/beta)^2)/2, where w = v - g/beta"
    proof.identity(
        "the rise from the point of a gradient step", rise, beta * (v1**2 + v2**2 - (G / beta) ** 2) / 2, text
    )
    s = sp.Symbol("s", nonnegative=True)
    drop = -rise.subs(v2, sp.sqrt((G / beta) ** 2 - s - v1**2))
    text = "|v|^2 = (|g|/beta)^2 - s: f(x + w) <= f(x) on the ball about x - g/beta that touches the plane at x"
    proof.nonnegative("the ball of lower values", drop, beta * s / 2, text)


def _gradient_below(proof: Derivation, bound: Bound) -> None:
    alpha, D = positives("alpha D")
    s1, s2, s3, k = nonnegatives("s1 s2 s3 k")
    value, best = sp.symbols("f f_star", real=True)
    proof.premise("the strong convexity at x", "f* = f(x) - <g, x - x*> + alpha D^2/2 + s1")
    proof.premise("the strong convexity at the minimiser", "f(x) = f* + alpha D^2/2 + s2: the gradient vanishes at x*")
    slope = value - best + alpha * D**2 / 2 + s1
    slope = slope.subs(value, best + alpha * D**2 / 2 + s2)
    proof.nonnegative("the slope towards the minimiser", slope - alpha * D**2, s1 + s2, "<g, x - x*> >= alpha D^2")
    g1, g2, d1, d2 = sp.symbols("g1 g2 d1 d2", real=True)
    lagrange = (g1**2 + g2**2) * (d1**2 + d2**2) - (g1 * d1 + g2 * d2) ** 2
    text = "<g,d>^2 <= |g|^2 |d|^2, in the plane of g and d"
    proof.nonnegative("the Cauchy-Schwarz inequality", lagrange, (g1 * d2 - g2 * d1) ** 2, text)
    beta = alpha * (1 + k)
    norm = (alpha * D**2 + s1 + s2 + s3) / D
    excess = norm / beta - bound(distance=D, Q=1 + k)
    form = (s1 + s2 + s3) / (D * alpha * (1 + k))
    text = "|g| D = <g, x - x*> + s3: the ball has radius at least D/Q"
    proof.nonnegative("the radius of the ball", excess, form, text)


def _smaller_ball(proof: Derivation) -> None:
    radius, more, k, s = nonnegatives("radius more k s")  # rho = radius + more; |e|^2 = 1 - s, first coordinate 1 - k
    c = 1 - k
    rest = 1 - s - c**2  # squared length of e across the normal
    inside = (radius + more) ** 2 - (more + radius * c) ** 2 - radius**2 * rest
    form = 2 * more * radius * k + radius**2 * s
    text = "a smaller ball, tangent at x on the same side, lies inside the larger"
    proof.nonnegative("the smaller ball", inside, form, text)


# --- the volume that two balls share (Lemma 8) -----------------------------------------------------------------------


@proves("gld_search.ball_overlap")
def ball_overlap(bound: Bound, level: Any = THREE_QUARTERS, delta: Any = QUARTER, upto: int = balls.UPTO) -> Derivation:
    """The share of two balls exceeds P(N(0, 1) > level), as in Lemma 8, but correct from level = 3/4 on."""
    proof = Derivation(
        "gld_search.ball_overlap",
        f"every n, 1/2 <= a <= 1, r1 = a l/sqrt n, r2 >= l (1 - {delta}/n): vol(B1 and B2)/vol(B1) > "
        f"Phi(-{decimal(level)}); at delta = 1/4 the infimum is Phi(-3/4), and the constant 1/4 fails at n = 2",
    )
    balls.certify_overlap(proof, level=level, delta=delta, upto=upto)
    balls.certify_infimum(proof)
    with ctx.workprec(balls.PRECISION):
        share = balls.disc_ball(balls.enclose(HALF), QUARTER, 4000) < balls.enclose(QUARTER)
        text = "n = 2, a = 1/2: the share is below 1/4"
        proof.certified("the failure of the constant one quarter", bool(share), text, by="intervals")
    balls.certify_two_caps(proof)
    _floats(proof, bound)
    return proof


def _floats(proof: Derivation, bound: Bound) -> None:
    """The floating-point functions and constants agree with ball arithmetic."""
    radii = (Fraction(1, 2), Fraction(3, 4), Fraction(1))
    with ctx.workprec(512):
        close = [
            abs(arb(float(bound(n, a=float(a), delta=float(delta)))) - balls.caps_ball(n, a, delta))
            for n in (1, 2, 3, 7, 30, 200, 201, 1000, 10**5)
            for a in radii
            for delta in (Fraction(1, 4), Fraction(1, 8))
        ]
        _agree(proof, "the shipped share of two balls", close, "within 1e-12 of the two caps")
        close = [
            abs(arb(float(theorems.overlap_below(n, a=float(a)))) - balls.sphere_tail_ball(n, _quarter_mean(n, a)))
            for n in (3, 7, 30, 1000, 10**5, 10**8)
            for a in radii
        ]
        _agree(proof, "the shipped lower bound of the share", close, "within 1e-12 of T_n(threshold)")
    with ctx.workprec(balls.PRECISION):
        value = theorems.OVERLAP
        error = abs(arb(value) - balls.normal_tail_ball(THREE_QUARTERS))
        text = f"{value!r} is Phi(-3/4) to the last place"
        proof.code_check("the shipped constant", bool(error < arb(math.ulp(value))), points=1, text=text)


def _agree(proof: Derivation, name: str, errors: list[arb], text: str) -> None:
    proof.code_check(name, all(error < AGREEMENT for error in errors), points=len(errors), text=text)


def _quarter_mean(n: int, a: Fraction) -> Fraction:
    return theorems.threshold.formula(n, a=a, delta=Fraction(1, 4))


# --- one step (Theorem 7) --------------------------------------------------------------------------------------------


@proves("gld_search.one_step")
def one_step(bound: Bound, level: Any = LEVEL, low: Any = LOW, upto: int = balls.UPTO) -> Derivation:
    """A step contracts with probability 1/4, as in Theorem 7, by a radius in [9 L/20, 9 L/10]; not so by [L/2, L]."""
    proof = Derivation(
        "gld_search.one_step",
        "r <= (3/(5 Q)) |x - x*| <= R: for some r_k = 2^-k R, k = 0..ceil(log2(R/r)), y uniform on B(x, r_k/sqrt n) "
        f"has f(y) - f* <= (1 - 1/(5 n Q)) (f(x) - f*) with probability > "
        f"Phi(-{decimal(level)}); so has the best candidate",
    )
    contracted_point(proof, lambda n, Q: bound(n=n, Q=Q))
    centre(proof)
    grid(proof, low)
    _drawn_ball(proof)
    text = "B1 = B(x, r_k/sqrt n), a = r_k/L; B2 about c, l = L, r2 >= L (1 - (1/5)/n): next, their overlap"
    proof.premise("the two balls", text)
    balls.certify_overlap(proof, level=level, delta=sp.Rational(1, 5), low=low, upto=upto)
    likely(proof, level)
    text = "y in B2 gives f(y) <= f(q); the step keeps the lowest of x and all candidates, so its value is <= f(y)"
    proof.rule("the conclusion", "cases", text)
    return proof


def _drawn_ball(proof: Derivation) -> None:
    d, r, x = positives("d r x")
    square = proof.integral(
        "the mean square in the unit ball", d * x ** (d + 1), (x, 0, 1), d / (d + 2), text="E |y|^2 = d/(d + 2)"
    )
    radius = r * sp.sqrt(1 / (d * (d + 2)) / (square / d))
    text = "uniform ball, coordinates of deviation r_k/sqrt(d (d+2)): radius r_k/sqrt d"
    proof.identity("the radius of the drawn ball", radius, r / sp.sqrt(d), text)
    sizes = (1, 2, 3, 10, 1000, 10**6)
    holds = all(math.isclose(analysed_scale(n) ** 2 * n * (n + 2), 1, rel_tol=1e-14) for n in sizes)
    text = "analysed_scale(d) = 1/sqrt(d (d+2)) to 1e-14"
    proof.code_check("the shipped scale", holds, points=len(sizes), text=text)


# --- how many steps --------------------------------------------------------------------------------------------------


@proves("gld_search.iterations")
def iterations(bound: Bound, exponent: Any = QUARTER) -> Derivation:
    """How many steps suffice, but for probability exp(-exponent S), S = 5 n Q log_ratio, exponent below 1 - log 2."""
    proof = Derivation(
        "gld_search.iterations",
        "R >= |x_0 - x*|, a step from (3/(5 Q)) |x_t - x*| >= r succeeds with conditional probability >= p: "
        "after T >= iterations(n, Q, log_ratio, p) steps, but for probability failure(n, Q, log_ratio), the gap has "
        "fallen by exp(-log_ratio) or |x_T - x*| <= floor(Q, r); log_ratio_to_radius takes the distance from R to eps",
    )
    proof.premise("the step", "f(x_{t+1}) <= f(x_t): x_t is kept unless a candidate is lower")
    text = (
        "xi_t = 1 if the gap is multiplied by at most 1 - 1/(5 n Q), or if the radius condition has failed by t, else 0"
    )
    proof.premise("the success", text)
    text = "P(xi_t = 1 | past) >= p, p up to 1/4, as the directions are fresh at every step"
    proof.uses("one step", derivation("gld_search.one_step"), text)
    enough_successes(proof)
    few_successes(proof, exponent, bound)
    _floor(proof)
    _within_range(proof)
    _distance(proof)
    return proof


def _floor(proof: Derivation) -> None:
    alpha, r = positives("alpha r")
    k, s1, s2, s3, t = nonnegatives("k s1 s2 s3 t")
    Q = 1 + k
    beta = alpha * Q
    proof.premise("the step at which the radius fails", "(3/(5 Q)) |x_t - x*| = r/(1 + s4), s4 > 0")
    d = sp.Rational(5, 3) * Q * r / (1 + t)
    later = (beta * d**2 / 2 - s1 - s2 - s3) * 2 / alpha
    text = "f(x_t) - f* = beta |x_t - x*|^2/2 - s1, f(x_T) = f(x_t) - s2, f(x_T) - f* = alpha |x_T - x*|^2/2 + s3"
    proof.premise("the three hypotheses on f", text)
    form = Q * (sp.Rational(5, 3) * Q * r) ** 2 * t * (2 + t) / (1 + t) ** 2 + 2 * (s1 + s2 + s3) / alpha
    claimed = theorems.floor(Q=Q, r=r)
    text = "|x_T - x*|^2 <= floor(Q, r)^2 for every T >= t"
    proof.nonnegative("the floor of the distance", claimed**2 - later, form, text)


def _within_range(proof: Derivation) -> None:
    R = sp.Symbol("R", positive=True)
    m, s1, s2 = nonnegatives("m s1 s2")
    Q = (1 + m) ** 2  # sqrt(Q) = 1 + m
    reach = (1 + m) * R / (1 + s1)  # |x_t - x*|^2 <= Q |x_0 - x*|^2 as for the floor, |x_0 - x*| <= R
    text = "|x_t - x*| <= sqrt(Q) |x_0 - x*| <= sqrt(Q) R as above, so (3/(5 Q)) |x_t - x*| <= R at every t"
    factored(proof, "the largest radius", R - sp.Rational(3, 5) / Q * reach / (1 + s2), text)


def _distance(proof: Derivation) -> None:
    alpha, R, eps = positives("alpha R eps")
    k, s1, s2, s3 = nonnegatives("k s1 s2 s3")
    Q = 1 + k
    fall = sp.exp(-theorems.log_ratio_to_radius(Q=Q, R=R, eps=eps))
    text = "exp(-log_ratio_to_radius(Q, R, eps)) = eps^2/(Q R^2)"
    proof.identity("the fall of the gap that is asked for", fall, eps**2 / (Q * R**2), text)
    start = alpha * Q * R**2 / 2 - s1  # smoothness at x*, |x_0 - x*| <= R
    end = fall * start - s2
    square = (end - s3) * 2 / alpha  # strong convexity at x*
    form = 2 * (s1 * eps**2 / (Q * R**2) + s2 + s3) / alpha
    text = "gap <= fall beta R^2/2 = alpha eps^2/2, so |x_T - x*| <= eps"
    proof.nonnegative("the distance after that fall", eps**2 - square, form, text)


@proves("gld_search.final_distance")
def final_distance(
    bound: Bound, count: Bound = theorems.evaluations, steps: Bound = theorems.steps_to_floor
) -> Derivation:
    """The theorem on GLD-Search: the `steps`, and the `count` of evaluations, that bring the distance from R down."""
    proof = Derivation(
        "gld_search.final_distance",
        "|x_0 - x*| <= R, r = eps < 3 R/(5 Q): |x - x*| <= final_distance(Q, eps) for good after steps_to_floor(n, Q, "
        "R, eps, p) steps and evaluations(n, Q, R, eps, p), but for probability (5 Q eps/(3 R))^(5 n Q/2)",
    )
    proof.uses("the number of steps", derivation("gld_search.iterations"))
    _down_to_floor(proof, bound, steps)
    _evaluations(proof, count)
    return proof


def _down_to_floor(proof: Derivation, bound: Bound, steps: Bound) -> None:
    alpha, n, p, r = positives("alpha n p r")
    k, s1, s2, s3, x = nonnegatives("k s1 s2 s3 x")
    Q = 1 + k
    floor = theorems.floor(Q=Q, r=r)
    text = "floor(Q, eps) <= final_distance(Q, eps) = 2 Q^(3/2) eps"
    proof.nonnegative("the constant of the final distance", bound(Q=Q, eps=r) - floor, Q * sp.sqrt(Q) * r / 3, text)
    R = 5 * Q * r * sp.exp(x) / 3
    fall = theorems.log_ratio_to_radius(Q=Q, R=R, eps=floor)
    proof.identity("the fall down to the floor", fall, 2 * x, "R = (5/3) Q r e^x: log(Q R^2/floor^2) = 2 x")
    text = "(20 n Q/p) log(3 R/(5 Q r)) are the iterations for that fall"
    needed = theorems.iterations(n=n, Q=Q, log_ratio=2 * x, p=p)
    proof.identity("the shipped number of steps", steps(n=n, Q=Q, R=R, r=r, p=p), needed, text)
    chance = theorems.failure(n=n, Q=Q, log_ratio=2 * x)
    proof.identity("the probability of failure", chance, sp.exp(-x) ** (5 * n * Q / 2), "(5 Q r/(3 R))^(5 n Q/2)")
    square = 2 * ((alpha * Q * R**2 / 2 / (1 + s1)) * sp.exp(-2 * x) / (1 + s2) / (1 + s3)) / alpha
    text = "the gap has fallen by e^(-2 x) from beta R^2/2 at most, for good: alpha D^2/2 <= alpha floor^2/2"
    form = floor**2 * ((1 + s1) * (1 + s2) * (1 + s3) - 1).expand() / ((1 + s1) * (1 + s2) * (1 + s3))
    proof.nonnegative("the distance for good", floor**2 - square, form, text)


def _evaluations(proof: Derivation, count: Bound) -> None:
    """K + 1 radii a step, and the rate without its smaller terms."""
    n, p, r, h = positives("n p r h")
    q, x, w, v, cw, cv, s, k = nonnegatives("q x w v cw cv s k")
    Q, R = 2**q, 2**x * r
    proof.premise("the ceilings", "T + w steps, K = log2(R/r) + v, w and v in [0, 1); x = log2(R/r)")
    top = 1 + (h + 1) * (x + 2)
    claimed = expand_logs(count(n=n, Q=Q, R=R, r=r, p=p))
    shipped = expand_logs(top.subs(h, theorems.steps_to_floor(n=n, Q=Q, R=R, r=r, p=p)))
    proof.identity("the shipped count", claimed, shipped, "1 + (T + 1) (log2(R/r) + 2)")
    form = cw * (x + v + 1) + (h + 1) * cv
    proof.nonnegative("the room left by the ceilings", form, form, "(1 - w) (x + v + 1) + (h + 1) (1 - v) >= 0")
    text = "one at the start, and K + 1 in every step"
    proof.identity(
        "the evaluations of all steps", top - 1 - (h + w) * (x + v + 1), form.subs({cw: 1 - w, cv: 1 - v}), text
    )
    ratios = (1.1, 2.0, 3.0, 2.0**40)
    same = all(len(radii(R, 1.0)) == gld_search(R=R, r=1.0).calls[1] <= math.log2(R) + 2 for R in ratios)
    text = "calls of the shipped method: 1, then K + 1 <= log2(R/r) + 2 a step"
    proof.code_check("the shipped cost", same, points=len(ratios), text=text)
    ln2, product = positives("ln2 N")
    proof.certified("the logarithm of two", bool(arb(2).log() < arb("0.6932")), "log 2 < 0.6932", by="intervals")
    more = sp.Symbol("more", nonnegative=True)  # log2(5 Q/3): log(3 R/(5 Q r)) = (x - more) log 2
    T = 80 * product * (x - more) * ln2
    exact = expand_logs(theorems.steps_to_floor(n=product / Q, Q=Q, R=R, r=r, p=QUARTER))
    rewritten = expand_logs(T.subs({ln2: sp.log(2), more: q + sp.log(sp.Rational(5, 3)) / sp.log(2)}))
    text = "(20 n Q/p) log(3 R/(5 Q r)) at p = 1/4, in powers of two"
    proof.identity("the steps at the probability one quarter", exact, rewritten, text)
    text = "5 Q/3 >= 1: T <= 80 n Q x log 2"
    proof.nonnegative("the steps without their smaller term", T.subs(more, 0) - T, 80 * product * more * ln2, text)
    excess = 171 * product * x**2 - (1 + (T.subs(more, 0) + 1) * (x + 2))
    excess = sp.expand(excess.subs(ln2, sp.Rational(6932, 10_000) - s).subs({x: 1 + x, product: 1 + k}))
    proof.nonnegative("the rate of evaluations", excess, excess, "R >= 2 r, p = 1/4: at most 171 n Q log2(R/r)^2")


# --- invariance ------------------------------------------------------------------------------------------------------


@proves("gld_search.invariance")
def invariance(bound: Bound, step: Callable[..., Any] = step, most: int = 4) -> Derivation:
    """The trajectory is unchanged under strictly increasing transforms, and no step is longer than the bound."""
    proof = Derivation(
        "gld_search.invariance",
        "h strictly increasing: GLD-Search on h(f) visits the points it visits on f; its step reads values only "
        "through <: the first lowest candidate if that is lower than f(x), else x. No step is longer than R/sqrt n",
    )
    text = "h strictly increasing: h(u) < h(v) iff u < v, so both sets of values have one weak order"
    proof.premise("the strictly increasing transform", text)
    text = f"1..{most} candidates, all weak orders: values that answer only <, the first lowest if it is below f(x)"
    holds = all(compares_only(step, count) for count in range(1, most + 1))
    proof.certified("few candidates", holds, text, by="enumeration")
    text = "the first lowest of K + 1 values is the first lowest of K, or the last if that is below it"
    proof.rule("more candidates", "induction", text)
    rng = np.random.default_rng(0)
    sample = [tuple(int(rank) for rank in rng.integers(0, 12, 32)) for _ in range(100)]
    text = "31 candidates: no more than < is asked there either"
    holds = all(same_choice(step, ranks) for ranks in sample)
    proof.code_check("many candidates", holds, points=len(sample), text=text)
    proof.code_check("the start", _start_is_opaque(), points=1, text="init and draw read no value")
    text = "same x_t, same directions, values h(f(x_t)): same x_{t+1}, value h(f(x_{t+1}))"
    proof.rule("the trajectory", "induction", text)
    _lengths(proof, bound)
    return proof


def _lengths(proof: Derivation, bound: Bound) -> None:
    """v_k lies in the ball of radius r_k/sqrt n, r_k = 2^-k R."""
    n, R = positives("n R")
    k, s = nonnegatives("k s")
    text = "v_k = r_k/sqrt(n (n+2)) u, u in the ball of radius sqrt(n+2): |u| = sqrt(n+2)/(1 + s)"
    proof.premise("the drawn displacement", text)
    length = R / 2**k / sp.sqrt(n * (n + 2)) * sp.sqrt(n + 2) / (1 + s)
    form = R * (1 + s - 2**-k) / (sp.sqrt(n) * (1 + s))
    text = "it is at most the bound, which no step exceeds"
    proof.identity("the length of a displacement", bound(n=n, R=R) - length, form, text)
    power = sp.Symbol("power", nonnegative=True)  # 2^k = 1 + power
    factored(proof, "the longest step", 1 + s - 1 / (1 + power), "2^-k <= 1: x_{t+1} is x_t or x_t + v_k")


def _start_is_opaque() -> bool:
    x0, token = np.array([5.0, -1.0]), opaque((0,)).reshape(())
    state = init(lambda x: token, x0)
    grid = radii(1.0, 0.25)
    method = gld_search(R=1.0, r=0.25)
    unread = method.draw(np.random.default_rng(1), state, 2)
    plain = method.draw(np.random.default_rng(1), State(x0, np.array(7.0)), 2)
    return state.x is x0 and state.fx is token and unread.shape == (len(grid), 2) and np.array_equal(unread, plain)

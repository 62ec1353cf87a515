"""Why the claims of ``zotheory/theorems/gld_search.py`` hold.

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

from proofs import overlap as balls
from proofs import proves
from proofs.comparisons import TRANSFORMS, Ranked, opaque, same_choice, weak_orders  # noqa: F401
from proofs.lemmas import expand_logs, factored, nonnegatives, positives
from zotheory.evidence.derivation import Derivation
from zotheory.methods.gld_search import State, analysed_scale, gld_search, init, radii, step
from zotheory.theorems import gld_search as bounds

HALF, QUARTER = sp.Rational(1, 2), sp.Rational(1, 4)
AGREEMENT = arb("1e-12")  # agreement asked of floating-point functions


# --- Lemma 15 --------------------------------------------------------------------------------------------------------


@proves("gld_search.tangent_ball")
def tangent_ball() -> Derivation:
    """Lemma 15."""
    proof = Derivation(
        "gld_search.tangent_ball",
        "the sublevel set at x contains the ball of radius |x - x*|/Q that touches, at x, the plane normal to g",
    )
    proof.premise("transform", "h strictly increasing: {h(f) <= h(f(x))} = {f <= f(x)}, so f itself may be taken")
    _descent_ball(proof)
    _gradient_below(proof)
    _smaller_ball(proof)
    return proof


def _descent_ball(proof: Derivation) -> None:
    G, beta = positives("G beta")
    v1, v2 = sp.symbols("v1 v2", real=True)
    proof.premise("smooth", "f(x + w) <= f(x) + <g, w> + beta |w|^2/2")
    w1 = v1 - G / beta  # w = v - g/beta, g = G e_1
    rise = G * w1 + beta * (w1**2 + v2**2) / 2
    proof.identity("w = v - g/beta", rise, beta * (v1**2 + v2**2 - (G / beta) ** 2) / 2)
    s = sp.Symbol("s", nonnegative=True)
    drop = -rise.subs(v2, sp.sqrt((G / beta) ** 2 - s - v1**2))
    text = "|v|^2 = (|g|/beta)^2 - s: f(x + w) <= f(x) on the ball about x - g/beta that touches the plane at x"
    proof.nonnegative("|v| <= |g|/beta", drop, beta * s / 2, text)


def _gradient_below(proof: Derivation) -> None:
    alpha, D = positives("alpha D")
    s1, s2, s3, k = nonnegatives("s1 s2 s3 k")
    value, best = sp.symbols("f f_star", real=True)
    proof.premise("strongly convex at x", "f* = f(x) - <g, x - x*> + alpha D^2/2 + s1")
    proof.premise("strongly convex at x*", "f(x) = f* + alpha D^2/2 + s2: the gradient vanishes at x*")
    slope = value - best + alpha * D**2 / 2 + s1
    slope = slope.subs(value, best + alpha * D**2 / 2 + s2)
    proof.nonnegative("<g, x - x*> >= alpha D^2", slope - alpha * D**2, s1 + s2)
    g1, g2, d1, d2 = sp.symbols("g1 g2 d1 d2", real=True)
    lagrange = (g1**2 + g2**2) * (d1**2 + d2**2) - (g1 * d1 + g2 * d2) ** 2
    proof.nonnegative("Cauchy-Schwarz", lagrange, (g1 * d2 - g2 * d1) ** 2)
    beta = alpha * (1 + k)
    norm = (alpha * D**2 + s1 + s2 + s3) / D
    excess = norm / beta - bounds.tangent_ball_radius(distance=D, Q=beta / alpha)
    form = (s1 + s2 + s3) / (D * alpha * (1 + k))
    proof.nonnegative("|g|/beta >= D/Q", excess, form, "|g| D = <g, x - x*> + s3: the ball has radius at least D/Q")


def _smaller_ball(proof: Derivation) -> None:
    radius, more, k, s = nonnegatives("radius more k s")  # rho = radius + more; |e|^2 = 1 - s, first coordinate 1 - k
    c = 1 - k
    rest = 1 - s - c**2  # squared length of e across the normal
    inside = (radius + more) ** 2 - (more + radius * c) ** 2 - radius**2 * rest
    form = 2 * more * radius * k + radius**2 * s
    proof.nonnegative(
        "smaller ball", inside, form, "a smaller ball, tangent at x on the same side, lies inside the larger"
    )


# --- Lemma 8 ---------------------------------------------------------------------------------------------------------


@proves("gld_search.ball_overlap")
def ball_overlap() -> Derivation:
    """Lemma 8, with its constant corrected."""
    return overlap_derivation(sp.Rational(3, 4))


def overlap_derivation(level: Any, *, delta: Any = QUARTER, upto: int = balls.UPTO) -> Derivation:
    """Derive Lemma 8 with the constant P(N(0, 1) > level), which is correct from level = 3/4 on.

    Raises
    ------
    NotProved
        For a smaller level.
    """
    proof = Derivation(
        "gld_search.ball_overlap",
        f"every n, 1/2 <= a <= 1, r1 = a l/sqrt n, r2 >= l (1 - {delta}/n): vol(B1 and B2)/vol(B1) > Phi(-{level}); "
        "at delta = 1/4 the infimum over n and a is Phi(-3/4), and the constant 1/4 fails at n = 2",
    )
    balls.certify_overlap(proof, level=level, delta=delta, upto=upto)
    balls.certify_infimum(proof)
    with ctx.workprec(balls.PRECISION):
        share = balls.disc_ball(balls.enclose(HALF), sp.Rational(1, 4), 4000)
        proof.certified("1/4 fails", bool(share < balls.enclose(sp.Rational(1, 4))), "n = 2, a = 1/2: fraction < 1/4")
    balls.certify_two_caps(proof)
    _floats(proof)
    return proof


def _floats(proof: Derivation) -> None:
    """The floating-point functions and constants agree with ball arithmetic."""
    with ctx.workprec(512):
        close = [
            abs(arb(float(bounds.overlap(n, a=float(a), delta=float(delta)))) - balls.caps_ball(n, a, delta))
            for n in (1, 2, 3, 7, 30, 200, 201, 1000, 10**5)
            for a in (Fraction(1, 2), Fraction(3, 4), Fraction(1))
            for delta in (Fraction(1, 4), Fraction(1, 8))
        ]
        proof.certified("overlap", all(error < AGREEMENT for error in close), "54 floats within 1e-12 of the two caps")
        close = [
            abs(arb(float(bounds.overlap_below(n, a=float(a)))) - balls.sphere_tail_ball(n, _quarter_mean(n, a)))
            for n in (3, 7, 30, 1000, 10**5, 10**8)
            for a in (Fraction(1, 2), Fraction(3, 4), Fraction(1))
        ]
        proof.certified(
            "overlap_below", all(error < AGREEMENT for error in close), "18 floats within 1e-12 of T_n(threshold)"
        )
        _constant(proof, "OVERLAP", bounds.OVERLAP, sp.Rational(3, 4))


def _quarter_mean(n: int, a: Fraction) -> Fraction:
    return bounds.threshold(n, a=a, delta=Fraction(1, 4))


def _constant(proof: Derivation, name: str, value: float, level: Any) -> None:
    with ctx.workprec(balls.PRECISION):
        error = abs(arb(value) - balls.normal_tail_ball(level))
        proof.certified(name, bool(error < arb(math.ulp(value))), f"{value!r} is Phi(-{level}) to the last place")


# --- Theorem 7 -------------------------------------------------------------------------------------------------------


@proves("gld_search.one_step")
def one_step() -> Derivation:
    """Theorem 7 with its 1/4, for a radius in [9 L/20, 9 L/10]; in [L/2, L] only Phi(-7/10) = 0.242 would follow."""
    level = sp.Rational(6744, 10000)
    proof = one_step_derivation(level, low=sp.Rational(9, 20))
    with ctx.workprec(balls.PRECISION):
        more = balls.normal_tail_ball(level) > balls.enclose(sp.nsimplify(bounds.SUCCESS))
        proof.certified("SUCCESS", bool(more), f"Phi(-{level}) > {bounds.SUCCESS}")
    return proof


def one_step_derivation(level: Any, *, low: Any, upto: int = balls.UPTO) -> Derivation:
    """Derive Theorem 7 with success probability P(N(0, 1) > level), for a grid radius in [low L, 2 low L].

    Raises
    ------
    NotProved
        If the level is too small, or low lies outside [3/8, 1/2].
    """
    proof = Derivation(
        "gld_search.one_step",
        "r <= (3/(5 Q)) |x - x*| <= R: for some r_k = 2^-k R, k = 0..ceil(log2(R/r)), y uniform on B(x, r_k/sqrt n) "
        f"has f(y) - f* <= (1 - 1/(5 n Q)) (f(x) - f*) with probability > Phi(-{level}); so has the best candidate",
    )
    contracted_point(proof)
    centre(proof)
    grid(proof, low)
    _drawn_ball(proof)
    proof.premise(
        "B1, B2", "B1 = B(x, r_k/sqrt n), a = r_k/L; B2 about c, l = L, r2 >= L (1 - (1/5)/n): next, their overlap"
    )
    balls.certify_overlap(proof, level=level, delta=sp.Rational(1, 5), low=low, upto=upto)
    text = "y in B2 gives f(y) <= f(q); the step keeps the lowest of x and all candidates, so its value is <= f(y)"
    proof.rule("conclusion", "cases", text)
    return proof


def contracted_point(proof: Derivation) -> None:
    """Q = x + tau (x* - x) has the gap asked for, and Lemma 15 a ball at q."""
    n, D = positives("n D")
    Q = 1 + sp.Symbol("kappa", nonnegative=True)
    s, gap = nonnegatives("s gap")
    tau = 1 - bounds.contraction(n=n, Q=Q)
    proof.identity("tau", tau, 1 / (5 * n * Q))
    proof.premise("convex", "f(q) = (1 - tau) f(x) + tau f* - s")
    reached = (1 - tau) * gap - s  # with f* = 0
    bound = bounds.contraction(n=n, Q=Q) * gap
    proof.nonnegative("f(q)", bound - reached, s, "f(q) - f* <= (1 - tau) (f(x) - f*)")
    proof.identity("|x - q|", tau * D, bounds.tangent_ball_radius(distance=D, Q=Q) / (5 * n), "|x - q| = l'/(5 n)")
    r2 = bounds.tangent_ball_radius(distance=(1 - tau) * D, Q=Q)
    proof.identity("r2", r2, (1 - 1 / (5 * n * Q)) * D / Q, "Lemma 15 at q, at distance (1 - tau) D: r2 = l' (1 - tau)")


def centre(proof: Derivation) -> None:
    """r2 >= L (1 - 1/(5 n)) and (4/5) l' <= L <= (6/5) l'."""
    r2, step = positives("r2 step")  # step = |x - q|
    k, m, kappa, j = nonnegatives("k m kappa j")
    cosine = sp.Symbol("cosine", real=True)
    square = (step + r2 * cosine) ** 2 + r2**2 * (1 - cosine**2)  # x - q along e_1, c - q at an angle to q - x
    upper = ((step + r2) ** 2 - square).subs(cosine, 1 - k)
    proof.nonnegative("triangle, above", upper, 2 * step * r2 * k, "L <= |x - q| + r2")
    lower = (square - (step - r2) ** 2).subs(cosine, m - 1)
    proof.nonnegative("triangle, below", lower, 2 * step * r2 * m, "L >= r2 - |x - q|")
    n, Q = 1 + j, 1 + kappa
    step = 1 / (5 * n)  # lengths in units of l'
    r2 = 1 - 1 / (5 * n * Q)
    text = "r2 >= (1 - 1/(5 n)) (r2 + |x - q|) >= (1 - 1/(5 n)) L: delta = 1/5"
    factored(proof, "delta", r2 - (1 - step) * (r2 + step), text)
    factored(proof, "L above", sp.Rational(6, 5) - (r2 + step), "L <= r2 + |x - q| <= (6/5) l'")
    below = (r2 - step - sp.Rational(4, 5)).subs(j, 1 + j)
    factored(proof, "L below, n >= 2", below, "L >= r2 - |x - q| >= (4/5) l'")
    side = sp.Symbol("side", real=True)  # sign of q - x*, that of g and of x - q
    proof.premise(
        "n = 1", "<g, q - x*> >= alpha |q - x*|^2 > 0 at q: x - q = side |x - q| and c - q = -side r2 on the line"
    )
    proof.identity("n = 1, collinear", side * step - (-side * r2), side * (step + r2), "L = |x - q| + r2")
    last = (r2 + step - sp.Rational(4, 5)).subs(j, 0)
    factored(proof, "L below, n = 1", last, "L = |x - q| + r2 >= (4/5) l'")


def grid(proof: Derivation, low: Any) -> None:
    """Some radius lies in [low L, 2 low L]; lengths in units of l'."""
    proof.premise("range", "r <= (3/5) l' <= R")
    w, r, ratio = sp.Symbol("w", nonnegative=True), *positives("r ratio")
    power = ratio * (1 + w)  # 2^K with K >= log2(R/r)
    factored(proof, "last radius", r - ratio * r / power, "K = ceil(log2(R/r)): r_K = 2^-K R <= r")
    holds = 2 * low * sp.Rational(4, 5) >= sp.Rational(3, 5)
    proof.certified("last radius reaches", bool(holds), f"r_K <= (3/5) l' <= {2 * low} (4/5) l' <= {2 * low} L")
    holds = low * sp.Rational(6, 5) <= sp.Rational(3, 5)
    proof.certified("first radius reaches", bool(holds), f"{low} L <= {low} (6/5) l' <= (3/5) l' <= R")
    text = f"k first with r_k <= {2 * low} L: k = 0, or r_k = r_(k-1)/2 > {low} L; so r_k/L lies in [{low}, {2 * low}]"
    proof.rule("a radius of the grid", "cases", text)
    pairs = [(R, R / q) for R in (1.0, 3.0, 0.1) for q in (1.5, 2.0, 2.0**10, 1e3, 7.3e9, 1 + 1e-9)]
    text = "R halved exactly, the last at most r (1 + 2^-50); there is room, r_K <= (6/5) r would do"
    proof.certified("shipped radii", all(_grid_is_right(*pair) for pair in pairs), text)


def _grid_is_right(R: float, r: float) -> bool:
    grid = [Fraction(x) for x in radii(R, r)]
    halves = all(x == Fraction(R) / 2**k for k, x in enumerate(grid))
    return halves and grid[-1] <= Fraction(r) * (1 + Fraction(1, 2**50))


def _drawn_ball(proof: Derivation) -> None:
    d, r, x = positives("d r x")
    second = sp.integrate(x**2 * d * x ** (d - 1), (x, 0, 1)) / d  # one coordinate, unit ball
    radius = r * sp.sqrt(1 / (d * (d + 2)) / second)
    proof.identity(
        "law", radius, r / sp.sqrt(d), "uniform ball, coordinates of deviation r_k/sqrt(d (d+2)): radius r_k/sqrt d"
    )
    sizes = (1, 2, 3, 10, 1000, 10**6)
    holds = all(math.isclose(analysed_scale(n) ** 2 * n * (n + 2), 1, rel_tol=1e-14) for n in sizes)
    proof.certified("shipped scale", holds, "analysed_scale(d) = 1/sqrt(d (d+2)) to 1e-14")


# --- G2 --------------------------------------------------------------------------------------------------------------


@proves("gld_search.iterations")
def iterations() -> Derivation:
    """Number of steps of GLD-Search, and the distance at which the smallest radius stops it."""
    return iterations_derivation(sp.Rational(1, 4))


def iterations_derivation(exponent: Any) -> Derivation:
    """Derive G2 with failure probability exp(-exponent S), S = 5 n Q log_ratio.

    Raises
    ------
    NotProved
        If the exponent is not below 1 - log 2, or not the 1/4 of `failure`.
    """
    proof = Derivation(
        "gld_search.iterations",
        "R >= |x_0 - x*|, a step from (3/(5 Q)) |x_t - x*| >= r succeeds with conditional probability >= p: "
        "after T >= iterations(n, Q, log_ratio, p) steps, but for probability failure(n, Q, log_ratio), the gap has "
        "fallen by exp(-log_ratio) or |x_T - x*| <= floor(Q, r); log_ratio_to_radius takes the distance from R to eps",
    )
    _premises(proof)
    enough_successes(proof)
    few_successes(proof, exponent)
    _floor(proof)
    _within_range(proof)
    _distance(proof)
    return proof


def _premises(proof: Derivation) -> None:
    proof.premise("step", "f(x_{t+1}) <= f(x_t): x_t is kept unless a candidate is lower")
    text = (
        "xi_t = 1 if the gap is multiplied by at most 1 - 1/(5 n Q), or if the radius condition has failed by t, else 0"
    )
    proof.premise("success", text)
    proof.premise(
        "one step", "P(xi_t = 1 | past) >= p: gld_search.one_step, p up to 1/4; fresh directions at every step"
    )


def enough_successes(proof: Derivation) -> None:
    """S = 5 n Q log_ratio steps that contract bring the gap down by exp(-log_ratio)."""
    n, Lambda = positives("n Lambda")
    Q = 1 + sp.Symbol("kappa", nonnegative=True)
    more, w, x = sp.Symbol("more", nonnegative=True), sp.Symbol("w", nonnegative=True), sp.Symbol("x", nonnegative=True)
    balls.grows(proof, "log(1-x) <= -x", -x - sp.log(1 - x), x, w / (1 + w))
    S = 5 * n * Q * Lambda
    rate = 1 - bounds.contraction(n=n, Q=Q)
    factored(proof, "S successes", (S + more) * rate - Lambda, "N >= S of them: N log(1 - tau) <= -N tau <= -log_ratio")


def few_successes(proof: Derivation, exponent: Any) -> None:
    """The prescribed T steps have fewer than S successes with probability exp(-exponent S) at most."""
    n, Q, Lambda, p = positives("n Q Lambda p")
    more = sp.Symbol("more", nonnegative=True)
    S = 5 * n * Q * Lambda
    markov(proof)
    T = bounds.iterations(n=n, Q=Q, log_ratio=Lambda, p=p) + more
    exponent_left = p * T / 2 - S * sp.log(2)
    proof.nonnegative(
        "T", exponent_left - S * (1 - sp.log(2)), p * more / 2, "p T/2 >= S: P(N < S) <= exp(-S (1 - log 2))"
    )
    with ctx.workprec(balls.PRECISION):
        holds = 1 - balls.enclose(sp.log(2)) > balls.enclose(exponent)
        proof.certified("1 - log 2", bool(holds), f"1 - log 2 > {exponent}")
    claimed = bounds.failure(n=n, Q=Q, log_ratio=Lambda)
    proof.identity("failure", claimed, sp.exp(-exponent * S), f"failure = exp(-{exponent} S)")


def markov(proof: Derivation) -> None:
    """P(N < S) <= exp(S log 2 - p T/2) for the number N of successes in T steps."""
    p = sp.Symbol("p", positive=True)
    x, s, u = nonnegatives("x s u")
    success = p + s  # conditional probability
    proof.nonnegative("E 2^-xi", (1 - p / 2) - (1 - success + success / 2), s / 2, "E[2^-xi_t | past] <= 1 - p/2")
    balls.grows(proof, "exp(-x) >= 1 - x, slope", 1 - sp.exp(-x), x, u)
    balls.integrates(proof, "exp(-x) >= 1 - x", sp.exp(-x) - 1 + x, x, 1 - sp.exp(-x))
    proof.rule("product", "tower property", "E 2^-N <= (1 - p/2)^T <= exp(-p T/2), N = xi_0 + ... + xi_(T-1)")
    proof.rule("Markov", "Markov's inequality", "P(N < S) <= P(2^-N > 2^-S) <= 2^S E 2^-N <= exp(S log 2 - p T/2)")


def _floor(proof: Derivation) -> None:
    alpha, r = positives("alpha r")
    k, s1, s2, s3, t = nonnegatives("k s1 s2 s3 t")
    Q = 1 + k
    beta = alpha * Q
    proof.premise("radius fails at t", "(3/(5 Q)) |x_t - x*| = r/(1 + s4), s4 > 0")
    d = sp.Rational(5, 3) * Q * r / (1 + t)
    later = (beta * d**2 / 2 - s1 - s2 - s3) * 2 / alpha
    text = "f(x_t) - f* = beta |x_t - x*|^2/2 - s1, f(x_T) = f(x_t) - s2, f(x_T) - f* = alpha |x_T - x*|^2/2 + s3"
    proof.premise("smooth, decreasing, strongly convex", text)
    form = Q * (sp.Rational(5, 3) * Q * r) ** 2 * t * (2 + t) / (1 + t) ** 2 + 2 * (s1 + s2 + s3) / alpha
    claimed = bounds.floor(Q=Q, r=r)
    proof.nonnegative("floor", claimed**2 - later, form, "|x_T - x*|^2 <= floor(Q, r)^2 for every T >= t")


def _within_range(proof: Derivation) -> None:
    R = sp.Symbol("R", positive=True)
    m, s1, s2 = nonnegatives("m s1 s2")
    Q = (1 + m) ** 2  # sqrt(Q) = 1 + m
    reach = (1 + m) * R / (1 + s1)  # |x_t - x*|^2 <= Q |x_0 - x*|^2 as for the floor, |x_0 - x*| <= R
    text = "|x_t - x*| <= sqrt(Q) |x_0 - x*| <= sqrt(Q) R as above, so (3/(5 Q)) |x_t - x*| <= R at every t"
    factored(proof, "R is large enough", R - sp.Rational(3, 5) / Q * reach / (1 + s2), text)


def _distance(proof: Derivation) -> None:
    alpha, R, eps = positives("alpha R eps")
    k, s1, s2, s3 = nonnegatives("k s1 s2 s3")
    Q = 1 + k
    fall = sp.exp(-bounds.log_ratio_to_radius(Q=Q, R=R, eps=eps))
    proof.identity("fall", fall, eps**2 / (Q * R**2))
    start = alpha * Q * R**2 / 2 - s1  # smoothness at x*, |x_0 - x*| <= R
    end = fall * start - s2
    square = (end - s3) * 2 / alpha  # strong convexity at x*
    form = 2 * (s1 * eps**2 / (Q * R**2) + s2 + s3) / alpha
    proof.nonnegative("distance", eps**2 - square, form, "gap <= fall beta R^2/2 = alpha eps^2/2, so |x_T - x*| <= eps")


@proves("gld_search.final_distance")
def final_distance() -> Derivation:
    """The theorem on GLD-Search, with constants."""
    return final_distance_derivation()


def final_distance_derivation(
    count: Callable[..., Any] = bounds.evaluations, steps: Callable[..., Any] = bounds.steps_to_floor
) -> Derivation:
    """Derive the number of evaluations that bring the distance from R down to 2 Q^(3/2) eps, r = eps.

    Raises
    ------
    NotProved
        For a smaller `count`, or fewer `steps`.
    """
    proof = Derivation(
        "gld_search.final_distance",
        "|x_0 - x*| <= R, r = eps < 3 R/(5 Q): |x - x*| <= final_distance(Q, eps) for good after steps_to_floor(n, Q, "
        "R, eps, p) steps and evaluations(n, Q, R, eps, p), but for probability (5 Q eps/(3 R))^(5 n Q/2)",
    )
    _premises(proof)
    enough_successes(proof)
    few_successes(proof, QUARTER)
    _floor(proof)
    _within_range(proof)
    _down_to_floor(proof, steps)
    _evaluations(proof, count)
    return proof


def _down_to_floor(proof: Derivation, steps: Callable[..., Any]) -> None:
    alpha, n, p, r = positives("alpha n p r")
    k, s1, s2, s3, x = nonnegatives("k s1 s2 s3 x")
    Q = 1 + k
    claimed = bounds.final_distance(Q=Q, eps=r)
    proof.identity("2 Q^(3/2) eps", claimed, 2 * Q * sp.sqrt(Q) * r)
    floor = bounds.floor(Q=Q, r=r)
    proof.nonnegative("5/3 < 2", claimed - floor, Q * sp.sqrt(Q) * r / 3, "floor(Q, eps) <= final_distance(Q, eps)")
    R = 5 * Q * r * sp.exp(x) / 3
    log_ratio = sp.expand_log(bounds.log_ratio_to_radius(Q=Q, R=R, eps=floor), force=True)
    proof.identity("log_ratio", log_ratio, 2 * x, "R = (5/3) Q r e^x: log(Q R^2/floor^2) = 2 x")
    taken = sp.expand_log(steps(n=n, Q=Q, R=R, r=r, p=p), force=True)
    proof.identity("T", taken, 20 * n * Q * x / p, "T = (20 n Q/p) log(3 R/(5 Q r)) are the iterations that need")
    chance = bounds.failure(n=n, Q=Q, log_ratio=2 * x)
    proof.identity("failure at T", chance, sp.exp(-x) ** (5 * n * Q / 2), "(5 Q r/(3 R))^(5 n Q/2)")
    square = 2 * ((alpha * Q * R**2 / 2 / (1 + s1)) * sp.exp(-2 * x) / (1 + s2) / (1 + s3)) / alpha
    text = "the gap has fallen by e^(-2 x) from beta R^2/2 at most, for good: alpha D^2/2 <= alpha floor^2/2"
    form = floor**2 * ((1 + s1) * (1 + s2) * (1 + s3) - 1).expand() / ((1 + s1) * (1 + s2) * (1 + s3))
    proof.nonnegative("target", floor**2 - square, form, text)


def _evaluations(proof: Derivation, count: Callable[..., Any]) -> None:
    """K + 1 radii a step, and the rate without its smaller terms."""
    n, p, r, h = positives("n p r h")
    q, x, w, v, cw, cv, s, k = nonnegatives("q x w v cw cv s k")
    Q, R = 2**q, 2**x * r
    proof.premise("ceilings", "T + w steps, K = log2(R/r) + v, w and v in [0, 1); x = log2(R/r)")
    top = 1 + (h + 1) * (x + 2)
    claimed = expand_logs(count(n=n, Q=Q, R=R, r=r, p=p))
    shipped = expand_logs(top.subs(h, bounds.steps_to_floor(n=n, Q=Q, R=R, r=r, p=p)))
    proof.identity("the shipped count", claimed, shipped, "1 + (T + 1) (log2(R/r) + 2)")
    form = cw * (x + v + 1) + (h + 1) * cv
    proof.nonnegative("K + 1 evaluations a step: form", form, form)
    proof.identity(
        "K + 1 evaluations a step", top - 1 - (h + w) * (x + v + 1), form.subs({cw: 1 - w, cv: 1 - v}), "1 at the start"
    )
    same = [len(radii(R, 1.0)) == gld_search(R=R, r=1.0).calls[1] <= math.log2(R) + 2 for R in (1.1, 2.0, 3.0, 2.0**40)]
    proof.certified("shipped cost", all(same), "calls of the shipped method: 1, then K + 1 <= log2(R/r) + 2 a step")
    ln2, product = positives("ln2 N")
    proof.certified("log 2", bool(arb(2).log() < arb("0.6932")), "log 2 < 0.6932")
    more = sp.Symbol("more", nonnegative=True)  # log2(5 Q/3): log(3 R/(5 Q r)) = (x - more) log 2
    T = 80 * product * (x - more) * ln2
    exact = expand_logs(bounds.steps_to_floor(n=product / Q, Q=Q, R=R, r=r, p=QUARTER))
    proof.identity(
        "T at p = 1/4", exact, expand_logs(T.subs({ln2: sp.log(2), more: q + sp.log(sp.Rational(5, 3)) / sp.log(2)}))
    )
    proof.nonnegative("smaller T", T.subs(more, 0) - T, 80 * product * more * ln2, "5 Q/3 >= 1: T <= 80 n Q x log 2")
    excess = 171 * product * x**2 - (1 + (T.subs(more, 0) + 1) * (x + 2))
    excess = sp.expand(excess.subs(ln2, sp.Rational(6932, 10_000) - s).subs({x: 1 + x, product: 1 + k}))
    proof.nonnegative("rate", excess, excess, "R >= 2 r, p = 1/4: at most 171 n Q log2(R/r)^2")


# --- invariance ------------------------------------------------------------------------------------------------------


_opaque = opaque


@proves("gld_search.invariance")
def invariance() -> Derivation:
    """The trajectory is unchanged under strictly increasing transforms."""
    return invariance_derivation(step)


def invariance_derivation(step: Callable[..., Any], most: int = 4) -> Derivation:
    """Derive the invariance of a step with up to `most` candidates.

    Raises
    ------
    NotProved
        If the step asks of the values anything but ``<``, or chooses another point than the first lowest, ties kept.
    """
    proof = Derivation(
        "gld_search.invariance",
        f"for K + 1 = 1..{most} radii, h strictly increasing: GLD-Search on h(f) visits the points it visits on f; "
        "its step reads values only through <: the first lowest candidate if that is lower than f(x), else x",
    )
    proof.premise(
        "transform", "h strictly increasing: h(u) < h(v) iff u < v, so both sets of values have one weak order"
    )
    for count in range(1, most + 1):
        orders = list(weak_orders(count + 1))
        holds = all(same_choice(step, ranks) for ranks in orders)
        text = f"all {len(orders)} weak orders: values that answer only <, floats under {len(TRANSFORMS)} transforms"
        proof.certified(f"{count} candidates", holds, text)
    rng = np.random.default_rng(0)
    sample = [tuple(int(rank) for rank in rng.integers(0, 12, 32)) for _ in range(100)]
    text = "100 sampled orders: no more than < is asked there either"
    proof.certified("31 candidates", all(same_choice(step, ranks) for ranks in sample), text)
    proof.certified("start", _start_is_opaque(), "init and draw read no value")
    proof.rule(
        "trajectory", "induction", "same x_t, same directions, values h(f(x_t)): same x_{t+1}, value h(f(x_{t+1}))"
    )
    return proof


def _start_is_opaque() -> bool:
    x0, token = np.array([5.0, -1.0]), _opaque((0,)).reshape(())
    state = init(lambda x: token, x0)
    grid = radii(1.0, 0.25)
    method = gld_search(R=1.0, r=0.25)
    opaque = method.draw(np.random.default_rng(1), state, 2)
    plain = method.draw(np.random.default_rng(1), State(x0, np.array(7.0)), 2)
    return state.x is x0 and state.fx is token and opaque.shape == (len(grid), 2) and np.array_equal(opaque, plain)

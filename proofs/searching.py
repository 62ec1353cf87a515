"""What derivations about GLD-Search share: a ball of lower values, a grid that reaches it, and counting successes.

Main statements
---------------
- `contracted_point`, `centre`: at distance L, with 4/5 <= L Q/|x - x*| <= 6/5, lies the centre of a ball of radius
  L (1 - 1/(5 n)) at least where the gap is contracted.
- `grid`: some radius of the grid lies in [low L, 2 low L].
- `enough_successes`, `few_successes`: S = 5 n Q log_ratio contractions are enough, and few of the steps prescribed are
  not with probability exp(-S/4) at most.

Notation
--------
D = |x - x*|; l' = D/Q; tau = 1/(5 n Q); q = x + tau (x* - x); c centre and r2 radius of the ball tangent at q;
L = |x - c|. In the k dimensions of ``proofs/gld_low_rank.py`` n is k. Hypotheses enter as slacks, non-negative symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import ctx

from proofs import bound_of, derivation
from proofs import overlap as balls
from proofs.lemmas import decimal, factored, nonnegatives, positives
from zotheory.evidence.derivation import Derivation
from zotheory.methods.gld_search import radii
from zotheory.theorems import gld_search as theorems

QUARTER = sp.Rational(1, 4)


# --- a ball of lower values ------------------------------------------------------------------------------------------


def contracted_point(proof: Derivation, contraction: Callable[..., Any]) -> None:
    """The point q = x + tau (x* - x) has the gap asked for, and there is a ball of lower values at q (Lemma 15)."""
    n, D = positives("n D")
    Q = 1 + sp.Symbol("kappa", nonnegative=True)
    s, gap = nonnegatives("s gap")
    tau, radius = 1 / (5 * n * Q), bound_of("gld_search.tangent_ball")
    proof.uses("the tangent ball", derivation("gld_search.tangent_ball"))
    proof.premise("the convexity of f", "f(q) = (1 - tau) f(x) + tau f* - s")
    reached = (1 - tau) * gap - s  # with f* = 0
    text = "the gap at q is at most the contraction times that at x, tau = 1/(5 n Q)"
    proof.nonnegative("the gap at the contracted point", contraction(n, Q) * gap - reached, s, text)
    proof.identity("the way to the contracted point", tau * D, radius(distance=D, Q=Q) / (5 * n), "|x - q| = l'/(5 n)")
    r2 = radius(distance=(1 - tau) * D, Q=Q)
    text = "Lemma 15 at q, at distance (1 - tau) D: r2 = l' (1 - tau)"
    proof.identity("the ball at the contracted point", r2, (1 - tau) * D / Q, text)


def centre(proof: Derivation) -> None:
    """r2 >= L (1 - 1/(5 n)) and (4/5) l' <= L <= (6/5) l'."""
    r2, step = positives("r2 step")  # step = |x - q|
    k, m, kappa, j = nonnegatives("k m kappa j")
    cosine = sp.Symbol("cosine", real=True)
    square = (step + r2 * cosine) ** 2 + r2**2 * (1 - cosine**2)  # x - q along e_1, c - q at an angle to q - x
    upper = ((step + r2) ** 2 - square).subs(cosine, 1 - k)
    proof.nonnegative("the triangle inequality from above", upper, 2 * step * r2 * k, "L <= |x - q| + r2")
    lower = (square - (step - r2) ** 2).subs(cosine, m - 1)
    proof.nonnegative("the triangle inequality from below", lower, 2 * step * r2 * m, "L >= r2 - |x - q|")
    n, Q = 1 + j, 1 + kappa
    step = 1 / (5 * n)  # lengths in units of l'
    r2 = 1 - 1 / (5 * n * Q)
    text = "r2 >= (1 - 1/(5 n)) (r2 + |x - q|) >= (1 - 1/(5 n)) L: delta = 1/5"
    factored(proof, "the radius against the distance", r2 - (1 - step) * (r2 + step), text)
    text = "L <= r2 + |x - q| <= (6/5) l'"
    factored(proof, "the distance of the centre from above", sp.Rational(6, 5) - (r2 + step), text)
    below = (r2 - step - sp.Rational(4, 5)).subs(j, 1 + j)
    factored(proof, "the distance of the centre from two dimensions on", below, "L >= r2 - |x - q| >= (4/5) l'")
    side = sp.Symbol("side", real=True)  # sign of q - x*, that of g and of x - q
    text = "<g, q - x*> >= alpha |q - x*|^2 > 0 at q: x - q = side |x - q| and c - q = -side r2 on the line"
    proof.premise("the direction in one dimension", text)
    text = "n = 1: L = |x - q| + r2"
    proof.identity("the distance of the centre on a line", side * step - (-side * r2), side * (step + r2), text)
    last = (r2 + step - sp.Rational(4, 5)).subs(j, 0)
    factored(proof, "the least distance of the centre on a line", last, "L = |x - q| + r2 >= (4/5) l'")


def grid(proof: Derivation, low: Any) -> None:
    """Some radius lies in [low L, 2 low L]; lengths in units of l'."""
    proof.premise("the range of radii", "r <= (3/5) l' <= R")
    smallest(proof)
    holds = 2 * low * sp.Rational(4, 5) >= sp.Rational(3, 5)
    text = f"r_K <= (3/5) l' <= {2 * low} (4/5) l' <= {2 * low} L"
    proof.certified("the reach of the last radius", bool(holds), text, by="enumeration")
    holds = low * sp.Rational(6, 5) <= sp.Rational(3, 5)
    text = f"{low} L <= {low} (6/5) l' <= (3/5) l' <= R"
    proof.certified("the reach of the first radius", bool(holds), text, by="enumeration")
    text = f"k first with r_k <= {2 * low} L: k = 0, or r_k = r_(k-1)/2 > {low} L; so r_k/L lies in [{low}, {2 * low}]"
    proof.rule("a radius of the grid", "cases", text)


def smallest(proof: Derivation) -> None:
    """The last radius of the grid is at most r."""
    w, r, ratio = sp.Symbol("w", nonnegative=True), *positives("r ratio")
    power = ratio * (1 + w)  # 2^K with K >= log2(R/r)
    factored(proof, "the last radius", r - ratio * r / power, "K = ceil(log2(R/r)): r_K = 2^-K R <= r")
    pairs = [(R, R / q) for R in (1.0, 3.0, 0.1) for q in (1.5, 2.0, 2.0**10, 1e3, 7.3e9, 1 + 1e-9)]
    text = "R halved exactly, the last at most r (1 + 2^-50); there is room, r_K <= (6/5) r would do"
    proof.code_check("the shipped radii", all(_is_right(*pair) for pair in pairs), points=len(pairs), text=text)


def _is_right(R: float, r: float) -> bool:
    grid = [Fraction(x) for x in radii(R, r)]
    halves = all(x == Fraction(R) / 2**k for k, x in enumerate(grid))
    return halves and grid[-1] <= Fraction(r) * (1 + Fraction(1, 2**50))


def likely(proof: Derivation, level: Any) -> None:
    """P(N(0, 1) > level) exceeds the probability that is claimed."""
    with ctx.workprec(balls.PRECISION):
        more = balls.normal_tail_ball(level) > balls.enclose(theorems.SUCCESS)
        text = f"Phi(-{decimal(level)}) > {theorems.SUCCESS}"
        proof.certified("the probability of success", bool(more), text, by="intervals")


# --- counting successes ----------------------------------------------------------------------------------------------


def enough_successes(proof: Derivation) -> None:
    """S = 5 n Q log_ratio steps that contract bring the gap down by exp(-log_ratio)."""
    n, Lambda = positives("n Lambda")
    Q = 1 + sp.Symbol("kappa", nonnegative=True)
    more, w, x = nonnegatives("more w x")
    balls.grows(proof, "the logarithm below its tangent", -x - sp.log(1 - x), x, w / (1 + w), "log(1-x) <= -x")
    S, rate = 5 * n * Q * Lambda, 1 - bound_of("gld_search.one_step")(n=n, Q=Q)
    text = "N >= S of them: N log(1 - tau) <= -N tau <= -log_ratio"
    factored(proof, "the fall after enough successes", (S + more) * rate - Lambda, text)


def few_successes(proof: Derivation, exponent: Any = QUARTER, steps: Callable[..., Any] | None = None) -> None:
    """The prescribed T steps have fewer than S successes with probability exp(-exponent S) at most."""
    n, Q, Lambda, p = positives("n Q Lambda p")
    more = sp.Symbol("more", nonnegative=True)
    S = 5 * n * Q * Lambda
    markov(proof)
    T = (steps or bound_of("gld_search.iterations"))(n=n, Q=Q, log_ratio=Lambda, p=p) + more
    text = "p T/2 >= S: P(N < S) <= exp(-S (1 - log 2))"
    proof.nonnegative("the number of steps", p * T / 2 - S * sp.log(2) - S * (1 - sp.log(2)), p * more / 2, text)
    with ctx.workprec(balls.PRECISION):
        holds = 1 - balls.enclose(sp.log(2)) > balls.enclose(exponent)
        proof.certified("the constant in the exponent", bool(holds), f"1 - log 2 > {exponent}", by="intervals")
    claimed = theorems.failure(n=n, Q=Q, log_ratio=Lambda)
    proof.identity("the probability of failure", claimed, sp.exp(-exponent * S), f"failure = exp(-{exponent} S)")


def markov(proof: Derivation) -> None:
    """P(N < S) <= exp(S log 2 - p T/2) for the number N of successes in T steps."""
    p = sp.Symbol("p", positive=True)
    x, s, u = nonnegatives("x s u")
    success = p + s  # conditional probability
    text = "E[2^-xi_t | past] <= 1 - p/2, where xi_t is 1 for a success and 0 else"
    proof.nonnegative("the mean of one factor", (1 - p / 2) - (1 - success + success / 2), s / 2, text)
    balls.grows(proof, "the slope of the exponential", 1 - sp.exp(-x), x, u, "exp(-x) <= 1 for x >= 0")
    text = "exp(-x) >= 1 - x"
    balls.integrates(proof, "the exponential above its tangent", sp.exp(-x) - 1 + x, x, 1 - sp.exp(-x), text)
    text = "E 2^-N <= (1 - p/2)^T <= exp(-p T/2), N = xi_0 + ... + xi_(T-1)"
    proof.rule("the mean of the product", "tower property", text)
    text = "P(N < S) <= P(2^-N > 2^-S) <= 2^S E 2^-N <= exp(S log 2 - p T/2)"
    proof.rule("Markov's inequality for the successes", "Markov's inequality", text)

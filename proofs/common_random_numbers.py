"""Common random numbers: why the claims of ``zotheory/claims/common_random_numbers.py`` hold.

Main statements
---------------
- `square`: how far F(y; X) and F(x; X) are apart where F(.; X) is Lipschitz but for jumps.
- `wrong`, `loss`: what a comparison of them is worth.
- `right`: one latent of two values, on which it is worth nothing with few draws.

Notation
--------
D = F(y; X) - F(x; X) of one draw, V its variance; c = |f(y) - f(x)|, E D = -c (or take x and y the other way round);
S mean of m draws of D. One latent: q = 1/(1 + exp(-x)), KL its divergence from 1/2. Hypotheses enter as slacks,
non-negative symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from proofs import derivation, proves
from proofs.lemmas import nonnegatives, positives
from zotheory.evidence.derivation import Derivation
from zotheory.problems.networks import OneLatent
from zotheory.theorems import common_random_numbers as theorems

alpha, ell, kappa, B = positives("alpha ell kappa B")
c, m = positives("change m")

Bound = Callable[..., Any]


def _compared(proof: Derivation) -> None:
    text = "F is the mean of m draws: the step goes to y where S < 0, and stays at x else"
    proof.uses("the shipped step", derivation("relative_loss_minibatch.step"), text)


# --- how far apart ---------------------------------------------------------------------------------------------------


@proves("common_random_numbers.square")
def square(bound: Bound) -> Derivation:
    """E D^2 <= bound."""
    proof = Derivation(
        "common_random_numbers.square",
        "E D^2 <= ell^2 alpha^2 + kappa alpha B (B + 2 ell alpha) where |D| <= ell alpha + B, and |D| > ell alpha with "
        "probability kappa alpha at most",
    )
    proof.premise("the draws that do not jump", "|D| <= ell alpha")
    proof.premise("the draws that jump", "|D| <= ell alpha + B, with probability at most kappa alpha")
    size, less = nonnegatives("|D| less")
    lipschitz = ell * alpha
    text = "|D| = ell alpha - less: D^2 <= ell^2 alpha^2"
    gap = (size + less) ** 2 - size**2
    proof.nonnegative("a draw that does not jump", gap, less * (2 * size + less), text)
    text = "|D| = ell alpha + B - less: D^2 <= ell^2 alpha^2 + B (B + 2 ell alpha)"
    more = B * (B + 2 * lipschitz)
    gap = (size + less) ** 2 - size**2
    proof.nonnegative("a draw that jumps", gap, less * (2 * size + less), text)
    proof.identity("what a jump adds", (lipschitz + B) ** 2 - lipschitz**2, more, "(ell alpha + B)^2 - ell^2 alpha^2")
    text = "D^2 <= ell^2 alpha^2 + B (B + 2 ell alpha) [D jumps]"
    proof.rule("the mean square", "monotonicity of expectation", text)
    rare = nonnegatives("rare")
    found = lipschitz**2 + more * (kappa * alpha - rare)
    text = "P(D jumps) = kappa alpha - rare: the bound is at least E D^2"
    given = {"alpha": alpha, "ell": ell, "kappa": kappa, "B": B}
    proof.nonnegative("the bound", bound(**given) - found, rare * more, text)
    smooth = bound(**given | {"kappa": sp.Integer(0)})
    proof.identity("the bound without jumps", smooth, (ell * alpha) ** 2, "kappa = 0: of the order alpha^2")
    jumping = bound(**given) / alpha
    proof.limit("the bound with jumps", jumping, (alpha, 0), kappa * B**2, text="over alpha, as alpha falls: kappa B^2")
    return proof


# --- what a comparison is worth --------------------------------------------------------------------------------------


@proves("common_random_numbers.wrong")
def wrong(bound: Bound, enough: Bound = theorems.draws) -> Derivation:
    """P(S >= 0) <= bound where E D = -c, P(S < 0) <= bound where E D = c: Cantelli's inequality."""
    proof = Derivation(
        "common_random_numbers.wrong",
        "S, the mean of m draws of D, has another sign than E D, |E D| = c, with probability at most (E D^2 - c^2)/(E "
        "D^2 + (m - 1) c^2); at most tail for m >= (E D^2/c^2 - 1) (1 - tail)/tail",
    )
    _compared(proof)
    proof.rule("the variance of the mean", "independence", "Var D = E D^2 - c^2, and Var S = Var D/m")
    spread, less, t, over = nonnegatives("V less t over")
    text = "E D = -c, S = over >= 0: S - E S + t >= c + t"
    proof.nonnegative("the way up to zero", (over + c + t) - (c + t), over, text)
    text = "E D = c, S = -over < 0: E S - S + t >= c + t"
    proof.nonnegative("the way down to zero", (c + over + t) - (c + t), over, text)
    text = "P(S wrong) <= E(S - E S + t)^2/(c + t)^2 = (Var S + t^2)/(c + t)^2 for every t >= 0, or E S - S alike"
    proof.rule("the probability of the other side", "Markov's inequality", text)
    other = spread / c
    cantelli = (spread + other**2) / (c + other) ** 2
    proof.identity("the best shift", cantelli, spread / (spread + c**2), "t = V/c, V >= Var S: V/(V + c^2)")
    gap = (spread + t**2) / (c + t) ** 2 - (spread - less + t**2) / (c + t) ** 2
    proof.nonnegative("a smaller variance", gap, less / (c + t) ** 2, "V = Var S + less")
    own = nonnegatives("Var")
    value = (own / m) / (own / m + c**2)
    proof.identity("the bound", value, bound(change=c, square=own + c**2, m=m), "V = (square - c^2)/m: it is the bound")
    proof.identity(
        "the bound without variance", bound(change=c, square=c**2, m=m), sp.Integer(0), "Var = 0: never wrong"
    )
    (own, odds), more = positives("Var odds"), nonnegatives("more")
    tail = 1 / (1 + odds)  # every tail in (0, 1)
    least = enough(change=c, square=own + c**2, tail=tail)
    text = "m = draws + more: the bound is at most tail = 1/(1 + odds)"
    found = bound(change=c, square=own + c**2, m=least + more)
    form = more * c**2 / ((1 + odds) * (own * (1 + odds) + more * c**2))
    proof.nonnegative("enough draws", sp.cancel(tail - found), form, text)
    _one_draw(proof, bound)
    return proof


def _one_draw(proof: Derivation, bound: Bound) -> None:
    """Where D takes two values, one of them nearly 0, the bound is attained; where nothing jumps it does not fall."""
    q, jump = sp.Symbol("odds of no jump", positive=True), sp.Symbol("jump", positive=True)
    p = 1 / (1 + q)  # the chance of a jump
    found = bound(change=p * jump, square=p * jump**2, m=sp.Integer(1))
    text = "D = -jump with chance p, else 0, which is no fall: wrong with chance 1 - p, the bound for one draw"
    proof.identity("a draw of two values", found, 1 - p, text)
    slope, steep = positives("slope steep")
    own = sp.sqrt(slope**2 + steep**2)  # ell >= slope
    without = theorems.square(alpha=alpha, ell=own, kappa=sp.Integer(0), B=sp.Integer(0))
    text = "no jumps, c = slope alpha: (ell^2 - slope^2)/(ell^2 + (m - 1) slope^2), whatever alpha is"
    found = bound(change=slope * alpha, square=without, m=m)
    proof.identity("a comparison without jumps", found, steep**2 / (own**2 + (m - 1) * slope**2), text)
    tail = sp.Symbol("tail", positive=True)
    jumping = theorems.square(alpha=alpha, ell=own, kappa=kappa, B=B)
    needed = theorems.draws(change=slope * alpha, square=jumping, tail=tail)
    text = (
        "with jumps alpha times the draws that are enough tends to kappa B^2 (1 - tail)/(slope^2 tail) as alpha falls"
    )
    limit = kappa * B**2 * (1 - tail) / (slope**2 * tail)
    proof.limit("the draws of a comparison with jumps", sp.expand(needed * alpha), (alpha, 0), limit, text=text)


@proves("common_random_numbers.loss")
def loss(bound: Bound) -> Derivation:
    """E f(x+) <= min(f(x), f(y)) + bound."""
    proof = Derivation(
        "common_random_numbers.loss",
        "E f(x+) <= min(f(x), f(y)) + E|D - E D|/2 where x+ = y if D < 0, else x, and E D = f(y) - f(x)",
    )
    _compared(proof)
    over = nonnegatives("over")
    text = "E D = -c, D = over >= 0, which is wrong: it costs c, and D - E D >= c"
    proof.nonnegative("a lower point not taken", (over + c) - c, over, text)
    text = "E D = c, D = -over < 0, which is wrong: it costs c, and E D - D >= c"
    proof.nonnegative("a higher point taken", (c + over) - c, over, text)
    text = "c P(wrong) <= E max(D - E D, 0), or E max(E D - D, 0)"
    proof.rule("the cost of wrong comparisons", "monotonicity of expectation", text)
    high, low = nonnegatives("high low")
    text = "2 max(u, 0) = |u| + u and 2 max(-u, 0) = |u| - u, u = D - E D of mean 0: both means are E|u|/2"
    proof.identity("an error upwards", 2 * sp.Max(high, 0), sp.Abs(high) + high, f"u = high: {text}")
    proof.identity("an error downwards", 2 * sp.Max(-low, 0), sp.Abs(-low) - low, f"u = -low: {text}")
    proof.rule("the errors of either sign", "linearity of expectation", text)
    error = sp.Symbol("E|D-ED|", positive=True)
    proof.identity("the bound", error / 2, bound(error=error), "it is E|D - E D|/2; for c = 0 nothing is lost")
    q, jump = sp.Symbol("odds of no jump", positive=True), sp.Symbol("jump", positive=True)
    p = 1 / (1 + q)
    error = p * (jump - p * jump) + (1 - p) * p * jump
    text = "D = -jump with chance p, else 0, which is no fall: c (1 - p) is lost, c = p jump, the bound"
    proof.identity("a draw of two values", bound(error=error), p * jump * (1 - p), text)
    return proof


# --- one latent ------------------------------------------------------------------------------------------------------


@proves("common_random_numbers.right")
def right(bound: Bound) -> Derivation:
    """On one latent a step from s to t, 0 <= s < t <= gain, is seen to fall with probability <= bound."""
    proof = Derivation(
        "common_random_numbers.right",
        "for 0 <= s < t <= gain f falls and KL rises from s to t, and the mean of m draws does not rise with "
        "probability at most m (t - s)/4: F(x; U) = KL(x) - gain [U < q(x)]",
    )
    _compared(proof)
    x, gain, u = sp.Symbol("x", real=True), sp.Symbol("gain", positive=True), sp.Symbol("u", real=True)
    q = 1 / (1 + sp.exp(-x))
    kl = x * q - sp.log(1 + sp.exp(x)) + sp.log(2)
    share = sp.Symbol("q", positive=True)
    proof.integral("the mean of the latent", sp.Integer(1), (u, 0, share), share, text="P(U < q) = q: f = KL - gain q")
    positive, slope = sp.exp(-x) / (1 + sp.exp(-x)) ** 2, sp.Symbol("short", nonnegative=True)
    proof.identity("the slope of the share", sp.diff(q, x), positive, "q' = q (1 - q) > 0")
    proof.identity("the slope of the divergence", sp.diff(kl, x), x * positive, "KL' = q' x > 0 for x > 0")
    text = "f' = q' (x - gain) < 0 for x < gain"
    proof.identity("the slope of the mean", sp.diff(kl - gain * q, x), (x - gain) * positive, text)
    text = "f falls and KL rises from s to t: q' > 0, x > 0 and x < gain between them"
    proof.rule("the changes from one logit to the other", "monotonicity of expectation", text)
    odds = sp.Symbol("odds", positive=True)
    steepest = sp.Rational(1, 4) - odds / (1 + odds) ** 2
    text = "q' = odds/(1 + odds)^2 <= 1/4, odds = exp(-x)"
    proof.nonnegative("the steepest share", steepest, (1 - odds) ** 2 / (4 * (1 + odds) ** 2), text)
    text = "q(t) - q(s), the mean of q' on [s, t] times t - s, is at most (t - s)/4"
    proof.rule("the chance of a jump", "monotonicity of expectation", text)
    text = "U < q(t) and not U < q(s): a draw jumps where q(s) <= U < q(t), with probability q(t) - q(s)"
    proof.integral("the draws that jump", sp.Integer(1), (u, share, share + slope), slope, text=text)
    text = "no draw jumps: the mean of F(t; U) - F(s; U) is KL(t) - KL(s) > 0. P(some jump) <= E(number of jumps)"
    proof.rule("the draws of a comparison", "Markov's inequality", text)
    apart, less = positives("t-s"), nonnegatives("less")
    number = m * (apart / 4 - less)
    allowed = bound(m=m, kappa=sp.Rational(1, 4), alpha=apart)
    text = "m (q(t) - q(s)), q(t) - q(s) = (t - s)/4 - less: the bound is at least that"
    proof.nonnegative("the bound", allowed - number, m * less, text)
    proof.code_check("the shipped problem", _agrees(), points=12, text="OneLatent.at is F, for three draws")
    return proof


def _agrees() -> bool:
    """Whether the shipped problem is F at some points and draws."""
    problem, draws = OneLatent(2.0, 3), np.array([0.2, 0.55, 0.9])
    for x in np.linspace(-3, 3, 12):
        q = 1 / (1 + np.exp(-x))
        kl = q * np.log(q) + (1 - q) * np.log(1 - q) + np.log(2)
        if abs(problem.at(draws)(np.array([x])) - (kl - 2 * np.mean(draws < q))) > 1e-12:
            return False
    return True

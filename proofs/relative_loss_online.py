"""Relative-loss descent online: why the claims of ``zotheory/claims/relative_loss_online.py`` hold.

Main statements
---------------
- `shipped_step`: the memory that goes on is what the weights that go on make, in this window, of the memory before.
- `staleness`, `stale_loss`, `truncation`: what is wrong with that memory, with the loss, and with the gradient.
- `decrease`: a step compared from that memory, whose gradient errs to one side.

Notation
--------
M_k(x) memory that x would have made of k windows; e_k = |m_k - M_k(x_k)|; a_j distance of two memories after j time
steps of a window. One step: s a fixed direction, mu = alpha <grad f,s> >= 0 (or take -s), a = alpha <G,s> with G the
gradient that sample X shows from the carried memory, E a = mu - beta; D_+ = a + r_+ and D_- = -a + r_- what is
compared, f(x + alpha s) - f(x) = mu + R_+, f(x - alpha s) - f(x) = -mu + R_-, |r|, |R| <= rho = L alpha^2/2; i_+, i_-
in {0, 1} whether the sample accepts, p_+ = E i_+, p_- = E i_-. Hypotheses enter as slacks, non-negative symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from proofs import bound_of, derivation, proves
from proofs.comparisons import opaque
from proofs.lemmas import nonnegatives
from proofs.relative_loss_minibatch import one_sample
from proofs.relative_loss_minibatch import shipped_step as compared
from zotheory import sphere
from zotheory.evidence.derivation import Derivation
from zotheory.methods.relative_loss import Move
from zotheory.methods.relative_loss_online import State, step
from zotheory.theorems import relative_loss_online as theorems

alpha, K, Lambda, J, G, L, d, rho, rest, more = sp.symbols("alpha K Lambda J |g| L d rho rest more", positive=True)
w = sp.Symbol("w", integer=True, positive=True)
m = sphere.mean_abs(d)
GIVEN = {"K": K, "rho": rho, "w": w}

Bound = Callable[..., Any]
Step = Callable[..., Any]


# --- the shipped step ------------------------------------------------------------------------------------------------


@proves("relative_loss_online.step")
def shipped_step(step: Step = step) -> Derivation:
    """Run the shipped step: from which memory it looks, and which memory goes on."""
    proof = Derivation(
        "relative_loss_online.step",
        "a step goes to y = x + alpha s if F(y) < F(x), both from memory m, and stays at x else; the memory that goes "
        "on is that which the point that goes on has made of m",
    )
    proof.uses("the point that goes on", compared(), "the step compares as relative_loss does where nothing is kept")
    s, x = (np.array(sp.symbols(f"{name}_1 {name}_2", real=True), dtype=object) for name in "sx")
    asked: list[Any] = []
    _taken(step, (0, 1), x, sp.sqrt(d) * s, alpha / sp.sqrt(d), asked)
    text = "F(x; m) and F(y; m): two, both from the memory m"
    proof.certified("the two evaluations", [memory for _, memory in asked] == ["m", "m"], text, by="enumeration")
    for axis in range(2):
        proof.identity(f"the first point along axis {axis + 1}", asked[0][0][axis], x[axis], "it is at x")
        text = "it is at y = x + alpha s"
        proof.identity(f"the second point along axis {axis + 1}", asked[1][0][axis], x[axis] + alpha * s[axis], text)
    outcomes = [
        _taken(step, ranks, np.array([5.0, -1.0]), np.array([1.0, 0.5]), 1.0) for ranks in ((0, 0), (0, 1), (1, 0))
    ]
    text = "x and what x has made where F(y) >= F(x), y and what y has made where F(y) < F(x)"
    proof.certified("the pair that goes on", outcomes == ["x", "x", "y"], text, by="enumeration")
    return proof


def _taken(step: Step, ranks: Any, x: Any, u: Any, sigma: Any, asked: list[Any] | None = None) -> str:
    """Which of x and y goes on with the memory that it has made, for these ranks of F(x) and F(y)."""
    values, made, asked = opaque((*ranks, 2)), iter("xyz"), [] if asked is None else asked

    class Carrying:
        def carry(self, point: Any, memory: Any) -> tuple[Any, Any]:
            asked.append((point, memory.item()))
            return values[len(asked) - 1 : len(asked)].reshape(()), np.array(next(made), dtype=object)

    sigma, zero = np.asarray(sigma, dtype=object if isinstance(sigma, sp.Basic) else float), np.asarray(0.0)
    start = State(x, zero, 0 * x, zero, 1, np.array("m", dtype=object))
    try:
        after = step(Carrying(), start, Move(u, sigma))
    except TypeError:
        return "neither"
    memory = after.memory.item()
    point = {"x": x, "y": x + sigma * u}.get(memory)
    return memory if point is not None and all(after.x == point) else "neither"


# --- what the memory costs -------------------------------------------------------------------------------------------


def _fading(expression: Any) -> Any:
    """The same for every rho and rho^w in (0, 1): rho = 1/(1 + rest), rho^w = 1/(1 + more)."""
    return sp.expand_power_exp(expression).subs(rho**w, 1 / (1 + more)).subs(rho, 1 / (1 + rest))


def _within_a_window(proof: Derivation) -> None:
    """Two memories after j time steps of the same weights; 0 < rho^w < 1."""
    proof.premise("the fading memory", "|H(x, h, v) - H(x, h', v)| <= rho |h - h'| for all x, h, h', v; 0 < rho < 1")
    j, before = sp.Symbol("j", integer=True, positive=True), sp.Symbol("a_0", nonnegative=True)
    text = "a_j = rho^j a_0 is what a_(j+1) = rho a_j gives, from a_0: |h_j - h'_j| <= rho^j |h_0 - h'_0|"
    proof.identity("the distance after a time step", rho * (rho**j * before), rho ** (j + 1) * before, text)
    proof.rule("the distance within a window", "induction", text)
    part = sp.Symbol("rho^j", positive=True)
    gap = (1 - rho * part).subs(rho, 1 / (1 + rest)) - (1 - part)
    text = "1 - rho^(j+1) = (1 - rho^j) + rho^j (1 - rho), from 1 - rho > 0: rho^w = 1/(1 + more), more > 0"
    proof.nonnegative("the power of the window", gap, part * rest / (1 + rest), text)
    proof.rule("the powers below one", "induction", text)


def _made_by(proof: Derivation) -> None:
    """|M_k(x) - M_k(y)| <= K |x - y|/(1 - rho)."""
    proof.premise("the weights of a time step", "|H(x, h, v) - H(y, h, v)| <= K |x - y| for all x, y, h, v")
    apart, less = nonnegatives("|x-y| less")
    limit = K * apart / (1 - rho)
    after = rho * (limit - less) + K * apart
    text = "|h_(t+1) - h'_(t+1)| <= rho |h_t - h'_t| + K |x - y|, and so at most K |x - y|/(1 - rho) if h_t is"
    proof.nonnegative("the memories of two weights", limit - after, rho * less, text)
    text = "both memories are m_0 at first: |M_k(x) - M_k(y)| <= K |x - y|/(1 - rho)"
    proof.rule("the memories of two weights at all times", "induction", text)


@proves("relative_loss_online.staleness")
def staleness(bound: Bound, step: Step = step) -> Derivation:
    """e_k <= bound."""
    proof = Derivation(
        "relative_loss_online.staleness",
        "|m_k - M_k(x_k)| <= K alpha rho^w/((1 - rho) (1 - rho^w)), m_k the carried memory, M_k(x) what x would have "
        "made of the same windows, for steps of length alpha at most",
    )
    proof.uses("the shipped step", shipped_step(step), "m_(k+1) is what x_(k+1) makes of m_k, |x_(k+1) - x_k| <= alpha")
    _within_a_window(proof)
    _made_by(proof)
    text = (
        "x_(k+1) makes m_(k+1) of m_k, and M_(k+1)(x_(k+1)) of M_k(x_(k+1)): e_(k+1) <= rho^w (e_k + K alpha/(1 - rho))"
    )
    proof.rule("the distance after a window", "cases", text)
    limit, less = bound(alpha=alpha, **GIVEN), nonnegatives("less")
    after = rho**w * (limit - less + K * alpha / (1 - rho))
    text = "e_k = bound - less: the bound is what rho^w (e + K alpha/(1 - rho)) leaves as it is"
    proof.nonnegative("the lag after a window", _fading(limit - after), less / (1 + more), text)
    proof.nonnegative("the lag at first", _fading(limit), K * alpha * (1 + rest) / (rest * more), "e_0 = 0")
    proof.rule("the lag at all times", "induction", "e_k <= bound for every k")
    return proof


def _mean_over_a_window(proof: Derivation) -> Any:
    """Of a distance at the beginning: Lambda times the mean of rho^j over j = 1..w."""
    proof.premise("the loss of a time step", "|loss(x, h, v) - loss(x, h', v)| <= Lambda |h - h'| for all x, h, h', v")
    n = sp.Symbol("n", integer=True, positive=True)
    total = rho * (1 - rho**n) / (1 - rho)
    text = "the sum of rho^j over j = 1..n is rho (1 - rho^n)/(1 - rho): it is rho for n = 1"
    proof.identity("the sum of one power", total.subs(n, 1), rho, text)
    proof.identity("the growth of the sum of powers", total.subs(n, n + 1) - total, rho ** (n + 1), text)
    proof.rule("the sum of the powers", "induction", text)
    text = "after j time steps rho^j of the distance is left: Lambda times the mean of rho^j, j = 1..w, times it"
    proof.rule("the mean loss from two memories", "linearity of expectation", text)
    return Lambda * total.subs(n, w) / w


@proves("relative_loss_online.stale_loss")
def stale_loss(bound: Bound) -> Derivation:
    """What the lag changes of the mean loss of a window."""
    proof = Derivation(
        "relative_loss_online.stale_loss",
        "the mean loss of a window from m_k and from M_k(x_k) differs by Lambda K alpha rho^(w+1)/(w (1 - rho)^2) at "
        "most, whatever weights go through it",
    )
    proof.uses("the lag", derivation("relative_loss_online.staleness"))
    _within_a_window(proof)
    each, less = _mean_over_a_window(proof), nonnegatives("less")
    lag = bound_of("relative_loss_online.staleness")(alpha=alpha, **GIVEN) - less
    text = "e_k = staleness - less: the bound is at least what it changes"
    form = Lambda * more / (rest * (1 + more) * w) * less
    proof.nonnegative(
        "the change of the loss", _fading(bound(alpha=alpha, Lambda=Lambda, **GIVEN) - each * lag), form, text
    )
    return proof


@proves("relative_loss_online.truncation")
def truncation(bound: Bound) -> Derivation:
    """What goes through the memory at the beginning of a window is bounded."""
    proof = Derivation(
        "relative_loss_online.truncation",
        "the gradients of F(x; M_k(x)) and of F(x; m), m held at M_k(x), differ by Lambda K rho (1 - rho^w)/(w (1 - "
        "rho)^2) at most",
    )
    _within_a_window(proof)
    _made_by(proof)
    each = _mean_over_a_window(proof)
    t = sp.Symbol("t", positive=True)
    text = "|F(x + t s; M_k(x + t s)) - F(x + t s; M_k(x))| <= t times the bound, |s| = 1"
    found = each * K * t / (1 - rho)
    proof.identity("the way through the memory", found, t * bound(Lambda=Lambda, **GIVEN), text)
    text = "this is t <whole - own,s> + o(t), of the two gradients: <whole - own,s> is at most the bound for every s"
    proof.rule("the gradient along every direction", "limit of inequalities", text)
    return proof


# --- one step --------------------------------------------------------------------------------------------------------


def _one_sided(proof: Derivation) -> None:
    """2 E max(mu - a, 0) <= E|a - E a| + 2 |beta|, E a = mu - beta."""
    for sign, name in ((1, "a positive"), (-1, "a negative")):
        u = sign * nonnegatives("u")
        form = (1 - sign) * nonnegatives("u") / 2
        text = "max(u, 0) >= u, and >= 0: max(u, 0) + max(v, 0) >= max(u + v, 0)"
        proof.nonnegative(f"the larger of zero and {name} number", sp.Max(u, 0) - u, form, text)
    text = "mu - a = beta + (E a - a): 2 max(mu - a, 0) <= 2 max(beta, 0) + 2 max(E a - a, 0)"
    proof.rule("the error to one side", "cases", text)
    high, low = nonnegatives("high low")
    text = "2 max(E a - a, 0) = |a - E a| - (a - E a), whose mean is E|a - E a|"
    proof.identity("a sample ahead of its mean", 2 * sp.Max(-high, 0), sp.Abs(high) - high, f"a - E a = high: {text}")
    proof.identity("a sample behind its mean", 2 * sp.Max(low, 0), sp.Abs(-low) + low, f"a - E a = -low: {text}")
    text = "2 E max(mu - a, 0) <= E|a - E a| + 2 |beta|"
    proof.rule("the mean error of the samples", "monotonicity of expectation", text)


def _curvatures(proof: Derivation) -> Any:
    """-i_+ r_+ + (1 - i_-) r_- + p_+ R_+ + p_- R_- is on average at most 3 rho; and so the rise of a pair."""
    p, q, size = nonnegatives("p_+ p_- rho")
    over = nonnegatives("1-p_+")
    text = "E i_+ = p_+, E(1 - i_-) = 1 - p_-: p_+ rho + (1 - p_-) rho + p_+ rho + p_- rho"
    proof.identity(
        "the sum of the curvatures", p * size + (1 - q) * size + p * size + q * size, (1 + 2 * p) * size, text
    )
    proof.nonnegative("the largest curvature", 3 * size - (1 + 2 * (1 - over)) * size, 2 * over * size, "p_+ <= 1")
    proof.rule("the curvature of both functions", "monotonicity of expectation", "at most 3 rho, as |r|, |R| <= rho")
    mu, error, less, spare = nonnegatives("mu 2E[behind] less spare")
    seen = (1 + p - q) * mu - error + spare  # E[-i_+ r_+ + (1 - i_-) r_-]
    rise = ((p - q) * mu + (3 * size - less - seen)) / 2
    text = (
        "as (1 + p_+ - p_-) mu - 2 E max(mu - a, 0) <= E[-i_+ r_+ + (1 - i_-) r_-]: E max(mu - a, 0) - mu/2 + 3 rho/2"
    )
    proof.nonnegative("the rise of a pair of directions", (error - mu + 3 * size) / 2 - rise, (less + spare) / 2, text)
    return (3 * size / 2).subs(size, L * alpha**2 / 2)


@proves("relative_loss_online.decrease")
def decrease(bound: Bound, step: Step = step) -> Derivation:
    """E f(x+) <= f(x) - bound."""
    proof = Derivation(
        "relative_loss_online.decrease",
        "E f(x+) <= f(x) - (alpha m_d/2) (|g| - E|G - E G| - 2 (truncation + J staleness)) + (3/4) L alpha^2, f(x) the "
        "mean loss of the next window from the memory that x would have made, G the gradient from the carried one",
    )
    text = "F(x + v; X) - F(x; X) - <G,v>, from the carried memory, and f(x + v) - f(x) - <g,v> are within L |v|^2/2"
    proof.premise("the smoothness of both functions", text)
    text = "F(y; h, X) - F(x; h, X) changes by at most J |y - x| |h - h'| with the memory h"
    proof.premise("the gradient and the memory", text)
    proof.premise("the independent samples", "the window X and the direction are independent of the past")
    proof.uses("the shipped step", shipped_step(step))
    text = "f(x + v) - f(x) = E[F(x + v; M(x + v)) - F(x + v; M(x))] + E[F(x + v; M(x)) - F(x; M(x))]"
    proof.uses("the way through the memory", derivation("relative_loss_online.truncation"), text)
    text = "the second is E[F(x + v; m) - F(x; m)] up to J |v| |m - M(x)|"
    proof.uses("the memory that lags", derivation("relative_loss_online.staleness"), text)
    text = "divided by |v| -> 0: |g - E G| <= truncation + J staleness"
    proof.rule("the gradient that is not seen", "limit of inequalities", text)
    text = "given s, f(x + alpha s) - f(x) is a number: its mean over samples that accept is p_+ times it"
    proof.rule("the loss given the direction", "independence", text)
    text = "s and -s have one law: the rise is the mean of [p_+ (mu + R_+) + p_- (-mu + R_-)]/2, s the one with mu >= 0"
    proof.rule("the pairs of directions", "tower property", text)
    one_sample(proof)
    _one_sided(proof)
    curved = _curvatures(proof)
    text = "E|<v,s>| = m_d |v|: mu, |a - E a| and |beta| are on average alpha m_d times |g|, E|G - E G| and |g - E G|"
    proof.uses("the law of the direction", derivation("directions.moments"), text)
    noise, less = sp.Symbol("E|G-EG|", positive=True), nonnegatives("less")
    unseen = theorems.truncation(Lambda=Lambda, **GIVEN) + J * theorems.staleness(alpha=alpha, **GIVEN)
    rise = alpha * m * (noise + 2 * (unseen - less) - G) / 2 + curved
    given = {"alpha": alpha, "g": G, "noise": noise, "L": L, "d": d, "Lambda": Lambda, "J": J, **GIVEN}
    text = "|g - E G| = truncation + J staleness - less: the bound is at most minus the rise"
    proof.nonnegative("the fall", -rise - bound(**given), alpha * m * less, text)
    _all_that_is_not_seen(proof, step)
    return proof


def _all_that_is_not_seen(proof: Derivation, step: Step) -> None:
    """With the loss Lambda h - c x the rise tends to what the bound allows, in every dimension."""
    unseen, near = sp.symbols("unseen near", positive=True)
    s = sp.Symbol("s", positive=True)
    text = (
        "F(x; m) falls by near, f rises by unseen - near along an axis: each step of s > 0 is taken, and none of s < 0"
    )
    rise = (unseen - near) * s / 2
    allowed = (2 * unseen - (unseen - near)) * s / 2
    proof.identity("the fall that is not lost", allowed - rise, near * s, f"{text}; it tends to 0 with near")
    f, taken = _Contrary(), []
    for u in (1.0, -1.0):
        zero, x = np.asarray(0.0), np.zeros(1)
        after = step(f, State(x, zero, x, zero, 1, zero), Move(np.array([u]), np.asarray(0.01)))
        taken.append(float(after.x[0]))
    text = "h = h'/2 + x and the loss h - 1.1 x, a window of one time step: the step goes to the right only"
    proof.code_check("the steps that are taken", taken == [0.01, 0.0], points=2, text=text)


class _Contrary:
    def carry(self, x: Any, memory: Any) -> tuple[Any, Any]:
        h = memory / 2 + x[..., 0]
        return h - 1.1 * x[..., 0], h

"""The potential of the 1/5 rule: lemmas of the claims about hitting times.

Main statement
--------------
- `ends`: the potential falls by B, in expectation, where the radius is far too long and where it is too short.

Notation
--------
D = log(gap), l = log(growth), x the fall of D; rare < 1/5 < often are Phi(-6/5) and Phi(-1/2); kappa = sqrt(d) alpha
L/|g| is at most k = sqrt(d) alpha L/sqrt(2 mu gap). V = D + max(up o, -down o), o = log(k) - l, up = 4 B/(l (1 - 5
rare)), down = 4 B/(l (5 often - 1)). Hypotheses enter as slacks, non-negative symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx

from proofs import derivation, proves
from proofs import overlap as balls
from proofs.lemmas import factored, nonnegatives, positives
from zotheory import radii
from zotheory.elementary import normal_tail
from zotheory.evidence.derivation import Derivation

NEAR, FAR = sp.Rational(1, 2), sp.Rational(6, 5)  # kappa/2 below which a step is accepted often, and not rarely
RARE, OFTEN = normal_tail(FAR), normal_tail(NEAR)

alpha, L, d, gap, mu, B = positives("alpha L d gap mu B")
l = sp.Symbol("l", positive=True)  # noqa: E741  log(growth)
low5, high5 = positives("1-5rare 5often-1")
up, down = 4 * B / (l * low5), 4 * B / (l * high5)  # slopes of V in the offset of log(alpha)


@proves("potential.ends")
def ends(rule: Callable[..., Any] = radii.one_fifth, widest: Any = 2) -> Derivation:
    """What a step does to the potential; its drift far from its place, for every growth in (1, widest]."""
    proof = Derivation(
        "potential.ends",
        "a step changes V by at most -(1 - up/2) x + max(up m, -down m), m the change of log(alpha); E change <= -B "
        f"where P(accept) < rare and where k < 1, growth up to {widest}, d >= 3; P(accept) >= Phi(-k/2) for k <= 12/5",
    )
    _rule(proof, rule)
    _sizes(proof)
    _often_enough(proof)
    _slopes(proof)
    _far_too_long(proof, widest)
    _far_too_short(proof)
    return proof


def cost(p: Any, rare: Any, often: Any) -> Any:
    """N(p), by which the fall of D pays for both sides of the potential."""
    return 1 + 4 * p / (1 - 5 * rare) + (1 - p) / (5 * often - 1)


def _rule(proof: Derivation, rule: Callable[..., Any]) -> None:
    close = []
    for growth in (1.001, 1.2, 2.0):
        after = rule(3.0, growth).after(np.asarray([3.0, 3.0]), np.asarray([True, False]))
        close.append(np.allclose(np.log(after / 3.0), np.log(growth) * np.array([1, -0.25]), rtol=1e-10))
    text = "log(alpha) moves by l after an accepted step, by -l/4 after a rejected one"
    proof.code_check("the shipped rule", all(close), points=6, text=text)
    p = sp.Symbol("p", positive=True)
    text = "the mean change of log(alpha) is l (5 p - 1)/4"
    proof.identity("the mean move", p * l - (1 - p) * l / 4, l * (5 * p - 1) / 4, text)


def _sizes(proof: Derivation) -> None:
    """kappa <= k and R/sigma <= d Q/k."""
    s, q = nonnegatives("s q")
    text = "G^2 = 2 mu gap + s and R^2 = 2 gap/mu - q; both follow from mu-strong convexity"
    proof.premise("what strong convexity gives", text)
    size = d * alpha**2 * L**2
    text = "kappa is at most k"
    factored(proof, "the relative length of a step", size / (2 * mu * gap) - size / (2 * mu * gap + s), text)
    square = 2 * gap / mu - q
    far = (d * L / mu) ** 2 / (size / (2 * mu * gap)) - square * d / alpha**2
    proof.nonnegative("the distance in units of the step", far, q * d / alpha**2, "R/sigma is at most d Q/k")


def _often_enough(proof: Derivation) -> None:
    """P(accept) >= Phi(-k/2) for k <= 12/5."""
    proof.uses("the chance of acceptance", derivation("one_fifth.success"))
    proof.uses("the tail against the normal one", derivation("axis.above_normal"))
    text = "P(accept) >= T_d(kappa/2) >= T_d(k/2) >= Phi(-k/2) for k <= 12/5, d >= 3"
    proof.rule("the acceptance of steps that are not too long", "monotonicity of expectation", text)
    with ctx.workprec(balls.PRECISION):
        inside = bool(balls.enclose(RARE) < arb("0.2")) and bool(balls.enclose(OFTEN) > arb("0.2"))
        text = "rare = Phi(-6/5) < 1/5 < Phi(-1/2) = often"
        proof.certified("the two chances about one fifth", inside, text, by="intervals")


def _slopes(proof: Derivation) -> None:
    """V = D + max(up o, -down o), o = log(k) - l; what one step does to it."""
    proof.premise("the potential", "V = D + max(up o, -down o): B `adapting` = max(up o, -down o), o = log(k) - l")
    move, x = sp.Symbol("m", real=True), sp.Symbol("x", nonnegative=True)  # of log(alpha), and the fall of D
    o = sp.Symbol("o", real=True)
    turned = move + x / 2  # change of o = log(alpha) - D/2 + const
    first = (-x + up * (o + turned)) - up * o
    proof.identity("the potential above its place", first, -(1 - up / 2) * x + up * move, "the change of D + up o")
    second = (-x - down * (o + turned)) + down * o
    text = "the change of D - down o is at most -(1 - up/2) x - down m"
    proof.nonnegative(
        "the potential below its place", -(1 - up / 2) * x - down * move - second, (up + down) / 2 * x, text
    )
    text = "V is the larger of the two: it changes by at most -(1 - up/2) x + max(up m, -down m)"
    proof.rule("the potential on either side", "cases", text)
    F, sides = positives("F sides")
    solved = 1 / (sides / F + 2 / (l * low5))
    text = "1 - up/2 = sides/(sides + 2 F/(l (1 - 5 rare))) > 0, where 1/B = sides/F + 2/(l (1 - 5 rare))"
    proof.identity("what is left of the fall", (1 - up / 2).subs(B, solved), sides / (sides + 2 * F / (l * low5)), text)
    text = "B N = (1 - up/2) F"
    proof.identity("the balance of the fall and the sides", solved * sides, (1 - 2 * solved / (l * low5)) * F, text)


def _far_too_long(proof: Derivation, widest: Any) -> None:
    """P(accept) < rare."""
    text = "then k > 12/5, and o > log(12/5) - l >= l/4: o stays >= 0 after a rejected step, V changes by at most up m"
    holds = bool(sp.Integer(widest) ** 5 <= (2 * FAR) ** 4)
    proof.certified("a radius far too long", holds, f"{widest}^(5/4) <= 12/5; " + text, by="enumeration")
    q = sp.Symbol("q", nonnegative=True)  # rare - p
    p = (1 - low5) / 5 - q
    mean = up * l * (5 * p - 1) / 4
    text = "the mean change is at most -B"
    proof.nonnegative("the drift when the radius is far too long", -B - mean, 5 * B * q / low5, text)


def _far_too_short(proof: Derivation) -> None:
    """What happens where k < 1, and so o < -l."""
    x, under, half = nonnegatives("x under half")  # o = -l - under; half = 1 - up/2
    proof.premise("a radius too short", "k < 1: o = -l - under, P(accept) >= often")
    start = down * (l + under)  # V - D
    kept = -x * (1 + down / 2) + down * under
    text = "V falls by down l at least"
    proof.nonnegative("an accepted step that stays below", start - down * l - kept, x * (1 + down / 2), text)
    over = -half * x - up * under  # D+ - D + up (o + l + x/2)
    text = "V falls by down l at least where o > 0 after the step, too"
    proof.nonnegative("an accepted step that ends above", start - down * l - over, half * x + (up + down) * under, text)
    text = "o < 0 after the step, too, and V rises by down l/4"
    proof.identity("a rejected step from below", down * (l + under + l / 4) - start, down * l / 4, text)
    q = sp.Symbol("q", nonnegative=True)  # p - often
    p = (1 + high5) / 5 + q
    mean = -p * down * l + (1 - p) * down * l / 4
    text = "the mean change is at most -B"
    proof.nonnegative("the drift when the radius is too short", -B - mean, 5 * B * q / high5, text)

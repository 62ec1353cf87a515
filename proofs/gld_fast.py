"""Why the claims of ``zotheory/claims/gld_fast.py`` hold.

Setting. As in ``proofs/gld_search.py``: f alpha-strongly convex and beta-smooth on R^n with minimiser x*, or a strictly
increasing transform of such an f; the gap is that of f itself.

Main statements
---------------
- `coverage`: the 2 K + 1 radii of an epoch reach every radius that `gld_search.one_step` (Theorem 7) can ask for in it,
  with a fifth to spare below, so that the condition number may be overestimated at will and underestimated by the
  factor (5/6)^(2/3).
- `epochs`: an epoch of (10 n Q/p) log(4 Q) steps halves the bound of the distance; so many fail with probability at
  most the sum.
- `evaluations`: what this costs.
- `evaluations_sharp`: the same with the gap in the place of the distance. The end of an epoch bounds the gap, not the
  distance alone; started from the gap, the next epoch has to divide it by 4, not by 4 Q. The price is log2(Q)/2 epochs
  to start with, and a factor log(4 Q)/log(4) is gained for good.

Notation
--------
D = |x - x*|; R radius of the epoch, R_i = diameter/2^i; rho = R/guess the middle radius; needed = 3 D/(5 Q), the radius
that Theorem 7 of the paper asks for. Hypotheses enter as slacks, non-negative symbols.

Errata to Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), as recalled: R has to start at
diameter/Q, not at the diameter, and H = n Q log(Q) lacks the constant.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from flint import arb

from proofs import bound_of, derivation, proves
from proofs import overlap as balls
from proofs.lemmas import expand_logs, factored, nonnegatives, positives, under
from proofs.searching import QUARTER, enough_successes, few_successes, markov
from zotheory.evidence.derivation import Derivation
from zotheory.methods.gld_fast import State, draw, gld_fast, radii
from zotheory.methods.gld_search import radii as search_radii
from zotheory.theorems import gld_fast as theorems
from zotheory.theorems.gld_search import failure, iterations

THREE_FIFTHS = sp.Rational(3, 5)
LOWEST = sp.Rational(5, 6) ** sp.Rational(2, 3)  # of guess/Q

Bound = Callable[..., Any]


def middle(R: Any, guess: Any) -> Any:
    """R/guess, the middle radius of an epoch."""
    return R / guess


# --- coverage --------------------------------------------------------------------------------------------------------


@proves("gld_fast.coverage")
def coverage(bound: Bound, start: Callable[[Any, Any], Any] = middle, lowest: Any = LOWEST) -> Derivation:
    """The radii of an epoch are enough, for the middle radius start(R, guess) and guess >= lowest Q."""
    proof = Derivation(
        "gld_fast.coverage",
        "R/(2 sqrt Q) <= |x - x*| <= sqrt(Q) R, guess >= (5/6)^(2/3) Q: some radius about R/guess contracts the gap by "
        "1 - 1/(5 n max(Q, guess)) with probability > 1/4",
    )
    text = "r_k = 2^-k R', k = 0..ceil(log2(R'/r)), where r <= 3 D/(5 Q) <= R'"
    proof.uses("the contraction of one step", derivation("gld_search.one_step"), text)
    _shipped_radii(proof)
    _reach(proof, start)
    _underestimate(proof, start, lowest)
    _overestimate(proof)
    _rate(proof, bound)
    text = "guess >= Q: Theorem 7 for the condition number guess; guess < Q: for Q itself"
    proof.rule("the conclusion", "cases", text)
    return proof


def _shipped_radii(proof: Derivation) -> None:
    """The radii are those of GLD-Search from 2^K R down to 2^-K R, 2^K >= 4 sqrt(Q)."""
    sample = [1, 1.5, 2, 3, 4, 8, 10, 15.9, 16, 17, 64, 100, 1000, 1024, 12345.6, 2**20, 10**8]
    same, reaches = [], []
    for Q in sample:
        grid = radii(1.0, Q)
        K = (len(grid) - 1) // 2
        same.append(np.array_equal(grid, search_radii(2.0**K, 2.0**-K)))
        square = Fraction(4) ** K / 16  # (2^K/4)^2
        reaches.append(square >= Fraction(Q) > square / 4)
    text = "those of GLD-Search with R' = 2^K R, r = 2^-K R"
    proof.code_check("the shipped radii", all(same), points=len(sample), text=text)
    text = "2^K >= 4 sqrt(Q) > 2^(K-1) in exact rationals"
    proof.code_check("the shipped number of radii", all(reaches), points=len(sample), text=text)
    proof.premise("the ceiling of the number of radii", "K = ceil(log2(4 sqrt(Q))): 2^K = 4 sqrt(Q) (1 + w), w >= 0")
    state, R, H = State(np.zeros(1), np.zeros(()), 0), radii(1.0, 2.0), 7
    halved = [draw(None, state._replace(t=t), 1, radii=R, H=H, law=_Scale, scale=1.0) for t in range(1, 30)]
    holds = all(np.array_equal(got, R / 2 ** (t // H)) for t, got in enumerate(halved, 1))
    text = "the shipped draw at step t: R/2^floor(t/H), t = 1..29, H = 7"
    proof.code_check("the shipped halving", holds, points=len(halved), text=text)


class _Scale:
    """A law that shows the scale it is given."""

    @staticmethod
    def draw(rng: Any, shape: Any, d: int, scale: Any) -> Any:
        return scale


def _reach(proof: Derivation, start: Callable[[Any, Any], Any]) -> None:
    """For guess = Q the radii reach from below 0.3 R Q^(-3/2) to above 0.6 R Q^(-1/2)."""
    R = sp.Symbol("R", positive=True)
    m, s, w = nonnegatives("m s w")
    root = 1 + m  # sqrt(Q)
    Q = root**2
    rho = start(R, Q)
    smallest, largest = rho / (4 * root * (1 + w)), 4 * root * (1 + w) * rho
    proof.premise("the range of the distance", "R/(2 sqrt Q) <= D <= sqrt(Q) R")
    needed = THREE_FIFTHS * (R / (2 * root) + s) / Q
    text = "2^-K rho <= R/(4 Q^(3/2)) <= 0.3 R Q^(-3/2) <= 3 D/(5 Q)"
    factored(proof, "the reach of the smallest radius", needed - smallest, text)
    needed = THREE_FIFTHS * root * R / (1 + s) / Q
    text = "3 D/(5 Q) <= 0.6 R Q^(-1/2) <= 4 R Q^(-1/2) <= 2^K rho"
    factored(proof, "the reach of the largest radius", largest - needed, text)


def _underestimate(proof: Derivation, start: Callable[[Any, Any], Any], lowest: Any) -> None:
    """The same for guess = z Q, lowest <= z <= 1."""
    R = sp.Symbol("R", positive=True)
    m, s, w, v = nonnegatives("m s w v")
    root = 1 + m  # sqrt(guess)
    cube = sp.sympify(lowest) ** sp.Rational(-3, 2) / (1 + v)  # (Q/guess)^(3/2)
    smallest = start(R, root**2) / (4 * root * (1 + w))
    needed = THREE_FIFTHS * (R / (2 * root) + s) / (root**2 * cube)
    text = "guess < Q: 2^-K rho <= R/(4 guess^(3/2)) <= 0.3 R Q^(-3/2) <= 3 D/(5 Q)"
    factored(proof, "the reach from below for a guess too small", needed - smallest, text)
    y = 1 + v  # sqrt(Q/guess)
    largest = 4 * root * (1 + w) * start(R, root**2)
    needed = THREE_FIFTHS * root * y * R / (1 + s) / (root * y) ** 2
    factored(proof, "the reach from above for a guess too small", largest - needed, "guess < Q: 3 D/(5 Q) <= 2^K rho")


def _overestimate(proof: Derivation) -> None:
    """What has condition number Q has every larger one, and the distances of an epoch for Q are among those for it."""
    alpha, R = positives("alpha R")
    z, m, square = nonnegatives("z m square")
    Q, guess = (1 + m) ** 2, (1 + m) ** 2 * (1 + z) ** 2
    smaller = alpha * Q / guess  # beta/guess
    convexity = (alpha - smaller) * square / 2
    text = "guess >= Q: f is beta/guess-strongly convex, so Theorem 7 holds with guess"
    factored(proof, "the convexity for a guess too large", convexity, text)
    narrower = R / (2 * (1 + m)) - R / (2 * (1 + m) * (1 + z))
    factored(proof, "the distances from below for a guess too large", narrower, "R/(2 sqrt(guess)) <= R/(2 sqrt(Q))")
    wider = (1 + m) * (1 + z) * R - (1 + m) * R
    factored(proof, "the distances from above for a guess too large", wider, "sqrt(Q) R <= sqrt(guess) R")
    text = "sqrt(guess) = (1 + z) sqrt(Q)"
    proof.identity("the roots of guess and condition number", sp.sqrt(guess) / sp.sqrt(Q), 1 + z, text)


def _rate(proof: Derivation, bound: Bound) -> None:
    n, Q, guess = positives("n Q guess")
    larger = bound_of("gld_search.one_step")(n=n, Q=sp.Max(Q, guess))
    proof.identity("the contraction", bound(n=n, Q=Q, guess=guess), larger, "that of Theorem 7 for max(Q, guess)")
    close = abs(arb(theorems.LOWEST_GUESS) - (arb(5) / 6) ** (arb(2) / 3)) < arb("1e-15")
    text = f"{theorems.LOWEST_GUESS} is (5/6)^(2/3)"
    proof.code_check("the shipped lowest guess", bool(close), points=1, text=text)


# --- epochs ----------------------------------------------------------------------------------------------------------


@proves("gld_fast.epochs")
def epochs(bound: Bound, length: Bound = theorems.epoch, fall: Callable[[Any], Any] = lambda Q: 4 * Q) -> Derivation:
    """Distance after i epochs of `length`, in which the gap is to be divided by `fall`."""
    proof = Derivation(
        "gld_fast.epochs",
        "|x_0 - x*| <= diameter, H = ceil(epoch(n, Q)), middle radius R_i/Q: after i epochs |x - x*| <= diameter/2^i "
        "for ever, but for probability epochs_failure(i, n, Q)",
    )
    _from_distance(proof, fall)
    _steps(proof, length, lambda Q: sp.log(4 * Q))
    _union(proof, theorems.epochs_failure, lambda Q: sp.log(4 * Q))
    _halving(proof, bound)
    return proof


def _shared_premises(proof: Derivation) -> None:
    proof.premise("the step", "f(x_(t+1)) <= f(x_t): x_t is kept unless a candidate is lower; let f* = 0")
    text = (
        "xi_t = 1 if the gap is multiplied by at most 1 - 1/(5 n Q), or if it is at most alpha R^2/8 already, else 0; "
        "P(xi_t = 1 | past) >= p, p up to 1/4; fresh directions at every step"
    )
    proof.uses("the success", derivation("gld_fast.coverage"), text)


def _distances(proof: Derivation, start: Callable[[Any, Any, Any], Any]) -> None:
    """While the gap exceeds alpha R^2/8, D lies in the window of coverage; `start` is the gap at the start."""
    alpha, R = positives("alpha R")
    m, s1, s2 = nonnegatives("m s1 s2")
    Q = (1 + m) ** 2
    gap = alpha * R**2 / 8 + s1
    square = 2 * (gap + s2) / (alpha * Q)  # smoothness at x*: gap = beta D^2/2 - s2
    text = "gap > alpha R^2/8 and gap <= beta D^2/2: D >= R/(2 sqrt Q)"
    factored(proof, "the distance from below", square - (R / (2 * (1 + m))) ** 2, text)
    largest = start(alpha, Q, R) / (1 + s1)
    square = 2 * (largest / (1 + s2)) / alpha  # strong convexity at x*: gap = alpha D^2/2 + ...
    text = "gap <= its start, and gap >= alpha D^2/2: D <= sqrt(Q) R"
    factored(proof, "the distance from above", (1 + m) ** 2 * R**2 - square, text)


def _from_distance(proof: Derivation, fall: Callable[[Any], Any] = lambda Q: 4 * Q) -> None:
    """One epoch, started at distance at most R."""
    _shared_premises(proof)
    alpha, R = positives("alpha R")
    m, s1, s2 = nonnegatives("m s1 s2")
    Q = (1 + m) ** 2
    proof.premise("the start of an epoch", "D <= R at its start")
    start = alpha * Q * R**2 / 2 / (1 + s1)  # gap <= beta D^2/2
    factored(proof, "the gap at the start", alpha * Q * R**2 / 2 - start, "gap <= beta R^2/2 = Q alpha R^2/2")
    _distances(proof, lambda alpha, Q, R: alpha * Q * R**2 / 2)
    text = "divided by 4 Q: gap <= alpha R^2/8 at the end"
    factored(proof, "the fall within an epoch", alpha * R**2 / 8 - start / fall(Q) / (1 + s2), text)
    _end(proof)


def _end(proof: Derivation) -> None:
    alpha, R = positives("alpha R")
    s1, s2 = nonnegatives("s1 s2")
    square = 2 * (alpha * R**2 / 8 / (1 + s1) / (1 + s2)) / alpha  # later gaps are no larger; alpha D^2/2 <= gap
    text = "gap <= alpha R^2/8 at the end of the epoch and from then on: D <= R/2 for ever"
    factored(proof, "the distance at the end", (R / 2) ** 2 - square, text)


def _steps(proof: Derivation, length: Bound, log_ratio: Callable[[Any], Any]) -> None:
    """The epoch's steps are those of `gld_search.iterations` for its fall of the gap; the first has one less than H."""
    enough_successes(proof)
    few_successes(proof)
    n, p = positives("n p")
    w = sp.Symbol("w", nonnegative=True)
    Q = 1 + sp.Symbol("kappa", nonnegative=True)
    H = length(n=n, Q=Q, p=p) + w  # H = ceil(length)
    needed = iterations(n=n, Q=Q, log_ratio=log_ratio(Q), p=p)
    text = "R is halved before step t = H: H - 1 steps in the first epoch, H in the others, all >= (10 n Q/p) log_ratio"
    proof.nonnegative("the steps of an epoch", H - 1 - needed, w, text)


def _union(proof: Derivation, total: Bound, log_ratio: Callable[[Any], Any]) -> None:
    n, Q = positives("n Q")
    i, more = nonnegatives("i more")
    one = failure(n=n, Q=Q, log_ratio=log_ratio(Q))
    text = "P(one of i + 1 epochs fails) <= P(one of i fails) + P(the next fails, given none) <= (i + 1) times that"
    proof.rule("the union of the failures", "induction", text)
    text = "at most i times that of one, and no probability is above 1"
    proof.identity("the failure of all epochs", total(i=i, n=n, Q=Q), sp.Min(1, i * one), text)
    text = "the bound grows with i, and i <= log2(R_0/eps) + 1"
    proof.nonnegative("the failure of more epochs", (i + more) * one - i * one, more * one, text)


def _halving(proof: Derivation, bound: Bound) -> None:
    i, diameter = sp.Symbol("i", positive=True, integer=True), sp.Symbol("diameter", positive=True)
    now, then = (bound(i=k, diameter=diameter) for k in (i, i + 1))
    text = "R_0 = diameter"
    proof.identity("the distance after the first epoch", bound(i=sp.Integer(1), diameter=diameter), diameter / 2, text)
    proof.identity("the distance after one epoch more", then, now / 2, "R_(i+1) = R_i/2")
    text = "D <= R_i at the end of epoch i, where epoch i + 1 starts with R = R_i"
    proof.rule("the distance after all epochs", "induction", text)
    _prescription(proof, theorems.prescribed, theorems.epoch, lambda Q: Q)


def _prescription(proof: Derivation, form: Callable[..., Any], length: Bound, divisor: Callable[[Any], Any]) -> None:
    """The constructor passes on what is analysed."""
    cases = [(3, 1.0), (3, 2.0), (10, 8.0), (10**6, 100.0)]
    holds = []
    for n, Q in cases:
        method = form(_Sizes(n, Q), diameter=1.7)
        plain = gld_fast(R=float(1.7 / divisor(Q)), Q=Q, H=int(np.ceil(length(n=n, Q=Q))))
        same = [np.array_equal(*(m.draw.keywords["radii"] for m in (method, plain)))]
        same += [method.draw.keywords[k] == plain.draw.keywords[k] for k in ("H", "law", "scale")]
        holds.append(all(same))
    text = "it has the R, H, law and scale that are analysed"
    proof.code_check("the shipped method", all(holds), points=len(cases), text=text)


class _Sizes:
    """A problem of which only n and Q are known."""

    def __init__(self, d: int, Q: float) -> None:
        self.d, self.Q = d, Q


# --- a bound that is too small ----------------------------------------------------------------------------------------


@proves("gld_fast.underestimate")
def underestimate(bound: Bound, lowest: Any = LOWEST) -> Derivation:
    """The same epochs, told a guess from lowest Q to Q."""
    proof = Derivation(
        "gld_fast.underestimate",
        "|x_0 - x*| <= diameter, (5/6)^(2/3) Q <= guess <= Q, H = ceil(epoch(n, guess)), middle radius R_i/guess: "
        "after i epochs |x - x*| <= diameter/2^i for ever, but for probability epochs_failure_underestimated(i, n, Q)",
    )
    _underestimate(proof, middle, lowest)
    _from_distance(proof)
    enough_successes(proof)
    markov(proof)
    _shorter(proof, lowest)
    _union(proof, theorems.epochs_failure_underestimated, lambda Q: sp.Rational(4, 9) * sp.log(4 * Q))
    _halving(proof, bound)
    return proof


def _shorter(proof: Derivation, lowest: Any) -> None:
    """With T = epoch(n, guess) - 1 steps p T/2 - S log 2 >= S/9, S = 5 n Q log(4 Q), guess = lowest (1 + y) Q."""
    n, p = positives("n p")
    k, y, w = nonnegatives("k y w")
    low, c = positives("z c")
    Q = sp.exp(k)
    S = 5 * n * Q * sp.log(4 * Q)
    T = theorems.epoch(n=n, Q=Q * low * (1 + y), p=p) + w - 1
    left = expand_logs(p * T / 2 - c * S)
    a1, a2, a3 = nonnegatives("a1 a2 a3")
    constants = {
        a1: low - c,
        a2: expand_logs(sp.log(4) * (low - c) + low * sp.log(low)),
        a3: expand_logs(sp.log(4 * low)),
    }
    grown = k * a1 + a2 + low * (y * (k + a3) + (1 + y) * sp.log(1 + y))
    form = 5 * n * Q * grown + p * w / 2
    text = "z = lowest guess/Q, c = log 2 + 1/9: p T/2 - S log 2 >= S/9"
    proof.nonnegative(
        "the terms that a short epoch has to spare",
        form,
        form,
        "5 n Q (k a1 + a2 + z (y (k + a3) + (1 + y) log(1 + y))) + p w/2 >= 0",
    )
    proof.identity("the steps of a short epoch", left, expand_logs(form.subs(constants)), text)
    values = {low: balls.enclose(expand_logs(sp.log(lowest))).exp(), c: arb(2).log() + arb(1) / 9}
    for which, constant in zip(("first", "second", "third"), constants.values(), strict=True):
        holds = bool(balls.enclose(constant, values) > 0)
        proof.certified(f"the sign of the {which} constant", holds, f"{constant} > 0", by="intervals")
    proof.rule("the failure of an epoch", "Markov's inequality", "an epoch fails with probability at most exp(-S/9)")


# --- evaluations -----------------------------------------------------------------------------------------------------


@proves("gld_fast.evaluations")
def evaluations(bound: Bound) -> Derivation:
    """How many evaluations bring the distance from the diameter to eps."""
    proof = Derivation(
        "gld_fast.evaluations",
        "prescribed: |x - x*| <= eps for good after evaluations(n, Q, diameter, eps), but for probability "
        "epochs_failure(L + 1, n, Q), L = log2(diameter/eps); at p = 1/4 at most 101 n Q log2(4 Q)^2 (L + 1)",
    )
    proof.uses("the epochs", derivation("gld_fast.epochs"))
    _count(proof, bound, theorems.epoch, lambda Q: sp.Integer(0))
    _order(proof, bound, lambda N, log, L: 101 * N * log**2 * (L + 1), lambda Q: sp.Integer(0))
    return proof


@proves("gld_fast.evaluations_sharp")
def evaluations_sharp(
    bound: Bound,
    length: Bound = theorems.epoch_sharp,
    extra: Callable[[Any], Any] = lambda Q: sp.log(Q) / sp.log(2) / 2,
) -> Derivation:
    """The same with the gap in the place of the distance: shorter epochs, `extra` of them to start with."""
    proof = Derivation(
        "gld_fast.evaluations_sharp",
        "prescribed_sharp: |x - x*| <= eps for good after evaluations_sharp(n, Q, diameter, eps), but for probability "
        "epochs_failure_sharp(L + log2(Q)/2 + 1, n, Q); at p = 1/4 at most 202 n Q log2(4 Q) (L + log2(Q)/2 + 1)",
    )
    _from_gap(proof, extra)
    _steps(proof, length, lambda Q: sp.log(4))
    _union(proof, theorems.epochs_failure_sharp, lambda Q: sp.log(4))
    _count(proof, bound, length, extra)
    _prescription(proof, theorems.prescribed_sharp, theorems.epoch_sharp, np.sqrt)
    _order(proof, bound, lambda N, log, L: 202 * N * log * (L + 1), extra)
    _saving(proof, bound)
    return proof


def _from_gap(proof: Derivation, extra: Callable[[Any], Any]) -> None:
    """One epoch, started at a gap of at most alpha R^2/2; the first has R = sqrt(Q) diameter."""
    _shared_premises(proof)
    alpha, R, diameter = positives("alpha R diameter")
    m, s1, s2 = nonnegatives("m s1 s2")
    Q = (1 + m) ** 2
    proof.premise("the start of an epoch", "gap <= alpha R^2/2 at its start")
    _distances(proof, lambda alpha, Q, R: alpha * R**2 / 2)
    start = alpha * R**2 / 2 / (1 + s1)
    text = "divided by 4: gap <= alpha (R/2)^2/2"
    factored(proof, "the fall within an epoch", alpha * (R / 2) ** 2 / 2 - start / 4 / (1 + s2), text)
    _end(proof)
    first = diameter * (1 + m)
    text = "they are log2(R_0/diameter)"
    proof.identity("the epochs to start with", extra(Q), sp.log(first / diameter) / sp.log(2), text)
    gap = alpha * Q * diameter**2 / 2 / (1 + s1)
    text = "gap <= beta diameter^2/2 = alpha R_0^2/2 with R_0 = sqrt(Q) diameter"
    factored(proof, "the first epoch", alpha * first**2 / 2 - gap, text)
    proof.identity("the middle radius of the first epoch", first / Q, diameter / (1 + m), "R_0/Q = diameter/sqrt(Q)")
    text = "gap <= alpha R_i^2/2 at the end of epoch i, R_i = sqrt(Q) diameter/2^i"
    proof.rule("the gap after all epochs", "induction", text)


def _setting(extra: Callable[[Any], Any]) -> tuple[Any, ...]:
    """n, q, x, eps, then Q = 4^q, diameter = 2^x eps, and log2(R_0/eps)."""
    n, eps = positives("n eps")
    q, x = nonnegatives("q x")
    Q = 2 ** (2 * q)
    return n, q, x, eps, Q, 2**x * eps, x + expand_logs(extra(Q))


def _count(proof: Derivation, bound: Bound, length: Bound, extra: Callable[[Any], Any]) -> None:
    """Evaluations, given that ceilings add less than 1 to the length, to K and to the number of epochs."""
    n, q, x, eps, Q, diameter, L = _setting(extra)
    p, h = positives("p h")
    w, v, u, cw, cv, cu = nonnegatives("w v u cw cv cu")  # what the ceilings add, and what is left to 1
    proof.identity("the octaves of the grid", sp.log(4 * sp.sqrt(Q)) / sp.log(2), 2 + q, "log2(4 sqrt(Q)) = 2 + q")
    proof.identity("the octaves of the distance", sp.log(diameter / eps) / sp.log(2), x, "log2(diameter/eps) = x")
    text = "H = h + w, K = 2 + q + v, i = log2(R_0/eps) + u with w, v, u in [0, 1): R_0/2^i <= eps"
    proof.premise("the ceilings", text)
    top = 1 + (h + 1) * (2 * q + 7) * (L + 1)
    claimed = bound(n=n, Q=Q, diameter=diameter, eps=eps, p=p)
    shipped = expand_logs(top.subs(h, length(n=n, Q=Q, p=p)))
    text = "1 + (h + 1) (log2(Q) + 7) (log2(R_0/eps) + 1)"
    proof.identity("the count of evaluations", expand_logs(claimed), shipped, text)
    each = 2 * (2 + q + v) + 1
    spent = 1 + (h + w) * each * (L + u)  # at the start, and 2 K + 1 in each of the less than i H steps of i epochs
    form = cw * each * (L + u) + (h + 1) * 2 * cv * (L + u) + (h + 1) * (2 * q + 7) * cu
    under(proof, "the evaluations of all epochs", top - spent, form, {cw: 1 - w, cv: 1 - v, cu: 1 - u})


def _order(proof: Derivation, bound: Bound, simple: Callable[..., Any], extra: Callable[[Any], Any]) -> None:
    """The same at p = 1/4 without its smaller terms; n Q = 1 + k."""
    _, q, _, eps, Q, diameter, L = _setting(extra)
    k, s = nonnegatives("k s")
    g = sp.Rational(6932, 10_000) - s
    between = bool(arb("0.5") < arb(2).log() < arb("0.6932"))
    proof.certified("the logarithm of two", between, "1/2 < log 2 < 0.6932", by="intervals")
    product, ln2 = positives("N ln2")
    shipped = expand_logs(bound(n=product / Q, Q=Q, diameter=diameter, eps=eps, p=QUARTER)).subs(sp.log(2), ln2)
    excess = sp.expand((simple(product, 2 + 2 * q, L) - shipped).subs({ln2: g, product: 1 + k}))
    order = simple(sp.Symbol("n Q"), sp.Symbol("log2(4 Q)"), sp.Symbol("L"))
    proof.nonnegative("the order of the count", excess, excess, f"at p = 1/4 at most {order}")


def _saving(proof: Derivation, bound: Bound) -> None:
    """Shorter epochs need no more evaluations, once diameter >= 2 eps."""
    eps = sp.Symbol("eps", positive=True)
    q, y, k, s = nonnegatives("q y k s")
    Q = 2 ** (2 * q)
    product, ln2 = positives("N ln2")
    both = [
        expand_logs(count(n=product / Q, Q=Q, diameter=2 ** (1 + y) * eps, eps=eps, p=QUARTER))
        for count in (bound_of("gld_fast.evaluations"), bound)
    ]
    saved = sp.expand((both[0] - both[1]).subs(sp.log(2), ln2).subs({ln2: sp.Rational(1, 2) + s, product: 1 + k}))
    proof.nonnegative("the saving", saved, saved, "evaluations - evaluations_sharp at p = 1/4")

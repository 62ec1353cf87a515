"""Relative-loss descent without momentum: why the claims of ``zotheory/theorems/relative_loss.py`` hold.

Main statements
---------------
- `decrease`, `decrease_sharp`: expected fall of one step; the second is exact for L|x|^2/2.
- `stationary`, `convex`, `strongly_convex`: what the falls of T steps add up to.
- `strongly_convex_sharp`: every radius of a grid makes progress, and how much all of them make together.
- `invariance`: nothing of f is used but comparisons.

Notation
--------
G = |g|; s uniform on the unit sphere of R^d, s_1 its coordinate along -g, m = E|s_1|, z = sqrt(d) s_1 with density h_d,
tail T_d and W_d(tau) = E max(z - tau, 0); tau = L alpha/(2 G); q = 1 - share; D = f(x) - f*. e = 1/d. Hypotheses enter
as slacks, non-negative symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from proofs import overlap as balls
from proofs import proves
from proofs import sample_and_keep as keep
from proofs.comparisons import TRANSFORMS, Ranked, opaque
from zotheory import radii
from zotheory.directions import sphere, sphere_mean_abs
from zotheory.evidence.derivation import Derivation
from zotheory.methods import relative_loss as constructor
from zotheory.methods.relative_loss import Move, State, step
from zotheory.theorems import relative_loss as bounds

HALF = sp.Rational(1, 2)
UPTO = 200  # dimensions decided one by one
LOWEST = sp.Rational(str(bounds.LOWEST))
UNBOUNDED = sp.Rational("1.4415")  # what radii without ends add up to for N(0, 1), at least

alpha, G, L, T, gap, R, eps, d, Q, J, theta, kappa = sp.symbols(
    "alpha G L T gap R eps d Q J theta kappa", positive=True
)
w = sp.Symbol("w", nonnegative=True)
m = sphere_mean_abs(d)
M = sp.Symbol("m_d", positive=True)


def _slacks(names: str) -> Any:
    return sp.symbols(names, nonnegative=True)


def _named(expression: Any) -> Any:
    """The same with the symbol m_d for Gamma(d/2)/(sqrt(pi) Gamma((d+1)/2))."""
    return sp.cancel(expression.subs(sp.gamma(d / 2), M * sp.sqrt(sp.pi) * sp.gamma((d + 1) / 2)))


# --- one step --------------------------------------------------------------------------------------------------------


def _candidate(proof: Derivation, step: Callable[..., Any]) -> None:
    """Run the shipped step: where it looks, and what it keeps."""
    s, seen = np.array(sp.symbols("s_1 s_2", real=True), dtype=object), []
    x = np.array(sp.symbols("x_1 x_2", real=True), dtype=object)

    def look(y: Any) -> Any:
        seen.append(y)
        return np.asarray(0.0)

    sigma = np.asarray(alpha / sp.sqrt(d), dtype=object)
    step(look, State(x, np.asarray(0.0), x * 0, alpha, 1), Move(sp.sqrt(d) * s, sigma))
    for axis in range(2):
        proof.identity(f"candidate, axis {axis + 1}", seen[0][axis], x[axis] + alpha * s[axis], "y = x + alpha s")
    proof.certified("one evaluation", len(seen) == 1, "the value at x is kept: one evaluation a step")
    outcomes = {ranks: _kept(step, ranks) for ranks in ((0, 0), (0, 1), (1, 0))}
    holds = outcomes == {(0, 0): 0, (0, 1): 0, (1, 0): 1}
    proof.certified("keep the lower", holds, "it moves to y where f(y) < f(x), else stays: f(x+) = min(f(x), f(y))")
    u = sphere.draw(np.random.default_rng(0), (1000,), 7)
    proof.certified("length of a direction", bool(np.allclose(np.sum(u * u, axis=-1), 7)), "|u| = sqrt(d): s = u/|u|")


def _kept(step: Callable[..., Any], ranks: tuple[int, int]) -> int:
    """0: stays with its value, 1: moves to the candidate with its value, -1: neither."""
    values = opaque(ranks)
    x, u = np.array([5.0, -1.0]), np.array([1.0, 0.5])
    try:
        start = State(x, values[:1].reshape(()), 0 * x, np.asarray(1.0), 1)
        state = step(lambda y: values[1:].reshape(()), start, Move(u, np.asarray(1.0)))
    except TypeError:
        return -1
    for moved, point in enumerate((x, x + u)):
        if np.array_equal(state.x, point) and np.asarray(state.fx).item() is values[moved]:
            return moved
    return -1


@cache
def _sphere() -> Derivation:
    proof = Derivation(
        "relative_loss.sphere", "z has density h_d; W_d(tau) = E z+ (1-tau^2/d)^((d-1)/2) - tau T_d(tau)"
    )
    keep._law(proof)
    keep._excess(proof)
    lead = sp.sqrt(d) * m / 2
    proof.identity("E z+", lead / sp.sqrt(d), m / 2, "W_d(0)/sqrt(d) = E max(s_1, 0) = m_d/2")
    return proof


def _law(proof: Derivation) -> None:
    proof.certified("law of s_1", _sphere().status == "steps checked", _sphere().statement + "; E max(s_1, 0) = m_d/2")


def _fall(proof: Derivation, step: Callable[..., Any]) -> None:
    """f(x) - f(x+) >= alpha G max(s_1 - tau, 0)."""
    s1 = sp.Symbol("s_1", real=True)
    proof.premise("smooth", "f(x + v) <= f(x) + <g,v> + L |v|^2/2; s_1 = -<g,s>/|g|")
    _candidate(proof, step)
    tau = L * alpha / (2 * G)
    rise = -alpha * G * s1 + L * alpha**2 / 2
    proof.identity("rise", rise, -alpha * G * (s1 - tau), "f(y) - f(x) <= -alpha G (s_1 - tau), tau = L alpha/(2 G)")
    text = "f(x) - f(x+) = max(f(x) - f(y), 0) >= alpha G max(s_1 - tau, 0)"
    proof.rule("kept", "monotonicity of expectation", text)
    _law(proof)


def _half_space(proof: Derivation, bound: Callable[..., Any]) -> None:
    """E max(s_1 - tau, 0) >= (m_d - tau)/2."""
    tau, over, under = _slacks("tau over under")
    proof.identity("s_1 >= tau", over - (tau + over - tau), 0, "s_1 = tau + over: max(s_1 - tau, 0) = s_1 - tau")
    text = "0 < s_1 = tau - under: max(s_1 - tau, 0) = 0 >= s_1 - tau"
    proof.nonnegative("0 < s_1 < tau", 0 - (tau - under - tau), under, text)
    text = "so E max(s_1 - tau, 0) >= E[s_1 - tau; s_1 > 0], s_1 <= 0 adding nothing"
    proof.rule("the half-space s_1 > 0", "monotonicity of expectation", text)
    short = sp.Symbol("1/2 - P(s_1 > 0)", nonnegative=True)
    text = "P(s_1 > 0) <= 1/2, since s and -s have one law: E[s_1 - tau; s_1 > 0] >= (m_d - tau)/2"
    proof.nonnegative("half", M / 2 - tau * (HALF - short) - (M - tau) / 2, tau * short, text)
    mean = alpha * G * (m - L * alpha / (2 * G)) / 2
    proof.identity("fall", mean, bound(alpha=alpha, g=G, L=L, d=d), "alpha G (m_d - tau)/2 = decrease")


@proves("relative_loss.decrease")
def decrease() -> Derivation:
    """R1, one step."""
    return decrease_derivation()


def decrease_derivation(bound: Callable[..., Any] = bounds.decrease, step: Callable[..., Any] = step) -> Derivation:
    """Derive E f(x+) <= f(x) - bound.

    Raises
    ------
    NotProved
        For another bound, or a step that keeps anything but the lower of two values.
    """
    proof = Derivation(
        "relative_loss.decrease", "E f(x+) <= f(x) - alpha m_d |g|/2 + L alpha^2/4 for L-smooth f, every d >= 1"
    )
    _fall(proof, step)
    _half_space(proof, bound)
    best = bound(alpha=theta * bounds.best_radius(g=G, L=L, d=d), g=G, L=L, d=d)
    largest = m**2 * G**2 / (4 * L)
    proof.identity("best radius: form", largest - best, largest * (theta - 1) ** 2)
    proof.nonnegative("best radius", M**2 * (theta - 1) ** 2, M**2 * (theta - 1) ** 2, "largest at alpha = m_d |g|/L")
    return proof


@proves("relative_loss.decrease_sharp")
def decrease_sharp() -> Derivation:
    """R1 with the indicator of the half-space kept."""
    return decrease_sharp_derivation()


def decrease_sharp_derivation(
    bound: Callable[..., Any] = bounds.decrease_sharp, step: Callable[..., Any] = step
) -> Derivation:
    """Derive f(x) - E f(x+) >= bound, equality on L|x|^2/2, and that it is no less than `decrease`.

    Raises
    ------
    NotProved
        For another bound.
    """
    proof = Derivation(
        "relative_loss.decrease_sharp",
        "f(x) - E f(x+) >= alpha |g| W_d(sqrt(d) tau)/sqrt(d), tau = L alpha/(2|g|), equal on L|x|^2/2; >= decrease",
    )
    _fall(proof, step)
    a, b, v, u = sp.symbols("x_1 x_2 v_1 v_2", real=True)
    rest = L / 2 * ((a + v) ** 2 + (b + u) ** 2 - a**2 - b**2) - L * (a * v + b * u) - L * (v**2 + u**2) / 2
    proof.identity("L|x|^2/2", rest, 0, "f(x + v) = f(x) + <g,v> + L |v|^2/2 there: every inequality above is equal")
    _half_space(proof, bounds.decrease)
    with ctx.workprec(512):
        holds = all(_agrees(bound, root, level) for root in (2, 3, 10, 1000) for level in (1, 5, 9))
        text = "12 floats within 1e-11 of ball arithmetic: alpha G W_d(sqrt(d) tau)/sqrt(d)"
        proof.certified("shipped bound", holds, text)
    ends = bound(alpha=0.5, g=2.0, L=3.0, d=1), bound(alpha=2.0, g=1.0, L=3.0, d=1)
    proof.certified("d = 1", bool(np.allclose(ends, [0.3125, 0.0], rtol=1e-12)), "s_1 = 1 or -1: alpha G (1 - tau)+/2")
    return proof


def _agrees(bound: Callable[..., Any], root: int, level: int) -> bool:
    """At d = root^2, sqrt(d) tau = level/8: alpha = 1/4, G = 3."""
    lipschitz = 3 * level / root  # so that sqrt(d) L alpha/(2 G) = level/8
    found = arb(float(bound(alpha=0.25, g=3.0, L=lipschitz, d=root**2)))
    exact = keep.excess_ball(root**2, sp.Rational(level, 8)) * arb(3) / 4 / root
    return bool(abs(found / exact - 1) < keep.AGREEMENT)


# --- smooth ----------------------------------------------------------------------------------------------------------


@proves("relative_loss.stationary")
def stationary() -> Derivation:
    """R1, the rate."""
    return stationary_derivation()


def stationary_derivation(
    bound: Callable[..., Any] = bounds.mean_gradient, best: Callable[..., Any] = bounds.stationary_radius
) -> Derivation:
    """Derive the mean of E|grad f| over T steps.

    Raises
    ------
    NotProved
        For a smaller bound, or another best radius.
    """
    proof = Derivation(
        "relative_loss.stationary",
        "(1/T) sum_{t<T} E|grad f(x_t)| <= 2 (f(x_0) - inf f)/(alpha m_d T) + L alpha/(2 m_d), least at alpha = "
        "2 sqrt((f(x_0) - inf f)/(L T)): (2/m_d) sqrt(L (f(x_0) - inf f)/T)",
    )
    _one_step(proof)
    total, rest, more = _slacks("S rest more")  # S = sum of E|grad f(x_t)|
    proof.premise("bounded below", "E f(x_T) = inf f + rest")
    text = "the fall of T steps is the sum of T falls: gap - rest = (alpha m_d/2) S - T L alpha^2/4 + more"
    proof.rule("T steps", "linearity of expectation", text)
    summed = T * bounds.decrease(alpha=alpha, g=total / T, L=L, d=d) + more
    solved = sp.solve(sp.Eq(gap - rest, _named(summed)), total)[0]
    form = 2 * (rest + more) / (alpha * M * T)
    found = _named(bound(T=T, gap=gap, alpha=alpha, L=L, d=d))
    proof.nonnegative("mean gradient", found - solved / T, form, "bound - S/T >= 0")
    least = bound(T=T, gap=gap, alpha=best(T=T, gap=gap, L=L), L=L, d=d)
    proof.identity("best radius", least, 2 / m * sp.sqrt(L * gap / T), "(2/m_d) sqrt(L gap/T)")
    other = bound(T=T, gap=gap, alpha=theta * best(T=T, gap=gap, L=L), L=L, d=d)
    form = sp.sqrt(L * gap / T) / M * (theta - 1) ** 2 / theta
    proof.nonnegative("no radius is better", _named(other - least), form, "theta times that radius")
    shipped = bounds.best_mean_gradient(T=T, gap=gap, L=L, d=d)
    proof.identity("shipped", shipped, least, "best_mean_gradient")
    return proof


def _one_step(proof: Derivation) -> None:
    """R1, which the later claims use; where g = 0 it says only that f does not rise by more than L alpha^2/4."""
    one = _decrease()
    proof.certified("one step", one.status == "steps checked", one.statement)
    proof.rule("every step", "tower property", "the draws of a step are independent of the past")


@cache
def _decrease() -> Derivation:
    return decrease_derivation()


# --- convex ----------------------------------------------------------------------------------------------------------


@proves("relative_loss.convex")
def convex() -> Derivation:
    """R2."""
    return convex_derivation()


def convex_derivation(
    bound: Callable[..., Any] = bounds.convex_gap,
    radius: Callable[..., Any] = bounds.convex_radius,
    count: Callable[..., Any] = bounds.convex_steps,
) -> Derivation:
    """Derive the gap after T steps at a fixed radius, and the number of steps to eps.

    Raises
    ------
    NotProved
        For a smaller bound, a longer radius or fewer steps.
    """
    proof = Derivation(
        "relative_loss.convex",
        "convex f: E f(x_T) - f* <= F + (1 - alpha m_d/(2R))^T (gap - F), F = L alpha R/(2 m_d); alpha = m_d eps/(LR): "
        "at most eps from T = (2 L R^2/(m_d^2 eps)) log(2 gap/eps) on",
    )
    _one_step(proof)
    D, s, k = _slacks("D s k")
    _gradient(proof)
    share = alpha * M / (2 * R)
    mean = D - _named(bounds.decrease(alpha=alpha, g=D / R + s, L=L, d=d))
    text = "G = D/R + s: E D+ <= (1 - alpha m_d/(2R)) D + L alpha^2/4"
    proof.nonnegative("recurrence", (1 - share) * D + L * alpha**2 / 4 - mean, alpha * M * s / 2, text)
    rest = (1 - share).subs(alpha, 2 * R / (M * (1 + k)))
    proof.nonnegative(
        "1 - share", rest, k / (1 + k), "alpha <= 2R/m_d: the recurrence may be applied to an upper bound"
    )
    after = bound(T=T, gap=gap, alpha=alpha, R=R, L=L, d=d)
    proof.identity("start", after.subs(T, 0), gap)
    text = "convex_gap(T + 1) = (1 - alpha m_d/(2R)) convex_gap(T) + L alpha^2/4"
    proof.identity("induction", after.subs(T, T + 1), (1 - share.subs(M, m)) * after + L * alpha**2 / 4, text)
    proof.rule("T steps", "induction", "E D_T <= convex_gap(T)")
    _in_time(proof, bound, radius, count)
    return proof


def _gradient(proof: Derivation) -> None:
    """D <= R G."""
    a, b, c, e = sp.symbols("a_1 a_2 b_1 b_2", real=True)
    gap_ = (a**2 + b**2) * (c**2 + e**2) - (a * c + b * e) ** 2
    proof.nonnegative("Cauchy-Schwarz, in the plane of the two vectors", gap_, (a * e - b * c) ** 2)
    proof.premise("convex", "D = f(x) - f(x*) <= <g, x - x*>, x* the minimiser closest to x")
    proof.rule("level set", "induction", "f(x+) <= f(x): every x_t lies in {f <= f(x_0)}, so |x_t - x*| <= R")
    proof.premise("so", "D <= R G: G = D/R + s")


def _in_time(
    proof: Derivation, bound: Callable[..., Any], radius: Callable[..., Any], count: Callable[..., Any]
) -> None:
    where = {"alpha": radius(eps=eps, R=R, L=L, d=d), "R": R, "L": L, "d": d}
    proof.identity("floor", bounds.convex_floor(**where), eps / 2, "L alpha R/(2 m_d) = eps/2")
    _logarithm(proof)
    share, steps = where["alpha"] * m / (2 * R), count(eps=eps, gap=gap, R=R, L=L, d=d)
    proof.identity(
        "T", sp.exp(-sp.expand_log(share * steps, force=True)), eps / (2 * gap), "exp(-share T) = eps/(2 gap)"
    )
    r, more = _slacks("r more")
    top = eps / 2 + more  # the gap, eps < 2 gap
    power = eps / (2 * top) / (1 + r)  # (1 - share)^T
    left = eps / 2 + power * (top - eps / 2)
    form = sp.factor(sp.together(eps - left))
    proof.nonnegative("down to eps", eps - left, form, "(1 - share)^T <= eps/(2 gap): E D_T <= eps")


def _logarithm(proof: Derivation) -> None:
    balls.grows(proof, "log(1-x) <= -x", -w - sp.log(1 - w), w, balls.w / (1 + balls.w))
    proof.rule("power", "monotonicity of expectation", "(1 - share)^T <= exp(-share T), 0 <= share < 1; 0 at share = 1")


# --- gradient dominated ----------------------------------------------------------------------------------------------


@proves("relative_loss.strongly_convex")
def strongly_convex() -> Derivation:
    """R3."""
    return strongly_convex_derivation()


def strongly_convex_derivation(
    left: Callable[..., Any] = bounds.gap_left,
    count: Callable[..., Any] = bounds.grid_steps,
    grid: Callable[..., Any] = bounds.grid,
    draw: Callable[..., Any] = radii.log_uniform,
) -> Derivation:
    """Derive the gap after T steps with radii of a grid, where it is above eps.

    Raises
    ------
    NotProved
        For a smaller bound, fewer steps, a grid that does not reach, or a draw that is not uniform.
    """
    proof = Derivation(
        "relative_loss.strongly_convex",
        "E[D_T; D_T > eps] <= (1 - (4/9) m_d^2/(QJ))^T gap, J = ceil(log2(Q gap/eps)/2) radii from (2/3) m_d "
        "sqrt(2 gap/L) down; so P(D_T > eps) <= p after (9 QJ/(4 m_d^2)) log(gap/(eps p)) steps",
    )
    _one_step(proof)
    _between(proof)
    _drawn(proof, draw)
    p, s, D = _slacks("p s D")
    over = sp.Rational(2, 3) - p  # 4/3 - theta
    fall = _named(bounds.decrease(alpha=(sp.Rational(2, 3) + p) * M * G / L, g=G, L=L, d=d))
    rest = fall - sp.Rational(2, 9) * M**2 * G**2 / L
    proof.identity("one radius: form", rest, p * over * M**2 * G**2 / (4 * L))
    u = sp.Symbol("4/3 - theta", nonnegative=True)
    text = "theta = 2/3 + p in [2/3, 4/3], alpha = theta m_d G/L: the fall is at least (2/9) m_d^2 G^2/L"
    proof.nonnegative("one radius", p * u * M**2 * G**2 / (4 * L), p * u * M**2 * G**2 / (4 * L), text)
    text = "the J - 1 other radii do no harm, f(x+) <= f(x): the mean over the draw is at least 1/J of that"
    proof.rule("J radii", "monotonicity of expectation", text)
    square = 2 * L / Q * D + s
    mean = D - sp.Rational(2, 9) * M**2 * square / (L * J)
    shrink = _named(left(T=sp.Integer(1), gap=gap, Q=Q, d=d, J=J) / gap)
    text = "E D+ <= (1 - share) D, G^2 = 2 mu D + s, mu = L/Q"
    proof.nonnegative("expected gap", shrink * D - mean, 2 * M**2 * s / (9 * L * J), text)
    lowest = 2 * M * sp.sqrt(2 * L * gap) / (3 * L)
    needed = sp.Rational(4, 3) * M * sp.sqrt(2 * L / Q * eps) / L
    _reach(proof, lowest, sp.Rational(2, 3) * M * sp.sqrt(2 * L * gap) / L, needed, 0)
    text = "largest >= (2/3) m_d G/L, smallest <= (4/3) m_d G/L: the first <= 4/3 is the largest or exceeds 2/3"
    proof.rule("a radius in [2/3, 4/3]", "cases", text)
    _shipped_grid(proof, grid, 0, lambda gap, L, d: 2 / 3 * float(sphere_mean_abs(d)) * np.sqrt(2 * gap / L))
    _whole_run(proof, left, count, bounds.share)
    return proof


def _between(proof: Derivation) -> None:
    """sqrt(2 mu eps) <= G <= sqrt(2 L gap) as long as D > eps."""
    proof.premise("dominated", "G^2 = 2 mu D + s, mu = L/Q; it follows from mu-strong convexity")
    proof.identity("a gradient step", -(G**2) / L + L * (G / L) ** 2 / 2, -(G**2) / (2 * L), "f* <= f(x - g/L)")
    text = "G^2 <= 2 L D <= 2 L gap, D never rising; G^2 >= 2 mu D > 2 mu eps while D > eps"
    proof.rule("range of G", "monotonicity of expectation", text)


def _reach(proof: Derivation, largest: Any, needed: Any, low: Any, extra: int) -> None:
    """The ends of the grid, J = ceil(log2(Q gap/eps)/2) + extra."""
    k = sp.Symbol("k", nonnegative=True)
    proof.nonnegative("largest", largest - needed, sp.Integer(0), "long enough at G = sqrt(2 L gap)")
    r = sp.Symbol("r", positive=True)  # sqrt(Q gap/eps)
    count = r * 2**extra * (1 + k)  # 2^J
    proof.premise("J", f"2^J = 2^{extra} sqrt(Q gap/eps) (1 + k)")
    shortest = (2 * largest / count).subs(gap, r**2 * eps / Q)
    rest = sp.simplify(low - shortest)
    form = sp.simplify(low * k / (1 + k))
    proof.nonnegative(
        "smallest", rest, form, "short enough at G = sqrt(2 mu eps), so shorter than needed at a larger G"
    )


def _drawn(proof: Derivation, draw: Callable[..., Any]) -> None:
    """The shipped draw takes each radius equally often, and no other."""

    class Even:
        """Uniform variates, evenly spread."""

        def random(self, shape: Any) -> np.ndarray:
            return (np.arange(shape[0]) + 0.5) / shape[0]

    holds = True
    for count in range(1, 13):
        drawn = draw(3.0, count).draw(Even(), np.full(8 * count, 3.0), 1)
        found, times = np.unique(drawn, return_counts=True)
        holds = holds and np.array_equal(found, 3.0 * 2.0 ** -np.arange(count)[::-1]) and bool(np.all(times == 8))
    proof.certified(
        "draw", holds, "each of 3, 3/2, ..., 3/2^(J-1) equally often, J = 1..12, for evenly spread variates"
    )


def _shipped_grid(proof: Derivation, grid: Callable[..., Any], extra: int, largest: Callable[..., float]) -> None:
    rng = np.random.default_rng(0)
    holds = True
    for _ in range(200):
        gap, L, scale, Q = 10 ** rng.uniform(-3, 3, 4)
        Q, size = Q + 1, int(10 ** rng.uniform(0.4, 9))
        end = gap * min(scale, 0.5)
        rule = grid(eps=end, gap=gap, Q=Q, L=L, d=size)
        J = rule.draw.keywords["count"]
        reach = 2.0 ** (J - extra) >= np.sqrt(Q * gap / end) * (1 - 1e-12) > 2.0 ** (J - extra - 1) * (1 - 1e-11)
        holds = holds and bool(reach) and bool(np.isclose(rule.first, largest(gap, L, size), rtol=1e-12))
    proof.certified("shipped grid", holds, f"200 grids: J = ceil(log2(Q gap/eps)/2) + {extra} and the largest radius")


def _whole_run(
    proof: Derivation, left: Callable[..., Any], count: Callable[..., Any], share: Callable[..., Any]
) -> None:
    text = (
        "D never rises: D_{t+1} > eps implies D_t > eps, so E[D_{t+1}; D_{t+1} > eps] <= (1 - share) E[D_t; D_t > eps]"
    )
    proof.rule("while above eps", "tower property", text)
    where = {"gap": gap, "Q": Q, "d": d, "J": J}
    taken = share(Q=Q, d=d, J=J)
    proof.identity("induction", left(T=T + 1, **where), (1 - taken) * left(T=T, **where))
    proof.identity("start", left(T=sp.Integer(1), **where), (1 - taken) * gap)
    proof.rule("T steps", "induction", "E[D_T; D_T > eps] <= (1 - share)^T gap")
    _logarithm(proof)
    proof.rule("probability", "Markov's inequality", "P(D_T > eps) <= E[D_T; D_T > eps]/eps")
    p = sp.Symbol("p", positive=True)
    steps = sp.expand_log(sp.nsimplify(taken * count(eps=eps, p=p, **where), rational=True), force=True)
    proof.identity("steps", sp.exp(-steps) * gap / eps, p, "exp(-share T) gap/eps = p")


# --- all radii of the grid -------------------------------------------------------------------------------------------


@proves("relative_loss.strongly_convex_sharp")
def strongly_convex_sharp() -> Derivation:
    """R3, every radius counted."""
    return sharp_derivation()


def sharp_derivation(
    left: Callable[..., Any] = bounds.gap_left_sharp,
    count: Callable[..., Any] = bounds.grid_steps_sharp,
    grid: Callable[..., Any] = bounds.wide_grid,
    constant: Any = None,
    unbounded: Any = UNBOUNDED,
    upto: int = UPTO,
) -> Derivation:
    """Derive the gap after T steps from the progress of all radii in a window of OCTAVES octaves.

    Raises
    ------
    NotProved
        For a smaller bound, fewer steps, a grid that does not reach, or a larger constant.
    """
    proof = Derivation(
        "relative_loss.strongly_convex_sharp",
        "d >= 2, J = ceil(log2(Q gap/eps)/2) + 4 radii from 16 LOWEST sqrt(2 gap/(Ld)) down: E[D_T; D_T > eps] <= "
        "(1 - 1.24/(dQJ))^T gap; without ends 1/log 2 on average over the offset, >= 1.4415 at every one for N(0,1)",
    )
    claimed = sp.Rational(str(bounds.CONSTANT)) if constant is None else sp.sympify(constant)
    one = decrease_sharp_derivation()
    proof.certified("one step", one.status == "steps checked", one.statement)
    proof.rule("every step", "tower property", "the draws of a step are independent of the past")
    _between(proof)
    _drawn(proof, radii.log_uniform)
    _progress(proof, left, claimed)
    h, octaves = LOWEST, bounds.OCTAVES
    unit, end = sp.sqrt(2 * gap / (L * d)), sp.sqrt(2 * eps / (L * Q * d))
    _reach(proof, h * 2 ** (octaves - 1) * unit, h * 2 ** (octaves - 1) * unit, 2 * h * end, octaves - 1)
    text = (
        "radii without ends have one in [h, 2h) G/(L sqrt d); smallest < 2h, largest >= 16 h: it and 4 above are there"
    )
    proof.rule("the window", "cases", text)
    _shipped_grid(
        proof, grid, octaves - 1, lambda gap, L, d: bounds.LOWEST * 2 ** (octaves - 1) * np.sqrt(2 * gap / (L * d))
    )
    _window(proof, claimed, upto)
    _whole_run(proof, left, count, bounds.share_sharp)
    _without_ends(proof, unbounded)
    return proof


def _progress(proof: Derivation, left: Callable[..., Any], claimed: Any) -> None:
    W, s, D, more = _slacks("W s D more")
    length = kappa * G / (L * sp.sqrt(d))
    proof.identity("threshold", sp.sqrt(d) * L * length / (2 * G), kappa / 2, "alpha = kappa G/(L sqrt d)")
    text = "fall >= (G^2/(2 L d)) c_d(kappa), c_d = 2 kappa W_d(kappa/2)"
    proof.identity("fall", length * G * W / sp.sqrt(d), G**2 / (2 * L * d) * (2 * kappa * W), text)
    square = 2 * L / Q * D + s
    mean = D - square / (2 * L * d * J) * (claimed + more)
    shrink = sp.nsimplify(left(T=sp.Integer(1), gap=gap, Q=Q, d=d, J=J) / gap, rational=True)
    form = (s * (claimed + more) / (2 * L) + more * D / Q) / (d * J)
    text = "the window adds up to constant + more, each radius drawn with probability 1/J, the others do no harm"
    proof.nonnegative("expected gap", shrink * D - mean, form, text)


def _tails(size: int | None) -> Callable[[arb], tuple[arb, arb]]:
    """W and the tail T as functions of tau; size None: N(0, 1)."""
    if size is None:
        return lambda x: (keep._normal_excess(x), (x / arb(2).sqrt()).erfc() / 2)
    mean, half = keep.excess_ball(size, 0), arb(1) / 2

    def below(x: arb) -> tuple[arb, arb]:
        rest = 1 - x * x / size
        if not rest > 0:
            return arb(0), arb(0)  # W >= 0
        tail = rest.beta_lower(half * (size - 1), half, regularized=1) / 2
        return mean * rest.sqrt() ** (size - 1) - x * tail, tail

    return below


def _at_least(target: Any, size: int | None, low: Any, octaves: range, depth: int = 9) -> bool:
    """Whether sum_j c(2^j a) > target for every a in [low, 2 low], by tangents at the middle of cells, halved at need.

    W is convex, so above its tangents: 2 k (W(t) - T(t)(k/2 - t)), concave in k, is least at an end of its cell.
    """
    goal, tails = balls.enclose(target), _tails(size)

    def holds(start: fmpq, stop: fmpq, depth: int) -> bool:
        sums = [arb(0), arb(0)]
        for j in octaves:
            scale = fmpq(2) ** j
            middle = scale * (start + stop) / 4
            W, tail = tails(arb(middle))
            for i, end in enumerate((scale * start, scale * stop)):
                sums[i] += 2 * arb(end) * (W - tail * arb(end / 2 - middle))
        if sums[0] > goal and sums[1] > goal:
            return True
        centre = (start + stop) / 2
        return depth > 0 and holds(start, centre, depth - 1) and holds(centre, stop, depth - 1)

    low = sp.Rational(low)
    start = fmpq(int(low.p), int(low.q))
    return holds(start, 2 * start, depth)


def _tangents(proof: Derivation) -> None:
    t, h = sp.Symbol("t", positive=True), sp.Function("h")
    proof.premise("W", "W has slope -T and T slope -h <= 0 (law of s_1): W is convex")
    W, tail, a = sp.symbols("W T a", positive=True)
    proof.identity("tangent", sp.diff(2 * t * (W - tail * (t / 2 - a)), t, 2), -2 * tail, "concave: least at an end")
    proof.identity("tail", sp.diff(HALF - sp.Integral(h(a), (a, 0, t)), t), -h(t))


def _window(proof: Derivation, claimed: Any, upto: int) -> None:
    """Sum over the window > claimed, for every offset and every d >= 2."""
    _law(proof)
    _tangents(proof)
    octaves = range(bounds.OCTAVES)
    with ctx.workprec(balls.PRECISION):
        holds = all(_at_least(claimed, size, LOWEST, octaves) for size in range(2, upto + 1))
        proof.certified(f"window, 2 <= d <= {upto}", holds, f"sum of c_d over the window > {claimed}, one by one")
        limit = sp.Rational("1.2625")
        proof.certified("window, N(0, 1)", _at_least(limit, None, LOWEST, octaves), f"> {limit} in the limit")
        _larger(proof, claimed, limit, upto)


def _larger(proof: Derivation, claimed: Any, limit: Any, upto: int, count: int = 20) -> None:
    """Every d > upto: a lower bound of W, analytic in e = 1/d down to 0, whose slope in e is bounded."""
    keep._watson_below(proof)
    keep._density_below(proof)
    keep._twice(proof)
    text = "h_d at its lower bound, t = tau u: W_d(tau) >= the integral of this over u in (0, 1), less tau/2"
    proof.rule("below W", "monotonicity of expectation", text)
    e, u, tau = balls.e, balls.u, sp.Symbol("tau", positive=True)
    inner = tau**2 * (1 - u) * sp.exp(-((tau * u) ** 2) / 2 - e * (tau * u) ** 4 / 2)
    whole = sp.sqrt((1 - 3 * e / 2) / (2 * sp.pi)) * (1 / (1 - e) + inner)
    normal = (1 + tau**2 * (1 - u) * sp.exp(-((tau * u) ** 2) / 2)) / sp.sqrt(2 * sp.pi)
    proof.identity("e = 0", whole.subs(e, 0), normal, "for N(0, 1) itself, integrated over u, less tau/2: W(tau)")
    slope = sp.diff(whole, e)
    near = balls.span(0, sp.Rational(1, upto))
    worst = arb(0)
    for i in range(count):
        cell = [LOWEST * (1 + sp.Rational(i + j, count)) for j in range(2)]
        total = arb(0)
        for j in range(bounds.OCTAVES):
            half = balls.span(cell[0] * 2**j / 2, cell[1] * 2**j / 2)
            size = 4 + 2 ** (j + 1)  # cells of u: the more, the longer the step
            parts = (balls.enclose(slope, {e: near, u: part, tau: half}) for part in balls.cells(0, 1, size))
            total += 4 * half * sum(parts, arb(0)) / size
        worst = worst.min(total.lower())
    holds = balls.enclose(limit) + worst / upto > balls.enclose(claimed)
    text = f"the sum is at least {limit} + e times its least slope, {worst.str(4)}, for 0 <= e <= 1/{upto}: > {claimed}"
    proof.certified(f"window, d > {upto}", bool(holds), text)


def _without_ends(proof: Derivation, unbounded: Any) -> None:
    """All radii 2^j: the mean over the offset in every dimension, and every offset for N(0, 1)."""
    z, t = sp.symbols("z t", positive=True)
    proof.identity("integral", sp.integrate(z - t, (t, 0, z)), z**2 / 2, "of max(z - t, 0) over t > 0, where z > 0")
    proof.identity("c(k) dk/k", sp.simplify(2 * kappa / kappa * 2), 4, "k = 2t: c(k) dk/k = 2 W(k/2) dk = 4 W(t) dt")
    proof.premise("second moment", "d E s_1^2 = E|s|^2 = 1 by symmetry: E z^2 = 1, and E[z^2; z > 0] = 1/2")
    text = "the offset a over an octave and j over all integers: k = 2^j a runs over all k > 0 once"
    proof.rule("unfold", "linearity of expectation", text)
    mean = 4 * HALF * HALF / sp.log(2)
    proof.identity("mean over the offset", mean, 1 / sp.log(2), "4 (1/2) E[z^2; z > 0]/log 2 = 1/log 2, for every d")
    with ctx.workprec(balls.PRECISION):
        holds = _at_least(unbounded, None, sp.Integer(1), range(-13, 4))
        proof.certified("every offset", holds, f"N(0, 1): already 17 radii add up to more than {unbounded}")
        better = balls.enclose(unbounded) > 5 * balls.enclose(sp.Rational(8, 9)) / arb.pi()
        proof.certified("five times", bool(better), "more than 5 times (4/9) (2/pi), what one radius alone is worth")


# --- invariance ------------------------------------------------------------------------------------------------------

RULES: dict[str, Any] = {
    "fixed": 0.7,
    "decaying": lambda t: 0.7 / t,
    "log-uniform": radii.log_uniform(1.4, 3),
    "1/5": radii.one_fifth(0.7),
}


@proves("relative_loss.invariance")
def invariance() -> Derivation:
    """The trajectory is unchanged under strictly increasing transforms."""
    return invariance_derivation(constructor)


def invariance_derivation(
    make: Callable[..., Any], after: Callable[..., Any] = bounds.radius_after, rules: dict[str, Any] = RULES
) -> Derivation:
    """Derive the invariance of methods ``make(radius=..., beta=..., cached=...)``.

    Raises
    ------
    NotProved
        If a step asks of the values anything but ``<``, or the radius of the 1/5 rule is not `after`.
    """
    proof = Derivation(
        "relative_loss.invariance",
        "h strictly increasing: on h(f) relative-loss descent visits the points it visits on f, for every radius rule, "
        "with and without momentum; the 1/5 rule has radius alpha growth^(accepted - rejected/4)",
    )
    proof.premise("transform", "h strictly increasing: h(u) < h(v) iff u < v")
    for name, rule in rules.items():
        for beta in (0.0, 0.5):
            for cached in (True, False):
                method = make(radius=rule, beta=beta, cached=cached)
                holds = all(_same_step(method, ranks) for ranks in ((0, 0), (0, 1), (1, 0)))
                text = (
                    f"all 3 orders of f(x), f(y): values that answer only <, floats under {len(TRANSFORMS)} transforms"
                )
                kept = "value kept" if cached else "value not kept"
                proof.certified(f"{name}, momentum {beta:g}, {kept}", holds, text)
    proof.certified("draw", all(_blind(make(radius=rule)) for rule in rules.values()), "draws read no value")
    text = "same x_t, b_t, radius and draws, values h(f(x_t)): the same at t + 1"
    proof.rule("trajectory", "induction", text)
    _radius(proof, after)
    return proof


def _same_step(method: Any, ranks: tuple[int, int]) -> bool:
    """Whether the state after a step depends on the ranks of f(x) and f(y) alone."""
    x0 = np.array([5.0, -1.0])
    ranked = opaque(ranks)
    try:
        reference, value = _moved(method, x0, ranked)
    except TypeError:
        return False
    expected = ranked[1] if ranks[1] < ranks[0] else ranked[0]
    if value is not expected and method.calls[0]:  # where values are kept
        return False
    for h in TRANSFORMS:
        other, _ = _moved(method, x0, np.array([h(float(rank)) for rank in ranks]))
        if not all(np.array_equal(a, b) for a, b in zip(reference, other, strict=True)):
            return False
    return True


def _moved(method: Any, x0: np.ndarray, values: np.ndarray) -> tuple[tuple[Any, ...], Any]:
    """x, b, alpha, t after one step whose values at x and at the candidate are these, and the value kept."""

    def f(y: np.ndarray) -> Any:
        return values[0 if np.array_equal(y, x0) else 1 :][:1].reshape(())

    state = method.init(f, x0)._replace(b=np.array([0.3, -0.2]))
    state = method.step(f, state, method.draw(np.random.default_rng(3), state, 2))
    return (state.x, state.b, state.alpha, state.t), np.asarray(state.fx).item()


def _blind(method: Any) -> bool:
    """Whether the draw is the same whatever the value, even one that answers nothing but <."""
    x0 = np.array([5.0, -1.0])
    states = [method.init(lambda x, v=v: v, x0) for v in (np.array(7.0), opaque((0,)).reshape(()))]
    one, two = (method.draw(np.random.default_rng(1), state, 2) for state in states)
    return isinstance(np.asarray(states[1].fx).item(), Ranked) and all(
        np.array_equal(a, b) for a, b in zip(one, two, strict=True)
    )


def _radius(proof: Derivation, after: Callable[..., Any]) -> None:
    """The 1/5 rule of the shipped code, one step further."""
    growth, accepted, rejected = sp.symbols("growth accepted rejected", positive=True)
    where = {"alpha": alpha, "growth": growth}
    now = after(accepted=accepted, rejected=rejected, **where)
    rule = radii.one_fifth(1.0, 16.0).after
    grown, shrunk = float(rule(np.array(1.0), np.array(True))), float(rule(np.array(1.0), np.array(False)))
    proof.certified("1/5 rule", (grown, shrunk) == (16.0, 0.5), "times growth, or over growth^(1/4): growth 16")
    more = after(accepted=accepted + 1, rejected=rejected, **where)
    proof.identity("1/5 rule, accepted", sp.powsimp(more / now), growth)
    more = after(accepted=accepted, rejected=rejected + 1, **where)
    proof.identity("1/5 rule, rejected", sp.powsimp(more / now), growth ** sp.Rational(-1, 4))
    proof.identity("1/5 rule, start", now.subs({accepted: 0, rejected: 0}), alpha)

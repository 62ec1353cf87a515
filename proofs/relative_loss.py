"""Relative-loss descent without momentum: why the claims of ``zotheory/claims/relative_loss.py`` hold.

Main statements
---------------
- `decrease`, `decrease_sharp`: expected fall of one step; the second is exact for L|x|^2/2.
- `stationary`, `convex`, `strongly_convex`: what the falls of T steps add up to.
- `strongly_convex_sharp`: every radius of a grid makes progress, and how much all of them make together.
- `invariance`: nothing of f is used but comparisons of two values.

Notation
--------
G = |g|; s uniform on the unit sphere of R^d, s_1 its coordinate along -g, m = E|s_1|, z = sqrt(d) s_1 with density h_d,
tail T_d and W_d(tau) = E max(z - tau, 0); tau = L alpha/(2 G); q = 1 - share; D = f(x) - f*. e = 1/d. Hypotheses enter
as slacks, non-negative symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from proofs import axis, bound_of, derivation, derive, proves
from proofs import overlap as balls
from proofs.comparisons import TRANSFORMS, Ranked, opaque
from proofs.grids import shipped_grid
from proofs.lemmas import cauchy_schwarz, decimal, expand_logs, factored, nonnegatives, positives
from zotheory import radii
from zotheory.evidence.derivation import Derivation
from zotheory.methods import relative_loss as constructor
from zotheory.methods.relative_loss import step
from zotheory.sphere import mean_abs
from zotheory.theorems import relative_loss as theorems

HALF = sp.Rational(1, 2)
UPTO = 200  # dimensions decided one by one
LOWEST, CONSTANT = sp.Rational(str(theorems.LOWEST)), sp.Rational(str(theorems.CONSTANT))
OCTAVES = theorems.OCTAVES
UNBOUNDED = sp.Rational("1.4415")  # what radii without ends add up to for N(0, 1), at least
AGREEMENT = arb("1e-11")  # relative agreement asked of floating-point functions

alpha, G, L, T, gap, R, eps, d, Q, J, theta, kappa = positives("alpha G L T gap R eps d Q J theta kappa")
w = sp.Symbol("w", nonnegative=True)
m = mean_abs(d)
M = sp.Symbol("m_d", positive=True)

Bound = Callable[..., Any]
Step = Callable[..., Any]


def _named(proof: Derivation, name: str, expression: Any) -> Any:
    """The same with the symbol m_d in the place of E|s_1|."""
    short = sp.cancel(expression.subs(sp.gamma(d / 2), M * sp.sqrt(sp.pi) * sp.gamma((d + 1) / 2)))
    proof.identity(f"{name} in terms of the mean coordinate", short.subs(M, m), expression, f"{short}, m_d = E|s_1|")
    return short


# --- one step --------------------------------------------------------------------------------------------------------


@proves("relative_loss.decrease")
def decrease(bound: Bound, step: Step = step) -> Derivation:
    """What one step takes, on average, from a smooth function."""
    proof = Derivation(
        "relative_loss.decrease", "E f(x+) <= f(x) - alpha m_d |g|/2 + L alpha^2/4 for L-smooth f, every d >= 1"
    )
    proof.uses("the fall of a step", derive("kept.fall", step=step))
    _half_space(proof, bound)
    best = bound(alpha=theta * theorems.best_radius(g=G, L=L, d=d), g=G, L=L, d=d)
    short = _named(proof, "the largest fall", m**2 * G**2 / (4 * L) - best)
    text = "the fall is largest at alpha = m_d |g|/L"
    proof.nonnegative("the best radius", short, M**2 * G**2 * (theta - 1) ** 2 / (4 * L), text)
    return proof


def _half_space(proof: Derivation, bound: Bound) -> None:
    """E max(s_1 - tau, 0) >= (m_d - tau)/2."""
    tau, over, under = nonnegatives("tau over under")
    text = "s_1 = tau + over: max(s_1 - tau, 0) = s_1 - tau"
    proof.identity("the coordinate beyond the threshold", tau + over - tau, over, text)
    text = "0 < s_1 = tau - under: max(s_1 - tau, 0) = 0 >= s_1 - tau"
    proof.nonnegative("the coordinate up to the threshold", 0 - (tau - under - tau), under, text)
    text = "E max(s_1 - tau, 0) >= E[s_1 - tau; s_1 > 0], s_1 <= 0 adding nothing; E max(s_1, 0) = m_d/2"
    proof.rule("the half-space downhill", "monotonicity of expectation", text)
    short = sp.Symbol("1/2 - P(s_1 > 0)", nonnegative=True)
    text = "P(s_1 > 0) <= 1/2, since s and -s have one law: E[s_1 - tau; s_1 > 0] >= (m_d - tau)/2"
    proof.nonnegative(
        "the probability of the half-space", M / 2 - tau * (HALF - short) - (M - tau) / 2, tau * short, text
    )
    mean = alpha * G * (m - L * alpha / (2 * G)) / 2
    proof.identity("the mean fall", mean, bound(alpha=alpha, g=G, L=L, d=d), "alpha G (m_d - tau)/2 = decrease")


@proves("relative_loss.decrease_sharp")
def decrease_sharp(bound: Bound, step: Step = step) -> Derivation:
    """The same, counting just the directions that lead down: equal on L|x|^2/2, and no less than `decrease`."""
    proof = Derivation(
        "relative_loss.decrease_sharp",
        "f(x) - E f(x+) >= alpha |g| W_d(sqrt(d) tau)/sqrt(d), tau = L alpha/(2|g|), equal on L|x|^2/2; >= decrease",
    )
    proof.uses("the fall of a step", derive("kept.fall", step=step))
    z, tau = sp.Symbol("z", real=True), sp.Symbol("tau", positive=True)
    mean = alpha * G * (z / sp.sqrt(d) - tau)
    text = "E alpha G max(s_1 - tau, 0) = alpha G W_d(sqrt(d) tau)/sqrt(d)"
    proof.identity("the fall in terms of z", mean, alpha * G / sp.sqrt(d) * (z - sp.sqrt(d) * tau), text)
    proof.uses("the law of z", derivation("axis.law"))
    _half_space(proof, bound_of("relative_loss.decrease"))
    with ctx.workprec(512):
        close = [_agrees(bound, root, level) for root in (2, 3, 10, 1000) for level in (1, 5, 9)]
    text = "alpha G W_d(sqrt(d) tau)/sqrt(d) in ball arithmetic, to 1e-11"
    proof.code_check("the shipped bound", all(close), points=len(close), text=text)
    ends = bound(alpha=0.5, g=2.0, L=3.0, d=1), bound(alpha=2.0, g=1.0, L=3.0, d=1)
    holds = bool(np.allclose(ends, [0.3125, 0.0], rtol=1e-12))
    text = "s_1 = 1 or -1: alpha G max(1 - tau, 0)/2"
    proof.code_check("the shipped bound in one dimension", holds, points=2, text=text)
    return proof


def _agrees(bound: Bound, root: int, level: int) -> bool:
    """At d = root^2, sqrt(d) tau = level/8: alpha = 1/4, G = 3."""
    lipschitz = 3 * level / root  # so that sqrt(d) L alpha/(2 G) = level/8
    found = arb(float(bound(alpha=0.25, g=3.0, L=lipschitz, d=root**2)))
    exact = axis.excess_ball(root**2, sp.Rational(level, 8)) * arb(3) / 4 / root
    return bool(abs(found / exact - 1) < AGREEMENT)


# --- smooth ----------------------------------------------------------------------------------------------------------


@proves("relative_loss.stationary")
def stationary(bound: Bound, best: Bound = theorems.stationary_radius) -> Derivation:
    """The mean length of the gradient over T steps, and the best radius."""
    proof = Derivation(
        "relative_loss.stationary",
        "(1/T) sum_{t<T} E|grad f(x_t)| <= 2 (f(x_0) - inf f)/(alpha m_d T) + L alpha/(2 m_d), least at alpha = "
        "2 sqrt((f(x_0) - inf f)/(L T)): (2/m_d) sqrt(L (f(x_0) - inf f)/T)",
    )
    _every_step(proof, "relative_loss.decrease")
    total, rest, more = nonnegatives("S rest more")  # S = sum of E|grad f(x_t)|
    proof.premise("the bound of f from below", "E f(x_T) = inf f + rest")
    text = "the fall of T steps is the sum of T falls: gap - rest = (alpha m_d/2) S - T L alpha^2/4 + more"
    proof.rule("the sum over all steps", "linearity of expectation", text)
    fallen = T * bound_of("relative_loss.decrease")(alpha=alpha, g=total / T, L=L, d=d)
    spare = _named(proof, "the room", bound(T=T, gap=rest + fallen + more, alpha=alpha, L=L, d=d) - total / T)
    text = "the bound is at least the mean S/T"
    proof.nonnegative("the mean gradient", spare, 2 * (rest + more) / (alpha * M * T), text)
    radius = best(T=T, gap=gap, L=L)
    least = bound(T=T, gap=gap, alpha=radius, L=L, d=d)
    proof.identity("the best radius", least, 2 / m * sp.sqrt(L * gap / T), "the bound is (2/m_d) sqrt(L gap/T) there")
    other = _named(proof, "another radius", bound(T=T, gap=gap, alpha=theta * radius, L=L, d=d) - least)
    form = sp.sqrt(L * gap / T) / M * (theta - 1) ** 2 / theta
    proof.nonnegative("the loss at another radius", other, form, "the bound is no lower at theta times that radius")
    shipped = theorems.best_mean_gradient(T=T, gap=gap, L=L, d=d)
    proof.identity("the shipped least bound", shipped, least, "`best_mean_gradient` is the bound at the best radius")
    return proof


def _every_step(proof: Derivation, claim: str) -> None:
    """What one step does, whatever came before; where g = 0 `decrease` says only that E f rises by L alpha^2/4."""
    proof.uses("the fall of one step", derivation(claim))
    proof.rule("every step", "tower property", "the draws of a step are independent of the past")


# --- convex ----------------------------------------------------------------------------------------------------------


@proves("relative_loss.convex")
def convex(bound: Bound, radius: Bound = theorems.convex_radius, count: Bound = theorems.convex_steps) -> Derivation:
    """The gap after T steps on a convex function, and the number of steps to eps."""
    proof = Derivation(
        "relative_loss.convex",
        "convex f: E f(x_T) - f* <= F + (1 - alpha m_d/(2R))^T (gap - F), F = L alpha R/(2 m_d); alpha = m_d eps/(LR): "
        "at most eps from T = (2 L R^2/(m_d^2 eps)) log(2 gap/eps) on",
    )
    _every_step(proof, "relative_loss.decrease")
    D, s, k = nonnegatives("D s k")
    _gradient(proof)
    share = alpha * M / (2 * R)
    fall = _named(proof, "the fall", bound_of("relative_loss.decrease")(alpha=alpha, g=D / R + s, L=L, d=d))
    text = "G = D/R + s: E D+ <= (1 - alpha m_d/(2R)) D + L alpha^2/4"
    proof.nonnegative("the recurrence", (1 - share) * D + L * alpha**2 / 4 - (D - fall), alpha * M * s / 2, text)
    rest = (1 - share).subs(alpha, 2 * R / (M * (1 + k)))
    text = "alpha <= 2R/m_d: the recurrence may be applied to an upper bound"
    proof.nonnegative("what is left of the gap", rest, k / (1 + k), text)
    after = bound(T=T, gap=gap, alpha=alpha, R=R, L=L, d=d)
    proof.identity("the start", after.subs(T, 0), gap, "convex_gap(0) = gap")
    text = "convex_gap(T + 1) = (1 - alpha m_d/(2R)) convex_gap(T) + L alpha^2/4"
    proof.identity(
        "the step of the induction", after.subs(T, T + 1), (1 - share.subs(M, m)) * after + L * alpha**2 / 4, text
    )
    proof.rule("the gap after all steps", "induction", "E D_T <= convex_gap(T)")
    _in_time(proof, radius, count)
    return proof


def _gradient(proof: Derivation) -> None:
    """D <= R G."""
    cauchy_schwarz(proof)
    proof.premise("the convexity of f", "D = f(x) - f(x*) <= <g, x - x*>, x* the minimiser closest to x")
    proof.rule("the level set", "induction", "f(x+) <= f(x): every x_t lies in {f <= f(x_0)}, so |x_t - x*| <= R")
    s1, s2, s3 = nonnegatives("s_1 s_2 s_3")
    inner = G * (R - s3) - s2  # <g,x - x*>, |x - x*| = R - s_3; D = <g,x - x*> - s_1
    proof.nonnegative("the length of the gradient", R * G - (inner - s1), s1 + s2 + s3 * G, "D <= R G: G = D/R + s")


def _in_time(proof: Derivation, radius: Bound, count: Bound) -> None:
    where = {"alpha": radius(eps=eps, R=R, L=L, d=d), "R": R, "L": L, "d": d}
    proof.identity("the floor", theorems.convex_floor(**where), eps / 2, "L alpha R/(2 m_d) = eps/2")
    _power(proof)
    steps = count(eps=eps, gap=gap, R=R, L=L, d=d)
    text = "exp(-share T) = eps/(2 gap)"
    proof.identity("the number of steps", where["alpha"] * m / (2 * R) * steps, sp.log(2 * gap / eps), text)
    r, more = nonnegatives("r more")
    top = eps / 2 + more  # the gap, eps < 2 gap
    power = eps / (2 * top) / (1 + r)  # (1 - share)^T
    text = "(1 - share)^T <= eps/(2 gap): E D_T <= eps"
    factored(proof, "the gap in the end", eps - (eps / 2 + power * (top - eps / 2)), text)


def _power(proof: Derivation) -> None:
    text = "log(1-x) <= -x"
    balls.grows(proof, "the logarithm below its tangent", -w - sp.log(1 - w), w, balls.w / (1 + balls.w), text)
    text = "(1 - share)^T <= exp(-share T), 0 <= share < 1; 0 at share = 1"
    proof.rule("the power of the contraction", "monotonicity of expectation", text)


# --- gradient dominated ----------------------------------------------------------------------------------------------


@proves("relative_loss.strongly_convex")
def strongly_convex(
    bound: Bound,
    count: Bound = theorems.grid_steps,
    grid: Callable[..., Any] = theorems.grid,
    draw: Callable[..., Any] = radii.log_uniform,
) -> Derivation:
    """The gap after T steps with radii of a grid, where it is above eps, and the number of steps."""
    proof = Derivation(
        "relative_loss.strongly_convex",
        "E[D_T; D_T > eps] <= (1 - (4/9) m_d^2/(QJ))^T gap, J = ceil(log2(Q gap/eps)/2) radii from (2/3) m_d "
        "sqrt(2 gap/L) down; so P(D_T > eps) <= p after (9 QJ/(4 m_d^2)) log(gap/(eps p)) steps",
    )
    _every_step(proof, "relative_loss.decrease")
    _between(proof)
    proof.uses("the draw", derive("grids.draw", draw=draw))
    low, high = sp.Rational(2, 3), sp.Rational(4, 3)
    p, over, s, D = nonnegatives("p 4/3-theta s D")
    long = low + p  # theta
    fall = bound_of("relative_loss.decrease")(alpha=long * m * G / L, g=G, L=L, d=d)
    rest = _named(proof, "the fall at one radius", fall - sp.Rational(2, 9) * m**2 * G**2 / L)
    form = p * over * M**2 * G**2 / (4 * L)
    text = "theta = 2/3 + p in [2/3, 4/3], alpha = theta m_d G/L: the fall is at least (2/9) m_d^2 G^2/L"
    proof.nonnegative("the spare fall at one radius", form, form, text)
    proof.identity("the fall at one radius", rest, form.subs(over, high - long), text)
    text = "the J - 1 other radii do no harm, f(x+) <= f(x): the mean over the draw is at least 1/J of that"
    proof.rule("the mean over the radii", "monotonicity of expectation", text)
    square = 2 * L / Q * D + s
    mean = D - sp.Rational(2, 9) * M**2 * square / (L * J)
    shrink = _named(proof, "the share", bound(T=sp.Integer(1), gap=gap, Q=Q, d=d, J=J) / gap)
    text = "E D+ <= (1 - share) D, G^2 = 2 mu D + s, mu = L/Q"
    proof.nonnegative("the expected gap", shrink * D - mean, 2 * M**2 * s / (9 * L * J), text)
    first, last = M * sp.sqrt(2 * L * gap) / L, M * sp.sqrt(2 * L / Q * eps) / L
    _reach(proof, low * first, low * first, high * last, 0)
    text = "largest >= (2/3) m_d G/L, smallest <= (4/3) m_d G/L: the first <= 4/3 is the largest or exceeds 2/3"
    proof.rule("a radius near the best one", "cases", text)
    shipped_grid(proof, grid, lambda gap, L, d: 2 / 3 * float(mean_abs(d)) * np.sqrt(2 * gap / L))
    _whole_run(proof, bound, count, theorems.share)
    return proof


def _between(proof: Derivation) -> None:
    """sqrt(2 mu eps) <= G <= sqrt(2 L gap) as long as D > eps."""
    proof.premise("what strong convexity gives", "G^2 = 2 mu D + s, mu = L/Q; it follows from mu-strong convexity")
    text = "f* <= f(x - g/L)"
    proof.identity("the fall of a gradient step", -(G**2) / L + L * (G / L) ** 2 / 2, -(G**2) / (2 * L), text)
    text = "G^2 <= 2 L D <= 2 L gap, D never rising; G^2 >= 2 mu D > 2 mu eps while D > eps"
    proof.rule("the range of the slope", "monotonicity of expectation", text)


def _reach(proof: Derivation, largest: Any, needed: Any, low: Any, extra: int) -> None:
    """The ends of the grid, J = ceil(log2(Q gap/eps)/2) + extra."""
    k = sp.Symbol("k", nonnegative=True)
    proof.nonnegative("the largest radius", largest - needed, sp.Integer(0), "it is long enough at G = sqrt(2 L gap)")
    r = sp.Symbol("r", positive=True)  # sqrt(Q gap/eps)
    count = r * 2**extra * (1 + k)  # 2^J
    proof.premise("the number of radii", f"2^J = {f'2^{extra} ' if extra else ''}sqrt(Q gap/eps) (1 + k)")
    rest = low - (2 * largest / count).subs(gap, r**2 * eps / Q)
    text = "it is short enough at G = sqrt(2 mu eps), and so at every larger G"
    proof.nonnegative("the smallest radius", rest, low * k / (1 + k), text)


def _whole_run(proof: Derivation, bound: Bound, count: Bound, share: Bound) -> None:
    text = (
        "D never rises: D_{t+1} > eps implies D_t > eps, so E[D_{t+1}; D_{t+1} > eps] <= (1 - share) E[D_t; D_t > eps]"
    )
    proof.rule("the steps while above eps", "tower property", text)
    where = {"gap": gap, "Q": Q, "d": d, "J": J}
    taken = share(Q=Q, d=d, J=J)
    proof.identity("the start", bound(T=sp.Integer(1), **where), (1 - taken) * gap, "gap_left(1) = (1 - share) gap")
    text = "gap_left(T + 1) = (1 - share) gap_left(T)"
    proof.identity("the step of the induction", bound(T=T + 1, **where), (1 - taken) * bound(T=T, **where), text)
    proof.rule("the gap after all steps", "induction", "E[D_T; D_T > eps] <= (1 - share)^T gap")
    _power(proof)
    proof.rule("the probability of a gap above eps", "Markov's inequality", "P(D_T > eps) <= E[D_T; D_T > eps]/eps")
    p = sp.Symbol("p", positive=True)
    text = "exp(-share T) gap/eps = p"
    proof.identity(
        "the number of steps",
        expand_logs(taken * count(eps=eps, p=p, **where)),
        expand_logs(sp.log(gap / (eps * p))),
        text,
    )


# --- all radii of the grid -------------------------------------------------------------------------------------------


@proves("relative_loss.strongly_convex_sharp")
def strongly_convex_sharp(
    bound: Bound,
    count: Bound = theorems.grid_steps_sharp,
    grid: Callable[..., Any] = theorems.wide_grid,
    constant: Any = CONSTANT,
    unbounded: Any = UNBOUNDED,
    upto: int = UPTO,
) -> Derivation:
    """The same with every radius counted: what those in a window of OCTAVES octaves add up to."""
    first = LOWEST * 2 ** (OCTAVES - 1)
    proof = Derivation(
        "relative_loss.strongly_convex_sharp",
        f"d >= 2, J = ceil(log2(Q gap/eps)/2) + 4 radii from {decimal(first)} sqrt(2 gap/(Ld)) down: E[D_T; D_T > eps] "
        "<= (1 - 1.24/(dQJ))^T gap; without ends 1/log 2 on average over the offset, >= 1.4415 at every one for N(0,1)",
    )
    _every_step(proof, "relative_loss.decrease_sharp")
    _between(proof)
    proof.uses("the draw", derivation("grids.draw"))
    _progress(proof, bound, sp.sympify(constant))
    unit, end = sp.sqrt(2 * gap / (L * d)), sp.sqrt(2 * eps / (L * Q * d))
    _reach(proof, first * unit, first * unit, 2 * LOWEST * end, OCTAVES - 1)
    text = (
        "radii without ends have one in [h, 2h) G/(L sqrt d); smallest < 2h, largest >= 16 h: it and 4 above are there"
    )
    proof.rule("the window", "cases", text)
    shipped_grid(proof, grid, lambda gap, L, d: float(first) * np.sqrt(2 * gap / (L * d)), OCTAVES - 1)
    _window(proof, sp.sympify(constant), upto)
    _whole_run(proof, bound, count, theorems.share_sharp)
    _without_ends(proof, unbounded)
    return proof


def _progress(proof: Derivation, bound: Bound, claimed: Any) -> None:
    W, s, D, more = nonnegatives("W s D more")
    length = kappa * G / (L * sp.sqrt(d))
    proof.identity("the threshold", sp.sqrt(d) * L * length / (2 * G), kappa / 2, "alpha = kappa G/(L sqrt d)")
    text = "fall >= (G^2/(2 L d)) c_d(kappa), c_d = 2 kappa W_d(kappa/2)"
    proof.identity("the fall of one length", length * G * W / sp.sqrt(d), G**2 / (2 * L * d) * (2 * kappa * W), text)
    square = 2 * L / Q * D + s
    mean = D - square / (2 * L * d * J) * (claimed + more)
    shrink = bound(T=sp.Integer(1), gap=gap, Q=Q, d=d, J=J) / gap
    form = (s * (claimed + more) / (2 * L) + more * D / Q) / (d * J)
    text = "the window adds up to constant + more, each radius drawn with probability 1/J, the others do no harm"
    proof.nonnegative("the expected gap", shrink * D - mean, form, text)


def _tails(size: int | None) -> Callable[[arb], tuple[arb, arb]]:
    """W and the tail T as functions of tau; size None: N(0, 1)."""
    if size is None:
        return lambda x: (axis.normal_excess_ball(x), (x / arb(2).sqrt()).erfc() / 2)
    mean, half = axis.excess_ball(size, 0), arb(1) / 2

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
    proof.premise("the convexity of the excess", "W has slope -T and T slope -h <= 0 (the law of z): W is convex")
    W, tail, a = positives("W T a")
    text = "the tangent times 2 k is concave in k, so it is least at an end"
    proof.identity("the tangent", sp.diff(2 * t * (W - tail * (t / 2 - a)), t, 2), -2 * tail, text)
    proof.identity("the slope of the tail", sp.diff(HALF - sp.Integral(h(a), (a, 0, t)), t), -h(t), "T has slope -h")


def _window(proof: Derivation, claimed: Any, upto: int) -> None:
    """Sum over the window > claimed, for every offset and every d >= 2."""
    proof.uses("the law of z", derivation("axis.law"))
    _tangents(proof)
    octaves = range(OCTAVES)
    with ctx.workprec(balls.PRECISION):
        holds = all(_at_least(claimed, size, LOWEST, octaves) for size in range(2, upto + 1))
        text = f"the sum of c_d over the window is above {decimal(claimed)} in each"
        proof.certified(f"the window in dimensions 2 to {upto}", holds, text, by="intervals")
        limit = sp.Rational("1.2625")
        holds = _at_least(limit, None, LOWEST, octaves)
        text = f"the sum over the window is above {decimal(limit)} for N(0, 1)"
        proof.certified("the window in the normal limit", holds, text, by="intervals")
        _larger(proof, claimed, limit, upto)


def _larger(proof: Derivation, claimed: Any, limit: Any, upto: int, count: int = 20) -> None:
    """Every d > upto: a lower bound of W, analytic in e = 1/d down to 0, whose slope in e is bounded."""
    proof.uses("the excess from below", derivation("axis.density_below"))
    tau = sp.Symbol("tau", positive=True)
    slope = sp.diff(axis.excess_below(tau), balls.e)
    near = balls.span(0, sp.Rational(1, upto))
    worst = arb(0)
    for i in range(count):
        cell = [LOWEST * (1 + sp.Rational(i + j, count)) for j in range(2)]
        total = arb(0)
        for j in range(OCTAVES):
            half = balls.span(cell[0] * 2**j / 2, cell[1] * 2**j / 2)
            size = 4 + 2 ** (j + 1)  # cells of u: the more, the longer the step
            parts = (balls.enclose(slope, {balls.e: near, balls.u: u, tau: half}) for u in balls.cells(0, 1, size))
            total += 4 * half * sum(parts, arb(0)) / size
        worst = worst.min(total.lower())
    holds = balls.enclose(limit) + worst / upto > balls.enclose(claimed)
    text = f"for 0 <= e <= 1/{upto} the sum is at least {decimal(limit)} + e times its least slope, {worst.str(4)}"
    proof.certified(f"the window in dimensions beyond {upto}", bool(holds), text, by="intervals")


def _without_ends(proof: Derivation, unbounded: Any) -> None:
    """All radii 2^j: the mean over the offset in every dimension, and every offset for N(0, 1)."""
    z, t = positives("z t")
    W = sp.Function("W")
    text = "max(z - t, 0) over all t > 0 adds up to z^2/2, where z > 0"
    proof.integral("the mean over all thresholds", z - t, (t, 0, z), z**2 / 2, text=text)
    each = 2 * (2 * t) * W(t) / (2 * t) * 2
    proof.identity("the sum by thresholds", each, 4 * W(t), "k = 2t: c(k) dk/k = 2 W(k/2) dk = 4 W(t) dt")
    proof.premise("the second moment", "d E s_1^2 = E|s|^2 = 1 by symmetry: E z^2 = 1, and E[z^2; z > 0] = 1/2")
    text = "the offset a over an octave and j over all integers: k = 2^j a runs over all k > 0 once"
    proof.rule("the unfolded sum", "linearity of expectation", text)
    mean = 4 * HALF * HALF / sp.log(2)
    text = "4 (1/2) E[z^2; z > 0]/log 2 = 1/log 2, for every d"
    proof.identity("the mean over the offset", mean, 1 / sp.log(2), text)
    with ctx.workprec(balls.PRECISION):
        holds = _at_least(unbounded, None, sp.Integer(1), range(-13, 4))
        text = f"N(0, 1): already 17 radii add up to more than {decimal(unbounded)}"
        proof.certified("the sum at every offset", holds, text, by="intervals")
        better = balls.enclose(unbounded) > 5 * balls.enclose(sp.Rational(8, 9)) / arb.pi()
        text = "it is more than 5 times (4/9) (2/pi), what one radius alone is worth"
        proof.certified("the gain over one radius", bool(better), text, by="intervals")


# --- invariance ------------------------------------------------------------------------------------------------------

RULES: dict[str, Any] = {
    "a fixed radius": 0.7,
    "a decaying radius": lambda t: 0.7 / t,
    "a log-uniform radius": radii.log_uniform(1.4, 3),
    "the one-fifth rule": radii.one_fifth(0.7),
}
ORDERS = ((0, 0), (0, 1), (1, 0))  # of f(x) and f(y)


@proves("relative_loss.invariance")
def invariance(bound: Bound, make: Callable[..., Any] = constructor, rules: dict[str, Any] = RULES) -> Derivation:
    """The trajectory of methods ``make(radius=..., beta=..., cached=...)`` is unchanged under increasing transforms."""
    proof = Derivation(
        "relative_loss.invariance",
        "h strictly increasing: on h(f) relative-loss descent visits the points it visits on f, for every radius rule, "
        "with and without momentum; the 1/5 rule has radius alpha growth^(accepted - rejected/4)",
    )
    proof.premise("the strictly increasing transform", "h strictly increasing: h(u) < h(v) iff u < v")
    same = []
    for name, rule in rules.items():
        for beta in (0.0, 0.5):
            for cached in (True, False):
                method = make(radius=rule, beta=beta, cached=cached)
                what = (
                    f"{name} {'with' if beta else 'without'} momentum, the value {'kept' if cached else 'asked again'}"
                )
                holds = all(_asks_for_less(method, ranks) for ranks in ORDERS)
                text = "in all three orders of f(x) and f(y), of values that answer only <, the lower is kept"
                proof.certified(what, holds, text, by="enumeration")
                same += [_same_step(method, ranks) for ranks in ORDERS]
    text = f"the same state after a step on floats, under {len(TRANSFORMS)} transforms"
    proof.code_check("the step on floats", all(same), points=len(same), text=text)
    holds = all(_blind(make(radius=rule)) for rule in rules.values())
    proof.code_check("the draws", holds, points=len(rules), text="they read no value")
    text = "x_t, b_t, radius and draws are the same and the values are h(f(x_t)): so it is at t + 1"
    proof.rule("the trajectory", "induction", text)
    _radius(proof, bound)
    return proof


def _asks_for_less(method: Any, ranks: tuple[int, int]) -> bool:
    """Whether a step asks of values only ``<``, and keeps the lower where it keeps one."""
    ranked = opaque(ranks)
    try:
        _, value = _moved(method, ranked)
    except TypeError:
        return False
    return value is (ranked[1] if ranks[1] < ranks[0] else ranked[0]) or not method.calls[0]


def _same_step(method: Any, ranks: tuple[int, int]) -> bool:
    """Whether the state after a step on floats is that on values that answer only ``<``, under every transform."""
    reference, _ = _moved(method, opaque(ranks))
    others = (_moved(method, np.array([h(float(rank)) for rank in ranks]))[0] for h in TRANSFORMS)
    return all(np.array_equal(a, b) for other in others for a, b in zip(reference, other, strict=True))


def _moved(method: Any, values: np.ndarray) -> tuple[tuple[Any, ...], Any]:
    """x, b, alpha, t after one step whose values at x and at the candidate are these, and the value kept."""
    x0 = np.array([5.0, -1.0])

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


def _radius(proof: Derivation, bound: Bound) -> None:
    """The 1/5 rule of the shipped code, one step further."""
    growth, accepted, rejected = positives("growth accepted rejected")

    def radius(accepted: Any, rejected: Any) -> Any:
        return bound(alpha=alpha, growth=1 + growth, accepted=accepted, rejected=rejected)

    rule = radii.one_fifth(1.0, 16.0).after
    grown, shrunk = float(rule(np.array(1.0), np.array(True))), float(rule(np.array(1.0), np.array(False)))
    text = "the radius is multiplied by growth, or divided by growth^(1/4), for growth 16"
    proof.code_check("the shipped one-fifth rule", (grown, shrunk) == (16.0, 0.5), points=2, text=text)
    now, fourth = radius(accepted, rejected), (1 + growth) ** sp.Rational(1, 4)
    text = "it is growth times as long, growth above 1"
    proof.identity("the radius after an accepted step", radius(accepted + 1, rejected), (1 + growth) * now, text)
    text = "it is shorter by the factor growth^(1/4)"
    proof.identity("the radius after a rejected step", radius(accepted, rejected + 1) * fourth, now, text)
    proof.identity("the radius at the start", radius(sp.Integer(0), sp.Integer(0)), alpha, "it is alpha")

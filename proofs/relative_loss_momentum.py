"""Relative-loss descent with momentum: why the claims of ``zotheory/theorems/relative_loss_momentum.py`` hold.

Main statements
---------------
- `adversarial`, `aligned`, `adversarial_sharp`: expected fall of one step, for momentum of bounded length.
- `rate`: what the falls add up to, with radii of a grid.
- `drift`, `changes`: a step on a quadratic is taken where z > t, nearly, and what such a step does to each coordinate.
- `limit_rate`: the equations of a run that keeps its shape, from the changes as d grows.
- `limit_ceiling`: no momentum solves them with a rate above a ceiling of the order sqrt(V m), where V is the mean
  square and m the least of the curvatures, both over their mean.

Notation
--------
G = |g|; z = -<g,u>/G and gamma = -<g,b>/G; P, phi the tail and the density of N(0, 1) at t, e(t) = phi - t P. l, X, Y,
W: curvature over its mean, and d times x^2, x b, b^2 in units of G over the mean curvature. Hypotheses enter as slacks,
non-negative symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx

from proofs import axis, derivation, proves
from proofs.comparisons import opaque
from proofs.grids import shipped_grid
from proofs.lemmas import cauchy_schwarz, nonnegatives, positives
from proofs.overlap import PRECISION
from zotheory import exact, reduced
from zotheory.elementary import normal_density, normal_excess, normal_tail
from zotheory.evidence.derivation import Derivation
from zotheory.geometry import norm
from zotheory.methods.relative_loss import Move, State, step
from zotheory.theorems import relative_loss_momentum as bounds

alpha, G, L, d, Q, J, T, gap = positives("alpha G L d Q J T gap")
k, sigma, kappa, n, m, a, V, rho, beta, gain = positives("k sigma kappa n m a V rho beta gain")
c = sp.Symbol("c", nonnegative=True)
t, z = sp.symbols("t z", real=True)
TAIL, PHI = positives("P phi")  # of N(0, 1) at t

# --- the shipped step ------------------------------------------------------------------------------------------------


@proves("relative_loss_momentum.step")
def kept_step(step: Callable[..., Any] = step) -> Derivation:
    """Run the shipped step on symbols: where it looks, what it keeps, what it remembers."""
    proof = Derivation(
        "relative_loss_momentum.step",
        "x+ = x + sigma (u + b), b+ = beta b + (1 - beta) gain (u + b) where f is lower there; else x and beta b; b+ "
        "is shortened to the length clip where it is longer",
    )
    x, u, b, w = (np.array(sp.symbols(f"{name}_1 {name}_2", real=True), dtype=object) for name in "xubw")
    spare = sp.Symbol("spare", positive=True)
    for name, ranks in (("a lower value", (1, 0)), ("an equal value", (0, 0)), ("a higher value", (0, 1))):
        lower = ranks[1] < ranks[0]
        way = (u + b) * int(lower)
        kept = beta * b + (1 - beta) * gain * way
        for long, clip in (("", norm(kept) + spare), (" with long momentum", norm(kept) - spare)):
            seen, after = _ran(step, ranks, (x, u, b), clip)
            if "y" in seen:
                text = "y = x + sigma (u + b), tested on any w"
                proof.identity(f"the candidate at {name}{long}", w @ seen["y"], w @ (x + sigma * (u + b)), text)
            holds = "y" in seen and after is not None and after.fx.item() is seen["values"][int(lower)]
            text = "the lower of the two values, of which nothing is asked but <"
            proof.certified(f"the kept value at {name}{long}", holds, text, by="enumeration")
            text = f"it is {'x + sigma (u + b)' if lower else 'x'}, tested on any w"
            proof.identity(f"the next point at {name}{long}", w @ after.x, w @ (x + sigma * way), text)
            if long:
                text = "it is shortened to the length clip"
                proof.identity(
                    f"the next momentum at {name}{long}", norm(kept) * (w @ after.b), clip * (w @ kept), text
                )
            else:
                text = f"it is beta b{' + (1 - beta) gain (u + b)' if lower else ''}, tested on any w"
                proof.identity(f"the next momentum at {name}", w @ after.b, w @ kept, text)
    text = "f(x+) - f(x) = min(f(y) - f(x), 0) <= (f(y) - f(x)) 1_A, any A"
    proof.rule("the value that is kept", "monotonicity of expectation", text)
    return proof


def _ran(step: Callable[..., Any], ranks: tuple[int, int], at: Any, clip: Any) -> tuple[dict[str, Any], Any]:
    """What the step looked at, and the state after it; None if it asks more of values than their order."""
    values, (x, u, b) = opaque(ranks), at
    seen: dict[str, Any] = {"values": values}

    def look(y: Any) -> Any:
        seen["y"] = y
        return values[1:].reshape(())

    size, longest = (np.asarray(one, dtype=object) for one in (sigma, clip))
    start = State(x, values[:1].reshape(()), b, np.asarray(1), 1)
    try:
        return seen, step(look, start, Move(u, size), beta=beta, gain=gain, clip=longest)
    except TypeError:
        return seen, None


# --- moments of the half-space ---------------------------------------------------------------------------------------


def _above(polynomial: Any) -> Any:
    """E[polynomial in z; z > t], in the symbols P and phi."""
    moments = (TAIL, PHI, t * PHI + TAIL)
    return sum(coefficient * moments[power] for (power,), coefficient in sp.Poly(polynomial, z).terms())


def _at(expression: Any, place: Any) -> Any:
    """Write out P and phi, of N(0, 1) at a place."""
    return sp.sympify(expression).subs(t, place).subs({TAIL: normal_tail(place), PHI: normal_density(place)})


def _length(gamma: Any, across: Any) -> Any:
    """E |u + b|^2 given z, b = -gamma g/G + across."""
    vectors, laws = reduced.symbols(d, 2, 1)
    _, one, rest = vectors[0]
    return sp.expand(exact.expectation((z + gamma) ** 2 + (one + across) ** 2 + rest**2, laws))


@proves("relative_loss_momentum.moments")
def moments(second_moment: Callable[..., Any] = bounds.second_moment) -> Derivation:
    """E[1, z, z^2; z > t] = P, phi, t phi + P, and what |u + b|^2 is on a half-space."""
    proof = Derivation(
        "relative_loss_momentum.moments",
        "E[z^i; z > t] = P, phi, t phi + P; E max(z + y, 0) = e(-y), which grows with y; E[|u + b|^2; z > t] <= "
        "(d + c^2) P + (t + 2c) phi and E |u + b|^2 <= d + c^2, if |b| <= c",
    )
    tail, phi = normal_tail(t), normal_density(t)
    for power, moment in enumerate((tail, phi, t * phi + tail)):
        proof.integral(
            f"the moment of order {power} beyond the threshold",
            z**power * normal_density(z),
            (z, t, sp.oo),
            moment,
            text=f"E[z^{power}; z > t] = {moment}",
        )
    y, across = sp.symbols("y across", real=True)
    text = "E max(z + y, 0) = e(-y), on the half-space z > -y"
    proof.identity("the mean excess", _at(_above(z + y), -y), normal_excess(-y), text)
    text = "it is P(z > -y) >= 0: the mean excess grows with y"
    proof.identity("the slope of the mean excess", sp.diff(normal_excess(-y), y), normal_tail(-y), text)
    short, up = nonnegatives("short up")  # c^2 - |b|^2 and c - gamma
    gamma = c - up
    proof.premise("the momentum", "b = -gamma g/G + across, |b|^2 = c^2 - short, gamma = c - up <= |b| <= c")
    proof.premise("the lowest dimensions", "in dimension 1 there is no across, in dimension 2 no rest")
    cauchy_schwarz(proof)
    here = across**2, c**2 - short - gamma**2
    claimed = (d + c**2) * TAIL + (t + 2 * c) * PHI
    text = "(d + c^2) P + (t + 2c) phi - E[|u + b|^2; z > t] >= 0"
    spare = short * TAIL + 2 * up * PHI
    proof.nonnegative("the second moment", claimed - _above(_length(gamma, across)).subs(*here), spare, text)
    text = "(d + c^2) P + (t + 2c) phi"
    proof.identity("the shipped second moment", second_moment(d=d, c=c, t=t), _at(claimed, t), text)
    whole = sp.expand(exact.expectation(_length(gamma, across), {z: reduced.NORMAL}).subs(*here))
    proof.nonnegative("the whole second moment", d + c**2 - whole, short, "E |u + b|^2 = d + |b|^2 <= d + c^2")
    return proof


def _start(proof: Derivation, step: Callable[..., Any]) -> None:
    s, gamma = sp.symbols("s gamma", real=True)
    proof.uses("the shipped step", kept_step(step))
    text = "f(y) - f(x) <= sigma <g, u + b> + (L/2) sigma^2 |u + b|^2, sigma = alpha/sqrt(d)"
    proof.premise("the smoothness of f", text)
    text = "sigma <g, u + b> = -sigma G (z + gamma)"
    proof.identity("the slope along the step", G * (-z - gamma) * s, -s * G * (z + gamma), text)
    proof.premise("the independent direction", "u is standard normal given x, b and alpha")
    proof.uses("the half-space", derivation("relative_loss_momentum.moments"))


# --- one step --------------------------------------------------------------------------------------------------------


def _simple(proof: Derivation, bound: Any, gamma: Any, step: Callable[..., Any]) -> None:
    """A = {z + gamma > 0}, and the second moment over the whole space."""
    _start(proof, step)
    more, short = nonnegatives("more short")
    text = "<g,b> <= -gamma G: E max(z - <g,b>/G, 0) = e(-gamma) + more; E |u + b|^2 = d + c^2 - short"
    proof.premise("the lean of the momentum", text)
    fall = alpha * G / sp.sqrt(d) * (normal_excess(-gamma) + more) - L * alpha**2 / (2 * d) * (d + c**2 - short)
    form = alpha * G * more / sp.sqrt(d) + L * alpha**2 * short / (2 * d)
    proof.nonnegative("the fall", fall - bound, form, "f(x) - E f(x+) is at least the bound")


@proves("relative_loss_momentum.adversarial")
def adversarial(bound: Callable[..., Any], step: Callable[..., Any] = step) -> Derivation:
    """Derive f(x) - E f(x+) >= bound, for |b| <= c."""
    proof = Derivation(
        "relative_loss_momentum.adversarial",
        "f(x) - E f(x+) >= alpha e(c) |g|/sqrt(d) - (L/2) alpha^2 (1 + c^2/d) for L-smooth f and |b| <= c, every d",
    )
    proof.rule("the momentum uphill at worst", "cases", "|<g,b>| <= |g| |b|: <g,b> <= c G, gamma >= -c")
    claimed = partial(bound, g=G, L=L, d=d, c=c)
    _simple(proof, claimed(alpha=alpha), -c, step)
    radius = sp.sqrt(d) * normal_excess(c) * G / (L * (d + c**2))
    largest = normal_excess(c) ** 2 * G**2 / (2 * L * (d + c**2))
    text = "the fall there has lost the factors (e(c)/e(0))^2 and 1 + c^2/d"
    proof.identity("the best radius", claimed(alpha=alpha).subs(alpha, radius), largest, text)
    return proof


@proves("relative_loss_momentum.aligned")
def aligned(bound: Callable[..., Any], step: Callable[..., Any] = step) -> Derivation:
    """Derive f(x) - E f(x+) >= bound, for <g,b> <= -gamma |g| and |b| <= c."""
    proof = Derivation(
        "relative_loss_momentum.aligned",
        "f(x) - E f(x+) >= alpha (phi(gamma) + gamma Phi(gamma)) |g|/sqrt(d) - (L/2) alpha^2 (1 + c^2/d) for L-smooth "
        "f, <g,b> <= -gamma |g|, |b| <= c",
    )
    gamma = sp.Symbol("gamma", nonnegative=True)
    _simple(proof, bound(alpha=alpha, g=G, L=L, d=d, gamma=gamma, c=c), gamma, step)
    gained = normal_density(gamma) + gamma * (1 - normal_tail(gamma))
    text = "e(-gamma) = phi(gamma) + gamma Phi(gamma)"
    proof.identity("the excess with momentum downhill", normal_excess(-gamma), gained, text)
    with ctx.workprec(PRECISION):
        ratio = axis.normal_excess_ball(arb(-1)) / axis.normal_excess_ball(arb(0))
        times = bool(ratio > arb("2.7")) and bool(ratio < arb("2.75"))
    proof.certified("the gain of momentum downhill", times, "e(-1)/e(0) = 2.715...", by="intervals")
    return proof


@proves("relative_loss_momentum.adversarial_sharp")
def adversarial_sharp(bound: Callable[..., Any], step: Callable[..., Any] = step) -> Derivation:
    """Derive f(x) - E f(x+) >= bound, for |b| <= c, and that both sides agree in the limit for b = c g/|g|."""
    proof = Derivation(
        "relative_loss_momentum.adversarial_sharp",
        "f(x) - E f(x+) >= alpha e(t) |g|/sqrt(d) - (L alpha^2/(2d)) (t + 2c) phi(t), t = c + L alpha (d + c^2)/(2 |g| "
        "sqrt(d)), |b| <= c; in units of alpha |g|/sqrt(d), at fixed t, equal as d grows for b = c g/|g|, L|x|^2/2",
    )
    _start(proof, step)
    up, more = nonnegatives("up more")
    y = sp.Symbol("y", positive=True)
    radius = 2 * G * sp.sqrt(d) * y / (L * (d + c**2))  # so that the level is c + y
    level = bounds.level(alpha=radius, g=G, L=L, d=d, c=c)
    proof.identity("the level", level, c + y, "alpha = 2 G sqrt(d) (t - c)/(L (d + c^2)), t > c")
    proof.premise("the momentum", "gamma = -c + up, E[|u + b|^2; z > t] = (d + c^2) P + (t + 2c) phi - more")
    second = (d + c**2) * TAIL + (t + 2 * c) * PHI - more
    fall = radius * G / sp.sqrt(d) * _above(z - c + up) - L * radius**2 / (2 * d) * second
    stated = radius * G / sp.sqrt(d) * (PHI - t * TAIL) - L * radius**2 / (2 * d) * (t + 2 * c) * PHI
    form = radius * G * up * TAIL / sp.sqrt(d) + L * radius**2 * more / (2 * d)
    proof.nonnegative("the fall", (fall - stated).subs(t, c + y), form, "A = {z > t}: f(x) - E f(x+) >= as stated")
    text = "alpha e(t) G/sqrt(d) - (L alpha^2/(2d)) (t + 2c) phi"
    proof.identity("the bound", bound(alpha=radius, g=G, L=L, d=d, c=c), _at(stated, c + y), text)
    _attained(proof, radius, y)
    return proof


def _attained(proof: Derivation, radius: Any, y: Any) -> None:
    """For b = c g/|g| and f = L|x|^2/2 the fall is at most e(t) + (t - c) sqrt(2d + 4c^2)/(d + c^2), in its units."""
    vectors, laws = reduced.symbols(d, 1, 1)
    one, rest = vectors[0]
    spread = exact.expectation(((one + c) ** 2 + rest**2 - d - c**2) ** 2, laws)
    proof.identity("the spread of the squared length", spread, 2 * d + 4 * c**2, "E (|u + b|^2 - d - c^2)^2")
    text = "rise = -(alpha G/sqrt(d)) (z - c - h |u + b|^2), h (d + c^2) = t - c"
    h = y / (d + c**2)
    proof.identity("the curvature of the step", L * radius / (2 * G * sp.sqrt(d)), h, text)
    text = "max(., 0) moves no more than its argument: the fall differs from e(t) by at most h E| |u + b|^2 - d - c^2 |"
    proof.rule("the attained bound", "monotonicity of expectation", text)
    squared = h**2 * (2 * d + 4 * c**2)
    proof.limit("the vanishing difference", squared, (d, sp.oo), sp.Integer(0), text="its square tends to 0 at fixed t")
    text = "(t - c) (t + 2c) phi/(d + c^2) tends to 0"
    proof.limit("the vanishing second term", h * (y + 3 * c) * PHI, (d, sp.oo), sp.Integer(0), text=text)


# --- whole runs ------------------------------------------------------------------------------------------------------


@proves("relative_loss_momentum.rate")
def rate(
    bound: Callable[..., Any], grid: Callable[..., Any] = bounds.grid, step: Callable[..., Any] = step
) -> Derivation:
    """Derive the gap after T steps with radii of a grid, where it is above eps."""
    proof = Derivation(
        "relative_loss_momentum.rate",
        "E[D_T; D_T > eps] <= (1 - (8/9) e(c)^2/(M Q J))^T gap, M = (d + c^2) Phi(-c) + 3 c phi(c), D = f - f*, for "
        "any momentum of length at most c, and J radii of ratio 2 that reach",
    )
    _start(proof, step)
    proof.rule("every step", "tower property", "the draws of a step are independent of the past, hence of x and b")
    moment, excess = bounds.second_moment(d=d, c=c, t=c), normal_excess(c)
    best = bounds.best_radius(g=G, L=L, d=d, c=c)
    proof.identity("the best radius", best * moment, sp.sqrt(d) * excess * G / L, "alpha = sqrt(d) e(c) G/(L M)")
    text = "e(c) = E max(z - c, 0), which is positive"
    proof.identity("the excess at the threshold", _at(PHI - t * TAIL, c), excess, text)
    e, M = positives("e M")
    p, under, s, D, up, more = nonnegatives("p under s D up more")
    first = _above(z - c + up).subs(t, c).subs(PHI, e + c * TAIL)  # gamma = -c + up
    here = alpha * G / sp.sqrt(d) * first - L * alpha**2 / (2 * d) * (M - more)
    claimed = alpha * e * G / sp.sqrt(d) - L * alpha**2 * M / (2 * d)
    form = alpha * G * up * TAIL / sp.sqrt(d) + L * alpha**2 * more / (2 * d)
    text = "A = {z > c}: f(x) - E f(x+) >= alpha e G/sqrt(d) - L alpha^2 M/(2d)"
    proof.nonnegative("the fall at the level c", here - claimed, form, text)
    theta = sp.Rational(2, 3) + p
    fall = claimed.subs(alpha, theta * sp.sqrt(d) * e * G / (L * M)) - sp.Rational(4, 9) * e**2 * G**2 / (L * M)
    proof.identity("the fall at another radius", fall, p * (sp.Rational(2, 3) - p) * e**2 * G**2 / (2 * L * M))
    spare = p * under * e**2 * G**2 / (2 * L * M)
    text = "theta = 2/3 + p = 4/3 - under: the fall is at least (4/9) e^2 G^2/(L M)"
    proof.nonnegative("a radius near the best one", spare, spare, text)
    proof.uses("the grid", derivation("grids.reach"), "its length over slope is S = sqrt(d) e/(L M)")
    shipped_grid(proof, partial(grid, c=0.5), _longest)
    proof.uses("the draw", derivation("grids.draw"))
    text = "the J - 1 other radii do no harm, f(x+) <= f(x): the mean over the draw is at least 1/J of that"
    proof.rule("the mean over the radii", "monotonicity of expectation", text)
    share = 8 * e**2 / (9 * M * Q * J)
    mean = D - sp.Rational(4, 9) * e**2 * (2 * L / Q * D + s) / (L * M * J)
    text = "E D+ <= (1 - share) D, G^2 = 2 mu D + s, mu = L/Q"
    proof.nonnegative("the gap after a step", (1 - share) * D - mean, 4 * e**2 * s / (9 * L * M * J), text)
    text = "D never rises: E[D_{t+1}; D_{t+1} > eps] <= E[D_{t+1}; D_t > eps] <= (1 - share) E[D_t; D_t > eps]"
    proof.rule("the steps while above eps", "tower property", text)
    left = partial(bound, gap=gap, Q=Q, d=d, J=J, c=c)
    factor = 1 - share.subs({e: excess, M: moment})
    proof.identity("the bound after one step", left(T=sp.Integer(1)), factor * gap, "it is 1 - share times the gap")
    text = "it is 1 - share times the bound before"
    proof.identity("the bound after one step more", left(T=T + 1), factor * left(T=T), text)
    proof.rule("the gap after all steps", "induction", "E[D_T; D_T > eps] <= (1 - share)^T gap")
    return proof


def _longest(first: float, curvature: float, size: float) -> float:
    return 2 / 3 * float(bounds.best_radius(g=np.sqrt(2 * curvature * first), L=curvature, d=size, c=0.5))


# --- quadratics: one step --------------------------------------------------------------------------------------------


@proves("relative_loss_momentum.drift")
def drift(
    bound: Callable[..., Any], spread: Callable[..., Any] = bounds.curvature_spread, step: Callable[..., Any] = step
) -> Derivation:
    """Derive P(lower and z <= t, or not and z > t) <= bound."""
    proof = Derivation(
        "relative_loss_momentum.drift",
        "x'Hx/2: lower exactly where z > t = k/2 - gamma, but for probability 3 (phi(0)^2 k^2 v/4)^(1/3) or less, "
        "v = (2 tr(H^2) + 4 b'H^2 b + (b'Hb)^2)/tr(H)^2",
    )
    proof.uses("the shipped step", kept_step(step))
    _place(proof)
    _spread(proof, spread)
    v, s = positives("v s")
    peak = normal_density(sp.Integer(0))
    text = "phi(z) = phi(0) exp(-z^2/2) <= phi(0): P(|z - t| <= s) <= 2 s phi(0)"
    proof.identity("the density", normal_density(z), peak * sp.exp(-(z**2) / 2), text)
    proof.nonnegative("the exponent of the density", z**2 / 2, z**2 / 2, "z^2/2 >= 0")
    proof.rule("the chance of a large curvature", "Markov's inequality", "P((k/2) |V - 1| > s) <= k^2 v/(4 s^2)")
    text = "they differ only if |z - t| <= s or (k/2) |V - 1| > s: P <= 2 s phi(0) + k^2 v/(4 s^2)"
    proof.rule("the two ways to differ", "cases", text)
    best = (k**2 * v / (4 * peak)) ** sp.Rational(1, 3)
    sides = 2 * s * peak + k**2 * v / (4 * s**2)
    least = 3 * (peak**2 * k**2 * v / 4) ** sp.Rational(1, 3)
    proof.identity("the best distance", sides.subs(s, best), least, "s^3 = k^2 v/(4 phi(0))")
    proof.identity("any other distance", sp.diff(sides, s).subs(s, best), sp.Integer(0), "the sum is convex in s")
    proof.rule("the bound as a probability", "cases", "it is at most 1 as well, and 0 for v = 0, where V = 1")
    proof.identity("the bound", bound(k=k, spread=v), sp.Min(1, least), "min(1, 3 (phi(0)^2 k^2 v/4)^(1/3))")
    return proof


def _place(proof: Derivation) -> None:
    h = positives("h_1 h_2")
    x, w = sp.symbols("x_1 x_2", real=True), sp.symbols("w_1 w_2", real=True)

    def f(at: Any) -> Any:
        return sum(one * q**2 for one, q in zip(h, at, strict=True)) / 2

    moved = [p + sigma * q for p, q in zip(x, w, strict=True)]
    slope = sum(one * p * q for one, p, q in zip(h, x, w, strict=True))
    rise = sigma * slope + sigma**2 * f(w)
    proof.identity("the rise", f(moved) - f(x), rise, "sigma <g,w> + sigma^2 w'Hw/2, w = u + b, in the axes of H")
    trace, gamma, bent = sp.Symbol("tr(H)", positive=True), *sp.symbols("gamma V", real=True)
    size = k * G / trace
    rise = -size * G * (z + gamma) + size**2 * bent * trace / 2
    place = -size * G * (z - (k / 2 - gamma) - k / 2 * (bent - 1))
    text = "lower exactly where z > t + (k/2) (V - 1), V = w'Hw/tr(H), sigma = k G/tr(H)"
    proof.identity("the place of the threshold", rise, place, text)


def _spread(proof: Derivation, spread: Callable[..., Any]) -> None:
    one, b, h = sp.symbols("u b h", real=True)
    laws = {one: reduced.NORMAL}
    mean = exact.expectation(sp.expand(h * (one + b) ** 2), laws)
    proof.identity("the mean along one axis", mean, h + h * b**2, "E w'Hw = tr(H) + b'Hb")
    varied = exact.expectation(sp.expand((h * (one + b) ** 2 - mean) ** 2), laws)
    text = "Var w'Hw = 2 tr(H^2) + 4 b'H^2 b"
    proof.identity("the variance along one axis", varied, 2 * h**2 + 4 * h**2 * b**2, text)
    text = "the coordinates of u in the axes of H are independent: variances add up"
    proof.rule("the variance over all axes", "independence", text)
    trace, square, bend, turn = positives("tr(H) tr(H^2) b'Hb b'H^2b")
    total = (2 * square + 4 * turn + bend**2) / trace**2
    found = spread(trace=trace, square=square, bend=bend, turn=turn)
    proof.identity("the spread of the curvature", found, total, "E (V - 1)^2 = (variance + (b'Hb)^2)/tr(H)^2")


@proves("relative_loss_momentum.changes")
def changes(drift: Callable[..., Any] = bounds.drift) -> Derivation:
    """Derive what a step that is taken where z > t does to x_i and b_i, on average."""
    proof = Derivation(
        "relative_loss_momentum.changes", "E of x_i^2, x_i b_i, b_i^2 after a step taken where z > t, in closed form"
    )
    proof.uses("the shipped step", derivation("relative_loss_momentum.step"))
    proof.uses("the half-space", derivation("relative_loss_momentum.moments"))
    x, b, e, other = sp.symbols("x b e n", real=True)
    proof.premise("one axis", "u_i = -e z + sqrt(1 - e^2) n, e = g_i/|g|: n standard normal, independent of z")
    way = -e * z + sp.sqrt(1 - e**2) * other + b
    x2, b2 = x + sigma * way, beta * b + (1 - beta) * gain * way
    found = drift(x, b, e, sigma=sigma, beta=beta, gain=gain, t=t)
    for what, change, taken, kept, before in (
        ("the squared position", found.xx, x2 * x2, x * x, x * x),
        ("position times momentum", found.xb, x2 * b2, x * beta * b, x * b),
        ("the squared momentum", found.bb, b2 * b2, (beta * b) ** 2, b * b),
    ):
        mean = exact.expectation(sp.expand(taken), {other: reduced.NORMAL})
        after = _above(sp.expand(mean)) + kept * (1 - TAIL)
        proof.identity(f"the change of {what}", change, _at(after - before, t))
    return proof


# --- quadratics: whole runs ------------------------------------------------------------------------------------------


@proves("relative_loss_momentum.limit_rate")
def limit_rate(
    bound: Callable[..., Any], part: Callable[..., Any] = bounds.part, drift: Callable[..., Any] = bounds.drift
) -> Derivation:
    """Derive the two equations of `limit` from the changes, as d grows."""
    proof = Derivation(
        "relative_loss_momentum.limit_rate",
        "the changes of x^2, x b, b^2 times d, as d grows with beta = 1 - kappa/d and sigma = k |g|/tr(H); their "
        "solutions of constant shape: mean(part) = 1 and r mean(part/l) = k e(t)",
    )
    proof.uses("the changes", changes(drift))
    ell, r = positives("l r")
    X, Y, W = sp.symbols("X Y W", real=True)
    flows = {
        "X": -2 * k * ell * PHI * X + 2 * k * TAIL * Y + k**2 * TAIL,
        "Y": -kappa * Y
        + kappa * gain * (TAIL * Y - ell * PHI * X)
        + k * (TAIL * W - ell * PHI * Y)
        + k * kappa * gain * TAIL,
        "W": -2 * kappa * W + 2 * kappa * gain * (TAIL * W - ell * PHI * Y) + kappa**2 * gain**2 * TAIL,
    }
    x, b, h = sp.symbols("x b h", real=True)  # h = 1/sqrt(d); x, b in units of h, G and the mean curvature are 1
    found = drift(h * x, h * b, ell * h * x, sigma=k * h**2, beta=1 - kappa * h**2, gain=gain, t=t)
    for (name, flow), change in zip(flows.items(), found, strict=True):
        slow = sp.cancel(sp.expand(change) / h**4).subs(h, 0)
        here = _at(flow.subs({X: x**2, Y: x * b, W: b**2}), t)
        proof.identity(f"the flow of {name}", slow, here, f"d{name}/d(steps/d) = {flow}")
    text = "|g| falls by r |g| in d steps and X, Y in units of |g|^2, |g| stay: X' = -2 r X, Y' = -r Y, W' = 0"
    proof.premise("the constant shape", text)
    still = flows["X"] + 2 * r * X, flows["Y"] + r * Y, flows["W"]
    shape = sp.solve(still, [X, Y, W], dict=True)[0]
    for name, equation in zip("XYW", still, strict=True):
        text = f"that of {name}, by X, Y and W in terms of r and k"
        proof.identity(f"the solved equation of {name}", equation.subs(shape), sp.Integer(0), text)
    share = part(ell, r, k=k, kappa=kappa, gain=gain, P=TAIL, phi=PHI)
    proof.identity("the part of an axis", shape[X] * ell**2, share, "part = l^2 X: d times the share of |g|^2")
    proof.rule("the first equation", "linearity of expectation", "the sum of the shares is 1: mean(part) = 1")
    gamma, spent = sp.Symbol("gamma", real=True), sp.Symbol("mean(l X)", positive=True)
    proof.premise("the lean of the momentum", "gamma = -<g,b>/|g| = -mean(l Y); mean(l) = 1, mean(l^2 X) = 1")
    flow = sp.expand(still[0])
    text = "times l: -2 k phi mean(l^2 X) + 2 r mean(l X)"
    proof.identity("the part of X in its flow", flow.coeff(X), -2 * k * ell * PHI + 2 * r, text)
    mean = -2 * k * PHI + 2 * r * spent - gamma * flow.coeff(Y) + flow.coeff(X, 0).coeff(Y, 0)
    second = 2 * (r * spent - k * (PHI - (k / 2 - gamma) * TAIL))
    proof.identity("the second equation", mean, second, "r mean(l X) = k e(t), part/l = l X, t = k/2 - gamma")
    points = [(Q, *at) for Q in (1.0, 10.0, 100.0) for at in ((0.3, 3.0), (0.4, 4.0))]
    solved = all(_solves(bound, *point) for point in points)
    proof.code_check("the bound", solved, points=len(points), text="it solves both equations to 1e-8, with rate = 2 r")
    proof.uncovered("the exchange of limits", "a run of order d steps follows the flow as d grows: argued, measured")
    text = "the 1/5 rule keeps P(lower) at 1/5 and k constant as its growth tends to 1: argued"
    proof.uncovered("the radius under the one-fifth rule", text)
    text = "the flow settles to the shape, and the solution is unique: seen in every computation"
    proof.uncovered("the shape in the long run", text)
    return proof


def _solves(bound: Callable[..., Any], Q: float, kappa: float, gain: float) -> bool:
    """Whether the bound, with the k and t that `limit` finds, solves the two equations."""
    spectrum = np.array(bounds.two_valued(Q))
    found, ell = bounds.limit(spectrum, kappa=kappa, gain=gain), spectrum / spectrum.mean()
    place, r = found.k / 2 - found.gamma, float(bound(Q=Q, kappa=kappa, gain=gain)) / 2
    law = {"kappa": kappa, "gain": gain, "P": 0.2, "phi": float(normal_density(place))}
    share = bounds.part(ell, r, k=found.k, **law)
    first, second = np.mean(share) - 1, r * np.mean(share / ell) - found.k * float(normal_excess(place))
    small = abs(first) < 1e-8 and abs(second) < 1e-8 and abs(normal_tail(place) - 0.2) < 1e-12
    return bool(small and np.all(share > 0))


# --- the ceiling -----------------------------------------------------------------------------------------------------


@proves("relative_loss_momentum.limit_ceiling")
def limit_ceiling(bound: Callable[..., Any], part: Callable[..., Any] = bounds.part) -> Derivation:
    """Derive that every solution of mean(part) = 1 with positive factors has 2 r <= bound."""
    proof = Derivation(
        "relative_loss_momentum.limit_ceiling",
        "mean(part) = 1, mean(l) = 1, m = min l, V = mean(l^2), n = 1 - gain P in (0, 1], both factors of the "
        "denominator positive: 2 r <= 2 s (3 m + sqrt(m^2 + V m)), s = phi^2/P; without momentum 2 r <= 4 s m",
    )
    ell, s = positives("l s")
    _less_part(proof, part, ell, s)
    left = ell * (kappa + a * ell) / (a * ell + kappa * n)
    text = "mean(part) = 1: 2 s/a >= mean(l (kappa + a l)/(a l + kappa n)) = 1 + kappa (1 - n) mean(l/(a l + kappa n))"
    proof.identity("the split of the mean part", left, ell + kappa * (1 - n) * ell / (a * ell + kappa * n), text)
    text = "a <= 2 s, and 2 s - a >= a kappa (1 - n) mean(l/(a l + kappa n))"
    proof.rule("the deficit of the mean part", "monotonicity of expectation", text)
    text = "r <= a m: then 2 r <= 2 a m <= 4 s m; so it is without momentum, where n = 1"
    proof.premise("a rate below the edge", text)
    size, room = 2 * normal_density(t) ** 2 / normal_tail(t), sp.sqrt(m**2 + V * m)
    stated = 2 * s * (3 * m + room)
    text = "4 s m <= 2 s (3 m + sqrt(m^2 + V m))"
    proof.nonnegative("the ceiling against the rate without momentum", stated - 4 * s * m, 2 * s * (m + room), text)
    text = "r = a m + rho, rho > 0; at l = m: kappa n > r - a m = rho, and a m - n r > 0"
    proof.premise("a rate above the edge", text)
    spare = sp.Symbol("spare", positive=True)
    short = a * m - n * (a * m + rho)
    text = "a m (1 - n) = n rho + a m - n r: so (2 s - a) m >= rho kappa n mean(l/(a l + kappa n))"
    proof.identity("the values at the edge", a * m * (1 - n), n * rho + short, text)
    grows = (rho + spare) / (a * ell + rho + spare) - rho / (a * ell + rho)
    form = a * ell * spare / ((a * ell + rho + spare) * (a * ell + rho))
    proof.nonnegative("the growth of the fraction", grows, form, "kappa n > rho, and y/(a l + y) grows with y")
    tangent = 1 / (a * V + rho) - a * (ell - V) / (a * V + rho) ** 2
    form = a**2 * (ell - V) ** 2 / ((a * ell + rho) * (a * V + rho) ** 2)
    proof.nonnegative("the tangent", 1 / (a * ell + rho) - tangent, form, "1/(a l + rho) is above its tangent at V")
    text = "weighted with l: mean(l (l - V)) = V - V = 0, so mean(l/(a l + rho)) >= 1/(a V + rho)"
    proof.rule("Jensen's inequality for the fraction", "monotonicity of expectation", text)
    rest = m * (V * s**2 + 2 * s * rho) - m * (2 * s - a) * (a * V + rho)
    text = "rho^2 <= m (2s - a)(a V + rho) <= m (V s^2 + 2 s rho)"
    proof.nonnegative("the square of the excess rate", rest, m * V * (s - a) ** 2 + m * rho * a, text)
    highest = s * (m + room)
    text = "s (m + sqrt(m^2 + V m)) is the positive root of rho^2 = m (V s^2 + 2 s rho)"
    proof.identity("the positive root", highest**2, m * (V * s**2 + 2 * s * highest), text)
    beyond = (highest + spare) ** 2 - m * (V * s**2 + 2 * s * (highest + spare))
    text = "beyond it rho^2 exceeds the right-hand side, so rho is at most the root"
    proof.nonnegative("the values beyond the root", beyond, spare**2 + 2 * spare * s * room, text)
    proof.identity("the ceiling", 2 * (2 * s * m + highest), stated, "2 r = 2 (a m + rho) <= 2 (2 s m + rho)")
    proof.identity("the bound", bound(least=m, V=V, t=t), stated.subs(s, size / 2), "it is the ceiling at s = phi^2/P")
    return proof


def _less_part(proof: Derivation, part: Callable[..., Any], ell: Any, s: Any) -> None:
    """Show part >= a^2/(2s) l^2 (kappa + a l)/((a l + kappa n) a l)."""
    y, first, second = positives("y first second")
    share = part(ell, y / n, k=a / PHI, kappa=kappa, gain=(1 - n) / TAIL, P=TAIL, phi=PHI).subs(TAIL, PHI**2 / s)
    shown = a**2 / (2 * s) * ell**2 * (kappa + a * ell - y) / ((a * ell - y / n + kappa * n) * (a * ell - y))
    proof.identity("the part", share, shown, "k = a/phi, r = y/n, gain P = 1 - n, s = phi^2/P")
    ratio = (kappa + second) / second - (kappa + second + y) / (second + y)  # a l = second + y
    text = "(kappa + a l - n r)/(a l - n r) >= (kappa + a l)/(a l)"
    proof.nonnegative("the numerator", ratio, kappa * y / (second * (second + y)), text)
    inverse = 1 / first - 1 / (first + y / n)
    text = "1/(a l - r + kappa n) >= 1/(a l + kappa n)"
    proof.nonnegative("the other factor", inverse, y / n / (first * (first + y / n)), text)
    low = a**2 / (2 * s) * ell**2 * (kappa + a * ell) / ((a * ell + kappa * n) * a * ell)
    text = "part is at least this for r > 0"
    proof.identity(
        "the lower bound of the part", low, a / (2 * s) * ell * (kappa + a * ell) / (a * ell + kappa * n), text
    )

"""Relative-loss descent with momentum: why the claims of ``zotheory/theorems/relative_loss_momentum.py`` hold.

Main statements
---------------
- `adversarial`, `aligned`, `adversarial_sharp`: expected fall of one step, for momentum of bounded length.
- `rate`: what the falls add up to, with radii of a grid.
- `drift`: a step on a quadratic is taken where z > t, nearly, and what such a step does to each coordinate.
- `limit_rate`: the equations of a run that keeps its shape, from the drifts as d grows.
- `limit_ceiling`: no momentum solves them with a rate above the square root of the condition number.

Notation
--------
G = |g|; z = -<g,u>/G and gamma = -<g,b>/G; T, phi the tail and the density of N(0, 1) at t; s = alpha/sqrt(d). l, X, Y,
W: curvature over its mean, and d times x^2, x b, b^2 in units of G over the mean curvature. Hypotheses enter as slacks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from proofs import proves
from proofs import relative_loss as plain
from zotheory import exact, radii, reduced
from zotheory.elementary import normal_tail
from zotheory.evidence.derivation import Derivation
from zotheory.methods.relative_loss import Move, State, clipped, step
from zotheory.theorems import relative_loss_momentum as bounds

alpha, G, L, d, Q, J, T, gap, eps = sp.symbols("alpha G L d Q J T gap eps", positive=True)
c, w = sp.symbols("c w", nonnegative=True)
t, z = sp.symbols("t z", real=True)
TAIL, PHI = sp.symbols("P phi", positive=True)  # of N(0, 1) at t


def _slacks(names: str) -> Any:
    return sp.symbols(names, nonnegative=True)


# --- the shipped step ------------------------------------------------------------------------------------------------


def _rationals(rng: np.random.Generator, size: int) -> np.ndarray:
    return np.array([sp.Rational(int(one), 7) for one in rng.integers(-20, 20, size)], dtype=object)


def _steps(proof: Derivation, step: Callable[..., Any]) -> None:
    """Run the shipped step at rational states: where it looks, what it keeps, what it remembers."""
    rng, beta, gain, sigma = np.random.default_rng(0), sp.Rational(3, 4), sp.Rational(5, 2), sp.Rational(2, 3)
    holds = True
    for ranks in ((0, 0), (0, 1), (1, 0)) * 4:
        x, u, b = (_rationals(rng, 3) for _ in range(3))
        state = State(x, np.asarray(ranks[0]), b, np.asarray(1.0), 1)
        move = Move(u, np.asarray(sigma, dtype=object))
        after = step(lambda y, ranks=ranks: np.asarray(ranks[1]), state, move, beta=beta, gain=gain, clip=10**9)
        way = (u + b) * int(ranks[1] < ranks[0])
        kept = beta * b + (1 - beta) * gain * way
        holds = holds and all(after.x == x + sigma * way) and all(sp.simplify(one) == 0 for one in after.b - kept)
        holds = holds and int(after.fx) == min(ranks)
    text = "x+ = x + sigma (u + b), b+ = beta b + (1 - beta) gain (u + b) where f is lower there; else x, beta b"
    proof.certified("the shipped step", bool(holds), text + ": 12 rational states")
    proof.rule("kept", "monotonicity of expectation", "f(x+) - f(x) = min(f(y) - f(x), 0) <= (f(y) - f(x)) 1_A, any A")


def _never_longer(proof: Derivation) -> None:
    rng = np.random.default_rng(1)
    holds = all(
        float(np.sqrt(float(sum(one**2 for one in clipped(_rationals(rng, 4), sp.Rational(1, 2)))))) <= 0.5 + 1e-15
        for _ in range(20)
    )
    ell, clip = sp.symbols("|b| clip", positive=True)
    proof.identity("shortened", ell * clip / ell, clip, "b clip/|b| has length clip")
    proof.certified("clip", holds, "20 vectors: |b| <= clip")


# --- moments of the half-space ---------------------------------------------------------------------------------------


def _half_space(proof: Derivation) -> None:
    """E[1, z, z^2; z > t] = P, phi, t phi + P."""
    tail, phi = normal_tail(t), bounds.density(t)
    proof.identity("density", phi, sp.exp(-(t**2) / 2) / sp.sqrt(2 * sp.pi), "phi of N(0, 1)")
    for power, moment in enumerate((tail, phi, t * phi + tail)):
        name = f"E[z^{power}; z > t]"
        proof.identity(f"{name}: slope", sp.diff(moment, t), -(t**power) * phi)
        proof.identity(f"{name}: end", sp.limit(moment, t, sp.oo), 0)
    proof.rule("moments", "monotonicity of expectation", "each is the integral of its slope over (t, oo)")


def _above(polynomial: Any) -> Any:
    """E[polynomial in z; z > t], in the symbols P and phi."""
    moments = (TAIL, PHI, t * PHI + TAIL)
    return sum(coefficient * moments[power] for (power,), coefficient in sp.Poly(polynomial, z).terms())


def _written(expression: Any, at: Any) -> Any:
    """The shipped expression with P and phi for the tail and the density at `at`."""
    return sp.sympify(expression).subs({normal_tail(at): TAIL, bounds.density(at): PHI})


def _length(gamma: Any, across: Any) -> Any:
    """E |u + b|^2 given z, b = -gamma g/G + across."""
    vectors, laws = reduced.symbols(d, 2, 1)
    _, one, rest = vectors[0]
    return sp.expand(exact.expectation((z + gamma) ** 2 + (one + across) ** 2 + rest**2, laws))


def _second_moment(proof: Derivation, second_moment: Callable[..., Any]) -> None:
    r, up = _slacks("r up")  # c^2 - |b|^2 and c - gamma
    gamma = c - up
    across = sp.Symbol("across", real=True)
    found = _above(_length(gamma, across)).subs(across**2, c**2 - r - gamma**2)
    claimed = second_moment(d=d, c=c, t=t)
    text = "(d + c^2) P + (t + 2c) phi - E[|u + b|^2; z > t] >= 0; |u + b|^2 has mean d + |b|^2 over the whole space"
    proof.nonnegative("second moment", _written(claimed, t) - found, r * TAIL + 2 * up * PHI, text)
    whole = sp.expand(
        exact.expectation(_length(gamma, across), {z: reduced.NORMAL}).subs(across**2, c**2 - r - gamma**2)
    )
    proof.identity("whole second moment", whole, d + c**2 - r, "E |u + b|^2 = d + |b|^2")


def _rise(proof: Derivation) -> None:
    s, gamma, length = sp.symbols("s gamma |u+b|^2", real=True)
    proof.premise("smooth", "f(y) - f(x) <= sigma <g, u + b> + (L/2) sigma^2 |u + b|^2; |b|^2 = c^2 - r")
    proof.identity("slope", G * (-z - gamma) * s, -s * G * (z + gamma), f"<g, u + b> = -G (z + gamma); {length}")
    proof.premise("independent", "u is standard normal given x, b and alpha; dimension 1 and 2: across = 0, or no rest")


# --- one step --------------------------------------------------------------------------------------------------------


def _simple(proof: Derivation, bound: Any, gamma: Any, step: Callable[..., Any]) -> None:
    """A = {z + gamma > 0}, and the second moment over the whole space."""
    _steps(proof, step)
    _rise(proof)
    _half_space(proof)
    _second_moment(proof, bounds.second_moment)
    more, r = _slacks("more r")
    y = sp.Symbol("y", real=True)
    first = (_above(z + y)).subs({TAIL: normal_tail(t), PHI: bounds.density(t)}).subs(t, -y)
    proof.identity("E max(z + y, 0)", first, bounds.half_mean(-y), "e(-y), the half-space z > -y")
    slope = sp.diff(bounds.half_mean(-y), y)
    proof.identity("its slope", slope, normal_tail(-y), "P(z > -y) >= 0: it grows with y")
    proof.rule("gamma", "monotonicity of expectation", "<g,b> <= -gamma G: E max(z - <g,b>/G, 0) = e(-gamma) + more")
    fall = alpha * G / sp.sqrt(d) * (bounds.half_mean(-gamma) + more) - L * alpha**2 / (2 * d) * (d + c**2 - r)
    form = alpha * G * more / sp.sqrt(d) + L * alpha**2 * r / (2 * d)
    proof.nonnegative("fall", fall - bound, form, "f(x) - E f(x+) - bound >= 0")


@proves("relative_loss_momentum.adversarial")
def adversarial() -> Derivation:
    """R4."""
    return adversarial_derivation()


def adversarial_derivation(
    bound: Callable[..., Any] = bounds.adversarial, step: Callable[..., Any] = step
) -> Derivation:
    """Derive f(x) - E f(x+) >= bound, for |b| <= c.

    Raises
    ------
    NotProved
        For a larger bound, or a step that keeps anything but the lower of two values.
    """
    proof = Derivation(
        "relative_loss_momentum.adversarial",
        "f(x) - E f(x+) >= alpha e(c) |g|/sqrt(d) - (L/2) alpha^2 (1 + c^2/d) for L-smooth f and |b| <= c, every d",
    )
    a, b = sp.symbols("g_1 g_2", real=True)
    p, q = sp.symbols("b_1 b_2", real=True)
    text = "|<g,b>| <= |g| |b|: gamma >= -c"
    proof.nonnegative(
        "Cauchy-Schwarz", (a**2 + b**2) * (p**2 + q**2) - (a * p + b * q) ** 2, (a * q - b * p) ** 2, text
    )
    _simple(proof, bound(alpha=alpha, g=G, L=L, d=d, c=c), -c, step)
    best = alpha * bounds.half_mean(c) * G / sp.sqrt(d)
    largest = bounds.half_mean(c) ** 2 * G**2 / (2 * L * (d + c**2))
    radius = sp.sqrt(d) * bounds.half_mean(c) * G / (L * (d + c**2))
    proof.identity("best radius", (best - L * alpha**2 * (d + c**2) / (2 * d)).subs(alpha, radius), largest)
    return proof


@proves("relative_loss_momentum.aligned")
def aligned() -> Derivation:
    """R4, momentum that points downhill."""
    return aligned_derivation()


def aligned_derivation(bound: Callable[..., Any] = bounds.aligned, step: Callable[..., Any] = step) -> Derivation:
    """Derive f(x) - E f(x+) >= bound, for <g,b> <= -gamma |g| and |b| <= c.

    Raises
    ------
    NotProved
        As `adversarial_derivation`.
    """
    proof = Derivation(
        "relative_loss_momentum.aligned",
        "f(x) - E f(x+) >= alpha (phi(gamma) + gamma Phi(gamma)) |g|/sqrt(d) - (L/2) alpha^2 (1 + c^2/d) for L-smooth "
        "f, <g,b> <= -gamma |g|, |b| <= c",
    )
    gamma = sp.Symbol("gamma", nonnegative=True)
    _simple(proof, bound(alpha=alpha, g=G, L=L, d=d, gamma=gamma, c=c), gamma, step)
    gain = bounds.half_mean(-gamma) - (bounds.density(gamma) + gamma * (1 - normal_tail(gamma)))
    proof.identity("e(-gamma)", sp.simplify(gain), 0, "phi(gamma) + gamma Phi(gamma)")
    ratio = bounds.half_mean(sp.Integer(-1)) / bounds.half_mean(sp.Integer(0))
    proof.certified("2.7 times", bool(ratio.evalf(30) > sp.Rational(27, 10)), "e(-1)/e(0) = 2.715...")
    return proof


@proves("relative_loss_momentum.adversarial_sharp")
def adversarial_sharp() -> Derivation:
    """R4 with the indicator of the half-space kept."""
    return sharp_derivation()


def sharp_derivation(
    bound: Callable[..., Any] = bounds.adversarial_sharp,
    second_moment: Callable[..., Any] = bounds.second_moment,
    step: Callable[..., Any] = step,
) -> Derivation:
    """Derive f(x) - E f(x+) >= bound, for |b| <= c, and that both sides agree in the limit for b = c g/|g|.

    Raises
    ------
    NotProved
        For a larger bound.
    """
    proof = Derivation(
        "relative_loss_momentum.adversarial_sharp",
        "f(x) - E f(x+) >= alpha e(t) |g|/sqrt(d) - (L alpha^2/(2d)) (t + 2c) phi(t), t = c + L alpha (d + c^2)/(2 |g| "
        "sqrt(d)), |b| <= c; in units of alpha |g|/sqrt(d), at fixed t, equal as d grows for b = c g/|g|, L|x|^2/2",
    )
    _steps(proof, step)
    _rise(proof)
    _half_space(proof)
    _second_moment(proof, second_moment)
    up, more = _slacks("up more")
    y = sp.Symbol("y", positive=True)
    radius = 2 * G * sp.sqrt(d) * y / (L * (d + c**2))  # so that the level is c + y
    proof.identity(
        "level", bounds.level(alpha=radius, g=G, L=L, d=d, c=c), c + y, "alpha = 2 G sqrt(d) (t - c)/(L (d + c^2))"
    )
    first = _above(z - c + up)  # gamma = -c + up
    second = _written(bounds.second_moment(d=d, c=c, t=t), t) - more
    fall = radius * G / sp.sqrt(d) * first - L * radius**2 / (2 * d) * second
    fall = fall.subs(t, c + y)
    claimed = _written(bound(alpha=radius, g=G, L=L, d=d, c=c), c + y)
    form = radius * G * up * TAIL / sp.sqrt(d) + L * radius**2 * more / (2 * d)
    proof.nonnegative("fall", fall - claimed, form, "A = {z > t}: f(x) - E f(x+) - bound >= 0")
    shipped = radius * G / sp.sqrt(d) * (PHI - (c + y) * TAIL) - L * radius**2 / (2 * d) * (c + y + 2 * c) * PHI
    proof.identity(
        "as stated", sp.simplify(claimed - shipped), 0, "alpha e(t) G/sqrt(d) - (L alpha^2/(2d)) (t + 2c) phi"
    )
    _attained(proof, radius, y)
    return proof


def _attained(proof: Derivation, radius: Any, y: Any) -> None:
    """For b = c g/|g| and f = L|x|^2/2 the fall is at most e(t) + (t - c) sqrt(2d + 4c^2)/(d + c^2), in its units."""
    vectors, laws = reduced.symbols(d, 1, 1)
    one, rest = vectors[0]
    spread = exact.expectation(((one + c) ** 2 + rest**2 - d - c**2) ** 2, laws)
    proof.identity("spread", spread, 2 * d + 4 * c**2, "E (|u + b|^2 - d - c^2)^2")
    h = sp.simplify(L * radius / (2 * G * sp.sqrt(d)))
    proof.identity(
        "curvature", h * (d + c**2), y, "rise = -(alpha G/sqrt(d)) (z - c - h |u + b|^2), h (d + c^2) = t - c"
    )
    text = "max(., 0) moves no more than its argument: the fall differs from e(t) by at most h E| |u + b|^2 - d - c^2 |"
    proof.rule("attained", "monotonicity of expectation", text)
    proof.identity("vanishes", sp.limit(h * sp.sqrt(2 * d + 4 * c**2), d, sp.oo), 0, "as d grows at fixed t")
    rest_ = sp.limit(h * (c + y + 2 * c) * PHI, d, sp.oo)
    proof.identity("and so does the second term", rest_, 0, "(t - c) (t + 2c) phi/(d + c^2)")


# --- whole runs ------------------------------------------------------------------------------------------------------


@proves("relative_loss_momentum.rate")
def rate() -> Derivation:
    """R3 with momentum."""
    return rate_derivation()


def rate_derivation(left: Callable[..., Any] = bounds.gap_left, grid: Callable[..., Any] = bounds.grid) -> Derivation:
    """Derive the gap after T steps with radii of a grid, where it is above eps.

    Raises
    ------
    NotProved
        For a smaller bound, or a grid that does not reach.
    """
    proof = Derivation(
        "relative_loss_momentum.rate",
        "E[D_T; D_T > eps] <= (1 - (8/9) e(c)^2/(M Q J))^T gap, M = (d + c^2) Phi(-c) + 3 c phi(c), D = f - f*, for "
        "any momentum of length at most c and J = ceil(log2(Q gap/eps)/2) radii",
    )
    one = sharp_derivation()
    proof.certified(
        "one step", one.status == "steps checked", "its second moment, for every t: here t = c; " + one.statement
    )
    _never_longer(proof)
    proof.rule("every step", "tower property", "the draws of a step are independent of the past, hence of x and b")
    e, M = sp.symbols("e M", positive=True)

    def named(expression: Any) -> Any:
        return sp.simplify(_written(expression, c)).subs(PHI, e + c * TAIL)

    moment = named(bounds.second_moment(d=d, c=c, t=c))
    proof.identity("e(c)", named(bounds.half_mean(c)), e, "positive: E max(z - c, 0)")
    p, u, s, D = _slacks("p u s D")
    best = named(bounds.best_radius(g=G, L=L, d=d, c=c))
    proof.identity("best radius", sp.simplify(best * moment), sp.sqrt(d) * e * G / L, "alpha = sqrt(d) e G/(L M)")
    up, more = _slacks("up more")
    first = _above(z - c + up).subs(t, c).subs(PHI, e + c * TAIL)  # gamma = -c + up
    here = alpha * G / sp.sqrt(d) * first - L * alpha**2 / (2 * d) * (M - more)
    claimed = alpha * e * G / sp.sqrt(d) - L * alpha**2 * M / (2 * d)
    form = alpha * G * up * TAIL / sp.sqrt(d) + L * alpha**2 * more / (2 * d)
    text = "A = {z > c}: f(x) - E f(x+) >= alpha e G/sqrt(d) - L alpha^2 M/(2d)"
    proof.nonnegative("fall at t = c", here - claimed, form, text)
    radius = (sp.Rational(2, 3) + p) * sp.sqrt(d) * e * G / (L * M)
    fall = radius * e * G / sp.sqrt(d) - L * radius**2 * M / (2 * d) - sp.Rational(4, 9) * e**2 * G**2 / (L * M)
    proof.identity("one radius: form", fall, p * (sp.Rational(2, 3) - p) * e**2 * G**2 / (2 * L * M))
    text = "theta = 2/3 + p in [2/3, 4/3]: the fall is at least (4/9) e^2 G^2/(L M)"
    proof.nonnegative("one radius", p * u * e**2 * G**2 / (2 * L * M), p * u * e**2 * G**2 / (2 * L * M), text)
    text = "the J - 1 other radii do no harm, f(x+) <= f(x): the mean over the draw is at least 1/J of that"
    proof.rule("J radii", "monotonicity of expectation", text)
    plain._between(proof)
    plain._drawn(proof, radii.log_uniform)
    shrink = named(left(T=sp.Integer(1), gap=gap, Q=Q, d=d, J=J, c=c) / gap)
    mean = D - sp.Rational(4, 9) * e**2 * (2 * L / Q * D + s) / (L * moment * J)
    form = sp.Rational(4, 9) * e**2 * s / (L * moment * J)
    proof.identity("expected gap: form", sp.simplify(shrink * D - mean - form), 0, "(1 - share) D - E D+")
    slack = sp.Rational(4, 9) * e**2 * s / (L * M * J)
    proof.nonnegative("expected gap", slack, slack, "E D+ <= (1 - share) D, G^2 = 2 mu D + s, mu = L/Q")
    size = sp.sqrt(d) * e / (L * M)
    largest = sp.Rational(2, 3) * size * sp.sqrt(2 * L * gap)
    plain._reach(proof, largest, largest, sp.Rational(4, 3) * size * sp.sqrt(2 * L / Q * eps), 0)
    text = "largest >= 2/3, smallest <= 4/3 of the best radius: the first <= 4/3 is the largest or exceeds 2/3"
    proof.rule("a radius in [2/3, 4/3]", "cases", text)
    top = lambda gap, L, d: 2 / 3 * float(bounds.best_radius(g=np.sqrt(2 * L * gap), L=L, d=d, c=0.5))  # noqa: E731
    plain._shipped_grid(proof, partial(grid, c=0.5), 0, top)
    text = "D never rises: E[D_{t+1}; D_{t+1} > eps] <= E[D_{t+1}; D_t > eps] <= (1 - share) E[D_t; D_t > eps]"
    proof.rule("while above eps", "tower property", text)
    where = {"gap": gap, "Q": Q, "d": d, "J": J, "c": c}
    taken = bounds.share(Q=Q, d=d, J=J, c=c)
    proof.identity("induction", left(T=T + 1, **where), (1 - taken) * left(T=T, **where))
    proof.rule("T steps", "induction", "E[D_T; D_T > eps] <= (1 - share)^T gap")
    return proof


# --- quadratics: one step --------------------------------------------------------------------------------------------

k, sigma, kappa, n, m, a, V, rho = sp.symbols("k sigma kappa n m a V rho", positive=True)
beta, gain = sp.symbols("beta gain", positive=True)


@proves("relative_loss_momentum.drift")
def drift() -> Derivation:
    """What a step does to each coordinate."""
    return drift_derivation()


def drift_derivation(
    bound: Callable[..., Any] = bounds.disagreement,
    spread: Callable[..., Any] = bounds.curvature_spread,
    changes: Callable[..., Any] = bounds.drift,
    step: Callable[..., Any] = step,
) -> Derivation:
    """Derive P(lower and z <= t, or not and z > t) <= bound, and the changes of a step taken where z > t.

    Raises
    ------
    NotProved
        For a smaller bound, or other changes.
    """
    proof = Derivation(
        "relative_loss_momentum.drift",
        "x'Hx/2: lower exactly where z > t = k/2 - gamma, but for probability 3 (phi(0)^2 k^2 v/4)^(1/3); "
        "E of x_i^2, x_i b_i, b_i^2 after a step taken where z > t, in closed form",
    )
    _steps(proof, step)
    _place(proof)
    _spread(proof, spread)
    v, s = sp.symbols("v s", positive=True)
    peak = bounds.density(sp.Integer(0))
    proof.nonnegative(
        "density", z**2 / 2, z**2 / 2, "phi(z) = phi(0) exp(-z^2/2) <= phi(0): P(|z - t| <= s) <= 2 s phi(0)"
    )
    proof.rule("spread", "Markov's inequality", "P((k/2) |V - 1| > s) <= k^2 v/(4 s^2)")
    proof.rule("either", "cases", "they differ only if |z - t| <= s or (k/2) |V - 1| > s")
    at = (k**2 * v / (4 * peak)) ** sp.Rational(1, 3)
    total = 2 * at * peak + k**2 * v / (4 * at**2)
    proof.identity(
        "best s", sp.simplify(sp.powsimp(sp.expand_power_base((total / bound(k=k, spread=v)), force=True))), 1
    )
    slope = sp.diff(2 * s * peak + k**2 * v / (4 * s**2), s)
    proof.identity("no other s is better", sp.simplify(slope.subs(s, at)), 0, "the sum is convex in s")
    _half_space(proof)
    _changes(proof, changes)
    return proof


def _place(proof: Derivation) -> None:
    h = sp.symbols("h_1 h_2", positive=True)
    x, y = sp.symbols("x_1 x_2", real=True), sp.symbols("w_1 w_2", real=True)
    f = lambda p: sum(one * q**2 for one, q in zip(h, p, strict=True)) / 2  # noqa: E731
    moved = [p + sigma * q for p, q in zip(x, y, strict=True)]
    slope = sum(one * p * q for one, p, q in zip(h, x, y, strict=True))
    proof.identity("rise", f(moved) - f(x), sigma * slope + sigma**2 * f(y), "sigma <g,w> + sigma^2 w'Hw/2, w = u + b")
    trace, bent, gamma = sp.symbols("tr(H) V gamma", real=True)
    size = k * G / trace
    rise = -size * G * (z + gamma) + size**2 * bent * trace / 2
    place = -size * G * (z - (k / 2 - gamma) - k / 2 * (bent - 1))
    proof.identity("place", rise, place, "lower exactly where z > t + (k/2) (V - 1), V = w'Hw/tr(H), sigma = k G/tr(H)")


def _spread(proof: Derivation, spread: Callable[..., Any]) -> None:
    one, b = sp.symbols("u b", real=True)
    laws = {one: reduced.NORMAL}
    mean = exact.expectation(sp.expand((one + b) ** 2), laws)
    proof.identity("mean", mean, 1 + b**2, "E w'Hw = tr(H) + b'Hb, in the axes of H")
    varied = exact.expectation(sp.expand(((one + b) ** 2 - mean) ** 2), laws)
    proof.identity("variance", sp.expand(varied), 2 + 4 * b**2, "Var w'Hw = 2 tr(H^2) + 4 b'H^2 b")
    proof.rule("coordinates", "independence", "the coordinates of u in the axes of H are independent: variances add up")
    trace, square, bend, turn = sp.symbols("tr trsq bHb bHHb", positive=True)
    total = (2 * square + 4 * turn + bend**2) / trace**2
    found = spread(trace=trace, square=square, bend=bend, turn=turn)
    proof.identity("v", found, total, "E (V - 1)^2 = variance + (b'Hb)^2, over tr(H)^2")


def _changes(proof: Derivation, changes: Callable[..., Any]) -> None:
    x, b, e, other = sp.symbols("x b e n", real=True)
    beside = sp.sqrt(1 - e**2) * other  # u_i = -e z + sqrt(1 - e^2) n, n normal, independent of z
    way = -e * z + beside + b
    x2, b2 = x + sigma * way, beta * b + (1 - beta) * gain * way
    claimed = changes(x, b, e, sigma=sigma, beta=beta, gain=gain, t=t)
    pairs = {
        "xx": (x2 * x2, x * x, x * x),
        "xb": (x2 * b2, x * beta * b, x * b),
        "bb": (b2 * b2, (beta * b) ** 2, b * b),
    }
    proof.premise("axis", "u_i = -e z + sqrt(1 - e^2) n, e = g_i/|g|: n standard normal, independent of z")
    for name, (taken, kept, before) in pairs.items():
        mean = exact.expectation(sp.expand(taken), {other: reduced.NORMAL})
        after = _above(sp.expand(mean)) + kept * (1 - TAIL)
        found = _written(getattr(claimed, name), t)
        proof.identity(f"change of {name}", sp.expand(after - before), sp.expand(found))


# --- quadratics: whole runs ------------------------------------------------------------------------------------------


@proves("relative_loss_momentum.limit_rate")
def limit_rate() -> Derivation:
    """The equations of a run that keeps its shape."""
    return limit_derivation()


def limit_derivation(part: Callable[..., Any] = bounds.part, changes: Callable[..., Any] = bounds.drift) -> Derivation:
    """Derive the two equations of `limit` from the drifts, as d grows.

    Raises
    ------
    NotProved
        For another `part`, or other drifts.
    """
    proof = Derivation(
        "relative_loss_momentum.limit_rate",
        "the drifts of x^2, x b, b^2 times d, as d grows with beta = 1 - kappa/d and sigma = k |g|/tr(H); their "
        "solutions of constant shape: mean(part) = 1 and r mean(part/l) = k e(t)",
    )
    one = drift_derivation(changes=changes)
    proof.certified("drift", one.status == "steps checked", one.statement)
    ell, r = sp.symbols("l r", positive=True)
    x, b, h = sp.symbols("x b h", real=True)  # h = 1/sqrt(d); x, b in units of h, G and the mean curvature are 1
    X, Y, W = sp.symbols("X Y W", real=True)
    found = changes(h * x, h * b, ell * h * x, sigma=k * h**2, beta=1 - kappa * h**2, gain=gain, t=t)
    limits = [sp.expand(sp.expand(_written(change, t)) / h**4).subs(h, 0) for change in found]
    limits = [sp.expand(change).subs({x**2: X, x * b: Y, b**2: W}) for change in limits]
    expected = (
        -2 * k * ell * PHI * X + 2 * k * TAIL * Y + k**2 * TAIL,
        -kappa * Y
        + kappa * gain * (TAIL * Y - ell * PHI * X)
        + k * (TAIL * W - ell * PHI * Y)
        + k * kappa * gain * TAIL,
        -2 * kappa * W + 2 * kappa * gain * (TAIL * W - ell * PHI * Y) + kappa**2 * gain**2 * TAIL,
    )
    for name, change, flow in zip(("X", "Y", "W"), limits, expected, strict=True):
        proof.identity(f"flow of {name}", change, flow, f"d{name}/d(steps/d) = {flow}")
    text = "|g| falls by r |g| in d steps and X, Y in units of |g|^2, |g| stay: X' = -2 r X, Y' = -r Y, W' = 0"
    proof.premise("constant shape", text)
    shape = sp.solve([expected[0] + 2 * r * X, expected[1] + r * Y, expected[2]], [X, Y, W], dict=True)[0]
    share = part(ell, r, k=k, kappa=kappa, gain=gain, P=TAIL, phi=PHI)
    proof.identity("part", sp.simplify(shape[X] * ell**2 - share), 0, "part = l^2 X: d times the share of |g|^2")
    proof.rule("first equation", "linearity of expectation", "the sum of the shares is 1: mean(part) = 1")
    gamma = sp.Symbol("gamma", real=True)
    proof.premise("gamma", "gamma = -<g,b>/|g| = -mean(l Y); mean(l) = 1, mean(l^2 X) = 1")
    flow = sp.expand(ell * (expected[0] + 2 * r * X))
    mean = flow.coeff(X, 1).coeff(ell, 2) + 2 * r * sp.Symbol("mean(l X)") + 2 * k * TAIL * (-gamma) + k**2 * TAIL
    level = k / 2 - gamma
    second = 2 * (r * sp.Symbol("mean(l X)") - k * (PHI - level * TAIL))
    proof.identity("second equation", mean, second, "mean of l times the flow of X: r mean(l X) = k e(t), part/l = l X")
    holds = all(
        _solves(spectrum, at) for spectrum in ((1.0,), (1.0, 10.0), (1.0, 3.0, 1e4)) for at in ((0.3, 3.0), (0.4, 4.0))
    )
    proof.certified("shipped limit", holds, "6 solutions: both equations to 1e-8, and rate = 2 r")
    proof.uncovered("exchange of limits", "a run of order d steps follows the flow as d grows: argued, measured")
    proof.uncovered("radius", "the 1/5 rule keeps P(lower) at 1/5 and k constant as its growth tends to 1: argued")
    proof.uncovered("shape", "the flow settles to the shape, and the solution is unique: seen in every computation")
    return proof


def _solves(spectrum: Any, at: tuple[float, float]) -> bool:
    found = bounds.limit(spectrum, kappa=at[0], gain=at[1])
    ell = np.asarray(spectrum) / np.mean(spectrum)
    place, r = found.k / 2 - found.gamma, found.rate / 2
    law = {"kappa": at[0], "gain": at[1], "P": 0.2, "phi": float(bounds.density(place))}
    share = bounds.part(ell, r, k=found.k, **law)
    first, second = np.mean(share) - 1, r * np.mean(share / ell) - found.k * float(bounds.half_mean(place))
    return bool(
        abs(first) < 1e-8 and abs(second) < 1e-8 and np.all(share > 0) and abs(normal_tail(place) - 0.2) < 1e-12
    )


# --- the ceiling -----------------------------------------------------------------------------------------------------


@proves("relative_loss_momentum.limit_ceiling")
def limit_ceiling() -> Derivation:
    """No momentum gives more than the square root."""
    return ceiling_derivation()


def ceiling_derivation(
    bound: Callable[..., Any] = bounds.rate_ceiling, part: Callable[..., Any] = bounds.part
) -> Derivation:
    """Derive that every solution of mean(part) = 1 with positive factors has 2 r <= bound.

    Raises
    ------
    NotProved
        For a smaller bound, or another `part`.
    """
    proof = Derivation(
        "relative_loss_momentum.limit_ceiling",
        "mean(part) = 1, mean(l) = 1, m = min l, V = mean(l^2), n = 1 - gain P in (0, 1], both factors of the "
        "denominator positive: 2 r <= 2 s (3 m + sqrt(m^2 + V m)), s = phi^2/P; without momentum 2 r <= 4 s m",
    )
    ell, y, s = sp.symbols("l y s", positive=True)
    share = part(ell, y / n, k=a / PHI, kappa=kappa, gain=(1 - n) / TAIL, P=TAIL, phi=PHI).subs(TAIL, PHI**2 / s)
    shown = a**2 / (2 * s) * ell**2 * (kappa + a * ell - y) / ((a * ell - y / n + kappa * n) * (a * ell - y))
    proof.identity("part", sp.simplify(share - shown), 0, "k = a/phi, r = y/n, gain P = 1 - n, s = phi^2/P")
    _less_part(proof, ell, s)
    text = "mean(part) = 1: 2 s/a >= mean(l (kappa + a l)/(a l + kappa n)) = 1 + kappa (1 - n) mean(l/(a l + kappa n))"
    proof.identity(
        "split",
        sp.simplify(
            ell * (kappa + a * ell) / (a * ell + kappa * n) - ell - kappa * (1 - n) * ell / (a * ell + kappa * n)
        ),
        0,
        text,
    )
    proof.rule("so", "monotonicity of expectation", "a <= 2 s, and 2 s - a >= a kappa (1 - n) mean(l/(a l + kappa n))")
    proof.premise("below the edge", "r <= a m: then 2 r <= 2 a m <= 4 s m; so it is without momentum, where n = 1")
    ceiling = bound(least=m, V=V, t=t)
    size = 2 * bounds.density(t) ** 2 / normal_tail(t)
    room = sp.sqrt(m**2 + V * m)
    proof.nonnegative("there", sp.simplify(ceiling / size) - 2 * m, m + room, "4 s m is below the ceiling")
    proof.premise("above it", "r = a m + rho, rho > 0; at l = m: kappa n > r - a m = rho, and a m - n r > 0")
    left = sp.Symbol("left", positive=True)
    short = a * m - n * (a * m + rho)
    text = "a m (1 - n) = n rho + left: so (2 s - a) m >= rho kappa n mean(l/(a l + kappa n))"
    proof.identity("at the edge", a * m * (1 - n), n * rho + short, text)
    grows = (rho + left) / (a * ell + rho + left) - rho / (a * ell + rho)
    proof.nonnegative(
        "kappa n > rho", grows, a * ell * left / ((a * ell + rho + left) * (a * ell + rho)), "y/(a l + y) grows with y"
    )
    tangent = 1 / (a * ell + rho) - (1 / (a * V + rho) - a * (ell - V) / (a * V + rho) ** 2)
    form = a**2 * (sp.Symbol("l - V", real=True)) ** 2 / ((a * ell + rho) * (a * V + rho) ** 2)
    proof.identity("tangent: form", sp.simplify(tangent - form.subs(sp.Symbol("l - V", real=True), ell - V)), 0)
    proof.nonnegative("tangent", form, form, "1/(a l + rho) is above its tangent at V")
    text = "weighted with l: mean(l (l - V)) = V - V = 0, so mean(l/(a l + rho)) >= 1/(a V + rho)"
    proof.rule("Jensen", "monotonicity of expectation", text)
    gap_ = sp.Symbol("2s - a", nonnegative=True)
    proof.nonnegative("a (2s - a) <= s^2", s**2 - a * (2 * s - a), (s - a) ** 2)
    rest = m * (V * s**2 + 2 * s * rho) - m * (2 * s - a) * (a * V + rho)
    proof.nonnegative(
        "rho^2",
        rest,
        m * V * (s - a) ** 2 + m * rho * a,
        f"rho^2 <= m (2s - a)(a V + rho) <= m (V s^2 + 2 s rho); {gap_}",
    )
    highest = s * (m + room)
    quadratic = sp.expand(highest**2 - m * (V * s**2 + 2 * s * highest))
    proof.identity(
        "root", sp.simplify(quadratic), 0, "s (m + sqrt(m^2 + V m)) is the positive root of rho^2 = m (V s^2 + 2 s rho)"
    )
    beyond = sp.expand((highest + left) ** 2 - m * (V * s**2 + 2 * s * (highest + left)))
    proof.nonnegative(
        "beyond the root",
        sp.expand(beyond - quadratic),
        sp.expand(left**2 + 2 * left * s * room),
        "so rho is at most that",
    )
    total = (2 * (2 * s * m + highest)).subs(s, size / 2)
    proof.nonnegative(
        "ceiling", sp.simplify((ceiling - total) / size), sp.Integer(0), "2 r = 2 (a m + rho) <= the bound"
    )
    return proof


def _less_part(proof: Derivation, ell: Any, s: Any) -> None:
    """Show part >= a^2/(2s) l^2 (kappa + a l)/((a l + kappa n) a l)."""
    y, first, second = sp.symbols("y first second", positive=True)
    ratio = (kappa + second) / second - (kappa + second + y) / (second + y)  # a l = second + y
    proof.nonnegative(
        "numerator",
        ratio,
        kappa * y / (second * (second + y)),
        "(kappa + a l - n r)/(a l - n r) >= (kappa + a l)/(a l)",
    )
    inverse = 1 / first - 1 / (first + y / n)
    proof.nonnegative(
        "factor", inverse, y / n / (first * (first + y / n)), "1/(a l - r + kappa n) >= 1/(a l + kappa n)"
    )
    low = a**2 / (2 * s) * ell**2 * (kappa + a * ell) / ((a * ell + kappa * n) * a * ell)
    proof.identity("less", low, a / (2 * s) * ell * (kappa + a * ell) / (a * ell + kappa * n), "r > 0")

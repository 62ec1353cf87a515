"""Why the claims of ``zotheory/claims/gld_low_rank.py`` hold.

Setting. f(x) = g(A'x) on R^n, A (n, k) with orthonormal columns; g on R^k is beta-smooth and alpha-strongly convex,
Q = beta/alpha. A displacement (r/k) z, z ~ N(0, I_n), moves u = A'x by (r/k) A'z, and A'z ~ N(0, I_k): from there on
everything happens in R^k, and z stands for A'z.

Main statements
---------------
- `event`: P(z_1 >= a |z|^2/(2 k) + delta/a) > P(N(0, 1) > level) for every k >= 1 and a in [low, 2 low].
- `one_step`: the factor 1 - 1/(5 k Q), by the two balls of ``proofs/searching.py``, with k in the place of n.
- `smooth_step`: twice the progress, by smoothness alone; convexity is not needed.
- `unknown_dimension`: one grid for every k, and how many evaluations it costs.
- `perturbed`: what a bounded perturbation adds.

How all k are reached: z = |z| s with s uniform on the sphere, t = sqrt(k) s_1 and rho = |z|/sqrt(k) independent. The
event is t >= a rho/2 + delta/(a rho); the tail T_k of t is convex for k >= 3, so its probability is at least
T_k(m), m the mean, which is convex in a. Ball arithmetic decides k <= `UPTO`; beyond it E 1/rho <= (k-1)/(k-2), and a
bound of 1/2 - T_k(m) that is analytic in e = 1/k grows too slowly from e = 0 to reach the level. Dimensions 1 and 2
are decided by the roots of the quadratic equation in z_1.

References: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Theorem 9, as recalled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx

from proofs import bound_of, derivation, proves
from proofs import overlap as balls
from proofs.lemmas import decimal, factored
from proofs.overlap import a, e, enclose, normal_tail_ball, rho, t, u, w
from proofs.searching import centre, contracted_point, grid, likely, smallest
from zotheory.directions import gaussian
from zotheory.elementary import normal_tail
from zotheory.evidence.derivation import Derivation
from zotheory.exact import expectation
from zotheory.measurements.gld_low_rank import any_rank
from zotheory.methods import gld_search
from zotheory.methods.gld_search import State
from zotheory.problems import Embedded, golovin_family, random_rotation
from zotheory.reduced import NORMAL
from zotheory.theorems import gld_low_rank as theorems

UPTO = 120  # dimensions decided one by one
DELTA, LOW, LEVEL = sp.Rational(1, 5), sp.Rational(9, 20), sp.Rational(6744, 10000)
HALF = sp.Rational(1, 2)

k = sp.Symbol("k", positive=True)
Q = 1 + sp.Symbol("kappa", nonnegative=True)
gap = sp.Symbol("gap", nonnegative=True)
KEPT = "the step keeps the lowest of x and all candidates, so its value is <= f(y)"

Bound = Callable[..., Any]


# --- the probability of the event ------------------------------------------------------------------------------------


@proves("gld_low_rank.event")
@cache
def event(level: Any = LEVEL, low: Any = LOW, delta: Any = DELTA, upto: int = UPTO) -> Derivation:
    """The event is likelier than P(N(0, 1) > level), for every k >= 1 and a in [low, 2 low]; all are rational."""
    proof = Derivation(
        "gld_low_rank.event",
        f"for every k >= 1 and {low} <= a <= {2 * low}: P(z_1 >= a |z|^2/(2 k) + ({delta})/a) > "
        f"Phi(-{decimal(level)}), z ~ N(0, I_k)",
    )
    with ctx.workprec(balls.PRECISION):
        _line_and_plane(proof, delta=delta, low=low, level=level)
        moment = _to_sphere(proof)
        _jensen(proof, delta=delta, low=low)
        _one_by_one(proof, delta=delta, low=low, level=level, upto=upto)
        _larger(proof, moment, delta=delta, low=low, level=level, upto=upto)
    proof.rule("every dimension", "cases", f"k = 1, k = 2, 3 <= k <= {upto}, k > {upto}")
    return proof


def _line_and_plane(proof: Derivation, *, delta: Any, low: Any, level: Any) -> None:
    """In dimensions 1 and 2 the event is that z_1 lies between two roots."""
    x, y = sp.symbols("x y", real=True)
    lower, upper = _roots(k, a, delta, y)
    event = x - a * (x**2 + y**2) / (2 * k) - delta / a
    text = "k <= 2, y = z_2 (0 if k = 1): the event is that z_1 lies between two roots"
    proof.identity("the two roots of the event", event, a / (2 * k) * (x - lower) * (upper - x), text)
    target, width = normal_tail_ball(level), sp.Rational(9, 80)
    windows = list(balls.cells(low, 2 * low, 20))
    holds = all(_between(sp.Integer(1), part, delta, arb(0)) > target for part in windows)
    text = f"k = 1, {len(windows)} intervals of a: probability above Phi(-{decimal(level)})"
    proof.certified("the event on the line", bool(holds), text, by="intervals")
    strips = [(balls.span(i * width, (i + 1) * width), _weight(i * width, (i + 1) * width)) for i in range(40)]
    plane = (sum((_between(sp.Integer(2), part, delta, y_) * p for y_, p in strips), arb(0)) for part in windows)
    holds = all(chance > target for chance in plane)
    text = f"k = 2, {len(windows)} intervals of a, {len(strips)} of |z_2|: above Phi(-{decimal(level)})"
    proof.certified("the event in the plane", bool(holds), text, by="intervals")


def _roots(k: Any, a: Any, delta: Any, y: Any) -> tuple[Any, Any]:
    """Where z_1 = a (z_1^2 + y^2)/(2 k) + delta/a."""
    root = sp.sqrt(1 - 2 * delta / k - a**2 * y**2 / k**2)
    return k * (1 - root) / a, k * (1 + root) / a


def _between(k: Any, a_: arb, delta: Any, y_: arb) -> arb:
    """Lower bound of P(z_1 between the roots), given |z_2| in y_; 0 where they may not exist."""
    y = sp.Symbol("y", positive=True)
    if not (a_**2 * y_**2 / int(k) ** 2 < 1 - 2 * enclose(delta) / int(k)):
        return arb(0)
    lower, upper = (enclose(root, {a: a_, y: y_}) for root in _roots(k, a, delta, y))
    between = enclose(normal_tail(t), {t: lower}) - enclose(normal_tail(t), {t: upper})
    return between.lower() if between > 0 else arb(0)


def _weight(low: Any, high: Any) -> arb:
    """P(low < |z_2| < high), rational."""
    return 2 * (normal_tail_ball(low) - normal_tail_ball(high))


def _to_sphere(proof: Derivation) -> Callable[[int], Any]:
    """The event in polar coordinates, and the mean of its threshold; returns power -> E |z|^power, for k > -power."""
    delta, s, x, m = sp.symbols("delta s x m", positive=True)
    length = rho * sp.sqrt(k)
    event = length * s - a * length**2 / (2 * k) - delta / a
    passed = a * rho / 2 + delta / (a * rho)
    text = "z = |z| s, |z| = sqrt(k) rho"
    proof.identity("the event in polar coordinates", event, rho * (sp.sqrt(k) * s - passed), text)
    text = "|z| has density ~ x^(k-1) exp(-x^2/2), independent of s = z/|z|, uniform on the sphere"
    proof.premise("the Gaussian vector", text)
    balls.law_of_coordinate(proof)
    value = 2 ** (m / 2 - 1) * sp.gamma(m / 2)
    whole = proof.integral("the moments of its length", x ** (m - 1) * sp.exp(-(x**2) / 2), (x, 0, sp.oo), value)

    def moment(power: int) -> Any:
        return whole.subs(m, k + power) / whole.subs(m, k)

    mean = a / 2 * moment(1) / sp.sqrt(k) + delta / a * moment(-1) * sp.sqrt(k)
    text = "E(a rho/2 + delta/(a rho)) = threshold"
    proof.identity("the mean threshold", mean, theorems.threshold(k, a=a, delta=delta), text)
    return moment


def _jensen(proof: Derivation, *, delta: Any, low: Any) -> None:
    """P(t >= threshold) >= T_k(mean threshold), and the worst a is low or 2 low."""
    x, j = sp.Symbol("x", positive=True), sp.Symbol("j", nonnegative=True)
    fall = -sp.diff(j / 2 * sp.log(1 - x**2), x).subs(x, w / sp.sqrt(1 + w**2))
    text = "k = 3 + j: it does not increase on [0, sqrt k], and is 0 beyond"
    proof.nonnegative("the fall of the density", fall, j * w * sp.sqrt(1 + w**2), text)
    text = "T_k, whose slope is minus that density, is convex: E T_k(a rho/2 + delta/(a rho)) >= T_k(mean)"
    proof.rule("Jensen's inequality for the tail", "monotonicity of expectation", text)
    share = w / (1 + w)  # a runs over [low, 2 low)
    size, inverse = sp.symbols("E_rho E_1/rho", positive=True)

    def mean(a: Any) -> Any:
        return a * size / 2 + delta / a * inverse

    bend = (1 - share) * mean(low) + share * mean(2 * low) - mean(low * (1 + share))
    factored(proof, "the mean threshold below its chord", bend, "the mean is convex in a: at most its value at an end")


def _one_by_one(proof: Derivation, *, delta: Any, low: Any, level: Any, upto: int) -> None:
    """3 <= k <= upto."""
    target = normal_tail_ball(level)
    holds = all(
        balls.sphere_tail_ball(size, theorems.threshold(sp.Integer(size), a=end, delta=delta)) > target
        for size in range(3, upto + 1)
        for end in (low, 2 * low)
    )
    text = f"3 <= k <= {upto}: T_k(mean threshold) > Phi(-{decimal(level)}) at both ends"
    proof.certified("the dimensions one by one", bool(holds), text, by="intervals")


def _larger(
    proof: Derivation, moment: Callable[[int], Any], *, delta: Any, low: Any, level: Any, upto: int, count: int = 40
) -> None:
    """For k > upto the bound of 1/2 - T_k(m), at most its value at e = 0 plus e times its slope, stays below."""
    balls.bound_density(proof)
    _mean_above(proof, moment)
    for which, end in (("smallest", low), ("largest", 2 * low)):
        m = end / 2 + delta / end * (1 - e) / (1 - 2 * e)
        x = m * u
        integrand = sp.sqrt((1 - e) / (2 * sp.pi)) * m * sp.exp(-(x**2) / 2 + balls.excess(x))
        limit = m.subs(e, 0)
        normal = limit * sp.exp(-((limit * u) ** 2) / 2) / sp.sqrt(2 * sp.pi)
        text = f"bound = P(0 < N(0, 1) < {limit})"
        proof.identity(f"the limit of the bound at the {which} radius", integrand.subs(e, 0), normal, text)
        slope, near = sp.diff(integrand, e), balls.span(0, sp.Rational(1, upto))
        rise = sum((enclose(slope, {e: near, u: part}) for part in balls.cells(0, 1, count)), arb(0)) / count
        least = normal_tail_ball(limit) - abs(rise) / upto
        text = f"Phi(-{limit}) - e |slope| > Phi(-{decimal(level)}) for 0 <= e <= 1/{upto}"
        above = bool(least > normal_tail_ball(level))
        proof.certified(f"the larger dimensions at the {which} radius", above, text, by="intervals")
    text = f"k > {upto}: T_k(m) >= 1/2 - bound > Phi(-{decimal(level)})"
    proof.rule("the larger dimensions", "monotonicity of expectation", text)


def _mean_above(proof: Derivation, moment: Callable[[int], Any]) -> None:
    """E rho <= 1 and E 1/rho <= (k-1)/(k-2)."""
    text = "rho <= (1 + rho^2)/2"
    proof.nonnegative("the length below its mean square", (1 + rho**2) / 2 - rho, (1 - rho) ** 2 / 2, text)
    text = "1/rho <= (1 + 1/rho^2)/2"
    proof.nonnegative(
        "the inverse length below its mean square", (1 + 1 / rho**2) / 2 - 1 / rho, (1 - 1 / rho) ** 2 / 2, text
    )
    proof.identity("the mean square of the length", moment(2) / k, sp.Integer(1), "E rho^2 = 1")
    text = "E 1/rho^2 = k/(k - 2) for k > 2"
    proof.identity("the mean square of the inverse length", moment(-2) * k, k / (k - 2), text)
    above = (1 + k / (k - 2)) / 2
    text = "E rho <= 1, E 1/rho <= (1 - e)/(1 - 2 e)"
    proof.identity("the mean inverse length", above.subs(k, 1 / e), (1 - e) / (1 - 2 * e), text)


# --- from n dimensions to k ------------------------------------------------------------------------------------------


def _project(proof: Derivation) -> None:
    """A'z ~ N(0, I_k), and the shipped code draws (r_j/k) z and evaluates g(A'x)."""
    text = "A'A = I_k; a linear image of a Gaussian vector is Gaussian, given by its covariance"
    proof.premise("the columns of A", text)
    entries = np.array(sp.symbols("A:3:2", real=True), dtype=object).reshape(3, 2)
    z = np.array(sp.symbols("z:3", real=True), dtype=object)
    image = z @ entries
    for what, i, j in (
        ("the variance of the first coordinate", 0, 0),
        ("the covariance of two coordinates", 0, 1),
        ("the variance of the second coordinate", 1, 1),
    ):
        covariance = expectation(sp.expand(image[i] * image[j]), dict.fromkeys(z, NORMAL))
        text = "E (A'z)(A'z)' = A'A, n = 3"
        proof.identity(what, covariance, (entries.T @ entries)[i, j], text)
    text = "and so in every entry for every n and k: A'z ~ N(0, I_k)"
    proof.rule("the covariance of all coordinates", "linearity of expectation", text)
    rank, size = 3, 7
    grid = gld_search(R=4.0, r=0.3, law=gaussian, scale=1 / rank)
    drawn = grid.draw(np.random.default_rng(3), State(np.zeros(size), np.zeros(())), size)
    z = np.random.default_rng(3).standard_normal(drawn.shape)
    radii = grid.draw.keywords["radii"][:, None]
    same = bool(np.allclose(drawn, radii / rank * z, rtol=1e-15))
    proof.code_check("the shipped draw", same, points=drawn.size, text="v_j = (r_j/k) z_j")
    g, A = golovin_family(1, 8, rank, minimiser=0.4), random_rotation(size, np.random.default_rng(1))[:, :rank]
    same = bool(np.allclose(Embedded(g, A)(drawn), g(drawn @ A), rtol=1e-14))
    proof.code_check("the shipped problem", same, points=len(drawn), text="Embedded(g, A)(x) = g(A'x)")


# --- one step (Theorem 9) --------------------------------------------------------------------------------------------


@proves("gld_low_rank.one_step")
def one_step(bound: Bound, level: Any = LEVEL, low: Any = LOW) -> Derivation:
    """A step contracts with probability 1/4 (Theorem 9), by a radius in [9 L/20, 9 L/10]: 0.2507 in the limit.

    In [L/2, L] only Phi(-7/10) = 0.2420 would follow; the best window of a factor 2 gives Phi(-3/sqrt(20)) = 0.2512.
    """
    proof = Derivation(
        "gld_low_rank.one_step",
        "every k >= 1, n >= k; r <= (3/(5 Q)) |A'x - u*| <= R: for some r_j = 2^-j R, j = 0..ceil(log2(R/r)), "
        "y ~ N(x, (r_j/k)^2 I_n) has f(y) - f* <= (1 - 1/(5 k Q)) (f(x) - f*) with probability "
        f"> Phi(-{decimal(level)}); so has the best candidate",
    )
    _project(proof)
    text = "the next steps are those of gld_search.one_step in R^k: their n is our k"
    proof.premise("the dimension in the next steps", text)
    contracted_point(proof, lambda n, Q: bound(k=n, Q=Q))
    centre(proof)
    grid(proof, low)
    _ball_event(proof)
    proof.uses("the probability of the event", event(level=level, low=low))
    likely(proof, level)
    proof.rule("the conclusion", "cases", f"y in B2 gives f(y) <= f(q); {KEPT}")
    return proof


def _ball_event(proof: Derivation) -> None:
    """On the event y lies in B2, whose centre is at distance L along e_1 and whose radius is r2 >= L (1 - delta/k)."""
    z1, square = sp.symbols("z1 square", real=True)  # square = |z|^2
    slack = sp.Symbol("slack", nonnegative=True)
    away = (a / k) ** 2 * square - 2 * a / k * z1 + 1  # |y - c|^2 in units of L, y - x = (r/k) z, c - x = L e_1
    inside = (1 - DELTA / k) ** 2 - away.subs(z1, a * square / (2 * k) + DELTA / a + slack)
    form = (DELTA / k) ** 2 + 2 * a / k * slack
    text = "z_1 = a |z|^2/(2 k) + delta/a + slack, a = r/L, puts y inside B2"
    proof.nonnegative("the event inside the second ball", inside, form, text)


# --- twice the progress ----------------------------------------------------------------------------------------------


@proves("gld_low_rank.smooth_step")
def smooth_step(bound: Bound, level: Any = LEVEL) -> Derivation:
    """1 - 2/(5 k Q) in the place of 1 - 1/(5 k Q), for a radius in [LOW, 2 LOW] |grad g|/beta."""
    proof = Derivation(
        "gld_low_rank.smooth_step",
        "g beta-smooth, |grad g|^2 >= 2 alpha (g - g*): if r <= (9/10) |grad g|/beta and R >= (9/20) |grad g|/beta at "
        "A'x, some r_j gives f(y) - f* <= (1 - 2/(5 k Q)) (f(x) - f*), y ~ N(x, (r_j/k)^2 I_n), with probability "
        f"> Phi(-{decimal(level)}), for every k >= 1 and n >= k",
    )
    _project(proof)
    _smooth_grid(proof)
    _drop(proof, bound)
    _gradient_dominates(proof)
    proof.uses("the probability of the event", event(level=level, low=LOW))
    likely(proof, level)
    proof.rule("the conclusion", "cases", KEPT)
    return proof


def _smooth_grid(proof: Derivation) -> None:
    """Some radius lies in [LOW, 2 LOW] |grad g|/beta."""
    proof.premise("the range of radii", "r <= (9/10) |grad g|/beta, R >= (9/20) |grad g|/beta")
    text = f"[{LOW}, {2 * LOW}] |grad g|/beta: a factor of 2"
    proof.certified("the window of radii", bool(sp.Rational(9, 10) == 2 * LOW), text, by="enumeration")
    smallest(proof)
    text = "j first with r_j in the window or below: j = 0, or r_j = r_(j-1)/2 and r_(j-1) lies above the window"
    proof.rule("a radius of the grid", "cases", text)


def _drop(proof: Derivation, bound: Bound) -> None:
    """From G^2 >= 2 alpha gap: where the event holds the gap falls by `bound`; r = a G/beta, G = |grad g|."""
    alpha, G = sp.symbols("alpha G", positive=True)
    z1, square = sp.symbols("z1 square", real=True)  # square = |z|^2
    slack, more = sp.symbols("slack more", nonnegative=True)
    beta = alpha * Q
    text = "g(u + v) <= g(u) + <grad g, v> + beta |v|^2/2; axes turned so that e_1 = -grad g/|grad g|"
    proof.premise("the smoothness of g", text)
    length = a * G / beta / k
    rise = -length * G * z1 + beta * length**2 * square / 2
    on_event = rise.subs(z1, a * square / (2 * k) + DELTA / a + slack)
    fall = (DELTA + a * slack) / (beta * k)
    text = "z_1 = a |z|^2/(2 k) + delta/a + slack: g falls by >= delta G^2/(beta k)"
    proof.identity("the drop on the event", on_event, -(G**2) * fall, text)
    after = gap - (2 * alpha * gap + more) * fall  # G^2 = 2 alpha gap + more
    form = 2 * alpha * gap * a * slack / (beta * k) + more * fall
    text = "the gap falls by the factor claimed"
    proof.nonnegative("the progress of a step", bound(k=k, Q=Q) * gap - after, form, text)


def _gradient_dominates(proof: Derivation) -> None:
    """Strong convexity implies |grad g|^2 >= 2 alpha (g - g*), the only use that could be made of it."""
    alpha, G = sp.symbols("alpha G", positive=True)
    v1, v2 = sp.symbols("v1 v2", real=True)
    s = sp.Symbol("s", nonnegative=True)
    proof.premise("the strong convexity of g", "g* = g(u) + <grad g, v> + alpha |v|^2/2 + s, v = u* - u, where g is so")
    gap = -(G * v1 + alpha * (v1**2 + v2**2) / 2 + s)
    form = alpha * ((v1 + G / alpha) ** 2 + v2**2) / 2 + s
    text = "|grad g|^2 >= 2 alpha (g - g*)"
    proof.nonnegative("the domination of the gap by the gradient", G**2 / (2 * alpha) - gap, form, text)


# --- k unknown -------------------------------------------------------------------------------------------------------


@proves("gld_low_rank.unknown_dimension")
def unknown_dimension(bound: Bound, last: Callable[..., Any] = lambda r, n: r / n) -> Derivation:
    """One grid for every k, of deviations from R down to `last`(r, n), and the evaluations that it costs."""
    proof = Derivation(
        "gld_low_rank.unknown_dimension",
        "deviations s_j = 2^-j R, j = 0..ceil(log2(n R/r)): a step contracts by 1 - 1/(5 k Q) with probability > 1/4 "
        "for every k <= n with r <= (3/(5 Q)) |A'x - u*| <= R; after evaluations(n, k, Q, log_ratio, R, r) of them, "
        "but for probability failure(k, Q, log_ratio), the gap has fallen by exp(-log_ratio) or "
        "|A'x - u*| <= floor(Q, r)",
    )
    _same_as_known(proof, last)
    proof.uses("the contraction of one step", derivation("gld_low_rank.one_step"))
    text = "its f is g, its n is k, its x is A'x: g(A'x_t) does not increase, |A'x_0 - u*| <= R"
    proof.uses("the number of steps", derivation("gld_search.iterations"), text)
    _count(proof, bound)
    return proof


def _same_as_known(proof: Derivation, last: Callable[..., Any]) -> None:
    """The deviations are those of one_step with k R and k r/n for R and r."""
    r, above, more = sp.Symbol("r", positive=True), *sp.symbols("above more", nonnegative=True)  # n = k (1 + more)
    text = "deviation s_j is radius k s_j of one_step; k times the last is at most r <= (3/(5 Q)) |A'x - u*|"
    factored(proof, "the last deviation", r - k * last(r, k * (1 + more)), text)
    needed, j = sp.Symbol("needed", positive=True), sp.Symbol("j", nonnegative=True)
    text = "k R >= R >= (3/(5 Q)) |A'x - u*|, k >= 1"
    proof.nonnegative("the first deviation", (1 + j) * (needed + above) - needed, above + j * (needed + above), text)
    R, n = sp.symbols("R n", positive=True)
    text = "k R/(k r/n) = n R/r: as many radii, whatever k is"
    proof.identity("the number of radii", k * R / (k * last(r, n)), n * R / r, text)
    size, known = 7, 4  # a power of two rounds nowhere
    one = any_rank(3.0, 0.4, size)
    two = gld_search(R=3.0 * known, r=known * 0.4 / size, law=gaussian, scale=1 / known)
    state = State(np.zeros(size), np.zeros(()))
    draws = [method.draw(np.random.default_rng(5), state, size) for method in (one, two)]
    text = "any_rank's are those of one_step's method, k = 4, n = 7"
    proof.code_check("the shipped draws", np.array_equal(*draws), points=draws[0].size, text=text)


def _count(proof: Derivation, bound: Bound) -> None:
    """ceil(T) steps of ceil(log2(n R/r)) + 1 evaluations, and one at the start."""
    n, r, log_ratio = sp.symbols("n r log_ratio", positive=True)
    ell, late, x = sp.symbols("ell late x", nonnegative=True)
    R = r * sp.exp(ell * sp.log(2)) / n  # ell = log2(n R/r)
    T = bound_of("gld_search.iterations")(n=k, Q=Q, log_ratio=log_ratio, p=sp.Rational(1, 4))
    rounded = x / (1 + x)  # ceil(T) = T + rounded, in [0, 1)
    used = 1 + (T + rounded) * (ell + 2 - late)  # ceil(ell) + 1 = ell + 2 - late
    claimed = bound(n=n, k=k, Q=Q, log_ratio=log_ratio, R=R, r=r)
    form = (ell + 2) / (1 + x) + late * (T + rounded)
    text = "1 + ceil(T) (ceil(log2(n R/r)) + 1) <= evaluations"
    proof.nonnegative("the evaluations of all steps", claimed - used, form, text)


# --- perturbations ---------------------------------------------------------------------------------------------------


@proves("gld_low_rank.perturbed")
def perturbed(bound: Bound, least_gap: Callable[..., Any] = theorems.least_gap) -> Derivation:
    """What |h| <= delta adds, and that half the progress is left from `least_gap` on."""
    proof = Derivation(
        "gld_low_rank.perturbed",
        "f(x) = g(A'x) + h(x), |h| <= delta: where one_step's event holds, f(y) - f* <= (1 - c) (f(x) - f*) + 2 delta, "
        "c = 1/(5 k Q), and no less than 2 delta will do; <= (1 - c/2) (f(x) - f*) iff f(x) - f* >= 20 delta k Q",
    )
    text = "its event has probability > 1/4 and is about g alone"
    proof.uses("the contraction of one step", derivation("gld_low_rank.one_step"), text)
    proof.premise("the perturbation", "h(x) = s1 - delta, h(y) = delta - s2, with s1, s2 >= 0")
    proof.premise("the infimum of f", "f >= g* - delta everywhere, so f* = inf f = g* - delta + s3, s3 >= 0")
    delta = sp.Symbol("delta", positive=True)
    s, s1, s2, s3 = slacks = sp.symbols("s s1 s2 s3", nonnegative=True)
    size = 1 + sp.Symbol("j", nonnegative=True)  # k
    rate = bound_of("gld_low_rank.one_step")(k=size, Q=Q)
    before = gap + (s1 - delta) + (delta - s3)  # f(x) - f*, gap = g(A'x) - g*
    after = rate * gap - s + (delta - s2) + (delta - s3)
    excess = bound(gap=before, delta=delta, k=size, Q=Q) - after
    form = sp.factor(rate) * s1 + (1 - rate) * s3 + s2 + s
    proof.nonnegative(
        "the gap after the step", excess, form, "the errors add up to (1 - c) delta + delta + c delta = 2 delta"
    )
    text = "equality where g falls by just c, h(x) = -delta, h(y) = delta and f* = g* - delta: cliffs"
    proof.identity("the case of equality", excess.subs(dict.fromkeys(slacks, 0)), sp.Integer(0), text)
    _half_left(proof, bound, least_gap, delta)
    return proof


def _half_left(proof: Derivation, bound: Bound, least_gap: Callable[..., Any], delta: Any) -> None:
    more = sp.Symbol("more", nonnegative=True)
    gap = least_gap(delta=delta, k=k, Q=Q) + more
    kept = theorems.perturbed_contraction(k=k, Q=Q) * gap - bound(gap=gap, delta=delta, k=k, Q=Q)
    proof.nonnegative("half the progress", kept, more / (10 * k * Q), "gap = 20 delta k Q + more: the factor 1 - c/2")
    text = "equality at a gap of 20 delta k Q: half the progress is left from no smaller gap on"
    proof.identity("the least gap", kept.subs(more, 0), sp.Integer(0), text)

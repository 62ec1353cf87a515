"""Why the claims of ``zotheory/theorems/gld_low_rank.py`` hold.

Setting. f(x) = g(A'x) on R^n, A (n, k) with orthonormal columns; g on R^k is beta-smooth and alpha-strongly convex,
Q = beta/alpha. A displacement (r/k) z, z ~ N(0, I_n), moves u = A'x by (r/k) A'z, and A'z ~ N(0, I_k): from there on
everything happens in R^k, and z stands for A'z.

Main statements
---------------
- `certify_step`: P(z_1 >= a |z|^2/(2 k) + delta/a) > P(N(0, 1) > level) for every k >= 1 and a in [low, 2 low].
- `one_step`: the factor 1 - 1/(5 k Q), by the two balls of ``proofs/gld_search.py``, with k in the place of n.
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

from proofs import gld_search as full
from proofs import overlap as balls
from proofs import proves
from proofs.lemmas import factored
from proofs.overlap import a, e, enclose, normal_tail_ball, rho, t, u, w
from zotheory.directions import gaussian
from zotheory.elementary import normal_tail
from zotheory.evidence.derivation import Derivation
from zotheory.exact import expectation
from zotheory.methods import gld_search
from zotheory.methods.gld_search import State
from zotheory.problems import Embedded, golovin_family, random_rotation
from zotheory.reduced import NORMAL
from zotheory.theorems import gld_low_rank as bounds

UPTO = 120  # dimensions decided one by one
DELTA, LOW, LEVEL = sp.Rational(1, 5), sp.Rational(9, 20), sp.Rational(6744, 10000)
HALF = sp.Rational(1, 2)

k = sp.Symbol("k", positive=True)
Q = 1 + sp.Symbol("kappa", nonnegative=True)
gap = sp.Symbol("gap", nonnegative=True)


# --- the probability of the event ------------------------------------------------------------------------------------


def certify_step(proof: Derivation, *, level: Any, delta: Any = DELTA, low: Any = LOW, upto: int = UPTO) -> None:
    """Add the steps of: P(z_1 >= a |z|^2/(2 k) + delta/a) > P(N(0, 1) > level), every k >= 1, a in [low, 2 low].

    level, delta, low are rational.

    Raises
    ------
    NotProved
        If a step fails, as it does where the statement is false.
    """
    setting = {"delta": sp.Rational(delta), "low": sp.Rational(low), "level": sp.Rational(level)}
    with ctx.workprec(balls.PRECISION):
        _line_and_plane(proof, **setting)
        _to_sphere(proof)
        _jensen(proof, delta=setting["delta"], low=setting["low"])
        _one_by_one(proof, **setting, upto=upto)
        _larger(proof, **setting, upto=upto)
    proof.rule("every k", "cases", f"k = 1, k = 2, 3 <= k <= {upto}, k > {upto}")


@cache
def _event(level: Any, low: Any, upto: int) -> Derivation:
    proof = Derivation("gld_low_rank.one_step", "the probability of the event")
    certify_step(proof, level=level, low=low, upto=upto)
    return proof


def _line_and_plane(proof: Derivation, *, delta: Any, low: Any, level: Any) -> None:
    """Dimensions 1 and 2: between two roots."""
    x, y = sp.symbols("x y", real=True)
    lower, upper = _roots(k, a, delta, y)
    event = x - a * (x**2 + y**2) / (2 * k) - delta / a
    text = "k <= 2, y = z_2 (0 if k = 1): the event is that z_1 lies between two roots"
    proof.identity("roots", event, a / (2 * k) * (x - lower) * (upper - x), text)
    target, width = normal_tail_ball(level), sp.Rational(9, 80)
    windows = list(balls.cells(low, 2 * low, 20))
    holds = all(_between(sp.Integer(1), part, delta, arb(0)) > target for part in windows)
    proof.certified("k = 1", bool(holds), f"{len(windows)} intervals of a: probability above Phi(-{level})")
    strips = [(balls.span(i * width, (i + 1) * width), _weight(i * width, (i + 1) * width)) for i in range(40)]
    plane = (sum((_between(sp.Integer(2), part, delta, y_) * p for y_, p in strips), arb(0)) for part in windows)
    holds = all(chance > target for chance in plane)
    proof.certified("k = 2", bool(holds), f"{len(windows)} intervals of a, {len(strips)} of |z_2|: above Phi(-{level})")


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


def _to_sphere(proof: Derivation) -> None:
    """The event in polar coordinates, and the mean of its threshold."""
    delta, s = sp.symbols("delta s", positive=True)
    length = rho * sp.sqrt(k)
    event = length * s - a * length**2 / (2 * k) - delta / a
    passed = a * rho / 2 + delta / (a * rho)
    proof.identity("polar", event, rho * (sp.sqrt(k) * s - passed), "z = |z| s, |z| = sqrt(k) rho")
    proof.premise("Gaussian", "|z| has density ~ x^(k-1) exp(-x^2/2), independent of s = z/|z|, uniform on the sphere")
    balls.law_of_coordinate(proof)
    mean = a / 2 * _moment(1) / sp.sqrt(k) + delta / a * _moment(-1) * sp.sqrt(k)
    claimed = bounds.threshold(k, a=a, delta=delta)
    proof.identity("mean threshold", sp.gammasimp(mean - claimed), 0, "E(a rho/2 + delta/(a rho)) = threshold")


def _moment(power: int) -> Any:
    """E |z|^power, from the density; k > -power."""
    x, more = sp.Symbol("x", positive=True), sp.Symbol("more", positive=True)

    def integral(p: Any) -> Any:  # of x^(p - 1) exp(-x^2/2)
        return sp.integrate(x ** (more - 1) * sp.exp(-(x**2) / 2), (x, 0, sp.oo)).subs(more, p)

    return integral(k + power) / integral(k)


def _jensen(proof: Derivation, *, delta: Any, low: Any) -> None:
    """P(t >= threshold) >= T_k(mean threshold), and the worst a is low or 2 low."""
    x, j = sp.Symbol("x", positive=True), sp.Symbol("j", nonnegative=True)
    fall = -sp.diff(j / 2 * sp.log(1 - x**2), x).subs(x, w / sp.sqrt(1 + w**2))
    text = "k = 3 + j: it does not increase on [0, sqrt k], and is 0 beyond"
    proof.nonnegative("density falls", fall, j * w * sp.sqrt(1 + w**2), text)
    text = "T_k, whose slope is minus that density, is convex: E T_k(a rho/2 + delta/(a rho)) >= T_k(mean)"
    proof.rule("Jensen", "monotonicity of expectation", text)
    share = w / (1 + w)  # a runs over [low, 2 low)
    size, inverse = sp.symbols("E_rho E_1/rho", positive=True)

    def mean(a: Any) -> Any:
        return a * size / 2 + delta / a * inverse

    bend = (1 - share) * mean(low) + share * mean(2 * low) - mean(low * (1 + share))
    factored(proof, "mean below its chord", bend, "the mean is convex in a: at most its value at an end")


def _one_by_one(proof: Derivation, *, delta: Any, low: Any, level: Any, upto: int) -> None:
    """3 <= k <= upto."""
    target = normal_tail_ball(level)
    holds = all(
        balls.sphere_tail_ball(size, bounds.threshold(sp.Integer(size), a=end, delta=delta)) > target
        for size in range(3, upto + 1)
        for end in (low, 2 * low)
    )
    proof.certified(f"3 <= k <= {upto}", bool(holds), f"T_k(mean threshold) > Phi(-{level}) at both ends")


def _larger(proof: Derivation, *, delta: Any, low: Any, level: Any, upto: int, count: int = 40) -> None:
    """For k > upto the bound of 1/2 - T_k(m), at most its value at e = 0 plus e times its slope, stays below."""
    balls.bound_density(proof)
    _mean_above(proof)
    for end in (low, 2 * low):
        m = end / 2 + delta / end * (1 - e) / (1 - 2 * e)
        x = m * u
        integrand = sp.sqrt((1 - e) / (2 * sp.pi)) * m * sp.exp(-(x**2) / 2 + balls.excess(x))
        limit = m.subs(e, 0)
        normal = limit * sp.exp(-((limit * u) ** 2) / 2) / sp.sqrt(2 * sp.pi)
        proof.identity(f"a = {end}, e = 0", integrand.subs(e, 0), normal, f"bound = P(0 < N(0, 1) < {limit})")
        slope, near = sp.diff(integrand, e), balls.span(0, sp.Rational(1, upto))
        rise = sum((enclose(slope, {e: near, u: part}) for part in balls.cells(0, 1, count)), arb(0)) / count
        least = normal_tail_ball(limit) - abs(rise) / upto
        text = f"Phi(-{limit}) - e |slope| > Phi(-{level}) for 0 <= e <= 1/{upto}"
        proof.certified(f"a = {end}, limit", bool(least > normal_tail_ball(level)), text)
    proof.rule(f"k > {upto}", "monotonicity of expectation", f"T_k(m) >= 1/2 - bound > Phi(-{level})")


def _mean_above(proof: Derivation) -> None:
    """E rho <= 1 and E 1/rho <= (k-1)/(k-2)."""
    proof.nonnegative("rho", (1 + rho**2) / 2 - rho, (1 - rho) ** 2 / 2, "rho <= (1 + rho^2)/2")
    proof.nonnegative("1/rho", (1 + 1 / rho**2) / 2 - 1 / rho, (1 - 1 / rho) ** 2 / 2, "1/rho <= (1 + 1/rho^2)/2")
    proof.identity("E rho^2", sp.gammasimp(_moment(2) / k), 1)
    proof.identity("E 1/rho^2", sp.gammasimp(_moment(-2) * k), k / (k - 2), "k > 2")
    above = (1 + k / (k - 2)) / 2
    proof.identity("E 1/rho", above.subs(k, 1 / e), (1 - e) / (1 - 2 * e), "E rho <= 1, E 1/rho <= (1 - e)/(1 - 2 e)")


# --- from n dimensions to k ------------------------------------------------------------------------------------------


def _project(proof: Derivation) -> None:
    """A'z ~ N(0, I_k), and the shipped code draws (r_j/k) z and evaluates g(A'x)."""
    proof.premise("A", "A'A = I_k; a linear image of a Gaussian vector is Gaussian, given by its covariance")
    entries = np.array(sp.symbols("A:3:2", real=True), dtype=object).reshape(3, 2)
    z = np.array(sp.symbols("z:3", real=True), dtype=object)
    image = z @ entries
    for i, j in ((0, 0), (0, 1), (1, 1)):
        covariance = expectation(sp.expand(image[i] * image[j]), dict.fromkeys(z, NORMAL))
        proof.identity(f"covariance {i}{j}", covariance, (entries.T @ entries)[i, j], "E (A'z)(A'z)' = A'A, n = 3")
    proof.rule("covariance", "linearity of expectation", "and so in every entry for every n and k: A'z ~ N(0, I_k)")
    rank, size = 3, 7
    grid = gld_search(R=4.0, r=0.3, law=gaussian, scale=1 / rank)
    drawn = grid.draw(np.random.default_rng(3), State(np.zeros(size), np.zeros(())), size)
    z = np.random.default_rng(3).standard_normal(drawn.shape)
    radii = grid.draw.keywords["radii"][:, None]
    proof.certified("shipped draw", bool(np.allclose(drawn, radii / rank * z, rtol=1e-15)), "v_j = (r_j/k) z_j")
    g, A = golovin_family(1, 8, rank, minimiser=0.4), random_rotation(size, np.random.default_rng(1))[:, :rank]
    same = np.allclose(Embedded(g, A)(drawn), g(drawn @ A), rtol=1e-14)
    proof.certified("shipped problem", bool(same), "Embedded(g, A)(x) = g(A'x)")


# --- Theorem 9 -------------------------------------------------------------------------------------------------------


@proves("gld_low_rank.one_step")
@cache
def one_step() -> Derivation:
    """Theorem 9 with 1/4 for its constant, for a radius in [9 L/20, 9 L/10]: Phi(-121/180) = 0.2507 in the limit.

    In [L/2, L] only Phi(-7/10) = 0.2420 would follow; the best window of a factor 2 gives Phi(-3/sqrt(20)) = 0.2512.
    """
    proof = one_step_derivation(LEVEL)
    _success(proof, LEVEL)
    return proof


def one_step_derivation(level: Any, *, low: Any = LOW, upto: int = UPTO) -> Derivation:
    """Derive Theorem 9 with success probability P(N(0, 1) > level), for a grid radius in [low L, 2 low L].

    Raises
    ------
    NotProved
        If the level is too small, or low lies outside [3/8, 1/2].
    """
    proof = Derivation(
        "gld_low_rank.one_step",
        "every k >= 1, n >= k; r <= (3/(5 Q)) |A'x - u*| <= R: for some r_j = 2^-j R, j = 0..ceil(log2(R/r)), "
        "y ~ N(x, (r_j/k)^2 I_n) has f(y) - f* <= (1 - 1/(5 k Q)) (f(x) - f*) with probability "
        f"> Phi(-{level}); so has the best candidate",
    )
    _project(proof)
    proof.identity("factor", bounds.contraction(k=k, Q=Q), 1 - 1 / (5 * k * Q))
    proof.premise("k for n", "the next steps are those of gld_search.one_step in R^k: their n is our k")
    full.contracted_point(proof)
    full.centre(proof)
    full.grid(proof, low)
    _ball_event(proof)
    proof.steps.extend(_event(level, low, upto).steps)
    text = "y in B2 gives f(y) <= f(q); the step keeps the lowest of x and all candidates, so its value is <= f(y)"
    proof.rule("conclusion", "cases", text)
    return proof


def _ball_event(proof: Derivation) -> None:
    """On the event y lies in B2, whose centre is at distance L along e_1 and whose radius is r2 >= L (1 - delta/k)."""
    z1, square = sp.symbols("z1 square", real=True)  # square = |z|^2
    slack = sp.Symbol("slack", nonnegative=True)
    away = (a / k) ** 2 * square - 2 * a / k * z1 + 1  # |y - c|^2 in units of L, y - x = (r/k) z, c - x = L e_1
    inside = (1 - DELTA / k) ** 2 - away.subs(z1, a * square / (2 * k) + DELTA / a + slack)
    form = (DELTA / k) ** 2 + 2 * a / k * slack
    proof.nonnegative("B2", inside, form, "z_1 = a |z|^2/(2 k) + delta/a + slack, a = r/L, puts y inside B2")


def _success(proof: Derivation, level: Any) -> None:
    with ctx.workprec(balls.PRECISION):
        more = normal_tail_ball(level) > enclose(sp.nsimplify(bounds.SUCCESS))
        proof.certified("SUCCESS", bool(more), f"Phi(-{level}) > {bounds.SUCCESS}")


# --- twice the progress ----------------------------------------------------------------------------------------------


@proves("gld_low_rank.smooth_step")
def smooth_step() -> Derivation:
    """1 - 2/(5 k Q) in the place of 1 - 1/(5 k Q), with the same probability."""
    proof = smooth_step_derivation(bounds.smooth_contraction)
    _success(proof, LEVEL)
    return proof


def smooth_step_derivation(bound: Callable[..., Any], *, level: Any = LEVEL) -> Derivation:
    """Derive a contraction by `bound` with probability P(N(0, 1) > level), for a radius in [LOW, 2 LOW] |grad g|/beta.

    Raises
    ------
    NotProved
        If the bound is smaller than 1 - 2/(5 k Q), or the level too small.
    """
    proof = Derivation(
        "gld_low_rank.smooth_step",
        "g beta-smooth, |grad g|^2 >= 2 alpha (g - g*): if r <= (9/10) |grad g|/beta and R >= (9/20) |grad g|/beta at "
        "A'x, some r_j gives f(y) - f* <= (1 - 2/(5 k Q)) (f(x) - f*), y ~ N(x, (r_j/k)^2 I_n), with probability "
        f"> Phi(-{level}), for every k >= 1 and n >= k",
    )
    _project(proof)
    _smooth_grid(proof)
    _drop(proof, bound)
    _gradient_dominates(proof)
    proof.steps.extend(_event(level, LOW, UPTO).steps)
    proof.rule("conclusion", "cases", "the step keeps the lowest of x and all candidates, so its value is <= f(y)")
    return proof


def _smooth_grid(proof: Derivation) -> None:
    """Some radius lies in [LOW, 2 LOW] |grad g|/beta."""
    proof.premise("range", "r <= (9/10) |grad g|/beta, R >= (9/20) |grad g|/beta")
    proof.certified("window", bool(sp.Rational(9, 10) == 2 * LOW), f"[{LOW}, {2 * LOW}] |grad g|/beta: a factor of 2")
    v, r, ratio = sp.Symbol("v", nonnegative=True), *sp.symbols("r ratio", positive=True)
    text = "K = ceil(log2(R/r)): r_K = 2^-K R <= r"
    factored(proof, "last radius", r - ratio * r / (ratio * (1 + v)), text)
    text = "j first with r_j in the window or below: j = 0, or r_j = r_(j-1)/2 and r_(j-1) lies above the window"
    proof.rule("a radius of the grid", "cases", text)


def _drop(proof: Derivation, bound: Callable[..., Any]) -> None:
    """From G^2 >= 2 alpha gap: where the event holds the gap falls by `bound`; r = a G/beta, G = |grad g|."""
    alpha, G = sp.symbols("alpha G", positive=True)
    z1, square = sp.symbols("z1 square", real=True)  # square = |z|^2
    slack, more = sp.symbols("slack more", nonnegative=True)
    beta = alpha * Q
    proof.premise("smooth", "g(u + v) <= g(u) + <grad g, v> + beta |v|^2/2; axes turned so that e_1 = -grad g/|grad g|")
    length = a * G / beta / k
    rise = -length * G * z1 + beta * length**2 * square / 2
    on_event = rise.subs(z1, a * square / (2 * k) + DELTA / a + slack)
    fall = (DELTA + a * slack) / (beta * k)
    text = "z_1 = a |z|^2/(2 k) + delta/a + slack: g falls by >= delta G^2/(beta k)"
    proof.identity("drop", on_event, -(G**2) * fall, text)
    after = gap - (2 * alpha * gap + more) * fall  # G^2 = 2 alpha gap + more
    form = 2 * alpha * gap * a * slack / (beta * k) + more * fall
    proof.nonnegative("progress", bound(k=k, Q=Q) * gap - after, form, "the gap falls by the factor claimed")


def _gradient_dominates(proof: Derivation) -> None:
    """Strong convexity implies |grad g|^2 >= 2 alpha (g - g*), the only use that could be made of it."""
    alpha, G = sp.symbols("alpha G", positive=True)
    v1, v2 = sp.symbols("v1 v2", real=True)
    s = sp.Symbol("s", nonnegative=True)
    proof.premise("strongly convex", "g* = g(u) + <grad g, v> + alpha |v|^2/2 + s, v = u* - u, where g is so")
    gap = -(G * v1 + alpha * (v1**2 + v2**2) / 2 + s)
    form = alpha * ((v1 + G / alpha) ** 2 + v2**2) / 2 + s
    proof.nonnegative("gradient dominates", G**2 / (2 * alpha) - gap, form, "|grad g|^2 >= 2 alpha (g - g*)")


# --- k unknown -------------------------------------------------------------------------------------------------------


@proves("gld_low_rank.unknown_dimension")
def unknown_dimension() -> Derivation:
    """One grid for every k, and the evaluations that it costs."""
    return unknown_dimension_derivation(bounds.evaluations)


def unknown_dimension_derivation(
    bound: Callable[..., Any], last: Callable[..., Any] = lambda r, n: r / n
) -> Derivation:
    """Derive `bound` evaluations for deviations from R down to `last`(r, n).

    Raises
    ------
    NotProved
        If the bound is smaller than `evaluations`, or the last deviation too large.
    """
    proof = Derivation(
        "gld_low_rank.unknown_dimension",
        "deviations s_j = 2^-j R, j = 0..ceil(log2(n R/r)): a step contracts by 1 - 1/(5 k Q) with probability > 1/4 "
        "for every k <= n with r <= (3/(5 Q)) |A'x - u*| <= R; after evaluations(n, k, Q, log_ratio, R, r) of them, "
        "but for probability failure(k, Q, log_ratio), the gap has fallen by exp(-log_ratio) or "
        "|A'x - u*| <= floor(Q, r)",
    )
    _same_as_known(proof, last)
    for earned in (one_step(), full.iterations()):
        proof.certified(earned.claim, earned.status == "steps checked", earned.statement)
    text = "its f is g, its n is k, its x is A'x: g(A'x_t) does not increase, |A'x_0 - u*| <= R"
    proof.premise("in R^k", text)
    _count(proof, bound)
    return proof


def _same_as_known(proof: Derivation, last: Callable[..., Any]) -> None:
    """The deviations are those of one_step with k R and k r/n for R and r."""
    r, above, more = sp.Symbol("r", positive=True), *sp.symbols("above more", nonnegative=True)  # n = k (1 + more)
    text = "deviation s_j is radius k s_j of one_step; k times the last is at most r <= (3/(5 Q)) |A'x - u*|"
    factored(proof, "last", r - k * last(r, k * (1 + more)), text)
    needed, j = sp.Symbol("needed", positive=True), sp.Symbol("j", nonnegative=True)
    text = "k R >= R >= (3/(5 Q)) |A'x - u*|, k >= 1"
    proof.nonnegative("first", (1 + j) * (needed + above) - needed, above + j * (needed + above), text)
    R, n = sp.symbols("R n", positive=True)
    proof.identity("as many", k * R / (k * last(r, n)), n * R / r, "k R/(k r/n) = n R/r: as many radii, whatever k is")
    size, known = 7, 4  # a power of two rounds nowhere
    one = bounds.any_rank(3.0, 0.4, size)
    two = gld_search(R=3.0 * known, r=known * 0.4 / size, law=gaussian, scale=1 / known)
    state = State(np.zeros(size), np.zeros(()))
    draws = [method.draw(np.random.default_rng(5), state, size) for method in (one, two)]
    proof.certified("shipped draws", np.array_equal(*draws), "any_rank's are those of one_step's method, k = 4, n = 7")


def _count(proof: Derivation, bound: Callable[..., Any]) -> None:
    """ceil(T) steps of ceil(log2(n R/r)) + 1 evaluations, and one at the start."""
    n, r, log_ratio = sp.symbols("n r log_ratio", positive=True)
    ell, late, x = sp.symbols("ell late x", nonnegative=True)
    R = r * sp.exp(ell * sp.log(2)) / n  # ell = log2(n R/r)
    T = bounds.iterations(n=k, Q=Q, log_ratio=log_ratio, p=sp.Rational(1, 4))
    rounded = x / (1 + x)  # ceil(T) = T + rounded, in [0, 1)
    used = 1 + (T + rounded) * (ell + 2 - late)  # ceil(ell) + 1 = ell + 2 - late
    claimed = bound(n=n, k=k, Q=Q, log_ratio=log_ratio, R=R, r=r)
    form = (ell + 2) / (1 + x) + late * (T + rounded)
    proof.nonnegative("evaluations", claimed - used, form, "1 + ceil(T) (ceil(log2(n R/r)) + 1) <= evaluations")
    proof.certified("p", bounds.SUCCESS == 0.25, "T = iterations(k, Q, log_ratio, 1/4)")


# --- perturbations ---------------------------------------------------------------------------------------------------


@proves("gld_low_rank.perturbed")
def perturbed() -> Derivation:
    """What |h| <= delta adds, and from which gap on half the progress is left."""
    return perturbed_derivation(bounds.perturbed_gap, bounds.least_gap)


def perturbed_derivation(bound: Callable[..., Any], least_gap: Callable[..., Any]) -> Derivation:
    """Derive the `bound` of the gap after a step on g(A'x) + h(x), and half the progress from `least_gap` on.

    Raises
    ------
    NotProved
        If the bound adds less than 2 delta, or the least gap is smaller than 20 delta k Q.
    """
    proof = Derivation(
        "gld_low_rank.perturbed",
        "f(x) = g(A'x) + h(x), |h| <= delta: where one_step's event holds, f(y) - f* <= (1 - c) (f(x) - f*) + 2 delta, "
        "c = 1/(5 k Q), and no less than 2 delta will do; <= (1 - c/2) (f(x) - f*) iff f(x) - f* >= 20 delta k Q",
    )
    earned = one_step()
    proof.certified(
        earned.claim, earned.status == "steps checked", "its event has probability > 1/4 and is about g alone"
    )
    proof.premise("h", "h(x) = s1 - delta, h(y) = delta - s2, with s1, s2 >= 0")
    proof.premise("f*", "f >= g* - delta everywhere, so f* = inf f = g* - delta + s3, s3 >= 0")
    delta = sp.Symbol("delta", positive=True)
    s, s1, s2, s3 = slacks = sp.symbols("s s1 s2 s3", nonnegative=True)
    size = 1 + sp.Symbol("j", nonnegative=True)  # k
    rate = bounds.contraction(k=size, Q=Q)
    before = gap + (s1 - delta) + (delta - s3)  # f(x) - f*, gap = g(A'x) - g*
    after = rate * gap - s + (delta - s2) + (delta - s3)
    excess = bound(gap=before, delta=delta, k=size, Q=Q) - after
    form = sp.factor(rate) * s1 + (1 - rate) * s3 + s2 + s
    proof.nonnegative("one step", excess, form, "the errors add up to (1 - c) delta + delta + c delta = 2 delta")
    text = "equality where g falls by just c, h(x) = -delta, h(y) = delta and f* = g* - delta: cliffs"
    proof.identity("attained", excess.subs(dict.fromkeys(slacks, 0)), 0, text)
    _half_left(proof, bound, least_gap, delta)
    return proof


def _half_left(proof: Derivation, bound: Callable[..., Any], least_gap: Callable[..., Any], delta: Any) -> None:
    more = sp.Symbol("more", nonnegative=True)
    gap = least_gap(delta=delta, k=k, Q=Q) + more
    kept = bounds.perturbed_contraction(k=k, Q=Q) * gap - bound(gap=gap, delta=delta, k=k, Q=Q)
    proof.nonnegative("half the progress", kept, more / (10 * k * Q), "gap = 20 delta k Q + more: the factor 1 - c/2")
    proof.identity("least gap", kept.subs(more, 0), 0, "equality at 20 delta k Q: from no smaller gap on")

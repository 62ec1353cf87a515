"""Random gradient-free search: moments, smoothing, and the theorems on convergence, derived from the code that ships.

Statements
----------
Those of `zotheory.theorems.random_gradient_free`, in every dimension n.

Routes
------
norm_moments: E|u|^(p+2) = (n + p) E|u|^p, and Lyapunov's inequality: with M = E|u|^p and a = p/(p + 2),
M <= (E|u|^(p+2))^a = ((n + p) M)^a, which is M <= (n + p)^(p/2).
Slope: E<g,x - x*> >= f_delta(x) - f_delta(x*) for convex f, smooth or not, without a derivative of f_delta. Along the
line through x and x* the difference of the two sides is E q(z) w(z), q convex, z ~ N(0, 1), rho = |x - x*|/delta,
w(z) = rho z - 1 + exp(-rho z - rho^2/2). w is convex, has two zeros, and E w = E z w = 0: subtract from q its chord
between the zeros; then both factors change sign together.
Convergence: |x' - x*|^2 is expanded, its means are bounded, and the steps are summed.
The sixth moment n (n + 2)(n + 4) is used where Theorem 4 has (n + 6)^3: with the latter, the 9/25 of Theorem 8 would
need n >= 2.

Notation
--------
u ~ N(0, I); S = x*; D = |x - x*|^2, D' after the step; gap = f(x) - f*; rho = |x - x*|/delta; T = tr H.

References
----------
Nesterov, Spokoiny, Found. Comput. Math. 17, 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import sympy

from proofs import bound_of, derivation, directions, proves, reduced, two_point
from proofs.lemmas import expand_logs, roots, slack, under, variance
from proofs.two_point import L1, G, R, delta, h, k, n
from zotheory import estimators
from zotheory.directions import gaussian
from zotheory.evidence.derivation import Derivation
from zotheory.exact import expectation
from zotheory.geometry import euclidean, euclidean_ball
from zotheory.measurements.quadratic_runs import block_moments
from zotheory.methods.random_gradient_free import State
from zotheory.methods.random_gradient_free import step as shipped_step
from zotheory.reduced import NORMAL, symbols
from zotheory.theorems.random_gradient_free import smooth_step, trace_step

L0, mu, p, trace, rho, t = sympy.symbols("L0 mu p T rho t", positive=True)
VECTORS, GAUSSIAN = symbols(n, 1, 1)
u = VECTORS[0]
square = u @ u


def _gaussian(statistic: Any) -> Any:
    return expectation(sympy.expand(statistic), GAUSSIAN)


def _terms(proof: Derivation, name: str, expression: Any, slacks: Iterable[Any] = (), says: str = "") -> None:
    """Add expression >= 0, term by term in the slacks it is written in: each coefficient expands to positive terms."""
    known = [*slacks, sympy.Symbol("none")]
    form = sympy.Integer(0)
    for powers, coefficient in sympy.Poly(sympy.expand(expression), *known).terms():
        form += _spread(coefficient) * sympy.prod(s**power for s, power in zip(known, powers, strict=True))
    proof.nonnegative(name, expression, form, f"{says}: {expression} = {form} >= 0" if says else "")


def _spread(expression: Any) -> Any:
    """Return a quotient with its numerator expanded."""
    top, bottom = sympy.fraction(sympy.cancel(sympy.together(expression)))
    return sympy.expand(top) / sympy.factor(bottom)


LEMMAS = {  # what a derivation of this file shows, as the name of the step that uses it
    "lyapunov": "Lyapunov's inequality",
    "smoothing_lipschitz": "the error of smoothing",
    "smoothing_smooth": "the error of smoothing",
    "lipschitz_moment": "the second moment of the estimate",
    "lipschitz_moment_sharp": "the second moment of the estimate",
    "slope": "the slope towards the minimiser",
    "projection": "the projection",
    "smooth_step": "the distance after one step",
}


def _uses(proof: Derivation, *lemmas: str) -> None:
    """Use lemmas and claims of this file."""
    for lemma in lemmas:
        proof.uses(LEMMAS[lemma], derivation(f"random_gradient_free.{lemma}"))


def _bound(name: str) -> Callable[..., Any]:
    """Return the bound of a claim of this file, which its own derivation is about."""
    return bound_of(f"random_gradient_free.{name}")


def _exponential(proof: Derivation) -> None:
    """e^t >= 1 and 1 >= e^-t for t >= 0."""
    v = sympy.Symbol("v", nonnegative=True)
    for which, value, density in (
        ("growing", sympy.exp(t) - 1, t * sympy.exp(t * v)),
        ("falling", 1 - sympy.exp(-t), t * sympy.exp(-t * v)),
    ):
        proof.integral(f"the {which} exponential as an integral", density, (v, 0, 1), value)
        proof.nonnegative(f"the slope of the {which} exponential", density, density)


# --- moments of the direction ----------------------------------------------------------------------------------------


@proves("random_gradient_free.lyapunov")
def lyapunov() -> Derivation:
    """E Y^a <= (E Y)^a: phi(x) = 1 + a (x - 1) - x^a >= 0 at x = Y/E Y."""
    proof = Derivation("random_gradient_free.lyapunov", "E Y^a <= (E Y)^a for Y >= 0 and 0 < a < 1.")
    x, y, v = sympy.symbols("x y v", positive=True)
    a, rest = sympy.Symbol("a", positive=True), slack("1 - a")
    phi = 1 + a * (y - 1) - y**a
    curved = sympy.diff(phi, y, 2)
    under(proof, "the convexity of phi", curved, a * rest * y ** (a - 2), {rest: 1 - a}, "phi'' >= 0")
    at = 1 + v * (x - 1)
    slope = sympy.diff(phi, y)
    taylor = (1 - v) * (x - 1) * slope.subs(y, at) + phi.subs(y, at)
    text = "d/dv of (1-v)(x-1) phi'(y) + phi(y) at y = 1 + v(x-1) is (1-v)(x-1)^2 phi''(y)"
    proof.identity(
        "the slope of the Taylor remainder", sympy.diff(taylor, v), (1 - v) * (x - 1) ** 2 * curved.subs(y, at), text
    )
    proof.identity("the remainder at the end", taylor.subs(v, 1), phi.subs(y, x), "it is phi(x) at v = 1")
    proof.identity("the remainder at the start", taylor.subs(v, 0), sympy.Integer(0), "it is 0 at v = 0")
    text = "phi(x) = E (1-v)(x-1)^2 phi''(1 + v(x-1)) >= 0, v uniform"
    proof.rule("the sign of phi", "monotonicity of expectation", text)
    proof.rule("Lyapunov's inequality", "monotonicity of expectation", "E phi(Y/E Y) >= 0 is E Y^a <= (E Y)^a")
    return proof


def _log_moment() -> Any:
    return sympy.Symbol("log E|u|^p", real=True)


@proves("random_gradient_free.norm_moments")
def norm_moments(bound: Callable[..., Any]) -> Derivation:
    """E|u|^p <= (d + p)^(p/2)."""
    proof = Derivation("random_gradient_free.norm_moments", "E|u|^p <= (n + p)^(p/2) for p >= 0 and every n.")
    shipped = gaussian.norm_moment(p, n)
    derived = directions.chi_moment(proof, p).subs(directions.d, n)
    proof.identity("the shipped moment", derived, shipped, "it is the integral over the lengths")
    text = "E|u|^(p+2) = (n + p) E|u|^p"
    proof.identity("the recursion of the moments", gaussian.norm_moment(p + 2, n), (n + p) * shipped, text)
    _uses(proof, "lyapunov")
    m, log, held = _log_moment(), sympy.log(n + p), slack("a log E|u|^(p+2) - log E|u|^p")
    under(
        proof,
        "the conclusion",
        expand_logs(sympy.log(bound(p, n))) - m,
        (p + 2) / 2 * held,
        {held: p / (p + 2) * (log + m) - m},
        "log (n + p)^(p/2) >= log E|u|^p, a = p/(p + 2)",
    )
    proof.rule("the power zero", "cases", "both sides are 1 for p = 0")
    return proof


@proves("random_gradient_free.power_mean")
def power_mean(bound: Callable[..., Any]) -> Derivation:
    """E|u|^p against d^(p/2)."""
    proof = Derivation("random_gradient_free.power_mean", "E|u|^p <= n^(p/2) for p <= 2, >= for p >= 2; every n.")
    _uses(proof, "lyapunov")
    m, mean, held = _log_moment(), _gaussian(square), slack("(2/p) log E|u|^p - log E|u|^2")
    text = "for p <= 2, E (|u|^2)^(p/2) <= (E|u|^2)^(p/2), by a = p/2"
    proof.identity("the powers up to two", bound(p, n), mean ** (p / 2), text)
    gap = m - expand_logs(sympy.log(bound(p, n)))
    text = "for p >= 2, by a = 2/p"
    under(proof, "the powers from two on", gap, p / 2 * held, {held: 2 / p * m - sympy.log(mean)}, text)
    proof.rule("the powers zero and two", "cases", "a = 0 or 1: equalities")
    return proof


# --- smoothing -------------------------------------------------------------------------------------------------------


def _above(proof: Derivation) -> None:
    """f_delta >= f for convex f."""
    x, step = np.array(sympy.symbols("x_0 x_1"), dtype=object), delta * u
    test = np.array(sympy.symbols("w_0 w_1"), dtype=object)
    text = "x is the midpoint of x + delta u and x - delta u"
    proof.identity("the midpoint", test @ ((x + step) + (x - step)) / 2, test @ x, text)
    text = "N(0, I) is symmetric: E f(x - delta u) = E f(x + delta u) = f_delta(x)"
    proof.rule("the symmetry of the law", "independence", text)
    smoothed, value, hull = sympy.Symbol("f_delta", real=True), sympy.Symbol("f", real=True), slack("convexity")
    text = "f_delta >= f"
    under(
        proof, "the smoothed function above f", smoothed - value, hull, {hull: (smoothed + smoothed) / 2 - value}, text
    )


@proves("random_gradient_free.smoothing_lipschitz")
def smoothing_lipschitz(bound: Callable[..., Any]) -> Derivation:
    """|f_delta - f| <= delta L0 sqrt(d)."""
    proof = Derivation(
        "random_gradient_free.smoothing_lipschitz", "|f_delta - f| <= delta L0 sqrt(n); f_delta >= f where f is convex."
    )
    proof.premise("the Lipschitz continuity of f", "|f(x + delta u) - f(x)| <= L0 delta |u|")
    proof.rule("the mean error", "monotonicity of expectation", "|E f(x + delta u) - f(x)| <= delta L0 E|u|")
    mean = sympy.Symbol("E|u|", nonnegative=True)
    variance(proof, "the mean length", mean, _gaussian(square), "(E|u|)^2 <= E|u|^2 = n")
    roots(proof)
    root = slack("sqrt(E|u|^2) - E|u|")
    gap = bound(delta=delta, L0=L0, d=n) - delta * L0 * mean
    under(proof, "the conclusion", gap, delta * L0 * root, {root: sympy.sqrt(_gaussian(square)) - mean})
    _above(proof)
    return proof


@proves("random_gradient_free.smoothing_smooth")
def smoothing_smooth(bound: Callable[..., Any]) -> Derivation:
    """|f_delta - f| <= delta^2 L1 d/2."""
    proof = Derivation(
        "random_gradient_free.smoothing_smooth", "|f_delta - f| <= delta^2 L1 n/2; f_delta >= f where f is convex."
    )
    proof.premise("the smoothness of f", "f(x + delta u) = f(x) + delta <grad f,u> + e delta^2 L1 |u|^2/2, e^2 <= 1")
    proof.identity("the mean slope", _gaussian(G * u[0]), sympy.Integer(0), "E <grad f,u> = 0")
    proof.rule("the mean error", "monotonicity of expectation", "|E e|u|^2| <= E|u|^2")
    skew, held = sympy.Symbol("E e|u|^2", real=True), slack("E|u|^2 - |E e|u|^2|")
    for which, side in (("above", 1), ("below", -1)):
        gap = bound(delta=delta, L1=L1, d=n) - side * delta**2 * L1 * skew / 2
        form = delta**2 * L1 * held / 2
        under(proof, f"the conclusion from {which}", gap, form, {held: _gaussian(square) - side * skew})
    _above(proof)
    return proof


# --- second moments of the estimate ----------------------------------------------------------------------------------


@proves("random_gradient_free.origin_moment")
def origin_moment(bound: Callable[..., Any]) -> Derivation:
    """E|g_0|^2 = (d + 2) |grad f|^2 <= (d + 4) |grad f|^2."""
    proof = Derivation("random_gradient_free.origin_moment", "E|g_0|^2 = (n + 2)|grad f|^2 <= (n + 4)|grad f|^2.")
    shipped = estimators.two_point(two_point.expansion, two_point.point, two_point.z, delta)
    limit = sympy.expand(two_point.w @ shipped).subs(delta, 0)
    text = "g_0 = <grad f,u> u, tested on any w: e delta L |u|^2 u/2 vanishes; |e| <= 1 stands for any o(1) too"
    proof.identity("the limit of the shipped estimate", limit, two_point.inner * (two_point.w @ two_point.z), text)
    value = _gaussian((G * u[0]) ** 2 * square)
    text = "E|g_0|^2 = (n + 2) |grad f|^2"
    proof.identity("the second moment of the limit", value, gaussian.second_moment(n) * G**2, text)
    _terms(proof, "the conclusion", bound(G=G, d=n) - value)
    return proof


def _lipschitz(claim: str, bound: Callable[..., Any]) -> Derivation:
    proof = Derivation(claim, f"E|g|^2 <= {bound(L0=L0, d=n)}.")
    proof.premise("the Lipschitz continuity of f", "f(y) = f(x) + s L0 |y - x|, s^2 <= 1")
    s, value, less = sympy.Symbol("s", real=True), sympy.Symbol("f", real=True), slack("1 - s^2")
    x = np.array(sympy.symbols("x_0 x_1", real=True), dtype=object)
    g = estimators.two_point(lambda y: value + s * L0 * sympy.sqrt((y - x) @ (y - x)), x, u, delta)
    length = sympy.Symbol("|u|", positive=True)
    proof.identity("the shipped estimate", g @ g, s**2 * L0**2 * square**2, "|g|^2 = s^2 L0^2 |u|^4")
    under(
        proof,
        "the square of the estimate",
        L0**2 * length**4 * (1 - s**2),
        L0**2 * length**4 * less,
        {less: 1 - s**2},
        "|g|^2 <= L0^2 |u|^4",
    )
    fourth = _gaussian(square**2)
    text = "E|u|^4 = n (n + 2), attained at the kink of L0|x|, where s = 1"
    proof.identity("the fourth moment of the length", fourth, n * (n + 2), text)
    proof.rule("the mean square of the estimate", "monotonicity of expectation", "E|g|^2 <= L0^2 E|u|^4")
    _terms(proof, "the conclusion", bound(L0=L0, d=n) - L0**2 * fourth)
    return proof


@proves("random_gradient_free.lipschitz_moment")
def lipschitz_moment(bound: Callable[..., Any]) -> Derivation:
    """E|g|^2 <= (d + 4)^2 L0^2."""
    return _lipschitz("random_gradient_free.lipschitz_moment", bound)


@proves("random_gradient_free.lipschitz_moment_sharp")
def lipschitz_moment_sharp(bound: Callable[..., Any]) -> Derivation:
    """E|g|^2 <= d (d + 2) L0^2."""
    return _lipschitz("random_gradient_free.lipschitz_moment_sharp", bound)


def _second(proof: Derivation, squared_gradient: Any) -> Any:
    """E|g|^2 <= 2 (n + 2)|grad f|^2 + delta^2 L1^2 n (n + 2)(n + 4)/2, by `two_point.second_moment`."""
    proof.uses("the second moment of the estimate", derivation("two_point.second_moment"))
    sixth = _gaussian(square**3)
    proof.identity("the sixth moment of the length", sixth, n * (n + 2) * (n + 4), "E|u|^6 = n (n + 2)(n + 4)")
    size = sympy.Symbol("|grad f|", positive=True)
    bound = bound_of("two_point.second_moment")(
        G=size, delta=delta, L1=L1, s=gaussian.second_moment(n), M=sympy.sqrt(sixth)
    )
    return sympy.expand(bound).subs(size**2, squared_gradient)


@proves("random_gradient_free.smooth_moment")
def smooth_moment(bound: Callable[..., Any]) -> Derivation:
    """The mean square of the estimate by the gradient of f (Theorem 4)."""
    proof = Derivation(
        "random_gradient_free.smooth_moment", "E|g|^2 <= 2 (n + 4)|grad f|^2 + delta^2 L1^2 (n + 6)^3/2."
    )
    _terms(proof, "the conclusion", bound(G=G, delta=delta, L1=L1, d=n) - _second(proof, G**2))
    return proof


@proves("random_gradient_free.smoothed_moment")
def smoothed_moment(bound: Callable[..., Any]) -> Derivation:
    """The mean square of the estimate by the gradient of f_delta (Lemma 5)."""
    proof = Derivation(
        "random_gradient_free.smoothed_moment", "E|g|^2 <= 4 (n + 4)|grad f_delta|^2 + 3 delta^2 L1^2 (n + 4)^3."
    )
    _uses(proof, "smoothing_smooth")
    text = "|f(y) - f(x) - <grad f(x),y - x>| <= L1 |y - x|^2/2, at x + delta v too, v ~ N(0, I)"
    proof.premise("the smoothness of f", text)
    two_point.mean_gradient(proof)  # X is v, F(x; X) = f(x + delta v): f_delta is smooth with the same L1
    e, off = sympy.symbols("e off", real=True)
    x = np.array(sympy.symbols("x_0 x_1", real=True), dtype=object)
    small, near = slack("1 - e^2"), slack("(delta L1 n)^2 - off^2")

    def f(y: Any) -> Any:
        """f_delta about x, less f_delta - f, which is `off` delta larger at y than at x."""
        move = y - x
        moved = 0 if np.array_equal(y, x) else off * delta
        return G * move[0] + e * L1 * (move @ move) / 2 - moved

    g = estimators.two_point(f, x, u, delta)
    main, rest = G * u[0], e * delta * L1 * square / 2
    text = "|g|^2 = (<grad f_delta,u> + e delta L1 |u|^2/2 - off)^2 |u|^2"
    proof.identity("the shipped estimate", g @ g, (main + rest - off) ** 2 * square, text)
    upper = 4 * main**2 + delta**2 * L1**2 * square**2 + 2 * (delta * L1 * n) ** 2
    form = 2 * (main - rest) ** 2 + (main + rest + off) ** 2 + small * delta**2 * L1**2 * square**2 + 2 * near
    under(
        proof,
        "the squared slope",
        upper - (main + rest - off) ** 2,
        form,
        {small: 1 - e**2, near: (delta * L1 * n) ** 2 - off**2},
        "it is at most 4 <grad f_delta,u>^2 + delta^2 L1^2 |u|^4 + 2 (delta L1 n)^2",
    )
    each = _bound("smoothing_smooth")(delta=delta, L1=L1, d=n)
    proof.identity("the error of two values", 2 * each / delta, delta * L1 * n, "|off| <= 2 max|f_delta - f|/delta")
    text = "E|g|^2 <= the mean of the right-hand side times |u|^2"
    proof.rule("the mean square of the estimate", "monotonicity of expectation", text)
    _terms(proof, "the conclusion", bound(G=G, delta=delta, L1=L1, d=n) - _gaussian(upper * square))
    return proof


# --- the slope -------------------------------------------------------------------------------------------------------


@proves("random_gradient_free.slope")
def slope(estimator: Callable[..., Any] = estimators.two_point) -> Derivation:
    """E<g,x - x*> >= f_delta(x) - f_delta(x*), for every convex f: the second route of the docstring."""
    proof = Derivation("random_gradient_free.slope", "E<g,x - x*> >= f_delta(x) - f_delta(x*) for convex f.")
    proof.premise("the convexity of f", "f is convex, and finite in the means that follow")
    z, value = sympy.symbols("z f", real=True)
    direction, solution = np.array([z, u[1]], dtype=object), np.array(sympy.symbols("S_0 S_1"), dtype=object)
    x = solution + np.array([rho * delta, 0], dtype=object)
    q = sympy.Function("q")

    def f(y: Any) -> Any:
        """f at x + delta (z along x - x*, the rest of u): q(z), the rest held; `value` at x."""
        return value if np.array_equal(y, x) else q(z)

    g = estimator(f, x, direction, delta)
    text = "<g,x - x*> = rho z (q(z) - f(x))"
    proof.identity("the shipped estimate", g @ (x - solution), rho * z * (q(z) - value), text)
    moved = solution + delta * direction - (x + delta * (direction - np.array([rho, 0], dtype=object)))
    proof.identity("the moved point", moved @ moved, sympy.Integer(0), "x* + delta u is x + delta u with z - rho for z")
    density, tilt = sympy.exp(-(z**2) / 2), sympy.exp(-rho * z - rho**2 / 2)
    text = "E q(z - rho) = E q(z) exp(-rho z - rho^2/2), by the density at z + rho"
    proof.identity("the tilted density", density.subs(z, z + rho), density * tilt, text)
    w = rho * z - 1 + tilt
    text = "E<g,x - x*> - f_delta(x) + f_delta(x*) = E q(z) w(z), E z = 0"
    proof.rule("the difference of the two sides", "tower property", text)
    _two_zeros(proof, w, z)
    _orthogonal(proof, z)
    _same_sign(proof)
    proof.rule("the slope towards the minimiser", "monotonicity of expectation", "E q w = E (q - chord) w >= 0")
    return proof


def _orthogonal(proof: Derivation, z: Any) -> None:
    """E w = E z w = 0, the tilted law being that of z - rho."""

    def normal(statistic: Any) -> Any:
        return expectation(sympy.expand(statistic), {z: NORMAL})

    for what, factor in (("the weight", sympy.Integer(1)), ("z times the weight", z)):
        mean = normal(factor * (rho * z - 1)) + normal(factor.subs(z, z - rho))
        proof.identity(f"the mean of {what}", mean, sympy.Integer(0), "0")
    proof.rule("the affine functions", "linearity of expectation", "E c(z) w(z) = 0 for every affine c")


def _two_zeros(proof: Derivation, w: Any, z: Any) -> None:
    proof.nonnegative(
        "the convexity of the weight", sympy.diff(w, z, 2), rho**2 * sympy.exp(-rho * z - rho**2 / 2), "w'' >= 0"
    )
    _exponential(proof)
    proof.identity("the weight at zero", w.subs(z, 0), sympy.exp(-(rho**2) / 2) - 1, "w(0) = e^-t - 1 < 0, t = rho^2/2")
    for side, end in (("right", sympy.oo), ("left", -sympy.oo)):
        proof.limit(f"the growth of the weight to the {side}", w, (z, end), sympy.oo, text="w grows beyond all bounds")
    text = "w is convex, negative at 0, positive far out: zeros a < b, w <= 0 between them only"
    proof.rule("the zeros of the weight", "cases", text)


def _same_sign(proof: Derivation) -> None:
    """(q - chord) w >= 0, the chord being that of q between the zeros a < b of w."""
    part, beyond = sympy.Symbol("t", positive=True), slack("1 - t")
    at_a, at_b, here, w_here = sympy.symbols("q(a) q(b) q(z) w(z)", real=True)
    hull, bend = slack("convexity of q"), slack("convexity of w")
    chord = (1 - part) * at_a + part * at_b
    under(
        proof,
        "the signs between the zeros",
        (here - chord) * w_here,
        hull * bend,
        {hull: chord - here, bend: -w_here},
        "(q - chord) w >= 0 at z = (1-t)a + tb",
    )
    line = at_a + (at_b - at_a) / part
    under(
        proof,
        "the signs beyond the zeros",
        (here - line) * w_here,
        hull * bend / part**2,
        {hull: (1 - part) * at_a + part * here - at_b, bend: part * w_here},
        "(q - chord) w >= 0 for b = (1-t)a + tz, z beyond b, and by symmetry below a",
    )
    proof.nonnegative("the weights of the chord", part * beyond, part * beyond, "t (1 - t) >= 0")


# --- one step --------------------------------------------------------------------------------------------------------


def _one_step(proof: Derivation, step: Callable[..., Any]) -> None:
    """|y - x*|^2 after the shipped step, and the shipped mean."""
    x, mean, solution, v = (np.array(sympy.symbols(f"{name}:2", real=True), dtype=object) for name in "xmSu")
    weight = sympy.Symbol("weight", positive=True)
    g = estimators.two_point(two_point.any_objective, x, v, delta)
    after = step(two_point.any_objective, State(x, mean, weight, k), v, h=h, delta=delta, mirror=euclidean)
    proof.premise("the draws", "u_k is independent of x_k; x* is a minimiser of f over the domain, which holds x_0")
    proof.rule("the average over the past", "tower property", "bounds of means given x_k hold on average")
    before, left = x - solution, after.x - solution
    expanded = before @ before - 2 * h * (g @ before) + h**2 * (g @ g)
    proof.identity("the shipped step", left @ left, expanded, "|y - x*|^2 = D - 2h<g,x - x*> + h^2|g|^2")
    test = np.array(sympy.symbols("w_0:2", real=True), dtype=object)
    text = "weight' mean' = weight mean + h x"
    proof.identity("the shipped mean", after.weight * (test @ after.mean), test @ (weight * mean + h * x), text)
    proof.identity("the shipped weight", after.weight, weight + h)
    first = step(two_point.any_objective, State(x, x, 0, 0), v, h=h, delta=delta, mirror=euclidean)
    proof.identity("the first mean", test @ first.mean, test @ x, "it is x_0")


def _gap_slacks(names: str) -> list[Any]:
    return [slack(name) for name in names.split(", ")]


NAMES = "gap, f_delta(x) - f(x), bias - f_delta(x*) + f*, slope, second moment - E|g|^2, projection, D'"


def _moved(bias: Any, energy: Any, size: Any) -> tuple[Any, list[Any]]:
    """E D - E D' in slacks, for f_delta(x*) <= f* + bias and E|g|^2 <= energy, at the step size `size`."""
    gap, up, low, slope, less, projected, _ = slacks = _gap_slacks(NAMES)
    along = gap + up - bias + low + slope  # E<g,x - x*>
    change = 2 * size * along - size**2 * (energy - less) + projected
    return change, slacks


def _jensen(proof: Derivation) -> None:
    old, new, total = (sympy.Symbol(name, real=True) for name in ("f(mean)", "f(x)", "sum"))
    hull = slack("convexity")
    weight, before = sympy.Symbol("weight", nonnegative=True), slack("sum - weight f(mean)")
    value = (weight * old + h * new) / (weight + h) - hull
    under(
        proof,
        "the weighted sum after one step more",
        total + h * new - (weight + h) * value,
        before + (weight + h) * hull,
        {before: total - weight * old},
        "sum of h f >= weight f(mean)",
    )
    proof.rule("Jensen's inequality for the mean", "induction", "f(weighted mean) <= weighted mean of f(x_k)")


@proves("random_gradient_free.projection")
def projection() -> Derivation:
    """The shipped projection on a ball brings no point further from x*."""
    proof = Derivation("random_gradient_free.projection", "|P(y) - x*| <= |y - x*| for x* in the ball.")
    two_point.inside_and_outside(proof, euclidean_ball)
    return proof


def _nonsmooth(claim: str, bound: Callable[..., Any], lemma: str, step: Callable[..., Any]) -> Derivation:
    energy = _bound(lemma)(L0=L0, d=n)
    proof = Derivation(
        claim, f"The mean gap of Theorem 6 on R^n or a ball, for any step sizes > 0, with E|g|^2 <= {energy}."
    )
    _uses(proof, "smoothing_lipschitz", lemma, "slope", "projection")
    _one_step(proof, step)
    bias = _bound("smoothing_lipschitz")(delta=delta, L0=L0, d=n)
    change, slacks = _moved(bias, energy, h)
    gap = slacks[0]
    cost = change + 2 * h * bias + h**2 * energy - 2 * h * gap
    _terms(proof, "the gap after one step", cost, slacks, "2 h E gap <= E D - E D' + 2 h bias + h^2 energy")
    total, squares = sympy.symbols("total squares", positive=True)
    proof.rule("the sum over all steps", "induction", "2 sum h gap <= R^2 - E D_N + 2 total bias + squares energy")
    last, less = slack("D_N"), slack("sum")
    mean = (R**2 - last + 2 * total * bias + squares * energy - less) / (2 * total)
    claimed = bound(total, squares, R=R, L0=L0, delta=delta, d=n)
    form = (last + less) / (2 * total)
    proof.nonnegative("the conclusion", claimed - mean, form)
    _jensen(proof)
    return proof


@proves("random_gradient_free.nonsmooth")
def nonsmooth(bound: Callable[..., Any], step: Callable[..., Any] = shipped_step) -> Derivation:
    """The mean gap of convex Lipschitz functions (Theorem 6)."""
    return _nonsmooth("random_gradient_free.nonsmooth", bound, "lipschitz_moment", step)


@proves("random_gradient_free.nonsmooth_sharp")
def nonsmooth_sharp(bound: Callable[..., Any], step: Callable[..., Any] = shipped_step) -> Derivation:
    """The same with the fourth moment itself."""
    return _nonsmooth("random_gradient_free.nonsmooth_sharp", bound, "lipschitz_moment_sharp", step)


# --- smooth problems -------------------------------------------------------------------------------------------------


def _descent(proof: Derivation) -> None:
    """|grad f|^2 <= 2 L1 gap, from f* <= f(x - grad f/L1)."""
    text = "0 <= f(y) - f* <= gap + <grad f(x),y - x> + L1 |y - x|^2/2, also at y = x - grad f/L1"
    proof.premise("the smoothness of f", text)
    size, gap, held = sympy.Symbol("|grad f|", nonnegative=True), sympy.Symbol("gap", real=True), slack("gap after")
    after = gap - size * (size / L1) + L1 / 2 * (size / L1) ** 2
    text = "|grad f|^2 <= 2 L1 gap"
    under(proof, "the length of the gradient", 2 * L1 * gap - size**2, 2 * L1 * held, {held: after}, text)


NOISE = sympy.Rational(9, 100) * delta**2 * (n + 4)


@proves("random_gradient_free.smooth_step")
def one_smooth_step(step: Callable[..., Any] = shipped_step, step_size: Callable[..., Any] = smooth_step) -> Derivation:
    """E D' <= E D - h gap + NOISE under the shipped step size."""
    proof = Derivation("random_gradient_free.smooth_step", f"E D' <= E D - h gap + {NOISE}, h = 1/(4 (n + 4) L1).")
    _uses(proof, "smoothing_smooth", "slope")
    _one_step(proof, step)
    _descent(proof)
    size = step_size(L1=L1, d=n)
    less = slack("2 L1 gap - |grad f|^2")
    bias = _bound("smoothing_smooth")(delta=delta, L1=L1, d=n)
    gap = _gap_slacks(NAMES)[0]
    change, slacks = _moved(bias, _second(proof, 2 * L1 * gap - less), size)
    text = "E D' <= E D - h gap + noise"
    _terms(proof, "the distance after one step", change - size * gap + NOISE, [*slacks, less], text)
    return proof


def _recalled_route(proof: Derivation) -> None:
    """With Theorem 4's (n + 6)^3 in place of the sixth moment, the noise stays below NOISE from n = 2 on only."""
    size, beyond = smooth_step(L1=L1, d=n), slack("n - 2")
    bias = _bound("smoothing_smooth")(delta=delta, L1=L1, d=n)
    energy = _bound("smooth_moment")(G=0, delta=delta, L1=L1, d=n)
    room = sympy.cancel((NOISE - 2 * size * bias - size**2 * energy) / delta**2)
    alone, others = room.subs(n, 1), room.subs(n, 2 + beyond)
    text = "by Theorem 4 as recalled the noise is above, n = 1"
    proof.nonnegative("the recalled noise in one dimension", -alone, -alone, text)
    text = "by Theorem 4 as recalled the noise is not above for n >= 2"
    proof.nonnegative("the recalled noise from two dimensions on", others, _spread(others), text)


@proves("random_gradient_free.convex")
def convex(bound: Callable[..., Any]) -> Derivation:
    """The mean gap of smooth convex functions (Theorem 8)."""
    proof = Derivation("random_gradient_free.convex", "The mean gap of Theorem 8 for convex f on R^n.")
    _uses(proof, "smooth_step")
    proof.rule("the sum over all steps", "induction", "h sum of E gap <= R^2 - E D_N + N noise")
    size, last, less = smooth_step(L1=L1, d=n), slack("D_N"), slack("sum")
    mean = (R**2 - last + k * NOISE - less) / (k * size)
    claimed = bound(k, R=R, L1=L1, delta=delta, d=n)
    proof.nonnegative("the conclusion", claimed - mean, (last + less) / (k * size))
    _recalled_route(proof)
    return proof


def _recursion(proof: Derivation, value: Any, start: Any, rate: Any, noise: Any, extra: Any) -> None:
    """E V_N <= value(N), from E V' <= rate V + noise and rate >= 0; `extra` is L1 - mu."""
    steps, held, less = sympy.Symbol("N", nonnegative=True), slack("value(N) - V"), slack("rate V + noise - V'")
    text = "value(0) is the value at the start, N = 0"
    proof.identity("the bound at the start", value(steps).subs(steps, 0), start, text)
    V = sympy.Symbol("V", nonnegative=True)
    later = value(steps).subs(steps, steps + 1)
    text = "value(N + 1) = rate value(N) + noise"
    proof.identity("the recursion of the bound", later, rate * value(steps) + noise, text)
    positive = slack("rate")
    exceeding = rate.subs(L1, mu + extra)
    proof.nonnegative("the sign of the rate", exceeding, _spread(exceeding), "rate >= 0, as L1 = mu + slack")
    after = rate * V + noise - less
    aim = rate * (V + held) + noise  # value(N + 1), value(N) = V + held
    proof.identity("one step of the recursion", aim - after, rate * held + less, "value(N + 1) - V'")
    text = "value(N + 1) - V' >= 0"
    proof.nonnegative("the order after one step", positive * held + less, positive * held + less, text)
    proof.rule("the order after all steps", "induction", "E V_N <= value(N) for every N")


@proves("random_gradient_free.strongly_convex")
def strongly_convex(bound: Callable[..., Any]) -> Derivation:
    """The mean gap of smooth and strongly convex functions (Theorem 8)."""
    proof = Derivation(
        "random_gradient_free.strongly_convex", "The mean gap of Theorem 8 for mu-strongly convex f on R^n."
    )
    _uses(proof, "smooth_step")
    size, noise = smooth_step(L1=L1, d=n), NOISE
    proof.premise("the strong convexity of f", "gap >= mu D/2; and gap <= L1 D/2, by smoothness, grad f(x*) = 0")
    D, gap, above = sympy.Symbol("D", nonnegative=True), sympy.Symbol("gap", real=True), slack("gap - mu D/2")
    rate = 1 - size * mu / 2
    drop = (rate * D + noise) - (D - size * gap + noise)
    text = "E D' <= (1 - h mu/2) D + noise"
    under(proof, "the contraction of the distance", drop, size * above, {above: gap - mu * D / 2}, text)
    extra = slack("L1 - mu")

    def value(steps: Any) -> Any:
        return 2 * bound(steps, R=R, L1=L1, mu=mu, delta=delta, d=n) / L1

    _recursion(proof, value, R**2, rate, noise, extra)
    below, held = slack("L1 D_N/2 - gap"), slack("value(N) - D_N")
    last = sympy.Symbol("value(N)", nonnegative=True)
    under(proof, "the conclusion", L1 * last / 2 - gap, below + L1 * held / 2,
           {below: L1 * D / 2 - gap, held: last - D}, "gap <= L1 D_N/2 <= L1 value(N)/2")  # fmt: skip
    return proof


# --- quadratics ------------------------------------------------------------------------------------------------------


def _block_moments(proof: Derivation, step: Callable[..., Any], rows: Callable[..., Any]) -> None:
    """E|x_i'|^2 and E f(x') for three blocks, run on the shipped step; i = 0, the others by symmetry."""
    sizes, curvatures, lengths = (sympy.symbols(f"{name}_1:4", positive=True) for name in ("n", "lambda", "x"))
    drawn = [symbols(size, 1, 1, name=f"z{i}") for i, size in enumerate(sizes)]
    z = np.concatenate([vectors[0] for vectors, _ in drawn])
    laws = {symbol: law for _, block in drawn for symbol, law in block.items()}
    x = np.array([c for length in lengths for c in (length, 0)], dtype=object)
    spectrum = np.repeat(np.array(curvatures, dtype=object), 2)
    block = step(lambda y: (spectrum * y) @ y / 2, State(x, x, 0, 0), z, h=h, delta=delta).x[:2]
    moments = [*(length**2 for length in lengths), 1]
    said = [sum(c * m for c, m in zip(row, moments, strict=True)) for row in rows(sizes, curvatures, h=h, delta=delta)]
    text = "E|x_0'|^2, the first block"
    proof.identity("the shipped step on a quadratic", expectation(sympy.expand(block @ block), laws), said[0], text)
    for i in (1, 2):
        swap = {s[a]: s[b] for s in (sizes, curvatures, lengths) for a, b in ((0, i), (i, 0))}
        text = f"E|x_{i}'|^2, by exchange of blocks"
        proof.identity(f"the shipped step in block {i}", said[0].subs(swap, simultaneous=True), said[i], text)
    value = sum(c * m for c, m in zip(curvatures, said, strict=True)) / 2
    claimed = reduced.mean_after_step(sizes, curvatures, lengths, h, delta)
    text = "E f(x'), three eigenvalues, which stand for any spectrum"
    proof.identity("the mean after a step in traces", value, claimed, text)


@proves("random_gradient_free.effective_dimension")
def effective_dimension(
    bound: Callable[..., Any],
    step: Callable[..., Any] = shipped_step,
    step_size: Callable[..., Any] = trace_step,
    rows: Callable[..., Any] = block_moments,
) -> Derivation:
    """The gap of a quadratic at a rate in the trace of its Hessian."""
    proof = Derivation(
        "random_gradient_free.effective_dimension", "E gap_N <= r^N gap_0 + (1 - r^N) floor, r = 1 - mu/(2 L1 + T)."
    )
    text = "f(x) = f* + (x - x*)'H(x - x*)/2, eigenvalues of H: 0, or in [mu, L1]; T = tr H"
    proof.premise("the quadratic function", text)
    _block_moments(proof, step, rows)
    curvature, above = slack("lambda"), slack("L1 - lambda")
    for power in (2, 3):
        gap = L1 * curvature ** (power - 1) - curvature**power
        proof.nonnegative(
            f"the power {power} of an eigenvalue",
            gap.subs(L1, curvature + above),
            curvature ** (power - 1) * above,
            f"lambda^{power} <= L1 lambda^{power - 1}",
        )
    least = slack("lambda - mu")
    text = "lambda^2 >= mu lambda, lambda >= mu"
    proof.nonnegative(
        "the square of a positive eigenvalue", (mu + least) ** 2 - mu * (mu + least), (mu + least) * least, text
    )
    proof.rule("the eigenvalue zero", "cases", "lambda^2 = mu lambda where lambda = 0")
    proof.rule("the traces and forms", "linearity of expectation", "sums over the eigenvalues, with weights 1 or x_i^2")
    forms = _gap_slacks("|Hx|^2 - 2 mu gap, L1 |Hx|^2 - x'H^3x, L1 tr H - tr H^2, L1 tr H^2 - tr H^3, gap")
    low, cubed, two, three, value = forms
    squared = 2 * mu * value + low
    traces = trace, L1 * trace - two, L1 * (L1 * trace - two) - three
    size = step_size(L1=L1, trace=trace)
    smoothing = traces[0] ** 3 + 6 * traces[0] * traces[1] + 8 * traces[2]
    mean = value - size * squared + size**2 / 2 * (2 * (L1 * squared - cubed) + trace * squared)
    mean += size**2 * delta**2 / 8 * smoothing
    rate, noise = 1 - mu * size, delta**2 * trace * (trace + 4 * L1) / (8 * (trace + 2 * L1))
    _terms(proof, "the gap after one step", rate * value + noise - mean, forms, "E gap' <= r gap + noise")
    start = sympy.Symbol("gap_0", positive=True)
    _recursion(
        proof,
        lambda steps: bound(steps, gap=start, L1=L1, mu=mu, trace=trace, delta=delta),
        start,
        rate,
        noise,
        slack("L1 - mu"),
    )
    return proof

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


def _terms(proof: Derivation, name: str, expression: Any, slacks: Iterable[Any] = ()) -> None:
    """Add expression >= 0, term by term in the slacks it is written in: each coefficient expands to positive terms."""
    known = [*slacks, sympy.Symbol("none")]
    form = sympy.Integer(0)
    for powers, coefficient in sympy.Poly(sympy.expand(expression), *known).terms():
        form += _spread(coefficient) * sympy.prod(s**power for s, power in zip(known, powers, strict=True))
    proof.nonnegative(name, expression, form)


def _spread(expression: Any) -> Any:
    """Return a quotient with its numerator expanded."""
    top, bottom = sympy.fraction(sympy.cancel(sympy.together(expression)))
    return sympy.expand(top) / sympy.factor(bottom)


def _uses(proof: Derivation, *lemmas: str) -> None:
    """Use lemmas and claims of this file."""
    for lemma in lemmas:
        proof.uses(f"by {lemma}", derivation(f"random_gradient_free.{lemma}"))


def _bound(name: str) -> Callable[..., Any]:
    """Return the bound of a claim of this file, which its own derivation is about."""
    return bound_of(f"random_gradient_free.{name}")


def _exponential(proof: Derivation) -> None:
    """e^t >= 1 and 1 >= e^-t for t >= 0."""
    v = sympy.Symbol("v", nonnegative=True)
    for value, density in (
        (sympy.exp(t) - 1, t * sympy.exp(t * v)),
        (1 - sympy.exp(-t), t * sympy.exp(-t * v)),
    ):
        proof.integral(f"{value}, an integral over [0, 1]", density, (v, 0, 1), value)
        proof.nonnegative(f"{value}: its density", density, density)


# --- moments of the direction ----------------------------------------------------------------------------------------


@proves("random_gradient_free.lyapunov")
def lyapunov() -> Derivation:
    """E Y^a <= (E Y)^a: phi(x) = 1 + a (x - 1) - x^a >= 0 at x = Y/E Y."""
    proof = Derivation("random_gradient_free.lyapunov", "E Y^a <= (E Y)^a for Y >= 0 and 0 < a < 1.")
    x, y, v = sympy.symbols("x y v", positive=True)
    a, rest = sympy.Symbol("a", positive=True), slack("1 - a")
    phi = 1 + a * (y - 1) - y**a
    curved = sympy.diff(phi, y, 2)
    under(proof, "phi'' >= 0", curved, a * rest * y ** (a - 2), {rest: 1 - a})
    at = 1 + v * (x - 1)
    slope = sympy.diff(phi, y)
    taylor = (1 - v) * (x - 1) * slope.subs(y, at) + phi.subs(y, at)
    proof.identity(
        "d/dv of (1-v)(x-1) phi'(y) + phi(y) at y = 1 + v(x-1) is (1-v)(x-1)^2 phi''(y)",
        sympy.diff(taylor, v),
        (1 - v) * (x - 1) ** 2 * curved.subs(y, at),
    )
    proof.identity("at v = 1 it is phi(x)", taylor.subs(v, 1), phi.subs(y, x))
    proof.identity("at v = 0 it is 0", taylor.subs(v, 0), sympy.Integer(0))
    proof.rule("phi(x) >= 0", "monotonicity of expectation", "phi(x) = E (1-v)(x-1)^2 phi''(1 + v(x-1)), v uniform")
    proof.rule("Lyapunov", "monotonicity of expectation", "E phi(Y/E Y) >= 0 is E Y^a <= (E Y)^a")
    return proof


def _log_moment() -> Any:
    return sympy.Symbol("log E|u|^p", real=True)


@proves("random_gradient_free.norm_moments")
def norm_moments(bound: Callable[..., Any]) -> Derivation:
    """E|u|^p <= (d + p)^(p/2)."""
    proof = Derivation("random_gradient_free.norm_moments", "E|u|^p <= (n + p)^(p/2) for p >= 0 and every n.")
    shipped = gaussian.norm_moment(p, n)
    derived = directions.chi_moment(proof, p).subs(directions.d, n)
    proof.identity("the shipped moment is the integral", derived, shipped)
    proof.identity("E|u|^(p+2) = (n + p) E|u|^p", gaussian.norm_moment(p + 2, n), (n + p) * shipped)
    _uses(proof, "lyapunov")
    m, log, held = _log_moment(), sympy.log(n + p), slack("a log E|u|^(p+2) - log E|u|^p")
    under(
        proof,
        "conclusion: log (n + p)^(p/2) >= log E|u|^p, a = p/(p + 2)",
        expand_logs(sympy.log(bound(p, n))) - m,
        (p + 2) / 2 * held,
        {held: p / (p + 2) * (log + m) - m},
    )
    proof.rule("p = 0", "cases", "both sides are 1")
    return proof


@proves("random_gradient_free.power_mean")
def power_mean(bound: Callable[..., Any]) -> Derivation:
    """E|u|^p against d^(p/2)."""
    proof = Derivation("random_gradient_free.power_mean", "E|u|^p <= n^(p/2) for p <= 2, >= for p >= 2; every n.")
    _uses(proof, "lyapunov")
    m, mean, held = _log_moment(), _gaussian(square), slack("(2/p) log E|u|^p - log E|u|^2")
    proof.identity("p <= 2: E (|u|^2)^(p/2) <= (E|u|^2)^(p/2), a = p/2", bound(p, n), mean ** (p / 2))
    gap = m - expand_logs(sympy.log(bound(p, n)))
    under(proof, "p >= 2: a = 2/p", gap, p / 2 * held, {held: 2 / p * m - sympy.log(mean)})
    proof.rule("p = 0, p = 2", "cases", "a = 0 or 1: equalities")
    return proof


# --- smoothing -------------------------------------------------------------------------------------------------------


def _above(proof: Derivation) -> None:
    """f_delta >= f for convex f."""
    x, step = np.array(sympy.symbols("x_0 x_1"), dtype=object), delta * u
    test = np.array(sympy.symbols("w_0 w_1"), dtype=object)
    proof.identity("x is the midpoint of x + delta u and x - delta u", test @ ((x + step) + (x - step)) / 2, test @ x)
    proof.rule("-u", "independence", "N(0, I) is symmetric: E f(x - delta u) = E f(x + delta u) = f_delta(x)")
    smoothed, value, hull = sympy.Symbol("f_delta", real=True), sympy.Symbol("f", real=True), slack("convexity")
    under(proof, "f_delta >= f", smoothed - value, hull, {hull: (smoothed + smoothed) / 2 - value})


@proves("random_gradient_free.smoothing_lipschitz")
def smoothing_lipschitz(bound: Callable[..., Any]) -> Derivation:
    """|f_delta - f| <= delta L0 sqrt(d)."""
    proof = Derivation(
        "random_gradient_free.smoothing_lipschitz", "|f_delta - f| <= delta L0 sqrt(n); f_delta >= f where f is convex."
    )
    proof.premise("Lipschitz", "|f(x + delta u) - f(x)| <= L0 delta |u|")
    proof.rule("mean", "monotonicity of expectation", "|E f(x + delta u) - f(x)| <= delta L0 E|u|")
    mean = sympy.Symbol("E|u|", nonnegative=True)
    variance(proof, "(E|u|)^2 <= E|u|^2 = n", mean, _gaussian(square))
    roots(proof)
    root = slack("sqrt(E|u|^2) - E|u|")
    gap = bound(delta=delta, L0=L0, d=n) - delta * L0 * mean
    under(proof, "conclusion", gap, delta * L0 * root, {root: sympy.sqrt(_gaussian(square)) - mean})
    _above(proof)
    return proof


@proves("random_gradient_free.smoothing_smooth")
def smoothing_smooth(bound: Callable[..., Any]) -> Derivation:
    """|f_delta - f| <= delta^2 L1 d/2."""
    proof = Derivation(
        "random_gradient_free.smoothing_smooth", "|f_delta - f| <= delta^2 L1 n/2; f_delta >= f where f is convex."
    )
    proof.premise("smoothness", "f(x + delta u) = f(x) + delta <grad f,u> + e delta^2 L1 |u|^2/2, e^2 <= 1")
    proof.identity("E <grad f,u> = 0", _gaussian(G * u[0]), sympy.Integer(0))
    proof.rule("mean", "monotonicity of expectation", "|E e|u|^2| <= E|u|^2")
    skew, held = sympy.Symbol("E e|u|^2", real=True), slack("E|u|^2 - |E e|u|^2|")
    for side in (1, -1):
        gap = bound(delta=delta, L1=L1, d=n) - side * delta**2 * L1 * skew / 2
        form = delta**2 * L1 * held / 2
        under(proof, f"conclusion, side {side}", gap, form, {held: _gaussian(square) - side * skew})
    _above(proof)
    return proof


# --- second moments of the estimate ----------------------------------------------------------------------------------


@proves("random_gradient_free.origin_moment")
def origin_moment(bound: Callable[..., Any]) -> Derivation:
    """E|g_0|^2 = (d + 2) |grad f|^2 <= (d + 4) |grad f|^2."""
    proof = Derivation("random_gradient_free.origin_moment", "E|g_0|^2 = (n + 2)|grad f|^2 <= (n + 4)|grad f|^2.")
    shipped = estimators.two_point(two_point.expansion, two_point.point, two_point.z, delta)
    limit = sympy.expand(two_point.w @ shipped).subs(delta, 0)
    proof.identity(
        "g_0 = <grad f,u> u is the limit of the shipped estimate, tested on any w",
        limit,
        two_point.inner * (two_point.w @ two_point.z),
        "the remainder e delta L |u|^2 u/2 vanishes with delta; |e| <= 1 stands for any o(1) too",
    )
    value = _gaussian((G * u[0]) ** 2 * square)
    proof.identity("E|g_0|^2", value, gaussian.second_moment(n) * G**2)
    _terms(proof, "conclusion", bound(G=G, d=n) - value)
    return proof


def _lipschitz(claim: str, bound: Callable[..., Any]) -> Derivation:
    proof = Derivation(claim, f"E|g|^2 <= {bound(L0=L0, d=n)}.")
    proof.premise("Lipschitz", "f(y) = f(x) + s L0 |y - x|, s^2 <= 1")
    s, value, less = sympy.Symbol("s", real=True), sympy.Symbol("f", real=True), slack("1 - s^2")
    x = np.array(sympy.symbols("x_0 x_1", real=True), dtype=object)
    g = estimators.two_point(lambda y: value + s * L0 * sympy.sqrt((y - x) @ (y - x)), x, u, delta)
    length = sympy.Symbol("|u|", positive=True)
    proof.identity("the shipped estimate: |g|^2 = s^2 L0^2 |u|^4", g @ g, s**2 * L0**2 * square**2)
    under(
        proof,
        "|g|^2 <= L0^2 |u|^4",
        L0**2 * length**4 * (1 - s**2),
        L0**2 * length**4 * less,
        {less: 1 - s**2},
    )
    fourth = _gaussian(square**2)
    proof.identity("E|u|^4 = n (n + 2), attained at the kink of L0|x|, where s = 1", fourth, n * (n + 2))
    proof.rule("mean", "monotonicity of expectation", "E|g|^2 <= L0^2 E|u|^4")
    _terms(proof, "conclusion", bound(L0=L0, d=n) - L0**2 * fourth)
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
    proof.uses("by two_point.second_moment", derivation("two_point.second_moment"))
    sixth = _gaussian(square**3)
    proof.identity("E|u|^6", sixth, n * (n + 2) * (n + 4))
    size = sympy.Symbol("|grad f|", positive=True)
    bound = bound_of("two_point.second_moment")(
        G=size, delta=delta, L1=L1, s=gaussian.second_moment(n), M=sympy.sqrt(sixth)
    )
    return sympy.expand(bound).subs(size**2, squared_gradient)


@proves("random_gradient_free.smooth_moment")
def smooth_moment(bound: Callable[..., Any]) -> Derivation:
    """Theorem 4."""
    proof = Derivation(
        "random_gradient_free.smooth_moment", "E|g|^2 <= 2 (n + 4)|grad f|^2 + delta^2 L1^2 (n + 6)^3/2."
    )
    _terms(proof, "conclusion", bound(G=G, delta=delta, L1=L1, d=n) - _second(proof, G**2))
    return proof


@proves("random_gradient_free.smoothed_moment")
def smoothed_moment(bound: Callable[..., Any]) -> Derivation:
    """Lemma 5."""
    proof = Derivation(
        "random_gradient_free.smoothed_moment", "E|g|^2 <= 4 (n + 4)|grad f_delta|^2 + 3 delta^2 L1^2 (n + 4)^3."
    )
    _uses(proof, "smoothing_smooth")
    proof.premise("smoothness", "|f(y) - f(x) - <grad f(x),y - x>| <= L1 |y - x|^2/2, at x + delta v too, v ~ N(0, I)")
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
    proof.identity("the shipped estimate, |g|^2", g @ g, (main + rest - off) ** 2 * square)
    upper = 4 * main**2 + delta**2 * L1**2 * square**2 + 2 * (delta * L1 * n) ** 2
    form = 2 * (main - rest) ** 2 + (main + rest + off) ** 2 + small * delta**2 * L1**2 * square**2 + 2 * near
    under(
        proof,
        "squared slope <= 4 <grad f_delta,u>^2 + delta^2 L1^2 |u|^4 + 2 (delta L1 n)^2",
        upper - (main + rest - off) ** 2,
        form,
        {small: 1 - e**2, near: (delta * L1 * n) ** 2 - off**2},
    )
    each = _bound("smoothing_smooth")(delta=delta, L1=L1, d=n)
    proof.identity("|off| <= 2 max|f_delta - f|/delta", 2 * each / delta, delta * L1 * n)
    proof.rule("mean", "monotonicity of expectation", "E|g|^2 <= the mean of the right-hand side times |u|^2")
    _terms(proof, "conclusion", bound(G=G, delta=delta, L1=L1, d=n) - _gaussian(upper * square))
    return proof


# --- the slope -------------------------------------------------------------------------------------------------------


@proves("random_gradient_free.slope")
def slope(estimator: Callable[..., Any] = estimators.two_point) -> Derivation:
    """E<g,x - x*> >= f_delta(x) - f_delta(x*), for every convex f: the second route of the docstring."""
    proof = Derivation("random_gradient_free.slope", "E<g,x - x*> >= f_delta(x) - f_delta(x*) for convex f.")
    proof.premise("convexity", "f is convex, and finite in the means that follow")
    z, value = sympy.symbols("z f", real=True)
    direction, solution = np.array([z, u[1]], dtype=object), np.array(sympy.symbols("S_0 S_1"), dtype=object)
    x = solution + np.array([rho * delta, 0], dtype=object)
    q = sympy.Function("q")

    def f(y: Any) -> Any:
        """f at x + delta (z along x - x*, the rest of u): q(z), the rest held; `value` at x."""
        return value if np.array_equal(y, x) else q(z)

    g = estimator(f, x, direction, delta)
    proof.identity(
        "the shipped estimate: <g,x - x*> = rho z (q(z) - f(x))", g @ (x - solution), rho * z * (q(z) - value)
    )
    moved = solution + delta * direction - (x + delta * (direction - np.array([rho, 0], dtype=object)))
    proof.identity("x* + delta u is x + delta u with z - rho for z", moved @ moved, sympy.Integer(0))
    density, tilt = sympy.exp(-(z**2) / 2), sympy.exp(-rho * z - rho**2 / 2)
    proof.identity(
        "density at z + rho: E q(z - rho) = E q(z) exp(-rho z - rho^2/2)", density.subs(z, z + rho), density * tilt
    )
    w = rho * z - 1 + tilt
    proof.rule("difference", "tower property", "E<g,x - x*> - f_delta(x) + f_delta(x*) = E q(z) w(z), E z = 0")
    _two_zeros(proof, w, z)
    _orthogonal(proof, z)
    _same_sign(proof)
    proof.rule("slope", "monotonicity of expectation", "E q w = E (q - chord) w >= 0")
    return proof


def _orthogonal(proof: Derivation, z: Any) -> None:
    """E w = E z w = 0, the tilted law being that of z - rho."""

    def normal(statistic: Any) -> Any:
        return expectation(sympy.expand(statistic), {z: NORMAL})

    for factor in (sympy.Integer(1), z):
        mean = normal(factor * (rho * z - 1)) + normal(factor.subs(z, z - rho))
        proof.identity(f"E {factor} w = 0", mean, sympy.Integer(0))
    proof.rule("chords", "linearity of expectation", "E c(z) w(z) = 0 for every affine c")


def _two_zeros(proof: Derivation, w: Any, z: Any) -> None:
    proof.nonnegative("w'' >= 0", sympy.diff(w, z, 2), rho**2 * sympy.exp(-rho * z - rho**2 / 2))
    _exponential(proof)
    proof.identity("w(0) = e^-t - 1 < 0, t = rho^2/2", w.subs(z, 0), sympy.exp(-(rho**2) / 2) - 1)
    for end in (sympy.oo, -sympy.oo):
        proof.limit(f"w grows beyond all bounds, z -> {end}", w, (z, end), sympy.oo)
    proof.rule("zeros", "cases", "w is convex, negative at 0, positive far out: zeros a < b, w <= 0 between them only")


def _same_sign(proof: Derivation) -> None:
    """(q - chord) w >= 0, the chord being that of q between the zeros a < b of w."""
    part, beyond = sympy.Symbol("t", positive=True), slack("1 - t")
    at_a, at_b, here, w_here = sympy.symbols("q(a) q(b) q(z) w(z)", real=True)
    hull, bend = slack("convexity of q"), slack("convexity of w")
    chord = (1 - part) * at_a + part * at_b
    under(
        proof,
        "z = (1-t)a + tb between the zeros",
        (here - chord) * w_here,
        hull * bend,
        {hull: chord - here, bend: -w_here},
    )
    line = at_a + (at_b - at_a) / part
    under(
        proof,
        "b = (1-t)a + tz beyond b, and by symmetry below a",
        (here - line) * w_here,
        hull * bend / part**2,
        {hull: (1 - part) * at_a + part * here - at_b, bend: part * w_here},
    )
    proof.nonnegative("the weights t and 1 - t", part * beyond, part * beyond)


# --- one step --------------------------------------------------------------------------------------------------------


def _one_step(proof: Derivation, step: Callable[..., Any]) -> None:
    """|y - x*|^2 after the shipped step, and the shipped mean."""
    x, mean, solution, v = (np.array(sympy.symbols(f"{name}:2", real=True), dtype=object) for name in "xmSu")
    weight = sympy.Symbol("weight", positive=True)
    g = estimators.two_point(two_point.any_objective, x, v, delta)
    after = step(two_point.any_objective, State(x, mean, weight, k), v, h=h, delta=delta, mirror=euclidean)
    proof.premise("draws", "u_k is independent of x_k; x* is a minimiser of f over the domain, which holds x_0")
    proof.rule("given x_k", "tower property", "bounds of means given x_k hold on average")
    before, left = x - solution, after.x - solution
    expanded = before @ before - 2 * h * (g @ before) + h**2 * (g @ g)
    proof.identity("the shipped step: |y - x*|^2 = D - 2h<g,x - x*> + h^2|g|^2", left @ left, expanded)
    test = np.array(sympy.symbols("w_0:2", real=True), dtype=object)
    proof.identity(
        "the shipped mean: weight' mean' = weight mean + h x",
        after.weight * (test @ after.mean),
        test @ (weight * mean + h * x),
    )
    proof.identity("the shipped weight", after.weight, weight + h)
    first = step(two_point.any_objective, State(x, x, 0, 0), v, h=h, delta=delta, mirror=euclidean)
    proof.identity("the first mean is x_0", test @ first.mean, test @ x)


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
        "sum of h f >= weight f(mean), one step on",
        total + h * new - (weight + h) * value,
        before + (weight + h) * hull,
        {before: total - weight * old},
    )
    proof.rule("Jensen", "induction", "f(weighted mean) <= weighted mean of f(x_k)")


@proves("random_gradient_free.projection")
def projection() -> Derivation:
    """The shipped projection on a ball brings no point further from x*."""
    proof = Derivation("random_gradient_free.projection", "|P(y) - x*| <= |y - x*| for x* in the ball.")
    two_point.inside_and_outside(proof, euclidean_ball)
    return proof


def _nonsmooth(claim: str, bound: Callable[..., Any], lemma: str, step: Callable[..., Any]) -> Derivation:
    energy = _bound(lemma)(L0=L0, d=n)
    proof = Derivation(claim, f"Theorem 6 on R^n or a ball, any step sizes > 0, with E|g|^2 <= {energy}.")
    _uses(proof, "smoothing_lipschitz", lemma, "slope", "projection")
    _one_step(proof, step)
    bias = _bound("smoothing_lipschitz")(delta=delta, L0=L0, d=n)
    change, slacks = _moved(bias, energy, h)
    gap = slacks[0]
    cost = change + 2 * h * bias + h**2 * energy - 2 * h * gap
    _terms(proof, "2 h E gap <= E D - E D' + 2 h bias + h^2 energy", cost, slacks)
    total, squares = sympy.symbols("total squares", positive=True)
    proof.rule("sum", "induction", "2 sum h gap <= R^2 - E D_N + 2 total bias + squares energy")
    last, less = slack("D_N"), slack("sum")
    mean = (R**2 - last + 2 * total * bias + squares * energy - less) / (2 * total)
    claimed = bound(total, squares, R=R, L0=L0, delta=delta, d=n)
    form = (last + less) / (2 * total)
    proof.nonnegative("conclusion", claimed - mean, form)
    _jensen(proof)
    return proof


@proves("random_gradient_free.nonsmooth")
def nonsmooth(bound: Callable[..., Any], step: Callable[..., Any] = shipped_step) -> Derivation:
    """Theorem 6."""
    return _nonsmooth("random_gradient_free.nonsmooth", bound, "lipschitz_moment", step)


@proves("random_gradient_free.nonsmooth_sharp")
def nonsmooth_sharp(bound: Callable[..., Any], step: Callable[..., Any] = shipped_step) -> Derivation:
    """Theorem 6 with the fourth moment itself."""
    return _nonsmooth("random_gradient_free.nonsmooth_sharp", bound, "lipschitz_moment_sharp", step)


# --- smooth problems -------------------------------------------------------------------------------------------------


def _descent(proof: Derivation) -> None:
    """|grad f|^2 <= 2 L1 gap, from f* <= f(x - grad f/L1)."""
    proof.premise("smoothness", "0 <= f(y) - f* <= gap + <grad f(x),y - x> + L1 |y - x|^2/2, also at y = x - grad f/L1")
    size, gap, held = sympy.Symbol("|grad f|", nonnegative=True), sympy.Symbol("gap", real=True), slack("gap after")
    after = gap - size * (size / L1) + L1 / 2 * (size / L1) ** 2
    under(proof, "|grad f|^2 <= 2 L1 gap", 2 * L1 * gap - size**2, 2 * L1 * held, {held: after})


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
    _terms(proof, "E D' <= E D - h gap + noise", change - size * gap + NOISE, [*slacks, less])
    return proof


def _recalled_route(proof: Derivation) -> None:
    """With Theorem 4's (n + 6)^3 in place of the sixth moment, the noise stays below NOISE from n = 2 on only."""
    size, beyond = smooth_step(L1=L1, d=n), slack("n - 2")
    bias = _bound("smoothing_smooth")(delta=delta, L1=L1, d=n)
    energy = _bound("smooth_moment")(G=0, delta=delta, L1=L1, d=n)
    room = sympy.cancel((NOISE - 2 * size * bias - size**2 * energy) / delta**2)
    alone, others = room.subs(n, 1), room.subs(n, 2 + beyond)
    proof.nonnegative("by the recalled Theorem 4 the noise is above, n = 1", -alone, -alone)
    proof.nonnegative("by the recalled Theorem 4 it is not, n >= 2", others, _spread(others))


@proves("random_gradient_free.convex")
def convex(bound: Callable[..., Any]) -> Derivation:
    """Theorem 8, f convex."""
    proof = Derivation("random_gradient_free.convex", "Theorem 8 for convex f on R^n.")
    _uses(proof, "smooth_step")
    proof.rule("sum", "induction", "h sum of E gap <= R^2 - E D_N + N noise")
    size, last, less = smooth_step(L1=L1, d=n), slack("D_N"), slack("sum")
    mean = (R**2 - last + k * NOISE - less) / (k * size)
    claimed = bound(k, R=R, L1=L1, delta=delta, d=n)
    proof.nonnegative("conclusion", claimed - mean, (last + less) / (k * size))
    _recalled_route(proof)
    return proof


def _recursion(proof: Derivation, value: Any, start: Any, rate: Any, noise: Any, extra: Any) -> None:
    """E V_N <= value(N), from E V' <= rate V + noise and rate >= 0; `extra` is L1 - mu."""
    steps, held, less = sympy.Symbol("N", nonnegative=True), slack("value(N) - V"), slack("rate V + noise - V'")
    proof.identity("N = 0", value(steps).subs(steps, 0), start)
    V = sympy.Symbol("V", nonnegative=True)
    later = value(steps).subs(steps, steps + 1)
    proof.identity("the bound obeys its recursion", later, rate * value(steps) + noise)
    positive = slack("rate")
    exceeding = rate.subs(L1, mu + extra)
    proof.nonnegative("rate >= 0, as L1 = mu + slack", exceeding, _spread(exceeding))
    after = rate * V + noise - less
    aim = rate * (V + held) + noise  # value(N + 1), value(N) = V + held
    proof.identity("from N to N + 1: value(N + 1) - V'", aim - after, rate * held + less)
    proof.nonnegative("from N to N + 1", positive * held + less, positive * held + less)
    proof.rule("recursion", "induction", "E V_N <= value(N) for every N")


@proves("random_gradient_free.strongly_convex")
def strongly_convex(bound: Callable[..., Any]) -> Derivation:
    """Theorem 8, f strongly convex."""
    proof = Derivation("random_gradient_free.strongly_convex", "Theorem 8 for mu-strongly convex f on R^n.")
    _uses(proof, "smooth_step")
    size, noise = smooth_step(L1=L1, d=n), NOISE
    proof.premise("strong convexity", "gap >= mu D/2; and gap <= L1 D/2, by smoothness, grad f(x*) = 0")
    D, gap, above = sympy.Symbol("D", nonnegative=True), sympy.Symbol("gap", real=True), slack("gap - mu D/2")
    rate = 1 - size * mu / 2
    drop = (rate * D + noise) - (D - size * gap + noise)
    under(proof, "E D' <= (1 - h mu/2) D + noise", drop, size * above, {above: gap - mu * D / 2})
    extra = slack("L1 - mu")

    def value(steps: Any) -> Any:
        return 2 * bound(steps, R=R, L1=L1, mu=mu, delta=delta, d=n) / L1

    _recursion(proof, value, R**2, rate, noise, extra)
    below, held = slack("L1 D_N/2 - gap"), slack("value(N) - D_N")
    last = sympy.Symbol("value(N)", nonnegative=True)
    under(proof, "conclusion: gap <= L1 D_N/2 <= L1 value(N)/2", L1 * last / 2 - gap, below + L1 * held / 2,
           {below: L1 * D / 2 - gap, held: last - D})  # fmt: skip
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
    proof.identity(
        "the shipped step on a quadratic: E|x_0'|^2", expectation(sympy.expand(block @ block), laws), said[0]
    )
    for i in (1, 2):
        swap = {s[a]: s[b] for s in (sizes, curvatures, lengths) for a, b in ((0, i), (i, 0))}
        proof.identity(f"E|x_{i}'|^2, by exchange of blocks", said[0].subs(swap, simultaneous=True), said[i])
    value = sum(c * m for c, m in zip(curvatures, said, strict=True)) / 2
    claimed = reduced.mean_after_step(sizes, curvatures, lengths, h, delta)
    proof.identity("E f(x') in traces, three eigenvalues, which stand for any spectrum", value, claimed)


@proves("random_gradient_free.effective_dimension")
def effective_dimension(
    bound: Callable[..., Any],
    step: Callable[..., Any] = shipped_step,
    step_size: Callable[..., Any] = trace_step,
    rows: Callable[..., Any] = block_moments,
) -> Derivation:
    """The rate in the trace."""
    proof = Derivation(
        "random_gradient_free.effective_dimension", "E gap_N <= r^N gap_0 + (1 - r^N) floor, r = 1 - mu/(2 L1 + T)."
    )
    proof.premise("f", "f(x) = f* + (x - x*)'H(x - x*)/2, eigenvalues of H: 0, or in [mu, L1]; T = tr H")
    _block_moments(proof, step, rows)
    curvature, above = slack("lambda"), slack("L1 - lambda")
    for power in (2, 3):
        gap = L1 * curvature ** (power - 1) - curvature**power
        proof.nonnegative(
            f"lambda^{power} <= L1 lambda^{power - 1}",
            gap.subs(L1, curvature + above),
            curvature ** (power - 1) * above,
        )
    least = slack("lambda - mu")
    proof.nonnegative(
        "lambda^2 >= mu lambda, lambda >= mu", ((mu + least) ** 2 - mu * (mu + least)), (mu + least) * least
    )
    proof.rule("lambda = 0", "cases", "then lambda^2 = mu lambda")
    proof.rule("traces and forms", "linearity of expectation", "sums over the eigenvalues, with weights 1 or x_i^2")
    forms = _gap_slacks("|Hx|^2 - 2 mu gap, L1 |Hx|^2 - x'H^3x, L1 tr H - tr H^2, L1 tr H^2 - tr H^3, gap")
    low, cubed, two, three, value = forms
    squared = 2 * mu * value + low
    traces = trace, L1 * trace - two, L1 * (L1 * trace - two) - three
    size = step_size(L1=L1, trace=trace)
    smoothing = traces[0] ** 3 + 6 * traces[0] * traces[1] + 8 * traces[2]
    mean = value - size * squared + size**2 / 2 * (2 * (L1 * squared - cubed) + trace * squared)
    mean += size**2 * delta**2 / 8 * smoothing
    rate, noise = 1 - mu * size, delta**2 * trace * (trace + 4 * L1) / (8 * (trace + 2 * L1))
    _terms(proof, "E gap' <= r gap + noise", rate * value + noise - mean, forms)
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

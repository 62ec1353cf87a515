"""RSO, one coordinate at a time: why the claims of ``zotheory/claims/rso.py`` hold.

Main statements
---------------
- `shipped_step`, `shipped_draw`: three candidates along an axis, the lowest is kept: a step of three points; which
  coordinate, and how far.
- `decrease`, `decrease_sharp`: what a step takes at least, and exactly on a quadratic.
- `minibatch`, `decay`: what is left of it where a mini-batch is compared, or weights decay.
- `sweep`, `stationary`: what a cycle takes from its start, and what all cycles leave of the gradient.

Notation
--------
One step: e the axis of coordinate i, g = <grad f(x),e>, G = |g| and o = 1 or -1 its sign, r = |Delta|, E r = m s and
E r^2 = s^2. y length by which decay goes downhill. Mini-batches: mu = h G >= 0 with h = r, so that + is uphill; a =
h o G_i for a sample, E a = mu; D_+ = a + r_+ and D_- = -a + r_- its losses at x + h o e and x - h o e less that at x,
|r_+|, |r_-| <= rho = L h^2/2; i_+, i_- in {0, 1}: whether it keeps that candidate, p_+ = E i_+, p_- = E i_-. Cycles: S
sum of E sum |g_i|, each cycle times its weight. Hypotheses enter as slacks, non-negative symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx

from proofs import bound_of, proves
from proofs import overlap as balls
from proofs.comparisons import opaque, weak_orders
from proofs.lemmas import decimal, nonnegatives
from proofs.relative_loss_minibatch import ahead_and_behind, spread_of_samples
from zotheory.evidence.derivation import Derivation
from zotheory.methods.rso import Move, State, annealed, draw, step
from zotheory.methods.three_point import State as ThreePointState
from zotheory.methods.three_point import step as three_point_step
from zotheory.problems import Targets
from zotheory.radii import fixed
from zotheory.theorems import rso as theorems

s, G, L, gap, h = sp.symbols("s G L gap h", positive=True)
g = sp.Symbol("g", real=True)
z = sp.Symbol("z", real=True)
M = sp.sqrt(2 / sp.pi)
HALF = sp.Rational(1, 2)
CANDIDATES = 3
SHARE = sp.Rational(324, 1000)  # of g^2/L: what no deviation takes
SHORT, LONG, WINDOWS = sp.Rational(2, 5), sp.Rational(33, 20), 20_000  # deviations, in units of |g|/L

Bound = Callable[..., Any]
Step = Callable[..., Any]


# --- the shipped code ------------------------------------------------------------------------------------------------


@proves("rso.step")
def shipped_step(step: Step = step) -> Derivation:
    """Run the shipped step: where it looks, and what it keeps."""
    proof = Derivation(
        "rso.step",
        "a step on coordinate i keeps the lowest of F at x with w_0 = (1 - decay) x_i, w_0 + Delta and w_0 - Delta in "
        "its place, w_0 where none is lower",
    )
    x, seen = np.array(sp.symbols("x_1 x_2", real=True), dtype=object), []
    delta, rate = sp.Symbol("Delta", real=True), sp.Symbol("decay", real=True)

    def look(y: Any) -> Any:
        seen.append(y)
        return np.zeros(len(y))

    for i in (0, 1):
        step(look, State(x, i), Move(i, delta), decay=rate)
        w = (1 - rate) * x[i]
        for candidate, value in enumerate((w, w + delta, w - delta)):
            text = f"candidate {candidate + 1}: {value}"
            proof.identity(f"coordinate {i + 1} of candidate {candidate + 1}", seen[i][candidate][i], value, text)
            text = "the other coordinate is that of x"
            other = seen[i][candidate][1 - i]
            proof.identity(f"the other coordinate of candidate {candidate + 1}, {i + 1}", other, x[1 - i], text)
    holds = len(seen) == 2 and all(_keeps(step, ranks) for ranks in weak_orders(CANDIDATES))
    text = "all weak orders of the three: the lowest, the first of those where several are"
    proof.certified("the lowest of three values", holds, text, by="enumeration")
    return proof


def _keeps(step: Step, ranks: tuple[int, ...]) -> bool:
    """Whether of these ranks the first lowest is kept, as three points keep it where there is no decay."""
    x, values = np.array([5.0, -1.0]), opaque(ranks)
    try:
        after = step(lambda y: values, State(x, 0), Move(1, 2.0), decay=0).x
        beside = step(lambda y: values[None], State(x[None], 0), Move(1, np.array([2.0])), decay=0).x[0]
    except TypeError:
        return False
    kept = [-1.0, 1.0, -3.0][ranks.index(min(ranks))]
    start = ThreePointState(x, values[0], np.asarray(1.0), 1)
    three = three_point_step(lambda y: values[1:], start, np.array([0.0, 2.0]), radius=fixed(1.0)).x
    return all(np.array_equal(point, [5.0, kept]) for point in (after, beside, three))


class _One:
    """A source whose every normal number is z."""

    def standard_normal(self, size: Any) -> Any:
        return z


@proves("rso.draw")
def shipped_draw(draw: Callable[..., Any] = draw) -> Derivation:
    """Run the shipped draw: step k works on coordinate k mod d, with N(0, s^2 w^2) in cycle e = floor(k/d)."""
    proof = Derivation(
        "rso.draw", "step k changes coordinate k mod d by N(0, s^2 w_e^2), w_e = a + (1 - a) (K - e)/K, e = floor(k/d)"
    )
    a, rest = sp.Symbol("a", positive=True), sp.Symbol("rest", nonnegative=True)
    e, whole = sp.symbols("e cycles", integer=True, nonnegative=True)
    weight = annealed(e, cycles=e + whole, least=a)
    text = "e cycles of e + rest: the shipped factor of the deviation"
    proof.identity("the annealing", weight, a + (1 - a) * whole / (e + whole), text)
    proof.identity("the first cycle", annealed(0, cycles=1 + whole, least=a), 1 + 0 * rest, "in cycle 0 it is 1")
    proof.identity("without annealing", annealed(e, cycles=e + whole, least=1), 1, "for a = 1 it is 1 in every cycle")
    found, expected = [], []
    for k in range(12):
        rule = {"deviations": s, "order": None, "cycles": 4, "least": sp.Rational(1, 10)}
        move = draw(_One(), State(np.zeros(3), k), 3, **rule)
        found.append((move.i, sp.nsimplify(move.delta)))
        expected.append((k % 3, s * z * (sp.Rational(1, 10) + sp.Rational(9, 10) * sp.Rational(4 - k // 3, 4))))
    holds = all(i == j and sp.simplify(one - two) == 0 for (i, one), (j, two) in zip(found, expected, strict=True))
    text = "d = 3, K = 4, a = 1/10, all twelve steps: coordinate and deviation, on a symbol z for the normal number"
    proof.code_check("the shipped draw", bool(holds), points=12, text=text)
    return proof


def _moments(proof: Derivation) -> None:
    """E r = m s, E r^2 = s^2 for r = |Delta|, Delta ~ N(0, s^2)."""
    proof.uses("the shipped draw", shipped_draw(), "Delta = s z, z ~ N(0, 1), in the first cycle")
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    proof.integral("the mean size of a change", 2 * s * z * density, (z, 0, sp.oo), M * s, text="E r = m s")
    proof.integral("the mean square of a change", s**2 * z**2 * density, (z, -sp.oo, sp.oo), s**2, text="E r^2 = s^2")


def _downhill(proof: Derivation) -> None:
    """One of x + Delta e and x - Delta e is x - o r e, o the sign of g."""
    r = sp.Symbol("r", positive=True)
    for o in (1, -1):
        text = f"o = {o}, Delta = r or -r: one of the two candidates is at t = -o r, where t g + L t^2/2 is this"
        rise = (-o * r) * (o * G) + L * (-o * r) ** 2 / 2
        proof.identity(f"the candidate downhill of a slope of sign {o}", rise, -r * G + L * r**2 / 2, text)


# --- one step --------------------------------------------------------------------------------------------------------


@proves("rso.decrease")
def decrease(bound: Bound, step: Step = step) -> Derivation:
    """E f(x+) <= f(x) - bound."""
    proof = Derivation("rso.decrease", "E f(x+) <= f(x) - m s |g_i| + L s^2/2, m = sqrt(2/pi), without decay")
    proof.premise("the curvature along the axis", "f(x + t e) <= f(x) + t g + L t^2/2 for all t")
    proof.uses("the shipped step", shipped_step(step), "f(x+) is the least of f(x), f(x + Delta e), f(x - Delta e)")
    _downhill(proof)
    text = "f(x+) <= f(x) - r G + L r^2/2, and so E f(x+) <= f(x) - G E r + L E r^2/2"
    proof.rule("the mean of a step", "monotonicity of expectation", text)
    _moments(proof)
    fall = G * M * s - L * s**2 / 2
    proof.identity("the fall", fall, bound(s=s, g=G, L=L), "G E r - L E r^2/2 is the bound; for G = 0 as well")
    proof.identity("the fall without a slope", -L * s**2 / 2, bound(s=s, g=sp.Integer(0), L=L), "g = 0")
    return proof


@proves("rso.decrease_sharp")
def decrease_sharp(bound: Bound, step: Step = step) -> Derivation:
    """E f(x+) <= f(x) - bound, with equality on quadratics."""
    proof = Derivation(
        "rso.decrease_sharp",
        "E f(x+) <= f(x) - m s |g_i| + L s^2 (1/2 - P(z > 2 |g_i|/(L s))), equal where f is quadratic along the axis; "
        "that is at least what rso.decrease says, and positive where g_i is not 0",
    )
    proof.premise("the curvature along the axis", "f(x + t e) <= f(x) + t g + L t^2/2 for all t; equal on a quadratic")
    proof.uses("the shipped step", shipped_step(step), "f(x+) is the least of f(x), f(x + Delta e), f(x - Delta e)")
    _downhill(proof)
    r = sp.Symbol("r", positive=True)
    proof.nonnegative("the candidate uphill", (r * G + L * r**2 / 2), r * G + L * r**2 / 2, "it is no lower than f(x)")
    c = 2 * G / (L * s)
    text = "f(x) - f(x+) >= max(r G - L r^2/2, 0): positive where r = s |z| < s c, c = 2 G/(L s); equal on a quadratic"
    proof.identity("the fall of one change", r * G - L * r**2 / 2, L * r * (s * c - r) / 2, text)
    proof.uses("the shipped draw", shipped_draw(), "r = s |z|, z ~ N(0, 1), in the first cycle")
    proof.rule("the mean of a step", "monotonicity of expectation", "E max(r G - L r^2/2, 0): twice z from 0 to c")
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    primitive = -2 * s * G * density - L * s**2 * ((1 - sp.erfc(z / sp.sqrt(2))) / 2 - z * density)
    found = proof.integral(
        "the mean fall", 2 * (s * z * G - L * s**2 * z**2 / 2) * density, (z, 0, c), antiderivative=primitive
    )
    proof.identity("the fall", found, bound(s=s, g=G, L=L), "it is the bound")
    t = sp.Symbol("t", positive=True)
    slope = sp.diff(bound(s=s, g=L * s * t / 2, L=L), t)
    text = "as c grows the fall grows by L s^2 (phi(0) - phi(c)), and it is 0 at c = 0: it is positive for c > 0"
    rising = L * s**2 * (1 - sp.exp(-(t**2) / 2)) / sp.sqrt(2 * sp.pi)
    proof.identity("the growth of the fall with the slope", slope, rising, text)
    proof.identity("the fall without a slope", bound(s=s, g=sp.Integer(0), L=L), sp.Integer(0), "g = 0: it is 0")
    _beside(proof, bound)
    _best_deviation(proof, bound)
    return proof


def _beside(proof: Derivation, bound: Bound) -> None:
    """The bound against that of `decrease`, and where s is far too long."""
    c = sp.Symbol("c", positive=True)
    more = bound(s=s, g=L * s * c / 2, L=L) - theorems.decrease(s=s, g=L * s * c / 2, L=L)
    text = "it exceeds what rso.decrease says by L s^2 P(z > c)"
    proof.identity("the bound beside the plain one", more, L * s**2 * sp.erfc(c / sp.sqrt(2)) / 2, text)
    far = bound(s=s, g=G, L=L) * L**2 * s / G**3
    text = "as s grows the fall tends to 2 m |g|^3/(3 L^2 s): it falls like 1/s only"
    proof.limit("the fall of a deviation far too long", far, (s, sp.oo), 2 * M / 3, text=text)


def _best_deviation(proof: Derivation, bound: Bound) -> None:
    """No deviation takes 0.324 g^2/L."""
    u = sp.Symbol("u", positive=True)
    share = M * u - u**2 * (HALF - sp.erfc(sp.sqrt(2) / u) / 2)
    text = "s = u |g|/L: in units of g^2/L it is h(u) = m u - u^2 P(0 < z < 2/u)"
    proof.identity("the fall in its units", bound(s=u * G / L, g=G, L=L) * L / G**2, share, text)
    text = (
        "1 - exp(-z^2/2) <= z^2/2: h(u), u^2 times the integral of phi(0) - phi(z) from 0 to 2/u, is at most 2 m/(3 u)"
    )
    proof.rule("the fall of long deviations", "monotonicity of expectation", text)
    most = M / 2 * z**2 / 2
    cube = proof.integral("the integral of that", most, (z, 0, 2 / u), text="of z^2 phi(0)/2 from 0 to 2/u")
    proof.identity("the bound of long deviations", u**2 * cube, 2 * M / (3 * u), "u^2 times it is 2 m/(3 u)")
    with ctx.workprec(balls.PRECISION):
        m, limit, short, long = map(balls.enclose, (M, SHARE, SHORT, LONG))
        ends = bool(m * short < limit) and bool(2 * m / (3 * long) < limit)
        text = (
            f"h(u) <= m u up to u = {decimal(SHORT)}, h(u) <= 2 m/(3 u) from {decimal(LONG)} on: below {decimal(SHARE)}"
        )
        proof.certified("the ends of the range", ends, text, by="intervals")
        edges = [balls.enclose(SHORT + (LONG - SHORT) * sp.Rational(k, WINDOWS)) for k in range(WINDOWS + 1)]
        root = arb(2).sqrt()
        holds = all(bool(m * high - low**2 * (root / high).erf() / 2 < limit) for low, high in pairwise(edges))
        text = f"{WINDOWS} intervals between them: m u at the upper end, u^2 at the lower, P(0 < z < 2/u) at the upper"
        proof.certified("the middle of the range", holds, text, by="intervals")


@proves("rso.minibatch")
def minibatch(bound: Bound, step: Step = step) -> Derivation:
    """E f(x+) <= f(x) - bound where F(.; X) is compared."""
    proof = Derivation(
        "rso.minibatch",
        "E f(x+) <= f(x) - m s (|g_i| - E|G_i - g_i|) + (3/4) L s^2, F(.; X) within L t^2/2 of linear along the axis",
    )
    proof.premise("the curvature of every sample", "|F(x + t e; X) - F(x; X) - t G_i| <= L t^2/2 for every sample")
    proof.premise("the independent and unbiased samples", "f = E F(.; X), g = E G_i; X and Delta are independent")
    proof.uses("the shipped step", shipped_step(step), "F(x+; X) is the least of the three, of one sample X")
    text = "given r = h, f(x + h o e) - f(x) = E D_+ is a number: the mean rise is p_+ E D_+ + p_- E D_-"
    proof.rule("the loss given the change", "independence", text)
    ahead_and_behind(proof)
    (up, down), above = sp.symbols("r_+ r_-", real=True), sp.Symbol("above", nonnegative=True)
    a = (down - up - above) / 2  # D_+ = D_- - above
    text = "i_+ = 1: D_+ = D_- - above, so 2 a <= r_- - r_+"
    proof.nonnegative("the candidate uphill is kept", down - up - 2 * a, above, text)
    text = "neither is kept: D_- = above >= 0, so a <= r_-"
    proof.nonnegative("the weight is kept", down - (down - above), above, text)
    text = "c mu - 2 max(mu - a, 0) <= c a <= i_+ (r_- - r_+) + (1 - i_+ - i_-) r_- = (1 - i_-) r_- - i_+ r_+"
    proof.rule("the curvature of one sample", "cases", text)
    spread_of_samples(proof)
    mu = sp.Symbol("mu", real=True)
    p, q, rho, rest = nonnegatives("p_+ p_- rho rest")
    both, loss = sp.Symbol("p_+E[r_+]+p_-E[r_-]", real=True), sp.Symbol("E|a-mu|", nonnegative=True)
    rise = ((p - q) * mu + both).subs(both, loss - (1 + p - q) * mu + 3 * rho / 2 - rest)
    text = "p_+ E D_+ + p_- E D_- <= -mu + E|a - mu| + (3/2) rho"
    proof.nonnegative("the rise given the change", -mu + loss + 3 * rho / 2 - rise, rest, text)
    noise = sp.Symbol("E|G-g|", positive=True)
    text = "mu = h G, E|a - mu| = h E|G_i - g_i|, rho = L h^2/2: -h G + h E|G_i - g_i| + (3/4) L h^2"
    proof.identity("the rise of a change", (3 * rho / 2).subs(rho, L * h**2 / 2), 3 * L * h**2 / 4, text)
    _moments(proof)
    text = "E h = m s, E h^2 = s^2"
    fall = M * s * (G - noise) - 3 * L * s**2 / 4
    proof.rule("the mean over changes", "tower property", text)
    proof.identity("the fall", fall, bound(s=s, g=G, noise=noise, L=L), "it is the bound")
    _all_of_the_noise(proof, step)
    _all_of_the_curvature(proof, step)
    return proof


def _all_of_the_noise(proof: Derivation, step: Step) -> None:
    """On `Targets`, with x between 0 and p and short changes, all of the noise is lost."""
    p, near = sp.symbols("p near", positive=True)
    slope, noise = p - near, 2 * p * (1 - p)  # |g|, and E|G - g| = p (1 - p) + (1 - p) p
    up = slope * (1 - p) - slope * p  # 1 - p of the samples go uphill
    text = "targets 0 and 1, x = near: for short changes the rise over r is |g| (1 - 2 p)"
    proof.identity("the rise on targets", up, slope * (1 - 2 * p), text)
    text = "what the bound allows over r, E|G - g| - |g|, less that: it falls to 0 as x falls to 0"
    proof.identity("the noise that is not lost", noise - slope - up, 2 * near * (1 - p), text)
    x, found = np.array([0.01]), []
    for _, sample in Targets(0.25, 1).cases:
        f = Targets(0.25, 1).at(np.asarray(sample))
        found.append(step(f, State(x, 0), Move(0, 1e-4), decay=0).x[0] > x[0])
    text = "the shipped step goes towards the target of its sample"
    proof.code_check("the direction of each sample", found == [False, True], points=2, text=text)


def _all_of_the_curvature(proof: Derivation, step: Step) -> None:
    """On F = (x + x^2)/2 or (x - x|x|)/2 from 0 a change of barely more than 1 loses 3/4 of L h^2."""
    length = 1 + sp.Rational(1, 10**6)
    x, total = np.array([sp.Integer(0)], dtype=object), sp.Integer(0)
    for delta in (length, -length):
        for bends in (0, 1):
            after = step(lambda y, b=bends: _bent(y, b), State(x, 0), Move(0, delta), decay=0).x
            total += (_bent(after, 0) + _bent(after, 1)) / 8
    text = "no noise, G = 1/2: the rise is h/4, by the shipped step"
    proof.identity("the rise on two bent functions", total, length / 4, text)
    limit = -h / 2 + sp.Rational(3, 4) * h**2
    text = "-h G + (3/4) L h^2 less h/4, which falls to 0 as h falls to 1: no smaller factor would do for one length"
    proof.identity("the curvature that is not lost", limit - h / 4, sp.Rational(3, 4) * h * (h - 1), text)


def _bent(y: Any, bends: int) -> Any:
    """Both samples at exact numbers y (..., 1)."""
    y = np.asarray(y)[..., 0]
    return (y - y * abs(y) if bends else y + y**2) / 2


@proves("rso.decay")
def decay(bound: Bound, step: Step = step) -> Derivation:
    """E f(x+) <= f(x) - bound with weight decay."""
    proof = Derivation(
        "rso.decay",
        "E f(x+) <= f(x) - (m s + y) |g_i| + L (s^2 + 2 m s y + y^2)/2 for g_i other than 0, y = decay x_i sign(g_i)",
    )
    proof.premise("the curvature along the axis", "f(x + t e) <= f(x) + t g + L t^2/2 for all t")
    text = "w_0 = x_i - decay x_i = x_i - o y: f(x+) is the least of f at t = -o y, -o y + Delta, -o y - Delta"
    proof.uses("the shipped step", shipped_step(step), text)
    r, y = sp.Symbol("r", positive=True), sp.Symbol("y", real=True)
    for o in (1, -1):
        t = -o * (y + r)
        text = f"o = {o}, Delta = r or -r: one candidate is at t = -o (y + r), where t g + L t^2/2 is this"
        rise = t * (o * G) + L * t**2 / 2
        form = -(y + r) * G + L * (y + r) ** 2 / 2
        proof.identity(f"the candidate downhill of a slope of sign {o}", rise, form, text)
    text = "f(x) - E f(x+) >= E[(y + r) G - L (y + r)^2/2]"
    proof.rule("the mean of a step", "monotonicity of expectation", text)
    _moments(proof)
    fall = (y + M * s) * G - L * (y**2 + 2 * y * M * s + s**2) / 2
    proof.identity("the fall", fall, bound(s=s, g=G, y=y, L=L), "E r = m s, E r^2 = s^2: it is the bound")
    plain = bound_of("rso.decrease")(s=s, g=G, L=L)
    proof.identity("the fall without decay", bound(s=s, g=G, y=sp.Integer(0), L=L), plain, "y = 0: rso.decrease")
    text = "where f is linear, the fall is (m s + y) |g|: below 0 where decay goes uphill by more than m s"
    proof.identity("the fall without curvature", bound(s=s, g=G, y=y, L=sp.Integer(0)), (M * s + y) * G, text)
    return proof


# --- many steps ------------------------------------------------------------------------------------------------------


@proves("rso.sweep")
def sweep(bound: Bound, step: Step = step) -> Derivation:
    """f(x_0) - E f(x_d) >= bound."""
    proof = Derivation(
        "rso.sweep",
        "E f(x_d) <= f(x_0) - m s sum |g_i(x_0)| + s^2 (m^2 sum_{j<i} L_ij + sum L_ii/2) after a cycle of d steps",
    )
    text = "|g_i(x + t e_j) - g_i(x)| <= L_ij |t| for all x, t and coordinates i, j"
    proof.premise("the coupling of coordinates", text)
    t, v, curved = sp.symbols("t v L_ii", positive=True)
    text = "f(x + t e_i) - f(x) - t g_i(x) = t E[g_i(x + v t e_i) - g_i(x)], v uniform on [0, 1], at most this"
    proof.integral("the curvature along an axis", curved * t * v * t, (v, 0, 1), curved * t**2 / 2, text=text)
    one = bound_of("rso.decrease")
    proof.uses("the fall of one step", decrease(one, step), "given x_i, on coordinate i, with L = L_ii")
    proof.uses("the coordinates of a cycle", shipped_draw(), "step i works on coordinate i, each with deviation s")
    text = "x_i - x_0 is made of the moves of the steps j < i, |x_{j+1} - x_j| <= |Delta_j| along e_j"
    proof.rule("the moves before a step", "induction", f"|g_i(x_i)| >= |g_i(x_0)| - sum_(j<i) L_ij |Delta_j|: {text}")
    proof.rule("the slopes of later steps", "tower property", "E|g_i(x_i)| >= |g_i(x_0)| - m s sum_(j<i) L_ij")
    slope, own, before, less = nonnegatives("|g_i(x_0)| L_ii sum_(j<i)L_ij less")
    each = one(s=s, g=slope - M * s * before + less, L=own)
    form = M * s * less
    text = "E f(x_i) - E f(x_{i+1}) >= m s (|g_i(x_0)| - m s sum_(j<i) L_ij) - s^2 L_ii/2"
    least = M * s * (slope - M * s * before) - s**2 * own / 2
    proof.nonnegative("the fall of the step on one coordinate", each - least, form, text)
    text = "summed over i = 0..d-1: sums of |g_i(x_0)|, of L_ij over j < i, of L_ii"
    proof.rule("the sum over all coordinates", "linearity of expectation", text)
    slopes, mixed, whole = nonnegatives("sum|g_i(x_0)| sum_(j<i)L_ij_all sum_L_ii")
    total = least.subs({slope: slopes, before: mixed, own: whole}, simultaneous=True)
    proof.identity("the fall", total, bound(s=s, slopes=slopes, mixed=mixed, own=whole), "it is the bound")
    return proof


@proves("rso.stationary")
def stationary(bound: Bound, best: Bound = theorems.deviation, step: Step = step) -> Derivation:
    """The mean of E sum |g_i| over K cycles, each counted by its deviation."""
    proof = Derivation(
        "rso.stationary",
        "with w_e = a + (1 - a) (K - e)/K, sum_{e<K} w_e E sum_i |g_i(x_{ed})| <= sum_{e<K} w_e times the bound, least "
        "at s = sqrt(gap/(K w_2 (m^2 mixed + own/2)))",
    )
    one = bound_of("rso.sweep")
    proof.uses("the fall of one cycle", sweep(one, step), "from every point, with deviation w_e s in cycle e")
    proof.uses("the deviations of the cycles", shipped_draw(), "cycle e has deviation w_e s")
    proof.premise("the bound of f from below", "E f(x_{Kd}) = inf f + rest")
    _sums_of_weights(proof)
    n, t, rest, more, mixed = nonnegatives("n t rest more mixed")
    K, a = 1 + n, 1 / (1 + t)  # every K >= 1, every a in (0, 1]
    first, second = _weights(K, a)
    w, own, slopes, S = sp.symbols("w_e own slopes S", positive=True)
    bend = M**2 * mixed + own / 2
    fall = one(s=w * s, slopes=slopes, mixed=mixed, own=own)
    proof.identity("the fall of a cycle", fall, M * s * w * slopes - s**2 * w**2 * bend, "with deviation w_e s")
    text = "gap - rest = sum of the falls + more, S = sum of w_e E sum_i |g_i|: m s S - s^2 K w_2 (m^2 mixed + own/2)"
    proof.rule("the sum over all cycles", "linearity of expectation", text)
    solved = sp.solve(sp.Eq(gap - rest, M * s * S - s**2 * K * second * bend + more), S)[0]
    given = {"K": K, "gap": gap, "a": a, "mixed": mixed, "own": own}
    share = (n * a + n + 2) / 2  # K w_1
    text = "the bound is at least the weighted mean S/(K w_1), K = 1 + n, a = 1/(1 + t)"
    form = (rest + more) / (M * s * share)
    proof.nonnegative("the mean gradient", bound(s=s, **given) - solved / (K * first), form, text)
    _least(proof, bound, best, given, (gap / (M * share), second * bend * K / (M * share)))
    return proof


def _least(proof: Derivation, bound: Bound, best: Bound, given: dict[str, Any], parts: tuple[Any, Any]) -> None:
    """The bound is falling/s + rising s, and least at the shipped deviation."""
    falling, rising = parts
    text = "it is p/s + q s"
    proof.identity("the bound by its deviation", bound(s=s, **given), falling / s + rising * s, text)
    proof.identity("the shipped deviation", best(**given) ** 2, falling / rising, "its square is p/q")
    p, q, theta = sp.symbols("p q theta", positive=True)
    at = sp.sqrt(p / q)
    loss = p / (theta * at) + q * theta * at - p / at - q * at
    text = "the bound is no lower at theta times that deviation"
    proof.nonnegative("the loss at another deviation", loss, sp.sqrt(p * q) * (theta - 1) ** 2 / theta, text)


def _weights(k: Any, a: Any) -> tuple[Any, Any]:
    """w_1 and w_2, the means of w_e and of its square over k cycles."""
    second = a**2 + a * (1 - a) * (k + 1) / k + (1 - a) ** 2 * (k + 1) * (2 * k + 1) / (6 * k**2)
    return a + (1 - a) * (k + 1) / (2 * k), second


def _sums_of_weights(proof: Derivation) -> None:
    K, e = sp.Symbol("K", integer=True, positive=True), sp.Symbol("e", integer=True, nonnegative=True)
    a = sp.Symbol("a", positive=True)
    weight, (first, second) = a + (1 - a) * (K - e) / K, _weights(K, a)
    total = proof.sum("the sum of the weights", weight, (e, 0, K - 1), text="sum of w_e over e = 0..K-1: K w_1")
    proof.identity("the mean weight", total / K, first, "w_1 = a + (1 - a) (K + 1)/(2 K)")
    squares = proof.sum("the sum of their squares", sp.expand(weight**2), (e, 0, K - 1), text="sum of w_e^2: K w_2")
    text = "w_2 = a^2 + a (1 - a) (K + 1)/K + (1 - a)^2 (K + 1) (2 K + 1)/(6 K^2)"
    proof.identity("the mean square of the weights", squares / K, second, text)

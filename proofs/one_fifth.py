"""The 1/5 rule on relative-loss descent: why the claims of ``zotheory/theorems/one_fifth.py`` hold.

Main statements
---------------
- `success`: how often a step is accepted.
- `gain`: a Gaussian step that is accepted often gains often, on every convex function.
- `progress`: what is gained where a fifth of the steps is accepted.
- `hitting_time`: the potential falls by B in expectation whatever the radius, so the gap reaches eps in (V - ...)/B.

Notation
--------
G = |g|; z = sqrt(d) s_1 along -g, with density h_d, tail T_d and W_d(tau) = E max(z - tau, 0); kappa = sqrt(d) alpha
beta/G. w = share, a = 1 - (1 - w)^2, r = R/sigma. D = log(gap), l = log(growth), x the fall of D. rare < 1/5 < often
are Phi(-6/5) and Phi(-1/2). k = sqrt(d) alpha L/sqrt(2 mu gap) is at least kappa. Hypotheses enter as slacks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx

from proofs import overlap as balls
from proofs import proves
from proofs import relative_loss as plain
from proofs import sample_and_keep as keep
from zotheory import radii
from zotheory.directions import gaussian
from zotheory.evidence.derivation import Derivation
from zotheory.exact import chi_moment
from zotheory.methods.relative_loss import step
from zotheory.theorems import one_fifth as bounds

HALF = sp.Rational(1, 2)
NEAR, FAR = sp.Rational(str(bounds.NEAR)), sp.Rational(str(bounds.FAR))

alpha, G, L, d, Q, kappa, beta, gap = sp.symbols("alpha G L d Q kappa beta gap", positive=True)
t = balls.t


def _slacks(names: str) -> Any:
    return sp.symbols(names, nonnegative=True)


# --- acceptance ------------------------------------------------------------------------------------------------------


@proves("one_fifth.success")
def success() -> Derivation:
    """How often a step is accepted."""
    return success_derivation()


def success_derivation(
    acceptance: Callable[..., Any] = bounds.acceptance, step: Callable[..., Any] = step
) -> Derivation:
    """Derive the two bounds on the acceptance probability, and the lower one for Gaussian steps.

    Raises
    ------
    NotProved
        For another bound, or a step that keeps anything but the lower of two values.
    """
    proof = Derivation(
        "one_fifth.success",
        "P(accept) >= T_d(kappa/2) if of length kappa |g|/(L sqrt d), <= if kappa |g|/(mu sqrt d), equal on |x|^2; "
        ">= for Gaussian steps of that root mean square length too, d >= 3",
    )
    plain._candidate(proof, step)
    _threshold(proof)
    plain._law(proof)
    _gaussian(proof)
    with ctx.workprec(512):
        holds = all(
            bool(
                abs(arb(float(acceptance(d=size, kappa=2 * float(tau)))) / balls.sphere_tail_ball(size, tau) - 1)
                < keep.AGREEMENT
            )
            for size in (2, 3, 10, 1000, 10**6)
            for tau in (sp.Rational(1, 4), sp.Rational(1, 2), sp.Rational(5, 4))
        )
        proof.certified("shipped bound", holds, "15 floats within 1e-11 of ball arithmetic: T_d(kappa/2)")
    return proof


def _threshold(proof: Derivation) -> None:
    """Accepted where z > kappa/2 for beta = L, only there for beta = mu."""
    z, room = sp.Symbol("z", real=True), sp.Symbol("room", positive=True)
    proof.premise("smooth", "f(x + v) <= f(x) + <g,v> + L |v|^2/2; z = -sqrt(d) <g,s>/|g|")
    proof.premise("strongly convex", "f(x + v) >= f(x) + <g,v> + mu |v|^2/2; for |x|^2 both are equal, L = mu")
    length = kappa * G / (beta * sp.sqrt(d))
    rise = -length * G * z / sp.sqrt(d) + beta * length**2 / 2
    proof.identity("rise", rise, -length * G / sp.sqrt(d) * (z - kappa / 2), "beta = L from above, mu from below")
    text = "beta = L: z > kappa/2 makes f(y) < f(x), which is accepted"
    proof.nonnegative("long enough", -rise.subs(z, kappa / 2 + room), length * G / sp.sqrt(d) * room, text)
    text = "beta = mu: z <= kappa/2 makes f(y) >= f(x), which is not; z = kappa/2 has probability 0"
    under = sp.Symbol("under", nonnegative=True)
    proof.nonnegative("too short", rise.subs(z, kappa / 2 - under), length * G / sp.sqrt(d) * under, text)
    proof.rule("acceptance", "monotonicity of expectation", "P(accept) >= T_d(kappa/2), <= T_d(kappa/2), respectively")


def _gaussian(proof: Derivation) -> None:
    """E T_d((kappa/2) |u|/sqrt(d)) >= T_d(kappa/2), d >= 3."""
    proof.premise(
        "Gaussian", "u = |u| s, |u| and s independent: given |u|, a step of length sigma |u|, kappa |u|/sqrt(d)"
    )
    u = gaussian.draw(np.random.default_rng(0), (2,), 3)
    same = np.array_equal(u, np.random.default_rng(0).standard_normal((2, 3)))
    proof.certified("shipped directions", bool(same), "standard normals")
    proof.identity("E |u|^2", chi_moment(2, d), d)
    j, y, cosine = sp.Symbol("j", nonnegative=True), sp.Symbol("x", positive=True), balls.w / sp.sqrt(1 + balls.w**2)
    fall = -sp.diff((j / 2) * sp.log(1 - y**2), y).subs(y, cosine)
    proof.nonnegative("density falls", fall, sp.simplify(fall), "d = 3 + j: h_d does not increase on [0, sqrt d]")
    h, m = sp.Function("h"), sp.Symbol("m", positive=True)
    tail = HALF - sp.Integral(h(y), (y, 0, t))
    proof.identity("tangent", sp.diff(tail + h(m) * (t - m), t), h(m) - h(t))
    text = "that slope is <= 0 for t < m, >= 0 for t > m: T(t) >= T(m) - h(m) (t - m), also beyond sqrt d, where T = 0"
    proof.rule("above its tangent", "cases", text)
    short, height = _slacks("short h(m)")  # 1 - E|u|/sqrt(d)
    mean, spread = sp.symbols("E|u| Var|u|", nonnegative=True)
    proof.identity("E |u| <= sqrt d", mean**2 + spread - mean**2, spread, "d = E|u|^2 = (E|u|)^2 + Var|u|")
    text = "t = (kappa/2) |u|/sqrt d, m = kappa/2: E T(t) - T(m) >= h(m) (kappa/2) (1 - E|u|/sqrt d) >= 0"
    proof.nonnegative("Jensen", -height * (kappa / 2 * (1 - short) - kappa / 2), height * kappa * short / 2, text)


# --- gain ------------------------------------------------------------------------------------------------------------

w = sp.Symbol("w", positive=True)  # share
r = sp.Symbol("r", nonnegative=True)
a = 1 - (1 - w) ** 2


@proves("one_fifth.gain")
def gain() -> Derivation:
    """From acceptance to gain."""
    return gain_derivation()


def gain_derivation(gain: Callable[..., Any] = bounds.gain, step: Callable[..., Any] = step) -> Derivation:
    """Derive P(gap+ <= (1 - share) gap) >= gain(P(accept), ...).

    Raises
    ------
    NotProved
        For a larger gain, or a step that keeps anything but the lower of two values.
    """
    proof = Derivation(
        "one_fifth.gain",
        "P(accept) = p, u ~ N(0, I), f((1-w) y + w x*) <= (1-w) f(y) + w f*: P(gap+ <= (1-w) gap) >= p^(5/4) ((1-a)^4 "
        "(1+4a))^(d/8) exp(-(5/2) (w R/sigma)^2), every d >= 1; not so for steps of fixed length",
    )
    plain._candidate(proof, step)
    proof.premise("Gaussian", "y = x + sigma u, u ~ N(0, I); A the set of u with f(y) < f(x), P(A) = p")
    _shrunk(proof)
    _weighed(proof)
    _moment(proof)
    p, c, K = sp.symbols("p c K", positive=True)
    least = c**5 * K
    proof.identity("best c", (5 * c * p / 4 - c**5 * K / 4).subs(p, c**4 * K), least, "c^4 = p/K: p c")
    proof.identity(
        "p^(5/4) K^(-1/4)", sp.powdenest((c**4 * K) ** sp.Rational(5, 4) * K ** -sp.Rational(1, 4), force=True), least
    )
    bound = 5 * sp.log(p) / 4 + d * sp.log(1 - w) + d * sp.log(1 + 4 * a) / 8 - 5 * (w * r) ** 2 / 2
    shipped = gain(p=p, share=w, R=r, sigma=sp.Integer(1), d=d)
    shipped = sp.expand_log(sp.log(shipped), force=True).subs(sp.log(1 - w * (2 - w)), 2 * sp.log(1 - w))
    proof.identity("square", (1 - w) ** 2, 1 - w * (2 - w), "1 - a = (1 - w)^2")
    proof.identity("gain", shipped, bound, "log of p^(5/4) K^(-1/4), K at its bound")
    _cup(proof)
    return proof


def _shrunk(proof: Derivation) -> None:
    """M(y) = (1-w) y + w x* takes A to where the gap is at most 1 - w of what it is at x."""
    level, more = sp.Symbol("gap(y)", positive=True), sp.Symbol("more", nonnegative=True)
    proof.premise("convex", "f((1-w) y + w x*) <= (1-w) f(y) + w f*: gap(M(y)) <= (1-w) gap(y)")
    k = sp.Symbol("k", positive=True)  # w = 1/(1+k)
    room = ((1 - w) * (level + more) - (1 - w) * level).subs(w, 1 / (1 + k))
    proof.nonnegative("lower", room, sp.factor(sp.together(room)), "f(y) < f(x): gap(M(y)) <= (1-w) gap(x), and gains")
    one, two = sp.symbols("u_1 u_2", real=True)
    image = sp.Matrix([(1 - w) * one + w * r, (1 - w) * two])
    proof.identity("Jacobian", image.jacobian([one, two]).det(), (1 - w) ** 2, "M in units of sigma, x* - x along u_1")
    text = "density of N(0, I) at M(u) over that at u, times (1-w)^d, is W: P(M(A)) = E[W; A], M one to one"
    W = (1 - w) ** 2 * sp.exp(-(image.T * image)[0] / 2 + (one**2 + two**2) / 2)
    parts = (1 - w) * sp.exp((one**2 - ((1 - w) * one + w * r) ** 2) / 2) * (1 - w) * sp.exp(a * two**2 / 2)
    proof.identity("W", sp.simplify(sp.log(W / parts).expand(force=True)), 0, text)


def _weighed(proof: Derivation) -> None:
    """W >= (5/4) c - c^5 W^(-4)/4, so E[W; A] >= (5/4) c p - c^5 E W^(-4)/4."""
    W, c = sp.symbols("W c", positive=True)
    form = (W - c) ** 2 * (4 * W**3 + 3 * c * W**2 + 2 * c**2 * W + c**3) / (4 * W**4)
    proof.nonnegative("tangent of W", W - 5 * c / 4 + c**5 / (4 * W**4), form)
    text = "on A, for every c > 0; E[W^(-4); A] <= E W^(-4) = K"
    proof.rule("E[W; A]", "monotonicity of expectation", text)


def _moment(proof: Derivation) -> None:
    """K = E W^(-4) <= (1-w)^(-4d) (1+4a)^(-d/2) exp(10 w^2 r^2)."""
    u = sp.Symbol("u", real=True)
    across = -2 * a * u**2 - u**2 / 2
    proof.identity("across", across, -(1 + 4 * a) * u**2 / 2, "E exp(-2 a u^2) = (1+4a)^(-1/2), d - 1 times")
    along = 2 * (((1 - w) * u + w * r) ** 2 - u**2) - u**2 / 2
    centre = 4 * (1 - w) * w * r / (1 + 4 * a)
    rest = w**2 * r**2 * (2 + 8 * (1 - a) / (1 + 4 * a))
    proof.identity("along", along, -(1 + 4 * a) * (u - centre) ** 2 / 2 + rest, "(1+4a)^(-1/2) exp(rest)")
    A = sp.Symbol("a", positive=True)
    room = 10 - 2 - 8 * (1 - A) / (1 + 4 * A)
    proof.nonnegative("rest", room, 40 * A / (1 + 4 * A), "rest <= 10 w^2 r^2")
    proof.rule("K", "independence", "the coordinates of u are independent: K is the product")


def _cup(proof: Derivation) -> None:
    """A step of length 1 from the bottom of the cup's wall."""
    tiny = sp.Rational(1, 10**6)
    wall = 100 * (1 - (1 + tiny))
    proof.identity("cup, |y| = 1", wall, -sp.Rational(1, 10**4), "f(y) = max(-y_1, -1e-4): accepted where y_1 > 0")
    best = 100 * (1 + tiny) / 101
    proof.identity("cup, least", -best, 100 * (best - 1 - tiny), "least where -y_1 = 100 (y_1 - 1 - 1e-6)")
    y = np.array([[0.6, 0.8], [1e-5, np.sqrt(1 - 1e-10)], [-0.6, 0.8], [float(best), 0.0]])
    found = bounds.Cup(2)(y)
    holds = bool(np.allclose(found, [-1e-4, -1e-5, 0.6, bounds.Cup.f_star], rtol=1e-9))
    proof.certified("shipped cup", holds, "4 values of max(-y_1, 100 (|y| - 1 - 1e-6)), convex")
    text = (
        "no step of length 1 takes more than 1e-4, half are accepted: no positive bound of that kind for share > 2e-4"
    )
    proof.certified("fixed length", bool(2 * sp.Rational(1, 10**4) * best > sp.Rational(1, 10**4)), text)


# --- progress --------------------------------------------------------------------------------------------------------

PLACE = sp.Rational("0.84162"), sp.Rational("0.84163")  # around the root of Phi(-y) = 1/5


@proves("one_fifth.progress")
def progress() -> Derivation:
    """Progress where a fifth is accepted."""
    return progress_derivation()


def progress_derivation(
    factor: Callable[..., Any] = bounds.factor, constant: Any = None, step: Callable[..., Any] = step
) -> Derivation:
    """Derive E gap+ <= (1 - c_d/(d Q)) gap, c_d = 2 kappa W_d(kappa/2), and that c_d tends to `constant` + [0, 1e-4].

    Raises
    ------
    NotProved
        For another factor or constant.
    """
    constant = sp.Rational(str(bounds.HELD)) if constant is None else sp.sympify(constant)
    proof = Derivation(
        "one_fifth.progress",
        "T_d(kappa/2) = 1/5: E gap+ <= (1 - 2 kappa W_d(kappa/2)/(d Q)) gap, equal on |x|^2; the constant tends to one "
        "in [0.3758, 0.3759], 92.8 % of the best, at which 27 % are accepted",
    )
    plain._fall(proof, step)
    W, s = _slacks("W s")
    at = kappa * G / (L * sp.sqrt(d))
    proof.identity("threshold", sp.sqrt(d) * L * at / (2 * G), kappa / 2, "sqrt(d) tau = kappa/2")
    mean = at * G * W / sp.sqrt(d)
    proof.identity("mean fall", mean, kappa * W * G**2 / (L * d), "alpha G E max(s_1 - tau, 0)")
    proof.premise("dominated", "G^2 = 2 mu gap + s, mu = L/Q; s = 0 and no slack on |x|^2")
    left = gap - mean.subs(G, sp.sqrt(2 * L * gap / Q + s))
    text = "E gap+ <= (1 - 2 kappa W/(d Q)) gap, equal at s = 0"
    proof.nonnegative("expected gap", factor(n=d, Q=Q, c=2 * kappa * W) * gap - left, s * kappa * W / (L * d), text)
    _inverse(proof)
    _limit(proof, constant)
    return proof


def _inverse(proof: Derivation) -> None:
    """The shipped length is accepted with probability 1/5."""
    with ctx.workprec(512):
        holds = all(
            bool(
                abs(5 * balls.sphere_tail_ball(size, sp.Rational(float(bounds.held_length(d=size, p=0.2)) / 2)) - 1)
                < arb("1e-10")
            )
            for size in (3, 10, 100, 10**6)
        )
        proof.certified("shipped length", holds, "4 floats: T_d(kappa/2) within 1e-10 of 1/5, relatively")
    factors = [float(bounds.held(d=size, Q=2.0, p=0.2)) for size in (3, 10)]
    lengths = [float(bounds.held_length(d=size, p=0.2)) for size in (3, 10)]
    wanted = [
        1 - 2 * k * float(bounds.excess(size, k / 2)) / (size * 2) for size, k in zip((3, 10), lengths, strict=True)
    ]
    proof.certified("shipped factor", bool(np.allclose(factors, wanted, rtol=1e-14)), "1 - 2 kappa W_d(kappa/2)/(d Q)")


def _limit(proof: Derivation, constant: Any) -> None:
    """c_d tends to 4 y W(y) of N(0, 1), Phi(-y) = 1/5."""
    keep._watson_below(proof)
    keep._density_below(proof)
    balls.bound_density(proof)
    keep._twice(proof)
    e = balls.e
    below = sp.sqrt((1 - 3 * e / 2) / (2 * sp.pi)) * sp.exp(-(t**2) / 2 - e * t**4 / 2)
    above = sp.sqrt((1 - e) / (2 * sp.pi)) * sp.exp(-(t**2) / 2 + balls.excess(t))
    for name, side in (("below", below), ("above", above)):
        proof.identity(f"h, {name}: e = 0", side.subs(e, 0), sp.exp(-(t**2) / 2) / sp.sqrt(2 * sp.pi))
    text = "h_d -> phi uniformly on [0, 1]; with it T_d = 1/2 - (h over [0, y]), W_d in integral form, and the y_d"
    proof.rule("d -> oo", "limit of inequalities", text + " with T_d(y_d) = 1/5")
    low, high = PLACE
    keep._best_length_of_all(proof)
    with ctx.workprec(balls.PRECISION):
        fifth = arb(1) / 5
        inside = balls.normal_tail_ball(low) > fifth and balls.normal_tail_ball(high) < fifth
        proof.certified("y", bool(inside), f"Phi(-y) = 1/5 at {low} < y < {high}")
        least = 4 * balls.enclose(low) * keep._normal_excess(balls.enclose(high))
        most = 4 * balls.enclose(high) * keep._normal_excess(balls.enclose(low))
        text = f"{constant} < 4 y W(y) < {constant} + 1e-4"
        top = balls.enclose(constant + sp.Rational(1, 10**4))
        proof.certified("constant", bool(least > balls.enclose(constant)) and bool(most < top), text)
        best = 4 * arb("0.612") * keep._normal_excess(arb("0.612"))
        proof.certified("best", bool(best > arb("0.4049")), "the best, at 0.612, is between 0.4049 and 0.405")
        part = bool(least / arb("0.405") > arb("0.9275")) and bool(most / arb("0.4049") < arb("0.9285"))
        proof.certified("part", part, "92.8 % of the best")
        often = balls.normal_tail_ball(sp.Rational("0.612")) < arb("0.275")
        often = bool(often) and bool(balls.normal_tail_ball(sp.Rational("0.6121")) > arb("0.265"))
        proof.certified("27 %", often, "accepted at the best length")


# --- hitting time ----------------------------------------------------------------------------------------------------

l = sp.Symbol("l", positive=True)  # noqa: E741  log(growth)
low5, high5 = sp.symbols("1-5rare 5often-1", positive=True)
B, k, mu = sp.symbols("B k mu", positive=True)
up, down = 4 * B / (l * low5), 4 * B / (l * high5)  # slopes of V in the offset of log(alpha)


@proves("one_fifth.hitting_time")
def hitting_time() -> Derivation:
    """Expected hitting time of the (1+1)-ES."""
    return hitting_derivation()


def hitting_derivation(
    pull: Callable[..., Any] = bounds.pull,
    balance: Callable[..., Any] = bounds._balance,
    adapting: Callable[..., Any] = bounds.adapting,
    rule: Callable[..., Any] = radii.one_fifth,
    widest: Any = 2,
    step: Callable[..., Any] = step,
) -> Derivation:
    """Derive E T <= (V - log(eps) - log(1 - pull))/B for every growth in (1, widest].

    Raises
    ------
    NotProved
        For a larger B or pull, fewer steps that adapt, another rule, or a growth that is too large.
    """
    proof = Derivation(
        "one_fifth.hitting_time",
        "f L-smooth, mu-strongly convex; (1+1)-ES with the 1/5 rule, growth in (1, 2], d >= 3: E T <= (V_0 - log eps - "
        "log(1 - 2.4/(sqrt(5) d Q)))/B",
    )
    _rule(proof, rule)
    _sizes(proof)
    _often_enough(proof)
    _slopes(proof, balance, adapting)
    _far_too_long(proof, widest)
    _far_too_short(proof)
    _between(proof, pull, balance)
    _stopping(proof, pull)
    return proof


def _rule(proof: Derivation, rule: Callable[..., Any]) -> None:
    holds = True
    for growth in (1.001, 1.2, 2.0):
        after = rule(3.0, growth).after(np.asarray([3.0, 3.0]), np.asarray([True, False]))
        holds &= bool(np.allclose(np.log(after / 3.0), np.log(growth) * np.array([1, -0.25]), rtol=1e-10))
    proof.certified("shipped rule", holds, "log(alpha) moves by l after an accepted step, by -l/4 after a rejected one")
    p = sp.Symbol("p", positive=True)
    proof.identity("mean move", p * l - (1 - p) * l / 4, l * (5 * p - 1) / 4, "of log(alpha)")


def _sizes(proof: Derivation) -> None:
    """Kappa <= k and R/sigma <= d Q/k."""
    s, q = _slacks("s q")
    proof.premise("dominated", "G^2 = 2 mu gap + s and R^2 = 2 gap/mu - q; both follow from mu-strong convexity")
    size = d * alpha**2 * L**2
    room = size / (2 * mu * gap) - size / (2 * mu * gap + s)
    proof.nonnegative("kappa <= k", sp.factor(room), sp.factor(room), "k^2 - kappa^2 >= 0")
    square = 2 * gap / mu - q
    far = (d * L / mu) ** 2 / (size / (2 * mu * gap)) - square * d / alpha**2
    proof.nonnegative("R/sigma", far, q * d / alpha**2, "(d Q/k)^2 - (R/sigma)^2 >= 0")


@cache
def _success() -> Derivation:
    return success()


@cache
def _gain() -> Derivation:
    return gain()


def _lemma(proof: Derivation, lemma: Derivation) -> None:
    proof.certified(lemma.claim, lemma.status == "steps checked", lemma.statement)


def _often_enough(proof: Derivation) -> None:
    """P(accept) >= Phi(-k/2) for k <= 12/5."""
    _lemma(proof, _success())
    keep._above_normal(proof, FAR, keep.UPTO)
    text = "P(accept) >= T_d(kappa/2) >= T_d(k/2) >= Phi(-k/2) for k <= 12/5, d >= 3"
    proof.rule("P(accept)", "monotonicity of expectation", text)
    with ctx.workprec(balls.PRECISION):
        near = abs(balls.normal_tail_ball(NEAR) / arb(bounds.OFTEN) - 1) < arb("1e-15")
        far = abs(balls.normal_tail_ball(FAR) / arb(bounds.RARE) - 1) < arb("1e-15")
        proof.certified("rare, often", bool(near) and bool(far), "the floats of Phi(-6/5), Phi(-1/2), to 1e-15")
        inside = bool(balls.normal_tail_ball(FAR) < arb("0.2")) and bool(balls.normal_tail_ball(NEAR) > arb("0.2"))
        proof.certified("about 1/5", inside, "rare < 1/5 < often")


def _slopes(proof: Derivation, balance: Callable[..., Any], adapting: Callable[..., Any]) -> None:
    """V = D + max(up o, -down o), o = log(k) - l; what one step does to it."""
    for offset in (0.7, -0.7):
        wanted = max(4 * offset / (1 - 5 * bounds.RARE), -4 * offset / (5 * bounds.OFTEN - 1)) / 0.3
        close = bool(np.isclose(adapting(offset=offset, log_growth=0.3), wanted, rtol=1e-13))
        proof.certified(f"adapting at {offset}", close, "B adapting = max(up o, -down o)")
    V, arguments = sp.Symbol("V"), {"d": 5, "L": 3.0, "mu": 2.0, "alpha": 0.3, "gap": 0.7, "log_growth": 0.3}
    shipped = bounds.potential(**arguments)
    offset = np.log(np.sqrt(5) * 0.3 * 3 / np.sqrt(2 * 2 * 0.7)) - 0.3
    rate = bounds.drift(d=5, Q=1.5, log_growth=0.3)
    close = np.isclose(shipped, np.log(0.7) + rate * adapting(offset=offset, log_growth=0.3), rtol=1e-13)
    proof.certified("shipped potential", bool(close), f"{V} = D + B adapting(log(k) - l)")
    move, x = sp.Symbol("m", real=True), sp.Symbol("x", nonnegative=True)  # of log(alpha), and the fall of D
    o = sp.Symbol("o", real=True)
    turned = move + x / 2  # change of o = log(alpha) - D/2 + const
    first = (-x + up * (o + turned)) - up * o
    proof.identity("above its place", first, -(1 - up / 2) * x + up * move, "change of D + up o")
    second = (-x - down * (o + turned)) + down * o
    text = "change of D - down o, at most -(1 - up/2) x - down m"
    proof.nonnegative("below its place", -(1 - up / 2) * x - down * move - second, (up + down) / 2 * x, text)
    proof.rule(
        "either", "cases", "V is the larger of the two: it changes by at most -(1 - up/2) x + max(up m, -down m)"
    )
    F, sides = sp.symbols("F sides", positive=True)
    solved = F / (sides + 2 * F / (l * low5))
    text = "1 - up/2 = sides/(sides + 2 F/(l (1 - 5 rare))) > 0"
    proof.identity(
        "1 - up/2", sp.simplify((1 - up / 2).subs(B, solved) - sides / (sides + 2 * F / (l * low5))), 0, text
    )
    rare, often = sp.symbols("rare often", positive=True)
    p = sp.Symbol("p", positive=True)
    form = F / (1 + 4 * p / (1 - 5 * rare) + (1 - p) / (5 * often - 1) + 2 * F / (l * (1 - 5 * rare)))
    proof.identity("shipped B", balance(F, l, rare, often, p), form, "B = F/(N(p) + 2 F/(l (1 - 5 rare)))")


def _far_too_long(proof: Derivation, widest: Any) -> None:
    """P(accept) < rare."""
    text = "then k > 12/5, and o > log(12/5) - l >= l/4: o stays >= 0 after a rejected step, V changes by at most up m"
    proof.certified("too long", bool(sp.Integer(widest) ** 5 <= (2 * FAR) ** 4), f"{widest}^(5/4) <= 12/5; " + text)
    q = sp.Symbol("q", nonnegative=True)  # rare - p
    p = (1 - low5) / 5 - q
    mean = up * l * (5 * p - 1) / 4
    proof.nonnegative("too long: drift", -B - mean, 5 * B * q / low5, "E change <= -B")


def _far_too_short(proof: Derivation) -> None:
    """K < 1: o < -l."""
    x, under, half = _slacks("x under half")  # o = -l - under; half = 1 - up/2
    proof.premise("too short", "k < 1: o = -l - under, P(accept) >= often")
    start = down * (l + under)  # V - D
    kept = -x * (1 + down / 2) + down * under
    proof.nonnegative("too short, accepted, below", start - down * l - kept, x * (1 + down / 2), "V+ <= V - down l")
    over = -half * x - up * under  # D+ - D + up (o + l + x/2)
    text = "also where o+ > 0: V+ <= V - down l"
    proof.nonnegative("too short, accepted, above", start - down * l - over, half * x + (up + down) * under, text)
    proof.identity("too short, rejected", down * (l + under + l / 4) - start, down * l / 4, "o+ < 0 still")
    q = sp.Symbol("q", nonnegative=True)  # p - often
    p = (1 + high5) / 5 + q
    mean = -p * down * l + (1 - p) * down * l / 4
    proof.nonnegative("too short: drift", -B - mean, 5 * B * q / high5, "E change <= -B")


def _between(proof: Derivation, pull: Callable[..., Any], balance: Callable[..., Any]) -> None:
    """K >= 1 and P(accept) >= rare: the fall of D pays."""
    _lemma(proof, _gain())
    p = sp.Symbol("p", positive=True)
    mean = p * up * l + (1 - p) * down * l / 4
    sides = 1 + 4 * p / low5 + (1 - p) / high5
    proof.identity("sides", mean, B * (sides - 1), "p up l + (1 - p) down l/4 = B (N(p) - 1)")
    share = pull(d=d, Q=Q)
    proof.identity("share", share * sp.sqrt(5) * d * Q, 2 * sp.nsimplify(bounds.FAR), "w sqrt(5) d Q = min(k, 12/5)")
    c = sp.Symbol("c", nonnegative=True)
    reach = (1 / sp.sqrt(5) / (1 + c)) ** 2
    text = "w R/sigma <= (k/(sqrt(5) d Q)) (d Q/k) = 1/sqrt(5): exp(-(5/2)/5) = exp(-1/2)"
    proof.nonnegative("reach", sp.Rational(1, 5) - reach, sp.factor(sp.Rational(1, 5) - reach), text)
    A = sp.Symbol("a", positive=True)
    slope = sp.diff(4 * sp.log(1 - A) + sp.log(1 + 4 * A), A)
    proof.identity(
        "contracted", slope, -20 * A / ((1 - A) * (1 + 4 * A)), "it falls with a: at least its value at 12/5"
    )
    balls.grows(proof, "-log(1-w) >= w", -balls.w - sp.log(1 - balls.w), balls.w, balls.t / (1 + balls.t))
    text = "E x >= w P(gain) >= w p^(5/4) C, C = exp(-1/2) contracted at 12/5"
    proof.rule("fall of D", "monotonicity of expectation", text)
    one, N = sp.symbols("one N", positive=True)
    root = sp.Symbol("p^(1/4)", positive=True)
    lean = sp.Symbol("lean", real=True)  # N(p) = one + lean p
    slope = sp.diff(root**5 / (one + lean * root**4), root)
    form = root**4 * (4 * one + N) / N**2
    proof.identity("p^(5/4)/N(p): slope", slope, form.subs(N, one + lean * root**4), "> 0: least at the least p")
    F, rare, often = sp.symbols("F rare often", positive=True)
    solved = balance(F, l, rare, often, rare)
    known = 1 + 4 * rare / (1 - 5 * rare) + (1 - rare) / (5 * often - 1)
    left = solved * known - (1 - 2 * solved / (l * (1 - 5 * rare))) * F
    text = "B N(rare) = (1 - up/2) F, F = w rare^(5/4) C at k = 12/5: so there the fall pays for both sides and B"
    proof.identity("balance", sp.simplify(left), 0, text)
    _pays(proof)


def _pays(proof: Derivation) -> None:
    """K Phi(-k/2)^(5/4)/N(Phi(-k/2)) >= its value at 12/5, for 1 <= k <= 12/5."""
    split = sp.Rational(19, 10)
    with ctx.workprec(balls.PRECISION):
        rare, often = balls.normal_tail_ball(FAR), balls.normal_tail_ball(NEAR)
        low, high = 1 - 5 * rare, 5 * often - 1

        def sides(p: arb) -> arb:
            return 1 + 4 * p / low + (1 - p) / high

        def paid(size: arb) -> arb:
            p = _tail(size / 2)
            return size * p ** (arb(5) / 4) / sides(p)

        def slope(size: arb) -> arb:
            """Of the logarithm."""
            p = _tail(size / 2)
            fall = keep._normal_density(size / 2) / 2
            return 1 / size - fall * (arb(5) / 4 / p - (4 / low - 1 / high) / sides(p))

        target = paid(balls.enclose(2 * FAR))
        early = all(bool(paid(cell) > target) for cell in balls.cells(2 * NEAR, split, 60))
        proof.certified("pays, k <= 19/10", early, "k p^(5/4)/N(p), p = Phi(-k/2), above its value at 12/5")
        late = all(bool(slope(cell) < 0) for cell in balls.cells(split, 2 * FAR, 60))
        proof.certified("pays, k >= 19/10", late, "and falling from there to 12/5")
        proof.rule("pays", "cases", "k > 12/5: the share, and with it F, stays that of 12/5, and p >= rare")
        last = 4 * rare ** (arb(5) / 4) / (sides(rare) * high) < 1
        last = bool(last) and bool(rare ** (arb(5) / 4) / (sides(rare) * low) < 1)
        proof.certified("least changes", last, "down l = 4 B/(5 often - 1) and up l/4 = B/(1 - 5 rare) are below w")
        words = bool(4 / low < arb("9.5")) and bool(4 / high < arb("7.4"))
        proof.certified("constants", words, "4/(1 - 5 rare) < 9.5, 4/(5 often - 1) < 7.4")
        size = 2 * balls.enclose(FAR) / arb(5).sqrt() * rare ** (arb(5) / 4) * (-arb(1) / 2).exp() / sides(rare)
        proof.certified("0.0117", bool(size > arb("0.01165")) and bool(size < arb("0.01175")), "d Q B, as d grows")


def _tail(x: arb) -> arb:
    return (x / arb(2).sqrt()).erfc() / 2


def _stopping(proof: Derivation, pull: Callable[..., Any]) -> None:
    """E T <= (V_0 - log(eps) + A)/B, A = -log(1 - pull)."""
    text = "changes counted: where D falls, by no more than A; C >= V+ - V, C >= -A, and E C <= -B by the three cases"
    proof.rule("counted changes", "cases", text)
    V0, last, A, more = sp.symbols("V_0 log(eps) A more", nonnegative=True)
    proof.premise("before T", "V_t >= D_t > log(eps) for t < T, D_t = log(gap_t)")
    text = "m = min(T, n) >= 1: the sum of -C over t < m is at most V_0 - V_{m-1} + A <= V_0 - log(eps) + A"
    proof.nonnegative("what can fall", (V0 - last + A) - (V0 - (last + more) + A), more, text)
    text = "B E min(T, n) <= E of that sum, min(T, n) > t being decided before step t"
    proof.rule("stopping", "tower property", text)
    proof.rule("n -> oo", "limit of inequalities", "E min(T, n) increases to E T")
    arguments = {"d": 5, "L": 3.0, "mu": 2.0, "alpha": 0.3, "gap": 0.7, "log_growth": 0.3}
    found = bounds.hitting_time(**arguments, eps=0.01)
    share = float(pull(d=5, Q=1.5))
    wanted = bounds.potential(**arguments) - np.log(0.01) - np.log1p(-share)
    close = np.isclose(found * bounds.drift(d=5, Q=1.5, log_growth=0.3), wanted, rtol=1e-12)
    proof.certified("shipped hitting time", bool(close), "(V_0 - log(eps) - log(1 - pull))/B")
    fall = share * float(bounds.gain(p=bounds.RARE, share=share, R=1.0, sigma=share * np.sqrt(5), d=5))
    rate = bounds._balance(fall, 0.3, bounds.RARE, bounds.OFTEN, bounds.RARE)
    proof.certified("shipped drift", bool(np.isclose(rate, bounds.drift(d=5, Q=1.5, log_growth=0.3), rtol=1e-12)), "B")


@proves("one_fifth.tail")
def tail() -> Derivation:
    """With which probability it takes longer."""
    return tail_derivation()


def tail_derivation(steps: Callable[..., Any] = bounds.tail, moment: Callable[..., Any] = bounds.moment) -> Derivation:
    """Derive P(T > n) <= failure at n = 2 (V - log(eps))/B + (4 M^2/B^2) log(1/failure).

    Raises
    ------
    NotProved
        For fewer steps or a larger rate.
    """
    proof = Derivation(
        "one_fifth.tail", "P(T > 2 (V_0 - log eps)/B + (4 M^2/B^2) log(1/failure)) <= failure, M = -log(1 - pull)"
    )
    drift = _hitting()
    proof.certified(
        drift.claim, drift.status == "steps checked", drift.statement + "; counted changes -M <= C, E C <= -B"
    )
    with ctx.workprec(balls.PRECISION):
        rare, often = balls.normal_tail_ball(FAR), balls.normal_tail_ball(NEAR)
        sides = 1 + 4 * rare / (1 - 5 * rare) + (1 - rare) / (5 * often - 1)
        share = rare ** (arb(5) / 4) / sides  # of w, that B is less than
        small = bool(4 * share / (1 - 5 * rare) < 1) and bool(share < 2)
        proof.certified("C <= M", small, "up l = 4 B/(1 - 5 rare) < w <= M, the most that C can rise; B < 2 M")
    x = sp.Symbol("x", nonnegative=True)
    balls.grows(proof, "exp(-x) >= 1 - x", sp.exp(-x) - 1 + x, x, sp.log(1 + balls.w))
    _square_of(proof)
    M, H, failure = sp.symbols("M H failure", positive=True)
    size = B / (2 * M**2)
    rate = B**2 / (4 * M**2)
    text = "E exp(lambda C) <= 1 - lambda B + lambda^2 M^2 = 1 - rate <= exp(-rate), lambda = B/(2 M^2), lambda M <= 1"
    proof.identity("moment", 1 - size * B + size**2 * M**2, 1 - rate, text)
    proof.rule("n steps", "tower property", "E[exp(lambda sum C); T > n] <= exp(-n rate), T > t decided before step t")
    text = "on T > n: sum of C >= V_n - V_0 > log(eps) - V_0 = -H"
    proof.rule("T > n", "Markov's inequality", text + "; P(T > n) <= exp(lambda H - n rate)")
    longest = 2 * H / B - sp.log(failure) / rate
    proof.identity(
        "failure", size * H - longest * rate, sp.log(failure), "at n = 2 H/B + log(1/failure)/rate, or later"
    )
    arguments = {"d": 5, "L": 3.0, "mu": 2.0, "alpha": 0.3, "gap": 0.7, "log_growth": 0.3}
    condition = {"d": 5, "Q": 1.5, "log_growth": 0.3}
    fall, most = float(bounds.drift(**condition)), -np.log1p(-float(bounds.pull(d=5, Q=1.5)))
    found = moment(**condition)
    wanted = fall / (2 * most**2), fall**2 / (4 * most**2)
    proof.certified("shipped moment", bool(np.allclose(found, wanted, rtol=1e-12)), "lambda and rate")
    wanted = 2 * (bounds.potential(**arguments) - np.log(0.01)) / fall + np.log(5) / wanted[1]
    close = np.isclose(steps(**arguments, eps=0.01, failure=0.2), wanted, rtol=1e-12)
    proof.certified("shipped steps", bool(close), "2 (V_0 - log(eps))/B + log(1/failure)/rate")
    text = "P(gap_n > eps) <= exp(lambda H) exp(-n rate): summable over n for every eps, and the gap never rises"
    proof.rule("probability 1", "limit of inequalities", text)
    return proof


@cache
def _hitting() -> Derivation:
    return hitting_time()


def _square_of(proof: Derivation) -> None:
    """Exp(x) <= 1 + x + x^2 for -1 <= x <= 1."""
    x = sp.Symbol("x", nonnegative=True)
    log2 = sp.log(2)
    slope = sp.diff(1 + x + x**2 - sp.exp(x), x)
    proof.identity(
        "exp: slope", slope, 1 + 2 * x - sp.exp(x), "for 0 <= x <= 1 it is concave, 0 at 0, 3 - e at 1: >= 0"
    )
    proof.identity("exp: bend", sp.diff(slope, x), 2 - sp.exp(x), "so it rises up to log 2 and falls from there")
    with ctx.workprec(balls.PRECISION):
        proof.certified("exp: ends", bool(arb(1).exp() < 3) and bool(balls.enclose(log2) < 1), "3 - e > 0, log 2 < 1")
    below = 1 - x + x**2 - sp.exp(-x)
    proof.identity("exp: below 0", sp.diff(below, x), sp.exp(-x) - 1 + 2 * x, "= (exp(-x) - 1 + x) + x >= 0")
    proof.rule("exp(x) <= 1 + x + x^2", "monotonicity of expectation", "0 at 0, integrals of slopes >= 0, on [-1, 1]")


@proves("one_fifth.fixed_length")
def fixed_length() -> Derivation:
    """Steps of fixed length."""
    return fixed_derivation()


def fixed_derivation(
    drift: Callable[..., Any] = bounds.drift_fixed_length,
    steps: Callable[..., Any] = bounds.fixed_length,
    rule: Callable[..., Any] = radii.one_fifth,
    step: Callable[..., Any] = step,
) -> Derivation:
    """Derive E T <= (log(gap_0/eps) + 1)/B + adapting for steps of fixed length.

    Raises
    ------
    NotProved
        For a larger B, fewer steps or another rule.
    """
    proof = Derivation(
        "one_fifth.fixed_length",
        "sphere directions, Q < sqrt(d)/y, T_d(y) = Phi(-6/5), growth in (1, 2], d >= 3: E T <= (V_0 - log eps + 1)/B, "
        "B = F/(N(1/2) + 2 F/(l (1 - 5 rare))), F = 2 W_d(Q y)/(d Q)",
    )
    _rule(proof, rule)
    _sizes(proof)
    _often_enough(proof)
    _slopes(proof, bounds._balance, bounds.adapting)
    _far_too_long(proof, 2)
    _far_too_short(proof)
    plain._fall(proof, step)
    _falls_far_enough(proof)
    text = (
        "changes counted: log(gap) falls by -log(1 - x) >= x, x the relative fall, and no more than x <= 1 is counted"
    )
    proof.rule("counted changes", "cases", text)
    V0, last, more = sp.symbols("V_0 log(eps) more", nonnegative=True)
    text = "the sum of -C over t < min(T, n) is at most V_0 - V_{m-1} + 1 <= V_0 - log(eps) + 1"
    proof.nonnegative("what can fall", (V0 - last + 1) - (V0 - (last + more) + 1), more, text)
    proof.rule("stopping", "tower property", "B E min(T, n) <= E of that sum")
    proof.rule("n -> oo", "limit of inequalities", "E min(T, n) increases to E T")
    _shipped_fixed(proof, drift, steps)
    return proof


def _falls_far_enough(proof: Derivation) -> None:
    """K >= 1, P(accept) >= rare: E x >= 2 W_d(Q y)/(d Q), which pays whatever p <= 1/2."""
    text = "rare <= P(accept) <= T_d(kappa/(2 Q)), by one_fifth.success: kappa <= 2 Q y; and P(accept) <= 1/2"
    proof.rule("not too long", "cases", text)
    W = sp.Symbol("W", nonnegative=True)
    slope = kappa * G / (L * sp.sqrt(d)) * G * W / sp.sqrt(d)
    square = 2 * mu * gap * (k / kappa) ** 2  # G^2, since k/kappa = G/sqrt(2 mu gap)
    fall = sp.simplify(slope.subs(G, sp.sqrt(square)).subs(L, Q * mu) / gap)
    proof.identity("E x", fall, 2 * k**2 * W / (kappa * d * Q), "E x >= 2 k^2 W_d(kappa/2)/(kappa d Q)")
    more, extra = _slacks("more extra")  # k = kappa + more, k = 1 + extra
    form = 2 * W / (d * Q) * (extra + (kappa + more) * more / kappa)
    room = 2 * (kappa + more) ** 2 * W / (kappa * d * Q) - 2 * W / (d * Q)
    proof.identity("k >= kappa, 1: form", sp.simplify((room - form).subs(extra, kappa + more - 1)), 0)
    proof.nonnegative("k >= kappa, 1", form, form, "E x >= 2 W_d(kappa/2)/(d Q) >= 2 W_d(Q y)/(d Q) = F, W_d falling")
    lean = sp.Symbol("lean", nonnegative=True)
    with ctx.workprec(balls.PRECISION):
        rare, often = balls.normal_tail_ball(FAR), balls.normal_tail_ball(NEAR)
        leans = bool(4 / (1 - 5 * rare) > 1 / (5 * often - 1))
        proof.certified("N rises", leans, "N(p) = one + lean p, lean > 0: at most N(1/2)")
        last = bool(4 / (1 - 5 * rare) < 50) and bool(4 / (5 * often - 1) < 50)
        size = 2 * keep._normal_excess(balls.enclose(FAR)) / (1 + 2 / (1 - 5 * rare) + 1 / (2 * (5 * often - 1)))
        words = bool(size > arb("0.0168")) and bool(size < arb("0.0170"))
        proof.certified("0.0169", words, "d B for Q = 1, as d grows")
        sides = 1 + 2 / (1 - 5 * rare) + 1 / (2 * (5 * often - 1))
        proof.certified("0.3", bool(2 / sides > arb("0.3")) and bool(2 / sides < arb("0.305")), "2/N(1/2)")
        text = "d B < 2 E max(z, 0)/N(1/2) < 2 sqrt(d)/6: down l, up l/4 <= 9.5 B < 1 at d > 10"
        small = all(bool(10 * 2 * keep.excess_ball(size, FAR) / (sides * size) < 1) for size in range(3, 41))
        proof.certified(
            "least changes", last and small, "9.5 B < 1 for 3 <= d <= 40, and W_d <= 1, 20/(6.6 d) < 1 beyond"
        )
    high = sp.Symbol("1/2-p", nonnegative=True)
    proof.nonnegative("half", lean / 2 - lean * (HALF - high), lean * high, "N(1/2) - N(p) >= 0 for p <= 1/2")
    F, rare, often = sp.symbols("F rare often", positive=True)
    solved = bounds._balance(F, l, rare, often, HALF)
    known = 1 + 2 / (1 - 5 * rare) + 1 / (2 * (5 * often - 1))
    left = solved * known - (1 - 2 * solved / (l * (1 - 5 * rare))) * F
    proof.identity("balance", sp.simplify(left), 0, "B N(1/2) = (1 - up/2) F: the fall pays for both sides and B")


def _shipped_fixed(proof: Derivation, drift: Callable[..., Any], steps: Callable[..., Any]) -> None:
    with ctx.workprec(512):
        sides = 1 + 2 / (1 - 5 * bounds.RARE) + 1 / (2 * (5 * bounds.OFTEN - 1))
        close = True
        for size, ratio in ((9, 1.5), (100, 2.0), (10**6, 3.0)):
            place = float(bounds.held_length(d=size, p=bounds.RARE)) / 2
            inside = abs(balls.sphere_tail_ball(size, sp.Rational(place)) / arb(bounds.RARE) - 1) < arb("1e-10")
            fall = 2 * float(bounds.excess(size, ratio * place)) / (size * ratio)
            wanted = fall / (sides + 2 * fall / (0.3 * (1 - 5 * bounds.RARE)))
            close &= bool(inside) and bool(np.isclose(drift(d=size, Q=ratio, log_growth=0.3), wanted, rtol=1e-10))
        proof.certified("shipped drift", close, "3 floats: T_d(y) = rare, F = 2 W_d(Q y)/(d Q), B")
    arguments = {"d": 9, "L": 3.0, "mu": 2.0, "alpha": 0.3, "gap": 0.7, "log_growth": 0.3}
    offset = np.log(3 * 0.3 * 3 / np.sqrt(2 * 2 * 0.7)) - 0.3
    rate = drift(d=9, Q=1.5, log_growth=0.3)
    wanted = (np.log(70) + 1) / rate + bounds.adapting(offset=offset, log_growth=0.3)
    close = np.isclose(steps(**arguments, eps=0.01), wanted, rtol=1e-12)
    proof.certified("shipped steps", bool(close), "(V_0 - log(eps) + 1)/B, V_0 = log(gap) + B adapting")

"""Relative-loss descent on mini-batches: why the claims of ``zotheory/claims/relative_loss_minibatch.py`` hold.

Main statements
---------------
- `decrease`: one step on one sample, with the whole noise lost and no more, every dimension from one.
- `stationary`, `growing`: what the falls of T steps add up to, for batches of one size and for growing ones.
- `floor`: a run on the line that never comes closer than the noise.
- `weighted`, `per_evaluation`: the value-weighted form, and which of the two takes more.

Notation
--------
One step: s a fixed direction, mu = alpha <g,s> >= 0 (or take -s), a = alpha <G,s> for a sample X, E a = mu; D_+ = a +
r_+ and D_- = -a + r_- the relative losses of x + alpha s and x - alpha s, |r| <= rho = L alpha^2/2; i_+, i_- in {0, 1}:
whether the sample accepts them, p_+ = E i_+, p_- = E i_-. m = m_d. S sum of E|grad f|. On the line: k the point in
units of alpha, T_j = P(k >= j), r = p/(1 - p). Weighted: A = <G,u>, c = <g,u>, relative loss = delta (A + R), |R| <= e.
Hypotheses enter as slacks, non-negative symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import sympy as sp

from proofs import bound_of, derivation, proves
from proofs.comparisons import opaque
from proofs.lemmas import decimal, nonnegatives, variance
from zotheory import directions as laws
from zotheory import sphere
from zotheory.evidence.derivation import Derivation
from zotheory.measurements.relative_loss_minibatch import transitions
from zotheory.methods.relative_loss import Move, State, step, weighted_step
from zotheory.methods.two_point import State as TwoPointState
from zotheory.methods.two_point import step as two_point_step
from zotheory.oracles import Batches
from zotheory.problems import NoisyLinear
from zotheory.theorems import relative_loss_minibatch as theorems
from zotheory.theorems.sample_and_keep import PROGRESS

HALF = sp.Rational(1, 2)
alpha, G, L, T, gap, d, theta, h, delta, rms, sigma, B, slope = sp.symbols(
    "alpha |g| L T gap d theta h delta rms sigma B slope", positive=True
)
M = sp.Symbol("m_d", positive=True)
m = sphere.mean_abs(d)

Bound = Callable[..., Any]
Step = Callable[..., Any]


def _named(expression: Any) -> Any:
    """The same with the symbol m_d for Gamma(d/2)/(sqrt(pi) Gamma((d+1)/2))."""
    return sp.cancel(expression.subs(sp.gamma(d / 2), M * sp.sqrt(sp.pi) * sp.gamma((d + 1) / 2)))


# --- one step --------------------------------------------------------------------------------------------------------


@proves("relative_loss_minibatch.step")
def shipped_step(step: Step = step) -> Derivation:
    """Run the shipped step without kept values: where it looks, and what it keeps."""
    proof = Derivation(
        "relative_loss_minibatch.step", "a step goes to y = x + alpha s if F(y; X) < F(x; X), and stays at x else"
    )
    s, seen = np.array(sp.symbols("s_1 s_2", real=True), dtype=object), []
    x = np.array(sp.symbols("x_1 x_2", real=True), dtype=object)

    def look(y: Any) -> Any:
        seen.append(y)
        return np.asarray(0.0)

    move = Move(sp.sqrt(d) * s, np.asarray(alpha / sp.sqrt(d), dtype=object))
    step(look, State(x, np.asarray(0.0), x * 0, alpha, 1), move, cached=False)
    text = "F(x; X) and F(y; X), of the sample drawn for the step"
    proof.certified("the two evaluations", len(seen) == 2, text, by="enumeration")
    for axis in range(2):
        proof.identity(f"the first point along axis {axis + 1}", seen[0][axis], x[axis], "it is at x")
        text = "it is at y = x + alpha s"
        proof.identity(f"the second point along axis {axis + 1}", seen[1][axis], x[axis] + alpha * s[axis], text)
    outcomes = {ranks: _kept(step, ranks) for ranks in ((0, 0), (0, 1), (1, 0))}
    holds = outcomes == {(0, 0): 0, (0, 1): 0, (1, 0): 1}
    text = "it moves to y where F(y; X) < F(x; X), else stays"
    proof.certified("the lower of two values", holds, text, by="enumeration")
    return proof


def _kept(step: Step, ranks: tuple[int, int]) -> int:
    """0: stays, 1: moves to the candidate, -1: neither, for these ranks of F(x; X) and F(y; X)."""
    values = iter(opaque(ranks))
    x, u = np.array([5.0, -1.0]), np.array([1.0, 0.5])
    start, move = State(x, np.asarray(0.0), 0 * x, np.asarray(1.0), 1), Move(u, np.asarray(1.0))
    try:
        state = step(lambda y: _object(next(values)), start, move, cached=False)
    except TypeError:
        return -1
    return next((moved for moved, point in enumerate((x, x + u)) if np.array_equal(state.x, point)), -1)


def _object(value: Any) -> np.ndarray:
    array = np.empty((), dtype=object)
    array[()] = value
    return array


def ahead_and_behind(proof: Derivation) -> None:
    """Show c mu - 2 max(mu - a, 0) <= c a, c = 1 + i_+ - i_-, for one sample: only mu - a enters, of either sign."""
    a, under, over = nonnegatives("a under over")
    mu = a + under
    for c in (0, 1, 2):
        text = f"c = {c} and a = mu - under: c (mu - a) - 2 under <= 0"
        proof.nonnegative(f"a sample behind the mean at weight {c}", 2 * under - c * (mu - a), (2 - c) * under, text)
        text = f"c = {c} and a = mu + over: c (mu - a) <= 0"
        proof.nonnegative(f"a sample beyond the mean at weight {c}", -c * (mu - (mu + over)), c * over, text)
    proof.rule("the cases of one sample", "cases", "c mu - 2 max(mu - a, 0) <= c a = i_+ a + (1 - i_-) a")


def one_sample(proof: Derivation) -> None:
    """Show c mu - 2 max(mu - a, 0) <= i_+ (-r_+) + (1 - i_-) r_- for one sample."""
    ahead_and_behind(proof)
    below, above = nonnegatives("below above")
    r = sp.Symbol("r", real=True)
    proof.nonnegative("an accepted candidate", -r - (-r - below), below, "i_+ = 1: a + r_+ = -below < 0, a <= -r_+")
    proof.nonnegative("a candidate not accepted", r - (r - above), above, "i_- = 0: -a + r_- = above >= 0, a <= r_-")
    text = "c mu - 2 max(mu - a, 0) <= -i_+ r_+ + (1 - i_-) r_-"
    proof.rule("the curvature of one sample", "cases", text)


def spread_of_samples(proof: Derivation) -> None:
    """Show E[(p_+ - i_+) r_+ + (1 - i_- + p_-) r_-] <= (3/2) rho where |r| <= rho; E|a - mu| = 2 E max(mu - a, 0)."""
    high, low = nonnegatives("high low")
    text = "|a - mu| = 2 max(mu - a, 0) + (a - mu), and E(a - mu) = 0: E|a - mu| = 2 E max(mu - a, 0)"
    proof.identity("a sample ahead of the mean", sp.Abs(high), 2 * sp.Max(-high, 0) + high, "a - mu = high: " + text)
    proof.identity("a sample behind the mean", sp.Abs(-low), 2 * sp.Max(low, 0) - low, "a - mu = -low: " + text)
    proof.rule("the mean distance of the samples", "linearity of expectation", text)
    p = sp.Symbol("p_+", nonnegative=True)
    spread = p * (1 - p) + (1 - p) * p
    text = "E|p_+ - i_+|: 1 - p_+ where i_+ = 1, p_+ where i_+ = 0"
    proof.identity("the spread of the acceptance uphill", spread, 2 * p * (1 - p), text)
    proof.nonnegative("the largest spread", HALF - spread, (1 - 2 * p) ** 2 / 2, "2 p_+ (1 - p_+) <= 1/2")
    text = "E(p_+ - i_+) r_+ <= rho E|p_+ - i_+| <= rho/2"
    proof.rule("the curvature uphill", "monotonicity of expectation", text)
    q = sp.Symbol("p_-", nonnegative=True)
    text = "E(1 - i_- + p_-) = 1: i_- = 0 or 1 with the chances 1 - p_- and p_-"
    proof.identity("the mean weight downhill", (1 - q) * (1 + q) + q * q, 1, text)
    for i, which in enumerate(("a rejected", "an accepted")):
        proof.nonnegative(f"the weight of {which} candidate downhill", 1 - i + q, 1 - i + q, "1 - i_- + p_- >= 0")
    proof.rule("the curvature downhill", "monotonicity of expectation", "E(1 - i_- + p_-) r_- <= rho")


def _all_samples(proof: Derivation) -> Any:
    """(1 + p_+ - p_-) mu - E|a - mu| + p_+ E r_+ + p_- E r_- <= (3/2) rho, and so the rise of a pair, for this rho."""
    spread_of_samples(proof)
    mu = sp.Symbol("mu", real=True)
    p, q, rho = nonnegatives("p_+ p_- rho")
    both = sp.Symbol("p_+E[r_+]+p_-E[r_-]", real=True)
    rise = (p * mu - q * mu + both) / 2
    loss, rest = sp.Symbol("E|a-mu|", nonnegative=True), nonnegatives("rest")
    curved = 3 * rho / 2 - rest  # what the two sums leave
    value = rise.subs(both, loss - (1 + p - q) * mu + curved)
    text = "rise <= (E|a - mu| - mu)/2 + 3 rho/4"
    proof.nonnegative("the rise of a pair of directions", (loss - mu) / 2 + 3 * rho / 4 - value, rest / 2, text)
    return (3 * rho / 4).subs(rho, L * alpha**2 / 2)


@proves("relative_loss_minibatch.decrease")
def decrease(bound: Bound, step: Step = step) -> Derivation:
    """E f(x+) <= f(x) - bound."""
    proof = Derivation(
        "relative_loss_minibatch.decrease",
        "E f(x+) <= f(x) - (alpha m_d/2) (|g| - E|G - g|) + (3/8) L alpha^2 for L-smooth F(.; X), every d >= 1",
    )
    proof.premise("the smoothness of every sample", "|F(x + v; X) - F(x; X) - <G,v>| <= L |v|^2/2 for every sample")
    text = "f = E F(.; X), g = grad f(x) = E G; the sample and the direction are independent"
    proof.premise("the independent and unbiased samples", text)
    proof.uses("the shipped step", shipped_step(step))
    text = "given s, f(x + alpha s) - f(x) = E D_+ is a number: its mean over samples that accept is P(D_+ < 0) E D_+"
    proof.rule("the loss given the direction", "independence", text)
    text = "s and -s have one law: the rise is the mean over s of [p_+ E D_+ + p_- E D_-]/2, s the one with mu >= 0"
    proof.rule("the pairs of directions", "tower property", text)
    one_sample(proof)
    curved = _all_samples(proof)
    text = "E|<v,s>| = m_d |v| for every v: E_s|mu| = alpha m_d |g|, E_s E|a - mu| = alpha m_d E|G - g|"
    proof.uses("the law of the direction", derivation("directions.moments"), text)
    noise = sp.Symbol("E|G-g|", positive=True)
    rise = alpha * m * (noise - G) / 2 + curved
    proof.identity("the fall", -rise, bound(alpha=alpha, g=G, noise=noise, L=L, d=d), "the bound is minus the rise")
    _best_possible(proof, bound)
    return proof


def _best_possible(proof: Derivation, bound: Bound) -> None:
    """In d = 1 the rise on `Bent` is the bound, in the limit; in every d that on `Targets` loses all of the noise."""
    eta = sp.Rational(1, 10**6)
    rise = _enumerated(1 + eta)
    limit = -bound(alpha=1 + eta, g=HALF, noise=sp.Integer(0), L=sp.Integer(1), d=sp.Integer(1))
    text = "F = (x + x^2)/2 or (x - x|x|)/2 from 0: (1 + eta)/8 with a radius of 1 + eta, by the shipped step"
    proof.identity("the rise in one dimension", rise, (1 + eta) / 8, text)
    text = "the rise is minus the bound, but for less than eta = 1e-6"
    proof.certified("the best constant in one dimension", bool(0 <= limit - rise <= eta), text, by="enumeration")
    p, near = sp.symbols("p near", positive=True)
    g, noise = near - p, 2 * p * (1 - p)  # targets 0 and 1, x = near
    first = -g * ((1 - p) * 1 + p * -1)  # -<g,G/|G|> = -g E sign(G)
    text = "targets, x between 0 and p: as alpha falls, rise/(alpha m_d/2) tends to -E<g,G/|G|>"
    proof.rule("the small radii in every dimension", "limit of inequalities", text)
    text = "E|G - g| - |g| less that limit, which falls to 0 with x"
    proof.identity("the noise that is not lost", noise + g - first, 2 * near * (1 - p), text)


def _enumerated(radius: Any) -> Any:
    """Rise of the shipped step on `Bent` in one dimension, in exact rationals."""
    x, zero = np.array([sp.Integer(0)], dtype=object), _object(sp.Integer(0))
    total = sp.Integer(0)
    for u, bends in product((1, -1), (0, 1)):

        def f(y: Any, bends: int = bends) -> Any:
            return _object((y[0] - y[0] * abs(y[0]) if bends else y[0] + y[0] ** 2) / 2)

        move = Move(np.array([sp.Integer(u)], dtype=object), _object(radius))
        y = step(f, State(x, zero, x * 0, zero, 1), move, cached=False).x
        total += (f(y, 0)[()] + f(y, 1)[()]) / 2
    return total / 4


# --- many steps ------------------------------------------------------------------------------------------------------


def _every_step(proof: Derivation) -> None:
    one = derivation("relative_loss_minibatch.decrease")
    text = "for g = 0 as well, by the same steps, and for batches, whose mean is L-smooth"
    proof.uses("the fall of one step", one, text)
    proof.rule("every step", "tower property", "direction and sample of a step are independent of the past")


@proves("relative_loss_minibatch.batch")
def batch() -> Derivation:
    """E|G_B - g| <= sigma/sqrt(B)."""
    proof = Derivation("relative_loss_minibatch.batch", "E|G_B - g| <= sigma/sqrt(B) for the mean of B samples")
    own = sp.Symbol("E|G-g|^2", nonnegative=True)
    cross = sp.Integer(0)
    text = "E<G - g,G' - g> = <E G - g,E G' - g> = 0 for two samples of a batch"
    proof.rule("the products of two samples", "independence", text)
    text = "B squares, B (B - 1) products of mean 0"
    proof.identity("the mean square of a batch", (B * own + B * (B - 1) * cross) / B**2, own / B, text)
    mean, second = sp.Symbol("E|G_B-g|", nonnegative=True), sp.Symbol("E|G_B-g|^2", nonnegative=True)
    variance(proof, "the mean error of a batch", mean, second, "(E|G_B - g|)^2 <= E|G_B - g|^2")
    rest = nonnegatives("rest")
    text = "sigma^2 >= E|G - g|^2, so E|G_B - g| <= sigma/sqrt(B)"
    proof.nonnegative("the variance of a sample", (own + rest) / B - own / B, rest / B, text)
    text = "sigma/sqrt(B) is the shipped bound"
    proof.identity("the noise of a batch", theorems.batch_noise(spread=sigma, B=B), sp.sqrt(sigma**2 / B), text)
    problem, xi = NoisyLinear(np.ones(1), 1.0, 1.0), np.array([[[1.0], [3.0], [8.0]]])  # a batch of three
    holds = bool(Batches(problem, 3).at((xi, 1))(np.array([[2.0]])) == [8.0])
    text = "Batches(...).at averages F(.; X) over its samples"
    proof.code_check("the shipped batch", holds, points=1, text=text)
    sizes = [Batches(problem, lambda t: 3 * t).during(t).sizes for t in (1, 2, 7)]
    text = "Batches(problem, sizes) draws sizes(t) samples in step t"
    proof.code_check("the shipped sizes", sizes == [3, 6, 21], points=3, text=text)
    return proof


def _summed(proof: Derivation, noise: Any) -> tuple[Any, Any]:
    """S from the falls of T steps, `noise` the mean of what the batches lose; and how far it is below the bound."""
    total, lost = sp.symbols("S N", positive=True)
    rest, more, less = nonnegatives("rest more less")
    proof.premise("the bound of f from below", "E f(x_T) = inf f + rest")
    text = "the fall of T steps is the sum of T falls: gap - rest = sum of `decrease` + more; noise - less lost"
    proof.rule("the sum over all steps", "linearity of expectation", text)
    each = bound_of("relative_loss_minibatch.decrease")(alpha=alpha, g=total / T, noise=lost, L=L, d=d)
    summed = _named(T * each.subs(lost, noise - less) + more)
    solved = sp.solve(sp.Eq(gap - rest, summed), total)[0]
    proof.identity("the sum of the gradients", summed.subs(total, solved), gap - rest, f"solved by S = {solved}")
    return solved, 2 * (rest + more) / (alpha * M * T) + less


@proves("relative_loss_minibatch.stationary")
def stationary(bound: Bound, best: Bound = theorems.radius) -> Derivation:
    """The mean of E|grad f| over T steps."""
    proof = Derivation(
        "relative_loss_minibatch.stationary",
        "(1/T) sum_{t<T} E|grad f(x_t)| <= 2 (f(x_0) - inf f)/(alpha m_d T) + 3 L alpha/(4 m_d) + sigma/sqrt(B), "
        "least at alpha = sqrt(8 (f(x_0) - inf f)/(3 L T))",
    )
    _every_step(proof)
    proof.uses("the noise of a batch", derivation("relative_loss_minibatch.batch"))
    given = {"T": T, "gap": gap, "L": L, "d": d, "spread": sigma, "B": B}
    solved, form = _summed(proof, theorems.batch_noise(spread=sigma, B=B))
    text = "the bound is at least the mean S/T"
    proof.nonnegative("the mean gradient", _named(bound(alpha=alpha, **given)) - solved / T, form, text)
    other = _named(bound(alpha=theta * best(T=T, gap=gap, L=L), **given))
    form = sp.sqrt(6 * L * gap / T) / (2 * M) * (theta - 1) ** 2 / theta
    text = "the bound is no lower at theta times that radius"
    proof.nonnegative("the loss at another radius", other - other.subs(theta, 1), form, text)
    return proof


@proves("relative_loss_minibatch.growing")
def growing(bound: Bound, noise: Bound = theorems.growing_noise, count: Bound = theorems.samples) -> Derivation:
    """The mean of E|grad f| over T steps with batches of slope t samples or more."""
    proof = Derivation(
        "relative_loss_minibatch.growing",
        "(1/T) sum_{t<T} E|grad f(x_t)| <= (sqrt(6 L (f(x_0) - inf f))/m_d + 2 sigma/sqrt(slope))/sqrt(T) for batches "
        "of slope t samples, rounded up, at most 2 T + slope T (T + 1) evaluations",
    )
    _every_step(proof)
    proof.uses("the noise of a batch", derivation("relative_loss_minibatch.batch"))
    k, N = sp.symbols("k N", integer=True, positive=True)
    root, following = sp.sqrt(k), sp.sqrt(k + 1)
    proof.nonnegative("the sum of one term", 2 * root.subs(k, 1) - 1, sp.Integer(1), "1 <= 2 sqrt(1)")
    text = "2 sqrt(k + 1) - 2 sqrt(k) >= 1/sqrt(k + 1)"
    proof.nonnegative(
        "the growth of the sum", 2 * following - 2 * root - 1 / following, (following - root) ** 2 / following, text
    )
    proof.rule("the sum of inverse roots", "induction", "sum_{t<=T} t^(-1/2) <= 2 sqrt(T)")
    up, below = nonnegatives("up below")  # B_t = slope t + up, or = slope t + 1 - below
    form = sigma**2 * up / (slope * k * (slope * k + up))
    text = "sigma^2/B_t <= sigma^2/(slope t), B_t = slope t + up"
    proof.nonnegative("the batches as large as said", sigma**2 / (slope * k) - sigma**2 / (slope * k + up), form, text)
    mean = sigma / sp.sqrt(slope) * 2 * sp.sqrt(T) / T
    text = "it is at most 2 sigma/sqrt(slope T), the mean of sigma/sqrt(slope t)"
    proof.identity("the mean noise", noise(T=T, spread=sigma, slope=slope), mean, text)
    solved, form = _summed(proof, mean)
    at = theorems.radius(T=T, gap=gap, L=L)
    found = _named(bound(T=T, gap=gap, L=L, d=d, spread=sigma, slope=slope))
    text = "the bound is at least the mean S/T with the shipped radius"
    proof.nonnegative("the mean gradient", found - solved.subs(alpha, at) / T, form.subs(alpha, at), text)
    balanced = theorems.balanced_slope(gap=gap, L=L, d=d, spread=sigma)
    text = "both parts are equal at `balanced_slope`"
    proof.identity("the balanced slope", 2 * sigma / sp.sqrt(balanced), sp.sqrt(6 * L * gap) / m, text)
    text = "B_t <= slope t + 1, rounded up"
    proof.nonnegative("the size of a batch", slope * k + 1 - (slope * k + 1 - below), below, text)
    total = proof.sum("twice a batch in each step", 2 * (slope * k + 1), (k, 1, N))
    proof.identity("the number of samples", total, count(T=N, slope=slope), "2 sum_{t<=T} (slope t + 1), as shipped")
    return proof


# --- the floor -------------------------------------------------------------------------------------------------------


@proves("relative_loss_minibatch.floor")
def floor(bound: Bound, step: Step = step) -> Derivation:
    """E|grad f(x_t)| >= bound."""
    proof = Derivation(
        "relative_loss_minibatch.floor",
        "on the line, X = a with probability p < 1/2, else 0, E|grad f(x_t)| >= L p (a - alpha/(1 - 2p)) for every t",
    )
    proof.uses("the shipped step", shipped_step(step))
    w, a = sp.symbols("w a", positive=True)
    p = w / (1 + 2 * w)  # every p in (0, 1/2)
    r = p / (1 - p)
    _moves(proof)
    text = "p = 1/4: right p/2 for k < N, left (1 - p)/2 for k > 0, by the shipped step, N = 1, 2, 5"
    holds = all(bool(np.array_equal(transitions(0.25, N, step), _chain(0.25, N))) for N in (1, 2, 5))
    proof.code_check("the chain on the line", holds, points=49, text=text)
    before, here, after = sp.symbols("T_{j-1} T_j T_{j+1}", nonnegative=True)
    tail = here + p / 2 * (before - here) - (1 - p) / 2 * (here - after)
    mixed = here / 2 + p / 2 * before + (1 - p) / 2 * after
    text = "P(k >= j) after a step, j >= 1: what comes in from j - 1 less what leaves j"
    proof.identity("the tail after a step", tail, mixed, text)
    for name, weight in (("same tail", HALF), ("tail before", p / 2), ("tail after", (1 - p) / 2)):
        text = "it is non-negative, so larger tails give larger tails"
        proof.nonnegative(f"the weight of the {name}", weight, sp.factor(sp.together(weight)), text)
    text = "1/2 + p/(2r) + (1 - p) r/2 = 1 at r = p/(1 - p): tails of at most r^j stay so"
    proof.identity("the geometric tail", mixed.subs({before: 1 / r, here: 1, after: r}), 1, text)
    text = "from k = 0: T_0 = 1, T_j = 0 <= r^j; T_j <= r^j after every step"
    proof.rule("the tails after all steps", "induction", text)
    j = sp.Symbol("j", integer=True, positive=True)
    proof.identity("the ratio", r, w / (1 + w), "r = p/(1 - p) < 1")
    mean = proof.sum(
        "the mean position", (w / (1 + w)) ** j, (j, 1, sp.oo), w, text="E k = sum of T_j <= sum of r^j = w"
    )
    text = "|grad f| >= L (p a - x): E|grad f| >= L (p a - alpha E k)"
    proof.rule("the mean gradient", "monotonicity of expectation", text)
    found = bound(p=p, a=a, alpha=alpha, L=L)
    proof.identity("the floor", L * (p * a - alpha * mean), found, "L (p a - alpha E k) is the bound, w = p/(1 - 2p)")
    size = (1 - p) * L * p * a + p * L * (1 - p) * a
    proof.identity("the noise", size, 2 * L * p * (1 - p) * a, "E|G - g| = 2 L p (1 - p) a at every x")
    share = proof.limit("the share as alpha falls", found / size, (alpha, 0), (1 + 2 * w) / (2 * (1 + w)))
    proof.limit("the share as p tends to one half", share, (w, sp.oo), sp.Integer(1), text="floor/noise tends to 1")
    return proof


def _moves(proof: Derivation) -> None:
    """Signs of |y - X|^2 - |x - X|^2 at x = k alpha, y = x + alpha or x - alpha, X = 0 or n alpha."""
    k, n = sp.Symbol("k", nonnegative=True), sp.Symbol("n", positive=True)

    def change(x: Any, way: int, target: Any) -> Any:
        return (x + way - target) ** 2 - (x - target) ** 2

    text = "k >= 0: it moves right if X = a only, with a chance of p/2 at most"
    proof.nonnegative("a step away from the sample at zero", change(k, 1, 0), 2 * k + 1, text)
    text = "k >= 1, strictly lower: it moves left with a chance of (1 - p)/2 at least"
    proof.nonnegative("a step towards the sample at zero", -change(k + 1, -1, 0), 2 * k + 1, text)
    proof.nonnegative("a step past zero for the sample at zero", change(0, -1, 0), sp.Integer(1), "it is rejected")
    text = "it is rejected: k is never below 0"
    proof.nonnegative("a step past zero for the sample to the right", change(0, -1, n), 2 * n + 1, text)


def _chain(p: float, N: int) -> np.ndarray:
    matrix = np.zeros((N + 1, N + 1))
    for k in range(N + 1):
        right, left = (p / 2 if k < N else 0.0), ((1 - p) / 2 if k else 0.0)
        matrix[k, k] = 1 - right - left
        if k < N:
            matrix[k + 1, k] = right
        if k:
            matrix[k - 1, k] = left
    return matrix


# --- the value-weighted form -----------------------------------------------------------------------------------------


@proves("relative_loss_minibatch.weighted")
def weighted(bound: Bound, step: Step = weighted_step) -> Derivation:
    """E f(x+) <= f(x) - bound for the value-weighted form, which is two-point descent."""
    proof = Derivation(
        "relative_loss_minibatch.weighted",
        "the value-weighted form is two-point descent, E f(x+) <= f(x) - h |g| (|g| - e) + (L/2) h^2 d (rms + e)^2",
    )
    text = "f and every F(.; X) are L-smooth; rms^2 = E|G|^2; E uu' = I, |u|^2 = d, u independent of X"
    proof.premise("the smoothness of every sample", text)
    _two_point(proof, step)
    A, c = sp.symbols("A c", real=True)
    e, over = nonnegatives("e over")
    text = "|R| <= e = delta L d/2: R = over - e"
    proof.identity("the remainder of the relative loss", delta * L * d / 2, L * delta**2 * d / 2 / delta, text)
    text = "f(x+) - f(x) <= -h (A + R) c + (L/2) h^2 (A + R)^2 d"
    move = h * (A + over - e)  # along -u
    rise = -move * c + L * h**2 * (A + over - e) ** 2 * d / 2
    proof.identity("the rise of a step", rise, -move * c + L * move**2 * d / 2, text)
    text = "E A c = <E G,g> = |g|^2, E A^2 = E|G|^2 = rms^2, E c^2 = |g|^2"
    proof.rule("the means of the products", "independence", text)
    for size, name, second in (("|c|", "the mean slope of f", G**2), ("|A|", "the mean slope of a sample", rms**2)):
        mean = sp.Symbol(f"E{size}", nonnegative=True)
        variance(proof, name, mean, second, f"(E{size})^2 <= {second}, the mean square")
    text = "E R c >= -e E|c| >= -e |g|"
    proof.rule("the first order", "monotonicity of expectation", text)
    size, left, rest, more = nonnegatives("|A| left e-left more")  # |R| = e - left, E|A| = rms - more
    form = left * (2 * size + left + 2 * rest)
    text = "(A + R)^2 <= (|A| + |R|)^2 <= (|A| + e)^2, |R| = e - left <= e"
    proof.nonnegative("the second order", (size + left + rest) ** 2 - (size + rest) ** 2, form, text)
    square = rms**2 + 2 * e * (rms - more) + e**2
    text = "E(A + R)^2 <= (rms + e)^2"
    proof.nonnegative("the mean square of the relative loss", (rms + e) ** 2 - square, 2 * e * more, text)
    total = (-h * (G**2 - e * G) + L * h**2 * d * (rms + e) ** 2 / 2).subs(e, delta * L * d / 2)
    proof.identity("the fall", -total, bound(h=h, delta=delta, g=G, rms=rms, L=L, d=d), "the bound is minus the rise")
    at = bound(h=theta * G**2 / (L * d * rms**2), delta=delta, g=G, rms=rms, L=L, d=d)
    best = G**4 / (2 * L * d * rms**2)
    limit = proof.limit("the limit of small delta", at, (delta, 0), best * theta * (2 - theta))
    text = "the fall is largest at theta = 1, where it is |g|^4/(2 L d E|G|^2)"
    proof.nonnegative("the best step", best - limit, best * (theta - 1) ** 2, text)
    s, third = laws.sphere.second_moment(d), laws.sphere.third_norm_moment(d)
    known = bound_of("two_point.second_moment")(G=rms, delta=delta, L1=L, s=s, M=third)
    form = d * (rms - delta * L * d / 2) ** 2
    text = "d (rms + e)^2 is no more than two_point.second_moment"
    proof.nonnegative("the second moment of two-point descent", known - d * (rms + delta * L * d / 2) ** 2, form, text)
    return proof


def _two_point(proof: Derivation, step: Step) -> None:
    """Both shipped steps on symbols, for any F."""
    x, u, test = (np.array(sp.symbols(f"{name}:3", real=True), dtype=object) for name in "xuw")
    F = sp.Function("F", real=True)

    def f(y: Any) -> Any:
        return _object(F(*y))

    ours = step(f, State(x, x[0], 0 * x, x[0], 1), Move(u, _object(delta)), h=h).x
    theirs = two_point_step(f, TwoPointState(x, x, 1), u, h=h, delta=delta).x
    proof.identity("the two-point step", test @ ours, test @ theirs, "the same x+ for every F, tested on any w")


@proves("relative_loss_minibatch.per_evaluation")
def per_evaluation(bound: Bound) -> Derivation:
    """What one evaluation takes on L|x|^2/2."""
    proof = Derivation(
        "relative_loss_minibatch.per_evaluation",
        "on L|x|^2/2 accept/reject takes |g|^2/(4 L d) in an evaluation at most, the weighted form twice that in two",
    )
    text = "E of the fall = alpha |g| E max(s_1 - tau, 0), tau = L alpha/(2|g|)"
    proof.uses("the fall of a step", derivation("kept.fall"), text)
    s1, tau = sp.Symbol("s_1", real=True), sp.Symbol("tau", positive=True)
    text = "s_1 - tau <= s_1^2/(4 tau)"
    proof.nonnegative(
        "the coordinate above the threshold", s1**2 / (4 * tau) - (s1 - tau), (s1 - 2 * tau) ** 2 / (4 * tau), text
    )
    text = "E max(s_1 - tau, 0) <= E[s_1^2; s_1 > 0]/(4 tau) = 1/(8 d tau): E s_1^2 = 1/d, s and -s have one law"
    proof.rule("half of the directions", "monotonicity of expectation", text)
    proof.uses("the second moment of the direction", derivation("directions.moments"), "E s_1^2 = 1/d")
    most, found = alpha * G / (8 * d * tau), bound(g=G, L=L, d=d)
    text = "it is the bound, whatever alpha is"
    proof.identity("the most that accept or reject takes", most.subs(tau, L * alpha / (2 * G)), found, text)
    line = alpha * G * (1 - L * alpha / (2 * G)) / 2
    text = "alpha = |g|/L: s_1 = 1 or -1, alpha |g| (1 - tau)/2"
    proof.identity("the fall in one dimension", line.subs(alpha, G / L), found.subs(d, 1), text)
    share = sp.Rational(str(PROGRESS))  # of |g|^2/(2 L d)
    text = f"at least {decimal(2 * share)} of it at the best length, and less than 0.81 in the limit"
    proof.uses("the fall in every dimension", derivation("sample_and_keep.expected_contraction"), text)
    text = "the progress of that claim is in units of |g|^2/(2 L d)"
    proof.identity("the unit of progress", share * G**2 / (2 * L * d), 2 * share * found, text)
    _round(proof, found)
    return proof


def _round(proof: Derivation, found: Any) -> None:
    """The shipped weighted step on L|x|^2/2."""
    x, u = (np.array(sp.symbols(f"{name}:2", real=True), dtype=object) for name in "xu")

    def f(y: Any) -> Any:
        return _object(L * (y @ y) / 2)

    after = weighted_step(f, State(x, x[0], 0 * x, x[0], 1), Move(u, _object(delta)), h=h).x
    A, square = L * (x @ u), u @ u  # <g,u>
    e = L * delta * square / 2
    text = "fall = h A (A + e) - (L/2) h^2 (A + e)^2 |u|^2, A = <g,u>, e = delta L |u|^2/2"
    value = h * A * (A + e) - L * h**2 * (A + e) ** 2 * square / 2
    proof.identity("the fall of the weighted form", f(x)[()] - f(after)[()], value, text)
    text = "E A = 0, E A^2 = |g|^2, |u|^2 = d"
    proof.rule("the mean of the weighted form", "linearity of expectation", text)
    e = L * delta * d / 2
    mean = h * G**2 - L * h**2 * (G**2 + e**2) * d / 2
    form = 2 * found * (1 - L * d * h) ** 2 + L * d * h**2 * e**2 / 2
    text = "they take at most twice what accept/reject takes"
    proof.nonnegative("the other weighted steps", 2 * found - mean, form, text)
    best = 2 * found - L * d * delta**2 / 8
    text = "h = 1/(L d) takes all of it as delta tends to 0"
    proof.identity("the best weighted step", mean.subs(h, 1 / (L * d)), best, text)

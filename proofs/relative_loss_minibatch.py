"""Relative-loss descent on mini-batches: why the claims of ``zotheory/theorems/relative_loss_minibatch.py`` hold.

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
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import sympy as sp

from proofs import directions, proves, sample_and_keep
from proofs import relative_loss as one
from proofs.comparisons import opaque
from zotheory import directions as laws
from zotheory.directions import sphere_mean_abs
from zotheory.evidence.derivation import Derivation
from zotheory.methods.relative_loss import Move, State, step, weighted_step
from zotheory.methods.two_point import State as TwoPointState
from zotheory.methods.two_point import step as two_point_step
from zotheory.oracles import Batches
from zotheory.problems import NoisyLinear
from zotheory.theorems import relative_loss_minibatch as bounds
from zotheory.theorems.two_point import second_moment as two_point_moment

HALF = sp.Rational(1, 2)
alpha, G, L, T, gap, d, theta, h, delta, rms, sigma, B, slope = sp.symbols(
    "alpha |g| L T gap d theta h delta rms sigma B slope", positive=True
)
M = sp.Symbol("m_d", positive=True)
m = sphere_mean_abs(d)


def _slacks(names: str) -> Any:
    return sp.symbols(names, nonnegative=True)


def _named(expression: Any) -> Any:
    """The same with the symbol m_d for Gamma(d/2)/(sqrt(pi) Gamma((d+1)/2))."""
    return sp.cancel(expression.subs(sp.gamma(d / 2), M * sp.sqrt(sp.pi) * sp.gamma((d + 1) / 2)))


# --- one step --------------------------------------------------------------------------------------------------------


def _shipped(proof: Derivation, step: Callable[..., Any]) -> None:
    """Run the shipped step without kept values: where it looks, and what it keeps."""
    s, seen = np.array(sp.symbols("s_1 s_2", real=True), dtype=object), []
    x = np.array(sp.symbols("x_1 x_2", real=True), dtype=object)

    def look(y: Any) -> Any:
        seen.append(y)
        return np.asarray(0.0)

    move = Move(sp.sqrt(d) * s, np.asarray(alpha / sp.sqrt(d), dtype=object))
    step(look, State(x, np.asarray(0.0), x * 0, alpha, 1), move, cached=False)
    proof.certified("two evaluations", len(seen) == 2, "F(x; X) and F(y; X), of the sample drawn for the step")
    for axis in range(2):
        proof.identity(f"here, axis {axis + 1}", seen[0][axis], x[axis], "at x")
        proof.identity(f"there, axis {axis + 1}", seen[1][axis], x[axis] + alpha * s[axis], "and at y = x + alpha s")
    outcomes = {ranks: _kept(step, ranks) for ranks in ((0, 0), (0, 1), (1, 0))}
    holds = outcomes == {(0, 0): 0, (0, 1): 0, (1, 0): 1}
    proof.certified("keep the lower", holds, "it moves to y where F(y; X) < F(x; X), else stays")


def _kept(step: Callable[..., Any], ranks: tuple[int, int]) -> int:
    """0: stays, 1: moves to the candidate, -1: neither, for these ranks of F(x; X) and F(y; X)."""
    values = iter(opaque(ranks))
    x, u = np.array([5.0, -1.0]), np.array([1.0, 0.5])

    def answer(y: Any) -> Any:
        value = np.empty((), dtype=object)
        value[()] = next(values)
        return value

    try:
        state = step(
            answer, State(x, np.asarray(0.0), 0 * x, np.asarray(1.0), 1), Move(u, np.asarray(1.0)), cached=False
        )
    except TypeError:
        return -1
    return next((moved for moved, point in enumerate((x, x + u)) if np.array_equal(state.x, point)), -1)


def _one_sample(proof: Derivation) -> None:
    """Show c mu - 2 max(mu - a, 0) <= i_+ (-r_+) + (1 - i_-) r_-, c = 1 + i_+ - i_-, for one sample."""
    a, under, over, below, above = _slacks("a under over below above")
    mu = a + under  # a may have any sign; only mu - a enters
    for c in (0, 1, 2):
        text = f"a = mu - under: {c} (mu - a) - 2 under <= 0"
        proof.nonnegative(f"behind mu, c = {c}", 2 * under - c * (mu - a), (2 - c) * under, text)
        text = f"a = mu + over: {c} (mu - a) <= 0"
        proof.nonnegative(f"beyond mu, c = {c}", c * over, c * over, text)
    proof.rule("one sample", "cases", "c mu - 2 max(mu - a, 0) <= c a = i_+ a + (1 - i_-) a")
    r = sp.Symbol("r", real=True)
    proof.nonnegative("accepted", -r - (-r - below), below, "i_+ = 1: a + r_+ = -below < 0, a <= -r_+")
    proof.nonnegative("not accepted", r - (r - above), above, "i_- = 0: -a + r_- = above >= 0, a <= r_-")
    text = "c mu - 2 max(mu - a, 0) <= -i_+ r_+ + (1 - i_-) r_-"
    proof.rule("its curvature", "cases", text)


def _all_samples(proof: Derivation) -> Any:
    """(1 + p_+ - p_-) mu - E|a - mu| + p_+ E r_+ + p_- E r_- <= (3/2) rho, and so the rise of a pair."""
    mu = sp.Symbol("mu", real=True)
    high, low = _slacks("high low")
    text = "|a - mu| = 2 max(mu - a, 0) + (a - mu), and E(a - mu) = 0: E|a - mu| = 2 E max(mu - a, 0)"
    proof.identity("ahead", high - (2 * 0 + high), 0, "a - mu = high: " + text)
    proof.identity("behind", low - (2 * low - low), 0, "a - mu = -low: " + text)
    proof.rule("unbiased", "linearity of expectation", text)
    p, rho = sp.symbols("p_+ rho", nonnegative=True)
    spread = p * (1 - p) + (1 - p) * p
    proof.identity("E|p_+ - i_+|", spread, 2 * p * (1 - p), "1 - p_+ where i_+ = 1, p_+ where i_+ = 0")
    proof.nonnegative("p_+", HALF - spread, (1 - 2 * p) ** 2 / 2, "2 p_+ (1 - p_+) <= 1/2")
    text = "E(p_+ - i_+) r_+ <= rho E|p_+ - i_+| <= rho/2"
    proof.rule("uphill", "monotonicity of expectation", text)
    q = sp.Symbol("p_-", nonnegative=True)
    proof.identity("E(1 - i_- + p_-)", 1 - q + q, 1, "E(1 - i_- + p_-) r_- <= rho E(1 - i_- + p_-) = rho")
    for i in (0, 1):
        proof.nonnegative(f"weight, i_- = {i}", 1 - i + q, 1 - i + q, "1 - i_- + p_- >= 0")
    proof.rule("downhill", "monotonicity of expectation", "E(1 - i_- + p_-) r_- <= rho")
    minus, plus = sp.symbols("E[r_-] E[r_+]", real=True)
    rise = (p * (mu + plus) + q * (-mu + minus)) / 2
    loss, rest = sp.Symbol("E|a-mu|", nonnegative=True), _slacks("rest")
    curved = 3 * rho / 2 - rest  # what the two sums leave
    lemma = loss - (1 + p - q) * mu + curved  # = p_+ E r_+ + p_- E r_-
    value = rise.subs(plus, (lemma - q * minus) / p)
    form = rest / 2
    proof.nonnegative("one pair", (loss - mu) / 2 + 3 * rho / 4 - value, form, "rise <= (E|a - mu| - mu)/2 + 3 rho/4")
    return 3 * rho / 4


@proves("relative_loss_minibatch.decrease")
def decrease() -> Derivation:
    """R5, one step."""
    return decrease_derivation()


def decrease_derivation(bound: Callable[..., Any] = bounds.decrease, step: Callable[..., Any] = step) -> Derivation:
    """Derive E f(x+) <= f(x) - bound.

    Raises
    ------
    NotProved
        For a larger bound, or a step that keeps anything but the lower of two values.
    """
    proof = Derivation(
        "relative_loss_minibatch.decrease",
        "E f(x+) <= f(x) - (alpha m_d/2) (|g| - E|G - g|) + (3/8) L alpha^2 for L-smooth F(.; X), every d >= 1",
    )
    proof.premise("smooth", "|F(x + v; X) - F(x; X) - <G,v>| <= L |v|^2/2 for every sample")
    proof.premise("unbiased", "f = E F(.; X), g = grad f(x) = E G; the sample and the direction are independent")
    _shipped(proof, step)
    text = "given s, f(x + alpha s) - f(x) = E D_+ is a number: its mean over samples that accept is P(D_+ < 0) E D_+"
    proof.rule("given s", "independence", text)
    text = "s and -s have one law: the rise is the mean over s of [p_+ E D_+ + p_- E D_-]/2, s the one with mu >= 0"
    proof.rule("pairs", "tower property", text)
    _one_sample(proof)
    curved = _all_samples(proof)
    moments = _moments()
    text = (
        "E|<v,s>| = m_d |v| for every v: E_s|mu| = alpha m_d |g|, E_s E|a - mu| = alpha m_d E|G - g|; " + moments.claim
    )
    proof.certified("law of s", moments.status == "steps checked", text)
    noise = sp.Symbol("E|G-g|", positive=True)
    rise = alpha * m * (noise - G) / 2 + curved.subs(sp.Symbol("rho", nonnegative=True), L * alpha**2 / 2)
    proof.identity("fall", -rise, bound(alpha=alpha, g=G, noise=noise, L=L, d=d), "minus the rise = decrease")
    _best_possible(proof, bound)
    return proof


@cache
def _moments() -> Derivation:
    return directions.moments()


def _best_possible(proof: Derivation, bound: Callable[..., Any]) -> None:
    """In d = 1 the rise on `Bent` is the bound, in the limit; in every d that on `Targets` loses all of the noise."""
    eta = sp.Rational(1, 10**6)
    rise = _enumerated(1 + eta)
    limit = -bound(alpha=1 + eta, g=HALF, noise=sp.Integer(0), L=sp.Integer(1), d=sp.Integer(1))
    text = "F = (x + x^2)/2 or (x - x|x|)/2 from 0: (1 + eta)/8 with a radius of 1 + eta, by the shipped step"
    proof.identity("d = 1: rise", rise, (1 + eta) / 8, text)
    proof.certified("d = 1: best constant", bool(0 <= limit - rise <= eta), "the bound, but for less than eta = 1e-6")
    p, near = sp.symbols("p near", positive=True)
    g, noise = near - p, 2 * p * (1 - p)  # targets 0 and 1, x = near
    first = -g * ((1 - p) * 1 + p * -1)  # -<g,G/|G|> = -g E sign(G)
    text = "targets, x between 0 and p: as alpha falls, rise/(alpha m_d/2) tends to -E<g,G/|G|>"
    proof.rule("every d: small radii", "limit of inequalities", text)
    proof.identity("every d: slack", noise + g - first, 2 * near * (1 - p), "E|G - g| - |g| less that; to 0 with x")


def _enumerated(radius: Any) -> Any:
    """Rise of the shipped step on `Bent` in one dimension, in exact rationals."""
    x, zero = np.array([sp.Integer(0)], dtype=object), np.asarray(sp.Integer(0), dtype=object)
    total = sp.Integer(0)
    for u, bends in product((1, -1), (0, 1)):

        def f(y: Any, bends: int = bends) -> Any:
            return _object((y[0] - y[0] * abs(y[0]) if bends else y[0] + y[0] ** 2) / 2)

        move = Move(np.array([sp.Integer(u)], dtype=object), _object(radius))
        y = step(f, State(x, zero, x * 0, zero, 1), move, cached=False).x
        total += (f(y, 0)[()] + f(y, 1)[()]) / 2
    return total / 4


def _object(value: Any) -> np.ndarray:
    array = np.empty((), dtype=object)
    array[()] = value
    return array


# --- many steps ------------------------------------------------------------------------------------------------------


@cache
def _decrease() -> Derivation:
    return decrease_derivation()


def _every_step(proof: Derivation) -> None:
    earned = _decrease()
    proof.certified(
        "one step", earned.status == "steps checked", earned.statement + "; for g = 0 as well, by the same steps"
    )
    proof.rule("every step", "tower property", "direction and sample of a step are independent of the past")


def _batch(proof: Derivation, noise: Callable[..., Any]) -> None:
    """E|G_B - g| <= sigma/sqrt(B)."""
    own, cross = sp.Symbol("E|G-g|^2", nonnegative=True), sp.Integer(0)  # E<G - g,G' - g> = 0 for independent samples
    text = "samples of a batch are independent: B squares, B (B - 1) products of mean 0"
    proof.rule("products", "independence", "E<G - g,G' - g> = <E G - g,E G' - g> = 0")
    proof.identity("E|G_B - g|^2", (B * own + B * (B - 1) * cross) / B**2, own / B, text)
    variance, mean = sp.symbols("Var E|G_B-g|", nonnegative=True)
    proof.nonnegative("E|G_B - g|^2 >= (E|G_B - g|)^2", variance + mean**2 - mean**2, variance)
    rest = sp.Symbol("rest", nonnegative=True)
    proof.nonnegative("sigma^2 >= E|G - g|^2", (own + rest) / B - own / B, rest / B, "so E|G_B - g| <= sigma/sqrt(B)")
    proof.identity("noise of a batch", noise(spread=sigma, B=B), sigma / sp.sqrt(B), "batch_noise")
    xi = np.array([[[1.0], [3.0], [8.0]]])  # a batch of three for one replica
    problem = Batches(NoisyLinear(np.ones(1), 1.0, 1.0), 3)
    found = problem.at((xi, 1))(np.array([[2.0]]))
    proof.certified("shipped batch", bool(found == [8.0]), "Batches(...).at averages F(.; X) over its samples")


@proves("relative_loss_minibatch.stationary")
def stationary() -> Derivation:
    """R5, T steps."""
    return stationary_derivation()


def stationary_derivation(
    bound: Callable[..., Any] = bounds.mean_gradient, best: Callable[..., Any] = bounds.radius
) -> Derivation:
    """Derive the mean of E|grad f| over T steps.

    Raises
    ------
    NotProved
        For a smaller bound, or another best radius.
    """
    proof = Derivation(
        "relative_loss_minibatch.stationary",
        "(1/T) sum_{t<T} E|grad f(x_t)| <= 2 (f(x_0) - inf f)/(alpha m_d T) + 3 L alpha/(4 m_d) + sigma/sqrt(B), "
        "least at alpha = sqrt(8 (f(x_0) - inf f)/(3 L T))",
    )
    _every_step(proof)
    _batch(proof, bounds.batch_noise)
    noise = bounds.batch_noise(spread=sigma, B=B)
    solved, form = _summed(proof, noise)
    found = _named(bound(T=T, gap=gap, alpha=alpha, L=L, d=d, spread=sigma, B=B))
    proof.nonnegative("mean gradient", found - solved / T, form, "bound - S/T >= 0")
    other = bound(T=T, gap=gap, alpha=theta * best(T=T, gap=gap, L=L), L=L, d=d, spread=sigma, B=B)
    form = sp.sqrt(6 * L * gap / T) / (2 * M) * (theta - 1) ** 2 / theta
    least = _named(other.subs(theta, 1))
    proof.nonnegative("no radius is better", _named(other) - least, form, "theta times that radius")
    return proof


def _summed(proof: Derivation, noise: Any) -> tuple[Any, Any]:
    """S from the falls of T steps, `noise` the mean of what the batches lose; and how far it is below the bound."""
    total = sp.Symbol("S", positive=True)
    rest, more, less = _slacks("rest more less")
    proof.premise("bounded below", "E f(x_T) = inf f + rest")
    text = "the fall of T steps is the sum of T falls: gap - rest = sum of `decrease` + more; noise - less lost"
    proof.rule("T steps", "linearity of expectation", text)
    each = bounds.decrease(alpha=alpha, g=total / T, noise=sp.Symbol("N", positive=True), L=L, d=d)
    summed = T * each.subs(sp.Symbol("N", positive=True), noise - less) + more
    solved = sp.solve(sp.Eq(gap - rest, _named(summed)), total)[0]
    return solved, 2 * (rest + more) / (alpha * M * T) + less


@proves("relative_loss_minibatch.growing")
def growing() -> Derivation:
    """R5, growing batches."""
    return growing_derivation()


def growing_derivation(
    bound: Callable[..., Any] = bounds.growing,
    noise: Callable[..., Any] = bounds.growing_noise,
    count: Callable[..., Any] = bounds.samples,
) -> Derivation:
    """Derive the mean of E|grad f| over T steps with batches of slope t samples.

    Raises
    ------
    NotProved
        For a smaller bound, or fewer samples.
    """
    proof = Derivation(
        "relative_loss_minibatch.growing",
        "(1/T) sum_{t<T} E|grad f(x_t)| <= (sqrt(6 L (f(x_0) - inf f))/m_d + 2 sigma/sqrt(slope))/sqrt(T) for batches "
        "of slope t samples, rounded up, at most 2 T + slope T (T + 1) evaluations",
    )
    _every_step(proof)
    _batch(proof, bounds.batch_noise)
    k = sp.Symbol("k", integer=True, positive=True)
    root, following = sp.sqrt(k), sp.sqrt(k + 1)
    proof.nonnegative("sum of t^(-1/2): k = 1", 2 * root.subs(k, 1) - 1, sp.Integer(1))
    proof.nonnegative("from k to k + 1", 2 * following - 2 * root - 1 / following, (following - root) ** 2 / following)
    proof.rule("sum", "induction", "sum_{t<=T} t^(-1/2) <= 2 sqrt(T)")
    up = _slacks("up")  # B_t = slope t + up
    form = sigma**2 * up / (slope * k * (slope * k + up))
    text = "sigma^2/B_t <= sigma^2/(slope t), B_t = slope t + up"
    proof.nonnegative("rounded up", sigma**2 / (slope * k) - sigma**2 / (slope * k + up), form, text)
    mean = sigma / sp.sqrt(slope) * 2 * sp.sqrt(T) / T
    proof.identity("mean noise", noise(T=T, spread=sigma, slope=slope), mean, "(1/T) sum sigma/sqrt(slope t) at most")
    solved, form = _summed(proof, mean)
    at = bounds.radius(T=T, gap=gap, L=L)
    found = _named(bound(T=T, gap=gap, L=L, d=d, spread=sigma, slope=slope))
    gapped = sp.simplify(found - _named(solved.subs(alpha, at)) / T)
    proof.nonnegative("mean gradient", gapped, form.subs(alpha, at), "bound - S/T >= 0 with the shipped radius")
    text = "(sqrt(6 L gap)/m_d + 2 sigma/sqrt(slope))/sqrt(T)"
    proof.identity("bound", found, (sp.sqrt(6 * L * gap) / M + 2 * sigma / sp.sqrt(slope)) / sp.sqrt(T), text)
    balanced = bounds.balanced_slope(gap=gap, L=L, d=d, spread=sigma)
    parts = 2 * sigma / sp.sqrt(balanced), sp.sqrt(6 * L * gap) / m
    proof.identity("balanced", sp.simplify(parts[0] ** 2 / parts[1] ** 2), 1, "both parts equal at `balanced_slope`")
    below = _slacks("below")  # B_t = slope t + 1 - below
    proof.nonnegative("a batch", slope * k + 1 - (slope * k + 1 - below), below, "B_t <= slope t + 1")
    text = "2 sum_{t<=T} (slope t + 1), twice a batch in each step"
    proof.identity("samples", 2 * sp.summation(slope * k + 1, (k, 1, T)), count(T=T, slope=slope), text)
    sizes = [Batches(NoisyLinear(np.ones(1), 1.0, 1.0), lambda t: 3 * t).during(t).sizes for t in (1, 2, 7)]
    proof.certified("shipped batches", sizes == [3, 6, 21], "Batches(problem, sizes) draws sizes(t) samples in step t")
    return proof


# --- the floor -------------------------------------------------------------------------------------------------------


@proves("relative_loss_minibatch.floor")
def floor() -> Derivation:
    """A run on the line."""
    return floor_derivation()


def floor_derivation(bound: Callable[..., Any] = bounds.floor, step: Callable[..., Any] = step) -> Derivation:
    """Derive E|grad f(x_t)| >= bound.

    Raises
    ------
    NotProved
        For a larger bound, or a step that keeps anything but the lower of two values.
    """
    proof = Derivation(
        "relative_loss_minibatch.floor",
        "on the line, X = a with probability p < 1/2, else 0, E|grad f(x_t)| >= L p (a - alpha/(1 - 2p)) for every t",
    )
    _shipped(proof, step)
    p, a, r, lead = sp.symbols("p a r lead", positive=True)
    _moves(proof)
    for N in (1, 2, 5):
        expected = _chain(0.25, N)
        text = f"N = {N}, p = 1/4: right p/2 for k < N, left (1 - p)/2 for k > 0, by the shipped step"
        proof.certified(f"chain, N = {N}", bool(np.array_equal(bounds.transitions(0.25, N, step), expected)), text)
    before, here, after = sp.symbols("T_{j-1} T_j T_{j+1}", nonnegative=True)
    tail = here + p / 2 * (before - here) - (1 - p) / 2 * (here - after)
    weights = HALF, p / 2, (1 - p) / 2
    mixed = weights[0] * here + weights[1] * before + weights[2] * after
    proof.identity("tail", tail, mixed, "P(k' >= j) for 1 <= j <= N: in from j - 1, out of j")
    q = _slacks("q")  # 1 - p
    for name, weight in zip(("here", "before", "after"), (HALF, p / 2, q / 2), strict=True):
        proof.nonnegative(f"weight {name}", weight, weight, "non-negative: larger tails give larger tails; 1 - p = q")
    j = sp.Symbol("j", positive=True)
    ratio = p / (1 - p)
    stays = mixed.subs({before: r ** (j - 1), here: r**j, after: r ** (j + 1)}) / r**j
    text = "1/2 + p/(2r) + (1 - p) r/2 = 1 at r = p/(1 - p): tails of at most r^j stay so"
    proof.identity("geometric", sp.powsimp(sp.expand(stays)).subs(r, ratio), 1, text)
    proof.rule(
        "tails", "induction", "from k = 0: T_0 = 1, T_j = 0 <= r^j; T_j <= r^j after every step; T_j = 0 for j > N"
    )
    n = sp.Symbol("N", integer=True, positive=True)
    partial = r * (1 - r**n) / (1 - r)
    proof.identity("from N to N + 1", partial.subs(n, n + 1) - partial, r ** (n + 1), "sum_{1<=j<=N} r^j = partial")
    proof.identity("N = 1", partial.subs(n, 1), r)
    tail_end, more = sp.Symbol("r^(N+1)", nonnegative=True), sp.Symbol("1-r", positive=True)
    proof.identity("r < 1", 1 - ratio, (1 - 2 * p) / (1 - p), "positive for p < 1/2")
    proof.identity("E k", r / (1 - r) - partial, r ** (n + 1) / (1 - r), "E k = sum T_j <= r/(1 - r) less that")
    proof.nonnegative("E k: sign", tail_end / more, tail_end / more, "r^(N+1)/(1 - r) >= 0")
    proof.rule("mean", "monotonicity of expectation", "|grad f| >= L (p a - x): E|grad f| >= L (p a - alpha E k)")
    mean = ratio / (1 - ratio)
    proof.identity("floor", L * (p * a - alpha * mean), bound(p=p, a=a, alpha=alpha, L=L), "= floor")
    size = (1 - p) * L * p * a + p * L * (1 - p) * a
    proof.identity("noise", size, 2 * L * p * (1 - p) * a, "E|G - g| at every x")
    share = sp.limit(bound(p=p, a=a, alpha=lead, L=L).subs(lead, 0) / size, p, HALF)
    proof.identity("share", share, 1, "floor/noise tends to 1 as alpha to 0, then p to 1/2")
    return proof


def _moves(proof: Derivation) -> None:
    """Signs of |y - X|^2 - |x - X|^2 at x = k alpha, y = x + alpha or x - alpha, X = 0 or N alpha, 0 <= k <= N."""
    k, rest = _slacks("k rest")

    def change(x: Any, way: int, target: Any) -> Any:
        return sp.expand((x + way - target) ** 2 - (x - target) ** 2)

    proof.nonnegative("X = 0, away", change(k, 1, 0), 2 * k + 1, "rejected for k >= 0")
    proof.nonnegative("X = 0, towards", -change(k + 1, -1, 0), 2 * k + 1, "accepted for k >= 1: strictly lower")
    proof.nonnegative("X = a, towards", -change(k, 1, k + 1 + rest), 2 * rest + 1, "accepted for k < N: strictly lower")
    proof.nonnegative("X = a, away", change(k, -1, k + rest), 2 * rest + 1, "rejected for k <= N")
    proof.nonnegative("at N", change(k, 1, k), sp.Integer(1), "X = a from k = N: rejected")


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
def weighted() -> Derivation:
    """R6: two-point descent."""
    return weighted_derivation()


def weighted_derivation(
    bound: Callable[..., Any] = bounds.weighted_decrease, step: Callable[..., Any] = weighted_step
) -> Derivation:
    """Derive E f(x+) <= f(x) - bound for the value-weighted form.

    Raises
    ------
    NotProved
        For a larger bound, or another step.
    """
    proof = Derivation(
        "relative_loss_minibatch.weighted",
        "the value-weighted form is two-point descent, E f(x+) <= f(x) - h |g| (|g| - e) + (L/2) h^2 d (rms + e)^2",
    )
    proof.premise(
        "smooth", "f and every F(.; X) are L-smooth; rms^2 = E|G|^2; E uu' = I, |u|^2 = d, u independent of X"
    )
    _two_point(proof, step)
    A, c = sp.symbols("A c", real=True)
    e, over = _slacks("e over")
    rise = -h * (A + over - e) * c + L * h**2 * (A + over - e) ** 2 * d / 2
    proof.identity("remainder", delta * L * d / 2, L * delta**2 * d / 2 / delta, "|R| <= e = delta L d/2: R = over - e")
    text = "f(x+) - f(x) <= -h (A + R) c + (L/2) h^2 (A + R)^2 d"
    proof.identity("rise", rise, -h * (A + over - e) * c + L * (h * (A + over - e)) ** 2 * d / 2, text)
    proof.rule("E A c", "independence", "E A c = <E G,g> = |g|^2, E A^2 = E|G|^2 = rms^2, E c^2 = |g|^2")
    variance, mean = sp.symbols("Var mean", nonnegative=True)
    proof.nonnegative("E|v| <= sqrt(E v^2)", variance + mean**2 - mean**2, variance, "so E|c| <= |g| and E|A| <= rms")
    text = "E R c >= -e E|c| >= -e |g|"
    proof.rule("first order", "monotonicity of expectation", text)
    size, left = sp.Symbol("|A|", nonnegative=True), _slacks("left")  # |R| = e - left
    form = left * (2 * size + 2 * e - left)
    gapped = (size + e) ** 2 - (size + e - left) ** 2
    proof.identity("second order", gapped, form, "(A + R)^2 <= (|A| + |R|)^2 <= (|A| + e)^2, |R| = e - left <= e")
    rest = sp.Symbol("e-left", nonnegative=True)
    proof.nonnegative("second order: sign", left * (2 * size + left + 2 * rest), left * (2 * size + left + 2 * rest))
    more = _slacks("more")  # E|A| = rms - more
    square = rms**2 + 2 * e * (rms - more) + e**2
    proof.nonnegative("E(A + R)^2", (rms + e) ** 2 - square, 2 * e * more, "at most (rms + e)^2")
    total = (-h * (G**2 - e * G) + L * h**2 * d * (rms + e) ** 2 / 2).subs(e, delta * L * d / 2)
    proof.identity(
        "fall", -total, bound(h=h, delta=delta, g=G, rms=rms, L=L, d=d), "minus the rise = weighted_decrease"
    )
    limit = sp.limit(bound(h=theta * G**2 / (L * d * rms**2), delta=delta, g=G, rms=rms, L=L, d=d), delta, 0)
    best = G**4 / (2 * L * d * rms**2)
    proof.nonnegative("best step", best - limit, best * (theta - 1) ** 2, "largest at theta = 1: |g|^4/(2 L d E|G|^2)")
    s, third = laws.sphere.second_moment(d), laws.sphere.third_norm_moment(d)
    known = two_point_moment(G=rms, delta=delta, L1=L, s=s, M=third)
    form = d * (rms - delta * L * d / 2) ** 2
    proof.nonnegative(
        "Lemma 1", known - d * (rms + delta * L * d / 2) ** 2, form, "no more than two_point.second_moment"
    )
    return proof


def _two_point(proof: Derivation, step: Callable[..., Any]) -> None:
    """Both shipped steps on symbols, for any F."""
    x, u, test = (np.array(sp.symbols(f"{name}:3", real=True), dtype=object) for name in "xuw")
    F = sp.Function("F", real=True)

    def f(y: Any) -> Any:
        return _object(F(*y))

    width = _object(delta)
    ours = step(f, State(x, x[0], 0 * x, x[0], 1), Move(u, width), h=h).x
    theirs = two_point_step(f, TwoPointState(x, x, 1), u, h=h, delta=delta).x
    proof.identity("two-point descent", test @ ours, test @ theirs, "the same x+ for every F, tested on any w")


@proves("relative_loss_minibatch.per_evaluation")
def per_evaluation() -> Derivation:
    """R6: the two forms compared."""
    return per_evaluation_derivation()


@cache
def _sharp() -> Derivation:
    return one.decrease_sharp_derivation()


@cache
def _expected() -> Derivation:
    return sample_and_keep.expected_derivation()


def per_evaluation_derivation(bound: Callable[..., Any] = bounds.per_evaluation) -> Derivation:
    """Derive what one evaluation takes on L|x|^2/2.

    Raises
    ------
    NotProved
        For another bound.
    """
    proof = Derivation(
        "relative_loss_minibatch.per_evaluation",
        "on L|x|^2/2 accept/reject takes |g|^2/(4 L d) in an evaluation at most, the weighted form twice that in two",
    )
    sharp = _sharp()
    proof.certified(
        "fall", sharp.status == "steps checked", "E fall = alpha |g| E max(s_1 - tau, 0), tau = L alpha/(2|g|)"
    )
    s1, tau = sp.Symbol("s_1", real=True), sp.Symbol("tau", positive=True)
    proof.nonnegative("above tau", s1**2 / (4 * tau) - (s1 - tau), (s1 - 2 * tau) ** 2 / (4 * tau), "s_1 - tau <= that")
    text = "E max(s_1 - tau, 0) <= E[s_1^2; s_1 > 0]/(4 tau) = 1/(8 d tau): E s_1^2 = 1/d, s and -s have one law"
    proof.rule("half", "monotonicity of expectation", text)
    moments = _moments()
    proof.certified("E s_1^2 = 1/d", moments.status == "steps checked", moments.statement)
    most = alpha * G / (8 * d * tau)
    found = bound(g=G, L=L, d=d)
    proof.identity("accept/reject", most.subs(tau, L * alpha / (2 * G)), found, "whatever alpha")
    line = alpha * G * (1 - L * alpha / (2 * G)) / 2
    text = "d = 1, alpha = |g|/L: s_1 = 1 or -1, alpha |g| (1 - tau)/2"
    proof.identity("d = 1", line.subs(alpha, G / L), found.subs(d, 1), text)
    expected = _expected()
    share = 2 * sp.Rational(str(sample_and_keep.bounds.PROGRESS))
    proof.certified(
        "every d",
        expected.status == "steps checked",
        f"at least {share} of it at KAPPA; limit below 0.81: " + expected.claim,
    )
    proof.identity("its unit", share / 2 * G**2 / (2 * L * d), share * found, "progress is in units of |g|^2/(2 L d)")
    _round(proof, found)
    return proof


def _round(proof: Derivation, found: Any) -> None:
    """The shipped weighted step on L|x|^2/2, delta to 0."""
    x, u = (np.array(sp.symbols(f"{name}:2", real=True), dtype=object) for name in "xu")

    def f(y: Any) -> Any:
        return _object(L * (y @ y) / 2)

    after = weighted_step(f, State(x, x[0], 0 * x, x[0], 1), Move(u, _object(delta)), h=h).x
    fall = sp.limit(sp.expand(f(x)[()] - f(after)[()]), delta, 0)
    slope = L * (x @ u)  # <g,u>
    text = "fall = h <g,u>^2 - (L/2) h^2 <g,u>^2 |u|^2"
    proof.identity("weighted", fall, slope**2 * (h - L * h**2 * (u @ u) / 2), text)
    mean = G**2 * (h - L * h**2 * d / 2)
    proof.rule("weighted: mean", "linearity of expectation", "E <g,u>^2 = |g|^2, |u|^2 = d")
    best = mean.subs(h, theta / (L * d))
    proof.nonnegative("weighted: best step", 2 * found - best, 2 * found * (theta - 1) ** 2, "twice it at h = 1/(L d)")

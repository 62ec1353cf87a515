"""The 1/5 rule on relative-loss descent: what is claimed.

Main theorems
-------------
A step of length kappa |g|/(L sqrt(d)) is accepted with probability `acceptance` at least, one of length
kappa |g|/(mu sqrt(d)) with no more.
A Gaussian step that is accepted often gains often: `gain`, on every convex function, smooth or not.
At the length `held_length`, which on |x|^2 is accepted with probability p, a step leaves at most `held` of the gap.
The (1+1)-ES with the 1/5 rule brings the gap to eps in `hitting_time` expected steps, from any radius, and in `tail`
steps but for a given probability. With steps of fixed length it takes `fixed_length`, if the condition number is small.

Source: this project. Linear convergence of the (1+1)-ES with the 1/5 rule is known: on |x|^2 from Akimoto, Auger and
Glasmachers (GECCO 2018, arXiv:1802.03209), on smooth strongly convex functions from Akimoto, Auger, Glasmachers and
Morinaga (SIAM J. Optim. 32, 2022), with a rate of order 1/(d Q) as d grows from Morinaga, Fukuchi, Sakuma and Akimoto
(arXiv:2209.12467), all by drift of a potential. The constants and the lemma behind them, `gain`, are derived here.

Notation
--------
Steps y = x + sigma u, alpha = sigma sqrt(d). f is L-smooth; it is mu-strongly convex, or convex and
|g|^2 >= 2 mu gap, gap >= mu R^2/2; gap = f(x) - f*, R = |x - x*|, Q = L/mu, g the gradient at x. p = P(accept).
kappa = sqrt(d) alpha beta/|g|, the length of a step in units of |g|/(beta sqrt(d)), beta = L or mu. growth of
`zotheory.radii.one_fifth`: an accepted step multiplies alpha by it, a rejected one divides alpha by growth^(1/4).
RARE < 1/5 < OFTEN are the acceptance probabilities beyond which the rule pulls alpha back by itself.

Open: steps of fixed length where Q is large. There `gain` fails (`zotheory.problems.Cup`), and `fixed_length` has a B
of order exp(-0.7 Q^2)/(d Q), for Q below 0.8 sqrt(d) only; measured runs take as long as with Gaussian steps. Open as
well: the constant 0.0117, which runs exceed twentyfold and more, and growth above 2, where RARE would have to be
smaller.
"""

from __future__ import annotations

from typing import Annotated

from zotheory import sphere
from zotheory.border import bound
from zotheory.elementary import (
    Array,
    exp,
    half,
    log,
    log_plus_one,
    log_plus_one_less,
    log_ratio,
    maximum,
    normal_tail,
    sqrt,
)
from zotheory.kinds import alike
from zotheory.quantities import (
    Chance,
    Condition,
    Curvature,
    Dimension,
    Distance,
    Factor,
    Gap,
    Number,
    Radius,
    above,
    at_most,
    below,
    between,
    larger_than,
    real_number,
    whole,
)

Dimension2 = Annotated[Array, whole(2)]
Dimension3 = Annotated[Array, whole(3)]
Growth = Annotated[Array, larger_than(1), at_most(lambda: 2, "2")]


def rare(like: Array) -> Array:
    """P(N(0, 1) > 6/5) = 0.1151, exact beside symbols."""
    return normal_tail((6 + 0 * like) / 5)


def often(like: Array) -> Array:
    """P(N(0, 1) > 1/2) = 0.3085, exact beside symbols."""
    return normal_tail(half(like))


RARE, OFTEN = float(rare(1.0)), float(often(1.0))
HELD = 0.3758  # d times the relative fall on |x|^2 where a fifth is accepted, as d grows

# --- one step --------------------------------------------------------------------------------------------------------


@bound(numeric=True)
def acceptance(*, d: Dimension2, kappa: Factor) -> Annotated[Array, Number]:
    """P(sqrt(d) s_1 >= kappa/2), s uniform on the unit sphere."""
    return sphere.tail(d, kappa / 2)


def _shrunk(share: Array, d: Array) -> Array:
    contracted = log_plus_one_less(-share) + log_plus_one_less(4 * share * (2 - share)) / 8 - share**2 / 2
    return exp(d * contracted)  # each of the three is negative: nothing cancels


@alike(
    symbols=lambda sp, share, d: (1 - share) ** d * (1 + 4 * share * (2 - share)) ** (d / 8),
    precise=lambda mp, share, d: _shrunk(share, d),
)
def contracted(share: Array, d: Array) -> Array:
    """((1 - a)^4 (1 + 4a))^(d/8), a = 1 - (1 - share)^2."""
    return _shrunk(share, d)


@bound
def gain(*, p: Chance, share: Chance, R: Distance, sigma: Radius, d: Dimension) -> Annotated[Array, Number]:
    """p^(5/4) contracted exp(-(5/2) (share R/sigma)^2): how often a Gaussian step brings the gap to 1 - share of it.

    p is how often it is accepted, `contracted` is ((1 - a)^4 (1 + 4a))^(d/8), a = 1 - (1 - share)^2.
    """
    return p * sqrt(sqrt(p)) * contracted(share, d) * exp(-5 * (share * R / sigma) ** 2 / 2)


@bound(numeric=True)
def held_length(*, d: Dimension2, p: Annotated[Array, between(0, 0.5)]) -> Annotated[Array, Number]:
    """kappa at which a step on |x|^2 is accepted with probability p: `acceptance` inverted."""
    return 2 * sphere.quantile(d, p)


@bound(numeric=True)
def held(*, d: Dimension2, Q: Condition, p: Annotated[Array, between(0, 0.5)]) -> Annotated[Array, Number]:
    """Factor 1 - c/(d Q) of the expected gap at `held_length`, c = 2 kappa E max(sqrt(d) s_1 - kappa/2, 0)."""
    return 1 - sphere.progress(d, held_length(d=d, p=p)) / (d * Q)


# --- drift of the potential ------------------------------------------------------------------------------------------


@bound
def pull(*, d: Dimension3, Q: Condition) -> Annotated[Array, Number]:
    """Share 12/(5 sqrt(5) d Q) of the gap that a long step, if not rarely accepted, is asked to take away."""
    return 12 / (5 * sqrt(5 + 0 * d) * d * Q)


@bound
def drift(*, d: Dimension3, Q: Condition, growth: Growth) -> Annotated[Array, Number]:
    """B: in expectation a step takes at least so much of the `potential` away, about 0.0117/(d Q)."""
    share, seldom = pull(d=d, Q=Q), rare(d)
    fall = share * gain(p=seldom, share=share, R=1, sigma=share * sqrt(5 + 0 * d), d=d)
    return _balance(fall, growth, seldom)


def longest(d: Array) -> Array:
    """y, half the kappa of steps of fixed length that on |x|^2 are accepted with probability RARE."""
    return sphere.quantile(d, rare(d))


SHORT = "sqrt(d)/y, P(sqrt(d) s_1 >= y) = 0.1151"


@bound(numeric=True)
def drift_fixed_length(
    *, Q: Annotated[Condition, below(lambda d: sqrt(d) / longest(d), SHORT)], growth: Growth, d: Dimension3
) -> Annotated[Array, Number]:
    """B for steps of fixed length: the fall 2 E max(sqrt(d) s_1 - Q y, 0)/(d Q) pays where half are accepted."""
    return _balance(2 * sphere.excess(d, Q * longest(d)) / (d * Q), growth, half(d))


def _balance(fall: Array, growth: Array, p: Array) -> Array:
    """B at which the fall of log(gap), where p are accepted, pays for both sides of the potential and leaves B."""
    room = 1 - 5 * rare(p)
    sides = 1 + 4 * p / room + (1 - p) / (5 * often(p) - 1)
    return 1 / (sides / fall + 2 / (log(growth) * room))


@bound
def adapting(*, offset: Annotated[Array, real_number()], growth: Growth) -> Annotated[Array, Number]:
    """Steps that the rule needs to take log(alpha) to its place, from `offset` above it (or below, if negative)."""
    return maximum(4 * offset / (1 - 5 * rare(offset)), -4 * offset / (5 * often(offset) - 1)) / log(growth)


# --- hitting time ----------------------------------------------------------------------------------------------------

Least = Annotated[Curvature, at_most("L")]  # mu
Target = Annotated[Gap, at_most("gap")]


@bound
def potential(
    *, fold: Factor, d: Dimension3, L: Curvature, mu: Least, alpha: Radius, gap: Gap, eps: Target, growth: Growth
) -> Annotated[Array, Number]:
    """fold log(gap/eps) + adapting: the potential above log(eps), in units of its drift B = 1/fold.

    The place of log(alpha) is where sqrt(d) alpha L/sqrt(2 mu gap) = growth.
    """
    offset = log(sqrt(d) * alpha * L / sqrt(2 * mu * gap)) - log(growth)
    return fold * log_ratio(gap, eps) + adapting(offset=offset, growth=growth)


@bound
def hitting_time(
    *, d: Dimension3, L: Curvature, mu: Least, alpha: Radius, gap: Gap, eps: Target, growth: Growth
) -> Annotated[Array, Number]:
    """Expected number of steps until the gap is at most eps: `potential` + log(1/(1 - pull))/B, B = `drift`."""
    fold, where = 1 / drift(d=d, Q=L / mu, growth=growth), {"d": d, "L": L, "mu": mu, "alpha": alpha, "gap": gap}
    return potential(fold=fold, eps=eps, growth=growth, **where) - fold * log_plus_one(-pull(d=d, Q=L / mu))


@bound(numeric=True)
def fixed_length(
    *,
    L: Curvature,
    mu: Annotated[Least, above(lambda L, d: L * longest(d) / sqrt(d), "L y/sqrt(d), P(sqrt(d) s_1 >= y) = 0.1151")],
    alpha: Radius,
    gap: Gap,
    eps: Target,
    growth: Growth,
    d: Dimension3,
) -> Annotated[Array, Number]:
    """`hitting_time` of steps of fixed length: `potential` + 1/B, B = `drift_fixed_length`."""
    fold = 1 / drift_fixed_length(d=d, Q=L / mu, growth=growth)
    return potential(fold=fold, d=d, L=L, mu=mu, alpha=alpha, gap=gap, eps=eps, growth=growth) + fold


@bound
def tail_fold(*, d: Dimension3, Q: Condition, growth: Growth) -> Annotated[Array, Number]:
    """4 M^2/B^2, M = log(1/(1 - pull)): so many more steps divide by e the probability that the gap is above eps.

    With lambda = B/(2 M^2), E exp(lambda V) falls by exp(-1/tail_fold) or more in a step, V being the potential, if
    falls of V beyond M do not count.
    """
    return (2 * log_plus_one(-pull(d=d, Q=Q)) / drift(d=d, Q=Q, growth=growth)) ** 2


@bound
def tail(
    *,
    d: Dimension3,
    L: Curvature,
    mu: Least,
    alpha: Radius,
    gap: Gap,
    eps: Target,
    growth: Growth,
    failure: Chance,
) -> Annotated[Array, Number]:
    """Steps after which the gap exceeds eps with probability `failure` at most.

    They are 2 `potential` + `tail_fold` log(1/failure).
    """
    fold, where = 1 / drift(d=d, Q=L / mu, growth=growth), {"d": d, "L": L, "mu": mu, "alpha": alpha, "gap": gap}
    height = potential(fold=fold, eps=eps, growth=growth, **where)
    return 2 * height - log(failure) * tail_fold(d=d, Q=L / mu, growth=growth)

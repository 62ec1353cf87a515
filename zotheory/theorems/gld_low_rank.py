"""GLD-Search on functions of few directions, and near them: what is claimed.

Main theorems
-------------
Theorem 9. With probability above 1/4 a step multiplies the gap by `contraction` at most: k takes the place of n.
By smoothness alone, and for larger radii, it does so by `smooth_contraction`.
If k is not known, one grid serves every k at most n, and `evaluations` bring the gap down as far as asked.
What is added to the function, no more than delta in absolute value, adds 2 delta to the gap after a step
(`perturbed_gap`); from `least_gap` on half of the progress is left (`perturbed_contraction`).

Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Theorem 9 and what follows it, as recalled
(the printed text was not at hand; the constants are derived in ``proofs/gld_low_rank.py``).

Notation
--------
f(x) = g(A'x) in n variables, A (n, k) with orthonormal columns, g smooth and strongly convex with condition number Q;
u = A'x, u* the minimiser of g; L1, mu its smoothness and strong convexity, Q = L1/mu; displacements (r/k) z,
z ~ N(0, I_n). A step succeeds if z_1 >= a |z|^2/(2 k) + delta/a in k dimensions, a the radius in units of a length L:
L is |grad g|/L1 for `smooth_contraction`, and the distance to the centre of a ball of lower values for `contraction`.
"""

from __future__ import annotations

from typing import Annotated

from zotheory import sphere
from zotheory.border import bound
from zotheory.elementary import Array, half, log, rising, sqrt
from zotheory.quantities import (
    Condition,
    Count,
    Dimension,
    Factor,
    Number,
    Radius,
    Value,
    at_most,
    below,
    between,
    nonnegative,
    whole,
)
from zotheory.theorems import gld_search

LOW = 0.45  # the grid radius is looked for in [LOW L, 2 LOW L]


@bound
def contraction(*, k: Count, Q: Condition) -> Annotated[Array, Number]:
    """Theorem 9: some radius gives f(y) - f* <= (1 - 1/(5 k Q)) (f(x) - f*) with probability > gld_search.SUCCESS."""
    return gld_search.contraction(n=k, Q=Q)


@bound
def smooth_contraction(*, k: Count, Q: Condition) -> Annotated[Array, Number]:
    """1 - 2/(5 k Q), with the same probability, for a radius in [LOW, 2 LOW] |grad g|/L1."""
    return 1 - 2 / (5 * k * Q)


# --- the probability -------------------------------------------------------------------------------------------------

Lack = Annotated[Array, nonnegative()]


@bound
def threshold(k: Annotated[Array, whole(2)], *, a: Factor, delta: Lack) -> Annotated[Array, Number]:
    """E of a |z|/(2 sqrt(k)) + delta sqrt(k)/(a |z|), which sqrt(k) z_1/|z| has to pass."""
    radius = sqrt(2 / k) * rising(k / 2, half(k))  # E |z|/sqrt(k)
    inverse = sqrt(k / 2) * rising(k / 2, -half(k))  # E sqrt(k)/|z|
    return a * radius / 2 + delta / a * inverse


@bound(numeric=True)
def success_below(
    k: Annotated[Array, whole(3)],
    *,
    a: Annotated[Array, between(0, 1)],
    delta: Annotated[Lack, at_most(lambda a: a / 2, "a/2")] = 0.2,
) -> Annotated[Array, Number]:
    """P(sqrt(k) s_1 >= `threshold`): a lower bound of P(z_1 >= a |z|^2/(2 k) + delta/a), z ~ N(0, I_k).

    s is uniform on the unit sphere of R^k; its tail is convex, so Jensen's inequality applies to |z|. For a larger
    delta, where it comes close to 0, rounding would count.
    """
    return sphere.tail(k, threshold(k, a=a, delta=delta))


# --- k unknown -------------------------------------------------------------------------------------------------------


@bound
def evaluations(
    *,
    n: Dimension,
    k: Annotated[Count, at_most("n")],
    Q: Condition,
    log_ratio: Factor,
    R: Radius,
    r: Annotated[Radius, below("R")],
) -> Annotated[Array, Number]:
    """1 + (T + 1)(log2(n R/r) + 2), T = 40 k Q log_ratio: evaluations that suffice when k is not known."""
    p, radii = half(k * Q * log_ratio) ** 2, log(n * R / r) / log(2 + 0 * r) + 2  # p is gld_search.SUCCESS
    return 1 + (gld_search.iterations(n=k, Q=Q, log_ratio=log_ratio, p=p) + 1) * radii


# --- perturbations ---------------------------------------------------------------------------------------------------

Level = Annotated[Array, nonnegative(Value)]


@bound
def perturbed_gap(*, gap: Level, delta: Level, k: Count, Q: Condition) -> Annotated[Array, Value]:
    """(1 - 1/(5 k Q)) gap + 2 delta: the gap after a good step on g(A'x) + h(x), |h| <= delta."""
    return contraction(k=k, Q=Q) * gap + 2 * delta


@bound
def perturbed_contraction(*, k: Count, Q: Condition) -> Annotated[Array, Number]:
    """1 - 1/(10 k Q): half of the progress, which `perturbed_gap` leaves from `least_gap` on."""
    return contraction(k=2 * k, Q=Q)


@bound
def least_gap(*, delta: Level, k: Count, Q: Condition) -> Annotated[Array, Value]:
    """20 delta k Q: from this gap on, `perturbed_gap` is at most `perturbed_contraction` times the gap."""
    return 20 * delta * k * Q

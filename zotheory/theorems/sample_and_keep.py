"""Sample a symmetric step, keep it if it is lower: what is claimed.

Main theorems
-------------
Theorem 10. On the axis of least curvature, and in a `cone` about it, the best of m steps, of whatever lengths, brings
the gap below `lowest_factor` times the old one with probability at most `chance`.
A step of length kappa |g|/(beta sqrt(n)) multiplies the expected gap by `expected_contraction` at most, and by exactly
that on |x|^2; at kappa = KAPPA its constant `progress` is at least PROGRESS for every n.
One length of a grid of ratio q contracts the gap by `factor` with probability at least `success`, as z has to pass the
`level` at the ends of the best `window` and less within it. `merit`, what that promises for an evaluation, is at most
MERIT, nearly that at the ratio RATIO with the constant FALL.

Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Theorem 10, as recalled (the printed text
was not at hand; hypotheses and constants are re-derived in ``proofs/sample_and_keep.py``), and results of our own for
the same kind of step.

Notation
--------
n dimension; Q = beta/alpha condition number of an alpha-strongly convex (or alpha-Polyak-Lojasiewicz), beta-smooth f; g
gradient at x; s uniform on the unit sphere, z = sqrt(n) s_1; gap f(x) - f*; u = c log(nQ)/n. A grid has radii R q^-k.
"""

from __future__ import annotations

from typing import Annotated

from zotheory import sphere
from zotheory.border import bound
from zotheory.elementary import Array, exp, log, log_plus_one, minimum, normal_tail, sqrt
from zotheory.quantities import Condition, Count, Dimension, Factor, Number, at_least, at_most, nonnegative, positive

KAPPA = 1.224  # best length of a step, in units of |g|/(beta sqrt(n)), as n grows
PROGRESS = 0.4049  # n Q times the expected relative fall of the gap at KAPPA: at least this for every n
RATIO, FALL = 4.68, 0.82  # best ratio of a grid, with the constant of its contraction
MERIT = 0.1484  # of the best grid, rounded up


@bound
def factor(*, n: Dimension, Q: Condition, c: Annotated[Array, nonnegative()]) -> Annotated[Array, Number]:
    """1 - c/(n Q)."""
    return 1 - c / (n * Q)


# --- lower bound -----------------------------------------------------------------------------------------------------


@bound
def lowest_factor(*, n: Dimension, Q: Condition, c: Factor = 5) -> Annotated[Array, Number]:
    """Theorem 10: 1 - c log(nQ)/(nQ), below which a step brings the gap with no more than `chance`."""
    return factor(n=n, Q=Q, c=c * log(n * Q))


@bound
def chance(*, n: Dimension, Q: Condition, c: Factor = 5, m: Count = 1) -> Annotated[Array, Number]:
    """(m/2) (1 + c log(nQ)/n)^(-(n-1)/2), or 1: how often the best of m candidates may beat `lowest_factor`."""
    return minimum(1, m * exp(-(n - 1) * log_plus_one(_u(n, Q, c)) / 2) / 2)


@bound
def cone(*, n: Dimension, Q: Condition, c: Factor = 5) -> Annotated[Array, Number]:
    """u/(2 (1 + u) Q^2): `chance` holds where |x - x* across that axis| <= cone |x - x* along it|."""
    u = _u(n, Q, c)
    return u / (2 * (1 + u) * Q**2)


def _u(n: Array, Q: Array, c: Array) -> Array:
    """log(nQ), times c/n."""
    return c * log(n * Q) / n


# --- expected contraction --------------------------------------------------------------------------------------------


@bound(numeric=True)
def progress(*, n: Dimension, kappa: Factor = KAPPA) -> Annotated[Array, Number]:
    """c_n = 2 kappa E max(z - kappa/2, 0)."""
    return sphere.progress(n, kappa)


@bound(numeric=True)
def expected_contraction(*, n: Dimension, Q: Condition, kappa: Factor = KAPPA) -> Annotated[Array, Number]:
    """Factor 1 - c_n/(n Q) of the expected gap after a step of length kappa |g|/(beta sqrt(n))."""
    return factor(n=n, Q=Q, c=progress(n=n, kappa=kappa))


# --- best grid -------------------------------------------------------------------------------------------------------

Ratio = Annotated[Array, at_least(1)]  # q
Allowed = Annotated[Array, positive(), at_most(lambda q: 144 * q / (25 * (1 + q) ** 2), "5.76 q/(1 + q)^2")]


@bound
def level(*, q: Ratio, delta: Factor) -> Annotated[Array, Number]:
    """(sqrt(q) + 1/sqrt(q)) sqrt(delta)/2, which z has to pass at either end of the best window of radii."""
    return sqrt(delta) * (sqrt(q) + 1 / sqrt(q)) / 2


@bound
def window(*, q: Ratio, delta: Factor) -> Annotated[Array, Number]:
    """sqrt(delta/q): the best window is [window, q window], in units of |g|/(beta sqrt(n))."""
    return sqrt(delta / q)


@bound
def success(*, q: Ratio, delta: Allowed) -> Annotated[Array, Number]:
    """P(N(0, 1) > level): with at least this probability a grid of ratio q contracts by 1 - delta/(nQ), n >= 2.

    The level is at most 6/5.
    """
    return normal_tail(level(q=q, delta=delta))


@bound
def merit(*, q: Ratio, delta: Allowed) -> Annotated[Array, Number]:
    """delta log(q) success: the fall of log(gap) promised for an evaluation, in units of 1/(n Q log(R/r))."""
    return success(q=q, delta=delta) * delta * log(q)

"""GLD-Search: what is claimed.

Source: Golovin et al., "Gradientless Descent", ICLR 2020 (arXiv:1911.06317), Lemma 15, Lemma 8, Theorem 7, as recalled
(the printed text was not at hand; the constants are re-derived in ``proofs/gld_search.py``), and results of our own.

Notation
--------
n dimension; Q condition number; l = |x - x*|; the ball B1 about x has radius a l/sqrt(n), the ball B2, whose centre
lies at distance l, has radius l (1 - delta/n).
"""

from __future__ import annotations

import numpy as np

from zotheory import require
from zotheory.elementary import Array, exp, log, normal_tail, sqrt

OVERLAP = float(normal_tail(0.75))  # Phi(-3/4) = 0.22662..., infimum over n of the ball-overlap constant
SUCCESS = float(normal_tail(0.7))  # Phi(-7/10) = 0.24196..., of the one-step success probability


def tangent_ball_radius(*, distance: Array, Q: Array) -> Array:
    """Lemma 15: the sublevel set at x contains a ball of radius |x - x*|/Q tangent at x.

    Raises
    ------
    ValueError
        Unless distance >= 0 and Q >= 1.
    """
    require.nonnegative(distance=distance)
    require.at_least(1, Q=Q)
    return distance / Q


def overlap(n: Array, *, a: Array, delta: Array = 0.25) -> Array:
    """vol(B1 and B2)/vol(B1), exactly: two caps, each a regularised incomplete beta function.

    Parameters
    ----------
    n : int or array, dimension
    a : float or array in [1/2, 1]
    delta : float or array in [0, n)

    Raises
    ------
    ValueError
        Naming the argument, outside these ranges.
    """
    require.at_least(1, n=n)
    require.nonnegative(delta=delta)
    if not np.all((np.asarray(a) >= 0.5) & (np.asarray(a) <= 1)):
        raise ValueError(f"a must lie in [1/2, 1], got {a!r}")
    return np.vectorize(_overlap)(n, a, delta)[()]


def _overlap(n: float, a: float, delta: float) -> float:
    from scipy.special import betaincc

    if n > 200:  # the second cap is lost to rounding: average the sphere's tail over the radial part e^(-E/n), E ~ Exp(1)
        nodes, weights = np.polynomial.laguerre.laggauss(64)
        b = a * np.exp(-nodes / n)
        passed = (b**2 + 2 * delta - delta**2 / n) / (2 * b)
        return float(weights @ sphere_tail(n, np.minimum(passed, np.sqrt(n))))
    r1, r2 = a / np.sqrt(n), 1 - delta / n
    h1 = (r1**2 + 2 * delta / n - (delta / n) ** 2) / 2  # from the centre of B1 to the plane where the spheres meet
    h2 = 1 - h1
    cap1 = betaincc(0.5, (n + 1) / 2, (h1 / r1) ** 2) / 2
    cap2 = betaincc(0.5, (n + 1) / 2, min(h2 / r2, 1.0) ** 2) / 2
    return float(cap1 + cap2 * (r2 / r1) ** n)


def sphere_tail(n: Array, t: Array) -> Array:
    """P(sqrt(n) s_1 >= t) for s uniform on the unit sphere of R^n, n >= 2, 0 <= t <= sqrt(n)."""
    from scipy.special import betaincc

    return betaincc(0.5, (n - 1) / 2, t**2 / n) / 2


def overlap_below(n: Array, *, a: Array, delta: Array = 0.25) -> Array:
    """Lower bound of `overlap` for n >= 3: P(sqrt(n) s_1 >= m), s uniform on the unit sphere of R^n.

    m = (a/2) n/(n+1) + (delta - delta^2/(2n))/a n/(n-1) is the mean of the threshold that s_1 has to pass, over the
    radial part of a uniform point of B1; the tail is convex there, so Jensen's inequality applies.
    """
    require.at_least(3, n=n)
    return sphere_tail(n, threshold(n, a=a, delta=delta))


def threshold(n: Array, *, a: Array, delta: Array) -> Array:
    """Return m of `overlap_below`."""
    return a * n / (2 * (n + 1)) + (delta - delta**2 / (2 * n)) * n / (a * (n - 1))


def contraction(*, n: Array, Q: Array) -> Array:
    """Theorem 7: some radius of the grid gives f(y) - f* <= (1 - 1/(5 n Q)) (f(x) - f*) with probability >= SUCCESS.

    Raises
    ------
    ValueError
        Unless n >= 1 and Q >= 1.
    """
    require.at_least(1, n=n, Q=Q)
    return 1 - 1 / (5 * n * Q)


def iterations(*, n: Array, Q: Array, log_ratio: Array, p: Array = SUCCESS) -> Array:
    """Our G2: after (10 n Q/p) log_ratio steps the gap has fallen by exp(-log_ratio), but for `failure` probability.

    Raises
    ------
    ValueError
        Unless n, Q >= 1, log_ratio > 0 and 0 < p < 1.
    """
    require.at_least(1, n=n, Q=Q)
    require.positive(log_ratio=log_ratio)
    require.between(0, 1, p=p)
    return 10 * n * Q * log_ratio / p


def failure(*, n: Array, Q: Array, log_ratio: Array) -> Array:
    """Our G2: probability exp(-(5 n Q/4) log_ratio) that `iterations` do not suffice."""
    require.at_least(1, n=n, Q=Q)
    require.positive(log_ratio=log_ratio)
    return exp(-5 * n * Q * log_ratio / 4)


def log_ratio_to_radius(*, Q: Array, R: Array, eps: Array) -> Array:
    """log(Q R^2/eps^2): the fall of the gap that takes the distance from R to eps.

    Raises
    ------
    ValueError
        Unless Q >= 1 and R, eps > 0.
    """
    require.at_least(1, Q=Q)
    require.positive(R=R, eps=eps)
    return log(Q * R**2 / eps**2)


def floor(*, Q: Array, r: Array) -> Array:
    """(5/3) Q^(3/2) r: the distance that GLD-Search keeps once its smallest radius r stops it."""
    require.at_least(1, Q=Q)
    require.positive(r=r)
    return 5 * Q * sqrt(Q) * r / 3

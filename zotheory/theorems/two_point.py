"""Two-point mirror descent: what is claimed.

Source: Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Lemma 1 and
Theorem 1, as recalled (the printed text was not at hand; the constants are re-derived in ``proofs/two_point.py``),
and a tightening of our own.

Notation
--------
R with D(x*, x) <= R^2/2 on the domain; G with E |grad F(x; X)|_*^2 <= G^2 there; L1 = sqrt(E L(X)^2); s = s(d) and
M = M(mu) of the law of directions (`zotheory.directions`); k steps; alpha, u multiples of step size and radius (> 0).
"""

from __future__ import annotations

from zotheory import require
from zotheory.elementary import Array, half, log, maximum, sqrt, zeta


def bias(*, delta: Array, L1: Array, third: Array) -> Array:
    """Lemma 1: |E g - grad f|_* <= delta L1 E|Z|^3/2, `third` = E|Z|^3 (``law.norm_moment(3, d)``).

    Raises
    ------
    ValueError
        Unless delta > 0, L1 >= 0 and third > 0.
    """
    require.positive(delta=delta, third=third)
    require.nonnegative(L1=L1)
    return delta * L1 * third / 2


def second_moment(*, G: Array, delta: Array, L1: Array, s: Array, M: Array) -> Array:
    """Lemma 1: E |g|_*^2 <= 2 s G^2 + delta^2 L1^2 M^2/2.

    Raises
    ------
    ValueError
        Unless G, delta, s, M > 0 and L1 >= 0.
    """
    require.positive(G=G, delta=delta, s=s, M=M)
    require.nonnegative(L1=L1)
    return 2 * s * G**2 + delta**2 * L1**2 * M**2 / 2


def step_size(t: Array, *, R: Array, G: Array, s: Array, alpha: Array = 1) -> Array:
    """Theorem 1's step size at step t: alpha R/(2 G sqrt(s t))."""
    require.positive(R=R, G=G, s=s, alpha=alpha)
    return alpha * R / (2 * G * sqrt(s) * sqrt(t))


def smoothing_radius(t: Array, *, G: Array, L1: Array, s: Array, M: Array, u: Array = 1) -> Array:
    """Theorem 1's smoothing radius at step t: u G sqrt(s)/(L1 M t).

    Raises
    ------
    ValueError
        Unless all are > 0; for linear F, whose L1 is 0, pass any positive L1: it is then an upper bound.
    """
    require.positive(G=G, L1=L1, s=s, M=M, u=u)
    return u * G * sqrt(s) / (L1 * M * t)


def mean_gap(k: Array, *, R: Array, G: Array, s: Array, alpha: Array = 1, u: Array = 1) -> Array:
    """Theorem 1: with the schedule above, E f(mean of x^1..x^k) - f* is at most

        2 R G sqrt(s/k) max(alpha, 1/alpha) + alpha u^2 R G sqrt(s)/k + u R G sqrt(s) log(2k)/k.

    Raises
    ------
    ValueError
        Unless R, G, s, alpha, u > 0 and k >= 1.
    """  # noqa: D415
    require.positive(R=R, G=G, s=s, alpha=alpha, u=u)
    require.at_least(1, k=k)
    scale = R * G * sqrt(s)
    return 2 * scale / sqrt(k) * maximum(alpha, 1 / alpha) + alpha * u**2 * scale / k + u * scale * log(2 * k) / k


def mean_gap_sharp(k: Array, *, R: Array, G: Array, s: Array, alpha: Array = 1, u: Array = 1) -> Array:
    """Theorem 1, tightened: under the same schedule, E f(mean of x^1..x^k) - f* is at most

        (alpha + 1/alpha) R G sqrt(s/k) + alpha u^2 R G sqrt(s) zeta(5/2)/(8k) + u R G sqrt(s) (1 + log k)/(2k).

    Raises
    ------
    ValueError
        As `mean_gap`.
    """  # noqa: D415
    require.positive(R=R, G=G, s=s, alpha=alpha, u=u)
    require.at_least(1, k=k)
    scale = R * G * sqrt(s)
    return (
        (alpha + 1 / alpha) * scale / sqrt(k)
        + alpha * u**2 * scale * zeta(5 * half(k)) / (8 * k)
        + u * scale * (1 + log(k)) / (2 * k)
    )

"""Bounds on E X^2, proved before anything is sampled: what support rests on where X has no ceiling.

With E X^2 <= s a test of E X <= b knows Var X <= (s/b^2 - 1) (E X)^2 wherever E X >= b, and needs it nowhere else
(`zotheory.measurements.experiments.basis`). Here X is |g|^2 for an estimate g of a gradient; `gap_squares` is the same
for gaps after a run.
Each function returns ``{"square": s, "because": why}``; how far above the truth they are is in
``tests/test_squares.py``.

Notation
--------
u direction, z = <e,u> for a unit vector e; D = [f(x + delta u) - f(x)]/delta, so that g = D u; G = |grad f(x)|.
"""

from __future__ import annotations

from functools import cache
from math import comb
from typing import Any

import numpy as np

from zotheory.directions import Law, gaussian
from zotheory.elementary import gamma_ratio
from zotheory.oracles import is_stochastic

Limits = dict[str, Any]


def along(k: int, j: int, d: int, law: Law = gaussian) -> float:
    """E |z|^k |u|^(2j): exact where the law is rotation-invariant, an upper bound for signs."""
    if law.rotation_invariant:  # z^2/|u|^2 is Beta(1/2, (d-1)/2), independent of |u|
        share = gamma_ratio((1 + k) / 2, 0.5) * gamma_ratio(d / 2, (d + k) / 2)
        return float(share * law.norm_moment(k + 2 * j, d))
    largest = 1.0 if k < 2 else float(gaussian.norm_moment(k, 1))  # Khinchine's inequality, Haagerup's constants
    return largest * float(law.norm_moment(2 * j, d))


# --- |g|^2 at a point ------------------------------------------------------------------------------------------------


def smooth(G: Any, delta: float, L1: Any, d: int, law: Law = gaussian, power: int = 2) -> Any:
    """E |g|^(2 power) of every L1-smooth f, as |D| <= G |z| + delta L1 |u|^2/2."""
    bend, p = delta * np.asarray(L1) / 2, 2 * power
    return sum(
        comb(p, k) * np.asarray(G) ** k * bend ** (p - k) * along(k, p - k + power, d, law) for k in range(p + 1)
    )


def lipschitz(L0: float, d: int, law: Law = gaussian) -> Limits:
    """|g|^2 of every L0-Lipschitz f, as |D| <= L0 |u|."""
    return {"square": L0**4 * along(0, 4, d, law), "because": "|g| <= L0 |u|^2"}


def of_estimate(
    problem: Any, delta: float, law: Law = gaussian, *, x: np.ndarray | None = None, pairs: int = 1
) -> Limits:
    """|g|^2 at a point (x0), g the mean of so many differences that share the value and the sample there.

    Raises
    ------
    ValueError
        For a problem of which neither gradient and L1 nor L0 are known, or several pairs on one without L1.
    """
    d, x = problem.d, problem.x0 if x is None else x
    if is_stochastic(problem) and hasattr(problem, "mean"):  # linear: D = <X,u>, X normal
        squared = float(problem.mean @ problem.mean) + problem.sigma**2 * d
        spread = 2 * problem.sigma**4 * d + 4 * problem.sigma**2 * float(problem.mean @ problem.mean)
        known = _averaged(1.0, 0.0, 0.0, d, law, pairs) * (squared**2 + spread)
        return {"square": float(known), "because": "moments of <X,u>^2 |u|^2, X normal and u independent"}
    if is_stochastic(problem) and hasattr(problem, "features") and not np.any(x):  # logistic regression, from 0
        length = np.linalg.norm(problem.features, axis=1)
        known = np.mean(_averaged(length / 2, delta, length**2 / 4 + problem.ridge, d, law, pairs))
        return {"square": float(known), "because": SMOOTH + ", row by row"}
    if problem.L1 is None:
        if problem.L0 is None or pairs > 1:
            raise ValueError(f"the problem must state L1, or L0 for one pair, got {problem!r}")
        return lipschitz(problem.L0, d, law)
    G = float(np.linalg.norm(problem.gradient(x)))
    return {"square": float(_averaged(G, delta, problem.L1, d, law, pairs)), "because": SMOOTH}


SMOOTH = "|f(x + delta u) - f(x)|/delta <= |<grad f,u>| + delta L1 |u|^2/2, whose moments are closed forms"


def _averaged(G: Any, delta: float, L1: Any, d: int, law: Law, m: int) -> Any:
    """E |g|^4 of the mean of m independent estimates: E of the products of four of them, one pattern at a time.

    A, B: E |g|^2 and E |g|^4 of one; b at least |E g|. E <g,g'>^2 <= A^2, E |g|^2 <g, E g> <= b sqrt(A B).
    """
    A, B = (smooth(G, delta, L1, d, law, power) for power in (1, 2))
    if m == 1:
        return B
    b = np.minimum(np.sqrt(A), np.asarray(G) + delta * np.asarray(L1) / 2 * along(0, 2, d, law) ** 0.75)
    two, three, four = m * (m - 1), m * (m - 1) * (m - 2), m * (m - 1) * (m - 2) * (m - 3)
    total = m * B + 4 * two * b * np.sqrt(A * B) + 3 * two * A**2 + 6 * three * A * b**2 + four * b**4
    return total / m**4


# --- |g|^2 with two smoothings, on norms -----------------------------------------------------------------------------


def doubly_smoothed(kind: str, d: int, r: float, first: Law = gaussian, law: Law = gaussian) -> Limits:
    """|g|^2 of `estimators.double_smoothed` on `zotheory.problems.Norm`, r the ratio of the radii, at any point.

    By convexity D lies between <e,u> and <e',u>, e the gradient after the first smoothing and e' that after both. On
    "l2" it is below <e,u> + r |u|^2/(2 |w|). For the other kinds both laws are Gaussian: then u = rho w' + sqrt(1 -
    rho^2) v, w' and v standard normal, w' along the sum of both smoothings, and <e',w'> <= f(w').

    Raises
    ------
    ValueError
        For another kind than "l2", unless both laws are Gaussian.
    """
    known = [lipschitz(1.0, d, law)]
    if kind == "l2" and d > 4:
        because = "<w/|w|,u> <= D <= <w/|w|,u> + r |u|^2/(2 |w|), whose moments are closed forms"
        known.append({"square": _between(d, r, first, law), "because": because})
    elif kind != "l2":
        if not first is law is gaussian:
            raise ValueError(f"first and law must be gaussian for {kind!r}, got {first.name} and {law.name}")
        because = "D lies between the slopes before and after both smoothings, whose moments are bounded"
        known.append({"square": _between_slopes(kind, d, r), "because": because})
    return min(known, key=lambda limits: limits["square"])


def _between(d: int, r: float, first: Law, law: Law) -> float:
    """Half the time z > 0 and |D| <= |z| + q, half the time D^4 <= z^4 + q^4; q = r |u|^2/(2 |w|)."""

    def term(k: int) -> float:
        return (r / 2) ** (4 - k) * along(k, 4 - k + 2, d, law) * float(first.norm_moment(k - 4, d))

    return (sum(comb(4, k) * term(k) for k in range(5)) + term(4) + term(0)) / 2


def _between_slopes(kind: str, d: int, r: float) -> float:
    """E of z_-^4 |u|^4 + T_+^4 (T^2 + |rest|^2)^2, T = rho f(w') + b z', rest the part of u across e'.

    f(w') = |w'| times a function of its direction, which is independent of |w'|; |rest|^2 has moments below m[1], m[2],
    polynomials in |w'|^2.
    """
    rho, b = r / np.sqrt(1 + r * r), 1 / np.sqrt(1 + r * r)
    across = b * b * (d - 1)
    m = {
        0: {0: 1.0},
        1: {0: across, 1: rho**2},
        2: {0: across**2 + 2 * b**4 * (d - 1), 1: 2 * rho**2 * across + 4 * rho**2 * b**2, 2: rho**4},
    }
    positive = [0.5 * float(gaussian.norm_moment(j, 1)) for j in range(9)]  # E max(z, 0)^j

    def mean(k: int, rest: dict[int, float]) -> float:
        """E of T_+^k times a polynomial in |w'|^2, as (a + b z)_+^k <= (a + b z_+)^k for a >= 0."""
        total = 0.0
        for j in range(k + 1):
            weight = comb(k, j) * b**j * (1.0 if j == 0 else positive[j]) * rho ** (k - j) * _direction(kind, d, k - j)
            total += weight * sum(c * float(gaussian.norm_moment(k - j + 2 * i, d)) for i, c in rest.items())
        return total

    below = along(4, 2, d) / 2
    return below + mean(8, m[0]) + 2 * mean(6, m[1]) + mean(4, m[2])


@cache
def _direction(kind: str, d: int, k: int) -> float:
    """E (f(w)/|w|)^k, w standard normal; of "max" that of "sup", which is larger."""
    size = float(gaussian.norm_moment(k, d))
    if kind == "l1":
        return _sum_moment(d, k) / size
    from scipy.stats import norm

    if k == 0:
        return 1.0
    nodes, weights = np.polynomial.legendre.leggauss(200)
    ends = np.array([0.0, 1, 2, 3, 4, 6, 40])
    t = (ends[:-1] + ends[1:])[:, None] / 2 + np.diff(ends)[:, None] / 2 * nodes
    tail = -np.expm1(d * np.log1p(-2 * norm.sf(t)))  # P(max |w_i| > t)
    return float(np.sum(np.diff(ends)[:, None] / 2 * weights * k * t ** (k - 1) * tail)) / size


def _sum_moment(d: int, k: int) -> float:
    """E (sum |w_i|/sqrt(d))^k: cumulants of |w_1|, times d^(1 - j/2), turned into moments."""
    raw = [float(gaussian.norm_moment(j, 1)) for j in range(k + 1)]
    cumulants = [0.0]
    for n in range(1, k + 1):
        cumulants.append(raw[n] - sum(comb(n - 1, j - 1) * cumulants[j] * raw[n - j] for j in range(1, n)))
    moments = [1.0]
    for n in range(1, k + 1):
        scaled = (comb(n - 1, j - 1) * cumulants[j] * d ** (1 - j / 2) * moments[n - j] for j in range(1, n + 1))
        moments.append(sum(scaled))
    return moments[k]

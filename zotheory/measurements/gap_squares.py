"""Bounds on E X^2 for X the gap after a run, proved before anything is sampled; see `squares`.

Each follows a fourth moment, or the square of the potential in the theorem's proof, through the steps of the method, as
that proof follows a second moment, or the potential itself. Directions are Gaussian. What smoothing adds is bounded
roughly, by [f(x + delta u) - f(x)]/delta - <grad f,u> <= delta L1 |u|^2/2: choose delta small.
"""

from __future__ import annotations

from math import comb, factorial

import numpy as np

from zotheory.measurements.squares import Limits, along
from zotheory.methods.accelerated_random_search import weight


def gap_of_search(
    *, d: int, L1: float, mu: float, R: float, h: float, delta: float, steps: int, mean: bool = False
) -> Limits:
    """Gap after so many steps of size h, or its mean over the steps before, on every L1-smooth, mu-convex f.

    Without smoothing E |x' - x*|^4 <= (1 - 4 h mu (1 - h L1 (d + 8)/2)) |x - x*|^4, from the moments of Gaussian u and
    <grad f,x - x*> >= |grad f|^2/L1; smoothing moves x' by at most h delta L1 |u|^3/2; f - f* <= L1 |x - x*|^2/2.

    Raises
    ------
    ValueError
        Unless h L1 (d + 8) <= 2.
    """
    if h * L1 * (d + 8) > 2:
        raise ValueError(f"h must be at most 2/((d + 8) L1), got h = {h!r}, d = {d!r} and L1 = {L1!r}")
    shrink = (1 - 4 * h * mu * (1 - h * L1 * (d + 8) / 2)) ** 0.25
    moved = h * delta * L1 / 2 * along(0, 6, d) ** 0.25
    sizes = _iterated(R, shrink, moved, steps)
    because = "E|x - x*|^4 does not grow but by the smoothing, and f - f* <= L1 |x - x*|^2/2"
    size = np.mean(sizes[:-1] ** 2) if mean else sizes[-1] ** 2
    return {"square": float(L1 / 2 * size) ** 2, "because": because}


def gap_on_quadratic(
    *, gap: float, L1: float, mu: float, trace: float, squares: float, h: float, delta: float, steps: int
) -> Limits:
    """Gap after so many steps on a quadratic: trace is that of its Hessian H, squares that of H^2.

    mu is the smallest positive eigenvalue. Without smoothing gap' = gap - h <g,u>^2 (1 - h u'Hu/2), g the gradient.
    With r = |g|^2/(2 gap) and l = g'Hg/|g|^2, mu <= r <= l <= L1, this has E gap'^2 <= (1 - 2 h s) gap^2, where
    s = r (2 - h (trace + 2 l) - 2 r h c), c = E z^4 (1 - h u'Hu/2)^2: concave in r, hence least at r = mu or r = l.
    Smoothing adds at most h delta (u'Hu)^(3/2)/sqrt(8) to the root of the gap.

    Raises
    ------
    ValueError
        Unless E gap'^2 <= gap^2.
    """
    ell = np.linspace(mu, L1, 1001)
    fourth = trace**2 + 2 * squares + 8 * ell * trace + 16 * L1 * ell + 8 * ell**2  # E z^4 (u'Hu)^2/3, at most
    c = 3 - 3 * h * (trace + 4 * ell) + 3 * h**2 / 4 * fourth
    least = min(np.min(r * (2 - h * (trace + 2 * ell) - 2 * r * h * c)) for r in (np.full_like(ell, mu), ell))
    if least < 0:
        raise ValueError(f"h must be smaller for E gap^2 to fall, got h = {h!r}")
    shrink = (1 - 2 * h * float(least) * 0.999) ** 0.25  # the grid is finer than that
    sums = [trace, squares, *(squares * L1**j for j in range(1, 5))]  # of powers of the eigenvalues, at most
    sixth = _sixth_moment([2**j * factorial(j) * total for j, total in enumerate(sums)]) ** 0.25
    roots = _iterated(np.sqrt(gap), shrink, h * delta / np.sqrt(8) * sixth, steps)
    because = "E gap^2 does not grow but by the smoothing, by the moments of Gaussian u"
    return {"square": float(roots[-1]) ** 4, "because": because}


def _sixth_moment(cumulants: list[float]) -> float:
    moments = [1.0]
    for n in range(1, 7):
        moments.append(sum(comb(n - 1, j) * cumulants[j] * moments[n - 1 - j] for j in range(n)))
    return moments[6]


def _iterated(first: float, shrink: float, more: float, steps: int) -> np.ndarray:
    """s_0 = first, s_{k+1} = shrink s_k + more, up to s_steps."""
    sizes = [float(first)]
    for _ in range(steps):
        sizes.append(shrink * sizes[-1] + more)
    return np.array(sizes)


def gap_of_accelerated(
    *,
    d: int,
    L1: float,
    tau: float,
    gamma0: float,
    R: float,
    gap: float,
    h: float,
    theta: float,
    delta: float,
    steps: int,
) -> Limits:
    """Gap after so many steps of accelerated random search, on every L1-smooth, tau-convex f.

    P = f(x) - f* + gamma |v - x*|^2/2. Without smoothing a step has P' <= S with E S <= (1 - a) P - eta G^2, G the
    gradient at y and eta = h - (d + 2)(L1 h^2 + theta)/2, and a standard deviation of S of at most c_A G^2 + c_C G
    sqrt(P), with G^2 <= 2 L1 m P. So E P'^2 <= ((1 - a)^2 + 2 L1 m k) P^2, k the sum of all terms in G^2 P, where it is
    positive. Smoothing adds c_1 sqrt(P) + c_2 to the root of the mean square.

    Raises
    ------
    ValueError
        If eta < 0.
    """
    curved = L1 * h * h + theta
    eta = h - (d + 2) * curved / 2
    if eta < 0:
        raise ValueError(f"h and theta must leave h >= (d + 2)(L1 h^2 + theta)/2, got {h!r} and {theta!r}")
    spread = np.sqrt(3.0 * (d + 4) * (d + 6) - (d + 2.0) ** 2)  # of <e,u>^2 |u|^2
    first, third = (np.sqrt(along(2, j, d)) / 2 for j in (2, 4))  # roots of the mean squares of z |u|^2/2, z |u|^4/2
    last = np.sqrt(along(0, 6, d)) / 4  # and of |u|^6/4
    size, gamma = gap + gamma0 * R**2 / 2, gamma0
    for _ in range(steps):
        a = float(weight(gamma, theta=theta, tau=tau))
        after = (1 - a) * gamma + a * tau
        b = a * gamma / (gamma + a * tau)
        m = max(1 - b, b * L1 / gamma)
        far = np.sqrt(2 * theta * (1 + a * m))  # a |w| is at most this times sqrt(P), w = v' + (theta/a) g - x*
        c_A, c_C = np.sqrt(2) * h + curved / 2 * spread, np.sqrt(2) * far
        k = 2 * L1 * m * eta**2 - 2 * (1 - a) * eta + (np.sqrt(2 * L1 * m) * c_A + c_C) ** 2
        c_1 = delta * L1 * (np.sqrt(2 * L1 * m) * (h * first + curved * third) + far * first)
        c_2 = curved * delta**2 * L1**2 / 2 * last
        size = np.sqrt((1 - a) ** 2 + 2 * L1 * m * max(k, 0.0)) * size + c_1 * np.sqrt(size) + c_2
        gamma = after
    because = "the square of the potential of the proof does not grow in the mean but by the smoothing"
    return {"square": float(size) ** 2, "because": because}

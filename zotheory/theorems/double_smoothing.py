"""Double smoothing: what is claimed.

Main theorems
-------------
Lemma 2. The mean square of the doubly smoothed estimate of a Lipschitz function is at most `lemma2`, and more sharply
at most `second_moment` (both directions normal) or `second_moment_ball` (the first in a ball): of the order of d where
u_2/u_1 is about 1/sqrt(d), kinks or not. With one smoothing it is `single_second_moment` at a kink: of order d^2.
Theorem 2. Under the schedule of `paper_step_size` and `paper_difference`, the average of the first k points has an
expected gap of at most `mean_gap`, of the order R G sqrt(d log(2d)/k). Sharpened by us: under that of `step_size` and
`smoothing_radius`, at most `mean_gap_sharp`, which is of the order R G sqrt(d/k), without the logarithm.

Source: Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), Lemma 2 and
Theorem 2, as recalled (the printed text was not at hand, and it leaves the universal constants unnamed: those here are
derived in ``proofs/double_smoothing.py``), and sharper statements of our own.

The paper's three pairs of laws of (Z_1, Z_2), `PAIRS`: both Gaussian; both uniform on the ball of radius sqrt(d + 2);
that ball and the sphere of radius sqrt(d).

Notation
--------
G with E G(X)^2 <= G^2, F(.; X) G(X)-Lipschitz in l2; R with |x - x*| <= R on the domain; d dimension; r = u_2/u_1; B
with E|g|^2 <= B^2; s = s(d) and M = M(mu) of the law of Z_2 (`zotheory.directions`); k steps; alpha, u multiples of
step size and radius (> 0).
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from zotheory.arguments import Schedule, checked
from zotheory.border import bound
from zotheory.directions import Law, ball, gaussian, sphere
from zotheory.elementary import Array, arctan_deficit, log, maximum, sqrt
from zotheory.geometry import euclidean_ball
from zotheory.kinds import choose
from zotheory.methods import Method, double_smoothing
from zotheory.protocols import Stating
from zotheory.quantities import Dimension, Factor, Length, Positive, Radius, Slope, Steps, Value, whole

PAIRS: dict[str, tuple[Law, Law]] = {  # name -> laws of Z_1, Z_2
    "gaussian": (gaussian, gaussian),
    "ball": (ball, ball),
    "ball, sphere": (ball, sphere),
}
Square = Annotated[Array, (Value / Length) ** 2]
StepSize = Annotated[Array, Length**2 / Value]

# --- the estimate ----------------------------------------------------------------------------------------------------


@bound
def second_moment(*, G: Slope, d: Dimension, r: Factor) -> Square:
    """Both laws Gaussian: E|g|^2 <= G^2 [d + 2 + (d-1) ((d+1)(1 - arctan(r)/r) + r^2/(1 + r^2))].

    The same as G^2 [d + 2 + (d-1)(d+4)(1 - arctan(r)/r) - 2(d-1) I], I = integral over v in [0, 1] of
    (v^2 r^2/(1 + v^2 r^2))^2 = 1 - (3/2) arctan(r)/r + 1/(2 (1 + r^2)). It grows with r, from d + 2 to d(d + 2).
    """
    return G**2 * (d + 2 + (d - 1) * ((d + 1) * arctan_deficit(r) + r**2 / (1 + r**2)))


@bound
def second_moment_ball(*, G: Slope, d: Annotated[Array, whole(4)], r: Factor, s: Factor, M: Factor) -> Square:
    """Z_1 in the ball, Z_2 of any rotation-invariant law: E|g|^2 is at most

    G^2 [s d (2d - 5) + r^2 M^2 d(d-2)/(3(d + 2))]/((d-1)(d-3)).
    """
    return G**2 * (s * d * (2 * d - 5) + r**2 * M**2 * d * (d - 2) / (3 * (d + 2))) / ((d - 1) * (d - 3))


@bound
def lemma2(*, G: Slope, d: Dimension, r: Factor) -> Square:
    """Lemma 2 with its constant: E|g|^2 <= 3 d G^2 (sqrt(r) d + 1 + log d)."""
    return 3 * d * G**2 * (sqrt(r) * d + 1 + log(d))


@bound
def single_second_moment(*, G: Slope, fourth: Factor) -> Square:
    """One smoothing at the kink of G|x - c|: E|g|^2 = G^2 E|Z|^4, `fourth` = E|Z|^4 (``law.norm_moment(4, d)``)."""
    return G**2 * fourth


def estimate_square(pair: str, *, G: float, d: int, r: float) -> float:
    """B^2, the bound of E|g|^2, for one of `PAIRS`."""
    if pair == "gaussian":
        return float(second_moment(G=G, d=d, r=r))
    law = PAIRS[choose("pair", pair, tuple(PAIRS))][1]
    s, M = float(law.second_moment(d)), float(law.third_norm_moment(d))
    return float(second_moment_ball(G=G, d=d, r=r, s=s, M=M))


# --- the method ------------------------------------------------------------------------------------------------------


@bound
def step_size(t: Steps, *, R: Radius, B: Slope, alpha: Factor = 1) -> StepSize:
    """Step size at step t: alpha R/(B sqrt(2t))."""
    return alpha * R / (B * sqrt(2 * t))


@bound
def smoothing_radius(t: Steps, *, R: Radius, u: Factor = 1) -> Annotated[Array, Length]:
    """u_1 at step t: u R/t."""
    return u * R / t


@bound
def mean_gap_sharp(
    k: Steps, *, R: Radius, G: Slope, B: Slope, d: Dimension, r: Factor, alpha: Factor = 1, u: Factor = 1
) -> Annotated[Array, Value]:
    """With step size alpha R/(B sqrt(2t)), u_1 = uR/t and u_2 = r u_1, E f(mean of x^1..x^k) - f* is at most

    (alpha + 1/alpha) R B/sqrt(2k) + u R G sqrt(d(1 + r^2)) (1 + log k)/k.
    """
    return (alpha + 1 / alpha) * R * B / sqrt(2 * k) + u * R * G * sqrt(d * (1 + r**2)) * (1 + log(k)) / k


@bound
def paper_step_size(t: Steps, *, R: Radius, G: Slope, d: Dimension, alpha: Factor = 1) -> StepSize:
    """Theorem 2's step size at step t: alpha R/(G sqrt(d log(2d) t))."""
    return alpha * R / (G * sqrt(d * log(2 * d)) * sqrt(t))


@bound
def paper_difference(t: Steps, *, R: Radius, d: Dimension, u: Factor = 1) -> Annotated[Array, Length]:
    """Theorem 2's u_2 at step t: u R/(d^2 t^2)."""
    return u * R / (d**2 * t**2)


@bound
def mean_gap(
    k: Steps, *, R: Radius, G: Slope, d: Dimension, alpha: Factor = 1, u: Factor = 1
) -> Annotated[Array, Value]:
    """Theorem 2 with its constant: under the paper's schedule, E f(mean of x^1..x^k) - f* is at most

    5 R G sqrt(d log(2d)/k) max(alpha, 1/alpha) + 5 u R G sqrt(d) log(2k)/k.
    """
    leading = R * G * sqrt(d * log(2 * d)) / sqrt(k) * maximum(alpha, 1 / alpha)
    return 5 * (leading + u * R * G * sqrt(d) * log(2 * k) / k)


# --- on a problem ----------------------------------------------------------------------------------------------------


@checked
def prescribed(
    problem: Stating,
    *,
    pair: str = "gaussian",
    r: Positive | None = None,
    alpha: Positive = 1.0,
    u: Positive | None = None,
) -> tuple[Method, dict[str, float]]:
    """Double smoothing with the schedule of `mean_gap_sharp` on a problem, and the arguments of the bound.

    Parameters
    ----------
    problem : with a domain (radius), L0 and minimiser
    pair : str
        One of `PAIRS`.
    r : float, > 0
        u_2/u_1; default 1/sqrt(d), at which E|g|^2 is of the order of d.
    alpha, u : float, > 0
        Default of u: 1/sqrt(d), at which the smoothing costs no power of d.

    Returns
    -------
    method : Method
        On the ball about the origin that is the problem's domain.
    constants : dict
        R, G, B, d, r, alpha, u: pass them to `mean_gap_sharp` with k.

    Raises
    ------
    ValueError
        If the problem has no bounded domain or no L0, or d < 4 where Z_1 is not Gaussian.
    """
    R, G, d = _scales(problem)
    r, u = (1 / sqrt(d) if value is None else value for value in (r, u))
    B = sqrt(estimate_square(pair, G=G, d=d, r=r))
    h, eta = partial(step_size, R=R, B=B, alpha=alpha), partial(smoothing_radius, R=R, u=u)
    method = _method(problem, pair, h=h, delta=partial(_difference, r=r, eta=eta), eta=eta)
    return method, {"R": R, "G": G, "B": B, "d": d, "r": r, "alpha": alpha, "u": u}


@checked
def prescribed_paper(
    problem: Stating, *, pair: str = "gaussian", alpha: Positive = 1.0, u: Positive | None = None
) -> tuple[Method, dict[str, float]]:
    """Double smoothing with Theorem 2's schedule on a problem, and the arguments of `mean_gap`.

    Parameters, raises: as `prescribed`.
    """
    R, G, d = _scales(problem)
    u = 1 / sqrt(d) if u is None else u
    h, eta = partial(paper_step_size, R=R, G=G, d=d, alpha=alpha), partial(smoothing_radius, R=R, u=u)
    method = _method(problem, pair, h=h, delta=partial(paper_difference, R=R, d=d, u=u), eta=eta)
    return method, {"R": R, "G": G, "d": d, "alpha": alpha, "u": u}


def _difference(t: int, *, r: float, eta: Schedule) -> float:
    return r * eta(t)


def _scales(problem: Stating) -> tuple[float, float, int]:
    """R, G and d of a problem."""
    for name in ("radius", "L0"):
        if getattr(problem, name, None) is None:
            raise ValueError(f"problem must state {name}: a ball as domain, a Lipschitz constant; got None")
    return euclidean_ball(problem.radius).reach(problem.minimiser), problem.L0, problem.d


def _method(problem: Stating, pair: str, **schedules: Any) -> Method:
    first, law = PAIRS[choose("pair", pair, tuple(PAIRS))]
    return double_smoothing(mirror=euclidean_ball(problem.radius), law=law, first=first, **schedules)

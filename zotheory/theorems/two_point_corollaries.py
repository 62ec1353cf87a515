"""Two-point mirror descent with several pairs a step, and in other geometries: what is claimed.

Source: Duchi, Jordan, Wainwright, Wibisono, IEEE Trans. Inf. Theory 61(5), 2015 (arXiv:1312.2139), the corollaries of
Theorem 1, as recalled (the printed text was not at hand). The orders are the paper's, the constants are those that the
derivations in ``proofs/two_point_corollaries.py`` give; Theorem 1 enters in its sharp form, `two_point.mean_gap_sharp`.

Notation
--------
As in `zotheory.theorems.two_point`; m pairs a step, which share x^t and X; radius of the l1 ball. There, and on the
simplex, Z has uniform signs, G bounds the maximum norm of the gradient, E |grad F(x; X)|_inf^2 <= G^2, and

    l1 ball   |.|_p, p = 1 + 1/l with l = max(1, log(2d)), and its dual |.|_q, q = 1 + l
    simplex   |.|_1 and |.|_inf, the mirror map of the entropy, from x^1 = (1/d, ..., 1/d)

L1 bounds sqrt(E L(X)^2), gradients being L(X)-Lipschitz from the norm to its dual; a Euclidean L(X) will do.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from zotheory.arguments import checked, steady
from zotheory.border import bound
from zotheory.directions import Law, rademacher, sphere
from zotheory.elementary import Array, half, log, sqrt, zeta
from zotheory.geometry import dual_size, entropy, p_norm
from zotheory.methods import Method, two_point
from zotheory.protocols import Stating
from zotheory.quantities import (
    Count,
    Dimension,
    Factor,
    Flatness,
    Length,
    Number,
    Positive,
    Radius,
    Size,
    Slope,
    Steps,
    Value,
    at_least,
    positive,
    whole,
)
from zotheory.theorems import two_point as theorem
from zotheory.theorems.two_point import smoothing_radius, step_size

Share = Annotated[Array, at_least(1)]  # s(d) of an isotropic law, which is at least 1
Range = Annotated[Array, positive(Value)]  # of the values on the simplex: its points are numbers without a unit

# --- several pairs ---------------------------------------------------------------------------------------------------


@bound
def averaged(*, s: Share, m: Count) -> Annotated[Array, Number]:
    """1 + (s - 1)/m: what takes the place of s(d) when m pairs are averaged."""
    return 1 + (s - 1) / m


@bound
def pairs_second_moment(
    *, G: Slope, delta: Radius, L1: Flatness, s: Share, M: Factor, m: Count
) -> Annotated[Array, (Value / Length) ** 2]:
    """Lemma 1 for the mean of m pairs: E |g|^2 <= 2 G^2 (1 + (s - 1)/m) + delta^2 L1^2 M^2/2 (Euclidean)."""
    return theorem.second_moment(G=G, delta=delta, L1=L1, s=averaged(s=s, m=m), M=M)


@bound
def pairs_mean_gap(
    k: Steps, *, R: Radius, G: Slope, s: Share, m: Count, alpha: Factor = 1, u: Factor = 1
) -> Annotated[Array, Value]:
    """Theorem 1 for the mean of m pairs: s(d) replaced by 1 + (s - 1)/m, in the schedule too (M stays)."""
    return theorem.mean_gap_sharp(k, R=R, G=G, s=averaged(s=s, m=m), alpha=alpha, u=u)


@checked
def prescribed(
    problem: Stating, *, pairs: Size = 1, law: Law = sphere, alpha: Positive = 1.0, u: Positive = 1.0
) -> tuple[Method, dict[str, float]]:
    """Two-point mirror descent with m = `pairs` pairs a step, and the arguments of `pairs_mean_gap`.

    Raises
    ------
    ValueError
        As `two_point.prescribed`.
    """
    method, constants = theorem.prescribed(problem, law=law, alpha=alpha, u=u)
    schedule = method.step.keywords  # type: ignore[attr-defined]
    s = averaged(s=constants["s"], m=pairs)
    h, delta = (partial(schedule[name].func, **schedule[name].keywords | {"s": s}) for name in ("h", "delta"))
    return two_point(h=h, delta=delta, mirror=schedule["mirror"], law=law, pairs=pairs), constants | {"m": pairs}


# --- the sphere ------------------------------------------------------------------------------------------------------


@bound
def sphere_mean_gap(
    k: Steps, *, R: Radius, G: Slope, d: Dimension, alpha: Factor = 1, u: Factor = 1
) -> Annotated[Array, Value]:
    """Theorem 1 for Z uniform on the sphere of radius sqrt(d), where s(d) = d, M = d^(3/2), u_t = u G/(L1 d t)."""
    return theorem.mean_gap(k, R=R, G=G, s=d, alpha=alpha, u=u)


# --- the l1 ball -----------------------------------------------------------------------------------------------------


@bound
def l1_reach(*, radius: Radius, d: Dimension) -> Annotated[Array, Length]:
    """Assumption A on the l1 ball: D(y, x) <= R^2/2 with R = 2 radius sqrt(max(1, log(2d)))."""
    return 2 * radius * sqrt(dual_size(d))


def l1_moments(d: Array) -> tuple[Array, Array]:
    """Assumption D for signs in |.|_q: s = d^(1 + 2/q) < e^2 d and M = d^(2 - 1/q), q = 1 + max(1, log(2d)).

    E |<g,Z> Z|_q^2 = d^(2/q) |g|_2^2 <= s |g|_inf^2, and M = |Z|_p^2 |Z|_q.
    """
    q = 1 + dual_size(d)
    return d ** (1 + 2 / q), d ** (2 - 1 / q)


@bound
def l1_second_moment(*, G: Slope, delta: Radius, L1: Flatness, d: Dimension) -> Annotated[Array, (Value / Length) ** 2]:
    """Lemma 1 on the l1 ball: E |g|_q^2 <= 2 s G^2 + delta^2 L1^2 M^2/2, s and M of `l1_moments`."""
    s, M = l1_moments(d)
    return theorem.second_moment(G=G, delta=delta, L1=L1, s=s, M=M)


@bound
def l1_mean_gap(
    k: Steps, *, radius: Radius, G: Slope, d: Dimension, alpha: Factor = 1, u: Factor = 1
) -> Annotated[Array, Value]:
    """Theorem 1 on the l1 ball: of order radius G sqrt(d log(2d)/k).

    To leading order at most 4 e times that for d >= 2 and alpha = 1.
    """
    s, _ = l1_moments(d)
    return theorem.mean_gap_sharp(k, R=l1_reach(radius=radius, d=d), G=G, s=s, alpha=alpha, u=u)


@checked
def l1_prescribed(
    *,
    radius: Positive,
    G: Positive,
    L1: Positive,
    d: Size,
    alpha: Positive = 1.0,
    u: Positive = 1.0,
    p: float | None = None,
) -> Method:
    """Two-point mirror descent on the l1 ball with the schedule of Theorem 1; p as in `geometry.p_norm`."""
    s, M = l1_moments(d)
    return two_point(
        h=partial(step_size, R=l1_reach(radius=radius, d=d), G=G, s=s, alpha=alpha),
        delta=partial(smoothing_radius, G=G, L1=L1, s=s, M=M, u=u),
        mirror=p_norm(radius, d, p),
        law=rademacher,
    )


# --- the simplex -----------------------------------------------------------------------------------------------------


@bound
def simplex_step(
    *, k: Steps, G: Range, d: Annotated[Array, whole(2)], alpha: Factor = 1
) -> Annotated[Array, Number / Value]:
    """Constant step size for k steps on the simplex: alpha sqrt(log d)/(G sqrt(d k))."""
    return alpha * sqrt(log(d)) / (G * sqrt(d) * sqrt(k))


@bound
def simplex_mean_gap(
    k: Steps, *, G: Range, d: Annotated[Array, whole(2)], alpha: Factor = 1, u: Factor = 1
) -> Annotated[Array, Value]:
    """On the simplex, from its centre with a constant step, E f(mean of x^1..x^k) - f* is at most, S = G sqrt(d log d),

    (alpha + 1/alpha) S/sqrt(k) + alpha u^2 S zeta(2)/(4 k^(3/2)) + u G sqrt(d) (1 + log k)/k.
    """
    scale = G * sqrt(d) * sqrt(log(d))
    return (
        (alpha + 1 / alpha) * scale / sqrt(k)
        + alpha * u**2 * scale * zeta(4 * half(k)) / (4 * k * sqrt(k))
        + u * G * sqrt(d) * (1 + log(k)) / k
    )


@checked
def simplex_prescribed(
    *,
    k: Annotated[int, whole(1)],
    G: Positive,
    L1: Positive,
    d: Annotated[int, whole(2)],
    alpha: Positive = 1.0,
    u: Positive = 1.0,
    h: Positive | None = None,
) -> Method:
    """Two-point mirror descent on the simplex for k steps, with the step size of `simplex_step` (or h)."""
    size = float(simplex_step(k=k, G=G, d=d, alpha=alpha)) if h is None else h
    return two_point(
        h=steady(size),
        delta=partial(smoothing_radius, G=G, L1=L1, s=d, M=d**2, u=u),
        mirror=entropy(),
        law=rademacher,
    )

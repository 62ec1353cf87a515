"""Mirror maps: the geometry in which a method takes its step.

A mirror map psi is 1-strongly convex for a norm, D(y, x) = psi(y) - psi(x) - <grad psi(x), y - x>, and `prox` solves
argmin_y <g, y> + D(y, x)/h over the domain. Here

    Euclidean   psi(x) = |x|^2/2                 for |.|     the whole space, or a ball
    p-norm      psi(x) = |x|_p^2/(2(p - 1))      for |.|_p   the ball |x|_1 <= radius
    entropy     psi(x) = sum x_i log x_i         for |.|_1   the simplex

Notation: q = p/(p - 1), the exponent of the dual norm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array, exp, log, maximum, namespace
from zotheory.elementary import norm as norm
from zotheory.libraries import matching, repeated
from zotheory.quantities import Length, at_most, larger_than, positive, real_number, whole
from zotheory.values import beside

__all__ = ["Mirror", "entropy", "euclidean", "euclidean_ball", "p_norm"]

SLACK = 1e-9  # relative; how far outside the domain a start may lie


def _everywhere(x: Array) -> bool:
    return True


def _unbounded(y: Array) -> float:
    return float("inf")


@checked
@dataclass(frozen=True, eq=False)
class Mirror:
    """A mirror map on a domain.

    Attributes
    ----------
    name : str
    prox : callable ``(x, g, h) -> y``, arrays (..., d)
        The mirror-descent step from `x` against gradient `g` with step size `h`.
    reach : callable ``y -> R``
        R with D(y, x) <= R^2/2 for every x of the domain (inf where there is none): the smallest for the Euclidean
        ball, and for the vertices of the domain of the p-norm.
    radius, centre : of the ball that is the domain; None where the domain is no ball.
    domain : str
        In words.
    contains : callable ``x -> bool``
        Whether all points x (..., d) lie in the domain, to a relative error of `SLACK`.
    """

    such_as: ClassVar[str] = "zo.geometry.entropy()"

    name: str
    prox: Callable[[Array, Array, Array], Array]
    reach: Callable[[Array], float]
    radius: Annotated[Array, positive(Length)] | None = None
    centre: Array = 0
    domain: str = "R^d"
    contains: Callable[[Array], bool] = _everywhere


def starting_in(mirror: Mirror, init: Callable[[Any, Array], Any]) -> Callable[[Any, Array], Any]:
    """Return `init` (f, x0) with a condition: x0 lies in the domain, else ValueError."""
    return partial(_start, mirror=mirror, init=init)


def _start(f: Any, x0: Array, *, mirror: Mirror, init: Callable[[Any, Array], Any]) -> Any:
    if not mirror.contains(x0):
        raise ValueError(f"x0 must lie in the domain {mirror.domain}, got {x0}")
    return init(f, x0)


# --- Euclidean -------------------------------------------------------------------------------------------------------


def project(x: Array, radius: Array, centre: Array = 0) -> Array:
    """Return the nearest point of the ball: centre + (x - centre) radius / max(|x - centre|, radius)."""
    centre = matching(x, centre)
    offset = x - centre
    return centre + offset * beside(radius / maximum(norm(offset), radius))


def _ball_prox(x: Array, g: Array, h: Array, *, radius: float, centre: Array) -> Array:
    return project(x - h * g, radius, centre)


def _space_prox(x: Array, g: Array, h: Array) -> Array:
    return x - h * g


def _ball_reach(y: Array, *, radius: float, centre: Array) -> float:
    return float(radius + norm(np.asarray(y) - centre))


def _in_ball(x: Array, *, radius: float, centre: Array) -> bool:
    return bool(namespace(x).all(norm(x - matching(x, centre)) <= radius * (1 + SLACK)))


@checked
def euclidean_ball(
    radius: Annotated[Array, positive(Length)], centre: Annotated[Array, real_number(Length)] | np.ndarray = 0
) -> Mirror:
    """Gradient step, then projection on the ball of `radius` about `centre` (a scalar or shape (d,)).

    Both may be symbols.
    """
    where: dict[str, Any] = {"radius": radius, "centre": centre}
    return Mirror(
        "euclidean_ball",
        partial(_ball_prox, **where),
        partial(_ball_reach, **where),
        radius,
        centre,
        f"|x - centre| <= {radius}",
        partial(_in_ball, **where),
    )


euclidean = Mirror("euclidean", _space_prox, _unbounded)


# --- p-norm, on the l1 ball ------------------------------------------------------------------------------------------


def dual_size(d: Array) -> Array:
    """max(1, log(2d)) = q - 1 = 1/(p - 1) for the p-norm that suits the l1 ball of R^d."""
    return maximum(log(2 * d), 1)


def p_gradient(x: Array, p: Array) -> Array:
    """Gradient of |x|_p^2/(2(p - 1)): |x|_p^(2-p) |x_i|^(p-1) sign(x_i)/(p - 1). That of exponent q inverts it."""
    xp = namespace(x)
    largest = xp.max(abs(x), axis=-1, keepdims=True)  # taken out: powers of small numbers underflow
    a = abs(x) / xp.where(largest > 0, largest, largest + 1)
    power = a ** (p - 1)
    total = xp.sum(power * a, axis=-1, keepdims=True)
    return largest * xp.where(largest > 0, total, total + 1) ** (2 / p - 1) * power * xp.sign(x) / (p - 1)


def _threshold(over: Array, top: Array, radius: float, q: float) -> Array:
    """The mu in [0, top] at which v = (mu - over)_+ has |p_gradient(v, q)|_1 = radius; top where it is smaller there.

    The sum increases with mu. Newton's method, from above, halving the bracket where it would leave it. `over` is
    (..., d), `top` (..., 1).
    """
    xp = namespace(over)
    high = xp.minimum(top, top * 0 + radius * (q - 1))  # one coordinate alone gives mu/(q - 1)

    def closer(low: Array, high: Array, mu: Array) -> tuple[tuple[Array, Array, Array], Array]:
        a = maximum(mu - over, 0) / xp.where(mu > 0, mu, mu + 1)
        power = a ** (q - 1)
        A, B = xp.sum(power * a, axis=-1, keepdims=True), xp.sum(power, axis=-1, keepdims=True)
        C = xp.sum(power / xp.where(a > 0, a, a + np.inf), axis=-1, keepdims=True)
        A, B = xp.where(mu > 0, A, A + 1), xp.where(mu > 0, B, B + 1)
        scale = A ** (2 / q - 1) * B / (q - 1)
        left = mu * scale - radius
        done = (abs(left) <= 1e-13 * radius) | ((left < 0) & (mu == top)) | (high - low <= 1e-15 * high)
        low, high = xp.where(left < 0, mu, low), xp.where(left >= 0, mu, high)
        slope = scale * ((2 - q) * B / A + (q - 1) * C / B)
        newton = mu - left / xp.where(done, slope * 0 + 1, slope)  # 0 where w is
        mu = xp.where(done, mu, xp.where((low < newton) & (newton < high), newton, (low + high) / 2))
        return (low, high, mu), xp.all(done)

    return repeated(closer, (high * 0, high, high), 60)[-1]


def shrink(w: Array, mu: Array) -> Array:
    """Move each entry towards 0 by lambda = max|w| - mu, and no further."""
    xp = namespace(w)
    over = xp.max(abs(w), axis=-1, keepdims=True) - abs(w)
    return xp.sign(w) * maximum(mu - over, 0)


def _p_prox(x: Array, g: Array, h: Array, *, radius: float, p: float) -> Array:
    """Optimal on |y|_1 <= radius: grad psi(y) is w shrunk by the least multiplier lambda = max|w| - mu that fits."""
    xp = namespace(x)
    w, q = p_gradient(x, p) - h * g, p / (p - 1)
    top = xp.max(abs(w), axis=-1, keepdims=True)
    y = p_gradient(shrink(w, _threshold(top - abs(w), top, radius, q)), q)
    length = xp.sum(abs(y), axis=-1, keepdims=True)
    return y * (radius / maximum(length, length * 0 + radius))  # what rounding left outside


def _p_reach(y: Array, *, radius: float, p: float) -> float:
    return float(radius * (1 + np.linalg.norm(np.asarray(y) / radius, ord=p)) / np.sqrt(p - 1))


def _in_cross_polytope(x: Array, *, radius: float) -> bool:
    return bool((xp := namespace(x)).all(xp.sum(xp.abs(x), axis=-1) <= radius * (1 + SLACK)))


@checked
def p_norm(
    radius: Annotated[float, positive(Length)],
    d: Annotated[int, whole(1)],
    p: Annotated[float, larger_than(1), at_most(lambda: 2, "2")] | None = None,
) -> Mirror:
    """Mirror descent on the ball |x|_1 <= radius of R^d by |x|_p^2/(2(p - 1)), p = 1 + 1/max(1, log(2d)) by default.

    Then D(y, x) <= 2 radius^2 log(2d) there. p = 2 is the gradient step with the Euclidean projection on that ball.
    """
    p = 1 + 1 / float(dual_size(d)) if p is None else p
    return Mirror(
        "p_norm",
        partial(_p_prox, radius=radius, p=p),
        partial(_p_reach, radius=radius, p=p),
        domain=f"|x|_1 <= {radius}",
        contains=partial(_in_cross_polytope, radius=radius),
    )


# --- entropy, on the simplex -----------------------------------------------------------------------------------------


def _entropy_prox(x: Array, g: Array, h: Array) -> Array:
    """The new point is proportional to x exp(-h g)."""
    xp = namespace(x)
    inside = x > 0
    scores = xp.where(inside, log(xp.where(inside, x, x + 1)) - h * g, -np.inf)
    y = exp(scores - xp.max(scores, axis=-1, keepdims=True))
    return y / xp.sum(y, axis=-1, keepdims=True)


def _in_simplex(x: Array) -> bool:
    xp = namespace(x)
    return bool(xp.all(x >= -SLACK) and xp.all(xp.abs(xp.sum(x, axis=-1) - 1) <= SLACK))


def entropy() -> Mirror:
    """Mirror descent on the simplex by the negative entropy: multiplicative weights.

    D(y, x) is not bounded: it is infinite where x_i = 0 < y_i, and a coordinate that is 0 stays there. From the centre,
    D(y, x) <= log d.
    """
    return Mirror(
        "entropy",
        _entropy_prox,
        _unbounded,
        domain="x >= 0, sum of x = 1",
        contains=_in_simplex,
    )

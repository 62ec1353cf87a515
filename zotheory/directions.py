"""Laws of random directions and their exact moments.

Every law is isotropic, E uu' = I, so that an estimator built on one estimates the gradient itself; lengths are
therefore of order sqrt(d). Scales belong to the methods, never to the law.

Moments accept floats, arrays and SymPy symbols (``d`` symbolic), and are derived in ``proofs/directions.py``.

Notation
--------
u direction; g a fixed vector; s(d) the constant of Duchi et al. (2015), Assumption D: E <g,u>^2 |u|^2 = s(d) |g|^2;
m_d = E |<e,u>| for a unit vector e. The uniform law on the ball of R^d is the projection of the uniform law on the
sphere of R^(d+2) (Archimedes), which is where its moments come from.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, ClassVar

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array, half, pi, rising, sqrt
from zotheory.geometry import norm
from zotheory.kinds import namespace, unwrapping
from zotheory.libraries import counted, device, matching
from zotheory.protocols import Generator, Source
from zotheory.quantities import whole
from zotheory.sphere import mean_abs as sphere_mean_abs
from zotheory.values import beside

__all__ = ["LAWS", "Law", "ball", "coordinates", "gaussian", "rademacher", "signs", "sphere"]


@checked
@dataclass(frozen=True)
class Law:
    """An isotropic law of directions in R^d.

    Attributes
    ----------
    name : str
    draw : callable ``(rng, shape, d, scale=1.0) -> array of shape (*shape, d)``
        Independent directions times `scale`, which broadcasts against `shape`.
    second_moment : callable ``d -> s(d)``
        E <g,u>^2 |u|^2 / |g|^2.
    norm_moment : callable ``(p, d) -> E |u|^p``
    mean_abs : callable ``d -> E |<e,u>|`` for a unit vector e, or None where it depends on e
    mean_abs_inner : callable ``g -> E |<g,u>|`` for a vector g of shape (d,), floats or symbols
    rotation_invariant : bool
        Whether Ou has the law of u for every rotation O; what reduced coordinates need.
    """

    such_as: ClassVar[str] = "zo.directions.sphere"

    name: str
    draw: Callable[..., Array]
    second_moment: Callable[[Array], Array]
    norm_moment: Callable[[Array, Array], Array]
    mean_abs: Callable[[Array], Array] | None
    mean_abs_inner: Callable[[Array], Array]
    rotation_invariant: bool

    def third_norm_moment(self, d: Array) -> Array:
        """M(mu) = sqrt(E |u|^6), Assumption D of Duchi et al. (2015) in the Euclidean norm."""
        return sqrt(self.norm_moment(6, d))

    def __reduce_ex__(self, protocol: Any) -> Any:
        """A law of this module is pickled by its name, as a function is: it is one and the same afterwards."""
        shipped = getattr(sys.modules[__name__], self.name, None) is self
        return self.name if shipped else super().__reduce_ex__(protocol)


def _moment(formula: Callable[..., Array]) -> Callable[..., Array]:
    """Let a formula take integers of NumPy as the numbers they are."""

    @wraps(formula)
    def moment(*arguments: Array) -> Array:
        return formula(*map(unwrapping, arguments))

    return moment


def _dimension(g: Array) -> Array:
    return len(g) * 2 * half(g)  # exact beside symbols


def _scaled(u: Array, scale: Array) -> Array:
    if isinstance(scale, float) and scale == 1:
        return u
    u *= beside(matching(u, scale))  # in place: u is this draw's own
    return u


# --- N(0, I) ---------------------------------------------------------------------------------------------------------


def _draw_gaussian(rng: Source, shape: tuple[int, ...], d: int, scale: Array = 1.0) -> Array:
    return _scaled(rng.standard_normal((*shape, d)), scale)


gaussian = Law(
    name="gaussian",
    draw=_draw_gaussian,
    second_moment=_moment(lambda d: d + 2),
    norm_moment=_moment(lambda p, d: 2 ** (p * half(d)) * rising(d / 2, p * half(d))),
    mean_abs=_moment(lambda d: sqrt(2 / pi(d))),
    mean_abs_inner=lambda g: sqrt(2 / pi(g)) * norm(g),
    rotation_invariant=True,
)


# --- uniform on the sphere of radius sqrt(d) -------------------------------------------------------------------------


def _draw_sphere(rng: Source, shape: tuple[int, ...], d: int, scale: Array = 1.0) -> Array:
    z = rng.standard_normal((*shape, d))
    xp = namespace(z)
    return _scaled(z, matching(z, scale) * xp.sqrt(d / xp.vecdot(z, z)))


@_moment
def _sphere_mean_abs(d: Array) -> Array:
    return sqrt(d) * sphere_mean_abs(d)


sphere = Law(
    name="sphere",
    draw=_draw_sphere,
    second_moment=_moment(lambda d: d),
    norm_moment=_moment(lambda p, d: sqrt(d) ** p),
    mean_abs=_sphere_mean_abs,
    mean_abs_inner=lambda g: _sphere_mean_abs(_dimension(g)) * norm(g),
    rotation_invariant=True,
)


# --- uniform on the ball of radius sqrt(d+2) -------------------------------------------------------------------------


def _draw_ball(rng: Source, shape: tuple[int, ...], d: int, scale: Array = 1.0) -> Array:
    z = rng.standard_normal((*shape, d))
    xp = namespace(z)
    radius = xp.exp(rng.standard_exponential(shape) / -d)  # U^(1/d), U uniform
    return _scaled(z, matching(z, scale) * radius * xp.sqrt((d + 2) / xp.vecdot(z, z)))


ball = Law(
    name="ball",
    draw=_draw_ball,
    second_moment=_moment(lambda d: (d + 2) ** 2 / (d + 4)),
    norm_moment=_moment(lambda p, d: sqrt(d + 2) ** p * (d / (d + p))),
    mean_abs=_moment(lambda d: _sphere_mean_abs(d + 2)),  # of its projection from R^(d+2)
    mean_abs_inner=lambda g: _sphere_mean_abs(_dimension(g) + 2) * norm(g),
    rotation_invariant=True,
)


# --- uniform signs ---------------------------------------------------------------------------------------------------


def _draw_rademacher(rng: Generator, shape: tuple[int, ...], d: int, scale: Array = 1.0) -> Array:
    return _scaled(2.0 * counted(rng.integers(0, 2, (*shape, d))) - 1.0, scale)


@checked
def signs(d: Annotated[int, whole(1, 20)]) -> np.ndarray:
    """Return all 2^d sign vectors, shape (2^d, d), d at most 20: the Rademacher law, enumerated."""
    return 1.0 - 2.0 * ((np.arange(2**d)[:, None] >> np.arange(d)) & 1)


def _rademacher_mean_abs_inner(g: Array) -> Array:
    inner = signs(len(g)).astype(int) @ np.asarray(g)  # integers, so that symbols stay exact
    return sum(abs(value) for value in inner) / 2 ** len(g)


rademacher = Law(
    name="rademacher",
    draw=_draw_rademacher,
    second_moment=_moment(lambda d: d),
    norm_moment=_moment(lambda p, d: sqrt(d) ** p),
    mean_abs=None,
    mean_abs_inner=_rademacher_mean_abs_inner,
    rotation_invariant=False,
)


# --- a coordinate axis, uniformly, times sqrt(d) ---------------------------------------------------------------------


def _draw_coordinates(rng: Generator, shape: tuple[int, ...], d: int, scale: Array = 1.0) -> Array:
    axis = rng.integers(0, d, (*shape, 1))
    own = namespace(axis).arange(d, device=device(axis)) == axis
    return _scaled(math.sqrt(d) * counted(own), scale)


coordinates = Law(
    name="coordinates",
    draw=_draw_coordinates,
    second_moment=_moment(lambda d: d),
    norm_moment=_moment(lambda p, d: sqrt(d) ** p),
    mean_abs=None,
    mean_abs_inner=lambda g: sum(abs(value) for value in g) / sqrt(_dimension(g)),
    rotation_invariant=False,
)

LAWS = {law.name: law for law in (gaussian, sphere, ball, rademacher, coordinates)}

"""Quadratics with a prescribed spectrum: rotated, minimiser anywhere, f* anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np

from zotheory.annotations import shape
from zotheory.arguments import checked
from zotheory.elementary import Array, namespace
from zotheory.geometry import norm
from zotheory.libraries import matching
from zotheory.quantities import Size, at_least, at_most, positive


@checked
@dataclass(frozen=True, eq=False)
class Quadratic:
    """f(x) = f_star + sum_i spectrum_i <q_i, x - minimiser>^2 / 2, q_i the rows of `rotation`.

    Parameters
    ----------
    spectrum : array (d,)
        Eigenvalues of the Hessian, all > 0.
    minimiser, x0 : array (d,)
    f_star : float
    rotation : array (d, d), optional
        Orthogonal; None is the identity.
    radius : float, optional
        Of the domain, a ball about the origin that holds the minimiser.
    true_d : int, optional
        The dimension that this quadratic stands for, where it is written in reduced coordinates.

    Raises
    ------
    ValueError
        For a rotation that is not orthogonal to 1e-8, or a minimiser outside the domain.
    """

    spectrum: Annotated[np.ndarray, positive(), shape("d")]
    minimiser: Annotated[np.ndarray, shape("d")]
    x0: Annotated[np.ndarray, shape("d")]
    f_star: float = 0.0
    rotation: Annotated[np.ndarray, shape("d", "d")] | None = None
    radius: Annotated[float, positive()] | None = None
    true_d: Size | None = None

    def __post_init__(self) -> None:
        if self.rotation is not None and not orthonormal(self.rotation.T):
            raise ValueError(f"rotation must be an orthogonal matrix, got {self.rotation}")
        if self.radius is not None and norm(self.minimiser) > self.radius:
            raise ValueError(f"minimiser must lie in the domain |x| <= {self.radius}, got norm {norm(self.minimiser)}")

    @cached_property
    def _weights(self) -> np.ndarray:
        return self.spectrum / 2

    def __call__(self, x: Array) -> Array:
        """f at points (..., d)."""
        xp = namespace(x)
        z = x - matching(x, self.minimiser)
        if self.rotation is not None:
            z = xp.vecdot(xp.expand_dims(z, axis=-2), matching(x, self.rotation))
        z *= z  # in place: z is this call's own
        return self.f_star + xp.vecdot(z, matching(x, self._weights))

    @property
    def d(self) -> int:  # noqa: D102
        return self.true_d or len(self.spectrum)

    @property
    def L1(self) -> float:  # noqa: D102
        return float(self.spectrum.max())

    @property
    def mu(self) -> float:  # noqa: D102
        return float(self.spectrum.min())

    @property
    def Q(self) -> float:  # noqa: D102
        return self.L1 / self.mu

    @property
    def R(self) -> float:  # noqa: D102
        return float(norm(self.x0 - self.minimiser))

    @property
    def L0(self) -> float | None:
        """Bound of |grad f| on the domain: L1 (radius + |minimiser|)."""
        return None if self.radius is None else self.L1 * (self.radius + float(norm(self.minimiser)))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient at points (..., d)."""
        z = x - self.minimiser
        return z * self.spectrum if self.rotation is None else ((z @ self.rotation.T) * self.spectrum) @ self.rotation


def orthonormal(A: np.ndarray) -> bool:
    """Whether the columns of A (n, k) are, to 1e-8."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.allclose(A.T @ A, np.eye(A.shape[1]), atol=1e-8)


@checked
def random_rotation(d: Size, rng: np.random.Generator) -> np.ndarray:
    """Return a Haar-distributed orthogonal matrix (d, d)."""
    from scipy.stats import ortho_group

    return np.eye(1) if d == 1 else ortho_group.rvs(d, random_state=rng)


@checked
def golovin_family(
    alpha: Annotated[float, positive(), at_most("beta")],
    beta: Annotated[float, positive()],
    n: Size,
    *,
    minimiser: float | np.ndarray = 0.0,
    f_star: float = 0.0,
    rotation: np.ndarray | None = None,
) -> Quadratic:
    """f_{alpha,beta,n} of Golovin et al. (2020), section 5: curvatures evenly spaced from alpha to beta.

    Starts at minimiser + (1, ..., 1)/sqrt(n), as the paper does for a minimiser at 0.
    """
    centre = np.full(n, minimiser) if np.ndim(minimiser) == 0 else np.asarray(minimiser)
    if centre.shape != (n,):
        raise ValueError(f"minimiser must be a number or have shape (n,) with n = {n}, got shape {centre.shape}")
    return Quadratic(np.linspace(alpha, beta, n), centre, centre + 1 / np.sqrt(n), f_star, rotation)


@checked
def block_quadratic(
    curvatures: Sequence[Annotated[float, positive()]],
    sizes: Sequence[Size],
    *,
    start: Sequence[float],
    centre: Sequence[float] | None = None,
    f_star: float = 0.0,
    radius: Annotated[float, positive()] | None = None,
    width: Size | None = None,
) -> Quadratic:
    """f(x) = f_star + sum_i curvatures_i |x_i - c_i|^2/2 over blocks x_i of `sizes_i` dimensions.

    In block i the minimiser is centre_i along the first axis and x0 lies start_i off it, along the first axis
    orthogonal to it (along the first axis itself where there is no centre). With `width` only so many axes of each
    block are written: the reduced form, on which `zotheory.reduced` runs methods with the law they have in
    all sum(sizes) dimensions.
    """
    blocks = {"curvatures": curvatures, "sizes": sizes, "start": start} | ({} if centre is None else {"centre": centre})
    if len({len(entries) for entries in blocks.values()}) > 1 or not sizes:
        given = ", ".join(f"{len(entries)} of {name}" for name, entries in blocks.items())
        raise ValueError(f"{', '.join(blocks)} must have one entry a block, got {given}")
    if centre is not None and min(sizes if width is None else (width,)) < 2:
        raise ValueError(f"sizes and width must be at least 2 where a centre is given, got {sizes} and {width}")
    widths = [int(n) if width is None else width for n in sizes]
    first = np.cumsum([0, *widths[:-1]])
    minimiser = np.zeros(sum(widths))
    minimiser[first] = 0.0 if centre is None else centre
    x0 = minimiser.copy()
    second = first + (0 if centre is None else 1)  # the axis after those of the fixed vectors
    x0[second] += start
    return Quadratic(
        np.repeat(np.asarray(curvatures, dtype=float), widths),
        minimiser,
        x0,
        f_star,
        radius=radius,
        true_d=None if width is None else int(sum(sizes)),
    )


@checked
def hard_instance(n: Size, Q: Annotated[float, at_least(1)], width: Size | None = None) -> Quadratic:
    """Hard instance of Golovin et al. (2020), Theorem 10, as recalled.

    x0 - x* lies on the one axis of curvature 1; Q elsewhere. With `width` only so many axes of each block are written
    down, the minimiser at the origin and f_star = 0.
    """
    if width is not None and n < 2:
        raise ValueError(f"n must be at least 2 where width is given, got {n}")
    if width is None:
        e = np.eye(1, n)[0]
        centre = np.full(n, 0.3)
        return Quadratic(np.where(e == 1, 1.0, Q), centre, centre + e, f_star=-2.0)
    return block_quadratic((1.0, Q), (1, n - 1), start=(1.0, 0.0), width=width)

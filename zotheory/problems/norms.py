"""Norms: non-smooth convex functions, 1-Lipschitz in the Euclidean norm, with all their kinks at one point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np

from zotheory import geometry
from zotheory.annotations import shape
from zotheory.arguments import checked
from zotheory.elementary import Array, namespace
from zotheory.libraries import matching
from zotheory.quantities import Size, positive

KINDS = ("l2", "l1", "sup", "max")


@checked
@dataclass(frozen=True, eq=False)
class Norm:
    """f(x) = offset + N(x - kink) on the ball of `radius` about the origin, where N(z) is

    |z|_2 ("l2"), |z|_1/sqrt(d) ("l1"), max_i |z_i| ("sup") or max_i z_i ("max").

    The first three are least at the kink. The last is unbounded below on R^d; over the ball it is least where x_i =
    min(kink_i + v, 0) for the v at which that has length `radius`.

    Parameters
    ----------
    kind : str
    kink, x0 : array (d,), in the domain
    radius : float
    offset : float
    true_d : int, optional
        The dimension that an "l2" norm stands for, where it is written in reduced coordinates.

    Raises
    ------
    ValueError
        Naming the argument, for an unknown kind, a point outside the domain, or `true_d` with another kind than "l2".
    """

    kind: str
    kink: Annotated[np.ndarray, shape("d")]
    x0: Annotated[np.ndarray, shape("d")]
    radius: Annotated[float, positive()]
    offset: float = 0.0
    true_d: Size | None = None

    L0 = 1.0
    L1 = None
    mu = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {KINDS}, got {self.kind!r}")
        if self.true_d is not None and self.kind != "l2":
            raise ValueError(f"true_d must be None but for the rotation-invariant kind 'l2', got {self.kind!r}")
        for name in ("kink", "x0"):
            length = geometry.norm(getattr(self, name))
            if length > self.radius * (1 + 1e-12):
                raise ValueError(f"{name} must lie in the domain |x| <= {self.radius}, got norm {length}")

    def __call__(self, x: Array) -> Array:
        """f at points (..., d)."""
        xp = namespace(x)
        z = x - matching(x, self.kink)
        if self.kind == "l2":
            return self.offset + geometry.norm(z)
        if self.kind == "max":
            return self.offset + xp.max(z, axis=-1)
        size = xp.abs(z)
        return self.offset + (xp.max(size, axis=-1) if self.kind == "sup" else xp.sum(size, axis=-1) / self.d**0.5)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """A subgradient at points (..., d): the gradient wherever there is one."""
        z = x - self.kink
        if self.kind == "l2":
            length = geometry.norm(z)[..., None]
            return z / np.where(length > 0, length, 1.0)
        if self.kind == "l1":
            return np.sign(z) / np.sqrt(self.d)
        size = z if self.kind == "max" else np.abs(z)
        first = np.arange(z.shape[-1]) == np.argmax(size, axis=-1)[..., None]
        return np.where(first, 1.0 if self.kind == "max" else np.sign(z), 0.0)

    @cached_property
    def _depth(self) -> float:
        """The root v of |min(kink + v, 0)| = radius, N(minimiser - kink) for the kind "max"."""
        from scipy.optimize import brentq

        least = -float(np.min(self.kink))
        return float(brentq(lambda v: geometry.norm(np.minimum(self.kink + v, 0)) - self.radius,
                            least - self.radius, least, xtol=1e-15))  # fmt: skip

    @property
    def d(self) -> int:  # noqa: D102
        return self.true_d or len(self.kink)

    @property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return np.minimum(self.kink + self._depth, 0) if self.kind == "max" else self.kink

    @property
    def f_star(self) -> float:  # noqa: D102
        return self.offset + self._depth if self.kind == "max" else self.offset

    @property
    def Q(self) -> float | None:
        """1 for "l2", an increasing transform of |x - kink|^2; the others have none."""
        return 1.0 if self.kind == "l2" else None

    @property
    def R(self) -> float:  # noqa: D102
        return float(geometry.norm(self.x0 - self.minimiser))

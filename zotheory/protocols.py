"""What the parts of zotheory ask of each other, as types; nothing is imported and nothing checked when it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Protocol

import numpy as np

from zotheory.elementary import Array


class Source(Protocol):
    """Where `draw` and `sample` take randomness from: a NumPy generator, or reduced normals in its place."""

    def standard_normal(self, size: Any, /) -> Any:
        """N(0, I) vectors (..., d); or one number for each replica."""

    def random(self, size: Any = None, /) -> Any:
        """Numbers uniform on [0, 1)."""

    def standard_exponential(self, size: Any = None, /) -> Any:
        """Exponential numbers of mean 1."""


class Generator(Source, Protocol):
    """A source that draws whole numbers, too: NumPy's generator, or that of another library (`zotheory.backends`)."""

    def integers(self, low: int, high: int, size: Any = None, /) -> Any:
        """Whole numbers uniform on low..high - 1."""


class Problem(Protocol):
    """A function of points (..., d) with values (...), which knows its dimension and a start."""

    def __call__(self, x: Array, /) -> Array:
        """f at points (..., d)."""

    @property
    def d(self) -> int:
        """Dimension."""

    @property
    def x0(self) -> np.ndarray:
        """Start, (d,); in reduced coordinates as many as are written."""


class Known(Problem, Protocol):
    """A problem that states its constants, as those of `zotheory.problems` do; None: there is no such constant."""

    @property
    def minimiser(self) -> np.ndarray:
        """(d,), over the domain."""

    @property
    def f_star(self) -> float:
        """Value there."""

    @property
    def R(self) -> float:
        """|x0 - minimiser|."""

    @property
    def L0(self) -> float | None:
        """Lipschitz constant of f on the domain."""

    @property
    def L1(self) -> float | None:
        """Lipschitz constant of the gradient."""

    @property
    def mu(self) -> float | None:
        """Strong convexity."""

    @property
    def Q(self) -> float | None:
        """Condition number, invariant under strictly increasing transforms."""

    @property
    def radius(self) -> float | None:
        """Of the domain, a ball about the origin."""


class Conditioned(Protocol):
    """What knows its dimension and its condition number."""

    @property
    def d(self) -> int:
        """Dimension."""

    @property
    def Q(self) -> float | None:
        """Condition number, invariant under strictly increasing transforms."""


Told = Annotated[Any, Conditioned]
Stating = Annotated[Any, Known]  # one that states those that are asked for


class Smooth(Known, Protocol):
    """A problem that knows its gradient."""

    def gradient(self, x: np.ndarray, /) -> np.ndarray:
        """Gradient at points (..., d)."""


class Stochastic(Problem, Protocol):
    """A problem of which a step sees F(.; X), for an X drawn once a step; called, it gives E F."""

    def sample(self, rng: Any, batch: tuple[int, ...], /) -> Any:
        """X, one a replica."""

    def at(self, xi: Any, /) -> Callable[[Array], Array]:
        """F(.; X)."""

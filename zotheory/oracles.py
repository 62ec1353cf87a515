"""What makes problems of others: a function of one point vectorised, noise added, samples averaged over batches.

A step sees one function. For a stochastic problem that is F(.; xi) with xi drawn once a step, so every evaluation of
the step shares its sample (common random numbers) by construction; a run looks whether a problem keeps to that
(`zotheory.looks`), and `Fresh` breaks it on purpose, for controls.

A stochastic problem has ``sample(rng, batch) -> xi`` and ``at(xi) -> f``; a deterministic one is just callable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Annotated, Any

import numpy as np

from zotheory import require
from zotheory.arguments import at_step, checked
from zotheory.elementary import Array, namespace
from zotheory.kinds import shown
from zotheory.libraries import in_rows
from zotheory.objective import ObjectiveError, as_real
from zotheory.protocols import Generator, Problem, Stochastic
from zotheory.quantities import nonnegative
from zotheory.require import COUNT

__all__ = ["Batches", "Expected", "Fresh", "Noisy", "is_fresh", "is_stochastic", "vectorised"]


def is_stochastic(problem: Any) -> bool:
    """Whether a step of `problem` draws a sample."""
    return hasattr(problem, "sample")


def is_fresh(problem: Any) -> bool:
    """Whether two evaluations of `problem` at a point may differ, as it says itself."""
    return getattr(problem, "fresh", False)


def vectorised(f: Callable[[np.ndarray], float]) -> Callable[[np.ndarray], np.ndarray]:
    """Let a function of one point (d,) take any batch (..., d), one call a point, each with a copy of its own.

    Raises
    ------
    TypeError
        Unless f is callable.
    ObjectiveError
        From a call in which f returns anything but one real number.
    """
    if not callable(f):
        raise TypeError(f"f must be a function of one point (d,), got {shown(f)}")
    return Vectorised(f)


@dataclass(frozen=True)
class Vectorised:
    """A function of one point (d,), called for each point of a batch (..., d)."""

    f: Callable[[np.ndarray], float]

    @property
    def fresh(self) -> bool:
        """As the function says."""
        return is_fresh(self.f)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """f at points (..., d)."""
        rows = np.array(np.reshape(x, (-1, x.shape[-1])))
        return np.reshape(np.array([_number(self.f(row)) for row in rows], dtype=float), x.shape[:-1])


def _number(value: Any) -> float:
    array = as_real(value)
    if array.size != 1:
        raise ObjectiveError(f"the objective must return one number for one point (d,), got shape {array.shape}")
    return float(array.item())


@dataclass(frozen=True, eq=False)
class Plain:
    """A function as a problem: asked for points in rows (n, d) alone, whatever the method asks for.

    Where f takes only such batches, or sums over axis 1, a third axis cannot be confused with another. f gets copies,
    into which it may write, and which it may keep.
    """

    f: Callable[[np.ndarray], Array]
    x0: np.ndarray

    @property
    def d(self) -> int:
        """Dimension."""
        return len(self.x0)

    @property
    def fresh(self) -> bool:
        """As the function says."""
        return is_fresh(self.f)

    def __call__(self, x: np.ndarray) -> Any:
        """f at points (..., d)."""
        *lead, _ = x.shape
        value = self.f(in_rows(x))
        if len(lead) == 1 or np.shape(value) != (prod(lead),):
            return value  # as it is; of the wrong shape, as whoever asks will say
        return namespace(value).reshape(value, tuple(lead)) if lead else value[0]


def expand_like(sample: Array, x: Array, trailing: int = 0) -> Array:
    """Add axes to `sample` (*batch, *trailing axes) so that it broadcasts against points x (*batch, ..., d)."""
    batch = sample.ndim - trailing
    extra = x.ndim - 1 - batch
    shape = (*sample.shape[:batch], *(1,) * extra, *sample.shape[batch:])
    return namespace(sample).reshape(sample, shape)


def during(problem: Any, t: int) -> Any:
    """A stochastic problem as step t = 1, 2, ... draws from it: itself, unless its `Batches` grow."""
    return problem.during(t) if hasattr(problem, "during") else problem


class Delegate:
    """A problem that answers for another, but for what a subclass changes."""

    problem: Problem

    def __call__(self, x: Array) -> Array:
        """f, or E F, at points (..., d)."""
        return self.problem(x)

    def during(self, t: int) -> Any:
        """The same of the other as it is in step t."""
        return replace(self, problem=during(self.problem, t))  # type: ignore[type-var]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "problem":
            raise AttributeError(name)
        return getattr(self.problem, name)


@checked
@dataclass(frozen=True)
class Expected(Delegate):
    """The mean f = E F(.; X) of a stochastic problem as a deterministic one: no step draws a sample."""

    problem: Problem

    def __getattr__(self, name: str) -> Any:
        if name in ("sample", "at"):
            raise AttributeError(name)
        return super().__getattr__(name)


@checked
@dataclass(frozen=True)
class Noisy(Delegate):
    """A problem whose values carry additive N(0, sigma^2) noise, one draw a step, shared by its evaluations.

    Shared noise cancels in differences; `Fresh` of this draws anew for each evaluation.

    Parameters
    ----------
    problem : problem without noise
    sigma : float
        sigma >= 0, in the unit of f.
    """

    problem: Problem
    sigma: Annotated[float, nonnegative()]

    def sample(self, rng: Generator, batch: tuple[int, ...]) -> Array:
        """Draw one noise value per replica."""
        return self.sigma * rng.standard_normal(batch)

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return x -> f(x) + xi."""
        return lambda x: self.problem(x) + expand_like(xi, x)


@checked
@dataclass(frozen=True)
class Fresh(Delegate):
    """A stochastic problem that draws anew at every evaluation: common random numbers broken, for controls."""

    problem: Stochastic

    fresh = True  # on purpose, and it says so: `zotheory.looks`

    def sample(self, rng: Generator, batch: tuple[int, ...]) -> Array:
        """Hand the generator on: every evaluation draws for itself."""
        return rng, batch

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return x -> F(x; fresh sample)."""
        rng, batch = xi
        return lambda x: self.problem.at(self.problem.sample(rng, batch))(x)


@dataclass(frozen=True)
class Batches(Delegate):
    """A stochastic problem whose F(.; X) is the mean over a mini-batch of samples, drawn once a step.

    Its evaluations share the batch, and each costs as many of the problem's own, which `calls` counts as one.

    Parameters
    ----------
    problem : stochastic
    sizes : int or callable ``t -> int``
        Samples in the batch, or in that of step t = 1, 2, ..., for example ``lambda t: t``.

    Raises
    ------
    TypeError, ValueError
        Unless the problem draws samples and a size is a positive integer; of a callable, when its step is drawn.
    """

    problem: Stochastic
    sizes: int | Callable[[int], int]

    def __post_init__(self) -> None:
        if not is_stochastic(self.problem):
            raise TypeError(f"problem must draw samples, to be averaged over batches, got {shown(self.problem)}")
        if not callable(self.sizes):
            object.__setattr__(self, "sizes", require.count("sizes", self.sizes))

    def during(self, t: int) -> Batches:
        """The batches of step t, all of one size."""
        if not callable(self.sizes):
            return super().during(t)
        return Batches(during(self.problem, t), at_step("sizes", self.sizes, t, COUNT))

    def sample(self, rng: Generator, batch: tuple[int, ...]) -> Array:
        """Draw one batch per replica; of step 1, where they grow."""
        if callable(self.sizes):
            return self.during(1).sample(rng, batch)
        return self.problem.sample(rng, (*batch, self.sizes)), len(batch)

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return the mean of F(.; X) over the batch."""
        samples, axis = xi
        f = self.problem.at(samples)
        return lambda x: namespace(x).mean(f(namespace(x).expand_dims(x, axis=axis)), axis=axis)

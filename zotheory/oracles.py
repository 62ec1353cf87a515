"""What stands between a method and its objective: counting and checking, sampling, vectorising.

A step sees one function. For a stochastic problem that is F(.; xi) with xi drawn once a step, so every evaluation of
the step shares its sample (common random numbers) by construction; `require_shared_sample` looks whether a problem
keeps to that, and `Fresh` breaks it on purpose, for controls.

A stochastic problem has ``sample(rng, batch) -> xi`` and ``at(xi) -> f``; a deterministic one is just callable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from zotheory import require
from zotheory.elementary import Array, namespace
from zotheory.protocols import Problem, Stochastic


class ObjectiveError(RuntimeError):
    """The objective raised, or returned something that is not one finite real number per point.

    Attributes
    ----------
    partial : Run or None
        Everything computed before the failure; set by `zotheory.run`.
    """

    partial: Any = None


class Counted:
    """An objective whose evaluations are counted and whose answers are checked.

    Parameters
    ----------
    f : callable, (..., d) -> (...)
    replicas : int
        Independent runs that share each call; `calls` counts the evaluations of one of them.

    Raises
    ------
    ObjectiveError
        From a call in which `f` raises, returns the wrong shape, something not real, NaN or an infinity.
    """

    def __init__(self, f: Callable[[Array], Array], replicas: int = 1) -> None:
        self.f = f
        self.replicas = replicas
        self.calls = 0

    def __call__(self, x: Array) -> Array:
        """f at points (..., d), checked and counted."""
        expected = tuple(x.shape[:-1])
        try:
            value = self.f(x)
        except Exception as error:
            raise ObjectiveError(f"the objective raised {type(error).__name__}: {error}") from error
        if not hasattr(value, "shape"):
            value = np.asarray(value)
        if tuple(value.shape) != expected:
            raise ObjectiveError(
                f"the objective must return shape {expected} for points of shape {tuple(x.shape)}, got {value.shape}"
            )
        if isinstance(value, np.ndarray | np.generic) and value.dtype.kind not in "iuf":
            raise ObjectiveError(f"the objective must return real numbers, got dtype {value.dtype}")
        xp = namespace(value)
        if not xp.all(xp.isfinite(value)):
            bad = np.asarray(value)[~np.isfinite(np.asarray(value))].flat[0]
            raise ObjectiveError(f"the objective must return finite values, got {bad} at one of the points")
        self.calls += prod(expected) // self.replicas
        return value


def is_stochastic(problem: Any) -> bool:
    """Whether a step of `problem` draws a sample."""
    return hasattr(problem, "sample")


ROUNDING = 1e-9  # relative; two values further apart than this are of different functions


def require_shared_sample(problem: Any, x0: Array) -> None:
    """Two evaluations of the objective of one step agree, so that a difference of values is no difference of samples.

    A problem or function that says ``fresh = True`` means it otherwise, and passes. Looked at is F(.; xi), close to
    x0, for one sample per replica from a stream of its own; where there is no sample, f at x0. Cost: 2 evaluations,
    not in the `calls` of a run.

    Parameters
    ----------
    problem : callable on points (..., d), stochastic or not
    x0 : array (..., d)

    Raises
    ------
    ValueError
        With the two values, if they differ by more than rounding.
    ObjectiveError
        As `Counted`.
    """
    if getattr(problem, "fresh", False):
        return
    f, x = problem, x0
    if is_stochastic(problem):
        batch, rng = tuple(x0.shape[:-1]), np.random.Generator(np.random.SFC64(0))
        frame = getattr(problem, "frame", None)
        f = problem.at(problem.sample(rng if frame is None else frame.generator(rng, batch), batch))
        x = x0 + 1e-3 * (1 + abs(x0))  # not at 0 itself, where F(x; X) = <x, X> does not depend on X
    first, second = (np.ravel(np.asarray(Counted(f)(x))) for _ in range(2))
    apart = abs(first - second) > ROUNDING * np.maximum(abs(first), abs(second))
    if np.any(apart):
        i = int(np.argmax(apart))
        raise ValueError(
            "problem must be one function within a step (both evaluations of a step must share their sample), got "
            f"{first[i]} and {second[i]} at one point; if that is meant, set `fresh = True` on it"
        )


def vectorised(f: Callable[[np.ndarray], float]) -> Callable[[np.ndarray], np.ndarray]:
    """Let a function of one point (d,) take any batch (..., d), one call a point."""

    def batched(x: np.ndarray) -> np.ndarray:
        rows = np.reshape(x, (-1, x.shape[-1]))
        return np.reshape(np.array([f(row) for row in rows]), x.shape[:-1])

    return batched


def expand_like(sample: Array, x: Array, trailing: int = 0) -> Array:
    """Add axes to `sample` (*batch, *trailing axes) so that it broadcasts against points x (*batch, ..., d)."""
    batch = sample.ndim - trailing
    extra = x.ndim - 1 - batch
    return np.reshape(sample, sample.shape[:batch] + (1,) * extra + sample.shape[batch:])


def during(problem: Any, t: int) -> Any:
    """A stochastic problem as step t = 1, 2, ... draws from it: itself, unless its `Batches` grow."""
    return problem.during(t) if hasattr(problem, "during") else problem


class _Delegate:
    """A problem that answers for another, but for what a subclass changes."""

    problem: Problem

    def during(self, t: int) -> Any:
        """The same of the other as it is in step t."""
        return replace(self, problem=during(self.problem, t))  # type: ignore[type-var]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "problem":
            raise AttributeError(name)
        return getattr(self.problem, name)


@dataclass(frozen=True)
class Expected(_Delegate):
    """The mean f = E F(.; X) of a stochastic problem as a deterministic one: no step draws a sample."""

    problem: Problem

    def __getattr__(self, name: str) -> Any:
        if name in ("sample", "at"):
            raise AttributeError(name)
        return super().__getattr__(name)

    def __call__(self, x: Array) -> Array:
        """E F at points (..., d)."""
        return self.problem(x)


@dataclass(frozen=True)
class Noisy(_Delegate):
    """A problem whose values carry additive N(0, sigma^2) noise, one draw a step, shared by its evaluations."""

    problem: Problem
    sigma: float

    def __call__(self, x: Array) -> Array:
        """E F at points (..., d)."""
        return self.problem(x)

    def sample(self, rng: np.random.Generator, batch: tuple[int, ...]) -> Array:
        """Draw one noise value per replica."""
        return self.sigma * rng.standard_normal(batch)

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return x -> f(x) + xi."""
        return lambda x: self.problem(x) + expand_like(xi, x)


@dataclass(frozen=True)
class Fresh(_Delegate):
    """A stochastic problem that draws anew at every evaluation: common random numbers broken, for controls."""

    problem: Stochastic

    fresh = True  # on purpose: `require_shared_sample`

    def __call__(self, x: Array) -> Array:
        """E F at points (..., d)."""
        return self.problem(x)

    def sample(self, rng: np.random.Generator, batch: tuple[int, ...]) -> Array:
        """Hand the generator on: every evaluation draws for itself."""
        return rng, batch

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return x -> F(x; fresh sample)."""
        rng, batch = xi
        return lambda x: self.problem.at(self.problem.sample(rng, batch))(x)


@dataclass(frozen=True)
class Batches(_Delegate):
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
            raise TypeError(f"problem must draw samples, to be averaged over batches, got {self.problem!r}")
        if not callable(self.sizes):
            require.count(sizes=self.sizes)

    def __call__(self, x: Array) -> Array:
        """E F at points (..., d)."""
        return self.problem(x)

    def during(self, t: int) -> Batches:
        """The batches of step t, all of one size."""
        return Batches(during(self.problem, t), self.sizes(t)) if callable(self.sizes) else super().during(t)

    def sample(self, rng: np.random.Generator, batch: tuple[int, ...]) -> Array:
        """Draw one batch per replica; of step 1, where they grow."""
        if callable(self.sizes):
            return self.during(1).sample(rng, batch)
        return self.problem.sample(rng, (*batch, self.sizes)), len(batch)

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return the mean of F(.; X) over the batch."""
        samples, axis = xi
        f = self.problem.at(samples)
        return lambda x: namespace(x).mean(f(namespace(x).expand_dims(x, axis=axis)), axis=axis)

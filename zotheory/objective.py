"""The objective as a method sees it: counted, checked and protected in every call.

It hands out points that cannot be written into, and takes nothing but one real number for each. Whether the objective
is one function at all is looked at before the first step, and again in some of them: `zotheory.looks`.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable
from math import isfinite, prod
from typing import Any

import numpy as np

from zotheory.elementary import Array, namespace
from zotheory.kinds import shown
from zotheory.values import argmin, replaced

DOUBLE = np.dtype(np.float64)
HOW = (
    "say vectorised=False, or wrap it in zotheory.oracles.vectorised (on JAX in jax.vmap, on PyTorch in torch.vmap), "
    "if it takes one point (d,) at a time"
)


class ObjectiveError(RuntimeError):
    """The objective raised, or returned something that is not one finite real number per point.

    Attributes
    ----------
    partial : Run or None
        Everything computed before the failure; set by `zotheory.run`.
    """

    partial: Any = None


def as_real(value: Any) -> np.ndarray:
    """A value or an array of values, of any real dtype, as a float64 array of its own; masked ones become NaN.

    Raises
    ------
    ObjectiveError
        For anything that is not real.
    """
    if isinstance(value, np.ma.MaskedArray):
        value = np.where(np.ma.getmaskarray(value), np.nan, value.data)
    try:
        array = np.asarray(value)
        if array.dtype.hasobject and all(isinstance(each, numbers.Real) for each in array.flat):
            array = array.astype(np.float64)  # such as integers of any length
    except Exception as error:  # what an array of another library may raise here
        raise ObjectiveError(f"the objective must return real numbers, got {shown(value)}: {error}") from error
    if array.dtype.kind not in "biuf":
        got = f"dtype {array.dtype}" if isinstance(value, np.ndarray | np.generic) else shown(value)
        raise ObjectiveError(f"the objective must return real numbers, got {got}")
    return np.array(array, dtype=np.float64)


def require_shape(x: Array, value: Array) -> None:
    """There is one value for each point; ObjectiveError if not."""
    expected = tuple(x.shape[:-1])
    if tuple(value.shape) != expected:
        hint = "drop its last axis" if tuple(value.shape) == (*expected, 1) else HOW
        raise ObjectiveError(
            f"the objective must return shape {expected} for points of shape {tuple(x.shape)}, got "
            f"{tuple(value.shape)}; {hint}"
        )


class Objective:
    """An objective whose evaluations are counted and whose answers are checked.

    Parameters
    ----------
    f : callable, (..., d) -> (...)
    batch : shape of the independent runs that share each call
    nonfinite : "error", "worst" or "any"
        Whether NaN and infinities end the run; or NaN and +inf count as +inf, worse than any number; or all may be.

    Attributes
    ----------
    spent, looks : int
        Evaluations, of one run, that the method asked for, and that checks and records asked for.
    asked : list of (points, values), or None
        What the method asks for, while that is to be known.
    best : Best or None
        Keeps the best of the points, where it is set.

    Raises
    ------
    ObjectiveError
        From a call in which `f` raises, returns the wrong shape, something not real, an infinity or NaN.
    """

    compares = False  # whether the method that is run only compares, so that "worst" is a choice

    def __init__(self, f: Callable[[Array], Array], batch: tuple[int, ...] = (), *, nonfinite: str = "error") -> None:
        self.f = f
        self.batch = batch
        self.nonfinite = nonfinite
        self.spent = 0
        self.looks = 0
        self.asked: list[tuple[Array, Array]] | None = None
        self.best: Best | None = None

    @property
    def calls(self) -> int:
        """All evaluations of one run."""
        return self.spent + self.looks

    def __call__(self, x: Array) -> Array:
        """f at points (..., d), checked and counted.

        Raises
        ------
        ValueError
            Unless the first axes of x are those of the batch.
        """
        self._count(x.shape, prod(x.shape[len(self.batch) : -1]))
        value = self._value(x)
        if self.keeps:
            self._keep(x, value)
        return value

    def along(self, x: Array, i: int, w: Array) -> Array:
        """f at points x (*batch, d) with each of w (*batch, K) in the place of coordinate i: see `values.along`.

        Checked and counted as whole points are: K evaluations.
        """
        own = getattr(self.f, "along", None)
        if own is None:
            return self(replaced(x, i, w))
        self._count(x.shape, w.shape[-1])
        value = self._value(w[..., None], lambda each: own(x, i, each[..., 0]))
        if self.keeps:
            self._keep(replaced(x, i, w), value)
        return value

    def _count(self, shape: tuple[int, ...], calls: int) -> None:
        axes = len(self.batch)
        if shape[:axes] != self.batch or len(shape) <= axes:
            raise ValueError(
                f"method must ask for points (*batch, ..., d) of all runs of batch = {self.batch}, got {shape}"
            )
        self.spent += calls

    @property
    def keeps(self) -> bool:
        """Whether anything is to be kept of the points where f is evaluated."""
        return self.best is not None or self.asked is not None

    def _keep(self, x: Array, value: Array) -> None:
        if self.best is not None:
            self.best.see(x, value)
        if self.asked is not None:
            self.asked.append((x.copy(), value))  # a method may move its points in place

    def carry(self, x: Array, memory: Any) -> tuple[Array, Any]:
        """Values at points (*batch, d) of an f that carries a memory on, and that memory; TypeError if it has none."""
        carrying = self.f.carrying if isinstance(self.f, From) else self.f
        if not hasattr(carrying, "carry"):
            raise TypeError(f"problem must carry a memory, as `Sequences` of networks does, got {shown(carrying)}")
        self.f = here = From(carrying, memory)
        return self(x), here.after

    def look(self, x: Array) -> Array:
        """f at points (..., d), for a check or a record: one of the `looks`."""
        self.looks += prod(x.shape[len(self.batch) : -1])
        value = self._value(x)
        if self.best is not None:
            self.best.see(x, value)
        return value

    def _value(self, x: Array, f: Callable[[Array], Array] | None = None) -> Array:
        """f at points x; or what else is to be called, and gives a value for each of x."""
        try:
            if type(x) is np.ndarray:
                x = x.view()
                x.setflags(write=False)
            value = (f or self.f)(x)
        except ObjectiveError:
            raise
        except Exception as error:
            raise ObjectiveError(f"the objective raised {type(error).__name__}: {error}") from error
        kind = type(value)  # the common cases, quickly
        if kind is np.float64 and x.ndim == 1 and isfinite(value):
            return value
        if kind is np.ndarray and value.dtype == DOUBLE and value.shape == x.shape[:-1] and _finite(value):
            return value.copy()[()]  # f may write into it again
        return self._checked(x, value)

    def _checked(self, x: Array, value: Any) -> Array:
        if isinstance(x, np.ndarray) or not hasattr(value, "shape"):
            value = as_real(value)
        require_shape(x, value)
        xp = namespace(value)
        if not xp.all(xp.isfinite(value)):
            value = self._worst(x, np.asarray(value))
        return value[()] if isinstance(value, np.ndarray) else value

    def _worst(self, x: Array, value: np.ndarray) -> np.ndarray:
        if self.nonfinite == "any":
            return value
        if self.nonfinite == "worst" and not np.any(value == -np.inf):
            return np.where(np.isnan(value), np.inf, value)
        if not np.all(namespace(x).isfinite(x)):
            raise ObjectiveError("the points of a run must be finite, got an overflow: it diverges; take shorter steps")
        bad = value[~np.isfinite(value)].flat[0]
        hint = "; nonfinite='worst' counts it as worse than any number" if self.compares and bad != -np.inf else ""
        raise ObjectiveError(f"the objective must return finite values, got {bad} at one of the points{hint}")


class From:
    """An f that carries a memory, from one memory on: values (...); `after` is the memory that the last call left."""

    def __init__(self, carrying: Any, memory: Any) -> None:
        self.carrying, self.memory = carrying, memory

    def __call__(self, x: Array) -> Array:  # noqa: D102
        value, self.after = self.carrying.carry(x, self.memory)
        return value


def _finite(values: np.ndarray) -> bool:
    """Whether the sum of squares is finite, so that each of them is: one quick look, which warns of nothing."""
    return isfinite(np.vdot(values, values))


class Best:
    """The best of all points that were seen, of each run of a batch: `point` (..., d) and its `value` (...)."""

    def __init__(self, batch: tuple[int, ...], d: int) -> None:
        self.batch = batch
        self.point = np.full((*batch, d), np.nan)
        self.value: Any = np.full(batch, np.inf) if batch else np.inf

    def see(self, x: np.ndarray, value: np.ndarray) -> None:
        """Keep what is better; candidates stand between the batch and the coordinates."""
        if x.ndim > len(self.batch) + 1:
            x, value = argmin(np.reshape(x, (*self.batch, -1, x.shape[-1])), np.reshape(value, (*self.batch, -1)))
        if not self.batch:
            if value < self.value:
                self.point, self.value = x.copy(), value
            return
        better = value < self.value
        if better.any():
            np.copyto(self.value, value, where=better)
            np.copyto(self.point, x, where=better[..., None])

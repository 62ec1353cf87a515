"""Sums of vectors as arrays (..., d): the shipped steps run on them unchanged.

NumPy's functions, which steps call by the namespace of their arrays, come here where an argument is one of these
(`__array_ufunc__`, `__array_function__`). What is linear in its vectors is served, and so are inner products and
extremes, block by block; anything else is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from zotheory.elementary import Array
from zotheory.large.blocks import Blocks
from zotheory.large.sums import ONES, Stored, Sum, inner, parts


class Vectors(NDArrayOperatorsMixin):
    """An array (..., d) of vectors: of `rows` (...), each a `Sum`. Operators come here as functions of NumPy do."""

    def __init__(self, rows: Any, blocks: Blocks) -> None:
        self.rows, self.blocks = rows, blocks
        if not isinstance(rows, np.ndarray):
            self.rows = np.empty((), object)
            self.rows[()] = rows

    @property
    def shape(self) -> tuple[int, ...]:
        """(..., d)."""
        return (*self.rows.shape, self.blocks.d)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.rows.ndim + 1

    @property
    def dtype(self) -> np.dtype:
        """Doubles."""
        return np.dtype(float)

    @property
    def one(self) -> Sum:
        """The sum that one vector (d,) is."""
        return self.rows[()]

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        return np

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        result = _served(ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}", inputs, kwargs)
        if out is None:
            return result
        if not isinstance(out[0], Vectors):
            raise _refusal("writing into an array")
        out[0].rows[...] = result.rows
        return out[0]

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return _served(function.__name__, args, kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise _refusal("all coordinates")

    def __getitem__(self, key: Any) -> Any:
        """Rows, ``x[k]``, ``x[..., k, :]`` and ``x[..., None, :]``, or one coordinate of each, ``x[..., i]``."""
        index = key if isinstance(key, tuple) else (key,)
        if index[0] is not Ellipsis and len(index) < self.ndim:
            return Vectors(self.rows[(*index, ...)], self.blocks)
        if index[0] is Ellipsis and index[-1] == slice(None):
            return Vectors(self.rows[index[:-1]], self.blocks)
        if index[0] is Ellipsis and len(index) == 2 and isinstance(index[1], int):
            return self.each(lambda row: _coordinate(row, index[1], self.blocks))
        raise _refusal(f"the part {key}")

    def each(self, function: Callable[[Sum], Any]) -> Array:
        """A number of each row: array (...)."""
        return np.reshape(np.array([function(row) for row in self.rows.flat]), self.rows.shape)[()]


def _coordinate(row: Sum, i: int, blocks: Blocks) -> float:
    for where, part in parts(row, blocks):
        if where.start <= i < where.stop:
            return float(part[i - where.start])
    raise IndexError(f"a coordinate must be from 0 to d - 1 = {blocks.d - 1}, got {i}")


def _refusal(what: str) -> TypeError:
    return TypeError(
        f"method must take steps that are linear in their vectors, so that a large run need not store them, got {what} "
        "of a vector; zotheory.run takes any step, and stores its vectors"
    )


def written(x: Vectors) -> np.ndarray:
    """The array of one vector (d,): the one in memory that it is, or a new one."""
    row = x.one
    if row.stored is not None:
        return row.stored.array
    array = np.empty(x.blocks.d)
    for where, part in parts(row, x.blocks):
        array[where] = part
    return array


# --- functions of NumPy ----------------------------------------------------------------------------------------------


def _served(name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    if name not in SERVED:
        raise _refusal(f"numpy.{name}")
    return SERVED[name](*args, **kwargs)


def _alike(*given: Any) -> tuple[Blocks, list[np.ndarray]]:
    """Rows of all that is given, of which one has vectors; arrays (..., d) are vectors, too, and so are numbers."""
    blocks = next(x.blocks for x in given if isinstance(x, Vectors))
    return blocks, [x.rows if isinstance(x, Vectors) else _rows(np.asarray(x, dtype=float), blocks.d) for x in given]


def _rows(array: np.ndarray, d: int) -> np.ndarray:
    """Rows of an array (..., d); or of numbers (..., 1), which are multiples of the vector of ones."""
    if array.ndim and array.shape[-1] == d > 1:
        sums = [Sum({Stored(row): 1.0}) for row in array.reshape(-1, d)]
        lead = array.shape[:-1]
    else:
        numbers = np.asarray(_numbers(array))
        sums, lead = [Sum({ONES: float(number)}) for number in numbers.flat], numbers.shape
    rows = np.empty(len(sums), object)
    rows[:] = sums
    return rows.reshape(lead)


def _numbers(value: Any) -> Any:
    """A number for each row: one number, or an array (..., 1)."""
    if isinstance(value, Vectors):
        raise _refusal("a product or a quotient")
    array = np.asarray(value, dtype=float)
    if array.ndim and array.shape[-1] != 1:
        raise _refusal(f"the product with an array {array.shape}")
    return array[..., 0] if array.ndim else float(array)


def _of_rows(operation: Callable[..., Any]) -> Callable[..., Vectors]:
    def function(*given: Any) -> Vectors:
        blocks, rows = _alike(*given)
        return Vectors(operation(*rows), blocks)

    return function


def _multiply(x: Any, y: Any) -> Vectors:
    x, factor = (x, y) if isinstance(x, Vectors) else (y, x)
    return Vectors(x.rows * _numbers(factor), x.blocks)


def _divide(x: Any, y: Any) -> Vectors:
    divisor = _numbers(y)
    return Vectors(x.rows / divisor, x.blocks)


def _axis(axis: int) -> int:
    """The axis of the rows that is this axis of the vectors, counted from the end, but not their last."""
    if axis >= -1:
        raise _refusal(f"axis {axis}")
    return axis + 1


def _expand_dims(x: Vectors, axis: int) -> Vectors:
    return Vectors(np.expand_dims(x.rows, _axis(axis)), x.blocks)


def _where(condition: Array, x: Any, y: Any) -> Vectors:
    truth = np.asarray(condition)
    if truth.shape[-1] != 1:
        raise _refusal("some coordinates")
    return _of_rows(partial(np.where, truth[..., 0]))(x, y)


def _concatenate(vectors: Sequence[Any], axis: int = 0) -> Vectors:
    return _of_rows(lambda *rows: np.concatenate(rows, _axis(axis)))(*vectors)


def _mean(x: Vectors, axis: int) -> Vectors:
    return Vectors(np.add.reduce(x.rows, axis=_axis(axis)) / x.rows.shape[_axis(axis)], x.blocks)


def _vecdot(x: Any, y: Any) -> Array:
    blocks, rows = _alike(x, y)
    pairs = np.broadcast(*rows)
    return np.reshape(np.array([inner(a, b, blocks) for a, b in pairs]), pairs.shape)[()]


def _extreme(extreme: Callable[[Any], Any]) -> Callable[..., Array]:
    return lambda x, axis=-1: x.each(lambda row: extreme([extreme(part) for _, part in parts(row, x.blocks)]))


def _isfinite(x: Vectors) -> Array:
    return x.each(lambda row: all(np.isfinite(part).all() for _, part in parts(row, x.blocks)))


SERVED: dict[str, Callable[..., Any]] = {
    "add": _of_rows(np.add),
    "subtract": _of_rows(np.subtract),
    "multiply": _multiply,
    "divide": _divide,
    "negative": partial(_multiply, -1.0),
    "expand_dims": _expand_dims,
    "where": _where,
    "concatenate": _concatenate,
    "mean": _mean,
    "vecdot": _vecdot,
    "max": _extreme(np.max),
    "min": _extreme(np.min),
    "isfinite": _isfinite,
}

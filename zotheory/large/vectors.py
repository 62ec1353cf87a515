"""Sums of vectors as arrays (..., d): the shipped steps run on them unchanged.

NumPy's functions, which steps call by the namespace of their arrays, come here where an argument is one of these
(`__array_ufunc__`, `__array_function__`). What is linear in its vectors is served, and so are inner products and
extremes, block by block; anything else is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zotheory.elementary import Array
from zotheory.large.blocks import Blocks
from zotheory.large.sums import ONES, Stored, Sum, inner, parts


class Vectors:
    """An array (..., d) of vectors: of `rows` (...), each a `Sum`."""

    def __init__(self, rows: Any, blocks: Blocks) -> None:
        self.rows = np.empty(np.shape(rows), object)  # an array of shape () stays one
        self.rows[...] = rows
        self.blocks = blocks

    @property
    def shape(self) -> tuple[int, ...]:
        """(..., d)."""
        return (*self.rows.shape, self.blocks.d)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.rows.ndim + 1

    @property
    def one(self) -> Sum:
        """The sum that one vector (d,) is."""
        return self.rows[()]  # type: ignore[return-value]

    @property
    def dtype(self) -> np.dtype:
        """Doubles."""
        return np.dtype(float)

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        return np

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return _served(ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}", inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return _served(function.__name__, args, kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise _refusal("all coordinates")

    def __getitem__(self, key: Any) -> Any:
        """Rows, ``x[k]``, ``x[..., k, :]`` and ``x[..., None, :]``, or one coordinate of each, ``x[..., i]``."""
        index = key if isinstance(key, tuple) else (key,)
        if index[0] is not Ellipsis and len(index) < self.ndim:
            return Vectors(self.rows[key], self.blocks)
        if index[0] is Ellipsis and index[-1] == slice(None):
            return Vectors(self.rows[index[:-1]], self.blocks)
        if index[0] is Ellipsis and len(index) == 2 and isinstance(index[1], int):
            return self.each(lambda row: _coordinate(row, index[1], self.blocks))
        raise _refusal(f"the part {key}")

    def each(self, function: Callable[[Sum], Any]) -> Array:
        """A number of each row: array (...)."""
        return np.reshape(np.array([function(row) for row in self.rows.flat]), self.rows.shape)[()]

    def like(self, other: Any) -> Vectors:
        """As vectors: an array (..., d), or numbers (..., 1), which are multiples of the vector of ones."""
        if isinstance(other, Vectors):
            return other
        array = np.asarray(other, dtype=float)
        if array.ndim and array.shape[-1] == self.blocks.d > 1:
            rows = np.empty(array.shape[:-1], object)
            for index in np.ndindex(rows.shape):
                rows[index] = Sum({Stored(array[index]): 1.0})
            return Vectors(rows, self.blocks)
        ones = np.empty((), object)
        ones[()] = Sum({ONES: 1.0})
        return Vectors(ones * _numbers(array), self.blocks)

    def __add__(self, other: Any) -> Vectors:
        return Vectors(self.rows + self.like(other).rows, self.blocks)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Vectors:
        return Vectors(self.rows - self.like(other).rows, self.blocks)

    def __rsub__(self, other: Any) -> Vectors:
        return self.like(other) - self

    def __mul__(self, other: Any) -> Vectors:
        return Vectors(self.rows * _numbers(other), self.blocks)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Vectors:
        return Vectors(self.rows / _numbers(other), self.blocks)

    def __neg__(self) -> Vectors:
        return self * -1.0

    def __abs__(self) -> Any:
        raise _refusal("the absolute value")

    def __pow__(self, power: Any) -> Any:
        raise _refusal("a power")

    def __matmul__(self, other: Any) -> Any:
        raise _refusal("a matrix product")

    def __lt__(self, other: Any) -> Any:
        raise _refusal("a comparison")

    __le__ = __gt__ = __ge__ = __lt__


def _numbers(value: Any) -> Any:
    """A number for each row: one number, or an array (..., 1)."""
    if isinstance(value, Vectors):
        raise _refusal("a product or a quotient")
    array = np.asarray(value, dtype=float)
    if array.ndim and array.shape[-1] != 1:
        raise _refusal(f"the product with an array {array.shape}")
    return array[..., 0] if array.ndim else float(array)


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
    if name not in SERVED or kwargs.get("out") is not None:
        raise _refusal(f"numpy.{name}")
    return SERVED[name](*args, **kwargs)


def _among(*given: Any) -> Vectors:
    return next(x for x in given if isinstance(x, Vectors))


def _linear(operation: Callable[[Vectors, Any], Vectors]) -> Callable[[Any, Any], Vectors]:
    return lambda x, y: operation(_among(x, y).like(x), y)


def _times(x: Any, y: Any) -> Vectors:
    return x * y if isinstance(x, Vectors) else y * x


def _over(x: Any, y: Any) -> Vectors:
    return x / y if isinstance(x, Vectors) else x / _numbers(y)


def _axis(axis: int) -> int:
    """The axis of the rows that is this axis of the vectors, counted from the end, but not their last."""
    if axis >= -1:
        raise _refusal(f"axis {axis}")
    return axis + 1


def _expand_dims(x: Vectors, axis: int) -> Vectors:
    return Vectors(np.expand_dims(x.rows, _axis(axis)), x.blocks)


def _where(condition: Array, x: Any, y: Any) -> Vectors:
    like = _among(x, y).like
    return Vectors(np.where(np.asarray(condition)[..., 0], like(x).rows, like(y).rows), _among(x, y).blocks)


def _concatenate(vectors: Sequence[Any], axis: int = 0) -> Vectors:
    some = _among(*vectors)
    return Vectors(np.concatenate([some.like(x).rows for x in vectors], _axis(axis)), some.blocks)


def _mean(x: Vectors, axis: int) -> Vectors:
    return Vectors(np.add.reduce(x.rows, axis=_axis(axis)) / x.rows.shape[_axis(axis)], x.blocks)


def _vecdot(x: Any, y: Any) -> Array:
    some = _among(x, y)
    pairs = np.broadcast(some.like(x).rows, some.like(y).rows)
    return np.reshape(np.array([inner(a, b, some.blocks) for a, b in pairs]), pairs.shape)[()]


def _extreme(extreme: Callable[[Any], Any]) -> Callable[..., Array]:
    return lambda x, axis=-1: x.each(lambda row: extreme([extreme(part) for _, part in parts(row, x.blocks)]))


def _isfinite(x: Vectors) -> Array:
    return x.each(lambda row: all(np.isfinite(part).all() for _, part in parts(row, x.blocks)))


SERVED: dict[str, Callable[..., Any]] = {
    "add": _linear(Vectors.__add__),
    "subtract": _linear(Vectors.__sub__),
    "multiply": _times,
    "divide": _over,
    "negative": Vectors.__neg__,
    "expand_dims": _expand_dims,
    "where": _where,
    "concatenate": _concatenate,
    "mean": _mean,
    "vecdot": _vecdot,
    "max": _extreme(np.max),
    "min": _extreme(np.min),
    "isfinite": _isfinite,
}

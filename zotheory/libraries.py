"""Arrays of any library: what a formula needs beside operators and the functions of the array API.

Here and there NumPy's own arrays meet those of another library, which must be of its kind and on its device, and a loop
that ends when its numbers say so meets JAX, which compiles it before there are numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from zotheory.kinds import Array, namespace


def device(x: Array) -> Any:
    """Where `x` lives, as constructors of its library take it; None lets the library choose, as where x is traced."""
    return getattr(x, "device", None)


def matching(x: Array, array: Array) -> Array:
    """Return an array of NumPy as one of the library, the device and the floating type of `x`; others as they are."""
    xp = namespace(x)
    if xp is np or not isinstance(array, np.ndarray | np.generic):
        return array
    return xp.asarray(array, dtype=x.dtype, device=device(x))


def counted(x: Array) -> Array:
    """Whole numbers and truth values as doubles, for a library that would not multiply them by floats; NumPy does."""
    xp = namespace(x)
    return x if xp is np else xp.astype(x, xp.float64)


def taken(table: np.ndarray, rows: Array) -> Array:
    """Return the rows of a table (n, ...) at whole numbers (...), in their library."""
    xp = namespace(rows)
    if xp is np:
        return table[rows]
    found = xp.take(xp.asarray(table, device=device(rows)), xp.reshape(rows, (-1,)), axis=0)
    return xp.reshape(found, (*rows.shape, *table.shape[1:]))


def in_rows(x: Array) -> Array:
    """Return points (..., d) as rows (n, d), in memory of their own."""
    if type(x) is np.ndarray:  # the common case, quickly
        return x.reshape(-1, x.shape[-1]).copy()
    xp = namespace(x)
    return xp.asarray(xp.reshape(x, (-1, x.shape[-1])), copy=True)


def as_numpy(x: Array) -> np.ndarray:
    """Return an array of any library, on any device, as one of NumPy."""
    return np.asarray(x.cpu() if hasattr(x, "cpu") else x)


def is_traced(x: Array) -> bool:
    """Whether `x` is what JAX hands to a function that it compiles: no number yet."""
    jax = sys.modules.get("jax")
    return jax is not None and isinstance(x, jax.core.Tracer)


def repeated(update: Callable[..., tuple[Any, Array]], state: tuple[Array, ...], times: int) -> tuple[Array, ...]:
    """Update arrays until that is done, at most so many times: ``update(*state) -> (state, whether it is done)``."""
    if any(map(is_traced, state)):
        import jax

        def go_on(loop: Any) -> Any:
            return (loop[0] < times) & ~loop[2]

        def once(loop: Any) -> Any:
            after, done = update(*loop[1])
            return loop[0] + 1, after, done

        return jax.lax.while_loop(go_on, once, (0, state, False))[1]
    for _ in range(times):
        state, done = update(*state)
        if done:
            break
    return state


def scanned(update: Callable[[Any, Any], tuple[Any, Array | None]], state: Any, along: Any) -> tuple[Any, Any]:
    """Update a state along the first axis of an array or of each of several: the last state, and what was given out.

    ``update(state, slices) -> (state, an array or None)``; what is given out is stacked along a first axis. JAX
    compiles one update for all of them.
    """
    if any(map(is_traced, _leaves(state))):
        import jax

        return jax.lax.scan(update, state, along)
    out = []
    for t in range(_leaves(along)[0].shape[0]):
        now = tuple(each[t, ...] for each in along) if isinstance(along, tuple) else along[t, ...]
        state, given = update(state, now)
        if given is not None:
            out.append(given)
    return state, namespace(out[0]).stack(out) if out else None


def _leaves(state: Any) -> list[Array]:
    return [leaf for part in state for leaf in _leaves(part)] if isinstance(state, tuple) else [state]

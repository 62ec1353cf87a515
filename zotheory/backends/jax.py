"""JAX: steps compiled together, on any of its devices.

A step is traced once: its `t` is then no number yet. Functions of the step (a step size h(t), say) are asked ahead, on
the host, for all steps of a segment, checked as ever, and their values handed to the scan.

The stream of a chunk is a threefry key from the seed's `SeedSequence` and the chunk's spawn key; the step and then the
number of the draw within it are folded in, so any step can be drawn again by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from zotheory.arguments import asked_ahead, at_step
from zotheory.backends.library import Step
from zotheory.elementary import Array
from zotheory.kinds import shown
from zotheory.quantities import Quantity
from zotheory.streams import Seed, seed_sequence

__all__ = ["Source", "generator"]


class Source:
    """A `Generator`-like source of JAX arrays: each draw has a key of its own, its number folded into `key`."""

    def __init__(self, key: Array) -> None:
        self.key = key
        self.drawn = 0

    def _next(self) -> Array:
        self.drawn += 1
        return jax.random.fold_in(self.key, self.drawn)

    def standard_normal(self, size: Any = ()) -> Array:
        """N(0, 1), independent, of shape `size`."""
        return self._flat(jax.random.normal, size)

    def random(self, size: Any = ()) -> Array:
        """Uniform on [0, 1)."""
        return self._flat(jax.random.uniform, size)

    def standard_exponential(self, size: Any = ()) -> Array:
        """Exponential, of mean 1."""
        return self._flat(jax.random.exponential, size)

    def integers(self, low: int, high: int, size: Any = ()) -> Array:
        """Whole numbers, uniform on low..high - 1."""
        return jax.random.randint(self._next(), _shape(size), low, high, dtype=int)

    def _flat(self, draw: Callable[..., Array], size: Any) -> Array:
        """The same bits, drawn along one axis: XLA fills several axes of which the last is short 5 times as slowly."""
        shape = _shape(size)
        return jnp.reshape(draw(self._next(), (prod(shape),), dtype=float), shape)

    def at(self, t: Any) -> Source:
        """The source of step t alone."""
        return Source(jax.random.fold_in(self.key, t))


def _shape(size: Any) -> tuple[int, ...]:
    return () if size is None else (size,) if isinstance(size, int) else tuple(size)


def generator(seed: Seed) -> Source:
    """Return JAX's source on the stream of `seed`, as `zotheory.generator` does NumPy's.

    Its numbers are doubles where JAX is set to them (``with jax.enable_x64(True):``).

    Examples
    --------
    >>> import jax, zotheory as zo
    >>> from zotheory.backends.jax import generator
    >>> with jax.enable_x64(True):
    ...     u = zo.directions.sphere.draw(generator(1).at(7), (1000,), 50)
    ...     u.shape, bool(abs((u**2).sum(axis=-1) - 50).max() < 1e-9)
    ((1000, 50), True)
    """
    words = seed_sequence(seed).generate_state(2)
    return Source(jax.random.wrap_key_data(jnp.asarray(words, dtype=jnp.uint32), impl="threefry2x32"))


def library(device: Any = None) -> Jax:
    """JAX on one of its devices: "cpu", "gpu", "gpu:1"; None: its default one.

    Raises
    ------
    ValueError
        Where there is no such device.
    """
    if device is None:
        return Jax(jnp.zeros(()).device)
    if not isinstance(device, str):
        raise ValueError(f"device must be a string, such as 'cpu' or 'gpu:1', got {shown(device)}")
    platform, colon, number = device.partition(":")
    try:
        if not platform or (colon and not number.isdecimal()):
            raise ValueError
        return Jax(jax.devices(platform)[int(number or 0)])
    except (RuntimeError, ValueError, IndexError):
        found = sorted({each.platform for each in jax.devices()} | {"cpu"})
        raise ValueError(f"device must be one of JAX's, of the platforms {found}, got {device!r}") from None


class Jax:
    """JAX, set to a device, for one run."""

    name = "jax"
    untraceable = (jax.errors.JAXTypeError, jax.errors.JAXIndexError)

    def __init__(self, device: Any) -> None:
        self.device = device
        self._compiled = jax.jit(_scan, static_argnames="step")
        self._known: dict[Any, tuple[list[Asked], Any]] = {}
        self._values: dict[Any, Array] = {}

    @contextmanager
    def session(self) -> Iterator[None]:
        """Double precision, this device, and keys that give the same numbers however an array is laid out."""
        with ExitStack() as settings:
            settings.enter_context(jax.enable_x64(True))
            settings.enter_context(jax.threefry_partitionable(True))
            settings.enter_context(jax.numpy_dtype_promotion("standard"))
            settings.enter_context(jax.default_device(self.device))
            yield

    def array(self, x: np.ndarray) -> Array:
        """An array of NumPy as one of JAX."""
        return jnp.array(x)

    def owns(self, x: Any) -> bool:
        """Whether `x` is an array of JAX, traced or not."""
        return isinstance(x, jax.Array)

    def stream(self, sequence: np.random.SeedSequence) -> Array:
        """The key of a chunk."""
        return generator(sequence).key

    def source(self, stream: Array, t: Any) -> Source:
        """What step t draws from."""
        return Source(stream).at(t)

    def repeat(self, step: Step, carry: Any, first: int, count: int) -> Any:
        """Steps as one `jax.lax.scan`, compiled once for each count."""
        asked, dtypes = self._traced(step, carry)
        carry = jax.device_put(jax.tree.map(jnp.asarray, carry, dtypes), self.device)
        before = jax.tree.leaves(carry)
        values = [self._ahead(one, first if one.leaf is None else int(before[one.leaf]), count) for one in asked]
        steps = jax.device_put(np.arange(first, first + count), self.device)
        after = self._compiled(step, carry, steps, values)
        _require_numbers_of_steps(asked, before, jax.tree.leaves(after), count)
        return after

    def _traced(self, step: Step, carry: Any) -> tuple[list[Asked], Any]:
        """Which functions of the step a step asks for, and the dtypes of what it returns."""
        key = (step, tuple(jnp.asarray(leaf).aval for leaf in jax.tree.leaves(carry)))
        if key not in self._known:
            asked: list[Asked] = []

            def once(t: Any, carry: Any) -> Any:
                with asked_ahead(partial(_note, asked, t, jax.tree.leaves(carry))):
                    return step(t, carry)

            after = jax.eval_shape(once, 1, carry)
            self._known[key] = asked, jax.tree.map(lambda leaf: leaf.dtype, after)
        return self._known[key]

    def _ahead(self, asked: Asked, start: int, count: int) -> Array:
        """Values of a function of the step, from `start` on; the same for all chunks."""
        key = (asked.name, asked.schedule, start, count)
        if key not in self._values:
            values = [at_step(*asked[:2], t, asked.quantity) for t in range(start, start + count)]
            self._values[key] = jax.device_put(np.array(values, dtype=float), self.device)
        return self._values[key]


def _scan(step: Step, carry: Any, steps: Array, values: list[Array]) -> Any:
    def one(carry: Any, now: Any) -> tuple[Any, None]:
        t, known = now
        answers = iter(known)  # in the order in which they were asked for
        with asked_ahead(lambda *question: next(answers)):
            return step(t, carry), None

    return jax.lax.scan(one, carry, (steps, values))[0]


class Asked(NamedTuple):
    """A function of the step, its range, and which leaf of the carry it is asked at; None: the number of the step."""

    name: str
    schedule: Callable[[int], Any]
    quantity: Quantity
    leaf: int | None


def _note(
    asked: list[Asked], step: Any, leaves: list[Any], name: str, schedule: Any, t: Any, quantity: Quantity
) -> Any:
    """Note a question, and answer it by a number of the right kind."""
    if quantity.whole:
        raise ValueError(
            f"{name} must be a number with backend='jax', which compiles steps of one shape, got {shown(schedule)}"
        )
    found = [i for i, leaf in enumerate(leaves) if leaf is t]
    if not found and t is not step:
        raise TypeError(f"{name} must be asked for at the number of a step that the state holds, got {shown(t)}")
    asked.append(Asked(name, schedule, quantity, found[0] if found else None))
    return jnp.ones(())


def _require_numbers_of_steps(asked: list[Asked], before: list[Any], after: list[Any], count: int) -> None:
    """What functions of the step were asked at has grown by one a step: their values were those of these steps."""
    for name, _, _, leaf in asked:
        if leaf is not None and int(after[leaf]) != int(before[leaf]) + count:
            raise ValueError(
                f"{name} must be asked for at a number that grows by 1 a step, got {int(before[leaf])} before {count} "
                f"steps and {int(after[leaf])} after them"
            )

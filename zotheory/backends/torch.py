"""PyTorch: steps one by one, on any of its devices.

The stream of a chunk is a generator of the device, seeded by 64 bits of the `SeedSequence` of seed and chunk; steps and
their draws follow each other. On the CPU PyTorch takes 32 of the bits: two of k chunks share a stream with a
probability of about k^2/2^33.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import array_api_compat.torch as xp
import numpy as np
import torch

from zotheory.backends.eager import Eager
from zotheory.elementary import Array
from zotheory.kinds import shown
from zotheory.streams import Seed, seed_sequence

__all__ = ["Source", "generator"]


class Source:
    """A `Generator`-like source of tensors in double precision, on the device of a generator of PyTorch."""

    def __init__(self, rng: torch.Generator) -> None:
        self.rng = rng

    def _options(self, size: Any) -> dict[str, Any]:
        shape = () if size is None else (size,) if isinstance(size, int) else tuple(size)
        return {"size": shape, "generator": self.rng, "device": self.rng.device}

    def standard_normal(self, size: Any = ()) -> Array:
        """N(0, 1), independent, of shape `size`."""
        return torch.randn(**self._options(size), dtype=torch.float64)

    def random(self, size: Any = ()) -> Array:
        """Uniform on [0, 1)."""
        return torch.rand(**self._options(size), dtype=torch.float64)

    def standard_exponential(self, size: Any = ()) -> Array:
        """Exponential, of mean 1."""
        return -torch.log1p(-self.random(size))

    def integers(self, low: int, high: int, size: Any = ()) -> Array:
        """Whole numbers, uniform on low..high - 1."""
        return torch.randint(low, high, **self._options(size))


def generator(seed: Seed, device: Any = "cpu") -> Source:
    """Return PyTorch's source on the stream of `seed`, as `zotheory.generator` does NumPy's.

    Examples
    --------
    >>> import torch, zotheory as zo
    >>> from zotheory.backends.torch import generator
    >>> u = zo.directions.sphere.draw(generator(1), (1000,), 50)
    >>> tuple(u.shape), bool(abs((u**2).sum(axis=-1) - 50).max() < 1e-9)
    ((1000, 50), True)
    """
    rng = torch.Generator(device)
    rng.manual_seed(int(seed_sequence(seed).generate_state(1, np.uint64)[0]))
    return Source(rng)


def library(device: Any = None) -> Torch:
    """PyTorch on one of its devices: "cpu", "cuda", "cuda:1"; None: its default one.

    Raises
    ------
    ValueError
        Where there is no such device.
    """
    try:
        found = torch.get_default_device() if device is None else torch.device(device)
        torch.empty(0, dtype=torch.float64, device=found)
    except (RuntimeError, TypeError, AssertionError) as error:
        raise ValueError(f"device must be one of PyTorch's with doubles, got {shown(device)}: {error}") from None
    return Torch(found)


class Torch(Eager):
    """PyTorch, set to a device, for one run."""

    def __init__(self, device: torch.device) -> None:
        super().__init__(xp, "torch")
        self.device = device

    def session(self) -> AbstractContextManager[Any]:
        """No gradients are kept."""
        return torch.no_grad()

    def array(self, x: np.ndarray) -> Array:
        """An array of NumPy as a tensor on the device."""
        return torch.tensor(x, device=self.device)

    def owns(self, x: Any) -> bool:
        """Whether `x` is a tensor."""
        return isinstance(x, torch.Tensor)

    def stream(self, sequence: np.random.SeedSequence) -> Source:
        """A generator of the device."""
        return generator(sequence, self.device)

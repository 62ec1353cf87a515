"""Latent variables of an image: normal, or categorical. Their law, their draws, and how far they are from the prior.

What a network tells of them are numbers (..., n, told); a draw is a function of these and of noise, whose law knows
nothing of them. A categorical draw is one value, by `argmax` and Gumbel's noise: nothing is relaxed.

Source: Kingma, Welling, "Auto-Encoding Variational Bayes", ICLR 2014 (arXiv:1312.6114), equation 10; Jang, Gu, Poole,
"Categorical Reparameterization with Gumbel-Softmax", ICLR 2017 (arXiv:1611.01144), equation 1. Both as recalled.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Annotated

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import LARGEST, namespace
from zotheory.problems.networks.layers import largest, log_softmax
from zotheory.protocols import Source
from zotheory.quantities import Size, whole


@checked
@dataclass(frozen=True, eq=False)
class Gaussian:
    """`size` independent normal latents; what is told of them is their means and the logarithms of their deviations."""

    size: Size

    @property
    def told(self) -> int:
        """Numbers that the encoder gives for an image."""
        return 2 * self.size

    @property
    def code(self) -> int:
        """Numbers that the decoder takes."""
        return self.size

    def noise(self, rng: Source, shape: tuple[int, ...]) -> Array:
        """Standard normal, (*shape, size)."""
        return rng.standard_normal((*shape, self.size))

    def draw(self, told: Array, noise: Array) -> Array:
        """Mean + deviation noise: (..., size)."""
        return told[..., : self.size] + namespace(told).exp(told[..., self.size :]) * noise

    def divergence(self, told: Array) -> Array:
        """KL(q || N(0, I)) = sum of (mean^2 + deviation^2 - 1)/2 - log deviation: (...), in nats."""
        xp = namespace(told)
        mean, log_deviation = told[..., : self.size], told[..., self.size :]
        return xp.sum((mean**2 + xp.exp(2 * log_deviation) - 1) / 2 - log_deviation, axis=-1)


@checked
@dataclass(frozen=True, eq=False)
class Categorical:
    """`size` independent latents of `values` values each, told by their logits; a code is one-hot for each."""

    size: Size
    values: Annotated[int, whole(2, LARGEST)]

    @property
    def told(self) -> int:
        """Numbers that the encoder gives for an image."""
        return self.size * self.values

    @property
    def code(self) -> int:
        """Numbers that the decoder takes."""
        return self.size * self.values

    def apart(self, flat: Array) -> Array:
        """(..., size values) as (..., size, values)."""
        return namespace(flat).reshape(flat, (*flat.shape[:-1], self.size, self.values))

    def noise(self, rng: Source, shape: tuple[int, ...]) -> Array:
        """Gumbel's, -log of an exponential number: (*shape, size values)."""
        waits = rng.standard_exponential((*shape, self.code))
        xp = namespace(waits)
        least = float(xp.finfo(waits.dtype).smallest_normal)  # single precision draws a 0 in 10^7 numbers or so
        return -xp.log(xp.where(waits > 0, waits, 0 * waits + least))

    def draw(self, told: Array, noise: Array) -> Array:
        """The value of the largest logit + noise, which softmax(logits) is the law of: one-hot, (..., size values)."""
        hits = largest(self.apart(told + noise))
        return namespace(told).reshape(hits, (*hits.shape[:-2], self.code))

    def divergence(self, told: Array) -> Array:
        """KL(q || uniform) = sum of q log q + log values: (...), in nats."""
        xp = namespace(told)
        logs = log_softmax(self.apart(told))
        return xp.sum(xp.exp(logs) * (logs + log(self.values)), axis=(-2, -1))

    @property
    def codes(self) -> np.ndarray:
        """All of them, (values^size, size values)."""
        each = np.stack(np.meshgrid(*[np.arange(self.values)] * self.size, indexing="ij"), axis=-1)
        return np.eye(self.values)[each.reshape(-1, self.size)].reshape(-1, self.code)

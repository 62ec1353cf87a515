"""The evidence lower bound of an autoencoder as a stochastic problem: a step sees some images and one draw of latents.

The noise of the latents is a part of the sample of a step, so that both losses of a step draw from the same noise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Annotated, Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import namespace, shown
from zotheory.libraries import matching, taken
from zotheory.oracles import expand_like
from zotheory.problems.networks.autoencoder import Autoencoder
from zotheory.problems.networks.labelled import like
from zotheory.problems.networks.layers import bits_loss
from zotheory.protocols import Generator
from zotheory.quantities import Size, whole
from zotheory.streams import generator


class Drawn(NamedTuple):
    """A sample: images (..., n, pixels) and the noise of their latents (..., m, n, noise)."""

    images: Array
    noise: Array


@checked
@dataclass(frozen=True, eq=False)
class Elbo:
    """f(x) = minus the mean ELBO of images, in nats; F(x; X) is that of a mini-batch and of one draw of its latents.

    Called, it is f for categorical latents of few codes; otherwise an estimate from `looks` draws an image, the same
    in every call.

    Parameters
    ----------
    network : `Autoencoder`
    images : array (n, pixels), of 0.0 and 1.0
        The network computes in their precision.
    batch : int, optional
        Images of a mini-batch, drawn with replacement, anew for each step of each replica; default: all of them.
    samples : int
        Draws of the latents of an image in a step, over which its loss is averaged.
    looks : int
        Draws where f is asked for.
    seed : int
        Of the first parameters, and of those draws.

    Raises
    ------
    TypeError, ValueError
        Unless images are floats, 0 and 1 alone, with as many pixels as the network has.
    """

    network: Autoencoder
    images: Any = field(repr=False)
    _: KW_ONLY
    batch: Size | None = None
    samples: Size = 1
    looks: Annotated[int, whole(1, 10**6)] = 16
    seed: Annotated[int, whole(0)] = 0

    def __post_init__(self) -> None:
        self._check(self.images)

    def _check(self, images: np.ndarray) -> None:
        """Whether these are images of the network."""
        require.floats("images", images)
        if images.shape[1:] != (self.network.pixels,):
            raise ValueError(f"images must have shape (n, {self.network.pixels}), n >= 1, got {images.shape}")
        if not np.isin(images, (0, 1)).all():
            raise ValueError(f"images must be of 0 and 1 alone, black and white pixels, got {shown(images)}")

    @property
    def d(self) -> int:
        """p, the number of parameters."""
        return self.network.parameters.count

    @cached_property
    def x0(self) -> np.ndarray:
        """The network's first parameters, (p,)."""
        return self.network.start(self.seed)

    def over(self, x: Array, images: np.ndarray) -> Array:
        """f (...) over other images: those that nobody trained on.

        Raises
        ------
        TypeError, ValueError
            As for the images that are trained on.
        """
        self._check(images)
        return self._mean(x, images)

    def _mean(self, x: Array, images: np.ndarray) -> Array:
        xp = namespace(x)
        images = like(x, images)
        own = xp.astype(x, images.dtype)
        if self.network.is_exact:
            return xp.astype(self.network.exactly(own, images), x.dtype)
        rng, total = generator(np.random.SeedSequence((self.seed, 1))), 0.0
        for _ in range(self.looks):  # one after the other: memory
            noise = self.network.latent.noise(rng, (1, images.shape[0]))
            total = total + self.network.loss(own, images, matching(images, noise))
        return xp.astype(total / self.looks, x.dtype)

    def __call__(self, x: Array) -> Array:
        """f at parameters (..., p), or its estimate."""
        return self._mean(x, self.images)

    def sample(self, rng: Generator, batch: tuple[int, ...]) -> Drawn:
        """Draw a mini-batch and the noise of its latents, for each replica."""
        n = len(self.images) if self.batch is None else self.batch
        noise = self.network.latent.noise(rng, (*batch, self.samples, n))
        if self.batch is None:
            images = like(noise, self.images)
        else:
            images = taken(self.images, rng.integers(0, len(self.images), (*batch, n)))
        return Drawn(images, namespace(noise).astype(noise, images.dtype))

    def at(self, xi: Drawn) -> Callable[[Array], Array]:
        """Return F(.; mini-batch and noise)."""
        images, noise = xi

        def F(x: Array) -> Array:
            xp = namespace(x)
            rows = images if self.batch is None else expand_like(images, x, 2)
            loss = self.network.loss(xp.astype(x, images.dtype), rows, expand_like(noise, x, 3))
            return xp.astype(loss, x.dtype)

        return F


def independent_pixels(train: np.ndarray, held_out: np.ndarray) -> float:
    """-log likelihood of held-out images (n, pixels) in nats: independent pixels, 1 as often as in `train`.

    Each share is that of one more image of 0 and one of 1 than there are, so that none is 0 or 1 (Laplace).
    """
    share = (np.sum(train, axis=0) + 1) / (len(train) + 2)
    return float(np.mean(bits_loss(np.log(share / (1 - share)), held_out)))

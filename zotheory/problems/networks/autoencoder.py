"""The variational autoencoder: of an image the law of its latents, of a draw of them the image.

    told = encoder(image)                       what the law q(z | image) of the latents is made of
    z    = draw(told, noise)                    `zotheory.problems.networks.latents`
    loss = -log p(image | z) + KL(q || prior)   whose mean over noise is minus the evidence lower bound (ELBO), in nats

Pixels are 0 or 1 and independent given z: p(image | z) is Bernoulli, of logits decoder(z). The prior of z is standard
normal, or uniform on the categories; the divergence KL from it is in closed form.

Source: Kingma, Welling, "Auto-Encoding Variational Bayes", ICLR 2014 (arXiv:1312.6114), equation 7, as recalled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log2

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import namespace
from zotheory.libraries import matching
from zotheory.problems.networks.latents import Categorical, Gaussian
from zotheory.problems.networks.layers import bits_loss, log_softmax
from zotheory.problems.networks.parameters import Parameters
from zotheory.problems.networks.perceptron import Perceptron
from zotheory.quantities import Size
from zotheory.streams import Seed, generator

MANY_CODES = 2**14  # beyond these the exact mean over all codes is refused


@checked
@dataclass(frozen=True, eq=False)
class Autoencoder:
    """Two perceptrons: of an image what is told of its latents, and of a code the logits of the pixels.

    Parameters
    ----------
    pixels : of an image
    latent : `Gaussian` or `Categorical`
    hidden : tanh units of each hidden layer of the encoder; those of the decoder come in the opposite order
    """

    pixels: Size
    latent: Gaussian | Categorical
    hidden: tuple[Size, ...] = ()

    def __post_init__(self) -> None:
        try:
            _ = self.encoder, self.decoder
        except ValueError as error:
            raise ValueError(f"pixels, latent and hidden must make perceptrons that there can be: {error}") from error

    @cached_property
    def encoder(self) -> Perceptron:
        """Of images (..., n, pixels) to (..., n, told)."""
        return Perceptron((self.pixels, *self.hidden, self.latent.told), "tanh")

    @cached_property
    def decoder(self) -> Perceptron:
        """Of codes (..., n, code) to (..., n, pixels)."""
        return Perceptron((self.latent.code, *reversed(self.hidden), self.pixels), "tanh")

    @cached_property
    def parameters(self) -> Parameters:
        """Those of the encoder, then those of the decoder."""
        parts = {"encoder": self.encoder, "decoder": self.decoder}
        shapes = {f"{part}.{k}": v for part, of in parts.items() for k, v in of.parameters.shapes.items()}
        return Parameters(shapes)

    @property
    def is_exact(self) -> bool:
        """Whether the ELBO is a sum over few enough codes for `exactly`."""
        return isinstance(self.latent, Categorical) and self.latent.size * log2(self.latent.values) <= log2(MANY_CODES)

    def start(self, seed: Seed) -> np.ndarray:
        """First parameters (p,): both perceptrons' own."""
        rng = generator(seed)
        return np.concatenate([self.encoder.start(rng), self.decoder.start(rng)])

    def tell(self, x: Array, images: Array) -> Array:
        """What is told (..., n, told) of the latents of images (..., n, pixels)."""
        return self.encoder(x[..., : self.encoder.parameters.count], images)

    def __call__(self, x: Array, codes: Array) -> Array:
        """Logits (..., n, pixels) of the pixels, given codes (..., n, code)."""
        return self.decoder(x[..., self.encoder.parameters.count :], codes)

    def loss(self, x: Array, images: Array, noise: Array) -> Array:
        """Minus the ELBO (...), mean over images (..., n, pixels) and m draws of noise (..., m, n, noise)."""
        xp = namespace(x)
        told = self.tell(x, images)
        codes = self.latent.draw(told[..., None, :, :], noise)
        rows = xp.reshape(codes, (*codes.shape[:-3], -1, codes.shape[-1]))
        logits = xp.reshape(self(x, rows), (*codes.shape[:-1], self.pixels))
        missed = xp.mean(bits_loss(logits, images[..., None, :, :]), axis=(-2, -1))
        return missed + xp.mean(self.latent.divergence(told), axis=-1)

    def exactly(self, x: Array, images: Array) -> Array:
        """Minus the ELBO (...) of categorical latents, the mean over all codes in the place of draws.

        Raises
        ------
        ValueError
            Where latents are Gaussian or have more than `MANY_CODES` codes.
        """
        latent = self.latent
        if isinstance(latent, Gaussian) or not self.is_exact:
            raise ValueError(f"latent must be categorical with at most {MANY_CODES} codes, got {latent}")
        xp = namespace(x)
        codes = matching(images, latent.codes)
        told = self.tell(x, images)
        logs = xp.reshape(log_softmax(latent.apart(told)), told.shape)
        weights = xp.exp(xp.matmul(logs, codes.T))  # q(code | image), (..., n, codes)
        logits = self(x, codes)
        empty = bits_loss(logits, 0 * logits)  # of no pixel set, (..., codes), which is linear in the pixels
        missed = empty[..., None, :] - xp.matmul(images, xp.matrix_transpose(logits))
        return xp.mean(xp.sum(weights * missed, axis=-1) + latent.divergence(told), axis=-1)

"""Gradients through draws of categorical latents, by which autoencoders are trained elsewhere: three estimators.

Each is an autoencoder whose loss, differentiated by JAX, gives the estimate; `figures.networks.backpropagation` takes
the steps. Normal latents need none: mean + deviation noise is smooth, and so is the shipped loss.

- Gumbel-softmax (Jang, Gu, Poole, ICLR 2017, equation 2): the draw is softmax((logits + noise)/temperature), which is
  no code but a mixture of codes; what is trained is not the model that is used.
- Straight-through (the same, section 2.2): forward the code, backward the mixture.
- REINFORCE (Williams 1992): (loss - baseline) times the gradient of log q(z | image), plus that of the loss itself. The
  baseline of a draw is the mean loss of the other draws of its image (Kool, van Hoof, Welling, 2019).

All as recalled.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from zotheory.problems.networks import Autoencoder, Categorical
from zotheory.problems.networks.layers import bits_loss, log_softmax

TEMPERATURE = 0.5


class GumbelSoftmax(Categorical):
    """Categorical latents whose draw is softened."""

    def draw(self, told: Any, noise: Any) -> Any:
        """softmax((told + noise)/temperature): (..., size values)."""
        scores = self.apart(told + noise) / TEMPERATURE
        return jnp.reshape(jnp.exp(log_softmax(scores)), (*scores.shape[:-2], self.code))


class StraightThrough(GumbelSoftmax):
    """Categorical latents whose draw is one-hot, with the gradient of the softened one."""

    def draw(self, told: Any, noise: Any) -> Any:
        """One-hot, (..., size values)."""
        soft = super().draw(told, noise)
        return soft + jax.lax.stop_gradient(Categorical.draw(self, told, noise) - soft)


class Reinforced(Autoencoder):
    """An autoencoder of categorical latents whose loss has the gradient of REINFORCE; two draws a step at least."""

    def loss(self, x: Any, images: Any, noise: Any) -> Any:
        """Of images (n, pixels) and m draws of noise (m, n, noise), at x (p,): its gradient is what counts."""
        told = self.tell(x, images)
        latent: Any = self.latent
        codes = jax.lax.stop_gradient(latent.draw(told[None], noise))
        missed = bits_loss(jax.vmap(lambda own: self(x, own))(codes), images[None])
        logs = jnp.reshape(log_softmax(latent.apart(told)), told.shape)
        others = (jnp.sum(missed, axis=0) - missed) / (len(missed) - 1)
        score = jax.lax.stop_gradient(missed - others) * jnp.sum(codes * logs[None], axis=-1)
        return jnp.mean(missed + score) + jnp.mean(latent.divergence(told))

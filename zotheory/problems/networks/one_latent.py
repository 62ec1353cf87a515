"""One latent of two values on the line: the smallest autoencoder with a jump, and all of its laws in closed form.

    z = 1 where U < q,  q = sigmoid(x)                                  the draw, U uniform
    F(x; U) = -gain mean(z) + KL(q),  KL(q) = q log q + (1 - q) log(1 - q) + log 2

An image is told better by `gain` nats where z = 1. The mean f(x) = -gain q + KL(q) is smooth, is least at x = gain and
has the slope q (1 - q)(x - gain). But F(.; U) has, wherever it has one, the slope q (1 - q) x of KL alone: it rises
from x to x + alpha unless z jumps. What that does to a comparison of two losses is `right`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Annotated

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import namespace
from zotheory.oracles import expand_like
from zotheory.problems.networks.layers import sigmoid
from zotheory.protocols import Source
from zotheory.quantities import Size, Value, positive


@checked
@dataclass(frozen=True, eq=False)
class OneLatent:
    """f(x) = KL(q) - gain q, q = sigmoid(x), for x (..., 1); F(x; U) the same with the share of `draws` that are 1.

    Parameters
    ----------
    gain : float
        gain > 0, in nats: the minimiser, too.
    draws : int
        Of the latent in a step.
    start : float
        x0.
    """

    gain: Annotated[float, positive(Value)]
    draws: Size = 1
    start: float = 0.5

    d = 1

    @property
    def x0(self) -> np.ndarray:
        """Start, (1,)."""
        return np.array([self.start])

    @property
    def minimiser(self) -> np.ndarray:
        """(1,): the logit of the posterior."""
        return np.array([self.gain])

    @property
    def f_star(self) -> float:
        """-log of the mean of exp(gain z) over the prior: there the bound is the likelihood."""
        return -float(np.logaddexp(0, self.gain) - log(2))

    def divergence(self, x: Array) -> Array:
        """KL of q from 1/2 (...), at x (..., 1)."""
        xp, own = namespace(x), x[..., 0]
        softplus = xp.log1p(xp.exp(-xp.abs(own))) + (own + xp.abs(own)) / 2
        return own * sigmoid(own) - softplus + log(2)  # q log q + (1 - q) log(1 - q) = x q - log(1 + exp x)

    def __call__(self, x: Array) -> Array:
        """f at points (..., 1)."""
        return self.divergence(x) - self.gain * sigmoid(x[..., 0])

    def sample(self, rng: Source, batch: tuple[int, ...]) -> Array:
        """Draw U (*batch, draws)."""
        return rng.random((*batch, self.draws))

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return F(.; U)."""

        def F(x: Array) -> Array:
            xp = namespace(x)
            ones = xp.astype(expand_like(xi, x, 1) < sigmoid(x), x.dtype)
            return self.divergence(x) - self.gain * xp.mean(ones, axis=-1)

        return F

    def right(self, x: float, y: float, *, common: bool) -> float:
        """Probability that F(y; U) < F(x; U') says rightly whether f(y) < f(x): exact.

        `common`: both losses see the same draws, U' = U, and differ by the draws that jump: a binomial number of them,
        so that the probability is at most draws |q(y) - q(x)| where KL and f change in opposite directions. Otherwise
        U' is drawn anew.
        """
        from scipy.stats import binom

        here, there = (np.array([each]) for each in (x, y))
        q_x, q_y = float(sigmoid(here)[0]), float(sigmoid(there)[0])
        rise = self.draws * float(self.divergence(there) - self.divergence(here)) / self.gain
        if common:  # J draws jump, and F changes by gain (rise - J)/draws, or (rise + J) downwards
            jumps = binom(self.draws, abs(q_y - q_x))
            lower = jumps.sf(np.floor(rise)) if q_y > q_x else jumps.cdf(np.ceil(-rise) - 1)
        else:
            ones = np.arange(self.draws + 1)
            lower = binom.pmf(ones, self.draws, q_x) @ binom.sf(np.floor(ones + rise), self.draws, q_y)
        return float(lower if self(there) < self(here) else 1 - lower)

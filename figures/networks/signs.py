"""How often a comparison of two losses is right, where their latents are drawn from the same noise, and where not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from figures.networks.autoencoders import Arm, problem, run
from figures.networks.job import Job
from zotheory.backends.jax import Source, generator
from zotheory.problems.networks import Elbo

DISTANCES = tuple(float(each) for each in 10.0 ** np.arange(0.5, -3.1, -0.5))
TRUTH = 16  # draws, by whose mean the sign is taken to be known where there is no sum over codes


class Signs:
    """How often the lower of two losses is that of the lower mean, in random directions from a point on the way.

    The point is what `run` of this arm reaches in so many evaluations. `encoder`: directions of its weights alone.
    """

    def __init__(self, size: str, arm: Arm, seed: int, evaluations: int, pairs: int) -> None:
        self.size, self.seed, self.pairs = size, seed, pairs
        self.way = run(size, "on the way", arm, seed, evaluations)

    def begin(self) -> tuple[Any, Mapping[str, Any]]:
        """The point."""
        state, _ = self.way.begin()
        for number in range(1, self.way.pieces + 1):
            state, record = self.way.piece(state, number)
        return np.asarray(state.x), {"loss": record["loss"]}

    def piece(self, x: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        """One distance."""
        found: dict[str, Any] = {"distance": DISTANCES[number - 1]}
        for part in ("all", "encoder"):
            with jax.enable_x64(True):  # in single precision short steps are lost to rounding
                common, apart, right, by_chance = self.compared(x, found["distance"], part == "encoder")
            found[part] = {"common": common, "apart": apart, "right": right, "by chance": by_chance}
        return x, found

    def bound(self, draws: int) -> Elbo:
        """The problem in double precision."""
        single = problem(self.size, self.seed, draws=draws)
        return replace(single, images=single.images.astype(np.float64))

    def compared(self, x: Any, alpha: float, encoder: bool) -> tuple[float, ...]:
        """Mean square error of differences with common and with other noise, and how often each is right."""
        bound, truth = (self.bound(draws) for draws in (1, TRUTH))
        x = jnp.asarray(x, dtype=float)
        free = np.arange(bound.d) < (bound.network.encoder.parameters.count if encoder else bound.d)

        def pair(t: Any) -> Any:
            source = Source(generator(np.random.SeedSequence((self.seed, 7))).key).at(t)
            u = source.standard_normal((bound.d,)) * free
            y = x + alpha * u / jnp.linalg.norm(u)
            here, other = (bound.at(bound.sample(source, ())) for _ in range(2))
            mean = bound if bound.network.is_exact else truth.at(truth.sample(source, ()))
            change = mean(y) - mean(x)
            found = jnp.stack([here(y) - here(x), other(y) - here(x)])
            return (found - change) ** 2, (found < 0) == (change < 0)

        errors, right = jax.lax.map(pair, jnp.arange(self.pairs))
        return tuple(float(each) for each in (*jnp.mean(errors, axis=0), *jnp.mean(right, axis=0)))


def signs(size: str, arm: Arm, seed: int, evaluations: int, pairs: int) -> Job:
    """The job of `Signs`."""
    own = cache(lambda: Signs(size, arm, seed, evaluations, pairs))
    told = {"size": size, "seed": seed, "evaluations": evaluations, "pairs": pairs}
    return Job(f"signs/{size}", told, lambda: own().begin(), lambda x, n: own().piece(x, n), len(DISTANCES))

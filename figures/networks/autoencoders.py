"""Autoencoders on digits as jobs: networks, images, and how draws of latents are made: anew, more and more, or held."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from math import ceil, log2
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

import zotheory as zo
from figures.networks import complete, training
from figures.networks.job import Job
from zotheory.backends.jax import Source, generator
from zotheory.oracles import Fresh
from zotheory.problems import datasets
from zotheory.problems.networks import Autoencoder, Categorical, Elbo, Gaussian
from zotheory.problems.networks.elbo import independent_pixels

LOOPS, RECORDS = 128, 14
FIRST = 10.0  # alpha = FIRST/sqrt(t), where it falls
MOST = 32  # draws, where they grow
HELD = 1000  # evaluations with the same noise, where it recurs
SAME = ("shared", "growing", "recurring")  # kinds of noise that both losses of a step have alike
LOOKS = 64  # draws in which the loss of other images is measured


class Size(NamedTuple):
    """A network, its images, how far they are pooled, and how many an evaluation sees: all of them, or a batch."""

    network: Autoencoder
    pool: int
    data: Callable[[], datasets.Images] = datasets.digits
    batch: int | None = None


SIZES = {
    "categorical": Size(Autoencoder(16, Categorical(2, 4)), 2),
    "Gaussian": Size(Autoencoder(16, Gaussian(2), (8,)), 2),
    "8 x 8": Size(Autoencoder(64, Categorical(6, 8)), 1),
    "MNIST, categorical": Size(Autoencoder(49, Categorical(6, 8)), 4, complete.mnist, 500),
    "MNIST, Gaussian": Size(Autoencoder(49, Gaussian(4), (16,)), 4, complete.mnist, 500),
}
OTHERS = 2000  # images at most that nobody trained on and that are measured

# --- data and problems -----------------------------------------------------------------------------------------------


@cache
def bits(size: str) -> tuple[np.ndarray, np.ndarray]:
    """Training images and others as rows of 0 and 1."""
    images = SIZES[size].data().pooled(SIZES[size].pool).scaled()
    parts = images.train, images.test[:OTHERS]
    train, test = ((part.reshape(len(part), -1) >= 0.5).astype(np.float32) for part in parts)
    return train, test


def problem(size: str, seed: int, *, draws: int = 1, kind: str = "shared", made: Any = None) -> Any:
    """The bound of a network on the training images, from first weights of this seed; `made`: another network."""
    own, batch = made or SIZES[size].network, SIZES[size].batch
    bound = Elbo(own, bits(size)[0], batch=batch, samples=draws, seed=seed, looks=LOOKS)
    return {"all codes": training.Whole, "independent": Fresh, **dict.fromkeys(SAME, lambda bound: bound)}[kind](bound)


def measure(size: str) -> training.Measure:
    """Minus the bound of the images that nobody trained on."""
    whole = Elbo(SIZES[size].network, bits(size)[1], looks=LOOKS)
    return lambda x: {"loss": float(whole(np.asarray(x, dtype=np.float32)))}


# --- runs -------------------------------------------------------------------------------------------------------------


def falling(t: Any) -> Any:
    """The radius of step t."""
    return FIRST / t**0.5


class Arm(NamedTuple):
    """What is trained how: a method, draws of a step, and what becomes of them."""

    method: Callable[[], zo.Method]
    draws: int = 1
    kind: str = "shared"  # noise; or "independent" of the two losses, "growing", "recurring", "all codes"
    through: Callable[[Autoencoder], Autoencoder] | None = None  # an estimator of `latent_gradients`


class Recurring(training.Training):
    """A method that keeps values: a loop has one draw of the noise, at which it begins with a new value and radius."""

    @property
    def compiled(self) -> Callable[[Any, np.ndarray], Any]:
        """The steps of a loop."""
        return self._loop

    @partial(jax.jit, static_argnames="self")
    def _loop(self, state: Any, steps: Any) -> Any:
        key = generator(self.seed).key
        f = self.problem.at(self.problem.sample(Source(key).at(-steps[0]), ()))

        def step(state: Any, t: Any) -> Any:
            after = self.method.step(f, state, self.method.draw(Source(key).at(t), state, self.problem.d))
            after = jax.tree.map(lambda new, old: jnp.asarray(new, dtype=old.dtype), after, state)
            return after, jnp.any(after.x != state.x)

        state, moved = jax.lax.scan(step, state._replace(fx=f(state.x), alpha=falling(steps[0] * 1.0)), steps)
        return state, jnp.mean(moved)

    def piece(self, state: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        """Loops; each counts its first value."""
        state, record = super().piece(state, number)
        return state, {**record, "evaluations": record["evaluations"] + self.after[number]}


class Growing:
    """Trainings with 1, 2, 4, ... draws: a piece has as many as `MOST` times the share of steps then done, or more."""

    def __init__(self, train: Callable[[int], training.Training], after: Sequence[int]) -> None:
        self.train, self.after = cache(train), after

    def draws(self, number: int) -> int:
        """The least power of two that is so many."""
        return 2 ** max(0, ceil(log2(MOST * self.after[number - 1] / self.after[-1])))

    def begin(self) -> tuple[Any, Mapping[str, Any]]:
        """As with one draw."""
        return self.train(1).begin()

    def piece(self, state: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        """As with its draws, which are recorded."""
        state, record = self.train(self.draws(number)).piece(state, number)
        return state, {**record, "draws": self.draws(number)}


def run(size: str, name: str, arm: Arm, seed: int, evaluations: int) -> Job:
    """One arm with one seed."""
    network, method = SIZES[size].network, arm.method()
    loops = max(evaluations // HELD, 1) if arm.kind == "recurring" else LOOPS
    steps, after = evaluations // (loops * method.calls[1]), training.spaced(1, loops, RECORDS)
    made = arm.through(network) if arm.through else None
    kind = Recurring if arm.kind == "recurring" else training.Training

    def train(draws: int) -> training.Training:
        own = problem(size, seed, draws=draws, kind=arm.kind, made=made)
        return kind(method, own, seed, steps, measure(size), after)

    def begin() -> tuple[Any, Mapping[str, Any]]:
        state, record = train(arm.draws).begin()
        return state, {**record, "independent": independent_pixels(*bits(size))}

    @cache
    def made_once() -> Any:
        return Growing(train, after) if arm.kind == "growing" else train(arm.draws)

    def piece(state: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        began = time.process_time()
        state, record = made_once().piece(state, number)
        if number == len(after):
            made_once.cache_clear()  # what was compiled holds the data
        return state, {**record, "cpu": time.process_time() - began}

    told = {"size": size, "arm": name, "seed": seed, "evaluations": evaluations}
    return Job(f"{size}/{evaluations} evaluations/{name}/seed {seed}", told, begin, piece, len(after))

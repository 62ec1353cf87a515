"""Autoencoders on digits: what comparisons of two losses reach, beside gradients, where latents are drawn.

scikit-learn's digits, black and white: pixels that are at least half as bright as can be are 1. Images pooled to 4 x 4
with two latents of four values (280 weights, no hidden layer) or with two normal latents (340 weights, 8 hidden units);
images of 8 x 8 with six latents of eight values (6,256 weights). An evaluation is the loss of all 1,397 training images
with so many draws of their latents; both losses of a step have the same draws. The loss is minus the evidence bound
(ELBO), in nats; on the 400 other images it is the sum over all codes where there are few, else the mean of 64 draws.
Complete MNIST, pooled to 7 x 7, with six latents of eight values (4,801 weights) or four normal ones (1,849 weights):
an evaluation is the loss of 500 images, drawn anew for each step, and 2,000 others are measured.

Two things can go wrong at once, too few evaluations for so many weights and the noise of the draws, so that runs on 4 x
4 differ in one of them: from 100 to 1000 evaluations a weight; one draw a step, 10, up to 32, or the sum over all
codes, which has no noise. A gradient by back-propagation counts 3 evaluations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import optax

import zotheory as zo
from figures.networks.autoencoders import SIZES, Arm, falling, run
from figures.networks.backpropagation import backpropagation
from figures.networks.job import Job
from figures.networks.latent_gradients import GumbelSoftmax, Reinforced, StraightThrough
from figures.networks.signs import signs
from zotheory.problems.networks import Autoencoder, Categorical

RATE = 0.01  # of Adam
NORMAL = "Adam, reparameterisation"
DISCRETE = ("Adam, Gumbel-softmax", "Adam, straight-through", "Adam, REINFORCE")


def compared(radius: Any, **options: Any) -> Callable[[], zo.Method]:
    """Relative-loss descent."""
    return partial(zo.relative_loss, radius=radius, **{"cached": False} | options)


RULE = zo.radii.one_fifth(1.0)
ADAM = partial(backpropagation, optax.adam(RATE))


def by(estimator: type[Categorical], network: Any) -> Autoencoder:
    """The same network with latents that are drawn so."""
    latent = estimator(network.latent.size, network.latent.values)
    return Autoencoder(network.pixels, latent, network.hidden)


def reinforced(network: Any) -> Autoencoder:
    """The same network with another gradient."""
    return Reinforced(network.pixels, network.latent, network.hidden)


ARMS = {
    "1/5 rule": Arm(compared(RULE)),
    "1/5 rule, 10 draws": Arm(compared(RULE), draws=10),
    "falling radius": Arm(compared(falling)),
    "falling radius, momentum": Arm(compared(falling, beta=0.99, gain=4.0)),
    "falling radius, 10 draws": Arm(compared(falling), draws=10),
    "falling radius, growing draws": Arm(compared(falling), kind="growing"),
    "falling radius, independent noise": Arm(compared(falling), kind="independent"),
    "1/5 rule, recurring noise": Arm(compared(RULE, cached=True), kind="recurring"),
    "1/5 rule, all codes": Arm(compared(RULE, cached=True), kind="all codes"),
    NORMAL: Arm(ADAM),
    "Adam, Gumbel-softmax": Arm(ADAM, through=partial(by, GumbelSoftmax)),
    "Adam, straight-through": Arm(ADAM, through=partial(by, StraightThrough)),
    "Adam, REINFORCE": Arm(ADAM, draws=2, through=reinforced),
    "Adam, all codes": Arm(ADAM, kind="all codes"),
}


class Plan(NamedTuple):
    """Arms with a network, all with the same evaluations a weight and the same seeds."""

    size: str
    each: int
    seeds: int
    arms: tuple[str, ...]


COMPARED = tuple(name for name in ARMS if not name.startswith("Adam") and "codes" not in name)
PLANS = (  # in the order in which they run
    Plan("categorical", 100, 5, tuple(name for name in ARMS if name != NORMAL)),
    Plan("Gaussian", 100, 5, (*COMPARED, NORMAL)),
    Plan("categorical", 1000, 3, ("1/5 rule", "falling radius, momentum")),
    Plan("Gaussian", 1000, 3, ("1/5 rule", "falling radius, momentum")),
    Plan("8 x 8", 4, 2, DISCRETE),
    Plan("8 x 8", 40, 2, ("1/5 rule", "falling radius, momentum")),
    Plan("MNIST, categorical", 4, 2, DISCRETE),
    Plan("MNIST, categorical", 40, 2, ("1/5 rule", "falling radius, momentum")),
    Plan("MNIST, Gaussian", 4, 2, (NORMAL,)),
    Plan("MNIST, Gaussian", 100, 2, ("1/5 rule", "falling radius, momentum")),
)
# On the way of which arm signs are compared, and how many.
POINTS = {"categorical": ("1/5 rule, all codes", 2000), "Gaussian": (NORMAL, 500)}


def jobs() -> Iterator[Job]:
    """All arms of a plan with one seed, then with the next."""
    for size, (name, pairs) in POINTS.items():
        yield signs(size, ARMS[name], 0, 2000, pairs)
    for plan in PLANS:
        evaluations = plan.each * SIZES[plan.size].network.parameters.count
        for seed in range(plan.seeds):
            yield from (run(plan.size, name, ARMS[name], seed, evaluations) for name in plan.arms)


JOBS = tuple(jobs())

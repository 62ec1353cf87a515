"""Relative loss and its kin on MNIST, at equal evaluations: what comparisons reach, beside back-propagation.

Two perceptrons, each with one hidden layer of ReLUs, on complete MNIST: images pooled to 7 x 7 with 16 hidden units,
970 weights, mini-batches of 1000 and 100,000 evaluations a run; whole images with 32 hidden units, 25,450 weights,
mini-batches of 250 and 60,000 evaluations. An evaluation is the loss of one mini-batch, the cross-entropy. All
evaluations of a step share its batch, and each step draws a new one: no value is kept, that at x is paid for anew. A
gradient by back-propagation counts 3 evaluations.

Each method has a grid of four settings, and on each network a fifth, which was placed beside the best of the four when
those had been tried (`figures.networks.tuned`). A run of a quarter of the evaluations, of a seed that is used for
nothing else, tries each; that with the lowest loss on all 60,000 training images is chosen. The same effort for all,
and what it cost is in the record. CMA-ES with all covariances, too slow for that, takes the setting of its diagonal
form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from math import sqrt
from typing import NamedTuple

import numpy as np

from figures.networks import complete, evolution, training
from figures.networks.job import Job
from figures.networks.tuned import DIAGONAL, METHODS, SLOW, WHOLE, Run, grids, settings
from zotheory.problems import datasets
from zotheory.problems.networks import Labelled, Perceptron
from zotheory.problems.networks.layers import error_rate

LOOPS, RECORDS = 200, 18
TUNING_SEED, PART = 100, 4  # of the evaluations of a run


class Size(NamedTuple):
    """A network and the data it is trained on, pooled; evaluations of a run, and how many seeds run."""

    network: Perceptron
    pool: int
    batch: int
    evaluations: int
    seeds: int
    read: Callable[[], datasets.Images] = complete.mnist


SIZES = {
    "970 weights": Size(Perceptron((49, 16, 10)), 4, 1000, 100_000, 5),
    "25,450 weights": Size(Perceptron((784, 32, 10)), 1, 250, 60_000, 2),
}


# --- data ------------------------------------------------------------------------------------------------------------


@cache
def rows(size: str) -> tuple[np.ndarray, ...]:
    """Training images as rows and their labels, and those to test with: pooled, then centred."""
    own = SIZES[size]
    images = own.read().pooled(own.pool).centred()
    train, test = (part.reshape(len(part), -1) for part in (images.train, images.test))
    return train, images.train_labels, test, images.test_labels


def problem(size: str, seed: int) -> Labelled:
    """The network with its data, from first weights of this seed."""
    train, labels, _, _ = rows(size)
    return Labelled(SIZES[size].network, train, labels, batch=SIZES[size].batch, seed=seed)


def measure(size: str, made: Labelled) -> training.Measure:
    """Loss on all training images, and accuracy on those to test with."""
    train, labels, test, test_labels = rows(size)

    def measured(x: np.ndarray) -> Mapping[str, float]:
        with np.errstate(over="ignore", invalid="ignore"):  # of what has walked away
            wrong = error_rate(made.network(x, test), test_labels)
            return {"loss": float(made.over(x, train, labels)), "accuracy": 1 - float(wrong)}

    return measured


# --- jobs ------------------------------------------------------------------------------------------------------------


def trained(size: str, name: str, setting: Mapping[str, float], seed: int, evaluations: int, prefix: str) -> Job:
    """A method with a setting on a network."""
    told = {"method": name, **setting}
    given = {"problem": partial(problem, size, seed), "measure": partial(measure, size), "seed": seed}
    title = f"{prefix}/{size}/{name}/" + (f"{setting}" if prefix == "grid" else f"seed {seed}")
    after = training.spaced(1, LOOPS, RECORDS)
    if name in (DIAGONAL, WHOLE):
        sigma = setting["length"] / sqrt(SIZES[size].network.parameters.count)
        ends = [evaluations * loop // LOOPS for loop in after]
        return evolution.job(title, told, sigma=sigma, diagonal=name == DIAGONAL, ends=ends, **given)
    method = METHODS[name][0](Run(SIZES[size].network, evaluations), **setting)
    steps = evaluations // (LOOPS * method.calls[1])
    return training.job(title, told, method=method, steps=steps, after=after, **given)


def jobs(size: str) -> Iterator[Job]:
    """The grids, then what was chosen, all seeds of a method after each other."""
    evaluations = SIZES[size].evaluations
    for name, places in grids(size).items():
        for setting in places:
            yield trained(size, name, setting, TUNING_SEED, evaluations // PART, "grid")
    for name, setting in settings(size).items():
        for seed in range(SIZES[size].seeds if name != WHOLE else SLOW):
            yield trained(size, name, setting, seed, evaluations, "run")


JOBS = tuple(job for size in SIZES for job in jobs(size))

"""Depth: does the vanishing gradient matter to a method that only compares values?

Perceptrons of 2 to 64 layers of weights, tanh or sigmoid, with and without normalisation over the batch, learn 100 of
scikit-learn's digits, averaged to 4 x 4 pixels. The width is 8, or it is such that there are as many parameters as in
64 layers of width 8, 4,690. The loss is the cross-entropy over all 100 images: no mini-batches, no noise. A run is
trained once less than 20 % of the images are wrong, a threshold fixed before any run; it has 18,000 evaluations, of
which a gradient by back-propagation counts 3. All is in double precision, but for one
row at 64 layers of tanh.

Gradient-free methods have one setting everywhere; SGD and Adam have the best of three step sizes on each network, by a
run from a seed that is used for nothing else. RSO goes through the layers from the output, as its authors do, without
weight decay; offsets, which start at 0, change as the weights of their layer do.

Beside the runs stands one step: the fall of the loss that the theorems predict from gradient and curvature at the first
weights, and at those where runs of the 1/5 rule ended, against the fall that is measured (`best_step`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from math import ceil, inf
from typing import Any, Literal, NamedTuple

import jax
import numpy as np
import optax

import zotheory as zo
from figures.networks.backpropagation import backpropagation
from figures.networks.best_step import best_step
from figures.networks.job import Job
from figures.networks.layered import Account, Layered, by_gradient, by_value
from zotheory.problems import datasets
from zotheory.problems.networks import Labelled, Perceptron

IMAGES, INPUTS, CLASSES, WIDTH = 100, 16, 10, 8
DEPTHS, WIDE = (2, 4, 8, 16, 64), (2, 8)  # layers at equal width; and at as many parameters as the last has
SEEDS, TUNING_SEED = 5, 100
EVALUATIONS, LOOKS, THRESHOLD = 18_000, 100, 0.2


class Kind(NamedTuple):
    """An activation, and whether sums are normalised."""

    activation: Literal["tanh", "sigmoid"]
    normalise: bool

    def __str__(self) -> str:
        return self.activation + (", normalised" if self.normalise else "")


KINDS = (Kind("tanh", False), Kind("tanh", True), Kind("sigmoid", False), Kind("sigmoid", True))


def perceptron(kind: Kind, depth: int, width: int = WIDTH) -> Perceptron:
    """A network of so many layers of weights."""
    return Perceptron((INPUTS, *[width] * (depth - 1), CLASSES), kind.activation, normalise=kind.normalise)


@cache
def wide(depth: int) -> int:
    """The largest width at which there are no more parameters than in the deepest network of `WIDTH`."""
    most = perceptron(KINDS[0], DEPTHS[-1]).parameters.count
    width = WIDTH
    while perceptron(KINDS[0], depth, width + 1).parameters.count <= most:
        width += 1
    return width


# --- methods ---------------------------------------------------------------------------------------------------------


def one_fifth(network: Perceptron, rate: Any, beta: float = 0.0, gain: float = 1.0, clip: float = 1.0) -> zo.Method:
    """Relative loss, whose radius follows the share of steps that are accepted."""
    return zo.relative_loss(radius=zo.radii.one_fifth(1.0), beta=beta, gain=gain, clip=clip)


def rso(network: Perceptron, rate: Any) -> zo.Method:
    """From the last layer to the first; changes are as large as the first weights at the beginning."""
    slices = network.parameters.slices
    deviations = network.first_deviations()
    for name, part in slices.items():
        if name.startswith("b"):
            deviations[part] = deviations[slices[f"W{name[1:]}"]][0]
    order = np.concatenate([np.arange(part.start, part.stop) for part in reversed(list(slices.values()))])
    cycles = ceil(EVALUATIONS / (3 * network.parameters.count))
    return zo.rso(deviations=deviations, order=order, cycles=cycles, decay=0.0)


class Way(NamedTuple):
    """A method, what accounts for its steps, its step sizes to choose from, and its precision."""

    make: Callable[[Perceptron, Any], zo.Method]
    account: Account = by_gradient
    rates: tuple[float, ...] = (1.0,)
    dtype: str = "float64"


PLAIN, SINGLE = "1/5 rule", "1/5 rule, single precision"
METHODS = {
    PLAIN: Way(one_fifth),
    "1/5 rule, momentum": Way(partial(one_fifth, beta=0.9, gain=4.0, clip=3.0)),
    "RSO": Way(rso, by_value),
    "SGD": Way(lambda network, rate: backpropagation(optax.sgd(rate)), rates=(0.03, 0.3, 3.0)),
    "Adam": Way(lambda network, rate: backpropagation(optax.adam(rate)), rates=(0.001, 0.01, 0.1)),
    SINGLE: Way(one_fifth, dtype="float32"),
}

# --- jobs ------------------------------------------------------------------------------------------------------------


@cache
def rows() -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 16) in double precision, less their mean, and labels (n,)."""
    images = datasets.digits().pooled(2).centred("float64")
    return images.train[:IMAGES].reshape(IMAGES, -1), images.train_labels[:IMAGES].astype("int32")


def problem(network: Perceptron, seed: int, dtype: str = "float64") -> Labelled:
    """The network with its data, from first weights of this seed."""
    inputs, labels = rows()
    return Labelled(network, inputs.astype(dtype), labels, batch=len(inputs), seed=seed)


def training(network: Perceptron, way: Way) -> Layered:
    """A method on a network, for all seeds and step sizes."""
    return Layered(
        way.make, partial(problem, network), way.account,
        evaluations=EVALUATIONS, looks=LOOKS, threshold=THRESHOLD, dtype=way.dtype,
    )  # fmt: skip


def trained(title: str, network: Perceptron, name: str, after: bool) -> Job:
    """All seeds of a method on a network, a seed a piece; `after`: one step where the run ended, too."""
    way = METHODS[name]
    made: list[Layered] = []

    def layered() -> Layered:
        if not made:
            made.append(training(network, way))
        return made[0]

    def tuned() -> tuple[float, Mapping[str, Any]]:
        if len(way.rates) == 1:
            return way.rates[0], {}
        found = {rate: layered().train(TUNING_SEED, rate)[1] for rate in way.rates}
        return min(found, key=lambda rate: order(found[rate])), {f"loss at {k}": v["loss"] for k, v in found.items()}

    def piece(rate: float, number: int) -> tuple[float, Mapping[str, Any]]:
        x, record = layered().train(number - 1, rate)
        more = {"step": best_step(problem(network, number - 1), x.astype(float), number - 1)} if after else {}
        if number == SEEDS:
            made.clear()
            jax.clear_caches()  # what was compiled is large, and there are many jobs
        return rate, {"seed": number - 1, "rate": rate, **record, **more}

    told = {"method": name, "widths": network.widths, "evaluations": EVALUATIONS, "rates": way.rates}
    return Job(f"{title}/{name}", told, tuned, piece, SEEDS)


def order(record: Mapping[str, Any]) -> tuple[float, float]:
    """Which of two runs is better: that trained earlier, or else that of lower loss."""
    loss = record["loss"] if np.isfinite(record["loss"]) else inf
    return record["evaluations"] if record["error"] < THRESHOLD else inf, loss


def first_step(title: str, network: Perceptron) -> Job:
    """One step at the first weights, a seed a piece."""

    def piece(state: None, number: int) -> tuple[None, Mapping[str, Any]]:
        own = problem(network, number - 1)
        record = best_step(own, own.x0, number - 1)
        if number == SEEDS:
            jax.clear_caches()
        return None, {"seed": number - 1, **record}

    return Job(f"{title}/first step", {"widths": network.widths}, lambda: (None, {}), piece, SEEDS)


def jobs() -> Iterator[Job]:
    """First all single steps, then the runs, shallow networks first."""
    yield from (first_step(f"{kind}/{depth} layers", perceptron(kind, depth)) for depth in DEPTHS for kind in KINDS)
    for depth in DEPTHS:
        for kind in KINDS:
            for name in METHODS:
                if name != SINGLE or (depth == DEPTHS[-1] and kind.activation == "tanh"):
                    yield trained(f"{kind}/{depth} layers", perceptron(kind, depth), name, name == PLAIN)
            if depth in WIDE:
                for name in METHODS:
                    if name != SINGLE:
                        yield trained(f"{kind}/{depth} wide layers", perceptron(kind, depth, wide(depth)), name, False)


JOBS = tuple(jobs())

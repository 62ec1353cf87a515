"""Forms of a model that have no derivative, with data of scikit-learn's digits, and what back-propagation has instead.

Images are pooled to 4 x 4, so that networks have some hundred weights and evaluations suffice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from figures.networks.strips import BLANK, strips
from zotheory.problems.datasets import digits
from zotheory.problems.networks import Experts, Framewise, Perceptron, Quantised
from zotheory.problems.networks.layers import cross_entropy, error_rate, f1_error
from zotheory.problems.networks.parameters import Network, first_deviation
from zotheory.problems.networks.strings import string_error

WIDTHS = (16, 16, 10)
DEVIATION = sqrt(2 / 16)  # of RSO's changes: that of the first weights of both layers, were they of ReLUs
SHARE = 0.75  # unbalanced: of class k + 1 there are so many times those of class k


class Data(NamedTuple):
    """What to train on, and what is held out."""

    inputs: np.ndarray
    labels: np.ndarray
    test_inputs: np.ndarray
    test_labels: np.ndarray


class Form(NamedTuple):
    """A network with its loss, both as they are and as back-propagation has them, and the error that is told."""

    network: Network
    loss: Callable[..., Any]
    smooth_network: Network
    smooth_loss: Callable[..., Any]
    error: Callable[..., Any]
    data: Callable[[], Data]
    deviation: float = DEVIATION


# --- data and forms ---------------------------------------------------------------------------------------------------


@cache
def balanced() -> Data:
    """The digits, pooled to 16 numbers each."""
    images = digits().scaled().pooled(2)
    train, test = (np.reshape(pixels, (len(pixels), 16)) for pixels in (images.train, images.test))
    return Data(train, images.train_labels, test, images.test_labels)


@cache
def unbalanced() -> Data:
    """All 137 images of class 0 to train on, 102 of class 1, and so on to 10 of class 9; held out are those of all."""
    all_of = balanced()
    kept = [np.flatnonzero(all_of.labels == k)[: int(137 * SHARE**k)] for k in range(10)]
    rows = np.sort(np.concatenate(kept))
    return all_of._replace(inputs=all_of.inputs[rows], labels=all_of.labels[rows])


@cache
def rows_of_digits() -> Data:
    """300 strips of training digits, and 200 of those held out."""
    images = digits().scaled().pooled(2)
    train = strips(images.train[..., 0], images.train_labels, 300, seed=0)
    return Data(*train, *strips(images.test[..., 0], images.test_labels, 200, seed=1))


def ctc(logits: Any, told: Any) -> Any:
    """Mean CTC loss of logits (..., n, T, classes) for strings (n, L), in nats."""
    import jax.numpy as jnp
    import optax

    one = jnp.reshape(logits, (-1, *logits.shape[-2:]))
    labels = jnp.reshape(jnp.broadcast_to(told, (*logits.shape[:-3], *told.shape)), (-1, told.shape[-1]))
    losses = optax.ctc_loss(one, jnp.zeros(one.shape[:-1]), labels, jnp.zeros(labels.shape), blank_id=BLANK)
    return jnp.mean(jnp.reshape(losses, logits.shape[:-2]), axis=-1)


def hard(network: Network, smooth: Network, deviation: float = DEVIATION) -> Form:
    """A network without derivative: back-propagation has a straight-through estimator."""
    return Form(network, cross_entropy, smooth, cross_entropy, error_rate, balanced, deviation)


def lattice(levels: int, spacing: float) -> Form:
    """Weights of few values; RSO steps by the distance of two of them."""
    from figures.networks import straight_through as ste

    network = Quantised(Perceptron(WIDTHS), levels, spacing)
    return hard(network, replace(network, rounding=ste.nearest), deviation=spacing * first_deviation(WIDTHS[:2], 1.0))


def metric(loss: Callable[..., Any], smooth_loss: Callable[..., Any], data: Callable[[], Data], network: Any) -> Form:
    """A loss without derivative, which is the error that is told."""
    return Form(network, loss, network, smooth_loss, loss, data)


def forms() -> dict[str, Form]:
    """All of them, by name."""
    from figures.networks import straight_through as ste

    plain, expert = Perceptron(WIDTHS), Perceptron((16, 10))
    reader = Framewise(Perceptron((16, 16, BLANK + 1)))
    return {
        "thresholds": hard(Perceptron(WIDTHS, "sign"), Perceptron(WIDTHS, ste.sign)),
        "ternary weights": lattice(1, 3.0),
        "integer weights": lattice(7, 1.0),
        "routing": hard(Experts(expert, 16, 3), Experts(expert, 16, 3, ste.largest)),
        "error rate": metric(error_rate, cross_entropy, balanced, plain),
        "F1": metric(f1_error, cross_entropy, unbalanced, plain),
        "edit distance": metric(string_error, ctc, rows_of_digits, reader),
    }


METRICS = ("error rate", "F1", "edit distance")

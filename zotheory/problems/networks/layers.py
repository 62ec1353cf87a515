"""Layers and losses as functions of arrays (..., n, ...): of any array library, with any leading axes.

Parameters stand before the inputs' own axes: weights (..., inputs, outputs) against inputs (..., n, inputs), where the
leading axes broadcast. Images are (..., n, height, width, channels).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zotheory.elementary import Array
from zotheory.kinds import namespace, shown
from zotheory.libraries import device

EPS = 1e-5  # added to the variances of a batch: the default of the framework that the authors of RSO used

# --- layers ----------------------------------------------------------------------------------------------------------


def dense(inputs: Array, weights: Array, offsets: Array | None = None) -> Array:
    """Inputs (..., n, inputs) times weights (..., inputs, outputs), plus offsets (..., outputs)."""
    out = namespace(weights).matmul(inputs, weights)
    return out if offsets is None else out + offsets[..., None, :]


def is_whole(x: Array) -> bool:
    """Whether these are whole numbers: symbols or classes, not features."""
    return bool(namespace(x).isdtype(x.dtype, "integral"))


def embedded(symbols: Array, weights: Array) -> Array:
    """Rows (..., n, outputs) of weights (..., symbols, outputs) that whole numbers (..., n) choose."""
    xp = namespace(weights)
    if weights.ndim == 2:
        rows = xp.take(weights, xp.reshape(symbols, (-1,)), axis=0)
        return xp.reshape(rows, (*symbols.shape, weights.shape[-1]))
    hit = xp.arange(weights.shape[-2], device=device(weights)) == symbols[..., None]
    return dense(xp.astype(hit, weights.dtype), weights)


def normalised(x: Array) -> Array:
    """x (..., n, units) less the mean over n, over the deviation: batch normalisation by the batch's own statistics.

    The variance is of the batch as it is, divided by n; `EPS` is added to it (Ioffe, Szegedy 2015, Algorithm 1).
    """
    xp = namespace(x)
    away = x - xp.mean(x, axis=-2, keepdims=True)
    return away / xp.sqrt(xp.mean(away * away, axis=-2, keepdims=True) + EPS)


def flattened(images: Array, axes: int) -> Array:
    """The last `axes` axes of inputs as one."""
    return namespace(images).reshape(images, (*images.shape[: images.ndim - axes], -1))


# --- activations -----------------------------------------------------------------------------------------------------


def relu(x: Array) -> Array:
    """max(x, 0)."""
    return namespace(x).maximum(x, 0 * x)


def tanh(x: Array) -> Array:
    """Hyperbolic tangent."""
    return namespace(x).tanh(x)


def sigmoid(x: Array) -> Array:
    """1/(1 + exp(-x)), by the hyperbolic tangent, which does not overflow."""
    return (1 + namespace(x).tanh(x / 2)) / 2


def sign(x: Array) -> Array:
    """1 where x >= 0, else -1: a hard threshold, whose derivative is 0 wherever there is one."""
    xp = namespace(x)
    return xp.where(x >= 0, xp.ones_like(x), -xp.ones_like(x))


def largest(scores: Array) -> Array:
    """1 at the largest of scores (..., k), the first of equal ones, else 0: a hard choice, (..., k)."""
    xp = namespace(scores)
    hit = xp.argmax(scores, axis=-1)[..., None] == xp.arange(scores.shape[-1], device=device(scores))
    return xp.astype(hit, scores.dtype)


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {"relu": relu, "tanh": tanh, "sigmoid": sigmoid, "sign": sign}

# --- losses ----------------------------------------------------------------------------------------------------------


def log_softmax(logits: Array) -> Array:
    """log of exp(logits)/sum of exp(logits), over the last axis."""
    xp = namespace(logits)
    away = logits - xp.max(logits, axis=-1, keepdims=True)
    return away - xp.log(xp.sum(xp.exp(away), axis=-1, keepdims=True))


def chosen(values: Array, labels: Array) -> Array:
    """values (..., n, classes) at labels (..., n), whole numbers: (..., n)."""
    xp = namespace(values)
    classes = xp.arange(values.shape[-1], device=device(values))
    hit = classes == labels[..., None]
    return xp.sum(xp.where(hit, values, 0 * values), axis=-1)


def cross_entropy(logits: Array, labels: Array) -> Array:
    """Mean over n of -log softmax of logits (..., n, classes) at labels (..., n): (...), in nats."""
    return -namespace(logits).mean(chosen(log_softmax(logits), labels), axis=-1)


def error_rate(logits: Array, labels: Array) -> Array:
    """Share of n whose largest logit (the first of equal ones) is not that of the label: (...)."""
    xp = namespace(logits)
    wrong = xp.argmax(logits, axis=-1) != labels
    return xp.mean(xp.astype(wrong, logits.dtype), axis=-1)


def f1_error(logits: Array, labels: Array) -> Array:
    """1 less the mean of F1 over the classes that are a label or an answer of one of n at least: (...).

    F1 of a class is 2 hits/(labels + answers), the harmonic mean of precision and recall ("macro").
    """
    xp = namespace(logits)
    answers = largest(logits)
    told = xp.astype(labels[..., None] == xp.arange(logits.shape[-1], device=device(logits)), logits.dtype)
    hits, either = xp.sum(answers * told, axis=-2), xp.sum(answers, axis=-2) + xp.sum(told, axis=-2)
    there = xp.astype(either > 0, logits.dtype)
    return 1 - xp.sum(2 * hits / xp.maximum(either, there * 0 + 1), axis=-1) / xp.sum(there, axis=-1)


def squared_error(outputs: Array, targets: Array) -> Array:
    """Mean over n of |output - target|^2, for outputs (..., n, k): (...)."""
    xp = namespace(outputs)
    return xp.mean(xp.sum((outputs - targets) ** 2, axis=-1), axis=-1)


def bits_loss(logits: Array, bits: Array) -> Array:
    """-log likelihood (...) of bits (..., k), 0.0 or 1.0, each Bernoulli with its logit: their sum, in nats."""
    xp = namespace(logits)
    size = xp.abs(logits)
    return xp.sum((logits + size) / 2 + xp.log1p(xp.exp(-size)) - logits * bits, axis=-1)


LOSSES: dict[str, Callable[[Array, Array], Array]] = {
    "cross_entropy": cross_entropy,
    "error_rate": error_rate,
    "f1_error": f1_error,
    "squared_error": squared_error,
}


def require_labels(name: str, labels: np.ndarray, classes: int) -> None:
    """Labels are whole numbers of 0..classes - 1; errors call them by this name.

    Raises
    ------
    TypeError, ValueError
    """
    if not isinstance(labels, np.ndarray) or not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(f"{name} must be an array of whole numbers, got {shown(labels)}")
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError(f"{name} must be 0..{classes - 1}, got {labels.min()}..{labels.max()}")

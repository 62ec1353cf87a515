"""What convolutional networks do with images (..., n, height, width, channels), for arrays of any library.

Weights are (..., rows, columns, inputs, outputs): 1 x 1; 3 x 3, with a border of zeros that keeps height and width; or
4 x 4 with that border and stride 2, which is a 3 x 3 convolution and then the average of 2 x 2 pixels (`averaging`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from operator import mul
from typing import NamedTuple

from zotheory.elementary import Array
from zotheory.kinds import namespace
from zotheory.libraries import device
from zotheory.problems.networks.layers import EPS

PIXELS = (-4, -3, -2)  # axes: images, rows, columns


class Moments(NamedTuple):
    """Mean and variance of each channel over a batch and its pixels, (..., channels)."""

    mean: Array
    variance: Array


def moments(images: Array) -> Moments:
    """Moments of this batch as it is: the variance is divided by the number of its pixels."""
    xp = namespace(images)
    mean = xp.mean(images, axis=PIXELS, keepdims=True)
    away = images - mean
    return Moments(mean[..., 0, 0, 0, :], xp.mean(away * away, axis=PIXELS))


def normalised(images: Array, known: Moments, gamma: Array, beta: Array) -> Array:
    """gamma (images - mean)/sqrt(variance + 1e-5) + beta, channel by channel."""
    factor = gamma / namespace(images).sqrt(known.variance + EPS)
    return images * of_channels(factor) + of_channels(beta - known.mean * factor)


def of_channels(values: Array) -> Array:
    """Values (..., channels) as they broadcast against images."""
    return values[..., None, None, None, :]


def halved(images: Array) -> Array:
    """Average of 2 x 2 pixels; a last row or column without a partner is left out."""
    rows, columns = (2 * (size // 2) for size in images.shape[-3:-1])
    first, *others = (images[..., a:rows:2, b:columns:2, :] for a, b in product(range(2), range(2)))
    return sum(others, first) / 4


def averaging(weights: Array) -> Array:
    """4 x 4 weights that do what these 3 x 3 ones and then `halved` do."""
    first, *others = (framed(weights, {-4: (a, 1 - a), -3: (b, 1 - b)}) for a, b in product(range(2), range(2)))
    return sum(others, first) / 4


def framed(images: Array, widths: Mapping[int, tuple[int, int]]) -> Array:
    """Images between zeros, so many before and behind along each axis."""
    xp = namespace(images)
    if hasattr(xp, "pad"):  # which the array API does not have, and compilers make less work of
        return xp.pad(images, [widths.get(axis, (0, 0)) for axis in range(-images.ndim, 0)])
    for axis, around in widths.items():
        shape, zeros = list(images.shape), []
        for shape[axis] in around:
            zeros.append(xp.zeros(tuple(shape), dtype=images.dtype, device=device(images)))
        images = xp.concat([zeros[0], images, zeros[1]], axis=axis)
    return images


def shifts(images: Array, size: int) -> Iterator[Array]:
    """What each of size x size weights meets, row by row: (..., n, new height, new width, channels)."""
    border, stride = (1, 2) if size == 4 else (size // 2, 1)
    wide = framed(images, dict.fromkeys((-3, -2), (border, border)))
    rows, columns = (extent - size + 1 for extent in wide.shape[-3:-1])
    for a, b in product(range(size), range(size)):
        yield wide[..., a : a + rows : stride, b : b + columns : stride, :]


def convolution(images: Array, weights: Array) -> Array:
    """Images (..., n, height, width, inputs) * weights (..., rows, columns, inputs, outputs)."""
    jax = sys.modules.get("jax")
    if jax is not None and isinstance(images, jax.Array):
        return _by_jax(images, weights)
    xp = namespace(weights)
    patches = xp.concat(list(shifts(images, weights.shape[-3])), axis=-1)
    shape, inner = patches.shape, prod(weights.shape[-4:-1])
    rows = xp.reshape(patches, (*shape[:-4], prod(shape[-4:-1]), inner))
    out = xp.matmul(rows, xp.reshape(weights, (*weights.shape[:-4], inner, weights.shape[-1])))
    return xp.reshape(out, (*out.shape[:-2], *shape[-4:-1], out.shape[-1]))


def _by_jax(images: Array, weights: Array) -> Array:
    """The compiler's own convolution, ten times as fast as a matrix product of patches."""
    import jax

    if weights.ndim > 4:
        lead = weights.shape[:-4]
        each = images if images.ndim == 4 else images.reshape(-1, *images.shape[-4:])
        every = weights.reshape(-1, *weights.shape[-4:])
        out = jax.vmap(_by_jax, in_axes=(None if images.ndim == 4 else 0, 0))(each, every)
        return out.reshape(*lead, *out.shape[1:])
    size, inputs = weights.shape[0], weights.shape[-2]
    if inputs == 1:
        return spread(images[..., 0], weights[..., 0, :])
    border, stride = (1, 2) if size == 4 else (size // 2, 1)
    out = jax.lax.conv_general_dilated(
        images.reshape(-1, *images.shape[-3:]), weights, (stride, stride), [(border, border)] * 2,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )  # fmt: skip
    return out.reshape(*images.shape[:-3], *out.shape[1:])


def spread(channel: Array, weights: Array) -> Array:
    """`convolution` of one channel (..., n, height, width) with weights (rows, columns, outputs).

    It is a sum of products, which a compiler makes one loop of: far faster than a matrix product as thin as this one.
    """
    size = weights.shape[0]
    taps = (weights[a, b] for a, b in product(range(size), range(size)))
    first, *others = map(mul, shifts(channel[..., None], size), taps)
    return sum(others, first)

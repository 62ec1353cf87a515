"""Losses of a convolutional network at parameters that differ in one number, for far less than a forward pass each.

What lies below the block of that number is computed once and kept: `cached`. In the block, a change of W[a, b, i, o] by
w' - w changes one channel of u, and by a multiple of one channel of the input:

    u_o' = u_o + (w' - w) pool(shift(relu(z_i), a, b))                                                              (1)

where the pooling, which is linear, comes before the candidates. All other channels are normalised once. The next
convolution, linear in its inputs, is done once for the other channels, and for each candidate of channel o alone:

    W * relu(z') = W * relu(z without o) + W_o * relu(z_o')                                                         (2)

From there on the candidates are one stacked batch. `Above` hands this to every method that asks for values along a
coordinate, by `zotheory.values.along`; they are those of whole forward passes, to rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from zotheory.elementary import Array
from zotheory.kinds import namespace
from zotheory.libraries import device
from zotheory.problems.networks.convolutional import Below, Convolutional, Parts
from zotheory.problems.networks.images import Moments, averaging, convolution, moments, normalised, spread
from zotheory.problems.networks.layers import cross_entropy, dense, relu
from zotheory.values import replaced


def cached(network: Convolutional, x: Array, block: int, images: Array, known: Mapping[str, Moments]) -> Below:
    """What is below a block, of images that are normalised by moments that are given.

    Departure from the released code: there a residual block keeps z_{l-2} alone, and each batch normalises block l - 1
    anew; here z_{l-1} is kept too.
    """
    state = network.through(network.parameters.split(x), Below(images, None), 1, block - 1, lambda name, u: known[name])
    return state if block in network.residual else Below(state.z, None)


class Channel(NamedTuple):
    """z of a block, and what its channel o may be instead: (candidates, n, height, width, 1)."""

    z: Array
    o: Array
    instead: Array

    @property
    def whole(self) -> Array:
        """z with each candidate in its place."""
        return self.z + (self.instead - self.z) * only(self.z, self.o)


@dataclass(frozen=True, eq=False)
class Above:
    """The loss of the part of a network that is above what is cached, on one mini-batch.

    Parameters
    ----------
    network : Convolutional
    name : which array the coordinate that changes belongs to
    state : what is below its block, of n images
    labels : (n,)
    """

    network: Convolutional
    name: str
    state: Below
    labels: Array

    @property
    def block(self) -> int:
        """The block that the array belongs to."""
        return self.network.block(self.name)

    def parts(self, x: Array) -> Parts:
        """Arrays of parameters, in the precision of the images."""
        return self.network.parameters.split(namespace(x).astype(x, self.state.z.dtype))

    def loss(self, x: Array, logits: Array) -> Array:
        """Mean cross-entropy in the precision of the parameters."""
        return cross_entropy(namespace(x).astype(logits, x.dtype), self.labels)

    def __call__(self, x: Array) -> Array:
        """Losses (...) at parameters x (..., p), by whole passes through what is above."""
        parts = self.parts(x)
        state = self.network.through(parts, self.state, self.block, self.network.blocks)
        return self.loss(x, self.network.head(parts, state.z))

    def along(self, x: Array, i: Array, w: Array) -> Array:
        """Losses (K,) with each of w (K,) in the place of coordinate i, which is of the array `name`.

        Of many runs at once, x (..., p), by whole passes.
        """
        if x.ndim > 1:
            return self(replaced(x, i, w))
        parts, at = self.parts(x), i - self.network.parameters.slices[self.name].start
        change = namespace(x).astype(w - x[i], self.state.z.dtype)[:, None]
        if self.name == "out":
            return self.loss(x, self._output(parts, at, change))
        return self.loss(x, self._onward(parts, self._block(parts, at, change)))

    def _output(self, parts: Parts, at: Array, change: Array) -> Array:
        """Logits, where a weight of the last layer changes."""
        inputs, logits = self.network.pixel(self.state.z), self.network.head(parts, self.state.z)
        unit, o = divmod(at, logits.shape[-1])
        return logits + (change * inputs[:, unit])[..., None] * only(logits, o)

    def _block(self, parts: Parts, at: Array, change: Array) -> Channel:
        """z of the block, where a number of it changes."""
        network, block = self.network, self.block
        place_in_kernel, o = divmod(at, parts[self.name].shape[-1])
        if self.name == f"W{block}":
            u, effect = self._sums(parts, place_in_kernel)
            return normal(parts, f"{block}", u, o, one(u, o) + change[..., None, None, None] * effect)
        if "skip" not in self.name:
            u = network.linear(parts, block, self.state)
            return normal(parts, f"{block}", u, o, one(u, o), **{self.name[:-1]: change})
        u = convolution(network.lifted(block, self.state.z), network.kernel(parts, block))
        way = self._way(parts, place_in_kernel, o, change)
        r, r_o = network.averaged(block, way.z), network.averaged(block, way.instead)
        return normal(parts, f"{block}", u + r, o, one(u, o) + r_o)

    def _sums(self, parts: Parts, place_in_kernel: Array) -> tuple[Array, Array]:
        """u, and what u_o gains for each unit of a weight, equation (1): a convolution more, with 1 in its place."""
        network, block = self.network, self.block
        weights = parts[f"W{block}"]
        xp, kernel = namespace(weights), network.kernel(parts, block)
        unit = xp.reshape(only(xp.reshape(weights[..., 0], (-1,)), place_in_kernel), (*weights.shape[:-1], 1))
        unit = averaging(unit) if block in network.pooled else unit
        both = convolution(network.lifted(block, self.state.z), xp.concat([kernel, unit], axis=-1))
        u, effect = both[..., :-1], both[..., -1:]
        return (u + network.skipped(parts, block, self.state.before) if block in network.residual else u), effect

    def _way(self, parts: Parts, unit: Array, o: Array, change: Array) -> Channel:
        """What a residual adds before its pooling, where a number on its way changes."""
        before, name = self.state.before, f"_skip{self.block}"
        p = convolution(before, parts[name[1:]])
        if self.name != name[1:]:
            return normal(parts, name, p, o, one(p, o), **{self.name.partition("_")[0]: change})
        return normal(parts, name, p, o, one(p, o) + change[..., None, None, None] * one(before, unit))

    def _onward(self, parts: Parts, found: Channel) -> Array:
        """Logits (candidates, n, classes) from z of the block, equation (2)."""
        network, after = self.network, self.block + 1
        z, o, instead = found
        if self.block == network.blocks:
            h = network.pixel(z)
            return dense(h + (network.pixel(instead) - h) * only(h, o), parts["out"])
        weights = network.kernel(parts, after)
        others = relu(z) * (1 - only(z, o))
        u = convolution(others, weights) + spread(relu(instead)[..., 0], weights[..., o, :])
        if after in network.residual:
            u = u + network.skipped(parts, after, self.state.z)
        state = Below(network.normal(parts, f"{after}", u), found.whole if after + 1 in network.residual else None)
        return network.head(parts, network.through(parts, state, after + 1, network.blocks).z)


def normal(parts: Parts, name: str, u: Array, o: Array, instead: Array, gamma: Array = 0, beta: Array = 0) -> Channel:
    """gamma N(u) + beta, of all channels and of what channel o may be instead, where gamma and beta may change."""
    own = parts[f"gamma{name}"], parts[f"beta{name}"]
    z = normalised(u, moments(u), *own)
    return Channel(z, o, normalised(instead, moments(instead), own[0][o] + gamma, own[1][o] + beta))


def one(images: Array, o: Array) -> Array:
    """Channel o alone, (..., 1)."""
    return images[..., o][..., None]


def only(values: Array, o: Array) -> Array:
    """1 at place o of the last axis, 0 elsewhere, as it broadcasts against these values."""
    xp = namespace(values)
    return xp.astype(xp.arange(values.shape[-1], device=device(values)) == o, values.dtype)

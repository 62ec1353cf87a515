"""The convolutional networks of Tripathi, Singh (arXiv:2005.05955), as the code that they released builds them.

Block l takes z_{l-1}, where z_0 are the images, and gives

    u_l = pool(W_l * relu(z_{l-1}) + r_l),   z_l = gamma_l N(u_l) + beta_l

with * a 3 x 3 convolution, stride 1, in a border of zeros, without offsets; no relu where l = 1; r_l = z_{l-2} in the
residual blocks, through a 1 x 1 convolution and a normalisation of its own where the channels differ, else 0; pool the
average of 2 x 2 pixels in some blocks, else nothing; N batch normalisation: mean 0, variance 1 over a batch and its
pixels. After the last block, without relu: the largest pixel of each channel, then a linear layer without offsets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import namespace
from zotheory.problems.networks.images import Moments, averaging, convolution, halved, moments, normalised
from zotheory.problems.networks.layers import dense, relu
from zotheory.problems.networks.parameters import Parameters, first_deviation, require_count
from zotheory.quantities import Size, whole
from zotheory.streams import Seed, generator

Parts = Mapping[str, Array]
Known = Callable[[str, Array], Moments]  # moments of what is normalised, by its name and itself

NORMALISATION = 0.167  # deviation of RSO's changes of beta and gamma, as released


class Below(NamedTuple):
    """What a block is computed from: z_{l-1} and z_{l-2}, each (..., n, height, width, channels)."""

    z: Array
    before: Array | None


def of_batch(name: str, u: Array) -> Moments:
    """The batch's own moments."""
    return moments(u)


@checked
@dataclass(frozen=True, eq=False)
class Convolutional:
    """A network of blocks of a convolution, pooling and batch normalisation.

    `mnist_network` and `cifar10_network` are those of the paper.

    Parameters
    ----------
    images : (height, width, channels)
    filters : channels of each block
    pooled : blocks, from 1 on, that halve height and width
    residual : blocks, from 3 on, to which z of the block before the last one is added
    classes : int
    pool : "max" or "average"
        What the last block's pixels become. "max" is what the released code does, by its framework's default.
    """

    images: Sequence[Size]
    filters: Sequence[Size]
    pooled: Sequence[Size] = ()
    residual: Sequence[Annotated[int, whole(3)]] = ()
    classes: Size = 10
    pool: Literal["max", "average"] = "max"

    def __post_init__(self) -> None:
        if len(self.images) != 3 or min(self.images[:2]) < 2 ** len(self.pooled):
            raise ValueError(
                f"images must be height, width and channels, with a pixel left after {len(self.pooled)} poolings, "
                f"got {self.images}"
            )
        for name in ("pooled", "residual"):
            named = getattr(self, name)
            if any(block > self.blocks for block in named) or len({*named}) < len(named):
                raise ValueError(f"{name} must name blocks of 1..{self.blocks}, each once, got {named}")
        if past := [block for block in self.residual if block - 1 in self.pooled]:
            raise ValueError(f"residual must not name the block after a pooled one, got {past[0]}")
        require_count("images, filters and classes", self.parameters)

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self.filters)

    @property
    def parameters(self) -> Parameters:
        """Block by block, the linear layer "out" last; "skip" is the convolution on the way of a residual."""
        shapes: dict[str, tuple[int, ...]] = {}
        channels = [self.images[2], *self.filters]
        for block, (inputs, outputs) in enumerate(pairwise(channels), start=1):
            shapes[f"W{block}"] = (3, 3, inputs, outputs)
            shapes |= {f"beta{block}": (outputs,), f"gamma{block}": (outputs,)}
            if block in self.residual and (source := channels[block - 2]) != outputs:
                shapes[f"skip{block}"] = (1, 1, source, outputs)
                shapes |= {f"beta_skip{block}": (outputs,), f"gamma_skip{block}": (outputs,)}
        return Parameters({**shapes, "out": (channels[-1], self.classes)})

    def start(self, seed: Seed) -> np.ndarray:
        """First parameters (p,): normal weights of variance 2/inputs (He et al. 2015), gamma 1, beta 0."""
        shapes = self.parameters.shapes
        scale = self.parameters.each({name: first_deviation(shape) for name, shape in shapes.items() if len(shape) > 1})
        ones = self.parameters.each({name: 1.0 for name in shapes if name.startswith("gamma")})
        return ones + scale * generator(seed).standard_normal(self.parameters.count)

    # --- the function of the parameters ------------------------------------------------------------------------------

    def __call__(self, x: Array, images: Array, known: Known = of_batch) -> Array:
        """Logits (..., n, classes) of images (..., n, height, width, channels), with parameters x (..., p).

        They are normalised by their own moments as a batch, or by those that are ``known(name, u)``.
        """
        parts = self.parameters.split(x)
        return self.head(parts, self.through(parts, Below(images, None), 1, self.blocks, known).z)

    def statistics(self, x: Array, images: Array) -> dict[str, Moments]:
        """Moments of all that is normalised, of these images as one batch: what other images are normalised by."""
        seen: dict[str, Moments] = {}

        def noted(name: str, u: Array) -> Moments:
            return seen.setdefault(name, moments(u))

        self(x, images, noted)
        return seen

    def through(self, parts: Parts, state: Below, first: int, last: int, known: Known = of_batch) -> Below:
        """z of block `last` and of the one before it, from those of block first - 1."""
        for block in range(first, last + 1):
            u = self.linear(parts, block, state, known)
            state = Below(self.normal(parts, f"{block}", u, known), state.z)
        return state

    def linear(self, parts: Parts, block: int, state: Below, known: Known = of_batch) -> Array:
        """u of a block, from what is below it."""
        u = convolution(self.lifted(block, state.z), self.kernel(parts, block))
        return u + self.skipped(parts, block, state.before, known) if block in self.residual else u

    def lifted(self, block: int, below: Array) -> Array:
        """What a block convolves, from z_{l-1}."""
        return below if block == 1 else relu(below)

    def kernel(self, parts: Parts, block: int) -> Array:
        """W of a block; with its pooling, which is linear too, in one."""
        return averaging(parts[f"W{block}"]) if block in self.pooled else parts[f"W{block}"]

    def skipped(self, parts: Parts, block: int, before: Any, known: Known = of_batch) -> Array:
        """pool(r) of a block, from z_{l-2}."""
        if f"skip{block}" in parts:
            before = self.normal(parts, f"_skip{block}", convolution(before, parts[f"skip{block}"]), known)
        return self.averaged(block, before)

    def averaged(self, block: int, images: Any) -> Array:
        """The pooling of a block, where it is alone."""
        return halved(images) if block in self.pooled else images

    def normal(self, parts: Parts, name: str, u: Array, known: Known = of_batch) -> Array:
        """gamma N(u) + beta."""
        return normalised(u, known(name, u), parts[f"gamma{name}"], parts[f"beta{name}"])

    def head(self, parts: Parts, z: Array) -> Array:
        """Logits, from z of the last block."""
        return dense(self.pixel(z), parts["out"])

    def pixel(self, z: Array) -> Array:
        """The one pixel that is left of images (..., n, height, width, channels)."""
        xp = namespace(z)
        return (xp.max if self.pool == "max" else xp.mean)(z, axis=(-3, -2))

    # --- how RSO goes through them -----------------------------------------------------------------------------------

    def block(self, name: str) -> int:
        """Which block an array belongs to; that after the last one: it is "out"."""
        found = re.search(r"\d+$", name)
        return int(found[0]) if found else self.blocks + 1

    def deviations(self) -> np.ndarray:
        """Standard deviations s_i of the changes (p,): those of `start`; on the way of a residual, those of its W."""
        found = {}
        for name, shape in self.parameters.shapes.items():
            block = self.parameters.shapes.get(f"W{self.block(name)}", shape)
            found[name] = first_deviation(block) if len(shape) > 1 else NORMALISATION
        return self.parameters.each(found)

    def from_output(self) -> list[str]:
        """Names of the parameters, from the output to the images; within a block as they stand there."""
        return sorted(self.parameters, key=lambda name: -self.block(name))

    def order(self) -> np.ndarray:
        """Coordinates (p,) from the output to the images; all of an array's that belong to one output together."""
        return np.concatenate([self.places(name).ravel() for name in self.from_output()])

    def places(self, name: str) -> np.ndarray:
        """Coordinates of an array, those of one output together: (outputs, the rest)."""
        where, shape = self.parameters.slices[name], self.parameters.shapes[name]
        inputs = shape[-2] if len(shape) > 1 else 1
        found = np.arange(where.start, where.stop).reshape(-1, inputs, shape[-1])
        return found.transpose(2, 1, 0).reshape(shape[-1], -1)


@checked
def mnist_network(pool: Literal["max", "average"] = "max") -> Convolutional:
    """The paper's network for MNIST: 12,016 parameters."""
    return Convolutional((28, 28, 1), (16,) * 6, pooled=(2, 4), pool=pool)


@checked
def cifar10_network(pool: Literal["max", "average"] = "max") -> Convolutional:
    """The paper's network for CIFAR-10: 57,104 parameters."""
    return Convolutional((32, 32, 3), (16,) * 3 + (32,) * 6, pooled=(3, 5), residual=(3, 5, 7, 9), pool=pool)

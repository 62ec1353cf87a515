"""Images with labels, in two parts: bytes as they are in files, and what a network is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zotheory import require
from zotheory.arguments import checked
from zotheory.kinds import shown
from zotheory.quantities import Size


@dataclass(frozen=True, eq=False)
class Images:
    """Images to train on and images to test with, of one size.

    Parameters
    ----------
    train : array (n, H, W, C)
        Rows from the top, columns from the left, C colours; from 0 for black to `white`. Bytes as read from files.
    train_labels : array (n,) of whole numbers
        From 0.
    test, test_labels : arrays (m, H, W, C) and (m,)
    white : float, > 0
        The largest value that a pixel can have.

    Raises
    ------
    TypeError, ValueError
        Unless these are numbers, of these shapes.
    """

    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray
    white: float = 255

    def __post_init__(self) -> None:
        for name in ("train", "test"):
            pixels, labels = getattr(self, name), getattr(self, f"{name}_labels")
            if _pixels(name, pixels).ndim != 4 or pixels.size == 0:
                raise ValueError(f"{name} must have shape (n, H, W, C), none of them 0, got shape {pixels.shape}")
            if not isinstance(labels, np.ndarray) or labels.dtype.kind not in "iu":
                raise TypeError(f"{name}_labels must be an array of whole numbers, got {shown(labels)}")
            if labels.shape != (len(pixels),) or labels.min() < 0:
                raise ValueError(
                    f"{name}_labels must be {len(pixels)} numbers, 0 at least, one for each image of {name}, "
                    f"got {shown(labels)} of shape {labels.shape}"
                )
        if self.train.shape[1:] != self.test.shape[1:]:
            sides = ", ".join(map(str, self.train.shape[1:]))
            raise ValueError(f"test must have shape (n, {sides}), as train, got shape {self.test.shape}")
        require.positive(white=self.white)

    def scaled(self, dtype: Any = "float32") -> Images:
        """Return the same images as floats, from 0 for black to 1 for white.

        Parameters
        ----------
        dtype : a floating type of NumPy

        Raises
        ------
        TypeError
            For any other type.
        """
        kind = _floating(dtype)
        train, test = (pixels.astype(kind) / kind.type(self.white) for pixels in (self.train, self.test))
        return replace(self, train=train, test=test, white=1)

    def centred(self, dtype: Any = "float32") -> Images:
        """Return the same images `scaled`, less the mean of the training images in each colour.

        So does RSO (Tripathi, Singh, arXiv 2005.05955, the authors' code): one mean for MNIST, three for CIFAR-10.
        What is 1 for white before the means are taken off stays so: centring twice changes nothing but rounding.
        """
        floats = self.scaled(dtype)
        mean = (self.train.mean(axis=(0, 1, 2), dtype=np.float64) / self.white).astype(floats.train.dtype)
        return replace(floats, train=floats.train - mean, test=floats.test - mean)

    def pooled(self, factor: int) -> Images:
        """Return smaller images, by `pooled`: floats, on the same scale. It commutes with `scaled` and `centred`."""
        return replace(self, train=pooled(self.train, factor), test=pooled(self.test, factor))


@checked
def pooled(pixels: Any, factor: Size) -> np.ndarray:
    """Return the averages of square blocks of images, as floats: those of `factor` = 4 make 7 x 7 of MNIST's 28 x 28.

    Parameters
    ----------
    pixels : array (..., H, W, C)
    factor : int, >= 1
        The length of a block: it divides H and W.

    Returns
    -------
    array (..., H/factor, W/factor, C)
        Of the floating type of `pixels`; float64 for whole numbers.

    Raises
    ------
    TypeError, ValueError
        For anything but numbers with three axes at least, or a factor that does not divide height and width.
    """
    *batch, height, width, colours = _shape(_pixels("pixels", pixels))
    if height % factor or width % factor:
        raise ValueError(f"factor must divide the height {height} and the width {width} of an image, got {factor}")
    blocks = pixels.reshape(*batch, height // factor, factor, width // factor, factor, colours)
    return blocks.mean(axis=(-4, -2))


def _pixels(name: str, pixels: Any) -> np.ndarray:
    if not isinstance(pixels, np.ndarray) or pixels.dtype.kind not in "uif":
        what = f"dtype {pixels.dtype}" if isinstance(pixels, np.ndarray) else shown(pixels)
        raise TypeError(f"{name} must be an array of numbers of NumPy, got {what}")
    return pixels


def _shape(pixels: np.ndarray) -> tuple[int, ...]:
    if pixels.ndim < 3:
        raise ValueError(f"pixels must have shape (..., H, W, C), got shape {pixels.shape}")
    return pixels.shape


def _floating(dtype: Any) -> np.dtype:
    try:
        kind = np.dtype(dtype)
    except TypeError:
        kind = None
    if kind is None or kind.kind != "f" or dtype is None:
        raise TypeError(f"dtype must be a floating type, such as 'float32', got {shown(dtype)}")
    return kind

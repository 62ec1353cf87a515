"""MNIST in its IDX files, as LeCun, Cortes and Burges published it; Fashion-MNIST is packed alike.

The format, from their page: a number that tells the type of entries and how many axes there are, the length of each
axis, all as 4 bytes, highest first, and then the entries, the last axis fastest.
"""

from __future__ import annotations

import struct
from math import prod
from pathlib import Path

import numpy as np

from zotheory.arguments import checked
from zotheory.problems.datasets.files import Source, contents, first_of, labels_of, place
from zotheory.problems.datasets.images import Images

WANTED = (
    "a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
    "t10k-labels-idx1-ubyte, each plain or as .gz"
)
SIDE = 28  # pixels
BYTES = 0x800  # the first number of a file of unsigned bytes, less its count of axes


@checked
def mnist(folder: Source | None = None) -> Images:
    """Read MNIST: digits, white on black, (60,000, 28, 28, 1) to train and (10,000, 28, 28, 1) to test in full.

    Parameters
    ----------
    folder : path, optional
        With the four files, plain or as .gz, named as published (``train-images-idx3-ubyte``) or with a dot
        (``train-images.idx3-ubyte``). Without it, the environment variable ZOTHEORY_MNIST.

    Raises
    ------
    ValueError
        Without a folder; for a file that is cut short, damaged, no IDX file of this kind, or holds images that are not
        28 x 28, labels beyond 9, or more or fewer labels than there are images.
    FileNotFoundError, OSError
        For a file that is missing or cannot be read.
    """
    path = place("folder", folder, "ZOTHEORY_MNIST", WANTED)
    return Images(*_part(path, "train"), *_part(path, "t10k"))


def _part(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Return images (n, 28, 28, 1) and labels (n,)."""
    pictures, answers = (_file(folder, f"{part}-{kind}") for kind in ("images-idx3", "labels-idx1"))
    pixels, labels = read_idx(pictures, axes=3), read_idx(answers, axes=1)
    if pixels.shape[1:] != (SIDE, SIDE):
        raise ValueError(f"{pictures} must hold images of {SIDE} x {SIDE} pixels, got {pixels.shape[1:]}")
    if len(pixels) != len(labels):
        raise ValueError(f"{answers} holds {len(labels)} labels for the {len(pixels)} images of {pictures}")
    return pixels[..., None], labels_of(answers, labels)


def _file(folder: Path, stem: str) -> Path:
    names = [f"{form}-ubyte{end}" for form in (stem, stem.replace("-idx", ".idx")) for end in ("", ".gz")]
    return first_of(folder, names, f"folder, or ZOTHEORY_MNIST, must name {WANTED}")


def read_idx(path: Path, axes: int) -> np.ndarray:
    """Return the unsigned bytes of an IDX file, plain or gzipped, in an array of so many axes.

    Raises
    ------
    ValueError
        Unless the file is of this kind, has entries, and holds as many bytes as it says.
    """
    raw, start = contents(path), 4 + 4 * axes
    if len(raw) < start:
        raise ValueError(f"{path} is cut short: it holds {len(raw)} bytes, and its header alone has {start}")
    kind, *shape = struct.unpack(f">{1 + axes}I", raw[:start])
    if kind != BYTES + axes:
        raise ValueError(
            f"{path} begins with the number {kind}, not with {BYTES + axes}, as an IDX file of unsigned bytes with "
            f"{axes} axes does: is it another file under this name?"
        )
    if len(raw) != start + prod(shape) or 0 in shape:
        raise ValueError(
            f"{path} says that it holds an array of shape {tuple(shape)}, which with its header is "
            f"{start + prod(shape)} bytes, and holds {len(raw)}: fetch it again"
        )
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape).copy()  # which may be written to

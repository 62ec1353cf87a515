"""CIFAR-10 in its binary version (Krizhevsky, "Learning multiple layers of features from tiny images", 2009).

The format, from its page: a record is a byte for the label, then 1,024 bytes each for red, green and blue, row by row;
a batch is 10,000 records without anything between them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zotheory.arguments import checked
from zotheory.problems.datasets.files import Source, contents, first_of, labels_of, place
from zotheory.problems.datasets.images import Images

INNER = "cifar-10-batches-bin"  # the folder that the archive unpacks to
NAMES = (*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin")
WANTED = "a folder with data_batch_1.bin to data_batch_5.bin and test_batch.bin, as cifar-10-binary.tar.gz unpacks to"
SIDE, COLOURS = 32, 3
RECORD = 1 + COLOURS * SIDE * SIDE  # bytes


@checked
def cifar10(folder: Source | None = None) -> Images:
    """Read CIFAR-10: photographs of ten kinds of things, (50,000, 32, 32, 3) to train and (10,000, 32, 32, 3) to test.

    Parameters
    ----------
    folder : path, optional
        With the six batches of the binary version, or with a folder ``cifar-10-batches-bin`` that has them. Without it,
        the environment variable ZOTHEORY_CIFAR10.

    Raises
    ------
    ValueError
        Without a folder; for a batch that is empty, no whole number of records or not as long as the others, or a label
        beyond 9.
    FileNotFoundError, OSError
        For a batch that is missing or cannot be read.
    """
    path = place("folder", folder, "ZOTHEORY_CIFAR10", WANTED)
    home = path / INNER if (path / INNER).is_dir() else path
    files = [first_of(home, [name], f"folder, or ZOTHEORY_CIFAR10, must name {WANTED}") for name in NAMES]
    *train, (test, test_labels) = [_batch(file) for file in files]
    lengths = [len(labels) for _, labels in train]
    if {*lengths} != {len(test)}:  # a batch that is cut between two records shows in nothing else
        found = ", ".join(f"{n} in {name}" for name, n in zip(NAMES, [*lengths, len(test)], strict=True))
        raise ValueError(f"{home} must have six batches of equally many records, 10,000 in full, got {found}")
    pixels, labels = (np.concatenate(parts) for parts in zip(*train, strict=True))
    return Images(pixels, labels, test, test_labels)


def _batch(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return images (n, 32, 32, 3) and labels (n,)."""
    raw = contents(path)
    if not raw or len(raw) % RECORD:
        raise ValueError(
            f"{path} holds {len(raw)} bytes, which is no number of records of {RECORD} bytes: it is cut short, or not "
            "of CIFAR-10's binary version"
        )
    records = np.frombuffer(raw, np.uint8).reshape(-1, RECORD)
    planes = records[:, 1:].reshape(-1, COLOURS, SIDE, SIDE)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), labels_of(path, records[:, 0])

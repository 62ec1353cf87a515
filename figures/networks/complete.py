"""The data sets that records name, complete: a folder may hold a part of one, or another that is packed alike."""

from __future__ import annotations

import hashlib

from zotheory.problems import datasets

LABELS = {  # SHA-256 of all labels as bytes, those for training first
    "mnist": "671ff9d70b4811116d55c3dd479efa7a981e2e62753ef7a6d5c15fea81e63d27",
    "cifar10": "82d32eebb492b571931eb74558b64f1242d69e426259f799cdfb7b675de26350",
}


def mnist() -> datasets.Images:
    """Complete MNIST."""
    return checked("mnist", datasets.mnist())


def cifar10() -> datasets.Images:
    """Complete CIFAR-10; of its images no more is asked than their labels, as copies may have been compressed."""
    return checked("cifar10", datasets.cifar10())


def checked(name: str, images: datasets.Images) -> datasets.Images:
    """The images.

    Raises
    ------
    ValueError
        If their labels are not those of the data set.
    """
    labels = b"".join(part.astype("uint8").tobytes() for part in (images.train_labels, images.test_labels))
    if hashlib.sha256(labels).hexdigest() != LABELS[name]:
        raise ValueError(
            f"the folder must hold the complete data set {name}, got {len(images.train)} and {len(images.test)} "
            "images whose labels are others"
        )
    return images

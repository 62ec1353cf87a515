"""1,797 digits of 8 x 8 pixels, which come with scikit-learn: small data that is real.

Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998; of
its files, scikit-learn ships the one for tests.
"""

from __future__ import annotations

import numpy as np

from zotheory.extras import asked_of
from zotheory.problems.datasets.images import Images

TEST = 400
SEED = 0


def digits() -> Images:
    """Return scikit-learn's digits: (1,397, 8, 8, 1) to train and (400, 8, 8, 1) to test, with pixels from 0 to 16.

    The split is the same on every machine and in every version of NumPy: images come in the order of the raw words that
    PCG64 draws from seed 0, a stream that NumPy keeps, and the last 400 are for tests. The same people wrote digits of
    both parts, so that accuracy here says nothing about the hands of others.

    Raises
    ------
    ModuleNotFoundError
        Without scikit-learn.
    """
    with asked_of("data", "digits"):
        from sklearn.datasets import load_digits
    found = load_digits()
    pixels, labels = found.images.astype(np.uint8)[..., None], found.target.astype(np.int64)
    order = np.argsort(np.random.PCG64(SEED).random_raw(len(labels)))
    train, test = order[:-TEST], order[-TEST:]
    return Images(pixels[train], labels[train], pixels[test], labels[test], white=16)

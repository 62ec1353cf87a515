"""Rows of digits to be read: strips of scikit-learn's digits at random places, and the windows through which one looks.

A strip holds 3 digits of 4 x 4 pixels and 4 empty columns, which are spread over the 4 gaps at random. A frame is what
a window of 4 columns shows; the window moves by one column, so that there are 13 frames. Where the digits are, nobody
is told: only which, in their order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

DIGITS, SIDE, EMPTY = 3, 4, 4
WIDTH = DIGITS * SIDE + EMPTY
BLANK = 10  # the class of "no digit"


class Strips(NamedTuple):
    """Frames (n, 13, 16), which of the digits they show (n, 3)."""

    frames: np.ndarray
    told: np.ndarray


def strips(images: np.ndarray, labels: np.ndarray, n: int, seed: int) -> Strips:
    """Return n strips of images (m, 4, 4) with labels (m,), each of digits drawn with replacement."""
    rng = np.random.Generator(np.random.PCG64(seed))
    rows = rng.integers(0, len(labels), (n, DIGITS))
    pixels = np.zeros((n, SIDE, WIDTH), images.dtype)
    before = np.sort(rng.integers(0, EMPTY + 1, (n, DIGITS)), axis=-1)  # empty columns before each digit
    for strip, (chosen, empty) in enumerate(zip(rows, before, strict=True)):
        for place, (row, gap) in enumerate(zip(chosen, empty, strict=True)):
            first = place * SIDE + gap
            pixels[strip, :, first : first + SIDE] = images[row]
    windows = np.lib.stride_tricks.sliding_window_view(pixels, SIDE, axis=-1)  # (n, side, frames, side)
    frames = np.moveaxis(windows, 2, 1).reshape(n, WIDTH - SIDE + 1, SIDE * SIDE)
    return Strips(np.ascontiguousarray(frames), labels[rows])

"""A text as whole numbers, one a character: what a character model is trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from zotheory.arguments import checked
from zotheory.problems.datasets.files import Source, contents, place
from zotheory.quantities import between


@dataclass(frozen=True, eq=False)
class Text:
    """The beginning of a text to train on, and the rest to test with.

    Parameters
    ----------
    train, held_out : arrays (n,) and (m,) of int32
        The places of the characters in the alphabet.
    alphabet : str
        Every character of the whole text once, in the order of Unicode.
    """

    train: np.ndarray
    held_out: np.ndarray
    alphabet: str

    def spelled(self, numbers: Any) -> str:
        """Return the characters of these numbers (n,), each from 0 to ``len(alphabet) - 1``; IndexError for another."""
        places = np.asarray(numbers)
        if places.size and places.min() < 0:
            raise IndexError(f"numbers must be 0 at least, got {places.min()}")
        return "".join(self.alphabet[i] for i in places)


@checked
def text(path: Source | None = None, held_out: Annotated[float, between(0, 1)] = 0.1) -> Text:
    """Read a text in UTF-8, plain or gzipped: its first part is for training, a share `held_out` of it for tests.

    Parameters
    ----------
    path : path of a file, optional
        Without it, the environment variable ZOTHEORY_TEXT.
    held_out : float
        The share of characters, at the end, that is not trained on.

    Raises
    ------
    ValueError
        Without a path; for a file that is damaged, no UTF-8, or too short for both parts to have a character.
    FileNotFoundError, OSError
        For a file that is missing or cannot be read.
    """
    file = place("path", path, "ZOTHEORY_TEXT", "a text file in UTF-8")
    if not file.is_file():
        raise FileNotFoundError(f"{file} is no file: path, or ZOTHEORY_TEXT, must name a text file in UTF-8")
    try:
        characters = contents(file).decode("utf-8-sig")  # without the mark that some editors put first
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} must be a text in UTF-8: {error}") from error
    codes, numbers = np.unique(np.frombuffer(characters.encode("utf-32-le"), "<u4"), return_inverse=True)
    n = int(len(numbers) * (1 - held_out))
    if not 0 < n < len(numbers):
        raise ValueError(
            f"held_out must leave both parts a character, got a share of {held_out} of the {len(numbers)} in {file}"
        )
    numbers = numbers.astype(np.int32)
    return Text(numbers[:n], numbers[n:], "".join(map(chr, codes)))

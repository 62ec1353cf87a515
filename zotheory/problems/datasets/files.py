"""Where the files of a data set are, and what is in them; all troubles are errors that name the file."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

Source = str | os.PathLike[str]


def place(argument: str, given: Source | None, variable: str, wanted: str) -> Path:
    """Return the path that an argument gives, or else an environment variable; ValueError where neither does."""
    path = given if given is not None else os.environ.get(variable)
    if not path:
        raise ValueError(f"{argument} must be given, or the environment variable {variable} be set: to {wanted}")
    return Path(os.path.expanduser(path))


def first_of(folder: Path, names: Sequence[str], hint: str) -> Path:
    """Return the first of these files that the folder has; FileNotFoundError, which ends with the hint, without any."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is no folder: {hint}")
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{folder} has no file {' or '.join(names)}: {hint}")


def contents(path: Path) -> bytes:
    """Return what a file holds, unpacked where it begins as gzip does: browsers change contents and keep the name.

    Raises
    ------
    ValueError
        For a damaged file.
    OSError
        For one that cannot be read; the system's error names it.
    """
    raw = path.read_bytes()
    try:
        return gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is cut short or damaged ({error}): fetch it again") from error


CLASSES = 10  # of every data set here


def labels_of(path: Path, labels: np.ndarray) -> np.ndarray:
    """Return labels as int64, which index and add in every library; ValueError for one that is no class."""
    if np.any(wrong := labels >= CLASSES):
        at = int(np.argmax(wrong))
        raise ValueError(f"{path} must hold labels from 0 to {CLASSES - 1}, got {labels[at]} as label {at}")
    return labels.astype(np.int64)

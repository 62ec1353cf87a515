"""Streams of random numbers, and the chunks of replicas that have one each.

Streams are SFC64: it gives words faster than PCG64 (the ratio is in ``benchmarks/RESULTS.md``), its state is 256 bits,
and `SeedSequence` sets chunks apart; the jumps PCG64 offers are not needed. Arrays of normal numbers are our own
(`zotheory.normals`), as the fill is the larger part of a batched step.
"""

from __future__ import annotations

import numbers

import numpy as np

from zotheory.kinds import choose, shown
from zotheory.normals import Ziggurat

CHUNK_BYTES = 1 << 20  # of one step's displacements; they and two temporaries stay in a last-level cache

Seed = int | np.random.SeedSequence | np.random.Generator | None


def seed_sequence(seed: Seed, name: str = "seed") -> np.random.SeedSequence:
    """Return the SeedSequence of a seed: of a Generator, that of its next 128 bits. Errors call it by its name.

    Raises
    ------
    TypeError, ValueError
        Unless it is an integer >= 0, a SeedSequence, a Generator or None.
    """
    if isinstance(seed, np.random.SeedSequence):
        return seed
    if isinstance(seed, np.random.Generator):
        return np.random.SeedSequence(int.from_bytes(seed.bytes(16), "little"))
    if seed is None:
        return np.random.SeedSequence()
    if isinstance(seed, bool) or not isinstance(seed, numbers.Integral):
        raise TypeError(f"{name} must be an integer, a SeedSequence, a Generator or None, got {shown(seed)}")
    if seed < 0:
        raise ValueError(f"{name} must be at least 0, got {seed}")
    return np.random.SeedSequence(int(seed))


def generator(seed: Seed, *, normals: str = "zotheory") -> np.random.Generator:
    """Return NumPy's generator on the SFC64 stream of `seed`.

    Parameters
    ----------
    seed : int, SeedSequence, Generator or None
        Of a Generator the next 128 bits are the seed; None draws one from the operating system.
    normals : "zotheory" or "numpy"
        Whose algorithm `standard_normal` is, where it fills an array: the law is the same, the bits are not.
        `zotheory.normals` says what ours promises.

    Raises
    ------
    TypeError, ValueError
        For any other seed or algorithm.

    Examples
    --------
    >>> import zotheory as zo
    >>> zo.generator(1).standard_normal((1000, 50)).shape
    (1000, 50)
    """
    kind = choose("normals", normals, ("zotheory", "numpy"))
    words = np.random.SFC64(seed_sequence(seed))
    return Ziggurat(words) if kind == "zotheory" else np.random.Generator(words)


def child(sequence: np.random.SeedSequence, *index: int) -> np.random.SeedSequence:
    """The stream of a chunk, by its key: `SeedSequence.spawn` would count calls, and a second run would differ."""
    key = (*sequence.spawn_key, *index)
    return np.random.SeedSequence(sequence.entropy, spawn_key=key, pool_size=sequence.pool_size)


def chunk_size(replicas: int, bytes_each: int, most: int | None = None) -> int:
    """Return how many replicas make a chunk: as many as `most` bytes (`CHUNK_BYTES`) of displacements, at least one."""
    return max(1, min(replicas, (most or CHUNK_BYTES) // bytes_each))

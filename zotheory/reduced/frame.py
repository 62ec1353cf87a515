"""Frames: which coordinates a run in reduced coordinates draws, and how they are turned."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from zotheory.reduced.replay import ONLY_NORMALS, Unfit

NORMAL, ZERO = "normal", "zero"
DECADES = (10**3, 10**6, 10**9, 10**12)  # dimensions at which claims are measured in reduced coordinates


def layout(n: Any, p: int, m: int) -> list[list[Any]]:
    """Law of each coordinate of m Gaussian vectors in a block of n dimensions whose first p axes are in use.

    Returns m rows of p + m entries: ``"normal"``, ``"zero"``, or the degrees of freedom of a chi variable.
    """
    rows: list[list[Any]] = []
    for j in range(m):
        row = [NORMAL] * (p + j) + [n - p - j] + [ZERO] * (m - j - 1)
        rows.append([ZERO if _exceeds(axis, n) else law for axis, law in enumerate(row)])
    return rows


def _exceeds(axis: int, n: Any) -> bool:
    return isinstance(n, int) and axis >= n


class Bartlett:
    """A source of normals in reduced coordinates, in the place of a NumPy generator.

    ``standard_normal((*lead, d))`` returns (*lead, blocks * (p + m)). Vectors asked for one after the other within a
    step take further axes; `rewind` starts the next step. `random` and `standard_exponential` are the wrapped
    generator's; it has no other variates. Normals are NumPy's own, whatever those of the wrapped generator are.
    """

    def __init__(self, rng: np.random.Generator, frame: Frame, batch: tuple[int, ...]) -> None:
        self.rng = np.random.Generator(rng.bit_generator)
        self.frame = frame
        self.batch = batch
        self.used = 0
        self.random = rng.random
        self.standard_exponential = rng.standard_exponential

    def rewind(self) -> None:
        """Begin a new step."""
        self.used = 0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise Unfit(f"{name} is not drawn in reduced coordinates: {ONLY_NORMALS}")

    def standard_normal(self, size: int | tuple[int, ...]) -> np.ndarray:
        """Reduced coordinates of N(0, I) vectors, shape (*lead, blocks * (p + m)) for size (*lead, d); or numbers."""
        shape = (size,) if isinstance(size, int) else tuple(size)
        if shape == self.batch:
            return self.rng.standard_normal(shape)  # a number for each replica
        frame, lead = self.frame, shape[:-1]
        extra = lead[len(self.batch) :]
        if shape[-1:] != (frame.d,) or lead[: len(self.batch)] != self.batch or len(extra) > 1:
            raise Unfit(
                f"reduced normals are drawn as (*{self.batch}, [count,] {frame.d}), got {shape}: {ONLY_NORMALS}"
            )
        if frame.shared:
            return self._rows(lead, 0)
        count = extra[0] if extra else 1
        if self.used + count > frame.m:
            raise Unfit(
                f"m must be at least {self.used + count}, the Gaussian vectors of one step, got {frame.m}: let `draws` "
                "of the method say how many its step takes"
            )
        vectors = [self._rows(self.batch, self.used + j) for j in range(count)]
        self.used += count
        return np.stack(vectors, axis=-2) if extra else vectors[0]

    def _rows(self, lead: tuple[int, ...], j: int) -> np.ndarray:
        frame = self.frame
        z = np.zeros((*lead, len(frame.sizes), frame.width))
        for block, (normal, chi) in enumerate(frame.laws[j]):
            z[..., block, normal] = self.rng.standard_normal((*lead, len(normal)))
            for axis, dof in chi:
                z[..., block, axis] = np.sqrt(self.rng.chisquare(dof, lead))
        return z.reshape((*lead, -1))


@dataclass(frozen=True)
class Frame:
    """Blocks of `sizes` dimensions, `fixed` vectors that never move, the state's `vectors`, m Gaussian draws a step."""

    sizes: tuple[int, ...]
    fixed: int
    vectors: tuple[str, ...]
    m: int
    shared: bool

    @property
    def d(self) -> int:  # noqa: D102
        return int(sum(self.sizes))

    @property
    def p(self) -> int:
        """Axes in use when a step begins."""
        return self.fixed + len(self.vectors)

    @property
    def width(self) -> int:
        """Axes written down for each block."""
        return self.p + self.m

    @cached_property
    def laws(self) -> list[list[tuple[list[int], list[tuple[int, int]]]]]:
        """Of each vector of a step and each block: the axes with normals, and (axis, degrees of freedom) of a chi."""
        blocks = [layout(int(n), self.p, self.m) for n in self.sizes]
        return [[_laws_of(rows[j]) for rows in blocks] for j in range(self.m)]

    def generator(self, rng: np.random.Generator, batch: tuple[int, ...]) -> Bartlett:
        """Wrap a generator for runs with these batch axes."""
        return Bartlett(rng, self, batch)

    def settle(self, state: Any) -> Any:
        """Turn the frame so that the state's vectors lie along the first p axes again."""
        shape = getattr(state, self.vectors[0]).shape
        stacked = np.stack(
            [np.reshape(getattr(state, name), (*shape[:-1], -1, self.width)) for name in self.vectors], -1
        )
        turned = np.zeros_like(stacked)
        turned[..., : self.fixed, :] = stacked[..., : self.fixed, :]
        turned[..., self.fixed : self.p, :] = _triangle(stacked[..., self.fixed :, :])
        return state._replace(**{name: np.reshape(turned[..., i], shape) for i, name in enumerate(self.vectors)})


def _laws_of(row: list[Any]) -> tuple[list[int], list[tuple[int, int]]]:
    normal = [axis for axis, law in enumerate(row) if law == NORMAL]
    return normal, [(axis, law) for axis, law in enumerate(row) if law not in (NORMAL, ZERO)]


def _triangle(vectors: np.ndarray) -> np.ndarray:
    """R of the QR factorisation, over the last two axes: coordinates of the columns along axes of their own."""
    if vectors.shape[-1] == 1:
        return np.linalg.norm(vectors, axis=-2, keepdims=True)
    return np.asarray(np.linalg.qr(vectors, mode="r"))


def symbols(n: Any, p: int, m: int, name: str = "z") -> tuple[np.ndarray, dict[Any, Any]]:
    """Return m Gaussian vectors in a block of symbolic dimension n, reduced, and the laws of their coordinates.

    Returns
    -------
    vectors : object array (m, p + m)
    laws : dict, symbol -> "normal" or degrees of freedom, for `zotheory.exact.expectation`
    """
    import sympy

    vectors = np.zeros((m, p + m), dtype=object)
    laws: dict[Any, Any] = {}
    for j, row in enumerate(layout(n, p, m)):
        for axis, law in enumerate(row):
            if law == ZERO:
                vectors[j, axis] = sympy.Integer(0)
            else:
                symbol = sympy.Symbol(
                    f"{name}_{j}_{axis}", real=True, **({} if law == NORMAL else {"nonnegative": True})
                )
                vectors[j, axis] = symbol
                laws[symbol] = law
    return vectors, laws

"""Reduced coordinates: the exact law of a run in dimension 10^12 for the price of a small one.

Let f depend on x only through blocks x_i in R^(n_i), rotation-invariantly inside each block. In every block turn the
frame so that the p vectors the run remembers (fixed ones, then those of the method's state) lie along the first p
axes. Of a fresh N(0, I) vector only p normals and the length of the rest then matter; of several in one step, the
Bartlett factor: vector j has normals on the axes of the j earlier ones, and a chi with n_i - p - j degrees of freedom
on an axis of its own. Where a step keeps at most one of its candidates they may all share one such axis.

The shipped `step` runs unchanged on these coordinates; after each step the frame is turned again (QR). Inner products,
and so values of f, have exactly their full-dimensional joint law. `layout` says which coordinate has which law, for
numbers (`Frame`) and for symbols (`symbols`) alike; the derivation is in ``proofs/reduced.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zotheory import require
from zotheory.directions import Law
from zotheory.elementary import Array
from zotheory.methods import Method
from zotheory.oracles import is_stochastic

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
    step take further axes; `rewind` starts the next step. Other variates are the wrapped generator's.
    """

    def __init__(self, rng: np.random.Generator, frame: Frame, batch: tuple[int, ...]) -> None:
        self.rng = rng
        self.frame = frame
        self.batch = batch
        self.used = 0
        self.random = rng.random
        self.standard_exponential = rng.standard_exponential

    def rewind(self) -> None:
        """Begin a new step."""
        self.used = 0

    def standard_normal(self, shape: tuple[int, ...]) -> np.ndarray:
        """Reduced coordinates of N(0, I) vectors, shape (*lead, blocks * (p + m)) for shape (*lead, d)."""
        frame, lead = self.frame, tuple(shape[:-1])
        extra = lead[len(self.batch) :]
        if shape[-1] != frame.d or lead[: len(self.batch)] != self.batch or len(extra) > 1:
            raise ValueError(f"reduced normals are drawn as (*{self.batch}, [count,] {frame.d}), got {shape}")
        if frame.shared:
            return self._rows(lead, 0)
        count = extra[0] if extra else 1
        if self.used + count > frame.m:
            raise ValueError(f"m must be at least {self.used + count}, the Gaussian vectors of one step, got {frame.m}")
        vectors = [self._rows(self.batch, self.used + j) for j in range(count)]
        self.used += count
        return np.stack(vectors, axis=-2) if extra else vectors[0]

    def _rows(self, lead: tuple[int, ...], j: int) -> np.ndarray:
        frame = self.frame
        z = np.zeros((*lead, len(frame.sizes), frame.width))
        for block, n in enumerate(frame.sizes):
            row = layout(int(n), frame.p, frame.m)[j]
            normal = [axis for axis, law in enumerate(row) if law == NORMAL]
            z[..., block, normal] = self.rng.standard_normal((*lead, len(normal)))
            for axis, law in enumerate(row):
                if law not in (NORMAL, ZERO):
                    z[..., block, axis] = np.sqrt(self.rng.chisquare(law, lead))
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


def _triangle(vectors: np.ndarray) -> np.ndarray:
    """R of the QR factorisation, over the last two axes: coordinates of the columns along axes of their own."""
    if vectors.shape[-1] == 1:
        return np.linalg.norm(vectors, axis=-2, keepdims=True)
    return np.asarray(np.linalg.qr(vectors, mode="r"))


@dataclass(frozen=True)
class Reduced:
    """A problem written in reduced coordinates, with the frame that moves along: what `zotheory.run` runs."""

    problem: Any
    frame: Frame

    def __call__(self, x: Array) -> Array:
        """F at points in reduced coordinates."""
        return self.problem(x)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("problem", "frame"):
            raise AttributeError(name)
        return getattr(self.problem, name)


def reduce(build: Any, sizes: Sequence[int], method: Method, *, fixed: int = 0) -> Reduced:
    """Write a block problem in reduced coordinates, for one method.

    Parameters
    ----------
    build : callable ``width -> problem``
        Writes the problem with `width` axes a block, fixed vectors along the first axes, its x0 after them; for example
        ``lambda width: block_quadratic(..., width=width)``.
    sizes : dimensions of the blocks
    method : Method
        With a rotation-invariant law of directions.
    fixed : int
        Number of fixed vectors (centre of f against the centre of the domain).

    Raises
    ------
    ValueError
        If the method's law is not rotation-invariant.
    """
    require.nonnegative(fixed=fixed)
    for n in sizes:
        require.count(sizes=n)
    for name, law in getattr(method.draw, "keywords", {}).items():
        if isinstance(law, Law) and not law.rotation_invariant:
            raise ValueError(f"{name} must be rotation-invariant for reduced coordinates, got {law.name}")
    frame = Frame(tuple(int(n) for n in sizes), fixed, method.vectors, method.draws, method.selects)
    problem = build(frame.width)
    if is_stochastic(problem):
        frame = replace(frame, m=frame.m + 1)
        problem = build(frame.width)
    return Reduced(problem, frame)


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

"""Reduced coordinates: the exact law of a run in dimension 10^12 for the price of a small one.

Let f depend on x only through blocks x_i in R^(n_i), rotation-invariantly inside each block. In every block turn the
frame so that the p vectors the run remembers (fixed ones, then those of the method's state) lie along the first p
axes. Of a fresh N(0, I) vector only p normals and the length of the rest then matter; of several in one step, the
Bartlett factor: vector j has normals on the axes of the j earlier ones, and a chi with n_i - p - j degrees of freedom
on an axis of its own. Where a step keeps at most one of its candidates they may all share one such axis.

The shipped `step` runs unchanged on these coordinates; after each step the frame is turned again (QR). Inner products,
and so values of f, have exactly their full-dimensional joint law. `layout` says which coordinate has which law, for
numbers (`Frame`) and for symbols (`symbols`) alike; the derivation is in ``proofs/reduced.py``.

A problem or a method that this would give another law is refused: `reduce` compares a few values and steps with those
of a turned problem and state, and so does a run, now and then (`zotheory.watch`).
`docs/reduced-coordinates.md` says how to use it, and what is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import numpy as np

from zotheory import invariance, require
from zotheory.directions import Law
from zotheory.elementary import Array
from zotheory.methods import Method
from zotheory.oracles import is_stochastic
from zotheory.protocols import Problem, Stochastic
from zotheory.replay import ONLY_NORMALS, Unfit
from zotheory.watch import require_method

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
    generator's; it has no other variates.
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


@dataclass(frozen=True)
class Reduced:
    """A problem written in reduced coordinates, with the frame that moves along: what `zotheory.run` runs."""

    problem: Problem
    frame: Frame

    @property
    def d(self) -> int:
        """The dimension that the problem stands for."""
        return self.frame.d

    def __call__(self, x: Array) -> Array:
        """F at points in reduced coordinates."""
        return self.problem(x)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("problem", "frame"):
            raise AttributeError(name)
        return getattr(self.problem, name)


def reduce(build: Callable[[int], Problem], sizes: Sequence[int], method: Method, *, fixed: int = 0) -> Reduced:
    """Write a block problem in reduced coordinates, for one method.

    Parameters
    ----------
    build : callable ``width -> problem``
        Writes the problem with `width` axes a block, fixed vectors along the first axes, its x0 after them; for example
        ``lambda width: block_quadratic(..., width=width)``. It states d = sum(sizes), or no d.
    sizes : dimensions of the blocks
    method : Method
        Rotation equivariant, its directions Gaussian vectors or made of them.
    fixed : int
        Number of fixed vectors in each block (centre of f against the centre of the domain, mean of a sample).

    Raises
    ------
    ValueError
        If the problem is not rotation invariant on its blocks, but for the fixed vectors (`zotheory.invariance`), or
        the method is not rotation equivariant (`zotheory.equivariance`). Cost: a few evaluations, and two steps of
        a few replicas; they are not counted.
    """
    require.nonnegative(fixed=fixed)
    for n in sizes:
        require.count(sizes=n)
    for name, law in getattr(method.draw, "keywords", {}).items():
        if isinstance(law, Law) and not law.rotation_invariant:
            raise ValueError(f"{name} must be rotation-invariant for reduced coordinates, got {law.name}")
    if not method.vectors:
        raise ValueError(f"vectors of {method.name} must name the fields of its state that live in R^d, got none")
    frame = Frame(tuple(int(n) for n in sizes), fixed, tuple(method.vectors), method.draws, method.selects)
    problem = build(frame.width)
    if is_stochastic(problem):
        frame = _with_sample(frame, cast(Stochastic, problem), method)
        problem = build(frame.width)
    invariance.require_problem(build, frame, problem)
    reduced = Reduced(problem, frame)
    if hasattr(problem, "x0"):
        require_method(method, reduced, frame)
    return reduced


def _with_sample(frame: Frame, problem: Stochastic, method: Method) -> Frame:
    """Room for one more vector in a step; candidates that such a sample is multiplied with may share no axis."""
    rng = invariance.source(replace(frame, shared=False), ())
    with rng.explaining(frame.d):
        problem.sample(rng, ())
    if frame.shared and any(name == "standard_normal" for name, _ in rng.drawn):
        rng = invariance.source(frame, ())
        method.draw(rng, method.init(problem, problem.x0), frame.d)
        vectors = [z for name, z in rng.drawn if name == "standard_normal"]
        frame = replace(frame, shared=False, m=sum(int(np.prod(z.shape[:-1])) for z in vectors))
    return replace(frame, m=frame.m + 1)


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

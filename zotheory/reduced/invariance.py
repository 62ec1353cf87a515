"""Whether a problem fits reduced coordinates: both sides of an identity, computed.

Reduced coordinates have the law of the full ones where directions are told apart by inner products alone. Of a problem
that asks f(Ux) = f(x), and of a stochastic one F(Ux; UX) = F(x; X), for every rotation U of its blocks that leaves the
fixed vectors in place. Here both sides are computed at a few points, the left one with random rotations, one for each
point and block, and with one axis more a block, so that whatever depends on their number shows too.

A difference counts if it exceeds by far what rotations that are wrong by `BLUR` make, and if two rotations show it.
`equivariance` does the same for the steps of a method.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from zotheory.elementary import Array
from zotheory.oracles import is_fresh, is_stochastic
from zotheory.reduced.replay import Recorder, Replay, Unfit

if TYPE_CHECKING:
    from zotheory.protocols import Problem
    from zotheory.reduced.frame import Frame

REPLICAS = 5  # points, or replicas, at which both sides are computed
ROUNDING = 1e-11  # relative; closer is equal
BLUR, ROOM = 1e-12, 100  # of rotations, and how many times its effect is no difference
TRIES = (1, 2)  # seeds of rotations
STREAM = 20  # of the checks' own random numbers

Objective = Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Turn:
    """Rotations (*batch, blocks, wide, wide) of points written with at most so many axes a block."""

    matrices: np.ndarray

    def padded(self, v: np.ndarray) -> np.ndarray:
        """Points (..., blocks * width), with zeros on the other axes: (..., blocks, wide)."""
        blocks, wide = self.matrices.shape[-3:-1]
        width = v.shape[-1] // blocks
        padded = np.zeros((*v.shape[:-1], blocks, wide))
        padded[..., :width] = np.reshape(v, (*v.shape[:-1], blocks, width))
        return padded

    def out(self, v: np.ndarray) -> np.ndarray:
        """U v for v (..., blocks, wide): (..., blocks * wide)."""
        turned = self._beside(v) @ v[..., None]
        return np.reshape(turned, (*v.shape[:-2], -1))

    def back(self, v: np.ndarray) -> np.ndarray:
        """U'v for v (..., blocks * wide): (..., blocks, wide)."""
        v = np.reshape(v, (*v.shape[:-1], *self.matrices.shape[-3:-1]))
        return (v[..., None, :] @ self._beside(v))[..., 0, :]

    def _beside(self, v: np.ndarray) -> np.ndarray:
        batch, rest = self.matrices.shape[:-3], self.matrices.shape[-3:]
        return np.reshape(self.matrices, (*batch, *(1,) * (v.ndim - 2 - len(batch)), *rest))


@lru_cache(maxsize=512)
def turn(sizes: tuple[int, ...], fixed: int, wide: int, batch: tuple[int, ...], seed: int, blur: float = 0) -> Turn:
    """Random rotations of blocks of so many dimensions that leave the first axes in place; seed 0: no rotations."""
    matrices = np.zeros((*batch, len(sizes), wide, wide))
    matrices[...] = np.eye(wide)
    if seed:
        rng, error = np.random.default_rng((seed, wide)), np.random.default_rng(STREAM)
        for block, size in enumerate(sizes):
            free = min(size, wide) - fixed
            if free > 0:
                axes = slice(fixed, fixed + free)
                q = -np.eye(1) if free == 1 else np.linalg.qr(rng.standard_normal((*batch, free, free)))[0]
                matrices[..., block, axes, axes] = q + blur * error.standard_normal((*batch, free, free))
    return Turn(matrices)


def agree(one: np.ndarray, other: np.ndarray, again: Callable[[float], np.ndarray], size: Array = 0.0) -> np.ndarray:
    """Where two arrays are equal but for rounding; `size`: of the vectors whose coordinates they are.

    `again` computes the other one once more, with rotations as wrong as it is told.
    """
    apart = abs(one - other)
    close = apart <= ROUNDING * np.maximum(np.maximum(abs(one), abs(other)), size)
    if close.all():
        return close
    if not np.array_equal(again(0), other, equal_nan=True):
        raise Unfit("two calls differ: random numbers must come from the rng that `draw` and `sample` are given")
    moved = abs(again(BLUR) - other)
    return close | (apart <= ROOM * (moved.max() if np.ndim(size) == 0 else moved.max(axis=(-2, -1), keepdims=True)))


def leading(points: np.ndarray, batch: tuple[int, ...]) -> np.ndarray:
    """Points (*batch, ..., d), also where a step has stacked them in front, as (..., *batch, d)."""
    count = len(batch)
    if points.shape[:count] == batch or points.shape[-1 - count : -1] != batch:
        return points
    return np.moveaxis(points, range(-1 - count, -1), range(count))


def source(frame: Frame, batch: tuple[int, ...]) -> Recorder:
    """Reduced normals of the checks' own, recorded."""
    return Recorder(frame.generator(np.random.Generator(np.random.SFC64(STREAM)), batch))


def sampled(
    frame: Frame, rng: Recorder, problem: Any, other: Any, batch: tuple[int, ...]
) -> Callable[[Turn | None], Objective]:
    """None -> F(.; X), and U -> F(.; UX) of the other form of the problem."""
    before = len(rng.drawn)
    with rng.explaining(frame.d):
        f = problem.at(problem.sample(rng, batch))
    drawn = rng.drawn[before:]

    def objective(turned: Turn | None) -> Objective:
        if turned is None:
            return f
        rng = Replay(drawn, frame.d, batch, lambda z: turned.out(turned.padded(z)))
        return other.at(other.sample(rng, batch))

    return objective


def require_problem(build: Callable[[int], Problem], frame: Frame, problem: Problem) -> None:
    """f(Ux) = f(x) and F(Ux; UX) = F(x; X) near x0. Cost: 2 evaluations at each of `REPLICAS` points, 4 if stochastic.

    Raises
    ------
    Unfit
        If not, or if the problem's points are not written with `frame.width` axes for each of `frame.sizes`.
    """
    if getattr(problem, "d", frame.d) != frame.d:
        raise Unfit(f"the problem must state d = {frame.d}, the sum of its sizes, or no d, got {problem.d}")
    exists = (np.arange(frame.width) < np.minimum(frame.sizes, frame.width)[:, None]).ravel()
    for name in ("x0", "minimiser"):
        point = np.asarray(getattr(problem, name, exists * 0.0))
        if point.shape != exists.shape:
            blocks = len(frame.sizes)
            raise Unfit(f"{name} must have {frame.width} coordinates for each of {blocks} blocks, got {point.shape}")
        if np.any(point[~exists]):
            raise Unfit(f"{name} must be 0 on axes that a block has not, sizes {frame.sizes}, got {point}")
    x0 = getattr(problem, "x0", exists * 0.0)
    lengths = (getattr(problem, "R", 0), np.linalg.norm(x0), getattr(problem, "radius", 0), 1.0)
    z = np.random.default_rng(STREAM).standard_normal((REPLICAS, len(exists))) * exists
    points = x0 + next(s for s in lengths if s) * np.geomspace(0.1, 3, REPLICAS)[:, None] * z
    wider = build(frame.width + 1)
    require_values(frame, points, lambda turned: problem if turned is None else wider, "f", more=1)
    if is_stochastic(problem) and not is_fresh(problem):
        batch = (REPLICAS,)
        require_values(frame, points, sampled(frame, source(frame, batch), problem, wider, batch), "F(.; X)", more=1)


def require_values(
    frame: Frame, points: np.ndarray, f: Callable[[Turn | None], Objective], what: str, more: int = 0
) -> None:
    """f of points (*batch, [count,] blocks * width) is f, in its turned form, of the turned ones, with `more` axes."""
    batch = points.shape[:1] if points.ndim > 1 else ()
    here = np.asarray(f(None)(points))

    def there(seed: int, fixed: int, sizes: tuple[int, ...], blur: float = 0.0) -> np.ndarray:
        turned = turn(sizes, fixed, frame.width + more, batch, seed, blur)
        return np.asarray(f(turned)(turned.out(turned.padded(points))))

    def same(seed: int, fixed: int, sizes: tuple[int, ...]) -> bool:
        return bool(agree(here, there(seed, fixed, sizes), lambda blur: there(seed, fixed, sizes, blur)).all())

    with np.errstate(all="ignore"):
        if np.all(np.isfinite(here)) and not any(same(seed, frame.fixed, frame.sizes) for seed in TRIES):
            _refuse(frame, here, there, same, what)


def _refuse(
    frame: Frame, here: np.ndarray, there: Callable[..., np.ndarray], same: Callable[..., bool], what: str
) -> None:
    """Say which block, or that it is the number of axes, and whether more fixed vectors would do."""

    def values(*turned: Any) -> str:
        other = there(*turned)
        i = int(np.argmax(abs(here - other)))
        return f"{here.flat[i]:.6g} and {other.flat[i]:.6g}"

    if not same(0, frame.fixed, frame.sizes):
        raise Unfit(
            f"the problem depends on how many coordinates are written: {what} at one point is "
            f"{values(0, frame.fixed, frame.sizes)} with {frame.width} axes a block and with one more. build(width) "
            "must write one function whatever the width, with `sizes` in the place of the shape of x"
        )
    alone = [tuple(n if i == block else 0 for i, n in enumerate(frame.sizes)) for block in range(len(frame.sizes))]
    block = next((i for i, sizes in enumerate(alone) if not same(TRIES[0], frame.fixed, sizes)), 0)
    more = range(frame.fixed + 1, min(frame.sizes[block], frame.width, frame.fixed + 3))
    enough = next((fixed for fixed in more if all(same(seed, fixed, alone[block]) for seed in TRIES)), None)
    raise Unfit(
        f"the problem is not rotation invariant on block {block}, of {frame.sizes[block]} dimensions: {what} at a "
        f"point and where that is turned about the first {frame.fixed} axes is "
        f"{values(TRIES[0], frame.fixed, frame.sizes)}. "
        + (
            f"The values agree where {enough} axes stay: was a fixed vector (minimiser, centre, mean) forgotten? Then "
            f"reduce with fixed = {enough}, x0 along the axes after"
            if enough
            else "Of a block, f may see the length and inner products with fixed vectors, along its first axes: split "
            "the block, or run in full coordinates"
        )
    )

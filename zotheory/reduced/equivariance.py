"""Whether a method fits reduced coordinates: a step from a turned state is the turned step.

    step(U state, U draws) = U step(state, draws)

for every rotation U of the blocks that leaves the fixed vectors in place. The right-hand side is computed as it runs,
the left-hand side with random rotations and one axis more a block, as in `invariance`; it is told the values
of f that the right-hand side saw, so that it takes the same branches. Where candidates share an axis, on the left each
has one of its own: only a step that keeps at most one of them has the same result. Fields of the state that hold
vectors, but that the frame does not turn, hold anything on the left: they may lie in the state, but nothing may depend
on them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from zotheory.reduced.invariance import STREAM, TRIES, Turn, agree, leading, turn
from zotheory.reduced.replay import Placing, Seen, Told, Unfit, leaves

if TYPE_CHECKING:
    from zotheory.reduced.frame import Frame

MIXED = 1e-9  # of a vector's length; a smaller share of a candidate is rounding

Shown = dict[str, np.ndarray]  # points of evaluation, state and output, by name
Action = Callable[[Turn, bool], Shown]  # the left-hand side; whether candidates have axes of their own


def shown(batch: tuple[int, ...], f: Seen | Told, state: Any, output: Any = None) -> Shown:
    """Points of evaluation, fields of the state and output, by names."""
    seen = {f"point {i + 1} of evaluation": leading(x, batch) for i, x in enumerate(f.points)} | leaves(state, "state")
    return seen if output is None else seen | {"output": np.asarray(output)}


def placing(frame: Frame, turned: Turn, batch: tuple[int, ...], own: bool) -> Placing:
    """How reduced normals are turned; `own`: candidates that share axis p are given one each before."""
    used = 0

    def place(z: np.ndarray) -> np.ndarray:
        nonlocal used
        wide = turned.padded(z)
        if own:
            lead = z.shape[len(batch) : -1]
            vectors = used + np.arange(int(np.prod(lead))).reshape(lead)
            room = np.maximum(np.asarray(frame.sizes) - frame.p - 1, 0)
            used += vectors.size
            axes = frame.p + np.minimum(vectors[..., None], room)[..., None]
            rest = wide[..., frame.p : frame.p + 1].copy()
            wide[..., frame.p] = 0
            np.put_along_axis(wide, np.broadcast_to(axes, rest.shape), rest, -1)
        return turned.out(wide)

    return place


def anything(leaf: Any, axes: tuple[int, ...], turned: Turn) -> Any:
    """Noise in the place of a vector that is not turned."""
    if not axes:
        return leaf
    shape, (blocks, wide) = list(leaf.shape), turned.matrices.shape[-3:-1]
    for axis in axes:
        shape[axis] = blocks * wide
    return (1 + np.max(abs(leaf))) * np.random.default_rng(STREAM).standard_normal(shape)


@dataclass(frozen=True)
class Sides:
    """What the right-hand side shows, and how to act on the left."""

    frame: Frame
    batch: tuple[int, ...]
    act: Action
    plain: Shown
    hidden: dict[str, tuple[int, ...]]

    def require_same(self, action: str, count: int = 0) -> None:
        """Both sides are the same, of an action of this name that draws so many vectors.

        Raises
        ------
        Unfit
            Saying what differs, and why.
        """
        frame = self.frame
        wide, own = frame.width + 1, frame.shared and count > 1
        if own:
            wide = max(wide, frame.p + count)
        try:
            if any(self.different(wide, own, seed) is None for seed in TRIES):
                return
        except Unfit:
            raise
        except Exception:  # a method may hold arrays of this width, such as the centre of a domain
            wide, own = frame.width, False
            try:
                if any(self.different(wide, own, seed) is None for seed in TRIES):
                    return
            except Exception as error:
                raise Unfit(f"{action} is not rotation equivariant: from a turned state it raises {error}") from error
        name = self.different(wide, own, TRIES[0])
        if self.different(wide, False, 0) is not None:
            hidden = ", ".join(self.hidden)
            raise Unfit(
                f"{action} depends on vectors that are not turned with {frame.vectors}: {name} changes where {hidden} "
                "does. Name it in `vectors` of the method, and reduce the problem for that method"
                if hidden
                else f"{action} depends on how many coordinates are written: {name} is another with one axis more a "
                "block. A method takes its dimension from the d of `draw`, not from the shape of an array"
            )
        if own and self.different(wide, True, 0) is not None:
            raise Unfit(
                f"{action} must keep at most one of its candidates, each moved by a direction of its own, as `selects` "
                f"says: {name} changes where candidates do not share an axis. Drop `selects`, and state `draws`"
            )
        raise Unfit(
            f"{action} is not rotation equivariant: from a turned state, with turned draws, its {name} is not the "
            "turned one. It may use lengths and inner products of vectors, but no single coordinates (signs, clipping, "
            "scaling, or drawing them one by one). A field of the state that holds a vector is to be named in `vectors`"
        )

    def different(self, wide: int, own: bool, seed: int) -> str | None:
        """Name of what differs, with so many axes a block, candidates on own axes or not, and these rotations."""
        frame = self.frame

        @lru_cache(maxsize=2)
        def left(blur: float) -> tuple[Turn, Shown]:
            turned = turn(frame.sizes, frame.fixed, wide, self.batch, seed, blur)
            return turned, self.act(turned, own)

        turned, there = left(0)
        left.cache_clear()  # `agree` asks for it again, if at all
        self._require_fields(there)
        for name, here in self.plain.items():
            if self._is_number(name) and name not in self.hidden and not np.array_equal(here, there[name]):
                same = agree(here, there[name], lambda blur, name=name: left(blur)[1][name])  # type: ignore[misc]
                if not (same | ~np.isfinite(here)).all():
                    return name
        rows = [name for name in self.plain if not self._is_number(name) for _ in range(self._count(name))]
        here, v = turned.padded(self._stacked(self.plain)), turned.back(self._stacked(there))

        def again(blur: float) -> np.ndarray:
            turned, there = left(blur)
            return self._folded(turned.back(self._stacked(there)), own)

        size = np.sqrt((here**2).sum(axis=(-2, -1), keepdims=True))
        same = agree(here, self._folded(v, own), again, size) | ~np.isfinite(here)
        if not same.all():
            return next(name for i, name in enumerate(rows) if not same[..., i, :, :].all())
        return self._mixed(v, rows) if own else None

    def _is_number(self, name: str) -> bool:
        return name.startswith("state.") and name.removeprefix("state.") not in self.frame.vectors

    def _count(self, name: str) -> int:
        return prod(self.plain[name].shape[len(self.batch) : -1])

    def _stacked(self, side: Shown) -> np.ndarray:
        """All vectors of a side: (*batch, vectors, d)."""
        vectors = [(value, self._count(name)) for name, value in side.items() if not self._is_number(name)]
        return np.concatenate([v.reshape((*self.batch, count, v.shape[-1])) for v, count in vectors], axis=-2)

    def _folded(self, v: np.ndarray, own: bool) -> np.ndarray:
        """Candidates' own axes, added up where they share one."""
        if not own:
            return v
        p, shared = self.frame.p, np.zeros_like(v)
        shared[..., :p], shared[..., p] = v[..., :p], v[..., p:].sum(axis=-1)
        return shared

    def _require_fields(self, there: Shown) -> None:
        """The fields of the frame are vectors, one a replica; what else holds vectors is noted."""
        length = len(self.frame.sizes) * self.frame.width
        missing = [name for name in self.frame.vectors if f"state.{name}" not in self.plain]
        if missing or there.keys() != self.plain.keys():
            raise Unfit(f"the state must have the fields {self.frame.vectors} for which the problem was reduced")
        for name, here in self.plain.items():
            if not self._is_number(name):
                if name.startswith("state.") and here.shape != (*self.batch, length):
                    raise Unfit(
                        f"{name} must be one vector a replica, of shape {(*self.batch, length)}, got {here.shape}"
                    )
            elif here.shape != there[name].shape:
                ends = zip(here.shape[::-1], there[name].shape[::-1], strict=True)
                self.hidden[name] = tuple(-1 - i for i, (a, b) in enumerate(ends) if a != b)

    def _mixed(self, v: np.ndarray, rows: list[str]) -> str | None:
        """Name of what holds two candidates in one block; the fields of a state do together."""
        used = abs(v[..., self.frame.p :]) > MIXED * np.sqrt(np.sum(v**2, axis=(-2, -1), keepdims=True))
        fields = [i for i, name in enumerate(rows) if name.startswith("state.")]
        used[..., fields, :, :] = np.any(used[..., fields, :, :], axis=-3, keepdims=True)
        mixed = np.sum(used, axis=-1) > 1
        return next((name for i, name in enumerate(rows) if np.any(mixed[..., i, :])), None)

"""When a run in reduced coordinates is looked at: at its start, and in its steps 1, 2, 3, 5, 10, 20, 30, 50, 100, ...

A few replicas of the state that the run has reached take one step with draws of the check's own, as it would run and
from a turned state (`equivariance`); f is compared at points where that step evaluates it, and where they are
turned (`invariance`). The run itself goes on as if nobody had looked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from zotheory.objective import ObjectiveError
from zotheory.oracles import during, is_fresh, is_stochastic
from zotheory.reduced.equivariance import Shown, Sides, anything, placing, shown
from zotheory.reduced.invariance import REPLICAS, Turn, leading, require_values, sampled, source
from zotheory.reduced.replay import Replay, Seen, Told, Unfit, mapped
from zotheory.watch import due

if TYPE_CHECKING:
    from zotheory.methods import Method
    from zotheory.protocols import Problem
    from zotheory.reduced.frame import Frame

KEPT = 32  # methods that need not be looked at again, with a problem or a frame


@dataclass(eq=False)
class Watch:
    """Looks at the start of a run and at some of its steps, once for a method and a problem.

    Cost, each time: the evaluations of a start or step of `REPLICAS` replicas, and at most 4 for each of them.
    """

    method: Method
    problem: Problem
    frame: Frame
    hidden: dict[str, tuple[int, ...]] = field(default_factory=dict)  # path -> axes, of vectors that are not turned
    done: set[int] = field(default_factory=set)

    def start(self, x0: np.ndarray) -> Any:
        """From a turned x0, the turned state. Returns the state, None where f has no value.

        Raises
        ------
        Unfit
            If not, or if the vectors of the state are not those of the frame, or do not lie along its first axes.
        """
        _require_settled(self.frame, "x0", x0)
        if 0 in self.done:
            return None
        x0 = _few(x0, x0.shape[:-1])
        seen = Seen(self.problem)
        with np.errstate(all="ignore"):
            try:
                state = self.method.init(seen, x0)
            except ObjectiveError:
                return None

            def start(turned: Turn, own: bool) -> Shown:
                told = Told(seen.values)
                return shown(x0.shape[:-1], told, self.method.init(told, turned.out(turned.padded(x0))))

            plain = shown(x0.shape[:-1], seen, state)
            sides = Sides(self.frame, x0.shape[:-1], start, plain, self.hidden)
            sides.require_same(f"a start of {self.method.name}")
        for name in self.frame.vectors:
            _require_settled(self.frame, f"state.{name}", getattr(state, name))
        self.done.add(0)
        return state

    def step(self, t: int, problem: Problem, state: Any) -> Any:
        """From a turned state, with turned draws, the turned step; `problem` as it is in step t.

        Returns their next state; None where f has no value, or where step t is not looked at.

        Raises
        ------
        Unfit
            If not, or if the step draws what reduced coordinates have not, or if f(Ux) is not f(x) where it looks.
        """
        if not due(t) or t in self.done:
            return None
        frame, method = self.frame, self.method
        whole = getattr(state, frame.vectors[0]).shape[:-1]
        state = mapped(state, lambda path, leaf: _few(leaf, whole))
        batch = getattr(state, frame.vectors[0]).shape[:-1]
        rng = source(frame, batch)
        with np.errstate(all="ignore"):
            u = method.draw(rng, state, frame.d)
            drawn = list(rng.drawn)
            f: Any = sampled(frame, rng, problem, problem, batch) if is_stochastic(problem) else lambda turned: problem
            if frame.shared and any(name == "standard_normal" for name, _ in rng.drawn[len(drawn) :]):
                raise Unfit("a Gaussian sample may not share an axis with candidates: reduce the noisy problem itself")
            seen = Seen(f(None))
            try:
                with rng.explaining(frame.d):
                    after = method.step(seen, state, u)
            except ObjectiveError:
                return None

            def step(turned: Turn, own: bool) -> Shown:
                told, there = Told(seen.values), state
                if self.hidden:
                    there = mapped(there, lambda path, leaf: anything(leaf, self.hidden.get(path, ()), turned), "state")
                turned_vectors = {name: turned.out(turned.padded(getattr(state, name))) for name in frame.vectors}
                there = there._replace(**turned_vectors)
                replay = Replay(drawn, frame.d, batch, placing(frame, turned, batch, own))
                there = method.step(told, there, method.draw(replay, there, frame.d))
                return shown(batch, told, there, method.output(there))

            plain = shown(batch, seen, after, method.output(after))
            count = sum(int(np.prod(z.shape[len(batch) : -1])) for name, z in drawn if name == "standard_normal")
            Sides(frame, batch, step, plain, self.hidden).require_same(f"a step of {method.name}", count)
            if seen.points and not is_fresh(problem):
                points = leading(seen.points[0], batch)
                require_values(frame, points[..., :2, :] if points.ndim > len(batch) + 1 else points, f, "f")
        self.done.add(t)
        return after

    def forget(self, state: Any) -> Any:
        """NaN in the place of vectors that are not turned: a step that uses them after all has no value."""
        if not self.hidden:
            return state
        return mapped(state, lambda path, leaf: np.full(leaf.shape, np.nan) if path in self.hidden else leaf, "state")


_watches: dict[tuple[int, int], Watch] = {}  # the last ones
_passed: dict[tuple[int, Frame], Method] = {}


def watch(method: Method, problem: Problem, frame: Frame) -> Watch:
    """What looks at runs of the method on the problem: the same for the next run of the same two."""
    key = (id(method), id(problem))  # both are held by what is kept, so no other object has their id
    if key not in _watches:
        _watches[key] = Watch(method, problem, frame)
        _drop_oldest(_watches)
    return _watches[key]


def require_method(method: Method, problem: Problem, frame: Frame) -> None:
    """Look at a start and two steps of the method, on any problem that it is reduced for, once for a frame.

    Raises
    ------
    Unfit
        As `Watch.start` and `Watch.step`.
    """
    if (id(method), frame) in _passed:
        return
    watched = watch(method, problem, frame)  # which a run of the two need not repeat
    state = watched.start(np.tile(problem.x0, (REPLICAS, 1)))
    for t in (1, 2):
        if state is not None:
            state = watched.step(t, during(problem, t), frame.settle(state))
    _passed[id(method), frame] = method
    _drop_oldest(_passed)


def _drop_oldest(kept: dict[Any, Any]) -> None:
    if len(kept) > KEPT:
        del kept[next(iter(kept))]


def _few(value: Any, batch: tuple[int, ...]) -> Any:
    """The first replicas of an array; a copy, so that nothing that is done to them is done to the run."""
    if not isinstance(value, np.ndarray):
        return value
    return np.array(value[:REPLICAS] if batch and value.shape[: len(batch)] == batch else value)


def _require_settled(frame: Frame, name: str, vector: np.ndarray) -> None:
    length = len(frame.sizes) * frame.width
    if vector.shape[-1:] != (length,):
        raise Unfit(
            f"{name} must have {frame.width} coordinates for each of {len(frame.sizes)} blocks, got {vector.shape}"
        )
    blocks = np.reshape(vector, (*vector.shape[:-1], -1, frame.width))
    off = blocks * (np.arange(frame.width) >= np.minimum(frame.sizes, frame.p)[:, None])
    if np.any(off):
        one = np.reshape(vector, (-1, vector.shape[-1]))[0]
        raise Unfit(
            f"{name} must lie along the first {frame.p} axes of a block ({frame.fixed} of fixed vectors, then one for "
            f"each of {frame.vectors}), and along axes that the block has, got {one}"
        )

"""`run_large`: what it is given, checked; the loop; what it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.kinds import shown
from zotheory.large.blocks import Blocks
from zotheory.large.stream import Stream
from zotheory.large.sums import Point, Stored, Sum
from zotheory.large.vectors import Vectors, written
from zotheory.large.walk import ByRow, Walk
from zotheory.looks import require_same
from zotheory.methods import Method
from zotheory.objective import Objective
from zotheory.oracles import is_fresh, is_stochastic
from zotheory.recording import steps_to_record
from zotheory.setting import require_function, require_method, require_nonfinite, require_samples
from zotheory.streams import Seed, seed_sequence


class LargeRun(NamedTuple):
    """What a large run returns, or, as `partial` of an exception, what it had computed when it stopped.

    Attributes
    ----------
    x : array (d,)
        The method's output.
    values : array (records,)
        Objective at the output at each recorded step, for a stochastic problem its expectation; NaN where the run
        stopped before.
    steps : array (records,)
        The recorded steps; 0 is the start.
    calls, looks : int
        Evaluations of the objective, and those among them that the method did not ask for. Of a stochastic problem
        those of F(.; X), not of its expectation.
    value : float
        Objective at `x`; NaN where the run stopped and it is not known.
    """

    x: np.ndarray
    values: np.ndarray
    steps: np.ndarray
    calls: int
    looks: int
    value: float


def run_large(
    method: Method,
    f: Callable[[Point], float],
    x0: np.ndarray,
    *,
    steps: int,
    seed: Seed = 0,
    block: int | Sequence[int] | np.ndarray = 1 << 17,
    record: Iterable[int] | None = None,
    nonfinite: str = "error",
    overwrite_x0: bool = False,
) -> LargeRun:
    """Run `method` on `f` where few vectors fit into memory: directions are drawn anew when needed, never stored.

    The shipped methods run as they are, and so does any whose step is linear in its vectors. In memory are the vectors
    of its state, which for a method that keeps one point is one vector, and a few blocks. A direction is drawn once
    for each point where f is evaluated, once for the move, and for momentum once for its length.

    Parameters
    ----------
    method : Method
        For example ``relative_loss(radius=zo.radii.one_fifth(1.0))``.
    f : callable, point -> float
        It is handed the point by blocks: ``for where, x in point`` gives slices and the coordinates there, an array
        of this length, valid until the next; a second loop starts again. Or a stochastic problem, whose ``at(xi)`` is
        such a function; called itself, it gives the expectation.
    x0 : array (d,) of doubles
        Copied, unless it is to be overwritten; may be a `numpy.memmap`.
    steps : int
        At least 1.
    seed : int, SeedSequence, Generator or None
        As in `run`. The same seed, blocks and start give the same bits.
    block : int, or sequence of int
        Coordinates of a block; or the sizes of all blocks, such as those of the layers of a network.
    record : iterable of int, optional
        Steps at which to record f at the output, which costs an evaluation where the method does not know it. Default:
        the start and 100 steps evenly spaced.
    nonfinite : "error" or "worst"
        As in `run`.
    overwrite_x0 : bool
        Whether the run may move in x0 itself, which then holds a vector of its state, the point of a method that keeps
        one: no copy is made, and a `memmap` stays on disk.

    Returns
    -------
    LargeRun

    Raises
    ------
    TypeError, ValueError
        Naming the argument, the value and the condition. Also if the step is not linear in its vectors, and if two
        evaluations of f at x0 differ, unless it says ``fresh = True``.
    ObjectiveError
        If f raises or returns anything but one finite real number. Whatever ends a run, Ctrl-C
        too, carries what was computed so far as ``partial``, a `LargeRun`.

    Examples
    --------
    >>> import numpy as np
    >>> import zotheory as zo
    >>> def f(point):
    ...     return sum(np.sum((x - 1) ** 2) for where, x in point)
    >>> method = zo.relative_loss(radius=zo.radii.one_fifth(10.0))
    >>> result = zo.run_large(method, f, np.zeros(10_000), steps=50, seed=1)
    >>> bool(result.value < f([(slice(None), np.zeros(10_000))]))
    True
    """
    require_method(method)
    require_function("f", f, "a point by blocks", ())
    require_nonfinite(nonfinite, method)
    require_samples(f, method)
    recorded = steps_to_record(record, steps := require.count("steps", steps))
    start, blocks = _start(x0, block, overwrite_x0)
    source, objective = Stream(seed_sequence(seed), blocks), Objective(f, nonfinite=nonfinite)
    objective.compares = method.compares
    values, value, walk = np.full(len(recorded), np.nan), np.nan, None

    def result() -> LargeRun:
        x = start.array if walk is None else written(walk.output())
        known = value if walk is None or method.value is None else walk.value()
        return LargeRun(x, values, recorded, objective.calls, objective.looks, known)

    try:
        _look(objective, start, blocks)
        walk = Walk(method, objective, start, source)
        for t in range(steps + 1):
            if t:
                value = np.nan  # of the new point it is not known
                walk.advance()
            if t in recorded or t == steps:
                value = walk.value()
                values[recorded == t] = value
    except BaseException as error:
        error.partial = result()  # type: ignore[attr-defined]
        at = 0 if walk is None else min(walk.t + 1, steps)
        error.add_note(f"stopped at step {at} of {steps}; what was computed is in .partial")
        raise
    return result()


def _look(objective: Objective, start: Stored, blocks: Blocks) -> None:
    """The objective is one function at the start, unless it says that it is none."""
    f = objective.f
    if not is_fresh(f) and not is_stochastic(f):
        here, look = Vectors(Sum({start: 1.0}), blocks), Objective(ByRow(f), nonfinite="any")
        require_same(look(here), look(here), "at x0")
        objective.looks += look.spent


def _start(x0: Any, block: Any, overwrite: Any) -> tuple[Stored, Blocks]:
    """The vector in which a run begins: x0 itself or a copy, of finite doubles.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, the value and the condition.
    """
    if not isinstance(overwrite, bool):
        raise TypeError(f"overwrite_x0 must be True or False, got {shown(overwrite)}")
    if not isinstance(x0, np.ndarray) or x0.dtype != np.float64:
        raise TypeError(f"x0 must be an array of doubles, got {shown(x0)}")
    if np.ma.is_masked(x0):
        raise ValueError(f"x0 must have no masked entries, got {shown(x0)}")
    if x0.ndim != 1 or not x0.size:
        raise ValueError(f"x0 must have shape (d,) with d >= 1, got {x0.shape}")
    if overwrite and not x0.flags.writeable:
        raise ValueError("x0 must be writeable to be overwritten, got an array that is not")
    blocks = Blocks(len(x0), block)
    start = x0 if overwrite else np.empty(len(x0))
    for where in blocks:
        if not np.isfinite(x0[where]).all():
            raise ValueError(f"x0 must be finite, got {shown(x0[where])} at {where.start}:{where.stop}")
        if not overwrite:
            start[where] = x0[where]
    return Stored(start), blocks

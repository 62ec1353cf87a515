"""The loop: run a method on a problem, many replicas at once, and keep what it saw.

Replicas are cut into chunks that fit the cache, each with a random stream of its own (a spawn key of the seed), so a
result depends on the seed and the shapes only. Streams are SFC64: it fills normals faster than PCG64 (the ratio is in
``benchmarks/RESULTS.md``), its state is 256 bits, and `SeedSequence` sets chunks apart; the jumps PCG64 offers are
not needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.elementary import Array
from zotheory.methods import Method
from zotheory.oracles import Counted, during, is_stochastic, require_shared_sample
from zotheory.protocols import Problem

CHUNK_BYTES = 1 << 20  # of one step's displacements; they and two temporaries stay in a last-level cache


class Run(NamedTuple):
    """What a run returns, or, as `partial` of an exception, what it had computed when it stopped.

    Attributes
    ----------
    x : array (d,) or (replicas, d)
        The method's output.
    values : array (records,) or (records, replicas)
        Objective at the output at each recorded step (for a stochastic problem its expectation); not counted in
        `calls`. NaN where a run stopped before.
    steps : array (records,)
        The recorded steps; 0 is the start.
    calls : int
        Evaluations of the objective by one replica.
    """

    x: np.ndarray
    values: np.ndarray
    steps: np.ndarray
    calls: int


def generator(seed: int | np.random.SeedSequence | None) -> np.random.Generator:
    """Return NumPy's generator on the SFC64 stream of `seed`."""
    return np.random.Generator(np.random.SFC64(seed))


def chunks(replicas: int, bytes_each: int) -> list[int]:
    """Cut `replicas` into the sizes of chunks whose displacements take at most `CHUNK_BYTES`, at least one each."""
    size = max(1, min(replicas, CHUNK_BYTES // bytes_each))
    return [min(size, replicas - start) for start in range(0, replicas, size)]


def iterate(method: Method, problem: Problem, x0: np.ndarray, rng: Any) -> Iterator[tuple[Any, Counted]]:
    """Yield (state, counted objective) at the start and after every step, for ever.

    x0 is (d,) or (replicas, d). For full control: stop, inspect or change course between steps. A stochastic problem
    is looked at first (`zotheory.oracles.require_shared_sample`), one in reduced coordinates also in some steps
    (`zotheory.reduced.watch`); other objectives see no evaluation but the method's.
    """
    batch = x0.shape[:-1]
    frame = getattr(problem, "frame", None)
    if frame is not None:
        rng = frame.generator(rng, batch)
        from zotheory.reduced.watch import watch  # which plain runs need not load

        watched = watch(method, problem, frame)
        watched.start(x0)
    stochastic = is_stochastic(problem)
    if stochastic:
        require_shared_sample(problem, x0)
    counted = Counted(problem, int(np.prod(batch)))
    state = method.init(counted, x0)
    for t in count(1):
        yield state, counted
        now: Any = during(problem, t) if stochastic else problem
        if frame is not None:
            watched.step(t, now, state)
        u = method.draw(rng, state, problem.d)
        if stochastic:
            counted.f = now.at(now.sample(rng, batch))
        state = method.step(counted, state, u)
        if frame is not None:
            state = watched.forget(frame.settle(state))
            rng.rewind()


def run(
    method: Method,
    problem: Problem | Callable[[np.ndarray], Array],
    *,
    steps: int,
    seed: int | np.random.SeedSequence | None = 0,
    replicas: int | None = None,
    x0: np.ndarray | None = None,
    record: Iterable[int] | None = None,
) -> Run:
    """Run `method` on `problem` for `steps` steps.

    Parameters
    ----------
    method : Method
        For example ``gld_search(R=3, r=1e-3)``.
    problem : callable, points (..., d) -> values (...)
        One of `zotheory.problems`, or any function (then give `x0`). Wrap a function of a single point in
        `zotheory.oracles.vectorised`. Whether it is one function within a step is looked at first, at the cost of two
        evaluations not counted in `calls` (`zotheory.oracles.require_shared_sample`, which says how to declare noise).
    steps : int
        At least 1.
    seed : int, SeedSequence or None
        The same seed and shapes give the same bits; None draws one from the operating system.
    replicas : int, optional
        Independent runs, done as batches. Default: one run, without the batch axis.
    x0 : array (d,), optional
        Default: the problem's own.
    record : iterable of int, optional
        Steps at which to record the objective at the output. Default: the start and 100 steps evenly spaced.

    Returns
    -------
    Run

    Raises
    ------
    TypeError, ValueError
        Naming the argument, the value and the condition; also if two evaluations of the objective of a step at one
        point differ.
    ObjectiveError
        If the objective raises or returns the wrong shape, NaN, an infinity or something not real. This error, and
        KeyboardInterrupt, carry what was computed so far as ``partial``, a `Run`.
    """
    require.count(steps=steps)
    if replicas is not None:
        require.count(replicas=replicas)
    if not callable(problem):
        raise TypeError(f"problem must be callable on points (..., d), got {problem!r}")
    if x0 is None:
        if not hasattr(problem, "x0"):
            raise ValueError("x0 must be given for a problem that has no x0 of its own")
        x0 = problem.x0
    start = require.points("x0", x0)
    if start.ndim != 1:
        raise ValueError(f"x0 must have shape (d,), got {start.shape}")
    whole: Any = problem if hasattr(problem, "d") else _Plain(problem, start)
    written = len(getattr(whole, "x0", start))
    if len(start) != written:
        raise ValueError(f"x0 must have shape ({written},), got {start.shape}")
    if record is None:
        recorded = np.unique(np.linspace(0, steps, 101).round().astype(int))
    else:
        recorded = np.unique(np.asarray(list(record), dtype=int))
        if len(recorded) == 0 or recorded[0] < 0 or recorded[-1] > steps:
            raise ValueError(f"record must hold steps from 0 to {steps}, got {recorded}")
    return _run(method, whole, start, steps, seed, replicas, recorded)


class _Plain(NamedTuple):
    """A user's function and the start."""

    f: Callable[[np.ndarray], np.ndarray]
    x0: np.ndarray

    @property
    def d(self) -> int:
        return len(self.x0)

    @property
    def fresh(self) -> bool:
        return getattr(self.f, "fresh", False)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return self.f(x)


def _run(
    method: Method,
    problem: Problem,
    x0: np.ndarray,
    steps: int,
    seed: int | np.random.SeedSequence | None,
    replicas: int | None,
    recorded: np.ndarray,
) -> Run:
    total = 1 if replicas is None else replicas
    sizes = chunks(total, 8 * len(x0) * max(1, method.calls[1] if method.selects else 1))
    sequence = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    x = np.full((total, len(x0)), np.nan)
    values = np.full((len(recorded), total), np.nan)
    calls = 0
    np.empty(1 << 21)  # 16 MiB, freed at once: glibc then keeps freed memory instead of returning it at every step

    def result() -> Run:
        if replicas is None:
            return Run(x[0], values[:, 0], recorded, calls)
        return Run(x, values, recorded, calls)

    first = 0  # children by their key: `SeedSequence.spawn` would count calls, and a second run would differ
    for index, size in enumerate(sizes):
        child = np.random.SeedSequence(sequence.entropy, spawn_key=(*sequence.spawn_key, index))
        rows = slice(first, first + size)
        first += size
        start = x0 if replicas is None else np.tile(x0, (size, 1))
        record, t = 0, -1
        try:
            if index == 0 and not is_stochastic(problem):  # a stochastic one `iterate` looks at
                require_shared_sample(problem, start)
            for t, (state, counted) in enumerate(iterate(method, problem, start, generator(child))):
                x[rows] = method.output(state)
                calls = max(calls, counted.calls)
                if record < len(recorded) and recorded[record] == t:
                    values[record, rows] = Counted(problem)(method.output(state))
                    record += 1
                if t == steps:
                    break
        except (Exception, KeyboardInterrupt) as error:
            error.partial = result()  # type: ignore[union-attr]
            error.add_note(f"stopped at step {t + 1} of {steps}; what was computed is in .partial")
            raise
    return result()

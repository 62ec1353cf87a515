"""The loop: run a method on a problem, many replicas at once, and keep what it saw.

Replicas are cut into chunks that fit the cache, each with a random stream of its own (a spawn key of the seed), so a
result depends on the seed and the shapes only. Streams are SFC64: it fills normals faster than PCG64 (the ratio is in
``benchmarks/RESULTS.md``), its state is 256 bits, and `SeedSequence` sets chunks apart; the jumps PCG64 offers are
not needed.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import count
from math import inf
from typing import Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.elementary import Array
from zotheory.looks import Watch, due
from zotheory.methods import Method
from zotheory.objective import Best, Objective
from zotheory.oracles import during, is_stochastic
from zotheory.protocols import Problem
from zotheory.setting import Setting

CHUNK_BYTES = 1 << 20  # of one step's displacements; they and two temporaries stay in a last-level cache

Seed = int | np.random.SeedSequence | np.random.Generator | None


class Run(NamedTuple):
    """What a run returns, or, as `partial` of an exception, what it had computed when it stopped.

    Attributes
    ----------
    x : array (d,) or (replicas, d)
        The method's output.
    values : array (records,) or (records, replicas)
        Objective at the output at each recorded step (for a stochastic problem its expectation). NaN where a run
        stopped before.
    steps : array (records,)
        The recorded steps; 0 is the start.
    calls : int
        Evaluations of the objective by one replica: all there were.
    looks : int
        Those among them that the method did not ask for: checks, and records of values that it does not know.
    value : float or array (replicas,)
        Objective at `x`; NaN where a run stopped and it is not known.
    best, best_value : array like `x`, array like `value`
        The best of all points where the objective was evaluated, and its value there. Where values are noisy, or the
        method has a domain (then it evaluates outside as well): of the recorded outputs.
    """

    x: np.ndarray
    values: np.ndarray
    steps: np.ndarray
    calls: int
    looks: int
    value: Any
    best: np.ndarray
    best_value: Any


# --- seeds and chunks ------------------------------------------------------------------------------------------------


def seed_sequence(seed: Seed) -> np.random.SeedSequence:
    """Return the SeedSequence of a seed: of a Generator, that of its next 128 bits.

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
        raise TypeError(f"seed must be an integer, a SeedSequence, a Generator or None, got {seed!r}")
    if seed < 0:
        raise ValueError(f"seed must be at least 0, got {seed}")
    return np.random.SeedSequence(int(seed))


def generator(seed: Seed) -> np.random.Generator:
    """Return NumPy's generator on the SFC64 stream of `seed`."""
    return np.random.Generator(np.random.SFC64(seed_sequence(seed)))


def _child(sequence: np.random.SeedSequence, index: int) -> np.random.SeedSequence:
    """By its key: `SeedSequence.spawn` would count calls, and a second run would differ."""
    return np.random.SeedSequence(sequence.entropy, spawn_key=(*sequence.spawn_key, index))


def chunks(replicas: int, bytes_each: int) -> list[int]:
    """Cut `replicas` into the sizes of chunks whose displacements take at most `CHUNK_BYTES`, at least one each."""
    size = max(1, min(replicas, CHUNK_BYTES // bytes_each))
    return [min(size, replicas - start) for start in range(0, replicas, size)]


# --- the loop --------------------------------------------------------------------------------------------------------


def iterate(
    method: Method,
    problem: Problem | Callable[[np.ndarray], Array],
    *,
    seed: Seed = 0,
    replicas: int | None = None,
    x0: np.ndarray | None = None,
    vectorised: bool | None = None,
    nonfinite: str = "error",
    rng: np.random.Generator | None = None,
) -> Iterator[tuple[Any, Objective]]:
    """Yield (state, objective) at the start and after every step, for ever: stop, inspect or change course between.

    Takes what `run` takes, visits the same points, up to one chunk of replicas, and looks at the objective as it does.
    What the method has spent is ``objective.spent``.

    Parameters
    ----------
    rng : Generator, optional
        To be drawn from itself, instead of the stream of `seed`.

    Raises
    ------
    TypeError, ValueError, ObjectiveError
        As `run`; those of arguments at once.
    """
    setting = Setting.of(method, problem, x0=x0, vectorised=vectorised, nonfinite=nonfinite)
    if replicas is not None:
        require.count(replicas=replicas)
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {rng!r}")
    objective = setting.objective(() if replicas is None else (replicas,))
    source = generator(_child(seed_sequence(seed), 0)) if rng is None else rng
    return _walk(setting, objective, source, _looked_at(setting, objective))


def _looked_at(setting: Setting, objective: Objective) -> Watch:
    """Look at the problem before the first step; what is to look at the others."""
    found = setting.look(objective.batch)
    objective.f = found.f
    objective.looks += found.looks
    scale = inf if setting.method.compares else found.scale
    return Watch(objective, found.f, scale, getattr(setting.problem, "fresh", False))


def _walk(setting: Setting, objective: Objective, rng: Any, watch: Watch | None) -> Iterator[tuple[Any, Objective]]:
    method, problem, batch = setting.method, setting.problem, objective.batch
    x0 = np.tile(setting.start, (*batch, 1)) if batch else setting.start
    stochastic = is_stochastic(problem)
    frame = getattr(problem, "frame", None)
    if frame is not None:
        rng = frame.generator(rng, batch)
        from zotheory.reduced.watch import watch as equivariance  # which plain runs need not load

        watched = equivariance(method, problem, frame)
        watched.start(x0)
    state = method.init(objective, x0)
    for t in count(1):
        yield state, objective
        now: Any = during(problem, t) if stochastic else problem
        if frame is not None:
            watched.step(t, now, state)
        u = method.draw(rng, state, problem.d)
        if stochastic:
            objective.f = now.at(now.sample(rng, batch))
        if watch is not None and due(t):
            watch.begin(None if method.value is None else method.value(state))
            state = method.step(objective, state, u)
            watch.end(t)
        else:
            state = method.step(objective, state, u)
        if frame is not None:
            state = watched.forget(frame.settle(state))
            rng.rewind()


def run(
    method: Method,
    problem: Problem | Callable[[np.ndarray], Array],
    *,
    steps: int,
    seed: Seed = 0,
    replicas: int | None = None,
    x0: np.ndarray | None = None,
    record: Iterable[int] | None = None,
    vectorised: bool | None = None,
    nonfinite: str = "error",
) -> Run:
    """Run `method` on `problem` for `steps` steps.

    Before the first step, and in a few of the others, the objective is looked at (`zotheory.looks`): whether the value
    of a point is the same alone, in a batch and once more, how large values grow, and whether they differ at all.

    Parameters
    ----------
    method : Method
        For example ``gld_search(R=3, r=1e-3)``.
    problem : callable, points (..., d) -> values (...)
        One of `zotheory.problems`, or any function (then give `x0`), which is asked for points in rows (n, d). A
        function of one point (d,) is found out, and called for each, with a warning. Values of any real dtype are taken
        as float64; what it writes into its argument has no effect on the run.
    steps : int
        At least 1.
    seed : int, SeedSequence, Generator or None
        The same seed and shapes give the same bits; of a Generator the next 128 bits are the seed; None draws one from
        the operating system.
    replicas : int, optional
        Independent runs, done as batches. Default: one run, without the batch axis.
    x0 : array (d,), optional
        Default: the problem's own.
    record : iterable of int, optional
        Steps at which to record the objective at the output. Default: the start and 100 steps evenly spaced.
    vectorised : bool, optional
        Whether `problem` takes points (..., d) in a batch; False: one point (d,). Default: found out.
    nonfinite : "error" or "worst"
        "worst" counts NaN and +inf as worse than any number, for methods that only compare values: a barrier around
        what is not allowed. -inf is always an error.

    Returns
    -------
    Run

    Raises
    ------
    TypeError, ValueError
        Naming the argument, the value and the condition. Also if the objective is not one function: if two evaluations
        of a point differ (set ``fresh = True`` on it if that is meant), or depend on the other points of the batch; and
        if it draws samples, but the method keeps values from step to step.
    ObjectiveError
        If the objective raises or returns the wrong shape, NaN, an infinity or something not real. This error, the
        others that come while it runs, and KeyboardInterrupt carry what was computed so far as ``partial``, a `Run`.

    Warns
    -----
    ObjectiveWarning
        If a function is called point by point, if values grow by many orders, and if they do not differ at all.
    """
    setting = Setting.of(method, problem, x0=x0, vectorised=vectorised, nonfinite=nonfinite)
    require.count(steps=steps)
    if replicas is not None:
        require.count(replicas=replicas)
    return _run(setting, steps, seed_sequence(seed), replicas, _recorded(record, steps))


def _recorded(record: Iterable[int] | None, steps: int) -> np.ndarray:
    if record is None:
        return np.unique(np.linspace(0, steps, 101).round().astype(int))
    try:
        given = list(record)
    except TypeError:
        raise TypeError(f"record must be an iterable of steps, got {record!r}") from None
    for step in given:
        if isinstance(step, bool) or not isinstance(step, numbers.Integral):
            raise TypeError(f"record must hold integers, got {step!r}")
    if not given or min(given) < 0 or max(given) > steps:
        raise ValueError(f"record must hold steps from 0 to {steps}, got {given}")
    return np.unique(np.array(given, dtype=int))


def _run(
    setting: Setting, steps: int, sequence: np.random.SeedSequence, replicas: int | None, recorded: np.ndarray
) -> Run:
    total = 1 if replicas is None else replicas
    log = _Log(setting, recorded, total)
    points = setting.method.calls[1] if setting.method.selects else 1
    first, t, watch = 0, -1, None
    np.empty(1 << 21)  # 16 MiB, freed at once: glibc then keeps freed memory instead of returning it at every step
    try:
        for index, size in enumerate(chunks(total, 8 * len(setting.start) * points)):
            objective, t = setting.objective(() if replicas is None else (size,)), -1
            log.begin(slice(first, first + size), objective)
            if watch is None:  # what is found out once holds for all chunks
                watch = looking = _looked_at(setting, objective)
            else:
                objective.f, looking = watch.f, None
            for t, (state, _) in enumerate(_walk(setting, objective, generator(_child(sequence, index)), looking)):
                log.see(t, state)
                if t == steps:
                    break
            log.end()
            first += size
        if watch is not None:
            watch.finish(log.recorded, log.values)
    except (Exception, KeyboardInterrupt) as error:
        log.end(ask=isinstance(error, Exception))
        error.partial = log.result(replicas)  # type: ignore[union-attr]
        error.add_note(f"stopped at step {t + 1} of {steps}; what was computed is in .partial")
        raise
    return log.result(replicas)


class _Log:
    """What a run keeps of its chunks: they `begin`, are `see`n step by step, and `end`."""

    def __init__(self, setting: Setting, recorded: np.ndarray, replicas: int) -> None:
        method, problem = setting.method, setting.problem
        self.setting, self.output, self.recorded = setting, method.output, recorded
        self.stochastic = is_stochastic(problem)
        noisy = self.stochastic or getattr(problem, "fresh", False)
        self.known = None if noisy else method.value
        self.tracked = not (noisy or method.domain != "R^d" or (self.known and method.compares))
        self.x, self.best = (np.full((replicas, len(setting.start)), np.nan) for _ in range(2))
        self.value, self.best_value = (np.full(replicas, np.nan) for _ in range(2))
        self.values = np.full((len(recorded), replicas), np.nan)
        self.calls = self.looks = 0

    def begin(self, rows: slice, objective: Objective) -> None:
        self.rows, self.objective, self.state, self.next = rows, objective, None, 0
        if self.tracked:
            objective.best = Best(objective.batch, self.x.shape[1])

    def see(self, t: int, state: Any) -> None:
        self.state = state
        self.value[self.rows] = np.nan
        if self.next < len(self.recorded) and self.recorded[self.next] == t:
            self.values[self.next, self.rows] = self._evaluate()
            self.next += 1

    def end(self, ask: bool = True) -> None:
        """Fill in the last values; `ask` f for one that is not known."""
        objective, rows = self.objective, self.rows
        if self.state is not None:
            self.x[rows] = self.output(self.state)
            if np.any(np.isnan(self.value[rows])) and (ask or self.known or self.stochastic):
                with suppress(Exception):  # f may have failed for good
                    self._evaluate()
        if objective.best is not None:
            self.best[rows], self.best_value[rows] = objective.best.point, objective.best.value
        if objective.calls > self.calls:
            self.calls, self.looks = objective.calls, objective.looks

    def _evaluate(self) -> np.ndarray:
        """F at the output, where the method does not know it; it may be the best."""
        x, objective, rows = self.output(self.state), self.objective, self.rows
        if self.stochastic:
            value = self.setting.objective(objective.batch)(x)
        else:
            value = objective.look(x) if self.known is None else self.known(self.state)
        self.value[rows] = value
        if not self.tracked:
            better = ~(self.best_value[rows] <= value)
            np.copyto(self.best[rows], x, where=better[:, None])
            np.copyto(self.best_value[rows], value, where=better)
        return value

    def result(self, replicas: int | None) -> Run:
        if replicas is None:
            value, best = float(self.value[0]), float(self.best_value[0])
            return Run(self.x[0], self.values[:, 0], self.recorded, self.calls, self.looks, value, self.best[0], best)
        return Run(self.x, self.values, self.recorded, self.calls, self.looks, self.value, self.best, self.best_value)

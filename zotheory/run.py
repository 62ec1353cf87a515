"""The loop: run a method on a problem, many replicas at once, and keep what it saw.

Replicas are cut into chunks that fit the cache, each with a random stream of its own (a spawn key of the seed), so a
result depends on the seed and the shapes only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

import numpy as np

from zotheory import require
from zotheory.elementary import Array
from zotheory.kinds import shown
from zotheory.methods import Method
from zotheory.objective import Objective
from zotheory.oracles import during, is_fresh, is_stochastic
from zotheory.protocols import Problem
from zotheory.recording import Recording, Run, steps_to_record
from zotheory.setting import Setting, frame_of
from zotheory.streams import Seed, child, chunks, generator, seed_sequence
from zotheory.watch import Watch


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

    Takes what `run` takes, but `steps` and `record`, visits the same points, up to one chunk of replicas, and looks at
    the objective as it does. What the method has spent is ``objective.spent``.

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
    replicas = None if replicas is None else require.count("replicas", replicas)
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {shown(rng)}")
    objective = setting.objective(() if replicas is None else (replicas,))
    source = generator(child(seed_sequence(seed), 0)) if rng is None else rng
    return _walk(setting, objective, source, _looked_at(setting, objective))


def _looked_at(setting: Setting, objective: Objective) -> Watch:
    """Look at the problem before the first step; what is to look at the others."""
    found = setting.look(objective.batch)
    objective.f = found.f
    objective.looks += found.looks
    watch = Watch(
        found.f,
        found.scale,
        fresh=is_fresh(setting.problem),
        lasting=not is_stochastic(setting.problem),
        grows=not setting.method.compares,
    )
    watch.follow(objective)
    return watch


def _walk(setting: Setting, objective: Objective, rng: Any, watch: Watch) -> Iterator[tuple[Any, Objective]]:
    method, problem, batch = setting.method, setting.problem, objective.batch
    x0 = np.tile(setting.start, (*batch, 1)) if batch else setting.start
    stochastic = is_stochastic(problem)
    frame = frame_of(problem)
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
        if t == watch.next:
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
        of a point differ, at once or later (set ``fresh = True`` on it if that is meant), or depend on the other points
        of the batch; and if it draws samples, but the method keeps values from step to step.
    ObjectiveError
        If the objective raises or returns the wrong shape, NaN, an infinity or something not real. This error, the
        others that come while it runs, and KeyboardInterrupt carry what was computed so far as ``partial``, a `Run`.

    Warns
    -----
    ObjectiveWarning
        If a function is called point by point, if values grow by many orders, and if they do not differ at all.
    """
    setting = Setting.of(method, problem, x0=x0, vectorised=vectorised, nonfinite=nonfinite)
    steps = require.count("steps", steps)
    replicas = None if replicas is None else require.count("replicas", replicas)
    return _run(setting, steps, seed_sequence(seed), replicas, steps_to_record(record, steps))


def _run(
    setting: Setting, steps: int, sequence: np.random.SeedSequence, replicas: int | None, recorded: np.ndarray
) -> Run:
    total = 1 if replicas is None else replicas
    log = Recording(setting, recorded, total)
    points = setting.method.calls[1] if setting.method.selects else 1
    first, t, watch = 0, -1, None
    np.empty(1 << 21)  # 16 MiB, freed at once: glibc then keeps freed memory instead of returning it at every step
    try:
        for index, size in enumerate(chunks(total, 8 * len(setting.start) * points)):
            objective, t = setting.objective(() if replicas is None else (size,)), -1
            log.begin(slice(first, first + size), objective)
            if watch is None:  # what is found out once holds for all chunks
                watch = _looked_at(setting, objective)
            else:
                objective.f = watch.f
                watch.follow(objective)
            for t, (state, _) in enumerate(_walk(setting, objective, generator(child(sequence, index)), watch)):
                log.see(t, state)
                if t == steps:
                    break
            log.end()
            first += size
        if watch is not None:
            watch.finish(log.recorded, log.values)
    except (Exception, KeyboardInterrupt) as error:
        log.end(stopped=error)
        error.partial = log.result(replicas)  # type: ignore[union-attr]
        error.add_note(f"stopped at step {min(t + 1, steps)} of {steps}; what was computed is in .partial")
        raise
    return log.result(replicas)

"""Run a method on a problem, many replicas at once; or take its steps one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from os import PathLike
from typing import Any

import numpy as np

from zotheory import require
from zotheory.backends import moved
from zotheory.elementary import Array
from zotheory.kinds import shown
from zotheory.looks import Once
from zotheory.methods import Method
from zotheory.objective import Objective
from zotheory.protocols import Problem
from zotheory.recording import Outputs, Run
from zotheory.replicas import Replicas, gather
from zotheory.setting import Setting
from zotheory.streams import Seed, child, generator, seed_sequence
from zotheory.sweeps import opened
from zotheory.walk import walk, watching


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

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 20)
    >>> for state, objective in zo.iterate(zo.gld_search(R=3.0, r=1e-3), f, seed=1):
    ...     if state.fx - f.f_star < 1e-3:
    ...         break
    >>> bool(f(state.x) == state.fx), objective.spent % 13
    (True, 1)
    """
    setting = Setting.of(method, problem, x0=x0, vectorised=vectorised, nonfinite=nonfinite)
    replicas = None if replicas is None else require.count("replicas", replicas)
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {shown(rng)}")
    objective = setting.objective(() if replicas is None else (replicas,))
    source = generator(child(seed_sequence(seed), 0)) if rng is None else rng
    return walk(setting, objective, source, watching(setting, setting.look(objective.batch), objective, Once()))


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
    executor: Executor | int | None = None,
    backend: str = "numpy",
    device: str | None = None,
    store: str | PathLike[str] | None = None,
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
    executor : int or concurrent.futures.Executor, optional
        What runs the chunks that the replicas are cut into: so many processes, which end with the run, or any executor
        as PEP 3148 has them. The result has the same bits whatever runs it, and so does a problem that keeps no state
        of its own; a function that remembers its calls is another one in every process. By default this process.
    backend : "numpy", "jax" or "torch"
        The array library to run on, in double precision (extras ``jax`` and ``torch``). `problem` is then handed arrays
        of that library, and must be made of its functions; results have the law, not the bits, that NumPy's have. JAX
        compiles the steps between two records. That values are finite is checked when these have been taken; of the
        looks there are those before the first step, and those at growth in what is recorded.
    device : str, optional
        Where another library runs: "gpu" or "cuda:1", for example. Default: where it does by itself.
    store : str or path, optional
        A folder for `x`, `values`, `value`, `best` and `best_value`, which are written chunk by chunk, and come back as
        arrays that are mapped into memory. The same call goes on with a run that stopped, even one that was killed:
        chunks that ended are not run again, and the result has the same bits. Made if there is none.

    Returns
    -------
    Run

    Raises
    ------
    TypeError, ValueError
        Naming the argument, the value and the condition. Also if the objective is not one function: if two evaluations
        of a point differ, at once or later (set ``fresh = True`` on it if that is meant), or depend on the other points
        of the batch; if it draws samples, but the method keeps values from step to step; and if it, or the method,
        cannot be sent to the processes of an `executor`. For a `store` that holds another run or anything else, or is
        damaged, in use, or from a newer version (`zotheory.storage.database.Refused`): it is left as it is.
    ModuleNotFoundError
        If the library of the `backend` is not installed.
    ObjectiveError
        If the objective raises or returns the wrong shape, NaN, an infinity or something not real. Whatever
        ends a run, Ctrl-C too, carries what was computed so far as ``partial``, a `Run`.
    zotheory.sweeps.Died, zotheory.sweeps.Unusable
        If a chunk ended three processes, or an `executor` broke, or its workers have other versions.

    Warns
    -----
    ObjectiveWarning
        If a function is called point by point, if values grow by many orders, and if they do not differ at all.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 20)
    >>> result = zo.run(zo.gld_search(R=3.0, r=1e-3), f, steps=1000, replicas=10, seed=1)
    >>> result.values.shape, bool((result.value - f.f_star < 1e-3).all())
    ((101, 10), True)
    """
    setting = Setting.of(method, problem, x0=x0, vectorised=vectorised, nonfinite=nonfinite)
    plan = moved(Replicas.of(setting, steps, record, seed, replicas), backend, device, executor)
    with opened(executor, len(plan.chunks)) as workers:
        if workers is not None:
            plan.require_sendable()
        if store is None:
            return gather(plan, Outputs(plan.total, len(setting.start), plan.recorded), workers)
        if seed is None:
            raise ValueError("seed must not be None with a store: a run that stopped could never be gone on with")
        from zotheory.storage.folder import Folder  # which other runs need not load

        with Folder(store, plan) as folder:
            return gather(plan, folder, workers)

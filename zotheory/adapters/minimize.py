"""Minimise a function, told nothing else: `minimize(f, x0, budget=...)`, with the habits of `scipy.optimize`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from math import inf, log2
from time import monotonic
from typing import Any

import numpy as np

from zotheory import require
from zotheory.adapters.evaluating import Counted, one_by_one, together
from zotheory.adapters.search import Search, going_on
from zotheory.adapters.walk import Minimum, Walk, called_as_scipy_does
from zotheory.kinds import shown
from zotheory.methods import Method, distance_over_gradients, relative_loss_ranked
from zotheory.oracles import is_fresh, is_stochastic
from zotheory.quantities import real_number
from zotheory.require import POSITIVE
from zotheory.setting import require_function
from zotheory.streams import Seed
from zotheory.sweeps import opened

REAL = real_number()
EACH = 1000  # evaluations for each variable, where no budget is given


def default(d: int) -> Method:
    """What `minimize` runs unless it is told otherwise: ranked relative loss, whose first step is of length 1.

    More variables take more comparisons: the steps of the mean are then smaller, and losses change less from one trial
    to the next.
    """
    return relative_loss_ranked(alpha=1.0, kept=max(3, 1 + round(log2(d))))


def default_with_noise(d: int) -> Method:
    """What `minimize` runs where values have noise: distance over gradients, which looks a length of 1 ahead and back.

    That length falls from d steps on, as t^(-1/6), so that there is some bias at any time, and in the end none.
    """
    return distance_over_gradients(delta=partial(narrowing, d=d), reach=0.1)


def narrowing(t: int, *, d: int) -> float:
    """Smoothing radius of step t."""
    return float((1 + (t - 1) / d) ** (-1 / 6) / d**0.5)


def minimize(
    f: Callable[..., Any],
    x0: Any = None,
    *,
    budget: int | None = None,
    method: Method | None = None,
    args: Any = (),
    noisy: bool | None = None,
    bounds: Any = None,
    outside: str | None = None,
    scale: Any = None,
    rng: Seed = None,
    target: float | None = None,
    max_steps: int | None = None,
    max_time: float | None = None,
    xtol: float | None = None,
    callback: Callable[..., Any] | None = None,
    vectorised: bool = False,
    executor: Executor | int | None = None,
    nonfinite: str | None = None,
    start: Search | None = None,
    disp: bool | int = False,
) -> Minimum:
    """Minimise f from x0: by comparisons of values alone, unless they have noise or another method is given.

    Parameters
    ----------
    f : callable
        A point (d,) -> its value, a number: ``f(x, *args)``. With `vectorised`, points (k, d) -> values (k,).
    x0 : array_like (d,)
        Where to start. Default: the ``x0`` of f, which problems of this package have.
    budget : int, optional
        Evaluations that the run may take, never one more. Default: 1000 for each variable.
    method : Method, optional
        For example ``zo.gld_search(R=3.0, r=1e-3)``. Default: `relative_loss_ranked`; with noise
        `distance_over_gradients`.
    noisy : bool, optional
        Whether two values of a point may differ. Default: as f says by ``f.fresh``; else no.
    args : tuple
        Further arguments of f.
    bounds : scipy.optimize.Bounds, or d pairs (low, high), optional
        None where there is none. f is evaluated within bounds only.
    outside : "reflect" or "project", optional
        How the points that the method asks for outside come into bounds: mirrored at them, or moved to the nearest
        point within, which meets minima on a bound exactly (`zotheory.adapters.box`). Default: "reflect".
    scale : float or array (d,), optional
        Lengths of x that the method takes for 1, so how far the default steps at first: a rough guess, which is
        mended on the way. Rounded to powers of two. Default: half the width where there are two bounds, else 1.
    rng : int, SeedSequence, Generator or None
        The same seed gives the same run, bit for bit; None draws one from the operating system.
    target : float, optional
        Stop as soon as a value is no higher; with noise a lucky one will do.
    max_steps : int, optional
        Stop after so many steps of the method.
    max_time : float, optional
        Stop after so many seconds; an evaluation that has begun is waited for.
    xtol : float, optional
        Stop when steps are shorter, in units of `scale`; for methods that remember a radius, as the default does, but
        not that for noise.
    callback : callable, optional
        Called after every step, as SciPy does it: ``callback(intermediate_result)`` if its argument has this name,
        with ``x``, ``fun``, ``nfev``, ``nit``; else ``callback(x)``. StopIteration ends the run. With noise x is what
        the method would return now, and fun NaN, as no value is spent there.
    vectorised : bool
        Whether f takes all points that a step asks for at once.
    executor : int or concurrent.futures.Executor, optional
        Evaluates the points that a step asks for beside each other, in as many processes. The default method asks for
        one point at a time: take `gld_search`, for one, to make use of it.
    nonfinite : "worst" or "error", optional
        Whether NaN and +inf are worse than any number, which is the default for methods that only compare, or errors,
        which they always are for others, such as that for noise.
    start : Search, optional
        The ``state`` of an earlier result, to go on from, in the place of x0, method, noisy, bounds, outside, scale,
        rng and nonfinite: two runs of which the second goes on from the first are one, to the bit.
    disp : bool or int
        Whether to print how it ended; whole numbers but 0 are True, as with SciPy.

    Returns
    -------
    scipy.optimize.OptimizeResult
        ``x`` and ``fun``: the lowest point that was evaluated, and its value; with noise what the method
        returns, and one value there. ``success``: whether a target or xtol was reached, or the run
        came to its planned end where none was given; never if fun is not finite. ``status`` and ``message``: 0
        target, 1 budget, 2 steps, 3 time, 4 xtol, 99 callback. ``nfev``, ``nit``: evaluations, steps. ``state``: where
        it stands, for `start`.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and the condition; also for a problem that draws samples, which `run` takes.
    ObjectiveError
        If f returns something that is not one real number for each point, or not finite where it must be; if it raises
        StopIteration; or if it seems to be unbounded below.
    Exception
        Whatever f or the callback raises, and KeyboardInterrupt: all have the result so far as ``partial``, with x and
        fun as a callback sees them.

    Warns
    -----
    ObjectiveWarning
        If f gives one point two different values, and nobody said ``noisy=True``: then the lowest value is a lucky one.

    Notes
    -----
    Cost: the first point is evaluated once more, unless ``f.fresh``, to find noise that nobody told of. A method that
    returns a mean of points has one evaluation spent on it at the end.

    Examples
    --------
    >>> import zotheory as zo
    >>> def f(x):
    ...     return (x[0] - 1) ** 2 + 10 * (x[1] - x[0] ** 2) ** 2
    >>> result = zo.minimize(f, [0.0, 0.0], budget=2000, target=1e-8, rng=1)
    >>> result.message, bool(abs(result.x - 1).max() < 1e-3)
    ('The target is reached.', True)
    """
    if not isinstance(vectorised, bool):
        raise TypeError(f"vectorised must be True or False, got {shown(vectorised)}")
    if not isinstance(disp, bool | np.bool_ | int | np.integer):
        raise TypeError(f"disp must be True, False or a whole number, got {shown(disp)}")
    if not isinstance(noisy, bool | None):
        raise TypeError(f"noisy must be True, False or None, got {shown(noisy)}")
    if start is None:
        noisy = is_fresh(f) if noisy is None else noisy
        usual = default_with_noise if noisy else default
        search = Search.begun(
            getattr(f, "x0", None) if x0 is None else x0,
            method=usual if method is None else lambda d: method,
            noisy=noisy,
            bounds=bounds,
            outside=outside,
            scale=scale,
            rng=rng,
            nonfinite=nonfinite,
        )
    else:
        given = {"x0": x0, "method": method, "noisy": noisy, "bounds": bounds, "outside": outside, "scale": scale}
        search = going_on(start, **given, rng=rng, nonfinite=nonfinite)
    more = args if isinstance(args, tuple) else (args,)
    require_objective(f, search, more, vectorised=vectorised)
    if xtol is not None:
        search.require_radius(POSITIVE.scalar("xtol", xtol))
    counted = Counted(
        budget=EACH * len(search.x) if budget is None else require.count("budget", budget),
        target=None if target is None else REAL.scalar("target", target),
        until=inf if max_time is None else monotonic() + POSITIVE.scalar("max_time", max_time),
    )
    walk = Walk(
        search,
        counted,
        told=None if callback is None else called_as_scipy_does(callback, search.x),
        steps=inf if max_steps is None else require.count("max_steps", max_steps),
        xtol=0.0 if xtol is None else POSITIVE.scalar("xtol", xtol),
        planned=target is None and xtol is None,
    )
    with opened(executor) as workers:
        value = partial(with_more, f, more) if more else f
        counted.values = together(value) if vectorised else one_by_one(value, workers)
        try:
            found = walk.whole()
        except BaseException as error:
            with suppress(AttributeError):  # of an exception without room for it
                error.partial = walk.broken_off(error)  # type: ignore[attr-defined]
            raise
    if disp:
        which = "value" if search.noisy else "lowest value"
        print(f"{found.message}\n  {which} {found.fun:g} after {found.nfev} evaluations in {found.nit} steps")
    return found


def with_more(f: Callable[..., Any], more: tuple[Any, ...], x: np.ndarray) -> Any:
    """f(x, *more)."""
    return f(x, *more)


def require_objective(f: Any, search: Search, more: tuple[Any, ...], *, vectorised: bool) -> None:
    """f can be called as it will be, and is no problem that draws samples.

    Raises
    ------
    TypeError, ValueError
    """
    if is_stochastic(f):
        raise ValueError(f"f must not draw samples: zotheory.run takes such problems, got {shown(f)}")
    if vectorised:
        require_function("f", f, "points (k, d)", search.x[None], *more)
    else:
        require_function("f", f, "a point (d,)", search.x, *more)

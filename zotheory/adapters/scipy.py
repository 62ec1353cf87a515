"""Methods for `scipy.optimize.minimize`: ``minimize(f, x0, method=zo.scipy_method("relative_loss", radius=0.1))``."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import Any

import numpy as np
from scipy.optimize import OptimizeWarning

from zotheory.adapters.minimize import minimize
from zotheory.adapters.walk import Minimum
from zotheory.kinds import shown
from zotheory.methods import METHODS, Method
from zotheory.require import POSITIVE, count
from zotheory.setting import require_method
from zotheory.streams import seed_sequence

OPTIONS = {
    "rng",
    "target",
    "max_time",
    "xtol",
    "scale",
    "noisy",
    "outside",
    "nonfinite",
    "disp",
}  # as `minimize` calls them, too


def scipy_method(method: str | Method | None = None, **parameters: Any) -> Callable[..., Minimum]:
    """Return what `scipy.optimize.minimize` takes as its `method`.

    Parameters
    ----------
    method : str, Method or None
        The name of one of `zo.METHODS`, with its parameters; or a method that is made already. None: the default of
        `zo.minimize`.
    **parameters
        Of the method, as its constructor takes them.

    Returns
    -------
    callable
        Takes what `scipy.optimize.minimize` hands on: ``args``, ``bounds``, ``callback``, and of ``options`` `maxfev`
        (never exceeded), `maxiter` (steps), `seed` or `rng`, `target`, `max_time`, `xtol`, `scale`, `noisy`,
        `outside`, `nonfinite` and `disp`, which mean what they do in `zo.minimize`; `tol` is `xtol`. Of other options
        it warns, as SciPy does, and of derivatives, which it does not use.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and the condition; from the callable, also for constraints.

    Examples
    --------
    >>> import scipy.optimize
    >>> import zotheory as zo
    >>> method = zo.scipy_method("relative_loss", radius=zo.radii.one_fifth(1.0))
    >>> options = {"maxfev": 5000, "seed": 1}
    >>> result = scipy.optimize.minimize(scipy.optimize.rosen, [0.0, 0.0], method=method, options=options)
    >>> bool(result.fun < 1e-3), result.nfev
    (True, 5000)
    """
    return Solver(chosen(method, parameters))


def chosen(method: Any, parameters: dict[str, Any]) -> Method | None:
    """Return the method of this name, with these parameters."""
    if isinstance(method, str):
        if method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, got {shown(method)}")
        constructor: Any = METHODS[method]
        require_no_options(parameters.keys() - signature(constructor).parameters.keys())
        return constructor(**parameters)
    require_no_options(parameters)
    if parameters:
        raise TypeError(f"parameters must be given with the name of a method, got {', '.join(parameters)} alone")
    if method is not None:
        require_method(method)
    return method


def require_no_options(parameters: Iterable[str]) -> None:
    """None of these belongs to the options of `scipy.optimize.minimize`; TypeError if one does."""
    for name in sorted(OPTIONS.union(("maxfev", "maxiter", "seed")).intersection(parameters)):
        raise TypeError(f"{name} must be given in the options of scipy.optimize.minimize, got {name} of scipy_method")


def without_memory(fun: Callable[..., Any], jac: Any) -> Callable[..., Any]:
    """Return fun as its author has it: with ``jac=True`` SciPy hands on one with a memory, which hides noise.

    What is handed on has it as `fun`, and the derivative as a method.
    """
    if getattr(jac, "__self__", None) is fun and type(fun).__module__.startswith("scipy."):
        return partial(first, fun.fun)
    return fun


def first(fun: Callable[..., Any], x: np.ndarray, *args: Any) -> Any:
    """The value, of a function that returns value and derivative."""
    return fun(x, *args)[0]


def is_empty(constraints: Any) -> bool:
    """Whether there are none, as SciPy has it: None, or what holds none."""
    return constraints is None or (isinstance(constraints, Sized) and not len(constraints))


@dataclass(frozen=True)
class Solver:
    """What SciPy calls."""

    method: Method | None

    def __call__(
        self,
        fun: Callable[..., Any],
        x0: Any,
        args: Any = (),
        *,
        jac: Any = None,
        hess: Any = None,
        hessp: Any = None,
        bounds: Any = None,
        constraints: Any = (),
        callback: Callable[..., Any] | None = None,
        tol: float | None = None,
        maxiter: int | None = None,
        **options: Any,
    ) -> Minimum:
        """Minimise, as `scipy_method` says."""
        for name, given in (("jac", jac), ("hess", hess), ("hessp", hessp)):
            if given is not None:
                warnings.warn(f"Method zotheory does not use derivatives ({name}).", RuntimeWarning, stacklevel=3)
        if not is_empty(constraints):
            raise ValueError(f"constraints must be empty, got {shown(constraints)}: bounds alone can be kept")
        if "seed" in options and "rng" in options:
            raise ValueError("seed and rng must not both be given: they are the same")
        known = {name: options.pop(name) for name in OPTIONS & options.keys()}
        if "seed" in options:
            known["rng"] = seed_sequence(options.pop("seed"), "seed")
        if tol is not None:
            known.setdefault("xtol", POSITIVE.scalar("tol", tol))
        budget, steps = (
            None if given is None else count(name, given)
            for name, given in (("maxfev", options.pop("maxfev", None)), ("maxiter", maxiter))
        )
        if options:
            warnings.warn(f"Unknown solver options: {', '.join(sorted(options))}", OptimizeWarning, stacklevel=3)
        more = {"args": args, "bounds": bounds, "callback": callback, "budget": budget, "max_steps": steps}
        return minimize(without_memory(fun, jac), x0, method=self.method, **more, **known)

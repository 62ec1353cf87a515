"""Methods for `scipy.optimize.minimize`: ``minimize(f, x0, method=zo.scipy_method("relative_loss", radius=0.1))``."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import OptimizeResult, OptimizeWarning

from zotheory.adapters.minimize import minimize
from zotheory.kinds import shown
from zotheory.methods import METHODS, Method
from zotheory.setting import require_method

OPTIONS = {  # of SciPy's methods -> what they are here
    "maxfev": "budget",
    "seed": "rng",
    "rng": "rng",
    "target": "target",
    "max_time": "max_time",
    "xtol": "xtol",
    "scale": "scale",
    "noisy": "noisy",
    "outside": "outside",
    "nonfinite": "nonfinite",
    "disp": "disp",
}


def scipy_method(method: str | Method | None = None, **parameters: Any) -> Callable[..., OptimizeResult]:
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
        return constructor(**parameters)
    if parameters:
        raise TypeError(f"parameters must be given with the name of a method, got {', '.join(parameters)} alone")
    if method is not None:
        require_method(method)
    return method


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
    ) -> OptimizeResult:
        """Minimise, as `scipy_method` says."""
        for name, given in (("jac", jac), ("hess", hess), ("hessp", hessp)):
            if given is not None:
                warnings.warn(f"Method zotheory does not use derivatives ({name}).", RuntimeWarning, stacklevel=3)
        if np.size(constraints):
            raise ValueError(f"constraints must be empty, got {shown(constraints)}: bounds alone can be kept")
        unknown = sorted(options.keys() - OPTIONS.keys())
        if unknown:
            warnings.warn(f"Unknown solver options: {', '.join(unknown)}", OptimizeWarning, stacklevel=3)
        if "seed" in options and "rng" in options:
            raise ValueError("seed and rng must not both be given: they are the same")
        known = {OPTIONS[name]: value for name, value in options.items() if name in OPTIONS}
        if tol is not None:
            known.setdefault("xtol", tol)
        return minimize(
            fun, x0, method=self.method, args=args, bounds=bounds, callback=callback, max_steps=maxiter, **known
        )

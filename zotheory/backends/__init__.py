"""Array libraries beside NumPy that `zotheory.run` can run on, and their sources of random numbers.

`backend="jax"` compiles the steps between two records as one `jax.lax.scan`; `backend="torch"` takes them one by one.
Both hand the shipped `init`, `draw` and `step` arrays of their own, on a device of their own, in double precision, and
draw from their library's own generator: the same seed, shapes, library and device give the same bits, and results have
the law that NumPy's have. Nothing of either library is imported before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from zotheory.backends.library import Library
from zotheory.extras import asked_of
from zotheory.kinds import choose, shown
from zotheory.replicas import Replicas

BACKENDS = ("numpy", "jax", "torch")  # those beside NumPy are extras of the same names


def moved(plan: Replicas, backend: Any, device: Any, executor: Any) -> Replicas:
    """Return the same runs on another library; on NumPy as they are.

    Raises
    ------
    ValueError, ModuleNotFoundError
        As `find`; for what runs on NumPy alone, reduced coordinates and functions of one point; and for an executor: a
        device is one, and what forks a process leaves it behind.
    """
    library = find(backend, device)
    if library is None:
        return plan
    if executor is not None:
        raise ValueError(f"executor must be None with backend={backend!r}, got {shown(executor)}")
    from zotheory.backends.running import on_library

    return on_library(plan, library)


def find(backend: Any, device: Any = None) -> Library | None:
    """Return the library of this name, set to a device; None for NumPy.

    Raises
    ------
    ValueError
        Unless it is one of `BACKENDS`, and the device one of its own; NumPy has none.
    ModuleNotFoundError
        Where it is not installed, saying how to.
    """
    name = choose("backend", backend, BACKENDS)
    if name == "numpy":
        if device is not None:
            raise ValueError(f"device must be None with backend='numpy', got {shown(device)}")
        return None
    with asked_of(name, f"backend={name!r}"):
        module = import_module(f"zotheory.backends.{name}")
    return module.library(device)

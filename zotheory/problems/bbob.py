"""The 24 noiseless functions of BBOB, the black-box optimization benchmark of the COCO platform.

Needs the extra ``bbob``: ``python -m pip install coco-experiment``.

Source: Hansen, Finck, Ros, Auger, "Real-parameter black-box optimization benchmarking 2009: noiseless functions
definitions", INRIA RR-6829; evaluated by the authors' own code (`coco-experiment`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np

from zotheory.arguments import checked
from zotheory.extras import asked_of
from zotheory.geometry import norm
from zotheory.kinds import namespace
from zotheory.quantities import whole


@checked
@dataclass(frozen=True, eq=False)
class Bbob:
    """BBOB function `number` in dimension d, from x0 = (1, ..., 1)/sqrt(d).

    Parameters
    ----------
    number : int, 1 to 24
    d : int, 2 to 40
        The compiled code stops the interpreter on rotated functions in dimension 100; 40 is the largest of its own.
    instance : int, at least 1
        Of the random rotation and shift.

    Raises
    ------
    ModuleNotFoundError
        On first evaluation without `coco-experiment`.

    Notes
    -----
    None of the functions is known to be smooth and strongly convex with given constants: L0, L1, mu and Q are None.
    """

    number: Annotated[int, whole(1, 24)]
    d: Annotated[int, whole(2, 40)]
    instance: Annotated[int, whole(1, 2**31 - 1)] = 1

    L0 = None
    L1 = None
    mu = None
    Q = None
    radius = None

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: not the compiled function, which each process makes for itself."""
        return {name: value for name, value in vars(self).items() if name != "_compiled"}

    @cached_property
    def _compiled(self) -> Any:
        with asked_of("bbob", "BBOB"):
            from cocoex import BareProblem
        return BareProblem("bbob", self.number, self.d, self.instance)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """f at points (..., d) of NumPy: compiled code takes no other."""
        if namespace(x) is not np:
            raise TypeError(f"the functions of BBOB take arrays of NumPy (backend='numpy'), got {type(x).__name__}")
        rows = np.ascontiguousarray(np.reshape(x, (-1, self.d)), dtype=float)
        return np.reshape(np.asarray(self._compiled(rows)), np.shape(x)[:-1])

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return np.full(self.d, 1 / np.sqrt(self.d))

    @cached_property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return np.array(self._compiled.best_parameter())

    @cached_property
    def f_star(self) -> float:  # noqa: D102
        return float(self._compiled.best_value())

    @property
    def R(self) -> float:  # noqa: D102
        return float(norm(self.x0 - self.minimiser))

"""Test problems that know their constants, and can prove them.

Every problem is callable on points (..., d) and states

    d              dimension
    x0             a start, (d,)
    minimiser      (d,), over the domain
    f_star         value there
    L0             Lipschitz constant of f on the domain; for a stochastic problem sup over it of sqrt(E |grad F|^2)
    L1             Lipschitz constant of the gradient; for a stochastic problem sqrt(E L1(F(.; X))^2)
    mu             strong convexity (0: convex only)
    Q              condition number, as GLD defines it: invariant under strictly increasing transforms
    R              |x0 - minimiser|
    radius         of the domain, a ball about the origin; None: all of R^d

None stands for "no such constant". `tests/test_problems.py` checks each one by means of its own. The instances that
experiments run on, by name and in any dimension, are in `zotheory.problems.instances`; data that networks are trained
on, in `zotheory.problems.datasets`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from zotheory.problems.embedded import Embedded, Perturbed, cliffs, square_wave
from zotheory.problems.least_squares import LeastSquares, cell_nuclei
from zotheory.problems.linear import NoisyLinear, tight_linear
from zotheory.problems.logistic import Logistic, breast_cancer
from zotheory.problems.norms import Norm
from zotheory.problems.quadratic import Quadratic, block_quadratic, golovin_family, hard_instance, random_rotation
from zotheory.problems.signs import SignLinear
from zotheory.problems.smooth import HalfSquare
from zotheory.problems.transforms import Increasing
from zotheory.problems.two_samples import Bent, Targets
from zotheory.problems.wavy import Wavy
from zotheory.problems.worst import Cup, Slope

if TYPE_CHECKING:
    from zotheory.problems import datasets

MODULES = ("datasets",)  # which are read when they are first asked for

__all__ = [
    "Bent",
    "Cup",
    "Embedded",
    "HalfSquare",
    "Increasing",
    "LeastSquares",
    "Logistic",
    "NoisyLinear",
    "Norm",
    "Perturbed",
    "Quadratic",
    "SignLinear",
    "Slope",
    "Targets",
    "Wavy",
    "block_quadratic",
    "breast_cancer",
    "cell_nuclei",
    "cliffs",
    "datasets",
    "golovin_family",
    "hard_instance",
    "random_rotation",
    "square_wave",
    "tight_linear",
]


if not TYPE_CHECKING:  # which would take any name for one of this module

    def __getattr__(name: str) -> object:
        """Import a module when it is asked for; the import system keeps it here."""
        if name in MODULES:
            return import_module(f"zotheory.problems.{name}")
        raise AttributeError(f"module 'zotheory.problems' has no attribute {name!r}")

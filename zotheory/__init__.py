"""zotheory: run, prove, measure and refute statements about gradient-free optimization.

>>> import zotheory as zo
>>> f = zo.problems.golovin_family(1, 8, 20)
>>> zo.run(zo.gld_search(R=3.0, r=1e-3), f, steps=50, seed=1).calls
651
"""

from typing import Any

from zotheory import directions, estimators, geometry, oracles, problems, radii
from zotheory.methods import (
    METHODS,
    Method,
    accelerated_random_search,
    double_smoothing,
    gld_fast,
    gld_search,
    random_gradient_free,
    relative_loss,
    three_point,
    two_point,
)
from zotheory.run import Run, generator, iterate, run

__all__ = [
    "METHODS",
    "Method",
    "Run",
    "accelerated_random_search",
    "directions",
    "double_smoothing",
    "estimators",
    "generator",
    "geometry",
    "gld_fast",
    "gld_search",
    "iterate",
    "oracles",
    "problems",
    "radii",
    "random_gradient_free",
    "relative_loss",
    "run",
    "three_point",
    "two_point",
]


def __getattr__(name: str) -> Any:
    """Look the version up when it is asked for: reading package metadata would slow the import."""
    if name != "__version__":
        raise AttributeError(f"module 'zotheory' has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("zotheory")
    except PackageNotFoundError:  # a source tree that is not installed
        return "0+unknown"

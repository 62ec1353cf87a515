"""zotheory: run, derive, measure and refute statements about gradient-free optimization.

>>> import zotheory as zo
>>> f = zo.problems.golovin_family(1, 8, 20)
>>> zo.run(zo.gld_search(R=3.0, r=1e-3), f, steps=50, seed=1).calls
674

A statement of your own is a `Claim`; `verify` measures claims against their bounds; `torch` is for PyTorch.
Each name is read when it is first asked for: a program that asks for none, such as one that only looks for plugins,
does not even load NumPy.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zotheory import claims, directions, estimators, exact, geometry, oracles, problems, quantities, radii, reduced
    from zotheory.adapters import torch as torch  # not in `__all__`: not everyone has it
    from zotheory.adapters.asking import AskTell
    from zotheory.adapters.minimize import minimize
    from zotheory.adapters.scipy import scipy_method
    from zotheory.adapters.walk import Minimum
    from zotheory.border import bound
    from zotheory.evidence.claim import Claim, Experiment
    from zotheory.evidence.findings import Report
    from zotheory.evidence.observations import Always, AtLeast, Frequency, Mean, Quantile, Value
    from zotheory.evidence.verdicts import verify
    from zotheory.large import LargeRun, run_large
    from zotheory.looks import ObjectiveWarning
    from zotheory.loop import iterate, run
    from zotheory.methods import METHODS, Method
    from zotheory.methods.accelerated_random_search import accelerated_random_search
    from zotheory.methods.adaptive_monte_carlo import adaptive_monte_carlo
    from zotheory.methods.augmented_random_search import augmented_random_search
    from zotheory.methods.distance_over_gradients import distance_over_gradients
    from zotheory.methods.double_smoothing import double_smoothing
    from zotheory.methods.gld_fast import gld_fast
    from zotheory.methods.gld_search import gld_search
    from zotheory.methods.random_gradient_free import random_gradient_free
    from zotheory.methods.relative_loss import relative_loss
    from zotheory.methods.relative_loss_ranked import relative_loss_ranked
    from zotheory.methods.relative_loss_trial import relative_loss_trial
    from zotheory.methods.rso import rso
    from zotheory.methods.three_point import three_point
    from zotheory.methods.two_point import two_point
    from zotheory.objective import ObjectiveError
    from zotheory.recording import Run
    from zotheory.streams import generator
    from zotheory.summary import Summary, summarise

    __version__: str

LATER = {  # where these names stand
    **dict.fromkeys(
        (
            "METHODS",
            "Method",
            "accelerated_random_search",
            "adaptive_monte_carlo",
            "augmented_random_search",
            "distance_over_gradients",
            "double_smoothing",
            "gld_fast",
            "gld_search",
            "random_gradient_free",
            "relative_loss",
            "relative_loss_ranked",
            "relative_loss_trial",
            "rso",
            "three_point",
            "two_point",
        ),
        "zotheory.methods",
    ),
    "ObjectiveWarning": "zotheory.looks",
    "ObjectiveError": "zotheory.objective",
    "Run": "zotheory.recording",
    **dict.fromkeys(("iterate", "run"), "zotheory.loop"),
    "generator": "zotheory.streams",
    **dict.fromkeys(("Claim", "Experiment"), "zotheory.evidence.claim"),
    **dict.fromkeys(("Always", "AtLeast", "Frequency", "Mean", "Quantile", "Value"), "zotheory.evidence.observations"),
    "Report": "zotheory.evidence.findings",
    "verify": "zotheory.evidence.verdicts",
    "bound": "zotheory.border",
    **dict.fromkeys(("LargeRun", "run_large"), "zotheory.large"),
    **dict.fromkeys(("Summary", "summarise"), "zotheory.summary"),
    "AskTell": "zotheory.adapters.asking",
    "Minimum": "zotheory.adapters.walk",
    "minimize": "zotheory.adapters.minimize",
    "scipy_method": "zotheory.adapters.scipy",
}

__all__ = [
    "METHODS",
    "Always",
    "AskTell",
    "AtLeast",
    "Claim",
    "Experiment",
    "Frequency",
    "LargeRun",
    "Mean",
    "Method",
    "Minimum",
    "ObjectiveError",
    "ObjectiveWarning",
    "Quantile",
    "Report",
    "Run",
    "Summary",
    "Value",
    "accelerated_random_search",
    "adaptive_monte_carlo",
    "augmented_random_search",
    "bound",
    "claims",
    "directions",
    "distance_over_gradients",
    "double_smoothing",
    "estimators",
    "exact",
    "generator",
    "geometry",
    "gld_fast",
    "gld_search",
    "iterate",
    "minimize",
    "oracles",
    "problems",
    "quantities",
    "radii",
    "random_gradient_free",
    "reduced",
    "relative_loss",
    "relative_loss_ranked",
    "relative_loss_trial",
    "rso",
    "run",
    "run_large",
    "scipy_method",
    "summarise",
    "three_point",
    "two_point",
    "verify",
]


if not TYPE_CHECKING:  # which would take any name for one of this module

    def __getattr__(name: str) -> Any:
        """Import a name, or a module of this package, when it is asked for, and keep it."""
        if name in LATER:
            found = getattr(import_module(LATER[name]), name)
        elif name == "torch":
            found = import_module("zotheory.adapters.torch")
        elif name == "__version__":
            found = _version()
        elif not name.startswith("_") and find_spec(f"{__name__}.{name}") is not None:
            found = import_module(f"{__name__}.{name}")
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("zotheory")
    except PackageNotFoundError:  # a source tree that is not installed
        return "0+unknown"

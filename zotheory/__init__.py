"""zotheory: run, derive, measure and refute statements about gradient-free optimization.

>>> import zotheory as zo
>>> f = zo.problems.golovin_family(1, 8, 20)
>>> zo.run(zo.gld_search(R=3.0, r=1e-3), f, steps=50, seed=1).calls
674

A statement of your own is a `Claim`; `verify` measures claims against their bounds. These names, `summarise`,
`run_large`, `minimize`, `bound`, `reduced` and `claims` are read when they are first asked for, and so is `torch`, the
optimizer for PyTorch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from zotheory import directions, estimators, geometry, oracles, problems, radii
from zotheory.looks import ObjectiveWarning
from zotheory.methods import (
    METHODS,
    Method,
    accelerated_random_search,
    adaptive_monte_carlo,
    augmented_random_search,
    double_smoothing,
    gld_fast,
    gld_search,
    random_gradient_free,
    relative_loss,
    relative_loss_trial,
    rso,
    three_point,
    two_point,
)
from zotheory.objective import ObjectiveError
from zotheory.recording import Run
from zotheory.run import iterate, run
from zotheory.streams import generator

if TYPE_CHECKING:
    from zotheory import claims, exact, quantities, reduced
    from zotheory.adapters.asking import AskTell
    from zotheory.adapters.minimize import minimize
    from zotheory.adapters.scipy import scipy_method
    from zotheory.border import bound
    from zotheory.evidence.claim import Claim, Experiment
    from zotheory.evidence.findings import Report
    from zotheory.evidence.observations import Always, AtLeast, Frequency, Mean, Quantile, Value
    from zotheory.evidence.verdicts import verify
    from zotheory.large import LargeRun, run_large
    from zotheory.summary import Summary, summarise

LATER = {  # where these names stand: reading them now would slow the import
    **dict.fromkeys(("Claim", "Experiment"), "zotheory.evidence.claim"),
    **dict.fromkeys(("Always", "AtLeast", "Frequency", "Mean", "Quantile", "Value"), "zotheory.evidence.observations"),
    "Report": "zotheory.evidence.findings",
    "verify": "zotheory.evidence.verdicts",
    "bound": "zotheory.border",
    **dict.fromkeys(("LargeRun", "run_large"), "zotheory.large"),
    **dict.fromkeys(("Summary", "summarise"), "zotheory.summary"),
    "AskTell": "zotheory.adapters.asking",
    "minimize": "zotheory.adapters.minimize",
    "scipy_method": "zotheory.adapters.scipy",
}
MODULES = {name: f"zotheory.{name}" for name in ("claims", "exact", "quantities", "reduced")}
MODULES["torch"] = "zotheory.adapters.torch"

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


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for, and keep it."""
    if name in LATER:
        found = getattr(import_module(LATER[name]), name)
    elif name in MODULES:
        found = import_module(MODULES[name])
    elif name == "__version__":
        found = _version()
    else:
        raise AttributeError(f"module 'zotheory' has no attribute {name!r}")
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

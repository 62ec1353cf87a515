"""Methods: one file each, `init`, `draw`, `step`, as in the paper.

`draw(rng, state, ...)` makes everything random that a step uses. `step(f, state, u, ...)` is deterministic, mutates
nothing, assigns to no index and works on arrays (..., d) with any leading batch axes: floats, replicas, reduced
coordinates, SymPy symbols. It asks f for a point of each run, (*batch, d), or for several, (*batch, ..., d).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.protocols import Source
from zotheory.quantities import whole

Calls = Annotated[int, whole(0)]


@checked
@dataclass(frozen=True)
class Method:
    """A method with its hyper-parameters bound: what `zotheory.run` runs.

    Attributes
    ----------
    name : str
    init : callable ``(f, x0) -> state``
    draw : callable ``(rng, state, d) -> u``; `d` is the dimension, also where the state lives in reduced coordinates
    step : callable ``(f, state, u) -> state``
    output : callable ``state -> point (..., d)``, what the method returns
    calls : (at the start, per step) evaluations of the objective
    vectors : names of the state's fields that live in R^d
    selects : whether a step keeps at most one of its candidates, each moved by its own direction
    draws : directions that a step draws and uses together (1 where it selects)
    value : callable ``state -> f at the output (...)``, if the state keeps it; a stochastic problem is then refused
    compares : whether f enters by comparisons alone, and a point is left for none that is higher
    domain : of the points, in words; f may be evaluated outside it, but the output lies in it
    directions : the `vectors` that are directions; the others are points
    """

    such_as: ClassVar[str] = "zo.gld_search(R=3.0, r=1e-3)"

    name: str
    init: Callable[[Callable[[Array], Array], Array], Any]
    draw: Callable[[Source, Any, int], Array]
    step: Callable[[Callable[[Array], Array], Any, Array], Any]
    output: Callable[[Any], Array]
    calls: tuple[Calls, Calls]
    vectors: tuple[str, ...]
    selects: bool = False
    draws: Annotated[int, whole(1)] = 1
    value: Callable[[Any], Array] | None = None
    compares: bool = False
    domain: str = "R^d"
    directions: tuple[str, ...] = ()

    def __repr__(self) -> str:
        first, step = self.calls
        return f"<Method {self.name}: evaluations {first} at the start, {step} a step>"


from zotheory.methods.accelerated_random_search import accelerated_random_search  # noqa: E402
from zotheory.methods.adaptive_monte_carlo import adaptive_monte_carlo  # noqa: E402
from zotheory.methods.augmented_random_search import augmented_random_search  # noqa: E402
from zotheory.methods.distance_over_gradients import distance_over_gradients  # noqa: E402
from zotheory.methods.double_smoothing import double_smoothing  # noqa: E402
from zotheory.methods.gld_fast import gld_fast  # noqa: E402
from zotheory.methods.gld_search import gld_search  # noqa: E402
from zotheory.methods.random_gradient_free import random_gradient_free  # noqa: E402
from zotheory.methods.relative_loss import relative_loss  # noqa: E402
from zotheory.methods.relative_loss_ranked import relative_loss_ranked  # noqa: E402
from zotheory.methods.relative_loss_trial import relative_loss_trial  # noqa: E402
from zotheory.methods.rso import rso  # noqa: E402
from zotheory.methods.three_point import three_point  # noqa: E402
from zotheory.methods.two_point import two_point  # noqa: E402

METHODS: dict[str, Callable[..., Method]] = {
    "gld_search": gld_search,
    "gld_fast": gld_fast,
    "two_point": two_point,
    "double_smoothing": double_smoothing,
    "random_gradient_free": random_gradient_free,
    "accelerated_random_search": accelerated_random_search,
    "three_point": three_point,
    "relative_loss": relative_loss,
    "relative_loss_ranked": relative_loss_ranked,
    "relative_loss_trial": relative_loss_trial,
    "augmented_random_search": augmented_random_search,
    "rso": rso,
    "adaptive_monte_carlo": adaptive_monte_carlo,
    "distance_over_gradients": distance_over_gradients,
}

__all__ = [
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
]

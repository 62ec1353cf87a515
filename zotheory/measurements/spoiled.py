"""Methods with a mistake in them: what verification must refute, and derivations must not go through for.

Mistakes in a step are functions in its place, ``(f, state, u, **hyper-parameters) -> state``; mistakes in the rule of
the radius are functions Radius -> Radius. `spoiled` puts them into a method.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import ceil
from typing import Any

import numpy as np

from zotheory import estimators
from zotheory.elementary import Array
from zotheory.methods import Method
from zotheory.methods.accelerated_random_search import step as accelerated_step
from zotheory.methods.gld_search import State as SearchState
from zotheory.methods.gld_search import step as search_step
from zotheory.methods.relative_loss import step as relative_step
from zotheory.methods.rso import step as coordinate_step
from zotheory.radii import Radius
from zotheory.values import argmin

Step = Callable[..., Any]


def spoiled(method: Method, step: Step | None = None, draw: Callable[..., Any] | None = None, **changes: Any) -> Method:
    """Return the method with another step or draw, or other hyper-parameters.

    Parameters
    ----------
    method : Method
    step, draw : callable, optional
        In place of the method's own; each is handed the hyper-parameters of the one it replaces.
    **changes : hyper-parameters, each of whichever of `init`, `draw` and `step` takes it

    Raises
    ------
    TypeError
        For a hyper-parameter that the method does not have.
    """
    parts = {name: getattr(method, name) for name in ("init", "draw", "step")}
    for name, value in changes.items():
        if not any(name in _keywords(part) for part in parts.values()):
            raise TypeError(f"{method.name} has no hyper-parameter {name!r}")
        for where, part in parts.items():
            if name in _keywords(part):
                parts[where] = partial(part, **{name: value})
    for where, other in (("step", step), ("draw", draw)):
        if other is not None:
            keywords = _keywords(parts[where])
            parts[where] = partial(other, **keywords) if keywords else other
    calls = (method.calls[0], len(changes["radii"])) if "radii" in changes else method.calls
    return replace(method, **parts, calls=calls)


def _keywords(part: Any) -> dict[str, Any]:
    return getattr(part, "keywords", {})


# --- any method whose steps have a size h(t) -------------------------------------------------------------------------


def ascending(method: Method) -> Method:
    """Step along the estimate, not against it (a sign error)."""
    return replace(method, step=partial(_uphill, step=method.step))


def _uphill(f: Any, state: Any, u: Array, *, step: Step) -> Any:
    return step(lambda x: -f(x), state, u)


def same_direction(f: Any, x: Array, u: Array, delta: Array) -> Array:
    """All pairs take the first direction (averaging lost)."""
    return estimators.two_point(f, x, u[..., 0, :], delta)


# --- sample and keep: gld_search, gld_fast ---------------------------------------------------------------------------


def worst_candidate(f: Any, state: Any, v: Array) -> Any:
    """Keep the worst candidate (a sign error)."""
    y = state.x[..., None, :] + v
    x, lowest = argmin(y, -f(y))
    return _moved(state, x, -lowest)


def any_candidate(f: Any, state: Any, v: Array) -> Any:
    """Take every displacement, compare nothing (not monotone)."""
    x = state.x + v.sum(axis=-2)
    return _moved(state, x, f(x))


def clearly_lower_candidate(f: Any, state: Any, v: Array) -> Any:
    """Keep a candidate only if it is lower by 0.01: values enter, not comparisons alone."""
    best = search_step(f, SearchState(state.x, state.fx), v)
    enough = best.fx < state.fx - 0.01
    return _moved(state, np.where(enough[..., None], best.x, state.x), np.where(enough, best.fx, state.fx))


def _moved(state: Any, x: Array, fx: Array) -> Any:
    after = state._replace(x=x, fx=fx)
    return after._replace(t=state.t + 1) if hasattr(state, "t") else after


def natural_log_radii(R: float, r: float) -> np.ndarray:
    """Read the logarithm in the number of radii as natural: too few to reach r."""
    return R * 2.0 ** -np.arange(int(np.ceil(np.log(R / r))) + 1)


def natural_log_radii_around(R: float, Q: float) -> np.ndarray:
    """Read the logarithm in the number of radii as natural: too few on both sides of R."""
    K = ceil(np.log(4 * np.sqrt(Q)))
    return R * 2.0 ** -np.arange(-K, K + 1)


def along_the_axis(method: Method) -> Method:
    """Step along the first axis, known in advance: the law is not symmetric."""

    def draw(rng: Any, state: Any, d: int) -> Array:
        v = method.draw(rng, state, d)
        return np.linalg.norm(v, axis=-1, keepdims=True) * np.where(np.arange(v.shape[-1]) == 0, -1.0, 0.0)

    return replace(method, draw=draw)


# --- relative loss ---------------------------------------------------------------------------------------------------


def keep_the_higher(f: Any, state: Any, move: Any, **hyper: Any) -> Any:
    """Move where the loss is higher (a sign error)."""
    after = relative_step(lambda x: -f(x), state._replace(fx=-state.fx), move, **hyper)
    return after._replace(fx=-after.fx)


def keep_the_highest(f: Any, state: Any, move: Any, **hyper: Any) -> Any:
    """Keep the value of a coordinate whose loss is highest (a sign error)."""
    return coordinate_step(lambda x: -f(x), state, move, **hyper)


def accept_anything(f: Any, state: Any, move: Any, **hyper: Any) -> Any:
    """Take every step, compare nothing (not monotone)."""
    return relative_step(f, state._replace(fx=state.fx + np.inf), move, **hyper)


def clearly_lower(f: Any, state: Any, move: Any, **hyper: Any) -> Any:
    """Move only if the loss is lower by 0.01: values enter, not comparisons alone."""
    after = relative_step(f, state._replace(fx=state.fx - 0.01), move, **hyper)
    moved = np.any(after.x != state.x, axis=-1)
    return after._replace(fx=np.where(moved, after.fx, state.fx))


def unchanged(radius: Radius) -> Radius:
    """Leave the radius as it is."""
    return replace(radius, after=lambda alpha, accepted: alpha)


def inverted(radius: Radius) -> Radius:
    """Grow where the rule shrinks, up to 1e100."""
    return replace(radius, after=lambda alpha, accepted: np.minimum(radius.after(alpha, ~accepted), 1e100))


def three_fifths(radius: Radius) -> Radius:
    """Aim at three accepted steps of five: divide by growth^(3/2), not growth^(1/4), where one is rejected.

    Down to 1e-100.
    """

    def after(alpha: Array, accepted: Array) -> Array:
        return np.maximum(alpha * (radius.after(alpha, accepted) / alpha) ** np.where(accepted, 1, 6), 1e-100)

    return replace(radius, after=after)


# --- accelerated random search ---------------------------------------------------------------------------------------


def climbing(f: Any, state: Any, u: Array, **hyper: Any) -> Any:
    """Move the second sequence along the estimate, the first against it (a sign error)."""
    new, still = accelerated_step(f, state, u, **hyper), accelerated_step(f, state, 0 * u, **hyper)
    return new._replace(v=2 * still.v - new.v)


def lost_power(f: Any, state: Any, u: Array, *, h: Any, theta: Any, **rest: Any) -> Any:
    """Take theta = h/4: a power of the dimension lost."""
    return accelerated_step(f, state, u, h=h, theta=h / 4, **rest)

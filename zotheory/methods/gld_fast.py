"""GLD-Fast: search a short range of scales, and halve it as the run goes on.

Source: Golovin, Karro, Kochanski, Lee, Song, Zhang, "Gradientless Descent: High-Dimensional Zeroth-Order
Optimization", ICLR 2020 (arXiv:1911.06317), algorithm GLD-Fast:

    K = log(4 sqrt(Q)),   H = n Q log(Q)
    for t = 1..T:
        if t = 0 mod H:  R <- R/2
        for k = -K..K:  r_k = 2^-k R,  v_k ~ r_k D
        x_t = argmin of f over {x_{t-1}} and {x_{t-1} + v_k : k}

Notation: x point; v displacement; R the scale that is halved; Q a bound of the condition number; 2K + 1 radii. The
paper's n is our d.

Departures from the print, and why
- log is base 2 and K = ceil(log2(4 sqrt(Q))), as in GLD-Search.
- D is an isotropic law times an explicit `scale`, as in GLD-Search.
- R and H are arguments. The print starts R at the diameter of the domain, but a step needs the radius 3|x - x*|/(5Q),
  so the analysis starts it at diameter/Q; the print's H has no constant. `zotheory.theorems.gld_fast` has both forms:
  `printed` and, with what the analysis supports, `prescribed`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil, log2, sqrt
from operator import attrgetter
from typing import Annotated, Any, NamedTuple

import numpy as np

from zotheory.arguments import checked
from zotheory.directions import Law, ball
from zotheory.elementary import Array
from zotheory.methods import Method
from zotheory.methods.gld_search import Largest, Scale
from zotheory.methods.gld_search import State as SearchState
from zotheory.methods.gld_search import draw as search_draw
from zotheory.methods.gld_search import step as search_step
from zotheory.protocols import Source
from zotheory.quantities import at_least, whole

Guess = Annotated[float, at_least(1)]


class State(NamedTuple):
    """Point x (..., d), its value fx (...), and t, the number of the next step, from 1."""

    x: Array
    fx: Array
    t: int


@checked
def radii(R: Largest, Q: Guess) -> np.ndarray:
    """r_k = 2^-k R for k = -K..K, K = ceil(log2(4 sqrt(Q))).

    Raises
    ------
    OverflowError
        If the largest of them is no double.
    """
    K = ceil(log2(4 * sqrt(Q)))
    if log2(R) + K >= 1024:
        raise OverflowError(f"R must leave 4 sqrt(Q) R representable in double precision, got R = {R} and Q = {Q}")
    return np.ldexp(float(R), -np.arange(-K, K + 1))


def init(f: Callable[[Array], Array], x0: Array) -> State:
    """Start at x0. Cost: 1 evaluation."""
    return State(x0, f(x0), 1)


def draw(rng: Source, state: Any, d: int, *, radii: np.ndarray, H: int, law: Law, scale: float | None) -> Array:
    """v_k ~ r_k D for every k, R halved once every H steps: array (..., 2K+1, d)."""
    halved = radii * 2.0 ** -(state.t // H)
    return search_draw(rng, state, d, radii=halved, law=law, scale=scale)


def step(f: Callable[[Array], Array], state: State, v: Array) -> State:
    """x_t = argmin of f over {x_{t-1}} and {x_{t-1} + v_k : k}. Cost: 2K+1 evaluations."""
    x, fx = search_step(f, SearchState(state.x, state.fx), v)
    return State(x, fx, state.t + 1)


@checked
def gld_fast(
    *, R: Largest, Q: Guess, H: Annotated[int, whole(1)], law: Law = ball, scale: Scale | None = None
) -> Method:
    """GLD-Fast with radii from 4 sqrt(Q) R down to R/(4 sqrt(Q)), R halved at every H-th step.

    Parameters
    ----------
    R : float
        Middle radius at the start, > 0, in units of x.
    Q : float
        Bound of the condition number, >= 1.
    H : int
        Steps of an epoch, >= 1.
    law : Law
        Isotropic law of directions.
    scale : float, optional
        As in `gld_search`.

    Returns
    -------
    Method
        Cost: 1 evaluation, then 2K+1 a step, K = ceil(log2(4 sqrt(Q))).

    Raises
    ------
    OverflowError
        If 4 sqrt(Q) R is no double.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 10)
    >>> result = zo.run(zo.gld_fast(R=0.4, Q=8, H=300), f, steps=3000, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-4)
    True
    """
    grid = radii(R, Q)
    return Method(
        name="gld_fast",
        init=init,
        draw=partial(draw, radii=grid, H=H, law=law, scale=scale),
        step=step,
        output=attrgetter("x"),
        calls=(1, len(grid)),
        vectors=("x",),
        selects=True,
        value=attrgetter("fx"),
        compares=True,
    )

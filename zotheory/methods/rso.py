"""RSO: change one coordinate at a time; of three values of it, keep that whose loss is lowest on a mini-batch.

Source: Tripathi, Singh, "RSO: a gradient free sampling based approach for training deep neural networks"
(arXiv:2005.05955), as the code that its authors released does it. Step k works on coordinate i = order[k mod d], in
cycle e = floor(k/d) of E, on a fresh mini-batch X that three values share:

    s    = s_i (a + (1 - a) (E - e)/E),   Delta ~ N(0, s^2)
    w_0  = (1 - decay) x_i
    x_i  = argmin of F(x with w in the place of x_i; X) over w in {w_0, w_0 + Delta, w_0 - Delta}

Ties keep w_0. Without decay it is the step of three points (`zotheory.methods.three_point`) along an axis.

Notation: x all weights in one vector; s_i `deviations`, a `least`, E `cycles`. The authors go through the layers of a
network from its output to its input, so that the inputs of a layer are computed once for all of its weights, and s_i is
the standard deviation that the weights of a layer are initialised with. What the layers are x does not say: `order` and
`deviations` do. After E cycles, where their code stops, s stays at a s_i.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Annotated, NamedTuple

import numpy as np

from zotheory.annotations import shape
from zotheory.arguments import checked
from zotheory.elementary import Array, minimum
from zotheory.kinds import namespace, unwrapping
from zotheory.libraries import taken
from zotheory.methods import Method
from zotheory.protocols import Source
from zotheory.quantities import Length, at_most, below, nonnegative, positive, whole
from zotheory.values import along, argmin, replaced


class State(NamedTuple):
    """Point x (..., d) and k, the number of steps so far."""

    x: Array
    k: int


class Move(NamedTuple):
    """Coordinate i, the same for all replicas, and Delta (...)."""

    i: int
    delta: Array


def init(f: Callable[[Array], Array], x0: Array, *, lengths: dict[str, int]) -> State:
    """Start at x0, if arrays of these `lengths` belong to its coordinates. Cost: 0 evaluations."""
    for name, length in lengths.items():
        if length != x0.shape[-1]:
            raise ValueError(f"{name} must be as long as x0, d = {x0.shape[-1]}, got length {length}")
    return State(x0, 0)


def annealed(e: Array, *, cycles: int, least: float) -> Array:
    """What s_i is multiplied by in cycle e = 0, 1, ...: 1 at first, `least` from e = `cycles` on."""
    return least + (1 - least) * (cycles - minimum(e, cycles)) / cycles


def draw(
    rng: Source,
    state: State,
    d: int,
    *,
    deviations: np.ndarray | float,
    order: np.ndarray | None,
    cycles: int,
    least: float,
) -> Move:
    """The coordinate of step k, and Delta."""
    e, i = divmod(state.k, d)
    if order is not None:
        i = unwrapping(taken(order, i))
    s = taken(deviations, i) if isinstance(deviations, np.ndarray) else deviations
    s = unwrapping(s * annealed(e, cycles=cycles, least=least))
    return Move(i, s * rng.standard_normal(tuple(state.x.shape[:-1])))


def step(f: Callable[[Array], Array], state: State, move: Move, *, decay: Array = 0) -> State:
    """Keep the best of w_0, w_0 + Delta and w_0 - Delta. Cost: 3 evaluations."""
    x, k = state
    i, delta = move
    w = (1 - decay) * x[..., i]
    w = namespace(x).stack([w, w + delta, w - delta], axis=-1)
    best, _ = argmin(w[..., None], along(f, x, i, w))
    return State(replaced(x, i, best)[..., 0, :], k + 1)


@checked
def rso(
    *,
    deviations: Annotated[float, positive(Length)] | Annotated[np.ndarray, shape("d"), positive(Length)],
    cycles: Annotated[int, whole(1)],
    order: Annotated[np.ndarray, shape("d"), whole(0)] | None = None,
    least: Annotated[float, positive(), at_most(lambda: 1, "1")] = 0.1,
    decay: Annotated[float, nonnegative(), below(lambda: 1, "1")] = 1e-4,
) -> Method:
    """Random search optimization, one coordinate after the other.

    Parameters
    ----------
    deviations : float or array (d,)
        s_i: standard deviation of the first changes of coordinate i, in units of x; one number is that of all.
    cycles : int
        E: times that every coordinate is visited while the deviations fall. A run of E cycles has E d steps.
    order : array (d,), optional
        The coordinates in the order of the steps of a cycle, each once. Default: 0, 1, ..., d - 1. The authors': those
        of the last layer first.
    least : float
        a, the fraction of the deviations that is left in the end, 0 < a <= 1; 1: they do not fall.
    decay : float
        Part of coordinate i that its step takes away before it compares, whatever that does to the loss, 0 <= decay
        < 1; 0: no weight decay, and a step never raises the loss of its own mini-batch.

    Returns
    -------
    Method
        Cost: 3 evaluations a step, of which an objective with a method ``along`` makes less work
        (`zotheory.values.along`). It prefers the axes, so there are no reduced coordinates for it. f enters by
        comparisons alone, but decay may move a point to where f is higher, or has no value.

    Raises
    ------
    TypeError, ValueError
        If the order is not one of 0..d - 1; at the start of a run, if an array does not fit x0.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 10)
    >>> result = zo.run(zo.rso(deviations=0.5, cycles=40), f, steps=400, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-2), result.calls - result.looks
    (True, 1200)
    """
    if order is not None:
        if not np.array_equal(np.sort(order), np.arange(len(order))):
            raise ValueError(f"order must hold each of 0..{len(order) - 1} once, got {order}")
        order = order.astype(int)
    arrays = {"deviations": deviations, "order": order}
    lengths = {name: len(each) for name, each in arrays.items() if isinstance(each, np.ndarray)}
    return Method(
        name="rso",
        init=partial(init, lengths=lengths),
        draw=partial(draw, deviations=deviations, order=order, cycles=cycles, least=least),
        step=partial(step, decay=decay),
        output=attrgetter("x"),
        calls=(0, 3),
        vectors=("x",),
        compares=True,
    )

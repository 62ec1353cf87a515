"""Relative-loss descent online: the point here and a point nearby carry their memories side by side, and one goes on.

Source: this project.

    F(x_t; m_t, X_t) = loss on the next window, from memory m_t to memory m'
    F(y_t; m_t, X_t) = loss on the same window with y_t = x_t + sigma_t (u_t + b_t), from m_t to memory n'
    x_{t+1}, m_{t+1} = y_t, n' if F(y_t) < F(x_t), else x_t, m'

The step is that of `zotheory.methods.relative_loss`, as it is; a window is its mini-batch. Nothing is propagated back,
and nothing is kept of a window that is over but the memory at its end. What m_t was made by are the points before: it
lags behind x_t, as the claims `relative_loss_online` say. Where windows are whole sequences this is relative-loss
descent.

Notation: as in `relative_loss`; m memory, whatever the evaluations of a problem carry from one to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Annotated, Any, NamedTuple, Protocol

from zotheory.arguments import checked
from zotheory.directions import Law, sphere
from zotheory.elementary import Array
from zotheory.kinds import namespace
from zotheory.methods import Method
from zotheory.methods.relative_loss import State as Alone
from zotheory.methods.relative_loss import Ties, accepted, draw
from zotheory.methods.relative_loss import init as alone
from zotheory.methods.relative_loss import step as compare
from zotheory.quantities import below, nonnegative, positive
from zotheory.radii import Radius, Rule, as_radius
from zotheory.values import where


class Carrying(Protocol):
    """An objective whose evaluations carry something on."""

    def carry(self, x: Array, memory: Any, /) -> tuple[Array, Any]:
        """Values (...) at points (..., d) from a memory, arrays (..., *) in tuples; and the memory afterwards."""


class State(NamedTuple):
    """What `relative_loss` remembers, and the memory that belongs to its point."""

    x: Array
    fx: Array
    b: Array
    alpha: Array
    t: int
    memory: Any


def init(f: Carrying, x0: Array, *, radius: Radius, empty: Callable[[Array], Any]) -> State:
    """Start at x0 with an empty memory. Cost: none."""
    first = alone(f, x0, radius=radius, cached=False)  # type: ignore[arg-type]
    try:
        return State(*first, empty(x0))
    except Exception as error:
        error.add_note("raised by the function empty in empty(x0)")
        raise


def step(f: Carrying, state: State, move: Any, *, ties: Ties = "stay", **options: Any) -> State:
    """Move, and take over the memory, if the loss of the window is lower there. Cost: 2 evaluations of a window."""
    memories = []
    values = []

    def window(x: Array) -> Array:
        value, memory = f.carry(x, state.memory)
        values.append(value)
        memories.append(memory)
        return value

    after = compare(window, Alone(*state[:-1]), move, cached=False, ties=ties, **options)
    here, there = memories
    return State(*after, chosen(accepted(values[1], values[0], ties), there, here))


def chosen(condition: Array, x: Any, y: Any) -> Any:
    """x where the condition (...) holds, else y: arrays (..., *), or tuples of them."""
    if isinstance(x, tuple):
        return type(x)(*map(partial(chosen, condition), x, y))
    batch = getattr(condition, "shape", ())
    if batch:
        condition = namespace(condition).reshape(condition, (*batch, *(1,) * (x.ndim - len(batch))))
    return where(condition, x, y)


@checked
def relative_loss_online(
    *,
    radius: Rule,
    empty: Callable[[Array], Any],
    beta: Annotated[float, nonnegative(), below(lambda: 1, "1")] = 0.0,
    gain: Annotated[float, positive()] = 1.0,
    clip: Annotated[float, positive()] = 1.0,
    law: Law = sphere,
    ties: Ties = "stay",
) -> Method:
    """Relative-loss descent on a problem whose evaluations carry a memory from window to window.

    Parameters
    ----------
    radius, beta, gain, clip, law, ties
        As in `relative_loss`.
    empty : callable ``x0 (..., d) -> memory``
        What is carried at the start: that of the problem, such as `zotheory.problems.networks.Sequences.empty`.

    Returns
    -------
    Method
        Cost: 2 evaluations of a window a step.

    Examples
    --------
    >>> import zotheory as zo
    >>> from zotheory.methods.relative_loss_online import relative_loss_online
    >>> from zotheory.problems.networks import Lstm, Sequences
    >>> from zotheory.problems.networks.tasks import Adding
    >>> problem = Sequences(Lstm(2, 4, 1), Adding(20, running=True), batch=16, window=5)
    >>> method = relative_loss_online(radius=zo.radii.one_fifth(0.5), empty=problem.empty)
    >>> result = zo.run(method, problem, steps=400, seed=1)
    >>> bool(result.values[-1] < 0.7 * problem(problem.x0)), result.calls - result.looks
    (True, 800)
    """
    rule = as_radius(radius)
    return Method(
        name="relative_loss_online",
        init=partial(init, radius=rule, empty=empty),
        draw=partial(draw, law=law, radius=rule),
        step=partial(step, beta=beta, gain=gain, clip=clip, radius=rule, ties=ties),
        output=attrgetter("x"),
        calls=(0, 2),
        vectors=("x", "b"),
        directions=("b",),
        compares=True,
    )

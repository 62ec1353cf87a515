"""The LSTM: a recurrent network whose cells keep what their gates let in, for as long as these let it stay.

    i, f, o = sigmoid, g = tanh  of  inputs_t W + h_{t-1} U + b     (in this order, a quarter each)
    c_t = f c_{t-1} + i g
    h_t = o tanh(c_t)
    outputs_t = h_t V + a

Source: Hochreiter, Schmidhuber, Neural Computation 9, 1997, with the forget gate of Gers, Schmidhuber, Cummins, Neural
Computation 12, 2000; no peepholes. The offset of the forget gate starts at 1 (Jozefowicz, Zaremba, Sutskever 2015).

Inputs are (..., n, time, features), or whole numbers (..., n, time), which choose a row of W each. A window is run from
a memory to a memory, and its losses are added up on the way: nothing is kept of a time step when the next one has come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import namespace
from zotheory.libraries import scanned
from zotheory.problems.networks.layers import dense, embedded, is_whole, sigmoid, tanh
from zotheory.problems.networks.parameters import Parameters, first_deviation, require_count
from zotheory.quantities import Size, real_number
from zotheory.streams import Seed, generator


class Memory(NamedTuple):
    """What is remembered of a sequence: outputs h and contents c of the cells, both (..., n, units)."""

    h: Array
    c: Array


def cell(parts: dict[str, Array], memory: Memory, inputs: Array) -> Memory:
    """One time step, for inputs (..., n, features) or whole numbers (..., n)."""
    seen = embedded(inputs, parts["W"]) if is_whole(inputs) else dense(inputs, parts["W"])
    sums = dense(memory.h, parts["U"], parts["b"]) + seen
    units = memory.h.shape[-1]
    i, f, o, g = (sums[..., k * units : (k + 1) * units] for k in range(4))
    c = sigmoid(f) * memory.c + sigmoid(i) * tanh(g)
    return Memory(sigmoid(o) * tanh(c), c)


def read(parts: dict[str, Array], memory: Memory) -> Array:
    """Outputs (..., n, outputs) of a time step."""
    return dense(memory.h, parts["V"], parts["a"])


@checked
@dataclass(frozen=True, eq=False)
class Lstm:
    """A layer of LSTM cells with a linear read-out.

    Parameters
    ----------
    inputs : features of a time step, or symbols that there are
    units : cells
    outputs : numbers read out at every time step
    forget : offset of the forget gate at the start
    """

    inputs: Size
    units: Size
    outputs: Size
    forget: Annotated[float, real_number()] = 1.0

    def __post_init__(self) -> None:
        require_count("inputs, units and outputs", self.parameters)

    @property
    def parameters(self) -> Parameters:
        """W (inputs, 4 units), U (units, 4 units), b (4 units,), V (units, outputs), a (outputs,)."""
        sums = 4 * self.units
        return Parameters({
            "W": (self.inputs, sums), "U": (self.units, sums), "b": (sums,),
            "V": (self.units, self.outputs), "a": (self.outputs,),
        })  # fmt: skip

    def start(self, seed: Seed) -> np.ndarray:
        """First parameters (p,): weights of variance 1/inputs of a unit, offsets 0 but for `forget`."""
        shapes = self.parameters.shapes
        scales = self.parameters.each({name: first_deviation(shapes[name], 1.0) for name in ("W", "U", "V")})
        x = scales * generator(seed).standard_normal(self.parameters.count)
        first = self.parameters.slices["b"].start + self.units
        x[first : first + self.units] = self.forget
        return x

    def empty(self, x: Array, n: int) -> Memory:
        """The memory before a sequence begins: zeros, for n sequences at parameters x (..., p)."""
        xp = namespace(x)
        zero = xp.broadcast_to(x[..., :1, None] * 0, (*x.shape[:-1], n, self.units))
        return Memory(zero, zero)

    def __call__(self, x: Array, inputs: Array) -> Array:
        """Outputs (..., n, time, outputs) of whole sequences, from an empty memory."""
        return self.window(x, inputs)[0]

    def window(self, x: Array, inputs: Array, memory: Memory | None = None) -> tuple[Array, Memory]:
        """Outputs (..., n, time, outputs) of a window, and the memory at its end."""
        parts = self.parameters.split(x)

        def step(memory: Memory, inputs: Array) -> tuple[Memory, Array]:
            memory = cell(parts, memory, inputs)
            return memory, read(parts, memory)

        first = memory if memory is not None else self.empty(x, _n(inputs))
        last, outputs = scanned(step, first, by_time(inputs))
        return namespace(x).moveaxis(outputs, 0, -2), last

    def losses(
        self, x: Array, memory: Memory, inputs: Array, targets: Array, weights: Array,
        loss: Callable[[Array, Array], Array],
    ) -> tuple[Array, Memory]:  # fmt: skip
        """Sum over the time steps of a window of weight times loss, and the memory at its end.

        Parameters
        ----------
        x : array (..., p)
        memory : at the beginning of the window
        inputs : array (..., n, time, features), or whole numbers (..., n, time)
        targets : array like inputs
        weights : array (time,)
        loss : callable ``(outputs (..., n, outputs), targets of a time step) -> (...)``
        """
        parts = self.parameters.split(x)

        def step(so_far: tuple[Memory, Array], now: tuple[Array, Array, Array]) -> tuple[Any, None]:
            (memory, total), (inputs, targets, weight) = so_far, now
            memory = cell(parts, memory, inputs)
            return (memory, total + weight * loss(read(parts, memory), targets)), None

        shown = (by_time(inputs), by_time(targets), weights)
        (memory, total), _ = scanned(step, (memory, x[..., 0] * 0), shown)
        return total, memory


def by_time(values: Array) -> Array:
    """(..., n, time, features) or whole numbers (..., n, time), with time as the first axis."""
    return namespace(values).moveaxis(values, -1 if is_whole(values) else -2, 0)


def _n(inputs: Array) -> int:
    return int(inputs.shape[-2 if is_whole(inputs) else -3])

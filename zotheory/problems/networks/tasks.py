"""What recurrent networks are asked to remember: the adding problem, the copying memory problem, characters of a text.

A task shows any window of a sequence. What the sequence is about, its theme, is drawn when it begins and carried along
with it; what else there is to see is drawn with each window. So a sequence of any length is never held as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, Protocol

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import LARGEST, namespace
from zotheory.libraries import device, taken
from zotheory.problems.networks.layers import cross_entropy, require_labels, squared_error
from zotheory.protocols import Generator
from zotheory.quantities import Size, whole

SYMBOLS, COPIED = 8, 10  # of the copying memory problem: symbols, and how many are to be copied


class Shown(NamedTuple):
    """A window: inputs and targets (..., n, time, features), or whole numbers (..., n, time), and weights (time,)."""

    inputs: Array
    targets: Array
    weights: Array


class Task(Protocol):
    """Sequences of one length, each about a theme."""

    @property
    def length(self) -> int:
        """Time steps of a sequence."""

    @property
    def inputs(self) -> int:
        """Features of a time step, or symbols that there are."""

    @property
    def outputs(self) -> int:
        """Numbers that a network is to give."""

    @property
    def late(self) -> bool:
        """Whether there is nothing to compare before the last time step."""

    def theme(self, rng: Generator, shape: tuple[int, ...]) -> Array:
        """What sequences are about: (*shape, k)."""

    def fresh(self, rng: Generator, shape: tuple[int, ...], window: int) -> Array:
        """What else a window needs: (*shape, j), j = 0 for nothing."""

    def show(self, theme: Array, fresh: Array, place: Array, window: int) -> Shown:
        """The windows that begin at time steps `place` (..., n), from 0."""

    def loss(self, outputs: Array, targets: Array) -> Array:
        """Mean over n of the loss in one time step: (...)."""


def times(place: Array, window: int) -> Array:
    """The time steps (..., n, window) of windows that begin at time steps `place` (..., n)."""
    return place[..., None] + namespace(place).arange(window, device=device(place))


def ones(like: Array, window: int) -> Array:
    """Weights (window,) that are all alike, in the precision of `like`."""
    return namespace(like).ones((window,), dtype=like.dtype, device=device(like))


@checked
@dataclass(frozen=True, eq=False)
class Adding:
    """The adding problem: of a sequence of numbers uniform on [0, 1), add the two that are marked.

    Hochreiter, Schmidhuber 1997, section 5.4, in the version of Arjovsky, Shah, Bengio (ICML 2016, section 4.2 and
    their code): one mark in either half, anywhere in it with equal chances; squared error at the last time step. The
    mean of the sum has `blind`, its variance, 1/6.

    Parameters
    ----------
    length : int
        Time steps, 2 at least.
    running : bool
        Whether the sum so far is asked for at every time step instead: a departure of ours, so that every window has
        something to compare. `blind` is the mean of its variances.
    """

    length: Annotated[int, whole(2, LARGEST)]
    running: bool = False

    inputs = 2
    outputs = 1

    @property
    def blind(self) -> float:
        """Squared error of the mean of what is asked for."""
        half, t = self.length // 2, np.arange(self.length)[0 if self.running else -1 :]
        seen = np.minimum((t + 1) / half, 1), np.maximum((t + 1 - half) / (self.length - half), 0)  # chances of marks
        return float(np.mean(sum(p / 3 - p**2 / 4 for p in seen)))

    @property
    def late(self) -> bool:
        """Unless the sum so far is asked for."""
        return not self.running

    def theme(self, rng: Generator, shape: tuple[int, ...]) -> Array:
        """When and which: two marked time steps and the numbers there, (*shape, 4)."""
        half = self.length // 2
        first = rng.integers(0, half, (*shape, 1))
        second = rng.integers(half, self.length, (*shape, 1))
        numbers = rng.random((*shape, 2))
        xp = namespace(numbers)
        return xp.concat([*(xp.astype(mark, numbers.dtype) for mark in (first, second)), numbers], axis=-1)

    def fresh(self, rng: Generator, shape: tuple[int, ...], window: int) -> Array:
        """The numbers that nobody asks for, (*shape, window)."""
        return rng.random((*shape, window))

    def show(self, theme: Array, fresh: Array, place: Array, window: int) -> Shown:
        """Features: the number, and 1 where it is marked, else 0."""
        xp = namespace(fresh)
        now = xp.astype(times(place, window), fresh.dtype)
        first, second, one, other = (theme[..., k : k + 1] for k in range(4))
        numbers = xp.where(now == first, one, xp.where(now == second, other, fresh))
        marked = xp.astype((now == first) | (now == second), fresh.dtype)
        inputs = xp.stack([numbers, marked], axis=-1)
        if self.running:
            sums = xp.where(now >= first, one, 0 * one) + xp.where(now >= second, other, 0 * other)
            return Shown(inputs, sums[..., None], ones(fresh, window))
        sums = xp.broadcast_to(one + other, numbers.shape)
        last = xp.arange(window, device=device(fresh)) == self.length - 1
        return Shown(inputs, sums[..., None], xp.astype(last, fresh.dtype))

    def loss(self, outputs: Array, targets: Array) -> Array:
        """Squared error."""
        return squared_error(outputs, targets)


@checked
@dataclass(frozen=True, eq=False)
class Copying:
    """The copying memory problem: ten symbols are shown, and are to be said again after a delay.

    Hochreiter, Schmidhuber 1997, in the version of Arjovsky, Shah, Bengio (ICML 2016, section 4.1 and their code): ten
    of eight symbols, then blanks for delay - 1 time steps, a delimiter, and ten blanks; the answer is a blank in the
    first delay + 10 time steps, and then the ten symbols. Cross-entropy, the mean over all delay + 20 time steps.
    Without a memory 10 log(8)/(delay + 20) is best: `blind`.

    Parameters
    ----------
    delay : int
        T in the paper.
    """

    delay: Size

    inputs = SYMBOLS + 2
    outputs = SYMBOLS + 1
    late = False

    @property
    def length(self) -> int:
        """Time steps."""
        return self.delay + 2 * COPIED

    @property
    def blind(self) -> float:
        """The least loss without a memory, in nats."""
        return COPIED * float(np.log(SYMBOLS)) / self.length

    def theme(self, rng: Generator, shape: tuple[int, ...]) -> Array:
        """The symbols to copy, (*shape, 10)."""
        return rng.integers(0, SYMBOLS, (*shape, COPIED))

    def fresh(self, rng: Generator, shape: tuple[int, ...], window: int) -> Array:
        """Nothing."""
        return rng.random((*shape, 0))

    def show(self, theme: Array, fresh: Array, place: Array, window: int) -> Shown:
        """Symbols 0..7, the blank 8 and the delimiter 9."""
        xp, now = namespace(theme), times(place, window)

        def at(first: int) -> Array:
            return xp.take_along_axis(theme, xp.clip(now - first, 0, COPIED - 1), axis=-1)

        answer = self.delay + COPIED
        silence = SYMBOLS + xp.astype(now == answer - 1, theme.dtype)
        inputs = xp.where(now < COPIED, at(0), silence)
        return Shown(inputs, xp.where(now >= answer, at(answer), SYMBOLS), ones(fresh, window))

    def loss(self, outputs: Array, targets: Array) -> Array:
        """Cross-entropy in nats."""
        return cross_entropy(outputs, targets)


@checked
@dataclass(frozen=True, eq=False)
class Characters:
    """Foretell each character of a text from those before it.

    Parameters
    ----------
    codes : array (N,) of whole numbers
        The text, each character a number of 0..symbols - 1.
    symbols : int
    length : int
        Time steps of a sequence, which begins anywhere in the text.
    """

    codes: Any = field(repr=False)
    symbols: Size
    length: Size

    late = False

    def __post_init__(self) -> None:
        require_labels("codes", self.codes, self.symbols)
        if self.codes.ndim != 1 or len(self.codes) <= self.length:
            raise ValueError(
                f"codes must be a text of more than length = {self.length} characters, got shape {self.codes.shape}"
            )

    @property
    def inputs(self) -> int:
        """Symbols."""
        return self.symbols

    @property
    def outputs(self) -> int:
        """Logits of the symbols."""
        return self.symbols

    def theme(self, rng: Generator, shape: tuple[int, ...]) -> Array:
        """Where in the text it begins, (*shape, 1)."""
        return rng.integers(0, len(self.codes) - self.length, (*shape, 1))

    def fresh(self, rng: Generator, shape: tuple[int, ...], window: int) -> Array:
        """Nothing."""
        return rng.random((*shape, 0))

    def show(self, theme: Array, fresh: Array, place: Array, window: int) -> Shown:
        """Characters, and the next ones as targets."""
        seen = taken(self.codes, theme + times(place, window + 1))
        return Shown(seen[..., :-1], seen[..., 1:], ones(fresh, window))

    def loss(self, outputs: Array, targets: Array) -> Array:
        """Cross-entropy in nats."""
        return cross_entropy(outputs, targets)

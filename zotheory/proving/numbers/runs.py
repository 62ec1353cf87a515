"""Runs of the shipped code on numbers of 30 digits, on draws that are given, or asked for one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import mpmath
import numpy as np

from zotheory import directions
from zotheory.arguments import taking_symbols
from zotheory.kernel import terms as of
from zotheory.kernel.definitions import SHIPPED
from zotheory.proving.numbers.arithmetic import MP, Skipped, Undefined, vector
from zotheory.proving.numbers.quadrature import Named, drawn
from zotheory.values import beside

STEPS = 12  # of a run

Values = Callable[[Any], Any]  # of terms


class Missing(Exception):
    """A draw that a sequence of draws does not have yet."""

    def __init__(self, sequence: Drawn, key: Any, law: Any) -> None:
        self.sequence, self.key, self.law = sequence, key, law


class Drawn:
    """All that a run draws, or u(0), u(1), ... of independent copies of a law; made as it is asked for.

    With a generator, draws are random, and stay what they are. Without one, `Missing` is raised for those not `known`.
    """

    def __init__(self, known: Mapping[Any, Any], rng: Random | None = None, law: Any = None) -> None:
        self.known, self.rng, self.law = dict(known), rng, law

    def get(self, key: Any, law: Any) -> Any:
        """Return a draw from a law."""
        if key not in self.known:
            if self.rng is None:
                raise Missing(self, key, law)
            self.known[key] = drawn(law, self.rng)
        return self.known[key]

    def __call__(self, n: Any) -> Any:
        """Return u(n)."""
        return self.get(int(n), self.law)


class Source:
    """What `draw` of a method asks for directions, in the place of a random generator."""

    def __init__(self, omega: Drawn, step: int) -> None:
        self.omega, self.step, self.count = omega, step, 0

    def of(self, law: Any, shape: tuple[int, ...]) -> Any:
        """Return the next draw of a step, or an array of draws."""
        if shape:
            return np.stack([self.of(law, shape[1:]) for _ in range(shape[0])])
        self.count += 1
        return self.omega.get((self.step, self.count), law)

    def standard_normal(self, shape: tuple[Any, ...]) -> Any:
        """Return normal numbers, the last axis as one Gaussian vector."""
        return self.of(Named("gaussian", (int(shape[-1]),)), shape[:-1])

    def __getattr__(self, name: str) -> Any:
        raise Skipped(f"draws by {name} are not enumerated")


def made(code: Any, value: Values) -> Any:
    """Return the object that code makes of the values of its parameters."""
    name, digest, *rest = code.args
    if (name.name, digest.name) not in SHIPPED:
        raise Skipped(f"the code of {name.name} is not at hand")
    values = {rest[i].name: _parameter(rest[i + 1], value) for i in range(0, len(rest), 2)}
    with taking_symbols(), mpmath.workdps(MP.dps):
        return SHIPPED[name.name, digest.name](**values)


def _parameter(t: Any, value: Values) -> Any:
    if type(t) is of.Code:
        return made(t, value)
    found = value(t)
    if of.sort_of(t).kind != "law":
        return found
    if not isinstance(found, Named):
        raise Skipped(f"directions from {t}")

    def draw(rng: Source, shape: tuple[int, ...], d: Any, scale: Any = 1) -> Any:
        return rng.of(found, shape) * beside(scale)

    return replace(directions.LAWS[found.name], draw=draw)


def state_after(run: Any, omega: Drawn, value: Values) -> Any:
    """Return a part of the state (method, f, start, t, part) that the shipped steps lead to, with certain draws."""
    method, f, start, count, part = run
    steps = int(value(count))
    if steps > STEPS:
        raise Skipped(f"a run of {steps} steps")
    runs, points = made(method, value), of.sort_of(f.args[0] if type(f) is of.Sampled else f).of[0]
    d, at = MP.mpf(value(points.of[0])), _objective(f, value, omega)
    with mpmath.workdps(MP.dps):
        if type(start) is of.Code:
            state = made(start, value)
        else:
            x = value(start)
            state = runs.init(at(0), x if isinstance(x, np.ndarray) else vector([0] * int(d)))
        try:
            for n in range(1, steps + 1):
                state = runs.step(at(n), state, runs.draw(Source(omega, n), state, d))
        except ZeroDivisionError:
            raise Undefined(f"{method} divides by 0") from None
        return plain(runs.output(state) if part.name == "output" else getattr(state, part.name))


def _objective(f: Any, value: Values, omega: Drawn) -> Callable[[int], Any]:
    """Return, by step, the function that a run sees: always one, or a mean over samples that are drawn anew."""
    if type(f) is not of.Sampled:
        own = rowwise(value(f))
        return lambda n: own
    F, law, size = map(value, f.args)

    def at(n: int) -> Any:
        many = int(size(n)) if callable(size) else int(size)

        def sampled(y: Any) -> Any:
            if n == 0:
                raise Skipped("a stochastic function is evaluated before the first step")
            return sum(F(y, omega.get((n, "sample", i), law)) for i in range(many)) / MP.mpf(many)

        return rowwise(sampled)

    return at


def rowwise(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function of points (..., d), made of one of a point."""

    def apply(y: Any) -> Any:
        if np.ndim(y) == 1:
            return MP.mpf(f(vector(list(y))))
        values = np.empty(y.shape[:-1], dtype=object)
        for where in np.ndindex(values.shape):
            values[where] = apply(y[where])
        return values

    return apply


def plain(value: Any) -> Any:
    """Return a number of the shipped code in 30 digits, or an array of numbers as a vector."""
    array = np.asarray(value)
    return vector(list(array)) if array.ndim else MP.mpf(array.item())

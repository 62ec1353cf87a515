"""Runs of the shipped code: a step is run on symbols, and what it returns is a term.

The state after t steps is what `init` and t times `step` return, of draws that `draw` asks its source for. Only what is
said here of arithmetic, comparisons and the choice between two values can be done with a symbol: a coordinate of a
vector, a product of two vectors, or a branch of Python on a comparison raises `Refused`, and so does a float that is no
whole number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import sympy as sp

from zotheory import directions
from zotheory.arguments import taking_symbols
from zotheory.code.fingerprint import fingerprint
from zotheory.kernel.algebra import at_hand, conditions, put, require_denoting, require_kept, shows, supports
from zotheory.kernel.definitions import SHIPPED
from zotheory.kernel.expectation import grows
from zotheory.kernel.facts import Fact, Refused, rule, same, united
from zotheory.kernel.terms import (
    CODE,
    DRAWS,
    NATURAL,
    REAL,
    Axis,
    Chain,
    Code,
    Draws,
    Eq,
    Expectation,
    Fresh,
    If,
    Inner,
    Iterate,
    Law,
    Le,
    Lt,
    Value,
    fresh,
    loose,
    nodes,
    sort_of,
    space,
    substitute,
    term,
)


class Symbol:
    """A number, a vector or a truth, in the place of an array without batch axes."""

    __array_priority__ = 1000
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, t: Any, d: Any = None) -> None:
        self.term, self.d = term(t), d
        self.ndim, self.shape = (0, ()) if d is None else (1, (d,))

    def __bool__(self) -> bool:
        raise Refused(f"{self.term} is no truth that a program may branch on")

    def __getitem__(self, index: Any) -> Any:
        if self.d is None or index != (Ellipsis, 0):
            raise Refused(f"{self.term}[{index}]: a symbol has no coordinates but the first")
        return Symbol(Inner(Axis(0, self.d), self.term))

    def __array_namespace__(self, **_: Any) -> Any:
        return Symbol

    def _with(self, other: Any, of: Callable[[Any, Any], Any], product: bool = False) -> Symbol:
        if isinstance(other, float) and other.is_integer():
            other = int(other)
        other = other if isinstance(other, Symbol) else Symbol(other)
        if product and self.d is not None and other.d is not None:
            raise Refused(f"{self.term} times {other.term}: vectors have an inner product, vecdot, and no other")
        if not product and (self.d is None) != (other.d is None) and 0 not in (self.term, other.term):
            raise Refused(f"{self.term} and {other.term} are a number and a vector")
        return Symbol(of(self.term, other.term), self.d if self.d is not None else other.d)

    def __add__(self, other: Any) -> Symbol:
        return self._with(other, lambda a, b: a + b)

    __radd__ = __add__

    def __neg__(self) -> Symbol:
        return Symbol(-self.term, self.d)

    def __sub__(self, other: Any) -> Symbol:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Symbol:
        return -self + other

    def __mul__(self, other: Any) -> Symbol:
        return self._with(other, lambda a, b: a * b, product=True)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Symbol:
        below = other if isinstance(other, Symbol) else Symbol(other)
        if below.d is not None:
            raise Refused(f"{self.term} over the vector {below.term}")
        return Symbol(self.term / below.term, self.d)

    def __rtruediv__(self, other: Any) -> Symbol:
        return Symbol(other) / self

    def _compared(self, other: Any, of: Any, turned: bool = False) -> Symbol:
        sides = self.term, (other if isinstance(other, Symbol) else Symbol(other)).term
        return Symbol(of(*(reversed(sides) if turned else sides)))

    def __lt__(self, other: Any) -> Symbol:
        return self._compared(other, Lt)

    def __le__(self, other: Any) -> Symbol:
        return self._compared(other, Le)

    def __gt__(self, other: Any) -> Symbol:
        return self._compared(other, Lt, turned=True)

    def __ge__(self, other: Any) -> Symbol:
        return self._compared(other, Le, turned=True)

    # the functions of an array library

    @staticmethod
    def where(condition: Symbol, x: Any, y: Any) -> Symbol:
        """If."""
        x, y = (each if isinstance(each, Symbol) else Symbol(each) for each in (x, y))
        return Symbol(If(condition.term, x.term, y.term), x.d if x.d is not None else y.d)

    @staticmethod
    def vecdot(x: Symbol, y: Symbol) -> Symbol:
        """<x, y>."""
        return Symbol(Inner(x.term, y.term))

    @staticmethod
    def sqrt(x: Symbol) -> Symbol:
        """Square root."""
        return Symbol(sp.sqrt(x.term))


class Source:
    """What `draw` asks for random directions; it remembers their laws."""

    def __init__(self) -> None:
        self.drawn: list[tuple[Fresh, Any]] = []

    def of(self, law: Any) -> Symbol:
        """A draw from a law of the language."""
        self.drawn.append((fresh(sort_of(law).of[0]), law))
        return Symbol(self.drawn[-1][0], law.args[1])


class Trace(NamedTuple):
    """What the code returns on symbols: state at the start, by part; draws with their laws; state after a step."""

    first: dict[str, Any]
    before: dict[str, Any]
    drawn: list[tuple[Any, Any]]
    after: dict[str, Any]


def made(code: Any) -> Any:
    """Return the object that code makes, its parameters being terms.

    Raises
    ------
    Refused
        Unless its code is that of the term.
    """
    name, digest, *rest = code.args
    constructor = SHIPPED.get((name.name, digest.name))
    if constructor is None or fingerprint(constructor) != digest.name:
        raise Refused(f"{code} is code of which no function is at hand")
    with taking_symbols():
        return constructor(**{rest[i].name: _parameter(rest[i + 1]) for i in range(0, len(rest), 2)})


def _parameter(t: Any) -> Any:
    if type(t) is Code:
        return made(t)
    if type(t) is Law:
        return replace(directions.LAWS[t.args[0].name], draw=lambda rng, shape, d, scale=1: rng.of(t) * scale)
    return (lambda s: Symbol(Value(t, getattr(s, "term", s)))) if sort_of(t).kind == "map" else t


@lru_cache
def trace(method: Any, f: Any, start: Any) -> Trace:
    """Run `init`, `draw` and `step` once, on symbols."""
    runs, d = made(method), sort_of(f).of[0].of[0]

    def called(y: Symbol) -> Symbol:
        return Symbol(Value(f, y.term))

    first = runs.init(called, Symbol(start, d))
    vectors = {name: getattr(first, name).d for name in first._fields if isinstance(getattr(first, name), Symbol)}
    before = {name: fresh(space(d) if vectors.get(name) is not None else REAL) for name in first._fields}
    before["t"] = fresh(NATURAL)
    state = type(first)(**{name: Symbol(each, vectors.get(name)) for name, each in before.items()})
    source = Source()
    after = _terms(runs.step(called, state, runs.draw(source, state, d)))
    if "t" in after and (after["t"] != before["t"] + 1 or _terms(first)["t"] != 1):
        raise Refused(f"{method}: t must be 1, 2, ..., and is {after['t']} after {before['t']}")
    return Trace(_terms(first), before, source.drawn, after)


def _terms(state: Any) -> dict[str, Any]:
    return {name: term(getattr(each, "term", each)) for name, each in state._asdict().items()}


def next_to(t: Any) -> Any:
    """Return a part of the state after n >= 1 steps as what a step makes of the state before, and of draws."""
    method, f, start, count, name, drawn = t.args
    made, earlier = trace(method, f, start), count - 1
    state = made.first
    if earlier != 0:
        state = {each: Iterate(method, f, start, earlier, each, drawn) for each in made.first}
        if "t" in state:
            state["t"] = made.first["t"] + earlier
    return made.after[name.name].xreplace({made.before[each]: value for each, value in state.items()})


def runs_through(t: Any, known: Sequence[Any]) -> bool:
    """Whether all that a run computes denotes, at the start and in a step from any state."""
    made = trace(*t.args[:3])
    return all(shows(c, known) for each in (*made.first.values(), *made.after.values()) for c in conditions(each))


def grows_along(t: Any, drawn: set[Any], known: Sequence[Any]) -> bool:
    """Whether a part of the state grows like a polynomial in the draws: if a step does in the state and its draws."""
    method, f, start, count, _, _ = t.args
    if any(loose(each) & drawn for each in (method, f, start, count)):
        return False
    made = trace(method, f, start)
    inputs = {*made.before.values(), *(u for u, _ in made.drawn)}
    return all(grows(each, inputs, known) for each in made.after.values())


@rule
def unrolled(t: Any, *sides: Fact) -> Any:
    """E over the point after n steps is E over all draws of what they lead to."""
    if type(t) is not Expectation or type(t.args[1]) is not Chain:
        raise Refused(f"unrolled: {t} is no expectation over a run")
    method, f, start, count, name = t.args[1].args
    made = Expectation.over(
        DRAWS, Draws(method, f), body=lambda w: t.instantiate(Iterate(method, f, start, count, name, w))
    )
    require_denoting(made, at_hand(*sides))
    return united(*sides), Eq(t, made)


@rule
def stepped(t: Any, *sides: Fact) -> Any:
    """E over all draws of a state after n + 1 steps is E, over those before, of E over the draws of the last step."""
    if type(t) is not Expectation or type(t.args[1]) is not Draws:
        raise Refused(f"stepped: {t} is no expectation over all draws of a run")
    require_denoting(t, at_hand(*sides))
    omega = fresh(DRAWS)
    body = t.open(omega)
    last = {each for each in nodes(body) if type(each) is Iterate and omega in loose(each)}
    if not last or len({each.args[:4] for each in last}) > 1 or omega in loose(body.xreplace(dict.fromkeys(last, 0))):
        raise Refused(f"stepped: {t} is of more than the state after one number of steps")
    inside, made = body, trace(*min(last, key=str).args[:3])
    for each in last:
        inside = put(inside, each, next_to(each))
    for value, law in reversed(made.drawn):
        inside = Expectation.over(value.sort, law, body=lambda v, t=inside, u=value: t.xreplace({u: v}))
    if omega in loose(inside):
        inside = Expectation.over(DRAWS, t.args[1], body=lambda w, t=inside: t.xreplace({omega: w}))
    return united(*sides), Eq(t, inside)


@rule
def at_start(t: Any, *sides: Fact) -> Any:
    """The state after 0 steps is what `init` returns."""
    if type(t) is not Iterate or t.args[3] != 0:
        raise Refused(f"at_start: {t} is no state after 0 steps")
    made = trace(*t.args[:3]).first[t.args[4].name]
    require_denoting(Eq(t, made), at_hand(*sides))
    return united(*sides), Eq(t, made)


@rule
def invariant(formula: Any, run: Any, state: dict[str, Any], drawn: Sequence[Any], start: Fact, step: Fact) -> Any:
    """What holds of the state at the start, and after a step whatever it draws if it did before, always holds.

    `formula` is about the variables in `state`, by the names of its parts; `step` about these and those in `drawn`;
    `run` is an iterate, after n steps.
    """
    method, f, begun, _, _, omega = run.args
    made = trace(method, f, begun)
    names = {before: state[name] for name, before in made.before.items() if name in state}
    names |= dict(zip((u for u, _ in made.drawn), drawn, strict=True))
    support = [each for u, law in made.drawn for each in supports(names[u], law)]
    given = [*start.given, *united(step, without=[formula, *support])]
    if any(loose(each) & {*names.values(), omega} for each in given):
        raise Refused(f"invariant: state or draws are free in {given}")
    after = {state[name]: made.after[name].xreplace(names) for name in state}
    for values, fact, known in (
        ({state[name]: made.first[name] for name in state}, start, given),
        (after, step, [*given, formula, *support]),
    ):
        if not same(fact.holds, substitute(formula, values)):
            raise Refused(f"invariant: {fact.holds} is not {substitute(formula, values)}")
        require_kept([formula], values, known)
    ends = {each: Iterate(*run.args[:4], name, omega) for name, each in state.items()}
    ends |= {state["t"]: made.first["t"] + run.args[3]} if "t" in state else {}
    require_kept([formula], ends, given)
    return given, substitute(formula, ends)

"""Runs of the shipped code: a step is run on symbols, and what it returns is a term.

The state after n steps is what `init` and n times `step` return, of draws that `draw` asks its source for.
All draws of a run are one element of sort DRAWS, of all methods and functions, each draw within the support of its law.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import sympy as sp

from zotheory import directions
from zotheory.arguments import taking_symbols
from zotheory.code.fingerprint import fingerprint
from zotheory.kernel.definitions import SHIPPED
from zotheory.kernel.denoting import conditions, require_denoting, require_kept, shows, unspoiled
from zotheory.kernel.facts import Fact, at_hand, need, rule, same, united
from zotheory.kernel.laws import grows, is_bounded, supports
from zotheory.kernel.normal import expected, put
from zotheory.kernel.symbols import PARTIAL, Source, Symbol
from zotheory.kernel.terms import (
    DRAWS,
    NATURAL,
    REAL,
    Chain,
    Code,
    Copies,
    Draws,
    Eq,
    Expectation,
    If,
    Iterate,
    Law,
    Sampled,
    Total,
    Value,
    Variable,
    fresh,
    loose,
    nodes,
    sort_of,
    space,
    substitute,
    term,
)

# --- what the code returns -------------------------------------------------------------------------------------------


class Trace(NamedTuple):
    """By the parts of the state: at the start; before a step; what it draws, with laws; after the step."""

    first: Mapping[str, Any]
    before: Mapping[str, Any]
    drawn: tuple[tuple[Any, Any], ...]
    after: Mapping[str, Any]
    partial: tuple[Any, ...]


def made(code: Any) -> Any:
    """Return the object that code makes, its parameters being terms; Refused unless the code is that of the term."""
    name, digest, *rest = code.args
    constructor: Any = SHIPPED.get((name.name, digest.name))
    need(constructor and fingerprint(constructor) == digest.name, code, "is no code that is at hand")
    with taking_symbols():
        return constructor(**{rest[i].name: _parameter(rest[i + 1]) for i in range(0, len(rest), 2)})


def _parameter(t: Any) -> Any:
    if type(t) is Law:
        law = directions.LAWS[t.args[0].name]
        return replace(law, draw=lambda rng, shape, d, scale=1.0: rng.of(Law(t.args[0], d.term), d.term, shape) * scale)
    if type(t) is Code:
        return made(t)
    if sort_of(t).kind == "map":
        return lambda s: Symbol(Value(t, getattr(s, "term", s)))
    return int(t) if isinstance(t, sp.Integer) else Symbol(t)


@lru_cache
def trace(method: Any, f: Any, start: Any) -> Trace:
    """Run `init`, `draw` and `step` once, on symbols."""
    partial: list[Any] = []
    PARTIAL.append(partial)
    runs, source = made(method), Source()
    called, d = _objective(f, source), sort_of(f.args[0] if type(f) is Sampled else f).of[0].of[0]
    first = runs.init(called if not source.drawn else source.refuse, Symbol(start, d))
    before = {each: fresh(space(d) if each in runs.vectors else REAL) for each in first._fields}
    before |= {"t": fresh(NATURAL)} if "t" in before else {}
    state = type(first)(**{each: Symbol(t, d if each in runs.vectors else None) for each, t in before.items()})
    after = _terms(runs.step(called, state, runs.draw(source, state, Symbol(d))))
    counts = "t" not in before or (_terms(first)["t"] == 1 and after["t"] == before["t"] + 1)
    need(counts, method, ": t must be 1, 2, ... along a run")
    inputs = {*before.values(), *(u for u, _ in source.drawn)}
    steady = all(not loose(law) & inputs for _, law in source.drawn)
    need(steady, method, ": laws of draws are no matter of the state")
    return Trace(_terms(first), MappingProxyType(before), tuple(source.drawn), after, tuple(partial))


def _objective(f: Any, source: Source) -> Callable[[Symbol], Symbol]:
    """What a step calls: f, or the mean of the samples that it draws, the same at all its points."""
    if type(f) is not Sampled:
        return lambda y: Symbol(Value(f, y.term))
    of, law, count = f.args
    if count == 1:
        drawn = source.of(law).term
        return lambda y: Symbol(Value(of, y.term, drawn))
    drawn = source.of(Copies(law)).term
    return lambda y: Symbol(Total.over(NATURAL, count, body=lambda i: Value(of, y.term, Value(drawn, i))) / count)


def _terms(state: Any) -> Mapping[str, Any]:
    return MappingProxyType({name: term(getattr(each, "term", each)) for name, each in state._asdict().items()})


def part_of(made: Trace, run: Any, name: str) -> Any:
    """Return a part of the state that an iterate is another part of; t is known."""
    return made.first["t"] + run.args[3] if name == "t" else Iterate(*run.args[:4], name, run.args[5])


def runs_through(t: Any, known: Sequence[Any]) -> bool:
    """Whether all that a run computes denotes, at the start and in a step from any state."""
    made = trace(*t.args[:3])
    every = (*made.first.values(), *made.after.values(), *(law for _, law in made.drawn), *made.partial)
    return all(shows(c, known) for each in every for c in conditions(each))


def grows_along(t: Any, drawn: dict[Any, bool], known: Sequence[Any]) -> bool:
    """Whether a part of the state grows like a polynomial in the draws: if a step does in the state and its draws."""
    made = trace(*t.args[:3])
    inputs = dict.fromkeys(made.before.values(), False) | {u: is_bounded(law) for u, law in made.drawn}
    parts, last = {t.args[4].name}, set[str]()
    while parts != last:  # those that this part depends on, conditions apart
        last, names = parts, set().union(*(_unconditional(made.after[each]) for each in parts))
        parts = parts | {name for name, before in made.before.items() if before in names}
    moments = all(type(law) is Law for u, law in made.drawn if any(u in _unconditional(made.after[p]) for p in parts))
    fixed = not any(loose(each) & drawn.keys() for each in t.args[:4])
    return fixed and moments and all(grows(made.after[each], inputs, known) for each in parts)


def _unconditional(t: Any) -> set[Any]:
    """The variables in a term, but for those in conditions alone."""
    if isinstance(t, Variable) or not t.args:
        return loose(t)
    return set().union(*map(_unconditional, t.args[type(t) is If :]))


# --- rules -----------------------------------------------------------------------------------------------------------


@rule
def unrolled(t: Any, *sides: Fact) -> Any:
    """E over the point after n steps is E over all draws of what they lead to."""
    need(type(t) is Expectation and type(t.args[1]) is Chain, "unrolled takes an expectation over a run, not", t)
    law = t.args[1].args
    ends = Expectation.over(DRAWS, Draws(*law[:2]), body=lambda omega: t.instantiate(Iterate(*law, omega)))
    require_denoting(ends, at_hand(*sides))
    return united(*sides), Eq(t, ends)


@rule
def stepped(t: Any, *sides: Fact) -> Any:
    """E over all draws of a state after n + 1 steps is E, over those before, of E over the draws of the last step."""
    need(type(t) is Expectation and type(t.args[1]) is Draws, "stepped takes an expectation over draws, not", t)
    require_denoting(t, at_hand(*sides))
    omega = fresh(DRAWS)
    inside = t.open(omega)
    last = {each for each in nodes(inside) if type(each) is Iterate and omega in loose(each)}
    runs = {each.args[:4] for each in last}
    need(len(runs) == 1, "stepped takes the state after one number of steps, not", t)
    ((*run, count),) = runs
    rest = inside.xreplace({each: fresh(sort_of(each)) for each in last})
    apart = not any(omega in loose(each) for each in (*run, count, rest))
    need(tuple(run[:2]) == t.args[1].args and apart, "stepped:", t, "uses draws otherwise")
    made = trace(*run)
    for each in last:
        before = {name: part_of(made, Iterate(*run, count - 1, name, omega), name) for name in made.first}
        state = {made.before[name]: before[name] if count != 1 else made.first[name] for name in before}
        inside = put(inside, each, made.after[each.args[4].name].xreplace(state))
    for value, law in reversed(made.drawn):
        inside = expected(value, law, inside)
    return united(*sides), Eq(t, expected(omega, t.args[1], inside) if omega in loose(inside) else inside)


@rule
def at_start(t: Any, *sides: Fact) -> Any:
    """The state after 0 steps is what `init` returns."""
    need(type(t) is Iterate and t.args[3] == 0, "at_start takes a state after 0 steps, not", t)
    begun = trace(*t.args[:3]).first[t.args[4].name]
    require_denoting(Eq(t, begun), at_hand(*sides))
    return united(*sides), Eq(t, begun)


@rule
def invariant(formula: Any, run: Any, state: dict[str, Any], drawn: Sequence[Any], start: Fact, step: Fact) -> Any:
    """What holds of the state at the start, and after a step whatever it draws if it did before, always holds.

    `formula` is about the variables in `state`, by the names of its parts; `step` about these and those in `drawn`;
    `run` is an iterate, after n steps.
    """
    made, omega = trace(*run.args[:3]), run.args[5]
    names = {before: state[name] for name, before in made.before.items() if name in state}
    names |= dict(zip((u for u, _ in made.drawn), drawn, strict=True))
    meant = all(type(each) is Variable and each.sort == own.sort for own, each in names.items())
    need(meant, "invariant takes variables of the sorts of", *names, "not", *names.values())
    support = [each for u, law in made.drawn for each in supports(names[u], law)]
    given = [*start.given, *united(step, without=[formula, *support])]
    own = {*names.values(), omega}
    free = len(own) > len(names) and not any(loose(each) & own for each in given)
    need(free, "invariant:", own, "are free in", given)
    ends = {
        "start": {state[name]: made.first[name] for name in state},
        "step": {state[name]: made.after[name].xreplace(names) for name in state},
        "run": {state[name]: part_of(made, run, name) for name in state},
    }
    for fact, when, known in ((start, "start", given), (step, "step", [*given, formula, *support])):
        need(same(fact.holds, substitute(formula, ends[when])), "invariant needs", substitute(formula, ends[when]))
        require_kept(formula, ends[when], known)
    unspoiled(formula, ends["run"], given)
    return given, substitute(formula, ends["run"])

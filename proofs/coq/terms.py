"""Terms of the language of statements, as Coq reads them: numbers, vectors, functions, sums and means.

Nothing is simplified or rewritten: a node of SymPy becomes a node of Coq, about the definitions of ``prelude.v``. Under
which conditions a term denotes is said in `proofs.coq.formulas`.

Functions that Coq's library lacks
    Gamma and zeta are any functions: of Gamma it is only said that Gamma(x) > 0 where x > 0. The gradient of f is any
    function ``grad_f``. So what Coq proves is more general than what is claimed.
Laws
    A law is its mean value, of the functions that have one (``prelude.v``). Laws by name are not translated: what a
    lemma needs of the uniform law on a sphere is a hypothesis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import sympy as sp

from zotheory.kernel.terms import (
    NATURAL,
    REAL,
    Bound,
    Expectation,
    Gradient,
    If,
    Inner,
    Le,
    Lt,
    Map,
    Probability,
    Sort,
    Total,
    Value,
    Variable,
    fits,
    loose,
    nodes,
    sort_of,
)


class Untranslated(TypeError):
    """A term or formula that has no translation into Coq."""


# Each word that a translation contains: a variable of the same name gets an underscore, and hides none of them.
SYNTAX = frozenset(["forall", "exists", "fun", "if", "then", "else", "Type", "Prop", "Rlt_dec", "Rle_dec", "i"])
KEYWORDS = frozenset(
    ["as", "at", "by", "end", "fix", "in", "let", "match", "mod", "return", "using", "where", "with", "Set"]
)
SETS = frozenset(["R", "nat", "vec", "law", "Sample", "INR", "S", "O"])
PRELUDE = frozenset(
    ["inner", "total", "vtotal", "vzero", "vplus", "vscale", "mean", "integrable", "power", "sqrt", "PI"]
)
FUNCTIONS = {
    sp.exp: "exp", sp.log: "ln", sp.Abs: "Rabs", sp.erf: "erf", sp.erfc: "erfc", sp.atan: "atan",
    sp.floor: "floor", sp.ceiling: "ceiling", sp.gamma: "Gamma", sp.zeta: "zeta", sp.Max: "Rmax", sp.Min: "Rmin",
}  # fmt: skip
WORDS = SYNTAX | KEYWORDS | SETS | PRELUDE | frozenset(FUNCTIONS.values())
DECIDED = {Lt: "Rlt_dec", Le: "Rle_dec"}


# --- sorts and variables ---------------------------------------------------------------------------------------------


def type_of(sort: Sort) -> str:
    """Return the type in Coq of what is of a sort."""
    if known(sort).kind == "map":
        return "(" + " -> ".join(map(type_of, sort.of)) + ")"
    if sort.kind == "law":
        return f"(law {type_of(sort.of[0])})"
    return {"real": "R", "natural": "nat", "dimension": "nat", "space": "vec", "sample": "Sample"}[sort.kind]


def known(sort: Sort) -> Sort:
    """Return a sort that has a translation; raise Untranslated for another."""
    if sort.kind not in ("real", "natural", "dimension", "space", "sample", "map", "law"):
        raise Untranslated(f"what is of the sort {sort} has no translation into Coq")
    return sort


def named(variable: Any) -> str:
    """Return the name of a variable in Coq; bound ones are v1, v2, ..."""
    if type(variable) is Bound:
        return f"v{variable.name}"
    if type(variable) is not Variable:
        raise Untranslated(f"{variable} is bound elsewhere")
    own = variable.name in WORDS or re.fullmatch(r"v\d+|grad_.*", variable.name)
    return variable.name + ("_" if own else "")


def _gradient(t: Any) -> tuple[str, list[Any], str]:
    """Name, arguments and type of a gradient: of a function symbol, or of one that a sample makes of a symbol."""
    f, x = t.args
    symbol, arguments = f, [x]
    if type(f) is Map and type(f.args[1]) is Value:
        symbol, first, *rest = f.args[1].args
        arguments += rest if first == f.args[0] and not any(first in loose(each) for each in rest) else [f]
    if type(symbol) is not Variable or f in arguments:
        raise Untranslated(f"{t} is no gradient of a function symbol")
    domain = symbol.sort.of[:-1]
    return f"grad_{named(symbol)}", arguments, " -> ".join([*map(type_of, domain), type_of(domain[0])])


def gradients(formula: Any) -> Iterable[tuple[str, str]]:
    """Yield names and types of the gradients in a formula."""
    return ((name, kind) for name, _, kind in (_gradient(t) for t in nodes(formula) if type(t) is Gradient))


# --- terms -----------------------------------------------------------------------------------------------------------


def coq(t: Any) -> str:
    """Return a term as a number, a vector, a function, or what else it is."""
    sort = sort_of(t)
    if type(t) is Map:
        return f"(fun {named(t.args[0])} : {type_of(t.args[0].sort)} => {coq(t.args[1])})"
    if sort.kind == "space":
        return vector(t)
    return number(t) if fits(t, REAL) else named(t) if isinstance(t, Variable) else _value(t)


def _value(t: Any) -> str:
    if type(t) is not Value:
        raise Untranslated(f"{type(t).__name__} has no translation into Coq: {t}")
    f, *arguments = t.args
    return f"({' '.join([coq(f), *map(_argument, arguments, f.sort.of)])})"


def _argument(t: Any, sort: Sort) -> str:
    if sort == NATURAL:
        return natural(t)
    return "vzero" if t == 0 and sort.kind == "space" else coq(t)


def natural(t: Any) -> str:
    """Return a term as a natural number."""
    if not fits(t, NATURAL):
        raise Untranslated(f"{t} is not seen to be a natural number")
    if isinstance(t, sp.Integer):
        return f"{t}%nat"
    if type(t) in (sp.Add, sp.Mul):
        return "(" + (" + " if type(t) is sp.Add else " * ").join(map(natural, t.args)) + ")%nat"
    return named(t) if isinstance(t, Variable) else _value(t)


def number(t: Any) -> str:
    """Return a term as a real number."""
    kind = type(t)
    if isinstance(t, sp.Rational):
        return (str(t.p) if t.p >= 0 else f"(- {-t.p})") if t.q == 1 else f"({t.p} / {t.q})".replace("(-", "(- ")
    if t in (sp.pi, sp.E):
        return "PI" if t == sp.pi else "(exp 1)"
    if isinstance(t, Variable) or kind is Value:
        inside = named(t) if isinstance(t, Variable) else _value(t)
        return inside if sort_of(t) == REAL else f"(INR {inside})"
    if kind in (sp.Add, sp.Mul):
        return "(" + (" + " if kind is sp.Add else " * ").join(map(number, t.args)) + ")"
    if kind in (sp.Max, sp.Min):
        return reduce(lambda a, b: f"({FUNCTIONS[kind]} {a} {b})", map(number, t.args))
    if kind in FUNCTIONS:
        return f"({FUNCTIONS[kind]} {number(t.args[0])})"
    if kind is sp.Pow:
        return _power(*t.args)
    if kind is Inner:
        return f"(inner {natural(sort_of(t.args[1]).of[0])} {vector(t.args[0])} {vector(t.args[1])})"
    return _made(t, number)


def _power(base: Any, exponent: Any) -> str:
    b = number(base)
    if fits(exponent, NATURAL):
        return f"({b} ^ {natural(exponent)})"
    if exponent.is_Rational and exponent.q <= 2:
        root = b if exponent.q == 1 else f"(sqrt {b})"
        root = root if abs(exponent.p) == 1 else f"({root} ^ {abs(exponent.p)})"
        return root if exponent > 0 else f"(/ {root})"
    return f"(power {b} {number(exponent)})"


def vector(t: Any) -> str:
    """Return a term as a vector."""
    kind = type(t)
    if t == 0:
        return "vzero"
    if isinstance(t, Variable) or kind is Value:
        return named(t) if isinstance(t, Variable) else _value(t)
    if kind is sp.Add:
        return reduce(lambda a, b: f"(vplus {a} {b})", map(vector, t.args))
    if kind is sp.Mul:
        (own,) = (each for each in t.args if sort_of(each).kind == "space")
        scale = " * ".join(number(each) for each in t.args if each is not own)
        return f"(vscale ({scale}) {vector(own)})"
    if kind is Gradient:
        name, arguments, _ = _gradient(t)
        return f"({' '.join([name, *map(coq, arguments)])})"
    if kind is Expectation:
        return f"(fun i : nat => mean {coq(t.args[1])} (fun {binder(t)} => {vector(t.args[2])} i))"
    return _made(t, vector)


def binder(t: Any) -> str:
    """Return the variable of a binder, with its type."""
    return f"{named(t.args[0])} : {type_of(t.args[0].sort)}"


def _made(t: Any, of: Callable[[Any], str]) -> str:
    """Return a choice, a sum or a mean, of numbers or vectors."""
    kind = type(t)
    if kind is If and type(t.args[0]) in DECIDED:
        condition, a, b = t.args
        return f"(if {DECIDED[type(condition)]} {' '.join(map(number, condition.args))} then {of(a)} else {of(b)})"
    if kind is Total:
        return f"({'total' if of is number else 'vtotal'} {natural(t.args[1])} (fun {binder(t)} => {of(t.args[2])}))"
    if kind is Expectation:
        return f"(mean {coq(t.args[1])} (fun {binder(t)} => {of(t.args[2])}))"
    if kind is Probability:
        return f"(mean {coq(t.args[1])} (fun {binder(t)} => {number(If(t.args[2], 1, 0))}))"
    raise Untranslated(f"{kind.__name__} has no translation into Coq: {t}")

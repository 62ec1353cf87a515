"""Terms and formulas of the language of statements, as Coq reads them: the same formula for a second engine.

`proposition` returns what a `Statement` says as a Coq proposition about the definitions of ``prelude.v``. Nothing is
simplified or rewritten: a node of SymPy becomes a node of Coq.

A number that does not denote
    In the language a comparison is false where a side does not denote; in Coq 1/0 and ln(-1) are numbers. So a
    comparison comes with the conditions under which its sides denote: 1/a <= b is ``a <> 0 /\\ / a <= b``. Conditions
    that hold by the form of what they are about (a dimension is not 0) are left out.
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

from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import (
    DIMENSION,
    NATURAL,
    REAL,
    SAMPLE,
    And,
    Bound,
    Eq,
    Expectation,
    ForAll,
    Gradient,
    If,
    Implies,
    Inner,
    Integrable,
    Le,
    Lt,
    Map,
    Not,
    Or,
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
WORDS = frozenset(
    """R S O i nat vec law mean integrable inner total vtotal vzero vplus vscale power floor ceiling erf erfc exp ln sqrt
    atan PI INR Rabs Rmax Rmin Gamma zeta Sample forall fun if then else Rlt_dec Rle_dec Type Prop""".split()
)
FUNCTIONS = {
    sp.exp: "exp", sp.log: "ln", sp.Abs: "Rabs", sp.erf: "erf", sp.erfc: "erfc", sp.atan: "atan",
    sp.floor: "floor", sp.ceiling: "ceiling", sp.gamma: "Gamma", sp.zeta: "zeta",
}  # fmt: skip
ABOVE = {sp.log: 0, sp.gamma: 0, sp.zeta: 1}  # what an argument must be greater than
ANY = {  # what is said of functions that Coq lacks
    sp.gamma: ("Gamma", ["forall x : R, 0 < x -> 0 < Gamma x"]),
    sp.zeta: ("zeta", []),
}
DECIDED = {Lt: "Rlt_dec", Le: "Rle_dec"}
RELATIONS = {Lt: "<", Le: "<=", Eq: "="}


def proposition(statement: Statement) -> str:
    """Return what a statement says: for all variables, hypotheses imply the conclusion.

    Raises
    ------
    Untranslated
        Naming the term that has no translation.
    """
    binders, given = _parts(statement)
    variables = f"forall {' '.join(binders)},\n  " if binders else ""
    return variables + "".join(f"({each}) ->\n  " for each in given) + formula(statement.holds)


def consistent(statement: Statement) -> str:
    """Return that all hypotheses of a statement hold somewhere: without that it might say nothing."""
    binders, given = _parts(statement)
    variables = f"exists {' '.join(binders)},\n  " if binders else ""
    return variables + " /\\\n  ".join([*(f"({each})" for each in given), "True"])


def _parts(statement: Statement) -> tuple[list[str], list[str]]:
    """Return the variables of a statement with their types, and its hypotheses."""
    formulas = [*statement.given, *statement.where, statement.holds]
    used = {type(t) for f in formulas for t in nodes(f)}
    order = ("dimension", "map", "law", "space", "sample", "natural", "real")
    variables = sorted(statement.variables, key=lambda v: (order.index(_known(v.sort).kind), v.name))
    names = [named(v) for v in variables]
    if len(set(names)) < len(names):
        raise Untranslated(f"two variables among {names} have one name in Coq")
    any_function = [said for kind, said in ANY.items() if kind in used]
    slopes = {name: kind for f in formulas for name, kind in _gradients(f)}
    binders = [
        *(["(Sample : Type)"] if any(SAMPLE in nodes(v.sort) for v in variables) else []),
        *(f"({name} : R -> R)" for name, _ in any_function),
        *(f"({named(v)} : {type_of(v.sort)})" for v in variables),
        *(f"({name} : {kind})" for name, kind in sorted(slopes.items())),
    ]
    given = [
        *(f"(1 <= {named(v)})%nat" for v in variables if v.sort == DIMENSION),
        *(each for _, said in any_function for each in said),
        *map(formula, (*statement.given, *statement.where)),
    ]
    return binders, given


# --- sorts and variables ---------------------------------------------------------------------------------------------


def type_of(sort: Sort) -> str:
    """Return the type in Coq of what is of a sort."""
    if _known(sort).kind == "map":
        return "(" + " -> ".join(map(type_of, sort.of)) + ")"
    if sort.kind == "law":
        return f"(law {type_of(sort.of[0])})"
    return {"real": "R", "natural": "nat", "dimension": "nat", "space": "vec", "sample": "Sample"}[sort.kind]


def _known(sort: Sort) -> Sort:
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
    if type(f) is Map and type(f.args[1]) is Value and f.args[0] == f.args[1].args[1]:
        symbol, arguments = f.args[1].args[0], [x, *f.args[1].args[2:]]
    if type(symbol) is not Variable or f.args[:1] == (symbol,) or any(loose(f) & {f.args[0]} for _ in f.args[:1]):
        raise Untranslated(f"{t} is no gradient of a function symbol")
    domain = symbol.sort.of[:-1]
    return f"grad_{named(symbol)}", arguments, " -> ".join([*map(type_of, domain), type_of(domain[0])])


def _gradients(formula: Any) -> Iterable[tuple[str, str]]:
    return ((name, kind) for name, _, kind in (_gradient(t) for t in nodes(formula) if type(t) is Gradient))


# --- terms -----------------------------------------------------------------------------------------------------------


def coq(t: Any) -> str:
    """Return a term as a number, a vector, a function, or what else it is."""
    sort = sort_of(t)
    if type(t) is Map:
        if conditions(t.args[1]):
            raise Untranslated(f"{t} need not denote everywhere: {conditions(t.args[1])}")
        return f"(fun {named(t.args[0])} : {type_of(t.args[0].sort)} => {coq(t.args[1])})"
    if sort.kind == "space":
        return _vector(t)
    return _number(t) if fits(t, REAL) else named(t) if isinstance(t, Variable) else _value(t)


def _value(t: Any) -> str:
    if type(t) is not Value:
        raise Untranslated(f"{type(t).__name__} has no translation into Coq: {t}")
    f, *arguments = t.args
    return f"({' '.join([coq(f), *map(_argument, arguments, f.sort.of)])})"


def _argument(t: Any, sort: Sort) -> str:
    if sort == NATURAL:
        return _natural(t)
    return "vzero" if t == 0 and sort.kind == "space" else coq(t)


def _natural(t: Any) -> str:
    """Return a term as a natural number."""
    if not fits(t, NATURAL):
        raise Untranslated(f"{t} is not seen to be a natural number")
    if isinstance(t, sp.Integer):
        return f"{t}%nat"
    if type(t) in (sp.Add, sp.Mul):
        return "(" + (" + " if type(t) is sp.Add else " * ").join(map(_natural, t.args)) + ")%nat"
    return named(t) if isinstance(t, Variable) else _value(t)


def _number(t: Any) -> str:
    kind = type(t)
    if isinstance(t, sp.Rational):
        return (str(t.p) if t.p >= 0 else f"(- {-t.p})") if t.q == 1 else f"({t.p} / {t.q})".replace("(-", "(- ")
    if t in (sp.pi, sp.E):
        return "PI" if t == sp.pi else "(exp 1)"
    if isinstance(t, Variable) or kind is Value:
        inside = named(t) if isinstance(t, Variable) else _value(t)
        return inside if sort_of(t) == REAL else f"(INR {inside})"
    if kind in (sp.Add, sp.Mul):
        return "(" + (" + " if kind is sp.Add else " * ").join(map(_number, t.args)) + ")"
    if kind in (sp.Max, sp.Min):
        return reduce(lambda a, b: f"({kind.__name__.replace('M', 'Rm')} {a} {b})", map(_number, t.args))
    if kind in FUNCTIONS:
        return f"({FUNCTIONS[kind]} {_number(t.args[0])})"
    if kind is sp.Pow:
        return _power(*t.args)
    if kind is Inner:
        return f"(inner {_natural(sort_of(t.args[1]).of[0])} {_vector(t.args[0])} {_vector(t.args[1])})"
    return _made(t, _number)


def _power(base: Any, exponent: Any) -> str:
    b = _number(base)
    if fits(exponent, NATURAL):
        return f"({b} ^ {_natural(exponent)})"
    if exponent.is_Rational and exponent.q <= 2:
        root = b if exponent.q == 1 else f"(sqrt {b})"
        root = root if abs(exponent.p) == 1 else f"({root} ^ {abs(exponent.p)})"
        return root if exponent > 0 else f"(/ {root})"
    return f"(power {b} {_number(exponent)})"


def _vector(t: Any) -> str:
    kind = type(t)
    if t == 0:
        return "vzero"
    if isinstance(t, Variable) or kind is Value:
        return named(t) if isinstance(t, Variable) else _value(t)
    if kind is sp.Add:
        return reduce(lambda a, b: f"(vplus {a} {b})", map(_vector, t.args))
    if kind is sp.Mul:
        (vector,) = (each for each in t.args if sort_of(each).kind == "space")
        scale = " * ".join(_number(each) for each in t.args if each is not vector)
        return f"(vscale ({scale}) {_vector(vector)})"
    if kind is Gradient:
        name, arguments, _ = _gradient(t)
        return f"({' '.join([name, *map(coq, arguments)])})"
    if kind is Expectation:
        return f"(fun i : nat => mean {coq(t.args[1])} (fun {_bound(t)} => {_vector(t.args[2])} i))"
    return _made(t, _vector)


def _bound(t: Any) -> str:
    return f"{named(t.args[0])} : {type_of(t.args[0].sort)}"


def _made(t: Any, of: Callable[[Any], str]) -> str:
    """Return a choice, a sum or a mean, of numbers or vectors."""
    kind = type(t)
    if kind is If and type(t.args[0]) in DECIDED and not conditions(t.args[0]):
        return f"(if {DECIDED[type(t.args[0])]} {' '.join(map(_number, t.args[0].args))} then {of(t.args[1])} else {of(t.args[2])})"
    if kind is Total:
        return f"({'total' if of is _number else 'vtotal'} {_natural(t.args[1])} (fun {_bound(t)} => {of(t.args[2])}))"
    if kind is Expectation:
        return f"(mean {coq(t.args[1])} (fun {_bound(t)} => {of(t.args[2])}))"
    if kind is Probability:
        return f"(mean {coq(t.args[1])} (fun {_bound(t)} => {_number(If(t.args[2], 1, 0))}))"
    raise Untranslated(f"{kind.__name__} has no translation into Coq: {t}")


# --- formulas --------------------------------------------------------------------------------------------------------


def formula(f: Any) -> str:
    """Return a formula as a proposition: a comparison with the conditions under which its sides denote."""
    kind = type(f)
    if kind in RELATIONS:
        return _all([*conditions(f), _compared(f)])
    if kind is Integrable:
        return _all(conditions(Expectation(*f.args)))
    if kind in (And, Or):
        return "(" + (" /\\ " if kind is And else " \\/ ").join(map(formula, f.args)) + ")"
    if kind is Not:
        return f"(~ {formula(f.args[0])})"
    if kind is Implies:
        return f"({formula(f.args[0])} -> {formula(f.args[1])})"
    if kind is ForAll:
        return f"(forall {_bound(f)}, {formula(f.args[1])})"
    raise Untranslated(f"{kind.__name__} has no translation into Coq: {f}")


def _compared(f: Any) -> str:
    a, b = f.args
    spaces = [sort_of(each) for each in f.args if sort_of(each).kind == "space"]
    if spaces:
        return f"(forall i : nat, (i < {_natural(spaces[0].of[0])})%nat -> {_vector(a)} i = {_vector(b)} i)"
    return f"{_number(a)} {RELATIONS[type(f)]} {_number(b)}"


def _all(propositions: Iterable[str]) -> str:
    several = list(dict.fromkeys(propositions))
    return several[0] if len(several) == 1 else "(" + " /\\ ".join(several) + ")"


def conditions(t: Any) -> list[str]:
    """Return what must hold for a term, and each term in it, to denote."""
    kind = type(t)
    if isinstance(t, Variable):
        return []
    if kind in (Expectation, Probability, Total, Integrable):
        return _over(t)
    if kind is If:
        when = f"({formula(t.args[0])})"
        either = ((when, t.args[1]), (f"~ {when}", t.args[2]))
        return [f"({case} -> {_all(found)})" for case, part in either if (found := conditions(part))]
    found = [each for part in t.args for each in conditions(part)]
    if kind is sp.Pow:
        base, exponent = t.args
        if exponent.is_Integer and exponent < 0 and not _positive(base):
            found.append(f"{_number(base)} <> 0")
        elif not exponent.is_Integer and not fits(exponent, NATURAL) and not _positive(base):
            found.append(f"0 {'<=' if exponent.is_Rational and exponent > 0 else '<'} {_number(base)}")
    elif kind in ABOVE and not _positive(t.args[0] - ABOVE[kind]):
        found.append(f"{ABOVE[kind]} < {_number(t.args[0])}")
    return list(dict.fromkeys(found))


def _over(t: Any) -> list[str]:
    """Return the conditions of a mean or sum: those of what it is over, always; and that it has a mean."""
    inside = conditions(t.args[2])
    below = f"({named(t.args[0])} < {_natural(t.args[1])})%nat -> " if type(t) is Total else ""
    found = [f"(forall {_bound(t)}, {below}{_all(inside)})"] if inside else []
    if type(t) is Total:
        return found
    body = If(t.args[2], 1, 0) if type(t) is Probability else t.args[2]
    law, d = coq(t.args[1]), sort_of(body)
    if d.kind == "space":
        made = f"integrable {law} (fun {_bound(t)} => {_vector(body)} i)"
        return [*found, f"(forall i : nat, (i < {_natural(d.of[0])})%nat -> {made})"]
    return [*found, f"integrable {law} (fun {_bound(t)} => {_number(body)})"]


def _positive(t: Any) -> bool:
    """Whether a number is > 0 by its form."""
    kind = type(t)
    if t.is_Rational or t in (sp.pi, sp.E):
        return bool(t > 0)
    if kind in (sp.Mul, sp.Add):
        return all(map(_positive, t.args))
    return kind is sp.exp or (kind is sp.Pow and _positive(t.args[0])) or sort_of(t) == DIMENSION

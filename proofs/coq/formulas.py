"""Statements of the language as propositions of Coq: the same formula for a second engine.

In the language a comparison is false where a side does not denote; in Coq 1/0 and ln(-1) are numbers. So a comparison
comes with the conditions under which its sides denote: 1/a <= b is "a <> 0, and 1/a <= b", E phi(X) <= b is "phi is
integrable, and its mean is at most b". Conditions that hold by the form of what they are about (a dimension is not 0)
are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from proofs.coq.terms import Untranslated, binder, coq, gradients, known, named, natural, number, type_of, vector
from zotheory.kernel.statement import Statement
from zotheory.kernel.terms import (
    DIMENSION,
    NATURAL,
    SAMPLE,
    And,
    Eq,
    Expectation,
    ForAll,
    If,
    Implies,
    Integrable,
    Le,
    Lt,
    Map,
    Not,
    Or,
    Probability,
    Total,
    Variable,
    fits,
    nodes,
    sort_of,
)

RELATIONS = {Lt: "<", Le: "<=", Eq: "="}
ABOVE = {sp.log: 0, sp.gamma: 0, sp.zeta: 1}  # what an argument must be greater than
ANY = {  # what is said of functions that Coq lacks
    sp.gamma: ("Gamma", ["forall x : R, 0 < x -> 0 < Gamma x"]),
    sp.zeta: ("zeta", []),
}


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
    variables = sorted(statement.variables, key=lambda v: (order.index(known(v.sort).kind), v.name))
    names = [named(v) for v in variables]
    if len(set(names)) < len(names):
        raise Untranslated(f"two variables among {names} have one name in Coq")
    any_function = [said for kind, said in ANY.items() if kind in used]
    slopes = {name: kind for f in formulas for name, kind in gradients(f)}
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
        return f"(forall {binder(f)}, {formula(f.args[1])})"
    raise Untranslated(f"{kind.__name__} has no translation into Coq: {f}")


def _compared(f: Any) -> str:
    a, b = f.args
    spaces = [sort_of(each) for each in f.args if sort_of(each).kind == "space"]
    if spaces:
        return f"(forall i : nat, (i < {natural(spaces[0].of[0])})%nat -> {vector(a)} i = {vector(b)} i)"
    return f"{number(a)} {RELATIONS[type(f)]} {number(b)}"


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
    if kind is Map and conditions(t.args[1]):
        raise Untranslated(f"{t} need not denote everywhere: {conditions(t.args[1])}")
    if kind is If:
        if conditions(t.args[0]):
            raise Untranslated(f"the condition of {t} need not denote: {conditions(t.args[0])}")
        when = f"({formula(t.args[0])})"
        either = ((when, t.args[1]), (f"~ {when}", t.args[2]))
        return [f"({case} -> {_all(found)})" for case, part in either if (found := conditions(part))]
    found = [each for part in t.args for each in conditions(part)]
    if kind is sp.Pow:
        base, exponent = t.args
        if exponent.is_Integer and exponent < 0 and not _positive(base):
            found.append(f"{number(base)} <> 0")
        elif not exponent.is_Integer and not fits(exponent, NATURAL) and not _positive(base):
            found.append(f"0 {'<=' if exponent.is_Rational and exponent > 0 else '<'} {number(base)}")
    elif kind in ABOVE and not _positive(t.args[0] - ABOVE[kind]):
        found.append(f"{ABOVE[kind]} < {number(t.args[0])}")
    return list(dict.fromkeys(found))


def _over(t: Any) -> list[str]:
    """Return the conditions of a mean or sum: those of what it is over, always; and that it has a mean."""
    inside = conditions(t.args[2])
    below = f"({named(t.args[0])} < {natural(t.args[1])})%nat -> " if type(t) is Total else ""
    found = [f"(forall {binder(t)}, {below}{_all(inside)})"] if inside else []
    if type(t) is Total:
        return found
    body = If(t.args[2], 1, 0) if type(t) is Probability else t.args[2]
    law, d = coq(t.args[1]), sort_of(body)
    if d.kind == "space":
        made = f"integrable {law} (fun {binder(t)} => {vector(body)} i)"
        return [*found, f"(forall i : nat, (i < {natural(d.of[0])})%nat -> {made})"]
    return [*found, f"integrable {law} (fun {binder(t)} => {number(body)})"]


def _positive(t: Any) -> bool:
    """Whether a number is > 0 by its form."""
    kind = type(t)
    if t.is_Rational or t in (sp.pi, sp.E):
        return bool(t > 0)
    if kind in (sp.Mul, sp.Add):
        return all(map(_positive, t.args))
    return kind is sp.exp or (kind is sp.Pow and _positive(t.args[0])) or sort_of(t) == DIMENSION

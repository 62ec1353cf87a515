"""Statements in plain text, and in LaTeX that KaTeX and matplotlib read.

Bound variables get names here, by their sort, that nothing else in the statement has; methods are called M.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from zotheory.kernel.terms import (
    And,
    Chain,
    Code,
    Draws,
    Eq,
    ForAll,
    Gradient,
    Inner,
    Iterate,
    Le,
    Lt,
    Not,
    Sort,
    Value,
    Variable,
    loose,
    nodes,
)
from zotheory.kernel.wording import DRAWN, GREEK, LATEX, LETTERS, TEXT

if TYPE_CHECKING:
    from zotheory.kernel.statement import Statement

SIGNS = {"text": {Le: "<=", Lt: "<"}, "latex": {Le: r"\leq", Lt: "<"}}
CONNECTIVES = ("And", "Or", "Implies", "ForAll", "Not")


class _Words:
    """How each node of the language is printed, with the templates of a style."""

    forms: dict[str, str]
    signs: dict[type, str]

    def begin(self: Any, taken: set[str], methods: dict[Any, str]) -> Any:
        """Avoid these names; call these methods by names."""
        self.taken, self.methods = set(taken), methods
        return self

    def form(self: Any, template: str, /, **parts: Any) -> str:
        """Fill in a template; terms are printed first."""
        return self.forms[template].format(**{k: p if isinstance(p, str) else self._print(p) for k, p in parts.items()})

    def several(self: Any, terms: Any) -> str:
        """Print terms in a row."""
        return ", ".join(map(self._print, terms))

    def opened(self: Any, binder: Any, letters: dict[str, str] = LETTERS) -> tuple[str, Any]:
        """Name the variable of a binder; the name is taken until it is discarded."""
        sort = binder.args[0].sort
        stems = letters.get(sort.kind, "x").split()
        tries = (stem + mark for mark in ("", *map(str, range(1, 100))) for stem in stems)
        name = next(name for name in tries if name not in self.taken)
        self.taken.add(name)
        return name, binder.open(Variable(name, sort))

    def named(self: Any, name: str, sort: Sort) -> str:
        """Print a variable by name."""
        return self._print(Variable(name, sort))

    def group(self: Any, formula: Any) -> str:
        """Print a formula, in parentheses if it is made of others."""
        plain = type(formula).__name__ not in CONNECTIVES or isinstance(formula, Not)
        return self._print(formula) if plain else self.form("group", a=formula)

    def _as_ordered_terms(self: Any, e: Any, order: Any = None) -> list[Any]:
        """Positive terms before negative ones, values of functions before the rest, products last."""

        def place(t: Any) -> Any:
            return t.could_extract_minus_sign(), not isinstance(t, Value), isinstance(t, sp.Mul), t.sort_key()

        return sorted(e.args, key=place)

    # --- terms ---

    def _print_Str(self: Any, e: Any) -> str:
        return self.form("name", name=self.word(e.name))

    def word(self: Any, name: str) -> str:
        """Text as it stands."""
        return name

    def _print_Bound(self: Any, e: Any) -> str:
        return "b" + e.name

    def _print_Fresh(self: Any, e: Any) -> str:
        return "v" + e.name

    def _print_Value(self: Any, e: Any) -> str:
        return self.form("value", f=e.args[0], arguments=self.several(e.args[1:]))

    def _print_Gradient(self: Any, e: Any) -> str:
        return self.form("gradient", f=e.args[0], x=e.args[1])

    def _print_Inner(self: Any, e: Any) -> str:
        a, b = sorted(e.args, key=lambda t: not isinstance(t, Gradient))
        return self.form("power", a=self.form("norm", a=a), n="2") if a == b else self.form("inner", a=a, b=b)

    def _print_Axis(self: Any, e: Any) -> str:
        return self.form("axis", i=e.args[0])

    def _print_Map(self: Any, e: Any) -> str:
        x, body = e.args
        if isinstance(body, Value) and body.args.count(x) == 1 and x not in set().union(*map(loose, body.args[:1])):
            rest = [self.dot if part == x else self._print(part) for part in body.args[1:]]
            if x in body.args[1:] and all(part == x or x not in loose(part) for part in body.args[1:]):
                return self.form("partial", f=body.args[0], arguments=", ".join(rest))
        name, body = self.opened(e)
        printed = self.form("function", x=self.named(name, x.sort), body=body)
        self.taken.discard(name)
        return printed

    def _drawn(self: Any, form: str, e: Any) -> str:
        law = self._print(e.args[1])
        name, body = self.opened(e, LETTERS if isinstance(e.args[1], Chain | Draws) else LETTERS | DRAWN)
        printed = self.form(form, u=self.named(name, e.args[0].sort), law=law, body=body)
        self.taken.discard(name)
        return printed

    def _print_Expectation(self: Any, e: Any) -> str:
        return self._drawn("expectation", e)

    def _print_Probability(self: Any, e: Any) -> str:
        return self._drawn("probability", e)

    def _print_Total(self: Any, e: Any) -> str:
        count = self._print(e.args[1])
        name, body = self.opened(e)
        printed = self.form("total", t=self.named(name, e.args[0].sort), count=count, body=body)
        self.taken.discard(name)
        return printed

    def _print_If(self: Any, e: Any) -> str:
        return self.form("if", condition=e.args[0], a=e.args[1], b=e.args[2])

    # --- laws and code ---

    def _print_Law(self: Any, e: Any) -> str:
        return self.form("law", name=self.word(e.args[0].name), parameters=self.several(e.args[1:]))

    def _print_Copies(self: Any, e: Any) -> str:
        return self.form("copies", law=e.args[0])

    def _print_Code(self: Any, e: Any) -> str:
        return self.methods[e] if e in self.methods else self.spelled(e)

    def spelled(self: Any, e: Any) -> str:
        """Print name and parameters of an object of the code."""
        pairs = zip(e.args[2::2], e.args[3::2], strict=True)
        parameters = [self.form("parameter", name=self.word(name.name), value=value) for name, value in pairs]
        return self.form("code", name=self.word(e.args[0].name), parameters=", ".join(parameters))

    _print_Applied = spelled

    def _print_Sampled(self: Any, e: Any) -> str:
        F, law, size = e.args
        return self.form("sampled", F=F, law=law) if size == 1 else self.form("batch", F=F, law=law, size=size)

    def _print_Chain(self: Any, e: Any) -> str:
        method, f, start, t, part = e.args
        steps = self.form("step") if t == 1 else self.form("steps", t=t)
        run = self.form("chain", method=method, f=f, start=start, t=steps)
        return run if part.name == "x" else self.form("part", part=self.word(part.name), run=run)

    def _print_Draws(self: Any, e: Any) -> str:
        return self.form("draws", method=e.args[0], f=e.args[1])

    def _print_Iterate(self: Any, e: Any) -> str:
        method, f, start, t, part, draws = e.args
        return self.form("iterate", part=self.word(part.name), method=method, f=f, start=start, draws=draws, t=t)

    # --- formulas ---

    def _print_Le(self: Any, e: Any) -> str:
        return self.form("le", a=e.args[0], b=e.args[1])

    def _print_Lt(self: Any, e: Any) -> str:
        return self.form("lt", a=e.args[0], b=e.args[1])

    def _print_Eq(self: Any, e: Any) -> str:
        return self.form("eq", a=e.args[0], b=e.args[1])

    def _print_And(self: Any, e: Any) -> str:
        first, *rest = e.args
        if len(rest) == 1 and {type(first), type(rest[0])} <= {Le, Lt} and first.args[1] == rest[0].args[0]:
            signs = {"first": self.signs[type(first)], "second": self.signs[type(rest[0])]}
            return self.form("chained", a=first.args[0], b=first.args[1], c=rest[0].args[1], **signs)
        return self.forms["and"].join(map(self.group, e.args))

    def _print_Or(self: Any, e: Any) -> str:
        return self.forms["or"].join(map(self.group, e.args))

    def _print_Not(self: Any, e: Any) -> str:
        inner = e.args[0]
        if isinstance(inner, Eq):
            return self.form("ne", a=inner.args[0], b=inner.args[1])
        if isinstance(inner, ForAll) and isinstance(inner.args[-1], Not):
            return self._quantified("some", inner)
        return self.form("not", a=self.form("group", a=inner))

    def _print_Implies(self: Any, e: Any) -> str:
        return self.form("implies", a=self.group(e.args[0]), b=self.group(e.args[1]))

    def _print_ForAll(self: Any, e: Any) -> str:
        return self._quantified("all", e)

    def _quantified(self: Any, form: str, e: Any) -> str:
        names: list[str] = []
        sort, body = e.args[0].sort, e
        while isinstance(body, ForAll) and body.args[0].sort == sort and (form == "all" or not names):
            name, body = self.opened(body)
            names.append(name)
        inside = self._print(body.args[0] if form == "some" else body)
        printed = self.form(form, names=", ".join(self.named(name, sort) for name in names), body=inside)
        self.taken.difference_update(names)
        return printed


class TextPrinter(_Words, StrPrinter):
    """Plain text."""

    printmethod = "_text"  # not `_sympystr`, which would begin anew inside a term
    forms, signs, dot = TEXT, SIGNS["text"], "."

    def _print_Variable(self: Any, e: Any) -> str:
        return e.name

    def _print_Abs(self: Any, e: Any) -> str:
        return self.form("norm", a=e.args[0])

    def _print_Pow(self: Any, e: Any, rational: bool = False) -> str:
        if isinstance(e.base, Inner) and e.base.args[0] == e.base.args[1] and not e.exp.could_extract_minus_sign():
            length = self.form("norm", a=e.base.args[0])
            return length if e.exp == sp.S.Half else self.form("power", a=length, n=self.parenthesize(2 * e.exp, 60))
        return super()._print_Pow(e, rational).replace("**", "^")


class LaTeXPrinter(_Words, LatexPrinter):
    """LaTeX."""

    forms, signs, dot = LATEX, SIGNS["latex"], r"\cdot"

    def word(self: Any, name: str) -> str:
        """Text in math mode."""
        return name.replace("_", r"\_")

    def _print_Variable(self: Any, e: Any) -> str:
        stem, number, rest = re.findall(r"^([A-Za-z]+)(\d*)_?(\w*)$", e.name)[0]
        stem = {"eps": r"\varepsilon"}.get(stem, "\\" + stem) if stem in GREEK else stem
        stem = stem if len(stem) == 1 or stem.startswith("\\") else rf"\mathrm{{{stem}}}"
        if rest == "star":
            return stem + (f"_{{{number}}}" if number else "") + r"^{\star}"
        below = ",".join(filter(None, (number, rf"\mathrm{{{self.word(rest)}}}" if rest else "")))
        return stem + (f"_{{{below}}}" if below else "")

    def _print_Pow(self: Any, e: Any) -> str:
        if isinstance(e.base, Inner) and e.base.args[0] == e.base.args[1] and not e.exp.could_extract_minus_sign():
            length = self.form("norm", a=e.base.args[0])
            return length if e.exp == sp.S.Half else self.form("power", a=length, n=2 * e.exp)
        return super()._print_Pow(e)


# --- terms and statements --------------------------------------------------------------------------------------------


def text(t: Any) -> str:
    """Return a term in plain text."""
    return TextPrinter().begin({v.name for v in loose(t)}, {}).doprint(t)


def latex(t: Any) -> str:
    """Return a term in LaTeX, without dollar signs."""
    return LaTeXPrinter().begin({v.name for v in loose(t)}, {}).doprint(t)


def _methods(statement: Statement) -> dict[Any, str]:
    """Names of the methods that it speaks of, those without bound variables."""
    formulas = (*statement.given, statement.holds, *statement.where)
    runs = [t for formula in formulas for t in nodes(formula) if isinstance(t, Chain | Iterate | Draws)]
    closed = [run.args[0] for run in runs if all(type(v) is Variable for v in loose(run.args[0]))]
    found = list(dict.fromkeys(method for method in closed if isinstance(method, Code)))
    taken = {v.name for v in statement.variables}
    free = (name for name in ("M", "N", "M1", "M2", "M3", "M4") if name not in taken)
    return dict(zip(found, free, strict=False))


class Pieces(NamedTuple):
    """A statement with each formula printed by itself.

    Attributes
    ----------
    declared : of each sort the names of its variables, what they are in words, and the set that the words end with
    methods : the methods that it speaks of, as equations
    given, holds, where : hypotheses, conclusions and definitions
    """

    declared: tuple[tuple[str, str, str], ...]
    methods: tuple[str, ...]
    given: tuple[str, ...]
    holds: tuple[str, ...]
    where: tuple[str, ...]


SORTS = {
    "real": ("a real number", "real numbers"),
    "natural": ("a natural number", "natural numbers"),
    "dimension": ("a dimension", "dimensions"),
    "sample": ("a sample", "samples"),
    "draws": ("all that a run draws", "all that runs draw"),
    "code": ("an object of the code", "objects of the code"),
    "space": ("a vector of", "vectors of"),
    "map": ("a function", "functions"),
    "law": ("a law on", "laws on"),
}


def _set_after(sort: Sort, printer: Any) -> str:
    """Print the set that the words for a sort end with: R^d after "a vector of"."""
    if sort.kind == "space":
        return printer.form("space", d=sort.of[0])
    if sort.kind == "map":
        domain = printer.forms["times"].join(_set(of, printer) for of in sort.of[:-1])
        return printer.form("maps", domain=domain, to=_set(sort.of[-1], printer))
    return _set(sort.of[0], printer) if sort.kind == "law" else ""


def _set(sort: Sort, printer: Any) -> str:
    if sort.kind == "space":
        return _set_after(sort, printer)
    if sort.kind in ("real", "natural"):
        return printer.form(f"{sort.kind}s")
    if sort.kind in ("sample", "draws"):
        return printer.form("name", name=SORTS["sample"][1] if sort.kind == "sample" else sort.kind)
    return printer.form("group", a=printer.form("words", words=SORTS[sort.kind][1], of=_set_after(sort, printer)))


def _declarations(statement: Statement) -> Iterator[tuple[list[str], Sort]]:
    """Yield the names of each sort, dimensions first."""
    order = ("dimension", "map", "law", "space", "sample", "draws", "natural", "real", "code")
    sorts = {v.sort for v in statement.variables}
    for sort in sorted(sorts, key=lambda sort: (order.index(sort.kind), str(sort))):
        yield sorted(v.name for v in statement.variables if v.sort == sort), sort


def _conclusions(statement: Statement) -> tuple[Any, ...]:
    return statement.holds.args if isinstance(statement.holds, And) else (statement.holds,)


def pieces(statement: Statement, style: type[_Words]) -> Pieces:
    """Print a statement as `TextPrinter` or `LaTeXPrinter` does, each formula by itself."""
    methods = _methods(statement)
    printer: Any = style()
    printer.begin({v.name for v in statement.variables} | set(methods.values()), methods)
    declared = (
        (", ".join(printer.named(n, sort) for n in names), SORTS[sort.kind][len(names) > 1], _set_after(sort, printer))
        for names, sort in _declarations(statement)
    )
    return Pieces(
        tuple(declared),
        tuple(f"{name} = {printer.spelled(method)}" for method, name in methods.items()),
        tuple(map(printer.doprint, statement.given)),
        tuple(map(printer.doprint, _conclusions(statement))),
        tuple(map(printer.doprint, statement.where)),
    )


def statement_text(statement: Statement) -> str:
    """Return a statement in plain text: what it speaks of, a hypothesis a line, the conclusion, definitions."""
    printed = pieces(statement, TextPrinter)
    declared = (f"{names} be {words}{end and f' {end}'}" for names, words, end in printed.declared)
    parts = [(f"Let {'; let '.join(declared)}", printed.methods), ("Then", printed.holds)]
    parts[1:1] = [("Suppose", printed.given)] if printed.given else []
    parts += [("where", printed.where)] if printed.where else []
    return "\n".join(line for title, formulas in parts for line in (title, *(f"    {one}" for one in formulas)))


def statement_latex(statement: Statement) -> str:
    """Return a statement in LaTeX, each formula in a line of its own between dollar signs."""
    printed = pieces(statement, LaTeXPrinter)
    lines = [f"${method}$" for method in printed.methods]
    for title, formulas in (("Suppose", printed.given), ("Then", printed.holds), ("where", printed.where)):
        lines += [title, *(f"${formula}$" for formula in formulas)] if formulas else []
    return "\n\n".join(lines)

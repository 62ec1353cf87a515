"""Mutants: one token of the source replaced by another that a slip of the pen might have put there.

The replacements are those of Cosmic Ray that keep the kind of a token, and `SwapNames`. A token is drawn uniformly,
then one of its replacements. Annotations, docstrings and the marks between parameters are left alone: they say nothing
to the machine, or too much.
"""

from __future__ import annotations

import ast
import difflib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider

ARITHMETIC = {
    "Add": ("Sub", "Mul", "Div"), "Sub": ("Add", "Mul", "Div"), "Mul": ("Add", "Sub", "Div", "Pow"),
    "Div": ("Add", "Sub", "Mul", "FloorDiv"), "FloorDiv": ("Div", "Mul", "Mod"), "Mod": ("FloorDiv", "Mul"),
    "Pow": ("Mul", "Add", "Div"), "LShift": ("RShift", "Pow"), "RShift": ("LShift", "FloorDiv"),
    "BitOr": ("BitAnd", "BitXor"), "BitAnd": ("BitOr", "BitXor"), "BitXor": ("BitOr", "BitAnd"),
}  # fmt: skip
COMPARISONS = (("Lt", "LtE", "Gt", "GtE"), ("Eq", "NotEq"), ("Is", "IsNot"))
WORDS = (
    "AddNot", "NumberReplacer", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ReplaceUnaryOperator_Delete_USub",
    "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_Invert",
)  # fmt: skip
PAIRS = (
    ("min", "max"), ("minimum", "maximum"), ("argmin", "argmax"), ("any", "all"), ("floor", "ceil"), ("sum", "mean"),
    ("zeros", "ones"), ("sf", "cdf"), ("sf", "isf"), ("cdf", "ppf"), ("exp", "expm1"), ("log", "log1p"),
)  # fmt: skip
BESIDE = {name: [b if name == a else a for a, b in PAIRS if name in (a, b)] for pair in PAIRS for name in pair}


class SwapNames(Operator):
    """A name for the one beside it, ``min`` for ``max``."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        """Where a name of `PAIRS` stands, once for each name beside it."""
        for _ in BESIDE.get(node.value, ()) if node.type == "name" else ():
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Put the other name."""
        node.value = BESIDE[node.value][index]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        """Return no examples: Cosmic Ray's own tests read them."""
        return ()


def operators() -> list[Operator]:
    """Return the replacements that are drawn from."""
    binary = [f"ReplaceBinaryOperator_{a}_{b}" for a, others in ARITHMETIC.items() for b in others]
    order = [f"ReplaceComparisonOperator_{a}_{b}" for kind in COMPARISONS for a in kind for b in kind if a != b]
    provider = OperatorProvider()
    return [SwapNames(), *(provider[name]() for name in (*binary, *order, *WORDS))]


@dataclass(frozen=True)
class Mutant:
    """The file (relative to the root), the line of the token, and the file's text before and after."""

    path: str
    line: int
    before: str
    after: str

    @property
    def lines(self) -> tuple[str, str]:
        """The changed line, before and after, without the blanks around."""
        pairs = zip(self.before.splitlines(), self.after.splitlines(), strict=True)
        return next((a.strip(), b.strip()) for a, b in pairs if a != b)

    @property
    def diff(self) -> str:
        """A unified diff without context."""
        lines = (text.splitlines() for text in (self.before, self.after))
        return "\n".join(difflib.unified_diff(*lines, self.path, self.path, lineterm="", n=0))


def tokens(source: str) -> dict[tuple[int, int], list[tuple[Operator, int]]]:
    """Return where a token may be replaced, and by which operator at which of its occurrences."""
    found: dict[tuple[int, int], list[tuple[Operator, int]]] = {}
    nodes = list(ast_nodes(get_ast(source)))
    for operator in operators():
        places = (place for node in nodes for place in operator.mutation_positions(node))
        for occurrence, (start, _) in enumerate(places):
            found.setdefault(start, []).append((operator, occurrence))
    return found


def essence(source: str) -> str:
    """Return what the source tells the machine: no annotations, no docstrings, no marks between parameters."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arguments):
            node.args = node.posonlyargs + node.args + node.kwonlyargs
            node.defaults += [default for default in node.kw_defaults if default]
            node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
    return ast.dump(tree)


def draw(root: Path, paths: list[str], count: int, seed: int) -> list[Mutant]:
    """Draw so many different mutants of the files, every token with the same probability."""
    sources = {path: (root / path).read_text(encoding="utf-8") for path in paths}
    choices = [(path, token, ways) for path in paths for token, ways in sorted(tokens(sources[path]).items())]
    rng = random.Random(seed)
    found: dict[tuple[str, str], Mutant] = {}
    while len(found) < count and choices:
        path, (line, _), ways = choices.pop(rng.randrange(len(choices)))
        operator, occurrence = rng.choice(ways)
        before = sources[path]
        after = mutate_code(before, operator, occurrence)
        try:
            changed = after is not None and essence(after) != essence(before)
        except SyntaxError:
            continue  # no programme at all
        if changed:
            found.setdefault((path, after), Mutant(path, line, before, after))
    return list(found.values())


def equivalent(mutant: Mutant) -> str:
    """Why a mutant changes nothing that anyone could call a mistake; empty if nobody said so.

    An entry of `equivalent.json` is of one line of one file, or of every line that changes only in what its pattern
    matches.
    """
    for entry in json.loads((Path(__file__).parent / "equivalent.json").read_text(encoding="utf-8")):
        pattern = entry.get("removing")
        if pattern and len({re.sub(pattern, "", line) for line in mutant.lines}) == 1:
            return entry["because"]
        if not pattern and (mutant.path, *mutant.lines) == (entry["file"], entry["line"], entry["mutant"]):
            return entry["because"]
    return ""

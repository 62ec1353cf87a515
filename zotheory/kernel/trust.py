"""What must be trusted for a fact to be true: the lines of the kernel, counted and printed from its files.

A line counts if there is code on it that is no import: blank lines, comments and docstrings do not.
"""

from __future__ import annotations

import ast
from pathlib import Path

KERNEL = ("facts", "normal", "denoting", "algebra", "expectation", "symbols", "running")
TAILS = ("laws",)  # what is known of laws: existence of E, moments; tails and enclosures
LANGUAGE = ("terms",)
HERE = Path(__file__).parent
SYMPY = (
    "Add, Mul, Pow, Rational, exp, log, Abs, Max, Min, gamma, floor, ceiling as constructors, which simplify; "
    "expand_mul; as_content_primitive, as_coeff_Add, as_coeff_Mul; xreplace; fields of rational functions over QQ"
)


def trusted(module: str) -> list[tuple[int, str]]:
    """Return the lines of a module of the kernel that count, with their numbers."""
    source = (HERE / f"{module}.py").read_text(encoding="utf-8")
    left: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            left |= set(range(node.lineno, (node.end_lineno or 0) + 1))
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            said = node.body[0]
            left |= set(range(said.lineno, (said.end_lineno or 0) + 1))
    texts = enumerate(source.splitlines(), 1)
    return [(n, text) for n, text in texts if n not in left and text.split("#")[0].strip()]


def account() -> str:
    """Return how many lines must be trusted, and these lines, file by file."""
    counts = {module: trusted(module) for module in (*KERNEL, *TAILS, *LANGUAGE)}
    kernel, tails, language = (sum(len(counts[m]) for m in group) for group in (KERNEL, TAILS, LANGUAGE))
    said = [
        f"{kernel} lines in the kernel, {tails} in tails and enclosures",
        f"{language} lines more are the language that statements are written in, which a reader of a statement trusts "
        "as well.",
        f"Of SymPy these use: {SYMPY}.",
    ]
    for module, lines in counts.items():
        said.append(f"\nzotheory/kernel/{module}.py, {len(lines)} lines")
        said += [f"{n:4}  {text}" for n, text in lines]
    return "\n".join(said)

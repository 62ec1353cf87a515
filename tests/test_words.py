"""Words that a newcomer reads: docstrings begin as mathematics is written, and claims are told in full phrases."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("zotheory", "proofs", "tests", "figures", "docs", "benchmarks")

# --- docstrings ------------------------------------------------------------------------------------------------------

SPELT = re.compile(r"(Alpha|Beta|Delta|Eps|Exp|High|Kappa|Lambda|Log|Low|Mu|Pi|Psi|Rho|Sigma|Sqrt|Tau|Theta)\b")
LETTER = re.compile(r"[B-DF-OQ-Z](?=[ .])")  # but for the article, expectation and probability
INDEED = ("B at which", "B for", "K = (1 - w)", "K of the", "L + ", "R of the QR", "U v for v", "X on {0, 1 + V}")


def documented(node, lines, context=""):
    """Every docstring below a node, with the text that may use its first symbol: its function's, and what holds it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            text = ast.get_docstring(child) or ""
            whole = "\n".join(lines[child.lineno - 1 : child.end_lineno])
            yield text, context + whole.replace(text.partition("\n")[0], text.partition(" ")[2], 1)
            yield from documented(child, lines, context + text)


def capitalised(text, context):
    """Whether a docstring begins with a capital that stands nowhere else: k was written as K, exp as Exp."""
    letter = None if text.startswith(INDEED) else LETTER.match(text)
    return bool(SPELT.match(text) or (letter and not re.search(rf"\b{letter.group()}\b", context)))


def test_docstrings_begin_as_mathematics_is_written():
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    found = [
        (str(path.relative_to(ROOT)), text)
        for path, source in ((path, path.read_text()) for path in paths)
        for text, context in documented(ast.parse(source), source.splitlines())
        if capitalised(text, context)
    ]
    assert found == []

"""The rooms of the package: arrows point one way, private names stay at home, long files have a reason."""

import ast
import re
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from zotheory.claims import ORDER

ROOT = Path(__file__).parent.parent
FILES = sorted(
    p for room in ("zotheory", "proofs", "figures", "benchmarks", "docs") for p in (ROOT / room).rglob("*.py")
)
SHIPPED = [path for path in FILES if path.is_relative_to(ROOT / "zotheory")]
by_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path):
    """Return the module of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path) for path in FILES}


@cache
def imports(tree, everywhere):
    """Return the modules of this tree that a file imports: when it is loaded, or anywhere but for types."""
    found = set()
    bodies = [tree] if everywhere else [ast.Module([n for n in tree.body if not _only_for_types(n)], [])]
    for node in (n for body in bodies for n in _walk(body, everywhere)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (inner & MODULES) or {node.module}
            found |= {node.module} if inner - MODULES else set()
    return found & MODULES


def _only_for_types(node):
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _walk(node, everywhere):
    for child in ast.iter_child_nodes(node):
        yield child
        if everywhere or not isinstance(child, ast.FunctionDef | ast.Lambda):
            yield from _walk(child, everywhere)


def test_imports_have_no_circle():
    graph = {name_of(p): imports(tree_of(p), False) - {name_of(p)} for p in SHIPPED}
    for package in [name for name in graph if any(other.startswith(f"{name}.") for other in graph)]:
        graph[package] = set()  # what a package re-exports; its files do not import it
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


KNOWING = ("theorems", "evidence", "measurements", "statements", "claims", "report")
BELOW = {  # a room -> what it must not know
    "theorems": ("evidence", "measurements", "statements", "claims", "report", "problems"),
    "statements": ("measurements", "claims", "report", "problems"),
    "measurements": ("statements", "claims", "report"),
    "methods": KNOWING,
    "problems": KNOWING,
    "kernel": (*KNOWING, "methods", "problems"),
    "code": (*KNOWING, "methods", "problems", "kernel"),
    "evidence": ("theorems", "measurements", "statements", "methods", "problems"),
    "backends": (*KNOWING, "problems"),
    "large": (*KNOWING, "problems"),
    "storage": (*KNOWING, "methods", "problems", "kernel"),
    "sweeps": (*KNOWING, "methods", "problems", "kernel"),
    "reduced": (*KNOWING, "problems"),
    "trials": ("theorems", "measurements", "statements", "kernel"),
}


@pytest.mark.parametrize("room", BELOW)
def test_arrows_point_one_way(room):
    for path in SHIPPED:
        if path.is_relative_to(ROOT / "zotheory" / room):
            rooms = {name.split(".")[1] for name in imports(tree_of(path), True) if name.count(".")}
            assert not rooms & set(BELOW[room]), path


CLAIMING = {"zotheory", "zotheory.cli", "zotheory.options", "zotheory.errata", "zotheory.pytest_plugin"}


def test_what_runs_knows_nothing_of_claims():
    """The files beside the rooms, but for those that users meet and for what keeps evidence."""
    for path in (ROOT / "zotheory").glob("*.py"):
        if name_of(path) not in CLAIMING:
            rooms = {name.split(".")[1] for name in imports(tree_of(path), True) if name.count(".")}
            assert not rooms & set(KNOWING), path


def test_every_room_and_file_stands_on_the_map():
    page = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
    files = {path.name for path in (ROOT / "zotheory").glob("[a-z]*.py")}
    rooms = {f"zotheory/{path.parent.name}" for path in (ROOT / "zotheory").glob("*/__init__.py")}
    assert {name for name in files | rooms if not re.search(rf"[`/]{name}`", page)} == set()


def test_the_package_knows_nothing_of_what_uses_it():
    for path in SHIPPED:
        assert not {name for name in imports(tree_of(path), True) if not name.startswith("zotheory")}, path


@by_file
def test_private_names_stay_at_home(path):
    tree, taken = tree_of(path), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            taken |= {alias.asname or alias.name for alias in node.names}
            assert [a.name for a in node.names if _private(a.name)] == []
        elif isinstance(node, ast.Import):
            taken |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    own = taken - set(sys.stdlib_module_names)
    found = [n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and _private(n.attr) and _of(n) in own]
    assert found == []


def _private(name):
    return name.startswith("_") and not name.startswith("__") and name not in ("_replace", "_fields", "_asdict")


def _of(node):
    return node.value.id if isinstance(node.value, ast.Name) else ""


LONG = {  # files beyond 250 lines, and why; a file that has the name of a family holds all of one paper, in every room
    "benchmarks.advice": "one sentence after the other, each beside the condition on which it stands",
    "benchmarks.audits": "one optimizer after the other: what its documentation says of it, in its words",
    "benchmarks.peers": "one adapter after the other",
    "benchmarks.situations": "one situation after the other",
    "figures.answers.hopes": "one hope after the other: what was measured, in words, and on what its answer stands",
    "proofs.on_a_grid": "one proof, lemma after lemma",
    "proofs.overlap": "one proof, in small steps",
    "zotheory.cli": "one command after the other",
    "zotheory.elementary": "one function of NumPy, SymPy and mpmath after the other",
    "zotheory.errata": "a ledger: entries, not code",
    "zotheory.evidence.claim": "experiment, control and claim: what users write, with every check of it",
    "zotheory.evidence.derivation": "the steps of a derivation and what each is checked by",
    "zotheory.geometry": "one geometry after the other",
    "zotheory.kernel.definitions": "a list of definitions",
    "zotheory.kernel.facts": "what a fact is, and the rules of logic",
    "zotheory.kernel.printing": "text and LaTeX of the language",
    "zotheory.kernel.terms": "the language: sorts, nodes, binding and substitution need each other",
    "zotheory.measurements.experiments": "the kinds of experiment, side by side",
    "zotheory.problems.named": "a list of instances",
    "zotheory.problems.networks.tasks": "one task after the other",
    "zotheory.quantities": "one unit, one condition, one quantity after the other",
    "zotheory.testing.peers": "one package after the other",
    "zotheory.sphere": "one distribution: its functions, each with its series and its tail",
    "zotheory.testing.assertions": "one assertion after the other, each with its error rates in full sentences",
}


def test_long_files_have_a_reason():
    long = {name_of(path) for path in FILES if len(path.read_text(encoding="utf-8").splitlines()) > 250}
    assert {name for name in long if name.split(".")[-1] not in ORDER} == set(LONG)


def test_no_two_theorem_files_share_a_function_body():
    """Also where they differ in names only."""
    seen = {}
    for path in SHIPPED:
        if path.is_relative_to(ROOT / "zotheory" / "theorems"):
            for node in tree_of(path).body:
                if isinstance(node, ast.FunctionDef):
                    seen.setdefault(_shape(node), []).append(f"{path.stem}.{node.name}")
    assert [names for names in seen.values() if len({name.split(".")[0] for name in names}) > 1] == []


def _shape(function):
    """Return the body without docstring, names numbered in the order in which they come; None for a call or a name."""
    body = [n for n in function.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    numbers = {}
    for node in ast.walk(ast.Module(body, [])):
        for field in ("id", "arg"):
            if isinstance(getattr(node, field, None), str):
                numbers.setdefault(getattr(node, field), f"name{len(numbers)}")
    text = ast.dump(ast.Module(body, []))
    for name, number in numbers.items():
        text = text.replace(f"'{name}'", f"'{number}'")
    return text if len(text) > 400 else f"{function.name} {id(function)}"

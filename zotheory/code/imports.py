"""Which modules the code of a module reaches: read from the import statements of sources, without running them.

A module of the user's or of this package is *read*: it counts by its text, and what it imports is followed, also inside
functions. One of an installed distribution counts by the version of that, one of Python's own by Python's. Of a package
only the modules count whose names are used: ``import zotheory as zo`` with ``zo.run`` reaches `zotheory.loop`. The text
of a package's ``__init__`` counts as soon as one of its modules does.

Not seen: names that are computed when they are imported, data files, environment variables, native code, and modules
whose attributes are replaced while they run.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import resolve_name
from types import FunctionType, ModuleType

from zotheory.code.modules import file_of, folders, is_read, remembered, spec, told


def reached(names: Iterable[str]) -> dict[str, str]:
    """Return every module that the code of these reaches, and the digest of its file or the version it is of.

    Those of an installed distribution are named by their first name.
    """
    found = _reached(frozenset(names))
    texts = {name.removesuffix(".") for name in found} | {parent for name in found for parent in _parents(name)}
    return {name: told(name) for name in texts}


@remembered
def _reached(names: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [_counted(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _imported(name)
    return frozenset(found)


def _parents(name: str) -> list[str]:
    """The packages that a module is in, which are imported before it."""
    return [name[:at] for at, letter in enumerate(name) if letter == "."]


def _counted(name: str) -> str:
    return name if is_read(name) else name.partition(".")[0]


# --- what a source imports -------------------------------------------------------------------------------------------


@remembered
def _imported(name: str) -> frozenset[str]:
    """The modules that the source of a module imports, each where it is defined.

    A package that names are only taken out of has a dot at its end: its text counts, what else it imports does not.
    """
    file = file_of(name)
    if name.endswith(".") or not is_read(name) or file is None or file.suffix != ".py":
        return frozenset()
    try:
        source = file.read_bytes()
        tree = ast.parse(source)
    except (OSError, SyntaxError):
        return frozenset()
    known = name if file.name == "__init__.py" else name.rpartition(".")[0]
    package = getattr(sys.modules.get(name), "__package__", None) or known  # of `__main__` only the first is right
    found: set[str] = set()
    bound: dict[str, set[str]] = {}  # names in the source -> the packages that they stand for
    by_name = any(word in source for word in (b"import_module", b"__import__"))
    for node in _nodes(tree, ast.iter_child_nodes if by_name else _statements):
        for alias, target, member in _taken(node, package):
            origin = _origin(target, member) if member else target
            found |= {f"{target}."} if origin != target and is_read(target) else set()
            if alias and _is_package(origin) and (origin != target or not member):
                bound.setdefault(alias, set()).add(origin)
            else:
                found.add(_counted(origin))
    for alias, chain in _uses(list(_nodes(tree, ast.iter_child_nodes)), bound) if bound else ():
        for origin in bound[alias]:
            found |= _along(origin, chain)
    return frozenset(found)


def _nodes(tree: ast.AST, inside: Callable[[ast.AST], Iterable[ast.AST]]) -> Iterator[ast.AST]:
    """All that runs, by what is inside of each: not what stands there for type checkers only."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
        else:
            waiting += inside(node)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements, and nothing smaller, which is most of a source."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        yield from getattr(node, name, ())


def _taken(node: ast.AST, package: str) -> Iterator[tuple[str, str, str]]:
    """Yield the imports of a node: the name that is bound, if any; the module; what is taken out of it, if anything."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            yield alias.asname or first, alias.name if alias.asname else first, ""
            if not alias.asname and not _is_package(alias.name):
                yield "", alias.name, ""
    elif isinstance(node, ast.ImportFrom):
        source = resolve_name("." * node.level + (node.module or ""), package) if node.level else node.module or ""
        for alias in node.names:
            yield ("", source, "") if alias.name == "*" else (alias.asname or alias.name, source, alias.name)
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
            yield "", resolve_name(node.args[0].value, package), ""


def _uses(nodes: Sequence[ast.AST], bound: Mapping[str, set[str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield each use of these names, with the attributes that are taken one of the other."""
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if id(node) not in inner:
            chain: list[str] = []
            while isinstance(node, ast.Attribute):
                chain.insert(0, node.attr)
                node = node.value
            if isinstance(node, ast.Name) and node.id in bound:
                yield node.id, chain


def _along(origin: str, chain: Sequence[str]) -> set[str]:
    """What is reached where attributes of a package are taken one of the other."""
    passed = set()
    while chain and _is_package(origin):
        passed.add(f"{origin}.")
        if chain[0].startswith("__"):  # of itself: its name, its version
            return passed
        found = _origin(origin, chain[0])
        if found == origin:
            break
        origin, chain = found, chain[1:]
    return {*passed, _counted(origin)}


# --- where a name comes from -----------------------------------------------------------------------------------------


def _is_package(name: str) -> bool:
    return bool(folders(name)) and is_read(name)


@remembered
def _origin(name: str, member: str) -> str:
    """The module in which a member of a module is defined, or that it is; the module itself where that is not known."""
    if not _is_package(name):
        return name
    try:
        value = getattr(import_module(name), member, None)
    except Exception:  # what a module of any kind may raise here
        return name
    if isinstance(value, ModuleType):
        return value.__name__
    if value is None and spec(f"{name}.{member}") is not None:
        return f"{name}.{member}"
    home = sys.modules.get(getattr(value, "__module__", None) or "")
    own = isinstance(value, FunctionType | type) and getattr(home, value.__name__, None) is value
    return home.__name__ if own and home is not None else name

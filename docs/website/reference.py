"""The pages of the reference: the names that stand on each, for Sphinx to fill in from docstrings."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, get_origin

from docs.website.commands import command_line
from docs.website.contents import PAGES, Page
from docs.website.writing import DOCS, ROOT, fill, titled
from zotheory.claims import ORDER, title
from zotheory.quantities import Number

REFERENCE = DOCS / "reference"
BOUNDS = "What is known of each method, as functions of floats, arrays and symbols."


def theorems() -> Iterator[Page]:
    """A page for the bounds and schedules of each family of claims."""
    for family in ORDER:
        yield Page(f"theorems/{family}", title(family), "", (f"theorems.{family}",))


@cache
def file_of(module: str) -> Path | None:
    """Return the file of a module of the package; None where no module has this name."""
    place = ROOT / "zotheory" / module.replace(".", "/")
    return next((path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file()), None)


@cache
def public(module: str) -> dict[str, ast.AST | None]:
    """Return the public names of a module with what defines them: those of ``__all__``, else what its file defines.

    Constants in capital letters are public where ``__all__`` has them.
    """
    file = file_of(module)
    if file is None:
        raise ValueError(f"module must be one of the package, got {module!r}")
    defined = dict(_defined(ast.parse(file.read_text(encoding="utf-8"))))
    if "__all__" in defined:
        return {name: defined.get(name) for name in ast.literal_eval(defined["__all__"])}
    return {name: node for name, node in defined.items() if not name.startswith("_") and not name.isupper()}


def _defined(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                yield from ((one.id, node.value) for one in names if isinstance(one, ast.Name))


def write() -> None:
    """Write the pages of the reference."""
    own = {"index": index(), "theorems/index": _bounds(), "command-line": command_line()}
    made = own | {page.file: text(page) for page in (*PAGES, *theorems())}
    fill(REFERENCE, {f"{name}.rst": page for name, page in made.items()})


def index() -> str:
    """Return the first page: the others, and what stands on each."""
    listed = [(page.file, page.says) for page in PAGES]
    listed += [("theorems/index", BOUNDS), ("command-line", "What ``zotheory`` takes in a shell.")]
    return "\n".join(
        [
            titled("Reference"),
            "Every public name with its signature. After ``import zotheory as zo`` it is ``zo.run`` that is called",
            "``zotheory.run`` here.\n",
            *(f":doc:`{file}`\n   {says}\n" for file, says in listed),
            *_tree([file for file, _ in listed], "hidden"),
        ]
    )


def _bounds() -> str:
    families = [page.file.removeprefix("theorems/") for page in theorems()]
    return "\n".join([titled("Bounds and schedules of the theorems"), f"{BOUNDS}\n", *_tree(families)])


def _tree(files: list[str], *options: str) -> list[str]:
    told = ("maxdepth: 1", *(f"{option}:" for option in options))
    return [".. toctree::", *(f"   :{option}" for option in told), "", *(f"   {one}" for one in files), ""]


def text(page: Page) -> str:
    """Return a page of the reference, as Sphinx is to fill it in."""
    parts = [titled(page.title), page.says, ""]
    for name in page.names:
        if file_of(name):
            if len(page.names) > 1:
                parts.append(titled(f"zotheory.{name}", "-"))
            parts.append(f".. automodule:: zotheory.{name}\n   :no-members:\n")
            parts += [_entry(f"{name}.{one}", node) for one, node in public(name).items()]
        else:
            parts.append(_entry(name, None))
    return "\n".join(parts)


def _entry(name: str, node: ast.AST | None) -> str:
    """One name: its kind is read from its file, where that says it, or else from the thing itself."""
    full = f"zotheory.{name}"
    if isinstance(node, ast.ClassDef):
        return f".. autoclass:: {full}\n   :members:\n"
    if isinstance(node, ast.FunctionDef):
        return f".. autofunction:: {full}\n"
    module, _, last = full.rpartition(".")
    value = getattr(import_module(module), last)
    if inspect.isroutine(value) and not value.__module__.startswith("zotheory."):
        return ""  # a function of SymPy under a name of ours
    if inspect.isclass(value):
        return f".. autoclass:: {full}\n   :members:\n"
    if inspect.isroutine(value):
        return f".. autofunction:: {full}\n"
    return _constant(full, value)


def _constant(full: str, value: Any) -> str:
    """A constant that readers use; nothing for a module and for the name of a type."""
    module, _, name = full.rpartition(".")
    begin = f".. py:data:: {name}\n   :module: {module}\n"
    if get_origin(value) is Annotated and module == "zotheory.quantities":
        quantity, *relations = value.__metadata__
        unit = "" if quantity.unit == Number else f", in units of {quantity.unit}"
        words = ", ".join(one.words for one in (quantity, *relations))
        return f"{begin}\n   {words.capitalize()}{unit}.\n"
    if inspect.ismodule(value) or get_origin(value) or type(value).__module__ in ("types", "typing"):
        return ""
    if isinstance(value, int | str | tuple):
        return f"{begin}   :value: {value!r}\n"
    if isinstance(value, dict):
        return f"{begin}\n   {', '.join(f'``{key!r}``' for key in value)}\n"
    return f"{begin}   :type: {type(value).__name__}\n"

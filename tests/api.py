"""The public names of the package, with their signatures: ``python -m tests.api`` writes `tests/tables/api.txt`.

They are read from the source, so that extras need not be installed. Which modules are public, docs/compatibility.md
says. Of a module that lists ``__all__`` these names are, of others those of functions and classes without an
underscore; a package that has none stands for its modules.
"""

import ast
import re
from copy import copy
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "compatibility.md"
TABLE = ROOT / "tests" / "tables" / "api.txt"
WIDTH = 100


def modules():
    """The modules that the page calls public, with those of packages that hold nothing else."""
    return [module for name in rows()[0] for module in ([name] if names(name) else within(name))]


def rows():
    """The modules in the two tables of the page: public, provisional."""
    tables = PAGE.read_text(encoding="utf-8").split("| provisional |")
    return [re.findall(r"^\| `(zotheory[\w.]*)` \|", table, re.MULTILINE) for table in tables]


def within(package):
    return [f"{package}.{path.stem}" for path in sorted(file_of(package).parent.glob("[a-z]*.py"))]


def file_of(module):
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def statements(module):
    """The statements of a module, those for type checkers among them."""
    body = ast.parse(file_of(module).read_text(encoding="utf-8")).body
    return [part for one in body for part in (one.body if isinstance(one, ast.If) else [one])]


def names(module):
    listed = [one.value for one in statements(module) if "__all__" in assigned(one)]
    if listed:
        return ast.literal_eval(listed[0])
    defined = (ast.FunctionDef, ast.ClassDef)
    return [one.name for one in statements(module) if isinstance(one, defined) and not one.name.startswith("_")]


def assigned(statement):
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None) or ast.Pass()]
    return [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]


def found(module, name):
    """Where a name is defined, and by which statements; several for overloads, none for a module."""
    for one in statements(module):
        if isinstance(one, ast.ImportFrom):
            for alias in one.names:
                if (alias.asname or alias.name) == name and one.module.startswith("zotheory"):
                    inner = f"{one.module}.{alias.name}"
                    return (inner, []) if file_of(inner).exists() else found(one.module, alias.name)
    own = [one for one in statements(module) if getattr(one, "name", None) == name or name in assigned(one)]
    if not own and not file_of(f"{module}.{name}").exists():
        raise LookupError(f"{module} has no {name}")
    overloads = [one for one in own if "overload" in map(ast.unparse, getattr(one, "decorator_list", ()))]
    return module, overloads or own[-1:]


def signature(name, function, drop=0):
    arguments = copy(function.args)
    arguments.args = arguments.args[drop:]
    written = [f"{name}({ast.unparse(arguments)})"]
    if len(written[0]) > WIDTH:  # each argument in a line
        written = [f"{name}(", *(f"    {one}," for one in parameters(arguments)), ")"]
    written[-1] += f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return written


def parameters(arguments):
    """Each as it is written, the stars among them."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    named = [spelt(one, default) for one, default in zip(positional, defaults, strict=True)]
    alone = len(arguments.posonlyargs)
    yield from [*named[:alone], "/", *named[alone:]] if alone else named
    if arguments.vararg or arguments.kwonlyargs:
        yield f"*{spelt(arguments.vararg, None) if arguments.vararg else ''}"
    yield from (spelt(one, default) for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    if arguments.kwarg:
        yield f"**{spelt(arguments.kwarg, None)}"


def spelt(argument, default):
    return ast.unparse(argument) + (f" = {ast.unparse(default)}" if default is not None else "")


def members(module, node):
    """Fields, methods and properties, those of bases in this package first; a later one replaces an earlier."""
    known = {}
    for base in node.bases:
        try:
            home, (inherited,) = found(module, ast.unparse(base))
        except (LookupError, ValueError):
            continue  # of another package
        known |= members(home, inherited)
    for one in node.body:
        name = (assigned(one) or [getattr(one, "name", "_")])[0]
        if name.startswith("_") and name not in ("__init__", "__call__"):
            continue
        if isinstance(one, ast.AnnAssign):
            known[name] = [ast.unparse(one)]
        elif isinstance(one, ast.FunctionDef):
            known[name] = member(name, one)
    return known


def member(name, function):
    decorators = set(map(ast.unparse, function.decorator_list))
    if decorators & {"property", "cached_property"}:
        return [f"{name} -> {ast.unparse(function.returns)}"]
    return signature(name, function, drop="staticmethod" not in decorators)


def described(module, name):
    """The lines of a name."""
    home, own = found(module, name)
    lines = [] if own else [f"{module}.{name}: module"]
    for one in own:
        if isinstance(one, ast.FunctionDef):
            lines += signature(f"{module}.{name}", one)
        elif isinstance(one, ast.ClassDef):
            bases = f"({', '.join(map(ast.unparse, one.bases))})" if one.bases else ""
            lines += [f"class {module}.{name}{bases}"]
            lines += [f"    {line}" for part in members(home, one).values() for line in part]
        else:
            lines += [f"{module}.{name}"]
    return lines


def text():
    blocks = ["\n".join(described(module, name)) for module in modules() for name in sorted(names(module))]
    return "\n".join(blocks) + "\n"


if __name__ == "__main__":
    TABLE.write_text(text(), encoding="utf-8")

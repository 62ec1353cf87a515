"""The reference: which names stand on which of its pages, and the pages themselves, for Sphinx to fill in.

A module stands for all that is public in it. ``tests/test_site.py`` finds a public name that is on no page.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from functools import cache
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_origin

from docs.website.elsewhere import DOCS, ROOT, keep
from docs.website.theory import title
from zotheory import cli
from zotheory.claims import ORDER
from zotheory.quantities import Number

REFERENCE = DOCS / "reference"
BOUNDS = "What is known of each method, as functions of floats, arrays and symbols."


class Page(NamedTuple):
    """A page of the reference: its file, its title, what it says first, and the names and modules on it."""

    file: str
    title: str
    says: str
    names: tuple[str, ...]


PAGES = (
    Page(
        "minimise",
        "Minimise",
        "A function of your own, with the habits of SciPy: at once, as a method of SciPy, by questions and answers, "
        "and in a training loop of PyTorch.",
        ("minimize", "scipy_method", "AskTell", "adapters.torch"),
    ),
    Page(
        "run",
        "Run a method",
        "Single runs, many replicas, and runs that are too large to store their directions; what they return.",
        (
            "run",
            "iterate",
            "Run",
            "summarise",
            "Summary",
            "run_large",
            "LargeRun",
            "generator",
            "ObjectiveError",
            "ObjectiveWarning",
        ),
    ),
    Page(
        "methods",
        "Methods",
        "Each method is made by a function that binds its hyper-parameters.",
        (
            "Method",
            "METHODS",
            "gld_search",
            "gld_fast",
            "two_point",
            "double_smoothing",
            "random_gradient_free",
            "accelerated_random_search",
            "relative_loss",
            "relative_loss_trial",
            "rso",
            "three_point",
            "adaptive_monte_carlo",
            "augmented_random_search",
        ),
    ),
    Page(
        "parts",
        "What methods are made of",
        "Laws of directions, estimates of gradients, radii, geometries, and objectives with noise.",
        ("directions", "estimators", "radii", "geometry", "oracles"),
    ),
    Page(
        "problems",
        "Problems",
        "Test functions that know their constants.",
        ("problems", "problems.bbob", "problems.policies", "problems.mujoco"),
    ),
    Page(
        "networks",
        "Networks and data",
        "Networks as functions of a flat vector, and the data that they are trained on.",
        ("problems.networks", "problems.datasets"),
    ),
    Page(
        "claims",
        "Claims and verdicts",
        "What to write to have a statement measured, and what comes back.",
        (
            "Claim",
            "Experiment",
            "verify",
            "Report",
            "Always",
            "AtLeast",
            "Frequency",
            "Mean",
            "Quantile",
            "Value",
            "evidence.rates",
            "claims",
            "errata",
        ),
    ),
    Page(
        "bounds",
        "Bounds and their arguments",
        "A bound says in its signature what it asks of each argument.",
        ("bound", "quantities"),
    ),
    Page(
        "statements",
        "Statements as formulas",
        "The words in which a claim is stated so that a machine reads it.",
        ("kernel.statement", "kernel.definitions"),
    ),
    Page(
        "derivations",
        "Derivations",
        "Steps, each of which is checked when it is added.",
        ("evidence.derivation",),
    ),
    Page(
        "exact",
        "Exact laws and expectations",
        "The law of a run in any dimension, and expectations without samples.",
        ("reduced", "exact"),
    ),
    Page(
        "testing",
        "For tests",
        "Checks of optimizers, statistical assertions, and optimizers of other packages to check.",
        (
            "testing",
            *(f"testing.peers.{name}" for name in ("scipy", "nevergrad", "pycma", "nlopt", "optuna", "evosax")),
        ),
    ),
    Page(
        "sweeps",
        "Many processes",
        "Work over many items, by whatever executes it.",
        ("sweeps",),
    ),
)


def theorems() -> Iterator[Page]:
    """A page for the bounds and schedules of each family of claims."""
    for family in ORDER:
        yield Page(f"theorems/{family}", title("theorems", family), "", (f"theorems.{family}",))


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
    assert file is not None, f"zotheory.{module} is no module"
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
    for page in (*PAGES, *theorems()):
        keep(REFERENCE / f"{page.file}.rst", text(page))
    keep(REFERENCE / "command-line.rst", command_line())
    keep(REFERENCE / "theorems" / "index.rst", _bounds())
    keep(REFERENCE / "index.rst", index())


def index() -> str:
    """Return the first page: the others, and what stands on each."""
    listed = [(page.file, page.says) for page in PAGES]
    listed += [("theorems/index", BOUNDS), ("command-line", "What ``zotheory`` takes in a shell.")]
    return "\n".join(
        [
            _title("Reference"),
            "Every public name with its signature. After ``import zotheory as zo`` it is ``zo.run`` that is called",
            "``zotheory.run`` here.\n",
            *(f":doc:`{file}`\n   {says}\n" for file, says in listed),
            *_tree([file for file, _ in listed], "hidden"),
        ]
    )


def _bounds() -> str:
    families = [page.file.removeprefix("theorems/") for page in theorems()]
    return "\n".join([_title("Bounds and schedules of the theorems"), f"{BOUNDS}\n", *_tree(families)])


def _tree(files: list[str], *options: str) -> list[str]:
    told = ("maxdepth: 1", *(f"{option}:" for option in options))
    return [".. toctree::", *(f"   :{option}" for option in told), "", *(f"   {one}" for one in files), ""]


def text(page: Page) -> str:
    """Return a page of the reference, as Sphinx is to fill it in."""
    parts = [_title(page.title), page.says, ""]
    for name in page.names:
        if file_of(name):
            if len(page.names) > 1:
                parts.append(_title(f"zotheory.{name}", "-"))
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
    if get_origin(value) is Annotated and full.startswith("zotheory.quantities."):
        quantity, *relations = value.__metadata__
        unit = "" if quantity.unit == Number else f", in units of {quantity.unit}"
        words = ", ".join(one.words for one in (quantity, *relations))
        return f".. py:data:: {full}\n\n   {words.capitalize()}{unit}.\n"
    if inspect.ismodule(value) or get_origin(value) or type(value).__module__ in ("types", "typing"):
        return ""
    if isinstance(value, int | str | tuple):
        return f".. py:data:: {full}\n   :value: {value!r}\n"
    if isinstance(value, dict):
        return f".. py:data:: {full}\n\n   {', '.join(f'``{key!r}``' for key in value)}\n"
    return f".. py:data:: {full}\n   :type: {type(value).__name__}\n"


def command_line() -> str:
    """Return the page of what the command takes: the help of each of its commands."""
    parts = [_title("Command line"), _literal(_help())]
    for name in re.findall(r"^ {4}(\w+)  ", _help(), re.MULTILINE):
        parts += [_title(f"zotheory {name}", "-"), _literal(_help(name))]
    return "\n".join(parts)


def _help(*command: str) -> str:
    printed, width = StringIO(), os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "88"
    try:
        with redirect_stdout(printed), suppress(SystemExit):
            cli.parser().parse_args([*command, "--help"])
    finally:
        os.environ.pop("COLUMNS")
        os.environ |= {"COLUMNS": width} if width else {}
    return printed.getvalue()


def _literal(said: str) -> str:
    return "::\n\n" + "".join(f"   {line}\n" for line in said.splitlines())


def _title(said: str, line: str = "=") -> str:
    return f"{said}\n{line * len(said)}\n"

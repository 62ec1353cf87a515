"""What users name from outside: ``FILE.py``, ``FILE.py:attribute``, ``module``, ``module:attribute``."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from itertools import dropwhile
from pathlib import Path
from types import ModuleType
from typing import Any

from zotheory.code.modules import is_users

PACKAGE = str(Path(__file__).resolve().parents[1])


class Unreadable(Exception):
    """A file, module or package does not give what is asked of it; the message says which and why."""


def named(source: str) -> Any:
    """Return the module that is named, or its attribute.

    Raises
    ------
    Unreadable
        Where there is no such file, module or attribute, or it raises while it is read.
    """
    name, attribute = (source, "") if source.endswith(".py") else _parts(source)
    if name.endswith(".py"):
        module = attempt(name, lambda: _module_of(Path(name)))
    else:
        if str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))  # as `python -m` does
        module = attempt(source, lambda: import_module(name))
    if attribute and not hasattr(module, attribute):
        raise Unreadable(f"{source}: module {name} has no attribute {attribute!r}")
    return getattr(module, attribute) if attribute else module


def _parts(source: str) -> tuple[str, str]:
    """Module or file, and attribute; a file's path may hold a colon."""
    name, colon, attribute = source.rpartition(":")
    return (name, attribute) if colon else (source, "")


def _module_of(path: Path) -> ModuleType:
    path = path.resolve(strict=True)
    name = path.stem if path.stem not in sys.modules else f"{path.stem}_named"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = module_from_spec(spec)
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))  # for what it imports, as if it were run
    before = set(sys.modules)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    _send_by_value(path.parent, {name, *sys.modules} - before)
    return module


def _send_by_value(folder: Path, names: Iterable[str]) -> None:
    """A worker elsewhere has neither a file of the user's nor its neighbours, nor the packages beside it."""
    import cloudpickle

    for name in names:
        file = getattr(sys.modules[name], "__file__", None)
        above = Path(file).resolve().parents if file else ()
        if folder in above[:1] or (folder in above and is_users(name)):
            cloudpickle.register_pickle_by_value(sys.modules[name])


def attempt(source: str, read: Callable[[], Any]) -> Any:
    """Read what is named so; whatever it raises becomes `Unreadable`, with the lines of the user's that led to it."""
    try:
        return read()
    except FileNotFoundError as problem:
        if problem.filename is None or Path(problem.filename).name != Path(source).name:
            raise Unreadable(_traceback(source, problem)) from problem
        raise Unreadable(f"{source}: no such file") from problem
    except SyntaxError as problem:
        raise Unreadable(f"{source}: {problem.msg} ({problem.filename}, line {problem.lineno})") from problem
    except (Exception, SystemExit) as problem:
        raise Unreadable(_traceback(source, problem)) from problem


def _traceback(source: str, problem: BaseException) -> str:
    """Say what broke, without the frames of the import system, and without ours that lead to the user's."""
    walked = [frame for frame in traceback.extract_tb(problem.__traceback__) if "importlib" not in frame.filename]
    frames = list(dropwhile(lambda frame: frame.filename.startswith(PACKAGE), walked))
    told = "".join([*traceback.format_list(frames), *traceback.format_exception_only(problem)])
    return f"{source} cannot be read:\n{told.rstrip()}"

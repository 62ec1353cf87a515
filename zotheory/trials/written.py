"""Methods and problems written as in Python, such as ``relative_loss(radius=one_fifth(R), beta=1 - 0.3/d)``.

The text is parsed, never evaluated: it may call the constructors of `zotheory.METHODS`, `zotheory.radii`,
`zotheory.geometry`, `zotheory.problems` and `zotheory.oracles`, name the laws of `zotheory.directions`, compute with
numbers, and hold functions of one argument, ``lambda t: 1/t**0.5``, of the same arithmetic. ``zo.`` and the name of the
room may stand before a name. In a method the constants that its problem states may stand: d, R, L0, L1, mu, Q.

What is not of this package is named by where it is, ``FILE.py:name`` or ``module:name``, and may be called in the same
way: ``mine.py:landscape(20)``.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from zotheory import geometry, oracles, problems, radii
from zotheory.code.named import named
from zotheory.directions import LAWS
from zotheory.kinds import shown
from zotheory.methods import METHODS, Method
from zotheory.report.lines import cut
from zotheory.trials.arithmetic import FUNCTIONS, Formula, Miswritten, dotted, number
from zotheory.trials.options import PROBLEMS

LONGEST = 10_000  # characters of a text
SHOWN = 200  # of them in an error
CONSTANTS = ("d", "R", "L0", "L1", "mu", "Q")  # of a problem, by their names in a method
OUTSIDE = re.compile(r"(.+\.py|[A-Za-z_][\w.]*):([A-Za-z_]\w*)(\(.*\))?", re.DOTALL)
FILE = re.compile(r"([^():,'\"=]+\.py):?")  # and nothing in it
LABELLED = re.compile(r"\s*([^=():,'\"]*[^=():,'\"\s])\s*=\s*(?!=)(.+)", re.DOTALL)

PARTS = {
    "radii": ("fixed", "decaying", "log_uniform", "one_fifth"),
    "geometry": ("euclidean", "euclidean_ball", "entropy", "p_norm"),
    "problems": PROBLEMS,
    "oracles": ("Expected", "Noisy", "Fresh", "Batches"),
}


@dataclass(frozen=True)
class Labelled:
    """A text with what it is called: ``momentum = relative_loss(...)``; by itself it is called as it is written."""

    label: str
    text: str

    @classmethod
    def of(cls, given: str) -> Labelled:
        """Part a text from what it is called."""
        found = LABELLED.fullmatch(given)
        return cls(found[1], found[2].strip()) if found else cls(given.strip(), given.strip())


def method(text: str, problem: Any = None) -> Method:
    """Return the method that is written so, told the constants of a problem.

    Raises
    ------
    Miswritten
        Naming the text and what is wrong with it; where its constructor refuses, with that error.
    Unreadable
        For a file or module that cannot be read.

    Examples
    --------
    >>> import zotheory as zo
    >>> method("relative_loss(radius=one_fifth(R), beta=1 - 0.3/d)", zo.problems.golovin_family(1, 8, 20)).name
    'relative_loss'
    """
    made = optimizer(text, {} if problem is None else _constants(problem))
    if not isinstance(made, Method):
        raise Miswritten(f"method must be a zotheory.Method, such as {Method.such_as}, got {text}: {shown(made)}")
    return made


def optimizer(text: str, constants: Mapping[str, float | None] | None = None) -> Any:
    """Return the method that is written so, or whatever is named from outside.

    Raises
    ------
    Miswritten, Unreadable
        As `method`.
    """
    return _made("method", text, _methods(), constants or {})


def problem(text: str) -> Any:
    """Return the problem that is written so: a function of points (..., d).

    Raises
    ------
    Miswritten, Unreadable
        As `method`.

    Examples
    --------
    >>> problem("golovin_family(1, 8, 20)").Q
    8.0
    """
    made = _made("problem", text, _problems(), {})
    if not callable(made) or isinstance(made, type):
        raise Miswritten(f"problem must be a function of points (..., d), got {text}: {shown(made)}")
    return made


@cache
def _methods() -> dict[str, Any]:
    """What may be named in a method."""
    return dict(METHODS) | _named("radii", radii) | _named("geometry", geometry) | _laws()


@cache
def _problems() -> dict[str, Any]:
    """What may be named in a problem."""
    from zotheory.problems.instances import instance  # which knows reduced coordinates, and takes a moment

    return _named("problems", problems) | _named("oracles", oracles) | {"instance": instance}


def _named(room: str, module: Any) -> dict[str, Any]:
    found = {name: getattr(module, name) for name in PARTS[room]}
    return found | {f"{room}.{name}": value for name, value in found.items()}


def _laws() -> dict[str, Any]:
    return {f"{before}{name}": law for name, law in LAWS.items() for before in ("", "directions.")}


def _constants(problem: Any) -> dict[str, float | None]:
    """What a problem states; None for what it states that it has not."""
    return {name: getattr(problem, name) for name in CONSTANTS if hasattr(problem, name)}


def _made(kind: str, text: str, known: Mapping[str, Any], constants: Mapping[str, Any]) -> Any:
    alone, outside = FILE.fullmatch(text), OUTSIDE.fullmatch(text)
    if alone is not None:
        raise Miswritten(
            f"{kind} {cut(text, SHOWN)}: write {cut(alone[1], SHOWN)}:NAME, with the name of what is meant"
        )
    if outside is not None:
        home, name, call = outside.groups()
        found = named(f"{home}:{name}")
        if call is None:
            return found
        text, known = f"{name}{call}", {**known, name: found}
    return Reading(kind, text, known, constants).made()


@dataclass(frozen=True, eq=False)
class Reading:
    """One text that is read: what it is to be, what it may name, and the numbers that stand for letters."""

    kind: str
    text: str
    known: Mapping[str, Any]
    constants: Mapping[str, Any]

    def made(self) -> Any:
        """Return what is written, or raise Miswritten."""
        try:
            if len(self.text) > LONGEST:
                raise Miswritten(f"a text of at most {LONGEST} characters is read")
            return self.value(ast.parse(self.text, mode="eval").body)
        except SyntaxError as error:
            raise self._wrong(f"{error.msg}, at character {error.offset}") from error
        except (RecursionError, MemoryError) as error:
            raise self._wrong("it is nested too deeply") from error
        except KeyError as error:
            raise self._wrong(str(error.args[0])) from error
        except Exception as error:  # what a constructor may raise, one of the user's too
            raise self._wrong(f"{error}" or type(error).__name__) from error

    def _wrong(self, why: str) -> Miswritten:
        return Miswritten(f"{self.kind} {cut(self.text, SHOWN)}: {why}")

    def value(self, node: ast.expr) -> Any:
        """Return what an expression stands for."""
        if isinstance(node, ast.Constant) and isinstance(node.value, bool | str | None):
            return node.value
        if isinstance(node, ast.List | ast.Tuple):
            return [self.value(each) for each in node.elts]
        if isinstance(node, ast.Lambda):
            return Formula.of(node, self.constants)
        if isinstance(node, ast.Call) and (name := dotted(node.func)) not in FUNCTIONS:
            return self._called(name, node)
        if isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node)) not in self.constants:
            return self._by_name(name)
        return number(node, self.constants)

    def _called(self, name: str, node: ast.Call) -> Any:
        constructor = self._found(name)
        if not callable(constructor):
            raise Miswritten(f"{name} is not called, it is named alone")
        if any(isinstance(each, ast.Starred) for each in node.args) or any(k.arg is None for k in node.keywords):
            raise Miswritten("stars do not stand here: write each argument")
        named_ = {keyword.arg: self.value(keyword.value) for keyword in node.keywords if keyword.arg is not None}
        return constructor(*map(self.value, node.args), **named_)

    def _by_name(self, name: str) -> Any:
        found = self._found(name)
        if callable(found):
            asked = ", ".join(p.name for p in inspect.signature(found).parameters.values() if p.default is p.empty)
            raise Miswritten(f"{name} must be called: {name}({asked})")
        return found

    def _found(self, name: str) -> Any:
        if name in self.known:
            return self.known[name]
        if name in CONSTANTS:
            raise Miswritten(f"the problem states no {name}")
        from zotheory.claims.nearest import did_you_mean

        texts = {known: (inspect.getdoc(value) or "").partition("\n")[0] for known, value in self.known.items()}
        plain = {known: text for known, text in texts.items() if "." not in known}
        said = did_you_mean("name", name, plain)
        raise Miswritten(said if "did you mean" in said else f"{said}; known are {', '.join(plain)}")

"""What is left out of a call means what it meant: the defaults of everything that users call, and of steps.

A default that is changed on purpose, or a new one, is written down by ``python -m tests.test_defaults``.
"""

import inspect
import json
import pkgutil
from importlib import import_module
from pathlib import Path

import zotheory as zo
from zotheory import geometry, methods, oracles, problems, radii, reduced

TABLE = Path(__file__).parent / "tables" / "defaults.json"
STEPS = {
    f"methods.{m.name}": import_module(f"zotheory.methods.{m.name}") for m in pkgutil.iter_modules(methods.__path__)
}
ROOMS = STEPS | {
    "zo": zo,
    "problems": problems,
    "radii": radii,
    "geometry": geometry,
    "oracles": oracles,
    "reduced": reduced,
}


def defaults():
    """Defaults that are numbers, words or None, by the names of callables and arguments."""
    found = {}
    for room, module in ROOMS.items():
        own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
        names = getattr(module, "__all__", [name for name in own if not name.startswith("_")])
        for name in sorted(names):
            value = getattr(module, name)
            given = isinstance(value, type) and issubclass(value, Exception | dict)  # by the package, not by users
            if callable(value) and not given and getattr(value, "__module__", "").startswith("zotheory"):
                parameters = inspect.signature(value).parameters.values()
                kept = {p.name: p.default for p in parameters if isinstance(p.default, int | float | str | None)}
                if kept:
                    found[f"{room}.{name}"] = kept
    return found


def test_defaults_are_those_written_down():
    assert defaults() == json.loads(TABLE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    lines = (f"  {json.dumps(name)}: {json.dumps(kept)}" for name, kept in defaults().items())
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

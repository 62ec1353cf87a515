"""Any object for any argument: a constructor or a bound gives what it says, or an error that names the argument."""

import importlib
import inspect
import math
import pkgutil
import re
import typing
from dataclasses import is_dataclass
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import zotheory as zo
from tests.strategies import example
from tests.test_bounds import BOUNDS
from zotheory import methods, problems
from zotheory.problems import named
from zotheory.problems.instances import INSTANCES

# --- what there is ---------------------------------------------------------------------------------------------------

ROOMS = [zo.radii, zo.geometry, zo.directions, zo.reduced, methods, problems]
MADE = (zo.Method, zo.radii.Radius, zo.geometry.Mirror, zo.directions.Law)


def constructors():
    """Yield every public constructor, by name: of a method, a radius, a law, a mirror, or a problem."""
    for room in ROOMS:
        inside = pkgutil.iter_modules(getattr(room, "__path__", []), room.__name__ + ".")
        for module in [room, *(importlib.import_module(info.name) for info in inside)]:
            for name, value in vars(module).items():
                if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__ and makes(value):
                    yield f"{module.__name__.removeprefix('zotheory.')}.{name}", value


def makes(value):
    """Return whether it makes a method, a radius, a law, a mirror or a problem."""
    if isinstance(value, type):
        return is_dataclass(value) and (issubclass(value, MADE) or callable(getattr(value, "__call__", None)))
    made = typing.get_type_hints(value).get("return") if inspect.isfunction(value) else None
    return isinstance(made, type) and makes(made)


CONSTRUCTORS = dict(constructors())


def test_constructors_are_found():
    for public in ("methods.two_point.two_point", "radii.one_fifth", "geometry.entropy", "problems.quadratic.Quadratic"):
        assert public in CONSTRUCTORS
    assert {f"methods.{name}.{name}" for name in zo.METHODS} <= CONSTRUCTORS.keys()
    shipped = {value for name, value in vars(problems).items() if isinstance(value, type)}
    assert shipped <= set(CONSTRUCTORS.values())
    print(sorted(CONSTRUCTORS))

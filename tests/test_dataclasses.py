"""What the package hands out cannot be changed behind its back, and what holds arrays is compared by identity."""

import dataclasses
import pkgutil
import re
from importlib import import_module

import pytest

import zotheory


def modules():
    """Those of the package, but for what an extra that is not installed would need."""
    for found in pkgutil.walk_packages(zotheory.__path__, "zotheory."):
        try:
            yield import_module(found.name)
        except ModuleNotFoundError as error:
            if error.name.startswith("zotheory"):
                raise


CLASSES = {
    f"{value.__module__}.{value.__qualname__}": value
    for module in modules()
    for value in vars(module).values()
    if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == module.__name__
}
GROWS = {  # step by step
    "zotheory.evidence.derivation.Derivation",
    "zotheory.reduced.watch.Watch",
    "zotheory.watch.Watch",
    "zotheory.adapters.evaluating.Counted",
    "zotheory.adapters.search.Search",
    "zotheory.adapters.walk.Walk",
    "zotheory.proving.numbers.search.Outcome",
    "zotheory.trials.trial._Plan",
}
every = pytest.mark.parametrize("name", CLASSES)


@every
def test_a_dataclass_is_frozen(name):
    assert CLASSES[name].__dataclass_params__.frozen == (name not in GROWS)


@every
def test_a_dataclass_that_holds_an_array_is_compared_by_identity(name):
    """Equality of arrays is an array, and no truth value; hashes of them do not exist. So are all problems."""
    fields = dataclasses.fields(CLASSES[name])
    problem = name.startswith("zotheory.problems.") and callable(CLASSES[name])
    if problem or any(re.match(r"(np\.ndarray|Array)\b", str(field.type)) for field in fields):
        assert CLASSES[name].__eq__ is object.__eq__
        assert CLASSES[name].__hash__ is object.__hash__

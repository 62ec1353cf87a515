"""A fingerprint sees whatever the value of a bound rests on."""

import subprocess
import sys
from dataclasses import replace

import pytest

import zotheory as zo
from zotheory.code.fingerprint import fingerprint

PLACES = {  # where a number may stand that a bound uses
    "list": "C = [5]\ndef rate(d): return 1 - 1 / (C[0] * d)",
    "dict": "C = {'c': 5}\ndef rate(d): return 1 - 1 / (C['c'] * d)",
    "set": "C = {5}\ndef rate(d): return 1 - 1 / (max(C) * d)",
    "array": "import numpy as np\nC = np.array([5])\ndef rate(d): return 1 - 1 / (C[0] * d)",
    "fraction": "from fractions import Fraction\nC = Fraction(5)\ndef rate(d): return 1 - 1 / (C * d)",
    "term": "import sympy\nC = 5 * sympy.Symbol('x')\ndef rate(d): return C.subs('x', d)",
    "mpmath": "import mpmath\nC = mpmath.mpf(5)\ndef rate(d): return C * d",
    "class": "class C:\n    c = 5\ndef rate(d): return C.c * d",
    "base class": "class B:\n    c = 5\nclass C(B): pass\ndef rate(d): return C.c * d",
    "static method": "class C:\n    @staticmethod\n    def c(): return 5\ndef rate(d): return C.c() * d",
    "instance": "class C: pass\nc = C()\nc.c = 5\ndef rate(d): return c.c * d",
    "field": "from dataclasses import dataclass\n@dataclass\nclass C:\n    c: int = 5\ndef rate(d): return C().c * d",
    "enumeration": "from enum import Enum\nclass C(Enum):\n    c = 5\ndef rate(d): return C.c.value * d",
    "closure": "def of(c):\n    def rate(d): return c[0] * d\n    return rate\nrate = of([5])",
    "partial": "from functools import partial\ndef f(d, c): return c[0] * d\nrate = partial(f, c=[5])",
    "function in a list": "def c(): return 5\nC = [c]\ndef rate(d): return C[0]() * d",
    "attribute": "def rate(d): return rate.c * d\nrate.c = 5",
    "callable object": "class C:\n    def __call__(self, d): return 5 * d\nrate = C()",
    "method": "class C:\n    def __init__(self, c): self.c = c\n    def f(self, d): return self.c * d\nrate = C(5).f",
    "decorator": "from functools import wraps\ndef f(d): return d\n@wraps(f)\ndef rate(d): return 5 * f(d)",
    "vectorised": "import numpy as np\nf = np.vectorize(lambda d: 5 * d)\ndef rate(d): return f(d)",
    "made by exec": "made = {}\nexec('def f(d): return 5 * d', made)\nf = made['f']\ndef rate(d): return f(d)",
    "looked up by name": "C = 5\ndef rate(d): return globals()['C'] * d",
    "numpy": "from numpy import sqrt as f\ndef rate(d): return f(d)",
    "builtin": "f = max\ndef rate(d): return f(d, 3)",
    "library": "from numpy.linalg import norm as f\ndef rate(d): return f(d)",
}
SPOILED = {"numpy": ("sqrt", "cbrt"), "builtin": ("max", "min"), "library": ("numpy", "scipy")}


def fingerprints(folder, sources):
    """Those of `rate` in modules of these names, in a process of its own."""
    folder.mkdir()
    for index, source in enumerate(sources):
        (folder / f"stated{index}.py").write_text(source)
    script = f"""
from importlib import import_module
from zotheory.code.fingerprint import fingerprint
for index in range({len(sources)}):
    print(fingerprint(import_module(f"stated{{index}}").rate))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    return dict(zip(PLACES, done.stdout.split(), strict=True))


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Fingerprints in two processes, and of sources with another number."""
    folder = tmp_path_factory.mktemp("fingerprints")
    spoiled = [source.replace(*SPOILED.get(name, ("5", "6"))) for name, source in PLACES.items()]
    runs = {"once": PLACES.values(), "again": PLACES.values(), "spoiled": spoiled}
    return {name: fingerprints(folder / name, list(sources)) for name, sources in runs.items()}


@pytest.mark.parametrize("name", PLACES)
def test_a_changed_number_changes_the_fingerprint(printed, name):
    assert printed["once"][name] != printed["spoiled"][name]


@pytest.mark.parametrize("name", PLACES)
def test_what_is_seen_has_one_fingerprint_in_every_process_and_nothing_else_has(printed, name):
    assert (printed["once"][name] == printed["again"][name]) == (name != "looked up by name")


def test_running_a_statement_does_not_change_its_fingerprint():
    claim = zo.claims.find("gld_search.invariance")
    before = fingerprint(claim.states)
    claim.states(claim.bound)  # hands out names of bound variables
    assert fingerprint(claim.states) == before


def test_pickling_an_object_does_not_change_the_fingerprint_of_its_class():
    class Kind:
        c = 5

    def rate(d):
        return Kind.c * d

    before = fingerprint(rate)
    Kind().__reduce_ex__(2)
    assert "__slotnames__" in vars(Kind)
    assert fingerprint(rate) == before


CHANGES = {  # what a claim states
    "says": lambda claim: {"says": "Something else holds."},
    "assumptions": lambda claim: {"assumptions": ("the moon is full",)},
    "bound": lambda claim: {"bound": lambda **given: 2 * claim.bound(**given)},
    "states": lambda claim: {"states": lambda bound: claim.states(lambda **given: bound(**given) + 1)},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_label_belongs_to_every_part_of_what_is_stated(what):
    claim = zo.claims.find("two_point.bias")
    changed = replace(claim, **CHANGES[what](claim))
    assert claim.record
    assert replace(claim).record == claim.record
    assert changed.code != claim.code
    assert changed.digest != claim.digest
    assert (changed.record, changed.proof) == ({}, "none")

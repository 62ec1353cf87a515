"""A fingerprint sees whatever the value of a bound rests on."""

import subprocess
import sys
import types
from dataclasses import dataclass, replace
from functools import cached_property, partial, update_wrapper, wraps
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import pytest
import sympy

import zotheory as zo
from zotheory.code.fingerprint import fingerprint
from zotheory.code.reach import reach

# --- sources ---------------------------------------------------------------------------------------------------------

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
    "abstract class": "from abc import ABC\nclass C(ABC):\n    c = 5\ndef rate(d): return C.c * d",
    "named tuple": "from collections import namedtuple as of\nclass C(of('C', 'd')):\n    def f(self): return 5\n"
    "made = [C(1)]\ndel C\ndef rate(d): return made[0].f()",
    "text of a class of its own": "class C(str):\n    c = 5\nC = C('a')\ndef rate(d): return C.c * d",
    "default dictionary": "import collections\nC = collections.defaultdict(lambda: 5)\ndef rate(d): return C[d]",
    "factory of a field": "from dataclasses import dataclass, field\n@dataclass\nclass C:\n"
    "    c: list = field(default_factory=lambda: [5])\ndef rate(d): return C().c[0] * d",
    "cached property": "import functools\nclass C:\n    @functools.cached_property\n    def c(self): return 5\n"
    "def rate(d): return C().c * d",
    "setter": "class C:\n    @property\n    def c(self): return self.a\n    @c.setter\n    def c(self, a): self.a = 5\n"
    "def rate(d):\n    made = C()\n    made.c = d\n    return made.c",
    "class made by exec": "made = {}\nexec('class C: c = 5', made)\nC = made['C']\ndef rate(d): return C.c * d",
    "words in what exec made": 'made = {}\nexec(\'def f(d): return 5 if d in {"a", "b", "c", "e"} else 1\', made)\n'
    "f = made['f']\ndef rate(d): return f(d)",
    "function as key": "def c(): return 5\nC = {c: 1}\ndef rate(d): return [f() * d for f in C]",
    "functions in a set": "def c(): return 5\ndef e(): return 7\nC = {c, e}\ndef rate(d): return [f() * d for f in C]",
    "set that holds itself": "class C: c = 5\nC.of = {C}\ndef rate(d): return C.c * d",
    "order of keys": "C = {'a': 0.1, 'b': 0.2}\ndef rate(d): return sum(C.values()) * d",
    "another name": "def f(d): return d\ndef g(d): return -d\nC = f\ndef rate(d): return C(d) + f(d) * g(d)",
    "order of functions": "def f(d): return d\ndef g(d): return -d\nC = [f, g]\ndef rate(d): return C[0](d)",
    "vectorised": "import numpy as np\nf = np.vectorize(lambda d: 5 * d)\ndef rate(d): return f(d)",
    "made by exec": "made = {}\nexec('def f(d): return 5 * d', made)\nf = made['f']\ndef rate(d): return f(d)",
    "looked up by name": "C = 5\ndef rate(d): return globals()['C'] * d",
    "numpy": "from numpy import sqrt as f\ndef rate(d): return f(d)",
    "builtin": "f = max\ndef rate(d): return f(d, 3)",
    "library": "from numpy.linalg import norm as f\ndef rate(d): return f(d)",
}
SPOILED = {
    "order of keys": ("'a': 0.1, 'b': 0.2", "'b': 0.2, 'a': 0.1"),
    "another name": ("C = f", "C = g"),
    "order of functions": ("[f, g]", "[g, f]"),
    "numpy": ("sqrt", "cbrt"),
    "builtin": ("max", "min"),
    "library": ("numpy", "scipy"),
}


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


# --- values ----------------------------------------------------------------------------------------------------------


def reached(function):
    return reach(function).code


READ = fingerprint, reached
by_both = pytest.mark.parametrize("read", READ)
SCALE = 1.0


def uses_a_global(bound, replicas, seed):
    return SCALE


def closes_over(value):
    return lambda bound, replicas, seed: value


def made_class(value):
    class Local:
        def __call__(self, bound, replicas, seed):
            return value

    return Local()


class Keeps:
    def __init__(self, value):
        self.value = value

    def measure(self, bound, replicas, seed):
        return self.value


@dataclass
class Declared:
    name: str = "declared"


def set_beside(value):
    made = Declared()
    made.value = value
    return partial(uses_a_global, made)


class Decorator:
    def __init__(self, function, value):
        update_wrapper(self, function)
        self.value = value

    def __call__(self, bound, replicas, seed):
        return self.value * self.__wrapped__(bound, replicas, seed)


HOLDERS = {
    "attribute that is not declared": set_beside,
    "decorator": lambda value: Decorator(uses_a_global, value),
    "closure": closes_over,
    "partial": lambda value: partial(uses_a_global, value),
    "keyword": lambda value: partial(uses_a_global, seed=value),
    "object": lambda value: Keeps(value).measure,
    "local class": made_class,
    "nested": lambda value: closes_over(closes_over(value)),
    "default": lambda value: lambda bound, replicas, seed=value: seed,
    "list": lambda value: closes_over([closes_over(value)]),
}
VALUES = (1.0, 2.0), (np.arange(3), np.arange(3) + 1), ("a", "b"), (np.sqrt, np.cbrt), (Keeps(1), Keeps(2))


@by_both
@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize(("one", "other"), VALUES, ids=lambda value: type(value).__name__)
def test_what_is_held_counts(holder, one, other, read):
    make = HOLDERS[holder]
    assert read(make(one)) == read(make(one)) != read(make(other))


def by_default(value):
    def made(d, c=value):
        return c * d

    return made


def by_keyword(value):
    def made(d, *, c=value):
        return c * d

    return made


def by_attribute(value):
    def made(d):
        return made.c * d

    made.c = value
    return made


def two_levels(value):
    def between():
        return lambda d: value * d

    return between()


def decorated(value):
    @wraps(uses_a_global)
    def made(*given):
        return value * uses_a_global(*given)

    return made


def each_other(value):
    def one(d):
        return two(d - 1)

    def two(d):
        return one(d) if d else value

    return one


def itself(value):
    def made(d):
        return value * d

    made.made = [made]
    return made


MAKERS = {
    "closures": closes_over,
    "by default": by_default,
    "by keyword": by_keyword,
    "by attribute": by_attribute,
    "two levels": two_levels,
    "nested": lambda value: closes_over(closes_over(value)),
    "decorated": decorated,
    "each other": each_other,
    "itself": itself,
    "partials": lambda value: partial(uses_a_global, value),
    "partials of closures": lambda value: partial(closes_over(value), 1),
    "local classes": made_class,
    "objects": Keeps,
    "methods": lambda value: Keeps(value).measure,
    "lists": lambda value: [value],
    "sets": lambda value: {closes_over(value), closes_over(0.0)},
    "keys": lambda value: {closes_over(value): 1},
}
HOLDS = {"partial": lambda parts: partial(uses_a_global, *parts), "closure": lambda parts: closes_over(list(parts))}


def held(made):
    """What holds two or three of what one factory makes: which of them stands where, and which twice."""
    one, two, three = map(MAKERS[made], (1.0, 2.0, 3.0))
    return (one, two), (two, two), (two, one), (three, two), (one, two, one), (one, two, two), (one, one, two)


def all_digests():
    """Read by a process of its own, too."""
    return [read(hold(parts)) for read in READ for made in MAKERS for parts in held(made) for hold in HOLDS.values()]


@by_both
@pytest.mark.parametrize("hold", HOLDS)
@pytest.mark.parametrize("made", MAKERS)
def test_which_of_two_of_a_kind_is_held_where_counts(made, hold, read):
    found = [read(HOLDS[hold](parts)) for parts in held(made)]
    assert found == [read(HOLDS[hold](parts)) for parts in held(made)]
    assert len(set(found)) == len(found)


def test_what_is_held_has_one_digest_in_every_process():
    script = "from tests.test_fingerprint import all_digests\nprint(*all_digests())"
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == all_digests()


@by_both
def test_equal_terms_have_one_digest_whether_they_are_one_object_or_two(read):
    """SymPy keeps some and forgets some."""
    one = sympy.Symbol("x") + 5
    sympy.core.cache.clear_cache()
    two = sympy.Symbol("x") + 5
    assert one is not two
    assert read(closes_over([one, one])) == read(closes_over([one, two])) != read(closes_over([one, two + 1]))


def typed(name, text, **given):
    """What a module of this name defines."""
    made = {"__name__": name, **given}
    exec(text, made)
    return made


@by_both
def test_classes_of_one_name_are_told_apart(read):
    def two(c):
        return partial(uses_a_global, *(typed(f"mine.{name}", "class C: c = c", c=of)["C"] for name, of in c.items()))

    assert read(two({"a": 1, "b": 2})) == read(two({"a": 1, "b": 2})) != read(two({"a": 1, "b": 3}))


def test_what_is_taken_out_of_a_module_inside_a_package_counts():
    def level(c):
        mine, inner = types.ModuleType("mine"), types.ModuleType("mine.inner")
        mine.inner, inner.mine = inner, mine
        inner.level = typed("mine.inner", "def level(): return c", c=c)["level"]
        return typed("mine.main", "def f(): return mine.inner.level()", mine=mine)["f"]

    assert fingerprint(level(1)) == fingerprint(level(1)) != fingerprint(level(2))


def test_what_is_held_counts_by_its_code_though_its_name_was_enough_before():
    """A function of another package in a list that a function names, and that stands among its arguments, too."""

    def both(c):
        listed = [typed("theirs.main", "def f(): return c", c=c)["f"]]
        return partial(typed("mine.main", "def f(d): return C", C=listed)["f"], listed)

    assert fingerprint(both(1)) == fingerprint(both(1)) != fingerprint(both(2))


class Remembers:
    def __init__(self, value):
        self.value = value

    @cached_property
    def double(self):
        return 2 * self.value


@by_both
def test_what_a_cached_property_gave_is_no_part_of_an_object(read):
    kept = Remembers(1.0)
    before = read(closes_over(kept))
    assert kept.double == 2.0
    assert read(closes_over(kept)) == before


@by_both
def test_what_is_not_filled_yet_is_closed_over(read):
    def use():
        return later

    before = read(use)
    later = None
    assert read(use) != before


@by_both
def test_globals_that_a_function_names_count(monkeypatch, read):
    before = read(uses_a_global)
    monkeypatch.setattr(sys.modules[__name__], "SCALE", 2.0)
    assert read(uses_a_global) != before


@by_both
def test_a_function_that_calls_itself_is_followed_once(read):
    def again(n):
        return n and again(n - 1)

    assert read(again) == read(again)


class Pair(NamedTuple):
    first: int


@dataclass(frozen=True)
class Told:
    name: str

    def __str__(self):
        return f"{self.name!r:>{len('a')}} or {' or '.join(['x', 'y'])}"


class Named(Protocol):
    name: str


def tells(pair: Pair) -> str:
    kinds = (Pair, Told, Named)
    return f"{kinds[0]} {Told(f'{pair.first}')!s}"


def test_a_fingerprint_is_the_same_on_every_version_of_python():
    """Versions differ in how they write f-strings, and in what they put into classes."""
    assert fingerprint(tells) == "7ffdd59b98a9faa2"
